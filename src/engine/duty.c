#include "engine/duty.h"

#include <stdlib.h>

#include "engine/clock_priv.h"

enum { FAULTS = 2000 };

lf_time lf_duty_moment(lf_view zone, lf_time wall)
{
    return lf_clock_zone_known(zone) ? lf_clock_wall(zone, wall / LF_SECOND) * LF_SECOND : 0;
}

enum lf_code lf_duty_wall(lf_view text, lf_time *out, struct lf_err *e)
{
    char whole[LF_TIME_TEXT];
    int n =
        snprintf(whole, sizeof whole, text.len == 16 ? "%.*s:00Z" : "%.*sZ", LF_FMT(lf_view_first(text, 25)));

    if (lf_time_parse((lf_view){ whole, (size_t)n }, out, NULL) == LF_OK)
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no time of a clock, as 2026-11-23T08:00",
                      LF_FMT(lf_view_first(text, 40)));
}

enum lf_code lf_duty_day(struct lf_arena *a, lf_view text, int64_t *out, struct lf_err *e)
{
    lf_time wall;

    if (text.len != 10 || lf_duty_wall(lf_arena_printf(a, "%.*sT00:00", LF_FMT(text)), &wall, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no day, as 2026-12-31",
                          LF_FMT(lf_view_first(text, 40)));
    *out = wall / LF_DAY;
    return LF_OK;
}

static lf_view wall_with(struct lf_arena *a, lf_time wall, char between)
{
    struct lf_civil c = lf_civil_of(wall);

    return lf_arena_printf(a, "%04d-%02d-%02d%c%02d:%02d", c.year, c.month, c.day, between, c.hour, c.minute);
}

lf_view lf_duty_wall_text(struct lf_arena *a, lf_time wall)
{
    return wall_with(a, wall, 'T');
}

lf_view lf_duty_wall_said(struct lf_arena *a, lf_time wall)
{
    return wall_with(a, wall, ' ');
}

enum lf_code lf_duty_check(const struct lf_duty_turn *t, struct lf_err *e)
{
    if (!lf_clock_zone_known(t->zone))
        return lf_err_set(e, LF_BAD_INPUT,
                          "roster: the zone is Asia/Taipei, Europe/Brussels, America/New_York or UTC");
    if (t->begin <= LF_DAY || t->end <= t->begin || t->end - t->begin > LF_DUTY_DAYS * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "roster: a shift begins, and ends after that within %d days",
                          LF_DUTY_DAYS);
    if (t->every < 0 || t->every > LF_DUTY_EVERY)
        return lf_err_set(e, LF_BAD_INPUT, "roster: a shift comes once, or again after 1 to %d days",
                          LF_DUTY_EVERY);
    if (t->every && t->end - t->begin > t->every * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "roster: a shift is over before it comes again");
    if (t->seat < 1 || t->seat > LF_DUTY_SEATS)
        return lf_err_set(e, LF_BAD_INPUT, "roster: the order of calling within a shift is 1 to %d",
                          LF_DUTY_SEATS);
    return LF_OK;
}

lf_time lf_duty_end(const struct lf_duty_turn *t, int64_t last_day)
{
    int64_t first = t->begin / LF_DAY, more = 0;

    if (t->every && last_day > first)
        more = (last_day - first) / t->every * t->every;
    return lf_duty_moment(t->zone, t->end + more * LF_DAY);
}

struct work {
    struct lf_arena *a;
    struct lf_duty_slot *v;
    size_t n, cap;
};

static enum lf_code add(struct work *w, struct lf_duty_slot s, struct lf_err *e)
{
    if (s.from >= s.until)
        return LF_OK;
    if (w->n == LF_DUTY_SLOTS)
        return lf_err_set(e, LF_TOO_BIG, "roster: more than %d shifts in this time; ask for less of it",
                          LF_DUTY_SLOTS);
    w->v = lf_arena_grow(w->a, w->v, w->n, &w->cap, sizeof *w->v);
    w->v[w->n++] = s;
    return LF_OK;
}

/* The shift that comes the k-th time. */
static struct lf_duty_slot nth(const struct lf_duty_turn *t, int64_t k)
{
    lf_time days = k * t->every * LF_DAY;
    struct lf_duty_slot s = { .from = lf_duty_moment(t->zone, t->begin + days),
                              .until = lf_duty_moment(t->zone, t->end + days),
                              .contact = t->contact,
                              .instead = t->instead,
                              .turn = t->id,
                              .seat = t->seat };

    if (t->until && s.until > t->until)
        s.until = t->until;
    return s;
}

static enum lf_code expand(struct work *w, const struct lf_duty_turn *t, lf_time from, lf_time until,
                           struct lf_err *e)
{
    /* A zone's clock is within a day of UTC: begin one too early and look. */
    int64_t k = t->every ? (from - t->end - 2 * LF_DAY) / (t->every * LF_DAY) : 0;

    for (k = k < 0 ? 0 : k;; k++) {
        struct lf_duty_slot s = nth(t, k);

        if (s.from >= until || (t->until && s.from >= t->until))
            return LF_OK;
        if (s.until > from)
            LF_TRY(add(w, s, e));
        if (!t->every)
            return LF_OK;
    }
}

/* What lies within the cover is his who covers; the rest before and after stays. */
static enum lf_code cover(struct work *w, const struct lf_duty_turn *t, struct lf_err *e)
{
    struct lf_duty_slot c = nth(t, 0);
    size_t n = w->n;

    for (size_t i = 0; i < n; i++) {
        struct lf_duty_slot before = w->v[i], after = w->v[i], *s = &w->v[i];

        if (!lf_view_eq(s->contact, t->instead) || s->from >= c.until || s->until <= c.from)
            continue;
        before.until = c.from;
        after.from = c.until;
        s->from = s->from > c.from ? s->from : c.from;
        s->until = s->until < c.until ? s->until : c.until;
        s->contact = t->contact;
        s->instead = t->instead;
        LF_TRY(add(w, before, e));
        LF_TRY(add(w, after, e));
    }
    return LF_OK;
}

static int by_begin(const void *x, const void *y)
{
    const struct lf_duty_slot *a = x, *b = y;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->seat != b->seat)
        return a->seat < b->seat ? -1 : 1;
    return lf_view_cmp(a->contact, b->contact);
}

struct faults {
    struct lf_arena *a;
    struct lf_duty_fault *v;
    size_t n, cap;
    lf_time until;
};

static void tell(struct faults *f, struct lf_duty_fault x)
{
    x.until = x.until < f->until ? x.until : f->until;
    if (f->n == FAULTS || x.from >= x.until)
        return;
    f->v = lf_arena_grow(f->a, f->v, f->n, &f->cap, sizeof *f->v);
    f->v[f->n++] = x;
}

static int fault_by_begin(const void *x, const void *y)
{
    const struct lf_duty_fault *a = x, *b = y;

    return a->from < b->from ? -1 : a->from > b->from;
}

/* One walk by begin: how far anybody, and whoever holds each seat, reaches. */
static void find_faults(struct faults *f, const struct work *w, lf_time from)
{
    const struct lf_duty_slot *last[LF_DUTY_SEATS + 1] = { 0 };
    lf_time reached = from;

    for (size_t i = 0; i < w->n; i++) {
        const struct lf_duty_slot *s = &w->v[i], *o = last[s->seat];

        if (s->from > reached)
            tell(f, (struct lf_duty_fault){ .from = reached, .until = s->from });
        reached = s->until > reached ? s->until : reached;
        if (o && o->until > s->from && !lf_view_eq(o->contact, s->contact))
            tell(f, (struct lf_duty_fault){ .from = s->from > from ? s->from : from,
                                            .until = o->until < s->until ? o->until : s->until,
                                            .overlap = true,
                                            .a = o->contact,
                                            .b = s->contact });
        if (!o || s->until > o->until)
            last[s->seat] = s;
    }
    tell(f, (struct lf_duty_fault){ .from = reached, .until = f->until });
    if (f->n)
        qsort(f->v, f->n, sizeof *f->v, fault_by_begin);
}

enum lf_code lf_duty_slots(struct lf_arena *a, const struct lf_duty_turn *turns, size_t n, lf_time from,
                           lf_time until, struct lf_duty_slots *out, struct lf_err *e)
{
    struct work w = { .a = a };
    struct faults f = { .a = a, .until = until };

    if (from >= until || until - from > LF_DUTY_WINDOW * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT,
                          "roster: times are asked for from an earlier to a later one, at most %d days",
                          LF_DUTY_WINDOW);
    for (size_t i = 0; i < n; i++)
        if (!turns[i].instead.len)
            LF_TRY(expand(&w, &turns[i], from, until, e));
    for (size_t i = 0; i < n; i++)
        if (turns[i].instead.len)
            LF_TRY(cover(&w, &turns[i], e));
    if (w.n)
        qsort(w.v, w.n, sizeof *w.v, by_begin);
    find_faults(&f, &w, from);
    *out = (struct lf_duty_slots){ .n = w.n, .nfaults = f.n, .items = w.v, .faults = f.v };
    return LF_OK;
}
