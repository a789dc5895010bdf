#include "http/message.h"

#include "base/unpack.h"

/* Wire form, big-endian; text is u32 length and bytes:
 *
 *   request   u64 id, u64 more, u8 door, u8 has_pin, [32 pin], method, path, query, remote,
 *             u16 n, n × (name, value), body
 *   response  u64 id, u16 status, u8 more, u64 wait_until, u16 n, n × (name, value), body
 *
 * What a taken-over front could send is checked here once, so that nothing
 * behind needs to ask again: lengths, counts, the alphabet of names, no control
 * bytes in values (an answer can never be split in two). */

static void put_text(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

/* RFC 9110 token. */
static bool is_token(lf_view v)
{
    static const char extra[] = "!#$%&'*+-.^_`|~";

    if (v.len == 0)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!word && (c == '\0' || !strchr(extra, c)))
            return false;
    }
    return true;
}

static bool is_field_value(lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = (uint8_t)v.ptr[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum lf_code take_headers(struct lf_unpack *in, size_t *n, struct lf_http_header *h, struct lf_err *e)
{
    uint64_t count = lf_unpack_uint(in, 2);

    if (count > LF_HTTP_HEADERS)
        return lf_err_set(e, LF_TOO_BIG, "http message: more than %d headers", LF_HTTP_HEADERS);
    for (size_t i = 0; i < count && !in->bad; i++) {
        h[i].name = lf_unpack_block(in, 4);
        h[i].value = lf_unpack_block(in, 4);
        if (!in->bad && (!is_token(h[i].name) || !is_field_value(h[i].value)))
            return lf_err_set(e, LF_BAD_INPUT, "http message: header %zu is malformed", i);
    }
    *n = (size_t)count;
    return LF_OK;
}

static void put_headers(struct lf_buf *b, size_t n, const struct lf_http_header *h)
{
    LF_ASSERT(n <= LF_HTTP_HEADERS);
    lf_buf_u16(b, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        put_text(b, h[i].name);
        put_text(b, h[i].value);
    }
}

void lf_http_pack_request(struct lf_buf *b, const struct lf_http_request *r)
{
    lf_buf_u64(b, r->id);
    lf_buf_u64(b, r->more);
    lf_buf_byte(b, (char)r->door);
    lf_buf_byte(b, r->has_pin ? 1 : 0);
    if (r->has_pin)
        lf_buf_put(b, (lf_view){ (const char *)r->peer_pin, LF_HTTP_PIN });
    put_text(b, r->method);
    put_text(b, r->path);
    put_text(b, r->query);
    put_text(b, r->remote);
    put_headers(b, r->nheaders, r->headers);
    put_text(b, r->body);
}

enum lf_code lf_http_unpack_request(lf_view view, struct lf_http_request *r, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(view);
    struct lf_http_request got = { 0 };
    uint64_t door, pin;

    got.id = lf_unpack_uint(&in, 8);
    got.more = lf_unpack_uint(&in, 8);
    door = lf_unpack_uint(&in, 1);
    pin = lf_unpack_uint(&in, 1);
    if (!in.bad && (door > LF_DOOR_LOCAL || pin > 1))
        return lf_err_set(e, LF_BAD_INPUT, "http request: unknown door or pin flag");
    got.door = (enum lf_http_door)door;
    got.has_pin = pin == 1;
    if (got.has_pin) {
        lf_view key = lf_unpack_bytes(&in, LF_HTTP_PIN);

        memcpy(got.peer_pin, key.ptr, key.len);
    }
    got.method = lf_unpack_block(&in, 4);
    got.path = lf_unpack_block(&in, 4);
    got.query = lf_unpack_block(&in, 4);
    got.remote = lf_unpack_block(&in, 4);
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "http request: cut short");
    LF_TRY(take_headers(&in, &got.nheaders, got.headers, e));
    got.body = lf_unpack_block(&in, 4);
    if (in.bad || in.left.len)
        return lf_err_set(e, LF_BAD_INPUT, "http request: %s", in.bad ? "cut short" : "bytes left over");
    if (!is_token(got.method) || got.method.len > 32)
        return lf_err_set(e, LF_BAD_INPUT, "http request: the method is no token");
    if (got.path.len == 0 || got.path.ptr[0] != '/' || got.path.len > LF_HTTP_URL ||
        lf_view_find_byte(got.path, '\0') != SIZE_MAX || !lf_view_is_utf8(got.path))
        return lf_err_set(e, LF_BAD_INPUT, "http request: malformed path");
    if (got.query.len > LF_HTTP_URL || !is_field_value(got.query))
        return lf_err_set(e, LF_BAD_INPUT, "http request: malformed query");
    if (got.remote.len > 128 || !is_field_value(got.remote))
        return lf_err_set(e, LF_BAD_INPUT, "http request: malformed remote address");
    *r = got;
    return LF_OK;
}

void lf_http_pack_response(struct lf_buf *b, const struct lf_http_response *r)
{
    lf_buf_u64(b, r->id);
    lf_buf_u16(b, (uint16_t)r->status);
    lf_buf_byte(b, r->more ? 1 : 0);
    lf_buf_u64(b, (uint64_t)r->wait_until);
    put_headers(b, r->nheaders, r->headers);
    put_text(b, r->body);
}

enum lf_code lf_http_unpack_response(lf_view view, struct lf_http_response *r, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(view);
    struct lf_http_response got = { 0 };
    uint64_t more;

    got.id = lf_unpack_uint(&in, 8);
    got.status = (int)lf_unpack_uint(&in, 2);
    more = lf_unpack_uint(&in, 1);
    got.more = more == 1;
    got.wait_until = (lf_time)lf_unpack_uint(&in, 8);
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "http response: cut short");
    if (more > 1)
        return lf_err_set(e, LF_BAD_INPUT, "http response: more is 0 or 1");
    LF_TRY(take_headers(&in, &got.nheaders, got.headers, e));
    got.body = lf_unpack_block(&in, 4);
    if (in.bad || in.left.len)
        return lf_err_set(e, LF_BAD_INPUT, "http response: %s", in.bad ? "cut short" : "bytes left over");
    if ((got.status < 200 || got.status > 599) && got.wait_until == 0)
        return lf_err_set(e, LF_BAD_INPUT, "http response: status %d", got.status);
    *r = got;
    return LF_OK;
}

static lf_view header_of(size_t n, const struct lf_http_header *h, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq_nocase(h[i].name, lf_view_of(name)))
            return h[i].value;
    return (lf_view){ NULL, 0 };
}

lf_view lf_http_get(const struct lf_http_request *r, const char *name)
{
    return header_of(r->nheaders, r->headers, name);
}

lf_view lf_http_answer_get(const struct lf_http_response *r, const char *name)
{
    return header_of(r->nheaders, r->headers, name);
}

void lf_http_add(struct lf_http_response *r, const char *name, lf_view value)
{
    LF_ASSERT(r->nheaders < LF_HTTP_HEADERS);
    r->headers[r->nheaders++] = (struct lf_http_header){ lf_view_of(name), value };
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A form's value.  An escape that is none, and %00, stay as they were written:
 * no text of ours may hold a NUL. */
static lf_view decode_field(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_alloc(a, v.len + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        int hi = -1, lo = -1;

        if (v.ptr[i] == '%' && i + 2 < v.len) {
            hi = nibble(v.ptr[i + 1]);
            lo = nibble(v.ptr[i + 2]);
        }
        if (hi >= 0 && lo >= 0 && (hi || lo)) {
            out[n++] = (char)(hi << 4 | lo);
            i += 2;
        } else {
            out[n++] = v.ptr[i] == '+' ? ' ' : v.ptr[i];
        }
    }
    out[n] = '\0';
    return (lf_view){ out, n };
}

lf_view lf_http_field(struct lf_arena *a, lf_view fields, const char *name, size_t *n)
{
    lf_view out = { NULL, 0 }, pair;
    size_t count = 0;

    while (lf_view_split(&fields, '&', &pair)) {
        size_t eq = lf_view_find_byte(pair, '=');
        lf_view key = eq == SIZE_MAX ? pair : lf_view_first(pair, eq);

        if (pair.len == 0 || !lf_view_is(decode_field(a, key), name))
            continue;
        if (count++ == 0)
            out = decode_field(a, eq == SIZE_MAX ? LF_V("") : lf_view_from(pair, eq + 1));
    }
    if (n)
        *n = count;
    return out;
}

bool lf_http_field_has(struct lf_arena *a, lf_view fields, const char *name, lf_view value)
{
    lf_view pair;

    while (lf_view_split(&fields, '&', &pair)) {
        size_t eq = lf_view_find_byte(pair, '=');

        if (eq != SIZE_MAX && lf_view_is(decode_field(a, lf_view_first(pair, eq)), name) &&
            lf_view_eq(decode_field(a, lf_view_from(pair, eq + 1)), value))
            return true;
    }
    return false;
}

lf_view lf_http_origin_form(lf_view target)
{
    static const lf_view schemes[] = { LF_VIEW("http://"), LF_VIEW("https://") };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t end = 0;

        if (!lf_view_eq_nocase(lf_view_first(target, schemes[i].len), schemes[i]))
            continue;
        target = lf_view_from(target, schemes[i].len);
        while (end < target.len && target.ptr[end] != '/' && target.ptr[end] != '?')
            end++;
        return end == target.len ? LF_V("/") : lf_view_from(target, end);
    }
    return target;
}

enum lf_code lf_http_path(struct lf_arena *a, lf_view raw, lf_view *out, struct lf_err *e)
{
    char *buf;
    size_t n = 0, len = 0;

    if (raw.len > LF_HTTP_URL)
        return lf_err_set(e, LF_TOO_BIG, "the path is longer than %d bytes", LF_HTTP_URL);
    if (raw.len == 0 || raw.ptr[0] != '/')
        return lf_err_set(e, LF_BAD_INPUT, "the path does not begin with /");
    buf = lf_arena_alloc(a, raw.len + 1, 1);
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];

        if (c == '%') {
            int hi = i + 2 < raw.len ? nibble(raw.ptr[i + 1]) : -1;
            int lo = i + 2 < raw.len ? nibble(raw.ptr[i + 2]) : -1;

            if (hi < 0 || lo < 0)
                return lf_err_set(e, LF_BAD_INPUT, "the path has a %% that is no escape at byte %zu", i);
            c = (char)(hi << 4 | lo);
            /* A slash that is not a separator cannot be told from one that is
             * after decoding; none of our names holds one. */
            if (c == '/' || c == '\\')
                return lf_err_set(e, LF_BAD_INPUT, "the path has an escaped slash at byte %zu", i);
            i += 2;
        }
        if ((uint8_t)c < 0x20 || c == 0x7f)
            return lf_err_set(e, LF_BAD_INPUT, "the path has a control byte at byte %zu", i);
        buf[n++] = c;
    }
    if (!lf_view_is_utf8((lf_view){ buf, n }))
        return lf_err_set(e, LF_BAD_INPUT, "the path is not UTF-8");
    /* RFC 3986 5.2.4, in place: `len` bytes of the result end before `i`. */
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        lf_view segment;

        while (end < n && buf[end] != '/')
            end++;
        segment = (lf_view){ buf + i, end - i };
        if (lf_view_is(segment, "/.") || lf_view_is(segment, "/..")) {
            if (segment.len == 3) {
                while (len > 0 && buf[len - 1] != '/')
                    len--;
                len -= len > 0;
            }
            if (end == n)
                buf[len++] = '/';
        } else {
            memmove(buf + len, buf + i, segment.len);
            len += segment.len;
        }
        i = end;
    }
    if (len == 0)
        buf[len++] = '/';
    buf[len] = '\0';
    *out = (lf_view){ buf, len };
    return LF_OK;
}

const char *lf_http_reason(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Content";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 507:
        return "Insufficient Storage";
    default:
        return status < 400 ? "OK" : "Error";
    }
}
