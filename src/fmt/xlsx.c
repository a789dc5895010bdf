#include "fmt/xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "fmt/xml_write.h"
#include "fmt/zip_write.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "xmlns=\"http://schemas.openxmlformats.org/package/2006/"
#define SHEETML "application/vnd.openxmlformats-officedocument.spreadsheetml."

enum { COLUMNS = 26 * 27, SMALL = 16384, PIECE = 64 << 10, ROW_MOST = 256 << 20 };
/* As `styles` below counts them. */
enum style { PLAIN, HEAD, TEXT, TIME, NUMBER, SPAN };

struct lf_xlsx {
    struct lf_zip_w zip;
    struct lf_buf sheet, names; /* what is not packed yet of the sheet; what the workbook says of all */
    struct lf_xml_w xml;
    size_t max, said;                    /* bytes of a sheet; of this one that are packed */
    size_t sheets, columns, row, column; /* rows and columns from 0 */
    bool full;
};

/* What is not a part of its own kind is a sheet: so this needs no list of them, and can stand first, where
 * programs look that tell files by their first bytes. */
static const char types[] = XML
    "<Types " PACKAGE "content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"" SHEETML "worksheet+xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" SHEETML "sheet.main+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" ContentType=\"" SHEETML "styles+xml\"/></Types>";
static const char roots[] = XML "<Relationships " PACKAGE
                                "relationships\"><Relationship Id=\"r1\" Type=\"" OFFICE
                                "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
/* Text cells have the format "@", so that what is typed over one stays text too. */
static const char styles[] = XML
    "<styleSheet " MAIN "><numFmts count=\"1\"><numFmt numFmtId=\"164\" "
    "formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts>"
    "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill "
    "patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor "
    "rgb=\"FFE3E8EF\"/></patternFill></fill></fills>"
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    "<cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>"
    "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>"
    "<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>"
    "<xf numFmtId=\"1\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>"
    "<xf numFmtId=\"46\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" "
    "applyAlignment=\"1\"><alignment vertical=\"top\"/></xf></cellXfs>"
    "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
    "builtinId=\"0\"/></cellStyles></styleSheet>";

struct lf_xlsx *lf_xlsx_create(struct lf_buf *out, size_t max)
{
    struct lf_xlsx *x = calloc(1, sizeof *x);

    if (!x)
        LF_BUG("out of memory for a workbook");
    x->zip = lf_zip_w(out);
    x->max = max;
    lf_buf_init(&x->sheet, ROW_MOST);
    lf_buf_init(&x->names, SMALL);
    lf_zip_put(&x->zip, "[Content_Types].xml", lf_view_of(types));
    lf_zip_put(&x->zip, "_rels/.rels", lf_view_of(roots));
    return x;
}

/* ---- cells ---- */

/* "A" to "ZZ". */
static void put_place(struct lf_xlsx *x, size_t column, size_t row)
{
    LF_ASSERT(column < COLUMNS);
    if (column >= 26)
        lf_buf_byte(&x->sheet, (char)('A' + column / 26 - 1));
    lf_buf_printf(&x->sheet, "%c%zu", (char)('A' + column % 26), row + 1);
}

static void open_cell(struct lf_xlsx *x, enum style style)
{
    LF_ASSERT(x->sheets && x->column < x->columns);
    if (!x->column)
        lf_buf_printf(&x->sheet, "<row r=\"%zu\">", x->row + 1);
    LF_PUT(&x->sheet, "<c r=\"");
    put_place(x, x->column++, x->row);
    lf_buf_printf(&x->sheet, "\" s=\"%d\"", (int)style);
}

static bool hex4(const char *p)
{
    for (int i = 0; i < 4; i++)
        if (!strchr("0123456789abcdefABCDEF", p[i]) || !p[i])
            return false;
    return true;
}

/* "_x0041_" in a cell stands for "A": what people wrote so gets its "_" named. */
static void say(struct lf_xlsx *x, lf_view text)
{
    size_t from = 0;

    for (size_t i = 0; i + 7 <= text.len; i++)
        if (text.ptr[i] == '_' && text.ptr[i + 1] == 'x' && text.ptr[i + 6] == '_' &&
            hex4(text.ptr + i + 2)) {
            lf_xml_say(&x->xml, (lf_view){ text.ptr + from, i - from });
            lf_xml_say(&x->xml, LF_V("_x005F_"));
            from = i + 1;
        }
    lf_xml_say(&x->xml, lf_view_from(text, from));
}

/* As much of it as a cell holds. */
static lf_view fitting(lf_view text, bool *cut)
{
    size_t units = 0, keep = 0;

    *cut = false;
    for (size_t i = 0, n; i < text.len; i += n) {
        n = lf_utf8_len(text.ptr[i]);
        n = n && n <= text.len - i ? n : 1;
        units += n == 4 ? 2 : 1;
        if (units <= LF_XLSX_CELL - 1)
            keep = i + n;
        if (units > LF_XLSX_CELL) {
            *cut = true;
            return (lf_view){ text.ptr, keep };
        }
    }
    return text;
}

static void put_text(struct lf_xlsx *x, lf_view text, enum style style)
{
    bool cut;
    lf_view said = fitting(text, &cut);

    open_cell(x, style);
    LF_PUT(&x->sheet, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    say(x, said);
    if (cut)
        lf_xml_say(&x->xml, LF_V("…"));
    LF_PUT(&x->sheet, "</t></is></c>");
}

void lf_xlsx_text(struct lf_xlsx *x, lf_view text)
{
    if (text.len)
        put_text(x, text, TEXT);
    else
        lf_xlsx_none(x);
}

void lf_xlsx_int(struct lf_xlsx *x, int64_t n)
{
    open_cell(x, NUMBER);
    lf_buf_printf(&x->sheet, "><v>%lld</v></c>", (long long)n);
}

/* Days, and ten digits of one: a millisecond is 1e-8 of it. */
static void put_days(struct lf_xlsx *x, int64_t ms, enum style style)
{
    const int64_t day = LF_DAY / 1000;

    open_cell(x, style);
    lf_buf_printf(&x->sheet, "><v>%lld.%010lld</v></c>", (long long)(ms / day),
                  (long long)(ms % day * 10000000000 / day));
}

void lf_xlsx_time(struct lf_xlsx *x, lf_time wall)
{
    if (wall > 0)
        put_days(x, wall / 1000 + 25569 * (LF_DAY / 1000), TIME); /* the day that 1970-01-01 is */
    else
        lf_xlsx_none(x);
}

void lf_xlsx_span(struct lf_xlsx *x, int64_t seconds)
{
    put_days(x, (seconds > 0 ? seconds : 0) * 1000, SPAN);
}

void lf_xlsx_none(struct lf_xlsx *x)
{
    open_cell(x, PLAIN);
    LF_PUT(&x->sheet, "/>");
}

static void pack(struct lf_xlsx *x)
{
    x->said += x->sheet.len;
    x->full = x->full || x->sheet.over || x->said > x->max;
    if (!x->full)
        lf_zip_more(&x->zip, lf_buf_view(&x->sheet));
    lf_buf_reset(&x->sheet);
}

void lf_xlsx_row(struct lf_xlsx *x)
{
    LF_ASSERT(x->column == x->columns);
    LF_PUT(&x->sheet, "</row>");
    x->column = 0;
    if (++x->row > LF_XLSX_ROWS)
        x->full = true;
    if (x->sheet.len >= PIECE)
        pack(x);
}

/* ---- sheets ---- */

static void end_sheet(struct lf_xlsx *x)
{
    LF_ASSERT(!x->column);
    LF_PUT(&x->sheet, "</sheetData><autoFilter ref=\"A1:");
    put_place(x, x->columns - 1, x->row - 1);
    LF_PUT(&x->sheet, "\"/></worksheet>");
    pack(x);
    lf_zip_close(&x->zip);
    x->said = 0;
}

void lf_xlsx_sheet(struct lf_xlsx *x, lf_view name, const struct lf_xlsx_column *columns, size_t n)
{
    struct lf_xml_w names = lf_xml_w(&x->names);
    char file[LF_ZIP_NAME];

    LF_ASSERT(n && n < COLUMNS && x->sheets < LF_XLSX_SHEETS);
    if (x->sheets)
        end_sheet(x);
    x->sheets++;
    x->columns = n;
    x->row = x->column = 0;
    lf_xml_open(&names, "sheet");
    lf_xml_put(&names, "name", name);
    lf_buf_printf(&x->names, " sheetId=\"%zu\" r:id=\"s%zu\"", x->sheets, x->sheets);
    lf_xml_close(&names);
    snprintf(file, sizeof file, "xl/worksheets/sheet%zu.xml", x->sheets);
    lf_zip_open(&x->zip, file);
    lf_buf_printf(&x->sheet,
                  XML "<worksheet " MAIN
                      "><sheetViews><sheetView%s workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
                      "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>",
                  x->sheets == 1 ? " tabSelected=\"1\"" : "");
    for (size_t i = 0; i < n; i++)
        lf_buf_printf(&x->sheet, "<col min=\"%zu\" max=\"%zu\" width=\"%u\" customWidth=\"1\"/>", i + 1,
                      i + 1, columns[i].width);
    LF_PUT(&x->sheet, "</cols><sheetData>");
    x->xml = lf_xml_w(&x->sheet);
    for (size_t i = 0; i < n; i++)
        put_text(x, columns[i].head, HEAD);
    lf_xlsx_row(x);
}

void lf_xlsx_sent(struct lf_xlsx *x)
{
    lf_zip_sent(&x->zip);
}

/* ---- the whole ---- */

static void put_workbook(struct lf_xlsx *x)
{
    struct lf_buf b;

    lf_buf_init(&b, 2 * SMALL);
    LF_PUT(&b, XML "<workbook " MAIN " xmlns:r=\"" OFFICE "\"><sheets>");
    lf_buf_put(&b, lf_buf_view(&x->names));
    LF_PUT(&b, "</sheets></workbook>");
    lf_zip_put(&x->zip, "xl/workbook.xml", lf_buf_view(&b));
    lf_buf_reset(&b);
    LF_PUT(&b, XML "<Relationships " PACKAGE "relationships\">");
    for (size_t i = 1; i <= x->sheets; i++)
        lf_buf_printf(&b,
                      "<Relationship Id=\"s%zu\" Type=\"" OFFICE
                      "/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>",
                      i, i);
    LF_PUT(&b,
           "<Relationship Id=\"styles\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/></Relationships>");
    lf_zip_put(&x->zip, "xl/_rels/workbook.xml.rels", lf_buf_view(&b));
    LF_ASSERT(!b.over && !x->names.over);
    lf_buf_clear(&b);
}

enum lf_code lf_xlsx_close(struct lf_xlsx *x, struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    if (e) {
        LF_ASSERT(x->sheets);
        end_sheet(x);
        put_workbook(x);
        lf_zip_put(&x->zip, "xl/styles.xml", lf_view_of(styles));
        lf_zip_end(&x->zip);
        rc = x->full || x->zip.full ? lf_err_set(e, LF_TOO_BIG, "a sheet holds at most %d rows and %zu bytes",
                                                 LF_XLSX_ROWS, x->max)
                                    : lf_buf_done(x->zip.out, e);
    }
    lf_zip_clear(&x->zip);
    lf_buf_clear(&x->sheet);
    lf_buf_clear(&x->names);
    free(x);
    return rc;
}
