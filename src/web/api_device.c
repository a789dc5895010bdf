/* Devices: who sends logs, and the monthly status sheet as JSON and CSV. */
#include "fmt/csv.h"
#include "soc/device.h"
#include "web/api_priv.h"

enum { SHEET_MOST = 8 << 20 };

static void put_fact(struct lf_json_w *w, const struct lf_device_fact *f)
{
    put_text(w, "title", f->title);
    put_text(w, "kind", f->kind);
    put_text(w, "owner", f->owner);
    put_text(w, "site", f->site);
    lf_json_put_bool(w, "expected", f->expected);
}

static void put_quiet_after(struct lf_json_w *w, lf_time t)
{
    if (t == LF_DEVICE_QUIET_USUAL)
        lf_json_put_null(w, "quiet_after_s");
    else
        lf_json_put_int(w, "quiet_after_s", t / LF_SECOND);
}

enum lf_code device_set(struct rq *r, lf_view name)
{
    struct lf_device_fact in = { .name = name,
                                 .title = lf_view_trim(field(r, "title")),
                                 .kind = lf_view_trim(field(r, "kind")),
                                 .owner = lf_view_trim(field(r, "owner")),
                                 .site = lf_view_trim(field(r, "site")) };
    const struct lf_json *yes = lf_json_get(r->json, LF_V("expected")),
                         *after = lf_json_get(r->json, LF_V("quiet_after_s"));
    lf_view quiet = field(r, "quiet_after");

    if (after && lf_json_kind(after) != LF_JSON_NULL) /* a number, or one as text */
        quiet = lf_json_text(after);
    LF_TRY(lf_device_quiet_parse(quiet, &in.quiet_after, r->e));
    if (yes && lf_json_kind(yes) == LF_JSON_TRUE)
        in.expected = true;
    else if (!yes || lf_json_kind(yes) == LF_JSON_STRING)
        LF_TRY(lf_device_expected_parse(field(r, "expected"), &in.expected, r->e));
    return lf_device_fact_set(r->t, &in, r->e);
}

enum lf_code api_device(struct rq *r)
{
    struct lf_device_fact f;
    struct out o;

    LF_TRY(lf_device_fact_get(r->t, r->id, &f, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "name", f.name);
    put_fact(&o.w, &f);
    put_quiet_after(&o.w, f.quiet_after);
    lf_json_put_time(&o.w, "changed", f.changed);
    return end(r, &o, 200);
}

enum lf_code api_device_set(struct rq *r)
{
    LF_TRY(device_set(r, r->id));
    return api_device(r);
}

enum lf_code api_device_remove(struct rq *r)
{
    LF_TRY(lf_device_fact_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_device_import(struct rq *r)
{
    struct out o;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_device_fact_import(r->t, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "devices", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_devices(struct rq *r)
{
    struct lf_device *list;
    struct out o;
    struct lf_page page;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_device_list(r->t, &page, &list, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_device *d = &list[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "name", d->name);
        lf_json_put_cstr(&o.w, "via", lf_device_via_name(d->via));
        put_text(&o.w, "relay", d->relay);
        put_fact(&o.w, &d->fact);
        put_quiet_after(&o.w, d->fact.quiet_after);
        lf_json_put_time(&o.w, "watched_since", d->since);
        lf_json_put_time(&o.w, "first_heard", d->first);
        lf_json_put_time(&o.w, "last_heard", d->last);
        lf_json_put_time(&o.w, "expected_by", d->due);
        lf_json_put_time(&o.w, "quiet_since", d->quiet);
        if (d->usual)
            lf_json_put_int(&o.w, "usual_silence_s", d->usual / LF_SECOND);
        if (d->fault != LF_FAULT_NONE) {
            lf_json_put_cstr(&o.w, "fault", d->fault == LF_FAULT_UNREADABLE ? "unreadable" : "unwritable");
            lf_json_put_time(&o.w, "fault_since", d->fault_since);
        }
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code device_month(struct rq *r, struct lf_device_month *month)
{
    lf_view asked = query(r, "month");

    if (asked.ptr)
        return lf_device_month_parse(asked, month, r->e);
    lf_device_month_of(lf_now(r->t->env), month);
    return LF_OK;
}

lf_view device_percent(struct lf_arena *a, int hundredths)
{
    return hundredths < 0 ? LF_V("") : lf_arena_printf(a, "%d.%02d", hundredths / 100, hundredths % 100);
}

/* ---- CSV (with a mark so that spreadsheets know its characters) ---- */

static void put_number(struct rq *r, struct lf_buf *b, int64_t n)
{
    lf_csv_put(b, lf_arena_printf(r->t->a, "%lld", (long long)n), false);
}

static void put_moment(struct lf_buf *b, lf_time at)
{
    char text[LF_TIME_TEXT];

    lf_csv_put(b, at ? lf_time_whole(at, text) : LF_V(""), false);
}

static const enum lf_text columns[] = { LF_T_DEVICE,        LF_T_DEVICE_TITLE,    LF_T_DEVICE_KIND,
                                        LF_T_DEVICE_OWNER,  LF_T_DEVICE_SITE,     LF_T_DEVICE_EXPECTED,
                                        LF_T_DEVICE_VIA,    LF_T_DEVICE_FIRST,    LF_T_DEVICE_LAST,
                                        LF_T_W_RECEIVED,    LF_T_DEVICE_DAILY,    LF_T_W_DROPPED,
                                        LF_T_W_MALFORMED,   LF_T_DEVICE_QUIETS,   LF_T_DEVICE_QUIET_S,
                                        LF_T_DEVICE_SEEN_S, LF_T_DEVICE_AVAILABLE };

static void csv_row(struct rq *r, struct lf_buf *b, const struct lf_device_row *d)
{
    lf_csv_put(b, d->name, false);
    lf_csv_put(b, d->fact.title, false);
    lf_csv_put(b, d->fact.kind, false);
    lf_csv_put(b, d->fact.owner, false);
    lf_csv_put(b, d->fact.site, false);
    lf_csv_put(b, lf_text(d->fact.expected ? LF_T_YES : LF_T_NO, r->lang), false);
    lf_csv_put(b, lf_view_of(lf_device_via_name(d->via)), false);
    put_moment(b, d->first);
    put_moment(b, d->last);
    put_number(r, b, d->received);
    if (d->days)
        put_number(r, b, lf_device_daily(d));
    else
        lf_csv_put(b, LF_V(""), false);
    put_number(r, b, d->dropped);
    put_number(r, b, d->malformed);
    put_number(r, b, d->quiets);
    put_number(r, b, d->quiet_time / LF_SECOND);
    put_number(r, b, d->observed / LF_SECOND);
    lf_csv_put(b, device_percent(r->t->a, d->available), true);
}

/* All of it: a sheet is one file. */
static enum lf_code csv(struct rq *r, const struct lf_device_month *month)
{
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_device_row *rows;
    lf_view next = { "", 0 };
    enum lf_code rc = LF_OK;
    struct lf_buf b;
    size_t n;

    lf_buf_init(&b, SHEET_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        lf_csv_put(&b, lf_text(columns[i], r->lang), i + 1 == sizeof columns / sizeof *columns);
    do {
        page.after = next;
        rc = lf_device_sheet(r->t, month, &page, &rows, &n, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++)
            csv_row(r, &b, &rows[i]);
    } while (rc == LF_OK && next.len);
    if (rc == LF_OK)
        return answer_csv(r, lf_arena_printf(r->t->a, "device-status-%04d-%02d", month->year, month->month),
                          &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_device_status(struct rq *r)
{
    struct lf_device_month month;
    struct lf_device_row *rows;
    struct out o;
    struct lf_page page;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(device_month(r, &month));
    LF_TRY(format_of(r, &as_csv));
    if (as_csv || (!query(r, "format").ptr && lf_view_starts(lf_http_get(r->in, "accept"), LF_V("text/csv"))))
        return csv(r, &month);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_device_sheet(r->t, &month, &page, &rows, &n, &next, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "month", lf_arena_printf(r->t->a, "%04d-%02d", month.year, month.month));
    lf_json_put_str(&o.w, "month_roc", lf_arena_printf(r->t->a, "%d-%02d", month.year - 1911, month.month));
    lf_json_put_time(&o.w, "begin", month.begin);
    lf_json_put_time(&o.w, "end", month.end);
    lf_json_put_bool(&o.w, "complete", lf_now(r->t->env) >= month.end);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_device_row *d = &rows[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "name", d->name);
        lf_json_put_cstr(&o.w, "via", lf_device_via_name(d->via));
        put_text(&o.w, "relay", d->relay);
        put_fact(&o.w, &d->fact);
        lf_json_put_time(&o.w, "first_heard", d->first);
        lf_json_put_time(&o.w, "last_heard", d->last);
        if (d->days)
            lf_json_put_int(&o.w, "events_per_day", lf_device_daily(d));
        lf_json_put_int(&o.w, "received", d->received);
        lf_json_put_int(&o.w, "dropped", d->dropped);
        lf_json_put_int(&o.w, "malformed", d->malformed);
        lf_json_put_int(&o.w, "quiet_count", d->quiets);
        lf_json_put_int(&o.w, "quiet_seconds", d->quiet_time / LF_SECOND);
        lf_json_put_int(&o.w, "observed_seconds", d->observed / LF_SECOND);
        if (d->available >= 0)
            lf_json_put_raw(&o.w, "availability_percent", device_percent(r->t->a, d->available));
        else
            lf_json_put_null(&o.w, "availability_percent");
        lf_json_put_bool(&o.w, "quiet_now", d->quiet_now);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}
