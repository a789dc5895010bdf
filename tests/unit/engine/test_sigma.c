#include "engine/sigma.h"

#include "base/crypto.h"
#include "lf_test.h"

/* A rule around one detection; matched unrouted on one event.  %x%, %net% and %two%
 * have values. */
static int fires(const char *detection, const char *event)
{
    static const lf_view lists =
        LF_VIEW("x: [one, 'w*d', 'back\\']\nnet: [10.0.0.0/8, 'fe80::/10']\ntwo: [a, b]\n");
    struct lf_placeholders values = { 0 };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_rule_file f = { LF_V("t.yml"), { NULL, 0 } };
    struct lf_event ev = { 0 };
    const struct lf_rule *const *hits;
    struct lf_ruleset *rs;
    int got;

    f.text = lf_arena_printf(&a, "title: t\nlogsource: {category: c}\ndetection:\n%s\n", detection);
    CHECK_OK(lf_placeholders_read_map(&values, LF_V("lists"), lists, &e), &e);
    CHECK_OK(lf_ruleset_build_with(&f, 1, &values, &rs, &e), &e);
    lf_placeholders_clear(&values);
    if (lf_ruleset_refused(rs)) {
        got = -1;
    } else {
        CHECK_OK(lf_json_parse(&a, lf_view_of(event), NULL, &ev.doc, &e), &e);
        got = (int)lf_ruleset_match(rs, &a, &ev, false, &hits);
    }
    lf_ruleset_drop(rs);
    lf_arena_clear(&a);
    return got;
}

#define S(item) " s:\n  " item "\n condition: s"
#define N(item) " s:\n  " item "\n condition: not s"

static const struct {
    const char *name, *detection, *event;
    int want; /* -1 = refused */
} rows[] = {
    /* fields */
    { "3: names heed case", S("A: x"), "{\"a\":\"x\"}", 0 },
    { "3a: a key may hold dots", S("a.b: x"), "{\"a.b\":\"x\",\"a\":{\"b\":\"y\"}}", 1 },
    { "3a': blanks of a key are stripped", S("ThreatName: x"), "{\"Threat Name\":\"x\"}", 1 },
    { "3b: a path of objects", S("a.b.c: x"), "{\"a\":{\"b.c\":\"x\"}}", 1 },
    { "3b: through a list", S("a.b: y"), "{\"a\":[{\"b\":\"x\"},{\"b\":\"y\"}]}", 1 },
    { "4: EventData beats System", S("Level: two"),
      "{\"Event\":{\"System\":{\"Level\":\"one\"},\"EventData\":{\"Level\":\"two\"}}}", 1 },
    { "4: UserData beats both", S("K: u"),
      "{\"System\":{\"K\":\"s\"},\"EventData\":{\"K\":\"e\"},\"UserData\":{\"W\":{\"K\":\"u\"}}}", 1 },
    { "4: attributes are joined by _", S("Provider_Name: p"),
      "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"p\"}}}}}", 1 },
    { "4: EventID with qualifiers", S("EventID: 7"),
      "{\"Event\":{\"System\":{\"EventID\":{\"#attributes\":{\"Qualifiers\":1},\"#text\":7}}}}", 1 },
    { "4: an element without attributes", S("EventID: 7"),
      "{\"Event\":{\"System\":{\"EventID\":{\"#text\":7},\"X\":{}}}}", 1 },
    { "4: named data", S("N: t"),
      "{\"Event\":{\"System\":{},\"EventData\":{\"Data\":[{\"#attributes\":{\"Name\":\"N\"},\"#text\":\"t\"}]"
      "}}}",
      1 },
    { "4: plain data is a list", S("Data: b"),
      "{\"Event\":{\"System\":{},\"EventData\":{\"Data\":[\"a\",\"b\"]}}}", 1 },
    { "4: dotted names stay", S("Event.System.EventID: 7"), "{\"Event\":{\"System\":{\"EventID\":7}}}", 1 },
    { "4: also from the Event object", S("System.EventID: 7"), "{\"Event\":{\"System\":{\"EventID\":7}}}",
      1 },
    { "5: any element", S("a: y"), "{\"a\":[\"x\",\"y\"]}", 1 },
    { "5: all over elements", S("a|contains|all: [x, y]"), "{\"a\":[\"1x\",\"2y\"]}", 1 },
    { "5: an object equals no text", S("a: '*'"), "{\"a\":{\"b\":1}}", 0 },
    { "5: an object is not null", S("a: null"), "{\"a\":{\"b\":1}}", 0 },
    { "6: a number's text is its source", S("a: '1.50'"), "{\"a\":1.50}", 1 },
    { "7: keywords, any depth", " s: ['deep']\n condition: s", "{\"a\":{\"b\":[\"so DEEP it\"]}}", 1 },
    { "7: never keys", " s: ['deep']\n condition: s", "{\"deep\":1}", 0 },
    { "7: xmlns excluded", " s: ['schemas']\n condition: s", "{\"xmlns\":\"schemas\"}", 0 },
    /* choices */
    { "C1: yes is text", S("a: yes"), "{\"a\":\"yes\"}", 1 },
    { "C1: 010 is 10", S("a: 010"), "{\"a\":10}", 1 },
    { "C1: a key twice refuses", S("{a: 1, a: 2}"), "{}", -1 },
    { "C2: folding beyond ASCII", S("a: \"\\u00c4\\u03a3\""), "{\"a\":\"\\u00e4\\u03c3\"}", 1 },
    { "C2: ? is one code point", S("a: 'x?y'"), "{\"a\":\"x\\u4e2dy\"}", 1 },
    { "C2: * takes newlines", S("a: 'x*y'"), "{\"a\":\"x\\ny\"}", 1 },
    { "C3: null of an absent field", S("a: null"), "{}", 1 },
    { "C3: null of null", S("a: null"), "{\"a\":null}", 1 },
    { "C3: empty is not absent", S("a: ''"), "{}", 0 },
    { "C3: empty is empty", S("a: ''"), "{\"a\":\"\"}", 1 },
    { "C3: * of absent", S("a: '*'"), "{}", 0 },
    { "C3: * of empty", S("a: '*'"), "{\"a\":\"\"}", 1 },
    { "C3: contains '' of empty", S("a|contains: ''"), "{\"a\":\"\"}", 1 },
    { "C3: exists even when null", S("a|exists: true"), "{\"a\":null}", 1 },
    { "C3: not of absent", N("a: x"), "{}", 1 },
    { "C4: number by value", S("a: 1"), "{\"a\":1.0}", 1 },
    { "C4: large numbers exactly", S("a: 9007199254740993"), "{\"a\":9007199254740992}", 0 },
    { "C4: number against text", S("a: 1"), "{\"a\":\"1\"}", 1 },
    { "C4: not as a value of text", S("a: 1"), "{\"a\":\"1.0\"}", 0 },
    { "C4: boolean against text", S("a: true"), "{\"a\":\"TRUE\"}", 1 },
    { "C4: in any case, as Unicode has it", S("{a: false, b: null}"), "{\"a\":\"fal\\u017fe\"}", 1 },
    { "C4: text against a boolean", S("a: 'True'"), "{\"a\":true}", 1 },
    { "C4: gte", S("a|gte: 10"), "{\"a\":\"10.0\"}", 1 },
    { "C4: lt of hex", S("a|lt: 10"), "{\"a\":\"0x1\"}", 0 },
    { "C4: gt of text refuses", S("a|gt: 'x'"), "{}", -1 },
    { "C5: number keyword", " s: [4688]\n condition: s", "{\"a\":\"id 4688.\"}", 1 },
    { "C5: null keyword refuses", " s: [null]\n condition: s", "{}", -1 },
    { "C5: all keywords", " s:\n  '|all': [x, y]\n condition: s", "{\"a\":\"x\",\"b\":\"y\"}", 1 },
    { "C6: base64 of contains refuses", S("a|contains|base64: x"), "{}", -1 },
    { "C6: base64 then contains", S("a|base64|contains: 'foo'"), "{\"a\":\"..Zm9v..\"}", 1 },
    { "C6: base64offset", S("a|base64offset|contains: 'foobar'"), "{\"a\":\"eGZvb2Jhcg==\"}", 1 },
    { "C6: wide then base64", S("a|wide|base64|contains: 'ab'"), "{\"a\":\"YQBiAA==\"}", 1 },
    { "C6: wide alone is text with NULs", S("a|wide|contains: 'ab'"), "{\"a\":\"a\\u0000b\\u0000\"}", 1 },
    { "C6: utf16 alone refuses", S("a|utf16: 'ab'"), "{}", -1 },
    { "C6: UTF-16 twice refuses", S("a|utf16|wide|base64: 'ab'"), "{}", -1 },
    { "C7: windash", S("a|windash|contains: ' -x'"), "{\"a\":\"c /x\"}", 1 },
    { "C7: windash, other dashes", S("a|windash|contains: ' -x'"), "{\"a\":\"c \\u2014x\"}", 1 },
    { "C8: neq of absent", S("a|neq: x"), "{}", 1 },
    { "C8: neq of a list", S("a|neq: [x, y]"), "{\"a\":\"y\"}", 0 },
    { "C9: re heeds case", S("a|re: 'FOO'"), "{\"a\":\"foo\"}", 0 },
    { "C9: re is not anchored", S("a|re: 'o+'"), "{\"a\":\"foo\"}", 1 },
    { "C9: re|i", S("a|re|i: 'FOO'"), "{\"a\":\"foo\"}", 1 },
    { "C9: dot is no newline", S("a|re: 'x.y'"), "{\"a\":\"x\\ny\"}", 0 },
    { "C9: re|s", S("a|re|s: 'x.y'"), "{\"a\":\"x\\ny\"}", 1 },
    { "C9: an empty value", S("a|re: '^$'"), "{\"a\":\"\"}", 1 },
    { "C9: lookaround refuses", S("a|re: '(?=x)y'"), "{}", -1 },
    { "C10: cidr", S("a|cidr: 10.1.2.3/8"), "{\"a\":\"10.9.9.9\"}", 1 },
    { "C10: mapped is not in v4", S("a|cidr: 10.0.0.0/8"), "{\"a\":\"::ffff:10.0.0.1\"}", 0 },
    { "C10: v6", S("a|cidr: 'fe80::/10'"), "{\"a\":\"febf::1\"}", 1 },
    { "C10: one address", S("a|cidr: 10.0.0.1"), "{\"a\":\"10.0.0.2\"}", 0 },
    { "C10: a bad network refuses", S("a|cidr: 10.0.0.0/33"), "{}", -1 },
    { "C11: fieldref", S("a|fieldref: b"), "{\"a\":\"X*\",\"b\":\"x*\"}", 1 },
    { "C11: fieldref, absent", S("a|fieldref: b"), "{\"a\":null}", 0 },
    { "C11: fieldref is literal", S("a|fieldref|startswith: b"), "{\"a\":\"xyz\",\"b\":\"x*\"}", 0 },
    { "C12: exists of text refuses", S("a|exists: 'x'"), "{}", -1 },
    { "C12: unknown modifier", S("a|nosuch: x"), "{}", -1 },
    { "C12: empty list", S("a: []"), "{}", -1 },
    { "C12: empty map", " s: {}\n condition: s", "{}", -1 },
    { "C12: undefined identifier", " s: {a: 1}\n condition: t", "{}", -1 },
    { "C12: nothing like the pattern", " s: {a: 1}\n condition: 1 of t*", "{}", -1 },
    { "C12: 2 of", " s: {a: 1}\n condition: 2 of s*", "{}", -1 },
    { "C12: any of", " s: {a: 1}\n condition: any of s*", "{}", -1 },
    { "C12: aggregation", " s: {a: 1}\n condition: s | count() > 5", "{}", -1 },
    { "C12: no condition", " s: {a: 1}", "{}", -1 },
    { "C12: all on one value", S("a|contains|all: x"), "{\"a\":\"x\"}", 1 },
    { "C13: words in any case", " s: {a: 1}\n t: {b: 1}\n condition: s AND NOT t", "{\"a\":1}", 1 },
    { "C13: identifiers heed case", " s: {a: 1}\n condition: S", "{}", -1 },
    { "C13: the whole identifier", " ss: {a: 1}\n condition: 1 of s", "{}", -1 },
    { "C13: _ is not of them", " _s: {a: 1}\n t: {b: 1}\n condition: all of them", "{\"b\":1}", 1 },
    { "C13: _ of its own pattern", " _s: {a: 1}\n condition: 1 of _*", "{\"a\":1}", 1 },
    { "C14: hour", S("a|hour: 18"), "{\"a\":\"2026-11-21T18:05:00Z\"}", 1 },
    { "C14: minute, as written", S("a|minute: 5"), "{\"a\":\"2026-11-21 18:05\"}", 1 },
    { "C14: a date alone has no hour", S("a|hour: 0"), "{\"a\":\"2026-11-21\"}", 0 },
    { "C14: but a week", S("a|week: 47"), "{\"a\":\"2026-11-21\"}", 1 },
    { "C14: compared", S("a|hour|gte: 18"), "{\"a\":\"2026-11-21T17:59\"}", 0 },
    { "C14: compared, before the part", S("a|lt|month: 12"), "{\"a\":\"2026-11-21\"}", 1 },
    { "C14: alternatives", S("a|day: [1, 21]"), "{\"a\":\"2026-11-21\"}", 1 },
    { "C14: neq", S("a|year|neq: 2026"), "{\"a\":\"2026-11-21\"}", 0 },
    { "C14: neq of no time", S("a|year|neq: 2026"), "{\"a\":\"x\"}", 1 },
    { "C14: of a number nothing", S("a|year: 2026"), "{\"a\":2026}", 0 },
    { "C14: text refuses", S("a|hour: '18'"), "{}", -1 },
    { "C14: two parts refuse", S("a|hour|day: 1"), "{}", -1 },
    { "C14: two comparisons refuse", S("a|hour|lt|gt: 1"), "{}", -1 },
    { "C15: expand without values", S("a|expand: '%none%'"), "{}", -1 },
    { "C15: expand", S("a|expand: '%x%'"), "{\"a\":\"ONE\"}", 1 },
    { "C15: expand, a wildcard in the value", S("a|expand: '%x%'"), "{\"a\":\"word\"}", 1 },
    { "C15: none of the values", S("a|expand: '%x%'"), "{\"a\":\"%x%\"}", 0 },
    { "C15: contains before expand", S("a|contains|expand: '%x%'"), "{\"a\":\"a one b\"}", 1 },
    { "C15: several multiply", S("a|expand: '%two%-%two%'"), "{\"a\":\"b-a\"}", 1 },
    { "C15: and nothing else", S("a|expand: '%two%-%two%'"), "{\"a\":\"b-c\"}", 0 },
    { "C15: a plain percent", S("a|expand: '\\%two%two%'"), "{\"a\":\"%twob\"}", 1 },
    { "C15: without expand it is text", S("a: '%two%'"), "{\"a\":\"%two%\"}", 1 },
    { "C15: a value's backslash escapes nothing", S("a|expand: '%x%*'"), "{\"a\":\"back\\\\any\"}", 1 },
    { "C15: in a network", S("a|cidr|expand: '%net%'"), "{\"a\":\"10.1.1.1\"}", 1 },
    { "C15: in an expression", S("a|re|expand: '^%two%+$'"), "{\"a\":\"bbb\"}", 1 },
    { "C15: before windash", S("a|expand|windash: '-%two%'"), "{\"a\":\"/a\"}", 1 },
    { "C15: after an encoding refuses", S("a|base64|expand: '%two%'"), "{}", -1 },
    { "C15: encoded", S("a|expand|base64: '%two%'"), "{\"a\":\"Yg==\"}", 1 },
    { "C7: each dash encoded", S("a|windash|base64|contains: '-x'"), "{\"a\":\"..L3g=\"}", 1 },
    { "C7: too many dashes to encode", S("a|windash|base64: '--------'"), "{}", -1 },
    /* escapes and precedence */
    { "escaped star", S("a: 'x\\*'"), "{\"a\":\"xy\"}", 0 },
    { "escaped star is a star", S("a: 'x\\*'"), "{\"a\":\"x*\"}", 1 },
    { "backslash and wildcard", S("a: 'x\\\\*'"), "{\"a\":\"x\\\\y\"}", 1 },
    { "backslash and star, both plain", S("a: 'x\\\\\\*'"), "{\"a\":\"x\\\\*\"}", 1 },
    { "three backslashes are two", S("a: 'x\\\\\\'"), "{\"a\":\"x\\\\\\\\\"}", 1 },
    { "a lone backslash", S("a: 'C:\\x'"), "{\"a\":\"c:\\\\X\"}", 1 },
    { "and before or", " s: {a: 1}\n t: {b: 1}\n u: {c: 1}\n condition: s or t and u", "{\"a\":1}", 1 },
    { "parentheses", " s: {a: 1}\n t: {b: 1}\n u: {c: 1}\n condition: (s or t) and u", "{\"a\":1}", 0 },
    { "a list of maps is or", " s:\n  - a: 1\n  - b: 1\n condition: s", "{\"b\":1}", 1 },
    { "cased", S("a|cased: X"), "{\"a\":\"x\"}", 0 },
    { "many stars", S("a: '*a*b*c'"), "{\"a\":\"xxabxbxc\"}", 1 },
    { "text after the last literal", S("a: '*a*b*c'"), "{\"a\":\"xxabxbxcx\"}", 0 },
};

static void each_choice_holds(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int got = fires(rows[i].detection, rows[i].event);

        CHECK(got == rows[i].want, "%s: %d, not %d", rows[i].name, got, rows[i].want);
    }
}

static void routing_needs_every_part_given(void)
{
    static const struct lf_rule_file f = {
        LF_VIEW("t.yml"),
        LF_VIEW(
            "title: t\nlogsource: {product: linux, service: sshd}\ndetection: {s: {a: 1}, condition: s}\n")
    };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_event ev = { 0 };
    const struct lf_rule *const *hits;
    struct lf_ruleset *rs;

    CHECK_OK(lf_ruleset_build(&f, 1, &rs, &e), &e);
    CHECK_OK(lf_json_parse(&a, LF_V("{\"a\":1}"), NULL, &ev.doc, &e), &e);
    CHECK(lf_ruleset_match(rs, &a, &ev, true, &hits) == 0, "no source at all");
    lf_event_add_source(&ev, LF_V(""), LF_V("linux"), LF_V("auth"));
    CHECK(lf_ruleset_match(rs, &a, &ev, true, &hits) == 0, "another service");
    lf_event_add_source(&ev, LF_V("x"), LF_V("linux"), LF_V("sshd"));
    CHECK(lf_ruleset_match(rs, &a, &ev, true, &hits) == 1, "its second source");
    lf_ruleset_drop(rs);
    lf_arena_clear(&a);
}

static void a_refused_rule_says_why_and_leaves_the_others(void)
{
    static const struct lf_rule_file f[] = {
        { LF_VIEW("bad.yml"), LF_VIEW("title: [") },
        { LF_VIEW("good.yml"),
          LF_VIEW("title: g\nid: 3c9f4d6e-7a15-4b83-9e2d-5f0c81a6b7d2\nlogsource: {category: c}\n"
                  "detection: {s: {a: 1}, condition: s}\n") },
        { LF_VIEW("same.yml"),
          LF_VIEW("title: h\nid: 3c9f4d6e-7a15-4b83-9e2d-5f0c81a6b7d2\nlogsource: {category: c}\n"
                  "detection: {s: {a: 1}, condition: s}\n") },
    };
    struct lf_err e = { 0 };
    struct lf_ruleset *rs;

    CHECK_OK(lf_ruleset_build(f, 3, &rs, &e), &e);
    CHECK(lf_ruleset_count(rs) == 3 && lf_ruleset_refused(rs) == 2, "%zu refused", lf_ruleset_refused(rs));
    CHECK(lf_ruleset_rule(rs, 0)->refused.len > 0 && !lf_ruleset_rule(rs, 1)->refused.ptr, "reasons");
    CHECK(lf_view_find(lf_ruleset_rule(rs, 2)->refused, LF_V("good.yml")) != SIZE_MAX, "names the other");
    lf_ruleset_drop(rs);
}

#define ID_A "3c9f4d6e-7a15-4b83-9e2d-5f0c81a6b7d2"
#define ID_B "8e1b6a90-2d47-4c3f-b5a8-60f9d27c1e34"

/* The matches of one event as a text of one letter a title. */
static const char *matches(struct lf_ruleset *rs, const char *event)
{
    static char out[64];
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_event ev = { 0 };
    const struct lf_rule *const *hits;
    size_t n;

    CHECK_OK(lf_json_parse(&a, lf_view_of(event), NULL, &ev.doc, &e), &e);
    n = lf_ruleset_match(rs, &a, &ev, false, &hits);
    for (size_t i = 0; i < n && i < sizeof out - 1; i++)
        out[i] = hits[i]->title.ptr[0];
    out[n] = '\0';
    lf_arena_clear(&a);
    return out;
}

#define HEAD(t) "title: " t "\nlogsource: {category: c}\n"
#define NEXT "---\n"

static struct lf_ruleset *ruleset(const char *const *texts, size_t n)
{
    static const char *const names[] = { "one.yml", "two.yml", "three.yml", "four.yml" };
    struct lf_rule_file f[4];
    struct lf_err e = { 0 };
    struct lf_ruleset *rs = NULL;

    for (size_t i = 0; i < n; i++)
        f[i] = (struct lf_rule_file){ lf_view_of(names[i]), lf_view_of(texts[i]) };
    CHECK_OK(lf_ruleset_build(f, n, &rs, &e), &e);
    return rs;
}

static void filters_take_matches_from_the_rules_they_name(void)
{
    /* clang-format off */
    static const char *const texts[] = {
        /* filters */
        HEAD("F") "filter: {rules: [" ID_A ", second, nosuch], adm: {u|startswith: adm_}, condition: adm}\n" NEXT
        HEAD("G") "filter:\n  rules: any\n  s: {quiet: true}\n  condition: s\n",
        /* rules */
        HEAD("a") "id: " ID_A "\ndetection: {s: {x: 1}, condition: s}\n" NEXT
        HEAD("b") "name: second\ndetection: {s: {x: 1}, condition: s}\n" NEXT
        HEAD("c") "detection: {s: {x: 1}, condition: s}\n" NEXT,
    };
    /* clang-format on */
    struct lf_ruleset *rs = ruleset(texts, 2);

    CHECK(lf_ruleset_count(rs) == 5 && lf_ruleset_refused(rs) == 0, "%zu, %zu refused", lf_ruleset_count(rs),
          lf_ruleset_refused(rs));
    CHECK(lf_ruleset_rule(rs, 0)->kind == LF_RULE_FILTER && lf_ruleset_rule(rs, 1)->line == 5,
          "what they are");
    CHECK(lf_view_find(lf_ruleset_rule(rs, 0)->note, LF_V("nosuch")) != SIZE_MAX, "an unknown rule is told");
    CHECK(strcmp(matches(rs, "{\"x\":1}"), "abc") == 0, "all without a filter");
    CHECK(strcmp(matches(rs, "{\"x\":1,\"u\":\"adm_joe\"}"), "c") == 0, "two are filtered");
    CHECK(strcmp(matches(rs, "{\"x\":1,\"quiet\":true}"), "") == 0, "any is all");
    lf_ruleset_drop(rs);
}

static void names_are_looked_up_in_their_own_file_first(void)
{
    /* clang-format off */
    static const char *const texts[] = {
        HEAD("a") "name: n\ndetection: {s: {x: 1}, condition: s}\n" NEXT
        HEAD("F") "filter: {rules: [n], s: {u: 1}, condition: s}\n",
        HEAD("b") "name: n\ndetection: {s: {x: 1}, condition: s}\n" NEXT
        HEAD("c") "name: n\ndetection: {s: {x: 1}, condition: s}\n",
        HEAD("G") "filter: {rules: n, s: {v: 1}, condition: s}\n",
    };
    /* clang-format on */
    struct lf_ruleset *rs = ruleset(texts, 3);

    CHECK(strcmp(matches(rs, "{\"x\":1,\"u\":1}"), "b") == 0, "the one beside it");
    CHECK(strcmp(matches(rs, "{\"x\":1,\"v\":1}"), "ab") == 0, "an ambiguous filter does nothing");
    CHECK(lf_ruleset_refused(rs) == 2, "%zu refused", lf_ruleset_refused(rs));
    CHECK(lf_view_find(lf_ruleset_rule(rs, 3)->refused, LF_V("name \"n\"")) != SIZE_MAX, "twice in a file");
    CHECK(lf_view_find(lf_ruleset_rule(rs, 4)->refused, LF_V("several files")) != SIZE_MAX, "ambiguous");
    lf_ruleset_drop(rs);
}

static void one_bad_document_leaves_the_others_of_its_file(void)
{
    /* clang-format off */
    static const char *const text =
        HEAD("a") "detection: {s: {x: 1}, condition: s}\n" NEXT
        HEAD("b") "title: twice\n" NEXT
        HEAD("c") "detection:\n  s:\n    x|nosuch: 1\n  condition: s\n" NEXT
        HEAD("d") "detection: {s: {x: 1}, condition: s}\n" NEXT;
    /* clang-format on */
    struct lf_ruleset *rs = ruleset(&text, 1);

    CHECK(lf_ruleset_count(rs) == 4 && lf_ruleset_refused(rs) == 2, "%zu refused of %zu",
          lf_ruleset_refused(rs), lf_ruleset_count(rs));
    CHECK(strcmp(matches(rs, "{\"x\":1}"), "ad") == 0, "the good ones");
    CHECK(lf_view_find(lf_ruleset_rule(rs, 1)->refused, LF_V("line ")) != SIZE_MAX, "says where");
    CHECK(lf_view_starts(lf_ruleset_rule(rs, 2)->refused, LF_V("line 13: ")), "%.*s",
          LF_FMT(lf_ruleset_rule(rs, 2)->refused));
    lf_ruleset_drop(rs);
}

static const struct {
    const char *name, *text, *why; /* a word that the reason holds */
} refusals[] = {
    { "an action", HEAD("t") "action: global\n", "action" },
    { "two kinds in one", HEAD("t") "detection: {s: {a: 1}, condition: s}\nfilter: {}\n", "one of" },
    { "no detection", HEAD("t"), "detection is missing" },
    { "no title", "logsource: {category: c}\ndetection: {s: {a: 1}, condition: s}\n", "title" },
    { "no log source", "title: t\ndetection: {s: {a: 1}, condition: s}\n", "logsource" },
    { "an id that is none", HEAD("t") "id: x\ndetection: {s: {a: 1}, condition: s}\n", "UUID" },
    { "a level that is none", HEAD("t") "level: hih\ndetection: {s: {a: 1}, condition: s}\n", "level" },
    { "a mistyped modifier", HEAD("t") "detection: {s: {a|contain: 1}, condition: s}\n",
      "did you mean \"contains\"" },
    { "a filter of no rules", HEAD("t") "filter: {s: {a: 1}, condition: s}\n", "rules is missing" },
    { "a filter of an empty list", HEAD("t") "filter: {rules: [], s: {a: 1}, condition: s}\n",
      "rules is missing" },
    { "a filter without condition", HEAD("t") "filter: {rules: any, s: {a: 1}}\n", "condition" },
    { "a filter without a search", HEAD("t") "filter: {rules: any, condition: rules}\n", "nothing but" },
    { "a bad search in a filter", HEAD("t") "filter: {rules: any, s: {a|nosuch: 1}, condition: s}\n",
      "nosuch" },
    { "an empty file", "# nothing\n", "no rule" },
};

static void each_refusal_says_why(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct lf_rule_file f = { LF_V("f.yml"), lf_view_of(refusals[i].text) };
        struct lf_err e = { 0 };
        struct lf_ruleset *rs;

        CHECK_OK(lf_ruleset_build(&f, 1, &rs, &e), &e);
        CHECK(lf_ruleset_refused(rs) == 1 &&
                  lf_view_find(lf_ruleset_rule(rs, 0)->refused, lf_view_of(refusals[i].why)) != SIZE_MAX,
              "%s: %.*s", refusals[i].name, LF_FMT(lf_ruleset_rule(rs, 0)->refused));
        lf_ruleset_drop(rs);
    }
}

static void rules_without_ids_keep_theirs_and_refused_ones_give_theirs_up(void)
{
    static const char *const texts[] = {
        HEAD("a") "detection: {s: {x: 1}, condition: s}\n",
        HEAD("a") "detection: {s: {x: 2}, condition: s}\n",
        HEAD("b") "id: " ID_B "\ndetection: {}\n",
        HEAD("c") "id: " ID_B "\ndetection: {s: {x: 3}, condition: s}\n",
    };
    struct lf_ruleset *rs = ruleset(texts, 4);

    CHECK(lf_ruleset_refused(rs) == 1 && lf_ruleset_rule(rs, 2)->refused.ptr, "only the empty one");
    CHECK(!lf_view_eq(lf_ruleset_rule(rs, 0)->id, lf_ruleset_rule(rs, 1)->id), "ids differ");
    lf_ruleset_drop(rs);
}

static void what_a_rule_says_of_itself_is_kept(void)
{
    static const char *const text = HEAD("a") "status: test\ntags: [attack.t1059]\n"
                                              "related: [{id: " ID_A ", type: derived}]\n"
                                              "detection: {s: {x: 1}, condition: s}\n";
    struct lf_ruleset *rs = ruleset(&text, 1);
    const struct lf_json *doc = lf_ruleset_rule(rs, 0)->doc;

    CHECK(lf_view_is(lf_json_str(doc, "status"), "test") && !lf_json_get(doc, LF_V("detection")), "status");
    CHECK(lf_json_items(lf_json_get(doc, LF_V("tags"))) == 1, "tags");
    CHECK(lf_view_is(lf_json_str(lf_json_item(lf_json_get(doc, LF_V("related")), 0), "id"), ID_A), "related");
    lf_ruleset_drop(rs);
}

static void texts_that_begin_with_a_NUL_are_found_too(void)
{
    static const char *const text =
        HEAD("a") "detection: {s: {x|utf16be|contains: [one, two, six, ten, four]}, condition: s}\n";
    struct lf_ruleset *rs = ruleset(&text, 1);

    CHECK(strcmp(matches(rs, "{\"x\":\"-\\u0000t\\u0000e\\u0000n\"}"), "a") == 0, "found");
    CHECK(strcmp(matches(rs, "{\"x\":\"-t\\u0000e\\u0000n\"}"), "") == 0, "its NUL is missing");
    lf_ruleset_drop(rs);
}

/* Endings are found by their last eight bytes; so many have these in common that they are not looked at one
 * by one, and others, of which one is the end of another, are. */
static void endings_with_a_common_end_are_told_apart(void)
{
    static const char *const kept[] = {
        HEAD("a") "detection: {s: {x|endswith: 'service.dll'}, condition: s}\n",
        HEAD("b") "detection: {s: {x|endswith: 'my-service.dll'}, condition: s}\n",
        HEAD("c") "detection: {s: {x|endswith|cased: 'My-service.dll'}, condition: s}\n",
    };
    const char *texts[4] = { kept[0], kept[1], kept[2] };
    struct lf_ruleset *rs;
    struct lf_buf many;

    lf_buf_init(&many, 1 << 16);
    for (unsigned i = 0; i < 60; i++)
        lf_buf_printf(&many,
                      "---\ntitle: %c\nlogsource: {category: c}\ndetection: {s: {x|endswith: "
                      "'%c%c-common.exe'}, condition: s}\n",
                      'A' + (char)(i % 26), 'a' + (char)(i % 26), 'a' + (char)(i / 26));
    lf_buf_byte(&many, '\0');
    texts[3] = many.ptr;
    rs = ruleset(texts, 4);
    CHECK(strcmp(matches(rs, "{\"x\":\"C:\\\\BA-Common.EXE\"}"), "B") == 0, "one of many");
    CHECK(strcmp(matches(rs, "{\"x\":\"C:\\\\HC-Common.EXE\"}"), "H") == 0, "the last");
    CHECK(strcmp(matches(rs, "{\"x\":\"A-common.exe\"}"), "") == 0, "a byte is missing");
    CHECK(strcmp(matches(rs, "{\"x\":\"SERVICE.dll\"}"), "a") == 0, "the short one");
    CHECK(strcmp(matches(rs, "{\"x\":\"ervice.dll\"}"), "") == 0, "shorter than it");
    CHECK(strcmp(matches(rs, "{\"x\":\"to my-service.dll\"}"), "ab") == 0, "two, without the cased: %s",
          matches(rs, "{\"x\":\"to my-service.dll\"}"));
    CHECK(strcmp(matches(rs, "{\"x\":\"to My-service.dll\"}"), "abc") == 0, "all three: %s",
          matches(rs, "{\"x\":\"to My-service.dll\"}"));
    lf_ruleset_drop(rs);
    lf_buf_clear(&many);
}

/* What a rule asks beside its witness is mostly answered by a length and four bytes: texts shorter than
 * these, and such that differ from the value elsewhere alone. */
#define SELDOM "a-seldom-program-of-its-own.bin"
static void what_is_asked_in_full_is_told_by_every_byte(void)
{
    static const char *const kept[] = {
        "x|endswith: 'le'",
        "x|startswith: 'ab'",
        "x: 'abc'",
        "x|endswith: '\\sample.exe'",
        "x|startswith: 'C:\\Windows\\'",
        "x: 'C:\\Windows\\sample.exe'",
        "x|re: '^[^z]*$'",
        "x|endswith|cased: '\\Sample.exe'",
        "x|contains: 'dows\\s'",
    };
    static const struct {
        const char *value, *want;
    } cases[] = {
        { "\"ABC\"", "bcg" },
        { "\"abcd\"", "bg" },
        { "\"ab\"", "bg" },
        { "\"a\"", "g" },
        { "\"\"", "g" },
        { "null", "" },
        { "\"table\"", "ag" },
        { "\"le\"", "ag" },
        { "\"c:\\\\WINDOWS\\\\sample.EXE\"", "defgi" },
        { "\"c:\\\\Windows\\\\Sample.exe\"", "defghi" },
        { "\"c:\\\\Windowz\\\\sample.exe\"", "d" },
        { "\"d:\\\\Windows\\\\sample.exe\"", "dgi" },
        { "\"c:\\\\Windows\\\\sampla.exe\"", "egi" },
        { "\"c:\\\\Windows\\\\sample.ex\\u212a\"", "egi" },
        { "[\"abc\", \"c:\\\\Windows\\\\sample.exe\"]", "bcdefgi" },
    };
    struct lf_ruleset *rs;
    const char *text;
    struct lf_buf rules;

    lf_buf_init(&rules, 1 << 16);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        lf_buf_printf(&rules,
                      "---\ntitle: %c\nlogsource: {category: c}\n"
                      "detection: {s: {w: '" SELDOM "', %s}, condition: s}\n",
                      'a' + (char)i, kept[i]);
    lf_buf_byte(&rules, '\0');
    text = rules.ptr;
    rs = ruleset(&text, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char event[192];

        (void)snprintf(event, sizeof event, "{\"w\":\"" SELDOM "\",\"x\":%s}", cases[i].value);
        CHECK(strcmp(matches(rs, event), cases[i].want) == 0, "%s: %s instead of %s", cases[i].value,
              matches(rs, event), cases[i].want);
    }
    CHECK(strcmp(matches(rs, "{\"w\":\"" SELDOM "\"}"), "") == 0, "without the field");
    lf_ruleset_drop(rs);
    lf_buf_clear(&rules);
}
#undef SELDOM

int main(void)
{
    lf_crypto_init();
    RUN(what_is_asked_in_full_is_told_by_every_byte);
    RUN(each_choice_holds);
    RUN(routing_needs_every_part_given);
    RUN(a_refused_rule_says_why_and_leaves_the_others);
    RUN(filters_take_matches_from_the_rules_they_name);
    RUN(names_are_looked_up_in_their_own_file_first);
    RUN(one_bad_document_leaves_the_others_of_its_file);
    RUN(each_refusal_says_why);
    RUN(rules_without_ids_keep_theirs_and_refused_ones_give_theirs_up);
    RUN(what_a_rule_says_of_itself_is_kept);
    RUN(endings_with_a_common_end_are_told_apart);
    RUN(texts_that_begin_with_a_NUL_are_found_too);
    DONE();
}
