#include "engine/stix_match.h"

#include "lf_test.h"

/* Three people seen five seconds apart, and one observation of many things. */
static const char seen[] =
    "{\"type\":\"bundle\",\"objects\":["
    "{\"type\":\"observed-data\",\"id\":\"observed-data--1\",\"number_observed\":1,\"first_observed\":"
    "\"1994-11-29T13:37:52Z\",\"last_observed\":\"1994-11-29T13:37:52Z\",\"object_refs\":[\"person--1\"]},"
    "{\"type\":\"observed-data\",\"id\":\"observed-data--2\",\"number_observed\":1,\"first_observed\":"
    "\"1994-11-29T13:37:57Z\",\"last_observed\":\"1994-11-29T13:37:57Z\",\"object_refs\":[\"person--2\"]},"
    "{\"type\":\"observed-data\",\"id\":\"observed-data--3\",\"number_observed\":3,\"first_observed\":"
    "\"1994-11-29T13:38:02Z\",\"last_observed\":\"1994-11-29T13:38:02Z\",\"object_refs\":[\"person--3\"]},"
    "{\"type\":\"observed-data\",\"id\":\"observed-data--4\",\"number_observed\":1,\"first_observed\":"
    "\"2004-11-29T00:00:00Z\",\"last_observed\":\"2004-11-29T00:00:10Z\",\"objects\":{"
    "\"0\":{\"type\":\"net\",\"src_ref\":\"1\",\"dst_refs\":[\"1\",\"2\"],\"port\":443,\"ratio\":12.0,\"up\":"
    "true,"
    "\"magic_hex\":\"ffd8\",\"body_bin\":\"YWxpY2U=\",\"when\":\"2010-05-21T13:21:43.1234Z\",\"none\":null,"
    "\"text\":\"hello\\nworld\"},"
    "\"1\":{\"type\":\"ip\",\"value\":\"11.22.33.44\"},"
    "\"2\":{\"type\":\"ip\",\"value\":\"2001:db8::5\"},"
    "\"3\":{\"type\":\"person\",\"name\":\"dora\",\"age\":1},"
    "\"4\":{\"type\":\"person\",\"name\":\"emil\",\"age\":99}}},"
    "{\"type\":\"person\",\"id\":\"person--1\",\"name\":\"alice\",\"age\":10},"
    "{\"type\":\"person\",\"id\":\"person--2\",\"name\":\"bob\",\"age\":17},"
    "{\"type\":\"person\",\"id\":\"person--3\",\"name\":\"carol\",\"age\":22}]}";

static const struct {
    const char *pattern;
    bool want;
} rows[] = {
    /* One bracket is one object of one observation. */
    { "[person:name = 'dora' AND person:age = 1]", true },
    { "[person:name = 'dora' AND person:age = 99]", false },
    { "[person:name = 'dora'] AND [person:age = 99]", false }, /* one observation cannot be two */
    { "[person:name = 'alice'] AND [person:age = 99]", true },
    { "[person:name = 'alice' OR net:port = 1]", true },
    { "[person:age > 20 OR person:age < 0 AND person:age < 5]", true },
    /* Types that do not compare. */
    { "[net:port = '443']", false },
    { "[net:port != '443']", true },
    { "[net:port NOT < '443']", true },
    { "[net:port = 443.0]", true },
    { "[net:ratio IN (11, 12)]", true },
    { "[net:up = 1]", false },
    { "[net:up = true]", true },
    { "[net:none != 'x']", true },
    { "[net:none = 'x']", false },
    { "[net:absent != 'x']", false },
    { "[EXISTS net:absent]", false },
    { "[NOT EXISTS net:absent]", true },
    { "[EXISTS net:port]", true },
    { "[NOT EXISTS net:port]", false },
    { "[NOT EXISTS nothing:port]", false },
    /* Binary. */
    { "[net:magic_hex = h'FFD8']", true },
    { "[net:magic_hex = b'/9g=']", true },
    { "[net:magic_hex = 'ffd8']", false },
    { "[net:body_bin = 'alice']", true },
    { "[net:body_bin = 'YWxpY2U=']", false },
    { "[net:body_bin LIKE 'al__e']", true },
    { "[net:body_bin MATCHES '^\\\\x61li[c]e$']", true },
    { "[net:magic_hex MATCHES '\\\\xff\\\\xd8']", true },
    { "[person:name = h'616c696365']", true },
    { "[person:name > h'ff']", false },
    /* Times. */
    { "[net:when = t'2010-05-21T13:21:43.123400Z']", true },
    { "[net:when > t'1965-07-19T22:41:38Z']", true },
    { "[net:when < t'3012-08-17T17:43:55Z']", true },
    { "[net:text > t'1965-07-19T22:41:38Z']", false },
    /* LIKE is the whole text, MATCHES searches and '.' takes a line end. */
    { "[person:name LIKE 'al']", false },
    { "[person:name LIKE 'al%']", true },
    { "[person:name LIKE '%l%c%']", true },
    { "[net:text LIKE 'hello_world']", true },
    { "[net:text MATCHES 'hello.world']", true },
    { "[person:name MATCHES 'lic']", true },
    { "[person:name MATCHES '^lic']", false },
    { "[person:name MATCHES '']", true },
    { "[net:port NOT MATCHES 'x']", true },
    /* References and lists. */
    { "[net:src_ref.value = '11.22.33.44']", true },
    { "[net:src_ref.type = 'ip']", true },
    { "[net:dst_refs[*].value ISSUBSET '2001:db8::/32']", true },
    { "[net:dst_refs[0].value ISSUBSET '2001:db8::/32']", false },
    { "[net:dst_refs[1].value ISSUBSET '2001:db8::/32']", true },
    { "[net:dst_refs[2].value != 'x']", false },
    { "[ip:value ISSUBSET '11.22.41.123/20']", true },
    { "[ip:value ISSUBSET '11.22.33.44']", true },
    { "[ip:value ISSUPERSET '11.22.33.44']", true },
    { "[ip:value ISSUPERSET '11.22.33.0/24']", false },
    /* Observations. */
    { "[person:name = 'alice'] AND [person:age = 10]", false },
    { "[person:name = 'alice'] FOLLOWEDBY [person:name = 'bob']", true },
    { "[person:name = 'bob'] FOLLOWEDBY [person:name = 'alice']", false },
    { "[person:name = 'bob'] FOLLOWEDBY ([person:name = 'carol'] AND [person:name = 'alice'])", false },
    { "[person:name = 'x'] OR [person:name = 'bob']", true },
    { "[person:age > 20] OR [person:name = 'x'] AND [person:name = 'y']", true },
    { "[person:age = 22] REPEATS 3 TIMES", true },
    { "[person:age = 22] REPEATS 4 TIMES", false },
    { "[person:age < 30] REPEATS 5 TIMES", true },
    { "[person:age < 30] REPEATS 7 TIMES", false },
    { "([person:age < 20] FOLLOWEDBY [person:age = 22]) REPEATS 2 TIMES", true },
    { "([person:age < 20] FOLLOWEDBY [person:age = 22]) REPEATS 3 TIMES", false },
    /* WITHIN does not reach its edge. */
    { "([person:name = 'alice'] AND [person:name = 'bob']) WITHIN 5 SECONDS", false },
    { "([person:name = 'alice'] AND [person:name = 'bob']) WITHIN 5.0000001 SECONDS", true },
    { "[person:age < 30] REPEATS 4 TIMES WITHIN 5 SECONDS", false },
    { "[person:age < 30] REPEATS 4 TIMES WITHIN 5.1 SECONDS", true },
    { "[person:age < 30] REPEATS 5 TIMES WITHIN 10 SECONDS", false },
    { "[person:age < 30] REPEATS 5 TIMES WITHIN 11 SECONDS", true },
    { "[person:name = 'bob'] WITHIN 0.0001 SECONDS", true },
    { "[person:name = 'alice'] AND [person:name = 'bob'] WITHIN 1 SECONDS", true }, /* binds to the last */
    /* START is in, STOP is out. */
    { "[person:name = 'bob'] START t'1994-11-29T13:37:57Z' STOP t'1994-11-29T13:37:58Z'", true },
    { "[person:name = 'bob'] START t'1994-11-29T13:37:50Z' STOP t'1994-11-29T13:37:57Z'", false },
    { "[person:name = 'bob'] START t'1994-11-29T13:37:57Z' STOP t'1994-11-29T13:37:57Z'", false },
    { "[net:port = 443] START t'2004-11-29T00:00:10Z' STOP t'2004-11-29T00:00:11Z'", true },
    { "[net:port = 443] START t'2004-11-28T00:00:00Z' STOP t'2004-11-29T00:00:00Z'", false },
};

static bool matches(const char *pattern, const char *json, enum lf_code want)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_stix_matcher *m = NULL;
    struct lf_stix_data *d = lf_stix_data_create();
    const struct lf_json *doc;
    struct lf_err e = { 0 };
    const size_t *which;
    size_t n;
    bool yes = false;

    CHECK_OK(lf_json_parse(&a, lf_view_of(json), NULL, &doc, &e), &e);
    CHECK_OK(lf_stix_pattern_parse(&a, lf_view_of(pattern), &p, &e), &e);
    CHECK_OK(lf_stix_matcher_create(&p, &m, &e), &e);
    CHECK_OK(lf_stix_data_add(d, doc, &e), &e);
    CHECK_OK(lf_stix_data_ready(d, &e), &e);
    CHECK(lf_stix_match(m, d, &a, &yes, &which, &n, &e) == want, "%s: %s", pattern, e.text);
    lf_stix_matcher_destroy(m);
    lf_stix_data_destroy(d);
    lf_arena_clear(&a);
    return yes;
}

static void a_pattern_means_what_the_standard_says(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(matches(rows[i].pattern, seen, LF_OK) == rows[i].want, "%s", rows[i].pattern);
}

/* a and b took a while: each may have been anywhere in it, but at one time only. */
static void times_within_an_observation_suit_all_constraints_at_once(void)
{
#define OBSERVED(n, first, last)                                                                             \
    "{\"type\":\"observed-data\",\"id\":\"" n                                                                \
    "\",\"number_observed\":1,\"first_observed\":\"2020-01-01T00:00:" first                                  \
    "Z\",\"last_observed\":\"2020-01-01T00:00:" last "Z\",\"objects\":{\"0\":{\"type\":\"x\",\"n\":\"" n     \
    "\"}}}"
    static const char three[] =
        "[" OBSERVED("a", "00", "20") "," OBSERVED("b", "00", "05") "," OBSERVED("c", "15", "20") "]";

    CHECK(matches("[x:n = 'a'] FOLLOWEDBY [x:n = 'b']", three, LF_OK), "a then b");
    CHECK(matches("[x:n = 'c'] FOLLOWEDBY [x:n = 'a']", three, LF_OK), "c then a");
    CHECK(matches("([x:n = 'a'] AND [x:n = 'b']) WITHIN 1 SECONDS", three, LF_OK), "a near b");
    CHECK(matches("([x:n = 'a'] AND [x:n = 'c']) WITHIN 1 SECONDS", three, LF_OK), "a near c");
    CHECK(!matches("([x:n = 'c'] FOLLOWEDBY [x:n = 'b'])", three, LF_OK), "c then b");
    CHECK(!matches("([x:n = 'b'] AND [x:n = 'c']) WITHIN 10 SECONDS", three, LF_OK), "b near c");
    CHECK(matches("([x:n = 'b'] AND [x:n = 'c']) WITHIN 10.1 SECONDS", three, LF_OK), "b less near c");
    /* Each pair could be, all three cannot: b is at 5 at the latest, c at 15 at the earliest. */
    CHECK(!matches("([x:n = 'b'] FOLLOWEDBY [x:n = 'a'] FOLLOWEDBY [x:n = 'c']) WITHIN 10 SECONDS", three,
                   LF_OK),
          "b, a, c");
    CHECK(matches("([x:n = 'b'] FOLLOWEDBY ([x:n = 'a'] FOLLOWEDBY [x:n = 'c']) WITHIN 1 SECONDS)", three,
                  LF_OK),
          "a at the time of c");
    CHECK(!matches("([x:n = 'a'] FOLLOWEDBY [x:n = 'b']) START t'2020-01-01T00:00:06Z' STOP "
                   "t'2020-01-01T00:00:30Z'",
                   three, LF_OK),
          "b had ended");
#undef OBSERVED
}

static void a_puzzle_too_hard_is_given_up_and_does_not_stall(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "[");
    for (int i = 0; i < 40; i++)
        lf_buf_printf(
            &b,
            "%s{\"type\":\"observed-data\",\"number_observed\":1,\"first_observed\":\"2020-01-01T00:%02d:"
            "00Z\","
            "\"last_observed\":\"2020-01-01T00:%02d:00Z\",\"objects\":{\"0\":{\"type\":\"x\",\"n\":%d}}}",
            i ? "," : "", i, i, i);
    LF_PUT(&b, "]");
    lf_buf_byte(&b, '\0');
    CHECK(
        !matches(
            "([x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND "
            "[x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND [x:n >= 0] AND [x:n > 99 OR x:n = -1 OR x:n = 3]) "
            "AND [x:n = 3]",
            b.ptr, LF_TOO_BIG),
        "found");
    CHECK(matches("[x:n >= 0] REPEATS 40 TIMES", b.ptr, LF_OK), "forty");
    CHECK(matches("([x:n < 20] FOLLOWEDBY [x:n >= 20]) REPEATS 20 TIMES", b.ptr, LF_OK), "twenty pairs");
    lf_buf_clear(&b);
}

/* Forty references that each lead back in two ways: two to the power of forty ways to the end. */
static void references_in_a_circle_are_followed_once_from_each_step(void)
{
    const char *circle = "[{\"type\":\"observed-data\",\"id\":\"o\",\"number_observed\":1,\"first_observed\":"
                         "\"2020-01-01T00:00:00Z\",\"last_observed\":\"2020-01-01T00:00:09Z\",\"objects\":{"
                         "\"0\":{\"type\":\"a\",\"b\":\"x\",\"c_refs\":[\"0\",\"1\"]},"
                         "\"1\":{\"type\":\"a\",\"b\":\"y\",\"c_refs\":[\"1\",\"0\"]}}}]";
    struct lf_buf b;

    for (int i = 0; i < 3; i++) {
        lf_buf_init(&b, 4000);
        LF_PUT(&b, "[a:");
        for (int k = 0; k < 40; k++)
            LF_PUT(&b, "c_refs[*].");
        lf_buf_printf(&b, "b = '%c']", "xyz"[i]);
        lf_buf_byte(&b, '\0');
        CHECK(matches(b.ptr, circle, LF_OK) == (i < 2), "%d", i);
        lf_buf_clear(&b);
    }
}

static void what_nobody_here_can_is_refused_with_its_reason(void)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_stix_matcher *m = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_stix_pattern_parse(&a, LF_V("[a:b = 'x' OR a:b MATCHES '(a)\\\\1']"), &p, &e), &e);
    CHECK_OK(lf_stix_matcher_create(&p, &m, &e), &e);
    CHECK(lf_stix_matcher_slow(m), "a reference back is asked of files only");
    lf_stix_matcher_destroy(m);
    m = NULL;
    CHECK_OK(lf_stix_pattern_parse(&a, LF_V("[a:b = 'x' OR a:b MATCHES '(?=a)\\\\C']"), &p, &e), &e);
    CHECK(lf_stix_matcher_create(&p, &m, &e) == LF_BAD_INPUT, "no expression at all");
    CHECK(lf_view_starts(lf_view_of(e.text), LF_V("column 15: MATCHES")), "%s", e.text);
    CHECK_OK(
        lf_stix_pattern_parse(
            &a, lf_arena_printf(&a, "[a:b = 'x' OR a:b MATCHES '%0*d']", LF_STIX_REGEX_MOST + 1, 0), &p, &e),
        &e);
    CHECK(lf_stix_matcher_create(&p, &m, &e) == LF_UNACCEPTED, "too long");
    CHECK(lf_view_starts(lf_view_of(e.text), LF_V("column 15: the expression")), "%s", e.text);
    lf_arena_clear(&a);
}

static void observed_data_that_is_none_is_named(void)
{
    static const char *const bad[] = {
        "5",
        "[{\"id\":\"x\"}]",
        "[{\"type\":\"observed-data\",\"id\":\"o--1\",\"number_observed\":1}]",
        "[{\"type\":\"observed-data\",\"number_observed\":0,\"first_observed\":\"2020-01-01T00:00:00Z\","
        "\"last_observed\":\"2020-01-01T00:00:00Z\"}]",
        "[{\"type\":\"observed-data\",\"number_observed\":1,\"first_observed\":\"2020-01-02T00:00:00Z\","
        "\"last_observed\":\"2020-01-01T00:00:00Z\"}]",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_arena a = { 0 };
        struct lf_stix_data *d = lf_stix_data_create();
        const struct lf_json *doc;
        struct lf_err e = { 0 };
        enum lf_code rc;

        CHECK_OK(lf_json_parse(&a, lf_view_of(bad[i]), NULL, &doc, &e), &e);
        rc = lf_stix_data_add(d, doc, &e);
        if (rc == LF_OK)
            rc = lf_stix_data_ready(d, &e);
        CHECK(rc == LF_BAD_INPUT && e.text[0], "%s was taken", bad[i]);
        lf_stix_data_destroy(d);
        lf_arena_clear(&a);
    }
}

int main(void)
{
    RUN(a_pattern_means_what_the_standard_says);
    RUN(times_within_an_observation_suit_all_constraints_at_once);
    RUN(a_puzzle_too_hard_is_given_up_and_does_not_stall);
    RUN(references_in_a_circle_are_followed_once_from_each_step);
    RUN(what_nobody_here_can_is_refused_with_its_reason);
    RUN(observed_data_that_is_none_is_named);
    DONE();
}
