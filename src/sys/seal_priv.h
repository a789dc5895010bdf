/* What the two ways of sealing share; for them alone. */
#ifndef LF_SYS_SEAL_PRIV_H
#define LF_SYS_SEAL_PRIV_H

#include "sys/seal.h"

/* The addresses of a key while it is read: what is no plain address is left out. */
void seal_address(struct lf_arena *a, struct lf_seal_key *k, lf_view address);
/* One line of UTF-8 of what its owner wrote. */
lf_view seal_line(struct lf_arena *a, lf_view v);

/* ---- seal_packets.c: OpenPGP's packets, counted and weighed before the library works on them ---- */

/* Without its armour, no larger than it was. */
enum lf_code packets_bare(struct lf_arena *a, lf_view v, lf_view *out, struct lf_err *e) LF_MUST;
/* A key without what others signed of it.  LF_BAD_INPUT, LF_TOO_BIG: its numbers are too large, or it has too
 * many parts, to be proved within some 0.2 s. */
enum lf_code packets_key(struct lf_arena *a, lf_view text, lf_view *out, struct lf_err *e) LF_MUST;
enum lf_code packets_no_key(const char *why, struct lf_err *e); /* LF_BAD_INPUT, in a sentence */
/* Of its primary key, small hexadecimal; empty: it is none. */
lf_view packets_fingerprint(struct lf_arena *a, lf_view key);
/* Keys that stand before the encrypted data, each of which that is ours costs an operation with the secret
 * key; SIZE_MAX: it is no OpenPGP, or has more than LF_SEAL_RECIPIENTS, or one of them twice. */
size_t packets_recipients(lf_view bare);
/* SIZE_MAX: there is something else too. */
size_t packets_signatures(lf_view bare);

enum lf_code pgp_prepare(struct lf_err *e) LF_MUST;
enum lf_code pgp_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now, struct lf_seal_key *out,
                          struct lf_err *e) LF_MUST;
enum lf_code pgp_public(struct lf_arena *a, lf_view own, lf_view *out, struct lf_err *e) LF_MUST;
enum lf_code pgp_sign(struct lf_arena *a, lf_view own, lf_view bytes, lf_time now, lf_view *out,
                      struct lf_err *e) LF_MUST;
enum lf_code pgp_encrypt(struct lf_arena *a, lf_view to, lf_view own, lf_view bytes, lf_time now,
                         lf_view *out, struct lf_err *e) LF_MUST;
struct lf_seal_said pgp_verify(struct lf_arena *a, const lf_view *known, size_t n, lf_view bytes,
                               lf_view signature, lf_time now);
enum lf_code pgp_decrypt(struct lf_arena *a, lf_view own, const lf_view *known, size_t n, lf_view sealed,
                         lf_time now, size_t most, lf_view *out, struct lf_seal_said *said,
                         struct lf_err *e) LF_MUST;

enum lf_code cms_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now, struct lf_seal_key *out,
                          struct lf_err *e) LF_MUST;
enum lf_code cms_public(struct lf_arena *a, lf_view own, lf_view *out, struct lf_err *e) LF_MUST;
enum lf_code cms_sign(struct lf_arena *a, lf_view own, lf_view bytes, lf_time now, lf_view *out,
                      struct lf_err *e) LF_MUST;
enum lf_code cms_encrypt(struct lf_arena *a, lf_view to, lf_view bytes, lf_view *out,
                         struct lf_err *e) LF_MUST;
struct lf_seal_said cms_verify(struct lf_arena *a, const lf_view *known, size_t n, lf_view bytes,
                               lf_view signature, lf_time now, lf_view *within, size_t most);
enum lf_code cms_decrypt(struct lf_arena *a, lf_view own, lf_view sealed, size_t most, lf_view *out,
                         struct lf_err *e) LF_MUST;

#endif
