#include "sys/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/crypto.h"

enum { PEM_MAX = 64 << 10, NAME_MAX_LEN = 64 };

/* OpenSSL queues its reasons per thread; the first is the cause. */
static enum lf_code failed(const char *what, struct lf_err *e)
{
    char why[160] = "no reason given";
    unsigned long code = ERR_get_error();

    if (code)
        ERR_error_string_n(code, why, sizeof why);
    ERR_clear_error();
    return lf_err_set(e, LF_IO, "%s: %s", what, why);
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;
    bool ok;

    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    ok = ext && X509_add_ext(cert, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return ok;
}

/* Built as values, not as OpenSSL's "DNS:a,IP:b" text: a name with a comma in it
 * must not become two. */
static bool add_names(X509 *cert, const struct lf_tls_ask *ask)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool ok = names != NULL;

    for (size_t i = 0; ok && i < ask->ndns + ask->nip; i++) {
        bool is_ip = i >= ask->ndns;
        lf_view v = is_ip ? ask->ip[i - ask->ndns] : ask->dns[i];
        GENERAL_NAME *name = GENERAL_NAME_new();
        ASN1_STRING *value = is_ip ? (ASN1_STRING *)ASN1_OCTET_STRING_new()
                                   : (ASN1_STRING *)ASN1_IA5STRING_new();
        unsigned char raw[16];
        char text[INET6_ADDRSTRLEN] = "";

        ok = name && value;
        if (ok && is_ip) {
            int size = 0;

            if (v.len < sizeof text) {
                memcpy(text, v.ptr, v.len);
                text[v.len] = 0;
                size = inet_pton(AF_INET, text, raw) == 1 ? 4 : inet_pton(AF_INET6, text, raw) == 1 ? 16 : 0;
            }
            ok = size && ASN1_STRING_set(value, raw, size) == 1;
        } else if (ok) {
            ok = v.len && v.len < 254 && ASN1_STRING_set(value, v.ptr, (int)v.len) == 1;
        }
        if (ok) {
            GENERAL_NAME_set0_value(name, is_ip ? GEN_IPADD : GEN_DNS, value);
            value = NULL;
            ok = sk_GENERAL_NAME_push(names, name) > 0;
            if (ok)
                name = NULL;
        }
        ASN1_STRING_free(value);
        GENERAL_NAME_free(name);
    }
    ok = ok && (ask->ndns + ask->nip == 0 ||
                X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1);
    GENERAL_NAMES_free(names);
    return ok;
}

static bool fill(X509 *cert, EVP_PKEY *key, const struct lf_tls_ask *ask)
{
    lf_view cn = lf_view_first(ask->name, NAME_MAX_LEN);
    unsigned char serial[16];
    BIGNUM *bn = NULL;
    X509_NAME *name = X509_get_subject_name(cert);
    bool ok;

    if (RAND_bytes(serial, sizeof serial) != 1)
        return false;
    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, and never shorter */
    bn = BN_bin2bn(serial, sizeof serial, NULL);
    ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert));
    BN_free(bn);
    return ok && X509_set_version(cert, 2) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn.ptr, (int)cn.len,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(ask->from / LF_SECOND)) &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(ask->until / LF_SECOND)) &&
           X509_set_pubkey(cert, key) == 1 &&
           add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(cert, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
           add_extension(cert, NID_ext_key_usage, "serverAuth,clientAuth") &&
           add_extension(cert, NID_subject_key_identifier, "hash") && add_names(cert, ask) &&
           X509_sign(cert, key, EVP_sha256()) > 0;
}

static lf_view bio_text(struct lf_arena *a, BIO *bio)
{
    char *ptr = NULL;
    long n = BIO_get_mem_data(bio, &ptr);

    return lf_arena_copy(a, (lf_view){ ptr, n > 0 ? (size_t)n : 0 });
}

enum lf_code lf_tls_make(struct lf_arena *a, const struct lf_tls_ask *ask, lf_view *key_pem,
                         lf_view *cert_pem, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    BIO *k = BIO_new(BIO_s_secmem()), *c = BIO_new(BIO_s_mem());

    if (!key || !cert || !k || !c || !fill(cert, key, ask) ||
        PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(c, cert) != 1) {
        rc = failed("make a TLS key and certificate", e);
    } else {
        *key_pem = bio_text(a, k);
        *cert_pem = bio_text(a, c);
    }
    BIO_free(k);
    BIO_free(c);
    X509_free(cert);
    EVP_PKEY_free(key);
    return rc;
}

static enum lf_code read_cert(lf_view pem, X509 **out, struct lf_err *e)
{
    BIO *bio;
    X509 *cert = NULL;

    if (pem.len > PEM_MAX)
        return lf_err_set(e, LF_TOO_BIG, "certificate: over %d bytes", PEM_MAX);
    bio = BIO_new_mem_buf(pem.ptr ? pem.ptr : "", (int)pem.len);
    cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    if (!cert)
        return lf_err_set(e, LF_BAD_INPUT, "certificate: no readable \"BEGIN CERTIFICATE\" block");
    *out = cert;
    return LF_OK;
}

void lf_tls_pin_spki(lf_view spki, uint8_t pin[LF_TLS_PIN])
{
    lf_sha256(spki, pin);
}

static enum lf_code pin_of(const X509 *cert, uint8_t pin[LF_TLS_PIN], struct lf_err *e)
{
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);

    if (n <= 0)
        return failed("certificate: public key", e);
    lf_tls_pin_spki((lf_view){ (const char *)der, (size_t)n }, pin);
    OPENSSL_free(der);
    return LF_OK;
}

enum lf_code lf_tls_pin_pem(lf_view pem, uint8_t pin[LF_TLS_PIN], struct lf_err *e)
{
    X509 *cert = NULL;
    enum lf_code rc;

    LF_TRY(read_cert(pem, &cert, e));
    rc = pin_of(cert, pin, e);
    X509_free(cert);
    return rc;
}

enum lf_code lf_tls_pin_der(lf_view der, uint8_t pin[LF_TLS_PIN], struct lf_err *e)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    X509 *cert = NULL;
    enum lf_code rc;

    if (der.len > PEM_MAX)
        return lf_err_set(e, LF_TOO_BIG, "certificate: over %d bytes", PEM_MAX);
    cert = der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;
    ERR_clear_error();
    if (!cert)
        return lf_err_set(e, LF_BAD_INPUT, "certificate: not readable as DER");
    rc = pin_of(cert, pin, e);
    X509_free(cert);
    return rc;
}

enum lf_code lf_tls_until(lf_view pem, lf_time *until, struct lf_err *e)
{
    X509 *cert = NULL;
    struct tm tm;
    bool ok;

    LF_TRY(read_cert(pem, &cert, e));
    ok = ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1;
    X509_free(cert);
    if (!ok)
        return lf_err_set(e, LF_BAD_INPUT, "certificate: its end date is not readable");
    *until = lf_time_of(&(struct lf_civil){ .year = tm.tm_year + 1900,
                                            .month = tm.tm_mon + 1,
                                            .day = tm.tm_mday,
                                            .hour = tm.tm_hour,
                                            .minute = tm.tm_min,
                                            .second = tm.tm_sec });
    return LF_OK;
}

enum lf_code lf_tls_match(lf_view key_pem, lf_view cert_pem, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    BIO *bio;

    LF_TRY(read_cert(cert_pem, &cert, e));
    bio = key_pem.len <= PEM_MAX ? BIO_new_mem_buf(key_pem.ptr ? key_pem.ptr : "", (int)key_pem.len) : NULL;
    /* An empty pass phrase, or OpenSSL would ask the terminal for one. */
    key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "") : NULL;
    if (!key)
        rc = lf_err_set(e, LF_BAD_INPUT, "key: no readable private key without a pass phrase");
    else if (X509_check_private_key(cert, key) != 1)
        rc = lf_err_set(e, LF_BAD_INPUT, "key: does not belong to the certificate beside it");
    ERR_clear_error();
    BIO_free(bio);
    EVP_PKEY_free(key);
    X509_free(cert);
    return rc;
}
