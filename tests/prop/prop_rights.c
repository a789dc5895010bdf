/* Who may have what of which object: every marking and pairs of them, on the object and on its
 * parts, by every origin, for every reader, at each door of isac, beside plain sentences that know
 * nothing of keys, tables and copies.  Nothing leaves that may not, and what may leaves whole. */
#include "isac/group.h"
#include "isac/misp_event.h"
#include "isac/object.h"
#include "isac/object_graph.h"
#include "isac/object_search.h"
#include "isac/peer.h"
#include "isac/rights.h"

#include "../unit/isac/node.h"

static uint64_t seed = 20261121, x;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

/* ---- what objects are marked with ---- */

enum mark {
    NONE,
    WHITE,
    CLEAR,
    GREEN1,
    GREEN,
    AMBER1,
    AMBER,
    STRICT,
    RED1,
    RED,
    STATEMENT,
    UNKNOWN,
    CUSTOM,
    WATER,
    TOP,
    MARKS
};
static const char *refs[MARKS] = {
    [WHITE] = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    [CLEAR] = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    [GREEN1] = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    [GREEN] = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    [AMBER1] = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    [AMBER] = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    [STRICT] = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    [RED1] = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    [RED] = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    [STATEMENT] = "marking-definition--00000000-0000-4000-8000-00000000000a",
    [UNKNOWN] = "marking-definition--00000000-0000-4000-8000-00000000000b",
    [CUSTOM] = "marking-definition--00000000-0000-4000-8000-00000000000c", /* says that it is AMBER */
};

/* ---- who reads, and whose it is ---- */

enum reader { HANDLER, VIEWER, MACHINE, PROGRAM, OTHER_PROGRAM, MEMBER, OTHER_MEMBER, ABOVE, READERS };
static const char *const reader_names[] = { "analyst",       "viewer", "the machine",  "program",
                                            "other program", "member", "other member", "the node above" };
enum whose { BY_PROGRAM, BY_MACHINE, BY_MEMBER, BY_ABOVE, WHOSES };
static const char *const whose_names[] = { "a program's", "the machine's", "a member's", "from above" };
static const enum reader author_of[] = { PROGRAM, MACHINE, MEMBER, ABOVE };

enum { NOTHING, WITHOUT_NAME, ALL };

/* The rules as people would say them: docs/adr/0027. */
static int may_have(enum mark m, enum reader r, enum whose w)
{
    bool people = r == HANDLER || r == VIEWER || r == MACHINE;
    bool node = r == MEMBER || r == OTHER_MEMBER || r == ABOVE;

    switch (m) {
    case NONE:
    case WHITE:
    case CLEAR:
    case GREEN1:
    case GREEN:
    case STATEMENT:
        return ALL; /* all who are signed in are of the community */
    case AMBER1:
    case AMBER:
    case CUSTOM:
        if (people)
            return ALL;
        if (w == BY_MEMBER)
            return WITHOUT_NAME;
        if (r == ABOVE) /* we report to it; what it gave us it has */
            return w == BY_PROGRAM || w == BY_MACHINE ? ALL : NOTHING;
        return ALL; /* clients */
    case STRICT:
        return people ? ALL : NOTHING;
    case RED1:
    case RED:
    case UNKNOWN:
        return r == HANDLER ? ALL : NOTHING;
    case WATER: /* this node's people and the other member */
        return (!node || r == OTHER_MEMBER) ? ALL : NOTHING;
    case TOP: /* nodes of the nation */
        return r == ABOVE ? ALL : NOTHING;
    default:
        return NOTHING;
    }
}

struct thing {
    unsigned number;
    enum whose whose;
    enum mark whole[2], description, label, name;
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* What the reader has: of the object, its description, its label. */
static void expect(const struct thing *o, enum reader r, int *object, bool *description, bool *label)
{
    int parts[3], all;

    *description = *label = true;
    *object = ALL;
    if (author_of[o->whose] == r)
        return;
    *object = least(may_have(o->whole[0], r, o->whose), may_have(o->whole[1], r, o->whose));
    parts[0] = may_have(o->description, r, o->whose);
    parts[1] = may_have(o->label, r, o->whose);
    parts[2] = may_have(o->name, r, o->whose);
    all = least(least(parts[0], parts[1]), parts[2]);
    *description = parts[0] != NOTHING;
    *label = parts[1] != NOTHING;
    if (*object != NOTHING && all != ALL)
        *object = WITHOUT_NAME;
    if (parts[2] == NOTHING) /* a tool without a name is none */
        *object = NOTHING;
}

/* ---- the world ---- */

static struct node d;
static lf_view collection, peers[3], nodes[3];

static void as(enum reader r)
{
    static const unsigned roles[] = { LF_ROLE_ANALYST, LF_ROLE_READER,
                                      LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_READER,
                                      LF_ROLE_SHARE, LF_ROLE_SHARE };
    static const char *const accounts[] = { "ana", "view", "system", "program", "other" };

    if (r < MEMBER)
        node_task(&d, roles[r], lf_view_of(accounts[r]));
    else
        node_task(&d, LF_ROLE_PEER, lf_arena_printf(&d.life, "peer:%.*s", LF_FMT(peers[r - MEMBER])));
}

static void add_peer(unsigned i, enum lf_peer_kind kind, const char *tier)
{
    struct lf_err e = { 0 };
    uint8_t pin[LF_SHA256] = { (uint8_t)(i + 1) };

    peers[i] = lf_arena_printf(&d.life, "00000000-0000-4000-8000-00000000001%u", i);
    nodes[i] = lf_arena_printf(&d.life, "identity--00000000-0000-4000-8000-00000000002%u", i);
    CHECK_OK(lf_db_exec(d.db, &d.t.scope, LF_Q_PEER_ADD,
                        LF_ARGS(LF_TEXT(peers[i]), LF_INT(kind), LF_INT(LF_PEER_ACTIVE), LF_TEXT(nodes[i]),
                                LF_TEXT(nodes[i]), LF_TEXT(lf_view_of(tier)), LF_TEXT(LF_V("")),
                                LF_TEXT(lf_hex(&d.arena, pin, sizeof pin)), LF_TEXT(LF_V("")),
                                LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")),
                                LF_TEXT(LF_V("")), LF_INT(1), LF_INT(1)),
                        &e),
             &e);
}

static void put(enum whose w, lf_view json)
{
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;

    as(w == BY_PROGRAM ? PROGRAM : MACHINE);
    CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
    if (w == BY_PROGRAM)
        CHECK_OK(lf_object_post(&d.t, collection, &s, json, &fresh, &e), &e);
    else
        CHECK_OK(lf_object_add(&d.t, collection,
                               w == BY_MEMBER  ? peers[0]
                               : w == BY_ABOVE ? peers[2]
                                               : LF_V(""),
                               &s, json, &fresh, &e),
                 &e);
}

static const char *group(const char *name, const char *one, const char *two)
{
    struct lf_err e = { 0 };
    struct lf_group g = { 0 };
    lf_view id = { "", 0 };

    as(MACHINE);
    CHECK_OK(lf_group_create(&d.t, lf_view_of(name), &id, &e), &e);
    CHECK_OK(lf_group_add(&d.t, id, lf_view_of(one), &e), &e);
    if (two)
        CHECK_OK(lf_group_add(&d.t, id, lf_view_of(two), &e), &e);
    CHECK_OK(lf_group_get(&d.t, id, &g, &e), &e);
    return lf_arena_cstr(&d.life, g.marking);
}

static void open_world(void)
{
    struct lf_err e = { 0 };

    node_open(&d, "sector", "sector", seed);
    CHECK_OK(lf_db_begin(d.db, &e), &e);
    collection = (lf_view){ "", 0 };
    add_peer(0, LF_PEER_CHILD, "provider");
    add_peer(1, LF_PEER_CHILD, "provider");
    add_peer(2, LF_PEER_PARENT, "nation");
    CHECK_OK(lf_collection_create(&d.t, LF_V("all"), LF_V("all"), LF_V("children share"), LF_V("share"),
                                  &collection, &e),
             &e);
    collection = lf_arena_copy(&d.life, collection);
    refs[WATER] = group("water", "self", lf_arena_cstr(&d.life, nodes[1]));
    refs[TOP] = group("top", "tier:nation", NULL);
    put(BY_MACHINE,
        lf_arena_printf(&d.life,
                        "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"%s\","
                        "\"created\":\"2026-01-01T00:00:00.000Z\",\"definition_type\":\"statement\","
                        "\"definition\":{\"statement\":\"(c)\"}}",
                        refs[STATEMENT]));
    put(BY_MACHINE,
        lf_arena_printf(
            &d.life,
            "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":"
            "\"2026-01-01T00:00:00.000Z\",\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-"
            "aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"amber\"}}}",
            refs[CUSTOM]));
}

static void close_world(void)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_db_commit(d.db, &e), &e);
    node_close(&d);
}

static lf_view id_of(const struct thing *o)
{
    return lf_arena_printf(&d.life, "tool--00000000-0000-4000-8000-%012u", o->number);
}

static lf_view text_of(const struct thing *o)
{
    struct lf_buf b;
    lf_view out;
    bool any = false;
    const struct {
        enum mark m;
        const char *selector;
    } parts[] = { { o->description, "description" }, { o->label, "labels.[1]" }, { o->name, "name" } };

    lf_buf_init(&b, 8192);
    lf_buf_printf(&b,
                  "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"%.*s\",\"created_by_ref\":\"%.*s\","
                  "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
                  "\"name\":\"n%u.\",\"description\":\"d%u.\",\"labels\":[\"free\",\"l%u.\",\"last\"]",
                  LF_FMT(id_of(o)), LF_FMT(nodes[0]), o->number, o->number, o->number);
    for (size_t i = 0; i < 2; i++)
        if (o->whole[i] != NONE) {
            lf_buf_printf(&b, "%s\"%s\"", any ? "," : ",\"object_marking_refs\":[", refs[o->whole[i]]);
            any = true;
        }
    if (any)
        lf_buf_byte(&b, ']');
    any = false;
    for (size_t i = 0; i < 3; i++)
        if (parts[i].m != NONE) {
            lf_buf_printf(&b, "%s{\"selectors\":[\"%s\"],\"marking_ref\":\"%s\"}",
                          any ? "," : ",\"granular_markings\":[", parts[i].selector, refs[parts[i].m]);
            any = true;
        }
    if (any)
        lf_buf_byte(&b, ']');
    lf_buf_byte(&b, '}');
    out = lf_arena_copy(&d.life, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* ---- the doors ---- */

static struct lf_object_filter filter_of(bool all)
{
    struct lf_object_filter f = { .after = -1, .limit = 10000, .v_all = all, .v_last = !all };
    struct lf_err e = { 0 };

    CHECK_OK(lf_rights_open(&d.t, LF_V("children share"), &f.rights, &e), &e);
    return f;
}

/* The object of that number in a page; how many times it is there. */
static size_t pick(const struct lf_object *o, size_t n, unsigned number, lf_view *json)
{
    char word[32];
    size_t times = 0;

    snprintf(word, sizeof word, "\"n%u.\"", number);
    for (size_t i = 0; i < n; i++)
        if (lf_view_find(o[i].json, lf_view_of(word)) != SIZE_MAX) {
            *json = o[i].json;
            times++;
        }
    return times;
}

static void judge(const struct thing *o, enum reader r, const char *door, lf_view json, size_t times)
{
    char words[2][32];
    int want;
    bool description, label;

    expect(o, r, &want, &description, &label);
    CHECK(times == (want != NOTHING),
          "%s, object %u, %s, marked %d %d (%d %d %d), for %s: %zu times, seed %llu", door, o->number,
          whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name, reader_names[r],
          times, (unsigned long long)seed);
    if (!times || want == NOTHING)
        return;
    snprintf(words[0], sizeof words[0], "\"d%u.\"", o->number);
    snprintf(words[1], sizeof words[1], "\"l%u.\"", o->number);
    CHECK((lf_view_find(json, lf_view_of(words[0])) != SIZE_MAX) == description &&
              (lf_view_find(json, lf_view_of(words[1])) != SIZE_MAX) == label,
          "%s, parts of object %u, %s, (%d %d %d), for %s", door, o->number, whose_names[o->whose],
          o->description, o->label, o->name, reader_names[r]);
    CHECK((lf_view_find(json, nodes[0]) != SIZE_MAX) == (want == ALL), "%s, who reported object %u, for %s",
          door, o->number, reader_names[r]);
    CHECK((lf_view_find(json, id_of(o)) != SIZE_MAX), "a copy says what it was made from");
    if (want == ALL)
        CHECK_VIEW(json, text_of(o));
}

static void look(const struct thing *things, size_t n, enum reader r)
{
    struct lf_err e = { 0 };
    struct lf_object_filter f;
    const struct lf_object *page, *ids;
    struct lf_rights *rights;
    size_t got, listed, walked = 0;
    bool more;

    as(r);
    f = filter_of(true);
    CHECK_OK(lf_object_list(&d.t, collection, &f, &listed, &ids, &more, &e), &e);
    f.bodies = true;
    CHECK_OK(lf_object_list(&d.t, collection, &f, &got, &page, &more, &e), &e);
    CHECK(got == listed && !more, "the manifest counts as the objects do");
    for (size_t i = 0; i < n; i++) {
        lf_view json = { "", 0 };

        judge(&things[i], r, "objects", json, pick(page, got, things[i].number, &json));
        if (json.len)
            judge(&things[i], r, "objects", json, 1);
    }
    /* Pages, the last versions only: the same ones, and never a page that is short but the last. */
    f = filter_of(false);
    f.limit = 1 + roll(7);
    do {
        CHECK_OK(lf_object_list(&d.t, collection, &f, &got, &ids, &more, &e), &e);
        CHECK(got == f.limit || !more, "a full page");
        for (size_t i = 0; i < got; i++)
            CHECK_VIEW(ids[i].id, page[walked + i].id);
        walked += got;
        f.after = got ? ids[got - 1].added : 0;
    } while (more);
    CHECK(walked == listed, "%s: %zu by pages, %zu at once", reader_names[r], walked, listed);
    /* By its id, known or not, and as a text that lies nowhere. */
    CHECK_OK(lf_rights_open(&d.t, LF_V("children share"), &rights, &e), &e);
    for (size_t i = 0; i < n; i++) {
        int want;
        bool description, label, known, shown;
        lf_view text;

        expect(&things[i], r, &want, &description, &label);
        CHECK_OK(lf_object_known(&d.t, rights, collection, id_of(&things[i]), &known, &e), &e);
        CHECK(known == (want == ALL), "by its id, object %u for %s", things[i].number, reader_names[r]);
        if (things[i].whose == BY_PROGRAM)
            continue; /* what lies in no collection is the node's or a peer's */
        CHECK_OK(lf_rights_text(rights,
                                things[i].whose == BY_MEMBER  ? peers[0]
                                : things[i].whose == BY_ABOVE ? peers[2]
                                                              : LF_V(""),
                                text_of(&things[i]), &text, &shown, &e),
                 &e);
        judge(&things[i], r, "a text", shown ? text : LF_V(""), shown);
    }
}

/* Everything that search gives, page by page. */
static size_t walk_search(struct lf_object_query q, struct lf_object *out, size_t most)
{
    struct lf_page page = { .limit = 100 + roll(100) };
    const struct lf_object_hit *hit;
    struct lf_err e = { 0 };
    lf_view next;
    size_t n, all = 0;

    do {
        CHECK_OK(lf_object_search(&d.t, &q, &page, &n, &hit, &next, NULL, &e), &e);
        for (size_t i = 0; i < n && all < most; i++)
            out[all++] = hit[i].o;
        page.after = next;
    } while (next.len && all < most);
    return all;
}

static bool listed_there(const struct lf_object *o, size_t n, lf_view id)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(o[i].id, id))
            return true;
    return false;
}

/* The doors that lead to what is stored by other ways than a collection: search and its counts, versions,
 * what refers to an object, the graph around it, the events that MISP reads. */
static void look_around(const struct thing *things, size_t n, enum reader r)
{
    enum { MOST = 2000, SAMPLE = 6 };
    static struct lf_object found[MOST];
    struct lf_err e = { 0 };
    struct lf_object_filter f;
    struct lf_object_reader *reader;
    const struct lf_object *page;
    size_t got, tools = 0, all;
    bool more;

    as(r);
    f = filter_of(false);
    f.bodies = true;
    CHECK_OK(lf_object_list(&d.t, collection, &f, &got, &page, &more, &e), &e);
    for (size_t i = 0; i < got; i++)
        tools += lf_view_is(page[i].type, "tool");
    all = walk_search((struct lf_object_query){ .type = LF_V("tool") }, found, MOST);
    CHECK(all == tools, "search finds %zu, the collection has %zu for %s", all, tools, reader_names[r]);
    for (size_t i = 0; i < all; i++)
        CHECK(listed_there(page, got, found[i].id), "search gives %.*s, which the collection has not for %s",
              LF_FMT(found[i].id), reader_names[r]);
    CHECK_OK(lf_object_reader_open(&d.t, &reader, &e), &e);
    for (size_t k = 0; k < SAMPLE; k++) {
        const struct thing *o = &things[roll((unsigned)n)];
        const struct lf_object_version *version;
        const struct lf_object_hit *hit;
        struct lf_object_hit last;
        struct lf_graph graph = { 0 };
        lf_view json = { "", 0 };
        bool description, label, there;
        int want;

        expect(o, r, &want, &description, &label);
        all = walk_search((struct lf_object_query){ .words = lf_arena_printf(&d.arena, "n%u", o->number) },
                          found, MOST);
        judge(o, r, "search by a word", json, pick(found, all, o->number, &json));
        if (json.len)
            judge(o, r, "search by a word", json, 1);
        all = walk_search((struct lf_object_query){ .words = lf_arena_printf(&d.arena, "d%u", o->number) },
                          found, MOST);
        CHECK((all > 0) == (want != NOTHING && description), "a marked word finds object %u for %s: %zu",
              o->number, reader_names[r], all);
        CHECK((lf_object_versions(&d.t, id_of(o), &all, &version, &e) == LF_OK) == (want == ALL),
              "versions of object %u for %s", o->number, reader_names[r]);
        CHECK_OK(lf_object_last(reader, id_of(o), &last, &there, &e), &e);
        CHECK(there == (want == ALL), "the last version of object %u for %s", o->number, reader_names[r]);
        CHECK_OK(lf_object_referrers(reader, id_of(o), 10, &all, &hit, &more, &e), &e);
        for (size_t i = 0; i < all; i++)
            CHECK(listed_there(page, got, hit[i].o.id), "what refers to object %u for %s", o->number,
                  reader_names[r]);
        there = lf_object_graph(&d.t, id_of(o), 2, 0, &graph, &e) == LF_OK;
        CHECK(there == (want == ALL), "the graph of object %u for %s", o->number, reader_names[r]);
        for (size_t i = 0; there && i < graph.n; i++)
            CHECK(listed_there(page, got, graph.nodes[i].id), "the graph of object %u shows %.*s to %s",
                  o->number, LF_FMT(graph.nodes[i].id), reader_names[r]);
    }
}

/* A report about each thing, which is an event to MISP, and a relationship to the next: both unmarked, so
 * that everyone has them and nothing they lead to. */
static void put_around(const struct thing *things, size_t n)
{
    for (size_t i = 0; i < n; i += 97) {
        put(BY_MACHINE,
            lf_arena_printf(
                &d.life,
                "{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"relationship--00000000-"
                "0000-4000-8000-%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-"
                "01T00:00:00.000Z\",\"relationship_type\":\"related-to\",\"source_ref\":\"%.*s\","
                "\"target_ref\":\"%.*s\"}",
                things[i].number, LF_FMT(id_of(&things[i])), LF_FMT(id_of(&things[(i + 1) % n]))));
        put(BY_MACHINE,
            lf_arena_printf(
                &d.life,
                "{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--00000000-0000-4000-"
                "8000-%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:"
                "00.000Z\",\"name\":\"r%u\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":"
                "[\"%.*s\"]}",
                things[i].number, things[i].number, LF_FMT(id_of(&things[i]))));
    }
}

/* Each event of MISP's API holds what its reader may have, and nothing else. */
static void look_by_misp(const struct thing *things, size_t n, enum reader r)
{
    for (size_t i = 0; i < n; i += 97) {
        const struct lf_json *event = NULL;
        struct lf_err e = { 0 };
        struct lf_rights *rights;
        struct lf_misp_events events;
        bool description, label, has = false;
        int want;

        as(r);
        CHECK_OK(lf_rights_open(&d.t, LF_V("children share"), &rights, &e), &e);
        lf_misp_events_init(&events, &d.t, collection, rights);
        CHECK_OK(lf_misp_event_find(
                     &events, lf_arena_printf(&d.arena, "00000000-0000-4000-8000-%012u", things[i].number),
                     &event, &e),
                 &e);
        CHECK(event, "everyone has the report %u", things[i].number);
        if (event)
            CHECK_OK(lf_misp_events_gather(&events, &e), &e);
        for (size_t k = 0; k < events.n; k++)
            has |= lf_view_eq(lf_json_str(events.objects[k], "id"), id_of(&things[i]));
        expect(&things[i], r, &want, &description, &label);
        CHECK(has == (want == ALL), "MISP's event holds object %u for %s", things[i].number, reader_names[r]);
        lf_misp_events_clear(&events);
    }
}

static void every_marking_alone_and_on_a_part_for_every_reader(void)
{
    enum { MOST = WHOSES * MARKS * MARKS };
    static struct thing things[MOST];
    size_t n = 0;

    open_world();
    for (int w = 0; w < WHOSES; w++)
        for (int m = 0; m < MARKS; m++)
            for (int p = 0; p < MARKS; p++) {
                things[n] = (struct thing){ .number = 1000 + (unsigned)n, .whose = (enum whose)w };
                things[n].whole[0] = (enum mark)m;
                things[n].description = (enum mark)p;
                put((enum whose)w, text_of(&things[n]));
                n++;
            }
    put_around(things, n);
    for (int r = 0; r < READERS; r++) {
        look(things, n, (enum reader)r);
        look_around(things, n, (enum reader)r);
        look_by_misp(things, n, (enum reader)r);
    }
    close_world();
}

static void markings_in_any_number_for_every_reader(void)
{
    enum { MOST = 400 };
    static struct thing things[MOST];

    x = seed;
    open_world();
    for (unsigned i = 0; i < MOST; i++) {
        things[i] = (struct thing){ .number = 1000 + i, .whose = (enum whose)roll(WHOSES) };
        for (size_t k = 0; k < 2; k++)
            things[i].whole[k] = roll(2) ? (enum mark)roll(MARKS) : NONE;
        if (roll(4))
            things[i].description = (enum mark)roll(MARKS);
        if (roll(4))
            things[i].label = (enum mark)roll(MARKS);
        if (!roll(3))
            things[i].name = (enum mark)roll(MARKS);
        put(things[i].whose, text_of(&things[i]));
    }
    put_around(things, MOST);
    for (int r = 0; r < READERS; r++) {
        look(things, MOST, (enum reader)r);
        look_around(things, MOST, (enum reader)r);
        look_by_misp(things, MOST, (enum reader)r);
    }
    close_world();
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    printf("# seed %llu\n", (unsigned long long)seed);
    lf_crypto_init();
    RUN(every_marking_alone_and_on_a_part_for_every_reader);
    RUN(markings_in_any_number_for_every_reader);
    DONE();
}
