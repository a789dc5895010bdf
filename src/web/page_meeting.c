/* Meetings of the response centre in the console: all or an incident's, and one with all that is kept of it.
 */
#include "cert/duty.h"
#include "web/gathering.h"
#include "web/meeting.h"
#include "web/page_priv.h"
#include "web/shift.h"

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_meeting *m)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_MEETING_STATES] = { { "info", "○", LF_T_MEETING_PLANNED },
                                   { "good", "✓", LF_T_MEETING_HELD },
                                   { "", "–", LF_T_MEETING_CANCELLED } };

    badge(b, looks[m->state].tone, looks[m->state].sign, text(r, looks[m->state].text));
    if (m->exercise) {
        LF_PUT(b, " ");
        badge(b, "info", "◇", text(r, LF_T_EXERCISE));
    }
}

static void put_incident(struct rq *r, struct lf_buf *b, const struct lf_meeting *m)
{
    if (m->incident.len)
        lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/incidents/", m->incident, "")),
                V(title_text(r, m->incident_title)));
    else
        lf_html(b, "%", T(MEETING_OF_CENTRE));
}

/* ---- forms ---- */

static void put_fields(struct rq *r, struct lf_buf *b, const struct lf_meeting *m)
{
    struct when_where x = { m->title, m->zone, m->place, m->link, m->begins, m->ends };

    put_when_where(r, b, LF_T_MEETING_TITLE, &x);
    put_typed(r, b, "convener", LF_T_MEETING_CONVENER, "text", lf_view_some(m->convener_name), " required");
}

static void put_call(struct rq *r, struct lf_buf *b)
{
    struct lf_meeting none = { 0 };

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/meetings\">",
            T(MEETING_CALL));
    put_csrf(r, b);
    put_fields(r, b, &none);
    put_typed_area(r, b, "guests", LF_T_MEETING_GUESTS, LF_T_MEETING_GUESTS_HINT, LF_V(""), "");
    put_typed_area(r, b, "agenda", LF_T_MEETING_AGENDA, LF_T_MEETING_AGENDA_HINT, LF_V(""), "");
    put_typed(r, b, "incident", LF_T_SHIFT_INCIDENT, "text", lf_view_some(query(r, "incident")),
              " autocomplete=\"off\" spellcheck=\"false\"");
    lf_html(b, "<p><button>%</button></p></form></section>", T(MEETING_CALL));
}

/* ---- all ---- */

static void put_list(struct rq *r, struct lf_buf *b, enum lf_text title, const struct lf_meeting_page *list)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", V(text(r, title)));
    if (!list->n)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                V(text(r, title)), T(MEETING), T(MEETING_WHEN), T(STATE), T(INCIDENT));
    for (size_t i = 0; i < list->n; i++) {
        const struct lf_meeting *m = &list->items[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"wrap\" "
                "data-label=\"%\"><span>",
                T(MEETING), V(path2(r, "/meetings/", m->id, "")), V(m->title), T(MEETING_WHEN));
        put_span(r, b, m->begins, m->ends, m->zone);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, m);
        lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\">", T(INCIDENT));
        put_incident(r, b, m);
        LF_PUT(b, "</td></tr>");
    }
    if (list->n)
        LF_PUT(b, "</tbody></table>");
    LF_PUT(b, "</section>");
}

static enum lf_code list_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)),
            incident = lf_view_some(query(r, "incident"));
    lf_view of = incident.len ? lf_arena_printf(r->t->a, "&incident=%.*s", LF_FMT(url_text(r, incident)))
                              : LF_V("");
    struct lf_meeting_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_meeting_list(r->t, incident, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_MEETINGS), "/rosters");
    lf_html(&b,
            "<p><a href=\"/rosters\">%</a></p><div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>",
            T(ROSTERS), T(MEETINGS), T(MEETINGS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    put_list(r, &b, incident.len ? LF_T_MEETINGS_OF : LF_T_MEETINGS_ALL, &list);
    put_next_with(r, &b, lf_arena_cstr(r->t->a, of), list.next);
    if (may(r, ACT))
        put_call(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_meetings(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_meeting_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = meeting_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/meetings/", id, "?done=1")) : page_again(r, rc, list_page);
}

/* ---- one ---- */

/* A form of its own that does `act`, up to its fields; `label` empty: none. */
static void open_form(struct rq *r, struct lf_buf *b, const char *class, const char *act)
{
    lf_html(b, "<form class=\"%\" method=\"post\" action=\"%\">", LF_HC(class),
            V(path2(r, "/meetings/", r->id, "")));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"act\" value=\"%\">", LF_HC(act));
}

static enum lf_text attendance_text(enum lf_attendance a)
{
    static const enum lf_text texts[LF_ATTENDANCES] = { LF_T_MEETING_UNKNOWN, LF_T_MEETING_PRESENT,
                                                        LF_T_MEETING_ABSENT, LF_T_MEETING_STAND_IN };

    return texts[a];
}

static void put_guest_forms(struct rq *r, struct lf_buf *b, const struct lf_meeting_guest *g)
{
    open_form(r, b, "inline", "attend");
    lf_html(
        b,
        "<input type=\"hidden\" name=\"contact\" value=\"%\"><select name=\"attendance\" aria-label=\"%\">",
        V(g->contact), V(fill1(r, LF_T_MEETING_ATTENDANCE_OF, "name", g->name)));
    for (int i = 0; i < LF_ATTENDANCES; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_attendance_name((enum lf_attendance)i)),
                LF_RAW((int)g->attendance == i ? LF_V(" selected") : LF_V("")),
                V(text(r, attendance_text((enum lf_attendance)i))));
    lf_html(
        b,
        "</select> <input name=\"stand_in\" maxlength=\"66\" value=\"%\" aria-label=\"%\" placeholder=\"%\"> "
        "<button class=\"second small\" aria-label=\"%\">%</button></form> ",
        V(g->stand_in), V(fill1(r, LF_T_MEETING_STAND_IN_OF, "name", g->name)), T(MEETING_STAND_IN_NAME),
        V(fill1(r, LF_T_MEETING_NOTE_DOWN_OF, "name", g->name)), T(MEETING_NOTE_DOWN));
    open_form(r, b, "inline", "uninvite");
    lf_html(b,
            "<button class=\"second small\" name=\"contact\" value=\"%\" aria-label=\"%\">%</button></form>",
            V(g->contact), V(fill1(r, LF_T_MEETING_UNINVITE_NAMED, "name", g->name)), T(MEETING_UNINVITE));
}

static void put_guests(struct rq *r, struct lf_buf *b, const struct lf_meeting_full *x, bool open)
{
    lf_html(b, "<section class=\"panel\" id=\"invited\"><h2>%</h2>", T(MEETING_GUESTS));
    if (!x->nguests)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    else
        LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < x->nguests; i++) {
        const struct lf_meeting_guest *g = &x->guests[i];
        enum lf_who who;
        int place;

        lf_html(b, "<li class=\"wrap\"><b>%</b> ", V(g->name));
        if (g->post.len && lf_post_parse(g->post, &who, &place))
            lf_html(b, "<span class=\"quiet\">%</span> ", V(post_text(r, who, place)));
        badge(b,
              g->attendance == LF_ATTENDANCE_ABSENT ? "warn"
              : g->attendance                       ? "good"
                                                    : "",
              g->attendance == LF_ATTENDANCE_ABSENT ? "!"
              : g->attendance                       ? "✓"
                                                    : "○",
              text(r, attendance_text(g->attendance)));
        lf_html(b, " %", V(g->stand_in));
        if (open) {
            LF_PUT(b, "<br>");
            put_guest_forms(r, b, g);
        }
        LF_PUT(b, "</li>");
    }
    if (x->nguests)
        LF_PUT(b, "</ul>");
    if (open) {
        open_form(r, b, "stack", "invite");
        put_typed_area(r, b, "guests", LF_T_MEETING_INVITE, LF_T_MEETING_GUESTS_HINT, LF_V(""), " required");
        lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(MEETING_INVITE));
    }
    LF_PUT(b, "</section>");
}

/* The minutes of an item to be written: as they are, or as they were typed when that was refused, and then
 * what another wrote meanwhile stands above. */
static void put_minutes(struct rq *r, struct lf_buf *b, const struct lf_meeting_item *it)
{
    bool typed = lf_view_is(lf_view_some(field(r, "act")), "minutes") &&
                 lf_view_eq(lf_view_some(field(r, "item")), number(r, it->seq));
    lf_view n = number(r, it->seq), said = typed ? lf_view_some(field(r, "minutes")) : it->minutes;

    if (typed && !lf_view_eq(lf_view_some(field(r, "seen")), it->mark))
        lf_html(b, "<details open><summary>%</summary><p class=\"lines wrap\">%</p></details>", T(KB_NOW),
                V(it->minutes));
    open_form(r, b, "stack", "minutes");
    lf_html(
        b,
        "<input type=\"hidden\" name=\"item\" value=\"%\"><input type=\"hidden\" name=\"seen\" value=\"%\">"
        "<p><label for=\"minutes-%\">%</label><textarea id=\"minutes-%\" name=\"minutes\" rows=\"4\" "
        "maxlength=\"2600\">%</textarea></p><p><button class=\"second\" "
        "aria-label=\"%\">%</button></p></form>",
        V(n), V(it->mark), V(n), T(MEETING_MINUTES), V(n), V(said),
        V(fill1(r, LF_T_MEETING_MINUTES_SAVE_OF, "n", n)), T(MEETING_MINUTES_SAVE));
}

static void put_agenda(struct rq *r, struct lf_buf *b, const struct lf_meeting_full *x, bool open)
{
    lf_html(b, "<section class=\"panel\" id=\"items\"><h2>%</h2>", T(MEETING_AGENDA));
    if (!x->nitems)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    for (size_t i = 0; i < x->nitems; i++) {
        const struct lf_meeting_item *it = &x->items[i];
        lf_view n = number(r, it->seq);

        lf_html(b, "<h3>%. %</h3>", V(n), V(it->title));
        if (!open) {
            lf_html(b, "<p class=\"lines wrap\">%</p>", V(it->minutes));
            continue;
        }
        put_minutes(r, b, it);
    }
    if (open) {
        open_form(r, b, "stack", "items");
        put_typed_area(r, b, "agenda", LF_T_MEETING_AGENDA_ADD, LF_T_MEETING_AGENDA_HINT, LF_V(""),
                       " required");
        lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(MEETING_AGENDA_ADD));
    }
    LF_PUT(b, "</section>");
}

static void put_decide(struct rq *r, struct lf_buf *b, const struct lf_meeting_full *x)
{
    open_form(r, b, "stack", "decide");
    put_typed(r, b, "decision", LF_T_MEETING_DECISION, "text", LF_V(""), " required maxlength=\"66\"");
    put_typed(r, b, "owner", LF_T_OWNER, "text", LF_V(""),
              " required maxlength=\"64\" spellcheck=\"false\" autocapitalize=\"none\"");
    put_typed(r, b, "due", LF_T_TASK_DUE, "datetime-local", LF_V(""), " required");
    lf_html(b,
            "<p><label for=\"item\">%</label><select id=\"item\" name=\"item\"><option value=\"\">%</option>",
            T(MEETING_ITEM), T(MEETING_NO_ITEM));
    for (size_t i = 0; i < x->nitems; i++)
        lf_html(b, "<option value=\"%\">%. %</option>", V(number(r, x->items[i].seq)),
                V(number(r, x->items[i].seq)), V(x->items[i].title));
    lf_html(b, "</select></p><p><button>%</button></p></form>", T(MEETING_DECIDE));
}

static void put_decisions(struct rq *r, struct lf_buf *b, const struct lf_meeting_full *x, bool open)
{
    lf_html(b, "<section class=\"panel\" id=\"decisions\"><h2>%</h2>", T(MEETING_DECISIONS));
    if (!x->ndecisions)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(MEETING_DECISIONS), T(MEETING_DECISION), T(OWNER), T(TASK_DUE), T(MEETING_ITEM));
    for (size_t i = 0; i < x->ndecisions; i++) {
        const struct lf_meeting_decision *d = &x->decisions[i];

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">", T(MEETING_DECISION));
        if (d->task.len)
            lf_html(b, "<a href=\"%\">%</a>", V(path2(r, "/tasks/", d->task, "")), V(d->text));
        else
            lf_html(b, "%", V(d->text));
        lf_html(b, "</td><td data-label=\"%\">%</td><td data-label=\"%\">", T(OWNER), V(d->owner),
                T(TASK_DUE));
        put_when(r, b, d->due);
        lf_html(b, "</td><td data-label=\"%\">%</td></tr>", T(MEETING_ITEM),
                V(d->item ? number(r, d->item) : LF_V("")));
    }
    if (x->ndecisions)
        LF_PUT(b, "</tbody></table>");
    if (open)
        put_decide(r, b, x);
    LF_PUT(b, "</section>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_meeting *m)
{
    lf_html(b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>", T(MEETING_WHEN));
    put_span(r, b, m->begins, m->ends, m->zone);
    if (m->place.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\">%", T(MEETING_PLACE), V(m->place));
    if (m->link.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\"><a href=\"%\" rel=\"noreferrer noopener\">%</a>",
                T(MEETING_LINK), V(m->link), V(m->link));
    lf_html(b, "</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd class=\"wrap\">", T(MEETING_CONVENER),
            V(m->convener_name), T(INCIDENT));
    put_incident(r, b, m);
    lf_html(b, "</dd></dl><p><a href=\"%\" download>%</a></p></section>",
            V(path2(r, "/api/v1/meetings/", m->id, "/calendar")), T(ROSTER_CALENDAR));
}

/* Changing it, closing its minutes, calling it off. */
static void put_ends(struct rq *r, struct lf_buf *b, const struct lf_meeting *m)
{
    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2><p class=\"hint\">%</p>", T(MEETING_CHANGE),
            T(MEETING_CHANGE_HINT));
    open_form(r, b, "stack", "change");
    put_fields(r, b, m);
    lf_html(b, "<p><button class=\"second\">%</button></p></form><p class=\"hint\">%</p>", T(MEETING_CHANGE),
            T(MEETING_CLOSE_HINT));
    open_form(r, b, "inline", "close");
    lf_html(b, "<button>%</button></form> ", T(MEETING_CLOSE));
    open_form(r, b, "inline", "cancel");
    lf_html(b, "<button class=\"second\">%</button></form></section>", T(MEETING_CANCEL));
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_meeting_full x;
    struct lf_buf b;
    bool open;

    LF_TRY(lf_meeting_get(r->t, r->id, &x, r->e));
    open = x.row.state == LF_MEETING_PLANNED && may(r, ACT);
    begin_page(r, &b, x.row.title, "/rosters");
    lf_html(&b, "<p><a href=\"/meetings\">%</a></p><div class=\"head\"><h1>%</h1><p>", T(MEETINGS),
            V(x.row.title));
    put_state(r, &b, &x.row);
    LF_PUT(&b, "</p></div>");
    if (x.row.incident.len)
        PUT_TRY(&b, put_exercise_of(r, &b, x.row.incident));
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_agenda(r, &b, &x, open);
    put_decisions(r, &b, &x, open);
    LF_PUT(&b, "</div><div>");
    put_facts(r, &b, &x.row);
    put_guests(r, &b, &x, open);
    if (open)
        put_ends(r, &b, &x.row);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_meeting(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code page_meeting_act(struct rq *r)
{
    static const struct {
        const char *name;
        enum lf_code (*act)(struct rq *r);
    } acts[] = { { "change", meeting_change },     { "cancel", meeting_cancel },
                 { "close", meeting_close },       { "invite", meeting_invite },
                 { "uninvite", meeting_uninvite }, { "attend", meeting_attend },
                 { "items", meeting_item_add },    { "minutes", meeting_minutes },
                 { "decide", meeting_decide } };
    enum lf_code rc = LF_BAD_INPUT;
    lf_view act;

    LF_TRY(need(r, "act", &act));
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (lf_view_is(act, acts[i].name)) {
            rc = acts[i].act(r);
            return rc == LF_OK ? redirect(r, path2(r, "/meetings/", r->id, "?done=1"))
                               : page_again(r, rc, one_page);
        }
    return lf_err_set(r->e, LF_BAD_INPUT, "there is no act \"%.*s\" of a meeting",
                      LF_FMT(lf_view_first(act, 40)));
}
