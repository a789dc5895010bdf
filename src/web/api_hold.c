/* Legal holds: what of the event archive may not be removed, and how much that is. */
#include "soc/hold.h"

#include "web/api_priv.h"

enum lf_code hold_set(struct rq *r, lf_view *id)
{
    lf_view from, to = field(r, "to");
    struct lf_hold h = { .sender = field(r, "sender") };

    LF_TRY(need(r, "name", &h.name));
    LF_TRY(need(r, "reason", &h.reason));
    LF_TRY(need(r, "from", &from));
    LF_TRY(lf_time_parse(from, &h.from, r->e));
    if (to.len)
        LF_TRY(lf_time_parse(to, &h.to, r->e));
    return lf_hold_set(r->t, &h, id, r->e);
}

/* As the intake last said; false: not yet. */
bool hold_size(struct rq *r, lf_view id, int64_t *blocks, int64_t *bytes)
{
    lf_view all = r->w->parts.health ? r->w->parts.health(r->w->parts.ctx, r->t->a) : LF_V("{}");
    const struct lf_json *v, *list;

    if (lf_json_parse(r->t->a, all, NULL, &v, NULL) != LF_OK)
        return false;
    list = lf_json_get(lf_json_get(v, LF_V("intake")), LF_V("archive_holds"));
    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *one = lf_json_item(list, i);

        if (lf_view_eq(lf_json_str(one, "id"), id))
            return lf_json_int(one, "blocks", blocks) && lf_json_int(one, "bytes", bytes);
    }
    return false;
}

enum lf_code api_holds(struct rq *r)
{
    struct lf_hold *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_hold_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        int64_t blocks, bytes;

        lf_json_open(&o.w, '{');
        lf_hold_json(&o.w, &items[i]);
        if (!items[i].lifted && hold_size(r, items[i].id, &blocks, &bytes)) {
            lf_json_put_int(&o.w, "blocks", blocks);
            lf_json_put_int(&o.w, "bytes", bytes);
        }
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_hold_set(struct rq *r)
{
    lf_view id;

    LF_TRY(hold_set(r, &id));
    return say_id(r, 201, id);
}

enum lf_code api_hold_lift(struct rq *r)
{
    lf_view why;

    LF_TRY(need(r, "reason", &why));
    LF_TRY(lf_hold_lift(r->t, r->id, why, r->e));
    return answer_empty(r, 204);
}
