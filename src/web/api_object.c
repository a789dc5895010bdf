/* Stored STIX objects: searched, one by one, what is around one, what was done with it, and how far it is
 * believed. */
#include "fmt/stix.h"
#include "fmt/uri.h"
#include "ident/account.h"
#include "isac/grade.h"
#include "isac/object_graph.h"
#include "isac/trail.h"
#include "web/api_priv.h"

enum { ANSWER_MOST = 32 << 20 };

static const char *const fields[] = { "q",         "value", "name",       "type", "source", "marking",
                                      "technique", "ref",   "collection", "from", "to",     "grade" };

enum lf_code object_query_of(struct rq *r, struct lf_object_query *out)
{
    lf_view from = lf_view_trim(query(r, "from")), to = lf_view_trim(query(r, "to"));
    struct lf_object_query q = {
        .words = lf_view_trim(query(r, "q")),
        .value = lf_view_trim(query(r, "value")),
        .name = lf_view_trim(query(r, "name")),
        .type = lf_view_trim(query(r, "type")),
        .source = lf_view_trim(query(r, "source")),
        .marking = lf_view_trim(query(r, "marking")),
        .technique = lf_view_trim(query(r, "technique")),
        .ref = lf_view_trim(query(r, "ref")),
        .collection = lf_view_trim(query(r, "collection")),
        .grade = lf_view_trim(query(r, "grade")),
    };

    if (from.len)
        LF_TRY(lf_alert_when(r->t, from, false, &q.from, r->e));
    if (to.len)
        LF_TRY(lf_alert_when(r->t, to, true, &q.to, r->e));
    *out = q;
    return LF_OK;
}

lf_view object_query_link(struct rq *r)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 64 << 10);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lf_view v = lf_view_trim(query(r, fields[i]));

        if (!v.len)
            continue;
        lf_buf_printf(&b, "&%s=", fields[i]);
        lf_uri_encode(&b, v);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void put_version(struct lf_json_w *w, const struct lf_object *o)
{
    char text[LF_TIME_TEXT];

    if (o->version_at)
        lf_json_put_str(w, "version", lf_stix_micro(o->version_at, text));
    lf_json_put_str(w, "added", lf_stix_micro(o->added, text));
}

enum lf_code api_objects(struct rq *r)
{
    const struct lf_object_hit *hits;
    struct lf_object_query q;
    struct lf_page page;
    lf_view next;
    bool behind;
    struct out o;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(object_query_of(r, &q));
    LF_TRY(lf_object_search(r->t, &q, &page, &n, &hits, &next, &behind, r->e));
    begin_list(&o, ANSWER_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *tree;

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", hits[i].o.id);
        lf_json_put_str(&o.w, "type", hits[i].o.type);
        if (lf_json_parse(r->t->a, hits[i].o.json, NULL, &tree, NULL) == LF_OK)
            put_text(&o.w, "name", lf_json_str(tree, "name"));
        put_version(&o.w, &hits[i].o);
        lf_json_put_str(&o.w, "collection", hits[i].collection);
        put_text(&o.w, "alias", hits[i].alias);
        lf_json_put_raw(&o.w, "object", hits[i].o.json);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    put_text(&o.w, "next", next);
    if (behind) /* so much was handed in just now */
        lf_json_put_bool(&o.w, "behind", true);
    return end(r, &o, 200);
}

static lf_view who(struct rq *r, lf_view id)
{
    struct lf_account a;

    return lf_account_colleague(r->t, id, &a, NULL) == LF_OK ? a.name : id;
}

/* What counts for it, and who said so of what. */
static enum lf_code put_grade(struct rq *r, struct lf_json_w *w, lf_view id, lf_view json)
{
    const struct lf_json *tree;
    struct lf_grade own, now;
    char text[3] = "";

    LF_TRY(lf_json_parse(r->t->a, json, &(struct lf_json_limits){ .depth = 512 }, &tree, r->e));
    LF_TRY(lf_grade_get(r->t, id, &own, r->e));
    LF_TRY(lf_grade_of(r->t, id, lf_json_str(tree, "created_by_ref"), &now, r->e));
    if (!now.letter && !now.digit)
        return LF_OK;
    if (now.letter)
        text[0] = now.letter;
    text[now.letter ? 1 : 0] = now.digit;
    lf_json_begin(w, "grade", '{');
    lf_json_put_cstr(w, "grade", text);
    lf_json_put_bool(w, "own", own.id.len > 0);
    if (own.id.len) {
        put_text(w, "note", own.note);
        lf_json_put_str(w, "by", who(r, own.account));
        lf_json_put_time(w, "at", own.at);
    }
    lf_json_close(w);
    return LF_OK;
}

static enum lf_code before_of(struct rq *r, lf_time *out)
{
    lf_view before = query(r, "before");

    *out = 0;
    if (before.len && lf_stix_time(before, out, NULL) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "before: give the time of a version, as versions have it");
    return LF_OK;
}

enum lf_code api_object(struct rq *r)
{
    const struct lf_object_version *v;
    lf_time before;
    enum lf_code rc;
    struct out o;
    bool more;
    size_t n;

    LF_TRY(before_of(r, &before));
    LF_TRY(lf_object_versions(r->t, r->id, before, 1, &n, &v, &more, r->e));
    begin_most(&o, ANSWER_MOST);
    lf_json_put_str(&o.w, "id", v[0].o.id);
    lf_json_put_raw(&o.w, "object", v[0].o.json);
    rc = put_grade(r, &o.w, v[0].o.id, v[0].o.json);
    if (rc != LF_OK) {
        lf_buf_clear(&o.b);
        return rc;
    }
    lf_json_begin(&o.w, "versions", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_version(&o.w, &v[i].o);
        lf_json_put_str(&o.w, "collection", v[i].collection);
        put_text(&o.w, "alias", v[i].alias);
        put_text(&o.w, "peer", v[i].origin);
        put_text(&o.w, "by", v[i].author);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    if (more)
        lf_json_put_bool(&o.w, "more", true);
    return end(r, &o, 200);
}

/* ---- what was done with it ---- */

enum { HISTORY = 200 };

static void put_arrival(struct rq *r, struct lf_json_w *w, const struct lf_object_version *v)
{
    lf_json_open(w, '{');
    lf_json_put_time(w, "at", v->o.added);
    lf_json_put_cstr(w, "what", "object.version");
    if (v->author.len)
        lf_json_put_str(w, "by", who(r, v->author));
    put_text(w, "peer", v->origin);
    put_version(w, &v->o);
    put_text(w, "collection", v->alias.len ? v->alias : v->collection);
    lf_json_close(w);
}

static void put_act(struct rq *r, struct lf_json_w *w, const struct lf_audit_entry *a)
{
    lf_json_open(w, '{');
    lf_json_put_time(w, "at", a->time);
    lf_json_put_str(w, "what", a->action);
    lf_json_put_str(w, "by", who(r, a->account));
    if (a->withheld)
        lf_json_put_bool(w, "withheld", true);
    if (a->detail.len && may(r, AUDIT)) /* it may name what others may not read */
        lf_json_put_raw(w, "detail", a->detail);
    lf_json_close(w);
}

static bool later(const struct lf_object_version *a, const struct lf_object_version *b)
{
    return a->o.added > b->o.added;
}

/* Versions and acts, newest first.  Of what was deleted everywhere the acts stay, for those who read the
 * audit trail; to all others it is as if it had never been. */
enum lf_code api_object_history(struct rq *r)
{
    const struct lf_object_version *v = NULL, **order;
    struct lf_audit_list acts;
    lf_time before;
    size_t n = 0, i = 0, k = 0;
    bool more = false, stored;
    struct out o;
    enum lf_code rc;

    LF_TRY(before_of(r, &before));
    rc = lf_object_versions(r->t, r->id, before, 0, &n, &v, &more, r->e);
    if (rc == LF_NOT_FOUND && may(r, AUDIT)) {
        LF_TRY(lf_object_stored(r->t, r->id, &stored, r->e));
        rc = stored ? rc : LF_OK;
    }
    if (rc != LF_OK)
        return rc;
    LF_TRY(lf_trail_of(r->t, r->id, HISTORY, &acts, r->e));
    if (!n && !acts.count)
        return lf_err_set(r->e, LF_NOT_FOUND, "no object of this id is there for you");
    order = LF_NEW(r->t->a, const struct lf_object_version *, n + 1);
    for (size_t at = 0; at < n; at++) { /* by when they came, which is not by their version */
        size_t to = at;

        for (; to && later(&v[at], order[to - 1]); to--)
            order[to] = order[to - 1];
        order[to] = &v[at];
    }
    begin_list(&o, ANSWER_MOST);
    while (i < n || k < acts.count) {
        if (k == acts.count || (i < n && order[i]->o.added >= acts.item[k].time))
            put_arrival(r, &o.w, order[i++]);
        else
            put_act(r, &o.w, &acts.item[k++]);
    }
    lf_json_close(&o.w);
    if (more || acts.count == HISTORY)
        lf_json_put_bool(&o.w, "more", true);
    return end(r, &o, 200);
}

/* ---- grades ---- */

enum lf_code api_object_grade(struct rq *r)
{
    lf_view grade;

    LF_TRY(need(r, "grade", &grade));
    LF_TRY(lf_grade_set(r->t, r->id, grade, lf_view_some(field(r, "note")), r->e));
    return answer_empty(r, 204);
}

enum lf_code api_object_ungrade(struct rq *r)
{
    LF_TRY(lf_grade_forget(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code object_graph_of(struct rq *r, lf_view id, struct lf_graph *out)
{
    lf_view depth = query(r, "depth"), limit = query(r, "limit");
    uint64_t d = 1, n = LF_GRAPH_USUAL;

    if (depth.len && (!lf_view_u64(depth, &d) || d > LF_GRAPH_DEPTH))
        return lf_err_set(r->e, LF_BAD_INPUT, "depth is a number from 0 to %d", LF_GRAPH_DEPTH);
    if (limit.len && (!lf_view_u64(limit, &n) || n < 1 || n > LF_GRAPH_NODES))
        return lf_err_set(r->e, LF_BAD_INPUT, "limit is a number from 1 to %d", LF_GRAPH_NODES);
    return lf_object_graph(r->t, id, (unsigned)d, (size_t)n, out, r->e);
}

enum lf_code api_object_graph(struct rq *r)
{
    struct lf_graph g;
    struct out o;

    LF_TRY(object_graph_of(r, r->id, &g));
    begin(&o);
    lf_json_begin(&o.w, "nodes", '[');
    for (size_t i = 0; i < g.n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "id", g.nodes[i].id);
        lf_json_put_str(&o.w, "type", g.nodes[i].type);
        put_text(&o.w, "name", lf_view_first(g.nodes[i].name, 4096));
        lf_json_put_int(&o.w, "depth", (int64_t)g.nodes[i].depth);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "edges", '[');
    for (size_t i = 0; i < g.nedges; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "from", g.nodes[g.edges[i].from].id);
        lf_json_put_str(&o.w, "to", g.nodes[g.edges[i].to].id);
        lf_json_put_str(&o.w, "label", lf_view_first(g.edges[i].label, 256));
        put_text(&o.w, "via", g.edges[i].via);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_put_bool(&o.w, "cut", g.cut);
    return end(r, &o, 200);
}
