#include "cert/statistic.h"

#include "cert/incident_priv.h"
#include "cert/statistic_priv.h"
#include "cert/unit.h"
#include "ident/node.h"
#include "store/query_statistic.h"

enum { NEVER = -1 };

/* ---- what is counted of one incident ---- */

struct fact {
    int64_t month, sector, report_s, review_s, control_s;
    lf_time late_from;
    lf_view late_clocks; /* those that were stopped late, a line each */
};

static int64_t seconds(lf_time from, lf_time to)
{
    return !from || !to ? NEVER : to > from ? (to - from) / LF_SECOND : 0;
}

static void times_of(struct fact *f, const struct lf_incident_state *s,
                     const struct lf_incident_event *const *order)
{
    lf_time reviewed = 0, controlled = 0;

    for (size_t i = 0; i < s->nevents; i++) {
        const struct lf_incident_event *ev = order[i];

        if (s->outcomes[i] != LF_OUTCOME_APPLIED && s->outcomes[i] != LF_OUTCOME_OUTRANKED)
            continue;
        if (!reviewed && lf_view_is(ev->kind, "reviewed"))
            reviewed = ev->recorded;
        if (!controlled && (lf_view_is(ev->kind, "controlled") || lf_view_is(ev->kind, "recovered")))
            controlled = ev->occurred;
    }
    f->report_s = seconds(s->aware_at, s->reported_at);
    f->review_s = seconds(s->reported_at, reviewed);
    f->control_s = seconds(s->aware_at, controlled);
}

static lf_time late_from(const struct lf_clock_result *judged)
{
    lf_time from = LF_TIME_MAX;

    for (size_t i = 0; judged && i < lf_clock_rows(judged); i++) {
        struct lf_clock_row c = lf_clock_row(judged, i);

        if (c.due && c.stopped && c.late_s)
            return 0;
        if (c.due && !c.stopped && c.due < from)
            from = c.due;
    }
    return from;
}

bool statistic_next_clock(lf_view *list, lf_view *clock)
{
    size_t end = lf_view_find(*list, LF_V("\n"));

    if (!list->len)
        return false;
    *clock = end == SIZE_MAX ? *list : lf_view_first(*list, end);
    *list = end == SIZE_MAX ? LF_V("") : lf_view_from(*list, end + 1);
    return true;
}

static bool has_clock(lf_view list, lf_view clock)
{
    lf_view one;

    while (statistic_next_clock(&list, &one))
        if (lf_view_eq(one, clock))
            return true;
    return false;
}

/* Each clock once, in the order in which they were judged. */
static lf_view late_clocks(struct lf_task *t, const struct lf_clock_result *judged)
{
    lf_view list = LF_V("");

    for (size_t i = 0; judged && i < lf_clock_rows(judged); i++) {
        struct lf_clock_row c = lf_clock_row(judged, i);

        if (c.due && c.stopped && c.late_s && !has_clock(list, c.clock))
            list = lf_arena_printf(t->a, "%.*s%s%.*s", LF_FMT(list), list.len ? "\n" : "", LF_FMT(c.clock));
    }
    return list;
}

/* Of the organisation as the contact network has it; 0: not known. */
static enum lf_code sector_of(struct lf_task *t, lf_view peer, lf_view tenant, int64_t *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    enum lf_code rc =
        lf_db_int(t->db, &node, &lf_q_statistic_sector, LF_ARGS(text_arg(peer), text_arg(tenant)), out, e);

    if (rc == LF_NOT_FOUND)
        *out = 0;
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_statistic_settle(struct lf_task *t, const struct lf_incident *row,
                                 const struct lf_incident_state *s,
                                 const struct lf_incident_event *const *order,
                                 const struct lf_clock_result *judged, lf_view rsit, struct lf_err *e)
{
    struct lf_civil c = lf_civil_of(s->aware_at + LF_TAIPEI);
    struct fact f = { .month = c.year * 100 + c.month,
                      .late_from = late_from(judged),
                      .late_clocks = late_clocks(t, judged) };
    int64_t same = 0;

    LF_TRY(sector_of(t, row->peer, t->scope.org, &f.sector, e));
    times_of(&f, s, order);
    if (row->events) /* a new one has nothing yet */
        LF_TRY(
            lf_db_int(t->db, &t->scope, &lf_q_statistic_same,
                      LF_ARGS(LF_TEXT(row->id), LF_INT(s->exercise), LF_INT(s->aware_at), text_arg(row->peer),
                              LF_INT(f.sector), LF_INT(s->level), text_arg(s->category), LF_INT(f.report_s),
                              LF_INT(f.review_s), LF_INT(f.control_s), LF_INT(f.late_from),
                              text_arg(f.late_clocks), text_arg(rsit), LF_INT(s->vital)),
                      &same, e));
    if (same)
        return LF_OK;
    if (row->events)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_statistic_forget, LF_ARGS(LF_TEXT(row->id)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_statistic_put,
                      LF_ARGS(LF_INT(s->exercise), LF_INT(s->aware_at), LF_TEXT(row->id), LF_INT(f.month),
                              text_arg(row->peer), LF_INT(f.sector), LF_INT(s->level), text_arg(s->category),
                              LF_INT(f.report_s), LF_INT(f.review_s), LF_INT(f.control_s),
                              LF_INT(f.late_from), text_arg(f.late_clocks), text_arg(rsit), LF_INT(s->vital)),
                      e);
}

enum lf_code lf_statistic_sector(struct lf_task *t, lf_view peer, lf_view tenant, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t sector;

    if (peer.len) {
        LF_TRY(sector_of(t, peer, LF_V(""), &sector, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_statistic_sector_of_peer,
                          LF_ARGS(LF_INT(sector), LF_TEXT(peer)), e));
    }
    if (tenant.len) {
        LF_TRY(sector_of(t, LF_V(""), tenant, &sector, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_statistic_sector_of_tenant,
                          LF_ARGS(LF_INT(sector), LF_TEXT(tenant)), e));
    }
    return LF_OK;
}

/* ---- what may be published ---- */

void lf_statistic_withhold(const int64_t *cells, size_t n, bool *hidden)
{
    int64_t together = 0;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        hidden[i] = cells[i] > 0 && cells[i] < LF_STATISTIC_LEAST;
        together += hidden[i] ? cells[i] : 0;
        count += hidden[i];
    }
    while (count && (count < 2 || together < LF_STATISTIC_LEAST)) {
        size_t least = n;

        for (size_t i = 0; i < n; i++)
            if (!hidden[i] && cells[i] > 0 && (least == n || cells[i] < cells[least]))
                least = i;
        if (least == n)
            return; /* all of them are withheld: so is the total */
        hidden[least] = true;
        together += cells[least];
        count++;
    }
}

bool lf_statistic_open(const struct lf_statistic_row *row)
{
    return row->axis != LF_AXIS_WEEK && row->axis != LF_AXIS_CLOCK && row->axis != LF_AXIS_CLASS;
}

static bool type_of(const struct lf_statistic_row *type, const struct lf_statistic_row *class)
{
    return lf_view_eq(type->name, class->name) ||
           (class->name.len && lf_view_starts(type->name, class->name) &&
            lf_view_starts(lf_view_from(type->name, class->name.len), LF_V(":")));
}

static void withhold_table(struct lf_arena *a, const struct lf_statistic_row *rows, size_t n, bool *hidden)
{
    int64_t *cells = LF_NEW(a, int64_t, n + 1);

    for (size_t i = 0; i < n; i++)
        cells[i] = rows[i].cases;
    lf_statistic_withhold(cells, n, hidden);
}

/* Whoever knows the class and what is shown of its types learns of the others only their sum. */
static void withhold_types(struct lf_arena *a, const struct lf_statistic_row *classes, size_t nclasses,
                           const bool *class_hidden, const struct lf_statistic_row *types, size_t ntypes,
                           bool *hidden)
{
    for (size_t c = 0; c < nclasses; c++) {
        size_t from = 0, n = 0; /* types of one class are together, though not in the order of classes */

        while (from < ntypes && !type_of(&types[from], &classes[c]))
            from++;
        while (from + n < ntypes && type_of(&types[from + n], &classes[c]))
            n++;
        withhold_table(a, types + from, n, hidden + from);
        for (size_t i = from; class_hidden[c] && i < from + n; i++)
            hidden[i] = types[i].cases > 0;
    }
}

/* How many affect any function is all but those that affect none, and is no sum of the others: cases count in
 * several. */
static void withhold_none(const struct lf_statistic_row *rows, size_t n, bool *hidden)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any = any || hidden[i];
    for (size_t i = 0; i < n; i++)
        if (any && !rows[i].name.len)
            hidden[i] = rows[i].cases > 0;
}

void lf_statistic_withhold_rows(struct lf_arena *a, const struct lf_statistic_row *rows, size_t n,
                                bool *hidden)
{
    size_t classes = 0, nclasses = 0;

    for (size_t from = 0, to; from < n; from = to) {
        enum lf_statistic_axis axis = rows[from].axis;

        for (to = from; to < n && rows[to].axis == axis; to++)
            ;
        if (axis == LF_AXIS_TYPE)
            withhold_types(a, rows + classes, nclasses, hidden + classes, rows + from, to - from,
                           hidden + from);
        else
            withhold_table(a, rows + from, to - from, hidden + from);
        if (axis == LF_AXIS_RSIT)
            classes = from, nclasses = to - from;
        if (axis == LF_AXIS_VITAL)
            withhold_none(rows + from, to - from, hidden + from);
    }
}
