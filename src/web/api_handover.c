/* The JSON API's part on handovers between shifts. */
#include "cert/duty.h"
#include "cert/handover.h"
#include "fmt/csv.h"
#include "web/api_priv.h"
#include "web/shift.h"

enum lf_code handovers_asked(struct rq *r, const struct lf_page *page, struct lf_handover_page *out)
{
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    return lf_handover_list(r->t, who, place, page, out, r->e);
}

enum lf_code handover_give(struct rq *r, lf_view *id)
{
    struct lf_handover_new n = { .id = lf_view_trim(lf_view_some(field(r, "id"))),
                                 .text = lf_view_some(field(r, "text")) };
    enum lf_who who;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    LF_TRY(whole_field(r, "minutes", &n.minutes));
    return lf_handover_give(r->t, who, place, &n, id, r->e);
}

enum lf_code handover_confirm(struct rq *r)
{
    return lf_handover_confirm(r->t, r->id, lf_view_some(field(r, "remark")), r->e);
}

static bool is_late(struct rq *r, const struct lf_handover *h)
{
    return (h->confirmed ? h->confirmed : lf_now(r->t->env)) > h->due;
}

static void put_handover(struct rq *r, struct lf_json_w *w, const struct lf_handover *h)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", h->id);
    lf_json_put_str(w, "post", lf_post_name(r->t->a, h->who, h->place));
    lf_json_put_time(w, "at", h->at);
    lf_json_put_str(w, "account", h->account);
    put_text(w, "by", h->name);
    lf_json_put_str(w, "text", h->text);
    lf_json_put_raw(w, "matters", h->matters);
    lf_json_put_time(w, "due", h->due);
    lf_json_put_time(w, "told", h->told);
    lf_json_put_time(w, "confirmed", h->confirmed);
    put_text(w, "confirmed_account", h->confirmed_by);
    put_text(w, "confirmed_by", h->confirmed_name);
    put_text(w, "remark", h->remark);
    lf_json_put_bool(w, "late", is_late(r, h));
    lf_json_close(w);
}

/* All of them: a file has no pages. */
static enum lf_code csv(struct rq *r)
{
    static const char *const head[] = { "at",        "by",           "text",   "due",  "told",
                                        "confirmed", "confirmed_by", "remark", "late", "id" };
    enum { CELLS = sizeof head / sizeof *head };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    struct lf_handover_page list;
    struct lf_buf b;

    lf_buf_init(&b, JSON_MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    for (size_t i = 0; i < CELLS; i++)
        lf_csv_put(&b, lf_view_of(head[i]), i + 1 == CELLS);
    do {
        PUT_TRY(&b, handovers_asked(r, &page, &list));
        for (size_t i = 0; i < list.n; i++) {
            const struct lf_handover *h = &list.items[i];
            const lf_time times[] = { h->at, h->due, h->told, h->confirmed };
            char said[4][LF_TIME_TEXT];
            lf_view at[4], cells[CELLS];

            for (size_t k = 0; k < 4; k++)
                at[k] = times[k] ? lf_time_milli(times[k], said[k]) : LF_V("");
            memcpy(cells,
                   (lf_view[CELLS]){
                       at[0], handover_name(r, h->name, h->account), h->text, at[1], at[2], at[3],
                       h->confirmed ? handover_name(r, h->confirmed_name, h->confirmed_by) : LF_V(""),
                       h->remark, is_late(r, h) ? LF_V("1") : LF_V("0"), h->id },
                   sizeof cells);
            for (size_t k = 0; k < CELLS; k++)
                lf_csv_put(&b, lf_csv_clean(r->t->a, cells[k]), k + 1 == CELLS);
        }
        page.after = list.next;
    } while (list.next.len);
    return answer_csv(r, lf_arena_printf(r->t->a, "handovers-%.*s", LF_FMT(r->id)), &b);
}

enum lf_code api_handovers(struct rq *r)
{
    struct lf_handover_page list;
    struct lf_page page;
    struct out o;
    bool as_csv;

    LF_TRY(format_of(r, &as_csv));
    if (as_csv)
        return csv(r);
    LF_TRY(page_of(r, &page));
    LF_TRY(handovers_asked(r, &page, &list));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_handover(r, &o.w, &list.items[i]);
    return end_list(r, &o, list.next);
}

enum lf_code api_handover_give(struct rq *r)
{
    lf_view id;

    LF_TRY(handover_give(r, &id));
    return say_id(r, 201, id);
}

static enum lf_code say_handover(struct rq *r)
{
    struct lf_handover h;
    struct out o;

    LF_TRY(lf_handover_get(r->t, r->id, &h, r->e));
    lf_buf_init(&o.b, JSON_MOST);
    o.w = lf_json_w(&o.b);
    put_handover(r, &o.w, &h);
    return answer_json(r, 200, &o.b);
}

enum lf_code api_handover(struct rq *r)
{
    return say_handover(r);
}

enum lf_code api_handover_confirm(struct rq *r)
{
    LF_TRY(handover_confirm(r));
    return say_handover(r);
}

enum lf_code api_matters(struct rq *r)
{
    lf_view json;

    LF_TRY(lf_handover_matters(r->t, &json, r->e));
    answer(r, 200, "application/json", json);
    return LF_OK;
}
