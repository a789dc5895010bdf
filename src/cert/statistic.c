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
                                 const struct lf_clock_result *judged, struct lf_err *e)
{
    struct lf_civil c = lf_civil_of(s->aware_at + LF_TAIPEI);
    struct fact f = { .month = c.year * 100 + c.month,
                      .late_from = late_from(judged),
                      .late_clocks = late_clocks(t, judged) };
    int64_t same = 0;

    LF_TRY(sector_of(t, row->peer, t->scope.org, &f.sector, e));
    times_of(&f, s, order);
    if (row->events) /* a new one has nothing yet */
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_statistic_same,
                         LF_ARGS(LF_TEXT(row->id), LF_INT(s->exercise), LF_INT(s->aware_at),
                                 text_arg(row->peer), LF_INT(f.sector), LF_INT(s->level),
                                 text_arg(s->category), LF_INT(f.report_s), LF_INT(f.review_s),
                                 LF_INT(f.control_s), LF_INT(f.late_from), text_arg(f.late_clocks)),
                         &same, e));
    if (same)
        return LF_OK;
    if (row->events)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_statistic_forget, LF_ARGS(LF_TEXT(row->id)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_statistic_put,
                      LF_ARGS(LF_INT(s->exercise), LF_INT(s->aware_at), LF_TEXT(row->id), LF_INT(f.month),
                              text_arg(row->peer), LF_INT(f.sector), LF_INT(s->level), text_arg(s->category),
                              LF_INT(f.report_s), LF_INT(f.review_s), LF_INT(f.control_s),
                              LF_INT(f.late_from), text_arg(f.late_clocks)),
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
