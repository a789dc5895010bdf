#include "store/archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/archive_write.h"

enum { NOTES_MOST = 4 << 20 };

/* ---- segments ---- */

void archive_count(struct lf_archive *a, uint64_t was, uint64_t is)
{
    a->bytes = a->bytes - was + is;
}

static void add_segment(struct lf_archive *a, uint64_t first, uint64_t size, bool sealed)
{
    if (!a->seg || a->nseg == a->cap) {
        a->cap = a->cap ? a->cap * 2 : 32;
        a->seg = realloc(a->seg, a->cap * sizeof *a->seg);
        if (!a->seg)
            LF_BUG("out of memory for %zu blocks", a->cap);
    }
    a->seg[a->nseg++] = (struct segment){ .first = first, .size = size, .sealed = sealed };
    a->bytes += size;
}

/* The segment a position lies in, or would: the last that begins at or before it. */
static size_t segment_of(const struct lf_archive *a, uint64_t position)
{
    size_t low = 0, high = a->nseg;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (a->seg[mid].first <= position)
            low = mid;
        else
            high = mid;
    }
    return low;
}

struct segment *archive_segment(struct lf_archive *a, uint64_t first)
{
    size_t i = segment_of(a, first);

    return a->nseg && a->seg[i].first == first ? &a->seg[i] : NULL;
}

void archive_forget(struct lf_archive *a, uint64_t first)
{
    if (a->at_seg == first)
        a->at_seg = 0;
    if (a->block && a->block->first == first) {
        lf_archive_block_close(a->block);
        a->block = NULL;
    }
}

static struct segment *open_segment(struct lf_archive *a)
{
    return a->file >= 0 ? &a->seg[a->nseg - 1] : NULL;
}

/* ---- opening ---- */

struct listing {
    struct lf_archive *a;
    char (*part)[32];
    size_t parts, cap;
};

static void on_file(void *to, lf_view name, uint64_t size)
{
    struct listing *l = to;
    uint64_t first;

    if (archive_name(name, ARCHIVE_JOURNAL, &first)) {
        add_segment(l->a, first, size, false);
    } else if (archive_name(name, ARCHIVE_BLOCK, &first)) {
        add_segment(l->a, first, size, true);
    } else if (archive_name(name, ARCHIVE_PART, &first) || archive_name(name, ARCHIVE_TIMES, &first)) {
        if (l->parts == l->cap) {
            l->cap = l->cap ? l->cap * 2 : 4;
            l->part = realloc(l->part, l->cap * sizeof *l->part);
            if (!l->part)
                LF_BUG("out of memory for %zu names", l->cap);
        }
        snprintf(l->part[l->parts++], 32, "%.*s", LF_FMT(name));
    }
}

static int by_first(const void *x, const void *y)
{
    const struct segment *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (int)b->sealed - (int)a->sealed;
}

/* The machine stopped between renaming a block and removing its journal: the block
 * counts, if it is whole. */
static enum lf_code settle_twins(struct lf_archive *a, struct lf_err *e)
{
    size_t n = 0;

    for (size_t i = 0; i < a->nseg; i++) {
        struct segment s = a->seg[i];
        struct lf_archive_block *b;
        char path[ARCHIVE_PATH];
        bool whole;

        if (i + 1 == a->nseg || a->seg[i + 1].first != s.first) {
            a->seg[n++] = s;
            continue;
        }
        LF_TRY(archive_block_of(a->disk, a->dir, s.first, true, NULL, &b, e));
        whole = !b->rebuilt;
        lf_archive_block_close(b);
        if (whole)
            LF_TRY(a->disk->sync_dir(a->disk->ctx, a->dir, e));
        archive_path(path, a->dir, s.first, whole ? ARCHIVE_JOURNAL : ARCHIVE_BLOCK);
        LF_TRY(a->disk->remove(a->disk->ctx, path, e));
        a->bytes -= a->seg[whole ? i + 1 : i].size;
        a->seg[n++] = a->seg[whole ? i : i + 1];
        i++;
    }
    a->nseg = n;
    return LF_OK;
}

static enum lf_code list(struct lf_archive *a, struct lf_err *e)
{
    struct listing l = { .a = a };
    enum lf_code rc = a->disk->list(a->disk->ctx, a->dir, on_file, &l, e);

    for (size_t i = 0; rc == LF_OK && i < l.parts; i++) {
        char path[ARCHIVE_PATH];

        snprintf(path, sizeof path, "%s/%s", a->dir, l.part[i]);
        rc = a->disk->remove(a->disk->ctx, path, e);
    }
    free(l.part);
    if (rc == LF_OK && a->nseg) {
        qsort(a->seg, a->nseg, sizeof *a->seg, by_first);
        rc = settle_twins(a, e);
    }
    return rc;
}

/* The newest state in a walked journal: it lies open at its piece's end. */
static bool find_state(struct lf_archive *a, int file, const struct frame_walk *w)
{
    for (size_t i = w->committed; i-- > 0;) {
        const struct frame_place *x = &w->frame[i];
        char *p;

        if (!x->state)
            continue;
        lf_buf_reset(&a->state);
        p = lf_buf_space(&a->state, x->state);
        if (p && a->disk->read(a->disk->ctx, file, p, x->state, x->offset + x->length - x->state))
            return true;
    }
    return false;
}

/* When its first record came, for the block's age. */
static void find_age(struct lf_archive *a, uint64_t size, const struct frame_walk *w)
{
    const struct lf_archive_record *r;
    struct frame_head h;
    size_t n;

    for (size_t i = 0; i < w->committed; i++) {
        a->open_text += w->frame[i].text;
        if (w->frame[i].count && w->frame[i].begins && !a->open_since &&
            frame_load(a->disk, a->file, w->frame[i].offset, size, &h, &a->frame) &&
            lf_archive_frame_records(&a->frame, &r, &n, NULL) == LF_OK && n)
            a->open_since = r[0].recorded;
    }
}

/* Finds the end of the last journal and the newest state, and cuts what is torn. */
static enum lf_code recover(struct lf_archive *a, struct lf_err *e)
{
    struct segment *s = &a->seg[a->nseg - 1];
    struct lf_archive_block *b;
    char path[ARCHIVE_PATH];
    struct frame_walk w;
    bool found;

    if (s->sealed) { /* somebody took the open one away */
        LF_TRY(archive_block_of(a->disk, a->dir, s->first, true, NULL, &b, e));
        a->next = a->kept = b->last + 1;
        lf_archive_block_close(b);
        return LF_OK;
    }
    archive_path(path, a->dir, s->first, ARCHIVE_JOURNAL);
    LF_TRY(a->disk->open(a->disk->ctx, path, LF_DISK_WRITE, &a->file, e));
    frame_walk(a->disk, a->file, s->size, s->first, &w);
    a->next = a->kept = w.next;
    found = find_state(a, a->file, &w);
    find_age(a, s->size, &w);
    if (w.gaps && w.committed) { /* it is not written on, nor sealed: what can still be read stays readable */
        s->damaged = true;
        a->count.damaged++;
        a->close_it = true;
    }
    if (w.end != s->size) {
        enum lf_code rc = a->disk->cut(a->disk->ctx, a->file, w.end, e);

        if (rc == LF_OK)
            rc = a->disk->sync(a->disk->ctx, a->file, e);
        if (rc != LF_OK) {
            frame_walk_clear(&w);
            return lf_err_at(e, "cut the torn tail of %s", path);
        }
        a->cut = s->size - w.end;
        archive_count(a, s->size, w.end);
        s->size = w.end;
    }
    frame_walk_clear(&w);
    /* Stopped between making a journal and its first frame: the state is in the one
     * before, which is not sealed before that. */
    for (size_t i = a->nseg - 1; !found && i-- > 0 && !a->seg[i].sealed;) {
        int file;

        archive_path(path, a->dir, a->seg[i].first, ARCHIVE_JOURNAL);
        LF_TRY(a->disk->open(a->disk->ctx, path, LF_DISK_READ, &file, e));
        frame_walk(a->disk, file, a->seg[i].size, a->seg[i].first, &w);
        found = find_state(a, file, &w);
        frame_walk_clear(&w);
        a->disk->close(a->disk->ctx, file);
    }
    return LF_OK;
}

enum lf_code lf_archive_open(const char *dir, const struct lf_archive_options *o, struct lf_archive **out,
                             struct lf_err *e)
{
    struct lf_archive *a = calloc(1, sizeof *a);
    enum lf_code rc;

    if (!a)
        LF_BUG("out of memory for an archive");
    a->o = *o;
    a->disk = o->disk ? o->disk : &lf_disk_real;
    a->file = a->times.file = -1;
    a->next = a->kept = 1;
    a->hold = UINT64_MAX;
    if (a->o.keep < 1 << 20)
        a->o.keep = 1 << 20;
    if (!a->o.events)
        a->o.events = LF_ARCHIVE_EVENTS;
    a->segment_size = a->o.keep / 16 < 64 << 20 ? a->o.keep / 16 : 64 << 20;
    a->dir = strdup(dir);
    a->z = group_packer();
    if (!a->dir)
        LF_BUG("out of memory for an archive");
    lf_buf_init(&a->packed, 2 * ZSTD_COMPRESSBOUND(FRAME_RAW_MOST));
    lf_buf_init(&a->state, LF_ARCHIVE_STATE);
    seal_init(a);
    rc = a->disk->make_dir(a->disk->ctx, dir, e);
    if (rc == LF_OK)
        rc = list(a, e);
    if (rc == LF_OK && a->nseg)
        rc = recover(a, e);
    if (rc == LF_OK && a->next >= POSITION_END) /* what is written there could not be read again */
        rc = lf_err_set(e, LF_IO, "%s: position %" PRIu64 " is none: move the last file away", dir, a->next);
    a->settled = a->kept;
    if (rc != LF_OK) {
        lf_archive_close(a);
        return lf_err_at(e, "event archive");
    }
    *out = a;
    return LF_OK;
}

void lf_archive_close(struct lf_archive *a)
{
    if (!a)
        return;
    times_close(a);
    seal_clear(a);
    lf_archive_block_close(a->block);
    if (a->file >= 0)
        a->disk->close(a->disk->ctx, a->file);
    groups_clear(a);
    keep_clear(a);
    ZSTD_freeCCtx(a->z);
    lf_buf_clear(&a->packed);
    lf_buf_clear(&a->state);
    lf_archive_frame_clear(&a->frame);
    free(a->note);
    free(a->seg);
    free(a->dir);
    free(a);
}

/* ---- adding ---- */

/* The next commit begins a new block. */
static void close_when_due(struct lf_archive *a, lf_time now)
{
    const struct segment *s = open_segment(a);

    if (a->waiting || a->packed.len || !s || a->kept == s->first)
        return;
    a->close_it = a->close_it || a->kept - s->first >= a->o.events || s->size >= a->segment_size ||
                  a->open_text >= LF_ARCHIVE_TEXT ||
                  (a->open_since && now - a->open_since >= LF_ARCHIVE_OPEN);
    if (a->close_it)
        group_close(a);
}

uint64_t lf_archive_add(struct lf_archive *a, lf_time recorded, unsigned format, lf_view sender,
                        lf_view bytes)
{
    struct lf_archive_record r = { .position = a->next,
                                   .recorded = recorded,
                                   .happened = LF_ARCHIVE_NO_TIME,
                                   .format = format,
                                   .sender = lf_view_first(sender, LF_ARCHIVE_SENDER),
                                   .bytes = bytes };
    struct group *g;

    LF_ASSERT(bytes.len <= LF_ARCHIVE_RECORD && format <= 255);
    LF_ASSERT(a->waiting <= LF_ARCHIVE_BATCH);
    close_when_due(a, recorded);
    g = a->group;
    if (g && g->b.n && (g->b.text.len + bytes.len >= FRAME_BLOCK || g->n == GROUP_PIECES)) {
        /* The last piece waits: only the commit knows that it is the last. */
        if (a->piece_record < g->b.n)
            group_piece(a, false);
        group_close(a);
    }
    if (!a->group)
        group_begin(a);
    frame_build_add(&a->group->b, &r);
    a->waiting += bytes.len + r.sender.len + 16;
    a->waiting_text += bytes.len;
    if (!a->since)
        a->since = recorded;
    return a->next++;
}

size_t lf_archive_pending(const struct lf_archive *a)
{
    return a->waiting;
}

void lf_archive_set_state(struct lf_archive *a, lf_view state)
{
    LF_ASSERT(state.len <= LF_ARCHIVE_STATE);
    if (lf_view_eq(state, lf_buf_view(&a->state)))
        return;
    lf_buf_reset(&a->state);
    lf_buf_put(&a->state, state);
    a->state_new = true;
}

lf_view lf_archive_state(const struct lf_archive *a)
{
    return lf_buf_view(&a->state);
}

/* A new open journal, its name durable before anything is in it. */
static enum lf_code roll(struct lf_archive *a, struct lf_err *e)
{
    char path[ARCHIVE_PATH];
    enum lf_code rc;
    int file;

    archive_path(path, a->dir, a->kept, ARCHIVE_JOURNAL);
    LF_TRY(a->disk->open(a->disk->ctx, path, LF_DISK_NEW, &file, e));
    rc = a->disk->sync_dir(a->disk->ctx, a->dir, e);
    if (rc != LF_OK) {
        (void)!a->disk->remove(a->disk->ctx, path, NULL);
        a->disk->close(a->disk->ctx, file);
        return rc;
    }
    if (a->file >= 0)
        a->disk->close(a->disk->ctx, a->file);
    a->file = file;
    a->close_it = a->torn = false;
    a->open_text = 0;
    a->open_since = 0;
    add_segment(a, a->kept, 0, false);
    keep_room(a, a->segment_size);
    return LF_OK;
}

/* Pieces to the journal's end, durable; on failure the file is as before. */
static enum lf_code write_packed(struct lf_archive *a, const struct segment *s, struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    if (a->torn)
        rc = a->disk->cut(a->disk->ctx, a->file, s->size, e);
    if (rc == LF_OK)
        rc = a->disk->append(a->disk->ctx, a->file, lf_buf_view(&a->packed), e);
    if (rc == LF_OK)
        rc = a->disk->sync(a->disk->ctx, a->file, e);
    a->torn = rc != LF_OK && a->disk->cut(a->disk->ctx, a->file, s->size, NULL) != LF_OK;
    return rc;
}

/* A commit that failed is part of this one: its last piece is not the end any more, and
 * goes when it had nothing but the state. */
static void piece_goes_on(struct lf_archive *a)
{
    struct frame_head h;
    char *p;

    if (!a->ended)
        return;
    p = a->packed.ptr + a->end_at;
    LF_ASSERT(a->end_at < a->packed.len && frame_head_read(p, &h));
    if (!h.count) {
        a->packed.len = a->end_at;
        a->state_new = true;
        return;
    }
    h.flags &= ~(uint32_t)FRAME_END;
    piece_seal(p, &h);
}

enum lf_code lf_archive_commit(struct lf_archive *a, struct lf_err *e)
{
    bool more = a->group && a->piece_record < a->group->b.n;
    struct segment *s;
    enum lf_code rc = LF_OK;

    if (!more && !a->packed.len && !a->state_new)
        return LF_OK;
    close_when_due(a, 0);
    s = open_segment(a);
    if (!s || a->close_it) {
        LF_TRY(roll(a, e));
        s = open_segment(a);
    }
    /* Every journal has the state, so that the last one always tells it.  Once made, a
     * piece stays as it is: after a failure others follow it. */
    a->fresh = s->size == 0;
    if (more || a->state_new || !a->packed.len) {
        piece_goes_on(a);
        a->end_at = a->packed.len;
        a->ended = true;
        group_piece(a, true);
    }
    a->state_new = false;
    if (keep_too_large(a, a->packed.len)) {
        keep_room(a, a->packed.len);
        s = open_segment(a);
        if (keep_too_large(a, a->packed.len) && a->nseg > 1 && a->seg[1].first > a->hold)
            rc = lf_err_set(e, LF_FULL,
                            "%" PRIu64 " events wait to be looked at and fill the archive (%" PRIu64
                            " MiB): raise keep_mb, or see why detection is behind",
                            a->kept - a->hold, a->o.keep >> 20);
    }
    if (rc == LF_OK)
        rc = write_packed(a, s, e);
    a->seal.full |= rc == LF_FULL;
    if (rc != LF_OK)
        return lf_err_at(e,
                         a->torn ? "event archive in %s (and what was written could not be cut off)"
                                 : "event archive in %s",
                         a->dir);
    a->kept = a->next;
    groups_placed(a, s->size);
    s->size += a->packed.len;
    a->bytes += a->packed.len;
    a->open_text += a->waiting_text;
    if (!a->open_since)
        a->open_since = a->since;
    a->since = 0;
    a->end_at = 0;
    a->ended = false;
    a->waiting = a->waiting_text = 0;
    lf_buf_reset(&a->packed);
    if (a->packed.cap > 4 << 20) /* one large batch must not stay in memory for ever */
        lf_buf_clear(&a->packed);
    return LF_OK;
}

/* ---- reading, for detection ---- */

/* The records from position `from` on, added to *out; their bytes are copied. */
static void take(struct lf_arena *m, const struct lf_archive_record *r, size_t n, uint64_t from,
                 struct lf_archive_record **out, size_t *have, size_t *bytes)
{
    size_t skip = 0, text = 0, total;
    struct lf_archive_record *to;
    char *p;

    while (skip < n && r[skip].position < from)
        skip++;
    if (skip == n) /* then r may be NULL */
        return;
    n -= skip;
    r += skip;
    to = LF_NEW(m, struct lf_archive_record, *have + n);
    if (*have)
        memcpy(to, *out, *have * sizeof *to);
    *out = to;
    to += *have;
    memcpy(to, r, n * sizeof *to);
    /* Bytes of neighbours lie one behind the other. */
    total = (size_t)(r[n - 1].bytes.ptr + r[n - 1].bytes.len - r[0].bytes.ptr);
    p = lf_arena_alloc(m, total + 1, 1);
    memcpy(p, r[0].bytes.ptr, total);
    for (size_t i = 0; i < n; i++) {
        text += r[i].bytes.len;
        to[i].bytes.ptr = p + (r[i].bytes.ptr - r[0].bytes.ptr);
        to[i].sender = i && r[i].sender.ptr == r[i - 1].sender.ptr && r[i].sender.len == r[i - 1].sender.len
                           ? to[i - 1].sender
                           : lf_arena_copy(m, r[i].sender);
    }
    *have += n;
    *bytes += text;
}

static enum lf_code read_block(struct lf_archive *a, struct lf_arena *m, const struct segment *s,
                               uint64_t from, size_t most, struct lf_archive_record **out, size_t *n,
                               uint64_t *next, struct lf_err *e)
{
    const struct lf_archive_record *r;
    size_t bytes = 0, low = 0, high, count;

    if (!a->block || a->block->first != s->first) {
        lf_archive_block_close(a->block);
        a->block = NULL;
        LF_TRY(archive_block_of(a->disk, a->dir, s->first, true, NULL, &a->block, e));
    }
    for (high = a->block->nframes; low < high;) {
        size_t mid = low + (high - low) / 2;

        if (a->block->frame[mid].first + a->block->frame[mid].count <= from)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < a->block->nframes && (!*n || bytes < most); low++) {
        enum lf_code rc = lf_archive_frame_read(a->block, low, &a->frame, e);

        if (rc == LF_OK)
            rc = lf_archive_frame_records(&a->frame, &r, &count, e);
        if (rc != LF_OK) {
            if (*n)
                break;
            *next = a->block->frame[low].first + a->block->frame[low].count;
            return rc;
        }
        take(m, r, count, from, out, n, &bytes);
    }
    return LF_OK;
}

/* Of the open group, whose text is in memory still.  What lies before it is read no more. */
static void read_group(struct lf_archive *a, struct lf_arena *m, const struct segment *s, uint64_t from,
                       struct lf_archive_record **out, size_t *n, size_t *bytes)
{
    const struct group *g = a->group;
    const struct frame_record *x = g->b.record;
    size_t skip = from > g->b.first ? (size_t)(from - g->b.first) : 0;
    size_t count = (size_t)(a->kept - g->b.first) - skip;
    struct lf_archive_record *r = LF_NEW(m, struct lf_archive_record, count);
    const char *p = g->b.text.ptr;

    for (size_t i = 0; i < skip; i++, x++)
        p += x->len + 1;
    for (size_t i = 0; i < count; i++, x++) {
        r[i] = (struct lf_archive_record){ .position = g->b.first + skip + i,
                                           .recorded = x->recorded,
                                           .happened = LF_ARCHIVE_NO_TIME,
                                           .format = x->format,
                                           .sender = frame_sender_name(&g->b, x->sender),
                                           .bytes = { p, x->len } };
        p += x->len + 1;
    }
    take(m, r, count, from, out, n, bytes);
    a->at_seg = s->first;
    a->at_first = g->b.first;
    a->at_offset = g->place[0].offset - PIECE_HEAD;
}

static enum lf_code read_journal(struct lf_archive *a, struct lf_arena *m, const struct segment *s,
                                 uint64_t from, size_t most, struct lf_archive_record **out, size_t *n,
                                 uint64_t *next, struct lf_err *e)
{
    const struct lf_archive_record *r;
    uint64_t first = s->first, at = 0, open = a->group && a->group->b.n ? a->group->b.first : UINT64_MAX;
    char path[ARCHIVE_PATH];
    enum lf_code rc = LF_OK;
    size_t bytes = 0, count;
    int file;

    if (from >= open) {
        read_group(a, m, s, from, out, n, &bytes);
        return LF_OK;
    }
    if (a->at_seg == s->first && a->at_first <= from && a->at_offset <= s->size) {
        first = a->at_first;
        at = a->at_offset;
    }
    archive_path(path, a->dir, s->first, ARCHIVE_JOURNAL);
    LF_TRY(a->disk->open(a->disk->ctx, path, LF_DISK_READ, &file, e));
    while (at < s->size && first < open && (!*n || bytes < most)) {
        struct frame_head h;

        if (!frame_load(a->disk, file, at, s->size, &h, &a->frame) || h.first < first ||
            lf_archive_frame_records(&a->frame, &r, &count, NULL) != LF_OK) {
            uint64_t found;

            if (*n)
                break;
            rc = lf_err_set(e, LF_IO, "%s is damaged at byte %" PRIu64, path, at);
            if (frame_find(a->disk, file, at + 1, s->size, first, &found) &&
                frame_head_load(a->disk, file, found, s->size, &h)) {
                *next = h.first > from ? h.first : from;
                at = found;
                first = h.first;
            }
            break;
        }
        if (h.first + h.count > from)
            take(m, r, count, from, out, n, &bytes);
        at += h.size + h.length;
        first = h.first + h.count;
    }
    a->disk->close(a->disk->ctx, file);
    a->at_seg = s->first;
    a->at_first = first;
    a->at_offset = at;
    if (rc == LF_OK && first >= open && a->kept > open && (!*n || bytes < most))
        read_group(a, m, s, from, out, n, &bytes);
    return rc;
}

enum lf_code lf_archive_read(struct lf_archive *a, struct lf_arena *m, uint64_t from, size_t most,
                             struct lf_archive_record **out, size_t *n, uint64_t *next, struct lf_err *e)
{
    struct lf_archive_record *r = NULL;
    uint64_t behind = a->kept;
    size_t got = 0, i;
    enum lf_code rc;

    if (a->nseg && from < a->seg[0].first)
        from = a->seg[0].first;
    if (!a->nseg || from >= a->kept) {
        if (next)
            *next = a->kept;
        *out = NULL;
        *n = 0;
        return LF_OK;
    }
    /* A block may have nothing from there on (its end was damaged): then the next has. */
    for (i = segment_of(a, from), rc = LF_OK; rc == LF_OK && !got && i < a->nseg; i++) {
        behind = i + 1 < a->nseg ? a->seg[i + 1].first : a->kept;
        rc = (a->seg[i].sealed ? read_block : read_journal)(a, m, &a->seg[i], from, most, &r, &got, &behind,
                                                            e);
    }
    if (next)
        *next = got ? r[got - 1].position + 1 : behind;
    if (rc != LF_OK && !got)
        return rc;
    *out = r;
    *n = got;
    return LF_OK;
}

/* ---- behind the intake ---- */

void lf_archive_note(struct lf_archive *a, uint64_t position, lf_time happened)
{
    uint64_t at;

    if (position < a->note_first || position >= a->next)
        return;
    if (!a->notes)
        a->note_first = position;
    at = position - a->note_first;
    if (at >= NOTES_MOST)
        return;
    if (at >= a->note_cap) {
        size_t cap = a->note_cap ? a->note_cap : 4096;

        while (cap <= at)
            cap *= 2;
        a->note = realloc(a->note, cap * sizeof *a->note);
        if (!a->note)
            LF_BUG("out of memory for %zu times", cap);
        a->note_cap = cap;
    }
    while (a->notes <= at)
        a->note[a->notes++] = LF_ARCHIVE_NO_TIME;
    a->note[at] = happened;
}

void lf_archive_hold(struct lf_archive *a, uint64_t position)
{
    a->hold = position;
}

enum lf_archive_did lf_archive_work(struct lf_archive *a, lf_time now, uint64_t upto,
                                    struct lf_archive_news *news)
{
    enum lf_archive_did did;
    struct lf_err e;

    if (keep_judge(a))
        return LF_ARCHIVE_WORKED;
    if (keep_too_old(a, now) && keep_drop(a, &e))
        return LF_ARCHIVE_WORKED;
    if (keep_too_large(a, 0) && keep_drop(a, &e))
        return LF_ARCHIVE_WORKED;
    if (a->dropped.blocks) {
        *news = a->dropped;
        a->dropped = (struct lf_archive_news){ 0 };
        return LF_ARCHIVE_DROPPED;
    }
    did = seal_slice(a, now, upto, news);
    if (did == LF_ARCHIVE_IDLE)
        times_note(a, now);
    return did;
}

void lf_archive_stats(const struct lf_archive *a, struct lf_archive_stats *out)
{
    *out = a->count;
    out->first = a->nseg ? a->seg[0].first : a->next;
    out->next = a->next;
    out->bytes = a->bytes;
    out->blocks = a->nseg;
    out->cut = a->cut;
    out->unsealed = out->held = 0;
    out->held_bytes = 0;
    for (size_t i = 0; i < a->nseg && a->nlegal; i++)
        if (a->seg[i].sealed && a->seg[i].judged == a->legal_turn && a->seg[i].held_by) {
            out->held++;
            out->held_bytes += a->seg[i].size;
        }
    for (size_t i = a->nseg; i-- > 0 && !a->seg[i].sealed;)
        out->unsealed++;
}
