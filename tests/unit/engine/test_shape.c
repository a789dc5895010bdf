#include "engine/shape.h"

#include "engine/lookout.h"
#include "engine/normalise.h"
#include "engine/rule_priv.h"
#include "lf_normaliser.h"
#include "lf_test.h"

static uint64_t x = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static const struct lf_json *parsed(struct lf_arena *a, const char *text)
{
    const struct lf_json *out;
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(a, lf_view_of(text), NULL, &out, &e), &e);
    return out;
}

/* The id of the text's shape; zeros: it has none. */
static void id_of(struct lf_shapes *s, struct lf_arena *a, const char *text, uint64_t out[2])
{
    struct lf_shape shape = lf_shapes_of(s, parsed(a, text));

    out[0] = shape.n ? shape.id[0] : 0;
    out[1] = shape.n ? shape.id[1] : 0;
}

static void records_have_one_shape_when_they_have_the_same_names_in_the_same_order(void)
{
    static const struct {
        const char *x, *y;
        bool same;
    } rows[] = {
        { "{\"a\":1,\"b\":2}", "{\"a\":\"x\",\"b\":[3]}", true },
        { "{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}", false },
        { "{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false },
        { "{\"ab\":1,\"c\":2}", "{\"a\":1,\"bc\":2}", false },
        { "{\"a\":1}", "{\"a\":1,\"a\":1}", false },
        { "{\"\":1,\"a\":1}", "{\"a\":1,\"\":1}", false },
        { "{\"EventID\":1}", "{\"EventId\":1}", false },
        { "{\"abcd\":1}", "{\"abed\":1}", false },
        { "{\"abcdefghij\":1}", "{\"abcdefghij\":2}", true },
        { "{\"abcdefghijklmnopqrstu\":1}", "{\"abcdefghijXlmnopqrstu\":1}", false },
    };
    struct lf_arena a = { 0 };
    uint64_t id[2], other[2];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_shapes *s = lf_shapes_create(), *t = lf_shapes_create();

        id_of(s, &a, rows[i].x, id);
        CHECK(id[0] | id[1], "%s has no shape", rows[i].x);
        /* Two sets say the same: what is kept by one's id is good with the other's. */
        id_of(t, &a, rows[i].y, other);
        CHECK((memcmp(id, other, sizeof id) == 0) == rows[i].same, "%s and %s", rows[i].x, rows[i].y);
        lf_shapes_destroy(s);
        lf_shapes_destroy(t);
    }
    lf_arena_clear(&a);
}

static void what_is_no_object_or_too_wide_has_no_shape(void)
{
    struct lf_shapes *s = lf_shapes_create();
    struct lf_arena a = { 0 };
    char wide[4096] = "{", *p = wide + 1;
    uint64_t id[2];

    for (unsigned i = 0; i <= LF_SHAPE_MEMBERS; i++) {
        if (i == LF_SHAPE_MEMBERS - 1 || i == LF_SHAPE_MEMBERS) {
            *p = '}';
            p[1] = '\0';
            id_of(s, &a, wide, id);
            CHECK(id[0] | id[1], "%u members", i);
        }
        p += snprintf(p, (size_t)(wide + sizeof wide - p), "%s\"m%u\":0", i ? "," : "", i);
    }
    memcpy(p, "}", 2);
    id_of(s, &a, wide, id);
    CHECK(!(id[0] | id[1]), "%d members have a shape", LF_SHAPE_MEMBERS + 1);
    memset(wide, 'n', sizeof wide);
    memcpy(wide, "{\"", 2);
    memcpy(wide + 2 + LF_SHAPE_TEXT + 1, "\":0}", 5);
    id_of(s, &a, wide, id);
    CHECK(!(id[0] | id[1]), "a name of %d bytes", LF_SHAPE_TEXT + 1);
    id_of(s, &a, "{}", id);
    CHECK(!(id[0] | id[1]), "no members");
    id_of(s, &a, "[1]", id);
    CHECK(!(id[0] | id[1]), "a list");
    lf_shapes_destroy(s);
    lf_arena_clear(&a);
}

/* Flat and nested, dotted and blank, twice the same, Windows' own structure and what only looks like it. */
static const char *const names[] = {
    "Image", "CommandLine", "Event ID", "EventID", "process.name", "process",
    "a.b",   "a",           "System",   "Event",   "EventData",    "xmlns:x",
    "User",  "EventID ",    "dst_ip",   "message", "QueryName",    "Hashes"
};
static const char *const values[] = { "\"cmd.exe\"",
                                      "\"whoami /all\"",
                                      "1",
                                      "\"198.51.100.7\"",
                                      "{\"name\":\"cmd.exe\"}",
                                      "{\"b\":\"whoami\"}",
                                      "null",
                                      "[\"cmd.exe\",2]",
                                      "\"evil.example\"",
                                      "{\"EventID\":1}",
                                      "\"MD5=cead3f77f6cda6ec00f57d76c9a69faa\"",
                                      "\"x\"" };

/* One of `kinds` lists of names, always the same one by its number. */
static lf_view record(struct lf_arena *a, unsigned kind)
{
    struct lf_buf b;
    uint64_t was = x;
    unsigned n;
    lf_view out;

    lf_buf_init(&b, 4096);
    x = (kind + 1) * 0xd6e8feb86659fd93u;
    n = 1 + roll(8);
    lf_buf_byte(&b, '{');
    for (unsigned i = 0; i < n; i++) {
        const char *name = names[roll(sizeof names / sizeof *names)];
        uint64_t of_names = x;

        x = was;
        lf_buf_printf(&b, "%s\"%s\":%s", i ? "," : "", name, values[roll(sizeof values / sizeof *values)]);
        was = x;
        x = of_names;
    }
    x = was;
    lf_buf_byte(&b, '}');
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void a_known_shape_changes_no_answer_of_rules_or_indicators(void)
{
    static const char rules[] =
        "title: image\nid: 00000000-0000-4000-8000-000000000001\nlogsource:\n  category: x\ndetection:\n  "
        "s:\n"
        "    Image|endswith: cmd.exe\n  condition: s\n---\n"
        "title: number\nid: 00000000-0000-4000-8000-000000000002\nlogsource:\n  category: x\ndetection:\n  "
        "s:\n"
        "    EventID: 1\n  condition: s\n---\n"
        "title: dotted\nid: 00000000-0000-4000-8000-000000000003\nlogsource:\n  category: x\ndetection:\n  "
        "s:\n"
        "    process.name: cmd.exe\n  t:\n    a.b|startswith: whoami\n  condition: s or t\n---\n"
        "title: none\nid: 00000000-0000-4000-8000-000000000004\nlogsource:\n  category: x\ndetection:\n  s:\n"
        "    CommandLine: null\n    User|exists: true\n  condition: s\n---\n"
        "title: words\nid: 00000000-0000-4000-8000-000000000005\nlogsource:\n  category: x\ndetection:\n"
        "  keywords:\n    - whoami\n  condition: keywords\n";
    static const uint64_t seed[4] = { 1, 2, 3, 4 };
    struct lf_normaliser *n = test_normaliser();
    struct lf_lookout *w = lf_lookout_create(seed);
    struct lf_ruleset *rs;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    unsigned with = 0, hits = 0, known = 0;

    CHECK_OK(lf_ruleset_build(&(struct lf_rule_file){ LF_V("t.yml"), lf_view_of(rules) }, 1, &rs, &e), &e);
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), LF_OBS_IPV4, LF_V("198.51.100.7"),
                        &(struct lf_ioc){ .confidence = 90 }, &e),
             &e);
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), LF_OBS_DOMAIN, LF_V("evil.example"),
                        &(struct lf_ioc){ .confidence = 90 }, &e),
             &e);
    CHECK_OK(lf_ioc_add(lf_lookout_set(w), LF_OBS_MD5, LF_V("cead3f77f6cda6ec00f57d76c9a69faa"),
                        &(struct lf_ioc){ .confidence = 90 }, &e),
             &e);
    for (unsigned i = 0; i < 20000; i++) {
        /* A few kinds often, the others seldom: places are kept and given up. */
        lf_view text = record(&a, roll(4) ? roll(20) : roll(2000));
        struct lf_event ev = { 0 }, plain;
        const struct lf_rule *const *fast, *const *slow;
        struct lf_lookout_hit *found, *alone;
        size_t nfast, nslow, nfound, nalone;

        lf_normalise(n, &a, &(struct lf_record){ .bytes = text, .position = i }, &ev);
        plain = ev;
        plain.shape.n = 0;
        nfast = lf_ruleset_match(rs, &a, &ev, false, &fast);
        nslow = lf_ruleset_match_slowly(rs, &a, &plain, false, &slow);
        CHECK(nfast == nslow && (!nfast || memcmp(fast, slow, nfast * sizeof *fast) == 0),
              "%zu, not %zu rules: %.*s", nfast, nslow, LF_FMT(text));
        nfound = lf_lookout_event(w, &a, &ev, 1, &found);
        nalone = lf_lookout_event(w, &a, &plain, 1, &alone);
        CHECK(nfound == nalone, "%zu, not %zu indicators: %.*s", nfound, nalone, LF_FMT(text));
        for (size_t k = 0; k < nfound; k++)
            CHECK(found[k].kind == alone[k].kind && lf_view_eq(found[k].value, alone[k].value), "%.*s",
                  LF_FMT(text));
        with += ev.shape.n > 0;
        hits += nfast > 0;
        known += nfound > 0;
        lf_arena_reset(&a);
    }
    CHECK(with > 10000 && hits > 2000 && known > 2000, "%u shapes, %u hits, %u known", with, hits, known);
    lf_ruleset_drop(rs);
    lf_lookout_destroy(w);
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(records_have_one_shape_when_they_have_the_same_names_in_the_same_order);
    RUN(what_is_no_object_or_too_wide_has_no_shape);
    RUN(a_known_shape_changes_no_answer_of_rules_or_indicators);
    DONE();
}
