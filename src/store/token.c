#include "store/token.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- what a byte is, 64 at a time ---- */

struct masks {
    uint64_t word, digit, high, escape; /* a bit a byte, the first byte lowest */
};

#ifdef __SSE2__
static void classify(const char *p, struct masks *m)
{
    const __m128i bit5 = _mm_set1_epi8(0x20), under = _mm_set1_epi8('_');
    const __m128i percent = _mm_set1_epi8('%'), backslash = _mm_set1_epi8('\\');

    *m = (struct masks){ 0 };
    for (unsigned i = 0; i < 4; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        /* Signed comparison: bytes above 0x7F are negative and in no range. */
        __m128i low = _mm_or_si128(c, bit5);
        __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                       _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
        __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8('0' - 1)),
                                      _mm_cmplt_epi8(c, _mm_set1_epi8('9' + 1)));
        __m128i word = _mm_or_si128(_mm_or_si128(letter, digit), _mm_cmpeq_epi8(c, under));
        __m128i escape = _mm_or_si128(_mm_cmpeq_epi8(c, percent), _mm_cmpeq_epi8(c, backslash));
        uint64_t high = (uint32_t)_mm_movemask_epi8(c);

        m->word |= ((uint32_t)_mm_movemask_epi8(word) | high) << (16 * i);
        m->digit |= (uint64_t)(uint32_t)_mm_movemask_epi8(digit) << (16 * i);
        m->high |= high << (16 * i);
        m->escape |= (uint64_t)(uint32_t)_mm_movemask_epi8(escape) << (16 * i);
    }
}
#else
static void classify(const char *p, struct masks *m)
{
    *m = (struct masks){ 0 };
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i], low = c | 0x20;
        uint64_t bit = (uint64_t)1 << i;
        bool digit = c >= '0' && c <= '9';

        if (digit || (low >= 'a' && low <= 'z' && c < 0x80) || c == '_' || c >= 0x80)
            m->word |= bit;
        if (digit)
            m->digit |= bit;
        if (c >= 0x80)
            m->high |= bit;
        if (c == '%' || c == '\\')
            m->escape |= bit;
    }
}
#endif

/* ---- hashes ---- */

static uint64_t load8(const char *p)
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

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9fb21c651e98df25u;
    return h ^ h >> 29;
}

/* Eight bytes behind the end are readable. */
static uint32_t hash(const char *p, size_t n)
{
    uint64_t h = n * 0x9e3779b97f4a7c15u;

    if (n < 8) {
        h = mix(h, (load8(p) | FOLD) & (((uint64_t)1 << 8 * n) - 1));
    } else {
        for (size_t i = 8; i < n; i += 8)
            h = mix(h, load8(p + i - 8) | FOLD);
        h = mix(h, load8(p + n - 8) | FOLD);
    }
    h *= 0xd6e8feb86659fd93u;
    return (uint32_t)(h >> 32);
}

/* ---- the set ---- */

enum { SET_FIRST = 4096 };

static void put_new(struct lf_token_set *s, uint32_t h)
{
    size_t at = h & (s->size - 1);

    while (s->slot[at])
        at = (at + 1) & (s->size - 1);
    s->slot[at] = h;
}

static void set_grow(struct lf_token_set *s)
{
    struct lf_token_set wide = { .size = s->size ? s->size * 2 : SET_FIRST };

    wide.slot = calloc(wide.size, sizeof *wide.slot);
    if (!wide.slot)
        LF_BUG("out of memory for %zu tokens", wide.size);
    for (size_t i = 0; i < s->size; i++)
        if (s->slot[i])
            put_new(&wide, s->slot[i]);
    free(s->slot);
    s->slot = wide.slot;
    s->size = wide.size;
}

static void set_add(struct lf_token_set *s, uint32_t h)
{
    size_t at;

    h += h == 0;
    if (s->n >= s->size / 2 && s->n < LF_TOKEN_MOST)
        set_grow(s);
    for (at = h & (s->size - 1); s->slot[at]; at = (at + 1) & (s->size - 1))
        if (s->slot[at] == h)
            return;
    if (s->n == LF_TOKEN_MOST) {
        s->over = true;
        return;
    }
    s->slot[at] = h;
    s->n++;
}

void lf_token_set_reset(struct lf_token_set *s)
{
    /* A block with many tokens must not make all that follow it clear much. */
    if (s->size > SET_FIRST && s->n < s->size / 8) {
        free(s->slot);
        *s = (struct lf_token_set){ 0 };
    } else if (s->size) {
        memset(s->slot, 0, s->size * sizeof *s->slot);
    }
    s->n = 0;
    s->over = false;
}

void lf_token_set_clear(struct lf_token_set *s)
{
    free(s->slot);
    *s = (struct lf_token_set){ 0 };
}

void lf_token_set_put(struct lf_token_set *s, const uint32_t *hash, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set_add(s, hash[i]);
}

uint32_t *lf_token_set_copy(const struct lf_token_set *s, size_t *n)
{
    uint32_t *out = malloc((s->n + 1) * sizeof *out);
    size_t have = 0;

    if (!out)
        LF_BUG("out of memory for %zu tokens", s->n);
    for (size_t i = 0; have < s->n; i++) {
        out[have] = s->slot[i];
        have += s->slot[i] != 0;
    }
    *n = have;
    return out;
}

/* Radix sort, 11 bits a pass.  The table is at least twice as large as what it
 * holds, so its upper half is the second array. */
uint32_t *lf_token_set_sort(struct lf_token_set *s, size_t *n)
{
    uint32_t *a = s->slot, *b;
    size_t have = 0;

    for (size_t i = 0; i < s->size; i++)
        if (s->slot[i])
            a[have++] = s->slot[i];
    *n = have;
    if (!have)
        return a;
    b = a + s->size / 2;
    for (unsigned shift = 0; shift < 33; shift += 11) {
        size_t count[2048] = { 0 }, sum = 0;
        uint32_t *t;

        for (size_t i = 0; i < have; i++)
            count[a[i] >> shift & 2047]++;
        for (size_t i = 0; i < 2048; i++) {
            size_t c = count[i];
            count[i] = sum;
            sum += c;
        }
        for (size_t i = 0; i < have; i++)
            b[count[a[i] >> shift & 2047]++] = a[i];
        t = a;
        a = b;
        b = t;
    }
    if (a != s->slot) /* an odd number of passes: it lies in the upper half */
        memmove(s->slot, a, have * sizeof *a);
    return s->slot;
}

/* ---- words to tokens ---- */

struct lexer {
    struct lf_token_set *set;
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

static inline void one_word(struct lexer *x, const char *p, const char *end, bool digits)
{
    size_t n = (size_t)(end - p);

    if (x->prev_end && p - x->prev_end <= 2 && *x->prev_end == ':' &&
        (p - x->prev_end == 1 || p[-1] == ':')) {
        bool strong = false;

        if (hex_word(x->prev, x->prev_end, &strong) && hex_word(p, end, &strong) && strong)
            set_add(x->set, hash(x->prev, (size_t)(end - x->prev)));
    }
    x->prev = p;
    x->prev_end = end;
    if (!digits) {
        /* A fraction of a second, as in 2026-11-21T02:48:16.123456Z. */
        if ((end[-1] | 0x20) == 'z' && n >= 2 && n <= 10) {
            size_t i = 0;

            while (i < n - 1 && p[i] >= '0' && p[i] <= '9')
                i++;
            if (i == n - 1)
                return;
        }
        set_add(x->set, hash(p, n));
        return;
    }
    if (n >= 7 && n <= 16)
        set_add(x->set, hash(p, n));
    if (n > 3)
        return;
    x->numbers = x->number_end && p - x->number_end == 1 && *x->number_end == '.' ? x->numbers + 1 : 1;
    x->number_end = end;
    x->dotted[x->numbers & 3] = p;
    if (x->numbers >= 4) {
        const char *first = x->dotted[(x->numbers + 1) & 3];

        set_add(x->set, hash(first, (size_t)(end - first)));
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
static size_t character(const char *p, const char *end, int *kind)
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
        size_t n = character(p, end, &kind);

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
                set_add(x->set, hash(p, n));
                if (before)
                    set_add(x->set, hash(before, (size_t)(p + n - before)));
            }
            before = kind == 2 ? p : NULL;
        }
        p += n;
    }
    if (word)
        one_word(x, word, end, digits);
}

/* LF_TOKEN_PAD bytes behind the end are readable.  Whether there is a '%' or a
 * backslash. */
static bool plain(struct lf_token_set *set, lf_view text)
{
    struct lexer x = { .set = set };
    const char *p = text.ptr, *end = text.ptr + text.len;
    bool escape = false;

    if (!text.len)
        return false;
    while (p < end) {
        size_t left = (size_t)(end - p), step = 64;
        uint64_t mine = left >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << left) - 1;
        struct masks m;

        classify(p, &m);
        m.word &= mine;
        escape |= (m.escape & mine) != 0;
        while (m.word) {
            unsigned from = (unsigned)__builtin_ctzll(m.word);
            uint64_t rest = ~(m.word >> from);
            unsigned n = rest ? (unsigned)__builtin_ctzll(rest) : 64;
            const char *word = p + from, *stop = word + n;
            uint64_t bits;

            if (from + n >= 64 && left > 64) {
                if (from) { /* it may go on: looked at again from its beginning */
                    step = from;
                    break;
                }
                bool high = m.high != 0, digits = (m.digit & ~(uint64_t)0) == ~(uint64_t)0;
                while (stop < end && ((unsigned char)*stop >= 0x80 || kind_of((unsigned char)*stop))) {
                    high |= (unsigned char)*stop >= 0x80;
                    digits &= *stop >= '0' && *stop <= '9';
                    stop++;
                }
                if (high)
                    wide_run(&x, word, stop);
                else
                    one_word(&x, word, stop, digits);
                step = (size_t)(stop - p);
                break;
            }
            bits = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << from;
            if (m.high & bits)
                wide_run(&x, word, stop);
            else
                one_word(&x, word, stop, (m.digit & bits) == bits);
            m.word &= ~bits;
        }
        p += step;
    }
    return escape;
}

/* ---- records ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex4(const char *p, const char *end, uint32_t *out)
{
    *out = 0;
    if (end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0)
            return false;
        *out = *out << 4 | (uint32_t)d;
    }
    return true;
}

static bool has_json_escape(lf_view v)
{
    const char *p = v.ptr, *end = v.ptr + v.len;

    while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL && end - p >= 2) {
        if (p[1] == 'n' || p[1] == 'r' || p[1] == 't' || p[1] == 'u' || p[1] == 'b' || p[1] == 'f')
            return true;
        p += 2;
    }
    return false;
}

/* Never longer than what it was.  A lone surrogate becomes U+FFFD. */
static size_t json_unescaped(lf_view v, char *to)
{
    const char *p = v.ptr, *end = v.ptr + v.len;
    char *o = to;

    while (p < end) {
        uint32_t c, low;

        if (*p != '\\' || end - p < 2) {
            *o++ = *p++;
            continue;
        }
        if (p[1] == 'u' && hex4(p + 2, end, &c)) {
            p += 6;
            if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
                hex4(p + 2, end, &low) && low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                p += 6;
            } else if (c >= 0xd800 && c < 0xe000) {
                c = 0xfffd;
            }
            o += lf_utf8_put(o, c);
            continue;
        }
        *o++ = p[1] == 'n' || p[1] == 'r' || p[1] == 't' || p[1] == 'b' || p[1] == 'f' ? ' ' : p[1];
        p += 2;
    }
    return (size_t)(o - to);
}

static bool percent_undone(lf_view v, char *to, size_t *len)
{
    const char *p = v.ptr, *end = v.ptr + v.len;
    bool any = false;
    char *o = to;

    while (p < end) {
        int a, b;

        if (*p == '%' && end - p >= 3 && (a = hex_digit(p[1])) >= 0 && (b = hex_digit(p[2])) >= 0) {
            *o++ = (char)(a << 4 | b);
            p += 3;
            any = true;
        } else {
            *o++ = *p++;
        }
    }
    *len = (size_t)(o - to);
    return any;
}

static bool all_ascii(lf_view v)
{
    const char *p = v.ptr;
    size_t n = v.len;
    uint64_t any = 0;

    for (; n >= 8; n -= 8, p += 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        any |= w;
    }
    for (; n; n--, p++)
        any |= (uint64_t)(unsigned char)*p << 56;
    return !(any & 0x8080808080808080u);
}

bool lf_token_record(struct lf_token_set *s, lf_view record, struct lf_buf *scratch)
{
    lf_view now = record, next;
    char *one, *two;

    if (!all_ascii(record) && !lf_view_is_utf8(record))
        return false;
    if (!plain(s, record))
        return true;
    lf_buf_reset(scratch);
    one = lf_buf_space(scratch, 2 * (record.len + LF_TOKEN_PAD));
    LF_ASSERT(one);
    two = one + record.len + LF_TOKEN_PAD;
    memset(one + record.len, 0, LF_TOKEN_PAD);
    memset(two + record.len, 0, LF_TOKEN_PAD);
    if (has_json_escape(record)) {
        now = (lf_view){ one, json_unescaped(record, one) };
        (void)plain(s, now);
    }
    for (int i = 0; i < 2; i++) {
        char *to = now.ptr == one ? two : one;

        next.ptr = to;
        if (!memchr(now.ptr, '%', now.len) || !percent_undone(now, to, &next.len))
            break;
        (void)plain(s, next);
        now = next;
    }
    return true;
}

/* ---- queries ---- */

size_t lf_token_query(lf_view text, uint32_t *out, size_t most)
{
    struct lf_token_set s = { 0 };
    size_t n = 0;
    char *copy;

    if (!text.len || !lf_view_is_utf8(text))
        return 0;
    copy = calloc(1, text.len + LF_TOKEN_PAD);
    if (!copy)
        LF_BUG("out of memory for a query of %zu bytes", text.len);
    memcpy(copy, text.ptr, text.len);
    (void)plain(&s, (lf_view){ copy, text.len });
    free(copy);
    if (s.n)
        (void)lf_token_set_sort(&s, &n);
    if (n > most)
        n = most;
    if (n)
        memcpy(out, s.slot, n * sizeof *out);
    lf_token_set_clear(&s);
    return n;
}

/* Whether a word goes through the place between text[at - 1] and text[at]. */
static bool inside_word(lf_view text, size_t at)
{
    const char *end = text.ptr + text.len, *back = text.ptr + at;
    int left, right;

    if (at == 0 || at >= text.len)
        return false;
    (void)character(text.ptr + at, end, &right);
    do
        back--;
    while (back > text.ptr && text.ptr + at - back < 4 && ((unsigned char)*back & 0xc0) == 0x80);
    if (character(back, end, &left) != (size_t)(text.ptr + at - back))
        return false;
    return left == 1 && right == 1;
}

bool lf_token_whole(lf_view text, size_t at, size_t len)
{
    return !inside_word(text, at) && !inside_word(text, at + len);
}
