#include "model/finding.h"

#include "lf_test.h"

static struct lf_finding sample(void)
{
    struct lf_finding f = {
        .position = 42,
        .happened = 1763693296000000,
        .recorded = 1763693296000500,
        .sender = LF_V("web-1"),
        .rule = LF_V("0f9f0000-0000-4000-8000-000000000001"),
        .title = LF_V("注入 a command"),
        .level = LF_LEVEL_HIGH,
        .host = LF_V("www"),
        .event = LF_V("{\"a\":1}"),
        .nobservables = 2,
        .second_sender = LF_V("dns-1"),
        .second_event = LF_V("{\"query\":\"c2.test\"}"),
        .second_happened = 1763693297000000,
    };

    f.observables[0] = (struct lf_observable){ LF_OBS_DOMAIN, LF_V("c2.test") };
    f.observables[1] = (struct lf_observable){ LF_OBS_IPV4, LF_V("192.0.2.7") };
    return f;
}

static void a_finding_comes_back_as_it_was_packed(void)
{
    struct lf_finding f = sample(), g;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 16);
    lf_finding_pack(&b, &f);
    CHECK_OK(lf_finding_unpack(lf_buf_view(&b), &g, &e), &e);
    CHECK(g.position == f.position && g.happened == f.happened && g.recorded == f.recorded, "numbers");
    CHECK(g.level == f.level && g.nobservables == 2 && g.observables[1].kind == LF_OBS_IPV4, "kinds");
    CHECK_VIEW(g.sender, f.sender);
    CHECK_VIEW(g.rule, f.rule);
    CHECK_VIEW(g.title, f.title);
    CHECK_VIEW(g.host, f.host);
    CHECK_VIEW(g.event, f.event);
    CHECK_VIEW(g.observables[0].value, f.observables[0].value);
    CHECK_VIEW(g.second_sender, f.second_sender);
    CHECK_VIEW(g.second_event, f.second_event);
    CHECK(g.second_happened == f.second_happened, "second time");
    lf_buf_clear(&b);
}

static void without_second_evidence_its_views_are_null(void)
{
    struct lf_finding f = sample(), g;
    struct lf_err e = { 0 };
    struct lf_buf b;

    f.second_sender = f.second_event = (lf_view){ NULL, 0 };
    lf_buf_init(&b, 1 << 16);
    lf_finding_pack(&b, &f);
    CHECK_OK(lf_finding_unpack(lf_buf_view(&b), &g, &e), &e);
    CHECK(!g.second_sender.ptr && !g.second_event.ptr, "second evidence out of nothing");
    lf_buf_clear(&b);
}

static void no_cut_finding_is_taken_and_the_output_stays_untouched(void)
{
    struct lf_finding f = sample(), g;
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 16);
    lf_finding_pack(&b, &f);
    for (size_t n = 0; n < b.len; n++) {
        /* A copy of exactly n bytes, so that the address sanitizer sees a read past it. */
        char *cut = malloc(n ? n : 1);

        memcpy(cut, b.ptr, n);
        g = (struct lf_finding){ .position = 7 };
        CHECK_CODE(lf_finding_unpack((lf_view){ cut, n }, &g, &e), LF_BAD_INPUT);
        CHECK(g.position == 7, "touched at %zu", n);
        free(cut);
    }
    lf_buf_byte(&b, 0);
    CHECK_CODE(lf_finding_unpack(lf_buf_view(&b), &g, &e), LF_BAD_INPUT);
    lf_buf_clear(&b);
}

static void a_changed_byte_never_gives_something_out_of_range(void)
{
    struct lf_finding f = sample();
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 16);
    lf_finding_pack(&b, &f);
    for (size_t i = 0; i < b.len; i++)
        for (unsigned v = 0; v < 256; v += 5) {
            char was = b.ptr[i];
            struct lf_finding g;

            b.ptr[i] = (char)v;
            if (lf_finding_unpack(lf_buf_view(&b), &g, &e) == LF_OK) {
                CHECK(g.level <= LF_LEVEL_CRITICAL && g.nobservables <= LF_FINDING_OBSERVABLES, "at %zu", i);
                CHECK(g.happened >= 0 && g.happened <= LF_TIME_MAX, "time at %zu", i);
                CHECK(lf_view_is_utf8(g.title) && lf_view_is_utf8(g.event), "text at %zu", i);
            }
            b.ptr[i] = was;
        }
    lf_buf_clear(&b);
}

static void levels_have_sigmas_names_both_ways(void)
{
    enum lf_level l;

    for (int i = 0; i <= LF_LEVEL_CRITICAL; i++) {
        CHECK(lf_level_parse(lf_view_of(lf_level_name((enum lf_level)i)), &l), "%d", i);
        CHECK((int)l == i, "%d", i);
    }
    CHECK(!lf_level_parse(LF_V("HIGH"), &l) && !lf_level_parse(LF_V(""), &l), "no such level");
}

int main(void)
{
    RUN(a_finding_comes_back_as_it_was_packed);
    RUN(without_second_evidence_its_views_are_null);
    RUN(no_cut_finding_is_taken_and_the_output_stays_untouched);
    RUN(a_changed_byte_never_gives_something_out_of_range);
    RUN(levels_have_sigmas_names_both_ways);
    DONE();
}
