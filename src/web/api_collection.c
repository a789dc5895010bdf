/* Collections: what TAXII serves, who may read it and who may write it. */
#include "ident/audit.h"
#include "isac/object.h"
#include "web/api_priv.h"

static void put_collection(struct lf_json_w *w, const struct lf_collection *c)
{
    lf_json_put_str(w, "id", c->id);
    lf_json_put_str(w, "alias", c->alias);
    put_text(w, "title", c->title);
    lf_json_put_str(w, "readers", c->readers);
    lf_json_put_str(w, "writers", c->writers);
    lf_json_put_time(w, "last_added", c->last_added);
}

enum lf_code api_collections(struct rq *r)
{
    const struct lf_collection *list;
    struct out o;
    size_t n;

    LF_TRY(lf_collection_all(r->t, &n, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_collection(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

static enum lf_code say(struct rq *r, int status, lf_view id)
{
    struct lf_collection c;
    struct out o;

    LF_TRY(lf_collection_find(r->t, id, &c, r->e));
    begin(&o);
    put_collection(&o.w, &c);
    return end(r, &o, status);
}

enum lf_code api_collection(struct rq *r)
{
    return say(r, 200, r->id);
}

/* Who changed what to what. */
static enum lf_code note(struct rq *r, const char *what, const struct lf_collection *c)
{
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "alias", c->alias);
    lf_json_put_str(&w, "readers", c->readers);
    lf_json_put_str(&w, "writers", c->writers);
    lf_json_close(&w);
    rc = lf_audit_add(r->t, lf_view_of(what), c->id, lf_buf_view(&b), r->e);
    lf_buf_clear(&b);
    return rc;
}

static lf_view or_else(lf_view given, lf_view otherwise)
{
    return given.ptr ? given : otherwise;
}

enum lf_code collection_add(struct rq *r, struct lf_collection *c)
{
    LF_TRY(lf_collection_make(r->t, c->alias, c->title, c->readers, c->writers, &c->id, r->e));
    return note(r, "collection.create", c);
}

enum lf_code collection_change(struct rq *r, const struct lf_collection *c)
{
    LF_TRY(lf_collection_change(r->t, c, r->e));
    return note(r, "collection.change", c);
}

enum lf_code collection_remove(struct rq *r, bool *left)
{
    struct lf_collection c;

    LF_TRY(lf_collection_find(r->t, r->id, &c, r->e));
    LF_TRY(lf_collection_remove(r->t, r->id, left, r->e));
    return note(r, "collection.remove", &c);
}

enum lf_code api_collection_add(struct rq *r)
{
    struct lf_collection c = { .title = or_else(field(r, "title"), LF_V("")),
                               .readers = or_else(field(r, "readers"), LF_V("")),
                               .writers = or_else(field(r, "writers"), LF_V("")) };

    LF_TRY(need(r, "alias", &c.alias));
    LF_TRY(collection_add(r, &c));
    return say(r, 201, c.id);
}

enum lf_code api_collection_set(struct rq *r)
{
    struct lf_collection c;

    LF_TRY(lf_collection_find(r->t, r->id, &c, r->e));
    c.title = or_else(field(r, "title"), c.title);
    c.readers = or_else(field(r, "readers"), c.readers);
    c.writers = or_else(field(r, "writers"), c.writers);
    LF_TRY(collection_change(r, &c));
    return say(r, 200, c.id);
}

enum lf_code api_collection_remove(struct rq *r)
{
    bool left;

    LF_TRY(collection_remove(r, &left));
    return left ? say(r, 202, r->id) : answer_empty(r, 204);
}
