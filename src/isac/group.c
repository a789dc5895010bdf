#include "isac/group.h"

#include "fmt/json.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "isac/object.h"
#include "isac/rights.h"
#include "model/extension.h"
#include "model/role.h"
#include "store/query_rights.h"

struct groups {
    struct lf_arena *a;
    struct lf_group *items;
    size_t n, cap;
};

static enum lf_code take_group(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct groups *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_group){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                          .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                          .marking = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                          .created = lf_row_int(r, 3) };
    return LF_OK;
}

struct words {
    struct lf_arena *a;
    lf_view *items;
    size_t n, cap;
};

static enum lf_code take_word(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct words *w = ctx;

    (void)e;
    w->items = lf_arena_grow(w->a, w->items, w->n, &w->cap, sizeof *w->items);
    w->items[w->n++] = lf_arena_copy(w->a, lf_row_text(r, 0));
    return LF_OK;
}

static enum lf_code fill(struct lf_task *t, struct lf_group *g, struct lf_err *e)
{
    struct words w = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_group_members, LF_ARGS(LF_TEXT(g->id)), take_word, &w, NULL, e));
    g->members = w.items;
    g->nmembers = w.n;
    return LF_OK;
}

enum lf_code lf_group_list(struct lf_task *t, size_t *n, const struct lf_group **out, struct lf_err *e)
{
    struct groups g = { .a = t->a };

    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_group_list, LF_ARGS(LF_INT(LF_GROUPS)), take_group, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(fill(t, &g.items[i], e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_group_get(struct lf_task *t, lf_view id, struct lf_group *out, struct lf_err *e)
{
    struct groups g = { .a = t->a };
    size_t i = 0;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_group_get, LF_ARGS(LF_TEXT(id)), take_group, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "no sharing group \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    while (i + 1 < g.n && !lf_view_eq(g.items[i].id, id)) /* a name that looks like another's id */
        i++;
    LF_TRY(fill(t, &g.items[i], e));
    *out = g.items[i];
    return LF_OK;
}

static enum lf_code need(const struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e);
}

static enum lf_code written(struct lf_task *t, const char *action, lf_view group, const char *key,
                            lf_view value, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, key, value);
    return lf_audit_close(&n, t, lf_view_of(action), group, e);
}

/* The definition that members get: it says which group by its id, and nothing of it. */
static lf_view definition(struct lf_task *t, lf_view marking, lf_view id, lf_time at)
{
    struct lf_json_w w;
    struct lf_buf b;
    char time[LF_TIME_TEXT];
    lf_view out;

    lf_buf_init(&b, 4096);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "marking-definition");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id", marking);
    lf_json_put_str(&w, "created_by_ref", t->self->node);
    lf_json_put_str(&w, "created", lf_time_milli(at, time));
    lf_json_begin(&w, "extensions", '{');
    lf_json_begin(&w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(&w, "extension_type", "property-extension");
    lf_json_put_str(&w, "sharing_group", id);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Those who may use the marking get its definition, where there is such a collection. */
static enum lf_code publish(struct lf_task *t, const char *alias, const struct lf_stix *s, lf_view json,
                            struct lf_err *e)
{
    struct lf_collection c;
    enum lf_code rc = lf_collection_find(t, lf_view_of(alias), &c, e);
    bool fresh;

    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    return lf_object_add(t, c.id, LF_V(""), s, json, &fresh, e);
}

enum lf_code lf_group_create(struct lf_task *t, lf_view name, lf_view *id, struct lf_err *e)
{
    lf_view made = lf_uuid_new(t->env, t->a), marking, text;
    struct lf_task own = *t;
    struct lf_stix s;
    int64_t n = 0, key;
    lf_time now = lf_now(t->env);

    LF_TRY(need(t, e));
    name = lf_view_trim(name);
    if (!name.len || name.len > LF_GROUP_NAME || !lf_view_is_utf8(name) || lf_uuid_ok(name))
        return lf_err_set(e, LF_BAD_INPUT, "a group has a name of 1 to %d bytes that is no UUID",
                          LF_GROUP_NAME);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_group_count, LF_NO_ARGS, &n, e));
    if (n >= LF_GROUPS)
        return lf_err_set(e, LF_FULL, "a node keeps at most %d sharing groups", LF_GROUPS);
    marking = lf_arena_printf(t->a, "marking-definition--%.*s", LF_FMT(lf_uuid_new(t->env, t->a)));
    if (lf_db_exec(t->db, &t->scope, &lf_q_group_add,
                   LF_ARGS(LF_TEXT(made), LF_TEXT(name), LF_TEXT(marking), LF_INT(now)), e) != LF_OK)
        return e && e->code == LF_CONFLICT
                   ? lf_err_set(e, LF_CONFLICT, "there is a group \"%.*s\" already", LF_FMT(name))
                   : (e ? e->code : LF_IO);
    own.scope.account = LF_V("system");
    own.scope.roles = LF_ROLE_SYSTEM;
    text = definition(t, marking, made, now);
    LF_TRY(lf_stix_read(t->a, text, &s, e));
    LF_TRY(lf_rights_key(&own, LF_V(""), LF_V("system"), s.tree, &key, e));
    LF_TRY(publish(&own, "library", &s, text, e));
    LF_TRY(publish(&own, "members", &s, text, e));
    t->effects |= own.effects;
    LF_TRY(written(t, "group.create", made, "name", name, e));
    *id = made;
    return LF_OK;
}

static bool good_member(lf_view m)
{
    static const char *const words[] = { "self", "children", "tier:provider", "tier:sector", "tier:nation" };
    lf_view type;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(m, words[i]))
            return true;
    return lf_stix_id_ok(m, &type) && lf_view_is(type, "identity");
}

enum lf_code lf_group_add(struct lf_task *t, lf_view group, lf_view member, struct lf_err *e)
{
    struct lf_group g;

    LF_TRY(need(t, e));
    LF_TRY(lf_group_get(t, group, &g, e));
    member = lf_view_trim(member);
    if (lf_view_eq(member, t->self->node)) /* by whatever name, these are our people */
        member = LF_V("self");
    if (!good_member(member))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "\"%.*s\" is no member; self, children, tier:provider, tier:sector, tier:nation and "
            "identity--… of a node are",
            LF_FMT(lf_view_first(member, 80)));
    if (g.nmembers >= LF_GROUP_MEMBERS)
        return lf_err_set(e, LF_FULL, "a group has at most %d members", LF_GROUP_MEMBERS);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_group_member_add, LF_ARGS(LF_TEXT(g.id), LF_TEXT(member)), e));
    return written(t, "group.add", g.id, "member", member, e);
}

enum lf_code lf_group_remove(struct lf_task *t, lf_view group, lf_view member, struct lf_err *e)
{
    struct lf_group g;
    int64_t gone = 0;

    LF_TRY(need(t, e));
    LF_TRY(lf_group_get(t, group, &g, e));
    if (lf_view_eq(member, t->self->node))
        member = LF_V("self");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_group_member_drop, LF_ARGS(LF_TEXT(g.id), LF_TEXT(member)), NULL,
                     NULL, &gone, e));
    if (!gone)
        return lf_err_set(e, LF_NOT_FOUND, "\"%.*s\" is not in the group", LF_FMT(lf_view_first(member, 80)));
    return written(t, "group.remove", g.id, "member", member, e);
}

enum lf_code lf_group_delete(struct lf_task *t, lf_view group, struct lf_err *e)
{
    struct lf_group g;

    LF_TRY(need(t, e));
    LF_TRY(lf_group_get(t, group, &g, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_group_member_clear, LF_ARGS(LF_TEXT(g.id)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_group_drop, LF_ARGS(LF_TEXT(g.id)), e));
    return written(t, "group.delete", g.id, "name", g.name, e);
}
