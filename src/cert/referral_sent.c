/* Letters of referrals that were sent, and how they fared. */
#include "cert/inbox.h"
#include "cert/referral_letter.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_referral.h"

struct gather {
    struct lf_arena *a;
    struct lf_letter_sent *v;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct lf_letter_sent){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                            .made = lf_row_int(r, 1),
                                            .account = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                            .to = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                            .subject = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                            .tlp = (enum lf_tlp)lf_row_int(r, 5),
                                            .named = lf_row_int(r, 6) != 0,
                                            .state = (enum lf_mail_state)lf_row_int(r, 7),
                                            .tries = lf_row_int(r, 8),
                                            .told = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 9))),
                                            .ended = lf_row_int(r, 10),
                                            .message = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 11))),
                                            .sealed = { .how = (unsigned)lf_row_int(r, 12),
                                                        .keys = lf_arena_copy(g->a, lf_row_text(r, 13)) } };
    return LF_OK;
}

/* Letters lie in the node's rows, so whose they are is asked of the referral. */
static enum lf_code may_see(struct lf_task *t, lf_view referral, struct lf_err *e)
{
    const struct lf_referral_answer *answers;
    struct lf_referral r;
    size_t n;

    return lf_referral_get(t, referral, &r, &n, &answers, e);
}

enum lf_code lf_referral_letters(struct lf_task *t, lf_view referral, size_t *n,
                                 const struct lf_letter_sent **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(may_see(t, referral, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_referral_letter_list, LF_ARGS(LF_TEXT(referral), LF_INT(LF_LETTERS)),
                     on_row, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

enum lf_code lf_referral_letter_get(struct lf_task *t, lf_view referral, lf_view letter,
                                    struct lf_letter_sent *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(may_see(t, referral, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_referral_letter_get, LF_ARGS(LF_TEXT(referral), LF_TEXT(letter)),
                     on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no letter %.*s", LF_FMT(lf_view_first(letter, 80)));
    *out = g.v[0];
    return LF_OK;
}

enum lf_code lf_referral_letter_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(t->db, &node, &lf_q_referral_letter_fared, LF_NO_ARGS, e);
}

/* ---- sending ---- */

static enum lf_code may_go(struct lf_task *t, lf_view id, const struct lf_letter *l, lf_view seal,
                           struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    const struct lf_referral_answer *answers;
    struct lf_referral r;
    int64_t standing;
    size_t n;

    LF_TRY(lf_referral_get(t, id, &r, &n, &answers, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_referral_letter_standing, LF_ARGS(LF_TEXT(id)), &standing, e));
    if (standing)
        return lf_err_set(e, LF_CONFLICT,
                          "letter: it is sent already; record another referral to write again");
    if (r.closed)
        return lf_err_set(e, LF_CONFLICT, "referral: it is closed; record another one");
    if (r.exercise)
        return lf_err_set(e, LF_CONFLICT, "letter: of an exercise none goes outside");
    if (l->told.len)
        return lf_err_set(e, LF_CONFLICT, "letter: the text names \"%.*s\", which tells who was attacked",
                          LF_FMT(lf_view_first(l->told, 120)));
    if (!lf_view_eq(seal, l->seal))
        return lf_err_set(e, LF_CONFLICT, "letter: it is not the one that was looked at; look again");
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, lf_view id, const struct lf_letter *l, bool named,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "reference", l->reference);
    lf_json_put_str(&n.w, "to", l->to);
    lf_json_put_cstr(&n.w, "tlp", lf_tlp_name(l->tlp));
    lf_json_put_bool(&n.w, "named", named);
    return lf_audit_close(&n, t, LF_V("referral.letter"), id, e);
}

enum lf_code lf_referral_letter_send(struct lf_task *t, lf_view id, const struct lf_mail_settings *s,
                                     const struct lf_letter_choice *c, lf_view seal, lf_view *letter,
                                     struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view at = lf_uuid_new(t->env, t->a);
    struct lf_mail_text m = {
        .id = lf_uuid_new(t->env, t->a), .digest = at, .english = c->english, .by_person = true
    };
    const struct lf_referral_answer *answers;
    struct lf_mail_made made = { 0 };
    struct lf_referral r;
    struct lf_letter l;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_referral_letter(t, id, s && s->server.len ? s->from : LF_V(""), c, &l, e));
    LF_TRY(may_go(t, id, &l, seal, e));
    m.to = l.to;
    m.org = t->scope.org;
    m.subject = l.subject;
    m.body = l.text;
    m.report = &l.parts[0];
    m.attached = &l.parts[1];
    m.nattached = 1;
    LF_TRY(lf_mail_add(t, s, &m, &made, e));
    LF_TRY(lf_referral_get(t, id, &r, &n, &answers, e));
    LF_TRY(lf_inbox_follow(t, m.id, r.incident, e)); /* what answers it is mail of the incident */
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_referral_letter_add,
                      LF_ARGS(LF_TEXT(at), LF_TEXT(id), LF_TEXT(t->scope.account), LF_TEXT(l.subject),
                              LF_INT(l.tlp), LF_INT(c->named), LF_INT(made.sealed.how),
                              LF_TEXT(lf_view_some(made.sealed.keys)), LF_TEXT(made.plain)),
                      e));
    *letter = at;
    return audit(t, id, &l, c->named, e);
}
