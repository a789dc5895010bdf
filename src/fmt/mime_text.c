/* Mail: encodings, character sets and texts (fmt/mime.h). */
#include "fmt/charset.h"
#include "fmt/mime_priv.h"

/* ---- encodings ---- */

static int sixbits(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* As RFC 2045 asks: other characters are passed over, '=' ends it. */
static lf_view unbase64(struct lf_arena *a, lf_view v)
{
    char *out = LF_NEW(a, char, v.len / 4 * 3 + 3);
    uint32_t have = 0;
    unsigned bits = 0;
    size_t n = 0;

    for (size_t i = 0; i < v.len && v.ptr[i] != '='; i++) {
        int six = sixbits(v.ptr[i]);

        if (six < 0)
            continue;
        have = have << 6 | (uint32_t)six;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(have >> bits);
        }
    }
    return (lf_view){ out, n };
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of two hexadecimal digits at v.ptr[at], -1 when there are none. */
static int hex_byte(lf_view v, size_t at)
{
    int high, low;

    if (at + 2 > v.len || (high = hex_digit(v.ptr[at])) < 0 || (low = hex_digit(v.ptr[at + 1])) < 0)
        return -1;
    return high << 4 | low;
}

/* Where the line goes on behind blanks at its end; 0: something else stands there. */
static size_t soft_break(lf_view v, size_t at)
{
    while (at < v.len && (v.ptr[at] == ' ' || v.ptr[at] == '\t' || v.ptr[at] == '\r'))
        at++;
    return at == v.len ? at : v.ptr[at] == '\n' ? at + 1 : 0;
}

/* `words`: of a field, where '_' is a blank. */
static lf_view unquoted(struct lf_arena *a, lf_view v, bool words)
{
    char *out = LF_NEW(a, char, v.len + 1);
    size_t n = 0, next;

    for (size_t i = 0; i < v.len; i++) {
        int c = v.ptr[i] == '=' ? hex_byte(v, i + 1) : -1;

        if (c >= 0) {
            out[n++] = (char)c;
            i += 2;
        } else if (v.ptr[i] == '=' && !words && (next = soft_break(v, i + 1)) != 0) {
            i = next - 1;
        } else {
            out[n++] = words && v.ptr[i] == '_' ? ' ' : v.ptr[i];
        }
    }
    return (lf_view){ out, n };
}

lf_view mime_undone(struct lf_arena *a, lf_view bytes, lf_view encoding)
{
    if (lf_view_eq_nocase(encoding, LF_V("base64")))
        return unbase64(a, bytes);
    return lf_view_eq_nocase(encoding, LF_V("quoted-printable")) ? unquoted(a, bytes, false) : bytes;
}

lf_view mime_percent(struct lf_arena *a, lf_view v)
{
    char *out = LF_NEW(a, char, v.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        int c = v.ptr[i] == '%' ? hex_byte(v, i + 1) : -1;

        out[n++] = c >= 0 ? (char)c : v.ptr[i];
        i += c >= 0 ? 2 : 0;
    }
    return (lf_view){ out, n };
}

/* ---- character sets ---- */

/* Windows-1252 where ISO-8859-1 has control characters, which nobody means; 0: none. */
static const uint16_t windows[32] = { 0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                      0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                      0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178 };

static lf_view western(struct lf_arena *a, lf_view v)
{
    char *out = LF_NEW(a, char, lf_arena_mul(v.len, 3) + 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        uint32_t to = c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c;

        n += lf_utf8_put(out + n, to || !c ? to : 0xfffd);
    }
    return (lf_view){ out, n };
}

lf_view mime_utf8(struct lf_arena *a, lf_view bytes, lf_view charset)
{
    static const char *const westerns[] = { "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252" };
    enum lf_charset known;

    for (size_t i = 0; i < sizeof westerns / sizeof *westerns; i++)
        if (lf_view_eq_nocase(charset, lf_view_of(westerns[i])) && !lf_view_is_utf8(bytes))
            return western(a, bytes);
    return lf_charset_utf8(a, bytes, lf_charset_parse(charset, &known) ? known : LF_CHARSET_AUTO);
}

/* ---- a line of a field ---- */

struct word {
    lf_view charset, bytes;
};

/* "=?charset?B?…?=" at v.ptr[at]; *end: behind it. */
static bool encoded_word(struct lf_arena *a, lf_view v, size_t at, struct word *w, size_t *end)
{
    lf_view rest = lf_view_from(v, at + 2), how, text;

    if (v.len - at < 8 || v.ptr[at] != '=' || v.ptr[at + 1] != '?' ||
        !lf_view_split(&rest, '?', &w->charset) || !lf_view_split(&rest, '?', &how) || !rest.ptr)
        return false;
    /* None of its three parts has a blank in it; so a look stays within the word. */
    for (size_t i = 0; i < w->charset.len; i++)
        if (w->charset.ptr[i] <= ' ')
            return false;
    if (!w->charset.len || w->charset.len > 60 || how.len != 1)
        return false;
    for (size_t i = 0;; i++) {
        if (i + 1 >= rest.len || rest.ptr[i] == ' ' || rest.ptr[i] == '\n')
            return false;
        if (rest.ptr[i] == '?' && rest.ptr[i + 1] == '=') {
            text = lf_view_first(rest, i);
            break;
        }
    }
    w->charset = lf_view_first(w->charset, lf_view_find_byte(w->charset, '*')); /* RFC 2231: a language */
    if ((how.ptr[0] | 0x20) == 'b')
        w->bytes = unbase64(a, text);
    else if ((how.ptr[0] | 0x20) == 'q')
        w->bytes = unquoted(a, text, true);
    else
        return false;
    *end = (size_t)(text.ptr + text.len + 2 - v.ptr);
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t behind_blanks(lf_view v, size_t at)
{
    while (at < v.len && blank(v.ptr[at]))
        at++;
    return at;
}

/* Encoded words undone.  Words of one charset that follow each other are one text: many programs cut
 * characters in two.
 */
static lf_view words_undone(struct lf_arena *a, lf_view v)
{
    struct lf_buf out, run;
    struct word w, last = { 0 };
    size_t end;
    lf_view all;

    lf_buf_init(&out, lf_arena_mul(v.len, 4) + 16);
    lf_buf_init(&run, v.len + 16);
    for (size_t i = 0; i < v.len;) {
        bool is = v.ptr[i] == '=' && encoded_word(a, v, i, &w, &end);

        if (run.len && (!is || !lf_view_eq_nocase(w.charset, last.charset))) {
            lf_buf_put(&out, mime_utf8(a, lf_arena_copy(a, lf_buf_view(&run)), last.charset));
            lf_buf_reset(&run);
        }
        if (!is) {
            lf_buf_byte(&out, v.ptr[i++]);
            continue;
        }
        lf_buf_put(&run, w.bytes);
        last = w;
        i = end;
        end = behind_blanks(v, end);
        if (end < v.len && v.ptr[end] == '=' && encoded_word(a, v, end, &w, &(size_t){ 0 }))
            i = end; /* blanks between two words are none */
    }
    if (run.len)
        lf_buf_put(&out, mime_utf8(a, lf_arena_copy(a, lf_buf_view(&run)), last.charset));
    all = lf_arena_copy(a, lf_buf_view(&out));
    lf_buf_clear(&out);
    lf_buf_clear(&run);
    return all;
}

/* Characters that turn the direction of what stands behind them, and marks nobody sees. */
static bool turns(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) ||
           c == 0xfeff || c == 0x061c;
}

static bool control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

lf_view mime_line(struct lf_arena *a, lf_view v, size_t most)
{
    /* Encoded it is up to some 12 times as long; looked at is no more, however long the field is. */
    lf_view raw = words_undone(a, lf_view_first(lf_view_trim(v), lf_arena_mul(most, 16)));
    lf_view text = lf_charset_utf8(a, raw, LF_CHARSET_AUTO);
    char *out = LF_NEW(a, char, most + 4);
    bool gap = false;
    size_t n = 0;

    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c;

        len = lf_utf8_len(text.ptr[i]);
        c = lf_utf8_get(text.ptr + i, len);
        if (turns(c))
            continue;
        if (c == ' ' || control(c)) {
            gap = n > 0;
            continue;
        }
        if (n + gap + len > most)
            break;
        if (gap)
            out[n++] = ' ';
        gap = false;
        memcpy(out + n, text.ptr + i, len);
        n += len;
    }
    return (lf_view){ out, n };
}

/* ---- texts ---- */

void mime_put_text(struct lf_buf *b, lf_view text)
{
    for (size_t i = 0, len; i < text.len && !b->over; i += len) {
        uint32_t c;

        len = lf_utf8_len(text.ptr[i]);
        c = lf_utf8_get(text.ptr + i, len);
        if (turns(c) || (control(c) && c != '\n' && c != '\t'))
            continue;
        lf_buf_put(b, (lf_view){ text.ptr + i, len });
    }
}

static bool tag_is(lf_view tag, const char *name)
{
    size_t n = strlen(name);

    return lf_view_eq_nocase(lf_view_first(tag, n), lf_view_of(name)) &&
           (tag.len == n || blank(tag.ptr[n]) || tag.ptr[n] == '/');
}

/* Behind "</name", or the end. */
static size_t behind_element(lf_view html, size_t at, const char *name)
{
    size_t n = strlen(name);

    for (; at + n + 2 <= html.len; at++) {
        if (html.ptr[at] != '<' || html.ptr[at + 1] != '/')
            continue;
        if (lf_view_eq_nocase((lf_view){ html.ptr + at + 2, n }, lf_view_of(name))) {
            size_t end = lf_view_find_byte(lf_view_from(html, at), '>');

            return end == SIZE_MAX ? html.len : at + end + 1;
        }
    }
    return html.len;
}

static size_t put_entity(struct lf_buf *b, lf_view html, size_t at)
{
    static const struct {
        const char *name, *is;
    } known[] = { { "amp", "&" },   { "lt", "<" },   { "gt", ">" },
                  { "quot", "\"" }, { "nbsp", " " }, { "apos", "'" } };
    lf_view name = lf_view_first(lf_view_from(html, at + 1), 10);
    size_t end = lf_view_find_byte(name, ';');
    uint64_t c = 0;
    char raw[4];
    int digit;

    name = lf_view_first(name, end);
    if (end == SIZE_MAX)
        name.len = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lf_view_is(name, known[i].name)) {
            lf_buf_put(b, lf_view_of(known[i].is));
            return at + end + 2;
        }
    if (name.len >= 2 && name.ptr[0] == '#') {
        if (name.ptr[1] != 'x' && name.ptr[1] != 'X') {
            if (!lf_view_u64(lf_view_from(name, 1), &c))
                c = 0;
        } else {
            for (size_t i = 2; i < name.len; i++) {
                digit = hex_digit(name.ptr[i]);
                c = digit < 0 || c > 0x10ffff ? 0x110000 : c << 4 | (uint64_t)digit;
            }
        }
        if (c >= ' ' && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff)) {
            mime_put_text(b, (lf_view){ raw, lf_utf8_put(raw, (uint32_t)c) });
            return at + end + 2;
        }
    }
    lf_buf_byte(b, '&');
    return at + 1;
}

static bool breaks(lf_view tag)
{
    static const char *const blocks[] = { "br", "p",  "/p", "div", "/div",  "tr",
                                          "li", "h1", "h2", "h3",  "table", "hr" };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (tag_is(tag, blocks[i]))
            return true;
    return false;
}

static void put_break(struct lf_buf *b)
{
    if (b->len && b->ptr[b->len - 1] != '\n')
        lf_buf_byte(b, '\n');
}

/* A tag at html.ptr[at]: behind it. */
static size_t put_tag(struct lf_buf *b, lf_view html, size_t at)
{
    static const char *const hidden[] = { "script", "style", "head", "title" };
    lf_view rest = lf_view_from(html, at + 1), tag;
    size_t end;

    if (lf_view_starts(rest, LF_V("!--"))) {
        end = lf_view_find(rest, LF_V("-->"));
        return end == SIZE_MAX ? html.len : at + 1 + end + 3;
    }
    end = lf_view_find_byte(rest, '>');
    if (end == SIZE_MAX)
        return html.len;
    tag = lf_view_first(rest, end);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (tag_is(tag, hidden[i]))
            return behind_element(html, at + 1 + end + 1, hidden[i]);
    if (breaks(tag))
        put_break(b);
    return at + 1 + end + 1;
}

void mime_put_html(struct lf_buf *b, lf_view html)
{
    bool gap = false;

    for (size_t i = 0; i < html.len && !b->over;) {
        if (html.ptr[i] == '<') {
            i = put_tag(b, html, i);
        } else if (blank(html.ptr[i])) {
            gap = true;
            i++;
        } else {
            size_t len = lf_utf8_len(html.ptr[i]);

            if (gap && b->len && b->ptr[b->len - 1] != '\n')
                lf_buf_byte(b, ' ');
            gap = false;
            if (html.ptr[i] == '&') {
                i = put_entity(b, html, i);
                continue;
            }
            mime_put_text(b, (lf_view){ html.ptr + i, len });
            i += len;
        }
    }
}
