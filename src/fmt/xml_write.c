#include "fmt/xml_write.h"

static void end_tag(struct lf_xml_w *w)
{
    if (w->in_tag)
        lf_buf_byte(w->b, '>');
    w->in_tag = false;
}

static bool allowed(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

static void escape(struct lf_buf *b, lf_view v, bool attribute)
{
    for (size_t i = 0; i < v.len;) {
        size_t n = lf_utf8_len(v.ptr[i]);
        lf_view one = { v.ptr + i, n };

        if (!n || n > v.len - i || !lf_view_is_utf8(one) || !allowed(lf_utf8_get(v.ptr + i, n))) {
            LF_PUT(b, "\xef\xbf\xbd");
            i++;
            continue;
        }
        i += n;
        switch (one.ptr[0]) {
        case '&':
            LF_PUT(b, "&amp;");
            break;
        case '<':
            LF_PUT(b, "&lt;");
            break;
        case '>': /* "]]>" may not stand in text */
            LF_PUT(b, "&gt;");
            break;
        case '\r': /* a reader makes a line's end of it otherwise */
            LF_PUT(b, "&#13;");
            break;
        case '"':
        case '\n':
        case '\t':
            if (attribute) {
                lf_buf_printf(b, "&#%d;", one.ptr[0]);
                break;
            }
            lf_buf_put(b, one);
            break;
        default:
            lf_buf_put(b, one);
        }
    }
}

void lf_xml_open(struct lf_xml_w *w, const char *name)
{
    LF_ASSERT(w->depth < LF_XML_OPEN);
    end_tag(w);
    w->open[w->depth++] = name;
    lf_buf_byte(w->b, '<');
    lf_buf_put(w->b, lf_view_of(name));
    w->in_tag = true;
}

void lf_xml_put(struct lf_xml_w *w, const char *name, lf_view value)
{
    LF_ASSERT(w->in_tag);
    lf_buf_byte(w->b, ' ');
    lf_buf_put(w->b, lf_view_of(name));
    LF_PUT(w->b, "=\"");
    escape(w->b, value, true);
    lf_buf_byte(w->b, '"');
}

void lf_xml_say(struct lf_xml_w *w, lf_view text)
{
    end_tag(w);
    escape(w->b, text, false);
}

void lf_xml_raw(struct lf_xml_w *w, lf_view xml)
{
    end_tag(w);
    lf_buf_put(w->b, xml);
}

void lf_xml_close(struct lf_xml_w *w)
{
    LF_ASSERT(w->depth);
    w->depth--;
    if (w->in_tag) {
        LF_PUT(w->b, "/>");
        w->in_tag = false;
        return;
    }
    LF_PUT(w->b, "</");
    lf_buf_put(w->b, lf_view_of(w->open[w->depth]));
    lf_buf_byte(w->b, '>');
}

void lf_xml_leaf(struct lf_xml_w *w, const char *name, lf_view text)
{
    lf_xml_open(w, name);
    lf_xml_say(w, text);
    lf_xml_close(w);
}
