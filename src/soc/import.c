#include "soc/import.h"
#include "fmt/csv.h"

static size_t known(const struct lf_import *what)
{
    size_t n = 0;

    while (n < LF_IMPORT_COLUMNS && what->columns[n].name)
        n++;
    return n;
}

static lf_view names(struct lf_arena *a, const struct lf_import *what)
{
    lf_view all = lf_view_of(what->columns[0].name);

    for (size_t k = 1; k < known(what); k++)
        all = lf_arena_printf(a, "%.*s, %s", LF_FMT(all), what->columns[k].name);
    return all;
}

/* Where in a row each of the columns is. */
static enum lf_code read_head(struct lf_arena *a, const struct lf_import *what, const lf_view *field,
                              size_t n, size_t place[LF_IMPORT_COLUMNS], struct lf_err *e)
{
    for (size_t k = 0; k < LF_IMPORT_COLUMNS; k++)
        place[k] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        while (k < known(what) && !lf_view_eq_nocase(field[i], lf_view_of(what->columns[k].name)) &&
               !(what->columns[k].also && lf_view_eq_nocase(field[i], lf_view_of(what->columns[k].also))))
            k++;
        if (k == known(what))
            return lf_err_set(e, LF_BAD_INPUT, "%s: line 1: \"%.*s\" is none of %.*s", what->noun,
                              LF_FMT(lf_view_first(field[i], 80)), LF_FMT(names(a, what)));
        if (place[k] != SIZE_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "%s: line 1: the column \"%s\" comes twice", what->noun,
                              what->columns[k].name);
        place[k] = i;
    }
    if (place[0] == SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "%s: line 1 names the columns; \"%s\" is missing", what->noun,
                          what->columns[0].name);
    return LF_OK;
}

enum lf_code lf_import_csv(struct lf_task *t, const struct lf_import *what, lf_view csv, size_t *out,
                           struct lf_err *e)
{
    lf_view field[LF_CSV_FIELDS], cell[LF_IMPORT_COLUMNS];
    size_t place[LF_IMPORT_COLUMNS], n, rows = 0;
    struct lf_csv c;
    bool more;

    if (csv.len > what->bytes)
        return lf_err_set(e, LF_TOO_BIG, "%s: a CSV file has at most %zu bytes", what->noun, what->bytes);
    LF_TRY(lf_csv_begin(&c, csv, e));
    LF_TRY(lf_csv_row(&c, t->a, field, &n, &more, e));
    if (!more)
        return lf_err_set(e, LF_BAD_INPUT, "%s: the CSV file is empty", what->noun);
    LF_TRY(read_head(t->a, what, field, n, place, e));
    for (;;) {
        LF_TRY(lf_csv_row(&c, t->a, field, &n, &more, e));
        if (!more)
            break;
        if (n == 1 && field[0].len == 0) /* an empty line */
            continue;
        if (rows == what->rows)
            return lf_err_set(e, LF_TOO_BIG, "%s: more than %zu %ss", what->noun, what->rows, what->noun);
        for (size_t k = 0; k < LF_IMPORT_COLUMNS; k++)
            cell[k] = place[k] < n ? lf_csv_said(field[place[k]]) : LF_V("");
        if (what->take(what->ctx, t, cell, e) != LF_OK)
            return lf_err_at(e, "line %zu", c.line);
        rows++;
    }
    *out = rows;
    return LF_OK;
}
