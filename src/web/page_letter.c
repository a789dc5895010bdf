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
                   i == (int)(c->tlp        ? c->tlp
                              : l->seal.len ? l->tlp
                                            : LF_TLP_AMBER));
    lf_html(b,
            "</select></p><p><label><input type=\"checkbox\" name=\"named\" value=\"1\"%>%</label></p>"
            "<p><button class=\"second\">%</button></p></form>",
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

/* What was chosen, once more, and the seal of what is shown above. */
static void put_send(struct rq *r, struct lf_buf *b, const struct lf_letter_choice *c,
                     const struct lf_letter *l)
{
    const struct {
        const char *name;
        lf_view value;
    } hidden[] = { { "to", l->to },
                   { "type", lf_view_of(lf_abuse_type_name(l->type)) },
                   { "protocol", c->udp ? LF_V("udp") : LF_V("tcp") },
                   { "language", c->english ? LF_V("en") : LF_V("zh-TW") },
                   { "tlp", lf_view_of(lf_tlp_name(l->tlp)) },
                   { "named", c->named ? LF_V("1") : LF_V("") },
                   { "seal", l->seal } };

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/referrals/", r->id, "/letter")));
    put_csrf(r, b);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        lf_html(b, "<input type=\"hidden\" name=\"%\" value=\"%\">", LF_HC(hidden[i].name),
                V(hidden[i].value));
    lf_html(b, "<p><button>%</button></p></form>", T(LETTER_SEND));
}

static enum lf_code show(struct rq *r, int status)
{
    bool posted = lf_view_is(r->in->method, "POST");
    lf_view why = status == 200 ? LF_V("") : lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_letter_choice c = { .type = -1 };
    const struct lf_referral_answer *answers;
    struct lf_letter l = { 0 };
    struct lf_referral x;
    struct lf_buf b;
    size_t n;
    enum lf_code rc = letter_choice(r, posted, &c);

    LF_TRY(lf_referral_get(r->t, r->id, &x, &n, &answers, r->e));
    if (rc == LF_OK)
        rc = lf_referral_letter(r->t, r->id, mail_from(r), &c, &l, r->e);
    if (rc != LF_OK && rc != LF_BAD_INPUT && rc != LF_CONFLICT)
        return rc;
    if (rc != LF_OK && !why.len)
        why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    if (!c.to.len)
        c.to = x.mail;
    begin_page(r, &b, text(r, LF_T_LETTER), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p><p class=\"quiet\">%</p></div>",
            T(LETTER), V(path2(r, "/referrals/", r->id, "")), V(x.recipient), T(LETTER_LEAD));
    PUT_TRY(&b, put_exercise_of(r, &b, x.incident));
    if (why.len)
        put_refusal(r, &b, why);
    if (l.told.len)
        lf_html(&b, "<p class=\"say warn\" role=\"alert\">%</p>",
                V(fill1(r, LF_T_LETTER_TOLD, "what", l.told)));
    LF_PUT(&b, "<div class=\"two\">");
    if (rc == LF_OK)
        put_letter(r, &b, &l);
    if (x.source.len) {
        LF_PUT(&b, "<section class=\"panel\">");
        put_choices(r, &b, &c, &l);
        if (rc == LF_OK && !l.told.len && may(r, ACT) && !x.closed && !x.exercise)
            put_send(r, &b, &c, &l);
        LF_PUT(&b, "</section>");
    }
    LF_PUT(&b, "</div>");
    return end_page(r, &b, status != 200 ? status : rc == LF_BAD_INPUT ? 400 : 200);
}

enum lf_code page_letter(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_letter_send(struct rq *r)
{
    enum lf_code rc = letter_send(r);

    return rc == LF_OK ? redirect(r, path2(r, "/referrals/", r->id, "?done=1")) : page_again(r, rc, show);
}

/* ---- those that were sent ---- */

static void put_sent(struct rq *r, struct lf_buf *b, const struct lf_letter_sent *l)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text word;
    } looks[] = { { "info", "◷", LF_T_LETTER_SENT_WAITING },
                  { "good", "✓", LF_T_LETTER_SENT_TAKEN },
                  { "bad", "!", LF_T_LETTER_SENT_FAILED } };

    LF_PUT(b, "<li><p>");
    badge(b, looks[l->state].tone, looks[l->state].sign, text(r, looks[l->state].word));
    lf_html(b, " <span class=\"wrap\">%</span></p><p class=\"wrap\">%</p><p class=\"quiet\">% ", V(l->to),
            V(l->subject), V(account_name(r, l->account)));
    put_when_zone(r, b, l->made);
    LF_PUT(b, "</p>");
    put_mail_seal(r, b, &l->sealed);
    if (l->told.len)
        lf_html(b, "<p class=\"quiet wrap\">%</p>", V(fill1(r, LF_T_LETTER_SERVER, "what", l->told)));
    lf_html(b, "<p><a href=\"%?letter=%\">%</a></p></li>", V(path2(r, "/referrals/", r->id, "/message")),
            V(l->id), T(LETTER_KEPT));
}

enum lf_code put_letters(struct rq *r, struct lf_buf *b, lf_view referral)
{
    const struct lf_letter_sent *list;
    size_t n;

    LF_TRY(lf_referral_letters(r->t, referral, &n, &list, r->e));
    if (!n)
        return LF_OK;
    lf_html(b, "<h2>%</h2><ol class=\"line\">", T(LETTER_SENT));
    for (size_t i = 0; i < n; i++)
        put_sent(r, b, &list[i]);
    LF_PUT(b, "</ol>");
    return LF_OK;
}

enum lf_code page_letter_message(struct rq *r)
{
    struct lf_letter_sent l;

    LF_TRY(lf_referral_letter_get(r->t, r->id, lf_view_some(query(r, "letter")), &l, r->e));
    answer_file(r, "message/rfc822", LF_V("letter.eml"), l.message);
    return LF_OK;
}
