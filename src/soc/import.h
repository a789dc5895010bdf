/* A CSV file of things by name (fmt/csv.h): its first row names the
 * columns, in any order, each at most once, the first of `columns` among them; every further row
 * is one thing. */
#ifndef LF_SOC_IMPORT_H
#define LF_SOC_IMPORT_H

#include "store/task.h"

enum { LF_IMPORT_COLUMNS = 16 };

struct lf_import {
    const char *noun;   /* "asset": what errors call one, and with an "s" many */
    size_t bytes, rows; /* at most */
    struct lf_import_column {
        const char *name, *also;  /* `also` is another name of it, or NULL */
    } columns[LF_IMPORT_COLUMNS]; /* ends with the first without a name, or full */
    /* One thing: a cell for each of `columns`, empty where the row has none. */
    enum lf_code (*take)(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e);
    void *ctx;
};

/* How many were taken.  LF_BAD_INPUT says which line will not do: the caller takes all back. */
enum lf_code lf_import_csv(struct lf_task *t, const struct lf_import *what, lf_view csv, size_t *n,
                           struct lf_err *e) LF_MUST;

#endif
