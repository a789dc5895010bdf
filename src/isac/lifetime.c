#include "isac/lifetime.h"

#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "isac/object_priv.h"
#include "isac/watch.h"
#include "store/query_lifetime.h"

enum { MOST = 200 };

struct list {
    struct lf_arena *a;
    struct lf_lifetime *v;
    size_t n, cap;
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct list *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] =
        (struct lf_lifetime){ lf_arena_copy(l->a, lf_row_text(r, 0)), lf_row_int(r, 1), lf_row_int(r, 2) };
    return LF_OK;
}

enum lf_code lf_lifetime_list(struct lf_task *t, size_t *n, const struct lf_lifetime **out, struct lf_err *e)
{
    struct list l = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lifetime_list, LF_NO_ARGS, take, &l, NULL, e));
    *n = l.n;
    *out = l.v;
    return LF_OK;
}

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    return t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)
               ? LF_OK
               : lf_err_set(e, LF_FORBIDDEN, "how long objects are kept is an administrator's");
}

enum lf_code lf_lifetime_set(struct lf_task *t, const struct lf_lifetime *l, struct lf_err *e)
{
    const struct lf_lifetime *all;
    bool known = false;
    size_t n;

    LF_TRY(may(t, e));
    if (!lf_stix_type_ok(l->type))
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no type of STIX", LF_FMT(lf_view_first(l->type, 80)));
    if (l->days < 0 || l->days > LF_LIFETIME_DAYS || l->old_days < 0 || l->old_days > LF_LIFETIME_DAYS)
        return lf_err_set(e, LF_BAD_INPUT, "days and old_days are from 0 (for ever) to %d", LF_LIFETIME_DAYS);
    LF_TRY(lf_lifetime_list(t, &n, &all, e));
    for (size_t i = 0; i < n; i++)
        known |= lf_view_eq(all[i].type, l->type);
    if (!known && n >= LF_LIFETIME_TYPES)
        return lf_err_set(e, LF_BAD_INPUT, "at most %d types have a lifetime", LF_LIFETIME_TYPES);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lifetime_set,
                      LF_ARGS(LF_TEXT(l->type), LF_INT(l->days), LF_INT(l->old_days)), e));
    return lf_audit_add(t, LF_V("lifetime.set"), l->type,
                        lf_arena_printf(t->a, "{\"days\":%lld,\"old_days\":%lld}", (long long)l->days,
                                        (long long)l->old_days),
                        e);
}

enum lf_code lf_lifetime_forget(struct lf_task *t, lf_view type, struct lf_err *e)
{
    LF_TRY(may(t, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lifetime_forget, LF_ARGS(LF_TEXT(type)), e));
    return lf_audit_add(t, LF_V("lifetime.forget"), type, LF_V("{}"), e);
}

enum lf_code object_leave(struct lf_task *t, lf_view collection, struct lf_entry *v, struct lf_err *e)
{
    struct lf_watch_row watch;
    struct lf_object o;
    size_t one = 1;

    LF_TRY(lf_entry_fetch(t, v, &one, false, SIZE_MAX, e));
    o = (struct lf_object){ .added = v->added, .id = v->id, .version_at = v->version };
    LF_TRY(lf_watch_deleting(t, v->id, &watch, e));
    LF_TRY(lf_object_delete(t, collection, &o, e));
    return lf_watch_deleted(t, &watch, e);
}

/* Of a kind and rank, what came before `before`, the oldest first. */
static enum lf_code sweep(struct lf_task *t, const struct lf_collection *c, int64_t number, int64_t kind,
                          int rank, lf_time before, size_t *left, struct lf_err *e)
{
    while (*left) {
        struct lf_entry_list l = { 0 };

        LF_TRY(lf_entry_scan(t, number, LF_ENTRY_KIND, kind, rank, -1, 1, &l, e));
        if (!l.n || l.v[0].added >= before)
            return LF_OK;
        LF_TRY(object_leave(t, c->id, &l.v[0], e));
        --*left;
    }
    return LF_OK;
}

static enum lf_code expire(struct lf_task *t, const struct lf_collection *c, const struct lf_lifetime *l,
                           size_t *left, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    int64_t number, type;
    enum lf_code rc = lf_entry_type_number(t, l->type, &type, e);

    if (rc == LF_NOT_FOUND) /* nothing has that type */
        return LF_OK;
    LF_TRY(rc);
    LF_TRY(lf_entry_collection(t, c->id, &number, e));
    for (int stix20 = 0; stix20 < 2; stix20++)
        for (int rank = 0; rank < 4; rank++) {
            int64_t days = rank & 2 ? l->old_days
                                    : l->days; /* isac/entry.h: of 2 and 3 there is a later one */

            if (days)
                LF_TRY(sweep(t, c, number, lf_entry_kind(type, stix20), rank, now - days * LF_DAY, left, e));
        }
    return LF_OK;
}

enum lf_code lf_lifetime_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    const struct lf_collection *c;
    const struct lf_lifetime *l;
    size_t n, nc, left = MOST, at;

    LF_TRY(lf_lifetime_list(&own, &n, &l, e));
    if (!n)
        return LF_OK;
    LF_TRY(lf_collection_all(&own, &nc, &c, e));
    at = nc ? (size_t)(lf_now(t->env) / LF_SECOND) % nc : 0;
    for (size_t i = 0; i < n && nc; i++)
        LF_TRY(expire(&own, &c[at], &l[i], &left, e));
    t->effects |= own.effects;
    if (left == MOST)
        return LF_OK;
    return lf_audit_add(&own, LF_V("object.expire"), c[at].id,
                        lf_arena_printf(t->a, "{\"versions\":%zu}", MOST - left), e);
}
