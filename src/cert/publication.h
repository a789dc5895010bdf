/* Publication: the open data of a finished week, month or year, as it was when a person (or the node, by a
 * setting) put it out for everyone.
 *
 *   (nothing) → version 1 → version 2 (with its reason) → … → withdrawn (with its reason) → version n + 1 → …
 *
 * Every arrow is a row of its own that stays: what was published once may have been kept by anyone.  The
 * numbers of a version are frozen: it tells nothing of what happened later.
 *
 * Small numbers are withheld (cert/statistic.h) in each file, and no two files together tell them (ADR 65):
 * periods of different kinds that overlap are not published beside each other, also when the first was
 * withdrawn; and a table of a later version that would withhold other cells than the one before is withheld
 * whole.
 *
 * Of the node's own organisation alone.  Reading is for everyone: these are the rows that are public. */
#ifndef LF_CERT_PUBLICATION_H
#define LF_CERT_PUBLICATION_H

#include "cert/statistic.h"

struct lf_publication_settings {
    bool open;           /* whether the door without an account is there */
    lf_view licence;     /* as it is told; empty: none is */
    enum lf_period kind; /* what the node publishes by itself; LF_PERIODS: nothing */
    int after_days;      /* …so many days after its end */
};

enum { LF_PUBLICATION_REASON = 1000 /* bytes */, LF_PUBLICATIONS = 2000 /* periods of a list */ };

struct lf_publication {
    lf_view period; /* "2026", "2026-11", "2026-W47" */
    struct lf_statistic_span span;
    int64_t version;
    lf_time at, first; /* this version; the first */
    lf_view by, reason;
    bool withdrawn;  /* then it has no rows */
    int64_t records; /* rows of the file */
    lf_view body;    /* {"rule_zh":…,"rule_en":…,"items":[{"by","key","cases": number or null}]} */
};

/* Needs ADMIN, REVIEWER or system of the node.  LF_CONFLICT: the period has not ended, one of another kind
 * overlaps, it is published and no reason is given, or nothing changed. */
enum lf_code lf_publication_add(struct lf_task *t, const struct lf_statistic_span *span, lf_view reason,
                                struct lf_publication *out, struct lf_err *e) LF_MUST;
enum lf_code lf_publication_withdraw(struct lf_task *t, lf_view period, lf_view reason,
                                     struct lf_err *e) LF_MUST;
/* The newest version of each period without its body, newest period first. */
enum lf_code lf_publication_list(struct lf_task *t, size_t *n, const struct lf_publication **out,
                                 struct lf_err *e) LF_MUST;
/* All versions of a period, newest first; the newest with its body.  LF_NOT_FOUND: there is none. */
enum lf_code lf_publication_get(struct lf_task *t, lf_view period, size_t *n,
                                const struct lf_publication **out, struct lf_err *e) LF_MUST;
/* Publishes what is due by itself, a period at a time; known from the rows, so that a restart loses nothing.
 * Periods before the first that was published are passed over, but for the newest. */
enum lf_code lf_publication_turn(struct lf_task *t, const struct lf_publication_settings *s,
                                 struct lf_err *e) LF_MUST;

/* ---- how often it is read ---- */

/* Counted in memory and kept each minute at most, or when there is no room; a crash forgets that minute.
 * What was read, when and how often; nothing of who did. */
struct lf_publication_uses;
struct lf_publication_uses *lf_publication_uses_create(void);
void lf_publication_uses_destroy(struct lf_publication_uses *u);

enum lf_publication_use { LF_USE_PAGE, LF_USE_CSV, LF_USE_JSON, LF_PUBLICATION_USES };
/* `period` empty: the list. */
enum lf_code lf_publication_used(struct lf_publication_uses *u, struct lf_task *t, lf_view period,
                                 enum lf_publication_use what, struct lf_err *e) LF_MUST;
/* Keeps what waits, if it is a minute old or `now`. */
enum lf_code lf_publication_uses_keep(struct lf_publication_uses *u, struct lf_task *t, bool now,
                                      struct lf_err *e) LF_MUST;
struct lf_publication_count {
    int64_t day; /* of Taipei, from 1970-01-01; -1: all days */
    lf_view period;
    int64_t n[LF_PUBLICATION_USES];
};
/* What was read of each period in all, and each day's of the days from `from` on; by their keys. */
enum lf_code lf_publication_counts(struct lf_publication_uses *u, struct lf_task *t, int64_t from, size_t *n,
                                   const struct lf_publication_count **out, struct lf_err *e) LF_MUST;

#endif
