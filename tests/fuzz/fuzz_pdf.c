/* Hostile text anywhere in a document: it ends whole, or as too large, and never over its ceiling.  The
 * input's lines are told what they are by their first byte. */
#include <stdlib.h>
#include <string.h>

#include "fmt/pdf.h"
#include "sys/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* cairo 1.16 lets 768 bytes go with each document (docs/adr/0051). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcairo.so";
}

static struct lf_pdf_font *load(void)
{
    static const char path[] = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
    static struct lf_arena a;
    struct lf_pdf_font *font = NULL;
    struct lf_err e = { 0 };
    lf_view bytes;

    if (lf_file_read(&a, path, 64 << 20, &bytes, &e) != LF_OK ||
        lf_pdf_font_create(bytes, &font, &e) != LF_OK)
        LF_BUG("%s: %s", path, e.text);
    return font;
}

static void put_table(struct lf_pdf *p, lf_view line)
{
    const struct lf_pdf_column two[] = { { line, 0.3, false },
                                         { lf_view_from(line, line.len / 2), 0.7, true } };
    const lf_view cells[] = { line, lf_view_first(line, line.len / 2) };

    lf_pdf_table(p, two, 2);
    lf_pdf_row(p, cells);
    lf_pdf_row(p, cells);
}

static void put_bars(struct lf_pdf *p, lf_view line)
{
    const lf_view series[] = { line, lf_view_first(line, 3) };
    struct lf_pdf_bar bars[2] = { { .label = line }, { .label = lf_view_first(line, 1) } };
    uint64_t v = 0;

    memcpy(&v, line.ptr, line.len < sizeof v ? line.len : sizeof v);
    bars[0].value[0] = (int64_t)(v >> 1);
    bars[1].value[1] = (int64_t)(v >> 33);
    lf_pdf_bars(p, series, 2, bars, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lf_pdf_font *font;
    lf_view rest = { (const char *)data, size }, line;
    const struct lf_pdf_about about = { .title = lf_view_first(rest, 40),
                                        .author = lf_view_first(rest, 9),
                                        .foot = lf_view_first(rest, 70),
                                        .made = (lf_time)1795000000 * LF_SECOND };
    struct lf_err e = { 0 };
    struct lf_pdf *p;
    struct lf_buf out;
    enum lf_code rc;

    if (size > 1 << 14)
        return 0;
    if (!font)
        font = load();
    lf_buf_init(&out, 8 << 20);
    p = lf_pdf_create(font, &about, &out);
    while (lf_view_split(&rest, '\n', &line)) {
        lf_view text = lf_view_from(line, line.len > 0);

        switch (line.len ? line.ptr[0] : 0) {
        case '#':
            lf_pdf_title(p, text);
            break;
        case '=':
            lf_pdf_heading(p, text);
            break;
        case '|':
            put_table(p, text);
            break;
        case '+':
            if (text.len)
                put_bars(p, text);
            break;
        default:
            lf_pdf_text(p, line);
        }
    }
    rc = lf_pdf_close(p, &e);
    LF_ASSERT(out.len <= 8 << 20);
    if (rc != LF_OK)
        LF_ASSERT(rc == LF_TOO_BIG && e.text[0]);
    else if (out.len < 500 || memcmp(out.ptr, "%PDF-", 5) != 0 ||
             !lf_view_ends(lf_view_trim(lf_buf_view(&out)), LF_V("%%EOF")))
        LF_BUG("%zu bytes are no whole document", out.len);
    lf_buf_clear(&out);
    return 0;
}
