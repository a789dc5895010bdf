/* Signed: a JSON text that a person set in force, signed with the node's key together with who did and when,
 * and kept beside those before it.  A row that was altered in the database does not hold. */
#ifndef LF_ISAC_SIGNED_H
#define LF_ISAC_SIGNED_H

#include "store/task.h"

struct lf_signed {
    lf_view id, json, by; /* by: an account */
    lf_time at;
};

/* `kind` is the first line of what is signed, such as "lianfang-policy/1"; `add` stores id, json, by, at, key
 * and signature (base64url). */
enum lf_code lf_signed_add(struct lf_task *t, const struct lf_query *add, const char *kind, lf_view json,
                           lf_view *id, struct lf_err *e) LF_MUST;
/* The last one by `last`, which gives these six.  out->id is empty: there is none.  `holds`: its signature is
 * by a key that was the node's at that time. */
enum lf_code lf_signed_last(struct lf_task *t, const struct lf_scope *scope, const struct lf_query *last,
                            const char *kind, struct lf_signed *out, bool *holds, struct lf_err *e) LF_MUST;

#endif
