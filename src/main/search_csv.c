/* `lianfang search --csv`: what is found as rows for a spreadsheet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "fmt/csv.h"
#include "fmt/json.h"
#include "main/search_priv.h"

enum { ROW_MOST = 256 << 20 };

static void put_row(struct lf_arena *a, const lf_view *cell, size_t n)
{
    struct lf_buf b;

    lf_buf_init(&b, ROW_MOST);
    for (size_t i = 0; i < n; i++)
        lf_csv_put(&b, lf_csv_clean(a, cell[i]), i + 1 == n);
    fwrite(b.ptr, 1, b.len, stdout);
    lf_buf_clear(&b);
}

void search_csv_head(struct search_csv *c)
{
    static const lf_view plain[] = { LF_VIEW("position"), LF_VIEW("time"), LF_VIEW("recorded"),
                                     LF_VIEW("sender"),   LF_VIEW("host"), LF_VIEW("raw") };
    struct lf_arena a = { 0 };

    if (!c->begun)
        put_row(&a, c->fields ? c->fields : plain, c->fields ? c->nfields : sizeof plain / sizeof *plain);
    c->begun = true;
    lf_arena_clear(&a);
}

/* A text as it is, anything else as JSON; nothing where there is nothing. */
static lf_view value(struct lf_arena *a, const struct lf_json *v)
{
    struct lf_buf b;
    lf_view out;

    if (!v || lf_json_kind(v) == LF_JSON_NULL)
        return LF_V("");
    if (lf_json_kind(v) == LF_JSON_STRING)
        return lf_json_text(v);
    lf_buf_init(&b, ROW_MOST);
    lf_json_write(&b, v);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

void search_csv_hit(struct search_csv *c, const struct lf_query_hit *h)
{
    char time[LF_TIME_TEXT], recorded[LF_TIME_TEXT];
    struct lf_arena a = { 0 };

    search_csv_head(c);
    if (c->fields) {
        struct lf_json_limits limits = { .bytes = ROW_MOST, .depth = 512 };
        lf_view *cell = LF_NEW(&a, lf_view, c->nfields);
        const struct lf_json *event = NULL;

        (void)!lf_json_parse(&a, h->event, &limits, &event, NULL);
        for (size_t i = 0; i < c->nfields; i++)
            cell[i] = value(&a, lf_json_get(event, c->fields[i]));
        put_row(&a, cell, c->nfields);
    } else {
        put_row(&a,
                (lf_view[]){ lf_arena_printf(&a, "%llu", (unsigned long long)h->position),
                             lf_time_milli(h->happened, time), lf_time_milli(h->recorded, recorded),
                             h->sender, h->host, h->raw },
                6);
    }
    lf_arena_clear(&a);
}

void search_csv_table(struct search_csv *c, const struct lf_query_table *t)
{
    struct lf_arena a = { 0 };
    lf_view *cell = LF_NEW(&a, lf_view, t->ncolumns + 1);

    c->begun = true;
    put_row(&a, t->columns, t->ncolumns);
    for (size_t i = 0; i < t->nrows; i++) {
        for (size_t k = 0; k < t->ncolumns; k++)
            cell[k] = t->cells[i * t->ncolumns + k].text;
        put_row(&a, cell, t->ncolumns);
    }
    lf_arena_clear(&a);
}
