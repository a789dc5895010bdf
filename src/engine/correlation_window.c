#include "engine/correlation_window.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/unpack.h"

enum { ENTRIES_FIRST = 4, TIDY_FIRST = 64, TEMPORAL_KEPT = 256 };
#define NEVER INT64_MIN

static void *grow(void *p, size_t n, size_t size)
{
    p = realloc(p, lf_arena_mul(n, size));
    if (!p)
        LF_BUG("no memory for a group of a correlation");
    return p;
}

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (!p)
        LF_BUG("no memory for a group of a correlation");
    return p;
}

static bool by_key(const struct lf_correlation *c)
{
    return c->kind == LF_VALUE_COUNT || c->kind == LF_VALUE_PERCENTILE;
}

static bool by_number(const struct lf_correlation *c)
{
    return c->kind == LF_VALUE_SUM || c->kind == LF_VALUE_AVG;
}

static bool by_rule(const struct lf_correlation *c)
{
    return c->kind == LF_TEMPORAL || c->kind == LF_TEMPORAL_ORDERED;
}

/* ---- tally ---- */

static struct lf_tally_slot *slot_of(const struct lf_tally *t, uint64_t key)
{
    uint32_t i = (uint32_t)(key >> 32 ^ key) & (t->cap - 1);

    LF_ASSERT(t->slots);
    while (t->slots[i].key != 0 && t->slots[i].key != key)
        i = (i + 1) & (t->cap - 1);
    return &t->slots[i];
}

static void tally_key(struct lf_tally *t, uint64_t key)
{
    struct lf_tally_slot *s;

    if (t->used + 1 > t->cap - t->cap / 4) {
        struct lf_tally old = *t;

        t->cap = 4;
        while (t->cap < (old.distinct + 1) * 2)
            t->cap *= 2;
        t->slots = zeroed(t->cap, sizeof *t->slots);
        t->used = old.distinct;
        for (uint32_t i = 0; i < old.cap; i++)
            if (old.slots[i].n > 0)
                *slot_of(t, old.slots[i].key) = old.slots[i];
        free(old.slots);
    }
    s = slot_of(t, key);
    if (s->key == 0) {
        s->key = key;
        t->used++;
    }
    if (s->n++ == 0)
        t->distinct++;
}

static void tally_add(const struct lf_correlation *c, struct lf_tally *t, const struct lf_entry *e,
                      const struct lf_num *num)
{
    t->n++;
    if (by_key(c)) {
        tally_key(t, e->key);
    } else if (by_number(c)) {
        lf_num_add(&t->total, num, 1);
        t->numbers += e->key;
    } else if (t->rules) {
        for (uint64_t m = e->key; m; m &= m - 1)
            t->rules[__builtin_ctzll(m)]++;
    }
}

static void tally_del(const struct lf_correlation *c, struct lf_tally *t, const struct lf_entry *e,
                      const struct lf_num *num)
{
    t->n--;
    if (by_key(c)) {
        struct lf_tally_slot *s = slot_of(t, e->key);

        if (--s->n == 0)
            t->distinct--;
    } else if (by_number(c)) {
        lf_num_add(&t->total, num, -1);
        t->numbers -= e->key;
    } else if (t->rules) {
        for (uint64_t m = e->key; m; m &= m - 1)
            t->rules[__builtin_ctzll(m)]--;
    }
}

static void tally_reset(struct lf_tally *t)
{
    free(t->slots);
    *t = (struct lf_tally){ .rules = t->rules };
}

/* `key`: of the event at which the window ends. */
static bool tally_holds(const struct lf_correlation *c, const struct lf_tally *t, uint64_t key)
{
    struct lf_num v = { 0, 0 };
    uint64_t times = 1;

    switch (c->kind) {
    case LF_EVENT_COUNT:
        v = lf_num_int(t->n);
        break;
    case LF_VALUE_COUNT:
        v = lf_num_int(t->distinct);
        break;
    case LF_VALUE_SUM:
        v = t->total;
        break;
    case LF_VALUE_AVG:
        if (t->numbers == 0)
            return false;
        v = t->total;
        times = t->numbers;
        break;
    case LF_VALUE_PERCENTILE:
        if (key == LF_ENTRY_NO_VALUE || t->n == 0 || t->cap == 0)
            return false;
        v = lf_num_int((int64_t)slot_of(t, key)->n * 100);
        times = t->n;
        break;
    case LF_TEMPORAL:
    case LF_TEMPORAL_ORDERED: {
        int64_t n = 0;

        for (size_t i = 0; i < c->nrefs; i++)
            n += t->rules[i] > 0;
        v = lf_num_int(n);
        break;
    }
    }
    return lf_correlation_holds(c, &v, times);
}

/* ---- memory ---- */

void lf_window_init(const struct lf_correlation *c, struct lf_window *w)
{
    *w = (struct lf_window){ .newest = NEVER, .tidy_at = TIDY_FIRST };
    if (!by_rule(c))
        return;
    w->last = zeroed(c->nrefs, sizeof *w->last);
    w->last_position = zeroed(c->nrefs, sizeof *w->last_position);
    for (size_t i = 0; i < c->nrefs; i++)
        w->last[i] = NEVER;
    if (c->kind == LF_TEMPORAL_ORDERED) {
        w->chain = zeroed(c->nrefs * c->nrefs, sizeof *w->chain);
        for (size_t i = 0; i < c->nrefs * c->nrefs; i++)
            w->chain[i] = NEVER;
    }
}

void lf_window_clear(struct lf_window *w)
{
    free(w->e);
    free(w->num);
    free(w->now.slots);
    free(w->last);
    free(w->last_position);
    free(w->chain);
    *w = (struct lf_window){ 0 };
}

size_t lf_window_bytes(const struct lf_correlation *c, const struct lf_window *w)
{
    size_t bytes = w->cap * sizeof *w->e + w->now.cap * sizeof *w->now.slots;

    if (w->num)
        bytes += w->cap * sizeof *w->num;
    if (w->last)
        bytes += c->nrefs * (sizeof *w->last + sizeof *w->last_position);
    if (w->chain)
        bytes += c->nrefs * c->nrefs * sizeof *w->chain;
    return bytes;
}

static void move(struct lf_window *w, uint32_t to, uint32_t from, uint32_t n)
{
    memmove(w->e + to, w->e + from, n * sizeof *w->e);
    if (w->num)
        memmove(w->num + to, w->num + from, n * sizeof *w->num);
}

/* Room for one more behind the last. */
static void make_room(const struct lf_correlation *c, struct lf_window *w)
{
    if (w->n < w->cap)
        return;
    if (w->head > w->cap / 4) {
        move(w, 0, w->head, w->n - w->head);
        w->n -= w->head;
        w->lo -= w->head;
        w->head = 0;
        return;
    }
    w->cap = w->cap ? w->cap * 2 : ENTRIES_FIRST;
    w->e = grow(w->e, w->cap, sizeof *w->e);
    if (by_number(c))
        w->num = grow(w->num, w->cap, sizeof *w->num);
}

static const struct lf_num *num_at(const struct lf_window *w, uint32_t i)
{
    return w->num ? &w->num[i] : NULL;
}

/* The entries have changed: begins of the window and its sums anew. */
static void recount(const struct lf_correlation *c, struct lf_window *w)
{
    tally_reset(&w->now);
    w->lo = w->head;
    while (w->lo < w->n && w->e[w->lo].at < w->newest - c->span)
        w->lo++;
    for (uint32_t i = w->lo; i < w->n; i++)
        tally_add(c, &w->now, &w->e[i], num_at(w, i));
}

/* Forgets the oldest, so that `left` stay. */
static uint32_t keep_last(const struct lf_correlation *c, struct lf_window *w, uint32_t left)
{
    uint32_t gone = 0;

    while (w->n - w->head > left) {
        if (w->head >= w->lo) {
            tally_del(c, &w->now, &w->e[w->head], num_at(w, w->head));
            w->lo++;
        }
        w->head++;
        gone++;
    }
    return gone;
}

/* value_count: of entries at or before `horizon` only the latest of each value, and of
 * those no more than can still matter. */
static void thin(const struct lf_correlation *c, struct lf_window *w, lf_time horizon)
{
    struct lf_tally seen = { 0 };
    uint32_t to = w->n;

    for (uint32_t i = w->n; i-- > w->head;) {
        const struct lf_entry e = w->e[i];
        bool old = e.at <= horizon, known = seen.cap > 0 && slot_of(&seen, e.key)->n > 0;

        if (old && (known || seen.distinct >= c->need))
            continue;
        if (!known)
            tally_key(&seen, e.key);
        w->e[--to] = e;
    }
    free(seen.slots);
    w->head = to;
    recount(c, w);
}

/* Sums: neighbours are joined, at the later one's time. */
static uint32_t join(const struct lf_correlation *c, struct lf_window *w)
{
    uint32_t to = w->head, before = w->n - w->head;

    for (uint32_t i = w->head; i < w->n; i += 2) {
        struct lf_entry e = w->e[i];
        struct lf_num num = w->num[i];

        if (i + 1 < w->n) {
            uint64_t numbers = e.key;

            e = w->e[i + 1];
            e.key += numbers;
            lf_num_add(&num, &w->num[i + 1], 1);
        }
        w->e[to] = e;
        w->num[to++] = num;
    }
    w->n = to;
    recount(c, w);
    return before - (w->n - w->head);
}

/* Lets go of what can no longer matter, or no longer fits. */
static uint32_t tidy(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *l)
{
    lf_time oldest = w->newest - c->span - (l->batch ? 0 : l->lateness);
    uint64_t most = l->batch ? UINT32_MAX : l->entries;

    while (w->head < w->lo && w->e[w->head].at < oldest)
        w->head++;
    if (w->head == w->n && w->n > 0)
        w->head = w->lo = w->n = 0;
    switch (c->kind) {
    case LF_EVENT_COUNT: {
        /* For late ones more is kept than the newest window needs. */
        uint64_t want = l->batch ? c->need : c->need > 64 ? c->need * 4 : 256;

        if (want > most) {
            uint32_t gone = keep_last(c, w, (uint32_t)most);

            return c->need > most ? gone : 0;
        }
        (void)keep_last(c, w, (uint32_t)want);
        return 0;
    }
    case LF_TEMPORAL:
    case LF_TEMPORAL_ORDERED:
        (void)keep_last(c, w, l->batch ? 0 : TEMPORAL_KEPT);
        return 0;
    case LF_VALUE_COUNT:
        if (w->n - w->head >= w->tidy_at) {
            thin(c, w, l->batch ? w->newest : w->newest - l->lateness);
            if (w->n - w->head > most / 2)
                thin(c, w, w->newest);
            w->tidy_at = (w->n - w->head) * 2;
            if (w->tidy_at < TIDY_FIRST)
                w->tidy_at = TIDY_FIRST;
        }
        if (w->n - w->head > most) {
            thin(c, w, w->newest);
            return w->n - w->head > most / 2 ? keep_last(c, w, (uint32_t)(most / 2)) : 0;
        }
        return 0;
    case LF_VALUE_SUM:
    case LF_VALUE_AVG:
        return w->n - w->head > most ? join(c, w) : 0;
    case LF_VALUE_PERCENTILE:
        return w->n - w->head > most ? keep_last(c, w, (uint32_t)(most - most / 4)) : 0;
    }
    return 0;
}

/* ---- chains ---- */

/* Takes an event of the rules in `mask` into the table; the longest chain that ends
 * with it and begins at `from` or later. */
static int64_t chain_step(size_t n, lf_time *chain, uint64_t mask, lf_time at, lf_time from)
{
    int64_t longest = 0;

    /* The rules from the last to the first: a row is only read by rows behind it, so
     * one event cannot follow itself. */
    for (size_t j = n; j-- > 0;) {
        if (!(mask >> j & 1u))
            continue;
        for (size_t k = 0; k <= j; k++) {
            lf_time begin = k == 0 ? at : NEVER;

            for (size_t i = k == 0 ? j : k - 1; i < j; i++)
                if (chain[i * n + k - 1] > begin)
                    begin = chain[i * n + k - 1];
            if (begin == NEVER)
                break;
            if (begin >= from && (int64_t)k + 1 > longest)
                longest = (int64_t)k + 1;
            if (begin > chain[j * n + k])
                chain[j * n + k] = begin;
        }
    }
    return longest;
}

/* Without a condition all rules must be there, and then the last one ends the chain
 * by itself. */
static bool chain_holds(const struct lf_correlation *c, int64_t longest)
{
    struct lf_num v = lf_num_int(longest);

    return lf_correlation_holds(c, &v, 1);
}

/* ---- in order ---- */

static bool see_rules(const struct lf_correlation *c, struct lf_window *w, const struct lf_sight *s)
{
    lf_time from = s->at - c->span;
    int64_t n = 0;

    for (uint64_t m = s->mask; m; m &= m - 1) {
        int j = __builtin_ctzll(m);

        if (s->at >= w->last[j]) {
            w->last[j] = s->at;
            w->last_position[j] = s->position;
        }
    }
    if (c->kind == LF_TEMPORAL_ORDERED)
        return chain_holds(c, chain_step(c->nrefs, w->chain, s->mask, s->at, from));
    for (size_t j = 0; j < c->nrefs; j++)
        n += w->last[j] >= from && w->last[j] != NEVER;
    struct lf_num v = lf_num_int(n);
    return lf_correlation_holds(c, &v, 1);
}

static size_t entries_of(const struct lf_correlation *c, const struct lf_sight *s, struct lf_entry *out)
{
    struct lf_entry e = { s->at, s->position, 0 };
    size_t n = 0;

    switch (c->kind) {
    case LF_VALUE_COUNT:
        for (; n < s->nkeys; n++) {
            out[n] = e;
            out[n].key = s->keys[n];
        }
        return n;
    case LF_VALUE_PERCENTILE:
        e.key = s->nkeys > 0 ? s->keys[0] : LF_ENTRY_NO_VALUE;
        break;
    case LF_VALUE_SUM:
    case LF_VALUE_AVG:
        e.key = s->numbers;
        if (s->numbers == 0)
            return 0;
        break;
    case LF_TEMPORAL:
    case LF_TEMPORAL_ORDERED:
        e.key = s->mask;
        break;
    case LF_EVENT_COUNT:
        break;
    }
    out[0] = e;
    return 1;
}

static void see_next(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *l,
                     const struct lf_sight *s, struct lf_window_seen *out)
{
    struct lf_entry e[LF_CORRELATION_VALUES];
    size_t n = l->batch && by_rule(c) ? 0 : entries_of(c, s, e);

    w->newest = s->at;
    while (w->lo < w->n && w->e[w->lo].at < s->at - c->span) {
        tally_del(c, &w->now, &w->e[w->lo], num_at(w, w->lo));
        w->lo++;
    }
    if (l->batch)
        w->head = w->lo;
    for (size_t i = 0; i < n; i++) {
        make_room(c, w);
        w->e[w->n] = e[i];
        if (w->num)
            w->num[w->n] = s->num;
        w->n++;
        tally_add(c, &w->now, &e[i], &s->num);
    }
    if (by_rule(c))
        out->fires = see_rules(c, w, s);
    else
        out->fires = tally_holds(c, &w->now, s->nkeys > 0 ? s->keys[0] : LF_ENTRY_NO_VALUE);
    out->at = s->at;
    out->cut = tidy(c, w, l);
}

/* ---- late ---- */

/* The first entry in [from, w->n) at or behind `at`. */
static uint32_t first_at(const struct lf_window *w, lf_time at, bool behind)
{
    uint32_t lo = w->head, hi = w->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (behind ? w->e[mid].at <= at : w->e[mid].at < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void late_chain(const struct lf_correlation *c, struct lf_window *w, uint32_t own,
                       struct lf_window_seen *out)
{
    size_t cells = c->nrefs * c->nrefs;
    lf_time *with = zeroed(cells * 2, sizeof *with), *without = with + cells;

    for (size_t i = 0; i < cells * 2; i++)
        with[i] = NEVER;
    for (uint32_t i = w->head; i < w->n; i++) {
        const struct lf_entry *e = &w->e[i];
        lf_time from = e->at - c->span;
        bool now = chain_holds(c, chain_step(c->nrefs, with, e->key, e->at, from)), before = false;

        if (i != own)
            before = chain_holds(c, chain_step(c->nrefs, without, e->key, e->at, from));
        if (i >= own && now && !before && !out->fires) {
            out->fires = true;
            out->at = e->at;
        }
    }
    for (size_t i = 0; i < cells; i++)
        if (with[i] > w->chain[i])
            w->chain[i] = with[i];
    free(with);
}

/* Windows that end at [own, …) and hold the `n` entries before `own` + 1. */
static void late_look(const struct lf_correlation *c, struct lf_window *w, const struct lf_sight *s,
                      uint32_t first, uint32_t n, struct lf_window_seen *out)
{
    uint32_t rules[LF_CORRELATION_RULES] = { 0 };
    struct lf_tally t = { .rules = by_rule(c) ? rules : NULL };
    uint32_t l = first_at(w, s->at - c->span, false), end = first_at(w, s->at + c->span, true);

    for (uint32_t i = l; i < first + n; i++)
        tally_add(c, &t, &w->e[i], num_at(w, i));
    if (tally_holds(c, &t, s->nkeys > 0 ? s->keys[0] : LF_ENTRY_NO_VALUE)) {
        out->fires = true;
        out->at = s->at;
    }
    for (uint32_t i = first + n; i < end && !out->fires; i++) {
        bool now, before;

        tally_add(c, &t, &w->e[i], num_at(w, i));
        if (i + 1 < w->n && w->e[i + 1].position == w->e[i].position)
            continue; /* one event of several values */
        while (w->e[l].at < w->e[i].at - c->span) {
            tally_del(c, &t, &w->e[l], num_at(w, l));
            l++;
        }
        now = tally_holds(c, &t, w->e[i].key);
        if (!now)
            continue;
        for (uint32_t k = first; k < first + n; k++)
            tally_del(c, &t, &w->e[k], num_at(w, k));
        before = tally_holds(c, &t, w->e[i].key);
        for (uint32_t k = first; k < first + n; k++)
            tally_add(c, &t, &w->e[k], num_at(w, k));
        if (!before) {
            out->fires = true;
            out->at = w->e[i].at;
        }
    }
    t.rules = NULL;
    tally_reset(&t);
}

static void see_late(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *l,
                     const struct lf_sight *s, struct lf_window_seen *out)
{
    struct lf_entry e[LF_CORRELATION_VALUES];
    uint32_t n = (uint32_t)entries_of(c, s, e), p = first_at(w, s->at, true);
    bool in_window = s->at >= w->newest - c->span;

    out->late = true;
    p -= w->head; /* make_room may move them */
    for (uint32_t i = 0; i < n; i++) {
        make_room(c, w);
        w->n++;
    }
    p += w->head;
    move(w, p + n, p, w->n - n - p);
    for (uint32_t i = 0; i < n; i++) {
        w->e[p + i] = e[i];
        if (w->num)
            w->num[p + i] = s->num;
        if (in_window)
            tally_add(c, &w->now, &e[i], &s->num);
        else
            w->lo++;
    }
    for (uint64_t m = by_rule(c) ? s->mask : 0; m; m &= m - 1) {
        int j = __builtin_ctzll(m);

        if (s->at >= w->last[j]) {
            w->last[j] = s->at;
            w->last_position[j] = s->position;
        }
    }
    if (first_at(w, s->at + c->span, true) - first_at(w, s->at - c->span, false) > LF_CORRELATION_LOOK) {
        out->unsure = true;
        out->fires = in_window && tally_holds(c, &w->now, s->nkeys > 0 ? s->keys[0] : LF_ENTRY_NO_VALUE);
        out->at = w->newest;
    } else if (c->kind == LF_TEMPORAL_ORDERED) {
        late_chain(c, w, p, out);
    } else {
        late_look(c, w, s, p, n, out);
    }
    out->cut = tidy(c, w, l);
}

void lf_window_see(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *l,
                   const struct lf_sight *s, struct lf_window_seen *out)
{
    *out = (struct lf_window_seen){ 0 };
    if (s->at >= w->newest)
        see_next(c, w, l, s, out);
    else if (l->batch || s->at < w->newest - l->lateness)
        out->too_late = true;
    else
        see_late(c, w, l, s, out);
}

/* ---- telling ---- */

static lf_view num_text(const struct lf_num *n, char out[96])
{
    __int128 one = 1, whole, part;
    char digits[64];
    size_t k = 0, o = 0, end;
    bool minus;

    for (int i = 0; i < 27; i++)
        one *= 10;
    whole = n->whole + n->part / one;
    part = n->part % one;
    if (whole > 0 && part < 0) {
        whole--;
        part += one;
    } else if (whole < 0 && part > 0) {
        whole++;
        part -= one;
    }
    minus = whole < 0 || part < 0;
    if (minus) {
        whole = -whole;
        part = -part;
        out[o++] = '-';
    }
    do {
        digits[k++] = (char)('0' + (int)(whole % 10));
        whole /= 10;
    } while (whole > 0);
    while (k > 0)
        out[o++] = digits[--k];
    end = o;
    if (part > 0) {
        out[o++] = '.';
        for (int i = 0; i < 27; i++) {
            one /= 10;
            out[o++] = (char)('0' + (int)(part / one));
            part %= one;
            if (out[o - 1] != '0')
                end = o;
        }
    }
    return (lf_view){ out, end };
}

void lf_window_value(const struct lf_correlation *c, const struct lf_window *w, const struct lf_sight *s,
                     struct lf_json_w *json)
{
    lf_time from = w->newest - c->span;
    char text[96];
    int64_t n = 0;
    double q;

    switch (c->kind) {
    case LF_EVENT_COUNT:
        n = w->now.n;
        break;
    case LF_VALUE_COUNT:
        n = w->now.distinct;
        break;
    case LF_VALUE_SUM:
        lf_json_put_raw(json, "value", num_text(&w->now.total, text));
        return;
    case LF_VALUE_AVG:
    case LF_VALUE_PERCENTILE:
        if (c->kind == LF_VALUE_AVG)
            q = w->now.numbers ? (double)w->now.total.whole / (double)w->now.numbers +
                                     (double)w->now.total.part / (double)w->now.numbers / 1e27
                               : 0;
        else
            q = s->nkeys > 0 && w->now.n > 0 && w->now.cap > 0
                    ? (double)slot_of(&w->now, s->keys[0])->n * 100 / (double)w->now.n
                    : 0;
        lf_json_put_raw(json, "value", (lf_view){ text, (size_t)snprintf(text, sizeof text, "%.6f", q) });
        return;
    case LF_TEMPORAL:
    case LF_TEMPORAL_ORDERED:
        for (size_t i = 0; i < c->nrefs; i++)
            n += w->last[i] != NEVER && w->last[i] >= from;
        break;
    }
    lf_json_put_int(json, "value", n);
}

/* The first entry later than `at`, or n. */
static uint32_t behind(const struct lf_window *w, lf_time at)
{
    uint32_t lo = w->head, hi = w->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (w->e[mid].at <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void made_at(struct lf_window_made *out, lf_time at)
{
    out->first = at < out->first ? at : out->first;
    out->last = at > out->last ? at : out->last;
}

void lf_window_made(const struct lf_correlation *c, const struct lf_window *w, lf_time at, size_t most,
                    struct lf_window_made *out)
{
    uint32_t counted = 0;
    uint64_t before = 0;

    most = most > LF_CORRELATION_SHOWN ? LF_CORRELATION_SHOWN : most;
    *out = (struct lf_window_made){ .first = INT64_MAX, .last = NEVER };
    for (size_t i = 0; w->last && i < c->nrefs; i++) /* one of each rule first */
        if (w->last[i] != NEVER && w->last[i] >= at - c->span && w->last[i] <= at) {
            size_t k = 0;

            while (k < out->n && out->events[k] != w->last_position[i])
                k++;
            if (k == out->n && out->n < most)
                out->events[out->n++] = w->last_position[i];
            out->rules |= UINT64_C(1) << i;
            made_at(out, w->last[i]);
        }
    if (!by_rule(c))
        out->rules = c->nrefs < 64 ? (UINT64_C(1) << c->nrefs) - 1 : UINT64_MAX;
    for (uint32_t i = behind(w, at), looked = 0;
         i-- > w->head && w->e[i].at >= at - c->span && looked < LF_WINDOW_LOOKED; looked++) {
        size_t k = 0;

        /* Entries of one sighting stand together. */
        counted += looked == 0 || w->e[i].position != before;
        before = w->e[i].position;
        out->rules |= by_rule(c) ? w->e[i].key : 0;
        made_at(out, w->e[i].at);
        while (k < out->n && out->events[k] != before)
            k++;
        if (k == out->n && out->n < most)
            out->events[out->n++] = before;
    }
    out->count = counted > out->n ? counted : (uint32_t)out->n;
}

/* ---- keeping ---- */

void lf_window_save(const struct lf_correlation *c, const struct lf_window *w, struct lf_buf *b)
{
    lf_buf_u64(b, (uint64_t)w->newest);
    lf_buf_u32(b, w->n - w->head);
    for (uint32_t i = w->head; i < w->n; i++) {
        lf_buf_u64(b, (uint64_t)w->e[i].at);
        lf_buf_u64(b, w->e[i].position);
        lf_buf_u64(b, w->e[i].key);
        if (w->num)
            lf_buf_put(b, (lf_view){ (const char *)&w->num[i], sizeof w->num[i] });
    }
    for (size_t i = 0; w->last && i < c->nrefs; i++) {
        lf_buf_u64(b, (uint64_t)w->last[i]);
        lf_buf_u64(b, w->last_position[i]);
    }
    for (size_t i = 0; w->chain && i < c->nrefs * c->nrefs; i++)
        lf_buf_u64(b, (uint64_t)w->chain[i]);
}

bool lf_window_load(const struct lf_correlation *c, struct lf_window *w, const struct lf_window_limits *l,
                    lf_view *packed)
{
    struct lf_unpack in = lf_unpack_begin(*packed);
    lf_time newest = (lf_time)lf_unpack_uint(&in, 8);
    uint64_t count = lf_unpack_uint(&in, 4);

    if (in.bad || count > in.left.len / sizeof(struct lf_entry))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        struct lf_entry e = { .at = (lf_time)lf_unpack_uint(&in, 8) };

        e.position = lf_unpack_uint(&in, 8);
        e.key = lf_unpack_uint(&in, 8);
        if (in.bad || e.at > newest || (i > 0 && e.at < w->e[w->n - 1].at) || (by_key(c) && e.key == 0) ||
            (by_rule(c) && c->nrefs < 64 && e.key >> c->nrefs != 0))
            return false;
        make_room(c, w);
        w->e[w->n] = e;
        if (w->num) {
            lf_view num = lf_unpack_bytes(&in, sizeof *w->num);

            if (in.bad)
                return false;
            memcpy(&w->num[w->n], num.ptr, num.len);
        }
        w->n++;
    }
    for (size_t i = 0; w->last && i < c->nrefs; i++) {
        w->last[i] = (lf_time)lf_unpack_uint(&in, 8);
        w->last_position[i] = lf_unpack_uint(&in, 8);
    }
    for (size_t i = 0; w->chain && i < c->nrefs * c->nrefs; i++)
        w->chain[i] = (lf_time)lf_unpack_uint(&in, 8);
    if (in.bad)
        return false;
    *packed = in.left;
    w->newest = newest;
    recount(c, w);
    (void)tidy(c, w, l);
    return true;
}
