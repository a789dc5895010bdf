/* Answers: what was found here, what of it is told, and what those below have said, folded. */
#include "ident/ident.h"
#include "isac/link.h"
#include "isac/question_priv.h"
#include "isac/rights.h"
#include "model/marking.h"
#include "model/role.h"
#include "store/query_question.h"

enum { ROWS = 100 };

lf_view lf_question_part_text(struct lf_arena *a, const struct lf_answer_part *p)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4 * (size_t)LF_ANSWER_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_answer_part_write(&w, p);
    lf_json_close(&w);
    out = b.over ? LF_V("") : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code part_of(struct lf_task *t, lf_view text, struct lf_answer_part *out, struct lf_err *e)
{
    const struct lf_json *v;

    *out = (struct lf_answer_part){ .named = true };
    if (!text.len)
        return LF_OK;
    LF_TRY(lf_json_parse(t->a, text, NULL, &v, e));
    return lf_answer_part_read(t->a, v, out, e);
}

enum lf_code lf_question_set(struct lf_task *t, const struct lf_question_row *q, enum lf_answer_state s,
                             lf_view reason, lf_view by, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_question_state,
                      LF_ARGS(LF_INT(s), LF_TEXT(reason), LF_TEXT(by.len ? by : q->decided_by),
                              LF_INT(by.len ? lf_now(t->env) : q->decided), LF_TEXT(q->id)),
                      e);
}

/* ---- those below ----------------------------------------------------------------------- */

struct member {
    lf_view json, node, name, tier;
    enum lf_answer_state state;
    int64_t version;
};

struct members {
    struct lf_arena *a;
    struct member *items;
    size_t n, cap;
};

static enum lf_code take_member(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct members *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct member){ .state = (enum lf_answer_state)lf_row_int(r, 1),
                                        .version = lf_row_int(r, 2),
                                        .json = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                        .node = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                        .name = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                        .tier = lf_arena_copy(g->a, lf_row_text(r, 6)) };
    return LF_OK;
}

/* All below, each child before those below it.  A child is named as this node knows it. */
static enum lf_code all_below(struct lf_task *t, lf_view id, struct lf_answer_part **out, size_t *n,
                              struct lf_err *e)
{
    struct members g = { .a = t->a };
    struct lf_answer_part *all = NULL;
    size_t cap = 0, count = 0;

    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_question_members, LF_ARGS(LF_TEXT(id)), take_member, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++) {
        /* Until it says otherwise: it may not want to be named above. */
        struct lf_answer x = { .own = { .state = LF_ANSWER_UNANSWERED } };

        if (g.items[i].json.len)
            LF_TRY(lf_answer_read(t->a, g.items[i].json, &x, e));
        x.own.node = g.items[i].node;
        x.own.name = g.items[i].name;
        x.own.tier = g.items[i].tier;
        for (size_t k = 0; k <= x.nmembers; k++) {
            all = lf_arena_grow(t->a, all, count, &cap, sizeof *all);
            all[count++] = k ? x.members[k - 1] : x.own;
        }
    }
    *out = all;
    *n = count;
    return LF_OK;
}

/* ---- telling --------------------------------------------------------------------------- */

static lf_view named(lf_view v, bool is)
{
    return is ? v : LF_V("");
}

/* As it goes up: a member that does not want to be named is not. */
static enum lf_code compose(struct lf_task *t, const struct lf_question_row *q, lf_time version,
                            lf_view *json, struct lf_err *e)
{
    struct lf_question_policy policy;
    struct lf_answer x = { .id = lf_question_keyed(t, "question-answer", "answer", q->id),
                           .by = t->self->node,
                           .question = q->id,
                           .created = q->received - q->received % LF_MSEC,
                           .modified = version };
    struct lf_err why = { 0 };
    enum lf_code rc;

    LF_TRY(lf_question_policy_get(t, &policy, e));
    LF_TRY(part_of(t, q->answer, &x.own, e));
    x.own.node = x.own.name = x.own.tier = LF_V("");
    x.own.named = policy.named;
    x.own.state = q->state;
    x.own.reason = q->reason;
    if (x.modified < x.created)
        x.modified = x.created;
    LF_TRY(all_below(t, q->id, &x.members, &x.nmembers, e));
    for (size_t i = 0; i < x.nmembers; i++) {
        struct lf_answer_part *m = &x.members[i];

        m->node = named(m->node, m->named);
        m->name = named(m->name, m->named);
        m->tier = named(m->tier, m->named);
    }
    if (x.nmembers > LF_ANSWER_MEMBERS) {
        x.nmembers = LF_ANSWER_MEMBERS;
        x.own.reason =
            lf_arena_printf(t->a, "more than %d nodes lie below; the others are left out", LF_ANSWER_MEMBERS);
    }
    rc = lf_answer_write(t->a, &x, t->self->sign_secret, json, &why);
    if (rc == LF_OK)
        return LF_OK;
    /* Too large with each value of each member: the counts, and that there is more. */
    for (size_t i = 0; i < x.nmembers; i++)
        if (x.members[i].nvalues) {
            x.members[i].nvalues = 0;
            x.members[i].reason = LF_V("the single values were left out: the answer was too large");
        }
    rc = lf_answer_write(t->a, &x, t->self->sign_secret, json, &why);
    if (rc != LF_OK && x.own.nvalues) {
        x.own.nvalues = 0;
        x.own.reason = LF_V("the single values were left out: the answer was too large");
        rc = lf_answer_write(t->a, &x, t->self->sign_secret, json, &why);
    }
    /* An answer that could never be told would be tried again for ever: names and reasons go, then nodes. */
    for (size_t i = 0; i < x.nmembers && rc == LF_TOO_BIG; i++)
        x.members[i].reason = LF_V("");
    while (rc == LF_TOO_BIG) {
        x.own.reason = LF_V("some nodes were left out: the answer was too large");
        rc = lf_answer_write(t->a, &x, t->self->sign_secret, json, &why);
        if (!x.nmembers)
            break;
        x.nmembers /= 2;
    }
    return rc == LF_OK ? LF_OK : lf_err_set(e, rc, "%s", why.text);
}

enum lf_code lf_question_tell(struct lf_task *t, lf_view id, bool now, struct lf_err *e)
{
    struct lf_question_row q;
    lf_time at = lf_now(t->env);
    int64_t open;
    lf_view json;

    LF_TRY(lf_question_row(t, &lf_q_question_get, LF_TEXT(id), &q, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_question_members_open, LF_ARGS(LF_TEXT(id)), &open, e));
    if (q.origin.len && !now && q.told && (open || !lf_answer_final(q.state))) /* with the next turn */
        return lf_db_exec(t->db, &t->scope, &lf_q_question_mark, LF_ARGS(LF_TEXT(id)), e);
    at -= at % LF_MSEC;
    if (at <= q.told)
        at = q.told + LF_MSEC;
    if (q.origin.len) {
        LF_TRY(compose(t, &q, at, &json, e));
        LF_TRY(lf_link_send(t, lf_question_keyed(t, "question-answer", "answer", q.id), at, json, e));
    }
    return lf_db_exec(t->db, &t->scope, &lf_q_question_told, LF_ARGS(LF_INT(at), LF_TEXT(id)), e);
}

/* ---- a child answers --------------------------------------------------------------------- */

enum lf_code lf_question_answered(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct members g = { .a = t->a };
    struct lf_question_row q;
    struct lf_answer x;
    const struct member *known = NULL;
    uint8_t key[LF_SIGN_PUBLIC];
    int64_t open, changed;
    bool by;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER, e));
    LF_TRY(lf_answer_read(t->a, json, &x, e));
    if (from->kind != LF_PEER_CHILD || !lf_view_eq(x.by, from->node))
        return lf_err_set(e, LF_FORBIDDEN, "answer: a node answers for itself, to the node above it");
    LF_TRY(lf_question_by(&own, x.tree, from, key, &by, e));
    if (!by)
        return lf_err_set(e, LF_UNAUTHENTIC, "answer: it is not signed with the key of %.*s",
                          LF_FMT(from->name));
    LF_TRY(lf_question_row(&own, &lf_q_question_get, LF_TEXT(x.question), &q, e));
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_question_members, LF_ARGS(LF_TEXT(q.id)), take_member, &g, NULL,
                     e));
    for (size_t i = 0; i < g.n; i++)
        if (lf_view_eq(g.items[i].node, from->node))
            known = &g.items[i];
    if (!known)
        return lf_err_set(e, LF_FORBIDDEN, "answer: %.*s was not asked", LF_FMT(from->name));
    open = !lf_answer_final(x.own.state);
    for (size_t i = 0; i < x.nmembers; i++)
        open += !lf_answer_final(x.members[i].state);
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_question_member_set,
                     LF_ARGS(LF_INT(x.own.state), LF_INT(x.modified), LF_INT(open), LF_TEXT(json),
                             LF_TEXT(q.id), LF_TEXT(from->id)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return LF_OK; /* an older version, or the same again */
    if (known->state != x.own.state)
        LF_TRY(lf_question_audit(&own, "question.answered", q.id, NULL, from->node,
                                 lf_view_of(lf_answer_state_name(x.own.state)), x.own.reason, e));
    LF_TRY(lf_question_tell(&own, q.id, false, e));
    t->effects |= own.effects | LF_FX_COLLECTION;
    return LF_OK;
}

/* ---- the clock --------------------------------------------------------------------------- */

enum lf_code lf_question_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_rows g = { .a = t->a,
                                  .items = LF_NEW(t->a, struct lf_question_row, ROWS),
                                  .cap = ROWS };
    size_t late;

    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_question_late, LF_ARGS(LF_INT(lf_now(t->env))),
                     lf_question_gather, &g, NULL, e));
    late = g.n;
    for (size_t i = 0; i < late; i++) {
        LF_TRY(lf_question_set(&own, &g.items[i], LF_ANSWER_EXPIRED,
                               LF_V("it expired before it was answered"), LF_V(""), e));
        LF_TRY(lf_question_audit(&own, "question.expired", g.items[i].id, NULL, g.items[i].asker, LF_V(""),
                                 LF_V(""), e));
        own.effects |= LF_FX_QUESTION;
    }
    g.n = 0;
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_question_due, LF_NO_ARGS, lf_question_gather, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(lf_question_tell(&own, g.items[i].id, true, e));
    t->effects |= own.effects;
    return LF_OK;
}

/* ---- running ------------------------------------------------------------------------------ */

enum lf_code lf_question_next(struct lf_task *t, struct lf_question_order *order, bool *found,
                              struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_policy policy;
    struct lf_question_row q;
    struct lf_question_way w;
    struct lf_err none = { 0 };
    int64_t bytes, seconds, tries;
    const lf_view *hidden;
    size_t nhidden;
    bool many;
    enum lf_code rc = lf_question_row(&own, &lf_q_question_run, LF_NULL, &q, &none);

    *found = false;
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    if (rc != LF_OK)
        return lf_err_set(e, rc, "%s", none.text);
    if (lf_now(t->env) >= q.expires)
        return LF_OK; /* the next turn ends it, and asks again */
    LF_TRY(lf_question_read(t->a, q.json, &w, e));
    LF_TRY(lf_question_policy_get(t, &policy, e));
    bytes = w.question.most_bytes;
    seconds = w.question.most_seconds;
    if (q.origin.len && policy.most_bytes < bytes)
        bytes = policy.most_bytes;
    if (q.origin.len && policy.most_seconds < seconds)
        seconds = policy.most_seconds;
    LF_TRY(lf_question_hidden(&own, &q, &w.question, &hidden, &nhidden, &many, e));
    LF_TRY(lf_db_int(t->db, &own.scope, &lf_q_question_try, LF_ARGS(LF_TEXT(q.id)), &tries, e));
    if (many || tries > LF_QUESTION_TRIES) {
        lf_view why =
            many ? LF_V("it asks for too many values, or for a name below which this node knows too many")
                 : lf_arena_printf(t->a, "it was begun %d times here, and the search ended each time",
                                   LF_QUESTION_TRIES);

        LF_TRY(lf_question_set(&own, &q, LF_ANSWER_REFUSED, why, LF_V(""), e));
        LF_TRY(lf_question_audit(&own, "question.ran", q.id, &w.question, q.asker,
                                 lf_view_of(lf_answer_state_name(LF_ANSWER_REFUSED)), why, e));
        LF_TRY(lf_question_tell(&own, q.id, true, e));
        t->effects |= own.effects | LF_FX_QUESTION | LF_FX_COLLECTION; /* the next one */
        return LF_OK;
    }
    *order = (struct lf_question_order){ .number = (uint64_t)q.seq,
                                         .kind = w.question.kind,
                                         .from = w.question.from,
                                         .until = w.question.until,
                                         .most_bytes = (uint64_t)bytes,
                                         .most_ms = (uint64_t)seconds * 1000,
                                         .text = w.question.text,
                                         .values = w.question.values,
                                         .nvalues = w.question.nvalues,
                                         .hidden = hidden,
                                         .nhidden = nhidden };
    *found = true;
    if (q.state == LF_ANSWER_QUEUED) {
        LF_TRY(lf_question_set(&own, &q, LF_ANSWER_RUNNING, LF_V(""), LF_V(""), e));
        LF_TRY(lf_question_tell(&own, q.id, false, e));
    }
    t->effects |= own.effects;
    return LF_OK;
}

enum lf_code lf_question_wanted(struct lf_task *t, int64_t number, bool *wanted, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_question_row q;
    struct lf_err none = { 0 };
    enum lf_code rc = lf_question_row(&own, &lf_q_question_by_seq, LF_INT(number), &q, &none);

    *wanted = rc == LF_OK && q.state == LF_ANSWER_RUNNING;
    return rc == LF_OK || rc == LF_NOT_FOUND ? LF_OK : lf_err_set(e, rc, "%s", none.text);
}

enum lf_code lf_question_ran(struct lf_task *t, const struct lf_question_result *r, struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    struct lf_answer_part whole = { .named = true }, out;
    struct lf_answer_value *values;
    struct lf_question_policy policy;
    struct lf_question_row q;
    struct lf_question_way w;
    struct lf_err none = { 0 };
    enum lf_code rc = lf_question_row(&own, &lf_q_question_by_seq, LF_INT(r->number), &q, &none);

    if (rc == LF_NOT_FOUND || (rc == LF_OK && q.state != LF_ANSWER_RUNNING))
        return LF_OK; /* refused, withdrawn or expired meanwhile */
    if (rc != LF_OK)
        return lf_err_set(e, rc, "%s", none.text);
    LF_TRY(lf_question_read(t->a, q.json, &w, e));
    whole.state = r->end == LF_QUESTION_FAILED ? LF_ANSWER_REFUSED
                  : r->end == LF_QUESTION_CUT  ? LF_ANSWER_PARTLY
                                               : LF_ANSWER_ANSWERED;
    whole.reason = lf_view_some(r->note);
    whole.bytes = (int64_t)r->bytes;
    whole.events = (int64_t)r->events;
    whole.milliseconds = (int64_t)r->milliseconds;
    whole.seen = (struct lf_answer_seen){ .told = r->end != LF_QUESTION_FAILED,
                                          .count = (int64_t)r->count,
                                          .first = r->count ? r->first : 0,
                                          .last = r->count ? r->last : 0 };
    values = LF_NEW(t->a, struct lf_answer_value, r->ncounts + 1);
    for (size_t i = 0; i < r->ncounts; i++)
        if (r->counts[i].value < w.question.nvalues && r->counts[i].count)
            values[whole.nvalues++] =
                (struct lf_answer_value){ .value = w.question.values[r->counts[i].value],
                                          .seen = { .told = true,
                                                    .count = (int64_t)r->counts[i].count,
                                                    .first = r->counts[i].first,
                                                    .last = r->counts[i].last } };
    whole.values = values;
    LF_TRY(lf_question_policy_get(t, &policy, e));
    lf_question_disclose(t->a, &policy, &whole, &out);
    LF_TRY(lf_db_exec(
        t->db, &own.scope, &lf_q_question_result,
        LF_ARGS(LF_INT(whole.state), LF_TEXT(whole.reason), LF_TEXT(lf_question_part_text(t->a, &whole)),
                LF_TEXT(lf_question_part_text(t->a, q.origin.len ? &out : &whole)), LF_TEXT(q.id)),
        e));
    LF_TRY(lf_question_audit(&own, "question.ran", q.id, &w.question, q.asker,
                             lf_view_of(lf_answer_state_name(whole.state)), whole.reason, e));
    LF_TRY(lf_question_tell(&own, q.id, false, e));
    t->effects |= own.effects | LF_FX_QUESTION | LF_FX_COLLECTION;
    return LF_OK;
}

/* ---- looking ------------------------------------------------------------------------------- */

static void add_up(struct lf_question_sum *s, const struct lf_answer_part *p, bool expired)
{
    if (p->state == LF_ANSWER_PASSED)
        return;
    s->asked++;
    s->open += !lf_answer_final(p->state) && !expired;
    s->answered += p->state == LF_ANSWER_ANSWERED || p->state == LF_ANSWER_PARTLY;
    s->refused += p->state == LF_ANSWER_REFUSED;
    s->at_least = s->at_least || p->state != LF_ANSWER_ANSWERED || p->seen.fewer;
    if (!p->seen.told || !p->seen.count)
        return;
    s->seen++;
    s->count += p->seen.fewer ? 1 : p->seen.count;
    if (p->seen.first && (!s->first || p->seen.first < s->first))
        s->first = p->seen.first;
    if (p->seen.last > s->last)
        s->last = p->seen.last;
}

enum lf_code lf_question_get(struct lf_task *t, lf_view id, struct lf_question_view *out, struct lf_err *e)
{
    struct lf_question_view v = { 0 };
    bool expired;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_question_row(t, &lf_q_question_get, LF_TEXT(id), &v.row, e));
    LF_TRY(lf_question_read(t->a, v.row.json, &v.way, e));
    LF_TRY(part_of(t, v.row.result, &v.own, e));
    LF_TRY(part_of(t, v.row.answer, &v.told, e));
    LF_TRY(all_below(t, v.row.id, &v.members, &v.nmembers, e));
    v.own.state = v.told.state = v.row.state;
    v.own.reason = v.told.reason = v.row.reason;
    v.own.node = t->self->node;
    v.own.name = t->self->name;
    v.own.tier = t->self->tier;
    expired = lf_now(t->env) >= v.row.expires;
    add_up(&v.sum, &v.own, expired);
    for (size_t i = 0; i < v.nmembers; i++) {
        if (expired && !lf_answer_final(v.members[i].state))
            v.members[i].state = LF_ANSWER_EXPIRED;
        add_up(&v.sum, &v.members[i], expired);
    }
    *out = v;
    return LF_OK;
}
