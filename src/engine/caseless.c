#include "engine/caseless.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;

    return u - 'A' < 26u ? (unsigned char)(u | 0x20) : u;
}

#if defined(__SSE2__)
enum { WIDE = 16 };

static inline __m128i load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Capitals get the bit that makes them small.  Moved so that 'A' is the least of
 * signed bytes, "at most 'Z'" is one comparison. */
static inline __m128i folded(__m128i v)
{
    __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)('A' + 128)));
    __m128i capital = _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-128 + 26)));

    return _mm_or_si128(v, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
}

static inline unsigned mask(__m128i v)
{
    return (unsigned)_mm_movemask_epi8(v);
}
#endif

bool lf_is_ascii(lf_view v)
{
    size_t i = 0;
    unsigned char any = 0;

#if defined(__SSE2__)
    if (v.len >= WIDE) {
        __m128i all = load(v.ptr + v.len - WIDE);

        for (; i + WIDE <= v.len; i += WIDE)
            all = _mm_or_si128(all, load(v.ptr + i));
        return mask(all) == 0;
    }
#endif
    for (; i < v.len; i++)
        any |= (unsigned char)v.ptr[i];
    return any < 0x80;
}

bool lf_caseless_same(const char *text, const char *want, size_t n)
{
    size_t i = 0;

#if defined(__SSE2__)
    if (n >= WIDE) {
        for (; i + WIDE <= n; i += WIDE)
            if (mask(_mm_cmpeq_epi8(folded(load(text + i)), load(want + i))) != 0xffff)
                return false;
        return mask(_mm_cmpeq_epi8(folded(load(text + n - WIDE)), load(want + n - WIDE))) == 0xffff;
    }
#endif
    for (; i < n; i++)
        if (lower(text[i]) != (unsigned char)want[i])
            return false;
    return true;
}

size_t lf_caseless_find(lf_view text, lf_view want)
{
    size_t last, i = 0;

    if (want.len == 0)
        return 0;
    if (text.len < want.len)
        return SIZE_MAX;
    last = want.len - 1;
#if defined(__SSE2__)
    /* Sixteen places at once by their first and last byte; what is left is compared. */
    const __m128i first_byte = _mm_set1_epi8(want.ptr[0]), last_byte = _mm_set1_epi8(want.ptr[last]);

    for (; i + last + WIDE <= text.len; i += WIDE) {
        __m128i a = _mm_cmpeq_epi8(folded(load(text.ptr + i)), first_byte);
        __m128i b = _mm_cmpeq_epi8(folded(load(text.ptr + i + last)), last_byte);
        unsigned m = mask(_mm_and_si128(a, b));

        for (; m; m &= m - 1) {
            size_t at = i + (unsigned)__builtin_ctz(m);

            if (lf_caseless_same(text.ptr + at, want.ptr, want.len))
                return at;
        }
    }
#endif
    for (; i + want.len <= text.len; i++)
        if (lower(text.ptr[i]) == (unsigned char)want.ptr[0] &&
            lower(text.ptr[i + last]) == (unsigned char)want.ptr[last] &&
            lf_caseless_same(text.ptr + i, want.ptr, want.len))
            return i;
    return SIZE_MAX;
}

void lf_caseless_fold(char *to, const char *from, size_t n)
{
    size_t i = 0;

#if defined(__SSE2__)
    for (; i + WIDE <= n; i += WIDE)
        _mm_storeu_si128((__m128i *)(void *)(to + i), folded(load(from + i)));
#endif
    for (; i < n; i++)
        to[i] = (char)lower(from[i]);
}
