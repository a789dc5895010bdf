#include "fmt/charset.h"

enum { TRAILS = 157 };
extern const unsigned short lf_big5_table[126 * TRAILS]; /* made by tools/big5.py */

static const char *const names[] = { "auto", "utf-8", "big5", "utf-16le", "utf-16be" };

bool lf_charset_parse(lf_view name, enum lf_charset *out)
{
    static const struct {
        const char *name;
        enum lf_charset c;
    } others[] = { { "utf8", LF_CHARSET_UTF8 },       { "big-5", LF_CHARSET_BIG5 },
                   { "cp950", LF_CHARSET_BIG5 },      { "ms950", LF_CHARSET_BIG5 },
                   { "utf16le", LF_CHARSET_UTF16LE }, { "utf16be", LF_CHARSET_UTF16BE } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_eq_nocase(name, lf_view_of(names[i]))) {
            *out = (enum lf_charset)i;
            return true;
        }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (lf_view_eq_nocase(name, lf_view_of(others[i].name))) {
            *out = others[i].c;
            return true;
        }
    return false;
}

const char *lf_charset_name(enum lf_charset c)
{
    return (size_t)c < sizeof names / sizeof *names ? names[c] : "?";
}

/* The code point of a pair, 0 if it is none. */
static uint32_t big5_pair(unsigned char lead, unsigned char trail)
{
    unsigned t;

    if (lead < 0x81 || lead > 0xfe)
        return 0;
    if (trail >= 0x40 && trail <= 0x7e)
        t = trail - 0x40u;
    else if (trail >= 0xa1 && trail <= 0xfe)
        t = trail - 0xa1u + 63;
    else
        return 0;
    return lf_big5_table[(lead - 0x81u) * TRAILS + t];
}

static bool looks_big5(lf_view in)
{
    size_t often = 0, seldom = 0;

    for (size_t i = 0; i < in.len; i++) {
        unsigned char c = (unsigned char)in.ptr[i];

        if (c < 0x80) {
            if (c == 0)
                return false;
            continue;
        }
        if (i + 1 == in.len || !big5_pair(c, (unsigned char)in.ptr[i + 1]))
            return false;
        if (c >= 0xa4 && c <= 0xc6)
            often++;
        else if (c >= 0xc9)
            seldom++;
        i++;
    }
    return often > 0 && often >= seldom;
}

static uint32_t unit(lf_view in, size_t at, bool big)
{
    unsigned char a = (unsigned char)in.ptr[at], b = (unsigned char)in.ptr[at + 1];

    return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

/* Valid throughout, without NUL, and at least half ASCII. */
static bool looks_utf16(lf_view in, bool big)
{
    size_t ascii = 0, units = in.len / 2;

    if (in.len < 4 || in.len % 2 != 0)
        return false;
    for (size_t i = 0; i < in.len; i += 2) {
        uint32_t u = unit(in, i, big);

        if (u == 0 || u == 0xfffe || u == 0xffff)
            return false;
        if (u >= 0xdc00 && u <= 0xdfff)
            return false;
        if (u >= 0xd800 && u <= 0xdbff) {
            if (i + 2 >= in.len || unit(in, i + 2, big) < 0xdc00 || unit(in, i + 2, big) > 0xdfff)
                return false;
            i += 2;
            continue;
        }
        ascii += u < 0x80;
    }
    return ascii * 2 >= units;
}

enum lf_charset lf_charset_guess(lf_view in)
{
    if (in.len >= 3 && memcmp(in.ptr, "\xef\xbb\xbf", 3) == 0)
        return LF_CHARSET_UTF8;
    if (in.len >= 2 && in.len % 2 == 0 && memcmp(in.ptr, "\xff\xfe", 2) == 0)
        return LF_CHARSET_UTF16LE;
    if (in.len >= 2 && in.len % 2 == 0 && memcmp(in.ptr, "\xfe\xff", 2) == 0)
        return LF_CHARSET_UTF16BE;
    if (lf_view_is_utf8(in) && (in.len == 0 || !memchr(in.ptr, 0, in.len)))
        return LF_CHARSET_UTF8;
    if (looks_utf16(in, false))
        return LF_CHARSET_UTF16LE;
    if (looks_utf16(in, true))
        return LF_CHARSET_UTF16BE;
    return looks_big5(in) ? LF_CHARSET_BIG5 : LF_CHARSET_UTF8;
}

static lf_view from_utf16(struct lf_arena *a, lf_view in, bool big)
{
    char *out = lf_arena_alloc(a, lf_arena_mul(in.len / 2 + 1, 3) + 4, 1);
    size_t o = 0, i = 0;

    if (in.len >= 2 && unit(in, 0, big) == 0xfeff)
        i = 2;
    for (; i + 1 < in.len; i += 2) {
        uint32_t u = unit(in, i, big);

        if (u >= 0xd800 && u <= 0xdbff && i + 3 < in.len && unit(in, i + 2, big) >= 0xdc00 &&
            unit(in, i + 2, big) <= 0xdfff) {
            u = 0x10000 + ((u - 0xd800) << 10) + (unit(in, i + 2, big) - 0xdc00);
            i += 2;
        } else if (u >= 0xd800 && u <= 0xdfff) {
            u = 0xfffd;
        }
        o += lf_utf8_put(out + o, u);
    }
    if (i < in.len) /* half a unit */
        o += lf_utf8_put(out + o, 0xfffd);
    return (lf_view){ out, o };
}

static lf_view from_big5(struct lf_arena *a, lf_view in)
{
    char *out = lf_arena_alloc(a, lf_arena_mul(in.len, 3) + 4, 1);
    size_t o = 0;

    for (size_t i = 0; i < in.len; i++) {
        unsigned char c = (unsigned char)in.ptr[i];
        uint32_t u = c;

        if (c >= 0x80) {
            u = i + 1 < in.len ? big5_pair(c, (unsigned char)in.ptr[i + 1]) : 0;
            if (u)
                i++;
            else
                u = 0xfffd;
        }
        o += lf_utf8_put(out + o, u);
    }
    return (lf_view){ out, o };
}

static lf_view from_utf8(struct lf_arena *a, lf_view in)
{
    char *out;
    size_t o = 0;

    if (in.len >= 3 && memcmp(in.ptr, "\xef\xbb\xbf", 3) == 0)
        in = lf_view_from(in, 3);
    if (lf_view_is_utf8(in))
        return in;
    out = lf_arena_alloc(a, lf_arena_mul(in.len, 3) + 1, 1);
    for (size_t i = 0; i < in.len;) {
        size_t most = in.len - i < 4 ? in.len - i : 4, n = 1;

        while (n <= most && !lf_view_is_utf8((lf_view){ in.ptr + i, n }))
            n++;
        if (n > most) {
            o += lf_utf8_put(out + o, 0xfffd);
            i++;
        } else {
            memcpy(out + o, in.ptr + i, n);
            o += n;
            i += n;
        }
    }
    return (lf_view){ out, o };
}

lf_view lf_charset_utf8(struct lf_arena *a, lf_view in, enum lf_charset c)
{
    if (c == LF_CHARSET_AUTO)
        c = lf_charset_guess(in);
    if (c == LF_CHARSET_UTF16LE || c == LF_CHARSET_UTF16BE)
        return from_utf16(a, in, c == LF_CHARSET_UTF16BE);
    if (c == LF_CHARSET_BIG5 && !lf_view_is_utf8(in))
        return from_big5(a, in);
    return from_utf8(a, in);
}
