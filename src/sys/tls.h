/* TLS: making our own key and certificate, and the pins peers know each other by.
 * A pin is the SHA-256 of the SubjectPublicKeyInfo in DER (as RFC 7469). */
#ifndef LF_SYS_TLS_H
#define LF_SYS_TLS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "base/view.h"

enum { LF_TLS_PIN = 32 };

struct lf_tls_ask {
    lf_view name;       /* common name */
    const lf_view *dns; /* subject alternative names */
    size_t ndns;
    const lf_view *ip; /* addresses as text */
    size_t nip;
    lf_time from, until; /* validity */
};

/* ECDSA P-256, self-signed, for both server and client use; PEM (PKCS#8 key).
 * Randomness is OpenSSL's own: TLS keys are never made in a simulation. */
enum lf_code lf_tls_make(struct lf_arena *a, const struct lf_tls_ask *ask, lf_view *key_pem,
                         lf_view *cert_pem, struct lf_err *e) LF_MUST;
/* Of the first certificate in the text. */
enum lf_code lf_tls_pin_pem(lf_view cert_pem, uint8_t pin[LF_TLS_PIN], struct lf_err *e) LF_MUST;
/* Of a certificate in DER. */
enum lf_code lf_tls_pin_der(lf_view cert_der, uint8_t pin[LF_TLS_PIN], struct lf_err *e) LF_MUST;
/* Of a DER SubjectPublicKeyInfo. */
void lf_tls_pin_spki(lf_view spki_der, uint8_t pin[LF_TLS_PIN]);
/* When the first certificate in the text ends. */
enum lf_code lf_tls_until(lf_view cert_pem, lf_time *until, struct lf_err *e) LF_MUST;
/* LF_OK when the private key belongs to the (first) certificate. */
enum lf_code lf_tls_match(lf_view key_pem, lf_view cert_pem, struct lf_err *e) LF_MUST;

#endif
