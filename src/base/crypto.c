#include "base/crypto.h"

#include <openssl/evp.h>
#include <sodium.h>

#include "base/rest.h"

static_assert(LF_SIGN_SECRET == crypto_sign_SECRETKEYBYTES, "libsodium's Ed25519 secret");
static_assert(LF_SECRET_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "libsodium's key");
static_assert(LF_SECRET_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "libsodium's nonce");
static_assert(LF_SIGNATURE == crypto_sign_BYTES, "libsodium's Ed25519 signature");

void lf_crypto_init(void)
{
    if (sodium_init() < 0)
        LF_BUG("libsodium could not start");
}

static const unsigned char *bytes(lf_view v)
{
    return (const unsigned char *)(v.ptr ? v.ptr : "");
}

void lf_sha256(lf_view in, uint8_t out[LF_SHA256])
{
    crypto_hash_sha256(out, bytes(in), in.len);
}

enum lf_code lf_sha256_long(lf_view in, const struct lf_rest *rest, uint8_t out[LF_SHA256], struct lf_err *e)
{
    crypto_hash_sha256_state st;

    crypto_hash_sha256_init(&st);
    while (in.len) {
        lf_view piece = lf_view_first(in, LF_REST_BYTES);

        LF_TRY(lf_rest(rest, e));
        crypto_hash_sha256_update(&st, bytes(piece), piece.len);
        in = lf_view_from(in, piece.len);
    }
    crypto_hash_sha256_final(&st, out);
    return LF_OK;
}

void lf_hmac_sha256(lf_view key, lf_view in, uint8_t out[LF_SHA256])
{
    crypto_auth_hmacsha256_state st;

    crypto_auth_hmacsha256_init(&st, bytes(key), key.len);
    crypto_auth_hmacsha256_update(&st, bytes(in), in.len);
    crypto_auth_hmacsha256_final(&st, out);
}

void lf_sign_keys(const uint8_t seed[LF_SIGN_SEED], uint8_t pub[LF_SIGN_PUBLIC],
                  uint8_t secret[LF_SIGN_SECRET])
{
    crypto_sign_seed_keypair(pub, secret, seed);
}

void lf_sign(const uint8_t secret[LF_SIGN_SECRET], lf_view in, uint8_t out[LF_SIGNATURE])
{
    crypto_sign_detached(out, NULL, bytes(in), in.len, secret);
}

bool lf_sign_ok(const uint8_t pub[LF_SIGN_PUBLIC], lf_view in, const uint8_t sig[LF_SIGNATURE])
{
    return crypto_sign_verify_detached(sig, bytes(in), in.len, pub) == 0;
}

static const lf_view sealed = LF_VIEW("lianfang-sealed-1:");

lf_view lf_secret_seal(struct lf_arena *a, const uint8_t key[LF_SECRET_KEY],
                       const uint8_t nonce[LF_SECRET_NONCE], lf_view about, lf_view secret)
{
    size_t n = LF_SECRET_NONCE + secret.len + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    uint8_t *raw = LF_NEW(a, uint8_t, n);
    lf_view text;
    char *out;

    memcpy(raw, nonce, LF_SECRET_NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(raw + LF_SECRET_NONCE, NULL, bytes(secret), secret.len,
                                                     bytes(about), about.len, NULL, nonce, key);
    text = lf_base64url(a, raw, n);
    out = LF_NEW(a, char, sealed.len + text.len);
    memcpy(out, sealed.ptr, sealed.len);
    memcpy(out + sealed.len, text.ptr, text.len);
    return (lf_view){ out, sealed.len + text.len };
}

bool lf_secret_sealed(lf_view text)
{
    return lf_view_starts(text, sealed);
}

enum lf_code lf_secret_open(struct lf_arena *a, const uint8_t key[LF_SECRET_KEY], lf_view about, lf_view text,
                            lf_view *out, struct lf_err *e)
{
    lf_view raw;
    uint8_t *plain;
    size_t n;

    if (!lf_secret_sealed(text) || lf_unbase64(a, lf_view_from(text, sealed.len), &raw, e) != LF_OK ||
        raw.len < LF_SECRET_NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES)
        return lf_err_set(e, LF_UNACCEPTED, "this is no sealed secret");
    n = raw.len - LF_SECRET_NONCE - crypto_aead_xchacha20poly1305_ietf_ABYTES;
    plain = LF_NEW(a, uint8_t, n + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, bytes(raw) + LF_SECRET_NONCE,
                                                   raw.len - LF_SECRET_NONCE, bytes(about), about.len,
                                                   bytes(raw), key) != 0)
        return lf_err_set(e, LF_UNACCEPTED, "the secret was sealed with another key");
    *out = (lf_view){ (const char *)plain, n };
    return LF_OK;
}

bool lf_equal_secret(lf_view a, lf_view b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}

void lf_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

lf_view lf_hex(struct lf_arena *a, const void *p, size_t n)
{
    char *out = lf_arena_alloc(a, lf_arena_mul(n, 2) + 1, 1);

    sodium_bin2hex(out, n * 2 + 1, p, n);
    return (lf_view){ out, n * 2 };
}

static lf_view b64(struct lf_arena *a, const void *p, size_t n, unsigned variant)
{
    size_t size = sodium_base64_ENCODED_LEN(n, variant);
    char *out = lf_arena_alloc(a, size, 1);

    sodium_bin2base64(out, size, p, n, (int)variant);
    return (lf_view){ out, strlen(out) };
}

lf_view lf_base64(struct lf_arena *a, const void *p, size_t n)
{
    return b64(a, p, n, sodium_base64_VARIANT_ORIGINAL);
}

lf_view lf_base64url(struct lf_arena *a, const void *p, size_t n)
{
    return b64(a, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum lf_code lf_unhex(lf_view text, void *out, size_t n, struct lf_err *e)
{
    unsigned char raw[256];
    size_t got = 0;

    if (n > sizeof raw || text.len != n * 2 ||
        sodium_hex2bin(raw, sizeof raw, text.ptr, text.len, NULL, &got, NULL) != 0 || got != n)
        return lf_err_set(e, LF_BAD_INPUT, "not %zu hexadecimal digits", n * 2);
    memcpy(out, raw, n);
    return LF_OK;
}

enum lf_code lf_unbase64(struct lf_arena *a, lf_view text, lf_view *out, struct lf_err *e)
{
    size_t room = text.len / 4 * 3 + 3, got = 0;
    bool padded = text.len && text.ptr[text.len - 1] == '=';
    bool url = lf_view_find_byte(text, '-') != SIZE_MAX || lf_view_find_byte(text, '_') != SIZE_MAX;
    unsigned char *raw = lf_arena_alloc(a, room, 1);
    const char *end = NULL;

    if (!text.len) {
        *out = (lf_view){ "", 0 };
        return LF_OK;
    }
    if (sodium_base642bin(raw, room, text.ptr, text.len, NULL, &got, &end,
                          url      ? padded ? sodium_base64_VARIANT_URLSAFE
                                            : sodium_base64_VARIANT_URLSAFE_NO_PADDING
                          : padded ? sodium_base64_VARIANT_ORIGINAL
                                   : sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
        end == text.ptr + text.len) {
        *out = (lf_view){ (const char *)raw, got };
        return LF_OK;
    }
    return lf_err_set(e, LF_BAD_INPUT, "not base64");
}

static lf_view uuid_text(struct lf_arena *a, uint8_t raw[16], int version)
{
    static const char hex[] = "0123456789abcdef";
    char *out = lf_arena_alloc(a, LF_UUID_TEXT, 1);
    size_t n = 0;

    raw[6] = (uint8_t)((raw[6] & 0x0f) | (version << 4));
    raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[n++] = '-';
        out[n++] = hex[raw[i] >> 4];
        out[n++] = hex[raw[i] & 15];
    }
    out[n] = '\0';
    return (lf_view){ out, n };
}

lf_view lf_uuid4(struct lf_arena *a, const uint8_t random[16])
{
    uint8_t raw[16];

    memcpy(raw, random, sizeof raw);
    return uuid_text(a, raw, 4);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool lf_uuid_ok(lf_view t)
{
    if (t.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? t.ptr[i] != '-' : hex_digit(t.ptr[i]) < 0)
            return false;
    }
    return true;
}

lf_view lf_uuid5(struct lf_arena *a, lf_view namespace_uuid, lf_view name)
{
    uint8_t ns[16], md[EVP_MAX_MD_SIZE];
    size_t n = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    LF_ASSERT(lf_uuid_ok(namespace_uuid) && ctx);
    for (size_t i = 0; i < 36; i++)
        if (namespace_uuid.ptr[i] != '-') {
            ns[n++] = (uint8_t)(hex_digit(namespace_uuid.ptr[i]) * 16 + hex_digit(namespace_uuid.ptr[i + 1]));
            i++;
        }
    if (EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) != 1 || EVP_DigestUpdate(ctx, ns, sizeof ns) != 1 ||
        EVP_DigestUpdate(ctx, bytes(name), name.len) != 1 || EVP_DigestFinal_ex(ctx, md, NULL) != 1)
        LF_BUG("OpenSSL has no SHA-1");
    EVP_MD_CTX_free(ctx);
    return uuid_text(a, md, 5);
}
