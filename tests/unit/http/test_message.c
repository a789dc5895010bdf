#include "http/message.h"
#include "lf_test.h"

static struct lf_arena arena;

static struct lf_http_request sample(void)
{
    struct lf_http_request r = { .id = 0x0102030405060708u,
                                 .door = LF_DOOR_PEER,
                                 .method = LF_V("POST"),
                                 .path = LF_V("/taxii2/警訊/"),
                                 .query = LF_V("limit=1&next=a%2Bb"),
                                 .body = LF_V("{\"a\":\"\\u0000\"}"),
                                 .remote = LF_V("2001:db8::1"),
                                 .has_pin = true,
                                 .nheaders = 2 };

    memset(r.peer_pin, 0xa5, sizeof r.peer_pin);
    r.headers[0] = (struct lf_http_header){ LF_V("Accept"), LF_V("application/json") };
    r.headers[1] = (struct lf_http_header){ LF_V("X-Empty"), LF_V("") };
    return r;
}

static void a_request_comes_out_as_it_went_in(void)
{
    struct lf_http_request in = sample(), out;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_http_pack_request(&b, &in);
    CHECK_OK(lf_http_unpack_request(lf_buf_view(&b), &out, &e), &e);
    CHECK(out.id == in.id && out.door == in.door && out.has_pin, "numbers");
    CHECK(memcmp(out.peer_pin, in.peer_pin, LF_HTTP_PIN) == 0, "pin");
    CHECK_VIEW(out.method, in.method);
    CHECK_VIEW(out.path, in.path);
    CHECK_VIEW(out.query, in.query);
    CHECK_VIEW(out.body, in.body);
    CHECK_VIEW(out.remote, in.remote);
    CHECK_VIEW(lf_http_get(&out, "accept"), LF_V("application/json"));
    CHECK(lf_http_get(&out, "x-empty").ptr && !lf_http_get(&out, "x-empty").len, "empty header is there");
    CHECK(!lf_http_get(&out, "host").ptr, "absent header");
    lf_buf_clear(&b);
}

static void a_response_comes_out_as_it_went_in(void)
{
    struct lf_http_response in = { .id = 7, .status = 503, .body = LF_V("x"), .wait_until = 99 }, out;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_http_add(&in, "Retry-After", LF_V("1"));
    lf_buf_init(&b, 1 << 20);
    lf_http_pack_response(&b, &in);
    CHECK_OK(lf_http_unpack_response(lf_buf_view(&b), &out, &e), &e);
    CHECK(out.id == 7 && out.status == 503 && out.wait_until == 99 && out.nheaders == 1, "numbers");
    CHECK_VIEW(out.body, in.body);
    CHECK_VIEW(lf_http_answer_get(&out, "retry-after"), LF_V("1"));
    lf_buf_clear(&b);
}

static void every_cut_of_a_message_is_refused(void)
{
    struct lf_http_request in = sample(), out;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_http_pack_request(&b, &in);
    for (size_t n = 0; n < b.len; n++)
        CHECK(lf_http_unpack_request(lf_view_first(lf_buf_view(&b), n), &out, &e) != LF_OK, "cut at %zu", n);
    lf_buf_byte(&b, 'x');
    CHECK_CODE(lf_http_unpack_request(lf_buf_view(&b), &out, &e), LF_BAD_INPUT);
    lf_buf_clear(&b);
}

static void a_header_that_would_split_an_answer_is_refused(void)
{
    struct lf_http_response in = { .status = 200 }, out;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_http_add(&in, "Location", LF_V("/\r\nSet-Cookie: a=b"));
    lf_buf_init(&b, 1 << 20);
    lf_http_pack_response(&b, &in);
    CHECK_CODE(lf_http_unpack_response(lf_buf_view(&b), &out, &e), LF_BAD_INPUT);
    lf_buf_clear(&b);
}

static const struct {
    const char *fields, *name, *want;
    size_t n;
} fields[] = {
    { "a=1&b=2", "b", "2", 1 },    { "a=1&a=2", "a", "1", 2 }, { "a=%E8%AD%A6%E8%A8%8A+x", "a", "警訊 x", 1 },
    { "a", "a", "", 1 },           { "", "a", NULL, 0 },       { "ab=1", "a", NULL, 0 },
    { "%61=1", "a", "1", 1 },      { "a=%4", "a", "%4", 1 },   { "a=%zz%00", "a", "%zz%00", 1 },
    { "&&a=b=c&", "a", "b=c", 1 },
};

static void fields_are_decoded_once(void)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t n = 9;
        lf_view got = lf_http_field(&arena, lf_view_of(fields[i].fields), fields[i].name, &n);

        CHECK(n == fields[i].n, "%s: %zu", fields[i].fields, n);
        CHECK(!got.ptr == !fields[i].want, "%s: absence", fields[i].fields);
        CHECK_VIEW(got, lf_view_of(fields[i].want));
    }
}

static void of_fields_with_one_name_each_value_is_found(void)
{
    lf_view f = LF_V("a=1&b=2&a=x%3Ay&c&a=");

    CHECK(lf_http_field_has(&arena, f, "a", LF_V("1")) && lf_http_field_has(&arena, f, "a", LF_V("x:y")) &&
              lf_http_field_has(&arena, f, "a", LF_V("")),
          "all of a");
    CHECK(!lf_http_field_has(&arena, f, "a", LF_V("2")) && !lf_http_field_has(&arena, f, "c", LF_V("")) &&
              !lf_http_field_has(&arena, (lf_view){ 0 }, "a", LF_V("1")),
          "and no others");
}

static const struct {
    const char *raw, *want; /* NULL: refused */
} paths[] = {
    { "/", "/" },
    { "/a/b", "/a/b" },
    { "/a/./b/../c", "/a/c" },
    { "/a/%2e%2E/c", "/c" },
    { "/../../etc/passwd", "/etc/passwd" },
    { "/a/..", "/" },
    { "/a/b/.", "/a/b/" },
    { "/a/b/..", "/a/" },
    { "/%E8%AD%A6", "/警" },
    { "/a%252e", "/a%2e" },
    { "//a", "//a" },
    { "/..a/...", "/..a/..." },
    { "a", NULL },
    { "", NULL },
    { "/%2f", NULL },
    { "/a%5cb", NULL },
    { "/%", NULL },
    { "/%4", NULL },
    { "/%00", NULL },
    { "/%0a", NULL },
    { "/%ff", NULL },
};

static void paths_are_decoded_and_flattened_once(void)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        lf_view got = { NULL, 0 };
        struct lf_err e = { 0 };
        enum lf_code rc = lf_http_path(&arena, lf_view_of(paths[i].raw), &got, &e);

        CHECK((rc == LF_OK) == (paths[i].want != NULL), "%s: %s", paths[i].raw, e.text);
        if (rc == LF_OK && paths[i].want)
            CHECK_VIEW(got, lf_view_of(paths[i].want));
    }
}

static void scheme_and_host_before_a_path_are_passed_over(void)
{
    static const struct {
        const char *target, *want;
    } t[] = {
        { "/a?b=http://c/d", "/a?b=http://c/d" },
        { "https://node.example:8443/a/?b", "/a/?b" },
        { "HTTP://node.example/", "/" },
        { "http://node.example", "/" },
        { "http://", "/" },
        { "http://node.example?a=/b", "?a=/b" }, /* refused as a path */
        { "ftp://node.example/a", "ftp://node.example/a" },
        { "http:/a", "http:/a" },
        { "*", "*" },
        { "", "" },
    };

    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        CHECK_VIEW(lf_http_origin_form(lf_view_of(t[i].target)), lf_view_of(t[i].want));
}

int main(void)
{
    RUN(scheme_and_host_before_a_path_are_passed_over);
    RUN(a_request_comes_out_as_it_went_in);
    RUN(a_response_comes_out_as_it_went_in);
    RUN(every_cut_of_a_message_is_refused);
    RUN(a_header_that_would_split_an_answer_is_refused);
    RUN(fields_are_decoded_once);
    RUN(of_fields_with_one_name_each_value_is_found);
    RUN(paths_are_decoded_and_flattened_once);
    lf_arena_clear(&arena);
    DONE();
}
