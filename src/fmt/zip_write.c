#include "fmt/zip_write.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "fmt/gzip.h"

enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, VERSION = 20, DEFLATED = 8, DAY_1 = 0x21 };

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
    le16(b, 0);
    le16(b, DEFLATED);
    le16(b, 0); /* midnight of … */
    le16(b, DAY_1);
    le32(b, x->crc);
    le32(b, x->packed);
    le32(b, x->size);
    le16(b, (uint32_t)strlen(x->name));
    le16(b, 0);
}

void lf_zip_put(struct lf_zip_w *z, const char *name, lf_view content)
{
    struct lf_zip_entry *x = &z->entries[z->n];
    struct lf_buf packed;

    LF_ASSERT(z->n < LF_ZIP_FILES && strlen(name) < LF_ZIP_NAME && content.len <= UINT32_MAX / 2);
    z->n++;
    lf_buf_init(&packed, content.len + content.len / 8 + 4096); /* more than deflate ever adds */
    lf_gzip_deflate_bare(content, &packed);
    if (packed.over)
        LF_BUG("zip: %zu bytes packed to more than they are", content.len);
    snprintf(x->name, sizeof x->name, "%s", name);
    x->crc = (uint32_t)crc32_z(crc32_z(0, NULL, 0), (const unsigned char *)content.ptr, content.len);
    x->size = (uint32_t)content.len;
    x->packed = (uint32_t)packed.len;
    x->at = (uint32_t)(z->out->len - z->base);
    le32(z->out, LOCAL);
    put_facts(z->out, x);
    lf_buf_put(z->out, lf_view_of(x->name));
    lf_buf_put(z->out, lf_buf_view(&packed));
    lf_buf_clear(&packed);
}

void lf_zip_end(struct lf_zip_w *z)
{
    size_t at = z->out->len - z->base, end;

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
    end = z->out->len - z->base;
    le32(z->out, END);
    le32(z->out, 0);
    le16(z->out, (uint32_t)z->n);
    le16(z->out, (uint32_t)z->n);
    le32(z->out, (uint32_t)(end - at));
    le32(z->out, (uint32_t)at);
    le16(z->out, 0);
}
