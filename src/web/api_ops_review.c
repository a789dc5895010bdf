/* The JSON API's part on operations reviews and their improvements. */
#include "web/ops_review.h"

#include "cert/exercise.h"
#include "cert/incident.h"
#include "fmt/csv.h"
#include "isac/news.h"
#include "web/api_priv.h"

enum { CSV_CELLS = 14, MOST = 32 << 20 };

/* ---- what is asked, and what the form or body says ---- */

static enum lf_code choice(struct rq *r, lf_view given, bool (*parse)(lf_view, int *), const char *says,
                           int *out)
{
    return !given.len || parse(given, out) ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "%s", says);
}

static enum lf_code area_of(struct rq *r, lf_view given, int *out)
{
    return choice(r, given, lf_improvement_area_parse,
                  "area is sharing, reporting, tracking, process or platform", out);
}

static enum lf_code state_of(struct rq *r, lf_view given, int *out)
{
    return choice(r, given, lf_improvement_state_parse, "state is open, done or dropped", out);
}

enum lf_code improvement_filter(struct rq *r, struct lf_improvement_filter *out)
{
    struct lf_improvement_filter f = { .state = -1,
                                       .area = -1,
                                       .late = lf_view_is(query(r, "overdue"), "1"),
                                       .review = lf_view_some(query(r, "review")),
                                       .earlier = lf_view_some(query(r, "earlier")) };

    LF_TRY(state_of(r, query(r, "state"), &f.state));
    LF_TRY(area_of(r, query(r, "area"), &f.area));
    *out = f;
    return LF_OK;
}

enum lf_code ops_review_add(struct rq *r, lf_view *id)
{
    struct lf_ops_review x = { .summary = lf_view_some(field(r, "summary")) };

    LF_TRY(need(r, "title", &x.title));
    LF_TRY(moment_field(r, "since", &x.since));
    LF_TRY(moment_field(r, "until", &x.until));
    return lf_ops_review_add(r->t, &x, id, r->e);
}

enum lf_code ops_review_change(struct rq *r)
{
    lf_view state = lf_view_some(field(r, "state"));

    if (state.len && !lf_view_is(state, "closed"))
        return lf_err_set(r->e, LF_BAD_INPUT, "operations review: state is closed, or left out");
    if (field(r, "title").ptr || field(r, "summary").ptr)
        LF_TRY(lf_ops_review_change(r->t, r->id, field(r, "title"), field(r, "summary"), r->e));
    else if (!state.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "operations review: nothing of it changes");
    return state.len ? lf_ops_review_close(r->t, r->id, r->e) : LF_OK;
}

/* Only what is there, and may be seen by who names it, is a source. */
static enum lf_code source_there(struct rq *r, enum lf_improvement_source source, lf_view ref)
{
    struct lf_err why = { 0 };
    enum lf_code rc = LF_OK;

    switch (source) {
    case LF_IMPROVEMENT_FREE:
        break;
    case LF_IMPROVEMENT_NEWS:
        rc = lf_news_get(r->t, ref, &(struct lf_news){ 0 }, &why);
        break;
    case LF_IMPROVEMENT_INCIDENT:
        rc = lf_incident_get(r->t, ref, &(struct lf_incident_full){ 0 }, &why);
        break;
    case LF_IMPROVEMENT_EXERCISE:
        rc = lf_exercise_get(r->t, ref, &(struct lf_exercise){ 0 }, &why);
        break;
    case LF_IMPROVEMENT_REVIEW:
        rc = lf_ops_review_get(r->t, ref, &(struct lf_ops_review){ 0 }, &why);
        break;
    }
    return rc == LF_OK ? LF_OK
                       : lf_err_set(r->e, LF_BAD_INPUT,
                                    "operations review: what the ref names is not there; give its id");
}

enum lf_code improvement_add(struct rq *r, lf_view *id)
{
    struct lf_improvement x = { .review = r->id,
                                .measure = lf_view_some(field(r, "measure")),
                                .owner = lf_view_some(field(r, "owner")),
                                .ref = lf_view_trim(lf_view_some(field(r, "ref"))) };
    int area = 0, source = LF_IMPROVEMENT_FREE;
    lf_view said;

    LF_TRY(need(r, "finding", &x.finding));
    LF_TRY(need(r, "area", &said));
    LF_TRY(area_of(r, said, &area));
    LF_TRY(choice(r, field(r, "source"), lf_improvement_source_parse,
                  "source is free, news, incident, exercise or review", &source));
    LF_TRY(moment_field(r, "due", &x.due));
    x.area = (enum lf_improvement_area)area;
    x.source = (enum lf_improvement_source)source;
    if (x.ref.len)
        LF_TRY(source_there(r, x.source, x.ref));
    return lf_improvement_add(r->t, &x, id, r->e);
}

enum lf_code improvement_change(struct rq *r)
{
    struct lf_improvement_change c = { .measure = field(r, "measure"),
                                       .owner = field(r, "owner"),
                                       .state = -1,
                                       .set_due = field(r, "due").ptr != NULL,
                                       .reason = lf_view_some(field(r, "reason")) };

    LF_TRY(state_of(r, field(r, "state"), &c.state));
    LF_TRY(moment_field(r, "due", &c.due));
    return lf_improvement_change(r->t, r->id, &c, r->e);
}

lf_view improvement_source_path(struct rq *r, const struct lf_improvement *x)
{
    static const char *const at[LF_IMPROVEMENT_SOURCES] = { "", "/news/", "/incidents/", "/exercises/",
                                                            "/ops-reviews/" };

    return x->source == LF_IMPROVEMENT_FREE
               ? LF_V("")
               : lf_arena_printf(r->t->a, "%s%.*s", at[x->source], LF_FMT(x->ref));
}

/* ---- answers ---- */

static void put_review(struct lf_json_w *w, const struct lf_ops_review *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "title", x->title);
    lf_json_put_time(w, "since", x->since);
    lf_json_put_time(w, "until", x->until);
    lf_json_put_cstr(w, "state", lf_ops_review_state_name(x->state));
    put_text(w, "summary", x->summary);
    lf_json_put_int(w, "improvements", x->all);
    lf_json_put_int(w, "open", x->open);
    lf_json_put_int(w, "overdue", x->late);
    lf_json_put_time(w, "made", x->made);
    lf_json_put_str(w, "by", x->by);
    lf_json_put_time(w, "closed", x->closed);
    put_text(w, "closed_by", x->closed_by);
}

static void put_improvement(struct lf_json_w *w, const struct lf_improvement *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "review", x->review);
    lf_json_put_str(w, "review_title", x->review_title);
    lf_json_put_cstr(w, "area", lf_improvement_area_name(x->area));
    lf_json_put_str(w, "finding", x->finding);
    lf_json_put_cstr(w, "source", lf_improvement_source_name(x->source));
    put_text(w, "ref", x->ref);
    put_text(w, "measure", x->measure);
    put_text(w, "owner", x->owner);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_bool(w, "overdue", x->late);
    lf_json_put_cstr(w, "state", lf_improvement_state_name(x->state));
    put_text(w, "reason", x->reason);
    lf_json_put_time(w, "ended", x->ended);
    lf_json_put_time(w, "made", x->made);
}

enum lf_code api_ops_reviews(struct rq *r)
{
    const struct lf_ops_review *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_ops_review_list(r->t, &page, &n, &list, &next, r->e));
    begin_list(&o, MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_review(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_ops_review(struct rq *r)
{
    struct lf_ops_review x;
    struct out o;

    LF_TRY(lf_ops_review_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_review(&o.w, &x);
    return end(r, &o, 200);
}

enum lf_code api_ops_review_add(struct rq *r)
{
    lf_view id;

    LF_TRY(ops_review_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_ops_review_change(struct rq *r)
{
    LF_TRY(ops_review_change(r));
    return api_ops_review(r);
}

static lf_view time_text(struct rq *r, lf_time at)
{
    return at ? lf_time_milli(at, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code list_csv(struct rq *r, const struct lf_improvement_filter *f)
{
    static const char *const head[CSV_CELLS] = { "id",     "review", "review_title", "area",  "finding",
                                                 "source", "ref",    "measure",      "owner", "due",
                                                 "state",  "reason", "ended",        "made" };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_improvement *list;
    struct lf_buf b;
    lf_view next;
    size_t n;

    lf_buf_init(&b, MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t k = 0; k < CSV_CELLS; k++)
        lf_csv_put(&b, lf_view_of(head[k]), k + 1 == CSV_CELLS);
    do {
        PUT_TRY(&b, lf_improvement_list(r->t, f, &page, &n, &list, &next, r->e));
        for (size_t i = 0; i < n; i++) {
            const struct lf_improvement *x = &list[i];
            const lf_view cells[CSV_CELLS] = { x->id,
                                               x->review,
                                               x->review_title,
                                               lf_view_of(lf_improvement_area_name(x->area)),
                                               x->finding,
                                               lf_view_of(lf_improvement_source_name(x->source)),
                                               x->ref,
                                               x->measure,
                                               x->owner,
                                               time_text(r, x->due),
                                               lf_view_of(lf_improvement_state_name(x->state)),
                                               x->reason,
                                               time_text(r, x->ended),
                                               time_text(r, x->made) };

            for (size_t k = 0; k < CSV_CELLS; k++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, lf_view_some(cells[k])), k + 1 == CSV_CELLS);
        }
        page.after = next;
    } while (next.len);
    return answer_csv(r, LF_V("improvements"), &b);
}

enum lf_code api_improvements(struct rq *r)
{
    const struct lf_improvement *list;
    struct lf_improvement_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(improvement_filter(r, &f));
    if (as_csv)
        return list_csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_improvement_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_improvement(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_improvement(struct rq *r)
{
    struct lf_improvement x;
    struct out o;

    LF_TRY(lf_improvement_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_improvement(&o.w, &x);
    return end(r, &o, 200);
}

enum lf_code api_improvement_add(struct rq *r)
{
    lf_view id;

    LF_TRY(improvement_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_improvement_change(struct rq *r)
{
    LF_TRY(improvement_change(r));
    return api_improvement(r);
}
