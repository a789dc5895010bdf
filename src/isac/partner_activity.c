#include "isac/partner_activity.h"

#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "store/query_partner.h"

static const char *const kinds[LF_ACTIVITY_KINDS] = { "meeting",  "visit",        "conference", "exercise",
                                                      "training", "intelligence", "other" };
static const char *const directions[LF_DIRECTIONS] = { "none", "given", "received", "both" };

const char *lf_activity_kind_name(enum lf_activity_kind k)
{
    return kinds[k];
}

const char *lf_activity_direction_name(enum lf_activity_direction d)
{
    return directions[d];
}

bool lf_activity_kind_parse(lf_view name, enum lf_activity_kind *out)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_ACTIVITY_KINDS, &at))
        return false;
    *out = (enum lf_activity_kind)at;
    return true;
}

bool lf_activity_direction_parse(lf_view name, enum lf_activity_direction *out)
{
    size_t at;

    if (!lf_view_among(name, directions, LF_DIRECTIONS, &at))
        return false;
    *out = (enum lf_activity_direction)at;
    return true;
}

/* The partner is asked for first: who sees none is told so as at every other door of it. */
static enum lf_code writable(struct lf_task *t, lf_view partner, struct lf_partner *p, struct lf_err *e)
{
    LF_TRY(lf_partner_get(t, partner, p, e));
    return lf_ident_need(t, LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, lf_view partner, int64_t activity,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_int(&n.w, "activity", activity);
    return lf_audit_close(&n, t, action, partner, e);
}

enum lf_code lf_activity_add(struct lf_task *t, lf_view partner, const struct lf_activity *in,
                             int64_t *activity, struct lf_err *e)
{
    lf_view title = lf_view_some(lf_view_trim(in->title)), people = lf_view_some(lf_view_trim(in->people)),
            outcome = lf_view_some(lf_view_trim(in->outcome));
    lf_time now = lf_now(t->env);
    struct lf_partner p;
    int64_t seq;

    LF_TRY(writable(t, partner, &p, e));
    if (!lf_view_is_text(title, 1, LF_PARTNER_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "partner: title of an activity has 1 to %d bytes",
                          LF_PARTNER_NAME);
    if (!lf_view_is_text(people, 0, LF_PARTNER_TEXT) || !lf_view_is_text(outcome, 0, LF_PARTNER_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "partner: people and outcome have at most %d bytes each",
                          LF_PARTNER_TEXT);
    if (!in->day || in->day > now)
        return lf_err_set(e, LF_BAD_INPUT, "partner: an activity has the day it was on, today at the latest");
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_partner_activity_next, LF_ARGS(LF_TEXT(p.id)), &seq, e));
    if (seq > LF_PARTNER_ACTIVITIES)
        return lf_err_set(e, LF_TOO_MANY, "partner: it has at most %d activities", LF_PARTNER_ACTIVITIES);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_partner_activity_add,
                      LF_ARGS(LF_TEXT(p.id), LF_INT(seq), LF_INT(in->day), LF_INT(in->kind),
                              LF_INT(in->direction), LF_TEXT(title), LF_TEXT(people), LF_TEXT(outcome),
                              LF_TEXT(lf_view_some(t->scope.account)), LF_INT(now)),
                      e));
    *activity = seq;
    return audit(t, LF_V("partner.activity"), p.id, seq, e);
}

struct gather {
    struct lf_arena *a;
    const struct lf_activity_filter *f;
    struct lf_activity *items;
    size_t n, cap;
    struct lf_activity_year *years;
    size_t nyears, years_cap;
};

static lf_view copied(const struct gather *g, const struct lf_row *r, int col)
{
    return lf_arena_copy(g->a, lf_view_some(lf_row_text(r, col)));
}

static bool went(const struct lf_activity *x, enum lf_activity_direction d)
{
    return x->direction == d || x->direction == LF_DIRECTION_BOTH;
}

/* Rows come by day, so a year that is not the last one met is a new one. */
static void count(struct gather *g, int year, const struct lf_activity *x)
{
    struct lf_activity_year *y;

    if (x->withdrawn)
        return;
    if (!g->nyears || g->years[g->nyears - 1].year != year) {
        g->years = lf_arena_grow(g->a, g->years, g->nyears, &g->years_cap, sizeof *g->years);
        g->years[g->nyears++] = (struct lf_activity_year){ .year = year };
    }
    y = &g->years[g->nyears - 1];
    y->all++;
    y->given += went(x, LF_DIRECTION_GIVEN);
    y->received += went(x, LF_DIRECTION_RECEIVED);
}

static enum lf_code on_activity(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    enum lf_activity_direction d = g->f->direction;
    struct lf_activity x = { .activity = lf_row_int(r, 0),
                             .day = lf_row_int(r, 1),
                             .kind = (enum lf_activity_kind)lf_row_int(r, 2),
                             .direction = (enum lf_activity_direction)lf_row_int(r, 3),
                             .at = lf_row_int(r, 8),
                             .withdrawn = lf_row_int(r, 9) };
    int year = lf_civil_of(x.day + LF_TAIPEI).year;

    (void)e;
    count(g, year, &x);
    if (g->f->year && g->f->year != year)
        return LF_OK;
    if ((d == LF_DIRECTION_GIVEN || d == LF_DIRECTION_RECEIVED) && !went(&x, d))
        return LF_OK;
    x.title = copied(g, r, 4);
    x.people = copied(g, r, 5);
    x.outcome = copied(g, r, 6);
    x.account = copied(g, r, 7);
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_activity_list(struct lf_task *t, lf_view partner, const struct lf_activity_filter *f,
                              size_t *n, const struct lf_activity **out, size_t *nyears,
                              const struct lf_activity_year **years, struct lf_err *e)
{
    struct gather g = { .a = t->a, .f = f };
    struct lf_partner p;

    LF_TRY(lf_partner_get(t, partner, &p, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_partner_activity_list,
                     LF_ARGS(LF_TEXT(p.id), LF_INT(LF_PARTNER_ACTIVITIES)), on_activity, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    *nyears = g.nyears;
    *years = g.years;
    return LF_OK;
}

enum lf_code lf_activity_withdraw(struct lf_task *t, lf_view partner, int64_t activity, struct lf_err *e)
{
    static const struct lf_activity_filter any = { 0 };
    const struct lf_activity_year *years;
    const struct lf_activity *list;
    size_t n, nyears, i = 0;
    struct lf_partner p;

    LF_TRY(writable(t, partner, &p, e));
    LF_TRY(lf_activity_list(t, p.id, &any, &n, &list, &nyears, &years, e));
    while (i < n && (list[i].activity != activity || list[i].withdrawn))
        i++;
    if (i == n)
        return lf_err_set(e, LF_CONFLICT, "partner: no activity of that number stands");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_partner_activity_withdraw,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(p.id), LF_INT(activity)), e));
    return audit(t, LF_V("partner.activity_withdraw"), p.id, activity, e);
}
