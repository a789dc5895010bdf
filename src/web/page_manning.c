/* Who mans the response centre, in the console; and the calendar file of it. */
#include "cert/convening.h"
#include "cert/duty.h"
#include "fmt/ics.h"
#include "web/page_priv.h"
#include "web/shift.h"

enum { MOST = 8 << 20 };

static void put_leave(struct rq *r, struct lf_buf *b, const struct lf_manning *m)
{
    struct lf_text_value named[] = { { "act", text(r, LF_T_MANNING_LEAVE) }, { "task", m->name } };

    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"/manning/leave\">");
    put_csrf(r, b);
    lf_html(b,
            "<button class=\"second small\" name=\"manning\" value=\"%\" aria-label=\"%\">%</button></form>",
            V(m->id), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), T(MANNING_LEAVE));
}

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_manning *m)
{
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>%",
            T(POST), V(post_text(r, m->who, m->place)), T(MANNING_NAME), V(m->name));
    if (m->note.len)
        lf_html(b, "<br><small>%</small>", V(m->note));
    if (m->corrections)
        lf_html(b, "<br><small>%</small>",
                V(fill1(r, LF_T_MANNING_CORRECTED, "n", number(r, m->corrections))));
    lf_html(b, "</span></td><td data-label=\"%\">", T(MANNING_ARRIVED));
    put_when(r, b, m->arrived);
    lf_html(b, "</td><td data-label=\"%\"><span>", T(MANNING_LEFT));
    if (m->left)
        put_when(r, b, m->left);
    else
        badge(b, "good", "●", text(r, LF_T_MANNING_THERE));
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\">", T(INCIDENT));
    if (m->incident.len)
        lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/incidents/", m->incident, "")),
                V(title_text(r, m->title)));
    lf_html(b, "</td><td data-label=\"%\">", T(ACT));
    if (!m->left && may(r, ACT))
        put_leave(r, b, m);
    lf_html(
        b, " <a href=\"%\" aria-label=\"%\">%</a>", V(path2(r, "/manning/", m->id, "")),
        V(lf_text_fill(
            r->t->a, LF_T_TASK_NAMED, r->lang,
            (struct lf_text_value[]){ { "act", text(r, LF_T_MANNING_CORRECT) }, { "task", m->name } }, 2)),
        T(MANNING_CORRECT));
    LF_PUT(b, "</td></tr>");
}

static void put_table(struct rq *r, struct lf_buf *b, enum lf_text title, const struct lf_manning_page *list)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", V(text(r, title)));
    if (!list->n)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(
            b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
            "scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, title)), T(POST), T(MANNING_NAME), T(MANNING_ARRIVED), T(MANNING_LEFT), T(INCIDENT),
            T(ACT));
    for (size_t i = 0; i < list->n; i++)
        put_row(r, b, &list->items[i]);
    if (list->n)
        LF_PUT(b, "</tbody></table>");
    LF_PUT(b, "</section>");
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_view incident = field(r, "incident");

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/manning\">",
            T(MANNING_ARRIVE));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"post\">%</label><select id=\"post\" name=\"post\">", T(POST));
    put_post_options(r, b, field(r, "post").len ? field(r, "post") : LF_V("group-1"));
    lf_html(b,
            "</select></p><p><label for=\"contact\">%</label><input id=\"contact\" name=\"contact\" required "
            "value=\"%\" aria-describedby=\"ch\"><span class=\"hint\" id=\"ch\">%</span></p><p><label "
            "for=\"at\">%</label><input id=\"at\" name=\"at\" type=\"datetime-local\" value=\"%\"></p>",
            T(MANNING_NAME), V(lf_view_some(field(r, "contact"))), T(MANNING_NAME_HINT), T(MANNING_AT),
            V(lf_view_some(field(r, "at"))));
    lf_html(
        b,
        "<p><label for=\"incident\">%</label><input id=\"incident\" name=\"incident\" value=\"%\" "
        "autocomplete=\"off\" spellcheck=\"false\"></p><p><label for=\"note\">%</label><input id=\"note\" "
        "name=\"note\" maxlength=\"66\" value=\"%\"></p><p><button>%</button></p></form></section>",
        T(SHIFT_INCIDENT), V(incident.ptr ? incident : lf_view_some(query(r, "incident"))), T(ROSTER_NOTE),
        V(lf_view_some(field(r, "note"))), T(MANNING_ARRIVE));
}

/* Who was called when the centre was opened: one press enters that he has come. */
static enum lf_code put_called(struct rq *r, struct lf_buf *b, lf_view incident)
{
    const struct lf_manning *list;
    size_t n;

    LF_TRY(lf_manning_called(r->t, incident, &n, &list, r->e));
    if (!n)
        return LF_OK;
    lf_html(b,
            "<section class=\"panel\" id=\"called\"><h2>%</h2><p class=\"quiet\">%</p><ul "
            "class=\"plain-list\">",
            T(MANNING_CALLED), T(MANNING_CALLED_LEAD));
    for (size_t i = 0; i < n; i++) {
        const struct lf_manning *m = &list[i];
        struct lf_text_value named[] = { { "act", text(r, LF_T_MANNING_CAME) }, { "task", m->name } };

        lf_html(b, "<li class=\"wrap\"><b>%</b> <span class=\"quiet\">%</span> ", V(m->name),
                V(post_text(r, m->who, m->place)));
        if (may(r, ACT)) {
            LF_PUT(b, "<form class=\"inline\" method=\"post\" action=\"/manning\">");
            put_csrf(r, b);
            lf_html(
                b,
                "<input type=\"hidden\" name=\"post\" value=\"%\"><input type=\"hidden\" name=\"incident\" "
                "value=\"%\"><button class=\"second small\" name=\"contact\" value=\"%\" "
                "aria-label=\"%\">%</button></form>",
                V(lf_post_name(r->t->a, m->who, m->place)), V(incident), V(m->contact),
                V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), T(MANNING_CAME));
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul></section>");
    return LF_OK;
}

/* Groups are called for the incident; that of its sector is ticked. */
static enum lf_code put_convene(struct rq *r, struct lf_buf *b, lf_view incident)
{
    enum lf_code rc = lf_convening_may(r->t, r->e);
    int usual;

    if (rc == LF_FORBIDDEN)
        return LF_OK;
    LF_TRY(rc);
    LF_TRY(lf_convening_usual(r->t, incident, &usual, r->e));
    lf_html(
        b,
        "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" method=\"post\" "
        "action=\"/manning/convene?incident=%\"><input type=\"hidden\" name=\"incident\" "
        "value=\"%\"><fieldset><legend>%</legend>",
        T(CONVENE), T(CONVENE_LEAD), V(url_text(r, incident)), V(incident), T(CONVENE_GROUPS));
    put_csrf(r, b);
    for (int place = 1; place <= LF_GROUPS; place++) {
        lf_view name = lf_post_name(r->t->a, LF_WHO_GROUP, place);
        bool on = field(r, "for").len ? field(r, lf_arena_cstr(r->t->a, name)).len > 0 : place == usual;

        lf_html(b, "<p><label><input type=\"checkbox\" name=\"%\" value=\"1\"%> %</label></p>", V(name),
                LF_RAW(on ? LF_V(" checked") : LF_V("")), V(post_text(r, LF_WHO_GROUP, place)));
    }
    lf_html(b, "</fieldset><p><label for=\"for\">%</label><select id=\"for\" name=\"for\">", T(CONVENE_FOR));
    for (enum lf_convening_for f = LF_CONVENING_MANNING; f <= LF_CONVENING_MEETING; f++)
        lf_html(b, "<option value=\"%\"%>%</option>", V(lf_view_of(lf_convening_for_name(f))),
                LF_RAW(lf_view_is(field(r, "for"), lf_convening_for_name(f)) ? LF_V(" selected") : LF_V("")),
                V(text(r, f == LF_CONVENING_MANNING ? LF_T_CONVENE_MANNING : LF_T_CONVENE_MEETING)));
    lf_html(b,
            "</select></p><p><label for=\"why\">%</label><input id=\"why\" name=\"why\" required "
            "maxlength=\"130\" value=\"%\"></p><p><button>%</button></p></form></section>",
            T(CONVENE_WHY), V(lf_view_some(field(r, "why"))), T(CONVENE_DO));
    return LF_OK;
}

enum lf_code put_manning_called(struct rq *r, struct lf_buf *b, lf_view incident)
{
    const struct lf_manning *list;
    size_t n;
    enum lf_code rc = lf_manning_called(r->t, incident, &n, &list, r->e);

    if (rc == LF_FORBIDDEN) /* other organisations see none */
        return LF_OK;
    if (rc != LF_OK || !n)
        return rc;
    LF_PUT(b, "<p class=\"no-print\">");
    badge(b, "warn", "!", fill1(r, LF_T_MANNING_CALLED_N, "n", number(r, (int64_t)n)));
    LF_PUT(b, "</p>");
    return LF_OK;
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)),
            incident = lf_view_some(query(r, "incident"));
    lf_view of = incident.len ? lf_arena_printf(r->t->a, "&incident=%.*s", LF_FMT(url_text(r, incident)))
                              : LF_V("");
    struct lf_manning_page list, there;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_manning_list(r->t, incident, &page, &list, r->e));
    LF_TRY(lf_manning_there(r->t, &there, r->e));
    begin_page(r, &b, text(r, LF_T_MANNING), "/rosters");
    lf_html(&b,
            "<p><a href=\"/rosters\">%</a></p><div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>",
            T(ROSTERS), T(MANNING), T(MANNING_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (incident.len)
        PUT_TRY(&b, put_called(r, &b, incident));
    if (incident.len && may(r, ACT))
        PUT_TRY(&b, put_convene(r, &b, incident));
    put_table(r, &b, LF_T_MANNING_NOW, &there);
    if (may(r, ACT))
        put_form(r, &b);
    put_table(r, &b, incident.len ? LF_T_MANNING_OF : LF_T_MANNING_ALL, &list);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, of), list.next);
    lf_html(&b,
            "<p>% <a href=\"/api/v1/manning?format=csv%\" download>CSV</a> · <a "
            "href=\"/api/v1/manning?limit=1000%\" download>JSON</a> · <a href=\"/api/v1/manning/calendar?%\" "
            "download>%</a></p>",
            T(EXPORT_AS), V(of), V(of), V(of), T(ROSTER_CALENDAR));
    return end_page(r, &b, status);
}

enum lf_code page_manning(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_manning_arrive(struct rq *r)
{
    lf_view id;
    enum lf_code rc = manning_arrive(r, &id);

    return rc == LF_OK ? redirect(r, LF_V("/manning?done=1")) : page_again(r, rc, list_page);
}

enum lf_code page_manning_convene(struct rq *r)
{
    enum lf_code rc = manning_convene(r);

    return rc == LF_OK ? redirect(r, lf_arena_printf(r->t->a, "/manning?incident=%.*s&done=1",
                                                     LF_FMT(url_text(r, field(r, "incident")))))
                       : page_again(r, rc, list_page);
}

/* ---- one ---- */

static void put_entry(struct rq *r, struct lf_buf *b, lf_time arrived, lf_time left, lf_view account)
{
    lf_html(b, "<p>% ", T(MANNING_ARRIVED));
    put_when_zone(r, b, arrived);
    if (left) {
        lf_html(b, " · % ", T(MANNING_LEFT));
        put_when_zone(r, b, left);
    }
    lf_html(b, "</p><p class=\"quiet\">%", V(account_name(r, account)));
}

static void put_correct(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p><form class=\"stack\" method=\"post\" "
            "action=\"%\">",
            T(MANNING_CORRECT), T(MANNING_CORRECT_HINT), V(path2(r, "/manning/", r->id, "")));
    put_csrf(r, b);
    lf_html(
        b,
        "<p><label for=\"arrived\">%</label><input id=\"arrived\" name=\"arrived\" type=\"datetime-local\" "
        "value=\"%\"></p><p><label for=\"left\">%</label><input id=\"left\" name=\"left\" "
        "type=\"datetime-local\" value=\"%\"></p><p><label for=\"reason\">%</label><input id=\"reason\" "
        "name=\"reason\" required maxlength=\"66\" "
        "value=\"%\"></p><p><button>%</button></p></form></section>",
        T(MANNING_ARRIVED), V(lf_view_some(field(r, "arrived"))), T(MANNING_LEFT),
        V(lf_view_some(field(r, "left"))), T(MANNING_REASON), V(lf_view_some(field(r, "reason"))),
        T(MANNING_CORRECT));
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_manning_correction *list;
    struct lf_manning was;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_manning_corrections(r->t, r->id, &was, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_MANNING), "/rosters");
    lf_html(&b,
            "<p><a href=\"/manning\">%</a></p><div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>",
            T(MANNING), V(was.name), V(post_text(r, was.who, was.place)));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\"><li><p>%</p>", T(MANNING_HISTORY),
            T(MANNING_FIRST));
    put_entry(r, &b, was.arrived, was.left, was.arrived_by);
    LF_PUT(&b, "</p></li>");
    for (size_t i = 0; i < n; i++) {
        lf_html(&b, "<li><p class=\"wrap\">%</p>", V(list[i].reason));
        put_entry(r, &b, list[i].arrived, list[i].left, list[i].account);
        LF_PUT(&b, " ");
        put_when_zone(r, &b, list[i].at);
        LF_PUT(&b, "</p></li>");
    }
    LF_PUT(&b, "</ol></section>");
    if (may(r, ACT))
        put_correct(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_manning_one(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code page_manning_correct(struct rq *r)
{
    enum lf_code rc = manning_correct(r, r->id);

    return rc == LF_OK ? redirect(r, path2(r, "/manning/", r->id, "?done=1")) : page_again(r, rc, one_page);
}

enum lf_code page_manning_leave(struct rq *r)
{
    enum lf_code rc;
    lf_view id;

    LF_TRY(need(r, "manning", &id));
    rc = manning_leave(r, id);
    return rc == LF_OK ? redirect(r, LF_V("/manning?done=1")) : page_again(r, rc, list_page);
}

static lf_time later(lf_time a, lf_time b)
{
    return a > b ? a : b;
}

/* Of the newest thousand; who is there still, until now. */
enum lf_code api_manning_calendar(struct rq *r)
{
    struct lf_page page = { .limit = LF_PAGE_MOST };
    lf_time now = lf_now(r->t->env);
    struct lf_manning_page list;
    struct lf_buf b;

    LF_TRY(lf_manning_list(r->t, lf_view_some(query(r, "incident")), &page, &list, r->e));
    lf_buf_init(&b, MOST);
    lf_ics_begin(&b, LF_ICS_PUBLISH, text(r, LF_T_MANNING));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_manning *m = &list.items[i];
        struct lf_text_value two[] = { { "post", post_text(r, m->who, m->place) }, { "name", m->name } };
        struct lf_ics_event ev = { .uid = lf_arena_printf(r->t->a, "%.*s@%.*s", LF_FMT(m->id),
                                                          LF_FMT(r->t->self->node)),
                                   .stamp = now,
                                   .from = m->arrived,
                                   .until = later(m->left ? m->left : now, m->arrived + LF_MINUTE),
                                   .summary = lf_text_fill(r->t->a, LF_T_MANNING_EVENT, r->lang, two, 2),
                                   .description = m->title };

        lf_ics_event(&b, &ev);
    }
    lf_ics_end(&b);
    PUT_TRY(&b, lf_buf_done(&b, r->e));
    answer_file(r, "text/calendar; charset=utf-8", LF_V("manning.ics"),
                lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return LF_OK;
}
