/* The JSON API's part on signed and encrypted mail: keys of contacts, the node's own, and how mail went. */
#include "base/crypto.h"
#include "cert/contact_key.h"
#include "sys/env.h"

#include "web/api_priv.h"

void put_sealed(struct lf_json_w *w, const struct lf_mail_sealed *s)
{
    if (!s->how)
        return;
    if (s->how & (LF_MAIL_OPENPGP | LF_MAIL_SMIME))
        lf_json_put_cstr(w, "sealed_by",
                         lf_seal_kind_name(s->how & LF_MAIL_OPENPGP ? LF_SEAL_OPENPGP : LF_SEAL_SMIME));
    put_text(w, "signed_by", lf_mail_signer(s));
    put_text(w, "encrypted_to", lf_mail_recipient(s));
    if (s->how & LF_MAIL_BARE)
        lf_json_put_bool(w, "without_content", true);
}

static void put_key(struct lf_json_w *w, const struct lf_seal_key *k)
{
    lf_json_put_cstr(w, "kind", lf_seal_kind_name(k->kind));
    lf_json_put_str(w, "fingerprint", k->fingerprint);
    lf_json_put_str(w, "owner", k->name);
    lf_json_begin(w, "addresses", '[');
    for (size_t i = 0; i < k->naddresses; i++)
        lf_json_put_str(w, NULL, k->addresses[i]);
    lf_json_close(w);
    lf_json_put_time(w, "from", k->from);
    lf_json_put_time(w, "until", k->until);
}

enum lf_code api_contact_keys(struct rq *r)
{
    const struct lf_mail_key *list;
    struct lf_contact c;
    struct out o;
    size_t n;

    LF_TRY(lf_contact_get(r->t, r->id, &c, r->e));
    LF_TRY(lf_contact_key_list(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", list[i].id);
        lf_json_put_cstr(
            &o.w, "state",
            lf_contact_key_state_name(lf_contact_key_state(&list[i], c.email, lf_now(r->t->env))));
        lf_json_put_str(&o.w, "address", list[i].address);
        put_key(&o.w, &list[i].key);
        lf_json_put_str(&o.w, "account", list[i].account);
        lf_json_put_time(&o.w, "entered", list[i].made);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code contact_key_add(struct rq *r, struct lf_mail_key *out)
{
    lf_view text = lf_view_some(field(r, "key"));

    if (field(r, "data").len && lf_unbase64(r->t->a, field(r, "data"), &text, NULL) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"data\" is the key's bytes in base64");
    return lf_contact_key_add(r->t, r->id, text, out, r->e);
}

enum lf_code api_contact_key_add(struct rq *r)
{
    struct lf_mail_key k;
    struct out o;

    LF_TRY(contact_key_add(r, &k));
    begin(&o);
    lf_json_put_str(&o.w, "id", k.id);
    put_key(&o.w, &k.key);
    return end(r, &o, 201);
}

enum lf_code api_contact_key_remove(struct rq *r)
{
    lf_view key;

    LF_TRY(need(r, "key", &key));
    LF_TRY(lf_contact_key_remove(r->t, r->id, key, r->e));
    return answer_empty(r, 204);
}

enum lf_code mail_own(struct rq *r, enum lf_seal_kind kind, struct lf_seal_key *k, lf_view *text, bool *there)
{
    const struct lf_mail_settings *s = r->w->parts.mail;

    *there = s && s->own[kind].len;
    if (!*there)
        return LF_OK;
    LF_TRY(lf_seal_key_read(r->t->a, s->own[kind], true, lf_now(r->t->env), k, r->e));
    return lf_seal_public(r->t->a, kind, s->own[kind], text, r->e);
}

static enum lf_code put_own(struct rq *r, struct lf_json_w *w)
{
    for (enum lf_seal_kind kind = LF_SEAL_OPENPGP; kind < LF_SEAL_KINDS; kind++) {
        struct lf_seal_key k;
        lf_view text;
        bool there;

        LF_TRY(mail_own(r, kind, &k, &text, &there));
        if (!there)
            continue;
        lf_json_open(w, '{');
        put_key(w, &k);
        lf_json_put_bool(w, "signs", k.signs);
        lf_json_put_str(w, "public", text);
        lf_json_close(w);
    }
    return LF_OK;
}

enum lf_code mail_counts(struct rq *r, struct lf_mail_counts *out, bool *ours)
{
    *out = (struct lf_mail_counts){ 0 };
    *ours = lf_view_eq(r->t->scope.org, r->t->self->org);
    if (!*ours)
        return LF_OK;
    return lf_mail_count(r->t, lf_now(r->t->env) - 90 * LF_DAY, out, r->e);
}

enum lf_code api_mail_seal(struct rq *r)
{
    const struct lf_mail_settings *s = r->w->parts.mail;
    struct lf_mail_counts n;
    enum lf_code rc;
    struct out o;
    bool ours;

    LF_TRY(mail_counts(r, &n, &ours));
    begin(&o);
    lf_json_put_cstr(&o.w, "sign", lf_mail_policy_name(s ? s->sign : LF_MAIL_OFF));
    lf_json_put_cstr(&o.w, "encrypt", lf_mail_policy_name(s ? s->encrypt : LF_MAIL_OFF));
    lf_json_begin(&o.w, "keys", '[');
    rc = put_own(r, &o.w);
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    lf_json_close(&o.w);
    if (ours) {
        lf_json_begin(&o.w, "mail", '{');
        lf_json_put_int(&o.w, "all", n.all);
        lf_json_put_int(&o.w, "signed", n.signatures);
        lf_json_put_int(&o.w, "encrypted", n.encrypted);
        lf_json_put_int(&o.w, "without_content", n.bare);
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}
