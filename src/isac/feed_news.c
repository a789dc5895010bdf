/* What a feed brings to the desk (isac/news.h): items of RSS and Atom, which become nothing else, and of what
 * other feeds brought as objects each report and each entry of a list of exploited vulnerabilities. */
#include "fmt/rss.h"
#include "fmt/stix.h"
#include "isac/feed_priv.h"
#include "isac/news.h"
#include "isac/rights.h"

bool feed_rss(lf_view format)
{
    return lf_view_is(format, "rss");
}

/* ---- RSS and Atom ---- */

enum lf_code feed_rss_read(struct feed_slot *s, lf_view body, const struct lf_exchange *to, struct lf_err *e)
{
    struct lf_rss r;

    LF_TRY(lf_rss_parse(&s->doc, body, to->rest, &r, e));
    if (r.left)
        feed_note(s, s->url,
                  lf_arena_printf(&s->a, "%zu items were left out: without a text, or behind the first %d",
                                  r.left, LF_RSS_ITEMS));
    for (size_t i = 0; i < r.n; i++) {
        const struct lf_rss_item *x = &r.items[i];
        struct lf_buf b;
        struct lf_json_w w;
        enum lf_code rc;

        lf_buf_init(&b, (size_t)128 << 10);
        w = lf_json_w(&b);
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "id", x->id);
        lf_json_put_str(&w, "title", x->title);
        lf_json_put_str(&w, "summary", x->summary);
        lf_json_put_str(&w, "link", x->link);
        lf_json_put_time(&w, "published", x->published);
        lf_json_begin(&w, "cves", '[');
        for (size_t k = 0; k < x->ncves; k++)
            lf_json_put_str(&w, NULL, x->cves[k]);
        lf_json_close(&w);
        lf_json_close(&w);
        rc = lf_buf_done(&b, e);
        if (rc == LF_OK)
            rc = to->made(to->ctx, lf_buf_view(&b), e);
        lf_buf_clear(&b);
        LF_TRY(rc);
    }
    return LF_OK;
}

/* What became of it, in the feed's counts. */
static void tell(struct feed_slot *s, lf_view what, enum lf_news_fate fate, bool counted)
{
    if (fate == LF_NEWS_FULL && !s->full) {
        s->full = true;
        feed_note(s, what,
                  LF_V("as many items of this feed as may wait for the desk wait already; it is not taken"));
    }
    if (!counted)
        return;
    s->fresh += fate == LF_NEWS_ADDED || fate == LF_NEWS_JOINED;
    s->other += fate == LF_NEWS_CHANGED;
    s->same += fate == LF_NEWS_KNOWN || fate == LF_NEWS_TOO_OLD;
    s->refused += fate == LF_NEWS_FULL;
}

enum lf_code feed_rss_take(struct lf_task *own, struct feed_slot *s, lf_view json, struct lf_err *e)
{
    struct lf_news_in x = { .feed = s->feed.id, .name = s->feed.name };
    const struct lf_json *v, *list;
    lf_view cves[LF_RSS_CVES];
    enum lf_news_fate fate;

    LF_TRY(lf_json_parse(own->a, json, NULL, &v, e));
    list = lf_json_get(v, LF_V("cves"));
    (void)lf_tlp_parse(s->feed.tlp, &x.tlp);
    x.key = lf_json_str(v, "id");
    x.title = lf_json_str(v, "title");
    x.summary = lf_json_str(v, "summary");
    x.link = lf_json_str(v, "link");
    if (lf_time_parse(lf_json_str(v, "published"), &x.published, NULL) != LF_OK)
        x.published = 0;
    for (size_t i = 0; i < lf_json_items(list) && x.ncves < LF_RSS_CVES; i++)
        cves[x.ncves++] = lf_json_text(lf_json_item(list, i));
    x.cves = cves;
    LF_TRY(lf_news_take(own, &x, &fate, e));
    tell(s, x.title, fate, true);
    return LF_OK;
}

/* ---- objects ---- */

static lf_view cve_of(const struct lf_json *o)
{
    const struct lf_json *list = lf_json_get(o, LF_V("external_references"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *r = lf_json_item(list, i);

        if (lf_view_is(lf_json_str(r, "source_name"), "cve") && lf_stix_cve_ok(lf_json_str(r, "external_id")))
            return lf_json_str(r, "external_id");
    }
    return lf_stix_cve_ok(lf_json_str(o, "name")) ? lf_json_str(o, "name") : LF_V("");
}

static bool labelled(const struct lf_json *o, const char *label)
{
    const struct lf_json *list = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        if (lf_view_is(lf_json_text(lf_json_item(list, i)), label))
            return true;
    return false;
}

static bool exploited(const struct lf_json *o)
{
    return labelled(o, "known-exploited");
}

void feed_vulnerability(struct feed_slot *s, const struct lf_stix *o)
{
    lf_view cve;

    if (!lf_view_is(o->type, "vulnerability"))
        return;
    s->catalogue = s->catalogue || exploited(o->tree);
    cve = cve_of(o->tree);
    if (!cve.len || s->nvulnerable == FEED_VULNERABLE)
        return;
    s->vulnerable =
        lf_arena_grow(&s->doc, s->vulnerable, s->nvulnerable, &s->capvulnerable, sizeof *s->vulnerable);
    s->vulnerable[s->nvulnerable].id = lf_arena_copy(&s->doc, o->id);
    s->vulnerable[s->nvulnerable++].cve = lf_arena_copy(&s->doc, cve);
}

/* Of the vulnerabilities that a report names, as far as this document has them. */
static void cves_of(const struct feed_slot *s, const struct lf_json *report, lf_view *out, size_t *n)
{
    const struct lf_json *refs = lf_json_get(report, LF_V("object_refs"));

    for (size_t i = 0; lf_json_kind(refs) == LF_JSON_ARRAY && i < lf_json_items(refs); i++) {
        lf_view id = lf_json_text(lf_json_item(refs, i));

        if (!lf_view_starts(id, LF_V("vulnerability--")))
            continue;
        for (size_t k = 0; k < s->nvulnerable && *n < LF_RSS_CVES; k++)
            if (lf_view_eq(s->vulnerable[k].id, id)) {
                out[(*n)++] = s->vulnerable[k].cve;
                break;
            }
        if (*n == LF_RSS_CVES)
            break;
    }
}

/* The first address among its references. */
static lf_view address_of(struct lf_arena *a, const struct lf_json *o)
{
    const struct lf_json *list = lf_json_get(o, LF_V("external_references"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *r = lf_json_item(list, i);
        lf_view text = lf_json_str(r, "description"), url = lf_json_str(r, "url");
        size_t at = lf_view_find(text, LF_V("https://"));

        if (lf_rss_link(url).len)
            return lf_rss_link(url);
        text = at == SIZE_MAX ? LF_V("") : lf_view_from(text, at);
        text = lf_rss_link(lf_view_first(text, lf_view_find_byte(text, ' ')));
        if (text.len)
            return lf_arena_copy(a, text);
    }
    return LF_V("");
}

enum lf_code feed_news(struct lf_task *own, struct feed_slot *s, const struct lf_stix *o, struct lf_err *e)
{
    bool report = lf_view_is(o->type, "report") && !s->catalogue;
    struct lf_news_in x = { .feed = s->feed.id, .name = s->feed.name, .key = o->id, .object = o->id };
    lf_view list[LF_RSS_CVES], text = lf_json_str(o->tree, "description");
    enum lf_news_fate fate;
    bool closed;

    if (!report && !(lf_view_is(o->type, "vulnerability") && exploited(o->tree)))
        return LF_OK;
    if (lf_json_bool(o->tree, "revoked", false) || labelled(o->tree, "exercise"))
        return LF_OK; /* of an exercise (model/advisory.h): nobody is to be warned of it */
    LF_TRY(lf_rights_strictest(own, LF_V(""), own->scope.account, o->tree, &x.tlp, &closed, e));
    if (closed) /* for a group, or nobody knows for whom: it is looked at where it lies */
        return LF_OK;
    x.title = lf_rss_plain(own->a, lf_json_str(o->tree, "name"), true, LF_NEWS_TITLE);
    x.summary = lf_rss_plain(own->a, lf_view_some(text), false, LF_NEWS_SUMMARY);
    if (!x.title.len)
        return LF_OK;
    x.link = address_of(own->a, o->tree);
    x.exploited = !report;
    if (lf_time_parse(lf_json_str(o->tree, report ? "published" : "created"), &x.published, NULL) != LF_OK)
        x.published = 0;
    if (report)
        cves_of(s, o->tree, list, &x.ncves);
    else if (cve_of(o->tree).len)
        list[x.ncves++] = cve_of(o->tree);
    x.cves = list;
    LF_TRY(lf_news_take(own, &x, &fate, e));
    tell(s, x.title, fate, false);
    return LF_OK;
}
