#include "fmt/pdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lf_test.h"

/* cairo 1.16 lets 768 bytes go with each document (docs/adr/0051). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcairo.so";
}

static const char path[] = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
static struct lf_pdf_font *font;
static struct lf_buf out;
static struct lf_err e;

static const struct lf_pdf_about about = { .title = LF_V("題目"),
                                           .author = LF_V("節點"),
                                           .foot = LF_V("foot"),
                                           .made = (lf_time)1795000000 * LF_SECOND };
static const struct lf_pdf_column two[] = { { LF_V("名稱"), 0.3, false }, { LF_V("值"), 0.7, true } };

static struct lf_pdf *begin(size_t most)
{
    e = (struct lf_err){ 0 };
    lf_buf_clear(&out);
    lf_buf_init(&out, most);
    return lf_pdf_create(font, &about, &out);
}

static bool is_whole(void)
{
    return out.len > 1000 && memcmp(out.ptr, "%PDF-", 5) == 0 &&
           lf_view_starts(lf_view_from(lf_buf_view(&out), out.len - 6), LF_V("%%EOF"));
}

static void a_document_of_all_there_is_is_whole(void)
{
    const lf_view series[] = { LF_V("未逾時"), LF_V("逾時") };
    const struct lf_pdf_bar bars[] = { { LF_V("一月"), { 3, 1 } }, { LF_V("二月"), { 0, 0 } } };
    struct lf_pdf *p = begin(4 << 20);

    lf_pdf_title(p, LF_V("題目"));
    lf_pdf_heading(p, LF_V("一"));
    lf_pdf_text(p, LF_V("文字\n第二行"));
    lf_pdf_bars(p, series, 2, bars, 2);
    lf_pdf_table(p, two, 2);
    for (int i = 0; i < 100; i++)
        lf_pdf_row(p, (lf_view[]){ LF_V("列"), LF_V("12") });
    CHECK_OK(lf_pdf_close(p, &e), &e);
    CHECK(is_whole(), "%zu bytes", out.len);
}

/* Words without an end, marks of direction, emoji, bytes that are no UTF-8, cells longer than a page. */
static void hostile_text_ends_in_a_whole_document(void)
{
    static const char *const parts[] = {
        "W",  "\xe2\x80\xae", "\xf0\x9f\x98\x80", "\xff\xfe", "\x07", "\xd7\x90", "\xe3\x80\x82",
        "\n", "\xef\xbf\xbf", "e\xcc\x81"
    };
    struct lf_buf text;
    enum lf_code rc;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct lf_pdf *p = begin(16 << 20);

        lf_buf_init(&text, 1 << 20);
        while (text.len < 8000)
            lf_buf_put(&text, lf_view_of(parts[i]));
        lf_pdf_title(p, lf_buf_view(&text));
        lf_pdf_table(p, two, 2);
        lf_pdf_row(p, (lf_view[]){ lf_buf_view(&text), lf_buf_view(&text) });
        rc = lf_pdf_close(p, &e);
        CHECK(is_whole() && (rc == LF_OK || rc == LF_TOO_BIG), "part %zu: %s", i, e.text);
        lf_buf_clear(&text);
    }
}

static void a_document_without_end_is_refused(void)
{
    struct lf_pdf *p = begin(4 << 20);

    lf_pdf_table(p, two, 2);
    for (int i = 0; i < 100 * LF_PDF_PAGES; i++)
        lf_pdf_row(p, (lf_view[]){ LF_V("x"), LF_V("1") });
    CHECK(lf_pdf_close(p, &e) == LF_TOO_BIG, "%s", e.text);
    p = begin(2000);
    lf_pdf_text(p, LF_V("文字"));
    CHECK(lf_pdf_close(p, &e) == LF_TOO_BIG, "%s", e.text);
}

static void what_is_no_font_is_refused(void)
{
    struct lf_pdf_font *none = NULL;

    CHECK(lf_pdf_font_create(LF_V("no font"), &none, &e) == LF_BAD_INPUT && !none, "%s", e.text);
}

int main(void)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0, most = (size_t)64 << 20;
    char *bytes = malloc(most);

    if (!f || !bytes) {
        printf("1..0 # SKIP no font at %s\n", path);
        return 0;
    }
    n = fread(bytes, 1, most, f);
    (void)fclose(f);
    if (lf_pdf_font_create((lf_view){ bytes, n }, &font, &e) != LF_OK)
        return 1;
    RUN(a_document_of_all_there_is_is_whole);
    RUN(hostile_text_ends_in_a_whole_document);
    RUN(a_document_without_end_is_refused);
    RUN(what_is_no_font_is_refused);
    lf_buf_clear(&out);
    lf_pdf_font_destroy(font);
    free(bytes);
    DONE();
}
