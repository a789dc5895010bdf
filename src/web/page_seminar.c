/* Seminars and training briefings in the console: all or a year's, one with who is invited and who took part,
 * and the organisations that took part in any. */
#include "cert/unit.h"
#include "web/gathering.h"
#include "web/page_priv.h"
#include "web/seminar.h"
#include "web/shift.h"

static const struct filter_choice kinds[] = { { "", LF_T_SEM_ANY },
                                              { "seminar", LF_T_SEM_SEMINAR },
                                              { "briefing", LF_T_SEM_BRIEFING },
                                              { "workshop", LF_T_SEM_WORKSHOP },
                                              { "exercise-briefing", LF_T_SEM_EXERCISE } };
static const struct filter_choice states[] = { { "", LF_T_SEM_ANY },
                                               { "planned", LF_T_SEM_PLANNED },
                                               { "held", LF_T_SEM_HELD },
                                               { "cancelled", LF_T_SEM_CANCELLED } };
#define COUNT(list) (sizeof(list) / sizeof *(list))

static lf_view kind_text(const struct rq *r, enum lf_seminar_kind k)
{
    return text(r, kinds[k + 1].text);
}

static lf_view year_text(struct rq *r, int year)
{
    return number(r, r->roc ? year - 1911 : year);
}

static void put_state(struct rq *r, struct lf_buf *b, enum lf_seminar_state s)
{
    static const char *const tones[LF_SEMINAR_STATES] = { "info", "good", "" },
                             *const signs[LF_SEMINAR_STATES] = { "○", "✓", "–" };

    badge(b, tones[s], signs[s], text(r, states[s + 1].text));
}

/* ---- forms ---- */

static void put_kind(struct rq *r, struct lf_buf *b, enum lf_seminar_kind now)
{
    lf_view said = field(r, "kind").ptr ? field(r, "kind") : lf_view_of(lf_seminar_kind_name(now));

    lf_html(b, "<p><label for=\"kind\">%</label><select id=\"kind\" name=\"kind\">", T(SEM_KIND));
    for (size_t i = 1; i < COUNT(kinds); i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(kinds[i].value),
                LF_RAW(lf_view_of(lf_view_is(said, kinds[i].value) ? " selected" : "")),
                V(text(r, kinds[i].text)));
    LF_PUT(b, "</select></p>");
}

static void put_fields(struct rq *r, struct lf_buf *b, const struct lf_seminar *s)
{
    struct when_where x = { s->title, s->zone, s->place, s->link, s->begins, s->ends };

    put_kind(r, b, s->kind);
    put_when_where(r, b, LF_T_SEM_TITLE, &x);
    put_typed_area(r, b, "about", LF_T_SEM_ABOUT, LF_T_SEM_ABOUT_HINT, lf_view_some(s->about),
                   " maxlength=\"1300\"");
}

static void put_whom(struct rq *r, struct lf_buf *b)
{
    lf_view said = lf_view_some(field(r, "sector"));

    lf_html(b,
            "<p><label for=\"sector\">%</label><select id=\"sector\" name=\"sector\"><option "
            "value=\"\">%</option><option value=\"all\"%>%</option>",
            T(SEM_SECTOR), T(SEM_NO_SECTOR), LF_RAW(lf_view_of(lf_view_is(said, "all") ? " selected" : "")),
            T(SEM_ALL_UNITS));
    for (enum lf_unit_attribute i = LF_UNIT_DEFENCE; i < LF_UNIT_ATTRIBUTES; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_unit_attribute_name(i)),
                LF_RAW(lf_view_of(lf_view_is(said, lf_unit_attribute_name(i)) ? " selected" : "")),
                V(text(r, unit_attribute_text((unsigned)i))));
    LF_PUT(b, "</select></p>");
    put_typed_area(r, b, "units", LF_T_SEM_UNITS, LF_T_SEM_UNITS_HINT, LF_V(""), "");
}

static void put_add(struct rq *r, struct lf_buf *b)
{
    struct lf_seminar none = { 0 };

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"/seminars\">",
            T(SEM_ADD));
    put_csrf(r, b);
    put_fields(r, b, &none);
    put_whom(r, b);
    lf_html(b, "<p><button>%</button></p></form></section>", T(SEM_ADD));
}

/* A form of its own that does `act`, up to its fields. */
static void open_form(struct rq *r, struct lf_buf *b, const char *act)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">", V(path2(r, "/seminars/", r->id, "")));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"act\" value=\"%\">", LF_HC(act));
}

/* ---- all ---- */

static void put_table(struct rq *r, struct lf_buf *b, const struct lf_seminar_page *list)
{
    static const enum lf_text heads[] = { LF_T_SEM_TITLE, LF_T_SEM_KIND, LF_T_MEETING_WHEN, LF_T_STATE };

    lf_html(b, "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr>", T(SEMINARS));
    for (size_t i = 0; i < COUNT(heads); i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[i])));
    lf_html(
        b, "<th scope=\"col\" class=\"num\">%</th><th scope=\"col\" class=\"num\">%</th></tr></thead><tbody>",
        T(SEM_CAME), T(SEM_PEOPLE));
    for (size_t i = 0; i < list->n; i++) {
        const struct lf_seminar *s = &list->items[i];

        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td "
                "data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>",
                T(SEM_TITLE), V(path2(r, "/seminars/", s->id, "")), V(s->title), T(SEM_KIND),
                V(kind_text(r, s->kind)), T(MEETING_WHEN));
        put_span(r, b, s->begins, s->ends, s->zone);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(STATE));
        put_state(r, b, s->state);
        lf_html(b,
                "</span></td><td class=\"num\" data-label=\"%\">%</td><td class=\"num\" "
                "data-label=\"%\">%</td></tr>",
                T(SEM_CAME), V(number(r, s->came)), T(SEM_PEOPLE), V(number(r, s->people)));
    }
    LF_PUT(b, "</tbody></table>");
}

/* Years in which none was held, in one sentence; of this one, that there is none yet. */
static enum lf_code put_missing(struct rq *r, struct lf_buf *b)
{
    const struct lf_seminar_year *y;
    lf_view list = LF_V("");
    size_t n;

    LF_TRY(lf_seminar_years(r->t, 0, &n, &y, r->e));
    for (size_t i = 0; i + 1 < n; i++)
        if (!y[i].held)
            list = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(list),
                                   !list.len               ? ""
                                   : r->lang == LF_LANG_EN ? ", "
                                                           : "、",
                                   LF_FMT(year_text(r, y[i].year)));
    if (list.len)
        lf_html(b, "<p class=\"say warn\">%</p>", V(fill1(r, LF_T_SEM_YEARS_MISSING, "years", list)));
    if (!y[n - 1].held)
        lf_html(b, "<p class=\"say warn\">%</p>", T(SEM_YEAR_NOT_YET));
    return LF_OK;
}

static void put_filter(struct rq *r, struct lf_buf *b)
{
    LF_PUT(b, "<form class=\"filter\" method=\"get\" action=\"/seminars\">");
    put_filter_choice(r, b, "kind", LF_T_SEM_KIND, kinds, COUNT(kinds), lf_view_some(query(r, "kind")));
    put_filter_choice(r, b, "state", LF_T_STATE, states, COUNT(states), lf_view_some(query(r, "state")));
    put_filter_input(r, b, "year", LF_T_JOINED_YEAR, " inputmode=\"numeric\" maxlength=\"4\" size=\"4\"");
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(UNIT_SEARCH_DO));
}

static enum lf_code list_page(struct rq *r, int status)
{
    static const char *const fields[] = { "kind", "state", "year", "unit" };
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text)),
            again = query_again(r, fields, COUNT(fields));
    struct lf_seminar_filter f;
    struct lf_seminar_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(seminar_filter(r, &f));
    LF_TRY(lf_seminar_list(r->t, &f, &page, &list, r->e));
    begin_page(r, &b, text(r, LF_T_SEMINARS), "/contacts");
    lf_html(
        &b,
        "<div class=\"head\"><h1>%</h1><p><a href=\"/contacts\">%</a> · <a href=\"/seminars/parts\">%</a> · "
        "<a href=\"/api/v1/seminars?format=csv%\" download>CSV</a></p></div><p class=\"quiet\">%</p>",
        T(SEMINARS), T(CONTACTS), T(SEM_PARTS), V(again), T(SEM_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    PUT_TRY(&b, put_missing(r, &b));
    put_filter(r, &b);
    LF_PUT(&b, "<section class=\"panel\">");
    if (list.n)
        put_table(r, &b, &list);
    else
        lf_html(&b, "<p class=\"empty\">%</p>", T(NONE));
    put_next_with(r, &b, lf_arena_cstr(r->t->a, again), list.next);
    LF_PUT(&b, "</section>");
    if (may(r, ACT))
        put_add(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_seminars(struct rq *r)
{
    return list_page(r, 200);
}

enum lf_code page_seminar_add(struct rq *r)
{
    lf_view id;
    enum lf_code rc = seminar_add(r, &id);

    return rc == LF_OK ? redirect(r, path2(r, "/seminars/", id, "?done=1")) : page_again(r, rc, list_page);
}

enum lf_code page_seminar_parts(struct rq *r)
{
    const struct lf_seminar_part *list;
    lf_view of = LF_V("");
    struct lf_buf b;
    size_t n;
    int year;

    LF_TRY(seminar_year_asked(r, &year));
    LF_TRY(lf_seminar_parts(r->t, year, &n, &list, r->e));
    if (year)
        of = lf_arena_printf(r->t->a, "&year=%d", year);
    begin_page(r, &b, text(r, LF_T_SEM_PARTS), "/contacts");
    lf_html(&b,
            "<div class=\"head\"><h1>%　%</h1><p><a href=\"/seminars\">%</a> · <a "
            "href=\"/api/v1/seminars/parts?format=csv%\" download>CSV</a></p></div><section "
            "class=\"panel\">",
            T(SEM_PARTS), V(year ? year_text(r, year) : LF_V("")), T(SEMINARS), V(of));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\" class=\"num\">%</th><th scope=\"col\" "
                "class=\"num\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(SEM_PARTS), T(UNIT_NAME), T(SEM_TIMES), T(SEM_PEOPLE), T(SEM_LAST));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td class=\"num\" "
                "data-label=\"%\"><a href=\"/seminars?state=held&amp;unit=%\">%</a></td><td class=\"num\" "
                "data-label=\"%\">%</td><td data-label=\"%\">",
                T(UNIT_NAME), V(path2(r, "/contacts/", list[i].unit, "")), V(list[i].name), T(SEM_TIMES),
                V(lf_arena_printf(r->t->a, "%.*s%.*s", LF_FMT(list[i].unit), LF_FMT(of))),
                V(number(r, list[i].times)), T(SEM_PEOPLE), V(number(r, list[i].people)), T(SEM_LAST));
        put_when(r, &b, list[i].last);
        LF_PUT(&b, "</td></tr>");
    }
    if (n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    return end_page(r, &b, 200);
}

/* ---- one ---- */

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_seminar *s)
{
    lf_html(b, "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(SEM_KIND),
            V(kind_text(r, s->kind)), T(MEETING_WHEN));
    put_span(r, b, s->begins, s->ends, s->zone);
    if (s->place.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\">%", T(MEETING_PLACE), V(s->place));
    if (s->link.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\"><a href=\"%\" rel=\"noreferrer noopener\">%</a>",
                T(MEETING_LINK), V(s->link), V(s->link));
    if (s->about.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"lines wrap\">%", T(SEM_ABOUT), V(s->about));
    if (s->note.len)
        lf_html(b, "</dd><dt>%</dt><dd class=\"lines wrap\">%",
                V(text(r, s->state == LF_SEMINAR_CANCELLED ? LF_T_SEM_REASON : LF_T_SEM_RESULT)), V(s->note));
    lf_html(b, "</dd></dl><p><a href=\"%\" download>%</a></p></section>",
            V(path2(r, "/api/v1/seminars/", s->id, "/calendar")), T(ROSTER_CALENDAR));
}

static void put_units(struct rq *r, struct lf_buf *b, const struct lf_seminar *s,
                      const struct lf_seminar_unit *list, size_t n)
{
    struct lf_text_value counts[] = { { "invited", number(r, s->invited) },
                                      { "came", number(r, s->came) },
                                      { "people", number(r, s->people) } };

    lf_html(b, "<section class=\"panel\" id=\"units\"><h2>%</h2><p class=\"quiet\">%</p>", T(SEM_WHO),
            V(lf_text_fill(r->t->a, LF_T_SEM_COUNTS, r->lang, counts, 3)));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\" "
                "class=\"num\">%</th></tr></thead><tbody>",
                T(SEM_WHO), T(UNIT_NAME), T(SEM_INVITED), T(SEM_PEOPLE));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\">",
                T(UNIT_NAME), V(path2(r, "/contacts/", list[i].unit, "")), V(list[i].name), T(SEM_INVITED));
        if (list[i].invited)
            put_when(r, b, list[i].invited);
        else
            lf_html(b, "%", T(SEM_NOT_INVITED));
        lf_html(b, "</td><td class=\"num\" data-label=\"%\">%</td></tr>", T(SEM_PEOPLE),
                V(list[i].people ? number(r, list[i].people) : LF_V("–")));
    }
    if (n)
        lf_html(b, "</tbody></table><p>% <a href=\"%\" download>CSV</a></p>", T(EXPORT_AS),
                V(path2(r, "/api/v1/seminars/", s->id, "/attendance")));
    LF_PUT(b, "</section>");
}

static void put_attend(struct rq *r, struct lf_buf *b, const struct lf_seminar *s)
{
    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2>", T(SEM_ATTEND));
    open_form(r, b, "attend");
    put_typed(r, b, "unit", LF_T_UNIT_NAME, "text", LF_V(""), " required maxlength=\"200\"");
    put_typed(r, b, "people", LF_T_SEM_PEOPLE, "number", LF_V(""), " required min=\"0\" max=\"100000\"");
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(MEETING_NOTE_DOWN));
    open_form(r, b, "import");
    put_typed_area(r, b, "csv", LF_T_SEM_CSV, LF_T_SEM_CSV_HINT, LF_V(""), " required spellcheck=\"false\"");
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(SEM_CSV_TAKE));
    open_form(r, b, "hold");
    lf_html(b,
            "<p><label for=\"result\">%</label><textarea id=\"result\" name=\"result\" rows=\"4\" "
            "maxlength=\"1300\">%</textarea></p><p><button>%</button></p></form></section>",
            T(SEM_RESULT), V(field(r, "result").ptr ? field(r, "result") : lf_view_some(s->note)),
            T(SEM_HOLD));
}

static void put_plan(struct rq *r, struct lf_buf *b, const struct lf_seminar *s)
{
    lf_html(b, "<section class=\"panel no-print\"><h2>%</h2>", T(MEETING_INVITE));
    open_form(r, b, "invite");
    put_whom(r, b);
    lf_html(b,
            "<p><button class=\"second\">%</button></p></form></section><section class=\"panel "
            "no-print\"><h2>%</h2><p class=\"hint\">%</p>",
            T(MEETING_INVITE), T(SEM_CHANGE), T(MEETING_CHANGE_HINT));
    open_form(r, b, "change");
    put_fields(r, b, s);
    lf_html(b, "<p><button class=\"second\">%</button></p></form>", T(SEM_CHANGE));
    open_form(r, b, "cancel");
    put_typed(r, b, "reason", LF_T_SEM_REASON, "text", LF_V(""), " required maxlength=\"300\"");
    lf_html(b, "<p><button class=\"second\">%</button></p></form></section>", T(SEM_CANCEL));
}

static enum lf_code one_page(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_seminar_unit *list;
    struct lf_seminar s;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_seminar_get(r->t, r->id, &s, r->e));
    LF_TRY(lf_seminar_units(r->t, r->id, &n, &list, r->e));
    begin_page(r, &b, s.title, "/contacts");
    lf_html(&b, "<p><a href=\"/seminars\">%</a></p><div class=\"head\"><h1>%</h1><p>", T(SEMINARS),
            V(s.title));
    put_state(r, &b, s.state);
    LF_PUT(&b, "</p></div>");
    if (status != 200)
        put_refusal(r, &b, why);
    LF_PUT(&b, "<div class=\"two\"><div>");
    put_facts(r, &b, &s);
    put_units(r, &b, &s, list, n);
    LF_PUT(&b, "</div><div>");
    if (may(r, ACT) && s.state != LF_SEMINAR_CANCELLED && s.at <= lf_now(r->t->env))
        put_attend(r, &b, &s);
    if (may(r, ACT) && s.state == LF_SEMINAR_PLANNED)
        put_plan(r, &b, &s);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_seminar(struct rq *r)
{
    return one_page(r, 200);
}

enum lf_code page_seminar_act(struct rq *r)
{
    static const struct {
        const char *name;
        enum lf_code (*act)(struct rq *r);
    } acts[] = {
        { "change", seminar_change },     { "invite", seminar_invite }, { "attend", seminar_attend },
        { "import", seminar_attend_csv }, { "hold", seminar_hold },     { "cancel", seminar_cancel }
    };
    lf_view act;

    LF_TRY(need(r, "act", &act));
    for (size_t i = 0; i < COUNT(acts); i++)
        if (lf_view_is(act, acts[i].name)) {
            enum lf_code rc = acts[i].act(r);

            return rc == LF_OK ? redirect(r, path2(r, "/seminars/", r->id, "?done=1"))
                               : page_again(r, rc, one_page);
        }
    return lf_err_set(r->e, LF_BAD_INPUT, "there is no act \"%.*s\" of a seminar",
                      LF_FMT(lf_view_first(act, 40)));
}
