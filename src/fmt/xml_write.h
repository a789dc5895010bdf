/* Writing XML 1.0: text and attributes escaped, elements balanced.
 *
 *   struct lf_xml_w w = lf_xml_w(&buf);
 *   lf_xml_open(&w, "a:Item");  lf_xml_put(&w, "id", id);  lf_xml_say(&w, text);  lf_xml_close(&w);
 *
 * Names are the program's own and not looked at.  What XML has no way to say (control characters, U+FFFE,
 * bytes that are not UTF-8) becomes U+FFFD. */
#ifndef LF_FMT_XML_WRITE_H
#define LF_FMT_XML_WRITE_H

#include "base/buf.h"

enum { LF_XML_OPEN = 32 /* elements within one another */ };
struct lf_xml_w {
    struct lf_buf *b;
    unsigned depth;
    bool in_tag; /* the last element may still get attributes */
    const char *open[LF_XML_OPEN];
};
static inline struct lf_xml_w lf_xml_w(struct lf_buf *b)
{
    return (struct lf_xml_w){ .b = b };
}
/* `name` is borrowed until it is closed. */
void lf_xml_open(struct lf_xml_w *w, const char *name);
/* An attribute of what was opened last, before anything is in it. */
void lf_xml_put(struct lf_xml_w *w, const char *name, lf_view value);
void lf_xml_say(struct lf_xml_w *w, lf_view text);
/* XML as it is. */
void lf_xml_raw(struct lf_xml_w *w, lf_view xml);
void lf_xml_close(struct lf_xml_w *w);
/* An element with text in it. */
void lf_xml_leaf(struct lf_xml_w *w, const char *name, lf_view text);

#endif
