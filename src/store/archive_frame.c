/* Frames: packing, unpacking, and finding them in a file.
 *
 * Meta, all in LEB128 numbers: the number of senders, and of each its length and
 * bytes; the length of each record; runs of (sender, how many); runs of (format,
 * how many); the difference of each recorded time to the one before (zigzag, the
 * first to 0); with FRAME_HAPPENED the same of the records' own times. */
#include <stdlib.h>

#include "base/crypto.h"
#include "store/archive_priv.h"

enum { MAGIC_OLD = 0x4c464a31, MAGIC = 0x4c464132, OLD_SUMMED = 32, OLD_RECORD = 15, SENDERS_MOST = 1 << 20 };

/* ---- the sum ---- */

#define P1 0x9e3779b185ebca87u
#define P2 0xc2b2ae3d27d4eb4fu
#define P3 0x165667b19e3779f9u
#define P4 0x85ebca77c2b2ae63u
#define P5 0x27d4eb2f165667c5u

static uint64_t rotl(uint64_t v, int n)
{
    return v << n | v >> (64 - n);
}

static uint64_t le64(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static uint64_t sum_round(uint64_t acc, uint64_t v)
{
    return rotl(acc + v * P2, 31) * P1;
}

uint64_t archive_sum(lf_view v, uint64_t seed)
{
    const char *p = v.ptr;
    size_t n = v.len;
    uint64_t h;

    if (n >= 32) {
        uint64_t a[4] = { seed + P1 + P2, seed + P2, seed, seed - P1 };

        for (; n >= 32; n -= 32, p += 32)
            for (int i = 0; i < 4; i++)
                a[i] = sum_round(a[i], le64(p + 8 * i));
        h = rotl(a[0], 1) + rotl(a[1], 7) + rotl(a[2], 12) + rotl(a[3], 18);
        for (int i = 0; i < 4; i++)
            h = (h ^ sum_round(0, a[i])) * P1 + P4;
    } else {
        h = seed + P5;
    }
    h += v.len;
    for (; n >= 8; n -= 8, p += 8)
        h = rotl(h ^ sum_round(0, le64(p)), 27) * P1 + P4;
    if (n >= 4) {
        uint64_t w = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[1] << 8 |
                     (uint64_t)(unsigned char)p[2] << 16 | (uint64_t)(unsigned char)p[3] << 24;
        h = rotl(h ^ w * P1, 23) * P2 + P3;
        n -= 4;
        p += 4;
    }
    for (; n; n--, p++)
        h = rotl(h ^ (unsigned char)*p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

/* ---- reading ---- */

bool frame_head_read(const char *p, struct frame_head *h)
{
    if (get32(p) == MAGIC) {
        *h = (struct frame_head){ .version = 2,
                                  .size = FRAME_HEAD,
                                  .flags = get32(p + 4),
                                  .packed = get32(p + 8),
                                  .raw = get32(p + 12),
                                  .text = get32(p + 16),
                                  .state = get32(p + 20),
                                  .count = get32(p + 24),
                                  .first = get64(p + 28) };
        if ((h->flags & ~(uint32_t)FRAME_FLAGS) || h->text > h->raw || h->state > h->raw - h->text)
            return false;
    } else if (get32(p) == MAGIC_OLD && get32(p + 28) == 0) {
        *h = (struct frame_head){ .version = 1,
                                  .size = FRAME_OLD_HEAD,
                                  .flags = FRAME_END,
                                  .packed = get32(p + 4),
                                  .raw = get32(p + 8),
                                  .count = get32(p + 12),
                                  .first = get64(p + 16),
                                  .state = get32(p + 24) };
        h->text = h->raw;
    } else {
        return false;
    }
    /* A record takes at least a byte; so the counts below bound what is allocated. */
    return h->raw <= FRAME_RAW_MOST && h->state <= h->raw && h->count <= h->raw &&
           h->packed <= ZSTD_COMPRESSBOUND(FRAME_RAW_MOST) && h->first < POSITION_END;
}

bool frame_sum_ok(const char *p, const struct frame_head *h)
{
    uint8_t sum[LF_SHA256];
    char *joined;
    bool ok;

    if (h->version == 2)
        return archive_sum((lf_view){ p + FRAME_HEAD, h->packed },
                           archive_sum((lf_view){ p, FRAME_HEAD - 8 }, 0)) == get64(p + FRAME_HEAD - 8);
    /* The first release summed the head's front and the packed bytes as neighbours. */
    joined = malloc(OLD_SUMMED + (size_t)h->packed);
    if (!joined)
        LF_BUG("out of memory for a frame");
    memcpy(joined, p, OLD_SUMMED);
    memcpy(joined + OLD_SUMMED, p + FRAME_OLD_HEAD, h->packed);
    lf_sha256((lf_view){ joined, OLD_SUMMED + (size_t)h->packed }, sum);
    ok = memcmp(sum, p + OLD_SUMMED, FRAME_OLD_HEAD - OLD_SUMMED) == 0;
    free(joined);
    return ok;
}

static struct lf_archive_record *records(struct lf_archive_frame *f, size_t n)
{
    if (n > f->cap) {
        struct lf_archive_record *more = realloc(f->record, n * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu records", n);
        f->record = more;
        f->cap = n;
    }
    return f->record;
}

/* Records of the first release: u64 time, u8 format, u16 length, sender, u32 length,
 * bytes.  The text is made of them behind the raw bytes. */
static bool old_records(struct lf_archive_frame *f, size_t raw_len, size_t state)
{
    size_t left = raw_len - state, at = 0, n = 0, text = 0;
    struct lf_archive_record *r;
    char *to;

    if (left / OLD_RECORD < f->count)
        return false;
    r = records(f, f->count);
    for (; n < f->count; n++) {
        const char *p = f->raw.ptr + at;
        size_t k, len;

        if (left - at < OLD_RECORD)
            return false;
        k = (size_t)(unsigned char)p[9] << 8 | (unsigned char)p[10];
        if (left - at - OLD_RECORD < k)
            return false;
        len = get32(p + 11 + k);
        if (left - at - OLD_RECORD - k < len)
            return false;
        r[n] = (struct lf_archive_record){ .position = f->first + n,
                                           .recorded = (lf_time)get64(p),
                                           .happened = LF_ARCHIVE_NO_TIME,
                                           .format = (unsigned char)p[8],
                                           .sender = { p + 11, k },
                                           .bytes = { p + 15 + k, len } };
        at += OLD_RECORD + k + len;
        text += len + 1;
    }
    to = lf_buf_space(&f->packed, text + LF_TOKEN_PAD);
    LF_ASSERT(to);
    f->text = (lf_view){ to, text };
    for (n = 0; n < f->count; n++) {
        memcpy(to, r[n].bytes.ptr, r[n].bytes.len);
        r[n].bytes.ptr = to;
        to += r[n].bytes.len;
        *to++ = '\n';
    }
    memset(to, 0, LF_TOKEN_PAD);
    f->parsed = true;
    return true;
}

static void frame_init(struct lf_archive_frame *f)
{
    f->packed.max = ZSTD_COMPRESSBOUND(FRAME_RAW_MOST) + FRAME_OLD_HEAD + FRAME_RAW_MOST + LF_TOKEN_PAD;
    f->raw.max = FRAME_RAW_MOST + LF_TOKEN_PAD;
    f->packed.over = f->raw.over = false;
    lf_buf_reset(&f->raw);
    f->text = f->meta = (lf_view){ 0 };
    f->count = 0;
    f->parsed = false;
}

bool frame_unpack(const char *p, const struct frame_head *h, struct lf_archive_frame *f, lf_view *state)
{
    size_t n;
    char *raw;

    f->raw.max = FRAME_RAW_MOST + LF_TOKEN_PAD;
    lf_buf_reset(&f->raw);
    raw = lf_buf_space(&f->raw, (size_t)h->raw + LF_TOKEN_PAD);
    LF_ASSERT(raw);
    n = ZSTD_decompress(raw, h->raw, p + h->size, h->packed);
    if (ZSTD_isError(n) || n != h->raw)
        return false;
    memset(raw + n, 0, LF_TOKEN_PAD);
    f->first = h->first;
    f->count = h->count;
    f->version = h->version;
    f->happened = h->flags & FRAME_HAPPENED;
    f->parsed = false;
    *state = (lf_view){ raw + h->raw - h->state, h->state };
    if (h->version == 1) {
        lf_buf_reset(&f->packed); /* what was packed is no more needed: the text is made there */
        if (!old_records(f, h->raw, h->state)) {
            f->count = 0;
            return false;
        }
        return true;
    }
    f->text = (lf_view){ raw, h->text };
    f->meta = (lf_view){ raw + h->text, h->raw - h->text - h->state };
    return true;
}

bool frame_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h,
                struct lf_archive_frame *f, lf_view *state)
{
    char head[FRAME_OLD_HEAD], *p;
    size_t have, more;

    frame_init(f);
    lf_buf_reset(&f->packed);
    if (at > size || size - at < FRAME_HEAD)
        return false;
    have = size - at < sizeof head ? FRAME_HEAD : sizeof head;
    memset(head, 0, sizeof head);
    if (!d->read(d->ctx, file, head, have, at) || !frame_head_read(head, h) || size - at < h->size ||
        size - at - h->size < h->packed)
        return false;
    p = lf_buf_space(&f->packed, (size_t)h->size + h->packed);
    LF_ASSERT(p);
    if (have > h->size + h->packed)
        have = h->size + h->packed;
    memcpy(p, head, have);
    more = h->size + h->packed - have;
    return (!more || d->read(d->ctx, file, p + have, more, at + have)) && frame_sum_ok(p, h) &&
           frame_unpack(p, h, f, state);
}

static bool number(lf_view *in, uint64_t *out)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < in->len && i < 10; i++) {
        unsigned char c = (unsigned char)in->ptr[i];

        if (i == 9 && c > 1)
            return false;
        v |= (uint64_t)(c & 127) << (7 * i);
        if (c < 128) {
            *out = v;
            *in = (lf_view){ in->ptr + i + 1, in->len - i - 1 };
            return true;
        }
    }
    return false;
}

/* Differences wrap: whatever is written comes back, and what is hostile is a time. */
static bool time_column(lf_view *in, struct lf_archive_frame *f, bool happened)
{
    uint64_t t = 0, v;

    for (size_t i = 0; i < f->count; i++) {
        if (!number(in, &v))
            return false;
        t += v >> 1 ^ (0 - (v & 1));
        if (happened)
            f->record[i].happened = (lf_time)t;
        else
            f->record[i].recorded = (lf_time)t;
    }
    return true;
}

static bool parse_meta(struct lf_archive_frame *f)
{
    lf_view in = f->meta, text = f->text, *sender;
    uint64_t n, v, run;
    bool ok = true;

    if (!number(&in, &n) || n > SENDERS_MOST || n > in.len)
        return false;
    sender = calloc(n ? (size_t)n : 1, sizeof *sender);
    if (!sender)
        LF_BUG("out of memory for %llu senders", (unsigned long long)n);
    for (uint64_t i = 0; ok && i < n; i++) {
        ok = number(&in, &v) && v <= in.len;
        if (ok) {
            sender[i] = lf_view_first(in, (size_t)v);
            in = lf_view_from(in, (size_t)v);
        }
    }
    ok = ok && f->count <= in.len && f->count <= text.len;
    struct lf_archive_record *r = ok ? records(f, f->count) : NULL;
    for (size_t i = 0; ok && i < f->count; i++) {
        ok = number(&in, &v) && v < text.len;
        if (!ok)
            break;
        r[i] = (struct lf_archive_record){ .position = f->first + i,
                                           .happened = LF_ARCHIVE_NO_TIME,
                                           .bytes = lf_view_first(text, (size_t)v) };
        text = (lf_view){ text.ptr + v + 1, text.len - (size_t)v - 1 };
    }
    for (size_t i = 0; ok && i < f->count; i += (size_t)run) {
        ok = number(&in, &v) && v < n && number(&in, &run) && run && run <= f->count - i;
        for (size_t k = i; ok && k < i + run; k++)
            r[k].sender = sender[v];
    }
    for (size_t i = 0; ok && i < f->count; i += (size_t)run) {
        ok = number(&in, &v) && v <= 255 && number(&in, &run) && run && run <= f->count - i;
        for (size_t k = i; ok && k < i + run; k++)
            r[k].format = (unsigned)v;
    }
    free(sender);
    return ok && time_column(&in, f, false) && (!f->happened || time_column(&in, f, true));
}

enum lf_code lf_archive_frame_records(struct lf_archive_frame *f, const struct lf_archive_record **out,
                                      size_t *n, struct lf_err *e)
{
    if (!f->parsed && f->count && !parse_meta(f))
        return lf_err_set(e, LF_IO, "archive: the frame of position %llu is whole but makes no sense",
                          (unsigned long long)f->first);
    f->parsed = true;
    *out = f->record;
    *n = f->count;
    return LF_OK;
}

void lf_archive_frame_clear(struct lf_archive_frame *f)
{
    lf_buf_clear(&f->raw);
    lf_buf_clear(&f->packed);
    free(f->record);
    *f = (struct lf_archive_frame){ 0 };
}

/* ---- building ---- */

void frame_build_init(struct frame_build *b)
{
    *b = (struct frame_build){ 0 };
    lf_buf_init(&b->text, FRAME_RAW_MOST);
    lf_buf_init(&b->meta, FRAME_RAW_MOST);
    lf_buf_init(&b->names, FRAME_RAW_MOST);
    frame_build_reset(b);
}

void frame_build_clear(struct frame_build *b)
{
    lf_buf_clear(&b->text);
    lf_buf_clear(&b->meta);
    lf_buf_clear(&b->names);
    free(b->record);
    free(b->sender);
    free(b->slot);
    *b = (struct frame_build){ 0 };
}

void frame_build_reset(struct frame_build *b)
{
    lf_buf_reset(&b->text);
    lf_buf_reset(&b->meta);
    lf_buf_reset(&b->names);
    if (b->text.cap > 2 << 20) /* one large record must not stay in memory for ever */
        lf_buf_clear(&b->text);
    b->n = 0;
    b->flags = 0;
    b->timed = false;
    if (b->nsenders)
        memset(b->slot, 0, b->slots * sizeof *b->slot);
    b->nsenders = 0;
    b->last = 0;
    b->times = (struct lf_archive_times){ INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN };
}

static void *grown(void *p, size_t *cap, size_t size)
{
    *cap = *cap ? *cap * 2 : 256;
    p = realloc(p, *cap * size);
    if (!p)
        LF_BUG("out of memory for %zu records", *cap);
    return p;
}

static lf_view sender_name(const struct frame_build *b, uint32_t i)
{
    return (lf_view){ b->names.ptr ? b->names.ptr + b->sender[i].at : "", b->sender[i].len };
}

static void place_sender(struct frame_build *b, uint32_t i)
{
    size_t at = (size_t)archive_sum(sender_name(b, i), 0) & (b->slots - 1);

    while (b->slot[at])
        at = (at + 1) & (b->slots - 1);
    b->slot[at] = i + 1;
}

static uint32_t sender_of(struct frame_build *b, lf_view name)
{
    size_t at;

    if (b->nsenders && lf_view_eq(sender_name(b, b->last), name))
        return b->last;
    if (b->nsenders >= b->slots / 2) {
        free(b->slot);
        b->slots = b->slots ? b->slots * 2 : 64;
        b->slot = calloc(b->slots, sizeof *b->slot);
        if (!b->slot)
            LF_BUG("out of memory for %zu senders", b->slots);
        for (uint32_t i = 0; i < b->nsenders; i++)
            place_sender(b, i);
    }
    for (at = (size_t)archive_sum(name, 0) & (b->slots - 1); b->slot[at]; at = (at + 1) & (b->slots - 1))
        if (lf_view_eq(sender_name(b, b->slot[at] - 1), name))
            return b->slot[at] - 1;
    if (b->nsenders == b->sender_cap)
        b->sender = grown(b->sender, &b->sender_cap, sizeof *b->sender);
    b->sender[b->nsenders] = (struct frame_sender){ (uint32_t)b->names.len, (uint32_t)name.len };
    lf_buf_put(&b->names, name);
    b->slot[at] = (uint32_t)++b->nsenders;
    return (uint32_t)b->nsenders - 1;
}

void frame_build_add(struct frame_build *b, const struct lf_archive_record *r)
{
    if (b->n == b->cap)
        b->record = grown(b->record, &b->cap, sizeof *b->record);
    if (!b->n)
        b->first = r->position;
    b->last = sender_of(b, r->sender);
    b->record[b->n++] = (struct frame_record){ .len = (uint32_t)r->bytes.len,
                                               .sender = b->last,
                                               .recorded = r->recorded,
                                               .happened = r->happened,
                                               .format = (uint8_t)r->format };
    lf_buf_put(&b->text, r->bytes);
    lf_buf_byte(&b->text, '\n');
    LF_ASSERT(!b->text.over && !b->names.over);
    if (r->recorded < b->times.recorded_min)
        b->times.recorded_min = r->recorded;
    if (r->recorded > b->times.recorded_max)
        b->times.recorded_max = r->recorded;
    if (r->happened == LF_ARCHIVE_NO_TIME) { /* then nothing is known of the frame */
        b->times.happened_min = INT64_MIN;
        b->times.happened_max = INT64_MAX;
        return;
    }
    b->timed = true;
    if (r->happened < b->times.happened_min)
        b->times.happened_min = r->happened;
    if (r->happened > b->times.happened_max)
        b->times.happened_max = r->happened;
}

static void put_number(struct lf_buf *b, uint64_t v)
{
    char raw[10];
    size_t n = 0;

    for (; v > 127; v >>= 7)
        raw[n++] = (char)(v | 128);
    raw[n++] = (char)v;
    lf_buf_put(b, (lf_view){ raw, n });
}

static void put_difference(struct lf_buf *b, uint64_t now, uint64_t before)
{
    uint64_t d = now - before;

    put_number(b, d << 1 ^ (0 - (d >> 63)));
}

static void write_meta(struct frame_build *b, bool happened)
{
    size_t run;

    lf_buf_reset(&b->meta);
    put_number(&b->meta, b->nsenders);
    for (uint32_t i = 0; i < b->nsenders; i++) {
        put_number(&b->meta, b->sender[i].len);
        lf_buf_put(&b->meta, sender_name(b, i));
    }
    for (size_t i = 0; i < b->n; i++)
        put_number(&b->meta, b->record[i].len);
    for (size_t i = 0; i < b->n; i += run) {
        for (run = 1; i + run < b->n && b->record[i + run].sender == b->record[i].sender;)
            run++;
        put_number(&b->meta, b->record[i].sender);
        put_number(&b->meta, run);
    }
    for (size_t i = 0; i < b->n; i += run) {
        for (run = 1; i + run < b->n && b->record[i + run].format == b->record[i].format;)
            run++;
        put_number(&b->meta, b->record[i].format);
        put_number(&b->meta, run);
    }
    for (size_t i = 0; i < b->n; i++)
        put_difference(&b->meta, (uint64_t)b->record[i].recorded,
                       i ? (uint64_t)b->record[i - 1].recorded : 0);
    for (size_t i = 0; happened && i < b->n; i++)
        put_difference(&b->meta, (uint64_t)b->record[i].happened,
                       i ? (uint64_t)b->record[i - 1].happened : 0);
}

void frame_build_pack(struct frame_build *b, ZSTD_CCtx *z, lf_view state, uint32_t flags, struct lf_buf *out)
{
    bool happened = flags & FRAME_HAPPENED;
    size_t text = b->text.len, raw, n;
    char *p;

    write_meta(b, happened);
    lf_buf_put(&b->text, lf_buf_view(&b->meta));
    lf_buf_put(&b->text, state);
    LF_ASSERT(!b->meta.over && !b->text.over);
    raw = b->text.len;
    p = lf_buf_space(out, FRAME_HEAD + ZSTD_compressBound(raw));
    LF_ASSERT(p);
    n = ZSTD_compress2(z, p + FRAME_HEAD, ZSTD_compressBound(raw), lf_buf_view(&b->text).ptr, raw);
    if (ZSTD_isError(n))
        LF_BUG("zstd: %s", ZSTD_getErrorName(n));
    set32(p, MAGIC);
    set32(p + 4, flags | b->flags);
    set32(p + 8, (uint32_t)n);
    set32(p + 12, (uint32_t)raw);
    set32(p + 16, (uint32_t)text);
    set32(p + 20, (uint32_t)state.len);
    set32(p + 24, (uint32_t)b->n);
    set64(p + 28, b->first);
    set64(p + 36,
          archive_sum((lf_view){ p + FRAME_HEAD, n }, archive_sum((lf_view){ p, FRAME_HEAD - 8 }, 0)));
    out->len -= ZSTD_compressBound(raw) - n;
    b->text.len = text; /* it may be packed again, when the commit failed */
}

/* ---- walking ---- */

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
    char head[FRAME_OLD_HEAD] = { 0 };
    const char *p;
    size_t n;

    if (at >= w->size || w->size - at < FRAME_HEAD)
        return false;
    n = w->size - at < sizeof head ? FRAME_HEAD : sizeof head;
    p = look(w, at, n);
    if (!p)
        return false;
    memcpy(head, p, n);
    if (!frame_head_read(head, h) || w->size - at < h->size || w->size - at - h->size < h->packed)
        return false;
    p = look(w, at, (size_t)h->size + h->packed);
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
        hit = memmem(p, n, "LF", 2);
        while (hit && n - (size_t)(hit - p) >= 4 && memcmp(hit, "LFA2", 4) != 0 &&
               memcmp(hit, "LFJ1", 4) != 0)
            hit = memmem(hit + 1, n - (size_t)(hit + 1 - p), "LF", 2);
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
    bool ok = find(&w, at, least, &tries, found);

    free(w.p);
    return ok;
}

void frame_walk(const struct lf_disk *d, int file, uint64_t size, uint64_t first, struct frame_walk *out)
{
    struct window w = { .d = d, .file = file, .size = size };
    uint64_t at = 0, next = first;
    unsigned tries = TRIES;
    struct frame_head h;

    *out = (struct frame_walk){ .next = first };
    while (at < size) {
        if (!whole(&w, at, &h) || h.first < next) {
            uint64_t found;

            if (!find(&w, at + 1, next, &tries, &found))
                break;
            out->gaps++;
            at = found;
            continue;
        }
        if (h.first > next &&
            (!out->n || out->frame[out->n - 1].offset + out->frame[out->n - 1].length == at))
            out->gaps++; /* nothing is damaged, but positions are missing */
        if (out->n == out->cap)
            out->frame = grown(out->frame, &out->cap, sizeof *out->frame);
        out->frame[out->n++] = (struct frame_place){ .offset = at,
                                                     .first = h.first,
                                                     .length = h.size + h.packed,
                                                     .flags = h.flags,
                                                     .count = h.count,
                                                     .text = h.text,
                                                     .state = h.state };
        at += h.size + h.packed;
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
