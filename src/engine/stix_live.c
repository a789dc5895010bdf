#include "engine/stix_live.h"

#include <stdlib.h>

#include "engine/detect.h"
#include "engine/rule_priv.h"
#include "engine/stix_clue.h"
#include "engine/stix_live_priv.h"
#include "model/confidence.h"

enum { BRACKETS = 50000, TOLD = 65536, SHOWN_TEXT = 2048 };
#define CLUE_MOST ((size_t)96 << 20)

static const size_t room[STIX_LEVELS] = { 64, 2048, SIZE_MAX };

struct lf_stix_live *lf_stix_live_create(const struct lf_stix_live_limits *limits, uint64_t seed)
{
    struct lf_stix_live *s = calloc(1, sizeof *s);

    if (!s)
        LF_BUG("no memory for patterns");
    if (limits)
        s->limits = *limits;
    if (!s->limits.bytes)
        s->limits.bytes = (size_t)64 << 20;
    if (!s->limits.entries)
        s->limits.entries = 65536;
    if (!s->limits.lateness)
        s->limits.lateness = 10 * LF_MINUTE;
    s->key[0] = seed;
    s->key[1] = seed * 0x9e3779b97f4a7c15u + 1;
    s->eye = lf_stix_eye_create();
    lf_map_init(&s->by_id, seed);
    return s;
}

static void destroy_watched(struct lf_stix_live *s, struct stix_watched *w)
{
    stix_forget_all(s, w);
    lf_stix_matcher_destroy(w->m);
    lf_arena_clear(&w->a);
    free(w);
}

static void free_told(struct stix_told *t)
{
    free(t->id);
    free((void *)(uintptr_t)t->hit.events);
}

void lf_stix_live_destroy(struct lf_stix_live *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        destroy_watched(s, s->w[i]);
    for (size_t i = 0; i < STIX_LEVELS; i++) {
        lf_ruleset_drop(s->level[i].rs);
        free(s->level[i].asked);
    }
    for (size_t i = 0; i < s->ntold; i++)
        free_told(&s->told[i]);
    free(s->told);
    free((void *)s->w);
    lf_map_clear(&s->by_id);
    hs_free_scratch(s->scratch);
    lf_stix_eye_destroy(s->eye);
    lf_arena_clear(&s->tmp);
    free(s);
}

size_t lf_stix_live_count(const struct lf_stix_live *s)
{
    return s->n;
}

/* ---- the set ---- */

/* Can the pattern match though no event makes the dead brackets true? */
static bool alive(const struct stix_watched *w, const struct lf_stix_observe *o)
{
    bool any = o->kind != LF_STIX_OR;

    if (o->kind == LF_STIX_ONE)
        return !w->bracket[o->number].dead;
    for (size_t i = 0; i < o->nkids && any == (o->kind != LF_STIX_OR); i++)
        any = alive(w, o->kids[i]);
    return any;
}

static enum lf_code fits(struct lf_stix_live *s, struct stix_watched *w, struct lf_err *e)
{
    lf_view asks, first = { "", 0 };

    lf_arena_reset(&s->tmp);
    for (unsigned b = 0; b < w->p.nobservations; b++) {
        struct lf_buf text;

        lf_buf_init(&text, CLUE_MOST);
        w->bracket[b].dead = !lf_stix_clue(&s->tmp, w->bracket[b].test, true, 0, &text, &asks);
        if (w->bracket[b].dead && !first.len)
            first = asks;
        lf_buf_clear(&text);
    }
    if (!alive(w, w->p.root))
        return lf_err_set(e, LF_UNACCEPTED, "no event has what %.*s asks for (see docs/manual/patterns.md)",
                          LF_FMT(lf_view_first(first, 100)));
    if (w->enough > s->limits.entries && !s->limits.batch)
        return lf_err_set(e, LF_UNACCEPTED, "more observations for one match (%llu) than are kept (%zu)",
                          (unsigned long long)w->enough, s->limits.entries);
    return LF_OK;
}

static struct stix_watched *watched(const struct lf_stix_live *s, lf_view id)
{
    return lf_map_get_ptr(&s->by_id, id);
}

static void take_away(struct lf_stix_live *s, struct stix_watched *w)
{
    struct stix_level *l = w->level < STIX_LEVELS ? &s->level[w->level] : NULL;

    for (size_t i = 0; l && i < l->n; i++)
        if (l->asked[i].w == w)
            l->asked[i].w = NULL;
    s->pending -= w->level == STIX_PENDING;
    s->brackets -= w->p.nobservations;
    (void)lf_map_del(&s->by_id, w->what.id);
    s->w[w->number] = s->w[--s->n];
    s->w[w->number]->number = w->number;
    destroy_watched(s, w);
}

enum lf_code lf_stix_live_add(struct lf_stix_live *s, const struct lf_stix_watch *what, struct lf_err *e)
{
    struct stix_watched *w = watched(s, what->id), *old = w;
    enum lf_code rc;

    if (old && lf_view_eq(old->what.text, what->text)) {
        old->what.confidence = what->confidence;
        old->what.expires = what->expires;
        if (!lf_view_eq(old->what.name, what->name))
            old->what.name = lf_arena_copy(&old->a, lf_view_first(what->name, 256));
        old->listed = true;
        return LF_OK;
    }
    if (!old && s->n == LF_STIX_LIVE_PATTERNS)
        return lf_err_set(e, LF_FULL, "more than %d patterns", LF_STIX_LIVE_PATTERNS);
    w = calloc(1, sizeof *w);
    if (!w)
        LF_BUG("no memory for a pattern");
    w->what = (struct lf_stix_watch){ .id = lf_arena_copy(&w->a, what->id),
                                      .text = lf_arena_copy(&w->a, what->text),
                                      .name = lf_arena_copy(&w->a, lf_view_first(what->name, 256)),
                                      .confidence = what->confidence,
                                      .expires = what->expires };
    w->level = STIX_PENDING;
    w->listed = true;
    rc = lf_stix_pattern_parse(&w->a, w->what.text, &w->p, e);
    if (rc == LF_OK && w->p.nobservations > LF_STIX_LIVE_BRACKETS)
        rc = lf_err_set(e, LF_UNACCEPTED, "more than %d observations in one pattern", LF_STIX_LIVE_BRACKETS);
    if (rc == LF_OK && s->brackets + w->p.nobservations > BRACKETS)
        rc = lf_err_set(e, LF_FULL, "more than %d observations in all patterns", BRACKETS);
    if (rc == LF_OK) {
        lf_stix_canon(&w->a, &w->p);
        rc = stix_matcher_create(&w->p, &s->scratch, &w->m, e);
    }
    if (rc == LF_OK) {
        stix_reckon(w);
        rc = fits(s, w, e);
    }
    if (rc != LF_OK) {
        lf_stix_matcher_destroy(w->m);
        lf_arena_clear(&w->a);
        free(w);
        return rc;
    }
    if (old)
        take_away(s, old);
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->w = (struct stix_watched **)realloc((void *)s->w, lf_arena_mul(s->cap, sizeof *s->w));
        if (!s->w)
            LF_BUG("no memory for %zu patterns", s->cap);
    }
    w->number = s->n;
    s->w[s->n++] = w;
    s->pending++;
    s->brackets += w->p.nobservations;
    lf_map_set_ptr(&s->by_id, w->what.id, w);
    return LF_OK;
}

bool lf_stix_live_remove(struct lf_stix_live *s, lf_view id)
{
    struct stix_watched *w = watched(s, id);

    if (w)
        take_away(s, w);
    return w != NULL;
}

void lf_stix_live_anew(struct lf_stix_live *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->w[i]->listed = false;
}

void lf_stix_live_whole(struct lf_stix_live *s)
{
    for (size_t i = s->n; i > 0; i--)
        if (!s->w[i - 1]->listed)
            take_away(s, s->w[i - 1]);
}

/* ---- generations ---- */

static void clear_level(struct stix_level *l)
{
    lf_ruleset_drop(l->rs);
    free(l->asked);
    *l = (struct stix_level){ 0 };
}

/* The clues of a level's brackets as one ruleset; a clue that cannot be a rule becomes the plain one. */
static void build(struct lf_stix_live *s, struct stix_level *l)
{
    struct lf_rule_file *files = LF_NEW(&s->tmp, struct lf_rule_file, l->n);
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    lf_view asks;

    for (int round = 0; round < 2; round++) {
        bool again = false;

        for (size_t i = 0; i < l->n; i++) {
            const struct stix_asked *x = &l->asked[i];
            struct lf_buf text;

            if (round && !lf_ruleset_rule(l->rs, i)->refused.ptr)
                continue;
            again = true;
            lf_buf_init(&text, CLUE_MOST);
            (void)lf_stix_clue(&a, x->w->bracket[x->bracket].test,
                               round > 0 || x->w->bracket[x->bracket].plain, i, &text, &asks);
            files[i] = (struct lf_rule_file){ LF_V("stix"), lf_arena_copy(&s->tmp, lf_buf_view(&text)) };
            lf_buf_clear(&text);
            lf_arena_reset(&a);
            x->w->bracket[x->bracket].plain = round > 0 || x->w->bracket[x->bracket].plain;
        }
        if (!again)
            break;
        lf_ruleset_drop(l->rs);
        if (lf_ruleset_build(files, l->n, &l->rs, &e) != LF_OK)
            LF_BUG("clues of patterns: %s", e.text);
        LF_ASSERT(lf_ruleset_count(l->rs) == l->n);
    }
    lf_arena_clear(&a);
}

static void compile(struct lf_stix_live *s)
{
    size_t total = s->pending, n = 0;
    unsigned to = 0;
    struct stix_level *l;

    for (to = 0;; to++) {
        for (size_t i = 0; i < s->n; i++)
            total += s->w[i]->level == to;
        if (total <= room[to])
            break;
    }
    for (unsigned i = 0; i <= to; i++)
        clear_level(&s->level[i]);
    l = &s->level[to];
    lf_arena_reset(&s->tmp);
    for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (size_t i = 0; i < s->n; i++) {
            struct stix_watched *w = s->w[i];

            if (!(w->level <= to || w->level == STIX_PENDING))
                continue;
            for (unsigned b = 0; b < w->p.nobservations; b++) {
                if (w->bracket[b].dead)
                    continue;
                if (pass)
                    l->asked[n] = (struct stix_asked){ w, b };
                n++;
            }
        }
        if (!pass) {
            l->asked = calloc(n + 1, sizeof *l->asked);
            if (!l->asked)
                LF_BUG("no memory for patterns");
        }
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->w[i]->level <= to || s->w[i]->level == STIX_PENDING)
            s->w[i]->level = to;
    l->n = n;
    s->pending = 0;
    if (n)
        build(s, l);
    lf_arena_clear(&s->tmp);
}

/* ---- events ---- */

size_t lf_stix_live_look(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                         struct lf_stix_seen **out)
{
    const struct lf_json *objects = NULL;
    struct stix_observed o = { 0 };
    struct lf_stix_seen *seen = NULL;
    size_t n = 0, cap = 0;

    *out = NULL;
    if (s->pending)
        compile(s);
    for (unsigned k = 0; k < STIX_LEVELS; k++) {
        struct stix_level *l = &s->level[k];
        const unsigned *rules;
        size_t hits = l->rs ? lf_ruleset_match_named(l->rs, a, ev, &rules) : 0;

        for (size_t i = 0; i < hits; i++) {
            struct stix_watched *w = l->asked[rules[i]].w;
            unsigned b = l->asked[rules[i]].bracket;
            struct stix_work work = { LF_STIX_LIVE_WORK };

            if (!w || (w->what.expires && w->what.expires <= now))
                continue;
            if (!objects) {
                objects = lf_stix_eye_objects(s->eye, a, ev);
                if (!objects)
                    return 0;
                o.objects = objects;
                o.nroots = lf_json_members(objects);
                o.roots = LF_NEW(a, const struct lf_json *, o.nroots);
                for (size_t r = 0; r < o.nroots; r++)
                    o.roots[r] = lf_json_member(objects, r);
            }
            s->stats.candidates++;
            if (!stix_compare_holds(w->m, &o, w->bracket[b].test, a, &work))
                continue;
            if (n == 0 || seen[n - 1].pattern != w->number) {
                seen = lf_arena_grow(a, seen, n, &cap, sizeof *seen);
                seen[n++] = (struct lf_stix_seen){ .pattern = w->number };
            }
            seen[n - 1].brackets |= (uint64_t)1 << b;
        }
    }
    *out = seen;
    return n;
}

bool lf_stix_live_single(const struct lf_stix_live *s, size_t pattern)
{
    return s->w[pattern]->single;
}

bool lf_stix_live_see(struct lf_stix_live *s, struct lf_arena *a, const struct lf_stix_seen *seen, lf_time at,
                      uint64_t position, struct lf_stix_hit *out)
{
    s->work.left = LF_STIX_WORK;
    if (!stix_see(s, s->w[seen->pattern], a, seen->brackets, at * 10, position, out))
        return false;
    s->stats.hits++;
    return true;
}

void stix_remember(struct lf_stix_live *s, uint64_t position, const struct lf_stix_hit *hit)
{
    struct lf_stix_observation *events = malloc(hit->nevents * sizeof *events);
    struct stix_told *t;
    char *id = malloc(hit->what->id.len + 1);

    if (!events || !id)
        LF_BUG("no memory for a hit");
    if (s->ntold == TOLD) {
        size_t half = TOLD / 2;

        s->known_from = s->told[half - 1].position + 1;
        for (size_t i = 0; i < half; i++)
            free_told(&s->told[i]);
        s->ntold -= half;
        memmove(s->told, s->told + half, s->ntold * sizeof *s->told);
    }
    if (s->ntold == s->told_cap) {
        s->told_cap = s->told_cap ? s->told_cap * 2 : 64;
        s->told = realloc(s->told, lf_arena_mul(s->told_cap, sizeof *s->told));
        if (!s->told)
            LF_BUG("no memory for hits");
    }
    memcpy(events, hit->events, hit->nevents * sizeof *events);
    memcpy(id, hit->what->id.ptr, hit->what->id.len);
    t = &s->told[s->ntold++];
    *t = (struct stix_told){ .position = position, .id = id, .id_len = hit->what->id.len, .hit = *hit };
    t->hit.events = events;
    t->hit.what = NULL;
}

/* What a pattern's hit at this position was; false: none, or not known any more. */
static bool told_before(const struct lf_stix_live *s, uint64_t position, const struct stix_watched *w,
                        struct lf_stix_hit *out)
{
    for (size_t i = s->ntold; i > 0; i--) {
        const struct stix_told *t = &s->told[i - 1];

        if (t->position == position && lf_view_eq((lf_view){ t->id, t->id_len }, w->what.id)) {
            *out = t->hit;
            out->what = &w->what;
            return true;
        }
    }
    return false;
}

static lf_time time_of(struct lf_stix_live *s, const struct lf_event *ev)
{
    lf_time at = ev->happened;

    if (at < 0 || at > LF_TIME_MAX)
        return ev->recorded;
    if (at > ev->recorded + LF_MINUTE) {
        s->stats.ahead++;
        return ev->recorded;
    }
    return at;
}

void lf_stix_live_record(struct lf_stix_live *s, uint64_t position)
{
    s->record = position;
    s->ordinal = 0;
}

/* Was this event seen before?  Counts it if not. */
static bool again(struct lf_stix_live *s, uint64_t position)
{
    uint32_t ordinal;

    if (position != s->record)
        lf_stix_live_record(s, position);
    ordinal = s->ordinal++;
    if (position + 1 < s->next || (position + 1 == s->next && ordinal < s->last))
        return true;
    s->next = position + 1;
    s->last = ordinal + 1;
    return false;
}

size_t lf_stix_live_event(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev, uint32_t now,
                          struct lf_stix_hit **out)
{
    struct lf_stix_seen *seen;
    size_t nseen = lf_stix_live_look(s, a, ev, now, &seen), n = 0;
    bool known = again(s, ev->position);
    lf_time at;

    *out = NULL;
    if (nseen) {
        *out = LF_NEW(a, struct lf_stix_hit, nseen);
        at = time_of(s, ev);
        s->work.left = LF_STIX_LIVE_WORK;
        for (size_t i = 0; i < nseen; i++) {
            struct stix_watched *w = s->w[seen[i].pattern];

            if (known && !w->single) {
                n += told_before(s, ev->position, w, &(*out)[n]);
            } else if (stix_see(s, w, a, seen[i].brackets, at * 10, ev->position, &(*out)[n])) {
                if (!w->single)
                    stix_remember(s, ev->position, &(*out)[n]);
                s->stats.hits++;
                n++;
            }
        }
    }
    s->replayed = known;
    return n;
}

/* ---- findings and sightings ---- */

static bool due(struct lf_stix_live *s, lf_view id, lf_view host, lf_time at)
{
    uint64_t key[2] = { s->key[0], lf_siphash(s->key, id) }, k = lf_siphash(key, host) | 1;
    size_t place = k >> 32 & (STIX_AGAIN - 1);

    if (s->again[place].key == k && at - s->again[place].at < LF_STIX_LIVE_AGAIN && at >= s->again[place].at)
        return false;
    s->again[place].key = k;
    s->again[place].at = at;
    return true;
}

void lf_stix_live_untold(struct lf_stix_live *s)
{
    memset(s->again, 0, sizeof s->again);
}

static lf_view evidence(struct lf_arena *a, const struct lf_stix_hit *h)
{
    char text[LF_TIME_TEXT];
    lf_view pattern = lf_view_first(h->what->text, SHOWN_TEXT), out;
    struct lf_buf b;
    struct lf_json_w w;

    while (pattern.len && !lf_view_is_utf8(pattern))
        pattern.len--;
    lf_buf_init(&b, 1 << 16);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "stix-pattern");
    lf_json_put_str(&w, "indicator", h->what->id);
    if (h->what->name.len)
        lf_json_put_str(&w, "name", h->what->name);
    lf_json_put_str(&w, "pattern", pattern);
    lf_json_put_int(&w, "value", (int64_t)h->nobserved);
    if (h->within)
        lf_json_put_int(&w, "timespan_s", (h->within + LF_SECOND - 1) / LF_SECOND);
    if (h->first >= 0 && h->last <= LF_TIME_MAX) {
        lf_json_put_str(&w, "from", lf_time_micro(h->first, text));
        lf_json_put_str(&w, "to", lf_time_micro(h->last, text));
    }
    lf_json_begin(&w, "events", '[');
    for (size_t i = 0; i < h->nevents; i++)
        lf_json_put_int(&w, NULL, (int64_t)h->events[i].position);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    out = b.over ? LF_V("[]") : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void sighted(struct lf_stix_sighting *c, const struct lf_stix_hit *h, uint64_t position)
{
    if (!c->count++) {
        c->first = h->first;
        c->last = h->last;
        c->position_first = position;
    }
    if (h->first < c->first)
        c->first = h->first;
    if (h->last > c->last)
        c->last = h->last;
    c->position = position;
}

size_t lf_stix_live_findings(struct lf_stix_live *s, struct lf_arena *a, const struct lf_event *ev,
                             lf_time now, bool count, struct lf_finding **out)
{
    struct lf_stix_hit *hits;
    size_t nhits = lf_stix_live_event(s, a, ev, (uint32_t)(now / LF_SECOND), &hits), n = 0;

    *out = NULL;
    if (!nhits)
        return 0;
    *out = LF_NEW(a, struct lf_finding, nhits);
    for (size_t i = 0; i < nhits; i++) {
        const struct lf_stix_watch *what = hits[i].what;
        struct stix_watched *w = watched(s, what->id);
        struct lf_rule rule = {
            .id = what->id,
            .title = lf_arena_printf(a, "情資樣式命中 indicator pattern: %.*s",
                                     LF_FMT(lf_view_first(what->name.len ? what->name : what->text, 300))),
            .level = lf_confidence_level(what->confidence),
        };

        if (count)
            sighted(&w->sighted, &hits[i], ev->position);
        /* Said again is what a position said before: the core knows it. */
        if (due(s, what->id, ev->host, ev->recorded) || s->replayed)
            lf_finding_of_with(a, ev, &rule, evidence(a, &hits[i]), &(*out)[n++]);
    }
    return n;
}

size_t lf_stix_live_sightings(struct lf_stix_live *s, struct lf_arena *a, struct lf_stix_sighting **out)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->w[i]->sighted.count > 0;
    *out = LF_NEW(a, struct lf_stix_sighting, n + 1);
    n = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct stix_watched *w = s->w[i];

        if (!w->sighted.count)
            continue;
        (*out)[n] = w->sighted;
        (*out)[n].id = lf_arena_copy(a, w->what.id);
        (*out)[n++].text = lf_arena_copy(a, w->what.text);
        w->sighted = (struct lf_stix_sighting){ 0 };
    }
    return n;
}

/* ---- replay ---- */

uint64_t lf_stix_live_position(const struct lf_stix_live *s)
{
    return s->next;
}

uint64_t lf_stix_live_known(const struct lf_stix_live *s)
{
    return s->known_from;
}

void lf_stix_live_forget(struct lf_stix_live *s, uint64_t position)
{
    size_t n = 0;

    while (n < s->ntold && s->told[n].position < position)
        free_told(&s->told[n++]);
    if (n) {
        s->ntold -= n;
        memmove(s->told, s->told + n, s->ntold * sizeof *s->told);
    }
    if (position > s->known_from)
        s->known_from = position;
}

void lf_stix_live_restart(struct lf_stix_live *s)
{
    lf_stix_live_forget(s, UINT64_MAX);
    for (size_t i = 0; i < s->n; i++) {
        stix_forget_all(s, s->w[i]);
        s->w[i]->newest = INT64_MIN / 4;
    }
    s->next = s->known_from = s->last = 0;
}

void lf_stix_live_stats(const struct lf_stix_live *s, struct lf_stix_live_stats *out)
{
    *out = s->stats;
    out->patterns = s->n;
    out->brackets = s->brackets;
    out->observations = s->observations;
    out->bytes = s->bytes;
}
