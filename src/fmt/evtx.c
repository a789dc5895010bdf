#include <zlib.h>

#include "fmt/evtx_priv.h"

/* Offsets in a chunk. */
enum {
    CHUNK_HEADER = 0x200,
    CHUNK_LAST_RECORD = 0x2c,
    CHUNK_FREE = 0x30,
    CHUNK_RECORDS_SUM = 0x34,
    CHUNK_HEADER_SUM = 0x7c,
    CHUNK_TABLES = 0x80,
    RECORD_HEADER = 24, /* magic, size, id, time */
    RECORD_LEAST = RECORD_HEADER + 4,
};
static const char file_magic[8] = "ElfFile", chunk_magic[8] = "ElfChnk";
static const uint8_t record_magic[4] = { 0x2a, 0x2a, 0, 0 };

bool lf_evtx_is(lf_view in)
{
    return in.len >= sizeof file_magic && memcmp(in.ptr, file_magic, sizeof file_magic) == 0;
}

enum lf_code lf_evtx_open(struct lf_evtx *x, lf_view in, struct lf_err *e)
{
    const uint8_t *p = (const uint8_t *)in.ptr;

    if (!lf_evtx_is(in))
        return lf_err_set(e, LF_BAD_INPUT, "no Windows event log: it does not begin with ElfFile");
    if (in.len < LF_EVTX_HEADER)
        return lf_err_set(e, LF_BAD_INPUT,
                          "the Windows event log ends within its header (%zu of %d bytes): copy it again",
                          in.len, LF_EVTX_HEADER);
    if (lf_le16(p + 38) != 3)
        return lf_err_set(e, LF_BAD_INPUT, "Windows event log of version %u.%u; only 3.x is known",
                          lf_le16(p + 38), lf_le16(p + 36));
    *x = (struct lf_evtx){ .in = in, .chunk = LF_EVTX_HEADER, .dirty = (lf_le32(p + 0x78) & 1) != 0 };
    return LF_OK;
}

lf_time lf_evtx_time(uint64_t filetime)
{
    const uint64_t epoch = 116444736000000000;

    return filetime < epoch || (filetime - epoch) / 10 > LF_TIME_MAX ? 0 : (lf_time)((filetime - epoch) / 10);
}

static bool sums_hold(const uint8_t *chunk, size_t size)
{
    size_t end = lf_le32(chunk + CHUNK_FREE);
    uLong head = crc32(crc32(0, chunk, 0x78), chunk + CHUNK_TABLES, CHUNK_HEADER - CHUNK_TABLES);

    return end >= CHUNK_HEADER && end <= size && head == lf_le32(chunk + CHUNK_HEADER_SUM) &&
           crc32(0, chunk + CHUNK_HEADER, (uInt)(end - CHUNK_HEADER)) == lf_le32(chunk + CHUNK_RECORDS_SUM);
}

static void next_chunk(struct lf_evtx *x)
{
    x->chunk = x->in.len - x->chunk > LF_EVTX_CHUNK ? x->chunk + LF_EVTX_CHUNK : x->in.len;
    x->at = 0;
}

/* LF_NOT_FOUND: nothing is in this place, and nothing is amiss. */
static enum lf_code begin_chunk(struct lf_evtx *x, const uint8_t *chunk, size_t size, struct lf_err *e)
{
    bool blank = true;

    if (size >= CHUNK_HEADER && memcmp(chunk, chunk_magic, sizeof chunk_magic) == 0) {
        x->at = CHUNK_HEADER;
        if (x->dirty || (size == LF_EVTX_CHUNK && sums_hold(chunk, size)))
            return LF_OK;
        return lf_err_set(e, LF_BAD_INPUT, "chunk at byte %zu: %s; what can be read of it is read", x->chunk,
                          size < LF_EVTX_CHUNK ? "the file ends within it" : "a checksum is wrong");
    }
    for (size_t i = 0; i < size && blank; i++)
        blank = chunk[i] == 0;
    if (blank) /* room set aside and never used */
        return LF_NOT_FOUND;
    return lf_err_set(e, LF_BAD_INPUT, "chunk at byte %zu: no chunk begins here; 64 KiB are passed over",
                      x->chunk);
}

enum lf_code lf_evtx_next(struct lf_evtx *x, struct lf_arena *a, struct lf_evtx_record *out, struct lf_err *e)
{
    while (x->chunk < x->in.len) {
        const uint8_t *chunk = (const uint8_t *)x->in.ptr + x->chunk, *record;
        size_t size = x->in.len - x->chunk, at = x->at, len, start = x->chunk;
        uint64_t id;
        enum lf_code rc;

        if (size > LF_EVTX_CHUNK)
            size = LF_EVTX_CHUNK;
        if (at == 0) {
            rc = begin_chunk(x, chunk, size, e);
            if (x->at == 0)
                next_chunk(x);
            if (rc == LF_BAD_INPUT)
                return rc;
            continue;
        }
        record = chunk + at;
        /* A used chunk's end is marked by its free offset; in a dirty file that may be
         * stale, and what follows the last record is no record. */
        if (size - at < RECORD_LEAST || memcmp(record, record_magic, sizeof record_magic) != 0) {
            size_t end = lf_le32(chunk + CHUNK_FREE);
            bool short_of = !x->dirty && at < end && end <= size;

            next_chunk(x);
            if (short_of)
                return lf_err_set(e, LF_BAD_INPUT,
                                  "chunk at byte %zu: no record where one should be, at %zu; the rest of the "
                                  "chunk is passed over",
                                  start, at);
            continue;
        }
        len = lf_le32(record + 4);
        id = lf_le64(record + 8);
        if (len < RECORD_LEAST || len > size - at || lf_le32(record + len - 4) != len) {
            next_chunk(x);
            return lf_err_set(
                e, LF_BAD_INPUT,
                "record %llu at byte %zu: its length of %zu bytes cannot be; the rest of the chunk "
                "is passed over",
                (unsigned long long)id, start + at, len);
        }
        x->at = at + len;
        rc = lf_evtx_xml(a, chunk, size, at + RECORD_HEADER, at + len - 4, &out->doc, e);
        if (rc != LF_OK)
            return lf_err_at(e, "record %llu at byte %zu", (unsigned long long)id, start + at);
        out->id = id;
        out->written = lf_evtx_time(lf_le64(record + 16));
        return LF_OK;
    }
    return LF_NOT_FOUND;
}
