/* Windows event log files made here, byte by byte, so that each type and each
 * kind of damage can be told apart.  With LF_EVTX_SEEDS set to a directory the
 * files are also written there: the fuzz corpus is made so. */
#include <stdio.h>
#include <zlib.h>

#include "base/buf.h"
#include "fmt/evtx.h"
#include "lf_test.h"

static struct lf_arena arena;

/* ---- writing ---- */

struct made {
    uint8_t b[LF_EVTX_HEADER + 2 * LF_EVTX_CHUNK];
    size_t chunk, at; /* the chunk's offset; the place in it */
};

static void u8(struct made *m, unsigned v)
{
    m->b[m->chunk + m->at++] = (uint8_t)v;
}
static void u16(struct made *m, unsigned v)
{
    u8(m, v & 255);
    u8(m, v >> 8 & 255);
}
static void u32(struct made *m, uint32_t v)
{
    u16(m, v & 65535);
    u16(m, v >> 16);
}
static void u64(struct made *m, uint64_t v)
{
    u32(m, (uint32_t)v);
    u32(m, (uint32_t)(v >> 32));
}
static void set32(struct made *m, size_t at, uint32_t v)
{
    size_t was = m->at;
    m->at = at;
    u32(m, v);
    m->at = was;
}
static void wide(struct made *m, const char *ascii)
{
    for (; *ascii; ascii++)
        u16(m, (unsigned char)*ascii);
}
static void name(struct made *m, const char *n)
{
    u32(m, (uint32_t)m->at + 4); /* here, behind these four bytes */
    u32(m, 0);
    u16(m, 0);
    u16(m, (unsigned)strlen(n));
    wide(m, n);
    u16(m, 0);
}
static void open_elem(struct made *m, const char *n, bool attributes)
{
    u8(m, attributes ? 0x41 : 0x01);
    u16(m, 0xffff);
    u32(m, 0);
    name(m, n);
    if (attributes)
        u32(m, 0);
}
static void attr_text(struct made *m, const char *n, const char *text)
{
    u8(m, 0x06);
    name(m, n);
    u8(m, 0x05);
    u8(m, 1);
    u16(m, (unsigned)strlen(text));
    wide(m, text);
}
static void put_value(struct made *m, unsigned n, unsigned type)
{
    u8(m, 0x0e);
    u16(m, n);
    u8(m, type);
}
static void elem_value(struct made *m, const char *n, unsigned value, unsigned type)
{
    open_elem(m, n, false);
    u8(m, 0x02);
    put_value(m, value, type);
    u8(m, 0x04);
}
static void data_value(struct made *m, const char *n, unsigned value, unsigned type)
{
    open_elem(m, "Data", n != NULL);
    if (n)
        attr_text(m, "Name", n);
    u8(m, 0x02);
    put_value(m, value, type);
    u8(m, 0x04);
}

static void begin_file(struct made *m)
{
    memset(m, 0, sizeof *m);
    memcpy(m->b, "ElfFile", 8);
    m->b[36] = 1;
    m->b[38] = 3;
    m->chunk = LF_EVTX_HEADER;
    memcpy(m->b + m->chunk, "ElfChnk", 8);
    m->at = 0x200;
}
static size_t begin_record(struct made *m, uint64_t id, uint64_t filetime)
{
    size_t at = m->at;

    u32(m, 0x2a2a);
    u32(m, 0);
    u64(m, id);
    u64(m, filetime);
    return at;
}
static void end_record(struct made *m, size_t at)
{
    uint32_t len = (uint32_t)(m->at - at) + 4;

    u32(m, len);
    set32(m, at + 4, len);
}
static void seal_chunk(struct made *m)
{
    uint8_t *c = m->b + m->chunk;

    set32(m, 0x30, (uint32_t)m->at);
    set32(m, 0x34, (uint32_t)crc32(0, c + 0x200, (uInt)m->at - 0x200));
    set32(m, 0x7c, (uint32_t)crc32(crc32(0, c, 0x78), c + 0x80, 0x200 - 0x80));
}
static lf_view file_of(const struct made *m)
{
    return (lf_view){ (const char *)m->b, m->chunk + LF_EVTX_CHUNK };
}

/* The values of the record: number, type, bytes. */
struct value {
    unsigned type;
    size_t len;
    const void *bytes;
};
#define V(type, lit)                                                                                         \
    {                                                                                                        \
        type, sizeof(lit) - 1, lit                                                                           \
    }
static const struct value values[] = {
    V(6, "\x10\x12"),                                                            /* EventID 4624 */
    V(0x15, "\x00\x00\x00\x00\x00\x00\x20\x80"),                                 /* Keywords */
    V(0x11, "\xfb\xa2\xfc\x0e\x71\x5f\xdc\x01"),                                 /* 2025-11-27 … */
    V(1, "h\0o\0s\0t\0"),                                                        /* Computer */
    V(0x13, "\x01\x01\0\0\0\0\0\x05\x12\0\0\0"),                                 /* S-1-5-18 */
    V(0, ""),                                                                    /* null */
    V(0x0f, "\x9d\x0b\x91\x6a\x8a\x49\xe0\x5e\xc9\x03\x00\x00\x00\x00\x04\x00"), /* GUID */
    V(9, "\xff\xff\xff\xff\xff\xff\xff\xff"),                                    /* -1 */
    V(0x0a, "\xff\xff\xff\xff\xff\xff\xff\xff"),                                 /* 2^64-1 */
    V(0x0d, "\x01\0\0\0"),                                                       /* true */
    V(0x0e, "\xde\xad\xbe\xef"),                                                 /* binary */
    V(0x14, "\xe7\x03\0\0"),                                                     /* 0x3e7 */
    V(0x81, "a\0\0\0b\0b\0\0\0"),                                                /* strings */
    V(1, "\x3d\xd8\x00\xde\x00\xd8X\0\0\0"),                                     /* 😀, half of one, X */
    V(0x0c, "\0\0\0\0\0\0\xf8\x3f"),                                             /* 1.5 */
    V(0x12, "\xea\x07\x0b\0\x06\0\x15\0\x08\0\x1e\0\x05\0\x07\0"),               /* 2026-11-21 … */
    V(6, "\x01"),                                                                /* of a wrong length */
    V(2, "caf\xe9"),                                                             /* code page */
    V(0x86, "\x01\0\x02\0"),                                                     /* two u16 */
};
enum { VALUES = sizeof values / sizeof *values };

static void event_template(struct made *m)
{
    static const struct {
        const char *name;
        unsigned value;
    } data[] = { { "Null", 5 },   { "Guid", 6 },   { "Minus", 7 }, { "Most", 8 },   { "Yes", 9 },
                 { "Bytes", 10 }, { "Hex", 11 },   { "List", 12 }, { "Emoji", 13 }, { "Float", 14 },
                 { "Time", 15 },  { "Wrong", 16 }, { "Ansi", 17 }, { "Two", 18 } };

    u8(m, 0x0f), u8(m, 1), u8(m, 1), u8(m, 0);
    open_elem(m, "Event", true);
    attr_text(m, "xmlns", "urn:e");
    u8(m, 0x02);
    open_elem(m, "System", false);
    u8(m, 0x02);
    open_elem(m, "Provider", true);
    attr_text(m, "Name", "P & Q");
    u8(m, 0x03);
    elem_value(m, "EventID", 0, 6);
    elem_value(m, "Keywords", 1, 0x15);
    open_elem(m, "TimeCreated", true);
    u8(m, 0x06);
    name(m, "SystemTime");
    put_value(m, 2, 0x11);
    u8(m, 0x03);
    open_elem(m, "Correlation", true);
    u8(m, 0x06);
    name(m, "ActivityID");
    put_value(m, 5, 0x0f);
    u8(m, 0x03);
    elem_value(m, "Computer", 3, 1);
    open_elem(m, "Security", true);
    u8(m, 0x06);
    name(m, "UserID");
    put_value(m, 4, 0x13);
    u8(m, 0x03);
    u8(m, 0x04);
    open_elem(m, "EventData", false);
    u8(m, 0x02);
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        data_value(m, data[i].name, data[i].value, values[data[i].value].type);
    data_value(m, NULL, 3, 1);
    data_value(m, NULL, 0, 6);
    open_elem(m, "Binary", false);
    u8(m, 0x02);
    u8(m, 0x45), u8(m, 1), u16(m, 2), wide(m, "x ");
    u8(m, 0x09), name(m, "amp");
    u8(m, 0x08), u16(m, 0x4e2d);
    u8(m, 0x07), u16(m, 2), wide(m, " <");
    u8(m, 0x04);
    u8(m, 0x04);
    u8(m, 0x04);
    u8(m, 0x00);
}

/* A record by a template; `def` 0: the template stands in it, and its place is given. */
static size_t record(struct made *m, uint64_t id, size_t def, void (*body)(struct made *),
                     const struct value *v, size_t n)
{
    size_t at = begin_record(m, id, 116444736000000000 + 10 * id);

    u8(m, 0x0f), u8(m, 1), u8(m, 1), u8(m, 0);
    u8(m, 0x0c), u8(m, 1), u32(m, 7);
    u32(m, def ? (uint32_t)def : (uint32_t)m->at + 4);
    if (!def) {
        size_t size;
        def = m->at;
        u32(m, 0);
        for (int i = 0; i < 16; i++)
            u8(m, 0);
        size = m->at;
        u32(m, 0);
        body(m);
        set32(m, size, (uint32_t)(m->at - size - 4));
    }
    u32(m, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        u16(m, (unsigned)v[i].len);
        u8(m, v[i].type);
        u8(m, 0);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < v[i].len; k++)
            u8(m, ((const uint8_t *)v[i].bytes)[k]);
    u8(m, 0);
    end_record(m, at);
    return def;
}

static void keep(const char *seed, const struct made *m)
{
    const char *dir = getenv("LF_EVTX_SEEDS");
    char path[4096];
    FILE *f;

    if (!dir)
        return;
    snprintf(path, sizeof path, "%s/%s", dir, seed);
    f = fopen(path, "wb");
    if (f) {
        fwrite(m->b, 1, m->chunk + m->at, f); /* short of a whole chunk: small, and read all the same */
        fclose(f);
    }
}

static lf_view json_of(const struct lf_json *doc)
{
    struct lf_buf b;
    lf_view v;

    lf_buf_init(&b, 1 << 20);
    lf_json_write(&b, doc);
    v = lf_arena_copy(&arena, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

/* ---- promises ---- */

static struct made m; /* too large for a stack */

static void each_type_of_value_is_read_as_windows_shows_it(void)
{
    struct lf_evtx x;
    struct lf_evtx_record r;
    struct lf_err e = { 0 };
    size_t def;

    begin_file(&m);
    def = record(&m, 1, 0, event_template, values, VALUES);
    record(&m, 2, def, NULL, values, VALUES);
    seal_chunk(&m);
    keep("types", &m);
    CHECK(lf_evtx_is(file_of(&m)));
    CHECK(lf_evtx_open(&x, file_of(&m), &e) == LF_OK);
    CHECK(lf_evtx_next(&x, &arena, &r, &e) == LF_OK);
    CHECK(r.id == 1 && r.written == 1);
    CHECK_VIEW(
        json_of(r.doc),
        LF_V("{\"Event\":{\"#attributes\":{\"xmlns\":\"urn:e\"},\"System\":{"
             "\"Provider\":{\"#attributes\":{\"Name\":\"P & Q\"}},\"EventID\":4624,"
             "\"Keywords\":\"0x8020000000000000\","
             "\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2025-11-27T07:40:10.1653243Z\"}},"
             "\"Correlation\":null,\"Computer\":\"host\","
             "\"Security\":{\"#attributes\":{\"UserID\":\"S-1-5-18\"}}},"
             "\"EventData\":{\"Null\":null,\"Guid\":\"{6a910b9d-498a-5ee0-c903-000000000400}\",\"Minus\":-1,"
             "\"Most\":18446744073709551615,\"Yes\":true,\"Bytes\":\"DEADBEEF\",\"Hex\":\"0x3e7\","
             "\"List\":[\"a\",\"bb\"],\"Emoji\":\"😀\xef\xbf\xbdX\",\"Float\":1.5,"
             "\"Time\":\"2026-11-21T08:30:05.007Z\",\"Wrong\":\"01\",\"Ansi\":\"café\",\"Two\":[1,2],"
             "\"Data\":[\"host\",4624],\"Binary\":\"x &中 <\"}}}"));
    CHECK(lf_evtx_next(&x, &arena, &r, &e) == LF_OK);
    CHECK(r.id == 2);
    CHECK(lf_evtx_next(&x, &arena, &r, &e) == LF_NOT_FOUND);
    CHECK(lf_evtx_next(&x, &arena, &r, &e) == LF_NOT_FOUND);
}

static size_t count(lf_view in, size_t *bad, char *said)
{
    struct lf_evtx x;
    struct lf_evtx_record r;
    size_t n = 0, rounds = 0;
    struct lf_err e = { 0 };

    *bad = 0;
    said[0] = '\0';
    if (lf_evtx_open(&x, in, &e) != LF_OK) {
        snprintf(said, sizeof e.text, "%s", e.text);
        return 0;
    }
    for (;;) {
        enum lf_code rc = lf_evtx_next(&x, &arena, &r, &e);

        CHECK(++rounds < 10000);
        if (rc == LF_NOT_FOUND)
            return n;
        if (rc == LF_OK) {
            n++;
        } else if ((*bad)++ == 0) {
            snprintf(said, sizeof e.text, "%s", e.text);
        }
    }
}

static void damage_is_told_with_its_place_and_costs_no_record_but_its_own(void)
{
    char said[sizeof((struct lf_err *)0)->text];
    size_t bad, def, second, third;

    begin_file(&m);
    def = record(&m, 1, 0, event_template, values, VALUES);
    second = m.at;
    record(&m, 2, def, NULL, values, VALUES);
    third = m.at;
    record(&m, 3, def, NULL, values, VALUES);
    seal_chunk(&m);
    m.b[m.chunk + second + 40] ^= 0xff; /* within the second record's list of values */
    CHECK(count(file_of(&m), &bad, said) == 2 || bad > 0);
    CHECK(strstr(said, "checksum") != NULL);
    seal_chunk(&m);
    CHECK(count(file_of(&m), &bad, said) == 2 && bad == 1);
    CHECK(strstr(said, "record 2 at byte") != NULL);
    m.b[m.chunk + second + 40] ^= 0xff;
    m.b[m.chunk + third] = 'x'; /* no record where one should be */
    seal_chunk(&m);
    CHECK(count(file_of(&m), &bad, said) == 2 && bad == 1);
    /* The next chunk is read all the same. */
    m.b[m.chunk] = 'x';
    memcpy(m.b + LF_EVTX_HEADER + LF_EVTX_CHUNK, m.b + LF_EVTX_HEADER, LF_EVTX_CHUNK);
    m.b[LF_EVTX_HEADER + LF_EVTX_CHUNK] = 'E';
    CHECK(count((lf_view){ (const char *)m.b, sizeof m.b }, &bad, said) == 2);
    CHECK(strstr(said, "64 KiB are passed over") != NULL);
    CHECK(count((lf_view){ (const char *)m.b, 100 }, &bad, said) == 0);
    CHECK(strstr(said, "ends within its header") != NULL);
    CHECK(count(LF_V("no such thing"), &bad, said) == 0);
    CHECK(strstr(said, "ElfFile") != NULL);
}

/* Cut at every length, and with every byte changed: never a crash, never more
 * records than there are. */
static void a_file_cut_anywhere_or_changed_in_any_byte_is_never_read_past_its_end(void)
{
    char said[sizeof((struct lf_err *)0)->text];
    size_t bad, def, end;

    begin_file(&m);
    def = record(&m, 1, 0, event_template, values, VALUES);
    record(&m, 2, def, NULL, values, VALUES);
    seal_chunk(&m);
    end = m.chunk + m.at;
    for (size_t n = 0; n <= end; n++) {
        /* A copy of just this size: the sanitizer sees any byte read beyond it. */
        char *copy = malloc(n ? n : 1);
        memcpy(copy, m.b, n);
        CHECK(count((lf_view){ copy, n }, &bad, said) <= 2);
        free(copy);
        lf_arena_reset(&arena);
    }
    for (size_t i = LF_EVTX_HEADER; i < end; i++) {
        uint8_t was = m.b[i];
        for (unsigned k = 0; k < 3; k++) {
            m.b[i] = (uint8_t)(k == 0 ? 0xff : k == 1 ? 0 : was ^ 1);
            CHECK(count(file_of(&m), &bad, said) <= 2);
            lf_arena_reset(&arena);
        }
        m.b[i] = was;
    }
}

/* A value that holds a template's instance that puts the same value … */
static void bomb_template(struct made *to)
{
    u8(to, 0x0f), u8(to, 1), u8(to, 1), u8(to, 0);
    open_elem(to, "Event", false);
    u8(to, 0x02);
    for (int i = 0; i < 200; i++)
        put_value(to, 0, 0x21);
    u8(to, 0x04);
    u8(to, 0x00);
}

static void a_record_that_would_grow_without_end_is_refused(void)
{
    char said[sizeof((struct lf_err *)0)->text];
    size_t bad, def, at;

    begin_file(&m);
    def = record(&m, 1, 0, bomb_template, &(struct value){ 0, 0, "" }, 1);
    /* The value's bytes are where it will stand: a template instance whose only
     * value is the whole of itself again. */
    at = begin_record(&m, 2, 0);
    u8(&m, 0x0f), u8(&m, 1), u8(&m, 1), u8(&m, 0);
    for (int depth = 0; depth < 12; depth++) {
        u8(&m, 0x0c), u8(&m, 1), u32(&m, 7), u32(&m, (uint32_t)def), u32(&m, 1);
        u16(&m, (unsigned)(18 * (11 - depth)));
        u8(&m, 0x21), u8(&m, 0);
    }
    u8(&m, 0);
    end_record(&m, at);
    seal_chunk(&m);
    keep("bomb", &m);
    CHECK(count(file_of(&m), &bad, said) == 1 && bad == 1);
    CHECK(strstr(said, "more than") != NULL);
}

int main(void)
{
    RUN(each_type_of_value_is_read_as_windows_shows_it);
    RUN(damage_is_told_with_its_place_and_costs_no_record_but_its_own);
    RUN(a_file_cut_anywhere_or_changed_in_any_byte_is_never_read_past_its_end);
    RUN(a_record_that_would_grow_without_end_is_refused);
    lf_arena_clear(&arena);
    DONE();
}
