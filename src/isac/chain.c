#include "isac/chain.h"

#include "fmt/json.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/peer.h"
#include "store/query_chain.h"

/* Log code: LF2305 a child's audit trail is not the one that was countersigned. */

#define KEPT (400 * 24) /* hours */

static const struct lf_json_limits small = { .bytes = LF_CHAIN_BODY, .depth = 5, .unique = true };

/* ---- texts ------------------------------------------------------------------------- */

/* `members` is the inside of a canonical object (RFC 8785) whose keys all sort before "signature" but those
 * in `rest`, which sort after it. */
static lf_view sign(struct lf_task *t, lf_view members, lf_view rest)
{
    uint8_t signature[LF_SIGNATURE];

    lf_sign(t->self->sign_secret, lf_arena_printf(t->a, "{%.*s%.*s}", LF_FMT(members), LF_FMT(rest)),
            signature);
    return lf_arena_printf(t->a, "{%.*s,\"signature\":\"%.*s\"%.*s}", LF_FMT(members),
                           LF_FMT(lf_base64url(t->a, signature, sizeof signature)), LF_FMT(rest));
}

static enum lf_code signature_ok(struct lf_arena *a, const struct lf_json *tree,
                                 const uint8_t key[LF_SIGN_PUBLIC], struct lf_err *e)
{
    size_t n = lf_json_members(tree), kept = 0;
    lf_view *keys = LF_NEW(a, lf_view, n + 1), raw;
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    struct lf_buf b;
    enum lf_code rc;

    for (size_t i = 0; i < n; i++)
        if (!lf_view_is(lf_json_key(tree, i), "signature")) {
            keys[kept] = lf_json_key(tree, i);
            values[kept++] = lf_json_member(tree, i);
        }
    lf_buf_init(&b, (size_t)4 * LF_CHAIN_BODY);
    rc = lf_json_canon(&b, lf_json_new_object(a, kept, keys, values), e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK &&
        (lf_unbase64(a, lf_json_str(tree, "signature"), &raw, NULL) != LF_OK || raw.len != LF_SIGNATURE ||
         !lf_sign_ok(key, lf_buf_view(&b), (const uint8_t *)raw.ptr)))
        rc = lf_err_set(e, LF_UNAUTHENTIC, "the head of an audit trail is not signed by its node");
    lf_buf_clear(&b);
    return rc;
}

/* A number and a hash; the hash is empty when there is no such entry. */
static enum lf_code entry_of(const struct lf_json *v, int64_t *seq, lf_view *hash, struct lf_err *e)
{
    uint8_t raw[LF_SHA256];

    *hash = lf_json_str(v, "hash");
    if (!lf_json_int(v, "seq", seq) || *seq < 0 ||
        (hash->len && lf_unhex(*hash, raw, sizeof raw, NULL) != LF_OK))
        return lf_err_set(e, LF_BAD_INPUT,
                          "an entry of an audit trail is a \"seq\" and a \"hash\" in hexadecimal");
    return LF_OK;
}

static lf_view hash_at(struct lf_task *t, int64_t seq)
{
    uint8_t hash[LF_SHA256];
    struct lf_err e = { 0 };

    return lf_audit_hash(t, seq, hash, &e) == LF_OK ? lf_hex(t->a, hash, sizeof hash) : LF_V("");
}

/* ---- rows --------------------------------------------------------------------------- */

struct row {
    struct lf_arena *a;
    bool there;
    int64_t seq, at, skew, ask;
    lf_view hash, ask_hash, broken;
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct row *x = ctx;

    (void)e;
    x->there = true;
    x->seq = lf_row_int(r, 0);
    x->hash = lf_arena_copy(x->a, lf_row_text(r, 1));
    x->at = lf_row_int(r, 2);
    x->skew = lf_row_int(r, 3);
    x->ask = lf_row_int(r, 4);
    x->ask_hash = lf_arena_copy(x->a, lf_row_text(r, 5));
    x->broken = lf_arena_copy(x->a, lf_row_text(r, 6));
    return LF_OK;
}

static enum lf_code row_of(struct lf_task *t, lf_view peer, struct row *x, struct lf_err *e)
{
    *x = (struct row){ .a = t->a, .hash = LF_V(""), .ask_hash = LF_V(""), .broken = LF_V("") };
    return lf_db_run(t->db, &t->scope, &lf_q_chain_peer_get, LF_ARGS(LF_TEXT(peer)), take_row, x, NULL, e);
}

static enum lf_code put_row(struct lf_task *t, lf_view peer, const struct row *x, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_chain_peer_put,
                      LF_ARGS(LF_TEXT(peer), LF_INT(x->seq), LF_TEXT(x->hash), LF_INT(x->at), LF_INT(x->skew),
                              LF_INT(x->ask), LF_TEXT(x->ask_hash), LF_TEXT(x->broken)),
                      e);
}

struct heads {
    struct lf_arena *a;
    struct head {
        int64_t seq;
        lf_view hash, json;
    } * items;
    size_t n, cap;
};

static enum lf_code take_head(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct heads *h = ctx;

    (void)e;
    h->items = lf_arena_grow(h->a, h->items, h->n, &h->cap, sizeof *h->items);
    h->items[h->n++] = (struct head){ .seq = lf_row_int(r, 0),
                                      .hash = lf_arena_copy(h->a, lf_row_text(r, 1)),
                                      .json = lf_arena_copy(h->a, lf_row_text(r, 2)) };
    return LF_OK;
}

static enum lf_code keep_head(struct lf_task *t, lf_view peer, int64_t at, int64_t seq, lf_view hash,
                              lf_view json, struct lf_err *e)
{
    int64_t hour = at / LF_HOUR;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_chain_head_put,
                      LF_ARGS(LF_TEXT(peer), LF_INT(hour), LF_INT(seq), LF_TEXT(hash), LF_TEXT(json)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_chain_head_drop, LF_ARGS(LF_TEXT(peer), LF_INT(hour - KEPT)),
                      e);
}

/* ---- the child's side ----------------------------------------------------------------- */

enum lf_code lf_chain_body(struct lf_task *t, const int64_t ask[LF_CHAIN_ASKS], lf_view *body,
                           struct lf_err *e)
{
    struct lf_audit_head head;
    char time[LF_TIME_TEXT];
    struct lf_buf b;

    LF_TRY(lf_audit_head(t, &head, e));
    lf_buf_init(&b, LF_CHAIN_BODY);
    LF_PUT(&b, "\"asked\":[");
    for (int i = 0; i < LF_CHAIN_ASKS; i++)
        if (ask[i])
            lf_buf_printf(&b, "%s{\"hash\":\"%.*s\",\"seq\":%lld}", i ? "," : "", LF_FMT(hash_at(t, ask[i])),
                          (long long)ask[i]);
    lf_buf_printf(&b, "],\"hash\":\"%.*s\",\"node\":\"%.*s\",\"seq\":%lld",
                  LF_FMT(lf_hex(t->a, head.hash, sizeof head.hash)), LF_FMT(t->self->node),
                  (long long)head.seq);
    *body = sign(t, lf_arena_copy(t->a, lf_buf_view(&b)),
                 lf_arena_printf(t->a, ",\"time\":\"%s\"", lf_time_milli(lf_now(t->env), time).ptr));
    lf_buf_clear(&b);
    return LF_OK;
}

static void asks_of(const struct lf_json *list, int64_t ask[LF_CHAIN_ASKS])
{
    for (size_t i = 0; i < LF_CHAIN_ASKS; i++) {
        const struct lf_json *v = i < lf_json_items(list) ? lf_json_item(list, i) : NULL;

        ask[i] = 0;
        if (v && (lf_json_kind(v) != LF_JSON_NUMBER || !lf_view_i64(lf_json_text(v), &ask[i]) || ask[i] < 0))
            ask[i] = 0;
    }
}

enum lf_code lf_chain_answered(struct lf_task *t, const struct lf_peer *parent, lf_view body,
                               int64_t ask[LF_CHAIN_ASKS], bool *signed_, struct lf_err *e)
{
    const struct lf_json *tree, *c;
    struct row x;
    lf_view hash, json;
    struct lf_buf b;
    int64_t seq, skew = 0;
    lf_time at;

    *signed_ = false;
    LF_TRY(lf_json_parse(t->a, body, &small, &tree, e));
    asks_of(lf_json_get(tree, LF_V("ask")), ask);
    c = lf_json_get(tree, LF_V("countersigned"));
    if (lf_json_kind(c) != LF_JSON_OBJECT)
        return LF_OK;
    LF_TRY(signature_ok(t->a, c, parent->key, e));
    LF_TRY(entry_of(c, &seq, &hash, e));
    LF_TRY(lf_time_parse(lf_json_str(c, "time"), &at, e));
    (void)lf_json_int(c, "skew_ms", &skew);
    if (!lf_view_eq(lf_json_str(c, "child"), t->self->node) || !lf_view_eq(hash, hash_at(t, seq)))
        return lf_err_set(e, LF_UNACCEPTED, "the parent countersigned what is not in our audit trail");
    lf_buf_init(&b, LF_CHAIN_BODY);
    lf_json_write(&b, c);
    json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(row_of(t, parent->id, &x, e));
    x.seq = seq;
    x.hash = hash;
    x.at = at;
    x.skew = skew * LF_MSEC;
    LF_TRY(put_row(t, parent->id, &x, e));
    LF_TRY(keep_head(t, parent->id, at, seq, hash, json, e));
    *signed_ = true;
    return LF_OK;
}

/* ---- the parent's side ------------------------------------------------------------------ */

/* What was asked for is shown, and as it was; NULL: it is.  *told: the child knew what was asked. */
static const char *compare(struct lf_task *t, const struct row *x, const struct lf_json *asked, int64_t seq,
                           lf_view hash, bool *told, struct lf_err *e)
{
    const struct {
        int64_t seq;
        lf_view hash;
    } want[LF_CHAIN_ASKS] = { { x->seq, x->hash }, { x->ask, x->ask_hash } };

    *told = true;
    for (int i = 0; i < LF_CHAIN_ASKS; i++) {
        bool shown = !want[i].seq;

        for (size_t k = 0; k < lf_json_items(asked) && !shown; k++) {
            int64_t n;
            lf_view h;

            if (entry_of(lf_json_item(asked, k), &n, &h, e) != LF_OK)
                return NULL;
            if (n != want[i].seq)
                continue;
            shown = true;
            if (!lf_view_eq(h, want[i].hash))
                return lf_arena_printf(
                           t->a,
                           h.len ? "entry %lld of its audit trail is not the one that was countersigned"
                                 : "entry %lld of its audit trail, which was countersigned, is gone",
                           (long long)n)
                    .ptr;
        }
        *told &= shown;
    }
    /* What was under way when the last was signed, and comes only now, says nothing: it is asked again. */
    if (!*told)
        return NULL;
    if (seq < x->seq)
        return lf_arena_printf(t->a, "its audit trail ends at entry %lld; entry %lld was countersigned",
                               (long long)seq, (long long)x->seq)
            .ptr;
    if (seq == x->seq && !lf_view_eq(hash, x->hash))
        return lf_arena_printf(t->a, "entry %lld of its audit trail is not the one that was countersigned",
                               (long long)seq)
            .ptr;
    return NULL;
}

/* One signed in an hour drawn at random. */
static enum lf_code choose(struct lf_task *t, lf_view peer, struct row *x, struct lf_err *e)
{
    struct heads h = { .a = t->a };
    int64_t first = 0, now = lf_now(t->env) / LF_HOUR;
    uint64_t r;
    enum lf_code rc = lf_db_int(t->db, &t->scope, &lf_q_chain_head_first, LF_ARGS(LF_TEXT(peer)), &first, e);

    if (rc == LF_NOT_FOUND || (rc == LF_OK && first >= now))
        return LF_OK; /* none but the present hour, which is the last one */
    LF_TRY(rc);
    lf_random(t->env, &r, sizeof r);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_chain_head_at,
                     LF_ARGS(LF_TEXT(peer), LF_INT(first + (int64_t)(r % (uint64_t)(now - first)))),
                     take_head, &h, NULL, e));
    if (h.n) {
        x->ask = h.items[0].seq;
        x->ask_hash = h.items[0].hash;
    }
    return LF_OK;
}

static void say(struct lf_task *t, struct lf_http_response *resp, int status, const char *type, lf_view body)
{
    resp->status = status;
    resp->body = body;
    lf_http_add(resp, "Content-Type", lf_view_of(type));
    lf_http_add(resp, LF_PROTOCOL_HEADER, lf_protocol_text());
    lf_http_add(resp, "Cache-Control", LF_V("no-store"));
    (void)t;
}

static void say_broken(struct lf_task *t, struct lf_http_response *resp, lf_view why)
{
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, LF_CHAIN_BODY);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "about:blank");
    lf_json_put_cstr(&w, "title", "Conflict");
    lf_json_put_int(&w, "status", 409);
    lf_json_put_str(&w, "detail", why);
    lf_json_close(&w);
    say(t, resp, 409, "application/problem+json", lf_arena_copy(t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static enum lf_code broke(struct lf_task *t, const struct lf_peer *p, struct row *x, const char *why,
                          struct lf_err *e)
{
    char id[100];

    x->broken = lf_view_of(why);
    LF_TRY(put_row(t, p->id, x, e));
    lf_log(t->env->log, LF_LOG_ERROR, "LF2305", "peer=%s why=%s", lf_log_text(p->id, id, sizeof id), why);
    return lf_audit_add(t, LF_V("peer.chain"), p->id,
                        lf_arena_printf(t->a, "{\"broken\":\"%s\",\"node\":\"%.*s\"}", why, LF_FMT(p->node)),
                        e);
}

static lf_view ask_text(struct lf_task *t, const struct row *x)
{
    if (x->ask && x->ask != x->seq)
        return lf_arena_printf(t->a, "[%lld,%lld]", (long long)x->seq, (long long)x->ask);
    return lf_arena_printf(t->a, "[%lld]", (long long)x->seq);
}

enum lf_code lf_chain_receive(struct lf_task *t, lf_view body, struct lf_http_response *resp,
                              struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("peer:");
    struct lf_task own = lf_node_task(t);
    const struct lf_json *tree;
    char time[LF_TIME_TEXT];
    struct lf_peer p;
    struct row x;
    lf_view hash, made;
    lf_time now = lf_now(t->env), theirs;
    int64_t seq;
    bool told;
    const char *why;

    if (body.len > LF_CHAIN_BODY)
        return lf_err_set(e, LF_TOO_BIG, "the head of an audit trail has at most %d bytes", LF_CHAIN_BODY);
    LF_TRY(lf_peer_get(&own, lf_view_from(t->scope.account, prefix.len), &p, e));
    LF_TRY(lf_json_parse(t->a, body, &small, &tree, e));
    if (lf_json_kind(tree) != LF_JSON_OBJECT || !lf_view_eq(lf_json_str(tree, "node"), p.node))
        return lf_err_set(e, LF_BAD_INPUT, "\"node\" must be the node that asks");
    LF_TRY(signature_ok(t->a, tree, p.key, e));
    LF_TRY(entry_of(tree, &seq, &hash, e));
    LF_TRY(lf_time_parse(lf_json_str(tree, "time"), &theirs, e));
    if (!seq || !hash.len)
        return lf_err_set(e, LF_BAD_INPUT, "an audit trail has at least one entry");
    LF_TRY(row_of(&own, p.id, &x, e));
    if (!x.broken.len) {
        struct lf_err bad = { 0 };

        why = compare(&own, &x, lf_json_get(tree, LF_V("asked")), seq, hash, &told, &bad);
        if (bad.code != LF_OK)
            return lf_err_set(e, bad.code, "%s", bad.text);
        if (why) {
            LF_TRY(broke(&own, &p, &x, why, e));
        } else if (!told) {
            say(t, resp, 200, "application/json",
                lf_arena_printf(t->a, "{\"ask\":%.*s}", LF_FMT(ask_text(t, &x))));
            return LF_OK;
        }
    }
    if (x.broken.len) {
        say_broken(t, resp,
                   lf_arena_printf(t->a,
                                   "nothing is countersigned: %.*s; an administrator here may accept it",
                                   LF_FMT(x.broken)));
        return LF_OK;
    }
    made = sign(t,
                lf_arena_printf(t->a, "\"child\":\"%.*s\",\"hash\":\"%.*s\",\"node\":\"%.*s\",\"seq\":%lld",
                                LF_FMT(p.node), LF_FMT(hash), LF_FMT(t->self->node), (long long)seq),
                lf_arena_printf(t->a, ",\"skew_ms\":%lld,\"time\":\"%s\"",
                                (long long)((theirs - now) / LF_MSEC), lf_time_milli(now, time).ptr));
    x = (struct row){ .a = t->a,
                      .seq = seq,
                      .hash = hash,
                      .at = now,
                      .skew = theirs - now,
                      .ask_hash = LF_V(""),
                      .broken = LF_V("") };
    LF_TRY(choose(&own, p.id, &x, e));
    LF_TRY(put_row(&own, p.id, &x, e));
    LF_TRY(keep_head(&own, p.id, now, seq, hash, made, e));
    say(t, resp, 200, "application/json",
        lf_arena_printf(t->a, "{\"ask\":%.*s,\"countersigned\":%.*s}", LF_FMT(ask_text(t, &x)),
                        LF_FMT(made)));
    return LF_OK;
}

static enum lf_code need(const struct lf_task *t, unsigned roles, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, roles, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "links are the business of the node's own organisation");
    return LF_OK;
}

enum lf_code lf_chain_accept(struct lf_task *t, lf_view peer, struct lf_err *e)
{
    struct lf_peer p;
    struct row x;

    LF_TRY(need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_peer_get(t, peer, &p, e));
    LF_TRY(row_of(t, p.id, &x, e));
    if (!x.broken.len)
        return lf_err_set(e, LF_CONFLICT, "this peer's audit trail fits what was countersigned");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_chain_peer_drop, LF_ARGS(LF_TEXT(p.id)), e));
    /* What was signed of another trail proves nothing of this one. */
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_chain_drop, LF_ARGS(LF_TEXT(p.id)), e));
    return lf_audit_add(t, LF_V("peer.chain_accept"), p.id,
                        lf_arena_printf(t->a, "{\"was\":\"%.*s\",\"seq\":%lld,\"hash\":\"%.*s\"}",
                                        LF_FMT(x.broken), (long long)x.seq, LF_FMT(x.hash)),
                        e);
}

/* ---- either side -------------------------------------------------------------------------- */

enum lf_code lf_chain_look(struct lf_task *t, lf_view peer, struct lf_chain_state *out, struct lf_err *e)
{
    struct row x;

    LF_TRY(row_of(t, peer, &x, e));
    *out = (struct lf_chain_state){ .seq = x.seq, .at = x.at, .skew = x.skew, .broken = x.broken };
    return LF_OK;
}

enum lf_code lf_chain_broken(struct lf_task *t, int64_t *n, struct lf_err *e)
{
    return lf_db_int(t->db, &t->scope, &lf_q_chain_peer_broken, LF_NO_ARGS, n, e);
}

enum lf_code lf_chain_heads(struct lf_task *t, lf_view peer, lf_view *json, struct lf_err *e)
{
    struct heads h = { .a = t->a };
    struct lf_peer p;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_peer_get(t, peer, &p, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_chain_head_list, LF_ARGS(LF_TEXT(p.id)), take_head, &h, NULL, e));
    lf_buf_init(&b, (size_t)(KEPT + 2) * 1024);
    lf_buf_byte(&b, '[');
    for (size_t i = 0; i < h.n; i++) {
        if (i)
            lf_buf_byte(&b, ',');
        lf_buf_put(&b, h.items[i].json);
    }
    lf_buf_byte(&b, ']');
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* Who signed what is shown to us: this node's parent, now or once. */
static enum lf_code by_parent(struct lf_task *t, const struct lf_json *c, struct lf_err *e)
{
    const struct lf_peer *peers;
    size_t n;

    if (lf_json_kind(c) != LF_JSON_OBJECT || !lf_view_eq(lf_json_str(c, "child"), t->self->node))
        return lf_err_set(e, LF_BAD_INPUT, "a head that is shown must be of this node's own trail");
    LF_TRY(lf_peer_list(t, &n, &peers, e));
    for (size_t i = 0; i < n; i++)
        if (peers[i].kind == LF_PEER_PARENT && lf_view_eq(peers[i].node, lf_json_str(c, "node")))
            return signature_ok(t->a, c, peers[i].key, e);
    return lf_err_set(e, LF_UNACCEPTED, "a head that is shown is not by a parent of this node");
}

static enum lf_code fits(struct lf_task *t, int64_t seq, lf_view hash, struct lf_err *e)
{
    lf_view ours = hash_at(t, seq);

    if (!ours.len)
        return lf_err_set(e, LF_CONFLICT, "audit entry %lld was countersigned and is not there",
                          (long long)seq);
    if (!lf_view_eq(ours, hash))
        return lf_err_set(e, LF_CONFLICT, "audit entry %lld is not the one that was countersigned",
                          (long long)seq);
    return LF_OK;
}

enum lf_code lf_chain_verify(struct lf_task *t, const struct lf_json *heads, struct lf_chain_verdict *out,
                             struct lf_err *e)
{
    struct heads h = { .a = t->a };
    struct lf_audit_head head;
    struct lf_chain_verdict v = { 0 };

    LF_TRY(need(t, LF_ROLE_ADMIN | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_audit_verify(t, &head, e));
    v.entries = head.seq;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_chain_head_all, LF_NO_ARGS, take_head, &h, NULL, e));
    for (size_t i = 0; i < h.n; i++, v.heads++)
        LF_TRY(fits(t, h.items[i].seq, h.items[i].hash, e));
    if (heads && lf_json_kind(heads) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "heads are an array of what the parent countersigned");
    for (size_t i = 0; heads && i < lf_json_items(heads); i++, v.heads++) {
        const struct lf_json *c = lf_json_item(heads, i);
        lf_view hash;
        int64_t seq;

        LF_TRY(by_parent(t, c, e));
        LF_TRY(entry_of(c, &seq, &hash, e));
        LF_TRY(fits(t, seq, hash, e));
    }
    *out = v;
    return LF_OK;
}
