/* The API's part on incidents as files: one, or those that a filter finds. */
#include "cert/incident_export.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"

enum { EXPORT_BYTES = 32 << 20 };

struct sending {
    struct rq *r;
    const struct lf_incident_format *format; /* NULL: JSON */
    struct lf_buf b;
    struct lf_json_w w;
    struct lf_incident_writer *writer;
};

static enum lf_code open_file(struct sending *s, struct rq *r)
{
    lf_view format = lf_view_some(query(r, "format"));

    *s = (struct sending){ .r = r };
    if (!lf_view_is(format, "json"))
        LF_TRY(lf_incident_format_find(format, &s->format, r->e));
    lf_buf_init(&s->b, EXPORT_BYTES);
    s->w = lf_json_w(&s->b);
    if (s->format) {
        s->writer = lf_incident_writer_open(r->t, s->format, &s->b);
    } else {
        lf_json_open(&s->w, '{');
        lf_json_begin(&s->w, "items", '[');
    }
    return LF_OK;
}

static enum lf_code put_one(void *ctx, struct lf_task *t, const struct lf_incident_full *x, struct lf_err *e)
{
    struct sending *s = ctx;

    if (s->format)
        return lf_incident_writer_put(s->writer, t, x, e);
    LF_TRY(incident_json(s->r, &s->w, x));
    return lf_buf_done(&s->b, e);
}

/* `rc`: how it went so far.  `name`: of the file, without its suffix. */
static enum lf_code send(struct sending *s, lf_view name, enum lf_code rc)
{
    const char *type = s->format ? s->format->type : "application/json";
    struct rq *r = s->r;

    if (s->format) {
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
