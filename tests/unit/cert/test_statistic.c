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

/* Two classes of types, and how many of each are shown: a class and what is shown of its types leave of the
 * others their sum alone, which is of two of them, or of five cases. */
static void types_are_withheld_so_that_their_class_does_not_tell_them(void)
{
    static const char *const classes[] = { "a", "a-b" }, *const types[] = { "a-b:x", "a-b:y", "a-b:z",
                                                                            "a:x",   "a:y",   "a:z" };
    struct lf_arena own = { 0 }, *a = &own;

    for (unsigned round = 0; round < 20000; round++) {
        struct lf_statistic_row rows[8];
        bool hidden[8];

        for (size_t i = 0; i < 8; i++)
            rows[i] = (struct lf_statistic_row){ .axis = i < 2 ? LF_AXIS_RSIT : LF_AXIS_TYPE,
                                                 .name = lf_view_of(i < 2 ? classes[i] : types[i - 2]) };
        for (size_t i = 2; i < 8; i++) {
            rows[i].cases = dice(3) ? dice(8) : dice(200);
            rows[i < 5].cases += rows[i].cases;
        }
        lf_statistic_withhold_rows(a, rows, 8, hidden);
        for (size_t c = 0; c < 2; c++) {
            int64_t together = 0;
            size_t count = 0, shown = 0;

            for (size_t i = c ? 2 : 5; i < (c ? 5 : 8); i++) {
                CHECK(hidden[i] || !rows[i].cases || rows[i].cases >= LF_STATISTIC_LEAST, "a small one");
                together += hidden[i] ? rows[i].cases : 0;
                count += hidden[i];
                shown += !hidden[i] && rows[i].cases;
            }
            CHECK(!hidden[c] || !shown, "a class that is withheld is told by its types");
            CHECK(!count || !shown || (count >= 2 && together >= LF_STATISTIC_LEAST), "%zu of %lld", count,
                  (long long)together);
        }
        lf_arena_reset(a);
    }
    lf_arena_clear(a);
}

static void with_a_vital_function_the_number_that_affect_none_is_withheld(void)
{
    struct lf_arena own = { 0 }, *a = &own;
    struct lf_statistic_row rows[] = { { .axis = LF_AXIS_VITAL, .name = LF_VIEW("finance"), .cases = 3 },
                                       { .axis = LF_AXIS_VITAL, .name = LF_VIEW("rescue"), .cases = 3 },
                                       { .axis = LF_AXIS_VITAL, .name = LF_VIEW(""), .cases = 97 } };
    bool hidden[3];

    /* of 100 cases three affect both: 97 would tell so */
    lf_statistic_withhold_rows(a, rows, 3, hidden);
    CHECK(hidden[0] && hidden[1] && hidden[2], "none");
    rows[0].cases = rows[1].cases = 10;
    lf_statistic_withhold_rows(a, rows, 3, hidden);
    CHECK(!hidden[0] && !hidden[1] && !hidden[2], "nothing small");
    lf_arena_clear(a);
}

static struct lf_statistic_span span_of(const char *text)
{
    struct lf_statistic_span s = { 0 };
    struct lf_err e = { 0 };

    CHECK_OK(lf_statistic_span_parse(lf_view_of(text), &s, &e), &e);
    return s;
}

static void weeks_are_those_of_iso_8601(void)
{
    static const struct {
        const char *text;
        enum lf_code want;
        int year, week, month, day; /* the day it begins */
    } weeks[] = {
        { "2026-W01", LF_OK, 2025, 1, 12, 29 },     { "115-W1", LF_OK, 2025, 1, 12, 29 },
        { "2026-w53", LF_OK, 2026, 53, 12, 28 },    { "民國115年第47週", LF_OK, 2026, 47, 11, 16 },
        { "2025-W53", LF_BAD_INPUT, 0, 0, 0, 0 },   { "2026-W0", LF_BAD_INPUT, 0, 0, 0, 0 },
        { "2026-W54", LF_BAD_INPUT, 0, 0, 0, 0 },   { "W47", LF_BAD_INPUT, 0, 0, 0, 0 },
        { "2026-W+1", LF_BAD_INPUT, 0, 0, 0, 0 },   { "2026-W", LF_BAD_INPUT, 0, 0, 0, 0 },
        { "2026-11-W3", LF_BAD_INPUT, 0, 0, 0, 0 },
    };

    for (size_t i = 0; i < sizeof weeks / sizeof *weeks; i++) {
        struct lf_statistic_span s = { 0 };
        struct lf_civil c;
        struct lf_err e = { 0 };

        CHECK_CODE(lf_statistic_span_parse(lf_view_of(weeks[i].text), &s, &e), weeks[i].want);
        if (weeks[i].want != LF_OK)
            continue;
        c = lf_civil_of(s.begin + LF_TAIPEI);
        CHECK(s.week == weeks[i].week && c.year == weeks[i].year && c.month == weeks[i].month &&
                  c.day == weeks[i].day && s.end - s.begin == 7 * LF_DAY,
              "%s: week %d from %d-%d-%d", weeks[i].text, s.week, c.year, c.month, c.day);
    }
    for (int64_t day = 7300; day < 84000;
         day++) { /* of 1990 to 2199: each lies in the week that its Monday names */
        struct lf_civil c = lf_civil_of(day * LF_DAY);
        int64_t monday = lf_statistic_monday(day);
        int year, week;

        CHECK(monday <= day && day < monday + 7 && lf_civil_of(monday * LF_DAY).weekday == 1, "day %d",
              (int)day);
        lf_statistic_week(monday, &year, &week);
        CHECK(week >= 1 && week <= 53 && (year == c.year || c.month == 1 || c.month == 12), "day %d",
              (int)day);
        CHECK(c.month != 1 || c.day != 4 || (year == c.year && week == 1),
              "4 January lies in the first week");
    }
}

static void a_time_ends_where_the_next_begins(void)
{
    static const char *const kinds[] = { "2026", "2026-11", "2026-01", "2026-W01", "2026-W47", "2027-W01" };
    struct lf_statistic_span s, before, year;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        s = span_of(kinds[i]);
        CHECK(lf_statistic_span_before(&s, &before) && before.end == s.begin && before.begin < s.begin, "%s",
              kinds[i]);
        CHECK(!before.week == !s.week && !before.month == !s.month, "%s: of the same kind", kinds[i]);
    }
    s = span_of("2026-11");
    CHECK(lf_statistic_span_year_before(&s, &year) && year.year == 2025 && year.month == 11, "a month");
    s = span_of("2026-W47");
    CHECK(lf_statistic_span_year_before(&s, &year) && year.year == 2025 && year.week == 47, "a week");
    s = span_of("2026-W53");
    CHECK(lf_statistic_span_year_before(&s, &year) && year.year == 2025 && year.week == 52, "a week 53");
    s = span_of("2026");
    CHECK(!lf_statistic_span_year_before(&s, &year), "of a year it is the one before");
    s = span_of("1990");
    CHECK(!lf_statistic_span_before(&s, &before), "the first");
}

int main(void)
{
    RUN(weeks_are_those_of_iso_8601);
    RUN(a_time_ends_where_the_next_begins);
    RUN(a_year_or_month_is_taken_by_both_calendars);
    RUN(types_are_withheld_so_that_their_class_does_not_tell_them);
    RUN(with_a_vital_function_the_number_that_affect_none_is_withheld);
    RUN(what_is_withheld_cannot_be_reckoned_from_what_is_shown);
    DONE();
}
