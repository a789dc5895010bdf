/* Signed and encrypted mail in the console: keys of contacts, the node's own, and how mail went. */
#include "cert/contact_key.h"
#include "sys/env.h"

#include "web/page_priv.h"

void put_mail_seal(struct rq *r, struct lf_buf *b, const struct lf_mail_sealed *s)
{
    bool is_signed = s->how & LF_MAIL_SIGNED, encrypted = s->how & LF_MAIL_ENCRYPTED;
    lf_view to = lf_mail_recipient(s);

    if (s->how & LF_MAIL_BARE) {
        LF_PUT(b, " ");
        badge(b, "warn", "!", text(r, LF_T_SEAL_BARE));
    }
    if (is_signed || encrypted) {
        LF_PUT(b, " ");
        badge(b, "good", "✓",
              text(r, is_signed && encrypted ? LF_T_SEAL_BOTH
                      : encrypted            ? LF_T_SEAL_ENCRYPTED
                                             : LF_T_SEAL_SIGNED));
    }
    if (to.len)
        lf_html(b, "<br><small class=\"wrap\">%</small>", V(fill1(r, LF_T_SEAL_TO, "what", to)));
}

static lf_view kind_name(enum lf_seal_kind k)
{
    return k == LF_SEAL_OPENPGP ? LF_V("OpenPGP") : LF_V("S/MIME");
}

/* In groups of four, as people read it to each other. */
static void put_fingerprint(struct lf_buf *b, lf_view v)
{
    LF_PUT(b, "<code>");
    for (size_t i = 0; i < v.len; i += 4) {
        if (i)
            LF_PUT(b, " ");
        lf_html(b, "%", V(lf_view_first(lf_view_from(v, i), 4)));
    }
    LF_PUT(b, "</code>");
}

static void put_key_facts(struct rq *r, struct lf_buf *b, const struct lf_seal_key *k)
{
    lf_html(b, "<dt>%</dt><dd class=\"wrap\">", T(KEY_FINGERPRINT));
    put_fingerprint(b, k->fingerprint);
    lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\">%</dd><dt>%</dt><dd>", T(KEY_OWNER), V(k->name),
            T(KEY_FROM));
    put_when_zone(r, b, k->from);
    lf_html(b, "</dd><dt>%</dt><dd>", T(KEY_UNTIL));
    if (k->until)
        put_when_zone(r, b, k->until);
    else
        lf_html(b, "%", T(KEY_ENDLESS));
    LF_PUT(b, "</dd>");
}

static void put_key(struct rq *r, struct lf_buf *b, const struct lf_contact *c, const struct lf_mail_key *k)
{
    static const enum lf_text states[LF_KEY_STATES] = { LF_T_KEY_GOOD, LF_T_KEY_ENDED, LF_T_KEY_ELSEWHERE,
                                                        LF_T_KEY_UNFIT };
    enum lf_contact_key_state state = lf_contact_key_state(k, c->email, lf_now(r->t->env));

    lf_html(b, "<section class=\"panel\"><h2>% ", V(kind_name(k->key.kind)));
    badge(b, state == LF_KEY_GOOD ? "good" : "bad", state == LF_KEY_GOOD ? "✓" : "!", text(r, states[state]));
    lf_html(b, "</h2><dl class=\"facts\"><dt>%</dt><dd class=\"wrap\">%</dd>", T(CONTACT_EMAIL),
            V(k->address));
    put_key_facts(r, b, &k->key);
    lf_html(b, "<dt>%</dt><dd>% ", T(KEY_ENTERED), V(account_name(r, k->account)));
    put_when_zone(r, b, k->made);
    LF_PUT(b, "</dd></dl>");
    if (may(r, ACT)) {
        lf_html(b, "<form method=\"post\" action=\"%\">", V(path2(r, "/contacts/", c->id, "/keys/remove")));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"key\" value=\"%\"><button class=\"second "
                "small\">%</button></form>",
                V(k->id), T(REMOVE));
    }
    LF_PUT(b, "</section>");
}

static void put_form(struct rq *r, struct lf_buf *b, const struct lf_contact *c)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(CONTACT_KEY_ADD), V(path2(r, "/contacts/", c->id, "/keys")));
    put_csrf(r, b);
    lf_html(
        b,
        "<p id=\"kh\" class=\"hint\">%</p><p><label for=\"key\">%</label><textarea id=\"key\" name=\"key\" "
        "rows=\"10\" required spellcheck=\"false\" "
        "aria-describedby=\"kh\">%</textarea></p><p><button>%</button>"
        "</p></form></section>",
        T(CONTACT_KEY_HINT), T(CONTACT_KEY_TEXT), V(lf_view_some(field(r, "key"))), T(CONTACT_KEY_ADD));
}

static enum lf_code show_keys(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_mail_key *list;
    struct lf_contact c;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_contact_get(r->t, r->id, &c, r->e));
    LF_TRY(lf_contact_key_list(r->t, r->id, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_CONTACT_KEYS), "/contacts");
    lf_html(&b, "<p><a href=\"%\">%</a></p><h1>% — %</h1><p class=\"hint\">%</p>",
            V(path2(r, "/contacts/", c.unit, "")), T(CONTACTS), T(CONTACT_KEYS), V(c.name),
            T(CONTACT_KEYS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(CONTACT_KEYS_NONE));
    for (size_t i = 0; i < n; i++)
        put_key(r, &b, &c, &list[i]);
    if (may(r, ACT))
        put_form(r, &b, &c);
    return end_page(r, &b, status);
}

enum lf_code page_contact_keys(struct rq *r)
{
    return show_keys(r, 200);
}

enum lf_code page_contact_key_add(struct rq *r)
{
    struct lf_mail_key k;
    enum lf_code rc = contact_key_add(r, &k);

    return rc == LF_OK ? redirect(r, path2(r, "/contacts/", r->id, "/keys")) : page_again(r, rc, show_keys);
}

enum lf_code page_contact_key_remove(struct rq *r)
{
    enum lf_code rc = lf_contact_key_remove(r->t, r->id, lf_view_some(field(r, "key")), r->e);

    return rc == LF_OK ? redirect(r, path2(r, "/contacts/", r->id, "/keys")) : page_again(r, rc, show_keys);
}

static enum lf_code put_own(struct rq *r, struct lf_buf *b)
{
    bool any = false;

    lf_html(b, "<h2>%</h2>", T(MAIL_SEAL_OWN));
    for (enum lf_seal_kind kind = LF_SEAL_OPENPGP; kind < LF_SEAL_KINDS; kind++) {
        struct lf_seal_key k;
        lf_view own;
        bool there;

        LF_TRY(mail_own(r, kind, &k, &own, &there));
        if (!there)
            continue;
        any = true;
        lf_html(b, "<section class=\"panel\"><h3>% ", V(kind_name(kind)));
        badge(b, k.signs ? "good" : "bad", k.signs ? "✓" : "!",
              text(r, k.signs ? LF_T_KEY_GOOD : LF_T_KEY_ENDED));
        LF_PUT(b, "</h3><dl class=\"facts\">");
        put_key_facts(r, b, &k);
        lf_html(b, "</dl><pre class=\"wrap\" tabindex=\"0\">%</pre></section>", V(own));
    }
    if (!any)
        lf_html(b, "<p class=\"empty\">%</p>", T(MAIL_SEAL_NO_OWN));
    return LF_OK;
}

enum lf_code page_mail_seal(struct rq *r)
{
    static const enum lf_text policies[] = { LF_T_MAIL_POLICY_OFF, LF_T_MAIL_POLICY_PREFER,
                                             LF_T_MAIL_POLICY_REQUIRE };
    const struct lf_mail_settings *s = r->w->parts.mail;
    struct lf_mail_counts n;
    struct lf_buf b;
    bool ours;

    LF_TRY(mail_counts(r, &n, &ours));
    begin_page(r, &b, text(r, LF_T_MAIL_SEAL), "/contacts");
    lf_html(&b,
            "<p><a href=\"/contacts\">%</a></p><h1>%</h1><p class=\"hint\">%</p><section class=\"panel\"><dl "
            "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd></dl>",
            T(CONTACTS), T(MAIL_SEAL), T(MAIL_SEAL_LEAD), T(MAIL_SEAL_SIGN),
            V(text(r, policies[s ? s->sign : LF_MAIL_OFF])), T(MAIL_SEAL_ENCRYPT),
            V(text(r, policies[s ? s->encrypt : LF_MAIL_OFF])));
    if (ours)
        lf_html(&b,
                "<h2>%</h2><dl "
                "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt>"
                "<dd>%</dd></dl>",
                T(MAIL_SEAL_COUNTS), T(MAIL_SEAL_ALL), V(number(r, n.all)), T(SEAL_SIGNED),
                V(number(r, n.signatures)), T(SEAL_ENCRYPTED), V(number(r, n.encrypted)), T(SEAL_BARE),
                V(number(r, n.bare)));
    LF_PUT(&b, "</section>");
    PUT_TRY(&b, put_own(r, &b));
    return end_page(r, &b, 200);
}
