/* Sources of attack in the console: whose network each address of an incident is in, and what is said to
 * whom. */
#include "cert/network.h"
#include "cert/referral.h"
#include "cert/report.h"
#include "post/mail.h"
#include "web/page_priv.h"

static lf_view fill(struct rq *r, enum lf_text key, const struct lf_text_value *values, size_t n)
{
    return lf_text_fill(r->t->a, key, r->lang, values, n);
}

static lf_view body_of(struct rq *r, const struct lf_network *of, lf_view port, lf_time at, lf_view number)
{
    struct lf_text_value about[] = { { "address", of->address }, { "network", of->network },
                                     { "country", of->country }, { "operator", of->operator} };
    lf_view text_out = of->side == LF_SIDE_DOMESTIC ? fill(r, LF_T_SRC_SAY_OPERATOR, about, 2)
                                                    : fill(r, LF_T_SRC_SAY_PARTNER, about, 4);
    lf_view lines[] = { port.len ? fill1(r, LF_T_SRC_SAY_PORT, "port", port) : LF_V(""),
                        at ? fill1(r, LF_T_SRC_SAY_AT, "at", moment_shown(r, at, true)) : LF_V(""),
                        number.len ? fill1(r, LF_T_SRC_SAY_NUMBER, "number", number) : LF_V("") };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].len)
            text_out = lf_arena_printf(r->t->a, "%.*s\n%.*s", LF_FMT(text_out), LF_FMT(lines[i]));
    return text_out;
}

enum lf_code source_referral(struct rq *r, const struct lf_network *of, lf_view port, lf_time at,
                             struct lf_referral *out)
{
    bool national = lf_view_is(r->t->self->tier, "nation");
    struct lf_incident_full x;
    int number;

    if (of->side == LF_SIDE_UNKNOWN)
        return lf_err_set(r->e, LF_CONFLICT, "network: no network of the table holds %.*s",
                          LF_FMT(of->address));
    LF_TRY(port_of(r, port, &number));
    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    *out = (struct lf_referral){ .incident = r->id,
                                 .kind = LF_REFERRAL_OPERATOR,
                                 .recipient = of->operator,
                                 .way = LF_V(""),
                                 .reference = LF_V(""),
                                 .body = body_of(r, of, port, at, lf_report_number(&x)),
                                 .source = of->address,
                                 .port = number,
                                 .seen = at,
                                 .mail = LF_V("") };
    if (of->side == LF_SIDE_FOREIGN) {
        out->kind = LF_REFERRAL_PARTNER;
        out->recipient =
            fill1(r, national ? LF_T_SRC_TO_PARTNER : LF_T_SRC_TO_NATION, "country", of->country);
    } else if (of->abuse.len) {
        out->way = fill1(r, LF_T_SRC_WAY_MAIL, "mail", of->abuse);
        out->mail = lf_mail_address_ok(of->abuse) ? of->abuse : LF_V("");
    }
    return LF_OK;
}

/* ---- the page ---- */

void put_network_side(struct rq *r, struct lf_buf *b, enum lf_network_side side)
{
    if (side == LF_SIDE_UNKNOWN)
        badge(b, "", "–", text(r, LF_T_SRC_UNKNOWN));
    else if (side == LF_SIDE_DOMESTIC)
        badge(b, "info", "◇", text(r, LF_T_SRC_DOMESTIC));
    else
        badge(b, "warn", "▲", text(r, LF_T_SRC_FOREIGN));
}

/* What was asked for with the address goes on with the link. */
static lf_view refer_link(struct rq *r, lf_view address)
{
    return lf_arena_printf(r->t->a, "/incidents/%.*s/referrals?address=%.*s&port=%.*s&at=%.*s#kind",
                           LF_FMT(r->id), LF_FMT(url_text(r, address)),
                           LF_FMT(url_text(r, lf_view_some(query(r, "port")))),
                           LF_FMT(url_text(r, lf_view_some(query(r, "at")))));
}

/* Of an incident's page with the way to a referral of each. */
static void put_table(struct rq *r, struct lf_buf *b, const struct lf_network *list, size_t n)
{
    static const enum lf_text heads[] = { LF_T_SRC_ADDRESS,  LF_T_SRC_SIDE,  LF_T_SRC_NETWORK,
                                          LF_T_SRC_OPERATOR, LF_T_SRC_ABUSE, LF_T_REFERRALS };

    lf_html(b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(SRC_CAPTION));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[i])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        const struct lf_network *x = &list[i];

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td><td data-label=\"%\">", T(SRC_ADDRESS),
                V(x->address), T(SRC_SIDE));
        put_network_side(r, b, x->side);
        lf_html(b,
                "</td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>% "
                "%</span></td><td class=\"wrap\" data-label=\"%\">%</td><td data-label=\"%\">",
                T(SRC_NETWORK), V(x->network), T(SRC_OPERATOR), V(x->operator), V(x->country), T(SRC_ABUSE),
                V(x->abuse), T(REFERRALS));
        if (x->side != LF_SIDE_UNKNOWN && may(r, ACT))
            lf_html(b, "<a href=\"%\">%</a>", V(refer_link(r, x->address)), T(SRC_REFER));
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"get\" action=\"%\"><p><label "
            "for=\"address\">%</label><input id=\"address\" name=\"address\" required maxlength=\"45\" "
            "value=\"%\"></p><p><label for=\"port\">%</label><input id=\"port\" name=\"port\" "
            "inputmode=\"numeric\" maxlength=\"5\" value=\"%\"></p><p><label for=\"at\">%</label><input "
            "id=\"at\" "
            "name=\"at\" type=\"datetime-local\" value=\"%\"></p><p><button>%</button></p></form></section>",
            T(SRC_LOOK), V(path2(r, "/incidents/", r->id, "/sources")), T(SRC_ADDRESS),
            V(lf_view_some(query(r, "address"))), T(SRC_PORT), V(lf_view_some(query(r, "port"))), T(SRC_AT),
            V(lf_view_some(query(r, "at"))), T(SRC_LOOK));
}

enum lf_code page_sources(struct rq *r)
{
    const struct lf_network *list;
    enum lf_code found = LF_OK;
    struct lf_incident_full x;
    struct lf_network one;
    int64_t table;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_network_of(r->t, &x, &n, &list, r->e));
    LF_TRY(lf_network_count(r->t, &table, r->e));
    if (query(r, "address").len)
        found = lf_network_find(r->t, query(r, "address"), &one, r->e);
    if (found != LF_OK && found != LF_BAD_INPUT)
        return found;
    begin_page(r, &b, text(r, LF_T_ATTACK_SOURCES), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p><p class=\"quiet\">%</p></div>",
            T(ATTACK_SOURCES), V(path2(r, "/incidents/", r->id, "")),
            V(x.row.title.len ? title_text(r, x.row.title) : x.row.id), T(SRC_LEAD));
    if (x.state.exercise)
        put_exercise_banner(r, &b, &x.state.exercise_of);
    if (!table)
        lf_html(&b, "<p class=\"say warn\">% <a href=\"/networks\">%</a></p>", T(SRC_NO_TABLE), T(NETWORKS));
    if (found != LF_OK)
        put_refusal(r, &b, lf_view_of(r->e->text));
    LF_PUT(&b, "<section class=\"panel\">");
    if (query(r, "address").len && found == LF_OK)
        put_table(r, &b, &one, 1);
    else if (n)
        put_table(r, &b, list, n);
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(SRC_NONE));
    LF_PUT(&b, "</section>");
    put_form(r, &b);
    lf_html(&b, "<p><a href=\"/networks\">%</a></p>", T(NETWORKS));
    return end_page(r, &b, found == LF_OK ? 200 : 400);
}

/* ---- the table ---- */

static void put_networks(struct rq *r, struct lf_buf *b, const struct lf_network *list, size_t n)
{
    static const enum lf_text heads[] = { LF_T_SRC_NETWORK, LF_T_SRC_SIDE, LF_T_SRC_OPERATOR,
                                          LF_T_SRC_ABUSE };

    lf_html(b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(NET_CAPTION));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[i])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td><td data-label=\"%\">", T(SRC_NETWORK),
                V(list[i].network), T(SRC_SIDE));
        put_network_side(r, b, list[i].side);
        lf_html(b,
                "</td><td class=\"wrap\" data-label=\"%\"><span>% %</span></td><td class=\"wrap\" "
                "data-label=\"%\">%</td></tr>",
                T(SRC_OPERATOR), V(list[i].operator), V(list[i].country), T(SRC_ABUSE), V(list[i].abuse));
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_set(struct rq *r, struct lf_buf *b)
{
    lf_view home = field(r, "home").ptr ? field(r, "home") : LF_V("TW");

    lf_html(
        b,
        "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" method=\"post\" "
        "action=\"/networks\" enctype=\"multipart/form-data\">",
        T(NET_SET), T(NET_SET_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" "
            "accept=\".csv,text/csv\" "
            "required></p><p><label for=\"home\">%</label><input id=\"home\" name=\"home\" maxlength=\"2\" "
            "size=\"2\" "
            "required value=\"%\"></p><p><button>%</button></p></form></section>",
            T(NET_FILE), T(NET_HOME), V(home), T(NET_SET));
}

static enum lf_code show_networks(struct rq *r, int status)
{
    lf_view why = status == 200 ? LF_V("") : lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next;
    const struct lf_network *list;
    struct lf_network one;
    struct lf_page page;
    struct lf_buf b;
    int64_t all;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_network_list(r->t, &page, &n, &list, &next, r->e));
    LF_TRY(lf_network_count(r->t, &all, r->e));
    if (query(r, "address").len) {
        enum lf_code found = lf_network_find(r->t, query(r, "address"), &one, r->e);

        if (found == LF_BAD_INPUT) {
            why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
            status = 400;
        } else if (found != LF_OK)
            return found;
        n = found == LF_OK && one.side != LF_SIDE_UNKNOWN;
        list = &one;
        next = LF_V("");
    }
    begin_page(r, &b, text(r, LF_T_NETWORKS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(NETWORKS),
            V(fill1(r, LF_T_NET_COUNT, "n", number(r, all))));
    if (why.len)
        put_refusal(r, &b, why);
    lf_html(&b,
            "<section class=\"panel\"><form class=\"filter\" method=\"get\" action=\"/networks\"><p><label "
            "for=\"address\">%</label><input id=\"address\" name=\"address\" maxlength=\"45\" "
            "value=\"%\"></p><p><button class=\"second\">%</button></p></form>",
            T(SRC_ADDRESS), V(lf_view_some(query(r, "address"))), T(SRC_LOOK));
    if (n)
        put_networks(r, &b, list, n);
    else
        lf_html(&b, "<p class=\"empty\">%</p>", all ? T(SRC_UNKNOWN) : T(NET_NONE));
    put_next(r, &b, next);
    if (all)
        lf_html(&b, "<p><a href=\"/networks/file\">%</a></p>", T(NET_GET));
    LF_PUT(&b, "</section>");
    if (may(r, MANAGE))
        put_set(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_networks(struct rq *r)
{
    return show_networks(r, 200);
}

enum lf_code page_networks_set(struct rq *r)
{
    struct lf_multipart_part part;
    size_t rows;
    enum lf_code rc = need_file(r, "file", &part);

    if (rc == LF_OK)
        rc = lf_network_set(r->t, part.body, lf_view_trim(lf_view_some(field(r, "home"))), &rows, r->e);
    return rc == LF_OK ? redirect(r, LF_V("/networks?done=1")) : page_again(r, rc, show_networks);
}

enum lf_code page_networks_file(struct rq *r)
{
    struct lf_buf b;

    lf_buf_init(&b, 2 * LF_NETWORK_BYTES);
    PUT_TRY(&b, lf_network_csv(r->t, &b, r->e));
    return answer_csv(r, LF_V("networks"), &b);
}
