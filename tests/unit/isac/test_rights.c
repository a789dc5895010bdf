#include "isac/rights.h"

#include "base/crypto.h"
#include "isac/group.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "node.h"
#include "store/query_intelligence.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define STRICT "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
#define AMBER "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
#define OTHER "marking-definition--00000000-0000-4000-8000-000000000001"

/* A sector with two providers below and the nation above; what lies in `c` all may read. */
struct world {
    struct node d;
    lf_view c, own;
    struct lf_peer peers[3]; /* two children, the parent */
};

static void add_peer(struct world *w, unsigned i, enum lf_peer_kind kind, const char *tier)
{
    struct node *d = &w->d;
    struct lf_err e = { 0 };
    struct lf_peer *p = &w->peers[i];
    uint8_t pin[LF_SHA256] = { (uint8_t)(i + 1) };

    *p = (struct lf_peer){ .kind = kind, .tier = lf_view_of(tier) };
    p->id = lf_arena_printf(&d->life, "00000000-0000-4000-8000-00000000001%u", i);
    p->node = lf_arena_printf(&d->life, "identity--00000000-0000-4000-8000-00000000002%u", i);
    CHECK_OK(lf_db_exec(d->db, &d->t.scope, &lf_q_peer_add,
                        LF_ARGS(LF_TEXT(p->id), LF_INT(kind), LF_INT(LF_PEER_ACTIVE), LF_TEXT(p->node),
                                LF_TEXT(p->node), LF_TEXT(p->tier), LF_TEXT(LF_V("")),
                                LF_TEXT(lf_hex(&d->arena, pin, sizeof pin)), LF_TEXT(LF_V("")),
                                LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                                LF_TEXT(LF_V("")), LF_INT(1), LF_INT(1)),
                        &e),
             &e);
}

static void as_system(struct world *w)
{
    node_task(&w->d, LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_READER, LF_V("system"));
}

static void as_person(struct world *w, unsigned roles, const char *name)
{
    node_task(&w->d, roles, lf_view_of(name));
}

static void as_peer(struct world *w, unsigned i)
{
    node_task(&w->d, LF_ROLE_PEER, lf_arena_printf(&w->d.life, "peer:%.*s", LF_FMT(w->peers[i].id)));
}

static void world_open(struct world *w, uint64_t seed)
{
    struct lf_err e = { 0 };

    *w = (struct world){ { { 0 } } };
    node_open(&w->d, "sector", "sector", seed);
    add_peer(w, 0, LF_PEER_CHILD, "provider");
    add_peer(w, 1, LF_PEER_CHILD, "provider");
    add_peer(w, 2, LF_PEER_PARENT, "nation");
    CHECK_OK(lf_collection_create(&w->d.t, LF_V("all"), LF_V("all"), LF_V("children share"), LF_V("share"),
                                  &w->c, &e),
             &e);
    w->c = lf_arena_copy(&w->d.life, w->c);
}

static lf_view report(struct lf_arena *a, unsigned id, unsigned day, const char *more)
{
    return lf_arena_printf(
        a,
        "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-%012u\","
        "\"created_by_ref\":\"identity--00000000-0000-4000-8000-000000000020\","
        "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-%02uT00:00:00.000Z\",\"name\":\"n\","
        "\"description\":\"secret words\",\"labels\":[\"a\",\"b\"]%s}",
        id, day, more);
}

static void post(struct world *w, const char *origin, lf_view json)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;

    CHECK_OK(lf_stix_read(&w->d.arena, json, &s, &e), &e);
    if (origin)
        CHECK_OK(lf_object_add(&w->d.t, w->c, lf_view_of(origin), &s, json, &fresh, &e), &e);
    else
        CHECK_OK(lf_object_post(&w->d.t, w->c, &s, json, &fresh, &e), &e);
}

static size_t all(struct world *w, bool last, const struct lf_object **o)
{
    struct lf_object_filter f = { .after = -1, .limit = 100, .bodies = true, .v_all = !last, .v_last = last };
    struct lf_err e = { 0 };
    size_t n = 0;
    bool more;

    CHECK_OK(lf_rights_open(&w->d.t, LF_V("children share"), &f.rights, &e), &e);
    CHECK_OK(lf_object_list(&w->d.t, w->c, &f, &n, o, &more, &e), &e);
    return n;
}

/* How often each reader sees it: handler, viewer, program, its author, child 0, child 1, parent. */
static void seen(struct world *w, unsigned got[7])
{
    const struct lf_object *o;

    as_person(w, LF_ROLE_ANALYST, "ana"), got[0] = (unsigned)all(w, false, &o);
    as_person(w, LF_ROLE_READER, "view"), got[1] = (unsigned)all(w, false, &o);
    as_person(w, LF_ROLE_SHARE, "prog"), got[2] = (unsigned)all(w, false, &o);
    as_person(w, LF_ROLE_SHARE, "author"), got[3] = (unsigned)all(w, false, &o);
    for (unsigned i = 0; i < 3; i++)
        as_peer(w, i), got[4 + i] = (unsigned)all(w, false, &o);
}

#define SEEN(w, ...)                                                                                         \
    do {                                                                                                     \
        unsigned got_[7], want_[7] = __VA_ARGS__;                                                            \
        seen((w), got_);                                                                                     \
        for (size_t i_ = 0; i_ < 7; i_++)                                                                    \
            CHECK(got_[i_] == want_[i_], "reader %zu sees %u, not %u", i_, got_[i_], want_[i_]);             \
    } while (0)

static void an_unmarked_object_is_for_who_reads_the_collection(void)
{
    struct world w;

    world_open(&w, 1);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ""));
    SEEN(&w, { 1, 1, 1, 1, 1, 1, 1 });
    node_close(&w.d);
}

static void red_is_for_its_author_and_who_handles_it(void)
{
    struct world w;

    world_open(&w, 2);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" RED "\"]"));
    SEEN(&w, { 1, 0, 0, 1, 0, 0, 0 });
    node_close(&w.d);
}

static void amber_strict_stays_with_the_people_of_the_organisation(void)
{
    struct world w;

    world_open(&w, 3);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" STRICT "\"]"));
    SEEN(&w, { 1, 1, 0, 1, 0, 0, 0 });
    node_close(&w.d);
}

static void an_unknown_marking_is_the_strictest_until_it_is_known(void)
{
    struct world w;

    world_open(&w, 4);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" OTHER "\"]"));
    SEEN(&w, { 1, 0, 0, 1, 0, 0, 0 });
    /* Another program's word does not count for what this one marked. */
    as_person(&w, LF_ROLE_SHARE, "prog");
    post(&w, NULL,
         LF_V("{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" OTHER
              "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"definition_type\":\"statement\",\"definition\":{"
              "\"statement\":\"for all\"}}"));
    SEEN(&w, { 2, 1, 1, 2, 1, 1, 1 });
    node_close(&w.d);
}

static void its_authors_definition_counts_also_when_it_comes_later(void)
{
    struct world w;

    world_open(&w, 5);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" OTHER "\"]"));
    post(&w, NULL,
         LF_V("{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" OTHER
              "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"definition_type\":\"statement\",\"definition\":{"
              "\"statement\":\"(c)\"}}"));
    SEEN(&w, { 2, 2, 2, 2, 2, 2, 2 });
    node_close(&w.d);
}

static void a_group_is_asked_besides_and_at_once(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_group g;
    lf_view id;

    world_open(&w, 6);
    as_system(&w);
    CHECK_OK(lf_group_create(&w.d.t, LF_V("water"), &id, &e), &e);
    id = lf_arena_copy(&w.d.life, id);
    CHECK_CODE(lf_group_create(&w.d.t, LF_V("water"), &(lf_view){ NULL, 0 }, &e), LF_CONFLICT);
    CHECK_OK(lf_group_add(&w.d.t, id, w.peers[1].node, &e), &e);
    CHECK_OK(lf_group_get(&w.d.t, LF_V("water"), &g, &e), &e);
    CHECK(g.nmembers == 1, "%zu members", g.nmembers);
    g.marking = lf_arena_copy(&w.d.life, g.marking);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL,
         report(&w.d.arena, 1, 1,
                lf_arena_printf(&w.d.life, ",\"object_marking_refs\":[\"%.*s\"]", LF_FMT(g.marking)).ptr));
    SEEN(&w, { 0, 0, 0, 1, 0, 1, 0 });
    as_system(&w);
    CHECK_OK(lf_group_add(&w.d.t, id, LF_V("self"), &e), &e);
    CHECK_OK(lf_group_remove(&w.d.t, id, w.peers[1].node, &e), &e);
    CHECK_OK(lf_group_add(&w.d.t, id, LF_V("tier:nation"), &e), &e);
    SEEN(&w, { 1, 1, 1, 1, 0, 0, 1 });
    as_system(&w);
    CHECK_OK(lf_group_delete(&w.d.t, id, &e), &e);
    SEEN(&w, { 0, 0, 0, 1, 0, 0, 0 });
    node_close(&w.d);
}

static void a_part_is_left_out_of_the_copy_that_takes_its_place(void)
{
    struct world w;
    const struct lf_object *o;
    lf_view id;

    world_open(&w, 7);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL,
         report(&w.d.arena, 1, 1,
                ",\"granular_markings\":[{\"selectors\":[\"description\"],\"marking_ref\":\"" RED "\"},"
                "{\"selectors\":[\"labels.[0]\"],\"marking_ref\":\"" STRICT "\"}]"));
    SEEN(&w, { 1, 1, 1, 1, 1, 1, 1 });
    as_person(&w, LF_ROLE_ANALYST, "ana");
    CHECK(all(&w, true, &o) == 1 && lf_view_find(o[0].json, LF_V("secret")) != SIZE_MAX, "whole");
    as_person(&w, LF_ROLE_READER, "view");
    CHECK(all(&w, true, &o) == 1 && lf_view_find(o[0].json, LF_V("secret")) == SIZE_MAX &&
              lf_view_find(o[0].json, LF_V("[\"a\",\"b\"]")) != SIZE_MAX,
          "without RED, with what is for the organisation: %.*s", LF_FMT(o[0].json));
    as_peer(&w, 1);
    CHECK(all(&w, true, &o) == 1 && lf_view_find(o[0].json, LF_V("secret")) == SIZE_MAX &&
              lf_view_find(o[0].json, LF_V("[\"b\"]")) != SIZE_MAX &&
              lf_view_find(o[0].json, w.d.self.node) != SIZE_MAX &&
              lf_view_find(o[0].json, w.peers[0].node) == SIZE_MAX,
          "without both, by us: %.*s", LF_FMT(o[0].json));
    id = lf_arena_copy(&w.d.life, o[0].id);
    CHECK(!lf_view_is(id, "tool--00000000-0000-4000-8000-000000000001"), "an id of its own");
    /* A new version of the source is one of the copy; its end is the copy's. */
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL,
         report(&w.d.arena, 1, 2,
                ",\"revoked\":true,\"granular_markings\":[{\"selectors\":[\"description\"],\"marking_ref\":"
                "\"" RED "\"},{\"selectors\":[\"labels.[0]\"],\"marking_ref\":\"" STRICT "\"}]"));
    as_peer(&w, 1);
    CHECK(all(&w, true, &o) == 1 && lf_view_eq(o[0].id, id) &&
              lf_view_find(o[0].json, LF_V("\"revoked\":true")) != SIZE_MAX,
          "the last version: %.*s", LF_FMT(o[0].json));
    CHECK(all(&w, false, &o) == 2, "both versions");
    node_close(&w.d);
}

static void a_childs_amber_goes_on_without_the_childs_name(void)
{
    struct world w;
    const struct lf_object *o;

    world_open(&w, 8);
    as_system(&w);
    post(&w, w.peers[0].id.ptr, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" AMBER "\"]"));
    SEEN(&w, { 1, 1, 1, 1, 1, 1, 1 });
    as_peer(&w, 0);
    CHECK(all(&w, true, &o) == 1 && lf_view_is(o[0].id, "tool--00000000-0000-4000-8000-000000000001"),
          "its author has its own");
    for (unsigned i = 1; i < 3; i++) {
        as_peer(&w, i);
        CHECK(all(&w, true, &o) == 1 && !lf_view_is(o[0].id, "tool--00000000-0000-4000-8000-000000000001") &&
                  lf_view_find(o[0].json, w.peers[0].node) == SIZE_MAX &&
                  lf_view_find(o[0].json, LF_V("secret words")) != SIZE_MAX,
              "peer %u: %.*s", i, LF_FMT(o[0].json));
    }
    node_close(&w.d);
}

static void a_hidden_version_is_as_if_it_were_not(void)
{
    struct world w;
    const struct lf_object *o;
    struct lf_rights *r;
    struct lf_err e = { 0 };
    bool known;

    world_open(&w, 9);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" RED "\"]"));
    post(&w, NULL, report(&w.d.arena, 1, 2, ""));
    post(&w, NULL, report(&w.d.arena, 1, 3, ",\"object_marking_refs\":[\"" RED "\"]"));
    post(&w, NULL, report(&w.d.arena, 2, 1, ",\"object_marking_refs\":[\"" RED "\"]"));
    as_peer(&w, 1);
    CHECK(all(&w, true, &o) == 1 && all(&w, false, &o) == 1, "one version, which is the last");
    CHECK_OK(lf_rights_open(&w.d.t, LF_V(""), &r, &e), &e);
    CHECK_OK(lf_object_known(&w.d.t, r, w.c, LF_V("tool--00000000-0000-4000-8000-000000000002"), &known, &e),
             &e);
    CHECK(!known, "what is hidden is not known");
    node_close(&w.d);
}

static void what_one_writes_where_another_hides_the_same_is_there_for_him(void)
{
    struct world w;
    const struct lf_object *o;

    world_open(&w, 10);
    as_person(&w, LF_ROLE_SHARE, "author");
    post(&w, NULL, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" RED "\"]"));
    as_person(&w, LF_ROLE_SHARE, "prog");
    post(&w, NULL, report(&w.d.arena, 1, 1, ""));
    CHECK(all(&w, true, &o) == 1 && lf_view_find(o[0].json, LF_V("object_marking_refs")) == SIZE_MAX,
          "his own");
    as_person(&w, LF_ROLE_ANALYST, "ana");
    CHECK(all(&w, true, &o) == 1, "and nobody has one id twice");
    as_person(&w, LF_ROLE_SHARE, "author");
    CHECK(all(&w, true, &o) == 1 && lf_view_find(o[0].json, LF_V("object_marking_refs")) != SIZE_MAX,
          "nor does the first lose his");
    node_close(&w.d);
}

static void what_was_deleted_leaves_no_copy(void)
{
    struct world w;
    const struct lf_object *o;
    struct lf_err e = { 0 };
    struct lf_object first;

    world_open(&w, 11);
    as_system(&w);
    post(&w, w.peers[0].id.ptr, report(&w.d.arena, 1, 1, ",\"object_marking_refs\":[\"" AMBER "\"]"));
    CHECK(all(&w, true, &o) == 1, "there");
    first = o[0];
    CHECK_OK(lf_object_delete(&w.d.t, w.c, &first, &e), &e);
    SEEN(&w, { 0, 0, 0, 0, 0, 0, 0 });
    node_close(&w.d);
}

static void pages_lose_nothing_where_most_is_hidden(void)
{
    struct world w;
    struct lf_err e = { 0 };

    world_open(&w, 12);
    as_person(&w, LF_ROLE_SHARE, "author");
    for (unsigned i = 0; i < 60; i++)
        post(&w, NULL, report(&w.d.arena, i, 1, i % 7 ? ",\"object_marking_refs\":[\"" RED "\"]" : ""));
    for (size_t limit = 1; limit < 12; limit++) {
        struct lf_object_filter f = { .after = -1, .limit = limit, .v_last = true };
        size_t total = 0, n = 0;
        bool more = true;

        as_peer(&w, 1);
        while (more) {
            const struct lf_object *o;

            CHECK_OK(lf_object_list(&w.d.t, w.c, &f, &n, &o, &more, &e), &e);
            CHECK(n == limit || !more, "a page is full when there is more");
            CHECK(n || !more, "no page of nothing says that there is more");
            if (!n)
                break;
            f.after = o[n - 1].added;
            total += n;
        }
        CHECK(total == 9, "limit %zu gives %zu", limit, total);
    }
    node_close(&w.d);
}

int main(void)
{
    lf_crypto_init();
    RUN(an_unmarked_object_is_for_who_reads_the_collection);
    RUN(red_is_for_its_author_and_who_handles_it);
    RUN(amber_strict_stays_with_the_people_of_the_organisation);
    RUN(an_unknown_marking_is_the_strictest_until_it_is_known);
    RUN(its_authors_definition_counts_also_when_it_comes_later);
    RUN(a_group_is_asked_besides_and_at_once);
    RUN(a_part_is_left_out_of_the_copy_that_takes_its_place);
    RUN(a_childs_amber_goes_on_without_the_childs_name);
    RUN(a_hidden_version_is_as_if_it_were_not);
    RUN(what_one_writes_where_another_hides_the_same_is_there_for_him);
    RUN(what_was_deleted_leaves_no_copy);
    RUN(pages_lose_nothing_where_most_is_hidden);
    DONE();
}
