/* Handovers between shifts in the console: giving one, reading one, confirming it. */
#include "cert/duty.h"
#include "cert/handover.h"
#include "web/page_priv.h"
#include "web/shift.h"

lf_view handover_name(struct rq *r, lf_view name, lf_view account)
{
    return name.len ? name : account_name(r, account);
}

/* ---- what is open ---- */

static void put_due(struct rq *r, struct lf_buf *b, const struct lf_json *x, const char *key,
                    enum lf_text label)
{
    struct lf_err e = { 0 };
    lf_time at;

    if (lf_time_parse(lf_view_some(lf_json_str(x, key)), &at, &e) != LF_OK)
        return;
    lf_html(b, " <span class=\"quiet\">% ", V(text(r, label)));
    put_when(r, b, at);
    LF_PUT(b, "</span>");
}

static void put_link(struct rq *r, struct lf_buf *b, const char *to, lf_view id, lf_view title)
{
    lf_html(b, "<a href=\"%\">%</a>", V(path2(r, to, id, "")),
            V(title.len ? title_text(r, title) : text(r, LF_T_SHOW)));
}

static void put_clock(struct rq *r, struct lf_buf *b, const struct lf_json *x)
{
    bool late = lf_view_is(lf_view_some(lf_json_str(x, "state")), "overdue");

    put_link(r, b, "/incidents/", lf_view_some(lf_json_str(x, "incident")),
             lf_view_some(lf_json_str(x, "title")));
    lf_html(b, " %", V(lf_view_some(lf_json_str(x, r->lang == LF_LANG_EN ? "en" : "zh"))));
    if (late) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_MATTER_OVERDUE));
    }
    put_due(r, b, x, "due", LF_T_MATTER_DUE);
}

static void put_call(struct rq *r, struct lf_buf *b, const struct lf_json *x)
{
    enum lf_notice_kind kind;

    if (lf_notice_kind_parse(lf_view_some(lf_json_str(x, "about")), &kind))
        lf_html(b, "% ", V(notice_kind_text(r, kind)));
    put_link(r, b, "/notices/", lf_view_some(lf_json_str(x, "notice")),
             lf_view_some(lf_json_str(x, "title")));
    put_due(r, b, x, "made", LF_T_MATTER_RAISED);
}

static void put_task(struct rq *r, struct lf_buf *b, const struct lf_json *x)
{
    bool late = lf_json_bool(x, "overdue", false);
    lf_view assignee = lf_view_some(lf_json_str(x, "assignee"));

    put_link(r, b, "/tasks/", lf_view_some(lf_json_str(x, "task")), lf_view_some(lf_json_str(x, "title")));
    lf_html(b, " <span class=\"quiet\">% · %</span>", V(lf_view_some(lf_json_str(x, "incident_title"))),
            V(assignee.len ? assignee : text(r, LF_T_NOBODY)));
    if (late) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_MATTER_OVERDUE));
    }
    put_due(r, b, x, "due", LF_T_MATTER_DUE);
}

static void put_inquiry(struct rq *r, struct lf_buf *b, const struct lf_json *x)
{
    lf_view owner = lf_view_some(lf_json_str(x, "owner"));
    int64_t n = 0;

    (void)lf_json_int(x, "number", &n);
    put_link(r, b, "/inquiries/", lf_view_some(lf_json_str(x, "inquiry")),
             lf_arena_printf(r->t->a, "#%lld", (long long)n));
    lf_html(b, " <span class=\"quiet\">%</span>", V(owner.len ? owner : text(r, LF_T_NOBODY)));
    if (lf_json_bool(x, "overdue", false)) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_MATTER_OVERDUE));
    }
    put_due(r, b, x, "due", LF_T_MATTER_DUE);
}

static enum lf_code put_matters(struct rq *r, struct lf_buf *b, lf_view json)
{
    static const struct {
        const char *key;
        enum lf_text title;
        void (*put)(struct rq *r, struct lf_buf *b, const struct lf_json *x);
    } kinds[] = { { "clocks", LF_T_MATTER_CLOCKS, put_clock },
                  { "calls", LF_T_MATTER_CALLS, put_call },
                  { "tasks", LF_T_MATTER_TASKS, put_task },
                  { "inquiries", LF_T_MATTER_INQUIRIES, put_inquiry } };
    const struct lf_json_limits limits = { .bytes = json.len };
    const struct lf_json *v;

    LF_TRY(lf_json_parse(r->t->a, json, &limits, &v, r->e));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct lf_json *list = lf_json_get(v, lf_view_of(kinds[i].key)),
                             *more = lf_json_get(v, LF_V("more"));

        lf_html(b, "<h3>%</h3>", V(text(r, kinds[i].title)));
        if (!lf_json_items(list))
            lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
        else
            LF_PUT(b, "<ul class=\"plain\">");
        for (size_t k = 0; k < lf_json_items(list); k++) {
            LF_PUT(b, "<li>");
            kinds[i].put(r, b, lf_json_item(list, k));
            LF_PUT(b, "</li>");
        }
        if (lf_json_items(list))
            LF_PUT(b, "</ul>");
        for (size_t k = 0; k < lf_json_items(more); k++)
            if (lf_view_is(lf_json_text(lf_json_item(more, k)), kinds[i].key))
                lf_html(b, "<p class=\"quiet\">%</p>", T(MATTER_MORE));
    }
    return LF_OK;
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_handover *h)
{
    if (h->confirmed)
        badge(b, "good", "✓", text(r, LF_T_HANDOVER_CONFIRMED));
    else if (lf_now(r->t->env) > h->due)
        badge(b, "bad", "!", text(r, LF_T_HANDOVER_LATE));
    else
        badge(b, "warn", "…", text(r, LF_T_HANDOVER_WAITS));
}

/* ---- of a post ---- */

static enum lf_code put_give(struct rq *r, struct lf_buf *b)
{
    lf_view json, id = lf_view_some(field(r, "id"));

    LF_TRY(lf_handover_matters(r->t, &json, r->e));
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p><form class=\"stack\" method=\"post\" "
            "action=\"%\">",
            T(HANDOVER_GIVE), T(HANDOVER_HINT), V(path2(r, "/rosters/", r->id, "/handovers")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"id\" value=\"%\"><p><label for=\"text\">%</label><textarea "
            "id=\"text\" "
            "name=\"text\" rows=\"5\" maxlength=\"1300\">%</textarea></p><p><label "
            "for=\"minutes\">%</label><input "
            "id=\"minutes\" name=\"minutes\" type=\"number\" min=\"1\" max=\"1440\" "
            "value=\"%\"></p><p><button>%</button></p></form>",
            V(id.len ? id : lf_uuid_new(r->t->env, r->t->a)), T(HANDOVER_TEXT),
            V(lf_view_some(field(r, "text"))), T(HANDOVER_MINUTES),
            V(field(r, "minutes").len ? field(r, "minutes") : LF_V("30")), T(HANDOVER_GIVE));
    LF_PUT(b, "</section><section class=\"panel\">");
    lf_html(b, "<h2>%</h2>", T(MATTERS_NOW));
    LF_TRY(put_matters(r, b, json));
    LF_PUT(b, "</section>");
    return LF_OK;
}

static void put_list(struct rq *r, struct lf_buf *b, const struct lf_handover_page *list)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(HANDOVERS));
    if (!list->n)
        lf_html(b, "<p class=\"empty\">%</p>", T(HANDOVER_NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(HANDOVERS), T(HANDOVER_AT), T(HANDOVER_BY), T(HANDOVER_TO), T(HANDOVER_STATE));
    for (size_t i = 0; i < list->n; i++) {
        const struct lf_handover *h = &list->items[i];

        lf_html(b, "<tr><td data-label=\"%\"><a href=\"%\">", T(HANDOVER_AT),
                V(path2(r, "/handovers/", h->id, "")));
        put_when(r, b, h->at);
        lf_html(b,
                "</a></td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" "
                "data-label=\"%\">%</td><td data-label=\"%\">",
                T(HANDOVER_BY), V(handover_name(r, h->name, h->account)), T(HANDOVER_TO),
                V(h->confirmed ? handover_name(r, h->confirmed_name, h->confirmed_by) : LF_V("–")),
                T(HANDOVER_STATE));
        put_state(r, b, h);
        LF_PUT(b, "</td></tr>");
    }
    if (list->n)
        lf_html(
            b,
            "</tbody></table><p>% <a href=\"/api/v1/rosters/%/handovers?format=csv\" download>CSV</a> · <a "
            "href=\"/api/v1/rosters/%/handovers?limit=1000\" download>JSON</a></p>",
            T(EXPORT_AS), V(r->id), V(r->id));
    LF_PUT(b, "</section>");
}

static enum lf_code post_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), title, post;
    struct lf_handover_page list;
    struct lf_page page;
    enum lf_who who;
    struct lf_buf b;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(page_of(r, &page));
    LF_TRY(handovers_asked(r, &page, &list));
    post = post_text(r, who, place);
    title = fill1(r, LF_T_HANDOVERS_OF, "post", post);
    begin_page(r, &b, title, "/rosters");
    lf_html(&b, "<p><a href=\"/rosters\">%</a> › <a href=\"%\">%</a></p><h1>%</h1>", T(ROSTERS),
            V(path2(r, "/rosters/", r->id, "")), V(fill1(r, LF_T_ROSTER_OF, "post", post)), V(title));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_list(r, &b, &list);
    put_next(r, &b, list.next);
    LF_PUT(&b, "</div><div>");
    if (may(r, ACT))
        PUT_TRY(&b, put_give(r, &b));
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_handovers(struct rq *r)
{
    return post_page(r, 200);
}

enum lf_code page_handover_give(struct rq *r)
{
    lf_view id;
    enum lf_code rc = handover_give(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/handovers/", id, "?done=1")) : page_again(r, rc, post_page);
}

/* ---- one ---- */

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_handover *h)
{
    lf_html(b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(HANDOVER_STATE));
    put_state(r, b, h);
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(HANDOVER_BY),
            V(handover_name(r, h->name, h->account)), T(HANDOVER_AT));
    put_when(r, b, h->at);
    lf_html(b, "</dd><dt>%</dt><dd>", T(HANDOVER_DUE));
    put_when(r, b, h->due);
    if (h->told) {
        lf_html(b, "</dd><dt>%</dt><dd>", T(HANDOVER_TOLD));
        put_when(r, b, h->told);
    }
    if (h->confirmed) {
        lf_html(b, "</dd><dt>%</dt><dd>% ", T(HANDOVER_TO),
                V(handover_name(r, h->confirmed_name, h->confirmed_by)));
        put_when(r, b, h->confirmed);
    }
    if (h->remark.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap lines\">%", T(HANDOVER_REMARK), V(h->remark));
    lf_html(b, "</dd></dl><h2>%</h2><p class=\"lines wrap\">%</p></section>", T(HANDOVER_TEXT),
            V(h->text.len ? h->text : text(r, LF_T_NONE)));
}

static void put_confirm(struct rq *r, struct lf_buf *b, const struct lf_handover *h)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p><form class=\"stack\" method=\"post\" "
            "action=\"%\">",
            T(HANDOVER_CONFIRM), T(HANDOVER_CONFIRM_HINT), V(path2(r, "/handovers/", h->id, "/confirm")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"remark\">%</label><textarea id=\"remark\" name=\"remark\" rows=\"3\" "
            "maxlength=\"1300\">%</textarea></p><p><button>%</button></p></form></section>",
            T(HANDOVER_REMARK), V(lf_view_some(field(r, "remark"))), T(HANDOVER_CONFIRM));
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), title, name;
    struct lf_handover h;
    struct lf_buf b;

    LF_TRY(lf_handover_get(r->t, r->id, &h, r->e));
    name = lf_post_name(r->t->a, h.who, h.place);
    title = fill1(r, LF_T_HANDOVER_OF, "post", post_text(r, h.who, h.place));
    begin_page(r, &b, title, "/rosters");
    lf_html(&b, "<p><a href=\"/rosters\">%</a> › <a href=\"%\">%</a></p><h1>%</h1>", T(ROSTERS),
            V(path2(r, "/rosters/", name, "/handovers")),
            V(fill1(r, LF_T_HANDOVERS_OF, "post", post_text(r, h.who, h.place))), V(title));
    if (status != 200)
        put_refusal(r, &b, why);
    put_facts(r, &b, &h);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(MATTERS_THEN));
    PUT_TRY(&b, put_matters(r, &b, h.matters));
    LF_PUT(&b, "</section>");
    if (!h.confirmed && may(r, ACT) && !lf_view_eq(h.account, r->t->scope.account))
        put_confirm(r, &b, &h);
    return end_page(r, &b, status);
}

enum lf_code page_handover(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code page_handover_confirm(struct rq *r)
{
    enum lf_code rc = handover_confirm(r);

    return rc == LF_OK ? redirect(r, path2(r, "/handovers/", r->id, "?done=1")) : page_again(r, rc, one_page);
}

enum lf_code put_handover_waiting(struct rq *r, struct lf_buf *b, enum lf_who who, int place)
{
    int64_t n;

    if (!of_node(r))
        return LF_OK;
    LF_TRY(lf_handover_waiting(r->t, who, place, &n, r->e));
    if (n)
        badge(b, "warn", "!", fill1(r, LF_T_HANDOVER_WAITING_N, "n", number(r, n)));
    return LF_OK;
}
