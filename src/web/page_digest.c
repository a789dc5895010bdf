/* Digests by mail in the console. */
#include "isac/digest.h"
#include "isac/object.h"
#include "web/page_priv.h"

static enum lf_code put_form(struct rq *r, struct lf_buf *b)
{
    static const char *const tlps[] = { "amber+strict", "amber", "green", "clear", "red" };
    const struct lf_collection *c;
    size_t n;

    LF_TRY(lf_collection_list(r->t, &n, &c, r->e));
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/digests\">",
            T(DIGEST_NEW));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"d-address\">%</label><input id=\"d-address\" name=\"address\" type=\"email\" "
            "required maxlength=\"254\"></p>",
            T(DIGEST_ADDRESS));
    if (may(r, MANAGE))
        lf_html(b,
                "<p><label for=\"d-account\">%</label><input id=\"d-account\" name=\"account\" "
                "autocomplete=\"off\" maxlength=\"64\"></p>",
                T(DIGEST_ACCOUNT));
    lf_html(b,
            "<p><label for=\"d-every\">%</label><select id=\"d-every\" name=\"every\"><option "
            "value=\"day\">%</option><option value=\"week\">%</option></select></p>"
            "<p><label for=\"d-hour\">%</label><input id=\"d-hour\" name=\"hour\" inputmode=\"numeric\" "
            "value=\"8\" "
            "maxlength=\"2\"></p><p><label for=\"d-language\">%</label><select id=\"d-language\" "
            "name=\"language\"><option value=\"zh-TW\"%>%</option><option "
            "value=\"en\"%>English</option></select></p>",
            T(DIGEST_EVERY), T(DIGEST_DAY), T(DIGEST_WEEK), T(DIGEST_HOUR), T(DIGEST_LANGUAGE),
            LF_RAW(r->lang == LF_LANG_EN ? LF_V("") : LF_V(" selected")), T(DIGEST_CHINESE),
            LF_RAW(r->lang == LF_LANG_EN ? LF_V(" selected") : LF_V("")));
    lf_html(b, "<p><label for=\"d-collection\">%</label><select id=\"d-collection\" name=\"collection\">",
            T(DIGEST_COLLECTION));
    for (size_t i = 0; i < n; i++)
        if (c[i].can_read)
            lf_html(b, "<option value=\"%\"%>%</option>", V(c[i].id),
                    LF_RAW(lf_view_is(c[i].alias, "library") ? LF_V(" selected") : LF_V("")),
                    V(collection_title(r, c[i].title)));
    lf_html(b, "</select></p><p><label for=\"d-tlp\">%</label><select id=\"d-tlp\" name=\"tlp\">",
            T(DIGEST_TLP));
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        lf_html(b, "<option value=\"%\">TLP:%</option>", LF_HC(tlps[i]), LF_HC(tlps[i]));
    lf_html(b, "</select></p><p><button>%</button></p></form></section>", T(DIGEST_ADD));
    return LF_OK;
}

static void put_mails(struct rq *r, struct lf_buf *b, const struct lf_mail_row *mail, size_t n)
{
    static const enum lf_text states[] = { LF_T_MAIL_WAITING, LF_T_MAIL_SENT, LF_T_MAIL_FAILED };
    static const char *const tones[] = { "warn", "good", "bad" }, *const signs[] = { "…", "✓", "!" };

    LF_PUT(b, "<ul class=\"plain\">");
    for (size_t i = 0; i < n; i++) {
        LF_PUT(b, "<li class=\"wrap\">");
        put_when_zone(r, b, mail[i].made);
        LF_PUT(b, " ");
        badge(b, tones[mail[i].state], signs[mail[i].state], text(r, states[mail[i].state]));
        put_mail_seal(r, b, &mail[i].sealed);
        if (mail[i].told.len)
            lf_html(b, "<br><small lang=\"en\">%</small>", V(mail[i].told));
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul>");
}

static enum lf_code put_digest(struct rq *r, struct lf_buf *b, const struct lf_digest *d)
{
    struct lf_mail_row *mail;
    size_t n;

    LF_TRY(lf_mail_of(r->t, d->id, 5, &n, &mail, r->e));
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>% %:00 "
            "(UTC+8)</dd><dt>%</dt><dd>TLP:%</dd><dt>%</dt><dd>",
            V(d->address), T(DIGEST_FOR), V(account_name(r, d->account)), T(DIGEST_EVERY),
            V(text(r, d->weekly ? LF_T_DIGEST_WEEK : LF_T_DIGEST_DAY)), V(number(r, d->hour)), T(DIGEST_TLP),
            LF_HC(lf_tlp_name(d->tlp)), T(DIGEST_NEXT));
    put_when_zone(r, b, d->next);
    if (d->trouble.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\" lang=\"en\">%", T(FEED_TROUBLE), V(d->trouble));
    LF_PUT(b, "</dd></dl>");
    if (n)
        put_mails(r, b, mail, n);
    LF_PUT(b, "<p class=\"acts\">");
    put_button(r, b, path2(r, "/digests/", d->id, "/now"), LF_T_DIGEST_NOW, "small");
    put_button(r, b, path2(r, "/digests/", d->id, "/remove"), LF_T_DIGEST_REMOVE, "second small");
    LF_PUT(b, "</p></section>");
    return LF_OK;
}

enum lf_code page_digests(struct rq *r)
{
    enum lf_code rc = LF_OK;
    struct lf_digest *items;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_digest_list(r->t, &n, &items, r->e));
    begin_page(r, &b, text(r, LF_T_DIGESTS), "/indicators");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(DIGESTS), T(DIGESTS_HELP));
    if (!mail_from(r).len)
        lf_html(&b, "<p class=\"empty\">%</p>", T(DIGESTS_NO_MAIL));
    for (size_t i = 0; i < n && rc == LF_OK; i++)
        rc = put_digest(r, &b, &items[i]);
    if (rc == LF_OK)
        rc = put_form(r, &b);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    return end_page(r, &b, 200);
}

enum lf_code page_digest_add(struct rq *r)
{
    lf_view id;

    LF_TRY(digest_put(r, &id));
    return redirect(r, LF_V("/digests"));
}

enum lf_code page_digest_now(struct rq *r)
{
    LF_TRY(lf_digest_now(r->t, r->id, r->e));
    return redirect(r, LF_V("/digests"));
}

enum lf_code page_digest_remove(struct rq *r)
{
    LF_TRY(lf_digest_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/digests"));
}
