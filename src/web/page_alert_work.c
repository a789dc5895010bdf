/* An alert's page, the parts people work in: what a correlation was made of, owner,
 * comments, closing with a verdict, merging, history. */
#include "fmt/uri.h"
#include "ident/account.h"
#include "soc/alert_work.h"
#include "web/page_priv.h"

static const enum lf_text verdicts[LF_VERDICTS] = { LF_T_VERDICT_NONE, LF_T_VERDICT_TRUE, LF_T_VERDICT_FALSE,
                                                    LF_T_VERDICT_BENIGN };

lf_view verdict_text(const struct rq *r, enum lf_verdict v)
{
    return text(r, verdicts[(unsigned)v < LF_VERDICTS ? v : 0]);
}

static lf_view who(struct rq *r, lf_view id)
{
    struct lf_account a;

    if (lf_view_is(id, "system"))
        return text(r, LF_T_BY_SYSTEM);
    return lf_account_colleague(r->t, id, &a, NULL) == LF_OK ? a.name : id;
}

/* ---- correlations ---- */

/* The archive's page with these events; the window, which begins at `from`, bounds the search. */
static lf_view search_link(struct rq *r, lf_view from, lf_view q)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 32768);
    LF_PUT(&b, "/search?q=");
    lf_uri_encode(&b, q);
    if (from.len) {
        LF_PUT(&b, "&from=");
        lf_uri_encode(&b, from);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static lf_view from_of(const struct lf_json *group)
{
    return lf_json_str(group, "from");
}

/* What the correlations it is over were made of: most of those raise no alert of their own. */
static void put_made_of(struct rq *r, struct lf_buf *b, const struct lf_json *group)
{
    const struct lf_json *made = lf_json_get(group, LF_V("made_of"));
    int64_t left = 0;

    if (lf_json_items(made) == 0)
        return;
    lf_html(b, "<p><strong>%</strong></p><ul>", T(MADE_OF));
    for (size_t i = 0; i < lf_json_items(made); i++) {
        const struct lf_json *one = lf_json_item(made, i);
        lf_view q = correlation_query(r, one), first = lf_json_str(one, "first"),
                last = lf_json_str(one, "last");
        lf_time from, to;
        int64_t n = 0;

        (void)lf_json_int(one, "count", &n);
        lf_html(b, "<li>% — ", V(title_text(r, lf_json_str(one, "title"))));
        if (q.len && may(r, JUDGE))
            lf_html(b, "<a href=\"%\">%</a>", V(search_link(r, first, q)),
                    V(fill1(r, LF_T_MADE_OF_N, "n", number(r, n))));
        else
            lf_html(b, "%", V(fill1(r, LF_T_MADE_OF_N, "n", number(r, n))));
        if (lf_time_parse(first, &from, NULL) == LF_OK && lf_time_parse(last, &to, NULL) == LF_OK) {
            LF_PUT(b, " (");
            put_when(r, b, from);
            LF_PUT(b, " – ");
            put_when(r, b, to);
            LF_PUT(b, ")");
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul>");
    if (lf_json_int(group, "made_of_left_out", &left) && left > 0)
        lf_html(b, "<p class=\"hint\">%</p>", V(fill1(r, LF_T_MADE_OF_MORE, "n", number(r, left))));
}

enum lf_code put_correlation(struct rq *r, struct lf_buf *b, lf_view alert, lf_view event)
{
    const struct lf_json *groups;
    size_t n = correlation_groups(r, event, &groups);

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *g = lf_json_item(groups, i), *by = lf_json_get(g, LF_V("group")),
                             *events = lf_json_get(g, LF_V("events"));
        lf_view q = correlation_query(r, g);

        lf_html(b, "<div class=\"behind\"><p><strong>%</strong> ", T(BEHIND));
        for (size_t k = 0; k < lf_json_members(by); k++)
            lf_html(b, "<code>%=%</code> ", V(lf_json_key(by, k)), V(lf_json_text(lf_json_member(by, k))));
        if (lf_json_items(events) && q.len && may(r, JUDGE))
            lf_html(b, "<a href=\"%\">%</a>", V(search_link(r, from_of(g), q)),
                    V(fill1(r, LF_T_BEHIND_ALL, "n", number(r, (int64_t)lf_json_items(events)))));
        LF_PUT(b, "</p><ul>");
        for (size_t k = 0; k < lf_json_items(events); k++) {
            lf_view at = lf_json_text(lf_json_item(events, k));
            struct lf_alert_behind *others;
            uint64_t position = 0;
            size_t m = 0;

            if (!lf_view_u64(at, &position))
                continue;
            LF_TRY(lf_alert_of_event(r->t, position, alert, &others, &m, r->e));
            LF_PUT(b, "<li>");
            if (may(r, JUDGE))
                lf_html(
                    b, "<a href=\"%\">%</a>",
                    V(search_link(r, from_of(g),
                                  lf_arena_printf(r->t->a, "_position=%llu", (unsigned long long)position))),
                    V(fill1(r, LF_T_EVENT_N, "n", at)));
            else
                lf_html(b, "%", V(fill1(r, LF_T_EVENT_N, "n", at)));
            for (size_t j = 0; j < m; j++)
                lf_html(b, " · <a href=\"%\">#% %</a>", V(path2(r, "/alerts/", others[j].id, "")),
                        V(number(r, (int64_t)others[j].number)), V(title_text(r, others[j].title)));
            LF_PUT(b, "</li>");
        }
        LF_PUT(b, "</ul>");
        put_made_of(r, b, g);
        LF_PUT(b, "</div>");
    }
    return LF_OK;
}

/* ---- acts ---- */

static void put_verdicts(struct rq *r, struct lf_buf *b, enum lf_verdict now)
{
    for (int i = 1; i < LF_VERDICTS; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_verdict_name((enum lf_verdict)i)),
                LF_RAW(lf_view_of(i == (int)now ? " selected" : "")), V(text(r, verdicts[i])));
}

static void put_owner_form(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    struct lf_account me;
    bool known = lf_account_get(r->t, r->t->scope.account, &me, NULL) == LF_OK;

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/alerts/", a->id, "/assign")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"owner\">%</label><input id=\"owner\" name=\"owner\" maxlength=\"64\" "
            "autocomplete=\"off\" value=\"%\" aria-describedby=\"oh\"></p><p id=\"oh\" class=\"hint\">%</p>"
            "<p><button class=\"second\">%</button></p></form>",
            T(OWNER), V(a->owner.len || !known ? a->owner : me.name), T(OWNER_HINT), T(ASSIGN));
}

void put_alert_acts(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    if (!may(r, TRIAGE))
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    if (a->state == LF_ALERT_NEW)
        put_button(r, b, path2(r, "/alerts/", a->id, "/acknowledge"), LF_T_ACKNOWLEDGE, "");
    if (a->state != LF_ALERT_CLOSED)
        put_owner_form(r, b, a);
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/alerts/", a->id, "/comment")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"comment\">%</label><textarea id=\"comment\" name=\"note\" required "
            "maxlength=\"1300\"></textarea></p><p><button class=\"second\">%</button></p></form>",
            T(COMMENT), T(COMMENT_ADD));
    if (a->state != LF_ALERT_CLOSED) {
        lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
                T(CLOSE_OPEN), V(path2(r, "/alerts/", a->id, "/close")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"verdict\">%</label><select id=\"verdict\" name=\"verdict\" required>"
                "<option value=\"\">%</option>",
                T(VERDICT), T(VERDICT_CHOOSE));
        put_verdicts(r, b, LF_VERDICT_NONE);
        lf_html(
            b,
            "</select></p><p><label for=\"note\">%</label><textarea id=\"note\" name=\"note\" "
            "maxlength=\"1300\"></textarea></p><p><button class=\"second\">%</button></p></form></details>",
            T(CLOSE_NOTE), T(CLOSE));
        lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
                T(MERGE_OPEN), V(path2(r, "/alerts/", a->id, "/merge")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"into\">%</label><input id=\"into\" name=\"into\" required maxlength=\"36\" "
                "autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"mh\"></p><p id=\"mh\" "
                "class=\"hint\">%</p><p><button class=\"second\">%</button></p></form></details>",
                T(MERGE_INTO), T(MERGE_HINT), T(MERGE));
    } else if (a->merged_into.len) {
        lf_html(b, "<p class=\"hint\">%</p>", T(UNMERGE_HINT));
        put_button(r, b, path2(r, "/alerts/", a->id, "/unmerge"), LF_T_UNMERGE, "second");
    } else {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/alerts/", a->id, "/verdict")));
        put_csrf(r, b);
        lf_html(b, "<p><label for=\"verdict\">%</label><select id=\"verdict\" name=\"verdict\">", T(VERDICT));
        put_verdicts(r, b, a->verdict);
        lf_html(b, "</select></p><p><button class=\"second\">%</button></p></form>", T(VERDICT_CHANGE));
    }
    LF_PUT(b, "</section>");
}

/* ---- history ---- */

static void put_work(struct rq *r, struct lf_buf *b, const struct lf_alert_work *w)
{
    static const enum lf_text words[] = { LF_T_NONE,        LF_T_DID_ACKNOWLEDGE, LF_T_DID_ASSIGN,
                                          LF_T_DID_COMMENT, LF_T_DID_CLOSE,       LF_T_DID_MERGE,
                                          LF_T_DID_MERGED,  LF_T_DID_VERDICT,     LF_T_DID_UNMERGE,
                                          LF_T_DID_UNMERGED };
    unsigned act = (unsigned)w->act < sizeof words / sizeof *words ? w->act : 0;
    lf_view note = w->note, word;
    enum lf_verdict v;

    LF_PUT(b, "<li><p>");
    put_when_zone(r, b, w->at);
    lf_html(b, " — <strong>%</strong> %", V(who(r, w->account)),
            V(text(r, w->act == LF_ACT_ASSIGN && !note.len ? LF_T_DID_UNASSIGN : words[act])));
    if (w->act == LF_ACT_MERGE || w->act == LF_ACT_MERGED || w->act == LF_ACT_UNMERGE ||
        w->act == LF_ACT_UNMERGED) {
        lf_html(b, " <a href=\"%\"><code>%</code></a></p></li>", V(path2(r, "/alerts/", note, "")), V(note));
        return;
    }
    if (w->act == LF_ACT_CLOSE || w->act == LF_ACT_VERDICT) {
        size_t colon = lf_view_find_byte(note, ':');

        word = colon == SIZE_MAX ? note : lf_view_first(note, colon);
        if (lf_verdict_parse(word, &v)) {
            lf_html(b, " — %", V(verdict_text(r, v)));
            note = colon == SIZE_MAX ? LF_V("") : lf_view_trim(lf_view_from(note, colon + 1));
        }
    }
    LF_PUT(b, "</p>");
    if (note.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(note));
    LF_PUT(b, "</li>");
}

enum lf_code put_alert_history(struct rq *r, struct lf_buf *b, const struct lf_alert *a)
{
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_alert_work *items;
    struct lf_alert *merged;
    size_t n, m;
    lf_view next;

    LF_TRY(lf_alert_history(r->t, a->id, &page, &items, &n, &next, r->e));
    LF_TRY(lf_alert_merged(r->t, a->id, &merged, &m, r->e));
    if (n == 0 && m == 0)
        return LF_OK;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(HISTORY));
    for (size_t i = 0; i < n; i++)
        put_work(r, b, &items[i]);
    LF_PUT(b, "</ol>");
    if (m) {
        lf_html(b, "<p>%</p><ul>", T(MERGED_HERE));
        for (size_t i = 0; i < m; i++) {
            lf_html(b, "<li><a href=\"%\">#% %</a> ", V(path2(r, "/alerts/", merged[i].id, "")),
                    V(number(r, (int64_t)merged[i].number)), V(alert_title(r, &merged[i])));
            if (may(r, TRIAGE) && !merged[i].withheld)
                put_button(r, b, path2(r, "/alerts/", merged[i].id, "/unmerge"), LF_T_UNMERGE, "second");
            LF_PUT(b, "</li>");
        }
        LF_PUT(b, "</ul>");
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

static enum lf_code back(struct rq *r)
{
    return redirect(r, path2(r, "/alerts/", r->id, "?done=1"));
}

enum lf_code page_alert_assign(struct rq *r)
{
    lf_view owner;

    LF_TRY(alert_owner(r, &owner));
    LF_TRY(lf_alert_assign(r->t, r->id, owner, r->e));
    return back(r);
}

enum lf_code page_alert_comment(struct rq *r)
{
    lf_view note;

    LF_TRY(need(r, "note", &note));
    LF_TRY(lf_alert_comment(r->t, r->id, note, r->e));
    return back(r);
}

enum lf_code page_alert_judge(struct rq *r)
{
    enum lf_verdict verdict;

    LF_TRY(alert_verdict(r, &verdict));
    LF_TRY(lf_alert_judge(r->t, r->id, verdict, r->e));
    LF_TRY(alert_judged(r));
    return back(r);
}

enum lf_code page_alert_merge(struct rq *r)
{
    lf_view into;

    LF_TRY(need(r, "into", &into));
    LF_TRY(lf_alert_merge(r->t, r->id, lf_view_trim(into), r->e));
    return redirect(r, path2(r, "/alerts/", lf_view_trim(into), "?done=1"));
}

enum lf_code page_alert_unmerge(struct rq *r)
{
    lf_view from;

    LF_TRY(lf_alert_unmerge(r->t, r->id, &from, r->e));
    return back(r);
}
