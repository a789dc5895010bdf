/* The API's part on incidents as files: one, or those that a filter finds. */
#include "cert/incident_export.h"
#include "web/api_priv.h"
#include "web/incident_filter.h"

enum { EXPORT_BYTES = 32 << 20 };

static enum lf_code write_json(struct rq *r, const struct lf_incident_full *items, size_t n, struct lf_buf *b)
{
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    lf_json_begin(&w, "items", '[');
    for (size_t i = 0; i < n; i++)
        LF_TRY(incident_json(r, &w, &items[i]));
    lf_json_close(&w);
    lf_json_close(&w);
    return lf_buf_done(b, r->e);
}

/* `name`: of the file, without its suffix. */
static enum lf_code send(struct rq *r, lf_view name, const struct lf_incident_full *items, size_t n)
{
    lf_view format = lf_view_some(query(r, "format"));
    bool json = lf_view_is(format, "json");
    const struct lf_incident_format *f = NULL;
    enum lf_code rc;
    struct lf_buf b;

    if (!json)
        LF_TRY(lf_incident_format_find(format, &f, r->e));
    lf_buf_init(&b, EXPORT_BYTES);
    rc = json ? write_json(r, items, n, &b) : f->write(r->t, items, n, &b, r->e);
    if (rc == LF_OK)
        answer_file(r, json ? "application/json" : f->type,
                    lf_arena_printf(r->t->a, "%.*s.%s", LF_FMT(name), json ? "json" : f->suffix),
                    lf_arena_copy(r->t->a, lf_buf_view(&b)));
    else if (b.over)
        rc = lf_err_set(r->e, LF_TOO_BIG, "the file would be larger than %d MiB; narrow the filter",
                        EXPORT_BYTES >> 20);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_incident_export(struct rq *r)
{
    struct lf_incident_full x;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    return send(r, r->id, &x, 1);
}

enum lf_code api_incidents_export(struct rq *r)
{
    const struct lf_incident_full *items;
    struct lf_incident_filter filter;
    size_t n;

    LF_TRY(incident_filter_of(r, &filter));
    LF_TRY(lf_incident_all(r->t, &filter, &n, &items, r->e));
    return send(r, LF_V("incidents"), items, n);
}
