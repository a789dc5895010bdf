#include "cert/referral.h"

#include "cert/incident.h"
#include "cert/incident_priv.h"
#include "cert/referral_priv.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "model/role.h"
#include "post/mail.h"
#include "store/query_referral.h"

static const char *const kinds[LF_REFERRAL_KINDS] = { "prosecutor", "police",  "disaster",
                                                      "operator",   "partner", "support" };
static const char *const states[LF_REFERRAL_STATES] = { "open", "overdue", "answered", "closed", "sent" };

const char *lf_referral_kind_name(enum lf_referral_kind k)
{
    return kinds[k];
}

const char *lf_referral_state_name(enum lf_referral_state s)
{
    return states[s];
}

bool lf_referral_kind_parse(lf_view name, enum lf_referral_kind *k)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_REFERRAL_KINDS, &at))
        return false;
    *k = (enum lf_referral_kind)at;
    return true;
}

bool lf_referral_state_parse(lf_view name, int *s)
{
    size_t at;

    if (!lf_view_among(name, states, LF_REFERRAL_STATES, &at))
        return false;
    *s = (int)at;
    return true;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_referral *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_referral){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .incident = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .number = lf_row_int(r, 2),
        .kind = (enum lf_referral_kind)lf_row_int(r, 3),
        .exercise = lf_row_int(r, 4) != 0,
        .recipient = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .way = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .reference = lf_arena_copy(g->a, lf_row_text(r, 7)),
        .body = lf_arena_copy(g->a, lf_row_text(r, 8)),
        .sent = lf_row_int(r, 9),
        .due = lf_row_int(r, 10),
        .recorded = lf_row_int(r, 11),
        .account = lf_arena_copy(g->a, lf_row_text(r, 12)),
        .answered = lf_row_int(r, 13),
        .closed = lf_row_int(r, 14),
        .state = (enum lf_referral_state)lf_row_int(r, 15),
        .source = lf_arena_copy(g->a, lf_row_text(r, 16)),
        .port = (int)lf_row_int(r, 17),
        .seen = lf_row_int(r, 18),
        .mail = lf_arena_copy(g->a, lf_row_text(r, 19)),
    };
    return LF_OK;
}

static enum lf_code on_answer(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_referral_answer *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_referral_answer){
        .at = lf_row_int(r, 1),
        .account = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .body = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .closed = lf_row_int(r, 4) != 0,
        .came = lf_row_int(r, 5),
        .done = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 6))),
    };
    return LF_OK;
}

enum lf_code referral_may_see(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t,
                         LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                             LF_ROLE_READER | LF_ROLE_SYSTEM,
                         e);
}

enum lf_code referral_may_act(struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e);
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_referral *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_get,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->self->org), LF_TEXT(id), CLEARED(t)), on_row,
                     &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no referral %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_referral *)g.items;
    return LF_OK;
}

enum lf_code lf_referral_get(struct lf_task *t, lf_view id, struct lf_referral *out, size_t *n,
                             const struct lf_referral_answer **answers, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(referral_may_see(t, e));
    LF_TRY(find(t, id, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_answer_list,
                     LF_ARGS(LF_TEXT(id), LF_INT(LF_REFERRAL_ANSWERS)), on_answer, &g, NULL, e));
    *n = g.n;
    *answers = g.items;
    return LF_OK;
}

enum lf_code lf_referral_list(struct lf_task *t, lf_view incident, int state, const struct lf_page *page,
                              size_t *n, const struct lf_referral **out, lf_view *next, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    int64_t before = INT64_MAX;

    LF_TRY(referral_may_see(t, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "referral: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_referral_list,
                     LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(t->self->org), LF_TEXT(incident), LF_INT(before),
                             CLEARED(t), LF_INT(state), LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)(*out)[limit - 1].number) : LF_V("");
    return LF_OK;
}

/* ---- acts ---- */

bool referral_source(struct lf_arena *a, lf_view *source, enum lf_observable_kind *kind)
{
    static const enum lf_observable_kind kinds_of[] = { LF_OBS_IPV4, LF_OBS_IPV6, LF_OBS_URL, LF_OBS_DOMAIN };

    for (size_t i = 0; i < sizeof kinds_of / sizeof *kinds_of; i++)
        if (lf_observable_text(a, kinds_of[i], *source, source)) {
            *kind = kinds_of[i];
            return true;
        }
    return false;
}

static enum lf_code line_ok(const char *what, lf_view v, size_t least, size_t most, struct lf_err *e)
{
    if ((!v.len && !least) || lf_view_is_text(v, least ? least : 1, most))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "referral: %s has %zu to %zu bytes", what, least, most);
}

static enum lf_code ok(const struct lf_referral *in, lf_time now, struct lf_err *e)
{
    LF_TRY(line_ok("recipient", in->recipient, 1, LF_REFERRAL_LINE, e));
    LF_TRY(line_ok("way", in->way, 0, LF_REFERRAL_LINE, e));
    LF_TRY(line_ok("reference", in->reference, 0, LF_REFERRAL_LINE, e));
    LF_TRY(line_ok("body", in->body, 1, LF_REFERRAL_BODY, e));
    if (in->mail.len && !lf_mail_address_ok(in->mail))
        return lf_err_set(e, LF_BAD_INPUT, "referral: the address is one of mail, as abuse@example.org");
    if (in->port < 0 || in->port > 65535)
        return lf_err_set(e, LF_BAD_INPUT, "network: a port is 1 to 65535");
    if (in->seen > now)
        return lf_err_set(e, LF_BAD_INPUT,
                          "referral: the attack was at a time that is past, not yet to come");
    if (in->sent > now)
        return lf_err_set(e, LF_BAD_INPUT, "referral: it was sent at a time that is past, not yet to come");
    if (in->due && in->due <= in->sent)
        return lf_err_set(e, LF_BAD_INPUT, "referral: an answer is due after it was sent");
    return LF_OK;
}

enum lf_code lf_referral_add(struct lf_task *t, const struct lf_referral *in, lf_view *id, struct lf_err *e)
{
    struct lf_referral r = *in;
    struct lf_incident_full incident;
    enum lf_observable_kind kind;
    lf_time now = lf_now(t->env);

    LF_TRY(referral_may_act(t, e));
    r.sent = r.sent ? r.sent : now;
    r.recipient = lf_view_trim(r.recipient);
    r.body = lf_view_trim(r.body);
    r.source = lf_view_trim(lf_view_some(r.source));
    r.mail = lf_view_some(r.mail);
    LF_TRY(ok(&r, now, e));
    if (r.source.len && !referral_source(t->a, &r.source, &kind))
        return lf_err_set(e, LF_BAD_INPUT, "referral: the source is an address, a name of a host or a URL");
    if (r.source.len > LF_REFERRAL_SOURCE)
        return lf_err_set(e, LF_BAD_INPUT, "referral: %s has %zu to %zu bytes", "source", (size_t)0,
                          (size_t)LF_REFERRAL_SOURCE);
    LF_TRY(lf_incident_get(t, r.incident, &incident, e));
    *id = lf_uuid_new(t->env, t->a);
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_referral_add,
                   LF_ARGS(LF_TEXT(*id), LF_TEXT(r.incident), LF_INT(r.kind), LF_INT(incident.row.exercise),
                           LF_TEXT(r.recipient), LF_TEXT(r.way), LF_TEXT(r.reference), LF_TEXT(r.body),
                           LF_INT(r.sent), LF_INT(r.due), LF_INT(now), LF_TEXT(t->scope.account),
                           LF_TEXT(r.source), LF_INT(r.port), LF_INT(r.seen), LF_TEXT(r.mail)),
                   e));
    LF_TRY(referral_duty_done(t, r.incident, r.kind, e));
    return lf_audit_add(
        t, LF_V("referral.add"), r.incident,
        lf_arena_printf(t->a, "{\"referral\":\"%.*s\",\"kind\":\"%s\"}", LF_FMT(*id), kinds[r.kind]), e);
}

enum lf_code lf_referral_answer(struct lf_task *t, lf_view id, const struct lf_referral_answer *in,
                                struct lf_err *e)
{
    lf_view body = lf_view_trim(in->body), done = lf_view_trim(lf_view_some(in->done));
    const struct lf_referral_answer *have;
    struct lf_referral r;
    lf_time now = lf_now(t->env);
    size_t n;

    LF_TRY(referral_may_act(t, e));
    LF_TRY(line_ok("answer", body, 1, LF_REFERRAL_BODY, e));
    LF_TRY(line_ok("done", done, 0, LF_REFERRAL_BODY, e));
    if (in->came > now)
        return lf_err_set(e, LF_BAD_INPUT,
                          "referral: an answer came at a time that is past, not yet to come");
    LF_TRY(lf_referral_get(t, id, &r, &n, &have, e));
    if (r.closed)
        return lf_err_set(e, LF_CONFLICT, "referral: it is closed; record another one");
    if (n >= LF_REFERRAL_ANSWERS)
        return lf_err_set(e, LF_TOO_MANY, "referral: at most %d answers", LF_REFERRAL_ANSWERS);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_answer,
                      LF_ARGS(LF_INT(now), LF_INT(in->closed ? now : 0), LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_answer_add,
                      LF_ARGS(LF_TEXT(id), LF_INT(now), LF_TEXT(t->scope.account), LF_TEXT(body),
                              LF_INT(in->closed), LF_INT(in->came), LF_TEXT(done)),
                      e));
    return lf_audit_add(t, LF_V("referral.answer"), r.incident,
                        lf_arena_printf(t->a, "{\"referral\":\"%.*s\"}", LF_FMT(id)), e);
}

enum lf_code lf_referral_due(struct lf_task *t, lf_view id, lf_time due, struct lf_err *e)
{
    struct lf_referral r;
    char text[LF_TIME_TEXT];

    LF_TRY(referral_may_act(t, e));
    LF_TRY(find(t, id, &r, e));
    if (r.closed)
        return lf_err_set(e, LF_CONFLICT, "referral: it is closed; record another one");
    if (due && due <= r.sent)
        return lf_err_set(e, LF_BAD_INPUT, "referral: an answer is due after it was sent");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_referral_due, LF_ARGS(LF_INT(due), LF_TEXT(id)), e));
    return lf_audit_add(t, LF_V("referral.due"), r.incident,
                        lf_arena_printf(t->a, "{\"referral\":\"%.*s\",\"due\":\"%.*s\"}", LF_FMT(id),
                                        LF_FMT(due ? lf_time_milli(due, text) : LF_V(""))),
                        e);
}

enum lf_code lf_referral_overdue(struct lf_task *t, lf_view incident, int64_t *n, struct lf_err *e)
{
    LF_TRY(referral_may_see(t, e));
    return lf_db_int(t->db, &t->scope, &lf_q_referral_overdue,
                     LF_ARGS(LF_TEXT(incident), LF_INT(lf_now(t->env))), n, e);
}
