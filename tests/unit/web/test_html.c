#include "base/arena.h"
#include "lf_test.h"
#include "web/html.h"

static const struct {
    const char *name;
    lf_view in;
    const char *want;
} cases[] = {
    { "markup", LF_VIEW("<script>alert('1')</script>"), "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;" },
    { "attribute", LF_VIEW("\" onload=\"x"), "&quot; onload=&quot;x" },
    { "entity", LF_VIEW("&amp;"), "&amp;amp;" },
    { "Chinese stays", LF_VIEW("資安事件"), "資安事件" },
    { "not UTF-8", LF_VIEW("a\xff<"), "a\xef\xbf\xbd&lt;" },
    { "overlong <", LF_VIEW("\xc0\xbc"), "\xef\xbf\xbd\xef\xbf\xbd" },
    { "lines of a form", LF_VIEW("a\r\nb\r"), "a\nb\xef\xbf\xbd" },
    { "control", LF_VIEW("a\0b\x1b"),
      "a\xef\xbf\xbd"
      "b\xef\xbf\xbd" },
};

static void everything_from_outside_is_escaped(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lf_buf b;

        lf_buf_init(&b, 4096);
        lf_html_escape(&b, cases[i].in);
        CHECK(lf_view_is(lf_buf_view(&b), cases[i].want), "%s: %.*s", cases[i].name, LF_FMT(lf_buf_view(&b)));
        lf_buf_clear(&b);
    }
}

static void arguments_fill_the_markup_in_order(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 4096);
    lf_html(&b, "<a href=\"%\">%</a> 100%%%", LF_HC("/x?a=1&b=2"), LF_H(LF_V("<b>")), LF_RAW(LF_V("<br>")));
    CHECK_VIEW(lf_buf_view(&b), LF_V("<a href=\"/x?a=1&amp;b=2\">&lt;b&gt;</a> 100%<br>"));
    lf_buf_reset(&b);
    lf_html(&b, "<p>");
    CHECK_VIEW(lf_buf_view(&b), LF_V("<p>"));
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(everything_from_outside_is_escaped);
    RUN(arguments_fill_the_markup_in_order);
    DONE();
}
