/* Forms with files, as browsers send them: multipart/form-data (RFC 7578, WHATWG HTML 4.10.21.8).
 *
 * A body is parts between lines of a boundary that the Content-Type names; each has a name, and a file its
 * name and type.  Nothing is copied but decoded names: parts are views into the body.  Names and values are
 * the sender's bytes and need not be UTF-8. */
#ifndef LF_FMT_MULTIPART_H
#define LF_FMT_MULTIPART_H

#include "base/arena.h"
#include "base/err.h"
#include "base/view.h"

enum { LF_MULTIPART_PARTS = 200, LF_MULTIPART_HEAD = 4096 /* bytes of a part's headers */ };

struct lf_multipart_part {
    lf_view name;
    lf_view file; /* its name, without directories; ptr NULL: a plain field */
    lf_view type; /* as was said; may be empty */
    lf_view body;
};
struct lf_multipart {
    struct lf_multipart_part *parts;
    size_t n;
};

/* LF_BAD_INPUT: no boundary (1 to 70 characters), a part that does not end, headers that are none, a part
 * without a name; LF_TOO_BIG: too many parts, too long headers. */
enum lf_code lf_multipart_read(struct lf_arena *a, lf_view content_type, lf_view body,
                               struct lf_multipart *out, struct lf_err *e) LF_MUST;
/* The first of that name, or NULL. */
const struct lf_multipart_part *lf_multipart_get(const struct lf_multipart *m, const char *name);

#endif
