#include "isac/peer.h"

#include "cert/exercise_part.h"
#include "cert/incident.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/indicator.h"
#include "isac/keys.h"
#include "isac/object.h"
#include "isac/peer_priv.h"
#include "isac/question.h"
#include "store/query_intelligence.h"

/* How old `seen` may become before a request writes it again: a poll every few
 * seconds is no reason for a write each. */
#define SEEN_EACH LF_MINUTE

/* Links belong to the node, not to a tenant of it. */
static enum lf_code need_admin(const struct lf_task *t, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "links are the business of the node's own organisation");
    return LF_OK;
}

static lf_view detail(struct lf_task *t, const char *key, lf_view value)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_AUDIT_DETAIL);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, key, lf_view_first(value, 1000));
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- rows ---------------------------------------------------------------------- */

struct gather {
    struct lf_arena *a;
    struct lf_peer *items;
    size_t n, cap;
};

static enum lf_code take_peer(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_peer *p;

    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    p = &g->items[g->n];
    *p = (struct lf_peer){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .kind = lf_row_int(r, 1) == LF_PEER_PARENT ? LF_PEER_PARENT : LF_PEER_CHILD,
        .state = (enum lf_peer_state)lf_row_int(r, 2),
        .node = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .name = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .tier = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .url = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .api_root = lf_arena_copy(g->a, lf_row_text(r, 9)),
        .members = lf_arena_copy(g->a, lf_row_text(r, 10)),
        .inbox = lf_arena_copy(g->a, lf_row_text(r, 11)),
        .up = lf_arena_copy(g->a, lf_row_text(r, 12)),
        .created = lf_row_int(r, 13),
        .seen = lf_row_int(r, 14),
        .next_pin = lf_arena_copy(g->a, lf_row_text(r, 15)),
        .version = lf_row_int(r, 16),
        .read_to = lf_row_int(r, 17),
    };
    if (lf_unhex(lf_row_text(r, 7), p->pin, sizeof p->pin, e) != LF_OK)
        return lf_err_set(e, LF_IO, "the store's pin of peer %.*s is damaged", LF_FMT(p->id));
    /* A parent's key is not known until it answered. */
    if (lf_row_text(r, 8).len && lf_unhex(lf_row_text(r, 8), p->key, sizeof p->key, e) != LF_OK)
        return lf_err_set(e, LF_IO, "the store's key of peer %.*s is damaged", LF_FMT(p->id));
    g->n++;
    return LF_OK;
}

enum lf_code lf_peer_get(struct lf_task *t, lf_view id, struct lf_peer *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_peer_get, LF_ARGS(LF_TEXT(id)), take_peer, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "no peer \"%.*s\"", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_peer_list(struct lf_task *t, size_t *n, const struct lf_peer **out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_peer_list, LF_NO_ARGS, take_peer, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_peer_parent(struct lf_task *t, struct lf_peer *out, struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_peer_parent, LF_NO_ARGS, take_peer, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "this node has no parent");
    *out = g.items[0];
    return LF_OK;
}

static enum lf_code add(struct lf_task *t, const struct lf_peer *p, lf_view token, struct lf_err *e)
{
    bool known = p->kind == LF_PEER_CHILD;

    return lf_db_exec(t->db, &t->scope, &lf_q_peer_add,
                      LF_ARGS(LF_TEXT(p->id), LF_INT(p->kind), LF_INT(p->state), LF_TEXT(p->node),
                              LF_TEXT(p->name), LF_TEXT(p->tier), LF_TEXT(p->url),
                              LF_TEXT(lf_hex(t->a, p->pin, sizeof p->pin)),
                              LF_TEXT(known ? lf_hex(t->a, p->key, sizeof p->key) : LF_V("")),
                              LF_TEXT(p->api_root), LF_TEXT(p->members), LF_TEXT(p->inbox), LF_TEXT(p->up),
                              LF_TEXT(token), LF_INT(p->created), LF_INT(p->seen)),
                      e);
}

/* ---- the parent's side ----------------------------------------------------------- */

enum lf_code lf_peer_invite(struct lf_task *t, lf_view url, const uint8_t pin[LF_SHA256], lf_view *text,
                            struct lf_err *e)
{
    struct lf_invitation i = { .url = url, .id = lf_uuid_new(t->env, t->a) }, back;
    uint8_t hash[LF_SHA256];
    lf_view made;
    enum lf_code rc;

    LF_TRY(need_admin(t, e));
    if (!url.len)
        return lf_err_set(e, LF_UNACCEPTED, "this node has no door for peers; open one in its settings");
    if (lf_tier_height(t->self->tier) < 2)
        return lf_err_set(e, LF_UNACCEPTED, "a %.*s is the lowest tier and has no members below it",
                          LF_FMT(t->self->tier));
    memcpy(i.pin, pin, sizeof i.pin);
    lf_random(t->env, i.secret, sizeof i.secret);
    lf_sha256((lf_view){ (const char *)i.secret, sizeof i.secret }, hash);
    made = lf_invitation_write(t->a, &i);
    lf_wipe(i.secret, sizeof i.secret);
    rc = lf_invitation_read(t->a, made, &back, e);
    lf_wipe(back.secret, sizeof back.secret);
    if (rc != LF_OK)
        return lf_err_at(e, "the address of the door for peers, \"%.*s\"", LF_FMT(lf_view_first(url, 200)));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_invite_add,
                      LF_ARGS(LF_TEXT(i.id), LF_TEXT(lf_hex(t->a, hash, sizeof hash)),
                              LF_INT(lf_now(t->env) + LF_INVITE_LIFE), LF_TEXT(t->scope.account)),
                      e));
    LF_TRY(lf_audit_add(t, LF_V("peer.invite"), i.id, (lf_view){ 0 }, e));
    *text = made;
    return LF_OK;
}

struct invite {
    struct lf_arena *a;
    bool there;
    lf_view org, hash, used_by;
    lf_time expires;
};

static enum lf_code take_invite(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct invite *i = ctx;

    (void)e;
    i->there = true;
    i->org = lf_arena_copy(i->a, lf_row_text(r, 0));
    i->hash = lf_arena_copy(i->a, lf_row_text(r, 1));
    i->expires = lf_row_int(r, 2);
    i->used_by = lf_arena_copy(i->a, lf_row_text(r, 3));
    return LF_OK;
}

/* Whether the one who holds the secret may enrol with it now.  Nothing is told to
 * somebody who does not hold it. */
static enum lf_code invite_of(struct lf_task *t, const struct lf_enrolment *n, struct invite *i,
                              struct lf_err *e)
{
    uint8_t hash[LF_SHA256];

    *i = (struct invite){ .a = t->a };
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_invite_get, LF_ARGS(LF_TEXT(n->invitation)), take_invite, i,
                     NULL, e));
    lf_sha256((lf_view){ (const char *)n->secret, sizeof n->secret }, hash);
    if (!i->there || !lf_equal_secret(lf_hex(t->a, hash, sizeof hash), i->hash))
        return lf_err_set(e, LF_UNAUTHENTIC, "this invitation is not one of ours; ask for a new one");
    if (lf_now(t->env) >= i->expires)
        return lf_err_set(e, LF_FORBIDDEN, "this invitation has run out; ask for a new one");
    if (i->used_by.len && !lf_view_eq(i->used_by, n->node))
        return lf_err_set(e, LF_CONFLICT, "this invitation was used by another node; ask for a new one");
    return LF_OK;
}

struct child {
    struct lf_arena *a;
    bool there;
    lf_view id, pin, key, inbox;
    enum lf_peer_state state;
};

static enum lf_code take_child(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct child *c = ctx;

    (void)e;
    c->there = true;
    c->id = lf_arena_copy(c->a, lf_row_text(r, 0));
    c->state = (enum lf_peer_state)lf_row_int(r, 1);
    c->pin = lf_arena_copy(c->a, lf_row_text(r, 2));
    c->key = lf_arena_copy(c->a, lf_row_text(r, 3));
    c->inbox = lf_arena_copy(c->a, lf_row_text(r, 4));
    return LF_OK;
}

/* A node that is known keeps its row; with other keys than it had it is refused:
 * an invitation does not name whom it is for, so it must not let its holder step
 * into another's place. */
static enum lf_code known_child(const struct lf_task *t, const struct child *c, const struct lf_enrolment *n,
                                const uint8_t pin[LF_HTTP_PIN], struct lf_err *e)
{
    if (c->state == LF_PEER_SUSPENDED)
        return lf_err_set(e, LF_FORBIDDEN, "node %.*s is suspended here", LF_FMT(n->node));
    if (c->state == LF_PEER_RETIRED)
        return lf_err_set(e, LF_FORBIDDEN, "node %.*s was retired; it needs a new invitation",
                          LF_FMT(n->node));
    if (!lf_view_eq(c->pin, lf_hex(t->a, pin, LF_HTTP_PIN)) ||
        !lf_view_eq(c->key, lf_hex(t->a, n->key, sizeof n->key)))
        return lf_err_set(e, LF_CONFLICT, "node %.*s is enrolled already, with other keys", LF_FMT(n->node));
    return LF_OK;
}

/* A member that was retired is invited again: it keeps its place, with the keys it has now. */
static enum lf_code come_again(struct lf_task *t, const struct child *c, const struct lf_enrolment *n,
                               const uint8_t pin[LF_HTTP_PIN], struct lf_err *e)
{
    lf_view key = lf_hex(t->a, n->key, sizeof n->key);
    enum lf_code rc;

    t->scope.account = lf_arena_printf(t->a, "peer:%.*s", LF_FMT(c->id));
    rc = lf_db_exec(t->db, &t->scope, &lf_q_peer_again,
                    LF_ARGS(LF_TEXT(lf_hex(t->a, pin, LF_HTTP_PIN)), LF_TEXT(key), LF_TEXT(n->name),
                            LF_TEXT(n->tier), LF_INT(lf_now(t->env)), LF_TEXT(c->id)),
                    e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT, "the TLS key of node %.*s is that of another member",
                          LF_FMT(n->node));
    LF_TRY(rc);
    return lf_audit_add(t, LF_V("peer.again"), c->id, detail(t, "node", n->node), e);
}

static enum lf_code new_child(struct lf_task *t, const struct lf_enrolment *n, const uint8_t pin[LF_HTTP_PIN],
                              lf_view members, lf_view up, lf_view *id, lf_view *inbox, struct lf_err *e)
{
    struct lf_peer p = {
        .id = lf_uuid_new(t->env, t->a),
        .kind = LF_PEER_CHILD,
        .state = LF_PEER_ACTIVE,
        .node = n->node,
        .name = n->name,
        .tier = n->tier,
        .url = LF_V(""),
        .api_root = LF_V(""),
        .members = members,
        .up = up,
        .created = lf_now(t->env),
        .seen = lf_now(t->env),
    };
    enum lf_code rc;

    memcpy(p.pin, pin, sizeof p.pin);
    memcpy(p.key, n->key, sizeof p.key);
    t->scope.account = lf_arena_printf(t->a, "peer:%.*s", LF_FMT(p.id));
    LF_TRY(lf_collection_create(t, lf_arena_printf(t->a, "to-%.*s", LF_FMT(p.id)),
                                lf_arena_printf(t->a, "給成員 / For %.*s", LF_FMT(n->name)), t->scope.account,
                                LF_V(""), &p.inbox, e));
    rc = add(t, &p, LF_V(""), e);
    if (rc == LF_CONFLICT)
        return lf_err_set(e, LF_CONFLICT, "the TLS key of node %.*s is that of another member",
                          LF_FMT(n->node));
    LF_TRY(rc);
    LF_TRY(lf_audit_add(t, LF_V("peer.enrol"), p.id, detail(t, "node", n->node), e));
    *id = p.id;
    *inbox = p.inbox;
    return LF_OK;
}

static void answer(struct lf_task *t, struct lf_http_response *resp, lf_view members, lf_view inbox,
                   lf_view up)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_ENROL_BODY);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "node", t->self->node);
    lf_json_put_str(&w, "name", t->self->name);
    lf_json_put_str(&w, "tier", t->self->tier);
    lf_json_put_str(&w, "key", lf_base64url(t->a, t->self->sign_public, LF_SIGN_PUBLIC));
    lf_json_put_cstr(&w, "api_root", LF_API_ROOT);
    lf_json_put_str(&w, "members", members);
    lf_json_put_str(&w, "inbox", inbox);
    lf_json_put_str(&w, "up", up);
    lf_json_close(&w);
    resp->status = 200;
    resp->body = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_http_add(resp, "Content-Type", LF_V("application/json"));
    lf_http_add(resp, "Cache-Control", LF_V("no-store"));
    lf_buf_clear(&b);
}

enum lf_code lf_peer_enrol(struct lf_task *t, const struct lf_http_request *req,
                           struct lf_http_response *resp, struct lf_err *e)
{
    struct lf_task as = lf_node_task(t); /* who enrols is nobody yet: the node does it on its behalf */
    struct lf_collection members, up;
    struct lf_enrolment n;
    struct invite i;
    struct child c = { .a = t->a };
    enum lf_code rc;
    bool fresh;

    if (req->door != LF_DOOR_PEER || !req->has_pin)
        return lf_err_set(e, LF_UNAUTHENTIC, "a node enrols with its TLS client certificate");
    LF_TRY(lf_enrolment_read(t->a, req->body, &n, e));
    LF_TRY(invite_of(&as, &n, &i, e));
    if (lf_view_eq(n.node, t->self->node))
        return lf_err_set(e, LF_FORBIDDEN, "a node cannot be a member of itself");
    if (lf_tier_height(n.tier) >= lf_tier_height(t->self->tier))
        return lf_err_set(e, LF_FORBIDDEN, "a %.*s cannot be a member of a %.*s: it must be of a lower tier",
                          LF_FMT(n.tier), LF_FMT(t->self->tier));
    LF_TRY(lf_collection_find(&as, LF_V("members"), &members, e));
    LF_TRY(lf_collection_find(&as, LF_V("up"), &up, e));
    LF_TRY(lf_db_run(t->db, &as.scope, &lf_q_peer_child_of_node, LF_ARGS(LF_TEXT(n.node)), take_child, &c,
                     NULL, e));
    fresh = !c.there || c.state == LF_PEER_RETIRED;
    if (c.there && c.state == LF_PEER_RETIRED && !i.used_by.len)
        rc = come_again(&as, &c, &n, req->peer_pin, e);
    else if (c.there)
        rc = known_child(t, &c, &n, req->peer_pin, e);
    else
        rc = new_child(&as, &n, req->peer_pin, members.id, up.id, &c.id, &c.inbox, e);
    if (rc != LF_OK)
        return rc;
    LF_TRY(lf_exercise_greet(&as, e));
    if (fresh)
        LF_TRY(lf_question_greet(&as, c.id, e));
    if (!i.used_by.len)
        LF_TRY(lf_db_exec(t->db, &as.scope, &lf_q_invite_use, LF_ARGS(LF_TEXT(n.node), LF_TEXT(n.invitation)),
                          e));
    t->effects |= as.effects | LF_FX_PEERS;
    answer(t, resp, members.id, c.inbox, up.id);
    return LF_OK;
}

struct holder {
    struct lf_arena *a;
    lf_view org, id;
    enum lf_peer_state state;
    lf_time seen;
    bool next; /* it showed its next key */
};

static enum lf_code take_holder(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct holder *h = ctx;

    (void)e;
    h->org = lf_arena_copy(h->a, lf_row_text(r, 0));
    h->id = lf_arena_copy(h->a, lf_row_text(r, 1));
    h->state = (enum lf_peer_state)lf_row_int(r, 2);
    h->seen = lf_row_int(r, 3);
    h->next = lf_row_int(r, 4) != 0;
    return LF_OK;
}

enum lf_code lf_peer_by_pin(struct lf_task *t, const uint8_t pin[LF_SHA256], struct lf_scope *scope,
                            struct lf_err *e)
{
    struct holder h = { .a = t->a };
    struct lf_scope s;
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_peer_by_pin, LF_ARGS(LF_TEXT(lf_hex(t->a, pin, LF_SHA256))),
                     take_holder, &h, NULL, e));
    if (!h.id.len)
        return lf_err_set(e, LF_UNAUTHENTIC, "no member enrolled with this key");
    if (h.state == LF_PEER_RETIRED)
        return lf_err_set(e, LF_FORBIDDEN, "this member was retired; it needs a new invitation");
    if (h.state != LF_PEER_ACTIVE)
        return lf_err_set(e, LF_FORBIDDEN, "this member is suspended; its administrator may ask ours");
    s = (struct lf_scope){ .org = h.org,
                           .account = lf_arena_printf(t->a, "peer:%.*s", LF_FMT(h.id)),
                           .roles = LF_ROLE_PEER };
    if (h.next) /* it has changed over: the old key is no longer its own */
        LF_TRY(lf_db_exec(t->db, &s, &lf_q_peer_pin_next, LF_ARGS(LF_TEXT(h.id)), e));
    if (now > h.seen + SEEN_EACH || now < h.seen)
        LF_TRY(lf_db_exec(t->db, &s, &lf_q_peer_seen, LF_ARGS(LF_INT(now), LF_TEXT(h.id)), e));
    *scope = s;
    return LF_OK;
}

enum lf_code lf_peer_suspend(struct lf_task *t, lf_view id, bool suspended, struct lf_err *e)
{
    struct lf_peer p;

    LF_TRY(need_admin(t, e));
    LF_TRY(lf_peer_get(t, id, &p, e));
    if (p.state == LF_PEER_JOINING)
        return lf_err_set(e, LF_CONFLICT, "this peer has not answered yet");
    if (p.state == LF_PEER_LEFT || p.state == LF_PEER_RETIRED)
        return lf_err_set(e, LF_CONFLICT, "there is no link with this peer any more");
    if ((p.state == LF_PEER_SUSPENDED) == suspended)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_state,
                      LF_ARGS(LF_INT(suspended ? LF_PEER_SUSPENDED : LF_PEER_ACTIVE), LF_TEXT(id)), e));
    t->effects |= LF_FX_PEERS;
    if (!suspended && p.kind == LF_PEER_CHILD) {
        LF_TRY(lf_question_greet(t, id, e));
        LF_TRY(lf_exercise_greet(t, e));
    }
    return lf_audit_add(t, suspended ? LF_V("peer.suspend") : LF_V("peer.resume"), id, (lf_view){ 0 }, e);
}

enum lf_code lf_peer_retire(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_peer p;

    LF_TRY(need_admin(t, e));
    LF_TRY(lf_peer_get(t, id, &p, e));
    if (p.kind != LF_PEER_CHILD)
        return lf_err_set(e, LF_CONFLICT, "a parent is not retired; move to another one");
    if (p.state == LF_PEER_RETIRED)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_state, LF_ARGS(LF_INT(LF_PEER_RETIRED), LF_TEXT(id)), e));
    t->effects |= LF_FX_PEERS;
    return lf_audit_add(t, LF_V("peer.retire"), id, detail(t, "node", p.node), e);
}

enum lf_code lf_peer_met(struct lf_task *t, lf_view id, lf_view protocol, lf_time read_to, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t version = 1;

    if (!lf_view_i64(protocol, &version) || version < 1 || version > 1000)
        version = 1;
    return lf_db_exec(t->db, &node, &lf_q_peer_facts, LF_ARGS(LF_INT(version), LF_INT(read_to), LF_TEXT(id)),
                      e);
}

enum lf_code lf_peer_lag(struct lf_task *t, const struct lf_peer *p, lf_time *lag, struct lf_err *e)
{
    struct lf_collection c;
    lf_time now = lf_now(t->env), since = p->read_to > p->created ? p->read_to : p->created;

    *lag = 0;
    if (p->kind != LF_PEER_CHILD || p->state == LF_PEER_RETIRED)
        return LF_OK;
    LF_TRY(lf_collection_find(t, p->members, &c, e));
    if (c.last_added > p->read_to && now > since)
        *lag = now - since;
    return LF_OK;
}

/* ---- the child's side -------------------------------------------------------------- */

static enum lf_code join(struct lf_task *t, lf_view text, bool move, struct lf_err *e)
{
    struct lf_invitation i;
    struct lf_peer p;
    lf_view token, left = { "", 0 };
    enum lf_code rc;

    LF_TRY(need_admin(t, e));
    LF_TRY(lf_invitation_read(t->a, text, &i, e));
    if (lf_tier_height(t->self->tier) >= 3)
        return lf_err_set(e, LF_UNACCEPTED, "a nation is the highest tier and joins no other node");
    rc = lf_peer_parent(t, &p, e);
    if (rc == LF_OK && p.state != LF_PEER_JOINING && !move)
        return lf_err_set(e, LF_CONFLICT, "this node has a parent already: %.*s; move to another one instead",
                          LF_FMT(p.name));
    if (rc == LF_OK && p.state != LF_PEER_JOINING) {
        left = p.id;
        LF_TRY(
            lf_db_exec(t->db, &t->scope, &lf_q_peer_state, LF_ARGS(LF_INT(LF_PEER_LEFT), LF_TEXT(p.id)), e));
    }
    /* One that never answered gives way: the address may have been a wrong one. */
    if (rc == LF_OK && !left.len)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_drop, LF_ARGS(LF_TEXT(p.id)), e));
    else if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    p = (struct lf_peer){
        .id = lf_uuid_new(t->env, t->a),
        .kind = LF_PEER_PARENT,
        .state = LF_PEER_JOINING,
        .node = LF_V(""),
        .name = LF_V(""),
        .tier = LF_V(""),
        .url = i.url,
        .api_root = LF_V(""),
        .members = LF_V(""),
        .inbox = LF_V(""),
        .up = LF_V(""),
        .created = lf_now(t->env),
    };
    memcpy(p.pin, i.pin, sizeof p.pin);
    token = lf_arena_printf(t->a, "%.*s %.*s", LF_FMT(i.id),
                            LF_FMT(lf_base64url(t->a, i.secret, sizeof i.secret)));
    lf_wipe(i.secret, sizeof i.secret);
    LF_TRY(add(t, &p, token, e));
    if (left.len) /* what the old one gave is the new one's to renew and revoke */
        LF_TRY(lf_indicator_rehome(t, left, p.id, e));
    t->effects |= LF_FX_PEERS;
    return lf_audit_add(t, left.len ? LF_V("parent.move") : LF_V("parent.join"), p.id,
                        detail(t, "url", p.url), e);
}

enum lf_code lf_parent_join(struct lf_task *t, lf_view text, struct lf_err *e)
{
    return join(t, text, false, e);
}

enum lf_code lf_parent_move(struct lf_task *t, lf_view text, struct lf_err *e)
{
    return join(t, text, true, e);
}

/* The parent that this node moved away from last; empty id: none. */
static enum lf_code left_parent(struct lf_task *t, lf_view *id, struct lf_err *e)
{
    enum lf_code rc = lf_db_text(t->db, &t->scope, &lf_q_peer_left, LF_NO_ARGS, t->a, id, e);

    if (rc == LF_NOT_FOUND)
        *id = LF_V("");
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_parent_join_body(struct lf_task *t, const struct lf_peer *p, lf_view *body, struct lf_err *e)
{
    struct lf_enrolment n = { .node = t->self->node, .name = t->self->name, .tier = t->self->tier };
    lf_view token, raw;
    enum lf_code rc;

    LF_TRY(lf_db_text(t->db, &t->scope, &lf_q_peer_token, LF_ARGS(LF_TEXT(p->id)), t->a, &token, e));
    if (!lf_view_split(&token, ' ', &n.invitation) || lf_unbase64(t->a, token, &raw, NULL) != LF_OK ||
        raw.len != sizeof n.secret)
        return lf_err_set(e, LF_UNACCEPTED, "the invitation kept for %.*s is damaged; join again",
                          LF_FMT(p->url));
    memcpy(n.secret, raw.ptr, raw.len);
    memcpy(n.key, t->self->sign_public, sizeof n.key);
    rc = lf_enrolment_write(t->a, &n, t->self->sign_secret, body, e);
    lf_wipe(n.secret, sizeof n.secret);
    return rc;
}

enum lf_code lf_parent_joined(struct lf_task *t, const struct lf_peer *p, lf_view body, struct lf_err *e)
{
    struct lf_peer got = *p;
    lf_view left;

    LF_TRY(lf_enrolled_read(t->a, body, &got, e));
    if (lf_tier_height(got.tier) <= lf_tier_height(t->self->tier))
        return lf_err_set(e, LF_UNACCEPTED,
                          "a %.*s cannot be the parent of a %.*s: it must be of a higher tier",
                          LF_FMT(got.tier), LF_FMT(t->self->tier));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_join,
                      LF_ARGS(LF_TEXT(got.node), LF_TEXT(got.name), LF_TEXT(got.tier),
                              LF_TEXT(lf_hex(t->a, got.key, sizeof got.key)), LF_TEXT(got.api_root),
                              LF_TEXT(got.members), LF_TEXT(got.inbox), LF_TEXT(got.up),
                              LF_INT(lf_now(t->env)), LF_TEXT(p->id)),
                      e));
    LF_TRY(left_parent(t, &left, e));
    if (left.len) { /* the new one knows nothing yet: what it has in common with the old one it tells apart */
        LF_TRY(lf_keys_moved(t, got.node, e));
        LF_TRY(lf_incident_outgoing_again(t, e));
    }
    LF_TRY(lf_indicator_offer(t, e));
    t->effects |= LF_FX_PEERS | LF_FX_OUTBOX;
    return lf_audit_add(t, LF_V("parent.joined"), p->id, detail(t, "node", got.node), e);
}

enum lf_code lf_parent_join_failed(struct lf_task *t, const struct lf_peer *p, lf_view why, struct lf_err *e)
{
    lf_view left;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_drop, LF_ARGS(LF_TEXT(p->id)), e));
    LF_TRY(left_parent(t, &left, e));
    if (left.len) { /* a move that failed: as before */
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_state, LF_ARGS(LF_INT(LF_PEER_ACTIVE), LF_TEXT(left)),
                          e));
        LF_TRY(lf_indicator_rehome(t, p->id, left, e));
    }
    t->effects |= LF_FX_PEERS;
    return lf_audit_add(t, LF_V("parent.refused"), p->id, detail(t, "why", why), e);
}
