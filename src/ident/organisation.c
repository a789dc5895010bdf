#include "ident/organisation.h"

#include "ident/audit.h"
#include "ident/ident_priv.h"
#include "store/query_ident.h"

enum lf_code ident_of_node(const struct lf_task *t, struct lf_err *e)
{
    if ((t->scope.roles & LF_ROLE_SYSTEM) ||
        ((t->scope.roles & LF_ROLE_ADMIN) && lf_view_eq(t->scope.org, t->self->org)))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "only an administrator of the node's own organisation may do this");
}

enum lf_code ident_name_ok(lf_view name, struct lf_err *e)
{
    bool ok = name.len >= 1 && name.len <= LF_ORGANISATION_NAME && lf_view_is_utf8(name);

    for (size_t i = 0; ok && i < name.len; i++)
        ok = (unsigned char)name.ptr[i] >= 0x20 && name.ptr[i] != 0x7f;
    if (!ok)
        return lf_err_set(e, LF_BAD_INPUT, "a name is 1 to 200 bytes of printable UTF-8");
    return LF_OK;
}

/* May there be one of this name and OID, beside the others? */
static enum lf_code may_be(struct lf_task *t, lf_view but, lf_view name, lf_view oid, struct lf_err *e)
{
    int64_t others;

    LF_TRY(ident_name_ok(name, e));
    for (size_t i = 0; i < oid.len; i++)
        if (oid.len > LF_ORGANISATION_OID || !((oid.ptr[i] >= '0' && oid.ptr[i] <= '9') || oid.ptr[i] == '.'))
            return lf_err_set(e, LF_BAD_INPUT, "an organisation identifier is digits and dots");
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_organisation_same,
                     LF_ARGS(LF_TEXT(but), LF_TEXT(name), LF_TEXT(lf_view_some(oid))), &others, e));
    if (others)
        return lf_err_set(e, LF_CONFLICT, "an organisation of this node has this name or OID already");
    return LF_OK;
}

enum lf_code lf_organisation_create(struct lf_task *t, lf_view name, lf_view oid, lf_view *id,
                                    struct lf_err *e)
{
    lf_view new_id = lf_uuid_new(t->env, t->a);
    int64_t n;

    LF_TRY(ident_of_node(t, e));
    LF_TRY(may_be(t, LF_V(""), name, oid, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_organisation_count, LF_NO_ARGS, &n, e));
    if (n > LF_TENANTS_MOST)
        return lf_err_set(e, LF_TOO_MANY, "this node has %d tenants, no more are taken", LF_TENANTS_MOST);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_organisation_insert,
                      LF_ARGS(LF_TEXT(new_id), LF_TEXT(name), LF_TEXT(lf_view_some(oid)),
                              LF_TEXT(t->self->org), LF_INT(lf_now(t->env))),
                      e));
    LF_TRY(lf_audit_add(t, LF_V("organisation.create"), new_id, (lf_view){ 0 }, e));
    *id = new_id;
    return LF_OK;
}

enum lf_code lf_organisation_set(struct lf_task *t, lf_view id, lf_view name, lf_view oid, struct lf_err *e)
{
    struct lf_organisation before;

    LF_TRY(ident_of_node(t, e));
    LF_TRY(lf_organisation_get(t, id, &before, e));
    if (lf_view_eq(id, t->self->org))
        return lf_err_set(e, LF_UNACCEPTED,
                          "the node's own organisation is named by [node] name in its settings");
    LF_TRY(may_be(t, id, name, oid, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_organisation_set,
                      LF_ARGS(LF_TEXT(name), LF_TEXT(lf_view_some(oid)), LF_TEXT(id)), e));
    return lf_audit_add(t, LF_V("organisation.change"), id, (lf_view){ 0 }, e);
}

/* Who tenants are the node's own people know, whatever they do here. */
static enum lf_code knows(const struct lf_task *t, struct lf_err *e)
{
    if ((t->scope.roles & LF_ROLES_PERSON) && lf_view_eq(t->scope.org, t->self->org))
        return LF_OK;
    return ident_of_node(t, e);
}

struct gather {
    struct lf_arena *a;
    struct lf_organisation *items;
    size_t n, room;
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->room)
        g->items[g->n++] = (struct lf_organisation){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                     .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                     .oid = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                     .parent = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                     .created = lf_row_int(r, 4),
                                                     .accounts = lf_row_int(r, 5),
                                                     .open = lf_row_int(r, 6) };
    return LF_OK;
}

enum lf_code lf_organisation_get(struct lf_task *t, lf_view id, struct lf_organisation *out, struct lf_err *e)
{
    struct gather g = { t->a, out, 0, 1 };

    if (!lf_view_eq(id, t->scope.org))
        LF_TRY(knows(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_organisation_get, LF_ARGS(LF_TEXT(id)), take, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such organisation");
    return LF_OK;
}

enum lf_code lf_organisation_list(struct lf_task *t, const struct lf_page *page,
                                  struct lf_organisation_page *out, struct lf_err *e)
{
    size_t most = lf_page_rows(page);
    struct gather g = { t->a, LF_NEW(t->a, struct lf_organisation, most + 1), 0, most + 1 };

    LF_TRY(knows(t, e));
    LF_TRY(lf_db_run(
        t->db, &t->scope, &lf_q_organisation_page,
        LF_ARGS(LF_TEXT(t->self->org), LF_TEXT(page ? page->after : (lf_view){ 0 }), LF_INT(most + 1)), take,
        &g, NULL, e));
    *out = (struct lf_organisation_page){ .n = g.n, .items = g.items };
    if (g.n > most) {
        out->n = most;
        out->next = g.items[most - 1].name;
    }
    return LF_OK;
}
