/* Pages of incidents: one with its events and clocks. */
#include "cert/report.h"
#include "ident/organisation.h"
#include "web/inquiry.h"
#include "web/page_priv.h"
#include "web/shift.h"
#include "web/statement.h"

lf_view named(const struct rq *r, lf_view name)
{
    static const struct {
        const char *name;
        enum lf_text text;
    } words[] = {
        { "draft", LF_T_R_DRAFT },
        { "reported", LF_T_R_REPORTED },
        { "returned", LF_T_R_RETURNED },
        { "confirmed", LF_T_R_CONFIRMED },
        { "forwarded", LF_T_R_FORWARDED },
        { "not_incident", LF_T_R_NOT_INCIDENT },
        { "responding", LF_T_H_RESPONDING },
        { "controlled", LF_T_H_CONTROLLED },
        { "recovered", LF_T_H_RECOVERED },
        { "final", LF_T_H_FINAL },
        { "closed", LF_T_H_CLOSED },
        { "follow_up_done", LF_T_H_FOLLOW_UP_DONE },
        { "unabsorbed", LF_T_K_UNABSORBED },
        { "measure_planned", LF_T_K_MEASURE_PLANNED },
        { "measure_done", LF_T_K_MEASURE_DONE },
        { "measure_verified", LF_T_K_MEASURE_VERIFIED },
        { "aware", LF_T_K_AWARE },
        { "received_by_reviewer", LF_T_K_RECEIVED },
        { "level_changed", LF_T_K_LEVEL },
        { "final_submitted", LF_T_K_FINAL },
        { "supplemented", LF_T_K_SUPPLEMENT },
        { "followed_up", LF_T_K_FOLLOWED },
        { "reviewed", LF_T_K_REVIEWED },
        { "merged", LF_T_K_MERGED },
        { "aware_corrected", LF_T_K_CORRECTED },
        { "marked", LF_T_K_MARKED },
        { "classified", LF_T_K_CLASSIFIED },
        { "vital_corrected", LF_T_K_VITAL },
        { "reopened", LF_T_K_REOPENED },
        { "final_returned", LF_T_K_FINAL_RETURNED },
        { "extended", LF_T_K_EXTENDED },
        { "absorbed", LF_T_K_ABSORBED },
        { "unmerged", LF_T_K_UNMERGED },
        { "obstacle_begins", LF_T_K_OBSTACLE_BEGINS },
        { "obstacle_ends", LF_T_K_OBSTACLE_ENDS },
        { "answered", LF_T_K_ANSWERED },
        { "support_requested", LF_T_K_SUPPORT_REQUESTED },
        { "support_given", LF_T_K_SUPPORT_GIVEN },
        { "archived", LF_T_K_ARCHIVED },
        { "file_added", LF_T_K_FILE_ADDED },
        { "file_removed", LF_T_K_FILE_REMOVED },
        { "evidence_added", LF_T_K_EVIDENCE_ADDED },
        { "evidence_moved", LF_T_K_EVIDENCE_MOVED },
        { "provisional", LF_T_I_PROVISIONAL },
        { "active", LF_T_I_ACTIVE },
        { "revoked", LF_T_I_REVOKED },
        { "expired", LF_T_I_EXPIRED },
        { "withdrawn", LF_T_I_WITHDRAWN },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(name, words[i].name))
            return text(r, words[i].text);
    return act_word(r, name);
}

void put_incident_level(struct rq *r, struct lf_buf *b, int level)
{
    if (level < 1 || level > 4)
        badge(b, "", "–", text(r, LF_T_LEVEL_UNSTATED));
    else
        badge(b,
              level >= 3   ? "bad"
              : level == 2 ? "warn"
                           : "info",
              level >= 3   ? "▲"
              : level == 2 ? "◇"
                           : "▽",
              fill1(r, LF_T_LEVEL_N, "n", number(r, level)));
}

/* In words, with its time: never by colour alone. */
static void put_clock(struct rq *r, struct lf_buf *b, const struct lf_incident_clock *c)
{
    int64_t left_min = c->due ? (c->due - lf_now(r->t->env)) / LF_MINUTE : 0;

    if (c->state == LF_CLOCK_RUNNING)
        badge(b, c->warned >= 80 ? "bad" : "warn", "◷",
              fill1(r, LF_T_CLOCK_LEFT, "n", number(r, left_min > 0 ? left_min : 0)));
    else if (c->state == LF_CLOCK_MET)
        badge(b, "good", "✓", text(r, LF_T_CLOCK_MET));
    else if (c->state == LF_CLOCK_BREACHED)
        badge(b, "bad", "!", fill1(r, LF_T_CLOCK_LATE, "n", number(r, (c->late_s + 59) / 60)));
    else if (c->state == LF_CLOCK_CANCELLED)
        badge(b, "", "–", text(r, LF_T_CLOCK_CANCELLED));
    else
        badge(b, "", "–", text(r, LF_T_CLOCK_NONE));
    if (c->due) {
        lf_html(b, "<br><span class=\"quiet\">% ", T(CLOCK_DUE));
        put_when_zone(r, b, c->due);
        lf_html(b, "</span>");
    }
}

lf_view clock_span(const struct rq *r, int64_t seconds, enum lf_text minutes, enum lf_text hours)
{
    return seconds < 7200 ? fill1(r, minutes, "n", number(r, seconds / 60))
                          : fill1(r, hours, "n", number(r, seconds / 3600));
}

/* What was announced of a clock, each once. */
static void put_told(struct rq *r, struct lf_buf *b, lf_view id, const struct lf_deadline_notice *told,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!lf_view_eq(told[i].id, id))
            continue;
        lf_html(b, "<br><span class=\"quiet\">% ",
                V(told[i].percent == 100 ? text(r, LF_T_CLOCK_TOLD_LATE)
                                         : fill1(r, LF_T_CLOCK_TOLD, "n", number(r, told[i].percent))));
        put_when_zone(r, b, told[i].at);
        LF_PUT(b, "</span>");
    }
}

static void put_clock_row(struct rq *r, struct lf_buf *b, const struct lf_clock_row *c,
                          const struct lf_deadline_notice *told, size_t ntold)
{
    int64_t left = (c->due - lf_now(r->t->env)) / LF_SECOND;
    lf_view state = lf_view_of(c->state);

    lf_html(b, "<dt>% %</dt><dd>", V(c->clock), V(r->lang == LF_LANG_ZH ? c->zh : c->en));
    if (lf_view_is(state, "breached"))
        badge(b, "bad", "!", clock_span(r, c->late_s + 59, LF_T_CLOCK_LATE, LF_T_CLOCK_LATE_HOURS));
    else if (lf_view_is(state, "met"))
        badge(b, "good", "✓", text(r, LF_T_CLOCK_DONE));
    else if (lf_view_is(state, "cancelled"))
        badge(b, "", "–", text(r, LF_T_CLOCK_CANCELLED));
    else if (c->due)
        badge(b, "warn", "◷", clock_span(r, left > 0 ? left : 0, LF_T_CLOCK_LEFT, LF_T_CLOCK_LEFT_HOURS));
    else
        badge(b, "", "–", text(r, LF_T_CLOCK_NO_LIMIT));
    if (c->due) {
        lf_html(b, "<br><span class=\"quiet\">% ", T(CLOCK_DUE));
        put_when_zone(r, b, c->due);
        lf_html(b, "</span>");
    }
    put_told(r, b, c->id, told, ntold);
    lf_html(b, "</dd>");
}

enum lf_code local_time(struct rq *r, lf_view v, lf_view *out)
{
    lf_view whole = lf_arena_printf(r->t->a, "%.*s%s+08:00", LF_FMT(v), v.len == 16 ? ":00" : "");
    char *text_out = LF_NEW(r->t->a, char, LF_TIME_TEXT);
    lf_time t;

    LF_TRY(lf_time_parse(whole, &t, r->e));
    *out = lf_time_milli(t, text_out);
    return LF_OK;
}

lf_view role_word(const struct rq *r, lf_view by)
{
    if (lf_view_is(by, "reporter"))
        return text(r, LF_T_BY_REPORTER);
    if (lf_view_is(by, "reviewer"))
        return text(r, LF_T_BY_REVIEWER);
    if (lf_view_is(by, "national"))
        return text(r, LF_T_BY_NATIONAL);
    return lf_view_is(by, "system") ? text(r, LF_T_BY_SYSTEM) : by;
}

/* What became of an event that did not simply count. */
static void put_outcome(struct rq *r, struct lf_buf *b, enum lf_incident_outcome o)
{
    static const enum lf_text words[] = {
        [LF_OUTCOME_REFUSED] = LF_T_O_REFUSED,   [LF_OUTCOME_OUTRANKED] = LF_T_O_OUTRANKED,
        [LF_OUTCOME_ANSWERED] = LF_T_O_ANSWERED, [LF_OUTCOME_OPINION] = LF_T_O_OPINION,
        [LF_OUTCOME_VOID] = LF_T_O_VOID,         [LF_OUTCOME_UNDONE] = LF_T_O_UNDONE,
        [LF_OUTCOME_ENTRY] = LF_T_O_ENTRY,       [LF_OUTCOME_UNKNOWN] = LF_T_O_UNKNOWN,
    };

    if (o == LF_OUTCOME_APPLIED)
        return;
    lf_html(b, "<p>");
    badge(b, "warn", "!", text(r, words[o]));
    lf_html(b, "</p>");
}

/* Texts written without seeing each other: all stay to be read until someone writes anew. */
static void put_rivals(struct rq *r, struct lf_buf *b, const struct lf_incident_state *s)
{
    if (!s->nrivals)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><p>%</p><ul>", T(RIVALS), T(RIVALS_LEAD));
    for (size_t i = 0; i < s->nrivals; i++)
        lf_html(b, "<li class=\"wrap\">%</li>", V(s->rivals[i].text));
    lf_html(b, "</ul></section>");
}

/* What an act names besides its reason: the measure, the other incident, by when. */
static void put_particulars(struct rq *r, struct lf_buf *b, const struct lf_incident_event *ev)
{
    static const struct {
        const char *name;
        enum lf_text label;
    } said[] = { { "measure", LF_T_MEASURE }, { "what", LF_T_MEASURE_WHAT }, { "owner", LF_T_OWNER },
                 { "due", LF_T_MEASURE_DUE }, { "clock", LF_T_ACT_CLOCK },   { "grounds", LF_T_REASON } };
    lf_view other = lf_json_str(ev->body, lf_view_ends(ev->kind, LF_V("absorbed")) ? "incident" : "into");
    lf_time until;

    if (lf_view_starts(ev->kind, LF_V("evidence_")))
        return;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (lf_json_str(ev->body, said[i].name).len)
            lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span> %</p>", V(text(r, said[i].label)),
                    V(lf_json_str(ev->body, said[i].name)));
    if (lf_time_parse(lf_json_str(ev->body, "until"), &until, NULL) == LF_OK) {
        lf_html(b, "<p><span class=\"quiet\">%</span> ", T(ACT_UNTIL));
        put_when_zone(r, b, until);
        LF_PUT(b, "</p>");
    }
    if (other.len)
        lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span> <a href=\"%\">%</a></p>", T(ACT_INTO),
                V(path2(r, "/incidents/", other, "")), V(other));
}

void put_incident_event(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, size_t i)
{
    const struct lf_incident_event *ev = x->events[i];
    struct lf_text_value who[] = { { "role", role_word(r, ev->by) }, { "tier", tier_text(r, ev->tier) } };
    lf_view note = lf_json_str(ev->body, "description"), reason = lf_json_str(ev->body, "reason");
    lf_view impact = lf_json_str(ev->body, "impact"), measures = lf_json_str(ev->body, "measures");
    lf_time happened;

    lf_html(b, "<li><p><strong>%</strong> <span class=\"quiet\">%</span></p><p>", V(named(r, ev->kind)),
            V(lf_text_fill(r->t->a, LF_T_EVENT_BY, r->lang, who, 2)));
    put_when_zone(r, b, ev->recorded);
    lf_html(b, "</p>");
    put_outcome(r, b, (enum lf_incident_outcome)x->state.outcomes[i]);
    if (lf_incident_event_level(ev)) {
        lf_html(b, "<p>");
        put_incident_level(r, b, lf_incident_event_level(ev));
        lf_html(b, "</p>");
    }
    if (ev->recorded - ev->occurred >= LF_SECOND) {
        lf_html(b, "<p class=\"quiet\">% ", T(EVENT_OCCURRED));
        put_when_zone(r, b, ev->occurred);
        lf_html(b, "</p>");
    }
    if (lf_time_parse(lf_json_str(ev->body, "happened"), &happened, NULL) == LF_OK) {
        lf_html(b, "<p class=\"quiet\">% ", T(REPORT_HAPPENED));
        put_when_zone(r, b, happened);
        lf_html(b, "</p>");
    }
    if (note.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(note));
    if (impact.len)
        lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span><br>%</p>", T(REPORT_IMPACT), V(impact));
    if (measures.len)
        lf_html(b, "<p class=\"wrap\"><span class=\"quiet\">%</span><br>%</p>", T(REPORT_MEASURES),
                V(measures));
    if (reason.len)
        lf_html(b, "<p class=\"wrap\">%</p>", V(reason));
    put_particulars(r, b, ev);
    if (lf_view_starts(ev->kind, LF_V("file_")))
        lf_html(b, "<p class=\"wrap\">%<br><small>SHA-256 <code>%</code></small></p>",
                V(lf_json_str(ev->body, "name")), V(lf_json_str(ev->body, "sha256")));
    if (lf_view_starts(ev->kind, LF_V("evidence_")))
        lf_html(b, "<p class=\"wrap\">%</p>",
                V(lf_view_is(ev->kind, "evidence_added")
                      ? lf_json_str(ev->body, "what")
                      : lf_arena_printf(r->t->a, "%.*s → %.*s", LF_FMT(lf_json_str(ev->body, "from")),
                                        LF_FMT(lf_json_str(ev->body, "to")))));
    lf_html(b, "<details><summary>%</summary><pre tabindex=\"0\">%</pre></details></li>", T(SIGNED),
            V(ev->json));
}

static void put_incident_exports(struct rq *r, struct lf_buf *b)
{
    static const char *const formats[] = { "pdf", "xlsx", "csv", "json", "stix", "iodef" };
    static const char *const names[] = { "PDF", "XLSX", "CSV", "JSON", "STIX 2.1", "IODEF 2.0" };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><ul>", T(EXPORT));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        lf_html(b, "<li><a href=\"/api/v1/incidents/%/export?format=%\" download>%</a></li>", V(r->id),
                LF_HC(formats[i]), LF_HC(names[i]));
    lf_html(b, "<li><a href=\"%\">%</a></li></ul></section>", V(path2(r, "/incidents/", r->id, "/print")),
            T(PRINT_SHEET));
}

/* Its class in words, and what it is by the international reference taxonomy. */
static enum lf_code put_classes(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    const struct lf_form_field *classes;
    const struct lf_form_choice *c;
    const struct lf_form *form;
    lf_view rsit, vital;

    LF_TRY(report_form_of(r, &form));
    classes = lf_form_field(form, LF_V("category"));
    c = classes ? lf_form_choice(classes, x->row.category) : NULL;
    if (x->row.category.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(INCIDENT_CLASS),
                V(!c                      ? x->row.category
                  : r->lang == LF_LANG_ZH ? c->say.zh
                                          : c->say.en));
    rsit = lf_report_rsit(r->t, form, x);
    if (rsit.len)
        lf_html(b, "<dt>RSIT</dt><dd class=\"wrap\">%</dd>", V(rsit));
    vital = lf_report_vital(r->t, form, x->state.vital, r->lang == LF_LANG_ZH);
    if (vital.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(VITAL), V(vital));
    return LF_OK;
}

/* What the response centre does about it. */
static enum lf_code put_centre(struct rq *r, struct lf_buf *b, const struct lf_incident *x)
{
    if (x->level >= 3) { /* the response centre is opened for it */
        if (!lf_view_is(x->handling, "closed"))
            LF_TRY(put_manning_called(r, b, x->id));
        lf_html(b, "<p class=\"no-print\"><a class=\"button\" href=\"/manning?incident=%\">%</a></p>",
                V(x->id), T(MANNING));
    }
    lf_html(b,
            "<p class=\"no-print\"><a class=\"button\" href=\"/meetings?incident=%\">%</a> <a "
            "class=\"button\" href=\"/teams?incident=%\">%</a></p>",
            V(x->id), T(MEETINGS), V(x->id), T(TEAMS));
    return LF_OK;
}

enum { EVENTS_SHOWN = 200 };

/* The newest events, or those before the one that the query says. */
static enum lf_code put_timeline(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    lf_view after = query(r, "after");
    uint64_t to = x->nevents;
    size_t from;

    if (after.len && (!lf_view_u64(after, &to) || !to || to > x->nevents))
        return lf_err_set(r->e, LF_BAD_INPUT, "after is not a place this page gave; begin without it");
    from = to > EVENTS_SHOWN ? (size_t)to - EVENTS_SHOWN : 0;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(TIMELINE));
    for (size_t i = from; i < to; i++)
        put_incident_event(r, b, x, i);
    LF_PUT(b, "</ol>");
    if (from)
        put_next(r, b, lf_arena_printf(r->t->a, "%zu", from));
    LF_PUT(b, "</section>");
    return LF_OK;
}

/* `typed`: what somebody wrote into the form whose act was refused; the page says why. */
static void put_warn(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\" id=\"warn\"><h2>%</h2><p class=\"quiet\">%</p><form method=\"post\" "
            "action=\"%\">",
            T(WARN_OTHERS), T(WARN_OTHERS_LEAD), V(path2(r, "/incidents/", r->id, "/advisory")));
    put_csrf(r, b);
    lf_html(b, "<p><button class=\"second\">%</button></p></form></section>", T(WARN_OTHERS_DO));
}

/* To the node's own people: whose it is. */
static void put_tenant(struct rq *r, struct lf_buf *b)
{
    struct lf_organisation x;

    if (r->t->scope.serving && lf_organisation_get(r->t, r->t->scope.org, &x, NULL) == LF_OK)
        lf_html(b, "<dt>%</dt><dd><a href=\"/tenants/%\">%</a></dd>", T(TENANT), V(x.id), V(x.name));
}

static enum lf_code show(struct rq *r, int status, lf_view typed)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_deadline_notice *told;
    struct lf_incident_full x;
    struct lf_buf b;
    size_t ntold;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_deadline_notices(r->t, r->id, &ntold, &told, r->e));
    begin_page(r, &b, title_text(r, x.row.title), "/incidents");
    lf_html(&b, "<h1>% ", V(x.row.title.len ? title_text(r, x.row.title) : x.row.id));
    put_incident_level(r, &b, x.row.level);
    if (x.row.tlp != LF_TLP_NONE)
        badge(&b, x.row.tlp >= LF_TLP_STRICT ? "bad" : "info", "⚑", lf_view_of(lf_tlp_label(x.row.tlp)));
    lf_html(&b, "</h1>");
    if (x.state.exercise)
        put_exercise_banner(r, &b, &x.state.exercise_of);
    if (status != 200)
        put_refusal(r, &b, why);
    PUT_TRY(&b, put_referrals_late(r, &b, r->id));
    lf_html(&b, "<div class=\"two\"><div>");
    if (x.state.description.len)
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"wrap\">%</p></section>",
                T(REPORT_DESCRIPTION), V(x.state.description));
    put_rivals(r, &b, &x.state);
    PUT_TRY(&b, put_timeline(r, &b, &x));
    lf_html(&b, "</div><div><section class=\"panel\"><h2>%</h2>", T(CLOCK));
    put_clock(r, &b, &x.row.c1);
    if (x.nrows) {
        lf_html(&b, "<h3>%</h3><dl class=\"facts\">", T(CLOCKS));
        for (size_t i = 0; i < x.nrows; i++)
            put_clock_row(r, &b, &x.rows[i], told, ntold);
        lf_html(&b, "</dl>");
    }
    lf_html(&b,
            "</section><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt>"
            "<dd>%</dd>",
            T(FACTS), T(REVIEW), V(named(r, x.row.review)), T(HANDLING), V(named(r, x.row.handling)));
    put_tenant(r, &b);
    PUT_TRY(&b, put_classes(r, &b, &x));
    lf_html(&b, "<dt>%</dt><dd>%</dd>", T(ADV_TLP), V(text(r, incident_tlp_text(lf_incident_label(&x.row)))));
    lf_html(&b, "<dt>%</dt><dd>", T(AWARE_AT));
    put_when_zone(r, &b, x.row.aware_at);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(REPORTED_AT));
    put_when_zone(r, &b, x.row.reported_at);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(RECEIVED_AT));
    if (x.row.received_at)
        put_when_zone(r, &b, x.row.received_at);
    else
        lf_html(&b, "%", T(NOT_RECEIVED));
    lf_html(&b, "</dd>");
    if (x.row.alert.len || x.state.corroborated)
        lf_html(&b, "<dt>%</dt><dd>%</dd>", T(SOURCES),
                V(text(r, x.state.corroborated ? LF_T_CORROBORATED_LONG : LF_T_NOT_CORROBORATED)));
    if (x.row.alert.len)
        lf_html(&b, "<dt>%</dt><dd><a href=\"%\">%</a></dd>", T(ALERT),
                V(path2(r, "/alerts/", x.row.alert, "")), T(SEE_ALERT));
    lf_html(&b,
            "</dl><p><a href=\"/flow?incident=%\">%</a></p><p><a href=\"%\">%</a></p><p><a "
            "href=\"%\">%</a></p><p><a href=\"%\">%</a></p></section>",
            V(r->id), T(FLOW_OF), V(path2(r, "/incidents/", r->id, "/sources")), T(ATTACK_SOURCES),
            V(path2(r, "/incidents/", r->id, "/referrals")), T(REFERRALS),
            V(path2(r, "/incidents/", r->id, "/evidence")), T(EVIDENCES));
    if (may(r, ACT))
        put_incident_acts(r, &b, &x, typed);
    put_incident_measures(r, &b, &x);
    PUT_TRY(&b, put_incident_recoveries(r, &b, false));
    PUT_TRY(&b, put_incident_tasks(r, &b, x.row.id));
    PUT_TRY(&b, put_incident_inquiries(r, &b, x.row.id));
    PUT_TRY(&b, put_incident_articles(r, &b, &x));
    if (may(r, ACT) && x.row.tlp != LF_TLP_RED)
        put_warn(r, &b);
    if (of_node(r) && !r->t->scope.serving) /* of a tenant's case the node says nothing in public */
        PUT_TRY(&b, put_incident_statements(r, &b, &x.row));
    if (of_node(r))
        PUT_TRY(&b, put_centre(r, &b, &x.row));
    PUT_TRY(&b, put_report_panel(r, &b, &x));
    PUT_TRY(&b, put_incident_files(r, &b, &x));
    put_incident_exports(r, &b);
    lf_html(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_incident(struct rq *r)
{
    return show(r, 200, LF_V(""));
}

enum lf_code page_incident_event(struct rq *r)
{
    lf_view kind, reason = field(r, "reason"), event, body;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(need(r, "kind", &kind));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    if (reason.ptr && reason.len)
        lf_json_put_str(
            &w, lf_view_is(kind, "returned") || lf_view_is(kind, "reviewed") ? "reason" : "description",
            reason);
    incident_base(r, &w);
    lf_json_close(&w);
    body = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    rc = lf_incident_event_add(r->t, r->id, kind, body, &event, r->e);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/incidents/", r->id, "?done=1"));
    /* What the person typed is not lost, whatever came between; the code undoes the task. */
    if (rc == LF_CONFLICT || rc == LF_UNACCEPTED || rc == LF_BAD_INPUT) {
        struct lf_err kept = *r->e;

        LF_TRY(show(r, lf_code_http(rc), reason.ptr ? reason : LF_V("")));
        *r->e = kept;
    }
    return rc;
}

static enum lf_code shown_again(struct rq *r, int status)
{
    return show(r, status, LF_V(""));
}

enum lf_code page_incident_advise(struct rq *r)
{
    lf_view id;
    enum lf_code rc = incident_warn(r, r->lang == LF_LANG_EN, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/advisories/", id, "/edit")) : page_again(r, rc, shown_again);
}
