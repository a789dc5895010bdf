/* Crypto: the few primitives the node stands on, by libsodium and OpenSSL.
 *
 * Pure functions over bytes; randomness is handed in (sys/env.h), so that a
 * simulated node makes the same keys from the same seed. */
#ifndef LF_BASE_CRYPTO_H
#define LF_BASE_CRYPTO_H

#include "base/arena.h"
#include "base/err.h"
#include "base/view.h"

enum {
    LF_SHA256 = 32,
    LF_SIGN_SEED = 32,
    LF_SIGN_PUBLIC = 32,
    LF_SIGN_SECRET = 64,
    LF_SIGNATURE = 64,
    LF_SECRET_KEY = 32,
    LF_SECRET_NONCE = 24,
    LF_UUID_TEXT = 37, /* with NUL */
};

struct lf_rest;

/* Once per process, before anything else here. */
void lf_crypto_init(void);

void lf_sha256(lf_view in, uint8_t out[LF_SHA256]);
/* Of much, with rests; `rest` may be NULL. */
enum lf_code lf_sha256_long(lf_view in, const struct lf_rest *rest, uint8_t out[LF_SHA256],
                            struct lf_err *e) LF_MUST;
void lf_hmac_sha256(lf_view key, lf_view in, uint8_t out[LF_SHA256]);
/* Ed25519 (RFC 8032). */
void lf_sign_keys(const uint8_t seed[LF_SIGN_SEED], uint8_t pub[LF_SIGN_PUBLIC],
                  uint8_t secret[LF_SIGN_SECRET]);
void lf_sign(const uint8_t secret[LF_SIGN_SECRET], lf_view in, uint8_t out[LF_SIGNATURE]);
bool lf_sign_ok(const uint8_t pub[LF_SIGN_PUBLIC], lf_view in, const uint8_t sig[LF_SIGNATURE]);
/* A secret that is kept: sealed under a key (XChaCha20-Poly1305), as text.  `about` says whose it is, and
 * must be the same when it is opened; the nonce is random and new each time.  What was not sealed so, or by
 * another key, or is about something else, is LF_UNACCEPTED. */
lf_view lf_secret_seal(struct lf_arena *a, const uint8_t key[LF_SECRET_KEY],
                       const uint8_t nonce[LF_SECRET_NONCE], lf_view about, lf_view secret);
bool lf_secret_sealed(lf_view text);
enum lf_code lf_secret_open(struct lf_arena *a, const uint8_t key[LF_SECRET_KEY], lf_view about, lf_view text,
                            lf_view *out, struct lf_err *e) LF_MUST;
/* In time that does not depend on where they differ. */
bool lf_equal_secret(lf_view a, lf_view b);
void lf_wipe(void *p, size_t n);

/* Lower-case hexadecimal; standard base64 with padding; URL-safe base64 without. */
lf_view lf_hex(struct lf_arena *a, const void *p, size_t n);
lf_view lf_base64(struct lf_arena *a, const void *p, size_t n);
lf_view lf_base64url(struct lf_arena *a, const void *p, size_t n);
/* Exactly `n` bytes, or LF_BAD_INPUT. */
enum lf_code lf_unhex(lf_view text, void *out, size_t n, struct lf_err *e) LF_MUST;
/* Takes the standard alphabet and the URL-safe one, padded or not. */
enum lf_code lf_unbase64(struct lf_arena *a, lf_view text, lf_view *out, struct lf_err *e) LF_MUST;

/* Version 4 from 16 random bytes; version 5 (RFC 9562) from a namespace's text. */
lf_view lf_uuid4(struct lf_arena *a, const uint8_t random[16]);
lf_view lf_uuid5(struct lf_arena *a, lf_view namespace_uuid, lf_view name);
bool lf_uuid_ok(lf_view text);

#endif
