/* Feeds of many documents: what their indexes say; and addresses. */
#include "base/rest.h"
#include "fmt/csv.h"
#include "fmt/json.h"
#include "fmt/uri.h"
#include "isac/feed_priv.h"

enum { INDEXES = 256, STAMP = 100 };

/* ---- addresses ---- */

lf_view feed_resolve(struct lf_arena *a, lf_view base, lf_view ref)
{
    lf_view path = LF_VIEW(""), query = LF_VIEW(""), origin = lf_uri_origin(a, base, &path, &query);
    size_t dir;

    if (lf_view_find(lf_view_first(ref, 8), LF_V("://")) != SIZE_MAX || !origin.len)
        return ref;
    if (lf_view_starts(ref, LF_V("//")))
        return lf_arena_printf(a, "%s:%.*s", lf_view_starts(origin, LF_V("https")) ? "https" : "http",
                               LF_FMT(ref));
    if (lf_view_starts(ref, LF_V("/")))
        return lf_arena_printf(a, "%.*s%.*s", LF_FMT(origin), LF_FMT(ref));
    if (lf_view_starts(ref, LF_V("?")))
        return lf_arena_printf(a, "%.*s%.*s%.*s", LF_FMT(origin), LF_FMT(path), LF_FMT(ref));
    dir = path.len;
    while (dir && path.ptr[dir - 1] != '/')
        dir--;
    return lf_arena_printf(a, "%.*s%.*s%.*s", LF_FMT(origin), (int)dir, path.ptr, LF_FMT(ref));
}

/* ---- indexes ---- */

bool feed_has_parts(lf_view format)
{
    return lf_view_is(format, "misp-feed") || lf_view_is(format, "misp-server") ||
           lf_view_is(format, "csaf-provider");
}

static enum lf_code add(struct feed_slot *s, lf_view name, lf_view url, lf_view stamp, struct lf_err *e)
{
    if (!lf_view_is_text(name, 1, LF_FEED_URL) || url.len > LF_FEED_URL)
        return LF_OK;
    if (s->nparts == LF_FEED_PARTS)
        return lf_err_set(e, LF_TOO_BIG, "the index names more than %d documents", LF_FEED_PARTS);
    if (!lf_view_is_text(stamp, 0, STAMP))
        stamp = LF_V(""); /* asked for each time */
    s->parts = lf_arena_grow(&s->a, s->parts, s->nparts, &s->capparts, sizeof *s->parts);
    s->parts[s->nparts++] = (struct feed_part){ .name = lf_arena_copy(&s->a, name),
                                                .url = lf_arena_copy(&s->a, url),
                                                .stamp = lf_arena_copy(&s->a, stamp) };
    return LF_OK;
}

static enum lf_code add_index(struct feed_slot *s, lf_view url)
{
    if (s->nindexes == INDEXES && url.len)
        feed_note(
            s, url,
            LF_V("the provider names more than 256 indexes: this one and what is behind it are not read"));
    if (s->nindexes < INDEXES && url.len && url.len <= LF_FEED_URL) {
        s->indexes = lf_arena_grow(&s->a, s->indexes, s->nindexes, &s->capindexes, sizeof *s->indexes);
        s->indexes[s->nindexes++] = lf_arena_copy(&s->a, url);
    }
    return LF_OK;
}

/* The address without the file's name at its end: "https://x/feed/manifest.json" and "https://x/feed" are
 * one. */
lf_view feed_folder(struct feed_slot *s)
{
    lf_view u = s->feed.url;

    if (lf_view_ends(u, LF_V("manifest.json")))
        u = lf_view_first(u, u.len - strlen("manifest.json"));
    while (lf_view_ends(u, LF_V("/")))
        u.len--;
    return u;
}

/* {"<uuid>": {"timestamp": …}, …}; a list of events, each with uuid and timestamp, bare or as {"Event": …}.
 */
static enum lf_code misp(struct feed_slot *s, const struct lf_json *doc, const struct lf_rest *rest,
                         struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(doc, LF_V("response"));
    bool server = lf_view_is(s->feed.format, "misp-server");

    list = list ? list : doc;
    if (lf_json_kind(list) != (server ? LF_JSON_ARRAY : LF_JSON_OBJECT))
        return lf_err_set(e, LF_BAD_INPUT,
                          server ? "the answer is no list of events" : "this is no manifest of a MISP feed");
    for (size_t i = 0; i < lf_json_size(list); i++) {
        const struct lf_json *m = server ? lf_json_item(list, i) : lf_json_member(list, i);
        const struct lf_json *event = lf_json_get(m, LF_V("Event"));
        lf_view uuid, stamp;

        LF_TRY(lf_rest(rest, e));
        m = event ? event : m;
        uuid = server ? lf_json_str(m, "uuid") : lf_json_key(list, i);
        stamp = lf_json_text(lf_json_get(m, LF_V("timestamp")));
        /* A sighting does not change the event it is of. */
        if (server && lf_json_text(lf_json_get(m, LF_V("sighting_timestamp"))).len)
            stamp = lf_arena_printf(&s->a, "%.*s/%.*s", LF_FMT(stamp),
                                    LF_FMT(lf_json_text(lf_json_get(m, LF_V("sighting_timestamp")))));
        if (!lf_uuid_ok(uuid)) {
            feed_note(s, uuid, LF_V("the index names what is no UUID"));
            continue;
        }
        LF_TRY(add(s, uuid,
                   server ? lf_arena_printf(&s->a,
                                            "%.*s/events/view/%.*s/deleted[]:0/deleted[]:1/"
                                            "includeEventCorrelations:0/includeWarninglistHits:0/"
                                            "excludeLocalTags:1",
                                            LF_FMT(feed_folder(s)), LF_FMT(uuid))
                          : lf_arena_printf(&s->a, "%.*s/%.*s.json", LF_FMT(feed_folder(s)), LF_FMT(uuid)),
                   stamp, e));
    }
    return LF_OK;
}

/* Of a provider: directories, whose changes.csv has a row a document; and feeds (ROLIE, RFC 8322). */
static enum lf_code metadata(struct feed_slot *s, const struct lf_json *doc)
{
    const struct lf_json *all = lf_json_get(doc, LF_V("distributions"));

    for (size_t i = 0; lf_json_kind(all) == LF_JSON_ARRAY && i < lf_json_items(all); i++) {
        const struct lf_json *d = lf_json_item(all, i), *feeds = lf_json_path(d, "rolie.feeds");
        lf_view dir = lf_json_str(d, "directory_url");

        if (dir.len)
            LF_TRY(add_index(s, lf_arena_printf(&s->a, "%.*s%schanges.csv", LF_FMT(dir),
                                                lf_view_ends(dir, LF_V("/")) ? "" : "/")));
        for (size_t k = 0; !dir.len && lf_json_kind(feeds) == LF_JSON_ARRAY && k < lf_json_items(feeds); k++)
            LF_TRY(add_index(s, lf_json_str(lf_json_item(feeds, k), "url")));
    }
    return LF_OK;
}

static enum lf_code rolie(struct feed_slot *s, const struct lf_json *doc, const struct lf_rest *rest,
                          struct lf_err *e)
{
    const struct lf_json *all = lf_json_path(doc, "feed.entry");

    for (size_t i = 0; lf_json_kind(all) == LF_JSON_ARRAY && i < lf_json_items(all); i++) {
        const struct lf_json *entry = lf_json_item(all, i), *links = lf_json_get(entry, LF_V("link"));
        lf_view url = lf_json_str(lf_json_get(entry, LF_V("content")), "src");

        LF_TRY(lf_rest(rest, e));
        for (size_t k = 0; lf_json_kind(links) == LF_JSON_ARRAY && k < lf_json_items(links); k++)
            if (lf_view_is(lf_json_str(lf_json_item(links, k), "rel"), "self"))
                url = lf_json_str(lf_json_item(links, k), "href");
        url = feed_resolve(&s->a, s->url, lf_view_some(url));
        LF_TRY(add(s, url, url, lf_view_some(lf_json_str(entry, "updated")), e));
    }
    return LF_OK;
}

static enum lf_code change(struct feed_slot *s, struct lf_csv *c, struct lf_arena *row, bool *more,
                           struct lf_err *e)
{
    lf_view field[LF_CSV_FIELDS], url;
    size_t n;

    lf_arena_reset(row);
    LF_TRY(lf_csv_row(c, row, field, &n, more, e));
    if (!*more || n < 2 || !lf_view_ends(field[0], LF_V(".json")))
        return LF_OK;
    url = feed_resolve(&s->a, s->url, field[0]);
    return add(s, url, url, field[1], e);
}

static enum lf_code changes(struct feed_slot *s, lf_view body, const struct lf_rest *rest, struct lf_err *e)
{
    struct lf_arena row = { 0 };
    enum lf_code rc = LF_OK;
    struct lf_csv c;
    bool more = true;

    LF_TRY(lf_csv_begin(&c, body, e));
    while (more && rc == LF_OK) {
        rc = change(s, &c, &row, &more, e);
        if (rc == LF_OK)
            rc = lf_rest(rest, e);
    }
    lf_arena_clear(&row);
    return rc;
}

/* ---- TAXII 2.1, from the server's address ---- */

bool feed_taxii_discovers(const struct feed_slot *s)
{
    return lf_view_is(s->feed.format, "taxii") && feed_setting(&s->feed, "collection", "").len;
}

static lf_view slashed(struct feed_slot *s, lf_view url)
{
    return lf_view_ends(url, LF_V("/")) ? url : lf_arena_printf(&s->a, "%.*s/", LF_FMT(url));
}

static enum lf_code discovered(struct feed_slot *s, const struct lf_json *doc, const struct lf_rest *rest,
                               struct lf_err *e)
{
    lf_view want = feed_setting(&s->feed, "collection", "");
    const struct lf_json *roots = lf_json_get(doc, LF_V("api_roots"));
    const struct lf_json *list = lf_json_get(doc, LF_V("collections"));
    lf_view root;

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *c = lf_json_item(list, i);
        lf_view id = lf_json_str(c, "id");

        LF_TRY(lf_rest(rest, e));
        if (id.len && (lf_view_eq(id, want) || lf_view_eq(lf_json_str(c, "alias"), want) ||
                       lf_view_eq(lf_json_str(c, "title"), want))) {
            root = slashed(s, s->url);
            s->service = lf_arena_printf(&s->a, "%.*s%.*s/", LF_FMT(root), LF_FMT(id));
            return s->service.len <= LF_FEED_URL
                       ? LF_OK
                       : lf_err_set(e, LF_TOO_BIG, "the collection's address is too long");
        }
    }
    /* The default root first. */
    if (lf_json_kind(roots) == LF_JSON_ARRAY && !s->nindexes) {
        lf_view first = lf_json_str(doc, "default");

        if (first.len)
            LF_TRY(add_index(s, feed_resolve(&s->a, s->url, first)));
        for (size_t i = 0; i < lf_json_items(roots); i++) {
            root = lf_json_text(lf_json_item(roots, i));
            LF_TRY(lf_rest(rest, e));
            if (root.len && !lf_view_eq(root, first))
                LF_TRY(add_index(s, feed_resolve(&s->a, s->url, root)));
        }
    } else if (!s->nindexes && !list && lf_json_get(doc, LF_V("versions"))) { /* a root itself */
        LF_TRY(add_index(s, s->url));
    }
    if (s->index == s->nindexes)
        return lf_err_set(e, LF_NOT_FOUND, "no API root of this server has a collection \"%.*s\" for us",
                          LF_FMT(lf_view_first(want, 100)));
    root = slashed(s, s->indexes[s->index++]);
    s->lead = lf_arena_printf(&s->a, "%.*scollections/", LF_FMT(root));
    return LF_OK;
}

/* ---- which of them ---- */

bool feed_is_index(const struct feed_slot *s)
{
    if (lf_view_is(s->feed.format, "taxii"))
        return s->want == WANT_INDEX;
    return feed_has_parts(s->feed.format) && s->want != WANT_PART;
}

enum lf_code feed_index(struct feed_slot *s, lf_view body, const struct lf_rest *rest, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 64, .rest = rest };
    const struct lf_json *doc;
    lf_view path, query;

    if (lf_view_is(s->feed.format, "csaf-provider") && lf_uri_origin(&s->doc, s->url, &path, &query).len &&
        lf_view_ends(path, LF_V(".csv")))
        return changes(s, body, rest, e);
    LF_TRY(lf_json_parse(&s->doc, body, &limits, &doc, e));
    if (lf_view_is(s->feed.format, "taxii"))
        return discovered(s, doc, rest, e);
    if (!lf_view_is(s->feed.format, "csaf-provider"))
        return misp(s, doc, rest, e);
    if (lf_json_get(doc, LF_V("feed")))
        return rolie(s, doc, rest, e);
    feed_keys_named(s, doc);
    LF_TRY(metadata(s, doc));
    return s->nindexes
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "the provider's metadata names no directory and no feed");
}
