/* Percent-encoding (RFC 3986) of paths and of form fields
 * (application/x-www-form-urlencoded). */
#ifndef LF_FMT_URI_H
#define LF_FMT_URI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* A form field's name or value: '+' is a blank; a bad escape is LF_BAD_INPUT, as
 * is a result with NUL or bytes that are not UTF-8. */
enum lf_code lf_uri_decode_form(struct lf_arena *a, lf_view in, lf_view *out, struct lf_err *e) LF_MUST;
/* A request's path: decoded once, "." and ".." and empty segments resolved, an
 * encoded slash or backslash refused (it would be another path to whoever decodes
 * later), must begin with '/', must not climb above it. */
enum lf_code lf_uri_decode_path(struct lf_arena *a, lf_view in, lf_view *out, struct lf_err *e) LF_MUST;
/* Everything but unreserved characters becomes %XX. */
void lf_uri_encode(struct lf_buf *b, lf_view in);
/* The next "name=value" of a form or query off *in, both still encoded. */
bool lf_uri_field(lf_view *in, lf_view *name, lf_view *value);
/* "https://host:port" of a URL, in small letters; empty when it is none, or names a user. */
lf_view lf_uri_origin(struct lf_arena *a, lf_view url, lf_view *path, lf_view *query);

#endif
