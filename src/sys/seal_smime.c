/* S/MIME's half: CMS (RFC 5652) by OpenSSL (sys/seal.h).
 *
 * AES-256 in CBC mode and SHA-256: what RFC 8551 has every program of its time read.  Authenticated modes are
 * read and not written: most mail programs cannot open them yet. */
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"
#include "sys/seal_priv.h"

enum { OWN_MOST = 20, RSA_LEAST = 2048, EC_LEAST = 256, ELEMENTS = 1 << 16 };

static enum lf_code failed(enum lf_code code, const char *what, struct lf_err *e)
{
    char why[160] = "no reason given";
    unsigned long n = ERR_get_error();

    if (n)
        ERR_error_string_n(n, why, sizeof why);
    ERR_clear_error();
    return lf_err_set(e, code, "S/MIME: %s: %s", what, why);
}

static BIO *bio_of(lf_view v)
{
    return BIO_new_mem_buf(v.ptr ? v.ptr : "", (int)v.len);
}

static lf_view taken(struct lf_arena *a, BIO *b)
{
    char *bytes = NULL;
    long n = BIO_get_mem_data(b, &bytes);

    return lf_arena_copy(a, (lf_view){ n > 0 ? bytes : "", n > 0 ? (size_t)n : 0 });
}

static int no_password(char *buf, int size, int rw, void *ctx)
{
    (void)buf, (void)size, (void)rw, (void)ctx;
    return -1;
}

/* The certificates of a text; free with sk_X509_pop_free. */
static STACK_OF(X509) * certificates(lf_view text)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    BIO *b = bio_of(text);
    X509 *x;

    if (text.len && (unsigned char)text.ptr[0] == 0x30) {
        x = d2i_X509_bio(b, NULL);
        if (x)
            sk_X509_push(all, x);
    } else {
        while (sk_X509_num(all) < OWN_MOST && (x = PEM_read_bio_X509(b, NULL, no_password, NULL)) != NULL)
            sk_X509_push(all, x);
    }
    BIO_free(b);
    ERR_clear_error();
    return all;
}

static void drop(STACK_OF(X509) * all)
{
    sk_X509_pop_free(all, X509_free);
}

/* The n-th private key of a text. */
static EVP_PKEY *private_key(lf_view text, int at)
{
    EVP_PKEY *key = NULL;
    BIO *b = bio_of(text);

    for (int i = 0; i <= at; i++) {
        EVP_PKEY_free(key);
        key = PEM_read_bio_PrivateKey(b, NULL, no_password, NULL);
        if (!key)
            break;
    }
    BIO_free(b);
    ERR_clear_error();
    return key;
}

/* The certificate that a private key belongs to, borrowed; NULL: none. */
static X509 *certificate_of(STACK_OF(X509) * all, const EVP_PKEY *key)
{
    for (int i = 0; key && i < sk_X509_num(all); i++)
        if (EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(all, i)), key) == 1)
            return sk_X509_value(all, i);
    ERR_clear_error();
    return NULL;
}

static lf_view fingerprint(struct lf_arena *a, const X509 *x)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (X509_digest(x, EVP_sha256(), sum, &n) != 1)
        return LF_V("");
    return lf_hex(a, sum, n);
}

static lf_time time_of(const ASN1_TIME *t)
{
    struct tm tm;
    struct lf_civil c;

    if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
        return 0;
    c = (struct lf_civil){ .year = tm.tm_year + 1900,
                           .month = tm.tm_mon + 1,
                           .day = tm.tm_mday,
                           .hour = tm.tm_hour,
                           .minute = tm.tm_min,
                           .second = tm.tm_sec };
    return lf_civil_ok(&c) ? lf_time_of(&c) : LF_TIME_MAX;
}

static void addresses(struct lf_arena *a, X509 *x, struct lf_seal_key *k)
{
    STACK_OF(OPENSSL_STRING) *list = X509_get1_email(x);

    for (int i = 0; list && i < sk_OPENSSL_STRING_num(list); i++)
        seal_address(a, k, lf_view_of(sk_OPENSSL_STRING_value(list, i)));
    X509_email_free(list);
}

static lf_view subject(struct lf_arena *a, const X509 *x)
{
    BIO *b = BIO_new(BIO_s_mem());
    lf_view v = LF_V("");

    if (b && X509_NAME_print_ex(b, X509_get_subject_name(x), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        v = seal_line(a, taken(a, b));
    BIO_free(b);
    return v;
}

static bool strong(const X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int kind = key ? EVP_PKEY_get_base_id(key) : 0;

    return (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_LEAST) ||
           (kind == EVP_PKEY_EC && EVP_PKEY_get_bits(key) >= EC_LEAST);
}

static void describe(struct lf_arena *a, X509 *x, lf_time now, struct lf_seal_key *k)
{
    uint32_t usage = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x);
    bool mail = !(X509_get_extension_flags(x) & EXFLAG_XKUSAGE) || (extended & (XKU_SMIME | XKU_ANYEKU)),
         now_good;

    k->kind = LF_SEAL_SMIME;
    k->fingerprint = fingerprint(a, x);
    k->name = subject(a, x);
    k->from = time_of(X509_get0_notBefore(x));
    k->until = time_of(X509_get0_notAfter(x));
    addresses(a, x, k);
    now_good = mail && strong(x) && k->from <= now && now < k->until;
    k->signs = now_good && (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION));
    k->encrypts = now_good && (usage & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT));
}

enum lf_code cms_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now, struct lf_seal_key *out,
                          struct lf_err *e)
{
    STACK_OF(X509) *all = certificates(text);
    EVP_PKEY *key = private_key(text, 0);
    X509 *x = own ? certificate_of(all, key) : sk_X509_num(all) ? sk_X509_value(all, 0) : NULL;
    enum lf_code rc = LF_OK;

    if (!x && own)
        rc = lf_err_set(
            e, LF_BAD_INPUT,
            "the file for S/MIME holds a private key without a passphrase and the certificate that "
            "belongs to it, both in PEM");
    else if (!x)
        rc = lf_err_set(
            e, LF_BAD_INPUT,
            "無法讀取憑證。This is no certificate: give one in PEM (-----BEGIN CERTIFICATE-----) or DER");
    else if (!own && sk_X509_num(all) > 1)
        rc = lf_err_set(
            e, LF_BAD_INPUT,
            "一次給一張憑證。There are %d certificates in it: give the person's own alone, without those "
            "of the authorities",
            sk_X509_num(all));
    if (rc == LF_OK) {
        describe(a, x, now, out);
        out->secret = key != NULL;
    }
    EVP_PKEY_free(key);
    drop(all);
    return rc;
}

enum lf_code cms_public(struct lf_arena *a, lf_view own, lf_view *out, struct lf_err *e)
{
    STACK_OF(X509) *all = certificates(own);
    EVP_PKEY *key = private_key(own, 0);
    X509 *x = certificate_of(all, key);
    BIO *b = BIO_new(BIO_s_mem());
    enum lf_code rc = LF_OK;

    if (!b || !x || PEM_write_bio_X509(b, x) != 1)
        rc = failed(LF_IO, "the certificate cannot be written", e);
    else
        *out = taken(a, b);
    BIO_free(b);
    EVP_PKEY_free(key);
    drop(all);
    return rc;
}

static enum lf_code der(struct lf_arena *a, CMS_ContentInfo *cms, lf_view *out, struct lf_err *e)
{
    BIO *b = BIO_new(BIO_s_mem());
    enum lf_code rc = LF_OK;

    if (!b || i2d_CMS_bio(b, cms) != 1)
        rc = failed(LF_IO, "it cannot be written", e);
    else
        *out = taken(a, b);
    BIO_free(b);
    return rc;
}

enum lf_code cms_sign(struct lf_arena *a, lf_view own, lf_view bytes, lf_time now, lf_view *out,
                      struct lf_err *e)
{
    STACK_OF(X509) *all = certificates(own), *chain = sk_X509_new_null();
    EVP_PKEY *key = private_key(own, 0);
    X509 *x = certificate_of(all, key);
    struct lf_seal_key k = { 0 };
    CMS_ContentInfo *cms = NULL;
    BIO *b = bio_of(bytes);
    enum lf_code rc;

    if (x)
        describe(a, x, now, &k);
    for (int i = 0; i < sk_X509_num(all); i++)
        if (sk_X509_value(all, i) != x)
            sk_X509_push(chain, sk_X509_value(all, i));
    if (!k.signs)
        rc = lf_err_set(e, LF_UNACCEPTED,
                        "S/MIME: the node's certificate does not sign now: it is expired, too weak "
                        "or for something else");
    else if (!(cms = CMS_sign(x, key, chain, b, CMS_DETACHED | CMS_BINARY)))
        rc = failed(LF_IO, "it cannot be signed", e);
    else
        rc = der(a, cms, out, e);
    CMS_ContentInfo_free(cms);
    BIO_free(b);
    EVP_PKEY_free(key);
    sk_X509_free(chain);
    drop(all);
    return rc;
}

enum lf_code cms_encrypt(struct lf_arena *a, lf_view to, lf_view bytes, lf_view *out, struct lf_err *e)
{
    STACK_OF(X509) *all = certificates(to);
    CMS_ContentInfo *cms = NULL;
    BIO *b = bio_of(bytes);
    enum lf_code rc;

    if (sk_X509_num(all) != 1 || !(cms = CMS_encrypt(all, b, EVP_aes_256_cbc(), CMS_BINARY)))
        rc = failed(LF_UNACCEPTED, "it cannot be encrypted", e);
    else
        rc = der(a, cms, out, e);
    CMS_ContentInfo_free(cms);
    BIO_free(b);
    drop(all);
    return rc;
}

/* ---- reading ---- */

/* Whether BER has at most ELEMENTS elements.  The library makes an object of each before anything can be
 * counted: 5 MiB of empty recipients cost it 2 seconds.  Content may come in pieces of some hundred bytes. */
static bool few(lf_view v)
{
    for (size_t n = 0; v.len >= 2; n++) {
        const unsigned char *p = (const unsigned char *)v.ptr;
        size_t at = 1, len, bytes;

        if (n == ELEMENTS)
            return false;
        if ((p[0] & 0x1f) == 0x1f)
            while (at < v.len && (p[at++] & 0x80))
                ;
        if (at >= v.len)
            return true; /* cut: the library says so */
        len = p[at++];
        bytes = len > 0x80 ? len & 0x7f : 0;
        if (bytes > sizeof len || bytes > v.len - at)
            return true;
        if (len >= 0x80)
            len = 0;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | p[at++];
        if (!(p[0] & 0x20)) {
            if (len > v.len - at)
                return true;
            at += len;
        }
        v = lf_view_from(v, at);
    }
    return true;
}

/* DER or BER that begins so; PEM is not mail. */
static CMS_ContentInfo *parsed(lf_view v)
{
    const unsigned char *p = (const unsigned char *)v.ptr;
    CMS_ContentInfo *cms = v.len && v.len <= INT32_MAX && few(v) ? d2i_CMS_ContentInfo(NULL, &p, (long)v.len)
                                                                 : NULL;

    ERR_clear_error();
    return cms;
}

static lf_time signed_at(CMS_SignerInfo *si)
{
    X509_ATTRIBUTE *at;
    int i = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
    const ASN1_TYPE *v;

    if (i < 0 || !(at = CMS_signed_get_attr(si, i)) || !(v = X509_ATTRIBUTE_get0_type(at, 0)))
        return 0;
    if (v->type == V_ASN1_UTCTIME)
        return time_of(v->value.utctime);
    return v->type == V_ASN1_GENERALIZEDTIME ? time_of(v->value.generalizedtime) : 0;
}

/* Digests that anybody can make a second text for say nothing. */
static bool digest_ok(CMS_SignerInfo *si)
{
    X509_ALGOR *digest = NULL;
    const ASN1_OBJECT *o = NULL;
    int nid;

    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
    if (!digest)
        return false;
    X509_ALGOR_get0(&o, NULL, NULL, digest);
    nid = OBJ_obj2nid(o);
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sha224 ||
           nid == NID_sha3_256 || nid == NID_sha3_384 || nid == NID_sha3_512;
}

static struct lf_seal_said judged(struct lf_arena *a, CMS_ContentInfo *cms, const lf_view *known, size_t n,
                                  lf_time now)
{
    struct lf_seal_said said = { .word = LF_SAID_UNKNOWN };
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);

    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
        CMS_SignerInfo *si = sk_CMS_SignerInfo_value(signers, i);
        X509 *x = NULL;
        lf_time at = signed_at(si);
        lf_view print;

        CMS_SignerInfo_get0_algs(si, NULL, &x, NULL, NULL);
        if (!i)
            said.at = at;
        if (!digest_ok(si))
            return (struct lf_seal_said){ .word = LF_SAID_BROKEN, .at = at };
        print = x ? fingerprint(a, x) : LF_V("");
        for (size_t k = 0; x && k < n; k++) {
            STACK_OF(X509) *own = certificates(known[k]);
            bool is = sk_X509_num(own) && lf_view_eq(fingerprint(a, sk_X509_value(own, 0)), print);
            lf_time from = time_of(X509_get0_notBefore(x)), until = time_of(X509_get0_notAfter(x));

            drop(own);
            if (is) {
                lf_time when = at ? at : now; /* that does not say when may be of today */

                return (struct lf_seal_said){ .word = strong(x) && from <= when && when < until
                                                          ? LF_SAID_GOOD
                                                          : LF_SAID_ENDED,
                                              .key = k,
                                              .at = at };
            }
        }
    }
    return said;
}

struct lf_seal_said cms_verify(struct lf_arena *a, const lf_view *known, size_t n, lf_view bytes,
                               lf_view signature, lf_time now, lf_view *within, size_t most)
{
    struct lf_seal_said said = { .word = LF_SAID_BROKEN };
    CMS_ContentInfo *cms = parsed(signature);
    STACK_OF(X509) *certs = sk_X509_new_null();
    BIO *data = within ? NULL : bio_of(bytes), *out = BIO_new(BIO_s_mem());
    ASN1_OCTET_STRING **content;

    for (size_t i = 0; i < n; i++) {
        STACK_OF(X509) *one = certificates(known[i]);
        X509 *x;

        while ((x = sk_X509_shift(one)) != NULL)
            sk_X509_push(certs, x);
        drop(one);
    }
    if (cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed &&
        sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) > 0 &&
        sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) <= LF_SEAL_SIGNATURES) {
        if (CMS_verify(cms, certs, NULL, data, out, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1) {
            said = judged(a, cms, known, n, now);
            if (said.word == LF_SAID_GOOD && said.at > now + LF_DAY)
                said.word = LF_SAID_BROKEN;
        } else if (ERR_GET_REASON(ERR_peek_last_error()) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND) {
            said.word = LF_SAID_UNKNOWN;
        }
        content = within ? CMS_get0_content(cms) : NULL;
        if (content && *content && (size_t)ASN1_STRING_length(*content) <= most)
            *within = lf_arena_copy(a, (lf_view){ (const char *)ASN1_STRING_get0_data(*content),
                                                  (size_t)ASN1_STRING_length(*content) });
    }
    ERR_clear_error();
    BIO_free(data);
    BIO_free(out);
    drop(certs);
    CMS_ContentInfo_free(cms);
    return said;
}

enum lf_code cms_decrypt(struct lf_arena *a, lf_view own, lf_view sealed, size_t most, lf_view *out,
                         struct lf_err *e)
{
    CMS_ContentInfo *cms = parsed(sealed);
    STACK_OF(X509) *all = certificates(own);
    STACK_OF(CMS_RecipientInfo) *to = cms ? CMS_get0_RecipientInfos(cms) : NULL;
    BIO *b = BIO_new(BIO_s_mem());
    EVP_PKEY *key;
    bool done = false;

    ERR_clear_error();
    for (int i = 0; to && sk_CMS_RecipientInfo_num(to) <= LF_SEAL_RECIPIENTS && !done && i < OWN_MOST; i++) {
        X509 *x;

        key = private_key(own, i);
        if (!key)
            break;
        x = certificate_of(all, key);
        (void)BIO_reset(b);
        /* With its certificate: a key that does not fit is not told from data that does not (RFC 3218). */
        done = x && CMS_decrypt(cms, key, x, NULL, b, CMS_BINARY) == 1;
        EVP_PKEY_free(key);
    }
    if (done && BIO_ctrl_pending(b) <= most)
        *out = taken(a, b);
    else
        done = false;
    ERR_clear_error();
    BIO_free(b);
    drop(all);
    CMS_ContentInfo_free(cms);
    return done ? LF_OK
                : lf_err_set(e, LF_UNACCEPTED,
                             "S/MIME: it cannot be decrypted: it is to other keys than this node's, "
                             "or not whole");
}
