/* What goes out, to whom, and what stands: the promises of isac/indicator.h. */
#include "engine/warninglist.h"
#include "isac/indicator.h"

#include "fmt/stix.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "isac/seed.h"
#include "node.h"
#include "store/query_intelligence.h"

enum { BLOCKS = 256 };

static const char policy_text[] =
    "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"allow\":[\"gov.test\"],"
    "\"min_level\":\"high\",\"auto_report\":true,\"tlp\":\"amber\"}";

/* A sector with two members and a parent; `blocks` is what shield was told. */
static struct world {
    struct node d;
    struct lf_peer a, b, parent;
    const struct lf_peer *reader; /* who reads what members read; NULL: we */
    size_t nblocks;
    struct {
        char id[64], value[64];
    } blocks[BLOCKS];
} w;

static void act_as(unsigned roles)
{
    node_task(&w.d, roles, LF_V("somebody"));
}

static lf_view sign_policy(void)
{
    struct lf_err e = { 0 };
    lf_view id = { "", 0 };

    act_as(LF_ROLE_REVIEWER);
    CHECK_OK(lf_policy_sign(&w.d.t, lf_view_of(policy_text), &id, &e), &e);
    return lf_arena_copy(&w.d.life, id);
}

static void world_open_orphan(uint64_t seed)
{
    struct lf_err e = { 0 };

    memset(&w, 0, sizeof w);
    node_open(&w.d, "sector", "sector", seed);
    CHECK_OK(lf_isac_seed(&w.d.t, &e), &e);
    w.a = node_peer(&w.d, LF_PEER_CHILD, 1, "Water Works");
    w.b = node_peer(&w.d, LF_PEER_CHILD, 2, "Power Plant");
}

static void world_open(uint64_t seed, bool policy)
{
    world_open_orphan(seed);
    w.parent = node_peer(&w.d, LF_PEER_PARENT, 3, "Nation");
    if (policy)
        sign_policy();
}

static void world_close(void)
{
    node_close(&w.d);
}

/* ---- what is seen from outside --------------------------------------------------- */

/* As the core does after each message: shield is told, in order. */
static void shield(void)
{
    const struct lf_indicator_action *x = NULL;
    struct lf_err e = { 0 };
    size_t n = 0;

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_indicator_actions(&w.d.t, 0, 1000, &n, &x, &e), &e);
    for (size_t i = 0; i < n; i++) {
        size_t kept = 0;

        for (size_t k = 0; k < w.nblocks; k++)
            if (!lf_view_is(x[i].indicator, w.blocks[k].id) ||
                (x[i].block && !lf_view_is(x[i].value, w.blocks[k].value)))
                w.blocks[kept++] = w.blocks[k];
        w.nblocks = kept;
        if (x[i].block && w.nblocks < BLOCKS) {
            snprintf(w.blocks[w.nblocks].id, sizeof w.blocks->id, "%.*s", LF_FMT(x[i].indicator));
            snprintf(w.blocks[w.nblocks++].value, sizeof w.blocks->value, "%.*s", LF_FMT(x[i].value));
        }
    }
    if (n)
        CHECK_OK(lf_indicator_acted(&w.d.t, x[n - 1].seq, &e), &e);
}

static bool blocked(const char *value)
{
    shield();
    for (size_t i = 0; i < w.nblocks; i++)
        if (lf_view_is(lf_view_of(w.blocks[i].value), value))
            return true;
    return false;
}

/* What members read: the last version of each object for a value that a member who
 * follows STIX takes as standing.  Into `life`. */
static size_t live(const char *value, bool own, struct lf_indicator *out, size_t most)
{
    const struct lf_object *o = NULL;
    struct lf_collection members;
    struct lf_err e = { 0 };
    size_t n = 0, found = 0;
    bool more = false;

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_collection_find(&w.d.t, LF_V("members"), &members, &e), &e);
    members.id = lf_arena_copy(&w.d.life, members.id);
    if (w.reader)
        node_task(&w.d, LF_ROLE_PEER, lf_arena_printf(&w.d.life, "peer:%.*s", LF_FMT(w.reader->id)));
    CHECK_OK(lf_object_list(
                 &w.d.t, members.id,
                 &(struct lf_object_filter){ .after = -1, .limit = 10000, .bodies = true, .v_last = true },
                 &n, &o, &more, &e),
             &e);
    for (size_t i = 0; i < n; i++) {
        struct lf_indicator x;

        if (!lf_view_is(o[i].type, "indicator") ||
            lf_indicator_read(&w.d.life, lf_arena_copy(&w.d.life, o[i].json), &x, &e) != LF_OK ||
            !lf_view_is(x.value, value) || x.revoked || (x.valid_until && x.valid_until <= w.d.now) ||
            (own && !lf_view_eq(x.created_by, w.d.self.node)))
            continue;
        if (out && found < most)
            out[found] = x;
        found++;
    }
    return found;
}

static size_t live_own(const char *value)
{
    return live(value, true, NULL, 0);
}

static size_t live_any(const char *value)
{
    return live(value, false, NULL, 0);
}

static size_t outbox(void)
{
    struct lf_err e = { 0 };
    int64_t n = 0;

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_db_int(w.d.db, &w.d.t.scope, &lf_q_outbox_count, LF_NO_ARGS, &n, &e), &e);
    return (size_t)n;
}

static struct lf_indicator_row row_of(lf_view id)
{
    struct lf_indicator_row r = { 0 };
    struct lf_err e = { 0 };

    act_as(LF_ROLE_READER);
    CHECK_OK(lf_indicator_get(&w.d.t, id, &r, &e), &e);
    return r;
}

/* ---- what happens ---------------------------------------------------------------- */

static lf_view alert(const char *value, int64_t evidence, bool *shared)
{
    struct lf_err e = { 0 };
    lf_view id = { "", 0 };

    act_as(LF_ROLE_SYSTEM);
    *shared = false;
    CHECK_OK(lf_indicator_from_alert(&w.d.t,
                                     &(struct lf_indicator_alert){ .kind = LF_OBS_DOMAIN,
                                                                   .value = lf_view_of(value),
                                                                   .evidence = evidence,
                                                                   .level = LF_LEVEL_HIGH,
                                                                   .alert = LF_V("the-alert"),
                                                                   .incident = LF_V("the-incident"),
                                                                   .happened = w.d.now },
                                     &id, shared, &e),
             &e);
    return lf_arena_copy(&w.d.life, id);
}

struct given {
    unsigned id, version; /* version: seconds after the first */
    const char *value;
    bool revoked, lasting;
    int64_t evidence, hours; /* evidence 0 = 2; hours 0 = none stated */
    const char *tlp;
};

static lf_view given_id(unsigned id)
{
    return lf_arena_printf(&w.d.life, "indicator--30000000-0000-4000-8000-%012u", id);
}

static enum lf_code give(const struct lf_peer *from, const struct given *g)
{
    struct lf_err e = { 0 };
    lf_time created = 1790000000 * LF_SECOND;
    lf_view json;

    act_as(from->kind == LF_PEER_CHILD ? LF_ROLE_PEER : LF_ROLE_SYSTEM);
    json = lf_indicator_write(w.d.t.a, &(struct lf_indicator){
                                           .id = given_id(g->id),
                                           .created_by = from->node,
                                           .created = created,
                                           .modified = created + g->version * LF_SECOND,
                                           .valid_from = created,
                                           .valid_until = g->hours ? w.d.now + g->hours * LF_HOUR : 0,
                                           .kind = LF_OBS_DOMAIN,
                                           .value = lf_view_of(g->value),
                                           .revoked = g->revoked,
                                           .provisional = !g->lasting,
                                           .evidence = g->evidence ? g->evidence : 2,
                                           .policy = LF_V("the-members-policy"),
                                           .derived_from = LF_V(""),
                                           .tlp = lf_view_of(g->tlp ? g->tlp : "amber"),
                                       });
    return lf_indicator_receive(&w.d.t, from, json, &e);
}

static void expire(lf_time forward)
{
    struct lf_err e = { 0 };
    lf_time next = 0;

    w.d.now += forward;
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_indicator_expire(&w.d.t, &next, &e), &e);
    CHECK(!next || next > w.d.now, "what is due was ended");
}

static enum lf_code withdraw(lf_view id, unsigned role)
{
    struct lf_err e = { 0 };

    act_as(role);
    return lf_indicator_withdraw(&w.d.t, id, &e);
}

static enum lf_code release(lf_view id, unsigned role)
{
    struct lf_err e = { 0 };

    act_as(role);
    return lf_indicator_release(&w.d.t, id, &e);
}

/* ---- under the policy ------------------------------------------------------------ */

static void without_a_signed_policy_nothing_is_shared(void)
{
    bool shared;
    lf_view id;

    world_open(1, false);
    id = alert("bad.test", 2, &shared);
    CHECK(!shared && !outbox() && !live_any("bad.test") && !blocked("bad.test"), "nothing goes out");
    CHECK_VIEW(row_of(id).state, LF_V("draft"));
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "worse.test" }), &(struct lf_err){ 0 });
    CHECK(!outbox() && !live_any("worse.test") && !blocked("worse.test"), "nor what a member gave");
    CHECK_VIEW(row_of(given_id(1)).state, LF_V("draft"));
    world_close();
}

static void two_pieces_of_evidence_go_out_and_block(void)
{
    struct lf_indicator x = { 0 };
    lf_view id, policy;
    bool shared;

    world_open(2, false);
    policy = sign_policy();
    id = alert("bad.test", 2, &shared);
    CHECK(shared && outbox() == 1 && blocked("bad.test"), "sent up and blocked");
    CHECK(live("bad.test", true, &x, 1) == 1, "published");
    CHECK_VIEW(x.id, id);
    CHECK_VIEW(x.policy, policy);
    CHECK_VIEW(x.created_by, w.d.self.node);
    CHECK(x.provisional && x.evidence == 2 && x.valid_until == w.d.now + 72 * LF_HOUR, "for a short life");
    CHECK_VIEW(row_of(id).state, LF_V("provisional"));
    CHECK_VIEW(alert("bad.test", 3, &shared), id);
    CHECK(shared && outbox() == 1 && live_own("bad.test") == 1, "again is the same one");
    world_close();
}

static void what_was_shared_before_there_was_a_parent_goes_up_when_it_is_joined(void)
{
    struct lf_err e = { 0 };
    lf_view gone;
    bool shared;

    world_open_orphan(40);
    sign_policy();
    alert("bad.test", 2, &shared);
    gone = alert("withdrawn.test", 2, &shared);
    alert("draft.test", 1, &shared);
    CHECK_OK(withdraw(gone, LF_ROLE_REVIEWER), &e);
    CHECK(outbox() == 0, "nobody to send to");
    w.parent = node_peer(&w.d, LF_PEER_PARENT, 3, "Nation");
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_indicator_offer(&w.d.t, &e), &e);
    CHECK(outbox() == 1, "%zu in the outbox: what stands, and neither the draft nor what was withdrawn",
          outbox());
    world_close();
}

static void one_piece_waits_as_a_draft_until_the_second_comes(void)
{
    lf_view id;
    bool shared;

    world_open(3, true);
    id = alert("bad.test", 1, &shared);
    CHECK(!shared && !outbox() && !live_any("bad.test") && !blocked("bad.test"), "it waits");
    CHECK_VIEW(alert("bad.test", 2, &shared), id);
    CHECK(shared && outbox() == 1 && live_own("bad.test") == 1 && blocked("bad.test"), "it is out");
    world_close();
}

static void a_name_the_policy_allows_never_goes_out(void)
{
    static const char *const names[] = { "gov.test", "www.gov.test", "a.b.gov.test" };
    bool shared;

    world_open(4, true);
    for (unsigned i = 0; i < 3; i++) {
        lf_view id = alert(names[i], 5, &shared);

        CHECK(!shared, "%s by an alert", names[i]);
        CHECK_CODE(release(id, LF_ROLE_REVIEWER), LF_CONFLICT);
        CHECK_OK(give(&w.a, &(struct given){ .id = 1 + i, .value = names[i] }), &(struct lf_err){ 0 });
        CHECK(!outbox() && !live_any(names[i]) && !blocked(names[i]), "%s", names[i]);
    }
    alert("notgov.test", 2, &shared);
    CHECK(shared, "a name that only ends alike is another");
    world_close();
}

static enum lf_code nothing(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    (void)ctx;
    (void)r;
    (void)e;
    return LF_OK;
}

static void a_policy_altered_in_the_database_is_no_policy(void)
{
    static const char looser[] =
        "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":720,\"allow\":[],\"tlp\":\"\"}";
    uint8_t forged[LF_SIGNATURE] = { 1 }, key[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET], raw[32] = { 5 };
    struct lf_policy p;
    struct lf_err e = { 0 };
    bool shared;

    lf_sign_keys(raw, key, secret);
    for (unsigned i = 0; i < 2; i++) {
        world_open(5, true);
        act_as(LF_ROLE_SYSTEM);
        CHECK_OK(lf_policy_get(&w.d.t, &p, &e), &e);
        CHECK(p.id.len, "a signed one stands");
        w.d.now += LF_SECOND;
        if (i) /* signed, but by a key that is not this node's */
            lf_sign(secret,
                    lf_arena_printf(w.d.t.a, "lianfang-policy/1\np\nx\n%lld\n%s", (long long)w.d.now, looser),
                    forged);
        CHECK_OK(
            lf_db_run(w.d.db, &w.d.t.scope, &lf_q_policy_add,
                      LF_ARGS(LF_TEXT(LF_V("p")), LF_TEXT(lf_view_of(looser)), LF_TEXT(LF_V("x")),
                              LF_INT(w.d.now),
                              LF_TEXT(lf_base64url(w.d.t.a, i ? key : w.d.self.sign_public, LF_SIGN_PUBLIC)),
                              LF_TEXT(lf_base64url(w.d.t.a, forged, sizeof forged))),
                      nothing, NULL, NULL, &e),
            &e);
        CHECK_OK(lf_policy_get(&w.d.t, &p, &e), &e);
        CHECK(!p.id.len && !p.kinds, "nothing stands");
        alert("bad.test", 2, &shared);
        CHECK(!shared && !outbox() && !blocked("bad.test"), "nothing goes out");
        world_close();
    }
}

static void a_signature_is_of_the_whole_policy(void)
{
    struct lf_policy p;
    struct lf_err e = { 0 };
    uint8_t sig[LF_SIGNATURE];
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    LF_PUT(&b,
           "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"tlp\":\"\",\"allow\":[");
    for (unsigned i = 0; i < 400; i++)
        lf_buf_printf(&b, "%s\"name%u.example\"", i ? "," : "", i);
    LF_PUT(&b, "]}");
    CHECK(b.len > 5000, "long enough");
    for (int whole = 0; whole < 2; whole++) {
        world_open(5, true);
        act_as(LF_ROLE_SYSTEM);
        w.d.now += LF_SECOND;
        lf_sign(w.d.self.sign_secret,
                lf_arena_printf(w.d.t.a, "lianfang-policy/1\np\nx\n%lld\n%.*s", (long long)w.d.now,
                                whole ? (int)b.len : 4096, b.ptr),
                sig);
        CHECK_OK(lf_db_run(w.d.db, &w.d.t.scope, &lf_q_policy_add,
                           LF_ARGS(LF_TEXT(LF_V("p")), LF_TEXT(lf_buf_view(&b)), LF_TEXT(LF_V("x")),
                                   LF_INT(w.d.now),
                                   LF_TEXT(lf_base64url(w.d.t.a, w.d.self.sign_public, LF_SIGN_PUBLIC)),
                                   LF_TEXT(lf_base64url(w.d.t.a, sig, sizeof sig))),
                           nothing, NULL, NULL, &e),
                 &e);
        CHECK_OK(lf_policy_get(&w.d.t, &p, &e), &e);
        CHECK((p.id.len > 0) == whole, "signed as a whole: %d", whole);
        world_close();
    }
    lf_buf_clear(&b);
}

/* ---- from peers ------------------------------------------------------------------ */

static void a_members_indicator_goes_on_as_our_anonymous_own(void)
{
    struct lf_indicator x = { 0 };
    struct lf_err e = { 0 };
    const char *secrets[] = { "Water", "the-members-policy", "10000000-", "20000000-", "30000000-", "alert" };
    struct lf_indicator_row r;

    world_open(6, true);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    CHECK(live("bad.test", false, &x, 1) == 1 && outbox() == 1, "published once, sent up once");
    CHECK_VIEW(x.created_by, w.d.self.node);
    CHECK(!lf_view_eq(x.id, given_id(1)), "an id of ours");
    r = row_of(x.id);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        CHECK(lf_view_find(r.json, lf_view_of(secrets[i])) == SIZE_MAX ||
                  (i == 4 && lf_view_find(x.derived_from, lf_view_of(secrets[4])) != SIZE_MAX),
              "\"%s\" is in %.*s", secrets[i], LF_FMT(r.json));
    CHECK(blocked("bad.test"), "blocked here");
    CHECK_OK(give(&w.b, &(struct given){ .id = 2, .value = "bad.test" }), &e);
    CHECK(live_any("bad.test") == 1, "a second member's adds no second object");
    world_close();
}

static void the_parents_is_passed_on_unchanged_and_not_sent_back(void)
{
    struct lf_indicator x = { 0 };
    struct lf_err e = { 0 };

    world_open(7, true);
    CHECK_OK(give(&w.parent, &(struct given){ .id = 1, .value = "bad.test", .evidence = 1 }), &e);
    CHECK(live("bad.test", false, &x, 1) == 1 && !outbox() && blocked("bad.test"), "down, not up");
    CHECK_VIEW(x.id, given_id(1));
    CHECK_VIEW(x.created_by, w.parent.node);
    CHECK_OK(give(&w.parent, &(struct given){ .id = 1, .version = 1, .value = "bad.test", .revoked = true }),
             &e);
    CHECK(!live_any("bad.test") && !outbox() && !blocked("bad.test"), "its end is passed on too");
    world_close();
}

static void a_value_that_we_publish_is_not_published_for_the_parent_too(void)
{
    struct lf_err e = { 0 };
    struct lf_indicator x = { 0 };
    bool shared;
    lf_view id;

    world_open(8, true);
    id = alert("bad.test", 2, &shared);
    CHECK_OK(give(&w.parent, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    CHECK(live_any("bad.test") == 1 && outbox() == 1, "once");
    CHECK_OK(withdraw(id, LF_ROLE_ANALYST), &e);
    CHECK(live("bad.test", false, &x, 1) == 1 && blocked("bad.test"), "the parent's takes its place");
    CHECK_VIEW(x.id, given_id(1));
    world_close();
}

static void what_its_origin_revokes_ends_everywhere(void)
{
    struct lf_err e = { 0 };

    world_open(9, true);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    CHECK_OK(give(&w.b, &(struct given){ .id = 2, .value = "bad.test" }), &e);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 1, .value = "bad.test", .revoked = true }), &e);
    CHECK(live_own("bad.test") == 1 && blocked("bad.test"), "another member still stands for it");
    CHECK_OK(give(&w.b, &(struct given){ .id = 2, .version = 1, .value = "bad.test", .revoked = true }), &e);
    CHECK(!live_any("bad.test") && !blocked("bad.test") && outbox() == 2, "withdrawn here, below and above");
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 2, .value = "bad.test" }), &e);
    CHECK(live_own("bad.test") == 1 && blocked("bad.test") && outbox() == 3, "and may come again");
    world_close();
}

static void nobody_revokes_or_replaces_what_another_gave(void)
{
    struct lf_err e = { 0 };
    struct lf_indicator x[2] = { 0 };
    bool shared;
    lf_view id;

    world_open(10, true);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    CHECK_OK(give(&w.b, &(struct given){ .id = 1, .version = 9, .value = "bad.test", .revoked = true }), &e);
    CHECK(live_own("bad.test") == 1 && blocked("bad.test"), "a member's by another member");
    CHECK_OK(give(&w.parent, &(struct given){ .id = 2, .value = "nation.test" }), &e);
    CHECK_OK(give(&w.a, &(struct given){ .id = 2, .version = 9, .value = "nation.test", .revoked = true }),
             &e);
    CHECK(live_any("nation.test") == 1 && blocked("nation.test"), "the parent's by a member");
    CHECK_OK(give(&w.a, &(struct given){ .id = 5, .value = "mine.test" }), &e);
    CHECK_OK(give(&w.b, &(struct given){ .id = 5, .version = 9, .value = "other.test" }), &e);
    CHECK(live("mine.test", true, x, 1) == 1 && blocked("mine.test"), "a replacement changes nothing");
    CHECK(live("other.test", true, x + 1, 1) == 1 && !lf_view_eq(x[0].id, x[1].id),
          "it is a thing of its own");
    CHECK_OK(give(&w.a, &(struct given){ .id = 5, .version = 11, .value = "mine.test", .revoked = true }),
             &e);
    CHECK(!live_any("mine.test") && !blocked("mine.test"), "its origin revokes it, whoever else uses its id");
    CHECK(live_any("other.test") == 1, "and the other's stays");
    id = alert("ours.test", 2, &shared);
    act_as(LF_ROLE_PEER);
    CHECK_CODE(lf_indicator_receive(&w.d.t, &w.parent, lf_arena_copy(&w.d.life, row_of(id).json), &e),
               LF_FORBIDDEN);
    CHECK(blocked("ours.test"), "ours by the parent");
    world_close();
}

static void versions_come_in_any_order_and_name_one_value(void)
{
    struct lf_err e = { 0 };
    lf_time until;

    world_open(11, true);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 5, .value = "bad.test", .hours = 2 }), &e);
    until = row_of(given_id(1)).valid_until;
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 4, .value = "bad.test", .revoked = true }), &e);
    CHECK(blocked("bad.test") && live_own("bad.test") == 1, "an older one come late changes nothing");
    CHECK_CODE(give(&w.a, &(struct given){ .id = 1, .version = 6, .value = "new.test" }), LF_UNACCEPTED);
    CHECK(blocked("bad.test") && !blocked("new.test"), "another value under a known id");
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 7, .value = "bad.test", .hours = 48 }), &e);
    CHECK(row_of(given_id(1)).valid_until > until, "a later one is taken");
    expire(3 * LF_HOUR);
    CHECK(blocked("bad.test") && live_own("bad.test") == 1, "and what we made of it lives as long");
    expire(46 * LF_HOUR);
    CHECK(!blocked("bad.test") && !live_any("bad.test"), "and no longer");
    world_close();
}

/* ---- people and time ------------------------------------------------------------- */

static void people_with_the_role_withdraw_and_release(void)
{
    struct lf_err e = { 0 };
    struct lf_indicator x = { 0 };
    bool shared;
    lf_view id;

    world_open(12, true);
    id = alert("bad.test", 1, &shared);
    CHECK_CODE(release(id, LF_ROLE_READER), LF_FORBIDDEN);
    CHECK_CODE(withdraw(id, LF_ROLE_REPORTER), LF_FORBIDDEN);
    CHECK_OK(release(id, LF_ROLE_REVIEWER), &e);
    CHECK(live("bad.test", true, &x, 1) == 1 && !x.provisional && !x.valid_until && blocked("bad.test") &&
              outbox() == 1,
          "released for good");
    CHECK_CODE(release(id, LF_ROLE_REVIEWER), LF_CONFLICT);
    CHECK_OK(withdraw(id, LF_ROLE_ANALYST), &e);
    CHECK(!live_any("bad.test") && !blocked("bad.test") && outbox() == 2, "withdrawn everywhere");
    CHECK_CODE(withdraw(id, LF_ROLE_ANALYST), LF_CONFLICT);
    CHECK_CODE(withdraw(LF_V("indicator--x"), LF_ROLE_ANALYST), LF_NOT_FOUND);
    CHECK_OK(give(&w.parent, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    CHECK_CODE(withdraw(given_id(1), LF_ROLE_ANALYST), LF_FORBIDDEN);
    world_close();
}

static void what_people_decide_of_a_members_indicator_stays_decided(void)
{
    struct lf_err e = { 0 };
    struct lf_indicator x = { 0 };

    world_open(13, true);
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "bad.test" }), &e);
    live("bad.test", true, &x, 1);
    CHECK_OK(withdraw(lf_arena_copy(&w.d.life, x.id), LF_ROLE_ANALYST), &e);
    CHECK(!live_any("bad.test") && !blocked("bad.test"), "withdrawn");
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .version = 1, .value = "bad.test" }), &e);
    CHECK(!live_any("bad.test") && !blocked("bad.test"), "the member's next version waits for a person");
    CHECK_OK(release(given_id(1), LF_ROLE_REVIEWER), &e);
    CHECK(live("bad.test", true, &x, 1) == 1 && !x.provisional && blocked("bad.test"), "who lets it out");

    CHECK_OK(give(&w.b, &(struct given){ .id = 2, .value = "worse.test" }), &e);
    live("worse.test", true, &x, 1);
    CHECK_OK(release(lf_arena_copy(&w.d.life, x.id), LF_ROLE_REVIEWER), &e);
    expire(100 * LF_HOUR);
    CHECK(live_own("worse.test") == 1 && blocked("worse.test"),
          "a released copy stays, with what it stands on");
    CHECK_OK(give(&w.b, &(struct given){ .id = 2, .version = 1, .value = "worse.test", .revoked = true }),
             &e);
    CHECK(!live_any("worse.test") && !blocked("worse.test"), "until its origin takes it back");
    world_close();
}

static void what_has_outlived_itself_ends_and_what_stands_takes_its_place(void)
{
    struct lf_err e = { 0 };
    struct lf_indicator x = { 0 };
    bool shared;

    world_open(14, true);
    alert("bad.test", 2, &shared);
    CHECK_OK(give(&w.parent, &(struct given){ .id = 1, .value = "bad.test", .lasting = true }), &e);
    CHECK(live_any("bad.test") == 1, "ours");
    expire(72 * LF_HOUR);
    CHECK(live("bad.test", false, &x, 1) == 1 && blocked("bad.test"), "the parent's stays");
    CHECK_VIEW(x.id, given_id(1));
    CHECK_OK(give(&w.a, &(struct given){ .id = 2, .value = "two.test", .hours = 1 }), &e);
    CHECK_OK(give(&w.b, &(struct given){ .id = 3, .value = "two.test", .hours = 9 }), &e);
    expire(2 * LF_HOUR);
    CHECK(live_own("two.test") == 1 && blocked("two.test"), "the longer of two members' holds it");
    expire(8 * LF_HOUR);
    CHECK(!live_any("two.test") && !blocked("two.test"), "then it ends");
    world_close();
}

/* ---- any order ------------------------------------------------------------------- */

static void invariants(const char *value, uint64_t seed, unsigned step)
{
    const struct lf_page page = { .limit = 1000 };
    struct lf_indicator_page rows = { 0 };
    struct lf_err e = { 0 };
    bool stands = false, mine = false, parents = false, is_blocked = blocked(value);
    size_t own = live_own(value), any = live_any(value);

    act_as(LF_ROLE_READER);
    CHECK_OK(lf_indicator_list(&w.d.t, &page, &rows, &e), &e);
    for (size_t i = 0; i < rows.n; i++) {
        const struct lf_indicator_row *r = &rows.items[i];

        if (!lf_view_is(r->value, value) ||
            (!lf_view_is(r->state, "provisional") && !lf_view_is(r->state, "active")) ||
            (!r->origin.len && r->derived_from.len))
            continue;
        stands = true;
        if (lf_view_eq(r->origin, w.parent.id))
            parents = true;
        else
            mine = true;
    }
    CHECK(stands == is_blocked, "seed %llu step %u: %s stands %d, blocked %d", (unsigned long long)seed, step,
          value, stands, is_blocked);
    CHECK(own == (mine ? 1u : 0u), "seed %llu step %u: %zu of ours for %s, sources %d",
          (unsigned long long)seed, step, own, value, mine);
    CHECK((any > 0) == (mine || parents), "seed %llu step %u: %s published %zu times, standing %d %d",
          (unsigned long long)seed, step, value, any, mine, parents);
}

static void in_any_order_blocked_is_what_stands_and_ours_is_out_once(void)
{
    static const char *const values[] = { "one.test", "two.test" };

    for (uint64_t seed = 1; seed <= 12 && !lf_test_failed_; seed++) {
        unsigned version[8] = { 0 };
        struct lf_err e = { 0 };

        world_open(seed, true);
        CHECK_OK(lf_db_begin(w.d.db, &e), &e);
        for (unsigned step = 0; step < 80 && !lf_test_failed_; step++) {
            uint32_t r[4];
            unsigned what, who;
            const char *value;
            bool shared;

            node_random(&w.d, r, sizeof r);
            what = r[0] % 10;
            who = r[1] % 3;
            value = values[r[2] % 2];
            w.d.now += (lf_time)(r[3] % 3) * LF_SECOND;
            if (what < 7) {
                /* Two ids a peer, one for each value. */
                unsigned id = 2 * who + r[2] % 2;
                const struct lf_peer *from = who == 0 ? &w.a : who == 1 ? &w.b : &w.parent;
                bool late = r[3] % 8 == 0;

                CHECK_OK(give(from, &(struct given){ .id = id,
                                                     .version = late && version[id] ? version[id] - 1
                                                                                    : ++version[id],
                                                     .value = value,
                                                     .revoked = what >= 4,
                                                     .lasting = r[3] % 5 == 0,
                                                     .evidence = 1 + r[3] % 4,
                                                     .hours = r[3] % 3 ? 1 + r[3] % 50 : 0 }),
                         &e);
            } else if (what == 7) {
                alert(value, 1 + r[3] % 3, &shared);
            } else if (what == 8) {
                struct lf_indicator x = { 0 };

                if (live(value, true, &x, 1)) {
                    lf_view id = lf_arena_copy(&w.d.life, x.id);

                    if (r[3] % 3 == 0 && x.provisional)
                        CHECK_OK(release(id, LF_ROLE_REVIEWER), &e);
                    else
                        CHECK_OK(withdraw(id, LF_ROLE_ANALYST), &e);
                }
            } else {
                expire((lf_time)(r[3] % 30) * LF_HOUR);
            }
            expire(0);
            for (unsigned i = 0; i < 2; i++)
                invariants(values[i], seed, step);
        }
        CHECK_OK(lf_db_commit(w.d.db, &e), &e);
        world_close();
    }
}

/* ---- warning lists ------------------------------------------------------------------ */

static void what_a_warning_list_has_goes_out_only_with_a_persons_reason(void)
{
    const uint64_t seed[4] = { 1, 2, 3, 4 };
    struct lf_warninglists *lists = lf_warninglists_create(seed);
    struct lf_err e = { 0 };
    bool shared;
    lf_view id;

    CHECK_OK(lf_warninglists_add(
                 lists, LF_V("{\"name\":\"big sites\",\"type\":\"hostname\",\"list\":[\"known.test\"]}"), &e),
             &e);
    world_open(7, true);
    w.d.warning = lists;
    id = lf_arena_copy(&w.d.life, alert("cdn.known.test", 2, &shared));
    CHECK(!shared && !outbox() && !blocked("cdn.known.test"), "two pieces of evidence do not let it out");
    CHECK_OK(give(&w.a, &(struct given){ .id = 1, .value = "mail.known.test" }), &e);
    CHECK(!outbox() && !blocked("mail.known.test"), "nor does what a member gave");
    act_as(LF_ROLE_REVIEWER);
    CHECK(lf_indicator_release(&w.d.t, id, &e) == LF_UNACCEPTED && strstr(e.text, "\"big sites\""), "%s",
          e.text);
    CHECK_VIEW(row_of(id).state, LF_V("draft"));
    act_as(LF_ROLE_READER);
    CHECK(lf_indicator_release_warned(&w.d.t, id, LF_V("seen"), &e) == LF_FORBIDDEN, "not everybody may");
    act_as(LF_ROLE_REVIEWER);
    CHECK(lf_indicator_release_warned(&w.d.t, id, LF_V("  "), &e) == LF_BAD_INPUT, "a reason is needed");
    act_as(LF_ROLE_REVIEWER);
    CHECK_OK(lf_indicator_release_warned(&w.d.t, id, LF_V("taken over on Friday"), &e), &e);
    CHECK_VIEW(row_of(id).state, LF_V("active"));
    CHECK(blocked("cdn.known.test") && outbox(), "it goes out");
    CHECK(withdraw(id, LF_ROLE_REVIEWER) == LF_OK && !blocked("cdn.known.test"), "and back");
    id = lf_arena_copy(&w.d.life, alert("cdn.known.test", 2, &shared));
    CHECK(!shared, "a withdrawal ends what was decided: the list keeps it back again");
    CHECK(release(id, LF_ROLE_REVIEWER) == LF_UNACCEPTED, "it does");
    world_close();
    w.d.warning = NULL;
    lf_warninglists_destroy(lists);
}

static void sign_policy_of(const char *tlp)
{
    struct lf_err e = { 0 };
    lf_view id;

    act_as(LF_ROLE_REVIEWER);
    CHECK_OK(
        lf_policy_sign(&w.d.t,
                       lf_arena_printf(w.d.t.a,
                                       "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":"
                                       "72,\"min_level\":\"high\",\"tlp\":\"%s\"}",
                                       tlp),
                       &id, &e),
        &e);
}

static void a_policy_lets_out_no_more_than_its_marking(void)
{
    static const struct {
        const char *tlp;
        bool out;
    } rows[] = { { "", true },      { "clear", true },         { "green", true },
                 { "amber", true }, { "amber+strict", false }, { "red", false } };
    bool shared;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_open(i + 70, false);
        sign_policy_of(rows[i].tlp);
        (void)alert("own.test", 2, &shared);
        w.reader = &w.b;
        CHECK((live_any("own.test") == 1) == rows[i].out, "to a member, TLP:%s", rows[i].tlp);
        CHECK((outbox() == 1) == rows[i].out, "to the parent, TLP:%s", rows[i].tlp);
        CHECK(blocked("own.test"), "here it is blocked, TLP:%s", rows[i].tlp);
        world_close();
    }
}

static void what_a_member_marked_goes_on_no_further_than_it_said(void)
{
    static const struct {
        const char *tlp, *policy, *want; /* want: how the copy is marked; NULL: there is none */
    } rows[] = {
        { "clear", "", "clear" },      { "green", "clear", "green" }, { "amber", "green", "amber" },
        { "green", "amber", "amber" }, { "amber", "", "amber" },      { "amber+strict", "green", NULL },
        { "red", "amber", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_indicator copy = { 0 };
        bool red = rows[i].tlp[0] == 'r';

        world_open(i + 80, false);
        sign_policy_of(rows[i].policy);
        CHECK(give(&w.a, &(struct given){ .id = 1, .value = "m.test", .tlp = rows[i].tlp }) == LF_OK,
              "taken");
        w.reader = &w.b;
        CHECK(live("m.test", true, &copy, 1) == (rows[i].want != NULL), "a copy for members, %s",
              rows[i].tlp);
        CHECK(outbox() == (rows[i].want != NULL), "a copy for the parent, %s", rows[i].tlp);
        if (rows[i].want)
            CHECK_VIEW(copy.tlp, lf_view_of(rows[i].want));
        CHECK(blocked("m.test") == !red, "TLP:%s is blocked here", rows[i].tlp);
        world_close();
    }
}

static void the_parents_marking_holds_for_our_members(void)
{
    static const struct {
        const char *tlp;
        bool out, stands;
    } rows[] = { { "green", true, true },
                 { "amber", true, true },
                 { "amber+strict", false, true },
                 { "red", false, false } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_open(i + 90, true);
        CHECK(give(&w.parent, &(struct given){ .id = 1, .value = "p.test", .tlp = rows[i].tlp }) == LF_OK,
              "taken");
        w.reader = &w.b;
        CHECK((live_any("p.test") == 1) == rows[i].out, "to a member, %s", rows[i].tlp);
        CHECK(blocked("p.test") == rows[i].stands, "TLP:%s waits for a person or not", rows[i].tlp);
        world_close();
    }
}

/* How many an account finds page by page, and one by its id. */
static size_t listed(unsigned role, bool *found)
{
    struct lf_page at = { .limit = 3 };
    struct lf_indicator_row row;
    struct lf_err e = { 0 };
    size_t n = 0;

    do {
        struct lf_indicator_page page;

        act_as(role);
        CHECK_OK(lf_indicator_list(&w.d.t, &at, &page, &e), &e);
        CHECK(page.n == 3 || !page.next.len, "a page before the last is full");
        n += page.n;
        at.after = lf_arena_copy(&w.d.life, page.next);
    } while (at.after.len);
    act_as(role);
    *found = lf_indicator_get(&w.d.t, given_id(1), &row, &e) == LF_OK;
    return n;
}

static void red_is_in_nobodys_list_but_of_those_who_handle_it(void)
{
    bool found;

    world_open(95, true);
    for (unsigned i = 1; i <= 20; i++)
        CHECK(give(&w.parent, &(struct given){ .id = i,
                                               .version = i,
                                               .value = lf_arena_printf(&w.d.life, "x%u.test", i).ptr,
                                               .tlp = i % 4 ? "red" : "amber" }) == LF_OK,
              "taken");
    CHECK(listed(LF_ROLE_ANALYST, &found) == 20 && found, "who handles it");
    CHECK(listed(LF_ROLE_READER, &found) == 5 && !found, "who looks on");
    act_as(LF_ROLE_ADMIN);
    world_close();
}

int main(void)
{
    lf_crypto_init();
    RUN(a_policy_lets_out_no_more_than_its_marking);
    RUN(what_a_member_marked_goes_on_no_further_than_it_said);
    RUN(the_parents_marking_holds_for_our_members);
    RUN(red_is_in_nobodys_list_but_of_those_who_handle_it);
    RUN(without_a_signed_policy_nothing_is_shared);
    RUN(two_pieces_of_evidence_go_out_and_block);
    RUN(what_was_shared_before_there_was_a_parent_goes_up_when_it_is_joined);
    RUN(one_piece_waits_as_a_draft_until_the_second_comes);
    RUN(a_name_the_policy_allows_never_goes_out);
    RUN(a_signature_is_of_the_whole_policy);
    RUN(a_policy_altered_in_the_database_is_no_policy);
    RUN(a_members_indicator_goes_on_as_our_anonymous_own);
    RUN(the_parents_is_passed_on_unchanged_and_not_sent_back);
    RUN(a_value_that_we_publish_is_not_published_for_the_parent_too);
    RUN(what_its_origin_revokes_ends_everywhere);
    RUN(nobody_revokes_or_replaces_what_another_gave);
    RUN(versions_come_in_any_order_and_name_one_value);
    RUN(people_with_the_role_withdraw_and_release);
    RUN(what_people_decide_of_a_members_indicator_stays_decided);
    RUN(what_has_outlived_itself_ends_and_what_stands_takes_its_place);
    RUN(in_any_order_blocked_is_what_stands_and_ours_is_out_once);
    RUN(what_a_warning_list_has_goes_out_only_with_a_persons_reason);
    DONE();
}
