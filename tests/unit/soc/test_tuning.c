/* What a centre decides about a rule holds, and what is kept back is counted. */
#include "soc/tuning.h"

#include "lf_desk.h"
#include "soc/alert.h"
#include "soc/asset.h"
#include "store/query_tuning.h"

static struct lf_alert out;
static bool is_new;

/* A finding of rule "r" on this host, now. */
static bool find_on(const char *host, bool known)
{
    struct lf_finding f = { .position = ++position,
                            .happened = now,
                            .recorded = now,
                            .sender = LF_V("web"),
                            .rule = LF_V("r"),
                            .title = LF_V("t"),
                            .level = LF_LEVEL_MEDIUM,
                            .host = lf_view_of(host),
                            .event = LF_V("{}") };
    bool newly;

    CHECK_OK(lf_alert_raise(&t, &f, known, &out, &is_new, &newly, &e), &e);
    return out.id.len > 0;
}

static struct lf_tuning usual(void)
{
    return (struct lf_tuning){
        .rule = LF_V("r"), .group = LF_HOUR, .per_hour = LF_TUNING_PER_HOUR, .note = LF_V("because")
    };
}

static void set(const struct lf_tuning *in)
{
    CHECK_OK(lf_tuning_set(&t, in, &e), &e);
    CHECK_VIEW(audited, LF_V("tuning.set"));
}

static void only_a_live_rule_raises_and_what_it_keeps_back_is_counted(void)
{
    struct lf_tuning x = usual();

    if (!start())
        SKIP("no database");
    x.state = LF_RULE_TEST;
    set(&x);
    CHECK(!find_on("h", false) && !is_new, "test");
    CHECK(!find_on("h", false), "test again");
    CHECK_OK(lf_tuning_get(&t, LF_V("r"), &x, &e), &e);
    CHECK(x.kept_back == 2 && x.kept_back_last == now, "%lld", (long long)x.kept_back);
    position--; /* replayed after a crash */
    CHECK(!find_on("h", false), "replayed");
    CHECK_OK(lf_tuning_get(&t, LF_V("r"), &x, &e), &e);
    CHECK(x.kept_back == 2, "a replay counts nothing");
    x.state = LF_RULE_LIVE;
    set(&x);
    CHECK(find_on("h", false) && is_new, "live");
    CHECK_OK(lf_tuning_clear(&t, LF_V("r"), &e), &e);
    CHECK_CODE(lf_tuning_clear(&t, LF_V("r"), &e), LF_NOT_FOUND);
    stop();
}

static void the_newest_findings_of_a_rule_on_trial_are_kept_and_go_when_it_is_live(void)
{
    struct lf_tuning x = usual();
    struct lf_page page = { .limit = LF_RULE_HITS };
    struct lf_rule_day days[LF_RULE_DAYS];
    struct lf_rule_hit *hits;
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    x.state = LF_RULE_TEST;
    set(&x);
    for (int i = 0; i < LF_RULE_HITS + 7; i++)
        CHECK(!find_on("h", false), "raised");
    CHECK_OK(lf_rule_hits(&t, LF_V("r"), &page, &hits, &n, &next, &e), &e);
    CHECK(n == LF_RULE_HITS && next.len == 0 && hits[0].position == position &&
              hits[n - 1].position == position - LF_RULE_HITS + 1,
          "%zu", n);
    CHECK_VIEW(hits[0].event, LF_V("{}"));
    CHECK_OK(lf_rule_days(&t, LF_V("r"), days, &n, &e), &e);
    CHECK(n == 1 && days[0].hits == LF_RULE_HITS + 7, "%zu days", n);
    CHECK(days[0].begin <= now && now < days[0].begin + LF_DAY && (days[0].begin + 8 * LF_HOUR) % LF_DAY == 0,
          "a day of Taipei");
    now += LF_DAY;
    CHECK(!find_on("h", false), "raised");
    CHECK_OK(lf_rule_days(&t, LF_V("r"), days, &n, &e), &e);
    CHECK(n == 2 && days[0].hits == 1 && days[0].begin == days[1].begin + LF_DAY, "%zu days", n);
    x.state = LF_RULE_LIVE;
    set(&x);
    CHECK_OK(lf_rule_hits(&t, LF_V("r"), NULL, &hits, &n, &next, &e), &e);
    CHECK(n == 0, "%zu left", n);
    CHECK_OK(lf_rule_days(&t, LF_V("r"), days, &n, &e), &e);
    CHECK(n == 0, "%zu days left", n);
    x.per_hour = 0; /* what a live rule's rate keeps back is counted, not kept */
    set(&x);
    CHECK(!find_on("z", false), "raised");
    CHECK_OK(lf_rule_hits(&t, LF_V("r"), NULL, &hits, &n, &next, &e), &e);
    CHECK(n == 0, "%zu kept", n);
    stop();
}

static void days_that_senders_choose_are_bounded(void)
{
    struct lf_finding f = { .sender = LF_V("web"),
                            .rule = LF_V("r"),
                            .title = LF_V("t"),
                            .level = LF_LEVEL_MEDIUM,
                            .host = LF_V("h"),
                            .event = LF_V("{}") };
    struct lf_rule_day days[LF_RULE_DAYS];
    struct lf_tuning x = usual();
    int64_t kept;
    size_t n;

    if (!start())
        SKIP("no database");
    x.state = LF_RULE_TEST;
    set(&x);
    for (int i = -400; i <= 40; i++) { /* up to forty days ahead */
        f.position = ++position;
        f.happened = now + i * LF_DAY;
        f.recorded = now;
        CHECK_OK(lf_alert_raise(&t, &f, false, &out, &is_new, &(bool){ false }, &e), &e);
    }
    CHECK_OK(lf_db_int(t.db, &t.scope, &lf_q_rule_hit_day_count, LF_ARGS(LF_TEXT(LF_V("r"))), &kept, &e), &e);
    CHECK(kept == LF_RULE_DAYS, "%lld days are kept", (long long)kept);
    CHECK_OK(lf_rule_days(&t, LF_V("r"), days, &n, &e), &e);
    CHECK(n == LF_RULE_DAYS && days[0].begin <= now && now < days[0].begin + LF_DAY && days[0].hits == 41,
          "what says it is of a day to come is of today: %lld", (long long)days[0].hits);
    stop();
}

static void a_tuning_ends_by_itself_and_the_usual_holds_again(void)
{
    struct lf_tuning x = usual();

    if (!start())
        SKIP("no database");
    x.state = LF_RULE_RETIRED;
    x.until = now + LF_DAY;
    set(&x);
    CHECK(!find_on("h", false), "retired");
    now += LF_DAY;
    CHECK(find_on("h", false) && is_new, "the day after");
    stop();
}

static void weigh(const char *name, int weight)
{
    struct lf_asset x = { .name = lf_view_of(name), .weight = weight };

    CHECK_OK(lf_asset_set(&t, &x, &e), &e);
}

static void severity_is_rule_by_asset_by_intelligence_with_its_grounds(void)
{
    struct lf_tuning x = usual();

    if (!start())
        SKIP("no database");
    CHECK(find_on("plain", false) && out.level == LF_LEVEL_MEDIUM && out.grounds == 0, "as the rule has it");
    weigh("Core-DB", 4);
    weigh("lab", 2);
    CHECK(find_on("core-db", false) && out.level == LF_LEVEL_HIGH && out.grounds == LF_GROUND_HOST_UP,
          "host");
    CHECK(find_on("lab", false) && out.level == LF_LEVEL_LOW && out.grounds == LF_GROUND_HOST_DOWN, "lab");
    CHECK(find_on("known", true) && out.level == LF_LEVEL_HIGH && out.grounds == LF_GROUND_INTELLIGENCE,
          "known");
    CHECK(out.rule_level == LF_LEVEL_MEDIUM, "the rule's own stays visible");
    /* Of one alert the highest holds, with its grounds. */
    CHECK(find_on("plain", true) && !is_new && out.level == LF_LEVEL_HIGH &&
              out.grounds == LF_GROUND_INTELLIGENCE,
          "raised later");
    x.has_level = true;
    x.level = LF_LEVEL_CRITICAL;
    set(&x);
    weigh("top", 5);
    CHECK(find_on("top", true) && out.level == LF_LEVEL_CRITICAL, "never above critical");
    x.level = LF_LEVEL_INFO;
    set(&x);
    now += LF_DAY;
    CHECK(find_on("lab", false) && out.level == LF_LEVEL_INFO, "never below informational");
    stop();
}

static void a_suppression_holds_after_closing_for_the_same_host_only(void)
{
    struct lf_tuning x = usual();

    if (!start())
        SKIP("no database");
    x.suppress = LF_DAY;
    set(&x);
    CHECK(find_on("h", false) && is_new, "first");
    CHECK_OK(lf_alert_close(&t, out.id, LF_V("a false alarm"), &e), &e);
    now += 2 * LF_HOUR;
    CHECK(!find_on("h", false), "suppressed");
    CHECK(find_on("other", false) && is_new, "another host is not");
    now += LF_DAY;
    CHECK(find_on("h", false) && is_new, "past it");
    stop();
}

static void beyond_the_rate_findings_join_the_newest_alert_and_none_is_lost(void)
{
    struct lf_tuning x = usual();
    char host[16];
    int raised = 0;

    if (!start())
        SKIP("no database");
    x.per_hour = 3;
    set(&x);
    for (int i = 0; i < 10; i++) {
        snprintf(host, sizeof host, "h%d", i);
        CHECK(find_on(host, false), "joined or raised");
        raised += is_new;
    }
    CHECK(raised == 3 && out.count == 8, "%d raised, the newest counts %lld", raised, (long long)out.count);
    now += LF_HOUR + 1;
    CHECK(find_on("later", false) && is_new, "the next hour");
    stop();
}

static void decisions_need_the_right_person_a_reason_and_sane_spans(void)
{
    struct lf_tuning x = usual(), *list;
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    x.note = LF_V("");
    CHECK_CODE(lf_tuning_set(&t, &x, &e), LF_BAD_INPUT);
    x = usual();
    x.suppress = 91 * LF_DAY;
    CHECK_CODE(lf_tuning_set(&t, &x, &e), LF_BAD_INPUT);
    x = usual();
    set(&x);
    x.rule = LF_V("q");
    set(&x);
    struct lf_page page = { .limit = 1 };
    CHECK_OK(lf_tuning_list(&t, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && lf_view_is(list[0].rule, "q") && lf_view_is(next, "q"), "first page");
    page.after = next;
    CHECK_OK(lf_tuning_list(&t, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && lf_view_is(list[0].rule, "r") && next.len == 0, "last page");
    CHECK_VIEW(list[0].account, LF_V("ann"));
    t.scope.roles = LF_ROLE_REVIEWER;
    CHECK_CODE(lf_tuning_set(&t, &x, &e), LF_FORBIDDEN);
    CHECK_OK(lf_tuning_get(&t, LF_V("r"), &x, &e), &e);
    t.scope.org = LF_V("00000000-0000-4000-8000-000000000002");
    CHECK_OK(lf_tuning_list(&t, NULL, &list, &n, &next, &e), &e);
    CHECK(n == 0, "another organisation's are not seen");
    stop();
}

int main(void)
{
    RUN(only_a_live_rule_raises_and_what_it_keeps_back_is_counted);
    RUN(the_newest_findings_of_a_rule_on_trial_are_kept_and_go_when_it_is_live);
    RUN(days_that_senders_choose_are_bounded);
    RUN(a_tuning_ends_by_itself_and_the_usual_holds_again);
    RUN(severity_is_rule_by_asset_by_intelligence_with_its_grounds);
    RUN(a_suppression_holds_after_closing_for_the_same_host_only);
    RUN(beyond_the_rate_findings_join_the_newest_alert_and_none_is_lost);
    RUN(decisions_need_the_right_person_a_reason_and_sane_spans);
    DONE();
}
