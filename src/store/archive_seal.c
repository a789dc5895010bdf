/* Sealing: a journal is written anew as a block, in slices beside the intake.
 *
 * The block's records are taken as they come, from the open journal too, so that at
 * its close little is left to do.  The journal goes only when the block is durable
 * under its name, and not before the journal after it has a frame (which has the
 * state).  Whenever the machine stops, one of the two is whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/archive_write.h"

enum { SCRATCH = 2 * (LF_ARCHIVE_RECORD + 4 * LF_TOKEN_PAD) };
#define SLICE ((size_t)256 << 10)
#define HINT ((uint64_t)1 << 20)
#define RETRY LF_MINUTE

void seal_init(struct lf_archive *a)
{
    struct sealer *s = &a->seal;

    frame_build_init(&s->build);
    lf_buf_init(&s->packed, (size_t)2 << 30);
    lf_buf_init(&s->scratch, SCRATCH);
    lf_map_init(&s->map, 0);
    s->z = frame_packer();
}

static void part_path(const struct lf_archive *a, char out[ARCHIVE_PATH])
{
    archive_path(out, a->dir, a->seal.first, ARCHIVE_PART);
}

static void forget(struct lf_archive *a)
{
    struct sealer *s = &a->seal;

    s->record = NULL;
    s->ninfo = 0;
    s->nsenders = 0;
    s->senders_left_out = 0;
    frame_build_reset(&s->build);
    lf_buf_clear(&s->packed);
    lf_buf_clear(&s->scratch);
    lf_map_clear(&s->map);
    lf_map_init(&s->map, 0);
    lf_arena_reset(&s->memory);
    lf_token_set_reset(&s->tokens);
    if (s->frame.raw.cap > 4 << 20) /* a large record must not stay in memory for ever */
        lf_archive_frame_clear(&s->frame);
    s->stage = SEAL_OFF;
}

void seal_stop(struct lf_archive *a)
{
    struct sealer *s = &a->seal;
    char path[ARCHIVE_PATH];

    if (s->stage == SEAL_OFF)
        return;
    part_path(a, path);
    a->disk->close(a->disk->ctx, s->in);
    a->disk->close(a->disk->ctx, s->out);
    (void)!a->disk->remove(a->disk->ctx, path, NULL);
    archive_count(a, s->size, 0);
    forget(a);
}

void seal_clear(struct lf_archive *a)
{
    struct sealer *s = &a->seal;

    seal_stop(a);
    frame_build_clear(&s->build);
    lf_buf_clear(&s->packed);
    lf_buf_clear(&s->scratch);
    ZSTD_freeCCtx(s->z);
    free(s->info);
    free(s->sender);
    lf_token_bag_clear(&s->bag);
    lf_token_set_clear(&s->tokens);
    lf_archive_frame_clear(&s->frame);
    lf_map_clear(&s->map);
    lf_arena_clear(&s->memory);
}

static enum lf_code begin(struct lf_archive *a, const struct segment *x, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    char path[ARCHIVE_PATH];
    enum lf_code rc;

    s->first = s->next = x->first;
    s->at = s->size = s->hinted = 0;
    s->footer = (struct block_footer){ 0 };
    s->footer.b.times = (struct lf_archive_times){ INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN };
    archive_path(path, a->dir, x->first, ARCHIVE_JOURNAL);
    LF_TRY(a->disk->open(a->disk->ctx, path, LF_DISK_READ, &s->in, e));
    part_path(a, path);
    (void)!a->disk->remove(a->disk->ctx, path, NULL);
    rc = a->disk->open(a->disk->ctx, path, LF_DISK_NEW, &s->out, e);
    if (rc != LF_OK) {
        a->disk->close(a->disk->ctx, s->in);
        return rc;
    }
    s->stage = SEAL_TAKING;
    return LF_OK;
}

/* ---- taking ---- */

static void count_sender(struct sealer *s, lf_view name, uint64_t n)
{
    uint64_t i;

    if (!lf_map_get(&s->map, name, &i)) {
        if (s->nsenders == BLOCK_SENDERS) {
            s->senders_left_out = 1; /* it says that the list is not all, not how many */
            return;
        }
        if (s->nsenders == s->sender_cap) {
            s->sender_cap = s->sender_cap ? s->sender_cap * 2 : 64;
            s->sender = realloc(s->sender, s->sender_cap * sizeof *s->sender);
            if (!s->sender)
                LF_BUG("out of memory for %zu senders", s->sender_cap);
        }
        i = s->nsenders++;
        s->sender[i] = (struct lf_archive_sender){ .name = lf_arena_copy(&s->memory, name) };
        lf_map_set(&s->map, s->sender[i].name, i);
    }
    s->sender[i].count += n;
}

/* As detection told it. */
static lf_time noted(const struct lf_archive *a, uint64_t position)
{
    uint64_t at = position - a->note_first;

    return position >= a->note_first && at < a->notes ? a->note[at] : LF_ARCHIVE_NO_TIME;
}

static lf_time time_of(struct lf_archive *a, const struct lf_archive_record *r)
{
    lf_time t = r->happened != LF_ARCHIVE_NO_TIME ? r->happened : noted(a, r->position);

    if (t != LF_ARCHIVE_NO_TIME)
        return t;
    return a->o.happened ? a->o.happened(a->o.ctx, r) : LF_ARCHIVE_NO_TIME;
}

/* The times of what was taken are in the block now. */
static void forget_notes(struct lf_archive *a)
{
    uint64_t n = a->seal.next > a->note_first ? a->seal.next - a->note_first : 0;

    if (!a->notes || !n)
        return;
    if (n > a->notes)
        n = a->notes;
    memmove(a->note, a->note + n, (a->notes - n) * sizeof *a->note);
    a->notes -= n;
    a->note_first += n;
}

static enum lf_code write_out(struct lf_archive *a, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    size_t n = s->packed.len;

    LF_TRY(a->disk->append(a->disk->ctx, s->out, lf_buf_view(&s->packed), e));
    s->size += n;
    /* The kernel may begin: the fsync at the end has less to wait for. */
    if (s->size - s->hinted >= HINT) {
        a->disk->hint(a->disk->ctx, s->out, s->hinted, s->size - s->hinted);
        s->hinted = s->size;
    }
    archive_count(a, 0, n);
    lf_buf_reset(&s->packed);
    return LF_OK;
}

static void widen(struct lf_archive_times *all, const struct lf_archive_times *t)
{
    all->recorded_min = t->recorded_min < all->recorded_min ? t->recorded_min : all->recorded_min;
    all->recorded_max = t->recorded_max > all->recorded_max ? t->recorded_max : all->recorded_max;
    all->happened_min = t->happened_min < all->happened_min ? t->happened_min : all->happened_min;
    all->happened_max = t->happened_max > all->happened_max ? t->happened_max : all->happened_max;
}

/* The frame in s->packed, of `text` bytes of text. */
static enum lf_code put_frame(struct lf_archive *a, const struct frame_build *b, size_t text,
                              struct lf_err *e)
{
    struct sealer *s = &a->seal;
    struct lf_archive_frame_info *x;

    if (s->ninfo == s->info_cap) {
        s->info_cap = s->info_cap ? s->info_cap * 2 : 256;
        s->info = realloc(s->info, s->info_cap * sizeof *s->info);
        if (!s->info)
            LF_BUG("out of memory for %zu frames", s->info_cap);
    }
    x = &s->info[s->ninfo++];
    *x = (struct lf_archive_frame_info){ .offset = s->size,
                                         .length = (uint32_t)s->packed.len,
                                         .text = (uint32_t)text,
                                         .first = b->first,
                                         .count = (uint32_t)b->n,
                                         .foreign = b->flags & FRAME_FOREIGN,
                                         .times = b->times };
    widen(&s->footer.b.times, &x->times);
    s->footer.b.events += x->count;
    s->footer.b.text += x->text - x->count;
    return write_out(a, e);
}

static enum lf_code pack_frame(struct lf_archive *a, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    enum lf_code rc;

    if (!s->build.n)
        return LF_OK;
    frame_build_pack(&s->build, s->z, s->build.timed ? FRAME_HAPPENED : 0, &s->packed);
    rc = put_frame(a, &s->build, s->build.text.len, e);
    frame_build_reset(&s->build);
    return rc;
}

/* ---- groups, whose packed bytes are taken as they are ---- */

/* False: not all are known, and somebody can be asked who wants the text. */
static bool group_times(struct lf_archive *a, struct frame_build *b)
{
    lf_time least = INT64_MAX, most = INT64_MIN;
    bool all = true;

    b->timed = false;
    for (size_t i = 0; i < b->n; i++) {
        lf_time t = noted(a, b->first + i);

        b->record[i].happened = t;
        if (t == LF_ARCHIVE_NO_TIME) {
            if (a->o.happened)
                return false;
            all = false;
            continue;
        }
        b->timed = true;
        least = t < least ? t : least;
        most = t > most ? t : most;
    }
    b->times.happened_min = all ? least : INT64_MIN;
    b->times.happened_max = all ? most : INT64_MAX;
    return true;
}

static void group_senders(struct sealer *s, const struct frame_build *b)
{
    size_t run;

    for (size_t i = 0; i < b->n; i += run) {
        for (run = 1; i + run < b->n && b->record[i + run].sender == b->record[i].sender;)
            run++;
        count_sender(s, frame_sender_name(b, b->record[i].sender), run);
    }
}

/* The oldest group as one frame of the block. */
static enum lf_code take_group(struct lf_archive *a, const struct segment *x, struct group *g,
                               struct lf_err *e)
{
    struct sealer *s = &a->seal;
    struct frame_build *b = &g->b;
    uint32_t flags = b->flags | (b->timed ? FRAME_HAPPENED : 0);
    size_t at = s->packed.len, n;

    LF_ASSERT(lf_buf_space(&s->packed, FRAME_HEAD));
    for (unsigned i = 0; i < g->n; i++) {
        char *p = lf_buf_space(&s->packed, g->place[i].packed);

        LF_ASSERT(p);
        if (!a->disk->read(a->disk->ctx, s->in, p, g->place[i].packed, g->place[i].offset) ||
            archive_sum((lf_view){ p, g->place[i].packed }, 0) != g->place[i].sum)
            return lf_err_set(e, LF_UNACCEPTED,
                              "%s/%020" PRIu64 ARCHIVE_JOURNAL " is damaged at byte %" PRIu64, a->dir,
                              x->first, g->place[i].offset);
    }
    lf_buf_put(&s->packed, group_stream_end());
    frame_build_meta(b, 0, 0, b->timed);
    (void)frame_deflate(s->z, lf_buf_view(&b->meta), &s->packed);
    n = s->packed.len - at - FRAME_HEAD;
    frame_seal(s->packed.ptr + at, flags, n, g->text, b->meta.len, b->n, b->first);
    lf_token_set_put(&s->tokens, g->token, g->ntokens);
    group_senders(s, b);
    s->next = b->first + b->n;
    s->at = g->place[g->n - 1].end;
    LF_TRY(put_frame(a, b, g->text, e));
    group_drop(a);
    forget_notes(a);
    return LF_OK;
}

/* ---- records read back from the journal ---- */

/* The records of the loaded frame, as many as one slice may take. */
static enum lf_code take(struct lf_archive *a, uint64_t upto, bool *waits, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    size_t bytes = 0;

    lf_token_bag_reset(&s->bag);
    while (s->taken < s->nrecords && bytes < SLICE) {
        struct lf_archive_record r = s->record[s->taken];

        if (r.position >= upto) {
            *waits = true;
            break;
        }
        r.happened = time_of(a, &r);
        frame_build_add(&s->build, &r);
        if (!lf_token_record(&s->bag, r.bytes, &s->scratch))
            s->build.flags |= FRAME_FOREIGN;
        count_sender(s, r.sender, 1);
        bytes += r.bytes.len + 32;
        s->taken++;
        s->next++;
        if (s->build.text.len >= FRAME_BLOCK)
            break;
    }
    lf_token_set_put(&s->tokens, s->bag.hash, s->bag.n);
    if (s->build.text.len >= FRAME_BLOCK)
        LF_TRY(pack_frame(a, e));
    forget_notes(a);
    if (s->taken == s->nrecords)
        s->record = NULL;
    return LF_OK;
}

/* LF_UNACCEPTED: the journal is damaged. */
static enum lf_code load(struct lf_archive *a, const struct segment *x, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    struct frame_head h;
    if (!frame_load(a->disk, s->in, s->at, x->size, &h, &s->frame) || h.first != s->next ||
        lf_archive_frame_records(&s->frame, &s->record, &s->nrecords, e) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED, "%s/%020" PRIu64 ARCHIVE_JOURNAL " is damaged at byte %" PRIu64,
                          a->dir, x->first, s->at);
    s->taken = 0;
    s->at += h.size + h.length;
    if (!s->nrecords)
        s->record = NULL;
    return LF_OK;
}

/* ---- the end of a block ---- */

static enum lf_code write_filter(struct lf_archive *a, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    uint32_t *hash;
    size_t n;

    s->footer.filter.offset = s->size;
    s->footer.no_filter = s->tokens.over;
    if (!s->tokens.over) {
        hash = lf_token_set_sort(&s->tokens, &n);
        filter_build(hash, n, &s->packed, &s->footer.filter);
    }
    lf_token_set_reset(&s->tokens);
    s->stage = SEAL_FOOTER;
    return write_out(a, e);
}

static enum lf_code write_footer(struct lf_archive *a, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    struct lf_archive_block *b = &s->footer.b;

    b->first = s->first;
    b->last = s->next - 1;
    b->frame = s->info;
    b->nframes = s->ninfo;
    b->sender = s->sender;
    b->nsenders = s->nsenders;
    s->footer.senders_left_out = s->senders_left_out;
    block_footer_write(&s->footer, s->size, &s->packed);
    LF_TRY(write_out(a, e));
    LF_TRY(a->disk->sync(a->disk->ctx, s->out, e));
    s->stage = SEAL_RENAME;
    return LF_OK;
}

static enum lf_code take_place(struct lf_archive *a, struct segment *x, struct lf_archive_news *news,
                               struct lf_err *e)
{
    struct sealer *s = &a->seal;
    char part[ARCHIVE_PATH], path[ARCHIVE_PATH];

    part_path(a, part);
    archive_path(path, a->dir, s->first, ARCHIVE_BLOCK);
    LF_TRY(a->disk->rename(a->disk->ctx, part, path, e));
    /* From here on the block counts, whether or not its name is durable yet: should the
     * journal be the one that is found after a power cut, it is sealed again. */
    *news =
        (struct lf_archive_news){ .first = s->first, .last = s->next - 1, .bytes = s->size, .was = x->size };
    a->disk->close(a->disk->ctx, s->in);
    a->disk->close(a->disk->ctx, s->out);
    archive_forget(a, s->first);
    times_forget(a, s->first);
    a->bytes -= x->size;
    x->size = s->size;
    x->sealed = true;
    x->looked = true;
    x->newest = s->footer.b.times.recorded_max;
    x->judged = 0;
    a->count.sealed++;
    forget(a);
    if (a->disk->sync_dir(a->disk->ctx, a->dir, NULL) == LF_OK) {
        archive_path(path, a->dir, x->first, ARCHIVE_JOURNAL);
        (void)!a->disk->remove(a->disk->ctx, path, NULL); /* else on opening */
    }
    return LF_OK;
}

/* ---- slices ---- */

static enum lf_code take_records(struct lf_archive *a, uint64_t upto, enum lf_archive_did *did,
                                 struct lf_err *e)
{
    bool waits = false;

    LF_TRY(take(a, upto, &waits, e));
    if (waits)
        *did = LF_ARCHIVE_IDLE;
    return LF_OK;
}

/* The next group, from memory or from the journal. */
static enum lf_code take_more(struct lf_archive *a, struct segment *x, bool closed, uint64_t upto,
                              enum lf_archive_did *did, struct lf_err *e)
{
    struct sealer *s = &a->seal;
    struct group *g = group_at(a, s->next);

    /* What comes next is not committed yet, or of the next journal, which has nothing yet. */
    if (s->next >= a->settled || (x + 1 < a->seg + a->nseg && s->next >= x[1].first)) {
        *did = LF_ARCHIVE_IDLE;
        return LF_OK;
    }
    if (g && g->b.first + g->b.n > upto) {
        *did = LF_ARCHIVE_IDLE;
        return LF_OK;
    }
    if (g && group_times(a, &g->b)) {
        if (s->build.n)
            return pack_frame(a, e);
        return take_group(a, x, g, e);
    }
    if (s->at < x->size)
        return load(a, x, e);
    if (!closed)
        *did = LF_ARCHIVE_IDLE;
    else
        return lf_err_set(e, LF_UNACCEPTED, "%s/%020" PRIu64 ARCHIVE_JOURNAL " ends before position %" PRIu64,
                          a->dir, x->first, x[1].first);
    return LF_OK;
}

static enum lf_code step(struct lf_archive *a, struct segment *x, bool closed, uint64_t upto,
                         enum lf_archive_did *did, struct lf_archive_news *news, struct lf_err *e)
{
    struct sealer *s = &a->seal;

    *did = LF_ARCHIVE_WORKED;
    switch (s->stage) {
    case SEAL_OFF:
        return begin(a, x, e);
    case SEAL_TAKING:
        if (s->record)
            return take_records(a, upto, did, e);
        if (closed && s->next == x[1].first) {
            s->stage = SEAL_FILTER;
            return pack_frame(a, e);
        }
        return take_more(a, x, closed, upto, did, e);
    case SEAL_FILTER:
        return write_filter(a, e);
    case SEAL_FOOTER:
        return write_footer(a, e);
    case SEAL_RENAME:
        *did = LF_ARCHIVE_SEALED;
        return take_place(a, x, news, e);
    }
    return LF_OK;
}

enum lf_archive_did seal_slice(struct lf_archive *a, lf_time now, uint64_t upto, struct lf_archive_news *news)
{
    struct sealer *s = &a->seal;
    struct segment *x = NULL;
    enum lf_archive_did did;
    size_t i;
    bool closed;
    enum lf_code rc;

    if (s->full) {
        s->full = false;
        seal_stop(a);
        s->retry = now + RETRY;
    }
    if (now < s->retry && s->retry - now <= RETRY)
        return LF_ARCHIVE_IDLE;
    if (s->stage != SEAL_OFF)
        x = archive_segment(a, s->first);
    /* Oldest first: those that are not sealed are the last ones. */
    for (i = x ? 0 : a->nseg; i > 0 && !a->seg[i - 1].sealed; i--)
        if (!a->seg[i - 1].damaged)
            x = &a->seg[i - 1];
    if (!x)
        return LF_ARCHIVE_IDLE;
    i = (size_t)(x - a->seg);
    closed = i + 1 < a->nseg && a->seg[a->nseg - 1].size > 0;
    if (!closed && s->stage == SEAL_OFF && !x->size)
        return LF_ARCHIVE_IDLE;
    if (closed && !x->size) { /* nothing ever came: nothing to seal */
        x->damaged = true;
        return LF_ARCHIVE_WORKED;
    }
    rc = step(a, x, closed, upto, &did, news, &news->error);
    if (rc == LF_OK) {
        if (did == LF_ARCHIVE_SEALED)
            s->failed = false;
        return did;
    }
    seal_stop(a);
    if (rc == LF_UNACCEPTED) {
        news->first = x->first;
        news->last = i + 1 < a->nseg ? a->seg[i + 1].first - 1 : a->kept - 1;
        x->damaged = true;
        a->count.damaged++;
        return LF_ARCHIVE_DAMAGED;
    }
    s->retry = now + RETRY;
    if (s->failed)
        return LF_ARCHIVE_IDLE;
    s->failed = true;
    return LF_ARCHIVE_FAILED;
}
