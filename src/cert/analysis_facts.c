/* What there is to know of a set of incidents: found once and kept, and read without what must not be seen.
 */
#include "cert/analysis_priv.h"
#include "cert/article_priv.h"
#include "cert/incident_priv.h"
#include "cert/report.h"
#include "store/query_analysis.h"
#include "store/query_incident.h"

enum {
    LOOK = 5000, /* rows of the list, exercises and others among them, that are gone through for a set */
    FACTS_BYTES = 4 << 20,
    CAUSE_BYTES = 600,
    MEASURES_BYTES = 1500,
    SEEN_OF_ONE = 64 /* observables of one incident that are held against the others' */
};

const char *lf_analysis_kind_name(enum lf_analysis_kind k)
{
    static const char *const names[LF_REPEATS_KINDS] = { "cause", "agency", "observable" };

    return names[k];
}

/* ---- the set ---- */

struct set {
    size_t n;
    lf_view ids[LF_ANALYSIS_CASES];
    struct lf_statistic_each each[LF_ANALYSIS_CASES];
};

static enum lf_code too_big(struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG,
                      "analysis: a report is of at most %d incidents; ask for a shorter time, a level or a "
                      "class",
                      LF_ANALYSIS_CASES);
}

static enum lf_code choose(struct lf_task *t, const struct lf_incident_filter *f, struct set *out,
                           struct lf_err *e)
{
    struct lf_incident_filter own = *f;
    struct lf_incident_page list = { 0 };
    size_t looked = 0;

    if (f->exercise.len)
        return lf_err_set(e, LF_BAD_INPUT, "analysis: exercises are in no report");
    /* Of the two ways to ask, the one that goes with what is asked. */
    own.counted = !f->words.len && !f->clock.len && f->clock_state == LF_DEADLINE_ANY && !f->active;
    if (!own.counted)
        own.sector = 0; /* told apart by what is counted of each */
    do {
        const struct lf_page page = { .after = list.next, .limit = LF_PAGE_MOST };

        LF_TRY(lf_incident_list(t, &own, &page, &list, e));
        looked += list.n;
        for (size_t i = 0; i < list.n; i++) {
            if (list.items[i].exercise || list.items[i].tlp == LF_TLP_RED)
                continue;
            if (out->n == LF_ANALYSIS_CASES)
                return too_big(e);
            out->ids[out->n++] = list.items[i].id;
        }
        if (looked > LOOK)
            return too_big(e);
    } while (list.next.len);
    return LF_OK;
}

/* ---- what repeats ---- */

struct item {
    enum lf_analysis_kind kind;
    lf_view value;
    size_t at; /* which case */
};
struct items {
    struct lf_arena *a;
    struct item *of;
    size_t n, cap;
};

static void add_item(struct items *x, enum lf_analysis_kind kind, lf_view value, size_t at)
{
    value = lf_view_trim(lf_view_some(value));
    if (!value.len || lf_view_is(value, "unknown"))
        return;
    x->of = lf_arena_grow(x->a, x->of, x->n, &x->cap, sizeof *x->of);
    x->of[x->n++] = (struct item){ kind, lf_arena_copy(x->a, lf_utf8_first(value, LF_ANALYSIS_LINE)), at };
}

static int by_value(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int c = a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : lf_view_cmp(a->value, b->value);

    return c ? c : a->at < b->at ? -1 : a->at > b->at;
}

struct run {
    size_t from, n;
};

static int by_count(const void *x, const void *y)
{
    const struct run *a = x, *b = y;

    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

static void put_repeats(struct lf_task *t, struct lf_json_w *w, struct items *x)
{
    struct run *runs = LF_NEW(t->a, struct run, x->n + 1);
    size_t n = 0, kept = 0;

    if (x->n)
        qsort(x->of, x->n, sizeof *x->of, by_value);
    for (size_t i = 0; i < x->n; i++) { /* each once of a case */
        if (kept && by_value(&x->of[kept - 1], &x->of[i]) == 0)
            continue;
        x->of[kept++] = x->of[i];
    }
    for (size_t i = 0; i < kept; i++) {
        bool same = n && x->of[runs[n - 1].from].kind == x->of[i].kind &&
                    lf_view_eq(x->of[runs[n - 1].from].value, x->of[i].value);

        if (!same)
            runs[n++] = (struct run){ .from = i };
        runs[n - 1].n++;
    }
    if (n)
        qsort(runs, n, sizeof *runs, by_count);
    lf_json_begin(w, "repeats", '[');
    for (size_t i = 0; i < n && i < LF_ANALYSIS_REPEATS && runs[i].n > 1; i++) {
        lf_json_open(w, '{');
        lf_json_put_int(w, "kind", x->of[runs[i].from].kind);
        lf_json_put_str(w, "value", x->of[runs[i].from].value);
        lf_json_begin(w, "cases", '[');
        for (size_t k = 0; k < runs[i].n; k++)
            lf_json_put_int(w, NULL, (int64_t)x->of[runs[i].from + k].at);
        lf_json_close(w);
        lf_json_close(w);
    }
    lf_json_close(w);
}

/* ---- taking ---- */

static lf_view measures_of(struct lf_task *t, const struct lf_incident_full *x, const struct lf_json *values)
{
    static const char *const fields[] = { "containment", "solution", "remedies" };
    lf_view out = lf_view_trim(lf_view_some(x->state.measures_taken));

    out = lf_utf8_first(out, MEASURES_BYTES);
    for (size_t i = 0; i < sizeof fields / sizeof *fields && out.len < MEASURES_BYTES; i++) {
        lf_view one = lf_utf8_first(lf_view_trim(lf_view_some(lf_json_str(values, fields[i]))),
                                    MEASURES_BYTES - out.len);

        if (one.len)
            out = lf_arena_printf(t->a, "%.*s%s%.*s", LF_FMT(out), out.len ? "\n" : "", LF_FMT(one));
    }
    return out;
}

static void put_case(struct lf_task *t, struct lf_json_w *w, const struct lf_form *f,
                     const struct lf_incident_full *x, bool late, size_t at, struct items *repeats)
{
    const struct lf_json *values = lf_report_values(t, f, x);
    const struct lf_observable *seen;
    size_t n = incident_observables(t, x, &seen);

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", x->row.id);
    lf_json_put_str(w, "number", lf_report_number(x));
    lf_json_put_int(w, "level", x->row.level);
    lf_json_put_str(w, "category", lf_view_some(x->row.category));
    lf_json_put_int(w, "aware", x->row.aware_at);
    lf_json_put_bool(w, "late", late);
    lf_json_put_str(w, "cause", lf_view_some(lf_json_str(values, "cause")));
    lf_json_put_str(
        w, "said", lf_utf8_first(lf_view_trim(lf_view_some(lf_json_str(values, "cause_text"))), CAUSE_BYTES));
    lf_json_put_str(w, "measures", measures_of(t, x, values));
    lf_json_close(w);
    add_item(repeats, LF_REPEATS_CAUSE, lf_json_str(values, "cause"), at);
    add_item(repeats, LF_REPEATS_AGENCY, lf_json_str(values, "agency"), at);
    for (size_t i = 0; i < n && i < SEEN_OF_ONE; i++)
        add_item(repeats, LF_REPEATS_OBSERVABLE, seen[i].value, at);
}

static void put_row(struct lf_json_w *w, const struct lf_statistic_row *row)
{
    lf_json_open(w, '{');
    lf_json_put_int(w, "axis", row->axis);
    lf_json_put_int(w, "number", row->number);
    lf_json_put_str(w, "name", lf_view_some(row->name));
    lf_json_put_str(w, "zh", lf_view_some(row->zh));
    lf_json_put_str(w, "en", lf_view_some(row->en));
    lf_json_put_int(w, "cases", row->cases);
    lf_json_put_int(w, "late", row->late);
    lf_json_begin(w, "took", '[');
    for (int k = 0; k < 3; k++) {
        lf_json_put_int(w, NULL, row->n[k]);
        lf_json_put_int(w, NULL, row->sum_s[k]);
        lf_json_put_int(w, NULL, row->median_s[k]);
        lf_json_put_int(w, NULL, row->p90_s[k]);
    }
    lf_json_close(w);
    lf_json_close(w);
}

static enum lf_code put_facts(struct lf_task *t, struct lf_json_w *w, const struct set *s,
                              const struct lf_statistic *numbers, struct lf_err *e)
{
    struct items repeats = { .a = t->a };
    struct lf_form form;
    size_t at = 0;

    LF_TRY(lf_report_form(t, &form, e));
    lf_json_open(w, '{');
    lf_json_put_int(w, "at", lf_now(t->env));
    lf_json_begin(w, "rows", '[');
    for (size_t i = 0; i < numbers->n; i++)
        put_row(w, &numbers->rows[i]);
    lf_json_close(w);
    lf_json_begin(w, "cases", '[');
    for (size_t i = 0; i < s->n; i++) {
        struct lf_incident_full x;

        if (!s->each[i].counted)
            continue;
        LF_TRY(lf_incident_get(t, s->ids[i], &x, e));
        put_case(t, w, &form, &x, s->each[i].late, at++, &repeats);
    }
    lf_json_close(w);
    put_repeats(t, w, &repeats);
    lf_json_close(w);
    return LF_OK;
}

enum lf_code analysis_take(struct lf_task *t, const struct lf_incident_filter *f, lf_view *json,
                           struct lf_err *e)
{
    struct set *s = LF_NEW(t->a, struct set, 1);
    struct lf_statistic numbers;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    *s = (struct set){ 0 };
    LF_TRY(choose(t, f, s, e));
    LF_TRY(lf_statistic_of(t, s->ids, s->n, f->sector, s->each, &numbers, e));
    if (!numbers.rows[0].cases)
        return lf_err_set(e, LF_CONFLICT,
                          "analysis: no incident fits what is asked for; exercises and what is marked "
                          "TLP:RED do not count");
    lf_buf_init(&b, FACTS_BYTES);
    w = lf_json_w(&b);
    rc = put_facts(t, &w, s, &numbers, e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* ---- reading ---- */

static int64_t whole(const struct lf_json *v, const char *key)
{
    int64_t n = 0;

    return lf_json_int(v, key, &n) ? n : 0;
}

static int64_t item_int(const struct lf_json *list, size_t i)
{
    int64_t n = 0;

    return i < lf_json_items(list) && lf_view_i64(lf_json_text(lf_json_item(list, i)), &n) ? n : 0;
}

static struct lf_statistic_row row_of(const struct lf_json *v)
{
    const struct lf_json *took = lf_json_get(v, LF_V("took"));
    struct lf_statistic_row r = { .axis = (enum lf_statistic_axis)whole(v, "axis"),
                                  .number = (int)whole(v, "number"),
                                  .name = lf_view_some(lf_json_str(v, "name")),
                                  .zh = lf_view_some(lf_json_str(v, "zh")),
                                  .en = lf_view_some(lf_json_str(v, "en")),
                                  .cases = whole(v, "cases"),
                                  .late = whole(v, "late") };

    for (size_t k = 0; k < 3; k++) {
        r.n[k] = item_int(took, 4 * k);
        r.sum_s[k] = item_int(took, 4 * k + 1);
        r.median_s[k] = item_int(took, 4 * k + 2);
        r.p90_s[k] = item_int(took, 4 * k + 3);
    }
    return r;
}

/* Places of `cases` as they were kept become those of what is seen; SIZE_MAX: it is not. */
static enum lf_code read_cases(struct lf_task *t, const struct lf_json *list, size_t *places,
                               struct lf_analysis_facts *out, struct lf_err *e)
{
    out->cases = LF_NEW(t->a, struct lf_analysis_case, lf_json_items(list) + 1);
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *v = lf_json_item(list, i);
        lf_view id = lf_view_some(lf_json_str(v, "id"));
        struct incident_kept k;

        LF_TRY(incident_find(t, &lf_q_incident_get, id, &k, e));
        places[i] = SIZE_MAX;
        if (!k.there || k.row.tlp == LF_TLP_RED) {
            out->hidden++;
            continue;
        }
        places[i] = out->ncases;
        out->cases[out->ncases++] =
            (struct lf_analysis_case){ .id = id,
                                       .number = lf_view_some(lf_json_str(v, "number")),
                                       .category = lf_view_some(lf_json_str(v, "category")),
                                       .cause = lf_view_some(lf_json_str(v, "cause")),
                                       .said = lf_view_some(lf_json_str(v, "said")),
                                       .measures = lf_view_some(lf_json_str(v, "measures")),
                                       .title = lf_view_some(k.row.title),
                                       .level = (int)whole(v, "level"),
                                       .aware = whole(v, "aware"),
                                       .late = lf_json_bool(v, "late", false) };
    }
    return LF_OK;
}

static void read_repeats(struct lf_task *t, const struct lf_json *list, const size_t *places, size_t nplaces,
                         struct lf_analysis_facts *out)
{
    out->repeats = LF_NEW(t->a, struct lf_analysis_repeat, lf_json_items(list) + 1);
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *v = lf_json_item(list, i), *of = lf_json_get(v, LF_V("cases"));
        size_t *cases = LF_NEW(t->a, size_t, lf_json_items(of) + 1), n = 0;

        for (size_t k = 0; k < lf_json_items(of); k++) {
            size_t at = (size_t)item_int(of, k);

            if (at < nplaces && places[at] != SIZE_MAX)
                cases[n++] = places[at];
        }
        if (n > 1)
            out->repeats[out->nrepeats++] =
                (struct lf_analysis_repeat){ .kind = (enum lf_analysis_kind)whole(v, "kind"),
                                             .value = lf_view_some(lf_json_str(v, "value")),
                                             .n = n,
                                             .cases = cases };
    }
}

enum lf_code lf_analysis_facts(struct lf_task *t, const struct lf_analysis *x,
                               const struct lf_analysis_form *form, struct lf_analysis_facts *out,
                               struct lf_err *e)
{
    struct lf_analysis_facts f = { 0 };
    const struct lf_json *v = NULL, *rows, *cases;
    size_t *places;
    lf_view text;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_text(t->db, &t->scope, &lf_q_analysis_facts_get,
                      LF_ARGS(LF_TEXT(x->row.id), LF_INT(form->taken)), t->a, &text, e));
    LF_TRY(lf_json_parse(t->a, text, NULL, &v, e));
    f.at = whole(v, "at");
    rows = lf_json_get(v, LF_V("rows"));
    f.rows = LF_NEW(t->a, struct lf_statistic_row, lf_json_items(rows) + 1);
    for (size_t i = 0; i < lf_json_items(rows); i++)
        f.rows[f.nrows++] = row_of(lf_json_item(rows, i));
    cases = lf_json_get(v, LF_V("cases"));
    places = LF_NEW(t->a, size_t, lf_json_items(cases) + 1);
    LF_TRY(read_cases(t, cases, places, &f, e));
    read_repeats(t, lf_json_get(v, LF_V("repeats")), places, lf_json_items(cases), &f);
    *out = f;
    return LF_OK;
}

enum lf_code lf_analysis_blur(struct lf_task *t, const struct lf_analysis_facts *facts, lf_view *texts,
                              size_t n, enum lf_tlp *tlp, struct lf_err *e)
{
    enum lf_tlp strictest = LF_TLP_AMBER;
    struct lf_form form;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_report_form(t, &form, e));
    for (size_t i = 0; i < facts->ncases; i++) {
        const struct lf_json *values;
        struct lf_incident_full x;

        LF_TRY(lf_incident_get(t, facts->cases[i].id, &x, e));
        values = lf_report_values(t, &form, &x);
        for (size_t k = 0; k < n; k++)
            texts[k] = article_blurred(t, values, texts[k]);
        if (lf_incident_label(&x.row) > strictest)
            strictest = lf_incident_label(&x.row);
    }
    *tlp = strictest;
    return LF_OK;
}
