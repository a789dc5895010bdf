/* Bulletins (警訊) in the console: what is asked of whom, the collation, this node's own answer; and the
 * page behind a signed link, which needs no sign-in. */
#include "isac/bulletin.h"

#include "web/page_priv.h"

static const enum lf_text state_texts[LF_BULLETIN_STATES] = { LF_T_BUL_UNREAD, LF_T_BUL_READ,
                                                              LF_T_BUL_OVERDUE, LF_T_BUL_ANSWERED,
                                                              LF_T_BUL_DONE };
static const enum lf_text verdict_texts[LF_BULLETIN_VERDICTS] = { LF_T_ADV_V_FALSE, LF_T_ADV_V_CONFIRMED,
                                                                  LF_T_ADV_V_UNDETERMINED };

static void put_state(struct rq *r, struct lf_buf *b, enum lf_bulletin_state s)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_BULLETIN_STATES] = {
        { "", "○" }, { "info", "◐" }, { "bad", "!" }, { "good", "✓" }, { "good", "✔" }
    };

    badge(b, looks[s].tone, looks[s].sign, text(r, state_texts[s]));
}

/* ---- the list ---- */

static void put_counts(struct rq *r, struct lf_buf *b, const struct lf_bulletin *x)
{
    lf_html(b, "<p class=\"counts\">");
    for (size_t i = 0; i < LF_BULLETIN_STATES; i++)
        lf_html(b, "<a class=\"tag\" href=\"/bulletins/%?state=%\">% <strong>%</strong></a> ", V(x->id),
                LF_HC(lf_bulletin_state_name((enum lf_bulletin_state)i)), V(text(r, state_texts[i])),
                V(number(r, x->state[i])));
    lf_html(b, "<span class=\"tag\">% <strong>%</strong></span></p><p class=\"counts\">", T(BUL_LATE),
            V(number(r, x->late)));
    for (size_t i = 0; i < LF_BULLETIN_VERDICTS; i++)
        lf_html(b, "<a class=\"tag\" href=\"/bulletins/%?verdict=%\">% <strong>%</strong></a> ", V(x->id),
                LF_HC(lf_bulletin_verdict_name((enum lf_bulletin_verdict)i)), V(text(r, verdict_texts[i])),
                V(number(r, x->verdict[i])));
    lf_html(b, "</p>");
}

enum lf_code page_bulletins(struct rq *r)
{
    const struct lf_bulletin *list;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_bulletin_list(r->t, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_BULLETINS), "/bulletins");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/members\">%</a></p></div>"
            "<section class=\"panel\">",
            T(NAV_BULLETINS), T(BULLETINS_LEAD), T(MEMBERS));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_BULLETINS));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(BULLETINS_CAPTION), T(ADV_TITLE), T(ORIGIN), T(ADV_REPLY_BY), T(BUL_ANSWERED),
                T(BUL_OVERDUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_bulletin *x = &list[i];

        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\">%</td>"
                "<td data-label=\"%\">",
                T(ADV_TITLE), V(path2(r, "/bulletins/", x->id, "")), V(x->title), T(ORIGIN),
                V(text(r, x->origin.len ? LF_T_ORIGIN_PEER : LF_T_ORIGIN_OWN)), T(ADV_REPLY_BY));
        put_when(r, &b, x->reply_by);
        lf_html(&b, "</td><td data-label=\"%\">% / %</td><td data-label=\"%\">%</td></tr>", T(BUL_ANSWERED),
                V(number(r, x->state[LF_BULLETIN_ANSWERED] + x->state[LF_BULLETIN_DONE])),
                V(number(r, x->all)), T(BUL_OVERDUE), V(number(r, x->state[LF_BULLETIN_OVERDUE])));
    }
    if (n)
        lf_html(&b, "</tbody></table>");
    put_next(r, &b, next);
    lf_html(&b, "</section>");
    return end_page(r, &b, 200);
}

/* ---- one ---- */

/* The answer's fields; what was typed stays when it is refused. */
static void put_answer_fields(struct rq *r, struct lf_buf *b)
{
    lf_view chosen = lf_view_some(field(r, "verdict"));

    lf_html(b, "<fieldset><legend>%</legend>", T(BUL_QUESTION));
    for (size_t i = 0; i < LF_BULLETIN_VERDICTS; i++) {
        const char *name = lf_bulletin_verdict_name((enum lf_bulletin_verdict)i);

        lf_html(b, "<label><input type=\"radio\" name=\"verdict\" value=\"%\" required%>%</label>",
                LF_HC(name), LF_RAW(lf_view_is(chosen, name) ? LF_V(" checked") : LF_V("")),
                V(text(r, verdict_texts[i])));
    }
    lf_html(
        b,
        "</fieldset><p><label for=\"incident\">%</label><input id=\"incident\" name=\"incident\" "
        "maxlength=\"200\" autocomplete=\"off\" value=\"%\" aria-describedby=\"incident-hint\"><span "
        "class=\"hint\" id=\"incident-hint\">%</span></p><p><label for=\"measures\">%</label><textarea "
        "id=\"measures\" name=\"measures\" rows=\"3\" maxlength=\"1300\">%</textarea></p><p><label><input "
        "type=\"checkbox\" name=\"done\" value=\"1\"%>%</label></p>",
        T(BUL_INCIDENT), V(lf_view_some(field(r, "incident"))), T(BUL_INCIDENT_HINT), T(ADV_TAKEN),
        V(lf_view_some(field(r, "measures"))), LF_RAW(field(r, "done").ptr ? LF_V(" checked") : LF_V("")),
        T(BUL_ALL_DONE));
}

static void put_answer(struct rq *r, struct lf_buf *b, const struct lf_bulletin_row *x)
{
    lf_html(b, "<p>");
    put_state(r, b, x->state);
    lf_html(b, "</p>");
    if (x->reminded && x->verdict < 0) {
        lf_html(b, "<p class=\"say warn\"><span aria-hidden=\"true\">!</span> % ", T(BUL_REMINDED));
        put_when(r, b, x->reminded);
        lf_html(b, "</p>");
    }
    if (x->verdict < 0)
        return;
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>%</dd>", T(ADV_VERDICT),
            V(text(r, verdict_texts[x->verdict])));
    if (x->incident.len)
        lf_html(b, "<dt>%</dt><dd>%</dd>", T(ADV_INCIDENT), V(x->incident));
    if (x->measures.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\"><span class=\"lines\">%</span></dd>", T(ADV_TAKEN),
                V(x->measures));
    lf_html(b, "<dt>%</dt><dd>", T(BUL_ANSWERED_AT));
    put_when(r, b, x->answered);
    lf_html(b, "</dd></dl>");
}

static void put_self(struct rq *r, struct lf_buf *b, const struct lf_bulletin *x,
                     const struct lf_bulletin_row *self)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(BUL_OURS));
    put_answer(r, b, self);
    if (may(r, ACT) && !x->withdrawn) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/bulletins/", x->id, "/reply")));
        put_csrf(r, b);
        put_answer_fields(r, b);
        lf_html(b, "<p><button>%</button></p></form>", T(BUL_SEND));
    }
    lf_html(b, "</section>");
}

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_bulletin *x,
                    const struct lf_bulletin_row *m)
{
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%", T(BUL_MEMBER), V(m->name));
    if (m->below)
        lf_html(b, " <span class=\"quiet\">%</span>", T(BUL_BELOW));
    lf_html(b, "</td><td data-label=\"%\">", T(STATE));
    put_state(r, b, m->state);
    if (m->late) {
        lf_html(b, " ");
        badge(b, "warn", "◷", text(r, LF_T_BUL_LATE));
    }
    lf_html(b,
            "</td><td data-label=\"%\">%</td><td data-label=\"%\">%</td><td class=\"wrap\" "
            "data-label=\"%\">%</td>"
            "<td data-label=\"%\">",
            T(ADV_VERDICT), V(m->verdict < 0 ? LF_V("–") : text(r, verdict_texts[m->verdict])),
            T(ADV_INCIDENT), V(m->incident), T(ADV_TAKEN), V(m->measures), T(BUL_ANSWERED_AT));
    if (m->answered)
        put_when(r, b, m->answered);
    else if (m->reminded) {
        lf_html(b, "% ", T(BUL_REMINDED));
        put_when(r, b, m->reminded);
    }
    lf_html(b, "</td><td>");
    if (!m->peer.len && may(r, ACT) && !x->withdrawn) {
        lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
                V(path2(r, "/bulletins/", x->id, "/link")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"member\" value=\"%\"><button class=\"second small\">%</button>"
                "</form>",
                V(m->member), T(BUL_LINK));
    }
    lf_html(b, "</td></tr>");
}

static enum lf_code put_collation(struct rq *r, struct lf_buf *b, const struct lf_bulletin *x)
{
    const struct lf_bulletin_row *rows;
    struct lf_page page;
    int state, verdict;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(bulletin_filter(r, &state, &verdict));
    LF_TRY(lf_bulletin_rows(r->t, x->id, state, verdict, &page, &n, &rows, &next, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(BUL_COLLATION));
    put_counts(r, b, x);
    if (state >= 0 || verdict >= 0)
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/bulletins/", x->id, "")), T(BUL_ALL));
    if (may(r, ACT) && !x->withdrawn && x->all)
        put_button(r, b, path2(r, "/bulletins/", x->id, "/remind"), LF_T_BUL_REMIND, "second");
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(BUL_NOBODY));
    else
        lf_html(b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
                "<th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(BUL_ROWS_CAPTION), T(BUL_MEMBER), T(STATE), T(ADV_VERDICT), T(ADV_INCIDENT), T(ADV_TAKEN),
                T(BUL_ANSWERED_AT), T(ACT));
    for (size_t i = 0; i < n; i++)
        put_row(r, b, x, &rows[i]);
    if (n)
        lf_html(b, "</tbody></table>");
    put_next_with(
        r, b,
        state >= 0
            ? lf_arena_printf(r->t->a, "&state=%s", lf_bulletin_state_name((enum lf_bulletin_state)state)).ptr
        : verdict >= 0 ? lf_arena_printf(r->t->a, "&verdict=%s",
                                         lf_bulletin_verdict_name((enum lf_bulletin_verdict)verdict))
                             .ptr
                       : "",
        next);
    lf_html(b, "</section>");
    return LF_OK;
}

/* status 200, or what was wrong with the answer, which is shown again as it was typed. */
static enum lf_code one_page(struct rq *r, int status)
{
    struct lf_bulletin_row self;
    struct lf_bulletin x;
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_buf b;
    enum lf_code asked, rc = LF_OK;

    LF_TRY(lf_bulletin_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_bulletin_open(r->t, r->id, r->e));
    asked = lf_bulletin_self(r->t, r->id, &self, r->e);
    if (asked != LF_OK && asked != LF_NOT_FOUND)
        return asked;
    begin_page(r, &b, x.title, "/bulletins");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>% ", V(x.title), T(ADV_REPLY_BY));
    put_when_zone(r, &b, x.reply_by);
    lf_html(&b, "</p><p><a href=\"%\">%</a></p></div>", V(path2(r, "/advisories/", x.id, "")), T(BUL_TEXT));
    if (x.exercise)
        badge(&b, "info", "◇", text(r, LF_T_EXERCISE));
    if (x.withdrawn)
        lf_html(&b, "<p class=\"say warn\"><span aria-hidden=\"true\">!</span> %</p>", T(BUL_WITHDRAWN));
    if (status != 200) {
        lf_html(&b, "<div class=\"say bad\" role=\"alert\">");
        put_detail(r, &b, why);
        lf_html(&b, "</div>");
    }
    if (asked == LF_OK)
        put_self(r, &b, &x, &self);
    if (x.all || !x.origin.len)
        rc = put_collation(r, &b, &x);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return end_page(r, &b, status);
}

enum lf_code page_bulletin(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code page_bulletin_reply(struct rq *r)
{
    struct lf_bulletin_answer a;
    enum lf_code rc = bulletin_answer(r, &a);

    if (rc == LF_OK)
        rc = lf_bulletin_reply(r->t, r->id, &a, r->e);
    if (rc == LF_BAD_INPUT)
        return one_page(r, 400);
    return rc == LF_OK ? redirect(r, path2(r, "/bulletins/", r->id, "?done=1")) : rc;
}

enum lf_code page_bulletin_remind(struct rq *r)
{
    size_t n;

    LF_TRY(lf_bulletin_remind(r->t, r->id, &n, r->e));
    return redirect(r, path2(r, "/bulletins/", r->id, "?done=1"));
}

/* Shown once, to be sent on; the node keeps nothing of it. */
enum lf_code page_bulletin_link(struct rq *r)
{
    lf_view member, link;
    struct lf_buf b;

    LF_TRY(need(r, "member", &member));
    LF_TRY(lf_bulletin_link(r->t, r->id, member, LF_BULLETIN_LINK_LIFE, &link, r->e));
    begin_page(r, &b, text(r, LF_T_BUL_LINK), "/bulletins");
    lf_html(&b,
            "<h1>%</h1><p>%</p><p class=\"wrap\"><a "
            "href=\"/answer/%\"><code>https://%/answer/%</code></a></p><p><a "
            "href=\"%\">%</a></p>",
            T(BUL_LINK), T(BUL_LINK_LEAD), V(link), V(lf_http_get(r->in, "host")), V(link),
            V(path2(r, "/bulletins/", r->id, "")), T(BUL_BACK));
    return end_page(r, &b, 200);
}

/* ---- by a signed link ---- */

static enum lf_code link_page(struct rq *r, int status, const struct lf_bulletin_asked *x)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), description, measures;
    struct lf_advisory_form f;
    struct lf_buf b;

    LF_TRY(lf_advisory_form_of(r->t, &x->advisory, &f, r->e));
    description = lf_advisory_text(&f, "description");
    measures = lf_advisory_text(&f, "measures");
    begin_page(r, &b, x->bulletin.title, "");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>% %</p><p>% ", V(x->bulletin.title), T(BUL_ASKED),
            V(x->row.name), T(ADV_REPLY_BY));
    put_when_zone(r, &b, x->bulletin.reply_by);
    lf_html(&b, "</p></div>");
    if (x->bulletin.exercise)
        badge(&b, "info", "◇", text(r, LF_T_EXERCISE));
    if (status != 200) {
        lf_html(&b, "<div class=\"say bad\" role=\"alert\">");
        put_detail(r, &b, why);
        lf_html(&b, "</div>");
    }
    lf_html(&b, "<div class=\"two\"><section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p>",
            T(ADV_TEXT), V(description));
    if (measures.len)
        lf_html(&b, "<h2>%</h2><p class=\"lines wrap\">%</p>", T(ADV_MEASURES), V(measures));
    lf_html(&b, "</section><section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/answer/", r->id, "")));
    put_csrf(r, &b);
    put_answer_fields(r, &b);
    lf_html(&b, "<p><button>%</button></p></form></section></div>", T(BUL_SEND));
    return end_page(r, &b, status);
}

enum lf_code page_answer(struct rq *r)
{
    struct lf_bulletin_asked x;

    LF_TRY(lf_bulletin_link_open(r->t, r->id, &x, r->e));
    return link_page(r, 200, &x);
}

enum lf_code page_answer_do(struct rq *r)
{
    struct lf_bulletin_asked x;
    struct lf_bulletin_answer a;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_bulletin_link_open(r->t, r->id, &x, r->e));
    rc = bulletin_answer(r, &a);
    if (rc == LF_OK)
        rc = lf_bulletin_link_answer(r->t, r->id, &a, r->e);
    if (rc == LF_BAD_INPUT)
        return link_page(r, 400, &x);
    LF_TRY(rc);
    begin_page(r, &b, text(r, LF_T_BUL_THANKS), "");
    lf_html(
        &b,
        "<h1>%</h1><p class=\"say good\" role=\"status\"><span aria-hidden=\"true\">✓</span> %</p><p>%</p>",
        T(BUL_THANKS), T(BUL_TAKEN), V(x.bulletin.title));
    return end_page(r, &b, 200);
}
