/* Views: borrowed text.
 *
 * A view is a pointer and a length, not NUL-terminated, owned by somebody else
 * (an arena, a mapped file, a string literal).  A view that must outlive its
 * source is copied with lf_arena_copy().  The empty view may have a NULL ptr. */
#ifndef LF_BASE_VIEW_H
#define LF_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct lf_view {
    const char *ptr;
    size_t len;
} lf_view;

/* A view of a string literal, usable in constant initialisers. */
#define LF_VIEW(lit)                                                                                         \
    {                                                                                                        \
        "" lit, sizeof(lit) - 1                                                                              \
    }
/* The same as an expression. */
#define LF_V(lit) ((lf_view){ "" lit, sizeof(lit) - 1 })
/* printf's "%.*s" takes an int; longer views are cut for display only. */
#define LF_FMT(v) ((int)((v).len > 4096 ? 4096 : (v).len)), ((v).ptr ? (v).ptr : "")

static inline lf_view lf_view_of(const char *cstr)
{
    return (lf_view){ cstr, cstr ? strlen(cstr) : 0 };
}

/* Itself, or the empty text where there is none: what a database keeps as text. */
static inline lf_view lf_view_some(lf_view v)
{
    return v.ptr ? v : LF_V("");
}

static inline bool lf_view_eq(lf_view a, lf_view b)
{
    if (!a.ptr || !b.ptr) /* only the empty view may have no pointer */
        return a.len == b.len && a.len == 0;
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static inline bool lf_view_is(lf_view a, const char *cstr)
{
    return lf_view_eq(a, lf_view_of(cstr));
}
/* Whether it is one of these names; *at: which. */
bool lf_view_among(lf_view v, const char *const *names, size_t n, size_t *at);

static inline lf_view lf_view_from(lf_view v, size_t at)
{
    if (v.len == 0) /* ptr may be NULL, to which C lets nothing be added, not even 0 */
        return v;
    return at >= v.len ? (lf_view){ v.ptr + v.len, 0 } : (lf_view){ v.ptr + at, v.len - at };
}

static inline lf_view lf_view_first(lf_view v, size_t n)
{
    return (lf_view){ v.ptr, n < v.len ? n : v.len };
}

/* Bytewise order, the shorter first on a tie: what collation "C" gives. */
int lf_view_cmp(lf_view a, lf_view b);
/* ASCII letters compare without case; protocol tokens, never people's text. */
bool lf_view_eq_nocase(lf_view a, lf_view b);
bool lf_view_starts(lf_view v, lf_view prefix);
bool lf_view_ends(lf_view v, lf_view suffix);
/* First place of `needle`, or SIZE_MAX.  An empty needle is found at 0. */
size_t lf_view_find(lf_view v, lf_view needle);
size_t lf_view_find_byte(lf_view v, char c);
/* Without blanks, tabs, CR and LF at both ends. */
lf_view lf_view_trim(lf_view v);
/* Nothing but white space, of Unicode too: who is to give a reason has given none by U+3000 alone. */
bool lf_view_blank(lf_view v);
/* Takes everything before the first `sep` off the front of *in (and the
 * separator); with no separator takes all.  False when *in was exhausted: a
 * view whose ptr is NULL.  "a,,b" gives "a", "", "b". */
bool lf_view_split(lf_view *in, char sep, lf_view *out);
/* Decimal digits only, no sign, no blanks; false on anything else or overflow. */
bool lf_view_u64(lf_view v, uint64_t *out);
/* An optional minus, then as above. */
bool lf_view_i64(lf_view v, int64_t *out);
/* Strict UTF-8 as RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF. */
bool lf_view_is_utf8(lf_view v);
/* UTF-8 of that many bytes, none of them NUL: what a database keeps as text. */
bool lf_view_is_text(lf_view v, size_t least, size_t most);
/* The length of the code point that begins so, in valid UTF-8. */
static inline size_t lf_utf8_len(char first)
{
    unsigned char c = (unsigned char)first;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}
/* At most n bytes of it, never within a character. */
lf_view lf_utf8_first(lf_view v, size_t n);
/* The code point of n = lf_utf8_len(*p) bytes at p. */
uint32_t lf_utf8_get(const char *p, size_t n);
/* Writes a code point, gives how many bytes it took. */
size_t lf_utf8_put(char out[4], uint32_t c);

#endif
