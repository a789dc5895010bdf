#include "fmt/csv.h"

#include <string.h>

/* A sign, digits, a point, digits: all that a number of ours is. */
static bool number(lf_view v)
{
    size_t points = 0, digits = 0;

    for (size_t i = v.len && (v.ptr[0] == '-' || v.ptr[0] == '+'); i < v.len; i++)
        if (v.ptr[i] >= '0' && v.ptr[i] <= '9')
            digits++;
        else if (v.ptr[i] != '.' || points++)
            return false;
    return digits > 0;
}

void lf_csv_put(struct lf_buf *b, lf_view v, bool last)
{
    bool quoted = false;

    for (size_t i = 0; i < v.len; i++)
        quoted = quoted || v.ptr[i] == '"' || v.ptr[i] == ',' || v.ptr[i] == '\n' || v.ptr[i] == '\r';
    if (quoted)
        lf_buf_byte(b, '"');
    if (v.len && memchr("=+-@\t\r", v.ptr[0], 6) && !number(v))
        lf_buf_byte(b, '\'');
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '"')
            lf_buf_byte(b, '"');
        lf_buf_byte(b, v.ptr[i]);
    }
    if (quoted)
        lf_buf_byte(b, '"');
    if (last)
        LF_PUT(b, "\r\n");
    else
        lf_buf_byte(b, ',');
}
