/* Groups: what the commits of a journal add to one zstd stream (archive_priv.h has their
 * format).
 *
 * Each commit is flushed, so that it can be unpacked with what lies before it; as the
 * stream goes on, small commits pack nearly as well as large ones.  The sealer takes a
 * group's packed bytes as they are.  What it needs besides, the records' lengths, senders
 * and times and the tokens, waits here in memory, within limits: what does not is read
 * back from the journal. */
#include <stdlib.h>

#include "store/archive_write.h"

enum { TOGETHER = 4096 }; /* bytes of records whose tokens are found together */

/* An empty zstd block that is the last: ends a stream that was only flushed. */
static const char stream_end[3] = { 1, 0, 0 };

lf_view group_stream_end(void)
{
    return (lf_view){ stream_end, sizeof stream_end };
}

/* ---- reading ---- */

/* One piece: its packed bytes and its meta behind those of the pieces before. */
static bool take_piece(const struct lf_disk *d, int file, uint64_t at, const struct frame_head *x,
                       struct lf_archive_frame *f)
{
    size_t before = f->packed.len, all = (size_t)x->size + (size_t)x->length;
    char *p = lf_buf_space(&f->packed, all);
    bool ok = p && d->read(d->ctx, file, p, all, at) && frame_sum_ok(p, x);

    if (ok && x->count) {
        lf_buf_u32(&f->metas, x->count);
        lf_buf_u32(&f->metas, x->meta);
        lf_buf_put(&f->metas, (lf_view){ p + x->size + x->packed, x->meta });
        memmove(p, p + x->size, x->packed);
        ok = !f->metas.over;
    }
    f->packed.len = before + (ok && x->count ? x->packed : 0);
    return ok;
}

bool group_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h,
                struct lf_archive_frame *f)
{
    struct frame_head x = *h;
    uint64_t here = at, end = at;
    uint32_t text = 0, count = 0;
    size_t n;
    char *raw;

    f->version = 3;
    f->first = h->first;
    if (h->count && h->before)
        return false;
    do {
        if (!take_piece(d, file, here, &x, f)) {
            if (!text)
                return false;
            break; /* those before it are whole */
        }
        here += x.size + x.length;
        if (x.count || !text)
            end = here;
        text += x.text;
        count += x.count;
    } while (h->count && frame_head_load(d, file, here, size, &x) && x.version == 3 &&
             (x.count ? x.before == text && x.first == h->first + count : true));
    h->length = end - at - h->size;
    h->text = h->raw = text;
    h->count = count;
    if (!text)
        return true;
    lf_buf_put(&f->packed, group_stream_end());
    raw = lf_buf_space(&f->raw, (size_t)text + LF_TOKEN_PAD);
    if (!raw || f->packed.over)
        return false;
    n = ZSTD_decompress(raw, text, f->packed.ptr, f->packed.len);
    if (ZSTD_isError(n) || n != text)
        return false;
    memset(raw + text, 0, LF_TOKEN_PAD);
    f->count = count;
    f->happened = false;
    f->text = (lf_view){ raw, text };
    f->meta = lf_buf_view(&f->metas);
    return true;
}

/* ---- writing ---- */

static void destroy(struct group *g)
{
    frame_build_clear(&g->b);
    free(g->token);
    free(g);
}

void group_free(struct lf_archive *a, struct group *g)
{
    a->group_bytes -= g->memory;
    if (a->spare) {
        destroy(g);
        return;
    }
    frame_build_reset(&g->b);
    free(g->token);
    *g = (struct group){ .b = g->b };
    a->spare = g;
}

void groups_clear(struct lf_archive *a)
{
    struct group *next;

    for (struct group *g = a->groups; g; g = next) {
        next = g->next;
        destroy(g);
    }
    if (a->group)
        destroy(a->group);
    if (a->spare)
        destroy(a->spare);
    lf_buf_clear(&a->spare_text);
    lf_token_bag_clear(&a->bag);
    a->groups = a->last_group = a->group = a->spare = NULL;
}

void group_begin(struct lf_archive *a)
{
    struct group *g = a->spare;

    LF_ASSERT(!a->group);
    a->spare = NULL;
    if (!g) {
        g = calloc(1, sizeof *g);
        if (!g)
            LF_BUG("out of memory for a group");
        frame_build_init(&g->b);
    }
    if (!g->b.text.ptr) {
        struct lf_buf fresh = g->b.text;

        if (a->spare_text.ptr) {
            g->b.text = a->spare_text;
            a->spare_text = fresh;
        }
        lf_buf_reset(&g->b.text);
    }
    /* What is packed in pieces must stay where it is.  A longer record is the group's only one. */
    LF_ASSERT(lf_buf_space(&g->b.text, FRAME_BLOCK + 1 + LF_TOKEN_PAD));
    lf_buf_reset(&g->b.text);
    (void)ZSTD_CCtx_reset(a->z, ZSTD_reset_session_only);
    a->piece_record = a->piece_text = 0;
    a->piece_sender = 0;
    a->group = g;
}

/* The text from `at` on, flushed.  The stream reads what lies before it, too, where it lies. */
static size_t stream(ZSTD_CCtx *z, lf_view text, size_t at, struct lf_buf *out)
{
    size_t room = ZSTD_compressBound(text.len - at) + 64;
    ZSTD_inBuffer from = { text.ptr, text.len, at };
    ZSTD_outBuffer to = { lf_buf_space(out, room), room, 0 };
    size_t left;

    LF_ASSERT(to.dst);
    do {
        left = ZSTD_compressStream2(z, &to, &from, ZSTD_e_flush);
        if (ZSTD_isError(left))
            LF_BUG("zstd: %s", ZSTD_getErrorName(left));
        LF_ASSERT(!left || to.pos < room);
    } while (left);
    out->len -= room - to.pos;
    return to.pos;
}

void group_piece(struct lf_archive *a, bool end)
{
    struct group *g = a->group;
    lf_view state = end && (a->state_new || a->fresh) ? lf_buf_view(&a->state) : (lf_view){ 0 };
    struct frame_head h = { .version = 3,
                            .size = PIECE_HEAD,
                            .flags = end ? FRAME_END : 0,
                            .first = a->next,
                            .state = (uint32_t)state.len };
    size_t at = a->packed.len;

    LF_ASSERT(lf_buf_space(&a->packed, PIECE_HEAD));
    if (g && g->b.n > a->piece_record) {
        lf_view text = lf_buf_view(&g->b.text);

        LF_ASSERT(!a->piece_text || text.ptr == a->piece_at);
        a->piece_at = text.ptr;
        LF_ASSERT(g->n < GROUP_PIECES);
        h.first = g->b.first + a->piece_record;
        h.count = (uint32_t)(g->b.n - a->piece_record);
        h.text = (uint32_t)(text.len - a->piece_text);
        h.before = (uint32_t)a->piece_text;
        h.packed = (uint32_t)stream(a->z, text, a->piece_text, &a->packed);
        frame_build_meta(&g->b, a->piece_record, a->piece_sender, false);
        h.meta = (uint32_t)g->b.meta.len;
        g->place[g->n].sum = archive_sum((lf_view){ a->packed.ptr + at + PIECE_HEAD, h.packed }, 0);
        g->place[g->n].offset = at + PIECE_HEAD;
        g->place[g->n].packed = h.packed;
        lf_buf_put(&a->packed, lf_buf_view(&g->b.meta));
        a->piece_record = g->b.n;
        a->piece_text = g->b.text.len;
        a->piece_sender = (uint32_t)g->b.nsenders;
        g->place[g->n++].end = at + PIECE_HEAD + h.packed + h.meta + h.state;
    }
    lf_buf_put(&a->packed, state);
    LF_ASSERT(!a->packed.over);
    h.length = (uint64_t)h.packed + h.meta + h.state;
    piece_seal(a->packed.ptr + at, &h);
}

/* The records from i on that lie in one stretch, of `bytes` bytes; at least one. */
static size_t some(const struct frame_build *b, size_t i, size_t *bytes)
{
    size_t n = 0;

    *bytes = 0;
    do
        *bytes += b->record[i + n++].len + 1u;
    while (i + n < b->n && *bytes + b->record[i + n].len < TOGETHER);
    return n;
}

/* The tokens of all its records: together those that are short and ASCII. */
static void gather(struct lf_archive *a, struct group *g)
{
    const struct frame_record *r = g->b.record;
    const char *p = g->b.text.ptr;
    size_t n, bytes;

    lf_token_bag_reset(&a->bag);
    for (size_t i = 0; i < g->b.n; i += n) {
        const char *stop;
        bool escapes = false, taken;

        n = some(&g->b, i, &bytes);
        stop = p + bytes;
        taken = lf_token_lines(&a->bag, (lf_view){ p, bytes }, &escapes);
        for (size_t k = i; p < stop && (!taken || escapes); p += r[k++].len + 1) {
            lf_view one = { p, r[k].len };

            if (taken)
                lf_token_escapes(&a->bag, one, &a->seal.scratch);
            else if (!lf_token_record(&a->bag, one, &a->seal.scratch))
                g->b.flags |= FRAME_FOREIGN;
        }
        p = stop;
    }
}

/* The tokens, and what else the sealer must know without its text.  False: they are too many to
 * wait here. */
static bool keep(struct lf_archive *a, struct group *g)
{
    gather(a, g);
    if (a->bag.n > LF_TOKEN_MOST)
        return false;
    g->ntokens = a->bag.n;
    g->token = malloc((g->ntokens + 1) * sizeof *g->token);
    if (!g->token)
        LF_BUG("out of memory for %zu tokens", g->ntokens);
    if (g->ntokens)
        memcpy(g->token, a->bag.hash, g->ntokens * sizeof *g->token);
    g->memory = sizeof *g + g->b.cap * sizeof *g->b.record + g->ntokens * sizeof *g->token + g->b.names.cap +
                g->b.slots * sizeof *g->b.slot + g->b.sender_cap * sizeof *g->b.sender + g->b.meta.cap;
    a->group_bytes += g->memory;
    if (a->last_group)
        a->last_group->next = g;
    else
        a->groups = g;
    a->last_group = g;
    if (!a->placing && g->known < g->n)
        a->placing = g;
    return true;
}

void group_close(struct lf_archive *a)
{
    struct group *g = a->group;
    struct lf_buf none;
    bool kept = false;

    if (!g)
        return;
    a->group = NULL;
    g->text = g->b.text.len;
    if (g->text >= GROUP_SMALL && g->n <= GROUP_PIECES && a->group_bytes < GROUPS_MOST)
        kept = keep(a, g);
    lf_buf_init(&none, g->b.text.max);
    if (!a->spare_text.ptr && g->b.text.cap <= 4 << 20) {
        a->spare_text = g->b.text;
        g->b.text = none;
    }
    if (!kept)
        group_free(a, g);
    else
        lf_buf_clear(&g->b.text);
}

static void place(struct group *g, uint64_t base)
{
    for (; g->known < g->n; g->known++) {
        g->place[g->known].offset += base;
        g->place[g->known].end += base;
    }
}

void groups_placed(struct lf_archive *a, uint64_t base)
{
    for (struct group *g = a->placing; g; g = g->next)
        place(g, base);
    if (a->group)
        place(a->group, base);
    a->placing = NULL;
    a->settled = a->group && a->group->b.n ? a->group->b.first : a->kept;
}

struct group *group_at(struct lf_archive *a, uint64_t position)
{
    struct group *g;

    while ((g = a->groups) != NULL && g->b.first < position && g->known == g->n && g != a->placing)
        group_drop(a);
    return g && g->b.first == position && position < a->settled ? g : NULL;
}

void group_drop(struct lf_archive *a)
{
    struct group *g = a->groups;

    a->groups = g->next;
    if (a->last_group == g)
        a->last_group = NULL;
    group_free(a, g);
}
