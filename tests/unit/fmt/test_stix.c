#include "fmt/stix.h"

#include "lf_test.h"

#define UUID "4527e5de-8572-446a-a57a-706f15467461"

static const struct {
    const char *name;
    lf_view id;
    bool ok;
} ids[] = {
    { "an indicator", LF_VIEW("indicator--" UUID), true },
    { "our own type", LF_VIEW("incident-event--" UUID), true },
    { "upper case type", LF_VIEW("Indicator--" UUID), false },
    { "three hyphens", LF_VIEW("indicator---" UUID), false },
    { "no type", LF_VIEW("--" UUID), false },
    { "nil UUID", LF_VIEW("indicator--00000000-0000-0000-0000-000000000000"), false },
    { "no version", LF_VIEW("indicator--4527e5de-8572-046a-a57a-706f15467461"), true },
    { "no variant", LF_VIEW("indicator--a932fcc6-e032-176c-126f-cb970a5a1ade"), true },
    { "no digits", LF_VIEW("indicator--g527e5de-8572-446a-a57a-706f15467461"), false },
    { "cut", LF_VIEW("indicator--4527e5de-8572-446a-a57a-706f1546746"), false },
};

static void an_id_is_a_type_and_a_uuid(void)
{
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        CHECK(lf_stix_id_ok(ids[i].id, NULL) == ids[i].ok, "%s", ids[i].name);
    /* What we author is a UUID of RFC 9562. */
    CHECK(!lf_stix_id_exact(LF_V("indicator--4527e5de-8572-046a-a57a-706f15467461"), NULL), "a version");
    CHECK(!lf_stix_id_exact(LF_V("indicator--a932fcc6-e032-176c-126f-cb970a5a1ade"), NULL), "the variant");
    CHECK(lf_stix_id_exact(LF_V("indicator--" UUID), NULL), "and such");
}

static const struct {
    const char *name;
    lf_view json;
    enum lf_code want;
} objects[] = {
    { "whole",
      LF_VIEW("{\"type\":\"tool\",\"id\":\"tool--" UUID "\",\"spec_version\":\"2.1\",\"created\":"
              "\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-02T00:00:00.000Z\",\"x_more\":1e400}"),
      LF_OK },
    { "cyber-observable without times", LF_VIEW("{\"type\":\"url\",\"id\":\"url--" UUID "\"}"), LF_OK },
    { "type is not the id's",
      LF_VIEW("{\"type\":\"tool\",\"id\":\"malware--" UUID "\",\"created\":\"2026-01-01T00:00:00Z\","
              "\"modified\":\"2026-01-01T00:00:00Z\"}"),
      LF_UNACCEPTED },
    { "modified before created",
      LF_VIEW("{\"type\":\"tool\",\"id\":\"tool--" UUID "\",\"created\":\"2026-01-02T00:00:00Z\","
              "\"modified\":\"2026-01-01T00:00:00Z\"}"),
      LF_UNACCEPTED },
    { "offset instead of Z",
      LF_VIEW("{\"type\":\"tool\",\"id\":\"tool--" UUID "\",\"created\":\"2026-01-02T00:00:00+08:00\","
              "\"modified\":\"2026-01-03T00:00:00Z\"}"),
      LF_UNACCEPTED },
    { "a new observable",
      LF_VIEW("{\"type\":\"my-thing\",\"spec_version\":\"2.1\",\"id\":\"my-thing--" UUID "\",\"extensions\":{"
              "\"extension-definition--" UUID "\":{\"extension_type\":\"new-sco\"}}}"),
      LF_OK },
    { "an SDO of somebody's own without times",
      LF_VIEW("{\"type\":\"my-thing\",\"id\":\"my-thing--" UUID "\"}"), LF_UNACCEPTED },
    { "half versioned",
      LF_VIEW("{\"type\":\"my-thing\",\"spec_version\":\"2.1\",\"id\":\"my-thing--" UUID
              "\",\"modified\":\"2026-01-01T00:00:00Z\"}"),
      LF_UNACCEPTED },
    { "bundle", LF_VIEW("{\"type\":\"bundle\",\"id\":\"bundle--" UUID "\"}"), LF_UNACCEPTED },
    { "number for an id", LF_VIEW("{\"type\":\"tool\",\"id\":5}"), LF_UNACCEPTED },
    { "array", LF_VIEW("[]"), LF_UNACCEPTED },
    { "not JSON", LF_VIEW("{\"type\":"), LF_BAD_INPUT },
};

static void what_is_not_stix_is_refused_with_the_right_code(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        struct lf_stix s;
        struct lf_err e = { 0 };
        enum lf_code rc = lf_stix_read(&a, objects[i].json, &s, &e);

        CHECK(rc == objects[i].want, "%s: %s %s", objects[i].name, lf_code_name(rc), e.text);
    }
    lf_arena_clear(&a);
}

static void a_time_of_any_year_is_read_and_written_alike(void)
{
    static const struct {
        const char *in, *out; /* "": as it is */
    } rows[] = {
        { "0000-01-01T00:00:00.000000Z", "" },
        { "0001-02-28T23:59:59.999999Z", "" },
        { "1600-02-29T12:00:00.000001Z", "" },
        { "1969-12-31T23:59:59.999999Z", "" },
        { "1970-01-01T00:00:00.000000Z", "" },
        { "9999-12-31T23:59:59.999999Z", "" },
        { "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456Z" },
        { "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z" },
        { "1900-02-29T00:00:00Z", NULL },
        { "2026-01-01T24:00:00Z", NULL },
        { "2026-01-01T00:00:00z", NULL },
        { "2026-01-01T00:00:00+00:00", NULL },
        { "2026-01-01T00:00Z", NULL },
        { "-001-01-01T00:00:00Z", NULL },
        { "", NULL },
    };
    lf_time last = INT64_MIN;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_time at = 0;
        char text[LF_TIME_TEXT];
        enum lf_code rc = lf_stix_time(lf_view_of(rows[i].in), &at, NULL);

        CHECK((rc == LF_OK) == (rows[i].out != NULL), "%s", rows[i].in);
        if (rc != LF_OK)
            continue;
        CHECK_VIEW(lf_stix_micro(at, text), lf_view_of(rows[i].out[0] ? rows[i].out : rows[i].in));
        if (i < 6)
            CHECK(at > last, "%s is not after the one before", rows[i].in);
        last = at;
    }
}

static void a_pattern_is_read_back_whatever_the_value(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    char value[40];

    for (unsigned n = 0; n < 2000; n++) {
        lf_view path, got, v = { value, n % sizeof value };

        for (size_t i = 0; i < v.len; i++)
            value[i] = "'\\]ab= [:"[(n * 7919u + i * i * 31u + i) % 9];
        CHECK_OK(lf_stix_pattern_read(&a, lf_stix_pattern_write(&a, LF_V("domain-name:value"), v), &path,
                                      &got, &e),
                 &e);
        CHECK_VIEW(got, v);
        CHECK_VIEW(path, LF_V("domain-name:value"));
    }
    lf_arena_clear(&a);
}

static void other_patterns_are_not_taken_for_one_value(void)
{
    static const lf_view no[] = {
        LF_VIEW("[domain-name:value = 'a' OR domain-name:value = 'b']"),
        LF_VIEW("[domain-name:value = 'a'] AND [domain-name:value = 'b']"),
        LF_VIEW("[domain-name:value != 'a']"),
        LF_VIEW("[domain-name:value = 'a]"),
        LF_VIEW("[domain-name:value = 'a\\x']"),
        LF_VIEW("[domain-name = 'a']"),
        LF_VIEW("[]"),
        LF_VIEW(""),
    };
    struct lf_arena a = { 0 };
    lf_view path, value;

    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        CHECK(lf_stix_pattern_read(&a, no[i], &path, &value, NULL) == LF_UNACCEPTED, "%s", no[i].ptr);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(an_id_is_a_type_and_a_uuid);
    RUN(what_is_not_stix_is_refused_with_the_right_code);
    RUN(a_time_of_any_year_is_read_and_written_alike);
    RUN(a_pattern_is_read_back_whatever_the_value);
    RUN(other_patterns_are_not_taken_for_one_value);
    DONE();
}
