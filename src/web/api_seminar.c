/* The JSON API's part on seminars and training briefings. */
#include "web/seminar.h"

#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/shift.h"

enum { CSV_CELLS = 14 };

/* ---- what is asked, and what the form or body says ---- */

static enum lf_code kind_of(struct rq *r, lf_view v, enum lf_seminar_kind *out)
{
    return lf_seminar_kind_parse(v, out)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "kind is seminar, briefing, workshop or exercise-briefing");
}

enum lf_code seminar_year_asked(struct rq *r, int *year)
{
    lf_view v = lf_view_trim(lf_view_some(query(r, "year")));
    int64_t n = 0;

    *year = 0;
    if (!v.len)
        return LF_OK;
    if (!lf_view_i64(v, &n) || (v.len == 3 ? n < 60 || n > 288 : n < 1971 || n > 2199))
        return lf_err_set(r->e, LF_BAD_INPUT, "year is a year: 2026, or of the Republic 115");
    *year = (int)(v.len == 3 ? n + 1911 : n);
    return LF_OK;
}

enum lf_code seminar_filter(struct rq *r, struct lf_seminar_filter *out)
{
    lf_view kind = lf_view_some(query(r, "kind")), state = lf_view_some(query(r, "state"));
    struct lf_seminar_filter f = { .kind = -1, .state = -1, .unit = lf_view_some(query(r, "unit")) };
    enum lf_seminar_kind k;
    enum lf_seminar_state s;

    LF_TRY(seminar_year_asked(r, &f.year));
    if (kind.len) {
        LF_TRY(kind_of(r, kind, &k));
        f.kind = (int)k;
    }
    if (state.len) {
        if (!lf_seminar_state_parse(state, &s))
            return lf_err_set(r->e, LF_BAD_INPUT, "state is planned, held or cancelled");
        f.state = (int)s;
    }
    *out = f;
    return LF_OK;
}

static enum lf_code what(struct rq *r, bool all, struct lf_seminar *s)
{
    *s = (struct lf_seminar){ .title = field(r, "title"),
                              .place = field(r, "place"),
                              .link = field(r, "link"),
                              .about = field(r, "about"),
                              .zone = lf_view_some(field(r, "zone")) };
    LF_TRY(wall_field(r, "begins", all, &s->begins));
    return wall_field(r, "ends", all, &s->ends);
}

/* A sector (or all) and organisations, as one list. */
static lf_view invited(struct rq *r)
{
    return lf_arena_printf(r->t->a, "%.*s,%.*s", LF_FMT(lf_view_some(field(r, "sector"))),
                           LF_FMT(by_commas(r, lf_view_some(field(r, "units")))));
}

static bool says_whom(struct rq *r)
{
    return lf_view_trim(lf_view_some(field(r, "sector"))).len ||
           lf_view_trim(lf_view_some(field(r, "units"))).len;
}

enum lf_code seminar_add(struct rq *r, lf_view *id)
{
    struct lf_seminar s;
    lf_view title, kind;

    LF_TRY(need(r, "title", &title));
    LF_TRY(need(r, "kind", &kind));
    LF_TRY(what(r, true, &s));
    LF_TRY(kind_of(r, kind, &s.kind));
    LF_TRY(lf_seminar_add(r->t, &s, id, r->e));
    return says_whom(r) ? lf_seminar_invite(r->t, *id, invited(r), r->e) : LF_OK;
}

enum lf_code seminar_change(struct rq *r)
{
    lf_view kind = field(r, "kind");
    enum lf_seminar_kind k;
    struct lf_seminar s;

    LF_TRY(what(r, false, &s));
    if (kind.len)
        LF_TRY(kind_of(r, kind, &k));
    return lf_seminar_change(r->t, r->id, &s, kind.len ? &k : NULL, r->e);
}

enum lf_code seminar_invite(struct rq *r)
{
    return lf_seminar_invite(r->t, r->id, invited(r), r->e);
}

enum lf_code seminar_attend(struct rq *r)
{
    int64_t people;
    lf_view unit;

    LF_TRY(need(r, "unit", &unit));
    LF_TRY(whole_field(r, "people", &people));
    return lf_seminar_attend(r->t, r->id, unit, people, r->e);
}

enum lf_code seminar_attend_csv(struct rq *r)
{
    lf_view csv;
    size_t rows;

    LF_TRY(need(r, "csv", &csv));
    return lf_seminar_attend_csv(r->t, r->id, csv, &rows, r->e);
}

enum lf_code seminar_hold(struct rq *r)
{
    return lf_seminar_hold(r->t, r->id, lf_view_some(field(r, "result")), r->e);
}

enum lf_code seminar_cancel(struct rq *r)
{
    lf_view why;

    LF_TRY(need(r, "reason", &why));
    return lf_seminar_cancel(r->t, r->id, why, r->e);
}

/* ---- answers ---- */

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_seminar *s)
{
    lf_json_put_str(w, "id", s->id);
    lf_json_put_cstr(w, "kind", lf_seminar_kind_name(s->kind));
    lf_json_put_str(w, "title", s->title);
    lf_json_put_cstr(w, "state", lf_seminar_state_name(s->state));
    lf_json_put_str(w, "begins", wall_text(r, s->begins));
    lf_json_put_str(w, "ends", wall_text(r, s->ends));
    lf_json_put_str(w, "zone", s->zone);
    lf_json_put_time(w, "at", s->at);
    lf_json_put_time(w, "until", s->until);
    put_text(w, "place", s->place);
    put_text(w, "link", s->link);
    put_text(w, "about", s->about);
    put_text(w, s->state == LF_SEMINAR_CANCELLED ? "reason" : "result", s->note);
    lf_json_put_int(w, "invited", s->invited);
    lf_json_put_int(w, "organisations", s->came);
    lf_json_put_int(w, "people", s->people);
    lf_json_put_int(w, "sequence", s->sequence);
    lf_json_put_str(w, "by", s->by);
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells, size_t n)
{
    for (size_t k = 0; k < n; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, lf_view_some(cells[k])), k + 1 == n);
}

static lf_view count_text(struct rq *r, int64_t n)
{
    return lf_arena_printf(r->t->a, "%lld", (long long)n);
}

static void put_csv_row(struct rq *r, struct lf_buf *b, const struct lf_seminar *s)
{
    bool off = s->state == LF_SEMINAR_CANCELLED;

    put_cells(r, b,
              (const lf_view[CSV_CELLS]){
                  s->id,
                  lf_view_of(lf_seminar_kind_name(s->kind)),
                  s->title,
                  lf_view_of(lf_seminar_state_name(s->state)),
                  wall_text(r, s->begins),
                  wall_text(r, s->ends),
                  s->zone,
                  s->place,
                  s->link,
                  s->about,
                  off ? LF_V("") : s->note,
                  off ? s->note : LF_V(""),
                  count_text(r, s->came),
                  count_text(r, s->people),
              },
              CSV_CELLS);
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code list_csv(struct rq *r, const struct lf_seminar_filter *f)
{
    static const char *const head[CSV_CELLS] = { "id",     "kind",   "title",         "state", "begins",
                                                 "ends",   "zone",   "place",         "link",  "about",
                                                 "result", "reason", "organisations", "people" };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_seminar_page list;
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t k = 0; k < CSV_CELLS; k++)
        lf_csv_put(&b, lf_view_of(head[k]), k + 1 == CSV_CELLS);
    do {
        PUT_TRY(&b, lf_seminar_list(r->t, f, &page, &list, r->e));
        for (size_t i = 0; i < list.n; i++)
            put_csv_row(r, &b, &list.items[i]);
        page.after = list.next;
    } while (list.next.len);
    return answer_csv(r, LF_V("seminars"), &b);
}

enum lf_code api_seminars(struct rq *r)
{
    struct lf_seminar_filter f;
    struct lf_seminar_page list;
    struct lf_page page;
    struct out o;
    bool as_csv;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(seminar_filter(r, &f));
    if (as_csv)
        return list_csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_seminar_list(r->t, &f, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        lf_json_open(&o.w, '{');
        put_row(r, &o.w, &list.items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_seminar(struct rq *r)
{
    const struct lf_seminar_unit *list;
    struct lf_seminar s;
    struct out o;
    size_t n;

    LF_TRY(lf_seminar_get(r->t, r->id, &s, r->e));
    LF_TRY(lf_seminar_units(r->t, r->id, &n, &list, r->e));
    begin(&o);
    put_row(r, &o.w, &s);
    lf_json_begin(&o.w, "units", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "unit", list[i].unit);
        lf_json_put_str(&o.w, "name", list[i].name);
        put_text(&o.w, "oid", list[i].oid);
        lf_json_put_time(&o.w, "invited", list[i].invited);
        lf_json_put_int(&o.w, "people", list[i].people);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* As POST …/attendance/import takes it: the list of who is invited is the sheet to be filled in. */
enum lf_code api_seminar_attendance(struct rq *r)
{
    const struct lf_seminar_unit *list;
    struct lf_seminar s;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_seminar_get(r->t, r->id, &s, r->e));
    LF_TRY(lf_seminar_units(r->t, r->id, &n, &list, r->e));
    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbforganisation,oid,people\r\n");
    for (size_t i = 0; i < n; i++)
        put_cells(r, &b, (const lf_view[]){ list[i].name, list[i].oid, count_text(r, list[i].people) }, 3);
    return answer_csv(r, LF_V("attendance"), &b);
}

static enum lf_code parts_csv(struct rq *r, const struct lf_seminar_part *list, size_t n)
{
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbforganisation,seminars,people,last\r\n");
    for (size_t i = 0; i < n; i++)
        put_cells(r, &b,
                  (const lf_view[]){ list[i].name, count_text(r, list[i].times),
                                     count_text(r, list[i].people), day_text(r, list[i].last) },
                  4);
    return answer_csv(r, LF_V("seminar-organisations"), &b);
}

enum lf_code api_seminar_parts(struct rq *r)
{
    const struct lf_seminar_part *list;
    struct out o;
    bool as_csv;
    size_t n;
    int year;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(seminar_year_asked(r, &year));
    LF_TRY(lf_seminar_parts(r->t, year, &n, &list, r->e));
    if (as_csv)
        return parts_csv(r, list, n);
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "unit", list[i].unit);
        lf_json_put_str(&o.w, "name", list[i].name);
        lf_json_put_int(&o.w, "seminars", list[i].times);
        lf_json_put_int(&o.w, "people", list[i].people);
        lf_json_put_time(&o.w, "last", list[i].last);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_seminar_calendar(struct rq *r)
{
    enum lf_ics_method method;
    struct lf_seminar s;
    lf_view ics;

    LF_TRY(lf_seminar_get(r->t, r->id, &s, r->e));
    LF_TRY(lf_seminar_calendar(r->t, &s, LF_V(""), mail_from(r), &method, &ics, r->e));
    answer_file(r, "text/calendar; charset=utf-8", LF_V("seminar.ics"), ics);
    return LF_OK;
}

enum lf_code api_seminar_add(struct rq *r)
{
    lf_view id;

    LF_TRY(seminar_add(r, &id));
    return say_id(r, 201, id);
}

static enum lf_code after(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? api_seminar(r) : rc;
}

enum lf_code api_seminar_change(struct rq *r)
{
    return after(r, seminar_change(r));
}

enum lf_code api_seminar_invite(struct rq *r)
{
    return after(r, seminar_invite(r));
}

enum lf_code api_seminar_attend(struct rq *r)
{
    return after(r, seminar_attend(r));
}

enum lf_code api_seminar_attend_csv(struct rq *r)
{
    return after(r, seminar_attend_csv(r));
}

enum lf_code api_seminar_hold(struct rq *r)
{
    return after(r, seminar_hold(r));
}

enum lf_code api_seminar_cancel(struct rq *r)
{
    return after(r, seminar_cancel(r));
}
