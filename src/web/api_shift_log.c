/* The JSON API's part on shift logs. */
#include "cert/shift_log.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/shift.h"

enum lf_code shift_log_asked(struct rq *r, const struct lf_page *page, struct lf_shift_page *out)
{
    lf_time from = 0, until = INT64_MAX;
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(moment_asked(r, "from", &from));
    LF_TRY(moment_asked(r, "until", &until));
    return lf_shift_log_list(r->t, who, place, from, until, page, out, r->e);
}

enum lf_code shift_log_add(struct rq *r, lf_view *id)
{
    struct lf_shift_new n = { .id = lf_view_trim(lf_view_some(field(r, "id"))),
                              .incident = lf_view_some(field(r, "incident")) };
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(need(r, "text", &n.text));
    LF_TRY(moment_field(r, "at", &n.at));
    LF_TRY(whole_field(r, "corrects", &n.corrects));
    return lf_shift_log_add(r->t, who, place, &n, id, r->e);
}

/* All of them: a file has no pages. */
static enum lf_code csv(struct rq *r)
{
    static const char *const head[] = { "number",   "at",    "recorded", "by",  "on_duty",
                                        "incident", "title", "corrects", "text" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_shift_page list;
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < CELLS; i++)
        lf_csv_put(&b, lf_view_of(head[i]), i + 1 == CELLS);
    do {
        PUT_TRY(&b, shift_log_asked(r, &page, &list));
        for (size_t i = 0; i < list.n; i++) {
            const struct lf_shift_entry *x = &list.items[i];
            char at[LF_TIME_TEXT], recorded[LF_TIME_TEXT];
            const lf_view cells[CELLS] = { lf_arena_printf(r->t->a, "%lld", (long long)x->number),
                                           lf_time_milli(x->at, at),
                                           lf_time_milli(x->recorded, recorded),
                                           shift_writer(r, x),
                                           x->name.len ? LF_V("1") : LF_V("0"),
                                           x->incident,
                                           x->title,
                                           x->corrects
                                               ? lf_arena_printf(r->t->a, "%lld", (long long)x->corrects)
                                               : LF_V(""),
                                           x->text };

            for (size_t k = 0; k < CELLS; k++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
        }
        page.after = list.next;
    } while (list.next.len);
    return answer_csv(r, lf_arena_printf(r->t->a, "shift-log-%.*s", LF_FMT(r->id)), &b);
}

static void put_entry(struct rq *r, struct lf_json_w *w, const struct lf_shift_entry *x)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", x->id);
    lf_json_put_int(w, "number", x->number);
    lf_json_put_time(w, "at", x->at);
    lf_json_put_time(w, "recorded", x->recorded);
    lf_json_put_str(w, "by", shift_writer(r, x));
    lf_json_put_str(w, "account", x->account);
    lf_json_put_bool(w, "on_duty", x->name.len > 0);
    put_text(w, "incident", x->incident);
    put_text(w, "title", x->title);
    if (x->corrects)
        lf_json_put_int(w, "corrects", x->corrects);
    if (x->corrected)
        lf_json_put_int(w, "corrected_by", x->corrected);
    lf_json_put_str(w, "text", x->text);
    lf_json_close(w);
}

enum lf_code api_shift_log(struct rq *r)
{
    struct lf_shift_page list;
    struct lf_page page;
    struct out o;
    bool as_csv;

    LF_TRY(format_of(r, &as_csv));
    if (as_csv)
        return csv(r);
    LF_TRY(page_of(r, &page));
    LF_TRY(shift_log_asked(r, &page, &list));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_entry(r, &o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code api_shift_log_add(struct rq *r)
{
    lf_view id;

    LF_TRY(shift_log_add(r, &id));
    return say_id(r, 201, id);
}
