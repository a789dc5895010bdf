/* Walking: the frames of a file without a footer, and what comes behind a damaged stretch. */
#include <stdlib.h>

#include "store/archive_priv.h"

enum { WINDOW = 1 << 20, TRIES = 10000 };

/* A piece of the file in memory. */
struct window {
    const struct lf_disk *d;
    int file;
    uint64_t size, at;
    char *p;
    size_t len, cap;
};

/* n bytes from `at` on, which the file has; NULL when they cannot be read. */
static const char *look(struct window *w, uint64_t at, size_t n)
{
    size_t want = n > WINDOW ? n : WINDOW;

    if (at >= w->at && at - w->at <= w->len && w->len - (at - w->at) >= n)
        return w->p + (at - w->at);
    if (want > w->size - at)
        want = (size_t)(w->size - at);
    if (want > w->cap) {
        free(w->p);
        w->p = malloc(want);
        if (!w->p)
            LF_BUG("out of memory for %zu bytes", want);
        w->cap = want;
    }
    w->len = 0;
    w->at = at;
    if (!w->d->read(w->d->ctx, w->file, w->p, want, at))
        return NULL;
    w->len = want;
    return w->p;
}

/* The head of a whole frame at `at`. */
static bool whole(struct window *w, uint64_t at, struct frame_head *h)
{
    char head[PIECE_HEAD] = { 0 };
    const char *p;
    size_t n;

    if (at >= w->size || w->size - at < FRAME_HEAD)
        return false;
    n = w->size - at < sizeof head ? FRAME_HEAD : sizeof head;
    p = look(w, at, n);
    if (!p)
        return false;
    memcpy(head, p, n);
    if (!frame_head_read(head, h) || w->size - at < h->size || w->size - at - h->size < h->length)
        return false;
    p = look(w, at, (size_t)h->size + (size_t)h->length);
    return p && frame_sum_ok(p, h);
}

/* The next place from `at` on where a whole frame begins.  Bytes that only look like
 * a head are summed at most TRIES times: a file made for it could else cost a sum of
 * itself for each of its bytes. */
static bool find(struct window *w, uint64_t at, uint64_t least, unsigned *tries, uint64_t *found)
{
    struct frame_head h;

    while (at < w->size && w->size - at >= FRAME_HEAD && *tries) {
        size_t n = w->size - at < WINDOW ? (size_t)(w->size - at) : WINDOW;
        const char *p = look(w, at, n), *hit;

        if (!p) { /* a sector that cannot be read: behind it */
            at += 512;
            --*tries;
            continue;
        }
        hit = memmem(p, n, "LFA", 3);
        while (hit && n - (size_t)(hit - p) >= 4 && hit[3] != '2' && hit[3] != '3')
            hit = memmem(hit + 1, n - (size_t)(hit + 1 - p), "LFA", 3);
        if (!hit) {
            at += n < 4 ? n : n - 3;
            if (n < WINDOW)
                return false;
            continue;
        }
        at += (uint64_t)(hit - p);
        --*tries;
        if (whole(w, at, &h) && h.first >= least) {
            *found = at;
            return true;
        }
        at++;
    }
    return false;
}

bool frame_find(const struct lf_disk *d, int file, uint64_t at, uint64_t size, uint64_t least,
                uint64_t *found)
{
    struct window w = { .d = d, .file = file, .size = size };
    unsigned tries = TRIES;
    struct frame_head h;
    bool ok;

    /* A piece whose group lost its beginning cannot be read. */
    while ((ok = find(&w, at, least, &tries, found)) && whole(&w, *found, &h) && !frame_begins(&h))
        at = *found + 1;
    free(w.p);
    return ok;
}

static struct frame_place *another(struct frame_walk *w)
{
    if (w->n == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 256;
        w->frame = realloc(w->frame, w->cap * sizeof *w->frame);
        if (!w->frame)
            LF_BUG("out of memory for %zu frames", w->cap);
    }
    return &w->frame[w->n++];
}

void frame_walk(const struct lf_disk *d, int file, uint64_t size, uint64_t first, struct frame_walk *out)
{
    frame_walk_from(d, file, size, 0, first, out);
}

void frame_walk_from(const struct lf_disk *d, int file, uint64_t size, uint64_t at, uint64_t next,
                     struct frame_walk *out)
{
    struct window w = { .d = d, .file = file, .size = size };
    uint64_t group = 0, lost = 0;
    unsigned tries = TRIES;
    struct frame_head h;
    bool chained = false; /* what lies before is whole back to the group's beginning */

    *out = (struct frame_walk){ .next = next };
    while (at < size) {
        struct frame_place *f;

        if (!whole(&w, at, &h) || h.first < next) {
            uint64_t found;

            if (!find(&w, at + 1, next, &tries, &found))
                break;
            out->gaps++;
            at = found;
            chained = false;
            continue;
        }
        if (h.first > next) {
            if (!out->n || out->frame[out->n - 1].offset + out->frame[out->n - 1].length == at)
                out->gaps++; /* nothing is damaged, but positions are missing */
            chained = false;
        }
        f = another(out);
        *f = (struct frame_place){ .offset = at,
                                   .first = h.first,
                                   .length = h.size + h.length,
                                   .flags = h.flags,
                                   .count = h.count,
                                   .text = h.text,
                                   .state = h.version == 3 ? h.state : 0,
                                   .begins = frame_begins(&h) };
        if (f->begins)
            chained = true;
        else if (h.count && (!chained || h.before != group))
            f->lost = true;
        if (f->lost && !lost++ && !out->gaps)
            out->gaps++; /* whole, but of no group: as good as damaged */
        group = f->begins ? h.text : group + h.text;
        at += h.size + h.length;
        next = h.first + h.count;
        if (h.flags & FRAME_END) {
            out->committed = out->n;
            out->end = at;
            out->next = next;
        }
    }
    free(w.p);
}

void frame_walk_clear(struct frame_walk *w)
{
    free(w->frame);
    *w = (struct frame_walk){ 0 };
}
