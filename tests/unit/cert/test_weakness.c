#include "cert/weakness.h"

#include "../soc/lf_desk.h"
#include "cert/notice.h"
#include "cert/overdue.h"
#include "cert/unit.h"
#include "ident/node.h"

static struct lf_identity self;
static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
static const lf_view other = LF_VIEW("30000001-0000-4000-8000-000000000000");
enum { EXERCISE_ROLES = LF_ROLE_ANALYST };

/* A node with a contact network of a tenant, another tenant and one that is only called. */
static bool begin_node(void)
{
    static const uint8_t seed[32] = { 7 };
    const struct {
        const char *name;
        lf_view tenant;
    } units[] = { { "水廠", tenant }, { "電廠", other }, { "港務", LF_V("") } };
    lf_view id;

    if (!start())
        return false;
    now = 20000 * LF_DAY;
    self = (struct lf_identity){ .org = t.scope.org,
                                 .node = LF_V("identity--00000000-0000-4000-8000-000000000002"),
                                 .name = LF_V("n"),
                                 .tier = LF_V("sector") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct lf_unit u = { .name = lf_view_of(units[i].name), .tenant = units[i].tenant };

        CHECK_OK(lf_unit_put(&t, &u, &id, &e), &e);
    }
    t.scope.roles = EXERCISE_ROLES;
    return true;
}

static void as(lf_view org, const char *account, unsigned roles)
{
    t.scope = (struct lf_scope){ .org = org, .account = lf_view_of(account), .roles = roles };
}

static void as_centre(void)
{
    as(self.org, "ann", EXERCISE_ROLES);
}

/* One that begins now and, if it is to, has ended a day later. */
static lf_view drill(const char *name, bool over)
{
    static const lf_view members[] = { LF_VIEW("水廠"), LF_VIEW("港務") };
    struct lf_exercise x = {
        .name = lf_view_of(name), .kind = LF_EXERCISE_PUBLIC_SERVICE, .begins = now, .ends = now + LF_DAY
    };
    lf_view id = { 0 };

    CHECK_OK(lf_exercise_add(&t, &x, &(struct lf_exercise_members){ .names = members, .n = 2 }, &id, &e), &e);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    now += LF_DAY;
    if (over)
        CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_ENDED, &e), &e);
    return id;
}

static lf_view found(lf_view exercise, const char *title, const char *unit, enum lf_weakness_kind kind,
                     lf_time due)
{
    struct lf_weakness x = { .exercise = exercise,
                             .title = lf_view_of(title),
                             .unit = lf_view_of(unit),
                             .method = LF_V("以 SQL Injection 取得後台權限"),
                             .kind = kind,
                             .severity = 2,
                             .due = due };
    lf_view id = { 0 };

    CHECK_OK(lf_weakness_add(&t, &x, &id, &e), &e);
    now += LF_MINUTE;
    return id;
}

static struct lf_weakness get(lf_view id, size_t *n, const struct lf_weakness_entry **entries)
{
    const struct lf_weakness_entry *list = NULL;
    struct lf_weakness x = { 0 };
    size_t many = 0;

    CHECK_OK(lf_weakness_get(&t, id, &x, &many, &list, &e), &e);
    if (n)
        *n = many, *entries = list;
    return x;
}

static enum lf_code change(lf_view id, int state, const char *note)
{
    return lf_weakness_change(
        &t, id,
        &(struct lf_weakness_change){ .kind = -1, .severity = -1, .state = state, .note = lf_view_of(note) },
        &e);
}

static enum lf_code check(lf_view id, lf_view exercise, enum lf_weakness_outcome outcome)
{
    return lf_weakness_check(
        &t, id,
        &(struct lf_weakness_check){ .exercise = exercise, .outcome = outcome, .note = LF_V("重測登入頁") },
        &e);
}

static size_t listed(const struct lf_weakness_filter *f, size_t limit, lf_view *first)
{
    struct lf_page page = { .limit = limit };
    const struct lf_weakness *list;
    size_t n, all = 0;
    lf_view next;

    do {
        CHECK_OK(lf_weakness_list(&t, f, &page, &n, &list, &next, &e), &e);
        if (first && !all && n)
            *first = lf_arena_copy(&a, list[0].title);
        all += n;
        page.after = next;
    } while (next.len);
    return all;
}

static void one_is_recorded_while_its_exercise_runs_or_after_and_what_is_wrong_is_said(void)
{
    struct lf_exercise plan = { .name = LF_V("規劃中的演練"), .begins = now, .ends = now + LF_DAY };
    struct lf_weakness x = { .title = LF_V("後台沒有限制來源") };
    lf_view id, planned;
    struct lf_weakness got;

    if (!begin_node())
        return;
    plan.begins = now, plan.ends = now + LF_DAY;
    CHECK_OK(lf_exercise_add(&t, &plan, &(struct lf_exercise_members){ 0 }, &planned, &e), &e);
    x.exercise = planned;
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_CONFLICT, "%s", e.text);
    x.exercise = LF_V("none");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_NOT_FOUND, "%s", e.text);
    x.exercise = drill("演練一", false);
    x.unit = LF_V("沒有這個機關");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_UNACCEPTED, "%s", e.text);
    x.unit = LF_V("");
    x.owner = LF_V("nobody-here");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_BAD_INPUT, "%s", e.text);
    x.owner = LF_V("");
    x.title = LF_V("一行\n兩行");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_BAD_INPUT, "%s", e.text);
    x.title = LF_V(" ");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_BAD_INPUT, "%s", e.text);
    as(self.org, "rob", LF_ROLE_READER);
    x.title = LF_V("後台沒有限制來源");
    CHECK(lf_weakness_add(&t, &x, &id, &e) == LF_FORBIDDEN, "%s", e.text);
    as_centre();
    id = found(x.exercise, "後台沒有限制來源", "港務", LF_WEAKNESS_CONFIGURATION, now + LF_DAY);
    got = get(id, NULL, NULL);
    CHECK(got.number == 1 && got.state == LF_WEAKNESS_OPEN && !got.guest && got.entries == 1, "as recorded");
    CHECK_VIEW(got.unit_name, LF_V("港務"));
    CHECK_VIEW(got.exercise_name, LF_V("演練一"));
    CHECK_VIEW(got.account, LF_V("ann"));
    CHECK_VIEW(got.method, LF_V("以 SQL Injection 取得後台權限"));
    stop();
}

static void
it_is_mended_accepted_by_a_reviewer_with_the_reason_and_opened_again_and_its_history_has_each(void)
{
    const struct lf_weakness_entry *h;
    struct lf_weakness x;
    lf_view id;
    size_t n;

    if (!begin_node())
        return;
    id = found(drill("演練一", true), "弱密碼", "", LF_WEAKNESS_ACCESS, 0);
    CHECK(change(id, -1, "") == LF_BAD_INPUT, "nothing changes: %s", e.text);
    CHECK_OK(change(id, LF_WEAKNESS_MENDED, "改為十二碼"), &e);
    CHECK(change(id, LF_WEAKNESS_OPEN, "") == LF_BAD_INPUT, "without a reason: %s", e.text);
    CHECK_OK(change(id, LF_WEAKNESS_OPEN, "又設回去了"), &e);
    CHECK(change(id, LF_WEAKNESS_ACCEPTED, "系統年底汰換") == LF_FORBIDDEN, "an analyst: %s", e.text);
    as(self.org, "rev", LF_ROLE_REVIEWER);
    CHECK(change(id, LF_WEAKNESS_ACCEPTED, " ") == LF_BAD_INPUT, "without a reason: %s", e.text);
    CHECK(lf_weakness_change(
              &t, id,
              &(struct lf_weakness_change){
                  .kind = -1, .severity = -1, .state = LF_WEAKNESS_ACCEPTED, .note = LF_V("x"), .base = 1 },
              &e) == LF_CONFLICT,
          "%s", e.text);
    CHECK_OK(change(id, LF_WEAKNESS_ACCEPTED, "系統年底汰換"), &e);
    as_centre();
    CHECK_OK(lf_weakness_change(&t, id,
                                &(struct lf_weakness_change){ .kind = -1,
                                                              .severity = 3,
                                                              .state = -1,
                                                              .measure = LF_V("汰換前限制來源"),
                                                              .set_due = true,
                                                              .due = now + LF_DAY },
                                &e),
             &e);
    x = get(id, &n, &h);
    CHECK(x.state == LF_WEAKNESS_ACCEPTED && x.severity == 3 && !x.overdue && x.entries == 5 && n == 5, "%zu",
          n);
    CHECK_VIEW(x.reason, LF_V("系統年底汰換"));
    CHECK_VIEW(x.measure, LF_V("汰換前限制來源"));
    CHECK(h[1].state == LF_WEAKNESS_MENDED && h[2].state == LF_WEAKNESS_OPEN &&
              h[3].state == LF_WEAKNESS_ACCEPTED,
          "how it stood");
    CHECK_VIEW(h[3].account, LF_V("rev"));
    CHECK_VIEW(h[2].note, LF_V("又設回去了"));
    CHECK(h[4].due == now + LF_DAY && h[4].severity == 3 && h[3].due == 0, "what changed");
    stop();
}

static void it_is_checked_in_a_later_exercise_only_which_confirms_it_or_shows_it_again(void)
{
    lf_view first, id, before, later, last;
    const struct lf_weakness_entry *h;
    struct lf_weakness x;
    size_t n;

    if (!begin_node())
        return;
    before = drill("前年演練", true);
    first = drill("去年演練", true);
    id = found(first, "未更新", "水廠", LF_WEAKNESS_PATCHING, now + LF_DAY);
    CHECK_OK(change(id, LF_WEAKNESS_MENDED, ""), &e);
    CHECK(check(id, first, LF_WEAKNESS_CONFIRMED) == LF_CONFLICT, "the same: %s", e.text);
    CHECK(check(id, before, LF_WEAKNESS_CONFIRMED) == LF_CONFLICT, "an earlier one: %s", e.text);
    later = drill("今年演練", false);
    CHECK(check(id, later, LF_WEAKNESS_UNCHECKED) == LF_BAD_INPUT, "no outcome: %s", e.text);
    CHECK_OK(check(id, later, LF_WEAKNESS_RECURRED), &e);
    x = get(id, NULL, NULL);
    CHECK(x.state == LF_WEAKNESS_OPEN && x.outcome == LF_WEAKNESS_RECURRED && x.recurred == 1, "open again");
    last = drill("明年演練", true);
    CHECK_OK(check(id, last, LF_WEAKNESS_CONFIRMED), &e);
    x = get(id, &n, &h);
    CHECK(x.state == LF_WEAKNESS_MENDED && x.outcome == LF_WEAKNESS_CONFIRMED && x.recurred == 1, "mended");
    CHECK_VIEW(x.checked_in, last);
    CHECK_VIEW(x.checked_name, LF_V("明年演練"));
    CHECK(n == 4 && h[2].outcome == LF_WEAKNESS_RECURRED && h[1].outcome == LF_WEAKNESS_UNCHECKED, "history");
    CHECK_VIEW(h[2].exercise_name, LF_V("今年演練"));
    CHECK_VIEW(h[3].note, LF_V("重測登入頁"));
    CHECK_OK(change(id, LF_WEAKNESS_OPEN, "新版又有"), &e);
    CHECK(get(id, NULL, NULL).outcome == LF_WEAKNESS_UNCHECKED, "what was confirmed says nothing of now");
    stop();
}

static void a_tenant_has_its_own_and_what_was_found_at_it_and_no_other(void)
{
    struct lf_weakness_filter any = lf_weakness_any();
    lf_view exercise, at_water, at_port, its_own;
    const struct lf_weakness_pattern *p;
    const struct lf_weakness_entry *h;
    struct lf_weakness x;
    size_t n;

    if (!begin_node())
        return;
    exercise = drill("演練一", true);
    at_water = found(exercise, "水廠的弱點", "水廠", LF_WEAKNESS_PATCHING, now + LF_DAY);
    at_port = found(exercise, "港務的弱點", "港務", LF_WEAKNESS_PATCHING, 0);
    as(tenant, "wen", LF_ROLE_REPORTER);
    its_own = found(exercise, "自己找到的", "", LF_WEAKNESS_AWARENESS, 0);
    CHECK(listed(&any, 50, NULL) == 2 && listed(&any, 1, NULL) == 2, "what is found at it, and its own");
    CHECK(lf_weakness_get(&t, at_port, &x, &n, &h, &e) == LF_NOT_FOUND, "another's: %s", e.text);
    CHECK(change(at_port, LF_WEAKNESS_MENDED, "") == LF_NOT_FOUND, "another's: %s", e.text);
    x = get(at_water, &n, &h);
    CHECK(x.guest && !x.account.len && !x.owner.len && n == 1 && !h[0].account.len, "who works at the node");
    CHECK(change(at_water, LF_WEAKNESS_ACCEPTED, "不管") == LF_FORBIDDEN, "%s", e.text);
    CHECK(check(at_water, exercise, LF_WEAKNESS_CONFIRMED) == LF_FORBIDDEN, "%s", e.text);
    CHECK_OK(change(at_water, LF_WEAKNESS_MENDED, "已更新到 2.4"), &e);
    CHECK_OK(lf_weakness_patterns(&t, &n, &p, &e), &e);
    CHECK(n == 2 && p[0].all == 1 && p[1].all == 1, "patterns of what it sees");
    as(other, "olga", LF_ROLE_ADMIN | LF_ROLE_REPORTER);
    CHECK(listed(&any, 50, NULL) == 0, "another tenant");
    CHECK(lf_weakness_get(&t, at_water, &x, &n, &h, &e) == LF_NOT_FOUND, "%s", e.text);
    CHECK(lf_weakness_get(&t, its_own, &x, &n, &h, &e) == LF_NOT_FOUND, "%s", e.text);
    as_centre();
    CHECK(listed(&any, 50, NULL) == 2, "the node's own, and not the tenant's");
    CHECK(lf_weakness_get(&t, its_own, &x, &n, &h, &e) == LF_NOT_FOUND, "%s", e.text);
    x = get(at_water, &n, &h);
    CHECK(x.state == LF_WEAKNESS_MENDED && n == 2 && h[1].foreign && !h[0].foreign, "it said so");
    CHECK_VIEW(h[1].note, LF_V("已更新到 2.4"));
    as(tenant, "share", LF_ROLE_SHARE);
    CHECK(lf_weakness_get(&t, at_water, &x, &n, &h, &e) == LF_FORBIDDEN, "a program: %s", e.text);
    stop();
}

static void the_list_is_narrowed_and_every_pattern_counts_what_its_lists_show(void)
{
    struct lf_weakness_filter any = lf_weakness_any(), f;
    const struct lf_weakness_pattern *p;
    lf_view one, two, title;
    size_t n;

    if (!begin_node())
        return;
    one = drill("去年演練", true);
    (void)found(one, "Apache 未更新 100%", "水廠", LF_WEAKNESS_PATCHING, now + LF_HOUR);
    CHECK_OK(change(found(one, "VPN 未更新", "港務", LF_WEAKNESS_PATCHING, 0), LF_WEAKNESS_MENDED, ""), &e);
    (void)found(one, "值班人員不知道窗口", "", LF_WEAKNESS_REPORTING, 0);
    now += LF_DAY;
    two = drill("今年演練", false);
    (void)found(two, "網站未更新", "水廠", LF_WEAKNESS_PATCHING, now + LF_DAY);
    CHECK(listed(&any, 50, &title) == 4 && listed(&any, 1, NULL) == 4, "all, by pages too");
    CHECK_VIEW(title, LF_V("網站未更新"));
    f = any, f.state = LF_WEAKNESS_OPEN;
    CHECK(listed(&f, 50, NULL) == 3, "open");
    f.kind = LF_WEAKNESS_PATCHING;
    CHECK(listed(&f, 50, NULL) == 2, "open and of a kind");
    f = any, f.late = true;
    CHECK(listed(&f, 50, &title) == 1, "overdue");
    CHECK_VIEW(title, LF_V("Apache 未更新 100%"));
    f = any, f.unit = LF_V("水廠");
    CHECK(listed(&f, 50, NULL) == 2, "found there");
    f.unit = LF_V("-");
    CHECK(listed(&f, 50, NULL) == 1, "found here");
    f = any, f.exercise = two;
    CHECK(listed(&f, 50, NULL) == 1, "of an exercise");
    f = any, f.earlier = two, f.state = LF_WEAKNESS_OPEN;
    CHECK(listed(&f, 50, NULL) == 2, "of earlier ones, still open");
    f.earlier = one;
    CHECK(listed(&f, 50, NULL) == 0, "later ones are not earlier");
    f = any, f.by = true, f.owner = LF_V("");
    CHECK(listed(&f, 50, NULL) == 4, "nobody's");
    f.owner = LF_V("ann");
    CHECK(listed(&f, 50, NULL) == 0, "ann's");
    f = any, f.words = LF_V("apache  更新");
    CHECK(listed(&f, 50, NULL) == 1, "words, without case");
    f.words = LF_V("100%");
    CHECK(listed(&f, 50, NULL) == 1, "a sign is a sign");
    f.words = LF_V("1_0");
    CHECK(listed(&f, 50, NULL) == 0, "and no pattern");
    f.words = LF_V("去年演練");
    CHECK(listed(&f, 50, NULL) == 3, "by the exercise");
    f.words = LF_V("a b c d e");
    CHECK(lf_weakness_list(&t, &f, NULL, &n, &(const struct lf_weakness *){ 0 }, &title, &e) == LF_BAD_INPUT,
          "%s", e.text);
    CHECK(lf_weakness_list(&t, &any, &(struct lf_page){ .after = LF_V("odd") }, &n,
                           &(const struct lf_weakness *){ 0 }, &title, &e) == LF_BAD_INPUT,
          "%s", e.text);
    CHECK_OK(lf_weakness_patterns(&t, &n, &p, &e), &e);
    CHECK(n == 2 && p[0].kind == LF_WEAKNESS_PATCHING && p[0].all == 3 && p[0].exercises == 2 &&
              p[0].units == 2 && p[0].open == 2 && p[0].overdue == 1 && p[0].mended == 1 &&
              p[0].confirmed == 0,
          "%zu", n);
    stop();
}

static size_t told(void)
{
    struct lf_page page = { .limit = 1000 };
    struct lf_notice_filter any = { 0 };
    struct lf_notice_page list;
    size_t n = 0;

    t.scope.roles |= LF_ROLE_SYSTEM;
    for (int i = 0; i < 3; i++) /* more turns tell nothing more */
        CHECK_OK(lf_overdue_turn(&t, &e), &e);
    CHECK_OK(lf_notice_list(&t, &any, &page, &list, &e), &e);
    for (size_t i = 0; i < list.n; i++)
        n += list.items[i].kind == LF_NOTICE_WEAKNESS;
    return n;
}

static void one_that_is_open_past_its_date_is_told_once_and_again_when_that_is_moved(void)
{
    lf_time due;
    lf_view id;

    if (!begin_node())
        return;
    due = now + 2 * LF_DAY;
    id = found(drill("演練一", true), "未更新", "水廠", LF_WEAKNESS_PATCHING, due);
    now = due;
    CHECK(told() == 0, "not yet");
    now = due + 1;
    CHECK(told() == 1, "once");
    CHECK_OK(lf_weakness_change(
                 &t, id,
                 &(struct lf_weakness_change){
                     .kind = -1, .severity = -1, .state = -1, .set_due = true, .due = due + LF_DAY },
                 &e),
             &e);
    CHECK(told() == 1, "moved");
    now = due + LF_DAY + 1;
    CHECK(told() == 2, "the new date");
    CHECK_OK(lf_weakness_change(&t, id,
                                &(struct lf_weakness_change){ .kind = -1,
                                                              .severity = -1,
                                                              .state = LF_WEAKNESS_MENDED,
                                                              .set_due = true,
                                                              .due = due + 2 * LF_DAY },
                                &e),
             &e);
    now += 2 * LF_DAY;
    CHECK(told() == 2, "what is mended is not overdue");
    stop();
}

int main(void)
{
    RUN(one_is_recorded_while_its_exercise_runs_or_after_and_what_is_wrong_is_said);
    RUN(it_is_mended_accepted_by_a_reviewer_with_the_reason_and_opened_again_and_its_history_has_each);
    RUN(it_is_checked_in_a_later_exercise_only_which_confirms_it_or_shows_it_again);
    RUN(a_tenant_has_its_own_and_what_was_found_at_it_and_no_other);
    RUN(the_list_is_narrowed_and_every_pattern_counts_what_its_lists_show);
    RUN(one_that_is_open_past_its_date_is_told_once_and_again_when_that_is_moved);
    DONE();
}
