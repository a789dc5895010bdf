#include "cert/statistic.h"

#include "lf_test.h"

static uint64_t rng = 20261122;
static unsigned dice(unsigned n)
{
    rng ^= rng << 13, rng ^= rng >> 7, rng ^= rng << 17;
    return (unsigned)(rng % n);
}

static const struct {
    const char *text;
    enum lf_code want;
    int year, month;
} times[] = {
    { "115", LF_OK, 2026, 0 },
    { "2026", LF_OK, 2026, 0 },
    { "民國115年", LF_OK, 2026, 0 },
    { " 115 ", LF_OK, 2026, 0 },
    { "115-11", LF_OK, 2026, 11 },
    { "2026-02", LF_OK, 2026, 2 },
    { "民國115年11月", LF_OK, 2026, 11 },
    { "", LF_BAD_INPUT, 0, 0 },
    { "115-13", LF_BAD_INPUT, 0, 0 },
    { "12", LF_BAD_INPUT, 0, 0 },
    { "9999", LF_BAD_INPUT, 0, 0 },
    { "-115", LF_BAD_INPUT, 0, 0 },
    { "tomorrow", LF_BAD_INPUT, 0, 0 },
    { "2026-", LF_BAD_INPUT, 0, 0 },
    { "年", LF_BAD_INPUT, 0, 0 },
};

static void a_year_or_month_is_taken_by_both_calendars(void)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct lf_statistic_span span = { 0 };
        struct lf_err e = { 0 };

        CHECK_CODE(lf_statistic_span_parse(lf_view_of(times[i].text), &span, &e), times[i].want);
        CHECK(span.year == times[i].year && span.month == times[i].month, "%s: %d-%d", times[i].text,
              span.year, span.month);
        CHECK(times[i].want != LF_OK || span.begin < span.end, "%s", times[i].text);
    }
}

/* Whoever knows the total and the cells that are shown learns of the withheld ones only their sum. */
static void what_is_withheld_cannot_be_reckoned_from_what_is_shown(void)
{
    for (unsigned round = 0; round < 20000; round++) {
        int64_t cells[12], together = 0, all = 0;
        bool hidden[12];
        size_t n = 1 + dice(12), count = 0, shown = 0;

        for (size_t i = 0; i < n; i++)
            cells[i] = dice(3) ? dice(8) : dice(200);
        lf_statistic_withhold(cells, n, hidden);
        for (size_t i = 0; i < n; i++) {
            all += cells[i];
            CHECK(hidden[i] || cells[i] == 0 || cells[i] >= LF_STATISTIC_LEAST, "a small cell is shown");
            CHECK(!hidden[i] || cells[i] > 0, "nothing is no secret");
            together += hidden[i] ? cells[i] : 0;
            count += hidden[i];
            shown += !hidden[i] && cells[i];
        }
        CHECK(!count || (count >= 2 && together >= LF_STATISTIC_LEAST) || !shown,
              "%zu cells of %lld are withheld", count, (long long)together);
        /* The total is a table of one cell. */
        lf_statistic_withhold(&all, 1, hidden);
        CHECK(hidden[0] == (all > 0 && all < LF_STATISTIC_LEAST), "total %lld", (long long)all);
    }
}

int main(void)
{
    RUN(a_year_or_month_is_taken_by_both_calendars);
    RUN(what_is_withheld_cannot_be_reckoned_from_what_is_shown);
    DONE();
}
