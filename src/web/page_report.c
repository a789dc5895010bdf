/* Report forms on pages: the first report on one page, and the later ones of the same incident.  They work
 * without script; what was typed is never lost to a refusal. */
#include "cert/draft.h"
#include "cert/inbox.h"
#include "cert/inquiry.h"
#include "web/report_field.h"

enum { TROUBLES = 100 };

static lf_view stage_title(const struct rq *r, enum lf_form_stage s)
{
    static const enum lf_text titles[LF_STAGES] = {
        [LF_STAGE_FIRST] = LF_T_REPORT_NEW,
        [LF_STAGE_EDIT] = LF_T_REPORT_EDIT,
        [LF_STAGE_FOLLOW] = LF_T_REPORT_FOLLOW,
        [LF_STAGE_FINAL] = LF_T_REPORT_FINAL,
        [LF_STAGE_FINAL_MAJOR] = LF_T_REPORT_FINAL_MAJOR,
        [LF_STAGE_BEHALF] = LF_T_REPORT_BEHALF,
    };

    return text(r, titles[s]);
}

/* What the answers come to: level, letter, and when it will rise. */
static enum lf_code put_judged(struct rq *r, struct lf_buf *b, const struct lf_json *values)
{
    const struct lf_json *o = NULL, *rises;
    lf_view judged, letter;
    int64_t after = 0, to = 0;
    int level;

    LF_TRY(lf_report_level(r->t, values, &judged, &level, r->e));
    if (!judged.len || lf_json_parse(r->t->a, judged, NULL, &o, NULL) != LF_OK || level == 0) {
        lf_html(b, "<p class=\"say\" role=\"status\">%</p>", T(REPORT_LEVEL_NONE));
        return LF_OK;
    }
    lf_html(b, "<p class=\"say\" role=\"status\">% ", T(REPORT_LEVEL_IS));
    put_incident_level(r, b, level);
    letter = lf_json_str(o, "letter");
    if (letter.len)
        lf_html(b, " %", V(fill1(r, LF_T_REPORT_LETTER, "letter", letter)));
    rises = lf_json_get(o, LF_V("rises"));
    if (lf_json_int(rises, "after_s", &after) && lf_json_int(rises, "level", &to)) {
        struct lf_text_value v[] = { { "n", number(r, after / 60) }, { "level", number(r, to) } };

        lf_html(b, "<br>%", V(lf_text_fill(r->t->a, LF_T_REPORT_RISES, r->lang, v, 2)));
    }
    LF_PUT(b, "</p>");
    return LF_OK;
}

struct sheet {
    enum lf_form_stage stage;
    bool behalf;
    lf_view incident; /* of a later report */
    lf_view heads;    /* what its author sees of it, ids with blanks between */
    lf_view draft;    /* id under which it is kept while it is typed */
    lf_view alert;    /* it is of this alert */
    lf_view mail;     /* it came by this mail */
    bool judge;       /* say what the level is so far */
    lf_view why;      /* refused as a whole; empty = not */
    struct report_page page;
};

static lf_view draft_link(struct rq *r, const struct lf_draft *d)
{
    if (d->incident.len)
        return lf_arena_printf(r->t->a, "/incidents/%.*s/report?stage=%.*s&draft=%.*s", LF_FMT(d->incident),
                               LF_FMT(d->stage), LF_FMT(d->id));
    return lf_arena_printf(r->t->a, "/incidents/new?%sdraft=%.*s",
                           lf_view_is(d->stage, "behalf") ? "behalf=1&" : "", LF_FMT(d->id));
}

/* One's own drafts but the one on screen. */
static enum lf_code put_drafts(struct rq *r, struct lf_buf *b, lf_view but)
{
    struct lf_draft *d;
    bool any = false;
    size_t n;

    LF_TRY(lf_draft_list(r->t, &d, &n, r->e));
    for (size_t i = 0; i < n; i++) {
        if (lf_view_eq(d[i].id, but))
            continue;
        if (!any)
            lf_html(b, "<section class=\"panel drafts\"><h2>%</h2><ul>", T(DRAFTS));
        any = true;
        lf_html(b, "<li><a href=\"%\">%</a> ", V(draft_link(r, &d[i])),
                V(d[i].title.len ? d[i].title : text(r, LF_T_DRAFT_UNTITLED)));
        put_when(r, b, d[i].updated);
        put_button(r, b, path2(r, "/reports/drafts/", d[i].id, "/remove"), LF_T_DRAFT_REMOVE, "second small");
        LF_PUT(b, "</li>");
    }
    if (any)
        LF_PUT(b, "</ul></section>");
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status, const struct sheet *s)
{
    lf_view action = s->incident.len ? path2(r, "/incidents/", s->incident, "/report")
                                     : LF_V("/incidents/new");
    struct lf_buf b;

    begin_page(r, &b, stage_title(r, s->behalf ? LF_STAGE_BEHALF : s->stage), "/incidents");
    lf_html(&b, "<h1>%</h1>", V(stage_title(r, s->behalf ? LF_STAGE_BEHALF : s->stage)));
    if (s->incident.len)
        PUT_TRY(&b, put_exercise_of(r, &b, s->incident));
    if (status == 200 && !s->judge)
        PUT_TRY(&b, put_drafts(r, &b, s->draft));
    LF_PUT(&b, "<section class=\"panel\">");
    if (lf_view_is(query(r, "saved"), "1"))
        lf_html(&b, "<p class=\"say\" role=\"status\">%</p>", T(DRAFT_SAVED));
    if (s->why.len) {
        LF_PUT(&b, "<div class=\"say bad\" role=\"alert\">");
        put_detail(r, &b, s->why);
        LF_PUT(&b, "</div>");
    }
    put_report_troubles(r, &b, &s->page);
    if (s->judge)
        PUT_TRY(&b, put_judged(r, &b, s->page.values));
    if (s->stage == LF_STAGE_FIRST)
        lf_html(&b, "<p>%</p>", T(REPORT_LEAD));
    if (s->stage == LF_STAGE_FIRST && !s->behalf)
        lf_html(&b, "<p><a href=\"/incidents/new?behalf=1\">%</a> · <a href=\"/report-form/print\">%</a></p>",
                T(REPORT_BEHALF), T(PRINT_BLANK));
    lf_html(&b, "<form class=\"stack report\" method=\"post\" action=\"%\">", V(action));
    put_csrf(r, &b);
    lf_html(&b, "<input type=\"hidden\" name=\"stage\" value=\"%\">", LF_HC(lf_form_stage_name(s->stage)));
    if (s->behalf)
        LF_PUT(&b, "<input type=\"hidden\" name=\"behalf\" value=\"1\">");
    lf_html(&b, "<input type=\"hidden\" name=\"draft\" value=\"%\">", V(s->draft));
    if (s->alert.len)
        lf_html(&b, "<input type=\"hidden\" name=\"alert\" value=\"%\">", V(s->alert));
    if (s->mail.len)
        lf_html(&b, "<input type=\"hidden\" name=\"mail\" value=\"%\">", V(s->mail));
    if (s->incident.len)
        lf_html(&b, "<input type=\"hidden\" name=\"incident\" value=\"%\">", V(s->incident));
    if (s->heads.len)
        lf_html(&b, "<input type=\"hidden\" name=\"base\" value=\"%\">", V(s->heads));
    put_report_fields(r, &b, &s->page);
    lf_html(&b, "<p><button name=\"do\" value=\"send\">%</button>", T(REPORT_SEND));
    if (s->stage <= LF_STAGE_EDIT)
        lf_html(&b, " <button class=\"second\" name=\"do\" value=\"level\" formnovalidate>%</button>",
                T(REPORT_LEVEL));
    lf_html(&b,
            " <button class=\"second\" name=\"do\" value=\"save\" formnovalidate>%</button></p>"
            "<p class=\"quiet\" id=\"kept\" role=\"status\" data-kept=\"%\"></p></form></section>"
            "<script src=\"/report.js?v=%\" defer></script>",
            T(DRAFT_SAVE), T(DRAFT_KEPT), LF_HC(LF_VERSION));
    return end_page(r, &b, status);
}

static unsigned stages_of(const struct sheet *s)
{
    return 1u << s->stage | (s->behalf ? 1u << LF_STAGE_BEHALF : 0);
}

/* {"aware_at": now}: most reports are of what was just noticed. */
static const struct lf_json *fresh_values(struct rq *r)
{
    const lf_view key = LF_V("aware_at");
    char *at = LF_NEW(r->t->a, char, LF_TIME_TEXT);
    const struct lf_json *now = lf_json_new_string(r->t->a, lf_time_milli(lf_now(r->t->env), at));

    return lf_json_new_object(r->t->a, 1, &key, &now);
}

/* What an alert says already: name, host, address, time, its number. */
static enum lf_code alert_values(struct rq *r, lf_view id, const struct lf_json **out)
{
    char at[LF_TIME_TEXT];
    struct lf_alert a;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(lf_alert_get(r->t, id, &a, r->e));
    lf_buf_init(&b, 1 << 16);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "aware_at", lf_time_milli(lf_now(r->t->env), at));
    lf_json_put_str(&w, "title", lf_view_first(alert_title(r, &a), 200));
    lf_json_put_str(&w, "happened_at", lf_time_milli(a.first, at));
    lf_json_put_str(&w, "description",
                    lf_arena_printf(r->t->a, "%.*s\n%.*s %.*s", LF_FMT(alert_title(r, &a)), LF_FMT(a.host),
                                    LF_FMT(a.has_observable ? a.observable : LF_V(""))));
    if (a.has_observable && (a.observable_kind == LF_OBS_IPV4 || a.observable_kind == LF_OBS_IPV6))
        lf_json_put_str(&w, "host_ip", a.observable);
    lf_json_put_cstr(&w, "source", "alert");
    lf_json_put_str(&w, "source_number", a.id);
    lf_json_close(&w);
    if (lf_json_parse(r->t->a, lf_arena_copy(r->t->a, lf_buf_view(&b)), NULL, out, NULL) != LF_OK)
        *out = fresh_values(r);
    lf_buf_clear(&b);
    return LF_OK;
}

/* What a mail says: its subject and text, and how it came. */
static enum lf_code mail_values(struct rq *r, lf_view id, const struct lf_json **out)
{
    struct lf_mail_opened opened;
    struct lf_inbox_mail m;
    struct lf_mime mime = { 0 };
    char at[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;
    lf_view source;

    LF_TRY(lf_inbox_get(r->t, id, &m, &source, r->e));
    if (source.len)
        LF_TRY(inbox_read(r, source, &opened, &mime));
    lf_buf_init(&b, 1 << 16);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "aware_at", lf_time_milli(m.received, at));
    lf_json_put_str(&w, "title", lf_utf8_first(m.subject, 200));
    lf_json_put_str(&w, "description", lf_utf8_first(mime.text, 4000));
    lf_json_put_cstr(&w, "behalf_channel", "mail");
    lf_json_put_str(
        &w, "behalf_who",
        lf_utf8_first(lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(m.from_name), LF_FMT(m.from)), 200));
    lf_json_put_str(&w, "behalf_at", lf_time_milli(m.received, at));
    lf_json_close(&w);
    if (lf_json_parse(r->t->a, lf_arena_copy(r->t->a, lf_buf_view(&b)), NULL, out, NULL) != LF_OK)
        *out = fresh_values(r);
    lf_buf_clear(&b);
    return LF_OK;
}

/* The sheet's own draft if the link names one, else a new one's id. */
static enum lf_code take_draft(struct rq *r, struct sheet *s)
{
    lf_view id = query(r, "draft");
    struct lf_draft d;

    if (!id.len) {
        s->draft = lf_uuid_new(r->t->env, r->t->a);
        return LF_OK;
    }
    LF_TRY(lf_draft_get(r->t, id, &d, r->e));
    if (!lf_view_eq(d.incident, lf_view_some(s->incident)))
        return lf_err_set(r->e, LF_NOT_FOUND, "no draft of yours has this id");
    s->draft = d.id;
    s->alert = d.alert;
    s->mail = d.mail;
    if (d.base.len) /* who changed the incident since is told, and loses nothing */
        s->heads = d.base;
    LF_TRY(lf_json_parse(r->t->a, d.values, NULL, &s->page.values, r->e));
    return LF_OK;
}

enum lf_code page_report(struct rq *r)
{
    struct sheet s = { .stage = LF_STAGE_FIRST, .behalf = lf_view_is(query(r, "behalf"), "1") };
    lf_view alert = query(r, "alert"), incident;
    struct lf_form f;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    s.page = (struct report_page){ .form = &f, .stages = stages_of(&s), .values = fresh_values(r) };
    if (alert.len) {
        enum lf_code rc = lf_report_of_alert(r->t, alert, &incident, r->e);

        if (rc == LF_OK) /* it is an incident already: that one is edited */
            return redirect(r, path2(r, "/incidents/", incident, "/report?stage=edit"));
        if (rc != LF_NOT_FOUND)
            return rc;
        LF_TRY(alert_values(r, alert, &s.page.values));
        s.alert = alert;
    }
    if (query(r, "mail").len) {
        s.mail = query(r, "mail");
        LF_TRY(mail_values(r, s.mail, &s.page.values));
    }
    LF_TRY(take_draft(r, &s));
    if (s.alert.len && !alert.len) { /* somebody may have reported it since */
        enum lf_code rc = lf_report_of_alert(r->t, s.alert, &incident, r->e);

        if (rc == LF_OK)
            return redirect(r, path2(r, "/incidents/", incident, "/report?stage=edit"));
        if (rc != LF_NOT_FOUND)
            return rc;
    }
    return show(r, 200, &s);
}

/* What is on the author's screen, as a list of event ids; NULL: everything. */
static const struct lf_json *base_of(struct rq *r)
{
    lf_view left = lf_view_trim(field(r, "base")), one;
    const struct lf_json *list[64];
    size_t n = 0;

    if (!left.len || left.len > 8192)
        return NULL;
    while (n < 63 && lf_view_split(&left, ' ', &one))
        list[n++] = lf_json_new_string(r->t->a, one);
    list[n++] = lf_json_new_string(r->t->a, left);
    return lf_json_new_array(r->t->a, n, list);
}

static struct lf_draft draft_of(const struct sheet *s)
{
    return (struct lf_draft){ .id = s->draft,
                              .stage = lf_view_of(lf_form_stage_name(s->behalf ? LF_STAGE_BEHALF : s->stage)),
                              .incident = lf_view_some(s->incident),
                              .title = lf_view_some(lf_draft_title(s->page.values)),
                              .alert = lf_view_some(s->alert),
                              .mail = lf_view_some(s->mail),
                              .base = lf_view_some(s->heads) };
}

static lf_view kept_link(struct rq *r, const struct sheet *s)
{
    struct lf_draft d = draft_of(s);

    return draft_link(r, &d);
}

/* Keeps what was typed, right or wrong. */
static enum lf_code keep(struct rq *r, const struct sheet *s)
{
    struct lf_draft d = draft_of(s);
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, 1 << 20);
    lf_json_write(&b, s->page.values);
    d.values = lf_buf_view(&b);
    rc = lf_draft_save(r->t, &d, r->e);
    lf_buf_clear(&b);
    return rc;
}

/* Sends what was filled in, or says on the same page what is to be mended. */
static enum lf_code take(struct rq *r, struct sheet *s, const struct lf_form *f)
{
    struct lf_form_said *troubles = LF_NEW(r->t->a, struct lf_form_said, TROUBLES);
    struct lf_report report = { .stage = s->stage,
                                .behalf = s->behalf,
                                .incident = s->incident,
                                .alert = lf_view_some(field(r, "alert")) };
    struct lf_err kept;
    enum lf_code rc;
    lf_view id;

    s->page = (struct report_page){ .form = f, .stages = stages_of(s), .posted = true };
    s->page.values = report_values(r, f, s->page.stages, s->stage != LF_STAGE_FIRST);
    s->draft = lf_view_some(field(r, "draft"));
    s->alert = lf_view_some(field(r, "alert"));
    s->mail = lf_view_some(field(r, "mail"));
    if (lf_view_is(field(r, "do"), "save")) {
        LF_TRY(keep(r, s));
        return redirect(r, lf_arena_printf(r->t->a, "%.*s&saved=1", LF_FMT(kept_link(r, s))));
    }
    if (lf_view_is(field(r, "do"), "level")) {
        s->judge = true;
        return show(r, 200, s);
    }
    report.values = s->page.values;
    report.base = base_of(r);
    rc = lf_report_send(r->t, &report, &id, r->e);
    if (rc == LF_OK && s->mail.len)
        rc = lf_inbox_file(r->t, r->w->parts.mail, s->mail, id, r->e);
    if (rc == LF_OK && s->draft.len)
        rc = lf_inquiry_sent(r->t, s->draft, id, r->e);
    if (rc == LF_OK && s->draft.len)
        rc = lf_draft_remove(r->t, s->draft, r->e);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/incidents/", id, "?done=1"));
    if (rc != LF_BAD_INPUT && rc != LF_UNACCEPTED && rc != LF_CONFLICT && rc != LF_TOO_BIG)
        return rc;
    /* What the person typed is not lost; the code undoes the task. */
    kept = *r->e;
    s->page.ntroubles =
        lf_form_troubles(f, s->page.stages, s->page.values, lf_now(r->t->env), troubles, TROUBLES);
    s->page.troubles = troubles;
    if (!s->page.ntroubles)
        s->why = lf_arena_copy(r->t->a, lf_view_of(kept.text));
    LF_TRY(show(r, lf_code_http(rc), s));
    *r->e = kept;
    return rc;
}

enum lf_code page_report_do(struct rq *r)
{
    struct sheet s = { .stage = LF_STAGE_FIRST, .behalf = field(r, "behalf").len > 0 };
    struct lf_form f;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    return take(r, &s, &f);
}

/* ---- later reports of the same incident ---- */

static enum lf_code later(struct rq *r, lf_view name, struct sheet *s, struct lf_form *f,
                          struct lf_incident_full *x)
{
    struct lf_buf b;

    LF_TRY(lf_incident_get(r->t, r->id, x, r->e));
    LF_TRY(lf_report_form(r->t, f, r->e));
    s->stage = lf_view_is(name, "final") ? lf_report_final(x->state.level) : lf_form_stage_of(name);
    if (s->stage == LF_STAGE_FIRST || s->stage >= LF_STAGE_BEHALF)
        return lf_err_set(r->e, LF_NOT_FOUND, "no report \"%.*s\": edit, follow or final", LF_FMT(name));
    s->incident = r->id;
    lf_buf_init(&b, 65536);
    for (size_t i = 0; i < x->state.nheads; i++)
        lf_buf_printf(&b, "%s%.*s", i ? " " : "", LF_FMT(x->state.heads[i]));
    s->heads = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return LF_OK;
}

enum lf_code page_report_later(struct rq *r)
{
    struct sheet s = { 0 };
    struct lf_incident_full x;
    struct lf_form f;

    LF_TRY(later(r, query(r, "stage"), &s, &f, &x));
    s.page =
        (struct report_page){ .form = &f, .stages = stages_of(&s), .values = lf_report_values(r->t, &f, &x) };
    LF_TRY(take_draft(r, &s));
    return show(r, 200, &s);
}

enum lf_code page_report_later_do(struct rq *r)
{
    struct sheet s = { 0 };
    struct lf_incident_full x;
    struct lf_form f;

    LF_TRY(later(r, field(r, "stage"), &s, &f, &x));
    s.heads = field(r, "base");
    return take(r, &s, &f);
}

/* ---- drafts ---- */

/* As it is typed: what the page's script sends. */
enum lf_code page_draft_keep(struct rq *r)
{
    struct sheet s = { .stage = lf_form_stage_of(field(r, "stage")),
                       .behalf = field(r, "behalf").len > 0,
                       .incident = lf_view_some(field(r, "incident")),
                       .heads = lf_view_trim(lf_view_some(field(r, "base"))),
                       .draft = lf_view_some(field(r, "draft")),
                       .alert = lf_view_some(field(r, "alert")),
                       .mail = lf_view_some(field(r, "mail")) };
    struct lf_form f;

    if (s.stage >= LF_STAGE_BEHALF)
        return lf_err_set(r->e, LF_BAD_INPUT, "draft: no such report");
    LF_TRY(lf_report_form(r->t, &f, r->e));
    s.page = (struct report_page){ .form = &f, .stages = stages_of(&s), .posted = true };
    s.page.values = report_values(r, &f, s.page.stages, s.stage != LF_STAGE_FIRST);
    LF_TRY(keep(r, &s));
    return answer_empty(r, 204);
}

enum lf_code page_draft_remove(struct rq *r)
{
    LF_TRY(lf_draft_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/incidents/new"));
}

enum lf_code page_report_script(struct rq *r)
{
    answer(r, 200, "text/javascript; charset=utf-8", (lf_view){ ui_report_js, ui_report_js_len });
    lf_http_add(r->out, "Cache-Control", LF_V("public, max-age=3600"));
    return LF_OK;
}

/* ---- on the incident's own page ---- */

static void put_link(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, const char *stage,
                     enum lf_text label)
{
    lf_html(b, "<li><a href=\"%?stage=%\">%</a></li>", V(path2(r, "/incidents/", x->row.id, "/report")),
            LF_HC(stage), V(text(r, label)));
}

enum lf_code put_report_panel(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    const struct lf_incident_state *s = &x->state;
    bool ours = x->row.peer.len == 0 && may(r, REPORT), any = false;
    const struct lf_json *values;
    struct lf_form f;

    LF_TRY(lf_report_form(r->t, &f, r->e));
    values = lf_report_values(r->t, &f, x);
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(REPORT_SHEET));
    if (lf_report_number(x).len)
        lf_html(b, "<p>% <strong>%</strong></p>", T(REPORT_NUMBER), V(lf_report_number(x)));
    if (ours) {
        LF_PUT(b, "<ul>");
        if (lf_incident_may(s, LF_V("supplemented"), LF_V("reporter"), NULL) == LF_OK)
            put_link(r, b, x, "edit", LF_T_REPORT_EDIT);
        if (lf_incident_may(s, LF_V("followed_up"), LF_V("reporter"), NULL) == LF_OK)
            put_link(r, b, x, "follow", LF_T_REPORT_FOLLOW);
        if (s->handling < LF_HANDLING_FINAL && s->review != LF_REVIEW_NOT_INCIDENT)
            put_link(r, b, x, "final",
                     lf_report_final(s->level) == LF_STAGE_FINAL ? LF_T_REPORT_FINAL
                                                                 : LF_T_REPORT_FINAL_MAJOR);
        LF_PUT(b, "</ul>");
    }
    lf_html(b, "<details><summary>%</summary><dl class=\"facts\">", T(REPORT_FILLED));
    for (size_t i = 0; i < f.nfields; i++) {
        const struct lf_json *v = lf_json_get(values, f.fields[i].id);
        lf_view said = lf_form_text(r->t->a, &f.fields[i], v, r->lang == LF_LANG_ZH);
        lf_time at;

        if (!said.len)
            continue;
        any = true;
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">", V(form_words(r, f.fields[i].say)));
        if (f.fields[i].type == LF_FORM_TIME && lf_time_parse(said, &at, NULL) == LF_OK)
            put_when_zone(r, b, at);
        else
            lf_html(b, "%", V(said));
        LF_PUT(b, "</dd>");
    }
    LF_PUT(b, "</dl>");
    if (!any)
        lf_html(b, "<p>%</p>", T(REPORT_NOTHING));
    LF_PUT(b, "</details></section>");
    return LF_OK;
}
