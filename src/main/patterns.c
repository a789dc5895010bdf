#include "main/patterns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/crypto.h"
#include "engine/correlation.h"
#include "main/input.h"
#include "model/confidence.h"

#define FILE_MOST ((size_t)1 << 30)
enum { SAID = 20, RULE_NUMBERS = 1 << 24 }; /* numbers of rules are below */

struct patterns_kept {
    struct lf_stix_seen seen;
    lf_time at;
    uint64_t event;
    size_t file, order;
};

/* ---- files ---- */

struct load {
    struct patterns *p;
    const char *file;
};

static void add(struct load *l, size_t place, const struct lf_stix_watch *w)
{
    struct patterns *p = l->p;
    struct lf_err e = { 0 };
    struct lf_rule *rule;

    if (lf_stix_live_add(p->live, w, &e) != LF_OK) {
        if (p->passed++ < SAID)
            fprintf(stderr, "lianfang detect: %s: pattern %zu: %s\n", l->file, place, e.text);
        return;
    }
    p->taken++;
    rule = LF_NEW(&p->a, struct lf_rule, 1);
    *rule = (struct lf_rule){
        .id = lf_arena_copy(&p->a, w->id),
        .title = lf_arena_copy(&p->a, lf_view_first(w->name.len ? w->name : w->text, 1024)),
        .level = lf_confidence_level(w->confidence),
        .number = RULE_NUMBERS + (unsigned)p->taken,
    };
    lf_map_set_ptr(&p->rules, rule->id, rule);
}

/* A line has no id: one made from the pattern, so that it is the same each time. */
static void lines(struct load *l, lf_view in)
{
    lf_view line;

    for (size_t n = 1; lf_view_split(&in, '\n', &line); n++) {
        uint8_t sum[LF_SHA256];
        lf_view hex;

        line = lf_view_trim(line);
        if (!line.len || line.ptr[0] == '#')
            continue;
        lf_sha256(line, sum);
        sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x80); /* version 8: the maker's own way */
        sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
        hex = lf_hex(&l->p->a, sum, 16);
        add(l, n,
            &(struct lf_stix_watch){ .id = lf_arena_printf(&l->p->a, "indicator--%.8s-%.4s-%.4s-%.4s-%.12s",
                                                           hex.ptr, hex.ptr + 8, hex.ptr + 12, hex.ptr + 16,
                                                           hex.ptr + 20),
                                     .text = line,
                                     .confidence = 85 });
    }
}

static void object(struct load *l, size_t place, const struct lf_json *v)
{
    struct lf_stix_watch w = { .id = lf_json_str(v, "id"),
                               .text = lf_json_str(v, "pattern"),
                               .name = lf_json_str(v, "name"),
                               .confidence = 85 };
    lf_view type = lf_json_str(v, "pattern_type");
    struct lf_stix_moment until;
    int64_t confidence;

    if (!lf_view_is(lf_json_str(v, "type"), "indicator") || lf_json_bool(v, "revoked", false))
        return;
    /* STIX 2.0 had no pattern_type: its patterns are these. */
    if (!w.id.len || !w.text.ptr || (type.ptr && !lf_view_is(type, "stix"))) {
        l->p->passed++;
        return;
    }
    if (lf_json_int(v, "confidence", &confidence) && confidence >= 0 && confidence <= 100)
        w.confidence = (uint8_t)confidence;
    if (lf_stix_moment_parse(lf_json_str(v, "valid_until"), &until))
        w.expires = until.second > 0 && until.second < UINT32_MAX ? (uint32_t)until.second : 1;
    add(l, place, &w);
}

enum lf_code patterns_load(struct patterns *p, const char *file, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = FILE_MOST, .depth = 128 };
    const struct lf_stix_live_limits batch = { .batch = true };
    struct load l = { .p = p, .file = file };
    struct lf_arena a = { 0 };
    const struct lf_json *doc, *list;
    struct lf_err bad = { 0 };
    struct lf_buf in;
    enum lf_code rc;
    lf_view text;

    if (!p->live) {
        p->live = lf_stix_live_create(&batch, 1);
        lf_map_init(&p->rules, 1);
    }
    lf_buf_init(&in, FILE_MOST);
    rc = lf_input_read(file, &in, e);
    text = lf_view_trim(lf_buf_view(&in));
    /* A pattern may begin with a bracket too, but is no JSON. */
    if (rc == LF_OK && text.len && (text.ptr[0] == '{' || text.ptr[0] == '[') &&
        (lf_json_parse(&a, text, &limits, &doc, &bad) == LF_OK || text.ptr[0] == '{')) {
        if (bad.code != LF_OK) {
            rc = lf_err_set(e, bad.code, "%s: %s", file, bad.text);
        } else {
            list = lf_json_kind(doc) == LF_JSON_ARRAY ? doc : lf_json_get(doc, LF_V("objects"));
            if (!list)
                object(&l, 0, doc);
            for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
                object(&l, i, lf_json_item(list, i));
        }
    } else if (rc == LF_OK) {
        lines(&l, text);
    }
    lf_arena_clear(&a);
    lf_buf_clear(&in);
    return rc;
}

/* ---- events ---- */

static void tell(struct patterns *p, const struct lf_stix_hit *h, const struct patterns_kept *one)
{
    const struct lf_rule *rule = lf_map_get_ptr(&p->rules, h->what->id);
    struct patterns_kept last = one ? *one : p->kept[h->events[h->nevents - 1].position];
    struct lf_buf b;
    struct lf_json_w w;

    lf_buf_init(&b, 1 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < h->nevents; i++) {
        const struct patterns_kept *k = one ? one : &p->kept[h->events[i].position];

        lf_json_open(&w, '{');
        lf_json_put_int(&w, "event", (int64_t)k->event);
        lf_json_put_cstr(&w, "file", p->file_name(p->ctx, k->file));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    p->told(p->ctx, rule, last.file, last.event, h->last, lf_buf_view(&b));
    lf_buf_clear(&b);
}

void patterns_see(struct patterns *p, struct lf_arena *a, const struct lf_event *ev, size_t file)
{
    struct lf_stix_seen *seen;
    size_t n = lf_stix_live_look(p->live, a, ev, (uint32_t)time(NULL), &seen);
    lf_time at = ev->happened;
    bool timeless = n > 0 && !lf_record_time(ev->doc, &at) && at <= 0;

    for (size_t i = 0; i < n; i++) {
        struct patterns_kept k = { seen[i], timeless ? 0 : at, ev->position, file, p->n };
        struct lf_stix_hit hit;

        if (lf_stix_live_single(p->live, seen[i].pattern)) {
            if (lf_stix_live_see(p->live, a, &seen[i], k.at, ev->position, &hit))
                tell(p, &hit, &k);
            continue;
        }
        if (timeless) {
            p->timeless++;
            continue;
        }
        if (p->n == p->cap) {
            p->cap = p->cap ? p->cap * 2 : 1024;
            p->kept = realloc(p->kept, lf_arena_mul(p->cap, sizeof *p->kept));
            if (!p->kept)
                LF_BUG("no memory for %zu observations", p->cap);
        }
        p->kept[p->n++] = k;
    }
}

static int by_time(const void *x, const void *y)
{
    const struct patterns_kept *a = x, *b = y;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void patterns_run(struct patterns *p)
{
    struct lf_arena a = { 0 };
    struct lf_stix_live_stats stats;

    if (p->n > 1)
        qsort(p->kept, p->n, sizeof *p->kept, by_time);
    for (size_t i = 0; i < p->n; i++) {
        struct lf_stix_hit hit;

        if (lf_stix_live_see(p->live, &a, &p->kept[i].seen, p->kept[i].at, i, &hit))
            tell(p, &hit, NULL);
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    if (p->timeless)
        fprintf(stderr,
                "lianfang detect: %llu records without a time take no part in patterns over several events\n",
                (unsigned long long)p->timeless);
    lf_stix_live_stats(p->live, &stats);
    if (stats.unsure)
        fprintf(stderr,
                "lianfang detect: %llu times it was not found out in %d steps whether a pattern matched; "
                "matches may "
                "be missing\n",
                (unsigned long long)stats.unsure, 50000000);
}

void patterns_clear(struct patterns *p)
{
    if (!p->live)
        return;
    lf_stix_live_destroy(p->live);
    lf_map_clear(&p->rules);
    lf_arena_clear(&p->a);
    free(p->kept);
    *p = (struct patterns){ 0 };
}
