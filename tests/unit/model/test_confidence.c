/* The formula of model/confidence.h, row by row. */
#include "model/confidence.h"

#include "lf_test.h"

static const struct {
    const char *name;
    struct lf_confidence c;
    lf_time now;
    int want;
} rows[] = {
    { "fresh, unseen", { .base = 60 }, 0, 60 },
    { "one node saw it", { .base = 60, .nodes = 1 }, 0, 65 },
    { "three did", { .base = 60, .nodes = 3 }, 0, 70 },
    { "fifteen and more add twenty", { .base = 60, .nodes = 7000 }, 0, 80 },
    { "never above 100", { .base = 95, .nodes = 7000, .right = 9 }, 0, 100 },
    { "a true positive", { .base = 60, .right = 1 }, 0, 65 },
    { "false positives outweigh", { .base = 60, .right = 1, .wrong = 2 }, 0, 35 },
    { "a reliable source", { .base = 60, .graded = 10 }, 0, 70 },
    { "an unreliable one", { .base = 60, .graded = -25 }, 0, 35 },
    { "never below 0", { .base = 60, .wrong = 1000000 }, 0, 0 },
    { "half an address's life", { .kind = LF_OBS_IPV4, .base = 80 }, 30 * LF_DAY, 60 },
    { "its end", { .kind = LF_OBS_IPV4, .base = 80 }, 60 * LF_DAY, 0 },
    { "a sum lasts", { .kind = LF_OBS_SHA256, .base = 80 }, 60 * LF_DAY, 80 },
    { "a sighting makes it young",
      { .kind = LF_OBS_IPV4, .base = 80, .since = 60 * LF_DAY },
      60 * LF_DAY,
      80 },
    { "valid_until ends it", { .base = 80, .valid_until = LF_DAY }, LF_DAY, 0 },
    { "a clock that stepped back does not age it", { .base = 80, .since = LF_DAY }, 0, 80 },
};

static void each_part_of_the_formula_is_as_stated(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_confidence_now n = lf_confidence_now(&rows[i].c, rows[i].now);

        CHECK(n.confidence == rows[i].want, "%s: %d and not %d", rows[i].name, n.confidence, rows[i].want);
    }
}

static void older_is_never_surer(void)
{
    for (int k = 0; k < LF_OBS_KINDS; k++) {
        struct lf_confidence c = { .kind = (enum lf_observable_kind)k, .base = 100 };
        int before = 100;

        for (lf_time t = 0; t < 2000 * LF_DAY; t += LF_DAY) {
            int now = lf_confidence_now(&c, t).confidence;

            CHECK(now <= before, "kind %d rose after %lld days", k, (long long)(t / LF_DAY));
            before = now;
        }
        CHECK(before == 0, "kind %d never ends", k);
    }
}

static void grades_are_those_of_the_standard(void)
{
    static const int digits[] = { 90, 70, 50, 30, 10, -1 }, letters[] = { 10, 5, 0, -10, -25, 0 };

    for (int i = 0; i < 6; i++)
        CHECK(lf_confidence_digit((char)('1' + i)) == digits[i] &&
                  lf_confidence_letter((char)('A' + i)) == letters[i],
              "%c%c", 'A' + i, '1' + i);
    CHECK(lf_confidence_digit('\0') == -1 && lf_confidence_letter('\0') == 0, "no grade moves something");
}

int main(void)
{
    RUN(each_part_of_the_formula_is_as_stated);
    RUN(older_is_never_surer);
    RUN(grades_are_those_of_the_standard);
    DONE();
}
