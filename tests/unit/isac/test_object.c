#include "isac/object.h"

#include <time.h>

#include "isac/entry.h"
#include "isac/seed.h"
#include "node.h"
#include "store/query_intelligence.h"

static lf_view tool(struct lf_arena *a, unsigned id, unsigned day)
{
    return lf_arena_printf(
        a,
        "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-"
        "%012u\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-%02uT00:00:00Z\","
        "\"name\":\"x\"}",
        id, day);
}

static lf_time instant(const char *text)
{
    lf_time t = 0;

    CHECK(lf_stix_time(lf_view_of(text), &t, NULL) == LF_OK, "%s", text);
    return t;
}

static bool put(struct node *d, lf_view c, const char *origin, lf_view json)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh = false;

    CHECK_OK(lf_stix_read(&d->arena, json, &s, &e), &e);
    CHECK_OK(lf_object_add(&d->t, c, lf_view_of(origin), &s, json, &fresh, &e), &e);
    return fresh;
}

static size_t count(struct node *d, lf_view c, struct lf_object_filter f, const struct lf_object **items,
                    bool *more)
{
    struct lf_err e = { 0 };
    size_t n = 0;

    f.bodies = true;
    CHECK_OK(lf_object_list(&d->t, c, &f, &n, items, more, &e), &e);
    return n;
}

static void date_added_rises_though_the_clock_stands_or_steps_back(void)
{
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };
    const struct lf_object *o;
    bool more;
    lf_time before = 0;

    node_open(&d, "a", "provider", 1);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (unsigned i = 0; i < 50; i++) {
        if (i == 20)
            d.now -= LF_HOUR;
        CHECK(put(&d, id[0], "", tool(&d.arena, i, 1)), "fresh %u", i);
        CHECK(!put(&d, id[0], "", tool(&d.arena, i, 1)), "again %u", i);
    }
    CHECK(count(&d, id[0], (struct lf_object_filter){ .after = -1, .limit = 100, .v_last = true }, &o,
                &more) == 50 &&
              !more,
          "all are there once");
    for (size_t i = 0; i < 50; i++) {
        CHECK(o[i].added > before, "entry %zu", i);
        before = o[i].added;
    }
    node_close(&d);
}

static void paging_by_date_added_loses_nothing(void)
{
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };

    node_open(&d, "a", "provider", 2);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (unsigned i = 0; i < 40; i++)
        put(&d, id[0], "", tool(&d.arena, i / 2, 1 + i % 2));
    for (size_t limit = 1; limit < 45; limit += 3) {
        struct lf_object_filter f = { .after = -1, .limit = limit, .v_all = true };
        const struct lf_object *o;
        size_t all = 0, n;
        bool more = true;

        while (more) {
            n = count(&d, id[0], f, &o, &more);
            all += n;
            if (n)
                f.after = o[n - 1].added;
            CHECK(n <= limit, "page over its limit");
        }
        CHECK(all == 40, "limit %zu gave %zu", limit, all);
    }
    node_close(&d);
}

static void first_and_last_hold_whatever_the_order_and_after_a_deletion(void)
{
    static const unsigned days[] = { 3, 1, 5, 2, 4 };
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };
    const struct lf_object *o;
    struct lf_object gone;
    bool more;

    node_open(&d, "a", "provider", 3);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (size_t i = 0; i < 5; i++)
        put(&d, id[0], "", tool(&d.arena, 1, days[i]));
    CHECK(count(&d, id[0], (struct lf_object_filter){ .after = -1, .limit = 9, .v_first = true }, &o,
                &more) == 1 &&
              o->version_at == instant("2026-01-01T00:00:00Z"),
          "first");
    CHECK(count(&d, id[0], (struct lf_object_filter){ .after = -1, .limit = 9, .v_last = true }, &o, &more) ==
                  1 &&
              o->version_at == instant("2026-01-05T00:00:00Z"),
          "last");
    gone = *o;
    CHECK_OK(lf_object_delete(&d.t, id[0], &gone, &e), &e);
    CHECK(count(&d, id[0], (struct lf_object_filter){ .after = -1, .limit = 9, .v_last = true }, &o, &more) ==
                  1 &&
              o->version_at == instant("2026-01-04T00:00:00Z"),
          "last after the deletion");
    CHECK(put(&d, id[0], "", tool(&d.arena, 1, 5)), "what was deleted is new again");
    node_close(&d);
}

static void one_peer_cannot_shadow_what_another_sent(void)
{
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };

    node_open(&d, "a", "nation", 4);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    CHECK(put(&d, id[0], "peer-1", tool(&d.arena, 1, 1)), "first peer");
    CHECK(put(&d, id[0], "peer-2", tool(&d.arena, 1, 1)), "the second peer's is still new to us");
    CHECK(!put(&d, id[0], "peer-2", tool(&d.arena, 1, 1)), "its own again is not");
    node_close(&d);
}

static void rights_are_those_of_who_asks(void)
{
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };
    struct lf_collection c;
    const struct lf_collection *list;
    size_t n;

    node_open(&d, "a", "nation", 5);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    CHECK_CODE(lf_collection_get(&d.t, LF_V("rw"), &c, &e), LF_NOT_FOUND); /* the system has no role there */
    node_task(&d, LF_ROLE_SHARE, LF_V("account"));
    CHECK_OK(lf_collection_get(&d.t, LF_V("wo"), &c, &e), &e);
    CHECK(!c.can_read && c.can_write, "write only");
    CHECK_CODE(lf_collection_get(&d.t, LF_V("none"), &c, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_collection_get(&d.t, LF_V("up"), &c, &e), LF_NOT_FOUND);
    CHECK_OK(lf_collection_list(&d.t, &n, &list, &e), &e);
    CHECK(n == 5, "%zu", n);
    node_task(&d, LF_ROLE_READER, LF_V("account"));
    CHECK_OK(lf_collection_get(&d.t, LF_V("rw"), &c, &e), &e);
    CHECK(c.can_read && !c.can_write, "a reader only reads");
    node_task(&d, LF_ROLE_PEER, LF_V("peer:1"));
    CHECK_OK(lf_collection_list(&d.t, &n, &list, &e), &e);
    CHECK(n == 2, "a child sees members and up, not %zu", n);
    node_close(&d);
}

static void what_an_account_posts_is_held_to_the_version_before_it(void)
{
    static const struct {
        const char *name, *modified, *creator, *more;
        enum lf_code want;
    } rows[] = {
        { "the first", "2026-02-01", "1", "", LF_OK },
        { "another's", "2026-03-01", "2", "", LF_UNACCEPTED },
        { "another's that is older", "2026-01-15", "2", "", LF_UNACCEPTED },
        { "nobody's", "2026-03-01", "", "", LF_UNACCEPTED },
        { "its creator's", "2026-03-01", "1", "", LF_OK },
        { "the same again, whoever says so", "2026-03-01", "2", "", LF_OK },
        { "the revocation", "2026-04-01", "1", ",\"revoked\":true", LF_OK },
        { "after it", "2026-05-01", "1", "", LF_UNACCEPTED },
        { "late, from before it", "2026-03-15", "1", "", LF_OK },
    };
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };

    node_open(&d, "a", "provider", 1);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view by =
            rows[i].creator[0]
                ? lf_arena_printf(&d.arena,
                                  ",\"created_by_ref\":\"identity--00000000-0000-4000-8000-00000000000%s\"",
                                  rows[i].creator)
                : LF_V("");
        lf_view json = lf_arena_printf(
            &d.arena,
            "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-"
            "000000000009\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"%sT00:00:00Z\"%.*s%s}",
            rows[i].modified, LF_FMT(by), rows[i].more);
        struct lf_stix s;
        bool fresh;

        CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
        CHECK(lf_object_post(&d.t, id[0], &s, json, &fresh, &e) == rows[i].want, "%s: %s", rows[i].name,
              e.text);
    }
    CHECK(put(&d, id[0], "peer", tool(&d.arena, 9, 20)), "what a peer passes on is not held to it");
    node_close(&d);
}

/* Whether the collection has it, and takes the same version no second time. */
static bool held(struct node *d, lf_view c, unsigned id)
{
    struct lf_object_filter f = { .after = -1, .limit = 1, .nid = 1, .v_last = true };
    const struct lf_object *o;
    bool more;

    f.id[0] = lf_arena_printf(&d->arena, "tool--00000000-0000-4000-8000-%012u", id);
    return count(d, c, f, &o, &more) == 1 && !put(d, c, "", tool(&d->arena, id, 1));
}

static void objects_are_found_while_their_ids_are_put_among_the_old(void)
{
    enum { MANY = 2 * LF_ENTRY_SETTLE + 50 };
    struct node d;
    struct lf_err e = { 0 };
    struct lf_object_filter two = { .after = -1, .limit = 1, .nid = 1, .v_last = true };
    const struct lf_object *o;
    lf_view id[4] = { 0 };
    unsigned turns = 0, later = MANY;
    bool more, rest;
    int64_t n;

    node_open(&d, "a", "provider", 7);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (int i = 0; i < 4; i++)
        id[i] = lf_arena_copy(&d.life, id[i]);
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    for (unsigned i = 0; i < MANY; i++) {
        node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
        (void)put(&d, id[0], "", tool(&d.arena, i, 1));
    }
    CHECK_OK(lf_db_commit(d.db, &e), &e);
    CHECK_OK(lf_entry_settle(&d.t, &more, &e), &e);
    CHECK(!more, "so few stay where they are");
    CHECK_OK(lf_db_int(d.db, &d.t.scope, &lf_q_isac_reserve,
                       LF_ARGS(LF_INT(LF_ENTRY_YOUNG), LF_TEXT(LF_V("stix"))), &n, &e),
             &e);
    do {
        CHECK_OK(lf_entry_settle(&d.t, &more, &e), &e);
        turns++;
        for (unsigned i = 0; i < MANY; i += MANY / 40)
            CHECK(held(&d, id[0], i), "object %u after %u turns", i, turns);
        CHECK(put(&d, id[0], "", tool(&d.arena, later, 1)), "one that comes meanwhile is new");
        CHECK(held(&d, id[0], later), "and found");
        later++;
        if (turns == 1)
            for (unsigned i = 0; i < 20; i++) { /* some lie here, some there */
                two.id[0] =
                    lf_arena_printf(&d.arena, "tool--00000000-0000-4000-8000-%012u", 1 + i * (MANY / 25));
                CHECK(count(&d, id[0], two, &o, &rest) == 1, "it is there");
                CHECK_OK(lf_object_delete(&d.t, id[0], &o[0], &e), &e);
                CHECK(count(&d, id[0], two, &o, &rest) == 0, "and was deleted");
                CHECK(put(&d, id[0], "", tool(&d.arena, 1 + i * (MANY / 25), 1)), "it comes as new");
            }
    } while (more);
    CHECK(turns == 3, "%u turns for two slices and a rest", turns);
    CHECK_OK(lf_entry_settle(&d.t, &more, &e), &e);
    CHECK(!more, "the round is over");
    CHECK_OK(lf_db_int(d.db, &d.t.scope, &lf_q_isac_reserve,
                       LF_ARGS(LF_INT(LF_ENTRY_YOUNG), LF_TEXT(LF_V("stix"))), &n, &e),
             &e);
    CHECK_OK(lf_entry_settle(&d.t, &more, &e), &e);
    CHECK(!more, "what came meanwhile is one slice");
    CHECK(lf_db_int(d.db, &d.t.scope, &lf_q_id_young, LF_ARGS(LF_INT(INT64_MIN), LF_INT(0)), &n, &e) ==
              LF_NOT_FOUND,
          "all are old");
    for (unsigned i = 0; i < later; i += later / 40)
        CHECK(held(&d, id[0], i), "object %u at the end", i);
    node_close(&d);
}

static int64_t nanoseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* To PostgreSQL each change of a row is one more version to walk past until the transaction ends. */
static void objects_of_one_transaction_cost_alike_from_first_to_last(void)
{
    enum { PART = 100, PARTS = 60, SEEN = 15 };
    int64_t took[PARTS], from;
    struct node d;
    struct lf_err e = { 0 };
    lf_view id[4] = { 0 };

    node_open(&d, "a", "provider", 8);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    for (int i = 0; i < 4; i++)
        id[i] = lf_arena_copy(&d.life, id[i]);
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    for (unsigned p = 0; p < PARTS; p++) {
        from = nanoseconds();
        for (unsigned i = 0; i < PART; i++) {
            node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
            (void)put(&d, id[0], "", tool(&d.arena, p * PART + i, 1));
        }
        took[p] = nanoseconds() - from;
    }
    CHECK_OK(lf_db_commit(d.db, &e), &e);
    /* Medians of the first and of the last: others use the machine too. */
    qsort(took, SEEN, sizeof *took, by_size);
    qsort(took + PARTS - SEEN, SEEN, sizeof *took, by_size);
    printf("# %.3f ms each among the first, %.3f among the last\n", (double)took[SEEN / 2] / PART / 1e6,
           (double)took[PARTS - SEEN + SEEN / 2] / PART / 1e6);
    CHECK(took[PARTS - SEEN + SEEN / 2] < 3 * took[SEEN / 2], "the last of %d cost more than the first",
          PARTS * PART);
    node_close(&d);
}

/* What peers hand in, version after version. */
static enum lf_code from_peer(struct node *n, lf_view collection, const char *peer, const char *creator,
                              const char *modified, bool revoked, struct lf_err *e)
{
    lf_view json = lf_arena_printf(
        &n->life,
        "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-0000000000aa\","
        "\"created_by_ref\":\"identity--00000000-0000-4000-8000-00000000000%s\",\"created\":"
        "\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-0%sT00:00:00.000Z\",\"name\":\"n\"%s}",
        creator, modified, revoked ? ",\"revoked\":true" : "");
    struct lf_stix s;
    bool fresh;

    node_task(n, LF_ROLE_PEER, lf_arena_printf(&n->life, "peer:%s", peer));
    LF_TRY(lf_stix_read(n->t.a, json, &s, e));
    return lf_object_add(&n->t, collection, lf_view_of(peer), &s, json, &fresh, e);
}

static void a_peer_is_held_to_the_versions_that_it_handed_in_itself(void)
{
    struct lf_err e = { 0 };
    lf_view c = { "", 0 };
    struct node n;

    node_open(&n, "sector", "sector", 77);
    CHECK_OK(lf_db_begin(n.db, &e), &e);
    node_task(&n, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_collection_create(&n.t, LF_V("up"), LF_V("up"), LF_V("share"), LF_V("share"), &c, &e), &e);
    c = lf_arena_copy(&n.life, c);
    CHECK_OK(from_peer(&n, c, "p1", "1", "1", false, &e), &e);
    CHECK_OK(from_peer(&n, c, "p1", "1", "1", false, &e), &e); /* the same again */
    CHECK_OK(from_peer(&n, c, "p1", "1", "2", false, &e), &e);
    CHECK_CODE(from_peer(&n, c, "p1", "2", "3", false, &e), LF_UNACCEPTED);
    CHECK(strstr(e.text, "only its creator"), "%s", e.text);
    /* Another node's word on the same id is its own, and ends nothing of the first one's. */
    CHECK_OK(from_peer(&n, c, "p2", "2", "4", true, &e), &e);
    CHECK_OK(from_peer(&n, c, "p1", "1", "5", true, &e), &e);
    CHECK_OK(from_peer(&n, c, "p1", "1", "3", false, &e), &e); /* one that was late */
    CHECK_OK(from_peer(&n, c, "p1", "1", "6", false, &e), &e); /* its own revocation taken back */
    CHECK_CODE(from_peer(&n, c, "p2", "1", "7", false, &e), LF_UNACCEPTED);
    CHECK_OK(lf_db_commit(n.db, &e), &e);
    node_close(&n);
}

static void what_comes_together_is_ordered_by_type_as_it_came(void)
{
    static const lf_view types[] = { LF_VIEW("identity"), LF_VIEW("indicator"),          LF_VIEW("malware"),
                                     LF_VIEW(""),         LF_VIEW("marking-definition"), LF_VIEW("malware"),
                                     LF_VIEW("identity"), LF_VIEW("indicator") };
    static const size_t want[] = { 4, 0, 6, 1, 7, 2, 5, 3 };
    enum { MANY = 5000 };
    lf_view *many;
    bool *seen;
    struct lf_arena a = { 0 };
    const size_t *order = lf_object_order(&a, types, sizeof types / sizeof *types);

    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK(order[i] == want[i], "place %zu: %zu", i, order[i]);
    CHECK(lf_object_order(&a, NULL, 0), "nothing has an order");
    /* Each with a type of its own: each once, and those beyond the groups as they came. */
    many = LF_NEW(&a, lf_view, MANY);
    seen = LF_NEW(&a, bool, MANY);
    for (size_t i = 0; i < MANY; i++)
        many[i] = lf_arena_printf(&a, "x-%zu", i * 7919 % MANY);
    order = lf_object_order(&a, many, MANY);
    for (size_t i = 0; i < MANY; i++) {
        CHECK(order[i] < MANY && !seen[order[i]], "%zu", i);
        CHECK(i <= LF_OBJECT_GROUPS || order[i] > order[i - 1], "%zu", i);
        seen[order[i]] = true;
    }
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(what_an_account_posts_is_held_to_the_version_before_it);
    RUN(date_added_rises_though_the_clock_stands_or_steps_back);
    RUN(paging_by_date_added_loses_nothing);
    RUN(first_and_last_hold_whatever_the_order_and_after_a_deletion);
    RUN(one_peer_cannot_shadow_what_another_sent);
    RUN(rights_are_those_of_who_asks);
    RUN(objects_are_found_while_their_ids_are_put_among_the_old);
    RUN(objects_of_one_transaction_cost_alike_from_first_to_last);
    RUN(a_peer_is_held_to_the_versions_that_it_handed_in_itself);
    RUN(what_comes_together_is_ordered_by_type_as_it_came);
    DONE();
}
