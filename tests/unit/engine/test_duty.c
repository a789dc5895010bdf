#include "engine/duty.h"

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;

static lf_time wall(const char *text)
{
    lf_time t = 0;

    CHECK_OK(lf_duty_wall(lf_view_of(text), &t, &e), &e);
    return t;
}

static lf_time utc(const char *text)
{
    lf_time t = 0;

    CHECK_OK(lf_time_parse(lf_view_of(text), &t, &e), &e);
    return t;
}

static struct lf_duty_turn turn(const char *who, const char *zone, const char *begin, const char *end,
                                int64_t every)
{
    return (struct lf_duty_turn){ .id = lf_view_of(begin),
                                  .contact = lf_view_of(who),
                                  .zone = lf_view_of(zone),
                                  .begin = wall(begin),
                                  .end = wall(end),
                                  .every = every,
                                  .seat = 1 };
}

static struct lf_duty_slots look(const struct lf_duty_turn *v, size_t n, const char *from, const char *until)
{
    struct lf_duty_slots s = { 0 };

    CHECK_OK(lf_duty_slots(&a, v, n, utc(from), utc(until), &s, &e), &e);
    return s;
}

/* The people of the slots in order, "A B A". */
static lf_view people(const struct lf_duty_slots *s)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < s->n; i++)
        out = lf_arena_printf(&a, "%.*s%s%.*s", LF_FMT(out), i ? " " : "", LF_FMT(s->items[i].contact));
    return out;
}

static void day_and_night_follow_each_other_without_a_gap(void)
{
    struct lf_duty_turn v[] = { turn("day", "Asia/Taipei", "2026-11-23T08:00", "2026-11-23T20:00", 1),
                                turn("night", "Asia/Taipei", "2026-11-23T20:00", "2026-11-24T08:00", 1) };
    struct lf_duty_slots s = look(v, 2, "2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z");

    CHECK_VIEW(people(&s), LF_V("day night day night"));
    CHECK(!s.nfaults, "%zu faults", s.nfaults);
    CHECK(s.items[0].from == utc("2026-12-01T00:00:00Z") && s.items[0].until == utc("2026-12-01T12:00:00Z"),
          "8 to 20 o'clock of Taipei");
    s = look(v, 2, "2026-11-22T23:00:00Z", "2026-11-23T01:00:00Z");
    CHECK(s.n == 1 && s.nfaults == 1 && !s.faults[0].overlap, "nobody before the first shift");
    CHECK(s.faults[0].until == utc("2026-11-23T00:00:00Z"), "until it begins");
    v[1].until = lf_duty_end(&v[1], wall("2026-11-25T00:00") / LF_DAY);
    CHECK(v[1].until == utc("2026-11-26T00:00:00Z"), "the last night begins on the last day and is whole");
    s = look(v, 2, "2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z");
    CHECK_VIEW(people(&s), LF_V("day night day"));
    CHECK(s.nfaults == 1 && s.faults[0].from == utc("2026-11-26T12:00:00Z"), "then the nights are empty");
}

static void a_weekly_rotation_comes_round(void)
{
    struct lf_duty_turn v[] = { turn("A", "Asia/Taipei", "2026-11-23T09:00", "2026-11-30T09:00", 21),
                                turn("B", "Asia/Taipei", "2026-11-30T09:00", "2026-12-07T09:00", 21),
                                turn("C", "Asia/Taipei", "2026-12-07T09:00", "2026-12-14T09:00", 21) };
    struct lf_duty_slots s = look(v, 3, "2026-11-23T01:00:00Z", "2027-01-04T01:00:00Z");

    CHECK_VIEW(people(&s), LF_V("A B C A B C"));
    CHECK(!s.nfaults, "%zu", s.nfaults);
    s = look(v, 3, "2036-11-23T01:00:00Z", "2036-11-24T01:00:00Z");
    CHECK(s.n == 1, "ten years on as on the first day: %zu", s.n);
}

static void a_night_on_which_the_clocks_change_is_longer_or_shorter(void)
{
    struct lf_duty_turn v[] = { turn("N", "Europe/Brussels", "2026-10-01T22:00", "2026-10-02T06:00", 1) };
    struct lf_duty_slots s = look(v, 1, "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z");

    CHECK(s.n == 1 && s.items[0].until - s.items[0].from == 9 * LF_HOUR, "25 hours had that day");
    s = look(v, 1, "2027-03-27T21:00:00Z", "2027-03-28T04:00:00Z");
    CHECK(s.n == 1 && s.items[0].until - s.items[0].from == 7 * LF_HOUR, "23 hours had that one");
    v[0].zone = LF_V("America/New_York");
    s = look(v, 1, "2026-12-02T03:00:00Z", "2026-12-02T11:00:00Z");
    CHECK(s.n == 1 && s.items[0].from == utc("2026-12-02T03:00:00Z"), "ten at night in New York");
}

static void a_cover_takes_its_part_and_a_swap_is_two(void)
{
    struct lf_duty_turn v[5] = { turn("A", "Asia/Taipei", "2026-11-23T08:00", "2026-11-23T20:00", 2),
                                 turn("B", "Asia/Taipei", "2026-11-24T08:00", "2026-11-24T20:00", 2),
                                 turn("C", "Asia/Taipei", "2026-11-23T12:00", "2026-11-23T14:00", 0),
                                 turn("B", "Asia/Taipei", "2026-11-25T08:00", "2026-11-25T20:00", 0),
                                 turn("A", "Asia/Taipei", "2026-11-26T08:00", "2026-11-26T20:00", 0) };
    struct lf_duty_slots s;

    v[2].instead = v[3].instead = LF_V("A");
    v[4].instead = LF_V("B");
    s = look(v, 5, "2026-11-23T00:00:00Z", "2026-11-26T16:00:00Z");
    CHECK_VIEW(people(&s), LF_V("A C A B B A"));
    CHECK_VIEW(s.items[1].instead, LF_V("A"));
    CHECK(s.items[1].from == utc("2026-11-23T04:00:00Z") && s.items[1].until == utc("2026-11-23T06:00:00Z"),
          "two hours of it");
    CHECK_VIEW(s.items[5].instead, LF_V("B"));
    CHECK(s.nfaults == 4, "the nights alone are empty: %zu", s.nfaults);
    /* Who covers is covered in turn. */
    v[3] = turn("D", "Asia/Taipei", "2026-11-23T13:00", "2026-11-23T14:00", 0);
    v[3].instead = LF_V("C");
    s = look(v, 4, "2026-11-23T00:00:00Z", "2026-11-23T12:00:00Z");
    CHECK_VIEW(people(&s), LF_V("A C D A"));
}

static void two_in_one_seat_are_told_and_a_second_seat_is_none(void)
{
    struct lf_duty_turn v[] = { turn("A", "UTC", "2026-11-23T00:00", "2026-11-23T12:00", 1),
                                turn("B", "UTC", "2026-11-23T10:00", "2026-11-24T00:00", 1),
                                turn("C", "UTC", "2026-11-23T00:00", "2026-11-24T00:00", 1) };
    struct lf_duty_slots s;

    v[2].seat = 2;
    s = look(v, 3, "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z");
    CHECK(s.n == 3 && s.nfaults == 1 && s.faults[0].overlap, "%zu slots, %zu faults", s.n, s.nfaults);
    CHECK(s.faults[0].from == utc("2026-11-25T10:00:00Z") && s.faults[0].until == utc("2026-11-25T12:00:00Z"),
          "two hours");
    CHECK_VIEW(s.faults[0].a, LF_V("A"));
    CHECK_VIEW(s.faults[0].b, LF_V("B"));
}

static void what_will_not_do_is_refused_and_work_is_bounded(void)
{
    struct lf_duty_turn good = turn("A", "UTC", "2026-11-23T00:00", "2026-11-23T12:00", 1), bad = good;
    struct lf_duty_turn *many = LF_NEW(&a, struct lf_duty_turn, 500);
    struct lf_duty_slots s;
    lf_time w;

    CHECK_OK(lf_duty_check(&good, &e), &e);
    bad.zone = LF_V("Asia/Nowhere");
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    bad = good, bad.end = bad.begin;
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    bad = good, bad.end = bad.begin + 25 * LF_HOUR;
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    bad = good, bad.every = 0, bad.end = bad.begin + 32 * LF_DAY;
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    bad = good, bad.every = 367;
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    bad = good, bad.seat = 10;
    CHECK_CODE(lf_duty_check(&bad, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_duty_wall(LF_V("2026-02-30T08:00"), &w, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_duty_wall(LF_V("2026-11-23T08:00Z"), &w, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_duty_slots(&a, &good, 1, good.begin, good.begin + 93 * LF_DAY, &s, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_duty_slots(&a, &good, 1, good.begin, good.begin, &s, &e), LF_BAD_INPUT);
    for (size_t i = 0; i < 500; i++)
        many[i] = good;
    CHECK_CODE(lf_duty_slots(&a, many, 500, good.begin, good.begin + 90 * LF_DAY, &s, &e), LF_TOO_BIG);
}

int main(void)
{
    RUN(day_and_night_follow_each_other_without_a_gap);
    RUN(a_weekly_rotation_comes_round);
    RUN(a_night_on_which_the_clocks_change_is_longer_or_shorter);
    RUN(a_cover_takes_its_part_and_a_swap_is_two);
    RUN(two_in_one_seat_are_told_and_a_second_seat_is_none);
    RUN(what_will_not_do_is_refused_and_work_is_bounded);
    lf_arena_clear(&a);
    DONE();
}
