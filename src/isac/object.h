/* Collections and the STIX objects in them.
 *
 * An object is kept once per origin (a peer, or "" for this node and its
 * accounts): what one peer sends can neither replace nor shadow what another
 * sent.  date_added is strictly increasing within a collection: given inside the
 * transaction as the later of now and the last one plus a microsecond.
 *
 * What a reader sees is what isac/rights.h lets it see, and as if there were nothing else:
 * pages, `more`, first and last versions, and what is not found are reckoned over that.  A
 * marked object of which some have only a part lies beside its copies, each with an id of its
 * own; a reader sees the object or one copy. */
#ifndef LF_ISAC_OBJECT_H
#define LF_ISAC_OBJECT_H

#include "fmt/stix.h"
#include "isac/rights.h"
#include "model/role.h"
#include "store/task.h"

/* Who: words joined by blanks.  "share": accounts of the organisation with SHARE
 * or more; "children": every active child; "peer:<id>": that peer; "public", of readers alone: anyone, signed
 * in or not, who then has what is TLP:CLEAR (isac/rights.h); empty: nobody. */
struct lf_collection {
    lf_view id, alias, title;
    lf_view readers, writers;
    lf_time last_added;
    bool can_read, can_write; /* for the asking scope */
};

/* *id is used when it is given, else one is made. */
enum lf_code lf_collection_create(struct lf_task *t, lf_view alias, lf_view title, lf_view readers,
                                  lf_view writers, lf_view *id, struct lf_err *e) LF_MUST;
/* The same, and changing one, for people: LF_UNACCEPTED says which alias, title or word cannot be.  Peers
 * that are named must be there.  Who reads and writes those that links stand on (members, up, to-…) stays. */
enum lf_code lf_collection_make(struct lf_task *t, lf_view alias, lf_view title, lf_view readers,
                                lf_view writers, lf_view *id, struct lf_err *e) LF_MUST;
enum lf_code lf_collection_change(struct lf_task *t, const struct lf_collection *to,
                                  struct lf_err *e) LF_MUST;
/* Removes one with what is in it; objects that lie in another collection, too, stay there, and what was read
 * of it stays with who read it.  At most LF_COLLECTION_SWEEP versions go in one call: *left says that there
 * are more, and then it is still there, and nobody writes to it.  LF_CONFLICT: the node or its links stand on
 * it, or a feed, digest or member of the national exchange uses it. */
enum { LF_COLLECTION_SWEEP = 1000 };
enum lf_code lf_collection_remove(struct lf_task *t, lf_view id, bool *left, struct lf_err *e) LF_MUST;
/* Whether links or the node itself stand on a collection of this alias. */
bool lf_collection_standing(lf_view alias);
/* All of the organisation, whoever may read them. */
enum lf_code lf_collection_all(struct lf_task *t, size_t *n, const struct lf_collection **out,
                               struct lf_err *e) LF_MUST;
/* By id or alias, with the rights of t->scope; LF_NOT_FOUND when it has neither. */
enum lf_code lf_collection_get(struct lf_task *t, lf_view id_or_alias, struct lf_collection *out,
                               struct lf_err *e) LF_MUST;
/* The same whatever the rights: for the node's own work. */
enum lf_code lf_collection_find(struct lf_task *t, lf_view id_or_alias, struct lf_collection *out,
                                struct lf_err *e) LF_MUST;
/* Those t->scope may read or write, in a stable order. */
enum lf_code lf_collection_list(struct lf_task *t, size_t *n, const struct lf_collection **out,
                                struct lf_err *e) LF_MUST;

/* Puts an object (its text as it came) into a collection.  Rights are the
 * caller's to have checked.  *fresh: this origin had not sent this version
 * before.  The same again is LF_OK; nothing changes. */
enum lf_code lf_object_add(struct lf_task *t, lf_view collection, lf_view origin, const struct lf_stix *s,
                           lf_view json, bool *fresh, struct lf_err *e) LF_MUST;
/* The same for what an account hands in, held against the rules of versions: LF_UNACCEPTED when
 * the version before it has another creator, or was revoked. */
enum lf_code lf_object_post(struct lf_task *t, lf_view collection, const struct lf_stix *s, lf_view json,
                            bool *fresh, struct lf_err *e) LF_MUST;

/* Many of an account's at once: date_added and the store's numbers are given out for all of them.  Lives in
 * the task's arena; at most the `n` it was opened for are posted. */
struct lf_object_batch;
enum lf_code lf_object_batch_open(struct lf_task *t, lf_view collection, size_t n,
                                  struct lf_object_batch **out, struct lf_err *e) LF_MUST;
enum lf_code lf_object_batch_post(struct lf_task *t, struct lf_object_batch *b, const struct lf_stix *s,
                                  lf_view json, bool *fresh, struct lf_err *e) LF_MUST;
/* The order in which `n` objects of these types that come together are best posted, as numbers from 0: those
 * of one type one after the other in the order they came, types as the first of each came, markings before
 * all.  What a page of one type reads then lies together in the store.  With more than LF_OBJECT_GROUPS types
 * the rest stays as it came, behind.  In `a`. */
enum { LF_OBJECT_GROUPS = 64 };
const size_t *lf_object_order(struct lf_arena *a, const lf_view *types, size_t n);
/* The next one posted is the batch's number `place` (from 0) for those who read by date_added, the one after
 * it the next; each is used once. */
void lf_object_batch_place(struct lf_object_batch *b, size_t place);
/* Whether the id of the one posted last may have been in the store before; false is sure. */
bool lf_object_batch_met(const struct lf_object_batch *b);
/* Its number in the store (isac/watch.h). */
int64_t lf_object_batch_seq(const struct lf_object_batch *b);

struct lf_object {
    lf_time added;
    lf_view id, type, spec_version;
    lf_time version_at;
    unsigned decimals;    /* of the version as it is written (lf_stix_time_text) */
    lf_view json;         /* empty when only the manifest was asked */
    unsigned first, last; /* 1: among all versions; 2: among those that the reader has */
    int64_t marking;      /* isac/rights.h */
    int64_t seq, maker;   /* isac/entry.h: its number, and who brought it */
    bool copy;            /* made here, for those who may not have the whole */
};

enum { LF_OBJECT_MATCHES = 256 };
struct lf_object_filter {
    lf_time after; /* strictly; -1 = from the start */
    size_t limit;
    bool bodies;  /* want the text too … */
    size_t bytes; /* … so many bytes of it, and one object at least; 0 = as many as there are */
    size_t nid, ntype, nspec, nversion;
    lf_view id[LF_OBJECT_MATCHES], type[LF_OBJECT_MATCHES], spec[LF_OBJECT_MATCHES];
    lf_time version[LF_OBJECT_MATCHES];
    bool v_first, v_last, v_all;
    bool newest_spec;         /* of an object that is there in STIX 2.0 and 2.1, what is 2.1 only */
    struct lf_rights *rights; /* NULL: of the task's scope, without regard to who reads the collection */
};
enum lf_code lf_object_list(struct lf_task *t, lf_view collection, const struct lf_object_filter *f,
                            size_t *n, const struct lf_object **out, bool *more, struct lf_err *e) LF_MUST;
/* Is there any version of it in the collection, for this reader?  NULL: for the node's own work. */
enum lf_code lf_object_known(struct lf_task *t, struct lf_rights *rights, lf_view collection, lf_view id,
                             bool *known, struct lf_err *e) LF_MUST;
/* Whether any collection has any version of it, whoever may read that. */
enum lf_code lf_object_anywhere(struct lf_task *t, lf_view id, bool *known, struct lf_err *e) LF_MUST;
/* With its copies. */
enum lf_code lf_object_delete(struct lf_task *t, lf_view collection, const struct lf_object *o,
                              struct lf_err *e) LF_MUST;

#endif
