/* Buf: output that grows up to a ceiling.
 *
 * The ceiling is given when it is made.  Writing past it sets `over` and keeps
 * nothing more; callers write freely and look at `over` once at the end
 * (lf_buf_done).  Owned by the holder: init/clear. */
#ifndef LF_BASE_BUF_H
#define LF_BASE_BUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/view.h"

struct lf_buf {
    char *ptr;
    size_t len, cap, max;
    bool over;
};

void lf_buf_init(struct lf_buf *b, size_t max);
void lf_buf_clear(struct lf_buf *b);
/* Empties it, keeping the memory. */
void lf_buf_reset(struct lf_buf *b);
void lf_buf_put(struct lf_buf *b, lf_view v);
void lf_buf_byte(struct lf_buf *b, char c);
void lf_buf_printf(struct lf_buf *b, const char *fmt, ...) LF_PRINTF(2, 3);
/* Big-endian, for wire formats. */
void lf_buf_u16(struct lf_buf *b, uint16_t v);
void lf_buf_u32(struct lf_buf *b, uint32_t v);
void lf_buf_u64(struct lf_buf *b, uint64_t v);
/* `n` bytes to write into, or NULL past the ceiling. */
char *lf_buf_space(struct lf_buf *b, size_t n);
/* Forgets the first n bytes (what was sent). */
void lf_buf_consume(struct lf_buf *b, size_t n);
enum lf_code lf_buf_done(const struct lf_buf *b, struct lf_err *e) LF_MUST;

static inline lf_view lf_buf_view(const struct lf_buf *b)
{
    return (lf_view){ b->ptr ? b->ptr : "", b->len };
}

#define LF_PUT(b, lit) lf_buf_put((b), LF_V(lit))

#endif
