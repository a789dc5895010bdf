#include "main/detect_archive.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/search_priv.h"
#include "soc/search.h"
#include "sys/env.h"

struct detect_day {
    const struct lf_rule *rule;
    lf_time day; /* its first moment in Taipei, as UTC+8; INT64_MIN: not known */
    uint64_t hits;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

void detect_archive_init(struct detect_archive *d)
{
    *d = (struct detect_archive){ .from = INT64_MIN, .to = INT64_MAX };
    lf_map_init(&d->map, 1);
}

void detect_archive_clear(struct detect_archive *d)
{
    lf_map_clear(&d->map);
    lf_arena_clear(&d->a);
}

int detect_archive_take(struct detect_archive *d, int argc, char **argv)
{
    bool from = strcmp(argv[0], "--from") == 0;
    struct lf_err e = { 0 };
    struct lf_env env;

    if (strcmp(argv[0], "--summary") == 0) {
        d->summary = true;
        return 1;
    }
    if (argc < 2)
        return 0;
    if (strcmp(argv[0], "--data") == 0) {
        d->data = argv[1];
        return 2;
    }
    if (!from && strcmp(argv[0], "--to") != 0)
        return 0;
    lf_env_real(&env, NULL);
    if (lf_query_time(lf_view_of(argv[1]), lf_now(&env), !from, from ? &d->from : &d->to, &e) != LF_OK) {
        fprintf(stderr, "lianfang detect: %s %s\n", argv[0], e.text);
        return -1;
    }
    d->ranged = true;
    return 2;
}

struct reading {
    void (*each)(void *ctx, const struct lf_event *ev);
    void *ctx;
};

static void on_event(void *ctx, struct lf_arena *a, const struct lf_record *record, const struct lf_event *ev)
{
    struct reading *r = ctx;

    (void)a;
    (void)record;
    r->each(r->ctx, ev);
}

static void on_hit(void *ctx, const struct lf_query_hit *hit)
{
    (void)ctx;
    (void)hit;
}

static void on_damage(void *ctx, lf_view why)
{
    (void)ctx;
    fprintf(stderr, "lianfang detect: damaged: %.*s\n", LF_FMT(why));
}

enum lf_code detect_archive_read(const struct detect_archive *d,
                                 void (*each)(void *ctx, const struct lf_event *ev), void *ctx,
                                 struct lf_err *e)
{
    struct reading r = { each, ctx };
    struct lf_search_hooks hooks = { .hit = on_hit, .damaged = on_damage, .event = on_event, .ctx = &r };
    struct lf_search_ask ask = {
        .query = LF_VIEW("*"), .from = d->from, .to = d->to, .oldest_first = true, .pipelines = d->pipelines
    };
    struct sigaction act = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
    struct lf_search_progress p;
    struct lf_arena a = { 0 };
    struct lf_search *s;
    enum lf_code rc;

    rc = lf_search_open(search_directory(&a, d->data), &ask, &hooks, &s, e);
    lf_arena_clear(&a);
    if (rc != LF_OK)
        return rc;
    sigaction(SIGINT, &act, NULL);
    while (!interrupted && lf_search_step(s))
        ;
    lf_search_progress(s, &p);
    if (interrupted)
        fprintf(stderr, "lianfang detect: interrupted: this is PARTIAL, %zu of %zu blocks were read\n",
                p.blocks_done, p.blocks);
    if (p.damaged)
        fprintf(stderr,
                "lianfang detect: %llu places of the archive could not be read; matches may be missing\n",
                (unsigned long long)p.damaged);
    lf_search_close(s);
    return LF_OK;
}

void detect_archive_count(struct detect_archive *d, const struct lf_rule *rule, lf_time happened)
{
    lf_time local = happened + LF_TAIPEI;
    struct detect_day *x;
    lf_view key;

    if (!d->summary)
        return;
    if (happened != INT64_MIN)
        happened = local - ((local % LF_DAY) + LF_DAY) % LF_DAY;
    key = lf_arena_printf(&d->a, "%u %lld", rule->number, (long long)happened);
    x = lf_map_get_ptr(&d->map, key);
    if (!x) {
        x = LF_NEW(&d->a, struct detect_day, 1);
        *x = (struct detect_day){ .rule = rule, .day = happened };
        d->day =
            (struct detect_day **)lf_arena_grow(&d->a, (void *)d->day, d->ndays, &d->cap, sizeof *d->day);
        d->day[d->ndays++] = x;
        lf_map_set_ptr(&d->map, key, x);
    }
    x->hits++;
}

static int by_rule_and_day(const void *x, const void *y)
{
    const struct detect_day *const *a = x, *const *b = y;

    if ((*a)->rule->number != (*b)->rule->number)
        return (*a)->rule->number < (*b)->rule->number ? -1 : 1;
    return (*a)->day < (*b)->day ? -1 : (*a)->day > (*b)->day;
}

void detect_archive_summary(struct detect_archive *d, struct lf_buf *out)
{
    if (d->ndays > 1)
        qsort((void *)d->day, d->ndays, sizeof *d->day, by_rule_and_day);
    for (size_t i = 0; i < d->ndays; i++) {
        const struct detect_day *x = d->day[i];
        struct lf_json_w w = lf_json_w(out);
        char iso[LF_TIME_TEXT];

        lf_json_open(&w, '{');
        lf_json_put_str(&w, "rule", x->rule->id);
        lf_json_put_str(&w, "title", x->rule->title);
        lf_json_put_cstr(&w, "level", lf_level_name(x->rule->level));
        if (x->day == INT64_MIN)
            lf_json_put_null(&w, "day");
        else
            lf_json_put_str(&w, "day", lf_view_first(lf_time_whole(x->day, iso), 10));
        lf_json_put_int(&w, "hits", (int64_t)x->hits);
        lf_json_close(&w);
        lf_buf_byte(out, '\n');
    }
}
