#include "cert/contact.h"

#include "cert/people_priv.h"
#include "fmt/uri.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "post/mail_key.h"
#include "store/query_contact.h"
#include "store/query_duty.h"
#include "store/query_responder.h"

enum { MEMBERS = 5000 };

static const char *const parts[] = { "contact", "team", "ciso", "prevention", "crisis" };

const char *lf_contact_part_name(enum lf_contact_part p)
{
    return parts[p];
}

bool lf_contact_part_parse(lf_view name, enum lf_contact_part *out)
{
    for (size_t i = 0; i < LF_PART_COUNT; i++)
        if (lf_view_is(name, parts[i])) {
            *out = (enum lf_contact_part)i;
            return true;
        }
    return false;
}

struct gather {
    struct lf_arena *a;
    struct lf_contact *v;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->v[g->n++] = (struct lf_contact){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                            .unit = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                            .part = (enum lf_contact_part)lf_row_int(r, 2),
                                            .seat = lf_row_int(r, 3),
                                            .name = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                            .title = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                            .telephone = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                            .fax = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                            .mobile = lf_arena_copy(g->a, lf_row_text(r, 8)),
                                            .email = lf_arena_copy(g->a, lf_row_text(r, 9)),
                                            .webhook = lf_arena_copy(g->a, lf_row_text(r, 10)),
                                            .account = lf_arena_copy(g->a, lf_row_text(r, 11)),
                                            .english = lf_row_int(r, 12) != 0 };
    return LF_OK;
}

static enum lf_code many(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args, size_t nargs,
                         size_t most, size_t *n, struct lf_contact **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_contact, most), .max = most };

    LF_TRY(lf_db_run(t->db, &node, q, args, nargs, on_row, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

enum lf_code people_read(const struct lf_task *t, struct lf_err *e)
{
    if (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                          LF_ROLE_READER | LF_ROLE_SYSTEM))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "the contact network needs another role than this account has");
}

/* What a post sees is the centre's own business: not that of its members. */
enum lf_code people_of_node(const struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    if ((t->scope.roles & LF_ROLE_SYSTEM) || lf_view_eq(t->scope.org, t->self->org))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "this is for this node's own people");
}

enum lf_code people_contact(struct lf_task *t, lf_view id, struct lf_contact *out, struct lf_err *e)
{
    struct lf_contact *v;
    size_t n;

    LF_TRY(many(t, &lf_q_contact_get, LF_ARGS(LF_TEXT(id)), 1, &n, &v, e));
    if (!n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such contact");
    *out = v[0];
    return LF_OK;
}

enum lf_code lf_contact_get(struct lf_task *t, lf_view id, struct lf_contact *out, struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    return people_contact(t, id, out, e);
}

enum lf_code lf_contact_find(struct lf_task *t, lf_view word, lf_view unit, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_unit u = { .id = LF_V("") };
    const lf_view *found;
    size_t n;

    LF_TRY(people_read(t, e));
    if (unit.len)
        LF_TRY(lf_unit_find(t, unit, unit, &u, e));
    LF_TRY(lf_db_texts(t->db, &node, &lf_q_contact_by_name, LF_ARGS(LF_TEXT(word), LF_TEXT(u.id)), t->a, 2,
                       &n, &found, e));
    if (!n)
        return lf_err_set(e, LF_BAD_INPUT,
                          "contact: \"%.*s\" is nobody of the contact network; add the person there",
                          LF_FMT(lf_view_first(word, 80)));
    if (n > 1)
        return lf_err_set(e, LF_BAD_INPUT,
                          "contact: there are several of the name \"%.*s\"; say which by organisation or id",
                          LF_FMT(lf_view_first(word, 80)));
    *id = found[0];
    return LF_OK;
}

static enum lf_code of_unit(struct lf_task *t, lf_view unit, size_t *n, struct lf_contact **out,
                            struct lf_err *e)
{
    return many(t, &lf_q_contact_of_unit, LF_ARGS(LF_TEXT(unit), LF_INT(LF_CONTACTS_MOST)), LF_CONTACTS_MOST,
                n, out, e);
}

enum lf_code lf_contact_list(struct lf_task *t, lf_view unit, size_t *n, struct lf_contact **out,
                             struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    return of_unit(t, unit, n, out, e);
}

/* One person may hold several parts, a contact each: he is called once. */
static enum lf_code of_parts(struct lf_task *t, lf_view unit, unsigned which, size_t *n,
                             struct lf_contact **out, struct lf_err *e)
{
    size_t all, kept = 0, k;

    LF_TRY(of_unit(t, unit, &all, out, e));
    for (size_t i = 0; i < all; i++) {
        const struct lf_contact *c = &(*out)[i];

        for (k = 0;
             k < kept && !((*out)[k].part != c->part && lf_view_eq((*out)[k].name, c->name) &&
                           lf_view_eq((*out)[k].email, c->email) && lf_view_eq((*out)[k].mobile, c->mobile));)
            k++;
        if ((which >> c->part & 1) && k == kept)
            (*out)[kept++] = *c;
    }
    *n = kept;
    return LF_OK;
}

enum lf_code people_of_part(struct lf_task *t, lf_view unit, enum lf_contact_part part, size_t *n,
                            struct lf_contact **out, struct lf_err *e)
{
    return of_parts(t, unit, 1U << part, n, out, e);
}

static unsigned parts_of(enum lf_who who)
{
    switch (who) {
    case LF_WHO_TEAM:
        return 1U << LF_PART_TEAM | 1U << LF_PART_PREVENTION | 1U << LF_PART_CRISIS;
    case LF_WHO_CISO:
        return 1U << LF_PART_CISO;
    case LF_WHO_PREVENTION:
        return 1U << LF_PART_PREVENTION;
    case LF_WHO_CRISIS:
        return 1U << LF_PART_CRISIS;
    default:
        return 1U << LF_PART_CONTACT;
    }
}

enum lf_code people_members(struct lf_task *t, lf_view own, size_t *n, struct lf_contact **out,
                            struct lf_err *e)
{
    return many(t, &lf_q_contact_of_members, LF_ARGS(LF_TEXT(own), LF_INT(MEMBERS)), MEMBERS, n, out, e);
}

static enum lf_code chain_of(struct lf_task *t, enum lf_who who, int place, size_t *n,
                             struct lf_contact **out, struct lf_err *e)
{
    return many(t, &lf_q_post_get, LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(LF_CONTACTS_MOST)),
                LF_CONTACTS_MOST, n, out, e);
}

/* Who is on duty, then the post's people who are not. */
static enum lf_code of_post(struct lf_task *t, enum lf_who who, int place, size_t *n, struct lf_contact **out,
                            struct lf_err *e)
{
    struct lf_contact *duty, *chain, *v;
    size_t nduty, nchain, k;

    LF_TRY(people_on_duty(t, who, place, lf_now(t->env), &nduty, &duty, e));
    LF_TRY(chain_of(t, who, place, &nchain, &chain, e));
    v = LF_NEW(t->a, struct lf_contact, nduty + nchain + 1);
    memcpy(v, duty, nduty * sizeof *v);
    *n = nduty;
    for (size_t i = 0; i < nchain; i++) {
        for (k = 0; k < nduty && !lf_view_eq(duty[k].id, chain[i].id);)
            k++;
        if (k == nduty)
            v[(*n)++] = chain[i];
    }
    *out = v;
    return LF_OK;
}

enum lf_code people_of_account(struct lf_task *t, lf_view account, size_t *n, const lf_view **ids,
                               struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_texts(t->db, &node, &lf_q_contact_of_account,
                       LF_ARGS(LF_TEXT(account), LF_INT(LF_CONTACTS_MOST)), t->a, LF_CONTACTS_MOST, n, ids,
                       e);
}

enum lf_code people_who(struct lf_task *t, enum lf_who who, int place, lf_view unit, size_t *n,
                        struct lf_contact **out, struct lf_err *e)
{
    *n = 0;
    if (lf_who_is_post(who))
        return of_post(t, who, place, n, out, e);
    if (who == LF_WHO_PERSON && unit.len) { /* one that left is called no more */
        struct lf_contact *one = LF_NEW(t->a, struct lf_contact, 1);
        enum lf_code rc = people_contact(t, unit, one, e);

        *n = rc == LF_OK;
        *out = one;
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    }
    if (who == LF_WHO_MEMBERS)
        return people_members(t, unit, n, out, e);
    if (!unit.len)
        return LF_OK;
    return of_parts(t, unit, parts_of(who), n, out, e);
}

/* ---- changes ---- */

static enum lf_code number_ok(lf_view v, const char *what, struct lf_err *e)
{
    LF_TRY(people_text(v, what, false, e));
    for (size_t i = 0; i < v.len; i++)
        if (!(v.ptr[i] >= '0' && v.ptr[i] <= '9') && !strchr(" +-()#,.*extEXT", v.ptr[i]))
            return lf_err_set(e, LF_BAD_INPUT, "\"%s\" is a number: 02-2380-0000 #123 or +886 912 345 678",
                              what);
    return LF_OK;
}

static bool address_ok(lf_view v)
{
    size_t at = lf_view_find_byte(v, '@');

    if (at == SIZE_MAX || !at || at + 1 == v.len || v.len > 254)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] <= 0x20 || (unsigned char)v.ptr[i] >= 0x7f ||
            strchr("<>()[]\\,;:\"", v.ptr[i]) || (i != at && v.ptr[i] == '@'))
            return false;
    return true;
}

static enum lf_code check(struct lf_task *t, const struct lf_contact *c, struct lf_err *e)
{
    lf_view path, query;

    LF_TRY(people_text(c->name, "name", true, e));
    LF_TRY(people_text(c->title, "title", false, e));
    LF_TRY(number_ok(c->telephone, "telephone", e));
    LF_TRY(number_ok(c->fax, "fax", e));
    LF_TRY(number_ok(c->mobile, "mobile", e));
    LF_TRY(people_text(c->webhook, "webhook", false, e));
    if (c->email.len && !address_ok(c->email))
        return lf_err_set(e, LF_BAD_INPUT, "\"email\" is one address: name@example.gov.tw");
    if (c->webhook.len && (!lf_uri_origin(t->a, c->webhook, &path, &query).len ||
                           lf_uri_decode_path(t->a, path, &path, NULL) != LF_OK))
        return lf_err_set(e, LF_BAD_INPUT, "\"webhook\" is an address of a web server: https://host/path");
    if (c->seat < 0 || c->seat > 999)
        return lf_err_set(e, LF_BAD_INPUT, "\"seat\", the order of calling, is 1 to 999");
    return LF_OK;
}

/* What an account is told or agrees to goes by its contact, so whoever keeps only his own organisation's
 * contacts names an account of that. */
static enum lf_code account_ok(struct lf_task *t, lf_view account, lf_view before, struct lf_err *e)
{
    struct lf_account who;

    if (!account.len || lf_view_eq(account, before) || people_need(t, LF_V(""), NULL) == LF_OK)
        return LF_OK;
    if (lf_account_colleague(t, account, &who, NULL) == LF_OK && lf_view_eq(who.id, account))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT,
                      "contact: \"account\" is the id of an account of your own organisation");
}

enum lf_code lf_contact_put(struct lf_task *t, const struct lf_contact *c, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view key = c->id.len ? c->id : lf_uuid_new(t->env, t->a);
    struct lf_contact old = { .account = LF_V("") };
    struct lf_unit u;
    int64_t seat = c->seat, n;

    LF_TRY(lf_unit_get(t, c->unit, &u, e));
    LF_TRY(people_need(t, u.tenant, e));
    LF_TRY(check(t, c, e));
    if (!seat) {
        LF_TRY(lf_db_int(t->db, &node, &lf_q_contact_last_seat, LF_ARGS(LF_TEXT(c->unit), LF_INT(c->part)),
                         &seat, e));
        seat++;
    }
    if (c->id.len) {
        LF_TRY(people_contact(t, c->id, &old, e));
        if (!lf_view_eq(old.unit, c->unit))
            return lf_err_set(e, LF_CONFLICT, "the contact is another organisation's");
    }
    LF_TRY(account_ok(t, c->account, old.account, e));
    if (c->id.len) {
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_contact_set,
                          LF_ARGS(LF_INT(c->part), LF_INT(seat), LF_TEXT(c->name),
                                  LF_TEXT(lf_view_some(c->title)), LF_TEXT(lf_view_some(c->telephone)),
                                  LF_TEXT(lf_view_some(c->fax)), LF_TEXT(lf_view_some(c->mobile)),
                                  LF_TEXT(lf_view_some(c->email)), LF_TEXT(lf_view_some(c->webhook)),
                                  LF_TEXT(lf_view_some(c->account)), LF_INT(c->english),
                                  LF_INT(lf_now(t->env)), LF_TEXT(key)),
                          e));
    } else {
        LF_TRY(lf_db_int(t->db, &node, &lf_q_contact_count, LF_ARGS(LF_TEXT(c->unit)), &n, e));
        if (n >= LF_CONTACTS_MOST)
            return lf_err_set(e, LF_TOO_MANY, "an organisation has at most %d contacts", LF_CONTACTS_MOST);
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_contact_add,
                          LF_ARGS(LF_TEXT(key), LF_TEXT(c->unit), LF_INT(c->part), LF_INT(seat),
                                  LF_TEXT(c->name), LF_TEXT(lf_view_some(c->title)),
                                  LF_TEXT(lf_view_some(c->telephone)), LF_TEXT(lf_view_some(c->fax)),
                                  LF_TEXT(lf_view_some(c->mobile)), LF_TEXT(lf_view_some(c->email)),
                                  LF_TEXT(lf_view_some(c->webhook)), LF_TEXT(lf_view_some(c->account)),
                                  LF_INT(c->english), LF_INT(lf_now(t->env))),
                          e));
    }
    if (id)
        *id = key;
    return lf_audit_add(t, c->id.len ? LF_V("contact.change") : LF_V("contact.add"), key, (lf_view){ 0 }, e);
}

enum lf_code lf_contact_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_contact c;
    struct lf_unit u;

    LF_TRY(people_contact(t, id, &c, e));
    LF_TRY(lf_unit_get(t, c.unit, &u, e));
    LF_TRY(people_need(t, u.tenant, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_post_leave, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_duty_leave, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_responder_remove, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_mail_key_leave(t, id, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_contact_remove, LF_ARGS(LF_TEXT(id)), e));
    return lf_audit_add(t, LF_V("contact.remove"), id, (lf_view){ 0 }, e);
}

/* ---- posts ---- */

static enum lf_code place_ok(enum lf_who who, int place, struct lf_err *e)
{
    if (lf_who_is_post(who) && place >= 1 && place <= lf_who_places(who))
        return LF_OK;
    return lf_err_set(e, LF_NOT_FOUND, "there is no such post");
}

enum lf_code lf_post_get(struct lf_task *t, enum lf_who who, int place, size_t *n, struct lf_contact **out,
                         struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    LF_TRY(place_ok(who, place, e));
    return chain_of(t, who, place, n, out, e);
}

enum lf_code lf_post_set(struct lf_task *t, enum lf_who who, int place, const lf_view *contacts, size_t n,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_contact c;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(place_ok(who, place, e));
    if (n > LF_CONTACTS_MOST)
        return lf_err_set(e, LF_TOO_MANY, "a post has at most %d people", LF_CONTACTS_MOST);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_post_clear, LF_ARGS(LF_INT(who), LF_INT(place)), e));
    for (size_t i = 0; i < n; i++) {
        LF_TRY(people_contact(t, contacts[i], &c, e));
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_post_add,
                          LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(i + 1), LF_TEXT(contacts[i])), e));
    }
    return lf_audit_add(t, LF_V("post.set"), lf_arena_printf(t->a, "%s %d", lf_who_name(who), place),
                        (lf_view){ 0 }, e);
}
