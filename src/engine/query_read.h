/* Reading a query's text; for query_parse.c and query_pipes.c alone. */
#ifndef LF_ENGINE_QUERY_READ_H
#define LF_ENGINE_QUERY_READ_H

#include "engine/query_priv.h"

struct query_read {
    struct lf_query_tree *q;
    struct lf_arena *a;
    lf_view in;
    size_t at;
    unsigned depth;
    struct lf_err *e;
};

/* A value as it was read: pieces between wildcards, escapes undone. */
struct query_word {
    char *text;
    size_t n;
    char *kind; /* by byte of text: 0 plain, '*' or '?' */
    bool wild;
};

size_t query_column(const struct query_read *p, size_t at);
#define QUERY_BAD(p, where, fmt, ...)                                                                        \
    lf_err_set((p)->e, LF_BAD_INPUT, "query, column %zu: " fmt, query_column((p), (where)), ##__VA_ARGS__)

static inline bool query_end(const struct query_read *p)
{
    return p->at >= p->in.len;
}

static inline char query_peek(const struct query_read *p)
{
    return query_end(p) ? '\0' : p->in.ptr[p->at];
}

void query_skip(struct query_read *p);
/* May a word not go on with what is at `at`? */
bool query_breaks(const struct query_read *p, size_t at);
/* The word OP here, by itself? */
bool query_keyword(const struct query_read *p, const char *op);
bool query_is_name(lf_view v);
enum lf_code query_phrase(struct query_read *p, struct query_word *w) LF_MUST;
/* One command behind a '|'. */
enum lf_code query_stage(struct query_read *p) LF_MUST;

#endif
