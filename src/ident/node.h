/* Node: who this node is, made at its first start and the same for its life.
 *
 * Node id, own organisation, Ed25519 seed and redaction key lie in the table
 * setting.  The seed is therefore in the database: the file is made 0600 in a
 * directory 0700 and read by the core alone; with PostgreSQL, whoever can read the
 * database can sign as this node, so give it a database of its own.  Backups carry
 * it too and are to be guarded likewise. */
#ifndef LF_IDENT_NODE_H
#define LF_IDENT_NODE_H

#include "store/task.h"

/* `name` and `tier` are used at the first start; later `name` renames the node
 * when it differs (empty = keep), and another `tier` is LF_CONFLICT: a node does
 * not change its place in the tree by a setting.  Texts belong to `a`. */
enum lf_code lf_node_load_or_create(struct lf_db *db, const struct lf_env *env, struct lf_arena *a,
                                    lf_view name, lf_view tier, struct lf_identity *out,
                                    struct lf_err *e) LF_MUST;
/* The scope of the node's own work. */
struct lf_scope lf_node_scope(const struct lf_identity *self);
/* A task within `t` for the same: as the system, and with no effects yet; who takes one adds its
 * effects to those of `t`. */
struct lf_task lf_node_task(const struct lf_task *t);
/* The node's own rows, whoever asked for the work: the account and its roles stay. */
struct lf_scope lf_node_rows(const struct lf_task *t);

/* Node-wide key and value, for the rooms' own small facts; keys are
 * "<room>.<what>".  Absent: LF_NOT_FOUND.  System or ADMIN of the node only. */
enum lf_code lf_setting_get(struct lf_task *t, lf_view key, lf_view *value, struct lf_err *e) LF_MUST;
enum lf_code lf_setting_set(struct lf_task *t, lf_view key, lf_view value, struct lf_err *e) LF_MUST;

/* Another signing key, used from the commit on by whoever reads the identity again
 * (lf_node_load_or_create); the old one is kept as one that was ours.  System only. */
enum lf_code lf_node_key_set(struct lf_task *t, const uint8_t seed[LF_SIGN_SEED], struct lf_err *e) LF_MUST;
/* Is this our signing key, or was it ours when something was signed then? */
enum lf_code lf_node_key_was(struct lf_task *t, const uint8_t key[LF_SIGN_PUBLIC], lf_time signed_at,
                             bool *was, struct lf_err *e) LF_MUST;

#endif
