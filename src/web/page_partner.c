/* Partners and the channels to them in the console. */
#include "web/partner.h"

#include "ident/account.h"
#include "web/page_priv.h"

static const struct filter_choice kinds[LF_PARTNER_KINDS] = { { "cert", LF_T_PT_CERT },
                                                              { "isac", LF_T_PT_ISAC },
                                                              { "university", LF_T_PT_UNIVERSITY },
                                                              { "institute", LF_T_PT_INSTITUTE },
                                                              { "community", LF_T_PT_COMMUNITY },
                                                              { "vendor", LF_T_PT_VENDOR },
                                                              { "government", LF_T_PT_GOVERNMENT },
                                                              { "other", LF_T_PT_OTHER } };
static const struct filter_choice channels[LF_CHANNEL_KINDS] = { { "mail", LF_T_PT_MAIL },
                                                                 { "telephone", LF_T_PT_TELEPHONE },
                                                                 { "pgp", LF_T_PT_PGP },
                                                                 { "web", LF_T_PT_WEB },
                                                                 { "other", LF_T_PT_CHANNEL_OTHER } };
static const struct filter_choice acts[LF_ACTIVITY_KINDS] = { { "meeting", LF_T_PT_ACT_MEETING },
                                                              { "visit", LF_T_PT_ACT_VISIT },
                                                              { "conference", LF_T_PT_ACT_CONFERENCE },
                                                              { "exercise", LF_T_PT_ACT_EXERCISE },
                                                              { "training", LF_T_PT_ACT_TRAINING },
                                                              { "intelligence", LF_T_PT_ACT_INTELLIGENCE },
                                                              { "other", LF_T_PT_ACT_OTHER } };
static const struct filter_choice directions[LF_DIRECTIONS] = { { "none", LF_T_PT_DIR_NONE },
                                                                { "given", LF_T_PT_DIR_GIVEN },
                                                                { "received", LF_T_PT_DIR_RECEIVED },
                                                                { "both", LF_T_PT_DIR_BOTH } };
static const struct filter_choice yes_no[] = { { "yes", LF_T_YES }, { "no", LF_T_NO } };

/* ---- fields of forms ---- */

static void put_tlp(struct rq *r, struct lf_buf *b, enum lf_tlp now)
{
    struct filter_choice of[LF_TLP_RED + 1] = { { "", LF_T_PT_TLP_NONE } };

    for (int i = LF_TLP_CLEAR; i <= LF_TLP_RED; i++)
        of[i] = (struct filter_choice){ lf_tlp_name((enum lf_tlp)i), incident_tlp_text((enum lf_tlp)i) };
    put_form_select(r, b, "country", "p-tlp", "tlp", LF_T_PT_TLP, of, LF_TLP_RED + 1,
                    lf_view_of(lf_tlp_name(now)));
}

static lf_view day_shown(struct rq *r, lf_time t)
{
    return t ? day_text(r, t) : LF_V("");
}

/* `x` as it stands, or with an empty id a new one. */
static void put_fields(struct rq *r, struct lf_buf *b, const struct lf_partner *x)
{
    put_form_input(r, b, "country", "name", LF_T_NAME, x->name, " required maxlength=\"66\"");
    put_form_input(r, b, "country", "country", LF_T_PT_COUNTRY, x->country,
                   " required maxlength=\"2\" pattern=\"[A-Z]{2}\" autocapitalize=\"characters\" "
                   "spellcheck=\"false\"");
    put_form_select(r, b, "country", "p-kind", "kind", LF_T_PT_KIND, kinds, LF_PARTNER_KINDS,
                    lf_view_of(lf_partner_kind_name(x->kind)));
    put_form_input(r, b, "country", "owner", LF_T_OWNER, x->owner,
                   " maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\" "
                   "aria-describedby=\"p-owner-h\"");
    lf_html(b, "<p class=\"hint\" id=\"p-owner-h\">%</p>", T(OWNER_HINT));
    put_form_area(r, b, "country", "p-agreement", "agreement", LF_T_PT_AGREEMENT, x->agreement);
    put_form_input(r, b, "country", "since", LF_T_PT_SINCE, day_shown(r, x->since), " type=\"date\"");
    put_form_input(r, b, "country", "until", LF_T_PT_UNTIL, day_shown(r, x->until), " type=\"date\"");
    put_tlp(r, b, x->tlp);
    put_form_input(r, b, "country", "feed", LF_T_PT_FEED, x->feed, " maxlength=\"100\" spellcheck=\"false\"");
    put_form_input(r, b, "country", "peer", LF_T_PT_PEER, x->peer, " maxlength=\"100\" spellcheck=\"false\"");
    put_form_area(r, b, "country", "p-note", "note", LF_T_PT_NOTE, x->note);
}

/* ---- all ---- */

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_partner *x)
{
    if (!x->active)
        badge(b, "", "–", text(r, LF_T_PT_ENDED));
    else if (x->late)
        badge(b, "bad", "!", fill1(r, LF_T_PT_LATE_N, "n", number(r, (int64_t)x->late)));
    else if (!x->channels)
        badge(b, "warn", "○", text(r, LF_T_PT_NO_CHANNEL));
    else
        badge(b, "good", "✓", text(r, LF_T_PT_KEPT));
    if (x->active && x->over) {
        LF_PUT(b, " ");
        badge(b, "warn", "!", text(r, LF_T_PT_OVER));
    }
}

static const char *const asked[] = { "q", "kind", "country", "active", "overdue" };

static void put_filter(struct rq *r, struct lf_buf *b)
{
    static const struct filter_choice late[] = { { "1", LF_T_PT_LATE } },
                                      where[] = { { LF_PARTNER_HOME, LF_T_PT_HOME },
                                                  { "foreign", LF_T_PT_FOREIGN } };

    LF_PUT(b, "<form class=\"stack wide\" method=\"get\" action=\"/partners\" role=\"search\"><div "
              "class=\"row\">");
    put_filter_input(r, b, "q", LF_T_ALERTS_WORDS, " maxlength=\"66\"");
    put_filter_any(r, b, "kind", LF_T_PT_KIND, kinds, LF_PARTNER_KINDS);
    put_filter_any(r, b, "country", LF_T_PT_COUNTRY, where, 2);
    put_filter_any(r, b, "active", LF_T_PT_ACTIVE, yes_no, 2);
    put_filter_any(r, b, "overdue", LF_T_PT_CHANNELS, late, 1);
    lf_html(b, "<p><button>%</button></p></div></form>", T(ALERTS_FIND));
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_partner *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(PT_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(PT_CAPTION), T(NAME), T(PT_COUNTRY), T(PT_KIND), T(PT_CHANNELS), T(PT_TRIED), T(PT_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_partner *x = &list[i];

        lf_html(
            b,
            "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\">%</td><td "
            "class=\"wrap\" data-label=\"%\">%</td><td data-label=\"%\"><span>",
            T(NAME), V(path2(r, "/partners/", x->id, "")), V(x->name), T(PT_COUNTRY), V(x->country),
            T(PT_KIND), V(text(r, kinds[x->kind].text)), T(PT_CHANNELS));
        put_state(r, b, x);
        lf_html(b, "</span></td><td data-label=\"%\">", T(PT_TRIED));
        put_when(r, b, x->tried);
        lf_html(b, "</td><td data-label=\"%\">", T(PT_DUE));
        put_when(r, b, x->due);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next, again;
    static const struct lf_partner none = { .kind = LF_PARTNER_CERT };
    const struct lf_partner *list;
    struct lf_partner_filter f;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(partner_filter(r, &f));
    LF_TRY(lf_partner_list(r->t, &f, &page, &n, &list, &next, r->e));
    again = query_again(r, asked, sizeof asked / sizeof *asked);
    begin_page(r, &b, text(r, LF_T_PARTNERS), "/contacts");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/contacts\">%</a></p></div>",
            T(PARTNERS), T(PT_LEAD), T(CONTACTS));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\">");
    put_filter(r, &b);
    lf_html(&b, "<p>% <a href=\"%\" download>CSV</a></p>", T(EXPORT_AS),
            V(lf_arena_printf(r->t->a, "/api/v1/partners?format=csv%.*s", LF_FMT(again))));
    put_table(r, &b, list, n);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    if (may(r, JUDGE)) {
        lf_html(&b, "<section class=\"panel\"><details%><summary>%</summary>",
                LF_RAW(lf_view_of(status != 200 ? " open" : "")), T(PT_ADD));
        begin_post_form(r, &b, LF_V("/partners"));
        put_fields(r, &b, &none);
        lf_html(&b, "<p><button>%</button></p></form></details></section>", T(PT_ADD));
    }
    return end_page(r, &b, status);
}

enum lf_code page_partners(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_partner_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = partner_put(r, LF_V(""), &id);

    return rc == LF_OK ? redirect(r, path2(r, "/partners/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- one ---- */

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_partner *x)
{
    LF_PUT(b, "<dl class=\"facts\">");
    put_fact(r, b, LF_T_PT_KIND, text(r, kinds[x->kind].text));
    put_fact(r, b, LF_T_PT_COUNTRY, x->country);
    put_fact(r, b, LF_T_OWNER, x->owner);
    put_fact(r, b, LF_T_PT_AGREEMENT, x->agreement);
    put_fact(r, b, LF_T_PT_SINCE, day_shown(r, x->since));
    put_fact(r, b, LF_T_PT_UNTIL, day_shown(r, x->until));
    put_fact(r, b, LF_T_PT_TLP, text(r, x->tlp ? incident_tlp_text(x->tlp) : LF_T_PT_TLP_NONE));
    put_fact(r, b, LF_T_PT_FEED, x->feed);
    if (x->peer.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><a href=\"%\">%</a></dd>", T(PT_PEER),
                V(path2(r, "/peers/", x->peer, "")), V(x->peer));
    put_fact(r, b, LF_T_PT_NOTE, x->note);
    LF_PUT(b, "</dl>");
}

static void put_channel_state(struct rq *r, struct lf_buf *b, const struct lf_channel *c)
{
    if (c->late)
        badge(b, "bad", "!", text(r, LF_T_PT_LATE));
    else if (!c->tried)
        badge(b, "", "○", text(r, LF_T_PT_NEVER));
    else if (c->answered)
        badge(b, "good", "✓", text(r, LF_T_PT_ANSWERED));
    if (c->tried && !c->answered) {
        if (c->late)
            LF_PUT(b, " ");
        badge(b, "warn", "–", text(r, LF_T_PT_SILENT));
    }
}

static void put_channels(struct rq *r, struct lf_buf *b, const struct lf_channel *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(PT_NO_CHANNEL));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(PT_CHANNELS), T(PT_CHANNEL), T(STATE), T(PT_TRIED), T(PT_DUE), T(ACT));
    for (size_t i = 0; i < n; i++) {
        const struct lf_channel *c = &list[i];
        struct lf_text_value named[] = { { "act", text(r, LF_T_REMOVE) }, { "task", c->value } };

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span>%<br><small>%</small></span></td><td "
                "data-label=\"%\"><span>",
                T(PT_CHANNEL), V(c->value), V(text(r, channels[c->kind].text)), T(STATE));
        put_channel_state(r, b, c);
        lf_html(b, "</span></td><td data-label=\"%\">", T(PT_TRIED));
        put_when(r, b, c->tried);
        lf_html(b, "</td><td data-label=\"%\">", T(PT_DUE));
        put_when(r, b, c->due);
        lf_html(b, "</td><td data-label=\"%\">", T(ACT));
        if (may(r, JUDGE)) {
            lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
                    V(path2(r, "/partners/", r->id, "/channels/remove")));
            put_csrf(r, b);
            lf_html(b,
                    "<button class=\"second small\" name=\"channel\" value=\"%\" "
                    "aria-label=\"%\">%</button></form>",
                    V(number(r, c->channel)), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)),
                    T(REMOVE));
        }
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_try_form(struct rq *r, struct lf_buf *b, const struct lf_channel *list, size_t n)
{
    lf_view chosen = lf_view_some(field(r, "channel"));

    if (!n)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p>", T(PT_TRY), T(PT_TRY_LEAD));
    begin_post_form(r, b, path2(r, "/partners/", r->id, "/tries"));
    lf_html(b, "<p><label for=\"p-channel\">%</label><select id=\"p-channel\" name=\"channel\">",
            T(PT_CHANNEL));
    for (size_t i = 0; i < n; i++) {
        lf_view id = lf_arena_printf(r->t->a, "%lld", (long long)list[i].channel);

        lf_html(b, "<option value=\"%\"%>%</option>", V(id),
                LF_RAW(lf_view_of(lf_view_eq(chosen, id) ? " selected" : "")), V(list[i].value));
    }
    LF_PUT(b, "</select></p>");
    put_form_select(r, b, "answered", "p-answered", "answered", LF_T_PT_ANSWERED, yes_no, 2, LF_V("yes"));
    lf_html(b,
            "<p><label for=\"p-try-note\">%</label><textarea id=\"p-try-note\" name=\"note\" rows=\"2\" "
            "maxlength=\"1300\">%</textarea></p><p><button>%</button></p></form></section>",
            T(PT_TRY_NOTE), V(lf_view_some(field(r, "answered").ptr ? field(r, "note") : LF_V(""))),
            T(PT_TRY));
}

static void put_channel_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(PT_CHANNEL_ADD));
    begin_post_form(r, b, path2(r, "/partners/", r->id, "/channels"));
    put_form_select(r, b, "value", "p-channel-kind", "kind", LF_T_PT_KIND, channels, LF_CHANNEL_KINDS,
                    LF_V("mail"));
    put_form_input(r, b, "value", "value", LF_T_PT_VALUE, LF_V(""),
                   " required maxlength=\"300\" spellcheck=\"false\" autocapitalize=\"none\"");
    put_form_input(r, b, "value", "days", LF_T_PT_DAYS, number(r, LF_CHANNEL_DAYS),
                   " type=\"number\" min=\"1\" max=\"730\"");
    lf_html(b, "<p><button class=\"second\">%</button></p></form></section>", T(PT_CHANNEL_ADD));
}

static void put_tries(struct rq *r, struct lf_buf *b, const struct lf_channel_try *list, size_t n)
{
    if (!n)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(PT_TRIES));
    for (size_t i = 0; i < n; i++) {
        const struct lf_channel_try *x = &list[i];

        LF_PUT(b, "<li><p>");
        put_when(r, b, x->at);
        lf_html(b, " %</p><p class=\"wrap\">% <small>%</small> ", V(account_name(r, x->account)), V(x->value),
                V(text(r, channels[x->kind].text)));
        badge(b, x->answered ? "good" : "warn", x->answered ? "✓" : "–",
              text(r, x->answered ? LF_T_PT_ANSWERED : LF_T_PT_SILENT));
        LF_PUT(b, "</p>");
        if (x->note.len)
            lf_html(b, "<p class=\"lines wrap\">%</p>", V(x->note));
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
}

/* A number that opens what it counts. */
static void put_counted(struct rq *r, struct lf_buf *b, enum lf_text label, int year, const char *direction,
                        size_t n)
{
    lf_html(b, "<td data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, label)),
            V(lf_arena_printf(r->t->a, "/partners/%.*s?year=%d&direction=%s#activities", LF_FMT(r->id), year,
                              direction)),
            V(number(r, (int64_t)n)));
}

static void put_years(struct rq *r, struct lf_buf *b, const struct lf_activity_year *list, size_t n)
{
    if (!n)
        return;
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(PT_YEARS), T(JOINED_YEAR), T(PT_ACTIVITIES), T(PT_DIR_GIVEN), T(PT_DIR_RECEIVED));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td data-label=\"%\">%</td>", T(JOINED_YEAR),
                V(number(r, r->roc ? list[i].year - 1911 : list[i].year)));
        put_counted(r, b, LF_T_PT_ACTIVITIES, list[i].year, "", list[i].all);
        put_counted(r, b, LF_T_PT_DIR_GIVEN, list[i].year, "given", list[i].given);
        put_counted(r, b, LF_T_PT_DIR_RECEIVED, list[i].year, "received", list[i].received);
        LF_PUT(b, "</tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

static void put_withdraw(struct rq *r, struct lf_buf *b, const struct lf_activity *x)
{
    struct lf_text_value named[] = { { "act", text(r, LF_T_PT_ACT_WITHDRAW) }, { "task", x->title } };

    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
            V(path2(r, "/partners/", r->id, "/activities/withdraw")));
    put_csrf(r, b);
    lf_html(b,
            "<button class=\"second small\" name=\"activity\" value=\"%\" aria-label=\"%\">%</button></form>",
            V(number(r, x->activity)), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)),
            T(PT_ACT_WITHDRAW));
}

static void put_activity(struct rq *r, struct lf_buf *b, const struct lf_activity *x)
{
    lf_html(b, "<li><p>% <small>%</small> ", V(day_shown(r, x->day)), V(text(r, acts[x->kind].text)));
    badge(b, "", x->direction ? "⇄" : "–", text(r, directions[x->direction].text));
    if (x->withdrawn) {
        LF_PUT(b, " ");
        badge(b, "warn", "–", text(r, LF_T_PT_ACT_WITHDRAWN));
    }
    lf_html(b, "</p><p class=\"wrap\">% <small>%</small></p>", V(x->title), V(account_name(r, x->account)));
    if (x->people.len)
        lf_html(b, "<p class=\"lines wrap\"><small>%</small><br>%</p>", T(PT_ACT_PEOPLE), V(x->people));
    if (x->outcome.len)
        lf_html(b, "<p class=\"lines wrap\"><small>%</small><br>%</p>", T(PT_ACT_OUTCOME), V(x->outcome));
    if (!x->withdrawn && may(r, JUDGE))
        put_withdraw(r, b, x);
    LF_PUT(b, "</li>");
}

static void put_activities(struct rq *r, struct lf_buf *b, const struct lf_activity *list, size_t n,
                           const struct lf_activity_year *years, size_t nyears)
{
    lf_html(b, "<section class=\"panel\" id=\"activities\"><h2>%</h2>", T(PT_ACTIVITIES));
    put_years(r, b, years, nyears);
    if (query(r, "year").len)
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/partners/", r->id, "#activities")),
                T(PT_ACT_ALL));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(PT_ACT_NONE));
    LF_PUT(b, "<ol class=\"line\">");
    for (size_t i = 0; i < n; i++)
        put_activity(r, b, &list[i]);
    LF_PUT(b, "</ol></section>");
}

static void put_activity_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(PT_ACT_ADD));
    begin_post_form(r, b, path2(r, "/partners/", r->id, "/activities"));
    put_form_input(r, b, "day", "day", LF_T_DAY, LF_V(""), " type=\"date\" required");
    put_form_select(r, b, "day", "p-act-kind", "kind", LF_T_PT_KIND, acts, LF_ACTIVITY_KINDS,
                    LF_V("meeting"));
    put_form_select(r, b, "day", "p-act-direction", "direction", LF_T_PT_DIRECTION, directions, LF_DIRECTIONS,
                    LF_V("none"));
    put_form_input(r, b, "day", "title", LF_T_PT_ACT_TITLE, LF_V(""), " required maxlength=\"66\"");
    put_form_area(r, b, "day", "p-people", "people", LF_T_PT_ACT_PEOPLE, LF_V(""));
    put_form_area(r, b, "day", "p-outcome", "outcome", LF_T_PT_ACT_OUTCOME, LF_V(""));
    lf_html(b, "<p><button class=\"second\">%</button></p></form></section>", T(PT_ACT_ADD));
}

static void put_change_form(struct rq *r, struct lf_buf *b, const struct lf_partner *x)
{
    lf_html(b, "<section class=\"panel\"><details%><summary>%</summary>",
            LF_RAW(lf_view_of(field(r, "country").ptr ? " open" : "")), T(PT_CHANGE));
    begin_post_form(r, b, path2(r, "/partners/", x->id, ""));
    put_fields(r, b, x);
    put_form_select(r, b, "country", "p-active", "active", LF_T_PT_ACTIVE, yes_no, 2,
                    lf_view_of(x->active ? "yes" : "no"));
    lf_html(b, "<p><button>%</button></p></form></details></section>", T(PT_CHANGE));
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_channel_try *tries;
    const struct lf_activity_year *years;
    const struct lf_activity *activities;
    const struct lf_channel *list;
    size_t n, ntries, nacts, nyears;
    struct lf_activity_filter f;
    struct lf_partner x;
    struct lf_buf b;

    LF_TRY(lf_partner_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_channel_list(r->t, x.id, &n, &list, r->e));
    LF_TRY(lf_channel_tries(r->t, x.id, &ntries, &tries, r->e));
    LF_TRY(partner_activities(r, &f));
    LF_TRY(lf_activity_list(r->t, x.id, &f, &nacts, &activities, &nyears, &years, r->e));
    begin_page(r, &b, x.name, "/contacts");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.name));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/partners\">%</a></p></div>", T(PARTNERS));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div><section class=\"panel\">");
    put_facts(r, &b, &x);
    lf_html(&b, "</section><section class=\"panel\"><h2>%</h2>", T(PT_CHANNELS));
    put_channels(r, &b, list, n);
    LF_PUT(&b, "</section>");
    put_tries(r, &b, tries, ntries);
    put_activities(r, &b, activities, nacts, years, nyears);
    LF_PUT(&b, "</div><div>");
    if (may(r, JUDGE)) {
        put_activity_form(r, &b);
        put_try_form(r, &b, list, n);
        put_channel_form(r, &b);
        put_change_form(r, &b, &x);
    }
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_partner(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/partners/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_partner_change(struct rq *r)
{
    lf_view id;

    return done(r, partner_put(r, r->id, &id));
}

enum lf_code page_channel_add(struct rq *r)
{
    int64_t channel;

    return done(r, partner_channel_add(r, &channel));
}

enum lf_code page_channel_remove(struct rq *r)
{
    return done(r, partner_channel_remove(r));
}

enum lf_code page_channel_try(struct rq *r)
{
    return done(r, partner_try(r));
}

enum lf_code page_activity_add(struct rq *r)
{
    int64_t activity;

    return done(r, partner_activity_add(r, &activity));
}

enum lf_code page_activity_withdraw(struct rq *r)
{
    return done(r, partner_activity_withdraw(r));
}
