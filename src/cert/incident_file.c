#include "cert/incident_file.h"

#include "cert/incident_priv.h"
#include "model/file.h"
#include "store/query_incident_file.h"

#define QUOTA ((int64_t)LF_INCIDENT_FILES_GIB << 30)

/* ---- reading ---- */

static bool counts(const struct lf_incident_full *x, size_t i)
{
    return x->state.outcomes[i] == LF_OUTCOME_APPLIED;
}

/* Which of the incident's files lie here, by event. */
static enum lf_code held(struct lf_task *t, lf_view incident, size_t *n, const lf_view **events,
                         struct lf_err *e)
{
    return lf_db_texts(t->db, &t->scope, &lf_q_incident_file_held,
                       LF_ARGS(LF_TEXT(incident), LF_INT(LF_INCIDENT_EVENTS)), t->a, LF_INCIDENT_EVENTS, n,
                       events, e);
}

enum lf_code lf_incident_file_list(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                                   const struct lf_incident_file **out, struct lf_err *e)
{
    struct lf_incident_file *list = LF_NEW(t->a, struct lf_incident_file, x->nevents + 1);
    const lf_view *here;
    size_t nhere, have = 0;

    LF_TRY(held(t, x->row.id, &nhere, &here, e));
    for (size_t i = 0; i < x->nevents; i++) {
        const struct lf_incident_event *ev = x->events[i];
        struct lf_incident_file *f = &list[have];

        if (!counts(x, i))
            continue;
        if (lf_view_is(ev->kind, "file_removed")) {
            size_t kept = 0;

            for (size_t k = 0; k < have; k++)
                if (!lf_view_eq(list[k].event, lf_json_str(ev->body, "file")) ||
                    !lf_view_eq(list[k].node, ev->node)) /* each node removes what lies with it */
                    list[kept++] = list[k];
            have = kept;
        }
        if (!lf_view_is(ev->kind, "file_added"))
            continue;
        *f = (struct lf_incident_file){ .event = ev->id,
                                        .name = lf_json_str(ev->body, "name"),
                                        .type = lf_json_str(ev->body, "type"),
                                        .sha256 = lf_json_str(ev->body, "sha256"),
                                        .note = lf_view_some(lf_json_str(ev->body, "note")),
                                        .node = ev->node,
                                        .account = lf_view_some(ev->account),
                                        .at = ev->recorded };
        (void)lf_json_int(ev->body, "size", &f->size);
        for (size_t k = 0; k < nhere; k++)
            f->here |= lf_view_eq(here[k], ev->id);
        have++;
    }
    *n = have;
    *out = list;
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view incident, lf_view event, struct lf_incident_full *x,
                         struct lf_incident_file *out, struct lf_err *e)
{
    const struct lf_incident_file *list;
    size_t n;

    LF_TRY(lf_incident_get(t, incident, x, e));
    LF_TRY(lf_incident_file_list(t, x, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].event, event)) {
            *out = list[i];
            return LF_OK;
        }
    return lf_err_set(e, LF_NOT_FOUND, "the incident has no file %.*s", LF_FMT(lf_view_first(event, 64)));
}

struct blob {
    struct lf_arena *a;
    lf_view bytes;
    bool there;
};

static enum lf_code on_bytes(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct blob *b = ctx;

    (void)e;
    b->bytes = lf_arena_copy(b->a, lf_row_blob(r, 0));
    b->there = true;
    return LF_OK;
}

static lf_view sum_of(struct lf_arena *a, lf_view bytes)
{
    uint8_t sum[LF_SHA256];

    lf_sha256(bytes, sum);
    return lf_hex(a, sum, sizeof sum);
}

enum lf_code lf_incident_file_get(struct lf_task *t, lf_view incident, lf_view event,
                                  struct lf_incident_file *out, lf_view *bytes, struct lf_err *e)
{
    struct blob b = { .a = t->a };
    struct lf_incident_full x;

    LF_TRY(find(t, incident, event, &x, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_file_bytes, LF_ARGS(LF_TEXT(incident), LF_TEXT(event)),
                     on_bytes, &b, NULL, e));
    if (!b.there)
        return lf_err_set(
            e, LF_NOT_FOUND,
            "檔案存放於記錄它的節點，未隨案件傳送。The file lies at the node that recorded it; files do "
            "not travel with an incident");
    if (!lf_view_eq(sum_of(t->a, b.bytes), out->sha256))
        return lf_err_set(e, LF_IO, "the bytes of %.*s are not those whose sum was signed", LF_FMT(event));
    *bytes = b.bytes;
    return LF_OK;
}

/* ---- adding, removing ---- */

static enum lf_code check(struct lf_task *t, lf_view incident, const struct lf_incident_file_new *f,
                          lf_view sum, struct lf_err *e)
{
    const struct lf_incident_file *list;
    struct lf_incident_full x;
    size_t n, here = 0;
    int64_t total;

    if (!lf_file_name_ok(f->name) || !lf_file_type_ok(f->type))
        return lf_err_set(
            e, LF_BAD_INPUT,
            "附件須有不含路徑的檔名與媒體類型。A file has a name without path, and a media type like "
            "application/pdf");
    if (f->note.len && !lf_view_is_text(f->note, 1, LF_INCIDENT_FILE_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "what is said of a file has at most %d bytes",
                          LF_INCIDENT_FILE_NOTE);
    if (!f->bytes.len || f->bytes.len > LF_INCIDENT_FILE)
        return lf_err_set(e, LF_TOO_BIG, "附件大小須為 1 位元組至 %d MiB。A file has 1 byte to %d MiB",
                          LF_INCIDENT_FILE >> 20, LF_INCIDENT_FILE >> 20);
    LF_TRY(lf_incident_get(t, incident, &x, e));
    LF_TRY(lf_incident_file_list(t, &x, &n, &list, e));
    for (size_t i = 0; i < n; i++) {
        here += list[i].here;
        if (list[i].here && lf_view_eq(list[i].sha256, sum))
            return lf_err_set(
                e, LF_CONFLICT,
                "內容相同的檔案已附加於本案：%.*s。The incident has a file with this content: %.*s",
                LF_FMT(list[i].name), LF_FMT(list[i].name));
    }
    if (here >= LF_INCIDENT_FILES)
        return lf_err_set(e, LF_TOO_BIG, "每案最多 %d 個附件。An incident has at most %d files",
                          LF_INCIDENT_FILES, LF_INCIDENT_FILES);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_incident_file_total, LF_NO_ARGS, &total, e));
    return total + (int64_t)f->bytes.len <= QUOTA
               ? LF_OK
               : lf_err_set(e, LF_TOO_BIG,
                            "附件總量已達 %d GiB，請先移除不再需要的附件。The files of all incidents have "
                            "reached %d "
                            "GiB; remove what is no longer needed",
                            LF_INCIDENT_FILES_GIB, LF_INCIDENT_FILES_GIB);
}

static enum lf_code done(struct lf_task *t, struct lf_buf *b, lf_view *out, struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        *out = lf_arena_copy(t->a, lf_buf_view(b));
    lf_buf_clear(b);
    return rc;
}

enum lf_code lf_incident_file_add(struct lf_task *t, lf_view incident,
                                  const struct lf_incident_file_new *file, lf_view *event, struct lf_err *e)
{
    lf_view sum = sum_of(t->a, file->bytes), body, id;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(check(t, incident, file, sum, e));
    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "name", file->name);
    lf_json_put_str(&w, "type", file->type);
    lf_json_put_int(&w, "size", (int64_t)file->bytes.len);
    lf_json_put_str(&w, "sha256", sum);
    if (file->note.len)
        lf_json_put_str(&w, "note", file->note);
    lf_json_close(&w);
    LF_TRY(done(t, &b, &body, e));
    LF_TRY(incident_act(t, incident, LF_V("file_added"), body, &id, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_file_add,
                      LF_ARGS(LF_TEXT(incident), LF_TEXT(id), LF_INT(file->bytes.len), LF_BLOB(file->bytes)),
                      e));
    *event = id;
    return LF_OK;
}

enum lf_code lf_incident_file_remove(struct lf_task *t, lf_view incident, lf_view event, lf_view reason,
                                     struct lf_err *e)
{
    struct lf_incident_full x;
    struct lf_incident_file f;
    lf_view body, ignored;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(find(t, incident, event, &x, &f, e));
    if (!f.here)
        return lf_err_set(
            e, LF_CONFLICT,
            "檔案存放於其他節點，僅該節點可移除。The file lies at another node, which alone can remove it");
    if (incident_is_evidence(t, &x, event))
        return lf_err_set(e, LF_CONFLICT,
                          "檔案已登錄為證物，不能移除。The file is an item of evidence and is not removed");
    reason = lf_view_trim(reason);
    if (!lf_view_is_text(reason, 1, LF_INCIDENT_FILE_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "請說明移除的理由。Say why the file is removed, in 1 to %d bytes",
                          LF_INCIDENT_FILE_NOTE);
    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "file", event);
    lf_json_put_str(&w, "name", f.name);
    lf_json_put_str(&w, "sha256", f.sha256);
    lf_json_put_str(&w, "reason", reason);
    lf_json_close(&w);
    LF_TRY(done(t, &b, &body, e));
    LF_TRY(incident_act(t, incident, LF_V("file_removed"), body, &ignored, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_incident_file_remove,
                      LF_ARGS(LF_TEXT(incident), LF_TEXT(event)), e);
}
