#include "isac/keys.h"

#include "cert/incident.h"
#include "fmt/json.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "model/extension.h"
#include "store/query_intelligence.h"

enum { BYTES = 8192 };

/* The node's work, audited in the name of who caused it. */
static struct lf_task as_node(const struct lf_task *t)
{
    struct lf_task own = lf_node_task(t);

    own.scope.account = t->scope.account;
    return own;
}

/* The RFC 8785 bytes of an object without the named members. */
static enum lf_code signed_bytes(struct lf_arena *a, const struct lf_json *tree, bool proof, lf_view *out,
                                 struct lf_err *e)
{
    size_t n = lf_json_members(tree), kept = 0;
    lf_view *keys = LF_NEW(a, lf_view, n + 1);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    struct lf_buf b;
    enum lf_code rc;

    for (size_t i = 0; i < n; i++) {
        lf_view key = lf_json_key(tree, i);

        if (lf_view_is(key, "signature") || (!proof && lf_view_is(key, "proof")))
            continue;
        keys[kept] = key;
        values[kept++] = lf_json_member(tree, i);
    }
    lf_buf_init(&b, 4 * BYTES);
    rc = lf_json_canon(&b, lf_json_new_object(a, kept, keys, values), e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

/* ---- saying so ------------------------------------------------------------------- */

struct statement {
    lf_view id, client_pin, server_pin, moved_to;
    const uint8_t *key; /* the new one, or the same */
    const uint8_t *secret;
    lf_time at;
};

static lf_view write(struct lf_task *t, const struct statement *s, lf_view proof, lf_view signature)
{
    char time[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "node-key");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id", s->id);
    lf_json_put_str(&w, "created_by_ref", t->self->node);
    lf_json_put_str(&w, "created", lf_time_milli(s->at, time));
    lf_json_put_str(&w, "modified", lf_time_milli(s->at, time));
    lf_json_put_str(&w, "key", lf_base64url(t->a, s->key, LF_SIGN_PUBLIC));
    lf_json_put_str(&w, "previous", lf_base64url(t->a, t->self->sign_public, LF_SIGN_PUBLIC));
    if (s->client_pin.len)
        lf_json_put_str(&w, "client_pin", s->client_pin);
    if (s->server_pin.len)
        lf_json_put_str(&w, "server_pin", s->server_pin);
    if (s->moved_to.len)
        lf_json_put_str(&w, "moved_to", s->moved_to);
    if (proof.len)
        lf_json_put_str(&w, "proof", proof);
    if (signature.len)
        lf_json_put_str(&w, "signature", signature);
    lf_json_begin(&w, "extensions", '{');
    lf_json_begin(&w, LF_EXTENSION_ID, '{');
    lf_json_put_cstr(&w, "extension_type", "new-sdo");
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    out = b.over ? LF_V("") : lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code sign_with(struct lf_task *t, lf_view json, bool proof,
                              const uint8_t secret[LF_SIGN_SECRET], lf_view *out, struct lf_err *e)
{
    uint8_t signature[LF_SIGNATURE];
    const struct lf_json *tree;
    lf_view bytes;

    LF_TRY(lf_json_parse(t->a, json, NULL, &tree, e));
    LF_TRY(signed_bytes(t->a, tree, proof, &bytes, e));
    lf_sign(secret, bytes, signature);
    *out = lf_base64url(t->a, signature, sizeof signature);
    return LF_OK;
}

/* Into each child's inbox. */
static enum lf_code to_children(struct lf_task *t, lf_view json, struct lf_err *e)
{
    const struct lf_peer *peers;
    struct lf_stix s;
    size_t n;

    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(lf_peer_list(t, &n, &peers, e));
    for (size_t i = 0; i < n; i++) {
        bool fresh;

        if (peers[i].kind == LF_PEER_CHILD && peers[i].state != LF_PEER_RETIRED)
            LF_TRY(lf_object_add(t, peers[i].inbox, LF_V(""), &s, json, &fresh, e));
    }
    return LF_OK;
}

static enum lf_code say(struct lf_task *t, struct statement *s, struct lf_err *e)
{
    lf_view proof = { "", 0 }, signature = { "", 0 }, json;

    s->id = lf_arena_printf(t->a, "node-key--%.*s", LF_FMT(lf_uuid_new(t->env, t->a)));
    s->at = lf_now(t->env) / LF_MSEC * LF_MSEC;
    LF_TRY(sign_with(t, write(t, s, proof, signature), false, s->secret, &proof, e));
    LF_TRY(sign_with(t, write(t, s, proof, signature), true, t->self->sign_secret, &signature, e));
    json = write(t, s, proof, signature);
    LF_TRY(lf_link_send(t, s->id, s->at, json, e));
    return to_children(t, json, e);
}

static enum lf_code pin_ok(lf_view pin, struct lf_err *e)
{
    uint8_t raw[LF_SHA256];

    return pin.len ? lf_unhex(pin, raw, sizeof raw, e) : LF_OK;
}

/* A peer of the release before would refuse all that is signed with a new key. */
static enum lf_code all_follow(struct lf_task *t, struct lf_err *e)
{
    const struct lf_peer *peers;
    size_t n;

    LF_TRY(lf_peer_list(t, &n, &peers, e));
    for (size_t i = 0; i < n; i++)
        if (peers[i].state == LF_PEER_ACTIVE && peers[i].version &&
            !lf_protocol_has(&peers[i], LF_PROTOCOL_KEYS))
            return lf_err_set(
                e, LF_CONFLICT,
                "%.*s speaks version %d of the protocol and cannot follow to a new key; update it first",
                LF_FMT(peers[i].name), (int)peers[i].version);
    return LF_OK;
}

enum lf_code lf_keys_rotate(struct lf_task *t, bool sign, lf_view client_pin, lf_view server_pin,
                            struct lf_err *e)
{
    uint8_t seed[LF_SIGN_SEED], public[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET];
    struct lf_task own = as_node(t);
    struct statement s = { .client_pin = client_pin, .server_pin = server_pin };
    enum lf_code rc;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "keys are the business of the node's own organisation");
    if (!sign && !client_pin.len && !server_pin.len)
        return lf_err_set(e, LF_BAD_INPUT, "say which key is replaced: sign, client_pin or server_pin");
    LF_TRY(pin_ok(client_pin, e));
    LF_TRY(pin_ok(server_pin, e));
    LF_TRY(all_follow(t, e));
    memcpy(public, t->self->sign_public, sizeof public);
    memcpy(secret, t->self->sign_secret, sizeof secret);
    if (sign) {
        lf_random(t->env, seed, sizeof seed);
        lf_sign_keys(seed, public, secret);
    }
    s.key = public;
    s.secret = secret;
    rc = say(&own, &s, e);
    if (rc == LF_OK && sign)
        rc = lf_node_key_set(&own, seed, e);
    lf_wipe(seed, sizeof seed);
    lf_wipe(secret, sizeof secret);
    LF_TRY(rc);
    t->effects |= own.effects | LF_FX_OUTBOX | (sign ? LF_FX_KEYS : 0);
    return lf_audit_add(t, LF_V("keys.rotate"), s.id,
                        lf_arena_printf(t->a, "{\"sign\":%s,\"tls\":%s}", sign ? "true" : "false",
                                        client_pin.len + server_pin.len ? "true" : "false"),
                        e);
}

enum lf_code lf_keys_moved(struct lf_task *t, lf_view parent_node, struct lf_err *e)
{
    struct lf_task own = as_node(t);
    struct statement s = { .moved_to = parent_node,
                           .key = t->self->sign_public,
                           .secret = t->self->sign_secret };

    LF_TRY(say(&own, &s, e));
    t->effects |= own.effects;
    return LF_OK;
}

/* ---- hearing so -------------------------------------------------------------------- */

static enum lf_code bytes_of(struct lf_task *t, const struct lf_json *tree, const char *name, uint8_t *out,
                             size_t n, struct lf_err *e)
{
    lf_view raw;

    if (lf_unbase64(t->a, lf_json_str(tree, name), &raw, NULL) != LF_OK || raw.len != n)
        return lf_err_set(e, LF_UNACCEPTED, "node-key: \"%s\" is not %zu bytes in base64", name, n);
    memcpy(out, raw.ptr, n);
    return LF_OK;
}

static enum lf_code verify(struct lf_task *t, const struct lf_json *tree, const uint8_t key[LF_SIGN_PUBLIC],
                           const uint8_t previous[LF_SIGN_PUBLIC], struct lf_err *e)
{
    uint8_t proof[LF_SIGNATURE], signature[LF_SIGNATURE];
    lf_view bytes;

    LF_TRY(bytes_of(t, tree, "proof", proof, sizeof proof, e));
    LF_TRY(bytes_of(t, tree, "signature", signature, sizeof signature, e));
    LF_TRY(signed_bytes(t->a, tree, true, &bytes, e));
    if (!lf_sign_ok(previous, bytes, signature))
        return lf_err_set(e, LF_UNAUTHENTIC, "node-key: the signature is not by the previous key");
    LF_TRY(signed_bytes(t->a, tree, false, &bytes, e));
    if (!lf_sign_ok(key, bytes, proof))
        return lf_err_set(e, LF_UNAUTHENTIC, "node-key: the proof is not by the new key");
    return LF_OK;
}

enum lf_code lf_keys_receive(struct lf_task *t, const struct lf_peer *from, lf_view json, struct lf_err *e)
{
    uint8_t key[LF_SIGN_PUBLIC], previous[LF_SIGN_PUBLIC];
    struct lf_task own = as_node(t);
    lf_time now = lf_now(t->env);
    lf_view old, fresh, pin, moved;
    bool direct;
    struct lf_stix s;

    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(bytes_of(t, s.tree, "key", key, sizeof key, e));
    LF_TRY(bytes_of(t, s.tree, "previous", previous, sizeof previous, e));
    LF_TRY(verify(t, s.tree, key, previous, e));
    old = lf_hex(t->a, previous, sizeof previous);
    fresh = lf_hex(t->a, key, sizeof key);
    moved = lf_json_str(s.tree, "moved_to");
    pin = lf_json_str(s.tree, from->kind == LF_PEER_PARENT ? "server_pin" : "client_pin");
    LF_TRY(pin_ok(pin, e));
    if (lf_view_eq(s.created_by, t->self->node))
        return LF_OK; /* our own, come back */
    direct = lf_view_eq(s.created_by, from->node);
    if (direct && memcmp(previous, from->key, sizeof previous) != 0 &&
        memcmp(key, from->key, sizeof key) != 0)
        return lf_err_set(
            e, LF_UNAUTHENTIC,
            "%.*s says it replaces a key that is not the one we know of it; retire it and invite "
            "it again if it lost its key",
            LF_FMT(from->node));
    if (direct) {
        lf_view next = pin.len ? pin : from->next_pin;

        LF_TRY(lf_db_exec(
            t->db, &own.scope, &lf_q_peer_keys,
            LF_ARGS(LF_TEXT(fresh), LF_TEXT(next), LF_INT(next.len ? now : 0), LF_TEXT(from->id)), e));
        own.effects |= LF_FX_PEERS;
    }
    LF_TRY(lf_incident_key_changed(&own, s.created_by, from->id, old, fresh, now + LF_KEY_OVERLAP,
                                   moved.len > 0 && from->kind == LF_PEER_CHILD, e));
    if (from->kind == LF_PEER_CHILD)
        LF_TRY(lf_link_send(&own, s.id, s.version_at, json, e));
    else
        LF_TRY(to_children(&own, json, e));
    t->effects |= own.effects;
    return lf_audit_add(&own, moved.len ? LF_V("peer.moved") : LF_V("peer.keys"), from->id,
                        lf_arena_printf(t->a, "{\"node\":\"%.*s\",\"statement\":\"%.*s\"}",
                                        LF_FMT(s.created_by), LF_FMT(s.id)),
                        e);
}

enum lf_code lf_keys_turn(struct lf_task *t, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_peer_pin_due, LF_ARGS(LF_INT(lf_now(t->env) - LF_KEY_OVERLAP)),
                      e);
}
