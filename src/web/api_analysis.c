/* The JSON API's part on analysis reports. */
#include "web/analysis.h"

#include "isac/advisory.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"
#include "web/statistic_text.h"
#include "web/written.h"

enum lf_code analysis_day(struct rq *r, lf_view text, lf_time *out)
{
    text = lf_view_trim(lf_view_some(text));
    *out = 0;
    if (!text.len)
        return LF_OK;
    if (text.len != 10 ||
        lf_time_parse(lf_arena_printf(r->t->a, "%.*sT00:00:00+08:00", LF_FMT(text)), out, r->e) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "a day is written 2026-12-31, not \"%.*s\"",
                          LF_FMT(lf_view_first(text, 40)));
    return LF_OK;
}

enum lf_code analysis_add(struct rq *r, lf_view *id)
{
    lf_view filter = lf_view_some(field(r, "filter")), title;
    struct lf_incident_filter f;

    LF_TRY(need(r, "title", &title));
    LF_TRY(incident_filter_read(r, filter, &f));
    return lf_analysis_add(r->t, title, filter, &f, id, r->e);
}

enum lf_code analysis_refresh(struct rq *r)
{
    struct lf_incident_filter f;
    struct lf_analysis x;
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    LF_TRY(incident_filter_read(r, x.form.filter, &f));
    return lf_analysis_refresh(r->t, r->id, seen, &f, r->e);
}

enum lf_code analysis_act(struct rq *r, enum lf_written_act act)
{
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    return lf_analysis_act(r->t, r->id, seen, act, field(r, "note"), r->e);
}

enum lf_code analysis_follow(struct rq *r)
{
    lf_view to = lf_view_some(field(r, "state"));
    enum lf_advice_state s = LF_ADVICE_OPEN;
    int64_t advice;

    LF_TRY(whole_field(r, "advice", &advice));
    while (s < LF_ADVICE_STATES && !lf_view_is(to, lf_advice_state_name(s)))
        s++;
    if (s == LF_ADVICE_STATES)
        return lf_err_set(r->e, LF_BAD_INPUT, "state is open, done or verified");
    return lf_analysis_follow(r->t, r->id, advice, s, field(r, "note"), r->e);
}

/* ---- an advisory ---- */

/* Numbers of which none is of so few cases that it points at one of them. */
static enum lf_code put_numbers(struct rq *r, struct lf_buf *b, const struct lf_analysis_facts *f)
{
    const struct lf_statistic_row *all, *rows;
    struct lf_statistic s = { .n = f->nrows, .rows = f->rows };
    size_t n, nall;
    int64_t *cells;
    bool *hidden;

    LF_TRY(statistic_say_classes(r, &s));
    all = statistic_rows_of(f->rows, f->nrows, LF_AXIS_ALL, &nall);
    rows = statistic_rows_of(f->rows, f->nrows, LF_AXIS_CLASS, &n);
    lf_buf_put(b, fill1(r, LF_T_AN_ADV_CASES, "n", number(r, nall ? all->cases : 0)));
    cells = LF_NEW(r->t->a, int64_t, n + 1);
    hidden = LF_NEW(r->t->a, bool, n + 1);
    for (size_t i = 0; i < n; i++)
        cells[i] = rows[i].cases;
    lf_statistic_withhold(cells, n, hidden);
    for (size_t i = 0; i < n; i++) {
        const struct lf_text_value v[] = { { "name", statistic_label(r, &rows[i]) },
                                           { "n", number(r, rows[i].cases) } };

        if (hidden[i] || !rows[i].cases)
            continue;
        LF_PUT(b, "\n");
        lf_buf_put(b, lf_text_fill(r->t->a, LF_T_AN_ADV_CLASS, r->lang, v, 2));
    }
    return LF_OK;
}

static enum lf_code fill_advisory(struct rq *r, const struct lf_analysis_facts *f, lf_view *texts, size_t n,
                                  enum lf_tlp tlp, struct lf_advisory_form *out)
{
    enum { LINE = 500, LONG = 20000 }; /* of an advisory's fields */
    struct lf_buf about, what;
    enum lf_code rc;

    lf_buf_init(&about, LONG * 4);
    lf_buf_init(&what, LONG * 8);
    rc = put_numbers(r, &about, f);
    for (size_t i = 1; i < n; i++) {
        struct lf_buf *b = i < 3 ? &about : &what;

        if (lf_buf_view(b).len)
            LF_PUT(b, "\n\n");
        lf_buf_put(b, texts[i]);
    }
    const struct {
        const char *key;
        lf_view value;
    } fields[] = { { "title", lf_utf8_first(texts[0], LINE) },
                   { "category", LF_V("statistics") },
                   { "description", lf_utf8_first(lf_buf_view(&about), LONG) },
                   { "measures", lf_utf8_first(lf_buf_view(&what), LONG) },
                   { "tlp", tlp == LF_TLP_STRICT ? LF_V("amber+strict") : LF_V("amber") } };
    for (size_t i = 0; i < sizeof fields / sizeof *fields && rc == LF_OK; i++)
        rc = lf_advisory_put(r->t->a, out, LF_ADVISORY_ANA, lf_advisory_field(lf_view_of(fields[i].key)),
                             lf_arena_copy(r->t->a, fields[i].value), r->e);
    lf_buf_clear(&about);
    lf_buf_clear(&what);
    return rc;
}

enum lf_code analysis_advise(struct rq *r, lf_view *advisory)
{
    struct lf_advisory_form form = { 0 };
    struct lf_analysis_facts f;
    struct lf_analysis x;
    enum lf_tlp tlp;
    lf_view *texts;
    size_t n = 3;

    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    if (!x.shown.title.len)
        return lf_err_set(r->e, LF_CONFLICT, "analysis: only what is out becomes an advisory");
    LF_TRY(lf_analysis_facts(r->t, &x, &x.shown, &f, r->e));
    texts = LF_NEW(r->t->a, lf_view, x.shown.nadvice + 3);
    texts[0] = x.shown.title;
    texts[1] = x.shown.findings;
    texts[2] = x.shown.evaluation;
    for (size_t i = 0; i < x.shown.nadvice; i++)
        texts[n++] = x.shown.advice[i].what;
    LF_TRY(lf_analysis_blur(r->t, &f, texts, n, &tlp, r->e));
    LF_TRY(fill_advisory(r, &f, texts, n, tlp, &form));
    return lf_advisory_draft(r->t, LF_ADVISORY_ANA, &form, false, advisory, r->e);
}

/* ---- answers ---- */

static void put_advice(struct rq *r, struct lf_json_w *w, const struct lf_analysis_form *f)
{
    lf_json_begin(w, "recommendations", '[');
    for (size_t i = 0; i < f->nadvice; i++) {
        const struct lf_analysis_advice *a = &f->advice[i];

        lf_json_open(w, '{');
        lf_json_put_int(w, "id", a->id);
        lf_json_put_str(w, "what", a->what);
        lf_json_put_str(w, "owner", a->owner);
        lf_json_put_str(w, "due", day_text(r, a->due));
        lf_json_put_cstr(w, "state", lf_advice_state_name(a->state));
        lf_json_put_bool(w, "overdue", a->overdue);
        lf_json_put_time(w, "at", a->at);
        put_text(w, "account", a->account);
        put_text(w, "note", a->note);
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_form(struct rq *r, struct lf_json_w *w, const struct lf_analysis_form *f)
{
    lf_json_put_str(w, "title", f->title);
    lf_json_put_str(w, "filter", f->filter);
    lf_json_put_str(w, "findings", f->findings);
    lf_json_put_str(w, "evaluation", f->evaluation);
    put_advice(r, w, f);
}

static void put_members(struct lf_json_w *w, const struct lf_analysis *x)
{
    put_written_members(w, &x->row);
    lf_json_put_int(w, "overdue", (int64_t)x->overdue);
}

static void put_rows(struct lf_json_w *w, const struct lf_analysis_facts *f)
{
    static const char *const took[3] = { "report_s", "review_s", "control_s" };

    lf_json_begin(w, "numbers", '[');
    for (size_t i = 0; i < f->nrows; i++) {
        const struct lf_statistic_row *x = &f->rows[i];

        lf_json_open(w, '{');
        lf_json_put_cstr(w, "by", lf_statistic_axis_name(x->axis));
        lf_json_put_int(w, "number", x->number);
        put_text(w, "name", x->name);
        lf_json_put_int(w, "cases", x->cases);
        lf_json_put_int(w, "late", x->late);
        for (int k = 0; k < 3; k++) {
            lf_json_begin(w, took[k], '{');
            lf_json_put_int(w, "cases", x->n[k]);
            lf_json_put_int(w, "sum", x->sum_s[k]);
            lf_json_put_int(w, "median", x->median_s[k]);
            lf_json_put_int(w, "p90", x->p90_s[k]);
            lf_json_close(w);
        }
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_facts(struct lf_json_w *w, const struct lf_analysis_facts *f)
{
    lf_json_put_time(w, "looked_at", f->at);
    put_rows(w, f);
    lf_json_begin(w, "incidents", '[');
    for (size_t i = 0; i < f->ncases; i++) {
        const struct lf_analysis_case *c = &f->cases[i];

        lf_json_open(w, '{');
        lf_json_put_str(w, "id", c->id);
        put_text(w, "number", c->number);
        lf_json_put_str(w, "title", c->title);
        lf_json_put_int(w, "level", c->level);
        put_text(w, "category", c->category);
        lf_json_put_time(w, "aware_at", c->aware);
        lf_json_put_bool(w, "late", c->late);
        put_text(w, "cause", c->cause);
        put_text(w, "cause_text", c->said);
        put_text(w, "measures", c->measures);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_put_int(w, "hidden", (int64_t)f->hidden);
    lf_json_begin(w, "repeats", '[');
    for (size_t i = 0; i < f->nrepeats; i++) {
        lf_json_open(w, '{');
        lf_json_put_cstr(w, "what", lf_analysis_kind_name(f->repeats[i].kind));
        lf_json_put_str(w, "value", f->repeats[i].value);
        lf_json_begin(w, "incidents", '[');
        for (size_t k = 0; k < f->repeats[i].n; k++)
            lf_json_put_str(w, NULL, f->cases[f->repeats[i].cases[k]].id);
        lf_json_close(w);
        lf_json_close(w);
    }
    lf_json_close(w);
}

enum lf_code api_analyses(struct rq *r)
{
    const struct lf_analysis *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    int state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(written_state(r, &state));
    LF_TRY(lf_analysis_list(r->t, state, &page, &n, &list, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_members(&o.w, &list[i]);
        lf_json_put_str(&o.w, "title", list[i].form.title);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_analysis(struct rq *r)
{
    lf_view format = lf_view_some(query(r, "format"));
    struct lf_analysis_facts f;
    struct lf_analysis x;
    struct out o;

    if (format.len && !lf_view_is(format, "json") && !lf_view_is(format, "pdf"))
        return lf_err_set(r->e, LF_BAD_INPUT, "format is json or pdf");
    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    if (lf_view_is(format, "pdf"))
        return paper_analysis(r, &x);
    LF_TRY(lf_analysis_facts(r->t, &x, &x.form, &f, r->e));
    begin(&o);
    put_members(&o.w, &x);
    put_form(r, &o.w, &x.form);
    put_facts(&o.w, &f);
    if (x.row.state != LF_WRITTEN_PUBLISHED && x.shown.title.len) {
        lf_json_begin(&o.w, "out", '{');
        put_form(r, &o.w, &x.shown);
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_analysis_history(struct rq *r)
{
    const struct lf_analysis_entry *list;
    struct out o;
    size_t n;

    LF_TRY(lf_analysis_history(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_written_entry_members(&o.w, &list[i].entry);
        if (list[i].form.title.len)
            put_form(r, &o.w, &list[i].form);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_analysis_add(struct rq *r)
{
    lf_view id;

    LF_TRY(analysis_add(r, &id));
    return say_id(r, 201, id);
}

static enum lf_code read_advice(struct rq *r, const struct lf_json *list, struct lf_analysis_form *f)
{
    size_t n = lf_json_items(list);

    if (lf_json_kind(list) != LF_JSON_ARRAY)
        return lf_err_set(r->e, LF_BAD_INPUT, "analysis: recommendations is a list");
    if (n > LF_ANALYSIS_ADVICE)
        return lf_err_set(r->e, LF_BAD_INPUT, "analysis: at most %d recommendations", LF_ANALYSIS_ADVICE);
    f->advice = LF_NEW(r->t->a, struct lf_analysis_advice, n + 1);
    f->nadvice = n;
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *v = lf_json_item(list, i);
        struct lf_analysis_advice *a = &f->advice[i];

        *a = (struct lf_analysis_advice){ .what = lf_json_str(v, "what"), .owner = lf_json_str(v, "owner") };
        if (lf_json_get(v, LF_V("id")) && !lf_json_int(v, "id", &a->id))
            return lf_err_set(r->e, LF_BAD_INPUT, "analysis: a recommendation's id is a number");
        LF_TRY(analysis_day(r, lf_json_str(v, "due"), &a->due));
    }
    return LF_OK;
}

enum lf_code api_analysis_write(struct rq *r)
{
    const struct lf_json *advice = lf_json_get(r->json, LF_V("recommendations"));
    lf_view title = field(r, "title"), findings = field(r, "findings"), evaluation = field(r, "evaluation");
    struct lf_analysis x;
    int64_t seen;

    LF_TRY(whole_field(r, "entries", &seen));
    LF_TRY(lf_analysis_get(r->t, r->id, &x, r->e));
    x.form.title = title.ptr ? title : x.form.title;
    x.form.findings = findings.ptr ? findings : x.form.findings;
    x.form.evaluation = evaluation.ptr ? evaluation : x.form.evaluation;
    if (advice)
        LF_TRY(read_advice(r, advice, &x.form));
    LF_TRY(lf_analysis_write(r->t, r->id, seen, &x.form, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_refresh(struct rq *r)
{
    LF_TRY(analysis_refresh(r));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_submit(struct rq *r)
{
    LF_TRY(analysis_act(r, LF_WRITTEN_SUBMIT));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_return(struct rq *r)
{
    LF_TRY(analysis_act(r, LF_WRITTEN_RETURN));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_publish(struct rq *r)
{
    LF_TRY(analysis_act(r, LF_WRITTEN_PUBLISH));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_withdraw(struct rq *r)
{
    LF_TRY(analysis_act(r, LF_WRITTEN_WITHDRAW));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_follow(struct rq *r)
{
    LF_TRY(analysis_follow(r));
    return answer_empty(r, 204);
}

enum lf_code api_analysis_advise(struct rq *r)
{
    lf_view id;

    LF_TRY(analysis_advise(r, &id));
    return say_id(r, 201, id);
}
