#include "model/observable.h"

#include "lf_test.h"

static void every_spelling_of_a_value_is_kept_in_one_form(void)
{
    static const struct {
        enum lf_observable_kind kind;
        const char *in, *want; /* NULL: no value that can be looked for */
    } rows[] = {
        { LF_OBS_DOMAIN, "Evil.Example.NET.", "evil.example.net" },
        { LF_OBS_DOMAIN, "_dmarc.c2.test", "_dmarc.c2.test" },
        { LF_OBS_DOMAIN, "com", NULL },
        { LF_OBS_DOMAIN, "例.test", NULL },
        { LF_OBS_DOMAIN, "*.c2.test", NULL },
        { LF_OBS_DOMAIN, "-a.test", NULL },
        { LF_OBS_IPV4, "192.0.2.1", "192.0.2.1" },
        { LF_OBS_IPV4, "192.0.2.01", NULL },
        { LF_OBS_IPV6, "2001:DB8:0:0::1", "2001:db8::1" },
        { LF_OBS_NET4, "198.51.100.77/24", "198.51.100.0/24" },
        { LF_OBS_NET4, "0.0.0.0/0", NULL },
        { LF_OBS_NET4, "10.0.0.0/8", "10.0.0.0/8" },
        { LF_OBS_NET4, "10.0.0.0/33", NULL },
        { LF_OBS_NET6, "2001:DB8:ffff::/32", "2001:db8::/32" },
        { LF_OBS_NET6, "::/0", NULL },
        { LF_OBS_NET6, "2001:db8::1/128", "2001:db8::1/128" },
        { LF_OBS_URL, "HTTP://C2.test:80/A?b#c", "http://c2.test/A?b" },
        { LF_OBS_URL, "http://c2.test/a\nb", NULL },
        { LF_OBS_MD5, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e" },
        { LF_OBS_MD5, "d41d8cd98f00b204e9800998ecf8427", NULL },
        { LF_OBS_SHA1, "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
          "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
        { LF_OBS_EMAIL, "Ann@C2.Test", "ann@c2.test" },
        { LF_OBS_EMAIL, "ann@", NULL },
        { LF_OBS_JA3, "E7D705A3286E19EA42F587B344EE6865", "e7d705a3286e19ea42f587b344ee6865" },
        { LF_OBS_JA4, "T13D1516H2_8daaf6152771_02713d6af862", "t13d1516h2_8daaf6152771_02713d6af862" },
        { LF_OBS_JA4, "t13d1516h2_8daaf6152771", NULL },
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view out, in = lf_view_of(rows[i].in);
        bool ok = lf_observable_text(&a, rows[i].kind, in, &out);

        CHECK(ok == (rows[i].want != NULL), "%s", rows[i].in);
        if (ok && rows[i].want) {
            CHECK_VIEW(out, lf_view_of(rows[i].want));
            CHECK(lf_observable_ok(rows[i].kind, out), "not kept: %s", rows[i].want);
            CHECK(lf_observable_ok(rows[i].kind, in) == lf_view_eq(in, out), "kept as it is: %s", rows[i].in);
        }
    }
    lf_arena_clear(&a);
}

static void a_pattern_of_one_value_is_that_value(void)
{
    static const struct {
        const char *pattern;
        enum lf_observable_kind kind; /* LF_OBS_KINDS: more than a value, or none that is looked for */
        const char *value;
    } rows[] = {
        { "[domain-name:value = 'Evil.test']", LF_OBS_DOMAIN, "evil.test" },
        { "[domain-name:value IN ('evil.test')]", LF_OBS_DOMAIN, "evil.test" },
        { "([url:value='http://c2.test/it\\'s'])", LF_OBS_URL, "http://c2.test/it's" },
        { "[ipv4-addr:value = '198.51.100.0/24']", LF_OBS_NET4, "198.51.100.0/24" },
        { "[ipv4-addr:value ISSUBSET '198.51.100.9/24']", LF_OBS_NET4, "198.51.100.0/24" },
        { "[ipv4-addr:value ISSUBSET '198.51.100.9/32']", LF_OBS_IPV4, "198.51.100.9" },
        { "[ipv4-addr:value = '198.51.100.9']", LF_OBS_IPV4, "198.51.100.9" },
        { "[ipv6-addr:value ISSUBSET '2001:db8::/32']", LF_OBS_NET6, "2001:db8::/32" },
        { "[ipv6-addr:value = '2001:db8::1/128']", LF_OBS_IPV6, "2001:db8::1" },
        { "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", LF_OBS_MD5,
          "d41d8cd98f00b204e9800998ecf8427e" },
        { "[file:hashes.'SHA-1' = 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709']", LF_OBS_SHA1,
          "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
        { "[email-addr:value = 'Ann@c2.test']", LF_OBS_EMAIL, "ann@c2.test" },
        { "[network-traffic:extensions.'tls-ext'.ja3_hash = 'e7d705a3286e19ea42f587b344ee6865']", LF_OBS_JA3,
          "e7d705a3286e19ea42f587b344ee6865" },
        { "[network-traffic:extensions.'x-tls'.ja4 = 't13d1516h2_8daaf6152771_02713d6af862']", LF_OBS_JA4,
          "t13d1516h2_8daaf6152771_02713d6af862" },
        { "[domain-name:value != 'evil.test']", LF_OBS_KINDS, NULL },
        { "[domain-name:value NOT = 'evil.test']", LF_OBS_KINDS, NULL },
        { "[domain-name:value IN ('a.test', 'b.test')]", LF_OBS_KINDS, NULL },
        { "[domain-name:value LIKE '%.test']", LF_OBS_KINDS, NULL },
        { "[domain-name:value = 'a.test' OR domain-name:value = 'b.test']", LF_OBS_KINDS, NULL },
        { "[domain-name:value = 'a.test'] REPEATS 2 TIMES", LF_OBS_KINDS, NULL },
        { "[network-traffic:dst_ref.value = '198.51.100.9']", LF_OBS_KINDS, NULL },
        { "[x509-certificate:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", LF_OBS_KINDS, NULL },
        { "[ipv4-addr:value = '2001:db8::1']", LF_OBS_KINDS, NULL },
        { "[ipv4-addr:value ISSUBSET '0.0.0.0/0']", LF_OBS_KINDS, NULL },
        { "[file:name = 'a.exe']", LF_OBS_KINDS, NULL },
    };
    struct lf_arena a = { 0 };
    struct lf_err e;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_stix_pattern p, again;
        struct lf_observable o, back;
        bool ok;

        CHECK_OK(lf_stix_pattern_parse(&a, lf_view_of(rows[i].pattern), &p, &e), &e);
        ok = lf_observable_of_pattern(&a, &p, &o);
        CHECK(ok == (rows[i].value != NULL), "%s", rows[i].pattern);
        if (!ok || !rows[i].value)
            continue;
        CHECK(o.kind == rows[i].kind, "%s is %s", rows[i].pattern, lf_observable_kind_name(o.kind));
        CHECK_VIEW(o.value, lf_view_of(rows[i].value));
        CHECK_OK(lf_stix_pattern_parse(&a, lf_observable_pattern(&a, o.kind, o.value), &again, &e), &e);
        CHECK(lf_observable_of_pattern(&a, &again, &back) && back.kind == o.kind &&
                  lf_view_eq(back.value, o.value),
              "written and read: %s", rows[i].pattern);
    }
    lf_arena_clear(&a);
}

static void a_kind_is_found_by_its_name(void)
{
    for (int i = 0; i < LF_OBS_KINDS; i++) {
        enum lf_observable_kind kind = LF_OBS_KINDS;

        CHECK(lf_observable_kind_parse(lf_view_of(lf_observable_kind_name((enum lf_observable_kind)i)),
                                       &kind) &&
                  (int)kind == i,
              "%d", i);
    }
}

int main(void)
{
    RUN(every_spelling_of_a_value_is_kept_in_one_form);
    RUN(a_pattern_of_one_value_is_that_value);
    RUN(a_kind_is_found_by_its_name);
    DONE();
}
