/* The JSON API's part on response teams. */
#include "cert/duty.h"
#include "cert/incident_task.h"
#include "web/api_priv.h"
#include "web/team.h"

/* Of a form one number a skill ("need_law"). */
static lf_view needs_of(struct rq *r)
{
    lf_view out = lf_view_some(field(r, "needs"));

    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++) {
        const char *name = lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "need_%s", lf_skill_name(s)));
        lf_view n = lf_view_trim(lf_view_some(field(r, name)));

        if (n.len && !lf_view_is(n, "0"))
            out = lf_arena_printf(r->t->a, "%.*s,%s:%.*s", LF_FMT(out), lf_skill_name(s), LF_FMT(n));
    }
    return out;
}

enum lf_code team_add(struct rq *r, lf_view *id, size_t *called)
{
    struct lf_team x = { .title = lf_view_trim(lf_view_some(field(r, "title"))),
                         .place = lf_view_trim(lf_view_some(field(r, "place"))),
                         .needs_said = needs_of(r),
                         .incident = lf_view_some(field(r, "incident")) };
    lf_view post;

    LF_TRY(need(r, "post", &post));
    LF_TRY(post_name(r, post, &x.who, &x.seat));
    LF_TRY(moment_field(r, "begins", &x.begins));
    LF_TRY(moment_field(r, "answer_by", &x.answer_by));
    LF_TRY(whole_field(r, "rest", &x.rest));
    return lf_team_add(r->t, &x, id, called, r->e);
}

enum lf_code team_move(struct rq *r)
{
    enum lf_team_state to;

    if (!lf_team_state_parse(lf_view_some(field(r, "state")), &to))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "team: state is calling, assembled, recovering, ended or cancelled");
    return lf_team_move(r->t, r->id, to, lf_view_some(field(r, "note")), r->e);
}

enum lf_code team_said(struct rq *r, bool *comes, lf_time *at)
{
    lf_view answer = lf_view_some(field(r, "answer"));

    if (!lf_view_is(answer, "yes") && !lf_view_is(answer, "no"))
        return lf_err_set(r->e, LF_BAD_INPUT, "team: answer is yes or no");
    *comes = lf_view_is(answer, "yes");
    return moment_field(r, "at", at);
}

enum lf_code team_answer(struct rq *r, enum lf_team_call_state *out)
{
    lf_view contact;
    lf_time at;
    bool comes;

    LF_TRY(need(r, "contact", &contact));
    LF_TRY(team_said(r, &comes, &at));
    return lf_team_answer(r->t, r->id, contact, comes, at, out, r->e);
}

enum lf_code team_arrive(struct rq *r)
{
    lf_view contact;
    lf_time at;

    LF_TRY(need(r, "contact", &contact));
    LF_TRY(moment_field(r, "at", &at));
    return lf_team_arrive(r->t, r->id, contact, at, r->e);
}

enum lf_code team_release(struct rq *r)
{
    lf_view contact;

    LF_TRY(need(r, "contact", &contact));
    return lf_team_release(r->t, r->id, contact, lf_view_some(field(r, "handback")), r->e);
}

enum lf_code team_task(struct rq *r, lf_view *task)
{
    lf_view contact, title, phase = lf_view_some(field(r, "phase"));
    int which = LF_PHASE_CONTAIN;
    lf_time due;

    LF_TRY(need(r, "contact", &contact));
    LF_TRY(need(r, "title", &title));
    if (phase.len && !lf_task_phase_parse(phase, &which))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "phase is prepare, report, contain, investigate, recover or improve");
    LF_TRY(moment_field(r, "due", &due));
    return lf_team_task(r->t, r->id, contact, title, which, due, task, r->e);
}

static void put_team(struct rq *r, struct lf_json_w *w, const struct lf_team *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "title", x->title);
    lf_json_put_cstr(w, "state", lf_team_state_name(x->state));
    put_text(w, "incident", x->incident);
    lf_json_put_bool(w, "exercise", x->exercise > 0);
    lf_json_put_str(w, "needs", x->needs_said);
    lf_json_put_str(w, "place", x->place);
    lf_json_put_time(w, "begins", x->begins);
    lf_json_put_time(w, "answer_by", x->answer_by);
    lf_json_put_str(w, "post", lf_post_name(r->t->a, x->who, x->seat));
    lf_json_put_int(w, "rest", x->rest);
    put_text(w, "note", x->note);
    lf_json_put_time(w, "made", x->made);
    lf_json_put_str(w, "by", x->made_by);
}

enum lf_code api_teams(struct rq *r)
{
    struct lf_team_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_team_list(r->t, lf_view_some(query(r, "incident")), &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        lf_json_open(&o.w, '{');
        put_team(r, &o.w, &list.items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_team(struct rq *r)
{
    struct lf_team_counts n;
    struct lf_team x;
    struct out o;

    LF_TRY(lf_team_get(r->t, r->id, &x, &n, r->e));
    begin(&o);
    put_team(r, &o.w, &x);
    lf_json_begin(&o.w, "called", '{');
    for (enum lf_team_call_state s = LF_TEAM_WAITING; s < LF_TEAM_CALL_STATES; s++)
        lf_json_put_int(&o.w, lf_team_call_state_name(s), n.states[s]);
    lf_json_put_int(&o.w, "queued", n.queued);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "skills", '[');
    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++) {
        if (!x.needs[s])
            continue;
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "skill", lf_skill_name(s));
        lf_json_put_int(&o.w, "wanted", x.needs[s]);
        lf_json_put_int(&o.w, "come", n.filled[s]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_team_calls(struct rq *r)
{
    lf_view said = lf_view_some(query(r, "state"));
    enum lf_team_call_state state = LF_TEAM_WAITING;
    struct lf_team_calls list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    if (said.len && !lf_team_call_state_parse(said, &state))
        return lf_err_set(r->e, LF_BAD_INPUT, "team: state is waiting, comes, declines, spare or home");
    LF_TRY(lf_team_call_list(r->t, r->id, said.len ? (int)state : -1, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_team_call *c = &list.items[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "contact", c->contact);
        lf_json_put_str(&o.w, "name", c->name);
        lf_json_put_str(&o.w, "unit", c->unit);
        lf_json_put_str(&o.w, "skills", lf_skills_said(r->t->a, c->skills));
        lf_json_put_cstr(&o.w, "state", lf_team_call_state_name(c->state));
        if (c->skill >= 0)
            lf_json_put_cstr(&o.w, "skill", lf_skill_name((enum lf_skill)c->skill));
        lf_json_put_bool(&o.w, "queued", c->queued);
        lf_json_put_time(&o.w, "eta", c->eta);
        lf_json_put_time(&o.w, "said", c->said);
        put_text(&o.w, "said_by", c->said_by);
        put_text(&o.w, "manning", c->manning);
        lf_json_put_time(&o.w, "arrived", c->arrived);
        lf_json_put_time(&o.w, "left", c->left);
        lf_json_put_time(&o.w, "released", c->released);
        put_text(&o.w, "handback", c->handback);
        lf_json_put_int(&o.w, "tasks", c->tasks);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_team_add(struct rq *r)
{
    struct out o;
    size_t called;
    lf_view id;

    LF_TRY(team_add(r, &id, &called));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    lf_json_put_int(&o.w, "called", (int64_t)called);
    return end(r, &o, 201);
}

enum lf_code api_team_move(struct rq *r)
{
    LF_TRY(team_move(r));
    return answer_empty(r, 204);
}

enum lf_code api_team_answer(struct rq *r)
{
    enum lf_team_call_state s;
    struct out o;

    LF_TRY(team_answer(r, &s));
    begin(&o);
    lf_json_put_cstr(&o.w, "state", lf_team_call_state_name(s));
    return end(r, &o, 200);
}

enum lf_code api_team_arrive(struct rq *r)
{
    LF_TRY(team_arrive(r));
    return answer_empty(r, 204);
}

enum lf_code api_team_release(struct rq *r)
{
    LF_TRY(team_release(r));
    return answer_empty(r, 204);
}

enum lf_code api_team_task(struct rq *r)
{
    lf_view id;

    LF_TRY(team_task(r, &id));
    return say_id(r, 201, id);
}
