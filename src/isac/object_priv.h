/* What object.c (writing) and object_list.c (reading) share. */
#ifndef LF_ISAC_OBJECT_PRIV_H
#define LF_ISAC_OBJECT_PRIV_H

#include "isac/entry.h"
#include "isac/object.h"

/* Another account's object with this id and version lies here too. */
static inline bool object_twin(const struct lf_entry *v)
{
    return lf_view_is(v->source, "=");
}

/* One is STIX 2.0 and the other 2.1. */
static inline bool object_of_two(const struct lf_entry *a, const struct lf_entry *b)
{
    return lf_entry_stix20(a->kind) != lf_entry_stix20(b->kind);
}

/* May the reader have it?  An unmarked one asks for nothing. */
enum lf_code object_shown(struct lf_task *t, struct lf_rights *r, const struct lf_entry *v, bool *shown,
                          struct lf_err *e) LF_MUST;

/* A version leaves a collection by the node's own decision, and whatever looks for it. */
enum lf_code object_leave(struct lf_task *t, lf_view collection, struct lf_entry *v,
                          struct lf_err *e) LF_MUST;

#endif
