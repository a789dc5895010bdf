/* What the answers of a report ask to be referred, through the clock and back. */
#include "cert/referral_duty.h"

#include "../soc/lf_desk.h"
#include "cert/incident.h"
#include "cert/notice.h"
#include "cert/overdue.h"

static struct lf_identity self;

static bool begin_node(void)
{
    static const uint8_t seed[32] = { 7 };

    if (!start())
        return false;
    now = 20000 * LF_DAY;
    self = (struct lf_identity){ .org = t.scope.org,
                                 .node = LF_V("identity--00000000-0000-4000-8000-000000000002"),
                                 .name = LF_V("n"),
                                 .tier = LF_V("provider") };
    lf_sign_keys(seed, self.sign_public, self.sign_secret);
    t.self = &self;
    t.scope.roles |= LF_ROLE_REPORTER | LF_ROLE_ADMIN;
    return true;
}

static size_t told(enum lf_notice_kind kind)
{
    struct lf_page page = { .limit = 1000 };
    struct lf_notice_filter any = { 0 };
    struct lf_notice_page list;
    size_t n = 0;

    for (int i = 0; i < 2; i++) /* more turns tell nothing more */
        CHECK_OK(lf_overdue_turn(&t, &e), &e);
    CHECK_OK(lf_notice_list(&t, &any, &page, &list, &e), &e);
    for (size_t i = 0; i < list.n; i++)
        n += list.items[i].kind == kind;
    return n;
}

/* How the duty of that rule stands; STATES: there is none. */
static int state_of(lf_view incident, const char *rule, struct lf_referral_duty *out)
{
    struct lf_page page = { .limit = 100 };
    const struct lf_referral_duty *list;
    lf_view next;
    size_t n = 0;

    CHECK_OK(lf_referral_duty_list(&t, incident, -1, &page, &n, &list, &next, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(list[i].rule, rule)) {
            if (out)
                *out = list[i];
            return (int)list[i].state;
        }
    return LF_REFERRAL_DUTY_STATES;
}

static lf_view reported(const char *more)
{
    lf_view id = LF_V("");

    CHECK_OK(lf_incident_report(&t, lf_arena_printf(t.a, "{\"title\":\"x\",\"level\":2%s}", more), &id, &e),
             &e);
    return id;
}

static void answers(lf_view incident, const char *form)
{
    lf_view event;

    CHECK_OK(lf_incident_event_add(&t, incident, LF_V("supplemented"),
                                   lf_arena_printf(t.a, "{\"form\":%s}", form), &event, &e),
             &e);
}

static void a_duty_is_open_then_overdue_and_told_once_each_until_a_referral_is_recorded(void)
{
    struct lf_referral r = { .kind = LF_REFERRAL_SUPPORT,
                             .recipient = LF_V("支援隊"),
                             .body = LF_V("請派員") };
    struct lf_referral_duty d;
    lf_view i, id;

    if (!begin_node())
        return;
    i = reported(",\"form\":{\"harm\":[\"life\"]}");
    CHECK(state_of(i, "life", &d) == LF_REFERRAL_DUTY_OPEN, "open");
    CHECK(d.due == now + LF_HOUR && d.kinds == 3, "due, and to whom");
    CHECK(told(LF_NOTICE_REFERRAL) == 1 && told(LF_NOTICE_REFERRAL_LATE) == 0, "told as it arises");
    now += LF_HOUR;
    CHECK(told(LF_NOTICE_REFERRAL_LATE) == 0, "not yet");
    now += 1;
    CHECK(state_of(i, "life", NULL) == LF_REFERRAL_DUTY_OVERDUE, "overdue");
    CHECK(told(LF_NOTICE_REFERRAL_LATE) == 1, "told once");
    r.incident = i;
    CHECK_OK(lf_referral_add(&t, &r, &id, &e), &e);
    CHECK(state_of(i, "life", NULL) == LF_REFERRAL_DUTY_OVERDUE, "support is no police");
    r.kind = LF_REFERRAL_POLICE;
    CHECK_OK(lf_referral_add(&t, &r, &id, &e), &e);
    CHECK(state_of(i, "life", &d) == LF_REFERRAL_DUTY_DONE && d.done == now, "done");
    CHECK_CODE(lf_referral_duty_waive(&t, d.id, LF_V("x"), &e), LF_CONFLICT);
    now += 30 * LF_DAY;
    CHECK(told(LF_NOTICE_REFERRAL) == 1 && told(LF_NOTICE_REFERRAL_LATE) == 1, "no more");
    stop();
}

static void with_grounds_somebody_decides_that_none_is_needed_and_other_answers_ask_anew(void)
{
    struct lf_referral_duty d = { .id = LF_V("") };
    lf_view i;

    if (!begin_node())
        return;
    i = reported(",\"category\":\"equipment_damage\"");
    CHECK(state_of(i, "damaged", &d) == LF_REFERRAL_DUTY_OPEN, "the class asks");
    CHECK_CODE(lf_referral_duty_waive(&t, d.id, LF_V("  "), &e), LF_BAD_INPUT);
    CHECK_OK(lf_referral_duty_waive(&t, d.id, LF_V(" 電源老化 "), &e), &e);
    CHECK(state_of(i, "damaged", &d) == LF_REFERRAL_DUTY_WAIVED, "waived");
    CHECK_VIEW(d.grounds, LF_V("電源老化"));
    CHECK_CODE(lf_referral_duty_waive(&t, d.id, LF_V("again"), &e), LF_CONFLICT);
    answers(i, "{\"harm\":[\"equipment\"]}");
    CHECK(state_of(i, "equipment", NULL) == LF_REFERRAL_DUTY_OPEN, "what is said is another rule's");
    answers(i, "{\"harm\":[]}");
    CHECK(state_of(i, "equipment", NULL) == LF_REFERRAL_DUTY_LAPSED, "taken back");
    now += LF_DAY;
    CHECK(told(LF_NOTICE_REFERRAL_LATE) == 0, "nothing stands");
    answers(i, "{\"harm\":[\"equipment\",\"crime\"]}");
    CHECK(state_of(i, "equipment", &d) == LF_REFERRAL_DUTY_OPEN && d.due == now + 4 * LF_HOUR, "anew");
    CHECK(told(LF_NOTICE_REFERRAL) == 4, "each told as it arose");
    stop();
}

static void level_three_suggests_and_nothing_else_arises(void)
{
    struct lf_referral_duty d = { .due = 1 };
    lf_view i, event, id;

    if (!begin_node())
        return;
    i = reported("");
    CHECK(state_of(i, "major", NULL) == LF_REFERRAL_DUTY_STATES, "level 2");
    CHECK_OK(lf_incident_event_add(&t, i, LF_V("level_changed"), LF_V("{\"level\":3,\"reason\":\"r\"}"),
                                   &event, &e),
             &e);
    CHECK(state_of(i, "major", &d) == LF_REFERRAL_DUTY_SUGGESTED && !d.due, "suggested");
    now += 8 * LF_DAY;
    CHECK(told(LF_NOTICE_REFERRAL) + told(LF_NOTICE_REFERRAL_LATE) == 0, "nobody is called for a suggestion");
    CHECK_OK(lf_incident_report(&t, LF_V("{\"title\":\"x\",\"draft\":true,\"form\":{\"harm\":[\"life\"]}}"),
                                &id, &e),
             &e);
    CHECK(state_of(id, "life", NULL) == LF_REFERRAL_DUTY_STATES, "a draft asks for nothing");
    stop();
}

static void a_rule_set_is_refused_with_its_place(void)
{
#define SET(rules) "{\"format\":\"lianfang-referral-rules/1\",\"rules\":[" rules "]}"
#define RULE "\"id\":\"a\",\"zh\":\"一\",\"en\":\"one\""
    static const struct {
        const char *json, *says;
    } rows[] = {
        { "{}", "format" },
        { SET("{}"), "rule 1" },
        { SET("{" RULE ",\"kinds\":[\"army\"],\"levels\":[1]}"), "kinds of a" },
        { SET("{" RULE ",\"kinds\":[],\"levels\":[1]}"), "kinds of a" },
        { SET("{" RULE ",\"kinds\":[\"police\"]}"), "\"levels\" or \"when\"" },
        { SET("{" RULE ",\"kinds\":[\"police\"],\"levels\":[5]}"), "1 to 4" },
        { SET("{" RULE ",\"kinds\":[\"police\"],\"levels\":[1],\"due\":\"soon\"}"), "\"due\" of a" },
        { SET("{" RULE ",\"kinds\":[\"police\"],\"when\":[{\"field\":\"x\"}]}"), "\"is\"" },
        { SET("{" RULE ",\"kinds\":[\"police\"],\"levels\":[1],\"limit\":1}"), "\"limit\"" },
        { SET("{" RULE ",\"kinds\":[\"police\"],\"levels\":[1]},{" RULE
              ",\"kinds\":[\"police\"],\"levels\":[1]}"),
          "rule 2" },
    };
    const struct lf_referral_rule *r;
    size_t n;

    if (!start())
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_CODE(lf_referral_rules_read(t.a, lf_view_of(rows[i].json), &n, &r, &e), LF_BAD_INPUT);
        CHECK(strstr(e.text, rows[i].says), "row %zu: %s", i, e.text);
    }
    stop();
}

int main(void)
{
    RUN(a_duty_is_open_then_overdue_and_told_once_each_until_a_referral_is_recorded);
    RUN(with_grounds_somebody_decides_that_none_is_needed_and_other_answers_ask_anew);
    RUN(level_three_suggests_and_nothing_else_arises);
    RUN(a_rule_set_is_refused_with_its_place);
    DONE();
}
