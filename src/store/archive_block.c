/* Blocks as files: footers, and the readers of lf_archive. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/archive_priv.h"

enum { MAGIC = 0x4c464142, VERSION = 1, NO_FILTER = 1 };

struct lf_archive_block_priv {
    const struct lf_disk *disk;
    int file;
    uint64_t size;
    struct filter_place filter;
    bool filter_damaged;
    struct lf_arena memory; /* holds this, frame and sender */
    struct lf_archive_frame_info *frame;
    char path[ARCHIVE_PATH];
};

void archive_path(char out[ARCHIVE_PATH], const char *dir, uint64_t first, const char *suffix)
{
    snprintf(out, ARCHIVE_PATH, "%s/%020" PRIu64 "%s", dir, first, suffix);
}

bool archive_name(lf_view name, const char *suffix, uint64_t *first)
{
    return name.len == 20 + strlen(suffix) && lf_view_ends(name, lf_view_of(suffix)) &&
           lf_view_u64(lf_view_first(name, 20), first) && *first > 0;
}

/* ---- footers ---- */

static void put_times(struct lf_buf *out, const struct lf_archive_times *t)
{
    lf_buf_u64(out, (uint64_t)t->recorded_min);
    lf_buf_u64(out, (uint64_t)t->recorded_max);
    lf_buf_u64(out, (uint64_t)t->happened_min);
    lf_buf_u64(out, (uint64_t)t->happened_max);
}

static struct lf_archive_times get_times(const char *p)
{
    return (struct lf_archive_times){ (lf_time)get64(p), (lf_time)get64(p + 8), (lf_time)get64(p + 16),
                                      (lf_time)get64(p + 24) };
}

void block_footer_write(const struct block_footer *f, uint64_t at, struct lf_buf *out)
{
    size_t index = out->len, trailer;
    const struct lf_archive_block *b = &f->b;

    for (size_t i = 0; i < b->nframes; i++) {
        const struct lf_archive_frame_info *x = &b->frame[i];

        lf_buf_u64(out, x->offset);
        lf_buf_u32(out, x->length);
        lf_buf_u32(out, x->foreign ? FRAME_FOREIGN : 0);
        lf_buf_u64(out, x->first);
        lf_buf_u32(out, x->count);
        lf_buf_u32(out, x->text);
        put_times(out, &x->times);
    }
    lf_buf_u32(out, (uint32_t)b->nsenders);
    for (size_t i = 0; i < b->nsenders; i++) {
        lf_buf_u16(out, (uint16_t)b->sender[i].name.len);
        lf_buf_put(out, b->sender[i].name);
        lf_buf_u64(out, b->sender[i].count);
    }
    LF_ASSERT(!out->over);
    trailer = out->len;
    lf_buf_u32(out, MAGIC);
    lf_buf_u32(out, VERSION | LF_TOKEN_VERSION << 16);
    lf_buf_u64(out, b->first);
    lf_buf_u64(out, b->last);
    lf_buf_u64(out, b->events);
    put_times(out, &b->times);
    lf_buf_u64(out, b->text);
    lf_buf_u64(out, f->filter.offset);
    lf_buf_u32(out, f->filter.length);
    lf_buf_u32(out, f->filter.buckets);
    lf_buf_u64(out, f->filter.universe);
    lf_buf_u32(out, f->no_filter ? NO_FILTER : 0);
    lf_buf_u32(out, (uint32_t)b->nframes);
    lf_buf_u64(out, at + index);
    lf_buf_u32(out, (uint32_t)(trailer - index));
    lf_buf_u32(out, f->senders_left_out);
    lf_buf_u64(out, archive_sum((lf_view){ out->ptr + index, trailer - index }, 0));
    lf_buf_u64(out, archive_sum((lf_view){ out->ptr + trailer, BLOCK_TRAILER - 8 }, 0));
    LF_ASSERT(!out->over && out->len - trailer == BLOCK_TRAILER);
}

static bool read_index(struct block_footer *f, const char *p, size_t len, uint64_t end,
                       struct lf_arena *memory)
{
    struct lf_archive_block *b = &f->b;
    struct lf_archive_frame_info *frame = LF_NEW(memory, struct lf_archive_frame_info, b->nframes + 1);
    struct lf_archive_sender *sender;
    size_t at = b->nframes * BLOCK_INDEX;
    uint64_t last_end = 0, next = b->first;
    uint32_t n;

    for (size_t i = 0; i < b->nframes; i++) {
        const char *x = p + i * BLOCK_INDEX;

        frame[i] = (struct lf_archive_frame_info){ .offset = get64(x),
                                                   .length = get32(x + 8),
                                                   .foreign = get32(x + 12) & FRAME_FOREIGN,
                                                   .first = get64(x + 16),
                                                   .count = get32(x + 24),
                                                   .text = get32(x + 28),
                                                   .times = get_times(x + 32) };
        /* In the file's order, within it, and within the block's positions. */
        if (frame[i].offset < last_end || frame[i].offset > end || frame[i].length < FRAME_HEAD ||
            end - frame[i].offset < frame[i].length || frame[i].first < next || frame[i].first > b->last ||
            !frame[i].count || b->last - frame[i].first < frame[i].count - 1)
            return false;
        last_end = frame[i].offset + frame[i].length;
        next = frame[i].first + frame[i].count;
    }
    if (len - at < 4)
        return false;
    n = get32(p + at);
    at += 4;
    if (n > BLOCK_SENDERS)
        return false;
    sender = LF_NEW(memory, struct lf_archive_sender, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t k;

        if (len - at < 2)
            return false;
        k = (size_t)(unsigned char)p[at] << 8 | (unsigned char)p[at + 1];
        if (len - at - 2 < k + 8)
            return false;
        sender[i].name = (lf_view){ p + at + 2, k };
        sender[i].count = get64(p + at + 2 + k);
        at += 10 + k;
    }
    b->frame = frame;
    b->sender = sender;
    b->nsenders = n;
    b->all_senders = f->senders_left_out == 0;
    return at == len;
}

enum lf_code block_footer_read(const struct lf_disk *d, int file, struct block_footer *f,
                               struct lf_arena *memory, struct lf_err *e)
{
    char t[BLOCK_TRAILER], *index;
    uint64_t size, index_at;
    uint32_t index_len, version;

    *f = (struct block_footer){ 0 };
    LF_TRY(d->size(d->ctx, file, &size, e));
    if (size < sizeof t || !d->read(d->ctx, file, t, sizeof t, size - sizeof t))
        return lf_err_set(e, LF_IO, "no room for a footer");
    if (get32(t) != MAGIC || archive_sum((lf_view){ t, sizeof t - 8 }, 0) != get64(t + sizeof t - 8))
        return lf_err_set(e, LF_IO, "the footer is damaged");
    version = get32(t + 4) & 0xffff;
    if (version != VERSION)
        return lf_err_set(e, LF_UNACCEPTED, "format %u is of a newer release", version);
    f->b = (struct lf_archive_block){ .first = get64(t + 8),
                                      .last = get64(t + 16),
                                      .events = get64(t + 24),
                                      .times = get_times(t + 32),
                                      .text = get64(t + 64),
                                      .bytes = size,
                                      .sealed = true,
                                      .nframes = get32(t + 100) };
    f->filter = (struct filter_place){
        .offset = get64(t + 72), .length = get32(t + 80), .buckets = get32(t + 84), .universe = get64(t + 88)
    };
    /* A filter of other tokens than ours would say no where it should not. */
    f->no_filter = (get32(t + 96) & NO_FILTER) || get32(t + 4) >> 16 != LF_TOKEN_VERSION;
    f->senders_left_out = get32(t + 116);
    index_at = get64(t + 104);
    index_len = get32(t + 112);
    size -= sizeof t;
    if (index_at > size || size - index_at != index_len || index_len > BLOCK_INDEX_MOST ||
        f->b.nframes > BLOCK_FRAMES || index_len / BLOCK_INDEX < f->b.nframes || f->b.last < f->b.first ||
        f->b.last >= POSITION_END || f->filter.offset > index_at ||
        index_at - f->filter.offset < f->filter.length || f->filter.universe > (uint64_t)1 << 32)
        return lf_err_set(e, LF_IO, "the footer makes no sense");
    index = lf_arena_alloc(memory, (size_t)index_len + 1, 1);
    if (!d->read(d->ctx, file, index, index_len, index_at) ||
        archive_sum((lf_view){ index, index_len }, 0) != get64(t + 120))
        return lf_err_set(e, LF_IO, "the index is damaged");
    if (!read_index(f, index, index_len, f->filter.offset, memory))
        return lf_err_set(e, LF_IO, "the index makes no sense");
    return LF_OK;
}

/* ---- a block to be read ---- */

static const struct lf_archive_times any_time = { INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX };

/* `known`: what happened outside the time that is wanted, NULL for nothing. */
static void by_walking(struct lf_archive_block *b, struct lf_archive_block_priv *p,
                       const struct open_times *known)
{
    struct frame_walk w = { 0 };
    size_t n = 0;

    if (!known) {
        frame_walk(p->disk, p->file, p->size, b->first, &w);
    } else {
        b->last = known->next - 1;
        b->passed = known->next - b->first;
        if (known->offset < p->size) { /* its last group is begun again */
            b->passed = known->group_next - b->first;
            frame_walk_from(p->disk, p->file, p->size, known->group_offset, known->group_next, &w);
        }
    }
    /* Of a journal only whole commits count; a block's frames end none. */
    size_t have = b->sealed ? w.n : w.committed;
    p->frame = LF_NEW(&p->memory, struct lf_archive_frame_info, have + 1);
    for (size_t i = 0; i < have; i++) {
        const struct frame_place *x = &w.frame[i];
        struct lf_archive_frame_info *f = p->frame + n;

        b->last = x->first + x->count - 1;
        if (!x->count || x->lost)
            continue;
        b->events += x->count;
        b->text += x->text;
        if (!x->begins) { /* another piece of the group */
            f--;
            f->length = (uint32_t)(x->offset + x->length - f->offset);
            f->text += x->text;
            f->count += x->count;
            continue;
        }
        *f = (struct lf_archive_frame_info){ .offset = x->offset,
                                             .length = (uint32_t)x->length,
                                             .text = x->text,
                                             .first = x->first,
                                             .count = x->count,
                                             .foreign = true,
                                             .times = any_time };
        n++;
    }
    b->frame = p->frame;
    b->nframes = n;
    b->damaged = w.gaps;
    b->rebuilt = b->sealed;
    b->times = any_time;
    frame_walk_clear(&w);
}

static bool outside(const struct open_times *t, const struct happened *wanted, uint64_t size)
{
    return t->offset <= size && (t->times.happened_max < wanted->from || t->times.happened_min >= wanted->to);
}

enum lf_code archive_block_of(const struct lf_disk *d, const char *dir, uint64_t first, bool sealed,
                              const struct happened *wanted, struct lf_archive_block **out, struct lf_err *e)
{
    struct lf_arena memory = { 0 };
    struct lf_archive_block *b;
    struct lf_archive_block_priv *p = LF_NEW(&memory, struct lf_archive_block_priv, 1);
    struct open_times known;
    bool pass = !sealed && wanted && open_times_read(d, dir, first, &known);
    enum lf_code rc;

    p->disk = d;
    archive_path(p->path, dir, first, sealed ? ARCHIVE_BLOCK : ARCHIVE_JOURNAL);
    rc = d->open(d->ctx, p->path, LF_DISK_READ, &p->file, e);
    if (rc == LF_OK) {
        rc = d->size(d->ctx, p->file, &p->size, e);
        if (rc != LF_OK)
            d->close(d->ctx, p->file);
    }
    if (rc != LF_OK) {
        lf_arena_clear(&memory);
        return rc;
    }
    b = LF_NEW(&memory, struct lf_archive_block, 1);
    if (sealed) {
        struct block_footer f;
        struct lf_err ignored;

        rc = block_footer_read(d, p->file, &f, &memory, &ignored);
        if (rc == LF_UNACCEPTED) {
            d->close(d->ctx, p->file);
            rc = lf_err_set(e, rc, "%s: %s", p->path, ignored.text);
            lf_arena_clear(&memory);
            return rc;
        }
        if (rc == LF_OK && f.b.first == first) {
            *b = f.b;
            p->filter = f.filter;
            b->filter = f.no_filter ? 0 : f.filter.length;
            if (f.no_filter)
                p->filter.universe = 0;
        } else {
            rc = LF_NOT_FOUND;
        }
    }
    p->memory = memory;
    if (!sealed || rc != LF_OK) {
        *b = (struct lf_archive_block){
            .first = first, .last = first - 1, .bytes = p->size, .sealed = sealed
        };
        by_walking(b, p, pass && outside(&known, wanted, p->size) ? &known : NULL);
    }
    b->priv = p;
    *out = b;
    return LF_OK;
}

void lf_archive_block_close(struct lf_archive_block *b)
{
    if (!b)
        return;
    struct lf_arena memory = b->priv->memory;

    b->priv->disk->close(b->priv->disk->ctx, b->priv->file);
    lf_arena_clear(&memory);
}

bool lf_archive_block_may(struct lf_archive_block *b, uint32_t token)
{
    struct lf_archive_block_priv *p = b->priv;

    if (!b->filter || p->filter_damaged)
        return true;
    if (filter_may(p->disk, p->file, &p->filter, token, &p->filter_damaged))
        return true;
    return false;
}

enum lf_code lf_archive_frame_read(struct lf_archive_block *b, size_t i, struct lf_archive_frame *f,
                                   struct lf_err *e)
{
    struct lf_archive_block_priv *p = b->priv;
    const struct lf_archive_frame_info *x = &b->frame[i];
    struct frame_head h;
    if (!frame_load(p->disk, p->file, x->offset, x->offset + x->length, &h, f) || h.first != x->first ||
        h.count != x->count) {
        f->count = 0;
        f->text = (lf_view){ 0 };
        return lf_err_set(
            e, LF_IO, "%s is damaged at byte %" PRIu64 ": events %" PRIu64 " to %" PRIu64 " cannot be read",
            p->path, x->offset, x->first, x->first + x->count - 1);
    }
    return LF_OK;
}

/* ---- readers ---- */

struct lf_archive_reader {
    const struct lf_disk *disk;
    char *dir;
    struct found {
        uint64_t first;
        bool sealed;
    } * block;
    size_t n, cap;
    struct lf_buf removed; /* the file, lines of "first last" */
};

static void on_file(void *to, lf_view name, uint64_t size)
{
    struct lf_archive_reader *r = to;
    struct found x = { .sealed = true };

    (void)size;
    if (!archive_name(name, ARCHIVE_BLOCK, &x.first)) {
        x.sealed = false;
        if (!archive_name(name, ARCHIVE_JOURNAL, &x.first))
            return;
    }
    if (r->n == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->block = realloc(r->block, r->cap * sizeof *r->block);
        if (!r->block)
            LF_BUG("out of memory for %zu blocks", r->cap);
    }
    r->block[r->n++] = x;
}

/* By position; of one position the sealed one first. */
static int by_first(const void *x, const void *y)
{
    const struct found *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (int)b->sealed - (int)a->sealed;
}

static void read_removed(struct lf_archive_reader *r)
{
    const struct lf_disk *d = r->disk;
    char path[ARCHIVE_PATH], *p;
    uint64_t size;
    int file;

    lf_buf_init(&r->removed, 2 << 20);
    snprintf(path, sizeof path, "%s/" ARCHIVE_REMOVED, r->dir);
    if (d->open(d->ctx, path, LF_DISK_READ, &file, NULL) != LF_OK)
        return;
    if (d->size(d->ctx, file, &size, NULL) == LF_OK && size < 2 << 20 &&
        (p = lf_buf_space(&r->removed, (size_t)size)) != NULL && !d->read(d->ctx, file, p, (size_t)size, 0))
        lf_buf_reset(&r->removed);
    d->close(d->ctx, file);
}

enum lf_code lf_archive_reader_open(const char *dir, const struct lf_disk *disk,
                                    struct lf_archive_reader **out, struct lf_err *e)
{
    struct lf_archive_reader *r = calloc(1, sizeof *r);
    enum lf_code rc;
    size_t n = 0;

    if (!r || !(r->dir = strdup(dir)))
        LF_BUG("out of memory for an archive's reader");
    r->disk = disk ? disk : &lf_disk_real;
    rc = r->disk->list(r->disk->ctx, dir, on_file, r, e);
    if (rc != LF_OK) {
        lf_archive_reader_close(r);
        return lf_err_at(e, "archive");
    }
    if (r->n)
        qsort(r->block, r->n, sizeof *r->block, by_first);
    for (size_t i = 0; i < r->n; i++)
        if (!n || r->block[n - 1].first != r->block[i].first)
            r->block[n++] = r->block[i];
    r->n = n;
    read_removed(r);
    *out = r;
    return LF_OK;
}

bool lf_archive_removed(const struct lf_archive_reader *r, uint64_t first, uint64_t last)
{
    lf_view in = lf_buf_view(&r->removed), line, from;
    bool more = true;

    /* Several in a row are one gap. */
    while (more && first <= last) {
        more = false;
        for (in = lf_buf_view(&r->removed); !more && lf_view_split(&in, '\n', &line);) {
            uint64_t a, b;

            if (lf_view_split(&line, ' ', &from) && lf_view_u64(from, &a) && lf_view_u64(line, &b) &&
                a <= first && b >= first && b < POSITION_END) {
                first = b + 1;
                more = true;
            }
        }
    }
    return first > last;
}

void lf_archive_reader_close(struct lf_archive_reader *r)
{
    if (!r)
        return;
    lf_buf_clear(&r->removed);
    free(r->block);
    free(r->dir);
    free(r);
}

size_t lf_archive_blocks(const struct lf_archive_reader *r)
{
    return r->n;
}

uint64_t lf_archive_block_first(const struct lf_archive_reader *r, size_t i)
{
    return r->block[i].first;
}

static enum lf_code open_block(struct lf_archive_reader *r, size_t i, const struct happened *wanted,
                               struct lf_archive_block **out, struct lf_err *e)
{
    struct found *x = &r->block[i];
    enum lf_code rc = archive_block_of(r->disk, r->dir, x->first, x->sealed, wanted, out, e);

    /* Sealed since we looked. */
    if (rc == LF_NOT_FOUND && !x->sealed) {
        rc = archive_block_of(r->disk, r->dir, x->first, true, wanted, out, e);
        x->sealed |= rc == LF_OK;
    }
    return rc;
}

enum lf_code lf_archive_block_open(struct lf_archive_reader *r, size_t i, struct lf_archive_block **out,
                                   struct lf_err *e)
{
    return open_block(r, i, NULL, out, e);
}

enum lf_code lf_archive_block_open_at(struct lf_archive_reader *r, size_t i, lf_time from, lf_time to,
                                      struct lf_archive_block **out, struct lf_err *e)
{
    const struct happened wanted = { from, to };

    return open_block(r, i, &wanted, out, e);
}
