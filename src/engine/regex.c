#include "engine/regex.h"

#include <stdlib.h>

#include "engine/caseless.h"
#include "engine/regex_needs.h"

enum {
    PART_MOST = 16,  /* bytes of a part that are looked for: the time for it is bounded by that */
    TEXTS_MOST = 8,  /* of all parts together: each may be a look through the whole text */
    LINES_MOST = 64, /* of a text that are asked one by one */
    SMALL_BLOCK = 512,
};

struct lf_regex {
    char *text;
    unsigned flags;
    hs_database_t *bytes; /* NULL: the expression is not of ASCII alone */
    hs_database_t *utf8;  /* when bytes will not do; made when first needed */
    bool no_utf8;         /* it was tried and is too large */
    struct lf_arena a;    /* of the parts */
    struct lf_regex_parts parts;
    const struct lf_regex_part *rarest; /* NULL: there are none */
};

/* Whether each character of the expression, written out or by an escape, is ASCII. */
static bool ascii_alone(lf_view t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];

        if ((unsigned char)c >= 0x80 || (c == '(' && i + 1 < t.len && t.ptr[i + 1] == '*'))
            return false;
        if (c != '\\')
            continue;
        if (++i == t.len)
            return false;
        c = t.ptr[i];
        if (c == 'x' && i + 2 < t.len && t.ptr[i + 1] >= '0' && t.ptr[i + 1] <= '7')
            continue;
        if ((c >= '0' && c <= '9') ||
            (((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !strchr("dDwWsSbBAzZtnrfea", c)) ||
            (unsigned char)c >= 0x80)
            return false;
    }
    return true;
}

static enum lf_code compile(const struct lf_regex *r, unsigned more, hs_scratch_t **scratch,
                            hs_database_t **out, struct lf_err *e)
{
    hs_compile_error_t *err = NULL;

    if (hs_compile(r->text, r->flags | more, lf_regex_mode(), NULL, out, &err) != HS_SUCCESS) {
        enum lf_code rc = lf_err_set(e, LF_BAD_INPUT, "%s", err ? err->message : "not understood");

        hs_free_compile_error(err);
        return rc;
    }
    if (hs_alloc_scratch(*out, scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of an expression");
    return LF_OK;
}

static void learn_parts(struct lf_regex *r, lf_view text)
{
    size_t ntexts = 0, n = 0;

    lf_arena_init(&r->a, SMALL_BLOCK);
    lf_regex_parts(&r->a, text, &r->parts);
    for (size_t i = 0; i < r->parts.n; i++)
        if (ntexts + r->parts.part[i].n <= TEXTS_MOST) {
            ntexts += r->parts.part[i].n;
            r->parts.part[n++] = r->parts.part[i];
        }
    r->parts.n = n;
    if (r->flags & HS_FLAG_DOTALL)
        r->parts.in_line = false;
    for (size_t i = 0; i < r->parts.n; i++) {
        struct lf_regex_part *p = &r->parts.part[i];

        for (size_t k = 0; k < p->n; k++)
            p->text[k] = lf_view_first(p->text[k], PART_MOST);
        if (!r->rarest || p->rate < r->rarest->rate)
            r->rarest = p;
    }
}

enum lf_code lf_regex_create(lf_view text, unsigned flags, hs_scratch_t **scratch, struct lf_regex **out,
                             struct lf_err *e)
{
    struct lf_regex *r = calloc(1, sizeof *r);
    enum lf_code rc;

    if (!r)
        LF_BUG("no memory for an expression");
    r->text = malloc(text.len + 1);
    if (!r->text)
        LF_BUG("no memory for an expression of %zu bytes", text.len);
    if (text.len > 0)
        memcpy(r->text, text.ptr, text.len);
    r->text[text.len] = '\0';
    r->flags = flags | HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH;
    rc = ascii_alone(text) ? compile(r, 0, scratch, &r->bytes, e)
                           : compile(r, HS_FLAG_UTF8, scratch, &r->utf8, e);
    if (rc != LF_OK) {
        lf_regex_destroy(r);
        return rc;
    }
    learn_parts(r, text);
    *out = r;
    return LF_OK;
}

void lf_regex_destroy(struct lf_regex *r)
{
    if (!r)
        return;
    hs_free_database(r->bytes);
    hs_free_database(r->utf8);
    lf_arena_clear(&r->a);
    free(r->text);
    free(r);
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    *(bool *)ctx = true;
    return 1;
}

/* Vectorscan 5.4.9 (Debian 12) on processors with AVX-512: where an expression waits for one byte, it looks
 * for it in the first 64 bytes of what it is given and at few places behind them, so that matches are missed
 * (tests/unit/engine/test_regex.c finds it with HS_MODE_BLOCK).  Given in pieces of 64 bytes it finds all. */
enum { PIECE = 64, PIECES = 64 /* on the stack: 4 KiB of text */ };

static bool in_pieces(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx512bw"); /* what the library chooses its code by */
#else
    return false;
#endif
}

unsigned lf_regex_mode(void)
{
    return in_pieces() ? HS_MODE_VECTORED : HS_MODE_BLOCK;
}

static hs_error_t scan_pieces(const hs_database_t *db, lf_view t, hs_scratch_t *scratch, bool *found)
{
    const char *few[PIECES], **at = few;
    unsigned few_lens[PIECES], *lens = few_lens;
    size_t n = t.len ? (t.len - 1) / PIECE + 1 : 1;
    hs_error_t rc;

    if (n > PIECES) {
        at = malloc(n * sizeof *at);
        lens = malloc(n * sizeof *lens);
        if (!at || !lens)
            LF_BUG("no memory for %zu pieces of a text", n);
    }
    for (size_t i = 0; i < n; i++) {
        at[i] = t.len ? t.ptr + i * PIECE : "";
        lens[i] = (unsigned)(t.len - i * PIECE < PIECE ? t.len - i * PIECE : PIECE);
    }
    rc = hs_scan_vector(db, at, lens, (unsigned)n, 0, scratch, on_match, found);
    if (at != few) {
        free(at);
        free(lens);
    }
    return rc;
}

bool lf_regex_scan(const hs_database_t *db, lf_view t, hs_scratch_t *scratch)
{
    bool found = false;
    hs_error_t rc;

    if (t.len > UINT32_MAX)
        return false;
    rc = in_pieces() ? scan_pieces(db, t, scratch, &found)
                     : hs_scan(db, t.len ? t.ptr : "", (unsigned)t.len, 0, scratch, on_match, &found);
    if (rc != HS_SUCCESS && rc != HS_SCAN_TERMINATED)
        LF_BUG("Vectorscan gave %d", (int)rc);
    return found;
}

/* Each character beyond ASCII as one byte that is no ASCII.  Two of them are the other
 * case of an ASCII letter: for those the answer is false, the text needs UTF-8. */
static bool as_bytes(struct lf_arena *a, lf_view t, lf_view *out)
{
    char *to = lf_arena_alloc(a, t.len ? t.len : 1, 1);
    bool plain = true;
    size_t n = 0;

    for (size_t i = 0; i < t.len;) {
        size_t len = lf_utf8_len(t.ptr[i]);

        if (len == 1) {
            to[n++] = t.ptr[i++];
            continue;
        }
        if (len > t.len - i)
            len = t.len - i;
        /* U+017F long s, U+212A Kelvin */
        if ((len == 2 && memcmp(t.ptr + i, "\xc5\xbf", 2) == 0) ||
            (len == 3 && memcmp(t.ptr + i, "\xe2\x84\xaa", 3) == 0))
            plain = false;
        to[n++] = '\xff';
        i += len;
    }
    *out = (lf_view){ to, n };
    return plain;
}

/* Whether the parts stand in the text, one behind another: each as far in front as it can. */
static bool has_parts(const struct lf_regex_parts *parts, lf_view t)
{
    for (size_t i = 0; i < parts->n; i++) {
        size_t end = SIZE_MAX;

        for (size_t k = 0; k < parts->part[i].n; k++) {
            lf_view want = parts->part[i].text[k];
            size_t at = lf_caseless_find(t, want);

            if (at != SIZE_MAX && at + want.len < end)
                end = at + want.len;
        }
        if (end == SIZE_MAX)
            return false;
        t = lf_view_from(t, end);
    }
    return true;
}

/* Where the texts of the rarest part stand next; what was found is kept, so that each is looked for once in
 * each place. */
struct next {
    const struct lf_regex_part *part;
    size_t at[LF_REGEX_TEXTS]; /* SIZE_MAX: nowhere any more */
};

static size_t next_place(struct next *n, lf_view text, size_t from)
{
    size_t first = SIZE_MAX;

    for (size_t k = 0; k < n->part->n; k++) {
        if (from == 0 || n->at[k] < from) {
            size_t at = lf_caseless_find(lf_view_from(text, from), n->part->text[k]);

            n->at[k] = at == SIZE_MAX ? SIZE_MAX : at + from;
        }
        if (n->at[k] < first)
            first = n->at[k];
    }
    return first;
}

/* With the line feed that ends it. */
static lf_view line_around(lf_view text, size_t at)
{
    size_t from = at;
    const char *end = memchr(text.ptr + at, '\n', text.len - at);

    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    return (lf_view){ text.ptr + from, end ? (size_t)(end + 1 - text.ptr) - from : text.len - from };
}

/* Of an ASCII text, or one as bytes: the lines alone that can match, where matches are in a line. */
static bool scan_where_it_may(const struct lf_regex *r, const hs_database_t *db, lf_view text,
                              hs_scratch_t *scratch)
{
    struct next next = { .part = r->rarest };
    unsigned lines = 0;

    if (!r->rarest)
        return lf_regex_scan(db, text, scratch);
    if (!r->parts.in_line)
        return has_parts(&r->parts, text) && lf_regex_scan(db, text, scratch);
    for (size_t from = 0, at; (at = next_place(&next, text, from)) != SIZE_MAX;) {
        lf_view line = line_around(text, at);

        if (has_parts(&r->parts, line)) {
            if (++lines > LINES_MOST)
                return lf_regex_scan(db, lf_view_from(text, (size_t)(line.ptr - text.ptr)), scratch);
            if (lf_regex_scan(db, line, scratch))
                return true;
        }
        from = (size_t)(line.ptr - text.ptr) + line.len;
    }
    return false;
}

bool lf_regex_holds(struct lf_regex *r, struct lf_arena *a, lf_view text, bool ascii, hs_scratch_t **scratch)
{
    lf_view bytes;

    if (ascii)
        return scan_where_it_may(r, r->bytes ? r->bytes : r->utf8, text, *scratch);
    if (!r->bytes)
        return lf_regex_scan(r->utf8, text, *scratch);
    if (as_bytes(a, text, &bytes))
        return scan_where_it_may(r, r->bytes, bytes, *scratch);
    if (!r->utf8 && !r->no_utf8) {
        struct lf_err e = { 0 };

        /* The larger form of an expression that was at the edge may be too large. */
        r->no_utf8 = compile(r, HS_FLAG_UTF8, scratch, &r->utf8, &e) != LF_OK;
    }
    return r->utf8 ? lf_regex_scan(r->utf8, text, *scratch) : lf_regex_scan(r->bytes, bytes, *scratch);
}
