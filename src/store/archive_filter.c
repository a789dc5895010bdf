/* Filters: which tokens a block has, in about ten bits each, wrong for one in 256 of
 * those it has not.
 *
 * A Golomb-coded set (Golomb 1966; Putze, Sanders and Singler 2007 for the use as a
 * filter): the n hashes are brought into 256 n places, sorted, and their distances
 * written in Rice code.  Smaller than a Bloom filter of the same error (10 bits
 * against 13 of a split-block one), and it is made of the sorted hashes in one go.
 * So that one look costs two small reads, the places are cut into buckets of about
 * 256 tokens, each with its own sum.
 *
 * Table: a bucket u32 end (from the table's end on), u32 sum (low half of the XXH64
 * of its bytes, seeded with its number).  Bucket: u32 tokens, then bits, lowest
 * first: the distance's high part in ones ended by a zero, its low 7 bits. */
#include <stdlib.h>

#include "store/archive_priv.h"

enum { RICE = 7, SPREAD = 256, BUCKET = 256, BUCKET_MOST = 16 << 20, ENTRY = 8 };

struct bits {
    uint64_t have;
    unsigned n;
};

static void put_bits(struct lf_buf *out, struct bits *b, uint64_t v, unsigned n)
{
    b->have |= v << b->n;
    b->n += n;
    while (b->n >= 8) {
        lf_buf_byte(out, (char)b->have);
        b->have >>= 8;
        b->n -= 8;
    }
}

static uint64_t place_of(uint32_t hash, uint64_t universe)
{
    return (uint64_t)hash * universe >> 32;
}

static uint64_t width_of(const struct filter_place *f)
{
    return (f->universe + f->buckets - 1) / f->buckets;
}

void filter_build(const uint32_t *hash, size_t n, struct lf_buf *out, struct filter_place *f)
{
    size_t table = out->len, i = 0;
    uint64_t width;

    LF_ASSERT(n <= LF_TOKEN_MOST);
    f->universe = n ? (uint64_t)n * SPREAD : SPREAD;
    f->buckets = (uint32_t)(n / BUCKET + 1);
    width = width_of(f);
    LF_ASSERT(lf_buf_space(out, (size_t)f->buckets * ENTRY));
    size_t body = out->len;
    for (uint32_t k = 0; k < f->buckets; k++) {
        size_t from = out->len;
        uint64_t at = k * width, stop = at + width;
        uint32_t count = 0;
        struct bits b = { 0 };
        bool first = true;

        lf_buf_u32(out, 0);
        for (; i < n; i++) {
            uint64_t v = place_of(hash[i], f->universe), d;

            if (v >= stop)
                break;
            if (!first && v == at - 1)
                continue; /* two hashes at one place */
            d = v - at;
            at = v + 1;
            first = false;
            count++;
            for (uint64_t q = d >> RICE; q; q -= q < 32 ? q : 32)
                put_bits(out, &b, ((uint64_t)1 << (q < 32 ? q : 32)) - 1, q < 32 ? (unsigned)q : 32);
            put_bits(out, &b, 0, 1);
            put_bits(out, &b, d & ((1 << RICE) - 1), RICE);
        }
        if (b.n)
            put_bits(out, &b, 0, 8 - b.n);
        LF_ASSERT(!out->over);
        set32(out->ptr + from, count);
        set32(out->ptr + table + (size_t)k * ENTRY, (uint32_t)(out->len - body));
        set32(out->ptr + table + (size_t)k * ENTRY + 4,
              (uint32_t)archive_sum((lf_view){ out->ptr + from, out->len - from }, k));
    }
    f->length = (uint32_t)(out->len - table);
}

/* Walks the bucket's places up to `want`.  False at the end. */
static bool has(lf_view bucket, uint64_t at, uint64_t want)
{
    uint32_t count = get32(bucket.ptr);
    size_t bit = 32, bits = bucket.len * 8;

    while (count--) {
        uint64_t d = 0;

        for (;; bit++, d++) {
            if (bit >= bits)
                return false;
            if (!((unsigned char)bucket.ptr[bit >> 3] >> (bit & 7) & 1))
                break;
        }
        bit++;
        if (bits - bit < RICE)
            return false;
        d <<= RICE;
        for (unsigned i = 0; i < RICE; i++, bit++)
            d |= (uint64_t)((unsigned char)bucket.ptr[bit >> 3] >> (bit & 7) & 1) << i;
        at += d;
        if (at >= want)
            return at == want;
        at++;
    }
    return false;
}

bool filter_may(const struct lf_disk *d, int file, const struct filter_place *f, uint32_t hash, bool *damaged)
{
    char entry[2 * ENTRY] = { 0 }, small[2048], *p = small;
    uint64_t v, k, width;
    uint32_t from, end;
    bool may = true;

    if (!f->universe || !f->buckets || f->length / ENTRY < f->buckets)
        return true;
    width = width_of(f);
    v = place_of(hash, f->universe);
    k = v / width;
    if (k >= f->buckets)
        return true;
    /* The entry before it says where the bucket begins. */
    if (!(k ? d->read(d->ctx, file, entry, sizeof entry, f->offset + (k - 1) * ENTRY)
            : d->read(d->ctx, file, entry + ENTRY, ENTRY, f->offset))) {
        *damaged = true;
        return true;
    }
    from = get32(entry);
    end = get32(entry + ENTRY);
    if (end < from || end - from < 4 || end - from > BUCKET_MOST || end > f->length - f->buckets * ENTRY) {
        *damaged = true;
        return true;
    }
    if (end - from > sizeof small) {
        p = malloc(end - from);
        if (!p)
            LF_BUG("out of memory for a filter's bucket");
    }
    if (!d->read(d->ctx, file, p, end - from, f->offset + (uint64_t)f->buckets * ENTRY + from) ||
        (uint32_t)archive_sum((lf_view){ p, end - from }, k) != get32(entry + ENTRY + 4))
        *damaged = true;
    else
        may = has((lf_view){ p, end - from }, k * width, v);
    if (p != small)
        free(p);
    return may;
}
