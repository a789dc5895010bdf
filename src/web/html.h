/* HTML writer: the markup is a literal of ours, everything else is escaped.
 *
 *   lf_html(b, "<a href=\"/alerts/%\">%</a>", LF_H(id), LF_H(title));
 *
 * Each % takes the next argument, escaped for text and for quoted attributes
 * alike; %% is a percent sign.  There is no way to write an argument unescaped but
 * LF_RAW, which is for markup made by this writer itself. */
#ifndef LF_WEB_HTML_H
#define LF_WEB_HTML_H

#include "base/buf.h"

struct lf_html_arg {
    lf_view v;
    bool raw;
};
#define LF_H(view) ((struct lf_html_arg){ .v = (view) })
#define LF_HC(cstr) ((struct lf_html_arg){ .v = lf_view_of(cstr) })
#define LF_RAW(view) ((struct lf_html_arg){ .v = (view), .raw = true })

/* A number of arguments that does not fit the markup is a bug. */
void lf_html_put(struct lf_buf *b, const char *markup, const struct lf_html_arg *args, size_t n);
#define lf_html(b, markup, ...)                                                                              \
    lf_html_put(                                                                                             \
        (b), "" markup, (const struct lf_html_arg[]){ { { 0 } }, ##__VA_ARGS__ } + 1,                        \
        sizeof((const struct lf_html_arg[]){ { { 0 } }, ##__VA_ARGS__ }) / sizeof(struct lf_html_arg) - 1)
/* Bytes that are not UTF-8 and control characters become U+FFFD; CR LF is one line's end. */
void lf_html_escape(struct lf_buf *b, lf_view v);

#endif
