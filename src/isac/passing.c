#include "isac/passing.h"

#include "fmt/json.h"
#include "ident/node.h"
#include "isac/object_search.h"
#include "isac/rights.h"
#include "model/observable.h"
#include "store/query_intelligence.h"

struct said {
    struct lf_arena *a;
    struct one {
        lf_view origin, json, id, derived_from;
        bool over; /* withdrawn or expired */
    } * x;
    size_t n, cap;
};

static enum lf_code take_said(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct said *s = ctx;
    lf_view state = lf_row_text(r, 4);

    (void)e;
    s->x = lf_arena_grow(s->a, s->x, s->n, &s->cap, sizeof *s->x);
    s->x[s->n++] = (struct one){ .origin = lf_arena_copy(s->a, lf_row_text(r, 0)),
                                 .json = lf_arena_copy(s->a, lf_row_text(r, 1)),
                                 .id = lf_arena_copy(s->a, lf_row_text(r, 2)),
                                 .derived_from = lf_arena_copy(s->a, lf_row_text(r, 3)),
                                 .over = lf_view_is(state, "revoked") || lf_view_is(state, "expired") };
    return LF_OK;
}

/* This node's copy of a member's indicator says nothing of its own while that one is there: what holds is
 * how its source is marked now. */
static bool is_copy(const struct said *s, const struct one *x)
{
    for (size_t i = 0; i < s->n && x->derived_from.len; i++)
        if (s->x[i].origin.len && lf_view_eq(s->x[i].id, x->derived_from))
            return true;
    return false;
}

/* How a value is known to the writer. */
struct known {
    bool any, own;
    enum lf_tlp mildest; /* RED: by nothing that may leave the organisation's people */
};

static enum lf_code add(struct lf_task *t, lf_view origin, lf_view author, lf_view json, struct known *k,
                        struct lf_err *e)
{
    enum lf_tlp tlp = LF_TLP_NONE;
    const struct lf_json *tree;
    bool closed = true; /* one that cannot be read */

    if (lf_json_parse(t->a, json, NULL, &tree, NULL) == LF_OK)
        LF_TRY(lf_rights_strictest(t, origin, author, tree, &tlp, &closed, e));
    if (closed)
        tlp = LF_TLP_RED;
    k->mildest = k->any && k->mildest < tlp ? k->mildest : tlp;
    k->any = true;
    return LF_OK;
}

/* What peers gave, and this node's own. */
static enum lf_code by_indicators(struct lf_task *t, const struct lf_observable *o, struct known *k,
                                  struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct said s = { .a = t->a };
    struct lf_rights *rights;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_indicator_said_of_value,
                     LF_ARGS(LF_INT(o->kind), LF_TEXT(o->value)), take_said, &s, NULL, e));
    for (size_t i = 0; i < s.n; i++) {
        lf_view text, origin = s.x[i].origin;
        bool shown;

        if (!origin.len && !s.x[i].derived_from.len) { /* what was withdrawn or is over is no word for it */
            k->own |= !s.x[i].over;
            continue;
        }
        if (is_copy(&s, &s.x[i]))
            continue;
        LF_TRY(lf_rights_text(rights, origin, s.x[i].json, &text, &shown, e));
        if (shown)
            LF_TRY(add(t, origin, lf_rights_author(t, origin), s.x[i].json, k, e));
    }
    return LF_OK;
}

/* What lies in collections that the writer may read. */
static enum lf_code by_objects(struct lf_task *t, lf_view value, struct known *k, struct lf_err *e)
{
    enum { PAGES = 16 }; /* a page may be empty and have a next */
    const struct lf_object_query q = { .value = value };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    bool free = k->any && k->mildest == LF_TLP_NONE, late = false;
    size_t pages = 0;

    do {
        const struct lf_object_hit *hits;
        bool behind;
        size_t n;

        LF_TRY(lf_object_search(t, &q, &page, &n, &hits, &page.after, &behind, e));
        late |= behind;
        for (size_t i = 0; i < n && !free; i++) {
            const struct lf_object_version *v;
            size_t nv;
            bool more;

            LF_TRY(lf_object_versions(t, hits[i].o.id, 0, 1, &nv, &v, &more, e));
            if (nv)
                LF_TRY(add(t, v[0].origin, v[0].author, v[0].o.json, k, e));
            free = k->any && k->mildest == LF_TLP_NONE;
        }
    } while (page.after.len && !free && ++pages < PAGES);
    if (!free && (late || page.after.len)) /* who was not seen may have said it more strictly than nobody */
        return lf_err_set(
            e, LF_AWAY, "marking: not all that is known here of %.*s could be looked through now; try again",
            LF_FMT(lf_view_first(value, 200)));
    return LF_OK;
}

static enum lf_code check(struct lf_task *t, const struct lf_observable *o, enum lf_tlp label,
                          struct lf_err *e)
{
    struct known k = { 0 };

    LF_TRY(by_indicators(t, o, &k, e));
    if (!k.own && o->value.len <= LF_SEARCH_TEXT)
        LF_TRY(by_objects(t, o->value, &k, e));
    if (k.own || !k.any || (k.mildest <= label && k.mildest <= LF_TLP_AMBER))
        return LF_OK;
    if (k.mildest > LF_TLP_AMBER)
        return lf_err_set(
            e, LF_CONFLICT,
            "marking: %.*s is known here only by what goes to no other organisation (%s); if this "
            "node saw it itself, enter it as an indicator of its own first",
            LF_FMT(lf_view_first(o->value, 200)),
            k.mildest == LF_TLP_RED ? "TLP:RED, or a marking that is unknown or a group's"
                                    : lf_tlp_label(k.mildest));
    return lf_err_set(
        e, LF_CONFLICT,
        "marking: %.*s is known here only by what is marked %s; label the letter so, or more strictly",
        LF_FMT(lf_view_first(o->value, 200)), lf_tlp_label(k.mildest));
}

enum lf_code lf_passing_check(struct lf_task *t, lf_view text, enum lf_tlp label, struct lf_err *e)
{
    struct lf_observable o;
    lf_view host;

    if (!lf_observable_guess(text, &o.kind) || !lf_observable_text(t->a, o.kind, text, &o.value))
        return LF_OK; /* no value that an indicator could be of */
    LF_TRY(check(t, &o, label, e));
    if (o.kind != LF_OBS_URL)
        return LF_OK;
    host = lf_url_host(o.value);
    return host.len ? lf_passing_check(t, host, label, e) : LF_OK;
}
