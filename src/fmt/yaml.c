#include "fmt/yaml.h"

#include <stdlib.h>
#include <yaml.h>

enum {
    BYTES_USUAL = 1 << 20,
    DEPTH_USUAL = 32,
    DEPTH_MAX = 256,
    NODES_USUAL = 200000,
    ANCHORS = 256,
    SKIPPED_DEPTH = 64
};

struct anchor {
    lf_view name;
    const struct lf_json *value;
    size_t weight; /* nodes it stands for */
};

struct reader {
    struct lf_arena *a;
    yaml_parser_t y;
    unsigned depth, depth_max;
    size_t nodes, nodes_max;
    struct anchor anchors[ANCHORS];
    size_t nanchors;
    /* Children of all open collections; each level works above its own start. */
    struct entry {
        lf_view key;
        const struct lf_json *value;
        size_t line; /* of the key, or of the item */
    } * stack;
    size_t top, cap;
    struct lf_yaml_marks *marks; /* NULL = nobody asks */
    bool torn;                   /* the text is no YAML from here on */
    struct lf_err *e;
};

static enum lf_code bad(const struct reader *r, const yaml_mark_t *at, const char *what)
{
    return lf_err_set(r->e, LF_BAD_INPUT, "yaml: line %zu: %s", at->line + 1, what);
}

static enum lf_code next(struct reader *r, yaml_event_t *ev)
{
    if (yaml_parser_parse(&r->y, ev))
        return LF_OK;
    r->torn = true;
    return lf_err_set(r->e, LF_BAD_INPUT, "yaml: line %zu: %s%s%s",
                      (r->y.problem_mark.line ? r->y.problem_mark.line : r->y.mark.line) + 1,
                      r->y.problem ? r->y.problem : "unreadable", r->y.context ? " " : "",
                      r->y.context ? r->y.context : "");
}

static void push(struct reader *r, lf_view key, const struct lf_json *value, size_t line)
{
    if (r->top == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 256;
        struct entry *more = realloc(r->stack, cap * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu values", cap);
        r->stack = more;
        r->cap = cap;
    }
    r->stack[r->top++] = (struct entry){ key, value, line };
}

static void mark(struct reader *r, const struct lf_json *v, size_t line)
{
    struct lf_yaml_marks *m = r->marks;

    if (!m)
        return;
    m->at = lf_arena_grow(r->a, m->at, m->n, &m->cap, sizeof *m->at);
    m->at[m->n++] = (struct lf_yaml_mark){ v, line };
}

/* ---- scalars ---- */

static bool one_of(lf_view v, const char *a, const char *b, const char *c)
{
    return lf_view_is(v, a) || lf_view_is(v, b) || lf_view_is(v, c);
}

static size_t digits(lf_view v, size_t at)
{
    size_t n = 0;

    while (at + n < v.len && v.ptr[at + n] >= '0' && v.ptr[at + n] <= '9')
        n++;
    return n;
}

/* 0o… and 0x…; false when it is none or does not fit in 64 bits. */
static bool based(lf_view v, uint64_t *out)
{
    unsigned base, d;
    uint64_t n = 0;

    if (v.len < 3 || v.ptr[0] != '0' || (v.ptr[1] != 'o' && v.ptr[1] != 'x'))
        return false;
    base = v.ptr[1] == 'o' ? 8 : 16;
    for (size_t i = 2; i < v.len; i++) {
        char c = v.ptr[i];
        if (c >= '0' && c <= '9')
            d = (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            d = (unsigned)((c | 0x20) - 'a') + 10;
        else
            return false;
        if (d >= base || n > (UINT64_MAX - d) / base)
            return false;
        n = n * base + d;
    }
    *out = n;
    return true;
}

/* [-+]? ( digits [. digits?] | . digits ) ( [eE] [-+]? digits )?  as JSON text;
 * ptr NULL when it is no number. */
static lf_view decimal(struct lf_arena *a, lf_view v)
{
    size_t at = 0, whole, frac = 0, exp_at;
    bool minus = false, point = false;
    lf_view w, f, x = { "", 0 };

    if (at < v.len && (v.ptr[at] == '-' || v.ptr[at] == '+'))
        minus = v.ptr[at++] == '-';
    whole = digits(v, at);
    w = (lf_view){ v.ptr + at, whole };
    at += whole;
    if (at < v.len && v.ptr[at] == '.') {
        point = true;
        at++;
        frac = digits(v, at);
    }
    f = (lf_view){ v.ptr + at, frac };
    at += frac;
    if (!whole && !frac)
        return (lf_view){ NULL, 0 };
    exp_at = at;
    if (at < v.len && (v.ptr[at] == 'e' || v.ptr[at] == 'E')) {
        size_t n;
        at++;
        if (at < v.len && (v.ptr[at] == '-' || v.ptr[at] == '+'))
            at++;
        n = digits(v, at);
        if (!n)
            return (lf_view){ NULL, 0 };
        at += n;
        x = (lf_view){ v.ptr + exp_at, at - exp_at };
    }
    if (at != v.len)
        return (lf_view){ NULL, 0 };
    while (w.len > 1 && w.ptr[0] == '0')
        w = lf_view_from(w, 1);
    if (!w.len)
        w = LF_V("0");
    if (point && !f.len)
        f = LF_V("0");
    return lf_arena_printf(a, "%s%.*s%s%.*s%.*s", minus ? "-" : "", LF_FMT(w), f.len ? "." : "", LF_FMT(f),
                           LF_FMT(x));
}

enum want { ANY, STRING, NUMBER, BOOL, NOTHING };

static enum lf_code tag_of(struct reader *r, const yaml_event_t *ev, const char *tag, enum want *out)
{
    static const struct {
        const char *name;
        enum want want;
    } known[] = { { "tag:yaml.org,2002:str", STRING }, { "!", STRING },
                  { "tag:yaml.org,2002:int", NUMBER }, { "tag:yaml.org,2002:float", NUMBER },
                  { "tag:yaml.org,2002:bool", BOOL },  { "tag:yaml.org,2002:null", NOTHING } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(tag, known[i].name) == 0) {
            *out = known[i].want;
            return LF_OK;
        }
    return bad(r, &ev->start_mark, "a tag outside the core schema");
}

static enum lf_code scalar(struct reader *r, const yaml_event_t *ev, const struct lf_json **out)
{
    lf_view v = { (const char *)ev->data.scalar.value, ev->data.scalar.length }, number;
    enum want want = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? ANY : STRING;
    uint64_t n;

    if (ev->data.scalar.tag)
        LF_TRY(tag_of(r, ev, (const char *)ev->data.scalar.tag, &want));
    if (want == STRING) {
        *out = lf_json_new_string(r->a, lf_arena_copy(r->a, v));
        return LF_OK;
    }
    if ((want == ANY || want == NOTHING) &&
        (!v.len || lf_view_is(v, "~") || one_of(v, "null", "Null", "NULL")))
        *out = lf_json_new_word(r->a, LF_JSON_NULL);
    else if ((want == ANY || want == BOOL) && one_of(v, "true", "True", "TRUE"))
        *out = lf_json_new_word(r->a, LF_JSON_TRUE);
    else if ((want == ANY || want == BOOL) && one_of(v, "false", "False", "FALSE"))
        *out = lf_json_new_word(r->a, LF_JSON_FALSE);
    else if ((want == ANY || want == NUMBER) && based(v, &n))
        *out = lf_json_new_number(r->a, lf_arena_printf(r->a, "%llu", (unsigned long long)n));
    else if ((want == ANY || want == NUMBER) && v.len <= 400 && (number = decimal(r->a, v)).ptr)
        *out = lf_json_new_number(r->a, number);
    else if (one_of(v, ".nan", ".NaN", ".NAN") || one_of(v, ".inf", ".Inf", ".INF") ||
             one_of(v, "+.inf", "+.Inf", "+.INF") || one_of(v, "-.inf", "-.Inf", "-.INF"))
        return bad(r, &ev->start_mark, "a number that JSON cannot say");
    else if (want == ANY)
        *out = lf_json_new_string(r->a, lf_arena_copy(r->a, v));
    else
        return bad(r, &ev->start_mark, "the value is not what its tag says");
    return LF_OK;
}

/* ---- collections ---- */

static enum lf_code value(struct reader *r, const yaml_event_t *ev, const struct lf_json **out);

static int cmp_key(const void *x, const void *y)
{
    return lf_view_cmp(*(const lf_view *)x, *(const lf_view *)y);
}

static enum lf_code close_map(struct reader *r, const yaml_mark_t *at, size_t start,
                              const struct lf_json **out)
{
    size_t n = r->top - start;
    lf_view *keys = LF_NEW(r->a, lf_view, n), *sorted = LF_NEW(r->a, lf_view, n);
    const struct lf_json **values = LF_NEW(r->a, const struct lf_json *, n);

    for (size_t i = 0; i < n; i++) {
        keys[i] = r->stack[start + i].key;
        values[i] = r->stack[start + i].value;
    }
    if (n) {
        memcpy(sorted, keys, n * sizeof *keys);
        qsort(sorted, n, sizeof *sorted, cmp_key);
    }
    for (size_t i = 1; i < n; i++)
        if (lf_view_eq(sorted[i - 1], sorted[i]))
            return lf_err_set(r->e, LF_BAD_INPUT, "yaml: line %zu: the key \"%.*s\" stands twice in this map",
                              at->line + 1, LF_FMT(lf_view_first(sorted[i], 64)));
    *out = lf_json_new_object(r->a, n, keys, values);
    /* A container holds its values, not pointers to them: only now they stand still. */
    for (size_t i = 0; i < n; i++)
        mark(r, lf_json_member(*out, i), r->stack[start + i].line);
    return LF_OK;
}

static enum lf_code map(struct reader *r, const yaml_mark_t *at, const struct lf_json **out)
{
    size_t start = r->top;

    for (;;) {
        yaml_event_t ev;
        const struct lf_json *v;
        enum lf_code rc;
        lf_view key;
        size_t line;

        LF_TRY(next(r, &ev));
        if (ev.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&ev);
            break;
        }
        if (ev.type != YAML_SCALAR_EVENT) {
            rc = bad(r, &ev.start_mark, "a key that is no scalar");
            yaml_event_delete(&ev);
            return rc;
        }
        key = lf_arena_copy(r->a, (lf_view){ (const char *)ev.data.scalar.value, ev.data.scalar.length });
        line = ev.start_mark.line + 1;
        yaml_event_delete(&ev);
        LF_TRY(next(r, &ev));
        rc = value(r, &ev, &v);
        yaml_event_delete(&ev);
        LF_TRY(rc);
        push(r, key, v, line);
    }
    LF_TRY(close_map(r, at, start, out));
    r->top = start;
    return LF_OK;
}

static enum lf_code list(struct reader *r, const struct lf_json **out)
{
    size_t start = r->top, n;
    const struct lf_json **values;

    for (;;) {
        yaml_event_t ev;
        const struct lf_json *v;
        enum lf_code rc;
        size_t line;

        LF_TRY(next(r, &ev));
        line = ev.start_mark.line + 1;
        if (ev.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&ev);
            break;
        }
        rc = value(r, &ev, &v);
        yaml_event_delete(&ev);
        LF_TRY(rc);
        push(r, (lf_view){ "", 0 }, v, line);
    }
    n = r->top - start;
    values = LF_NEW(r->a, const struct lf_json *, n);
    for (size_t i = 0; i < n; i++)
        values[i] = r->stack[start + i].value;
    *out = lf_json_new_array(r->a, n, values);
    for (size_t i = 0; i < n; i++)
        mark(r, lf_json_item(*out, i), r->stack[start + i].line);
    r->top = start;
    return LF_OK;
}

static enum lf_code alias(struct reader *r, const yaml_event_t *ev, const struct lf_json **out)
{
    lf_view name = lf_view_of((const char *)ev->data.alias.anchor);

    for (size_t i = r->nanchors; i > 0; i--)
        if (lf_view_eq(r->anchors[i - 1].name, name)) {
            r->nodes += r->anchors[i - 1].weight;
            *out = r->anchors[i - 1].value;
            return LF_OK;
        }
    return bad(r, &ev->start_mark, "an alias to nothing that stands finished before it");
}

static enum lf_code value(struct reader *r, const yaml_event_t *ev, const struct lf_json **out)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    size_t before = r->nodes++;
    enum lf_code rc;

    if (ev->type == YAML_ALIAS_EVENT) {
        LF_TRY(alias(r, ev, out));
    } else if (ev->type == YAML_SCALAR_EVENT) {
        anchor = ev->data.scalar.anchor;
        LF_TRY(scalar(r, ev, out));
    } else if (ev->type == YAML_MAPPING_START_EVENT || ev->type == YAML_SEQUENCE_START_EVENT) {
        bool is_map = ev->type == YAML_MAPPING_START_EVENT;

        anchor = is_map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor;
        tag = is_map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag;
        if (tag && strcmp((const char *)tag, is_map ? YAML_MAP_TAG : YAML_SEQ_TAG) != 0)
            return bad(r, &ev->start_mark, "a tag outside the core schema");
        if (r->depth >= r->depth_max)
            return lf_err_set(r->e, LF_TOO_BIG, "yaml: line %zu: nested deeper than %u",
                              ev->start_mark.line + 1, r->depth_max);
        r->depth++;
        rc = is_map ? map(r, &ev->start_mark, out) : list(r, out);
        r->depth--;
        LF_TRY(rc);
    } else {
        return bad(r, &ev->start_mark, "a value is expected");
    }
    if (r->nodes > r->nodes_max)
        return lf_err_set(r->e, LF_TOO_BIG, "yaml: line %zu: more than %zu values, aliases unfolded",
                          ev->start_mark.line + 1, r->nodes_max);
    if (anchor) {
        if (r->nanchors == ANCHORS)
            return bad(r, &ev->start_mark, "too many anchors");
        r->anchors[r->nanchors++] =
            (struct anchor){ .name = lf_arena_copy(r->a, lf_view_of((const char *)anchor)),
                             .value = *out,
                             .weight = r->nodes - before };
    }
    return LF_OK;
}

/* ---- the stream ---- */

/* What is left of a refused document, so that the next can be read.  The scanner looks
 * at every open list for each word, so that a million of them would take hours: what
 * is nested much deeper than it should be is no YAML for us. */
static enum lf_code skip_document(struct reader *r)
{
    for (int depth = 0;;) {
        yaml_event_t ev;
        yaml_event_type_t type;

        LF_TRY(next(r, &ev));
        type = ev.type;
        yaml_event_delete(&ev);
        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
        if (depth > SKIPPED_DEPTH) {
            r->torn = true;
            return LF_TOO_BIG; /* what was said of the document stands */
        }
        if (type == YAML_DOCUMENT_END_EVENT || type == YAML_STREAM_END_EVENT)
            return LF_OK;
    }
}

static enum lf_code stream(struct reader *r, struct lf_yaml_doc **out, size_t *count)
{
    struct lf_yaml_doc *docs = NULL;
    size_t n = 0, cap = 0;

    for (;;) {
        yaml_event_t ev;
        yaml_event_type_t type;
        enum lf_code rc = LF_OK;
        const struct lf_json *v = NULL;
        size_t line;

        LF_TRY(next(r, &ev));
        type = ev.type;
        line = ev.start_mark.line + 1;
        if (type == YAML_DOCUMENT_START_EVENT) {
            r->nanchors = 0;
            r->top = r->depth = 0; /* `nodes` counts on: the limit is the stream's */
        } else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_END_EVENT &&
                   type != YAML_STREAM_END_EVENT) {
            rc = value(r, &ev, &v);
        }
        yaml_event_delete(&ev);
        if (type == YAML_STREAM_END_EVENT)
            break;
        if (rc != LF_OK && r->torn)
            return rc;
        if (!v && rc == LF_OK)
            continue;
        docs = lf_arena_grow(r->a, docs, n, &cap, sizeof *docs);
        docs[n] = (struct lf_yaml_doc){ .root = v, .line = line };
        if (rc != LF_OK) {
            docs[n].root = NULL;
            docs[n].code = rc;
            docs[n].refused = lf_arena_copy(r->a, lf_view_of(r->e->text));
            LF_TRY(skip_document(r));
        }
        n++;
    }
    *out = docs;
    *count = n;
    return LF_OK;
}

enum lf_code lf_yaml_parse_each(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                                struct lf_yaml_doc **out, size_t *n, struct lf_yaml_marks *marks,
                                struct lf_err *e)
{
    size_t max = limits && limits->bytes ? limits->bytes : BYTES_USUAL;
    unsigned depth = limits && limits->depth ? limits->depth : DEPTH_USUAL;
    struct reader *r;
    struct lf_err why = { 0 }; /* of a document that is refused alone: none of the caller's */
    enum lf_code rc;

    if (in.len > max)
        return lf_err_set(e, LF_TOO_BIG, "yaml: %zu bytes are over the limit of %zu", in.len, max);
    if (!lf_view_is_utf8(in))
        return lf_err_set(e, LF_BAD_INPUT, "yaml: not UTF-8");
    if (lf_view_starts(in, LF_V("\xef\xbb\xbf"))) /* editors on Windows put it there */
        in = lf_view_from(in, 3);
    r = LF_NEW(a, struct reader, 1);
    r->a = a;
    r->depth_max = depth < DEPTH_MAX ? depth : DEPTH_MAX;
    r->nodes_max = limits && limits->nodes ? limits->nodes : NODES_USUAL;
    r->marks = marks;
    r->e = &why;
    if (!yaml_parser_initialize(&r->y))
        LF_BUG("out of memory for a YAML parser");
    yaml_parser_set_encoding(&r->y, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->y, (const unsigned char *)(in.ptr ? in.ptr : ""), in.len);
    rc = stream(r, out, n);
    yaml_parser_delete(&r->y);
    free(r->stack);
    return rc == LF_OK ? rc : lf_err_set(e, rc, "%s", why.text);
}

size_t lf_yaml_line(const struct lf_yaml_marks *marks, const struct lf_json *value)
{
    for (size_t i = 0; value && i < marks->n; i++)
        if (marks->at[i].value == value)
            return marks->at[i].line;
    return 0;
}

enum lf_code lf_yaml_parse_all(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                               const struct lf_json **out, struct lf_err *e)
{
    struct lf_yaml_doc *docs = NULL;
    const struct lf_json **roots;
    size_t n = 0;

    LF_TRY(lf_yaml_parse_each(a, in, limits, &docs, &n, NULL, e));
    roots = LF_NEW(a, const struct lf_json *, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        if (!docs[i].root)
            return lf_err_set(e, docs[i].code, "%.*s", LF_FMT(docs[i].refused));
        roots[i] = docs[i].root;
    }
    *out = lf_json_new_array(a, n, roots);
    return LF_OK;
}

enum lf_code lf_yaml_parse(struct lf_arena *a, lf_view in, const struct lf_yaml_limits *limits,
                           const struct lf_json **out, struct lf_err *e)
{
    const struct lf_json *all = NULL;

    LF_TRY(lf_yaml_parse_all(a, in, limits, &all, e));
    if (lf_json_items(all) != 1)
        return lf_err_set(e, LF_BAD_INPUT, "yaml: %zu documents where exactly one belongs",
                          lf_json_items(all));
    *out = lf_json_item(all, 0);
    return LF_OK;
}
