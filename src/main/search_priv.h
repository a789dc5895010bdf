/* What the two ways of `lianfang search` share. */
#ifndef LF_MAIN_SEARCH_PRIV_H
#define LF_MAIN_SEARCH_PRIV_H

#include "engine/query.h"

/* Rows for a spreadsheet. */
struct search_csv {
    const lf_view *fields; /* what `fields` chose; NULL: the usual columns */
    size_t nfields;
    bool begun; /* its first line is out */
};

struct search_options {
    lf_view query;
    lf_time from, to; /* INT64_MIN, INT64_MAX: open */
    size_t limit;
    bool reverse, json;
    struct search_csv *csv; /* NULL: not asked for */
    const char *node, *ca;  /* URL of a node, file of its certificate; NULL */
};

bool search_interrupted(void);
void search_put_plain(lf_view v);
void search_put_hit(const struct search_options *o, const struct lf_query_hit *h, bool fields);
void search_put_table(const struct search_options *o, const struct lf_query_table *t);
void search_csv_head(struct search_csv *c);
void search_csv_hit(struct search_csv *c, const struct lf_query_hit *h);
void search_csv_table(struct search_csv *c, const struct lf_query_table *t);
const char *search_directory(struct lf_arena *a, const char *data);
/* Over the API of a running node; the exit status. */
int search_node(const struct search_options *o, bool fields);

#endif
