#include "isac/peer.h"

#include "isac/object.h"
#include "isac/peer_priv.h"
#include "isac/seed.h"
#include "node.h"

static const char door[] = "https://parent.example:7443";

/* The child's body for an invitation, and the request it comes in. */
static struct lf_http_request request(struct node *child, lf_view text, const char *pin)
{
    struct lf_http_request req = { .door = LF_DOOR_PEER, .has_pin = true };
    struct lf_err e = { 0 };
    struct lf_peer p;

    memset(req.peer_pin, pin[0], sizeof req.peer_pin);
    node_task(child, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_parent_join(&child->t, text, &e), &e);
    CHECK_OK(lf_peer_parent(&child->t, &p, &e), &e);
    CHECK(p.state == LF_PEER_JOINING, "joining");
    CHECK_OK(lf_parent_join_body(&child->t, &p, &req.body, &e), &e);
    req.body = lf_arena_copy(&child->life, req.body);
    return req;
}

static lf_view invite(struct node *parent)
{
    struct lf_err e = { 0 };
    uint8_t pin[LF_SHA256] = { 7 };
    lf_view text = { "", 0 };

    node_task(parent, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_isac_seed(&parent->t, &e), &e);
    CHECK_OK(lf_peer_invite(&parent->t, lf_view_of(door), pin, &text, &e), &e);
    return lf_arena_copy(&parent->life, text);
}

static enum lf_code enrol(struct node *parent, const struct lf_http_request *req,
                          struct lf_http_response *resp, struct lf_err *e)
{
    node_task(parent, LF_ROLE_PEER, LF_V("peer"));
    *resp = (struct lf_http_response){ 0 };
    return lf_peer_enrol(&parent->t, req, resp, e);
}

static void enrolment_is_idempotent_and_ends_in_an_active_link_on_both_sides(void)
{
    struct node sector, provider;
    struct lf_err e = { 0 };
    struct lf_http_request req;
    struct lf_http_response r;
    struct lf_peer p;
    const struct lf_peer *list;
    struct lf_scope scope;
    struct lf_collection c;
    lf_view first;
    size_t n;

    node_open(&sector, "sector", "sector", 1);
    node_open(&provider, "水公司", "provider", 2);
    req = request(&provider, invite(&sector), "A");
    CHECK_OK(enrol(&sector, &req, &r, &e), &e);
    CHECK(r.status == 200, "%d", r.status);
    first = lf_arena_copy(&sector.life, r.body);
    sector.now += LF_HOUR;
    CHECK_OK(enrol(&sector, &req, &r, &e), &e);
    CHECK_VIEW(r.body, first);

    CHECK_OK(lf_peer_parent(&provider.t, &p, &e), &e);
    CHECK_OK(lf_parent_joined(&provider.t, &p, first, &e), &e);
    CHECK_OK(lf_peer_parent(&provider.t, &p, &e), &e);
    CHECK(p.state == LF_PEER_ACTIVE && lf_view_eq(p.node, sector.self.node), "active");
    CHECK_VIEW(p.url, lf_view_of(door));
    CHECK_CODE(lf_parent_join(&provider.t, invite(&sector), &e), LF_CONFLICT);

    node_task(&sector, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_peer_list(&sector.t, &n, &list, &e), &e);
    CHECK(n == 1 && list[0].state == LF_PEER_ACTIVE && lf_view_is(list[0].name, "水公司"), "one child");
    CHECK(!memcmp(list[0].key, provider.self.sign_public, LF_SIGN_PUBLIC), "its key is kept");
    CHECK_OK(lf_peer_by_pin(&sector.t, req.peer_pin, &scope, &e), &e);
    sector.t.scope = scope;
    CHECK(scope.roles == LF_ROLE_PEER, "a peer and nothing more");
    CHECK_OK(lf_collection_get(&sector.t, list[0].inbox, &c, &e), &e);
    CHECK(c.can_read && !c.can_write, "its inbox is its own to read");
    sector.t.scope.account = LF_V("peer:another");
    CHECK_CODE(lf_collection_get(&sector.t, list[0].inbox, &c, &e), LF_NOT_FOUND);
    node_close(&sector);
    node_close(&provider);
}

static void a_token_is_refused_to_another_node_after_its_time_and_with_a_wrong_secret(void)
{
    struct node sector, provider, other;
    struct lf_err e = { 0 };
    struct lf_http_request req, wrong;
    struct lf_http_response r;
    struct lf_invitation i;
    lf_view text;

    node_open(&sector, "sector", "sector", 1);
    node_open(&provider, "p", "provider", 2);
    node_open(&other, "q", "provider", 3);
    text = invite(&sector);
    CHECK_OK(lf_invitation_read(&sector.life, text, &i, &e), &e);
    i.secret[0] ^= 1;
    wrong = request(&other, lf_invitation_write(&sector.life, &i), "B");
    CHECK_CODE(enrol(&sector, &wrong, &r, &e), LF_UNAUTHENTIC);
    req = request(&provider, text, "A");
    wrong = req;
    wrong.has_pin = false;
    CHECK_CODE(enrol(&sector, &wrong, &r, &e), LF_UNAUTHENTIC);
    CHECK_OK(enrol(&sector, &req, &r, &e), &e);
    wrong = request(&other, text, "B");
    CHECK_CODE(enrol(&sector, &wrong, &r, &e), LF_CONFLICT);
    wrong = req; /* the same node with another TLS key */
    wrong.peer_pin[3] ^= 1;
    CHECK_CODE(enrol(&sector, &wrong, &r, &e), LF_CONFLICT);
    wrong = request(&other, invite(&sector), "A"); /* another node with the same TLS key */
    CHECK_CODE(enrol(&sector, &wrong, &r, &e), LF_CONFLICT);
    sector.now += LF_INVITE_LIFE;
    CHECK_CODE(enrol(&sector, &req, &r, &e), LF_FORBIDDEN);
    node_close(&sector);
    node_close(&provider);
    node_close(&other);
}

static void members_are_of_a_lower_tier(void)
{
    static const struct {
        const char *parent, *child;
        enum lf_code want;
    } cases[] = {
        { "nation", "sector", LF_OK },
        { "nation", "provider", LF_OK },
        { "sector", "provider", LF_OK },
        { "sector", "sector", LF_FORBIDDEN },
    };

    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct node up, down;
        struct lf_err e = { 0 };
        struct lf_http_request req;
        struct lf_http_response r;

        node_open(&up, "up", cases[k].parent, 1);
        node_open(&down, "down", cases[k].child, 2);
        req = request(&down, invite(&up), "A");
        CHECK_CODE(enrol(&up, &req, &r, &e), cases[k].want);
        node_close(&up);
        node_close(&down);
    }
}

static void what_was_signed_is_what_is_taken(void)
{
    struct node sector, provider;
    struct lf_err e = { 0 };
    struct lf_http_request req;
    struct lf_http_response r;
    size_t refused = 0;

    node_open(&sector, "sector", "sector", 1);
    node_open(&provider, "p", "provider", 2);
    req = request(&provider, invite(&sector), "A");
    for (size_t i = 0; i < req.body.len; i++) {
        char *bent = lf_arena_cstr(&provider.life, req.body);
        struct lf_http_request x = req;

        bent[i] = bent[i] == 'b' ? 'c' : 'b';
        x.body = (lf_view){ bent, req.body.len };
        refused += enrol(&sector, &x, &r, &e) != LF_OK;
    }
    /* The last character of base64url has unused bits: it may change and mean the same. */
    CHECK(refused >= req.body.len - 3, "%zu of %zu", refused, req.body.len);
    node_close(&sector);
    node_close(&provider);
}

static void a_suspended_peer_is_refused_until_it_is_resumed(void)
{
    struct node sector, provider;
    struct lf_err e = { 0 };
    struct lf_http_request req;
    struct lf_http_response r;
    struct lf_scope scope;
    const struct lf_peer *list;
    size_t n;

    node_open(&sector, "sector", "sector", 1);
    node_open(&provider, "p", "provider", 2);
    req = request(&provider, invite(&sector), "A");
    CHECK_CODE(lf_peer_by_pin(&sector.t, req.peer_pin, &scope, &e), LF_UNAUTHENTIC);
    CHECK_OK(enrol(&sector, &req, &r, &e), &e);
    node_task(&sector, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_OK(lf_peer_list(&sector.t, &n, &list, &e), &e);
    CHECK_OK(lf_peer_suspend(&sector.t, list[0].id, true, &e), &e);
    CHECK((sector.t.effects & LF_FX_PEERS) != 0, "links are looked at again");
    CHECK_CODE(lf_peer_by_pin(&sector.t, req.peer_pin, &scope, &e), LF_FORBIDDEN);
    CHECK_CODE(enrol(&sector, &req, &r, &e), LF_FORBIDDEN);
    node_task(&sector, LF_ROLE_ANALYST, LF_V("x"));
    CHECK_OK(lf_peer_list(&sector.t, &n, &list, &e), &e);
    CHECK_CODE(lf_peer_suspend(&sector.t, list[0].id, false, &e), LF_FORBIDDEN);
    sector.t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_peer_suspend(&sector.t, list[0].id, false, &e), &e);
    CHECK_OK(lf_peer_by_pin(&sector.t, req.peer_pin, &scope, &e), &e);
    node_close(&sector);
    node_close(&provider);
}

static void a_refused_or_wrong_invitation_leaves_the_node_free_to_join_again(void)
{
    static const lf_view texts[] = { LF_VIEW(""),        LF_VIEW("lf1."),     LF_VIEW("lf1.e30"),
                                     LF_VIEW("lf2.e30"), LF_VIEW("lf1.????"), LF_VIEW("lf1.bnVsbA") };
    struct node sector, provider;
    struct lf_err e = { 0 };
    struct lf_peer p;
    uint8_t pin[LF_SHA256] = { 0 };
    lf_view text;

    node_open(&sector, "sector", "sector", 1);
    node_open(&provider, "p", "provider", 2);
    node_task(&provider, LF_ROLE_ADMIN, LF_V("admin"));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK_CODE(lf_parent_join(&provider.t, texts[i], &e), LF_BAD_INPUT);
    CHECK_CODE(lf_peer_parent(&provider.t, &p, &e), LF_NOT_FOUND);
    CHECK_OK(lf_parent_join(&provider.t, invite(&sector), &e), &e);
    CHECK_OK(lf_parent_join(&provider.t, invite(&sector), &e), &e);
    CHECK_OK(lf_peer_parent(&provider.t, &p, &e), &e);
    CHECK_OK(lf_parent_join_failed(&provider.t, &p, LF_V("it \"ran out\""), &e), &e);
    CHECK_CODE(lf_peer_parent(&provider.t, &p, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_peer_invite(&provider.t, lf_view_of(door), pin, &text, &e), LF_UNACCEPTED);
    node_task(&sector, LF_ROLE_ADMIN, LF_V("admin"));
    CHECK_CODE(lf_peer_invite(&sector.t, LF_V("http://x:1"), pin, &text, &e), LF_BAD_INPUT);
    node_task(&sector, LF_ROLE_ANALYST, LF_V("x"));
    CHECK_CODE(lf_peer_invite(&sector.t, lf_view_of(door), pin, &text, &e), LF_FORBIDDEN);
    node_close(&sector);
    node_close(&provider);
}

int main(void)
{
    lf_crypto_init();
    RUN(enrolment_is_idempotent_and_ends_in_an_active_link_on_both_sides);
    RUN(a_token_is_refused_to_another_node_after_its_time_and_with_a_wrong_secret);
    RUN(members_are_of_a_lower_tier);
    RUN(what_was_signed_is_what_is_taken);
    RUN(a_suspended_peer_is_refused_until_it_is_resumed);
    RUN(a_refused_or_wrong_invitation_leaves_the_node_free_to_join_again);
    DONE();
}
