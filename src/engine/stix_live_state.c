/* Patterns with what they observed, as bytes and back. */
#include <stdlib.h>

#include "base/crypto.h"
#include "base/unpack.h"
#include "engine/stix_live_priv.h"

static const char magic[8] = "LFSTIX1";

static void put_view(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

void lf_stix_live_save(const struct lf_stix_live *s, struct lf_buf *b)
{
    size_t from = b->len;
    uint8_t sum[LF_SHA256];

    lf_buf_put(b, (lf_view){ magic, sizeof magic });
    lf_buf_u64(b, s->next);
    lf_buf_u64(b, s->known_from);
    lf_buf_u32(b, s->last);
    lf_buf_u32(b, (uint32_t)s->n);
    for (size_t i = 0; i < s->n; i++) {
        const struct stix_watched *w = s->w[i];

        put_view(b, w->what.id);
        put_view(b, w->what.text);
        put_view(b, w->what.name);
        lf_buf_byte(b, (char)w->what.confidence);
        lf_buf_u32(b, w->what.expires);
        lf_buf_u64(b, (uint64_t)w->newest);
        lf_buf_u32(b, (uint32_t)(w->n - w->head));
        for (size_t k = w->head; k < w->n; k++) {
            lf_buf_u64(b, (uint64_t)w->o[k].at);
            lf_buf_u64(b, w->o[k].position);
            lf_buf_u64(b, w->o[k].brackets);
        }
    }
    lf_buf_u32(b, (uint32_t)s->ntold);
    for (size_t i = 0; i < s->ntold; i++) {
        const struct stix_told *t = &s->told[i];

        lf_buf_u64(b, t->position);
        put_view(b, (lf_view){ t->id, t->id_len });
        lf_buf_u64(b, (uint64_t)t->hit.first);
        lf_buf_u64(b, (uint64_t)t->hit.last);
        lf_buf_u64(b, (uint64_t)t->hit.within);
        lf_buf_u64(b, t->hit.nobserved);
        lf_buf_u32(b, (uint32_t)t->hit.nevents);
        for (size_t k = 0; k < t->hit.nevents; k++) {
            lf_buf_u64(b, (uint64_t)t->hit.events[k].at);
            lf_buf_u64(b, t->hit.events[k].position);
        }
    }
    if (b->over)
        return;
    lf_sha256((lf_view){ b->ptr + from, b->len - from }, sum);
    lf_buf_put(b, (lf_view){ (const char *)sum, sizeof sum });
}

/* ---- and back ---- */

static bool sane(int64_t at)
{
    return at >= INT64_MIN / 4 && at <= INT64_MAX / 4;
}

static void load_pattern(struct lf_stix_live *s, struct lf_unpack *in)
{
    struct lf_stix_watch what = { .id = lf_unpack_block(in, 4),
                                  .text = lf_unpack_block(in, 4),
                                  .name = lf_unpack_block(in, 4) };
    struct stix_watched *w = NULL;
    int64_t newest;
    size_t n;

    what.confidence = (uint8_t)lf_unpack_uint(in, 1);
    what.expires = (uint32_t)lf_unpack_uint(in, 4);
    newest = (int64_t)lf_unpack_uint(in, 8);
    n = lf_unpack_uint(in, 4);
    if (in->bad || !sane(newest) || n > in->left.len / 24) {
        lf_unpack_fail(in, "a pattern is none");
        return;
    }
    /* What an older program took may be refused now: then it is the core's to tell. */
    if (lf_stix_live_add(s, &what, NULL) == LF_OK)
        w = lf_map_get_ptr(&s->by_id, what.id);
    for (size_t i = 0; i < n; i++) {
        struct stix_obs o = { .at = (int64_t)lf_unpack_uint(in, 8),
                              .position = lf_unpack_uint(in, 8),
                              .brackets = lf_unpack_uint(in, 8) };

        if (in->bad || !sane(o.at)) {
            lf_unpack_fail(in, "an observation is none");
            return;
        }
        if (!w || w->single || i >= s->limits.entries)
            continue;
        if (w->p.nobservations < 64)
            o.brackets &= ((uint64_t)1 << w->p.nobservations) - 1;
        if (o.brackets)
            stix_keep(s, w, &o);
    }
    if (w && newest > w->newest)
        w->newest = newest;
}

static void load_told(struct lf_stix_live *s, struct lf_unpack *in)
{
    uint64_t position = lf_unpack_uint(in, 8);
    struct lf_stix_watch what = { .id = lf_unpack_block(in, 4) };
    struct lf_stix_observation events[LF_STIX_LIVE_SHOWN];
    struct lf_stix_hit hit = { .what = &what, .events = events };

    hit.first = (lf_time)lf_unpack_uint(in, 8);
    hit.last = (lf_time)lf_unpack_uint(in, 8);
    hit.within = (lf_time)lf_unpack_uint(in, 8);
    hit.nobserved = lf_unpack_uint(in, 8);
    hit.nevents = lf_unpack_uint(in, 4);
    if (hit.nevents > LF_STIX_LIVE_SHOWN || hit.nobserved < hit.nevents || !hit.nevents)
        lf_unpack_fail(in, "a hit is none");
    for (size_t i = 0; !in->bad && i < hit.nevents; i++)
        events[i] = (struct lf_stix_observation){ (lf_time)lf_unpack_uint(in, 8), lf_unpack_uint(in, 8) };
    if (!in->bad)
        stix_remember(s, position, &hit);
}

static void empty(struct lf_stix_live *s)
{
    lf_stix_live_anew(s);
    lf_stix_live_whole(s);
    lf_stix_live_forget(s, UINT64_MAX);
    s->next = s->known_from = s->last = 0;
}

enum lf_code lf_stix_live_load(struct lf_stix_live *s, lf_view saved, struct lf_err *e)
{
    uint8_t sum[LF_SHA256];
    struct lf_unpack in;
    uint64_t next, known;
    uint32_t last;
    size_t n;

    if (saved.len < sizeof magic + sizeof sum || memcmp(saved.ptr, magic, sizeof magic) != 0)
        return lf_err_set(e, LF_BAD_INPUT, "this is no state of patterns of this version");
    in = lf_unpack_begin(lf_view_first(saved, saved.len - sizeof sum));
    lf_sha256(in.left, sum);
    if (memcmp(sum, saved.ptr + in.left.len, sizeof sum) != 0)
        return lf_err_set(e, LF_BAD_INPUT, "the state of patterns is damaged: its checksum differs");
    (void)lf_unpack_bytes(&in, sizeof magic);
    next = lf_unpack_uint(&in, 8);
    known = lf_unpack_uint(&in, 8);
    last = (uint32_t)lf_unpack_uint(&in, 4);
    n = lf_unpack_uint(&in, 4);
    for (size_t i = 0; i < n && !in.bad; i++)
        load_pattern(s, &in);
    n = lf_unpack_uint(&in, 4);
    for (size_t i = 0; i < n && !in.bad; i++)
        load_told(s, &in);
    lf_unpack_end(&in);
    if (in.bad) {
        empty(s);
        return lf_err_set(e, LF_BAD_INPUT, "the state of patterns: %s", in.bad);
    }
    s->next = next;
    s->known_from = known;
    s->last = last;
    return LF_OK;
}
