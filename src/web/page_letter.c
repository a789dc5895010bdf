/* The letter of a referral in the console: looked at as it would go out. */
#include "cert/referral_letter.h"
#include "web/page_priv.h"

static const enum lf_text type_texts[LF_ABUSE_TYPES] = {
    LF_T_ABUSE_SERVER, LF_T_ABUSE_LOGIN,  LF_T_ABUSE_SCAN,  LF_T_ABUSE_VULN,   LF_T_ABUSE_SQL,
    LF_T_ABUSE_DDOS,   LF_T_ABUSE_BOTNET, LF_T_ABUSE_PHISH, LF_T_ABUSE_MALWARE
};
static const enum lf_text tlp_texts[] = { LF_T_TLP_CLEAR, LF_T_TLP_GREEN, LF_T_TLP_AMBER, LF_T_TLP_STRICT };

static void put_option(struct lf_buf *b, const char *value, lf_view label, bool chosen)
{
    lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(value), LF_RAW(chosen ? LF_V(" selected") : LF_V("")),
            V(label));
}

static void open_choice(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label)
{
    lf_html(b, "<p><label for=\"%\">%</label><select id=\"%\" name=\"%\">", LF_HC(name), V(text(r, label)),
            LF_HC(name), LF_HC(name));
}

static void put_choices(struct rq *r, struct lf_buf *b, const struct lf_letter_choice *c,
                        const struct lf_letter *l)
{
    lf_html(b, "<form class=\"stack\" method=\"get\" action=\"%\">",
            V(path2(r, "/referrals/", r->id, "/letter")));
    lf_html(b,
            "<p><label for=\"to\">%</label><input id=\"to\" name=\"to\" type=\"email\" maxlength=\"254\" "
            "value=\"%\"></p>",
            T(LETTER_TO), V(l->to.len ? l->to : c->to));
    open_choice(r, b, "type", LF_T_LETTER_TYPE);
    for (int i = 0; i < LF_ABUSE_TYPES; i++)
        put_option(b, lf_abuse_type_name((enum lf_abuse_type)i), text(r, type_texts[i]),
                   l->seal.len ? i == (int)l->type : i == c->type);
    LF_PUT(b, "</select></p>");
    open_choice(r, b, "protocol", LF_T_LETTER_PROTOCOL);
    put_option(b, "tcp", LF_V("TCP"), !c->udp);
    put_option(b, "udp", LF_V("UDP"), c->udp);
    LF_PUT(b, "</select></p>");
    open_choice(r, b, "language", LF_T_LETTER_LANGUAGE);
    put_option(b, "zh-TW", LF_V("中文（臺灣）"), !c->english);
    put_option(b, "en", LF_V("English"), c->english);
    LF_PUT(b, "</select></p>");
    open_choice(r, b, "tlp", LF_T_ADV_TLP);
    for (int i = LF_TLP_CLEAR; i <= LF_TLP_STRICT; i++)
        put_option(b, lf_tlp_name((enum lf_tlp)i), text(r, tlp_texts[i - LF_TLP_CLEAR]),
                   i == (int)(c->tlp ? c->tlp : LF_TLP_AMBER));
    lf_html(b,
            "</select></p><p><label><input type=\"checkbox\" name=\"named\" value=\"1\"%>%</label></p>"
            "<p><button class=\"quiet\">%</button></p></form>",
            LF_RAW(c->named ? LF_V(" checked") : LF_V("")), T(LETTER_NAMED), T(LETTER_LOOK));
}

static void put_letter(struct rq *r, struct lf_buf *b, const struct lf_letter *l)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd "
            "class=\"wrap\">%</dd><dt>%</dt><dd "
            "class=\"wrap\">%</dd><dt>%</dt><dd class=\"wrap\">%</dd></dl><pre tabindex=\"0\">%</pre>",
            T(LETTER_AS_SENT), T(LETTER_FROM), V(mail_from(r)), T(LETTER_TO), V(l->to), T(LETTER_SUBJECT),
            V(l->subject), V(l->text));
    for (size_t i = 0; i < LF_LETTER_PARTS; i++)
        lf_html(b, "<h3>%</h3><pre tabindex=\"0\">%</pre>", LF_HC(l->parts[i].name), V(l->parts[i].bytes));
    LF_PUT(b, "</section>");
}

enum lf_code page_letter(struct rq *r)
{
    struct lf_letter_choice c = { .type = -1 };
    struct lf_letter l = { 0 };
    struct lf_referral x;
    const struct lf_referral_answer *answers;
    struct lf_buf b;
    lf_view why;
    size_t n;
    enum lf_code rc = letter_choice(r, false, &c);

    LF_TRY(lf_referral_get(r->t, r->id, &x, &n, &answers, r->e));
    if (rc == LF_OK)
        rc = lf_referral_letter(r->t, r->id, mail_from(r), &c, &l, r->e);
    if (rc != LF_OK && rc != LF_BAD_INPUT && rc != LF_CONFLICT)
        return rc;
    why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    if (!c.to.len)
        c.to = x.mail;
    begin_page(r, &b, text(r, LF_T_LETTER), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p><p class=\"quiet\">%</p></div>",
            T(LETTER), V(path2(r, "/referrals/", r->id, "")), V(x.recipient), T(LETTER_LEAD));
    PUT_TRY(&b, put_exercise_of(r, &b, x.incident));
    if (rc != LF_OK)
        put_refusal(r, &b, why);
    if (l.told.len)
        lf_html(&b, "<p class=\"say warn\" role=\"alert\">%</p>",
                V(fill1(r, LF_T_LETTER_TOLD, "what", l.told)));
    LF_PUT(&b, "<div class=\"two\">");
    if (rc == LF_OK)
        put_letter(r, &b, &l);
    LF_PUT(&b, "<section class=\"panel\">");
    if (x.source.len)
        put_choices(r, &b, &c, &l);
    LF_PUT(&b, "</section></div>");
    return end_page(r, &b, rc == LF_BAD_INPUT ? 400 : 200);
}
