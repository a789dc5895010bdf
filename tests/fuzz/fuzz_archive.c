/* Files of an event archive that a disk, or someone with it, has changed: read as far
 * as they are whole, sealed or left alone, and written on; never a crash, never a
 * record that was not asked for.  The first byte says what the rest is: a journal or a
 * block, and whether its sums are made right, so that what they protect is reached. */
#include "store/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/archive_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As search does. */
static void look(const char *dir)
{
    struct lf_archive_frame f = { 0 };
    struct lf_archive_reader *r;
    struct lf_err e = { 0 };

    LF_ASSERT(lf_archive_reader_open(dir, NULL, &r, &e) == LF_OK);
    for (size_t i = 0; i < lf_archive_blocks(r); i++) {
        const struct lf_archive_record *x;
        struct lf_archive_block *b;
        size_t n;

        if (lf_archive_block_open(r, i, &b, &e) != LF_OK) {
            LF_ASSERT(e.text[0]);
            continue;
        }
        (void)lf_archive_block_may(b, 12345);
        for (size_t k = 0; k < b->nframes; k++) {
            if (lf_archive_frame_read(b, k, &f, &e) != LF_OK ||
                lf_archive_frame_records(&f, &x, &n, &e) != LF_OK)
                continue;
            LF_ASSERT(n == b->frame[k].count && f.text.len >= n);
            for (size_t m = 0; m < n; m++) {
                LF_ASSERT(x[m].position >= b->first && x[m].position <= b->last);
                LF_ASSERT(x[m].bytes.ptr >= f.text.ptr &&
                          x[m].bytes.ptr + x[m].bytes.len < f.text.ptr + f.text.len);
            }
        }
        lf_archive_block_close(b);
    }
    lf_archive_reader_close(r);
    lf_archive_frame_clear(&f);
}

static void use(const char *dir)
{
    struct lf_archive_options o = { .keep = 1 << 20, .events = 3 };
    struct lf_archive_news news;
    struct lf_archive_record *r;
    struct lf_archive_stats st;
    struct lf_arena m = { 0 };
    struct lf_archive *a;
    struct lf_err e = { 0 };
    uint64_t at = 0, next;
    size_t n = 0, turns = 0;

    look(dir);
    if (lf_archive_open(dir, &o, &a, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return;
    }
    lf_archive_stats(a, &st);
    do {
        enum lf_code rc = lf_archive_read(a, &m, at, 1 << 20, &r, &n, &next, &e);

        for (size_t i = 0; rc == LF_OK && i < n; i++)
            LF_ASSERT(r[i].position >= at && r[i].position < st.next);
        if (rc == LF_OK && n > 0)
            LF_ASSERT(next > at);
        n = rc == LF_OK ? n : next > at ? 1 : 0;
        at = next;
        lf_arena_reset(&m);
    } while (n > 0 && ++turns < 1000);
    at = lf_archive_add(a, LF_SECOND, 1, LF_V("s"), LF_V("new"));
    LF_ASSERT(at == st.next && lf_archive_commit(a, &e) == LF_OK);
    LF_ASSERT(lf_archive_read(a, &m, at, 1 << 20, &r, &n, &next, &e) == LF_OK && n == 1);
    for (turns = 0; lf_archive_work(a, LF_SECOND, UINT64_MAX, &news) != LF_ARCHIVE_IDLE && turns < 1000;
         turns++)
        ;
    LF_ASSERT(turns < 1000);
    LF_ASSERT(lf_archive_read(a, &m, at, 1 << 20, &r, &n, &next, &e) == LF_OK && n == 1);
    lf_arena_clear(&m);
    lf_archive_close(a);
    look(dir);
}

static void empty(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    (void)rmdir(dir);
}

/* Sums of the frames that lie one behind the other, of the index and the trailer. */
static void make_right(char *p, size_t size)
{
    struct frame_head h;
    size_t at = 0;

    while (size - at >= PIECE_HEAD && frame_head_read(p + at, &h) && size - at - h.size >= h.length) {
        set64(p + at + h.size - 8, archive_sum((lf_view){ p + at + h.size, (size_t)h.length },
                                               archive_sum((lf_view){ p + at, h.size - 8 }, 0)));
        at += h.size + h.length;
    }
    if (size < BLOCK_TRAILER)
        return;
    char *t = p + size - BLOCK_TRAILER;
    uint64_t index = get64(t + 104), len = get32(t + 112);
    if (index <= size && len <= size - index)
        set64(t + 120, archive_sum((lf_view){ p + index, (size_t)len }, 0));
    set64(t + 128, archive_sum((lf_view){ t, BLOCK_TRAILER - 8 }, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char dir[] = "/dev/shm/lianfang-fuzz-XXXXXX", path[80];
    int fd;

    if (!size)
        return 0;
    if (!mkdtemp(dir))
        LF_BUG("no directory");
    snprintf(path, sizeof path, "%s/%020d.%s", dir, 1, data[0] & 1 ? "block" : "events");
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    char *bytes = malloc(size);
    if (!bytes)
        LF_BUG("no memory");
    memcpy(bytes, data + 1, size - 1);
    if (data[0] & 2)
        make_right(bytes, size - 1);
    if (fd < 0 || write(fd, bytes, size - 1) != (ssize_t)(size - 1))
        LF_BUG("no file");
    close(fd);
    free(bytes);
    use(dir);
    empty(dir);
    return 0;
}
