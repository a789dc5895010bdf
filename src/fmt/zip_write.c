#include "fmt/zip_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fmt/gzip.h"

enum {
    LOCAL = 0x04034b50,
    SAID_AFTER = 0x08074b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    VERSION = 20,
    DEFLATED = 8,
    DAY_1 = 0x21,
    AFTER = 1 << 3, /* a flag: its sum and sizes stand after it */
    SPACE = 32 << 10
};

static void le16(struct lf_buf *b, uint32_t v)
{
    lf_buf_byte(b, (char)(v & 0xff));
    lf_buf_byte(b, (char)(v >> 8 & 0xff));
}

static void le32(struct lf_buf *b, uint32_t v)
{
    le16(b, v & 0xffff);
    le16(b, v >> 16);
}

/* What stands of a file both before it and in the directory. */
static void put_facts(struct lf_buf *b, const struct lf_zip_entry *x)
{
    le16(b, VERSION);
    le16(b, x->flags);
    le16(b, DEFLATED);
    le16(b, 0); /* midnight of … */
    le16(b, DAY_1);
    le32(b, x->crc);
    le32(b, x->packed);
    le32(b, x->size);
    le16(b, (uint32_t)strlen(x->name));
    le16(b, 0);
}

/* Where in the file is what comes next. */
static uint64_t place(const struct lf_zip_w *z)
{
    return z->sent + z->out->len - z->base;
}

static struct lf_zip_entry *next(struct lf_zip_w *z, const char *name)
{
    struct lf_zip_entry *x = &z->entries[z->n];

    LF_ASSERT(z->n < LF_ZIP_FILES && strlen(name) < LF_ZIP_NAME && !z->now);
    z->n++;
    *x = (struct lf_zip_entry){ .at = (uint32_t)place(z) };
    z->full |= place(z) > UINT32_MAX;
    snprintf(x->name, sizeof x->name, "%s", name);
    return x;
}

static void put_head(struct lf_zip_w *z, const struct lf_zip_entry *x)
{
    le32(z->out, LOCAL);
    put_facts(z->out, x);
    lf_buf_put(z->out, lf_view_of(x->name));
}

static uint32_t sum(uint32_t crc, lf_view v)
{
    return (uint32_t)crc32_z(crc, (const unsigned char *)v.ptr, v.len);
}

void lf_zip_put(struct lf_zip_w *z, const char *name, lf_view content)
{
    struct lf_zip_entry *x = next(z, name);
    struct lf_buf packed;

    LF_ASSERT(content.len <= UINT32_MAX / 2);
    lf_buf_init(&packed, content.len + content.len / 8 + 4096); /* more than deflate ever adds */
    lf_gzip_deflate_bare(content, &packed);
    if (packed.over)
        LF_BUG("zip: %zu bytes packed to more than they are", content.len);
    x->crc = sum(0, content);
    x->size = (uint32_t)content.len;
    x->packed = (uint32_t)packed.len;
    put_head(z, x);
    lf_buf_put(z->out, lf_buf_view(&packed));
    lf_buf_clear(&packed);
}

void lf_zip_open(struct lf_zip_w *z, const char *name)
{
    struct lf_zip_entry *x = next(z, name);

    x->flags = AFTER;
    put_head(z, x);
    z->now = calloc(1, sizeof *z->now);
    if (!z->now ||
        deflateInit2(z->now, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        LF_BUG("out of memory for deflate");
}

static void pack(struct lf_zip_w *z, lf_view piece, int flush)
{
    struct lf_zip_entry *x = &z->entries[z->n - 1];
    unsigned char to[SPACE];

    LF_ASSERT(piece.len <= UINT32_MAX / 2);
    z->now->next_in = (unsigned char *)(uintptr_t)(piece.ptr ? piece.ptr : "");
    z->now->avail_in = (uInt)piece.len;
    do {
        z->now->next_out = to;
        z->now->avail_out = sizeof to;
        if (deflate(z->now, flush) == Z_STREAM_ERROR)
            LF_BUG("deflate");
        lf_buf_put(z->out, (lf_view){ (char *)to, sizeof to - z->now->avail_out });
        z->full |= sizeof to - z->now->avail_out > UINT32_MAX - x->packed;
        x->packed += (uint32_t)(sizeof to - z->now->avail_out);
    } while (!z->now->avail_out);
}

void lf_zip_more(struct lf_zip_w *z, lf_view piece)
{
    struct lf_zip_entry *x = &z->entries[z->n - 1];

    if (!piece.len)
        return;
    z->full |= piece.len > UINT32_MAX - x->size;
    x->crc = sum(x->crc, piece);
    x->size += (uint32_t)piece.len;
    pack(z, piece, Z_NO_FLUSH);
}

void lf_zip_close(struct lf_zip_w *z)
{
    const struct lf_zip_entry *x = &z->entries[z->n - 1];

    pack(z, LF_V(""), Z_FINISH);
    lf_zip_clear(z);
    le32(z->out, SAID_AFTER);
    le32(z->out, x->crc);
    le32(z->out, x->packed);
    le32(z->out, x->size);
}

void lf_zip_clear(struct lf_zip_w *z)
{
    if (z->now)
        deflateEnd(z->now);
    free(z->now);
    z->now = NULL;
}

void lf_zip_sent(struct lf_zip_w *z)
{
    z->sent = place(z);
    z->base = 0;
}

void lf_zip_end(struct lf_zip_w *z)
{
    uint64_t at = place(z), end;

    for (size_t i = 0; i < z->n; i++) {
        const struct lf_zip_entry *x = &z->entries[i];

        le32(z->out, CENTRAL);
        le16(z->out, VERSION);
        put_facts(z->out, x);
        le16(z->out, 0); /* comment, disk, kind of content, rights: none */
        le16(z->out, 0);
        le16(z->out, 0);
        le32(z->out, 0);
        le32(z->out, x->at);
        lf_buf_put(z->out, lf_view_of(x->name));
    }
    end = place(z);
    z->full |= end > UINT32_MAX;
    le32(z->out, END);
    le32(z->out, 0);
    le16(z->out, (uint32_t)z->n);
    le16(z->out, (uint32_t)z->n);
    le32(z->out, (uint32_t)(end - at));
    le32(z->out, (uint32_t)at);
    le16(z->out, 0);
}
