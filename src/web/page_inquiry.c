/* Inquiries in the console: all of them, the form for a new one, one with its history and what can be done
 * with it, and the panel of an incident's page. */
#include "web/inquiry.h"

#include "cert/draft.h"
#include "web/page_priv.h"

enum { ON_INCIDENT = 20, TLPS = LF_TLP_RED + 1 };

static const struct filter_choice states[LF_INQUIRY_STATES + 1] = {
    { "asked", LF_T_INQ_ASKED },       { "taken", LF_T_INQ_TAKEN },   { "referred", LF_T_INQ_REFERRED },
    { "answered", LF_T_INQ_ANSWERED }, { "closed", LF_T_INQ_CLOSED }, { "open", LF_T_INQ_OPEN }
};
static const struct filter_choice kinds[LF_INQUIRY_KINDS] = { { "consultation", LF_T_INQ_CONSULT },
                                                              { "advice", LF_T_INQ_ADVICE },
                                                              { "report", LF_T_INQ_REPORT },
                                                              { "other", LF_T_INQ_OTHER } };
static const struct filter_choice ways[LF_INQUIRY_WAYS] = {
    { "console", LF_T_INQ_BY_CONSOLE }, { "telephone", LF_T_INQ_BY_TELEPHONE },
    { "mail", LF_T_INQ_BY_MAIL },       { "fax", LF_T_INQ_BY_FAX },
    { "letter", LF_T_INQ_BY_LETTER },   { "visit", LF_T_INQ_BY_VISIT },
    { "other", LF_T_INQ_BY_OTHER }
};
static const struct filter_choice tos[LF_INQUIRY_TOS] = { { "unit", LF_T_INQ_TO_UNIT },
                                                          { "operator", LF_T_INQ_TO_OPERATOR },
                                                          { "partner", LF_T_INQ_TO_PARTNER },
                                                          { "support", LF_T_INQ_TO_SUPPORT } };

static lf_view numbered(const struct rq *r, const struct lf_inquiry *x)
{
    return lf_arena_printf(r->t->a, "#%lld", (long long)x->number);
}

static lf_view entered(struct rq *r, const char *act, const char *name)
{
    return lf_view_is(field(r, "act"), act) ? lf_view_some(field(r, name)) : LF_V("");
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_INQUIRY_STATES] = {
        { "warn", "○" }, { "info", "◷" }, { "info", "→" }, { "good", "✓" }, { "", "–" }
    };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, states[x->state].text));
    if (x->overdue) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_INQ_OVERDUE));
    }
    if (x->tlp == LF_TLP_RED) {
        LF_PUT(b, " ");
        badge(b, "bad", "●", lf_view_of(lf_tlp_label(x->tlp)));
    }
}

/* ---- all ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_inquiry *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(INQ_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(INQ_CAPTION), T(INQ_SUBJECT), T(STATE), T(INQ_KIND), T(INQ_WHO), T(INQ_CAME), T(TASK_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_inquiry *x = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a> "
                "<small>%</small></span></td><td "
                "data-label=\"%\"><span>",
                T(INQ_SUBJECT), V(path2(r, "/inquiries/", x->id, "")), V(x->subject), V(numbered(r, x)),
                T(STATE));
        put_state(r, b, x);
        lf_html(b,
                "</span></td><td data-label=\"%\">%</td><td class=\"wrap\" "
                "data-label=\"%\"><span>%<br><small>%</small></span></td><td data-label=\"%\">",
                T(INQ_KIND), V(text(r, kinds[x->kind].text)), T(INQ_WHO), V(x->name), V(x->organisation),
                T(INQ_CAME));
        put_when(r, b, x->came);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(TASK_DUE));
        put_when(r, b, x->due);
        if (x->owner.len)
            lf_html(b, "<br><small>%</small>", V(x->owner));
        LF_PUT(b, "</span></td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_card(struct rq *r, struct lf_buf *b, const char *to, int64_t n, enum lf_text label, bool hot)
{
    lf_html(b, "<li><a%href=\"/inquiries?%\"><b>%</b><small>%</small></a></li>",
            LF_RAW(hot && n ? LF_V(" class=\"hot\" ") : LF_V(" ")), LF_HC(to), V(number(r, n)),
            V(text(r, label)));
}

static enum lf_code put_cards(struct rq *r, struct lf_buf *b, bool all)
{
    struct lf_inquiry_counts c;

    LF_TRY(lf_inquiry_count(r->t, own_name(r), &c, r->e));
    LF_PUT(b, "<ul class=\"cards\">");
    put_card(r, b, "state=asked", c.state[LF_INQUIRY_ASKED], LF_T_INQ_ASKED, true);
    put_card(r, b, "state=taken", c.state[LF_INQUIRY_TAKEN], LF_T_INQ_TAKEN, false);
    put_card(r, b, "state=referred", c.state[LF_INQUIRY_REFERRED], LF_T_INQ_REFERRED, false);
    put_card(r, b, "state=answered", c.state[LF_INQUIRY_ANSWERED], LF_T_INQ_ANSWERED, false);
    put_card(r, b, "overdue=1", c.overdue, LF_T_INQ_OVERDUE, true);
    if (all) {
        put_card(r, b, "state=open&owner=-", c.nobodys, LF_T_NOBODY, true);
        if (own_name(r).len)
            put_card(r, b, "state=open&owner=me", c.mine, LF_T_INQ_MINE, false);
    }
    put_card(r, b, "state=closed", c.state[LF_INQUIRY_CLOSED], LF_T_INQ_CLOSED, false);
    LF_PUT(b, "</ul>");
    return LF_OK;
}

/* `of` with "any" before it. */
static void put_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n)
{
    struct filter_choice *all = LF_NEW(r->t->a, struct filter_choice, n + 1);

    all[0] = (struct filter_choice){ "", LF_T_LEVEL_ANY };
    memcpy(all + 1, of, n * sizeof *of);
    put_filter_choice(r, b, name, label, all, n + 1, lf_view_some(query(r, name)));
}

static const char *const asked[] = { "q", "state", "kind", "owner", "overdue", "incident", "from", "to" };

static void put_filter(struct rq *r, struct lf_buf *b, bool all)
{
    static const struct filter_choice late[] = { { "", LF_T_LEVEL_ANY }, { "1", LF_T_INQ_OVERDUE } };
    static const char *const more[] = { "kind", "owner", "incident", "from", "to" };

    LF_PUT(b, "<form class=\"stack wide\" method=\"get\" action=\"/inquiries\" role=\"search\"><div "
              "class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"200\"");
    put_choice(r, b, "state", LF_T_STATE, states, LF_INQUIRY_STATES + 1);
    put_filter_choice(r, b, "overdue", LF_T_TASK_DUE, late, 2, lf_view_some(query(r, "overdue")));
    lf_html(
        b, "<p><button>%</button></p></div><details%><summary>%</summary><div class=\"row\">", T(ALERTS_FIND),
        LF_RAW(lf_view_of(filter_asked(r, more, sizeof more / sizeof *more) ? " open" : "")), T(INQ_MORE));
    put_choice(r, b, "kind", LF_T_INQ_KIND, kinds, LF_INQUIRY_KINDS);
    put_filter_input(r, b, "from", LF_T_INQ_FROM, " type=\"date\"");
    put_filter_input(r, b, "to", LF_T_INQ_TO, " type=\"date\"");
    LF_PUT(b, "</div><div class=\"row\">");
    if (all)
        put_filter_input(r, b, "owner", LF_T_OWNER, " maxlength=\"64\"");
    put_filter_input(r, b, "incident", LF_T_INCIDENT, " maxlength=\"60\"");
    LF_PUT(b, "</div></details></form>");
}

enum lf_code page_inquiries(struct rq *r)
{
    bool staff = lf_inquiry_staff(r->t);
    const struct lf_inquiry *list;
    struct lf_inquiry_filter f;
    struct lf_page page;
    lf_view next, again;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(inquiry_filter(r, &f));
    LF_TRY(lf_inquiry_list(r->t, &f, &page, &n, &list, &next, r->e));
    again = query_again(r, asked, sizeof asked / sizeof *asked);
    begin_page(r, &b, text(r, LF_T_INQUIRIES), "/inquiries");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p>", T(INQUIRIES),
            V(text(r, staff ? LF_T_INQ_LEAD_STAFF : LF_T_INQ_LEAD)));
    if (may(r, ACT))
        lf_html(&b, "<p><a class=\"button\" href=\"/inquiries/new\">%</a></p>", T(INQ_NEW));
    LF_PUT(&b, "</div>");
    PUT_TRY(&b, put_cards(r, &b, staff));
    LF_PUT(&b, "<section class=\"panel\">");
    put_filter(r, &b, staff);
    lf_html(&b, "<p>% <a href=\"%\" download>CSV</a> <a href=\"%\" download>JSON</a></p>", T(EXPORT_AS),
            V(lf_arena_printf(r->t->a, "/api/v1/inquiries?format=csv%.*s", LF_FMT(again))),
            V(lf_arena_printf(r->t->a, "/api/v1/inquiries?limit=1000%.*s", LF_FMT(again))));
    put_table(r, &b, list, n);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

/* ---- pieces of forms ---- */

static void put_select(struct rq *r, struct lf_buf *b, const char *id, const char *name, enum lf_text label,
                       const struct filter_choice *of, size_t n, lf_view chosen)
{
    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"%\">", LF_HC(id), V(text(r, label)),
            LF_HC(id), LF_HC(name));
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(of[i].value),
                LF_RAW(lf_view_of(lf_view_is(chosen, of[i].value) ? " selected" : "")),
                V(text(r, of[i].text)));
    LF_PUT(b, "</select></p>");
}

static void put_tlp(struct rq *r, struct lf_buf *b, lf_view chosen)
{
    lf_html(b,
            "<p><label for=\"tlp\">TLP</label><select id=\"tlp\" name=\"tlp\"><option value=\"\">%</option>",
            T(INQ_TLP_NONE));
    for (int i = LF_TLP_CLEAR; i < TLPS; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_tlp_name((enum lf_tlp)i)),
                LF_RAW(lf_view_of(lf_view_is(chosen, lf_tlp_name((enum lf_tlp)i)) ? " selected" : "")),
                V(text(r, incident_tlp_text((enum lf_tlp)i))));
    LF_PUT(b, "</select></p>");
}

static void put_input(struct rq *r, struct lf_buf *b, const char *id, const char *name, enum lf_text label,
                      lf_view now, const char *more)
{
    lf_html(b, "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\"%></p>", LF_HC(id),
            V(text(r, label)), LF_HC(id), LF_HC(name), V(now), LF_RAW(lf_view_of(more)));
}

static void put_area(struct rq *r, struct lf_buf *b, const char *id, enum lf_text label, lf_view now,
                     const char *more)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"text\" rows=\"5\" "
            "maxlength=\"2600\"%>%</textarea></p>",
            LF_HC(id), V(text(r, label)), LF_HC(id), LF_RAW(lf_view_of(more)), V(now));
}

/* ---- a new one ---- */

static void put_behalf(struct rq *r, struct lf_buf *b)
{
    lf_view way = field(r, "way").ptr ? field(r, "way") : LF_V("telephone");

    lf_html(b, "<details%><summary>%</summary><p class=\"quiet\">%</p>",
            LF_RAW(lf_view_of(field(r, "name").len ? " open" : "")), T(INQ_BEHALF), T(INQ_BEHALF_HINT));
    put_input(r, b, "name", "name", LF_T_INQ_NAME, lf_view_some(field(r, "name")), " maxlength=\"66\"");
    put_input(r, b, "organisation", "organisation", LF_T_INQ_ORGANISATION,
              lf_view_some(field(r, "organisation")), " maxlength=\"66\"");
    put_select(r, b, "way", "way", LF_T_INQ_WAY, ways, LF_INQUIRY_WAYS, way);
    put_input(r, b, "came", "came", LF_T_INQ_CAME, lf_view_some(field(r, "came")),
              " type=\"datetime-local\"");
    LF_PUT(b, "</details>");
}

static enum lf_code show_new(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    lf_view kind = field(r, "kind").ptr ? field(r, "kind") : LF_V("consultation");
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_INQ_NEW), "/inquiries");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(INQ_NEW), T(INQ_NEW_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"/inquiries\">");
    put_csrf(r, &b);
    put_input(r, &b, "subject", "subject", LF_T_INQ_SUBJECT, lf_view_some(field(r, "subject")),
              " required maxlength=\"66\"");
    put_area(r, &b, "text", LF_T_INQ_TEXT, lf_view_some(field(r, "text")), " required");
    put_select(r, &b, "kind", "kind", LF_T_INQ_KIND, kinds, LF_INQUIRY_KINDS, kind);
    put_tlp(r, &b, lf_view_some(field(r, "tlp")));
    put_input(r, &b, "contact", "contact", LF_T_INQ_CONTACT, lf_view_some(field(r, "contact")),
              " maxlength=\"66\"");
    put_input(r, &b, "incident", "incident", LF_T_INQ_INCIDENT,
              lf_view_some(field(r, "incident").ptr ? field(r, "incident") : query(r, "incident")),
              " maxlength=\"60\"");
    if (lf_inquiry_staff(r->t))
        put_behalf(r, &b);
    lf_html(&b, "<p><button>%</button></p></form></section>", T(INQ_ASK));
    return end_page(r, &b, status);
}

enum lf_code page_inquiry_new(struct rq *r)
{
    return show_new(r, 200);
}

enum lf_code page_inquiry_ask(struct rq *r)
{
    lf_view id;
    enum lf_code rc = inquiry_ask(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/inquiries/", id, "?done=1")) : page_again(r, rc, show_new);
}

/* ---- one ---- */

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_moment(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    if (!at)
        return;
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    put_when_zone(r, b, at);
    LF_PUT(b, "</dd>");
}

static void put_incident(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    if (x->incident.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\">%</a></dd>", T(INCIDENT),
                V(path2(r, "/incidents/", x->incident, "")), V(x->incident));
    else if (x->reported)
        lf_html(b, "<dt>%</dt><dd>%</dd>", T(INCIDENT), T(INQ_REPORTED));
}

/* The way to a draft is for its author. */
static void put_draft(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    struct lf_draft d;

    if (!x->draft.len)
        return;
    lf_html(b, "<dt>%</dt><dd>", T(INQ_DRAFT));
    if (lf_draft_get(r->t, x->draft, &d, &(struct lf_err){ 0 }) == LF_OK)
        lf_html(b, "<a href=\"/incidents/new?behalf=1&amp;draft=%\">%</a>", V(x->draft), T(INQ_DRAFT_OPEN));
    else
        lf_html(b, "%", T(INQ_DRAFT_OTHER));
    LF_PUT(b, "</dd>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    lf_html(b, "<p class=\"lines wrap\">%</p><dl class=\"facts\">", V(x->text));
    put_fact(r, b, LF_T_INQ_NAME, x->name);
    put_fact(r, b, LF_T_INQ_ORGANISATION, x->organisation);
    put_fact(r, b, LF_T_INQ_CONTACT, x->contact);
    put_fact(r, b, LF_T_INQ_KIND, text(r, kinds[x->kind].text));
    put_fact(r, b, LF_T_INQ_WAY, text(r, ways[x->way].text));
    put_moment(r, b, LF_T_INQ_CAME, x->came);
    if (x->behalf && x->account.len)
        put_fact(r, b, LF_T_INQ_ENTERED, account_name(r, x->account));
    lf_html(b, "<dt>TLP</dt><dd>%</dd>",
            V(x->tlp ? text(r, incident_tlp_text(x->tlp)) : text(r, LF_T_INQ_TLP_NONE)));
    put_incident(r, b, x);
    put_draft(r, b, x);
    if (!x->guest)
        put_fact(r, b, LF_T_OWNER, x->owner.len ? x->owner : text(r, LF_T_NOBODY));
    put_moment(r, b, LF_T_INQ_DUE, x->due);
    put_moment(r, b, LF_T_INQ_ADVICE_DUE, x->advice_due);
    put_moment(r, b, LF_T_INQ_ANSWERED, x->answered);
    put_moment(r, b, LF_T_INQ_CLOSED, x->closed);
    LF_PUT(b, "</dl>");
}

static const enum lf_text act_texts[LF_INQUIRY_ACTS] = {
    LF_T_INQ_H_ASK,    LF_T_INQ_H_TAKE,     LF_T_INQ_H_REFER,  LF_T_INQ_H_ADVISE,
    LF_T_INQ_H_ANSWER, LF_T_INQ_H_AGAIN,    LF_T_INQ_H_NOTE,   LF_T_INQ_H_CLOSE,
    LF_T_INQ_H_REOPEN, LF_T_INQ_H_INCIDENT, LF_T_INQ_H_CHANGE, LF_T_INQ_H_DRAFT
};

static void put_entry(struct rq *r, struct lf_buf *b, const struct lf_inquiry_entry *y)
{
    lf_html(b, "<li><p><strong>%</strong>", V(text(r, act_texts[y->act])));
    if (y->act == LF_INQUIRY_REFER) {
        lf_html(b, " <span class=\"wrap\">% · %</span> ", V(text(r, tos[y->kind].text)), V(y->name));
        badge(b, y->waits ? "warn" : "good", y->waits ? "◷" : "✓",
              text(r, y->waits ? LF_T_INQ_WAITS : LF_T_INQ_CAME_BACK));
    } else if (y->act == LF_INQUIRY_INCIDENT && y->name.len) {
        lf_html(b, " <a class=\"wrap\" href=\"%\">%</a>", V(path2(r, "/incidents/", y->name, "")),
                V(y->name));
    } else if (y->act == LF_INQUIRY_CHANGE) {
        lf_html(b, " % %", V(text(r, kinds[y->kind].text)), V(y->name));
    } else if (y->name.len) {
        lf_html(b, " <span class=\"wrap\">%</span>", V(y->name));
    }
    LF_PUT(b, "</p>");
    if (y->due) {
        lf_html(b, "<p>% ", T(TASK_DUE));
        put_when_zone(r, b, y->due);
        LF_PUT(b, "</p>");
    }
    if (y->text.len)
        lf_html(b, "<p class=\"lines wrap\">%</p>", V(y->text));
    lf_html(b, "<p class=\"quiet\">% ",
            V(y->account.len ? account_name(r, y->account)
                             : text(r, y->centre ? LF_T_INQ_CENTRE : LF_T_INQ_ASKER)));
    put_when_zone(r, b, y->at);
    LF_PUT(b, "</p></li>");
}

static void begin_act(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x, const char *act)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(path2(r, "/inquiries/", x->id, "")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"act\" value=\"%\"><input type=\"hidden\" name=\"base\" "
            "value=\"%\">",
            LF_HC(act), V(number(r, x->entries)));
}

static void end_act(struct rq *r, struct lf_buf *b, enum lf_text label, bool second)
{
    lf_html(b, "<p><button%>%</button></p></form>", LF_RAW(lf_view_of(second ? " class=\"second\"" : "")),
            V(text(r, label)));
}

/* An act that is a text and nothing else; `fold`: behind its name. */
static void put_text_act(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x, const char *act,
                         enum lf_text label, enum lf_text what, bool fold, bool needed)
{
    char id[24];

    snprintf(id, sizeof id, "text-%s", act);
    if (fold)
        lf_html(b, "<details%><summary>%</summary>",
                LF_RAW(lf_view_of(lf_view_is(field(r, "act"), act) ? " open" : "")), V(text(r, label)));
    begin_act(r, b, x, act);
    put_area(r, b, id, what, entered(r, act, "text"), needed ? " required" : "");
    end_act(r, b, label, fold);
    if (fold)
        LF_PUT(b, "</details>");
}

static void fold_act(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x, const char *act,
                     enum lf_text label, bool open)
{
    lf_html(b, "<details%><summary>%</summary>",
            LF_RAW(lf_view_of(open || lf_view_is(field(r, "act"), act) ? " open" : "")), V(text(r, label)));
    begin_act(r, b, x, act);
}

static void put_take(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    lf_view due = lf_view_is(field(r, "act"), "take") ? entered(r, "take", "due")
                                                      : moment_shown(r, x->due, false);

    fold_act(r, b, x, "take", LF_T_INQ_TAKE, x->state == LF_INQUIRY_ASKED);
    put_input(r, b, "owner", "owner", LF_T_OWNER, entered(r, "take", "owner"),
              " maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\" aria-describedby=\"owner-h\"");
    lf_html(b, "<p class=\"hint\" id=\"owner-h\">%</p>", T(INQ_TAKE_HINT));
    put_input(r, b, "due", "due", LF_T_INQ_DUE, due, " type=\"datetime-local\"");
    end_act(r, b, LF_T_INQ_TAKE, true);
    LF_PUT(b, "</details>");
}

static void put_refer(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    fold_act(r, b, x, "refer", LF_T_INQ_REFER, false);
    lf_html(b, "<p class=\"hint\">%</p>", T(INQ_REFER_HINT));
    put_select(r, b, "to", "to", LF_T_INQ_TO_WHAT, tos, LF_INQUIRY_TOS, entered(r, "refer", "to"));
    put_input(r, b, "whom", "whom", LF_T_INQ_WHOM, entered(r, "refer", "whom"), " required maxlength=\"66\"");
    put_area(r, b, "text-refer", LF_T_INQ_REASON, entered(r, "refer", "text"), " required");
    put_input(r, b, "advice-due", "due", LF_T_INQ_ADVICE_DUE, entered(r, "refer", "due"),
              " type=\"datetime-local\"");
    end_act(r, b, LF_T_INQ_REFER, true);
    LF_PUT(b, "</details>");
}

static void put_advise(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x,
                       const struct lf_inquiry_entry *entries, size_t n)
{
    if (!x->referred)
        return;
    fold_act(r, b, x, "advise", LF_T_INQ_ADVISE, true);
    lf_html(b, "<p><label for=\"of\">%</label><select id=\"of\" name=\"of\">", T(INQ_OF));
    for (size_t i = 0; i < n; i++)
        if (entries[i].waits)
            lf_html(b, "<option value=\"%\">%</option>", V(number(r, entries[i].seq)), V(entries[i].name));
    LF_PUT(b, "</select></p>");
    put_area(r, b, "text-advise", LF_T_INQ_ADVISE_TEXT, entered(r, "advise", "text"), " required");
    end_act(r, b, LF_T_INQ_ADVISE, true);
    LF_PUT(b, "</details>");
}

static void put_link(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    if (x->reported)
        return;
    fold_act(r, b, x, "incident", LF_T_INQ_LINK, false);
    put_input(r, b, "incident", "incident", LF_T_INQ_INCIDENT, entered(r, "incident", "incident"),
              " required maxlength=\"60\"");
    end_act(r, b, LF_T_INQ_LINK, true);
    LF_PUT(b, "</details>");
}

static void put_marking(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x, bool staff)
{
    fold_act(r, b, x, "change", LF_T_INQ_CHANGE, false);
    if (staff)
        put_select(r, b, "kind", "kind", LF_T_INQ_KIND, kinds, LF_INQUIRY_KINDS,
                   lf_view_of(kinds[x->kind].value));
    put_tlp(r, b, lf_view_of(lf_tlp_name(x->tlp)));
    end_act(r, b, LF_T_INQ_CHANGE, true);
    LF_PUT(b, "</details>");
}

static void put_staff(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x,
                      const struct lf_inquiry_entry *entries, size_t n)
{
    if (x->state == LF_INQUIRY_CLOSED) {
        put_text_act(r, b, x, "reopen", LF_T_INQ_REOPEN, LF_T_INQ_REASON, false, true);
        put_text_act(r, b, x, "note", LF_T_INQ_NOTE, LF_T_INQ_NOTE_TEXT, true, true);
        return;
    }
    put_take(r, b, x);
    put_text_act(r, b, x, "answer", LF_T_INQ_ANSWER, LF_T_INQ_ANSWER_TEXT, false, true);
    put_refer(r, b, x);
    put_advise(r, b, x, entries, n);
    put_text_act(r, b, x, "note", LF_T_INQ_NOTE, LF_T_INQ_NOTE_TEXT, true, true);
    put_text_act(r, b, x, "again", LF_T_INQ_AGAIN_FOR, LF_T_INQ_AGAIN_TEXT, true, true);
    if (!x->reported && may(r, REPORT)) {
        begin_act(r, b, x, "draft");
        lf_html(b, "<p class=\"hint\">%</p>", T(INQ_DRAFT_HINT));
        end_act(r, b, LF_T_INQ_DRAFT_DO, true);
    }
    put_link(r, b, x);
    put_marking(r, b, x, true);
    put_text_act(r, b, x, "close", LF_T_INQ_CLOSE, LF_T_INQ_CLOSE_TEXT, true, false);
}

static void put_asker(struct rq *r, struct lf_buf *b, const struct lf_inquiry *x)
{
    if (x->state == LF_INQUIRY_CLOSED) {
        lf_html(b, "<p class=\"quiet\">%</p><p><a class=\"button\" href=\"/inquiries/new\">%</a></p>",
                T(INQ_CLOSED_HINT), T(INQ_NEW));
        return;
    }
    put_text_act(r, b, x, "again", LF_T_INQ_AGAIN, LF_T_INQ_AGAIN_TEXT, false, true);
    put_link(r, b, x);
    put_marking(r, b, x, false);
    put_text_act(r, b, x, "close", LF_T_INQ_CLOSE, LF_T_INQ_CLOSE_TEXT, true, false);
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_inquiry_entry *entries;
    struct lf_inquiry x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_inquiry_get(r->t, r->id, &x, &n, &entries, r->e));
    begin_page(r, &b, x.subject, "/inquiries");
    lf_html(&b, "<div class=\"head\"><h1>% <small>%</small></h1><p>", V(x.subject), V(numbered(r, &x)));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/inquiries\">%</a></p></div>", T(INQUIRIES));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div><section class=\"panel\">");
    put_facts(r, &b, &x);
    lf_html(&b, "</section><section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(HISTORY));
    for (size_t i = 0; i < n; i++)
        put_entry(r, &b, &entries[i]);
    LF_PUT(&b, "</ol></section></div><div>");
    if (may(r, ACT)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(INQ_ACTS));
        if (lf_inquiry_staff(r->t))
            put_staff(r, &b, &x, entries, n);
        else if (x.guest)
            put_asker(r, &b, &x);
        LF_PUT(&b, "</section>");
    }
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_inquiry(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_inquiry_act(struct rq *r)
{
    lf_view draft;
    enum lf_code rc = inquiry_act(r, &draft);

    if (rc == LF_OK && draft.len)
        return redirect(r, lf_arena_printf(r->t->a, "/incidents/new?behalf=1&draft=%.*s", LF_FMT(draft)));
    return rc == LF_OK ? redirect(r, path2(r, "/inquiries/", r->id, "?done=1")) : page_again(r, rc, show);
}

/* ---- on the incident's page ---- */

enum lf_code put_incident_inquiries(struct rq *r, struct lf_buf *b, lf_view incident)
{
    struct lf_inquiry_filter f = lf_inquiry_any();
    struct lf_page few = { .limit = ON_INCIDENT };
    const struct lf_inquiry *list;
    lf_view next;
    size_t n;

    f.incident = incident;
    LF_TRY(lf_inquiry_list(r->t, &f, &few, &n, &list, &next, r->e));
    lf_html(b, "<section class=\"panel no-print\" id=\"inquiries\"><h2>%</h2>", T(INQUIRIES));
    if (n)
        put_table(r, b, list, n);
    if (next.len)
        lf_html(b, "<p><a href=\"/inquiries?incident=%\">%</a></p>", V(incident), T(INQ_ALL));
    if (may(r, ACT))
        lf_html(b, "<p><a href=\"/inquiries/new?incident=%\">%</a></p>", V(incident), T(INQ_NEW_OF));
    LF_PUT(b, "</section>");
    return LF_OK;
}
