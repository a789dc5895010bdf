/* Advisories: intelligence that people write (model/advisory.h): from draft to members.
 *
 *   draft ──submit──▶ review ──publish──▶ published ──edit──▶ draft (what is out stays out)
 *     ▲                │  │                   └──withdraw──▶ withdrawn
 *     └──edit── returned  └──withdraw──▶ withdrawn
 *
 * Who writes (ANALYST, REPORTER, REVIEWER) hands in; another person (REVIEWER, not the one
 * who wrote in it last) returns it with a reason or publishes it.  Every text that ever was
 * in it stays in its history.  Published: into `members` (with an audience: to those of it alone,
 * isac/bulletin.h) and to the parent; a reply (FBI) goes where the other came from only.  Where the publisher
 * wishes, its values become indicators at once, and are withdrawn with it; never in an exercise.
 *
 * What the parent publishes is passed on to our members as it came, replies excepted; who
 * gets it is for its markings to say (isac/rights.h). */
#ifndef LF_ISAC_ADVISORY_H
#define LF_ISAC_ADVISORY_H

#include "model/advisory.h"
#include "model/marking.h"
#include "model/page.h"
#include "model/peer.h"
#include "store/task.h"

/* The numbers are kept in databases. */
enum lf_advisory_state {
    LF_ADVISORY_DRAFT,
    LF_ADVISORY_REVIEW,
    LF_ADVISORY_RETURNED,
    LF_ADVISORY_PUBLISHED,
    LF_ADVISORY_WITHDRAWN
};
enum { LF_ADVISORY_STATES = 5, LF_ADVISORY_NOTE = 2000 /* bytes of a reason */ };
const char *lf_advisory_state_name(enum lf_advisory_state s); /* "draft" … */
bool lf_advisory_state_parse(lf_view name, enum lf_advisory_state *s);

enum lf_advisory_act {
    LF_ADVISORY_WROTE,
    LF_ADVISORY_SUBMITTED,
    LF_ADVISORY_DID_RETURN,
    LF_ADVISORY_DID_PUBLISH,
    LF_ADVISORY_DID_WITHDRAW,
    LF_ADVISORY_ATTACHED,
    LF_ADVISORY_DETACHED
};
enum { LF_ADVISORY_ACTS = 7 };
const char *lf_advisory_act_name(enum lf_advisory_act a);

struct lf_advisory_row {
    lf_view id, origin; /* origin: peer id; empty = ours */
    int64_t seq;
    enum lf_advisory_kind kind;
    enum lf_advisory_state state;
    bool exercise;
    lf_view title, form; /* form: JSON */
    lf_view author, reviewer, note;
    lf_time created, changed, published; /* published 0: never */
    lf_time version;                     /* of the report that is out */
    enum lf_tlp tlp;                     /* of the form */
    int64_t marking;                     /* key of the report that is out (isac/rights.h) */
    lf_view indicators, json;
};

/* A new draft; its form may lack anything. */
enum lf_code lf_advisory_draft(struct lf_task *t, enum lf_advisory_kind kind,
                               const struct lf_advisory_form *form, bool exercise, lf_view *id,
                               struct lf_err *e) LF_MUST;
/* Replaces the form of a draft, a returned or a published one. */
enum lf_code lf_advisory_edit(struct lf_task *t, lf_view id, const struct lf_advisory_form *form,
                              struct lf_err *e) LF_MUST;
enum lf_code lf_advisory_submit(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code lf_advisory_return(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e) LF_MUST;
/* `look_for`: its values become indicators, released. */
enum lf_code lf_advisory_publish(struct lf_task *t, lf_view id, bool look_for, struct lf_err *e) LF_MUST;
/* A reply (FBI) under an id of the caller's, out at once: what a member says of itself needs no second
 * person.  The same id again is its next version. */
enum lf_code lf_advisory_reply(struct lf_task *t, lf_view id, const struct lf_advisory_form *form,
                               bool exercise, struct lf_err *e) LF_MUST;
/* A draft is given up; what is out is revoked everywhere, and the indicators made of it. */
enum lf_code lf_advisory_withdraw(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e) LF_MUST;

/* At most LF_ADVISORY_FILES of LF_ADVISORY_FILE bytes; not while it is in review or out. */
enum lf_code lf_advisory_attach(struct lf_task *t, lf_view id, const struct lf_advisory_file *file,
                                struct lf_err *e) LF_MUST;
enum lf_code lf_advisory_detach(struct lf_task *t, lf_view id, int64_t seq, struct lf_err *e) LF_MUST;
struct lf_advisory_attachment {
    int64_t seq, size;
    lf_view name, type, sha256;
    lf_view bytes; /* of one that was asked for by its number */
};
/* seq 0: all of them, without their bytes. */
enum lf_code lf_advisory_files(struct lf_task *t, lf_view id, int64_t seq, size_t *n,
                               const struct lf_advisory_attachment **out, struct lf_err *e) LF_MUST;

/* kind and state -1: any.  `words`, blanks between, each stand somewhere in its id or form (ASCII letters
 * without case); at most LF_ADVISORY_WORDS, and empty is any.  Newest first; looking for words reads
 * LF_ADVISORY_LOOK of them at once, so that such a page may be short and still have a next. */
enum { LF_ADVISORY_WORDS = 8, LF_ADVISORY_LOOK = 2000 };
enum lf_code lf_advisory_list(struct lf_task *t, int kind, int state, lf_view words,
                              const struct lf_page *page, size_t *n, const struct lf_advisory_row **out,
                              lf_view *next, struct lf_err *e) LF_MUST;
enum lf_code lf_advisory_get(struct lf_task *t, lf_view id, struct lf_advisory_row *out,
                             struct lf_err *e) LF_MUST;
/* One of this node's own, whoever it is marked for: for acts upon it, never to be shown.  LF_FORBIDDEN: a
 * peer's. */
enum lf_code lf_advisory_own(struct lf_task *t, lf_view id, struct lf_advisory_row *out,
                             struct lf_err *e) LF_MUST;
/* Reads back the form of a row. */
enum lf_code lf_advisory_form_of(struct lf_task *t, const struct lf_advisory_row *row,
                                 struct lf_advisory_form *out, struct lf_err *e) LF_MUST;

struct lf_advisory_event {
    int64_t seq;
    lf_time at;
    lf_view account;
    enum lf_advisory_act act;
    lf_view note, form;
};
enum lf_code lf_advisory_history(struct lf_task *t, lf_view id, size_t *n,
                                 const struct lf_advisory_event **out, struct lf_err *e) LF_MUST;

/* An object of an authenticated peer: an advisory is kept, and it and what belongs to one is
 * passed on when it is the parent's.  LF_OK for whatever is neither. */
enum lf_code lf_advisory_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e) LF_MUST;

#endif
