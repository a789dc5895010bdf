/* Frames: packing, unpacking, and finding them in a file.
 *
 * Meta, all in LEB128 numbers: the number of senders, and of each its length and
 * bytes; the length of each record; runs of (sender, how many); runs of (format,
 * how many); the difference of each recorded time to the one before (zigzag, the
 * first to 0); with FRAME_HAPPENED the same of the records' own times. */
#define ZSTD_STATIC_LINKING_ONLY
#include <stdlib.h>

#include "store/archive_priv.h"

enum {
    MAGIC = 0x4c464132,
    MAGIC_PIECE = 0x4c464133,
    SENDERS_MOST = 1 << 20,
};

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
        h->length = h->packed;
        if ((h->flags & ~(uint32_t)FRAME_FLAGS) || h->text > h->raw || h->state > h->raw - h->text)
            return false;
    } else if (get32(p) == MAGIC_PIECE) {
        *h = (struct frame_head){ .version = 3,
                                  .size = PIECE_HEAD,
                                  .flags = get32(p + 4),
                                  .packed = get32(p + 8),
                                  .meta = get32(p + 12),
                                  .text = get32(p + 16),
                                  .state = get32(p + 20),
                                  .count = get32(p + 24),
                                  .first = get64(p + 28),
                                  .before = get32(p + 36) };
        h->raw = h->text;
        h->length = (uint64_t)h->packed + h->meta + h->state;
        if ((h->flags & ~(uint32_t)PIECE_FLAGS) || h->meta > FRAME_RAW_MOST || h->state > LF_ARCHIVE_STATE ||
            h->before > FRAME_RAW_MOST || h->text > FRAME_RAW_MOST - h->before || !h->count != !h->text)
            return false;
    } else {
        return false;
    }
    /* A record takes at least a byte; so the counts below bound what is allocated. */
    return h->raw <= FRAME_RAW_MOST && h->count <= h->raw &&
           h->packed <= ZSTD_COMPRESSBOUND(FRAME_RAW_MOST) && h->first < POSITION_END;
}

bool frame_sum_ok(const char *p, const struct frame_head *h)
{
    return archive_sum((lf_view){ p + h->size, (size_t)h->length },
                       archive_sum((lf_view){ p, h->size - 8 }, 0)) == get64(p + h->size - 8);
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

static void frame_init(struct lf_archive_frame *f)
{
    f->packed.max = ZSTD_COMPRESSBOUND(FRAME_RAW_MOST) + PIECE_HEAD + FRAME_RAW_MOST + LF_TOKEN_PAD;
    f->raw.max = FRAME_RAW_MOST + LF_TOKEN_PAD;
    f->metas.max = FRAME_RAW_MOST;
    f->packed.over = f->raw.over = f->metas.over = false;
    lf_buf_reset(&f->metas);
    lf_buf_reset(&f->packed);
    lf_buf_reset(&f->raw);
    f->text = f->meta = (lf_view){ 0 };
    f->count = 0;
    f->parsed = false;
}

/* Of a frame that stands alone: head and packed bytes. */
static bool frame_unpack(const char *p, const struct frame_head *h, struct lf_archive_frame *f)
{
    char *raw = lf_buf_space(&f->raw, (size_t)h->raw + LF_TOKEN_PAD);
    size_t n;

    LF_ASSERT(raw);
    n = ZSTD_decompress(raw, h->raw, p + h->size, h->packed);
    if (ZSTD_isError(n) || n != h->raw)
        return false;
    memset(raw + n, 0, LF_TOKEN_PAD);
    f->first = h->first;
    f->count = h->count;
    f->version = h->version;
    f->happened = h->flags & FRAME_HAPPENED;
    f->text = (lf_view){ raw, h->text };
    f->meta = (lf_view){ raw + h->text, h->raw - h->text - h->state };
    return true;
}

bool frame_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h,
                struct lf_archive_frame *f)
{
    char *p;

    frame_init(f);
    if (!frame_head_load(d, file, at, size, h))
        return false;
    if (h->version == 3)
        return group_load(d, file, at, size, h, f);
    p = lf_buf_space(&f->packed, (size_t)h->size + (size_t)h->length);
    LF_ASSERT(p);
    return d->read(d->ctx, file, p, (size_t)h->size + (size_t)h->length, at) && frame_sum_ok(p, h) &&
           frame_unpack(p, h, f);
}

bool frame_head_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h)
{
    char head[PIECE_HEAD] = { 0 };
    size_t n;

    if (at > size || size - at < FRAME_HEAD)
        return false;
    n = size - at < sizeof head ? FRAME_HEAD : sizeof head;
    return d->read(d->ctx, file, head, n, at) && frame_head_read(head, h) && size - at >= h->size &&
           size - at - h->size >= h->length;
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
static bool time_column(lf_view *in, struct lf_archive_record *r, size_t count, bool happened)
{
    uint64_t t = 0, v;

    for (size_t i = 0; i < count; i++) {
        if (!number(in, &v))
            return false;
        t += v >> 1 ^ (0 - (v & 1));
        if (happened)
            r[i].happened = (lf_time)t;
        else
            r[i].recorded = (lf_time)t;
    }
    return true;
}

struct senders {
    lf_view *name;
    size_t n, cap;
};

static bool take_senders(lf_view *in, struct senders *s)
{
    uint64_t n, v;

    if (!number(in, &n) || n > SENDERS_MOST || n > in->len || s->n + n > SENDERS_MOST)
        return false;
    if (s->n + n > s->cap) {
        s->cap = s->n + (size_t)n + 64;
        s->name = realloc(s->name, s->cap * sizeof *s->name);
        if (!s->name)
            LF_BUG("out of memory for %zu senders", s->cap);
    }
    while (n--) {
        if (!number(in, &v) || v > in->len)
            return false;
        s->name[s->n++] = lf_view_first(*in, (size_t)v);
        *in = lf_view_from(*in, (size_t)v);
    }
    return true;
}

/* Runs of (value, how many) over `count` records; false when they do not fit. */
static bool take_runs(lf_view *in, struct lf_archive_record *r, size_t count, const struct senders *s)
{
    uint64_t v, run;

    for (size_t i = 0; i < count; i += (size_t)run) {
        if (!number(in, &v) || v >= (s ? s->n : 256) || !number(in, &run) || !run || run > count - i)
            return false;
        for (size_t k = i; k < i + run; k++)
            if (s)
                r[k].sender = s->name[v];
            else
                r[k].format = (unsigned)v;
    }
    return true;
}

/* The records of one meta; *text is stepped past theirs. */
static bool parse_meta(lf_view in, struct senders *s, uint64_t first, size_t count, lf_view *text,
                       bool happened, struct lf_archive_record *r)
{
    uint64_t v;

    if (!take_senders(&in, s) || count > in.len || count > text->len)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!number(&in, &v) || v >= text->len)
            return false;
        r[i] = (struct lf_archive_record){ .position = first + i,
                                           .happened = LF_ARCHIVE_NO_TIME,
                                           .bytes = lf_view_first(*text, (size_t)v) };
        *text = lf_view_from(*text, (size_t)v + 1);
    }
    return take_runs(&in, r, count, s) && take_runs(&in, r, count, NULL) &&
           time_column(&in, r, count, false) && (!happened || time_column(&in, r, count, true));
}

static bool parse(struct lf_archive_frame *f)
{
    struct lf_archive_record *r = records(f, f->count);
    lf_view text = f->text, in = f->meta;
    struct senders s = { 0 };
    bool ok = true;
    size_t n = 0;

    if (f->version == 2)
        ok = parse_meta(in, &s, f->first, f->count, &text, f->happened, r);
    for (; ok && f->version == 3 && n < f->count;
         n += get32(in.ptr), in = lf_view_from(in, 8 + get32(in.ptr + 4)))
        ok = parse_meta((lf_view){ in.ptr + 8, get32(in.ptr + 4) }, &s, f->first + n, get32(in.ptr), &text,
                        false, r + n);
    free(s.name);
    return ok;
}

enum lf_code lf_archive_frame_records(struct lf_archive_frame *f, const struct lf_archive_record **out,
                                      size_t *n, struct lf_err *e)
{
    if (!f->parsed && f->count && !parse(f))
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
    lf_buf_clear(&f->metas);
    free(f->record);
    *f = (struct lf_archive_frame){ 0 };
}

/* ---- building ---- */

void frame_build_init(struct frame_build *b)
{
    *b = (struct frame_build){ 0 };
    lf_buf_init(&b->text, FRAME_RAW_MOST + LF_TOKEN_PAD);
    lf_buf_init(&b->meta, (size_t)2 << 30);
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
    if (b->text.cap > 4 << 20) /* one large record must not stay in memory for ever */
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

lf_view frame_sender_name(const struct frame_build *b, uint32_t i)
{
    return (lf_view){ b->names.ptr ? b->names.ptr + b->sender[i].at : "", b->sender[i].len };
}

static void place_sender(struct frame_build *b, uint32_t i)
{
    size_t at = (size_t)archive_sum(frame_sender_name(b, i), 0) & (b->slots - 1);

    while (b->slot[at])
        at = (at + 1) & (b->slots - 1);
    b->slot[at] = i + 1;
}

static uint32_t sender_of(struct frame_build *b, lf_view name)
{
    size_t at;

    if (b->nsenders && lf_view_eq(frame_sender_name(b, b->last), name))
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
        if (lf_view_eq(frame_sender_name(b, b->slot[at] - 1), name))
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
    char *p;

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
    p = lf_buf_space(&b->text, r->bytes.len + 1 + LF_TOKEN_PAD);
    LF_ASSERT(p && !b->names.over);
    if (r->bytes.len)
        memcpy(p, r->bytes.ptr, r->bytes.len);
    p[r->bytes.len] = '\n';
    b->text.len -= LF_TOKEN_PAD;
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

static char *put_number(char *p, uint64_t v)
{
    for (; v > 127; v >>= 7)
        *p++ = (char)(v | 128);
    *p++ = (char)v;
    return p;
}

static char *put_difference(char *p, uint64_t now, uint64_t before)
{
    uint64_t d = now - before;

    return put_number(p, d << 1 ^ (0 - (d >> 63)));
}

void frame_build_meta(struct frame_build *b, size_t from, uint32_t senders, bool happened)
{
    const struct frame_record *r = b->record;
    size_t most = 16 + (b->n - from) * 52, run;
    char *p;

    for (uint32_t i = senders; i < b->nsenders; i++)
        most += 5 + b->sender[i].len;
    lf_buf_reset(&b->meta);
    p = lf_buf_space(&b->meta, most);
    LF_ASSERT(p);
    p = put_number(p, b->nsenders - senders);
    for (uint32_t i = senders; i < b->nsenders; i++) {
        lf_view name = frame_sender_name(b, i);

        p = put_number(p, name.len);
        memcpy(p, name.ptr, name.len);
        p += name.len;
    }
    for (size_t i = from; i < b->n; i++)
        p = put_number(p, r[i].len);
    for (size_t i = from; i < b->n; i += run) {
        for (run = 1; i + run < b->n && r[i + run].sender == r[i].sender;)
            run++;
        p = put_number(put_number(p, r[i].sender), run);
    }
    for (size_t i = from; i < b->n; i += run) {
        for (run = 1; i + run < b->n && r[i + run].format == r[i].format;)
            run++;
        p = put_number(put_number(p, r[i].format), run);
    }
    for (size_t i = from; i < b->n; i++)
        p = put_difference(p, (uint64_t)r[i].recorded, i > from ? (uint64_t)r[i - 1].recorded : 0);
    for (size_t i = from; happened && i < b->n; i++)
        p = put_difference(p, (uint64_t)r[i].happened, i > from ? (uint64_t)r[i - 1].happened : 0);
    b->meta.len = (size_t)(p - b->meta.ptr);
}

/* For what is packed beside the intake. Level 1, but each third place is looked at where nothing is found,
 * which is faster and, on logs, smaller.  zstd would leave out Huffman's code then, so it is asked for; that
 * is no stable parameter: a library that does not know it has level 1 as it is. */
ZSTD_CCtx *frame_packer(void)
{
    ZSTD_CCtx *z = ZSTD_createCCtx();

    if (!z)
        LF_BUG("out of memory for a compressor");
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, 1);
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, 20);
    if (!ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_literalCompressionMode, ZSTD_ps_enable)))
        (void)ZSTD_CCtx_setParameter(z, ZSTD_c_targetLength, 2);
    return z;
}

/* For what comes in: the same without Huffman's code, which zstd leaves out by itself with this step.
 * The text stays where it is until the group is closed: it is not copied. */
ZSTD_CCtx *group_packer(void)
{
    ZSTD_CCtx *z = ZSTD_createCCtx();

    if (!z)
        LF_BUG("out of memory for a compressor");
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, 1);
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, 20);
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_targetLength, 2);
    /* No stable parameter: a library that does not know it copies. */
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_stableInBuffer, 1);
    return z;
}

size_t frame_deflate(ZSTD_CCtx *z, lf_view in, struct lf_buf *out)
{
    char *p = lf_buf_space(out, ZSTD_compressBound(in.len));
    size_t n;

    LF_ASSERT(p);
    n = ZSTD_compress2(z, p, ZSTD_compressBound(in.len), in.ptr, in.len);
    if (ZSTD_isError(n))
        LF_BUG("zstd: %s", ZSTD_getErrorName(n));
    out->len -= ZSTD_compressBound(in.len) - n;
    return n;
}

void frame_seal(char *p, uint32_t flags, size_t packed, size_t text, size_t meta, size_t count,
                uint64_t first)
{
    set32(p, MAGIC);
    set32(p + 4, flags);
    set32(p + 8, (uint32_t)packed);
    set32(p + 12, (uint32_t)(text + meta));
    set32(p + 16, (uint32_t)text);
    set32(p + 20, 0);
    set32(p + 24, (uint32_t)count);
    set64(p + 28, first);
    set64(p + 36,
          archive_sum((lf_view){ p + FRAME_HEAD, packed }, archive_sum((lf_view){ p, FRAME_HEAD - 8 }, 0)));
}

void piece_seal(char *p, const struct frame_head *h)
{
    set32(p, MAGIC_PIECE);
    set32(p + 4, h->flags);
    set32(p + 8, h->packed);
    set32(p + 12, h->meta);
    set32(p + 16, h->text);
    set32(p + 20, h->state);
    set32(p + 24, h->count);
    set64(p + 28, h->first);
    set32(p + 36, h->before);
    set64(p + 40, archive_sum((lf_view){ p + PIECE_HEAD, (size_t)h->length },
                              archive_sum((lf_view){ p, PIECE_HEAD - 8 }, 0)));
}

void frame_build_pack(struct frame_build *b, ZSTD_CCtx *z, uint32_t flags, struct lf_buf *out)
{
    size_t at = out->len, n;

    LF_ASSERT(lf_buf_space(out, FRAME_HEAD));
    frame_build_meta(b, 0, 0, flags & FRAME_HAPPENED);
    n = frame_deflate(z, lf_buf_view(&b->text), out);
    n += frame_deflate(z, lf_buf_view(&b->meta), out);
    frame_seal(out->ptr + at, flags | b->flags, n, b->text.len, b->meta.len, b->n, b->first);
}
