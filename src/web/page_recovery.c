/* Recovery procedures in the console: all in force, one with its rehearsals and history, and on an incident
 * those that it called for and how long each system was down.  What is shown prints as it is: forms stay away
 * from paper. */
#include "cert/recovery.h"

#include "web/page_step.h"
#include "web/recovery.h"

static const enum lf_text result_texts[LF_RECOVERY_RESULTS] = { LF_T_RC_PASSED, LF_T_RC_PARTLY,
                                                                LF_T_RC_FAILED };

lf_view recovery_name(const struct rq *r, lf_view zh, lf_view en)
{
    return r->lang == LF_LANG_EN ? en : zh;
}

/* In the largest unit that says it whole. */
lf_view recovery_span(struct rq *r, lf_time span)
{
    static const struct {
        lf_time unit;
        enum lf_text text;
    } units[] = { { LF_DAY, LF_T_RC_DAYS }, { LF_HOUR, LF_T_RC_HOURS }, { LF_MINUTE, LF_T_RC_MINUTES } };
    size_t i = 0;

    while (i < 2 && span % units[i].unit)
        i++;
    return fill1(r, units[i].text, "n", number(r, span / units[i].unit));
}

static void put_due(struct rq *r, struct lf_buf *b, const struct lf_recovery *p)
{
    if (p->overdue)
        badge(b, "bad", "!", text(r, LF_T_RC_OVERDUE));
    else
        lf_html(b, "<span class=\"quiet\">%</span>", V(fill1(r, LF_T_RC_DUE, "day", day_text(r, p->due))));
}

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text name, lf_view value)
{
    if (value.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, name)), V(value));
}

lf_view recovery_needs(struct rq *r, const struct lf_recovery *p)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < p->nneeds; i++)
        out = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(out), i ? " " : "", LF_FMT(p->needs[i]));
    return out;
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_recovery *p)
{
    LF_PUT(b, "<dl class=\"facts\">");
    put_fact(r, b, LF_T_RC_RTO, recovery_span(r, p->rto));
    if (p->rpo)
        put_fact(r, b, LF_T_RC_RPO, recovery_span(r, p->rpo));
    put_fact(r, b, LF_T_RC_OWNER, p->owner);
    put_fact(r, b, LF_T_RC_ASSET, p->asset);
    put_fact(r, b, LF_T_RC_NEEDS, recovery_needs(r, p));
    put_fact(r, b, LF_T_RC_BACKUP, p->backup);
    put_fact(r, b, LF_T_RC_WORKAROUND, p->workaround);
    LF_PUT(b, "</dl>");
}

/* ---- all ---- */

static enum lf_code put_others(struct rq *r, struct lf_buf *b, const struct lf_recovery *list, size_t n)
{
    const struct lf_playbook_version *own;
    size_t nown, shown = 0;

    LF_TRY(lf_recovery_last(r->t, &nown, &own, r->e));
    for (size_t i = 0; i < nown; i++) {
        bool in_force = false;

        for (size_t k = 0; k < n; k++)
            in_force |= lf_view_eq(list[k].id, own[i].id);
        if (own[i].act == LF_PLAYBOOK_PUBLISH)
            continue;
        if (!shown++)
            lf_html(b, "<section class=\"panel no-print\"><h2>%</h2><ul>", T(RC_OTHERS));
        lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ", V(path2(r, "/recoveries/", own[i].id, "")),
                V(own[i].id));
        badge(b, "", own[i].act == LF_PLAYBOOK_RETIRE ? "–" : "○",
              text(r, own[i].act == LF_PLAYBOOK_RETIRE ? LF_T_PB_RETIRED
                      : in_force                       ? LF_T_PB_DRAFT_WAITS
                                                       : LF_T_PB_NOT_YET));
        LF_PUT(b, "</li>");
    }
    if (shown)
        LF_PUT(b, "</ul></section>");
    return LF_OK;
}

enum lf_code page_recoveries(struct rq *r)
{
    const struct lf_recovery *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_recovery_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_RECOVERIES), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(RECOVERIES),
            T(RECOVERIES_LEAD));
    if (n)
        lf_html(&b,
                "<p class=\"no-print\"><a href=\"/api/v1/recovery-file?format=pdf\">%</a> <a "
                "href=\"/api/v1/recovery-file?format=json\">%</a></p><p class=\"quiet no-print\">%</p>",
                T(RC_ALL_PDF), T(RC_ALL_JSON), T(RC_KEEP));
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(RC_NONE));
    LF_PUT(&b, "<div class=\"tiles\">");
    for (size_t i = 0; i < n; i++) {
        struct lf_recovery_counts c;
        struct lf_text_value counts[3];

        PUT_TRY(&b, lf_recovery_count(r->t, list[i].id, &c, r->e));
        lf_html(&b, "<section class=\"panel\" id=\"%\"><h2><a href=\"%\">%</a></h2><p>", V(list[i].id),
                V(path2(r, "/recoveries/", list[i].id, "")), V(recovery_name(r, list[i].zh, list[i].en)));
        put_due(r, &b, &list[i]);
        LF_PUT(&b, "</p>");
        put_facts(r, &b, &list[i]);
        if (c.down) {
            counts[0] = (struct lf_text_value){ "down", number(r, c.down) };
            counts[1] = (struct lf_text_value){ "still", number(r, c.still) };
            counts[2] = (struct lf_text_value){ "late", number(r, c.late) };
            lf_html(&b, "<p class=\"quiet\">%</p>",
                    V(lf_text_fill(r->t->a, LF_T_RC_COUNTS, r->lang, counts, 3)));
        }
        put_steps(r, &b, list[i].steps, list[i].nsteps, true);
        LF_PUT(&b, "</section>");
    }
    LF_PUT(&b, "</div>");
    if (may(r, MANAGE)) {
        PUT_TRY(&b, put_others(r, &b, list, n));
        lf_html(&b, "<p class=\"no-print\"><a class=\"button\" href=\"/recoveries/new\">%</a></p>",
                T(RC_NEW));
    }
    return end_page(r, &b, 200);
}

/* ---- one ---- */

static void put_trial_form(struct rq *r, struct lf_buf *b)
{
    lf_view chosen = lf_view_some(field(r, "result"));

    lf_html(b, "<h3 class=\"no-print\">%</h3><form class=\"stack\" method=\"post\" action=\"%\">",
            T(RC_REHEARSE), V(path2(r, "/recoveries/", r->id, "/trials")));
    put_csrf(r, b);
    lf_html(
        b,
        "<p><label for=\"held\">%</label><input id=\"held\" name=\"held\" type=\"datetime-local\" required "
        "value=\"%\"></p><p><label for=\"result\">%</label><select id=\"result\" name=\"result\">",
        T(RC_HELD), V(lf_view_some(field(r, "held"))), T(RC_RESULT));
    for (int i = 0; i < LF_RECOVERY_RESULTS; i++) {
        const char *name = lf_recovery_result_name((enum lf_recovery_result)i);

        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(name),
                LF_RAW(lf_view_is(chosen, name) ? LF_V(" selected") : LF_V("")), V(text(r, result_texts[i])));
    }
    lf_html(b,
            "</select></p><p><label for=\"took\">%</label><input id=\"took\" name=\"took_minutes\" "
            "type=\"number\" "
            "min=\"0\" max=\"527040\" value=\"%\"></p><p><label><input type=\"checkbox\" name=\"restored\" "
            "value=\"1\"%> %</label></p><p><label for=\"note\">%</label><textarea id=\"note\" name=\"note\" "
            "rows=\"3\" maxlength=\"660\">%</textarea></p><p><button>%</button></p></form>",
            T(RC_TOOK), V(lf_view_some(field(r, "took_minutes"))),
            LF_RAW(field(r, "restored").len ? LF_V(" checked") : LF_V("")), T(RC_RESTORED), T(RC_NOTE),
            V(lf_view_some(field(r, "note"))), T(RC_RECORD));
}

static void put_trial(struct rq *r, struct lf_buf *b, const struct lf_recovery_trial *x)
{
    static const char *const tones[LF_RECOVERY_RESULTS] = { "good", "warn", "bad" };
    static const char *const signs[LF_RECOVERY_RESULTS] = { "✓", "◐", "✗" };
    struct lf_text_value named[] = { { "took", recovery_span(r, x->took) },
                                     { "rto", recovery_span(r, x->rto) } };

    LF_PUT(b, "<li><p>");
    put_when(r, b, x->held);
    LF_PUT(b, " ");
    badge(b, tones[x->result], signs[x->result], text(r, result_texts[x->result]));
    if (x->took > x->rto) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_RC_LATE));
    }
    if (x->withdrawn) {
        LF_PUT(b, " ");
        badge(b, "", "–", text(r, LF_T_RC_WITHDRAWN));
    }
    LF_PUT(b, "</p>");
    if (x->took)
        lf_html(b, "<p>%</p>", V(lf_text_fill(r->t->a, LF_T_RC_TOOK_OF, r->lang, named, 2)));
    if (x->restored)
        lf_html(b, "<p>%</p>", T(RC_RESTORED));
    lf_html(b, "<p class=\"wrap\">% <span class=\"quiet\">%</span></p>", V(x->note),
            V(x->account.len ? account_name(r, x->account) : LF_V("")));
    if (!x->withdrawn && may(r, TRIAGE)) {
        lf_html(b, "<form method=\"post\" action=\"%\">", V(path2(r, "/recoveries/", r->id, "/withdraw")));
        put_csrf(r, b);
        lf_html(b, "<button class=\"second small\" name=\"number\" value=\"%\">%</button></form>",
                V(number(r, x->number)), T(RC_WITHDRAW));
    }
    LF_PUT(b, "</li>");
}

static enum lf_code put_trials(struct rq *r, struct lf_buf *b, const struct lf_recovery *now)
{
    const struct lf_recovery_trial *list;
    size_t n;

    LF_TRY(lf_recovery_trials(r->t, r->id, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(RC_TRIALS));
    if (now) {
        LF_PUT(b, "<p>");
        put_due(r, b, now);
        LF_PUT(b, "</p>");
    }
    if (n)
        LF_PUT(b, "<ol class=\"line\">");
    else
        lf_html(b, "<p class=\"empty\">%</p>", T(RC_NEVER));
    for (size_t i = 0; i < n; i++)
        put_trial(r, b, &list[i]);
    if (n)
        LF_PUT(b, "</ol>");
    if (now && may(r, TRIAGE))
        put_trial_form(r, b);
    LF_PUT(b, "</section>");
    return LF_OK;
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_recovery *now,
                      const struct lf_playbook_version *v, size_t n)
{
    if (now)
        badge(b, "good", "✓", text(r, LF_T_PB_IN_FORCE));
    else
        badge(b, "", "–", text(r, n && v->act == LF_PLAYBOOK_RETIRE ? LF_T_PB_RETIRED : LF_T_PB_NOT_YET));
    if (n && v->act == LF_PLAYBOOK_WRITE) {
        LF_PUT(b, " ");
        badge(b, "info", "○", text(r, LF_T_PB_DRAFT_WAITS));
    }
}

static void put_versions(struct rq *r, struct lf_buf *b, const struct lf_playbook_version *list, size_t n)
{
    static const enum lf_text did[LF_PLAYBOOK_ACTS] = { LF_T_PB_DID_WRITE, LF_T_PB_DID_PUBLISH,
                                                        LF_T_PB_DID_RETIRE, LF_T_PB_DID_RETIRE };

    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2><ol class=\"line\">", T(KB_HISTORY));
    for (size_t i = 0; i < n; i++) {
        const struct lf_recovery *p;
        size_t one;

        lf_html(b, "<li><p><strong>%</strong> <span class=\"quiet\">%</span></p><p>",
                V(text(r, did[list[i].act])),
                V(list[i].account.len ? account_name(r, list[i].account) : LF_V("")));
        put_when(r, b, list[i].at);
        LF_PUT(b, "</p>");
        if (list[i].json.len && lf_recovery_read(r->t->a, list[i].json, &one, &p, NULL) == LF_OK) {
            lf_html(b, "<details><summary>%</summary>", T(KB_AS_WRITTEN));
            put_recovery(r, b, p);
            LF_PUT(b, "</details>");
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
}

void put_recovery(struct rq *r, struct lf_buf *b, const struct lf_recovery *p)
{
    put_facts(r, b, p);
    put_steps(r, b, p->steps, p->nsteps, true);
}

static void put_act(struct rq *r, struct lf_buf *b, const char *act, enum lf_text label, int64_t seen,
                    const char *class)
{
    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
            V(path2(r, "/recoveries/", r->id, act)));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"seen\" value=\"%\"><button class=\"%\">%</button></form> ",
            V(number(r, seen)), LF_HC(class), V(text(r, label)));
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_playbook_version *v = NULL;
    const struct lf_recovery *list, *now = NULL, *shown;
    struct lf_buf b;
    size_t n, nv = 0;

    LF_TRY(lf_recovery_list(r->t, &n, &list, r->e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].id, r->id))
            now = &list[i];
    shown = now;
    if (may(r, MANAGE)) {
        LF_TRY(lf_recovery_history(r->t, r->id, &nv, &v, r->e));
        LF_TRY(recovery_written(r, v, nv, &shown));
    }
    if (!shown)
        return lf_err_set(r->e, LF_NOT_FOUND, "recovery: none with the id %.*s is in force",
                          LF_FMT(lf_view_first(r->id, LF_PLAYBOOK_ID)));
    begin_page(r, &b, recovery_name(r, shown->zh, shown->en), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(recovery_name(r, shown->zh, shown->en)));
    put_state(r, &b, now, v, nv);
    lf_html(&b, "</p><p class=\"no-print\"><a href=\"/recoveries\">%</a></p></div>", T(RECOVERIES));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<div class=\"two\"><div><section class=\"panel\"><h2>%</h2>",
            V(text(r, nv && v->act == LF_PLAYBOOK_WRITE ? LF_T_KB_DRAFT : LF_T_PB_IN_FORCE)));
    put_recovery(r, &b, shown);
    LF_PUT(&b, "</section></div><div>");
    PUT_TRY(&b, put_trials(r, &b, now));
    if (may(r, MANAGE)) {
        lf_html(&b, "<section class=\"panel no-print\"><h2>%</h2><p><a class=\"button\" href=\"%\">%</a></p>",
                T(ACT), V(path2(r, "/recoveries/", r->id, "/edit")), T(RC_EDIT));
        if (v->act != LF_PLAYBOOK_PUBLISH)
            put_act(r, &b, "/publish", LF_T_PB_PUBLISH, v->version, "");
        if (now)
            put_act(r, &b, "/retire", LF_T_PB_RETIRE, v->version, "second");
        LF_PUT(&b, "</section>");
        put_versions(r, &b, v, nv);
    }
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_recovery_one(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/recoveries/", r->id, "?done=1")) : page_again(r, rc, show);
}

static enum lf_code do_act(struct rq *r, enum lf_playbook_act what)
{
    int64_t seen;

    LF_TRY(whole_field(r, "seen", &seen));
    return done(r, lf_recovery_act(r->t, r->id, seen, what, r->e));
}

enum lf_code page_recovery_publish(struct rq *r)
{
    return do_act(r, LF_PLAYBOOK_PUBLISH);
}

enum lf_code page_recovery_retire(struct rq *r)
{
    return do_act(r, LF_PLAYBOOK_RETIRE);
}

enum lf_code page_recovery_trial(struct rq *r)
{
    return done(r, recovery_trial_asked(r));
}

enum lf_code page_recovery_withdraw(struct rq *r)
{
    int64_t trial;

    LF_TRY(whole_field(r, "number", &trial));
    return done(r, lf_recovery_trial_withdraw(r->t, r->id, trial, r->e));
}

/* ---- on an incident ---- */

/* `id`: the procedure's; what was typed for it and refused stands there again. */
static void put_moment(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view id,
                       lf_view of, lf_time now)
{
    bool typed = lf_view_eq(lf_view_some(field(r, "recovery")), id) && field(r, name).ptr;

    lf_html(b,
            "<label>% <input type=\"datetime-local\" name=\"%\" step=\"1\" value=\"%\" aria-label=\"% "
            "%\"></label> ",
            V(text(r, label)), LF_HC(name), V(typed ? field(r, name) : moment_shown(r, now, true)),
            V(text(r, label)), V(of));
}

static void put_run(struct rq *r, struct lf_buf *b, const struct lf_recovery_run *x)
{
    lf_view name = recovery_name(r, x->zh, x->en);
    struct lf_text_value tasks[] = { { "done", number(r, (int64_t)x->ended) },
                                     { "all", number(r, (int64_t)x->tasks) } };
    struct lf_text_value down[] = { { "took",
                                      fill1(r, LF_T_RC_MINUTES, "n", number(r, x->lasted / LF_MINUTE)) },
                                    { "rto", recovery_span(r, x->rto) } };

    lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ", V(path2(r, "/recoveries/", x->recovery, "")),
            V(name));
    if (x->down && !x->back)
        badge(b, x->late ? "bad" : "warn", "◷", text(r, x->late ? LF_T_RC_DOWN_LATE : LF_T_RC_DOWN));
    else if (x->down)
        badge(b, x->late ? "bad" : "good", x->late ? "!" : "✓",
              text(r, x->late ? LF_T_RC_BACK_LATE : LF_T_RC_BACK));
    else
        badge(b, "", "○", text(r, LF_T_RC_NEEDED));
    lf_html(b, "<br>%", V(lf_text_fill(r->t->a, LF_T_TASKS_DONE_OF, r->lang, tasks, 2)));
    if (x->down)
        lf_html(b, "<br>%", V(lf_text_fill(r->t->a, LF_T_RC_DOWN_OF, r->lang, down, 2)));
    if (may(r, ACT)) {
        lf_html(b, "<form class=\"row\" method=\"post\" action=\"%\">",
                V(path2(r, "/incidents/", r->id, "/recovery-times")));
        put_csrf(r, b);
        put_moment(r, b, "down", LF_T_RC_WENT_DOWN, x->recovery, name, x->down);
        put_moment(r, b, "back", LF_T_RC_CAME_BACK, x->recovery, name, x->back);
        lf_html(b, "<button class=\"second small\" name=\"recovery\" value=\"%\">%</button></form>",
                V(x->recovery), T(RC_SAVE_TIMES));
    }
    LF_PUT(b, "</li>");
}

static void put_fit(struct rq *r, struct lf_buf *b, const struct lf_recovery *p)
{
    lf_view name = recovery_name(r, p->zh, p->en);

    lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> <span class=\"quiet\">%</span>",
            V(path2(r, "/recoveries/", p->id, "")), V(name),
            V(fill1(r, LF_T_RC_RTO_IS, "rto", recovery_span(r, p->rto))));
    if (may(r, ACT)) {
        lf_html(b, "<form class=\"row\" method=\"post\" action=\"%\">",
                V(path2(r, "/incidents/", r->id, "/recoveries")));
        put_csrf(r, b);
        put_moment(r, b, "down", LF_T_RC_WENT_DOWN, p->id, name, 0);
        lf_html(b, "<button class=\"second small\" name=\"recovery\" value=\"%\">%</button></form>", V(p->id),
                T(RC_CALL));
    }
    LF_PUT(b, "</li>");
}

enum lf_code put_incident_recoveries(struct rq *r, struct lf_buf *b, bool all)
{
    const struct lf_recovery_fit *fits;
    const struct lf_recovery_run *runs;
    size_t nfits, nruns, suggested = 0, others = 0;

    LF_TRY(lf_recovery_of(r->t, r->id, &nfits, &fits, &nruns, &runs, r->e));
    for (size_t i = 0; i < nfits; i++) {
        suggested += fits[i].suggested && !fits[i].called;
        others += !fits[i].suggested && !fits[i].called;
    }
    if (!nruns && !suggested && !(all && others))
        return LF_OK;
    lf_html(b, "<section class=\"panel\" id=\"recoveries\"><h2>%</h2>", T(RECOVERIES));
    if (nruns)
        LF_PUT(b, "<ol>");
    for (size_t i = 0; i < nruns; i++)
        put_run(r, b, &runs[i]);
    if (nruns)
        LF_PUT(b, "</ol>");
    if (suggested)
        lf_html(b, "<p>%</p><ul class=\"plain-list\">", T(RC_SUGGESTED));
    for (size_t i = 0; i < nfits; i++)
        if (fits[i].suggested && !fits[i].called)
            put_fit(r, b, fits[i].recovery);
    if (suggested)
        LF_PUT(b, "</ul>");
    if (all && others) {
        lf_html(b, "<details><summary>%</summary><ul class=\"plain-list\">", T(RC_OTHER_SYSTEMS));
        for (size_t i = 0; i < nfits; i++)
            if (!fits[i].suggested && !fits[i].called)
                put_fit(r, b, fits[i].recovery);
        LF_PUT(b, "</ul></details>");
    }
    LF_PUT(b, "</section>");
    return LF_OK;
}

static enum lf_code on_incident(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/incidents/", r->id, "/tasks?done=1#recoveries"))
                       : page_again(r, rc, page_incident_tasks_again);
}

static enum lf_code call(struct rq *r)
{
    lf_view id;
    lf_time down;
    size_t added;

    LF_TRY(need(r, "recovery", &id));
    LF_TRY(moment_field(r, "down", &down));
    return lf_recovery_call(r->t, r->id, id, down, r->lang == LF_LANG_EN, &added, r->e);
}

static enum lf_code set_times(struct rq *r)
{
    lf_view id;
    lf_time down, back;

    LF_TRY(need(r, "recovery", &id));
    LF_TRY(moment_field(r, "down", &down));
    LF_TRY(moment_field(r, "back", &back));
    return lf_recovery_times(r->t, r->id, id, down, back, r->e);
}

enum lf_code page_recovery_call(struct rq *r)
{
    return on_incident(r, call(r));
}

enum lf_code page_recovery_times(struct rq *r)
{
    return on_incident(r, set_times(r));
}
