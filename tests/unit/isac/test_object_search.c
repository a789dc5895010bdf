#include "isac/object_search.h"

#include "isac/index.h"
#include "node.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define AMBER "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
#define AMBER1 "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
#define MAKER "identity--00000000-0000-4000-8000-0000000000aa"

struct world {
    struct node d;
    lf_view c, other;
};

static void world_open(struct world *w, uint64_t seed)
{
    struct lf_err e = { 0 };

    *w = (struct world){ { { 0 } } };
    node_open(&w->d, "sector", "sector", seed);
    CHECK_OK(lf_db_begin(w->d.db, &e), &e); /* as the core does; and no row waits for the disk */
    CHECK_OK(lf_collection_create(&w->d.t, LF_V("one"), LF_V("one"), LF_V("share"), LF_V("share"), &w->c, &e),
             &e);
    CHECK_OK(
        lf_collection_create(&w->d.t, LF_V("two"), LF_V("two"), LF_V("share"), LF_V("share"), &w->other, &e),
        &e);
    w->c = lf_arena_copy(&w->d.life, w->c);
    w->other = lf_arena_copy(&w->d.life, w->other);
    node_task(&w->d, LF_ROLE_ANALYST, LF_V("ana"));
}

static void post_to(struct world *w, lf_view collection, const char *json)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;

    w->d.now += LF_SECOND;
    CHECK_OK(lf_stix_read(&w->d.arena, lf_view_of(json), &s, &e), &e);
    CHECK_OK(lf_object_post(&w->d.t, collection, &s, lf_view_of(json), &fresh, &e), &e);
}

static void post(struct world *w, const char *json)
{
    post_to(w, w->c, json);
}

/* The last digits of the ids that are found, "7 3 1". */
static const char *find(struct world *w, struct lf_object_query q)
{
    struct lf_page page = { .limit = 3 };
    char *out = lf_arena_zalloc(&w->d.arena, 512, 1);
    size_t len = 0;

    for (;;) {
        const struct lf_object_hit *hit;
        struct lf_err e = { 0 };
        lf_view next;
        size_t n;

        CHECK_OK(lf_object_search(&w->d.t, &q, &page, &n, &hit, &next, NULL, &e), &e);
        CHECK(n <= 3, "a page of three has %zu", n);
        for (size_t i = 0; i < n && len < 480; i++) {
            int64_t number = -1;

            CHECK(lf_view_i64(lf_view_from(hit[i].o.id, hit[i].o.id.len - 4), &number),
                  "an id without number");
            len += (size_t)snprintf(out + len, 512 - len, "%s%lld", len ? " " : "", (long long)number);
        }
        if (!next.len)
            return out;
        page.after = lf_arena_copy(&w->d.arena, next);
    }
}

#define FINDS(w, want, ...)                                                                                  \
    do {                                                                                                     \
        const char *got = find(w, (struct lf_object_query){ __VA_ARGS__ });                                  \
        CHECK(strcmp(got, want) == 0, "%s: found \"%s\", not \"%s\"", #__VA_ARGS__, got, want);              \
    } while (0)

#define HEAD(type, n, day)                                                                                   \
    "{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--00000000-0000-4000-8000-00000000" n  \
    "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-" day "T10:00:00.000Z\""

static void a_stored_object_is_found_by_what_it_says(void)
{
    struct world w;

    world_open(&w, 1);
    post(&w,
         HEAD("identity", "0001", "01-01") ",\"name\":\"Water Works\",\"identity_class\":\"organization\"}");
    post(&w, HEAD("indicator", "0002",
                  "02-01") ",\"created_by_ref\":\"identity--00000000-0000-4000-8000-000000000001\",\"name\":"
                           "\"Beacon\","
                           "\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = 'Evil.Example' OR "
                           "ipv4-addr:value = "
                           "'203.0.113.7/"
                           "32']\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"" AMBER1
                           "\"]}");
    post(&w,
         HEAD("attack-pattern", "0003",
              "03-01") ",\"name\":\"PowerShell\",\"external_references\":[{\"source_name\":\"mitre-attack\","
                       "\"external_id\":\"T1059.001\"}]}");
    post(&w, HEAD("relationship", "0004", "04-01") ",\"relationship_type\":\"indicates\",\"source_ref\":"
                                                   "\"indicator--00000000-0000-4000-8000-"
                                                   "000000000002\",\"target_ref\":\"attack-pattern--00000000-"
                                                   "0000-4000-8000-000000000003\"}");
    post(&w, HEAD("malware", "0005", "05-31") ",\"name\":\"LockBit\",\"aliases\":[\"ABCD\"],\"is_family\":"
                                              "true,\"description\":\"一種勒索軟體，see "
                                              "https://Example.org/a_b\",\"object_marking_refs\":[\"" AMBER
                                              "\"]}");
    post(&w, "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--00000000-0000-5000-8000-"
             "000000000006\",\"value\":\"203.0.113.7\"}");
    post(&w, "{\"type\":\"file\",\"spec_version\":\"2.1\",\"id\":\"file--00000000-0000-5000-8000-"
             "000000000007\",\"hashes\":{\"MD5\":\"D41D8CD98F00B204E9800998ECF8427E\"},\"size\":77}");

    FINDS(&w, "7 6 5 4 3 2 1");
    FINDS(&w, "2", .value = LF_V("evil.example"));
    FINDS(&w, "2", .value = LF_V("EVIL[.]example."));
    FINDS(&w, "6 2", .value = LF_V("203.0.113.7"));
    FINDS(&w, "", .value = LF_V("203.0.113"));
    FINDS(&w, "7", .value = LF_V("d41d8cd98f00b204e9800998ecf8427e"));
    FINDS(&w, "5", .value = LF_V("abcd"));
    FINDS(&w, "5", .name = LF_V("lockbit"));
    FINDS(&w, "5", .name = LF_V("abcd"));
    FINDS(&w, "", .name = LF_V("indicates"));
    FINDS(&w, "1", .name = LF_V("works water"));
    FINDS(&w, "4", .words = LF_V("indicates"));
    FINDS(&w, "5", .words = LF_V("example a_b"));
    FINDS(&w, "", .words = LF_V("example a_c"));
    FINDS(&w, "5", .words = LF_V("勒索軟體"));
    FINDS(&w, "5", .words = LF_V("軟體 see"));
    FINDS(&w, "", .words = LF_V("軟體一種"));
    FINDS(&w, "", .words = LF_V("!?"));
    FINDS(&w, "2", .type = LF_V("indicator"));
    FINDS(&w, "", .type = LF_V("tool"));
    FINDS(&w, "2", .source = LF_V("identity--00000000-0000-4000-8000-000000000001"));
    FINDS(&w, "2", .source = LF_V("water works"));
    FINDS(&w, "", .source = LF_V("nobody"));
    FINDS(&w, "5 2", .marking = LF_V("TLP:AMBER"));
    FINDS(&w, "5", .marking = LF_V(AMBER));
    FINDS(&w, "7 6 4 3 1", .marking = LF_V("none"));
    FINDS(&w, "4 3", .technique = LF_V("t1059"));
    FINDS(&w, "4 3", .technique = LF_V("T1059.001"));
    FINDS(&w, "3", .technique = LF_V("T1059"), .type = LF_V("attack-pattern"));
    FINDS(&w, "", .technique = LF_V("T1059.002"));
    FINDS(&w, "4", .ref = LF_V("indicator--00000000-0000-4000-8000-000000000002"));
    FINDS(&w, "6 2", .value = LF_V("203.0.113.7"), .collection = LF_V("one"));
    FINDS(&w, "", .value = LF_V("203.0.113.7"), .collection = LF_V("two"));
    node_close(&w.d);
}

static lf_time at(const char *text)
{
    lf_time t = 0;

    CHECK(lf_stix_time(lf_view_of(text), &t, NULL) == LF_OK, "%s", text);
    return t;
}

static void a_chinese_alias_is_a_name_and_a_wide_blank_parts_words(void)
{
    struct world w;

    world_open(&w, 11);
    post(&w, HEAD("intrusion-set", "0001", "01-01") ",\"name\":\"APT 77\",\"aliases\":[\"夜梟\",\"x\"]}");
    post(&w, HEAD("intrusion-set", "0002", "02-01") ",\"name\":\"赤狐\",\"description\":\"夜梟的同夥\"}");
    FINDS(&w, "1", .name = LF_V("夜梟"));
    FINDS(&w, "", .name = LF_V("梟夜"));
    FINDS(&w, "2 1", .words = LF_V("夜梟"));
    FINDS(&w, "2", .words = LF_V("同夥　夜梟"));
    FINDS(&w, "2", .words = LF_V("　夜梟　 赤狐"));
    FINDS(&w, "1", .name = LF_V("夜梟　77"));
    node_close(&w.d);
}

static void bounds_of_time_hold_to_the_instant(void)
{
    struct world w;

    world_open(&w, 2);
    post(&w, HEAD("tool", "0001", "01-31") ",\"name\":\"x\"}");
    post(&w, HEAD("tool", "0002", "02-01") ",\"name\":\"x\"}");
    post(&w, HEAD("tool", "0003", "06-15") ",\"name\":\"x\"}");
    FINDS(&w, "3 2", .from = at("2026-01-31T10:00:00.001Z"));
    FINDS(&w, "3 2 1", .from = at("2026-01-31T10:00:00Z"));
    FINDS(&w, "2 1", .to = at("2026-06-15T10:00:00Z"));
    FINDS(&w, "2", .from = at("2026-02-01T10:00:00Z"), .to = at("2026-02-01T10:00:00.001Z"));
    FINDS(&w, "", .from = at("2026-02-01T10:00:00Z"), .to = at("2026-02-01T10:00:00Z"));
    FINDS(&w, "3 2 1", .from = at("2020-02-29T10:00:00Z"), .to = at("2027-01-01T00:00:00Z"));
    FINDS(&w, "2 1", .from = at("2025-12-31T23:59:59Z"), .to = at("2026-03-02T00:00:00Z"));
    FINDS(&w, "", .from = at("2026-07-01T00:00:00Z"), .to = at("2026-06-01T00:00:00Z"));
    node_close(&w.d);
}

static void the_last_version_is_found_and_an_object_once(void)
{
    struct world w;

    world_open(&w, 3);
    post(&w, HEAD("tool", "0001", "01-02") ",\"name\":\"before\"}");
    FINDS(&w, "1", .name = LF_V("before"));
    post(&w, HEAD("tool", "0001", "01-03") ",\"name\":\"after\"}");
    FINDS(&w, "", .name = LF_V("before"));
    FINDS(&w, "1", .name = LF_V("after"));
    post_to(&w, w.other, HEAD("tool", "0001", "01-03") ",\"name\":\"after\"}");
    FINDS(&w, "1", .name = LF_V("after"));
    FINDS(&w, "1", .name = LF_V("after"), .collection = LF_V("one"));
    FINDS(&w, "1", .name = LF_V("after"), .collection = LF_V("two")); /* put there after it was looked at */
    node_close(&w.d);
}

static void an_object_that_was_deleted_is_not_found(void)
{
    struct world w;
    struct lf_err e = { 0 };
    const struct lf_object_hit *hit;
    lf_view next;
    size_t n;

    world_open(&w, 4);
    post(&w, HEAD("tool", "0001", "01-02") ",\"name\":\"gone\"}");
    CHECK_OK(lf_object_search(&w.d.t, &(struct lf_object_query){ .name = LF_V("gone") }, NULL, &n, &hit,
                              &next, NULL, &e),
             &e);
    CHECK(n == 1, "it is there");
    CHECK_OK(lf_object_delete(&w.d.t, w.c, &hit[0].o, &e), &e);
    FINDS(&w, "", .name = LF_V("gone"));
    node_close(&w.d);
}

/* ---- against plain reading, with what is hidden in between ---- */

static unsigned dice(struct world *w, unsigned sides)
{
    uint32_t v;

    w->d.env.random(w->d.env.ctx, &v, sizeof v);
    return v % sides;
}

static const char *const vocabulary[] = { "alpha", "beta", "gamma", "delta", "epsilon" };

static void post_some(struct world *w, unsigned from, unsigned n, bool red_too)
{
    static const char *const marks[] = { "", ",\"object_marking_refs\":[\"" AMBER "\"]",
                                         ",\"object_marking_refs\":[\"" RED "\"]",
                                         ",\"granular_markings\":[{\"marking_ref\":\"" RED
                                         "\",\"selectors\":[\"description\"]}]" };

    for (unsigned i = from; i < from + n; i++) {
        unsigned mark = dice(w, 4), a = dice(w, 5), b = dice(w, 5);
        char json[1024];

        snprintf(json, sizeof json,
                 "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-8000-%012u\","
                 "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
                 "\"name\":\"%s\",\"description\":\"%s\"%s}",
                 i, vocabulary[a], vocabulary[b], marks[mark]);
        if (mark != 2 || red_too)
            post(w, json);
    }
}

static size_t plain(struct world *w, const char *word)
{
    struct lf_object_filter f = { .after = -1, .limit = 10000, .bodies = true, .v_last = true };
    const struct lf_object *o;
    struct lf_err e = { 0 };
    size_t n = 0, hits = 0;
    bool more;

    CHECK_OK(lf_object_list(&w->d.t, w->c, &f, &n, &o, &more, &e), &e);
    for (size_t i = 0; i < n; i++)
        hits += lf_view_find(o[i].json, lf_view_of(word)) != SIZE_MAX;
    return hits;
}

static size_t searched(struct world *w, const char *word, size_t limit, unsigned *pages)
{
    struct lf_object_query q = { .words = lf_view_of(word) };
    struct lf_page page = { .limit = limit };
    size_t all = 0;

    for (*pages = 1;; ++*pages) {
        const struct lf_object_hit *hit;
        struct lf_err e = { 0 };
        lf_view next;
        size_t n;

        CHECK_OK(lf_object_search(&w->d.t, &q, &page, &n, &hit, &next, NULL, &e), &e);
        all += n;
        for (size_t i = 0; i < n; i++)
            CHECK(lf_view_find(hit[i].o.json, q.words) != SIZE_MAX, "one without %s", word);
        if (!next.len)
            return all;
        page.after = lf_arena_copy(&w->d.arena, next);
    }
}

static void every_reader_finds_what_plain_reading_finds_it(void)
{
    static const unsigned roles[] = { LF_ROLE_ANALYST, LF_ROLE_READER, LF_ROLE_SHARE, LF_ROLE_SENDER };
    struct world w;

    world_open(&w, 5);
    for (unsigned round = 0; round < 60; round++) { /* sixteen segments of a size are merged, and again */
        struct lf_err e = { 0 };
        bool more;

        node_task(&w.d, LF_ROLE_ANALYST, LF_V("ana"));
        post_some(&w, 8 * round, 1 + dice(&w, 8), true);
        for (unsigned i = 0; i < 3; i++)
            CHECK_OK(lf_index_turn(&w.d.t, &more, &e), &e);
        if (round % 7)
            continue;
        for (unsigned k = 0; k < 4; k++)
            for (unsigned v = 0; v < 5; v++) {
                unsigned pages;
                size_t want = 0, got;

                node_task(&w.d, roles[k], LF_V("reader"));
                if (roles[k] != LF_ROLE_SENDER) /* may read no collection at all */
                    want = plain(&w, vocabulary[v]);
                got = searched(&w, vocabulary[v], 1 + v * 10, &pages);
                CHECK(got == want, "round %u, role %x, %s: %zu and not %zu", round, roles[k], vocabulary[v],
                      got, want);
            }
    }
    node_close(&w.d);
}

static void what_is_hidden_changes_neither_pages_nor_their_number(void)
{
    struct world with, without;
    unsigned a, b;

    world_open(&with, 6);
    world_open(&without, 6);
    post_some(&with, 0, 300, true);
    post_some(&without, 0, 300, false);
    node_task(&with.d, LF_ROLE_SHARE, LF_V("program"));
    node_task(&without.d, LF_ROLE_SHARE, LF_V("program"));
    for (unsigned v = 0; v < 5; v++) {
        size_t n = searched(&with, vocabulary[v], 7, &a);

        CHECK(n == searched(&without, vocabulary[v], 7, &b) && a == b, "%s: %zu, %u and %u pages",
              vocabulary[v], n, a, b);
    }
    node_close(&with.d);
    node_close(&without.d);
}

static void versions_tell_who_brought_them_to_people_alone(void)
{
    const struct lf_object_version *v;
    struct lf_err e = { 0 };
    struct world w;
    bool more;
    size_t n = 0;
    lf_view id = LF_V("tool--00000000-0000-4000-8000-000000000001");

    world_open(&w, 7);
    post(&w, HEAD("tool", "0001", "01-02") ",\"name\":\"a\"}");
    post(&w, HEAD("tool", "0001", "01-03") ",\"name\":\"b\"}");
    post_to(&w, w.other, HEAD("tool", "0001", "01-03") ",\"name\":\"b\"}");
    CHECK_OK(lf_object_versions(&w.d.t, id, 0, 1, &n, &v, &more, &e), &e);
    CHECK(n == 2 && v[0].o.version_at > v[1].o.version_at, "two versions, the last first: %zu", n);
    CHECK(lf_view_is(v[0].author, "ana") && !v[0].origin.len, "by the account");
    node_task(&w.d, LF_ROLE_SHARE, LF_V("program"));
    CHECK_OK(lf_object_versions(&w.d.t, id, 0, 1, &n, &v, &more, &e), &e);
    CHECK(n == 2 && !v[0].author.len, "a program is not told");
    node_task(&w.d, LF_ROLE_SENDER, LF_V("sender"));
    CHECK(lf_object_versions(&w.d.t, id, 0, 1, &n, &v, &more, &e) == LF_NOT_FOUND,
          "who reads no collection has none");
    node_close(&w.d);
}

static void a_question_that_cannot_be_is_refused(void)
{
    static const struct lf_object_query bad[] = { { .type = LF_VIEW("No Type") },
                                                  { .ref = LF_VIEW("x") },
                                                  { .marking = LF_VIEW("tlp:blue") },
                                                  { .value = LF_VIEW("\xff") } };
    const struct lf_object_query all = { 0 };
    const struct lf_object_hit *hit;
    struct world w;
    lf_view next;
    size_t n;

    world_open(&w, 8);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_err e = { 0 };

        CHECK(lf_object_search(&w.d.t, &bad[i], NULL, &n, &hit, &next, NULL, &e) == LF_BAD_INPUT, "case %zu",
              i);
    }
    for (size_t i = 0; i < 3; i++) {
        struct lf_page page = { .after = lf_view_of(i == 0   ? "1"
                                                    : i == 1 ? "0123456789abcdeg"
                                                             : "ffffffffffffffff") };
        struct lf_err e = { 0 };

        CHECK(lf_object_search(&w.d.t, &all, &page, &n, &hit, &next, NULL, &e) == LF_BAD_INPUT, "cursor %zu",
              i);
    }
    node_close(&w.d);
}

/* A long text in hundreds of collections is millions of entries: no turn makes all of them. */
static void a_turn_is_bounded_by_the_places_of_an_object_too(void)
{
    enum { PLACES = 320, WORDS = 4000 };
    const struct lf_object_hit *hit;
    struct lf_page page = { .limit = PLACES };
    struct lf_err e = { 0 };
    lf_view places[PLACES], next;
    const char *json;
    struct world w;
    struct lf_buf b;
    unsigned turns = 0;
    bool more = true;
    size_t n;

    world_open(&w, 9);
    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, HEAD("tool", "0007", "01-01") ",\"name\":\"long\",\"description\":\"");
    for (int i = 0; i < WORDS; i++)
        lf_buf_printf(&b, "w%d ", i);
    LF_PUT(&b, "\"}");
    json = lf_arena_cstr(&w.d.life, lf_buf_view(&b));
    lf_buf_clear(&b);
    for (int i = 0; i < PLACES; i++) {
        lf_view id = LF_V("");

        node_task(&w.d, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_collection_create(&w.d.t, lf_arena_printf(&w.d.life, "place-%d", i), LF_V("place"),
                                      LF_V("share"), LF_V("share"), &id, &e),
                 &e);
        places[i] = lf_arena_copy(&w.d.life, id);
        node_task(&w.d, LF_ROLE_ANALYST, LF_V("ana"));
        post_to(&w, places[i], json);
    }
    for (; more && turns < 100; turns++) {
        node_task(&w.d, LF_ROLE_ANALYST, LF_V("ana"));
        CHECK_OK(lf_index_turn(&w.d.t, &more, &e), &e);
    }
    CHECK(turns >= 2 && turns < 100, "%u turns", turns);
    for (int i = 0; i < PLACES; i++) {
        const struct lf_object_query q = { .words = LF_V("w3111"), .collection = places[i] };

        node_task(&w.d, LF_ROLE_ANALYST, LF_V("ana"));
        CHECK_OK(lf_object_search(&w.d.t, &q, &page, &n, &hit, &next, NULL, &e), &e);
        CHECK(n == 1, "in place %d %zu are found", i, n);
    }
    lf_db_rollback(w.d.db);
    node_close(&w.d);
}

int main(void)
{
    lf_crypto_init();
    RUN(a_stored_object_is_found_by_what_it_says);
    RUN(a_chinese_alias_is_a_name_and_a_wide_blank_parts_words);
    RUN(bounds_of_time_hold_to_the_instant);
    RUN(the_last_version_is_found_and_an_object_once);
    RUN(an_object_that_was_deleted_is_not_found);
    RUN(every_reader_finds_what_plain_reading_finds_it);
    RUN(what_is_hidden_changes_neither_pages_nor_their_number);
    RUN(versions_tell_who_brought_them_to_people_alone);
    RUN(a_question_that_cannot_be_is_refused);
    RUN(a_turn_is_bounded_by_the_places_of_an_object_too);
    DONE();
}
