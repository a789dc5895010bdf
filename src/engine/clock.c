#include "engine/clock_priv.h"

#include "base/map.h"

#include <stdlib.h>

/* Everything here counts whole seconds since 1970, UTC. */
enum { EVENTS = 10000, CLOCKS = 64, INSTANCES = 50000, TIERS = 3 };
static const int64_t NEVER = INT64_MAX;

static const char *const tiers[TIERS] = { "provider", "sector", "nation" };

/* The order of kinds within one second (contract A4). */
static const char *const kinds[] = {
    "aware",
    "aware_corrected",
    "obstacle_begins",
    "obstacle_ends",
    "abnormal_detected",
    "request_received",
    "drill_done",
    "level_changed",
    "absorbed",
    "reported",
    "received_by_reviewer",
    "answered",
    "returned",
    "supplemented",
    "reviewed",
    "forwarded",
    "intermediate_requested",
    "extended",
    "controlled",
    "recovered",
    "intermediate_submitted",
    "progress_submitted",
    "final_submitted",
    "final_returned",
    "abnormal_notified",
    "support_given",
    "arrived_on_site",
    "drill_reported",
    "not_incident",
    "merged",
    "closed",
    "reopened",
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };
static_assert(KINDS == (int)LF_CLOCK_KINDS, "clock_priv.h says how many there are");

struct event {
    const struct lf_json *j;
    size_t place;
    unsigned kind; /* KINDS = unknown */
    lf_view name, by;
    int tier, level;
    int64_t time, occurred, until, aware_at; /* NEVER = absent */
    int64_t at[TIERS];                       /* known there; NEVER = not yet */
};

struct inst {
    size_t clock, number;
    int64_t start, due, end; /* NEVER = none */
    const char *due_code, *cancel;
    const struct lf_json *variant;
    bool fixed, running, stopped, by_aware;
    unsigned life;
};

struct note {
    size_t event;
    const char *code;
};

struct view {
    int tier, level, rank;
    const char *state;
    uint64_t seen;
    bool makeup, no_obstacle, aware_done;
    int64_t t0;
    unsigned life;
};

struct work {
    struct lf_arena *a;
    const struct lf_json *rules;
    size_t nclocks;
    const struct lf_json *clock[CLOCKS];
    size_t ninst, room;
    struct inst *inst;
    size_t nnotes, notes_room;
    struct note *notes;
    struct view view[TIERS];
    lf_view tz;
    int64_t at;
    bool full;                /* more instances than there may be */
    const struct inst **rows; /* in output order; NULL inst = not started */
    size_t *row_clock, nrows;
};

unsigned lf_clock_kind(lf_view v)
{
    unsigned k = 0;

    while (k < KINDS && !lf_view_is(v, kinds[k]))
        k++;
    return k;
}

static bool is(const struct event *ev, const char *kind)
{
    return lf_view_is(ev->name, kind);
}

static const struct lf_json *get(const struct lf_json *o, const char *key)
{
    const struct lf_json *v = lf_json_get(o, lf_view_of(key));

    return v && lf_json_kind(v) != LF_JSON_NULL ? v : NULL;
}

static size_t count(const struct lf_json *v)
{
    return v ? lf_json_count(v) : 0;
}

static bool list_has(const struct lf_json *list, lf_view text)
{
    for (size_t i = 0; i < count(list); i++)
        if (lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING &&
            lf_view_eq(lf_json_text(lf_json_item(list, i)), text))
            return true;
    return false;
}

static bool list_has_int(const struct lf_json *list, int n)
{
    int64_t x;

    for (size_t i = 0; i < count(list); i++)
        if (lf_view_i64(lf_json_text(lf_json_item(list, i)), &x) && x == n)
            return true;
    return false;
}

/* ---- reading ---- */

enum lf_code lf_clock_time(lf_view text, lf_time *out, struct lf_err *e)
{
    if (lf_view_find_byte(text, 't') != SIZE_MAX || lf_view_find_byte(text, 'z') != SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": T and Z are capital letters",
                          LF_FMT(lf_view_first(text, 40)));
    return lf_time_parse(text, out, e);
}

static enum lf_code get_time(const struct lf_json *o, const char *key, int64_t *out, size_t n,
                             struct lf_err *e)
{
    const struct lf_json *v = get(o, key);
    lf_time t;

    *out = NEVER;
    if (!v)
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_STRING || lf_clock_time(lf_json_text(v), &t, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT, "history[%zu]: %s is not an RFC 3339 time", n, key);
    *out = t >= 0 ? t / LF_SECOND : -((-t + LF_SECOND - 1) / LF_SECOND);
    return LF_OK;
}

static enum lf_code refuse(struct lf_err *e, size_t n, const char *what)
{
    return lf_err_set(e, LF_BAD_INPUT, "history[%zu]: %s", n, what);
}

static bool text_field(const struct lf_json *o, const char *key)
{
    return !get(o, key) || lf_json_kind(get(o, key)) == LF_JSON_STRING;
}

static bool has_reason(const struct lf_json *o)
{
    return lf_view_trim(lf_json_str(o, "reason")).len > 0;
}

static enum lf_code read_event(const struct lf_json *o, size_t n, struct event *ev, struct lf_err *e)
{
    const struct lf_json *v, *r;
    int64_t level, receipt;

    *ev = (struct event){ .j = o, .place = n, .tier = -1 };
    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return refuse(e, n, "not an object");
    LF_TRY(get_time(o, "time", &ev->time, n, e));
    LF_TRY(get_time(o, "occurred_at", &ev->occurred, n, e));
    LF_TRY(get_time(o, "until", &ev->until, n, e));
    LF_TRY(get_time(o, "aware_at", &ev->aware_at, n, e));
    ev->name = lf_json_str(o, "kind");
    ev->by = lf_json_str(o, "by");
    ev->kind = lf_clock_kind(ev->name);
    for (int x = 0; x < TIERS; x++)
        if (lf_view_is(lf_json_str(o, "tier"), tiers[x]))
            ev->tier = x;
    if (ev->time == NEVER || !ev->name.len || !ev->by.len || ev->tier < 0)
        return refuse(e, n, "time, kind, by and tier (provider, sector, nation) are needed");
    if (ev->occurred != NEVER && ev->occurred > ev->time)
        return refuse(e, n, "occurred_at lies after time");
    if (ev->until != NEVER && ev->until <= ev->time)
        return refuse(e, n, "until is not after time");
    if (get(o, "level")) {
        if (!lf_json_int(o, "level", &level) || level < 1 || level > 4)
            return refuse(e, n, "level is an integer from 1 to 4");
        ev->level = (int)level;
    }
    if (!text_field(o, "stage") || !text_field(o, "channel") || !text_field(o, "mode") ||
        !text_field(o, "id"))
        return refuse(e, n, "stage, channel, mode and id are text");
    for (int x = 0; x < TIERS; x++)
        ev->at[x] = ev->time;
    r = get(o, "receipts");
    if (r && lf_json_kind(r) != LF_JSON_OBJECT)
        return refuse(e, n, "receipts is not an object");
    for (size_t i = 0; i < count(r); i++) {
        int x = 0;

        while (x < TIERS && !lf_view_is(lf_json_key(r, i), tiers[x]))
            x++;
        if (x == TIERS)
            return refuse(e, n, "receipts names something that is no tier");
        LF_TRY(get_time(r, tiers[x], &receipt, n, e));
        if (receipt < ev->time)
            return refuse(e, n, "a receipt lies before time");
        if (x != ev->tier)
            ev->at[x] = receipt;
    }
    if (is(ev, "level_changed") && !ev->level)
        return refuse(e, n, "level_changed needs level");
    if (is(ev, "aware_corrected") && (ev->occurred == NEVER || !has_reason(o)))
        return refuse(e, n, "aware_corrected needs occurred_at and reason");
    if (is(ev, "reported") && get(o, "channel")) {
        bool other = lf_view_is(lf_json_str(o, "channel"), "other");

        if ((!other && !lf_view_is(lf_json_str(o, "channel"), "platform")) || (other && !has_reason(o)))
            return refuse(e, n, "channel is platform, or other with reason");
    }
    if (is(ev, "extended")) {
        v = get(o, "consent");
        if (!lf_json_str(o, "clock").ptr || ev->until == NEVER || !v || lf_json_kind(v) != LF_JSON_ARRAY)
            return refuse(e, n, "extended needs clock, until and consent");
        for (size_t i = 0; i < count(v); i++)
            if (lf_json_kind(lf_json_item(v, i)) != LF_JSON_STRING)
                return refuse(e, n, "consent is a list of roles");
    }
    if (is(ev, "absorbed") && (ev->aware_at == NEVER || ev->aware_at > ev->time))
        return refuse(e, n, "absorbed needs aware_at, not after time");
    if ((v = get(o, "same_agency")) && lf_json_kind(v) != LF_JSON_TRUE && lf_json_kind(v) != LF_JSON_FALSE)
        return refuse(e, n, "same_agency is true or false");
    return LF_OK;
}

/* ---- instances ---- */

static void note(struct work *w, const struct event *ev, const char *code)
{
    LF_ASSERT(w->nnotes < w->notes_room);
    w->notes[w->nnotes++] = (struct note){ ev->place, code };
}

static int level_of(const struct work *w, const struct view *v)
{
    int64_t n = 1;

    (void)lf_json_int(w->rules, "unknown_level", &n);
    return v->level ? v->level : (int)n;
}

static const struct lf_json *variant_at(const struct lf_json *clock, int level)
{
    const struct lf_json *limits = get(clock, "limits");

    for (size_t i = 0; i < count(limits); i++)
        if (list_has_int(get(lf_json_item(limits, i), "levels"), level))
            return lf_json_item(limits, i);
    return NULL;
}

static int64_t plus(const struct work *w, int64_t start, const struct lf_json *variant)
{
    int64_t n;

    if (lf_json_int(variant, "seconds", &n))
        return start + n;
    if (lf_json_int(variant, "months", &n))
        return lf_clock_add_months(w->tz, start, n);
    return NEVER;
}

static bool in_view(const struct work *w, size_t clock, const struct view *v)
{
    return lf_view_is(lf_json_str(w->clock[clock], "judged_at"), tiers[v->tier]);
}

static bool fits(const struct view *v, const struct lf_json *rule, const struct event *ev, lf_view kind)
{
    const struct lf_json *where = get(rule, "where"), *cond = get(rule, "if");

    if (!list_has(get(rule, "on"), kind))
        return false;
    for (size_t i = 0; i < count(where); i++) {
        const struct lf_json *there = lf_json_get(ev->j, lf_json_key(where, i));
        lf_view key = lf_json_key(where, i);
        lf_view value = lf_json_kind(there) == LF_JSON_STRING ? lf_json_text(there) : (lf_view){ 0 };

        if (!there || lf_json_kind(there) == LF_JSON_NULL)
            value = lf_view_is(key, "stage")     ? LF_V("initial")
                    : lf_view_is(key, "channel") ? LF_V("platform")
                    : lf_view_is(key, "mode")    ? LF_V("online")
                                                 : (lf_view){ 0 };
        if (!value.len || !list_has(lf_json_member(where, i), value))
            return false;
    }
    for (size_t i = 0; i < count(cond); i++) {
        lf_view c = lf_json_text(lf_json_item(cond, i)), rest = c, word;
        unsigned k;
        bool seen;

        if (lf_view_is(c, "makeup_owed")   ? !v->makeup
            : lf_view_is(c, "no_obstacle") ? !v->no_obstacle
                                           : false)
            return false;
        (void)lf_view_split(&rest, ':', &word);
        k = lf_clock_kind(rest);
        seen = k < KINDS && ((v->seen >> k) & 1);
        if ((lf_view_is(word, "seen") && !seen) || (lf_view_is(word, "unseen") && seen))
            return false;
    }
    return true;
}

static void end(struct inst *i, int64_t at, const char *cancel)
{
    i->running = false;
    i->stopped = cancel == NULL;
    i->cancel = cancel;
    i->end = at > i->start ? at : i->start;
}

static void try_start(struct work *w, struct view *v, size_t c, const struct lf_json *rule,
                      const struct event *ev, int64_t occurred, int64_t t)
{
    lf_view repeat = lf_json_str(rule, "repeat");
    const struct inst *newest = NULL;
    bool running = false, this_life = false;
    size_t number = 1;
    struct inst *i;

    for (size_t k = 0; k < w->ninst; k++) {
        if (w->inst[k].clock != c)
            continue;
        number++;
        newest = &w->inst[k];
        running |= newest->running;
        this_life |= newest->life == v->life;
    }
    if ((lf_view_is(repeat, "once") && this_life) || (lf_view_is(repeat, "idle") && running) ||
        (lf_view_is(repeat, "after_stop") && (running || !newest || !newest->stopped)))
        return;
    if (w->ninst == w->room) {
        w->full = true; /* said at the end: a clock left out is no answer */
        return;
    }
    i = &w->inst[w->ninst++];
    *i = (struct inst){ .clock = c, .number = number, .running = true, .end = NEVER, .life = v->life };
    i->by_aware = is(ev, "aware");
    i->start = lf_view_is(lf_json_str(rule, "use"), "occurred") ? occurred : t;
    i->variant = variant_at(w->clock[c], level_of(w, v));
    if (lf_json_bool(rule, "until", false) && ev->until != NEVER) {
        i->fixed = true, i->due = ev->until, i->due_code = "given";
    } else {
        i->due = i->variant ? plus(w, i->start, i->variant) : NEVER;
        i->due_code = i->due == NEVER ? NULL : "limit";
    }
}

static void relevel(struct work *w, struct view *v, int old, int level, int64_t k)
{
    for (size_t n = 0; n < w->ninst; n++) {
        struct inst *i = &w->inst[n];
        const struct lf_json *to, *rule;
        lf_view how;
        int64_t was, will;

        if (!in_view(w, i->clock, v) || !i->running || i->fixed)
            continue;
        to = variant_at(w->clock[i->clock], level);
        if (to == i->variant)
            continue;
        if (!old) {
            i->variant = to;
            i->due = to ? plus(w, i->start, to) : NEVER;
            i->due_code = i->due == NEVER ? NULL : "classified";
            continue;
        }
        if (i->due != NEVER && k > i->due)
            continue;
        was = i->variant ? plus(w, i->start, i->variant) : NEVER;
        will = to ? plus(w, i->start, to) : NEVER;
        if (was == will) {
            i->variant = to;
            continue;
        }
        rule = get(w->clock[i->clock], "on_level_change");
        how = lf_json_str(rule, will < was ? "shorter" : "longer");
        if (lf_view_is(how, "keep"))
            continue;
        i->variant = to;
        if (lf_view_is(how, "min_from_change")) {
            int64_t by = to ? plus(w, k > i->start ? k : i->start, to) : NEVER;

            i->due = by < i->due ? by : i->due;
        } else {
            i->due = will;
        }
        i->due_code = i->due == NEVER ? NULL : will < was ? "shortened" : "lengthened";
    }
}

static int rank_of(const struct work *w, lf_view by)
{
    const struct lf_json *v = lf_json_get(get(w->rules, "rank"), by);
    int64_t n;

    return v && lf_view_i64(lf_json_text(v), &n) ? (int)n : 0;
}

static void set_level(struct work *w, struct view *v, const struct event *ev, int64_t t)
{
    int old = v->level, rank = rank_of(w, ev->by);
    int64_t k = ev->tier == v->tier ? (ev->occurred != NEVER ? ev->occurred : ev->time) : t;

    if (!is(ev, "aware") && !is(ev, "level_changed") && !is(ev, "absorbed") && !is(ev, "reported") &&
        !is(ev, "supplemented") && !is(ev, "reviewed"))
        return;
    if (is(ev, "absorbed")) {
        if (ev->level > v->level)
            v->level = ev->level;
    } else if (!ev->level) {
        if (is(ev, "reviewed") && v->level && rank > v->rank)
            v->rank = rank;
        return;
    } else if (rank > 0 && rank >= v->rank) {
        v->level = ev->level, v->rank = rank;
    } else {
        note(w, ev, "outranked");
        return;
    }
    if (v->level == old)
        return;
    relevel(w, v, old, v->level, k);
    for (size_t c = 0; old && c < w->nclocks; c++) {
        const struct lf_json *start = get(w->clock[c], "start");

        if (!in_view(w, c, v))
            continue;
        for (size_t r = 0; r < count(start); r++)
            if (fits(v, lf_json_item(start, r), ev, LF_V("level_effective"))) {
                try_start(w, v, c, lf_json_item(start, r), ev, k, t);
                break;
            }
    }
}

static void extend(struct work *w, const struct view *v, const struct event *ev, int64_t t)
{
    const struct lf_json *need;
    struct inst *newest = NULL;
    size_t c = 0;

    while (c < w->nclocks && !lf_view_eq(lf_json_str(w->clock[c], "id"), lf_json_str(ev->j, "clock")))
        c++;
    if (c < w->nclocks && !in_view(w, c, v))
        return;
    for (size_t i = 0; i < w->ninst; i++)
        if (w->inst[i].clock == c)
            newest = &w->inst[i];
    need = c < w->nclocks ? get(w->clock[c], "extension") : NULL;
    if (!need || !newest || !newest->running || newest->due == NEVER || t > newest->due ||
        ev->until <= newest->due) {
        note(w, ev, "extension_refused");
        return;
    }
    need = get(need, "consent");
    for (size_t i = 0; i < count(need); i++)
        if (!list_has(get(ev->j, "consent"), lf_json_text(lf_json_item(need, i)))) {
            note(w, ev, "extension_refused");
            return;
        }
    newest->due = ev->until, newest->due_code = "extended", newest->fixed = true;
}

static bool allowed(const struct work *w, const struct view *v, const struct event *ev)
{
    const struct lf_json *list = lf_json_get(get(w->rules, "authority"), ev->name);

    for (size_t i = 0; i < count(list); i++) {
        const struct lf_json *item = lf_json_item(list, i), *levels = get(item, "levels");

        if (!levels || list_has_int(levels, level_of(w, v)))
            return list_has(get(item, "by"), ev->by);
    }
    return true;
}

static void one_event(struct work *w, struct view *v, const struct event *ev)
{
    bool open = lf_view_is(lf_view_of(v->state), "open");
    bool service = is(ev, "abnormal_detected") || is(ev, "abnormal_notified") || is(ev, "request_received") ||
                   is(ev, "support_given") || is(ev, "arrived_on_site") || is(ev, "drill_done") ||
                   is(ev, "drill_reported");
    int64_t t = ev->at[v->tier], occurred = ev->occurred != NEVER ? ev->occurred : ev->time;
    bool same_agency = lf_json_bool(ev->j, "same_agency", false);
    const char *refused = NULL;

    if (ev->kind == KINDS)
        refused = "unknown_kind";
    else if (is(ev, "reopened") && open)
        refused = "not_closed";
    else if (is(ev, "reopened") && lf_view_is(lf_view_of(v->state), "merged"))
        refused = "merged_stays";
    else if (!open && !is(ev, "reopened") && !service)
        refused = "inactive";
    else if (!allowed(w, v, ev))
        refused = "no_authority";
    else if (is(ev, "aware") && v->aware_done)
        refused = "duplicate_aware";
    else if (is(ev, "merged") && !same_agency)
        refused = "merged_other_agency";
    if (refused) {
        note(w, ev, refused);
        return;
    }
    if (is(ev, "reopened")) {
        v->seen = 0, v->life++, v->makeup = false, v->state = "open";
    } else if (is(ev, "reported")) {
        v->makeup = lf_view_is(lf_json_str(ev->j, "channel"), "other");
    } else if (is(ev, "obstacle_begins") || is(ev, "obstacle_ends")) {
        v->no_obstacle = is(ev, "obstacle_ends");
    }
    v->seen |= (uint64_t)1 << ev->kind;
    if (is(ev, "aware")) {
        v->aware_done = true;
        occurred = v->t0;
    }
    if (!is(ev, "reopened"))
        set_level(w, v, ev, t);
    if (is(ev, "not_incident") || is(ev, "merged") || is(ev, "closed")) {
        for (size_t i = 0; i < w->ninst; i++)
            if (w->inst[i].running && in_view(w, w->inst[i].clock, v) &&
                lf_view_is(lf_json_str(w->clock[w->inst[i].clock], "scope"), "incident"))
                end(&w->inst[i], t, kinds[ev->kind]);
        v->state = kinds[ev->kind];
        return;
    }
    if (is(ev, "extended")) {
        extend(w, v, ev, t);
        return;
    }
    if (is(ev, "absorbed") && v->aware_done && ev->aware_at < v->t0) {
        v->t0 = ev->aware_at;
        for (size_t n = 0; same_agency && n < w->ninst; n++) {
            struct inst *i = &w->inst[n];
            int64_t due;

            if (!i->running || !i->by_aware || i->start <= ev->aware_at || !in_view(w, i->clock, v))
                continue;
            i->start = ev->aware_at;
            due = i->variant ? plus(w, i->start, i->variant) : NEVER;
            if (!i->fixed && i->due != NEVER && due < i->due)
                i->due = due, i->due_code = "absorbed";
        }
    }
    for (size_t c = 0; c < w->nclocks; c++) {
        const struct lf_json *list;

        if (!in_view(w, c, v))
            continue;
        list = get(w->clock[c], "cancel");
        for (size_t r = 0; r < count(list); r++)
            for (size_t i = 0; fits(v, lf_json_item(list, r), ev, ev->name) && i < w->ninst; i++)
                if (w->inst[i].clock == c && w->inst[i].running)
                    end(&w->inst[i], t, kinds[ev->kind]);
        list = get(w->clock[c], "start");
        for (size_t r = 0; r < count(list); r++)
            if (fits(v, lf_json_item(list, r), ev, ev->name)) {
                try_start(w, v, c, lf_json_item(list, r), ev, occurred, t);
                break;
            }
        list = get(w->clock[c], "stop");
        for (size_t r = 0; r < count(list); r++) {
            const struct lf_json *rule = lf_json_item(list, r);
            int64_t when = lf_view_is(lf_json_str(rule, "use"), "occurred") ? occurred : t;

            if (!fits(v, rule, ev, ev->name))
                continue;
            for (size_t i = 0; i < w->ninst; i++)
                if (w->inst[i].clock == c && w->inst[i].running && (w->inst[i].variant || w->inst[i].fixed))
                    end(&w->inst[i], when, NULL);
            break;
        }
    }
}

/* ---- the whole ---- */

struct sorted {
    int64_t t;
    const struct event *ev;
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
    const struct note *a = pa, *b = pb;

    if (a->event != b->event)
        return a->event < b->event ? -1 : 1;
    return strcmp(a->code, b->code);
}

/* The same may have been noted in more than one view. */
static void sort_notes(struct work *w)
{
    size_t kept = 0;

    qsort(w->notes, w->nnotes, sizeof *w->notes, by_note);
    for (size_t i = 0; i < w->nnotes; i++)
        if (!kept || by_note(&w->notes[kept - 1], &w->notes[i]) != 0)
            w->notes[kept++] = w->notes[i];
    w->nnotes = kept;
}

static size_t sort_view(struct work *w, const struct event *ev, size_t n, int tier, struct sorted *out,
                        bool loud)
{
    struct view *v = &w->view[tier];
    size_t m = 0;
    int held = 0;

    *v = (struct view){ .tier = tier, .state = "open", .no_obstacle = true, .t0 = NEVER };
    for (size_t i = 0; i < n; i++)
        if (ev[i].at[tier] <= w->at)
            out[m++] = (struct sorted){ ev[i].at[tier], &ev[i] };
    qsort(out, m, sizeof *out, by_time);
    for (size_t i = 0; i < m; i++) {
        const struct event *x = out[i].ev;
        int64_t when = x->occurred != NEVER ? x->occurred : x->time;
        int rank = w->rules ? rank_of(w, x->by) : 0;

        if (is(x, "aware") && v->t0 == NEVER) {
            v->t0 = when, held = rank;
        } else if (is(x, "aware_corrected") && w->rules) {
            if (v->t0 == NEVER || rank <= 0 || rank < held) {
                if (loud)
                    note(w, x, v->t0 == NEVER ? "no_aware" : "outranked");
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

static enum lf_code choose(struct work *w, const struct lf_json *rules, const struct event *ev, size_t n,
                           struct sorted *room, int64_t *date, struct lf_err *e)
{
    bool many = lf_json_kind(rules) == LF_JSON_ARRAY;
    const struct lf_json *best = NULL;

    for (size_t i = 0; i < (many ? count(rules) : 1); i++) {
        const struct lf_json *set = many ? lf_json_item(rules, i) : rules;
        int64_t standard = 0, off = 0, t;

        w->rules = set;
        (void)sort_view(w, ev, n, 0, room, false);
        t = w->view[0].t0 != NEVER ? w->view[0].t0 : w->at;
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
    struct work *w = LF_NEW(a, struct work, 1);
    const struct lf_json *list;
    size_t n = 0, total = count(history);
    struct event *ev;
    struct sorted *room;
    bool aware = false, breached = false;
    enum lf_code rc = LF_OK;
    struct lf_map ids;
    int64_t date = 0;

    LF_TRY(lf_clock_rules_check(rules, e));
    if (lf_json_kind(history) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "history is not a list");
    if (total > EVENTS)
        return lf_err_set(e, LF_TOO_BIG, "history has more than %d events", EVENTS);
    w->a = a;
    w->at = at / LF_SECOND;
    ev = LF_NEW(a, struct event, total + 1);
    room = LF_NEW(a, struct sorted, total + 1);
    lf_map_init(&ids, 0xc10c);
    for (size_t i = 0; i < total && rc == LF_OK; i++) {
        uint64_t there;
        lf_view id;

        rc = read_event(lf_json_item(history, i), i, &ev[n], e);
        id = lf_json_str(ev[n].j, "id");
        if (rc != LF_OK || (id.ptr && lf_map_get(&ids, id, &there)))
            continue;
        if (id.ptr)
            lf_map_set(&ids, id, i);
        aware |= is(&ev[n], "aware");
        n++;
    }
    lf_map_clear(&ids);
    LF_TRY(rc);
    if (!aware)
        return lf_err_set(e, LF_NOT_FOUND, "history has no aware event");
    w->notes_room = n * 6 + 6;
    w->notes = LF_NEW(a, struct note, w->notes_room);
    LF_TRY(choose(w, rules, ev, n, room, &date, e));
    w->tz = lf_json_str(w->rules, "tz");
    list = get(w->rules, "clocks");
    for (size_t i = 0; i < count(list); i++) {
        if (!in_force(lf_json_item(list, i), date))
            continue;
        for (size_t k = 0; k < w->nclocks; k++)
            if (lf_view_eq(lf_json_str(w->clock[k], "id"), lf_json_str(lf_json_item(list, i), "id")))
                return lf_err_set(e, LF_BAD_INPUT, "rules: two clocks %.*s are in force on one day",
                                  LF_FMT(lf_json_str(w->clock[k], "id")));
        LF_ASSERT(w->nclocks < CLOCKS);
        w->clock[w->nclocks++] = lf_json_item(list, i);
    }
    w->room = (n + 1) * (w->nclocks + 1) * 2; /* by the event, and by its level */
    if (w->room > INSTANCES)
        w->room = INSTANCES;
    w->inst = LF_NEW(a, struct inst, w->room);
    for (int x = 0; x < TIERS; x++) {
        size_t m = sort_view(w, ev, n, x, room, true);

        for (size_t i = 0; i < m; i++)
            if (!is(room[i].ev, "aware_corrected"))
                one_event(w, &w->view[x], room[i].ev);
    }
    if (w->full)
        return lf_err_set(e, LF_TOO_BIG, "history starts more than %d clocks", INSTANCES);
    sort_notes(w);
    w->rows = LF_NEW(a, const struct inst *, w->ninst + w->nclocks);
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

size_t lf_clock_rows(const struct lf_clock_result *r)
{
    return ((const struct work *)r->detail)->nrows;
}

struct lf_clock_row lf_clock_row(const struct lf_clock_result *r, size_t n)
{
    const struct work *w = r->detail;
    const struct inst *i = w->rows[n];
    const struct lf_json *clock = w->clock[w->row_clock[n]];
    struct lf_clock_row row = { .clock = lf_json_str(clock, "id"),
                                .who = lf_json_str(clock, "who"),
                                .state = "not_started",
                                .code = "not_started" };
    int64_t now;

    row.zh = lf_json_str(get(clock, "names"), "zh");
    row.en = lf_json_str(get(clock, "names"), "en");
    row.zh = row.zh.len ? row.zh : row.clock;
    row.en = row.en.len ? row.en : row.clock;
    row.id = lf_arena_printf(w->a, "%.*s#%zu", LF_FMT(row.clock), i ? i->number : (size_t)1);
    if (!i)
        return row;
    now = i->end != NEVER ? i->end : w->at;
    row.late_s = i->due != NEVER && now > i->due ? now - i->due : 0;
    row.rule = lf_json_str(i->variant, "id");
    row.started = i->start * LF_SECOND;
    row.due = i->due != NEVER ? i->due * LF_SECOND : 0;
    row.stopped = i->end != NEVER ? i->end * LF_SECOND : 0;
    row.state = row.late_s ? "breached" : i->stopped ? "met" : i->cancel ? "cancelled" : "running";
    row.code = row.late_s && i->stopped  ? "late"
               : row.late_s && i->cancel ? "overdue_cancelled"
               : row.late_s              ? "overdue"
               : i->stopped              ? "met"
               : i->due != NEVER         ? "running"
                                         : "running_no_limit";
    if (i->cancel && !row.late_s)
        row.code = lf_arena_cstr(w->a, lf_arena_printf(w->a, "cancelled_%s", i->cancel));
    if (i->running && !row.late_s && !i->variant && !i->fixed)
        row.state = "not_started", row.code = "not_at_this_level", row.started = 0;
    return row;
}

static void put_time(struct lf_json_w *j, const char *key, int64_t t, bool there)
{
    char text[LF_TIME_TEXT];

    if (there)
        lf_json_put_str(j, key, lf_time_whole(t, text));
    else
        lf_json_put_null(j, key);
}

void lf_clock_write(const struct lf_clock_result *r, struct lf_buf *b)
{
    const struct work *w = r->detail;
    const struct lf_json *percents;
    struct lf_json_w j = lf_json_w(b);

    lf_json_open(&j, '{');
    lf_json_put_str(&j, "ruleset", r->ruleset);
    put_time(&j, "at", w->at * LF_SECOND, true);
    put_time(&j, "aware_at", w->view[0].t0 != NEVER ? w->view[0].t0 * LF_SECOND : 0, w->view[0].t0 != NEVER);
    lf_json_put_cstr(&j, "state", w->view[0].state);
    lf_json_begin(&j, "level", '{');
    for (int x = 0; x < TIERS; x++)
        if (w->view[x].level)
            lf_json_put_int(&j, tiers[x], w->view[x].level);
        else
            lf_json_put_null(&j, tiers[x]);
    lf_json_close(&j);
    lf_json_begin(&j, "clocks", '[');
    for (size_t n = 0; n < w->nrows; n++) {
        struct lf_clock_row row = lf_clock_row(r, n);
        const struct inst *i = w->rows[n];
        int64_t now = i ? (i->end != NEVER ? i->end : w->at) : 0, p;

        lf_json_open(&j, '{');
        lf_json_put_str(&j, "id", row.id);
        lf_json_put_str(&j, "clock", row.clock);
        lf_json_put_str(&j, "who", row.who);
        if (row.rule.ptr)
            lf_json_put_str(&j, "rule", row.rule);
        else
            lf_json_put_null(&j, "rule");
        put_time(&j, "started_at", row.started, i && !lf_view_is(lf_view_of(row.state), "not_started"));
        put_time(&j, "due_at", row.due, i && i->due != NEVER);
        if (i && i->due_code)
            lf_json_put_cstr(&j, "due_code", i->due_code);
        else
            lf_json_put_null(&j, "due_code");
        lf_json_begin(&j, "warned_at", '[');
        percents = get(w->clock[w->row_clock[n]], "warn_percent");
        for (size_t k = 0; i && i->due != NEVER && i->due > i->start && k < count(percents); k++) {
            if (lf_view_i64(lf_json_text(lf_json_item(percents, k)), &p) &&
                i->start + (i->due - i->start) * p / 100 <= now)
                put_time(&j, NULL, (i->start + (i->due - i->start) * p / 100) * LF_SECOND, true);
        }
        lf_json_close(&j);
        put_time(&j, "stopped_at", row.stopped, i && i->end != NEVER);
        lf_json_put_cstr(&j, "state", row.state);
        lf_json_put_int(&j, "late_by_s", row.late_s);
        lf_json_put_cstr(&j, "code", row.code);
        lf_json_close(&j);
    }
    lf_json_close(&j);
    lf_json_begin(&j, "notes", '[');
    for (size_t i = 0; i < w->nnotes; i++) {
        lf_json_open(&j, '{');
        lf_json_put_int(&j, "event", (int64_t)w->notes[i].event);
        lf_json_put_cstr(&j, "code", w->notes[i].code);
        lf_json_close(&j);
    }
    lf_json_close(&j);
    lf_json_close(&j);
}
