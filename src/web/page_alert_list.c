/* The list of alerts, and what of it is asked for: a form that needs no script. */
#include "web/alert_filter.h"
#include "web/page_priv.h"

void put_alert_table(struct rq *r, struct lf_buf *b, const struct lf_alert *items, size_t n)
{
    if (n == 0) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_ALERTS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
            "<th scope=\"col\">%</th></tr></thead><tbody>",
            T(ALERTS_CAPTION), T(LEVEL), T(ALERT), T(HOST), T(COUNT), T(LAST), T(STATE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_alert *a = &items[i];

        lf_html(b, "<tr><td data-label=\"%\">", T(LEVEL));
        put_level(r, b, a->level);
        lf_html(b, "</td><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(ALERT),
                V(path2(r, "/alerts/", a->id, "")), V(alert_title(r, a)));
        if (a->has_observable)
            lf_html(b, "<br><code>%</code>", V(a->observable));
        lf_html(b,
                "</span></td><td data-label=\"%\">%</td><td class=\"num\" data-label=\"%\">%</td><td "
                "data-label=\"%\">",
                T(HOST), V(a->host.len ? a->host : text(r, LF_T_NONE)), T(COUNT), V(number(r, a->count)),
                T(LAST));
        put_when(r, b, a->last);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(STATE));
        put_alert_state(r, b, a->state);
        if (a->owner.len)
            lf_html(b, "<br>%", V(a->owner));
        if (a->corroborated) {
            LF_PUT(b, " ");
            badge(b, "good", "＋", text(r, LF_T_CORROBORATED));
        }
        lf_html(b, "</span></td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

/* ---- what is asked for ---- */

static const struct filter_choice states[] = { { "open", LF_T_ALERTS_OPEN },
                                               { "new", LF_T_ALERT_NEW },
                                               { "acknowledged", LF_T_ALERT_ACKNOWLEDGED },
                                               { "closed", LF_T_ALERT_CLOSED },
                                               { "all", LF_T_ALERTS_ALL } };
static const struct filter_choice levels[] = { { "", LF_T_LEVEL_ANY },
                                               { "low", LF_T_LEVEL_LOW },
                                               { "medium", LF_T_LEVEL_MEDIUM },
                                               { "high", LF_T_LEVEL_HIGH },
                                               { "critical", LF_T_LEVEL_CRITICAL } };

static void put_form(struct rq *r, struct lf_buf *b, lf_view state)
{
    static const char *const more[] = { "host", "owner", "rule", "from", "to" };

    LF_PUT(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/alerts\" "
              "role=\"search\"><div class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"400\" aria-describedby=\"f-qh\"");
    put_filter_choice(r, b, "state", LF_T_STATE, states, sizeof states / sizeof *states, state);
    put_filter_choice(r, b, "least", LF_T_ALERTS_LEAST, levels, sizeof levels / sizeof *levels,
                      query(r, "least"));
    lf_html(
        b, "<p><button>%</button></p></div><p id=\"f-qh\" class=\"hint\">%</p><details%><summary>%</summary>",
        T(ALERTS_FIND), T(ALERTS_WORDS_HINT),
        LF_RAW(lf_view_of(filter_asked(r, more, sizeof more / sizeof *more) ? " open" : "")), T(ALERTS_MORE));
    LF_PUT(b, "<div class=\"row\">");
    put_filter_input(r, b, "host", LF_T_HOST, " maxlength=\"200\"");
    put_filter_input(r, b, "owner", LF_T_OWNER, " maxlength=\"64\" aria-describedby=\"f-oh\"");
    put_filter_input(r, b, "rule", LF_T_RULE, " maxlength=\"200\"");
    lf_html(b, "</div><p id=\"f-oh\" class=\"hint\">%</p><div class=\"row\">", T(ALERTS_MORE_HINT));
    put_filter_input(r, b, "from", LF_T_SEARCH_FROM, " maxlength=\"60\" aria-describedby=\"f-th\"");
    put_filter_input(r, b, "to", LF_T_SEARCH_TO, " maxlength=\"60\" aria-describedby=\"f-th\"");
    lf_html(b, "</div><p id=\"f-th\" class=\"hint\">%</p></details></form></section>", T(SEARCH_TIME_HINT));
}

enum lf_code page_alerts(struct rq *r)
{
    static const char *const narrowing[] = { "q", "least", "host", "owner", "rule", "from", "to" };
    struct lf_alert_filter filter = { .open_only = true };
    lf_view next = { NULL, 0 }, state = query(r, "state");
    struct lf_alert *items = NULL;
    struct lf_page page;
    struct lf_buf b;
    enum lf_code rc;
    size_t n = 0;

    LF_TRY(page_of(r, &page));
    rc = alert_filter_of(r, true, &filter);
    if (rc == LF_OK)
        rc = lf_alert_list(r->t, &filter, &page, &items, &n, &next, r->e);
    if (rc != LF_OK && rc != LF_BAD_INPUT)
        return rc;
    if (!state.len)
        state = lf_view_of(filter.has_state   ? lf_alert_state_name(filter.state)
                           : filter.open_only ? "open"
                                              : "all");
    begin_page(r, &b, text(r, LF_T_NAV_ALERTS), "/alerts");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p><a href=\"/tunings\">%</a> · <a "
            "href=\"/assets\">%</a></p></div>",
            T(NAV_ALERTS), T(TUNINGS), T(ASSETS));
    put_form(r, &b, state);
    LF_PUT(&b, "<section class=\"panel\">");
    if (rc != LF_OK)
        lf_html(&b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> "
                "<span lang=\"en\">%</span></p>",
                LF_HC(r->e->text));
    else if (n == 0 && (filter.has_state || filter_asked(r, narrowing, sizeof narrowing / sizeof *narrowing)))
        lf_html(&b, "<p class=\"empty\">%</p><p><a href=\"/alerts\">%</a></p>", T(ALERTS_NONE_SUCH),
                T(SHOW_OPEN));
    else
        put_alert_table(r, &b, items, n);
    LF_PUT(&b, "</section>");
    if (rc == LF_OK)
        put_next_with(r, &b, lf_arena_cstr(r->t->a, alert_filter_link(r)), next);
    return end_page(r, &b, rc == LF_OK ? 200 : 400);
}
