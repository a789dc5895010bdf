/* The JSON API's part on stations that attacks are commanded through. */
#include "web/station.h"

#include "fmt/csv.h"
#include "shield/block.h"
#include "web/api_priv.h"

enum { CSV_MOST = 32 << 20, CSV_CELLS = 21 };

/* ---- what is asked ---- */

static enum lf_code side_of(struct rq *r, lf_view given, int *out)
{
    for (int i = LF_SIDE_UNKNOWN; given.len && i <= LF_SIDE_FOREIGN; i++)
        if (lf_view_is(given, lf_network_side_name((enum lf_network_side)i))) {
            *out = i;
            return LF_OK;
        }
    return given.len ? lf_err_set(r->e, LF_BAD_INPUT, "side is domestic, foreign or unknown") : LF_OK;
}

static enum lf_code state_of(struct rq *r, lf_view given, int *out)
{
    return !given.len || lf_station_state_parse(given, out)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "state is watched, controlled, gone or mistaken");
}

enum lf_code station_filter(struct rq *r, struct lf_station_filter *out)
{
    struct lf_station_filter f = { .state = -1,
                                   .side = -1,
                                   .words = lf_view_some(lf_view_trim(query(r, "q"))),
                                   .incident = lf_view_some(lf_view_trim(query(r, "incident"))),
                                   .late = lf_view_is(query(r, "overdue"), "1"),
                                   .back = lf_view_is(query(r, "back"), "1"),
                                   .lately = lf_view_is(query(r, "seen"), "1") };

    LF_TRY(state_of(r, query(r, "state"), &f.state));
    LF_TRY(side_of(r, query(r, "side"), &f.side));
    *out = f;
    return LF_OK;
}

enum lf_code station_add(struct rq *r, lf_view *id)
{
    struct lf_station x = { .family = lf_view_some(field(r, "family")),
                            .country = lf_view_some(field(r, "country")),
                            .operator= lf_view_some(field(r, "operator")),
                            .incident = lf_view_some(field(r, "incident")) };
    lf_view value;

    LF_TRY(need(r, "value", &value));
    x.value = lf_view_trim(value);
    if (!lf_observable_guess(x.value, &x.kind))
        x.kind = LF_OBS_DOMAIN; /* whose refusal says what is wrong with it */
    if (x.kind == LF_OBS_DOMAIN)
        LF_TRY(lf_block_check(r->t, x.value, r->e));
    LF_TRY(whole_field(r, "port", &x.port));
    LF_TRY(whole_field(r, "days", &x.days));
    return lf_station_add(r->t, &x, field(r, "note"), id, r->e);
}

/* -1 where the field is left out or empty. */
static enum lf_code number_given(struct rq *r, const char *name, int64_t *out)
{
    LF_TRY(whole_field(r, name, out));
    if (!*out && !lf_view_is(lf_view_trim(field(r, name)), "0"))
        *out = -1;
    return LF_OK;
}

enum lf_code station_change(struct rq *r)
{
    struct lf_station_change c = { .state = -1,
                                   .moved_to = lf_view_some(field(r, "moved_to")),
                                   .family = field(r, "family"),
                                   .country = field(r, "country"),
                                   .operator= field(r, "operator"),
                                   .note = lf_view_some(field(r, "note")) };
    int look = LF_LOOK_NONE;

    LF_TRY(state_of(r, field(r, "state"), &c.state));
    if (field(r, "look").len && !lf_station_look_parse(field(r, "look"), &look))
        return lf_err_set(r->e, LF_BAD_INPUT, "look is answers, silent or moved");
    c.look = (enum lf_station_look)look;
    LF_TRY(number_given(r, "port", &c.port));
    LF_TRY(number_given(r, "days", &c.days));
    LF_TRY(whole_field(r, "base", &c.base));
    return lf_station_change(r->t, r->id, &c, r->e);
}

/* ---- out ---- */

static void put_row(struct lf_json_w *w, const struct lf_station *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_cstr(w, "kind", lf_observable_kind_name(x->kind));
    lf_json_put_str(w, "value", x->value);
    if (x->port)
        lf_json_put_int(w, "port", x->port);
    put_text(w, "family", x->family);
    lf_json_put_cstr(w, "side", lf_network_side_name(x->side));
    put_text(w, "country", x->country);
    put_text(w, "operator", x->operator);
    lf_json_put_cstr(w, "state", lf_station_state_name(x->state));
    lf_json_put_time(w, "since", x->since);
    lf_json_put_str(w, "indicator", x->indicator);
    lf_json_put_int(w, "days", x->days);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_bool(w, "overdue", x->late);
    lf_json_put_time(w, "looked", x->looked);
    if (x->found)
        lf_json_put_cstr(w, "found", lf_station_look_name(x->found));
    put_text(w, "moved_to", x->moved_to);
    lf_json_put_int(w, "sightings", x->here);
    lf_json_put_int(w, "sightings_of_members", x->members);
    lf_json_put_time(w, "seen", x->seen);
    lf_json_put_bool(w, "back", x->back);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "changed", x->changed);
    lf_json_put_int(w, "entries", x->entries);
}

static lf_view time_text(struct rq *r, lf_time t)
{
    return t ? lf_time_milli(t, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

static lf_view count_text(struct rq *r, int64_t n)
{
    return lf_arena_printf(r->t->a, "%lld", (long long)n);
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells)
{
    for (size_t k = 0; k < CSV_CELLS; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, lf_view_some(cells[k])), k + 1 == CSV_CELLS);
}

static void put_csv(struct rq *r, struct lf_buf *b, const struct lf_station *x)
{
    put_cells(r, b,
              (const lf_view[CSV_CELLS]){ count_text(r, x->number),
                                          lf_view_of(lf_observable_kind_name(x->kind)),
                                          x->value,
                                          x->port ? count_text(r, x->port) : LF_V(""),
                                          x->family,
                                          lf_view_of(lf_network_side_name(x->side)),
                                          x->country,
                                          x->operator,
                                          lf_view_of(lf_station_state_name(x->state)),
                                          time_text(r, x->since),
                                          count_text(r, x->here),
                                          count_text(r, x->members),
                                          time_text(r, x->seen),
                                          lf_view_of(x->back ? "yes" : "no"),
                                          time_text(r, x->due),
                                          lf_view_of(x->late ? "yes" : "no"),
                                          time_text(r, x->looked),
                                          lf_view_of(x->found ? lf_station_look_name(x->found) : ""),
                                          x->indicator,
                                          time_text(r, x->created),
                                          time_text(r, x->changed) });
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code csv(struct rq *r, const struct lf_station_filter *f)
{
    static const char *const head[CSV_CELLS] = { "number", "kind",  "value",     "port",
                                                 "family", "side",  "country",   "operator",
                                                 "state",  "since", "sightings", "sightings_of_members",
                                                 "seen",   "back",  "due",       "overdue",
                                                 "looked", "found", "indicator", "created",
                                                 "changed" };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_station *list;
    lf_view heads[CSV_CELLS], next = LF_V("");
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    for (size_t i = 0; i < CSV_CELLS; i++)
        heads[i] = lf_view_of(head[i]);
    lf_buf_init(&b, CSV_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    put_cells(r, &b, heads);
    do {
        rc = lf_station_list(r->t, f, &page, &n, &list, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++)
            put_csv(r, &b, &list[i]);
        page.after = next;
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("stations"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_stations(struct rq *r)
{
    const struct lf_station *list;
    struct lf_station_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(station_filter(r, &f));
    if (as_csv)
        return csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_station_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, CSV_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_station_count(struct rq *r)
{
    struct lf_station_count c;
    struct out o;

    LF_TRY(lf_station_count(r->t, &c, r->e));
    begin(&o);
    for (int i = 0; i < LF_STATION_STATES; i++) {
        lf_json_begin(&o.w, lf_station_state_name((enum lf_station_state)i), '{');
        for (int k = LF_SIDE_UNKNOWN; k <= LF_SIDE_FOREIGN; k++)
            lf_json_put_int(&o.w, lf_network_side_name((enum lf_network_side)k), c.of[i][k]);
        lf_json_close(&o.w);
    }
    lf_json_put_int(&o.w, "overdue", c.late);
    lf_json_put_int(&o.w, "seen_in_30_days", c.lately);
    lf_json_put_int(&o.w, "back", c.back);
    return end(r, &o, 200);
}

enum lf_code api_station(struct rq *r)
{
    const struct lf_station_entry *list;
    struct lf_incident_full full;
    struct lf_station x;
    struct out o;
    size_t n;

    LF_TRY(lf_station_get(r->t, r->id, &x, &n, &list, r->e));
    begin(&o);
    put_row(&o.w, &x);
    if (x.incident.len && lf_incident_get(r->t, x.incident, &full, &(struct lf_err){ 0 }) == LF_OK)
        lf_json_put_str(&o.w, "incident", x.incident);
    lf_json_begin(&o.w, "history", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", list[i].at);
        put_by(r, &o.w, list[i].account);
        lf_json_put_cstr(&o.w, "state", lf_station_state_name(list[i].state));
        if (list[i].look)
            lf_json_put_cstr(&o.w, "look", lf_station_look_name(list[i].look));
        put_text(&o.w, "note", list[i].note);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_station_add(struct rq *r)
{
    lf_view id;

    LF_TRY(station_add(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_station_change(struct rq *r)
{
    LF_TRY(station_change(r));
    return answer_empty(r, 204);
}
