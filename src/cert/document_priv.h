/* What the readers of the centre's documents (playbooks, scenarios) and of its forms share.  Pure. */
#ifndef LF_CERT_DOCUMENT_PRIV_H
#define LF_CERT_DOCUMENT_PRIV_H

#include "base/time.h"
#include "fmt/json.h"

/* 1 to `most` of a-z 0-9 - _. */
bool document_is_id(lf_view v, size_t most);
/* One line of 1 to `most` bytes. */
bool document_is_line(lf_view v, size_t most);
/* "30m", "72h", "30d": minutes, hours or days, from `least` to `most`. */
bool document_span(lf_view v, lf_time least, lf_time most, lf_time *out);
/* Text of `least` to `most` bytes; LF_BAD_INPUT says of which noun, and what of it. */
enum lf_code document_text(const char *noun, const char *what, lf_view v, size_t least, size_t most,
                           struct lf_err *e) LF_MUST;
/* `v` is an object with these members alone; LF_BAD_INPUT says of which noun, and where. */
enum lf_code document_only(const char *noun, const struct lf_json *v, lf_view where, const char *const *names,
                           size_t n, struct lf_err *e) LF_MUST;
/* The first member that is none of these names; ptr NULL: there is none. */
lf_view document_unknown(const struct lf_json *object, const char *const *names, size_t n);

#endif
