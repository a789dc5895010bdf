#include "fmt/uri.h"

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;

static const struct {
    const char *in, *want; /* NULL: refused */
} paths[] = {
    { "/", "/" },         { "/a/b", "/a/b" },      { "/a/b/", "/a/b/" },
    { "/a//b", "/a/b" },  { "/a/./b/.", "/a/b/" }, { "/a/../b", "/b" },
    { "/a/b/..", "/a/" }, { "/%61%2D", "/a-" },    { "/%E8%81%AF", "/\xe8\x81\xaf" },
    { "/a+b", "/a+b" },   { "/%2e%2e", NULL },     { "/a/%2e%2E/../b", NULL },
    { "/a%2fb", NULL },   { "/a%5cb", NULL },      { "/a\\b", NULL },
    { "/%00", NULL },     { "/%ff", NULL },        { "/%4", NULL },
    { "/%4g", NULL },     { "a", NULL },           { "", NULL },
};

static void a_path_has_one_meaning(void)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        lf_view out = { NULL, 0 };
        enum lf_code rc = lf_uri_decode_path(&a, lf_view_of(paths[i].in), &out, &e);

        if (!paths[i].want)
            CHECK(rc == LF_BAD_INPUT, "%s gave %.*s", paths[i].in, LF_FMT(out));
        else
            CHECK(rc == LF_OK && lf_view_is(out, paths[i].want), "%s gave %.*s", paths[i].in, LF_FMT(out));
    }
}

static void form_fields_are_decoded(void)
{
    lf_view in = LF_V("a=b+c%26&&flag&x=%E8%81%AF=1"), name, value, out;
    struct lf_buf b;

    CHECK(lf_uri_field(&in, &name, &value), "first");
    CHECK_OK(lf_uri_decode_form(&a, value, &out, &e), &e);
    CHECK_VIEW(out, LF_V("b c&"));
    CHECK(lf_uri_field(&in, &name, &value) && lf_view_is(name, "flag") && !value.len, "second");
    CHECK(lf_uri_field(&in, &name, &value), "third");
    CHECK_OK(lf_uri_decode_form(&a, value, &out, &e), &e);
    CHECK_VIEW(out, LF_V("\xe8\x81\xaf=1"));
    CHECK(!lf_uri_field(&in, &name, &value), "end");
    CHECK_CODE(lf_uri_decode_form(&a, LF_V("%zz"), &out, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_uri_decode_form(&a, LF_V("%c3"), &out, &e), LF_BAD_INPUT);

    lf_buf_init(&b, 100);
    lf_uri_encode(&b, LF_V("a b&~\xe8"));
    CHECK_VIEW(lf_buf_view(&b), LF_V("a%20b%26~%E8"));
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(a_path_has_one_meaning);
    RUN(form_fields_are_decoded);
    lf_arena_clear(&a);
    DONE();
}
