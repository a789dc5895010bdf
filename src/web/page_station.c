/* Stations that attacks are commanded through, in the console. */
#include "web/station.h"

#include "web/page_priv.h"

static const struct filter_choice states[LF_STATION_STATES] = { { "watched", LF_T_ST_WATCHED },
                                                                { "controlled", LF_T_ST_CONTROLLED },
                                                                { "gone", LF_T_ST_GONE },
                                                                { "mistaken", LF_T_ST_MISTAKEN } };
static const struct filter_choice sides[] = { { "domestic", LF_T_SRC_DOMESTIC },
                                              { "foreign", LF_T_SRC_FOREIGN },
                                              { "unknown", LF_T_SRC_UNKNOWN } };
static const struct filter_choice looks[] = { { "", LF_T_ST_LOOK_NONE },
                                              { "answers", LF_T_ST_ANSWERS },
                                              { "silent", LF_T_ST_SILENT },
                                              { "moved", LF_T_ST_MOVED } };
static const char *const asked[] = { "q", "state", "side", "overdue", "back", "seen", "incident" };

/* ---- pieces ---- */

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    static const struct {
        const char *tone, *sign;
    } as[LF_STATION_STATES] = { { "warn", "◉" }, { "info", "◼" }, { "good", "✓" }, { "", "–" } };

    badge(b, as[x->state].tone, as[x->state].sign, text(r, states[x->state].text));
    if (x->back) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_ST_BACK));
    }
    if (x->late) {
        LF_PUT(b, " ");
        badge(b, "bad", "◷", text(r, LF_T_ST_LATE));
    }
}

static lf_view value_of(struct rq *r, const struct lf_station *x)
{
    return x->port && x->kind != LF_OBS_URL
               ? lf_arena_printf(r->t->a, x->kind == LF_OBS_IPV6 ? "[%.*s]:%lld" : "%.*s:%lld",
                                 LF_FMT(x->value), (long long)x->port)
               : x->value;
}

/* ---- all ---- */

static void put_number(struct rq *r, struct lf_buf *b, enum lf_text label, const char *filter, int64_t n)
{
    lf_html(b, "<li><a href=\"/stations?%\"><b>%</b> %</a></li>", LF_HC(filter), V(number(r, n)),
            V(text(r, label)));
}

/* How many in which state and on which side; each number opens them. */
static enum lf_code put_counts(struct rq *r, struct lf_buf *b)
{
    static const enum lf_network_side order[] = { LF_SIDE_DOMESTIC, LF_SIDE_FOREIGN, LF_SIDE_UNKNOWN };
    struct lf_station_count c;

    LF_TRY(lf_station_count(r->t, &c, r->e));
    lf_html(b,
            "<section class=\"panel\"><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th>",
            T(ST_COUNTS), T(STATE));
    for (size_t k = 0; k < 3; k++)
        lf_html(b, "<th scope=\"col\" class=\"num\">%</th>", V(text(r, sides[k].text)));
    LF_PUT(b, "</tr></thead><tbody>");
    for (int i = 0; i < LF_STATION_STATES; i++) {
        lf_html(b, "<tr><th scope=\"row\">%</th>", V(text(r, states[i].text)));
        for (size_t k = 0; k < 3; k++)
            lf_html(
                b, "<td class=\"num\" data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, sides[k].text)),
                V(lf_arena_printf(r->t->a, "/stations?state=%s&side=%s", states[i].value, sides[k].value)),
                V(number(r, c.of[i][order[k]])));
        LF_PUT(b, "</tr>");
    }
    LF_PUT(b, "</tbody></table><ul class=\"plain-list\">");
    put_number(r, b, LF_T_ST_LATELY, "seen=1", c.lately);
    put_number(r, b, LF_T_ST_BACK, "back=1", c.back);
    put_number(r, b, LF_T_ST_LATE, "overdue=1", c.late);
    LF_PUT(b, "</ul></section>");
    return LF_OK;
}

static void put_filter(struct rq *r, struct lf_buf *b)
{
    static const struct filter_choice late[] = { { "1", LF_T_ST_LATE } }, back[] = { { "1", LF_T_ST_BACK } },
                                      seen[] = { { "1", LF_T_ST_LATELY } };

    LF_PUT(b, "<form class=\"stack wide\" method=\"get\" action=\"/stations\" role=\"search\"><div "
              "class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"66\"");
    put_filter_any(r, b, "state", LF_T_STATE, states, LF_STATION_STATES);
    put_filter_any(r, b, "side", LF_T_SRC_SIDE, sides, 3);
    put_filter_any(r, b, "seen", LF_T_SIGHTINGS, seen, 1);
    put_filter_any(r, b, "back", LF_T_ST_SINCE_GONE, back, 1);
    put_filter_any(r, b, "overdue", LF_T_ST_TRACKING, late, 1);
    if (query(r, "incident").len)
        lf_html(b, "<input type=\"hidden\" name=\"incident\" value=\"%\">", V(query(r, "incident")));
    lf_html(b, "<p><button>%</button></p></div></form>", T(ALERTS_FIND));
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_station *list, size_t n)
{
    static const enum lf_text heads[] = { LF_T_ST_STATION, LF_T_ST_FAMILY, LF_T_SRC_SIDE,
                                          LF_T_STATE,      LF_T_SIGHTINGS, LF_T_ST_DUE };

    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(ST_NONE));
        return;
    }
    lf_html(b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(ST_CAPTION));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[i])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        const struct lf_station *x = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a> "
                "<small>#%</small></span></td><td "
                "class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>",
                T(ST_STATION), V(path2(r, "/stations/", x->id, "")), V(value_of(r, x)),
                V(number(r, x->number)), T(ST_FAMILY), V(x->family), T(SRC_SIDE));
        put_network_side(r, b, x->side);
        lf_html(b, " <small>% %</small></span></td><td data-label=\"%\"><span>", V(x->country),
                V(x->operator), T(STATE));
        put_state(r, b, x);
        lf_html(b, "</span></td><td data-label=\"%\"><span>% ", T(SIGHTINGS),
                V(number(r, x->here + x->members)));
        if (x->seen)
            put_when(r, b, x->seen);
        lf_html(b, "</span></td><td data-label=\"%\">", T(ST_DUE));
        put_when(r, b, x->due);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_place(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    put_form_input(r, b, "operator", "family", LF_T_ST_FAMILY, x->family, " maxlength=\"66\"");
    put_form_input(r, b, "operator", "country", LF_T_PT_COUNTRY, x->country,
                   " maxlength=\"2\" pattern=\"[A-Z]{2}\" autocapitalize=\"characters\" spellcheck=\"false\" "
                   "aria-describedby=\"p-country-h\"");
    lf_html(b, "<p class=\"hint\" id=\"p-country-h\">%</p>", T(ST_COUNTRY_HINT));
    put_form_input(r, b, "operator", "operator", LF_T_SRC_OPERATOR, x->operator, " maxlength=\"66\"");
    put_form_input(r, b, "operator", "port", LF_T_SRC_PORT,
                   x->port ? lf_arena_printf(r->t->a, "%lld", (long long)x->port) : LF_V(""),
                   " inputmode=\"numeric\" maxlength=\"5\"");
    put_form_input(r, b, "operator", "days", LF_T_ST_DAYS, number(r, x->days),
                   " type=\"number\" min=\"1\" max=\"365\"");
}

static void put_add_form(struct rq *r, struct lf_buf *b, bool open)
{
    static const struct lf_station none = { .days = LF_STATION_DAYS };

    lf_html(b, "<section class=\"panel\"><details%><summary>%</summary><p class=\"quiet\">%</p>",
            LF_RAW(lf_view_of(open ? " open" : "")), T(ST_ADD), T(ST_ADD_LEAD));
    begin_post_form(r, b, LF_V("/stations"));
    put_form_input(r, b, "operator", "value", LF_T_ST_VALUE, lf_view_some(query(r, "value")),
                   " required maxlength=\"2000\" spellcheck=\"false\" autocapitalize=\"none\"");
    put_place(r, b, &none);
    put_form_input(r, b, "operator", "incident", LF_T_ST_INCIDENT, lf_view_some(query(r, "incident")),
                   " maxlength=\"60\" spellcheck=\"false\"");
    put_form_area(r, b, "operator", "p-note", "note", LF_T_ST_GROUNDS, LF_V(""));
    lf_html(b, "<p><button>%</button></p></form></details></section>", T(ST_ADD));
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next, again;
    const struct lf_station *list;
    struct lf_station_filter f;
    enum lf_code rc = LF_OK;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(station_filter(r, &f));
    LF_TRY(lf_station_list(r->t, &f, &page, &n, &list, &next, r->e));
    again = query_again(r, asked, sizeof asked / sizeof *asked);
    begin_page(r, &b, text(r, LF_T_STATIONS), "/indicators");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a "
            "href=\"/indicators\">%</a></p></div>",
            T(STATIONS), T(ST_LEAD), T(NAV_INDICATORS));
    if (status != 200)
        put_refusal(r, &b, why);
    if (!page.after.len)
        rc = put_counts(r, &b);
    LF_PUT(&b, "<section class=\"panel\">");
    put_filter(r, &b);
    lf_html(&b, "<p>% <a href=\"%\" download>CSV</a></p>", T(EXPORT_AS),
            V(lf_arena_printf(r->t->a, "/api/v1/stations?format=csv%.*s", LF_FMT(again))));
    put_table(r, &b, list, n);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    if (may(r, JUDGE))
        put_add_form(r, &b, status != 200 || query(r, "value").len);
    if (rc == LF_OK)
        return end_page(r, &b, status);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code page_stations(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_station_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = station_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/stations/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- one ---- */

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_time(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    if (!at)
        return;
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    put_when_zone(r, b, at);
    LF_PUT(b, "</dd>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    struct lf_station other;
    const struct lf_station_entry *history;
    size_t n;

    lf_html(b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(SRC_SIDE));
    put_network_side(r, b, x->side);
    LF_PUT(b, "</dd>");
    put_fact(r, b, LF_T_PT_COUNTRY, x->country);
    put_fact(r, b, LF_T_SRC_OPERATOR, x->operator);
    put_fact(r, b, LF_T_ST_FAMILY, x->family);
    put_time(r, b, LF_T_SINCE, x->since);
    put_time(r, b, LF_T_ST_LOOKED, x->looked);
    if (x->found)
        put_fact(r, b, LF_T_ST_FOUND, text(r, looks[x->found].text));
    put_time(r, b, LF_T_ST_DUE, x->due);
    if (x->moved_to.len && lf_station_get(r->t, x->moved_to, &other, &n, &history, r->e) == LF_OK)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\">%</a></dd>", T(ST_MOVED_TO),
                V(path2(r, "/stations/", other.id, "")), V(value_of(r, &other)));
    lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\"><code>%</code></a></dd></dl></section>",
            T(ST_INDICATOR), V(path2(r, "/indicators/", x->indicator, "")), V(x->indicator));
}

/* The incident it was found in, for who may see that, and whom it was referred to there. */
static enum lf_code put_incident(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    static const struct lf_page most = { .limit = LF_PAGE_MOST };
    const struct lf_referral *list;
    struct lf_incident_full full;
    lf_view next;
    size_t n;

    if (!x->incident.len || lf_incident_get(r->t, x->incident, &full, &(struct lf_err){ 0 }) != LF_OK)
        return LF_OK;
    LF_TRY(lf_referral_list(r->t, x->incident, -1, &most, &n, &list, &next, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"wrap\"><a href=\"%\">%</a></p>", T(REFERRALS),
            V(path2(r, "/incidents/", x->incident, "")),
            V(full.row.title.len ? full.row.title : x->incident));
    LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < n; i++) {
        if (!lf_view_eq(list[i].source, x->value))
            continue;
        lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ",
                V(path2(r, "/incidents/", x->incident, "/referrals")), V(list[i].recipient));
        put_referral_state(r, b, &list[i]);
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul>");
    if (may(r, ACT) && (x->kind == LF_OBS_IPV4 || x->kind == LF_OBS_IPV6))
        lf_html(b, "<p><a href=\"%\">%</a></p>",
                V(lf_arena_printf(r->t->a, "/incidents/%.*s/referrals?address=%.*s#kind", LF_FMT(x->incident),
                                  LF_FMT(url_text(r, x->value)))),
                T(SRC_REFER));
    LF_PUT(b, "</section>");
    return LF_OK;
}

static void put_history(struct rq *r, struct lf_buf *b, const struct lf_station_entry *list, size_t n)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(ST_HISTORY));
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li><p>");
        put_when(r, b, list[i].at);
        lf_html(b, " % ", V(account_name(r, list[i].account)));
        badge(b, "", "◦", text(r, states[list[i].state].text));
        if (list[i].look) {
            LF_PUT(b, " ");
            badge(b, "info", "◷", text(r, looks[list[i].look].text));
        }
        LF_PUT(b, "</p>");
        if (list[i].note.len)
            lf_html(b, "<p class=\"lines wrap\">%</p>", V(list[i].note));
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
}

static void put_base(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    begin_post_form(r, b, path2(r, "/stations/", x->id, ""));
    lf_html(b, "<input type=\"hidden\" name=\"base\" value=\"%\">",
            V(lf_arena_printf(r->t->a, "%lld", (long long)x->entries)));
}

static void put_forms(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p>", T(ST_LOOK), T(ST_LOOK_LEAD));
    put_base(r, b, x);
    put_form_select(r, b, "look", "p-look", "look", LF_T_ST_FOUND, looks + 1, 3, LF_V("answers"));
    put_form_input(r, b, "look", "moved_to", LF_T_ST_MOVED_TO, LF_V(""),
                   " maxlength=\"60\" spellcheck=\"false\" aria-describedby=\"p-moved-h\"");
    lf_html(b, "<p class=\"hint\" id=\"p-moved-h\">%</p>", T(ST_MOVED_HINT));
    put_form_area(r, b, "look", "p-look-note", "note", LF_T_PT_NOTE, LF_V(""));
    lf_html(b, "<p><button>%</button></p></form></section><section class=\"panel\"><h2>%</h2>", T(ST_LOOK),
            T(ST_STATE));
    put_base(r, b, x);
    put_form_select(r, b, "state", "p-state", "state", LF_T_STATE, states, LF_STATION_STATES,
                    lf_view_of(states[x->state].value));
    put_form_area(r, b, "state", "p-state-note", "note", LF_T_ST_GROUNDS, LF_V(""));
    lf_html(b,
            "<p><button>%</button></p></form></section><section "
            "class=\"panel\"><details%><summary>%</summary>",
            T(ST_STATE), LF_RAW(lf_view_of(field(r, "operator").ptr ? " open" : "")), T(ST_CHANGE));
    put_base(r, b, x);
    put_place(r, b, x);
    lf_html(b, "<p><button class=\"second\">%</button></p></form></details></section>", T(ST_CHANGE));
}

static enum lf_code body(struct rq *r, struct lf_buf *b, const struct lf_station *x,
                         const struct lf_station_entry *list, size_t n)
{
    LF_PUT(b, "<div class=\"two\"><div>");
    put_facts(r, b, x);
    LF_TRY(put_sightings(r, b, x->indicator));
    LF_TRY(put_incident(r, b, x));
    put_history(r, b, list, n);
    LF_PUT(b, "</div><div>");
    if (may(r, JUDGE))
        put_forms(r, b, x);
    LF_PUT(b, "</div></div>");
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_station_entry *list;
    struct lf_station x;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_station_get(r->t, r->id, &x, &n, &list, r->e));
    begin_page(r, &b, x.value, "/indicators");
    lf_html(&b, "<div class=\"head\"><h1 class=\"wrap\">%</h1><p>", V(value_of(r, &x)));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/stations\">%</a></p></div>", T(STATIONS));
    if (status != 200)
        put_refusal(r, &b, why);
    rc = body(r, &b, &x, list, n);
    if (rc == LF_OK)
        return end_page(r, &b, status);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code page_station(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_station_change(struct rq *r)
{
    enum lf_code rc = station_change(r);

    return rc == LF_OK ? redirect(r, path2(r, "/stations/", r->id, "?done=1")) : page_again(r, rc, show);
}
