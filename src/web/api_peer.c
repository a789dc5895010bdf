/* The JSON API's part on peers: the children, and the one parent. */
#include "isac/chain.h"
#include "isac/keys.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "isac/transform.h"
#include "web/api_priv.h"

static const char *peer_state(enum lf_peer_state s)
{
    static const char *const names[] = { "joining", "active", "suspended", "left", "retired" };

    return names[s];
}

/* What was countersigned with this peer, and whether its trail still fits. */
static enum lf_code put_chain(struct rq *r, struct lf_json_w *w, const struct lf_peer *p)
{
    struct lf_chain_state c;

    LF_TRY(lf_chain_look(r->t, p->id, &c, r->e));
    if (!c.seq)
        return LF_OK;
    lf_json_begin(w, "chain", '{');
    lf_json_put_int(w, "seq", c.seq);
    lf_json_put_time(w, "at", c.at);
    lf_json_put_int(w, "skew_ms", c.skew / LF_MSEC);
    put_text(w, "broken", c.broken);
    lf_json_close(w);
    return LF_OK;
}

static void put_peer(struct rq *r, struct lf_json_w *w, const struct lf_peer *p)
{
    lf_json_put_str(w, "id", p->id);
    lf_json_put_cstr(w, "kind", p->kind == LF_PEER_CHILD ? "child" : "parent");
    lf_json_put_cstr(w, "state", peer_state(p->state));
    put_text(w, "node", p->node);
    put_text(w, "name", p->name);
    put_text(w, "tier", p->tier);
    put_text(w, "url", p->url);
    lf_json_put_time(w, "created", p->created);
    lf_json_put_time(w, "seen", p->seen);
    if (p->version)
        lf_json_put_int(w, "protocol", p->version);
    put_text(w, "lacks", lf_protocol_lacks(r->t->a, p));
}

enum lf_code api_peers(struct rq *r)
{
    const struct lf_peer *items;
    lf_time *lag;
    struct out o;
    enum lf_code rc;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    lag = LF_NEW(r->t->a, lf_time, n + 1);
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_peer_lag(r->t, &items[i], &lag[i], r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_peer(r, &o.w, &items[i]);
        if (items[i].kind == LF_PEER_CHILD)
            lf_json_put_int(&o.w, "lag_s", lag[i] / LF_SECOND);
        rc = put_chain(r, &o.w, &items[i]);
        if (rc != LF_OK) {
            lf_buf_clear(&o.b);
            return rc;
        }
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_invite(struct rq *r)
{
    lf_view token;
    struct out o;

    LF_TRY(lf_peer_invite(r->t, r->w->parts.peer_url, r->w->parts.peer_pin, &token, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "token", token);
    return end(r, &o, 201);
}

enum lf_code api_peer_suspend(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, true, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_peer_resume(struct rq *r)
{
    LF_TRY(lf_peer_suspend(r->t, r->id, false, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_parent(struct rq *r)
{
    struct lf_link_state link = { 0 };
    struct lf_peer p;
    struct out o;
    enum lf_code rc;

    LF_TRY(lf_peer_parent(r->t, &p, r->e));
    if (r->w->parts.link)
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
    begin(&o);
    put_peer(r, &o.w, &p);
    rc = put_chain(r, &o.w, &p);
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    lf_json_put_int(&o.w, "outbox", link.outbox);
    lf_json_put_int(&o.w, "failures", link.failures);
    return end(r, &o, 200);
}

enum lf_code api_join(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_join(r->t, lf_view_trim(token), r->e));
    return answer_empty(r, 202);
}

enum lf_code api_move(struct rq *r)
{
    lf_view token;

    LF_TRY(need(r, "token", &token));
    LF_TRY(lf_parent_move(r->t, lf_view_trim(token), r->e));
    return answer_empty(r, 202);
}

enum lf_code api_peer_retire(struct rq *r)
{
    LF_TRY(lf_peer_retire(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* A new signing key, or the pins of TLS keys that will be used next; both with "sign". */
enum lf_code api_keys_rotate(struct rq *r)
{
    lf_view sign = field(r, "sign"), client = field(r, "client_pin"), server = field(r, "server_pin");
    bool pins = client.len || server.len;

    LF_TRY(lf_keys_rotate(r->t, sign.len ? lf_view_is(sign, "true") || lf_view_is(sign, "1") : !pins, client,
                          server, r->e));
    return answer_empty(r, 202);
}

enum lf_code api_peer_chain(struct rq *r)
{
    struct out o;
    lf_view heads;

    LF_TRY(lf_chain_heads(r->t, r->id, &heads, r->e));
    begin_most(&o, heads.len + 64);
    lf_json_put_raw(&o.w, "heads", heads);
    return end(r, &o, 200);
}

enum lf_code api_peer_chain_accept(struct rq *r)
{
    LF_TRY(lf_chain_accept(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* This node's own trail, against what its parent countersigned: as it was kept here, and as the parent shows
 * it
 * ("heads": an array, or the text of one, or of the parent's answer). */
enum lf_code api_audit_verify(struct rq *r)
{
    const struct lf_json *heads = lf_json_get(r->json, LF_V("heads"));
    struct lf_chain_verdict v;
    struct out o;

    if (lf_json_kind(heads) == LF_JSON_STRING) {
        const struct lf_json_limits limits = { .bytes = 16 << 20, .depth = 6 };

        LF_TRY(lf_json_parse(r->t->a, lf_json_text(heads), &limits, &heads, r->e));
        if (lf_json_kind(heads) == LF_JSON_OBJECT)
            heads = lf_json_get(heads, LF_V("heads"));
        if (!heads)
            return lf_err_set(r->e, LF_BAD_INPUT,
                              "the file has no \"heads\"; it is what peer chain prints at the parent");
    }
    LF_TRY(lf_chain_verify(r->t, heads, &v, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "entries", v.entries);
    lf_json_put_int(&o.w, "heads", v.heads);
    return end(r, &o, 200);
}

enum lf_code api_peer_transform(struct rq *r)
{
    struct lf_transform_set s;
    struct lf_peer p;
    struct out o;

    LF_TRY(lf_peer_get(r->t, r->id, &p, r->e));
    LF_TRY(lf_transform_get(r->t, p.id, &s, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "number", s.number);
    put_text(&o.w, "by", s.by);
    if (s.number)
        lf_json_put_time(&o.w, "at", s.at);
    lf_json_put_raw(&o.w, "rules", s.json);
    return end(r, &o, 200);
}

/* "rules": the list, or the text of a file that has it. */
enum lf_code api_peer_transform_set(struct rq *r)
{
    const struct lf_json *rules = lf_json_get(r->json, LF_V("rules"));

    if (lf_json_kind(rules) == LF_JSON_STRING) {
        const struct lf_json_limits limits = { .bytes = LF_TRANSFORM_BYTES, .depth = 8, .unique = true };

        LF_TRY(lf_json_parse(r->t->a, lf_json_text(rules), &limits, &rules, r->e));
        if (lf_json_kind(rules) == LF_JSON_OBJECT)
            rules = lf_json_get(rules, LF_V("rules"));
    }
    LF_TRY(lf_transform_set(r->t, r->id, rules, r->e));
    return api_peer_transform(r);
}
