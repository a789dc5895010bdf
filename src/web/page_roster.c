/* Duty rosters in the console: who is on duty at each post, and the roster of one. */
#include "cert/duty.h"
#include "web/page_priv.h"
#include "web/shift.h"

enum { DAYS = 14 };

void put_post_options(struct rq *r, struct lf_buf *b, lf_view chosen)
{
    for (enum lf_who who = LF_WHO_DESK; lf_who_is_post(who); who++)
        for (int place = 1; place <= lf_who_places(who); place++) {
            lf_view name = lf_post_name(r->t->a, who, place);

            lf_html(b, "<option value=\"%\"%>%</option>", V(name),
                    LF_RAW(lf_view_eq(name, chosen) ? LF_V(" selected") : LF_V("")),
                    V(post_text(r, who, place)));
        }
}

static void put_person(struct rq *r, struct lf_buf *b, const struct lf_roster *x,
                       const struct lf_duty_slot *s)
{
    lf_html(b, "%", V(lf_roster_name(x, s->contact)));
    if (s->instead.len)
        lf_html(b, " <span class=\"quiet\">%</span>",
                V(fill1(r, LF_T_ROSTER_INSTEAD, "name", lf_roster_name(x, s->instead))));
}

/* Whose shift it is now, until when; or who come next, from when. */
static void put_people(struct rq *r, struct lf_buf *b, const struct lf_roster *x, bool now)
{
    lf_time at = lf_now(r->t->env);
    struct lf_duty_span next = lf_duty_next(&x->slots, at);
    bool any = false;

    for (size_t i = 0; i < x->slots.n; i++) {
        const struct lf_duty_slot *s = &x->slots.items[i];

        if (now ? !lf_duty_slot_now(s, at) : i < next.first || i >= next.first + next.n)
            continue;
        if (any)
            LF_PUT(b, "<br>");
        any = true;
        put_person(r, b, x, s);
        LF_PUT(b, " <span class=\"quiet\">");
        put_when(r, b, s->from);
        LF_PUT(b, " – ");
        put_when(r, b, s->until);
        LF_PUT(b, "</span>");
    }
    if (any)
        return;
    if (now)
        badge(b, "bad", "!", text(r, LF_T_ROSTER_NOBODY));
    else
        lf_html(b, "<span class=\"quiet\">%</span>", T(NONE));
}

static void put_fault_counts(struct rq *r, struct lf_buf *b, const struct lf_roster *x)
{
    int64_t gaps = 0, overlaps = 0;

    for (size_t i = 0; i < x->slots.nfaults; i++) {
        gaps += !x->slots.faults[i].overlap;
        overlaps += x->slots.faults[i].overlap;
    }
    if (gaps)
        badge(b, "warn", "!", fill1(r, LF_T_ROSTER_GAPS_N, "n", number(r, gaps)));
    if (overlaps)
        badge(b, "warn", "!", fill1(r, LF_T_ROSTER_OVERLAPS_N, "n", number(r, overlaps)));
    if (!gaps && !overlaps)
        badge(b, "good", "✓", text(r, LF_T_NONE));
}

static void put_open(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"get\" "
            "action=\"/rosters\"><p><label "
            "for=\"post\">%</label><select id=\"post\" name=\"post\">",
            T(ROSTER_CHOOSE), T(POST));
    put_post_options(r, b, LF_V(""));
    lf_html(b, "</select></p><p><button class=\"second\">%</button></p></form></section>", T(ROSTER_OPEN));
}

static void put_import(struct rq *r, struct lf_buf *b)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/rosters/import\">",
            T(UNIT_IMPORT));
    put_csrf(r, b);
    lf_html(
        b,
        "<p id=\"rh\" class=\"hint\">%</p><p><label for=\"csv\">CSV</label><textarea id=\"csv\" name=\"csv\" "
        "rows=\"6\" required spellcheck=\"false\" aria-describedby=\"rh\">%</textarea></p><p><button "
        "class=\"second\">%</button></p></form></section>",
        T(ROSTER_IMPORT_HINT), V(lf_view_some(field(r, "csv"))), T(UNIT_IMPORT));
}

static enum lf_code put_posts(struct rq *r, struct lf_buf *b)
{
    lf_time now = lf_now(r->t->env);
    bool any = false;

    for (enum lf_who who = LF_WHO_DESK; lf_who_is_post(who); who++)
        for (int place = 1; place <= lf_who_places(who); place++) {
            struct lf_roster x;

            LF_TRY(lf_roster_get(r->t, who, place, now, now + DAYS * LF_DAY, &x, r->e));
            if (!x.nturns)
                continue;
            if (!any)
                lf_html(b,
                        "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                        "scope=\"col\">%</th><th scope=\"col\">%</th><th "
                        "scope=\"col\">%</th></tr></thead><tbody>",
                        T(ROSTERS_CAPTION), T(POST), T(ROSTER_NOW), T(ROSTER_NEXT), T(ROSTER_FAULTS));
            any = true;
            lf_html(b, "<tr><td data-label=\"%\"><span><a href=\"%\">%</a> ", T(POST),
                    V(path2(r, "/rosters/", lf_post_name(r->t->a, who, place), "")),
                    V(post_text(r, who, place)));
            LF_TRY(put_handover_waiting(r, b, who, place));
            lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(ROSTER_NOW));
            put_people(r, b, &x, true);
            lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\"><span>", T(ROSTER_NEXT));
            put_people(r, b, &x, false);
            lf_html(b, "</span></td><td data-label=\"%\"><span>", T(ROSTER_FAULTS));
            put_fault_counts(r, b, &x);
            LF_PUT(b, "</span></td></tr>");
        }
    if (any)
        LF_PUT(b, "</tbody></table>");
    else
        lf_html(b, "<p class=\"empty\">%</p>", T(ROSTER_NONE));
    return LF_OK;
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_ROSTERS), "/rosters");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(ROSTERS), T(ROSTERS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    if (of_node(r))
        lf_html(
            &b,
            "<p><a class=\"button\" href=\"/manning\">%</a> <a class=\"button\" href=\"/meetings\">%</a> "
            "<a class=\"button\" href=\"/teams\">%</a> <a class=\"button\" href=\"/responders\">%</a></p>",
            T(MANNING), T(MEETINGS), T(TEAMS), T(RESPONDERS));
    LF_PUT(&b, "<section class=\"panel\">");
    PUT_TRY(&b, put_posts(r, &b));
    LF_PUT(&b, "</section><div class=\"two\">");
    put_open(r, &b);
    if (may(r, SIGN_MANAGE))
        put_import(r, &b);
    LF_PUT(&b, "</div>");
    return end_page(r, &b, status);
}

enum lf_code page_rosters(struct rq *r)
{
    lf_view post = query(r, "post");
    enum lf_who who;
    int place;

    if (!post.len)
        return list_page(r, 200);
    LF_TRY(post_name(r, post, &who, &place));
    return redirect(r, path2(r, "/rosters/", post, ""));
}

/* ---- one ---- */

static void put_faults(struct rq *r, struct lf_buf *b, const struct lf_roster *x)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ROSTER_FAULTS_HERE));
    if (!x->slots.nfaults)
        lf_html(b, "<p>%</p>", T(ROSTER_WHOLE));
    else
        LF_PUT(b, "<ul class=\"plain\">");
    for (size_t i = 0; i < x->slots.nfaults && i < 100; i++) {
        const struct lf_duty_fault *f = &x->slots.faults[i];
        struct lf_text_value two[] = { { "a", lf_roster_name(x, f->a) }, { "b", lf_roster_name(x, f->b) } };

        LF_PUT(b, "<li>");
        badge(b, f->overlap ? "warn" : "bad", "!",
              f->overlap ? lf_text_fill(r->t->a, LF_T_ROSTER_OVERLAP, r->lang, two, 2)
                         : text(r, LF_T_ROSTER_GAP));
        LF_PUT(b, " ");
        put_when(r, b, f->from);
        LF_PUT(b, " – ");
        put_when(r, b, f->until);
        LF_PUT(b, "</li>");
    }
    if (x->slots.nfaults)
        LF_PUT(b, "</ul>");
    LF_PUT(b, "</section>");
}

static void put_shifts(struct rq *r, struct lf_buf *b, const struct lf_roster *x, lf_time from)
{
    lf_time now = lf_now(r->t->env);

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ROSTER_SHIFTS));
    if (!x->slots.n)
        lf_html(b, "<p class=\"empty\">%</p>", T(ROSTER_NO_SHIFTS));
    else
        lf_html(b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(ROSTER_SHIFTS), T(ROSTER_FROM), T(ROSTER_UNTIL), T(ROSTER_PERSON), T(ROSTER_SEAT));
    for (size_t i = 0; i < x->slots.n; i++) {
        const struct lf_duty_slot *s = &x->slots.items[i];

        lf_html(b, "<tr><td data-label=\"%\">", T(ROSTER_FROM));
        put_when(r, b, s->from);
        lf_html(b, "</td><td data-label=\"%\">", T(ROSTER_UNTIL));
        put_when(r, b, s->until);
        lf_html(b, "</td><td class=\"wrap\" data-label=\"%\"><span>", T(ROSTER_PERSON));
        put_person(r, b, x, s);
        if (lf_duty_slot_now(s, now)) {
            LF_PUT(b, " ");
            badge(b, "good", "●", text(r, LF_T_ROSTER_NOW));
        }
        lf_html(b, "</span></td><td data-label=\"%\">%</td></tr>", T(ROSTER_SEAT), V(number(r, s->seat)));
    }
    if (x->slots.n)
        LF_PUT(b, "</tbody></table>");
    lf_html(b,
            "<p><a href=\"%?from=%\">%</a> · <a href=\"%?from=%\">%</a> · <a "
            "href=\"/api/v1/rosters/%/calendar\" download>%</a></p></section>",
            V(path2(r, "/rosters/", r->id, "")), V(day_text(r, from - DAYS * LF_DAY)), T(ROSTER_EARLIER),
            V(path2(r, "/rosters/", r->id, "")), V(day_text(r, from + DAYS * LF_DAY)), T(ROSTER_LATER),
            V(r->id), T(ROSTER_CALENDAR));
}

/* "2026-11-23 08:00", of the turn's own clock. */
lf_view wall_text(struct rq *r, lf_time wall)
{
    char *v = lf_arena_cstr(r->t->a, lf_duty_wall_text(r->t->a, wall));

    v[10] = ' ';
    return lf_view_of(v);
}

static void put_turn(struct rq *r, struct lf_buf *b, const struct lf_duty *d)
{
    const struct lf_duty_turn *t = &d->turn;

    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>%", T(ROSTER_PERSON), V(d->name));
    if (t->instead.len)
        lf_html(b, " <span class=\"quiet\">%</span>", V(fill1(r, LF_T_ROSTER_INSTEAD, "name", d->instead)));
    if (d->note.len)
        lf_html(b, "<br><small>%</small>", V(d->note));
    lf_html(b,
            "</span></td><td class=\"wrap\" data-label=\"%\">% – % <span class=\"quiet\">%</span></td><td "
            "data-label=\"%\">%</td><td data-label=\"%\">",
            T(ROSTER_BEGINS), V(wall_text(r, t->begin)), V(wall_text(r, t->end)), V(t->zone),
            T(ROSTER_REPEATS),
            V(t->every == 1 ? text(r, LF_T_ROSTER_DAILY)
              : t->every    ? fill1(r, LF_T_ROSTER_EVERY, "n", number(r, t->every))
                            : text(r, LF_T_ROSTER_ONCE)),
            T(ROSTER_LAST));
    put_when(r, b, t->until);
    lf_html(b, "</td><td data-label=\"%\">", T(ACT));
    if (may(r, SIGN_MANAGE)) {
        struct lf_text_value named[] = { { "act", text(r, LF_T_REMOVE) }, { "task", d->name } };

        lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
                V(path2(r, "/rosters/", r->id, "/remove")));
        put_csrf(r, b);
        lf_html(
            b, "<button class=\"second small\" name=\"shift\" value=\"%\" aria-label=\"%\">%</button></form>",
            V(t->id), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), T(REMOVE));
    }
    LF_PUT(b, "</td></tr>");
}

static void put_turns(struct rq *r, struct lf_buf *b, const struct lf_roster *x)
{
    if (!x->nturns)
        return;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(ROSTER_TURNS), T(ROSTER_TURNS), T(ROSTER_PERSON), T(ROSTER_BEGINS), T(ROSTER_REPEATS),
            T(ROSTER_LAST), T(ACT));
    for (size_t i = 0; i < x->nturns; i++)
        put_turn(r, b, &x->turns[i]);
    LF_PUT(b, "</tbody></table></section>");
}

static void put_input(struct rq *r, struct lf_buf *b, const char *form, const char *name, enum lf_text label,
                      const char *type, const char *more)
{
    lf_html(b, "<p><label for=\"%-%\">%</label><input id=\"%-%\" name=\"%\" type=\"%\" value=\"%\"%></p>",
            LF_HC(form), LF_HC(name), V(text(r, label)), LF_HC(form), LF_HC(name), LF_HC(name), LF_HC(type),
            V(lf_view_some(field(r, name))), LF_RAW(lf_view_of(more)));
}

void put_zone(struct rq *r, struct lf_buf *b, const char *form, lf_view chosen)
{
    static const char *const zones[] = { "Asia/Taipei", "UTC", "Europe/Brussels", "America/New_York" };

    lf_html(b, "<p><label for=\"%-zone\">%</label><select id=\"%-zone\" name=\"zone\">", LF_HC(form),
            T(ROSTER_ZONE), LF_HC(form));
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        lf_html(b, "<option%>%</option>", LF_RAW(lf_view_is(chosen, zones[i]) ? LF_V(" selected") : LF_V("")),
                LF_HC(zones[i]));
    LF_PUT(b, "</select></p>");
}

struct entry { /* of a form; type NULL: the zone's choice stands here */
    const char *name;
    enum lf_text label;
    const char *type, *more;
};

static void put_form(struct rq *r, struct lf_buf *b, const char *form, const char *path, enum lf_text title,
                     enum lf_text hint, const struct entry *entries, size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"hint\">%</p><form class=\"stack\" method=\"post\" "
            "action=\"%\">",
            V(text(r, title)), V(text(r, hint)), V(path2(r, "/rosters/", r->id, path)));
    put_csrf(r, b);
    for (size_t i = 0; i < n; i++)
        if (entries[i].type)
            put_input(r, b, form, entries[i].name, entries[i].label, entries[i].type, entries[i].more);
        else
            put_zone(r, b, form, lf_view_some(field(r, "zone")));
}

static void put_add(struct rq *r, struct lf_buf *b)
{
    static const struct entry entries[] = {
        { "contacts", LF_T_ROSTER_PEOPLE, "text", " required" },
        { "begins", LF_T_ROSTER_BEGINS, "datetime-local", " required" },
        { "ends", LF_T_ROSTER_ENDS, "datetime-local", " required" },
        { "every", LF_T_ROSTER_STEP, "number", " min=\"1\" max=\"366\"" },
        { "last", LF_T_ROSTER_LAST_DAY, "date", "" },
        { "seat", LF_T_ROSTER_SEAT, "number", " min=\"1\" max=\"9\"" },
        { "zone", LF_T_ROSTER_ZONE, NULL, NULL },
        { "note", LF_T_ROSTER_NOTE, "text", " maxlength=\"200\"" },
    };

    put_form(r, b, "d", "", LF_T_ROSTER_ADD, LF_T_ROSTER_ADD_HINT, entries, sizeof entries / sizeof *entries);
    lf_html(b, "<p><button>%</button></p></form></section>", T(ROSTER_ADD));
}

static void put_cover(struct rq *r, struct lf_buf *b)
{
    static const struct entry entries[] = {
        { "contact", LF_T_ROSTER_COVER_WHO, "text", " required" },
        { "instead", LF_T_ROSTER_COVER_FOR, "text", " required" },
        { "begins", LF_T_ROSTER_COVER_FROM, "datetime-local", " required" },
        { "ends", LF_T_ROSTER_COVER_UNTIL, "datetime-local", " required" },
        { "back_begins", LF_T_ROSTER_BACK_FROM, "datetime-local", "" },
        { "back_ends", LF_T_ROSTER_BACK_UNTIL, "datetime-local", "" },
        { "zone", LF_T_ROSTER_ZONE, NULL, NULL },
        { "note", LF_T_ROSTER_NOTE, "text", " maxlength=\"200\"" },
    };

    put_form(r, b, "c", "/covers", LF_T_ROSTER_COVER, LF_T_ROSTER_COVER_HINT, entries,
             sizeof entries / sizeof *entries);
    if (may(r, SIGN_MANAGE))
        lf_html(b,
                "<p><label for=\"c-consent\">%</label><select id=\"c-consent\" name=\"consent\"><option "
                "value=\"ask\">%</option><option value=\"given\">%</option></select></p>",
                T(ROSTER_CONSENT), T(ROSTER_CONSENT_ASK), T(ROSTER_CONSENT_GIVEN));
    lf_html(b, "<p><button class=\"second\">%</button></p></form></section>", T(ROSTER_COVER_DO));
}

/* A button that answers; `contact` empty: for oneself. */
static void put_answer(struct rq *r, struct lf_buf *b, const struct lf_duty_ask *x, lf_view contact,
                       const char *answer, lf_view label)
{
    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
            V(path2(r, "/rosters/", r->id, "/answer")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"ask\" value=\"%\"><input type=\"hidden\" name=\"contact\" "
            "value=\"%\"><button class=\"second small\" name=\"answer\" value=\"%\">%</button></form> ",
            V(x->id), V(contact), LF_HC(answer), V(label));
}

/* How one of the two stands to it; who keeps the network may answer for him. */
static void put_side(struct rq *r, struct lf_buf *b, const struct lf_duty_ask *x, bool agreed,
                     lf_view contact, lf_view name)
{
    LF_PUT(b, "<br>");
    badge(b, agreed ? "good" : "warn", agreed ? "✓" : "○",
          fill1(r, agreed ? LF_T_ROSTER_AGREED : LF_T_ROSTER_NOT_YET, "name", name));
    if (agreed || x->mine || !may(r, SIGN_MANAGE))
        return;
    LF_PUT(b, " ");
    put_answer(r, b, x, contact, "agree", fill1(r, LF_T_ROSTER_AGREE_FOR, "name", name));
    put_answer(r, b, x, contact, "decline", fill1(r, LF_T_ROSTER_DECLINE_FOR, "name", name));
}

static void put_ask_span(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view name, lf_view instead,
                         lf_time begin, lf_time end)
{
    struct lf_text_value two[] = { { "name", name }, { "instead", instead } };

    lf_html(b, "% <span class=\"quiet\">% – %</span> ", V(lf_text_fill(r->t->a, label, r->lang, two, 2)),
            V(wall_text(r, begin)), V(wall_text(r, end)));
}

static enum lf_code put_asks(struct rq *r, struct lf_buf *b, enum lf_who who, int place)
{
    const struct lf_duty_ask *list;
    size_t n;

    LF_TRY(lf_duty_ask_list(r->t, who, place, &n, &list, r->e));
    if (!n)
        return LF_OK;
    lf_html(b, "<section class=\"panel\" id=\"asks\"><h2>%</h2><ul class=\"plain-list\">", T(ROSTER_ASKS));
    for (size_t i = 0; i < n; i++) {
        const struct lf_duty_ask *x = &list[i];
        const struct lf_duty_cover *c = &x->cover;

        LF_PUT(b, "<li class=\"wrap\">");
        put_ask_span(r, b, LF_T_ROSTER_ASK_ONE, x->name, x->instead_name, c->begin, c->end);
        if (c->back)
            put_ask_span(r, b, LF_T_ROSTER_ASK_BACK, x->instead_name, x->name, c->back, c->back_end);
        lf_html(b, "<span class=\"quiet\">%</span> %", V(c->zone), V(c->note));
        put_side(r, b, x, x->contact_by.len > 0, c->contact, x->name);
        put_side(r, b, x, x->instead_by.len > 0, c->instead, x->instead_name);
        if (x->mine) {
            LF_PUT(b, "<br>");
            put_answer(r, b, x, LF_V(""), "agree", text(r, LF_T_ROSTER_AGREE));
            put_answer(r, b, x, LF_V(""), "decline", text(r, LF_T_ROSTER_DECLINE));
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ul></section>");
    return LF_OK;
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)), title;
    lf_time from, until, now = lf_now(r->t->env);
    struct lf_roster x, today;
    enum lf_who who;
    struct lf_buf b;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(roster_asked(r, &from, &until));
    LF_TRY(lf_roster_get(r->t, who, place, from, until, &x, r->e));
    LF_TRY(lf_roster_get(r->t, who, place, now, now + DAYS * LF_DAY, &today, r->e));
    title = fill1(r, LF_T_ROSTER_OF, "post", post_text(r, who, place));
    begin_page(r, &b, title, "/rosters");
    lf_html(&b, "<p><a href=\"/rosters\">%</a></p><h1>%</h1>", T(ROSTERS), V(title));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<p><a class=\"button\" href=\"%\">%</a> <a class=\"button\" href=\"%\">%</a> ",
            V(path2(r, "/rosters/", r->id, "/log")), T(SHIFT_LOG),
            V(path2(r, "/rosters/", r->id, "/handovers")), T(HANDOVERS));
    PUT_TRY(&b, put_handover_waiting(r, &b, who, place));
    LF_PUT(&b, "</p>");
    lf_html(&b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(ROSTER_NOW));
    put_people(r, &b, &today, true);
    lf_html(&b, "</dd><dt>%</dt><dd>", T(ROSTER_NEXT));
    put_people(r, &b, &today, false);
    LF_PUT(&b, "</dd></dl></section>");
    PUT_TRY(&b, put_asks(r, &b, who, place));
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_shifts(r, &b, &x, from);
    put_turns(r, &b, &x);
    LF_PUT(&b, "</div><div>");
    if (x.nturns)
        put_faults(r, &b, &x);
    if (may(r, SIGN_MANAGE))
        put_add(r, &b);
    if (may(r, ACT) && x.nturns)
        put_cover(r, &b);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_roster(struct rq *r)
{
    return one_page(r, 200);
}

/* ---- forms ---- */

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/rosters/", r->id, "?done=1")) : page_again(r, rc, one_page);
}

enum lf_code page_roster_add(struct rq *r)
{
    return done(r, roster_add(r));
}

enum lf_code page_roster_cover(struct rq *r)
{
    lf_view id;

    return done(r, roster_cover(r, &id));
}

enum lf_code page_roster_answer(struct rq *r)
{
    lf_view ask;

    LF_TRY(need(r, "ask", &ask));
    return done(r, roster_answer(r, ask));
}

enum lf_code page_roster_remove(struct rq *r)
{
    lf_view shift;

    LF_TRY(need(r, "shift", &shift));
    return done(r, lf_duty_remove(r->t, shift, r->e));
}

enum lf_code page_roster_import(struct rq *r)
{
    enum lf_code rc;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    rc = lf_duty_import(r->t, csv, &n, r->e);
    return rc == LF_OK ? redirect(r, LF_V("/rosters?done=1")) : page_again(r, rc, list_page);
}
