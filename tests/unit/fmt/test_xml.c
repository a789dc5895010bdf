/* A strict reader of XML. */
#include "fmt/xml.h"

#include "lf_test.h"

static void elements_attributes_and_text_are_read_with_their_namespaces(void)
{
    const lf_view in = LF_VIEW(
        "<?xml version='1.0'?><!-- c --><a:r xmlns:a='urn:a' xmlns='urn:d' a:x='1' y=\"&lt;2&#x41;\">t&amp;u"
        "<k/><![CDATA[<v>]]><k z='3'>w</k></a:r>\n");
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    const struct lf_xml *r = NULL, *k;

    CHECK_OK(lf_xml_parse(&a, in, NULL, &r, &e), &e);
    CHECK_VIEW(r->name, LF_V("r"));
    CHECK_VIEW(r->space, LF_V("urn:a"));
    CHECK_VIEW(r->text, LF_V("t&u<v>"));
    CHECK_VIEW(lf_xml_attr(r, "y"), LF_V("<2A"));
    CHECK_VIEW(r->attributes[0].space, LF_V("urn:a"));
    k = lf_xml_get(r, "k");
    CHECK_VIEW(k->space, LF_V("urn:d"));
    k = lf_xml_more(k, "k");
    CHECK_VIEW(lf_xml_attr(k, "z"), LF_V("3"));
    CHECK_VIEW(lf_xml_text(r, "k"), LF_V(""));
    CHECK(!lf_xml_more(k, "k") && lf_xml_walk(r, NULL) == r && lf_xml_walk(r, k) == NULL, "the end");
    lf_arena_clear(&a);
}

static void what_is_not_strict_or_could_grow_is_refused_with_its_line(void)
{
    static const struct {
        const char *in, *says;
    } rows[] = {
        { "<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>", "document type" },
        { "<?xml version='1.0'?>\n<!DOCTYPE r SYSTEM 'file:///etc/passwd'>\n<r/>",
          "line 2: a document type" },
        { "<r>&nbsp;</r>", "entity" },
        { "<r>&#0;</r>", "entity" },
        { "<r>&#xd800;</r>", "entity" },
        { "<r>a & b</r>", "entity" },
        { "<r>\x01</r>", "control character" },
        { "<r><![CDATA[\x01]]></r>", "control character" },
        { "<r a='1' a='2'/>", "twice" },
        { "<r x:a='1'/>", "bound to no namespace" },
        { "<x:r/>", "bound to no namespace" },
        { "<r a='1'b='2'/>", "blank is expected" },
        { "<r a=1/>", "quotes" },
        { "<r a='<'/>", "within an attribute" },
        { "<r></s>", "not of the element" },
        { "<r><s></r></s>", "not of the element" },
        { "<r>", "ends within" },
        { "<r/><r/>", "follows the root" },
        { "text", "no element" },
        { "", "no element" },
        { "<r>\xff</r>", "not UTF-8" },
        { "<r><![CDATA[x</r>", "CDATA" },
        { "<r><!-- x</r>", "comment" },
        { "<r><!ELEMENT x></r>", "declaration" },
        { "<a:b:c/>", "colon" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        struct lf_err e = { 0 };
        const struct lf_xml *r;

        CHECK_CODE(lf_xml_parse(&a, lf_view_of(rows[i].in), NULL, &r, &e), LF_BAD_INPUT);
        CHECK(strstr(e.text, rows[i].says), "%s: %s", rows[i].in, e.text);
        lf_arena_clear(&a);
    }
}

static void depth_is_limited(void)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    char in[200 * 7 + 1];
    const struct lf_xml *r;

    for (size_t n = LF_XML_DEPTH; n <= LF_XML_DEPTH + 1; n++) {
        size_t at = 0;

        for (size_t i = 0; i < n; i++, at += 3)
            memcpy(in + at, "<a>", 3);
        for (size_t i = 0; i < n; i++, at += 4)
            memcpy(in + at, "</a>", 4);
        CHECK((lf_xml_parse(&a, (lf_view){ in, at }, NULL, &r, &e) == LF_OK) == (n == LF_XML_DEPTH), "%zu",
              n);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(elements_attributes_and_text_are_read_with_their_namespaces);
    RUN(what_is_not_strict_or_could_grow_is_refused_with_its_line);
    RUN(depth_is_limited);
    DONE();
}
