#include "cert/clock_rules.h"

#include "../soc/lf_desk.h"
#include "cert/incident.h"

static struct lf_identity self;
static bool changed;

/* A set with one clock: so many hours from awareness, line by line as people write it. */
static lf_view set_of(const char *ruleset, const char *regime, int hours)
{
    return lf_arena_printf(&a,
                           "{\"format\":\"lianfang-clock-rules/1\",\n"
                           " \"ruleset\":\"%s\",\n"
                           " \"regime\":\"%s\",\n"
                           " \"valid_from\":null,\"valid_to\":null,\n"
                           " \"tz\":\"UTC\",\"calendar\":\"24x7\",\n"
                           " \"rank\":{\"reporter\":1},\n"
                           " \"clocks\":[\n"
                           "  {\"id\":\"C1\",\"names\":{\"zh\":\"通報\",\"en\":\"Report\"},\n"
                           "   \"who\":\"reporter\",\"scope\":\"incident\",\"judged_at\":\"provider\",\n"
                           "   \"start\":[{\"on\":[\"aware\"],\"use\":\"occurred\",\"repeat\":\"once\"}],\n"
                           "   \"stop\":[{\"on\":[\"reported\"],\"use\":\"recorded\"}],\n"
                           "   \"limits\":[\n"
                           "     {\"id\":\"C1\",\"levels\":[1,2,3,4],\"seconds\":%d}],\n"
                           "   \"on_level_change\":{\"shorter\":\"keep\",\"longer\":\"keep\"},\n"
                           "   \"warn_percent\":[50,80]}]}\n",
                           ruleset, regime, hours * 3600);
}

static bool node_up(void)
{
    uint8_t seed[LF_SIGN_SEED] = { 7 };

    if (!start())
        return false;
    now = 1772413200000000; /* 2026-03-02 */
    self = (struct lf_identity){ .org = t.scope.org,
                                 .tier = LF_V("provider"),
                                 .name = LF_V("water"),
                                 .node = LF_V("identity--00000001-0000-4000-8000-000000000000") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    t.scope.roles |= LF_ROLE_REPORTER;
    return true;
}

static enum lf_code take(lf_view text, const char *regime)
{
    struct lf_text_file f = { LF_V("law/own.json"), text };

    return lf_clock_rules_take(&t, &f, text.len ? 1 : 0, lf_view_of(regime), &changed, &e);
}

static struct lf_incident_full report(void)
{
    struct lf_incident_full f = { 0 };
    lf_view id = LF_V("");

    CHECK_OK(lf_incident_report(&t, LF_V("{\"title\":\"x\",\"draft\":true}"), &id, &e), &e);
    CHECK_OK(lf_incident_get(&t, id, &f, &e), &e);
    return f;
}

static void judge_all(void)
{
    bool more = true;

    for (int i = 0; more && i < 100; i++)
        CHECK_OK(lf_incident_judge_turn(&t, &more, &e), &e);
    CHECK(!more, "it comes to an end");
}

static void a_set_of_a_file_takes_the_place_of_its_like_and_counts_for_what_is_there(void)
{
    struct lf_incident_full f;

    if (!node_up())
        return;
    CHECK_OK(take(LF_V(""), "TW"), &e);
    CHECK(changed, "the delivered ones are new to this node");
    CHECK_OK(take(LF_V(""), "TW"), &e);
    CHECK(!changed, "the same again is nothing new");
    f = report();
    CHECK(f.row.c1.due - f.row.c1.start == LF_HOUR, "an hour");
    CHECK_OK(take(set_of("TW-2026", "TW", 3), "TW"), &e);
    CHECK(changed, "another law");
    judge_all();
    CHECK_OK(lf_incident_get(&t, f.row.id, &f, &e), &e);
    CHECK(f.row.c1.due - f.row.c1.start == 3 * LF_HOUR, "three hours, also for what was there");
    CHECK(f.row.nearest.due == f.row.c1.due, "and on the board");
    CHECK_OK(take(LF_V(""), "TW"), &e);
    judge_all();
    CHECK_OK(lf_incident_get(&t, f.row.id, &f, &e), &e);
    CHECK(f.row.c1.due - f.row.c1.start == LF_HOUR, "without the file the delivered one counts again");
    stop();
}

static void an_incident_keeps_the_regime_it_was_recorded_under(void)
{
    struct lf_incident_full old, f;

    if (!node_up())
        return;
    CHECK_OK(take(set_of("XX-1", "XX", 5), "XX"), &e);
    old = report();
    CHECK(old.row.c1.due - old.row.c1.start == 5 * LF_HOUR, "five hours");
    CHECK_OK(take(set_of("XX-1", "XX", 5), "TW"), &e);
    judge_all();
    f = report();
    CHECK(f.row.c1.due - f.row.c1.start == LF_HOUR, "a new one by the regime of now");
    CHECK_OK(lf_incident_get(&t, old.row.id, &f, &e), &e);
    CHECK(f.row.c1.due - f.row.c1.start == 5 * LF_HOUR, "the old one by its own");
    CHECK_OK(take((lf_view){ 0 }, "TW"), &e);
    judge_all();
    CHECK_OK(lf_incident_get(&t, old.row.id, &f, &e), &e);
    CHECK(f.row.c1.due - f.row.c1.start == LF_HOUR, "and where that is gone, by this node's");
    stop();
}

static void replace(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);

    CHECK(at && strlen(from) == strlen(to), "%s", from);
    if (at)
        memcpy(at, to, strlen(to));
}

static const struct {
    const char *from, *to, *says;
} broken[] = {
    { "\"clocks\":[", "\"clocks\":{", "(line 8)" },
    { "\"tz\":\"UTC\"", "\"tz\":\"UTX\"", "law/own.json: line 5: tz: one of Asia/Taipei" },
    { "[\"aware\"]", "[\"awere\"]", "law/own.json: line 10: clock C1: start: on is a list of known kinds" },
    { "\"seconds\":", "\"secunds\":",
      "law/own.json: line 13: clock C1: limits: a variant has one of seconds" },
    { "[1,2,3,4]", "[1,2,3,5]",
      "law/own.json: line 13: clock C1: limits: levels is a list of integers from 1 to 4" },
    { "\"keep\",", "\"hold\",", "clock C1: on_level_change: shorter is keep" },
    { "\"TW\"", "\"tw\"", "law/own.json: line 3: regime: 1 to 16 capital letters and digits" },
    { "rules/1", "rules/9", "law/own.json: line 1: format: lianfang-clock-rules/1 is the one" },
};

static void a_bad_file_is_refused_with_file_and_line_and_what_runs_stays(void)
{
    struct lf_clock_rules_now before, after;

    if (!node_up())
        return;
    CHECK_OK(take(set_of("OWN-1", "TW", 2), "TW"), &e);
    CHECK_OK(lf_clock_rules_now(&t, &before, &e), &e);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char *text = lf_arena_cstr(&a, set_of("OWN-1", "TW", 2));

        replace(text, broken[i].from, broken[i].to);
        e = (struct lf_err){ 0 };
        CHECK_CODE(take(lf_view_of(text), "TW"), LF_BAD_INPUT);
        CHECK(strstr(e.text, broken[i].says) && strstr(e.text, "law/own.json"), "%s: %s", broken[i].to,
              e.text);
    }
    CHECK_CODE(take(set_of("OWN-1", "TW", 2), "ZZ"), LF_BAD_INPUT);
    CHECK(strstr(e.text, "regime \"ZZ\""), "%s", e.text);
    CHECK_CODE(
        take(lf_arena_printf(&a, "[%.*s,%.*s]", LF_FMT(set_of("A", "TW", 1)), LF_FMT(set_of("A", "TW", 2))),
             "TW"),
        LF_BAD_INPUT);
    CHECK(strstr(e.text, "ruleset A is in law/own.json too"), "%s", e.text);
    CHECK_OK(lf_clock_rules_now(&t, &after, &e), &e);
    CHECK(after.mark == before.mark, "what was taken stays");
    stop();
}

static void what_a_command_gathers_is_what_a_node_takes(void)
{
    struct lf_text_file f;
    const struct lf_json *gathered, *kept;

    if (!node_up())
        return;
    f = (struct lf_text_file){ LF_V("own.json"), set_of("OWN-1", "TW", 2) };
    CHECK_OK(lf_clock_rules_gather(&a, &f, 1, LF_V("TW"), &gathered, &e), &e);
    CHECK_OK(take(f.text, "TW"), &e);
    CHECK_OK(lf_clock_rules_of(&t, LF_V("TW"), &kept, &e), &e);
    CHECK(lf_json_items(gathered) == 2 && lf_json_items(kept) == 2, "%zu, %zu", lf_json_items(gathered),
          lf_json_items(kept));
    for (size_t i = 0; i < 2; i++)
        CHECK_VIEW(lf_json_str(lf_json_item(gathered, i), "ruleset"),
                   lf_json_str(lf_json_item(kept, i), "ruleset"));
    stop();
}

static void both(void)
{
    RUN(a_set_of_a_file_takes_the_place_of_its_like_and_counts_for_what_is_there);
    RUN(an_incident_keeps_the_regime_it_was_recorded_under);
    RUN(a_bad_file_is_refused_with_file_and_line_and_what_runs_stays);
    RUN(what_a_command_gathers_is_what_a_node_takes);
}

int main(void)
{
    both();
    DONE();
}
