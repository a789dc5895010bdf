/* Redact: the copy of an object that leaves out what its reader may not have.
 *
 * A copy is a new object: another id, this node as its creator, `derived_from` in our
 * extension, and nothing that says who reported.  The same source and mask always give the
 * same text; versions and revocation of the source are those of the copy.  docs/adr/0008
 * and 0027. */
#ifndef LF_MODEL_REDACT_H
#define LF_MODEL_REDACT_H

#include "model/marking.h"

struct lf_redaction {
    lf_view id;           /* of the copy: of the source's type */
    lf_view creator;      /* "identity--…" of the node that redacts */
    lf_view reporters[2]; /* identities that must not be in it; empty: none */
    unsigned mask;        /* bit per atom of the marking: parts that stay */
};

/* The copy's text, in the arena.  Empty: there is none, because a property that its type
 * must have would go, or because a thing of this type is not to be copied. */
lf_view lf_redact(struct lf_arena *a, const struct lf_json *object, const struct lf_marking *m,
                  const struct lf_redaction *r);

#endif
