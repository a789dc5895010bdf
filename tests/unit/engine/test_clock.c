#include "engine/clock.h"
#include "lf_test.h"

/* In these texts ' stands for ". */
static const char SET[] =
    "{'format':'lianfang-clock-rules/1','ruleset':'T','calendar':'24x7','tz':'Asia/Taipei',"
    "'valid_from':'2020-01-01','valid_to':null,'unknown_level':1,"
    "'rank':{'system':1,'reporter':1,'reviewer':2,'national':3},"
    "'authority':{'closed':[{'levels':[1,2],'by':['reviewer']},{'by':['national']}]},'clocks':["
    "{'id':'C','who':'reporter','scope':'incident','judged_at':'provider',"
    "'start':[{'on':['aware'],'use':'occurred','repeat':'once'}],"
    "'stop':[{'on':['controlled'],'use':'occurred'}],'cancel':[{'on':['obstacle_begins']}],"
    "'limits':[{'id':'L','levels':[1,2],'seconds':7200},{'id':'H','levels':[3,4],'seconds':3600}],"
    "'on_level_change':{'shorter':'min_from_change','longer':'from_start'},"
    "'extension':{'consent':['reviewer']},'warn_percent':[50,80]}]}";
static const char AWARE[] =
    "{'time':'2026-03-01T00:00:00Z','kind':'aware','by':'reporter','tier':'provider'}";

static struct lf_arena arena;

/* `text` with ' as ", and the first `find` in it replaced. */
static lf_view with(const char *text, const char *find, const char *put)
{
    lf_view t = lf_view_of(text);
    size_t at = find ? lf_view_find(t, lf_view_of(find)) : SIZE_MAX;
    lf_view v;
    char *p;

    if (find)
        CHECK(at != SIZE_MAX, "the test's own text has no %s", find);
    v = at == SIZE_MAX ? lf_arena_copy(&arena, t)
                       : lf_arena_printf(&arena, "%.*s%s%.*s", (int)at, text, put,
                                         LF_FMT(lf_view_from(t, at + strlen(find))));
    p = lf_arena_alloc(&arena, v.len + 1, 1);
    for (size_t i = 0; i < v.len; i++)
        p[i] = v.ptr[i] == '\'' ? '"' : v.ptr[i];
    return (lf_view){ p, v.len };
}

static const struct lf_json *parse(lf_view text)
{
    const struct lf_json *j = NULL;
    struct lf_err e;

    CHECK_OK(lf_json_parse(&arena, text, NULL, &j, &e), &e);
    return j;
}

static lf_time when(const char *text)
{
    lf_time t = 0;
    struct lf_err e;

    CHECK_OK(lf_time_parse(lf_view_of(text), &t, &e), &e);
    return t;
}

static enum lf_code judge(lf_view set, const char *more, const char *at, struct lf_clock_result *r,
                          struct lf_err *e)
{
    lf_view list = lf_arena_printf(&arena, "[%s%s%s]", AWARE, *more ? "," : "", more);

    return lf_clock_judge(&arena, parse(set), parse(with(lf_arena_cstr(&arena, list), NULL, "")), when(at), r,
                          e);
}

static const struct {
    const char *find, *put, *says;
} bad_rules[] = {
    { "-rules/1", "-rules/2", "format" },
    { "'format'", "'formats'", "format" },
    { "'24x7'", "'office'", "calendar" },
    { "'ruleset':'T'", "'ruleset':7", "ruleset" },
    { "Asia/Taipei", "Asia/Taibei", "tz" },
    { "'tz':'Asia/Taipei'", "'tz':null", "tz" },
    { "'2020-01-01'", "'2020-02-30'", "valid_from" },
    { "'2020-01-01'", "'2020-1-1'", "valid_from" },
    { "'2020-01-01'", "20200101", "valid_from" },
    { "'valid_to':null", "'valid_to':'2019-12-31'", "valid_to" },
    { "'unknown_level':1", "'unknown_level':5", "unknown_level" },
    { "'unknown_level':1", "'unknown_level':'1'", "unknown_level" },
    { "'unknown_level':1", "'unknown_level':1,'major':[3,5]", "major" },
    { "'unknown_level':1", "'unknown_level':1,'levels':3", "levels" },
    { "'national':3}", "'national':3.5}", "rank" },
    { "'national':3}", "'national':-3}", "rank" },
    { "'rank':{", "'rank':[],'x':{", "rank" },
    { "'authority':{'closed'", "'authority':{'shut'", "authority" },
    { "{'by':['national']}", "{'by':'national'}", "authority" },
    { "'levels':[1,2],'by'", "'levels':[0],'by'", "authority" },
    { "'clocks':[{", "'clocks':7,'x':[{", "clocks" },
    { "'id':'C',", "", "id" },
    { "'who':'reporter',", "", "who" },
    { "'scope':'incident'", "'scope':true", "scope" },
    { "'judged_at':'provider'", "'judged_at':'town'", "judged_at" },
    { "'start':[{", "'start':7,'x':[{", "start" },
    { "{'on':['aware']", "{'on':['awear']", "start" },
    { "{'on':['aware']", "{'on':[]", "start" },
    { "{'on':['aware']", "{'on':'aware'", "start" },
    { "'use':'occurred','repeat'", "'use':'happened','repeat'", "start" },
    { "'use':'occurred','repeat'", "'repeat'", "start" },
    { "'repeat':'once'", "'repeat':'twice'", "start" },
    { ",'repeat':'once'", "", "start" },
    { "'repeat':'once'", "'repeat':'once','until':'yes'", "start" },
    { "'repeat':'once'", "'repeat':'once','if':['sunny']", "start" },
    { "'repeat':'once'", "'repeat':'once','if':['seen:awear']", "start" },
    { "'repeat':'once'", "'repeat':'once','where':{'by':'reporter'}", "start" },
    { "'repeat':'once'", "'repeat':'once','where':['by']", "start" },
    { "'use':'occurred'}],'cancel'", "'use':1}],'cancel'", "stop" },
    { "'obstacle_begins'", "'obstacle'", "cancel" },
    { "'limits':[{", "'limits':{},'x':[{", "limits" },
    { "'id':'L',", "", "limits" },
    { "'levels':[3,4]", "'levels':[2,3,4]", "limits" },
    { "'levels':[3,4]", "'levels':[3,'4']", "limits" },
    { "'levels':[3,4],", "", "limits" },
    { "'seconds':7200", "'seconds':7200.5", "limits" },
    { "'seconds':7200", "'seconds':-1", "limits" },
    { "'seconds':7200", "'seconds':9007199254740991", "limits" },
    { "'seconds':7200", "'seconds':99999999999999999999", "limits" },
    { "'seconds':7200", "'seconds':'7200'", "limits" },
    { "'seconds':7200", "'months':12001", "limits" },
    { "'seconds':7200", "'seconds':7200,'months':1", "limits" },
    { "'seconds':7200", "'none':false", "limits" },
    { ",'seconds':7200", "", "limits" },
    { "'shorter':'min_from_change'", "'shorter':'sooner'", "on_level_change" },
    { "'longer':'from_start'", "'longer':'min_from_change'", "on_level_change" },
    { "'on_level_change':{", "'on_change':{", "on_level_change" },
    { "{'consent':['reviewer']}", "true", "extension" },
    { "{'consent':['reviewer']}", "{'consent':'reviewer'}", "extension" },
    { "[50,80]", "50", "warn_percent" },
    { "[50,80]", "[50,80.5]", "warn_percent" },
    { "[50,80]", "[50,-80]", "warn_percent" },
};

static void a_rule_set_with_a_wrong_field_is_refused_in_a_sentence_that_names_it(void)
{
    struct lf_clock_result r;
    struct lf_err e;

    CHECK_OK(judge(with(SET, NULL, ""), "", "2026-03-01T00:00:00Z", &r, &e), &e);
    for (size_t i = 0; i < sizeof bad_rules / sizeof bad_rules[0]; i++) {
        lf_view set = with(SET, bad_rules[i].find, bad_rules[i].put);

        CHECK(judge(set, "", "2026-03-01T00:00:00Z", &r, &e) == LF_BAD_INPUT, "row %zu: %s is taken", i,
              bad_rules[i].put);
        CHECK(strstr(e.text, bad_rules[i].says) != NULL && !strchr(e.text, '\n'), "row %zu: %s", i, e.text);
    }
    CHECK_CODE(judge(with("7", NULL, ""), "", "2026-03-01T00:00:00Z", &r, &e), LF_BAD_INPUT);
    CHECK_CODE(judge(with("[]", NULL, ""), "", "2026-03-01T00:00:00Z", &r, &e), LF_NOT_FOUND);
    CHECK_CODE(judge(with(SET, "'2020-01-01'", "'2026-03-02'"), "", "2026-03-01T00:00:00Z", &r, &e),
               LF_NOT_FOUND);
}

#define T "'time':'2026-03-01T00:30:00Z','by':'reporter','tier':'provider',"

static const struct {
    const char *event, *says;
} bad_events[] = {
    { "7", "object" },
    { "{'kind':'reported','by':'reporter','tier':'provider'}", "needed" },
    { "{'time':'2026-03-01T00:30:00Z','by':'reporter','tier':'provider'}", "needed" },
    { "{" T "'kind':''}", "needed" },
    { "{'time':'2026-03-01T00:30:00Z','kind':'reported','by':'','tier':'provider'}", "needed" },
    { "{'time':'2026-03-01T00:30:00Z','kind':'reported','by':'reporter','tier':'town'}", "needed" },
    { "{'time':'2026-03-01t00:30:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:00z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01 00:30:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:60Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T24:00:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-02-29T00:30:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:00','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:00.Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:00+24:00','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2026-03-01T00:30:00+0800','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'2200-03-01T00:30:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':'1969-03-01T00:30:00Z','kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{'time':1772325000,'kind':'reported','by':'reporter','tier':'provider'}", "time" },
    { "{" T "'kind':'no_such_kind','level':0}", "level" },
    { "{" T "'kind':'reported','level':5}", "level" },
    { "{" T "'kind':'reported','level':2.0}", "level" },
    { "{" T "'kind':'reported','level':2e0}", "level" },
    { "{" T "'kind':'reported','level':true}", "level" },
    { "{" T "'kind':'reported','level':'2'}", "level" },
    { "{" T "'kind':'reported','occurred_at':'2026-03-01T00:30:01Z'}", "occurred_at" },
    { "{" T "'kind':'reported','until':'2026-03-01T00:30:00Z'}", "until" },
    { "{" T "'kind':'reported','receipts':[]}", "receipts" },
    { "{" T "'kind':'reported','receipts':{'town':null}}", "receipts" },
    { "{" T "'kind':'reported','receipts':{'sector':'2026-03-01T00:29:59Z'}}", "receipt" },
    { "{" T "'kind':'reported','receipts':{'sector':7}}", "sector" },
    { "{" T "'kind':'reported','stage':7}", "stage" },
    { "{" T "'kind':'reported','mode':[]}", "mode" },
    { "{" T "'kind':'reported','id':7}", "id" },
    { "{" T "'kind':'reported','channel':'post'}", "channel" },
    { "{" T "'kind':'reported','channel':'other'}", "channel" },
    { "{" T "'kind':'reported','channel':'other','reason':' '}", "channel" },
    { "{" T "'kind':'reported','channel':'other','reason':'\xe3\x80\x80\xc2\xa0'}", "channel" },
    { "{" T "'kind':'level_changed'}", "level" },
    { "{" T "'kind':'aware_corrected','reason':'x'}", "aware_corrected" },
    { "{" T "'kind':'aware_corrected','occurred_at':'2026-03-01T00:00:00Z'}", "aware_corrected" },
    { "{" T "'kind':'extended','until':'2026-03-02T00:00:00Z','consent':[]}", "extended" },
    { "{" T "'kind':'extended','clock':'C','consent':[]}", "extended" },
    { "{" T "'kind':'extended','clock':'C','until':'2026-03-02T00:00:00Z'}", "extended" },
    { "{" T "'kind':'extended','clock':'C','until':'2026-03-02T00:00:00Z','consent':[7]}", "consent" },
    { "{" T "'kind':'absorbed'}", "absorbed" },
    { "{" T "'kind':'absorbed','aware_at':'2026-03-01T00:30:01Z'}", "absorbed" },
    { "{" T "'kind':'merged','same_agency':'yes'}", "same_agency" },
};

static void a_history_with_a_wrong_event_is_refused_even_one_that_counts_for_nothing(void)
{
    struct lf_clock_result r;
    struct lf_err e;

    for (size_t i = 0; i < sizeof bad_events / sizeof bad_events[0]; i++) {
        /* Long before the event: what is not visible yet is checked all the same. */
        CHECK(judge(with(SET, NULL, ""), bad_events[i].event, "2026-03-01T00:00:00Z", &r, &e) == LF_BAD_INPUT,
              "row %zu: %s is taken", i, bad_events[i].event);
        CHECK(strstr(e.text, bad_events[i].says) && strstr(e.text, "history[1]"), "row %zu: %s", i, e.text);
    }
    CHECK_CODE(lf_clock_judge(&arena, parse(with(SET, NULL, "")), parse(with("[]", NULL, "")), 0, &r, &e),
               LF_NOT_FOUND);
    CHECK_CODE(lf_clock_judge(&arena, parse(with(SET, NULL, "")), parse(with("{}", NULL, "")), 0, &r, &e),
               LF_BAD_INPUT);
}

#define NOTE(n, code) "{\"event\":" #n ",\"code\":\"" code "\"}"
#define REV "'by':'reviewer','tier':'provider',"
#define NAT "'by':'national','tier':'provider',"

static const struct {
    const char *events, *note;
} refused[] = {
    { "{" T "'kind':'from_a_later_version'}", NOTE(1, "unknown_kind") },
    { "{" T "'kind':'reopened'}", NOTE(1, "not_closed") },
    { "{" T "'kind':'merged','same_agency':true},{'time':'2026-03-01T00:31:00Z'," REV "'kind':'reopened'}",
      NOTE(2, "merged_stays") },
    { "{'time':'2026-03-01T00:31:00Z'," REV "'kind':'closed'},{'time':'2026-03-01T00:32:00Z'," REV
      "'kind':'controlled'}",
      NOTE(2, "inactive") },
    { "{" T "'kind':'closed'}", NOTE(1, "no_authority") },
    { "{" T "'kind':'aware'}", NOTE(1, "duplicate_aware") },
    { "{" T "'kind':'merged'}", NOTE(1, "merged_other_agency") },
    { "{'time':'2026-03-01T00:31:00Z'," REV
      "'kind':'level_changed','level':3},{'time':'2026-03-01T00:32:00Z',"
      "'by':'reporter','tier':'provider','kind':'level_changed','level':1}",
      NOTE(2, "outranked") },
    { "{'time':'2026-02-28T23:00:00Z','by':'reporter','tier':'provider','kind':'aware_corrected',"
      "'occurred_at':'2026-02-28T00:00:00Z','reason':'r'}",
      NOTE(1, "no_aware") },
    { "{'time':'2026-03-01T00:30:00Z','by':'supporter','tier':'provider','kind':'aware_corrected',"
      "'occurred_at':'2026-02-28T00:00:00Z','reason':'r'}",
      NOTE(1, "outranked") },
    { "{" T "'kind':'extended','clock':'X','until':'2026-03-02T00:00:00Z','consent':['reviewer']}",
      NOTE(1, "extension_refused") },
    { "{" T "'kind':'extended','clock':'C','until':'2026-03-02T00:00:00Z','consent':['national']}",
      NOTE(1, "extension_refused") },
    { "{" T "'kind':'extended','clock':'C','until':'2026-03-01T02:00:00Z','consent':['reviewer']}",
      NOTE(1, "extension_refused") },
    { "{'time':'2026-03-01T02:00:01Z'," REV
      "'kind':'extended','clock':'C','until':'2026-03-02T00:00:00Z','consent':['reviewer']}",
      NOTE(1, "extension_refused") },
    { "{" T "'kind':'controlled'},{'time':'2026-03-01T01:00:00Z'," REV
      "'kind':'extended','clock':'C','until':'2026-03-02T00:00:00Z','consent':['reviewer']}",
      NOTE(2, "extension_refused") },
};

static void every_refused_act_is_noted_and_has_no_effect(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct lf_clock_result r;
        struct lf_err e;
        struct lf_buf b;

        lf_buf_init(&b, 65536);
        CHECK_OK(judge(with(SET, NULL, ""), refused[i].events, "2026-03-03T00:00:00Z", &r, &e), &e);
        lf_clock_write(&r, &b);
        CHECK(lf_view_find(lf_buf_view(&b), lf_view_of(refused[i].note)) != SIZE_MAX, "row %zu: %.*s", i,
              LF_FMT(lf_buf_view(&b)));
        CHECK_VIEW(lf_clock_row(&r, 0).id, LF_V("C#1"));
        CHECK(lf_clock_row(&r, 0).started == when("2026-03-01T00:00:00Z"), "row %zu", i);
        lf_buf_clear(&b);
    }
}

#define LEVEL(at, by, n)                                                                                     \
    "{'time':'2026-03-01T" at "Z','by':'" by "','tier':'provider','kind':'level_changed','level':" #n "}"
#define DONE_AT(at) "{'time':'2026-03-01T" at "Z','by':'reporter','tier':'provider','kind':'controlled'}"

static const struct {
    const char *name, *find, *put, *events, *at, *due, *state, *code, *rule;
} changes[] = {
    { "no level: as the set says", NULL, "", "", "2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z", "running",
      "running", "L" },
    { "the due second is in time", NULL, "", "", "2026-03-01T02:00:00Z", "2026-03-01T02:00:00Z", "running",
      "running", "L" },
    { "the next is not", NULL, "", "", "2026-03-01T02:00:01Z", "2026-03-01T02:00:00Z", "breached", "overdue",
      "L" },
    { "another level to reckon with", "'unknown_level':1", "'unknown_level':4", "", "2026-03-01T01:00:00Z",
      "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "the first level counts from the start", NULL, "", LEVEL("00:30:00", "reporter", 3),
      "2026-03-01T00:40:00Z", "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "the first level counts also when late by it", NULL, "", LEVEL("01:30:00", "reporter", 3),
      "2026-03-01T01:30:00Z", "2026-03-01T01:00:00Z", "breached", "overdue", "H" },
    { "raised: the change + the shorter limit", NULL, "",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("00:40:00", "reviewer", 3), "2026-03-01T00:40:00Z",
      "2026-03-01T01:40:00Z", "running", "running", "H" },
    { "raised late: the old limit is the sooner", NULL, "",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("01:40:00", "reviewer", 3), "2026-03-01T01:40:00Z",
      "2026-03-01T02:00:00Z", "running", "running", "H" },
    { "raised, from the start", "'min_from_change'", "'from_start'",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("00:40:00", "reviewer", 3), "2026-03-01T00:40:00Z",
      "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "raised, kept", "'min_from_change'", "'keep'",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("00:40:00", "reviewer", 3), "2026-03-01T00:40:00Z",
      "2026-03-01T02:00:00Z", "running", "running", "L" },
    { "lowered, from the start", NULL, "",
      LEVEL("00:10:00", "reporter", 3) "," LEVEL("00:40:00", "reviewer", 2), "2026-03-01T00:40:00Z",
      "2026-03-01T02:00:00Z", "running", "running", "L" },
    { "lowered, kept", "'longer':'from_start'", "'longer':'keep'",
      LEVEL("00:10:00", "reporter", 3) "," LEVEL("00:40:00", "reviewer", 2), "2026-03-01T00:40:00Z",
      "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "lowered when late: never cured", NULL, "",
      LEVEL("00:10:00", "reporter", 3) "," LEVEL("01:00:01", "reviewer", 2), "2026-03-01T01:00:01Z",
      "2026-03-01T01:00:00Z", "breached", "overdue", "H" },
    { "the same variant: nothing moves", NULL, "",
      LEVEL("00:10:00", "reporter", 3) "," LEVEL("00:40:00", "reviewer", 4), "2026-03-01T00:40:00Z",
      "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "to a level without a limit", "'levels':[3,4]", "'levels':[4]",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("00:40:00", "reviewer", 3), "2026-03-01T09:40:00Z", NULL,
      "not_started", "not_at_this_level", NULL },
    { "to a variant without a due time", "'seconds':3600", "'none':true",
      LEVEL("00:10:00", "reporter", 1) "," LEVEL("00:40:00", "reviewer", 3), "2026-03-01T09:40:00Z", NULL,
      "running", "running_no_limit", "H" },
    { "met", NULL, "", DONE_AT("02:00:00"), "2026-03-09T00:00:00Z", "2026-03-01T02:00:00Z", "met", "met",
      "L" },
    { "late", NULL, "", DONE_AT("02:00:01"), "2026-03-09T00:00:00Z", "2026-03-01T02:00:00Z", "breached",
      "late", "L" },
    { "cancelled", "", "", "{" T "'kind':'obstacle_begins'}", "2026-03-09T00:00:00Z", "2026-03-01T02:00:00Z",
      "cancelled", "cancelled_obstacle_begins", "L" },
    { "closing ends it", NULL, "", "{'time':'2026-03-01T00:30:00Z'," REV "'kind':'closed'}",
      "2026-03-09T00:00:00Z", "2026-03-01T02:00:00Z", "cancelled", "cancelled_closed", "L" },
    { "level 3 is closed by the nation", NULL, "",
      LEVEL("00:10:00", "reporter", 3) ",{'time':'2026-03-01T00:30:00Z'," REV "'kind':'closed'}",
      "2026-03-01T00:50:00Z", "2026-03-01T01:00:00Z", "running", "running", "H" },
    { "closing a late one cures nothing", NULL, "", "{'time':'2026-03-01T03:00:00Z'," REV "'kind':'closed'}",
      "2026-03-09T00:00:00Z", "2026-03-01T02:00:00Z", "breached", "overdue_cancelled", "L" },
    { "what is no incident's is not ended with it", "'scope':'incident'", "'scope':'service'",
      "{'time':'2026-03-01T00:30:00Z'," REV "'kind':'closed'}", "2026-03-01T00:50:00Z",
      "2026-03-01T02:00:00Z", "running", "running", "L" },
    { "extended with consent, and fixed", NULL, "",
      "{" T "'kind':'extended','clock':'C','until':'2026-03-04T00:00:00Z','consent':['reviewer']}," LEVEL(
          "00:40:00", "reviewer", 4),
      "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", "running", "running", "L" },
    { "awareness corrected", NULL, "",
      "{" T "'kind':'aware_corrected','occurred_at':'2026-02-28T23:00:00Z','reason':'log'}",
      "2026-03-01T00:45:00Z", "2026-03-01T01:00:00Z", "running", "running", "L" },
    { "absorbed: the earlier awareness", NULL, "",
      "{" T "'kind':'absorbed','aware_at':'2026-02-28T23:00:00Z','same_agency':true}", "2026-03-01T00:45:00Z",
      "2026-03-01T01:00:00Z", "running", "running", "L" },
    { "absorbed of another agency: no clock moves", NULL, "",
      "{" T "'kind':'absorbed','aware_at':'2026-02-28T23:00:00Z'}", "2026-03-01T00:45:00Z",
      "2026-03-01T02:00:00Z", "running", "running", "L" },
    { "by another tier: when it came", NULL, "",
      LEVEL("00:05:00", "reporter",
            1) ",{'time':'2026-03-01T00:10:00Z','occurred_at':'2026-03-01T00:06:00Z','by':'reviewer','tier':'"
               "sector','kind':'level_changed','level':3,'receipts':{'provider':'2026-03-01T00:20:00Z'}}",
      "2026-03-01T00:30:00Z", "2026-03-01T01:20:00Z", "running", "running", "H" },
    { "by another tier: not yet come", NULL, "",
      LEVEL("00:05:00", "reporter", 1) ",{'time':'2026-03-01T00:10:00Z','by':'reviewer','tier':'sector','"
                                       "kind':'level_changed','level':3,'receipts':{'provider':null}}",
      "2026-03-01T00:30:00Z", "2026-03-01T02:00:00Z", "running", "running", "L" },
};

static void a_level_and_its_change_move_the_due_time_as_the_rules_say(void)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        bool put = changes[i].find && *changes[i].find;
        struct lf_clock_result r;
        struct lf_clock_row row;
        struct lf_err e;

        CHECK_OK(judge(with(SET, put ? changes[i].find : NULL, changes[i].put), changes[i].events,
                       changes[i].at, &r, &e),
                 &e);
        row = lf_clock_row(&r, 0);
        CHECK(row.due == (changes[i].due ? when(changes[i].due) : 0), "%s: due %lld", changes[i].name,
              (long long)row.due);
        CHECK(lf_view_is(lf_view_of(row.state), changes[i].state), "%s: %s", changes[i].name, row.state);
        CHECK(lf_view_is(lf_view_of(row.code), changes[i].code), "%s: %s", changes[i].name, row.code);
        CHECK(changes[i].rule ? lf_view_is(row.rule, changes[i].rule) : !row.rule.ptr, "%s: %.*s",
              changes[i].name, LF_FMT(row.rule));
        CHECK((row.late_s > 0) == r.breached, "%s: late by %lld", changes[i].name, (long long)row.late_s);
    }
}

static const struct {
    const char *tz, *from, *months, *due;
} month[] = {
    { "Asia/Taipei", "2026-01-30T23:30:00Z", "1", "2026-02-27T23:30:00Z" },
    { "Asia/Taipei", "2028-01-30T23:30:00Z", "1", "2028-02-28T23:30:00Z" },
    { "Asia/Taipei", "2027-12-31T15:59:59Z", "2", "2028-02-29T15:59:59Z" },
    { "Asia/Taipei", "2100-01-30T16:00:00Z", "1", "2100-02-27T16:00:00Z" },
    { "Asia/Taipei", "2026-02-28T00:00:00Z", "1", "2026-03-28T00:00:00Z" },
    { "Asia/Taipei", "2026-12-31T12:00:00Z", "1", "2027-01-31T12:00:00Z" },
    { "Asia/Taipei", "2026-03-31T12:00:00Z", "0", "2026-03-31T12:00:00Z" },
    { "UTC", "2026-01-31T23:30:00Z", "1", "2026-02-28T23:30:00Z" },
    { "UTC", "2026-05-31T00:00:00Z", "13", "2027-06-30T00:00:00Z" },
    /* Summer time begins in between: the same local hour. */
    { "Europe/Brussels", "2026-03-15T12:00:00Z", "1", "2026-04-15T11:00:00Z" },
    { "Europe/Brussels", "2026-10-15T12:00:00Z", "1", "2026-11-15T13:00:00Z" },
    /* 02:30 on the last Sunday of March is no time: by the offset before. */
    { "Europe/Brussels", "2028-02-26T01:30:00Z", "1", "2028-03-26T01:30:00Z" },
    /* 02:30 on the last Sunday of October comes twice: the first. */
    { "Europe/Brussels", "2026-09-25T00:30:00Z", "1", "2026-10-25T00:30:00Z" },
    { "America/New_York", "2026-02-08T07:30:00Z", "1", "2026-03-08T07:30:00Z" },
    { "America/New_York", "2026-10-01T05:30:00Z", "1", "2026-11-01T05:30:00Z" },
    { "America/New_York", "2026-02-20T17:00:00Z", "1", "2026-03-20T16:00:00Z" },
    { "America/New_York", "2026-01-31T04:30:00Z", "1", "2026-03-01T04:30:00Z" },
};

static void a_month_ends_on_its_last_day_at_the_same_local_hour(void)
{
    for (size_t i = 0; i < sizeof month / sizeof month[0]; i++) {
        lf_view limit = lf_arena_printf(&arena, "'months':%s", month[i].months);
        lf_view set = with(SET, "'seconds':7200", lf_arena_cstr(&arena, limit)), history;
        struct lf_clock_result r;
        char due[LF_TIME_TEXT];
        struct lf_err e;
        lf_view tz;

        tz = with(lf_arena_cstr(&arena, set), "Asia/Taipei", month[i].tz);
        history = lf_arena_printf(&arena, "[{'time':'%s','kind':'aware','by':'reporter','tier':'provider'}]",
                                  month[i].from);
        CHECK_OK(lf_clock_judge(&arena, parse(tz), parse(with(lf_arena_cstr(&arena, history), NULL, "")),
                                when(month[i].from), &r, &e),
                 &e);
        CHECK(lf_view_is(lf_time_whole(lf_clock_row(&r, 0).due, due), month[i].due), "%s %s + %s: %s",
              month[i].tz, month[i].from, month[i].months, due);
    }
}

static void the_set_in_force_on_the_local_day_of_awareness_is_used(void)
{
    lf_view old = with(SET, "'valid_to':null", "'valid_to':'2026-03-01'"),
            new = with(SET, "'T','calendar':'24x7','tz':'Asia/Taipei','valid_from':'2020-01-01'",
                       "'N','calendar':'24x7','tz':'Asia/Taipei','valid_from':'2026-03-01'");
    lf_view sets = lf_arena_printf(&arena, "[%.*s,%.*s]", LF_FMT(old), LF_FMT(new));
    struct lf_clock_result r;
    struct lf_err e;

    CHECK_OK(judge(sets, "", "2026-03-01T00:00:00Z", &r, &e), &e);
    CHECK_VIEW(r.ruleset, LF_V("N"));
    CHECK_OK(judge(sets, "{" T "'kind':'aware_corrected','occurred_at':'2026-02-28T15:59:59Z','reason':'r'}",
                   "2026-03-01T01:00:00Z", &r, &e),
             &e);
    CHECK_VIEW(r.ruleset, LF_V("T"));
    CHECK_OK(judge(sets, "{" T "'kind':'aware_corrected','occurred_at':'2026-02-28T16:00:00Z','reason':'r'}",
                   "2026-03-01T01:00:00Z", &r, &e),
             &e);
    CHECK_VIEW(r.ruleset, LF_V("N"));
}

int main(void)
{
    RUN(a_rule_set_with_a_wrong_field_is_refused_in_a_sentence_that_names_it);
    RUN(a_history_with_a_wrong_event_is_refused_even_one_that_counts_for_nothing);
    RUN(every_refused_act_is_noted_and_has_no_effect);
    RUN(a_level_and_its_change_move_the_due_time_as_the_rules_say);
    RUN(a_month_ends_on_its_last_day_at_the_same_local_hour);
    RUN(the_set_in_force_on_the_local_day_of_awareness_is_used);
    lf_arena_clear(&arena);
    DONE();
}
