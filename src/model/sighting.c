#include "model/sighting.h"

enum { ID = 64, VALUE = 2048, LIST = 200 };

static void put(struct lf_buf *b, lf_view v)
{
    lf_buf_u16(b, (uint16_t)v.len);
    lf_buf_put(b, v);
}

/* Fails for good once anything did not fit. */
struct in {
    lf_view left;
    bool bad;
};

static uint64_t number(struct in *in, size_t n)
{
    uint64_t v = 0;

    if (in->bad || in->left.len < n) {
        in->bad = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)in->left.ptr[i];
    in->left = lf_view_from(in->left, n);
    return v;
}

static lf_view text(struct in *in, size_t least, size_t most)
{
    size_t n = (size_t)number(in, 2);
    lf_view v;

    if (in->bad || n < least || n > most || n > in->left.len) {
        in->bad = true;
        return (lf_view){ "", 0 };
    }
    v = lf_view_first(in->left, n);
    in->left = lf_view_from(in->left, n);
    if (!lf_view_is_utf8(v) || (v.len && memchr(v.ptr, 0, v.len)))
        in->bad = true;
    return v;
}

static lf_time when(struct in *in)
{
    uint64_t v = number(in, 8);

    if (v > (uint64_t)LF_TIME_MAX)
        in->bad = true;
    return (lf_time)v;
}

void lf_indicator_entry_pack(struct lf_buf *b, const struct lf_indicator_entry *e)
{
    lf_buf_byte(b, (char)e->op);
    if (e->op != LF_INDICATOR_ADD && e->op != LF_INDICATOR_REMOVE)
        return;
    LF_ASSERT(e->id.len <= ID && e->value.len <= VALUE);
    lf_buf_byte(b, (char)e->kind);
    put(b, e->id);
    put(b, e->value);
    lf_buf_byte(b, (char)e->confidence);
    lf_buf_byte(b, e->provisional ? 1 : 0);
    lf_buf_u64(b, (uint64_t)e->expires);
}

bool lf_indicator_entry_take(lf_view *bytes, struct lf_indicator_entry *out)
{
    struct in in = { *bytes, false };
    struct lf_indicator_entry e = { .op = (enum lf_indicator_op)number(&in, 1) };

    if (in.bad || e.op < LF_INDICATOR_ADD || e.op > LF_INDICATOR_READY)
        return false;
    if (e.op == LF_INDICATOR_ADD || e.op == LF_INDICATOR_REMOVE) {
        uint64_t kind = number(&in, 1), v;

        e.id = text(&in, 1, ID);
        e.value = text(&in, 1, VALUE);
        e.confidence = (uint8_t)number(&in, 1);
        v = number(&in, 1);
        e.provisional = v == 1;
        e.expires = when(&in);
        if (in.bad || kind > LF_OBS_SHA256 || v > 1 || e.confidence > 100)
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
    struct in in = { *bytes, false };
    struct lf_indicator_sighting s = { 0 };

    s.indicator = text(&in, 1, ID);
    s.value = text(&in, 0, VALUE);
    s.list = text(&in, 0, LIST);
    s.count = number(&in, 8);
    s.first = when(&in);
    s.last = when(&in);
    s.from = number(&in, 8);
    s.position = number(&in, 8);
    /* What a database keeps is a signed number. */
    if (in.bad || !s.count || s.count > INT64_MAX / 2 || s.position > INT64_MAX || s.from > s.position ||
        s.first > s.last)
        return false;
    *bytes = in.left;
    *out = s;
    return true;
}
