/* What the files of mail share; for them alone. */
#ifndef LF_FMT_MIME_PRIV_H
#define LF_FMT_MIME_PRIV_H

#include "base/buf.h"
#include "fmt/mime.h"

/* ---- mime_text.c: encodings and character sets ---- */

/* Content-Transfer-Encoding undone (RFC 2045): "base64", "quoted-printable", anything else as it lies. */
lf_view mime_undone(struct lf_arena *a, lf_view bytes, lf_view encoding);
/* UTF-8 of bytes in a character set by its name; empty or unknown: guessed. */
lf_view mime_utf8(struct lf_arena *a, lf_view bytes, lf_view charset);
/* %XX undone (RFC 2231). */
lf_view mime_percent(struct lf_arena *a, lf_view v);
/* A field as one line to show, encoded words (RFC 2047) undone, at most `most` bytes. */
lf_view mime_line(struct lf_arena *a, lf_view v, size_t most);
/* Text as it is shown: no control characters, lines end with '\n'. */
void mime_put_text(struct lf_buf *b, lf_view text);
/* The same of HTML: without tags, scripts and styles; blocks are lines. */
void mime_put_html(struct lf_buf *b, lf_view html);

/* ---- mime.c ---- */

/* "Mon, 23 Nov 2026 08:00:00 +0800" (RFC 5322); 0: no such time. */
lf_time mime_date(lf_view v);

#endif
