/* Who may have what of which object: every marking and pairs of them, on the object and on its
 * parts, by every origin, for every reader, at each door of isac, beside plain sentences that know
 * nothing of keys, tables and copies.  Nothing leaves that may not, and what may leaves whole. */
#include "isac/misp_event.h"
#include "isac/object_graph.h"
#include "isac/object_search.h"
#include "isac/rights.h"

#include "rights_world.h"

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
        CHECK((lf_object_versions(&d.t, id_of(o), 0, 1, &all, &version, &more, &e) == LF_OK) == (want == ALL),
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
