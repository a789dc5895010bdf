#include "fmt/rss.h"

#include "base/rest.h"
#include "fmt/mime_priv.h"
#include "fmt/xml.h"

enum { CVE_LEAST = 13, CVE_MOST = 24, RAW_MOST = 256 << 10 /* bytes of a text that are looked at */ };

/* ---- texts ---- */

/* "<" begins a tag where HTML says so: before a letter, '/', '!' or '?'; else it is a sign, as in "< 2.0". */
static void put_signs(struct lf_buf *b, lf_view text)
{
    for (size_t i = 0; i < text.len; i++) {
        char next = i + 1 < text.len ? (char)(text.ptr[i + 1] | 0x20) : ' ';

        if (text.ptr[i] != '<' || (next >= 'a' && next <= 'z') || next == '/' || next == '!' || next == '?')
            lf_buf_byte(b, text.ptr[i]);
        else
            LF_PUT(b, "&lt;");
    }
}

lf_view lf_rss_plain(struct lf_arena *a, lf_view text, bool line, size_t most)
{
    struct lf_buf b, signs;
    lf_view out;

    text = lf_utf8_first(lf_view_trim(text), RAW_MOST);
    lf_buf_init(&signs, text.len * 4 + 1);
    put_signs(&signs, text);
    lf_buf_init(&b, signs.len + 16); /* nothing becomes longer than it was */
    mime_put_html(&b, lf_buf_view(&signs));
    lf_buf_clear(&signs);
    if (line) /* what stood in several lines stands in one, and is cut behind a whole character */
        out = mime_line(a, lf_buf_view(&b), most);
    else
        out = lf_arena_copy(a, lf_view_trim(lf_utf8_first(lf_view_trim(lf_buf_view(&b)), most)));
    lf_buf_clear(&b);
    return out;
}

lf_view lf_rss_link(lf_view text)
{
    text = lf_view_trim(text);
    if (text.len > LF_RSS_LINK ||
        !(lf_view_starts(text, LF_V("https://")) || lf_view_starts(text, LF_V("http://"))))
        return LF_V("");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f || text.ptr[i] == '"' ||
            text.ptr[i] == '<' || text.ptr[i] == '>')
            return LF_V("");
    return text;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the CVE id that the text begins with; 0: none. */
static size_t cve_at(lf_view v)
{
    size_t n = 4;

    if (v.len < CVE_LEAST || !lf_view_eq_nocase(lf_view_first(v, 4), LF_V("CVE-")))
        return 0;
    for (; n < 8; n++)
        if (!digit(v.ptr[n]))
            return 0;
    if (v.ptr[n++] != '-')
        return 0;
    while (n < v.len && digit(v.ptr[n]))
        n++;
    return n >= CVE_LEAST && n <= CVE_MOST ? n : 0;
}

static void add_cve(struct lf_arena *a, lf_view id, lf_view *out, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        if (lf_view_eq_nocase(out[i], id))
            return;
    if (*n < LF_RSS_CVES)
        out[(*n)++] = lf_arena_printf(a, "CVE-%.*s", LF_FMT(lf_view_from(id, 4)));
}

void lf_rss_cves(struct lf_arena *a, lf_view text, lf_view out[LF_RSS_CVES], size_t *n)
{
    for (size_t i = 0, len; i + CVE_LEAST <= text.len; i += len ? len : 1) {
        len = (text.ptr[i] == 'C' || text.ptr[i] == 'c') && (!i || !letter(text.ptr[i - 1]))
                  ? cve_at(lf_view_from(text, i))
                  : 0;
        if (len)
            add_cve(a, (lf_view){ text.ptr + i, len }, out, n);
    }
}

/* ---- items ---- */

static lf_time time_of(lf_view v)
{
    lf_time at;

    v = lf_view_trim(v);
    if (lf_time_parse(v, &at, NULL) == LF_OK)
        return at;
    if (v.len == 10 && v.ptr[4] == '-') { /* a day alone, as RSS 1.0 may have it */
        char text[LF_TIME_TEXT] = "0000-00-00T00:00:00Z";

        memcpy(text, v.ptr, v.len);
        return lf_time_parse(lf_view_of(text), &at, NULL) == LF_OK ? at : 0;
    }
    return mime_date(v);
}

/* All texts below an element: Atom may have XHTML there, as elements. */
static lf_view all_text(struct lf_arena *a, const struct lf_xml *x)
{
    struct lf_buf b;
    lf_view out;

    if (!x)
        return LF_V("");
    if (!x->first)
        return x->text;
    lf_buf_init(&b, RAW_MOST * 2);
    for (const struct lf_xml *k = NULL; (k = lf_xml_walk(x, k)) && b.len < RAW_MOST;) {
        lf_buf_put(&b, lf_utf8_first(lf_view_trim(k->text), RAW_MOST / 2));
        lf_buf_byte(&b, '\n');
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Atom: the one of the page it is about; RSS has its link as text. */
static lf_view link_of(const struct lf_xml *item)
{
    for (const struct lf_xml *l = lf_xml_get(item, "link"); l; l = lf_xml_more(l, "link")) {
        lf_view rel = lf_xml_attr(l, "rel"), href = lf_xml_attr(l, "href");

        if (!href.ptr && lf_rss_link(l->text).len)
            return lf_rss_link(l->text);
        if ((!rel.len || lf_view_is(rel, "alternate")) && lf_rss_link(href).len)
            return lf_rss_link(href);
    }
    return LF_V("");
}

static lf_time first_time(const struct lf_xml *item, const char *const *names, size_t n)
{
    lf_time at = 0;

    for (size_t i = 0; i < n && !at; i++)
        at = time_of(lf_xml_text(item, names[i]));
    return at;
}

static const struct lf_xml *first_of(const struct lf_xml *item, const char *const *names, size_t n)
{
    const struct lf_xml *x = NULL;

    for (size_t i = 0; i < n && !x; i++)
        x = lf_xml_get(item, names[i]);
    return x;
}

static void cves_of(struct lf_arena *a, const struct lf_xml *item, struct lf_rss_item *out)
{
    lf_view *list = LF_NEW(a, lf_view, LF_RSS_CVES);

    for (const struct lf_xml *k = NULL; (k = lf_xml_walk(item, k));) {
        lf_rss_cves(a, lf_utf8_first(k->text, RAW_MOST), list, &out->ncves);
        for (size_t i = 0; i < k->nattributes; i++)
            lf_rss_cves(a, lf_utf8_first(k->attributes[i].value, RAW_MOST), list, &out->ncves);
    }
    out->cves = list;
}

static lf_view id_of(struct lf_arena *a, const struct lf_xml *item, const struct lf_rss_item *x)
{
    static const char *const ids[] = { "guid", "id", "identifier" };
    const struct lf_xml *from = first_of(item, ids, 3);
    lf_view id = lf_rss_plain(a, from ? from->text : lf_xml_attr(item, "about"), true, LF_RSS_ID);

    return id.len ? id : x->link.len ? lf_utf8_first(x->link, LF_RSS_ID) : x->title;
}

/* False: there is nothing to show. */
static bool read_item(struct lf_arena *a, const struct lf_xml *item, struct lf_rss_item *out)
{
    static const char *const bodies[] = { "description", "summary", "encoded", "content" },
                             *const born[] = { "pubDate", "published", "issued", "date" },
                             *const changed[] = { "updated", "modified" };

    *out = (struct lf_rss_item){ .published = first_time(item, born, 4),
                                 .updated = first_time(item, changed, 2),
                                 .link = link_of(item) };
    if (!out->published)
        out->published = out->updated;
    out->title = lf_rss_plain(a, all_text(a, lf_xml_get(item, "title")), true, LF_RSS_TITLE);
    out->summary = lf_rss_plain(a, all_text(a, first_of(item, bodies, 4)), false, LF_RSS_SUMMARY);
    if (!out->title.len)
        out->title = lf_rss_plain(a, out->summary, true, LF_RSS_TITLE);
    if (!out->title.len)
        return false;
    out->id = id_of(a, item, out);
    cves_of(a, item, out);
    return true;
}

enum lf_code lf_rss_parse(struct lf_arena *a, lf_view in, const struct lf_rest *rest, struct lf_rss *out,
                          struct lf_err *e)
{
    const struct lf_xml *root, *from, *x;
    struct lf_rss r = { 0 };
    struct lf_rss_item *items;
    const char *name = "item";

    LF_TRY(lf_xml_parse(a, in, rest, &root, e));
    from = root;
    if (lf_view_is(root->name, "feed"))
        name = "entry";
    else if (lf_view_is(root->name, "rss"))
        from = lf_xml_get(root, "channel");
    else if (!lf_view_is(root->name, "RDF"))
        return lf_err_set(e, LF_BAD_INPUT, "the document is neither RSS nor Atom: its root is <%.*s>",
                          LF_FMT(lf_utf8_first(root->name, 40)));
    if (!from)
        return lf_err_set(e, LF_BAD_INPUT, "RSS: there is no <channel>");
    x = lf_view_is(root->name, "RDF") ? lf_xml_at(root, "channel/title") : lf_xml_get(from, "title");
    r.title = lf_rss_plain(a, all_text(a, x), true, LF_RSS_TITLE);
    items = LF_NEW(a, struct lf_rss_item, LF_RSS_ITEMS);
    for (x = lf_xml_get(from, name); x; x = lf_xml_more(x, name)) {
        if (r.n < LF_RSS_ITEMS && read_item(a, x, &items[r.n]))
            r.n++;
        else
            r.left++;
        LF_TRY(lf_rest(rest, e));
    }
    r.items = items;
    *out = r;
    return LF_OK;
}
