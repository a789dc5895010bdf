#include "fmt/cef.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins(lf_view in, const char *word)
{
    size_t n = strlen(word), i = n;

    if (!lf_view_starts(in, lf_view_of(word)))
        return false;
    while (i < in.len && i < n + 8 && (digit(in.ptr[i]) || in.ptr[i] == '.'))
        i++;
    return i > n && i < in.len && in.ptr[i] == '|';
}

size_t lf_cef_find(lf_view line)
{
    size_t most = line.len < 512 ? line.len : 512;

    for (size_t i = 0; i < most; i++) {
        char c = line.ptr[i];

        if (c != 'C' && c != 'L')
            continue;
        if (i > 0 && ((line.ptr[i - 1] | 32) >= 'a' && (line.ptr[i - 1] | 32) <= 'z'))
            continue;
        if (begins(lf_view_from(line, i), c == 'C' ? "CEF:" : "LEEF:"))
            return i;
    }
    return SIZE_MAX;
}

/* \X undone where X is one of `what`; n and r give the line's ends when `lines`. */
static lf_view unescaped(struct lf_arena *a, lf_view v, const char *what, bool lines)
{
    char *out;
    size_t o = 0;

    if (lf_view_find_byte(v, '\\') == SIZE_MAX)
        return v;
    out = lf_arena_alloc(a, v.len, 1);
    for (size_t i = 0; i < v.len; i++) {
        char next = i + 1 < v.len ? v.ptr[i + 1] : '\0';

        if (v.ptr[i] == '\\' && next != '\0' && strchr(what, next)) {
            out[o++] = next;
            i++;
        } else if (v.ptr[i] == '\\' && lines && (next == 'n' || next == 'r')) {
            out[o++] = next == 'n' ? '\n' : '\r';
            i++;
        } else {
            out[o++] = v.ptr[i];
        }
    }
    return (lf_view){ out, o };
}

/* A header field up to its pipe. */
static bool take_field(struct lf_arena *a, lf_view *in, lf_view *out)
{
    for (size_t i = 0; i < in->len; i++) {
        if (in->ptr[i] == '\\' && i + 1 < in->len) {
            i++;
        } else if (in->ptr[i] == '|') {
            *out = unescaped(a, lf_view_first(*in, i), "|\\", false);
            *in = lf_view_from(*in, i + 1);
            return true;
        }
    }
    return false;
}

static bool key_char(char c)
{
    return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == '.' || c == '-' || c == '[' ||
           c == ']';
}

static void pair(struct lf_cef *c, lf_view key, lf_view value)
{
    if (c->n == LF_CEF_PAIRS) {
        c->cut = true;
        return;
    }
    c->pairs[c->n++] = (struct lf_cef_pair){ key, value };
}

/* The next `key=` at or after `from`: *key is where it begins, its '=' is given. */
static size_t next_key(lf_view in, size_t from, size_t *key)
{
    for (size_t i = from; i < in.len; i++) {
        size_t k = i;

        if (in.ptr[i] == '\\') {
            i++;
            continue;
        }
        if (in.ptr[i] != '=')
            continue;
        while (k > from && key_char(in.ptr[k - 1]))
            k--;
        if (k < i && (k == 0 || in.ptr[k - 1] == ' ' || in.ptr[k - 1] == '\t')) {
            *key = k;
            return i;
        }
    }
    return SIZE_MAX;
}

static void extension(struct lf_arena *a, lf_view in, struct lf_cef *c)
{
    size_t key = 0, eq = next_key(in, 0, &key);

    while (eq != SIZE_MAX) {
        size_t next = 0, next_eq = next_key(in, eq + 1, &next), end = next_eq == SIZE_MAX ? in.len : next;
        lf_view value;

        /* One blank belongs to the next key; devices that send more mean nothing by them. */
        while (end > eq + 1 && (in.ptr[end - 1] == ' ' || in.ptr[end - 1] == '\t' ||
                                in.ptr[end - 1] == '\r' || in.ptr[end - 1] == '\n'))
            end--;
        value = (lf_view){ in.ptr + eq + 1, end - eq - 1 };
        pair(c, (lf_view){ in.ptr + key, eq - key }, unescaped(a, value, "=\\", true));
        key = next;
        eq = next_eq;
    }
}

static bool hex_byte(lf_view v, char *out)
{
    unsigned n = 0;

    if (lf_view_starts(v, LF_V("0x")) || lf_view_starts(v, LF_V("0X")))
        v = lf_view_from(v, 2);
    else if (v.len > 0 && (v.ptr[0] | 32) == 'x')
        v = lf_view_from(v, 1);
    else
        return false;
    if (v.len == 0 || v.len > 4)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char c = (char)(v.ptr[i] | 32);

        if (digit(v.ptr[i]))
            n = n << 4 | (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            n = n << 4 | (unsigned)(c - 'a' + 10);
        else
            return false;
    }
    if (n == 0 || n > 0x7f) /* a delimiter beyond ASCII would cut characters */
        return false;
    *out = (char)n;
    return true;
}

static void attributes(lf_view in, char delimiter, struct lf_cef *c)
{
    lf_view one;

    while (lf_view_split(&in, delimiter, &one)) {
        size_t eq = lf_view_find_byte(one, '=');
        lf_view key;

        if (eq == SIZE_MAX)
            continue;
        key = lf_view_trim(lf_view_first(one, eq));
        if (key.len > 0)
            pair(c, key, lf_view_trim(lf_view_from(one, eq + 1)));
    }
}

enum lf_code lf_cef_parse(struct lf_arena *a, lf_view in, struct lf_cef *out, struct lf_err *e)
{
    bool leef = lf_view_starts(in, LF_V("LEEF:"));
    lf_view version, f[6] = { { NULL, 0 } };
    size_t fields = leef ? 4 : 6;
    char delimiter = '\t';

    if (!leef && !lf_view_starts(in, LF_V("CEF:")))
        return lf_err_set(e, LF_BAD_INPUT, "cef: the line begins with neither CEF: nor LEEF:");
    in = lf_view_from(in, leef ? 5 : 4);
    if (!take_field(a, &in, &version))
        return lf_err_set(e, LF_BAD_INPUT, "cef: no pipe behind the version");
    version = lf_view_trim(version);
    for (size_t i = 0; i < version.len; i++)
        if (!digit(version.ptr[i]) && version.ptr[i] != '.')
            return lf_err_set(e, LF_BAD_INPUT, "cef: the version is no number");
    if (version.len == 0)
        return lf_err_set(e, LF_BAD_INPUT, "cef: the version is missing");
    for (size_t i = 0; i < fields; i++) {
        if (take_field(a, &in, &f[i]))
            continue;
        /* The last pipe may be missing where nothing follows it. */
        if (i + 1 < fields)
            return lf_err_set(e, LF_BAD_INPUT, "%s: the header has %zu fields of %zu", leef ? "leef" : "cef",
                              i, fields);
        f[i] = unescaped(a, in, "|\\", false);
        in.len = 0;
    }
    out->leef = leef;
    out->cut = false;
    out->version = version;
    out->vendor = f[0];
    out->product = f[1];
    out->device_version = f[2];
    out->event = f[3];
    out->name = leef ? (lf_view){ "", 0 } : f[4];
    out->severity = leef ? (lf_view){ "", 0 } : f[5];
    out->n = 0;
    if (!leef) {
        extension(a, lf_view_trim(in), out);
        return LF_OK;
    }
    if (lf_view_starts(version, LF_V("2"))) {
        size_t pipe = lf_view_find_byte(lf_view_first(in, 8), '|');

        if (pipe == 0) {
            in = lf_view_from(in, 1);
        } else if (pipe == 1 || (pipe != SIZE_MAX && hex_byte(lf_view_first(in, pipe), &delimiter))) {
            if (pipe == 1)
                delimiter = in.ptr[0];
            in = lf_view_from(in, pipe + 1);
        }
    }
    attributes(in, delimiter, out);
    return LF_OK;
}
