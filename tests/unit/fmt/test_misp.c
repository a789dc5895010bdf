/* MISP in and out. */
#include "fmt/misp.h"

#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "lf_test.h"

struct sink {
    struct lf_arena a;
    const struct lf_json *o[1024];
    size_t n, faults, nlosses;
    struct {
        lf_view where, value;
        const char *why;
    } losses[1024];
    struct lf_buf text;
};

static void fault(void *ctx, const struct lf_stix_fault *f)
{
    struct sink *s = ctx;

    if (f->advice)
        return;
    s->faults++;
    printf("# fault: %.*s %.*s: %.*s\n", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct sink *s = ctx;
    struct lf_arena scratch = { 0 };

    CHECK(s->n < 1024, "room");
    if (getenv("LF_SHOW"))
        printf("# %.*s\n", LF_FMT(json));
    LF_TRY(lf_json_parse(&s->a, lf_arena_copy(&s->a, json), &(struct lf_json_limits){ .unique = true },
                         &s->o[s->n], e));
    (void)lf_stix_check(&scratch, s->o[s->n++], fault, s);
    lf_arena_clear(&scratch);
    return LF_OK;
}

static enum lf_code text(void *ctx, lf_view piece, struct lf_err *e)
{
    (void)e;
    lf_buf_put(&((struct sink *)ctx)->text, piece);
    return LF_OK;
}

static void lost(void *ctx, const struct lf_loss *l)
{
    struct sink *s = ctx;

    if (s->nlosses < 1024) {
        s->losses[s->nlosses].where = lf_arena_copy(&s->a, l->where);
        s->losses[s->nlosses].value = lf_arena_copy(&s->a, l->value);
        s->losses[s->nlosses++].why = l->why;
    }
    if (getenv("LF_SHOW"))
        printf("# lost: %.*s \"%.*s\": %s\n", LF_FMT(l->where), LF_FMT(l->value), l->why);
}

static void read_misp(struct sink *s, lf_view in)
{
    const struct lf_exchange to = { s, made, lost };
    struct lf_err e = { 0 };

    CHECK_OK(lf_misp_read(in, &to, &e), &e);
    CHECK(s->faults == 0, "%zu faults", s->faults);
}

static lf_view sample(struct lf_arena *a)
{
    char path[512];
    static char bytes[1 << 16];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/tests/data/exchange/misp-event.json", getenv("LF_ROOT"));
    f = fopen(path, "rb");
    CHECK(f, "%s", path);
    n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        fclose(f);
    return lf_arena_copy(a, (lf_view){ bytes, n });
}

static const struct lf_json *find(const struct sink *s, const char *id)
{
    for (size_t i = 0; i < s->n; i++)
        if (lf_view_is(lf_json_str(s->o[i], "id"), id))
            return s->o[i];
    return NULL;
}

#define U "5a1b2c3d-0000-4aaa-8bbb-000000000"

static void what_an_event_says_is_strict_stix_under_its_own_ids(void)
{
    static const struct {
        const char *id, *key, *want;
    } rows[] = {
        { "report--" U "001", "name", "Phishing against water plants" },
        { "report--" U "001", "created_by_ref", "identity--" U "0aa" },
        { "report--" U "001", "created", "2026-03-01T00:00:00.000Z" },
        { "report--" U "001", "modified", "2026-03-01T21:20:00.000Z" },
        { "indicator--" U "101", "pattern", "[ipv4-addr:value = '198.51.100.7']" },
        { "indicator--" U "101", "valid_from", "2026-02-28T10:00:00.000000Z" },
        { "indicator--" U "101", "valid_until", "2026-03-08T20:00:00.000000Z" },
        { "indicator--" U "101", "description", "control server" },
        { "indicator--" U "103", "pattern", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']" },
        { "indicator--" U "104", "pattern",
          "[network-traffic:dst_ref.value = '198.51.100.8' AND network-traffic:dst_port = 8443]" },
        { "indicator--" U "108", "pattern", "[url:value = 'https://evil.example/a?b=\\'c\\'']" },
        { "indicator--" U "10a", "pattern",
          "[file:name = 'in|voice.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']" },
        { "indicator--" U "10d", "pattern",
          "[network-traffic:extensions.'tls-ext'.ja3 = 'e7d705a3286e19ea42f587b344ee6865']" },
        { "indicator--" U "10e", "pattern",
          "[windows-registry-key:key = 'HKLM\\\\Software\\\\Run' AND windows-registry-key:values[*].data = "
          "'evil.exe']" },
        { "indicator--" U "110", "pattern_type", "yara" },
        { "vulnerability--" U "111", "name", "CVE-2025-48384" },
        { "note--" U "113", "content", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" },
        { "note--" U "115", "content", "not an address" },
        { "sighting--" U "901", "sighting_of_ref", "indicator--" U "101" },
        { "opinion--" U "902", "opinion", "strongly-disagree" },
        { "attack-pattern--2b742742-28c3-4e1b-bab7-8350d6300fa7", "name", "Spearphishing Link - T1566.002" },
        { "grouping--" U "201", "name", "file" },
        { "relationship--" U "221", "relationship_type", "communicates-with" },
        { "relationship--" U "221", "target_ref", "indicator--" U "101" },
        { "note--" U "301", "abstract", "Summary" },
    };
    struct sink s = { 0 };

    read_misp(&s, sample(&s.a));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view got = lf_json_str(find(&s, rows[i].id), rows[i].key);

        CHECK(lf_view_is(got, rows[i].want), "%s %s: %.*s", rows[i].id, rows[i].key, LF_FMT(got));
    }
    CHECK(lf_json_bool(find(&s, "indicator--" U "116"), "revoked", false), "a deleted one is revoked");
    lf_arena_clear(&s.a);
}

static bool marked(const struct lf_json *o, const char *name, const char *id)
{
    const struct lf_json *m = lf_json_get(o, LF_V("object_marking_refs"));

    (void)name;
    for (size_t i = 0; i < lf_json_items(m); i++)
        if (lf_view_is(lf_json_text(lf_json_item(m, i)), id))
            return true;
    return false;
}

static void tlp_is_a_marking_and_a_narrower_distribution_narrows(void)
{
    struct sink s = { 0 };

    read_misp(&s, sample(&s.a));
    CHECK(marked(find(&s, "indicator--" U "101"), "amber",
                 "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
          "of the event");
    CHECK(marked(find(&s, "indicator--" U "105"), "green",
                 "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
          "its own");
    CHECK(
        marked(find(&s, "note--" U "115"), "red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
        "only for their organisation");
    for (size_t i = 0; i < s.n; i++) {
        lf_view type = lf_json_str(s.o[i], "type");

        if (!lf_view_is(type, "identity") && !lf_view_is(type, "marking-definition") &&
            !lf_view_is(type, "attack-pattern"))
            CHECK(lf_json_items(lf_json_get(s.o[i], LF_V("object_marking_refs"))) >= 2, "%.*s has no marking",
                  LF_FMT(lf_json_str(s.o[i], "id")));
    }
    lf_arena_clear(&s.a);
}

static void what_is_made_refers_to_what_was_made(void)
{
    struct sink s = { 0 };

    read_misp(&s, sample(&s.a));
    for (size_t i = 0; i < s.n; i++) {
        const struct lf_json *refs = lf_json_get(s.o[i], LF_V("object_refs"));

        for (size_t k = 0; k < lf_json_items(refs); k++)
            CHECK(find(&s, lf_arena_cstr(&s.a, lf_json_text(lf_json_item(refs, k)))), "%.*s is missing",
                  LF_FMT(lf_json_text(lf_json_item(refs, k))));
    }
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < i; k++)
            CHECK(!lf_view_eq(lf_json_str(s.o[i], "id"), lf_json_str(s.o[k], "id")), "%.*s twice",
                  LF_FMT(lf_json_str(s.o[i], "id")));
    lf_arena_clear(&s.a);
}

static const struct lf_json *write_misp(struct sink *out, const struct sink *in)
{
    const struct lf_exchange to = { out, text, lost };
    const struct lf_json *doc = NULL;
    struct lf_err e = { 0 };

    lf_buf_init(&out->text, 1 << 22);
    CHECK_OK(lf_misp_write(&out->a, in->o, in->n, &to, &e), &e);
    CHECK_OK(
        lf_json_parse(&out->a, lf_buf_view(&out->text), &(struct lf_json_limits){ .unique = true }, &doc, &e),
        &e);
    return doc;
}

static const struct lf_json *event_of(const struct lf_json *doc)
{
    const struct lf_json *list = lf_json_get(doc, LF_V("response"));

    CHECK(lf_json_items(list) == 1, "%zu events", lf_json_items(list));
    return lf_json_items(list) ? lf_json_get(lf_json_item(list, 0), LF_V("Event")) : NULL;
}

static const struct lf_json *by_uuid(const struct lf_json *list, lf_view uuid)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_str(lf_json_item(list, i), "uuid"), uuid))
            return lf_json_item(list, i);
    return NULL;
}

static void same(const struct lf_json *was, const struct lf_json *now, const char *keys, lf_view what)
{
    lf_view rest = lf_view_of(keys), key;

    CHECK(now, "%.*s is missing", LF_FMT(what));
    while (now && lf_view_split(&rest, ' ', &key)) {
        lf_view a = lf_json_text(lf_json_get(was, key)), b = lf_json_text(lf_json_get(now, key));

        if (!lf_json_get(was, key))
            continue;
        CHECK(lf_view_eq(a, b), "%.*s %.*s: \"%.*s\", not \"%.*s\"", LF_FMT(what), LF_FMT(key), LF_FMT(b),
              LF_FMT(a));
    }
}

static void same_attributes(const struct lf_json *was, const struct lf_json *now)
{
    static const char keys[] = "type category value to_ids comment timestamp object_relation deleted "
                               "disable_correlation distribution";

    for (size_t i = 0; i < lf_json_items(was); i++) {
        const struct lf_json *a = lf_json_item(was, i), *b = by_uuid(now, lf_json_str(a, "uuid")),
                             *tags = lf_json_get(a, LF_V("Tag")), *seen = lf_json_get(a, LF_V("Sighting"));

        if (lf_view_is(lf_json_str(a, "value"), "TCP")) /* STIX writes it small */
            continue;
        same(a, b, keys, lf_json_str(a, "uuid"));
        CHECK(lf_json_items(tags) == lf_json_items(lf_json_get(b, LF_V("Tag"))), "%.*s: %zu tags, not %zu",
              LF_FMT(lf_json_str(a, "uuid")), lf_json_items(lf_json_get(b, LF_V("Tag"))),
              lf_json_items(tags));
        CHECK(lf_json_items(seen) == lf_json_items(lf_json_get(b, LF_V("Sighting"))), "%.*s: sightings",
              LF_FMT(lf_json_str(a, "uuid")));
    }
    CHECK(lf_json_items(was) == lf_json_items(now), "%zu attributes, not %zu", lf_json_items(now),
          lf_json_items(was));
}

static void a_round_trip_keeps_what_both_can_say(void)
{
    struct sink s = { 0 }, out = { 0 }, again = { 0 };
    const struct lf_json *doc, *was, *now;
    struct lf_err e = { 0 };

    read_misp(&s, sample(&s.a));
    CHECK_OK(lf_json_parse(&s.a, sample(&s.a), NULL, &doc, &e), &e);
    was = event_of(doc);
    now = event_of(write_misp(&out, &s));
    same(was, now,
         "uuid info date threat_level_id analysis distribution published publish_timestamp timestamp",
         LF_V("the event"));
    same(lf_json_get(was, LF_V("Orgc")), lf_json_get(now, LF_V("Orgc")), "uuid name",
         LF_V("the organisation"));
    CHECK(lf_json_items(lf_json_get(was, LF_V("Tag"))) == lf_json_items(lf_json_get(now, LF_V("Tag"))),
          "tags: %zu", lf_json_items(lf_json_get(now, LF_V("Tag"))));
    same_attributes(lf_json_get(was, LF_V("Attribute")), lf_json_get(now, LF_V("Attribute")));
    was = lf_json_get(was, LF_V("Object"));
    now = lf_json_get(now, LF_V("Object"));
    for (size_t i = 0; i < lf_json_items(was); i++) {
        const struct lf_json *o = lf_json_item(was, i), *p = by_uuid(now, lf_json_str(o, "uuid"));

        same(o, p, "name meta-category description template_uuid template_version timestamp comment",
             lf_json_str(o, "uuid"));
        same_attributes(lf_json_get(o, LF_V("Attribute")), lf_json_get(p, LF_V("Attribute")));
        CHECK(lf_json_items(lf_json_get(o, LF_V("ObjectReference"))) ==
                  lf_json_items(lf_json_get(p, LF_V("ObjectReference"))),
              "references");
    }
    /* And the STIX of it is the same again. */
    read_misp(&again, lf_buf_view(&out.text));
    CHECK(again.n == s.n, "%zu objects, not %zu", again.n, s.n);
    for (size_t i = 0; i < s.n; i++) {
        const char *id = lf_arena_cstr(&s.a, lf_json_str(s.o[i], "id"));
        const struct lf_json *o = find(&again, id);
        struct lf_buf a, b;

        lf_buf_init(&a, 1 << 20);
        lf_buf_init(&b, 1 << 20);
        lf_json_write(&a, s.o[i]);
        if (o)
            lf_json_write(&b, o);
        if (!strstr(id, "note--5a1b2c3d-0000-4aaa-8bbb-000000000301") && strncmp(id, "report", 6) != 0)
            CHECK(lf_view_eq(lf_buf_view(&a), lf_buf_view(&b)), "%s\n#  %.*s\n#  %.*s", id,
                  LF_FMT(lf_buf_view(&a)), LF_FMT(lf_buf_view(&b)));
        lf_buf_clear(&a);
        lf_buf_clear(&b);
    }
    lf_buf_clear(&out.text);
    lf_arena_clear(&s.a);
    lf_arena_clear(&out.a);
    lf_arena_clear(&again.a);
}

static bool lost_at(const struct sink *s, const char *where)
{
    for (size_t i = 0; i < s->nlosses; i++)
        if (lf_view_is(s->losses[i].where, where))
            return true;
    return false;
}

static void what_cannot_be_said_is_told(void)
{
    static const char *const want[] = {
        "Event[0].RelatedEvent",         "Event[0].id",
        "Event[0].Tag.colour",           "Event[0].Attribute[20].to_ids",
        "Event[0].Attribute[18].to_ids", "Event[0].Galaxy.refs",
    };
    struct sink s = { 0 };

    read_misp(&s, sample(&s.a));
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK(lost_at(&s, want[i]), "%s", want[i]);
    lf_arena_clear(&s.a);
}

static void all_forms_of_a_file_are_taken_and_others_refused(void)
{
    static const struct {
        const char *name, *in;
        enum lf_code want;
        size_t objects;
    } rows[] = {
        { "an event alone",
          "{\"uuid\":\"" U "001\",\"info\":\"x\",\"Orgc\":{\"name\":\"o\"},\"Attribute\":[]}", LF_OK, 2 },
        { "attributes first",
          "{\"Attribute\":[{\"type\":\"md5\",\"value\":\"d41d8cd98f00b204e9800998ecf8427e\"}],\"info\":"
          "\"x\"}",
          LF_OK, 3 },
        { "a list of events", "[{\"Event\":{\"info\":\"x\",\"Attribute\":null}}]", LF_OK, 0 },
        { "attributes of many events",
          "{\"response\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"a.example\",\"to_ids\":true,"
          "\"Event\":{\"uuid\":\"" U "001\"}}]}}",
          LF_OK, 1 },
        { "nothing", "", LF_BAD_INPUT, 0 },
        { "no MISP", "{\"a\":1}", LF_BAD_INPUT, 0 },
        { "a number", "7", LF_BAD_INPUT, 0 },
        { "a key twice", "{\"Event\":{\"info\":\"x\",\"Tag\":[{\"name\":\"a\",\"name\":\"b\"}]}}",
          LF_BAD_INPUT, 0 },
        { "a list twice", "{\"Event\":{\"Attribute\":[],\"Attribute\":[]}}", LF_BAD_INPUT, 0 },
        { "more behind it", "{\"Event\":{\"info\":\"x\"}} x", LF_BAD_INPUT, 0 },
        { "lists in lists", "[[[[[[[[[[[[]]]]]]]]]]]]", LF_BAD_INPUT, 0 },
        { "cut", "{\"Event\":{\"info\":\"x\",\"Attribute\":[{", LF_BAD_INPUT, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sink s = { 0 };
        const struct lf_exchange to = { &s, made, lost };
        struct lf_err e = { 0 };
        enum lf_code rc = lf_misp_read(lf_view_of(rows[i].in), &to, &e);

        CHECK(rc == rows[i].want, "%s: %s %s", rows[i].name, lf_code_name(rc), e.text);
        CHECK(s.n == rows[i].objects && !s.faults, "%s: %zu objects", rows[i].name, s.n);
        lf_arena_clear(&s.a);
    }
}

static void a_strangers_stix_becomes_attributes(void)
{
    static const struct {
        const char *pattern, *type, *value;
    } rows[] = {
        { "[ipv4-addr:value = '198.51.100.7']", "ip-dst", "198.51.100.7" },
        { "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "ip-dst", "198.51.100.0/24" },
        { "[domain-name:value = 'a.example']", "domain", "a.example" },
        { "[file:hashes.'SHA-256' = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']",
          "sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e' AND file:name = 'x']", "filename|md5",
          "x|d41d8cd98f00b204e9800998ecf8427e" },
        { "[network-traffic:dst_ref.value = 'a.example']", "hostname", "a.example" },
        { "[autonomous-system:number = 64500]", "AS", "AS64500" },
        { "[domain-name:value LIKE '%.example']", "stix2-pattern", "[domain-name:value LIKE '%.example']" },
        { "[url:value = 'http://a.example/'] OR [url:value = 'http://b.example/']", "stix2-pattern",
          "[url:value = 'http://a.example/'] OR [url:value = 'http://b.example/']" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sink s = { 0 }, out = { 0 };
        const struct lf_json *a;
        struct lf_err e = { 0 };
        struct lf_buf b;

        lf_buf_init(&b, 1 << 16);
        LF_PUT(&b, "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" U
                   "777\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
                   "\"valid_from\":\"2026-01-01T00:00:00Z\",\"pattern_type\":\"stix\",\"pattern\":");
        lf_json_quote(&b, lf_view_of(rows[i].pattern));
        lf_buf_byte(&b, '}');
        CHECK_OK(made(&s, lf_buf_view(&b), &e), &e);
        a = lf_json_get(event_of(write_misp(&out, &s)), LF_V("Attribute"));
        CHECK(lf_json_items(a) == 1, "%s: %zu attributes", rows[i].pattern, lf_json_items(a));
        if (lf_json_items(a)) {
            CHECK_VIEW(lf_json_str(lf_json_item(a, 0), "type"), lf_view_of(rows[i].type));
            CHECK_VIEW(lf_json_str(lf_json_item(a, 0), "value"), lf_view_of(rows[i].value));
            CHECK_VIEW(lf_json_str(lf_json_item(a, 0), "uuid"), LF_V(U "777"));
            CHECK(lf_json_bool(lf_json_item(a, 0), "to_ids", false), "to_ids");
        }
        lf_buf_clear(&b);
        lf_buf_clear(&out.text);
        lf_arena_clear(&s.a);
        lf_arena_clear(&out.a);
    }
}

/* No reader of ours makes such objects, but a stranger's STIX may have them. */
static void objects_that_hold_one_another_are_written_once(void)
{
    static const char *const in[] = {
        "{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--" U
        "001\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":"
        "\"r\","
        "\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[\"grouping--" U "002\"]}",
        "{\"type\":\"grouping\",\"spec_version\":\"2.1\",\"id\":\"grouping--" U
        "002\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":"
        "\"a\","
        "\"context\":\"unspecified\",\"labels\":[\"misp:object=\\\"a\\\"\"],\"object_refs\":[\"grouping--" U
        "003\",\"grouping--" U "002\"]}",
        "{\"type\":\"grouping\",\"spec_version\":\"2.1\",\"id\":\"grouping--" U
        "003\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":"
        "\"b\","
        "\"context\":\"unspecified\",\"labels\":[\"misp:object=\\\"b\\\"\"],\"object_refs\":[\"grouping--" U
        "002\"]}",
    };
    struct sink s = { 0 }, out = { 0 };
    struct lf_err e = { 0 };

    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        CHECK_OK(made(&s, lf_view_of(in[i]), &e), &e);
    CHECK(lf_json_items(lf_json_get(event_of(write_misp(&out, &s)), LF_V("Object"))) == 2, "objects");
    lf_buf_clear(&out.text);
    lf_arena_clear(&s.a);
    lf_arena_clear(&out.a);
}

static void a_vulnerability_s_number_is_a_reference_only_as_cve_writes_it(void)
{
    static const struct {
        const char *value;
        bool reference;
    } rows[] = { { "CVE-2026-12345", true },
                 { "CVE-2026-", false },
                 { "CVE-2026-1234x", false },
                 { "cve-2026-12345", false } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct sink *s = calloc(1, sizeof *s);

        CHECK(s, "memory");
        read_misp(s, lf_arena_printf(&a,
                                     "{\"Event\":{\"uuid\":\"" U
                                     "001\",\"info\":\"y\",\"timestamp\":\"1772400001\",\"Attribute\":"
                                     "[{\"uuid\":\"" U
                                     "10d\",\"type\":\"vulnerability\",\"category\":\"External analysis\","
                                     "\"value\":\"%s\",\"timestamp\":\"1772400001\"}]}}",
                                     rows[i].value));
        for (size_t k = 0; k < s->n; k++)
            if (lf_view_is(lf_json_str(s->o[k], "type"), "vulnerability"))
                CHECK((lf_json_get(s->o[k], LF_V("external_references")) != NULL) == rows[i].reference, "%s",
                      rows[i].value);
        CHECK(s->n >= 2, "%zu objects of %s", s->n, rows[i].value);
        lf_arena_clear(&s->a);
        free(s);
        lf_arena_clear(&a);
    }
}

int main(void)
{
    lf_crypto_init();
    RUN(what_an_event_says_is_strict_stix_under_its_own_ids);
    RUN(tlp_is_a_marking_and_a_narrower_distribution_narrows);
    RUN(what_is_made_refers_to_what_was_made);
    RUN(a_round_trip_keeps_what_both_can_say);
    RUN(what_cannot_be_said_is_told);
    RUN(all_forms_of_a_file_are_taken_and_others_refused);
    RUN(a_strangers_stix_becomes_attributes);
    RUN(objects_that_hold_one_another_are_written_once);
    RUN(a_vulnerability_s_number_is_a_reference_only_as_cve_writes_it);
    DONE();
}
