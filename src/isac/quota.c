#include "isac/quota.h"

#include <stdlib.h>

#include "ident/account.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "isac/peer.h"
#include "store/query_quota.h"

enum { MEMBER = 96, ORG = 40, ROWS = 10000 };

struct slot {
    char member[MEMBER], org[ORG];
    size_t len, org_len; /* len 0: free */
    int64_t day, waiting;
    lf_time kept;
    int64_t used, limit; /* as they were when it was kept */
};
struct lf_quota {
    struct slot slot[LF_QUOTA_SLOTS];
};

struct lf_quota *lf_quota_create(void)
{
    struct lf_quota *q = calloc(1, sizeof *q);

    LF_ASSERT(q);
    return q;
}

void lf_quota_destroy(struct lf_quota *q)
{
    free(q);
}

/* Whom it is counted for; empty: nobody.  Who reads without an account is counted with all others who do. */
static lf_view member_of(const struct lf_task *t)
{
    lf_view who = t->scope.account;

    if ((t->scope.roles & LF_ROLE_SYSTEM) || who.len > MEMBER - 16)
        return LF_V("");
    if (!who.len)
        return LF_V(LF_QUOTA_PUBLIC);
    return t->scope.roles & LF_ROLE_PEER ? who : lf_arena_printf(t->a, "account:%.*s", LF_FMT(who));
}

static int64_t day_of(lf_time at)
{
    return at / LF_DAY;
}

static enum lf_code take_use(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    (void)e;
    *(struct lf_quota_use *)ctx =
        (struct lf_quota_use){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2) };
    return LF_OK;
}

static enum lf_code used_of(struct lf_task *t, lf_view member, int64_t day, struct lf_quota_use *out,
                            struct lf_err *e)
{
    *out = (struct lf_quota_use){ 0 };
    return lf_db_run(t->db, &t->scope, &lf_q_quota_used, LF_ARGS(LF_TEXT(member), LF_INT(day)), take_use, out,
                     NULL, e);
}

/* The member's own limits, else those of all: the row that comes last counts. */
static enum lf_code limit_of(struct lf_task *t, lf_view member, struct lf_quota_use *out, struct lf_err *e)
{
    *out = (struct lf_quota_use){ 0 };
    return lf_db_run(t->db, &t->scope, &lf_q_quota_limit, LF_ARGS(LF_TEXT(member)), take_use, out, NULL, e);
}

static enum lf_code add_use(struct lf_task *t, lf_view member, int64_t day, const struct lf_quota_use *u,
                            struct lf_err *e)
{
    return lf_db_exec(
        t->db, &t->scope, &lf_q_quota_add,
        LF_ARGS(LF_INT(day), LF_TEXT(member), LF_INT(u->requests), LF_INT(u->objects), LF_INT(u->bytes)), e);
}

static lf_time until_tomorrow(lf_time now)
{
    return LF_DAY - now % LF_DAY;
}

/* ---- requests ---- */

/* Under the member's own organisation, whoever's request it is that has it kept. */
static enum lf_code keep(struct lf_task *task, struct slot *s, lf_time now, struct lf_err *e)
{
    struct lf_task own = *task, *t = &own;
    lf_view member = { s->member, s->len };
    struct lf_quota_use use = { .requests = s->waiting }, limit;

    own.scope.org = (lf_view){ s->org, s->org_len };
    if (s->waiting)
        LF_TRY(add_use(t, member, s->day, &use, e));
    s->waiting = 0;
    s->kept = now;
    if (s->day != day_of(lf_now(t->env))) /* a month is kept */
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_quota_expire, LF_ARGS(LF_INT(s->day - 31)), e));
    s->day = day_of(lf_now(t->env));
    LF_TRY(used_of(t, member, s->day, &use, e));
    LF_TRY(limit_of(t, member, &limit, e));
    s->used = use.requests;
    s->limit = limit.requests;
    return LF_OK;
}

enum lf_code lf_quota_request(struct lf_quota *q, struct lf_task *t, lf_time *wait, struct lf_err *e)
{
    lf_time now = lf_now(t->env), tick = lf_tick(t->env);
    lf_view member = member_of(t);
    size_t at = 0;
    struct slot *s;

    *wait = 0;
    if (!member.len || t->scope.org.len > ORG)
        return LF_OK;
    for (size_t i = 0; i < member.len; i++)
        at = at * 31 + (unsigned char)member.ptr[i];
    s = &q->slot[at % LF_QUOTA_SLOTS];
    if (s->len &&
        !lf_view_eq((lf_view){ s->member, s->len }, member)) { /* another's: kept, and its place taken */
        LF_TRY(keep(t, s, tick, e));
        s->len = 0;
    }
    if (!s->len) {
        *s = (struct slot){ .len = member.len, .org_len = t->scope.org.len, .day = day_of(now) };
        memcpy(s->member, member.ptr, member.len);
        memcpy(s->org, t->scope.org.ptr, t->scope.org.len);
        LF_TRY(keep(t, s, tick, e));
    } else if (s->day != day_of(now) || s->waiting >= LF_QUOTA_KEEP || tick - s->kept >= LF_QUOTA_EACH) {
        LF_TRY(keep(t, s, tick, e));
    }
    if (s->limit && s->used + s->waiting >= s->limit) {
        LF_TRY(keep(t, s, tick, e)); /* the limit may have been raised */
        if (s->limit && s->used >= s->limit) {
            *wait = until_tomorrow(now);
            return LF_OK;
        }
    }
    s->waiting++;
    return LF_OK;
}

/* ---- objects ---- */

enum lf_code lf_quota_take(struct lf_task *t, int64_t objects, int64_t bytes, lf_time *wait,
                           const char **what, struct lf_err *e)
{
    const struct lf_quota_use use = { .objects = objects, .bytes = bytes };
    struct lf_quota_use limit, used = { 0 };
    lf_time now = lf_now(t->env);
    lf_view member = member_of(t);

    *wait = 0;
    if (!member.len)
        return LF_OK;
    LF_TRY(limit_of(t, member, &limit, e));
    if (limit.objects || limit.bytes)
        LF_TRY(used_of(t, member, day_of(now), &used, e));
    if (limit.objects && objects > limit.objects - used.objects)
        *what = "objects";
    else if (limit.bytes && bytes > limit.bytes - used.bytes)
        *what = "bytes";
    else
        return add_use(t, member, day_of(now), &use, e);
    *wait = until_tomorrow(now);
    return LF_OK;
}

/* ---- for administrators ---- */

/* A name becomes an account's id; "account:…", "peer:…", "public" and "default" stay. */
static enum lf_code name_member(struct lf_task *t, lf_view given, lf_view *out, struct lf_err *e)
{
    const lf_view account = LF_VIEW("account:"), peer = LF_VIEW("peer:");
    struct lf_account a;
    struct lf_peer p;

    *out = given;
    if (lf_view_is(given, "default") || lf_view_is(given, LF_QUOTA_PUBLIC))
        return LF_OK;
    if (lf_view_starts(given, peer))
        return lf_peer_get(t, lf_view_from(given, peer.len), &p, e);
    if (lf_view_starts(given, account))
        given = lf_view_from(given, account.len);
    if (lf_account_named(t, given, &a, NULL) != LF_OK)
        return lf_err_set(e, LF_NOT_FOUND,
                          "no member \"%.*s\": give default, public, an account's name or peer:<id>",
                          LF_FMT(lf_view_first(given, 80)));
    if (!lf_view_eq(a.org, t->scope.org))
        return lf_err_set(e, LF_NOT_FOUND, "no member \"%.*s\"", LF_FMT(lf_view_first(given, 80)));
    *out = lf_arena_printf(t->a, "account:%.*s", LF_FMT(a.id));
    return LF_OK;
}

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    return t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)
               ? LF_OK
               : lf_err_set(e, LF_FORBIDDEN, "quotas are an administrator's");
}

enum lf_code lf_quota_set(struct lf_task *t, lf_view given, const struct lf_quota_use *l, bool forget,
                          struct lf_err *e)
{
    const int64_t all[] = { l->requests, l->objects, l->bytes };
    lf_view member;

    LF_TRY(may(t, e));
    for (size_t i = 0; i < 3; i++)
        if (all[i] < 0 || all[i] > LF_QUOTA_MOST)
            return lf_err_set(e, LF_BAD_INPUT, "a quota is a number from 0 (none) to 2^53");
    LF_TRY(name_member(t, given, &member, e));
    if (forget)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_quota_forget, LF_ARGS(LF_TEXT(member)), e));
    else
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_quota_set,
                          LF_ARGS(LF_TEXT(member), LF_INT(l->requests), LF_INT(l->objects), LF_INT(l->bytes)),
                          e));
    return lf_audit_add(t, LF_V("quota.set"), member,
                        lf_arena_printf(t->a,
                                        "{\"requests\":%lld,\"objects\":%lld,\"bytes\":%lld,\"forget\":%s}",
                                        (long long)l->requests, (long long)l->objects, (long long)l->bytes,
                                        forget ? "true" : "false"),
                        e);
}

struct rows {
    struct lf_arena *a;
    struct lf_quota_row *v;
    size_t n, cap;
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = (struct lf_quota_row){
        .member = lf_arena_copy(l->a, lf_row_text(r, 0)),
        .own = lf_row_int(r, 1) != 0,
        .limit = { lf_row_int(r, 2), lf_row_int(r, 3), lf_row_int(r, 4) },
        .used = { lf_row_int(r, 5), lf_row_int(r, 6), lf_row_int(r, 7) },
    };
    return LF_OK;
}

enum lf_code lf_quota_list(struct lf_quota *q, struct lf_task *t, size_t *n, const struct lf_quota_row **out,
                           struct lf_err *e)
{
    struct rows l = { .a = t->a, .v = LF_NEW(t->a, struct lf_quota_row, 16), .cap = 16, .n = 1 };
    int64_t today = day_of(lf_now(t->env));

    LF_TRY(may(t, e));
    for (size_t i = 0; i < LF_QUOTA_SLOTS; i++)
        if (q->slot[i].len && q->slot[i].waiting &&
            lf_view_eq((lf_view){ q->slot[i].org, q->slot[i].org_len }, t->scope.org))
            LF_TRY(keep(t, &q->slot[i], lf_tick(t->env), e));
    l.v[0] = (struct lf_quota_row){ .member = LF_V("default"), .own = true };
    LF_TRY(limit_of(t, LF_V("default"), &l.v[0].limit, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_quota_list, LF_ARGS(LF_INT(today), LF_INT(ROWS)), take_row, &l,
                     NULL, e));
    for (size_t i = 1; i < l.n; i++)
        if (!l.v[i].own)
            l.v[i].limit = l.v[0].limit;
    *n = l.n;
    *out = l.v;
    return LF_OK;
}
