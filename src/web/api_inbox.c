/* The JSON API's part on mail that came in. */
#include "base/crypto.h"
#include "cert/inbox.h"

#include "web/api_priv.h"

static void put_row(struct lf_json_w *w, const struct lf_inbox_mail *m)
{
    lf_json_put_str(w, "id", m->id);
    lf_json_put_int(w, "number", m->number);
    lf_json_put_cstr(w, "state", lf_inbox_state_name(m->state));
    lf_json_put_time(w, "received", m->received);
    lf_json_put_time(w, "sent", m->sent);
    lf_json_put_str(w, "from", m->from);
    put_text(w, "from_name", m->from_name);
    lf_json_put_str(w, "subject", m->subject);
    put_text(w, "message", m->message);
    lf_json_put_bool(w, "automatic", m->automatic);
    lf_json_put_int(w, "size", m->size);
    lf_json_put_str(w, "sha256", m->sha256);
    put_text(w, "incident", m->incident);
    put_text(w, "file", m->event);
    put_text(w, "by", m->account);
    lf_json_put_time(w, "decided", m->decided);
    put_text(w, "reason", m->reason);
}

/* The message as it is, or JSON with it in base64. */
enum lf_code api_mail_take(struct rq *r)
{
    lf_view message = r->in->body, data, id;
    struct out o;
    bool fresh;

    if (r->json) {
        LF_TRY(need(r, "data", &data));
        if (lf_unbase64(r->t->a, data, &message, NULL) != LF_OK)
            return lf_err_set(r->e, LF_BAD_INPUT, "data is the message in base64");
    } else if (r->form.ptr) {
        return lf_err_set(r->e, LF_UNACCEPTED, "send the message as message/rfc822");
    }
    LF_TRY(lf_inbox_take(r->t, r->w->parts.mail, message, &id, &fresh, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    lf_json_put_bool(&o.w, "new", fresh);
    return end(r, &o, fresh ? 201 : 200);
}

enum lf_code inbox_list(struct rq *r, size_t *n, const struct lf_inbox_mail **out, lf_view *next)
{
    struct lf_page page;
    int state = -1;

    LF_TRY(page_of(r, &page));
    if (query(r, "state").len && !lf_inbox_state_parse(query(r, "state"), &state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is waiting, filed or dismissed");
    return lf_inbox_list(r->t, state, &page, n, out, next, r->e);
}

enum lf_code api_mails(struct rq *r)
{
    const struct lf_inbox_mail *list;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(inbox_list(r, &n, &list, &next));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code inbox_read(struct rq *r, lf_view source, struct lf_mail_opened *opened, struct lf_mime *mime)
{
    LF_TRY(lf_mail_open(r->t, r->w->parts.mail, source, opened, r->e));
    return lf_mime_read(r->t->a, opened->message, mime, r->e);
}

/* The contact as people call him; empty when he is not there any more. */
lf_view inbox_signer(struct rq *r, const struct lf_mail_opened *o)
{
    struct lf_contact c;

    return o->contact.len && lf_contact_get(r->t, o->contact, &c, NULL) == LF_OK ? c.name : LF_V("");
}

static void put_opened(struct rq *r, struct lf_json_w *w, const struct lf_mail_opened *o)
{
    if (!o->encrypted && o->word == LF_SAID_UNSIGNED)
        return;
    lf_json_begin(w, "seal", '{');
    lf_json_put_cstr(w, "kind", lf_seal_kind_name(o->kind));
    lf_json_put_bool(w, "encrypted", o->encrypted);
    if (o->closed)
        lf_json_put_str(w, "closed", o->why);
    lf_json_put_cstr(w, "signature", lf_seal_word_name(o->word));
    put_text(w, "contact", o->contact);
    put_text(w, "name", inbox_signer(r, o));
    put_text(w, "fingerprint", o->fingerprint);
    lf_json_put_time(w, "signed", o->at);
    lf_json_close(w);
}

enum lf_code api_mail(struct rq *r)
{
    struct lf_mail_opened opened = { 0 };
    struct lf_inbox_mail m;
    struct lf_mime mime = { 0 };
    lf_view source;
    struct out o;

    LF_TRY(lf_inbox_get(r->t, r->id, &m, &source, r->e));
    if (source.len)
        LF_TRY(inbox_read(r, source, &opened, &mime));
    begin(&o);
    put_row(&o.w, &m);
    if (source.len) {
        put_opened(r, &o.w, &opened);
        lf_json_put_str(&o.w, "text", mime.text);
        lf_json_put_bool(&o.w, "text_cut", mime.text_cut);
        lf_json_begin(&o.w, "parts", '[');
        for (size_t i = 0; i < mime.nparts; i++) {
            uint8_t sum[LF_SHA256];

            lf_sha256(mime.parts[i].bytes, sum);
            lf_json_open(&o.w, '{');
            lf_json_put_str(&o.w, "name", mime.parts[i].name);
            lf_json_put_str(&o.w, "type", mime.parts[i].type);
            lf_json_put_int(&o.w, "size", (int64_t)mime.parts[i].bytes.len);
            lf_json_put_str(&o.w, "sha256", lf_hex(r->t->a, sum, sizeof sum));
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code api_mail_source(struct rq *r)
{
    struct lf_inbox_mail m;
    lf_view source;

    LF_TRY(lf_inbox_get(r->t, r->id, &m, &source, r->e));
    if (!source.len)
        return lf_err_set(r->e, LF_NOT_FOUND, "mail: the message is not here any more");
    answer_file(r, "application/octet-stream", lf_arena_printf(r->t->a, "mail-%lld.eml", (long long)m.number),
                source);
    return LF_OK;
}

enum lf_code api_mail_file(struct rq *r)
{
    lf_view incident;

    LF_TRY(need(r, "incident", &incident));
    LF_TRY(lf_inbox_file(r->t, r->w->parts.mail, r->id, lf_view_trim(incident), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_mail_dismiss(struct rq *r)
{
    lf_view reason;

    LF_TRY(need(r, "reason", &reason));
    LF_TRY(lf_inbox_dismiss(r->t, r->id, reason, r->e));
    return answer_empty(r, 204);
}
