#include "fmt/uri.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Into `to` (in.len bytes); SIZE_MAX on a bad escape. */
static size_t decode(lf_view in, bool plus, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        if (c == '%') {
            int hi = i + 2 < in.len ? hex(in.ptr[i + 1]) : -1, lo = hi >= 0 ? hex(in.ptr[i + 2]) : -1;
            if (lo < 0)
                return SIZE_MAX;
            c = (char)(hi * 16 + lo);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[n++] = c;
    }
    return n;
}

static enum lf_code clean(lf_view v, struct lf_err *e)
{
    if (v.len && memchr(v.ptr, '\0', v.len))
        return lf_err_set(e, LF_BAD_INPUT, "uri: a NUL is encoded");
    if (!lf_view_is_utf8(v))
        return lf_err_set(e, LF_BAD_INPUT, "uri: not UTF-8 once decoded");
    return LF_OK;
}

enum lf_code lf_uri_decode_form(struct lf_arena *a, lf_view in, lf_view *out, struct lf_err *e)
{
    char *to = lf_arena_alloc(a, in.len + 1, 1);
    size_t n = decode(in, true, to);

    if (n == SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "uri: '%%' without two hexadecimal digits");
    LF_TRY(clean((lf_view){ to, n }, e));
    *out = (lf_view){ to, n };
    return LF_OK;
}

enum lf_code lf_uri_decode_path(struct lf_arena *a, lf_view in, lf_view *out, struct lf_err *e)
{
    char *to = lf_arena_alloc(a, in.len + 1, 1);
    size_t n = 0;
    lf_view segment;

    if (!in.len || in.ptr[0] != '/')
        return lf_err_set(e, LF_BAD_INPUT, "uri: a path begins with '/'");
    to[n++] = '/';
    in = lf_view_from(in, 1);
    while (lf_view_split(&in, '/', &segment)) {
        size_t start = n, k;

        k = decode(segment, false, to + n);
        if (k == SIZE_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "uri: '%%' without two hexadecimal digits");
        for (size_t i = 0; i < k; i++)
            if (to[start + i] == '/' || to[start + i] == '\\')
                return lf_err_set(e, LF_BAD_INPUT, "uri: an encoded slash or a backslash in a path");
        if (k == 0 || (k == 1 && to[start] == '.'))
            continue;
        if (k == 2 && to[start] == '.' && to[start + 1] == '.') {
            if (n == 1)
                return lf_err_set(e, LF_BAD_INPUT, "uri: the path climbs above its root");
            n--; /* the slash, then the segment before it */
            while (to[n - 1] != '/')
                n--;
            continue;
        }
        n += k;
        if (in.ptr)
            to[n++] = '/';
    }
    LF_TRY(clean((lf_view){ to, n }, e));
    *out = (lf_view){ to, n };
    return LF_OK;
}

void lf_uri_encode(struct lf_buf *b, lf_view in)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < in.len; i++) {
        unsigned char c = (unsigned char)in.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
            c == '.' || c == '_' || c == '~') {
            lf_buf_byte(b, (char)c);
        } else {
            char x[3] = { '%', digits[c >> 4], digits[c & 15] };
            lf_buf_put(b, (lf_view){ x, sizeof x });
        }
    }
}

bool lf_uri_field(lf_view *in, lf_view *name, lf_view *value)
{
    lf_view field;
    size_t eq;

    do {
        if (!in->ptr || !lf_view_split(in, '&', &field))
            return false;
    } while (!field.len);
    eq = lf_view_find_byte(field, '=');
    *name = eq == SIZE_MAX ? field : lf_view_first(field, eq);
    *value = eq == SIZE_MAX ? (lf_view){ "", 0 } : lf_view_from(field, eq + 1);
    return true;
}

lf_view lf_uri_origin(struct lf_arena *a, lf_view url, lf_view *path, lf_view *query)
{
    size_t begin, end, at, hash = lf_view_find_byte(url, '#');
    lf_view rest;
    char *host;

    url = lf_view_first(url, hash);
    if (url.len > 8 && lf_view_eq_nocase(lf_view_first(url, 8), LF_V("https://")))
        begin = 8;
    else if (url.len > 7 && lf_view_eq_nocase(lf_view_first(url, 7), LF_V("http://")))
        begin = 7;
    else
        return LF_V("");
    for (end = begin; end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?'; end++)
        if (url.ptr[end] == '@' || url.ptr[end] == '\\' || (unsigned char)url.ptr[end] <= ' ')
            return LF_V("");
    if (end == begin || end > 300)
        return LF_V("");
    rest = lf_view_from(url, end);
    at = lf_view_find_byte(rest, '?');
    *query = at == SIZE_MAX ? LF_V("") : lf_view_from(rest, at + 1);
    *path = lf_view_first(rest, at);
    if (!path->len)
        *path = LF_V("/");
    host = lf_arena_cstr(a, lf_view_first(url, end));
    for (size_t i = 0; i < end; i++)
        if (host[i] >= 'A' && host[i] <= 'Z')
            host[i] = (char)(host[i] | 0x20);
    return (lf_view){ host, end };
}
