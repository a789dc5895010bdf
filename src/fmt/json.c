#include "fmt/json_copy.h"
#include "fmt/json_priv.h"

#include "base/rest.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    DEPTH_USUAL = 64,
    DEPTH_MAX = 512,
    STACK_NODES = 512,          /* on the C stack; more go to the heap for the time of the call */
    LUMP = 4096,                /* unescaped text is taken from the arena in lumps */
    SLACK = LF_JSON_COPY_SLACK, /* a lump's end that whole blocks may spill into */
};
#define BYTES_USUAL ((size_t)16 << 20)

/* ---- reading ---- */

struct parser {
    struct lf_arena *a;
    const char *base, *p, *end;
    char *dst, *dst_end; /* what is left of the present lump, slack not counted */
    struct lf_json *stack;
    size_t top, cap;
    unsigned depth;
    bool unique, halves, goes_on, cut; /* cut: `end` is the size limit, not the end of the input */
    bool odd;                          /* a \uXXXX or a byte beyond ASCII was seen */
    const struct lf_rest *rest;
    const char *rest_at; /* a container that closes behind it rests */
    bool hides;          /* ASCII as \uXXXX was, or a character that folds to it */
    struct lf_err *e;
};

/* "", or " (line 3)": what an editor goes to. */
static const char *line_of(const struct parser *ps, char text[32])
{
    size_t line = 1;

    for (const char *p = ps->base; p < ps->p && p < ps->end; p++)
        line += *p == '\n';
    *text = '\0';
    if (line > 1)
        snprintf(text, 32, " (line %zu)", line);
    return text;
}

static enum lf_code bad(const struct parser *ps, const char *what)
{
    size_t at = (size_t)(ps->p - ps->base);
    char line[32];

    if (ps->p >= ps->end) {
        if (ps->cut)
            return lf_err_set(ps->e, LF_TOO_BIG, "json: a value is over the limit of %zu bytes", at);
        return lf_err_set(ps->e, ps->goes_on ? LF_NOT_FOUND : LF_BAD_INPUT,
                          "json: %s, but the text ends at byte %zu%s", what, at, line_of(ps, line));
    }
    return lf_err_set(ps->e, LF_BAD_INPUT, "json: %s at byte %zu%s", what, at, line_of(ps, line));
}

/* A new lump with at least as much room again as the `have` bytes at `from`,
 * which move into it.  Never more than the input that is left can fill. */
static char *next_lump(struct parser *ps, const char *from, size_t have)
{
    size_t left = (size_t)(ps->end - ps->p);
    size_t more = have * 2 > LUMP ? have * 2 : LUMP;
    size_t size = have + (more < left ? more : left) + 4;
    char *lump = lf_arena_alloc(ps->a, size + SLACK, 1);

    if (have)
        memcpy(lump, from, have);
    ps->dst = lump + have;
    ps->dst_end = lump + size;
    return lump;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four digits at p, or -1. */
static long hex4(const char *p, const char *end)
{
    long v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/* The half of a pair at ps->p has no UTF-8 form. */
static enum lf_code take_half(struct parser *ps, const char *what, unsigned long *out)
{
    if (!ps->halves)
        return bad(ps, what);
    ps->p += 4;
    *out = 0xfffd;
    return LF_OK;
}

/* ps->p is behind "\u". */
static enum lf_code take_unicode(struct parser *ps, unsigned long *out)
{
    long hi = hex4(ps->p, ps->end), lo;

    if (hi < 0)
        return bad(ps, "\\u needs four hexadecimal digits");
    if (hi >= 0xdc00 && hi <= 0xdfff)
        return take_half(ps, "a low surrogate escape stands alone", out);
    if (hi < 0xd800 || hi > 0xdbff) {
        ps->p += 4;
        *out = (unsigned long)hi;
        return LF_OK;
    }
    lo = ps->end - ps->p >= 10 && ps->p[4] == '\\' && ps->p[5] == 'u' ? hex4(ps->p + 6, ps->end) : -1;
    if (lo < 0xdc00 || lo > 0xdfff)
        return take_half(ps, "a high surrogate escape stands alone", out);
    ps->p += 10;
    *out = 0x10000 + ((unsigned long)(hi - 0xd800) << 10) + (unsigned long)(lo - 0xdc00);
    return LF_OK;
}

/* Whether a character, written as \uXXXX, is one that is looked for as it is. */
static bool hides(unsigned long u)
{
    return (u >= 0x20 && u < 0x7f && u != '\'' && u != '<' && u != '>' && u != '&') || u == 0x017f ||
           u == 0x212a;
}

/* The long s or the Kelvin sign, of k bytes. */
static inline bool folds_to_ascii(const char *p, size_t k)
{
    return (k == 2 && memcmp(p, "\xc5\xbf", 2) == 0) || (k == 3 && memcmp(p, "\xe2\x84\xaa", 3) == 0);
}

/* What a copy stopped at, written behind what it has copied: a \uXXXX or characters beyond ASCII. */
static enum lf_code take_one(struct parser *ps)
{
    unsigned char c = (unsigned char)*ps->p;

    if (c == '\\') {
        unsigned long u = 0;

        if (ps->end - ps->p < 2) {
            ps->p = ps->end;
            return bad(ps, "a string is not closed");
        }
        if (ps->p[1] != 'u')
            return bad(ps, "no such escape");
        ps->p += 2;
        ps->odd = true;
        LF_TRY(take_unicode(ps, &u));
        ps->hides |= hides(u);
        ps->dst += lf_utf8_put(ps->dst, (uint32_t)u);
        return LF_OK;
    }
    if (c < 0x20)
        return bad(ps, "a control character in a string must be escaped");
    do {
        size_t k = utf8_char(ps->p, ps->end);

        if (!k)
            return bad(ps, "not UTF-8");
        ps->odd = true;
        ps->hides |= folds_to_ascii(ps->p, k);
        memcpy(ps->dst, ps->p, k);
        ps->dst += k;
        ps->p += k;
    } while (ps->p < ps->end && (unsigned char)*ps->p >= 0x80 && ps->dst_end - ps->dst >= 4);
    return LF_OK;
}

/* The rest of a string whose first escape is at ps->p: unescaped into the lump. */
static enum lf_code take_escaped(struct parser *ps, const char *start, struct lf_json *out)
{
    size_t n = (size_t)(ps->p - start);
    char *text;

    if (ps->dst_end - ps->dst < (ptrdiff_t)n + 64) { /* may be below 0: of the slack */
        text = next_lump(ps, start, n);
    } else {
        text = ps->dst;
        memcpy(text, start, n);
        ps->dst += n;
    }
    for (;;) {
        if (ps->dst_end - ps->dst < 4)
            text = next_lump(ps, text, (size_t)(ps->dst - text));
        ps->p = lf_json_copy(ps->p, ps->end, &ps->dst, ps->dst_end);
        if (ps->p >= ps->end)
            return bad(ps, "a string is not closed");
        if (*ps->p == '"')
            break;
        if (ps->dst_end - ps->dst >= 4)
            LF_TRY(take_one(ps));
    }
    ps->p++;
    *out = (struct lf_json){ .text = text, .n = (uint32_t)(ps->dst - text), .kind = LF_JSON_STRING };
    return LF_OK;
}

/* ps->p is behind the opening quote. */
static inline enum lf_code take_string(struct parser *ps, struct lf_json *out)
{
    const char *start = ps->p, *p = start, *end = ps->end;

    for (;;) {
        p = plain_end(p, end);
        if (__builtin_expect(p >= end, 0)) {
            ps->p = end;
            return bad(ps, "a string is not closed");
        }
        if (__builtin_expect(*p == '"', 1)) {
            ps->p = p + 1;
            out->text = start;
            out->n = (uint32_t)(p - start);
            out->kind = LF_JSON_STRING;
            out->plain = out->bare = false;
            return LF_OK;
        }
        if (*p == '\\') {
            ps->p = p;
            return take_escaped(ps, start, out);
        }
        if ((unsigned char)*p < 0x20) {
            ps->p = p;
            return bad(ps, "a control character in a string must be escaped");
        }
        ps->odd = true;
        do {
            size_t k = utf8_char(p, end);
            if (!k) {
                ps->p = p;
                return bad(ps, "not UTF-8");
            }
            ps->hides |= folds_to_ascii(p, k);
            p += k;
        } while (p < end && (unsigned char)*p >= 0x80);
    }
}

static inline bool digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static enum lf_code take_number(struct parser *ps, struct lf_json *out)
{
    const char *start = ps->p, *p = start, *end = ps->end;

    if (*p == '-')
        p++;
    if (p < end && *p == '0') {
        p++;
        if (p < end && digit(*p)) {
            ps->p = p;
            return bad(ps, "a number must not begin with 0");
        }
    } else {
        if (p >= end || !digit(*p)) {
            ps->p = p;
            return bad(ps, "a number needs a digit");
        }
        while (p < end && digit(*p))
            p++;
    }
    if (p < end && *p == '.') {
        p++;
        if (p >= end || !digit(*p)) {
            ps->p = p;
            return bad(ps, "a number needs a digit after the point");
        }
        while (p < end && digit(*p))
            p++;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (p >= end || !digit(*p)) {
            ps->p = p;
            return bad(ps, "a number needs a digit in its exponent");
        }
        while (p < end && digit(*p))
            p++;
    }
    ps->p = p;
    /* A number that runs up to the size limit may go on behind it. */
    if (p == end && ps->cut)
        return bad(ps, "");
    *out = (struct lf_json){ .text = start, .n = (uint32_t)(p - start), .kind = LF_JSON_NUMBER };
    return LF_OK;
}

static enum lf_code take_word(struct parser *ps, enum lf_json_kind kind, const char *word,
                              struct lf_json *out)
{
    size_t n = strlen(word);

    if ((size_t)(ps->end - ps->p) < n) {
        if (ps->cut)
            ps->p = ps->end;
        return bad(ps, "no value");
    }
    if (memcmp(ps->p, word, n) != 0)
        return bad(ps, "no value");
    ps->p += n;
    *out = (struct lf_json){ .text = word, .n = (uint32_t)n, .kind = (uint8_t)kind };
    return LF_OK;
}

static int cmp_key(const void *x, const void *y)
{
    return lf_view_cmp(text_of(*(const struct lf_json *const *)x),
                       text_of(*(const struct lf_json *const *)y));
}

/* Whether two members have one name.  Sorting bounds the cost for hostile input. */
static bool has_twice(const struct lf_json *members, size_t n)
{
    const struct lf_json **sorted;
    bool twice = false;

    if (n <= 12) {
        for (size_t i = 1; i < n; i++)
            for (size_t k = 0; k < i; k++)
                if (lf_view_eq(text_of(&members[2 * i]), text_of(&members[2 * k])))
                    return true;
        return false;
    }
    sorted = malloc(n * sizeof(*sorted));
    if (!sorted)
        LF_BUG("out of memory for %zu keys", n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &members[2 * i];
    qsort(sorted, n, sizeof(*sorted), cmp_key);
    for (size_t i = 1; i < n && !twice; i++)
        twice = lf_view_eq(text_of(sorted[i - 1]), text_of(sorted[i]));
    free(sorted);
    return twice;
}

/* The stack first lives in the caller's frame and moves to the heap when full. */
static void grow(struct parser *ps, const struct lf_json *local)
{
    size_t cap = ps->cap * 2;
    struct lf_json *more = malloc(cap * sizeof *more);

    if (!more)
        LF_BUG("out of memory for %zu values", cap);
    memcpy(more, ps->stack, ps->top * sizeof *more);
    if (ps->stack != local)
        free(ps->stack);
    ps->stack = more;
    ps->cap = cap;
}

static inline void skip_blanks(struct parser *ps)
{
    const char *p = ps->p, *end = ps->end;

    while (p < end && (unsigned char)*p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    ps->p = p;
}

static const char *next_rest(const struct parser *ps)
{
    return ps->rest && (size_t)(ps->end - ps->p) > LF_REST_BYTES ? ps->p + LF_REST_BYTES : ps->end;
}

/* One value.  Children are gathered on the stack above their container's own
 * node; closing copies them into the arena in one run and pops them. */
static enum lf_code take_value(struct parser *ps, struct lf_json *root, const struct lf_json *local)
{
    size_t open[DEPTH_MAX]; /* place of each open container's node */
    unsigned depth = 0;
    struct lf_json *slot;

value:
    skip_blanks(ps);
    if (ps->p >= ps->end)
        return bad(ps, "a value is expected");
    if (ps->top == ps->cap)
        grow(ps, local);
    slot = &ps->stack[ps->top++];
    switch (*ps->p) {
    case '"':
        ps->p++;
        LF_TRY(take_string(ps, slot));
        break;
    case '{':
    case '[':
        if (depth >= ps->depth)
            return lf_err_set(ps->e, LF_TOO_BIG, "json: nested deeper than %u at byte %zu", ps->depth,
                              (size_t)(ps->p - ps->base));
        slot->kind = *ps->p == '{' ? LF_JSON_OBJECT : LF_JSON_ARRAY;
        slot->plain = slot->bare = false;
        open[depth++] = ps->top - 1;
        ps->p++;
        skip_blanks(ps);
        if (ps->p < ps->end && *ps->p == (slot->kind == LF_JSON_OBJECT ? '}' : ']'))
            goto close;
        if (slot->kind == LF_JSON_OBJECT)
            goto key;
        goto value;
    case 't':
        LF_TRY(take_word(ps, LF_JSON_TRUE, "true", slot));
        break;
    case 'f':
        LF_TRY(take_word(ps, LF_JSON_FALSE, "false", slot));
        break;
    case 'n':
        LF_TRY(take_word(ps, LF_JSON_NULL, "null", slot));
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        LF_TRY(take_number(ps, slot));
        break;
    default:
        return bad(ps, "no value");
    }

after:
    if (depth == 0) {
        *root = ps->stack[--ps->top];
        return LF_OK;
    }
    slot = &ps->stack[open[depth - 1]];
    skip_blanks(ps);
    if (ps->p >= ps->end)
        return bad(ps, slot->kind == LF_JSON_OBJECT ? "an object is not closed" : "an array is not closed");
    if (*ps->p == ',') {
        ps->p++;
        if (slot->kind == LF_JSON_ARRAY)
            goto value;
        skip_blanks(ps);
        goto key;
    }
    if (*ps->p != (slot->kind == LF_JSON_OBJECT ? '}' : ']'))
        return bad(ps, slot->kind == LF_JSON_OBJECT ? "',' or '}' is expected" : "',' or ']' is expected");

close : {
    size_t at = open[--depth], n = ps->top - at - 1;
    struct lf_json *items = NULL;

    ps->p++;
    if (ps->p > ps->rest_at) {
        LF_TRY(lf_rest(ps->rest, ps->e));
        ps->rest_at = next_rest(ps);
    }
    slot = &ps->stack[at];
    if (n) {
        items = lf_arena_alloc(ps->a, n * sizeof *items, _Alignof(struct lf_json));
        memcpy(items, slot + 1, n * sizeof *items);
    }
    if (slot->kind == LF_JSON_OBJECT) {
        n /= 2;
        if (ps->unique && has_twice(items, n)) {
            char line[32];

            return lf_err_set(ps->e, LF_BAD_INPUT, "json: an object that ends at byte %zu%s has a key twice",
                              (size_t)(ps->p - ps->base), line_of(ps, line));
        }
    }
    slot->items = items;
    slot->n = (uint32_t)n;
    ps->top = at + 1;
    goto after;
}

key:
    if (ps->p >= ps->end || *ps->p != '"')
        return bad(ps, "a key in quotes is expected");
    ps->p++;
    if (ps->top == ps->cap)
        grow(ps, local);
    LF_TRY(take_string(ps, &ps->stack[ps->top++]));
    skip_blanks(ps);
    if (ps->p >= ps->end || *ps->p != ':')
        return bad(ps, "':' is expected after a key");
    ps->p++;
    goto value;
}

static enum lf_code parse(struct lf_arena *a, lf_view *in, const struct lf_json_limits *limits, bool whole,
                          const struct lf_json **out, struct lf_err *e)
{
    struct lf_json local[STACK_NODES], root = { .kind = LF_JSON_NULL }, *kept;
    size_t max = limits && limits->bytes ? limits->bytes : BYTES_USUAL;
    unsigned depth = limits && limits->depth ? limits->depth : DEPTH_USUAL;
    struct parser ps = { .a = a,
                         .base = in->ptr ? in->ptr : "",
                         .stack = local,
                         .cap = STACK_NODES,
                         .depth = depth < DEPTH_MAX ? depth : DEPTH_MAX,
                         .unique = limits && limits->unique,
                         .halves = limits && limits->halves,
                         .goes_on = limits && limits->goes_on,
                         .rest = limits ? limits->rest : NULL,
                         .e = e };
    enum lf_code rc;

    if (max > UINT32_MAX - 64)
        max = UINT32_MAX - 64; /* lengths are kept in 32 bits */
    if (whole && in->len > max)
        return lf_err_set(e, LF_TOO_BIG, "json: %zu bytes are over the limit of %zu", in->len, max);
    ps.p = ps.base;
    ps.end = ps.base + in->len;
    if (!whole) {
        /* Blanks between values are not part of any value's size. */
        skip_blanks(&ps);
        if (ps.p == ps.end)
            return lf_err_set(e, LF_NOT_FOUND, "json: no value is left");
        if ((size_t)(ps.end - ps.p) > max) {
            ps.end = ps.p + max;
            ps.cut = true;
        }
    }
    ps.rest_at = next_rest(&ps);
    rc = take_value(&ps, &root, local);
    if (rc == LF_OK && whole) {
        skip_blanks(&ps);
        if (ps.p != ps.end)
            rc = bad(&ps, "something follows the value");
    }
    if (ps.stack != local)
        free(ps.stack);
    /* The last lump's unused end goes back if nothing was allocated behind it. */
    if (ps.dst && a->at == ps.dst_end + SLACK)
        a->at = ps.dst;
    LF_TRY(rc);

    kept = lf_arena_alloc(a, sizeof *kept, _Alignof(struct lf_json));
    *kept = root;
    kept->plain = !ps.odd;
    kept->bare = !ps.hides;
    *out = kept;
    if (!whole)
        *in = lf_view_from(*in, (size_t)(ps.p - ps.base));
    return LF_OK;
}

enum lf_code lf_json_parse(struct lf_arena *a, lf_view in, const struct lf_json_limits *limits,
                           const struct lf_json **out, struct lf_err *e)
{
    return parse(a, &in, limits, true, out, e);
}

enum lf_code lf_json_take(struct lf_arena *a, lf_view *in, const struct lf_json_limits *limits,
                          const struct lf_json **out, struct lf_err *e)
{
    return parse(a, in, limits, false, out, e);
}

/* ---- looking ---- */

const struct lf_json *lf_json_get(const struct lf_json *v, lf_view key)
{
    if (!v || v->kind != LF_JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < v->n; i++) {
        const struct lf_json *k = &v->items[2 * i];
        if (k->n == key.len && (!key.len || memcmp(k->text, key.ptr, key.len) == 0))
            return k + 1;
    }
    return NULL;
}

const struct lf_json *lf_json_path(const struct lf_json *v, const char *path)
{
    lf_view left = lf_view_of(path), step;

    while (v && lf_view_split(&left, '.', &step))
        v = lf_json_get(v, step);
    return v;
}

lf_view lf_json_str(const struct lf_json *v, const char *key)
{
    const struct lf_json *m = lf_json_get(v, lf_view_of(key));

    return m && m->kind == LF_JSON_STRING ? text_of(m) : (lf_view){ NULL, 0 };
}

bool lf_json_int(const struct lf_json *v, const char *key, int64_t *out)
{
    const struct lf_json *m = lf_json_get(v, lf_view_of(key));
    const int64_t most = ((int64_t)1 << 53) - 1;
    int64_t n;

    if (!m || m->kind != LF_JSON_NUMBER || !lf_view_i64(text_of(m), &n) || n > most || n < -most)
        return false;
    *out = n;
    return true;
}

bool lf_json_bool(const struct lf_json *v, const char *key, bool otherwise)
{
    const struct lf_json *m = lf_json_get(v, lf_view_of(key));

    if (!m || (m->kind != LF_JSON_TRUE && m->kind != LF_JSON_FALSE))
        return otherwise;
    return m->kind == LF_JSON_TRUE;
}

/* ---- building ---- */

static struct lf_json *new_text(struct lf_arena *a, enum lf_json_kind kind, lf_view text)
{
    struct lf_json *v = lf_arena_alloc(a, sizeof *v, _Alignof(struct lf_json));

    LF_ASSERT(text.len <= UINT32_MAX);
    *v = (struct lf_json){ .text = text.ptr ? text.ptr : "", .n = (uint32_t)text.len, .kind = (uint8_t)kind };
    return v;
}

const struct lf_json *lf_json_new_string(struct lf_arena *a, lf_view text)
{
    return new_text(a, LF_JSON_STRING, text);
}

const struct lf_json *lf_json_new_number(struct lf_arena *a, lf_view text)
{
    return new_text(a, LF_JSON_NUMBER, text);
}

const struct lf_json *lf_json_new_word(struct lf_arena *a, enum lf_json_kind kind)
{
    switch (kind) {
    case LF_JSON_NULL:
        return new_text(a, kind, LF_V("null"));
    case LF_JSON_FALSE:
        return new_text(a, kind, LF_V("false"));
    case LF_JSON_TRUE:
        return new_text(a, kind, LF_V("true"));
    default:
        LF_BUG("%d is no word of JSON", (int)kind);
    }
}

static struct lf_json *new_container(struct lf_arena *a, enum lf_json_kind kind, size_t n, size_t nodes)
{
    struct lf_json *v = lf_arena_alloc(a, sizeof *v, _Alignof(struct lf_json));
    struct lf_json *items = nodes ? LF_NEW(a, struct lf_json, nodes) : NULL;

    LF_ASSERT(n <= UINT32_MAX);
    *v = (struct lf_json){ .items = items, .n = (uint32_t)n, .kind = (uint8_t)kind };
    return v;
}

const struct lf_json *lf_json_new_object(struct lf_arena *a, size_t n, const lf_view *keys,
                                         const struct lf_json *const *values)
{
    struct lf_json *v = new_container(a, LF_JSON_OBJECT, n, lf_arena_mul(n, 2)), *at;

    for (size_t i = 0; i < n; i++) {
        LF_ASSERT(keys[i].len <= UINT32_MAX);
        at = (struct lf_json *)(uintptr_t)&v->items[2 * i];
        at[0] = (struct lf_json){ .text = keys[i].ptr ? keys[i].ptr : "",
                                  .n = (uint32_t)keys[i].len,
                                  .kind = LF_JSON_STRING };
        at[1] = *values[i];
    }
    return v;
}

const struct lf_json *lf_json_new_array(struct lf_arena *a, size_t n, const struct lf_json *const *values)
{
    struct lf_json *v = new_container(a, LF_JSON_ARRAY, n, n);

    for (size_t i = 0; i < n; i++)
        ((struct lf_json *)(uintptr_t)v->items)[i] = *values[i];
    return v;
}

/* The first byte of a value, or of the first in it, that still lies in the text; NULL: none does. */
static const char *place_of(lf_view text, const struct lf_json *v)
{
    lf_view is = lf_json_text(v);

    if (lf_json_kind(v) == LF_JSON_ARRAY)
        return lf_json_items(v) ? place_of(text, lf_json_item(v, 0)) : NULL;
    if (lf_json_kind(v) == LF_JSON_OBJECT) {
        if (!lf_json_members(v))
            return NULL;
        is = lf_json_key(v, 0);
    }
    return is.ptr >= text.ptr && is.ptr < text.ptr + text.len ? is.ptr : NULL;
}

size_t lf_json_line(lf_view text, const struct lf_json *v)
{
    const char *place = text.len ? place_of(text, v) : NULL;
    size_t line = 1;

    for (const char *p = text.ptr; place && p < place; p++)
        line += *p == '\n';
    return place ? line : 0;
}
