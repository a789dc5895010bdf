/* Words to tokens (store/token.h says which they are). */
#include "store/token_priv.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* ---- hashes ---- */

static inline uint64_t load8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v); /* blocks are the same on every machine */
#endif
    return v;
}

/* Letters without case by setting bit 5 of every byte.  That also makes some pairs
 * of other bytes alike: a filter may be wrong in that direction. */
#define FOLD 0x2020202020202020u

static inline uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9fb21c651e98df25u;
    return h ^ h >> 29;
}

/* Which of eight bytes belong to a word of n. */
static const uint64_t of_word[17] = {
    0,
    0xff,
    0xffff,
    0xffffff,
    0xffffffff,
    0xffffffffff,
    0xffffffffffff,
    0xffffffffffffff,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
    ~(uint64_t)0,
};
static const uint8_t second_at[17] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };

/* Of 16 bytes at most, without a branch on how many.  Eight behind the end are readable. */
static inline __attribute__((always_inline)) uint32_t hash_short(const char *p, size_t n)
{
    uint64_t one = mix(n * 0x9e3779b97f4a7c15u, (load8(p) | FOLD) & of_word[n]);
    uint64_t two = mix(one, load8(p + second_at[n]) | FOLD);
    uint64_t longer = (uint64_t)0 - (n > 8);

    return (uint32_t)(((two & longer) | (one & ~longer)) * 0xd6e8feb86659fd93u >> 32);
}

static uint32_t hash(const char *p, size_t n)
{
    uint64_t h = n * 0x9e3779b97f4a7c15u;

    if (n <= 16)
        return hash_short(p, n);
    for (size_t i = 8; i < n; i += 8)
        h = mix(h, load8(p + i - 8) | FOLD);
    h = mix(h, load8(p + n - 8) | FOLD);
    h *= 0xd6e8feb86659fd93u;
    return (uint32_t)(h >> 32);
}

/* ---- words to tokens ---- */

struct lexer {
    struct lf_token_bag *bag;
    /* The number words of up to three digits that ended last, joined by dots. */
    const char *dotted[4], *number_end;
    unsigned numbers;
    const char *prev, *prev_end; /* the last word */
};

static bool hex_word(const char *p, const char *end, bool *strong)
{
    if (end - p > 4)
        return false;
    *strong |= end - p >= 3;
    for (; p < end; p++) {
        char low = (char)(*p | 0x20);

        if (low >= 'a' && low <= 'f')
            *strong = true;
        else if (*p < '0' || *p > '9')
            return false;
    }
    return true;
}

/* A fraction of a second, as in 2026-11-21T02:48:16.123456Z. */
static bool fraction(const char *p, size_t n)
{
    if ((p[n - 1] | 0x20) != 'z' || n < 2 || n > 10)
        return false;
    for (size_t i = 0; i < n - 1; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return true;
}

static void one_word(struct lexer *x, const char *p, const char *end, bool digits)
{
    size_t n = (size_t)(end - p);

    if (x->prev_end && p - x->prev_end <= 2 && *x->prev_end == ':' &&
        (p - x->prev_end == 1 || p[-1] == ':')) {
        bool strong = false;

        if (hex_word(x->prev, x->prev_end, &strong) && hex_word(p, end, &strong) && strong)
            token_bag_add(x->bag, hash(x->prev, (size_t)(end - x->prev)));
    }
    x->prev = p;
    x->prev_end = end;
    if (!digits) {
        if (fraction(p, n))
            return;
        token_bag_add(x->bag, hash(p, n));
        return;
    }
    if (n >= 7 && n <= 16)
        token_bag_add(x->bag, hash(p, n));
    if (n > 3)
        return;
    x->numbers = x->number_end && p - x->number_end == 1 && *x->number_end == '.' ? x->numbers + 1 : 1;
    x->number_end = end;
    x->dotted[x->numbers & 3] = p;
    if (x->numbers >= 4) {
        const char *first = x->dotted[(x->numbers + 1) & 3];

        token_bag_add(x->bag, hash(first, (size_t)(end - first)));
    }
}

/* 0: no part of a word; 1: a letter of a word; 2: one of the scripts without blanks. */
static int kind_of(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
    if (c < 0xc0 || (c >= 0x2000 && c < 0x2070) || c == 0xfffd || c == 0xfeff)
        return 0;
    if ((c >= 0x1100 && c < 0x1200) || (c >= 0x2e80 && c < 0xa000) || (c >= 0xa960 && c < 0xa980) ||
        (c >= 0xac00 && c < 0xd800) || (c >= 0xf900 && c < 0xfb00) || (c >= 0xfe30 && c < 0xfe50) ||
        (c >= 0xff00 && c < 0xfff0) || (c >= 0x20000 && c < 0x40000))
        return 2;
    return 1;
}

/* The character at p; bytes that are not UTF-8 are of no word, one at a time. */
size_t token_character(const char *p, const char *end, int *kind)
{
    size_t n = lf_utf8_len(*p);

    if ((unsigned char)*p < 0x80) {
        *kind = kind_of((unsigned char)*p);
        return 1;
    }
    if ((unsigned char)*p < 0xc2 || n > (size_t)(end - p) || !lf_view_is_utf8((lf_view){ p, n })) {
        *kind = 0;
        return 1;
    }
    *kind = kind_of(lf_utf8_get(p, n));
    return n;
}

/* A run of word bytes of which some are above 0x7F. */
static void wide_run(struct lexer *x, const char *p, const char *end)
{
    const char *word = NULL, *before = NULL;
    bool digits = true;

    while (p < end) {
        int kind;
        size_t n = token_character(p, end, &kind);

        if (kind == 1) {
            if (!word) {
                word = p;
                digits = true;
            }
            digits &= *p >= '0' && *p <= '9';
            before = NULL;
        } else {
            if (word)
                one_word(x, word, p, digits);
            word = NULL;
            if (kind == 2) {
                token_bag_add(x->bag, hash(p, n));
                if (before)
                    token_bag_add(x->bag, hash(before, (size_t)(p + n - before)));
            }
            before = kind == 2 ? p : NULL;
        }
        p += n;
    }
    if (word)
        one_word(x, word, end, digits);
}

static bool word_byte(char c)
{
    return (unsigned char)c >= 0x80 || kind_of((unsigned char)c);
}

/* A text of any bytes, word by word. */
static void plain_wide(struct lf_token_bag *bag, lf_view text)
{
    struct lexer x = { .bag = bag };
    const char *p = text.ptr, *end = text.ptr + text.len;

    while (p < end) {
        const char *word = p;
        bool high = false, digits = true;

        for (; p < end && word_byte(*p); p++) {
            high |= (unsigned char)*p >= 0x80;
            digits &= *p >= '0' && *p <= '9';
        }
        if (high)
            wide_run(&x, word, p);
        else if (p > word)
            one_word(&x, word, p, digits);
        else
            p++;
    }
}

/* ---- a text of ASCII, a stretch at a time ----
 *
 * First all words' bounds are found, then each word is hashed and looked up by itself: no
 * step waits for the one before, and hardly a branch depends on the text. */

enum { ASCII_WORTH = 192 }; /* bytes between others for which a stretch pays */
#define LAST ((uint64_t)1 << 63)
enum { STRETCH = 4096, BLOCKS = STRETCH / 64 + 1, PLACES = STRETCH + 64 };

/* A bit a byte, the first byte lowest. */
struct masks {
    uint64_t word, digit, dot, colon;
};

struct stretch {
    const char *text;
    size_t n, blocks;
    struct masks is[BLOCKS + 1];
    /* What was found, and its places in order (some more may be written behind them). */
    struct found {
        uint64_t bit[BLOCKS];
        uint16_t at[PLACES];
        size_t n;
    } word,     /* those that begin with a letter or '_': where they begin and end, by turns */
        mixed,  /* those that begin with digits: their first other letter and their end, by turns */
        number, /* the end of digits alone, seven at least */
        dot,    /* behind a dot between two digits */
        colon;  /* behind a colon between two words, or two colons */
    /* Of words, and which of them are longer than 16. */
    uint32_t hash[PLACES / 2];
    uint16_t longer[PLACES / 2];
};

/* Each step is made for every kind of machine by being put into what calls it. */
#define EACH static inline __attribute__((always_inline))

#ifdef __x86_64__
static uint64_t bits(__m128i v, unsigned i)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (16 * i);
}

static void classify(const char *p, struct masks *m)
{
    const __m128i bit5 = _mm_set1_epi8(0x20), under = _mm_set1_epi8('_');

    *m = (struct masks){ 0 };
    for (unsigned i = 0; i < 4; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        /* Signed comparison: bytes above 0x7F are negative and in no range. */
        __m128i low = _mm_or_si128(c, bit5);
        __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                       _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
        __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8('0' - 1)),
                                      _mm_cmplt_epi8(c, _mm_set1_epi8('9' + 1)));

        m->word |= bits(_mm_or_si128(_mm_or_si128(letter, digit), _mm_cmpeq_epi8(c, under)), i);
        m->digit |= bits(digit, i);
        m->dot |= bits(_mm_cmpeq_epi8(c, _mm_set1_epi8('.')), i);
        m->colon |= bits(_mm_cmpeq_epi8(c, _mm_set1_epi8(':')), i);
    }
}

/* Where the bits of a byte are that are set, the lowest first: a byte each. */
/* clang-format off */
static const uint64_t places_of[256] = {
    0x0, 0x0, 0x1, 0x100, 0x2, 0x200, 0x201, 0x20100, 0x3, 0x300, 0x301, 0x30100, 0x302, 0x30200, 0x30201,
    0x3020100, 0x4, 0x400, 0x401, 0x40100, 0x402, 0x40200, 0x40201, 0x4020100, 0x403, 0x40300, 0x40301,
    0x4030100, 0x40302, 0x4030200, 0x4030201, 0x403020100, 0x5, 0x500, 0x501, 0x50100, 0x502, 0x50200,
    0x50201, 0x5020100, 0x503, 0x50300, 0x50301, 0x5030100, 0x50302, 0x5030200, 0x5030201, 0x503020100,
    0x504, 0x50400, 0x50401, 0x5040100, 0x50402, 0x5040200, 0x5040201, 0x504020100, 0x50403, 0x5040300,
    0x5040301, 0x504030100, 0x5040302, 0x504030200, 0x504030201, 0x50403020100, 0x6, 0x600, 0x601, 0x60100,
    0x602, 0x60200, 0x60201, 0x6020100, 0x603, 0x60300, 0x60301, 0x6030100, 0x60302, 0x6030200, 0x6030201,
    0x603020100, 0x604, 0x60400, 0x60401, 0x6040100, 0x60402, 0x6040200, 0x6040201, 0x604020100, 0x60403,
    0x6040300, 0x6040301, 0x604030100, 0x6040302, 0x604030200, 0x604030201, 0x60403020100, 0x605, 0x60500,
    0x60501, 0x6050100, 0x60502, 0x6050200, 0x6050201, 0x605020100, 0x60503, 0x6050300, 0x6050301,
    0x605030100, 0x6050302, 0x605030200, 0x605030201, 0x60503020100, 0x60504, 0x6050400, 0x6050401,
    0x605040100, 0x6050402, 0x605040200, 0x605040201, 0x60504020100, 0x6050403, 0x605040300, 0x605040301,
    0x60504030100, 0x605040302, 0x60504030200, 0x60504030201, 0x6050403020100, 0x7, 0x700, 0x701, 0x70100,
    0x702, 0x70200, 0x70201, 0x7020100, 0x703, 0x70300, 0x70301, 0x7030100, 0x70302, 0x7030200, 0x7030201,
    0x703020100, 0x704, 0x70400, 0x70401, 0x7040100, 0x70402, 0x7040200, 0x7040201, 0x704020100, 0x70403,
    0x7040300, 0x7040301, 0x704030100, 0x7040302, 0x704030200, 0x704030201, 0x70403020100, 0x705, 0x70500,
    0x70501, 0x7050100, 0x70502, 0x7050200, 0x7050201, 0x705020100, 0x70503, 0x7050300, 0x7050301,
    0x705030100, 0x7050302, 0x705030200, 0x705030201, 0x70503020100, 0x70504, 0x7050400, 0x7050401,
    0x705040100, 0x7050402, 0x705040200, 0x705040201, 0x70504020100, 0x7050403, 0x705040300, 0x705040301,
    0x70504030100, 0x705040302, 0x70504030200, 0x70504030201, 0x7050403020100, 0x706, 0x70600, 0x70601,
    0x7060100, 0x70602, 0x7060200, 0x7060201, 0x706020100, 0x70603, 0x7060300, 0x7060301, 0x706030100,
    0x7060302, 0x706030200, 0x706030201, 0x70603020100, 0x70604, 0x7060400, 0x7060401, 0x706040100,
    0x7060402, 0x706040200, 0x706040201, 0x70604020100, 0x7060403, 0x706040300, 0x706040301, 0x70604030100,
    0x706040302, 0x70604030200, 0x70604030201, 0x7060403020100, 0x70605, 0x7060500, 0x7060501, 0x706050100,
    0x7060502, 0x706050200, 0x706050201, 0x70605020100, 0x7060503, 0x706050300, 0x706050301, 0x70605030100,
    0x706050302, 0x70605030200, 0x70605030201, 0x7060503020100, 0x7060504, 0x706050400, 0x706050401,
    0x70605040100, 0x706050402, 0x70605040200, 0x70605040201, 0x7060504020100, 0x706050403, 0x70605040300,
    0x70605040301, 0x7060504030100, 0x70605040302, 0x7060504030200, 0x7060504030201, 0x706050403020100,
};
/* clang-format on */

#define HALF __attribute__((target("avx2,bmi,bmi2,popcnt")))

HALF static inline uint64_t both(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

HALF static inline void classify_half(const char *p, struct masks *m)
{
    /* By the lower and the upper half of a byte: what both allow is so.  Bytes above 0x7F are in
     * no range. */
    enum { DIGIT = 1, COLON = 2, DOT = 4, AO = 8, PZ_UNDER = 16, PZ = 32 };
    enum { D = DIGIT, L = AO | PZ_UNDER | PZ };
    const __m256i lower = _mm256_setr_epi8(D | PZ_UNDER | PZ, D | L, D | L, D | L, D | L, D | L, D | L, D | L,
                                           D | L, D | L, L | COLON, AO, AO, AO, AO | DOT, AO | PZ_UNDER,
                                           D | PZ_UNDER | PZ, D | L, D | L, D | L, D | L, D | L, D | L, D | L,
                                           D | L, D | L, L | COLON, AO, AO, AO, AO | DOT, AO | PZ_UNDER);
    const __m256i upper = _mm256_setr_epi8(0, 0, DOT, DIGIT | COLON, AO, PZ_UNDER, AO, PZ, 0, 0, 0, 0, 0, 0,
                                           0, 0, 0, 0, DOT, DIGIT | COLON, AO, PZ_UNDER, AO, PZ, 0, 0, 0, 0,
                                           0, 0, 0, 0);
    const __m256i nibble = _mm256_set1_epi8(15), word = _mm256_set1_epi8(DIGIT | AO | PZ_UNDER | PZ);
    __m256i c[2];

    for (unsigned i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));

        c[i] =
            _mm256_and_si256(_mm256_shuffle_epi8(lower, _mm256_and_si256(v, nibble)),
                             _mm256_shuffle_epi8(upper, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
    }
    m->word = both(_mm256_cmpgt_epi8(_mm256_and_si256(c[0], word), _mm256_setzero_si256()),
                   _mm256_cmpgt_epi8(_mm256_and_si256(c[1], word), _mm256_setzero_si256()));
    m->digit = both(_mm256_slli_epi16(c[0], 7), _mm256_slli_epi16(c[1], 7));
    m->colon = both(_mm256_slli_epi16(c[0], 6), _mm256_slli_epi16(c[1], 6));
    m->dot = both(_mm256_slli_epi16(c[0], 5), _mm256_slli_epi16(c[1], 5));
}

static bool half(const struct lf_token_bag *bag)
{
    return bag->narrow < 2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

#define WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,popcnt")))

WIDE static void classify_wide(const char *p, size_t blocks, struct masks *m)
{
    for (size_t i = 0; i < blocks; i++) {
        __m512i c = _mm512_loadu_si512((const void *)(p + 64 * i));
        __m512i low = _mm512_or_si512(c, _mm512_set1_epi8(0x20));
        uint64_t letter =
            _mm512_cmplt_epu8_mask(_mm512_sub_epi8(low, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));

        m[i].digit = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(c, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
        m[i].word = letter | m[i].digit | _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('_'));
        m[i].dot = _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('.'));
        m[i].colon = _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8(':'));
    }
}

WIDE static void flatten_wide(struct found *f, size_t blocks)
{
    static const uint8_t place[64] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                       16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                       32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                       48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63 };
    const __m512i places = _mm512_loadu_si512(place);
    size_t n = 0;

    for (size_t i = 0; i < blocks; i++) {
        __m512i at = _mm512_maskz_compress_epi8(f->bit[i], places), base = _mm512_set1_epi16((short)(64 * i));
        unsigned here = (unsigned)_mm_popcnt_u64(f->bit[i]);

        _mm512_storeu_si512(f->at + n,
                            _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(at)), base));
        if (here > 32)
            _mm512_storeu_si512(
                f->at + n + 32,
                _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(at, 1)), base));
        n += here;
    }
    f->n = n;
}

static bool wide(const struct lf_token_bag *bag)
{
    return !bag->narrow && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("popcnt");
}
#else
static void classify(const char *p, struct masks *m)
{
    *m = (struct masks){ 0 };
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i], low = c | 0x20;
        uint64_t bit = (uint64_t)1 << i;
        bool digit = c >= '0' && c <= '9';

        m->word |= digit || (low >= 'a' && low <= 'z' && c < 0x80) || c == '_' ? bit : 0;
        m->digit |= digit ? bit : 0;
        m->dot |= c == '.' ? bit : 0;
        m->colon |= c == ':' ? bit : 0;
    }
}
#endif

/* Two places are written whether there are so many or not: of most kinds but words a block has
 * no more. */
EACH void flatten(struct found *f, size_t blocks)
{
    size_t n = 0;

    for (size_t i = 0; i < blocks; i++) {
        uint64_t m = f->bit[i];
        uint16_t *at = f->at + n;

        for (n += (unsigned)__builtin_popcountll(m); m; m &= m - 1, at += 2) {
            at[0] = (uint16_t)(64 * i + (unsigned)__builtin_ctzll(m));
            m &= m - 1;
            at[1] = (uint16_t)(64 * i + (unsigned)__builtin_ctzll(m | LAST));
        }
    }
    f->n = n;
}

/* The sum as of one long number, the carry kept for the next 64 bits. */
EACH uint64_t add(uint64_t a, uint64_t b, uint64_t *carry)
{
    uint64_t s;
    bool one = __builtin_add_overflow(a, b, &s), two = __builtin_add_overflow(s, *carry, &s);

    *carry = one | two;
    return s;
}

/* The bits k places on, with those of the 64 before. */
EACH uint64_t on(uint64_t m, uint64_t before, unsigned k)
{
    return m << k | before >> (64 - k);
}

EACH void find(struct stretch *w)
{
    struct masks was = { 0 };
    uint64_t two = 0, four = 0, seven = 0, digits = 0, others = 0;

    w->is[w->n / 64].word &= ((uint64_t)1 << w->n % 64) - 1;
    for (size_t i = 0; i < w->blocks; i++) {
        struct masks m = w->is[i];
        uint64_t start = m.word & ~on(m.word, was.word, 1), stop = on(m.word, was.word, 1) & ~m.word;
        uint64_t sum, mixed, mixed_stop, number_stop, d2, d4, d7;

        m.digit &= m.word;
        /* To the digits at the beginning of words 1 is added there: the carry comes out
         * behind them, at another letter or at the end. */
        sum = add(m.digit, start & m.digit, &digits) & ~m.digit;
        mixed = sum & m.word;
        number_stop = sum & stop;
        mixed_stop = add(m.word, mixed, &others) & stop;
        d2 = m.digit & on(m.digit, was.digit, 1);
        d4 = d2 & on(d2, two, 2);
        d7 = d4 & on(d4, four, 3);
        w->word.bit[i] = (start & ~m.digit) | (stop & ~number_stop & ~mixed_stop);
        w->mixed.bit[i] = mixed | mixed_stop;
        w->number.bit[i] = number_stop & on(d7, seven, 1);
        w->dot.bit[i] = m.digit & on(m.dot, was.dot, 1) & on(m.digit, was.digit, 2);
        w->colon.bit[i] = m.word & on(m.colon, was.colon, 1) &
                          (on(m.word, was.word, 2) | (on(m.colon, was.colon, 2) & on(m.word, was.word, 3)));
        w->is[i].digit = m.digit;
        was = m;
        two = d2;
        four = d4;
        seven = d7;
    }
}

enum of { OF_WORD, OF_DIGIT };

/* How many bytes from `at` on, and how many before `at`, are of a word, are digits; at most 64. */
EACH size_t run_from(const struct stretch *w, enum of of, size_t at)
{
    const struct masks *m = &w->is[at / 64];
    uint64_t here = of == OF_WORD ? m[0].word : m[0].digit, next = of == OF_WORD ? m[1].word : m[1].digit;
    uint64_t none = ~(here >> at % 64 | next << 1 << (63 - at % 64));

    return none ? (size_t)__builtin_ctzll(none) : 64;
}

EACH size_t run_before(const struct stretch *w, enum of of, size_t at)
{
    const struct masks *m = &w->is[at / 64];
    uint64_t here = of == OF_WORD ? m[0].word : m[0].digit, before = 0, none;

    if (at >= 64)
        before = of == OF_WORD ? m[-1].word : m[-1].digit;
    none = ~(here << 1 << (63 - at % 64) | before >> at % 64);
    return none ? (size_t)__builtin_clzll(none) : 64;
}

/* Four numbers of up to three digits; d: behind the dots between them. */
static void four_numbers(struct lf_token_bag *bag, const struct stretch *w, const uint16_t *d)
{
    size_t before, behind;

    if (d[1] - d[0] > 4 || d[2] - d[1] > 4 || run_from(w, OF_DIGIT, d[0]) != d[1] - d[0] - 1u ||
        run_from(w, OF_DIGIT, d[1]) != d[2] - d[1] - 1u)
        return;
    before = run_before(w, OF_WORD, d[0] - 1u);
    behind = run_from(w, OF_WORD, d[2]);
    if (before <= 3 && behind <= 3 && before == run_before(w, OF_DIGIT, d[0] - 1u) &&
        behind == run_from(w, OF_DIGIT, d[2]))
        token_bag_add(bag, hash(w->text + d[0] - 1 - before, d[2] + behind - (d[0] - 1u - before)));
}

/* Two words joined by one colon or two; the second begins at `next`. */
static void colon_pair(struct lf_token_bag *bag, const struct stretch *w, size_t next)
{
    const char *p = w->text;
    size_t at = next - (p[next - 2] == ':' ? 2 : 1);
    size_t before = run_before(w, OF_WORD, at), behind = run_from(w, OF_WORD, next);
    bool strong = false;

    /* A time of day is the usual case. */
    if (before > 4 || behind > 4 ||
        (before < 3 && behind < 3 && before == run_before(w, OF_DIGIT, at) &&
         behind == run_from(w, OF_DIGIT, next)))
        return;
    if (hex_word(p + at - before, p + at, &strong) && hex_word(p + next, p + next + behind, &strong) &&
        strong)
        token_bag_add(bag, hash(p + at - before, next + behind - (at - before)));
}

#ifdef __x86_64__
WIDE static __m512i mix_wide(__m512i h, __m512i v)
{
    h = _mm512_mullo_epi64(_mm512_xor_si512(h, v), _mm512_set1_epi64((long long)0x9fb21c651e98df25u));
    return _mm512_xor_si512(h, _mm512_srli_epi64(h, 29));
}

/* Eight words at a time, as words() does. */
WIDE static void words_wide(struct lf_token_bag *bag, const struct stretch *w)
{
    const __m512i fold = _mm512_set1_epi64((long long)FOLD), eight = _mm512_set1_epi64(8);

    for (size_t i = 0; i < w->word.n; i += 16) {
        __mmask8 mine = w->word.n - i < 16 ? (__mmask8)((1u << (w->word.n - i) / 2) - 1) : 0xff, more;
        __m256i both = _mm256_maskz_loadu_epi32(mine, w->word.at + i);
        __m512i at = _mm512_cvtepu32_epi64(_mm256_and_si256(both, _mm256_set1_epi32(0xffff)));
        __m512i n = _mm512_sub_epi64(_mm512_cvtepu32_epi64(_mm256_srli_epi32(both, 16)), at);
        __mmask8 longer = _mm512_mask_cmpgt_epu64_mask(mine, n, _mm512_set1_epi64(16));
        __m512i first = _mm512_i64gather_epi64(at, w->text, 1);
        __m512i last = _mm512_sub_epi64(_mm512_max_epu64(n, eight), eight);
        __m512i second = _mm512_i64gather_epi64(
            _mm512_add_epi64(at, _mm512_maskz_mov_epi64((__mmask8)~longer, last)), w->text, 1);
        __m512i cut = _mm512_srlv_epi64(
            _mm512_set1_epi64(-1), _mm512_slli_epi64(_mm512_sub_epi64(eight, _mm512_min_epu64(n, eight)), 3));
        __m512i h = mix_wide(_mm512_mullo_epi64(n, _mm512_set1_epi64((long long)0x9e3779b97f4a7c15u)),
                             _mm512_and_si512(_mm512_or_si512(first, fold), cut));
        __m256i short_hash, known;
        uint32_t hashes[8];

        h = _mm512_mask_mov_epi64(h, _mm512_cmpgt_epu64_mask(n, eight),
                                  mix_wide(h, _mm512_or_si512(second, fold)));
        h = _mm512_mullo_epi64(h, _mm512_set1_epi64((long long)0xd6e8feb86659fd93u));
        short_hash = _mm512_cvtepi64_epi32(_mm512_srli_epi64(h, 32));
        short_hash = _mm256_mask_mov_epi32(short_hash, _mm256_testn_epi32_mask(short_hash, short_hash),
                                           _mm256_set1_epi32(1));
        known = _mm256_i32gather_epi32(
            (const int *)bag->seen, _mm256_and_si256(short_hash, _mm256_set1_epi32((int)(bag->places - 1))),
            4);
        more = (__mmask8)(_mm256_mask_cmpneq_epi32_mask(mine, known, short_hash) & ~longer);
        _mm256_storeu_si256((__m256i *)(void *)hashes, short_hash);
        for (unsigned m = more; m; m &= m - 1)
            token_bag_add(bag, hashes[__builtin_ctz(m)]);
        for (unsigned m = longer; m; m &= m - 1) {
            size_t k = i + 2 * (unsigned)__builtin_ctz(m);

            token_bag_add(bag, hash(w->text + w->word.at[k], (size_t)(w->word.at[k + 1] - w->word.at[k])));
        }
    }
}
#endif

/* First all hashes, of which none waits for another; then which of them are new, where the
 * machine guesses wrong now and then and has little to do again. */
EACH void words(struct lf_token_bag *bag, struct stretch *w)
{
    uint32_t *out = bag->hash + bag->n, *seen = bag->seen;
    size_t mask = bag->places - 1, count = w->word.n / 2, nlong = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = w->word.at[2 * i], n = w->word.at[2 * i + 1] - at;

        w->hash[i] = hash_short(w->text + at, n < 16 ? n : 16);
        w->longer[nlong] = (uint16_t)i;
        nlong += n > 16;
    }
    for (size_t k = 0; k < nlong; k++) {
        size_t i = w->longer[k], at = w->word.at[2 * i];

        w->hash[i] = hash(w->text + at, w->word.at[2 * i + 1] - at);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t h = w->hash[i] + (w->hash[i] == 0), *place = &seen[h & mask];

        if (*place == h)
            continue;
        *place = h;
        *out++ = h;
    }
    bag->n = (size_t)(out - bag->hash);
}

static void others(struct lf_token_bag *bag, const struct stretch *w)
{
    const char *p = w->text;

    for (size_t i = 0; i < w->mixed.n; i += 2) {
        size_t from = w->mixed.at[i], to = w->mixed.at[i + 1], n;

        while ((n = run_before(w, OF_DIGIT, from)) > 0)
            from -= n;
        if (!fraction(p + from, to - from))
            token_bag_add(bag, hash(p + from, to - from));
    }
    for (size_t i = 0; i < w->number.n; i++) {
        size_t n = run_before(w, OF_DIGIT, w->number.at[i]);

        if (n <= 16)
            token_bag_add(bag, hash(p + w->number.at[i] - n, n));
    }
    for (size_t i = 0; i + 2 < w->dot.n; i++)
        four_numbers(bag, w, w->dot.at + i);
    for (size_t i = 0; i < w->colon.n; i++)
        colon_pair(bag, w, w->colon.at[i]);
}

/* Whether a token may go through the place behind it. */
static bool joins(char c)
{
    return word_byte(c) || c == '.' || c == ':';
}

EACH void flatten_others(struct stretch *w)
{
    flatten(&w->mixed, w->blocks);
    flatten(&w->number, w->blocks);
    flatten(&w->dot, w->blocks);
    flatten(&w->colon, w->blocks);
}

#ifdef __x86_64__
WIDE static void stretch_wide(struct lf_token_bag *bag, struct stretch *w)
{
    classify_wide(w->text, w->blocks, w->is);
    find(w);
    flatten_wide(&w->word, w->blocks);
    flatten_wide(&w->mixed, w->blocks);
    flatten_wide(&w->number, w->blocks);
    flatten_wide(&w->dot, w->blocks);
    flatten_wide(&w->colon, w->blocks);
    words_wide(bag, w);
}

/* By each eight bits: no branch asks how many of them are set. */
HALF static inline void flatten_half(struct found *f, size_t blocks)
{
    size_t n = 0;

    for (size_t i = 0; i < blocks; i++) {
        __m128i base = _mm_set1_epi16((short)(64 * i));
        uint64_t m = f->bit[i];

        for (unsigned k = 0; k < 8; k++, m >>= 8, base = _mm_add_epi16(base, _mm_set1_epi16(8))) {
            __m128i at = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)places_of[m & 255]));

            _mm_storeu_si128((__m128i *)(void *)(f->at + n), _mm_add_epi16(at, base));
            n += (unsigned)__builtin_popcount((unsigned)m & 255);
        }
    }
    f->n = n;
}

HALF static void stretch_half(struct lf_token_bag *bag, struct stretch *w)
{
    for (size_t i = 0; i < w->blocks; i++)
        classify_half(w->text + 64 * i, &w->is[i]);
    find(w);
    flatten_half(&w->word, w->blocks);
    flatten_others(w);
    words(bag, w);
}
#endif

static void stretch_plain(struct lf_token_bag *bag, struct stretch *w)
{
    for (size_t i = 0; i < w->blocks; i++)
        classify(w->text + 64 * i, &w->is[i]);
    find(w);
    flatten(&w->word, w->blocks);
    flatten_others(w);
    words(bag, w);
}

/* LF_TOKEN_PAD bytes behind the end are readable. */
void token_ascii(struct lf_token_bag *bag, lf_view text)
{
    struct stretch w;

    while (text.len) {
        size_t n = text.len < STRETCH ? text.len : STRETCH;

        while (n < text.len && n > 0 && joins(text.ptr[n - 1]))
            n--;
        if (!n) {
            plain_wide(bag, text);
            return;
        }
        w.text = text.ptr;
        w.n = n;
        w.blocks = n / 64 + 1;
        token_bag_room(bag, n); /* no byte but the last of a word makes a token of `words` */
#ifdef __x86_64__
        if (wide(bag))
            stretch_wide(bag, &w);
        else if (half(bag))
            stretch_half(bag, &w);
        else
#endif
            stretch_plain(bag, &w);
        others(bag, &w);
        text = lf_view_from(text, n);
    }
}

/* The first byte above 0x7F, or the length. */
static size_t ascii_front(lf_view v)
{
    size_t i = 0;
    uint64_t any = 0;

    for (; i + 64 <= v.len; i += 64, any = 0) { /* as many at once as the machine can */
        for (size_t k = i; k < i + 64; k += 8)
            any |= load8(v.ptr + k);
        if (any & 0x8080808080808080u)
            break;
    }
    while (i < v.len && (unsigned char)v.ptr[i] < 0x80)
        i++;
    return i;
}

/* LF_TOKEN_PAD bytes behind the end are readable. */
void token_plain(struct lf_token_bag *bag, lf_view text)
{
    while (text.len) {
        size_t n = ascii_front(text), stop = n;

        while (stop < text.len) {
            size_t next;

            while (stop < text.len && joins(text.ptr[stop]))
                stop++;
            next = ascii_front(lf_view_from(text, stop));
            if (next >= ASCII_WORTH || stop + next == text.len)
                break;
            stop += next;
        }
        while (n < text.len && n > 0 && joins(text.ptr[n - 1]))
            n--;
        token_ascii(bag, lf_view_first(text, n));
        if (stop > n)
            plain_wide(bag, lf_view_first(lf_view_from(text, n), stop - n));
        text = lf_view_from(text, stop);
    }
}
