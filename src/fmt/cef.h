/* CEF (ArcSight Common Event Format 0 and 1) and LEEF (IBM Log Event Extended Format
 * 1.0 and 2.0): the two ways in which security devices write key=value events behind
 * a header of pipes.
 *
 * CEF:  CEF:Version|Vendor|Product|Device Version|Event Class ID|Name|Severity|Extension
 *   In the header \| is a pipe and \\ a backslash.  In the extension \= \\ \n \r are what
 *   they look like; a pipe needs none.  A key is letters, digits, _ . - [ ] and stands at
 *   the front or behind a blank; a value goes on, blanks and all, to the blank before the
 *   next key.  A backslash before anything else is a backslash: Windows paths come
 *   unescaped more often than not.
 * LEEF: LEEF:1.0|Vendor|Product|Version|EventID|a=b<TAB>c=d
 *       LEEF:2.0|Vendor|Product|Version|EventID|Delimiter|a=b<Delimiter>c=d
 *   The delimiter is one character, or x or 0x and one to four hexadecimal digits; an
 *   empty or missing one is the tab.  Header fields may carry \| and \\; attributes have
 *   no escapes.
 *
 * Lines often have something before the header (a syslog header that was sent twice):
 * lf_cef_find() finds it. */
#ifndef LF_FMT_CEF_H
#define LF_FMT_CEF_H

#include "base/arena.h"
#include "base/err.h"

enum { LF_CEF_PAIRS = 192 }; /* more are left out, and `cut` says so */

struct lf_cef_pair {
    lf_view key, value;
};
struct lf_cef {
    bool leef, cut;
    lf_view version;                         /* "0", "2.0" */
    lf_view vendor, product, device_version; /* header, unescaped */
    lf_view event;                           /* CEF: Event Class ID; LEEF: EventID */
    lf_view name, severity;                  /* CEF only */
    size_t n;
    struct lf_cef_pair pairs[LF_CEF_PAIRS];
};

/* Where "CEF:" or "LEEF:" and a version and pipe begin, within the first 512 bytes;
 * SIZE_MAX if nowhere. */
size_t lf_cef_find(lf_view line);
/* `in` begins with the header.  Views point into `in`, unescaped ones into `a`. */
enum lf_code lf_cef_parse(struct lf_arena *a, lf_view in, struct lf_cef *out, struct lf_err *e) LF_MUST;

#endif
