#include "base/crypto.h"

#include "lf_test.h"

static void uuid5_gives_the_published_value(void)
{
    struct lf_arena a = { 0 };

    /* RFC 9562, appendix A.4 */
    CHECK_VIEW(lf_uuid5(&a, LF_V("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), LF_V("www.example.com")),
               LF_V("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
    CHECK(!lf_uuid_ok(LF_V("2ed6657d-e927-568b-95e1-2665a8aea6ag")), "g is no digit");
    lf_arena_clear(&a);
}

static void a_signature_holds_for_its_bytes_only(void)
{
    uint8_t seed[LF_SIGN_SEED] = { 7 }, pub[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET], sig[LF_SIGNATURE];

    lf_sign_keys(seed, pub, secret);
    lf_sign(secret, LF_V("report"), sig);
    CHECK(lf_sign_ok(pub, LF_V("report"), sig), "own signature");
    CHECK(!lf_sign_ok(pub, LF_V("Report"), sig), "other bytes");
    sig[5] ^= 1;
    CHECK(!lf_sign_ok(pub, LF_V("report"), sig), "bent signature");
}

static void base64_of_every_kind_is_read_back(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    char raw[70];

    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (char)(i * 37 + 250);
    for (size_t n = 0; n <= sizeof raw; n++) {
        lf_view out = { 0 };

        CHECK_OK(lf_unbase64(&a, lf_base64(&a, raw, n), &out, &e), &e);
        CHECK_VIEW(out, ((lf_view){ raw, n }));
        CHECK_OK(lf_unbase64(&a, lf_base64url(&a, raw, n), &out, &e), &e);
        CHECK_VIEW(out, ((lf_view){ raw, n }));
    }
    lf_view out = { 0 };
    CHECK_CODE(lf_unbase64(&a, LF_V("a"), &out, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_unbase64(&a, LF_V("!!!!"), &out, &e), LF_BAD_INPUT);
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(uuid5_gives_the_published_value);
    RUN(a_signature_holds_for_its_bytes_only);
    RUN(base64_of_every_kind_is_read_back);
    DONE();
}
