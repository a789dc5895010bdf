/* Saved searches: kept, asked again, asked by a clock. */
#include "soc/saved_search.h"

#include "soc/searches.h"
#include "web/api_priv.h"

/* A whole number from the JSON body, as a number or as text, or from the form; `otherwise` when
 * it is absent, empty or null. */
static enum lf_code whole(struct rq *r, const char *name, int64_t otherwise, int64_t *out)
{
    const struct lf_json *v = lf_json_get(r->json, lf_view_of(name));
    lf_view text = r->json ? lf_json_text(v) : field(r, name);

    *out = otherwise;
    if ((v && lf_json_kind(v) == LF_JSON_NULL) || lf_view_trim(text).len == 0)
        return LF_OK;
    if (!lf_view_i64(lf_view_trim(text), out) || *out < 0)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a whole number from 0", name);
    return LF_OK;
}

/* "5m", "1h", "1d", "300" (seconds), "300s". */
static enum lf_code span_of(struct rq *r, lf_view text, lf_time *out)
{
    static const char units[] = "smhd";
    static const lf_time ones[] = { LF_SECOND, LF_MINUTE, LF_HOUR, LF_DAY };
    lf_view v = lf_view_trim(text);
    lf_time one = LF_SECOND;
    int64_t n = 0;

    for (size_t i = 0; v.len && i < 4; i++)
        if (v.ptr[v.len - 1] == units[i]) {
            one = ones[i];
            v = lf_view_first(v, v.len - 1);
            break;
        }
    if (text.len && (!lf_view_i64(v, &n) || n < 0 || n > LF_SAVED_LONGEST / LF_SECOND))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"every\" is a time such as 5m, 1h or 1d; 0 or empty: never");
    *out = n * one;
    return LF_OK;
}

enum lf_code saved_search_put(struct rq *r, lf_view id, lf_view *out)
{
    const struct lf_json *shared = lf_json_get(r->json, LF_V("shared"));
    lf_view level = field(r, "level"), yes = field(r, "shared");
    struct lf_saved_search in = { .id = id, .level = LF_LEVEL_MEDIUM };
    int64_t every_s;

    LF_TRY(need(r, "name", &in.name));
    LF_TRY(need(r, "query", &in.query));
    in.name = lf_view_trim(in.name);
    in.from = lf_view_trim(field(r, "from"));
    in.to = lf_view_trim(field(r, "to"));
    in.shared = yes.len > 0 && !lf_view_is(yes, "no") && !lf_view_is(yes, "false") && !lf_view_is(yes, "0");
    if (shared && lf_json_kind(shared) != LF_JSON_STRING)
        in.shared = lf_json_kind(shared) == LF_JSON_TRUE;
    LF_TRY(span_of(r, field(r, "every"), &in.every));
    LF_TRY(whole(r, "every_s", in.every / LF_SECOND, &every_s));
    if (every_s > LF_SAVED_LONGEST / LF_SECOND)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"every_s\" is at most %lld",
                          (long long)(LF_SAVED_LONGEST / LF_SECOND));
    in.every = every_s * LF_SECOND;
    LF_TRY(whole(r, "more_than", LF_SAVED_NEVER, &in.more_than));
    LF_TRY(whole(r, "fewer_than", LF_SAVED_NEVER, &in.fewer_than));
    if (level.len && !lf_level_parse(level, &in.level))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "level is informational, low, medium, high or critical, not \"%.*s\"",
                          LF_FMT(lf_view_first(level, 40)));
    return lf_saved_search_put(r->t, &in, out, r->e);
}

static enum lf_code say(struct rq *r, lf_view id, int status)
{
    struct lf_saved_search s;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(lf_saved_search_get(r->t, id, &s, r->e));
    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    lf_saved_search_json(&w, &s);
    return answer_json(r, status, &b);
}

enum lf_code api_saved_searches(struct rq *r)
{
    struct lf_saved_search *items;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_saved_search_list(r->t, &page, &items, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        lf_saved_search_json(&o.w, &items[i]);
    return end_list(r, &o, next);
}

enum lf_code api_saved_search_add(struct rq *r)
{
    lf_view id;

    LF_TRY(saved_search_put(r, LF_V(""), &id));
    return say(r, id, 201);
}

enum lf_code api_saved_search(struct rq *r)
{
    return say(r, r->id, 200);
}

enum lf_code api_saved_search_set(struct rq *r)
{
    lf_view id;

    LF_TRY(saved_search_put(r, r->id, &id));
    return say(r, id, 200);
}

enum lf_code api_saved_search_remove(struct rq *r)
{
    LF_TRY(lf_saved_search_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* As the one who asks, with that one's rights and in that one's list. */
enum lf_code api_saved_search_run(struct rq *r)
{
    struct lf_saved_search s;
    lf_view id;

    if (!r->w->parts.searches)
        return lf_err_set(r->e, LF_AWAY, "this node has no search worker");
    LF_TRY(lf_saved_search_get(r->t, r->id, &s, r->e));
    LF_TRY(lf_searches_start(r->w->parts.searches, r->t, s.query, s.from, s.to, 0, false, &id, r->e));
    lf_http_add(r->out, "Location", lf_arena_printf(r->t->a, "/api/v1/searches/%.*s", LF_FMT(id)));
    return say_id(r, 201, id);
}
