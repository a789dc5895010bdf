/* The JSON API's part on files of old cases that are taken in a slice at a time. */
#include "cert/case_import.h"
#include "fmt/csv.h"
#include "web/api_priv.h"

static void put_import(struct lf_json_w *w, const struct lf_case_import *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_cstr(w, "state", lf_case_import_state_name(x->state));
    put_text(w, "name", x->name);
    lf_json_put_str(w, "format", x->format);
    put_text(w, "mapping", x->mapping);
    lf_json_put_bool(w, "dry", x->dry);
    lf_json_put_str(w, "by", x->account);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "ended", x->ended);
    lf_json_put_int(w, "size", x->size);
    lf_json_put_int(w, "total", x->total);
    lf_json_put_int(w, "looked_at", x->place);
    lf_json_put_int(w, "made", x->made);
    lf_json_put_int(w, "already", x->already);
    lf_json_put_int(w, "refused", x->refused);
    lf_json_put_int(w, "lost", x->lost);
    put_text(w, "trouble", x->trouble);
}

enum lf_code api_case_import_start(struct rq *r)
{
    struct lf_case_import x = { .dry = lf_view_is(query(r, "dry"), "1"),
                                .name = field(r, "name"),
                                .mapping = field(r, "mapping") };
    lf_view text, id;

    LF_TRY(need(r, "format", &x.format));
    LF_TRY(need(r, "file", &text));
    LF_TRY(lf_case_import_start(r->t, &x, text, &id, r->e));
    return say_id(r, 202, id);
}

enum lf_code api_case_imports(struct rq *r)
{
    const struct lf_case_import *list;
    struct out o;
    size_t n;

    LF_TRY(lf_case_import_list(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_import(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_case_import(struct rq *r)
{
    struct lf_case_import x;
    struct out o;

    LF_TRY(lf_case_import_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_import(&o.w, &x);
    return end(r, &o, 200);
}

enum lf_code api_case_import_stop(struct rq *r)
{
    LF_TRY(lf_case_import_stop(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_case_import_take(struct rq *r)
{
    LF_TRY(lf_case_import_take(r->t, r->id, r->e));
    return say_id(r, 202, r->id);
}

/* A row each: what was refused, then what had no place. */
enum lf_code api_case_import_report(struct rq *r)
{
    static const char *const head[] = { "what", "where", "value", "why" };
    const struct lf_case_import_note *list;
    struct lf_case_import x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_case_import_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_case_import_notes(r->t, r->id, &n, &list, r->e));
    lf_buf_init(&b, JSON_MOST);
    for (size_t i = 0; i < 4; i++)
        lf_csv_put(&b, lf_view_of(head[i]), i == 3);
    for (size_t i = 0; i < n; i++) {
        lf_csv_put(&b, lf_view_of(list[i].lost ? "lost" : "refused"), false);
        lf_csv_put(&b, list[i].where, false);
        lf_csv_put(&b, lf_csv_clean(r->t->a, list[i].value), false);
        lf_csv_put(&b, lf_csv_clean(r->t->a, list[i].why), true);
    }
    return answer_csv(r, LF_V("import-report"), &b);
}
