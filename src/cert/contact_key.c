#include "cert/contact_key.h"

#include "cert/people_priv.h"
#include "ident/audit.h"

enum lf_contact_key_state lf_contact_key_state(const struct lf_mail_key *k, lf_view email, lf_time now)
{
    if (k->key.revoked || (k->key.until && k->key.until <= now))
        return LF_KEY_ENDED;
    if (!lf_view_eq_nocase(k->address, email))
        return LF_KEY_ELSEWHERE;
    return k->key.encrypts ? LF_KEY_GOOD : LF_KEY_UNFIT;
}

const char *lf_contact_key_state_name(enum lf_contact_key_state s)
{
    static const char *const names[LF_KEY_STATES] = { "good", "ended", "elsewhere", "unfit" };

    return names[s];
}

static enum lf_code may_change(struct lf_task *t, lf_view contact, struct lf_contact *c, struct lf_err *e)
{
    struct lf_unit u;

    LF_TRY(people_contact(t, contact, c, e));
    LF_TRY(lf_unit_get(t, c->unit, &u, e));
    return people_need(t, u.tenant, e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, lf_view contact, const struct lf_mail_key *k,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "fingerprint", k->key.fingerprint);
    lf_json_put_str(&n.w, "address", k->address);
    return lf_audit_close(&n, t, action, contact, e);
}

enum lf_code lf_contact_key_add(struct lf_task *t, lf_view contact, lf_view text, struct lf_mail_key *out,
                                struct lf_err *e)
{
    struct lf_contact c;

    LF_TRY(may_change(t, contact, &c, e));
    LF_TRY(lf_mail_key_add(t, c.id, c.email, text, out, e));
    return audit(t, LF_V("contact.key.add"), c.id, out, e);
}

enum lf_code lf_contact_key_list(struct lf_task *t, lf_view contact, size_t *n,
                                 const struct lf_mail_key **out, struct lf_err *e)
{
    struct lf_contact c;

    LF_TRY(lf_contact_get(t, contact, &c, e));
    return lf_mail_key_list(t, c.id, n, out, e);
}

enum lf_code lf_contact_key_remove(struct lf_task *t, lf_view contact, lf_view id, struct lf_err *e)
{
    const struct lf_mail_key *list;
    struct lf_contact c;
    size_t n, i = 0;

    LF_TRY(may_change(t, contact, &c, e));
    LF_TRY(lf_mail_key_list(t, c.id, &n, &list, e));
    while (i < n && !lf_view_eq(list[i].id, id))
        i++;
    LF_TRY(lf_mail_key_remove(t, c.id, id, e));
    return audit(t, LF_V("contact.key.remove"), c.id, &list[i], e);
}
