/* Statement: what is said in public of an incident or of anything else (對外說明、新聞稿).
 *
 * 002, 8.(6): the media are told by the deputy convener who is designated for it, and by nobody else.  Who
 * that is stands in the contact network: whoever is on duty at the post "media" when the act is done, else
 * the first who stands for it; where deputy conveners are entered he is one of them.  He alone releases and
 * withdraws, also what he wrote himself; a role or the node's own console is no way around him.
 *
 * States as in model/written.h, put out by release instead of review:
 *
 *   draft ──submit──▶ review ──release──▶ published ──write, why──▶ draft (what is out stays out)
 *     ▲                  │ └──return──▶ returned ──write──┐
 *     └──────────────────┼───────────────────────────────┘
 *                        └──withdraw (from each state, why)──▶ withdrawn
 *
 * What is released again is a correction, with its reason; what is withdrawn leaves its number and the
 * reason. Every text that ever was in it stays in its history.  A statement about an exercise's incident is
 * marked from the start, has no number, and goes to nobody outside.
 *
 * Before it is handed in, and again before it is released, it is held against the report of its incident:
 * what is marked TLP:RED is not spoken of, and who was attacked is not named unless its author says that he
 * agrees.  Of the node's own organisation alone.  Reading what is out is for everyone. */
#ifndef LF_CERT_STATEMENT_H
#define LF_CERT_STATEMENT_H

#include "cert/incident.h"
#include "model/written.h"

enum { LF_STATEMENT_LINE = 300, LF_STATEMENT_TEXT = 8000, LF_STATEMENTS_OPEN = 50 /* of a list */ };

struct lf_statement_form {
    lf_view title, text;
    lf_view reason; /* why it is corrected; before the first release empty.  Everyone reads it */
    bool named;     /* who was attacked is named, and agrees */
};

struct lf_statement {
    struct lf_written_row row;
    struct lf_statement_form form;  /* as it was last written; for who may not write, what is out */
    struct lf_statement_form shown; /* what is out; without a title: nothing is */
    lf_view incident;               /* empty: of none, or of one that the asker may not see */
    bool exercise;
    int64_t number; /* by which the public has it; 0: it does not */
    lf_time first;  /* when it was released first */
};

struct lf_statement_entry {
    struct lf_written_entry entry; /* its note: also why it was corrected */
    struct lf_statement_form form; /* without a title: the act wrote nothing */
};

/* Who may release now.  `name` empty: nobody; `deputy` false: who stands there is no deputy convener. */
struct lf_statement_speaker {
    lf_view name;
    bool deputy, self;
};
enum lf_code lf_statement_speaker(struct lf_task *t, struct lf_statement_speaker *out,
                                  struct lf_err *e) LF_MUST;
bool lf_statement_may_write(const struct lf_task *t);

/* `incident` may be empty.  LF_CONFLICT: it is marked TLP:RED.  `exercise`: it is one though no incident says
 * so. */
enum lf_code lf_statement_add(struct lf_task *t, lf_view incident, bool exercise,
                              const struct lf_statement_form *form, lf_view *id, struct lf_err *e) LF_MUST;
/* `seen`: entries that its author had before him; LF_CONFLICT: there are more. */
enum lf_code lf_statement_write(struct lf_task *t, lf_view id, int64_t seen,
                                const struct lf_statement_form *form, struct lf_err *e) LF_MUST;
/* Any act but writing; returning and withdrawing want a note.  `seen` as above; 0: whatever there is.
 * `open`: what is released is shown without an account, and those who are told are led there. */
enum lf_code lf_statement_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                              lf_view note, bool open, struct lf_err *e) LF_MUST;

/* Newest first.  state -1: any; `incident` empty: any. */
enum lf_code lf_statement_list(struct lf_task *t, int state, lf_view incident, const struct lf_page *page,
                               size_t *n, const struct lf_statement **out, lf_view *next,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_statement_get(struct lf_task *t, lf_view id, struct lf_statement *out,
                              struct lf_err *e) LF_MUST;
/* Newest first, the last 200; for those who may write, and who may release. */
enum lf_code lf_statement_history(struct lf_task *t, lf_view id, size_t *n,
                                  const struct lf_statement_entry **out, struct lf_err *e) LF_MUST;

/* ---- for everyone ---- */

/* The newest number first, those below `before` (0: all), at most LF_STATEMENTS_OPEN; *next: where the rest
 * begins, 0: there is none.  Of each only number, shown, version, first, published, and of a withdrawn one
 * why (note) and when (changed). */
enum lf_code lf_statement_open_list(struct lf_task *t, int64_t before, size_t *n,
                                    const struct lf_statement **out, int64_t *next, struct lf_err *e) LF_MUST;
/* …with when it was released, corrected and withdrawn, and why, newest first. */
enum lf_code lf_statement_open_get(struct lf_task *t, int64_t number, struct lf_statement *out, size_t *n,
                                   const struct lf_written_entry **versions, struct lf_err *e) LF_MUST;

#endif
