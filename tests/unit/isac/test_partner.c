#include "isac/partner_activity.h"

#include "../soc/lf_desk.h"
#include "cert/notice.h"
#include "ident/node.h"

static struct lf_identity self;
static lf_view partner;

static void as(lf_view org, unsigned roles)
{
    t.scope = (struct lf_scope){ .org = org, .account = LF_V("ann"), .roles = roles };
}

static bool begin_node(void)
{
    static const uint8_t seed[32] = { 7 };
    struct lf_partner x = {
        .name = LF_V("JPCERT/CC"), .country = LF_V("JP"), .kind = LF_PARTNER_CERT, .active = true
    };

    if (!start())
        return false;
    now = 20000 * LF_DAY;
    self = (struct lf_identity){ .org = t.scope.org,
                                 .node = LF_V("identity--00000000-0000-4000-8000-000000000002"),
                                 .name = LF_V("n"),
                                 .tier = LF_V("sector") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    as(self.org, LF_ROLE_ANALYST);
    CHECK_OK(lf_partner_put(&t, &x, &partner, &e), &e);
    return true;
}

static int64_t channel(int64_t days)
{
    struct lf_channel c = { .kind = LF_CHANNEL_TELEPHONE, .value = LF_V("+81 3 0000 0000"), .days = days };
    int64_t n = 0;

    CHECK_OK(lf_channel_add(&t, partner, &c, &n, &e), &e);
    return n;
}

static lf_time due(void)
{
    const struct lf_channel *list;
    size_t n = 0;

    CHECK_OK(lf_channel_list(&t, partner, &n, &list, &e), &e);
    return n ? list[0].due : 0;
}

static size_t told(void)
{
    struct lf_page page = { .limit = 1000 };
    struct lf_notice_filter any = { 0 };
    struct lf_notice_page list = { 0 };

    for (int i = 0; i < 3; i++) /* more turns tell nothing more */
        CHECK_OK(lf_partner_turn(&t, &e), &e);
    CHECK_OK(lf_notice_list(&t, &any, &page, &list, &e), &e);
    return list.n;
}

static void each_date_that_passes_is_told_once_and_not_what_is_long_past(void)
{
    int64_t one;

    if (!begin_node())
        return;
    one = channel(30);
    CHECK(told() == 0, "told before");
    now += 7 * LF_DAY + 1;
    CHECK(told() == 1, "told %zu", told());
    CHECK_OK(lf_channel_try(&t, partner, one, true, LF_V(""), &e), &e);
    now += 30 * LF_DAY + 1;
    CHECK(told() == 2, "told %zu", told());
    CHECK_OK(lf_channel_try(&t, partner, one, true, LF_V(""), &e), &e);
    now += 38 * LF_DAY;
    CHECK(told() == 2, "what is late for a week is told");
    stop();
}

static void no_answer_moves_the_date_by_a_week_at_most(void)
{
    static const struct {
        int64_t days;
        bool answered;
        int64_t on;
    } rows[] = { { 30, true, 30 }, { 30, false, 7 }, { 3, false, 3 }, { 3, true, 3 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!begin_node())
            return;
        CHECK_OK(lf_channel_try(&t, partner, channel(rows[i].days), rows[i].answered, LF_V(""), &e), &e);
        CHECK(due() == now + rows[i].on * LF_DAY, "row %zu", i);
        stop();
    }
}

static void a_tenant_and_who_has_no_role_see_none_and_a_reader_writes_none(void)
{
    static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
    const unsigned all = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_REPORTER |
                         LF_ROLE_READER;
    struct lf_activity done = { .day = 19000 * LF_DAY, .title = LF_V("x") };
    struct lf_partner_filter any = { .kind = -1, .active = -1 };
    const struct lf_activity_year *years;
    struct lf_activity_filter all_of = { 0 };
    const struct lf_activity *acts;
    int64_t act;
    const struct lf_partner *list;
    struct lf_partner x;
    lf_view next, id;
    size_t n;

    if (!begin_node())
        return;
    channel(30);
    for (int i = 0; i < 2; i++) {
        as(i ? self.org : tenant, i ? LF_ROLE_SHARE : all);
        CHECK(lf_partner_list(&t, &any, NULL, &n, &list, &next, &e) == LF_FORBIDDEN, "listed %d", i);
        CHECK(lf_partner_get(&t, partner, &x, &e) == LF_FORBIDDEN, "got %d", i);
        CHECK(lf_channel_try(&t, partner, 1, true, LF_V(""), &e) == LF_FORBIDDEN, "tried %d", i);
        CHECK(lf_activity_add(&t, partner, &done, &act, &e) == LF_FORBIDDEN, "an activity added %d", i);
        CHECK(lf_activity_list(&t, partner, &all_of, &n, &acts, &n, &years, &e) == LF_FORBIDDEN, "read %d",
              i);
    }
    as(self.org, LF_ROLE_READER);
    CHECK_OK(lf_partner_get(&t, partner, &x, &e), &e);
    CHECK(lf_partner_put(&t, &x, &id, &e) == LF_FORBIDDEN, "written");
    CHECK(lf_channel_remove(&t, partner, 1, &e) == LF_FORBIDDEN, "removed");
    CHECK(lf_activity_add(&t, partner, &done, &act, &e) == LF_FORBIDDEN, "an activity added");
    CHECK(lf_activity_withdraw(&t, partner, 1, &e) == LF_FORBIDDEN, "withdrawn");
    stop();
}

int main(void)
{
    RUN(each_date_that_passes_is_told_once_and_not_what_is_long_past);
    RUN(no_answer_moves_the_date_by_a_week_at_most);
    RUN(a_tenant_and_who_has_no_role_see_none_and_a_reader_writes_none);
    DONE();
}
