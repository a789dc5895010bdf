/* Old cases: what other systems exported of theirs, read and kept as incidents of this node.
 *
 *   csv: a row each; the first names the columns (id, title, description, level, category, aware_at,
 *   happened_at, closed_at, state, observables, note, or the Chinese names of the manual), and a mapping
 *   renames others.
 *   thehive: cases as TheHive gives them (JSON: one, or a list), with observables and tasks.
 *   iris: case reports of DFIR-IRIS (JSON: one, or a list), with iocs, timeline, notes, tasks.
 *
 * A case becomes an incident that was aware of when the other system says, is marked as imported in its
 * signed first event, has its notes as entries and, when it had ended, ends archived.  It is a draft: it goes
 * to no other node and starts no clock, until a person reports it.  Its id is made of this organisation, the
 * source and the case's id there: the same file again adds nothing.  What of a case or a row
 * has no place is told as a loss; further fields of its tasks, observables and entries are not. */
#ifndef LF_CERT_OLD_CASE_H
#define LF_CERT_OLD_CASE_H

#include "base/rest.h"
#include "cert/incident.h"

enum {
    LF_OLD_CASES = 200,           /* in one file that is taken at once */
    LF_OLD_CASES_LARGE = 100000,  /* in one that is taken in slices (cert/case_import.h) */
    LF_OLD_CASE_BYTES = 14 << 20, /* of a file */
    LF_OLD_NOTES = 200,           /* of a case */
    LF_OLD_TEXT = 64 << 10,       /* bytes of them */
    LF_OLD_LOSSES = 1000,         /* that are told, and refusals */
};

struct lf_old_note {
    lf_time at; /* 0: unknown */
    lf_view text;
};
struct lf_old_case {
    lf_view where; /* in the file: "line 7", "case 12" */
    lf_view id, title, description, category, state;
    int level;                       /* 0: none stated */
    lf_time aware, happened, closed; /* 0: unknown; aware is known */
    bool ended;
    size_t nnotes, nobservables;
    const struct lf_old_note *notes;
    const struct lf_observable *observables;
};
struct lf_old_loss {
    lf_view where, value; /* "line 7, column risk", "case 12, observables[3]" */
    const char *why;
};
struct lf_old_refusal {
    lf_view where, why; /* "line 7", one sentence */
};
struct lf_old_cases {
    const char *source; /* "csv", "thehive", "iris" */
    /* nlosses, nrefused: all of them; LF_OLD_LOSSES of each are told. */
    size_t n, nlosses, nrefused;
    struct lf_old_case *items;
    struct lf_old_loss *losses;
    struct lf_old_refusal *refused; /* of a large file alone */
};

struct lf_old_file {
    lf_view format, text;
    lf_view mapping; /* "title=主旨, aware_at=發生日", of CSV alone */
    /* At most LF_OLD_CASES_LARGE, and a case that will not do is refused alone; else LF_OLD_CASES, and it
     * refuses the file. */
    bool large;
    const struct lf_rest *rest;
};
/* Pure.  The error is one sentence: where, what, how to mend. */
enum lf_code lf_old_cases_read(struct lf_arena *a, const struct lf_old_file *file, lf_time now,
                               struct lf_old_cases *out, struct lf_err *e) LF_MUST;

struct lf_old_kept {
    size_t made, already;
    lf_view *ids; /* of each case's incident, in the file's order */
};
/* Needs an analyst. */
enum lf_code lf_old_need(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* `dry`: nothing is kept, and what would be is said.  *there: it was here already.  A failure may have kept
 * half of it: undo. */
enum lf_code lf_old_case_keep(struct lf_task *t, const char *source, const struct lf_old_case *c, bool dry,
                              lf_view *id, bool *there, struct lf_err *e) LF_MUST;
/* Needs an analyst.  All or nothing. */
enum lf_code lf_old_cases_keep(struct lf_task *t, const struct lf_old_cases *x, bool dry,
                               struct lf_old_kept *out, struct lf_err *e) LF_MUST;

#endif
