/* The JSON API's part on what is published of statistics, and what its pages share with it. */
#include "cert/unit.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/open.h"
#include "web/page_priv.h"
#include "web/publication.h"
#include "web/statistic_text.h"

enum { DAYS = 31 /* of counts by the day, when nothing is said */ };

lf_view publication_title(const struct rq *r, const struct lf_publication *p)
{
    return lf_arena_printf(r->t->a, "%.*s　%.*s", LF_FMT(text(r, LF_T_STATISTICS)),
                           LF_FMT(statistic_span_text(r, &p->span)));
}

enum lf_text publication_frequency(const struct lf_publication *p)
{
    static const enum lf_text words[LF_PERIODS] = { LF_T_OPEN_WEEKLY, LF_T_OPEN_MONTHLY, LF_T_OPEN_YEARLY };

    return words[lf_statistic_span_kind(&p->span)];
}

const char *publication_period(const struct lf_publication *p)
{
    static const char *const names[LF_PERIODS] = { "P1W", "P1M", "P1Y" };

    return names[lf_statistic_span_kind(&p->span)];
}

static lf_view licence(const struct rq *r)
{
    return r->w->parts.publication ? r->w->parts.publication->licence : LF_V("");
}

static void put_titles(struct rq *r, struct lf_json_w *w, const struct lf_publication *p)
{
    struct rq zh = *r, en = *r;

    zh.lang = LF_LANG_ZH;
    en.lang = LF_LANG_EN;
    lf_json_put_str(w, "title_zh", publication_title(&zh, p));
    lf_json_put_str(w, "title_en", publication_title(&en, p));
}

void publication_put(struct rq *r, struct lf_json_w *w, const struct lf_publication *p)
{
    lf_json_put_str(w, "id", p->period);
    put_titles(r, w, p);
    lf_json_put_time(w, "begin", p->span.begin);
    lf_json_put_time(w, "end", p->span.end);
    lf_json_put_int(w, "version", p->version);
    lf_json_put_time(w, "published_at", p->at);
    lf_json_put_time(w, "first_published_at", p->first);
    lf_json_put_bool(w, "withdrawn", p->withdrawn);
    put_text(w, "reason", p->reason);
    lf_json_put_int(w, "records", p->records);
    lf_json_put_cstr(w, "update_frequency", publication_period(p));
    put_text(w, "licence", licence(r));
    lf_json_put_str(w, "publisher", r->t->self->name);
    lf_json_begin(w, "files", '{');
    lf_json_put_str(w, "page", path2(r, "/open/", p->period, ""));
    lf_json_put_str(w, "json", path2(r, "/open/", p->period, ".json"));
    if (!p->withdrawn)
        lf_json_put_str(w, "csv", path2(r, "/open/", p->period, ".csv"));
    lf_json_close(w);
}

static void put_fields(struct lf_json_w *w)
{
    static const struct {
        const char *name;
        enum lf_text text;
    } fields[] = { { "by", LF_T_OPEN_FIELD_BY },
                   { "key", LF_T_OPEN_FIELD_KEY },
                   { "cases", LF_T_OPEN_FIELD_CASES } };

    lf_json_begin(w, "fields", '[');
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_json_open(w, '{');
        lf_json_put_cstr(w, "name", fields[i].name);
        lf_json_put_str(w, "zh", lf_text(fields[i].text, LF_LANG_ZH));
        lf_json_put_str(w, "en", lf_text(fields[i].text, LF_LANG_EN));
        lf_json_close(w);
    }
    lf_json_close(w);
}

static void put_versions(struct lf_json_w *w, const struct lf_publication *all, size_t n)
{
    lf_json_begin(w, "versions", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(w, '{');
        lf_json_put_int(w, "version", all[i].version);
        lf_json_put_time(w, "published_at", all[i].at);
        lf_json_put_bool(w, "withdrawn", all[i].withdrawn);
        put_text(w, "reason", all[i].reason);
        lf_json_close(w);
    }
    lf_json_close(w);
}

enum lf_code publication_json(struct rq *r, const struct lf_publication *all, size_t n)
{
    const struct lf_json *body;
    const bool *hidden;
    struct lf_statistic s;
    struct out o;

    LF_TRY(publication_rows(r, &all[0], &s, &hidden, &body));
    begin(&o);
    publication_put(r, &o.w, &all[0]);
    put_fields(&o.w);
    put_versions(&o.w, all, n);
    if (body) {
        lf_json_put_str(&o.w, "rule_zh", lf_view_some(lf_json_str(body, "rule_zh")));
        lf_json_put_str(&o.w, "rule_en", lf_view_some(lf_json_str(body, "rule_en")));
    }
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < s.n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_cstr(&o.w, "by", lf_statistic_axis_name(s.rows[i].axis));
        lf_json_put_str(&o.w, "key", lf_statistic_row_key(r->t->a, &s.rows[i]));
        if (hidden[i])
            lf_json_put_null(&o.w, "cases");
        else
            lf_json_put_int(&o.w, "cases", s.rows[i].cases);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

/* ---- rows as they were frozen ---- */

static bool axis_of(lf_view name, enum lf_statistic_axis *out)
{
    for (enum lf_statistic_axis axis = LF_AXIS_ALL; axis < LF_AXES; axis++)
        if (lf_view_is(name, lf_statistic_axis_name(axis))) {
            *out = axis;
            return true;
        }
    return false;
}

/* What lf_statistic_row_key() made of a row, taken back. */
static bool row_of(lf_view key, struct lf_statistic_row *row)
{
    enum lf_unit_attribute attribute = LF_UNIT_NONE;
    struct lf_statistic_span span;
    int64_t n = 0;

    switch (row->axis) {
    case LF_AXIS_MONTH:
        if (lf_statistic_span_parse(key, &span, NULL) != LF_OK || !span.month)
            return false;
        row->number = span.year * 100 + span.month;
        return true;
    case LF_AXIS_SECTOR:
        if (key.len && !lf_unit_attribute_parse(key, &attribute))
            return false;
        row->number = (int)attribute;
        return true;
    case LF_AXIS_LEVEL:
        if (key.len && (!lf_view_i64(key, &n) || n < 1 || n > 4))
            return false;
        row->number = (int)n;
        return true;
    default:
        row->name = key;
        return true;
    }
}

enum lf_code publication_rows(struct rq *r, const struct lf_publication *p, struct lf_statistic *s,
                              const bool **hidden, const struct lf_json **body)
{
    const struct lf_json *items;
    bool *withheld;

    *s = (struct lf_statistic){ .span = p->span };
    *body = NULL;
    *hidden = NULL;
    if (!p->body.len)
        return LF_OK;
    LF_TRY(lf_json_parse(r->t->a, p->body, NULL, body, r->e));
    items = lf_json_get(*body, LF_V("items"));
    s->rows = LF_NEW(r->t->a, struct lf_statistic_row, lf_json_items(items) + 1);
    *hidden = withheld = LF_NEW(r->t->a, bool, lf_json_items(items) + 1);
    for (size_t i = 0; i < lf_json_items(items); i++) {
        const struct lf_json *x = lf_json_item(items, i);
        struct lf_statistic_row row = { 0 };

        if (!axis_of(lf_json_str(x, "by"), &row.axis) || !row_of(lf_view_some(lf_json_str(x, "key")), &row))
            return lf_err_set(r->e, LF_IO, "publication %.*s: row %zu is none", LF_FMT(p->period), i);
        withheld[s->n] = !lf_json_int(x, "cases", &row.cases);
        s->rows[s->n++] = row;
    }
    return statistic_say_classes(r, s);
}

/* ---- for the node's people ---- */

static enum lf_code of_ours(struct rq *r)
{
    return of_node(r) ? LF_OK
                      : lf_err_set(r->e, LF_FORBIDDEN, "publication: these are for the node's own people");
}

enum lf_code api_publications(struct rq *r)
{
    const struct lf_publication *list;
    struct out o;
    size_t n;

    LF_TRY(of_ours(r));
    LF_TRY(lf_publication_list(r->t, &n, &list, r->e));
    begin(&o);
    lf_json_put_bool(&o.w, "open", open_is(r));
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        publication_put(r, &o.w, &list[i]);
        put_text(&o.w, "by", list[i].by);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_publication(struct rq *r)
{
    const struct lf_publication *all;
    size_t n;

    LF_TRY(of_ours(r));
    LF_TRY(lf_publication_get(r->t, r->id, &n, &all, r->e));
    return publication_json(r, all, n);
}

enum lf_code publication_add(struct rq *r, struct lf_publication *out)
{
    lf_view reason = lf_view_some(field(r, "reason")), time;
    struct lf_statistic_span span;

    LF_TRY(need(r, "time", &time));
    LF_TRY(lf_statistic_span_parse(time, &span, r->e));
    return lf_publication_add(r->t, &span, reason, out, r->e);
}

enum lf_code publication_withdraw(struct rq *r)
{
    return lf_publication_withdraw(r->t, r->id, lf_view_some(field(r, "reason")), r->e);
}

enum lf_code api_publication_add(struct rq *r)
{
    struct lf_publication p;

    LF_TRY(publication_add(r, &p));
    return publication_json(r, &p, 1);
}

enum lf_code api_publication_withdraw(struct rq *r)
{
    LF_TRY(publication_withdraw(r));
    return answer_empty(r, 204);
}

/* ---- how often it is read ---- */

static lf_view use_day(struct rq *r, int64_t day)
{
    struct lf_civil c = lf_civil_of(day * LF_DAY);

    return day < 0 ? LF_V("") : lf_arena_printf(r->t->a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static const char *const uses[LF_PUBLICATION_USES] = { "page", "csv", "json" };

/* Rows of the file as it is now; of the list how many items it has. */
static int64_t records_of(const struct lf_publication *list, size_t n, lf_view period)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].period, period))
            return list[i].records;
    return period.len ? 0 : (int64_t)n;
}

enum lf_code api_publication_counts(struct rq *r)
{
    const struct lf_publication_count *counts;
    const struct lf_publication *list;
    lf_time since = lf_now(r->t->env) - DAYS * LF_DAY;
    size_t n, nlist;
    struct out o;
    bool csv;

    LF_TRY(format_of(r, &csv));
    LF_TRY(moment_asked(r, "from", &since));
    LF_TRY(lf_publication_counts(r->w->uses, r->t, lf_taipei_day(since), &n, &counts, r->e));
    LF_TRY(lf_publication_list(r->t, &nlist, &list, r->e));
    if (csv) {
        struct lf_buf b;

        lf_buf_init(&b, JSON_MOST);
        LF_PUT(&b, "\xef\xbb\xbf"
                   "day,item,records,page,csv,json\r\n");
        for (size_t i = 0; i < n; i++) {
            lf_csv_put(&b, use_day(r, counts[i].day), false);
            lf_csv_put(&b, counts[i].period, false);
            lf_csv_put(&b, number(r, records_of(list, nlist, counts[i].period)), false);
            for (int k = 0; k < LF_PUBLICATION_USES; k++)
                lf_csv_put(&b, number(r, counts[i].n[k]), k + 1 == LF_PUBLICATION_USES);
        }
        return answer_csv(r, LF_V("open-data-use"), &b);
    }
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "item", counts[i].period);
        put_text(&o.w, "day", use_day(r, counts[i].day));
        lf_json_put_int(&o.w, "records", records_of(list, nlist, counts[i].period));
        for (int k = 0; k < LF_PUBLICATION_USES; k++)
            lf_json_put_int(&o.w, uses[k], counts[i].n[k]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}
