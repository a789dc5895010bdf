/* Mail that came in, in the console: what waits, and one message with what can be done with it. */
#include "cert/inbox.h"
#include "cert/incident.h"

#include "web/page_priv.h"

enum { CHOICES = 20 };

static const enum lf_text state_texts[LF_INBOX_STATES] = { LF_T_INBOX_WAITING, LF_T_INBOX_FILED,
                                                           LF_T_INBOX_DISMISSED };

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_inbox_mail *m)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_INBOX_STATES] = { { "warn", "◷" }, { "good", "✓" }, { "", "–" } };

    badge(b, looks[m->state].tone, looks[m->state].sign, text(r, state_texts[m->state]));
    if (m->automatic) {
        LF_PUT(b, " ");
        badge(b, "info", "⚙", text(r, LF_T_INBOX_AUTOMATIC));
    }
}

static lf_view subject_of(const struct rq *r, const struct lf_inbox_mail *m)
{
    return m->subject.len ? m->subject : text(r, LF_T_INBOX_NO_SUBJECT);
}

/* The address always: a name may say anything. */
static void put_sender(struct rq *r, struct lf_buf *b, const struct lf_inbox_mail *m)
{
    lf_html(b, "%", V(m->from.len ? m->from : text(r, LF_T_INBOX_NO_SENDER)));
    if (m->from_name.len)
        lf_html(b, "<br><span class=\"quiet\">%</span>", V(m->from_name));
}

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_inbox_mail *list, size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(INBOX_NONE));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(INBOX_CAPTION), T(INBOX_SUBJECT), T(INBOX_FROM), T(STATE), T(INBOX_RECEIVED));
    for (size_t i = 0; i < n; i++) {
        const struct lf_inbox_mail *m = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" "
                "data-label=\"%\"><span>",
                T(INBOX_SUBJECT), V(path2(r, "/mail/", m->id, "")), V(subject_of(r, m)), T(INBOX_FROM));
        put_sender(r, b, m);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, m);
        lf_html(b, "</span></td><td data-label=\"%\">", T(INBOX_RECEIVED));
        put_when(r, b, m->received);
        lf_html(b, "</td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

enum lf_code page_mails(struct rq *r)
{
    const struct lf_inbox_mail *list;
    lf_view next, state = query(r, "state");
    struct lf_buf b;
    size_t n;

    LF_TRY(inbox_list(r, &n, &list, &next));
    begin_page(r, &b, text(r, LF_T_INBOX_MAIL), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><section class=\"panel\"><p "
            "class=\"counts\">",
            T(INBOX_MAIL), T(INBOX_LEAD));
    for (size_t i = 0; i < LF_INBOX_STATES; i++)
        lf_html(&b, "<a class=\"tag\" href=\"/mail?state=%\">%</a> ",
                LF_HC(lf_inbox_state_name((enum lf_inbox_state)i)), V(text(r, state_texts[i])));
    lf_html(&b, "</p>");
    put_table(r, &b, list, n);
    put_next_with(r, &b, state.len ? lf_arena_printf(r->t->a, "&state=%.*s", LF_FMT(state)).ptr : "", next);
    lf_html(&b, "</section>");
    return end_page(r, &b, 200);
}

static void put_parts(struct rq *r, struct lf_buf *b, const struct lf_mime *mime)
{
    if (!mime->nparts)
        return;
    lf_html(b, "<h2>%</h2><p class=\"quiet\">%</p><ul>", T(INBOX_PARTS), T(INBOX_PARTS_LEAD));
    for (size_t i = 0; i < mime->nparts; i++)
        lf_html(b, "<li class=\"wrap\">% <span class=\"quiet\">% · %</span></li>", V(mime->parts[i].name),
                V(mime->parts[i].type),
                V(fill1(r, LF_T_BYTES_N, "n", number(r, (int64_t)mime->parts[i].bytes.len))));
    LF_PUT(b, "</ul>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_inbox_mail *m)
{
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd class=\"wrap\">", T(INBOX_FROM));
    put_sender(r, b, m);
    lf_html(b, "</dd><dt>%</dt><dd>", T(INBOX_RECEIVED));
    put_when_zone(r, b, m->received);
    if (m->sent) {
        lf_html(b, "</dd><dt>%</dt><dd>", T(INBOX_SENT));
        put_when_zone(r, b, m->sent);
    }
    lf_html(b, "</dd><dt>SHA-256</dt><dd class=\"wrap\"><code>%</code></dd>", V(m->sha256));
    if (m->incident.len)
        lf_html(b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>",
                V(text(r, m->state == LF_INBOX_FILED ? LF_T_INBOX_FILED_IN : LF_T_INBOX_ANSWERS)),
                V(path2(r, "/incidents/", m->incident, "")), V(m->incident));
    if (m->decided) {
        lf_html(b, "<dt>%</dt><dd>% ", T(INBOX_DECIDED),
                V(m->account.len ? account_name(r, m->account) : text(r, LF_T_INBOX_ALONE)));
        put_when_zone(r, b, m->decided);
        lf_html(b, "</dd>");
    }
    if (m->reason.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(INBOX_REASON), V(m->reason));
    lf_html(b, "</dl>");
}

/* The newest that are open, to choose from; any other can be typed. */
static enum lf_code put_incidents(struct rq *r, struct lf_buf *b)
{
    const struct lf_incident_filter open = { .active = true };
    const struct lf_page page = { .limit = CHOICES };
    struct lf_incident_page list;

    LF_TRY(lf_incident_list(r->t, &open, &page, &list, r->e));
    LF_PUT(b, "<datalist id=\"incidents\">");
    for (size_t i = 0; i < list.n; i++)
        lf_html(b, "<option value=\"%\">%</option>", V(list.items[i].id),
                V(title_text(r, list.items[i].title)));
    LF_PUT(b, "</datalist>");
    return LF_OK;
}

/* What can be done with it; what was typed stays when it is refused. */
static enum lf_code put_acts(struct rq *r, struct lf_buf *b, const struct lf_inbox_mail *m)
{
    lf_view incident = field(r, "incident").ptr ? field(r, "incident") : m->incident;

    lf_html(b, "<p><a class=\"button\" href=\"/incidents/new?behalf=1&amp;mail=%\">%</a></p>", V(m->id),
            T(INBOX_REPORT));
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(path2(r, "/mail/", m->id, "/file")));
    put_csrf(r, b);
    lf_html(
        b,
        "<p><label for=\"incident\">%</label><input id=\"incident\" name=\"incident\" value=\"%\" required "
        "maxlength=\"60\" list=\"incidents\"></p>",
        T(INBOX_INCIDENT), V(lf_view_some(incident)));
    LF_TRY(put_incidents(r, b));
    lf_html(b,
            "<p><button class=\"second\">%</button></p></form><form class=\"stack\" method=\"post\" "
            "action=\"%\">",
            T(INBOX_FILE), V(path2(r, "/mail/", m->id, "/dismiss")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"reason\">%</label><input id=\"reason\" name=\"reason\" value=\"%\" required "
            "maxlength=\"160\"></p><p><button class=\"second\">%</button></p></form>",
            T(INBOX_REASON), V(lf_view_some(field(r, "reason"))), T(INBOX_DISMISS));
    return LF_OK;
}

/* Whether it is sealed, by whom, and what that is worth. */
static void put_opened(struct rq *r, struct lf_buf *b, const struct lf_mail_opened *o)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_SAID_WORDS] = { { "", "–", LF_T_SAID_UNSIGNED },
                               { "good", "✓", LF_T_SAID_GOOD },
                               { "warn", "?", LF_T_SAID_UNKNOWN },
                               { "warn", "!", LF_T_SAID_ENDED },
                               { "bad", "✗", LF_T_SAID_BROKEN } };
    lf_view who = inbox_signer(r, o);

    if (!o->encrypted && o->word == LF_SAID_UNSIGNED)
        return;
    LF_PUT(b, "<p>");
    if (o->encrypted) {
        badge(b, o->closed ? "bad" : "good", o->closed ? "✗" : "✓",
              text(r, o->closed ? LF_T_INBOX_CLOSED : LF_T_INBOX_OPENED));
        LF_PUT(b, " ");
    }
    if (!o->closed)
        badge(b, looks[o->word].tone, looks[o->word].sign,
              fill1(r, looks[o->word].text, "who", who.len ? who : text(r, LF_T_NONE)));
    if (o->fingerprint.len)
        lf_html(b, "<br><small class=\"wrap\"><code>%</code></small>", V(o->fingerprint));
    if (o->closed)
        lf_html(b, "<br><small lang=\"en\" class=\"wrap\">%</small>", V(o->why));
    LF_PUT(b, "</p>");
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), source;
    struct lf_inbox_mail m;
    struct lf_mail_opened opened = { 0 };
    struct lf_mime mime = { 0 };
    struct lf_buf b;

    LF_TRY(lf_inbox_get(r->t, r->id, &m, &source, r->e));
    if (source.len)
        LF_TRY(inbox_read(r, source, &opened, &mime));
    begin_page(r, &b, subject_of(r, &m), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(subject_of(r, &m)));
    put_state(r, &b, &m);
    lf_html(&b, " <a href=\"/mail\">%</a></p></div>", T(INBOX_MAIL));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><section class=\"panel\">");
    if (source.len)
        lf_html(&b, "<p class=\"lines wrap\">%</p>",
                V(mime.text.len ? mime.text : text(r, LF_T_INBOX_NO_TEXT)));
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(INBOX_GONE));
    if (mime.text_cut)
        lf_html(&b, "<p class=\"quiet\">%</p>", T(INBOX_CUT));
    put_parts(r, &b, &mime);
    if (source.len)
        lf_html(&b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/api/v1/mail/", m.id, "/source")),
                T(INBOX_SOURCE));
    LF_PUT(&b, "</section><section class=\"panel\">");
    if (source.len)
        put_opened(r, &b, &opened);
    put_facts(r, &b, &m);
    if (m.state == LF_INBOX_WAITING)
        PUT_TRY(&b, put_acts(r, &b, &m));
    LF_PUT(&b, "</section></div>");
    return end_page(r, &b, status);
}

enum lf_code page_mail(struct rq *r)
{
    return show(r, 200);
}

/* What names no incident, or one that is full, is for the person to mend: the same page again. */
static enum lf_code done(struct rq *r, enum lf_code rc)
{
    if (rc == LF_NOT_FOUND || rc == LF_TOO_BIG)
        rc = LF_UNACCEPTED;
    return rc == LF_OK ? redirect(r, path2(r, "/mail/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_mail_file(struct rq *r)
{
    return done(r, lf_inbox_file(r->t, r->w->parts.mail, r->id,
                                 lf_view_trim(lf_view_some(field(r, "incident"))), r->e));
}

enum lf_code page_mail_dismiss(struct rq *r)
{
    return done(r, lf_inbox_dismiss(r->t, r->id, lf_view_some(field(r, "reason")), r->e));
}
