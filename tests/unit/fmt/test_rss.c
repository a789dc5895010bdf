/* News as sites give it: RSS and Atom. */
#include "fmt/rss.h"

#include "base/buf.h"

#include "lf_test.h"

static struct lf_arena a;
static struct lf_rss r;
static struct lf_err e;

static bool read_it(const char *text)
{
    e = (struct lf_err){ 0 };
    return lf_rss_parse(&a, lf_view_of(text), NULL, &r, &e) == LF_OK;
}

static void each_form_gives_the_same_item(void)
{
    static const char *const forms[] = {
        "<rss version='2.0'><channel><title>Site</title><item><title>Pump &amp;amp; valve</title>"
        "<link>https://s.example/1</link><description>&lt;p&gt;One &lt;b&gt;two&lt;/b&gt;&lt;/p&gt;"
        "&lt;script&gt;alert(1)&lt;/script&gt;cve-2026-12345, CVE-2026-12345</description>"
        "<guid>urn:1</guid><pubDate>Sat, 21 Nov 2026 10:00:00 +0800</pubDate></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='urn:dc' xmlns:sec='urn:sec'><channel><title>Site</title></channel><item rdf:about='urn:1'>"
        "<title>Pump &amp; valve</title><link>https://s.example/1</link><description>One two</description>"
        "<sec:references id='CVE-2026-12345'/><dc:date>2026-11-21T10:00:00+08:00</dc:date></item></rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Site</title><entry><title type='html'>Pump "
        "&amp;amp; "
        "valve</title><link rel='self' href='https://s.example/x'/><link href='https://s.example/1'/>"
        "<id>urn:1</id><updated>2026-11-22T02:00:00Z</updated><published>2026-11-21T02:00:00Z</published>"
        "<summary>One two CVE-2026-12345</summary></entry></feed>",
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct lf_rss_item *x = r.items;

        CHECK(read_it(forms[i]), "%zu: %s", i, e.text);
        x = r.items;
        CHECK_VIEW(r.title, LF_V("Site"));
        CHECK(r.n == 1 && r.left == 0, "%zu: %zu items", i, r.n);
        CHECK_VIEW(x->id, LF_V("urn:1"));
        CHECK_VIEW(x->title, LF_V("Pump & valve"));
        CHECK_VIEW(x->link, LF_V("https://s.example/1"));
        CHECK(lf_view_starts(x->summary, LF_V("One two")) &&
                  lf_view_find(x->summary, LF_V("alert")) == SIZE_MAX,
              "%zu: %.*s", i, LF_FMT(x->summary));
        CHECK(x->ncves == 1 && lf_view_is(x->cves[0], "CVE-2026-12345"), "%zu: %zu ids", i, x->ncves);
        CHECK(x->published == (lf_time)1795226400 * LF_SECOND, "%zu: %lld", i, (long long)x->published);
    }
    lf_arena_clear(&a);
}

static void a_text_with_markup_of_its_own_stays_text(void)
{
    CHECK(read_it("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title><content type='xhtml'>"
                  "<div xmlns='http://www.w3.org/1999/xhtml'><p>one</p><p>two</p></div></content>"
                  "<link href='javascript:alert(1)'/></entry></feed>"),
          "%s", e.text);
    CHECK_VIEW(r.items[0].summary, LF_V("one two"));
    CHECK_VIEW(r.items[0].link, LF_V(""));
    CHECK_VIEW(r.items[0].id, LF_V("a"));
    lf_arena_clear(&a);
}

static void what_is_no_news_is_refused_and_what_has_no_text_is_counted(void)
{
    static const char *const bad[] = {
        "",
        "<html/>",
        "<rss/>",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>",
        "<rss><channel><item></channel></rss>",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!read_it(bad[i]) && e.code == LF_BAD_INPUT && e.text[0], "%zu is taken", i);
    CHECK(
        read_it("<rss><channel><item/><item><title> </title></item><item><description>x</description></item>"
                "</channel></rss>"),
        "%s", e.text);
    CHECK(r.n == 1 && r.left == 2, "%zu and %zu", r.n, r.left);
    lf_arena_clear(&a);
}

static void lists_and_texts_are_cut(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 8 << 20);
    LF_PUT(&b, "<rss><channel>");
    for (int i = 0; i < 600; i++) {
        lf_buf_printf(&b, "<item><title>t%d</title><description>", i);
        for (int k = 0; k < (i ? 1 : 1000); k++)
            lf_buf_printf(&b, "資安 CVE-2026-%d ", 10000 + k);
        LF_PUT(&b, "</description></item>");
    }
    LF_PUT(&b, "</channel></rss>");
    CHECK_OK(lf_rss_parse(&a, lf_buf_view(&b), NULL, &r, &e), &e);
    CHECK(r.n == LF_RSS_ITEMS && r.left == 100, "%zu and %zu", r.n, r.left);
    CHECK(r.items[0].ncves == LF_RSS_CVES, "%zu ids", r.items[0].ncves);
    CHECK(r.items[0].summary.len <= LF_RSS_SUMMARY && lf_view_is_utf8(r.items[0].summary), "%zu bytes",
          r.items[0].summary.len);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

static void what_is_smaller_is_no_tag(void)
{
    CHECK_VIEW(lf_rss_plain(&a, LF_V("Pump < 2.0 and <b>valve</b> <3"), true, 100),
               LF_V("Pump < 2.0 and valve <3"));
    lf_arena_clear(&a);
}

static void ids_are_found_where_they_stand_alone(void)
{
    lf_view list[LF_RSS_CVES];
    size_t n = 0;

    lf_rss_cves(&a, LF_V("(CVE-2026-0001) xCVE-2026-0002 CVE-2026-123 cve-2026-1234567;CVE-20a6-1234"), list,
                &n);
    CHECK(n == 2 && lf_view_is(list[0], "CVE-2026-0001") && lf_view_is(list[1], "CVE-2026-1234567"),
          "%zu ids", n);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(each_form_gives_the_same_item);
    RUN(a_text_with_markup_of_its_own_stays_text);
    RUN(what_is_no_news_is_refused_and_what_has_no_text_is_counted);
    RUN(lists_and_texts_are_cut);
    RUN(what_is_smaller_is_no_tag);
    RUN(ids_are_found_where_they_stand_alone);
    DONE();
}
