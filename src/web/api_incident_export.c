/* The API's part on incidents as files: one, or those that a filter finds. */
#include "cert/incident_export.h"
#include "fmt/xlsx.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"
#include "web/page_priv.h"
#include "web/paper.h"

enum { EXPORT_BYTES = 32 << 20 };

struct sending {
    struct rq *r;
    enum { AS_JSON, AS_XLSX, AS_WRITTEN /* by `writer` */ } as;
    const struct lf_incident_format *format;
    struct lf_buf b;
    struct lf_json_w w;
    struct lf_xlsx *xlsx;
    struct lf_incident_writer *writer;
    const struct lf_form *form;
};

/* ---- XLSX: words and times for who reads it ---- */

static void open_xlsx(struct sending *s)
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
    };
    struct lf_xlsx_column head[LF_INCIDENT_COLUMNS];

    for (size_t i = 0; i < LF_INCIDENT_COLUMNS; i++)
        head[i] = (struct lf_xlsx_column){ text(s->r, columns[i].head), columns[i].width };
    s->xlsx = lf_xlsx_create(&s->b, EXPORT_BYTES);
    lf_xlsx_sheet(s->xlsx, text(s->r, LF_T_NAV_INCIDENTS), head, LF_INCIDENT_COLUMNS);
}

static enum lf_code put_xlsx(struct sending *s, struct lf_task *t, const struct lf_incident_full *x,
                             struct lf_err *e)
{
    struct lf_incident_cell cells[LF_INCIDENT_COLUMNS];

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

static enum lf_code open_file(struct sending *s, struct rq *r)
{
    lf_view format = lf_view_some(query(r, "format"));

    *s = (struct sending){ .r = r, .as = AS_WRITTEN };
    if (lf_view_is(format, "json"))
        s->as = AS_JSON;
    else if (lf_view_is(format, "xlsx"))
        s->as = AS_XLSX;
    else
        LF_TRY(lf_incident_format_find(format, &s->format, r->e));
    LF_TRY(report_form_of(r, &s->form));
    lf_buf_init(&s->b, EXPORT_BYTES);
    s->w = lf_json_w(&s->b);
    if (s->as == AS_WRITTEN) {
        s->writer = lf_incident_writer_open(r->t, s->format, s->form, &s->b);
    } else if (s->as == AS_XLSX) {
        open_xlsx(s);
    } else {
        lf_json_open(&s->w, '{');
        lf_json_begin(&s->w, "items", '[');
    }
    return LF_OK;
}

static enum lf_code put_one(void *ctx, struct lf_task *t, const struct lf_incident_full *x, struct lf_err *e)
{
    struct sending *s = ctx;

    if (s->as == AS_WRITTEN)
        return lf_incident_writer_put(s->writer, t, x, e);
    if (s->as == AS_XLSX)
        return put_xlsx(s, t, x, e);
    LF_TRY(incident_json(s->r, &s->w, x));
    return lf_buf_done(&s->b, e);
}

/* `rc`: how it went so far.  `name`: of the file, without its suffix. */
static enum lf_code send(struct sending *s, lf_view name, enum lf_code rc)
{
    const char *type = s->format ? s->format->type : "application/json";
    struct rq *r = s->r;

    if (s->as == AS_XLSX)
        return answer_xlsx(r, name, s->xlsx, &s->b, rc);
    if (s->as == AS_WRITTEN) {
        enum lf_code closed = lf_incident_writer_close(s->writer, rc == LF_OK ? r->e : NULL);

        rc = rc == LF_OK ? closed : rc;
    } else {
        lf_json_close(&s->w);
        lf_json_close(&s->w);
        rc = rc == LF_OK ? lf_buf_done(&s->b, r->e) : rc;
    }
    if (rc == LF_OK)
        answer_file(r, type,
                    lf_arena_printf(r->t->a, "%.*s.%s", LF_FMT(name), s->format ? s->format->suffix : "json"),
                    lf_arena_copy(r->t->a, lf_buf_view(&s->b)));
    else if (s->b.over)
        rc = lf_err_set(r->e, LF_TOO_BIG, "the file would be larger than %d MiB; narrow the filter",
                        EXPORT_BYTES >> 20);
    lf_buf_clear(&s->b);
    return rc;
}

enum lf_code api_incident_export(struct rq *r)
{
    struct lf_incident_full x;
    struct sending s;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    if (lf_view_is(query(r, "format"), "pdf"))
        return paper_incident(r, &x);
    LF_TRY(open_file(&s, r));
    return send(&s, r->id, put_one(&s, r->t, &x, r->e));
}

enum lf_code api_incidents_export(struct rq *r)
{
    struct lf_incident_filter filter;
    struct sending s;

    LF_TRY(incident_filter_of(r, &filter));
    LF_TRY(open_file(&s, r));
    return send(&s, LF_V("incidents"), lf_incident_each(r->t, &filter, put_one, &s, r->e));
}
