/* Writing a ZIP file (APPNOTE 6.3): each file packed whole when it is put, or piece by piece, then the
 * directory.
 *
 *   lf_zip_put(&z, "a", text);
 *   lf_zip_open(&z, "b");  lf_zip_more(&z, piece);  …  lf_zip_close(&z);
 *   lf_zip_end(&z);  lf_zip_clear(&z);
 *
 * What stands in `out` may be sent on and forgotten at any time: lf_zip_sent, then lf_buf_reset(out).
 *
 * No file carries a time of its own (1980-01-01, the first there is), so that the same content is the same
 * bytes.  Ceiling: that of `out`, at most 4 GiB; what does not fit shows in lf_buf_done(out). */
#ifndef LF_FMT_ZIP_WRITE_H
#define LF_FMT_ZIP_WRITE_H

#include "base/buf.h"

enum { LF_ZIP_FILES = 32, LF_ZIP_NAME = 48 };

struct lf_zip_w {
    struct lf_buf *out;
    size_t base, n;         /* where in `out` the file begins; files so far */
    uint64_t sent;          /* of it, that `out` no longer holds */
    bool full;              /* more than a ZIP file's numbers can say */
    struct z_stream_s *now; /* the file that is open */
    struct lf_zip_entry {
        char name[LF_ZIP_NAME];
        uint32_t flags, crc, packed, size, at;
    } entries[LF_ZIP_FILES];
};
static inline struct lf_zip_w lf_zip_w(struct lf_buf *out)
{
    return (struct lf_zip_w){ .out = out, .base = out->len };
}
/* `name` is the program's own: ASCII, shorter than LF_ZIP_NAME. */
void lf_zip_put(struct lf_zip_w *z, const char *name, lf_view content);
void lf_zip_open(struct lf_zip_w *z, const char *name);
void lf_zip_more(struct lf_zip_w *z, lf_view piece);
void lf_zip_close(struct lf_zip_w *z);
void lf_zip_sent(struct lf_zip_w *z);
void lf_zip_end(struct lf_zip_w *z);
/* Lets go of a file that was left open. */
void lf_zip_clear(struct lf_zip_w *z);

#endif
