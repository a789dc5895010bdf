#include "model/device.h"

static const char *const vias[] = { "unknown", "udp", "tcp", "tls", "relp", "http", "file", "node" };

const char *lf_device_via_name(enum lf_device_via via)
{
    return (size_t)via < sizeof vias / sizeof *vias ? vias[via] : "?";
}

static void put_view(struct lf_buf *b, lf_view v)
{
    lf_buf_u16(b, (uint16_t)v.len);
    lf_buf_put(b, v);
}

void lf_device_pack(struct lf_buf *b, const struct lf_device_report *r)
{
    put_view(b, lf_view_first(r->name, LF_DEVICE_NAME));
    lf_buf_byte(b, (char)r->via);
    lf_buf_byte(b, (char)r->fault);
    lf_buf_u64(b, r->incarnation);
    lf_buf_u64(b, r->received);
    lf_buf_u64(b, r->malformed);
    lf_buf_u64(b, r->dropped);
    lf_buf_u64(b, (uint64_t)r->first);
    lf_buf_u64(b, (uint64_t)r->last);
    if (r->fault != LF_FAULT_NONE) {
        lf_buf_u64(b, (uint64_t)r->fault_since);
        lf_buf_u64(b, (uint64_t)r->fault_until);
        put_view(b, lf_view_first(r->fault_text, LF_DEVICE_TEXT));
    }
}

/* A reader that stays at `bad` once anything did not fit: the caller looks once. */
struct in {
    lf_view left;
    const char *bad;
};

static uint64_t take(struct in *in, size_t bytes)
{
    uint64_t v = 0;

    if (in->bad || in->left.len < bytes) {
        if (!in->bad)
            in->bad = "it ends too soon";
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | (unsigned char)in->left.ptr[i];
    in->left = lf_view_from(in->left, bytes);
    return v;
}

static uint64_t take_count(struct in *in)
{
    uint64_t v = take(in, 8);

    if (!in->bad && v > INT64_MAX)
        in->bad = "a counter is past what a database can keep";
    return v;
}

static lf_time take_time(struct in *in)
{
    uint64_t v = take(in, 8);

    if (!in->bad && v > (uint64_t)LF_TIME_MAX)
        in->bad = "a time is outside 1970-2199";
    return (lf_time)v;
}

static lf_view take_text(struct in *in, size_t least, size_t most)
{
    size_t len = (size_t)take(in, 2);
    lf_view v;

    if (!in->bad && (len < least || len > most || len > in->left.len))
        in->bad = "a text is empty or too long";
    if (in->bad)
        return (lf_view){ "", 0 };
    v = lf_view_first(in->left, len);
    in->left = lf_view_from(in->left, len);
    if (!lf_view_is_utf8(v) || (v.len && memchr(v.ptr, 0, v.len)))
        in->bad = "a text is not UTF-8 without NUL";
    return v;
}

enum lf_code lf_device_unpack(lf_view *bytes, struct lf_device_report *out, struct lf_err *e)
{
    struct in in = { *bytes, NULL };
    struct lf_device_report r = { .name = take_text(&in, 1, LF_DEVICE_NAME) };
    uint64_t via = take(&in, 1), fault = take(&in, 1);

    if (!in.bad && (via >= LF_VIA_COUNT || fault >= LF_FAULT_COUNT))
        in.bad = "no such way or fault";
    r.via = (enum lf_device_via)via;
    r.fault = (enum lf_device_fault)fault;
    r.incarnation = take_count(&in);
    r.received = take_count(&in);
    r.malformed = take_count(&in);
    r.dropped = take_count(&in);
    r.first = take_time(&in);
    r.last = take_time(&in);
    if (!in.bad && fault) {
        r.fault_since = take_time(&in);
        r.fault_until = take_time(&in);
        r.fault_text = take_text(&in, 0, LF_DEVICE_TEXT);
    }
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "report of a sender, %zu bytes left: %s", bytes->len, in.bad);
    *out = r;
    *bytes = in.left;
    return LF_OK;
}
