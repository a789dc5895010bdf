/* Exclusions in the console: proposed by verdicts, confirmed, counted and ended by people. */
#include "ident/account.h"
#include "soc/exclusion.h"
#include "web/page_priv.h"

static void put_pair(struct rq *r, struct lf_buf *b, lf_view rule, lf_view host)
{
    lf_html(
        b,
        "<input type=\"hidden\" name=\"rule\" value=\"%\"><input type=\"hidden\" name=\"host\" value=\"%\">",
        V(rule), V(host));
    put_csrf(r, b);
}

static void put_end(struct rq *r, struct lf_buf *b, lf_view rule, lf_view host, enum lf_text label)
{
    LF_PUT(b, "<form class=\"inline\" method=\"post\" action=\"/exclusions/end\">");
    put_pair(r, b, rule, host);
    lf_html(b, "<button class=\"second\">%</button></form>", V(text(r, label)));
}

/* `nth` keeps the names of the fields of several forms apart. */
static void put_confirm(struct rq *r, struct lf_buf *b, lf_view rule, lf_view host, lf_view note, size_t nth)
{
    static const struct {
        const char *days;
        enum lf_text text;
    } spans[] = {
        { "30", LF_T_SPAN_MONTH }, { "7", LF_T_SPAN_WEEK }, { "90", LF_T_SPAN_90D }, { "0", LF_T_FOR_GOOD }
    };
    lf_view n = number(r, (int64_t)nth);

    LF_PUT(b, "<form class=\"stack\" method=\"post\" action=\"/exclusions\">");
    put_pair(r, b, rule, host);
    lf_html(b, "<p><label for=\"xd%\">%</label><select id=\"xd%\" name=\"days\">", V(n), T(TUNING_UNTIL),
            V(n));
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(spans[i].days), V(text(r, spans[i].text)));
    lf_html(b,
            "</select></p><p><label for=\"xn%\">%</label><textarea id=\"xn%\" name=\"note\" required "
            "maxlength=\"600\">%</textarea></p><p><button>%</button></p></form>",
            V(n), T(TUNING_NOTE), V(n), V(note), T(EXCLUDE));
    put_end(r, b, rule, host, LF_T_EXCLUDE_NOT);
}

/* Which alerts say so, and who said it. */
static enum lf_code put_verdicts(struct rq *r, struct lf_buf *b, lf_view rule, lf_view host)
{
    struct lf_exclusion_verdict *v;
    size_t n;

    LF_TRY(lf_exclusion_verdicts(r->t, rule, host, &v, &n, r->e));
    LF_PUT(b, "<ul>");
    for (size_t i = 0; i < n; i++) {
        struct lf_account who;
        bool known = lf_account_get(r->t, v[i].account, &who, NULL) == LF_OK;

        lf_html(b, "<li><a href=\"%\">#%</a> % — % ", V(path2(r, "/alerts/", v[i].alert, "")),
                V(number(r, v[i].number)),
                V(verdict_text(r, v[i].wrong ? LF_VERDICT_FALSE : LF_VERDICT_TRUE)),
                V(known                                ? who.name
                  : lf_view_is(v[i].account, "system") ? text(r, LF_T_BY_SYSTEM)
                                                       : v[i].account));
        put_when(r, b, v[i].at);
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul>");
    return LF_OK;
}

static lf_view where(struct rq *r, lf_view host)
{
    return host.len ? host : text(r, LF_T_EXCLUSION_NO_HOST);
}

enum lf_code put_exclusion(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    struct lf_exclusion x = { 0 };
    enum lf_code rc = lf_exclusion_get(r->t, a->rule, a->host, &x, r->e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (!x.in_force && (a->verdict != LF_VERDICT_FALSE || x.changed >= a->handled_at || !may(r, TRIAGE)))
        return LF_OK;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(EXCLUSION));
    if (x.in_force) {
        lf_html(b, "<p>%</p><p class=\"wrap\">%</p><p>%</p>",
                V(fill1(r, LF_T_EXCLUSION_HOLDS, "host", where(r, a->host))),
                V(fill1(r, LF_T_TUNING_WHY, "note", x.note)),
                V(fill1(r, LF_T_KEPT_BACK_N, "n", number(r, x.kept_back))));
        if (may(r, TRIAGE))
            put_end(r, b, a->rule, a->host, LF_T_EXCLUSION_END);
    } else {
        struct lf_exclusion_verdict *v;
        size_t n, right = 0;

        LF_TRY(lf_exclusion_verdicts(r->t, a->rule, a->host, &v, &n, r->e));
        for (size_t i = 0; i < n; i++)
            right += !v[i].wrong;
        if (right)
            lf_html(b, "<p class=\"say warn\"><span aria-hidden=\"true\">!</span> %</p>",
                    V(fill1(r, LF_T_EXCLUSION_DISPUTED, "n", number(r, (int64_t)right))));
        else
            lf_html(b, "<p>%</p>", V(fill1(r, LF_T_EXCLUSION_PROPOSED, "host", where(r, a->host))));
        LF_TRY(put_verdicts(r, b, a->rule, a->host));
        put_confirm(r, b, a->rule, a->host, a->note, 0);
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

static enum lf_code put_proposals(struct rq *r, struct lf_buf *b, bool disputed, size_t *nth)
{
    struct lf_exclusion_proposal *p;
    size_t n;

    LF_TRY(lf_exclusion_proposals(r->t, disputed, &p, &n, r->e));
    for (size_t i = 0; i < n; i++) {
        const struct lf_text_value values[] = { { "n", number(r, p[i].verdicts) },
                                                { "people", number(r, p[i].people) },
                                                { "against", number(r, p[i].against) } };

        lf_html(b, "<details><summary>%：% — %</summary><p><code>%</code></p>",
                V(lf_text_fill(r->t->a, disputed ? LF_T_EXCLUSION_SPLIT : LF_T_EXCLUSION_VERDICTS, r->lang,
                               values, sizeof values / sizeof *values)),
                V(title_text(r, p[i].title)), V(where(r, p[i].host)), V(p[i].rule));
        LF_TRY(put_verdicts(r, b, p[i].rule, p[i].host));
        if (may(r, TRIAGE) && !disputed)
            put_confirm(r, b, p[i].rule, p[i].host, LF_V(""), (*nth)++);
        LF_PUT(b, "</details>");
    }
    return LF_OK;
}

enum lf_code put_exclusions(struct rq *r, struct lf_buf *b)
{
    const struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_exclusion *items;
    size_t n, nth = 1;
    lf_view next;

    LF_TRY(lf_exclusion_list(r->t, &page, &items, &n, &next, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p>", T(EXCLUSIONS),
            T(EXCLUSIONS_HELP));
    LF_TRY(put_proposals(r, b, false, &nth));
    LF_TRY(put_proposals(r, b, true, &nth));
    for (size_t i = 0; i < n; i++) {
        if (!items[i].in_force)
            continue;
        lf_html(b, "<p class=\"wrap\"><code>%</code> — %<br>%<br>% ", V(items[i].rule),
                V(where(r, items[i].host)), V(items[i].note),
                V(fill1(r, LF_T_KEPT_BACK_N, "n", number(r, items[i].kept_back))));
        if (items[i].until) {
            lf_html(b, "% ", T(TUNING_UNTIL));
            put_when(r, b, items[i].until);
        }
        LF_PUT(b, "</p>");
        if (may(r, TRIAGE))
            put_end(r, b, items[i].rule, items[i].host, LF_T_EXCLUSION_END);
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_exclusion_set(struct rq *r)
{
    lf_view rule;

    LF_TRY(need(r, "rule", &rule));
    LF_TRY(exclusion_set(r, rule, field(r, "host")));
    return redirect(r, LF_V("/tunings?done=1"));
}

enum lf_code page_exclusion_end(struct rq *r)
{
    lf_view rule;

    LF_TRY(need(r, "rule", &rule));
    LF_TRY(lf_exclusion_end(r->t, rule, field(r, "host"), LF_V(""), r->e));
    return redirect(r, LF_V("/tunings?done=1"));
}
