/* What a search found, as one file: CSV for a spreadsheet, or JSON lines.  It is what the core
 * keeps of it (soc/searches.h): a table, or its first 10,000 events or 4 MiB of them. */
#include "fmt/csv.h"
#include "soc/searches.h"
#include "web/api_priv.h"

enum { EXPORT_MOST = 24 << 20, FIELDS = 6 };

/* Text as it is, anything else as JSON; nothing where there is nothing. */
static lf_view cell_of(struct lf_arena *a, const struct lf_json *v)
{
    struct lf_buf b;
    lf_view out;

    if (!v || lf_json_kind(v) == LF_JSON_NULL)
        return LF_V("");
    if (lf_json_kind(v) == LF_JSON_STRING || lf_json_kind(v) == LF_JSON_NUMBER)
        return lf_json_text(v);
    lf_buf_init(&b, LF_SEARCHES_HIT + 1024);
    lf_json_write(&b, v);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void csv_table(struct lf_arena *a, struct lf_buf *b, lf_view table)
{
    const struct lf_json *t, *columns, *rows;
    size_t n;

    if (lf_json_parse(a, table, NULL, &t, NULL) != LF_OK)
        return;
    columns = lf_json_get(t, LF_V("columns"));
    rows = lf_json_get(t, LF_V("rows"));
    n = lf_json_items(columns);
    for (size_t i = 0; i < n; i++)
        lf_csv_put(b, lf_csv_clean(a, lf_json_text(lf_json_item(columns, i))), i + 1 == n);
    for (size_t k = 0; k < lf_json_items(rows); k++)
        for (size_t i = 0; i < n; i++)
            lf_csv_put(b, lf_csv_clean(a, cell_of(a, lf_json_member(lf_json_item(rows, k), i))), i + 1 == n);
}

static void csv_hits(struct lf_arena *a, struct lf_buf *b, const struct lf_search_view *v)
{
    static const char *const names[FIELDS] = { "position", "time", "recorded", "sender", "host", "raw" };

    for (size_t i = 0; i < FIELDS; i++)
        lf_csv_put(b, lf_view_of(names[i]), i + 1 == FIELDS);
    for (size_t k = 0; k < v->nhits; k++) {
        const struct lf_json_limits limits = { .bytes = LF_SEARCHES_HIT + 1024, .depth = 512 };
        const struct lf_json *h;

        if (lf_json_parse(a, v->hits[k], &limits, &h, NULL) != LF_OK)
            continue;
        for (size_t i = 0; i < FIELDS; i++)
            lf_csv_put(b, lf_csv_clean(a, cell_of(a, lf_json_get(h, lf_view_of(names[i])))), i + 1 == FIELDS);
    }
}

enum lf_code api_search_export(struct rq *r)
{
    lf_view format = query(r, "format");
    bool csv = !format.ptr || lf_view_is(format, "csv");
    struct lf_search_view v;
    enum lf_code rc;
    struct lf_buf b;

    if (!r->w->parts.searches)
        return lf_err_set(r->e, LF_AWAY, "this node has no search worker");
    if (!csv && !lf_view_is(format, "json"))
        return lf_err_set(r->e, LF_BAD_INPUT, "format is csv or json");
    LF_TRY(lf_searches_get(r->w->parts.searches, r->t, r->id, &v, r->e));
    lf_buf_init(&b, EXPORT_MOST);
    if (csv) {
        LF_PUT(&b, "\xef\xbb\xbf");
        if (v.table.len)
            csv_table(r->t->a, &b, v.table);
        else
            csv_hits(r->t->a, &b, &v);
    } else if (v.table.len) {
        lf_buf_put(&b, v.table);
        lf_buf_byte(&b, '\n');
    } else {
        for (size_t i = 0; i < v.nhits; i++) {
            lf_buf_put(&b, v.hits[i]);
            lf_buf_byte(&b, '\n');
        }
    }
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK) {
        answer(r, 200,
               csv           ? "text/csv; charset=utf-8; header=present"
               : v.table.len ? "application/json"
                             : "application/x-ndjson",
               lf_arena_copy(r->t->a, lf_buf_view(&b)));
        lf_http_add(r->out, "Content-Disposition",
                    csv           ? LF_V("attachment; filename=\"search.csv\"")
                    : v.table.len ? LF_V("attachment; filename=\"search.json\"")
                                  : LF_V("attachment; filename=\"search.jsonl\""));
    }
    lf_buf_clear(&b);
    return rc;
}
