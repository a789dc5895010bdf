#include "base/view.h"

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

int lf_view_cmp(lf_view a, lf_view b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

    if (c)
        return c;
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool lf_view_eq_nocase(lf_view a, lf_view b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i]))
            return false;
    return true;
}

bool lf_view_starts(lf_view v, lf_view prefix)
{
    return v.len >= prefix.len && (!prefix.len || memcmp(v.ptr, prefix.ptr, prefix.len) == 0);
}

bool lf_view_ends(lf_view v, lf_view suffix)
{
    return v.len >= suffix.len &&
           (!suffix.len || memcmp(v.ptr + v.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

size_t lf_view_find(lf_view v, lf_view needle)
{
    const char *at;

    if (!needle.len)
        return 0;
    if (!v.len)
        return SIZE_MAX;
    at = memmem(v.ptr, v.len, needle.ptr, needle.len);
    return at ? (size_t)(at - v.ptr) : SIZE_MAX;
}

bool lf_view_among(lf_view v, const char *const *names, size_t n, size_t *at)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(v, names[i])) {
            *at = i;
            return true;
        }
    return false;
}

size_t lf_view_find_byte(lf_view v, char c)
{
    const char *at = v.len ? memchr(v.ptr, c, v.len) : NULL;

    return at ? (size_t)(at - v.ptr) : SIZE_MAX;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

lf_view lf_view_trim(lf_view v)
{
    while (v.len && blank(v.ptr[0])) {
        v.ptr++;
        v.len--;
    }
    while (v.len && blank(v.ptr[v.len - 1]))
        v.len--;
    return v;
}

/* How many bytes the white space takes that `v` begins with; 0: it begins with something else. */
static size_t space_at(lf_view v)
{
    static const char *const wide[] = { "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
                                        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80" };
    unsigned char c = (unsigned char)v.ptr[0];

    if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (lf_view_starts(v, lf_view_of(wide[i])))
            return strlen(wide[i]);
    /* U+2000 to U+200A */
    return v.len > 2 && lf_view_starts(v, LF_V("\xe2\x80")) && (unsigned char)v.ptr[2] >= 0x80 &&
                   (unsigned char)v.ptr[2] <= 0x8a
               ? 3
               : 0;
}

bool lf_view_blank(lf_view v)
{
    for (size_t n; v.len; v = lf_view_from(v, n))
        if (!(n = space_at(v)))
            return false;
    return true;
}

bool lf_view_split(lf_view *in, char sep, lf_view *out)
{
    size_t at;

    if (!in->ptr)
        return false;
    at = lf_view_find_byte(*in, sep);
    if (at == SIZE_MAX) {
        *out = *in;
        *in = (lf_view){ NULL, 0 };
    } else {
        *out = (lf_view){ in->ptr, at };
        *in = (lf_view){ in->ptr + at + 1, in->len - at - 1 };
    }
    return true;
}

bool lf_view_u64(lf_view v, uint64_t *out)
{
    uint64_t n = 0;

    if (!v.len)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        unsigned d = (unsigned)(unsigned char)v.ptr[i] - '0';
        if (d > 9 || n > (UINT64_MAX - d) / 10)
            return false;
        n = n * 10 + d;
    }
    *out = n;
    return true;
}

bool lf_view_i64(lf_view v, int64_t *out)
{
    bool minus = v.len && v.ptr[0] == '-';
    uint64_t n;

    if (!lf_view_u64(minus ? lf_view_from(v, 1) : v, &n))
        return false;
    if (n > (uint64_t)INT64_MAX)
        return false; /* INT64_MIN is nobody's honest number here */
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

bool lf_view_is_utf8(lf_view v)
{
    const unsigned char *p = (const unsigned char *)v.ptr;
    const unsigned char *end = v.len ? p + v.len : p; /* NULL + 0 is undefined in C17 */

    while (p < end) {
        unsigned c = *p++;
        unsigned n, low;

        if (c < 0x80) {
            uint64_t eight;

            /* Most text is ASCII: eight bytes a step. */
            while (end - p >= 8 && (memcpy(&eight, p, 8), !(eight & 0x8080808080808080u)))
                p += 8;
            continue;
        }
        if (c >= 0xc2 && c <= 0xdf) {
            n = 1;
            low = 0;
        } else if (c >= 0xe0 && c <= 0xef) {
            n = 2;
            low = c == 0xe0 ? 0xa0 : 0;
            if (c == 0xed && p<end && * p> 0x9f)
                return false; /* surrogates */
        } else if (c >= 0xf0 && c <= 0xf4) {
            n = 3;
            low = c == 0xf0 ? 0x90 : 0;
            if (c == 0xf4 && p<end && * p> 0x8f)
                return false; /* past U+10FFFF */
        } else {
            return false;
        }
        if ((size_t)(end - p) < n || (low && *p < low))
            return false;
        for (; n; n--, p++)
            if ((*p & 0xc0) != 0x80)
                return false;
    }
    return true;
}

bool lf_view_is_text(lf_view v, size_t least, size_t most)
{
    return v.len >= least && v.len <= most && lf_view_find_byte(v, '\0') == SIZE_MAX && lf_view_is_utf8(v);
}

uint32_t lf_utf8_get(const char *p, size_t n)
{
    uint32_t c = (unsigned char)p[0];

    if (n == 1)
        return c;
    c &= 0xffu >> (n + 1);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)p[i] & 0x3fu);
    return c;
}

lf_view lf_utf8_first(lf_view v, size_t n)
{
    if (n >= v.len)
        return v;
    while (n > 0 && ((unsigned char)v.ptr[n] & 0xc0) == 0x80)
        n--;
    return lf_view_first(v, n);
}

size_t lf_utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}
