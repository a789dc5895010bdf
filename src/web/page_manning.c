/* Who mans the response centre, in the console; and the calendar file of it. */
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

enum lf_code page_manning_leave(struct rq *r)
{
    enum lf_code rc;
    lf_view id;

    LF_TRY(need(r, "manning", &id));
    rc = manning_leave(r, id);
    return rc == LF_OK ? redirect(r, LF_V("/manning?done=1")) : page_again(r, rc, list_page);
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
                                   .until = m->left ? m->left : now,
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
