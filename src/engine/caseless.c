#include "engine/caseless.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__SSE2__)
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

static inline unsigned char byte(char c, bool caseless)
{
    return caseless ? lower(c) : (unsigned char)c;
}

static inline bool same(const char *text, const char *want, size_t n, bool caseless)
{
    return caseless ? lf_caseless_same(text, want, n) : memcmp(text, want, n) == 0;
}

#if defined(__SSE2__)
static inline __m128i seen(__m128i v, bool caseless)
{
    return caseless ? folded(v) : v;
}
#endif

#define GAVE_UP (SIZE_MAX - 1)

#if defined(__x86_64__)
enum { LONG = 128 }; /* bytes of a text in which 32 places at once are worth the asking whether they can be */
#define NOT_YET (SIZE_MAX - 2)

/* As find, from *i on as far as 32 bytes can be read; letters and others a bit apart are one here. */
__attribute__((target("avx2,bmi"))) static size_t find_wide(lf_view text, lf_view want, size_t *from,
                                                            size_t *budget, bool caseless)
{
    const __m256i bit = _mm256_set1_epi8(caseless ? 0x20 : 0);
    const size_t last = want.len - 1;
    const __m256i first_byte = _mm256_or_si256(_mm256_set1_epi8(want.ptr[0]), bit);
    const __m256i last_byte = _mm256_or_si256(_mm256_set1_epi8(want.ptr[last]), bit);
    size_t i = *from;

    for (; i + last + 32 <= text.len; i += 32) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + i));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + i + last));
        unsigned m = (unsigned)_mm256_movemask_epi8(
            _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(a, bit), first_byte),
                             _mm256_cmpeq_epi8(_mm256_or_si256(b, bit), last_byte)));

        for (; m; m &= m - 1) {
            size_t at = i + (unsigned)__builtin_ctz(m);

            if (same(text.ptr + at, want.ptr, want.len, caseless))
                return at;
            if (*budget < want.len)
                return GAVE_UP;
            *budget -= want.len;
        }
    }
    *from = i;
    return NOT_YET;
}
#endif

/* Gives up when more bytes than the budget were compared in vain. */
static inline size_t find(lf_view text, lf_view want, size_t budget, bool caseless)
{
    size_t last, i = 0;

    if (want.len == 0)
        return 0;
    if (text.len < want.len)
        return SIZE_MAX;
    last = want.len - 1;
#if defined(__x86_64__)
    if (text.len >= LONG && __builtin_cpu_supports("avx2")) {
        size_t at = find_wide(text, want, &i, &budget, caseless);

        if (at != NOT_YET)
            return at;
    }
#endif
#if defined(__SSE2__)
    /* Sixteen places at once by their first and last byte; what is left is compared. */
    const __m128i first_byte = _mm_set1_epi8(want.ptr[0]), last_byte = _mm_set1_epi8(want.ptr[last]);

    for (; i + last + WIDE <= text.len; i += WIDE) {
        __m128i a = _mm_cmpeq_epi8(seen(load(text.ptr + i), caseless), first_byte);
        __m128i b = _mm_cmpeq_epi8(seen(load(text.ptr + i + last), caseless), last_byte);
        unsigned m = mask(_mm_and_si128(a, b));

        for (; m; m &= m - 1) {
            size_t at = i + (unsigned)__builtin_ctz(m);

            if (same(text.ptr + at, want.ptr, want.len, caseless))
                return at;
            if (budget < want.len)
                return GAVE_UP;
            budget -= want.len;
        }
    }
#endif
    for (; i + want.len <= text.len; i++) {
        if (byte(text.ptr[i], caseless) != (unsigned char)want.ptr[0] ||
            byte(text.ptr[i + last], caseless) != (unsigned char)want.ptr[last])
            continue;
        if (same(text.ptr + i, want.ptr, want.len, caseless))
            return i;
        if (budget < want.len)
            return GAVE_UP;
        budget -= want.len;
    }
    return SIZE_MAX;
}

size_t lf_caseless_find(lf_view text, lf_view want)
{
    return find(text, want, SIZE_MAX, true);
}

/* Knuth, Morris and Pratt, 1977. */
static bool contains_slowly(struct lf_arena *a, lf_view text, lf_view want, bool caseless)
{
    uint32_t *border = lf_arena_alloc(a, lf_arena_mul(want.len + 1, sizeof *border), _Alignof(uint32_t));
    uint32_t k = 0;

    border[0] = border[1] = 0;
    for (size_t i = 1; i < want.len; i++) {
        while (k > 0 && want.ptr[i] != want.ptr[k])
            k = border[k];
        k += want.ptr[i] == want.ptr[k];
        border[i + 1] = k;
    }
    k = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = byte(text.ptr[i], caseless);

        while (k > 0 && c != (unsigned char)want.ptr[k])
            k = border[k];
        k += c == (unsigned char)want.ptr[k];
        if (k == want.len)
            return true;
    }
    return false;
}

bool lf_text_contains(struct lf_arena *a, lf_view text, lf_view want, bool caseless)
{
    size_t at = caseless ? find(text, want, text.len * 8, true) : find(text, want, text.len * 8, false);

    return at == GAVE_UP ? contains_slowly(a, text, want, caseless) : at != SIZE_MAX;
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
