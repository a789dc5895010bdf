#include "fmt/stix_pattern.h"

#include <string.h>

#include "base/crypto.h"

/* ---- reading ---------------------------------------------------------------------- */

struct reader {
    struct lf_arena *a;
    lf_view text;
    size_t at;
    unsigned depth, tests, observations;
    struct lf_err *e;
    bool bad;
};

static unsigned column_of(const struct reader *r, size_t at)
{
    unsigned n = 1;

    for (size_t i = 0; i < at; i++)
        n += ((unsigned char)r->text.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* Keeps the first thing that is wrong. */
#define fail(r, at_, ...)                                                                                    \
    do {                                                                                                     \
        if (!(r)->bad) {                                                                                     \
            size_t fail_at = (at_);                                                                          \
            (r)->bad = true;                                                                                 \
            (void)lf_err_set((r)->e, LF_BAD_INPUT, __VA_ARGS__);                                             \
            (void)lf_err_at((r)->e, "column %u", column_of((r), fail_at));                                   \
        }                                                                                                    \
    } while (0)

static int peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? (unsigned char)r->text.ptr[r->at + ahead] : -1;
}

/* What stands at `at`, short enough for a sentence. */
static lf_view here(const struct reader *r, size_t at)
{
    lf_view v = lf_view_from(r->text, at);
    size_t n = 0;

    if (v.len == 0)
        return LF_V("the end");
    while (n < v.len && n < 24 && v.ptr[n] != '\n' && v.ptr[n] != '\r')
        n++;
    return lf_view_first(v, n ? lf_utf8_first(v, n).len : 1);
}

/* Blanks of the standard's grammar (among them those of Unicode), and comments. */
static bool blank_at(const struct reader *r, size_t *n)
{
    int c = peek(r, 0);
    uint32_t u;
    size_t len;

    if (c < 0)
        return false;
    if (c < 0x80) {
        *n = 1;
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
    len = lf_utf8_len((char)c);
    u = lf_utf8_get(r->text.ptr + r->at, len);
    *n = len;
    return u == 0x85 || u == 0xa0 || u == 0x1680 || (u >= 0x2000 && u <= 0x200a) || u == 0x2028 ||
           u == 0x2029 || u == 0x202f || u == 0x205f || u == 0x3000;
}

static void skip(struct reader *r)
{
    size_t n;

    for (;;) {
        if (blank_at(r, &n)) {
            r->at += n;
        } else if (peek(r, 0) == '/' && peek(r, 1) == '/') {
            while (peek(r, 0) >= 0 && peek(r, 0) != '\n' && peek(r, 0) != '\r')
                r->at++;
        } else if (peek(r, 0) == '/' && peek(r, 1) == '*') {
            size_t end = lf_view_find(lf_view_from(r->text, r->at + 2), LF_V("*/"));

            if (end == SIZE_MAX) {
                fail(r, r->at, "the comment is not closed");
                r->at = r->text.len;
                return;
            }
            r->at += end + 4;
        } else {
            return;
        }
    }
}

static bool word_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool eat(struct reader *r, char c)
{
    skip(r);
    if (peek(r, 0) != (unsigned char)c)
        return false;
    r->at++;
    return true;
}

static void want(struct reader *r, char c)
{
    if (!r->bad && !eat(r, c))
        fail(r, r->at, "\"%c\" is wanted, not \"%.*s\"", c, LF_FMT(here(r, r->at)));
}

static bool keyword(struct reader *r, const char *word)
{
    lf_view w = lf_view_of(word);

    skip(r);
    if (r->bad || !lf_view_starts(lf_view_from(r->text, r->at), w) || word_char(peek(r, w.len)) ||
        peek(r, w.len) == '-')
        return false;
    r->at += w.len;
    return true;
}

static const char *const keywords[] = { "AND",     "OR",     "NOT",      "FOLLOWEDBY", "LIKE",
                                        "MATCHES", "EXISTS", "ISSUBSET", "LAST",       "ISSUPERSET",
                                        "IN",      "START",  "STOP",     "SECONDS",    "WITHIN",
                                        "REPEATS", "TIMES",  "true",     "false" };

static bool is_keyword(lf_view v)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (lf_view_is(v, keywords[i]))
            return true;
    return false;
}

/* A quoted text; only \' and \\ are escapes. */
static bool quoted(struct reader *r, lf_view *out)
{
    size_t began = r->at, n = 0, end;
    char *text;

    if (peek(r, 0) != '\'')
        return false;
    for (end = began + 1; end < r->text.len && r->text.ptr[end] != '\''; end++)
        if (r->text.ptr[end] == '\\')
            end++;
    if (end >= r->text.len) {
        fail(r, began, "the quoted text is not closed");
        return false;
    }
    text = lf_arena_alloc(r->a, end - began, 1);
    for (size_t i = began + 1; i < end; i++) {
        if (r->text.ptr[i] == '\\') {
            i++;
            if (r->text.ptr[i] != '\'' && r->text.ptr[i] != '\\') {
                fail(r, i - 1, "a backslash stands before a backslash or an apostrophe only: write it twice");
                return false;
            }
        }
        text[n++] = r->text.ptr[i];
    }
    r->at = end + 1;
    *out = (lf_view){ text, n };
    return true;
}

static bool identifier(struct reader *r, bool hyphen, lf_view *out)
{
    size_t n = 0;

    if (!word_char(peek(r, 0)) || (peek(r, 0) >= '0' && peek(r, 0) <= '9'))
        return false;
    while (word_char(peek(r, n)) || (hyphen && peek(r, n) == '-'))
        n++;
    *out = (lf_view){ r->text.ptr + r->at, n };
    r->at += n;
    return true;
}

static void path_key(struct reader *r, struct lf_stix_step *s)
{
    size_t began;

    skip(r);
    began = r->at;
    s->kind = LF_STIX_KEY;
    if (quoted(r, &s->key)) {
        if (s->key.len == 0)
            fail(r, began, "a step of an object path has no name");
        return;
    }
    if (!identifier(r, false, &s->key) || is_keyword(s->key)) {
        fail(r, began, "the name of a property is wanted, not \"%.*s\" (quote it if it is one)",
             LF_FMT(here(r, began)));
        return;
    }
    if (peek(r, 0) == '-')
        fail(r, began, "a property's name with a hyphen is quoted: '%.*s-…'", LF_FMT(s->key));
}

static void object_path(struct reader *r, struct lf_stix_path *p)
{
    struct lf_stix_step *steps = NULL;
    size_t cap = 0, n = 0, began;

    skip(r);
    began = r->at;
    if (!identifier(r, true, &p->type) || is_keyword(p->type)) {
        fail(r, began, "an object path like file:name is wanted, not \"%.*s\"", LF_FMT(here(r, began)));
        return;
    }
    if (!eat(r, ':')) {
        fail(r, r->at, "\":\" is wanted after the object type \"%.*s\", not \"%.*s\"", LF_FMT(p->type),
             LF_FMT(here(r, r->at)));
        return;
    }
    for (bool first = true; !r->bad; first = false) {
        struct lf_stix_step s = { 0 };

        if (!first && eat(r, '[')) {
            size_t from;

            skip(r);
            from = r->at;
            if (eat(r, '*')) {
                s.kind = LF_STIX_ANY;
            } else {
                lf_view num;
                uint64_t v;
                size_t len = 0;

                while (peek(r, len) >= '0' && peek(r, len) <= '9')
                    len++;
                num = (lf_view){ r->text.ptr + from, len };
                if (!len || (len > 1 && num.ptr[0] == '0') || !lf_view_u64(num, &v) || v > UINT32_MAX) {
                    fail(r, from, "an index is * or a whole number from 0, not \"%.*s\"",
                         LF_FMT(here(r, from)));
                    break;
                }
                r->at += len;
                s.kind = LF_STIX_INDEX;
                s.index = (uint32_t)v;
            }
            want(r, ']');
        } else if (first || eat(r, '.')) {
            path_key(r, &s);
        } else {
            break;
        }
        if (n == LF_STIX_PATTERN_STEPS) {
            fail(r, began, "more than %d steps in an object path", LF_STIX_PATTERN_STEPS);
            break;
        }
        steps = lf_arena_grow(r->a, steps, n, &cap, sizeof *steps);
        steps[n++] = s;
    }
    p->steps = steps;
    p->n = n;
}

/* ---- literals ---- */

/* Text of a number without a plus, with a digit before the point. */
static bool number(struct reader *r, bool whole, lf_view *out, bool *is_float)
{
    size_t began = r->at, n = 0, from, part = 0;
    bool minus = false, fraction = false;
    char *text;

    if (peek(r, 0) == '+' || peek(r, 0) == '-') {
        minus = peek(r, 0) == '-';
        n = 1;
    }
    from = n;
    while (peek(r, n) >= '0' && peek(r, n) <= '9')
        n++;
    if (peek(r, n) == '.' && peek(r, n + 1) >= '0' && peek(r, n + 1) <= '9') {
        fraction = true;
        part = n;
        for (n++; peek(r, n) >= '0' && peek(r, n) <= '9'; n++)
            ;
    }
    if (n == from || (whole && fraction))
        return false;
    if (!fraction && n - from > 1 && peek(r, from) == '0') {
        fail(r, began, "a whole number does not begin with 0");
        return false;
    }
    text = lf_arena_alloc(r->a, n + 3, 1);
    size_t len = 0;
    if (minus)
        text[len++] = '-';
    if (fraction && part == from)
        text[len++] = '0';
    memcpy(text + len, r->text.ptr + began + from, n - from);
    len += n - from;
    r->at += n;
    *out = (lf_view){ text, len };
    *is_float = fraction;
    return true;
}

static bool base64_ok(lf_view v)
{
    size_t pad = 0;

    if (v.len % 4 != 0)
        return false;
    while (pad < 2 && pad < v.len && v.ptr[v.len - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < v.len - pad; i++) {
        char c = v.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
              c == '/'))
            return false;
    }
    return true;
}

/* The same bytes as an encoder writes them: bits behind the last byte, which the grammar lets be, are 0. */
static lf_view whole_bytes(struct lf_arena *a, lf_view v)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t pad = v.ptr[v.len - 1] != '=' ? 0 : v.ptr[v.len - 2] == '=' ? 2 : 1;
    const char *at;
    char *out;

    if (!pad || !(at = strchr(digit, v.ptr[v.len - 1 - pad])))
        return v;
    out = lf_arena_alloc(a, v.len, 1);
    memcpy(out, v.ptr, v.len);
    out[v.len - 1 - pad] = digit[(at - digit) & (pad == 2 ? 0x30 : 0x3c)];
    return (lf_view){ out, v.len };
}

/* Line feeds in base64 count for nothing (9.2). */
static lf_view one_line(struct lf_arena *a, lf_view v)
{
    size_t n = 0;
    char *out;

    if (lf_view_find_byte(v, '\n') == SIZE_MAX && lf_view_find_byte(v, '\r') == SIZE_MAX)
        return v;
    out = lf_arena_alloc(a, v.len, 1);
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] != '\n' && v.ptr[i] != '\r')
            out[n++] = v.ptr[i];
    return (lf_view){ out, n };
}

/* h'..', b'..' and t'..': no escapes inside. */
static bool prefixed(struct reader *r, struct lf_stix_literal *l)
{
    size_t began = r->at, end = began + 2;
    int kind = peek(r, 0);
    lf_view v;

    while (end < r->text.len && r->text.ptr[end] != '\'')
        end++;
    if (end >= r->text.len) {
        fail(r, began, "the quoted value is not closed");
        return false;
    }
    v = (lf_view){ r->text.ptr + began + 2, end - began - 2 };
    if (kind == 'h') {
        char *raw = lf_arena_alloc(r->a, v.len / 2 + 1, 1);

        l->kind = LF_STIX_BYTES;
        l->hex = true;
        l->text = (lf_view){ raw, v.len / 2 };
        if (v.len % 2 || (v.len && lf_unhex(v, raw, v.len / 2, NULL) != LF_OK)) {
            fail(r, began, "h'…' holds pairs of hexadecimal digits");
            return false;
        }
    } else if (kind == 'b') {
        l->kind = LF_STIX_BYTES;
        l->text = LF_V("");
        v = one_line(r->a, v);
        if (!base64_ok(v) || (v.len && lf_unbase64(r->a, whole_bytes(r->a, v), &l->text, NULL) != LF_OK)) {
            fail(r, began, "b'…' holds base64 with its padding");
            return false;
        }
    } else {
        l->kind = LF_STIX_TIME;
        l->text = v;
        if (!lf_stix_moment_parse(v, &l->at)) {
            fail(r, began, "t'…' holds a time as 2026-11-21T02:48:16.123Z that exists");
            return false;
        }
    }
    r->at = end + 1;
    return true;
}

static bool literal(struct reader *r, struct lf_stix_literal *l)
{
    size_t began;
    bool is_float;

    skip(r);
    began = r->at;
    *l = (struct lf_stix_literal){ 0 };
    if (r->bad)
        return false;
    if (quoted(r, &l->text)) {
        l->kind = LF_STIX_STRING;
        return true;
    }
    if (r->bad)
        return false;
    if ((peek(r, 0) == 'h' || peek(r, 0) == 'b' || peek(r, 0) == 't') && peek(r, 1) == '\'')
        return prefixed(r, l);
    if (keyword(r, "true") || keyword(r, "false")) {
        l->kind = LF_STIX_BOOL;
        l->truth = r->text.ptr[began] == 't';
        return true;
    }
    if (number(r, false, &l->text, &is_float)) {
        l->kind = LF_STIX_NUMBER;
        if (word_char(peek(r, 0)) || peek(r, 0) == '.') {
            fail(r, began, "\"%.*s\" is no number; a text is put in apostrophes", LF_FMT(here(r, began)));
            return false;
        }
        return true;
    }
    fail(r, began,
         "a value is wanted ('text', 12, 1.5, true, t'time', h'hexadecimal', b'base64'), not \"%.*s\"",
         LF_FMT(here(r, began)));
    return false;
}

/* ---- comparisons ---- */

static bool operator_of(struct reader *r, enum lf_stix_op *op)
{
    static const struct {
        const char *text;
        enum lf_stix_op op;
    } signs[] = { { "==", LF_STIX_EQ }, { "=", LF_STIX_EQ },  { "!=", LF_STIX_NE }, { "<>", LF_STIX_NE },
                  { "<=", LF_STIX_LE }, { ">=", LF_STIX_GE }, { "<", LF_STIX_LT },  { ">", LF_STIX_GT } },
      words[] = { { "IN", LF_STIX_IN },
                  { "LIKE", LF_STIX_LIKE },
                  { "MATCHES", LF_STIX_MATCHES },
                  { "ISSUBSET", LF_STIX_ISSUBSET },
                  { "ISSUPERSET", LF_STIX_ISSUPERSET } };

    skip(r);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        lf_view s = lf_view_of(signs[i].text);

        if (lf_view_starts(lf_view_from(r->text, r->at), s)) {
            r->at += s.len;
            *op = signs[i].op;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (keyword(r, words[i].text)) {
            *op = words[i].op;
            return true;
        }
    return false;
}

static void list(struct reader *r, struct lf_stix_compare *c)
{
    struct lf_stix_literal *values = NULL;
    size_t cap = 0, n = 0;

    want(r, '(');
    if (r->bad)
        return;
    if (!eat(r, ')')) {
        do {
            struct lf_stix_literal l;
            size_t began;

            skip(r);
            began = r->at;
            if (!literal(r, &l))
                return;
            if (n && values[0].kind != l.kind) {
                fail(r, began, "the values of a list are of one type");
                return;
            }
            if (n == LF_STIX_PATTERN_LIST) {
                fail(r, began, "more than %d values in a list", LF_STIX_PATTERN_LIST);
                return;
            }
            values = lf_arena_grow(r->a, values, n, &cap, sizeof *values);
            values[n++] = l;
        } while (eat(r, ','));
        want(r, ')');
    }
    c->values = values;
    c->nvalues = n;
}

static struct lf_stix_compare *comparison_or(struct reader *r);

static bool deeper(struct reader *r)
{
    if (++r->depth <= LF_STIX_PATTERN_DEPTH)
        return true;
    fail(r, r->at, "more than %d parentheses in one another", LF_STIX_PATTERN_DEPTH);
    return false;
}

static struct lf_stix_compare *test(struct reader *r)
{
    struct lf_stix_compare *c;
    struct lf_stix_literal *l;
    size_t began;

    skip(r);
    began = r->at;
    if (eat(r, '(')) {
        if (!deeper(r))
            return NULL;
        c = comparison_or(r);
        r->depth--;
        want(r, ')');
        return c;
    }
    if (r->tests == LF_STIX_PATTERN_TESTS) {
        fail(r, began, "more than %d comparisons", LF_STIX_PATTERN_TESTS);
        return NULL;
    }
    c = LF_NEW(r->a, struct lf_stix_compare, 1);
    c->kind = LF_STIX_TEST;
    c->number = r->tests++;
    c->column = column_of(r, began);
    c->negated = keyword(r, "NOT");
    if (keyword(r, "EXISTS")) {
        c->op = LF_STIX_EXISTS;
        object_path(r, &c->path);
        return c;
    }
    if (c->negated) {
        fail(r, began, "NOT stands before EXISTS, or between the object path and the operator");
        return NULL;
    }
    object_path(r, &c->path);
    if (r->bad)
        return NULL;
    c->negated = keyword(r, "NOT");
    if (!operator_of(r, &c->op)) {
        fail(r, r->at,
             "an operator is wanted (= != < > <= >= IN LIKE MATCHES ISSUBSET ISSUPERSET), not \"%.*s\"",
             LF_FMT(here(r, r->at)));
        return NULL;
    }
    if (c->op == LF_STIX_IN) {
        list(r, c);
        return c;
    }
    l = LF_NEW(r->a, struct lf_stix_literal, 1);
    skip(r);
    began = r->at;
    if (!literal(r, l))
        return NULL;
    c->values = l;
    c->nvalues = 1;
    if (c->op >= LF_STIX_LT && c->op <= LF_STIX_GE && l->kind == LF_STIX_BOOL)
        fail(r, began, "true and false have no order: use = or !=");
    else if (c->op >= LF_STIX_LIKE && l->kind != LF_STIX_STRING)
        fail(r, began, "after this operator stands a 'text'");
    else if ((c->op == LF_STIX_ISSUBSET || c->op == LF_STIX_ISSUPERSET) &&
             !lf_stix_net_parse(l->text, &c->net))
        fail(r, began, "'%.*s' is no IPv4 or IPv6 address or network", LF_FMT(lf_view_first(l->text, 60)));
    return c;
}

/* The operands of one operator become the kids of one node. */
struct kids {
    const struct lf_stix_compare **c;
    size_t n, cap;
};

static struct lf_stix_compare *join(struct reader *r, const struct kids *k, bool all)
{
    struct lf_stix_compare *c;

    if (k->n == 1)
        return (struct lf_stix_compare *)(uintptr_t)k->c[0]; /* made by us, not const then */
    c = LF_NEW(r->a, struct lf_stix_compare, 1);
    c->kind = all ? LF_STIX_ALL : LF_STIX_EITHER;
    c->kids = k->c;
    c->nkids = k->n;
    c->column = k->c[0]->column;
    return c;
}

/* Whether an object of this type could make it true. */
static bool can(const struct lf_stix_compare *c, lf_view type)
{
    if (c->kind == LF_STIX_TEST)
        return lf_view_eq(c->path.type, type);
    for (size_t i = 0; i < c->nkids; i++)
        if (can(c->kids[i], type) != (c->kind == LF_STIX_ALL))
            return c->kind != LF_STIX_ALL;
    return c->kind == LF_STIX_ALL;
}

static bool some_type(const struct lf_stix_compare *of, const struct lf_stix_compare *all)
{
    if (of->kind == LF_STIX_TEST)
        return can(all, of->path.type);
    for (size_t i = 0; i < of->nkids; i++)
        if (some_type(of->kids[i], all))
            return true;
    return false;
}

static struct lf_stix_compare *comparison_and(struct reader *r)
{
    struct kids k = { 0 };
    struct lf_stix_compare *c;
    size_t began;

    skip(r);
    began = r->at;
    do {
        c = test(r);
        if (r->bad)
            return NULL;
        k.c = lf_arena_grow(r->a, k.c, k.n, &k.cap, sizeof *k.c);
        k.c[k.n++] = c;
    } while (keyword(r, "AND"));
    c = join(r, &k, true);
    if (k.n > 1 && !some_type(k.c[0], c))
        fail(r, began,
             "AND joins different object types, which no one object can be: use OR, or brackets of their own "
             "with AND between them");
    return c;
}

static struct lf_stix_compare *comparison_or(struct reader *r)
{
    struct kids k = { 0 };

    do {
        const struct lf_stix_compare *c = comparison_and(r);

        if (r->bad)
            return NULL;
        k.c = lf_arena_grow(r->a, k.c, k.n, &k.cap, sizeof *k.c);
        k.c[k.n++] = c;
    } while (keyword(r, "OR"));
    return join(r, &k, false);
}

/* ---- observations ---- */

static struct lf_stix_observe *followed_by(struct reader *r);

static void time_word(struct reader *r, const char *what, struct lf_stix_moment *at, lf_view *text)
{
    struct lf_stix_literal l = { 0 };
    size_t began;

    skip(r);
    began = r->at;
    if (peek(r, 0) != 't' || peek(r, 1) != '\'') {
        fail(r, began, "%s takes a time written t'2026-11-21T02:48:16Z'", what);
        return;
    }
    if (prefixed(r, &l)) {
        *at = l.at;
        *text = l.text;
    }
}

/* Seconds as 100 ns; further digits round up, so that no window is empty. */
static bool ticks_of(lf_view text, int64_t *out)
{
    int64_t n = 0, unit = 1000000;
    size_t i = 0;

    for (; i < text.len && text.ptr[i] != '.'; i++) {
        n = n * 10 + (text.ptr[i] - '0');
        if (n > 400000000000) /* beyond all the years we can write */
            n = 400000000000;
    }
    n *= 10000000;
    for (i++; i < text.len; i++) {
        if (unit)
            n += (text.ptr[i] - '0') * unit;
        else if (text.ptr[i] != '0') {
            n++;
            break;
        }
        unit /= 10;
    }
    *out = n;
    return n > 0;
}

static bool qualifier(struct reader *r, struct lf_stix_observe *q)
{
    size_t began;
    bool is_float;
    lf_view text;
    uint64_t times;

    skip(r);
    began = r->at;
    if (keyword(r, "WITHIN")) {
        q->kind = LF_STIX_WITHIN;
        skip(r);
        if (peek(r, 0) == '-' || !number(r, false, &q->within_text, &is_float)) {
            fail(r, r->at, "WITHIN takes a number of seconds above 0, not \"%.*s\"", LF_FMT(here(r, r->at)));
        } else if (!ticks_of(q->within_text, &q->within)) {
            fail(r, began, "WITHIN takes a number of seconds above 0");
        } else if (!keyword(r, "SECONDS")) {
            fail(r, r->at, "SECONDS is wanted, not \"%.*s\"", LF_FMT(here(r, r->at)));
        }
        return true;
    }
    if (keyword(r, "REPEATS")) {
        q->kind = LF_STIX_REPEATS;
        skip(r);
        if (peek(r, 0) == '-' || !number(r, true, &text, &is_float) || !lf_view_u64(text, &times) ||
            times < 1 || times > UINT32_MAX)
            fail(r, r->at, "REPEATS takes a whole number from 1");
        else if (!keyword(r, "TIMES"))
            fail(r, r->at, "TIMES is wanted, not \"%.*s\"", LF_FMT(here(r, r->at)));
        else
            q->repeats = (uint32_t)times;
        return true;
    }
    if (keyword(r, "START")) {
        q->kind = LF_STIX_STARTSTOP;
        time_word(r, "START", &q->start, &q->start_text);
        if (!r->bad && !keyword(r, "STOP"))
            fail(r, r->at, "STOP is wanted, not \"%.*s\"", LF_FMT(here(r, r->at)));
        if (!r->bad)
            time_word(r, "STOP", &q->stop, &q->stop_text);
        return true;
    }
    return false;
}

static struct lf_stix_observe *observation(struct reader *r)
{
    struct lf_stix_observe *o;
    unsigned seen = 0;

    if (eat(r, '(')) {
        if (!deeper(r))
            return NULL;
        o = followed_by(r);
        r->depth--;
        want(r, ')');
        if (r->bad)
            return NULL;
        o->grouped = true;
    } else if (eat(r, '[')) {
        o = LF_NEW(r->a, struct lf_stix_observe, 1);
        o->kind = LF_STIX_ONE;
        o->number = r->observations++;
        o->test = comparison_or(r);
        if (!r->bad && !eat(r, ']'))
            fail(r, r->at, "AND, OR or \"]\" is wanted, not \"%.*s\"", LF_FMT(here(r, r->at)));
    } else {
        fail(r, r->at, "an observation in brackets, [type:property = 'value'], is wanted, not \"%.*s\"",
             LF_FMT(here(r, r->at)));
        return NULL;
    }
    while (!r->bad) {
        struct lf_stix_observe q = { 0 }, *made;
        const struct lf_stix_observe **kid;
        size_t began;

        skip(r);
        began = r->at;
        if (!qualifier(r, &q))
            break;
        if (r->bad)
            return NULL;
        if (seen & 1u << q.kind) {
            fail(r, began, "an observation has one qualifier of a kind at most");
            return NULL;
        }
        seen |= 1u << q.kind;
        made = LF_NEW(r->a, struct lf_stix_observe, 1);
        kid = LF_NEW(r->a, const struct lf_stix_observe *, 1);
        *made = q;
        kid[0] = o;
        made->kids = kid;
        made->nkids = 1;
        o = made;
    }
    return r->bad ? NULL : o;
}

static struct lf_stix_observe *chain(struct reader *r, const char *word, int kind,
                                     struct lf_stix_observe *(*next)(struct reader *))
{
    const struct lf_stix_observe **kids = NULL;
    size_t n = 0, cap = 0;
    struct lf_stix_observe *o;

    do {
        o = next(r);
        if (r->bad)
            return NULL;
        kids = lf_arena_grow(r->a, kids, n, &cap, sizeof *kids);
        kids[n++] = o;
    } while (keyword(r, word));
    if (n == 1)
        return o;
    o = LF_NEW(r->a, struct lf_stix_observe, 1);
    o->kind = (unsigned)kind;
    o->kids = kids;
    o->nkids = n;
    return o;
}

static struct lf_stix_observe *observed_and(struct reader *r)
{
    return chain(r, "AND", LF_STIX_AND, observation);
}

static struct lf_stix_observe *observed_or(struct reader *r)
{
    return chain(r, "OR", LF_STIX_OR, observed_and);
}

static struct lf_stix_observe *followed_by(struct reader *r)
{
    return chain(r, "FOLLOWEDBY", LF_STIX_FOLLOWEDBY, observed_or);
}

enum lf_code lf_stix_pattern_parse(struct lf_arena *a, lf_view text, struct lf_stix_pattern *out,
                                   struct lf_err *e)
{
    struct lf_err own = { 0 };
    struct reader r = { .a = a, .text = text, .e = e ? e : &own };
    struct lf_stix_observe *root;

    if (text.len > LF_STIX_PATTERN_MOST)
        return lf_err_set(e, LF_TOO_BIG, "a pattern has at most %d bytes, not %zu", LF_STIX_PATTERN_MOST,
                          text.len);
    if (!lf_view_is_utf8(text))
        return lf_err_set(e, LF_BAD_INPUT, "the pattern is not UTF-8 text");
    root = followed_by(&r);
    skip(&r);
    if (!r.bad && r.at < text.len)
        fail(&r, r.at, "AND, OR, FOLLOWEDBY, a qualifier or the end is wanted, not \"%.*s\"",
             LF_FMT(here(&r, r.at)));
    if (r.bad)
        return LF_BAD_INPUT;
    *out = (struct lf_stix_pattern){ root, r.tests, r.observations };
    return LF_OK;
}
