/* What the property tests of rights share: every marking, whose objects there are and who reads them, the
 * rules as people would say them, and a node in which all of that lies. */
#ifndef PROP_RIGHTS_WORLD_H
#define PROP_RIGHTS_WORLD_H

#include "isac/group.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "store/query_intelligence.h"

#include "../unit/isac/node.h"

static uint64_t seed = 20261121, x;

static inline unsigned roll(unsigned n)
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
static inline void expect(const struct thing *o, enum reader r, int *object, bool *description, bool *label)
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

static const unsigned roles[] = { LF_ROLE_ANALYST, LF_ROLE_READER,
                                  LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_READER,
                                  LF_ROLE_SHARE, LF_ROLE_SHARE };
static const char *accounts[] = { "ana", "view", "system", "program", "other" };

static void as(enum reader r)
{
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
    CHECK_OK(lf_db_exec(d.db, &d.t.scope, &lf_q_peer_add,
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
    CHECK_OK(lf_collection_create(&d.t, LF_V("all"), LF_V("all"), LF_V("children share public"),
                                  LF_V("share"), &collection, &e),
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

static inline void close_world(void)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_db_commit(d.db, &e), &e);
    node_close(&d);
}

static lf_view id_of(const struct thing *o)
{
    return lf_arena_printf(&d.life, "tool--00000000-0000-4000-8000-%012u", o->number);
}

/* Puts its markings behind what is written of it, ends the object and frees the buffer.  `name` is the
 * property that the marking of its name is on. */
static inline lf_view end_marked(struct lf_buf *b, const struct thing *o, const char *name)
{
    const struct {
        enum mark m;
        const char *selector;
    } parts[] = { { o->description, "description" }, { o->label, "labels.[1]" }, { o->name, name } };
    bool any = false;
    lf_view out;

    for (size_t i = 0; i < 2; i++)
        if (o->whole[i] != NONE) {
            lf_buf_printf(b, "%s\"%s\"", any ? "," : ",\"object_marking_refs\":[", refs[o->whole[i]]);
            any = true;
        }
    if (any)
        lf_buf_byte(b, ']');
    any = false;
    for (size_t i = 0; i < 3; i++)
        if (parts[i].m != NONE) {
            lf_buf_printf(b, "%s{\"selectors\":[\"%s\"],\"marking_ref\":\"%s\"}",
                          any ? "," : ",\"granular_markings\":[", parts[i].selector, refs[parts[i].m]);
            any = true;
        }
    if (any)
        lf_buf_byte(b, ']');
    lf_buf_byte(b, '}');
    out = lf_arena_copy(&d.life, lf_buf_view(b));
    lf_buf_clear(b);
    return out;
}

static inline lf_view text_of(const struct thing *o)
{
    struct lf_buf b;

    lf_buf_init(&b, 8192);
    lf_buf_printf(&b,
                  "{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"%.*s\",\"created_by_ref\":\"%.*s\","
                  "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
                  "\"name\":\"n%u.\",\"description\":\"d%u.\",\"labels\":[\"free\",\"l%u.\",\"last\"]",
                  LF_FMT(id_of(o)), LF_FMT(nodes[0]), o->number, o->number, o->number);
    return end_marked(&b, o, "name");
}

#endif
