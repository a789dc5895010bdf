#include "engine/time_part.h"

#include "lf_test.h"

static const struct {
    const char *text;
    int minute, hour, day, week, month, year;
} rows[] = {
    { "2026-11-21T18:05:09.123Z", 5, 18, 21, 47, 11, 2026 },
    { "2026-11-21 18:05", 5, 18, 21, 47, 11, 2026 },
    { "2026-11-21T23:59:59+08:00", 59, 23, 21, 47, 11, 2026 }, /* no zone is reckoned with */
    { "2026-11-21", -1, -1, 21, 47, 11, 2026 },
    { "2027-01-03", -1, -1, 3, 53, 1, 2027 }, /* the Sunday of 2026's week 53 */
    { "2027-01-04", -1, -1, 4, 1, 1, 2027 },
    { "2024-12-30", -1, -1, 30, 1, 12, 2024 },
    { "2021-01-01", -1, -1, 1, 53, 1, 2021 },
    { "2022-01-01", -1, -1, 1, 52, 1, 2022 },
    { "2026-02-30", -1, -1, 30, -1, 2, 2026 }, /* digits as written, but no week */
    { "2026-13-01", -1, -1, 1, -1, 13, 2026 },
    { "2026-11-21T", -1, -1, -1, -1, -1, -1 },
    { "2026-11-21T18", -1, -1, -1, -1, -1, -1 },
    { "2026-11-21x18:05", -1, -1, -1, -1, -1, -1 },
    { "2026-11-21T18.05", -1, -1, -1, -1, -1, -1 },
    { "2026/11/21", -1, -1, -1, -1, -1, -1 },
    { " 2026-11-21", -1, -1, -1, -1, -1, -1 },
    { "26-11-21", -1, -1, -1, -1, -1, -1 },
    { "", -1, -1, -1, -1, -1, -1 },
};

static void each_part_is_read_as_it_stands(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int want[] = { rows[i].minute, rows[i].hour,  rows[i].day,
                             rows[i].week,   rows[i].month, rows[i].year };

        for (int p = 0; p < 6; p++) {
            int got = lf_time_part(lf_view_of(rows[i].text), (enum lf_time_part)p);

            CHECK(got == want[p], "\"%s\", part %d: %d, not %d", rows[i].text, p, got, want[p]);
        }
    }
}

static void a_cut_text_says_nothing_past_its_end(void)
{
    static const char whole[] = "2026-11-21T18:05";

    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *copy = malloc(n ? n : 1);

        if (!copy)
            break;
        memcpy(copy, whole, n);
        for (int p = 0; p < 6; p++) {
            int got = lf_time_part((lf_view){ copy, n }, (enum lf_time_part)p);

            CHECK((got >= 0) == (n == 10 && p >= 2), "%zu bytes, part %d: %d", n, p, got);
        }
        free(copy);
    }
}

int main(void)
{
    RUN(each_part_is_read_as_it_stands);
    RUN(a_cut_text_says_nothing_past_its_end);
    DONE();
}
