#include "shield/zone_message.h"

static void head(struct lf_zone_packer *p)
{
    lf_buf_byte(&p->b, (char)p->zone.len);
    lf_buf_put(&p->b, p->zone);
    lf_buf_u32(&p->b, p->full ? 0 : p->from);
    lf_buf_u32(&p->b, p->to);
    lf_buf_byte(&p->b, p->first ? LF_ZONE_FIRST : 0);
    p->first = false;
}

void lf_zone_pack_begin(struct lf_zone_packer *p, bool full, lf_view zone, uint32_t from, uint32_t to,
                        lf_zone_send_fn send, void *ctx)
{
    LF_ASSERT(zone.len <= 255);
    *p = (struct lf_zone_packer){ .zone = zone, .from = from, .to = to, .full = full, .first = true };
    p->send = send;
    p->ctx = ctx;
    lf_buf_init(&p->b, LF_ZONE_PAYLOAD);
    head(p);
}

enum lf_code lf_zone_pack(struct lf_zone_packer *p, enum lf_zone_op op, lf_view domain, struct lf_err *e)
{
    if (domain.len == 0 || domain.len > 255)
        return lf_err_set(e, LF_BAD_INPUT, "zone: a name of %zu octets", domain.len);
    if (p->b.len + 2 + domain.len > LF_ZONE_PAYLOAD) {
        LF_TRY(p->send(p->ctx, p->full, lf_buf_view(&p->b), e));
        lf_buf_reset(&p->b);
        head(p);
    }
    lf_buf_byte(&p->b, (char)op);
    lf_buf_byte(&p->b, (char)domain.len);
    lf_buf_put(&p->b, domain);
    return LF_OK;
}

enum lf_code lf_zone_pack_end(struct lf_zone_packer *p, struct lf_err *e)
{
    enum lf_code rc;

    p->b.ptr[1 + p->zone.len + 8] |= LF_ZONE_LAST;
    rc = p->send(p->ctx, p->full, lf_buf_view(&p->b), e);
    lf_zone_pack_clear(p);
    return rc;
}

void lf_zone_pack_clear(struct lf_zone_packer *p)
{
    lf_buf_clear(&p->b);
}

static uint32_t u32_at(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

bool lf_zone_message_next(struct lf_zone_message *m, enum lf_zone_op *op, lf_view *domain)
{
    if (m->entries.len < 2)
        return false;
    *op = (enum lf_zone_op)m->entries.ptr[0];
    *domain = (lf_view){ m->entries.ptr + 2, (uint8_t)m->entries.ptr[1] };
    m->entries = lf_view_from(m->entries, 2 + domain->len);
    return true;
}

enum lf_code lf_zone_message_read(lf_view payload, struct lf_zone_message *out, struct lf_err *e)
{
    struct lf_zone_message m = { 0 };
    size_t n;

    if (payload.len < LF_ZONE_PAYLOAD_LEAST || payload.len > LF_ZONE_PAYLOAD)
        return lf_err_set(e, LF_BAD_INPUT, "zone message: %zu octets", payload.len);
    n = (uint8_t)payload.ptr[0];
    if (n == 0 || payload.len < n + 10)
        return lf_err_set(e, LF_BAD_INPUT, "zone message: cut off in its head");
    m.zone = (lf_view){ payload.ptr + 1, n };
    m.from = u32_at(payload.ptr + 1 + n);
    m.to = u32_at(payload.ptr + 5 + n);
    uint8_t flags = (uint8_t)payload.ptr[9 + n];
    if (flags & ~(LF_ZONE_FIRST | LF_ZONE_LAST))
        return lf_err_set(e, LF_BAD_INPUT, "zone message: unknown flags %u", flags);
    m.first = flags & LF_ZONE_FIRST;
    m.last = flags & LF_ZONE_LAST;
    m.entries = lf_view_from(payload, 10 + n);
    for (size_t at = 0; at < m.entries.len; m.count++) {
        const uint8_t *p = (const uint8_t *)m.entries.ptr + at;

        if (m.entries.len - at < 2 || (p[0] != LF_ZONE_ADD && p[0] != LF_ZONE_DEL) || p[1] == 0 ||
            m.entries.len - at - 2 < p[1])
            return lf_err_set(e, LF_BAD_INPUT, "zone message: entry %zu is malformed", m.count);
        at += 2u + p[1];
    }
    *out = m;
    return LF_OK;
}
