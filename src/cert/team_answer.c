/* What people who are called to a team answer, and what is made of it. */
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "cert/team_priv.h"
#include "ident/node.h"
#include "store/query_team.h"

struct one {
    lf_view contact;
    unsigned skills;
    int skill;
};
struct people {
    struct lf_arena *a;
    struct one *v;
    size_t n, cap;
};

static enum lf_code on_one(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct people *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct one){ lf_arena_copy(g->a, lf_row_text(r, 0)), (unsigned)lf_row_int(r, 1),
                                 (int)lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code of_state(struct lf_task *t, lf_view id, enum lf_team_call_state s, size_t most,
                             struct people *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    *out = (struct people){ .a = t->a };
    return lf_db_run(t->db, &node, &lf_q_team_call_of_state, LF_ARGS(LF_TEXT(id), LF_INT(s), LF_INT(most)),
                     on_one, out, NULL, e);
}

/* Who is counted for a skill may have others: from the skills of who is new, by moving people on, to one
 * that is still wanted (an augmenting path over at most LF_SKILLS skills).  *skill: what he is counted for
 * then, -1: nobody like him is wanted any more. */
static enum lf_code make_room(struct lf_task *t, const struct lf_team *x, struct people *there,
                              unsigned skills, int *skill, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int filled[LF_SKILLS] = { 0 }, from[LF_SKILLS], queue[LF_SKILLS], head = 0, tail = 0, end = -1;
    struct one *moves[LF_SKILLS] = { 0 };

    for (size_t i = 0; i < there->n; i++)
        if (there->v[i].skill >= 0)
            filled[there->v[i].skill]++;
    for (int s = 0; s < LF_SKILLS; s++) {
        from[s] = -2; /* not reached */
        if ((skills >> s & 1) && x->needs[s]) {
            from[s] = -1;
            queue[tail++] = s;
        }
    }
    while (head < tail && end < 0) {
        int s = queue[head++];

        if (filled[s] < x->needs[s])
            end = s;
        for (size_t i = 0; i < there->n && end < 0; i++)
            for (int k = 0; there->v[i].skill == s && k < LF_SKILLS; k++)
                if ((there->v[i].skills >> k & 1) && x->needs[k] && from[k] == -2) {
                    from[k] = s;
                    moves[k] = &there->v[i];
                    queue[tail++] = k;
                }
    }
    *skill = end;
    for (; end >= 0 && from[end] >= 0; end = from[end]) {
        moves[end]->skill = end;
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_call_skill,
                          LF_ARGS(LF_INT(end), LF_TEXT(x->id), LF_TEXT(moves[end]->contact)), e));
        *skill = from[end];
    }
    return LF_OK;
}

static enum lf_code is_full(struct lf_task *t, const struct lf_team *x, bool *full, struct lf_err *e)
{
    struct people there;
    int filled[LF_SKILLS] = { 0 };

    LF_TRY(of_state(t, x->id, LF_TEAM_COMES, LF_TEAM_WANTED, &there, e));
    for (size_t i = 0; i < there.n; i++)
        if (there.v[i].skill >= 0)
            filled[there.v[i].skill]++;
    *full = true;
    for (int s = 0; s < LF_SKILLS; s++)
        *full = *full && filled[s] >= x->needs[s];
    return LF_OK;
}

/* Somebody who meant to come does not: who was spare takes the place, the one who said it first. */
static enum lf_code fill_up(struct lf_task *t, const struct lf_team *x, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct people there, spare;
    int skill;

    LF_TRY(of_state(t, x->id, LF_TEAM_COMES, LF_TEAM_WANTED, &there, e));
    LF_TRY(of_state(t, x->id, LF_TEAM_SPARE, LF_RESPONDERS, &spare, e));
    for (size_t i = 0; i < spare.n; i++) {
        LF_TRY(make_room(t, x, &there, spare.v[i].skills, &skill, e));
        if (skill < 0)
            continue;
        t->effects |= LF_FX_NOTICE;
        return lf_db_exec(
            t->db, &node, &lf_q_team_call_promote,
            LF_ARGS(LF_INT(skill), LF_INT(TEAM_WANTED_NOW), LF_TEXT(x->id), LF_TEXT(spare.v[i].contact)), e);
    }
    return LF_OK;
}

enum lf_code team_says(struct lf_task *t, const struct lf_team *x, const struct lf_team_call *c, bool comes,
                       lf_time eta, lf_view by, enum lf_team_call_state *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    enum lf_team_call_state to = comes ? LF_TEAM_SPARE : LF_TEAM_DECLINES;
    lf_time now = lf_now(t->env);
    struct people there;
    bool full, was = c->state == LF_TEAM_COMES;
    int skill = -1;

    if (x->state > LF_TEAM_RECOVERING)
        return lf_err_set(e, LF_CONFLICT, "team: it is over");
    if (c->state == LF_TEAM_HOME || c->arrived)
        return lf_err_set(e, LF_CONFLICT, "team: this person has come already");
    eta = comes ? (eta ? eta : x->begins) : 0;
    if (eta && (eta < now - LF_DAY || eta > x->begins + 14 * LF_DAY))
        return lf_err_set(e, LF_BAD_INPUT, "team: at is when he arrives, at most 14 days after it begins");
    if (comes && was) {
        to = LF_TEAM_COMES;
        skill = c->skill;
    } else if (comes && x->state == LF_TEAM_CALLING) {
        LF_TRY(of_state(t, x->id, LF_TEAM_COMES, LF_TEAM_WANTED, &there, e));
        LF_TRY(make_room(t, x, &there, c->skills, &skill, e));
        to = skill >= 0 ? LF_TEAM_COMES : LF_TEAM_SPARE;
    }
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_team_call_says,
                      LF_ARGS(LF_INT(to), LF_INT(skill), LF_INT(eta), LF_INT(now), LF_TEXT(by),
                              LF_TEXT(x->id), LF_TEXT(c->contact)),
                      e));
    if (was && !comes)
        LF_TRY(fill_up(t, x, e));
    LF_TRY(is_full(t, x, &full, e));
    if (x->state == LF_TEAM_CALLING && full) {
        LF_TRY(team_enough(t, x->id, e));
        LF_TRY(team_set(t, x->id, LF_TEAM_ASSEMBLED, x->note, e));
    } else if (x->state == LF_TEAM_ASSEMBLED && was && !comes && !full) { /* and nobody was spare */
        LF_TRY(team_set(t, x->id, LF_TEAM_CALLING, x->note, e));
    }
    *out = to;
    return team_audit(t, LF_V("team.answer"), x->id, lf_team_call_state_name(to), c->name, e);
}

enum lf_code lf_team_answer(struct lf_task *t, lf_view id, lf_view contact, bool comes, lf_time eta,
                            enum lf_team_call_state *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_team_call c;
    struct lf_team x;
    int64_t mine;

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_team_of_contact,
                     LF_ARGS(LF_TEXT(contact), LF_TEXT(t->scope.account)), &mine, e));
    if (!mine)
        LF_TRY(team_may(t, e));
    LF_TRY(team_load(t, id, &x, e));
    LF_TRY(team_call_load(t, id, contact, &c, e));
    return team_says(t, &x, &c, comes, eta, t->scope.account, out, e);
}

/* ---- by the link ---- */

static enum lf_code by_link(struct lf_task *t, lf_view link, struct notice_call *call, struct lf_team *team,
                            struct lf_team_call *c, struct lf_err *e)
{
    struct lf_notice n;

    LF_TRY(notice_link_open(t, link, call, e));
    LF_TRY(notice_load(t, call->row.notice, &n, e));
    if (n.kind != LF_NOTICE_TEAM)
        return lf_err_set(e, LF_NOT_FOUND, "this link is none of this node's, or its time is over");
    LF_TRY(team_load(t, n.subject, team, e));
    return team_call_load(t, n.subject, call->row.contact, c, e);
}

enum lf_code lf_team_link_read(struct lf_task *t, lf_view link, struct lf_team *team,
                               struct lf_team_call *call, struct lf_err *e)
{
    struct notice_call n;

    return by_link(t, link, &n, team, call, e);
}

enum lf_code lf_team_link_answer(struct lf_task *t, lf_view link, bool comes, lf_time eta, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    enum lf_team_call_state state;
    struct lf_team_call c;
    struct notice_call call;
    struct lf_team x;
    enum lf_code rc;

    LF_TRY(by_link(t, link, &call, &x, &c, e));
    if (c.state != LF_TEAM_WAITING)
        return lf_err_set(e, LF_CONFLICT, "this call was answered already");
    rc = team_says(&own, &x, &c, comes, eta, LF_V("link"), &state, e);
    if (rc == LF_OK)
        rc = notice_answered(&own, &call, lf_arena_printf(t->a, "link:%.*s", LF_FMT(call.row.name)), e);
    t->effects |= own.effects;
    return rc;
}
