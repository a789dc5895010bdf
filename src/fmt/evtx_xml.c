/* BinXml: tokens -> a small tree of elements -> JSON.
 *
 * Everything in a record is an offset somebody wrote: each is checked against the
 * chunk, and what one record may make is counted down (nodes, text, depth), since
 * a value may be put in many places and templates may hold templates. */
#include <math.h>

#include "fmt/evtx_priv.h"

enum token {
    TOK_END,
    TOK_OPEN,
    TOK_CLOSE_START,
    TOK_CLOSE_EMPTY,
    TOK_CLOSE,
    TOK_VALUE,
    TOK_ATTRIBUTE,
    TOK_CDATA,
    TOK_CHAR,
    TOK_ENTITY,
    TOK_PI_TARGET,
    TOK_PI_DATA,
    TOK_TEMPLATE,
    TOK_PUT,
    TOK_PUT_OPTIONAL,
    TOK_FRAGMENT,
    TOK_MORE = 0x40 /* flag */
};
enum type {
    TYPE_NULL,
    TYPE_STRING,
    TYPE_ANSI,
    TYPE_I8,
    TYPE_U8,
    TYPE_I16,
    TYPE_U16,
    TYPE_I32,
    TYPE_U32,
    TYPE_I64,
    TYPE_U64,
    TYPE_FLOAT,
    TYPE_DOUBLE,
    TYPE_BOOL,
    TYPE_BINARY,
    TYPE_GUID,
    TYPE_SIZE,
    TYPE_FILETIME,
    TYPE_SYSTEMTIME,
    TYPE_SID,
    TYPE_HEX32,
    TYPE_HEX64,
    TYPE_XML = 0x21,
    TYPE_ARRAY = 0x80 /* flag */
};
enum { VALUES_MOST = 4096, TEMPLATE_HEADER = 24 };

struct value {
    unsigned type;
    size_t at, len;
};
struct values {
    const struct value *v;
    size_t n;
};

struct texts {
    const struct lf_json **v;
    size_t n, cap;
    bool list; /* an array was put here */
};
struct attr {
    lf_view name;
    struct texts texts;
};
struct elem {
    lf_view name;
    struct attr *attrs;
    struct elem **kids;
    size_t nattrs, attrs_cap, nkids, kids_cap;
    struct texts texts;
};

struct reader {
    struct lf_arena *a;
    const uint8_t *p; /* the chunk */
    size_t size;
    size_t at, to; /* of the stream at hand */
    size_t nodes, text;
    unsigned depth;
    struct lf_err *e;
};

static enum lf_code cut(const struct reader *r)
{
    return lf_err_set(r->e, LF_BAD_INPUT, "its binary XML ends too soon, at %zu of the chunk", r->at);
}

static bool has(const struct reader *r, size_t n)
{
    return r->at <= r->to && n <= r->to - r->at;
}

static enum lf_code node(struct reader *r)
{
    if (r->nodes == 0)
        return lf_err_set(r->e, LF_TOO_BIG, "more than %d elements, attributes and texts in one record",
                          LF_EVTX_NODES);
    r->nodes--;
    return LF_OK;
}

static enum lf_code text_room(struct reader *r, size_t n)
{
    if (n > r->text)
        return lf_err_set(r->e, LF_TOO_BIG, "more than %d bytes of text in one record", LF_EVTX_TEXT);
    r->text -= n;
    return LF_OK;
}

static enum lf_code deeper(struct reader *r)
{
    if (r->depth == LF_EVTX_DEPTH)
        return lf_err_set(r->e, LF_TOO_BIG, "more than %d elements within elements", LF_EVTX_DEPTH);
    r->depth++;
    return LF_OK;
}

/* ---- values ---- */

/* UTF-16LE -> UTF-8; a lone surrogate becomes U+FFFD, NULs at the end go. */
static lf_view utf16(struct lf_arena *a, const uint8_t *p, size_t units)
{
    char *out;
    size_t n = 0;

    while (units > 0 && lf_le16(p + 2 * (units - 1)) == 0)
        units--;
    out = lf_arena_alloc(a, units * 3 + 1, 1);
    for (size_t i = 0; i < units; i++) {
        uint32_t c = lf_le16(p + 2 * i);

        if (c < 0x80) {
            out[n++] = (char)c;
            continue;
        }
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = c < 0xdc00 && i + 1 < units ? lf_le16(p + 2 * (i + 1)) : 0;

            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            } else {
                c = 0xfffd;
            }
        }
        n += lf_utf8_put(out + n, c);
    }
    return (lf_view){ out, n };
}

/* Bytes of a code page nobody names: as they are when that is UTF-8, else as Latin-1. */
static lf_view ansi(struct lf_arena *a, const uint8_t *p, size_t len)
{
    lf_view in = { (const char *)p, len };
    char *out;
    size_t n = 0;

    while (in.len > 0 && in.ptr[in.len - 1] == '\0')
        in.len--;
    if (lf_view_is_utf8(in))
        return in;
    out = lf_arena_alloc(a, in.len * 2, 1);
    for (size_t i = 0; i < in.len; i++)
        n += lf_utf8_put(out + n, p[i]);
    return (lf_view){ out, n };
}

static lf_view hex(struct lf_arena *a, const uint8_t *p, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = lf_arena_alloc(a, len * 2 + 1, 1);

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    return (lf_view){ out, len * 2 };
}

static lf_view sid(struct lf_arena *a, const uint8_t *p, size_t len)
{
    char out[40 + 11 * 255];
    uint64_t authority = 0;
    size_t n;

    if (len < 8 || len != 8 + 4u * p[1])
        return hex(a, p, len);
    for (size_t i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    n = (size_t)snprintf(out, sizeof out, "S-%u-%llu", p[0], (unsigned long long)authority);
    for (size_t i = 0; i < p[1]; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "-%u", lf_le32(p + 8 + 4 * i));
    return lf_arena_copy(a, (lf_view){ out, n });
}

static lf_view filetime(struct lf_arena *a, uint64_t t)
{
    struct lf_civil c = lf_civil_of(lf_evtx_time(t));

    if (lf_evtx_time(t) == 0) /* no time of ours */
        return lf_arena_printf(a, "0x%llx", (unsigned long long)t);
    return lf_arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%07uZ", c.year, c.month, c.day, c.hour, c.minute,
                           c.second, (unsigned)(t % 10000000));
}

static lf_view guid(struct lf_arena *a, const uint8_t *p)
{
    return lf_arena_printf(a, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", lf_le32(p),
                           lf_le16(p + 4), lf_le16(p + 6), p[8], p[9], p[10], p[11], p[12], p[13], p[14],
                           p[15]);
}

static const struct lf_json *integer(struct lf_arena *a, int64_t v)
{
    return lf_json_new_number(a, lf_arena_printf(a, "%lld", (long long)v));
}

static const struct lf_json *real(struct lf_arena *a, double v, int digits)
{
    lf_view text = lf_arena_printf(a, "%.*g", digits, v);

    return isfinite(v) ? lf_json_new_number(a, text) : lf_json_new_string(a, text);
}

/* Bytes of a value of this type; 0: any. */
static size_t width(unsigned type)
{
    static const uint8_t widths[] = {
        [TYPE_I8] = 1,       [TYPE_U8] = 1,          [TYPE_I16] = 2,   [TYPE_U16] = 2,
        [TYPE_I32] = 4,      [TYPE_U32] = 4,         [TYPE_I64] = 8,   [TYPE_U64] = 8,
        [TYPE_FLOAT] = 4,    [TYPE_DOUBLE] = 8,      [TYPE_BOOL] = 4,  [TYPE_GUID] = 16,
        [TYPE_FILETIME] = 8, [TYPE_SYSTEMTIME] = 16, [TYPE_HEX32] = 4, [TYPE_HEX64] = 8,
    };

    return type < sizeof widths ? widths[type] : 0;
}

static const struct lf_json *scalar(struct lf_arena *a, unsigned type, const uint8_t *p, size_t len)
{
    uint64_t u = 0;
    lf_view t;

    if (width(type) && len != width(type)) /* told wrongly: nothing is lost */
        return lf_json_new_string(a, hex(a, p, len));
    if (len <= 8)
        for (size_t i = len; i-- > 0;)
            u = u << 8 | p[i];
    switch (type) {
    case TYPE_STRING:
        t = utf16(a, p, len / 2);
        break;
    case TYPE_ANSI:
        t = ansi(a, p, len);
        break;
    case TYPE_I8:
        return integer(a, (int8_t)u);
    case TYPE_I16:
        return integer(a, (int16_t)u);
    case TYPE_I32:
        return integer(a, (int32_t)u);
    case TYPE_I64:
        return integer(a, (int64_t)u);
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_U32:
    case TYPE_U64:
        return lf_json_new_number(a, lf_arena_printf(a, "%llu", (unsigned long long)u));
    case TYPE_FLOAT: {
        uint32_t half = (uint32_t)u;
        float f;
        memcpy(&f, &half, sizeof f);
        return real(a, (double)f, 9);
    }
    case TYPE_DOUBLE: {
        double d;
        memcpy(&d, &u, sizeof d);
        return real(a, d, 17);
    }
    case TYPE_BOOL:
        return lf_json_new_word(a, u ? LF_JSON_TRUE : LF_JSON_FALSE);
    case TYPE_GUID:
        t = guid(a, p);
        break;
    case TYPE_SIZE:
    case TYPE_HEX32:
    case TYPE_HEX64:
        t = len <= 8 ? lf_arena_printf(a, "0x%llx", (unsigned long long)u) : hex(a, p, len);
        break;
    case TYPE_FILETIME:
        t = filetime(a, u);
        break;
    case TYPE_SYSTEMTIME: /* year, month, weekday, day, hour, minute, second, ms */
        t = lf_arena_printf(a, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", lf_le16(p), lf_le16(p + 2),
                            lf_le16(p + 6), lf_le16(p + 8), lf_le16(p + 10), lf_le16(p + 12),
                            lf_le16(p + 14));
        break;
    case TYPE_SID:
        t = sid(a, p, len);
        break;
    default:
        t = hex(a, p, len);
        break;
    }
    return lf_json_new_string(a, t);
}

static enum lf_code add_text(struct reader *r, struct texts *to, unsigned type, const uint8_t *p, size_t len)
{
    const struct lf_json *v;

    LF_TRY(node(r));
    LF_TRY(text_room(r, 3 * len + 40)); /* the longest that a type makes of its bytes */
    v = scalar(r->a, type, p, len);
    to->v = (const struct lf_json **)lf_arena_grow(r->a, (void *)(uintptr_t)to->v, to->n, &to->cap,
                                                   sizeof *to->v);
    to->v[to->n++] = v;
    return LF_OK;
}

static enum lf_code add_array(struct reader *r, struct texts *to, const struct value *v)
{
    unsigned type = v->type & ~(unsigned)TYPE_ARRAY;
    const uint8_t *p = r->p + v->at;
    size_t step = width(type);

    to->list = true;
    if (type == TYPE_STRING || type == TYPE_ANSI) { /* each ends with a NUL */
        size_t unit = type == TYPE_STRING ? 2 : 1, from = 0;

        for (size_t i = 0; i + unit <= v->len; i += unit) {
            bool nul = unit == 2 ? lf_le16(p + i) == 0 : p[i] == 0;
            bool last = i + 2 * unit > v->len;

            if (!nul && !last)
                continue;
            LF_TRY(add_text(r, to, type, p + from, (nul ? i : i + unit) - from));
            from = i + unit;
        }
        return LF_OK;
    }
    if (step == 0)
        step = v->len ? v->len : 1;
    for (size_t i = 0; i + step <= v->len; i += step)
        LF_TRY(add_text(r, to, type, p + i, step));
    return LF_OK;
}

/* ---- tokens ---- */

static enum lf_code content(struct reader *r, const struct values *v, struct elem *into, bool substituted,
                            bool whole);

/* A name: an offset, and the name itself where it is met first. */
static enum lf_code read_name(struct reader *r, lf_view *out)
{
    size_t at, units;

    if (!has(r, 4))
        return cut(r);
    at = lf_le32(r->p + r->at);
    r->at += 4;
    if (at > r->size || r->size - at < 8)
        return lf_err_set(r->e, LF_BAD_INPUT, "a name is said to be at %zu, outside its chunk", at);
    units = lf_le16(r->p + at + 6);
    if (2 * units + 2 > r->size - at - 8)
        return lf_err_set(r->e, LF_BAD_INPUT, "the name at %zu goes beyond its chunk", at);
    if (at == r->at) {
        if (!has(r, 8 + 2 * units + 2))
            return cut(r);
        r->at += 8 + 2 * units + 2;
    }
    LF_TRY(text_room(r, 3 * units));
    *out = utf16(r->a, r->p + at + 8, units);
    return LF_OK;
}

static enum lf_code put(struct reader *r, const struct values *v, struct elem *into, struct texts *to)
{
    const struct value *one;
    size_t number;

    if (!has(r, 4))
        return cut(r);
    number = lf_le16(r->p + r->at + 1);
    r->at += 4;
    if (!v || number >= v->n)
        return lf_err_set(r->e, LF_BAD_INPUT, "it asks for value %zu and has %zu", number, v ? v->n : 0);
    one = &v->v[number];
    if (one->type == TYPE_NULL)
        return LF_OK;
    if (one->type & TYPE_ARRAY)
        return add_array(r, to, one);
    if (one->type == TYPE_XML && into) {
        struct reader in = *r;
        enum lf_code rc;

        LF_TRY(deeper(&in));
        in.at = one->at;
        in.to = one->at + one->len;
        rc = content(&in, NULL, into, true, true);
        r->nodes = in.nodes;
        r->text = in.text;
        return rc;
    }
    return add_text(r, to, one->type, r->p + one->at, one->len);
}

static enum lf_code entity(struct reader *r, struct texts *to)
{
    static const struct {
        const char *name;
        char is;
    } known[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' } };
    lf_view name;

    r->at++;
    LF_TRY(read_name(r, &name));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lf_view_is(name, known[i].name))
            return add_text(r, to, TYPE_ANSI, (const uint8_t *)&known[i].is, 1);
    return lf_err_set(r->e, LF_BAD_INPUT, "entity &%.*s; is not known", LF_FMT(name));
}

/* One piece of an attribute's or element's text; false in *is when none begins here. */
static enum lf_code piece(struct reader *r, const struct values *v, struct elem *into, struct texts *to,
                          bool *is)
{
    unsigned token = r->p[r->at] & ~(unsigned)TOK_MORE;
    size_t units, skip;

    *is = true;
    switch (token) {
    case TOK_VALUE:
        skip = 4;
        break;
    case TOK_CDATA:
        skip = 3;
        break;
    case TOK_CHAR:
        if (!has(r, 3))
            return cut(r);
        r->at += 3;
        return add_text(r, to, TYPE_STRING, r->p + r->at - 2, 2);
    case TOK_ENTITY:
        return entity(r, to);
    case TOK_PUT:
    case TOK_PUT_OPTIONAL:
        return put(r, v, into, to);
    default:
        *is = false;
        return LF_OK;
    }
    if (!has(r, skip))
        return cut(r);
    if (skip == 4 && r->p[r->at + 1] != TYPE_STRING)
        return lf_err_set(r->e, LF_BAD_INPUT, "a text of type %u stands at %zu; only strings can",
                          r->p[r->at + 1], r->at);
    units = lf_le16(r->p + r->at + skip - 2);
    r->at += skip;
    if (!has(r, 2 * units))
        return cut(r);
    LF_TRY(add_text(r, to, TYPE_STRING, r->p + r->at, 2 * units));
    r->at += 2 * units;
    return LF_OK;
}

static enum lf_code attributes(struct reader *r, const struct values *v, struct elem *of)
{
    while (has(r, 1) && (r->p[r->at] & ~(unsigned)TOK_MORE) == TOK_ATTRIBUTE) {
        struct attr *at;
        bool is = true;

        LF_TRY(node(r));
        r->at++;
        of->attrs = lf_arena_grow(r->a, of->attrs, of->nattrs, &of->attrs_cap, sizeof *of->attrs);
        at = &of->attrs[of->nattrs];
        LF_TRY(read_name(r, &at->name));
        while (is && has(r, 1))
            LF_TRY(piece(r, v, NULL, &at->texts, &is));
        of->nattrs += at->texts.n > 0; /* a value that is null leaves its attribute out */
    }
    return LF_OK;
}

static enum lf_code element(struct reader *r, const struct values *v, struct elem *parent, bool substituted)
{
    struct elem *el = LF_NEW(r->a, struct elem, 1);
    bool more = (r->p[r->at] & TOK_MORE) != 0;
    /* Elements of a template carry a u16 of dependency; those within a value do not. */
    size_t head = 1 + (substituted ? 0 : 2) + 4;

    LF_TRY(node(r));
    LF_TRY(deeper(r));
    if (!has(r, head))
        return cut(r);
    r->at += head;
    LF_TRY(read_name(r, &el->name));
    if (more) {
        if (!has(r, 4))
            return cut(r);
        r->at += 4; /* the attributes' size; they end by themselves */
        LF_TRY(attributes(r, v, el));
    }
    if (!has(r, 1))
        return cut(r);
    if (r->p[r->at] == TOK_CLOSE_EMPTY) {
        r->at++;
    } else if (r->p[r->at] == TOK_CLOSE_START) {
        r->at++;
        LF_TRY(content(r, v, el, substituted, false));
        if (!has(r, 1) || r->p[r->at] != TOK_CLOSE)
            return lf_err_set(r->e, LF_BAD_INPUT, "element %.*s is not closed at %zu", LF_FMT(el->name),
                              r->at);
        r->at++;
    } else {
        return lf_err_set(r->e, LF_BAD_INPUT, "token 0x%02x at %zu, within the start of element %.*s",
                          r->p[r->at], r->at, LF_FMT(el->name));
    }
    parent->kids = (struct elem **)lf_arena_grow(r->a, (void *)(uintptr_t)parent->kids, parent->nkids,
                                                 &parent->kids_cap, sizeof *parent->kids);
    parent->kids[parent->nkids++] = el;
    r->depth--;
    return LF_OK;
}

static enum lf_code template_instance(struct reader *r, struct elem *into)
{
    struct reader in = *r;
    struct values values = { 0 };
    struct value *v;
    size_t def, len, n, at;
    enum lf_code rc;

    LF_TRY(deeper(&in));
    if (!has(r, 10))
        return cut(r);
    def = lf_le32(r->p + r->at + 6);
    r->at += 10;
    if (def > r->size || r->size - def < TEMPLATE_HEADER)
        return lf_err_set(r->e, LF_BAD_INPUT, "its template is said to be at %zu, outside its chunk", def);
    len = lf_le32(r->p + def + 20);
    if (len > r->size - def - TEMPLATE_HEADER)
        return lf_err_set(r->e, LF_BAD_INPUT, "the template at %zu goes beyond its chunk", def);
    if (def == r->at) { /* met first: it stands here */
        if (!has(r, TEMPLATE_HEADER + len))
            return cut(r);
        r->at += TEMPLATE_HEADER + len;
    }
    if (!has(r, 4))
        return cut(r);
    n = lf_le32(r->p + r->at);
    r->at += 4;
    if (n > VALUES_MOST || !has(r, 4 * n))
        return lf_err_set(r->e, LF_BAD_INPUT, "%zu values cannot stand at %zu", n, r->at);
    v = LF_NEW(r->a, struct value, n ? n : 1);
    at = r->at + 4 * n;
    for (size_t i = 0; i < n; i++) {
        v[i] =
            (struct value){ .type = r->p[r->at + 4 * i + 2], .at = at, .len = lf_le16(r->p + r->at + 4 * i) };
        if (v[i].len > r->to - at)
            return lf_err_set(r->e, LF_BAD_INPUT, "value %zu goes beyond its record", i);
        at += v[i].len;
    }
    r->at = at;
    values.v = v;
    values.n = n;
    in.at = def + TEMPLATE_HEADER;
    in.to = in.at + len;
    in.nodes = r->nodes;
    in.text = r->text;
    rc = content(&in, &values, into, false, true);
    r->nodes = in.nodes;
    r->text = in.text;
    return rc;
}

/* Up to the closing of the element, or (whole) to the stream's end. */
static enum lf_code content(struct reader *r, const struct values *v, struct elem *into, bool substituted,
                            bool whole)
{
    while (has(r, 1)) {
        unsigned token = r->p[r->at] & ~(unsigned)TOK_MORE;
        bool is;

        LF_TRY(piece(r, v, into, &into->texts, &is));
        if (is)
            continue;
        switch (token) {
        case TOK_END:
            r->at++;
            return LF_OK;
        case TOK_OPEN:
            LF_TRY(element(r, v, into, substituted));
            break;
        case TOK_FRAGMENT:
            if (!has(r, 4))
                return cut(r);
            r->at += 4;
            break;
        case TOK_TEMPLATE:
            LF_TRY(template_instance(r, into));
            break;
        case TOK_PI_TARGET: {
            lf_view ignored;
            r->at++;
            LF_TRY(read_name(r, &ignored));
            break;
        }
        case TOK_PI_DATA:
            if (!has(r, 3) || !has(r, 3 + 2u * lf_le16(r->p + r->at + 1)))
                return cut(r);
            r->at += 3 + 2u * lf_le16(r->p + r->at + 1);
            break;
        case TOK_CLOSE:
            if (!whole)
                return LF_OK;
            /* fall through */
        default:
            return lf_err_set(r->e, LF_BAD_INPUT, "token 0x%02x at %zu is none", r->p[r->at], r->at);
        }
    }
    return whole ? LF_OK : cut(r);
}

/* ---- the tree as JSON ---- */

static const struct lf_json *text_json(struct lf_arena *a, const struct texts *t)
{
    char *out;
    size_t n = 0;

    if (t->n == 0)
        return lf_json_new_word(a, LF_JSON_NULL);
    if (t->n == 1)
        return t->v[0];
    if (t->list)
        return lf_json_new_array(a, t->n, t->v);
    for (size_t i = 0; i < t->n; i++)
        n += lf_json_text(t->v[i]).len;
    out = lf_arena_alloc(a, n + 1, 1);
    n = 0;
    for (size_t i = 0; i < t->n; i++) {
        lf_view part = lf_json_text(t->v[i]);
        if (part.len)
            memcpy(out + n, part.ptr, part.len);
        n += part.len;
    }
    return lf_json_new_string(a, (lf_view){ out, n });
}

/* Members of an object being made; a name that comes again makes a list. */
struct members {
    struct lf_arena *a;
    lf_view *keys;
    struct texts *values;
    size_t n, keys_cap, values_cap;
};

static void member_add(struct members *m, lf_view key, const struct lf_json *v)
{
    struct texts *t;
    size_t at = 0;

    while (at < m->n && !lf_view_eq(m->keys[at], key))
        at++;
    if (at == m->n) {
        m->keys = lf_arena_grow(m->a, m->keys, m->n, &m->keys_cap, sizeof *m->keys);
        m->values = lf_arena_grow(m->a, m->values, m->n, &m->values_cap, sizeof *m->values);
        m->values[at] = (struct texts){ .list = true };
        m->keys[at] = key;
        m->n++;
    }
    t = &m->values[at];
    t->v = (const struct lf_json **)lf_arena_grow(m->a, (void *)(uintptr_t)t->v, t->n, &t->cap, sizeof *t->v);
    t->v[t->n++] = v;
}

static const struct lf_json *members_json(struct members *m)
{
    const struct lf_json **values = LF_NEW(m->a, const struct lf_json *, m->n ? m->n : 1);

    for (size_t i = 0; i < m->n; i++)
        values[i] = text_json(m->a, &m->values[i]);
    return lf_json_new_object(m->a, m->n, m->keys, values);
}

static lf_view name_attr(const struct elem *el)
{
    for (size_t i = 0; i < el->nattrs; i++)
        if (lf_view_is(el->attrs[i].name, "Name") && el->attrs[i].texts.n == 1)
            return lf_json_text(el->attrs[i].texts.v[0]);
    return (lf_view){ NULL, 0 };
}

/* Depth is that of elements, which reading has bounded. */
static const struct lf_json *elem_json(struct lf_arena *a, const struct elem *el)
{
    struct members m = { .a = a };
    const struct lf_json *out;
    bool data = lf_view_is(el->name, "EventData");

    if (el->nattrs == 0 && el->nkids == 0)
        return text_json(a, &el->texts);
    if (el->nattrs > 0) {
        struct members at = { .a = a };

        for (size_t i = 0; i < el->nattrs; i++)
            member_add(&at, el->attrs[i].name, text_json(a, &el->attrs[i].texts));
        member_add(&m, LF_V("#attributes"), members_json(&at));
    }
    if (el->texts.n > 0)
        member_add(&m, LF_V("#text"), text_json(a, &el->texts));
    for (size_t i = 0; i < el->nkids; i++) {
        const struct elem *kid = el->kids[i];
        lf_view name = data && lf_view_is(kid->name, "Data") ? name_attr(kid) : (lf_view){ NULL, 0 };

        if (name.len > 0)
            member_add(&m, name, text_json(a, &kid->texts));
        else
            member_add(&m, kid->name, elem_json(a, kid));
    }
    out = members_json(&m);
    return out;
}

enum lf_code lf_evtx_xml(struct lf_arena *a, const uint8_t *chunk, size_t size, size_t from, size_t to,
                         const struct lf_json **out, struct lf_err *e)
{
    struct reader r = { .a = a,
                        .p = chunk,
                        .size = size,
                        .at = from,
                        .to = to,
                        .nodes = LF_EVTX_NODES,
                        .text = LF_EVTX_TEXT,
                        .e = e };
    struct elem root = { 0 };

    LF_TRY(content(&r, NULL, &root, false, true));
    if (root.nkids != 1)
        return lf_err_set(e, LF_BAD_INPUT, "%zu elements instead of one Event", root.nkids);
    *out = elem_json(a, &root);
    return LF_OK;
}
