/* What a pattern has observed, and whether that is a match now. */
#include <stdlib.h>

#include "engine/stix_live_priv.h"

/* ---- what a pattern comes to ---- */

static void brackets(struct stix_watched *w, const struct lf_stix_observe *o, int64_t from, int64_t until,
                     bool repeats)
{
    switch (o->kind) {
    case LF_STIX_ONE:
        w->bracket[o->number] = (struct stix_bracket){ o->test, from, until, repeats };
        return;
    case LF_STIX_STARTSTOP: {
        int64_t start = stix_ticks(&o->start), stop = stix_ticks(&o->stop);

        from = start > from ? start : from;
        until = stop < until ? stop : until;
        break;
    }
    case LF_STIX_REPEATS:
        repeats = repeats || o->repeats > 1;
        break;
    case LF_STIX_WITHIN:
        w->timed = w->timed || o->kids[0]->kind != LF_STIX_ONE;
        break;
    case LF_STIX_FOLLOWEDBY:
        w->timed = true;
        break;
    case LF_STIX_AND:
    case LF_STIX_OR:
        break;
    }
    for (size_t i = 0; i < o->nkids; i++)
        brackets(w, o->kids[i], from, until, repeats);
}

/* As many observations as a match can use. */
static uint64_t uses(const struct lf_stix_observe *o)
{
    uint64_t n = o->kind == LF_STIX_ONE;

    for (size_t i = 0; i < o->nkids; i++)
        n += uses(o->kids[i]);
    if (o->kind == LF_STIX_REPEATS)
        n *= o->repeats;
    return n < UINT32_MAX ? n : UINT32_MAX;
}

void stix_reckon(struct stix_watched *w)
{
    const struct lf_stix_observe *o = w->p.root, *one;

    w->bracket = LF_NEW(&w->a, struct stix_bracket, w->p.nobservations);
    w->held = LF_NEW(&w->a, uint32_t, w->p.nobservations);
    brackets(w, o, INT64_MIN / 4, INT64_MAX / 4, false);
    w->simple = stix_simple(o, &one, &w->need, &w->width);
    w->single = w->simple && w->need == 1;
    w->enough = uses(o);
    for (; o->kind == LF_STIX_STARTSTOP || o->kind == LF_STIX_WITHIN; o = o->kids[0])
        if (o->kind == LF_STIX_WITHIN && (!w->span || o->within < w->span))
            w->span = o->within;
    if (w->simple && w->width)
        w->span = w->width;
    w->newest = INT64_MIN / 4;
}

/* ---- observations ---- */

static void held(struct stix_watched *w, uint64_t bits, bool more)
{
    for (unsigned b = 0; bits; b++, bits >>= 1)
        if (bits & 1)
            w->held[b] += more ? 1 : UINT32_MAX;
}

static void drop_oldest(struct lf_stix_live *s, struct stix_watched *w, size_t many)
{
    for (size_t i = 0; i < many; i++)
        held(w, w->o[w->head + i].brackets, false);
    w->head += many;
    s->observations -= many;
    if (w->head > (w->n + 1) / 2) {
        memmove(w->o, w->o + w->head, (w->n - w->head) * sizeof *w->o);
        w->n -= w->head;
        w->head = 0;
    }
}

void stix_forget_all(struct lf_stix_live *s, struct stix_watched *w)
{
    s->observations -= w->n - w->head;
    s->bytes -= w->cap * sizeof *w->o;
    free(w->o);
    w->o = NULL;
    w->head = w->n = w->cap = 0;
    memset(w->held, 0, w->p.nobservations * sizeof *w->held);
}

static void resize(struct lf_stix_live *s, struct stix_watched *w, size_t cap)
{
    s->bytes = s->bytes - w->cap * sizeof *w->o + cap * sizeof *w->o;
    w->o = realloc(w->o, lf_arena_mul(cap, sizeof *w->o));
    if (!w->o)
        LF_BUG("no memory for %zu observations", cap);
    w->cap = cap;
}

/* All together hold too much: the pattern that holds most gives half of it, the older one. */
static void make_room(struct lf_stix_live *s)
{
    while (s->bytes > s->limits.bytes) {
        struct stix_watched *most = NULL;
        size_t keep;

        for (size_t i = 0; i < s->n; i++)
            if (s->w[i]->cap && (!most || s->w[i]->cap > most->cap))
                most = s->w[i];
        if (!most || most->cap <= 16)
            return;
        keep = most->cap / 2 - 1;
        if (most->n - most->head > keep) {
            s->stats.evicted += most->n - most->head - keep;
            drop_oldest(s, most, most->n - most->head - keep);
        }
        memmove(most->o, most->o + most->head, (most->n - most->head) * sizeof *most->o);
        most->n -= most->head;
        most->head = 0;
        resize(s, most, most->cap / 2);
    }
}

void stix_keep(struct lf_stix_live *s, struct stix_watched *w, const struct stix_obs *o)
{
    size_t at;

    if (w->n == w->cap) {
        if (w->head) {
            memmove(w->o, w->o + w->head, (w->n - w->head) * sizeof *w->o);
            w->n -= w->head;
            w->head = 0;
        }
        if (w->n == w->cap)
            resize(s, w, w->cap ? w->cap * 2 : 8);
    }
    for (at = w->n; at > w->head && w->o[at - 1].at > o->at; at--)
        ;
    memmove(w->o + at + 1, w->o + at, (w->n - at) * sizeof *w->o);
    w->o[at] = *o;
    w->n++;
    s->observations++;
    held(w, o->brackets, true);
    if (o->at > w->newest)
        w->newest = o->at;
}

/* ---- a match ---- */

/* Are there enough observations at all? */
static bool possible(const struct stix_watched *w, const struct lf_stix_observe *o)
{
    bool any = o->kind != LF_STIX_OR;

    switch (o->kind) {
    case LF_STIX_ONE:
        return w->held[o->number] > 0;
    case LF_STIX_REPEATS:
        if (o->kids[0]->kind == LF_STIX_ONE)
            return w->held[o->kids[0]->number] >= o->repeats;
        return possible(w, o->kids[0]);
    case LF_STIX_OR:
    case LF_STIX_AND:
    case LF_STIX_FOLLOWEDBY:
    case LF_STIX_WITHIN:
    case LF_STIX_STARTSTOP:
        break;
    }
    for (size_t i = 0; i < o->nkids && any == (o->kind != LF_STIX_OR); i++)
        any = possible(w, o->kids[i]);
    return any;
}

/* `need` in a row within the width, the one at `place` among them. */
static bool row_of(const struct stix_watched *w, size_t place, size_t *first)
{
    size_t from = place - w->head + 1 >= w->need ? place + 1 - w->need : w->head;

    for (size_t i = from; i <= place && i + w->need <= w->n; i++)
        if (!w->width || w->o[i + w->need - 1].at - w->o[i].at < w->width) {
            *first = i;
            return true;
        }
    return false;
}

/* Candidates of all brackets; of `forced` only the observation at `place`. */
static bool solve(struct lf_stix_live *s, struct stix_watched *w, size_t place, unsigned forced,
                  const size_t **found, size_t *n)
{
    size_t count = w->n - w->head;
    struct stix_leaf *leaves = LF_NEW(&s->tmp, struct stix_leaf, w->p.nobservations);
    uint64_t *left = LF_NEW(&s->tmp, uint64_t, count);

    for (size_t i = 0; i < count; i++)
        left[i] = 1;
    for (unsigned b = 0; b < w->p.nobservations; b++) {
        struct stix_leaf *leaf = &leaves[b];

        leaf->c =
            lf_arena_alloc(&s->tmp, (w->held[b] + 1u) * sizeof *leaf->c, _Alignof(struct stix_candidate));
        for (size_t i = 0; i < count; i++) {
            const struct stix_obs *o = &w->o[w->head + i];

            if ((o->brackets >> b & 1) && (b != forced || w->head + i == place))
                leaf->c[leaf->n++] = (struct stix_candidate){ (uint32_t)i, o->at, o->at };
        }
        s->work.left -= (int64_t)count / 8;
    }
    return stix_solve(w->p.root, leaves, left, &s->work, &s->tmp, found, n);
}

/* A match that uses the new observation: that of a bracket which takes one only is it. */
static bool matches(struct lf_stix_live *s, struct stix_watched *w, size_t place, const size_t **found,
                    size_t *n)
{
    uint64_t bits = w->o[place].brackets;
    bool whole = false;

    for (unsigned b = 0; b < w->p.nobservations; b++) {
        if (!(bits >> b & 1))
            continue;
        if (w->bracket[b].repeats) {
            whole = true;
            continue;
        }
        if (solve(s, w, place, b, found, n))
            return true;
    }
    return whole && solve(s, w, place, UINT32_MAX, found, n);
}

/* Takes observations found[0 … n-1] (from head on, sorted, each once) out and says them. */
static void take_out(struct lf_stix_live *s, struct stix_watched *w, struct lf_arena *a, const size_t *found,
                     size_t n, struct lf_stix_hit *hit)
{
    struct lf_stix_observation *events;
    size_t shown = n < LF_STIX_LIVE_SHOWN ? n : LF_STIX_LIVE_SHOWN, to = w->head, next = 0;

    events = LF_NEW(a, struct lf_stix_observation, shown + 1);
    for (size_t i = 0; i < shown; i++) {
        const struct stix_obs *o = &w->o[w->head + found[i < (shown + 1) / 2 ? i : n - shown + i]];

        events[i] = (struct lf_stix_observation){ o->at / 10, o->position };
    }
    *hit = (struct lf_stix_hit){ .what = &w->what,
                                 .first = w->o[w->head + found[0]].at / 10,
                                 .last = w->o[w->head + found[n - 1]].at / 10,
                                 .nobserved = n,
                                 .nevents = shown,
                                 .events = events,
                                 .within = w->span / 10 };
    for (size_t i = w->head; i < w->n; i++) {
        if (next < n && found[next] == i - w->head) {
            next++;
            held(w, w->o[i].brackets, false);
        } else {
            w->o[to++] = w->o[i];
        }
    }
    s->observations -= w->n - to;
    w->n = to;
}

static void take_row(struct lf_stix_live *s, struct stix_watched *w, struct lf_arena *a, size_t first,
                     struct lf_stix_hit *hit)
{
    size_t *found = LF_NEW(&s->tmp, size_t, w->need);

    for (size_t i = 0; i < w->need; i++)
        found[i] = first - w->head + i;
    take_out(s, w, a, found, w->need, hit);
}

/* Not timed: is there as much of this kind as can matter?  Then one more changes nothing. */
static bool sated(const struct stix_watched *w, uint64_t bits)
{
    uint64_t n = 0;

    if (w->timed || w->simple || w->n - w->head < w->enough)
        return false;
    for (size_t i = w->head; i < w->n && n < w->enough; i++)
        n += w->o[i].brackets == bits;
    return n >= w->enough;
}

bool stix_see(struct lf_stix_live *s, struct stix_watched *w, struct lf_arena *a, uint64_t bits, int64_t at,
              uint64_t position, struct lf_stix_hit *hit)
{
    int64_t lateness = s->limits.batch ? 0 : s->limits.lateness * 10;
    struct stix_obs o = { at, position, 0 };
    const size_t *found;
    size_t place, n, behind = 0;
    bool yes;

    for (unsigned b = 0; b < w->p.nobservations; b++)
        if ((bits >> b & 1) && at >= w->bracket[b].from && at < w->bracket[b].until)
            o.brackets |= (uint64_t)1 << b;
    if (!o.brackets)
        return false;
    s->stats.seen++;
    if (w->single) {
        struct lf_stix_observation *one = LF_NEW(a, struct lf_stix_observation, 1);

        *one = (struct lf_stix_observation){ at / 10, position };
        *hit = (struct lf_stix_hit){ &w->what, at / 10, at / 10, 1, 1, one, 0 };
        return true;
    }
    if (w->span && at <= w->newest - w->span - lateness) {
        s->stats.late++;
        return false;
    }
    if (sated(w, o.brackets))
        return false;
    if (!s->limits.batch && w->n - w->head >= s->limits.entries) {
        size_t many = s->limits.entries / 4 + 1;

        s->stats.cut += many;
        drop_oldest(s, w, many);
    }
    if (!s->limits.batch && s->bytes > s->limits.bytes)
        make_room(s);
    stix_keep(s, w, &o);
    if (w->span) {
        while (w->head + behind < w->n && w->o[w->head + behind].at <= w->newest - w->span - lateness)
            behind++;
        if (behind)
            drop_oldest(s, w, behind);
    }
    if (!possible(w, w->p.root))
        return false;
    for (place = w->n; place > w->head && w->o[place - 1].position != position; place--)
        ;
    if (place-- == w->head)
        return false; /* it was behind the window itself */
    lf_arena_reset(&s->tmp);
    if (w->simple) {
        yes = row_of(w, place, &n);
        if (yes)
            take_row(s, w, a, n, hit);
    } else {
        yes = matches(s, w, place, &found, &n);
        if (yes)
            take_out(s, w, a, found, n, hit);
        else if (s->work.left < 0)
            s->stats.unsure++;
    }
    return yes;
}
