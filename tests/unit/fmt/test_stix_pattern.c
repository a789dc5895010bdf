#include "fmt/stix_pattern.h"

#include "base/buf.h"

#include "lf_test.h"

/* Patterns and the one form they are printed in; "" = the same. */
static const struct {
    const char *in, *out;
} taken[] = {
    { "[file:size = 1280]", "" },
    { "[ file:size=1280 ]", "[file:size = 1280]" },
    { "[file:size == 1280]", "[file:size = 1280]" },
    { "[file:size <> 1280]", "[file:size != 1280]" },
    { "[file:size NOT != +5]", "[file:size NOT != 5]" },
    { "[file:size > -.5]", "[file:size > -0.5]" },
    { "[file:hashes.'SHA-256' = 'aec0']", "" },
    { "[file:'name' = 'x']", "[file:name = 'x']" },
    { "[file:a.'AND'.true_ = 'x']", "" },
    { "[file:hashes[*] = 'x']", "" },
    { "[file:x[0].y[12].'z-z' = 'it\\'s \\\\ done']", "" },
    { "[email-message:from_ref.value MATCHES'^.+$']", "[email-message:from_ref.value MATCHES '^.+$']" },
    { "[network-traffic:dst_port IN(443,6443)]", "[network-traffic:dst_port IN (443, 6443)]" },
    { "[a:b IN ()]", "" },
    { "[a:b IN (h'00', b'AAAA')]", "" },
    { "[a:b NOT IN ('x', 'y')]", "" },
    { "[a:b = h'FFd8']", "[a:b = h'ffd8']" },
    { "[a:b = b'dGhpcyBpcyBhIHRlc3Q=']", "" },
    { "[a:b = b'YR==' OR a:b = b'YWJ=' OR a:b = b'']", "[a:b = b'YQ==' OR a:b = b'YWI=' OR a:b = b'']" },
    { "[a:b = b'dGhp\ncyBp\r\ncyBhIHRlc3Q=\n']", "[a:b = b'dGhpcyBpcyBhIHRlc3Q=']" },
    { "[a:b = b'YQ=\n=']", "[a:b = b'YQ==']" },
    { "[a:b = t'2014-01-13T07:03:17Z']", "" },
    { "[a:b = t'2016-12-31T23:59:60Z']", "" },
    { "[a:b = true OR a:b = false]", "" },
    { "[EXISTS a:b AND NOT EXISTS a:c]", "" },
    { "[a:b ISSUBSET '2001:0db8:dead:beef:0000:0000:0000:0000/64']", "" },
    { "[a:b NOT ISSUPERSET '198.51.100.1']", "" },
    { "[(a:b = 1)]", "[a:b = 1]" },
    { "[a:b = 1 AND (a:c = 2 OR a:d = 3)]", "" },
    { "[(a:b = 1 AND a:c = 2) OR a:d = 3]", "[a:b = 1 AND a:c = 2 OR a:d = 3]" },
    { "[(a:b = 1 OR c:d = 2) AND c:e = 3]", "" },
    { "[a:b = 1] AND ([a:b = 2] OR [a:b = 3])", "" },
    { "([a:b = 1] AND [a:b = 2]) OR [a:b = 3]", "[a:b = 1] AND [a:b = 2] OR [a:b = 3]" },
    { "[a:b = 1] FOLLOWEDBY ([a:b = 2] FOLLOWEDBY [a:b = 3])", "" },
    { "([a:b = 1]) WITHIN 300 SECONDS", "[a:b = 1] WITHIN 300 SECONDS" },
    { "[a:b = 1] WITHIN .5 SECONDS REPEATS 5 TIMES", "[a:b = 1] WITHIN 0.5 SECONDS REPEATS 5 TIMES" },
    { "([a:b = 1] REPEATS 2 TIMES) REPEATS 2 TIMES", "" },
    { "([a:b = 1] AND [a:b = 2]) WITHIN 5 SECONDS", "" },
    { "[a:b = 1] START t'2016-06-01T01:30:00.123Z' STOP t'2016-06-01T02:20:00.123Z'", "" },
    { "/* why */ [a:b = 1] // and more", "[a:b = 1]" },
    { "[a:b\xc2\xa0=\xe3\x80\x80'\xe8\xb3\x87']", "[a:b = '\xe8\xb3\x87']" },
};

static void what_is_read_is_printed_in_one_form_and_read_again(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        lf_view want = lf_view_of(taken[i].out[0] ? taken[i].out : taken[i].in), got;
        struct lf_stix_pattern p = { 0 };
        struct lf_err e = { 0 };

        CHECK(lf_stix_pattern_parse(&a, lf_view_of(taken[i].in), &p, &e) == LF_OK, "%s: %s", taken[i].in,
              e.text);
        if (!p.root)
            continue;
        got = lf_stix_pattern_print(&a, &p);
        CHECK_VIEW(got, want);
        CHECK(lf_stix_pattern_parse(&a, got, &p, &e) == LF_OK, "again: %s: %s", taken[i].in, e.text);
        CHECK_VIEW(lf_stix_pattern_print(&a, &p), want);
    }
    lf_arena_clear(&a);
}

/* What is wrong, and how the sentence begins. */
static const struct {
    const char *in, *why;
} refused[] = {
    { "", "column 1: an observation in brackets" },
    { "file:size = 1280", "column 1: an observation in brackets" },
    { "[file:size = ]", "column 14: a value is wanted" },
    { "[file:hashes.MD5 = cead3f77]", "column 20: a value is wanted" },
    { "[file.size = 1280]", "column 6: \":\" is wanted" },
    { "[file:name MATCHES /.*/]", "column 20: a value is wanted" },
    { "[a:b = 1] WITHIN ]", "column 18: WITHIN takes" },
    { "[a:b = 1] WITHIN 5 HOURS", "column 20: SECONDS is wanted" },
    { "[a:b = 1] WITHIN -5 SECONDS", "column 18: WITHIN takes" },
    { "[a:b = 1] WITHIN 0 SECONDS", "column 11: WITHIN takes" },
    { "[a:b = 1] WITHIN 0.0 SECONDS", "column 11: WITHIN takes" },
    { "[a:b = 1] REPEATS 0 TIMES", "column" },
    { "[a:b = 1] REPEATS 1.5 TIMES", "column" },
    { "[a:b = 1] REPEATS -1 TIMES", "column" },
    { "[a:b ISSUBSET ]", "column 15: a value is wanted" },
    { "[a:b ISSUBSET '1.2.3/24']", "column 15" },
    { "[a:b ISSUBSET '1.2.3.4/33']", "column 15" },
    { "[a:b ISSUBSET '::1/129']", "column 15" },
    { "[a:b =? 'x']", "column 7: a value is wanted" },
    { "[a:b = t'2457-73-22T32:81:84.1Z']", "column 8: t'" },
    { "[a:b = t'2023-02-29T12:00:00Z']", "column 8: t'" },
    { "[a:b = t'2024-01-15t12:30:45Z']", "column 8: t'" },
    { "[a:b = t'2024-01-15T12:30:45']", "column 8: t'" },
    { "[a:b = t'2024-01-15T12:30Z']", "column 8: t'" },
    { "[a:b = b'====']", "column 8: b'" },
    { "[a:b = b'AAA']", "column 8: b'" },
    { "[a:b = b'A===']", "column 8: b'" },
    { "[a:b = b'AA=A']", "column 8: b'" },
    { "[a:b = h'0']", "column 8: h'" },
    { "[a:b = h'0g']", "column 8: h'" },
    { "[a:b = 'a\\b']", "column 10: a backslash" },
    { "[a:b = 'a]", "column 8: the quoted text is not closed" },
    { "[a:b = 012]", "column 8: a whole number" },
    { "[a:b = 1x]", "column 8" },
    { "[a:b = 1.2.3]", "column 8" },
    { "[a:b = null]", "column 8: a value is wanted" },
    { "[a:b > true]", "column 8: true and false" },
    { "[a:b LIKE 5]", "column 11: after this operator" },
    { "[a:b IN (1, 'x')]", "column 13: the values of a list" },
    { "[a:b IN (1, true)]", "column 13: the values of a list" },
    { "[a:b IN (1,)]", "column 12: a value is wanted" },
    { "[a:b IN 1]", "column 9: \"(\" is wanted" },
    { "[foo:bar=1] within 2 seconds", "column 13" },
    { "[foo:bar=1] and [foo:bar=2]", "column 13" },
    { "[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS", "column 28: an observation has one" },
    { "([a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES)", "column 28: an observation has one" },
    { "[a:b = 1 AND c:d = 2]", "column 2: AND joins different object types" },
    { "[a:b = 1 OR (a:b = 2 AND c:d = 2)]", "column 14: AND joins different object types" },
    { "[(a:b = 1 OR c:d = 2) AND e:f = 3]", "column 2: AND joins different object types" },
    { "[a:b = 1", "column 9" },
    { "([a:b = 1]", "column 11: \")\" is wanted" },
    { "[a:b = 1] [a:b = 2]", "column 11" },
    { "[a:b = 1] AND", "column 14" },
    { "[a:b-c = 1]", "column 4: a property's name with a hyphen" },
    { "[a:b[-1] = 1]", "column 6: an index" },
    { "[a:b[01] = 1]", "column 6: an index" },
    { "[a:[*] = 1]", "column 4" },
    { "[a:b. = 1]", "column 7" },
    { "[NOT a:b = 1]", "column 2: NOT stands" },
    { "[a:b EXISTS 1]", "column 6: an operator is wanted" },
    { "[a:b = 1] START '2016-06-01T00:00:00Z' STOP t'2016-06-01T00:00:00Z'", "column 17: START takes" },
    { "[a:b = 1] START t'2016-06-01T00:00:00Z'", "column 40: STOP is wanted" },
    { "[a:b = 1] /* open", "column 11: the comment" },
    { "[a:b = T'2014-01-13T07:03:17Z']", "column 8: a value is wanted" },
    { "[a:b = H'00']", "column 8: a value is wanted" },
    { "[a:b = TRUE]", "column 8: a value is wanted" },
    { "[a:b = \"x\"]", "column 8: a value is wanted" },
    { "[a:b = 1.]", "column 8" },
    { "[a:b = 1e5]", "column 8" },
    { "[a:b = 'it''s']", "column 12" },
    { "[a:b < = 1]", "column 8: a value is wanted" },
    { "[NOT (a:b = 1)]", "column 2: NOT stands" },
    { "[a:b = 1 XOR a:c = 2]", "column 10: AND, OR" },
    { "[a:b = 1] FOLLOWED BY [a:b = 2]", "column 11" },
    { "[a:b = 1] STOP t'2016-06-01T00:00:00Z'", "column 11" },
    { "[a:b = 1] REPEATS 5", "column 20: TIMES" },
    { "[a:b = 1]WITHIN5SECONDS", "column 10" },
    { "[a:b = t'2014-01-13T24:00:00Z']", "column 8: t'" },
    { "[a:b = t'2014-01-13T07:03:17.Z']", "column 8: t'" },
    { "[a:b = t'2014-01-13T07:03:17+00:00']", "column 8: t'" },
    { "[a:b['c'] = 1]", "column 6: an index" },
    { "[a:b.* = 1]", "column 6" },
    { "[a:IN = 1]", "column 4" },
    { "['a':b = 1]", "column 2" },
    { "[a:b = c:d]", "column 8: a value is wanted" },
    { "([a:b = 1]) WITHIN 5 SECONDS WITHIN 6 SECONDS", "column 30: an observation has one" },
    { "[]", "column 2: an object path" },
    { "()", "column 2: an observation" },
    { "[\xe8\xb3\x87:b = ?]", "column 2: an object path" },
};

static void what_is_no_pattern_is_refused_where_it_is_wrong(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct lf_stix_pattern p;
        struct lf_err e = { 0 };

        CHECK(lf_stix_pattern_parse(&a, lf_view_of(refused[i].in), &p, &e) == LF_BAD_INPUT, "%s was taken",
              refused[i].in);
        CHECK(lf_view_starts(lf_view_of(e.text), lf_view_of(refused[i].why)), "%s: %s", refused[i].in,
              e.text);
    }
    lf_arena_clear(&a);
}

static void depth_and_size_have_limits(void)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    for (int i = 0; i < 30000; i++)
        lf_buf_byte(&b, '(');
    CHECK(lf_stix_pattern_parse(&a, lf_buf_view(&b), &p, &e) == LF_BAD_INPUT, "depth");
    lf_buf_reset(&b);
    LF_PUT(&b, "[a:b");
    for (int i = 0; i < 20000; i++)
        LF_PUT(&b, ".c");
    LF_PUT(&b, " = 1]");
    CHECK(lf_stix_pattern_parse(&a, lf_buf_view(&b), &p, &e) == LF_BAD_INPUT, "steps");
    lf_buf_reset(&b);
    for (int i = 0; i < 5000; i++)
        LF_PUT(&b, "[a:b = 1] AND ");
    CHECK(lf_stix_pattern_parse(&a, lf_buf_view(&b), &p, &e) == LF_TOO_BIG, "bytes");
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

static void networks_hold_addresses_of_their_own_family(void)
{
    static const struct {
        const char *in, *out;
        bool within;
    } rows[] = {
        { "198.51.100.0/27", "198.51.100.0/24", true },
        { "198.51.100.7", "198.51.100.7", true },
        { "198.51.100.7", "198.51.100.7/32", true },
        { "198.51.100.0/24", "198.51.100.0/27", false },
        { "11.22.33.44", "11.22.41.123/20", true },
        { "11.22.33.44", "0.0.0.0/0", true },
        { "::1", "0.0.0.0/0", false },
        { "2001:db8::1", "2001:0DB8::/32", true },
        { "2001:db9::1", "2001:db8::/32", false },
        { "2001:db8::1", "2001:db8:0:0::1/128", true },
        { "fe80::1", "fe00::/9", false },
        { "fe00::1", "fe00::/9", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_stix_net in, out;

        CHECK(lf_stix_net_parse(lf_view_of(rows[i].in), &in), "%s", rows[i].in);
        CHECK(lf_stix_net_parse(lf_view_of(rows[i].out), &out), "%s", rows[i].out);
        CHECK(lf_stix_net_within(&in, &out) == rows[i].within, "%s in %s", rows[i].in, rows[i].out);
    }
}

static void a_sum_of_the_wrong_length_is_told(void)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_err e = { 0 };

    CHECK_OK(lf_stix_pattern_parse(&a, LF_V("[file:hashes.'SHA-256' = 'f00']"), &p, &e), &e);
    CHECK(!lf_stix_pattern_sound(&p, &e), "taken");
    CHECK_OK(
        lf_stix_pattern_parse(&a, LF_V("[file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a69faa']"), &p, &e),
        &e);
    CHECK(lf_stix_pattern_sound(&p, &e), "%s", e.text);
    CHECK_OK(lf_stix_pattern_parse(&a, LF_V("[file:hashes.MD5 LIKE 'ce%']"), &p, &e), &e);
    CHECK(lf_stix_pattern_sound(&p, &e), "%s", e.text);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(what_is_read_is_printed_in_one_form_and_read_again);
    RUN(what_is_no_pattern_is_refused_where_it_is_wrong);
    RUN(depth_and_size_have_limits);
    RUN(networks_hold_addresses_of_their_own_family);
    RUN(a_sum_of_the_wrong_length_is_told);
    DONE();
}
