/* Seed: the first administrator of a new node. */
#ifndef LF_IDENT_SEED_H
#define LF_IDENT_SEED_H

#include "store/task.h"

/* When the node has no account at all, makes `name` with all roles a person can
 * have.  *password is used when it is given, else one is made (in t->a).  Both
 * outputs are empty when there are accounts already.  System only. */
enum lf_code lf_seed_admin(struct lf_task *t, lf_view name, lf_view *password, lf_view *account,
                           struct lf_err *e) LF_MUST;
/* A token whose text was drawn by whoever starts the node (a throwaway node tells
 * it before the core runs): "lfp_" and 43 characters.  System only. */
enum lf_code lf_seed_token(struct lf_task *t, lf_view account, lf_view label, unsigned roles, lf_view token,
                           struct lf_err *e) LF_MUST;
/* 20 characters without look-alikes, 116 bits: what lf_seed_admin gives. */
lf_view lf_password_generate(const struct lf_env *env, struct lf_arena *a);

#endif
