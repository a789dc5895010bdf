#include "shield/block.h"

#include "fmt/dns.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "isac/indicator.h"
#include "isac/warning.h"
#include "model/role.h"
#include "shield/never_block.h"
#include "store/query_block.h"

enum {
    CHANGES_KEPT = 20000, /* of the zone; further back a snapshot is cheaper anyway */
    INDICATOR_MOST = 256,
    REASON_MOST = 1000,
};

static const char *const state_names[] = { "active", "withdrawn", "expired" };

const char *lf_block_state_name(enum lf_block_state s)
{
    return state_names[s];
}

static enum lf_code may(const struct lf_task *t, unsigned roles, struct lf_err *e)
{
    if (t->scope.roles & (roles | LF_ROLE_SYSTEM))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "block: this account may not do that");
}
#define CHANGERS (LF_ROLE_ANALYST | LF_ROLE_REVIEWER)
#define READERS (CHANGERS | LF_ROLE_ADMIN | LF_ROLE_READER | LF_ROLE_REPORTER)

/* Lower-case without final dot; letters, digits, "-" and "_" (services use it) in
 * labels of 1 to 63, at least one letter in the last: an address is no domain. */
static enum lf_code domain_of(struct lf_arena *a, lf_view in, lf_view *out, struct lf_err *e)
{
    lf_view v = lf_view_trim(in), rest, label, last = { 0 };
    bool letter = false;
    char *p;

    if (v.len && v.ptr[v.len - 1] == '.')
        v.len--;
    if (v.len == 0 || v.len > 240)
        return lf_err_set(e, LF_BAD_INPUT, "block: a domain has 1 to 240 characters");
    p = LF_NEW(a, char, v.len + 1);
    for (size_t i = 0; i < v.len; i++)
        p[i] = v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? (char)(v.ptr[i] + 32) : v.ptr[i];
    v.ptr = p;
    rest = v;
    while (lf_view_split(&rest, '.', &label)) {
        if (label.len == 0 || label.len > LF_DNS_LABEL_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "block: \"%.*s\" has an empty or too long label", LF_FMT(v));
        for (size_t i = 0; i < label.len; i++) {
            char c = label.ptr[i];

            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
                return lf_err_set(e, LF_BAD_INPUT,
                                  "block: \"%.*s\" is not a domain; write other scripts as xn--", LF_FMT(v));
        }
        last = label;
    }
    for (size_t i = 0; i < last.len; i++)
        letter |= last.ptr[i] >= 'a' && last.ptr[i] <= 'z';
    if (!letter)
        return lf_err_set(e, LF_BAD_INPUT, "block: \"%.*s\" is not a domain", LF_FMT(v));
    *out = v;
    return LF_OK;
}

/* "www.example.org" gives "gro.elpmaxe.www."; under it lies what is in
 * [that, the same with the next character after "." for its last). */
static lf_view reversed(struct lf_arena *a, lf_view v)
{
    char *p = LF_NEW(a, char, v.len + 2);

    for (size_t i = 0; i < v.len; i++)
        p[i] = v.ptr[v.len - 1 - i];
    p[v.len] = '.';
    return (lf_view){ p, v.len + 1 };
}

static lf_view past(struct lf_arena *a, lf_view low)
{
    char *p = LF_NEW(a, char, low.len + 1);

    memcpy(p, low.ptr, low.len);
    p[low.len - 1] = '.' + 1;
    return (lf_view){ p, low.len };
}

static enum lf_code check(struct lf_task *t, lf_view v, struct lf_err *e)
{
    const char *why = lf_never_block(v);
    lf_view low = reversed(t->a, v), other;
    enum lf_code rc;

    if (lf_view_find_byte(v, '.') == SIZE_MAX)
        return lf_err_set(e, LF_UNACCEPTED, "block: %.*s is a whole top-level domain", LF_FMT(v));
    if (why)
        return lf_err_set(e, LF_UNACCEPTED, "block: %.*s is never blocked: %s", LF_FMT(v), why);
    for (lf_view up = v; up.len;) {
        size_t dot = lf_view_find_byte(up, '.');

        rc = lf_db_text(t->db, &t->scope, &lf_q_allow_get, LF_ARGS(LF_TEXT(up)), t->a, &other, e);
        if (rc == LF_OK)
            return lf_err_set(e, LF_UNACCEPTED, "block: %.*s is on the allow list by %.*s: %.*s", LF_FMT(v),
                              LF_FMT(up), LF_FMT(other));
        if (rc != LF_NOT_FOUND)
            return rc;
        up = lf_view_from(up, dot == SIZE_MAX ? up.len : dot + 1);
    }
    rc = lf_db_text(t->db, &t->scope, &lf_q_allow_under, LF_ARGS(LF_TEXT(low), LF_TEXT(past(t->a, low))),
                    t->a, &other, e);
    if (rc == LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "block: %.*s would block %.*s, which is on the allow list",
                          LF_FMT(v), LF_FMT(other));
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_block_check(struct lf_task *t, lf_view value, struct lf_err *e)
{
    lf_view v;

    LF_TRY(domain_of(t->a, value, &v, e));
    return check(t, v, e);
}

/* One change of what the zone holds. */
static enum lf_code zone_put(struct lf_task *t, lf_view value, bool added, struct lf_err *e)
{
    int64_t number;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_zone_state_init, LF_NO_ARGS, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_zone_number_next, LF_NO_ARGS, &number, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_zone_change_add,
                      LF_ARGS(LF_INT(number), LF_INT(added), LF_TEXT(value)), e));
    if (number % 1000 == 0)
        LF_TRY(
            lf_db_exec(t->db, &t->scope, &lf_q_zone_change_prune, LF_ARGS(LF_INT(number - CHANGES_KEPT)), e));
    t->effects |= LF_FX_ZONE;
    return LF_OK;
}

/* Of a block the indicator is always named: the trail shows the entry to those who may have that. */
static enum lf_code audit(struct lf_task *t, const char *action, lf_view value, lf_view indicator,
                          lf_view reason, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    if (indicator.len)
        lf_json_put_str(&n.w, "indicator", indicator);
    if (reason.len)
        lf_json_put_str(&n.w, "reason", reason);
    return lf_audit_close(&n, t, lf_view_of(action), value, e);
}

struct rows {
    struct lf_arena *a;
    struct lf_block *item;
    size_t n, cap;
    int64_t seq; /* of the last */
};

static struct lf_block *row_new(struct rows *r)
{
    r->item = lf_arena_grow(r->a, r->item, r->n, &r->cap, sizeof *r->item);
    return &r->item[r->n++];
}

static enum lf_code row_block(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct rows *r = ctx;
    struct lf_block *b = row_new(r);
    lf_view state = lf_row_text(row, 3);

    (void)e;
    b->id = lf_arena_copy(r->a, lf_row_text(row, 0));
    b->value = lf_arena_copy(r->a, lf_row_text(row, 1));
    b->indicator = lf_arena_copy(r->a, lf_row_text(row, 2));
    for (int i = 0; i < 3; i++)
        if (lf_view_is(state, state_names[i]))
            b->state = (enum lf_block_state)i;
    b->provisional = lf_row_int(row, 4) != 0;
    b->created = lf_row_int(row, 5);
    b->changed = lf_row_int(row, 6);
    b->expires = lf_row_int(row, 7);
    r->seq = lf_row_int(row, 8);
    return LF_OK;
}

static enum lf_code row_value(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct rows *r = ctx;
    struct lf_block *b = row_new(r);

    (void)e;
    b->id = lf_arena_copy(r->a, lf_row_text(row, 0));
    b->value = lf_arena_copy(r->a, lf_row_text(row, 1));
    b->indicator = lf_arena_copy(r->a, lf_row_text(row, 2));
    return LF_OK;
}

/* Is a name above v blocked too?  Then v is blocked by that one's wildcard. */
static enum lf_code covered(struct lf_task *t, lf_view v, bool *out, struct lf_err *e)
{
    int64_t n = 0;

    for (size_t dot; n == 0 && (dot = lf_view_find_byte(v, '.')) != SIZE_MAX;) {
        v = lf_view_from(v, dot + 1);
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_block_active, LF_ARGS(LF_TEXT(v)), &n, e));
    }
    *out = n > 0;
    return LF_OK;
}

static bool starts(lf_view v, lf_view with)
{
    return with.len && v.len >= with.len && memcmp(v.ptr, with.ptr, with.len) == 0;
}

/* The first block of a name came, or its last one went.
 *
 * The zone never holds a name under another one that it holds.  It would do harm:
 * "*.example.org" answers for x.b.example.org only as long as no name at or under
 * b.example.org exists in the zone (RFC 4592, 2.2.1), so blocking a.b.example.org
 * as well would let x.b.example.org through.  So a name that is covered stays out,
 * and comes in when what covered it has gone. */
static enum lf_code zone_changed(struct lf_task *t, lf_view value, bool added, struct lf_err *e)
{
    struct rows under = { .a = t->a };
    lf_view low = reversed(t->a, value), last = { 0 };
    bool inside;

    LF_TRY(covered(t, value, &inside, e));
    if (inside)
        return LF_OK;
    LF_TRY(zone_put(t, value, added, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_under, LF_ARGS(LF_TEXT(low), LF_TEXT(past(t->a, low))),
                     row_value, &under, NULL, e));
    for (size_t i = 0; i < under.n; i++) { /* in the order of reversed: what covers comes first */
        lf_view r = reversed(t->a, under.item[i].value);

        if (r.len == low.len || starts(r, last))
            continue; /* itself, or once more the same, or under the one before */
        last = r;
        LF_TRY(zone_put(t, under.item[i].value, !added, e));
    }
    return LF_OK;
}

/* Ends these blocks; a name leaves the zone with its last one. */
static enum lf_code end_blocks(struct lf_task *t, const struct rows *r, enum lf_block_state state,
                               lf_view why, struct lf_err *e)
{
    for (size_t i = 0; i < r->n; i++) {
        int64_t left;

        LF_TRY(lf_db_exec(
            t->db, &t->scope, &lf_q_block_end,
            LF_ARGS(LF_TEXT(lf_view_of(state_names[state])), LF_INT(lf_now(t->env)), LF_TEXT(r->item[i].id)),
            e));
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_block_active, LF_ARGS(LF_TEXT(r->item[i].value)), &left, e));
        if (left == 0)
            LF_TRY(zone_changed(t, r->item[i].value, false, e));
        LF_TRY(audit(t, state == LF_BLOCK_EXPIRED ? "block.expire" : "block.withdraw", r->item[i].value,
                     r->item[i].indicator, why, e));
    }
    return LF_OK;
}

enum lf_code lf_block_add(struct lf_task *t, lf_view value, lf_view indicator, bool provisional,
                          lf_time expires, struct lf_block *out, struct lf_err *e)
{
    struct rows same = { .a = t->a };
    int64_t before, seq, changed = 0;
    lf_time now = lf_now(t->env);
    lf_view v;

    LF_TRY(may(t, CHANGERS, e));
    LF_TRY(domain_of(t->a, value, &v, e));
    if (indicator.len == 0 || indicator.len > INDICATOR_MOST || !lf_view_is_utf8(indicator))
        return lf_err_set(e, LF_BAD_INPUT, "block: say for which indicator, in 1 to %d octets",
                          INDICATOR_MOST);
    if (expires < 0 || (expires && expires <= now))
        return lf_err_set(e, LF_BAD_INPUT, "block: %.*s would have expired already", LF_FMT(v));
    LF_TRY(check(t, v, e));
    LF_TRY(lf_warning_check(t, LF_OBS_DOMAIN, v, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_block_renew,
                  LF_ARGS(LF_INT(provisional), LF_INT(expires), LF_INT(now), LF_TEXT(indicator), LF_TEXT(v)),
                  NULL, NULL, &changed, e));
    if (changed == 0) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_zone_state_init, LF_NO_ARGS, e));
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_block_active, LF_ARGS(LF_TEXT(v)), &before, e));
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_block_seq_next, LF_NO_ARGS, &seq, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_block_insert,
                          LF_ARGS(LF_TEXT(lf_uuid_new(t->env, t->a)), LF_TEXT(v), LF_TEXT(reversed(t->a, v)),
                                  LF_TEXT(indicator), LF_INT(provisional), LF_INT(now), LF_INT(expires),
                                  LF_INT(seq)),
                          e));
        if (before == 0)
            LF_TRY(zone_changed(t, v, true, e));
        LF_TRY(audit(t, "block.add", v, indicator, LF_V(""), e));
    }
    if (!out)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_same, LF_ARGS(LF_TEXT(indicator), LF_TEXT(v)), row_block,
                     &same, NULL, e));
    if (same.n != 1)
        return lf_err_set(e, LF_IO, "block: %.*s was not kept", LF_FMT(v));
    *out = same.item[0];
    return LF_OK;
}

enum lf_code lf_block_withdraw(struct lf_task *t, lf_view indicator, size_t *n, struct lf_err *e)
{
    struct rows r = { .a = t->a };

    LF_TRY(may(t, CHANGERS, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_of_indicator, LF_ARGS(LF_TEXT(indicator)), row_value, &r,
                     NULL, e));
    LF_TRY(end_blocks(t, &r, LF_BLOCK_WITHDRAWN, LF_V(""), e));
    if (n)
        *n = r.n;
    return LF_OK;
}

enum lf_code lf_block_expire(struct lf_task *t, size_t *n, struct lf_err *e)
{
    struct rows r = { .a = t->a };

    LF_TRY(may(t, CHANGERS, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_expired, LF_ARGS(LF_INT(lf_now(t->env))), row_value, &r,
                     NULL, e));
    LF_TRY(end_blocks(t, &r, LF_BLOCK_EXPIRED, LF_V("its time was over"), e));
    if (n)
        *n = r.n;
    return LF_OK;
}

enum lf_code lf_block_next_expiry(struct lf_task *t, lf_time *out, struct lf_err *e)
{
    int64_t at;
    enum lf_code rc = lf_db_int(t->db, &t->scope, &lf_q_block_next_expiry, LF_NO_ARGS, &at, e);

    if (rc == LF_OK || rc == LF_NOT_FOUND)
        *out = rc == LF_OK ? at : 0;
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_block_list(struct lf_task *t, bool active_only, const struct lf_page *page,
                           struct lf_block **out, size_t *n, lf_view *next, struct lf_err *e)
{
    struct rows r = { .a = t->a };
    size_t limit = lf_page_rows(page), got, kept = 0;
    int64_t before = INT64_MAX;

    LF_TRY(may(t, READERS, e));
    if (page && page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "block: that is no page of this list");
    do { /* a page is full as long as there is more that the asker may have */
        size_t from = r.n;

        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_list,
                         LF_ARGS(LF_INT(before), LF_INT(active_only), LF_INT(limit - from)), row_block, &r,
                         NULL, e));
        got = r.n - from;
        before = r.seq;
        kept = from;
        for (size_t i = from; i < r.n; i++) {
            bool hidden;

            LF_TRY(lf_indicator_hidden(t, r.item[i].indicator, &hidden, e));
            if (!hidden)
                r.item[kept++] = r.item[i];
        }
        got = got == limit - from ? got : 0;
        r.n = kept;
    } while (got && r.n < limit);
    *out = r.item;
    *n = r.n;
    *next = r.n == limit ? lf_arena_printf(t->a, "%lld", (long long)r.seq) : (lf_view){ 0 };
    return LF_OK;
}

enum lf_code lf_block_find(struct lf_task *t, lf_view value, struct lf_block *out, struct lf_err *e)
{
    struct rows r = { .a = t->a };
    lf_view v;

    LF_TRY(may(t, READERS, e));
    LF_TRY(domain_of(t->a, value, &v, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_find, LF_ARGS(LF_TEXT(v)), row_block, &r, NULL, e));
    if (!r.n)
        return lf_err_set(e, LF_NOT_FOUND, "block: %.*s is not blocked", LF_FMT(v));
    *out = r.item[0];
    return LF_OK;
}

struct few {
    struct lf_arena *a;
    size_t n;
    struct {
        lf_view value, indicator;
    } item[LF_BLOCK_FEW + 1];
};

static enum lf_code row_few(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct few *f = ctx;

    (void)e;
    f->item[f->n].value = lf_arena_copy(f->a, lf_row_text(row, 0));
    f->item[f->n++].indicator = lf_arena_copy(f->a, lf_row_text(row, 1));
    return LF_OK;
}

enum lf_code lf_block_count(struct lf_task *t, int64_t *names, struct lf_err *e)
{
    struct few *f = LF_NEW(t->a, struct few, 1);
    int64_t all, step = 1, n = 0;
    bool counted = false;

    LF_TRY(may(t, READERS, e));
    f->a = t->a;
    if (t->hides)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_few, LF_ARGS(LF_INT(LF_BLOCK_FEW + 1)), row_few, f,
                         NULL, e));
    if (!t->hides || f->n > LF_BLOCK_FEW) {
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_block_names, LF_NO_ARGS, &all, e));
        while (t->hides && all / step >= 100)
            step *= 10;
        *names = all / step * step;
        return LF_OK;
    }
    for (size_t i = 0; i < f->n; i++) { /* blocks of one name lie together */
        bool hidden = true;

        if (i && !lf_view_eq(f->item[i].value, f->item[i - 1].value))
            counted = false;
        if (!counted)
            LF_TRY(t->hides(t, f->item[i].indicator, &hidden, e));
        counted |= !hidden;
        n += !hidden;
    }
    *names = n;
    return LF_OK;
}

/* ------------------------------------------------------------- allow list */

enum lf_code lf_allow_add(struct lf_task *t, lf_view value, lf_view reason, size_t *withdrawn,
                          struct lf_err *e)
{
    struct rows r = { .a = t->a };
    lf_view v, low;

    LF_TRY(may(t, CHANGERS | LF_ROLE_ADMIN, e));
    LF_TRY(domain_of(t->a, value, &v, e));
    if (reason.len == 0 || reason.len > REASON_MOST || !lf_view_is_utf8(reason))
        return lf_err_set(e, LF_BAD_INPUT, "allow: give a reason of 1 to %d octets", REASON_MOST);
    low = reversed(t->a, v);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_allow_put,
                      LF_ARGS(LF_TEXT(v), LF_TEXT(low), LF_TEXT(reason), LF_INT(lf_now(t->env))), e));
    LF_TRY(audit(t, "allow.add", v, LF_V(""), reason, e));
    /* Blocks it contradicts: of all under it (itself included) and of each name above. */
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_block_under, LF_ARGS(LF_TEXT(low), LF_TEXT(past(t->a, low))),
                     row_value, &r, NULL, e));
    for (size_t dot; (dot = lf_view_find_byte(v, '.')) != SIZE_MAX;) {
        v = lf_view_from(v, dot + 1);
        LF_TRY(
            lf_db_run(t->db, &t->scope, &lf_q_block_of_value, LF_ARGS(LF_TEXT(v)), row_value, &r, NULL, e));
    }
    LF_TRY(end_blocks(t, &r, LF_BLOCK_WITHDRAWN, reason, e));
    if (!withdrawn)
        return LF_OK;
    *withdrawn = 0;
    for (size_t i = 0; i < r.n; i++) {
        bool hidden;

        LF_TRY(lf_indicator_hidden(t, r.item[i].indicator, &hidden, e));
        *withdrawn += !hidden;
    }
    return LF_OK;
}

enum lf_code lf_allow_del(struct lf_task *t, lf_view value, struct lf_err *e)
{
    int64_t changed = 0;
    lf_view v;

    LF_TRY(may(t, CHANGERS | LF_ROLE_ADMIN, e));
    LF_TRY(domain_of(t->a, value, &v, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_allow_del, LF_ARGS(LF_TEXT(v)), NULL, NULL, &changed, e));
    if (changed == 0)
        return lf_err_set(e, LF_NOT_FOUND, "allow: %.*s is not on the list", LF_FMT(v));
    return lf_audit_add(t, LF_V("allow.del"), v, (lf_view){ 0 }, e);
}

struct allow_rows {
    struct lf_arena *a;
    struct lf_allow *item;
    size_t n, limit;
};

static enum lf_code row_allow(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct allow_rows *r = ctx;

    (void)e;
    if (r->n == r->limit)
        return LF_OK;
    r->item[r->n].value = lf_arena_copy(r->a, lf_row_text(row, 0));
    r->item[r->n].reason = lf_arena_copy(r->a, lf_row_text(row, 1));
    r->item[r->n++].created = lf_row_int(row, 2);
    return LF_OK;
}

enum lf_code lf_allow_list(struct lf_task *t, const struct lf_page *page, struct lf_allow **out, size_t *n,
                           lf_view *next, struct lf_err *e)
{
    struct allow_rows r = { .a = t->a, .limit = lf_page_rows(page) };
    lf_view after = page && page->after.ptr ? page->after : LF_V("");

    LF_TRY(may(t, READERS, e));
    r.item = LF_NEW(t->a, struct lf_allow, r.limit);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_allow_list, LF_ARGS(LF_TEXT(after), LF_INT(r.limit)), row_allow,
                     &r, NULL, e));
    *out = r.item;
    *n = r.n;
    *next = r.n == r.limit ? r.item[r.n - 1].value : (lf_view){ 0 };
    return LF_OK;
}

/* ----------------------------------------------------------- for the core */

enum lf_code lf_zone_number(struct lf_task *t, int64_t *out, struct lf_err *e)
{
    enum lf_code rc = lf_db_int(t->db, &t->scope, &lf_q_zone_number, LF_NO_ARGS, out, e);

    if (rc != LF_NOT_FOUND)
        return rc;
    *out = 1;
    return LF_OK;
}

struct packing {
    struct lf_zone_packer p;
    int64_t number;
    struct lf_buf last; /* reversed name that was packed last */
};

static enum lf_code pack_value(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct packing *k = ctx;
    lf_view low = lf_row_text(row, 1);

    if (starts(low, lf_buf_view(&k->last)))
        return LF_OK; /* covered, as in zone_changed() */
    lf_buf_reset(&k->last);
    lf_buf_put(&k->last, low);
    return lf_zone_pack(&k->p, LF_ZONE_ADD, lf_row_text(row, 0), e);
}

static enum lf_code pack_change(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct packing *k = ctx;

    return lf_zone_pack(&k->p, lf_row_int(row, 1) ? LF_ZONE_ADD : LF_ZONE_DEL, lf_row_text(row, 2), e);
}

static enum lf_code finish(struct packing *k, enum lf_code rc, int64_t *number, struct lf_err *e)
{
    if (rc == LF_OK)
        rc = lf_zone_pack_end(&k->p, e);
    lf_zone_pack_clear(&k->p);
    if (rc == LF_OK && number)
        *number = k->number;
    return rc;
}

enum lf_code lf_zone_snapshot(struct lf_task *t, lf_view zone, lf_zone_send_fn send, void *ctx,
                              int64_t *number, struct lf_err *e)
{
    struct packing k;
    enum lf_code rc;

    LF_TRY(lf_zone_number(t, &k.number, e));
    lf_buf_init(&k.last, 512);
    lf_zone_pack_begin(&k.p, true, zone, 0, (uint32_t)k.number, send, ctx);
    rc = lf_db_run(t->db, &t->scope, &lf_q_block_values, LF_NO_ARGS, pack_value, &k, NULL, e);
    lf_buf_clear(&k.last);
    return finish(&k, rc, number, e);
}

enum lf_code lf_zone_changes(struct lf_task *t, lf_view zone, int64_t since, lf_zone_send_fn send, void *ctx,
                             int64_t *number, struct lf_err *e)
{
    struct packing k;
    int64_t oldest;
    enum lf_code rc;

    LF_TRY(lf_zone_number(t, &k.number, e));
    if (since == k.number) {
        if (number)
            *number = since;
        return LF_OK;
    }
    rc = lf_db_int(t->db, &t->scope, &lf_q_zone_change_oldest, LF_NO_ARGS, &oldest, e);
    if (rc == LF_NOT_FOUND || (rc == LF_OK && (since > k.number || oldest > since + 1)))
        return lf_err_set(e, LF_NOT_FOUND, "zone: changes after %lld are no longer known", (long long)since);
    LF_TRY(rc);
    lf_zone_pack_begin(&k.p, false, zone, (uint32_t)since, (uint32_t)k.number, send, ctx);
    return finish(
        &k, lf_db_run(t->db, &t->scope, &lf_q_zone_changes, LF_ARGS(LF_INT(since)), pack_change, &k, NULL, e),
        number, e);
}
