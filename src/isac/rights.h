/* Rights: the one question each door of this node asks before anything leaves.
 *
 * model/clearance.h is the decision; here is what it is asked with: the object's markings as
 * they are kept, the reader behind a scope, and the groups.  docs/adr/0027 has the rules.
 *
 * When an object is stored its markings become a number, the key, that stands in its row: 0 for
 * an object that nothing marks.  All rows with a key are decided alike for one reader (but for
 * its author), so a page costs one decision a different key and not one a row.  What a
 * marking-definition or a group means is looked up when it is asked, so both may come later. */
#ifndef LF_ISAC_RIGHTS_H
#define LF_ISAC_RIGHTS_H

#include "model/clearance.h"
#include "store/task.h"

/* ---- when an object is stored ---- */

/* The author of an object as rows have it: "peer:<id>" of a peer's, else the account. */
lf_view lf_rights_author(struct lf_task *t, lf_view origin);
/* The key of an object by this origin (a peer's id; empty: ours) and author.  A
 * marking-definition is learned besides. */
enum lf_code lf_rights_key(struct lf_task *t, lf_view origin, lf_view author, const struct lf_json *object,
                           int64_t *key, struct lf_err *e) LF_MUST;

/* The copies of a marked object that must lie beside it, for those who do not get it whole. */
struct lf_rights_copy {
    lf_view id, json;
    int64_t key;
};
enum { LF_RIGHTS_COPIES = 1 << LF_MARKING_ATOMS };
enum lf_code lf_rights_copies(struct lf_task *t, lf_view origin, lf_view author, const struct lf_json *object,
                              size_t *n, struct lf_rights_copy out[LF_RIGHTS_COPIES],
                              struct lf_err *e) LF_MUST;

/* ---- when one is to leave ---- */

struct lf_rights;
struct lf_peer;
/* For the scope of the task; lives in its arena.  `readers`: who may read the collection it is
 * about (isac/object.h), or empty. */
enum lf_code lf_rights_open(struct lf_task *t, lf_view readers, struct lf_rights **out,
                            struct lf_err *e) LF_MUST;
/* For a peer, whoever's task it is: what goes up or down by itself. */
enum lf_code lf_rights_of_peer(struct lf_task *t, lf_view peer, struct lf_rights **out,
                               struct lf_err *e) LF_MUST;
/* The peer that it is for; NULL: it is for no peer. */
const struct lf_peer *lf_rights_peer(const struct lf_rights *r);
/* Whether the row with this key and author is there for the reader.  It may run a statement:
 * not to be called from within a query's callback unless lf_rights_known(). */
enum lf_code lf_rights_shows(struct lf_rights *r, int64_t key, lf_view author, bool *shown,
                             struct lf_err *e) LF_MUST;
/* The same without a statement; false: it must be asked by lf_rights_shows. */
bool lf_rights_known(struct lf_rights *r, int64_t key, lf_view author, bool *shown);
/* The people of this node, whoever of them: for what the machine shows to all of them, as an
 * alert does. */
struct lf_rights *lf_rights_of_people(struct lf_task *t);
/* The strictest that an object says of itself or of any part, for what is made out of it.
 * *closed: nothing of it goes on (unknown, broken, a group's). */
enum lf_code lf_rights_strictest(struct lf_task *t, lf_view origin, lf_view author,
                                 const struct lf_json *object, enum lf_tlp *tlp, bool *closed,
                                 struct lf_err *e) LF_MUST;
/* The text that the reader has of an object that lies in no collection: all of it, the copy
 * without what it may not have, or nothing (an empty view).  No text is for everyone. */
enum lf_code lf_rights_text(struct lf_rights *r, lf_view origin, lf_view json, lf_view *out, bool *shown,
                            struct lf_err *e) LF_MUST;
/* What is not an object yet, by its TLP alone: whether all of it is for the reader. */
enum lf_code lf_rights_tlp(struct lf_rights *r, lf_view origin, enum lf_tlp tlp, bool *shown,
                           struct lf_err *e) LF_MUST;
/* Of an object that lies in no collection. */
enum lf_code lf_rights_object(struct lf_rights *r, lf_view origin, lf_view author,
                              const struct lf_json *object, struct lf_clearance *out,
                              struct lf_err *e) LF_MUST;

#endif
