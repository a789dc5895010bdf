/* Written: what articles and analysis reports (model/written.h) have in common in the console and the API. */
#ifndef LF_WEB_WRITTEN_H
#define LF_WEB_WRITTEN_H

#include "model/written.h"
#include "web/page_priv.h"

/* ?state= of a list; -1: any. */
enum lf_code written_state(struct rq *r, int *state) LF_MUST;
void put_written_filter(struct rq *r, struct lf_buf *b); /* the choice of it */

enum lf_text written_text(enum lf_written s);
/* Its state, and which version is out where there were more than one. */
void put_written_state(struct rq *r, struct lf_buf *b, const struct lf_written_row *x);

/* What its form's reader has seen of its history. */
void put_written_seen(struct rq *r, struct lf_buf *b, int64_t entries);
/* A button of its page.  `place`: "/articles/"; `act`: "/submit". */
void put_written_button(struct rq *r, struct lf_buf *b, const char *place, const char *act,
                        enum lf_text label, int64_t entries);
/* What may be done to it, where its state allows, and what it is called. */
struct written_offer {
    bool writes, submits, returns, publishes, withdraws;
    enum lf_text edit, revise, publish, withdraw;
    const char *out; /* the last part of the address that puts it out: "/publish" */
};
void put_written_offer(struct rq *r, struct lf_buf *b, const char *place, const struct lf_written_row *x,
                       const struct written_offer *o);
/* The same where reviewers decide: why it was returned or withdrawn, and what this person may do to it in its
 * state.  `out`: something of it
 * is out; `edit`: what writing in it is called. */
void put_written_acts(struct rq *r, struct lf_buf *b, const char *place, const struct lf_written_row *x,
                      bool out, enum lf_text edit);
/* Who did what when, and why. */
void put_written_entry(struct rq *r, struct lf_buf *b, const struct lf_written_entry *x);

/* id, state, version, entries, note, created, changed, published_at */
void put_written_members(struct lf_json_w *w, const struct lf_written_row *x);
/* entry, at, account, act, note */
void put_written_entry_members(struct lf_json_w *w, const struct lf_written_entry *x);

#endif
