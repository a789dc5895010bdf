/* The contact network in the console: organisations, their contacts, posts, and a file of many. */
#include "cert/contact.h"
#include "cert/unit.h"
#include "web/page_priv.h"

enum { CELLS = 7 };

static const enum lf_text attributes[] = { LF_T_NONE,
                                           LF_T_UNIT_DEFENCE,
                                           LF_T_UNIT_ADMINISTRATION,
                                           LF_T_UNIT_ACADEMIA,
                                           LF_T_UNIT_ENTERPRISE_1,
                                           LF_T_UNIT_ENTERPRISE_2,
                                           LF_T_UNIT_ENTERPRISE_3,
                                           LF_T_UNIT_ENTERPRISE_4 };
static const enum lf_text grades[] = { LF_T_UNIT_GRADE_A, LF_T_UNIT_GRADE_B, LF_T_UNIT_GRADE_C,
                                       LF_T_UNIT_GRADE_D };
static const enum lf_text parts[] = { LF_T_PART_CONTACT, LF_T_PART_TEAM, LF_T_PART_CISO, LF_T_PART_PREVENTION,
                                      LF_T_PART_CRISIS };

enum lf_text unit_attribute_text(unsigned attribute)
{
    return attributes[attribute];
}

static lf_view some(const struct rq *r, lf_view v)
{
    return v.len ? v : text(r, LF_T_NONE);
}

static void put_input(struct lf_buf *b, const char *name, lf_view label, const char *type, const char *more)
{
    lf_html(b,
            "<p><label for=\"u-%\">%</label><input id=\"u-%\" name=\"%\" type=\"%\" maxlength=\"200\"%></p>",
            LF_HC(name), V(label), LF_HC(name), LF_HC(name), LF_HC(type), LF_RAW(lf_view_of(more)));
}

static void put_unit_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/contacts\">",
            T(UNIT_ADD));
    put_csrf(r, b);
    put_input(b, "name", text(r, LF_T_UNIT_NAME), "text", " required");
    put_input(b, "oid", LF_V("OID"), "text", " inputmode=\"decimal\"");
    lf_html(b, "<p><label for=\"u-attribute\">%</label><select id=\"u-attribute\" name=\"attribute\">",
            T(UNIT_ATTRIBUTE));
    for (enum lf_unit_attribute i = LF_UNIT_NONE; i < LF_UNIT_ATTRIBUTES; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(lf_unit_attribute_name(i)),
                V(text(r, attributes[i])));
    lf_html(b,
            "</select></p><p><label for=\"u-grade\">%</label><select id=\"u-grade\" name=\"grade\"><option "
            "value=\"\">%</option>",
            T(UNIT_GRADE), T(NONE));
    for (size_t g = 0; g < 4; g++)
        lf_html(b, "<option>%</option>", V(((lf_view){ &"ABCD"[g], 1 })));
    lf_html(b,
            "</select></p><p><label><input type=\"checkbox\" name=\"tenant\" value=\"self\"> %</label></p>"
            "<p><button>%</button></p></form></section>",
            T(UNIT_OURS), T(UNIT_ADD));
}

static void put_import(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/contacts/import\">",
            T(UNIT_IMPORT));
    put_csrf(r, b);
    lf_html(b,
            "<p id=\"uh\" class=\"hint\">%</p><p><label for=\"csv\">CSV</label><textarea id=\"csv\" "
            "name=\"csv\" rows=\"8\" required spellcheck=\"false\" "
            "aria-describedby=\"uh\"></textarea></p><p><button "
            "class=\"second\">%</button></p></form><p>% <a href=\"/api/v1/units?format=csv\" "
            "download>CSV</a></p></section>",
            T(UNIT_IMPORT_HINT), T(UNIT_IMPORT), T(EXPORT_AS));
}

static void put_lacks_select(struct rq *r, struct lf_buf *b, lf_view said)
{
    lf_html(b,
            "<label for=\"lacks\">%</label><select id=\"lacks\" name=\"lacks\"><option "
            "value=\"\">%</option><option value=\"any\"%>%</option>",
            T(UNIT_LACKS_FIND), T(UNIT_LACKS_ALL),
            LF_RAW(lf_view_is(said, "any") ? LF_V(" selected") : LF_V("")), T(UNIT_LACKS_ANY));
    for (enum lf_contact_part p = LF_PART_CONTACT; p < LF_PART_COUNT; p++)
        if (LF_UNIT_NEEDS >> p & 1)
            lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_contact_part_name(p)),
                    LF_RAW(lf_view_is(said, lf_contact_part_name(p)) ? LF_V(" selected") : LF_V("")),
                    V(text(r, parts[p])));
    LF_PUT(b, "</select> ");
}

static void put_lacks(struct rq *r, struct lf_buf *b, unsigned lacks)
{
    for (enum lf_contact_part p = LF_PART_CONTACT; p < LF_PART_COUNT; p++)
        if (lacks >> p & 1)
            badge(b, "warn", "!", text(r, parts[p]));
    if (!lacks)
        badge(b, "good", "✓", text(r, LF_T_UNIT_LACKS_NONE));
}

enum lf_code page_units(struct rq *r)
{
    lf_view q = lf_view_some(query(r, "q")), said = lf_view_some(query(r, "lacks"));
    lf_view kept =
        lf_arena_printf(r->t->a, "&q=%.*s&lacks=%.*s", LF_FMT(url_text(r, q)), LF_FMT(url_text(r, said)));
    struct lf_unit_page list;
    struct lf_page page;
    unsigned lacks;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(unit_lacks(r, &lacks));
    LF_TRY(lf_unit_list(r->t, q, lacks, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_CONTACTS), "/contacts");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(CONTACTS), T(CONTACTS_HELP));
    if (of_node(r))
        lf_html(&b,
                "<p><a href=\"/partners\">%</a> · <a href=\"/tenants\">%</a> · <a "
                "href=\"/seminars\">%</a></p>",
                T(PARTNERS), T(TENANTS), T(SEMINARS));
    lf_html(&b,
            "<form class=\"filter\" method=\"get\" action=\"/contacts\" "
            "role=\"search\"><label for=\"q\">%</label><input id=\"q\" name=\"q\" value=\"%\" "
            "maxlength=\"100\"> ",
            T(UNIT_SEARCH), V(q));
    put_lacks_select(r, &b, said);
    lf_html(&b, "<button class=\"second\">%</button></form><section class=\"panel\">", T(UNIT_SEARCH_DO));
    if (!list.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_UNITS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">OID</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(CONTACTS), T(UNIT_NAME), T(UNIT_ATTRIBUTE), T(UNIT_GRADE), T(UNIT_LACKS));
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_unit *u = &list.items[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" "
                "data-label=\"OID\">%</td><td data-label=\"%\">%</td><td data-label=\"%\">%</td><td "
                "class=\"wrap\" data-label=\"%\"><span>",
                T(UNIT_NAME), V(path2(r, "/contacts/", u->id, "")), V(u->name), V(some(r, u->oid)),
                T(UNIT_ATTRIBUTE), V(text(r, attributes[u->attribute])), T(UNIT_GRADE),
                V(text(r, u->grade ? grades[u->grade - 'A'] : LF_T_NONE)), T(UNIT_LACKS));
        put_lacks(r, &b, u->lacks);
        LF_PUT(&b, "</span></td></tr>");
    }
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, kept), list.next);
    lf_html(&b, "<p><a href=\"/mail-seal\">%</a></p>", T(MAIL_SEAL));
    if (may(r, SIGN_MANAGE)) {
        LF_PUT(&b, "<div class=\"two\">");
        put_unit_form(r, &b);
        put_import(r, &b);
        LF_PUT(&b, "</div>");
    }
    return end_page(r, &b, 200);
}

static void put_contact(struct rq *r, struct lf_buf *b, const struct lf_contact *c)
{
    const struct {
        enum lf_text label;
        lf_view v;
    } facts[] = {
        { LF_T_CONTACT_TITLE, c->title },
        { LF_T_CONTACT_TELEPHONE, c->telephone },
        { LF_T_CONTACT_MOBILE, c->mobile },
        { LF_T_CONTACT_FAX, c->fax },
        { LF_T_CONTACT_EMAIL, c->email },
        { LF_T_CONTACT_WEBHOOK, c->webhook },
        { LF_T_CONTACT_ACCOUNT, c->account.len ? account_name(r, c->account) : c->account },
    };

    static_assert(sizeof facts / sizeof *facts == CELLS, "each field of the form is shown");
    lf_html(b, "<section class=\"panel\"><h2>% % — %</h2><dl class=\"facts\">", V(text(r, parts[c->part])),
            V(number(r, c->seat)), V(c->name));
    for (size_t i = 0; i < CELLS; i++)
        if (facts[i].v.len)
            lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, facts[i].label)), V(facts[i].v));
    lf_html(b, "</dl><p><a href=\"%\">%</a></p>", V(path2(r, "/contacts/", c->id, "/keys")), T(CONTACT_KEYS));
    if (may(r, ACT)) {
        lf_html(b, "<form method=\"post\" action=\"%\">", V(path2(r, "/contacts/", c->unit, "/remove")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"contact\" value=\"%\"><button class=\"second "
                "small\">%</button></form>",
                V(c->id), T(REMOVE));
    }
    LF_PUT(b, "</section>");
}

static void put_contact_form(struct rq *r, struct lf_buf *b, lf_view unit)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(CONTACT_ADD), V(path2(r, "/contacts/", unit, "/add")));
    put_csrf(r, b);
    put_input(b, "name", text(r, LF_T_CONTACT_NAME), "text", " required");
    lf_html(b, "<p><label for=\"u-part\">%</label><select id=\"u-part\" name=\"part\">", T(CONTACT_PART));
    for (enum lf_contact_part p = LF_PART_CONTACT; p < LF_PART_COUNT; p++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(lf_contact_part_name(p)), V(text(r, parts[p])));
    LF_PUT(b, "</select></p>");
    put_input(b, "seat", text(r, LF_T_CONTACT_SEAT), "text", " inputmode=\"numeric\"");
    put_input(b, "title", text(r, LF_T_CONTACT_TITLE), "text", "");
    put_input(b, "telephone", text(r, LF_T_CONTACT_TELEPHONE), "tel", "");
    put_input(b, "fax", text(r, LF_T_CONTACT_FAX), "tel", "");
    put_input(b, "mobile", text(r, LF_T_CONTACT_MOBILE), "tel", "");
    put_input(b, "email", text(r, LF_T_CONTACT_EMAIL), "email", "");
    put_input(b, "webhook", text(r, LF_T_CONTACT_WEBHOOK), "url", "");
    lf_html(b, "<p><button>%</button></p></form></section>", T(CONTACT_ADD));
}

static void put_post_form(struct rq *r, struct lf_buf *b, const struct lf_contact *c, size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"hint\" id=\"ph\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/contacts/posts\">",
            T(POST_SET), T(POST_SET_HINT));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"u-post\">%</label><select id=\"u-post\" name=\"post\" aria-describedby=\"ph\">",
            T(POST));
    put_post_options(r, b, LF_V(""));
    lf_html(b, "</select></p><p><label for=\"u-who\">%</label><select id=\"u-who\" name=\"contacts\">",
            T(CONTACT));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\">%</option>", V(c[i].id), V(c[i].name));
    lf_html(b, "</select></p><p><button class=\"second\">%</button></p></form></section>", T(POST_SET));
}

enum lf_code page_unit(struct rq *r)
{
    struct lf_contact *c;
    struct lf_unit u;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_contact_list(r->t, r->id, &n, &c, r->e));
    LF_TRY(lf_unit_get(r->t, r->id, &u, r->e));
    begin_page(r, &b, u.name, "/contacts");
    lf_html(&b,
            "<p><a href=\"/contacts\">%</a></p><h1>%</h1><dl class=\"facts\"><dt>OID</dt><dd>%</dd><dt>%</dt>"
            "<dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>",
            T(CONTACTS), V(u.name), V(some(r, u.oid)), T(UNIT_ATTRIBUTE), V(text(r, attributes[u.attribute])),
            T(UNIT_GRADE), V(text(r, u.grade ? grades[u.grade - 'A'] : LF_T_NONE)), T(UNIT_LACKS));
    put_lacks(r, &b, lf_unit_lacks(c, n));
    LF_PUT(&b, "</dd></dl>");
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_CONTACTS));
    for (size_t i = 0; i < n; i++)
        put_contact(r, &b, &c[i]);
    if (may(r, ACT) && n)
        put_button(r, &b, path2(r, "/contacts/", u.id, "/test"), LF_T_NOTICE_TRY, "second");
    if (may(r, ACT)) {
        LF_PUT(&b, "<div class=\"two\">");
        put_contact_form(r, &b, u.id);
        if (n && may(r, SIGN_MANAGE))
            put_post_form(r, &b, c, n);
        LF_PUT(&b, "</div>");
    }
    return end_page(r, &b, 200);
}

enum lf_code page_unit_add(struct rq *r)
{
    lf_view id;

    LF_TRY(unit_put(r, LF_V(""), &id));
    return redirect(r, path2(r, "/contacts/", id, ""));
}

enum lf_code page_unit_import(struct rq *r)
{
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_contact_import(r->t, csv, &n, r->e));
    return redirect(r, LF_V("/contacts"));
}

enum lf_code page_contact_add(struct rq *r)
{
    LF_TRY(contact_put(r, r->id, LF_V(""), NULL));
    return redirect(r, path2(r, "/contacts/", r->id, ""));
}

enum lf_code page_contact_remove(struct rq *r)
{
    lf_view contact;

    LF_TRY(need(r, "contact", &contact));
    LF_TRY(lf_contact_remove(r->t, contact, r->e));
    return redirect(r, path2(r, "/contacts/", r->id, ""));
}

/* Who stands there already stays, after the one that is put first. */
enum lf_code page_post_set(struct rq *r)
{
    struct lf_contact *there;
    lf_view post, contact, ids;
    enum lf_who who;
    int place;
    size_t n;

    LF_TRY(need(r, "post", &post));
    LF_TRY(need(r, "contacts", &contact));
    LF_TRY(post_name(r, post, &who, &place));
    LF_TRY(lf_post_get(r->t, who, place, &n, &there, r->e));
    ids = contact;
    for (size_t i = 0; i < n; i++)
        if (!lf_view_eq(there[i].id, contact))
            ids = lf_arena_printf(r->t->a, "%.*s,%.*s", LF_FMT(ids), LF_FMT(there[i].id));
    LF_TRY(post_set(r, post, ids));
    return redirect(r, LF_V("/notices"));
}
