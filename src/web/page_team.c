/* Response teams in the console, and the page by which who was called answers. */
#include "cert/duty.h"
#include "cert/incident_task.h"
#include "web/page_priv.h"
#include "web/team.h"

static void put_state(struct rq *r, struct lf_buf *b, enum lf_team_state s)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text word;
    } words[LF_TEAM_STATES] = { { "warn", "☎", LF_T_TEAM_CALLING },
                                { "good", "✓", LF_T_TEAM_ASSEMBLED },
                                { "warn", "↻", LF_T_TEAM_RECOVERING },
                                { "good", "●", LF_T_TEAM_ENDED },
                                { "bad", "×", LF_T_TEAM_CANCELLED } };

    badge(b, words[s].tone, words[s].sign, text(r, words[s].word));
}

static enum lf_text call_word(enum lf_team_call_state s)
{
    static const enum lf_text words[LF_TEAM_CALL_STATES] = { LF_T_TEAM_WAITING, LF_T_TEAM_COMES,
                                                             LF_T_TEAM_DECLINES, LF_T_TEAM_SPARE,
                                                             LF_T_TEAM_HOME };

    return words[s];
}

static void put_moment(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, bool needed)
{
    lf_html(b,
            "<p><label for=\"t-%\">%</label><input id=\"t-%\" name=\"%\" type=\"datetime-local\" "
            "value=\"%\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(lf_view_some(field(r, name))),
            LF_RAW(lf_view_of(needed ? " required" : "")));
}

static void put_line(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view now,
                     const char *more)
{
    lf_html(b, "<p><label for=\"t-%\">%</label><input id=\"t-%\" name=\"%\" value=\"%\"%></p>", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name), V(now), LF_RAW(lf_view_of(more)));
}

/* ---- all of them ---- */

static void put_ask(struct rq *r, struct lf_buf *b)
{
    lf_view incident = field(r, "incident"), rest = field(r, "rest");

    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/teams\">",
            T(TEAM_ASK));
    put_csrf(r, b);
    put_line(r, b, "title", LF_T_TEAM_TITLE, lf_view_some(field(r, "title")), " required maxlength=\"66\"");
    put_line(r, b, "incident", LF_T_SHIFT_INCIDENT,
             incident.ptr ? incident : lf_view_some(query(r, "incident")),
             " autocomplete=\"off\" spellcheck=\"false\"");
    lf_html(b, "<fieldset><legend>%</legend>", T(TEAM_WANTED));
    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++) {
        const char *name = lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "need_%s", lf_skill_name(s)));

        put_line(r, b, name, skill_text(s), lf_view_some(field(r, name)),
                 " type=\"number\" min=\"0\" max=\"1000\"");
    }
    LF_PUT(b, "</fieldset>");
    put_line(r, b, "place", LF_T_TEAM_PLACE, lf_view_some(field(r, "place")), " required maxlength=\"66\"");
    put_moment(r, b, "begins", LF_T_TEAM_BEGINS, true);
    put_moment(r, b, "answer_by", LF_T_TEAM_ANSWER_BY, false);
    lf_html(b, "<p><label for=\"t-post\">%</label><select id=\"t-post\" name=\"post\">", T(TEAM_POST));
    put_post_options(r, b, field(r, "post").len ? field(r, "post") : LF_V("group-1"));
    LF_PUT(b, "</select></p>");
    put_line(r, b, "rest", LF_T_TEAM_REST, rest.ptr ? rest : LF_V("24"),
             " type=\"number\" min=\"0\" max=\"336\"");
    lf_html(b, "<p><button>%</button></p></form></section>", T(TEAM_ASK_DO));
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)),
            incident = lf_view_some(query(r, "incident"));
    lf_view of = incident.len ? lf_arena_printf(r->t->a, "&incident=%.*s", LF_FMT(url_text(r, incident)))
                              : LF_V("");
    struct lf_team_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_team_list(r->t, incident, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_TEAMS), "/rosters");
    lf_html(
        &b,
        "<p><a href=\"/rosters\">%</a> · <a href=\"/responders\">%</a></p><div class=\"head\"><h1>%</h1><p "
        "class=\"quiet\">%</p></div>",
        T(ROSTERS), T(RESPONDERS), T(TEAMS), T(TEAMS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\">");
    if (!list.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(TEAM_NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(TEAMS), T(TEAM_TITLE), T(TEAM_STATE), T(TEAM_BEGINS), T(TEAM_PLACE));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_team *x = &list.items[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\"><span>",
                T(TEAM_TITLE), V(path2(r, "/teams/", x->id, "")), V(x->title), T(TEAM_STATE));
        put_state(r, &b, x->state);
        lf_html(&b, "</span></td><td data-label=\"%\">", T(TEAM_BEGINS));
        put_when(r, &b, x->begins);
        lf_html(&b, "</td><td class=\"wrap\" data-label=\"%\">%</td></tr>", T(TEAM_PLACE), V(x->place));
    }
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, of), list.next);
    if (may(r, JUDGE))
        put_ask(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_teams(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_team_add(struct rq *r)
{
    size_t called;
    lf_view id = LF_V("");
    enum lf_code rc = team_add(r, &id, &called);

    return rc == LF_OK ? redirect(r, path2(r, "/teams/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- one ---- */

static void put_counts(struct rq *r, struct lf_buf *b, const struct lf_team *x,
                       const struct lf_team_counts *n)
{
    lf_html(
        b,
        "<section class=\"panel\"><table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
        "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
        T(TEAM_WANTED), T(TEAM_SKILL), T(TEAM_NEED), T(TEAM_FILLED));
    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        if (x->needs[s])
            lf_html(
                b,
                "<tr><td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td class=\"num\" "
                "data-label=\"%\">%</td></tr>",
                T(TEAM_SKILL), V(text(r, skill_text(s))), T(TEAM_NEED), V(number(r, x->needs[s])),
                T(TEAM_FILLED), V(number(r, n->filled[s])));
    LF_PUT(b, "</tbody></table><p>");
    lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/teams/", x->id, "")), T(TEAM_ALL));
    for (enum lf_team_call_state s = LF_TEAM_WAITING; s < LF_TEAM_CALL_STATES; s++)
        lf_html(b, " · <a href=\"?state=%\">% %</a>", LF_HC(lf_team_call_state_name(s)),
                V(text(r, call_word(s))), V(number(r, n->states[s])));
    if (n->queued)
        lf_html(b, " · % %", T(TEAM_QUEUED), V(number(r, n->queued)));
    LF_PUT(b, "</p></section>");
}

static void put_act(struct rq *r, struct lf_buf *b, const char *act, enum lf_text label, lf_view name)
{
    struct lf_text_value named[] = { { "act", text(r, label) }, { "task", name } };

    lf_html(b, "<button class=\"second small\" name=\"act\" value=\"%\" aria-label=\"%\">%</button> ",
            LF_HC(act), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), V(text(r, label)));
}

static void put_call(struct rq *r, struct lf_buf *b, const struct lf_team *x, const struct lf_team_call *c)
{
    bool open = x->state <= LF_TEAM_RECOVERING && c->state != LF_TEAM_HOME;

    lf_html(
        b,
        "<tr><td class=\"wrap\" data-label=\"%\"><span>%<br><small>%</small></span></td><td class=\"wrap\" "
        "data-label=\"%\"><span>",
        T(TEAM_PERSON), V(c->name), V(c->unit), T(TEAM_SKILL));
    if (c->skill >= 0)
        lf_html(b, "%", V(text(r, skill_text((enum lf_skill)c->skill))));
    else
        put_skills(r, b, c->skills);
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(TEAM_STATE));
    badge(b,
          c->state == LF_TEAM_COMES     ? "good"
          : c->state == LF_TEAM_WAITING ? "warn"
                                        : "",
          c->state == LF_TEAM_COMES ? "✓" : "·", text(r, c->queued ? LF_T_TEAM_QUEUED : call_word(c->state)));
    if (c->arrived && !c->left)
        badge(b, "good", "●", text(r, LF_T_TEAM_THERE));
    if (c->tasks)
        lf_html(b, "<br><small>%</small>", V(fill1(r, LF_T_TEAM_TASKS_OPEN, "n", number(r, c->tasks))));
    if (c->handback.len)
        lf_html(b, "<br><small class=\"wrap\">%</small>", V(c->handback));
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(TEAM_ETA));
    if (c->arrived || c->eta)
        put_when(r, b, c->arrived ? c->arrived : c->eta);
    lf_html(b, "</span></td><td data-label=\"%\">", T(ACT));
    if (open && may(r, JUDGE)) {
        lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">", V(path2(r, "/teams/", x->id, "")));
        put_csrf(r, b);
        lf_html(b, "<input type=\"hidden\" name=\"contact\" value=\"%\">", V(c->contact));
        if (c->state != LF_TEAM_COMES)
            put_act(r, b, "yes", LF_T_TEAM_SAYS_YES, c->name);
        if (c->state != LF_TEAM_DECLINES && !c->arrived)
            put_act(r, b, "no", LF_T_TEAM_SAYS_NO, c->name);
        if (c->state == LF_TEAM_COMES && (!c->arrived || c->left))
            put_act(r, b, "arrive", LF_T_TEAM_ARRIVE, c->name);
        LF_PUT(b, "</form>");
    }
    LF_PUT(b, "</td></tr>");
}

static enum lf_code put_calls(struct rq *r, struct lf_buf *b, const struct lf_team *x)
{
    lf_view said = lf_view_some(query(r, "state"));
    enum lf_team_call_state state = LF_TEAM_WAITING;
    bool one = said.len && lf_team_call_state_parse(said, &state);
    struct lf_team_calls list;
    struct lf_page page;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_team_call_list(r->t, x->id, one ? (int)state : -1, &page, &list, r->e));
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption "
            "class=\"unseen\">%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(TEAM_CALLS), T(TEAM_CALLS), T(TEAM_PERSON), T(TEAM_SKILL), T(TEAM_STATE), T(TEAM_ETA), T(ACT));
    for (size_t i = 0; i < list.n; i++)
        put_call(r, b, x, &list.items[i]);
    LF_PUT(b, "</tbody></table></section>");
    put_next_with(
        r, b,
        one ? lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "&state=%s", lf_team_call_state_name(state)))
            : "",
        list.next);
    return LF_OK;
}

/* Of those who come: a task, or handing back. */
static enum lf_code put_people(struct rq *r, struct lf_buf *b, const struct lf_team *x)
{
    struct lf_page all = { .limit = LF_PAGE_MOST };
    struct lf_team_calls list;

    LF_TRY(lf_team_call_list(r->t, x->id, LF_TEAM_COMES, &all, &list, r->e));
    if (!list.n)
        return LF_OK;
    for (int task = 0; task <= (x->incident.len ? 1 : 0); task++) {
        lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
                V(text(r, task ? LF_T_TEAM_TASK : LF_T_TEAM_RELEASE)), V(path2(r, "/teams/", x->id, "")));
        put_csrf(r, b);
        lf_html(b, "<p><label for=\"p-%\">%</label><select id=\"p-%\" name=\"contact\">",
                LF_HC(task ? "task" : "home"), T(TEAM_PERSON), LF_HC(task ? "task" : "home"));
        for (size_t i = 0; i < list.n; i++)
            lf_html(b, "<option value=\"%\"%>% (%)</option>", V(list.items[i].contact),
                    LF_RAW(lf_view_eq(list.items[i].contact, lf_view_some(field(r, "contact")))
                               ? LF_V(" selected")
                               : LF_V("")),
                    V(list.items[i].name), V(list.items[i].unit));
        LF_PUT(b, "</select></p>");
        if (task) {
            put_line(r, b, "title", LF_T_TEAM_TASK_TITLE, lf_view_some(field(r, "title")),
                     " required maxlength=\"66\"");
            lf_html(b, "<p><label for=\"p-phase\">%</label><select id=\"p-phase\" name=\"phase\">",
                    T(TASK_PHASE));
            for (unsigned p = 0; p < LF_TASK_PHASES; p++)
                lf_html(b, "<option value=\"%\"%>%</option>",
                        LF_HC(lf_task_phase_name((enum lf_task_phase)p)),
                        LF_RAW(p == (x->state == LF_TEAM_RECOVERING ? LF_PHASE_RECOVER : LF_PHASE_CONTAIN)
                                   ? LF_V(" selected")
                                   : LF_V("")),
                        V(text(r, task_phase_text(p))));
            LF_PUT(b, "</select></p>");
            put_moment(r, b, "due", LF_T_TASK_DUE, false);
        } else {
            put_line(r, b, "handback", LF_T_TEAM_HANDBACK, lf_view_some(field(r, "handback")),
                     " maxlength=\"600\"");
        }
        lf_html(b, "<p><button name=\"act\" value=\"%\">%</button></p></form></section>",
                LF_HC(task ? "task" : "release"), V(text(r, task ? LF_T_TEAM_TASK : LF_T_TEAM_RELEASE)));
    }
    return LF_OK;
}

static void put_move(struct rq *r, struct lf_buf *b, const struct lf_team *x)
{
    static const enum lf_text words[LF_TEAM_STATES] = { LF_T_TEAM_MOVE_AGAIN, LF_T_TEAM_MOVE_ENOUGH,
                                                        LF_T_TEAM_MOVE_RECOVER, LF_T_TEAM_MOVE_END,
                                                        LF_T_TEAM_MOVE_CANCEL };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(TEAM_MOVE), V(path2(r, "/teams/", x->id, "")));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"t-state\">%</label><select id=\"t-state\" name=\"state\">", T(TEAM_STATE));
    for (enum lf_team_state s = LF_TEAM_CALLING; s < LF_TEAM_STATES; s++)
        if (lf_team_may_move(x->state, s))
            lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_team_state_name(s)),
                    LF_RAW(lf_view_is(lf_view_some(field(r, "state")), lf_team_state_name(s))
                               ? LF_V(" selected")
                               : LF_V("")),
                    V(text(r, words[s])));
    LF_PUT(b, "</select></p>");
    put_line(r, b, "note", LF_T_TEAM_NOTE, lf_view_some(field(r, "note")), " maxlength=\"600\"");
    lf_html(b, "<p><button class=\"second\" name=\"act\" value=\"move\">%</button></p></form></section>",
            T(TEAM_MOVE));
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_team_counts n;
    struct lf_team x;
    struct lf_buf b;

    LF_TRY(lf_team_get(r->t, r->id, &x, &n, r->e));
    begin_page(r, &b, x.title, "/rosters");
    lf_html(&b, "<p><a href=\"/teams\">%</a></p><div class=\"head\"><h1>%</h1><p>", T(TEAMS), V(x.title));
    put_state(r, &b, x.state);
    LF_PUT(&b, "</p></div>");
    if (x.exercise)
        PUT_TRY(&b, put_exercise_of(r, &b, x.incident));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<dl class=\"facts\"><dt>%</dt><dd class=\"wrap\">%</dd><dt>%</dt><dd>", T(TEAM_PLACE),
            V(x.place), T(TEAM_BEGINS));
    put_when(r, &b, x.begins);
    lf_html(&b, "</dd><dt>%</dt><dd>%</dd>", T(TEAM_POST), V(post_text(r, x.who, x.seat)));
    if (x.incident.len)
        lf_html(&b,
                "<dt>%</dt><dd><a href=\"%\">%</a> · <a href=\"%\">%</a> · <a "
                "href=\"/manning?incident=%\">%</a></dd>",
                T(INCIDENT), V(path2(r, "/incidents/", x.incident, "")), T(INCIDENT),
                V(path2(r, "/incidents/", x.incident, "/tasks")), T(NAV_TASKS), V(x.incident), T(MANNING));
    if (x.note.len)
        lf_html(&b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(ROSTER_NOTE), V(x.note));
    LF_PUT(&b, "</dl>");
    put_counts(r, &b, &x, &n);
    PUT_TRY(&b, put_calls(r, &b, &x));
    if (may(r, JUDGE) && x.state <= LF_TEAM_RECOVERING) {
        LF_PUT(&b, "<div class=\"two\">");
        PUT_TRY(&b, put_people(r, &b, &x));
        put_move(r, &b, &x);
        LF_PUT(&b, "</div>");
    }
    return end_page(r, &b, status);
}

enum lf_code page_team(struct rq *r)
{
    return one_page(r, 200);
}

static enum lf_code answered(struct rq *r, bool comes)
{
    enum lf_team_call_state s;
    lf_view contact;

    LF_TRY(need(r, "contact", &contact));
    return lf_team_answer(r->t, r->id, contact, comes, 0, &s, r->e);
}

static enum lf_code act(struct rq *r)
{
    lf_view what = lf_view_some(field(r, "act")), id;

    if (lf_view_is(what, "yes") || lf_view_is(what, "no"))
        return answered(r, lf_view_is(what, "yes"));
    if (lf_view_is(what, "arrive"))
        return team_arrive(r);
    if (lf_view_is(what, "release"))
        return team_release(r);
    if (lf_view_is(what, "task"))
        return team_task(r, &id);
    return team_move(r);
}

enum lf_code page_team_do(struct rq *r)
{
    enum lf_code rc = act(r);

    return rc == LF_OK ? redirect(r, path2(r, "/teams/", r->id, "?done=1")) : page_again(r, rc, one_page);
}

/* ---- who was called ---- */

enum lf_code team_called_page(struct rq *r, const struct lf_team *x, const struct lf_team_call *c)
{
    static const enum lf_text said[LF_TEAM_CALL_STATES] = { LF_T_TEAM_ANSWER, LF_T_TEAM_ANSWER_COMES,
                                                            LF_T_TEAM_ANSWER_NO, LF_T_TEAM_ANSWER_SPARE,
                                                            LF_T_TEAM_ANSWER_HOME };
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_TEAM_ANSWER), "");
    lf_html(&b, "<h1>%</h1><section class=\"panel\"><h2 class=\"wrap\">%</h2>", T(TEAM_ANSWER), V(x->title));
    if (x->exercise)
        lf_html(&b, "<p><strong>%</strong></p>", T(EXERCISE));
    lf_html(&b, "<p>%</p><dl class=\"facts\"><dt>%</dt><dd class=\"wrap\">%</dd><dt>%</dt><dd>", V(c->name),
            T(TEAM_PLACE), V(x->place), T(TEAM_BEGINS));
    put_when_zone(r, &b, x->begins);
    LF_PUT(&b, "</dd></dl>");
    if (c->state != LF_TEAM_WAITING) {
        lf_html(&b, "<p class=\"good\" role=\"status\">%</p>", V(text(r, said[c->state])));
    } else if (x->state > LF_TEAM_RECOVERING) {
        lf_html(&b, "<p role=\"status\">%</p>", T(TEAM_OVER));
    } else {
        lf_html(&b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/called/", r->id, "")));
        put_csrf(r, &b);
        put_moment(r, &b, "at", LF_T_TEAM_ANSWER_AT, false);
        lf_html(
            &b,
            "<p><button name=\"answer\" value=\"yes\">%</button> <button class=\"second\" name=\"answer\" "
            "value=\"no\">%</button></p></form>",
            T(TEAM_YES), T(TEAM_NO));
    }
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}
