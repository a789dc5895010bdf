#include "cert/unit.h"

#include "cert/people_priv.h"
#include "cert/statistic.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "post/mail_key.h"
#include "store/query_contact.h"
#include "store/query_duty.h"
#include "store/query_responder.h"

static const char *const attributes[] = { "",
                                          "defence",
                                          "administration",
                                          "academia",
                                          "enterprise-1",
                                          "enterprise-2",
                                          "enterprise-3",
                                          "enterprise-4" };

const char *lf_unit_attribute_name(enum lf_unit_attribute a)
{
    return attributes[a];
}

bool lf_unit_attribute_parse(lf_view name, enum lf_unit_attribute *out)
{
    for (size_t i = 0; i < LF_UNIT_ATTRIBUTES; i++)
        if (lf_view_is(name, attributes[i])) {
            *out = (enum lf_unit_attribute)i;
            return true;
        }
    return false;
}

struct gather {
    struct lf_arena *a;
    struct lf_unit *v;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    int64_t grade = lf_row_int(r, 4);

    (void)e;
    if (g->n < g->max)
        g->v[g->n++] = (struct lf_unit){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                         .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                         .oid = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                         .attribute = (enum lf_unit_attribute)lf_row_int(r, 3),
                                         .grade = (char)(grade ? 'A' + grade - 1 : '\0'),
                                         .superior = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                         .tenant = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                         .peer = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                         .created = lf_row_int(r, 8),
                                         .changed = lf_row_int(r, 9) };
    return LF_OK;
}

unsigned lf_unit_lacks(const struct lf_contact *v, size_t n)
{
    unsigned there = 0;

    for (size_t i = 0; i < n; i++)
        there |= 1U << v[i].part;
    return LF_UNIT_NEEDS & ~there;
}

static enum lf_code on_listed(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    LF_TRY(on_row(ctx, r, e));
    g->v[g->n - 1].lacks = (unsigned)lf_row_int(r, 10);
    return LF_OK;
}

static enum lf_code one(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args, size_t nargs,
                        struct lf_unit *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_unit, 1), .max = 1 };

    LF_TRY(lf_db_run(t->db, &node, q, args, nargs, on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such organisation in the contact network");
    *out = g.v[0];
    return LF_OK;
}

enum lf_code people_need(const struct lf_task *t, lf_view tenant, struct lf_err *e)
{
    bool of_node = lf_view_eq(t->scope.org, t->self->org);

    if ((t->scope.roles & LF_ROLE_SYSTEM) ||
        (of_node && (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_REVIEWER))))
        return LF_OK;
    if (tenant.len && lf_view_eq(tenant, t->scope.org) &&
        (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_REPORTER)))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN,
                      "the contact network is kept by an administrator or a reviewer, an organisation's own "
                      "contacts also by who reports for it");
}

static enum lf_code text_ok(lf_view v, const char *what, size_t least, size_t most, struct lf_err *e)
{
    bool ok = v.len ? lf_view_is_text(v, least, most) : !least;

    for (size_t i = 0; ok && i < v.len; i++)
        ok = (unsigned char)v.ptr[i] >= 0x20 && v.ptr[i] != 0x7f;
    if (ok)
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "\"%s\" is one line of %zu to %zu bytes", what, least, most);
}

enum lf_code people_text(lf_view v, const char *what, bool needed, struct lf_err *e)
{
    return text_ok(v, what, needed ? 1 : 0, LF_UNIT_NAME, e);
}

static enum lf_code check(struct lf_task *t, const struct lf_unit *u, struct lf_err *e)
{
    struct lf_unit other;

    LF_TRY(people_text(u->name, "name", true, e));
    for (size_t i = 0; i < u->oid.len; i++)
        if (u->oid.len > LF_UNIT_NAME ||
            !((u->oid.ptr[i] >= '0' && u->oid.ptr[i] <= '9') || u->oid.ptr[i] == '.'))
            return lf_err_set(e, LF_BAD_INPUT, "\"oid\" is digits and dots: 2.16.886.101.20003");
    if (u->grade && (u->grade < 'A' || u->grade > 'D'))
        return lf_err_set(e, LF_BAD_INPUT, "\"grade\" is A, B, C or D");
    if (u->superior.len && lf_unit_get(t, u->superior, &other, e) != LF_OK)
        return lf_err_at(e, "\"superior\"");
    if (u->superior.len && lf_view_eq(u->superior, u->id))
        return lf_err_set(e, LF_BAD_INPUT, "an organisation is not its own superior");
    return LF_OK;
}

enum lf_code lf_unit_put(struct lf_task *t, const struct lf_unit *u, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view key = u->id.len ? u->id : lf_uuid_new(t->env, t->a);
    int grade = u->grade ? u->grade - 'A' + 1 : 0;
    struct lf_unit before = { 0 };
    lf_time now = lf_now(t->env);
    enum lf_code rc;
    int64_t n;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(check(t, u, e));
    if (u->id.len) {
        int64_t changed = 0;

        LF_TRY(lf_unit_get(t, u->id, &before, e));

        rc = lf_db_run(t->db, &node, &lf_q_unit_set,
                       LF_ARGS(LF_TEXT(u->name), LF_TEXT(lf_view_some(u->oid)), LF_INT(u->attribute),
                               LF_INT(grade), LF_TEXT(lf_view_some(u->superior)),
                               LF_TEXT(lf_view_some(u->tenant)), LF_TEXT(lf_view_some(u->peer)), LF_INT(now),
                               LF_TEXT(key)),
                       NULL, NULL, &changed, e);
        if (rc == LF_OK && !changed)
            return lf_err_set(e, LF_NOT_FOUND, "there is no such organisation in the contact network");
    } else {
        LF_TRY(lf_db_int(t->db, &node, &lf_q_unit_count, LF_NO_ARGS, &n, e));
        if (n >= LF_UNITS_MOST)
            return lf_err_set(e, LF_TOO_MANY, "the contact network has %d organisations, no more are taken",
                              LF_UNITS_MOST);
        rc =
            lf_db_exec(t->db, &node, &lf_q_unit_add,
                       LF_ARGS(LF_TEXT(key), LF_TEXT(u->name), LF_TEXT(lf_view_some(u->oid)),
                               LF_INT(u->attribute), LF_INT(grade), LF_TEXT(lf_view_some(u->superior)),
                               LF_TEXT(lf_view_some(u->tenant)), LF_TEXT(lf_view_some(u->peer)), LF_INT(now)),
                       e);
    }
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT, "another organisation has this name or OID already");
    LF_TRY(rc);
    if (u->attribute != before.attribute || !lf_view_eq(lf_view_some(u->peer), before.peer) ||
        !lf_view_eq(lf_view_some(u->tenant), before.tenant)) {
        LF_TRY(lf_statistic_sector(t, before.peer, before.tenant, e));
        LF_TRY(lf_statistic_sector(t, u->peer, u->tenant, e));
    }
    if (id)
        *id = key;
    return lf_audit_add(t, u->id.len ? LF_V("unit.change") : LF_V("unit.add"), key, (lf_view){ 0 }, e);
}

enum lf_code lf_unit_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_contact *c;
    struct lf_unit u;
    size_t n;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(lf_unit_get(t, id, &u, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_post_leave_unit, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_duty_leave_unit, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_responder_leave_unit, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_contact_list(t, id, &n, &c, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_mail_key_leave(t, c[i].id, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_contact_remove_of_unit, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_unit_remove, LF_ARGS(LF_TEXT(id)), e));
    LF_TRY(lf_statistic_sector(t, u.peer, u.tenant, e));
    return lf_audit_add(t, LF_V("unit.remove"), id, (lf_view){ 0 }, e);
}

enum lf_code lf_unit_get(struct lf_task *t, lf_view id, struct lf_unit *out, struct lf_err *e)
{
    return one(t, &lf_q_unit_get, LF_ARGS(LF_TEXT(id)), out, e);
}

enum lf_code lf_unit_find(struct lf_task *t, lf_view oid, lf_view name, struct lf_unit *out, struct lf_err *e)
{
    return one(t, &lf_q_unit_find, LF_ARGS(LF_TEXT(lf_view_some(oid)), LF_TEXT(lf_view_some(name))), out, e);
}

enum lf_code people_unit_about(struct lf_task *t, lf_view about, struct lf_unit *out, struct lf_err *e)
{
    return one(t, &lf_q_unit_about, LF_ARGS(LF_TEXT(about.len ? about : t->self->org)), out, e);
}

/* What LIKE takes for more than itself. */
lf_view people_pattern(struct lf_arena *a, lf_view words)
{
    struct lf_buf b;
    lf_view out;

    if (!words.len)
        return LF_V("");
    lf_buf_init(&b, 4 * (size_t)LF_UNIT_NAME);
    lf_buf_byte(&b, '%');
    for (size_t i = 0; i < words.len && i < LF_UNIT_NAME; i++) {
        if (words.ptr[i] == '%' || words.ptr[i] == '_' || words.ptr[i] == '\\')
            lf_buf_byte(&b, '\\');
        lf_buf_byte(&b, words.ptr[i]);
    }
    lf_buf_byte(&b, '%');
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code lf_unit_list(struct lf_task *t, lf_view words, unsigned lacks, const struct lf_page *page,
                          struct lf_unit_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page);
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_unit, most + 1), .max = most + 1 };
    lf_view name, id;

    LF_TRY(people_read(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &name, &id))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(t->db, &node, &lf_q_unit_list,
                     LF_ARGS(LF_INT(LF_UNIT_NEEDS), LF_TEXT(lf_view_some(name)), LF_TEXT(lf_view_some(id)),
                             LF_TEXT(people_pattern(t->a, words)), LF_INT(lacks & LF_UNIT_NEEDS),
                             LF_INT(most + 1)),
                     on_listed, &g, NULL, e));
    *out = (struct lf_unit_page){ .n = g.n > most ? most : g.n, .items = g.v };
    if (g.n > most)
        out->next = lf_page_pair(t->a, g.v[most - 1].name, g.v[most - 1].id);
    return LF_OK;
}
