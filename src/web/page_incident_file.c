/* The part of an incident's page that has its files. */
#include "cert/incident_file.h"
#include "web/page_priv.h"

static void put_file(struct rq *r, struct lf_buf *b, lf_view incident, const struct lf_incident_file *f,
                     bool acts)
{
    LF_PUT(b, "<li class=\"wrap\">");
    if (f->here)
        lf_html(b, "<a href=\"/api/v1/incidents/%/file?file=%\" download>%</a>", V(incident), V(f->event),
                V(f->name));
    else
        lf_html(b, "% <span class=\"quiet\">%</span>", V(f->name), T(FILE_ELSEWHERE));
    lf_html(b, " <span class=\"quiet\">% · %</span><br>", V(f->type),
            V(fill1(r, LF_T_BYTES_N, "n", number(r, f->size))));
    if (f->note.len)
        lf_html(b, "%<br>", V(f->note));
    put_when_zone(r, b, f->at);
    if (f->account.len && lf_view_eq(f->node, r->t->self->node))
        lf_html(b, " %", V(account_name(r, f->account)));
    lf_html(b, "<br><small>SHA-256 <code>%</code></small>", V(f->sha256));
    if (acts && f->here) {
        lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
                T(FILE_REMOVE), V(path2(r, "/incidents/", incident, "/files/remove")));
        put_csrf(r, b);
        lf_html(
            b,
            "<input type=\"hidden\" name=\"file\" value=\"%\"><p><label>%<input name=\"reason\" required "
            "maxlength=\"500\"></label></p><p><button class=\"second small\">%</button></p></form></details>",
            V(f->event), T(FILE_REMOVE_WHY), T(FILE_REMOVE));
    }
    LF_PUT(b, "</li>");
}

enum lf_code put_incident_files(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    struct lf_text_value limits[] = { { "mib", number(r, LF_INCIDENT_FILE >> 20) },
                                      { "n", number(r, LF_INCIDENT_FILES) } };
    const struct lf_incident_file *list;
    bool acts = may(r, ACT);
    size_t n;

    LF_TRY(lf_incident_file_list(r->t, x, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\" id=\"files\"><h2>%</h2>", T(FILES));
    if (!n)
        lf_html(b, "<p>%</p>", T(FILES_NONE));
    else
        LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < n; i++)
        put_file(r, b, x->row.id, &list[i], acts);
    if (n)
        LF_PUT(b, "</ul>");
    if (acts) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\" enctype=\"multipart/form-data\">",
                V(path2(r, "/incidents/", x->row.id, "/files")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" required "
                "aria-describedby=\"file-hint\"><span class=\"hint\" id=\"file-hint\">%</span></p>"
                "<p><label for=\"file-note\">%</label><input id=\"file-note\" name=\"note\" "
                "maxlength=\"500\"></p>"
                "<p><button class=\"second\">%</button></p></form>",
                T(F_FILE), V(lf_text_fill(r->t->a, LF_T_FILE_HINT, r->lang, limits, 2)), T(FILE_NOTE),
                T(FILE_ADD));
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_incident_file_add(struct rq *r)
{
    struct lf_multipart_part part;
    struct lf_incident_file_new f;
    lf_view event;

    LF_TRY(need_file(r, "file", &part));
    f = (struct lf_incident_file_new){ .name = part.file,
                                       .type = part.type.len ? part.type : LF_V("application/octet-stream"),
                                       .note = lf_view_trim(lf_view_some(field(r, "note"))),
                                       .bytes = part.body };
    LF_TRY(lf_incident_file_add(r->t, r->id, &f, &event, r->e));
    return redirect(r, path2(r, "/incidents/", r->id, "?done=1#files"));
}

enum lf_code page_incident_file_remove(struct rq *r)
{
    lf_view event, reason;

    LF_TRY(need(r, "file", &event));
    LF_TRY(need(r, "reason", &reason));
    LF_TRY(lf_incident_file_remove(r->t, r->id, event, reason, r->e));
    return redirect(r, path2(r, "/incidents/", r->id, "?done=1#files"));
}
