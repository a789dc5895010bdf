#include "fmt/dns.h"

#include <stdio.h>

static uint16_t u16_at(lf_view m, size_t at)
{
    return (uint16_t)((uint8_t)m.ptr[at] << 8 | (uint8_t)m.ptr[at + 1]);
}

static uint32_t u32_at(lf_view m, size_t at)
{
    return (uint32_t)u16_at(m, at) << 16 | u16_at(m, at + 2);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* One octet of text, "\." and "\DDD" undone; false at a broken escape. */
static bool text_octet(lf_view text, size_t *at, uint8_t *out, bool *escaped)
{
    uint8_t c = (uint8_t)text.ptr[(*at)++];

    *escaped = c == '\\';
    *out = c;
    if (c != '\\')
        return true;
    if (*at >= text.len)
        return false;
    c = (uint8_t)text.ptr[*at];
    if (c < '0' || c > '9') {
        ++*at;
        *out = c;
        return true;
    }
    unsigned n = 0;
    if (text.len - *at < 3)
        return false;
    for (int i = 0; i < 3; i++) {
        c = (uint8_t)text.ptr[(*at)++];
        if (c < '0' || c > '9')
            return false;
        n = n * 10 + (unsigned)(c - '0');
    }
    *out = (uint8_t)n;
    return n < 256;
}

enum lf_code lf_dns_name_parse(lf_view text, struct lf_dns_name *out, struct lf_err *e)
{
    uint8_t wire[LF_DNS_NAME_MAX];
    size_t at = 0, len = 1, label = 0; /* label: where its length octet stands */

    if (lf_view_is(text, ".")) {
        *out = (struct lf_dns_name){ .len = 1 };
        return LF_OK;
    }
    if (text.len == 0)
        return lf_err_set(e, LF_BAD_INPUT, "domain name: empty");
    while (at < text.len) {
        bool escaped;
        uint8_t c;

        if (!text_octet(text, &at, &c, &escaped))
            return lf_err_set(e, LF_BAD_INPUT, "domain name: broken \\ escape");
        if (c == '.' && !escaped) {
            if (len - label == 1)
                return lf_err_set(e, LF_BAD_INPUT, "domain name: empty label");
            wire[label] = (uint8_t)(len - label - 1);
            label = len;
            if (at == text.len)
                break; /* the final dot */
            if (len + 1 >= LF_DNS_NAME_MAX)
                return lf_err_set(e, LF_BAD_INPUT, "domain name: over 255 octets");
            len++;
            continue;
        }
        if (len - label > LF_DNS_LABEL_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "domain name: a label over 63 octets");
        if (len + 1 >= LF_DNS_NAME_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "domain name: over 255 octets");
        wire[len++] = lower(c);
    }
    if (label < len) {
        wire[label] = (uint8_t)(len - label - 1);
    }
    wire[len++] = 0;
    out->len = (uint8_t)len;
    memcpy(out->wire, wire, len);
    return LF_OK;
}

lf_view lf_dns_name_text(const struct lf_dns_name *n, char out[LF_DNS_NAME_TEXT])
{
    size_t len = 0;

    for (size_t at = 0; at < n->len && n->wire[at];) {
        size_t l = n->wire[at++];

        if (len)
            out[len++] = '.';
        for (; l; l--, at++) {
            uint8_t c = n->wire[at];

            if (c <= ' ' || c >= 127) {
                out[len++] = '\\';
                out[len++] = (char)('0' + c / 100);
                out[len++] = (char)('0' + c / 10 % 10);
                out[len++] = (char)('0' + c % 10);
                continue;
            }
            if (c == '.' || c == '\\' || c == '"' || c == ';')
                out[len++] = '\\';
            out[len++] = (char)c;
        }
    }
    if (len == 0)
        out[len++] = '.';
    out[len] = 0;
    return (lf_view){ out, len };
}

bool lf_dns_name_eq(const struct lf_dns_name *a, const struct lf_dns_name *b)
{
    return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

bool lf_dns_name_under(const struct lf_dns_name *n, const struct lf_dns_name *above, size_t *own)
{
    size_t at = 0;

    if (n->len < above->len)
        return false;
    /* Only whole labels count: "xevil.example" is not under "evil.example". */
    while (n->len - at > above->len)
        at += n->wire[at] + 1u;
    if (n->len - at != above->len || memcmp(n->wire + at, above->wire, above->len) != 0)
        return false;
    *own = at;
    return true;
}

enum lf_code lf_dns_name_take(lf_view msg, size_t *at, struct lf_dns_name *out, struct lf_err *e)
{
    struct lf_dns_name n = { 0 };
    size_t p = *at, end = 0, before = *at;

    for (;;) {
        if (p >= msg.len)
            return lf_err_set(e, LF_BAD_INPUT, "dns: a name runs past the message's end");
        uint8_t l = (uint8_t)msg.ptr[p];
        if ((l & 0xC0) == 0xC0) {
            if (p + 1 >= msg.len)
                return lf_err_set(e, LF_BAD_INPUT, "dns: a pointer is cut off");
            size_t to = (size_t)(u16_at(msg, p) & 0x3FFF);
            /* Strictly backwards each time, so that this ends. */
            if (to >= before)
                return lf_err_set(e, LF_BAD_INPUT, "dns: a compression pointer does not point backwards");
            if (!end)
                end = p + 2;
            before = p = to;
            continue;
        }
        if (l > LF_DNS_LABEL_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "dns: unknown kind of label");
        if (n.len + l + 1u > LF_DNS_NAME_MAX || l > msg.len - p - 1)
            return lf_err_set(e, LF_BAD_INPUT, "dns: a name over 255 octets or past the end");
        n.wire[n.len++] = l;
        p++;
        if (l == 0)
            break;
        for (unsigned i = 0; i < l; i++)
            n.wire[n.len++] = lower((uint8_t)msg.ptr[p++]);
        if (n.len >= LF_DNS_NAME_MAX)
            return lf_err_set(e, LF_BAD_INPUT, "dns: a name over 255 octets");
    }
    *at = end ? end : p;
    *out = n;
    return LF_OK;
}

enum lf_code lf_dns_header_read(lf_view msg, struct lf_dns_header *out, struct lf_err *e)
{
    if (msg.len < LF_DNS_HEADER || msg.len > 65535)
        return lf_err_set(e, LF_BAD_INPUT, "dns: a message has 12 to 65535 octets, not %zu", msg.len);
    *out = (struct lf_dns_header){ u16_at(msg, 0), u16_at(msg, 2), u16_at(msg, 4),
                                   u16_at(msg, 6), u16_at(msg, 8), u16_at(msg, 10) };
    return LF_OK;
}

enum lf_code lf_dns_rr_take(lf_view msg, size_t *at, struct lf_dns_rr *out, struct lf_err *e)
{
    struct lf_dns_rr rr = { .at = *at };
    size_t p = *at, len;

    LF_TRY(lf_dns_name_take(msg, &p, &rr.name, e));
    if (msg.len - p < 10)
        return lf_err_set(e, LF_BAD_INPUT, "dns: a record is cut off");
    rr.type = u16_at(msg, p);
    rr.class = u16_at(msg, p + 2);
    rr.ttl = u32_at(msg, p + 4);
    len = u16_at(msg, p + 8);
    p += 10;
    if (msg.len - p < len)
        return lf_err_set(e, LF_BAD_INPUT, "dns: a record's data runs past the end");
    rr.rdata_at = p;
    rr.rdata = (lf_view){ msg.ptr + p, len };
    *at = p + len;
    *out = rr;
    return LF_OK;
}

static enum lf_code soa_serial(lf_view msg, const struct lf_dns_rr *rr, uint32_t *out, struct lf_err *e)
{
    struct lf_dns_name n;
    size_t p = rr->rdata_at;

    LF_TRY(lf_dns_name_take(msg, &p, &n, e));
    LF_TRY(lf_dns_name_take(msg, &p, &n, e));
    if (p + 20 != rr->rdata_at + rr->rdata.len)
        return lf_err_set(e, LF_BAD_INPUT, "dns: an SOA has not its five numbers");
    *out = u32_at(msg, p);
    return LF_OK;
}

static enum lf_code tsig_read(lf_view msg, const struct lf_dns_rr *rr, struct lf_dns_tsig *out,
                              struct lf_err *e)
{
    struct lf_dns_tsig t = { .key = rr->name, .at = rr->at };
    size_t p = rr->rdata_at, end = rr->rdata_at + rr->rdata.len, n;
    lf_view in = lf_view_first(msg, end);

    if (rr->class != LF_DNS_CLASS_ANY || rr->ttl != 0)
        return lf_err_set(e, LF_BAD_INPUT, "dns: TSIG has class ANY and TTL 0");
    LF_TRY(lf_dns_name_take(in, &p, &t.algorithm, e));
    if (end - p < 10)
        return lf_err_set(e, LF_BAD_INPUT, "dns: TSIG is cut off");
    t.time = (uint64_t)u16_at(in, p) << 32 | u32_at(in, p + 2);
    t.fudge = u16_at(in, p + 6);
    n = u16_at(in, p + 8);
    p += 10;
    if (end - p < n + 6)
        return lf_err_set(e, LF_BAD_INPUT, "dns: TSIG's MAC is cut off");
    t.mac = (lf_view){ in.ptr + p, n };
    p += n;
    t.original_id = u16_at(in, p);
    t.error = u16_at(in, p + 2);
    n = u16_at(in, p + 4);
    p += 6;
    if (end - p != n)
        return lf_err_set(e, LF_BAD_INPUT, "dns: TSIG's other data has a wrong length");
    t.other = (lf_view){ in.ptr + p, n };
    *out = t;
    return LF_OK;
}

enum lf_code lf_dns_message_read(lf_view msg, struct lf_dns_message *out, struct lf_err *e)
{
    struct lf_dns_message m = { .udp_size = 512 };
    size_t at = LF_DNS_HEADER, rest;

    LF_TRY(lf_dns_header_read(msg, &m.header, e));
    if (m.header.qd != 1)
        return lf_err_set(e, LF_BAD_INPUT, "dns: %u questions, not one", m.header.qd);
    rest = (size_t)m.header.an + m.header.ns + m.header.ar;
    if (rest > LF_DNS_RECORDS)
        return lf_err_set(e, LF_BAD_INPUT, "dns: more than %d records", LF_DNS_RECORDS);
    LF_TRY(lf_dns_name_take(msg, &at, &m.qname, e));
    /* Nothing lies before the first name that a pointer could mean. */
    if (at != (size_t)LF_DNS_HEADER + m.qname.len || msg.len - at < 4)
        return lf_err_set(e, LF_BAD_INPUT, "dns: the question is cut off or compressed");
    m.qtype = u16_at(msg, at);
    m.qclass = u16_at(msg, at + 2);
    at += 4;
    m.question = (lf_view){ msg.ptr + LF_DNS_HEADER, at - LF_DNS_HEADER };
    for (size_t i = 0; i < rest; i++) {
        bool additional = i >= (size_t)m.header.an + m.header.ns;
        struct lf_dns_rr rr;

        LF_TRY(lf_dns_rr_take(msg, &at, &rr, e));
        if (rr.type == LF_DNS_SOA && !additional && !m.has_soa) {
            LF_TRY(soa_serial(msg, &rr, &m.serial, e));
            m.has_soa = true;
        } else if (rr.type == LF_DNS_OPT) {
            if (!additional || m.edns || rr.name.len != 1)
                return lf_err_set(e, LF_BAD_INPUT, "dns: a misplaced OPT record");
            m.edns = true;
            m.udp_size = rr.class < 512 ? 512 : rr.class;
        } else if (rr.type == LF_DNS_TSIG) {
            if (!additional || i + 1 != rest)
                return lf_err_set(e, LF_BAD_INPUT, "dns: TSIG is not the last record");
            LF_TRY(tsig_read(msg, &rr, &m.tsig, e));
            m.signed_ = true;
        }
    }
    if (at != msg.len)
        return lf_err_set(e, LF_BAD_INPUT, "dns: %zu octets after the last record", msg.len - at);
    *out = m;
    return LF_OK;
}

void lf_dns_put_header(struct lf_buf *b, const struct lf_dns_header *h)
{
    lf_buf_u16(b, h->id);
    lf_buf_u16(b, h->flags);
    lf_buf_u16(b, h->qd);
    lf_buf_u16(b, h->an);
    lf_buf_u16(b, h->ns);
    lf_buf_u16(b, h->ar);
}

void lf_dns_put_name(struct lf_buf *b, const struct lf_dns_name *n)
{
    lf_buf_put(b, (lf_view){ (const char *)n->wire, n->len });
}

void lf_dns_put_name_at(struct lf_buf *b, const uint8_t *own, size_t len, uint16_t to)
{
    lf_buf_put(b, (lf_view){ (const char *)own, len });
    lf_buf_u16(b, (uint16_t)(0xC000 | to));
}

void lf_dns_put_rr(struct lf_buf *b, uint16_t type, uint32_t ttl, uint16_t rdlength)
{
    lf_buf_u16(b, type);
    lf_buf_u16(b, LF_DNS_IN);
    lf_buf_u32(b, ttl);
    lf_buf_u16(b, rdlength);
}

void lf_dns_put_opt(struct lf_buf *b, uint16_t udp_size)
{
    lf_buf_byte(b, 0);
    lf_buf_u16(b, LF_DNS_OPT);
    lf_buf_u16(b, udp_size);
    lf_buf_u32(b, 0);
    lf_buf_u16(b, 0);
}

void lf_dns_patch_u16(struct lf_buf *b, size_t at, uint16_t v)
{
    if (b->over || at + 2 > b->len)
        return; /* past the ceiling: the writer finds out at the end */
    b->ptr[at] = (char)(v >> 8);
    b->ptr[at + 1] = (char)v;
}
