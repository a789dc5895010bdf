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

static void a_sealed_secret_opens_for_its_key_and_its_owner_only(void)
{
    static const size_t lengths[] = { 0, 1, 31, 32, 33, 4000 };
    const uint8_t key[LF_SECRET_KEY] = { 1 }, other[LF_SECRET_KEY] = { 2 }, nonce[LF_SECRET_NONCE] = { 3 };
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    char raw[4000];

    memset(raw, 's', sizeof raw);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        lf_view secret = { raw, lengths[i] }, out = { 0 },
                text = lf_secret_seal(&a, key, nonce, LF_V("whose"), secret);
        char *bent = lf_arena_cstr(&a, text);

        CHECK(lf_secret_sealed(text) && (secret.len < 4 || lf_view_find(text, secret) == SIZE_MAX), "%zu", i);
        CHECK_OK(lf_secret_open(&a, key, LF_V("whose"), text, &out, &e), &e);
        CHECK_VIEW(out, secret);
        CHECK_CODE(lf_secret_open(&a, other, LF_V("whose"), text, &out, &e), LF_UNACCEPTED);
        CHECK_CODE(lf_secret_open(&a, key, LF_V("other"), text, &out, &e), LF_UNACCEPTED);
        for (size_t n = 0; n < text.len && n < 200; n++)
            CHECK_CODE(lf_secret_open(&a, key, LF_V("whose"), lf_view_first(text, n), &out, &e),
                       LF_UNACCEPTED);
        bent[text.len / 2 + 12] = bent[text.len / 2 + 12] == 'A' ? 'B' : 'A';
        CHECK_CODE(lf_secret_open(&a, key, LF_V("whose"), lf_view_of(bent), &out, &e), LF_UNACCEPTED);
    }
    CHECK(!lf_secret_sealed(LF_V("password")) && !lf_secret_sealed(LF_V("")), "plain");
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(uuid5_gives_the_published_value);
    RUN(a_signature_holds_for_its_bytes_only);
    RUN(base64_of_every_kind_is_read_back);
    RUN(a_sealed_secret_opens_for_its_key_and_its_owner_only);
    DONE();
}
