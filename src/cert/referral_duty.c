#include "cert/referral_duty.h"

#include "cert/incident_priv.h"
#include "cert/notice.h"
#include "cert/referral_priv.h"
#include "ident/audit.h"
#include "store/query_referral_duty.h"

/* rules/referral/tw-2026.json, embedded by the build. */
extern const char referral_tw_2026[];
extern const size_t referral_tw_2026_len;

static const char *const states[LF_REFERRAL_DUTY_STATES] = { "open",   "overdue", "done",
                                                             "waived", "lapsed",  "suggested" };

const char *lf_referral_duty_state_name(enum lf_referral_duty_state s)
{
    return states[s];
}

bool lf_referral_duty_state_parse(lf_view name, int *s)
{
    size_t at;

    if (lf_view_is(name, "standing")) {
        *s = LF_REFERRAL_DUTY_STANDING;
        return true;
    }
    if (!lf_view_among(name, states, LF_REFERRAL_DUTY_STATES, &at))
        return false;
    *s = (int)at;
    return true;
}

/* ---- what an incident's answers ask for ---- */

struct had {
    struct lf_arena *a;
    size_t n;
    struct {
        lf_view rule, id;
        bool done, lapsed, decided;
    } v[LF_REFERRAL_RULES];
};

static enum lf_code on_had(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct had *h = ctx;

    (void)e;
    if (h->n == LF_REFERRAL_RULES)
        return LF_OK;
    h->v[h->n].rule = lf_arena_copy(h->a, lf_row_text(r, 0));
    h->v[h->n].id = lf_arena_copy(h->a, lf_row_text(r, 1));
    h->v[h->n].done = lf_row_int(r, 2) != 0;
    h->v[h->n].lapsed = lf_row_int(r, 3) != 0;
    h->v[h->n++].decided = lf_row_int(r, 4) != 0;
    return LF_OK;
}

static bool speaks(const struct lf_referral_rule *r, const struct lf_incident_full *x)
{
    if (x->state.review == LF_REVIEW_NOT_INCIDENT ||
        (r->levels && !(r->levels & 1u << (unsigned)x->state.level)))
        return false;
    for (size_t i = 0; i < r->nwhen; i++)
        if (lf_referral_rule_holds(r, i, report_answer(x, r->when[i].field)))
            return true;
    return !r->nwhen;
}

static enum lf_code tell(struct lf_task *t, const struct lf_incident_full *x,
                         const struct lf_referral_rule *r, lf_view id, lf_time due, struct lf_err *e)
{
    struct lf_notice_new n = {
        .kind = LF_NOTICE_REFERRAL,
        .key = lf_arena_printf(t->a, "duty/%.*s/raised/%lld", LF_FMT(id), (long long)due),
        .subject = x->state.incident,
        .title = incident_title_told(x->state.tlp, x->state.title),
        .detail = lf_arena_printf(t->a, "%.*s %.*s", LF_FMT(r->zh), LF_FMT(r->en)),
        .path = lf_arena_printf(t->a, "/incidents/%.*s/referrals", LF_FMT(x->state.incident)),
        .about = t->scope.org,
        .level = x->state.level,
        .exercise = x->state.exercise ? x->state.exercise_of.speed : 0,
        .due = due
    };

    return lf_notice_raise(t, &n, NULL, e);
}

/* Kinds as the statement looks for them: ",0,1,". */
static lf_view listed(struct lf_task *t, unsigned kinds)
{
    lf_view out = LF_V(",");

    for (unsigned k = 0; k < LF_REFERRAL_KINDS; k++)
        if (kinds & 1u << k)
            out = lf_arena_printf(t->a, "%.*s%u,", LF_FMT(out), k);
    return out;
}

static enum lf_code arise(struct lf_task *t, const struct lf_incident_full *x,
                          const struct lf_referral_rule *r, struct lf_err *e)
{
    int speed = x->state.exercise && x->state.exercise_of.speed > 1 ? x->state.exercise_of.speed : 1;
    lf_time now = lf_now(t->env), due = r->due ? now + r->due / speed : 0;
    lf_view id = lf_uuid_new(t->env, t->a);
    int64_t done;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_duty_add,
                      LF_ARGS(LF_TEXT(x->state.incident), LF_TEXT(r->id), LF_TEXT(id), LF_INT(r->kinds),
                              LF_TEXT(r->zh), LF_TEXT(r->en), LF_INT(x->state.exercise), LF_INT(now),
                              LF_INT(due), LF_TEXT(listed(t, r->kinds))),
                      e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_referral_duty_is_done, LF_ARGS(LF_TEXT(id)), &done, e));
    return due && !done ? tell(t, x, r, id, due, e) : LF_OK;
}

static enum lf_code again(struct lf_task *t, const struct lf_incident_full *x,
                          const struct lf_referral_rule *r, lf_view id, struct lf_err *e)
{
    int speed = x->state.exercise && x->state.exercise_of.speed > 1 ? x->state.exercise_of.speed : 1;
    lf_time now = lf_now(t->env), due = r->due ? now + r->due / speed : 0;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_duty_again,
                      LF_ARGS(LF_INT(now), LF_INT(due), LF_TEXT(r->zh), LF_TEXT(r->en),
                              LF_TEXT(x->state.incident), LF_TEXT(r->id)),
                      e));
    return due ? tell(t, x, r, id, due, e) : LF_OK;
}

enum lf_code referral_duty_settle(struct lf_task *t, const struct incident_kept *k,
                                  const struct incident_events *x, struct lf_err *e)
{
    struct lf_incident_full full = {
        .row = k->row, .state = x->state, .nevents = x->state.nevents, .events = x->order
    };
    const struct lf_referral_rule *rules;
    struct had had = { .a = t->a };
    size_t n;

    if (k->row.peer.len || x->state.imported || !x->state.reported_at)
        return LF_OK;
    LF_TRY(lf_referral_rules_read(t->a, (lf_view){ referral_tw_2026, referral_tw_2026_len }, &n, &rules, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_duty_of, LF_ARGS(LF_TEXT(k->row.id)), on_had, &had,
                     NULL, e));
    for (size_t i = 0; i < n; i++) {
        bool now = speaks(&rules[i], &full);
        size_t at = 0;

        while (at < had.n && !lf_view_eq(had.v[at].rule, rules[i].id))
            at++;
        if (at == had.n && now)
            LF_TRY(arise(t, &full, &rules[i], e));
        else if (at < had.n && !had.v[at].done && now && had.v[at].lapsed)
            LF_TRY(again(t, &full, &rules[i], had.v[at].id, e));
        else if (at < had.n && !had.v[at].done && !now && !had.v[at].lapsed)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_duty_lapse,
                              LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(k->row.id), LF_TEXT(rules[i].id)), e));
    }
    return LF_OK;
}

enum lf_code referral_duty_done(struct lf_task *t, lf_view incident, enum lf_referral_kind kind,
                                struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_referral_duty_done,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(incident), LF_INT(1 << kind)), e);
}

/* ---- for people ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_referral_duty *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_referral_duty){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .incident = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .rule = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .number = lf_row_int(r, 3),
        .kinds = (unsigned)lf_row_int(r, 4),
        .zh = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .en = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .exercise = lf_row_int(r, 7) != 0,
        .since = lf_row_int(r, 8),
        .due = lf_row_int(r, 9),
        .done = lf_row_int(r, 10),
        .lapsed = lf_row_int(r, 11),
        .decided = lf_row_int(r, 12),
        .account = lf_arena_copy(g->a, lf_row_text(r, 13)),
        .grounds = lf_arena_copy(g->a, lf_row_text(r, 14)),
        .state = (enum lf_referral_duty_state)lf_row_int(r, 15),
    };
    return LF_OK;
}

enum lf_code lf_referral_duty_list(struct lf_task *t, lf_view incident, int state, const struct lf_page *page,
                                   size_t *n, const struct lf_referral_duty **out, lf_view *next,
                                   struct lf_err *e)
{
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    int64_t before = INT64_MAX;

    LF_TRY(referral_may_see(t, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "referral: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_duty_list,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(incident), LF_INT(before), CLEARED(t),
                             LF_INT(state), LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)(*out)[limit - 1].number) : LF_V("");
    return LF_OK;
}

enum lf_code lf_referral_duty_waive(struct lf_task *t, lf_view id, lf_view grounds, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    const struct lf_referral_duty *d;
    int64_t changed = 0;

    LF_TRY(referral_may_act(t, e));
    grounds = lf_view_trim(lf_view_some(grounds));
    if (!lf_view_is_text(grounds, 1, LF_REFERRAL_DUTY_GROUNDS))
        return lf_err_set(e, LF_BAD_INPUT, "referral: say why none is needed, in 1 to %d bytes",
                          LF_REFERRAL_DUTY_GROUNDS);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_duty_get,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), CLEARED(t)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no referral that is due %.*s",
                          LF_FMT(lf_view_first(id, 80)));
    d = g.items;
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_referral_duty_waive,
                  LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account), LF_TEXT(grounds), LF_TEXT(id)),
                  NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT,
                          "referral: somebody has referred it or decided meanwhile; look at it again");
    return lf_audit_add(
        t, LF_V("referral.waive"), d->incident,
        lf_arena_printf(t->a, "{\"duty\":\"%.*s\",\"rule\":\"%.*s\"}", LF_FMT(id), LF_FMT(d->rule)), e);
}
