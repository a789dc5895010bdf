/* What one event does: starts, stops, cancels and moves the instances of a view (contract A5 to A9). */
#include "engine/clock_priv.h"

static bool list_has(const struct lf_json *list, lf_view text)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_json_kind(lf_json_item(list, i)) == LF_JSON_STRING &&
            lf_view_eq(lf_json_text(lf_json_item(list, i)), text))
            return true;
    return false;
}

static bool list_has_int(const struct lf_json *list, int n)
{
    int64_t x;

    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_i64(lf_json_text(lf_json_item(list, i)), &x) && x == n)
            return true;
    return false;
}

void clock_note(struct clock_work *w, const struct clock_event *ev, const char *code)
{
    LF_ASSERT(w->nnotes < w->notes_room);
    w->notes[w->nnotes++] = (struct clock_note){ ev->place, code };
}

static int level_of(const struct clock_work *w, const struct clock_view *v)
{
    int64_t n = 1;

    (void)lf_json_int(w->rules, "unknown_level", &n);
    return v->level ? v->level : (int)n;
}

static const struct lf_json *variant_at(const struct lf_json *clock, int level)
{
    const struct lf_json *limits = clock_field(clock, "limits");

    for (size_t i = 0; i < lf_json_items(limits); i++)
        if (list_has_int(clock_field(lf_json_item(limits, i), "levels"), level))
            return lf_json_item(limits, i);
    return NULL;
}

static int64_t plus(const struct clock_work *w, int64_t start, const struct lf_json *variant)
{
    int64_t n, takes;

    if (lf_json_int(variant, "seconds", &n))
        takes = n;
    else if (lf_json_int(variant, "months", &n))
        takes = lf_clock_add_months(w->tz, start, n) - start;
    else
        return CLOCK_NEVER;
    return start + (takes + w->speed - 1) / w->speed;
}

static bool in_view(const struct clock_work *w, size_t clock, const struct clock_view *v)
{
    return lf_view_is(lf_json_str(w->clock[clock], "judged_at"), clock_tiers[v->tier]);
}

static bool fits(const struct clock_view *v, const struct lf_json *rule, const struct clock_event *ev,
                 lf_view kind)
{
    const struct lf_json *where = clock_field(rule, "where"), *cond = clock_field(rule, "if");

    if (!list_has(clock_field(rule, "on"), kind))
        return false;
    for (size_t i = 0; i < lf_json_members(where); i++) {
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
    for (size_t i = 0; i < lf_json_items(cond); i++) {
        lf_view c = lf_json_text(lf_json_item(cond, i)), rest = c, word;
        unsigned k;
        bool seen;

        if (lf_view_is(c, "makeup_owed")   ? !v->makeup
            : lf_view_is(c, "no_obstacle") ? !v->no_obstacle
                                           : false)
            return false;
        (void)lf_view_split(&rest, ':', &word);
        k = lf_clock_kind(rest);
        seen = k < LF_CLOCK_KINDS && ((v->seen >> k) & 1);
        if ((lf_view_is(word, "seen") && !seen) || (lf_view_is(word, "unseen") && seen))
            return false;
    }
    return true;
}

static void end(struct clock_inst *i, int64_t at, const char *cancel)
{
    i->running = false;
    i->stopped = cancel == NULL;
    i->cancel = cancel;
    i->end = at > i->start ? at : i->start;
}

static void try_start(struct clock_work *w, struct clock_view *v, size_t c, const struct lf_json *rule,
                      const struct clock_event *ev, int64_t occurred, int64_t t)
{
    lf_view repeat = lf_json_str(rule, "repeat");
    const struct clock_inst *newest = NULL;
    bool running = false, this_life = false;
    size_t number = 1;
    struct clock_inst *i;

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
    *i = (struct clock_inst){
        .clock = c, .number = number, .running = true, .end = CLOCK_NEVER, .life = v->life
    };
    i->by_aware = clock_is(ev, "aware");
    i->start = lf_view_is(lf_json_str(rule, "use"), "occurred") ? occurred : t;
    i->variant = variant_at(w->clock[c], level_of(w, v));
    if (lf_json_bool(rule, "until", false) && ev->until != CLOCK_NEVER) {
        i->fixed = true, i->due = ev->until, i->due_code = "given";
    } else {
        i->due = i->variant ? plus(w, i->start, i->variant) : CLOCK_NEVER;
        i->due_code = i->due == CLOCK_NEVER ? NULL : "limit";
    }
}

static void relevel(struct clock_work *w, struct clock_view *v, int old, int level, int64_t k)
{
    for (size_t n = 0; n < w->ninst; n++) {
        struct clock_inst *i = &w->inst[n];
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
            i->due = to ? plus(w, i->start, to) : CLOCK_NEVER;
            i->due_code = i->due == CLOCK_NEVER ? NULL : "classified";
            continue;
        }
        if (i->due != CLOCK_NEVER && k > i->due)
            continue;
        was = i->variant ? plus(w, i->start, i->variant) : CLOCK_NEVER;
        will = to ? plus(w, i->start, to) : CLOCK_NEVER;
        if (was == will) {
            i->variant = to;
            continue;
        }
        rule = clock_field(w->clock[i->clock], "on_level_change");
        how = lf_json_str(rule, will < was ? "shorter" : "longer");
        if (lf_view_is(how, "keep"))
            continue;
        i->variant = to;
        if (lf_view_is(how, "min_from_change")) {
            int64_t by = to ? plus(w, k > i->start ? k : i->start, to) : CLOCK_NEVER;

            i->due = by < i->due ? by : i->due;
        } else {
            i->due = will;
        }
        i->due_code = i->due == CLOCK_NEVER ? NULL : will < was ? "shortened" : "lengthened";
    }
}

int clock_rank(const struct clock_work *w, lf_view by)
{
    const struct lf_json *v = lf_json_get(clock_field(w->rules, "rank"), by);
    int64_t n;

    return v && lf_view_i64(lf_json_text(v), &n) ? (int)n : 0;
}

static void set_level(struct clock_work *w, struct clock_view *v, const struct clock_event *ev, int64_t t)
{
    int old = v->level, rank = clock_rank(w, ev->by);
    int64_t k = ev->tier == v->tier ? (ev->occurred != CLOCK_NEVER ? ev->occurred : ev->time) : t;

    if (!clock_is(ev, "aware") && !clock_is(ev, "level_changed") && !clock_is(ev, "absorbed") &&
        !clock_is(ev, "reported") && !clock_is(ev, "supplemented") && !clock_is(ev, "reviewed"))
        return;
    if (clock_is(ev, "absorbed")) {
        if (ev->level > v->level)
            v->level = ev->level;
    } else if (!ev->level) {
        if (clock_is(ev, "reviewed") && v->level && rank > v->rank)
            v->rank = rank;
        return;
    } else if (rank > 0 && rank >= v->rank) {
        v->level = ev->level, v->rank = rank;
    } else {
        clock_note(w, ev, "outranked");
        return;
    }
    if (v->level == old)
        return;
    relevel(w, v, old, v->level, k);
    for (size_t c = 0; old && c < w->nclocks; c++) {
        const struct lf_json *start = clock_field(w->clock[c], "start");

        if (!in_view(w, c, v))
            continue;
        for (size_t r = 0; r < lf_json_items(start); r++)
            if (fits(v, lf_json_item(start, r), ev, LF_V("level_effective"))) {
                try_start(w, v, c, lf_json_item(start, r), ev, k, t);
                break;
            }
    }
}

static void extend(struct clock_work *w, const struct clock_view *v, const struct clock_event *ev, int64_t t)
{
    const struct lf_json *need;
    struct clock_inst *newest = NULL;
    size_t c = 0;

    while (c < w->nclocks && !lf_view_eq(lf_json_str(w->clock[c], "id"), lf_json_str(ev->j, "clock")))
        c++;
    if (c < w->nclocks && !in_view(w, c, v))
        return;
    for (size_t i = 0; i < w->ninst; i++)
        if (w->inst[i].clock == c)
            newest = &w->inst[i];
    need = c < w->nclocks ? clock_field(w->clock[c], "extension") : NULL;
    if (!need || !newest || !newest->running || newest->due == CLOCK_NEVER || t > newest->due ||
        ev->until <= newest->due) {
        clock_note(w, ev, "extension_refused");
        return;
    }
    need = clock_field(need, "consent");
    for (size_t i = 0; i < lf_json_items(need); i++)
        if (!list_has(clock_field(ev->j, "consent"), lf_json_text(lf_json_item(need, i)))) {
            clock_note(w, ev, "extension_refused");
            return;
        }
    newest->due = ev->until, newest->due_code = "extended", newest->fixed = true;
}

static bool allowed(const struct clock_work *w, const struct clock_view *v, const struct clock_event *ev)
{
    const struct lf_json *list = lf_json_get(clock_field(w->rules, "authority"), ev->name);

    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *item = lf_json_item(list, i), *levels = clock_field(item, "levels");

        if (!levels || list_has_int(levels, level_of(w, v)))
            return list_has(clock_field(item, "by"), ev->by);
    }
    return true;
}

void clock_step(struct clock_work *w, struct clock_view *v, const struct clock_event *ev)
{
    bool open = lf_view_is(lf_view_of(v->state), "open");
    bool service = clock_is(ev, "abnormal_detected") || clock_is(ev, "abnormal_notified") ||
                   clock_is(ev, "request_received") || clock_is(ev, "support_given") ||
                   clock_is(ev, "arrived_on_site") || clock_is(ev, "drill_done") ||
                   clock_is(ev, "drill_reported");
    int64_t t = ev->at[v->tier], occurred = ev->occurred != CLOCK_NEVER ? ev->occurred : ev->time;
    bool same_agency = lf_json_bool(ev->j, "same_agency", false);
    const char *refused = NULL;

    if (ev->kind == LF_CLOCK_KINDS)
        refused = "unknown_kind";
    else if (clock_is(ev, "reopened") && open)
        refused = "not_closed";
    else if (clock_is(ev, "reopened") && lf_view_is(lf_view_of(v->state), "merged"))
        refused = "merged_stays";
    else if (!open && !clock_is(ev, "reopened") && !service)
        refused = "inactive";
    else if (!allowed(w, v, ev))
        refused = "no_authority";
    else if (clock_is(ev, "aware") && v->aware_done)
        refused = "duplicate_aware";
    else if (clock_is(ev, "merged") && !same_agency)
        refused = "merged_other_agency";
    if (refused) {
        clock_note(w, ev, refused);
        return;
    }
    if (clock_is(ev, "reopened")) {
        v->seen = 0, v->life++, v->makeup = false, v->state = "open";
    } else if (clock_is(ev, "reported")) {
        v->makeup = lf_view_is(lf_json_str(ev->j, "channel"), "other");
    } else if (clock_is(ev, "obstacle_begins") || clock_is(ev, "obstacle_ends")) {
        v->no_obstacle = clock_is(ev, "obstacle_ends");
    }
    v->seen |= (uint64_t)1 << ev->kind;
    if (clock_is(ev, "aware")) {
        v->aware_done = true;
        occurred = v->t0;
    }
    if (!clock_is(ev, "reopened"))
        set_level(w, v, ev, t);
    if (clock_is(ev, "not_incident") || clock_is(ev, "merged") || clock_is(ev, "closed")) {
        for (size_t i = 0; i < w->ninst; i++)
            if (w->inst[i].running && in_view(w, w->inst[i].clock, v) &&
                lf_view_is(lf_json_str(w->clock[w->inst[i].clock], "scope"), "incident"))
                end(&w->inst[i], t, clock_kinds[ev->kind]);
        v->state = clock_kinds[ev->kind];
        return;
    }
    if (clock_is(ev, "extended")) {
        extend(w, v, ev, t);
        return;
    }
    if (clock_is(ev, "absorbed") && v->aware_done && ev->aware_at < v->t0) {
        v->t0 = ev->aware_at;
        for (size_t n = 0; same_agency && n < w->ninst; n++) {
            struct clock_inst *i = &w->inst[n];
            int64_t due;

            if (!i->running || !i->by_aware || i->start <= ev->aware_at || !in_view(w, i->clock, v))
                continue;
            i->start = ev->aware_at;
            due = i->variant ? plus(w, i->start, i->variant) : CLOCK_NEVER;
            if (!i->fixed && i->due != CLOCK_NEVER && due < i->due)
                i->due = due, i->due_code = "absorbed";
        }
    }
    for (size_t c = 0; c < w->nclocks; c++) {
        const struct lf_json *list;

        if (!in_view(w, c, v))
            continue;
        list = clock_field(w->clock[c], "cancel");
        for (size_t r = 0; r < lf_json_items(list); r++)
            for (size_t i = 0; fits(v, lf_json_item(list, r), ev, ev->name) && i < w->ninst; i++)
                if (w->inst[i].clock == c && w->inst[i].running)
                    end(&w->inst[i], t, clock_kinds[ev->kind]);
        list = clock_field(w->clock[c], "start");
        for (size_t r = 0; r < lf_json_items(list); r++)
            if (fits(v, lf_json_item(list, r), ev, ev->name)) {
                try_start(w, v, c, lf_json_item(list, r), ev, occurred, t);
                break;
            }
        list = clock_field(w->clock[c], "stop");
        for (size_t r = 0; r < lf_json_items(list); r++) {
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
