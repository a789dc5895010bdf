#include "http/call.h"

/* Wire form, big-endian:
 *
 *   call    u64 id, u32 timeout, u8 flags (1 = pin, 2 = own certificate), [32 pin],
 *           u16 length of base, base, packed request
 *   result  u64 id, u8 code, u16 length of why, why, packed response if LF_OK */

enum { PIN = 1, CERT = 2, WHY_MAX = 1000 };

static uint64_t uint_at(const char *p, size_t bytes)
{
    uint64_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (uint8_t)p[i];
    return n;
}

/* "https://" host [":" port], nothing that could begin a path, a user name or a
 * second line. */
static bool is_base(lf_view v)
{
    lf_view host;

    if (lf_view_starts(v, LF_V("https://")))
        host = lf_view_from(v, 8);
    else if (lf_view_starts(v, LF_V("http://")))
        host = lf_view_from(v, 7);
    else
        return false;
    if (host.len == 0 || host.len > LF_CALL_URL)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '.' &&
            c != '-' && c != ':' && c != '[' && c != ']' && c != '_')
            return false;
    }
    return true;
}

void lf_call_pack(struct lf_buf *b, const struct lf_call *c)
{
    lf_buf_u64(b, c->id);
    lf_buf_u32(b, c->timeout_ms);
    lf_buf_byte(b, (char)((c->has_pin ? PIN : 0) | (c->client_cert ? CERT : 0)));
    if (c->has_pin)
        lf_buf_put(b, (lf_view){ (const char *)c->pin, LF_HTTP_PIN });
    lf_buf_u16(b, (uint16_t)c->base.len);
    lf_buf_put(b, c->base);
    lf_http_pack_request(b, &c->request);
}

enum lf_code lf_call_unpack(lf_view in, struct lf_call *out, struct lf_err *e)
{
    struct lf_call c = { 0 };
    unsigned flags;
    size_t n;

    if (in.len < 13)
        return lf_err_set(e, LF_BAD_INPUT, "call: cut short");
    c.id = uint_at(in.ptr, 8);
    c.timeout_ms = (uint32_t)uint_at(in.ptr + 8, 4);
    flags = (uint8_t)in.ptr[12];
    in = lf_view_from(in, 13);
    if (flags & ~(unsigned)(PIN | CERT))
        return lf_err_set(e, LF_BAD_INPUT, "call: unknown flags %u", flags);
    c.has_pin = flags & PIN;
    c.client_cert = flags & CERT;
    if (c.has_pin) {
        if (in.len < LF_HTTP_PIN)
            return lf_err_set(e, LF_BAD_INPUT, "call: cut short");
        memcpy(c.pin, in.ptr, LF_HTTP_PIN);
        in = lf_view_from(in, LF_HTTP_PIN);
    }
    if (in.len < 2 || in.len - 2 < (n = (size_t)uint_at(in.ptr, 2)))
        return lf_err_set(e, LF_BAD_INPUT, "call: cut short");
    c.base = (lf_view){ in.ptr + 2, n };
    if (!is_base(c.base))
        return lf_err_set(e, LF_BAD_INPUT, "call: \"%.*s\" is not like https://host:port", LF_FMT(c.base));
    /* A pin or our certificate over a connection without TLS would mean nothing. */
    if ((c.has_pin || c.client_cert) && !lf_view_starts(c.base, LF_V("https://")))
        return lf_err_set(e, LF_BAD_INPUT, "call: a pin needs https");
    if (lf_http_unpack_request(lf_view_from(in, 2 + n), &c.request, e) != LF_OK)
        return lf_err_at(e, "call");
    *out = c;
    return LF_OK;
}

void lf_call_result_pack(struct lf_buf *b, const struct lf_call_result *r)
{
    lf_view why = lf_view_first(r->why, WHY_MAX);

    lf_buf_u64(b, r->id);
    lf_buf_byte(b, (char)r->code);
    lf_buf_u16(b, (uint16_t)why.len);
    lf_buf_put(b, why);
    if (r->code == LF_OK)
        lf_http_pack_response(b, &r->response);
}

enum lf_code lf_call_result_unpack(lf_view in, struct lf_call_result *out, struct lf_err *e)
{
    struct lf_call_result r = { 0 };
    size_t n;

    if (in.len < 11 || (uint8_t)in.ptr[8] >= LF_CODE_COUNT ||
        in.len - 11 < (n = (size_t)uint_at(in.ptr + 9, 2)) || n > WHY_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "call result: malformed");
    r.id = uint_at(in.ptr, 8);
    r.code = (enum lf_code)(uint8_t)in.ptr[8];
    r.why = (lf_view){ in.ptr + 11, n };
    in = lf_view_from(in, 11 + n);
    if (r.code == LF_OK && lf_http_unpack_response(in, &r.response, e) != LF_OK)
        return lf_err_at(e, "call result");
    if (r.code != LF_OK && in.len)
        return lf_err_set(e, LF_BAD_INPUT, "call result: bytes left over");
    *out = r;
    return LF_OK;
}
