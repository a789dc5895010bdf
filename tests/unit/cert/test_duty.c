#include "cert/duty.h"

#include "../soc/lf_desk.h"
#include "cert/contact.h"
#include "cert/notice.h"
#include "cert/unit.h"
#include "store/query_duty.h"

static struct lf_identity self;
static lf_view unit, person[4];
static const char *const names[4] = { "ann", "bob", "cho", "dan" };

static bool begin_desk(void)
{
    struct lf_unit u = { .name = LF_V("應變中心") };

    if (!start())
        return false;
    now = 20000 * LF_DAY; /* midnight of UTC, eight o'clock of Taipei */
    self = (struct lf_identity){ .org = t.scope.org, .tier = LF_V("sector") };
    t.self = &self;
    u.tenant = self.org;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    for (size_t i = 0; i < 4; i++) {
        struct lf_contact c = { .unit = unit, .name = lf_view_of(names[i]), .account = lf_view_of(names[i]) };

        CHECK_OK(lf_contact_put(&t, &c, &person[i], &e), &e);
    }
    return true;
}

/* Ann by day, Bob by night, from today on. */
static void day_and_night(void)
{
    lf_time eight = 20000 * LF_DAY + 8 * LF_HOUR;
    struct lf_duty_new d = {
        .contacts = &person[0], .n = 1, .begin = eight, .end = eight + 12 * LF_HOUR, .every = 1
    };

    CHECK_OK(lf_duty_add(&t, LF_WHO_DESK, 1, &d, &e), &e);
    d = (struct lf_duty_new){
        .contacts = &person[1], .n = 1, .begin = d.end, .end = d.end + 12 * LF_HOUR, .every = 1
    };
    CHECK_OK(lf_duty_add(&t, LF_WHO_DESK, 1, &d, &e), &e);
}

static struct lf_notice_full raised(const char *key)
{
    struct lf_notice_new n = { .kind = LF_NOTICE_REPORTED, .level = 3, .key = lf_view_of(key) };
    struct lf_mail_settings none = { 0 };
    struct lf_notice_full f = { 0 };
    lf_view id = LF_V("");
    lf_time next;

    CHECK_OK(lf_notice_raise(&t, &n, &id, &e), &e);
    CHECK_OK(lf_notice_turn(&t, &none, LF_V(""), &next, &e), &e);
    CHECK_OK(lf_notice_get(&t, id, &f, &e), &e);
    return f;
}

static struct lf_notice_full later(lf_view id, lf_time by)
{
    struct lf_mail_settings none = { 0 };
    struct lf_notice_full f = { 0 };
    lf_time next;

    now += by;
    CHECK_OK(lf_notice_turn(&t, &none, LF_V(""), &next, &e), &e);
    CHECK_OK(lf_notice_get(&t, id, &f, &e), &e);
    return f;
}

static void a_call_goes_first_to_whoever_is_on_duty_at_that_moment_then_down_the_post(void)
{
    struct lf_notice_full f;

    if (!begin_desk())
        return;
    day_and_night();
    CHECK_OK(lf_post_set(&t, LF_WHO_DESK, 1, (lf_view[]){ person[2], person[1] }, 2, &e), &e);
    f = raised("by day");
    CHECK_VIEW(f.calls[0].name, LF_V("ann"));
    f = later(f.row.id, 15 * LF_MINUTE);
    CHECK_VIEW(f.calls[1].name, LF_V("cho"));
    f = later(f.row.id, 15 * LF_MINUTE);
    CHECK_VIEW(f.calls[2].name, LF_V("bob"));
    now = 20000 * LF_DAY + 12 * LF_HOUR - 1;
    f = raised("a moment before the shift ends");
    CHECK_VIEW(f.calls[0].name, LF_V("ann"));
    f = later(f.row.id, 15 * LF_MINUTE); /* the shift has changed while it rang */
    CHECK(f.ncalls == 2, "%zu", f.ncalls);
    CHECK_VIEW(f.calls[1].name, LF_V("bob"));
    now = 20000 * LF_DAY + 12 * LF_HOUR;
    CHECK_VIEW(raised("by night").calls[0].name, LF_V("bob"));
    stop();
}

static int64_t told(enum lf_notice_kind kind)
{
    struct lf_notice_page list;
    struct lf_page most = { .limit = LF_PAGE_MOST };
    int64_t n = 0;

    CHECK_OK(lf_notice_list(&t, NULL, &most, &list, &e), &e);
    for (size_t i = 0; i < list.n; i++)
        n += list.items[i].kind == kind;
    return n;
}

static void as(const char *account)
{
    t.scope.roles = LF_ROLE_ANALYST;
    t.scope.account = lf_view_of(account);
}

static void a_swap_counts_once_both_agree_and_each_answers_for_himself(void)
{
    struct lf_duty_cover c;
    const struct lf_duty_ask *asks;
    struct lf_duty_ask x;
    struct lf_roster r;
    lf_view id;
    size_t n;

    if (!begin_desk())
        return;
    day_and_night();
    c = (struct lf_duty_cover){ .contact = person[1],
                                .instead = person[0],
                                .begin = 20001 * LF_DAY + 8 * LF_HOUR,
                                .end = 20001 * LF_DAY + 20 * LF_HOUR,
                                .back = 20001 * LF_DAY + 20 * LF_HOUR,
                                .back_end = 20002 * LF_DAY + 8 * LF_HOUR };
    as("cho"); /* none of his business */
    CHECK_CODE(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &id, &e), LF_FORBIDDEN);
    as("ann");
    CHECK_CODE(lf_duty_cover(&t, LF_WHO_DESK, 1, &c, &e), LF_FORBIDDEN); /* not alone */
    CHECK_OK(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &id, &e), &e);
    CHECK_VIEW(audited, LF_V("duty.ask"));
    CHECK(told(LF_NOTICE_SWAP) == 1, "only Bob is asked: %lld", (long long)told(LF_NOTICE_SWAP));
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, 20001 * LF_DAY, 20002 * LF_DAY, &r, &e), &e);
    CHECK_VIEW(lf_roster_name(&r, r.slots.items[0].contact), LF_V("ann"));
    CHECK_CODE(lf_duty_answer(&t, id, person[1], true, &e), LF_FORBIDDEN); /* not for Bob */
    CHECK_OK(lf_duty_answer(&t, id, LF_V(""), true, &e), &e);              /* for herself, again */
    as("cho");
    CHECK_CODE(lf_duty_answer(&t, id, LF_V(""), true, &e), LF_FORBIDDEN);
    CHECK_OK(lf_duty_ask_list(&t, LF_WHO_DESK, 1, &n, &asks, &e), &e);
    CHECK(n == 1 && !asks[0].mine && asks[0].instead_by.len && !asks[0].contact_by.len, "%zu", n);
    as("bob");
    CHECK_OK(lf_duty_ask_get(&t, id, &x, &e), &e);
    CHECK(x.mine, "Bob's answer is waited for");
    CHECK_OK(lf_duty_answer(&t, id, LF_V(""), true, &e), &e);
    CHECK_CODE(lf_duty_answer(&t, id, LF_V(""), false, &e), LF_CONFLICT);
    CHECK(told(LF_NOTICE_SWAP) == 3, "both know: %lld", (long long)told(LF_NOTICE_SWAP));
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, 20001 * LF_DAY, 20002 * LF_DAY, &r, &e), &e);
    CHECK(r.slots.n == 2 && !r.slots.nfaults, "%zu shifts, %zu faults", r.slots.n, r.slots.nfaults);
    CHECK_VIEW(lf_roster_name(&r, r.slots.items[0].contact), LF_V("bob"));
    CHECK_VIEW(lf_roster_name(&r, r.slots.items[1].contact), LF_V("ann"));
    as("ann");
    c.contact = person[2], c.instead = person[0], c.back = c.back_end = 0;
    CHECK_CODE(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &id, &e), LF_CONFLICT); /* it is Bob's now */
    stop();
}

static void what_is_declined_or_fits_no_more_changes_nothing(void)
{
    struct lf_duty_cover c;
    lf_view first, second;
    struct lf_roster r;

    if (!begin_desk())
        return;
    day_and_night();
    c = (struct lf_duty_cover){ .contact = person[2],
                                .instead = person[0],
                                .begin = 20001 * LF_DAY + 8 * LF_HOUR,
                                .end = 20001 * LF_DAY + 20 * LF_HOUR };
    t.scope.account = LF_V("keeper"); /* who keeps the network asks both, and answers for who told him */
    CHECK_OK(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &first, &e), &e);
    CHECK(told(LF_NOTICE_SWAP) == 2, "both are asked: %lld", (long long)told(LF_NOTICE_SWAP));
    CHECK_CODE(lf_duty_answer(&t, first, person[1], true, &e), LF_BAD_INPUT);
    CHECK_OK(lf_duty_answer(&t, first, person[0], true, &e), &e);
    c.contact = person[1];
    CHECK_OK(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &second, &e), &e);
    CHECK_OK(lf_duty_answer(&t, second, person[0], true, &e), &e);
    CHECK_OK(lf_duty_answer(&t, second, person[1], false, &e), &e);
    CHECK_VIEW(audited, LF_V("duty.decline"));
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, 20001 * LF_DAY, 20002 * LF_DAY, &r, &e), &e);
    CHECK_VIEW(lf_roster_name(&r, r.slots.items[0].contact), LF_V("ann"));
    CHECK_OK(lf_duty_cover(&t, LF_WHO_DESK, 1, &c, &e), &e); /* Bob comes after all */
    CHECK_CODE(lf_duty_answer(&t, first, person[2], true, &e), LF_CONFLICT);
    now = 20001 * LF_DAY + 20 * LF_HOUR;
    CHECK_CODE(lf_duty_answer(&t, first, person[2], true, &e), LF_CONFLICT);
    stop();
}

static void who_leaves_is_on_no_roster_and_what_began_is_not_taken_back(void)
{
    struct lf_roster r;
    lf_view day;

    if (!begin_desk())
        return;
    day_and_night();
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, now, now + LF_DAY, &r, &e), &e);
    day = r.turns[0].turn.id;
    now += 3 * LF_DAY + LF_HOUR;
    CHECK_OK(lf_duty_remove(&t, day, &e), &e);
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, 20002 * LF_DAY, 20003 * LF_DAY, &r, &e), &e);
    CHECK(r.slots.n == 2, "the past stands: %zu", r.slots.n);
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, now, now + LF_DAY, &r, &e), &e);
    CHECK(r.slots.n == 1 && r.slots.nfaults == 2, "no more days: %zu shifts, %zu gaps", r.slots.n,
          r.slots.nfaults);
    CHECK_CODE(lf_duty_remove(&t, day, &e), LF_CONFLICT);
    CHECK_OK(lf_contact_remove(&t, person[1], &e), &e);
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, now, now + LF_DAY, &r, &e), &e);
    CHECK(r.slots.n == 0, "%zu", r.slots.n);
    stop();
}

static void several_take_turns_in_their_order(void)
{
    struct lf_duty_new d = { .contacts = person, .n = 4, .begin = 20000 * LF_DAY, .end = 20007 * LF_DAY };
    struct lf_roster r;

    if (!begin_desk())
        return;
    d.contacts = person;
    CHECK_OK(lf_duty_add(&t, LF_WHO_GROUP, 8, &d, &e), &e);
    CHECK_OK(lf_roster_get(&t, LF_WHO_GROUP, 8, 20000 * LF_DAY, 20056 * LF_DAY, &r, &e), &e);
    for (size_t i = 0; i < 8; i++)
        CHECK_VIEW(lf_roster_name(&r, r.slots.items[i].contact), lf_view_of(names[i % 4]));
    CHECK_CODE(lf_duty_add(&t, LF_WHO_GROUP, 9, &d, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_duty_add(&t, LF_WHO_AGENCY, 1, &d, &e), LF_NOT_FOUND);
    t.scope.roles = LF_ROLE_ANALYST;
    CHECK_CODE(lf_duty_add(&t, LF_WHO_GROUP, 8, &d, &e), LF_FORBIDDEN);
    stop();
}

static void a_file_is_taken_whole_or_says_which_line_will_not_do(void)
{
    static const char good[] = "職位,值班人員,開始,結束,每幾天,最後一天,呼叫順序\r\n"
                               "desk,ann,2024-10-04T08:00,2024-10-04T20:00,1,2024-12-31,\r\n"
                               "desk,bob,2024-10-04T20:00,2024-10-05T08:00,1,,2\r\n";
    static const struct {
        const char *row, *says;
    } bad[] = { { "desk,eve,2024-10-04T08:00,2024-10-04T20:00,,,", "\"eve\" is nobody" },
                { "gate,ann,2024-10-04T08:00,2024-10-04T20:00,,,", "\"gate\" is no post" },
                { "desk,ann,2024-10-04,2024-10-04T20:00,,,", "no time of a clock" },
                { "desk,ann,2024-10-04T08:00,2024-10-04T07:00,,,", "ends after that" },
                { "desk,ann,2024-10-04T08:00,2024-10-04T20:00,x,,", "whole number" },
                { "desk,ann,2024-10-04T08:00,2024-10-04T20:00,1,soon,", "no day" } };
    struct lf_roster r;
    size_t n;

    if (!begin_desk())
        return;
    CHECK_OK(lf_duty_import(&t, lf_view_of(good), &n, &e), &e);
    CHECK(n == 2, "%zu", n);
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, now, now + LF_DAY, &r, &e), &e);
    CHECK(r.nturns == 2 && r.turns[0].turn.seat + r.turns[1].turn.seat == 3, "%zu", r.nturns);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_CODE(lf_duty_import(&t, lf_arena_printf(&a, "%s%s\r\n", good, bad[i].row), &n, &e),
                   LF_BAD_INPUT);
        CHECK(strstr(e.text, "line 4") && strstr(e.text, bad[i].says), "%s", e.text);
    }
    stop();
}

static void turns(lf_time by, lf_time step)
{
    for (lf_time end = now + by; now < end; now += step)
        CHECK_OK(lf_duty_turn(&t, &e), &e);
}

static void each_shift_is_told_once_within_the_hour_before_it(void)
{
    if (!begin_desk())
        return;
    day_and_night();
    now += 10 * LF_HOUR + 30 * LF_MINUTE; /* the next is at twelve */
    turns(LF_MINUTE, LF_MINUTE);
    CHECK(told(LF_NOTICE_SHIFT) == 0, "%lld", (long long)told(LF_NOTICE_SHIFT));
    turns(LF_HOUR, 5 * LF_MINUTE);
    CHECK(told(LF_NOTICE_SHIFT) == 1, "%lld", (long long)told(LF_NOTICE_SHIFT));
    turns(3 * LF_DAY, 20 * LF_MINUTE);
    CHECK(told(LF_NOTICE_SHIFT) == 7, "%lld", (long long)told(LF_NOTICE_SHIFT));
    CHECK(told(LF_NOTICE_SHIFT_EMPTY) == 0, "%lld", (long long)told(LF_NOTICE_SHIFT_EMPTY));
    stop();
}

/* Ann by day only, from today on until the twelfth day. */
static void what_is_empty_is_told_once_and_not_when_it_was_so_a_week_before(void)
{
    lf_time eight = 20000 * LF_DAY + 8 * LF_HOUR;
    struct lf_duty_new d = { .contacts = &person[0],
                             .n = 1,
                             .begin = eight,
                             .end = eight + 12 * LF_HOUR,
                             .every = 1,
                             .last_day = 20011 };

    if (!begin_desk())
        return;
    CHECK_OK(lf_post_set(&t, LF_WHO_DESK, 1, (lf_view[]){ person[2] }, 1, &e), &e);
    CHECK_OK(lf_duty_add(&t, LF_WHO_DESK, 1, &d, &e), &e);
    turns(7 * LF_DAY, LF_HOUR);
    CHECK(told(LF_NOTICE_SHIFT_EMPTY) >= 7, "new: %lld nights", (long long)told(LF_NOTICE_SHIFT_EMPTY));
    turns(LF_HOUR, LF_HOUR);
    {
        int64_t before = told(LF_NOTICE_SHIFT_EMPTY), after;

        turns(3 * LF_DAY, LF_HOUR);
        after = told(LF_NOTICE_SHIFT_EMPTY);
        CHECK(after == before, "nights are usual by now: %lld", (long long)(after - before));
        turns(2 * LF_DAY, LF_HOUR); /* its last day was yesterday */
        CHECK(told(LF_NOTICE_SHIFT_EMPTY) > after, "the roster has ended");
    }
    stop();
}

static void what_is_more_than_a_look_takes_is_said_and_not_left_out(void)
{
    enum { MOST = 10 * LF_DUTY_TURNS };
    lf_time day = 20000 * LF_DAY;
    struct lf_roster r;

    if (!begin_desk())
        return;
    for (int i = 0; i <= MOST; i++) {
        lf_view id = lf_arena_printf(&a, "shift-%d", i);

        CHECK_OK(lf_db_exec(t.db, &t.scope, &lf_q_duty_add,
                            LF_ARGS(LF_TEXT(id), LF_INT(LF_WHO_DESK), LF_INT(1), LF_TEXT(person[0]),
                                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("UTC")), LF_INT(day),
                                    LF_INT(day + LF_HOUR), LF_INT(0), LF_INT(day + LF_HOUR), LF_INT(0),
                                    LF_TEXT(LF_V("")), LF_INT(i), LF_TEXT(LF_V("x"))),
                            &e),
                 &e);
    }
    CHECK(lf_roster_get(&t, LF_WHO_DESK, 1, day, day + LF_DAY, &r, &e) == LF_TOO_BIG &&
              strstr(e.text, "later"),
          "it names what to ask for: %s", e.text);
    CHECK_OK(lf_roster_get(&t, LF_WHO_DESK, 1, day + LF_DAY, day + 2 * LF_DAY, &r, &e), &e);
    stop();
}

int main(void)
{
    RUN(a_call_goes_first_to_whoever_is_on_duty_at_that_moment_then_down_the_post);
    RUN(a_swap_counts_once_both_agree_and_each_answers_for_himself);
    RUN(what_is_declined_or_fits_no_more_changes_nothing);
    RUN(who_leaves_is_on_no_roster_and_what_began_is_not_taken_back);
    RUN(several_take_turns_in_their_order);
    RUN(a_file_is_taken_whole_or_says_which_line_will_not_do);
    RUN(each_shift_is_told_once_within_the_hour_before_it);
    RUN(what_is_more_than_a_look_takes_is_said_and_not_left_out);
    RUN(what_is_empty_is_told_once_and_not_when_it_was_so_a_week_before);
    DONE();
}
