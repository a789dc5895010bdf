#include "isac/ids.h"

#include "isac/entry.h"
#include "isac/seed.h"
#include "node.h"

static lf_view tool(struct lf_arena *a, unsigned id)
{
    return lf_arena_printf(a,
                           "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--00000000-0000-4000-"
                           "8000-%012u\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:"
                           "00:00Z\",\"name\":\"x\"}",
                           id);
}

static bool put(struct node *d, lf_view c, unsigned id)
{
    struct lf_err e = { 0 };
    lf_view json = tool(&d->arena, id);
    struct lf_stix s;
    bool fresh = false;

    CHECK_OK(lf_stix_read(&d->arena, json, &s, &e), &e);
    CHECK_OK(lf_object_add(&d->t, c, LF_V(""), &s, json, &fresh, &e), &e);
    return fresh;
}

static int64_t key(struct node *d, unsigned id)
{
    char text[64];

    snprintf(text, sizeof text, "tool--00000000-0000-4000-8000-%012u", id);
    return lf_entry_key(&d->t, lf_view_of(text));
}

/* 20,000 objects: put among the old in some slices, read in others, while new ones come and old ones come
 * again. */
static void what_is_stored_is_never_called_new(void)
{
    enum { MANY = 20000 };
    struct node d;
    struct lf_err e = { 0 };
    struct lf_ids *ids = lf_ids_create(LF_IDS_BYTES);
    lf_view id[4] = { 0 };
    unsigned turns = 0, later = MANY, wrong = 0;
    bool more = true, rest = true;
    int64_t n;

    node_open(&d, "a", "provider", 7);
    CHECK_OK(lf_isac_seed_throwaway(&d.t, id, &e), &e);
    id[0] = lf_arena_copy(&d.life, id[0]);
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    for (unsigned i = 0; i < MANY; i++) {
        node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
        (void)put(&d, id[0], i);
    }
    CHECK_OK(lf_db_commit(d.db, &e), &e);
    CHECK_OK(lf_db_int(d.db, &d.t.scope, &lf_q_isac_reserve,
                       LF_ARGS(LF_INT(LF_ENTRY_YOUNG), LF_TEXT(LF_V("stix"))), &n, &e),
             &e);
    for (; more && turns < 50; turns++) {
        node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
        d.t.ids = ids;
        CHECK(lf_ids_maybe(ids, key(&d, MANY * 2)), "nothing is sure before all are read");
        CHECK_OK(lf_ids_turn(&d.t, &more, &e), &e);
        CHECK_OK(lf_entry_settle(&d.t, &rest, &e), &e);
        CHECK(put(&d, id[0], later), "one that comes meanwhile is new");
        CHECK(!put(&d, id[0], turns * 13), "one that comes again is not");
        later++;
    }
    CHECK(!more && turns > 3, "%u turns", turns);
    while (rest)
        CHECK_OK(lf_entry_settle(&d.t, &rest, &e), &e);
    for (unsigned i = 0; i < later; i++)
        wrong += !lf_ids_maybe(ids, key(&d, i));
    CHECK(wrong == 0, "%u of what is stored are called new", wrong);
    for (unsigned i = later; i < later + MANY; i++)
        wrong += lf_ids_maybe(ids, key(&d, i));
    CHECK(wrong < MANY / 50, "%u of %u new ones are asked for in vain", wrong, MANY);
    CHECK(put(&d, id[0], later) && !put(&d, id[0], later) && !put(&d, id[0], 1), "new once");
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    CHECK_OK(lf_db_save(d.db, &e), &e);
    CHECK(put(&d, id[0], later + 1), "new");
    lf_db_undo(d.db);
    CHECK(put(&d, id[0], later + 1) && !put(&d, id[0], later + 1), "what was taken back is new again");
    CHECK_OK(lf_db_commit(d.db, &e), &e);
    lf_ids_destroy(ids);
    node_close(&d);
}

/* As keyed hashes lie. */
static int64_t scattered(unsigned i)
{
    uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (int64_t)(x ^ (x >> 27));
}

static void an_empty_store_is_sure_at_once_and_grows(void)
{
    enum { MANY = 300000 };
    struct node d;
    struct lf_err e = { 0 };
    struct lf_ids *ids = lf_ids_create(LF_IDS_BYTES);
    unsigned wrong = 0, turns = 0;
    bool more = true;

    node_open(&d, "a", "provider", 8);
    d.t.ids = ids;
    for (; more && turns < 5; turns++)
        CHECK_OK(lf_ids_turn(&d.t, &more, &e), &e);
    CHECK(!more && turns == 2, "%u turns", turns);
    for (unsigned i = 0; i < MANY; i++)
        lf_ids_add(ids, scattered(i));
    for (unsigned i = 0; i < MANY; i++)
        wrong += !lf_ids_maybe(ids, scattered(i));
    CHECK(wrong == 0, "%u were forgotten", wrong);
    for (unsigned i = MANY; i < 2 * MANY; i++)
        wrong += lf_ids_maybe(ids, scattered(i));
    CHECK(wrong < MANY / 20, "%u of %u are asked for in vain", wrong, MANY);
    lf_ids_destroy(ids);
    node_close(&d);
}

/* Beyond its ceiling it answers "maybe" and holds no memory. */
static void a_store_that_outgrows_it_is_asked(void)
{
    enum { MOST = 1 << 20 };
    struct lf_ids *ids = lf_ids_create(MOST);
    struct node d;
    struct lf_err e = { 0 };
    uint64_t x = 1;
    bool more = true;

    node_open(&d, "a", "provider", 9);
    d.t.ids = ids;
    while (more)
        CHECK_OK(lf_ids_turn(&d.t, &more, &e), &e);
    for (unsigned i = 0; i < MOST; i++) {
        x = x * UINT64_C(6364136223846793005) + 1;
        lf_ids_add(ids, (int64_t)x);
    }
    for (int64_t k = 0; k < 1000; k++)
        CHECK(lf_ids_maybe(ids, k * INT64_C(0x7123456789abc)), "all may be there");
    lf_ids_destroy(ids);
    CHECK(lf_ids_maybe(NULL, 1), "without one too");
    lf_ids_add(NULL, 1);
    lf_ids_destroy(NULL);
    node_close(&d);
}

int main(void)
{
    lf_crypto_init();
    RUN(what_is_stored_is_never_called_new);
    RUN(an_empty_store_is_sure_at_once_and_grows);
    RUN(a_store_that_outgrows_it_is_asked);
    DONE();
}
