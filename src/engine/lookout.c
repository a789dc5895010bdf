#include "engine/lookout.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/map.h"
#include "engine/detect.h"
#include "engine/lookout_priv.h"
#include "model/confidence.h"

enum { AGAIN = 8192 };

/* ---- the lookout ---- */

/* A counted indicator. */
struct counted {
    struct counted *next; /* in the table's chain */
    struct lf_lookout_sighting s;
    char value[LF_LOOKOUT_SHOWN], list[LF_LOOKOUT_LIST];
};

/* When an indicator last made a finding on a host: a hash of both. */
struct again {
    uint64_t key;
    lf_time at;
};

struct lf_lookout {
    struct lf_ioc_set *set;
    uint64_t seed[4];
    const struct lf_warninglists *lists;
    struct lookout_fields fields;
    struct lookout_absent absent[LOOKOUT_ABSENT];
    struct lookout_named *named; /* [LF_SHAPES] */
    uint64_t absent_at;          /* lf_ioc_set_changes() when they were */
    struct counted *counted, *chain[LF_LOOKOUT_SIGHTINGS];
    size_t ncounted;
    struct again again[AGAIN];
    uint64_t hits, lost;
};

struct lf_lookout *lf_lookout_create(const uint64_t seed[4])
{
    struct lf_lookout *w = calloc(1, sizeof *w);

    if (!w)
        LF_BUG("out of memory for the watch");
    memcpy(w->seed, seed, sizeof w->seed);
    w->set = lf_ioc_set_create(seed);
    w->counted = calloc(LF_LOOKOUT_SIGHTINGS, sizeof *w->counted);
    w->named = calloc(LF_SHAPES, sizeof *w->named);
    if (!w->counted || !w->named)
        LF_BUG("out of memory for sightings");
    lookout_fields_init(&w->fields);
    return w;
}

void lf_lookout_destroy(struct lf_lookout *w)
{
    if (!w)
        return;
    lf_ioc_set_destroy(w->set);
    free(w->counted);
    free(w->named);
    free(w);
}

struct lf_ioc_set *lf_lookout_set(struct lf_lookout *w)
{
    return w->set;
}

void lf_lookout_clear(struct lf_lookout *w)
{
    lf_ioc_set_destroy(w->set);
    w->set = lf_ioc_set_create(w->seed);
    memset(w->absent, 0, sizeof w->absent);
}

void lf_lookout_allow(struct lf_lookout *w, const struct lf_warninglists *lists)
{
    w->lists = lists;
}

uint64_t lf_lookout_lost(const struct lf_lookout *w)
{
    return w->lost;
}

uint64_t lf_lookout_hits(const struct lf_lookout *w)
{
    return w->hits;
}

size_t lf_lookout_counted(const struct lf_lookout *w)
{
    return w->ncounted;
}

void lf_lookout_forget(struct lf_lookout *w)
{
    memset(w->again, 0, sizeof w->again);
}

/* What was asked in vain, so that it is not asked again. */
static void remember(struct lf_lookout *w, const struct lookout_seen *s)
{
    size_t at = lookout_absent_place(s->kind, s->value);

    if (at == LOOKOUT_ABSENT)
        return;
    w->absent[at].kind = (uint8_t)s->kind;
    w->absent[at].len = (uint8_t)s->value.len;
    memcpy(w->absent[at].text, s->value.ptr, s->value.len);
}

size_t lf_lookout_event(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                        struct lf_lookout_hit **out)
{
    const struct lf_ioc *found[LOOKOUT_PROBES];
    struct lf_lookout_hit *hits = NULL;
    struct lookout_look l;
    size_t n = 0, cap = 0;

    *out = NULL;
    if (!lf_ioc_set_count(w->set))
        return 0;
    if (w->absent_at != lf_ioc_set_changes(w->set)) {
        memset(w->absent, 0, sizeof w->absent);
        w->absent_at = lf_ioc_set_changes(w->set);
    }
    /* The rest of it is written before it is read. */
    l.set = w->set;
    l.fields = &w->fields;
    l.absent = w->absent;
    l.named = w->named;
    lookout_take(&l, ev);
    if (!l.nkeys)
        return 0;
    if (!lf_ioc_find(w->set, l.keys, l.nkeys, found)) {
        for (size_t i = 0; i < l.n; i++)
            remember(w, &l.seen[i]);
        return 0;
    }
    for (size_t i = 0; i < l.n; i++) {
        const struct lookout_seen *s = &l.seen[i];

        for (size_t k = s->first; k < (size_t)s->first + s->nkeys; k++)
            for (const struct lf_ioc *x = found[k]; x; x = lf_ioc_next(w->set, l.keys[k], x)) {
                if (!lf_ioc_counts(x, l.exact[k], now))
                    continue;
                hits = lf_arena_grow(a, hits, n, &cap, sizeof *hits);
                hits[n++] = (struct lf_lookout_hit){
                    .kind = s->kind,
                    .value = s->value,
                    .what = *x,
                    .exact = k == s->first,
                    .list = w->lists ? lf_warninglists_has(w->lists, s->kind, s->value) : (lf_view){ "", 0 },
                };
            }
    }
    w->hits += n;
    *out = hits;
    return n;
}

/* ---- sightings and findings ---- */

static uint64_t id_hash(const uint8_t id[16])
{
    uint64_t a, b;

    memcpy(&a, id, 8);
    memcpy(&b, id + 8, 8);
    return (a ^ b * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
}

static void count(struct lf_lookout *w, const struct lf_lookout_hit *h, const struct lf_event *ev, lf_time at)
{
    struct counted **chain = &w->chain[id_hash(h->what.id) >> 32 & (LF_LOOKOUT_SIGHTINGS - 1)], *c;
    lf_view shown = lf_view_first(h->value, LF_LOOKOUT_SHOWN), list = lf_view_first(h->list, LF_LOOKOUT_LIST);

    for (c = *chain; c && memcmp(c->s.id, h->what.id, 16) != 0; c = c->next)
        ;
    if (!c) {
        if (w->ncounted == LF_LOOKOUT_SIGHTINGS) {
            w->lost++;
            return;
        }
        c = &w->counted[w->ncounted++];
        *c = (struct counted){ .next = *chain,
                               .s = { .first = at, .last = at, .position_first = ev->position } };
        memcpy(c->s.id, h->what.id, 16);
        *chain = c;
    }
    shown = lf_view_first(shown, lf_view_find_byte(shown, '\0'));
    while (shown.len && !lf_view_is_utf8(shown))
        shown.len--;
    if (shown.len)
        memcpy(c->value, shown.ptr, shown.len);
    c->s.value = (lf_view){ c->value, shown.len };
    c->s.kind = h->kind;
    while (list.len && !lf_view_is_utf8(list))
        list.len--;
    if (list.len) /* a copy: other lists may be in force when this is taken */
        memcpy(c->list, list.ptr, list.len);
    c->s.list = (lf_view){ c->list, list.len };
    c->s.count++;
    if (at < c->s.first)
        c->s.first = at;
    if (at > c->s.last)
        c->s.last = at;
    c->s.position = ev->position;
}

size_t lf_lookout_sightings(struct lf_lookout *w, struct lf_arena *a, struct lf_lookout_sighting **out)
{
    size_t n = w->ncounted;

    *out = n ? LF_NEW(a, struct lf_lookout_sighting, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = w->counted[i].s;
        (*out)[i].value = lf_arena_copy(a, w->counted[i].s.value);
        (*out)[i].list = lf_arena_copy(a, w->counted[i].s.list);
    }
    memset(w->chain, 0, sizeof w->chain);
    w->ncounted = 0;
    return n;
}

/* Is it long enough ago that this indicator was found on this host?  Two that share a
 * place in the table make a finding too many, never one too few. */
static bool due(struct lf_lookout *w, const struct lf_lookout_hit *h, lf_view host, lf_time at)
{
    uint64_t key[2] = { w->seed[0], id_hash(h->what.id) }, k = lf_siphash(key, host);
    struct again *x = &w->again[k % AGAIN];

    if (x->key == k && at - x->at < LF_LOOKOUT_AGAIN && at >= x->at)
        return false;
    *x = (struct again){ k, at };
    return true;
}

enum lf_level lf_lookout_level(const struct lf_ioc *i)
{
    return lf_confidence_level(i->confidence);
}

lf_view lf_lookout_indicator(struct lf_arena *a, const uint8_t id[16])
{
    lf_view hex = lf_hex(a, id, 16);

    return lf_arena_printf(a, "indicator--%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                           hex.ptr + 16, hex.ptr + 20);
}

bool lf_lookout_indicator_parse(lf_view id, uint8_t out[16])
{
    char hex[32];
    size_t n = 0;

    if (id.len != 47 || !lf_view_starts(id, LF_V("indicator--")) || !lf_uuid_ok(lf_view_from(id, 11)))
        return false;
    for (size_t i = 11; i < id.len; i++)
        if (id.ptr[i] != '-')
            hex[n++] = id.ptr[i];
    return n == 32 && lf_unhex((lf_view){ hex, 32 }, out, 16, NULL) == LF_OK;
}

static void finding_of(struct lf_arena *a, const struct lf_event *ev, const struct lf_lookout_hit *h,
                       struct lf_finding *out)
{
    struct lf_observable first;
    struct lf_rule rule = {
        .id = lf_lookout_indicator(a, h->what.id),
        .title = lf_arena_printf(a, "情資命中 indicator hit: %.*s (%s)", LF_FMT(lf_view_first(h->value, 200)),
                                 lf_observable_kind_name(h->kind)),
        .level = lf_lookout_level(&h->what),
    };

    lf_finding_of(a, ev, &rule, out);
    first.kind = h->kind;
    if (lf_observable_text(a, h->kind, h->value, &first.value)) {
        size_t n = 1;
        struct lf_observable all[LF_FINDING_OBSERVABLES] = { first };

        for (size_t i = 0; i < out->nobservables && n < LF_FINDING_OBSERVABLES; i++)
            if (out->observables[i].kind != first.kind || !lf_view_eq(out->observables[i].value, first.value))
                all[n++] = out->observables[i];
        memcpy(out->observables, all, n * sizeof *all);
        out->nobservables = n;
    }
}

size_t lf_lookout_findings(struct lf_lookout *w, struct lf_arena *a, const struct lf_event *ev, lf_time now,
                           bool counted, struct lf_finding **out)
{
    struct lf_lookout_hit *hits;
    size_t nhits = lf_lookout_event(w, a, ev, (uint32_t)(now / LF_SECOND), &hits), n = 0;
    lf_time at = ev->happened >= 0 && ev->happened <= LF_TIME_MAX ? ev->happened : ev->recorded;

    *out = NULL;
    if (!nhits)
        return 0;
    *out = LF_NEW(a, struct lf_finding, nhits);
    for (size_t i = 0; i < nhits; i++) {
        if (counted)
            count(w, &hits[i], ev, at);
        if (!hits[i].list.len && due(w, &hits[i], ev->host, ev->recorded))
            finding_of(a, ev, &hits[i], &(*out)[n++]);
    }
    return n;
}
