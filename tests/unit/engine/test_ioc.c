#include "engine/ioc.h"

#include "lf_test.h"

static const uint64_t seed[4] = { 7, 11, 13, 17 };

static const struct {
    enum lf_observable_kind kind;
    const char *a, *b;
    bool same; /* one value; false with b NULL: a is no value of the kind */
} forms[] = {
    { LF_OBS_DOMAIN, "Evil.Example.", "evil.example", true },
    { LF_OBS_DOMAIN, "evil..example", NULL, false },
    { LF_OBS_DOMAIN, "evil example", NULL, false },
    { LF_OBS_DOMAIN, "_dmarc.evil.example", "_DMARC.evil.example", true },
    { LF_OBS_IPV4, "198.51.100.7", "198.51.100.7", true },
    { LF_OBS_IPV4, "198.51.100.07", NULL, false },
    { LF_OBS_IPV4, "198.51.100.256", NULL, false },
    { LF_OBS_IPV4, "198.51.100", NULL, false },
    { LF_OBS_IPV6, "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", true },
    { LF_OBS_NET4, "198.51.100.7/24", "198.51.100.0/24", true },
    { LF_OBS_NET4, "198.51.100.0/25", "198.51.100.0/24", false },
    { LF_OBS_NET4, "198.51.100.0/33", NULL, false },
    { LF_OBS_NET6, "2001:db8::1/32", "2001:db8:ffff::/32", true },
    { LF_OBS_MD5, "CEAD3F77F6CDA6EC00F57D76C9A69FAA", "cead3f77f6cda6ec00f57d76c9a69faa", true },
    { LF_OBS_MD5, "cead3f77", NULL, false },
    { LF_OBS_EMAIL, "A.B@Evil.Example", "a.b@evil.example", true },
    { LF_OBS_EMAIL, "a@b@c.example", NULL, false },
    { LF_OBS_EMAIL, "@c.example", NULL, false },
    { LF_OBS_JA4, "t13d1516h2_8daaf6152771_02713d6af862", "T13D1516H2_8DAAF6152771_02713D6AF862", true },
    { LF_OBS_JA4, "t13d1516h2_8daaf6152771_02713d6af86x", NULL, false },
    { LF_OBS_URL, "HTTP://Evil.Example:80/a#b", "http://evil.example/a", true },
    { LF_OBS_URL, "https://evil.example:443", " https://evil.example/ ", true },
    { LF_OBS_URL, "https://evil.example:80/", "https://evil.example/", false },
    { LF_OBS_URL, "http://evil.example/A", "http://evil.example/a", false },
    { LF_OBS_URL, "http://evil.example?x", "http://evil.example/?x", true },
    { LF_OBS_URL, "http://Me@evil.example/", "http://me@evil.example/", false },
    { LF_OBS_URL, "http:///a", NULL, false },
    { LF_OBS_URL, "//evil.example/", NULL, false },
};

static void values_are_compared_in_one_form(void)
{
    char a[LF_OBSERVABLE_BYTES], b[LF_OBSERVABLE_BYTES];
    size_t n, m;

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        bool ok = lf_observable_bytes(forms[i].kind, lf_view_of(forms[i].a), a, &n);

        CHECK(ok == (forms[i].b != NULL), "%s", forms[i].a);
        if (!ok || !forms[i].b)
            continue;
        CHECK(lf_observable_bytes(forms[i].kind, lf_view_of(forms[i].b), b, &m), "%s", forms[i].b);
        CHECK((n == m && memcmp(a, b, n) == 0) == forms[i].same, "%s and %s", forms[i].a, forms[i].b);
    }
}

static void the_kind_of_a_bare_text_is_guessed(void)
{
    static const struct {
        const char *text;
        enum lf_observable_kind kind; /* LF_OBS_KINDS: none */
    } rows[] = {
        { "198.51.100.7", LF_OBS_IPV4 },
        { "2001:db8::1", LF_OBS_IPV6 },
        { "198.51.100.0/24", LF_OBS_NET4 },
        { "2001:db8::/32", LF_OBS_NET6 },
        { "evil.example", LF_OBS_DOMAIN },
        { "http://evil.example/x", LF_OBS_URL },
        { "a@evil.example", LF_OBS_EMAIL },
        { "cead3f77f6cda6ec00f57d76c9a69faa", LF_OBS_MD5 },
        { "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f", LF_OBS_SHA256 },
        { "t13d1516h2_8daaf6152771_02713d6af862", LF_OBS_JA4 },
        { "word", LF_OBS_KINDS },
        { "1.2.3.999", LF_OBS_KINDS },
        { "", LF_OBS_KINDS },
        { "two words.example", LF_OBS_KINDS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum lf_observable_kind kind = LF_OBS_KINDS;

        CHECK(lf_observable_guess(lf_view_of(rows[i].text), &kind) == (rows[i].kind != LF_OBS_KINDS) &&
                  kind == rows[i].kind,
              "%s: %d", rows[i].text, (int)kind);
    }
}

static void add(struct lf_ioc_set *s, enum lf_observable_kind kind, const char *value, uint8_t id,
                unsigned flags)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_ioc_add(s, kind, lf_view_of(value),
                        &(struct lf_ioc){ .id = { id }, .flags = (uint8_t)flags, .confidence = id }, &e),
             &e);
}

static int who(const struct lf_ioc_set *s, enum lf_observable_kind kind, const char *value)
{
    const struct lf_ioc *x = lf_ioc_covers(s, kind, lf_view_of(value), 1000);

    return x ? x->id[0] : 0;
}

static void parents_and_networks_cover_what_is_in_them(void)
{
    struct lf_ioc_set *s = lf_ioc_set_create(seed);

    add(s, LF_OBS_DOMAIN, "evil.example", 1, LF_IOC_SUBDOMAINS);
    add(s, LF_OBS_DOMAIN, "only.example", 2, 0);
    CHECK(who(s, LF_OBS_DOMAIN, "evil.example") == 1, "itself");
    CHECK(who(s, LF_OBS_DOMAIN, "a.b.EVIL.example.") == 1, "under it");
    CHECK(who(s, LF_OBS_DOMAIN, "notevil.example") == 0, "beside it");
    CHECK(who(s, LF_OBS_DOMAIN, "example") == 0, "above it");
    CHECK(who(s, LF_OBS_DOMAIN, "only.example") == 2, "only itself");
    CHECK(who(s, LF_OBS_DOMAIN, "a.only.example") == 0, "not under it");
    add(s, LF_OBS_NET4, "198.51.100.0/24", 3, 0);
    add(s, LF_OBS_NET4, "198.48.0.0/12", 4, 0);
    add(s, LF_OBS_NET4, "203.0.113.77/32", 5, 0);
    add(s, LF_OBS_IPV4, "198.51.100.9", 6, 0);
    CHECK(who(s, LF_OBS_IPV4, "198.51.100.9") == 6, "most confidence");
    CHECK(who(s, LF_OBS_IPV4, "198.51.101.9") == 4, "the wider");
    CHECK(who(s, LF_OBS_IPV4, "198.63.255.255") == 4, "its end");
    CHECK(who(s, LF_OBS_IPV4, "198.64.0.0") == 0, "past its end");
    CHECK(who(s, LF_OBS_IPV4, "203.0.113.77") == 5, "a network of one");
    CHECK(who(s, LF_OBS_IPV4, "203.0.113.78") == 0, "not its neighbour");
    add(s, LF_OBS_NET6, "2001:db8::/32", 7, 0);
    add(s, LF_OBS_NET6, "fe00::/9", 8, 0);
    add(s, LF_OBS_NET6, "2001:db8:5::/127", 9, 0);
    CHECK(who(s, LF_OBS_IPV6, "2001:db8:1::1") == 7, "v6");
    CHECK(who(s, LF_OBS_IPV6, "fe7f::1") == 8, "v6 wide");
    CHECK(who(s, LF_OBS_IPV6, "fe80::1") == 0, "v6 past it");
    CHECK(who(s, LF_OBS_IPV6, "2001:db8:5::1") == 9, "v6 narrow");
    CHECK(lf_ioc_remove(s, LF_OBS_NET4, LF_V("198.51.100.99/24"), (uint8_t[16]){ 3 }), "removed");
    CHECK(who(s, LF_OBS_IPV4, "198.51.100.8") == 4, "what is left");
    add(s, LF_OBS_NET4, "0.0.0.0/0", 1, 0);
    CHECK(who(s, LF_OBS_IPV4, "8.8.8.8") == 1, "all");
    lf_ioc_set_destroy(s);
}

static void two_indicators_of_one_value_go_one_by_one(void)
{
    struct lf_ioc_set *s = lf_ioc_set_create(seed);
    const uint8_t one[16] = { 1 }, two[16] = { 2 };

    add(s, LF_OBS_URL, "http://evil.example/", 1, 0);
    add(s, LF_OBS_URL, "http://evil.example", 2, 0);
    add(s, LF_OBS_URL, "http://evil.example", 2, 0);
    CHECK(lf_ioc_set_count(s) == 2, "%zu", lf_ioc_set_count(s));
    CHECK(who(s, LF_OBS_URL, "http://evil.example/") == 2, "the surer");
    CHECK(lf_ioc_remove(s, LF_OBS_URL, LF_V("http://EVIL.example/"), two), "gone");
    CHECK(who(s, LF_OBS_URL, "http://evil.example/") == 1, "the other stays");
    CHECK(!lf_ioc_remove(s, LF_OBS_URL, LF_V("http://evil.example/"), two), "gone twice");
    CHECK(lf_ioc_remove(s, LF_OBS_URL, LF_V("http://evil.example/"), one), "gone too");
    CHECK(who(s, LF_OBS_URL, "http://evil.example/") == 0 && lf_ioc_set_count(s) == 0, "none");
    lf_ioc_set_destroy(s);
}

static void what_has_expired_is_no_hit(void)
{
    struct lf_ioc_set *s = lf_ioc_set_create(seed);
    struct lf_err e = { 0 };

    CHECK_OK(lf_ioc_add(s, LF_OBS_IPV4, LF_V("192.0.2.1"), &(struct lf_ioc){ .expires = 500 }, &e), &e);
    CHECK(lf_ioc_covers(s, LF_OBS_IPV4, LF_V("192.0.2.1"), 499) != NULL, "before");
    CHECK(lf_ioc_covers(s, LF_OBS_IPV4, LF_V("192.0.2.1"), 500) == NULL, "then");
    lf_ioc_set_destroy(s);
}

/* 4,000 values come and go at random; after each step what is in the set is what an
 * array says, and its memory stays within its bound. */
static void a_set_is_what_was_added_and_not_removed(void)
{
    enum { VALUES = 4000, STEPS = 60000 };
    static uint8_t in[VALUES]; /* bit per id 1, 2 */
    struct lf_ioc_set *s = lf_ioc_set_create(seed);
    uint64_t x = 88172645463325252u;
    size_t count = 0;
    char text[40];

    for (unsigned i = 0; i < STEPS; i++) {
        unsigned v, bit;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        v = (unsigned)(x % VALUES);
        bit = 1u << (x >> 40 & 1);
        snprintf(text, sizeof text, "v%u.example", v);
        if (x >> 50 & 1 || i < VALUES) {
            struct lf_err e = { 0 };
            const uint8_t id2[16] = { (uint8_t)bit };

            CHECK_OK(lf_ioc_add(s, LF_OBS_DOMAIN, lf_view_of(text),
                                &(struct lf_ioc){ .id = { id2[0] }, .confidence = (uint8_t)bit }, &e),
                     &e);
            count += !(in[v] & bit);
            in[v] |= (uint8_t)bit;
        } else {
            const uint8_t id2[16] = { (uint8_t)bit };

            CHECK(lf_ioc_remove(s, LF_OBS_DOMAIN, lf_view_of(text), id2) == ((in[v] & bit) != 0), "%s", text);
            count -= (in[v] & bit) != 0;
            in[v] &= (uint8_t)~bit;
        }
        CHECK(lf_ioc_set_count(s) == count, "step %u: %zu, not %zu", i, lf_ioc_set_count(s), count);
        if (i % 64 == 0)
            for (unsigned k = 0; k < VALUES; k += 17) {
                snprintf(text, sizeof text, "v%u.example", k);
                CHECK(who(s, LF_OBS_DOMAIN, text) == (in[k] & 2 ? 2 : in[k]), "step %u: %s", i, text);
            }
    }
    lf_ioc_set_destroy(s);
}

static void many_are_kept_within_their_memory(void)
{
    enum { N = 300000 };
    struct lf_ioc_set *s = lf_ioc_set_create(seed);
    struct lf_err e = { 0 };
    char text[40];

    for (unsigned i = 0; i < N; i++) {
        snprintf(text, sizeof text, "%u.%u.%u.%u", 1 + (i >> 16), i >> 8 & 255, i & 255, i % 251);
        CHECK_OK(lf_ioc_add(s, LF_OBS_IPV4, lf_view_of(text), &(struct lf_ioc){ .id = { 1 } }, &e), &e);
    }
    CHECK(lf_ioc_set_count(s) == N, "%zu", lf_ioc_set_count(s));
    CHECK(lf_ioc_set_bytes(s) <= (size_t)N * 64, "%zu bytes each", lf_ioc_set_bytes(s) / N);
    for (unsigned i = 0; i < N; i += 7) {
        snprintf(text, sizeof text, "%u.%u.%u.%u", 1 + (i >> 16), i >> 8 & 255, i & 255, i % 251);
        CHECK(who(s, LF_OBS_IPV4, text) == 1, "%s", text);
        snprintf(text, sizeof text, "%u.%u.%u.%u", 101 + (i >> 16), i >> 8 & 255, i & 255, i % 251);
        CHECK(who(s, LF_OBS_IPV4, text) == 0, "%s", text);
    }
    lf_ioc_set_destroy(s);
}

int main(void)
{
    RUN(values_are_compared_in_one_form);
    RUN(the_kind_of_a_bare_text_is_guessed);
    RUN(parents_and_networks_cover_what_is_in_them);
    RUN(two_indicators_of_one_value_go_one_by_one);
    RUN(what_has_expired_is_no_hit);
    RUN(a_set_is_what_was_added_and_not_removed);
    RUN(many_are_kept_within_their_memory);
    DONE();
}
