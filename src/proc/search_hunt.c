#include "proc/search_hunt.h"

#include <stdlib.h>

#include "base/unpack.h"
#include "engine/lookout.h"
#include "engine/stix_live.h"
#include "engine/stix_words.h"
#include "model/sighting.h"
#include "soc/search.h"

enum { HUNT_DAYS = 30, SHOWN = 256 };
#define HUNT_TEXT ((uint64_t)16 << 30)

struct lf_hunting {
    struct lf_search *search;
    struct lf_lookout *lookout;
    struct lf_stix_live *patterns;
    uint64_t number;
    lf_time before, now;
};

static void event(void *ctx, struct lf_arena *a, const struct lf_record *record, const struct lf_event *ev)
{
    struct lf_hunting *h = ctx;
    struct lf_finding *found;

    if (record->recorded >= h->before)
        return; /* asked when it came */
    (void)lf_lookout_findings(h->lookout, a, ev, h->now, true, &found);
    if (lf_stix_live_count(h->patterns))
        (void)lf_stix_live_findings(h->patterns, a, ev, h->now, true, &found);
}

/* What an entry is looked for by; false: nothing is certain. */
static bool words(struct lf_arena *a, const struct lf_indicator_entry *x, struct lf_observable **out,
                  size_t *n)
{
    struct lf_stix_pattern p;
    struct lf_err e;

    if (x->kind == LF_OBS_PATTERN) {
        if (lf_stix_pattern_parse(a, x->value, &p, &e) != LF_OK)
            return false;
        lf_stix_words(a, &p, out, n);
        return *n > 0;
    }
    *out = LF_NEW(a, struct lf_observable, 1);
    **out = (struct lf_observable){ x->kind, x->value };
    *n = 1;
    return true;
}

/* Takes the entries; the values that narrow the archive down to them, none: all of it. */
static void take(struct lf_hunting *h, struct lf_arena *a, lf_view in, struct lf_search_ask *ask)
{
    struct lf_observable *all = NULL, *one;
    struct lf_indicator_entry x;
    struct lf_err e;
    size_t n = 0, cap = 0, more;
    bool certain = true;

    while (in.len && lf_indicator_entry_take(&in, &x)) {
        struct lf_ioc what = { .confidence = x.confidence };

        if (x.kind == LF_OBS_PATTERN) {
            if (lf_stix_live_add(
                    h->patterns,
                    &(struct lf_stix_watch){ .id = x.id, .text = x.value, .confidence = x.confidence },
                    &e) != LF_OK)
                continue; /* the intake has said why */
        } else if (lf_lookout_indicator_parse(x.id, what.id)) {
            what.flags = x.kind == LF_OBS_DOMAIN ? LF_IOC_SUBDOMAINS : 0;
            if (lf_ioc_add(lf_lookout_set(h->lookout), x.kind, x.value, &what, &e) != LF_OK)
                continue;
        }
        certain = certain && words(a, &x, &one, &more);
        for (size_t i = 0; certain && i < more; i++) {
            all = lf_arena_grow(a, all, n, &cap, sizeof *all);
            all[n++] = one[i];
        }
    }
    ask->query = LF_V("*");
    ask->values = all;
    ask->nvalues = certain ? n : 0;
}

static void put(struct lf_buf *b, lf_view id, lf_view value, uint64_t count, lf_time first, lf_time last,
                uint64_t p, uint64_t q)
{
    lf_indicator_sighting_pack(b, &(struct lf_indicator_sighting){ .indicator = id,
                                                                   .value = value,
                                                                   .list = { "", 0 },
                                                                   .count = count,
                                                                   .first = first,
                                                                   .last = last,
                                                                   .from = p < q ? p : q,
                                                                   .position = p < q ? q : p });
}

static void tell(struct lf_hunting *h, struct lf_worker *w)
{
    struct lf_lookout_sighting *s;
    struct lf_stix_sighting *t;
    struct lf_arena a = { 0 };
    struct lf_err e;
    struct lf_buf b;
    size_t n;

    lf_buf_init(&b, 16 << 20); /* what proc/messages.h lets through */
    lf_buf_u64(&b, h->number);
    n = lf_lookout_sightings(h->lookout, &a, &s);
    for (size_t i = 0; i < n; i++)
        put(&b, lf_lookout_indicator(&a, s[i].id), s[i].value, s[i].count, s[i].first, s[i].last,
            s[i].position_first, s[i].position);
    n = lf_stix_live_sightings(h->patterns, &a, &t);
    for (size_t i = 0; i < n; i++) {
        lf_view shown = lf_view_first(t[i].text, SHOWN);

        while (shown.len && !lf_view_is_utf8(shown))
            shown.len--;
        put(&b, t[i].id, shown, t[i].count, t[i].first, t[i].last, t[i].position_first, t[i].position);
    }
    /* A core that is away asks again. */
    if (lf_buf_done(&b, &e) != LF_OK ||
        (lf_worker_send(w, LF_WORKER_CORE, LF_MSG_HUNT_NEWS, lf_buf_view(&b), &e) != LF_OK &&
         e.code != LF_AWAY))
        lf_log_err(&w->log, LF_LOG_ERROR, "LF4202", &e);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

struct lf_hunting *lf_hunting_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                    lf_view order)
{
    struct lf_unpack in = lf_unpack_begin(order);
    struct lf_hunting *h = calloc(1, sizeof *h);
    struct lf_search_hooks hooks = { .event = event, .ctx = h }; /* damage is told by a person\'s search */
    struct lf_search_ask ask = { .to = INT64_MAX, .pipelines = p };
    struct lf_arena a = { 0 };
    uint64_t seed[4];
    struct lf_err e;

    if (!h)
        LF_BUG("out of memory for a hunt");
    h->number = lf_unpack_uint(&in, 8);
    h->before = lf_unpack_time(&in);
    h->now = lf_now(&w->env);
    lf_random(&w->env, seed, sizeof seed);
    h->lookout = lf_lookout_create(seed);
    h->patterns = lf_stix_live_create(NULL, seed[0]);
    ask.seed = seed[1];
    take(h, &a, in.left, &ask);
    ask.from = h->now - HUNT_DAYS * LF_DAY;
    ask.oldest_first = lf_stix_live_count(h->patterns) > 0;
    if (in.bad || lf_search_open(data, &ask, &hooks, &h->search, &e) != LF_OK) {
        if (in.bad)
            (void)lf_err_set(&e, LF_BAD_INPUT, "the order is none");
        lf_log_err(&w->log, LF_LOG_WARN, "LF4202", &e);
        tell(h, w); /* nothing: the core goes on */
        lf_hunting_end(h);
        h = NULL;
    }
    lf_arena_clear(&a);
    return h;
}

bool lf_hunting_step(struct lf_hunting *h, struct lf_worker *w)
{
    struct lf_search_progress p;

    lf_search_progress(h->search, &p);
    if (p.text < HUNT_TEXT && lf_search_step(h->search))
        return true;
    (void)lf_search_finish(h->search);
    tell(h, w);
    return false;
}

void lf_hunting_end(struct lf_hunting *h)
{
    if (!h)
        return;
    lf_search_close(h->search);
    lf_lookout_destroy(h->lookout);
    lf_stix_live_destroy(h->patterns);
    free(h);
}
