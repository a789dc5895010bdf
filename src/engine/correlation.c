#include "engine/correlation.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/unpack.h"
#include "engine/correlation_tell.h"

enum {
    KEY_MOST = 1024,      /* bytes of a group's key; longer ones are known by their SHA-256 */
    BUCKETS_FIRST = 1024, /* a power of two */
    GROUPS_BYTES = 8192,  /* of those together */
    GROUPS_SHOWN = 8,     /* groups of one firing that are told of */
    MADE_BYTES = 3072,    /* of one, of what its inner ones were made of, while there is room */
    KNOWN_MOST = 8 << 20, /* bytes of firings remembered for a replay */
    TEXT_MOST = 64 << 20, /* bytes of what one key is made of */
};
#define AHEAD (60 * LF_SECOND)
#define NEVER INT64_MIN
static const char magic[8] = "lfcorr2\n";

struct group {
    struct group *next;          /* in its bucket */
    struct group *newer, *older; /* in its list */
    uint64_t hash;
    lf_time touched; /* arrival of the last sighting */
    lf_time told;    /* end of the window of the last firing that was news */
    struct lf_window w;
    uint32_t place;
    uint32_t bytes; /* counted for it */
    bool kept;      /* seen more than once: in the second list */
    uint32_t keylen;
    char key[];
};

/* Groups of one correlation, newest first: [0] seen once, [1] more than once. */
struct list {
    struct group *newest, *oldest;
};
struct share {
    struct list list[2];
    size_t bytes, groups;
};

struct known { /* a firing that may be asked for again */
    uint64_t position;
    uint32_t place;
    lf_time at;
    lf_view groups; /* own memory */
};

struct lf_correlator {
    struct lf_ruleset *rs;
    const struct lf_correlations *all;
    struct lf_window_limits window;
    size_t bytes_most;
    uint64_t key[2];
    struct group **buckets;
    size_t nbuckets;
    struct share *shares; /* by correlation */
    uint64_t *mask;       /* by correlation: rules of the sighting at hand */
    uint64_t *active;     /* a bit per correlation: mask is not 0 */
    uint64_t position, known_from;
    struct known *known;
    size_t nknown, known_cap, known_bytes;
    struct lf_made *made; /* live only */
    struct lf_correlator_stats stats;
};

/* ---- groups ---- */

static void unlink_group(struct lf_correlator *c, struct group *g)
{
    struct list *l = &c->shares[g->place].list[g->kept];

    *(g->newer ? &g->newer->older : &l->newest) = g->older;
    *(g->older ? &g->older->newer : &l->oldest) = g->newer;
    g->newer = g->older = NULL;
}

static void link_group(struct lf_correlator *c, struct group *g)
{
    struct list *l = &c->shares[g->place].list[g->kept];

    g->older = l->newest;
    g->newer = NULL;
    *(l->newest ? &l->newest->newer : &l->oldest) = g;
    l->newest = g;
}

static void account(struct lf_correlator *c, struct group *g)
{
    size_t bytes = sizeof *g + g->keylen + lf_window_bytes(c->all->list[g->place], &g->w);

    c->stats.bytes += bytes - g->bytes;
    c->shares[g->place].bytes += bytes - g->bytes;
    g->bytes = (uint32_t)bytes;
}

static void drop_group(struct lf_correlator *c, struct group *g)
{
    struct group **at = &c->buckets[g->hash & (c->nbuckets - 1)];

    while (*at != g)
        at = &(*at)->next;
    *at = g->next;
    unlink_group(c, g);
    c->stats.bytes -= g->bytes;
    c->stats.groups--;
    c->shares[g->place].bytes -= g->bytes;
    c->shares[g->place].groups--;
    lf_window_clear(&g->w);
    free(g);
}

static void more_buckets(struct lf_correlator *c)
{
    size_t n = c->nbuckets ? c->nbuckets * 2 : BUCKETS_FIRST;
    struct group **b = calloc(n, sizeof(struct group *));

    if (!b)
        LF_BUG("no memory for groups of correlations");
    for (size_t i = 0; i < c->nbuckets; i++)
        for (struct group *g = c->buckets[i], *next; g; g = next) {
            next = g->next;
            g->next = b[g->hash & (n - 1)];
            b[g->hash & (n - 1)] = g;
        }
    free((void *)c->buckets);
    c->buckets = b;
    c->stats.bytes += (n - c->nbuckets) * sizeof(struct group *);
    c->nbuckets = n;
}

static struct group *find_group(const struct lf_correlator *c, uint32_t place, lf_view key, uint64_t hash)
{
    for (struct group *g = c->buckets[hash & (c->nbuckets - 1)]; g; g = g->next)
        if (g->hash == hash && g->place == place && lf_view_eq((lf_view){ g->key, g->keylen }, key))
            return g;
    return NULL;
}

static struct group *add_group(struct lf_correlator *c, uint32_t place, lf_view key, uint64_t hash)
{
    struct group *g;

    if (c->stats.groups >= c->nbuckets)
        more_buckets(c);
    g = calloc(1, sizeof *g + key.len);
    if (!g)
        LF_BUG("no memory for a group of a correlation");
    g->hash = hash;
    g->place = place;
    g->told = NEVER;
    g->keylen = (uint32_t)key.len;
    if (key.len > 0)
        memcpy(g->key, key.ptr, key.len);
    lf_window_init(c->all->list[place], &g->w);
    g->next = c->buckets[hash & (c->nbuckets - 1)];
    c->buckets[hash & (c->nbuckets - 1)] = g;
    c->stats.groups++;
    c->shares[place].groups++;
    link_group(c, g);
    return g;
}

/* Nothing that comes can touch it any more. */
static bool is_dead(const struct lf_correlator *c, const struct group *g, lf_time now)
{
    return g->touched + c->all->list[g->place]->span + c->window.lateness < now;
}

static void drop_dead(struct lf_correlator *c, uint32_t place, lf_time now)
{
    for (int i = 0; i < 2; i++)
        for (int n = 0; n < 2; n++) {
            struct group *g = c->shares[place].list[i].oldest;

            if (!g || !is_dead(c, g, now))
                break;
            drop_group(c, g);
        }
}

/* Room again: groups of the correlation that holds most, those seen once first. */
static void evict(struct lf_correlator *c, const struct group *spare)
{
    size_t until = c->bytes_most - c->bytes_most / 64;

    while (c->stats.bytes > until) {
        struct share *most = &c->shares[0];
        struct group *g;

        for (size_t i = 1; i < c->all->n; i++)
            if (c->shares[i].bytes > most->bytes)
                most = &c->shares[i];
        for (int n = 0; n < 64 && c->stats.bytes > until; n++) {
            g = most->list[0].oldest;
            if (!g || g == spare)
                g = most->list[1].oldest;
            if (!g || g == spare)
                return;
            c->stats.evicted++;
            drop_group(c, g);
        }
    }
}

/* ---- values ---- */

/* The rows of `field` in the sighting: values are sorted by field. */
static const struct lf_sighting_value *values_of(const struct lf_sighting *s, unsigned field, size_t *n)
{
    size_t lo = 0, hi = s->nvalues, from;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (s->values[mid].field < field)
            lo = mid + 1;
        else
            hi = mid;
    }
    from = lo;
    while (lo < s->nvalues && s->values[lo].field == field)
        lo++;
    *n = lo - from;
    /* A sighting without values has no rows to point into. */
    return *n ? s->values + from : NULL;
}

static uint64_t hash_of(const struct lf_correlator *c, lf_view text)
{
    uint64_t h = lf_siphash(c->key, text);

    return h <= LF_ENTRY_NO_VALUE ? h + LF_ENTRY_NO_VALUE + 1 : h;
}

/* One text out of several, so that no two lists give the same. */
static void put_part(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

/* Every way to take one value of each field: an event with two source addresses is in
 * the group of either.  False: a field has none. */
struct ways {
    size_t nfields;
    const struct lf_sighting_value *values[LF_CORRELATION_FIELDS];
    size_t n[LF_CORRELATION_FIELDS], at[LF_CORRELATION_FIELDS];
};

static bool ways_begin(struct ways *w, const struct lf_sighting *s, const unsigned *fields, size_t n)
{
    w->nfields = n;
    for (size_t i = 0; i < n; i++) {
        w->values[i] = values_of(s, fields[i], &w->n[i]);
        w->at[i] = 0;
        if (w->n[i] == 0)
            return false;
    }
    return true;
}

static bool ways_next(struct ways *w)
{
    for (size_t i = w->nfields; i-- > 0;) {
        if (++w->at[i] < w->n[i])
            return true;
        w->at[i] = 0;
    }
    return false;
}

static lf_view way_text(const struct ways *w, struct lf_buf *b)
{
    lf_buf_reset(b);
    for (size_t i = 0; i < w->nfields; i++)
        put_part(b, w->values[i][w->at[i]].text);
    return lf_buf_view(b);
}

struct part { /* one group that the sighting is in */
    lf_view key;
    uint64_t mask;
    lf_view shown[LF_CORRELATION_FIELDS];
};

static size_t parts_of(struct lf_correlator *c, struct lf_arena *a, const struct lf_correlation *cor,
                       uint64_t mask, const struct lf_sighting *s, struct part *parts)
{
    size_t n = 0;
    struct lf_buf b;

    lf_buf_init(&b, TEXT_MOST);
    for (uint64_t m = mask; m; m &= m - 1) {
        unsigned ref = (unsigned)__builtin_ctzll(m);
        const unsigned *fields = cor->refs[ref].group;
        struct ways w;
        bool same = false;

        /* Without aliases all rules ask for the same fields. */
        for (uint64_t done = mask & ((UINT64_C(1) << ref) - 1); done && !same; done &= done - 1)
            same = memcmp(fields, cor->refs[__builtin_ctzll(done)].group, cor->ngroup * sizeof *fields) == 0;
        if (same)
            continue;
        if (!ways_begin(&w, s, fields, cor->ngroup))
            continue;
        do {
            lf_view key = way_text(&w, &b);
            uint8_t sum[LF_SHA256];
            size_t i = 0;

            if (b.over || key.len > KEY_MOST) {
                lf_sha256(key, sum);
                key = (lf_view){ (const char *)sum, sizeof sum };
            }
            while (i < n && !lf_view_eq(parts[i].key, key))
                i++;
            if (i == LF_CORRELATION_GROUPS) {
                c->stats.spread++;
                break;
            }
            if (i == n) {
                parts[n] = (struct part){ .key = lf_arena_copy(a, key) };
                for (size_t k = 0; k < w.nfields; k++)
                    parts[n].shown[k] = w.values[k][w.at[k]].text;
                n++;
            }
            /* All rules that ask for these fields. */
            for (uint64_t r = mask; r; r &= r - 1)
                if (memcmp(fields, cor->refs[__builtin_ctzll(r)].group, cor->ngroup * sizeof *fields) == 0)
                    parts[i].mask |= r & -r;
        } while (ways_next(&w));
    }
    lf_buf_clear(&b);
    return n;
}

static void add_key(struct lf_correlator *c, struct lf_sight *out, uint64_t key)
{
    for (size_t i = 0; i < out->nkeys; i++)
        if (out->keys[i] == key)
            return;
    if (out->nkeys == LF_CORRELATION_VALUES) {
        c->stats.spread++;
        return;
    }
    out->keys[out->nkeys++] = key;
}

static void value_keys(struct lf_correlator *c, const struct lf_correlation *cor,
                       const struct lf_correlation_ref *ref, const struct lf_sighting *s,
                       struct lf_sight *out)
{
    struct ways w;
    struct lf_buf b;

    if (!ways_begin(&w, s, ref->values, cor->nvalues))
        return;
    lf_buf_init(&b, TEXT_MOST);
    if (cor->kind == LF_VALUE_PERCENTILE) { /* a list is one text */
        for (size_t i = 0; i < w.n[0]; i++)
            put_part(&b, w.values[0][i].text);
        if (out->nkeys == 0)
            add_key(c, out, hash_of(c, lf_buf_view(&b)));
    } else {
        size_t n = 0;

        do
            add_key(c, out, hash_of(c, way_text(&w, &b)));
        while (++n < LF_CORRELATION_VALUES && ways_next(&w));
    }
    lf_buf_clear(&b);
}

static void value_numbers(const struct lf_correlation *cor, const struct lf_correlation_ref *ref,
                          const struct lf_sighting *s, struct lf_sight *out)
{
    size_t n;
    const struct lf_sighting_value *v = values_of(s, ref->values[0], &n);

    (void)cor;
    for (size_t i = 0; i < n; i++) {
        struct lf_decimal d;
        struct lf_num num;

        if (!lf_decimal_parse(v[i].text, v[i].number, &d))
            continue;
        num = lf_num_of(&d);
        lf_num_add(&out->num, &num, 1);
        out->numbers++;
    }
}

static void sight_of(struct lf_correlator *c, const struct lf_correlation *cor, uint64_t mask,
                     const struct lf_sighting *s, lf_time at, struct lf_sight *out)
{
    out->at = at;
    out->position = s->position;
    out->mask = mask;
    out->nkeys = 0;
    out->num = lf_num_int(0);
    out->numbers = 0;
    if (cor->nvalues == 0)
        return;
    for (uint64_t m = mask; m; m &= m - 1) {
        const struct lf_correlation_ref *ref = &cor->refs[__builtin_ctzll(m)];
        bool same = false;

        for (uint64_t done = mask & ((m & -m) - 1); done && !same; done &= done - 1)
            same = memcmp(ref->values, cor->refs[__builtin_ctzll(done)].values,
                          cor->nvalues * sizeof *ref->values) == 0;
        if (same)
            continue;
        if (cor->kind == LF_VALUE_SUM || cor->kind == LF_VALUE_AVG)
            value_numbers(cor, ref, s, out);
        else
            value_keys(c, cor, ref, s, out);
    }
}

/* ---- firings ---- */

static void remember(struct lf_correlator *c, uint32_t place, uint64_t position, const struct lf_firing *f)
{
    struct known *k;
    size_t drop = 0;
    char *text;

    while (drop < c->nknown && c->known_bytes + f->groups.len > KNOWN_MOST) {
        c->known_bytes -= c->known[drop].groups.len;
        c->known_from = c->known[drop].position + 1;
        free((void *)(uintptr_t)c->known[drop++].groups.ptr);
    }
    if (drop) {
        c->nknown -= drop;
        memmove(c->known, c->known + drop, c->nknown * sizeof *c->known);
    }
    if (c->nknown == c->known_cap) {
        c->known_cap = c->known_cap ? c->known_cap * 2 : 64;
        c->known = realloc(c->known, c->known_cap * sizeof *c->known);
        if (!c->known)
            LF_BUG("no memory for firings of correlations");
    }
    text = malloc(f->groups.len + 1);
    if (!text)
        LF_BUG("no memory for a firing of a correlation");
    if (f->groups.len > 0)
        memcpy(text, f->groups.ptr, f->groups.len);
    k = &c->known[c->nknown++];
    *k = (struct known){ position, place, f->at, { text, f->groups.len } };
    c->known_bytes += f->groups.len;
}

/* One correlation at the sighting; false: it does not fire. */
static bool see_one(struct lf_correlator *c, struct lf_arena *a, uint32_t place, uint64_t mask,
                    const struct lf_sighting *s, lf_time at, struct lf_firing *out)
{
    const struct lf_correlation *cor = c->all->list[place];
    struct part parts[LF_CORRELATION_GROUPS];
    size_t n = parts_of(c, a, cor, mask, s, parts), told = 0;
    struct lf_buf b;
    bool fired = false;

    *out = (struct lf_firing){ .rule = lf_ruleset_rule(c->rs, cor->rule), .at = at, .groups = { "", 0 } };
    lf_buf_init(&b, 1 << 16);
    drop_dead(c, place, s->arrived);
    for (size_t i = 0; i < n; i++) {
        uint64_t salt[2] = { c->key[0] ^ place, c->key[1] };
        uint64_t hash = lf_siphash(salt, parts[i].key);
        struct group *g = find_group(c, place, parts[i].key, hash);
        struct lf_window_seen seen;
        struct lf_sight sight;

        if (!g) {
            g = add_group(c, place, parts[i].key, hash);
        } else {
            unlink_group(c, g);
            g->kept = true;
            link_group(c, g);
        }
        g->touched = s->arrived;
        sight_of(c, cor, parts[i].mask, s, at, &sight);
        lf_window_see(cor, &g->w, &c->window, &sight, &seen);
        c->stats.late += seen.too_late;
        c->stats.unsure += seen.unsure;
        c->stats.cut += seen.cut;
        if (seen.fires && !c->window.batch &&
            (g->told == NEVER || seen.at > g->told + cor->span || seen.at < g->told - cor->span)) {
            g->told = seen.at;
            out->news = true;
            if (told < GROUPS_SHOWN) {
                size_t before = b.len, room = (GROUPS_BYTES - b.len) / 2;

                /* Only as many as fit with the event into one finding. */
                lf_buf_byte(&b, told > 0 ? ',' : '[');
                lf_tell_group(c->made, c->rs, cor, &g->w, parts[i].shown, &sight, seen.at,
                              room < MADE_BYTES ? room : MADE_BYTES, &b);
                if (b.len > GROUPS_BYTES && !b.over)
                    b.len = before;
                else
                    told++;
            }
        }
        if (seen.fires)
            lf_made_note(c->made, cor, &g->w, s->position, seen.at);
        if (seen.fires && !fired)
            out->at = seen.at;
        fired = fired || seen.fires;
        account(c, g);
        if (!c->window.batch && c->stats.bytes > c->bytes_most)
            evict(c, g);
    }
    if (told)
        lf_buf_byte(&b, ']');
    if (told && !b.over)
        out->groups = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return fired;
}

static void call(struct lf_correlator *c, unsigned rule)
{
    const struct lf_correlation_uses *u = &c->all->uses[rule];

    for (size_t i = 0; i < u->n; i++) {
        unsigned place = u->list[i].correlation;

        c->mask[place] |= UINT64_C(1) << u->list[i].ref;
        c->active[place / 64] |= UINT64_C(1) << (place % 64);
    }
}

static size_t again(const struct lf_correlator *c, struct lf_arena *a, uint64_t position,
                    struct lf_firing **out)
{
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < c->nknown; i++) {
        const struct known *k = &c->known[i];

        if (k->position != position)
            continue;
        *out = lf_arena_grow(a, *out, n, &cap, sizeof **out);
        (*out)[n++] = (struct lf_firing){ .rule = lf_ruleset_rule(c->rs, c->all->list[k->place]->rule),
                                          .at = k->at,
                                          .news = true,
                                          .groups = lf_arena_copy(a, k->groups) };
    }
    return n;
}

size_t lf_correlator_see(struct lf_correlator *c, struct lf_arena *a, const struct lf_sighting *s,
                         struct lf_firing **out)
{
    lf_time at = s->at;
    size_t n = 0, cap = 0;

    *out = NULL;
    if (!c->all || c->all->n == 0)
        return 0;
    if (!c->window.batch) {
        if (s->position < c->position)
            return again(c, a, s->position, out);
        c->position = s->position + 1;
        if (at > s->arrived + AHEAD) {
            at = s->arrived;
            c->stats.ahead++;
        }
    }
    c->stats.seen++;
    for (size_t i = 0; i < s->nrules; i++)
        call(c, s->rules[i]);
    for (uint32_t word = 0; word < (c->all->n + 63) / 64; word++)
        while (c->active[word]) {
            uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(c->active[word]);
            struct lf_firing f;

            c->active[word] &= c->active[word] - 1;
            if (see_one(c, a, place, c->mask[place], s, at, &f)) {
                c->stats.fired++;
                /* Those that use this one have a higher place. */
                call(c, c->all->list[place]->rule);
                if (f.news)
                    remember(c, place, s->position, &f);
                *out = lf_arena_grow(a, *out, n, &cap, sizeof **out);
                (*out)[n++] = f;
            }
            c->mask[place] = 0;
        }
    return n;
}

/* ---- replay ---- */

uint64_t lf_correlator_position(const struct lf_correlator *c)
{
    return c->position;
}

uint64_t lf_correlator_known(const struct lf_correlator *c)
{
    return c->known_from;
}

void lf_correlator_pass(struct lf_correlator *c, uint64_t position)
{
    if (position >= c->position)
        c->position = position + 1;
}

void lf_correlator_forget(struct lf_correlator *c, uint64_t position)
{
    size_t n = 0;

    if (position <= c->known_from)
        return;
    c->known_from = position;
    while (n < c->nknown && c->known[n].position < position) {
        c->known_bytes -= c->known[n].groups.len;
        free((void *)(uintptr_t)c->known[n++].groups.ptr);
    }
    if (n) {
        c->nknown -= n;
        memmove(c->known, c->known + n, c->nknown * sizeof *c->known);
    }
}

/* ---- life ---- */

struct lf_correlator *lf_correlator_create(struct lf_ruleset *rs, const struct lf_correlator_limits *l,
                                           uint64_t seed)
{
    struct lf_correlator *c = calloc(1, sizeof *c);
    size_t n = lf_ruleset_correlations(rs);

    if (!c)
        LF_BUG("no memory for a correlator");
    c->rs = lf_ruleset_keep(lf_ruleset_base(rs));
    c->all = lf_ruleset_correlation_list(rs);
    c->window.batch = l && l->batch;
    c->window.entries = l && l->entries && l->entries < UINT32_MAX / 2 ? (uint32_t)l->entries : 65536;
    c->window.lateness = c->window.batch ? 0 : l && l->lateness ? l->lateness : 10 * LF_MINUTE;
    c->bytes_most = l && l->bytes ? l->bytes : (size_t)64 << 20;
    c->key[0] = seed;
    c->key[1] = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    c->shares = calloc(n ? n : 1, sizeof *c->shares);
    c->mask = calloc(n ? n : 1, sizeof *c->mask);
    c->active = calloc(n / 64 + 1, sizeof *c->active);
    if (!c->shares || !c->mask || !c->active)
        LF_BUG("no memory for a correlator of %zu correlations", n);
    if (!c->window.batch)
        c->made = lf_made_create(c->all, l && l->notes ? l->notes : LF_MADE_NOTES);
    more_buckets(c);
    return c;
}

static void drop_all(struct lf_correlator *c)
{
    for (size_t i = 0; c->all && i < c->all->n; i++)
        for (int k = 0; k < 2; k++)
            while (c->shares[i].list[k].oldest)
                drop_group(c, c->shares[i].list[k].oldest);
    while (c->nknown)
        free((void *)(uintptr_t)c->known[--c->nknown].groups.ptr);
    c->known_bytes = 0;
    lf_made_clear(c->made);
}

void lf_correlator_destroy(struct lf_correlator *c)
{
    if (!c)
        return;
    drop_all(c);
    free(c->known);
    free((void *)c->buckets);
    free(c->shares);
    free(c->mask);
    free(c->active);
    lf_made_destroy(c->made);
    lf_ruleset_drop(c->rs);
    free(c);
}

void lf_correlator_stats(const struct lf_correlator *c, struct lf_correlator_stats *out)
{
    *out = c->stats;
    out->unmade = lf_made_gone(c->made);
}

/* ---- keeping: magic, body, SHA-256 of both ---- */

/* With its length before it, so that a reader can pass over what is of a correlation
 * that is no more. */
static void save_window(const struct lf_correlation *cor, const struct lf_window *w, struct lf_buf *b)
{
    size_t at = b->len, n;

    lf_buf_u32(b, 0);
    lf_window_save(cor, w, b);
    if (b->over)
        return;
    n = b->len - at - 4;
    for (int i = 0; i < 4; i++)
        b->ptr[at + (size_t)i] = (char)(n >> (24 - 8 * i));
}

void lf_correlator_save(const struct lf_correlator *c, struct lf_buf *b)
{
    size_t from = b->len, n = c->all ? c->all->n : 0;
    uint8_t sum[LF_SHA256];

    lf_buf_put(b, (lf_view){ magic, sizeof magic });
    lf_buf_u64(b, c->key[0]);
    lf_buf_u64(b, c->key[1]);
    lf_buf_u64(b, c->position);
    lf_buf_u64(b, c->known_from);
    lf_buf_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        lf_buf_put(b, (lf_view){ (const char *)c->all->list[i]->meaning, LF_SHA256 });
        lf_buf_u64(b, c->shares[i].groups);
        for (int k = 0; k < 2; k++)
            for (const struct group *g = c->shares[i].list[k].oldest; g; g = g->newer) {
                lf_buf_byte(b, (char)k);
                lf_buf_u32(b, g->keylen);
                lf_buf_put(b, (lf_view){ g->key, g->keylen });
                lf_buf_u64(b, (uint64_t)g->touched);
                lf_buf_u64(b, (uint64_t)g->told);
                save_window(c->all->list[i], &g->w, b);
            }
    }
    lf_buf_u32(b, (uint32_t)c->nknown);
    LF_ASSERT(c->all || !c->nknown);
    for (size_t i = 0; i < c->nknown; i++) {
        lf_buf_put(b, (lf_view){ (const char *)c->all->list[c->known[i].place]->meaning, LF_SHA256 });
        lf_buf_u64(b, c->known[i].position);
        lf_buf_u64(b, (uint64_t)c->known[i].at);
        lf_buf_u32(b, (uint32_t)c->known[i].groups.len);
        lf_buf_put(b, c->known[i].groups);
    }
    lf_made_save(c->made, b);
    if (b->over)
        return;
    lf_sha256((lf_view){ b->ptr + from, b->len - from }, sum);
    lf_buf_put(b, (lf_view){ (const char *)sum, sizeof sum });
}

/* The place of the correlation that means this, UINT32_MAX when there is none now. */
static uint32_t place_of(const struct lf_correlator *c, lf_view meaning)
{
    for (size_t i = 0; c->all && i < c->all->n && meaning.len == LF_SHA256; i++)
        if (memcmp(c->all->list[i]->meaning, meaning.ptr, LF_SHA256) == 0)
            return (uint32_t)i;
    return UINT32_MAX;
}

static void load_group(struct lf_correlator *c, uint32_t place, struct lf_unpack *in)
{
    bool kept = lf_unpack_uint(in, 1) != 0;
    lf_view key = lf_unpack_block(in, 4), body;
    lf_time touched = (lf_time)lf_unpack_uint(in, 8), told = (lf_time)lf_unpack_uint(in, 8);
    struct group *g;
    uint64_t hash;

    body = lf_unpack_block(in, 4);
    if (in->bad || place == UINT32_MAX)
        return;
    uint64_t salt[2] = { c->key[0] ^ place, c->key[1] };

    hash = lf_siphash(salt, key);
    if (key.len > KEY_MOST || find_group(c, place, key, hash)) {
        lf_unpack_fail(in, "a group");
        return;
    }
    g = add_group(c, place, key, hash);
    unlink_group(c, g);
    g->kept = kept;
    link_group(c, g);
    g->touched = touched;
    g->told = told;
    if (!lf_window_load(c->all->list[place], &g->w, &c->window, &body) || body.len > 0)
        lf_unpack_fail(in, "a window");
    account(c, g);
}

static void load_body(struct lf_correlator *c, struct lf_unpack *in)
{
    uint32_t *places = NULL;
    uint64_t n, nplaces;

    c->key[0] = lf_unpack_uint(in, 8);
    c->key[1] = lf_unpack_uint(in, 8);
    c->position = lf_unpack_uint(in, 8);
    c->known_from = lf_unpack_uint(in, 8);
    nplaces = lf_unpack_uint(in, 4);
    if (nplaces > in->left.len / LF_SHA256)
        lf_unpack_fail(in, "the correlations");
    else
        places = calloc(nplaces + 1, sizeof *places);
    if (!in->bad && !places)
        LF_BUG("no memory for the places of correlations");
    for (uint64_t i = 0; i < nplaces && !in->bad; i++) {
        uint32_t place = places[i] = place_of(c, lf_unpack_bytes(in, LF_SHA256));
        uint64_t groups = lf_unpack_uint(in, 8);

        for (uint64_t k = 0; k < groups && !in->bad; k++)
            load_group(c, place, in);
    }
    n = lf_unpack_uint(in, 4);
    for (uint64_t i = 0; i < n && !in->bad; i++) {
        uint32_t place = place_of(c, lf_unpack_bytes(in, LF_SHA256));
        uint64_t position = lf_unpack_uint(in, 8);
        struct lf_firing f = { .at = (lf_time)lf_unpack_uint(in, 8) };

        f.groups = lf_unpack_block(in, 4);
        if (!in->bad && place != UINT32_MAX)
            remember(c, place, position, &f);
    }
    lf_made_load(c->made, places, nplaces, in);
    free(places);
    lf_unpack_end(in);
}

enum lf_code lf_correlator_load(struct lf_correlator *c, lf_view saved, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(saved);
    struct lf_correlator_stats none = { .bytes = c->nbuckets * sizeof(struct group *) };
    uint64_t key[2] = { c->key[0], c->key[1] };
    uint8_t sum[LF_SHA256];

    drop_all(c);
    if (saved.len < sizeof magic + sizeof sum || memcmp(saved.ptr, magic, sizeof magic) != 0)
        return lf_err_set(e, LF_BAD_INPUT, "correlations: the kept state is not one of this version");
    in.left.len -= sizeof sum;
    lf_sha256(in.left, sum);
    if (memcmp(sum, saved.ptr + in.left.len, sizeof sum) != 0)
        return lf_err_set(e, LF_BAD_INPUT, "correlations: the kept state is damaged");
    (void)lf_unpack_bytes(&in, sizeof magic);
    load_body(c, &in);
    if (in.bad) {
        drop_all(c);
        c->key[0] = key[0];
        c->key[1] = key[1];
        c->position = c->known_from = 0;
        none.bytes = c->nbuckets * sizeof(struct group *);
        c->stats = none;
        return lf_err_set(e, LF_BAD_INPUT, "correlations: the kept state does not hold together");
    }
    if (!c->window.batch && c->stats.bytes > c->bytes_most)
        evict(c, NULL);
    return LF_OK;
}
