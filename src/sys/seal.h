/* Seals of mail: signing, verifying, encrypting and decrypting bytes by OpenPGP (RFC 4880, by librnp) and by
 * S/MIME's CMS (RFC 5652, by OpenSSL), with keys that lie in memory alone.  How the bytes stand in a message
 * is not known here (post/mail_make.c, post/mail_open.h).
 *
 * A key is a text: of OpenPGP armoured or binary, of S/MIME certificates in PEM or one in DER.  No key ring
 * and no file is opened; nothing is asked of a network, so no certificate's issuer is: a key counts because
 * somebody entered it.  Randomness is the libraries' own: nothing is sealed in a simulation.
 *
 * Bounds: a key LF_SEAL_KEY bytes; a message names at most LF_SEAL_RECIPIENTS keys and LF_SEAL_SIGNATURES
 * signatures, and gives at most `most` bytes, however it is packed. */
#ifndef LF_SYS_SEAL_H
#define LF_SYS_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "base/view.h"

enum {
    LF_SEAL_KEY = 64 << 10,
    LF_SEAL_OWN = 256 << 10, /* of a node's own keys, older ones with them */
    LF_SEAL_ADDRESSES = 20,
    LF_SEAL_RECIPIENTS = 64,
    LF_SEAL_SIGNATURES = 8,
    LF_SEAL_SIGNATURE = 64 << 10, /* bytes of a signature that stands by itself */
    LF_SEAL_KNOWN = 20,           /* keys that one signature is held against */
};

/* Once per process, before its cage: librnp's source of randomness (/dev/urandom) stays open from here on,
 * and what it would write to stderr goes nowhere (descriptor 2 stays). An operation with an RSA key starts a
 * thread or two of Botan, which stay: the cage must let threads start. */
enum lf_code lf_seal_prepare(struct lf_err *e) LF_MUST;

enum lf_seal_kind { LF_SEAL_OPENPGP, LF_SEAL_SMIME, LF_SEAL_KINDS };
const char *lf_seal_kind_name(enum lf_seal_kind k); /* "openpgp", "smime" */

struct lf_seal_key {
    enum lf_seal_kind kind;
    lf_view
        fingerprint; /* small hexadecimal: of OpenPGP the key's own, of S/MIME SHA-256 of the certificate */
    lf_view name;    /* as its owner calls himself; UTF-8, one line */
    lf_time from, until; /* until 0: without end */
    bool revoked;
    bool secret;          /* the text has what signs and decrypts */
    bool signs, encrypts; /* what it is good for now */
    size_t naddresses;
    const lf_view *addresses; /* ASCII, small letters */
};
/* The one key of a text, or the first where `own`: more may follow there, for older mail. */
enum lf_code lf_seal_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now,
                              struct lf_seal_key *out, struct lf_err *e) LF_MUST;
/* Whether it names the address, letters without case. */
bool lf_seal_key_of(const struct lf_seal_key *k, lf_view address);
/* The public half of one's own first key, as others take it. */
enum lf_code lf_seal_public(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, lf_view *out,
                            struct lf_err *e) LF_MUST;

/* A signature by the first key of `own` that stands beside what it signs: armoured, or DER. */
enum lf_code lf_seal_sign(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, lf_view bytes, lf_time now,
                          lf_view *signature, struct lf_err *e) LF_MUST;
/* To a key; OpenPGP is signed within when `own` is not empty (RFC 3156, 6.2).  Armoured, or DER. */
enum lf_code lf_seal_encrypt(struct lf_arena *a, enum lf_seal_kind kind, lf_view to, lf_view own,
                             lf_view bytes, lf_time now, lf_view *out, struct lf_err *e) LF_MUST;

enum lf_seal_word {
    LF_SAID_UNSIGNED,
    LF_SAID_GOOD,    /* by known[key] */
    LF_SAID_UNKNOWN, /* by a key that is not among the known: nothing is said of it */
    LF_SAID_ENDED,   /* by known[key], which was expired or revoked */
    LF_SAID_BROKEN,  /* it is not of these bytes, or nobody can read it */
    LF_SAID_WORDS
};
const char *lf_seal_word_name(enum lf_seal_word w); /* "unsigned", "good", "unknown", "ended", "broken" */
struct lf_seal_said {
    enum lf_seal_word word;
    size_t key;
    lf_time at; /* as the signature says; 0: it does not */
};
/* Never fails: what cannot be read is broken.  The known ones are of `kind`. */
struct lf_seal_said lf_seal_verify(struct lf_arena *a, enum lf_seal_kind kind, const lf_view *known,
                                   size_t nknown, lf_view bytes, lf_view signature, lf_time now);
/* What was encrypted to one of the keys of `own`; of OpenPGP with what its signature within says.
 * LF_UNACCEPTED: it is to other keys, or not whole. */
enum lf_code lf_seal_decrypt(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, const lf_view *known,
                             size_t nknown, lf_view sealed, lf_time now, size_t most, lf_view *out,
                             struct lf_seal_said *said, struct lf_err *e) LF_MUST;
/* S/MIME alone: what a signature has within itself (RFC 8551, 3.5.2).  LF_UNACCEPTED: it is none such. */
enum lf_code lf_seal_within(struct lf_arena *a, const lf_view *known, size_t nknown, lf_view sealed,
                            lf_time now, size_t most, lf_view *out, struct lf_seal_said *said,
                            struct lf_err *e) LF_MUST;

#endif
