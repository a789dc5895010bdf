/* The JSON API's part on exercises. */
#include "web/exercise.h"

#include "cert/unit.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/weakness.h"

/* ---- out ---- */

static void put_members(struct lf_json_w *w, const struct lf_exercise *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_str(w, "name", x->name);
    lf_json_put_cstr(w, "kind", lf_exercise_kind_name(x->kind));
    lf_json_put_cstr(w, "state", lf_exercise_state_name(x->state));
    put_text(w, "aim", x->aim);
    lf_json_put_int(w, "speed", x->speed);
    lf_json_put_str(w, "reach", x->reach);
    lf_json_put_time(w, "begins", x->begins);
    lf_json_put_time(w, "ends", x->ends);
    lf_json_put_time(w, "began", x->began);
    lf_json_put_time(w, "ended", x->ended);
    lf_json_put_time(w, "report_due", x->report_due);
    lf_json_put_time(w, "reported", x->reported);
    lf_json_put_bool(w, "report_late", x->late);
    if (x->account.len)
        lf_json_put_str(w, "by", x->account);
    if (x->origin.len || x->guest) {
        lf_json_put_str(w, "conductor", x->conductor_name);
        lf_json_put_cstr(w, "answer", lf_part_answer_name(x->answer));
        lf_json_put_time(w, "answered", x->answered);
        put_text(w, "why", x->why);
    }
}

enum lf_code exercises_asked(struct rq *r, const struct lf_page *page, size_t *n,
                             const struct lf_exercise **out, lf_view *next)
{
    lf_view asked = query(r, "state");
    enum lf_exercise_state state = LF_EXERCISE_PLANNED;

    if (asked.len && !lf_exercise_state_parse(asked, &state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is planned, running, ended or cancelled");
    return lf_exercise_list(r->t, asked.len ? (int)state : -1, lf_view_is(query(r, "late"), "1"), page, n,
                            out, next, r->e);
}

enum lf_code exercises_guest(struct rq *r, const struct lf_page *page, size_t *n,
                             const struct lf_exercise **out)
{
    lf_view state = query(r, "state");
    bool late = lf_view_is(query(r, "late"), "1");
    const struct lf_exercise *all;
    struct lf_exercise *kept;
    size_t nall = 0;

    *n = 0;
    *out = NULL;
    if (page->after.len) /* they stand on the first page */
        return LF_OK;
    LF_TRY(lf_exercise_guest(r->t, &nall, &all, r->e));
    kept = LF_NEW(r->t->a, struct lf_exercise, nall + 1);
    for (size_t i = 0; i < nall; i++)
        if ((!state.len || lf_view_is(state, lf_exercise_state_name(all[i].state))) && (!late || all[i].late))
            kept[(*n)++] = all[i];
    *out = kept;
    return LF_OK;
}

lf_view exercise_names(struct rq *r, const struct lf_exercise_member *members, size_t n, const char *between)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_EXERCISE_MEMBERS * (LF_UNIT_NAME + 4));
    for (size_t i = 0; i < n; i++)
        lf_buf_printf(&b, "%s%.*s", i ? between : "", LF_FMT(members[i].name));
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* All of them: a file has no pages. */
static enum lf_code csv(struct rq *r)
{
    static const char *const head[] = { "number",     "name",     "kind", "state",        "speed",
                                        "reach",      "begins",   "ends", "began",        "ended",
                                        "report_due", "reported", "late", "participants", "id" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_exercise *list;
    enum lf_code rc;
    struct lf_buf b;
    lf_view next;
    size_t n;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < CELLS; i++)
        lf_csv_put(&b, lf_view_of(head[i]), i + 1 == CELLS);
    do {
        rc = exercises_asked(r, &page, &n, &list, &next);
        for (size_t i = 0; rc == LF_OK && i < n; i++) {
            const struct lf_exercise *x = &list[i];
            const lf_time times[] = { x->begins, x->ends, x->began, x->ended, x->report_due, x->reported };
            lf_view cells[CELLS] = { lf_arena_printf(r->t->a, "%lld", (long long)x->number),
                                     x->name,
                                     lf_view_of(lf_exercise_kind_name(x->kind)),
                                     lf_view_of(lf_exercise_state_name(x->state)),
                                     lf_arena_printf(r->t->a, "%d", x->speed),
                                     x->reach };
            const struct lf_exercise_member *members = NULL;
            size_t nmembers = 0;

            for (size_t k = 0; k < sizeof times / sizeof *times; k++)
                cells[6 + k] = times[k] ? lf_time_milli(times[k], LF_NEW(r->t->a, char, LF_TIME_TEXT))
                                        : LF_V("");
            rc = lf_exercise_members(r->t, x->id, &nmembers, &members, r->e);
            cells[12] = x->late ? LF_V("1") : LF_V("0");
            cells[13] = exercise_names(r, members, nmembers, "; ");
            cells[14] = x->id;
            for (size_t k = 0; rc == LF_OK && k < CELLS; k++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
        }
        page.after = next;
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("exercises"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_exercises(struct rq *r)
{
    lf_view next;
    const struct lf_exercise *list, *guests;
    struct lf_page page;
    struct out o;
    bool as_csv;
    size_t n, nguests;

    LF_TRY(format_of(r, &as_csv));
    if (as_csv)
        return csv(r);
    LF_TRY(page_of(r, &page));
    LF_TRY(exercises_asked(r, &page, &n, &list, &next));
    LF_TRY(exercises_guest(r, &page, &nguests, &guests));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < nguests + n; i++) {
        lf_json_open(&o.w, '{');
        put_members(&o.w, i < nguests ? &guests[i] : &list[i - nguests]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

static void put_part(struct lf_json_w *w, const struct lf_exercise_part *p)
{
    lf_json_open(w, '{');
    put_text(w, "unit", p->unit);
    lf_json_put_str(w, "name", p->name);
    put_text(w, "node", p->tenant.len ? LF_V("") : p->node);
    put_text(w, "tier", p->tier);
    lf_json_put_cstr(w, "by", p->tenant.len ? "tenant" : p->peer.len ? "node" : "call");
    lf_json_put_bool(w, "whole", p->whole);
    lf_json_put_bool(w, "below", p->below);
    lf_json_put_bool(w, "sent", p->sent);
    lf_json_put_cstr(w, "answer", lf_part_answer_name(p->answer));
    lf_json_put_time(w, "answered", p->answered);
    put_text(w, "why", p->why);
    lf_json_put_time(w, "reported", p->reported);
    lf_json_put_bool(w, "report_late", p->late);
    put_text(w, "report", p->report);
    lf_json_close(w);
}

enum lf_code api_exercise(struct rq *r)
{
    const struct lf_exercise_part *parts;
    const struct lf_exercise_told *told;
    struct lf_exercise x;
    struct out o;
    size_t n, ntold;

    LF_TRY(lf_exercise_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_exercise_parts(r->t, r->id, &n, &parts, r->e));
    LF_TRY(lf_exercise_told(r->t, r->id, &ntold, &told, r->e));
    begin(&o);
    put_members(&o.w, &x);
    put_text(&o.w, "report", x.report);
    lf_json_begin(&o.w, "participants", '[');
    for (size_t i = 0; i < n; i++)
        put_part(&o.w, &parts[i]);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "told", '[');
    for (size_t i = 0; i < ntold; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "inject", told[i].inject);
        lf_json_put_str(&o.w, "zh", told[i].zh);
        lf_json_put_str(&o.w, "en", told[i].en);
        lf_json_put_str(&o.w, "tell_zh", told[i].tell_zh);
        lf_json_put_str(&o.w, "tell_en", told[i].tell_en);
        put_text(&o.w, "expect", told[i].expect);
        put_text(&o.w, "task", told[i].task);
        lf_json_put_int(&o.w, "points", told[i].points);
        lf_json_put_time(&o.w, "told", told[i].told);
        lf_json_put_time(&o.w, "received", told[i].received);
        lf_json_put_time(&o.w, "until", told[i].until);
        lf_json_put_bool(&o.w, "late", told[i].late);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* ---- the sheet ---- */

lf_view exercise_cases(struct rq *r, lf_view exercise, const struct lf_exercise_score *s,
                       enum lf_exercise_stands stands)
{
    return lf_arena_printf(r->t->a, "/incidents?exercise=%.*s&by=%.*s&which=%.*s&stands=%s", LF_FMT(exercise),
                           LF_FMT(s->by.len ? s->by : LF_V("-")), LF_FMT(s->clock),
                           lf_exercise_stands_name(stands));
}

lf_view exercise_by(const struct rq *r, const struct lf_exercise_score *s)
{
    return !s->by.len ? r->t->self->name : s->name.len ? s->name : s->by;
}

static enum lf_code sheet_csv(struct rq *r, const struct lf_exercise_score *list, size_t n)
{
    static const char *const head[] = { "by", "name", "clock", "zh", "en", "in_time", "late", "running" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t k = 0; k < CELLS; k++)
        lf_csv_put(&b, lf_view_of(head[k]), k + 1 == CELLS);
    for (size_t i = 0; i < n; i++) {
        lf_view cells[CELLS] = { list[i].by, exercise_by(r, &list[i]), list[i].clock, list[i].zh,
                                 list[i].en };

        for (unsigned k = LF_EXERCISE_IN_TIME; k < LF_EXERCISE_STANDS; k++)
            cells[4 + k] = lf_arena_printf(r->t->a, "%lld", (long long)list[i].cases[k]);
        for (size_t k = 0; k < CELLS; k++)
            lf_csv_put(&b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
    }
    return answer_csv(r, LF_V("exercise-sheet"), &b);
}

enum lf_code api_exercise_sheet(struct rq *r)
{
    static const char *const names[LF_EXERCISE_STANDS] = { "", "in_time", "late", "running" };
    const struct lf_exercise_score *list;
    struct lf_exercise x;
    struct out o;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(lf_exercise_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_exercise_sheet(r->t, r->id, &n, &list, r->e));
    if (as_csv)
        return sheet_csv(r, list, n);
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_text(&o.w, "by", list[i].by);
        lf_json_put_str(&o.w, "name", exercise_by(r, &list[i]));
        lf_json_put_str(&o.w, "clock", list[i].clock);
        lf_json_put_str(&o.w, "zh", list[i].zh);
        lf_json_put_str(&o.w, "en", list[i].en);
        for (unsigned k = LF_EXERCISE_IN_TIME; k < LF_EXERCISE_STANDS; k++)
            lf_json_put_int(&o.w, names[k], list[i].cases[k]);
        lf_json_begin(&o.w, "lists", '{');
        for (unsigned k = LF_EXERCISE_IN_TIME; k < LF_EXERCISE_STANDS; k++)
            lf_json_put_str(
                &o.w, names[k],
                lf_arena_printf(r->t->a, "/api/v1%.*s",
                                LF_FMT(exercise_cases(r, x.id, &list[i], (enum lf_exercise_stands)k))));
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* ---- in ---- */

static size_t names_of(struct rq *r, const char *name, const lf_view **out)
{
    const struct lf_json *said_json = r->json ? lf_json_get(r->json, lf_view_of(name)) : NULL,
                         *list = lf_json_kind(said_json) == LF_JSON_ARRAY ? said_json : NULL;
    lf_view lines = lf_view_some(field(r, name)), one;
    lf_view *said = LF_NEW(r->t->a, lf_view, LF_EXERCISE_MEMBERS + 1);
    size_t n = 0;

    for (size_t i = 0; i < lf_json_items(list) && n <= LF_EXERCISE_MEMBERS; i++)
        said[n++] = lf_json_text(lf_json_item(list, i));
    while (!list && n <= LF_EXERCISE_MEMBERS && lf_view_split(&lines, '\n', &one))
        if (lf_view_trim(one).len)
            said[n++] = lf_view_trim(one);
    *out = said;
    return n;
}

size_t exercise_participants(struct rq *r, const lf_view **out)
{
    return names_of(r, "participants", out);
}

static struct lf_exercise_members members_of(struct rq *r)
{
    struct lf_exercise_members who;

    who.n = names_of(r, "participants", &who.names);
    who.nbranches = names_of(r, "branches", &who.branches);
    return who;
}

static enum lf_code speed_of(struct rq *r, int *out)
{
    lf_view v = lf_view_trim(lf_view_some(field(r, "speed")));
    int64_t n = 1;
    bool given = r->json ? lf_json_get(r->json, LF_V("speed")) != NULL : v.len > 0;

    if (given && !(r->json && lf_json_int(r->json, "speed", &n)) && !lf_view_i64(v, &n))
        n = 0;
    if (n < 1 || n > LF_EXERCISE_SPEED)
        return lf_err_set(r->e, LF_BAD_INPUT, "exercise: speed is a whole number from 1 to %d",
                          LF_EXERCISE_SPEED);
    *out = (int)n;
    return LF_OK;
}

enum lf_code exercise_put(struct rq *r, bool fresh, lf_view *id)
{
    struct lf_exercise x = { .id = r->id,
                             .name = lf_view_some(field(r, "name")),
                             .aim = lf_view_some(field(r, "aim")),
                             .reach = lf_view_some(field(r, "reach")) };
    struct lf_exercise_members who = members_of(r);

    if (!lf_exercise_kind_parse(lf_view_some(field(r, "kind")), &x.kind))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "kind is reporting, cross-sector, attack-defence, public-service, "
                          "social-engineering or telecom");
    LF_TRY(speed_of(r, &x.speed));
    LF_TRY(moment_field(r, "begins", &x.begins));
    LF_TRY(moment_field(r, "ends", &x.ends));
    LF_TRY(moment_field(r, "report_due", &x.report_due));
    if (fresh)
        return lf_exercise_add(r->t, &x, &who, id, r->e);
    *id = r->id;
    return lf_exercise_change(r->t, &x, &who, r->e);
}

enum lf_code exercise_bring(struct rq *r)
{
    struct lf_exercise_members who = members_of(r);

    return lf_exercise_bring(r->t, r->id, &who, r->e);
}

enum lf_code exercise_answer(struct rq *r)
{
    lf_view answer = lf_view_some(field(r, "answer"));

    if (!lf_view_is(answer, "acknowledged") && !lf_view_is(answer, "declined"))
        return lf_err_set(r->e, LF_BAD_INPUT, "answer is acknowledged or declined");
    return lf_exercise_answer(r->t, r->id, lf_view_is(answer, "acknowledged"), lf_view_some(field(r, "why")),
                              r->e);
}

enum lf_code exercise_move(struct rq *r)
{
    enum lf_exercise_state to;

    if (!lf_exercise_state_parse(lf_view_some(field(r, "state")), &to) || to == LF_EXERCISE_PLANNED)
        return lf_err_set(r->e, LF_BAD_INPUT, "state is running, ended or cancelled");
    return lf_exercise_move(r->t, r->id, to, r->e);
}

enum lf_code api_exercise_add(struct rq *r)
{
    lf_view id;

    LF_TRY(exercise_put(r, true, &id));
    return say_id(r, 201, id);
}

enum lf_code api_exercise_change(struct rq *r)
{
    lf_view id;

    LF_TRY(exercise_put(r, false, &id));
    return answer_empty(r, 204);
}

enum lf_code api_exercise_move(struct rq *r)
{
    LF_TRY(exercise_move(r));
    return answer_empty(r, 204);
}

enum lf_code api_exercise_report(struct rq *r)
{
    LF_TRY(lf_exercise_report(r->t, r->id, lf_view_some(field(r, "text")), r->e));
    LF_TRY(weakness_add_all(r));
    return answer_empty(r, 204);
}

enum lf_code api_exercise_answer(struct rq *r)
{
    LF_TRY(exercise_answer(r));
    return answer_empty(r, 204);
}

enum lf_code api_exercise_bring(struct rq *r)
{
    LF_TRY(exercise_bring(r));
    return answer_empty(r, 204);
}
