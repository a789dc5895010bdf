#include "cert/tally.h"

#include "cert/incident_priv.h"
#include "store/query_tally.h"

static void count(struct lf_tally *x, struct lf_arena *a, enum lf_tally_kind what, int64_t slot, int64_t n)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->items[i].what == what && x->items[i].slot == slot) {
            x->items[i].n += n;
            return;
        }
    x->items = lf_arena_grow(a, x->items, x->n, &x->room, sizeof *x->items);
    x->items[x->n++] = (struct lf_tally_item){ what, slot, n };
}

struct reading {
    struct lf_arena *a;
    struct lf_tally *into;
    int64_t n; /* for what each counts: 1, or -1 */
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct reading *x = ctx;
    int64_t hour = lf_row_int(r, 4) / LF_HOUR;

    (void)e;
    if (lf_row_int(r, 0) == 1 && lf_row_int(r, 1) == 1) { /* a clock that runs */
        count(x->into, x->a, LF_TALLY_LIVE, 0, x->n);
        count(x->into, x->a, LF_TALLY_LIVE_BY, hour, x->n);
    } else if (lf_row_int(r, 0) == 1) {
        count(x->into, x->a, LF_TALLY_LATE, 0, x->n);
    } else {
        count(x->into, x->a, LF_TALLY_ALL, 0, x->n);
        if (lf_row_int(r, 1))
            count(x->into, x->a, LF_TALLY_OPEN, 0, x->n);
        if (!lf_row_int(r, 2)) {
            count(x->into, x->a, LF_TALLY_UNMET, 0, x->n);
            count(x->into, x->a, lf_row_int(r, 3) ? LF_TALLY_UNMET_ENDED : LF_TALLY_UNMET_LIVE, hour, x->n);
        }
    }
    return LF_OK;
}

static enum lf_code read_of(struct lf_task *t, lf_view incident, int64_t n, struct lf_tally *x,
                            struct lf_err *e)
{
    return lf_db_run(t->db, &t->scope, &lf_q_tally_of, LF_ARGS(LF_TEXT(incident)), take,
                     &(struct reading){ .a = t->a, .into = x, .n = n }, NULL, e);
}

enum lf_code lf_tally_before(struct lf_task *t, lf_view incident, struct lf_tally *out, struct lf_err *e)
{
    *out = (struct lf_tally){ 0 };
    return read_of(t, incident, -1, out, e);
}

enum lf_code lf_tally_after(struct lf_task *t, lf_view incident, struct lf_tally *x, struct lf_err *e)
{
    LF_TRY(read_of(t, incident, 1, x, e));
    for (size_t i = 0; i < x->n; i++)
        if (x->items[i].n)
            LF_TRY(lf_db_exec(
                t->db, &t->scope, &lf_q_tally_add,
                LF_ARGS(LF_INT(x->items[i].what), LF_INT(x->items[i].slot), LF_INT(x->items[i].n)), e));
    return LF_OK;
}

/* From an hour on; of those without an hour all. */
static enum lf_code sum(struct lf_task *t, enum lf_tally_kind what, int64_t slot, int64_t *out,
                        struct lf_err *e)
{
    return lf_db_int(t->db, &t->scope, &lf_q_tally_sum, LF_ARGS(LF_INT(what), LF_INT(slot)), out, e);
}

/* Of those of the kind the ones due at `now` or later. */
static enum lf_code ahead(struct lf_task *t, enum lf_tally_kind what, lf_time now, int64_t *out,
                          struct lf_err *e)
{
    int64_t slot = now / LF_HOUR + 1, later, soon;
    lf_time to = slot * LF_HOUR;

    LF_TRY(sum(t, what, slot, &later, e));
    if (what == LF_TALLY_LIVE_BY)
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_tally_clocks, LF_ARGS(LF_INT(now), LF_INT(to)), &soon, e));
    else
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_tally_first_reports,
                         LF_ARGS(LF_INT(now), LF_INT(to), LF_INT(what == LF_TALLY_UNMET_ENDED)), &soon, e));
    *out = later + soon;
    return LF_OK;
}

static lf_time whole_now(const struct lf_task *t)
{
    return lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
}

enum lf_code lf_incident_count(struct lf_task *t, struct lf_incident_counts *out, struct lf_err *e)
{
    struct lf_incident_counts c = { 0 };
    lf_time now = whole_now(t);
    int64_t unmet, ended;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(sum(t, LF_TALLY_ALL, 0, &c.all, e));
    LF_TRY(sum(t, LF_TALLY_OPEN, 0, &c.open, e));
    LF_TRY(sum(t, LF_TALLY_UNMET, 0, &unmet, e));
    LF_TRY(ahead(t, LF_TALLY_UNMET_LIVE, now, &c.c1_running, e));
    LF_TRY(ahead(t, LF_TALLY_UNMET_ENDED, now, &ended, e));
    c.c1_breached = unmet - c.c1_running - ended;
    *out = c;
    return LF_OK;
}

enum lf_code lf_deadline_count(struct lf_task *t, struct lf_deadline_counts *out, struct lf_err *e)
{
    struct lf_deadline_counts c;
    int64_t live;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(sum(t, LF_TALLY_LIVE, 0, &live, e));
    LF_TRY(sum(t, LF_TALLY_LATE, 0, &c.missed, e));
    LF_TRY(ahead(t, LF_TALLY_LIVE_BY, whole_now(t), &c.running, e));
    c.overdue = live - c.running;
    *out = c;
    return LF_OK;
}
