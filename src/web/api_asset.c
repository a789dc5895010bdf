/* Assets: what this centre looks after, and how much it matters. */
#include "soc/asset.h"
#include "web/api_priv.h"

enum lf_code asset_set(struct rq *r, lf_view name)
{
    struct lf_asset in = { .name = name,
                           .addresses = field(r, "addresses"),
                           .owner = field(r, "owner"),
                           .note = field(r, "note"),
                           .weight = LF_ASSET_USUAL };
    lf_view weight = field(r, "weight");
    int64_t n;

    if (weight.len) {
        if (!lf_view_i64(weight, &n) || n < 1 || n > LF_ASSET_HEAVIEST)
            return lf_err_set(r->e, LF_BAD_INPUT, "weight is from 1 to %d, not \"%.*s\"", LF_ASSET_HEAVIEST,
                              LF_FMT(weight));
        in.weight = (int)n;
    }
    return lf_asset_set(r->t, &in, r->e);
}

enum lf_code api_assets(struct rq *r)
{
    struct lf_asset *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_asset_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        lf_asset_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

enum lf_code api_asset(struct rq *r)
{
    struct lf_asset one;
    struct lf_buf b;
    struct lf_json_w w;

    LF_TRY(lf_asset_get(r->t, r->id, &one, r->e));
    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    lf_asset_json(&w, &one);
    return answer_json(r, 200, &b);
}

enum lf_code api_asset_set(struct rq *r)
{
    LF_TRY(asset_set(r, r->id));
    return api_asset(r);
}

enum lf_code api_asset_remove(struct rq *r)
{
    LF_TRY(lf_asset_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_asset_import(struct rq *r)
{
    struct out o;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_asset_import(r->t, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "assets", (int64_t)n);
    return end(r, &o, 200);
}
