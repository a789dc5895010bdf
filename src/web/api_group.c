/* The JSON API's part on sharing groups. */
#include "isac/group.h"

#include "web/api_priv.h"

static void put_group(struct lf_json_w *w, const struct lf_group *g)
{
    lf_json_put_str(w, "id", g->id);
    lf_json_put_str(w, "name", g->name);
    lf_json_put_str(w, "marking", g->marking);
    lf_json_put_time(w, "created", g->created);
    lf_json_begin(w, "members", '[');
    for (size_t i = 0; i < g->nmembers; i++)
        lf_json_put_str(w, NULL, g->members[i]);
    lf_json_close(w);
}

enum lf_code api_groups(struct rq *r)
{
    const struct lf_group *items;
    struct out o;
    size_t n;

    LF_TRY(lf_group_list(r->t, &n, &items, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_group(&o.w, &items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_group(struct rq *r)
{
    struct lf_group g;
    struct out o;

    LF_TRY(lf_group_get(r->t, r->id, &g, r->e));
    begin(&o);
    put_group(&o.w, &g);
    return end(r, &o, 200);
}

enum lf_code api_group_add(struct rq *r)
{
    struct lf_group g;
    lf_view name, id;
    struct out o;

    LF_TRY(need(r, "name", &name));
    LF_TRY(lf_group_create(r->t, name, &id, r->e));
    LF_TRY(lf_group_get(r->t, id, &g, r->e));
    begin(&o);
    put_group(&o.w, &g);
    return end(r, &o, 201);
}

enum lf_code api_group_delete(struct rq *r)
{
    LF_TRY(lf_group_delete(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_group_member(struct rq *r)
{
    lf_view member;

    LF_TRY(need(r, "member", &member));
    LF_TRY(lf_group_add(r->t, r->id, member, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_group_remove(struct rq *r)
{
    lf_view member;

    LF_TRY(need(r, "member", &member));
    LF_TRY(lf_group_remove(r->t, r->id, lf_view_trim(member), r->e));
    return answer_empty(r, 204);
}
