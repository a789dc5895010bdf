/* Writing a ZIP file (APPNOTE 6.3): each file packed whole when it is put, then the directory.
 *
 * No file carries a time of its own (1980-01-01, the first there is), so that the same content is the same
 * bytes.  Ceiling: that of `out`, at most 4 GiB; what does not fit shows in lf_buf_done(out). */
#ifndef LF_FMT_ZIP_WRITE_H
#define LF_FMT_ZIP_WRITE_H

#include "base/buf.h"

enum { LF_ZIP_FILES = 32, LF_ZIP_NAME = 48 };

struct lf_zip_w {
    struct lf_buf *out;
    size_t base, n; /* where in `out` the file begins; files so far */
    struct lf_zip_entry {
        char name[LF_ZIP_NAME];
        uint32_t crc, packed, size, at;
    } entries[LF_ZIP_FILES];
};
static inline struct lf_zip_w lf_zip_w(struct lf_buf *out)
{
    return (struct lf_zip_w){ .out = out, .base = out->len };
}
/* `name` is the program's own: ASCII, shorter than LF_ZIP_NAME. */
void lf_zip_put(struct lf_zip_w *z, const char *name, lf_view content);
void lf_zip_end(struct lf_zip_w *z);

#endif
