/* Written act: what articles, analysis reports and statements have in common (model/written.h): their rows,
 * and who may do what to them and when. */
#ifndef LF_CERT_WRITTEN_ACT_H
#define LF_CERT_WRITTEN_ACT_H

#include "model/written.h"
#include "store/task.h"

enum { LF_WRITTEN_NOTE = 2000 };

/* Whether the account may write: ANALYST, REPORTER, REVIEWER. */
bool written_writer(const struct lf_task *t);
enum lf_code written_need_writer(struct lf_task *t, struct lf_err *e) LF_MUST;

/* Of a statement that gives id, seq, state, (form, shown,) version, author, reviewer, note, entries, created,
 * changed, published. */
struct lf_written_row written_row(struct lf_arena *a, const struct lf_row *r);
/* Of one that gives seq, at, account, act, note. */
struct lf_written_entry written_entry(struct lf_arena *a, const struct lf_row *r);

/* Moves the row by the act, or says why not: another state, somebody's change since `seen` (0: whatever there
 * is), no right, no reason.  `out`: something of it is out.  Publishing takes another person than wrote last.
 * `noun` begins each sentence.  What the act does to the texts is its caller's. */
struct written_act {
    const char *noun;
    enum lf_written_act act;
    int64_t seen;
    bool out;
    bool decided; /* its caller has a rule of its own for who may, and has looked */
    lf_view note; /* why; of returning and withdrawing */
};
enum lf_code written_do(struct lf_task *t, const struct written_act *a, struct lf_written_row *x,
                        struct lf_err *e) LF_MUST;

#endif
