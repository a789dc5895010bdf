/* Operations reviews in the console: all, one with its improvements and those of earlier ones that are still
 * open, the list of improvements, and one of them. */
#include "web/ops_review.h"
#include "web/page_priv.h"

enum { ON_PAGE = LF_OPS_REVIEW_IMPROVEMENTS, EARLIER = 50 };

static const struct filter_choice areas[] = { { "sharing", LF_T_OPR_SHARING },
                                              { "reporting", LF_T_OPR_REPORTING },
                                              { "tracking", LF_T_OPR_TRACKING },
                                              { "process", LF_T_OPR_PROCESS },
                                              { "platform", LF_T_OPR_PLATFORM } };
static const struct filter_choice sources[] = { { "free", LF_T_OPR_FREE },
                                                { "news", LF_T_NEWS },
                                                { "incident", LF_T_INCIDENT },
                                                { "exercise", LF_T_EXERCISE },
                                                { "review", LF_T_OPR_OTHER } };
static const struct filter_choice states[] = { { "open", LF_T_OPR_OPEN },
                                               { "done", LF_T_OPR_DONE },
                                               { "dropped", LF_T_OPR_DROPPED } };

static void put_review_state(struct rq *r, struct lf_buf *b, const struct lf_ops_review *x)
{
    bool closed = x->state == LF_OPS_REVIEW_CLOSED;

    badge(b, closed ? "good" : "info", closed ? "✓" : "○",
          text(r, closed ? LF_T_OPR_CLOSED : LF_T_OPR_DRAFT));
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_improvement *x)
{
    static const char *const tones[LF_IMPROVEMENT_STATES] = { "info", "good", "" },
                             *const signs[LF_IMPROVEMENT_STATES] = { "○", "✓", "–" };

    badge(b, tones[x->state], signs[x->state], text(r, states[x->state].text));
    if (x->late)
        badge(b, "warn", "!", text(r, LF_T_OPR_LATE));
}

static void put_period(struct rq *r, struct lf_buf *b, const struct lf_ops_review *x)
{
    put_when_zone(r, b, x->since);
    LF_PUT(b, " – ");
    put_when_zone(r, b, x->until);
}

/* ---- all ---- */

static void put_count(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view review, const char *more,
                      int64_t n)
{
    lf_html(b, "<td class=\"num\" data-label=\"%\"><a href=\"/improvements?review=%\">%</a></td>",
            V(text(r, label)), V(lf_arena_printf(r->t->a, "%.*s%s", LF_FMT(review), more)), V(number(r, n)));
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next;
    const struct lf_ops_review *list;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_ops_review_list(r->t, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_OPS_REVIEWS), "/incidents");
    lf_html(
        &b,
        "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p><p><a href=\"/improvements\">%</a></p></div>",
        T(OPS_REVIEWS), T(OPR_LEAD), T(IMPROVEMENTS));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\">");
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\" "
                "class=\"num\">%</th><th scope=\"col\" class=\"num\">%</th><th scope=\"col\" "
                "class=\"num\">%</th></tr></thead><tbody>",
                T(OPS_REVIEWS), T(SEM_TITLE), T(OPR_PERIOD), T(STATE), T(IMPROVEMENTS), T(OPR_OPEN),
                T(OPR_LATE));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\"><span>",
                T(SEM_TITLE), V(path2(r, "/ops-reviews/", list[i].id, "")), V(list[i].title), T(OPR_PERIOD));
        put_period(r, &b, &list[i]);
        lf_html(&b, "</span></td><td data-label=\"%\"><span>", T(STATE));
        put_review_state(r, &b, &list[i]);
        LF_PUT(&b, "</span></td>");
        put_count(r, &b, LF_T_IMPROVEMENTS, list[i].id, "", list[i].all);
        put_count(r, &b, LF_T_OPR_OPEN, list[i].id, "&state=open", list[i].open);
        put_count(r, &b, LF_T_OPR_LATE, list[i].id, "&overdue=1", list[i].late);
        LF_PUT(&b, "</tr>");
    }
    if (n)
        LF_PUT(&b, "</tbody></table>");
    put_next_with(r, &b, "", next);
    LF_PUT(&b, "</section>");
    if (may(r, JUDGE)) {
        lf_html(&b, "<section class=\"panel no-print\"><h2>%</h2>", T(OPR_ADD));
        begin_post_form(r, &b, LF_V("/ops-reviews"));
        put_form_input(r, &b, "title", "title", LF_T_SEM_TITLE, LF_V(""), " required maxlength=\"66\"");
        put_form_input(r, &b, "title", "since", LF_T_OPR_SINCE, LF_V(""),
                       " required type=\"datetime-local\"");
        put_form_input(r, &b, "title", "until", LF_T_OPR_UNTIL, LF_V(""),
                       " required type=\"datetime-local\"");
        lf_html(&b, "<p><button>%</button></p></form></section>", T(OPR_ADD));
    }
    return end_page(r, &b, status);
}

enum lf_code page_ops_reviews(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_ops_review_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = ops_review_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/ops-reviews/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- improvements ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_improvement *list, size_t n,
                      enum lf_text caption)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, caption)), T(OPR_FINDING), T(OPR_AREA), T(OPR_SOURCE), T(OWNER), T(TASK_DUE), T(STATE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_improvement *x = &list[i];
        lf_view from = improvement_source_path(r, x);

        lf_html(
            b,
            "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\">%</td><td "
            "data-label=\"%\">",
            T(OPR_FINDING), V(path2(r, "/improvements/", x->id, "")), V(lf_utf8_first(x->finding, 200)),
            T(OPR_AREA), V(text(r, areas[x->area].text)), T(OPR_SOURCE));
        if (from.len)
            lf_html(b, "<a href=\"%\">%</a>", V(from), V(text(r, sources[x->source].text)));
        else
            lf_html(b, "%", T(OPR_FREE));
        lf_html(b, "</td><td data-label=\"%\">%</td><td data-label=\"%\"><span>", T(OWNER),
                V(x->owner.len ? x->owner : text(r, LF_T_NOBODY)), T(TASK_DUE));
        put_when_zone(r, b, x->due);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, x);
        LF_PUT(b, "</span></td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

enum lf_code page_improvements(struct rq *r)
{
    static const char *const fields[] = { "state", "area", "overdue", "review", "earlier" };
    lf_view next, again = query_again(r, fields, sizeof fields / sizeof *fields);
    const struct lf_improvement *list;
    struct lf_improvement_filter f;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(improvement_filter(r, &f));
    LF_TRY(lf_improvement_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_page(r, &b, text(r, LF_T_IMPROVEMENTS), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p><a href=\"/ops-reviews\">%</a> · <a "
            "href=\"/improvements?overdue=1\">%</a> · <a href=\"/api/v1/improvements?format=csv%\" "
            "download>CSV</a></p></div>",
            T(IMPROVEMENTS), T(OPS_REVIEWS), T(OPR_LATE), V(again));
    LF_PUT(&b, "<form class=\"filter\" method=\"get\" action=\"/improvements\">");
    put_filter_any(r, &b, "state", LF_T_STATE, states, LF_IMPROVEMENT_STATES);
    put_filter_any(r, &b, "area", LF_T_OPR_AREA, areas, LF_IMPROVEMENT_AREAS);
    lf_html(&b, "<p><button class=\"second\">%</button></p></form><section class=\"panel\">",
            T(UNIT_SEARCH_DO));
    put_table(r, &b, list, n, LF_T_IMPROVEMENTS);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), next);
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"lines wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_moment(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    if (!at)
        return;
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    put_when_zone(r, b, at);
    LF_PUT(b, "</dd>");
}

static void put_owner_due(struct rq *r, struct lf_buf *b, const char *mark, lf_view owner, lf_time due)
{
    put_form_input(r, b, mark, "owner", LF_T_OWNER, owner,
                   " maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\"");
    lf_html(b, "<p class=\"hint\">%</p>", T(OWNER_HINT));
    put_form_input(r, b, mark, "due", LF_T_TASK_DUE, moment_shown(r, due, true),
                   " type=\"datetime-local\" step=\"1\"");
}

static enum lf_code improvement_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), from;
    struct lf_improvement x;
    struct lf_buf b;

    LF_TRY(lf_improvement_get(r->t, r->id, &x, r->e));
    from = improvement_source_path(r, &x);
    begin_page(r, &b, text(r, LF_T_OPR_IMPROVEMENT), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", T(OPR_IMPROVEMENT));
    put_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/improvements\">%</a></p></div>", T(IMPROVEMENTS));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd><a href=\"%\">%</a></dd>",
            T(OPR_OF), V(path2(r, "/ops-reviews/", x.review, "")), V(x.review_title));
    put_fact(r, &b, LF_T_OPR_AREA, text(r, areas[x.area].text));
    put_fact(r, &b, LF_T_OPR_FINDING, x.finding);
    lf_html(&b, "<dt>%</dt><dd>", T(OPR_SOURCE));
    if (from.len)
        lf_html(&b, "<a href=\"%\">%</a>", V(from), V(text(r, sources[x.source].text)));
    else
        lf_html(&b, "%", T(OPR_FREE));
    LF_PUT(&b, "</dd>");
    put_fact(r, &b, LF_T_OPR_MEASURE, x.measure);
    put_fact(r, &b, LF_T_OWNER, x.owner.len ? x.owner : text(r, LF_T_NOBODY));
    put_moment(r, &b, LF_T_TASK_DUE, x.due);
    put_moment(r, &b, LF_T_OPR_ENDED, x.ended);
    put_fact(r, &b, LF_T_OPR_REASON, x.reason);
    LF_PUT(&b, "</dl></section>");
    if (may(r, JUDGE)) {
        lf_html(&b, "<section class=\"panel no-print\"><h2>%</h2>", T(OPR_UPDATE));
        begin_post_form(r, &b, path2(r, "/improvements/", x.id, ""));
        put_form_select(r, &b, "state", "i-state", "state", LF_T_STATE, states, LF_IMPROVEMENT_STATES,
                        lf_view_of(lf_improvement_state_name(x.state)));
        put_form_area(r, &b, "state", "i-reason", "reason", LF_T_OPR_REASON, LF_V(""));
        put_form_area(r, &b, "state", "i-measure", "measure", LF_T_OPR_MEASURE, x.measure);
        put_owner_due(r, &b, "state", x.owner, x.due);
        lf_html(&b, "<p><button>%</button></p></form></section>", T(OPR_UPDATE));
    }
    return end_page(r, &b, status);
}

enum lf_code page_improvement(struct rq *r)
{
    return improvement_page(r, 200);
}

enum lf_code page_improvement_change(struct rq *r)
{
    enum lf_code rc = improvement_change(r);

    return rc == LF_OK ? redirect(r, path2(r, "/improvements/", r->id, "?done=1"))
                       : page_again(r, rc, improvement_page);
}

/* ---- one review ---- */

static void put_add_form(struct rq *r, struct lf_buf *b, const struct lf_ops_review *x)
{
    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2>", T(OPR_IMP_ADD));
    begin_post_form(r, b, path2(r, "/ops-reviews/", x->id, "/improvements"));
    put_form_area(r, b, "finding", "i-finding", "finding", LF_T_OPR_FINDING, LF_V(""));
    put_form_select(r, b, "finding", "i-area", "area", LF_T_OPR_AREA, areas, LF_IMPROVEMENT_AREAS, LF_V(""));
    put_form_select(r, b, "finding", "i-source", "source", LF_T_OPR_SOURCE, sources, LF_IMPROVEMENT_SOURCES,
                    LF_V(""));
    put_form_input(r, b, "finding", "ref", LF_T_OPR_REF, LF_V(""), " maxlength=\"80\" spellcheck=\"false\"");
    put_form_area(r, b, "finding", "i-measure", "measure", LF_T_OPR_MEASURE, LF_V(""));
    put_owner_due(r, b, "finding", LF_V(""), 0);
    lf_html(b, "<p><button>%</button></p></form></section>", T(OPR_IMP_ADD));
}

static void put_forms(struct rq *r, struct lf_buf *b, const struct lf_ops_review *x)
{
    put_add_form(r, b, x);
    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2>", T(OPR_CHANGE));
    begin_post_form(r, b, path2(r, "/ops-reviews/", x->id, ""));
    put_form_input(r, b, "title", "title", LF_T_SEM_TITLE, x->title, " required maxlength=\"66\"");
    put_form_area(r, b, "title", "r-summary", "summary", LF_T_OPR_SUMMARY, x->summary);
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(OPR_CHANGE));
    if (may(r, ADMIN_ | LF_ROLE_REVIEWER)) {
        begin_post_form(r, b, path2(r, "/ops-reviews/", x->id, ""));
        lf_html(b,
                "<input type=\"hidden\" name=\"state\" value=\"closed\"><p class=\"hint\">%</p><p><button>%"
                "</button></p></form>",
                T(OPR_CLOSE_HINT), T(OPR_CLOSE));
    }
    LF_PUT(b, "</section>");
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next, more;
    struct lf_page most = { .limit = ON_PAGE }, few = { .limit = EARLIER };
    struct lf_improvement_filter of = { .state = -1, .area = -1, .review = r->id },
                                 earlier = { .state = LF_IMPROVEMENT_OPEN, .area = -1, .earlier = r->id };
    const struct lf_improvement *list, *before;
    struct lf_ops_review x;
    size_t n, nbefore;
    struct lf_buf b;

    LF_TRY(lf_ops_review_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_improvement_list(r->t, &of, &most, &n, &list, &next, r->e));
    LF_TRY(lf_improvement_list(r->t, &earlier, &few, &nbefore, &before, &more, r->e));
    begin_page(r, &b, x.title, "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.title));
    put_review_state(r, &b, &x);
    lf_html(&b, "</p><p><a href=\"/ops-reviews\">%</a></p></div>", T(OPS_REVIEWS));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(OPR_PERIOD));
    put_period(r, &b, &x);
    LF_PUT(&b, "</dd>");
    put_fact(r, &b, LF_T_OPR_SUMMARY, x.summary);
    put_fact(r, &b, LF_T_OPR_BY, account_name(r, x.by));
    if (x.closed)
        put_fact(r, &b, LF_T_OPR_CLOSED_BY, account_name(r, x.closed_by));
    put_moment(r, &b, LF_T_OPR_CLOSED_AT, x.closed);
    lf_html(&b, "</dl></section><section class=\"panel\"><h2>%</h2>", T(IMPROVEMENTS));
    put_table(r, &b, list, n, LF_T_IMPROVEMENTS);
    lf_html(&b,
            "<p><a href=\"/improvements?review=%\">%</a></p></section><section class=\"panel\"><h2>%</h2>",
            V(x.id), T(WK_ALL), T(OPR_EARLIER));
    put_table(r, &b, before, nbefore, LF_T_OPR_EARLIER);
    lf_html(&b, "<p><a href=\"/improvements?state=open&amp;earlier=%\">%</a></p></section>", V(x.id),
            T(WK_ALL));
    if (may(r, JUDGE) && x.state == LF_OPS_REVIEW_DRAFT)
        put_forms(r, &b, &x);
    return end_page(r, &b, status);
}

enum lf_code page_ops_review(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/ops-reviews/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_ops_review_change(struct rq *r)
{
    return done(r, ops_review_change(r));
}

enum lf_code page_improvement_add(struct rq *r)
{
    lf_view id;

    return done(r, improvement_add(r, &id));
}
