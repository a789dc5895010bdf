#include "fmt/xlsx.h"

#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "lf_test.h"

static uint32_t le(const char *p, size_t n)
{
    uint32_t v = 0;

    while (n--)
        v = v << 8 | (unsigned char)p[n];
    return v;
}

/* A file of a ZIP by its directory, unpacked and its sum looked at. */
static lf_view unpacked(struct lf_arena *a, lf_view zip, const char *name)
{
    const char *end = zip.ptr + zip.len - 22, *at = zip.ptr + le(end + 16, 4);

    CHECK(le(end, 4) == 0x06054b50, "the directory's end stands last");
    for (size_t left = le(end + 10, 2); left--; at += 46 + le(at + 28, 2)) {
        const char *local = zip.ptr + le(at + 42, 4);
        size_t size = le(at + 24, 4);
        unsigned char *out;
        z_stream z = { 0 };

        if (le(at + 28, 2) != strlen(name) || memcmp(at + 46, name, strlen(name)) != 0)
            continue;
        if (le(at + 8, 2) & 8) { /* written piece by piece: its sum and sizes stand after it */
            const char *after = local + 30 + le(local + 26, 2) + le(at + 20, 4);

            CHECK(memcmp(local + 4, at + 6, 10) == 0 && le(local + 14, 4) == 0, "%s: what stands before it",
                  name);
            CHECK(le(after, 4) == 0x08074b50 && memcmp(after + 4, at + 16, 12) == 0,
                  "%s: what stands after it is what the directory says", name);
        } else {
            CHECK(memcmp(local + 4, at + 6, 26) == 0, "%s: what stands before it is what the directory says",
                  name);
        }
        out = LF_NEW(a, unsigned char, size + 1);
        z.next_in = (unsigned char *)(uintptr_t)(local + 30 + le(local + 26, 2));
        z.avail_in = le(at + 20, 4);
        z.next_out = out;
        z.avail_out = (uInt)size;
        CHECK(inflateInit2(&z, -15) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END, "%s unpacks", name);
        inflateEnd(&z);
        CHECK(crc32_z(0, out, size) == le(at + 16, 4), "%s: its sum", name);
        return (lf_view){ (const char *)out, size };
    }
    CHECK(false, "%s is not there", name);
    return LF_V("");
}

static const struct lf_xlsx_column one[] = { { LF_VIEW("Head"), 10 } };

static lf_view sheet_of(struct lf_arena *a, void (*put)(struct lf_xlsx *))
{
    struct lf_err e = { 0 };
    struct lf_xlsx *x;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 20);
    x = lf_xlsx_create(&b, 1 << 20);
    lf_xlsx_sheet(x, LF_V("A & B"), one, 1);
    put(x);
    CHECK_OK(lf_xlsx_close(x, &e), &e);
    out = unpacked(a, lf_buf_view(&b), "xl/worksheets/sheet1.xml");
    CHECK(lf_view_find(unpacked(a, lf_buf_view(&b), "xl/workbook.xml"), LF_V("name=\"A &amp; B\"")) !=
              SIZE_MAX,
          "the sheet's name");
    lf_buf_clear(&b);
    return out;
}

static void put_texts(struct lf_xlsx *x)
{
    static const lf_view texts[] = { LF_VIEW("=1+1"), LF_VIEW("a_x0041_<&>"), LF_VIEW("_x00g1_"),
                                     LF_VIEW("") };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lf_xlsx_text(x, texts[i]);
        lf_xlsx_row(x);
    }
}

static void text_is_text_whatever_it_begins_with(void)
{
    struct lf_arena a = { 0 };
    lf_view sheet = sheet_of(&a, put_texts);

    CHECK(lf_view_find(sheet, LF_V("<f>")) == SIZE_MAX, "no formula");
    CHECK(lf_view_find(sheet, LF_V(" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t>")) != SIZE_MAX,
          "=1+1");
    CHECK(lf_view_find(sheet, LF_V(">a_x005F_x0041_&lt;&amp;&gt;</t>")) != SIZE_MAX,
          "what looks like an escape");
    CHECK(lf_view_find(sheet, LF_V(">_x00g1_</t>")) != SIZE_MAX, "what only begins so");
    CHECK(lf_view_find(sheet, LF_V("<autoFilter ref=\"A1:A5\"/>")) != SIZE_MAX, "%.*s", LF_FMT(sheet));
    lf_arena_clear(&a);
}

static void put_numbers(struct lf_xlsx *x)
{
    lf_time noon;

    CHECK(lf_time_parse(LF_V("2026-01-05T12:00:00Z"), &noon, NULL) == LF_OK, "a time");
    lf_xlsx_time(x, noon);
    lf_xlsx_row(x);
    lf_xlsx_time(x, LF_SECOND / 1000);
    lf_xlsx_row(x);
    lf_xlsx_time(x, 0);
    lf_xlsx_row(x);
    lf_xlsx_int(x, -7);
    lf_xlsx_row(x);
    lf_xlsx_span(x, 36 * 3600);
    lf_xlsx_row(x);
}

static void times_and_spans_are_days(void)
{
    static const lf_view want[] = { LF_VIEW("<v>46027.5000000000</v>"), LF_VIEW("<v>25569.0000000115</v>"),
                                    LF_VIEW("<c r=\"A4\" s=\"0\"/>"), LF_VIEW("<v>-7</v>"),
                                    LF_VIEW("<v>1.5000000000</v>") };
    struct lf_arena a = { 0 };
    lf_view sheet = sheet_of(&a, put_numbers);

    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK(lf_view_find(sheet, want[i]) != SIZE_MAX, "%.*s in %.*s", LF_FMT(want[i]), LF_FMT(sheet));
    lf_arena_clear(&a);
}

/* `wide` characters of two units each, then one of a single unit. */
static void put_long(struct lf_xlsx *x, size_t wide, bool tail)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < wide; i++)
        LF_PUT(&b, "𠮷");
    if (tail)
        LF_PUT(&b, "z");
    lf_xlsx_text(x, lf_buf_view(&b));
    lf_xlsx_row(x);
    lf_buf_clear(&b);
}

static void put_just_fitting(struct lf_xlsx *x)
{
    put_long(x, 16383, true);
}

static void put_too_long(struct lf_xlsx *x)
{
    put_long(x, 16384, false);
}

static void a_cell_is_cut_where_the_format_ends_and_says_so(void)
{
    struct lf_arena a = { 0 };

    CHECK(lf_view_find(sheet_of(&a, put_just_fitting), LF_V("𠮷z</t>")) != SIZE_MAX, "32,767 units fit");
    CHECK(lf_view_find(sheet_of(&a, put_too_long), LF_V("𠮷…</t>")) != SIZE_MAX, "32,768 do not");
    lf_arena_clear(&a);
}

static void more_than_the_ceiling_is_refused(void)
{
    struct lf_err e = { 0 };
    struct lf_xlsx *x;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    x = lf_xlsx_create(&b, 4096);
    lf_xlsx_sheet(x, LF_V("A"), one, 1);
    put_too_long(x);
    CHECK(lf_xlsx_close(x, &e) == LF_TOO_BIG, "the sheet");
    lf_buf_clear(&b);
    lf_buf_init(&b, 100);
    x = lf_xlsx_create(&b, 1 << 20);
    lf_xlsx_sheet(x, LF_V("A"), one, 1);
    CHECK(lf_xlsx_close(x, &e) == LF_TOO_BIG, "the file");
    lf_buf_clear(&b);
    lf_buf_init(&b, 1 << 20);
    x = lf_xlsx_create(&b, 1 << 20);
    CHECK(lf_xlsx_close(x, NULL) == LF_OK, "given up before it began");
    lf_buf_clear(&b);
}

/* The rows of a sheet that went out in pieces, or at once, one after the other. */
static void write_many(struct lf_buf *all, bool pieces)
{
    struct lf_err e = { 0 };
    struct lf_xlsx *x;
    struct lf_buf b;
    char cell[64];

    lf_buf_init(&b, 8 << 20);
    x = lf_xlsx_create(&b, 64 << 20);
    lf_xlsx_sheet(x, LF_V("A"), one, 1);
    for (int i = 0; i < 20000; i++) {
        snprintf(cell, sizeof cell, "%d %x", i, (unsigned)i * 2654435761u);
        lf_xlsx_text(x, lf_view_of(cell));
        lf_xlsx_row(x);
        if (i == 9999)
            lf_xlsx_sheet(x, LF_V("B"), one, 1);
        if (!pieces || !b.len)
            continue;
        lf_buf_put(all, lf_buf_view(&b));
        lf_xlsx_sent(x);
        CHECK(b.len < 100000, "a piece has %zu bytes", b.len);
        lf_buf_reset(&b);
    }
    CHECK_OK(lf_xlsx_close(x, &e), &e);
    lf_buf_put(all, lf_buf_view(&b));
    lf_buf_clear(&b);
}

static void a_workbook_sent_in_pieces_is_the_same_file(void)
{
    struct lf_arena a = { 0 };
    struct lf_buf whole, parts;

    lf_buf_init(&whole, 8 << 20);
    lf_buf_init(&parts, 8 << 20);
    write_many(&whole, false);
    write_many(&parts, true);
    CHECK(lf_view_eq(lf_buf_view(&whole), lf_buf_view(&parts)), "the same bytes");
    CHECK(lf_view_find(unpacked(&a, lf_buf_view(&parts), "xl/worksheets/sheet2.xml"), LF_V(">19999 ")) !=
              SIZE_MAX,
          "the last row");
    lf_buf_clear(&whole);
    lf_buf_clear(&parts);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(text_is_text_whatever_it_begins_with);
    RUN(times_and_spans_are_days);
    RUN(a_cell_is_cut_where_the_format_ends_and_says_so);
    RUN(more_than_the_ceiling_is_refused);
    RUN(a_workbook_sent_in_pieces_is_the_same_file);
    DONE();
}
