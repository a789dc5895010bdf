/* The JSON API's part on weaknesses that exercises found. */
#include "web/weakness.h"

#include "fmt/csv.h"
#include "ident/account.h"
#include "web/api_priv.h"

enum {
    AT_ONCE = 100, /* with a result report */
    MOST = 32 << 20
};

/* ---- what is asked ---- */

static enum lf_code choice(struct rq *r, lf_view given, bool (*parse)(lf_view, int *), const char *says,
                           int *out)
{
    return !given.len || parse(given, out) ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "%s", says);
}

static enum lf_code kind_of(struct rq *r, lf_view given, int *out)
{
    return choice(r, given, lf_weakness_kind_parse,
                  "kind is patching, configuration, access, application, network, monitoring, reporting, "
                  "response, recovery, awareness, supplier or other",
                  out);
}

static enum lf_code severity_of(struct rq *r, lf_view given, int *out)
{
    return choice(r, given, lf_weakness_severity_parse, "severity is low, medium, high or critical", out);
}

static enum lf_code whom(struct rq *r, lf_view given, lf_view *out)
{
    given = lf_view_trim(given);
    *out = lf_view_is(given, "me") ? own_name(r) : lf_view_some(given);
    return lf_view_is(given, "me") && !out->len
               ? lf_err_set(r->e, LF_BAD_INPUT, "weakness: name the owner; whoever asks has no account here")
               : LF_OK;
}

enum lf_code weakness_filter(struct rq *r, struct lf_weakness_filter *out)
{
    lf_view owner = query(r, "owner");
    struct lf_weakness_filter f = lf_weakness_any();

    f.late = lf_view_is(query(r, "overdue"), "1");
    f.exercise = lf_view_some(query(r, "exercise"));
    f.unit = lf_view_some(lf_view_trim(query(r, "unit")));
    f.earlier = lf_view_some(query(r, "earlier"));
    f.words = lf_view_some(query(r, "q"));
    f.by = owner.len > 0;
    f.owner = LF_V("");
    if (!lf_view_is(owner, "-"))
        LF_TRY(whom(r, owner, &f.owner));
    LF_TRY(
        choice(r, query(r, "state"), lf_weakness_state_parse, "state is open, mended or accepted", &f.state));
    LF_TRY(kind_of(r, query(r, "kind"), &f.kind));
    LF_TRY(severity_of(r, query(r, "severity"), &f.severity));
    LF_TRY(choice(r, query(r, "checked"), lf_weakness_outcome_parse,
                  "checked is unchecked, confirmed or recurred", &f.outcome));
    *out = f;
    return LF_OK;
}

/* ---- in ---- */

enum lf_code weakness_add(struct rq *r, lf_view *id)
{
    struct lf_weakness x = { .exercise = r->id,
                             .unit = lf_view_some(field(r, "unit")),
                             .title = lf_view_some(field(r, "title")),
                             .detail = lf_view_some(field(r, "detail")),
                             .method = lf_view_some(field(r, "method")),
                             .measure = lf_view_some(field(r, "measure")) };
    int kind = LF_WEAKNESS_OTHER, severity = LF_WEAKNESS_MEDIUM;

    LF_TRY(kind_of(r, field(r, "kind"), &kind));
    LF_TRY(severity_of(r, field(r, "severity"), &severity));
    LF_TRY(whom(r, lf_view_some(field(r, "owner")), &x.owner));
    LF_TRY(moment_field(r, "due", &x.due));
    x.kind = (enum lf_weakness_kind)kind;
    x.severity = severity;
    return lf_weakness_add(r->t, &x, id, r->e);
}

enum lf_code weakness_add_all(struct rq *r)
{
    const struct lf_json *list = r->json ? lf_json_get(r->json, LF_V("weaknesses")) : NULL;
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;

    if (!list)
        return LF_OK;
    if (lf_json_kind(list) != LF_JSON_ARRAY || n > AT_ONCE)
        return lf_err_set(r->e, LF_BAD_INPUT, "weaknesses is a list of at most %d", AT_ONCE);
    for (size_t i = 0; i < n; i++) {
        struct rq one = *r;
        lf_view id;

        one.json = lf_json_item(list, i);
        if (lf_json_kind(one.json) != LF_JSON_OBJECT)
            return lf_err_set(r->e, LF_BAD_INPUT, "weaknesses is a list of at most %d", AT_ONCE);
        if (weakness_add(&one, &id) != LF_OK)
            return lf_err_at(r->e, "weakness %zu", i + 1);
    }
    return LF_OK;
}

static enum lf_code base_of(struct rq *r, int64_t *out)
{
    LF_TRY(whole_field(r, "base", out));
    return *out >= 0 ? LF_OK
                     : lf_err_set(r->e, LF_BAD_INPUT,
                                  "base is the number of entries of the history that one has seen");
}

enum lf_code weakness_change(struct rq *r)
{
    struct lf_weakness_change c = { .title = field(r, "title"),
                                    .detail = field(r, "detail"),
                                    .method = field(r, "method"),
                                    .measure = field(r, "measure"),
                                    .kind = -1,
                                    .severity = -1,
                                    .state = -1,
                                    .set_due = field(r, "due").ptr != NULL,
                                    .note = field(r, "note") };

    LF_TRY(
        choice(r, field(r, "state"), lf_weakness_state_parse, "state is open, mended or accepted", &c.state));
    LF_TRY(kind_of(r, field(r, "kind"), &c.kind));
    LF_TRY(severity_of(r, field(r, "severity"), &c.severity));
    if (field(r, "owner").ptr)
        LF_TRY(whom(r, field(r, "owner"), &c.owner));
    LF_TRY(moment_field(r, "due", &c.due));
    LF_TRY(base_of(r, &c.base));
    return lf_weakness_change(r->t, r->id, &c, r->e);
}

enum lf_code weakness_check(struct rq *r)
{
    struct lf_weakness_check c = { .note = field(r, "note") };
    int outcome = LF_WEAKNESS_UNCHECKED;

    LF_TRY(need(r, "exercise", &c.exercise));
    LF_TRY(choice(r, field(r, "outcome"), lf_weakness_outcome_parse, "outcome is confirmed or recurred",
                  &outcome));
    c.outcome = (enum lf_weakness_outcome)outcome;
    LF_TRY(moment_field(r, "due", &c.due));
    c.set_due = c.due != 0;
    LF_TRY(base_of(r, &c.base));
    return lf_weakness_check(r->t, r->id, &c, r->e);
}

/* ---- out ---- */

static void put_row(struct lf_json_w *w, const struct lf_weakness *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_str(w, "title", x->title);
    lf_json_put_cstr(w, "kind", lf_weakness_kind_name(x->kind));
    lf_json_put_cstr(w, "severity", lf_weakness_severity_name(x->severity));
    lf_json_put_cstr(w, "state", lf_weakness_state_name(x->state));
    lf_json_put_str(w, "exercise", x->exercise);
    lf_json_put_str(w, "exercise_name", x->exercise_name);
    put_text(w, "unit", x->unit);
    put_text(w, "unit_name", x->unit_name);
    put_text(w, "detail", x->detail);
    put_text(w, "method", x->method);
    put_text(w, "measure", x->measure);
    put_text(w, "owner", x->owner);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_bool(w, "overdue", x->overdue);
    put_text(w, "reason", x->reason);
    lf_json_put_cstr(w, "checked", lf_weakness_outcome_name(x->outcome));
    lf_json_put_time(w, "checked_at", x->checked);
    put_text(w, "checked_in", x->checked_in);
    put_text(w, "checked_name", x->checked_name);
    lf_json_put_int(w, "recurred", x->recurred);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "changed", x->changed);
    put_text(w, "by", x->account);
    lf_json_put_bool(w, "guest", x->guest);
    lf_json_put_int(w, "entries", x->entries);
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells, size_t n)
{
    for (size_t k = 0; k < n; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, cells[k]), k + 1 == n);
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code csv(struct rq *r, const struct lf_weakness_filter *f)
{
    static const char *const head[] = { "number",       "title",    "kind",          "severity",
                                        "state",        "overdue",  "exercise_name", "unit_name",
                                        "detail",       "method",   "measure",       "owner",
                                        "due",          "reason",   "checked",       "checked_at",
                                        "checked_name", "recurred", "created",       "changed",
                                        "exercise",     "id" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_weakness *list;
    lf_view heads[CELLS], next;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    for (size_t i = 0; i < CELLS; i++)
        heads[i] = lf_view_of(head[i]);
    lf_buf_init(&b, MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    put_cells(r, &b, heads, CELLS);
    do {
        rc = lf_weakness_list(r->t, f, &page, &n, &list, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++) {
            const struct lf_weakness *x = &list[i];
            const lf_time times[] = { x->due, x->checked, x->created, x->changed };
            lf_view at[sizeof times / sizeof *times];

            for (size_t k = 0; k < sizeof times / sizeof *times; k++)
                at[k] = times[k] ? lf_time_milli(times[k], LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
            put_cells(r, &b,
                      (const lf_view[CELLS]){ lf_arena_printf(r->t->a, "%lld", (long long)x->number),
                                              x->title,
                                              lf_view_of(lf_weakness_kind_name(x->kind)),
                                              lf_view_of(lf_weakness_severity_name(x->severity)),
                                              lf_view_of(lf_weakness_state_name(x->state)),
                                              lf_view_of(x->overdue ? "1" : "0"),
                                              x->exercise_name,
                                              x->unit_name,
                                              x->detail,
                                              x->method,
                                              x->measure,
                                              x->owner,
                                              at[0],
                                              x->reason,
                                              lf_view_of(lf_weakness_outcome_name(x->outcome)),
                                              at[1],
                                              x->checked_name,
                                              lf_arena_printf(r->t->a, "%lld", (long long)x->recurred),
                                              at[2],
                                              at[3],
                                              x->exercise,
                                              x->id },
                      CELLS);
        }
        page.after = next;
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("weaknesses"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_weaknesses(struct rq *r)
{
    const struct lf_weakness *list;
    struct lf_weakness_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(weakness_filter(r, &f));
    if (as_csv)
        return csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_weakness_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_weakness_patterns(struct rq *r)
{
    const struct lf_weakness_pattern *list;
    struct out o;
    size_t n;

    LF_TRY(lf_weakness_patterns(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_weakness_pattern *p = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "kind", lf_weakness_kind_name(p->kind));
        lf_json_put_int(&o.w, "all", p->all);
        lf_json_put_int(&o.w, "exercises", p->exercises);
        lf_json_put_int(&o.w, "units", p->units);
        lf_json_put_int(&o.w, "open", p->open);
        lf_json_put_int(&o.w, "overdue", p->overdue);
        lf_json_put_int(&o.w, "mended", p->mended);
        lf_json_put_int(&o.w, "confirmed", p->confirmed);
        lf_json_put_int(&o.w, "accepted", p->accepted);
        lf_json_put_int(&o.w, "recurred", p->recurred);
        lf_json_put_str(
            &o.w, "list",
            lf_arena_printf(r->t->a, "/api/v1/weaknesses?kind=%s", lf_weakness_kind_name(p->kind)));
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_weakness(struct rq *r)
{
    const struct lf_weakness_entry *entries;
    struct lf_weakness x;
    struct out o;
    size_t n;

    LF_TRY(lf_weakness_get(r->t, r->id, &x, &n, &entries, r->e));
    begin_most(&o, MOST);
    put_row(&o.w, &x);
    lf_json_begin(&o.w, "history", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_weakness_entry *y = &entries[i];
        struct lf_account who;

        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", y->at);
        put_text(&o.w, "by", y->account);
        if (y->account.len && lf_account_colleague(r->t, y->account, &who, NULL) == LF_OK)
            lf_json_put_str(&o.w, "name", who.name);
        lf_json_put_bool(&o.w, "foreign", y->foreign);
        lf_json_put_cstr(&o.w, "kind", lf_weakness_kind_name(y->kind));
        lf_json_put_cstr(&o.w, "severity", lf_weakness_severity_name(y->severity));
        lf_json_put_cstr(&o.w, "state", lf_weakness_state_name(y->state));
        lf_json_put_str(&o.w, "title", y->title);
        put_text(&o.w, "detail", y->detail);
        put_text(&o.w, "method", y->method);
        put_text(&o.w, "measure", y->measure);
        put_text(&o.w, "owner", y->owner);
        lf_json_put_time(&o.w, "due", y->due);
        if (y->outcome != LF_WEAKNESS_UNCHECKED) {
            lf_json_put_cstr(&o.w, "outcome", lf_weakness_outcome_name(y->outcome));
            lf_json_put_str(&o.w, "exercise_name", y->exercise_name);
        }
        put_text(&o.w, "note", y->note);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_weakness_add(struct rq *r)
{
    lf_view id;

    LF_TRY(weakness_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_weakness_change(struct rq *r)
{
    LF_TRY(weakness_change(r));
    return answer_empty(r, 204);
}

enum lf_code api_weakness_check(struct rq *r)
{
    LF_TRY(weakness_check(r));
    return answer_empty(r, 204);
}
