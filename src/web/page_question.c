/* Questions to the archives in the console: asking, consenting, and what came of it. */
#include "isac/question.h"

#include "web/page_priv.h"

static enum lf_text kind_text(enum lf_question_kind k)
{
    static const enum lf_text texts[LF_QUESTION_KINDS] = { LF_T_QUESTION_KIND_STIX, LF_T_QUESTION_KIND_SIGMA,
                                                           LF_T_QUESTION_KIND_VALUES };

    return texts[k];
}

static void put_state(struct rq *r, struct lf_buf *b, enum lf_answer_state s)
{
    static const struct {
        enum lf_text text;
        const char *tone, *sign;
    } states[LF_ANSWER_STATES] = {
        [LF_ANSWER_UNANSWERED] = { LF_T_QS_UNANSWERED, "warn", "…" },
        [LF_ANSWER_WAITING] = { LF_T_QS_WAITING, "warn", "?" },
        [LF_ANSWER_QUEUED] = { LF_T_QS_QUEUED, "warn", "…" },
        [LF_ANSWER_RUNNING] = { LF_T_QS_RUNNING, "warn", "…" },
        [LF_ANSWER_REFUSED] = { LF_T_QS_REFUSED, "bad", "✕" },
        [LF_ANSWER_ANSWERED] = { LF_T_QS_ANSWERED, "good", "✓" },
        [LF_ANSWER_PARTLY] = { LF_T_QS_PARTLY, "warn", "½" },
        [LF_ANSWER_EXPIRED] = { LF_T_QS_EXPIRED, "bad", "–" },
        [LF_ANSWER_WITHDRAWN] = { LF_T_QS_WITHDRAWN, "warn", "–" },
        [LF_ANSWER_PASSED] = { LF_T_QS_PASSED, "good", "→" },
    };

    badge(b, states[s].tone, states[s].sign, text(r, states[s].text));
}

static void put_asker(struct rq *r, struct lf_buf *b, const struct lf_question_row *q)
{
    if (q->origin.len)
        lf_html(b, "% <span class=\"quiet\">%</span>", V(q->asker_name), V(tier_text(r, q->asker_tier)));
    else
        lf_html(b, "%", T(QUESTION_OURS));
}

/* ---- the list, and the form that asks ---- */

static void put_number(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, int64_t value,
                       const char *bounds)
{
    lf_html(b,
            "<p><label for=\"q-%\">%</label><input id=\"q-%\" name=\"%\" type=\"number\" required "
            "value=\"%\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(number(r, value)),
            LF_RAW(lf_view_of(bounds)));
}

static void put_form(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/questions\">",
            T(QUESTION_NEW));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"q-name\">%</label><input id=\"q-name\" name=\"name\" required maxlength=\"200\" "
            "autocomplete=\"off\"></p><p><label for=\"q-why\">%</label><input id=\"q-why\" "
            "name=\"description\" maxlength=\"600\" autocomplete=\"off\"></p><p><label "
            "for=\"q-kind\">%</label><select id=\"q-kind\" name=\"kind\">",
            T(QUESTION_NAME), T(QUESTION_WHY), T(QUESTION_KIND));
    for (int k = 0; k < LF_QUESTION_KINDS; k++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(lf_question_kind_name((enum lf_question_kind)k)),
                V(text(r, kind_text((enum lf_question_kind)k))));
    lf_html(b,
            "</select></p><p><label for=\"q-text\">%</label><textarea id=\"q-text\" name=\"text\" required "
            "spellcheck=\"false\"></textarea></p>",
            T(QUESTION_TEXT));
    put_number(r, b, "days", LF_T_QUESTION_DAYS, 30, " min=\"1\" max=\"3660\"");
    put_number(r, b, "hours", LF_T_QUESTION_HOURS, 24, " min=\"1\" max=\"720\"");
    lf_html(b,
            "<p><label for=\"q-nodes\">%</label><textarea id=\"q-nodes\" name=\"nodes\" "
            "spellcheck=\"false\"></textarea></p><p><button>%</button></p></form></section>",
            T(QUESTION_NODES), T(QUESTION_ASK));
}

static void put_policy_form(struct rq *r, struct lf_buf *b, const struct lf_question_policy *p)
{
    static const struct {
        const char *value;
        enum lf_text text;
    } tells[LF_DISCLOSES] = { { "count", LF_T_QUESTION_TELLS_COUNT },
                              { "times", LF_T_QUESTION_TELLS_TIMES },
                              { "values", LF_T_QUESTION_TELLS_VALUES } };

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"/question-policy\">");
    put_csrf(r, b);
    lf_html(b, "<fieldset><legend>%</legend>", T(QUESTION_AUTOMATIC));
    for (int k = 0; k < LF_QUESTION_KINDS; k++)
        lf_html(b, "<label><input type=\"checkbox\" name=\"%\" value=\"1\"%> %</label> ",
                LF_HC(lf_question_kind_name((enum lf_question_kind)k)),
                LF_RAW(p->automatic & 1u << k ? LF_V(" checked") : LF_V("")),
                V(text(r, kind_text((enum lf_question_kind)k))));
    lf_html(b,
            "</fieldset><p><label for=\"q-disclose\">%</label><select id=\"q-disclose\" name=\"disclose\">",
            T(QUESTION_DISCLOSE));
    for (int d = 0; d < LF_DISCLOSES; d++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(tells[d].value),
                LF_RAW((int)p->disclose == d ? LF_V(" selected") : LF_V("")), V(text(r, tells[d].text)));
    lf_html(b, "</select></p>");
    put_number(r, b, "floor", LF_T_QUESTION_FLOOR, p->floor, " min=\"0\" max=\"1000000\"");
    put_number(r, b, "most_days", LF_T_QUESTION_MOST_DAYS, p->most_days, " min=\"1\" max=\"3660\"");
    lf_html(b,
            "<p><label><input type=\"checkbox\" name=\"named\" value=\"1\"%> %</label></p><p><button "
            "class=\"second\">%</button></p></form>",
            LF_RAW(p->named ? LF_V(" checked") : LF_V("")), T(QUESTION_NAMED), T(QUESTION_POLICY_SIGN));
}

static void put_tells(struct rq *r, struct lf_buf *b, const struct lf_question_policy *p)
{
    static const enum lf_text tells[LF_DISCLOSES] = { LF_T_QUESTION_TELLS_COUNT, LF_T_QUESTION_TELLS_TIMES,
                                                      LF_T_QUESTION_TELLS_VALUES };

    lf_html(b, "%", V(text(r, tells[p->disclose])));
    if (p->floor > 1)
        lf_html(b, "<br>%", V(fill1(r, LF_T_QUESTION_TELLS_FLOOR, "n", number(r, p->floor))));
}

static void put_list(struct rq *r, struct lf_buf *b, const struct lf_question_row *items, size_t n)
{
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(QUESTIONS), T(QUESTION_NAME), T(QUESTION_ASKER), T(QUESTION_KIND), T(QUESTION_STATE),
            T(QUESTION_EXPIRES));
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\"><span>",
                T(QUESTION_NAME), V(path2(r, "/questions/", items[i].id, "")), V(items[i].name),
                T(QUESTION_ASKER));
        put_asker(r, b, &items[i]);
        lf_html(b, "</span></td><td data-label=\"%\">%</td><td data-label=\"%\"><span>", T(QUESTION_KIND),
                V(text(r, kind_text(items[i].kind))), T(QUESTION_STATE));
        put_state(r, b, items[i].state);
        lf_html(b, "</span></td><td data-label=\"%\">", T(QUESTION_EXPIRES));
        put_when(r, b, items[i].expires);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

enum lf_code page_questions(struct rq *r)
{
    struct lf_question_policy p;
    struct lf_question_row *items;
    struct lf_page page;
    uint64_t before = 0;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    if (page.after.len && (!lf_view_u64(page.after, &before) || before > INT64_MAX))
        return lf_err_set(r->e, LF_BAD_INPUT, "that is no place in a list");
    LF_TRY(lf_question_list(r->t, (int64_t)before, LF_PAGE_USUAL, &n, &items, r->e));
    LF_TRY(lf_question_policy_get(r->t, &p, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_QUESTIONS), "/questions");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(QUESTIONS), T(QUESTIONS_HELP));
    if (n)
        put_list(r, &b, items, n);
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(QUESTIONS_NONE));
    if (n == LF_PAGE_USUAL)
        put_next(r, &b, lf_arena_printf(r->t->a, "%lld", (long long)items[n - 1].seq));
    LF_PUT(&b, "<div class=\"two\">");
    put_form(r, &b);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p><dl class=\"facts\">",
            T(QUESTION_POLICY), T(QUESTION_POLICY_HELP));
    if (p.id.len) {
        lf_html(&b, "<dt>%</dt><dd>% ", T(SIGNED_BY), V(account_name(r, p.signed_by)));
        put_when(r, &b, p.signed_at);
        LF_PUT(&b, "</dd>");
    } else {
        lf_html(&b, "<dt>%</dt><dd>%</dd>", T(SIGNED_BY), T(QUESTION_POLICY_NONE));
    }
    lf_html(&b, "<dt>%</dt><dd>", T(QUESTION_TELLS));
    put_tells(r, &b, &p);
    LF_PUT(&b, "</dd></dl>");
    if (may(r, SIGN))
        put_policy_form(r, &b, &p);
    LF_PUT(&b, "</section></div>");
    return end_page(r, &b, 200);
}

/* ---- one ---- */

static void put_count(struct rq *r, struct lf_buf *b, const struct lf_answer_seen *s)
{
    if (!s->told)
        LF_PUT(b, "–");
    else if (s->fewer)
        lf_html(b, "%", V(fill1(r, LF_T_QUESTION_FEWER, "n", number(r, s->count))));
    else
        lf_html(b, "%", V(number(r, s->count)));
}

static void put_seen_time(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    lf_html(b, "</td><td data-label=\"%\">", V(text(r, label)));
    if (at)
        put_when(r, b, at);
    else
        LF_PUT(b, "–");
}

static void put_part(struct rq *r, struct lf_buf *b, const struct lf_answer_part *p)
{
    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>%", T(QUESTION_NODE),
            V(p->name.len ? p->name : text(r, LF_T_QUESTION_UNNAMED)));
    if (p->tier.len)
        lf_html(b, " <span class=\"quiet\">%</span>", V(tier_text(r, p->tier)));
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(STATE));
    put_state(r, b, p->state);
    if (p->reason.len)
        lf_html(b, "<br><small>%</small>", V(p->reason));
    lf_html(b, "</span></td><td data-label=\"%\">", T(QUESTION_COUNT));
    put_count(r, b, &p->seen);
    put_seen_time(r, b, LF_T_QUESTION_FIRST, p->seen.first);
    put_seen_time(r, b, LF_T_QUESTION_LAST, p->seen.last);
    LF_PUT(b, "</td></tr>");
    for (size_t i = 0; i < p->nvalues && i < 100; i++) {
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><code>%</code></td><td></td><td data-label=\"%\">",
                T(QUESTION_NODE), V(p->values[i].value), T(QUESTION_COUNT));
        put_count(r, b, &p->values[i].seen);
        put_seen_time(r, b, LF_T_QUESTION_FIRST, p->values[i].seen.first);
        put_seen_time(r, b, LF_T_QUESTION_LAST, p->values[i].seen.last);
        LF_PUT(b, "</td></tr>");
    }
}

static void put_answers(struct rq *r, struct lf_buf *b, const struct lf_question_view *v)
{
    struct lf_text_value n[] = { { "seen", number(r, v->sum.seen) },
                                 { "answered", number(r, v->sum.answered) },
                                 { "asked", number(r, v->sum.asked) } };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><p>%", T(QUESTION_ANSWERS),
            V(lf_text_fill(r->t->a, LF_T_QUESTION_SUM, r->lang, n, 3)));
    if (v->sum.at_least)
        lf_html(b, " (%)", T(QUESTION_SUM_LEAST));
    lf_html(b,
            "</p><div class=\"scroll\"><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(QUESTION_ANSWERS), T(QUESTION_NODE), T(STATE), T(QUESTION_COUNT), T(QUESTION_FIRST),
            T(QUESTION_LAST));
    put_part(r, b, &v->own);
    for (size_t i = 0; i < v->nmembers; i++)
        put_part(r, b, &v->members[i]);
    LF_PUT(b, "</tbody></table></div></section>");
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_question_row *q)
{
    if (!q->origin.len) {
        if (lf_now(r->t->env) < q->expires)
            put_button(r, b, path2(r, "/questions/", q->id, "/withdraw"), LF_T_QUESTION_WITHDRAW, "second");
        return;
    }
    if (lf_answer_final(q->state) || !may(r, AUDIT))
        return;
    if (q->state == LF_ANSWER_WAITING)
        put_button(r, b, path2(r, "/questions/", q->id, "/accept"), LF_T_QUESTION_ACCEPT, "");
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/questions/", q->id, "/refuse")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"q-reason\">%</label><textarea id=\"q-reason\" name=\"reason\" required "
            "maxlength=\"600\"></textarea></p><p><button class=\"second\">%</button></p></form>",
            T(QUESTION_REFUSE_WHY), T(QUESTION_REFUSE));
}

enum lf_code page_question(struct rq *r)
{
    struct lf_question_view v;
    struct lf_question_policy p;
    const struct lf_question *q = &v.way.question;
    struct lf_text_value cost[2];
    struct lf_buf b;

    LF_TRY(lf_question_get(r->t, r->id, &v, r->e));
    LF_TRY(lf_question_policy_get(r->t, &p, r->e));
    cost[0] = (struct lf_text_value){ "mb", number(r, (q->most_bytes + (1 << 20) - 1) >> 20) };
    cost[1] = (struct lf_text_value){ "s", number(r, q->most_seconds) };
    begin_page(r, &b, v.row.name, "/questions");
    lf_html(&b, "<h1>% ", V(v.row.name));
    put_state(r, &b, v.row.state);
    lf_html(&b, "</h1><section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(QUESTION_ASKER));
    put_asker(r, &b, &v.row);
    if (q->why.len)
        lf_html(&b, "</dd><dt>%</dt><dd class=\"wrap\">%", T(QUESTION_WHY), V(q->why));
    lf_html(&b, "</dd><dt>%</dt><dd>", T(QUESTION_RANGE));
    put_when(r, &b, q->from);
    LF_PUT(&b, " – ");
    put_when(r, &b, q->until);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(QUESTION_EXPIRES));
    put_when(r, &b, v.row.expires);
    lf_html(&b, "</dd><dt>%</dt><dd>%", T(QUESTION_COST),
            V(lf_text_fill(r->t->a, LF_T_QUESTION_COST_OF, r->lang, cost, 2)));
    if (v.row.origin.len) {
        lf_html(&b, "</dd><dt>%</dt><dd>", T(QUESTION_TELLS));
        put_tells(r, &b, &p);
    }
    lf_html(&b, "</dd><dt>%</dt><dd class=\"wrap\"><pre>", V(text(r, kind_text(q->kind))));
    for (size_t i = 0; i < q->nvalues && i < 200; i++)
        lf_html(&b, "%\n", V(q->values[i]));
    lf_html(&b, "%</pre></dd></dl>", V(q->text));
    put_acts(r, &b, &v.row);
    LF_PUT(&b, "</section>");
    put_answers(r, &b, &v);
    return end_page(r, &b, 200);
}

/* ---- acts ---- */

enum lf_code page_question_ask(struct rq *r)
{
    lf_view id;

    LF_TRY(question_ask(r, &id));
    return redirect(r, path2(r, "/questions/", id, ""));
}

enum lf_code page_question_withdraw(struct rq *r)
{
    LF_TRY(lf_question_withdraw(r->t, r->id, r->e));
    return redirect(r, path2(r, "/questions/", r->id, ""));
}

enum lf_code page_question_accept(struct rq *r)
{
    LF_TRY(lf_question_decide(r->t, r->id, true, LF_V(""), r->e));
    return redirect(r, path2(r, "/questions/", r->id, ""));
}

enum lf_code page_question_refuse(struct rq *r)
{
    lf_view why;

    LF_TRY(need(r, "reason", &why));
    LF_TRY(lf_question_decide(r->t, r->id, false, why, r->e));
    return redirect(r, path2(r, "/questions/", r->id, ""));
}

/* What the form does not show stays as it was. */
enum lf_code page_question_policy_sign(struct rq *r)
{
    struct lf_question_policy p;
    lf_view disclose, floor, days, id, json;
    uint64_t n = 0, d = 0;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(lf_question_policy_get(r->t, &p, r->e));
    LF_TRY(need(r, "disclose", &disclose));
    LF_TRY(need(r, "floor", &floor));
    LF_TRY(need(r, "most_days", &days));
    if (!lf_view_u64(lf_view_trim(floor), &n) || !lf_view_u64(lf_view_trim(days), &d) || n > 1000000 ||
        d > 1000000)
        return lf_err_set(r->e, LF_BAD_INPUT, "the floor and the days are whole numbers");
    p.automatic = 0;
    for (int k = 0; k < LF_QUESTION_KINDS; k++)
        if (field(r, lf_question_kind_name((enum lf_question_kind)k)).len)
            p.automatic |= (1u << k) & p.kinds;
    p.disclose = lf_view_is(disclose, "count")    ? LF_DISCLOSE_COUNT
                 : lf_view_is(disclose, "values") ? LF_DISCLOSE_VALUES
                                                  : LF_DISCLOSE_TIMES;
    p.floor = (int64_t)n;
    p.most_days = (int64_t)d;
    p.named = field(r, "named").len > 0;
    lf_buf_init(&b, 16384);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_question_policy_json(&w, &p);
    lf_json_close(&w);
    json = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_question_policy_sign(r->t, json, &id, r->e));
    return redirect(r, LF_V("/questions"));
}
