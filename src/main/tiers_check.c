/* What the three tiers hold in the end, compared: with each other, and with the run without faults. */
#include "main/tiers_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "cert/incident.h"
#include "engine/clock.h"

/* rules/clock/tw-2026.json, embedded by the build. */
extern const char clock_tw_2026[];
extern const size_t clock_tw_2026_len;

/* Two clocks of nodes that are up to 2 s off, and whole seconds. */
#define SLACK (6 * LF_SECOND)
/* In peace nothing takes longer to arrive. */
#define ARRIVES (30 * LF_SECOND)

static bool bad(struct tiers_run *x, const char *fmt, ...) LF_PRINTF(2, 3);
static bool bad(struct tiers_run *x, const char *fmt, ...)
{
    char text[LF_FEDERATION_WHY];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fed_broke(&x->w, "%s", text);
    return false;
}

static const char *const tier_name[TIERS] = { "the provider", "the sector", "the nation" };

/* ---- gathering ----------------------------------------------------------------------------- */

static void copy(char *out, size_t size, lf_view v)
{
    (void)snprintf(out, size, "%.*s", LF_FMT(v));
}

static void take_clock(struct tiers_clock *list, size_t *n, const struct lf_clock_row *r)
{
    if (!r->started || *n == TIERS_CLOCKS)
        return;
    copy(list[*n].id, sizeof list->id, r->clock);
    copy(list[*n].state, sizeof list->state, lf_view_of(r->state));
    list[*n].started = r->started;
    list[*n].due = r->due;
    list[(*n)++].stopped = r->stopped;
}

/* As the events alone say, whenever they came. */
static enum lf_code judge(struct tiers_case *c, struct lf_arena *a, const struct lf_incident_full *full,
                          lf_time at, struct lf_err *e)
{
    lf_time *received = LF_NEW(a, lf_time, full->nevents + 1);
    const struct lf_json *rules, *history;
    struct lf_clock_result judged;
    enum lf_code rc;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_incident_history(a, &b, &full->state, full->events, received, full->state.tier);
    rc = lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&b)), NULL, &history, e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    LF_TRY(lf_json_parse(a, (lf_view){ clock_tw_2026, clock_tw_2026_len }, NULL, &rules, e));
    LF_TRY(lf_clock_judge(a, rules, history, at, &judged, e));
    for (size_t i = 0; i < lf_clock_rows(&judged); i++) {
        struct lf_clock_row row = lf_clock_row(&judged, i);

        take_clock(c->pure, &c->npure, &row);
    }
    return LF_OK;
}

static void take_state(struct tiers_case *c, const struct lf_incident_state *s)
{
    int n = snprintf(
        c->state, sizeof c->state,
        "%s, %s, level %d by %d, title %.*s, category %.*s, tlp %d, aware %lld, %zu refused, %zu "
        "missing, %zu measures, %zu events%s%s",
        lf_review_name(s->review), lf_handling_name(s->handling), s->level, s->level_rank, LF_FMT(s->title),
        LF_FMT(s->category), s->tlp, (long long)s->aware_at, s->refused, s->missing, s->nmeasures, s->nevents,
        s->corroborated ? ", corroborated" : "", s->exercise ? ", exercise" : "");

    LF_ASSERT(n > 0 && (size_t)n < sizeof c->state);
    (void)snprintf(c->settled, sizeof c->settled, "%zu settled, %zu rivals, %zu heads", s->conflicts,
                   s->nrivals, s->nheads);
}

struct gather {
    struct tiers_run *x;
    unsigned incident;
    struct tiers_case *c;
    lf_time at;
};

static enum lf_code gather(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct gather *g = ctx;
    struct tiers_case *c = g->c;
    struct lf_incident_full full;

    LF_TRY(lf_incident_get(t, lf_view_of(g->x->incident[g->incident]), &full, e));
    if (full.nevents > TIERS_EVENTS)
        return lf_err_set(e, LF_TOO_BIG, "more than %d events", TIERS_EVENTS);
    c->there = true;
    for (size_t i = 0; i < full.nevents; i++) {
        struct tiers_event *ev = &c->event[c->nevents++];

        copy(ev->id, sizeof ev->id, full.events[i]->id);
        copy(ev->kind, sizeof ev->kind, full.events[i]->kind);
        ev->act = tiers_act_of(full.events[i]->body);
        ev->recorded = full.events[i]->recorded;
    }
    take_state(c, &full.state);
    for (size_t i = 0; i < full.nrows; i++)
        take_clock(c->own, &c->nown, &full.rows[i]);
    return judge(c, t->a, &full, g->at, e);
}

/* For the one who looks for the reason. */
static void tell(struct tiers_run *x, int tier, unsigned incident)
{
    const struct tiers_case *c = &x->held[tier][incident];

    fed_say(&x->w, "%s holds of case %u, %s:", tier_name[tier], incident, c->state);
    for (size_t i = 0; i < c->nevents && x->w.o.verbose; i++)
        fed_say(&x->w, "  %-20s of step %d, recorded %lld", c->event[i].kind, c->event[i].act,
                (long long)c->event[i].recorded / LF_SECOND);
    for (size_t i = 0; i < c->npure && x->w.o.verbose; i++)
        fed_say(&x->w, "  %s %lld to %lld, due %lld by the events, %s %lld to %lld, due %lld here",
                c->pure[i].id, (long long)c->pure[i].started / LF_SECOND,
                (long long)c->pure[i].stopped / LF_SECOND, (long long)c->pure[i].due / LF_SECOND,
                c->own[i].id, (long long)c->own[i].started / LF_SECOND,
                (long long)c->own[i].stopped / LF_SECOND, (long long)c->own[i].due / LF_SECOND);
}

bool tiers_gather(struct tiers_run *x)
{
    for (int tier = FED_PROVIDER; tier <= FED_NATION; tier++)
        for (unsigned i = 0; i < x->script->incidents; i++) {
            struct gather g = { .x = x,
                                .incident = i,
                                .c = &x->held[tier][i],
                                .at = FED_BEGINNING + LF_HOUR + lf_sim_tick(x->w.sim) + LF_MINUTE };

            *g.c = (struct tiers_case){ 0 };
            if (!fed_look(tiers_node(x, (enum fed_tier)tier), gather, &g)) {
                (void)snprintf(x->w.r->broken, sizeof x->w.r->broken, "%s cannot tell of case %u",
                               tier_name[tier], i);
                return false;
            }
        }
    return true;
}

/* ---- the same at all three ------------------------------------------------------------------- */

static const char *judged_at(const char *clock)
{
    static const struct {
        const char *clock, *tier;
    } of[] = { { "C1", "provider" }, { "C2", "sector" },   { "C3", "sector" },
               { "C4", "provider" }, { "C5", "provider" }, { "C6", "provider" } };

    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (strcmp(of[i].clock, clock) == 0)
            return of[i].tier;
    return "";
}

static bool judged_here(const char *clock, int tier)
{
    static const char *const names[TIERS] = { "provider", "sector", "nation" };

    return strcmp(judged_at(clock), names[tier]) == 0 && strcmp(clock, "C1") != 0;
}

static bool other_clock(struct tiers_run *x, int tier, unsigned incident, const struct tiers_clock *own,
                        const struct tiers_clock *pure)
{
    return bad(
        x,
        "clock %s of case %u at %s began %lld, is due %lld, ended %lld; its events say %s, %lld, %lld, %lld",
        own->id, incident, tier_name[tier], (long long)own->started, (long long)own->due,
        (long long)own->stopped, pure->id, (long long)pure->started, (long long)pure->due,
        (long long)pure->stopped);
}

/* A node knows when the other tiers' acts came to itself, and counts the clocks of its own tier from there
 * (docs/known-gaps.md): where something came late a clock of its own may begin later, and a level that came
 * in another order may have begun others.  All else is told by the events and the same everywhere. */
static bool own_clocks(struct tiers_run *x, int tier, unsigned incident)
{
    static const struct tiers_clock none;
    const struct tiers_case *c = &x->held[tier][incident];
    size_t i = 0, k = 0;

    for (;; i++, k++) {
        const struct tiers_clock *own, *pure;

        while (x->cut && i < c->nown && judged_here(c->own[i].id, tier))
            i++;
        while (x->cut && k < c->npure && judged_here(c->pure[k].id, tier))
            k++;
        if (i == c->nown && k == c->npure)
            break;
        own = i < c->nown ? &c->own[i] : &none;
        pure = k < c->npure ? &c->pure[k] : &none;
        if (strcmp(own->id, pure->id) != 0 || own->started < pure->started ||
            own->started > pure->started + (judged_here(own->id, tier) ? ARRIVES : 0) ||
            own->due < pure->due || own->due > pure->due + (judged_here(own->id, tier) ? ARRIVES : 0) ||
            own->stopped < pure->stopped ||
            own->stopped > pure->stopped + (judged_here(own->id, tier) ? ARRIVES : 0))
            return other_clock(x, tier, incident, own, pure);
    }
    for (k = 0; x->cut && k < c->npure; k++)
        for (i = 0; judged_here(c->pure[k].id, tier) && i < c->nown; i++) {
            if (strcmp(c->own[i].id, c->pure[k].id) != 0)
                continue;
            /* The first of each: no earlier than what it runs from. */
            if (c->own[i].started < c->pure[k].started &&
                (!k || strcmp(c->pure[k - 1].id, c->pure[k].id) != 0))
                return other_clock(x, tier, incident, &c->own[i], &c->pure[k]);
            break;
        }
    return true;
}

static bool same_clocks(const struct tiers_case *a, const struct tiers_case *b)
{
    return a->npure == b->npure && memcmp(a->pure, b->pure, a->npure * sizeof *a->pure) == 0;
}

bool tiers_alike(struct tiers_run *x)
{
    for (int tier = FED_PROVIDER; tier <= FED_NATION; tier++)
        for (unsigned i = 0; i < x->script->incidents; i++)
            tell(x, tier, i);
    for (unsigned i = 0; i < x->script->incidents; i++) {
        const struct tiers_case *first = &x->held[FED_PROVIDER][i];

        for (int tier = FED_SECTOR; tier <= FED_NATION; tier++) {
            const struct tiers_case *c = &x->held[tier][i];

            if (c->nevents != first->nevents)
                return bad(x, "case %u has %zu events at the provider and %zu at %s", i, first->nevents,
                           c->nevents, tier_name[tier]);
            for (size_t k = 0; k < c->nevents; k++)
                if (strcmp(c->event[k].id, first->event[k].id) != 0)
                    return bad(x, "event %zu of case %u is \"%s\" at the provider and \"%s\" at %s", k, i,
                               first->event[k].kind, c->event[k].kind, tier_name[tier]);
            if (strcmp(c->state, first->state) != 0 || strcmp(c->settled, first->settled) != 0)
                return bad(x, "case %u is %s, %s at the provider and %s, %s at %s", i, first->state,
                           first->settled, c->state, c->settled, tier_name[tier]);
            if (!same_clocks(c, first))
                return bad(x, "the clocks of case %u are others at %s than at the provider", i,
                           tier_name[tier]);
        }
        for (int tier = FED_PROVIDER; tier <= FED_NATION; tier++)
            if (!own_clocks(x, tier, i))
                return false;
    }
    return true;
}

/* ---- the same as without faults ---------------------------------------------------------------- */

/* The same event of the other run: of the same step and kind, or the n-th of its kind that the nodes recorded
 * of themselves. */
static const struct tiers_event *same_event(const struct tiers_case *here, size_t i,
                                            const struct tiers_case *there)
{
    const struct tiers_event *ev = &here->event[i];
    size_t nth = 0;

    for (size_t k = 0; k < i; k++)
        nth += here->event[k].act == ev->act && strcmp(here->event[k].kind, ev->kind) == 0;
    for (size_t k = 0; k < there->nevents; k++)
        if (there->event[k].act == ev->act && strcmp(there->event[k].kind, ev->kind) == 0 && nth-- == 0)
            return &there->event[k];
    return NULL;
}

struct shifts {
    lf_time least, most;     /* of all events */
    bool level;              /* what the limits go by came at another time */
    bool control;            /* an end of the damage and a level came in another order */
    lf_time report, receipt; /* of the first of these */
};

static bool one_of(const char *kind, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(kind, list[i]) == 0)
            return true;
    return false;
}
#define ONE_OF(kind, list) one_of(kind, list, sizeof(list) / sizeof *(list))

/* A clock runs until its end is on record (contracts A7): a change of level that is on record before the
 * control moves its due, one that is after it does not. */
static bool control_moved(const struct tiers_case *peace, const struct tiers_case *cut)
{
    static const char *const ends[] = { "controlled", "recovered" };
    static const char *const levels[] = { "aware",    "level_changed", "absorbed",
                                          "reported", "supplemented",  "reviewed" };

    for (size_t i = 0; i < cut->nevents; i++)
        for (size_t k = 0; ONE_OF(cut->event[i].kind, ends) && k < cut->nevents; k++) {
            const struct tiers_event *end = same_event(cut, i, peace), *level = same_event(cut, k, peace);

            if (ONE_OF(cut->event[k].kind, levels) &&
                (cut->event[i].recorded < cut->event[k].recorded) != (end->recorded < level->recorded))
                return true;
        }
    return false;
}

static bool events_fit(struct tiers_run *x, unsigned incident, const struct tiers_case *peace,
                       const struct tiers_case *cut, struct shifts *s)
{
    bool reported = false, received = false;

    *s = (struct shifts){ 0 };
    if (peace->nevents != cut->nevents)
        return bad(x, "case %u has %zu events without faults and %zu with them", incident, peace->nevents,
                   cut->nevents);
    for (size_t i = 0; i < cut->nevents; i++) {
        const struct tiers_event *ev = &cut->event[i], *was = same_event(cut, i, peace);
        lf_time shift;

        if (!was)
            return bad(x, "\"%s\" of step %d in case %u is not there without faults, or once less", ev->kind,
                       ev->act, incident);
        shift = ev->recorded - was->recorded;
        if (ev->act >= 0 && shift && !x->did[ev->act].waited)
            return bad(x, "step %d, \"%s\", was done at its time and is recorded %.3f s off", ev->act,
                       ev->kind, (double)shift / 1e6);
        if (shift < s->least)
            s->least = shift;
        if (shift > s->most)
            s->most = shift;
        if (shift && (strcmp(ev->kind, "received_by_reviewer") == 0 || strcmp(ev->kind, "reviewed") == 0 ||
                      strcmp(ev->kind, "level_changed") == 0))
            s->level = true;
        if (strcmp(ev->kind, "reported") == 0 && !reported)
            s->report = shift, reported = true;
        if (strcmp(ev->kind, "received_by_reviewer") == 0 && !received)
            s->receipt = shift, received = true;
    }
    s->control = control_moved(peace, cut); /* each has its like without faults, as was seen above */
    return true;
}

/* The reviewer's receipt against what the world saw of the way there. */
static bool receipt_fits(struct tiers_run *x, unsigned incident, const struct tiers_case *cut,
                         const struct tiers_clock *c2)
{
    const struct tiers_receipt *r = &x->receipt[incident];
    lf_time wall = FED_BEGINNING + LF_HOUR + x->script->skew[FED_SECTOR], at = 0;

    for (size_t i = 0; i < cut->nevents && !at; i++)
        if (strcmp(cut->event[i].kind, "received_by_reviewer") == 0)
            at = cut->event[i].recorded;
    if (!at || !r->sights)
        return bad(x, "case %u has no receipt", incident);
    if (at < wall + r->held - LF_SECOND)
        return bad(x, "case %u is received %.0f s before the way to its reviewer was open", incident,
                   (double)(wall + r->held - at) / 1e6);
    if (at > wall + r->by)
        return bad(x, "case %u was seen %.0f s before its receipt says so", incident,
                   (double)(at - wall - r->by) / 1e6);
    if (c2 && (c2->started < at - SLACK || c2->started > at + SLACK))
        return bad(x, "the clock from the receipt of case %u begins %.0f s after it", incident,
                   (double)(c2->started - at) / 1e6);
    return true;
}

static bool within(lf_time shift, lf_time least, lf_time most)
{
    return shift >= least - SLACK && shift <= most + SLACK;
}

/* What a clock may have moved by: from awareness not at all. */
static bool clock_fits(struct tiers_run *x, unsigned incident, const struct tiers_clock *was,
                       const struct tiers_clock *is, bool first, const struct shifts *s)
{
    bool c1 = strcmp(is->id, "C1") == 0 && first, c2 = strcmp(is->id, "C2") == 0 && first;
    bool c4 = strcmp(is->id, "C4") == 0 && first, c5 = strcmp(is->id, "C5") == 0 && first;
    lf_time started = is->started - was->started, due = is->due - was->due,
            stopped = is->stopped - was->stopped;

    if (strcmp(is->id, was->id) != 0 || !is->due != !was->due || !is->stopped != !was->stopped)
        return bad(x, "clock %s of case %u is %s without faults, and %s is %s with them", was->id, incident,
                   was->state, is->id, is->state);
    if ((c1 || c4 || c5) && started)
        return bad(x, "clock %s of case %u runs from awareness or completion and moved by %.0f s", is->id,
                   incident, (double)started / 1e6);
    if (is->due && is->due <= is->started)
        return bad(x, "clock %s of case %u is due before it begins", is->id, incident);
    if ((c1 || c5) && due)
        return bad(x, "clock %s of case %u is due %.0f s off", is->id, incident, (double)due / 1e6);
    /* Awareness may be put right to after the report: then the clock ends as it begins, in one run or both.
     */
    if (c1 && !within(stopped, s->report, s->report) &&
        !((was->stopped == was->started || is->stopped == is->started) &&
          within(stopped, s->report < 0 ? s->report : 0, s->report > 0 ? s->report : 0)))
        return bad(x, "the first report's clock of case %u ends %.0f s off, the report is %.0f s off",
                   incident, (double)stopped / 1e6, (double)s->report / 1e6);
    if (c2 && !within(started, s->receipt, s->receipt))
        return bad(x, "the review's clock of case %u begins %.0f s off, the receipt is %.0f s off", incident,
                   (double)started / 1e6, (double)s->receipt / 1e6);
    if (c4 && was->stopped && stopped)
        return bad(x, "control of case %u was at one time and its clock ends %.0f s off", incident,
                   (double)stopped / 1e6);
    /* Where a level met a clock that had not begun, or was over, another limit stands. */
    if (!within(started, s->least, s->most) ||
        (!s->level && !(c4 && s->control) && !within(due, s->least, s->most)) ||
        !within(stopped, s->least, s->most))
        return bad(
            x,
            "clock %s of case %u moved by %.0f s at its beginning, %.0f s when due, %.0f s at its end; "
            "its events by %.0f to %.0f s",
            is->id, incident, (double)started / 1e6, (double)due / 1e6, (double)stopped / 1e6,
            (double)s->least / 1e6, (double)s->most / 1e6);
    return true;
}

static bool first_of(const struct tiers_case *c, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(c->pure[k].id, c->pure[i].id) == 0)
            return false;
    return true;
}

static bool case_fits(struct tiers_run *x, unsigned i, const struct tiers_case *peace,
                      const struct tiers_case *cut, lf_time *late)
{
    const struct tiers_clock *c2 = NULL;
    struct shifts s;

    if (strcmp(peace->state, cut->state) != 0)
        return bad(x, "case %u is %s without faults and %s with them", i, peace->state, cut->state);
    if (!events_fit(x, i, peace, cut, &s))
        return false;
    if (peace->npure != cut->npure)
        return bad(x, "case %u has %zu clocks without faults and %zu with them", i, peace->npure, cut->npure);
    for (size_t k = 0; k < cut->npure; k++) {
        if (strcmp(cut->pure[k].id, "C2") == 0 && !c2)
            c2 = &cut->pure[k];
        if (!clock_fits(x, i, &peace->pure[k], &cut->pure[k], first_of(cut, k), &s))
            return false;
    }
    if (s.receipt > *late)
        *late = s.receipt;
    return receipt_fits(x, i, cut, c2);
}

bool tiers_compare(struct tiers_run *peace, struct tiers_run *cut, lf_time *late)
{
    for (size_t i = 0; i < peace->script->n; i++)
        if (peace->did[i].waited)
            return bad(cut, "without any fault step %zu had to wait", i);
    for (unsigned i = 0; i < cut->script->incidents; i++)
        if (!case_fits(cut, i, &peace->held[FED_PROVIDER][i], &cut->held[FED_PROVIDER][i], late))
            return false;
    return true;
}

void tiers_hash(const struct tiers_run *x, uint8_t out[LF_SHA256])
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    for (int tier = FED_PROVIDER; tier <= FED_NATION; tier++)
        for (unsigned i = 0; i < x->script->incidents; i++) {
            const struct tiers_case *c = &x->held[tier][i];

            lf_buf_printf(&b, "%s\n", c->state);
            for (size_t k = 0; k < c->nevents; k++)
                lf_buf_printf(&b, "%s %lld\n", c->event[k].id, (long long)c->event[k].recorded);
            for (size_t k = 0; k < c->nown; k++)
                lf_buf_printf(&b, "%s %s %lld %lld %lld\n", c->own[k].id, c->own[k].state,
                              (long long)c->own[k].started, (long long)c->own[k].due,
                              (long long)c->own[k].stopped);
        }
    lf_sha256(lf_buf_view(&b), out);
    lf_buf_clear(&b);
}
