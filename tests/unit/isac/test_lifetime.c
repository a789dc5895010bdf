#include "isac/lifetime.h"

#include "isac/object.h"
#include "isac/watch.h"
#include "node.h"

static void post(struct node *d, lf_view c, const char *type, unsigned n, unsigned day, const char *more)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;
    lf_view json =
        lf_arena_printf(&d->arena,
                        "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s--00000000-0000-4000-8000-"
                        "%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-%02uT00:00:"
                        "00.000Z\",\"name\":\"x\"%s}",
                        type, type, n, day, more);

    CHECK_OK(lf_stix_read(&d->arena, json, &s, &e), &e);
    CHECK_OK(lf_db_save(d->db, &e), &e); /* a task of its own, as days lie between */
    CHECK_OK(lf_object_post(&d->t, c, &s, json, &fresh, &e), &e);
    CHECK_OK(lf_db_release(d->db, &e), &e);
}

static size_t count(struct node *d, lf_view c)
{
    struct lf_object_filter f = { .after = -1, .limit = 1000, .v_all = true };
    const struct lf_object *o;
    struct lf_err e = { 0 };
    size_t n = 0;
    bool more;

    CHECK_OK(lf_object_list(&d->t, c, &f, &n, &o, &more, &e), &e);
    return n;
}

static void turn(struct node *d)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_lifetime_turn(&d->t, &e), &e);
}

static void open_world(struct node *d, uint64_t seed, lf_view *c)
{
    struct lf_err e = { 0 };

    node_open(d, "sector", "sector", seed);
    CHECK_OK(lf_db_begin(d->db, &e), &e);
    CHECK_OK(lf_collection_create(&d->t, LF_V("one"), LF_V("one"), LF_V("share"), LF_V("share"), c, &e), &e);
    *c = lf_arena_copy(&d->life, *c);
    node_task(d, LF_ROLE_ADMIN, LF_V("boss"));
}

static void objects_go_by_type_when_their_last_version_is_old(void)
{
    const struct lf_lifetime tools = { LF_VIEW("tool"), 10, 0 };
    struct node d;
    struct lf_err e = { 0 };
    lf_view c = { 0 };

    open_world(&d, 1, &c);
    post(&d, c, "tool", 1, 1, "");
    post(&d, c, "tool", 2, 1, "");
    post(&d, c, "malware", 3, 1, ",\"is_family\":true");
    d.now += 9 * LF_DAY;
    post(&d, c, "tool", 2, 2, ""); /* it is kept up */
    d.now += 2 * LF_DAY;
    turn(&d);
    CHECK(count(&d, c) == 4, "without a policy nothing goes");
    CHECK_OK(lf_lifetime_set(&d.t, &tools, &e), &e);
    turn(&d);
    CHECK(count(&d, c) == 3, "the tool that nobody kept up is gone: %zu", count(&d, c));
    d.now += 9 * LF_DAY;
    turn(&d);
    turn(&d);
    CHECK(count(&d, c) == 1, "then the other with all its versions, and not the malware: %zu", count(&d, c));
    node_close(&d);
}

static void replaced_versions_have_a_life_of_their_own(void)
{
    const struct lf_lifetime old = { LF_VIEW("tool"), 0, 5 };
    struct node d;
    struct lf_err e = { 0 };
    lf_view c = { 0 };

    open_world(&d, 2, &c);
    for (unsigned day = 1; day <= 8; day++) {
        post(&d, c, "tool", 1, day, "");
        d.now += LF_DAY;
    }
    CHECK_OK(lf_lifetime_set(&d.t, &old, &e), &e);
    turn(&d);
    CHECK(count(&d, c) == 5, "those of the last five days and the last one: %zu", count(&d, c));
    d.now += 100 * LF_DAY;
    turn(&d);
    CHECK(count(&d, c) == 1, "the last stays");
    node_close(&d);
}

static void an_indicator_that_goes_is_looked_for_no_more(void)
{
    const struct lf_lifetime l = { LF_VIEW("indicator"), 1, 0 };
    struct node d;
    struct lf_err e = { 0 };
    struct lf_watch_row row;
    struct lf_stix s;
    lf_view c = { 0 }, json;
    bool fresh;
    struct lf_object_batch *b;

    open_world(&d, 3, &c);
    json = LF_V(
        "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--00000000-0000-4000-8000-"
        "000000000001\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
        "\"pattern\":\"[domain-name:value = 'a.example']\",\"pattern_type\":\"stix\",\"valid_from\":"
        "\"2026-01-01T00:00:00Z\"}");
    CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
    CHECK_OK(lf_object_batch_open(&d.t, c, 1, &b, &e), &e);
    CHECK_OK(lf_object_batch_post(&d.t, b, &s, json, &fresh, &e), &e);
    CHECK_OK(lf_watch_post(&d.t, &s, lf_object_batch_seq(b), false, &e), &e);
    CHECK_OK(lf_watch_get(&d.t, s.id, &row, &e), &e);
    CHECK_OK(lf_lifetime_set(&d.t, &l, &e), &e);
    d.now += 2 * LF_DAY;
    turn(&d);
    CHECK(count(&d, c) == 0 && lf_watch_get(&d.t, s.id, &row, &e) == LF_NOT_FOUND, "it is not");
    node_close(&d);
}

static void a_collection_is_removed_with_what_is_in_it_alone(void)
{
    struct node d;
    struct lf_err e = { 0 };
    struct lf_collection found;
    lf_view c = { 0 }, other = { 0 }, up = { 0 };
    bool left = true;

    open_world(&d, 5, &c);
    CHECK_OK(lf_collection_make(&d.t, LF_V("two"), LF_V(""), LF_V("share"), LF_V("share"), &other, &e), &e);
    CHECK_OK(lf_collection_create(&d.t, LF_V("up"), LF_V(""), LF_V(""), LF_V("children"), &up, &e), &e);
    post(&d, c, "tool", 1, 1, "");
    post(&d, c, "tool", 1, 2, "");
    post(&d, c, "tool", 1, 3, "");
    post(&d, other, "tool", 1, 1, "");
    post(&d, c, "malware", 2, 1, ",\"is_family\":true");
    CHECK_OK(lf_collection_remove(&d.t, LF_V("one"), &left, &e), &e);
    CHECK(!left && lf_collection_find(&d.t, c, &found, &e) == LF_NOT_FOUND, "it is gone");
    CHECK(count(&d, other) == 1, "what lies elsewhere, too, stays there: %zu", count(&d, other));
    CHECK(lf_collection_remove(&d.t, up, &left, &e) == LF_CONFLICT, "links stand on it");
    CHECK(lf_collection_remove(&d.t, LF_V("one"), &left, &e) == LF_NOT_FOUND, "once");
    node_close(&d);
}

static void a_large_collection_goes_in_parts_and_takes_nothing_meanwhile(void)
{
    struct node d;
    struct lf_err e = { 0 };
    struct lf_collection found;
    lf_view c = { 0 };
    bool left = false;

    open_world(&d, 6, &c);
    for (unsigned i = 0; i < LF_COLLECTION_SWEEP + 5; i++)
        post(&d, c, "tool", i, 1, "");
    CHECK_OK(lf_collection_remove(&d.t, c, &left, &e), &e);
    CHECK_OK(lf_collection_find(&d.t, c, &found, &e), &e);
    CHECK(left && count(&d, c) == 5, "a part: %zu", count(&d, c));
    CHECK(found.can_read && !found.can_write, "read until it is gone, and not written");
    CHECK_OK(lf_collection_remove(&d.t, c, &left, &e), &e);
    CHECK(!left && lf_collection_find(&d.t, c, &found, &e) == LF_NOT_FOUND, "the rest");
    node_close(&d);
}

static void only_an_administrator_and_only_what_can_be(void)
{
    const struct lf_lifetime ok = { LF_VIEW("tool"), 1, 0 }, bad = { LF_VIEW("No Type"), 1, 0 },
                             less = { LF_VIEW("tool"), -1, 0 };
    struct node d;
    struct lf_err e = { 0 };
    lf_view c = { 0 };

    open_world(&d, 4, &c);
    CHECK(lf_lifetime_set(&d.t, &bad, &e) == LF_BAD_INPUT && lf_lifetime_set(&d.t, &less, &e) == LF_BAD_INPUT,
          "refused");
    node_task(&d, LF_ROLE_ANALYST, LF_V("ana"));
    CHECK(lf_lifetime_set(&d.t, &ok, &e) == LF_FORBIDDEN, "an analyst");
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(objects_go_by_type_when_their_last_version_is_old);
    RUN(replaced_versions_have_a_life_of_their_own);
    RUN(an_indicator_that_goes_is_looked_for_no_more);
    RUN(a_collection_is_removed_with_what_is_in_it_alone);
    RUN(a_large_collection_goes_in_parts_and_takes_nothing_meanwhile);
    RUN(only_an_administrator_and_only_what_can_be);
    DONE();
}
