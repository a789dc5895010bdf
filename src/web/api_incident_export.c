/* The API's part on incidents as files: one, or those that a filter finds. */
#include "cert/incident_export.h"
#include "cert/report.h"
#include "fmt/xlsx.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"
#include "web/page_priv.h"
#include "web/paper.h"
#include "web/stream.h"

enum {
    EXPORT_BYTES = 32 << 20, /* of one incident, or a piece */
    SHEET_ROWS = LF_XLSX_ROWS - 1,
};

struct sending {
    struct rq *r; /* of the piece */
    enum { AS_JSON, AS_XLSX, AS_WRITTEN /* by `writer` */ } as;
    const struct lf_incident_format *format;
    struct lf_buf b;
    struct lf_json_w w;
    struct lf_xlsx *xlsx;
    struct lf_incident_writer *writer;
    const struct lf_form *form;
    size_t rows, sheets; /* of the sheet that is written; of the file */
    struct lf_incident_walk walk;
};

/* ---- XLSX: words and times for who reads it ---- */

static void open_sheet(struct sending *s)
{
    static const struct {
        enum lf_text head;
        unsigned width;
    } columns[LF_INCIDENT_COLUMNS] = {
        { LF_T_SHEET_ID, 20 },
        { LF_T_REPORT_NUMBER, 18 },
        { LF_T_SHEET_TITLE, 32 },
        { LF_T_LEVEL, 8 },
        { LF_T_INCIDENT_CLASS, 18 },
        { LF_T_SHEET_REVIEW, 14 },
        { LF_T_SHEET_HANDLING, 14 },
        { LF_T_SHEET_AWARE, 20 },
        { LF_T_SHEET_REPORTED, 20 },
        { LF_T_SHEET_HAPPENED, 20 },
        { LF_T_SHEET_EXERCISE, 8 },
        { LF_T_SHEET_NODE, 20 },
        { LF_T_SHEET_DESCRIPTION, 48 },
        { LF_T_SHEET_IMPACT, 32 },
        { LF_T_SHEET_MEASURES, 32 },
        { LF_T_SHEET_OBSERVABLES, 40 },
        { LF_T_SHEET_EXERCISE_NAME, 20 },
        { LF_T_SHEET_SPEED, 10 },
        { LF_T_SHEET_RSIT, 30 },
        { LF_T_ADV_TLP, 14 },
        { LF_T_VITAL, 30 },
    };
    struct lf_xlsx_column head[LF_INCIDENT_COLUMNS];
    lf_view name = text(s->r, LF_T_NAV_INCIDENTS);

    for (size_t i = 0; i < LF_INCIDENT_COLUMNS; i++)
        head[i] = (struct lf_xlsx_column){ text(s->r, columns[i].head), columns[i].width };
    if (s->sheets++)
        name = lf_arena_printf(s->r->t->a, "%.*s %zu", LF_FMT(name), s->sheets);
    lf_xlsx_sheet(s->xlsx, name, head, LF_INCIDENT_COLUMNS);
    s->rows = 0;
}

static enum lf_code put_xlsx(struct sending *s, struct lf_task *t, const struct lf_incident_full *x,
                             struct lf_err *e)
{
    struct lf_incident_cell cells[LF_INCIDENT_COLUMNS];

    if (s->rows == SHEET_ROWS)
        open_sheet(s);
    s->rows++;
    LF_TRY(lf_incident_cells(t, x, s->form, cells, e));
    cells[LF_COLUMN_REVIEW].text = named(s->r, cells[LF_COLUMN_REVIEW].text);
    cells[LF_COLUMN_HANDLING].text = named(s->r, cells[LF_COLUMN_HANDLING].text);
    cells[LF_COLUMN_EXERCISE] =
        (struct lf_incident_cell){ .kind = LF_CELL_TEXT,
                                   .text = text(s->r, x->row.exercise ? LF_T_YES : LF_T_NO) };
    for (size_t i = 0; i < LF_INCIDENT_COLUMNS; i++)
        switch (cells[i].kind) {
        case LF_CELL_TEXT:
            lf_xlsx_text(s->xlsx, cells[i].text);
            break;
        case LF_CELL_NUMBER:
            lf_xlsx_int(s->xlsx, cells[i].value);
            break;
        case LF_CELL_TIME:
            lf_xlsx_time(s->xlsx, cells[i].value + LF_TAIPEI);
            break;
        case LF_CELL_NONE:
            lf_xlsx_none(s->xlsx);
        }
    lf_xlsx_row(s->xlsx);
    return LF_OK;
}

/* ---- any of them ---- */

/* What lives as long as the file is in `a`. */
static enum lf_code open_file(struct sending *s, struct rq *r, struct lf_arena *a)
{
    lf_view format = lf_view_some(query(r, "format"));
    struct lf_task own = *r->t;
    struct lf_form *form = LF_NEW(a, struct lf_form, 1);

    own.a = a;
    s->r = r;
    s->as = AS_WRITTEN;
    if (lf_view_is(format, "json"))
        s->as = AS_JSON;
    else if (lf_view_is(format, "xlsx"))
        s->as = AS_XLSX;
    else
        LF_TRY(lf_incident_format_find(format, &s->format, r->e));
    LF_TRY(lf_report_form(&own, form, r->e));
    s->form = form;
    lf_buf_init(&s->b, EXPORT_BYTES);
    s->w = lf_json_w(&s->b);
    if (s->as == AS_WRITTEN) {
        s->writer = lf_incident_writer_open(&own, s->format, s->form, &s->b);
    } else if (s->as == AS_XLSX) {
        s->xlsx = lf_xlsx_create(&s->b, UINT32_MAX);
        open_sheet(s);
    } else {
        lf_json_open(&s->w, '{');
        lf_json_begin(&s->w, "items", '[');
    }
    return LF_OK;
}

static enum lf_code put_one(struct sending *s, const struct lf_incident_full *x)
{
    struct rq *r = s->r;

    r->form_kept = s->form;
    if (s->as == AS_WRITTEN)
        return lf_incident_writer_put(s->writer, r->t, x, r->e);
    if (s->as == AS_XLSX)
        return put_xlsx(s, r->t, x, r->e);
    LF_TRY(incident_json(r, &s->w, x));
    return lf_buf_done(&s->b, r->e);
}

/* `e` NULL: only lets go. */
static enum lf_code close_file(struct sending *s, struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    if (s->xlsx) {
        rc = lf_xlsx_close(s->xlsx, e);
        s->xlsx = NULL;
    } else if (s->writer) {
        rc = lf_incident_writer_close(s->writer, e);
        s->writer = NULL;
    } else if (e) {
        lf_json_close(&s->w);
        lf_json_close(&s->w);
        rc = lf_buf_done(&s->b, e);
    }
    return rc;
}

static void let_go(void *ctx)
{
    struct sending *s = ctx;

    (void)!close_file(s, NULL);
    lf_incident_walk_clear(&s->walk);
    lf_buf_clear(&s->b);
}

static void say(struct sending *s, lf_view name)
{
    const char *type = s->format ? s->format->type
                       : s->as == AS_XLSX
                           ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                           : "application/json";
    const char *suffix = s->format ? s->format->suffix : s->as == AS_XLSX ? "xlsx" : "json";

    answer_file(s->r, type, lf_arena_printf(s->r->t->a, "%.*s.%s", LF_FMT(name), suffix),
                lf_arena_copy(s->r->t->a, lf_buf_view(&s->b)));
    if (s->xlsx)
        lf_xlsx_sent(s->xlsx);
    lf_buf_reset(&s->b);
}

enum lf_code api_incident_export(struct rq *r)
{
    struct lf_incident_full x;
    struct sending s = { 0 };
    enum lf_code rc;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    if (lf_view_is(query(r, "format"), "pdf"))
        return paper_incident(r, &x);
    rc = open_file(&s, r, r->t->a);
    if (rc == LF_OK)
        rc = put_one(&s, &x);
    if (rc == LF_OK)
        rc = close_file(&s, r->e);
    if (rc == LF_OK)
        say(&s, r->id);
    let_go(&s);
    return rc;
}

/* What goes out with this answer.  Each incident has an arena of its own; what of them goes on is bytes. */
static enum lf_code put_piece(struct sending *s, bool *over)
{
    const lf_time began = lf_tick(s->r->t->env);
    struct lf_task *t = s->r->t, own = *t;
    struct lf_incident_filter filter;
    struct lf_incident_full x;
    struct lf_arena a = { 0 };
    enum lf_code rc;

    LF_TRY(incident_filter_of(s->r, &filter));
    own.a = &a;
    s->r->t = &own;
    do {
        rc = lf_incident_walk_next(&s->walk, &own, &filter, &x, over, s->r->e);
        if (rc == LF_OK)
            rc = *over ? close_file(s, s->r->e) : put_one(s, &x);
        lf_arena_reset(&a);
    } while (rc == LF_OK && !*over && !stream_rests(s->r, began, s->b.len));
    lf_arena_clear(&a);
    s->r->t = t;
    return rc;
}

enum lf_code api_incidents_export(struct rq *r)
{
    struct stream *stream;
    struct sending *s;
    bool over = false;
    enum lf_code rc = LF_OK;

    if (r->in->more) {
        LF_TRY(stream_find(r, &stream));
        stream_take(r, stream);
        s = stream->ctx;
        s->r = r;
    } else {
        stream = stream_create(r);
        s = LF_NEW(&stream->a, struct sending, 1);
        *s = (struct sending){ 0 };
        stream->ctx = s;
        stream->let_go = let_go;
        rc = open_file(s, r, &stream->a);
    }
    if (rc == LF_OK)
        rc = put_piece(s, &over);
    if (rc == LF_OK && !over)
        rc = stream_keep(r, stream);
    if (rc == LF_OK) {
        say(s, LF_V("incidents"));
        r->out->more = !over;
    }
    if (rc != LF_OK || over)
        stream_destroy(stream);
    return rc;
}
