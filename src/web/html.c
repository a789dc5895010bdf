#include "web/html.h"

/* Length of the UTF-8 sequence at the front, 0 when there is none. */
static size_t sequence(lf_view v)
{
    for (size_t n = 2; n <= 4 && n <= v.len; n++)
        if (lf_view_is_utf8(lf_view_first(v, n)))
            return n;
    return 0;
}

void lf_html_escape(struct lf_buf *b, lf_view v)
{
    while (v.len) {
        uint8_t c = (uint8_t)v.ptr[0];
        size_t n = 1;

        if (c == '&')
            LF_PUT(b, "&amp;");
        else if (c == '<')
            LF_PUT(b, "&lt;");
        else if (c == '>')
            LF_PUT(b, "&gt;");
        else if (c == '"')
            LF_PUT(b, "&quot;");
        else if (c == '\'')
            LF_PUT(b, "&#39;");
        else if (c == '\r' && v.len > 1 && v.ptr[1] == '\n')
            ; /* browsers send lines of forms so */
        else if (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f))
            lf_buf_byte(b, (char)c);
        else if (c >= 0x80 && (n = sequence(v)) > 0)
            lf_buf_put(b, lf_view_first(v, n));
        else
            LF_PUT(b, "\xef\xbf\xbd");
        v = lf_view_from(v, n ? n : 1);
    }
}

void lf_html_put(struct lf_buf *b, const char *markup, const struct lf_html_arg *args, size_t n)
{
    lf_view left = lf_view_of(markup);
    size_t at = 0;

    while (left.len) {
        size_t percent = lf_view_find_byte(left, '%');

        lf_buf_put(b, lf_view_first(left, percent));
        if (percent == SIZE_MAX)
            break;
        left = lf_view_from(left, percent + 1);
        if (left.len && left.ptr[0] == '%') {
            lf_buf_byte(b, '%');
            left = lf_view_from(left, 1);
            continue;
        }
        LF_ASSERT(at < n);
        if (args[at].raw)
            lf_buf_put(b, args[at].v);
        else
            lf_html_escape(b, args[at].v);
        at++;
    }
    LF_ASSERT(at == n);
}
