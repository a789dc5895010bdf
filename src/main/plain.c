#include "main/plain.h"

void lf_plain_put(struct lf_buf *b, lf_view v)
{
    while (v.len) {
        unsigned char c = (unsigned char)v.ptr[0];
        size_t n = lf_utf8_len(v.ptr[0]);

        if (c == '\n' || c == '\r' || c == '\t') {
            lf_buf_byte(b, ' ');
        } else if (n > v.len || !lf_view_is_utf8(lf_view_first(v, n))) {
            n = 1;
            lf_buf_byte(b, '?');
        } else if (c < ' ' || c == 0x7f || (c == 0xc2 && (unsigned char)v.ptr[1] < 0xa0)) {
            lf_buf_byte(b, '?');
        } else {
            lf_buf_put(b, lf_view_first(v, n));
        }
        v = lf_view_from(v, n);
    }
}
