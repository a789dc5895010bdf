/* What people do with alerts, and what they look after. */
#include "soc/alert_work.h"

#include "lf_desk.h"
#include "soc/asset.h"
#include "soc/exclusion.h"

static struct lf_alert found(const char *rule, const char *host, const char *event)
{
    struct lf_finding f = { .position = ++position,
                            .happened = now,
                            .recorded = now,
                            .sender = LF_V("web"),
                            .rule = lf_view_of(rule),
                            .title = LF_V("t"),
                            .level = LF_LEVEL_MEDIUM,
                            .host = lf_view_of(host),
                            .event = lf_view_of(event) };
    struct lf_alert out = { 0 };
    bool is_new, newly;

    CHECK_OK(lf_alert_raise(&t, &f, false, &out, &is_new, &newly, &e), &e);
    return out;
}

static struct lf_alert again(lf_view id)
{
    struct lf_alert out = { 0 };

    CHECK_OK(lf_alert_get(&t, id, &out, &e), &e);
    return out;
}

static void an_alert_has_an_owner_comments_a_verdict_and_a_history(void)
{
    struct lf_alert_work *w;
    int64_t counts[LF_VERDICTS];
    struct lf_alert a1;
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    a1 = found("r", "h", "{}");
    CHECK(a1.owner.len == 0 && a1.verdict == LF_VERDICT_NONE, "as it comes");
    CHECK_OK(lf_alert_assign(&t, a1.id, LF_V("bo"), &e), &e);
    CHECK_VIEW(audited, LF_V("alert.assign"));
    CHECK_CODE(lf_alert_assign(&t, a1.id, LF_V("bo"), &e), LF_CONFLICT);
    CHECK_VIEW(again(a1.id).owner, LF_V("bo"));
    CHECK_OK(lf_alert_comment(&t, a1.id, LF_V("看過了"), &e), &e);
    CHECK_VIEW(audited, LF_V("alert.comment"));
    CHECK_CODE(lf_alert_comment(&t, a1.id, LF_V(""), &e), LF_BAD_INPUT);
    CHECK_CODE(lf_alert_comment(&t, a1.id, (lf_view){ "a\0b", 3 }, &e), LF_BAD_INPUT);
    CHECK_OK(lf_alert_acknowledge(&t, a1.id, &e), &e);
    CHECK_CODE(lf_alert_judge(&t, a1.id, LF_VERDICT_TRUE, &e), LF_CONFLICT);
    CHECK_OK(lf_alert_close_as(&t, a1.id, LF_VERDICT_FALSE, LF_V("a scanner of ours"), &e), &e);
    CHECK_VIEW(audited, LF_V("alert.close"));
    a1 = again(a1.id);
    CHECK(a1.verdict == LF_VERDICT_FALSE && a1.state == LF_ALERT_CLOSED, "closed");
    CHECK_CODE(lf_alert_assign(&t, a1.id, LF_V("cy"), &e), LF_CONFLICT);
    CHECK_OK(lf_alert_judge(&t, a1.id, LF_VERDICT_BENIGN, &e), &e);
    CHECK_OK(lf_alert_comment(&t, a1.id, LF_V("later"), &e), &e);
    CHECK_OK(lf_alert_history(&t, a1.id, NULL, &w, &n, &next, &e), &e);
    CHECK(n == 6 && next.len == 0, "%zu", n);
    static const enum lf_alert_act want[] = { LF_ACT_ASSIGN, LF_ACT_COMMENT, LF_ACT_ACKNOWLEDGE,
                                              LF_ACT_CLOSE,  LF_ACT_VERDICT, LF_ACT_COMMENT };
    for (size_t i = 0; i < n && i < 6; i++)
        CHECK(w[i].act == want[i] && w[i].at == now && lf_view_is(w[i].account, "ann"), "%zu: %s", i,
              lf_alert_act_name(w[i].act));
    CHECK_VIEW(w[3].note, LF_V("false_positive: a scanner of ours"));
    CHECK_OK(lf_alert_verdicts(&t, LF_V("r"), counts, &e), &e);
    CHECK(counts[LF_VERDICT_BENIGN] == 1 && counts[LF_VERDICT_FALSE] == 0, "as judged last");
    stop();
}

static void merged_alerts_are_one_and_what_comes_later_joins_it(void)
{
    struct lf_alert first, other, third, *list;
    struct lf_alert_event *events;
    int64_t counts[LF_VERDICTS];
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    first = found("r1", "h1", "{}");
    now += LF_MINUTE;
    other = found("r2", "h2", "{}");
    third = found("r3", "h3", "{}");
    CHECK_CODE(lf_alert_merge(&t, first.id, first.id, &e), LF_BAD_INPUT);
    CHECK_OK(lf_alert_merge(&t, other.id, first.id, &e), &e);
    CHECK_VIEW(audited, LF_V("alert.merge"));
    CHECK_CODE(lf_alert_merge(&t, other.id, first.id, &e), LF_CONFLICT);
    first = again(first.id);
    CHECK(first.count == 2 && first.last == now && first.state == LF_ALERT_NEW, "%lld",
          (long long)first.count);
    other = again(other.id);
    CHECK(other.state == LF_ALERT_CLOSED, "the emptied one is closed");
    CHECK_VIEW(other.merged_into, first.id);
    CHECK_OK(lf_alert_events(&t, first.id, NULL, &events, &n, &next, &e), &e);
    CHECK(n == 2, "%zu events", n);
    /* Of the emptied one's rule and host: joins. */
    CHECK_VIEW(found("r2", "h2", "{}").id, first.id);
    /* What was merged goes along when that is merged further. */
    CHECK_OK(lf_alert_merge(&t, first.id, third.id, &e), &e);
    CHECK_VIEW(found("r2", "h2", "{}").id, third.id);
    CHECK_VIEW(found("r1", "h1", "{}").id, third.id);
    CHECK_OK(lf_alert_merged(&t, third.id, &list, &n, &e), &e);
    CHECK(n == 2, "%zu merged", n);
    CHECK(again(third.id).count == 6, "%lld", (long long)again(third.id).count);
    CHECK_OK(lf_alert_verdicts(&t, LF_V("r1"), counts, &e), &e);
    CHECK(counts[LF_VERDICT_NONE] == 0, "a merged one is no closed one");
    CHECK_OK(lf_alert_close_as(&t, third.id, LF_VERDICT_TRUE, LF_V(""), &e), &e);
    CHECK(!lf_view_eq(found("r1", "h1", "{}").id, third.id), "nothing joins a closed one");
    stop();
}

static void unmerging_gives_back_what_each_alert_brought(void)
{
    struct lf_alert first, other, third, *list;
    struct lf_alert_work *w;
    lf_view next, from;
    size_t n;

    if (!start())
        SKIP("no database");
    first = found("r1", "h1", "{}");
    now += LF_MINUTE;
    other = found("r2", "h2", "{}");
    (void)found("r2", "h2", "{}");
    third = found("r3", "h3", "{}");
    CHECK_CODE(lf_alert_unmerge(&t, other.id, &from, &e), LF_CONFLICT);
    CHECK_OK(lf_alert_acknowledge(&t, other.id, &e), &e);
    CHECK_OK(lf_alert_merge(&t, other.id, first.id, &e), &e);
    CHECK_OK(lf_alert_merge(&t, first.id, third.id, &e), &e);
    now += LF_MINUTE;
    CHECK_VIEW(found("r2", "h2", "{}").id, third.id);
    CHECK(again(third.id).count == 5 && again(third.id).last == now, "%lld",
          (long long)again(third.id).count);
    /* The one in the middle leaves; what was merged into it stays. */
    CHECK_OK(lf_alert_unmerge(&t, first.id, &from, &e), &e);
    CHECK_VIEW(audited, LF_V("alert.unmerge"));
    CHECK_VIEW(from, third.id);
    first = again(first.id);
    CHECK(first.state == LF_ALERT_NEW && first.count == 1 && !first.merged_into.len && !first.handled_at,
          "as it was: %lld", (long long)first.count);
    CHECK(again(third.id).count == 4, "%lld", (long long)again(third.id).count);
    CHECK_VIEW(again(other.id).merged_into, third.id);
    CHECK_VIEW(found("r1", "h1", "{}").id, first.id);
    /* Also when the other is closed; what joined since comes along. */
    CHECK_OK(lf_alert_close_as(&t, third.id, LF_VERDICT_TRUE, LF_V(""), &e), &e);
    CHECK_OK(lf_alert_unmerge(&t, other.id, &from, &e), &e);
    other = again(other.id);
    CHECK(other.state == LF_ALERT_ACKNOWLEDGED && other.count == 3 && other.last == now &&
              lf_view_is(other.handled_by, "ann"),
          "%lld", (long long)other.count);
    third = again(third.id);
    CHECK(third.state == LF_ALERT_CLOSED && third.count == 1 && third.last == now - LF_MINUTE,
          "stays closed");
    CHECK_VIEW(found("r2", "h2", "{}").id, other.id);
    CHECK_OK(lf_alert_merged(&t, third.id, &list, &n, &e), &e);
    CHECK(n == 0, "%zu still merged", n);
    CHECK_OK(lf_alert_history(&t, other.id, NULL, &w, &n, &next, &e), &e);
    CHECK(n == 3 && w[2].act == LF_ACT_UNMERGED, "%zu", n);
    CHECK_VIEW(w[2].note, third.id);
    CHECK_CODE(lf_alert_unmerge(&t, other.id, &from, &e), LF_CONFLICT);
    /* And merged anew. */
    CHECK_OK(lf_alert_merge(&t, other.id, first.id, &e), &e);
    CHECK(again(first.id).count == 6, "%lld", (long long)again(first.id).count);
    t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_alert_unmerge(&t, other.id, &from, &e), LF_FORBIDDEN);
    stop();
}

static void a_level_that_merging_raised_falls_again(void)
{
    struct lf_finding f = { .happened = now,
                            .recorded = now,
                            .sender = LF_V("web"),
                            .rule = LF_V("loud"),
                            .title = LF_V("t"),
                            .level = LF_LEVEL_CRITICAL,
                            .host = LF_V("h"),
                            .event = LF_V("{}"),
                            .second_sender = LF_V("dns"),
                            .second_event = LF_V("{}"),
                            .second_happened = now };
    struct lf_alert loud, soft;
    bool is_new, newly;
    lf_view from;

    if (!start())
        SKIP("no database");
    f.position = ++position;
    CHECK_OK(lf_alert_raise(&t, &f, false, &loud, &is_new, &newly, &e), &e);
    soft = found("soft", "h", "{}");
    CHECK_OK(lf_alert_merge(&t, loud.id, soft.id, &e), &e);
    CHECK(again(soft.id).level == LF_LEVEL_CRITICAL && again(soft.id).corroborated, "raised");
    CHECK_OK(lf_alert_unmerge(&t, loud.id, &from, &e), &e);
    CHECK(again(soft.id).level == LF_LEVEL_MEDIUM && !again(soft.id).corroborated, "falls again");
    CHECK(again(loud.id).level == LF_LEVEL_CRITICAL && again(loud.id).corroborated, "and that one keeps it");
    stop();
}

/* As somebody else. */
static void judged_by(const char *who, const char *rule, enum lf_verdict v)
{
    lf_view me = t.scope.account;
    lf_view id = found(rule, "h1", "{}").id;

    t.scope.account = lf_view_of(who);
    CHECK_OK(lf_alert_close_as(&t, id, v, LF_V(""), &e), &e);
    t.scope.account = me;
}

static void verdicts_are_weighed_by_people_and_a_disputed_one_is_not_proposed(void)
{
    struct lf_exclusion_proposal *p;
    struct lf_exclusion_verdict *v;
    lf_view me, id;
    size_t n;

    if (!start())
        SKIP("no database");
    for (int i = 0; i < 3; i++)
        judged_by("anna", "one person, three times", LF_VERDICT_FALSE);
    judged_by("anna", "two people", LF_VERDICT_FALSE);
    judged_by("bert", "two people", LF_VERDICT_FALSE);
    judged_by("anna", "split", LF_VERDICT_FALSE);
    judged_by("bert", "split", LF_VERDICT_TRUE);
    judged_by("carl", "split", LF_VERDICT_TRUE);
    CHECK_OK(lf_exclusion_proposals(&t, false, &p, &n, &e), &e);
    CHECK(n == 2 && lf_view_is(p[0].rule, "two people") && p[0].people == 2 && p[0].verdicts == 2 &&
              p[1].people == 1 && p[1].verdicts == 3 && p[1].against == 0,
          "%zu", n);
    CHECK_OK(lf_exclusion_proposals(&t, true, &p, &n, &e), &e);
    CHECK(n == 1 && lf_view_is(p[0].rule, "split") && p[0].verdicts == 1 && p[0].against == 2, "%zu", n);
    CHECK_OK(lf_exclusion_verdicts(&t, LF_V("split"), LF_V("h1"), &v, &n, &e), &e);
    CHECK(n == 3 && !v[0].wrong && lf_view_is(v[0].account, "carl") && v[2].wrong &&
              lf_view_is(v[2].account, "anna"),
          "which, and whose: %zu", n);
    /* Another opinion on an alert is that person's. */
    me = t.scope.account;
    id = lf_arena_copy(&a, v[2].alert);
    t.scope.account = LF_V("dora");
    CHECK_OK(lf_alert_judge(&t, id, LF_VERDICT_TRUE, &e), &e);
    t.scope.account = me;
    CHECK_OK(lf_exclusion_verdicts(&t, LF_V("split"), LF_V("h1"), &v, &n, &e), &e);
    CHECK(n == 3 && !v[2].wrong && lf_view_is(v[2].account, "dora"), "who said it last");
    CHECK_OK(lf_exclusion_proposals(&t, true, &p, &n, &e), &e);
    CHECK(n == 0, "nobody calls it wrong any more");
    stop();
}

static void a_false_verdict_proposes_silence_at_that_host_and_only_a_person_confirms_it(void)
{
    struct lf_exclusion_proposal *p;
    struct lf_exclusion x, *list;
    struct lf_page page = { .limit = 1 };
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    CHECK_OK(lf_alert_close_as(&t, found("r", "h1", "{}").id, LF_VERDICT_FALSE, LF_V(""), &e), &e);
    CHECK_OK(lf_alert_close_as(&t, found("r", "h1", "{}").id, LF_VERDICT_FALSE, LF_V(""), &e), &e);
    CHECK_OK(lf_alert_close_as(&t, found("r", "h2", "{}").id, LF_VERDICT_BENIGN, LF_V(""), &e), &e);
    CHECK_OK(lf_alert_close_as(&t, found("s", "h1", "{}").id, LF_VERDICT_FALSE, LF_V(""), &e), &e);
    CHECK_OK(lf_alert_close_as(&t, found("s", "h1", "{}").id, LF_VERDICT_TRUE, LF_V(""), &e), &e);
    CHECK_OK(lf_exclusion_proposals(&t, false, &p, &n, &e), &e);
    CHECK(n == 1 && p[0].verdicts == 2 && lf_view_is(p[0].rule, "r") && lf_view_is(p[0].host, "h1"), "%zu",
          n);
    CHECK(found("r", "h1", "{}").id.len > 0, "a proposal by itself keeps nothing back");
    CHECK_CODE(lf_exclusion_set(&t, LF_V("r"), LF_V("h1"), 0, LF_V(""), &e), LF_BAD_INPUT);
    CHECK_CODE(lf_exclusion_set(&t, LF_V("r"), LF_V("h1"), now, LF_V("why"), &e), LF_BAD_INPUT);
    CHECK_OK(lf_exclusion_set(&t, LF_V("r"), LF_V("h1"), now + LF_DAY, LF_V("a scanner"), &e), &e);
    CHECK_VIEW(audited, LF_V("exclusion.set"));
    CHECK(found("r", "h1", "{}").id.len == 0, "kept back");
    CHECK(found("r", "h2", "{}").id.len > 0 && found("s", "h1", "{}").id.len > 0,
          "no other host, no other rule");
    CHECK_OK(lf_exclusion_get(&t, LF_V("r"), LF_V("h1"), &x, &e), &e);
    CHECK(x.in_force && x.kept_back == 1 && x.kept_back_last == now, "counted: %lld", (long long)x.kept_back);
    CHECK_OK(lf_exclusion_proposals(&t, false, &p, &n, &e), &e);
    CHECK(n == 0, "%zu still proposed", n);
    now += LF_DAY;
    CHECK(found("r", "h1", "{}").id.len > 0, "past its time it raises again");
    CHECK_OK(lf_exclusion_end(&t, LF_V("r"), LF_V("h1"), LF_V(""), &e), &e);
    CHECK_OK(lf_exclusion_proposals(&t, false, &p, &n, &e), &e);
    CHECK(n == 0, "decided: not proposed again");
    now += LF_MINUTE;
    CHECK_OK(lf_alert_close_as(&t, found("r", "h1", "{}").id, LF_VERDICT_FALSE, LF_V(""), &e), &e);
    CHECK_OK(lf_exclusion_proposals(&t, false, &p, &n, &e), &e);
    CHECK(n == 1 && p[0].verdicts == 1, "until it is judged so again");
    CHECK_OK(lf_exclusion_set(&t, LF_V("r"), LF_V(""), 0, LF_V("without a host"), &e), &e);
    CHECK(found("r", "", "{}").id.len == 0, "kept back");
    CHECK_OK(lf_exclusion_list(&t, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && list[0].host.len == 0 && next.len > 0, "by host");
    page.after = next;
    CHECK_OK(lf_exclusion_list(&t, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && lf_view_is(list[0].host, "h1") && !list[0].in_force && next.len == 0, "and the other");
    t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_exclusion_set(&t, LF_V("r"), LF_V("h9"), 0, LF_V("x"), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_exclusion_end(&t, LF_V("r"), LF_V("h1"), LF_V(""), &e), LF_FORBIDDEN);
    stop();
}

static void an_event_leads_to_the_other_alerts_that_have_it(void)
{
    struct lf_alert_behind *list;
    struct lf_alert one;
    size_t n;

    if (!start())
        SKIP("no database");
    one = found("r1", "h1", "{}");
    CHECK_OK(lf_alert_of_event(&t, position, LF_V(""), &list, &n, &e), &e);
    CHECK(n == 1, "%zu", n);
    CHECK_VIEW(list[0].id, one.id);
    CHECK_OK(lf_alert_of_event(&t, position, one.id, &list, &n, &e), &e);
    CHECK(n == 0, "itself");
    CHECK_OK(lf_alert_of_event(&t, UINT64_MAX, one.id, &list, &n, &e), &e);
    stop();
}

static void who_may_not_handle_alerts_changes_nothing_and_others_see_nothing(void)
{
    struct lf_alert one, two;
    struct lf_alert_work *w;
    struct lf_asset *assets, x = { .name = LF_V("n"), .weight = 3 };
    lf_view next;
    size_t n;

    if (!start())
        SKIP("no database");
    one = found("r1", "h1", "{}");
    two = found("r2", "h1", "{}");
    CHECK_OK(lf_asset_set(&t, &x, &e), &e);
    t.scope.roles = LF_ROLE_REVIEWER | LF_ROLE_READER | LF_ROLE_REPORTER;
    CHECK_CODE(lf_alert_assign(&t, one.id, LF_V("x"), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_alert_comment(&t, one.id, LF_V("x"), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_alert_merge(&t, one.id, two.id, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_alert_close_as(&t, one.id, LF_VERDICT_TRUE, LF_V(""), &e), LF_FORBIDDEN);
    CHECK_CODE(lf_asset_set(&t, &x, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_asset_remove(&t, x.name, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_asset_import(&t, LF_V("name\nx\n"), &n, &e), LF_FORBIDDEN);
    CHECK_OK(lf_alert_history(&t, one.id, NULL, &w, &n, &next, &e), &e);
    t.scope.org = LF_V("00000000-0000-4000-8000-000000000002");
    t.scope.roles = LF_ROLE_ANALYST;
    CHECK_CODE(lf_alert_assign(&t, one.id, LF_V("x"), &e), LF_NOT_FOUND);
    CHECK_CODE(lf_alert_merge(&t, one.id, two.id, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_alert_history(&t, one.id, NULL, &w, &n, &next, &e), LF_NOT_FOUND);
    CHECK_OK(lf_asset_list(&t, NULL, &assets, &n, &next, &e), &e);
    CHECK(n == 0, "another organisation's assets");
    stop();
}

/* ---- assets ---- */

static void asset(const char *name, const char *addresses, int weight)
{
    struct lf_asset x = { .name = lf_view_of(name), .addresses = lf_view_of(addresses), .weight = weight };

    CHECK_OK(lf_asset_set(&t, &x, &e), &e);
}

static void a_finding_concerns_the_weightiest_asset_by_name_or_by_the_narrowest_network(void)
{
    static const struct {
        const char *host, *event, *want;
    } cases[] = {
        { "CORE", "{}", "core" },
        { "nobody", "{}", "" },
        { "10.1.2.3", "{}", "a host" },
        { "x", "{\"destination.ip\":\"10.1.2.4\"}", "servers" },
        { "x", "{\"destination\":{\"ip\":\"10.1.2.3\"}}", "a host" },
        { "x", "{\"source.ip\":\"10.9.9.9\"}", "all" },
        { "x", "{\"source.ip\":\"11.0.0.0\"}", "" },
        { "x", "{\"source.ip\":\"2001:db8:1::5\"}", "six" },
        { "x", "{\"source.ip\":\"2001:db9::5\"}", "" },
        { "x", "{\"source.ip\":\"::ffff:10.1.2.3\"}", "a host" },
        { "core", "{\"source.ip\":\"10.1.2.3\"}", "core" },
        { "lab", "{\"source.ip\":\"10.1.2.3\"}", "a host" },
        { "x", "{\"destination.ip\":[\"10.1.2.3\"]}", "a host" },
        { "x", "{\"source.ip\":\"10.1.2\"}", "" },
        { "x", "not json", "" },
    };

    if (!start())
        SKIP("no database");
    asset("core", "", 5);
    asset("lab", "", 1);
    asset("all", "10.0.0.0/8", 2);
    asset("servers", "10.1.2.0/24 192.0.2.1", 3);
    asset("a host", "10.1.2.3", 4);
    asset("six", "2001:db8::/32", 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lf_finding f = { .host = lf_view_of(cases[i].host), .event = lf_view_of(cases[i].event) };
        struct lf_asset got;

        CHECK_OK(lf_asset_of(&t, &f, &got, &e), &e);
        CHECK(lf_view_is(got.name, cases[i].want), "%s %s: \"%.*s\"", cases[i].host, cases[i].event,
              LF_FMT(got.name));
        CHECK(got.name.len || got.weight == LF_ASSET_USUAL, "none weighs as usual");
    }
    CHECK(found("r", "core", "{}").level == LF_LEVEL_CRITICAL, "two steps up");
    CHECK_VIEW(found("r", "core", "{}").asset, LF_V("core"));
    CHECK(found("r", "lab", "{}").level == LF_LEVEL_INFO, "two steps down");
    CHECK_OK(lf_asset_remove(&t, LF_V("Core"), &e), &e);
    CHECK_VIEW(audited, LF_V("asset.remove"));
    CHECK_CODE(lf_asset_remove(&t, LF_V("core"), &e), LF_NOT_FOUND);
    stop();
}

static void csv_is_taken_whole_or_refused_by_line(void)
{
    static const struct {
        const char *csv;
        enum lf_code want;
        size_t n;
        const char *said;
    } cases[] = {
        { "name,addresses,owner,weight,note\r\na,10.0.0.1,水公司,5,\r\n\"b, c\",\"10.0.0.2 "
          "10.0.1.0/24\",,,\"say \"\"x\"\"\"\n",
          LF_OK, 2, NULL },
        { "\xef\xbb\xbfWeight, Name\n4, d \n\n,e\n", LF_OK, 2, NULL },
        { "address,name\n2001:db8::1;10.0.0.9,f", LF_OK, 1, NULL },
        { "name\n", LF_OK, 0, NULL },
        { "", LF_BAD_INPUT, 0, "empty" },
        { "addresses\n10.0.0.1\n", LF_BAD_INPUT, 0, "\"name\" is missing" },
        { "name,colour\na,red\n", LF_BAD_INPUT, 0, "line 1: \"colour\"" },
        { "name,name\na,b\n", LF_BAD_INPUT, 0, "twice" },
        { "name,weight\nzz,6\n", LF_BAD_INPUT, 0, "line 2" },
        { "name,weight\nzz,3\nyy,high\n", LF_BAD_INPUT, 0, "line 3" },
        { "name,addresses\nzz,10.0.0.1\nyy,10.0.0.256\n", LF_BAD_INPUT, 0, "line 3" },
        { "name,addresses\nzz,10.0.0.0/33\n", LF_BAD_INPUT, 0, "line 2" },
        { "name\n\"zz\n", LF_BAD_INPUT, 0, "never closes" },
        { "name,owner\n\"line\nbreak\",x\n,y\n", LF_BAD_INPUT, 0, "line 4" },
        { "name\n\xa7\x41\n", LF_BAD_INPUT, 0, "UTF-8" },
    };
    struct lf_asset got;

    if (!start())
        SKIP("no database");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 0;

        e = (struct lf_err){ 0 };
        CHECK_CODE(lf_asset_import(&t, lf_view_of(cases[i].csv), &n, &e), cases[i].want);
        CHECK(n == cases[i].n, "%zu: %zu", i, n);
        CHECK(!cases[i].said || strstr(e.text, cases[i].said), "%zu: %s", i, e.text);
    }
    CHECK_OK(lf_asset_get(&t, LF_V("B, C"), &got, &e), &e);
    CHECK_VIEW(got.note, LF_V("say \"x\""));
    CHECK_VIEW(got.addresses, LF_V("10.0.0.2 10.0.1.0/24"));
    CHECK(got.weight == LF_ASSET_USUAL, "%d", got.weight);
    CHECK_OK(lf_asset_get(&t, LF_V("d"), &got, &e), &e);
    CHECK(got.weight == 4, "%d", got.weight);
    stop();
}

int main(void)
{
    RUN(an_alert_has_an_owner_comments_a_verdict_and_a_history);
    RUN(merged_alerts_are_one_and_what_comes_later_joins_it);
    RUN(unmerging_gives_back_what_each_alert_brought);
    RUN(a_level_that_merging_raised_falls_again);
    RUN(verdicts_are_weighed_by_people_and_a_disputed_one_is_not_proposed);
    RUN(a_false_verdict_proposes_silence_at_that_host_and_only_a_person_confirms_it);
    RUN(an_event_leads_to_the_other_alerts_that_have_it);
    RUN(who_may_not_handle_alerts_changes_nothing_and_others_see_nothing);
    RUN(a_finding_concerns_the_weightiest_asset_by_name_or_by_the_narrowest_network);
    RUN(csv_is_taken_whole_or_refused_by_line);
    DONE();
}
