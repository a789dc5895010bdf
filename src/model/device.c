#include "model/device.h"

#include "base/unpack.h"

static const char *const vias[] = { "unknown", "udp", "tcp", "tls", "relp", "http", "file", "node", "relay" };

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
    if (r->via == LF_VIA_RELAY) {
        put_view(b, lf_view_first(r->relay, LF_DEVICE_NAME));
        lf_buf_byte(b, r->lone ? 1 : 0);
    }
}

/* A reader that stays at `bad` once anything did not fit: the caller looks once. */
enum lf_code lf_device_unpack(lf_view *bytes, struct lf_device_report *out, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(*bytes);
    struct lf_device_report r = { .name = lf_unpack_text(&in, 2, 1, LF_DEVICE_NAME, NULL) };
    uint64_t via = lf_unpack_uint(&in, 1), fault = lf_unpack_uint(&in, 1);

    if (!in.bad && (via >= LF_VIA_COUNT || fault >= LF_FAULT_COUNT))
        in.bad = "no such way or fault";
    r.via = (enum lf_device_via)via;
    r.fault = (enum lf_device_fault)fault;
    r.incarnation = lf_unpack_count(&in);
    r.received = lf_unpack_count(&in);
    r.malformed = lf_unpack_count(&in);
    r.dropped = lf_unpack_count(&in);
    r.first = lf_unpack_time(&in);
    r.last = lf_unpack_time(&in);
    if (!in.bad && fault) {
        r.fault_since = lf_unpack_time(&in);
        r.fault_until = lf_unpack_time(&in);
        r.fault_text = lf_unpack_text(&in, 2, 0, LF_DEVICE_TEXT, NULL);
    }
    if (!in.bad && via == LF_VIA_RELAY) {
        uint64_t lone;

        r.relay = lf_unpack_text(&in, 2, 1, LF_DEVICE_NAME, NULL);
        lone = lf_unpack_uint(&in, 1);
        if (!in.bad && lone > 1)
            in.bad = "neither one nor more hosts";
        r.lone = lone == 1;
    }
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "report of a sender, %zu bytes left: %s", bytes->len, in.bad);
    *out = r;
    *bytes = in.left;
    return LF_OK;
}
