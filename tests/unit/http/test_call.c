#include "http/call.h"

#include "lf_test.h"

static void fill(struct lf_call *c)
{
    memset(c, 0, sizeof *c);
    c->id = 0x0102030405060708;
    c->base = LF_V("https://parent.test:8443");
    c->has_pin = c->client_cert = true;
    c->timeout_ms = 30000;
    memset(c->pin, 0xa5, sizeof c->pin);
    c->request.method = LF_V("POST");
    c->request.path = LF_V("/taxii2/x");
    c->request.body = LF_V("{}");
}

static void a_call_is_read_back_and_no_cut_of_it_is(void)
{
    struct lf_call c, got;
    struct lf_err e;
    struct lf_buf b;

    fill(&c);
    lf_buf_init(&b, 4096);
    lf_call_pack(&b, &c);
    CHECK_OK(lf_call_unpack(lf_buf_view(&b), &got, &e), &e);
    CHECK(got.id == c.id && got.has_pin && got.client_cert && got.timeout_ms == 30000 &&
              memcmp(got.pin, c.pin, sizeof c.pin) == 0,
          "values");
    CHECK_VIEW(got.base, c.base);
    CHECK_VIEW(got.request.body, c.request.body);
    for (size_t n = 0; n < b.len; n++)
        CHECK(lf_call_unpack((lf_view){ b.ptr, n }, &got, &e) != LF_OK, "cut at %zu was taken", n);
    lf_buf_clear(&b);
}

static void a_base_that_hides_more_than_host_and_port_is_refused(void)
{
    static const lf_view bad[] = { LF_VIEW("https://"),          LF_VIEW("https://a/b"),
                                   LF_VIEW("https://user@a"),    LF_VIEW("file://etc"),
                                   LF_VIEW("https://a\r\nX: y"), LF_VIEW("https://a?b"),
                                   LF_VIEW("http://a"), /* a pin without TLS */
                                   LF_VIEW("HTTPS://a"),         LF_VIEW("") };
    struct lf_err e;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lf_call c, got;
        struct lf_buf b;

        fill(&c);
        c.base = bad[i];
        lf_buf_init(&b, 4096);
        lf_call_pack(&b, &c);
        CHECK(lf_call_unpack(lf_buf_view(&b), &got, &e) != LF_OK, "took \"%.*s\"", LF_FMT(bad[i]));
        lf_buf_clear(&b);
    }
}

static void a_result_is_read_back_and_no_cut_of_it_is(void)
{
    static struct lf_call_result r, got;
    struct lf_err e;
    struct lf_buf b;

    for (int failed = 0; failed < 2; failed++) {
        memset(&r, 0, sizeof r);
        r.id = 7;
        r.code = failed ? LF_UNAUTHENTIC : LF_OK;
        r.why = failed ? LF_V("the key is another") : LF_V("");
        r.response.status = 404;
        r.response.body = LF_V("none");
        lf_http_add(&r.response, "X-Y", LF_V("z"));
        lf_buf_init(&b, 4096);
        lf_call_result_pack(&b, &r);
        CHECK_OK(lf_call_result_unpack(lf_buf_view(&b), &got, &e), &e);
        CHECK(got.id == 7 && got.code == r.code && (failed || got.response.status == 404), "values");
        CHECK_VIEW(got.why, r.why);
        for (size_t n = 0; n < b.len; n++)
            CHECK(lf_call_result_unpack((lf_view){ b.ptr, n }, &got, &e) != LF_OK, "cut at %zu was taken", n);
        lf_buf_clear(&b);
    }
}

int main(void)
{
    RUN(a_call_is_read_back_and_no_cut_of_it_is);
    RUN(a_base_that_hides_more_than_host_and_port_is_refused);
    RUN(a_result_is_read_back_and_no_cut_of_it_is);
    DONE();
}
