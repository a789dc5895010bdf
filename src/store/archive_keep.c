/* Retention: what goes, oldest first, and what legal holds keep. */
#include <inttypes.h>
#include <stdio.h>

#include "store/archive_write.h"

enum { REMOVED_MOST = 1 << 20 };

/* ---- what a block's footer says ---- */

static bool overlaps(lf_time min, lf_time max, const struct lf_archive_legal_hold *h)
{
    return min <= h->to && max >= h->from;
}

static bool has_sender(const struct lf_archive_block *b, lf_view sender)
{
    if (!sender.len || !b->all_senders)
        return true;
    for (size_t i = 0; i < b->nsenders; i++)
        if (lf_view_eq(b->sender[i].name, sender))
            return true;
    return false;
}

/* Reads the footer of a sealed block: its newest time, its end, and who holds it. */
static void judge(struct lf_archive *a, struct segment *s)
{
    struct lf_archive_block *b;

    s->newest = INT64_MAX;
    s->looked = true;
    s->judged = a->legal_turn;
    s->held_by = a->nlegal ? ~(uint64_t)0 >> (64 - a->nlegal)
                           : 0; /* one that cannot be read may have anything */
    if (archive_block_of(a->disk, a->dir, s->first, true, NULL, &b, NULL) != LF_OK)
        return;
    s->newest = b->times.recorded_max;
    s->behind = b->last + 1;
    for (size_t i = 0; i < a->nlegal; i++) {
        const struct lf_archive_legal_hold *h = &a->legal[i];

        if (!(overlaps(b->times.recorded_min, b->times.recorded_max, h) ||
              overlaps(b->times.happened_min, b->times.happened_max, h)) ||
            !has_sender(b, h->sender))
            s->held_by &= ~((uint64_t)1 << i);
    }
    lf_archive_block_close(b);
}

/* Journals have no footer: a hold holds them all, until they are sealed. */
static bool is_held(struct lf_archive *a, struct segment *s)
{
    if (!a->nlegal)
        return false;
    if (!s->sealed)
        return true;
    if (!s->looked || s->judged != a->legal_turn)
        judge(a, s);
    return s->held_by != 0;
}

static uint64_t held_bytes(struct lf_archive *a)
{
    uint64_t n = 0;

    for (size_t i = 0; a->nlegal && i < a->nseg; i++)
        if (a->seg[i].sealed && is_held(a, &a->seg[i]))
            n += a->seg[i].size;
    return n;
}

bool keep_judge(struct lf_archive *a)
{
    for (size_t i = 0; a->nlegal && i < a->nseg && a->seg[i].sealed; i++)
        if (a->seg[i].judged != a->legal_turn) {
            judge(a, &a->seg[i]);
            return true;
        }
    return false;
}

/* ---- what goes ---- */

static uint64_t end_of(const struct lf_archive *a, size_t i)
{
    return a->seg[i].behind && a->seg[i].behind <= a->seg[i + 1].first ? a->seg[i].behind
                                                                       : a->seg[i + 1].first;
}

/* The oldest that may go; nseg: none.  Out of its turn only a sealed one: sealing needs the
 * journal that follows. */
static size_t oldest(struct lf_archive *a)
{
    if (a->o.wait_for_holds && !a->legal_turn)
        return a->nseg;
    for (size_t i = 0; i + 1 < a->nseg && a->seg[i + 1].first <= a->hold; i++)
        if (!is_held(a, &a->seg[i]) && (i == 0 || a->seg[i].sealed))
            return i;
    return a->nseg;
}

/* So that who checks the archive can tell what went from what is missing. */
static enum lf_code note_removed(struct lf_archive *a, uint64_t first, uint64_t last, struct lf_err *e)
{
    char path[ARCHIVE_PATH], line[64];
    enum lf_code rc;
    uint64_t size;
    int file, n;

    snprintf(path, sizeof path, "%s/" ARCHIVE_REMOVED, a->dir);
    rc = a->disk->open(a->disk->ctx, path, LF_DISK_WRITE, &file, e);
    if (rc == LF_NOT_FOUND)
        rc = a->disk->open(a->disk->ctx, path, LF_DISK_NEW, &file, e);
    if (rc != LF_OK)
        return rc;
    n = snprintf(line, sizeof line, "%" PRIu64 " %" PRIu64 "\n", first, last);
    rc = a->disk->size(a->disk->ctx, file, &size, e);
    if (rc == LF_OK && size <= REMOVED_MOST)
        rc = a->disk->append(a->disk->ctx, file, (lf_view){ line, (size_t)n }, e);
    if (rc == LF_OK)
        rc = a->disk->sync(a->disk->ctx, file, e);
    a->disk->close(a->disk->ctx, file);
    return rc;
}

static void forget_removed(struct lf_archive *a)
{
    char path[ARCHIVE_PATH];

    for (size_t i = 0; i + 1 < a->nseg; i++)
        if (end_of(a, i) != a->seg[i + 1].first)
            return;
    snprintf(path, sizeof path, "%s/" ARCHIVE_REMOVED, a->dir);
    (void)!a->disk->remove(a->disk->ctx, path, NULL);
}

bool keep_drop(struct lf_archive *a, struct lf_err *e)
{
    struct lf_archive_news *d = &a->dropped;
    char path[ARCHIVE_PATH];
    size_t i = oldest(a);
    struct segment s;
    enum lf_code rc;
    uint64_t end;
    bool gap;

    if (i == a->nseg || (d->blocks && d->last + 1 != a->seg[i].first))
        return false;
    s = a->seg[i];
    end = end_of(a, i);
    gap = i > 0 || end != a->seg[i + 1].first;
    if (i > 0 && note_removed(a, s.first, end - 1, e) != LF_OK)
        return false;
    if (a->seal.stage != SEAL_OFF && a->seal.first == s.first)
        seal_stop(a);
    archive_forget(a, s.first);
    if (!s.sealed)
        times_forget(a, s.first);
    archive_path(path, a->dir, s.first, s.sealed ? ARCHIVE_BLOCK : ARCHIVE_JOURNAL);
    rc = a->disk->remove(a->disk->ctx, path, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return false;
    /* Removals become durable in their order: else a power cut could bring the older
     * of two back and leave a gap. */
    (void)!a->disk->sync_dir(a->disk->ctx, a->dir, NULL);
    a->bytes -= s.size;
    if (!d->blocks++)
        d->first = s.first;
    d->last = end - 1;
    d->bytes += s.size;
    if (s.looked && s.newest > d->to)
        d->to = s.newest;
    a->count.dropped_blocks++;
    a->count.dropped_events += end - s.first;
    if (i > 0)
        a->seg[i - 1].behind = end_of(a, i - 1);
    memmove(a->seg + i, a->seg + i + 1, (--a->nseg - i) * sizeof *a->seg);
    if (gap && i == 0)
        forget_removed(a);
    return true;
}

bool keep_too_large(struct lf_archive *a, uint64_t room)
{
    return a->bytes + room > a->o.keep && a->bytes + room - held_bytes(a) > a->o.keep;
}

void keep_room(struct lf_archive *a, uint64_t room)
{
    struct lf_err ignored;

    while (keep_too_large(a, room) && keep_drop(a, &ignored))
        ;
}

/* The newest record's time of a sealed block; read once. */
static bool newest_of(struct lf_archive *a, struct segment *s, lf_time *t)
{
    if (!s->looked && s->sealed)
        judge(a, s);
    *t = s->newest;
    return s->looked && s->newest != INT64_MAX;
}

/* One whose times are not known is as old as the one after it. */
bool keep_too_old(struct lf_archive *a, lf_time now)
{
    size_t first;
    lf_time t;

    if (!a->o.keep_time)
        return false;
    first = oldest(a);
    for (size_t i = first; i + 1 < a->nseg && i < first + 16; i++)
        if (newest_of(a, &a->seg[i], &t))
            return t < now - a->o.keep_time;
    return false;
}

/* ---- legal holds ---- */

void lf_archive_legal_holds(struct lf_archive *a, const struct lf_archive_legal_hold *h, size_t n)
{
    LF_ASSERT(n <= LF_ARCHIVE_LEGAL_HOLDS);
    lf_arena_reset(&a->legal_memory);
    a->legal = LF_NEW(&a->legal_memory, struct lf_archive_legal_hold, n + 1);
    for (size_t i = 0; i < n; i++) {
        a->legal[i] = h[i];
        a->legal[i].sender = lf_arena_copy(&a->legal_memory, h[i].sender);
    }
    a->nlegal = n;
    a->legal_turn += a->legal_turn == UINT32_MAX ? 2 : 1;
}

void lf_archive_legally_held(struct lf_archive *a, size_t i, size_t *blocks, uint64_t *bytes)
{
    *blocks = 0;
    *bytes = 0;
    for (size_t k = 0; i < a->nlegal && k < a->nseg; k++)
        if (a->seg[k].sealed && is_held(a, &a->seg[k]) && (a->seg[k].held_by >> i & 1)) {
            ++*blocks;
            *bytes += a->seg[k].size;
        }
}

void keep_clear(struct lf_archive *a)
{
    lf_arena_clear(&a->legal_memory);
}
