#include "isac/question.h"

#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "isac/question_priv.h"
#include "model/role.h"
#include "store/query_intelligence.h"
#include "store/query_question.h"

enum { ROWS = 100, AUDIT_TEXT = 1500, PEOPLE = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER };
#define SKEW LF_DAY /* a question from further in the future is none */

struct lf_task lf_question_node(const struct lf_task *t)
{
    struct lf_task own = *t;

    own.scope =
        (struct lf_scope){ .org = t->self->org, .account = t->scope.account, .roles = LF_ROLE_SYSTEM };
    own.effects = 0;
    return own;
}

lf_view lf_question_keyed(struct lf_task *t, const char *type, const char *what, lf_view id)
{
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key },
                   lf_arena_printf(t->a, "%s\n%.*s", what, LF_FMT(id)), mac);
    return lf_arena_printf(t->a, "%s--%.*s", type, LF_FMT(lf_uuid4(t->a, mac)));
}

static lf_time ms(lf_time t)
{
    return t - t % LF_MSEC;
}

struct keys {
    uint8_t key[8][LF_SIGN_PUBLIC];
    size_t n;
};

static enum lf_code take_key(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct keys *k = ctx;

    (void)e;
    if (k->n < 8 && lf_unhex(lf_row_text(r, 0), k->key[k->n], LF_SIGN_PUBLIC, NULL) == LF_OK)
        k->n++;
    return LF_OK;
}

enum lf_code lf_question_by(struct lf_task *t, const struct lf_json *tree, const struct lf_peer *p,
                            uint8_t key[LF_SIGN_PUBLIC], bool *by, struct lf_err *e)
{
    struct keys old = { .n = 0 };

    memcpy(key, p->key, LF_SIGN_PUBLIC);
    *by = lf_question_signed(t->a, tree, key);
    if (*by)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_question_old_keys,
                     LF_ARGS(LF_TEXT(p->node), LF_INT(lf_now(t->env))), take_key, &old, NULL, e));
    for (size_t i = 0; i < old.n && !*by; i++) {
        memcpy(key, old.key[i], LF_SIGN_PUBLIC);
        *by = lf_question_signed(t->a, tree, key);
    }
    return LF_OK;
}

/* ---- rows --------------------------------------------------------------------------- */

enum lf_code lf_question_gather(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_question_rows *g = ctx;
    struct lf_arena *a = g->a;

    (void)e;
    if (g->n == g->cap)
        return LF_OK;
    g->items[g->n++] = (struct lf_question_row){
        .id = lf_arena_copy(a, lf_row_text(r, 0)),
        .seq = lf_row_int(r, 1),
        .origin = lf_arena_copy(a, lf_row_text(r, 2)),
        .kind = (enum lf_question_kind)lf_row_int(r, 3),
        .name = lf_arena_copy(a, lf_row_text(r, 4)),
        .asker = lf_arena_copy(a, lf_row_text(r, 5)),
        .asker_name = lf_arena_copy(a, lf_row_text(r, 6)),
        .asker_tier = lf_arena_copy(a, lf_row_text(r, 7)),
        .created = lf_row_int(r, 8),
        .expires = lf_row_int(r, 9),
        .received = lf_row_int(r, 10),
        .state = (enum lf_answer_state)lf_row_int(r, 11),
        .reason = lf_arena_copy(a, lf_row_text(r, 12)),
        .decided_by = lf_arena_copy(a, lf_row_text(r, 13)),
        .decided = lf_row_int(r, 14),
        .due = lf_row_int(r, 15) != 0,
        .told = lf_row_int(r, 16),
        .object = lf_arena_copy(a, lf_row_text(r, 17)),
        .json = lf_arena_copy(a, lf_row_text(r, 18)),
        .result = lf_arena_copy(a, lf_row_text(r, 19)),
        .answer = lf_arena_copy(a, lf_row_text(r, 20)),
    };
    return LF_OK;
}

enum lf_code lf_question_row(struct lf_task *t, const struct lf_query *q, struct lf_arg arg,
                             struct lf_question_row *out, struct lf_err *e)
{
    struct lf_question_rows g = { .a = t->a, .items = out, .cap = 1 };

    LF_TRY(lf_db_run(t->db, &t->scope, q, arg.kind == LF_ARG_NULL ? NULL : &arg, arg.kind != LF_ARG_NULL,
                     lf_question_gather, &g, NULL, e));
    return g.n ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "question: there is none with this id");
}

enum lf_code lf_question_list(struct lf_task *t, int64_t before, size_t most, size_t *n,
                              struct lf_question_row **out, struct lf_err *e)
{
    struct lf_question_rows g = { .a = t->a,
                                  .items = LF_NEW(t->a, struct lf_question_row, most + 1),
                                  .cap = most };

    LF_TRY(lf_ident_need(t, PEOPLE, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_question_list,
                     LF_ARGS(LF_INT(before > 0 ? before : INT64_MAX), LF_INT(most)), lf_question_gather, &g,
                     NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- what both sides' audit trails say ------------------------------------------------ */

enum lf_code lf_question_audit(struct lf_task *t, const char *action, lf_view id, const struct lf_question *q,
                               lf_view who, lf_view state, lf_view why, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    if (who.len)
        lf_json_put_str(&n.w, "node", who);
    if (state.len)
        lf_json_put_str(&n.w, "state", state);
    if (why.len)
        lf_json_put_str(&n.w, "reason", why);
    if (q) {
        char text[LF_TIME_TEXT];

        lf_json_put_str(&n.w, "name", q->name);
        lf_json_put_cstr(&n.w, "kind", lf_question_kind_name(q->kind));
        if (q->kind == LF_QUESTION_INDICATORS) {
            lf_json_put_int(&n.w, "values", (int64_t)q->nvalues);
            lf_json_put_str(&n.w, "first_value", lf_view_first(q->values[0], 200));
        } else {
            lf_json_put_str(&n.w, "text", lf_view_first(q->text, AUDIT_TEXT));
        }
        lf_json_put_str(&n.w, "from", lf_time_milli(q->from, text));
        lf_json_put_str(&n.w, "until", lf_time_milli(q->until, text));
        lf_json_put_cstr(&n.w, "audience", lf_question_reach_name(q->reach));
    }
    return lf_audit_close(&n, t, lf_view_of(action), id, e);
}

/* ---- down: to those below ------------------------------------------------------------- */

/* A node below a provider is nobody's: only tiers that have members are passed a question for them. */
static bool goes_to(const struct lf_question_way *w, const struct lf_peer *child)
{
    return lf_question_for(&w->question, w->path, w->npath, child->node) ||
           !lf_view_is(child->tier, "provider");
}

/* Into the inbox of each child that it is for, or of one. */
static enum lf_code to_children(struct lf_task *t, const struct lf_question_way *w, lf_view json, bool anew,
                                lf_view only, size_t *n, struct lf_err *e)
{
    const struct lf_peer *peers;
    struct lf_stix s;
    size_t npeers;

    *n = 0;
    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(lf_peer_list(t, &npeers, &peers, e));
    for (size_t i = 0; i < npeers; i++) {
        bool fresh;

        if (peers[i].kind != LF_PEER_CHILD || peers[i].state != LF_PEER_ACTIVE || !goes_to(w, &peers[i]) ||
            (only.len && !lf_view_eq(only, peers[i].id)))
            continue;
        LF_TRY(lf_object_add(t, peers[i].inbox, LF_V(""), &s, json, &fresh, e));
        if (anew)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_question_member_add,
                              LF_ARGS(LF_TEXT(w->question.id), LF_TEXT(peers[i].id)), e));
        ++*n;
    }
    if (*n)
        t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

/* What came from above goes on, as an object of ours in which it lies whole. */
static enum lf_code pass_on(struct lf_task *t, const struct lf_peer *from, const uint8_t key[LF_SIGN_PUBLIC],
                            const struct lf_question_way *in, bool anew, lf_view only, size_t *n,
                            struct lf_err *e)
{
    struct lf_question_way w = *in;
    lf_time at = ms(lf_now(t->env));
    lf_view json;

    *n = 0;
    if (w.npath == LF_QUESTION_PATH)
        return LF_OK;
    if (!w.passed) {
        w.asker_name = from->name;
        w.asker_tier = from->tier;
        memcpy(w.asker_key, key, sizeof w.asker_key);
    }
    w.id = lf_question_keyed(t, "question", "question", w.question.id);
    w.by = w.path[w.npath++] = t->self->node;
    if (at < w.question.modified)
        at = w.question.modified;
    LF_TRY(lf_question_pass_on(t->a, &w, at, t->self->sign_secret, &json, e));
    return to_children(t, &w, json, anew, only, n, e);
}

static enum lf_code greet(struct lf_task *t, const struct lf_question_row *q, lf_view peer, struct lf_err *e)
{
    struct lf_question_way w;
    struct lf_peer from;
    uint8_t key[LF_SIGN_PUBLIC];
    struct lf_err none = { 0 };
    enum lf_code rc;
    bool by = false;
    size_t n = 0;

    LF_TRY(lf_question_read(t->a, q->json, &w, e));
    if (w.question.withdrawn)
        return LF_OK;
    if (!q->origin.len) {
        LF_TRY(to_children(t, &w, q->json, true, peer, &n, e));
        return n ? lf_question_tell(t, q->id, false, e) : LF_OK;
    }
    rc = lf_peer_get(t, q->origin, &from, &none);
    if (rc == LF_OK)
        rc = lf_question_by(t, w.tree, &from, key, &by, &none);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", none.text);
    if (!by) /* of a parent that was left, or its key has not held for long */
        return LF_OK;
    LF_TRY(pass_on(t, &from, key, &w, true, peer, &n, e));
    return n ? lf_question_tell(t, q->id, false, e) : LF_OK;
}

enum lf_code lf_question_greet(struct lf_task *t, lf_view peer, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_rows g = { .a = t->a, .cap = ROWS };
    int64_t after = 0;

    g.items = LF_NEW(t->a, struct lf_question_row, ROWS);
    do {
        g.n = 0;
        LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_question_living,
                         LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(after)), lf_question_gather, &g, NULL, e));
        for (size_t i = 0; i < g.n; i++)
            LF_TRY(greet(&own, &g.items[i], peer, e));
        after = g.n ? g.items[g.n - 1].seq : 0;
    } while (g.n == ROWS);
    t->effects |= own.effects;
    return LF_OK;
}

/* ---- people ask ------------------------------------------------------------------------ */

static enum lf_code canonical(struct lf_task *t, struct lf_question *q, struct lf_err *e)
{
    lf_view *values;

    if (q->kind != LF_QUESTION_INDICATORS || q->nvalues > LF_QUESTION_VALUES)
        return LF_OK; /* the check will say */
    values = LF_NEW(t->a, lf_view, q->nvalues + 1);
    for (size_t i = 0; i < q->nvalues; i++) {
        enum lf_observable_kind kind;

        if (!lf_observable_guess(q->values[i], &kind) ||
            !lf_observable_text(t->a, kind, q->values[i], &values[i]))
            return lf_err_set(e, LF_UNACCEPTED,
                              "question: value %zu, \"%.*s\", is none that can be looked for", i + 1,
                              LF_FMT(lf_view_first(q->values[i], 100)));
    }
    q->values = values;
    return LF_OK;
}

static enum lf_code add_row(struct lf_task *t, const struct lf_question *q, const struct lf_peer *from,
                            const struct lf_question_way *w, enum lf_answer_state state, lf_view reason,
                            lf_view by, lf_view json, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    int64_t seq;

    LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("question"))), 1, &seq, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_question_add,
                      LF_ARGS(LF_TEXT(q->id), LF_INT(seq), LF_TEXT(from ? from->id : LF_V("")),
                              LF_INT(q->kind), LF_TEXT(q->name), LF_TEXT(q->asker),
                              LF_TEXT(!from       ? t->self->name
                                      : w->passed ? w->asker_name
                                                  : from->name),
                              LF_TEXT(!from       ? t->self->tier
                                      : w->passed ? w->asker_tier
                                                  : from->tier),
                              LF_INT(q->created), LF_INT(q->expires), LF_INT(now), LF_INT(state),
                              LF_TEXT(reason), LF_TEXT(by), LF_INT(by.len ? now : 0),
                              LF_TEXT(w ? w->id : q->id), LF_TEXT(json)),
                      e);
}

enum lf_code lf_question_ask(struct lf_task *t, const struct lf_question *in, lf_view *id, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question q = *in;
    struct lf_question_way w;
    bool here;
    int64_t open;
    size_t n;
    lf_view json;

    LF_TRY(lf_ident_need(t, PEOPLE, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "question: the node's own organisation asks");
    q.id = lf_arena_printf(t->a, "question--%.*s", LF_FMT(lf_uuid_new(t->env, t->a)));
    q.asker = t->self->node;
    q.created = q.modified = ms(lf_now(t->env));
    q.withdrawn = false;
    q.from = ms(q.from);
    q.until = ms(q.until);
    q.expires = ms(q.expires);
    q.most_bytes = q.most_bytes ? q.most_bytes : LF_QUESTION_USUAL_BYTES;
    q.most_seconds = q.most_seconds ? q.most_seconds : LF_QUESTION_USUAL_SECONDS;
    q.why = lf_view_some(q.why);
    LF_TRY(canonical(t, &q, e));
    LF_TRY(lf_question_write(t->a, &q, t->self->sign_secret, &json, e));
    LF_TRY(lf_question_read(t->a, json, &w, e));
    LF_TRY(lf_db_int(t->db, &own.scope, &lf_q_question_open, LF_NO_ARGS, &open, e));
    if (open >= LF_QUESTIONS_OPEN)
        return lf_err_set(e, LF_TOO_MANY, "question: %d are open; wait until some are done",
                          LF_QUESTIONS_OPEN);
    here = lf_question_for(&q, w.path, q.reach == LF_QUESTION_BRANCHES ? 0 : w.npath, t->self->node);
    LF_TRY(add_row(&own, &q, NULL, NULL, here ? LF_ANSWER_QUEUED : LF_ANSWER_PASSED, LF_V(""),
                   t->scope.account, json, e));
    LF_TRY(to_children(&own, &w, json, true, LF_V(""), &n, e));
    t->effects |= own.effects | LF_FX_QUESTION;
    *id = q.id;
    return lf_question_audit(t, "question.ask", q.id, &q, LF_V(""), LF_V(""), q.why, e);
}

enum lf_code lf_question_withdraw(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_row row;
    struct lf_question_way w;
    struct lf_question q;
    lf_view json;
    size_t n;

    LF_TRY(lf_ident_need(t, PEOPLE, e));
    LF_TRY(lf_question_row(&own, &lf_q_question_get, LF_TEXT(id), &row, e));
    if (row.origin.len)
        return lf_err_set(e, LF_FORBIDDEN, "question: only who asked withdraws it; refuse it here instead");
    LF_TRY(lf_question_read(t->a, row.json, &w, e));
    if (w.question.withdrawn)
        return LF_OK;
    q = w.question;
    q.withdrawn = true;
    q.modified = ms(lf_now(t->env));
    if (q.modified <= w.question.modified)
        q.modified = w.question.modified + LF_MSEC;
    LF_TRY(lf_question_write(t->a, &q, t->self->sign_secret, &json, e));
    LF_TRY(lf_question_read(t->a, json, &w, e));
    LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_question_json, LF_ARGS(LF_TEXT(json), LF_TEXT(row.id)), e));
    if (!lf_answer_final(row.state))
        LF_TRY(lf_question_set(&own, &row, LF_ANSWER_WITHDRAWN, LF_V(""), t->scope.account, e));
    LF_TRY(to_children(&own, &w, json, false, LF_V(""), &n, e));
    t->effects |= own.effects | LF_FX_QUESTION;
    return lf_question_audit(t, "question.withdraw", row.id, NULL, LF_V(""), LF_V(""), LF_V(""), e);
}

/* ---- the node above asks ---------------------------------------------------------------- */

static enum lf_code genuine(struct lf_task *t, const struct lf_peer *from, const struct lf_question_way *w,
                            uint8_t key[LF_SIGN_PUBLIC], struct lf_err *e)
{
    bool by;

    if (from->kind != LF_PEER_PARENT)
        return lf_err_set(e, LF_FORBIDDEN, "question: only a node above asks, and %.*s lies below",
                          LF_FMT(from->name));
    if (!lf_view_eq(w->by, from->node))
        return lf_err_set(e, LF_FORBIDDEN, "question: %.*s passes on what %.*s asked without saying so",
                          LF_FMT(from->name), LF_FMT(w->by));
    LF_TRY(lf_question_by(t, w->tree, from, key, &by, e));
    if (!by)
        return lf_err_set(e, LF_UNAUTHENTIC, "question: it is not signed with the key of %.*s",
                          LF_FMT(from->name));
    if (w->passed && !lf_question_signed(t->a, w->original, w->asker_key))
        return lf_err_set(e, LF_UNAUTHENTIC, "question: what %.*s asked is not signed with its key",
                          LF_FMT(w->asker_name));
    for (size_t i = 0; i < w->npath; i++)
        if (lf_view_eq(w->path[i], t->self->node))
            return lf_err_set(e, LF_FORBIDDEN, "question: it went through this node before");
    return LF_OK;
}

/* What the policy makes of it: queued, waiting for a person, or refused with a sentence. */
static enum lf_code judge(struct lf_task *t, const struct lf_peer *from, const struct lf_question_way *w,
                          enum lf_answer_state *state, lf_view *reason, struct lf_err *e)
{
    const struct lf_question *q = &w->question;
    lf_view tier = lf_arena_printf(t->a, "tier:%.*s", LF_FMT(w->passed ? w->asker_tier : from->tier));
    struct lf_question_policy p;
    bool known;
    int64_t open;

    *reason = LF_V("");
    *state = LF_ANSWER_REFUSED;
    LF_TRY(lf_question_policy_get(t, &p, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_question_open, LF_NO_ARGS, &open, e));
    known = p.naskers == 0;
    for (size_t i = 0; i < p.naskers; i++)
        known = known || lf_view_eq(p.askers[i], tier) || lf_view_eq(p.askers[i], q->asker);
    if (open >= LF_QUESTIONS_OPEN)
        *reason = lf_arena_printf(t->a, "%d questions are open here", LF_QUESTIONS_OPEN);
    else if (!known)
        *reason = LF_V("this node's policy does not answer who asks");
    else if (!(p.kinds & 1u << q->kind))
        *reason = lf_arena_printf(t->a, "this node's policy does not answer questions of the kind %s",
                                  lf_question_kind_name(q->kind));
    else if (q->until - q->from > p.most_days * LF_DAY)
        *reason = lf_arena_printf(t->a, "this node's policy answers for at most %lld days at a time",
                                  (long long)p.most_days);
    else
        *state = p.automatic & 1u << q->kind ? LF_ANSWER_QUEUED : LF_ANSWER_WAITING;
    return LF_OK;
}

/* It is known already: the same again, or its withdrawal. */
static enum lf_code again(struct lf_task *t, const struct lf_peer *from, const uint8_t key[LF_SIGN_PUBLIC],
                          const struct lf_question_row *row, const struct lf_question_way *w, lf_view json,
                          struct lf_err *e)
{
    struct lf_question_way known;
    size_t n;

    if (!lf_view_eq(row->origin, from->id))
        return lf_err_set(e, LF_CONFLICT, "question: another node asked under this id");
    LF_TRY(lf_question_read(t->a, row->json, &known, e));
    if (known.question.withdrawn || w->question.modified <= known.question.modified)
        return LF_OK;
    if (!w->question.withdrawn)
        return lf_err_set(e, LF_UNACCEPTED, "question: one that was asked is not changed; ask another");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_question_json, LF_ARGS(LF_TEXT(json), LF_TEXT(row->id)), e));
    if (!lf_answer_final(row->state))
        LF_TRY(lf_question_set(t, row, LF_ANSWER_WITHDRAWN, LF_V(""), LF_V(""), e));
    LF_TRY(pass_on(t, from, key, w, false, LF_V(""), &n, e));
    t->effects |= LF_FX_QUESTION;
    LF_TRY(lf_question_audit(t, "question.withdrawn", row->id, NULL, row->asker, LF_V(""), LF_V(""), e));
    return lf_question_tell(t, row->id, false, e);
}

enum lf_code lf_question_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e)
{
    uint8_t key[LF_SIGN_PUBLIC];
    struct lf_task own = lf_question_node(t);
    lf_time now = lf_now(t->env);
    struct lf_question_way w;
    struct lf_question_row row;
    enum lf_answer_state state = LF_ANSWER_PASSED;
    lf_view reason = LF_V("");
    struct lf_err none = { 0 };
    enum lf_code rc;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(lf_question_read(t->a, json, &w, e));
    LF_TRY(genuine(&own, from, &w, key, e));
    rc = lf_question_row(&own, &lf_q_question_get, LF_TEXT(w.question.id), &row, &none);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", none.text);
    if (rc == LF_OK) {
        rc = again(&own, from, key, &row, &w, json, e);
        t->effects |= own.effects;
        return rc;
    }
    if (w.question.withdrawn)
        return LF_OK;
    if (now >= w.question.expires)
        return lf_err_set(e, LF_UNACCEPTED, "question: it has expired and is not answered any more");
    if (w.question.created > now + SKEW)
        return lf_err_set(e, LF_UNACCEPTED, "question: it says that it is asked tomorrow");
    if (lf_question_for(&w.question, w.path, w.npath, t->self->node))
        LF_TRY(judge(&own, from, &w, &state, &reason, e));
    LF_TRY(add_row(&own, &w.question, from, &w, state, reason,
                   state == LF_ANSWER_QUEUED || state == LF_ANSWER_REFUSED ? LF_V("policy") : LF_V(""), json,
                   e));
    LF_TRY(pass_on(&own, from, key, &w, true, LF_V(""), &n, e));
    LF_TRY(lf_question_audit(&own, "question.received", w.question.id, &w.question, w.question.asker,
                             lf_view_of(lf_answer_state_name(state)), reason, e));
    if (state != LF_ANSWER_QUEUED || n)
        LF_TRY(lf_question_tell(&own, w.question.id, true, e));
    t->effects |= own.effects | LF_FX_QUESTION;
    return LF_OK;
}

/* ---- consent ------------------------------------------------------------------------------ */

enum lf_code lf_question_decide(struct lf_task *t, lf_view id, bool accept, lf_view reason, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    enum lf_answer_state to = accept ? LF_ANSWER_QUEUED : LF_ANSWER_REFUSED;
    struct lf_question_row row;
    struct lf_question_way w;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_question_row(&own, &lf_q_question_get, LF_TEXT(id), &row, e));
    if (!row.origin.len)
        return lf_err_set(e, LF_CONFLICT, "question: it is our own; withdraw it instead");
    if (row.state != LF_ANSWER_WAITING &&
        (accept || (row.state != LF_ANSWER_QUEUED && row.state != LF_ANSWER_RUNNING)))
        return lf_err_set(e, LF_CONFLICT, "question: there is nothing to decide: it is %s",
                          lf_answer_state_name(row.state));
    if (!accept && !lf_view_is_text(reason, 1, LF_QUESTION_WHY))
        return lf_err_set(e, LF_BAD_INPUT,
                          "question: say in a reason of 1 to %d bytes why it is refused; who asked reads it",
                          LF_QUESTION_WHY);
    if (accept && lf_now(t->env) >= row.expires)
        return lf_err_set(e, LF_CONFLICT, "question: it has expired");
    LF_TRY(lf_question_read(t->a, row.json, &w, e));
    LF_TRY(lf_question_set(&own, &row, to, accept ? LF_V("") : reason, t->scope.account, e));
    LF_TRY(lf_question_tell(&own, row.id, true, e));
    t->effects |= own.effects | LF_FX_QUESTION;
    return lf_question_audit(t, accept ? "question.accept" : "question.refuse", row.id, &w.question,
                             row.asker, LF_V(""), accept ? LF_V("") : reason, e);
}
