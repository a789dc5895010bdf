/* Tasks in the console: one's own, those of an incident, one with its log. */
#include "cert/incident_task.h"
#include "cert/playbook.h"

#include "web/page_priv.h"

static const enum lf_text phase_texts[LF_TASK_PHASES] = { LF_T_PHASE_PREPARE, LF_T_PHASE_REPORT,
                                                          LF_T_PHASE_CONTAIN, LF_T_PHASE_INVESTIGATE,
                                                          LF_T_PHASE_RECOVER, LF_T_PHASE_IMPROVE };
static const enum lf_text state_texts[LF_TASK_STATES] = { LF_T_TASK_WAITING, LF_T_TASK_IN_PROGRESS,
                                                          LF_T_TASK_DONE, LF_T_TASK_CANCELLED };

enum lf_text task_phase_text(unsigned phase)
{
    return phase_texts[phase];
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_incident_task *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_TASK_STATES] = { { "", "○" }, { "info", "◷" }, { "good", "✓" }, { "", "–" } };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, state_texts[x->state]));
    if (x->overdue) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_TASKS_OVERDUE));
    }
    if (x->exercise) {
        LF_PUT(b, " ");
        badge(b, "info", "◇", text(r, LF_T_EXERCISE));
    }
}

static lf_view whose(struct rq *r, lf_view assignee)
{
    return assignee.len ? assignee : text(r, LF_T_NOBODY);
}

/* A button that does one thing to a task and comes back to the incident's page or list. */
static void put_quick(struct rq *r, struct lf_buf *b, const struct lf_incident_task *x, const char *state,
                      bool take, enum lf_text label, const char *back)
{
    struct lf_text_value named[] = { { "act", text(r, label) }, { "task", x->title } };

    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">", V(path2(r, "/tasks/", x->id, "")));
    put_csrf(r, b);
    if (take)
        LF_PUT(b, "<input type=\"hidden\" name=\"assignee\" value=\"me\">");
    lf_html(b,
            "<input type=\"hidden\" name=\"back\" value=\"%\"><button class=\"second small\" name=\"state\" "
            "value=\"%\" aria-label=\"%\">%</button></form>",
            LF_HC(back), LF_HC(state), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)),
            V(text(r, label)));
}

static void put_quicks(struct rq *r, struct lf_buf *b, const struct lf_incident_task *x, const char *back)
{
    if (!may(r, ACT) || x->ended)
        return;
    if (x->state == LF_TASK_WAITING)
        put_quick(r, b, x, "in_progress", true, LF_T_TASK_START, back);
    put_quick(r, b, x, "done", false, LF_T_TASK_FINISH, back);
}

/* Of one incident with its phases, of all with their incidents. */
/* Where the steps are, of which an incident's tasks were made. */
struct checklist {
    const struct lf_playbook *list;
    size_t n;
};

/* What the step that a task came from says to read. */
static void put_article_of(struct rq *r, struct lf_buf *b, const struct checklist *c, lf_view origin)
{
    const struct lf_playbook_step *s = c ? lf_playbook_step(c->list, c->n, origin) : NULL;

    if (s && s->article.len)
        lf_html(b, "<br><a href=\"%\">%</a>", V(path2(r, "/articles/", s->article, "")), T(PB_READ));
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_incident_task *list, size_t n,
                      const struct checklist *of_one, enum lf_text caption)
{
    enum lf_text second = of_one ? LF_T_TASK_PHASE : LF_T_INCIDENT;

    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_TASKS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, caption)), T(TASK), V(text(r, second)), T(STATE), T(OWNER), T(TASK_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_incident_task *x = &list[i];

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(TASK),
                V(path2(r, "/tasks/", x->id, "")), V(x->title));
        put_article_of(r, b, of_one, x->origin);
        LF_PUT(b, "</span></td>");
        if (of_one)
            lf_html(b, "<td data-label=\"%\">%</td>", V(text(r, second)), V(text(r, phase_texts[x->phase])));
        else
            lf_html(b, "<td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, second)),
                    V(path2(r, "/incidents/", x->incident, "")), V(title_text(r, x->incident_title)));
        lf_html(b, "<td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, x);
        LF_PUT(b, " ");
        put_quicks(r, b, x, of_one ? "tasks" : "mine");
        lf_html(b, "</span></td><td data-label=\"%\">%</td><td data-label=\"%\">", T(OWNER),
                V(whose(r, x->assignee)), T(TASK_DUE));
        put_when(r, b, x->due);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

/* ---- of all incidents ---- */

static void put_card(struct rq *r, struct lf_buf *b, const char *to, int64_t n, enum lf_text label, bool hot)
{
    lf_view shown = number(r, n);

    if (n >= LF_TASK_COUNTED)
        shown = fill1(r, LF_T_AT_LEAST, "n", shown);
    lf_html(b, "<li><a%href=\"%\"><b>%</b><small>%</small></a></li>",
            LF_RAW(hot && n ? LF_V(" class=\"hot\" ") : LF_V(" ")), LF_HC(to), V(shown), V(text(r, label)));
}

static enum lf_code put_cards(struct rq *r, struct lf_buf *b, lf_view me)
{
    struct lf_task_counts c;

    LF_TRY(lf_incident_task_count(r->t, me, &c, r->e));
    LF_PUT(b, "<ul class=\"cards\">");
    if (me.len) {
        put_card(r, b, "/tasks?assignee=me", c.mine, LF_T_TASKS_MINE, false);
        put_card(r, b, "/tasks?assignee=me&state=overdue", c.mine_overdue, LF_T_TASKS_MINE_OVERDUE, true);
    }
    put_card(r, b, "/tasks?assignee=-", c.nobodys, LF_T_TASKS_NOBODYS, false);
    put_card(r, b, "/tasks?assignee=&state=open", c.open, LF_T_TASKS_OPEN, false);
    put_card(r, b, "/tasks?assignee=&state=overdue", c.overdue, LF_T_TASKS_OVERDUE, true);
    LF_PUT(b, "</ul>");
    return LF_OK;
}

static void put_filter(struct rq *r, struct lf_buf *b, const struct lf_task_filter *f)
{
    static const struct filter_choice whom[] = { { "me", LF_T_TASKS_MINE },
                                                 { "-", LF_T_TASKS_NOBODYS },
                                                 { "", LF_T_ALL } };
    static const struct filter_choice which[] = { { "open", LF_T_TASKS_OPEN },
                                                  { "overdue", LF_T_TASKS_OVERDUE },
                                                  { "ended", LF_T_TASKS_ENDED } };

    LF_PUT(b, "<form class=\"stack wide\" method=\"get\" action=\"/tasks\" role=\"search\"><div "
              "class=\"row\">");
    put_filter_choice(r, b, "assignee", LF_T_OWNER, whom, sizeof whom / sizeof *whom,
                      lf_view_of(!f->by            ? ""
                                 : f->assignee.len ? "me"
                                                   : "-"));
    put_filter_choice(r, b, "state", LF_T_STATE, which, sizeof which / sizeof *which,
                      lf_view_of(which[f->which].value));
    lf_html(b, "<p><button>%</button></p></div></form>", T(SHOW));
}

enum lf_code page_tasks(struct rq *r)
{
    static const char *const asked[] = { "state", "assignee" };
    const struct lf_incident_task *list;
    struct lf_task_filter filter;
    struct lf_page page;
    struct lf_buf b;
    lf_view next, me = own_name(r);
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(incident_task_filter(r, &filter));
    /* Without a word of whose, one's own: the list one comes for. */
    if (!query(r, "assignee").ptr && me.len)
        filter.by = true, filter.assignee = me;
    LF_TRY(lf_incident_task_list(r->t, &filter, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_TASKS), "/tasks");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/playbooks\">%</a> <a "
            "href=\"/recoveries\">%</a></p></div>",
            T(NAV_TASKS), T(TASKS_LEAD), T(PLAYBOOKS), T(RECOVERIES));
    PUT_TRY(&b, put_cards(r, &b, me));
    LF_PUT(&b, "<section class=\"panel\">");
    put_filter(r, &b, &filter);
    put_table(r, &b, list, n, NULL,
              filter.which == LF_TASKS_ENDED ? LF_T_TASKS_ENDED_CAPTION : LF_T_TASKS_CAPTION);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, sizeof asked / sizeof *asked)), next);
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

/* ---- of one incident ---- */

enum lf_code put_incident_tasks(struct rq *r, struct lf_buf *b, lf_view incident)
{
    const struct lf_incident_task *list;
    struct lf_text_value counts[2];
    size_t n, ended = 0;

    LF_TRY(lf_incident_task_of(r->t, incident, &n, &list, r->e));
    for (size_t i = 0; i < n; i++)
        ended += list[i].ended != 0;
    counts[0] = (struct lf_text_value){ "done", number(r, (int64_t)ended) };
    counts[1] = (struct lf_text_value){ "all", number(r, (int64_t)n) };
    lf_html(b, "<section class=\"panel\" id=\"tasks\"><h2>%</h2><p>%</p>", T(NAV_TASKS),
            V(n ? lf_text_fill(r->t->a, LF_T_TASKS_DONE_OF, r->lang, counts, 2) : text(r, LF_T_NO_TASKS)));
    if (ended < n)
        LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < n; i++) {
        const struct lf_incident_task *x = &list[i];

        if (x->ended)
            continue;
        lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ", V(path2(r, "/tasks/", x->id, "")), V(x->title));
        put_state(r, b, x);
        lf_html(b, "<br><span class=\"quiet\">%</span> ", V(whose(r, x->assignee)));
        if (x->due)
            put_when_zone(r, b, x->due);
        LF_PUT(b, "<br>");
        put_quicks(r, b, x, "incident");
        LF_PUT(b, "</li>");
    }
    if (ended < n)
        LF_PUT(b, "</ul>");
    lf_html(b, "<p><a href=\"%\">%</a></p></section>", V(path2(r, "/incidents/", incident, "/tasks")),
            T(TASKS_ALL));
    return LF_OK;
}

/* What was typed stays when it is refused. */
static void put_add_form(struct rq *r, struct lf_buf *b)
{
    lf_view chosen = lf_view_some(field(r, "phase"));

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/incidents/", r->id, "/tasks")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"title\">%</label><input id=\"title\" name=\"title\" required maxlength=\"66\" "
            "value=\"%\"></p><p><label for=\"phase\">%</label><select id=\"phase\" name=\"phase\">",
            T(TASK_TITLE), V(lf_view_some(field(r, "title"))), T(TASK_PHASE));
    for (size_t i = 0; i < LF_TASK_PHASES; i++) {
        const char *name = lf_task_phase_name((enum lf_task_phase)i);
        bool on = chosen.len ? lf_view_is(chosen, name) : i == LF_PHASE_CONTAIN;

        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(name), LF_RAW(lf_view_of(on ? " selected" : "")),
                V(text(r, phase_texts[i])));
    }
    lf_html(b,
            "</select></p><p><label for=\"assignee\">%</label><input id=\"assignee\" name=\"assignee\" "
            "maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\" aria-describedby=\"owner-hint\" "
            "value=\"%\"><span class=\"hint\" id=\"owner-hint\">%</span></p><p><label for=\"due\">%</label>"
            "<input id=\"due\" name=\"due\" type=\"datetime-local\" value=\"%\"></p>",
            T(OWNER), V(lf_view_some(field(r, "assignee"))), T(OWNER_HINT), T(TASK_DUE),
            V(lf_view_some(field(r, "due"))));
    lf_html(b,
            "<p><label for=\"detail\">%</label><textarea id=\"detail\" name=\"detail\" rows=\"3\" "
            "maxlength=\"1300\">%</textarea></p><p><button>%</button></p></form>",
            T(TASK_DETAIL), V(lf_view_some(field(r, "detail"))), T(TASK_ADD));
}

enum lf_code page_incident_tasks_again(struct rq *r, int status)
{
    struct checklist checklist;
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_incident_task *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_incident_task_of(r->t, r->id, &n, &list, r->e));
    LF_TRY(lf_playbook_list(r->t, &checklist.n, &checklist.list, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_TASKS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p></div>", T(NAV_TASKS),
            V(path2(r, "/incidents/", r->id, "")), T(REF_INCIDENT));
    PUT_TRY(&b, put_exercise_of(r, &b, r->id));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\">");
    put_table(r, &b, list, n, &checklist, LF_T_TASKS_OF_CAPTION);
    LF_PUT(&b, "</section>");
    PUT_TRY(&b, put_incident_recoveries(r, &b, true));
    PUT_TRY(&b, put_incident_playbooks(r, &b));
    if (may(r, ACT)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p>", T(TASK_ADD),
                T(TASKS_LEAD));
        put_add_form(r, &b);
        LF_PUT(&b, "</section>");
    }
    return end_page(r, &b, status);
}

enum lf_code page_incident_tasks(struct rq *r)
{
    return page_incident_tasks_again(r, 200);
}

enum lf_code page_incident_task_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = incident_task_add(r, &id);

    if (rc == LF_BAD_INPUT)
        return page_incident_tasks_again(r, 400);
    return rc == LF_OK ? redirect(r, path2(r, "/incidents/", r->id, "/tasks?done=1")) : rc;
}

/* ---- one ---- */

static void put_change(struct lf_buf *b, lf_view sentence)
{
    lf_html(b, "<p>%</p>", V(sentence));
}

/* What an entry changed of the one before. */
static void put_entry(struct rq *r, struct lf_buf *b, const struct lf_task_entry *was,
                      const struct lf_task_entry *x)
{
    LF_PUT(b, "<li>");
    if (!was)
        put_change(b, text(r, LF_T_TASK_ADDED));
    if (was && was->state != x->state)
        put_change(b, fill1(r, LF_T_TASK_TO_STATE, "state", text(r, state_texts[x->state])));
    if (was && was->phase != x->phase)
        put_change(b, fill1(r, LF_T_TASK_TO_PHASE, "phase", text(r, phase_texts[x->phase])));
    if (was && !lf_view_eq(was->title, x->title))
        put_change(b, fill1(r, LF_T_TASK_TO_TITLE, "title", x->title));
    if (was ? !lf_view_eq(was->assignee, x->assignee) : x->assignee.len > 0)
        put_change(b, x->assignee.len ? fill1(r, LF_T_TASK_TO_WHOM, "who", x->assignee)
                                      : text(r, LF_T_TASK_TO_NOBODY));
    if (was && was->due != x->due && !x->due)
        put_change(b, text(r, LF_T_TASK_NO_DUE));
    if ((!was || was->due != x->due) && x->due) {
        lf_html(b, "<p>% ", V(text(r, was ? LF_T_TASK_TO_DUE : LF_T_TASK_DUE)));
        put_when_zone(r, b, x->due);
        LF_PUT(b, "</p>");
    }
    if (x->note.len)
        lf_html(b, "<p class=\"lines wrap\">%</p>", V(x->note));
    lf_html(b, "<p class=\"quiet\">% ", V(account_name(r, x->account)));
    put_when_zone(r, b, x->at);
    LF_PUT(b, "</p></li>");
}

static void put_change_form(struct rq *r, struct lf_buf *b, const struct lf_incident_task *x)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(path2(r, "/tasks/", x->id, "")));
    put_csrf(r, b);
    lf_html(
        b,
        "<input type=\"hidden\" name=\"base\" value=\"%\"><p><label for=\"note\">%</label><textarea "
        "id=\"note\" name=\"note\" rows=\"4\" maxlength=\"1300\" aria-describedby=\"note-hint\">%</textarea>"
        "<span class=\"hint\" id=\"note-hint\">%</span></p><p><label for=\"state\">%</label><select "
        "id=\"state\" name=\"state\">",
        V(number(r, x->entries)), T(TASK_NOTE), V(lf_view_some(field(r, "note"))), T(TASK_NOTE_HINT),
        T(STATE));
    for (size_t i = 0; i < LF_TASK_STATES; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_task_state_name((enum lf_task_state)i)),
                LF_RAW(lf_view_of(x->state == i ? " selected" : "")), V(text(r, state_texts[i])));
    lf_html(b,
            "</select></p><p><label for=\"assignee\">%</label><input id=\"assignee\" name=\"assignee\" "
            "maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\" aria-describedby=\"owner-hint\" "
            "value=\"%\"><span class=\"hint\" id=\"owner-hint\">%</span></p><p><label for=\"due\">%</label>"
            "<input id=\"due\" name=\"due\" type=\"datetime-local\" step=\"1\" value=\"%\"></p>"
            "<p><button>%</button></p></form>",
            T(OWNER), V(x->assignee), T(OWNER_HINT), T(TASK_DUE), V(moment_shown(r, x->due, true)),
            T(TASK_UPDATE));
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_task_entry *entries;
    struct lf_incident_task x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_incident_task_get(r->t, r->id, &x, &n, &entries, r->e));
    begin_page(r, &b, x.title, "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.title));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/tasks\">%</a></p></div>", T(NAV_TASKS));
    PUT_TRY(&b, put_exercise_of(r, &b, x.incident));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div><section class=\"panel\">");
    if (x.detail.len)
        lf_html(&b, "<p class=\"lines wrap\">%</p>", V(x.detail));
    lf_html(
        &b,
        "<dl class=\"facts\"><dt>%</dt><dd><a href=\"%\">%</a></dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd>",
        T(INCIDENT), V(path2(r, "/incidents/", x.incident, "")), V(title_text(r, x.incident_title)),
        T(TASK_PHASE), V(text(r, phase_texts[x.phase])), T(OWNER), V(whose(r, x.assignee)));
    lf_html(&b, "<dt>%</dt><dd>", T(TASK_DUE));
    put_when_zone(r, &b, x.due);
    lf_html(&b, "</dd></dl></section><section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(TASK_LOG));
    for (size_t i = 0; i < n; i++)
        put_entry(r, &b, i ? &entries[i - 1] : NULL, &entries[i]);
    LF_PUT(&b, "</ol></section></div>");
    if (may(r, ACT)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(TASK_UPDATE));
        put_change_form(r, &b, &x);
        LF_PUT(&b, "</section>");
    }
    LF_PUT(&b, "</div>");
    return end_page(r, &b, status);
}

enum lf_code page_task(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_task_change(struct rq *r)
{
    lf_view back = lf_view_some(field(r, "back"));
    const struct lf_task_entry *entries;
    struct lf_incident_task x;
    enum lf_code rc = incident_task_change(r);
    size_t n;

    if (rc == LF_BAD_INPUT || rc == LF_CONFLICT)
        return show(r, lf_code_http(rc));
    if (rc != LF_OK)
        return rc;
    if (!back.len)
        return redirect(r, path2(r, "/tasks/", r->id, "?done=1"));
    if (lf_view_is(back, "mine"))
        return redirect(r, LF_V("/tasks?done=1"));
    LF_TRY(lf_incident_task_get(r->t, r->id, &x, &n, &entries, r->e));
    return redirect(r, path2(r, "/incidents/", x.incident,
                             lf_view_is(back, "tasks") ? "/tasks?done=1" : "?done=1#tasks"));
}
