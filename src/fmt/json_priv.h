/* What reading and writing share: looking at text sixteen bytes at a time. */
#ifndef LF_FMT_JSON_PRIV_H
#define LF_FMT_JSON_PRIV_H

#include <stdint.h>

#include "fmt/json.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The bytes of the well-formed character (RFC 3629) at p, 0 if it is none. */
static inline size_t utf8_char(const char *s, const char *end)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t left = (size_t)(end - s);
    unsigned c = p[0];

    if (c < 0x80)
        return 1;
    if (c < 0xc2 || left < 2)
        return 0;
    if (c < 0xe0)
        return (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (c < 0xf0) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f))
            return 0;
        return 3;
    }
    if (c > 0xf4 || left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
        return 0;
    if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return 4;
}

static inline lf_view text_of(const struct lf_json *v)
{
    return (lf_view){ v->text, v->n };
}

/* Bytes that end a run of plain text in a string: quote, backslash, control
 * characters, and all beyond ASCII, which must be looked at. */
static inline bool special(char c)
{
    return (signed char)c < 0x20 || c == '"' || c == '\\';
}

#if defined(__SSE2__)
enum { WIDE = 16 };

/* A bit for each special byte of the sixteen.  Signed order puts the bytes from
 * 0x80 below 0x20, so one comparison finds both kinds. */
static inline unsigned specials(__m128i v)
{
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i back = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, back)));
}

static inline __m128i load_wide(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* The first special byte at or after p, or end. */
static inline const char *plain_end(const char *p, const char *end)
{
    while (end - p >= WIDE) {
        unsigned m = specials(load_wide(p));
        if (m)
            return p + __builtin_ctz(m);
        p += WIDE;
    }
    while (p < end && !special(*p))
        p++;
    return p;
}
#else
/* Eight bytes at a time in a register: a byte of `hit` has its top bit set when
 * that byte of the word may be special.  Borrows may mark a byte too many, never
 * one too few, so a marked word is looked at byte by byte. */
static inline bool maybe_special(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w, q, b;

    memcpy(&w, p, sizeof w);
    q = w ^ (ones * '"');
    b = w ^ (ones * '\\');
    return ((w | (w - ones * 0x20) | (q - ones) | (b - ones)) & tops) != 0;
}

static inline const char *plain_end(const char *p, const char *end)
{
    while (end - p >= 8 && !maybe_special(p))
        p += 8;
    while (p < end && !special(*p))
        p++;
    return p;
}
#endif

#endif
