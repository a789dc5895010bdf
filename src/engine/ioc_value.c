/* Values of indicators: what is one, and the form it is compared in. */
#include <arpa/inet.h>

#include "base/crypto.h"
#include "engine/ioc.h"

static const char *const names[LF_IOC_KINDS] = { "ipv4-addr",   "ipv6-addr", "ipv4-net",   "ipv6-net",
                                                 "domain-name", "url",       "md5",        "sha1",
                                                 "sha256",      "sha512",    "email-addr", "ja3",
                                                 "ja4" };

const char *lf_ioc_kind_name(enum lf_ioc_kind kind)
{
    return (size_t)kind < LF_IOC_KINDS ? names[kind] : "?";
}

bool lf_ioc_kind_parse(lf_view name, enum lf_ioc_kind *kind)
{
    for (size_t i = 0; i < LF_IOC_KINDS; i++)
        if (lf_view_is(name, names[i])) {
            *kind = (enum lf_ioc_kind)i;
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

static bool name(lf_view v, char *out, size_t *n)
{
    size_t label = 0;

    if (v.len && v.ptr[v.len - 1] == '.')
        v.len--;
    if (v.len == 0 || v.len > 253)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];

        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                   c == '_' || c >= 0x80) {
            if (++label > 63)
                return false;
        } else {
            return false;
        }
    }
    return label > 0 && put_lower(v, out, n);
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool sum(lf_view v, size_t size, char *out, size_t *n)
{
    if (v.len != size * 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        int a = digit(v.ptr[2 * i]), b = digit(v.ptr[2 * i + 1]);

        if (a < 0 || b < 0)
            return false;
        out[i] = (char)(unsigned char)(a << 4 | b);
    }
    *n = size;
    return true;
}

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
    if (at == SIZE_MAX || at == 0 || v.len > LF_IOC_VALUE - 2)
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

bool lf_ioc_canon(enum lf_ioc_kind kind, lf_view v, char out[LF_IOC_VALUE], size_t *n)
{
    unsigned char raw[16];

    if (v.len == 0 || v.len > LF_IOC_VALUE)
        return false;
    switch (kind) {
    case LF_IOC_IPV4:
        if (!ipv4(v, raw))
            return false;
        memcpy(out, raw, *n = 4);
        return true;
    case LF_IOC_IPV6:
        if (!ipv6(v, raw))
            return false;
        memcpy(out, raw, *n = 16);
        return true;
    case LF_IOC_NET4:
    case LF_IOC_NET6:
        return net(kind == LF_IOC_NET6, v, out, n);
    case LF_IOC_DOMAIN:
        return name(v, out, n);
    case LF_IOC_URL:
        return url(v, out, n);
    case LF_IOC_MD5:
    case LF_IOC_JA3:
        return sum(v, 16, out, n);
    case LF_IOC_SHA1:
        return sum(v, 20, out, n);
    case LF_IOC_SHA256:
        return sum(v, 32, out, n);
    case LF_IOC_SHA512:
        return sum(v, 64, out, n);
    case LF_IOC_EMAIL:
        return mail(v, out, n);
    case LF_IOC_JA4:
        return ja4(v, out, n);
    case LF_IOC_KINDS:
        break;
    }
    return false;
}

bool lf_ioc_guess(lf_view v, enum lf_ioc_kind *kind)
{
    static const enum lf_ioc_kind order[] = { LF_IOC_IPV4, LF_IOC_IPV6,   LF_IOC_MD5,
                                              LF_IOC_SHA1, LF_IOC_SHA256, LF_IOC_SHA512,
                                              LF_IOC_URL,  LF_IOC_JA4,    LF_IOC_EMAIL };
    char out[LF_IOC_VALUE];
    unsigned char raw[16];
    size_t n;

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (lf_ioc_canon(order[i], v, out, &n)) {
            *kind = order[i];
            return true;
        }
    if (lf_view_find_byte(v, '/') != SIZE_MAX) {
        for (int six = 0; six < 2; six++)
            if (net(six, v, out, &n)) {
                *kind = six ? LF_IOC_NET6 : LF_IOC_NET4;
                return true;
            }
        return false;
    }
    /* A name has a dot and is not all numbers, or it would be a word or a wrong address. */
    if (lf_view_find_byte(v, '.') == SIZE_MAX || !name(v, out, &n) || ipv4(v, raw))
        return false;
    for (size_t i = n; i > 0 && out[i - 1] != '.'; i--)
        if (out[i - 1] < '0' || out[i - 1] > '9') {
            *kind = LF_IOC_DOMAIN;
            return true;
        }
    return false;
}

lf_view lf_ioc_url_host(lf_view v)
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
