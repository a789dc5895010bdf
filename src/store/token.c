#include "store/token.h"

#include <stdlib.h>

#include "store/token_priv.h"

/* ---- the bag ---- */

void lf_token_bag_reset(struct lf_token_bag *b)
{
    b->n = 0;
    if (b->seen)
        memset(b->seen, 0, b->places * sizeof *b->seen);
    if (b->cap > 1 << 20) { /* one odd record must not stay in memory for ever */
        free(b->hash);
        b->hash = NULL;
        b->cap = 0;
    }
}

void lf_token_bag_clear(struct lf_token_bag *b)
{
    free(b->hash);
    free(b->seen);
    *b = (struct lf_token_bag){ 0 };
}

void token_bag_room(struct lf_token_bag *b, size_t n)
{
    if (!b->seen) {
        b->places = b->places ? b->places : TOKEN_SEEN;
        b->seen = calloc(b->places, sizeof *b->seen);
    }
    if (b->cap - b->n < n) {
        b->cap = (b->cap + n) * 2;
        b->hash = realloc(b->hash, b->cap * sizeof *b->hash);
    }
    if (!b->seen || !b->hash)
        LF_BUG("out of memory for %zu tokens", b->cap);
}

void token_bag_add(struct lf_token_bag *b, uint32_t h)
{
    uint32_t *place;

    h += h == 0;
    token_bag_room(b, 1);
    place = &b->seen[h & (b->places - 1)];
    b->hash[b->n] = h;
    b->n += *place != h;
    *place = h;
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

static void grow(struct lf_token_set *s)
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

    if (s->n >= s->size / 2 && s->n < LF_TOKEN_MOST)
        grow(s);
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
        s->slot = NULL;
        s->size = 0;
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
    enum { AHEAD = 12 };

    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n && s->size)
            __builtin_prefetch(&s->slot[hash[i + AHEAD] & (s->size - 1)], 1);
        set_add(s, hash[i]);
    }
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

        if (*p != '\\') {
            const char *next = memchr(p, '\\', (size_t)(end - p));
            size_t n = (size_t)((next ? next : end) - p);

            memcpy(o, p, n);
            o += n;
            p += n;
            continue;
        }
        if (end - p < 2) {
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

enum { HAS_HIGH = 1, HAS_ESCAPE = 2 };

static unsigned survey(lf_view v)
{
    unsigned char high = 0, escape = 0;
    size_t i = 0;

    for (; i + 64 <= v.len; i += 64) /* as many at once as the machine can */
        for (size_t k = i; k < i + 64; k++) {
            high |= (unsigned char)v.ptr[k];
            escape |= (v.ptr[k] == '%') | (v.ptr[k] == '\\');
        }
    for (; i < v.len; i++) {
        high |= (unsigned char)v.ptr[i];
        escape |= (v.ptr[i] == '%') | (v.ptr[i] == '\\');
    }
    return (high & 0x80 ? HAS_HIGH : 0) | (escape ? HAS_ESCAPE : 0);
}

/* The tokens of a text with its escapes undone; there is room behind it, and as much at
 * `other`.  The text is written over. */
static void undone(struct lf_token_bag *b, char *mine, size_t len, bool json, char *other)
{
    lf_view now = { mine, len }, next;
    char *to = other;

    if (json && memchr(now.ptr, '\\', now.len)) {
        now = (lf_view){ to, json_unescaped(now, to) };
        memset(to + now.len, 0, LF_TOKEN_PAD);
        token_plain(b, now);
        to = mine;
    }
    for (int i = 0; i < 2; i++) {
        next.ptr = to;
        if (!memchr(now.ptr, '%', now.len) || !percent_undone(now, to, &next.len))
            break;
        memset(to + next.len, 0, LF_TOKEN_PAD);
        token_plain(b, next);
        to = to == mine ? other : mine;
        now = next;
    }
}

/* Copies the parts between '"' that have an escape. */
static size_t escaped_parts(lf_view record, char *to)
{
    const char *p = record.ptr, *end = p + record.len, *percent = p, *backslash = p;
    size_t n = 0;

    while (p < end) {
        const char *from, *stop;

        if (percent && percent <= p)
            percent = memchr(p, '%', (size_t)(end - p));
        if (backslash && backslash <= p)
            backslash = memchr(p, '\\', (size_t)(end - p));
        from = !percent || (backslash && backslash < percent) ? backslash : percent;
        if (!from)
            break;
        stop = memchr(from, '"', (size_t)(end - from));
        stop = stop ? stop + 1 : end;
        while (from > p && from[-1] != '"')
            from--;
        memcpy(to + n, from, (size_t)(stop - from));
        n += (size_t)(stop - from);
        p = stop;
    }
    return n;
}

void lf_token_escapes(struct lf_token_bag *b, lf_view record, struct lf_buf *scratch)
{
    char *one;

    if (!(survey(record) & HAS_ESCAPE))
        return;
    /* Only where there are escapes: no token goes through a '"', nor an escape but \",
     * which ends with it. */
    lf_buf_reset(scratch);
    one = lf_buf_space(scratch, 2 * (record.len + LF_TOKEN_PAD));
    LF_ASSERT(one);
    undone(b, one, escaped_parts(record, one), has_json_escape(record), one + record.len + LF_TOKEN_PAD);
}

bool lf_token_record(struct lf_token_bag *b, lf_view record, struct lf_buf *scratch)
{
    if ((survey(record) & HAS_HIGH) && !lf_view_is_utf8(record))
        return false;
    token_plain(b, record);
    lf_token_escapes(b, record, scratch);
    return true;
}

bool lf_token_lines(struct lf_token_bag *b, lf_view lines, bool *escapes)
{
    unsigned found = survey(lines);

    if (found & HAS_HIGH)
        return false;
    token_ascii(b, lines);
    *escapes = found & HAS_ESCAPE;
    return true;
}

/* ---- queries ---- */

size_t lf_token_query(lf_view text, uint32_t *out, size_t most)
{
    struct lf_token_bag b = { .places = 64 };
    struct lf_token_set s = { 0 };
    size_t n = 0;
    char *copy;

    if (!text.len || !lf_view_is_utf8(text))
        return 0;
    copy = calloc(1, text.len + LF_TOKEN_PAD);
    if (!copy)
        LF_BUG("out of memory for a query of %zu bytes", text.len);
    memcpy(copy, text.ptr, text.len);
    token_plain(&b, (lf_view){ copy, text.len });
    free(copy);
    lf_token_set_put(&s, b.hash, b.n);
    lf_token_bag_clear(&b);
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
    (void)token_character(text.ptr + at, end, &right);
    do
        back--;
    while (back > text.ptr && text.ptr + at - back < 4 && ((unsigned char)*back & 0xc0) == 0x80);
    if (token_character(back, end, &left) != (size_t)(text.ptr + at - back))
        return false;
    return left == 1 && right == 1;
}

bool lf_token_whole(lf_view text, size_t at, size_t len)
{
    return !inside_word(text, at) && !inside_word(text, at + len);
}
