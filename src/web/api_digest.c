/* The JSON API's part on digests by mail. */
#include "isac/digest.h"
#include "web/api_priv.h"

enum { MAILS = 10 };

static void put_digest(struct rq *r, struct lf_json_w *w, const struct lf_digest *d,
                       const struct lf_mail_row *mail, size_t n)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", d->id);
    lf_json_put_str(w, "account", d->account);
    lf_json_put_str(w, "address", d->address);
    lf_json_put_cstr(w, "language", d->english ? "en" : "zh-TW");
    lf_json_put_cstr(w, "every", d->weekly ? "week" : "day");
    lf_json_put_int(w, "hour", d->hour);
    lf_json_put_str(w, "collection", d->collection);
    lf_json_put_cstr(w, "tlp", lf_tlp_name(d->tlp));
    lf_json_put_bool(w, "mail", mail_from(r).len > 0);
    lf_json_put_time(w, "next", d->next);
    lf_json_put_time(w, "told_up_to", d->since);
    put_text(w, "trouble", d->trouble);
    lf_json_begin(w, "sent", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(w, '{');
        lf_json_put_str(w, "id", mail[i].id);
        lf_json_put_time(w, "made", mail[i].made);
        lf_json_put_cstr(w, "state", lf_mail_state_name(mail[i].state));
        lf_json_put_int(w, "tries", mail[i].tries);
        put_text(w, "told", mail[i].told);
        if (mail[i].state == LF_MAIL_WAITING)
            lf_json_put_time(w, "next", mail[i].next);
        lf_json_put_time(w, "ended", mail[i].ended);
        put_sealed(w, &mail[i].sealed);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_close(w);
}

enum lf_code digest_put(struct rq *r, lf_view *id)
{
    lf_view every = field(r, "every"), lang = field(r, "language"), tlp = field(r, "tlp");
    const struct lf_json *v = lf_json_get(r->json, LF_V("hour"));
    lf_view hour = lf_view_trim(r->json ? lf_json_text(v) : field(r, "hour"));
    struct lf_digest d = { .tlp = LF_TLP_STRICT, .hour = 8, .account = lf_view_some(field(r, "account")) };

    LF_TRY(need(r, "address", &d.address));
    d.address = lf_view_trim(d.address);
    d.collection = field(r, "collection").len ? field(r, "collection") : LF_V("library");
    d.english = lf_view_starts(lang, LF_V("en"));
    if (lang.len && !d.english && !lf_view_starts(lang, LF_V("zh")))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"language\" is zh-TW or en");
    d.weekly = lf_view_is(every, "week");
    if (every.len && !d.weekly && !lf_view_is(every, "day"))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"every\" is day or week");
    if (hour.len && !lf_view_i64(hour, &d.hour))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"hour\" is 0 to 23, of Taipei");
    if (tlp.len && !lf_tlp_parse(tlp, &d.tlp))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"tlp\" is clear, green, amber, amber+strict or red");
    return lf_digest_add(r->t, &d, id, r->e);
}

static enum lf_code put_one(struct rq *r, struct lf_json_w *w, const struct lf_digest *d)
{
    struct lf_mail_row *mail;
    size_t n;

    LF_TRY(lf_mail_of(r->t, d->id, MAILS, &n, &mail, r->e));
    put_digest(r, w, d, mail, n);
    return LF_OK;
}

static enum lf_code say(struct rq *r, lf_view id, int status)
{
    struct lf_digest d;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_digest_get(r->t, id, &d, r->e));
    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    rc = put_one(r, &w, &d);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return answer_json(r, status, &b);
}

enum lf_code api_digests(struct rq *r)
{
    enum lf_code rc = LF_OK;
    struct lf_digest *items;
    struct out o;
    size_t n;

    LF_TRY(lf_digest_list(r->t, &n, &items, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n && rc == LF_OK; i++)
        rc = put_one(r, &o.w, &items[i]);
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_digest_add(struct rq *r)
{
    lf_view id;

    LF_TRY(digest_put(r, &id));
    return say(r, id, 201);
}

enum lf_code api_digest(struct rq *r)
{
    return say(r, r->id, 200);
}

enum lf_code api_digest_remove(struct rq *r)
{
    LF_TRY(lf_digest_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_digest_now(struct rq *r)
{
    LF_TRY(lf_digest_now(r->t, r->id, r->e));
    return say(r, r->id, 202);
}
