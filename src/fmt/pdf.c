#include "fmt/pdf.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <cairo.h>
#include <ft2build.h>
#include <stdlib.h>

#include "base/arena.h"
#include FT_FREETYPE_H

/* Points of 1/72 inch. */
#define WIDE 595.28
#define HIGH 841.89
#define EDGE 48.0
#define ROOM (WIDE - 2 * EDGE)
#define BOTTOM (HIGH - 60)
#define LINE 1.5 /* from one line to the next, in sizes */
#define BODY 10.0
#define PAD 4.0 /* within a cell */

enum { RUN = 256 }; /* glyphs that are drawn at once */

struct lf_pdf_font {
    FT_Library library;
    FT_Face face;
    cairo_font_face_t *drawn;
    uint16_t wide[65536]; /* of a glyph, in units of the font, plus 1; 0: not looked up yet */
};

struct lf_pdf {
    struct lf_pdf_font *font;
    struct lf_buf *out;
    cairo_surface_t *surface;
    cairo_t *c;
    struct lf_arena a, kept; /* of one paragraph or row; of the document */
    lf_view foot;
    int page;
    double y; /* where the next thing begins */
    bool over;
    struct lf_pdf_column columns[LF_PDF_COLUMNS];
    size_t ncolumns; /* 0: no table is open */
};

/* ---- font ---- */

static bool is_for_taiwan(const char *family)
{
    lf_view v = lf_view_of(family ? family : "");

    return v.len > 3 && lf_view_is(lf_view_from(v, v.len - 3), " TC");
}

enum lf_code lf_pdf_font_create(lf_view bytes, struct lf_pdf_font **out, struct lf_err *e)
{
    struct lf_pdf_font *f = calloc(1, sizeof *f);
    FT_Long n = 1;

    if (!f || FT_Init_FreeType(&f->library))
        LF_BUG("out of memory for a font");
    for (FT_Long i = 0; i < n; i++) {
        FT_Face face;

        if (FT_New_Memory_Face(f->library, (const FT_Byte *)bytes.ptr, (FT_Long)bytes.len, i, &face))
            break;
        n = face->num_faces;
        if (!f->face || is_for_taiwan(face->family_name)) {
            if (f->face)
                FT_Done_Face(f->face);
            f->face = face;
            if (is_for_taiwan(face->family_name))
                break;
        } else {
            FT_Done_Face(face);
        }
    }
    if (!f->face || !FT_IS_SCALABLE(f->face)) {
        lf_pdf_font_destroy(f);
        return lf_err_set(e, LF_BAD_INPUT, "the font's file is no TrueType or OpenType font");
    }
    f->drawn = cairo_ft_font_face_create_for_ft_face(f->face, FT_LOAD_NO_HINTING);
    *out = f;
    return LF_OK;
}

void lf_pdf_font_destroy(struct lf_pdf_font *f)
{
    if (!f)
        return;
    if (f->drawn) {
        cairo_font_face_destroy(f->drawn);
        cairo_debug_reset_static_data(); /* it keeps what it may use again, with our face in it */
    }
    if (f->face)
        FT_Done_Face(f->face);
    FT_Done_FreeType(f->library);
    free(f);
}

static double wide_of(struct lf_pdf_font *f, FT_UInt glyph, double size)
{
    uint16_t *w = &f->wide[glyph & 0xffff];

    if (!*w) {
        long units = FT_Load_Glyph(f->face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING)
                         ? 0
                         : f->face->glyph->metrics.horiAdvance;

        *w = (uint16_t)(units < 0 ? 1 : units > 65534 ? 65535 : units + 1);
    }
    return (*w - 1) * size / f->face->units_per_EM;
}

/* ---- text ---- */

/* The character at *at, which moves past it.  Text is UTF-8 already (clean()). */
static uint32_t next_char(lf_view v, size_t *at)
{
    size_t n = lf_utf8_len(v.ptr[*at]);

    *at += n;
    return lf_utf8_get(v.ptr + *at - n, n);
}

static bool moves_others(uint32_t u)
{
    return u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0x61c || (u >= 0x200b && u <= 0x200f) ||
           (u >= 0x2028 && u <= 0x202e) || (u >= 0x2060 && u <= 0x206f) || (u >= 0xfe00 && u <= 0xfe0f) ||
           u == 0xfeff;
}

/* Only what the font can show, and line ends. */
static lf_view clean(struct lf_pdf *p, lf_view text)
{
    struct lf_buf b;
    lf_view v;

    text = lf_view_some(text);
    lf_buf_init(&b, 16 * text.len + 1);
    if (!lf_view_is_utf8(text)) {
        for (size_t i = 0; i < text.len; i++)
            lf_buf_byte(&b, (unsigned char)text.ptr[i] < 0x80 ? text.ptr[i] : '?');
        text = lf_arena_copy(&p->a, lf_buf_view(&b));
        lf_buf_reset(&b);
    }
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t u = next_char(text, &at);

        if (u == '\n')
            lf_buf_byte(&b, '\n');
        else if (u == '\t' || u == '\r')
            lf_buf_byte(&b, ' ');
        else if (moves_others(u) || !FT_Get_Char_Index(p->font->face, u))
            lf_buf_printf(&b, "[U+%04X]", (unsigned)u);
        else
            lf_buf_put(&b, (lf_view){ text.ptr + from, at - from });
    }
    v = lf_arena_copy(&p->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

static double width_of(struct lf_pdf *p, lf_view text, double size)
{
    double w = 0;

    for (size_t at = 0; at < text.len;)
        w += wide_of(p->font, FT_Get_Char_Index(p->font->face, next_char(text, &at)), size);
    return w;
}

static void draw(struct lf_pdf *p, lf_view text, double x, double y, double size)
{
    cairo_glyph_t glyphs[RUN];
    cairo_text_cluster_t clusters[RUN];

    cairo_set_font_size(p->c, size);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        int n = 0;

        while (at < text.len && n < RUN) {
            size_t was = at;
            FT_UInt g = FT_Get_Char_Index(p->font->face, next_char(text, &at));

            glyphs[n] = (cairo_glyph_t){ g, x, y };
            clusters[n++] = (cairo_text_cluster_t){ (int)(at - was), 1 };
            x += wide_of(p->font, g, size);
        }
        cairo_show_text_glyphs(p->c, text.ptr + from, (int)(at - from), glyphs, n, clusters, n, 0);
    }
}

static bool is_chinese(uint32_t u)
{
    return u >= 0x2e80;
}

/* Closing marks do not begin a line. */
static bool is_never_first(uint32_t u)
{
    static const uint32_t marks[] = { 0x3001, 0x3002, 0x300d, 0x300f, 0x3011, 0x3015, 0xff09, 0xff0c, 0xff0e,
                                      0xff1a, 0xff1b, 0xff01, 0xff1f, 0x2026, ')',    ',',    '.',    ';' };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i] == u)
            return true;
    return false;
}

/* The next line of `rest`, which moves past it.  At least a character, so that it ends. */
static lf_view take_line(struct lf_pdf *p, lf_view *rest, double room, double size)
{
    size_t at = 0, fit = 0, from;
    uint32_t before = 0, u;
    double w = 0;
    lf_view line;

    while (at < rest->len) {
        from = at;
        u = next_char(*rest, &at);
        if (u == '\n') {
            line = lf_view_first(*rest, from);
            *rest = lf_view_from(*rest, at);
            return line;
        }
        if (from && (before == ' ' || is_chinese(u) || is_chinese(before)) && !is_never_first(u) && u != ' ')
            fit = from;
        w += wide_of(p->font, FT_Get_Char_Index(p->font->face, u), size);
        if (w > room && from && u != ' ') {
            fit = fit ? fit : from;
            line = lf_view_first(*rest, fit);
            *rest = lf_view_from(*rest, fit);
            return line;
        }
        before = u;
    }
    line = *rest;
    *rest = LF_V("");
    return line;
}

/* ---- pages ---- */

static void end_page(struct lf_pdf *p)
{
    char number[16];
    lf_view v;

    (void)snprintf(number, sizeof number, "%d", p->page);
    v = lf_view_of(number);
    draw(p, p->foot, EDGE, HIGH - 34, 8);
    draw(p, v, WIDE - EDGE - width_of(p, v, 8), HIGH - 34, 8);
    cairo_show_page(p->c);
}

static void put_head(struct lf_pdf *p);

static void turn_page(struct lf_pdf *p)
{
    end_page(p);
    p->y = EDGE;
    p->over = p->over || p->page == LF_PDF_PAGES;
    p->page++;
    if (p->ncolumns)
        put_head(p);
}

static void need_room(struct lf_pdf *p, double high)
{
    if (p->y + high > BOTTOM && p->y > EDGE)
        turn_page(p);
}

static void rule(struct lf_pdf *p, double y)
{
    cairo_set_line_width(p->c, 0.5);
    cairo_move_to(p->c, EDGE, y);
    cairo_line_to(p->c, WIDE - EDGE, y);
    cairo_stroke(p->c);
}

static void put_lines(struct lf_pdf *p, lf_view text, double size)
{
    lf_view rest = clean(p, text);

    p->ncolumns = 0;
    do {
        lf_view line = take_line(p, &rest, ROOM, size);

        if (p->over)
            break;
        need_room(p, size * LINE);
        draw(p, line, EDGE, p->y + size * 1.1, size);
        p->y += size * LINE;
    } while (rest.len);
    lf_arena_reset(&p->a);
}

void lf_pdf_title(struct lf_pdf *p, lf_view text)
{
    put_lines(p, text, 17);
    p->y += 4;
}

void lf_pdf_heading(struct lf_pdf *p, lf_view text)
{
    p->ncolumns = 0;
    p->y += 10;
    need_room(p, 80); /* not alone at the foot of a page */
    put_lines(p, text, 13);
    p->y += 2;
}

void lf_pdf_text(struct lf_pdf *p, lf_view text)
{
    put_lines(p, text, BODY);
    p->y += 3;
}

/* ---- tables ---- */

static double column_room(const struct lf_pdf *p, size_t i)
{
    double all = 0;

    for (size_t k = 0; k < p->ncolumns; k++)
        all += p->columns[k].share;
    return ROOM * p->columns[i].share / all;
}

/* Line by line, so that a row may be longer than a page. */
static void put_cells(struct lf_pdf *p, const lf_view *cells, bool head)
{
    lf_view rest[LF_PDF_COLUMNS];
    bool more = true;

    for (size_t i = 0; i < p->ncolumns; i++)
        rest[i] = cells[i];
    p->y += PAD / 2;
    while (more && !p->over) {
        double x = EDGE;

        if (!head)
            need_room(p, BODY * LINE + PAD);
        more = false;
        for (size_t i = 0; i < p->ncolumns; i++) {
            double room = column_room(p, i), inner = room - 2 * PAD;
            lf_view line = take_line(p, &rest[i], inner, BODY);
            double left = p->columns[i].number ? inner - width_of(p, line, BODY) : 0;

            draw(p, line, x + PAD + (left > 0 ? left : 0), p->y + BODY * 1.1, BODY);
            more = more || rest[i].len;
            x += room;
        }
        p->y += BODY * LINE;
    }
    p->y += PAD / 2;
    rule(p, p->y);
}

static void put_head(struct lf_pdf *p)
{
    lf_view heads[LF_PDF_COLUMNS];
    bool any = false;

    for (size_t i = 0; i < p->ncolumns; i++) {
        heads[i] = p->columns[i].head;
        any = any || heads[i].len;
    }
    rule(p, p->y);
    if (any) {
        cairo_set_source_rgb(p->c, 0.9, 0.9, 0.9);
        cairo_rectangle(p->c, EDGE, p->y, ROOM, BODY * LINE + PAD);
        cairo_fill(p->c);
        cairo_set_source_rgb(p->c, 0, 0, 0);
        put_cells(p, heads, true);
    }
}

void lf_pdf_table(struct lf_pdf *p, const struct lf_pdf_column *columns, size_t n)
{
    LF_ASSERT(n && n <= LF_PDF_COLUMNS);
    p->ncolumns = 0;
    need_room(p, 3 * BODY * LINE);
    for (size_t i = 0; i < n; i++) {
        p->columns[i] = columns[i];
        p->columns[i].head = lf_arena_copy(&p->kept, clean(p, columns[i].head));
    }
    lf_arena_reset(&p->a);
    p->ncolumns = n;
    put_head(p);
}

void lf_pdf_row(struct lf_pdf *p, const lf_view *cells)
{
    lf_view shown[LF_PDF_COLUMNS];

    LF_ASSERT(p->ncolumns);
    for (size_t i = 0; i < p->ncolumns; i++)
        shown[i] = clean(p, cells[i]);
    put_cells(p, shown, false);
    lf_arena_reset(&p->a);
}

/* ---- bars ---- */

static void put_bar(struct lf_pdf *p, double x, double y, double wide, double high, size_t series)
{
    if (wide <= 0)
        return;
    cairo_set_line_width(p->c, 0.6);
    if (!series) {
        cairo_set_source_rgb(p->c, 0.13, 0.25, 0.44);
        cairo_rectangle(p->c, x, y, wide, high);
        cairo_fill(p->c);
    } else {
        cairo_set_source_rgb(p->c, 0.97, 0.85, 0.6);
        cairo_rectangle(p->c, x, y, wide, high);
        cairo_fill_preserve(p->c);
        cairo_set_source_rgb(p->c, 0, 0, 0);
        cairo_stroke_preserve(p->c);
        cairo_save(p->c);
        cairo_clip(p->c);
        for (double at = x - high; at < x + wide; at += 4) {
            cairo_move_to(p->c, at, y + high);
            cairo_line_to(p->c, at + high, y);
        }
        cairo_stroke(p->c);
        cairo_restore(p->c);
    }
    cairo_set_source_rgb(p->c, 0, 0, 0);
}

static void put_legend(struct lf_pdf *p, const lf_view *series, size_t n)
{
    double x = EDGE;

    need_room(p, 3 * BODY * LINE);
    for (size_t i = 0; i < n; i++) {
        lf_view name = clean(p, series[i]);

        put_bar(p, x, p->y + 2, 16, 9, i);
        draw(p, name, x + 21, p->y + BODY, 9);
        x += 36 + width_of(p, name, 9);
    }
    p->y += BODY * LINE + 2;
}

void lf_pdf_bars(struct lf_pdf *p, const lf_view *series, size_t nseries, const struct lf_pdf_bar *bars,
                 size_t n)
{
    const double label = ROOM * 0.34, scale = ROOM * 0.5;
    int64_t most = 1;

    LF_ASSERT(nseries && nseries <= LF_PDF_SERIES);
    p->ncolumns = 0;
    put_legend(p, series, nseries);
    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0;

        for (size_t k = 0; k < nseries; k++)
            sum += bars[i].value[k];
        most = sum > most ? sum : most;
    }
    for (size_t i = 0; i < n && !p->over; i++) {
        lf_view rest = clean(p, bars[i].label), line = take_line(p, &rest, label - 8, 9), said;
        double x = EDGE + label;

        need_room(p, BODY * LINE);
        draw(p, line, x - 8 - width_of(p, line, 9), p->y + BODY, 9);
        said = LF_V("");
        for (size_t k = 0; k < nseries; k++) {
            double wide = scale * (double)bars[i].value[k] / (double)most;

            put_bar(p, x, p->y + 1, wide, 10, k);
            x += wide;
            said = lf_arena_printf(&p->a, "%.*s%s%lld", LF_FMT(said), k ? " + " : "",
                                   (long long)bars[i].value[k]);
        }
        draw(p, said, x + 5, p->y + BODY, 9);
        p->y += BODY * LINE;
    }
    p->y += 6;
    lf_arena_reset(&p->a);
}

/* ---- life ---- */

static cairo_status_t write_out(void *ctx, const unsigned char *bytes, unsigned n)
{
    lf_buf_put(ctx, (lf_view){ (const char *)bytes, n });
    return CAIRO_STATUS_SUCCESS;
}

struct lf_pdf *lf_pdf_create(struct lf_pdf_font *font, const struct lf_pdf_about *about, struct lf_buf *out)
{
    struct lf_pdf *p = calloc(1, sizeof *p);
    cairo_font_options_t *options = cairo_font_options_create();
    char made[LF_TIME_TEXT];

    if (!p)
        LF_BUG("out of memory for a document");
    *p = (struct lf_pdf){ .font = font, .out = out, .y = EDGE, .page = 1 };
    p->surface = cairo_pdf_surface_create_for_stream(write_out, out, WIDE, HIGH);
    p->foot = lf_arena_copy(&p->kept, clean(p, about->foot));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE,
                                   lf_arena_cstr(&p->kept, clean(p, about->title)));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR,
                                   lf_arena_cstr(&p->kept, clean(p, about->author)));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   lf_arena_cstr(&p->kept, lf_time_whole(about->made, made)));
    p->c = cairo_create(p->surface);
    cairo_set_font_face(p->c, font->drawn);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(p->c, options);
    cairo_font_options_destroy(options);
    lf_arena_reset(&p->a);
    return p;
}

enum lf_code lf_pdf_close(struct lf_pdf *p, struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    cairo_status_t status;

    end_page(p);
    cairo_destroy(p->c);
    cairo_surface_finish(p->surface);
    status = cairo_surface_status(p->surface);
    if (e && (p->over || p->out->over))
        rc = lf_err_set(e, LF_TOO_BIG,
                        "the document would have more than %d pages, or too many bytes; ask for less",
                        LF_PDF_PAGES);
    else if (e && status != CAIRO_STATUS_SUCCESS)
        rc = lf_err_set(e, LF_IO, "the document cannot be written: %s", cairo_status_to_string(status));
    cairo_surface_destroy(p->surface);
    lf_arena_clear(&p->a);
    lf_arena_clear(&p->kept);
    free(p);
    return rc;
}
