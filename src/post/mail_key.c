#include "post/mail_key.h"

#include "ident/node.h"
#include "store/query_mail_key.h"

struct gather {
    struct lf_task *t;
    struct lf_mail_key *v;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_arena *a = g->t->a;
    struct lf_mail_key k = { .id = lf_arena_copy(a, lf_row_text(r, 0)),
                             .contact = lf_arena_copy(a, lf_row_text(r, 1)),
                             .address = lf_arena_copy(a, lf_row_text(r, 2)),
                             .account = lf_arena_copy(a, lf_row_text(r, 3)),
                             .made = lf_row_int(r, 4),
                             .text = lf_arena_copy(a, lf_row_blob(r, 5)) };

    (void)e;
    if (lf_seal_key_read(a, k.text, false, lf_now(g->t->env), &k.key, NULL) != LF_OK)
        k.key = (struct lf_seal_key){ 0 }; /* an older release took it: good for nothing, and to be removed */
    g->v = lf_arena_grow(a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = k;
    return LF_OK;
}

static lf_view small(struct lf_arena *a, lf_view v)
{
    char *p = lf_arena_cstr(a, v);

    for (size_t i = 0; i < v.len; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] | 0x20);
    return (lf_view){ p, v.len };
}

/* Each sentence says what to do: a key that does not do is found out when it is entered, not when mail waits.
 */
static enum lf_code good(const struct lf_seal_key *k, lf_view address, lf_time now, struct lf_err *e)
{
    if (!address.len)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "聯絡人沒有電子信箱，請先填寫。The contact has no e-mail address: enter that first");
    if (k->revoked)
        return lf_err_set(e, LF_BAD_INPUT,
                          "金鑰已撤銷。The key was revoked by its owner: ask for the new one");
    if (k->until && k->until <= now) {
        char text[LF_TIME_TEXT];

        return lf_err_set(e, LF_BAD_INPUT, "金鑰已過期。The key ended at %.*s: ask for the new one",
                          LF_FMT(lf_time_whole(k->until, text)));
    }
    if (k->from > now)
        return lf_err_set(e, LF_BAD_INPUT, "金鑰尚未生效。The key is not good yet: its time begins later");
    if (!lf_seal_key_of(k, address))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "金鑰不屬於 %.*s。The key is not of %.*s (%.*s): it must name the contact's address",
            LF_FMT(address), LF_FMT(address), LF_FMT(lf_view_first(k->name, 80)));
    if (!k->encrypts)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "金鑰不能用於加密（或過弱）。The key does not encrypt, or is too weak (RSA below 2048 bits)");
    return LF_OK;
}

enum lf_code lf_mail_key_add(struct lf_task *t, lf_view contact, lf_view address, lf_view text,
                             struct lf_mail_key *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_mail_key k = { .contact = contact,
                             .address = small(t->a, lf_view_trim(address)),
                             .account = lf_view_some(t->scope.account),
                             .made = lf_now(t->env),
                             .text = text };
    int64_t others;

    LF_TRY(lf_seal_key_read(t->a, text, false, k.made, &k.key, e));
    LF_TRY(good(&k.key, k.address, k.made, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_mail_key_count,
                     LF_ARGS(LF_TEXT(contact), LF_TEXT(k.key.fingerprint)), &others, e));
    if (others >= LF_MAIL_KEYS)
        return lf_err_set(e, LF_TOO_MANY, "此聯絡人已有 %d 把金鑰。The contact has %d keys: remove one first",
                          LF_MAIL_KEYS, LF_MAIL_KEYS);
    k.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_mail_key_add,
                      LF_ARGS(LF_TEXT(k.id), LF_TEXT(contact), LF_TEXT(k.address), LF_TEXT(t->scope.org),
                              LF_TEXT(k.account), LF_INT(k.made), LF_TEXT(k.key.fingerprint), LF_BLOB(text)),
                      e));
    *out = k;
    return LF_OK;
}

enum lf_code lf_mail_key_list(struct lf_task *t, lf_view contact, size_t *n, const struct lf_mail_key **out,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_mail_key_list, LF_ARGS(LF_TEXT(contact), LF_INT(LF_MAIL_KEYS)),
                     on_row, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

enum lf_code lf_mail_key_of(struct lf_task *t, lf_view address, lf_view contact, lf_view org, size_t *n,
                            const struct lf_mail_key **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .t = t };

    /* An empty word must not be everybody's. */
    contact = contact.len ? contact : LF_V("-");
    org = org.len ? org : t->self->org;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_mail_key_of,
                     LF_ARGS(LF_TEXT(small(t->a, address)), LF_TEXT(contact), LF_TEXT(t->self->org),
                             LF_TEXT(org), LF_INT(LF_SEAL_KNOWN)),
                     on_row, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

enum lf_code lf_mail_key_remove(struct lf_task *t, lf_view contact, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t changed = 0;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_mail_key_remove, LF_ARGS(LF_TEXT(contact), LF_TEXT(id)), NULL, NULL,
                     &changed, e));
    return changed ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "there is no such key of this contact");
}

enum lf_code lf_mail_key_leave(struct lf_task *t, lf_view contact, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(t->db, &node, &lf_q_mail_key_leave, LF_ARGS(LF_TEXT(contact)), e);
}
