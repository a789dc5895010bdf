#include "cert/overdue.h"

#include "../soc/lf_desk.h"
#include "cert/contact.h"
#include "cert/duty.h"
#include "cert/incident.h"
#include "cert/meeting.h"
#include "cert/notice.h"
#include "cert/referral.h"
#include "cert/unit.h"

static struct lf_identity self;
static lf_view person[2];

static bool begin_centre(void)
{
    struct lf_unit u = { .name = LF_V("應變中心") };
    static const char *const names[] = { "ann", "bob" };
    static const uint8_t seed[32] = { 7 };
    lf_view unit;

    if (!start())
        return false;
    now =
        20000 *
        LF_DAY; /* 2024-10-04, eight o'clock of Taipei: the fourth quarter ends in 89 days less eight hours */
    self = (struct lf_identity){ .org = t.scope.org,
                                 .node = LF_V("identity--00000000-0000-4000-8000-000000000002"),
                                 .name = LF_V("n"),
                                 .tier = LF_V("sector") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    t.scope.roles |= LF_ROLE_REPORTER | LF_ROLE_ADMIN;
    u.tenant = self.org;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    for (size_t i = 0; i < 2; i++) {
        struct lf_contact c = { .unit = unit, .name = lf_view_of(names[i]), .account = lf_view_of(names[i]) };

        CHECK_OK(lf_contact_put(&t, &c, &person[i], &e), &e);
    }
    return true;
}

/* How many there are of that kind after a turn, and the text of the newest. */
static size_t told(enum lf_notice_kind kind, struct lf_notice *newest)
{
    struct lf_page page = { .limit = 1000 };
    struct lf_notice_filter any = { 0 };
    struct lf_notice_page list;
    size_t n = 0;

    for (int i = 0; i < 3; i++) /* more turns tell nothing more */
        CHECK_OK(lf_overdue_turn(&t, &e), &e);
    CHECK_OK(lf_notice_list(&t, &any, &page, &list, &e), &e);
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].kind == kind && !n++ && newest)
            *newest = list.items[i];
    return n;
}

static void a_group_that_has_not_met_two_weeks_before_the_quarters_end_is_told_once(void)
{
    lf_time end = 20089 * LF_DAY - 8 * LF_HOUR; /* 2025-01-01 of Taipei */
    struct lf_meeting m = { .place = LF_V("三樓"),
                            .title = LF_V("每季檢討"),
                            .begins = 20080 * LF_DAY,
                            .ends = 20080 * LF_DAY + LF_HOUR };
    struct lf_notice x;
    lf_view id;

    if (!begin_centre())
        return;
    m.convener = person[0];
    CHECK_OK(lf_post_set(&t, LF_WHO_GROUP, 3, &person[0], 1, &e), &e);
    CHECK_OK(lf_post_set(&t, LF_WHO_GROUP, 4, &person[1], 1, &e), &e);
    CHECK_OK(lf_meeting_add(&t, &m, LF_V("group-4"), LF_V("檢討"), &id, &e), &e);
    now = end - 14 * LF_DAY - 1;
    CHECK(told(LF_NOTICE_MEETING_DUE, NULL) == 0, "told 0");
    now = end - 14 * LF_DAY;
    CHECK(told(LF_NOTICE_MEETING_DUE, &x) == 1, "told 1");
    CHECK_VIEW(x.about, person[0]);
    now = end;
    CHECK(told(LF_NOTICE_MEETING_DUE, NULL) == 1, "told 1");
    now = 20179 * LF_DAY - 8 * LF_HOUR - LF_DAY; /* the next quarter's end: neither has met */
    CHECK(told(LF_NOTICE_MEETING_DUE, NULL) == 3, "told 3");
    stop();
}

static void guests_are_reminded_a_day_before_unless_the_invitation_is_younger(void)
{
    struct lf_meeting m = { .place = LF_V("三樓"),
                            .title = LF_V("會議"),
                            .begins = 20003 * LF_DAY,
                            .ends = 20003 * LF_DAY + LF_HOUR,
                            .zone = LF_V("Asia/Taipei") };
    lf_time at = 20003 * LF_DAY - 8 * LF_HOUR;
    lf_view id;

    if (!begin_centre())
        return;
    m.convener = person[0];
    CHECK_OK(lf_meeting_add(&t, &m, LF_V("bob"), LF_V("一"), &id, &e), &e);
    now = at - LF_DAY - 1;
    CHECK(told(LF_NOTICE_MEETING_SOON, NULL) == 0, "told 0");
    now = at - LF_DAY;
    CHECK(told(LF_NOTICE_MEETING_SOON, NULL) == 1, "told 1");
    CHECK_OK(lf_meeting_add(&t, &m, LF_V("bob"), LF_V("二"), &id, &e), &e);
    now = at - LF_HOUR;
    CHECK(told(LF_NOTICE_MEETING_SOON, NULL) == 1, "told 1");
    m.begins += 2 * LF_DAY; /* put off: it is another day before */
    m.ends += 2 * LF_DAY;
    CHECK_OK(lf_meeting_change(&t, id, &m, &e), &e);
    now = at + LF_DAY + 1;
    CHECK(told(LF_NOTICE_MEETING_SOON, NULL) == 2, "told 2");
    CHECK_OK(lf_meeting_cancel(&t, id, &e), &e);
    now = at + 2 * LF_DAY - 1;
    CHECK(told(LF_NOTICE_MEETING_SOON, NULL) == 2, "told 2");
    stop();
}

static void a_swap_that_lapsed_is_told_to_both(void)
{
    lf_time eight = 20000 * LF_DAY + 8 * LF_HOUR;
    struct lf_duty_new d = {
        .contacts = &person[0], .n = 1, .begin = eight, .end = eight + 12 * LF_HOUR, .every = 1
    };
    struct lf_duty_cover c = { .begin = eight + LF_DAY, .end = eight + LF_DAY + 12 * LF_HOUR };
    lf_view id;

    if (!begin_centre())
        return;
    c.contact = person[1];
    c.instead = person[0];
    CHECK_OK(lf_duty_add(&t, LF_WHO_DESK, 1, &d, &e), &e);
    CHECK_OK(lf_duty_ask(&t, LF_WHO_DESK, 1, &c, &id, &e), &e);
    now = 20001 * LF_DAY + 12 * LF_HOUR - 1;
    CHECK(told(LF_NOTICE_SWAP, NULL) == 1, "told 1");
    now += 1;
    CHECK(told(LF_NOTICE_SWAP, NULL) == 3, "told 3");
    CHECK_CODE(lf_duty_answer(&t, id, LF_V(""), true, &e), LF_CONFLICT);
    stop();
}

static void a_referral_without_its_answer_is_told_when_the_date_passes_and_again_when_it_was_moved(void)
{
    struct lf_referral r = { .kind = LF_REFERRAL_SUPPORT,
                             .recipient = LF_V("支援隊"),
                             .body = LF_V("請派員") };
    struct lf_notice x = { 0 };
    lf_view incident, id;

    if (!begin_centre())
        return;
    CHECK_OK(lf_incident_report(&t, LF_V("{\"title\":\"x\",\"draft\":true}"), &incident, &e), &e);
    r.incident = incident;
    r.due = now + LF_DAY;
    CHECK_OK(lf_referral_add(&t, &r, &id, &e), &e);
    now += LF_DAY;
    CHECK(told(LF_NOTICE_OVERDUE, NULL) == 0, "told 0");
    now += 1;
    CHECK(told(LF_NOTICE_OVERDUE, &x) == 1, "told 1");
    CHECK(lf_view_find(x.title, LF_V("支援隊")) != SIZE_MAX, "whose answer is missing");
    CHECK_OK(lf_referral_due(&t, id, now + LF_DAY, &e), &e);
    CHECK(told(LF_NOTICE_OVERDUE, NULL) == 1, "told 1");
    now += LF_DAY + 1;
    CHECK(told(LF_NOTICE_OVERDUE, NULL) == 2, "told 2");
    now += 30 * LF_DAY;
    CHECK(told(LF_NOTICE_OVERDUE, NULL) == 2, "told 2");
    stop();
}

static void of_a_red_incident_it_is_told_without_a_word_of_it(void)
{
    struct lf_referral r = { .kind = LF_REFERRAL_POLICE,
                             .recipient = LF_V("刑事局"),
                             .body = LF_V("請偵辦") };
    struct lf_notice x = { 0 };
    lf_view incident, id;

    if (!begin_centre())
        return;
    CHECK_OK(lf_incident_report(&t, LF_V("{\"title\":\"x\",\"tlp\":\"red\",\"draft\":true}"), &incident, &e),
             &e);
    r.incident = incident;
    r.due = now + LF_DAY;
    CHECK_OK(lf_referral_add(&t, &r, &id, &e), &e);
    now += LF_DAY + 1;
    CHECK(told(LF_NOTICE_OVERDUE, &x) == 1, "told 1");
    CHECK_VIEW(x.title, LF_V(""));
    stop();
}

int main(void)
{
    RUN(a_group_that_has_not_met_two_weeks_before_the_quarters_end_is_told_once);
    RUN(guests_are_reminded_a_day_before_unless_the_invitation_is_younger);
    RUN(a_swap_that_lapsed_is_told_to_both);
    RUN(a_referral_without_its_answer_is_told_when_the_date_passes_and_again_when_it_was_moved);
    RUN(of_a_red_incident_it_is_told_without_a_word_of_it);
    DONE();
}
