#include "store/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "sys/file.h"

/* A frame's head, big-endian:
 *   u32 magic, u32 packed length, u32 raw length, u32 records, u64 first position,
 *   u32 state length (the tail of the raw bytes), u32 zero,
 *   16 bytes: SHA-256 of the 32 before and of the packed bytes, cut.
 * Raw bytes: a record is u64 time, u8 format, u16 length, sender, u32 length,
 * bytes; behind the last record the state. */
enum { MAGIC = 0x4c464a31, HEAD = 48, SUMMED = 32, RECORD_HEAD = 15, PATH_SIZE = 4096 };
#define SUFFIX ".events"
#define RAW_MOST ((size_t)LF_JOURNAL_BATCH + LF_JOURNAL_RECORD + LF_JOURNAL_STATE + 65536)

struct segment {
    uint64_t first, size;
};

struct lf_journal {
    char *dir;
    uint64_t keep, segment_size;
    struct segment *seg;
    size_t nseg, cap;
    int fd;         /* of the last segment, -1 before there is one */
    uint64_t next;  /* position of the next record added */
    uint64_t kept;  /* position of the next record committed */
    uint64_t bytes; /* of all segments */
    uint64_t cut;
    struct lf_buf raw;    /* records that wait */
    uint32_t count;       /* of them */
    struct lf_buf packed; /* reused */
    struct lf_buf state;
    bool state_new;
    ZSTD_CCtx *cctx;
    /* Where the frame that begins with position `at_first` lies: reading on. */
    uint64_t at_first, at_offset;
    size_t at_seg;
};

struct head {
    uint32_t packed, raw, count, state;
    uint64_t first;
    uint8_t sum[16];
};

static uint32_t get32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static uint64_t get64(const char *p)
{
    return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static void path_of(const struct lf_journal *j, uint64_t first, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/%020" PRIu64 SUFFIX, j->dir, first);
}

static bool head_read(const char *p, struct head *h)
{
    if (get32(p) != MAGIC || get32(p + 28) != 0)
        return false;
    *h = (struct head){ .packed = get32(p + 4),
                        .raw = get32(p + 8),
                        .count = get32(p + 12),
                        .first = get64(p + 16),
                        .state = get32(p + 24) };
    memcpy(h->sum, p + SUMMED, sizeof h->sum);
    return h->raw <= RAW_MOST && h->state <= h->raw && h->packed <= ZSTD_COMPRESSBOUND(RAW_MOST);
}

static bool read_at(int fd, char *to, size_t n, uint64_t at)
{
    while (n) {
        ssize_t k = pread(fd, to, n, (off_t)at);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        to += k;
        n -= (size_t)k;
        at += (uint64_t)k;
    }
    return true;
}

/* Reads, checks and unpacks the frame at `at`; false when it is not whole. */
static bool frame_read(int fd, uint64_t at, uint64_t size, struct lf_arena *a, struct head *h, lf_view *raw)
{
    char *bytes, head[HEAD];
    uint8_t sum[LF_SHA256];
    size_t n;

    if (size - at < HEAD || !read_at(fd, head, HEAD, at) || !head_read(head, h) ||
        size - at - HEAD < h->packed)
        return false;
    /* Summed as it lies in the file: head without the sum, then the packed bytes. */
    bytes = lf_arena_alloc(a, SUMMED + (size_t)h->packed, 1);
    memcpy(bytes, head, SUMMED);
    if (!read_at(fd, bytes + SUMMED, h->packed, at + HEAD))
        return false;
    lf_sha256((lf_view){ bytes, SUMMED + (size_t)h->packed }, sum);
    if (memcmp(sum, h->sum, sizeof h->sum) != 0)
        return false;
    char *out = lf_arena_alloc(a, (size_t)h->raw + 1, 1);
    n = ZSTD_decompress(out, h->raw, bytes + SUMMED, h->packed);
    if (ZSTD_isError(n) || n != h->raw)
        return false;
    *raw = (lf_view){ out, n };
    return true;
}

static int cmp_segment(const void *x, const void *y)
{
    const struct segment *a = x, *b = y;

    return a->first < b->first ? -1 : a->first > b->first;
}

static void add_segment(struct lf_journal *j, uint64_t first, uint64_t size)
{
    if (j->nseg == j->cap) {
        size_t cap = j->cap ? j->cap * 2 : 32;
        struct segment *more = realloc(j->seg, cap * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu segments", cap);
        j->seg = more;
        j->cap = cap;
    }
    j->seg[j->nseg++] = (struct segment){ first, size };
    j->bytes += size;
}

static enum lf_code list_segments(struct lf_journal *j, struct lf_err *e)
{
    DIR *d = opendir(j->dir);
    struct dirent *entry;

    if (!d)
        return lf_err_set(e, LF_IO, "open directory %s: %s", j->dir, strerror(errno));
    while ((entry = readdir(d)) != NULL) {
        lf_view name = lf_view_of(entry->d_name);
        struct stat st;
        uint64_t first;

        if (name.len != 20 + strlen(SUFFIX) || !lf_view_ends(name, LF_V(SUFFIX)) ||
            !lf_view_u64(lf_view_first(name, 20), &first))
            continue;
        if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            add_segment(j, first, (uint64_t)st.st_size);
    }
    closedir(d);
    if (j->nseg)
        qsort(j->seg, j->nseg, sizeof *j->seg, cmp_segment);
    return LF_OK;
}

/* Walks a segment from its start: gives the end of what is whole, the position
 * behind it, and the newest state in it. */
static uint64_t walk(struct lf_journal *j, int fd, const struct segment *s, uint64_t *next)
{
    struct lf_arena a = { 0 };
    uint64_t at = 0;
    struct head h;
    lf_view raw;

    *next = s->first;
    while (frame_read(fd, at, s->size, &a, &h, &raw) && h.first == *next) {
        if (h.state) {
            lf_buf_reset(&j->state);
            lf_buf_put(&j->state, lf_view_from(raw, raw.len - h.state));
        }
        *next += h.count;
        at += HEAD + h.packed;
        lf_arena_reset(&a);
    }
    lf_arena_clear(&a);
    return at;
}

/* Finds the end of the last segment and the newest state, and cuts what is torn. */
static enum lf_code recover(struct lf_journal *j, struct lf_err *e)
{
    struct segment *s = &j->seg[j->nseg - 1];
    char path[PATH_SIZE];
    uint64_t at, ignored;

    path_of(j, s->first, path);
    j->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (j->fd < 0)
        return lf_err_set(e, LF_IO, "open %s: %s", path, strerror(errno));
    at = walk(j, j->fd, s, &j->next);
    j->kept = j->next;
    if (at != s->size) {
        j->cut = s->size - at;
        if (ftruncate(j->fd, (off_t)at) != 0 || fdatasync(j->fd) != 0)
            return lf_err_set(e, LF_IO, "cut the torn tail of %s: %s", path, strerror(errno));
        j->bytes -= j->cut;
        s->size = at;
    }
    if (at == 0 && j->nseg > 1) {
        /* Stopped between making a segment and its first frame: the state is in
         * the one before. */
        int fd;

        path_of(j, s[-1].first, path);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
            return lf_err_set(e, LF_IO, "open %s: %s", path, strerror(errno));
        (void)walk(j, fd, s - 1, &ignored);
        close(fd);
    }
    return LF_OK;
}

enum lf_code lf_journal_open(const char *dir, uint64_t keep, struct lf_journal **out, struct lf_err *e)
{
    struct lf_journal *j = calloc(1, sizeof *j);
    enum lf_code rc;

    if (!j)
        LF_BUG("out of memory for a journal");
    j->fd = -1;
    j->next = j->kept = 1;
    j->keep = keep < 1 << 20 ? 1 << 20 : keep;
    j->segment_size = j->keep / 16 < 64 << 20 ? j->keep / 16 : 64 << 20;
    j->dir = strdup(dir);
    j->cctx = ZSTD_createCCtx();
    if (!j->dir || !j->cctx)
        LF_BUG("out of memory for a journal");
    lf_buf_init(&j->raw, RAW_MOST);
    lf_buf_init(&j->packed, ZSTD_COMPRESSBOUND(RAW_MOST) + HEAD);
    lf_buf_init(&j->state, LF_JOURNAL_STATE);
    rc = lf_file_exists(dir) ? LF_OK : lf_file_make_dir(dir, e);
    if (rc == LF_OK)
        rc = list_segments(j, e);
    if (rc == LF_OK && j->nseg)
        rc = recover(j, e);
    if (rc != LF_OK) {
        lf_journal_close(j);
        return lf_err_at(e, "event journal");
    }
    *out = j;
    return LF_OK;
}

void lf_journal_close(struct lf_journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0)
        close(j->fd);
    ZSTD_freeCCtx(j->cctx);
    lf_buf_clear(&j->raw);
    lf_buf_clear(&j->packed);
    lf_buf_clear(&j->state);
    free(j->seg);
    free(j->dir);
    free(j);
}

uint64_t lf_journal_add(struct lf_journal *j, lf_time recorded, unsigned format, lf_view sender,
                        lf_view bytes)
{
    LF_ASSERT(bytes.len <= LF_JOURNAL_RECORD && format <= 255);
    LF_ASSERT(j->raw.len <= LF_JOURNAL_BATCH);
    sender = lf_view_first(sender, LF_JOURNAL_SENDER);
    lf_buf_u64(&j->raw, (uint64_t)recorded);
    lf_buf_byte(&j->raw, (char)format);
    lf_buf_u16(&j->raw, (uint16_t)sender.len);
    lf_buf_put(&j->raw, sender);
    lf_buf_u32(&j->raw, (uint32_t)bytes.len);
    lf_buf_put(&j->raw, bytes);
    LF_ASSERT(!j->raw.over);
    j->count++;
    return j->next++;
}

size_t lf_journal_pending(const struct lf_journal *j)
{
    return j->raw.len;
}

void lf_journal_set_state(struct lf_journal *j, lf_view state)
{
    LF_ASSERT(state.len <= LF_JOURNAL_STATE);
    if (lf_view_eq(state, lf_buf_view(&j->state)))
        return;
    lf_buf_reset(&j->state);
    lf_buf_put(&j->state, state);
    j->state_new = true;
}

lf_view lf_journal_state(const struct lf_journal *j)
{
    return lf_buf_view(&j->state);
}

/* A new last segment, its name durable before anything is in it. */
static enum lf_code roll(struct lf_journal *j, struct lf_err *e)
{
    char path[PATH_SIZE];
    enum lf_code rc;
    int fd;

    path_of(j, j->kept, path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return lf_err_set(e, errno == ENOSPC ? LF_FULL : LF_IO, "create %s: %s", path, strerror(errno));
    rc = lf_file_sync_dir(j->dir, e);
    if (rc != LF_OK) {
        unlink(path);
        close(fd);
        return rc;
    }
    if (j->fd >= 0)
        close(j->fd);
    j->fd = fd;
    add_segment(j, j->kept, 0);
    /* Oldest first; the one being written stays. */
    while (j->nseg > 1 && j->bytes + j->segment_size > j->keep) {
        path_of(j, j->seg[0].first, path);
        if (unlink(path) != 0 && errno != ENOENT)
            break;
        j->bytes -= j->seg[0].size;
        memmove(j->seg, j->seg + 1, --j->nseg * sizeof *j->seg);
        j->at_first = 0;
    }
    return LF_OK;
}

static void pack(struct lf_journal *j, bool with_state)
{
    size_t records = j->raw.len, n;
    uint8_t sum[LF_SHA256];
    char *p;

    if (with_state)
        lf_buf_put(&j->raw, lf_buf_view(&j->state));
    lf_buf_reset(&j->packed);
    p = lf_buf_space(&j->packed, HEAD + ZSTD_compressBound(j->raw.len));
    LF_ASSERT(p && !j->raw.over);
    n = ZSTD_compressCCtx(j->cctx, p + HEAD, ZSTD_compressBound(j->raw.len), lf_buf_view(&j->raw).ptr,
                          j->raw.len, 1);
    if (ZSTD_isError(n))
        LF_BUG("zstd: %s", ZSTD_getErrorName(n));
    j->packed.len = 0;
    lf_buf_u32(&j->packed, MAGIC);
    lf_buf_u32(&j->packed, (uint32_t)n);
    lf_buf_u32(&j->packed, (uint32_t)j->raw.len);
    lf_buf_u32(&j->packed, j->count);
    lf_buf_u64(&j->packed, j->kept);
    lf_buf_u32(&j->packed, with_state ? (uint32_t)j->state.len : 0);
    lf_buf_u32(&j->packed, 0);
    /* The sum runs over head and packed bytes, which are not yet neighbours. */
    memmove(p + SUMMED, p + HEAD, n);
    lf_sha256((lf_view){ p, SUMMED + n }, sum);
    memmove(p + HEAD, p + SUMMED, n);
    memcpy(p + SUMMED, sum, HEAD - SUMMED);
    j->packed.len = HEAD + n;
    j->raw.len = records;
}

enum lf_code lf_journal_commit(struct lf_journal *j, struct lf_err *e)
{
    bool fresh = false;

    if (!j->count && !j->state_new)
        return LF_OK;
    if (j->fd < 0 || (j->seg[j->nseg - 1].size >= j->segment_size && j->kept > j->seg[j->nseg - 1].first)) {
        enum lf_code rc = roll(j, e);
        if (rc != LF_OK)
            return lf_err_at(e, "event journal");
        fresh = true;
    }
    /* Every segment has the state, so that the last one always tells it. */
    if (j->seg[j->nseg - 1].size == 0)
        fresh = true;
    pack(j, (j->state_new || fresh) && j->state.len > 0);
    if (lf_file_append(j->fd, lf_buf_view(&j->packed), e) != LF_OK)
        return lf_err_at(e, "event journal in %s", j->dir);
    j->seg[j->nseg - 1].size += j->packed.len;
    j->bytes += j->packed.len;
    j->kept = j->next;
    j->count = 0;
    j->state_new = false;
    lf_buf_reset(&j->raw);
    if (j->raw.cap > 4 << 20)
        lf_buf_clear(&j->raw); /* one large batch must not stay in memory for ever */
    if (j->packed.cap > 4 << 20)
        lf_buf_clear(&j->packed);
    return LF_OK;
}

/* The records of a frame from position `from` on, added to out. */
static bool unpack(struct lf_arena *a, const struct head *h, lf_view raw, uint64_t from,
                   struct lf_journal_record **out, size_t *n)
{
    struct lf_journal_record *r;
    const char *p = raw.ptr, *end = raw.ptr + (raw.len - h->state);
    size_t have = *n, add = from > h->first ? (size_t)(h->count - (from - h->first)) : h->count;

    if ((size_t)(end - p) / RECORD_HEAD < h->count)
        return false;
    r = LF_NEW(a, struct lf_journal_record, have + add);
    if (have)
        memcpy(r, *out, have * sizeof *r);
    for (uint32_t i = 0; i < h->count; i++) {
        struct lf_journal_record one = { .position = h->first + i };
        size_t k;

        if (end - p < RECORD_HEAD)
            return false;
        one.recorded = (lf_time)get64(p);
        one.format = (unsigned char)p[8];
        k = (size_t)(unsigned char)p[9] << 8 | (unsigned char)p[10];
        p += 11;
        if ((size_t)(end - p) < k + 4)
            return false;
        one.sender = (lf_view){ p, k };
        p += k;
        k = get32(p);
        p += 4;
        if ((size_t)(end - p) < k)
            return false;
        one.bytes = (lf_view){ p, k };
        p += k;
        if (one.position >= from)
            r[have++] = one;
    }
    *out = r;
    *n = have;
    return true;
}

enum lf_code lf_journal_read(struct lf_journal *j, struct lf_arena *a, uint64_t from, size_t most,
                             struct lf_journal_record **out, size_t *n, uint64_t *next, struct lf_err *e)
{
    size_t s = 0, got = 0, bytes = 0;
    struct lf_journal_record *r = NULL;
    uint64_t first, at = 0;
    char path[PATH_SIZE];
    enum lf_code rc = LF_OK;
    int fd;

    if (next)
        *next = j->kept;
    if (j->nseg && from < j->seg[0].first)
        from = j->seg[0].first;
    if (!j->nseg || from >= j->kept) {
        *out = NULL;
        *n = 0;
        return LF_OK;
    }
    while (s + 1 < j->nseg && j->seg[s + 1].first <= from)
        s++;
    first = j->seg[s].first;
    if (j->at_first && j->at_seg == s && j->at_first <= from && j->at_first >= first &&
        j->at_offset <= j->seg[s].size) {
        first = j->at_first;
        at = j->at_offset;
    }
    if (next && s + 1 < j->nseg)
        *next = j->seg[s + 1].first;

    path_of(j, j->seg[s].first, path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return lf_err_set(e, LF_IO, "open %s: %s", path, strerror(errno));
    while (at < j->seg[s].size && bytes < most) {
        char head[HEAD];
        struct head h;
        lf_view raw;

        if (!read_at(fd, head, HEAD, at) || !head_read(head, &h) || h.first != first) {
            rc = lf_err_set(e, LF_IO, "%s is damaged at byte %" PRIu64, path, at);
            break;
        }
        if (h.first + h.count > from) {
            if (!frame_read(fd, at, j->seg[s].size, a, &h, &raw) || !unpack(a, &h, raw, from, &r, &got)) {
                rc = lf_err_set(e, LF_IO, "%s is damaged at byte %" PRIu64, path, at);
                break;
            }
            bytes += raw.len;
        }
        at += HEAD + h.packed;
        first += h.count;
    }
    close(fd);
    if (rc != LF_OK && got == 0)
        return rc;
    j->at_first = first;
    j->at_offset = at;
    j->at_seg = s;
    *out = r;
    *n = got;
    if (next && got)
        *next = r[got - 1].position + 1;
    return LF_OK;
}

void lf_journal_stats(const struct lf_journal *j, struct lf_journal_stats *out)
{
    *out = (struct lf_journal_stats){
        .first = j->nseg ? j->seg[0].first : j->next,
        .next = j->next,
        .bytes = j->bytes,
        .segments = j->nseg,
        .cut = j->cut,
    };
}
