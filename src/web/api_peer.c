/* The JSON API's part on peers: the children, and the one parent. */
#include "isac/keys.h"
#include "isac/link.h"
#include "isac/peer.h"
#include "web/api_priv.h"

static const char *peer_state(enum lf_peer_state s)
{
    static const char *const names[] = { "joining", "active", "suspended", "left", "retired" };

    return names[s];
}

static void put_peer(struct lf_json_w *w, const struct lf_peer *p)
{
    lf_json_put_str(w, "id", p->id);
    lf_json_put_cstr(w, "kind", p->kind == LF_PEER_CHILD ? "child" : "parent");
    lf_json_put_cstr(w, "state", peer_state(p->state));
    put_text(w, "node", p->node);
    put_text(w, "name", p->name);
    put_text(w, "tier", p->tier);
    put_text(w, "url", p->url);
    put_time(w, "created", p->created);
    put_time(w, "seen", p->seen);
    if (p->version)
        lf_json_put_int(w, "protocol", p->version);
}

enum lf_code api_peers(struct rq *r)
{
    const struct lf_peer *items;
    lf_time *lag;
    struct out o;
    size_t n;

    LF_TRY(lf_peer_list(r->t, &n, &items, r->e));
    lag = LF_NEW(r->t->a, lf_time, n + 1);
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_peer_lag(r->t, &items[i], &lag[i], r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_peer(&o.w, &items[i]);
        if (items[i].kind == LF_PEER_CHILD)
            lf_json_put_int(&o.w, "lag_s", lag[i] / LF_SECOND);
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

    LF_TRY(lf_peer_parent(r->t, &p, r->e));
    if (r->w->parts.link)
        LF_TRY(lf_link_look(r->w->parts.link, r->t, &link, r->e));
    begin(&o);
    put_peer(&o.w, &p);
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
