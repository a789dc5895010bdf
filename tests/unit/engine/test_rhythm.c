#include "engine/rhythm.h"

#include "lf_test.h"

static void who_is_not_known_has_the_floor(void)
{
    struct lf_rhythm r = { 0 };

    CHECK(lf_rhythm_patience(&r, LF_MINUTE) == LF_MINUTE, "%lld",
          (long long)lf_rhythm_patience(&r, LF_MINUTE));
}

static void a_steady_sender_is_missed_soon(void)
{
    struct lf_rhythm r = { 0 };
    lf_time p;

    for (int i = 0; i < 1000; i++)
        lf_rhythm_hear(&r, 10 * LF_SECOND, LF_HOUR);
    p = lf_rhythm_patience(&r, 0);
    CHECK(p >= 10 * LF_SECOND && p <= 20 * LF_SECOND, "%lld", (long long)p);
    CHECK(lf_rhythm_patience(&r, 15 * LF_MINUTE) == 15 * LF_MINUTE, "the floor");
}

static void a_nightly_pause_is_known_after_one_night(void)
{
    struct lf_rhythm r = { 0 };
    lf_time p;

    for (int day = 0; day < 3; day++) {
        for (int i = 0; i < 14 * 60; i++)
            lf_rhythm_hear(&r, LF_MINUTE, LF_RHYTHM_MOST);
        lf_rhythm_hear(&r, 10 * LF_HOUR, LF_RHYTHM_MOST);
    }
    for (int i = 0; i < 14 * 60; i++)
        lf_rhythm_hear(&r, LF_MINUTE, LF_RHYTHM_MOST);
    p = lf_rhythm_patience(&r, 15 * LF_MINUTE);
    CHECK(p > 12 * LF_HOUR && p <= 20 * LF_HOUR, "%lld", (long long)p);
}

static void an_outage_does_not_become_a_habit_at_once(void)
{
    struct lf_rhythm r = { 0 };
    lf_time before, after;

    for (int i = 0; i < 1000; i++)
        lf_rhythm_hear(&r, LF_SECOND, LF_HOUR);
    before = lf_rhythm_patience(&r, 15 * LF_MINUTE);
    lf_rhythm_hear(&r, 3 * LF_DAY, before);
    after = lf_rhythm_patience(&r, 15 * LF_MINUTE);
    CHECK(after <= 4 * before, "%lld after %lld", (long long)after, (long long)before);
    /* And it fades. */
    for (int i = 0; i < 28 * 24 * 60; i++)
        lf_rhythm_hear(&r, LF_MINUTE, LF_HOUR);
    CHECK(lf_rhythm_patience(&r, 15 * LF_MINUTE) == 15 * LF_MINUTE, "%lld",
          (long long)lf_rhythm_patience(&r, 15 * LF_MINUTE));
}

static void nothing_overflows(void)
{
    struct lf_rhythm r = { 0 };

    for (int i = 0; i < 100; i++)
        lf_rhythm_hear(&r, i % 3 == 0 ? LF_TIME_MAX : i % 3 == 1 ? 0 : -LF_DAY, LF_TIME_MAX);
    CHECK(lf_rhythm_patience(&r, 0) == LF_RHYTHM_MOST, "%lld", (long long)lf_rhythm_patience(&r, 0));
}

int main(void)
{
    RUN(who_is_not_known_has_the_floor);
    RUN(a_steady_sender_is_missed_soon);
    RUN(a_nightly_pause_is_known_after_one_night);
    RUN(an_outage_does_not_become_a_habit_at_once);
    RUN(nothing_overflows);
    DONE();
}
