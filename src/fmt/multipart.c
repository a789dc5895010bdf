#include "fmt/multipart.h"

/* A parameter of a header, "name=…" or "name=\"…\"", and the rest behind it. */
static bool parameter(lf_view *rest, lf_view *name, lf_view *value)
{
    lf_view v = *rest;
    size_t at = lf_view_find_byte(v, ';'), eq, end;

    if (at == SIZE_MAX)
        return false;
    v = lf_view_trim(lf_view_from(v, at + 1));
    eq = lf_view_find_byte(v, '=');
    if (eq == SIZE_MAX)
        return false;
    *name = lf_view_trim(lf_view_first(v, eq));
    v = lf_view_trim(lf_view_from(v, eq + 1));
    if (v.len && v.ptr[0] == '"') {
        v = lf_view_from(v, 1);
        end = lf_view_find_byte(v, '"');
        if (end == SIZE_MAX)
            return false;
        *value = lf_view_first(v, end);
        *rest = lf_view_from(v, end + 1);
        return true;
    }
    end = lf_view_find_byte(v, ';');
    *value = lf_view_trim(lf_view_first(v, end));
    *rest = end == SIZE_MAX ? LF_V("") : lf_view_from(v, end);
    return true;
}

static bool boundary_of(lf_view content_type, lf_view *out)
{
    lf_view rest = content_type, name, value;

    if (!lf_view_eq_nocase(lf_view_trim(lf_view_first(rest, lf_view_find_byte(rest, ';'))),
                           LF_V("multipart/form-data")))
        return false;
    while (parameter(&rest, &name, &value))
        if (lf_view_eq_nocase(name, LF_V("boundary"))) {
            *out = value;
            return value.len >= 1 && value.len <= 70;
        }
    return false;
}

/* Browsers write a quote as %22 and line ends as %0D and %0A, and nothing else so. */
static lf_view decoded(struct lf_arena *a, lf_view v)
{
    char *out;
    size_t n = 0;

    if (lf_view_find_byte(v, '%') == SIZE_MAX)
        return v;
    out = LF_NEW(a, char, v.len + 1);
    for (size_t i = 0; i < v.len; i++) {
        lf_view three = lf_view_first(lf_view_from(v, i), 3);

        out[n] = v.ptr[i];
        if (lf_view_is(three, "%22"))
            out[n] = '"';
        else if (lf_view_eq_nocase(three, LF_V("%0d")) || lf_view_eq_nocase(three, LF_V("%0a")))
            out[n] = ' ';
        if (out[n] != v.ptr[i])
            i += 2;
        n++;
    }
    return (lf_view){ out, n };
}

/* Some clients send a whole path. */
static lf_view base_name(lf_view v)
{
    for (size_t i = v.len; i > 0; i--)
        if (v.ptr[i - 1] == '/' || v.ptr[i - 1] == '\\')
            return lf_view_from(v, i);
    return v;
}

static enum lf_code read_head(struct lf_arena *a, lf_view head, struct lf_multipart_part *p, struct lf_err *e)
{
    lf_view line;

    while (head.len) {
        size_t end = lf_view_find(head, LF_V("\r\n")), colon;
        lf_view name, value, key, given;

        line = lf_view_first(head, end);
        head = end == SIZE_MAX ? LF_V("") : lf_view_from(head, end + 2);
        colon = lf_view_find_byte(line, ':');
        if (colon == SIZE_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "form: a part's header has no colon");
        name = lf_view_first(line, colon);
        value = lf_view_trim(lf_view_from(line, colon + 1));
        if (lf_view_eq_nocase(name, LF_V("Content-Type"))) {
            p->type = value;
        } else if (lf_view_eq_nocase(name, LF_V("Content-Disposition"))) {
            if (!lf_view_eq_nocase(lf_view_trim(lf_view_first(value, lf_view_find_byte(value, ';'))),
                                   LF_V("form-data")))
                return lf_err_set(e, LF_BAD_INPUT, "form: a part is no form-data");
            while (parameter(&value, &key, &given))
                if (lf_view_eq_nocase(key, LF_V("name")))
                    p->name = decoded(a, given);
                else if (lf_view_eq_nocase(key, LF_V("filename")))
                    p->file = base_name(decoded(a, given));
        }
    }
    return p->name.len ? LF_OK : lf_err_set(e, LF_BAD_INPUT, "form: a part has no name");
}

enum lf_code lf_multipart_read(struct lf_arena *a, lf_view content_type, lf_view body,
                               struct lf_multipart *out, struct lf_err *e)
{
    struct lf_multipart m = { 0 };
    size_t cap = 0;
    lf_view boundary, mark, left = body;

    if (!boundary_of(content_type, &boundary))
        return lf_err_set(e, LF_BAD_INPUT, "form: the Content-Type names no boundary of 1 to 70 characters");
    mark = lf_arena_printf(a, "\r\n--%.*s", LF_FMT(boundary));
    /* The first has no line before it. */
    if (lf_view_starts(left, lf_view_from(mark, 2))) {
        left = lf_view_from(left, mark.len - 2);
    } else {
        size_t at = lf_view_find(left, mark);

        if (at == SIZE_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "form: its boundary is not in it");
        left = lf_view_from(left, at + mark.len);
    }
    while (!lf_view_starts(left, LF_V("--"))) {
        struct lf_multipart_part p = { .type = LF_V("") };
        size_t end;

        while (left.len && (left.ptr[0] == ' ' || left.ptr[0] == '\t'))
            left = lf_view_from(left, 1);
        if (!lf_view_starts(left, LF_V("\r\n")))
            return lf_err_set(e, LF_BAD_INPUT, "form: it ends within a part");
        if (m.n == LF_MULTIPART_PARTS)
            return lf_err_set(e, LF_TOO_BIG, "form: more than %d parts", LF_MULTIPART_PARTS);
        end = lf_view_find(lf_view_first(left, LF_MULTIPART_HEAD), LF_V("\r\n\r\n"));
        if (end == SIZE_MAX)
            return left.len > LF_MULTIPART_HEAD
                       ? lf_err_set(e, LF_TOO_BIG, "form: a part's headers are longer than %d bytes",
                                    LF_MULTIPART_HEAD)
                       : lf_err_set(e, LF_BAD_INPUT, "form: it ends within a part");
        LF_TRY(read_head(a, lf_view_from(lf_view_first(left, end), 2), &p, e));
        left = lf_view_from(left, end + 4);
        /* An empty body's boundary begins with the line that ended the headers. */
        if (lf_view_starts(left, lf_view_from(mark, 2))) {
            p.body = lf_view_first(left, 0);
            left = lf_view_from(left, mark.len - 2);
        } else {
            end = lf_view_find(left, mark);
            if (end == SIZE_MAX)
                return lf_err_set(e, LF_BAD_INPUT, "form: it ends within a part");
            p.body = lf_view_first(left, end);
            left = lf_view_from(left, end + mark.len);
        }
        m.parts = lf_arena_grow(a, m.parts, m.n, &cap, sizeof *m.parts);
        m.parts[m.n++] = p;
    }
    *out = m;
    return LF_OK;
}

const struct lf_multipart_part *lf_multipart_get(const struct lf_multipart *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (lf_view_is(m->parts[i].name, name))
            return &m->parts[i];
    return NULL;
}
