/* The JSON API's part on networks and the sources of attacks. */
#include "cert/network.h"
#include "cert/referral.h"
#include "web/api_priv.h"

static void put_fields(struct lf_json_w *w, const struct lf_network *x)
{
    put_text(w, "address", x->address);
    lf_json_put_cstr(w, "side", lf_network_side_name(x->side));
    put_text(w, "country", x->country);
    put_text(w, "network", x->network);
    put_text(w, "operator", x->operator);
    put_text(w, "abuse", x->abuse);
}

enum lf_code api_network(struct rq *r)
{
    struct lf_network x = { 0 };
    struct out o;
    int64_t n;

    if (query(r, "address").len)
        LF_TRY(lf_network_find(r->t, query(r, "address"), &x, r->e));
    LF_TRY(lf_network_count(r->t, &n, r->e));
    begin(&o);
    if (query(r, "address").len)
        put_fields(&o.w, &x);
    lf_json_put_int(&o.w, "networks", n);
    return end(r, &o, 200);
}

enum lf_code api_network_list(struct rq *r)
{
    const struct lf_network *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_network_list(r->t, &page, &n, &list, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_fields(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_network_set(struct rq *r)
{
    lf_view csv, home = lf_view_some(field(r, "home"));
    struct out o;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_network_set(r->t, csv, home.len ? home : LF_V("TW"), &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "rows", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_sources(struct rq *r)
{
    const struct lf_network *list;
    struct lf_incident_full x;
    struct out o;
    size_t n;

    LF_TRY(lf_incident_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_network_of(r->t, &x, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_fields(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_source_refer(struct rq *r)
{
    struct lf_referral x = { 0 };
    struct lf_network of;
    lf_view address, id;
    lf_time at, due;

    LF_TRY(need(r, "address", &address));
    LF_TRY(moment_field(r, "at", &at));
    LF_TRY(moment_field(r, "due", &due));
    LF_TRY(lf_network_find(r->t, address, &of, r->e));
    LF_TRY(source_referral(r, &of, lf_view_some(field(r, "port")), at, &x));
    x.due = due;
    LF_TRY(lf_referral_add(r->t, &x, &id, r->e));
    return say_id(r, 201, id);
}
