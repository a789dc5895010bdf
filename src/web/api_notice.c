/* The JSON API's part on notices: who was called, how it fared, and who answered. */
#include "cert/notice.h"
#include "web/api_priv.h"

static void put_notice(struct lf_json_w *w, const struct lf_notice *n)
{
    lf_json_put_str(w, "id", n->id);
    lf_json_put_cstr(w, "about", lf_notice_kind_name(n->kind));
    lf_json_put_cstr(w, "state", lf_notice_state_name(n->state));
    put_text(w, "subject", n->subject);
    put_text(w, "agency", n->about);
    lf_json_put_int(w, "level", n->level);
    if (n->letter)
        lf_json_put_str(w, "letter", (lf_view){ &n->letter, 1 });
    lf_json_put_bool(w, "exercise", n->exercise);
    put_text(w, "title", n->title);
    put_text(w, "detail", n->detail);
    put_text(w, "path", n->path);
    lf_json_put_time(w, "due", n->due);
    lf_json_put_time(w, "made", n->made);
}

static void put_call(struct lf_json_w *w, const struct lf_notice_call *c)
{
    lf_json_put_str(w, "id", c->id);
    lf_json_put_cstr(w, "who", lf_who_name(c->who));
    lf_json_put_int(w, "place", c->place);
    lf_json_put_int(w, "step", c->step);
    put_text(w, "contact", c->contact);
    put_text(w, "name", c->name);
    lf_json_put_cstr(w, "state", lf_call_state_name(c->state));
    lf_json_put_time(w, "made", c->made);
    lf_json_put_time(w, "next_at", c->next);
    lf_json_put_time(w, "ended", c->ended);
    put_text(w, "ended_by", c->ended_by);
}

enum lf_code api_notices(struct rq *r)
{
    struct lf_notice_filter f = { .subject = lf_view_some(query(r, "subject")),
                                  .open = query(r, "open").len > 0 };
    struct lf_notice_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_notice_list(r->t, &f, &page, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < list.n; i++) {
        lf_json_open(&o.w, '{');
        put_notice(&o.w, &list.items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_notice(struct rq *r)
{
    struct lf_notice_full f;
    struct out o;

    LF_TRY(lf_notice_get(r->t, r->id, &f, r->e));
    begin(&o);
    put_notice(&o.w, &f.row);
    lf_json_begin(&o.w, "calls", '[');
    for (size_t i = 0; i < f.ncalls; i++) {
        lf_json_open(&o.w, '{');
        put_call(&o.w, &f.calls[i]);
        lf_json_begin(&o.w, "deliveries", '[');
        for (size_t k = 0; k < f.ndeliveries; k++) {
            const struct lf_notice_delivery *d = &f.deliveries[k];

            if (!lf_view_eq(d->call, f.calls[i].id))
                continue;
            lf_json_open(&o.w, '{');
            lf_json_put_cstr(&o.w, "way", lf_way_name(d->way));
            lf_json_put_str(&o.w, "address", d->address);
            lf_json_put_cstr(&o.w, "state", lf_delivery_state_name(d->state));
            lf_json_put_int(&o.w, "tries", d->tries);
            put_text(&o.w, "told", d->told);
            lf_json_put_time(&o.w, "ended", d->ended);
            put_sealed(&o.w, &d->sealed);
            lf_json_close(&o.w);
        }
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code notice_try(struct rq *r, lf_view *id)
{
    struct lf_notice_new n = { .kind = LF_NOTICE_TEST, .about = lf_view_some(field(r, "unit")) };

    n.key = lf_arena_printf(r->t->a, "test/%.*s", LF_FMT(lf_uuid_new(r->t->env, r->t->a)));
    n.title = lf_view_some(field(r, "title"));
    n.exercise = true; /* nobody is to run because somebody tries */
    return lf_notice_raise(r->t, &n, id, r->e);
}

enum lf_code api_notice_try(struct rq *r)
{
    lf_view id;

    LF_TRY(notice_try(r, &id));
    return say_id(r, 202, id);
}

enum lf_code api_inbox(struct rq *r)
{
    const struct lf_inbox_item *items;
    struct out o;
    size_t n;

    LF_TRY(lf_notice_inbox(r->t, 200, &n, &items, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_begin(&o.w, "notice", '{');
        put_notice(&o.w, &items[i].notice);
        lf_json_close(&o.w);
        lf_json_begin(&o.w, "call", '{');
        put_call(&o.w, &items[i].call);
        lf_json_close(&o.w);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_call_acknowledge(struct rq *r)
{
    LF_TRY(lf_notice_acknowledge(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_matrix(struct rq *r)
{
    lf_view json;

    LF_TRY(lf_notice_matrix(r->t, &json, r->e));
    answer(r, 200, "application/json", json);
    return LF_OK;
}

enum lf_code api_matrix_set(struct rq *r)
{
    LF_TRY(lf_notice_matrix_set(r->t, r->in->body, r->e));
    return api_matrix(r);
}
