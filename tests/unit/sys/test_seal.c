#include "sys/seal.h"

#include "base/crypto.h"
#include "lf_seal_keys.h"
#include "lf_test.h"

#define NOW (1796000000 * LF_SECOND) /* within the life of the test's keys; END_PGP ends on 2027-01-01 */
#define AFTER (1800000000 * LF_SECOND)

static const lf_view body = LF_VIEW(SEALED_BODY);
static const struct {
    enum lf_seal_kind kind;
    const char *own, *own_public, *ann, *ann_public;
} ways[] = { { LF_SEAL_OPENPGP, NODE_PGP, NODE_PGP_PUBLIC, ANN_PGP, ANN_PGP_PUBLIC },
             { LF_SEAL_SMIME, NODE_CMS, NODE_CMS_PUBLIC, ANN_CMS, ANN_CMS_PUBLIC } };

static void a_key_says_whose_it_is_and_how_long(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_key k;

    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(lf_seal_key_read(&a, lf_view_of(ways[i].ann_public), false, NOW, &k, &e), &e);
        CHECK(k.kind == ways[i].kind && lf_seal_key_of(&k, LF_V("Ann@water.example")), "%zu", i);
        CHECK(!lf_seal_key_of(&k, LF_V("node@cert.example")) && k.signs && k.encrypts && !k.secret, "%zu", i);
        CHECK_CODE(lf_seal_key_read(&a, lf_view_of(ways[i].ann), false, NOW, &k, &e), LF_BAD_INPUT);
        CHECK_OK(lf_seal_key_read(&a, lf_view_of(ways[i].own), true, NOW, &k, &e), &e);
        CHECK_CODE(lf_seal_key_read(&a, lf_view_of(ways[i].own_public), true, NOW, &k, &e), LF_BAD_INPUT);
    }
    CHECK_OK(lf_seal_key_read(&a, lf_view_of(ANN_PGP_PUBLIC), false, NOW, &k, &e), &e);
    CHECK_VIEW(k.fingerprint, LF_V(ANN_PGP_FINGERPRINT));
    CHECK_OK(lf_seal_key_read(&a, lf_view_of(END_PGP_PUBLIC), false, NOW, &k, &e), &e);
    CHECK(k.until > NOW && k.encrypts, "it has not ended");
    CHECK_OK(lf_seal_key_read(&a, lf_view_of(END_PGP_PUBLIC), false, AFTER, &k, &e), &e);
    CHECK(k.until < AFTER && !k.encrypts && !k.signs, "it has ended");
    lf_arena_clear(&a);
}

static void what_is_signed_is_good_by_its_key_alone(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    for (size_t i = 0; i < 2; i++) {
        lf_view sig, both[] = { lf_view_of(ways[i].own_public), lf_view_of(ways[i].ann_public) };
        struct lf_seal_said s;

        CHECK_OK(lf_seal_sign(&a, ways[i].kind, lf_view_of(ways[i].ann), body, NOW, &sig, &e), &e);
        s = lf_seal_verify(&a, ways[i].kind, both, 2, body, sig, NOW);
        CHECK(s.word == LF_SAID_GOOD && s.key == 1, "%zu: %s", i, lf_seal_word_name(s.word));
        CHECK(lf_seal_verify(&a, ways[i].kind, both, 1, body, sig, NOW).word == LF_SAID_UNKNOWN, "%zu", i);
        CHECK(lf_seal_verify(&a, ways[i].kind, both, 2, lf_view_first(body, 9), sig, NOW).word ==
                  LF_SAID_BROKEN,
              "%zu", i);
        CHECK(lf_seal_verify(&a, ways[i].kind, both, 2, body, LF_V("x"), NOW).word == LF_SAID_BROKEN, "%zu",
              i);
    }
    lf_arena_clear(&a);
}

static void what_gpg_sealed_is_read(void)
{
    lf_view ann = lf_view_of(ANN_PGP_PUBLIC), out;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_said s =
        lf_seal_verify(&a, LF_SEAL_OPENPGP, &ann, 1, body, lf_view_of(GPG_SIGNATURE), NOW);

    CHECK(s.word == LF_SAID_GOOD, "%s", lf_seal_word_name(s.word));
    CHECK_OK(lf_seal_decrypt(&a, LF_SEAL_OPENPGP, lf_view_of(NODE_PGP), &ann, 1, lf_view_of(GPG_MESSAGE), NOW,
                             4096, &out, &s, &e),
             &e);
    CHECK_VIEW(out, body);
    CHECK(s.word == LF_SAID_GOOD, "%s", lf_seal_word_name(s.word));
    lf_arena_clear(&a);
}

static void what_is_encrypted_opens_with_its_key_alone_and_within_its_bound(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    for (size_t i = 0; i < 2; i++) {
        lf_view known = lf_view_of(ways[i].ann_public), sealed, out;
        struct lf_seal_said s;

        CHECK_OK(lf_seal_encrypt(&a, ways[i].kind, lf_view_of(ways[i].own_public), lf_view_of(ways[i].ann),
                                 body, NOW, &sealed, &e),
                 &e);
        CHECK(lf_view_find(sealed, LF_V("hello")) == SIZE_MAX, "%zu: it can be read", i);
        CHECK_OK(lf_seal_decrypt(&a, ways[i].kind, lf_view_of(ways[i].own), &known, 1, sealed, NOW, 4096,
                                 &out, &s, &e),
                 &e);
        CHECK_VIEW(out, body);
        CHECK(s.word == (i ? LF_SAID_UNSIGNED : LF_SAID_GOOD), "%zu: %s", i, lf_seal_word_name(s.word));
        CHECK_CODE(lf_seal_decrypt(&a, ways[i].kind, lf_view_of(ways[i].ann), NULL, 0, sealed, NOW, 4096,
                                   &out, &s, &e),
                   LF_UNACCEPTED);
        CHECK_CODE(
            lf_seal_decrypt(&a, ways[i].kind, lf_view_of(ways[i].own), NULL, 0, sealed, NOW, 8, &out, &s, &e),
            LF_UNACCEPTED);
        for (size_t n = 0; n < sealed.len; n += 7)
            CHECK(lf_seal_decrypt(&a, ways[i].kind, lf_view_of(ways[i].own), NULL, 0,
                                  lf_view_first(sealed, n), NOW, 4096, &out, &s, NULL) != LF_OK ||
                      lf_view_eq(out, body),
                  "%zu: cut at %zu it gives something else", i, n);
    }
    CHECK_CODE(lf_seal_encrypt(&a, LF_SEAL_OPENPGP, lf_view_of(END_PGP_PUBLIC), LF_V(""), body, AFTER,
                               &(lf_view){ 0 }, &e),
               LF_UNACCEPTED);
    lf_arena_clear(&a);
}

static void a_signature_of_a_key_that_has_ended_says_so(void)
{
    lf_view end = lf_view_of(END_PGP_PUBLIC), sig;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_said s;

    CHECK_OK(lf_seal_sign(&a, LF_SEAL_OPENPGP, lf_view_of(END_PGP), body, NOW, &sig, &e), &e);
    s = lf_seal_verify(&a, LF_SEAL_OPENPGP, &end, 1, body, sig, AFTER);
    CHECK(s.word == LF_SAID_GOOD, "in its time: %s", lf_seal_word_name(s.word));
    CHECK_CODE(lf_seal_sign(&a, LF_SEAL_OPENPGP, lf_view_of(END_PGP), body, AFTER, &sig, &e), LF_UNACCEPTED);
    lf_arena_clear(&a);
}

int main(void)
{
    struct lf_err e = { 0 };

    lf_crypto_init();
    CHECK_OK(lf_seal_prepare(&e), &e);
    RUN(a_key_says_whose_it_is_and_how_long);
    RUN(what_is_signed_is_good_by_its_key_alone);
    RUN(what_gpg_sealed_is_read);
    RUN(what_is_encrypted_opens_with_its_key_alone_and_within_its_bound);
    RUN(a_signature_of_a_key_that_has_ended_says_so);
    DONE();
}
