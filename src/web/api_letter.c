/* The letter of a referral: what is said of it, and the JSON API's part. */
#include "cert/referral_letter.h"
#include "isac/passing.h"
#include "post/mail.h"
#include "web/api_priv.h"

lf_view mail_from(const struct rq *r)
{
    const struct lf_mail_settings *s = r->w->parts.mail;

    return s && s->server.len ? s->from : LF_V("");
}

enum lf_code letter_choice(struct rq *r, bool posted, struct lf_letter_choice *out)
{
    lf_view (*said)(const struct rq *, const char *) = posted ? field : query;
    lf_view type = lf_view_some(said(r, "type")), tlp = lf_view_some(said(r, "tlp"));
    lf_view protocol = lf_view_some(said(r, "protocol")), language = lf_view_some(said(r, "language"));
    const struct lf_referral_answer *answers;
    struct lf_referral x;
    enum lf_abuse_type of;
    size_t n;

    LF_TRY(lf_referral_get(r->t, r->id, &x, &n, &answers, r->e));
    *out = (struct lf_letter_choice){ .to = lf_view_some(said(r, "to")), .type = -1 };
    if (type.len && !lf_abuse_type_parse(type, &of))
        return lf_err_set(r->e, LF_BAD_INPUT, "letter: there is no type \"%.*s\"",
                          LF_FMT(lf_view_first(type, 40)));
    if (type.len)
        out->type = (int)of;
    if (tlp.len && !lf_tlp_parse(tlp, &out->tlp))
        return lf_err_set(r->e, LF_BAD_INPUT, "letter: tlp is clear, green, amber or amber+strict");
    if (protocol.len && !lf_view_is(protocol, "tcp") && !lf_view_is(protocol, "udp"))
        return lf_err_set(r->e, LF_BAD_INPUT, "letter: protocol is tcp or udp");
    if (language.len && !lf_view_is(language, "zh-TW") && !lf_view_is(language, "en"))
        return lf_err_set(r->e, LF_BAD_INPUT, "letter: language is zh-TW or en");
    out->udp = lf_view_is(protocol, "udp");
    out->english = language.len ? lf_view_is(language, "en") : x.kind == LF_REFERRAL_PARTNER;
    out->named = posted && r->json ? lf_json_bool(r->json, "named", false) : said(r, "named").len > 0;
    /* What is known of the source only by somebody's word goes no further than that says. */
    return lf_passing_check(r->t, x.source, out->tlp ? out->tlp : LF_TLP_AMBER, r->e);
}

enum lf_code api_letter(struct rq *r)
{
    struct lf_letter_choice c;
    struct lf_letter l;
    struct out o;

    LF_TRY(letter_choice(r, false, &c));
    LF_TRY(lf_referral_letter(r->t, r->id, mail_from(r), &c, &l, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "reference", l.reference);
    lf_json_put_str(&o.w, "from", mail_from(r));
    lf_json_put_str(&o.w, "to", l.to);
    lf_json_put_str(&o.w, "subject", l.subject);
    lf_json_put_str(&o.w, "text", l.text);
    lf_json_put_cstr(&o.w, "type", lf_abuse_type_name(l.type));
    lf_json_put_cstr(&o.w, "tlp", lf_tlp_name(l.tlp));
    put_text(&o.w, "names", l.told);
    lf_json_begin(&o.w, "parts", '[');
    for (size_t i = 0; i < LF_LETTER_PARTS; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "type", l.parts[i].type);
        lf_json_put_cstr(&o.w, "name", l.parts[i].name);
        lf_json_put_str(&o.w, "text", l.parts[i].bytes);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_put_str(&o.w, "seal", l.seal);
    return end(r, &o, 200);
}

enum lf_code letter_send(struct rq *r)
{
    struct lf_letter_choice c;
    lf_view seal, id;

    LF_TRY(letter_choice(r, true, &c));
    LF_TRY(need(r, "seal", &seal));
    return lf_referral_letter_send(r->t, r->id, r->w->parts.mail, &c, seal, &id, r->e);
}

enum lf_code api_letter_send(struct rq *r)
{
    LF_TRY(letter_send(r));
    return answer_empty(r, 202);
}

enum lf_code api_letters(struct rq *r)
{
    const struct lf_letter_sent *list;
    struct out o;
    size_t n;

    LF_TRY(lf_referral_letters(r->t, r->id, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_letter_sent *l = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", l->id);
        lf_json_put_time(&o.w, "made", l->made);
        lf_json_put_str(&o.w, "by", l->account);
        lf_json_put_str(&o.w, "to", l->to);
        lf_json_put_str(&o.w, "subject", l->subject);
        lf_json_put_cstr(&o.w, "tlp", lf_tlp_name(l->tlp));
        lf_json_put_bool(&o.w, "named", l->named);
        lf_json_put_cstr(&o.w, "state", lf_mail_state_name(l->state));
        lf_json_put_int(&o.w, "tries", l->tries);
        put_text(&o.w, "told", l->told);
        put_sealed(&o.w, &l->sealed);
        lf_json_put_time(&o.w, "ended", l->ended);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}
