/* Query: what people ask of the archive, in one line of text -> matches and tables.
 *
 *   failed AND source.ip:10.0.0.0/8 NOT user:(root OR admin) | count by user | head 5
 *
 * Words, "phrases", field:value (the value holds these words), field=value (the
 * whole value), wildcards * and ?, field:/regex/ (Vectorscan: time linear in the
 * text), [a TO b] {a TO b} > >= < <=, CIDR, field:*, AND OR NOT ( ), then pipes.
 * docs/manual/search.md is the manual; anything it does not allow is refused in
 * one sentence that names the column.
 *
 * Text compares without case (Unicode simple folding, without the Kelvin sign and
 * the long s).  A word of a query stands in a text as a whole word: its neighbours
 * are no letters, digits or '_'.  Chinese, Japanese and Korean have no such edges:
 * there any run of characters is found.
 *
 * Two steps, so that most records are never looked into: `lf_query_scan` finds in
 * the raw bytes of many records at once where a match is possible at all, and
 * `lf_query_matches` decides on the normalised event.  What a word filter of a
 * block says can be asked before (`lf_query_possible`).  Both leave out nothing
 * that matches.
 *
 * Memory of the pipes is bounded; what does not fit is counted and told
 * (struct lf_query_table), never dropped in silence. */
#ifndef LF_ENGINE_QUERY_H
#define LF_ENGINE_QUERY_H

#include "base/buf.h"
#include "engine/normalise.h"
#include "model/observable.h"

enum {
    LF_QUERY_TEXT = 8192,        /* bytes of a query */
    LF_QUERY_DEPTH = 32,         /* of parentheses and NOT */
    LF_QUERY_CLAUSES = 256,      /* words, phrases, comparisons */
    LF_QUERY_REGEX = 1000,       /* bytes of one expression */
    LF_QUERY_STAGES = 8,         /* pipes */
    LF_QUERY_NAMES = 8,          /* fields of one pipe */
    LF_QUERY_GROUPS = 10000,     /* of count, top, timechart … */
    LF_QUERY_GROUP_BYTES = 4096, /* of one group's values; longer ones are cut */
    LF_QUERY_DISTINCT = 1 << 20, /* values that all dc of a query tell apart */
    LF_QUERY_KEPT = 10000,       /* events that a sort holds */
    LF_QUERY_KEPT_BYTES = 64 << 20,
    LF_QUERY_COMBINATIONS = 64, /* groups that one event with lists of values counts in */
};

struct lf_query_tree;

/* Syntax only, in bounded time and without compiling expressions.  `a` must live
 * as long as the query.  LF_BAD_INPUT names the column (in characters, from 1). */
enum lf_code lf_query_parse(struct lf_arena *a, lf_view text, struct lf_query_tree **out,
                            struct lf_err *e) LF_MUST;
/* A query that others go on from (engine/lookout.h, stix_live.h): it matches every event, and its scan and
 * filter leave out records and blocks in which none of the values can stand in any way that a log writes
 * them: plain, with the labels counted as Windows' DNS server does, in hexadecimal digits as auditd does
 * (there in small letters only).  Any number of values, all kinds but networks and patterns.  False: of one
 * nothing is certain, and all must be looked into; a value is as lf_observable_text gives it. */
bool lf_query_values(struct lf_arena *a, const struct lf_observable *values, size_t n,
                     struct lf_query_tree **out) LF_MUST;
/* Makes it ready to match; LF_BAD_INPUT: an expression is not understood. */
enum lf_code lf_query_compile(struct lf_query_tree *q, struct lf_err *e) LF_MUST;
/* Frees what compile made; the rest goes with the arena.  NULL is harmless. */
void lf_query_clear(struct lf_query_tree *q);

/* Does the query end in a table (count, top …), or in events? */
bool lf_query_is_table(const struct lf_query_tree *q);
/* Of a query that ends in events: the names of the members that `fields` chose, as they
 * were written; they live as long as the query.  0: whole events. */
size_t lf_query_field_names(const struct lf_query_tree *q, lf_view out[LF_QUERY_NAMES]);
/* The query of what is behind one row of its table: the base (what stands before the
 * first pipe) and the row's values, in `a`; `cells` are those of `columns`.  A row of a
 * timechart narrows the time too. */
void lf_query_narrow(const struct lf_query_tree *q, struct lf_arena *a, const lf_view *columns,
                     const lf_view *cells, size_t n, lf_view *text, lf_time *from, lf_time *to);
/* The base and one more value; and the base with a pipe behind it. */
lf_view lf_query_with(const struct lf_query_tree *q, struct lf_arena *a, lf_view field, lf_view value);
lf_view lf_query_piped(const struct lf_query_tree *q, struct lf_arena *a, const char *pipe, lf_view field);
/* Must each record be looked into, because no literal is required? */
bool lf_query_wants_all(const struct lf_query_tree *q);
/* Calls `at` with places in `raw` (behind a literal), rising; a record in which
 * none lies does not match.  `at` gives the place below which nothing more needs to
 * be told: the end of its record.  Not to be called when lf_query_wants_all(). */
void lf_query_scan(struct lf_query_tree *q, lf_view raw, size_t (*at)(void *ctx, size_t place), void *ctx);
/* Can a block hold a match, of which `has` tells whether a text may occur in it?
 * Texts asked for are parts of the query that stand in each match with no word of
 * theirs being part of a longer one (store/token.h), ASCII letters small. */
bool lf_query_possible(const struct lf_query_tree *q, bool (*has)(void *ctx, lf_view text), void *ctx);
/* `record` and the event that lf_normalise made of it; working memory in `a`. */
bool lf_query_matches(struct lf_query_tree *q, struct lf_arena *a, const struct lf_record *record,
                      const struct lf_event *ev);

/* A time as people write it: ISO 8601 with a zone; 2026-11-20, 2026/11/20, 115-11-20 or
 * 民國115年11月20日, with or without hh:mm[:ss], Taipei's (UTC+8) without a zone; now; -24h
 * (s, m, h, d, w).  `ends`: a day alone means its end. */
enum lf_code lf_query_time(lf_view text, lf_time now, bool ends, lf_time *out, struct lf_err *e) LF_MUST;

/* ---- the pipes ---- */

struct lf_query_run;

struct lf_query_hit {
    uint64_t position;
    lf_time happened, recorded;
    lf_view sender, host;
    lf_view raw;   /* as it came */
    lf_view event; /* JSON: the normalised event, or what `fields` chose of it */
};

struct lf_query_cell {
    lf_view text; /* ptr NULL: nothing there */
    bool number;
};
struct lf_query_table {
    const lf_view *columns;
    size_t ncolumns, nrows;
    const struct lf_query_cell *cells; /* row after row */
    uint64_t without;                  /* events counted nowhere: without the field */
    uint64_t others;                   /* events counted nowhere: LF_QUERY_GROUPS was reached */
    bool at_least;                     /* dc: LF_QUERY_DISTINCT was reached; counts are lower bounds */
    bool cut;                          /* group values were cut to LF_QUERY_GROUP_BYTES */
};

/* `q` stays the caller's and must outlive the run.  `limit`: events wanted at most
 * (0 = no limit of its own); `seed`: random, for hashing what comes from outside. */
struct lf_query_run *lf_query_run_create(struct lf_query_tree *q, size_t limit, uint64_t seed);
void lf_query_run_destroy(struct lf_query_run *r);

/* A matching event goes into the pipes.  True: *hit is one of the answer, valid as
 * long as `a` and the event. */
bool lf_query_take(struct lf_query_run *r, struct lf_arena *a, const struct lf_record *record,
                   const struct lf_event *ev, struct lf_query_hit *hit);
/* Nothing more is wanted: head or the limit was reached. */
bool lf_query_full(const struct lf_query_run *r);
/* Events that matched so far. */
uint64_t lf_query_matched(const struct lf_query_run *r);
/* Of a query that sorts events: what was held back, sorted; each once, at the end.
 * False: no more.  *dropped: events that did not fit (LF_QUERY_KEPT). */
bool lf_query_next(struct lf_query_run *r, struct lf_query_hit *hit, uint64_t *dropped);
/* The table as it stands, in `a`. */
void lf_query_table(struct lf_query_run *r, struct lf_arena *a, struct lf_query_table *out);
/* What is to be said about a table besides its rows, in English; empty: nothing. */
lf_view lf_query_table_note(struct lf_arena *a, const struct lf_query_table *t);
/* One row as a JSON object. */
void lf_query_row_json(struct lf_buf *b, const struct lf_query_table *t, size_t row);

#endif
