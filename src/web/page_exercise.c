/* Exercises in the console: all, one, and the forms by which one is planned, run and reported on. */
#include "web/exercise.h"
#include "web/lure.h"
#include "web/page_priv.h"
#include "web/weakness.h"

static const enum lf_text kind_texts[LF_EXERCISE_KINDS] = { LF_T_EXE_REPORTING,      LF_T_EXE_CROSS_SECTOR,
                                                            LF_T_EXE_ATTACK_DEFENCE, LF_T_EXE_PUBLIC_SERVICE,
                                                            LF_T_EXE_SOCIAL,         LF_T_EXE_TELECOM };
static const enum lf_text state_texts[LF_EXERCISE_STATES] = { LF_T_EXE_PLANNED, LF_T_EXE_RUNNING,
                                                              LF_T_EXE_ENDED, LF_T_EXE_CANCELLED };

void put_exercise_banner(struct rq *r, struct lf_buf *b, const struct lf_incident_exercise *x)
{
    lf_html(
        b, "<p class=\"say warn drill\" role=\"note\"><span aria-hidden=\"true\">◇</span> <strong>%</strong>",
        V(x->name.len ? fill1(r, LF_T_EXE_BANNER, "name", x->name) : text(r, LF_T_EXE_BANNER_PLAIN)));
    if (x->speed > 1)
        lf_html(b, " %", V(fill1(r, LF_T_EXE_BANNER_SPEED, "n", number(r, x->speed))));
    LF_PUT(b, "</p>");
}

enum lf_code put_exercise_of(struct rq *r, struct lf_buf *b, lf_view incident)
{
    struct lf_incident_full x;

    LF_TRY(lf_incident_get(r->t, incident, &x, r->e));
    if (x.state.exercise)
        put_exercise_banner(r, b, &x.state.exercise_of);
    return LF_OK;
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_EXERCISE_STATES] = { { "info", "◷" }, { "warn", "▶" }, { "good", "✓" }, { "", "–" } };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, state_texts[x->state]));
    if (x->late) {
        LF_PUT(b, " ");
        badge(b, "bad", "!", text(r, LF_T_EXE_LATE));
    }
}

/* Begin and end as they were, else as planned. */
static void put_span(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    put_when(r, b, x->began ? x->began : x->begins);
    LF_PUT(b, " – ");
    put_when(r, b, x->ended ? x->ended : x->ends);
}

static void put_table(struct rq *r, struct lf_buf *b, enum lf_text caption, const struct lf_exercise *list,
                      size_t n)
{
    if (!n) {
        lf_html(b, "<p class=\"empty\">%</p>", T(NO_EXERCISES));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            V(text(r, caption)), T(EXE_NAME), T(EXE_KIND), T(STATE), T(EXE_SPAN), T(EXE_REPORT_DUE));
    for (size_t i = 0; i < n; i++) {
        const struct lf_exercise *x = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td "
                "data-label=\"%\">%</td><td data-label=\"%\"><span>",
                T(EXE_NAME), V(path2(r, "/exercises/", x->id, "")), V(x->name), T(EXE_KIND),
                V(text(r, kind_texts[x->kind])), T(STATE));
        put_state(r, b, x);
        lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(EXE_SPAN));
        put_span(r, b, x);
        lf_html(b, "</span></td><td data-label=\"%\">", T(EXE_REPORT_DUE));
        if (x->reported)
            badge(b, "good", "✓", text(r, LF_T_EXE_REPORTED));
        else if (x->report_due)
            put_when(r, b, x->report_due);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table>");
}

/* ---- the form ---- */

static lf_view typed(struct rq *r, const char *name, lf_view now)
{
    return field(r, name).ptr ? field(r, name) : lf_view_some(now);
}

static void put_input(struct lf_buf *b, const char *name, lf_view label, const char *type, lf_view now,
                      const char *more)
{
    lf_html(b, "<p><label for=\"x-%\">%</label><input id=\"x-%\" name=\"%\" type=\"%\" value=\"%\"%></p>",
            LF_HC(name), V(label), LF_HC(name), LF_HC(name), LF_HC(type), V(now), LF_RAW(lf_view_of(more)));
}

static void put_option(struct lf_buf *b, lf_view value, lf_view now, lf_view label)
{
    lf_html(b, "<option value=\"%\"%>%</option>", V(value),
            LF_RAW(lf_view_eq(value, now) ? LF_V(" selected") : LF_V("")), V(label));
}

static void put_names(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, enum lf_text hint,
                      lf_view now)
{
    lf_html(b,
            "<p><label for=\"x-%\">%</label><textarea id=\"x-%\" name=\"%\" rows=\"4\" "
            "aria-describedby=\"x-%-h\">%</textarea><span class=\"hint\" id=\"x-%-h\">%</span></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_HC(name), V(typed(r, name, now)),
            LF_HC(name), V(text(r, hint)));
}

void put_exercise_names(struct rq *r, struct lf_buf *b, lf_view members, lf_view branches)
{
    put_names(r, b, "participants", LF_T_EXE_PARTICIPANTS, LF_T_EXE_PARTICIPANTS_HINT, members);
    put_names(r, b, "branches", LF_T_EXE_BRANCHES, LF_T_EXE_BRANCHES_HINT, branches);
}

/* `x` as it stands, or all 0 for a new one; what was typed stays when it is refused. */
static void put_form(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, lf_view members,
                     lf_view branches)
{
    lf_view kind = typed(r, "kind", x->id.len ? lf_view_of(lf_exercise_kind_name(x->kind)) : LF_V(""));

    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(x->id.len ? path2(r, "/exercises/", x->id, "") : LF_V("/exercises")));
    put_csrf(r, b);
    put_input(b, "name", text(r, LF_T_EXE_NAME), "text", typed(r, "name", x->name),
              " required maxlength=\"60\"");
    lf_html(b, "<p><label for=\"x-kind\">%</label><select id=\"x-kind\" name=\"kind\">", T(EXE_KIND));
    for (unsigned i = 0; i < LF_EXERCISE_KINDS; i++)
        put_option(b, lf_view_of(lf_exercise_kind_name((enum lf_exercise_kind)i)), kind,
                   text(r, kind_texts[i]));
    LF_PUT(b, "</select></p>");
    put_input(b, "begins", text(r, LF_T_EXE_BEGINS), "datetime-local",
              typed(r, "begins", moment_shown(r, x->begins, false)), " required");
    put_input(b, "ends", text(r, LF_T_EXE_ENDS), "datetime-local",
              typed(r, "ends", moment_shown(r, x->ends, false)), " required");
    put_input(b, "speed", text(r, LF_T_EXE_SPEED), "number",
              typed(r, "speed", number(r, x->speed ? x->speed : 1)), " min=\"1\" max=\"60\" required");
    put_exercise_names(r, b, members, branches);
    put_input(b, "report_due", text(r, LF_T_EXE_REPORT_DUE), "datetime-local",
              typed(r, "report_due", moment_shown(r, x->report_due, false)), " aria-describedby=\"x-due-h\"");
    lf_html(b,
            "<p class=\"hint\" id=\"x-due-h\">%</p><p><label for=\"x-aim\">%</label><textarea id=\"x-aim\" "
            "name=\"aim\" rows=\"4\" maxlength=\"1300\">%</textarea></p>",
            T(EXE_REPORT_DUE_HINT), T(EXE_AIM), V(typed(r, "aim", x->aim)));
    lf_html(b, "<p><button>%</button></p></form>", V(text(r, x->id.len ? LF_T_EXE_CHANGE : LF_T_EXE_ADD)));
}

/* ---- all ---- */

static enum lf_code list_page(struct rq *r, int status)
{
    static const struct lf_exercise none;
    static const char *const asked[] = { "state", "late" };
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), next;
    const struct lf_exercise *list, *guests;
    struct lf_page page;
    struct lf_buf b;
    int64_t late;
    size_t n, nguests;

    LF_TRY(page_of(r, &page));
    LF_TRY(exercises_guest(r, &page, &nguests, &guests));
    LF_TRY(exercises_asked(r, &page, &n, &list, &next));
    LF_TRY(lf_exercise_late(r->t, &late, r->e));
    begin_page(r, &b, text(r, LF_T_EXERCISES), "/exercises");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(EXERCISES),
            T(EXERCISES_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<section class=\"panel\"><p class=\"counts\">");
    for (unsigned i = 0; i < LF_EXERCISE_STATES; i++)
        lf_html(&b, "<a class=\"tag\" href=\"/exercises?state=%\">%</a> ",
                LF_HC(lf_exercise_state_name((enum lf_exercise_state)i)), V(text(r, state_texts[i])));
    lf_html(&b,
            "<a class=\"tag\" href=\"/exercises?late=1\">%</a> <a class=\"tag\" "
            "href=\"/api/v1/exercises?format=csv\" download>CSV</a></p><p><a href=\"/weaknesses\">%</a></p>",
            V(fill1(r, LF_T_EXE_LATE_N, "n", number(r, late))), T(WEAKNESSES));
    if (nguests) {
        put_table(r, &b, LF_T_EXE_GUEST_CAPTION, guests, nguests);
        LF_PUT(&b, "</section><section class=\"panel\">");
    }
    put_table(r, &b, LF_T_EXERCISES_CAPTION, list, n);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, asked, sizeof asked / sizeof *asked)), next);
    LF_PUT(&b, "</section>");
    if (may(r, JUDGE)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(EXE_ADD));
        put_form(r, &b, &none, LF_V(""), LF_V(""));
        LF_PUT(&b, "</section>");
    }
    return end_page(r, &b, status);
}

enum lf_code page_exercises(struct rq *r)
{
    return list_page(r, 200);
}

/* ---- one ---- */

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, label)), V(v));
}

static void put_moment(struct rq *r, struct lf_buf *b, enum lf_text label, lf_time at)
{
    if (!at)
        return;
    lf_html(b, "<dt>%</dt><dd>", V(text(r, label)));
    put_when_zone(r, b, at);
    LF_PUT(b, "</dd>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_exercise *x)
{
    LF_PUT(b, "<dl class=\"facts\">");
    put_moment(r, b, LF_T_EXE_BEGINS, x->begins);
    put_moment(r, b, LF_T_EXE_ENDS, x->ends);
    put_moment(r, b, LF_T_EXE_BEGAN, x->began);
    put_moment(r, b, x->state == LF_EXERCISE_CANCELLED ? LF_T_EXE_CANCELLED : LF_T_EXE_ENDED, x->ended);
    put_fact(r, b, LF_T_EXE_SPEED, number(r, x->speed));
    put_fact(r, b, LF_T_EXE_REACH, tier_text(r, x->reach));
    put_fact(r, b, LF_T_EXE_CONDUCTOR, x->conductor_name);
    put_moment(r, b, LF_T_EXE_REPORT_DUE, x->report_due);
    put_moment(r, b, LF_T_EXE_REPORTED, x->reported);
    put_fact(r, b, LF_T_EXE_AIM, x->aim);
    put_fact(r, b, LF_T_EXE_ID_IS, x->id);
    LF_PUT(b, "</dl>");
}

static void put_move(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, enum lf_exercise_state to,
                     enum lf_text label, const char *class)
{
    lf_html(b, "<form method=\"post\" action=\"%\">", V(path2(r, "/exercises/", x->id, "/state")));
    put_csrf(r, b);
    lf_html(b, "<p><button name=\"state\" value=\"%\" class=\"%\">%</button></p></form>",
            LF_HC(lf_exercise_state_name(to)), LF_HC(class), V(text(r, label)));
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, lf_view members,
                     lf_view branches)
{
    bool ours = !x->origin.len && !x->guest;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(EXE_CONDUCT));
    if (!ours)
        lf_html(b, "<p class=\"quiet\">%</p>", V(fill1(r, LF_T_EXE_ELSEWHERE, "name", x->conductor_name)));
    if (ours && x->state == LF_EXERCISE_PLANNED)
        put_move(r, b, x, LF_EXERCISE_RUNNING, LF_T_EXE_START, "");
    if (ours && x->state == LF_EXERCISE_RUNNING)
        put_move(r, b, x, LF_EXERCISE_ENDED, LF_T_EXE_END, "");
    if (ours && x->state <= LF_EXERCISE_RUNNING)
        put_move(r, b, x, LF_EXERCISE_CANCELLED, LF_T_EXE_CANCEL, "second");
    if (x->state == LF_EXERCISE_ENDED) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/exercises/", x->id, "/report")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"x-text\">%</label><textarea id=\"x-text\" name=\"text\" rows=\"8\" required "
                "maxlength=\"6600\">%</textarea></p><p><button>%</button></p></form>",
                T(EXE_REPORT), V(typed(r, "text", x->report)), T(EXE_REPORT_SEND));
    }
    LF_PUT(b, "</section>");
    if (ours && x->state == LF_EXERCISE_PLANNED) {
        lf_html(b, "<section class=\"panel\"><details><summary>%</summary>", T(EXE_CHANGE));
        put_form(r, b, x, members, branches);
        LF_PUT(b, "</details></section>");
    }
}

/* What each made of each clock; every number opens its cases. */
static enum lf_code put_sheet(struct rq *r, struct lf_buf *b, lf_view id)
{
    static const enum lf_text heads[LF_EXERCISE_STANDS] = { LF_T_CLOCK_ONE, LF_T_EXE_IN_TIME,
                                                            LF_T_EXE_TOO_LATE, LF_T_EXE_OPEN };
    const struct lf_exercise_score *list;
    size_t n;

    LF_TRY(lf_exercise_sheet(r->t, id, &n, &list, r->e));
    if (!n)
        return LF_OK;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th>",
            T(EXE_SHEET), T(EXE_SHEET_CAPTION), T(EXE_BY));
    for (size_t k = 0; k < LF_EXERCISE_STANDS; k++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[k])));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++) {
        const struct lf_exercise_score *s = &list[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">% %</td>",
                T(EXE_BY), V(exercise_by(r, s)), T(CLOCK_ONE), V(s->clock),
                V(r->lang == LF_LANG_ZH ? s->zh : s->en));
        for (unsigned k = LF_EXERCISE_IN_TIME; k < LF_EXERCISE_STANDS; k++)
            lf_html(b, "<td class=\"num\" data-label=\"%\"><a href=\"%\">%</a></td>", V(text(r, heads[k])),
                    V(exercise_cases(r, id, s, (enum lf_exercise_stands)k)), V(number(r, s->cases[k])));
        LF_PUT(b, "</tr>");
    }
    lf_html(
        b,
        "</tbody></table><p><a href=\"/api/v1/exercises/%/sheet?format=csv\" download>CSV</a></p></section>",
        V(id));
    return LF_OK;
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_exercise_member *members;
    lf_view names[2] = { LF_V(""), LF_V("") };
    struct lf_incident_page cases;
    struct lf_exercise x;
    struct lf_page page;
    struct lf_buf b;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_exercise_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_exercise_members(r->t, r->id, &n, &members, r->e));
    for (int below = 0; below < 2; below++) {
        struct lf_exercise_member *some = LF_NEW(r->t->a, struct lf_exercise_member, n + 1);
        size_t k = 0;

        for (size_t i = 0; i < n; i++)
            if (members[i].below == (below == 1))
                some[k++] = members[i];
        names[below] = exercise_names(r, some, k, "\n");
    }
    LF_TRY(lf_incident_list(r->t, &(struct lf_incident_filter){ .exercise = x.id }, &page, &cases, r->e));
    begin_page(r, &b, x.name, "/exercises");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>% ", V(x.name), V(text(r, kind_texts[x.kind])));
    put_state(r, &b, &x);
    LF_PUT(&b, "</p></div>");
    if (status != 200)
        put_refusal(r, &b, why);
    PUT_TRY(&b, put_script(r, &b, &x));
    PUT_TRY(&b, put_exercise_told(r, &b, &x));
    PUT_TRY(&b, put_lure(r, &b, &x));
    LF_PUT(&b, "<div class=\"two\"><div><section class=\"panel\">");
    put_facts(r, &b, &x);
    LF_PUT(&b, "</section>");
    PUT_TRY(&b, put_sheet(r, &b, x.id));
    lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(EXE_CASES));
    PUT_TRY(&b, put_incident_table(r, &b, &cases));
    put_next(r, &b, cases.next);
    LF_PUT(&b, "</section>");
    if (x.report.len)
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p class=\"lines wrap\">%</p></section>",
                T(EXE_REPORT), V(x.report));
    PUT_TRY(&b, put_exercise_weaknesses(r, &b, &x));
    PUT_TRY(&b, put_exercise_parts(r, &b, &x));
    LF_PUT(&b, "</div><div>");
    if (x.origin.len || x.guest)
        put_exercise_answer(r, &b, &x, names[0], names[1]);
    if (may(r, JUDGE) || (x.guest && may(r, ACT)))
        put_acts(r, &b, &x, names[0], names[1]);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_exercise(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code exercise_done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/exercises/", r->id, "?done=1")) : page_again(r, rc, one_page);
}

enum lf_code page_exercise_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = exercise_put(r, true, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/exercises/", id, "?done=1")) : page_again(r, rc, list_page);
}

enum lf_code page_exercise_change(struct rq *r)
{
    lf_view id;

    return exercise_done(r, exercise_put(r, false, &id));
}

enum lf_code page_exercise_move(struct rq *r)
{
    return exercise_done(r, exercise_move(r));
}

enum lf_code page_exercise_report(struct rq *r)
{
    return exercise_done(r, lf_exercise_report(r->t, r->id, lf_view_some(field(r, "text")), r->e));
}
