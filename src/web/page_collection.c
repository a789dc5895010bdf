/* Collections, as people see and change them: who reads and writes each, what came last, the quotas of
 * members, and how long objects are kept. */
#include "fmt/uri.h"
#include "isac/api_root.h"
#include "isac/lifetime.h"
#include "isac/object_search.h"
#include "isac/quota.h"
#include "web/page_priv.h"

enum {
    LISTED = 20, /* objects on a collection's page; the rest is behind its link */
    BOXES = 40,  /* nodes that are offered as boxes; more are named by their id */
};

struct peers {
    const struct lf_peer *v;
    size_t n;
};

static lf_view peer_word(struct rq *r, const struct lf_peer *p)
{
    return lf_arena_printf(r->t->a, "peer:%.*s", LF_FMT(p->id));
}

static lf_view peer_name(struct rq *r, const struct peers *peers, lf_view word)
{
    for (size_t i = 0; i < peers->n; i++)
        if (lf_view_eq(word, peer_word(r, &peers->v[i])))
            return peers->v[i].name.len ? peers->v[i].name : peers->v[i].url;
    return word;
}

/* Who is meant by a word of readers or writers. */
static lf_view who_text(struct rq *r, const struct peers *peers, lf_view word)
{
    if (lf_view_is(word, "share"))
        return text(r, LF_T_C_SHARE);
    if (lf_view_is(word, "children"))
        return text(r, LF_T_C_CHILDREN);
    if (lf_view_is(word, "public"))
        return text(r, LF_T_C_PUBLIC);
    return peer_name(r, peers, word);
}

static void put_who(struct rq *r, struct lf_buf *b, const struct peers *peers, lf_view words)
{
    lf_view one;
    bool any = false;

    while (words.len && lf_view_split(&words, ' ', &one))
        if (one.len) {
            lf_html(b, "%<br>", V(who_text(r, peers, one)));
            any = true;
        }
    if (!any)
        lf_html(b, "<span class=\"quiet\">%</span>", T(C_NOBODY));
}

static lf_view collection_link(struct rq *r, lf_view alias)
{
    return path2(r, "/collections/", alias, "");
}

/* ---- the form: boxes for each word ---- */

static bool has_word(lf_view words, lf_view word)
{
    lf_view one;

    while (words.len && lf_view_split(&words, ' ', &one))
        if (lf_view_eq(one, word))
            return true;
    return false;
}

static void put_box(struct rq *r, struct lf_buf *b, const char *name, lf_view word, lf_view label,
                    lf_view words)
{
    lf_html(b, "<label><input type=\"checkbox\" name=\"%\" value=\"yes\"%> %</label>",
            V(lf_arena_printf(r->t->a, "%s-%.*s", name, LF_FMT(word))),
            LF_RAW(has_word(words, word) ? LF_V(" checked") : LF_V("")), V(label));
}

static void put_boxes(struct rq *r, struct lf_buf *b, const char *name, enum lf_text legend,
                      const struct peers *peers, lf_view words)
{
    lf_html(b, "<fieldset><legend>%</legend>", V(text(r, legend)));
    put_box(r, b, name, LF_V("share"), text(r, LF_T_C_SHARE), words);
    put_box(r, b, name, LF_V("children"), text(r, LF_T_C_CHILDREN), words);
    if (legend == LF_T_C_READERS)
        put_box(r, b, name, LF_V("public"), text(r, LF_T_C_PUBLIC), words);
    for (size_t i = 0; i < peers->n; i++) {
        lf_view word = peer_word(r, &peers->v[i]);

        if (peers->n <= BOXES || has_word(words, word))
            put_box(r, b, name, word, peer_name(r, peers, word), words);
    }
    if (peers->n > BOXES)
        lf_html(b,
                "<p><label for=\"%-more\">%</label><input id=\"%-more\" name=\"%-more\" autocomplete=\"off\" "
                "spellcheck=\"false\"></p>",
                LF_HC(name), T(C_MORE_NODES), LF_HC(name), LF_HC(name));
    lf_html(b, "</fieldset>");
}

/* The words of what was ticked, of those that may be offered. */
static lf_view ticked(struct rq *r, const char *name, const struct peers *peers)
{
    const lf_view fixed[] = { LF_VIEW("share"), LF_VIEW("children"), LF_VIEW("public") };
    const size_t nfixed = sizeof fixed / sizeof *fixed;
    lf_view out = LF_V(""),
            more = lf_view_some(field(r, lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "%s-more", name)))),
            one;

    for (size_t i = 0; i < peers->n + nfixed; i++) {
        lf_view word = i < nfixed ? fixed[i] : peer_word(r, &peers->v[i - nfixed]);
        lf_view key = lf_arena_printf(r->t->a, "%s-%.*s", name, LF_FMT(word));

        if (field(r, lf_arena_cstr(r->t->a, key)).len)
            out = lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(out), out.len ? " " : "", LF_FMT(word));
    }
    while (more.len && lf_view_split(&more, ' ', &one))
        if (one.len)
            out = lf_arena_printf(r->t->a, "%.*s%speer:%.*s", LF_FMT(out), out.len ? " " : "", LF_FMT(one));
    return out;
}

static enum lf_code children_of(struct rq *r, struct peers *out)
{
    LF_TRY(lf_peer_list(r->t, &out->n, &out->v, r->e));
    return LF_OK;
}

/* ---- the list ---- */

static void put_list(struct rq *r, struct lf_buf *b, const struct peers *peers, const struct lf_collection *c,
                     size_t n)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(C_LIST), T(C_CAPTION), T(O_COLLECTION), T(C_READERS), T(C_WRITERS), T(O_LAST_ADDED));
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><span><a href=\"%\">%</a><br><small "
                "class=\"quiet\"><code>%</code></small></span></td><td data-label=\"%\"><span>",
                T(O_COLLECTION), V(collection_link(r, c[i].alias)),
                V(c[i].title.len ? collection_title(r, c[i].title) : c[i].alias), V(c[i].alias),
                T(C_READERS));
        put_who(r, b, peers, c[i].readers);
        lf_html(b, "</span></td><td data-label=\"%\"><span>", T(C_WRITERS));
        put_who(r, b, peers, c[i].writers);
        lf_html(b, "</span></td><td data-label=\"%\">", T(O_LAST_ADDED));
        put_when(r, b, c[i].last_added);
        lf_html(b, "</td></tr>");
    }
    lf_html(b, "</tbody></table></section>");
}

static void put_new(struct rq *r, struct lf_buf *b, const struct peers *peers)
{
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/collections\">",
            T(C_NEW));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"alias\">%</label><input id=\"alias\" name=\"alias\" required maxlength=\"64\" "
            "pattern=\"[a-z0-9][a-z0-9._\\-]*\" autocomplete=\"off\" autocapitalize=\"none\" "
            "spellcheck=\"false\" aria-describedby=\"alias-hint\"><span class=\"hint\" "
            "id=\"alias-hint\">%</span></p><p><label for=\"title\">%</label><input id=\"title\" "
            "name=\"title\" maxlength=\"400\" aria-describedby=\"title-hint\"><span class=\"hint\" "
            "id=\"title-hint\">%</span></p>",
            T(C_ALIAS), T(C_ALIAS_HINT), T(C_TITLE), T(C_TITLE_HINT));
    put_boxes(r, b, "readers", LF_T_C_READERS, peers, LF_V("share"));
    put_boxes(r, b, "writers", LF_T_C_WRITERS, peers, LF_V("share"));
    lf_html(b, "<p><button>%</button></p></form></section>", T(C_MAKE));
}

/* ---- quotas ---- */

static lf_view member_text(struct rq *r, const struct peers *peers, lf_view member)
{
    const lf_view account = LF_VIEW("account:");

    if (lf_view_is(member, "default"))
        return text(r, LF_T_Q_DEFAULT);
    if (lf_view_is(member, LF_QUOTA_PUBLIC))
        return text(r, LF_T_C_PUBLIC);
    if (lf_view_starts(member, account))
        return account_name(r, lf_view_from(member, account.len));
    return peer_name(r, peers, member);
}

static void put_amount(struct rq *r, struct lf_buf *b, enum lf_text label, bool with_used, int64_t used,
                       int64_t limit)
{
    lf_view most = limit ? number(r, limit) : text(r, LF_T_Q_NONE);

    lf_html(b, "<td data-label=\"%\">", V(text(r, label)));
    if (with_used)
        lf_html(b, "<span>% <span class=\"quiet\">/ %</span></span></td>", V(number(r, used)), V(most));
    else
        lf_html(b, "%</td>", V(most));
}

static void put_quota_list(struct rq *r, struct lf_buf *b, const struct peers *peers,
                           const struct lf_quota_row *q, size_t n)
{
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\"><span>%</span></th></tr></thead><tbody>",
            T(Q_CAPTION), T(Q_MEMBER), T(Q_REQUESTS), T(Q_OBJECTS), T(Q_BYTES), T(Q_LIMITS));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td>", T(Q_MEMBER),
                V(member_text(r, peers, q[i].member)));
        put_amount(r, b, LF_T_Q_REQUESTS, i > 0, q[i].used.requests, q[i].limit.requests);
        put_amount(r, b, LF_T_Q_OBJECTS, i > 0, q[i].used.objects, q[i].limit.objects);
        put_amount(r, b, LF_T_Q_BYTES, i > 0, q[i].used.bytes, q[i].limit.bytes);
        lf_html(b, "<td data-label=\"%\"><span>", T(Q_LIMITS));
        if (i && q[i].own) {
            lf_html(b, "% ", T(Q_OWN));
            lf_html(b, "<form class=\"inline\" method=\"post\" action=\"/quotas/forget\">");
            put_csrf(r, b);
            lf_html(b,
                    "<input type=\"hidden\" name=\"member\" value=\"%\"><button class=\"second "
                    "small\">%</button></form>",
                    V(q[i].member), T(Q_FORGET));
        } else {
            lf_html(b, "<span class=\"quiet\">%</span>", V(text(r, i ? LF_T_Q_USUAL : LF_T_Q_OF_ALL)));
        }
        lf_html(b, "</span></td></tr>");
    }
    lf_html(b, "</tbody></table>");
}

static void put_number(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label)
{
    lf_html(
        b,
        "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" inputmode=\"numeric\" pattern=\"[0-9]*\" "
        "maxlength=\"16\" autocomplete=\"off\"></p>",
        LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name));
}

static enum lf_code put_quotas(struct rq *r, struct lf_buf *b, const struct peers *peers)
{
    const struct lf_quota_row *q;
    size_t n;

    LF_TRY(lf_quota_list(r->w->quota, r->t, &n, &q, r->e));
    lf_html(b, "<section class=\"panel\" id=\"quotas\"><h2>%</h2><p class=\"quiet\">%</p>", T(QUOTAS),
            T(QUOTAS_LEAD));
    put_quota_list(r, b, peers, q, n);
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"/quotas\">",
            T(Q_SET));
    put_csrf(r, b);
    lf_html(
        b,
        "<p><label for=\"member\">%</label><input id=\"member\" name=\"member\" list=\"members\" required "
        "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" "
        "aria-describedby=\"member-hint\"><span class=\"hint\" id=\"member-hint\">%</span></p><datalist "
        "id=\"members\"><option value=\"default\">%</option>",
        T(Q_MEMBER), T(Q_MEMBER_HINT), T(Q_DEFAULT));
    for (size_t i = 0; i < peers->n; i++)
        lf_html(b, "<option value=\"%\">%</option>", V(peer_word(r, &peers->v[i])),
                V(peer_name(r, peers, peer_word(r, &peers->v[i]))));
    lf_html(b, "</datalist><div class=\"row\">");
    put_number(r, b, "requests", LF_T_Q_REQUESTS);
    put_number(r, b, "objects", LF_T_Q_OBJECTS);
    put_number(r, b, "bytes", LF_T_Q_BYTES);
    lf_html(b, "</div><p class=\"hint\">%</p><p><button>%</button></p></form></details></section>",
            T(Q_SET_HINT), T(Q_SET_DO));
    return LF_OK;
}

/* ---- how long objects are kept ---- */

static lf_view days_text(struct rq *r, int64_t days)
{
    return days ? fill1(r, LF_T_K_DAYS, "n", number(r, days)) : text(r, LF_T_K_FOREVER);
}

static enum lf_code put_lifetimes(struct rq *r, struct lf_buf *b)
{
    const struct lf_lifetime *l;
    size_t n;

    LF_TRY(lf_lifetime_list(r->t, &n, &l, r->e));
    lf_html(b, "<section class=\"panel\" id=\"lifetimes\"><h2>%</h2><p class=\"quiet\">%</p>", T(LIFETIMES),
            T(LIFETIMES_LEAD));
    if (!n)
        lf_html(b, "<p class=\"empty\">%</p>", T(K_NONE));
    else
        lf_html(b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th></tr></thead><tbody>",
                T(K_CAPTION), T(O_TYPE), T(K_LAST), T(K_OLD), T(K_END));
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<tr><td data-label=\"%\"><a href=\"/objects?type=%\"><code>%</code></a></td><td "
                "data-label=\"%\">%</td><td data-label=\"%\">%</td><td data-label=\"%\"><form "
                "class=\"inline\" method=\"post\" action=\"/lifetimes/forget\">",
                T(O_TYPE), V(l[i].type), V(l[i].type), T(K_LAST), V(days_text(r, l[i].days)), T(K_OLD),
                V(days_text(r, l[i].old_days)), T(K_END));
        put_csrf(r, b);
        lf_html(b,
                "<input type=\"hidden\" name=\"type\" value=\"%\"><button class=\"second "
                "small\">%</button></form></td></tr>",
                V(l[i].type), T(K_FORGET));
    }
    if (n)
        lf_html(b, "</tbody></table>");
    lf_html(b, "<details><summary>%</summary><form class=\"stack\" method=\"post\" action=\"/lifetimes\">",
            T(K_SET));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"type\">%</label><input id=\"type\" name=\"type\" required maxlength=\"250\" "
            "placeholder=\"indicator\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></p>"
            "<div class=\"row\">",
            T(O_TYPE));
    put_number(r, b, "days", LF_T_K_LAST);
    put_number(r, b, "old_days", LF_T_K_OLD);
    lf_html(b, "</div><p class=\"hint\">%</p><p><button>%</button></p></form></details></section>",
            T(K_SET_HINT), T(K_SET_DO));
    return LF_OK;
}

static enum lf_code list_body(struct rq *r, struct lf_buf *b)
{
    const struct lf_collection *c;
    struct peers peers;
    size_t n;

    LF_TRY(children_of(r, &peers));
    LF_TRY(lf_collection_all(r->t, &n, &c, r->e));
    lf_html(b, "<h1>%</h1><p class=\"quiet\">%</p>", T(COLLECTIONS), T(COLLECTIONS_LEAD));
    put_list(r, b, &peers, c, n);
    put_new(r, b, &peers);
    LF_TRY(put_quotas(r, b, &peers));
    return put_lifetimes(r, b);
}

static enum lf_code finish(struct rq *r, struct lf_buf *b, enum lf_code rc)
{
    if (rc == LF_OK)
        return end_page(r, b, 200);
    lf_buf_clear(b);
    return rc;
}

enum lf_code page_collections(struct rq *r)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, LF_T_COLLECTIONS), "/objects");
    return finish(r, &b, list_body(r, &b));
}

/* ---- one ---- */

static enum lf_code put_newest(struct rq *r, struct lf_buf *b, const struct lf_collection *c)
{
    const struct lf_object_query q = { .collection = c->id };
    const struct lf_page page = { .limit = LISTED };
    const struct lf_object_hit *hits;
    lf_view next;
    size_t n;

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(C_NEWEST));
    if (!c->can_read) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(C_NOT_READ));
        return LF_OK;
    }
    LF_TRY(lf_object_search(r->t, &q, &page, &n, &hits, &next, NULL, r->e));
    if (n)
        put_object_table(r, b, hits, n);
    else
        lf_html(b, "<p class=\"empty\">%</p>", T(C_EMPTY));
    lf_html(b, "<p><a href=\"/objects?collection=%\">%</a></p></section>", V(c->alias), T(C_ALL_OBJECTS));
    return LF_OK;
}

static void put_change(struct rq *r, struct lf_buf *b, const struct peers *peers,
                       const struct lf_collection *c)
{
    bool links = lf_view_is(c->alias, "members") || lf_view_is(c->alias, "up") ||
                 lf_view_starts(c->alias, LF_V("to-"));

    lf_html(b, "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(C_CHANGE), V(collection_link(r, c->alias)));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"title\">%</label><input id=\"title\" name=\"title\" maxlength=\"400\" "
            "value=\"%\" aria-describedby=\"title-hint\"><span class=\"hint\" id=\"title-hint\">%</span></p>",
            T(C_TITLE), V(c->title), T(C_TITLE_HINT));
    if (links) {
        lf_html(b, "<p class=\"hint\">%</p>", T(C_LINKS));
    } else {
        put_boxes(r, b, "readers", LF_T_C_READERS, peers, c->readers);
        put_boxes(r, b, "writers", LF_T_C_WRITERS, peers, c->writers);
        lf_html(b, "<input type=\"hidden\" name=\"who\" value=\"1\">");
    }
    lf_html(b, "<p><button>%</button></p></form></section>", T(ASSET_KEEP));
    if (lf_collection_standing(c->alias))
        return;
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p>%</p><form class=\"stack\" method=\"post\" action=\"%\">",
            T(C_REMOVE), T(C_REMOVE_LEAD), V(path2(r, "/collections/", c->alias, "/remove")));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"sure\">%</label><input id=\"sure\" name=\"alias\" required autocomplete=\"off\" "
            "autocapitalize=\"none\" spellcheck=\"false\"></p><p><button "
            "class=\"second\">%</button></p></form></section>",
            V(fill1(r, LF_T_C_REMOVE_SURE, "alias", c->alias)), T(C_REMOVE_DO));
}

/* Its address under each API root that it stands in: a client reaches it under those alone. */
static enum lf_code put_addresses(struct rq *r, struct lf_buf *b, const struct lf_collection *c)
{
    for (size_t i = 0; i < LF_API_ROOTS; i++) {
        enum lf_api_root root = (enum lf_api_root)i;
        bool has;

        LF_TRY(lf_api_root_has(r->t, root, c, &has, r->e));
        if (has)
            lf_html(b, "<code>%collections/%/</code><br>", LF_HC(lf_api_root_path(root)), V(c->id));
    }
    return LF_OK;
}

static enum lf_code one_body(struct rq *r, struct lf_buf *b, const struct lf_collection *c)
{
    struct peers peers;

    LF_TRY(children_of(r, &peers));
    lf_html(b, "<h1>%</h1>", V(c->title.len ? collection_title(r, c->title) : c->alias));
    if (lf_view_is(query(r, "left"), "1"))
        lf_html(b, "<p class=\"say warn\" role=\"status\"><span aria-hidden=\"true\">…</span> %</p>",
                T(C_REMOVE_LEFT));
    lf_html(b, "<div class=\"two\"><div>");
    LF_TRY(put_newest(r, b, c));
    lf_html(b,
            "</div><div><section class=\"panel\"><h2>%</h2><dl class=\"facts\"><dt>%</dt><dd><code>%</code>"
            "</dd><dt>%</dt><dd>",
            T(C_ABOUT), T(C_ALIAS), V(c->alias), T(C_ADDRESS));
    LF_TRY(put_addresses(r, b, c));
    lf_html(b, "</dd><dt>%</dt><dd>", T(C_READERS));
    put_who(r, b, &peers, c->readers);
    lf_html(b, "</dd><dt>%</dt><dd>", T(C_WRITERS));
    put_who(r, b, &peers, c->writers);
    lf_html(b, "</dd><dt>%</dt><dd>", T(O_LAST_ADDED));
    put_when_zone(r, b, c->last_added);
    lf_html(b, "</dd></dl></section>");
    put_change(r, b, &peers, c);
    lf_html(b, "</div></div>");
    return LF_OK;
}

enum lf_code page_collection(struct rq *r)
{
    struct lf_collection c;
    struct lf_buf b;

    LF_TRY(lf_collection_find(r->t, r->id, &c, r->e));
    begin_page(r, &b, c.title.len ? collection_title(r, c.title) : c.alias, "/objects");
    return finish(r, &b, one_body(r, &b, &c));
}

/* ---- forms ---- */

enum lf_code page_collection_add(struct rq *r)
{
    struct lf_collection c = { .title = lf_view_trim(lf_view_some(field(r, "title"))) };
    struct peers peers;

    LF_TRY(need(r, "alias", &c.alias));
    LF_TRY(children_of(r, &peers));
    c.readers = ticked(r, "readers", &peers);
    c.writers = ticked(r, "writers", &peers);
    LF_TRY(collection_add(r, &c));
    return redirect(r, path2(r, "/collections/", c.alias, "?done=1"));
}

enum lf_code page_collection_set(struct rq *r)
{
    struct lf_collection c;
    struct peers peers;

    LF_TRY(lf_collection_find(r->t, r->id, &c, r->e));
    LF_TRY(children_of(r, &peers));
    c.title = lf_view_trim(lf_view_some(field(r, "title")));
    if (field(r, "who").len) {
        c.readers = ticked(r, "readers", &peers);
        c.writers = ticked(r, "writers", &peers);
    }
    LF_TRY(collection_change(r, &c));
    return redirect(r, path2(r, "/collections/", c.alias, "?done=1"));
}

enum lf_code page_collection_remove(struct rq *r)
{
    struct lf_collection c;
    lf_view said;
    bool left;

    LF_TRY(need(r, "alias", &said));
    LF_TRY(lf_collection_find(r->t, r->id, &c, r->e));
    if (!lf_view_eq(lf_view_trim(said), c.alias))
        return lf_err_set(r->e, LF_BAD_INPUT,
                          "\"%.*s\" is not this collection's short name; nothing was removed",
                          LF_FMT(lf_view_first(said, 80)));
    LF_TRY(collection_remove(r, &left));
    return redirect(r, left ? path2(r, "/collections/", c.alias, "?left=1") : LF_V("/collections?done=1"));
}

enum lf_code page_quota_set(struct rq *r)
{
    return do_named(r, "member", quota_set, "/collections?done=1#quotas");
}

static enum lf_code quota_forget(struct rq *r, lf_view member)
{
    const struct lf_quota_use none = { 0 };

    return lf_quota_set(r->t, member, &none, true, r->e);
}

enum lf_code page_quota_forget(struct rq *r)
{
    return do_named(r, "member", quota_forget, "/collections?done=1#quotas");
}

enum lf_code page_lifetime_set(struct rq *r)
{
    return do_named(r, "type", lifetime_set, "/collections?done=1#lifetimes");
}

static enum lf_code lifetime_forget(struct rq *r, lf_view type)
{
    return lf_lifetime_forget(r->t, type, r->e);
}

enum lf_code page_lifetime_forget(struct rq *r)
{
    return do_named(r, "type", lifetime_forget, "/collections?done=1#lifetimes");
}
