#include "fmt/winxml.h"

#include "base/arena.h"

struct xml {
    struct lf_arena *a;
    lf_view in;
    size_t at, nodes;
    struct lf_err *e;
};

/* Members of an object being made; a name that comes again makes a list. */
struct members {
    lf_view *keys;
    const struct lf_json **values;
    unsigned *next; /* value of the same key + 1, behind it */
    unsigned *last;
    size_t n, cap[4];
};

static enum lf_code bad(struct xml *x, const char *what)
{
    return lf_err_set(x->e, LF_BAD_INPUT, "event as XML: %s at byte %zu", what, x->at);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool at_text(const struct xml *x, const char *what)
{
    return lf_view_starts(lf_view_from(x->in, x->at), lf_view_of(what));
}

static void skip_blank(struct xml *x)
{
    while (x->at < x->in.len && blank(x->in.ptr[x->at]))
        x->at++;
}

static bool skip_past(struct xml *x, const char *what)
{
    size_t n = lf_view_find(lf_view_from(x->in, x->at), lf_view_of(what));

    if (n == SIZE_MAX)
        return false;
    x->at += n + strlen(what);
    return true;
}

static bool name_char(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 0x80 || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') ||
           u == '_' || u == '-' || u == '.' || u == ':';
}

static enum lf_code take_name(struct xml *x, lf_view *out)
{
    size_t from = x->at;

    while (x->at < x->in.len && name_char(x->in.ptr[x->at]))
        x->at++;
    if (x->at == from || x->at - from > 200)
        return bad(x, "no name");
    *out = (lf_view){ x->in.ptr + from, x->at - from };
    return LF_OK;
}

/* ---- text ---- */

static bool reference(lf_view name, char out[4], size_t *n)
{
    static const struct {
        const char *name;
        char c;
    } five[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' } };
    uint32_t c = 0;
    bool hex;

    for (size_t i = 0; i < sizeof five / sizeof *five; i++)
        if (lf_view_is(name, five[i].name)) {
            out[0] = five[i].c;
            *n = 1;
            return true;
        }
    if (name.len < 2 || name.len > 9 || name.ptr[0] != '#')
        return false;
    hex = name.ptr[1] == 'x';
    if (hex && name.len == 2)
        return false;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        char d = name.ptr[i];

        if (d >= '0' && d <= '9')
            c = c * (hex ? 16 : 10) + (uint32_t)(d - '0');
        else if (hex && (d | 32) >= 'a' && (d | 32) <= 'f')
            c = c * 16 + (uint32_t)((d | 32) - 'a' + 10);
        else
            return false;
        if (c > 0x10ffff)
            return false;
    }
    if (c == 0 || (c >= 0xd800 && c <= 0xdfff))
        return false;
    *n = lf_utf8_put(out, c);
    return true;
}

/* What is no reference stays as it stands: a lone & is a writer's slip, and no reason to lose a record. */
static lf_view undone(struct lf_arena *a, lf_view v)
{
    char *out;
    size_t o = 0;

    if (v.len == 0 || !memchr(v.ptr, '&', v.len))
        return v;
    out = lf_arena_alloc(a, v.len + 4, 1); /* a reference is never shorter than what it stands for */
    for (size_t i = 0; i < v.len; i++) {
        size_t end, n;

        if (v.ptr[i] == '&' &&
            (end = lf_view_find_byte(lf_view_first(lf_view_from(v, i), 12), ';')) != SIZE_MAX &&
            reference(lf_view_first(lf_view_from(v, i + 1), end - 1), out + o, &n)) {
            o += n;
            i += end;
        } else {
            out[o++] = v.ptr[i];
        }
    }
    return (lf_view){ out, o };
}

/* A text in pieces; the first is borrowed, so that the usual text is never copied. */
struct text {
    lf_view v;
    char *own;
    size_t cap;
};

static void append(struct lf_arena *a, struct text *t, lf_view piece)
{
    if (piece.len == 0)
        return;
    if (t->v.len == 0) {
        t->v = piece;
        t->cap = 0;
        return;
    }
    if (t->v.len + piece.len > t->cap) {
        char *more;

        t->cap = 2 * (t->v.len + piece.len);
        more = lf_arena_alloc(a, t->cap, 1);
        memcpy(more, t->v.ptr, t->v.len);
        t->own = more;
    }
    LF_ASSERT(t->own);
    memcpy(t->own + t->v.len, piece.ptr, piece.len);
    t->v = (lf_view){ t->own, t->v.len + piece.len };
}

/* ---- members ---- */

static void add(struct xml *x, struct members *m, lf_view key, const struct lf_json *v)
{
    size_t first = 0;

    while (first < m->n && !(m->last[first] && lf_view_eq(m->keys[first], key)))
        first++;
    m->keys = lf_arena_grow(x->a, m->keys, m->n, &m->cap[0], sizeof *m->keys);
    m->values = (const struct lf_json **)lf_arena_grow(x->a, (void *)(uintptr_t)m->values, m->n, &m->cap[1],
                                                       sizeof *m->values);
    m->next = lf_arena_grow(x->a, m->next, m->n, &m->cap[2], sizeof *m->next);
    m->last = lf_arena_grow(x->a, m->last, m->n, &m->cap[3], sizeof *m->last);
    m->keys[m->n] = key;
    m->values[m->n] = v;
    m->next[m->n] = 0;
    m->last[m->n] = 0;
    m->n++;
    if (first + 1 < m->n) {
        m->next[m->last[first] - 1] = (unsigned)m->n;
        m->last[first] = (unsigned)m->n;
    } else {
        m->last[m->n - 1] = (unsigned)m->n; /* only the first of a name has a last */
    }
}

static const struct lf_json *object(struct xml *x, const struct members *m)
{
    lf_view *keys = LF_NEW(x->a, lf_view, m->n + 1);
    const struct lf_json **values = LF_NEW(x->a, const struct lf_json *, m->n + 1), **list;
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++) {
        size_t count = 0;

        if (!m->last[i])
            continue;
        for (size_t k = i + 1; k; k = m->next[k - 1])
            count++;
        keys[n] = m->keys[i];
        if (count == 1) {
            values[n++] = m->values[i];
            continue;
        }
        list = LF_NEW(x->a, const struct lf_json *, count);
        count = 0;
        for (size_t k = i + 1; k; k = m->next[k - 1])
            list[count++] = m->values[k - 1];
        values[n++] = lf_json_new_array(x->a, count, list);
    }
    return lf_json_new_object(x->a, n, keys, values);
}

static const struct lf_json *text_value(struct xml *x, lf_view text)
{
    return text.len ? lf_json_new_string(x->a, text) : lf_json_new_word(x->a, LF_JSON_NULL);
}

/* ---- elements ---- */

static enum lf_code attributes(struct xml *x, struct members *at, lf_view *data_name, bool *closed)
{
    for (;;) {
        lf_view name, value;
        char quote;
        size_t end;

        skip_blank(x);
        if (x->at >= x->in.len)
            return bad(x, "the element is not closed");
        if (at_text(x, "/>")) {
            x->at += 2;
            *closed = true;
            return LF_OK;
        }
        if (x->in.ptr[x->at] == '>') {
            x->at++;
            *closed = false;
            return LF_OK;
        }
        LF_TRY(take_name(x, &name));
        skip_blank(x);
        if (!at_text(x, "="))
            return bad(x, "no = behind an attribute's name");
        x->at++;
        skip_blank(x);
        quote = x->at < x->in.len ? x->in.ptr[x->at] : '\0';
        end = lf_view_find_byte(lf_view_from(x->in, x->at + 1), quote);
        if ((quote != '"' && quote != '\'') || end == SIZE_MAX)
            return bad(x, "an attribute without its quotes");
        value = undone(x->a, lf_view_first(lf_view_from(x->in, x->at + 1), end));
        x->at += end + 2;
        if (++x->nodes > LF_WINXML_NODES)
            return bad(x, "too many parts");
        if (lf_view_is(name, "Name") && !data_name->ptr)
            *data_name = value;
        add(x, at, name, lf_json_new_string(x->a, value));
    }
}

/* Text, comments and the like up to the next tag. */
static enum lf_code between(struct xml *x, struct text *text)
{
    for (;;) {
        size_t from = x->at, n = lf_view_find_byte(lf_view_from(x->in, from), '<');

        if (n == SIZE_MAX)
            return bad(x, "it ends within an element");
        append(x->a, text, undone(x->a, (lf_view){ x->in.ptr + from, n }));
        x->at = from + n;
        if (at_text(x, "<![CDATA[")) {
            x->at += 9;
            n = lf_view_find(lf_view_from(x->in, x->at), LF_V("]]>"));
            if (n == SIZE_MAX)
                return bad(x, "CDATA is not closed");
            append(x->a, text, (lf_view){ x->in.ptr + x->at, n });
            x->at += n + 3;
        } else if (at_text(x, "<!--")) {
            if (!skip_past(x, "-->"))
                return bad(x, "a comment is not closed");
        } else if (at_text(x, "<?")) {
            if (!skip_past(x, "?>"))
                return bad(x, "an instruction is not closed");
        } else if (at_text(x, "<!")) {
            return bad(x, "a declaration has no place here");
        } else {
            return LF_OK;
        }
        if (++x->nodes > LF_WINXML_NODES)
            return bad(x, "too many parts");
    }
}

/* The element whose name begins at x->at.  `in_data`: it stands in EventData, where a Data element
 * is the member that its Name says. */
static enum lf_code element(struct xml *x, unsigned depth, bool in_data, lf_view *key, lf_view *name,
                            const struct lf_json **out)
{
    struct members at = { 0 }, m = { 0 };
    struct text found = { { "", 0 }, NULL, 0 };
    lf_view data_name = { NULL, 0 }, text, end;
    bool closed, data, named, kids = false;

    if (depth == LF_WINXML_DEPTH || ++x->nodes > LF_WINXML_NODES)
        return bad(x, "too many elements, or too deep");
    LF_TRY(take_name(x, name));
    data = lf_view_is(*name, "EventData");
    LF_TRY(attributes(x, &at, &data_name, &closed));
    *key = *name;
    named = in_data && lf_view_is(*name, "Data") && data_name.len > 0;
    if (named) {
        *key = data_name;
        at.n = 0;
    }
    if (at.n > 0)
        add(x, &m, LF_V("#attributes"), object(x, &at));
    while (!closed) {
        const struct lf_json *kid;
        lf_view kid_key, kid_name;

        LF_TRY(between(x, &found));
        if (at_text(x, "</")) {
            x->at += 2;
            LF_TRY(take_name(x, &end));
            skip_blank(x);
            if (!lf_view_eq(end, *name) || !at_text(x, ">"))
                return bad(x, "an element's end that is none of the open one");
            x->at++;
            break;
        }
        x->at++;
        LF_TRY(element(x, depth + 1, data, &kid_key, &kid_name, &kid));
        add(x, &m, kid_key, kid);
        kids = true;
    }
    text = kids ? lf_view_trim(found.v) : found.v; /* line breaks between elements are no text */
    if (m.n == 0) {
        /* A field that is there and empty is the empty text, an element without anything is nothing. */
        *out = named ? lf_json_new_string(x->a, text) : text_value(x, text);
        return LF_OK;
    }
    if (text.len > 0)
        add(x, &m, LF_V("#text"), text_value(x, text));
    *out = object(x, &m);
    return LF_OK;
}

static void skip_prolog(struct xml *x)
{
    if (at_text(x, "\xef\xbb\xbf"))
        x->at += 3;
    skip_blank(x);
    if (at_text(x, "<?xml") && skip_past(x, "?>"))
        skip_blank(x);
}

static bool begins(const struct xml *x)
{
    return at_text(x, "<Event") && x->at + 6 < x->in.len &&
           (blank(x->in.ptr[x->at + 6]) || x->in.ptr[x->at + 6] == '>');
}

bool lf_winxml_is(lf_view in)
{
    struct xml x = { .in = in };

    if (in.len < 8 || (in.ptr[0] != '<' && !blank(in.ptr[0]) && in.ptr[0] != '\xef'))
        return false;
    if (in.ptr[0] == '<' && in.ptr[1] >= '0' && in.ptr[1] <= '9') /* syslog: asked of each of its lines */
        return false;
    x.in = lf_view_first(in, 512);
    skip_prolog(&x);
    return begins(&x);
}

enum lf_code lf_winxml_take(struct lf_arena *a, lf_view *in, const struct lf_json **out, struct lf_err *e)
{
    struct xml x = { .a = a, .in = lf_view_first(*in, LF_WINXML_BYTES), .e = e };
    const struct lf_json *v;
    lf_view key, name;

    skip_prolog(&x);
    if (!begins(&x))
        return bad(&x, "no <Event>");
    x.at++;
    LF_TRY(element(&x, 0, false, &key, &name, &v));
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return bad(&x, "the event is empty");
    *out = lf_json_new_object(a, 1, &key, &v);
    *in = lf_view_from(*in, x.at);
    return LF_OK;
}
