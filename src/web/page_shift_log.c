/* The log of a post's shifts in the console. */
#include "cert/duty.h"
#include "web/page_priv.h"
#include "web/shift.h"

lf_view shift_writer(struct rq *r, const struct lf_shift_entry *x)
{
    return x->name.len ? x->name : account_name(r, x->account);
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_view corrects = field(r, "corrects");
    lf_view id = lf_view_some(field(r, "id"));

    if (!corrects.ptr)
        corrects = lf_view_some(query(r, "correct"));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            V(corrects.len ? fill1(r, LF_T_SHIFT_CORRECT_N, "n", corrects) : text(r, LF_T_SHIFT_WRITE)),
            V(path2(r, "/rosters/", r->id, "/log")));
    put_csrf(r, b);
    lf_html(
        b,
        "<input type=\"hidden\" name=\"id\" value=\"%\"><input type=\"hidden\" name=\"corrects\" "
        "value=\"%\"><p><label for=\"text\">%</label><textarea id=\"text\" name=\"text\" rows=\"5\" required "
        "maxlength=\"1300\" aria-describedby=\"sh\">%</textarea><span class=\"hint\" id=\"sh\">%</span></p>",
        V(id.len ? id : lf_uuid_new(r->t->env, r->t->a)), V(corrects), T(SHIFT_TEXT),
        V(lf_view_some(field(r, "text"))), T(SHIFT_HINT));
    lf_html(b,
            "<p><label for=\"at\">%</label><input id=\"at\" name=\"at\" type=\"datetime-local\" "
            "value=\"%\"></p><p><label for=\"incident\">%</label><input id=\"incident\" name=\"incident\" "
            "value=\"%\" autocomplete=\"off\" "
            "spellcheck=\"false\"></p><p><button>%</button></p></form></section>",
            T(SHIFT_AT), V(lf_view_some(field(r, "at"))), T(SHIFT_INCIDENT),
            V(lf_view_some(field(r, "incident"))), T(SHIFT_WRITE));
}

static void put_entry(struct rq *r, struct lf_buf *b, const struct lf_shift_entry *x)
{
    lf_view number_said = number(r, x->number);

    lf_html(b, "<tr><td class=\"num\" data-label=\"%\">%</td><td data-label=\"%\"><span>", T(NUMBER),
            V(number_said), T(SHIFT_WHEN));
    put_when(r, b, x->at);
    if (x->recorded - x->at >= LF_MINUTE) {
        lf_html(b, "<br><small class=\"quiet\">% ", T(SHIFT_RECORDED));
        put_when(r, b, x->recorded);
        LF_PUT(b, "</small>");
    }
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>%", T(SHIFT_BY), V(shift_writer(r, x)));
    if (!x->name.len)
        lf_html(b, "<br><small class=\"quiet\">%</small>", T(SHIFT_NOT_ON_DUTY));
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span class=\"lines\">", T(SHIFT_TEXT));
    if (x->corrects)
        lf_html(b, "<small>%</small><br>", V(fill1(r, LF_T_SHIFT_CORRECTS, "n", number(r, x->corrects))));
    lf_html(b, "%", V(x->text));
    if (x->incident.len)
        lf_html(b, "<br><a href=\"%\">%</a>", V(path2(r, "/incidents/", x->incident, "")),
                V(x->title.len ? x->title : text(r, LF_T_INCIDENT)));
    if (x->corrected) {
        LF_PUT(b, "<br>");
        badge(b, "warn", "!", fill1(r, LF_T_SHIFT_CORRECTED, "n", number(r, x->corrected)));
    }
    lf_html(b, "</span></td><td data-label=\"%\">", T(ACT));
    if (may(r, ACT))
        lf_html(b, "<a href=\"%?correct=%#text\" aria-label=\"%\">%</a>",
                V(path2(r, "/rosters/", r->id, "/log")), V(number_said),
                V(fill1(r, LF_T_SHIFT_CORRECT_N, "n", number_said)), T(SHIFT_CORRECT));
    LF_PUT(b, "</td></tr>");
}

static void put_entries(struct rq *r, struct lf_buf *b, const struct lf_shift_page *list)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(SHIFT_ENTRIES));
    if (!list->n)
        lf_html(b, "<p class=\"empty\">%</p>", T(SHIFT_NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th scope=\"col\" "
                "class=\"num\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(SHIFT_ENTRIES), T(NUMBER), T(SHIFT_WHEN), T(SHIFT_BY), T(SHIFT_TEXT), T(ACT));
    for (size_t i = 0; i < list->n; i++)
        put_entry(r, b, &list->items[i]);
    if (list->n)
        lf_html(b,
                "</tbody></table><p>% <a href=\"/api/v1/rosters/%/log?format=csv\" download>CSV</a> · <a "
                "href=\"/api/v1/rosters/%/log?limit=1000\" download>JSON</a></p>",
                T(EXPORT_AS), V(r->id), V(r->id));
    LF_PUT(b, "</section>");
}

static enum lf_code log_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), title;
    struct lf_shift_page list;
    struct lf_page page;
    enum lf_who who;
    struct lf_buf b;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(page_of(r, &page));
    LF_TRY(shift_log_asked(r, &page, &list));
    title = fill1(r, LF_T_SHIFT_LOG_OF, "post", post_text(r, who, place));
    begin_page(r, &b, title, "/rosters");
    lf_html(&b, "<p><a href=\"/rosters\">%</a> › <a href=\"%\">%</a></p><h1>%</h1>", T(ROSTERS),
            V(path2(r, "/rosters/", r->id, "")),
            V(fill1(r, LF_T_ROSTER_OF, "post", post_text(r, who, place))), V(title));
    if (status != 200)
        put_refusal(r, &b, why);
    if (may(r, ACT))
        put_form(r, &b);
    put_entries(r, &b, &list);
    put_next(r, &b, list.next);
    return end_page(r, &b, status);
}

enum lf_code page_shift_log(struct rq *r)
{
    return log_page(r, 200);
}

enum lf_code page_shift_log_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = shift_log_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/rosters/", r->id, "/log?done=1"))
                       : page_again(r, rc, log_page);
}
