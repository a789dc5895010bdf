/* Windows events as XML text. */
#include "fmt/winxml.h"

#include "lf_test.h"

static void events_become_the_json_that_evtx_gives(void)
{
    static const struct {
        const char *name, *in, *want;
    } rows[] = {
        { "as it is written",
          "<Event xmlns='urn:x'><System><Provider Name='P' "
          "Guid='{0}'/><EventID>7</EventID><Security/></System>"
          "<EventData><Data Name='A'>x</Data><Data Name='B'></Data></EventData></Event>",
          "{\"Event\":{\"#attributes\":{\"xmlns\":\"urn:x\"},\"System\":{\"Provider\":{\"#attributes\":"
          "{\"Name\":\"P\",\"Guid\":\"{0}\"}},\"EventID\":\"7\",\"Security\":null},\"EventData\":{\"A\":"
          "\"x\",\"B\":\"\"}}}" },
        { "nameless data are a list", "<Event><EventData><Data>a</Data><Data>b</Data></EventData></Event>",
          "{\"Event\":{\"EventData\":{\"Data\":[\"a\",\"b\"]}}}" },
        { "declaration, line breaks, comments",
          "<?xml version=\"1.0\"?>\n<Event>\n  <!-- <x> -->\n  <System>\n <EventID "
          "Qualifiers=\"0\">4</EventID>\n</System>\n</Event>",
          "{\"Event\":{\"System\":{\"EventID\":{\"#attributes\":{\"Qualifiers\":\"0\"},\"#text\":\"4\"}}}}" },
        { "references and CDATA",
          "<Event><a>1 &lt; 2 &amp;&#x41;&#66; & &nosuch; <![CDATA[<b>&lt;]]></a></Event>",
          "{\"Event\":{\"a\":\"1 < 2 &AB & &nosuch; <b>&lt;\"}}" },
        { "blanks of a value stay", "<Event><a> x </a></Event>", "{\"Event\":{\"a\":\" x \"}}" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        const struct lf_json *doc;
        struct lf_err e = { 0 };
        lf_view in = lf_view_of(rows[i].in);
        struct lf_buf b;

        CHECK(lf_winxml_is(in), "%s", rows[i].name);
        CHECK_OK(lf_winxml_take(&a, &in, &doc, &e), &e);
        lf_buf_init(&b, 4096);
        lf_json_write(&b, doc);
        CHECK(lf_view_is(lf_buf_view(&b), rows[i].want), "%s: %.*s", rows[i].name, LF_FMT(lf_buf_view(&b)));
        CHECK(in.len == 0, "%s: %zu bytes are left", rows[i].name, in.len);
        lf_buf_clear(&b);
        lf_arena_clear(&a);
    }
}

static void what_is_no_event_is_refused_and_stays(void)
{
    static const char *const rows[] = {
        "",
        "<Events/>",
        "<Event>",
        "<Event></Evens>",
        "<Event><a b=c/></Event>",
        "<Event><!DOCTYPE x [<!ENTITY a \"b\">]></Event>",
        "<Event/>",
        "<Event><a",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_arena a = { 0 };
        const struct lf_json *doc;
        struct lf_err e = { 0 };
        lf_view in = lf_view_of(rows[i]);

        CHECK(lf_winxml_take(&a, &in, &doc, &e) == LF_BAD_INPUT && e.text[0], "row %zu", i);
        CHECK(in.len == strlen(rows[i]), "row %zu moved", i);
        lf_arena_clear(&a);
    }
}

static void a_cut_event_is_never_taken(void)
{
    const char *whole = "<Event a='1'><System><EventID>1</EventID></System><EventData><Data "
                        "Name='x'>&lt;</Data></EventData></Event>";

    for (size_t n = 0; n < strlen(whole); n++) {
        struct lf_arena a = { 0 };
        const struct lf_json *doc;
        lf_view in = { whole, n };

        CHECK(lf_winxml_take(&a, &in, &doc, NULL) == LF_BAD_INPUT, "taken at %zu", n);
        lf_arena_clear(&a);
    }
}

int main(void)
{
    RUN(events_become_the_json_that_evtx_gives);
    RUN(what_is_no_event_is_refused_and_stays);
    RUN(a_cut_event_is_never_taken);
    DONE();
}
