/* The text of a string copied out, its usual escapes undone on the way.
 *
 * Paths of Windows and lines of text are full of them: one in each ten bytes. */
#ifndef LF_FMT_JSON_COPY_H
#define LF_FMT_JSON_COPY_H

#include <stdbool.h>

enum { LF_JSON_COPY_SLACK = 32 }; /* bytes behind `to_end` that may be written over */

/* What a backslash and this letter stand for; 0 for no such escape, and for 'u'. */
extern const char lf_json_escape[256];

/* Copies from p to *to and moves both on, until there is no more room, the bytes end (the backslash
 * of an escape that is cut off is left), or what must be looked at comes: a quote, a control character, a
 * byte beyond ASCII, or a backslash that is neither an escape of one letter nor of the four signs that
 * writers for web pages hide: \u0027, \u003c, \u003e, \u0026.  Where p begins with such a one nothing is
 * done. */
const char *lf_json_copy(const char *p, const char *end, char **to, const char *to_end);

/* The same, a byte at a time and by blocks, for tests to hold them against each other.  The machine has what
 * the latter needs where lf_json_copy_can says so. */
const char *lf_json_copy_bytes(const char *p, const char *end, char **to, const char *to_end);
const char *lf_json_copy_blocks(const char *p, const char *end, char **to, const char *to_end);
bool lf_json_copy_can(void);

#endif
