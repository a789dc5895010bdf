#include "ident/seed.h"

#include "ident/account.h"
#include "ident/ident_priv.h"
#include "store/query_ident.h"

enum { GENERATED = 20 };

lf_view lf_password_generate(const struct lf_env *env, struct lf_arena *a)
{
    /* 56 letters and digits that do not look alike: no 0 O o 1 l I. */
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    char *out = lf_arena_alloc(a, GENERATED, 1);

    static_assert(sizeof alphabet - 1 == 56, "the promise in the header");
    for (size_t n = 0; n < GENERATED;) {
        uint8_t byte;

        lf_random(env, &byte, 1);
        if (byte < 224) /* 4 * 56: no letter is likelier than another */
            out[n++] = alphabet[byte % 56];
    }
    return (lf_view){ out, GENERATED };
}

enum lf_code lf_seed_admin(struct lf_task *t, lf_view name, lf_view *password, lf_view *account,
                           struct lf_err *e)
{
    int64_t accounts;
    lf_view id, use = password->len ? *password : lf_password_generate(t->env, t->a);

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_account_count, LF_NO_ARGS, &accounts, e));
    if (accounts > 0) {
        *password = *account = (lf_view){ 0 };
        return LF_OK;
    }
    LF_TRY(lf_account_create(t, LF_V(""), name, (lf_view){ 0 }, use, LF_ROLES_PERSON, &id, e));
    *password = use;
    *account = id;
    return LF_OK;
}
