#include "http/call.h"

#include "base/unpack.h"

/* Wire form, big-endian:
 *
 *   call    u64 id, u32 timeout, u8 flags (1 = pin, 2 = own certificate, 4 = another pin, 8 = a stranger,
 *           16 = of any address), [u32 most], [32 pin], [32 pin], u16 length of base, base, packed request
 *   result  u64 id, u8 code, u16 length of why, why, packed response if LF_OK */

enum { PIN = 1, CERT = 2, NEXT = 4, STRANGER = 8, PRIVATE = 16, WHY_MAX = 1000 };

/* "https://" host [":" port], nothing that could begin a path, a user name or a
 * second line. */
static bool is_base(lf_view v)
{
    lf_view host;

    if (lf_view_starts(v, LF_V("https://")))
        host = lf_view_from(v, 8);
    else if (lf_view_starts(v, LF_V("http://")) || lf_view_starts(v, LF_V("smtp://")))
        host = lf_view_from(v, 7);
    else if (lf_view_starts(v, LF_V("smtps://")))
        host = lf_view_from(v, 8);
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

lf_view lf_call_host(lf_view url)
{
    size_t at = lf_view_find(url, LF_V("://")), n = 0;

    if (at == SIZE_MAX)
        return LF_V("");
    url = lf_view_from(url, at + 3);
    while (n < url.len && url.ptr[n] != ':' && url.ptr[n] != '/' && url.ptr[n] != '?')
        n++;
    return lf_view_first(url, n);
}

lf_view lf_call_domain(lf_view url)
{
    lf_view host = lf_call_host(url), service = LF_VIEW(LF_CALL_SERVICE);

    return lf_view_starts(host, service) ? lf_view_from(host, service.len) : LF_V("");
}

void lf_call_pack(struct lf_buf *b, const struct lf_call *c)
{
    lf_buf_u64(b, c->id);
    lf_buf_u32(b, c->timeout_ms);
    lf_buf_byte(b, (char)((c->has_pin ? PIN : 0) | (c->client_cert ? CERT : 0) | (c->has_next ? NEXT : 0) |
                          (c->stranger ? STRANGER : 0) | (c->stranger && c->private ? PRIVATE : 0)));
    if (c->stranger)
        lf_buf_u32(b, c->most);
    if (c->has_pin)
        lf_buf_put(b, (lf_view){ (const char *)c->pin, LF_HTTP_PIN });
    if (c->has_next)
        lf_buf_put(b, (lf_view){ (const char *)c->next, LF_HTTP_PIN });
    lf_buf_u16(b, (uint16_t)c->base.len);
    lf_buf_put(b, c->base);
    lf_http_pack_request(b, &c->request);
}

enum lf_code lf_call_unpack(lf_view packed, struct lf_call *out, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);
    struct lf_call c = { 0 };
    uint64_t flags;

    c.id = lf_unpack_uint(&in, 8);
    c.timeout_ms = (uint32_t)lf_unpack_uint(&in, 4);
    flags = lf_unpack_uint(&in, 1);
    if (flags & ~(uint64_t)(PIN | CERT | NEXT | STRANGER | PRIVATE) || ((flags & NEXT) && !(flags & PIN)) ||
        ((flags & PRIVATE) && !(flags & STRANGER)))
        return lf_err_set(e, LF_BAD_INPUT, "call: unknown flags %u", (unsigned)flags);
    c.stranger = flags & STRANGER;
    c.private = flags & PRIVATE;
    if (c.stranger)
        c.most = (uint32_t)lf_unpack_uint(&in, 4);
    if (c.most > LF_CALL_BODY)
        return lf_err_set(e, LF_BAD_INPUT, "call: an answer of %u bytes", (unsigned)c.most);
    c.has_pin = flags & PIN;
    c.client_cert = flags & CERT;
    if (c.has_pin) {
        lf_view pin = lf_unpack_bytes(&in, LF_HTTP_PIN);

        memcpy(c.pin, pin.ptr, pin.len);
    }
    c.has_next = flags & NEXT;
    if (c.has_next) {
        lf_view pin = lf_unpack_bytes(&in, LF_HTTP_PIN);

        memcpy(c.next, pin.ptr, pin.len);
    }
    c.base = lf_unpack_block(&in, 2);
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "call: %s", in.bad);
    if (!is_base(c.base))
        return lf_err_set(e, LF_BAD_INPUT, "call: \"%.*s\" is not like https://host:port", LF_FMT(c.base));
    /* A pin or our certificate over a connection without TLS would mean nothing. */
    if ((c.has_pin || c.client_cert) && lf_view_starts(c.base, LF_V("http://")))
        return lf_err_set(e, LF_BAD_INPUT, "call: a pin needs https");
    if (lf_http_unpack_request(in.left, &c.request, e) != LF_OK)
        return lf_err_at(e, "call");
    if (lf_view_starts(c.base, LF_V("smtp")) != lf_view_is(c.request.method, "MAIL"))
        return lf_err_set(e, LF_BAD_INPUT, "call: mail goes by smtp, and nothing else does");
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

enum lf_code lf_call_result_unpack(lf_view packed, struct lf_call_result *out, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);
    struct lf_call_result r = { .id = lf_unpack_uint(&in, 8) };
    uint64_t code = lf_unpack_uint(&in, 1);

    r.why = lf_unpack_block(&in, 2);
    if (in.bad || code >= LF_CODE_COUNT || r.why.len > WHY_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "call result: malformed");
    r.code = (enum lf_code)code;
    if (r.code == LF_OK && lf_http_unpack_response(in.left, &r.response, e) != LF_OK)
        return lf_err_at(e, "call result");
    if (r.code != LF_OK && in.left.len)
        return lf_err_set(e, LF_BAD_INPUT, "call result: bytes left over");
    *out = r;
    return LF_OK;
}
