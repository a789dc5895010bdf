/* Sharing groups: named sets of nodes that an object can be marked for.
 *
 * A group has a marking-definition of its own (our extension's `sharing_group`); an object that
 * is marked with it leaves for members alone, and TLP goes on holding besides.  The definition
 * names nobody: who is in a group stays in this node.  Every change is in the audit trail. */
#ifndef LF_ISAC_GROUP_H
#define LF_ISAC_GROUP_H

#include "store/task.h"

enum { LF_GROUP_MEMBERS = 1000, LF_GROUP_NAME = 200, LF_GROUPS = 1000 };

struct lf_group {
    lf_view id, name;
    lf_view marking; /* "marking-definition--…": what objects are marked with */
    lf_time created;
    size_t nmembers;
    const lf_view *members;
};

/* A member: "self" (the people of this node), "identity--<uuid>" of a node, "tier:provider",
 * "tier:sector", "tier:nation" (nodes of that tier), or "children".  ADMIN or REVIEWER. */
enum lf_code lf_group_create(struct lf_task *t, lf_view name, lf_view *id, struct lf_err *e) LF_MUST;
enum lf_code lf_group_add(struct lf_task *t, lf_view group, lf_view member, struct lf_err *e) LF_MUST;
enum lf_code lf_group_remove(struct lf_task *t, lf_view group, lf_view member, struct lf_err *e) LF_MUST;
/* The group goes; what was marked for it is for its author alone from then on. */
enum lf_code lf_group_delete(struct lf_task *t, lf_view group, struct lf_err *e) LF_MUST;
/* By id or name. */
enum lf_code lf_group_get(struct lf_task *t, lf_view id_or_name, struct lf_group *out,
                          struct lf_err *e) LF_MUST;
enum lf_code lf_group_list(struct lf_task *t, size_t *n, const struct lf_group **out,
                           struct lf_err *e) LF_MUST;

#endif
