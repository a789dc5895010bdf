/* Seed: the first administrator of a new node. */
#ifndef LF_IDENT_SEED_H
#define LF_IDENT_SEED_H

#include "store/task.h"

/* When the node has no account at all, makes `name` with all roles a person can
 * have and a generated password, given once in *password (copied into t->a).
 * *password is empty when there are accounts already. */
enum lf_code lf_seed_admin(struct lf_task *t, lf_view name, lf_view *password, struct lf_err *e) LF_MUST;
/* 20 characters without look-alikes, 116 bits: what lf_seed_admin gives. */
lf_view lf_password_generate(const struct lf_env *env, struct lf_arena *a);

#endif
