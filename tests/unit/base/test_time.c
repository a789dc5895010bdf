#include "base/time.h"

#include "lf_test.h"

static const struct {
    const char *name, *in, *want; /* want NULL: refused */
} texts[] = {
    { "plain", "2026-11-21T02:48:16Z", "2026-11-21T02:48:16.000000Z" },
    { "offset", "2026-11-21T10:48:16+08:00", "2026-11-21T02:48:16.000000Z" },
    { "fraction is cut, not rounded", "2026-11-21T02:48:16.9999999Z", "2026-11-21T02:48:16.999999Z" },
    { "leap day", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000000Z" },
    { "no leap day in 2100", "2100-02-29T00:00:00Z", NULL },
    { "second 60", "2026-06-30T23:59:60Z", NULL },
    { "24:00", "2026-06-30T24:00:00Z", NULL },
    { "no zone", "2026-06-30T23:59:00", NULL },
    { "blank for T", "2026-06-30 23:59:00Z", NULL },
    { "ten fraction digits", "2026-06-30T23:59:00.1234567890Z", NULL },
    { "empty fraction", "2026-06-30T23:59:00.Z", NULL },
    { "month 0", "2026-00-30T23:59:00Z", NULL },
    { "before 1970", "1969-12-31T23:59:59Z", NULL },
    { "offset hour 24", "2026-06-30T23:59:00+24:00", NULL },
    { "tail", "2026-06-30T23:59:00Zx", NULL },
};

static void only_real_moments_are_read(void)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lf_time t = -1;
        char out[LF_TIME_TEXT];
        enum lf_code rc = lf_time_parse(lf_view_of(texts[i].in), &t, NULL);

        if (texts[i].want && rc == LF_OK)
            CHECK_VIEW(lf_time_micro(t, out), lf_view_of(texts[i].want));
        CHECK((rc == LF_OK) == (texts[i].want != NULL), "%s", texts[i].name);
    }
}

static void text_and_time_agree_for_every_day_of_230_years(void)
{
    int month = 0, day = 0;

    for (lf_time t = 0; t <= LF_TIME_MAX; t += LF_DAY + 1234567) {
        char out[LF_TIME_TEXT];
        lf_time back = -1;
        struct lf_civil c = lf_civil_of(t);

        CHECK_CODE(lf_time_parse(lf_time_micro(t, out), &back, NULL), LF_OK);
        CHECK(back == t, "%s", out);
        CHECK(c.month != month || c.day != day, "the day did not move: %s", out);
        month = c.month;
        day = c.day;
    }
    CHECK(lf_civil_of(0).weekday == 4, "1970-01-01 was a Thursday");
}

static void a_cut_time_is_refused_and_leaves_out_untouched(void)
{
    lf_view whole = LF_VIEW("2026-11-21T02:48:16.123456+08:00");

    for (size_t n = 0; n < whole.len; n++) {
        lf_time t = 77;
        if (lf_time_parse(lf_view_first(whole, n), &t, NULL) != LF_OK)
            CHECK(t == 77, "touched at %zu", n);
        else
            CHECK(false, "took the first %zu bytes", n);
    }
}

int main(void)
{
    RUN(only_real_moments_are_read);
    RUN(text_and_time_agree_for_every_day_of_230_years);
    RUN(a_cut_time_is_refused_and_leaves_out_untouched);
    DONE();
}
