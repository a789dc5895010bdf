#include "sys/seal.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <time.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "lf_seal_keys.h"
#include "lf_test.h"
#include "sys/seal_priv.h"

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

static void a_signature_that_does_not_say_when_counts_by_today(void)
{
    BIO *in = BIO_new_mem_buf(body.ptr, (int)body.len), *key = BIO_new_mem_buf(ANN_CMS, -1),
        *cert = BIO_new_mem_buf(ANN_CMS_PUBLIC, -1), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *secret = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
    X509 *x = PEM_read_bio_X509(cert, NULL, NULL, NULL);
    CMS_ContentInfo *cms = CMS_sign(x, secret, NULL, in, CMS_DETACHED | CMS_BINARY | CMS_NOATTR);
    lf_view ann = lf_view_of(ANN_CMS_PUBLIC), sig;
    struct lf_arena a = { 0 };
    struct lf_seal_said s;
    char *bytes = NULL;

    CHECK(cms && i2d_CMS_bio(out, cms) == 1, "signed");
    sig.len = (size_t)BIO_get_mem_data(out, &bytes);
    sig.ptr = bytes;
    s = lf_seal_verify(&a, LF_SEAL_SMIME, &ann, 1, body, sig, NOW);
    CHECK(s.word == LF_SAID_GOOD && !s.at, "%s", lf_seal_word_name(s.word));
    s = lf_seal_verify(&a, LF_SEAL_SMIME, &ann, 1, body, sig, 9000000000 * LF_SECOND);
    CHECK(s.word == LF_SAID_ENDED, "%s", lf_seal_word_name(s.word));
    CMS_ContentInfo_free(cms);
    X509_free(x);
    EVP_PKEY_free(secret);
    BIO_free(in);
    BIO_free(key);
    BIO_free(cert);
    BIO_free(out);
    lf_arena_clear(&a);
}

/* ---- what a stranger gives must not cost what he likes ---- */

static void put_packet(struct lf_buf *b, int tag, lf_view v)
{
    lf_buf_byte(b, (char)(0xc0 | tag));
    lf_buf_byte(b, (char)0xff);
    for (int i = 24; i >= 0; i -= 8)
        lf_buf_byte(b, (char)(v.len >> i));
    lf_buf_put(b, v);
}

static void put_number(struct lf_buf *b, size_t bits)
{
    lf_buf_byte(b, (char)(bits >> 8));
    lf_buf_byte(b, (char)bits);
    for (size_t i = 0; i < bits; i += 8)
        lf_buf_byte(b, (char)0xab);
}

/* An RSA key of one name with signatures that fit nothing, by itself or by somebody else. */
static lf_view rsa(struct lf_arena *a, size_t bits, size_t exponent, size_t own, size_t others)
{
    static const char signature[] = "\x04\x13\x01\x08\0\x06\x05\x02\x60\0\0\0\0\x0a\x09\x10";
    struct lf_buf b, part;
    lf_view bare, print;
    uint8_t id[20];

    lf_buf_init(&b, 1 << 20);
    lf_buf_init(&part, 1 << 16);
    lf_buf_put(&part, (lf_view){ "\x04\x60\0\0\0\x01", 6 });
    put_number(&part, bits);
    put_number(&part, exponent);
    put_packet(&b, 6, lf_buf_view(&part));
    print = packets_fingerprint(a, lf_buf_view(&b));
    CHECK_OK(lf_unhex(print, id, sizeof id, NULL), &(struct lf_err){ 0 });
    put_packet(&b, 13, LF_V("H <h@water.example>"));
    for (size_t i = 0; i < own + others; i++) {
        lf_buf_reset(&part);
        lf_buf_put(&part, (lf_view){ signature, sizeof signature - 1 });
        lf_buf_put(&part, i < own ? (lf_view){ (char *)id + 12, 8 } : LF_V("somebody"));
        lf_buf_put(&part, (lf_view){ "\x01\x02\0\x08\xff", 5 });
        put_packet(&b, 2, lf_buf_view(&part));
    }
    bare = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    lf_buf_clear(&part);
    return bare;
}

static void a_key_that_would_cost_seconds_is_refused(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_key k;

    CHECK_CODE(lf_seal_key_read(&a, rsa(&a, 16384, 16384, 1, 0), false, NOW, &k, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_seal_key_read(&a, rsa(&a, 4096, 4096, 1, 0), false, NOW, &k, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_seal_key_read(&a, rsa(&a, 8192, 24, 1, 0), false, NOW, &k, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_seal_key_read(&a, rsa(&a, 4096, 24, 33, 0), false, NOW, &k, &e), LF_TOO_BIG);
    CHECK_OK(lf_seal_key_read(&a, rsa(&a, 4096, 24, 32, 900), false, NOW, &k, &e), &e);
    CHECK(!k.signs && !k.encrypts, "nothing of it is good");
    lf_arena_clear(&a);
}

static lf_view times(struct lf_arena *a, lf_view v, size_t n, lf_view rest)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < n; i++)
        lf_buf_put(&b, v);
    lf_buf_put(&b, rest);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void signatures_and_recipients_are_counted_before_they_cost(void)
{
    lf_view ann = lf_view_of(ANN_PGP_PUBLIC), sig, sealed, out, first;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_said s;
    enum lf_code rc;

    CHECK_OK(lf_seal_sign(&a, LF_SEAL_OPENPGP, lf_view_of(ANN_PGP), body, NOW, &sig, &e), &e);
    CHECK_OK(packets_bare(&a, sig, &sig, &e), &e);
    s = lf_seal_verify(&a, LF_SEAL_OPENPGP, &ann, 1, body, times(&a, sig, 8, LF_V("")), NOW);
    CHECK(s.word == LF_SAID_GOOD, "%s", lf_seal_word_name(s.word));
    CHECK(packets_signatures(times(&a, sig, 8, LF_V("x"))) == SIZE_MAX, "what is behind is none");
    s = lf_seal_verify(&a, LF_SEAL_OPENPGP, &ann, 1, body, times(&a, sig, 9, LF_V("")), NOW);
    CHECK(s.word == LF_SAID_BROKEN, "%s", lf_seal_word_name(s.word));
    CHECK_OK(
        lf_seal_encrypt(&a, LF_SEAL_OPENPGP, lf_view_of(NODE_PGP_PUBLIC), LF_V(""), body, NOW, &sealed, &e),
        &e);
    CHECK_OK(packets_bare(&a, sealed, &sealed, &e), &e);
    first = lf_view_first(sealed, 2 + (size_t)(uint8_t)sealed.ptr[1]);
    CHECK(packets_recipients(sealed) == 1 && (uint8_t)sealed.ptr[0] == 0xc1, "it begins with its recipient");
    /* Each that names the node's key costs an operation with the secret one: once is enough. */
    rc = lf_seal_decrypt(&a, LF_SEAL_OPENPGP, lf_view_of(NODE_PGP), NULL, 0, times(&a, first, 1, sealed), NOW,
                         4096, &out, &s, &e);
    CHECK(rc == LF_UNACCEPTED, "%d", rc);
    lf_arena_clear(&a);
}

static void cms_of_very_many_parts_is_not_taken_apart(void)
{
    static const char head[] =
        "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\x03\x31\x80",
                      other[] = "\xa4\x05\x06\x01\x2a\x05\0";
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_seal_said s;
    clock_t began;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 6 << 20);
    lf_buf_put(&b, (lf_view){ head, sizeof head - 1 });
    for (int i = 0; i < 700000; i++)
        lf_buf_put(&b, (lf_view){ other, sizeof other - 1 });
    began = clock();
    CHECK_CODE(lf_seal_decrypt(&a, LF_SEAL_SMIME, lf_view_of(NODE_CMS), NULL, 0, lf_buf_view(&b), NOW, 4096,
                               &out, &s, &e),
               LF_UNACCEPTED);
    CHECK(clock() - began < CLOCKS_PER_SEC / 4, "it took %ld ms",
          (long)(clock() - began) * 1000 / CLOCKS_PER_SEC);
    lf_buf_clear(&b);
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
    RUN(a_signature_that_does_not_say_when_counts_by_today);
    RUN(a_key_that_would_cost_seconds_is_refused);
    RUN(signatures_and_recipients_are_counted_before_they_cost);
    RUN(cms_of_very_many_parts_is_not_taken_apart);
    DONE();
}
