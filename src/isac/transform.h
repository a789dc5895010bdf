/* Transform: what one link leaves out, replaces, re-marks or makes coarser.
 *
 * An administrator gives a link rules, as JSON:
 *
 *   {"rules":[
 *     {"do":"withhold",  "types":["tool"], "markings":["amber"]},
 *     {"do":"remove",    "types":["indicator"], "property":"description"},
 *     {"do":"replace",   "property":"name", "value":"來自其他成員"},
 *     {"do":"generalise","types":["ipv4-addr"], "property":"value", "to":"/24"},
 *     {"do":"generalise","property":"first_observed", "to":"day"},
 *     {"do":"mark",      "marking":"amber"} ]}
 *
 * Each rule is for the objects of its types (all, when none are named) that carry one of its markings (any,
 * when none are named).  A property is a path of members; lists on it are walked.  "to": hour, day, month,
 * year for times, /N for addresses.  "mark" makes an object's TLP stricter and never milder.
 *
 * They are asked behind isac/rights.h: of what the reader at the other end may have anyway, so that a rule
 * can only make it less.  What a rule changes becomes another object, by model/redact.h: id a keyed hash of
 * link, rules and source, this node as creator, `derived_from` in our extension, versions and revocation
 * those of the source.  Which copy stands for which source is kept: references between objects of one link
 * lead to its copies, what the other end says of a copy is read as said of its source, and an object that was
 * once given under rules stays under those, so that the same id and version never has other content.  What
 * was given before there were rules goes on as it was: its withdrawal must find it.  What was withheld while
 * its reader went by is not made up for when the rule ends.
 *
 * Not given, instead of changed: what is signed, what has marks on parts of it, and what would lack a
 * property that its type must have.  Incident events, keys, questions and definitions are the link's own
 * language: no rule is for them.  Rules hold for what leaves; what comes in is taken as it is. */
#ifndef LF_ISAC_TRANSFORM_H
#define LF_ISAC_TRANSFORM_H

#include "fmt/stix.h"
#include "isac/rights.h"
#include "store/task.h"

enum { LF_TRANSFORM_RULES = 100, LF_TRANSFORM_BYTES = 65536 };

/* Needs ADMIN; audited.  `rules` is the array; an empty one ends all rules for what is new. */
enum lf_code lf_transform_set(struct lf_task *t, lf_view peer, const struct lf_json *rules,
                              struct lf_err *e) LF_MUST;
struct lf_transform_set {
    int64_t number; /* 0: this link never had any */
    lf_view json;   /* the array, "[]" when there are none */
    lf_view by;
    lf_time at;
};
enum lf_code lf_transform_get(struct lf_task *t, lf_view peer, struct lf_transform_set *out,
                              struct lf_err *e) LF_MUST;

/* Of one link, for a task.  *out is NULL when it never had rules. */
struct lf_transform;
enum lf_code lf_transform_open(struct lf_task *t, lf_view peer, struct lf_transform **out,
                               struct lf_err *e) LF_MUST;
/* When this link first had rules: what was added to a collection before, by its date_added, was given
 * without. */
lf_time lf_transform_since(const struct lf_transform *x);
/* What goes over the link for an object that its reader may have.  `before`: it was given as it is, in this
 * or an earlier version.  `remember`: where it is given as it is now, that is kept, because nobody else can
 * tell later.  *shown false: nothing.  *id and *json are the object's own where no rule is for it. */
enum lf_code lf_transform_give(struct lf_transform *x, struct lf_rights *r, lf_view json, bool before,
                               bool remember, lf_view *id, lf_view *out, bool *shown,
                               struct lf_err *e) LF_MUST;
/* The same of what goes up to a parent, which may have it.  What went up as it is, while the link had no
 * rules or none for it, goes on so; what was made before the rules and never went up does not. */
enum lf_code lf_transform_send(struct lf_task *t, lf_view parent, lf_view *id, lf_view *json, bool *shown,
                               struct lf_err *e) LF_MUST;
/* Of which object this is the copy; the id itself when it is none.  *hidden: it has a copy, and its own id
 * was never given. */
enum lf_code lf_transform_source(struct lf_transform *x, lf_view id, lf_view *source, bool *hidden,
                                 struct lf_err *e) LF_MUST;
/* What the other end says, with its references to copies as references to their sources. */
enum lf_code lf_transform_back(struct lf_task *t, lf_view peer, lf_view json, lf_view *out,
                               struct lf_err *e) LF_MUST;

#endif
