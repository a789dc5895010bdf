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

/* May the reader have it?  An unmarked one asks for nothing. */
enum lf_code object_shown(struct lf_task *t, struct lf_rights *r, const struct lf_entry *v, bool *shown,
                          struct lf_err *e) LF_MUST;

/* A version leaves a collection by the node's own decision, and whatever looks for it. */
enum lf_code object_leave(struct lf_task *t, lf_view collection, struct lf_entry *v,
                          struct lf_err *e) LF_MUST;

#endif
