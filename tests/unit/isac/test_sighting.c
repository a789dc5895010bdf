/* Sightings between nodes: the promises of isac/sighting.h. */
#include "isac/sighting.h"

#include "fmt/stix_check.h"
#include "isac/indicator.h"
#include "isac/seed.h"
#include "model/indicator.h"
#include "node.h"
#include "store/query_intelligence.h"

enum { MOST = 64 };

static struct node d;
static struct lf_peer member, parent;

static void act_as(unsigned roles)
{
    node_task(&d, roles, LF_V("somebody"));
}

static struct lf_peer peer_add(enum lf_peer_kind kind, unsigned n)
{
    struct lf_err e = { 0 };
    struct lf_arena *a = &d.life;
    struct lf_peer p = { .id = lf_arena_printf(a, "10000000-0000-4000-8000-%012u", n),
                         .kind = kind,
                         .state = LF_PEER_ACTIVE,
                         .node = lf_arena_printf(a, "identity--20000000-0000-4000-8000-%012u", n),
                         .name = LF_V("peer"),
                         .tier = kind == LF_PEER_CHILD ? LF_V("provider") : LF_V("nation") };

    p.key[0] = p.pin[0] = (uint8_t)n;
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(
        lf_db_exec(d.db, &d.t.scope, &lf_q_peer_add,
                   LF_ARGS(LF_TEXT(p.id), LF_INT(p.kind), LF_INT(p.state), LF_TEXT(p.node), LF_TEXT(p.name),
                           LF_TEXT(p.tier), LF_TEXT(LF_V("")), LF_TEXT(lf_hex(d.t.a, p.pin, sizeof p.pin)),
                           LF_TEXT(lf_hex(d.t.a, p.key, sizeof p.key)), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                           LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_INT(0), LF_INT(0)),
                   &e),
        &e);
    return p;
}

static void open_node(const char *policy)
{
    struct lf_err e = { 0 };
    lf_view id;

    node_open(&d, "sector", "sector", 7);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    member = peer_add(LF_PEER_CHILD, 1);
    parent = peer_add(LF_PEER_PARENT, 3);
    act_as(LF_ROLE_REVIEWER);
    CHECK_OK(lf_policy_sign(&d.t, lf_view_of(policy), &id, &e), &e);
}

static const char plain[] =
    "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"tlp\":\"amber\"}";
static const char open_policy[] = "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,"
                                  "\"disclose\":[\"observed-data\"]}";

/* An indicator of a peer, taken as it comes. */
static lf_view given(const struct lf_peer *by, unsigned n, const char *value, const char *tlp)
{
    struct lf_err e = { 0 };
    lf_view id = lf_arena_printf(&d.life, "indicator--30000000-0000-4000-8000-%012u", n);
    lf_time now = d.now - d.now % LF_MSEC;

    act_as(LF_ROLE_PEER);
    CHECK_OK(
        lf_indicator_receive(&d.t, by,
                             lf_indicator_write(d.t.a, &(struct lf_indicator){ .id = id,
                                                                               .created_by = by->node,
                                                                               .created = now,
                                                                               .modified = now,
                                                                               .valid_from = now,
                                                                               .kind = LF_OBS_DOMAIN,
                                                                               .value = lf_view_of(value),
                                                                               .evidence = 3,
                                                                               .tlp = lf_view_of(tlp) }),
                             &e),
        &e);
    return id;
}

static uint64_t place;

static void seen(lf_view indicator, const char *value, uint64_t count)
{
    struct lf_err e = { 0 };

    place++;
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_sighting_add(&d.t,
                             &(struct lf_indicator_sighting){ .indicator = indicator,
                                                              .value = lf_view_of(value),
                                                              .list = LF_V(""),
                                                              .count = count,
                                                              .first = d.now - LF_SECOND,
                                                              .last = d.now,
                                                              .from = place,
                                                              .position = place },
                             &e),
             &e);
}

/* The sightings that lie in the outbox, all of them clean STIX. */
struct out {
    size_t n, others;
    lf_view json[MOST];
    const struct lf_json *tree[MOST];
};

static void faulty(void *ctx, const struct lf_stix_fault *f)
{
    (void)ctx;
    CHECK(f->advice, "%.*s: %.*s", LF_FMT(f->path), LF_FMT(f->text));
}

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct out *o = ctx;
    const struct lf_json *tree;
    lf_view json = lf_arena_copy(&d.life, lf_row_text(r, 3));

    CHECK_OK(lf_json_parse(&d.life, json, NULL, &tree, e), e);
    lf_stix_check(&d.arena, tree, faulty, NULL);
    if (!lf_view_is(lf_json_str(tree, "type"), "sighting")) {
        o->others++;
    } else if (o->n < MOST) {
        o->json[o->n] = json;
        o->tree[o->n++] = tree;
    }
    return LF_OK;
}

static struct out told(void)
{
    struct lf_err e = { 0 };
    struct out o = { 0 };

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_sighting_turn(&d.t, &e), &e);
    CHECK_OK(lf_db_run(d.db, &d.t.scope, &lf_q_outbox_list, LF_ARGS(LF_INT(MOST)), take, &o, NULL, &e), &e);
    return o;
}

static int64_t count_of(const struct out *o, size_t i)
{
    int64_t n = -1;

    if (i < o->n)
        (void)lf_json_int(o->tree[i], "count", &n);
    return n;
}

static void hits_of_a_window_are_one_object_and_the_next_window_is_longer(void)
{
    lf_view id;
    struct out o;

    open_node(plain);
    id = given(&parent, 1, "evil.test", "amber");
    seen(id, "www.evil.test", 3);
    seen(id, "evil.test", 4);
    o = told();
    CHECK(o.n == 0, "told before its window closed");
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1 && count_of(&o, 0) == 7, "%zu told, %lld hits", o.n, (long long)count_of(&o, 0));
    CHECK(lf_view_eq(lf_json_str(o.tree[0], "sighting_of_ref"), id), "of another");
    CHECK(lf_view_eq(lf_json_text(lf_json_item(lf_json_get(o.tree[0], LF_V("where_sighted_refs")), 0)),
                     d.self.node),
          "where");
    CHECK(lf_json_get(o.tree[0], LF_V("object_marking_refs")) != NULL,
          "the marking of the indicator is gone");
    CHECK(o.others == 0, "more than sightings left");
    seen(id, "evil.test", 5);
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1, "the second window is as short as the first");
    d.now += LF_SIGHTING_LATER;
    o = told();
    CHECK(o.n == 2 && count_of(&o, 1) == 5, "%zu told", o.n);
    CHECK(o.n == 2 && !lf_view_eq(lf_json_str(o.tree[0], "id"), lf_json_str(o.tree[1], "id")),
          "two windows, one id");
    o = told();
    CHECK(o.n == 2, "told twice");
    node_close(&d);
}

static void what_is_told_again_counts_once(void)
{
    struct lf_sighting_row row;
    struct lf_err e = { 0 };
    uint64_t at;
    lf_view id;
    struct out o;

    open_node(plain);
    id = given(&parent, 1, "evil.test", "");
    seen(id, "evil.test", 3);
    place--;
    seen(id, "evil.test", 3);
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1 && count_of(&o, 0) == 3, "%lld", (long long)count_of(&o, 0));
    CHECK_OK(lf_sighting_get(&d.t, id, &row, &e), &e);
    CHECK(row.count == 3, "%lld", (long long)row.count);
    CHECK_OK(lf_sighting_place(&d.t, &at, &e), &e);
    CHECK(at == 0, "a place out of nothing");
    CHECK_OK(lf_sighting_placed(&d.t, 9, &e), &e);
    CHECK_OK(lf_sighting_placed(&d.t, 5, &e), &e);
    CHECK_OK(lf_sighting_place(&d.t, &at, &e), &e);
    CHECK(at == 9, "the place went back");
    node_close(&d);
}

static void what_the_node_above_does_not_know_is_not_told(void)
{
    struct lf_err e = { 0 };
    lf_view draft, ours;
    bool shared;
    struct out o;

    open_node(plain);
    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_indicator_from_alert(&d.t,
                                     &(struct lf_indicator_alert){ .kind = LF_OBS_DOMAIN,
                                                                   .value = LF_V("draft.test"),
                                                                   .evidence = 1,
                                                                   .level = LF_LEVEL_HIGH,
                                                                   .alert = LF_V(""),
                                                                   .incident = LF_V("") },
                                     &draft, &shared, &e),
             &e);
    draft = lf_arena_copy(&d.life, draft);
    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_indicator_from_alert(&d.t,
                                     &(struct lf_indicator_alert){ .kind = LF_OBS_DOMAIN,
                                                                   .value = LF_V("both.test"),
                                                                   .evidence = 2,
                                                                   .level = LF_LEVEL_HIGH,
                                                                   .alert = LF_V(""),
                                                                   .incident = LF_V("") },
                                     &ours, &shared, &e),
             &e);
    ours = lf_arena_copy(&d.life, ours);
    CHECK(shared, "not shared");
    seen(draft, "draft.test", 1);
    seen(LF_V("indicator--40000000-0000-4000-8000-000000000000"), "posted.test", 1);
    seen(ours, "both.test", 2);
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1 && lf_view_eq(lf_json_str(o.tree[0], "sighting_of_ref"), ours), "%zu told", o.n);
    /* The parent's for the same value takes its place: one hit is told once. */
    given(&parent, 5, "both.test", "");
    d.now += 2 * LF_HOUR;
    seen(ours, "both.test", 2);
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1, "%zu told of a value that the parent's indicator stands for", o.n);
    node_close(&d);
}

static void a_value_goes_along_only_where_the_policy_says_so(void)
{
    lf_view id;
    struct out o;

    open_node(open_policy);
    id = given(&parent, 1, "evil.test", "");
    seen(id, "www.evil.test", 3);
    d.now += LF_SIGHTING_SOON;
    o = told();
    CHECK(o.n == 1 && o.others == 2, "%zu others", o.others);
    CHECK(o.n == 1 && lf_json_get(o.tree[0], LF_V("observed_data_refs")) != NULL, "no reference");
    node_close(&d);
}

static void a_members_sighting_counts_once_by_its_last_version_and_goes_on_without_its_name(void)
{
    struct lf_sighting_sum sum;
    struct lf_err e = { 0 };
    lf_view id, json;
    struct out o;

    open_node(plain);
    id = given(&parent, 1, "evil.test", "");
    for (int version = 0; version < 3; version++) {
        act_as(LF_ROLE_PEER);
        json = lf_arena_printf(
            d.t.a,
            "{\"type\":\"sighting\",\"spec_version\":\"2.1\",\"id\":\"sighting--50000000-0000-4000-8000-"
            "000000000000\","
            "\"created_by_ref\":\"%.*s\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-"
            "01T00:00:0%d.000Z\","
            "\"first_seen\":\"2026-01-01T00:00:00Z\",\"last_seen\":\"2026-01-01T00:00:00Z\",\"count\":%d,"
            "\"sighting_of_ref\":\"%.*s\",\"where_sighted_refs\":[\"%.*s\"]}",
            LF_FMT(member.node), version == 2 ? 0 : version + 1, 4 + version, LF_FMT(id),
            LF_FMT(member.node));
        CHECK_OK(lf_sighting_receive(&d.t, &member, json, &e), &e);
    }
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_sighting_sum(&d.t, id, &sum, &e), &e);
    CHECK(sum.members == 1 && sum.count == 5, "%lld of %lld", (long long)sum.count, (long long)sum.members);
    o = told();
    CHECK(o.n >= 2 && lf_view_eq(lf_json_str(o.tree[0], "id"), lf_json_str(o.tree[1], "id")), "%zu", o.n);
    for (size_t i = 0; i < o.n; i++)
        CHECK(lf_view_find(o.json[i], member.node) == SIZE_MAX &&
                  lf_view_eq(lf_json_str(o.tree[i], "created_by_ref"), d.self.node),
              "the member's name left");
    act_as(LF_ROLE_PEER);
    json = lf_arena_printf(d.t.a,
                           "{\"type\":\"sighting\",\"spec_version\":\"2.1\",\"id\":\"sighting--60000000-0000-"
                           "4000-8000-000000000000\","
                           "\"created_by_ref\":\"identity--20000000-0000-4000-8000-000000000009\","
                           "\"created\":\"2026-01-01T00:00:00.000Z\","
                           "\"modified\":\"2026-01-01T00:00:00.000Z\",\"sighting_of_ref\":\"%.*s\"}",
                           LF_FMT(id));
    CHECK(lf_sighting_receive(&d.t, &member, json, &e) == LF_FORBIDDEN, "it spoke for another");
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(hits_of_a_window_are_one_object_and_the_next_window_is_longer);
    RUN(what_is_told_again_counts_once);
    RUN(what_the_node_above_does_not_know_is_not_told);
    RUN(a_value_goes_along_only_where_the_policy_says_so);
    RUN(a_members_sighting_counts_once_by_its_last_version_and_goes_on_without_its_name);
    DONE();
}
