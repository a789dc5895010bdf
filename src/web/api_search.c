/* The API of searches: long work, so a search is made, asked for news, and ended. */
#include "soc/searches.h"
#include "web/api_priv.h"

enum { HITS_MOST = 16 << 20, WAIT_MOST = 60, HITS_USUAL = 1000 };

/* An open end is left out. */
static void put_bound(struct lf_json_w *w, const char *key, lf_time t)
{
    char text[LF_TIME_TEXT];

    if (t > INT64_MIN && t < INT64_MAX)
        lf_json_put_str(w, key, lf_time_milli(t, text));
}

static void put_search(struct lf_json_w *w, const struct lf_search_view *v)
{
    const struct lf_search_progress *p = &v->progress;

    lf_json_put_str(w, "id", v->id);
    lf_json_put_cstr(w, "state", lf_search_state_name(v->state));
    lf_json_put_str(w, "query", v->query);
    put_bound(w, "from", v->from);
    put_bound(w, "to", v->to);
    lf_json_put_time(w, "created", v->created);
    lf_json_put_bool(w, "oldest_first", v->oldest_first);
    lf_json_put_bool(w, "limited", v->full);
    lf_json_begin(w, "progress", '{');
    lf_json_put_int(w, "blocks", (int64_t)p->blocks);
    lf_json_put_int(w, "blocks_done", (int64_t)p->blocks_done);
    lf_json_put_int(w, "blocks_passed", (int64_t)p->blocks_passed);
    lf_json_put_int(w, "bytes", (int64_t)p->text);
    lf_json_put_int(w, "events", (int64_t)p->events);
    lf_json_put_int(w, "matched", (int64_t)p->matched);
    lf_json_put_int(w, "damaged", (int64_t)p->damaged);
    lf_json_close(w);
    lf_json_put_int(w, "found", (int64_t)v->nhits);
    if (v->error.len)
        lf_json_put_str(w, "error", v->error);
    if (v->damage.len)
        lf_json_put_str(w, "damage", v->damage);
}

static enum lf_code there(struct rq *r)
{
    if (!r->w->parts.searches)
        return lf_err_set(r->e, LF_AWAY, "this node has no search worker");
    return LF_OK;
}

enum lf_code api_searches(struct rq *r)
{
    struct lf_search_view *v;
    struct out o;
    size_t n;

    LF_TRY(there(r));
    LF_TRY(lf_searches_list(r->w->parts.searches, r->t, &v, &n, r->e));
    begin_list(&o, HITS_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_search(&o.w, &v[i]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_search_start(struct rq *r)
{
    lf_view query, from = field(r, "from"), to = field(r, "to"), id;
    const struct lf_json *given = lf_json_get(r->json, LF_V("limit"));
    int64_t limit = 0;

    LF_TRY(there(r));
    LF_TRY(need(r, "query", &query));
    if (given && (!lf_json_int(r->json, "limit", &limit) || limit < 1 || limit > LF_SEARCHES_HITS))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"limit\" is a number from 1 to %d", LF_SEARCHES_HITS);
    LF_TRY(lf_searches_start(r->w->parts.searches, r->t, query, from, to, (size_t)limit,
                             lf_json_bool(r->json, "oldest_first", false), &id, r->e));
    lf_http_add(r->out, "Location", lf_arena_printf(r->t->a, "/api/v1/searches/%.*s", LF_FMT(id)));
    return say_id(r, 201, id);
}

static enum lf_code number_of(const struct rq *r, const char *name, uint64_t most, uint64_t *out)
{
    lf_view v = query(r, name);

    if (v.ptr && (!lf_view_u64(v, out) || *out > most))
        return lf_err_set(r->e, LF_BAD_INPUT, "%s is a number from 0 to %llu", name,
                          (unsigned long long)most);
    return LF_OK;
}

enum lf_code api_search(struct rq *r)
{
    uint64_t after = 0, wait = 0, limit = HITS_USUAL;
    lf_time now = lf_tick(r->t->env);
    struct lf_search_view v;
    struct out o;
    size_t to;

    LF_TRY(there(r));
    LF_TRY(number_of(r, "after", UINT32_MAX, &after));
    LF_TRY(number_of(r, "wait", WAIT_MOST, &wait));
    LF_TRY(number_of(r, "limit", LF_SEARCHES_HITS, &limit));
    LF_TRY(lf_searches_get(r->w->parts.searches, r->t, r->id, &v, r->e));
    if (v.state == LF_SEARCH_RUNNING && v.nhits <= after && wait && (!r->waited || now < r->waited)) {
        r->out->wait_until = r->waited ? r->waited : now + (lf_time)wait * LF_SECOND;
        r->out->wait_search = true;
        return LF_OK;
    }
    after = after < v.nhits ? after : v.nhits;
    to = v.nhits - after < limit ? v.nhits : (size_t)(after + limit);
    begin_most(&o, HITS_MOST);
    put_search(&o.w, &v);
    lf_json_begin(&o.w, "hits", '[');
    for (size_t i = (size_t)after; i < to; i++)
        lf_json_put_raw(&o.w, NULL, v.hits[i]);
    lf_json_close(&o.w);
    /* Where to go on; the end is a state that is not "running" and no more hits. */
    lf_json_put_int(&o.w, "next", (int64_t)to);
    if (v.table.len)
        lf_json_put_raw(&o.w, "table", v.table);
    return end(r, &o, 200);
}

enum lf_code api_search_cancel(struct rq *r)
{
    LF_TRY(there(r));
    LF_TRY(lf_searches_cancel(r->w->parts.searches, r->t, r->id, r->e));
    return answer_empty(r, 204);
}
