/* A whole history: read, its set chosen, its views worked through. */
#include "engine/clock_priv.h"

#include "base/map.h"

#include <stdlib.h>

enum { EVENTS = 10000, INSTANCES = 50000 };

struct sorted {
    int64_t t;
    const struct clock_event *ev;
};

static int by_time(const void *pa, const void *pb)
{
    const struct sorted *a = pa, *b = pb;

    if (a->t != b->t)
        return a->t < b->t ? -1 : 1;
    if (a->ev->kind != b->ev->kind)
        return a->ev->kind < b->ev->kind ? -1 : 1;
    return a->ev->place < b->ev->place ? -1 : a->ev->place > b->ev->place;
}

static int by_note(const void *pa, const void *pb)
{
    const struct clock_note *a = pa, *b = pb;

    if (a->event != b->event)
        return a->event < b->event ? -1 : 1;
    return strcmp(a->code, b->code);
}

/* The same may have been noted in more than one view. */
static void sort_notes(struct clock_work *w)
{
    size_t kept = 0;

    qsort(w->notes, w->nnotes, sizeof *w->notes, by_note);
    for (size_t i = 0; i < w->nnotes; i++)
        if (!kept || by_note(&w->notes[kept - 1], &w->notes[i]) != 0)
            w->notes[kept++] = w->notes[i];
    w->nnotes = kept;
}

static size_t sort_view(struct clock_work *w, const struct clock_event *ev, size_t n, int tier,
                        struct sorted *out, bool loud)
{
    struct clock_view *v = &w->view[tier];
    size_t m = 0;
    int held = 0;

    *v = (struct clock_view){ .tier = tier, .state = "open", .no_obstacle = true, .t0 = CLOCK_NEVER };
    for (size_t i = 0; i < n; i++)
        if (ev[i].at[tier] <= w->at)
            out[m++] = (struct sorted){ ev[i].at[tier], &ev[i] };
    qsort(out, m, sizeof *out, by_time);
    for (size_t i = 0; i < m; i++) {
        const struct clock_event *x = out[i].ev;
        int64_t when = x->occurred != CLOCK_NEVER ? x->occurred : x->time;
        int rank = w->rules ? clock_rank(w, x->by) : 0;

        if (clock_is(x, "aware") && v->t0 == CLOCK_NEVER) {
            v->t0 = when, held = rank;
        } else if (clock_is(x, "aware_corrected") && w->rules) {
            if (v->t0 == CLOCK_NEVER || rank <= 0 || rank < held) {
                if (loud)
                    clock_note(w, x, v->t0 == CLOCK_NEVER ? "no_aware" : "outranked");
            } else {
                v->t0 = when, held = rank;
            }
        }
    }
    return m;
}

static bool in_force(const struct lf_json *o, int64_t date)
{
    lf_view from = lf_json_str(o, "valid_from"), to = lf_json_str(o, "valid_to");
    char text[LF_TIME_TEXT];
    lf_view day = lf_view_first(lf_time_whole(date * LF_SECOND, text), 10);

    return (!from.len || lf_view_cmp(from, day) <= 0) && (!to.len || lf_view_cmp(day, to) < 0);
}

const struct lf_json *lf_clock_set_at(const struct lf_json *rules, lf_time at)
{
    bool many = lf_json_kind(rules) == LF_JSON_ARRAY;
    const struct lf_json *best = NULL;

    for (size_t i = 0; i < (many ? lf_json_items(rules) : 1); i++) {
        const struct lf_json *set = many ? lf_json_item(rules, i) : rules;
        int64_t standard = 0, off = 0;

        (void)lf_clock_zone(lf_json_str(set, "tz"), at / LF_SECOND, &standard, &off);
        if (in_force(set, at / LF_SECOND + off) &&
            (!best || lf_view_cmp(lf_json_str(set, "valid_from"), lf_json_str(best, "valid_from")) >= 0))
            best = set;
    }
    return best;
}

static enum lf_code choose(struct clock_work *w, const struct lf_json *rules, const struct clock_event *ev,
                           size_t n, struct sorted *room, int64_t *date, struct lf_err *e)
{
    bool many = lf_json_kind(rules) == LF_JSON_ARRAY;
    const struct lf_json *best = NULL;

    for (size_t i = 0; i < (many ? lf_json_items(rules) : 1); i++) {
        const struct lf_json *set = many ? lf_json_item(rules, i) : rules;
        int64_t standard = 0, off = 0, t;

        w->rules = set;
        (void)sort_view(w, ev, n, 0, room, false);
        t = w->view[0].t0 != CLOCK_NEVER ? w->view[0].t0 : w->at;
        (void)lf_clock_zone(lf_json_str(set, "tz"), t, &standard, &off);
        if (!in_force(set, t + off))
            continue;
        if (!best || lf_view_cmp(lf_json_str(set, "valid_from"), lf_json_str(best, "valid_from")) >= 0)
            best = set, *date = t + off;
    }
    w->rules = best;
    if (!best)
        return lf_err_set(e, LF_NOT_FOUND, "rules: no set is in force on the day of awareness");
    return LF_OK;
}

enum lf_code lf_clock_judge(struct lf_arena *a, const struct lf_json *rules, const struct lf_json *history,
                            lf_time at, struct lf_clock_result *out, struct lf_err *e)
{
    return lf_clock_judge_at(a, rules, history, at, 1, out, e);
}

enum lf_code lf_clock_judge_at(struct lf_arena *a, const struct lf_json *rules, const struct lf_json *history,
                               lf_time at, int speed, struct lf_clock_result *out, struct lf_err *e)
{
    struct clock_work *w = LF_NEW(a, struct clock_work, 1);
    const struct lf_json *list;
    size_t n = 0, total = lf_json_items(history);
    struct clock_event *ev;
    struct sorted *room;
    bool aware = false, breached = false;
    enum lf_code rc = LF_OK;
    struct lf_map ids;
    int64_t date = 0;

    LF_TRY(lf_clock_rules_check(rules, e));
    if (speed < 1 || speed > LF_CLOCK_SPEED)
        return lf_err_set(e, LF_BAD_INPUT, "speed is a number from 1 to %d", LF_CLOCK_SPEED);
    if (lf_json_kind(history) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "history is not a list");
    if (total > EVENTS)
        return lf_err_set(e, LF_TOO_BIG, "history has more than %d events", EVENTS);
    w->a = a;
    w->at = at / LF_SECOND;
    w->speed = speed;
    ev = LF_NEW(a, struct clock_event, total + 1);
    room = LF_NEW(a, struct sorted, total + 1);
    lf_map_init(&ids, 0xc10c);
    for (size_t i = 0; i < total && rc == LF_OK; i++) {
        uint64_t there;
        lf_view id;

        rc = clock_event_read(lf_json_item(history, i), i, &ev[n], e);
        if (rc == LF_OK && ev[n].until != CLOCK_NEVER) /* from the event on, at the exercise's pace */
            ev[n].until = ev[n].time + (ev[n].until - ev[n].time + speed - 1) / speed;
        id = lf_json_str(ev[n].j, "id");
        if (rc != LF_OK || (id.ptr && lf_map_get(&ids, id, &there)))
            continue;
        if (id.ptr)
            lf_map_set(&ids, id, i);
        aware |= clock_is(&ev[n], "aware");
        n++;
    }
    lf_map_clear(&ids);
    LF_TRY(rc);
    if (!aware)
        return lf_err_set(e, LF_NOT_FOUND, "history has no aware event");
    w->notes_room = n * 6 + 6;
    w->notes = LF_NEW(a, struct clock_note, w->notes_room);
    LF_TRY(choose(w, rules, ev, n, room, &date, e));
    w->tz = lf_json_str(w->rules, "tz");
    list = clock_field(w->rules, "clocks");
    for (size_t i = 0; i < lf_json_items(list); i++) {
        if (!in_force(lf_json_item(list, i), date))
            continue;
        for (size_t k = 0; k < w->nclocks; k++)
            if (lf_view_eq(lf_json_str(w->clock[k], "id"), lf_json_str(lf_json_item(list, i), "id")))
                return lf_err_set(e, LF_BAD_INPUT, "rules: two clocks %.*s are in force on one day",
                                  LF_FMT(lf_json_str(w->clock[k], "id")));
        LF_ASSERT(w->nclocks < CLOCK_CLOCKS);
        w->clock[w->nclocks++] = lf_json_item(list, i);
    }
    w->room = (n + 1) * (w->nclocks + 1) * 2; /* by the event, and by its level */
    if (w->room > INSTANCES)
        w->room = INSTANCES;
    w->inst = LF_NEW(a, struct clock_inst, w->room);
    for (int x = 0; x < CLOCK_TIERS; x++) {
        size_t m = sort_view(w, ev, n, x, room, true);

        for (size_t i = 0; i < m; i++)
            if (!clock_is(room[i].ev, "aware_corrected"))
                clock_step(w, &w->view[x], room[i].ev);
    }
    if (w->full)
        return lf_err_set(e, LF_TOO_BIG, "history starts more than %d clocks", INSTANCES);
    sort_notes(w);
    w->rows = LF_NEW(a, const struct clock_inst *, w->ninst + w->nclocks);
    w->row_clock = LF_NEW(a, size_t, w->ninst + w->nclocks);
    for (size_t c = 0; c < w->nclocks; c++) {
        size_t before = w->nrows;

        for (size_t i = 0; i < w->ninst; i++)
            if (w->inst[i].clock == c)
                w->row_clock[w->nrows] = c, w->rows[w->nrows++] = &w->inst[i];
        if (w->nrows == before)
            w->row_clock[w->nrows++] = c;
    }
    out->detail = w;
    out->ruleset = lf_json_str(w->rules, "ruleset");
    for (size_t i = 0; i < w->nrows; i++)
        breached |= lf_view_is(lf_view_of(lf_clock_row(&(struct lf_clock_result){ .detail = w }, i).state),
                               "breached");
    out->breached = breached;
    return LF_OK;
}
