/* Pages of stored intelligence: what there is by what it says, one object with all its versions, and what is
 * around it.  What each shows is isac/object_search.h's. */
#include "base/map.h"
#include "fmt/stix.h"
#include "fmt/uri.h"
#include "isac/feed.h"
#include "isac/object_graph.h"
#include "isac/present.h"
#include "model/marking.h"
#include "web/page_priv.h"

enum {
    COMPARED = 10, /* versions, each with the one before it */
    DRAWN = 60,    /* nodes of a picture; all are in the table */
    ROW = 36,
    COLUMN = 300,
    BOX = 250,
    LABEL = 30, /* characters in a box */
};

/* ---- what pages share ---- */

static lf_view link_to(struct rq *r, lf_view id)
{
    return path2(r, "/objects/", id, "");
}

lf_view collection_title(struct rq *r, lf_view title)
{
    size_t at = lf_view_find(title, LF_V(" / "));

    if (at == SIZE_MAX)
        return title;
    return r->lang == LF_LANG_EN ? lf_view_from(title, at + 3) : lf_view_first(title, at);
}

/* At most `n` characters. */
static lf_view cut(struct rq *r, lf_view v, size_t n)
{
    size_t i = 0;

    for (; i < v.len && n; n--)
        i += lf_utf8_len(v.ptr[i]);
    return i < v.len ? lf_arena_printf(r->t->a, "%.*s…", LF_FMT(lf_view_first(v, i))) : v;
}

static lf_view name_of(const struct lf_json *object)
{
    static const char *const names[] = { "name",    "value",   "path", "relationship_type",
                                         "subject", "user_id", "key",  "pattern" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lf_view v = lf_json_str(object, names[i]);

        if (v.len)
            return v;
    }
    return LF_V("");
}

static void put_marking(struct rq *r, struct lf_buf *b, lf_view ref)
{
    static const char *const words[] = { "",          "TLP:CLEAR",        "TLP:GREEN",
                                         "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED" };
    enum lf_tlp tlp = lf_tlp_of(ref);

    if (tlp == LF_TLP_NONE)
        lf_html(b, "<a href=\"%\"><code>%</code></a> ", V(link_to(r, ref)), V(ref));
    else
        badge(b,
              tlp == LF_TLP_RED     ? "bad"
              : tlp >= LF_TLP_AMBER ? "warn"
              : tlp == LF_TLP_GREEN ? "good"
                                    : "",
              "◆", lf_view_of(words[tlp]));
}

static void put_markings(struct rq *r, struct lf_buf *b, const struct lf_json *object)
{
    const struct lf_json *refs = lf_json_get(object, LF_V("object_marking_refs"));
    size_t n = lf_json_items(refs);

    for (size_t i = 0; i < n && lf_json_kind(refs) == LF_JSON_ARRAY; i++) {
        put_marking(r, b, lf_json_text(lf_json_item(refs, i)));
        lf_html(b, " ");
    }
    if (lf_json_items(lf_json_get(object, LF_V("granular_markings"))))
        lf_html(b, "<span class=\"quiet\">%</span>", T(O_PARTS_MARKED));
    else if (!n)
        lf_html(b, "<span class=\"quiet\">%</span>", T(O_UNMARKED));
}

/* ---- the search ---- */

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\" maxlength=\"512\" "
            "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(lf_view_some(query(r, name))));
}

static void put_choice(struct lf_buf *b, lf_view value, lf_view word, lf_view chosen)
{
    lf_html(b, "<option value=\"%\"%>%</option>", V(value),
            LF_RAW(lf_view_eq(value, chosen) ? LF_V(" selected") : LF_V("")), V(word));
}

static void put_form(struct rq *r, struct lf_buf *b, const struct lf_collection *c, size_t n)
{
    static const char *const tlp[] = { "tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red" };
    static const char *const rest[] = { "name",    "type",       "source", "technique", "ref",
                                        "marking", "collection", "from",   "to" };
    lf_view marking = lf_view_some(query(r, "marking")), collection = lf_view_some(query(r, "collection"));
    bool open = false, known = !marking.len || lf_view_is(marking, "none");

    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        open |= lf_view_trim(query(r, rest[i])).len > 0;
    lf_html(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/objects\" "
               "role=\"search\"><div class=\"row\">");
    put_input(r, b, "value", LF_T_O_VALUE);
    put_input(r, b, "q", LF_T_O_WORDS);
    lf_html(b,
            "<p><button>%</button></p></div><p class=\"hint\">%</p><details%><summary>%</summary><div "
            "class=\"row\">",
            T(SEARCH_DO), T(O_HINT), LF_RAW(open ? LF_V(" open") : LF_V("")), T(O_MORE));
    put_input(r, b, "name", LF_T_O_NAME);
    put_input(r, b, "type", LF_T_O_TYPE);
    put_input(r, b, "source", LF_T_O_SOURCE);
    put_input(r, b, "technique", LF_T_O_TECHNIQUE);
    put_input(r, b, "ref", LF_T_O_REF);
    lf_html(b, "<p><label for=\"marking\">%</label><select id=\"marking\" name=\"marking\">", T(O_MARKING));
    put_choice(b, LF_V(""), text(r, LF_T_O_ANY), marking);
    for (size_t i = 0; i < sizeof tlp / sizeof *tlp; i++) {
        put_choice(b, lf_view_of(tlp[i]), lf_view_of(tlp[i]), marking);
        known |= lf_view_is(marking, tlp[i]);
    }
    put_choice(b, LF_V("none"), text(r, LF_T_O_UNMARKED), marking);
    if (!known)
        put_choice(b, marking, marking, marking);
    lf_html(
        b,
        "</select></p><p><label for=\"collection\">%</label><select id=\"collection\" name=\"collection\">",
        T(O_COLLECTION));
    put_choice(b, LF_V(""), text(r, LF_T_O_ANY), collection);
    for (size_t i = 0; i < n; i++)
        if (c[i].can_read)
            put_choice(b, c[i].alias, collection_title(r, c[i].title), collection);
    lf_html(b, "</select></p>");
    put_input(r, b, "from", LF_T_O_FROM);
    put_input(r, b, "to", LF_T_SEARCH_TO);
    lf_html(b, "</div><p class=\"hint\">%</p></details></form></section>", T(SEARCH_TIME_HINT));
}

void put_object_table(struct rq *r, struct lf_buf *b, const struct lf_object_hit *h, size_t n)
{
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th>"
            "<th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(O_CAPTION), T(NAME), T(O_TYPE), T(O_MARKING), T(VERSION), T(O_COLLECTION));
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *tree = NULL;
        lf_view name, language;

        if (lf_json_parse(r->t->a, h[i].o.json, NULL, &tree, NULL) != LF_OK)
            continue;
        name = name_of(tree);
        language = lf_json_str(tree, "pattern_type");
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a>", T(NAME),
                V(link_to(r, h[i].o.id)), V(cut(r, name.len ? name : h[i].o.id, 200)));
        if (lf_json_bool(tree, "revoked", false)) {
            lf_html(b, " ");
            badge(b, "", "–", text(r, LF_T_O_REVOKED));
        }
        lf_html(b,
                "<br><small class=\"quiet\">%</small></span></td><td data-label=\"%\">%</td><td "
                "data-label=\"%\"><span>",
                V(h[i].o.id), T(O_TYPE),
                V(language.len && !lf_view_is(language, "stix")
                      ? lf_arena_printf(r->t->a, "%.*s (%.*s)", LF_FMT(h[i].o.type), LF_FMT(language))
                      : h[i].o.type),
                T(O_MARKING));
        put_markings(r, b, tree);
        lf_html(b, "</span></td><td data-label=\"%\">", T(VERSION));
        put_when(r, b, h[i].o.version_at ? h[i].o.version_at : h[i].o.added);
        lf_html(b, "</td><td data-label=\"%\">%</td></tr>", T(O_COLLECTION), V(h[i].alias));
    }
    lf_html(b, "</tbody></table>");
}

static void put_collections(struct rq *r, struct lf_buf *b, const struct lf_collection *c, size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%"
            "</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
            T(O_COLLECTIONS), T(O_COLLECTIONS_CAPTION), T(O_COLLECTION), T(O_LAST_ADDED), T(O_EXPORT));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>", T(O_COLLECTION));
        if (c[i].can_read)
            lf_html(b, "<a href=\"/objects?collection=%\">%</a>", V(c[i].alias),
                    V(collection_title(r, c[i].title)));
        else
            lf_html(b, "%", V(collection_title(r, c[i].title)));
        lf_html(b, "<br><small class=\"quiet\"><code>%</code></small></span></td><td data-label=\"%\">",
                V(c[i].alias), T(O_LAST_ADDED));
        if (c[i].can_read)
            put_when(r, b, c[i].last_added);
        lf_html(b, "</td><td data-label=\"%\"><span>", T(O_EXPORT));
        if (c[i].can_read && may(r, JUDGE))
            lf_html(b,
                    "<a href=\"/exchange?format=stix&amp;collection=%\">STIX</a> · <a "
                    "href=\"/exchange?format=misp&amp;collection=%\">MISP</a> · <a "
                    "href=\"/exchange?format=csv&amp;collection=%\">CSV</a>",
                    V(c[i].alias), V(c[i].alias), V(c[i].alias));
        lf_html(b, "</span></td></tr>");
    }
    lf_html(b, "</tbody></table><p><a href=\"/exchange\">%</a></p>", T(EXCHANGE));
    if (may(r, MANAGE))
        lf_html(b, "<p><a href=\"/collections\">%</a></p>", T(C_SEE));
    lf_html(b, "</section>");
}

enum lf_code page_objects(struct rq *r)
{
    const struct lf_object_hit *hits;
    const struct lf_collection *c;
    struct lf_object_query q;
    struct lf_page page;
    struct lf_buf b;
    size_t n, nc;
    lf_view next, more;
    bool behind;

    LF_TRY(page_of(r, &page));
    LF_TRY(object_query_of(r, &q));
    LF_TRY(lf_collection_list(r->t, &nc, &c, r->e));
    LF_TRY(lf_object_search(r->t, &q, &page, &n, &hits, &next, &behind, r->e));
    more = object_query_link(r);
    begin_page(r, &b, text(r, LF_T_NAV_OBJECTS), "/objects");
    lf_html(&b, "<h1>%</h1>", T(NAV_OBJECTS));
    put_form(r, &b, c, nc);
    if (behind)
        lf_html(&b, "<p class=\"say warn\" role=\"status\"><span aria-hidden=\"true\">◷</span> %</p>",
                T(O_BEHIND));
    lf_html(&b, "<section class=\"panel\">");
    if (n)
        put_object_table(r, &b, hits, n);
    else
        lf_html(&b, "<p class=\"empty\" role=\"status\">%</p>",
                V(text(r, next.len ? LF_T_O_GO_ON : LF_T_O_NOTHING)));
    lf_html(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, more), next);
    if (!more.len)
        put_collections(r, &b, c, nc);
    return end_page(r, &b, 200);
}

/* ---- one object ---- */

static void put_value(struct rq *r, struct lf_buf *b, lf_view key, const struct lf_json *v)
{
    bool flat = lf_json_kind(v) == LF_JSON_ARRAY;
    struct lf_buf raw;

    for (size_t i = 0; flat && i < lf_json_items(v); i++)
        flat = lf_json_kind(lf_json_item(v, i)) == LF_JSON_STRING;
    if (flat) {
        for (size_t i = 0; i < lf_json_items(v); i++) {
            if (i)
                lf_html(b, "<br>");
            put_value(r, b, key, lf_json_item(v, i));
        }
        return;
    }
    if (lf_json_kind(v) == LF_JSON_OBJECT || lf_json_kind(v) == LF_JSON_ARRAY) {
        lf_buf_init(&raw, 2 << 20);
        lf_json_write(&raw, v);
        lf_html(b, "<code class=\"wrap\">%</code>", V(lf_buf_view(&raw)));
        lf_buf_clear(&raw);
    } else if (lf_json_kind(v) == LF_JSON_STRING && lf_stix_id_ok(lf_json_text(v), NULL)) {
        lf_html(b, "<a href=\"%\"><code>%</code></a>", V(link_to(r, lf_json_text(v))), V(lf_json_text(v)));
    } else {
        lf_html(b, "<span class=\"lines\">%</span>", V(lf_json_text(v)));
    }
}

static void put_properties(struct rq *r, struct lf_buf *b, const struct lf_json *object)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\">", T(O_PROPERTIES));
    for (size_t i = 0; i < lf_json_members(object); i++) {
        lf_view key = lf_json_key(object, i);

        lf_html(b, "<dt><code>%</code></dt><dd>", V(key));
        if (lf_view_is(key, "object_marking_refs"))
            put_markings(r, b, object);
        else
            put_value(r, b, key, lf_json_member(object, i));
        lf_html(b, "</dd>");
    }
    lf_html(b, "</dl></section>");
}

static bool same_value(const struct lf_json *x, const struct lf_json *y)
{
    struct lf_buf a, b;
    bool same;

    lf_buf_init(&a, 2 << 20);
    lf_buf_init(&b, 2 << 20);
    lf_json_write(&a, x);
    lf_json_write(&b, y);
    same = lf_view_eq(lf_buf_view(&a), lf_buf_view(&b));
    lf_buf_clear(&a);
    lf_buf_clear(&b);
    return same;
}

/* The properties in which two versions differ; what the later one has not is struck. */
static void put_changes(struct rq *r, struct lf_buf *b, lf_view now, lf_view before)
{
    const struct lf_json *x, *y;
    bool any = false;

    if (lf_json_parse(r->t->a, now, NULL, &x, NULL) != LF_OK ||
        lf_json_parse(r->t->a, before, NULL, &y, NULL) != LF_OK)
        return;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < lf_json_members(pass ? y : x); i++) {
            lf_view key = lf_json_key(pass ? y : x, i);
            const struct lf_json *other = lf_json_get(pass ? x : y, key);

            if (lf_view_is(key, "modified") ||
                (pass ? other != NULL : other && same_value(lf_json_member(x, i), other)))
                continue;
            lf_html(b, "%<code>%</code>% ", LF_RAW(pass ? LF_V("<del>") : LF_V("")), V(key),
                    LF_RAW(pass ? LF_V("</del>") : LF_V("")));
            any = true;
        }
    if (!any)
        lf_html(b, "<span class=\"quiet\">%</span>", T(NONE));
}

static enum lf_code put_versions(struct rq *r, struct lf_buf *b, const struct lf_object_version *v, size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(O_HISTORY), T(O_HISTORY_CAPTION), T(VERSION), T(O_CHANGED), T(O_ADDED), T(O_BROUGHT_BY),
            T(O_COLLECTION));
    for (size_t i = 0; i < n; i++) {
        struct lf_peer peer;

        lf_html(b, "<tr><td data-label=\"%\">", T(VERSION));
        put_when(r, b, v[i].o.version_at);
        lf_html(b, "</td><td data-label=\"%\"><span class=\"wrap\">", T(O_CHANGED));
        if (i + 1 < n && i < COMPARED)
            put_changes(r, b, v[i].o.json, v[i + 1].o.json);
        else if (i + 1 < n)
            lf_html(b, "<span class=\"quiet\">%</span>", T(O_NOT_COMPARED));
        else
            lf_html(b, "<span class=\"quiet\">%</span>", T(O_FIRST_VERSION));
        lf_html(b, "</span></td><td data-label=\"%\">", T(O_ADDED));
        put_when(r, b, v[i].o.added);
        lf_html(b, "</td><td data-label=\"%\">", T(O_BROUGHT_BY));
        if (v[i].origin.len && lf_peer_get(r->t, v[i].origin, &peer, NULL) == LF_OK)
            lf_html(b, "%", V(peer.name));
        else if (v[i].author.len)
            lf_html(b, "%", V(account_name(r, v[i].author)));
        else
            lf_html(b, "<span class=\"quiet\">%</span>", T(O_NOT_TOLD));
        lf_html(b, "</td><td data-label=\"%\">%</td></tr>", T(O_COLLECTION), V(v[i].alias));
    }
    lf_html(b, "</tbody></table></section>");
    return LF_OK;
}

/* How sure its author is, how sure it is now, which feeds gave it, and what others think of it. */
static enum lf_code put_standing(struct rq *r, struct lf_buf *b, lf_view id, const struct lf_json *object)
{
    struct lf_provenance *from;
    struct lf_present present;
    int64_t confidence;
    enum lf_code rc;
    size_t n;

    rc = lf_feed_provenance(r->t, id, &n, &from, r->e);
    if (rc == LF_NOT_FOUND) /* no feed gave it */
        n = 0;
    else
        LF_TRY(rc);
    rc = lf_present_find(r->t, id, &present, r->e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd>", T(O_CONFIDENCE),
            T(C_SAID));
    if (lf_json_int(object, "confidence", &confidence))
        lf_html(b, "% <span class=\"quiet\">%</span></dd>", V(number(r, confidence)), T(C_OF_100));
    else
        lf_html(b, "<span class=\"quiet\">%</span></dd>", T(O_CONFIDENCE_NONE));
    if (rc == LF_OK)
        put_present(r, b, &present);
    lf_html(b, "</dl></section>");
    if (rc == LF_OK)
        LF_TRY(put_sightings(r, b, id));
    if (!n)
        return LF_OK;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(P_FROM));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>", T(P_FEED));
        if (may(r, JUDGE))
            lf_html(b, "<a href=\"/feeds\">%</a>", V(from[i].name));
        else
            lf_html(b, "%", V(from[i].name));
        lf_html(b, "</dd>");
        if (from[i].grade.len)
            lf_html(b, "<dt>%</dt><dd>%</dd>", T(FEED_GRADE), V(from[i].grade));
        lf_html(b, "<dt>%</dt><dd>", T(P_FIRST));
        put_when_zone(r, b, from[i].first);
        lf_html(b, "</dd><dt>%</dt><dd>", T(P_LAST));
        put_when_zone(r, b, from[i].at);
        if (from[i].ended) {
            lf_html(b, "</dd><dt>%</dt><dd>", T(FEED_ENDED));
            put_when_zone(r, b, from[i].ended);
        }
        lf_html(b, "</dd><dt>SHA-256</dt><dd class=\"wrap\"><code>%</code></dd></dl>", V(from[i].sha256));
    }
    lf_html(b, "</section>");
    return LF_OK;
}

static void put_edges(struct rq *r, struct lf_buf *b, const struct lf_graph *g)
{
    if (!g->nedges) {
        lf_html(b, "<p class=\"empty\">%</p>", T(O_NO_EDGES));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(O_EDGES_CAPTION), T(O_FROM_OBJECT), T(O_RELATION), T(O_TO_OBJECT));
    for (size_t i = 0; i < g->nedges; i++) {
        const struct lf_graph_edge *x = &g->edges[i];

        for (int side = 0; side < 2; side++) {
            const struct lf_graph_node *n = &g->nodes[side ? x->to : x->from];

            if (side) {
                lf_html(b, "<td data-label=\"%\">", T(O_RELATION));
                if (x->via.len)
                    lf_html(b, "<a href=\"%\">%</a></td>", V(link_to(r, x->via)), V(x->label));
                else
                    lf_html(b, "%</td>", V(x->label));
            }
            lf_html(b,
                    "%<td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a><br><small "
                    "class=\"quiet\">%</small>"
                    "</span></td>",
                    LF_RAW(side ? LF_V("") : LF_V("<tr>")),
                    V(text(r, side ? LF_T_O_TO_OBJECT : LF_T_O_FROM_OBJECT)), V(link_to(r, n->id)),
                    V(cut(r, n->name.len ? n->name : n->id, 120)), V(n->type));
        }
        lf_html(b, "</tr>");
    }
    lf_html(b, "</tbody></table>");
}

enum lf_code page_object(struct rq *r)
{
    const struct lf_object_version *v;
    const struct lf_json *object;
    struct lf_graph g;
    struct lf_buf b;
    lf_view name;
    enum lf_code rc;
    bool more;
    size_t n;

    LF_TRY(lf_object_versions(r->t, r->id, 0, COMPARED + 1, &n, &v, &more, r->e));
    LF_TRY(lf_json_parse(r->t->a, v[0].o.json, NULL, &object, r->e));
    LF_TRY(lf_object_graph(r->t, r->id, 1, LF_GRAPH_USUAL, &g, r->e));
    name = name_of(object);
    begin_page(r, &b, cut(r, name.len ? name : r->id, 60), "/objects");
    lf_html(&b, "<h1>%</h1><p>", V(cut(r, name.len ? name : r->id, 300)));
    badge(&b, "info", "○", v[0].o.type);
    lf_html(&b, " ");
    if (lf_json_bool(object, "revoked", false))
        badge(&b, "bad", "–", text(r, LF_T_O_REVOKED));
    lf_html(&b, " ");
    put_markings(r, &b, object);
    lf_html(&b, "</p><p><a href=\"%\">%</a> · <a href=\"%\">%</a></p>",
            V(path2(r, "/objects/", r->id, "/graph?depth=2")), T(O_GRAPH),
            V(path2(r, "/objects/", r->id, "/json")), T(O_DOWNLOAD));
    lf_html(&b, "<div class=\"two\"><div>");
    put_properties(r, &b, object);
    lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(O_AROUND));
    put_edges(r, &b, &g);
    if (g.cut)
        lf_html(&b, "<p class=\"quiet\">%</p>", T(O_CUT));
    lf_html(&b, "</section>");
    rc = put_versions(r, &b, v, n);
    if (rc == LF_OK)
        rc = put_object_acts(r, &b, r->id);
    lf_html(&b,
            "<details class=\"panel\"><summary>%</summary><pre tabindex=\"0\">%</pre></details></div><div>",
            T(O_RAW), V(v[0].o.json));
    if (rc == LF_OK)
        rc = put_grade(r, &b, r->id, object);
    if (rc == LF_OK)
        rc = put_standing(r, &b, r->id, object);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

/* All versions as a STIX bundle, to be kept as a file. */
enum lf_code page_object_json(struct rq *r)
{
    const struct lf_object_version *v;
    struct lf_buf b;
    enum lf_code rc;
    bool more;
    size_t n;

    LF_TRY(lf_object_versions(r->t, r->id, 0, LF_OBJECT_VERSIONS, &n, &v, &more, r->e));
    lf_buf_init(&b, 120 << 20);
    lf_buf_printf(&b, "{\"type\":\"bundle\",\"id\":\"bundle--%.*s\",\"objects\":[",
                  LF_FMT(lf_uuid_new(r->t->env, r->t->a)));
    for (size_t i = 0; i < n; i++) {
        if (i)
            lf_buf_byte(&b, ',');
        lf_buf_put(&b, v[i].o.json);
    }
    LF_PUT(&b, "]}\n");
    rc = lf_buf_done(&b, r->e);
    if (rc == LF_OK) {
        answer(r, 200, "application/stix+json;version=2.1", lf_arena_copy(r->t->a, lf_buf_view(&b)));
        lf_http_add(r->out, "Content-Disposition",
                    lf_arena_printf(r->t->a, "attachment; filename=\"%.*s.json\"", LF_FMT(v[0].o.id)));
    }
    lf_buf_clear(&b);
    return rc;
}

/* ---- the picture: a column a step ---- */

struct spot {
    int x, y;
};

static void put_picture(struct rq *r, struct lf_buf *b, const struct lf_graph *g)
{
    size_t n = g->n < DRAWN ? g->n : DRAWN;
    struct spot *at = LF_NEW(r->t->a, struct spot, n + 1);
    int count[LF_GRAPH_DEPTH + 1] = { 0 }, rows = 1, columns = 1;

    for (size_t i = 0; i < n; i++) {
        unsigned d = g->nodes[i].depth;

        at[i] = (struct spot){ (int)d * COLUMN + 4, count[d]++ * ROW + 4 };
        rows = count[d] > rows ? count[d] : rows;
        columns = (int)d + 1 > columns ? (int)d + 1 : columns;
    }
    lf_html(b,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%\"><svg class=\"graph\" "
            "width=\"%\" height=\"%\" "
            "viewBox=\"0 0 % %\" aria-hidden=\"true\" focusable=\"false\">",
            T(O_PICTURE), V(number(r, (columns - 1) * COLUMN + BOX + 8)), V(number(r, rows * ROW + 4)),
            V(number(r, (columns - 1) * COLUMN + BOX + 8)), V(number(r, rows * ROW + 4)));
    for (size_t i = 0; i < g->nedges; i++) {
        const struct lf_graph_edge *x = &g->edges[i];
        size_t from = x->from, to = x->to;
        bool same;

        if (from >= n || to >= n)
            continue;
        if (at[from].x > at[to].x) {
            from = x->to;
            to = x->from;
        }
        same = at[from].x == at[to].x;
        lf_html(b, "<path d=\"M% % C% % % % % %\"/>", V(number(r, at[from].x + BOX)),
                V(number(r, at[from].y + 14)), V(number(r, at[from].x + BOX + 40)),
                V(number(r, at[from].y + 14)), V(number(r, same ? at[to].x + BOX + 40 : at[to].x - 40)),
                V(number(r, at[to].y + 14)), V(number(r, same ? at[to].x + BOX : at[to].x)),
                V(number(r, at[to].y + 14)));
    }
    for (size_t i = 0; i < n; i++) {
        const struct lf_graph_node *x = &g->nodes[i];

        lf_html(b, "<rect x=\"%\" y=\"%\" width=\"%\" height=\"28\" rx=\"5\"/><text x=\"%\" y=\"%\">%</text>",
                V(number(r, at[i].x)), V(number(r, at[i].y)), V(number(r, BOX)), V(number(r, at[i].x + 8)),
                V(number(r, at[i].y + 19)),
                V(cut(r,
                      lf_arena_printf(r->t->a, "%.*s: %.*s", LF_FMT(x->type),
                                      LF_FMT(x->name.len ? x->name : x->id)),
                      LABEL)));
    }
    lf_html(b, "</svg></div>");
}

enum lf_code page_object_graph(struct rq *r)
{
    lf_view given = query(r, "depth");
    uint64_t depth = 1;
    struct lf_graph g;
    struct lf_buf b;
    lf_view name;

    LF_TRY(object_graph_of(r, r->id, &g));
    if (given.len)
        (void)lf_view_u64(given, &depth);
    name = g.nodes[0].name.len ? g.nodes[0].name : r->id;
    begin_page(r, &b, text(r, LF_T_O_GRAPH), "/objects");
    lf_html(&b, "<h1>%</h1><p><a href=\"%\">%</a></p><p class=\"row\">", T(O_GRAPH), V(link_to(r, r->id)),
            V(cut(r, name, 200)));
    for (unsigned d = 1; d <= LF_GRAPH_DEPTH; d++)
        lf_html(&b, "<a class=\"button%\" href=\"%\"%>%</a> ",
                LF_RAW(d == depth ? LF_V("") : LF_V(" second")),
                V(lf_arena_printf(r->t->a, "/objects/%.*s/graph?depth=%u", LF_FMT(r->id), d)),
                LF_RAW(d == depth ? LF_V(" aria-current=\"true\"") : LF_V("")),
                V(fill1(r, LF_T_O_STEPS, "n", number(r, d))));
    lf_html(&b, "</p>");
    if (g.cut)
        lf_html(&b, "<p class=\"say info\" role=\"status\"><span aria-hidden=\"true\">○</span> %</p>",
                T(O_CUT));
    lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(O_PICTURE));
    put_picture(r, &b, &g);
    lf_html(&b, "</section><section class=\"panel\"><h2>%</h2>", T(O_AROUND));
    put_edges(r, &b, &g);
    lf_html(&b, "</section>");
    return end_page(r, &b, 200);
}
