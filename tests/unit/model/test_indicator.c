#include "model/indicator.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "lf_test.h"

static void an_indicator_is_read_back_as_written(void)
{
    static const struct {
        enum lf_observable_kind kind;
        lf_view value;
    } rows[] = {
        { LF_OBS_DOMAIN, LF_VIEW("c2-1.test") },
        { LF_OBS_IPV4, LF_VIEW("192.0.2.1") },
        { LF_OBS_IPV6, LF_VIEW("2001:db8::1") },
        { LF_OBS_URL, LF_VIEW("http://c2.test/a'b\\c") },
        { LF_OBS_SHA256, LF_VIEW("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") },
        { LF_OBS_NET4, LF_VIEW("198.51.100.0/24") },
        { LF_OBS_NET6, LF_VIEW("2001:db8::/32") },
        { LF_OBS_MD5, LF_VIEW("d41d8cd98f00b204e9800998ecf8427e") },
        { LF_OBS_SHA1, LF_VIEW("da39a3ee5e6b4b0d3255bfef95601890afd80709") },
        { LF_OBS_SHA512, LF_VIEW("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                                 "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e") },
        { LF_OBS_EMAIL, LF_VIEW("o'hara@c2.test") },
        { LF_OBS_JA3, LF_VIEW("e7d705a3286e19ea42f587b344ee6865") },
        { LF_OBS_JA4, LF_VIEW("t13d1516h2_8daaf6152771_02713d6af862") },
    };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_indicator in = {
            .id = LF_V("indicator--4527e5de-8572-446a-a57a-706f15467461"),
            .created_by = LF_V("identity--4527e5de-8572-446a-a57a-706f15467462"),
            .created = 1700000000 * LF_SECOND,
            .modified = 1700000001 * LF_SECOND,
            .valid_from = 1700000000 * LF_SECOND,
            .valid_until = 1700003600 * LF_SECOND,
            .kind = rows[i].kind,
            .value = rows[i].value,
            .provisional = true,
            .evidence = 2,
            .policy = LF_V("4527e5de-8572-446a-a57a-706f15467463"),
            .derived_from = LF_V("indicator--4527e5de-8572-446a-a57a-706f15467464"),
            .tlp = LF_V("amber+strict"),
        };
        struct lf_indicator out;

        CHECK_OK(lf_indicator_read(&a, lf_indicator_write(&a, &in), &out, &e), &e);
        CHECK_VIEW(out.value, in.value);
        CHECK_VIEW(out.policy, in.policy);
        CHECK_VIEW(out.derived_from, in.derived_from);
        CHECK_VIEW(out.tlp, in.tlp);
        CHECK(out.kind == in.kind && out.evidence == 2 && out.provisional && out.extended && !out.revoked &&
                  out.valid_until == in.valid_until && out.modified == in.modified,
              "row %zu", i);
    }
    lf_arena_clear(&a);
}

static void values_that_could_break_a_zone_are_refused(void)
{
    static const lf_view no[] = {
        LF_VIEW("test"),   LF_VIEW("a..b"),     LF_VIEW("a.b."), LF_VIEW("A.test"),
        LF_VIEW("*.test"), LF_VIEW("a b.test"), LF_VIEW(""),     LF_VIEW("-a.test")
    };

    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        CHECK(!lf_observable_ok(LF_OBS_DOMAIN, no[i]), "%s", no[i].ptr);
    CHECK(!lf_observable_ok(LF_OBS_IPV4, LF_V("192.0.2.01")), "leading zero");
    CHECK(!lf_observable_ok(LF_OBS_IPV6, LF_V("2001:DB8::1")), "not canonical");
}

static void the_published_extension_is_good_stix(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_stix s;

    CHECK_OK(lf_stix_read(&a, lf_extension_write(&a), &s, &e), &e);
    CHECK_VIEW(s.type, LF_V("extension-definition"));
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(an_indicator_is_read_back_as_written);
    RUN(values_that_could_break_a_zone_are_refused);
    RUN(the_published_extension_is_good_stix);
    DONE();
}
