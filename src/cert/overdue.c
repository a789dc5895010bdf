#include "cert/overdue.h"

#include "cert/duty.h"
#include "cert/meeting.h"
#include "cert/notice.h"
#include "cert/people_priv.h"
#include "ident/node.h"
#include "model/marking.h"
#include "store/query_overdue.h"

enum { TURN = 50 /* of a kind, in a turn */, GROUPS = 8 };
#define LATELY (7 * LF_DAY)
#define AHEAD LF_DAY
#define QUARTER_END (14 * LF_DAY)

struct ids {
    struct lf_arena *a;
    lf_view v[TURN];
    size_t n;
};

static enum lf_code on_id(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct ids *x = ctx;

    (void)e;
    if (x->n < TURN)
        x->v[x->n++] = lf_arena_copy(x->a, lf_row_text(r, 0));
    return LF_OK;
}

/* Notices that are to be raised once the statement is over. */
struct raised {
    struct lf_task *t;
    size_t n;
    struct lf_notice_new v[TURN];
};

static enum lf_code raise_all(const struct raised *x, struct lf_err *e)
{
    for (size_t i = 0; i < x->n; i++)
        LF_TRY(lf_notice_raise(x->t, &x->v[i], NULL, e));
    return LF_OK;
}

/* The next of a turn, of a row that begins with org and id; NULL: the turn is full.  Its key has the day it
 * was due, so that a later one is told anew. */
static struct lf_notice_new *next_of(struct raised *x, enum lf_notice_kind kind, const char *what,
                                     const char *place, const struct lf_row *r, lf_time due)
{
    struct lf_arena *a = x->t->a;
    lf_view id = lf_row_text(r, 1);

    if (x->n == TURN)
        return NULL;
    x->v[x->n] =
        (struct lf_notice_new){ .kind = kind,
                                .key = lf_arena_printf(a, "%s/%.*s/%lld", what, LF_FMT(id), (long long)due),
                                .path = lf_arena_printf(a, "%s%.*s", place, LF_FMT(id)),
                                .about = lf_arena_copy(a, lf_row_text(r, 0)),
                                .due = due };
    return &x->v[x->n++];
}

/* ---- referrals ---- */

static enum lf_code on_referral(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;
    struct lf_notice_new *n = next_of(x, LF_NOTICE_OVERDUE, "overdue", "/referrals/", r, lf_row_int(r, 6));

    (void)e;
    if (!n)
        return LF_OK;
    n->subject = lf_arena_copy(a, lf_row_text(r, 2));
    n->exercise = lf_row_int(r, 4) != 0;
    if (lf_view_eq(n->about, x->t->self->org))
        n->title = lf_arena_printf(a, "#%lld %.*s", (long long)lf_row_int(r, 3), LF_FMT(lf_row_text(r, 5)));
    return LF_OK;
}

static enum lf_code tell_referrals(struct lf_task *t, struct lf_err *e)
{
    struct raised x = { .t = t };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_referrals,
                     LF_ARGS(LF_INT(now - LATELY), LF_INT(now), LF_TEXT(t->self->org), LF_INT(TURN)),
                     on_referral, &x, NULL, e));
    return raise_all(&x, e);
}

/* ---- referrals that a report's answers ask for ---- */

static enum lf_code on_duty(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_notice_new *n = &x->v[x->n];
    struct lf_arena *a = x->t->a;
    lf_view org = lf_row_text(r, 0);

    (void)e;
    if (x->n == TURN)
        return LF_OK;
    *n = (struct lf_notice_new){
        .kind = LF_NOTICE_REFERRAL_LATE,
        .key = lf_arena_printf(a, "duty/%.*s/%lld", LF_FMT(lf_row_text(r, 1)), (long long)lf_row_int(r, 4)),
        .subject = lf_arena_copy(a, lf_row_text(r, 2)),
        .path = lf_arena_printf(a, "/incidents/%.*s/referrals", LF_FMT(lf_row_text(r, 2))),
        .about = lf_arena_copy(a, org),
        .exercise = lf_row_int(r, 3) != 0,
        .due = lf_row_int(r, 4)
    };
    if (lf_view_eq(org, x->t->self->org))
        n->title = lf_arena_copy(a, lf_row_text(r, 5));
    x->n++;
    return LF_OK;
}

static enum lf_code tell_duties(struct lf_task *t, struct lf_err *e)
{
    struct raised x = { .t = t };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(
        t->db, &t->scope, &lf_q_overdue_duties,
        LF_ARGS(LF_INT(LF_TLP_RED), LF_INT(now - LATELY), LF_INT(now), LF_TEXT(t->self->org), LF_INT(TURN)),
        on_duty, &x, NULL, e));
    return raise_all(&x, e);
}

/* ---- recovery procedures that were to be rehearsed ---- */

static enum lf_code on_recovery(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;
    lf_view org = lf_row_text(r, 0), id = lf_row_text(r, 1);
    bool own = lf_view_eq(org, x->t->self->org);

    (void)e;
    if (x->n == TURN)
        return LF_OK;
    /* An id is the organisation's own word: two may have the same. */
    x->v[x->n++] = (struct lf_notice_new){ .kind = LF_NOTICE_RECOVERY,
                                           .key = lf_arena_printf(a, "recovery/%.*s/%.*s/%lld", LF_FMT(org),
                                                                  LF_FMT(id), (long long)lf_row_int(r, 2)),
                                           .subject = own ? lf_arena_copy(a, id) : LF_V(""),
                                           .title = own ? lf_arena_copy(a, id) : LF_V(""),
                                           .path = own ? lf_arena_printf(a, "/recoveries/%.*s", LF_FMT(id))
                                                       : LF_V("/recoveries"),
                                           .about = lf_arena_copy(a, org),
                                           .due = lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code tell_recoveries(struct lf_task *t, struct lf_err *e)
{
    struct raised x = { .t = t };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_recoveries,
                     LF_ARGS(LF_INT(now - LATELY), LF_INT(now), LF_TEXT(t->self->org), LF_INT(TURN)),
                     on_recovery, &x, NULL, e));
    return raise_all(&x, e);
}

/* ---- weaknesses that exercises found ---- */

static enum lf_code on_weakness(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;
    struct lf_notice_new *n = next_of(x, LF_NOTICE_WEAKNESS, "weakness", "/weaknesses/", r, lf_row_int(r, 5));

    (void)e;
    if (!n)
        return LF_OK;
    n->subject = lf_arena_copy(a, lf_row_text(r, 1));
    if (lf_view_eq(n->about, x->t->self->org)) {
        n->title = lf_arena_printf(a, "#%lld %.*s", (long long)lf_row_int(r, 2), LF_FMT(lf_row_text(r, 3)));
        n->detail = lf_arena_copy(a, lf_row_text(r, 4));
    }
    return LF_OK;
}

static enum lf_code tell_weaknesses(struct lf_task *t, struct lf_err *e)
{
    struct raised x = { .t = t };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_weaknesses,
                     LF_ARGS(LF_INT(now - LATELY), LF_INT(now), LF_TEXT(t->self->org), LF_INT(TURN)),
                     on_weakness, &x, NULL, e));
    return raise_all(&x, e);
}

/* ---- inquiries ---- */

static enum lf_code on_inquiry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;

    (void)e;
    if (x->n == TURN)
        return LF_OK;
    x->v[x->n++] =
        (struct lf_notice_new){ .kind = LF_NOTICE_INQUIRY_LATE,
                                .key = lf_arena_printf(a, "inquiry/%.*s/late/%lld", LF_FMT(lf_row_text(r, 0)),
                                                       (long long)lf_row_int(r, 2)),
                                .subject = lf_arena_copy(a, lf_row_text(r, 0)),
                                .title = lf_arena_printf(a, "#%lld", (long long)lf_row_int(r, 1)),
                                .path = lf_arena_printf(a, "/inquiries/%.*s", LF_FMT(lf_row_text(r, 0))),
                                .due = lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code tell_inquiries(struct lf_task *t, struct lf_err *e)
{
    struct raised x = { .t = t };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_inquiries,
                     LF_ARGS(LF_INT(now - LATELY), LF_INT(now), LF_INT(TURN)), on_inquiry, &x, NULL, e));
    return raise_all(&x, e);
}

/* ---- meetings ---- */

static enum lf_code tell_meetings(struct lf_task *t, struct lf_err *e)
{
    struct ids x = { .a = t->a };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_meetings,
                     LF_ARGS(LF_INT(now), LF_INT(now + AHEAD), LF_INT(AHEAD), LF_INT(TURN)), on_id, &x, NULL,
                     e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(meeting_remind(t, x.v[i], e));
    return LF_OK;
}

/* The first moment of the quarter of Taipei that holds `at`, or of the `on`th after it. */
static lf_time quarter(lf_time at, int on)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);
    int months = c.year * 12 + (c.month - 1) / 3 * 3 + 3 * on;

    c = (struct lf_civil){ .year = months / 12, .month = months % 12 + 1, .day = 1 };
    return lf_time_of(&c) - LF_TAIPEI;
}

static enum lf_code tell_quarter(struct lf_task *t, struct lf_err *e)
{
    lf_time now = lf_now(t->env), from = quarter(now, 0), to = quarter(now, 1);

    for (int place = 1; now >= to - QUARTER_END && place <= GROUPS; place++) {
        lf_view post = lf_post_name(t->a, LF_WHO_GROUP, place);
        struct people_tell p = { .kind = LF_NOTICE_MEETING_DUE,
                                 .who = LF_WHO_GROUP,
                                 .place = place,
                                 .key =
                                     lf_arena_printf(t->a, "quarter/%.*s/%lld", LF_FMT(post), (long long)to),
                                 .path = LF_V("/meetings"),
                                 .from = from,
                                 .until = to };
        struct lf_contact *people;
        int64_t held;
        size_t n;

        LF_TRY(lf_post_get(t, LF_WHO_GROUP, place, &n, &people, e));
        if (!n) /* there is no such group */
            continue;
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_overdue_quarter,
                         LF_ARGS(LF_INT(from), LF_INT(to), LF_TEXT(post)), &held, e));
        if (!held)
            LF_TRY(people_tell_owners(t, &p, e));
    }
    return LF_OK;
}

/* ---- covers and swaps ---- */

static enum lf_code tell_asks(struct lf_task *t, struct lf_err *e)
{
    struct ids x = { .a = t->a };
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_overdue_asks,
                     LF_ARGS(LF_INT(now), LF_INT(now - LATELY), LF_INT(TURN)), on_id, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(duty_ask_lapse(t, x.v[i], e));
    return LF_OK;
}

enum lf_code lf_overdue_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    enum lf_code rc = tell_referrals(&own, e);

    if (rc == LF_OK)
        rc = tell_duties(&own, e);
    if (rc == LF_OK)
        rc = tell_weaknesses(&own, e);
    if (rc == LF_OK)
        rc = tell_recoveries(&own, e);
    if (rc == LF_OK)
        rc = tell_inquiries(&own, e);
    if (rc == LF_OK)
        rc = tell_meetings(&own, e);
    if (rc == LF_OK)
        rc = tell_quarter(&own, e);
    if (rc == LF_OK)
        rc = tell_asks(&own, e);
    t->effects |= own.effects;
    return rc;
}
