#include "model/observable.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "fmt/json.h"
#include "fmt/stix_check.h"

static const char *const names[LF_OBS_KINDS] = { "domain-name", "ipv4-addr",   "ipv6-addr",  "url",
                                                 "file-sha256", "ipv4-net",    "ipv6-net",   "file-md5",
                                                 "file-sha1",   "file-sha512", "email-addr", "ja3",
                                                 "ja4",         "stix-pattern" };

const char *lf_observable_kind_name(enum lf_observable_kind k)
{
    return (size_t)k < LF_OBS_KINDS ? names[k] : "?";
}

bool lf_observable_kind_parse(lf_view name, enum lf_observable_kind *kind)
{
    for (size_t i = 0; i < LF_OBS_KINDS; i++)
        if (lf_view_is(name, names[i]) ||
            (strncmp(names[i], "file-", 5) == 0 && lf_view_is(name, names[i] + 5))) {
            *kind = (enum lf_observable_kind)i;
            return true;
        }
    return false;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool put_lower(lf_view v, char *out, size_t *n)
{
    for (size_t i = 0; i < v.len; i++)
        out[i] = lower(v.ptr[i]);
    *n = v.len;
    return true;
}

/* Four numbers without leading zeros: inet_pton's rule, without its copy. */
static bool ipv4(lf_view v, unsigned char out[4])
{
    size_t i = 0;

    for (unsigned part = 0; part < 4; part++) {
        unsigned x = 0, n = 0;

        if (part && (i >= v.len || v.ptr[i++] != '.'))
            return false;
        for (; i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9' && n < 4; i++, n++)
            x = x * 10 + (unsigned)(v.ptr[i] - '0');
        if (n == 0 || x > 255 || (n > 1 && v.ptr[i - n] == '0'))
            return false;
        out[part] = (unsigned char)x;
    }
    return i == v.len;
}

static bool ipv6(lf_view v, unsigned char out[16])
{
    char text[INET6_ADDRSTRLEN + 1];

    if (v.len < 2 || v.len >= sizeof text || memchr(v.ptr, 0, v.len))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool net(bool six, lf_view v, char *out, size_t *n)
{
    size_t slash = lf_view_find_byte(v, '/'), size = six ? 16 : 4;
    uint64_t bits = size * 8;
    lf_view host = slash == SIZE_MAX ? v : lf_view_first(v, slash);
    unsigned char raw[16];

    if (slash != SIZE_MAX &&
        (v.len - slash > 4 || !lf_view_u64(lf_view_from(v, slash + 1), &bits) || bits > size * 8))
        return false;
    if (!(six ? ipv6(host, raw) : ipv4(host, raw)))
        return false;
    for (size_t i = bits; i < size * 8; i++)
        raw[i / 8] &= (unsigned char)~(0x80u >> (i % 8));
    memcpy(out, raw, size);
    out[size] = (char)(unsigned char)bits;
    *n = size + 1;
    return true;
}

/* A letter of a name in lower case, 0: none. */
static const unsigned char letters[256] = {
    ['-'] = '-', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
    ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm',
    ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
    ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['_'] = '_', ['a'] = 'a', ['b'] = 'b',
    ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',
    ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

static bool name(lf_view v, char *out, size_t *n)
{
    size_t label = 0;

    if (v.len && v.ptr[v.len - 1] == '.')
        v.len--;
    if (v.len == 0 || v.len > 253)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i], l = c >= 0x80 ? c : letters[c];

        if (l) {
            out[i] = (char)l;
            if (++label > 63)
                return false;
        } else if (c == '.' && label > 0) {
            out[i] = '.';
            label = 0;
        } else {
            return false;
        }
    }
    *n = v.len;
    return label > 0;
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "sum() takes the first byte of a word as its lowest");

/* Eight digits at a time: events are full of sums. */
static bool sum(lf_view v, size_t size, char *out, size_t *n)
{
    if (v.len != size * 2)
        return false;
    for (size_t i = 0; i < v.len; i += 8, out += 4) {
        uint64_t x;
        uint32_t bytes;

        memcpy(&x, v.ptr + i, 8);
        if (lf_observable_no_digits(x) != 0)
            return false;
        x = (x & EACH(0x0f)) + 9 * (x >> 6 & EACH(0x01));
        /* The first digit of two is the higher; the first byte the lowest here. */
        x = (x << 4 | x >> 8) & UINT64_C(0x00ff00ff00ff00ff);
        x = (x | x >> 8) & UINT64_C(0x0000ffff0000ffff);
        bytes = (uint32_t)(x | x >> 16);
        memcpy(out, &bytes, 4);
    }
    *n = size;
    return true;
}
#undef EACH

static bool mail(lf_view v, char *out, size_t *n)
{
    size_t at = lf_view_find_byte(v, '@');
    char domain[256];
    size_t m;

    if (at == SIZE_MAX || at == 0 || at > 64 || v.len > 320 ||
        lf_view_find_byte(lf_view_from(v, at + 1), '@') != SIZE_MAX)
        return false;
    for (size_t i = 0; i < at; i++)
        if ((unsigned char)v.ptr[i] <= ' ' || strchr("<>()[],;:\\\"", v.ptr[i]))
            return false;
    if (v.len - at > 255 || !name(lf_view_from(v, at + 1), domain, &m))
        return false;
    put_lower(lf_view_first(v, at + 1), out, n);
    memcpy(out + *n, domain, m);
    *n += m;
    return true;
}

/* t13d1516h2_8daaf6152771_02713d6af862 */
static bool ja4(lf_view v, char *out, size_t *n)
{
    if (v.len != 36 || v.ptr[10] != '_' || v.ptr[23] != '_')
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char c = lower(v.ptr[i]);

        if (i > 10 && i != 23 ? digit(c) < 0
                              : !(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return put_lower(v, out, n);
}

static const struct {
    lf_view scheme, port;
} schemes[] = { { LF_VIEW("http"), LF_VIEW("80") },
                { LF_VIEW("https"), LF_VIEW("443") },
                { LF_VIEW("ftp"), LF_VIEW("21") },
                { LF_VIEW("ws"), LF_VIEW("80") },
                { LF_VIEW("wss"), LF_VIEW("443") } };

static bool url(lf_view v, char *out, size_t *n)
{
    lf_view scheme, rest, host, port = { "", 0 };
    size_t at, end, len = 0, colon;

    while (v.len && (unsigned char)v.ptr[0] <= ' ')
        v = lf_view_from(v, 1);
    while (v.len && (unsigned char)v.ptr[v.len - 1] <= ' ')
        v.len--;
    at = lf_view_find(lf_view_first(v, 32), LF_V("://"));
    if (at == SIZE_MAX || at == 0 || v.len > LF_OBSERVABLE_BYTES - 2)
        return false;
    scheme = lf_view_first(v, at);
    for (size_t i = 0; i < scheme.len; i++) {
        char c = lower(scheme.ptr[i]);

        if (!((c >= 'a' && c <= 'z') || (i && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))))
            return false;
        out[len++] = c;
    }
    scheme = (lf_view){ out, len };
    memcpy(out + len, "://", 3);
    len += 3;
    rest = lf_view_from(v, at + 3);
    end = lf_view_find_byte(rest, '#');
    if (end != SIZE_MAX)
        rest.len = end;
    for (end = 0; end < rest.len && !strchr("/?\\", rest.ptr[end] ? rest.ptr[end] : 'x'); end++)
        ;
    host = lf_view_first(rest, end);
    rest = lf_view_from(rest, end);
    /* What stands before @ is kept as it is. */
    for (at = host.len; at > 0 && host.ptr[at - 1] != '@'; at--)
        ;
    if (at) {
        memcpy(out + len, host.ptr, at);
        len += at;
        host = lf_view_from(host, at);
    }
    for (colon = host.len; colon > 0 && host.ptr[colon - 1] >= '0' && host.ptr[colon - 1] <= '9'; colon--)
        ;
    if (colon > 0 && host.ptr[colon - 1] == ':') {
        port = lf_view_from(host, colon);
        host.len = colon - 1;
    }
    if (host.len == 0)
        return false;
    for (size_t i = 0; i < host.len; i++)
        out[len++] = lower(host.ptr[i]);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (lf_view_eq(scheme, schemes[i].scheme) && lf_view_eq(port, schemes[i].port))
            port.len = 0;
    if (port.len) {
        out[len++] = ':';
        memcpy(out + len, port.ptr, port.len);
        len += port.len;
    }
    if (rest.len == 0 || rest.ptr[0] == '?')
        out[len++] = '/';
    if (rest.len)
        memcpy(out + len, rest.ptr, rest.len);
    *n = len + rest.len;
    return true;
}

bool lf_observable_bytes(enum lf_observable_kind kind, lf_view v, char out[LF_OBSERVABLE_BYTES], size_t *n)
{
    unsigned char raw[16];

    if (v.len == 0 || v.len > LF_OBSERVABLE_BYTES)
        return false;
    switch (kind) {
    case LF_OBS_IPV4:
        if (!ipv4(v, raw))
            return false;
        memcpy(out, raw, *n = 4);
        return true;
    case LF_OBS_IPV6:
        if (!ipv6(v, raw))
            return false;
        memcpy(out, raw, *n = 16);
        return true;
    case LF_OBS_NET4:
    case LF_OBS_NET6:
        return net(kind == LF_OBS_NET6, v, out, n);
    case LF_OBS_DOMAIN:
        return name(v, out, n);
    case LF_OBS_URL:
        return url(v, out, n);
    case LF_OBS_MD5:
    case LF_OBS_JA3:
        return sum(v, 16, out, n);
    case LF_OBS_SHA1:
        return sum(v, 20, out, n);
    case LF_OBS_SHA256:
        return sum(v, 32, out, n);
    case LF_OBS_SHA512:
        return sum(v, 64, out, n);
    case LF_OBS_EMAIL:
        return mail(v, out, n);
    case LF_OBS_JA4:
        return ja4(v, out, n);
    case LF_OBS_PATTERN:
    case LF_OBS_KINDS:
        break;
    }
    return false;
}

bool lf_observable_guess(lf_view v, enum lf_observable_kind *kind)
{
    static const enum lf_observable_kind order[] = { LF_OBS_IPV4, LF_OBS_IPV6,   LF_OBS_MD5,
                                                     LF_OBS_SHA1, LF_OBS_SHA256, LF_OBS_SHA512,
                                                     LF_OBS_URL,  LF_OBS_JA4,    LF_OBS_EMAIL };
    char out[LF_OBSERVABLE_BYTES];
    unsigned char raw[16];
    size_t n;

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (lf_observable_bytes(order[i], v, out, &n)) {
            *kind = order[i];
            return true;
        }
    if (lf_view_find_byte(v, '/') != SIZE_MAX) {
        for (int six = 0; six < 2; six++)
            if (net(six, v, out, &n)) {
                *kind = six ? LF_OBS_NET6 : LF_OBS_NET4;
                return true;
            }
        return false;
    }
    /* A name has a dot and is not all numbers, or it would be a word or a wrong address. */
    if (lf_view_find_byte(v, '.') == SIZE_MAX || !name(v, out, &n) || ipv4(v, raw))
        return false;
    for (size_t i = n; i > 0 && out[i - 1] != '.'; i--)
        if (out[i - 1] < '0' || out[i - 1] > '9') {
            *kind = LF_OBS_DOMAIN;
            return true;
        }
    return false;
}

lf_view lf_url_host(lf_view v)
{
    size_t at = lf_view_find(lf_view_first(v, 32), LF_V("://")), end = 0, user = 0;

    if (at == SIZE_MAX)
        return (lf_view){ "", 0 };
    v = lf_view_from(v, at + 3);
    for (; end < v.len && v.ptr[end] != '/' && v.ptr[end] != '?' && v.ptr[end] != '#' && v.ptr[end] != '\\';
         end++)
        if (v.ptr[end] == '@')
            user = end + 1;
    v = (lf_view){ v.ptr + user, end - user };
    if (v.len && v.ptr[0] == '[') {
        end = lf_view_find_byte(v, ']');
        return end == SIZE_MAX ? (lf_view){ "", 0 } : (lf_view){ v.ptr + 1, end - 1 };
    }
    end = lf_view_find_byte(v, ':');
    return end == SIZE_MAX ? v : lf_view_first(v, end);
}

/* ---- the form that is kept ---- */

/* Names that resolve: what a zone can hold, and the underscores that malware uses. */
static bool name_kept(lf_view v)
{
    size_t label = 0, labels = 1;

    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (c == '.') {
            if (!label || v.ptr[i - 1] == '-')
                return false;
            label = 0;
            labels++;
            continue;
        }
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c == '-' && label)))
            return false;
        if (++label > 63)
            return false;
    }
    return label && labels >= 2 && v.ptr[v.len - 1] != '-';
}

static size_t put_hex(const char *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[(unsigned char)bytes[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes[i] & 15];
    }
    return 2 * n;
}

static size_t put_address(const char *bytes, size_t n, char *out)
{
    if (!inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, out, INET6_ADDRSTRLEN))
        LF_BUG("an address that has no text");
    return strlen(out);
}

/* 0 when it is none. */
static size_t kept(enum lf_observable_kind kind, lf_view v, char out[LF_OBSERVABLE_BYTES])
{
    char bytes[LF_OBSERVABLE_BYTES];
    size_t n, len;
    unsigned bits;

    if (!lf_observable_bytes(kind, v, bytes, &n))
        return 0;
    switch (kind) {
    case LF_OBS_IPV4:
    case LF_OBS_IPV6:
        return put_address(bytes, n, out);
    case LF_OBS_NET4:
    case LF_OBS_NET6:
        bits = (unsigned char)bytes[n - 1];
        if (bits < (kind == LF_OBS_NET4 ? LF_OBSERVABLE_NET4 : LF_OBSERVABLE_NET6))
            return 0;
        len = put_address(bytes, n - 1, out);
        out[len++] = '/';
        if (bits >= 100)
            out[len++] = (char)('0' + bits / 100);
        if (bits >= 10)
            out[len++] = (char)('0' + bits / 10 % 10);
        out[len++] = (char)('0' + bits % 10);
        return len;
    case LF_OBS_MD5:
    case LF_OBS_SHA1:
    case LF_OBS_SHA256:
    case LF_OBS_SHA512:
    case LF_OBS_JA3:
        return put_hex(bytes, n, out);
    case LF_OBS_DOMAIN:
        if (!name_kept((lf_view){ bytes, n }))
            return 0;
        break;
    case LF_OBS_URL:
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)bytes[i] < ' ' || bytes[i] == 127)
                return 0;
        if (!lf_view_is_utf8((lf_view){ bytes, n }))
            return 0;
        break;
    case LF_OBS_EMAIL:
    case LF_OBS_JA4:
    case LF_OBS_PATTERN:
    case LF_OBS_KINDS:
        if (!lf_view_is_utf8((lf_view){ bytes, n }))
            return 0;
        break;
    }
    memcpy(out, bytes, n);
    return n;
}

/* A pattern in its one form; empty: it is none, or too long to be kept. */
static lf_view pattern_text(struct lf_arena *a, lf_view value)
{
    struct lf_stix_pattern p;
    lf_view text = { "", 0 };

    if (value.len <= 2 * LF_OBSERVABLE_PATTERN && lf_stix_pattern_parse(a, value, &p, NULL) == LF_OK &&
        lf_stix_pattern_sound(&p, NULL))
        text = lf_stix_pattern_print(a, &p);
    return text.len <= LF_OBSERVABLE_PATTERN && !memchr(text.ptr, 0, text.len) ? text : (lf_view){ "", 0 };
}

bool lf_observable_text(struct lf_arena *a, enum lf_observable_kind kind, lf_view value, lf_view *out)
{
    char text[LF_OBSERVABLE_BYTES];
    size_t n;

    if (kind == LF_OBS_PATTERN) {
        lf_view pattern = pattern_text(a, value);

        if (pattern.len)
            *out = pattern;
        return pattern.len > 0;
    }
    n = kept(kind, value, text);

    if (!n)
        return false;
    *out = lf_arena_copy(a, (lf_view){ text, n });
    return true;
}

bool lf_observable_ok(enum lf_observable_kind kind, lf_view value)
{
    char text[LF_OBSERVABLE_BYTES];
    size_t n;

    if (kind == LF_OBS_PATTERN) {
        struct lf_arena a = { 0 };
        lf_view pattern = pattern_text(&a, value);
        bool ok = pattern.len && lf_view_eq(pattern, value);

        lf_arena_clear(&a);
        return ok;
    }
    n = kept(kind, value, text);
    return n && lf_view_eq(value, (lf_view){ text, n });
}

enum lf_observable_kind lf_observable_narrow(enum lf_observable_kind kind, lf_view *value)
{
    size_t slash = lf_view_find_byte(*value, '/');
    lf_view bits;

    if ((kind != LF_OBS_NET4 && kind != LF_OBS_NET6) || slash == SIZE_MAX)
        return kind;
    bits = lf_view_from(*value, slash + 1);
    if (!lf_view_is(bits, kind == LF_OBS_NET4 ? "32" : "128"))
        return kind;
    *value = lf_view_first(*value, slash);
    return kind == LF_OBS_NET4 ? LF_OBS_IPV4 : LF_OBS_IPV6;
}

/* ---- STIX ---- */

static const char *const paths[LF_OBS_KINDS] = {
    [LF_OBS_DOMAIN] = "domain-name:value",
    [LF_OBS_IPV4] = "ipv4-addr:value",
    [LF_OBS_IPV6] = "ipv6-addr:value",
    [LF_OBS_URL] = "url:value",
    [LF_OBS_SHA256] = "file:hashes.'SHA-256'",
    [LF_OBS_NET4] = "ipv4-addr:value",
    [LF_OBS_NET6] = "ipv6-addr:value",
    [LF_OBS_MD5] = "file:hashes.MD5",
    [LF_OBS_SHA1] = "file:hashes.'SHA-1'",
    [LF_OBS_SHA512] = "file:hashes.'SHA-512'",
    [LF_OBS_EMAIL] = "email-addr:value",
    [LF_OBS_JA3] = "network-traffic:extensions.'tls-ext'.ja3",
    [LF_OBS_JA4] = "network-traffic:extensions.'tls-ext'.ja4",
};

lf_view lf_observable_pattern(struct lf_arena *a, enum lf_observable_kind kind, lf_view value)
{
    char *text;
    size_t n = 0;

    if (kind == LF_OBS_PATTERN)
        return value;
    text = lf_arena_alloc(a, lf_arena_mul(value.len, 2) + 1, 1);

    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            text[n++] = '\\';
        text[n++] = value.ptr[i];
    }
    return lf_arena_printf(a, "[%s %s '%.*s']", paths[kind],
                           kind == LF_OBS_NET4 || kind == LF_OBS_NET6 ? "ISSUBSET" : "=", (int)n, text);
}

static bool hash_kind(lf_view name, enum lf_observable_kind *kind)
{
    static const struct {
        const char *name;
        enum lf_observable_kind kind;
    } known[] = { { "MD5", LF_OBS_MD5 },        { "SHA-1", LF_OBS_SHA1 },    { "SHA1", LF_OBS_SHA1 },
                  { "SHA-256", LF_OBS_SHA256 }, { "SHA256", LF_OBS_SHA256 }, { "SHA-512", LF_OBS_SHA512 },
                  { "SHA512", LF_OBS_SHA512 } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lf_view_eq_nocase(name, lf_view_of(known[i].name))) {
            *kind = known[i].kind;
            return true;
        }
    return false;
}

static bool value_kind(lf_view type, lf_view value, enum lf_observable_kind *kind)
{
    bool net = lf_view_find_byte(value, '/') != SIZE_MAX;

    if (lf_view_is(type, "domain-name"))
        *kind = LF_OBS_DOMAIN;
    else if (lf_view_is(type, "ipv4-addr"))
        *kind = net ? LF_OBS_NET4 : LF_OBS_IPV4;
    else if (lf_view_is(type, "ipv6-addr"))
        *kind = net ? LF_OBS_NET6 : LF_OBS_IPV6;
    else if (lf_view_is(type, "url"))
        *kind = LF_OBS_URL;
    else if (lf_view_is(type, "email-addr"))
        *kind = LF_OBS_EMAIL;
    else
        return false;
    return true;
}

static bool fingerprint_kind(lf_view name, enum lf_observable_kind *kind)
{
    bool three = lf_view_eq_nocase(name, LF_V("ja3")) || lf_view_eq_nocase(name, LF_V("ja3_hash"));

    *kind = three ? LF_OBS_JA3 : LF_OBS_JA4;
    return three || lf_view_eq_nocase(name, LF_V("ja4")) || lf_view_eq_nocase(name, LF_V("ja4_hash"));
}

bool lf_observable_of_path(const struct lf_stix_path *p, lf_view value, bool exact,
                           enum lf_observable_kind *kind)
{
    char out[LF_OBSERVABLE_BYTES];
    bool traffic = lf_view_is(p->type, "network-traffic"), known = false;
    size_t n;

    for (size_t i = 0; i < p->n; i++)
        if (p->steps[i].kind != LF_STIX_KEY)
            return false;
    if (p->n == 1 && lf_view_is(p->steps[0].key, "value"))
        known = value_kind(p->type, value, kind);
    else if (p->n == 2 && lf_view_is(p->steps[0].key, "hashes") && (!exact || lf_view_is(p->type, "file")))
        known = hash_kind(p->steps[1].key, kind);
    else if (p->n == 3 && traffic && lf_view_is(p->steps[0].key, "extensions"))
        known = fingerprint_kind(p->steps[2].key, kind);
    else if (p->n == 2 && traffic && !exact && lf_view_is(p->steps[1].key, "value") &&
             (lf_view_is(p->steps[0].key, "src_ref") || lf_view_is(p->steps[0].key, "dst_ref")))
        known = lf_observable_guess(value, kind);
    return known && lf_observable_bytes(*kind, value, out, &n);
}

bool lf_observable_of_pattern(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable *out)
{
    const struct lf_stix_compare *c = p->root->kind == LF_STIX_ONE ? p->root->test : NULL;
    enum lf_observable_kind kind;
    lf_view value;

    if (!c || c->kind != LF_STIX_TEST || c->negated || c->nvalues != 1 ||
        (c->op != LF_STIX_EQ && c->op != LF_STIX_IN && c->op != LF_STIX_ISSUBSET) ||
        c->values[0].kind != LF_STIX_STRING ||
        !lf_observable_of_path(&c->path, c->values[0].text, true, &kind) ||
        !lf_observable_text(a, kind, c->values[0].text, &value))
        return false;
    out->kind = lf_observable_narrow(kind, &value);
    out->value = value;
    return true;
}

lf_view lf_observable_sco(struct lf_arena *a, enum lf_observable_kind kind, lf_view value)
{
    static const char *const types[LF_OBS_KINDS] = {
        [LF_OBS_DOMAIN] = "domain-name", [LF_OBS_IPV4] = "ipv4-addr", [LF_OBS_IPV6] = "ipv6-addr",
        [LF_OBS_NET4] = "ipv4-addr",     [LF_OBS_NET6] = "ipv6-addr", [LF_OBS_URL] = "url",
        [LF_OBS_EMAIL] = "email-addr",
    };
    static const char *const sums[LF_OBS_KINDS] = {
        [LF_OBS_MD5] = "MD5",
        [LF_OBS_SHA1] = "SHA-1",
        [LF_OBS_SHA256] = "SHA-256",
        [LF_OBS_SHA512] = "SHA-512",
    };
    lf_view id = LF_V(""), out = LF_V("");

    if (!types[kind] && !sums[kind])
        return out;
    /* Twice: the id is that of the rest. */
    for (int round = 0; round < 2; round++) {
        const struct lf_json *tree;
        struct lf_json_w w;
        struct lf_buf b;

        lf_buf_init(&b, 1 << 16);
        w = lf_json_w(&b);
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "type", sums[kind] ? "file" : types[kind]);
        lf_json_put_cstr(&w, "spec_version", "2.1");
        if (id.len)
            lf_json_put_str(&w, "id", id);
        if (sums[kind]) {
            lf_json_begin(&w, "hashes", '{');
            lf_json_put_str(&w, sums[kind], value);
            lf_json_close(&w);
        } else {
            lf_json_put_str(&w, "value", value);
        }
        lf_json_close(&w);
        out = lf_buf_done(&b, NULL) == LF_OK ? lf_arena_copy(a, lf_buf_view(&b)) : LF_V("");
        lf_buf_clear(&b);
        if (!out.len || lf_json_parse(a, out, NULL, &tree, NULL) != LF_OK)
            return LF_V("");
        if (!round)
            id = lf_stix_sco_id(a, tree);
        if (!id.len)
            return LF_V("");
    }
    return out;
}

lf_view lf_observable_reversed(struct lf_arena *a, lf_view name)
{
    char *out = lf_arena_alloc(a, name.len + 2, 1);

    for (size_t i = 0; i < name.len; i++)
        out[i] = name.ptr[name.len - 1 - i];
    out[name.len] = '.';
    return (lf_view){ out, name.len + 1 };
}
