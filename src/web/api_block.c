/* The JSON API's part on blocks and on what is never blocked. */
#include "shield/block.h"
#include "web/api_priv.h"

enum lf_code api_blocks(struct rq *r)
{
    lf_view next = { NULL, 0 };
    struct lf_block *items;
    struct lf_page page;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_block_list(r->t, !lf_view_is(query(r, "all"), "true"), &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", items[i].id);
        lf_json_put_str(&o.w, "value", items[i].value);
        lf_json_put_str(&o.w, "indicator", items[i].indicator);
        lf_json_put_cstr(&o.w, "state", lf_block_state_name(items[i].state));
        lf_json_put_bool(&o.w, "provisional", items[i].provisional);
        lf_json_put_time(&o.w, "created", items[i].created);
        lf_json_put_time(&o.w, "changed", items[i].changed);
        lf_json_put_time(&o.w, "expires", items[i].expires);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_allow(struct rq *r)
{
    lf_view next = { NULL, 0 };
    struct lf_allow *items;
    struct lf_page page;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_allow_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "value", items[i].value);
        put_text(&o.w, "reason", items[i].reason);
        lf_json_put_time(&o.w, "created", items[i].created);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_allow_add(struct rq *r)
{
    lf_view value, reason = field(r, "reason");
    size_t withdrawn = 0;
    struct out o;

    LF_TRY(need(r, "value", &value));
    LF_TRY(lf_allow_add(r->t, value, reason.ptr ? reason : LF_V(""), &withdrawn, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "withdrawn", (int64_t)withdrawn);
    return end(r, &o, 201);
}

enum lf_code api_allow_del(struct rq *r)
{
    LF_TRY(lf_allow_del(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
