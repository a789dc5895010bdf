#include "fmt/json_copy.h"

#include "fmt/json_priv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { HIDDEN = 6 }; /* bytes of \uXXXX */

const char lf_json_escape[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The sign that writers for web pages hide as \u00XX, where one stands at p; else 0. */
static inline char hidden_sign(const char *p, const char *end)
{
    if (end - p < HIDDEN || memcmp(p, "\\u00", 4) != 0)
        return 0;
    if (p[4] == '2')
        return p[5] == '7' ? '\'' : p[5] == '6' ? '&' : 0;
    if (p[4] == '3')
        return (p[5] | 0x20) == 'c' ? '<' : (p[5] | 0x20) == 'e' ? '>' : 0;
    return 0;
}

const char *lf_json_copy_bytes(const char *p, const char *end, char **to, const char *to_end)
{
    char *d = *to;

    while (p < end && d < to_end) {
        if (!special(*p)) {
            *d++ = *p++;
        } else if (*p == '\\' && end - p >= 2 && lf_json_escape[(unsigned char)p[1]]) {
            *d++ = lf_json_escape[(unsigned char)p[1]];
            p += 2;
        } else {
            char sign = hidden_sign(p, end);

            if (!sign)
                break;
            *d++ = sign;
            p += HIDDEN;
        }
    }
    *to = d;
    return p;
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

enum { BLOCK = 32, GROUP = 8 };
static_assert(BLOCK <= (int)LF_JSON_COPY_SLACK, "a block is written whole");

/* By a bit for each of eight bytes that stays: the places of these, in their order, a byte each. */
#define PLACE(m, i) ((m) >> (i)&1u ? (uint64_t)(i) << 8 * __builtin_popcount((m) & ((1u << (i)) - 1)) : 0)
#define PLACES(m)                                                                                            \
    (PLACE(m, 1) | PLACE(m, 2) | PLACE(m, 3) | PLACE(m, 4) | PLACE(m, 5) | PLACE(m, 6) | PLACE(m, 7))
#define PLACES4(m) PLACES(m), PLACES((m) + 1), PLACES((m) + 2), PLACES((m) + 3)
#define PLACES16(m) PLACES4(m), PLACES4((m) + 4), PLACES4((m) + 8), PLACES4((m) + 12)
#define PLACES64(m) PLACES16(m), PLACES16((m) + 16), PLACES16((m) + 32), PLACES16((m) + 48)

static const uint64_t places[256] = { PLACES64(0u), PLACES64(64u), PLACES64(128u), PLACES64(192u) };

/* The bytes of the group that stay; more than those are written.  Gives where the next belong. */
AVX2 static inline char *put_group(char *d, __m128i group, uint32_t stay)
{
    __m128i order = _mm_loadl_epi64((const __m128i *)(const void *)&places[stay & 0xff]);

    _mm_storel_epi64((__m128i *)(void *)d, _mm_shuffle_epi8(group, order));
    return d + (unsigned)__builtin_popcount(stay & 0xff);
}

AVX2 static inline char *put_block(char *d, __m256i v, uint32_t stay)
{
    __m128i low = _mm256_castsi256_si128(v), high = _mm256_extracti128_si256(v, 1);

    d = put_group(d, low, stay);
    d = put_group(d, _mm_unpackhi_epi64(low, low), stay >> GROUP);
    d = put_group(d, high, stay >> 2 * GROUP);
    return put_group(d, _mm_unpackhi_epi64(high, high), stay >> 3 * GROUP);
}

/* All ones in each byte whose bit is set. */
AVX2 static inline __m256i bytes_of(uint32_t bits)
{
    const __m256i one = _mm256_set1_epi64x((long long)0x8040201008040201u);
    const __m256i from = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);

    return _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), from), one),
                             one);
}

/* The bytes that a backslash stands before, none before the first: in a run of backslashes every second, and
 * what comes after a run of an odd number. */
static inline uint32_t escaped_of(uint32_t backs)
{
    const uint32_t odd = 0xaaaaaaaau;

    return ((((backs << 1) | odd) - backs) ^ odd) ^ backs;
}

AVX2 static inline __m256i by_hash(const char table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* Four bits, others for each letter that may stand behind a backslash. */
AVX2 static inline __m256i hash_of(__m256i v)
{
    __m256i h = _mm256_xor_si256(_mm256_xor_si256(v, _mm256_srli_epi16(v, 1)), _mm256_srli_epi16(v, 4));

    return _mm256_and_si256(h, _mm256_set1_epi8(15));
}

AVX2 static inline uint32_t bits_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

AVX2 const char *lf_json_copy_blocks(const char *p, const char *end, char **to, const char *to_end)
{
    static const char letters[16] = {
        [1] = '"', [7] = '\\', [10] = '/', [5] = 'b', [3] = 'f', [15] = 'n', [12] = 'r', [9] = 't'
    };
    static const char meanings[16] = {
        [1] = '"', [7] = '\\', [10] = '/', [5] = '\b', [3] = '\f', [15] = '\n', [12] = '\r', [9] = '\t'
    };
    const __m256i letter = by_hash(letters), meaning = by_hash(meanings);
    char *d = *to;

    while (end - p >= BLOCK && d < to_end) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p), h;
        uint32_t low = bits_of(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v));
        uint32_t quotes = bits_of(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')));
        uint32_t backs = bits_of(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
        uint32_t escaped, first, stop;

        if ((low | quotes | backs) == 0) {
            _mm256_storeu_si256((__m256i *)(void *)d, v);
            p += BLOCK;
            d += BLOCK;
            continue;
        }
        escaped = escaped_of(backs);
        first = backs & ~escaped;
        h = hash_of(v);
        stop = low | (quotes & ~escaped) |
               (escaped & ~bits_of(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(letter, h), v))) >> 1 |
               (first & 1u << (BLOCK - 1));
        v = _mm256_blendv_epi8(v, _mm256_shuffle_epi8(meaning, h), bytes_of(escaped));
        if (stop) {
            unsigned n = (unsigned)__builtin_ctz(stop);

            d = put_block(d, v, ~first & ((1u << n) - 1));
            p += n;
            /* A backslash at the very end is looked at with what comes after it. */
            if (n < BLOCK - 1 || !(first >> n)) {
                char sign = hidden_sign(p, end);

                if (!sign)
                    break;
                *d++ = sign;
                p += HIDDEN;
            }
        } else {
            d = put_block(d, v, ~first);
            p += BLOCK;
        }
    }
    *to = d;
    return lf_json_copy_bytes(p, end, to, to_end);
}

bool lf_json_copy_can(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}
#else
const char *lf_json_copy_blocks(const char *p, const char *end, char **to, const char *to_end)
{
    return lf_json_copy_bytes(p, end, to, to_end);
}

bool lf_json_copy_can(void)
{
    return false;
}
#endif

const char *lf_json_copy(const char *p, const char *end, char **to, const char *to_end)
{
    if (end - p >= LF_JSON_COPY_SLACK && lf_json_copy_can())
        return lf_json_copy_blocks(p, end, to, to_end);
    return lf_json_copy_bytes(p, end, to, to_end);
}
