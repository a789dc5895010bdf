/* Acts upon an incident in the console: the usual ones beside its history, each of the others on a page of
 * its own with what it needs.  Offered is what the rules allow the account in the present state
 * (engine/incident_fold.h); what an act must carry is refused there too, so this file holds no rule. */
#include "cert/report.h"
#include "model/vital.h"
#include "web/page_priv.h"
#include "web/report_field.h"

enum input { LINE, AREA, WHEN, DAY, LEVEL, CLOCK, INTO, MEASURE, OWNERS_DAY, CONSENT, TLP, RSIT, VITAL };
enum { FIELDS = 5, SHOWN = 5 /* newest events beside a form */, OTHERS = 50 /* to merge into, offered */ };

struct act_field {
    const char *name; /* in the form and in the event's body; NULL ends the list */
    enum input how;
    bool needed;
    enum lf_text label;
};

struct act {
    const char *kind;
    enum lf_text label, lead;
    struct act_field fields[FIELDS];
};

#define WHY                                                                                                  \
    {                                                                                                        \
        "reason", AREA, true, LF_T_REASON                                                                    \
    }
#define NOTE                                                                                                 \
    {                                                                                                        \
        "description", AREA, false, LF_T_ACT_NOTE                                                            \
    }
#define TIMED                                                                                                \
    {                                                                                                        \
        "occurred_at", WHEN, false, LF_T_ACT_WHEN                                                            \
    }

static const struct act acts[] = {
    { "level_changed", LF_T_DO_LEVEL, LF_T_DO_LEVEL_LEAD, { { "level", LEVEL, true, LF_T_LEVEL }, WHY } },
    { "reviewed",
      LF_T_DO_REVIEW,
      LF_T_DO_REVIEW_LEAD,
      { { "level", LEVEL, false, LF_T_LEVEL }, { "reason", AREA, false, LF_T_REASON } } },
    { "not_incident", LF_T_DO_NOT_INCIDENT, LF_T_DO_NOT_INCIDENT_LEAD, { WHY } },
    { "aware_corrected",
      LF_T_DO_AWARE,
      LF_T_DO_AWARE_LEAD,
      { { "occurred_at", WHEN, true, LF_T_AWARE_AT }, WHY } },
    { "classified",
      LF_T_DO_CLASSIFY,
      LF_T_DO_CLASSIFY_LEAD,
      { { "rsit", RSIT, true, LF_T_RSIT_TYPE }, WHY } },
    { "vital_corrected",
      LF_T_DO_VITAL,
      LF_T_DO_VITAL_LEAD,
      { { "vital_functions", VITAL, false, LF_T_VITAL }, WHY } },
    { "marked", LF_T_DO_MARK, LF_T_DO_MARK_LEAD, { { "tlp", TLP, true, LF_T_ADV_TLP }, WHY } },
    { "extended",
      LF_T_DO_EXTEND,
      LF_T_DO_EXTEND_LEAD,
      { { "clock", CLOCK, true, LF_T_ACT_CLOCK },
        { "until", WHEN, true, LF_T_ACT_UNTIL },
        { "consent", CONSENT, false, LF_T_ACT_CONSENT },
        WHY } },
    { "merged", LF_T_DO_MERGE, LF_T_DO_MERGE_LEAD, { { "into", INTO, true, LF_T_ACT_INTO }, WHY } },
    { "unmerged", LF_T_DO_UNMERGE, LF_T_DO_UNMERGE_LEAD, { WHY } },
    { "final_returned",
      LF_T_DO_FINAL_RETURN,
      LF_T_DO_FINAL_RETURN_LEAD,
      { WHY, { "until", WHEN, false, LF_T_ACT_UNTIL } } },
    { "reopened", LF_T_DO_REOPEN, LF_T_DO_REOPEN_LEAD, { WHY } },
    { "archived", LF_T_DO_ARCHIVE, LF_T_DO_ARCHIVE_LEAD, { NOTE } },
    { "measure_planned",
      LF_T_DO_MEASURE,
      LF_T_DO_MEASURE_LEAD,
      { { "measure", LINE, true, LF_T_MEASURE_NAME },
        { "what", AREA, true, LF_T_MEASURE_WHAT },
        { "owner", LINE, false, LF_T_OWNER },
        { "due", DAY, false, LF_T_MEASURE_DUE } } },
    { "measure_done",
      LF_T_DO_MEASURE_DONE,
      LF_T_DO_MEASURE_DONE_LEAD,
      { { "measure", MEASURE, true, LF_T_MEASURE }, NOTE, TIMED } },
    { "measure_verified",
      LF_T_DO_MEASURE_VERIFIED,
      LF_T_DO_MEASURE_VERIFIED_LEAD,
      { { "measure", MEASURE, true, LF_T_MEASURE }, NOTE } },
    { "follow_up_done", LF_T_DO_FOLLOW_UP_DONE, LF_T_DO_FOLLOW_UP_DONE_LEAD, { NOTE } },
    { "obstacle_begins",
      LF_T_DO_OBSTACLE,
      LF_T_DO_OBSTACLE_LEAD,
      { { "description", AREA, true, LF_T_ACT_NOTE }, TIMED } },
    { "obstacle_ends", LF_T_DO_OBSTACLE_END, LF_T_DO_OBSTACLE_END_LEAD, { NOTE, TIMED } },
    { "support_requested", LF_T_DO_ASK_SUPPORT, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "support_given", LF_T_DO_SUPPORT, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "request_received", LF_T_DO_REQUEST_RECEIVED, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "arrived_on_site", LF_T_DO_ARRIVED, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "answered", LF_T_DO_ANSWER, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "intermediate_requested", LF_T_DO_ASK_INTERMEDIATE, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "intermediate_submitted", LF_T_DO_INTERMEDIATE, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "progress_submitted", LF_T_DO_PROGRESS, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "abnormal_detected", LF_T_DO_ABNORMAL, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "abnormal_notified", LF_T_DO_ABNORMAL_TOLD, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "drill_done", LF_T_DO_DRILL, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
    { "drill_reported", LF_T_DO_DRILL_REPORT, LF_T_DO_SERVICE_LEAD, { NOTE, TIMED } },
};

enum lf_text incident_tlp_text(enum lf_tlp tlp)
{
    static const enum lf_text words[] = { LF_T_TLP_CLEAR, LF_T_TLP_CLEAR,  LF_T_TLP_GREEN,
                                          LF_T_TLP_AMBER, LF_T_TLP_STRICT, LF_T_TLP_RED };

    return words[tlp];
}

static const struct act *act_of(lf_view kind)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (lf_view_is(kind, acts[i].kind))
            return &acts[i];
    return NULL;
}

lf_view act_word(const struct rq *r, lf_view kind)
{
    const struct act *a = act_of(kind);

    return a ? text(r, a->label) : kind;
}

static bool obstacle_stands(const struct lf_incident_full *x)
{
    bool stands = false;

    for (size_t i = 0; i < x->nevents; i++)
        if (x->state.outcomes[i] == LF_OUTCOME_APPLIED &&
            lf_view_starts(x->events[i]->kind, LF_V("obstacle_")))
            stands = lf_view_is(x->events[i]->kind, "obstacle_begins");
    return stands;
}

static bool measure_fits(const struct lf_incident_measure *m, const struct act *a)
{
    return lf_view_is(lf_view_of(a->kind), "measure_done") ? !m->done : m->done && !m->verified;
}

/* Whether there is anything that the act could be done to. */
static bool has_use(const struct lf_incident_full *x, const struct act *a)
{
    lf_view kind = lf_view_of(a->kind);
    bool any = false;

    if (lf_view_starts(kind, LF_V("obstacle_")))
        return obstacle_stands(x) == lf_view_is(kind, "obstacle_ends");
    if (lf_view_is(kind, "archived"))
        return x->state.imported && x->state.review == LF_REVIEW_DRAFT;
    for (size_t i = 0; a->fields[0].how == MEASURE && i < x->state.nmeasures; i++)
        any = any || measure_fits(&x->state.measures[i], a);
    for (size_t i = 0; a->fields[0].how == CLOCK && i < x->nrows; i++)
        any = any || x->rows[i].consent;
    return any || (a->fields[0].how != MEASURE && a->fields[0].how != CLOCK);
}

static bool offered(struct rq *r, const struct lf_incident_full *x, lf_view kind)
{
    lf_view by = lf_incident_role(r->t, &x->row);

    return by.len && lf_incident_may(&x->state, kind, by, NULL) == LF_OK;
}

/* What is on this screen: an act upon something newer is seen as such. */
static void put_base(struct lf_buf *b, const struct lf_incident_state *s)
{
    lf_html(b, "<input type=\"hidden\" name=\"base\" value=\"");
    for (size_t i = 0; i < s->nheads; i++)
        lf_html(b, "% ", V(s->heads[i]));
    lf_html(b, "\">");
}

/* ---- on the page of the incident ---- */

static bool put_usual(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, lf_view typed)
{
    static const struct {
        const char *kind;
        enum lf_text label;
    } usual[] = {
        { "reported", LF_T_DO_REPORT },     { "supplemented", LF_T_DO_SUPPLEMENT },
        { "followed_up", LF_T_DO_FOLLOW },  { "controlled", LF_T_DO_CONTROLLED },
        { "recovered", LF_T_DO_RECOVERED }, { "final_submitted", LF_T_DO_FINAL },
        { "reviewed", LF_T_DO_CONFIRM },    { "returned", LF_T_DO_RETURN },
        { "closed", LF_T_DO_CLOSE },
    };
    bool any = false;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        /* A second first report is allowed by the rules and of no use to a person. */
        if (i == 0 && x->state.review != LF_REVIEW_DRAFT && x->state.review != LF_REVIEW_RETURNED)
            continue;
        if (!offered(r, x, lf_view_of(usual[i].kind)))
            continue;
        if (!any) {
            lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                    V(path2(r, "/incidents/", x->row.id, "/events")));
            put_csrf(r, b);
            put_base(b, &x->state);
            lf_html(b, "<p><label for=\"kind\">%</label><select id=\"kind\" name=\"kind\">", T(ACT_KIND));
        }
        any = true;
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(usual[i].kind), V(text(r, usual[i].label)));
    }
    if (any)
        lf_html(b,
                "</select></p><p><label for=\"reason\">%</label><textarea id=\"reason\" name=\"reason\" "
                "maxlength=\"4000\">%</textarea></p><p><button>%</button></p></form>",
                T(ACT_NOTE), V(typed), T(ACT_RECORD));
    return any;
}

void put_incident_acts(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, lf_view typed)
{
    bool any;
    size_t n = 0;

    lf_html(b, "<section class=\"panel\" id=\"act\"><h2>%</h2>", T(ACT));
    any = put_usual(r, b, x, typed);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (!has_use(x, &acts[i]) || !offered(r, x, lf_view_of(acts[i].kind)))
            continue;
        if (!n++)
            lf_html(b, "<details%><summary>%</summary><ul>", LF_RAW(any ? LF_V("") : LF_V(" open")),
                    T(ACT_MORE));
        lf_html(b, "<li><a href=\"/incidents/%/act?kind=%\">%</a></li>", V(x->row.id), LF_HC(acts[i].kind),
                V(text(r, acts[i].label)));
    }
    if (n)
        LF_PUT(b, "</ul></details>");
    else if (!any)
        lf_html(b, "<p>%</p>", T(ACT_NONE));
    LF_PUT(b, "</section>");
}

static void put_measure(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x,
                        const struct lf_incident_measure *m)
{
    const char *next = !m->done ? "measure_done" : "measure_verified";

    lf_html(b, "<li class=\"wrap\"><strong>%</strong> ", V(m->id));
    if (m->verified)
        badge(b, "good", "✓", text(r, LF_T_MEASURE_VERIFIED));
    else if (m->done)
        badge(b, "info", "✓", text(r, LF_T_MEASURE_DONE));
    else
        badge(b, "", "○", text(r, LF_T_MEASURE_OPEN));
    if (m->what.len)
        lf_html(b, "<br>%", V(m->what));
    lf_html(b, "<br><span class=\"quiet\">%：% · %：%</span>", T(OWNER),
            V(m->owner.len ? m->owner : text(r, LF_T_NOBODY)), T(MEASURE_DUE),
            V(m->due.len ? m->due : LF_V("–")));
    if (may(r, ACT) && !m->verified && offered(r, x, lf_view_of(next)))
        lf_html(b, "<br><a href=\"/incidents/%/act?kind=%&amp;measure=%\">%</a>", V(x->row.id), LF_HC(next),
                V(url_text(r, m->id)), V(act_word(r, lf_view_of(next))));
    if (may(r, ACT) && !m->verified && offered(r, x, LF_V("measure_planned")))
        lf_html(b, "<br><a href=\"/incidents/%/act?kind=measure_planned&amp;measure=%\">%</a>", V(x->row.id),
                V(url_text(r, m->id)), T(MEASURE_CHANGE));
    LF_PUT(b, "</li>");
}

void put_incident_measures(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    if (!x->state.nmeasures)
        return;
    lf_html(b, "<section class=\"panel\" id=\"measures\"><h2>%</h2><ul class=\"plain-list\">", T(MEASURES));
    for (size_t i = 0; i < x->state.nmeasures; i++)
        put_measure(r, b, x, &x->state.measures[i]);
    LF_PUT(b, "</ul></section>");
}

/* ---- one act ---- */

/* What was typed, what the query says (a measure's name), or how the measure stands that is changed. */
static lf_view value_of(const struct rq *r, const struct lf_incident_full *x, const struct act_field *f)
{
    lf_view named = query(r, "measure");

    if (r->form.ptr)
        return lf_view_some(field(r, f->name));
    if (lf_view_is(lf_view_of(f->name), "measure"))
        return lf_view_some(named);
    for (size_t i = 0; named.len && i < x->state.nmeasures; i++) {
        const struct lf_incident_measure *m = &x->state.measures[i];

        if (lf_view_eq(m->id, named))
            return lf_view_is(lf_view_of(f->name), "what")    ? m->what
                   : lf_view_is(lf_view_of(f->name), "owner") ? m->owner
                   : lf_view_is(lf_view_of(f->name), "due")   ? m->due
                                                              : LF_V("");
    }
    return LF_V("");
}

static void put_option(struct lf_buf *b, lf_view value, lf_view chosen, lf_view shown)
{
    lf_html(b, "<option value=\"%\"%>%</option>", V(value),
            LF_RAW(lf_view_eq(value, chosen) ? LF_V(" selected") : LF_V("")), V(shown));
}

/* The types of the reference taxonomy as the form has them, by class. */
static enum lf_code put_types(struct rq *r, struct lf_buf *b, lf_view now)
{
    const struct lf_form_field *types;
    const struct lf_form *form;
    lf_view in = LF_V("");

    LF_TRY(report_form_of(r, &form));
    types = lf_form_field(form, LF_V("rsit"));
    put_option(b, LF_V(""), now, text(r, LF_T_REPORT_CHOOSE));
    for (size_t i = 0; types && i < types->nchoices; i++) {
        const struct lf_form_choice *c = &types->choices[i];

        if (!lf_view_eq(c->rsit, in)) {
            lf_html(b, "%<optgroup label=\"%\">", LF_RAW(in.len ? LF_V("</optgroup>") : LF_V("")),
                    V(r->lang == LF_LANG_ZH ? c->group.zh : c->group.en));
            in = c->rsit;
        }
        put_option(b, c->id, now, r->lang == LF_LANG_ZH ? c->say.zh : c->say.en);
    }
    lf_html(b, "%</select>", LF_RAW(in.len ? LF_V("</optgroup>") : LF_V("")));
    return LF_OK;
}

static void put_choice(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x, const struct act *a,
                       const struct act_field *f, lf_view now)
{
    lf_html(b, "<select id=\"%\" name=\"%\"%>", LF_HC(f->name), LF_HC(f->name),
            LF_RAW(f->needed ? LF_V(" required") : LF_V("")));
    if (f->how == LEVEL) {
        put_option(b, LF_V(""), now, text(r, f->needed ? LF_T_REPORT_CHOOSE : LF_T_LEVEL_AS_IS));
        for (int i = 1; i <= 4; i++)
            put_option(b, number(r, i), now, fill1(r, LF_T_LEVEL_N, "n", number(r, i)));
    }
    if (f->how == TLP)
        for (enum lf_tlp tlp = LF_TLP_CLEAR; tlp <= LF_TLP_RED; tlp++)
            put_option(b, lf_view_of(lf_tlp_name(tlp)),
                       now.len ? now : lf_view_of(lf_tlp_name(lf_incident_label(&x->row))),
                       text(r, incident_tlp_text(tlp)));
    for (size_t i = 0; f->how == CLOCK && i < x->nrows; i++) {
        const struct lf_clock_row *c = &x->rows[i];

        if (c->consent)
            put_option(b, c->clock, now,
                       lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(c->clock),
                                       LF_FMT(r->lang == LF_LANG_ZH ? c->zh : c->en)));
    }
    for (size_t i = 0; f->how == MEASURE && i < x->state.nmeasures; i++)
        if (measure_fits(&x->state.measures[i], a))
            put_option(b, x->state.measures[i].id, now, x->state.measures[i].id);
    LF_PUT(b, "</select>");
}

/* The newest others of the list, for who does not have the id at hand. */
static enum lf_code put_others(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    struct lf_incident_filter open = { .active = !x->state.exercise, .exercise = x->state.exercise_of.id };
    struct lf_incident_page list;

    LF_TRY(lf_incident_list(r->t, &open, &(struct lf_page){ .limit = OTHERS }, &list, r->e));
    LF_PUT(b, "<datalist id=\"others\">");
    for (size_t i = 0; i < list.n; i++)
        if (!lf_view_eq(list.items[i].id, x->row.id))
            lf_html(b, "<option value=\"%\">%</option>", V(list.items[i].id),
                    V(title_text(r, list.items[i].title)));
    LF_PUT(b, "</datalist>");
    return LF_OK;
}

static void put_input(struct lf_buf *b, const struct act_field *f, lf_view now)
{
    static const char *const rest[] = { [LINE] = " maxlength=\"60\"",
                                        [WHEN] = " type=\"datetime-local\" step=\"1\"",
                                        [DAY] = " type=\"date\"",
                                        [INTO] = " list=\"others\" maxlength=\"60\" spellcheck=\"false\"" };

    lf_html(b, "<input id=\"%\" name=\"%\" value=\"%\"%", LF_HC(f->name), LF_HC(f->name), V(now),
            LF_RAW(lf_view_of(rest[f->how])));
    lf_html(b, "%>", LF_RAW(f->needed ? LF_V(" required") : LF_V("")));
}

/* As the incident has them, or as they were ticked. */
static enum lf_code put_vital(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    const struct lf_form_field *f;
    const struct lf_form *form;

    LF_TRY(report_form_of(r, &form));
    f = lf_form_field(form, LF_V("vital_functions"));
    lf_html(b, "<fieldset><legend>%</legend>", T(VITAL));
    for (size_t i = 0; f && i < f->nchoices; i++) {
        lf_view id = f->choices[i].id;
        bool on = r->form.ptr ? lf_http_field_has(r->t->a, r->form, "vital_functions", id)
                              : (x->state.vital & lf_vital_set(id)) != 0;

        lf_html(b, "<p><label><input type=\"checkbox\" name=\"vital_functions\" value=\"%\"%> %</label></p>",
                V(id), LF_RAW(on ? LF_V(" checked") : LF_V("")), V(form_words(r, f->choices[i].say)));
    }
    LF_PUT(b, "</fieldset>");
    return LF_OK;
}

static enum lf_code put_field(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x,
                              const struct act *a, const struct act_field *f)
{
    lf_view now = value_of(r, x, f);

    if (f->how == CONSENT) {
        static const char *const who[] = { "reviewer", "national" };

        lf_html(b, "<fieldset><legend>%</legend>", V(text(r, f->label)));
        for (size_t i = 0; i < sizeof who / sizeof *who; i++)
            lf_html(b, "<p><label><input type=\"checkbox\" name=\"consent_%\" value=\"1\"%> %</label></p>",
                    LF_HC(who[i]),
                    LF_RAW(field(r, i ? "consent_national" : "consent_reviewer").len ? LF_V(" checked")
                                                                                     : LF_V("")),
                    V(role_word(r, lf_view_of(who[i]))));
        LF_PUT(b, "</fieldset>");
        return LF_OK;
    }
    if (f->how == VITAL)
        return put_vital(r, b, x);
    lf_html(b, "<p><label for=\"%\">%</label>", LF_HC(f->name), V(text(r, f->label)));
    if (f->how == AREA)
        lf_html(b, "<textarea id=\"%\" name=\"%\" rows=\"4\" maxlength=\"4000\"%>%</textarea>",
                LF_HC(f->name), LF_HC(f->name), LF_RAW(f->needed ? LF_V(" required") : LF_V("")), V(now));
    else if (f->how == LEVEL || f->how == CLOCK || f->how == MEASURE || f->how == TLP)
        put_choice(r, b, x, a, f, now);
    else if (f->how == RSIT) {
        lf_html(b, "<select id=\"%\" name=\"%\" required>", LF_HC(f->name), LF_HC(f->name));
        LF_TRY(put_types(r, b, now));
    } else
        put_input(b, f, now);
    if (f->how == INTO)
        LF_TRY(put_others(r, b, x));
    LF_PUT(b, "</p>");
    return LF_OK;
}

/* What came last, so that who was refused because of it can look and decide again. */
static void put_newest(struct rq *r, struct lf_buf *b, const struct lf_incident_full *x)
{
    size_t first = x->nevents > SHOWN ? x->nevents - SHOWN : 0;

    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(ACT_NEWEST));
    for (size_t i = first; i < x->nevents; i++)
        put_incident_event(r, b, x, i);
    LF_PUT(b, "</ol></section>");
}

static enum lf_code show(struct rq *r, const struct act *a, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_incident_full x;
    struct lf_err refused = { 0 };
    struct lf_buf b;
    lf_view by;
    bool open;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    by = lf_incident_role(r->t, &x.row);
    open = by.len && lf_incident_may(&x.state, lf_view_of(a->kind), by, &refused) == LF_OK;
    begin_page(r, &b, text(r, a->label), "/incidents");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a> ", V(text(r, a->label)),
            V(path2(r, "/incidents/", r->id, "")), V(title_text(r, x.row.title)));
    put_incident_level(r, &b, x.row.level);
    LF_PUT(&b, "</p></div>");
    PUT_TRY(&b, put_exercise_of(r, &b, r->id));
    if (status != 200)
        put_refusal(r, &b, why);
    else if (!open && refused.text[0])
        put_refusal(r, &b, lf_view_of(refused.text));
    LF_PUT(&b, "<div class=\"two\"><div>");
    /* What was typed stays to be read, whether or not it can be sent again. */
    if (open || status != 200) {
        lf_html(&b,
                "<section class=\"panel\"><p class=\"quiet\">%</p><form class=\"stack\" method=\"post\" "
                "action=\"%\">",
                V(text(r, a->lead)), V(path2(r, "/incidents/", r->id, "/act")));
        put_csrf(r, &b);
        put_base(&b, &x.state);
        lf_html(&b, "<input type=\"hidden\" name=\"kind\" value=\"%\">", LF_HC(a->kind));
        for (size_t i = 0; i < FIELDS && a->fields[i].name; i++)
            PUT_TRY(&b, put_field(r, &b, &x, a, &a->fields[i]));
        lf_html(&b, "<p><button>%</button> <a href=\"%\">%</a></p></form></section>", T(ACT_RECORD),
                V(path2(r, "/incidents/", r->id, "")), T(ACT_CANCEL));
    }
    lf_html(&b,
            "</div><div><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt>"
            "<dd>%</dd><dt>%</dt><dd>",
            T(FACTS), T(REVIEW), V(named(r, x.row.review)), T(HANDLING), V(named(r, x.row.handling)),
            T(AWARE_AT));
    put_when_zone(r, &b, x.row.aware_at);
    LF_PUT(&b, "</dd></dl></section>");
    put_newest(r, &b, &x);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status == 200 && !open ? 409 : status);
}

static enum lf_code asked_act(struct rq *r, lf_view kind, const struct act **out)
{
    *out = act_of(kind);
    return *out ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "there is no form for this act");
}

enum lf_code page_incident_act(struct rq *r)
{
    const struct act *a;

    LF_TRY(asked_act(r, lf_view_some(query(r, "kind")), &a));
    return show(r, a, 200);
}

static enum lf_code put_value(struct rq *r, struct lf_json_w *w, const struct act_field *f)
{
    lf_view v = lf_view_trim(lf_view_some(field(r, f->name)));
    char at_text[LF_TIME_TEXT];
    int64_t n;
    lf_time at;

    if (f->how == CONSENT) {
        lf_json_begin(w, "consent", '[');
        if (field(r, "consent_reviewer").len)
            lf_json_put_cstr(w, NULL, "reviewer");
        if (field(r, "consent_national").len)
            lf_json_put_cstr(w, NULL, "national");
        lf_json_close(w);
        return LF_OK;
    }
    if (f->how == VITAL) {
        lf_json_begin(w, f->name, '[');
        for (size_t i = 0; i < LF_VITALS; i++)
            if (lf_http_field_has(r->t->a, r->form, f->name, lf_view_of(lf_vital_name(i))))
                lf_json_put_cstr(w, NULL, lf_vital_name(i));
        lf_json_close(w);
        return LF_OK;
    }
    if (f->needed)
        LF_TRY(need(r, f->name, &v));
    v = lf_view_trim(v);
    if (!v.len)
        return LF_OK;
    if (f->how == WHEN) {
        LF_TRY(moment_field(r, f->name, &at));
        lf_json_put_str(w, f->name, lf_time_micro(at, at_text));
    } else if (f->how == LEVEL) {
        LF_TRY(whole_field(r, f->name, &n));
        lf_json_put_int(w, f->name, n);
    } else {
        lf_json_put_str(w, f->name, v);
    }
    return LF_OK;
}

void incident_base(struct rq *r, struct lf_json_w *w)
{
    lf_view base = lf_view_trim(lf_view_some(field(r, "base"))), one;

    if (!base.len || base.len >= 4096)
        return;
    lf_json_begin(w, "base", '[');
    while (lf_view_split(&base, ' ', &one))
        lf_json_put_str(w, NULL, one);
    lf_json_put_str(w, NULL, base);
    lf_json_close(w);
}

static enum lf_code record(struct rq *r, const struct act *a)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view body, event;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < FIELDS && a->fields[i].name; i++)
        PUT_TRY(&b, put_value(r, &w, &a->fields[i]));
    incident_base(r, &w);
    lf_json_close(&w);
    body = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_incident_event_add(r->t, r->id, lf_view_of(a->kind), body, &event, r->e);
}

enum lf_code page_incident_act_do(struct rq *r)
{
    const struct act *a;
    struct lf_err kept;
    enum lf_code rc;

    LF_TRY(asked_act(r, lf_view_some(field(r, "kind")), &a));
    rc = record(r, a);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/incidents/", r->id, "?done=1"));
    if (rc != LF_CONFLICT && rc != LF_UNACCEPTED && rc != LF_BAD_INPUT && rc != LF_NOT_FOUND &&
        rc != LF_FORBIDDEN)
        return rc;
    /* What the person typed is not lost, whatever came between; the code undoes the task. */
    kept = *r->e;
    LF_TRY(show(r, a, lf_code_http(rc)));
    *r->e = kept;
    return rc;
}
