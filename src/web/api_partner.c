/* The JSON API's part on partners and the channels to them. */
#include "web/partner.h"

#include "fmt/csv.h"
#include "web/analysis.h"
#include "web/api_priv.h"

enum { CSV_MOST = 32 << 20, CSV_CELLS = 22 };

/* ---- what is asked ---- */

static enum lf_code kind_of(struct rq *r, lf_view given, int *out)
{
    enum lf_partner_kind k;

    if (!given.len)
        return LF_OK;
    if (!lf_partner_kind_parse(given, &k))
        return lf_err_set(
            r->e, LF_BAD_INPUT,
            "kind is cert, isac, university, institute, community, vendor, government or other");
    *out = (int)k;
    return LF_OK;
}

static enum lf_code yes_no(struct rq *r, const char *name, lf_view given, int *out)
{
    if (!given.len)
        return LF_OK;
    if (!lf_view_is(given, "yes") && !lf_view_is(given, "no"))
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is yes or no", name);
    *out = lf_view_is(given, "yes");
    return LF_OK;
}

enum lf_code partner_filter(struct rq *r, struct lf_partner_filter *out)
{
    lf_view country = lf_view_some(lf_view_trim(query(r, "country")));
    struct lf_partner_filter f = { .kind = -1, .active = -1, .words = lf_view_some(query(r, "q")) };

    if (country.len && country.len != 2 && !lf_view_is(country, "foreign"))
        return lf_err_set(r->e, LF_BAD_INPUT, "country is two letters of ISO 3166, or foreign");
    f.country = country;
    f.late = lf_view_is(query(r, "overdue"), "1");
    LF_TRY(kind_of(r, query(r, "kind"), &f.kind));
    LF_TRY(yes_no(r, "active", query(r, "active"), &f.active));
    *out = f;
    return LF_OK;
}

static void take(struct rq *r, const char *name, lf_view *out)
{
    lf_view v = field(r, name);

    *out = v.ptr ? v : lf_view_some(*out);
}

static enum lf_code take_day(struct rq *r, const char *name, lf_time *out)
{
    return field(r, name).ptr ? analysis_day(r, field(r, name), out) : LF_OK;
}

enum lf_code partner_put(struct rq *r, lf_view id, lf_view *out)
{
    struct lf_partner x = { .active = true, .kind = LF_PARTNER_OTHER };
    lf_view tlp = lf_view_some(lf_view_trim(field(r, "tlp")));
    int kind, active;

    if (id.len)
        LF_TRY(lf_partner_get(r->t, id, &x, r->e));
    x.id = lf_view_some(x.id);
    kind = (int)x.kind;
    active = x.active;
    take(r, "name", &x.name);
    take(r, "country", &x.country);
    take(r, "agreement", &x.agreement);
    take(r, "owner", &x.owner);
    take(r, "feed", &x.feed);
    take(r, "peer", &x.peer);
    take(r, "note", &x.note);
    LF_TRY(kind_of(r, field(r, "kind"), &kind));
    LF_TRY(yes_no(r, "active", field(r, "active"), &active));
    LF_TRY(take_day(r, "since", &x.since));
    LF_TRY(take_day(r, "until", &x.until));
    if (field(r, "tlp").ptr)
        x.tlp = LF_TLP_NONE;
    if (tlp.len && !lf_tlp_parse(tlp, &x.tlp))
        return lf_err_set(r->e, LF_BAD_INPUT, "tlp is clear, green, amber, amber+strict or red");
    x.kind = (enum lf_partner_kind)kind;
    x.active = active;
    return lf_partner_put(r->t, &x, out, r->e);
}

enum lf_code partner_channel_add(struct rq *r, int64_t *channel)
{
    struct lf_channel x = { 0 };
    lf_view kind;

    LF_TRY(need(r, "kind", &kind));
    LF_TRY(need(r, "value", &x.value));
    if (!lf_channel_kind_parse(kind, &x.kind))
        return lf_err_set(r->e, LF_BAD_INPUT, "kind is mail, telephone, pgp, web or other");
    LF_TRY(whole_field(r, "days", &x.days));
    LF_TRY(moment_field(r, "due", &x.due));
    return lf_channel_add(r->t, r->id, &x, channel, r->e);
}

enum lf_code partner_channel_remove(struct rq *r)
{
    int64_t channel;

    LF_TRY(whole_field(r, "channel", &channel));
    return lf_channel_remove(r->t, r->id, channel, r->e);
}

enum lf_code partner_try(struct rq *r)
{
    lf_view given;
    int64_t channel;
    int answered = 0;

    LF_TRY(whole_field(r, "channel", &channel));
    LF_TRY(need(r, "answered", &given));
    LF_TRY(yes_no(r, "answered", given, &answered));
    return lf_channel_try(r->t, r->id, channel, answered, field(r, "note"), r->e);
}

static enum lf_code direction_of(struct rq *r, lf_view given, enum lf_activity_direction *out)
{
    return !given.len || lf_activity_direction_parse(given, out)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "direction is none, given, received or both");
}

enum lf_code partner_activities(struct rq *r, struct lf_activity_filter *out)
{
    lf_view year = lf_view_some(lf_view_trim(query(r, "year")));
    struct lf_activity_filter f = { 0 };
    int64_t n = 0;

    if (year.len && (!lf_view_i64(year, &n) || n < 1970 || n > 2199))
        return lf_err_set(r->e, LF_BAD_INPUT, "year is four digits: 2026");
    f.year = (int)n;
    LF_TRY(direction_of(r, query(r, "direction"), &f.direction));
    *out = f;
    return LF_OK;
}

enum lf_code partner_activity_add(struct rq *r, int64_t *activity)
{
    struct lf_activity x = { .people = field(r, "people"), .outcome = field(r, "outcome") };
    lf_view kind, day;

    LF_TRY(need(r, "day", &day));
    LF_TRY(need(r, "kind", &kind));
    LF_TRY(need(r, "title", &x.title));
    if (!lf_activity_kind_parse(kind, &x.kind))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "kind is meeting, visit, conference, exercise, training, intelligence or other");
    LF_TRY(direction_of(r, field(r, "direction"), &x.direction));
    LF_TRY(analysis_day(r, day, &x.day));
    return lf_activity_add(r->t, r->id, &x, activity, r->e);
}

enum lf_code partner_activity_withdraw(struct rq *r)
{
    int64_t activity;

    LF_TRY(whole_field(r, "activity", &activity));
    return lf_activity_withdraw(r->t, r->id, activity, r->e);
}

/* ---- out ---- */

/* The day of Taipei, "2026-12-31"; empty for 0. */
static lf_view day_of(struct rq *r, lf_time t)
{
    return t ? day_text(r, t) : LF_V("");
}

static void put_day(struct rq *r, struct lf_json_w *w, const char *key, lf_time t)
{
    if (t)
        lf_json_put_str(w, key, day_of(r, t));
}

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_partner *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "name", x->name);
    lf_json_put_str(w, "country", x->country);
    lf_json_put_bool(w, "foreign", !lf_view_is(x->country, LF_PARTNER_HOME));
    lf_json_put_cstr(w, "kind", lf_partner_kind_name(x->kind));
    lf_json_put_bool(w, "active", x->active);
    put_text(w, "agreement", x->agreement);
    put_day(r, w, "since", x->since);
    put_day(r, w, "until", x->until);
    lf_json_put_bool(w, "over", x->over);
    put_text(w, "tlp", lf_view_of(lf_tlp_name(x->tlp)));
    put_text(w, "owner", x->owner);
    put_text(w, "feed", x->feed);
    put_text(w, "peer", x->peer);
    put_text(w, "note", x->note);
    lf_json_put_int(w, "channels", (int64_t)x->channels);
    lf_json_put_int(w, "overdue", (int64_t)x->late);
    lf_json_put_time(w, "due", x->due);
    lf_json_put_time(w, "tried", x->tried);
    lf_json_put_time(w, "created", x->created);
    lf_json_put_time(w, "changed", x->changed);
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells, size_t n)
{
    for (size_t k = 0; k < n; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, lf_view_some(cells[k])), k + 1 == n);
}

static lf_view time_text(struct rq *r, lf_time t)
{
    return t ? lf_time_milli(t, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

static lf_view count_text(struct rq *r, int64_t n)
{
    return lf_arena_printf(r->t->a, "%lld", (long long)n);
}

/* A row for each channel; a partner without any has one too. */
static enum lf_code put_csv(struct rq *r, struct lf_buf *b, const struct lf_partner *x)
{
    static const struct lf_channel none = { 0 };
    const struct lf_channel *list;
    size_t n;

    LF_TRY(lf_channel_list(r->t, x->id, &n, &list, r->e));
    for (size_t i = 0; i < n || !i; i++) {
        const struct lf_channel *c = n ? &list[i] : &none;

        put_cells(r, b,
                  (const lf_view[CSV_CELLS]){
                      x->id,
                      x->name,
                      x->country,
                      lf_view_of(lf_partner_kind_name(x->kind)),
                      lf_view_of(x->active ? "yes" : "no"),
                      x->agreement,
                      day_of(r, x->since),
                      day_of(r, x->until),
                      lf_view_of(lf_tlp_name(x->tlp)),
                      x->owner,
                      x->feed,
                      x->peer,
                      x->note,
                      n ? count_text(r, c->channel) : LF_V(""),
                      n ? lf_view_of(lf_channel_kind_name(c->kind)) : LF_V(""),
                      c->value,
                      n ? count_text(r, c->days) : LF_V(""),
                      time_text(r, c->due),
                      lf_view_of(!n        ? ""
                                 : c->late ? "yes"
                                           : "no"),
                      time_text(r, c->tried),
                      lf_view_of(!c->tried     ? ""
                                 : c->answered ? "yes"
                                               : "no"),
                      time_text(r, x->changed),
                  },
                  CSV_CELLS);
    }
    return LF_OK;
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code csv(struct rq *r, const struct lf_partner_filter *f)
{
    static const char *const head[CSV_CELLS] = { "id",        "name",   "country", "kind",    "active",
                                                 "agreement", "since",  "until",   "tlp",     "owner",
                                                 "feed",      "peer",   "note",    "channel", "channel_kind",
                                                 "value",     "days",   "due",     "overdue", "tried",
                                                 "answered",  "changed" };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    const struct lf_partner *list;
    lf_view heads[CSV_CELLS], next = LF_V("");
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    for (size_t i = 0; i < CSV_CELLS; i++)
        heads[i] = lf_view_of(head[i]);
    lf_buf_init(&b, CSV_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    put_cells(r, &b, heads, CSV_CELLS);
    do {
        rc = lf_partner_list(r->t, f, &page, &n, &list, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++)
            rc = put_csv(r, &b, &list[i]);
        page.after = next;
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("partners"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_partners(struct rq *r)
{
    const struct lf_partner *list;
    struct lf_partner_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(partner_filter(r, &f));
    if (as_csv)
        return csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_partner_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, CSV_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(r, &o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

static void put_channels(struct out *o, const struct lf_channel *list, size_t n)
{
    lf_json_begin(&o->w, "list", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_channel *c = &list[i];

        lf_json_open(&o->w, '{');
        lf_json_put_int(&o->w, "channel", c->channel);
        lf_json_put_cstr(&o->w, "kind", lf_channel_kind_name(c->kind));
        lf_json_put_str(&o->w, "value", c->value);
        lf_json_put_int(&o->w, "days", c->days);
        lf_json_put_time(&o->w, "due", c->due);
        lf_json_put_bool(&o->w, "overdue", c->late);
        lf_json_put_time(&o->w, "tried", c->tried);
        if (c->tried)
            lf_json_put_bool(&o->w, "answered", c->answered);
        lf_json_close(&o->w);
    }
    lf_json_close(&o->w);
}

enum lf_code api_partner_activities(struct rq *r)
{
    const struct lf_activity_year *years;
    const struct lf_activity *list;
    struct lf_activity_filter f;
    size_t n, nyears;
    struct out o;

    LF_TRY(partner_activities(r, &f));
    LF_TRY(lf_activity_list(r->t, r->id, &f, &n, &list, &nyears, &years, r->e));
    begin(&o);
    lf_json_begin(&o.w, "years", '[');
    for (size_t i = 0; i < nyears; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "year", years[i].year);
        lf_json_put_int(&o.w, "all", (int64_t)years[i].all);
        lf_json_put_int(&o.w, "given", (int64_t)years[i].given);
        lf_json_put_int(&o.w, "received", (int64_t)years[i].received);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_activity *x = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "activity", x->activity);
        put_day(r, &o.w, "day", x->day);
        lf_json_put_cstr(&o.w, "kind", lf_activity_kind_name(x->kind));
        lf_json_put_cstr(&o.w, "direction", lf_activity_direction_name(x->direction));
        lf_json_put_str(&o.w, "title", x->title);
        put_text(&o.w, "people", x->people);
        put_text(&o.w, "outcome", x->outcome);
        put_by(r, &o.w, x->account);
        lf_json_put_time(&o.w, "at", x->at);
        lf_json_put_time(&o.w, "withdrawn", x->withdrawn);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_partner_activity_add(struct rq *r)
{
    int64_t activity;
    struct out o;

    LF_TRY(partner_activity_add(r, &activity));
    begin(&o);
    lf_json_put_int(&o.w, "activity", activity);
    return end(r, &o, 201);
}

enum lf_code api_partner_activity_withdraw(struct rq *r)
{
    LF_TRY(partner_activity_withdraw(r));
    return answer_empty(r, 204);
}

enum lf_code api_partner(struct rq *r)
{
    const struct lf_channel_try *tries;
    const struct lf_channel *list;
    struct lf_partner x;
    size_t n, ntries;
    struct out o;

    LF_TRY(lf_partner_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_channel_list(r->t, x.id, &n, &list, r->e));
    LF_TRY(lf_channel_tries(r->t, x.id, &ntries, &tries, r->e));
    begin(&o);
    put_row(r, &o.w, &x);
    put_channels(&o, list, n);
    lf_json_begin(&o.w, "tries", '[');
    for (size_t i = 0; i < ntries; i++) {
        const struct lf_channel_try *y = &tries[i];

        lf_json_open(&o.w, '{');
        lf_json_put_time(&o.w, "at", y->at);
        put_by(r, &o.w, y->account);
        lf_json_put_cstr(&o.w, "kind", lf_channel_kind_name(y->kind));
        lf_json_put_str(&o.w, "value", y->value);
        lf_json_put_bool(&o.w, "answered", y->answered);
        put_text(&o.w, "note", y->note);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_partner_add(struct rq *r)
{
    lf_view id;

    LF_TRY(partner_put(r, LF_V(""), &id));
    return say_id(r, 201, id);
}

enum lf_code api_partner_change(struct rq *r)
{
    lf_view id;

    LF_TRY(partner_put(r, r->id, &id));
    return answer_empty(r, 204);
}

enum lf_code api_channel_add(struct rq *r)
{
    struct out o;
    int64_t channel;

    LF_TRY(partner_channel_add(r, &channel));
    begin(&o);
    lf_json_put_int(&o.w, "channel", channel);
    return end(r, &o, 201);
}

enum lf_code api_channel_remove(struct rq *r)
{
    LF_TRY(partner_channel_remove(r));
    return answer_empty(r, 204);
}

enum lf_code api_channel_try(struct rq *r)
{
    LF_TRY(partner_try(r));
    return answer_empty(r, 204);
}
