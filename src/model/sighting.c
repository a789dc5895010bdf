#include "model/sighting.h"

#include "base/unpack.h"

enum { ID = 64, VALUE = 2048, LIST = 200 };

static void put(struct lf_buf *b, lf_view v)
{
    lf_buf_u16(b, (uint16_t)v.len);
    lf_buf_put(b, v);
}

/* Fails for good once anything did not fit. */
void lf_indicator_entry_pack(struct lf_buf *b, const struct lf_indicator_entry *e)
{
    lf_buf_byte(b, (char)e->op);
    if (e->op != LF_INDICATOR_ADD && e->op != LF_INDICATOR_REMOVE)
        return;
    LF_ASSERT(e->id.len <= ID && e->value.len <= (e->kind == LF_OBS_PATTERN ? LF_OBSERVABLE_PATTERN : VALUE));
    lf_buf_byte(b, (char)e->kind);
    put(b, e->id);
    put(b, e->value);
    lf_buf_byte(b, (char)e->confidence);
    lf_buf_byte(b, e->provisional ? 1 : 0);
    lf_buf_u64(b, (uint64_t)e->expires);
}

bool lf_indicator_entry_take(lf_view *bytes, struct lf_indicator_entry *out)
{
    struct lf_unpack in = lf_unpack_begin(*bytes);
    struct lf_indicator_entry e = { .op = (enum lf_indicator_op)lf_unpack_uint(&in, 1) };

    if (in.bad || e.op < LF_INDICATOR_ADD || e.op > LF_INDICATOR_READY)
        return false;
    if (e.op == LF_INDICATOR_ADD || e.op == LF_INDICATOR_REMOVE) {
        uint64_t kind = lf_unpack_uint(&in, 1), v;

        e.id = lf_unpack_text(&in, 2, 1, ID, NULL);
        e.value = lf_unpack_text(&in, 2, 1, kind == LF_OBS_PATTERN ? LF_OBSERVABLE_PATTERN : VALUE, NULL);
        e.confidence = (uint8_t)lf_unpack_uint(&in, 1);
        v = lf_unpack_uint(&in, 1);
        e.provisional = v == 1;
        e.expires = lf_unpack_time(&in);
        if (in.bad || kind >= LF_OBS_KINDS || v > 1 || e.confidence > 100)
            return false;
        e.kind = (enum lf_observable_kind)kind;
    }
    *bytes = in.left;
    *out = e;
    return true;
}

void lf_indicator_sighting_pack(struct lf_buf *b, const struct lf_indicator_sighting *s)
{
    LF_ASSERT(s->indicator.len <= ID && s->value.len <= VALUE && s->list.len <= LIST);
    put(b, s->indicator);
    put(b, s->value);
    put(b, s->list);
    lf_buf_u64(b, s->count);
    lf_buf_u64(b, (uint64_t)s->first);
    lf_buf_u64(b, (uint64_t)s->last);
    lf_buf_u64(b, s->from);
    lf_buf_u64(b, s->position);
}

bool lf_indicator_sighting_take(lf_view *bytes, struct lf_indicator_sighting *out)
{
    struct lf_unpack in = lf_unpack_begin(*bytes);
    struct lf_indicator_sighting s = { 0 };

    s.indicator = lf_unpack_text(&in, 2, 1, ID, NULL);
    s.value = lf_unpack_text(&in, 2, 0, VALUE, NULL);
    s.list = lf_unpack_text(&in, 2, 0, LIST, NULL);
    s.count = lf_unpack_uint(&in, 8);
    s.first = lf_unpack_time(&in);
    s.last = lf_unpack_time(&in);
    s.from = lf_unpack_uint(&in, 8);
    s.position = lf_unpack_uint(&in, 8);
    /* What a database keeps is a signed number. */
    if (in.bad || !s.count || s.count > INT64_MAX / 2 || s.position > INT64_MAX || s.from > s.position ||
        s.first > s.last)
        return false;
    *bytes = in.left;
    *out = s;
    return true;
}
