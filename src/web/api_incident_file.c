/* The JSON API's part on the files of incidents. */
#include "base/crypto.h"
#include "cert/incident_file.h"
#include "web/api_priv.h"

enum lf_code api_incident_files(struct rq *r)
{
    const struct lf_incident_file *list;
    struct lf_incident_full x;
    struct out o;
    size_t n;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_incident_file_list(r->t, &x, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_incident_file *f = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "file", f->event);
        lf_json_put_str(&o.w, "name", f->name);
        lf_json_put_str(&o.w, "type", f->type);
        lf_json_put_int(&o.w, "size", f->size);
        lf_json_put_str(&o.w, "sha256", f->sha256);
        put_text(&o.w, "note", f->note);
        lf_json_put_str(&o.w, "node", f->node);
        put_text(&o.w, "account", f->account);
        lf_json_put_time(&o.w, "added_at", f->at);
        lf_json_put_bool(&o.w, "here", f->here);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_incident_file(struct rq *r)
{
    struct lf_incident_file f;
    lf_view bytes;

    LF_TRY(lf_incident_file_get(r->t, r->id, lf_view_some(query(r, "file")), &f, &bytes, r->e));
    answer_file(r, "application/octet-stream", f.name, bytes);
    return LF_OK;
}

enum lf_code api_incident_file_add(struct rq *r)
{
    struct lf_incident_file_new f = { .note = lf_view_trim(lf_view_some(field(r, "note"))) };
    lf_view data, event;

    LF_TRY(need(r, "name", &f.name));
    LF_TRY(need(r, "type", &f.type));
    LF_TRY(need(r, "data", &data));
    if (lf_unbase64(r->t->a, data, &f.bytes, NULL) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "data is the file in base64");
    LF_TRY(lf_incident_file_add(r->t, r->id, &f, &event, r->e));
    return say_id(r, 201, event);
}

enum lf_code api_incident_file_remove(struct rq *r)
{
    lf_view event, reason;

    LF_TRY(need(r, "file", &event));
    LF_TRY(need(r, "reason", &reason));
    LF_TRY(lf_incident_file_remove(r->t, r->id, event, reason, r->e));
    return answer_empty(r, 204);
}
