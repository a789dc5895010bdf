/* Member: one whom this node's bulletins ask (isac/bulletin.h), and what is known of it.
 *
 * Every active node below is a member; one without a node of its own is entered here and answers
 * by signed links.  Sectors (STIX industry-sector-ov), responsibility level and mail address are
 * for choosing an audience and for reaching it; a node below may have none of them. */
#ifndef LF_ISAC_MEMBER_H
#define LF_ISAC_MEMBER_H

#include "fmt/json.h"
#include "store/task.h"

enum { LF_MEMBER_NAME = 200, LF_MEMBER_MAIL = 254, LF_MEMBERS = 5000, LF_AUDIENCE = 64 << 10 /* bytes */ };

struct lf_member {
    lf_view id;      /* UUID; of a node below: its peer's */
    lf_view name;    /* of a node below: as the node calls itself */
    lf_view sectors; /* a blank between */
    lf_view level;   /* "A" to "E", or empty */
    lf_view mail;    /* or empty */
    lf_view peer;    /* empty: without a node */
};

/* Nodes below first, then the others by name. */
enum lf_code lf_member_list(struct lf_task *t, size_t *n, const struct lf_member **out,
                            struct lf_err *e) LF_MUST;
/* id empty: a new one without a node; else what is known of one.  ADMIN or REVIEWER; audited. */
enum lf_code lf_member_put(struct lf_task *t, const struct lf_member *m, lf_view *id,
                           struct lf_err *e) LF_MUST;
/* Of a node below only what is known of it goes. */
enum lf_code lf_member_remove(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;

/* An audience: {"sectors":[…],"levels":["A",…],"assets":"words","members":[ids]}.  A member is in it
 * when it is named, or when it has one of the sectors, one of the levels and an asset (soc/asset.h: its
 * owner is the member's name) with all the words, as far as these are said.  Nothing said: all.
 * LF_BAD_INPUT for anything else; *text is how it is kept. */
enum lf_code lf_member_audience(struct lf_task *t, const struct lf_json *v, lf_view *text,
                                struct lf_err *e) LF_MUST;
/* Those who are in the audience that is kept as `text`; empty: all. */
enum lf_code lf_member_choose(struct lf_task *t, lf_view text, size_t *n, const struct lf_member **out,
                              struct lf_err *e) LF_MUST;

#endif
