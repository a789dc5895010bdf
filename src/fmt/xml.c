#include "fmt/xml.h"

#include "base/buf.h"
#include "base/rest.h"
#include "fmt/charset.h"

enum { NAME_MOST = 256, SPACES_MOST = 256 };

/* A prefix that is bound, from the element it was bound on. */
struct binding {
    lf_view prefix, space;
    unsigned depth;
};

struct reader {
    struct lf_arena *a;
    lf_view in;
    size_t at, line, parts;
    struct binding spaces[SPACES_MOST];
    size_t nspaces;
    const struct lf_rest *rest;
    size_t rest_at;
    struct lf_err *e;
};

static enum lf_code bad(struct reader *r, const char *what)
{
    size_t line = 1;

    for (size_t i = 0; i < r->at && i < r->in.len; i++)
        line += r->in.ptr[i] == '\n';
    return lf_err_set(r->e, LF_BAD_INPUT, "XML, line %zu: %s", line, what);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool here(const struct reader *r, const char *what)
{
    return lf_view_starts(lf_view_from(r->in, r->at), lf_view_of(what));
}

static void step(struct reader *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->line += r->in.ptr[r->at + i] == '\n';
    r->at += n;
}

static void blanks(struct reader *r)
{
    while (r->at < r->in.len && blank(r->in.ptr[r->at]))
        step(r, 1);
}

static bool past(struct reader *r, const char *what)
{
    size_t n = lf_view_find(lf_view_from(r->in, r->at), lf_view_of(what));

    if (n == SIZE_MAX)
        return false;
    step(r, n + strlen(what));
    return true;
}

static bool name_char(char c, bool first)
{
    unsigned char u = (unsigned char)c;

    return u >= 0x80 || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u == ':' ||
           (!first && ((u >= '0' && u <= '9') || u == '-' || u == '.'));
}

/* prefix:local; the prefix is empty without a colon. */
static enum lf_code take_name(struct reader *r, lf_view *prefix, lf_view *local)
{
    size_t from = r->at, colon;
    lf_view name;

    while (r->at < r->in.len && name_char(r->in.ptr[r->at], r->at == from))
        r->at++;
    name = (lf_view){ r->in.ptr + from, r->at - from };
    if (!name.len || name.len > NAME_MOST)
        return bad(r, "a name is expected");
    colon = lf_view_find_byte(name, ':');
    *prefix = colon == SIZE_MAX ? (lf_view){ "", 0 } : lf_view_first(name, colon);
    *local = colon == SIZE_MAX ? name : lf_view_from(name, colon + 1);
    if (!local->len || lf_view_find_byte(*local, ':') != SIZE_MAX || (colon != SIZE_MAX && !prefix->len))
        return bad(r, "a name has at most one colon, with something on both its sides");
    return LF_OK;
}

/* ---- text ---- */

static bool character_ok(uint32_t c)
{
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

static bool reference(lf_view name, char out[4], size_t *n)
{
    static const struct {
        const char *name;
        char c;
    } five[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' } };
    bool hex = name.len > 1 && name.ptr[1] == 'x';
    uint32_t c = 0;

    for (size_t i = 0; i < sizeof five / sizeof *five; i++)
        if (lf_view_is(name, five[i].name)) {
            out[0] = five[i].c;
            *n = 1;
            return true;
        }
    if (name.len < 2 || name.len > 10 || name.ptr[0] != '#' || (hex && name.len == 2))
        return false;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        char d = name.ptr[i], low = (char)(d | 32);

        if (d >= '0' && d <= '9')
            c = c * (hex ? 16 : 10) + (uint32_t)(d - '0');
        else if (hex && low >= 'a' && low <= 'f')
            c = c * 16 + (uint32_t)(low - 'a' + 10);
        else
            return false;
        if (c > 0x10ffff)
            return false;
    }
    if (!character_ok(c))
        return false;
    *n = lf_utf8_put(out, c);
    return true;
}

static enum lf_code no_control(struct reader *r, lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] < 0x20 && !blank(v.ptr[i]))
            return bad(r, "a control character");
    return LF_OK;
}

/* References undone; `v` itself when it has none.  Never longer than it was. */
static enum lf_code undone(struct reader *r, lf_view v, lf_view *out)
{
    char *text;
    size_t o = 0;

    LF_TRY(no_control(r, v));
    *out = v;
    if (!v.len || !memchr(v.ptr, '&', v.len))
        return LF_OK;
    text = lf_arena_alloc(r->a, v.len + 4, 1);
    for (size_t i = 0; i < v.len; i++) {
        size_t end, n;

        if (v.ptr[i] != '&') {
            text[o++] = v.ptr[i];
            continue;
        }
        end = lf_view_find_byte(lf_view_first(lf_view_from(v, i), 12), ';');
        if (end == SIZE_MAX || !reference(lf_view_first(lf_view_from(v, i + 1), end - 1), text + o, &n))
            return bad(r, "an entity that is none of XML's own five: nothing is expanded");
        o += n;
        i += end;
    }
    *out = (lf_view){ text, o };
    return LF_OK;
}

/* Text in pieces, around elements and CDATA. */
struct text {
    lf_view v;
    char *own;
    size_t cap;
};

static void append(struct lf_arena *a, struct text *t, lf_view piece)
{
    if (!piece.len)
        return;
    if (!t->v.len) {
        t->v = piece;
        t->own = NULL;
        return;
    }
    if (!t->own || t->v.len + piece.len > t->cap) {
        char *more;

        t->cap = 2 * (t->v.len + piece.len);
        more = lf_arena_alloc(a, t->cap, 1);
        memcpy(more, t->v.ptr, t->v.len);
        t->own = more;
    }
    memcpy(t->own + t->v.len, piece.ptr, piece.len);
    t->v = (lf_view){ t->own, t->v.len + piece.len };
}

/* ---- elements ---- */

static lf_view space_of(const struct reader *r, lf_view prefix, bool *known)
{
    for (size_t i = r->nspaces; i-- > 0;)
        if (lf_view_eq(r->spaces[i].prefix, prefix)) {
            *known = true;
            return r->spaces[i].space;
        }
    *known = !prefix.len || lf_view_is(prefix, "xml");
    return prefix.len && *known ? LF_V("http://www.w3.org/XML/1998/namespace") : (lf_view){ "", 0 };
}

struct raw {
    lf_view prefix, local, value;
};

/* The attributes up to the element's end; those that bind prefixes do so. */
static enum lf_code attributes(struct reader *r, unsigned depth, struct raw *out, size_t *n, bool *closed)
{
    *n = 0;
    for (;;) {
        size_t before = r->at, end;
        struct raw raw = { 0 };
        char quote;

        blanks(r);
        if (here(r, "/>") || here(r, ">")) {
            *closed = here(r, "/>");
            step(r, *closed ? 2 : 1);
            return LF_OK;
        }
        if (r->at >= r->in.len)
            return bad(r, "it ends within an element");
        if (r->at == before)
            return bad(r, "a blank is expected between attributes");
        if (*n == LF_XML_ATTRIBUTES || ++r->parts > LF_XML_PARTS)
            return bad(r, "too many attributes");
        LF_TRY(take_name(r, &raw.prefix, &raw.local));
        blanks(r);
        if (!here(r, "="))
            return bad(r, "no = behind an attribute's name");
        step(r, 1);
        blanks(r);
        quote = r->at < r->in.len ? r->in.ptr[r->at] : '\0';
        end = lf_view_find_byte(lf_view_from(r->in, r->at + 1), quote);
        if ((quote != '"' && quote != '\'') || end == SIZE_MAX)
            return bad(r, "an attribute without its quotes");
        raw.value = lf_view_first(lf_view_from(r->in, r->at + 1), end);
        if (lf_view_find_byte(raw.value, '<') != SIZE_MAX)
            return bad(r, "a < within an attribute");
        step(r, end + 2);
        LF_TRY(undone(r, raw.value, &raw.value));
        if (lf_view_is(raw.prefix, "xmlns") || (!raw.prefix.len && lf_view_is(raw.local, "xmlns"))) {
            if (r->nspaces == SPACES_MOST)
                return bad(r, "too many namespaces");
            r->spaces[r->nspaces++] = (struct binding){ .prefix = raw.prefix.len ? raw.local : LF_V(""),
                                                        .space = raw.value,
                                                        .depth = depth };
            continue;
        }
        out[(*n)++] = raw;
    }
}

static enum lf_code named(struct reader *r, struct lf_xml *x, const struct raw *raw, size_t n, lf_view prefix)
{
    struct lf_xml_attribute *at = n ? LF_NEW(r->a, struct lf_xml_attribute, n) : NULL;
    bool known;

    x->space = space_of(r, prefix, &known);
    if (!known)
        return bad(r, "a prefix that is bound to no namespace");
    for (size_t i = 0; i < n; i++) {
        at[i] = (struct lf_xml_attribute){ .name = raw[i].local, .value = raw[i].value, .space = { "", 0 } };
        if (raw[i].prefix.len) {
            at[i].space = space_of(r, raw[i].prefix, &known);
            if (!known)
                return bad(r, "a prefix that is bound to no namespace");
        }
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(at[k].name, at[i].name) && lf_view_eq(at[k].space, at[i].space))
                return bad(r, "an attribute twice");
    }
    x->attributes = at;
    x->nattributes = n;
    return LF_OK;
}

/* Comments and instructions between what counts; a document type is refused. */
static enum lf_code beside(struct reader *r, bool *more)
{
    *more = true;
    if (here(r, "<!--")) {
        step(r, 4);
        return past(r, "-->") ? LF_OK : bad(r, "a comment is not closed");
    }
    if (here(r, "<?")) {
        step(r, 2);
        return past(r, "?>") ? LF_OK : bad(r, "an instruction is not closed");
    }
    if (here(r, "<!DOCTYPE"))
        return bad(r, "a document type is refused: it could define entities");
    *more = false;
    return LF_OK;
}

struct open {
    struct lf_xml *x;
    struct lf_xml *last; /* of its elements */
    lf_view prefix;
    struct text text;
    size_t nspaces; /* before it */
};

static enum lf_code open_element(struct reader *r, struct open *stack, unsigned *depth, bool *closed)
{
    struct lf_xml *x = LF_NEW(r->a, struct lf_xml, 1);
    struct raw raw[LF_XML_ATTRIBUTES];
    struct open *o;
    size_t n, before = r->nspaces;
    lf_view prefix = { "", 0 };

    if (*depth == LF_XML_DEPTH || ++r->parts > LF_XML_PARTS)
        return bad(r, "elements in one another beyond 128, or too many of them");
    x->line = r->line;
    step(r, 1);
    LF_TRY(take_name(r, &prefix, &x->name));
    LF_TRY(attributes(r, *depth, raw, &n, closed));
    LF_TRY(named(r, x, raw, n, prefix));
    x->text = (lf_view){ "", 0 };
    if (*depth) {
        o = &stack[*depth - 1];
        x->parent = o->x;
        if (o->last)
            o->last->next = x;
        else
            o->x->first = x;
        o->last = x;
    }
    stack[(*depth)++] =
        (struct open){ .x = x, .prefix = prefix, .text = { { "", 0 }, NULL, 0 }, .nspaces = before };
    return LF_OK;
}

static void close_element(struct reader *r, struct open *stack, unsigned *depth)
{
    struct open *o = &stack[--*depth];

    o->x->text = o->text.v;
    r->nspaces = o->nspaces;
}

static enum lf_code end_tag(struct reader *r, struct open *stack, unsigned *depth)
{
    lf_view prefix = { "", 0 }, local = { "", 0 };

    step(r, 2);
    LF_TRY(take_name(r, &prefix, &local));
    blanks(r);
    if (!here(r, ">") || !lf_view_eq(local, stack[*depth - 1].x->name) ||
        !lf_view_eq(prefix, stack[*depth - 1].prefix))
        return bad(r, "an end that is not of the element that is open");
    step(r, 1);
    close_element(r, stack, depth);
    return LF_OK;
}

static enum lf_code content(struct reader *r, struct open *stack, unsigned *depth)
{
    while (*depth) {
        struct open *o = &stack[*depth - 1];
        size_t n = lf_view_find_byte(lf_view_from(r->in, r->at), '<');
        lf_view piece = { "", 0 };
        bool more = false, closed = false;

        if (r->at > r->rest_at) {
            r->rest_at = r->at + LF_REST_BYTES;
            LF_TRY(lf_rest(r->rest, r->e));
        }
        if (n == SIZE_MAX)
            return bad(r, "it ends within an element");
        LF_TRY(undone(r, (lf_view){ r->in.ptr + r->at, n }, &piece));
        append(r->a, &o->text, piece);
        step(r, n);
        if (here(r, "<![CDATA[")) {
            step(r, 9);
            n = lf_view_find(lf_view_from(r->in, r->at), LF_V("]]>"));
            if (n == SIZE_MAX)
                return bad(r, "CDATA is not closed");
            piece = (lf_view){ r->in.ptr + r->at, n };
            LF_TRY(no_control(r, piece));
            append(r->a, &o->text, piece);
            step(r, n + 3);
            continue;
        }
        LF_TRY(beside(r, &more));
        if (more)
            continue;
        if (here(r, "<!"))
            return bad(r, "a declaration has no place here");
        if (here(r, "</")) {
            LF_TRY(end_tag(r, stack, depth));
            continue;
        }
        LF_TRY(open_element(r, stack, depth, &closed));
        if (closed)
            close_element(r, stack, depth);
    }
    return LF_OK;
}

static enum lf_code outside(struct reader *r)
{
    bool more = true;

    while (more) {
        blanks(r);
        LF_TRY(beside(r, &more));
    }
    return LF_OK;
}

enum lf_code lf_xml_parse(struct lf_arena *a, lf_view in, const struct lf_rest *rest,
                          const struct lf_xml **root, struct lf_err *e)
{
    struct reader *r = LF_NEW(a, struct reader, 1);
    struct open *stack;
    unsigned depth = 0;
    bool closed = false;

    *r = (struct reader){ .a = a, .in = in, .line = 1, .rest = rest, .rest_at = LF_REST_BYTES, .e = e };
    if (in.len > LF_XML_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "XML: more than %d bytes", LF_XML_BYTES);
    if (in.len >= 2 && ((unsigned char)in.ptr[0] >= 0xfe || !in.ptr[0] || !in.ptr[1]))
        r->in = lf_charset_utf8(a, in, LF_CHARSET_AUTO);
    if (lf_view_starts(r->in, LF_V("\xef\xbb\xbf")))
        r->in = lf_view_from(r->in, 3);
    if (!lf_view_is_utf8(r->in))
        return lf_err_set(e, LF_BAD_INPUT, "XML: not UTF-8");
    stack = LF_NEW(a, struct open, LF_XML_DEPTH);
    LF_TRY(outside(r));
    if (!here(r, "<"))
        return bad(r, "no element");
    LF_TRY(open_element(r, stack, &depth, &closed));
    *root = stack[0].x;
    if (closed)
        close_element(r, stack, &depth);
    LF_TRY(content(r, stack, &depth));
    LF_TRY(outside(r));
    return r->at == r->in.len ? LF_OK : bad(r, "something follows the root element");
}

/* ---- looking ---- */

static const struct lf_xml *named_from(const struct lf_xml *x, lf_view name)
{
    while (x && !lf_view_eq(x->name, name))
        x = x->next;
    return x;
}

const struct lf_xml *lf_xml_get(const struct lf_xml *x, const char *name)
{
    return x ? named_from(x->first, lf_view_of(name)) : NULL;
}

const struct lf_xml *lf_xml_more(const struct lf_xml *x, const char *name)
{
    return x ? named_from(x->next, lf_view_of(name)) : NULL;
}

const struct lf_xml *lf_xml_at(const struct lf_xml *x, const char *path)
{
    lf_view rest = lf_view_of(path), one;

    while (x && lf_view_split(&rest, '/', &one))
        x = named_from(x->first, one);
    return x;
}

lf_view lf_xml_text(const struct lf_xml *x, const char *path)
{
    x = path[0] ? lf_xml_at(x, path) : x;
    return x ? lf_view_trim(x->text) : (lf_view){ NULL, 0 };
}

lf_view lf_xml_attr(const struct lf_xml *x, const char *name)
{
    for (size_t i = 0; x && i < x->nattributes; i++)
        if (lf_view_is(x->attributes[i].name, name))
            return x->attributes[i].value;
    return (lf_view){ NULL, 0 };
}

const struct lf_xml *lf_xml_walk(const struct lf_xml *top, const struct lf_xml *at)
{
    if (!at)
        return top;
    if (at->first)
        return at->first;
    while (at && at != top) {
        if (at->next)
            return at->next;
        at = at->parent;
    }
    return NULL;
}
