/* A query is refused with its column or understood; what is understood runs over an
 * event in bounded time, and the scan passes over nothing that matches.  Input: the
 * query, a line end, the record. */
#include <stdlib.h>

#include "base/crypto.h"
#include "engine/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lf_normaliser *normaliser;

static size_t seen(void *ctx, size_t place)
{
    *(bool *)ctx = true;
    return place;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size }, text;
    struct lf_record r = { .position = 1, .recorded = (lf_time)1795237200 * LF_SECOND };
    struct lf_query_tree *q = NULL;
    struct lf_query_run *run;
    struct lf_query_hit hit;
    struct lf_event ev;
    struct lf_err e;
    bool candidate = false, yes;
    lf_time t;

    if (!lf_view_split(&in, '\n', &text))
        text = (lf_view){ "", 0 };
    (void)!lf_query_time(text, r.recorded, false, &t, &e);
    r.bytes = in.ptr ? in : (lf_view){ "", 0 };
    if (lf_query_parse(&a, text, &q, &e) != LF_OK || lf_query_compile(q, &e) != LF_OK) {
        if (e.code != LF_BAD_INPUT)
            abort();
        lf_query_clear(q);
        lf_arena_clear(&a);
        return 0;
    }
    if (!normaliser) {
        struct lf_pipelines *ps;

        if (lf_pipelines_build(NULL, 0, &ps, &e) != LF_OK)
            abort();
        normaliser = lf_normaliser_create(ps);
        lf_pipelines_drop(ps);
    }
    lf_normalise(normaliser, &a, &r, &ev);
    yes = lf_query_matches(q, &a, &r, &ev);
    if (lf_query_wants_all(q))
        candidate = true;
    else
        lf_query_scan(q, r.bytes, seen, &candidate);
    /* Bytes that are not UTF-8 are looked into without a scan. */
    if (yes && !candidate && lf_view_is_utf8(r.bytes))
        abort();
    run = lf_query_run_create(q, 3, 1);
    for (int i = 0; yes && i < 3 && !lf_query_full(run); i++)
        (void)lf_query_take(run, &a, &r, &ev, &hit);
    if (lf_query_is_table(q)) {
        struct lf_query_table table;
        struct lf_buf b;

        lf_query_table(run, &a, &table);
        (void)lf_query_table_note(&a, &table);
        lf_buf_init(&b, 1 << 20);
        for (size_t i = 0; i < table.nrows && i < 4; i++) {
            const struct lf_json *row;

            lf_buf_reset(&b);
            lf_query_row_json(&b, &table, i);
            if (!b.over && lf_json_parse(&a, lf_buf_view(&b), NULL, &row, &e) != LF_OK)
                abort();
        }
        lf_buf_clear(&b);
    } else {
        uint64_t dropped;

        while (lf_query_next(run, &hit, &dropped))
            ;
    }
    lf_query_run_destroy(run);
    lf_query_clear(q);
    lf_arena_clear(&a);
    return 0;
}
