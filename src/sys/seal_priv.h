/* What the two ways of sealing share; for them alone. */
#ifndef LF_SYS_SEAL_PRIV_H
#define LF_SYS_SEAL_PRIV_H

#include "sys/seal.h"

/* The addresses of a key while it is read: what is no plain address is left out. */
void seal_address(struct lf_arena *a, struct lf_seal_key *k, lf_view address);
/* One line of UTF-8 of what its owner wrote. */
lf_view seal_line(struct lf_arena *a, lf_view v);

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
