/* Times of a journal: while it has no footer, POSITION.times beside it says between which
 * times its records happened, so that a search by time need not read it.
 *
 * Entries of TIMES_ENTRY bytes are appended, the last whole one counts:
 *    0 u32 magic "LFAT"        4 u32 0              8 u64 first position of the journal
 *   16 u64 position behind the last record spoken of, 24 u64 where in the journal that is
 *   32, 40 the same of the beginning of the last group before that: from there on a reader
 *      that finds the journal longer can walk it
 *   48 i64 least, 56 i64 greatest own time of the records before 16
 *   64 XXH64 of the 64 before
 * An entry speaks of committed records only and nothing in it is ever taken back, so it need
 * not be durable: after a crash the file is removed, and made again as the sealer goes
 * through the journal.  What the sealer has not taken yet is known by detection's notes. */
#include "store/archive_write.h"

enum { TIMES_MAGIC = 0x4c464154, TIMES_ENTRY = 72, TIMES_MOST = 64 * TIMES_ENTRY };
#define TIMES_EVERY LF_SECOND

void times_close(struct lf_archive *a)
{
    if (a->times.file >= 0)
        a->disk->close(a->disk->ctx, a->times.file);
    a->times = (struct times){ .file = -1 };
}

void times_forget(struct lf_archive *a, uint64_t first)
{
    char path[ARCHIVE_PATH];

    if (a->times.first == first)
        times_close(a);
    archive_path(path, a->dir, first, ARCHIVE_TIMES);
    (void)!a->disk->remove(a->disk->ctx, path, NULL);
}

/* Of all records from `next` up to `end` detection has told the time. */
static bool by_notes(const struct lf_archive *a, uint64_t next, uint64_t end, struct lf_archive_times *t)
{
    lf_time least = t->happened_min, most = t->happened_max;

    if (!a->notes || a->note_first > next || end - a->note_first > a->notes)
        return false;
    for (uint64_t at = next; at < end; at++) {
        lf_time x = a->note[at - a->note_first];

        if (x == LF_ARCHIVE_NO_TIME)
            return false;
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    t->happened_min = least;
    t->happened_max = most;
    return true;
}

/* What is known now.  False: nothing. */
static bool known(const struct lf_archive *a, const struct segment *x, struct open_times *out)
{
    const struct sealer *s = &a->seal;
    uint64_t end = x + 1 < a->seg + a->nseg ? x[1].first : a->kept;

    *out = (struct open_times){ .first = s->first,
                                .next = s->next,
                                .offset = s->at,
                                .group_next = s->next,
                                .group_offset = s->at,
                                .times = s->footer.b.times };
    if (s->build.n) {
        const struct lf_archive_times *t = &s->build.times;

        if (t->happened_min < out->times.happened_min)
            out->times.happened_min = t->happened_min;
        if (t->happened_max > out->times.happened_max)
            out->times.happened_max = t->happened_max;
    }
    if (out->next < end && by_notes(a, out->next, end, &out->times)) {
        out->next = end;
        out->offset = x->size;
    }
    return out->next > out->first;
}

static bool put(struct lf_archive *a, const struct open_times *t)
{
    struct times *f = &a->times;
    char p[TIMES_ENTRY];

    if (f->file < 0) {
        char path[ARCHIVE_PATH];

        archive_path(path, a->dir, t->first, ARCHIVE_TIMES);
        (void)!a->disk->remove(a->disk->ctx, path, NULL);
        if (a->disk->open(a->disk->ctx, path, LF_DISK_NEW, &f->file, NULL) != LF_OK) {
            f->file = -1;
            return false;
        }
        f->size = 0;
    }
    /* Who reads just then finds nothing, and looks through the journal. */
    if (f->size >= TIMES_MOST) {
        if (a->disk->cut(a->disk->ctx, f->file, 0, NULL) != LF_OK)
            return false;
        f->size = 0;
    }
    set32(p, TIMES_MAGIC);
    set32(p + 4, 0);
    set64(p + 8, t->first);
    set64(p + 16, t->next);
    set64(p + 24, t->offset);
    set64(p + 32, t->group_next);
    set64(p + 40, t->group_offset);
    set64(p + 48, (uint64_t)t->times.happened_min);
    set64(p + 56, (uint64_t)t->times.happened_max);
    set64(p + 64, archive_sum((lf_view){ p, TIMES_ENTRY - 8 }, 0));
    if (a->disk->append(a->disk->ctx, f->file, (lf_view){ p, sizeof p }, NULL) != LF_OK)
        return false;
    f->size += sizeof p;
    return true;
}

void times_note(struct lf_archive *a, lf_time now)
{
    const struct sealer *s = &a->seal;
    const struct segment *x = s->stage == SEAL_TAKING ? archive_segment(a, s->first) : NULL;
    struct open_times t;

    /* In the middle of a group that is read back its place is not known. */
    if (!x || s->record || x->damaged)
        return;
    if (a->times.first != s->first) {
        times_close(a);
        a->times.first = s->first;
    } else if (a->times.failed || (now >= a->times.at && now - a->times.at < TIMES_EVERY)) {
        return;
    }
    a->times.at = now;
    if (!known(a, x, &t) || t.next <= a->times.next)
        return;
    a->times.next = t.next;
    if (put(a, &t))
        return;
    /* No room, most likely: the journal is read, as if this were not there. */
    times_forget(a, s->first);
    a->times.first = s->first;
    a->times.failed = true;
}

bool open_times_read(const struct lf_disk *d, const char *dir, uint64_t first, struct open_times *out)
{
    char path[ARCHIVE_PATH], p[TIMES_ENTRY];
    uint64_t size = 0;
    bool ok = false;
    int file;

    archive_path(path, dir, first, ARCHIVE_TIMES);
    if (d->open(d->ctx, path, LF_DISK_READ, &file, NULL) != LF_OK)
        return false;
    if (d->size(d->ctx, file, &size, NULL) != LF_OK)
        size = 0;
    size -= size % TIMES_ENTRY;
    if (size && d->read(d->ctx, file, p, sizeof p, size - sizeof p) && get32(p) == TIMES_MAGIC &&
        archive_sum((lf_view){ p, TIMES_ENTRY - 8 }, 0) == get64(p + 64)) {
        *out = (struct open_times){ .first = get64(p + 8),
                                    .next = get64(p + 16),
                                    .offset = get64(p + 24),
                                    .group_next = get64(p + 32),
                                    .group_offset = get64(p + 40),
                                    .times = { INT64_MIN, INT64_MAX, (lf_time)get64(p + 48),
                                               (lf_time)get64(p + 56) } };
        ok = out->first == first && out->next > first && out->next < POSITION_END &&
             out->group_next >= first && out->group_next <= out->next && out->group_offset <= out->offset;
    }
    d->close(d->ctx, file);
    return ok;
}
