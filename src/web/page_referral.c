/* Referrals in the console: those that are open, those of an incident, one with its answers. */
#include "cert/network.h"
#include "cert/referral_duty.h"

#include "web/page_priv.h"

static const enum lf_text kind_texts[LF_REFERRAL_KINDS] = { LF_T_REF_PROSECUTOR, LF_T_REF_POLICE,
                                                            LF_T_REF_DISASTER,   LF_T_REF_OPERATOR,
                                                            LF_T_REF_PARTNER,    LF_T_REF_SUPPORT };
static const enum lf_text state_texts[LF_REFERRAL_STATES] = { LF_T_REF_OPEN, LF_T_BUL_OVERDUE,
                                                              LF_T_BUL_ANSWERED, LF_T_REF_CLOSED,
                                                              LF_T_REF_MAILED };

void put_referral_state(struct rq *r, struct lf_buf *b, const struct lf_referral *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_REFERRAL_STATES] = {
        { "info", "◷" }, { "bad", "!" }, { "good", "✓" }, { "", "–" }, { "info", "✉" }
    };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, state_texts[x->state]));
    if (x->exercise) {
        lf_html(b, " ");
        badge(b, "info", "◇", text(r, LF_T_EXERCISE));
    }
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_referral *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_REFERRALS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(REFERRALS_CAPTION), T(REF_KIND), T(REF_RECIPIENT), T(STATE), T(REF_SENT), T(REF_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_referral *x = &list[i];

        lf_html(b,
                "<tr><td data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" data-label=\"%\">%</td>"
                "<td data-label=\"%\">",
                T(REF_KIND), V(path2(r, "/referrals/", x->id, "")), V(text(r, kind_texts[x->kind])),
                T(REF_RECIPIENT), V(x->recipient), T(STATE));
        put_referral_state(r, b, x);
        lf_html(b, "</td><td data-label=\"%\">", T(REF_SENT));
        put_when(r, b, x->sent);
        lf_html(b, "</td><td data-label=\"%\">", T(REF_DUE));
        if (x->due)
            put_when(r, b, x->due);
        lf_html(b, "</td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

/* ---- what the answers of reports ask for ---- */

static void put_duty_state(struct rq *r, struct lf_buf *b, const struct lf_referral_duty *d)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_REFERRAL_DUTY_STATES] = {
        { "info", "◷", LF_T_REFD_OPEN }, { "bad", "!", LF_T_REFD_OVERDUE },
        { "good", "✓", LF_T_REFD_DONE }, { "", "–", LF_T_REFD_WAIVED },
        { "", "–", LF_T_REFD_LAPSED },   { "info", "?", LF_T_REFD_SUGGESTED },
    };

    badge(b, looks[d->state].tone, looks[d->state].sign, text(r, looks[d->state].text));
    if (d->exercise) {
        lf_html(b, " ");
        badge(b, "info", "◇", text(r, LF_T_EXERCISE));
    }
}

static bool stands(const struct lf_referral_duty *d)
{
    return d->state == LF_REFERRAL_DUTY_OPEN || d->state == LF_REFERRAL_DUTY_OVERDUE;
}

static lf_view first_kind(const struct lf_referral_duty *d)
{
    unsigned k = 0;

    while (k + 1 < LF_REFERRAL_KINDS && !(d->kinds & 1u << k))
        k++;
    return lf_view_of(lf_referral_kind_name((enum lf_referral_kind)k));
}

/* What was done about it, or the two ways to do something. */
static void put_duty_end(struct rq *r, struct lf_buf *b, const struct lf_referral_duty *d)
{
    if (d->decided) {
        lf_html(b, "<p class=\"lines wrap\">%</p><p class=\"quiet\">% ",
                V(fill1(r, LF_T_REFD_BECAUSE, "why", d->grounds)), V(account_name(r, d->account)));
        put_when_zone(r, b, d->decided);
        LF_PUT(b, "</p>");
    }
    if ((!stands(d) && d->state != LF_REFERRAL_DUTY_SUGGESTED) || !may(r, ACT))
        return;
    lf_html(b, "<p><a href=\"%?kind=%#record\">%</a></p><form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/incidents/", d->incident, "/referrals")), V(first_kind(d)), T(REF_ADD),
            V(path2(r, "/incidents/", d->incident, "/referral-duty")));
    put_csrf(r, b);
    lf_html(
        b,
        "<input type=\"hidden\" name=\"duty\" value=\"%\"><p><label for=\"grounds-%\">%</label><textarea "
        "id=\"grounds-%\" name=\"grounds\" rows=\"2\" required maxlength=\"660\">%</textarea></p><p><button "
        "class=\"second\">%</button></p></form>",
        V(d->id), V(d->rule), T(REFD_GROUNDS), V(d->rule),
        V(lf_view_eq(lf_view_some(field(r, "duty")), d->id) ? lf_view_some(field(r, "grounds")) : LF_V("")),
        T(REFD_WAIVE));
}

static void put_duties(struct rq *r, struct lf_buf *b, const struct lf_referral_duty *list, size_t n,
                       bool of_all)
{
    LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<li><p class=\"wrap\">");
        put_duty_state(r, b, &list[i]);
        lf_html(b, " %", V(r->lang == LF_LANG_EN ? list[i].en : list[i].zh));
        if (of_all)
            lf_html(b, " <a href=\"%\">%</a>", V(path2(r, "/incidents/", list[i].incident, "/referrals")),
                    T(REF_INCIDENT));
        LF_PUT(b, "</p>");
        if (list[i].due) {
            lf_html(b, "<p class=\"quiet\">% ", T(REFD_DUE));
            put_when_zone(r, b, list[i].due);
            LF_PUT(b, "</p>");
        }
        if (!of_all)
            put_duty_end(r, b, &list[i]);
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul>");
}

/* Those of an incident; of all incidents those that somebody must see to. */
static enum lf_code put_duty_panel(struct rq *r, struct lf_buf *b, lf_view incident)
{
    const struct lf_page page = { .limit = 100 };
    const struct lf_referral_duty *list;
    lf_view next;
    size_t n;

    LF_TRY(lf_referral_duty_list(r->t, incident, incident.len ? -1 : LF_REFERRAL_DUTY_STANDING, &page, &n,
                                 &list, &next, r->e));
    if (!n)
        return LF_OK;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(REFD));
    put_duties(r, b, list, n, !incident.len);
    if (next.len)
        lf_html(b, "<p class=\"quiet\">%</p>", V(fill1(r, LF_T_REFD_MORE, "n", number(r, (int64_t)n))));
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_referrals(struct rq *r)
{
    static const enum lf_referral_state order[LF_REFERRAL_STATES] = {
        LF_REFERRAL_OPEN, LF_REFERRAL_SENT, LF_REFERRAL_OVERDUE, LF_REFERRAL_ANSWERED, LF_REFERRAL_CLOSED
    };
    const struct lf_referral *list;
    struct lf_buf b;
    lf_view next, state = query(r, "state");
    size_t n;

    LF_TRY(referral_list(r, LF_V(""), &n, &list, &next));
    begin_page(r, &b, text(r, LF_T_REFERRALS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(REFERRALS),
            T(REFERRALS_LEAD));
    PUT_TRY(&b, put_duty_panel(r, &b, LF_V("")));
    LF_PUT(&b, "<section class=\"panel\"><p class=\"counts\">");
    lf_html(&b, "<a class=\"tag\" href=\"/referrals\"%>%</a> ",
            LF_RAW(state.len ? LF_V("") : LF_V(" aria-current=\"page\"")), T(ALL));
    for (size_t i = 0; i < LF_REFERRAL_STATES; i++)
        lf_html(&b, "<a class=\"tag\" href=\"/referrals?state=%\"%>%</a> ",
                LF_HC(lf_referral_state_name(order[i])),
                LF_RAW(lf_view_is(state, lf_referral_state_name(order[i])) ? LF_V(" aria-current=\"page\"")
                                                                           : LF_V("")),
                V(text(r, state_texts[order[i]])));
    lf_html(&b, "</p>");
    put_table(r, &b, list, n);
    put_next_with(r, &b, state.len ? lf_arena_printf(r->t->a, "&state=%.*s", LF_FMT(state)).ptr : "", next);
    lf_html(&b, "</section>");
    return end_page(r, &b, 200);
}

/* What was typed, else what is proposed. */
static lf_view typed(const struct rq *r, const char *name, lf_view proposed)
{
    return field(r, name).ptr ? field(r, name) : lf_view_some(proposed);
}

/* A new one; what was typed stays when it is refused. */
static void put_form(struct rq *r, struct lf_buf *b, const struct lf_referral *with)
{
    static const struct {
        const char *name;
        enum lf_text label;
        const char *rest;
    } lines[] = {
        { "recipient", LF_T_REF_RECIPIENT, " required maxlength=\"200\"" },
        { "way", LF_T_REF_WAY, " maxlength=\"200\"" },
        { "reference", LF_T_REF_REFERENCE, " maxlength=\"200\"" },
        { "source", LF_T_REF_SOURCE, " maxlength=\"300\"" },
        { "port", LF_T_REF_PORT, " inputmode=\"numeric\" maxlength=\"5\"" },
        { "seen", LF_T_REF_SEEN, " type=\"datetime-local\" step=\"1\"" },
        { "mail", LF_T_REF_MAIL, " type=\"email\" maxlength=\"254\"" },
        { "sent", LF_T_REF_SENT, " type=\"datetime-local\"" },
        { "due", LF_T_REF_DUE, " type=\"datetime-local\"" },
    };
    lf_view chosen = typed(r, "kind", lf_view_of(lf_referral_kind_name(with->kind)));
    lf_view port = with->port ? lf_arena_printf(r->t->a, "%d", with->port) : LF_V("");
    lf_view seen = with->seen ? moment_shown(r, with->seen, true) : LF_V("");
    lf_view proposed[] = { with->recipient, with->way, LF_V(""), with->source, port, seen,
                           with->mail,      LF_V(""),  LF_V("") };

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/incidents/", r->id, "/referrals")));
    put_csrf(r, b);
    lf_html(b, "<p><label for=\"kind\">%</label><select id=\"kind\" name=\"kind\">", T(REF_KIND));
    for (size_t i = 0; i < LF_REFERRAL_KINDS; i++) {
        const char *name = lf_referral_kind_name((enum lf_referral_kind)i);

        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(name),
                LF_RAW(lf_view_is(chosen, name) ? LF_V(" selected") : LF_V("")), V(text(r, kind_texts[i])));
    }
    lf_html(b, "</select></p>");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        lf_html(b, "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\"%></p>",
                LF_HC(lines[i].name), V(text(r, lines[i].label)), LF_HC(lines[i].name), LF_HC(lines[i].name),
                V(typed(r, lines[i].name, proposed[i])), LF_RAW(lf_view_of(lines[i].rest)));
    lf_html(b,
            "<p><label for=\"text\">%</label><textarea id=\"text\" name=\"text\" rows=\"5\" required "
            "maxlength=\"2600\">%</textarea></p><p><button>%</button></p></form>",
            T(REF_TEXT), V(typed(r, "text", with->body)), T(REF_ADD));
}

/* Of the source of attack that the query names. */
static enum lf_code propose(struct rq *r, struct lf_referral *out)
{
    struct lf_network of;
    lf_time at = 0;
    lf_view when;

    if (query(r, "kind").len && !lf_referral_kind_parse(query(r, "kind"), &out->kind))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "kind is prosecutor, police, disaster, operator, partner or support");
    if (!query(r, "address").len)
        return LF_OK;
    LF_TRY(lf_network_find(r->t, query(r, "address"), &of, r->e));
    if (query(r, "at").len) {
        LF_TRY(local_time(r, query(r, "at"), &when));
        LF_TRY(lf_time_parse(when, &at, r->e));
    }
    return source_referral(r, &of, lf_view_some(query(r, "port")), at, out);
}

static enum lf_code of_incident(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next;
    const struct lf_referral *list;
    struct lf_referral with = { 0 };
    struct lf_buf b;
    size_t n;

    LF_TRY(referral_list(r, r->id, &n, &list, &next));
    LF_TRY(propose(r, &with));
    begin_page(r, &b, text(r, LF_T_REFERRALS), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p></div>", T(REFERRALS),
            V(path2(r, "/incidents/", r->id, "")), T(REF_INCIDENT));
    PUT_TRY(&b, put_exercise_of(r, &b, r->id));
    if (status != 200)
        put_refusal(r, &b, why);
    PUT_TRY(&b, put_duty_panel(r, &b, r->id));
    lf_html(&b, "<section class=\"panel\">");
    put_table(r, &b, list, n);
    put_next(r, &b, next);
    lf_html(&b, "</section>");
    if (may(r, ACT)) {
        lf_html(&b, "<section class=\"panel\" id=\"record\"><h2>%</h2><p class=\"quiet\">%</p>", T(REF_ADD),
                T(REFERRALS_LEAD));
        put_form(r, &b, &with);
        lf_html(&b, "</section>");
    }
    return end_page(r, &b, status);
}

enum lf_code page_incident_referrals(struct rq *r)
{
    return of_incident(r, 200);
}

enum lf_code page_referral_waive(struct rq *r)
{
    enum lf_code rc =
        lf_referral_duty_waive(r->t, lf_view_some(field(r, "duty")), lf_view_some(field(r, "grounds")), r->e);

    return rc == LF_OK ? redirect(r, path2(r, "/incidents/", r->id, "/referrals?done=1"))
                       : page_again(r, rc, of_incident);
}

enum lf_code page_referral_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = referral_add(r, r->id, &id);

    if (rc == LF_BAD_INPUT)
        return of_incident(r, 400);
    return rc == LF_OK ? redirect(r, path2(r, "/incidents/", r->id, "/referrals?done=1")) : rc;
}

static void put_due_form(struct rq *r, struct lf_buf *b, const struct lf_referral *x)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/referrals/", x->id, "/due")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"due\">%</label><input id=\"due\" name=\"due\" type=\"datetime-local\" "
            "value=\"%\"></p><p><button class=\"second\">%</button></p></form>",
            T(REF_DUE), V(x->due ? moment_shown(r, x->due, false) : LF_V("")), T(REF_DUE_SET));
}

/* Of what attack it is, and the way to its letter. */
static void put_source(struct rq *r, struct lf_buf *b, const struct lf_referral *x)
{
    if (!x->source.len)
        return;
    lf_html(b, "<dt>%</dt><dd class=\"wrap\">%", T(REF_SOURCE), V(x->source));
    if (x->port)
        lf_html(b, " · %", V(number(r, x->port)));
    LF_PUT(b, "</dd>");
    if (x->seen) {
        lf_html(b, "<dt>%</dt><dd>", T(REF_SEEN));
        put_when_zone(r, b, x->seen);
        LF_PUT(b, "</dd>");
    }
    lf_html(b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>", T(LETTER),
            V(path2(r, "/referrals/", x->id, "/letter")), T(LETTER_PREPARE));
}

enum lf_code page_referral(struct rq *r)
{
    const struct lf_referral_answer *answers;
    struct lf_referral x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_referral_get(r->t, r->id, &x, &n, &answers, r->e));
    begin_page(r, &b, x.recipient, "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>% ", V(x.recipient), V(text(r, kind_texts[x.kind])));
    put_referral_state(r, &b, &x);
    LF_PUT(&b, "</p>");
    PUT_TRY(&b, put_exercise_of(r, &b, x.incident));
    lf_html(&b,
            "<p><a href=\"%\">%</a></p></div><div class=\"two\"><section class=\"panel\"><p class=\"lines "
            "wrap\">%</p><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>",
            V(path2(r, "/incidents/", x.incident, "")), T(REF_INCIDENT), V(x.body), T(REF_WAY), V(x.way),
            T(REF_REFERENCE), V(x.reference), T(REF_SENT));
    put_when_zone(r, &b, x.sent);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(REF_DUE));
    if (x.due)
        put_when_zone(r, &b, x.due);
    else
        lf_html(&b, "%", T(REF_NO_DUE));
    LF_PUT(&b, "</dd>");
    put_source(r, &b, &x);
    LF_PUT(&b, "</dl>");
    PUT_TRY(&b, put_letters(r, &b, x.id));
    lf_html(&b, "</section><section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(REF_ANSWERS));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b, "<li><p class=\"lines wrap\">%</p>", V(answers[i].body));
        if (answers[i].done.len)
            lf_html(&b, "<p class=\"lines wrap\">%</p>",
                    V(fill1(r, LF_T_REF_DONE_SAID, "what", answers[i].done)));
        lf_html(&b, "<p class=\"quiet\">% ", V(account_name(r, answers[i].account)));
        put_when_zone(r, &b, answers[i].came ? answers[i].came : answers[i].at);
        lf_html(&b, "</p></li>");
    }
    lf_html(&b, "</ol>");
    if (may(r, ACT) && !x.closed) {
        lf_html(&b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/referrals/", x.id, "/answer")));
        put_csrf(r, &b);
        lf_html(
            &b,
            "<p><label for=\"text\">%</label><textarea id=\"text\" name=\"text\" rows=\"4\" required "
            "maxlength=\"2600\"></textarea></p><p><label for=\"done\">%</label><textarea id=\"done\" "
            "name=\"done\" "
            "rows=\"3\" maxlength=\"2600\"></textarea></p><p><label for=\"came\">%</label><input id=\"came\" "
            "name=\"came\" type=\"datetime-local\"></p><p><label><input type=\"checkbox\" name=\"close\" "
            "value=\"1\">%</label></p><p><button>%</button></p></form>",
            T(REF_ANSWER), T(REF_DONE), T(REF_CAME), T(REF_CLOSE), T(REF_ANSWER_ADD));
        put_due_form(r, &b, &x);
    }
    lf_html(&b, "</section></div>");
    return end_page(r, &b, 200);
}

enum lf_code page_referral_answer(struct rq *r)
{
    LF_TRY(referral_answer(r));
    return redirect(r, path2(r, "/referrals/", r->id, "?done=1"));
}

enum lf_code page_referral_due(struct rq *r)
{
    LF_TRY(referral_due(r));
    return redirect(r, path2(r, "/referrals/", r->id, "?done=1"));
}

enum lf_code put_referrals_late(struct rq *r, struct lf_buf *b, lf_view incident)
{
    const struct lf_page page = { .limit = 100 };
    const struct lf_referral_duty *list;
    lf_view next;
    size_t nduties, nstand = 0;
    int64_t n;

    LF_TRY(lf_referral_duty_list(r->t, incident, -1, &page, &nduties, &list, &next, r->e));
    for (size_t i = 0; i < nduties; i++)
        nstand += stands(&list[i]);
    for (size_t i = 0; i < nduties; i++) {
        /* A suggestion says nothing beside what must be done. */
        if (!stands(&list[i]) && (nstand || list[i].state != LF_REFERRAL_DUTY_SUGGESTED))
            continue;
        lf_html(b, "<p class=\"say %\">",
                LF_HC(list[i].state == LF_REFERRAL_DUTY_OVERDUE ? "bad"
                      : stands(&list[i])                        ? "warn"
                                                                : "info"));
        put_duty_state(r, b, &list[i]);
        lf_html(b, " % ", V(r->lang == LF_LANG_EN ? list[i].en : list[i].zh));
        if (list[i].due) {
            lf_html(b, "% ", T(REFD_DUE));
            put_when_zone(r, b, list[i].due);
        }
        lf_html(b, " <a href=\"%\">%</a></p>", V(path2(r, "/incidents/", incident, "/referrals")),
                T(REFERRALS));
    }

    LF_TRY(lf_referral_overdue(r->t, incident, &n, r->e));
    if (n)
        lf_html(b, "<p class=\"say warn\">% <a href=\"%\">%</a></p>",
                V(fill1(r, LF_T_REF_LATE, "n", number(r, n))),
                V(path2(r, "/incidents/", incident, "/referrals")), T(REFERRALS));
    return LF_OK;
}
