#include "cert/notice.h"

#include "../soc/lf_desk.h"
#include "cert/contact.h"
#include "cert/unit.h"

static struct lf_identity self;
static struct lf_mail_settings ways = { .server = LF_VIEW("smtps://mail.example"),
                                        .sms_url = LF_VIEW("https://sms.example/"),
                                        .sms_body = LF_VIEW("{to}") };
static lf_view water, person[3], deputy, nation;

static lf_view contact(lf_view unit, enum lf_contact_part part, const char *name, bool mail)
{
    struct lf_contact c = { .unit = unit,
                            .part = part,
                            .name = lf_view_of(name),
                            .account = lf_view_of(name),
                            .mobile = LF_V("0912") };
    lf_view id = LF_V("");

    if (mail)
        c.email = lf_arena_printf(&a, "%s@example.gov.tw", name);
    CHECK_OK(lf_contact_put(&t, &c, &id, &e), &e);
    return id;
}

static bool begin_as(const char *tier)
{
    struct lf_unit u = { .name = LF_V("第八區管理處"), .oid = LF_V("2.16.886.101.1") };

    if (!start())
        return false;
    self = (struct lf_identity){ .org = t.scope.org, .tier = lf_view_of(tier) };
    t.self = &self;
    u.tenant = self.org;
    CHECK_OK(lf_unit_put(&t, &u, &water, &e), &e);
    person[0] = contact(water, LF_PART_CONTACT, "first", true);
    person[1] = contact(water, LF_PART_CONTACT, "second", true);
    person[2] = contact(water, LF_PART_CISO, "ciso", false);
    deputy = contact(water, LF_PART_TEAM, "deputy", true);
    nation = contact(water, LF_PART_TEAM, "nation", true);
    return true;
}

static lf_view raise_it(enum lf_notice_kind kind, int level, const char *key)
{
    struct lf_notice_new n = { .kind = kind, .level = level, .key = lf_view_of(key), .title = LF_V("停水") };
    lf_view id = LF_V("");

    CHECK_OK(lf_notice_raise(&t, &n, &id, &e), &e);
    return id;
}

static lf_time turn(void)
{
    lf_time next = -1;

    CHECK_OK(lf_notice_turn(&t, &ways, LF_V("https://node.example"), &next, &e), &e);
    return next;
}

static struct lf_notice_full look(lf_view id)
{
    struct lf_notice_full f = { 0 };

    CHECK_OK(lf_notice_get(&t, id, &f, &e), &e);
    return f;
}

static void a_key_is_raised_once(void)
{
    lf_view first, again;
    struct lf_notice_page p;

    if (!begin_as("provider"))
        return;
    first = raise_it(LF_NOTICE_CLOCK_80, 1, "i/C1/80");
    CHECK(t.effects & LF_FX_NOTICE, "the core is told");
    turn();
    t.effects = 0;
    again = raise_it(LF_NOTICE_CLOCK_80, 1, "i/C1/80");
    CHECK_VIEW(again, first);
    CHECK(!(t.effects & LF_FX_NOTICE), "there is nothing new");
    turn();
    CHECK(look(first).ncalls == 2, "%zu calls", look(first).ncalls);
    CHECK_OK(lf_notice_list(&t, NULL, NULL, &p, &e), &e);
    CHECK(p.n == 1, "%zu notices", p.n);
    stop();
}

static void the_matrix_says_who_is_told_and_by_which_way(void)
{
    struct lf_notice_full f;
    unsigned by_mail = 0, by_sms = 0, inbox = 0;
    bool ciso = false;

    if (!begin_as("provider"))
        return;
    f = look(raise_it(LF_NOTICE_REPORTED, 1, "one"));
    CHECK(f.ncalls == 0 && f.row.state == LF_NOTICE_RAISED, "the next turn calls");
    turn();
    f = look(f.row.id);
    CHECK(f.ncalls == 4 && f.row.state == LF_NOTICE_DONE, "contacts and team: %zu", f.ncalls);
    for (size_t i = 0; i < f.ncalls; i++)
        ciso |= lf_view_is(f.calls[i].name, "ciso");
    CHECK(!ciso, "a level 1 does not call the CISO at once");
    f = look(raise_it(LF_NOTICE_REPORTED, 3, "three"));
    turn();
    f = look(f.row.id);
    for (size_t i = 0; i < f.ncalls; i++)
        ciso |= lf_view_is(f.calls[i].name, "ciso");
    CHECK(ciso, "a level 3 does");
    for (size_t i = 0; i < f.ndeliveries; i++) {
        by_mail += f.deliveries[i].way == LF_WAY_MAIL;
        by_sms += f.deliveries[i].way == LF_WAY_SMS;
        inbox += f.deliveries[i].way == LF_WAY_INBOX && f.deliveries[i].state == LF_DELIVERY_SENT;
    }
    CHECK(by_mail == 4 && by_sms == 1 && inbox == 5, "%u mails, %u messages, %u inboxes", by_mail, by_sms,
          inbox);
    stop();
}

/* 002 十二、十三: each agency's handling team has two functions; 001: a CISO. */
static void both_functions_of_the_handling_team_are_told_and_a_person_who_holds_both_once(void)
{
    static const char *const json =
        "{\"matrix\":\"own\",\"rows\":[{\"about\":[\"alert\"],\"who\":\"prevention\",\"by\":[\"inbox\"]},"
        "{\"about\":[\"test\"],\"who\":\"crisis\",\"by\":[\"inbox\"]},"
        "{\"about\":[\"closed\"],\"who\":\"team\",\"by\":[\"inbox\"]}]}";
    static const struct {
        enum lf_notice_kind kind;
        size_t calls;
        const char *first;
    } rows[] = { { LF_NOTICE_ALERT, 2, "guard" },
                 { LF_NOTICE_TEST, 2, "guard" },
                 { LF_NOTICE_CLOSED, 5, "" } };
    struct lf_notice_full f;

    if (!begin_as("provider"))
        return;
    contact(water, LF_PART_PREVENTION, "guard", true);
    contact(water, LF_PART_PREVENTION, "watch", true);
    contact(water, LF_PART_CRISIS, "guard", true);
    contact(water, LF_PART_CRISIS, "medic", true);
    CHECK_OK(lf_notice_matrix_set(&t, lf_view_of(json), &e), &e);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned guards = 0;

        f = look(raise_it(rows[i].kind, 1, lf_arena_cstr(&a, lf_arena_printf(&a, "k%zu", i))));
        turn();
        f = look(f.row.id);
        CHECK(f.ncalls == rows[i].calls, "%zu: %zu calls", i, f.ncalls);
        for (size_t k = 0; k < f.ncalls; k++)
            guards += lf_view_is(f.calls[k].name, "guard");
        CHECK(guards == 1, "%zu: %u guards", i, guards);
    }
    stop();
}

static void the_list_says_which_organisation_names_nobody_for_a_role(void)
{
    struct lf_unit bare = { .name = LF_V("無人機關") };
    struct lf_unit_page p;
    lf_view id;

    if (!begin_as("provider"))
        return;
    CHECK_OK(lf_unit_put(&t, &bare, &id, &e), &e);
    CHECK_OK(lf_unit_list(&t, LF_V(""), 0, NULL, &p, &e), &e);
    CHECK(p.n == 2, "%zu organisations", p.n);
    for (size_t i = 0; i < p.n; i++)
        CHECK(p.items[i].lacks == (lf_view_eq(p.items[i].id, id)
                                       ? LF_UNIT_NEEDS
                                       : 1U << LF_PART_PREVENTION | 1U << LF_PART_CRISIS),
              "%zu lacks %x", i, p.items[i].lacks);
    CHECK_OK(lf_unit_list(&t, LF_V(""), 1U << LF_PART_CISO, NULL, &p, &e), &e);
    CHECK(p.n == 1 && lf_view_eq(p.items[0].id, id), "without a CISO: %zu", p.n);
    contact(water, LF_PART_PREVENTION, "guard", true);
    contact(water, LF_PART_CRISIS, "medic", true);
    CHECK_OK(lf_unit_list(&t, LF_V(""), LF_UNIT_NEEDS, NULL, &p, &e), &e);
    CHECK(p.n == 1 && lf_view_eq(p.items[0].id, id), "whoever has all is not among them: %zu", p.n);
    stop();
}

static void posts(void)
{
    CHECK_OK(lf_post_set(&t, LF_WHO_DESK, 1, person, 2, &e), &e);
    CHECK_OK(lf_post_set(&t, LF_WHO_DEPUTY, 1, &deputy, 1, &e), &e);
    CHECK_OK(lf_post_set(&t, LF_WHO_NATIONAL, 1, &nation, 1, &e), &e);
}

/* The database is closed and opened: nothing but the tables is left. */
static void restart(void)
{
    struct lf_db_options o = { 0 };
    char path[96];

    if (lf_engine_postgres())
        return; /* each opening is a new database there */
    snprintf(path, sizeof path, "%s/db", dir);
    o.path = path;
    lf_db_close(t.db);
    CHECK_OK(lf_db_open(&o, &env, &t.db, &e), &e);
}

static void who_does_not_answer_is_followed_by_the_next_then_the_deputy_then_the_nation(void)
{
    static const char *const order[] = { "first", "second", "deputy", "nation" };
    struct lf_notice_full f;
    lf_view id;
    lf_time next;

    if (!begin_as("sector"))
        return;
    posts();
    id = raise_it(LF_NOTICE_REPORTED, 3, "call");
    next = turn();
    for (size_t i = 0; i < 4; i++) {
        f = look(id);
        CHECK(f.ncalls == i + 1, "%zu calls after %zu limits", f.ncalls, i);
        CHECK_VIEW(f.calls[i].name, lf_view_of(order[i]));
        CHECK(f.row.state == LF_NOTICE_OPEN && next == now + 15 * LF_MINUTE, "15 minutes are waited");
        now += 15 * LF_MINUTE - 1;
        CHECK(turn() == next && look(id).ncalls == i + 1, "and not less");
        restart();
        now++;
        next = turn();
    }
    f = look(id);
    CHECK(f.ncalls == 4 && f.row.state == LF_NOTICE_UNANSWERED && !next, "at the end of the list it says so");
    for (size_t i = 0; i < 4; i++)
        CHECK(f.calls[i].state == LF_CALL_ESCALATED, "each was passed over");
    /* The first calls back late. */
    CHECK_OK(lf_notice_acknowledge(&t, f.calls[0].id, &e), &e);
    f = look(id);
    CHECK(f.row.state == LF_NOTICE_DONE && f.calls[0].state == LF_CALL_ACKNOWLEDGED, "a late answer is one");
    stop();
}

static void an_answer_ends_the_calling(void)
{
    struct lf_notice_full f;
    lf_view id;

    if (!begin_as("sector"))
        return;
    posts();
    id = raise_it(LF_NOTICE_REPORTED, 4, "call");
    CHECK(turn() == now + 5 * LF_MINUTE, "5 minutes at level 4");
    now += 5 * LF_MINUTE;
    turn();
    f = look(id);
    t.scope.account = LF_V("second");
    t.scope.roles = LF_ROLE_READER;
    CHECK_OK(lf_notice_acknowledge(&t, f.calls[1].id, &e), &e);
    CHECK_OK(lf_notice_acknowledge(&t, f.calls[1].id, &e), &e);
    f = look(id);
    CHECK(f.row.state == LF_NOTICE_DONE && f.calls[1].state == LF_CALL_ACKNOWLEDGED, "it is answered");
    CHECK_VIEW(f.calls[1].ended_by, LF_V("second"));
    CHECK(f.calls[0].state == LF_CALL_ESCALATED, "the first did not");
    now += LF_DAY;
    CHECK(turn() == 0 && look(id).ncalls == 2, "nobody else is called");
    t.scope.org = LF_V("00000000-0000-4000-8000-000000000002");
    t.scope.roles = LF_ROLE_ANALYST;
    t.scope.account = LF_V("stranger");
    CHECK_CODE(lf_notice_acknowledge(&t, f.calls[0].id, &e), LF_FORBIDDEN);
    stop();
}

static void a_post_that_nobody_holds_goes_on_at_once_and_nobody_at_all_is_said(void)
{
    struct lf_notice_full f;
    lf_view id;

    if (!begin_as("sector"))
        return;
    id = raise_it(LF_NOTICE_REPORTED, 3, "none");
    CHECK(turn() == 0, "nothing is waited for");
    f = look(id);
    CHECK(f.row.state == LF_NOTICE_UNANSWERED && f.ncalls == 1 && !f.calls[0].contact.len,
          "it says that nobody is there");
    CHECK_OK(lf_post_set(&t, LF_WHO_DEPUTY, 2, &deputy, 1, &e), &e);
    id = raise_it(LF_NOTICE_REPORTED, 3, "deputy");
    turn();
    f = look(id);
    CHECK(f.ncalls == 1 && f.row.state == LF_NOTICE_OPEN, "the tail is called");
    CHECK_VIEW(f.calls[0].name, LF_V("deputy"));
    stop();
}

static void each_deputy_and_each_group_is_called_for_himself(void)
{
    struct lf_notice_full f;
    lf_view id;

    if (!begin_as("nation"))
        return;
    CHECK_OK(lf_post_set(&t, LF_WHO_CONVENER, 1, &person[0], 1, &e), &e);
    CHECK_OK(lf_post_set(&t, LF_WHO_DEPUTY, 3, &deputy, 1, &e), &e);
    CHECK_OK(lf_post_set(&t, LF_WHO_GROUP, 8, &nation, 1, &e), &e);
    CHECK_CODE(lf_post_set(&t, LF_WHO_GROUP, 9, &nation, 1, &e), LF_NOT_FOUND);
    id = raise_it(LF_NOTICE_CONVENE, 4, "convene");
    turn();
    f = look(id);
    CHECK(f.ncalls == 12, "1 convener, 3 deputies, 8 groups: %zu", f.ncalls);
    for (size_t i = 0; i < f.ncalls; i++)
        if (f.calls[i].who == LF_WHO_GROUP && f.calls[i].place == 8)
            CHECK_VIEW(f.calls[i].name, LF_V("nation"));
    stop();
}

static void the_inbox_holds_what_called_one_and_nothing_else(void)
{
    const struct lf_inbox_item *items;
    size_t n;

    if (!begin_as("provider"))
        return;
    raise_it(LF_NOTICE_REPORTED, 1, "one");
    turn();
    t.scope.account = LF_V("first");
    CHECK_OK(lf_notice_inbox(&t, 10, &n, &items, &e), &e);
    CHECK(n == 1, "%zu", n);
    CHECK_VIEW(items[0].notice.title, LF_V("停水"));
    CHECK_OK(lf_notice_acknowledge(&t, items[0].call.id, &e), &e);
    t.scope.account = LF_V("nobody");
    CHECK_OK(lf_notice_inbox(&t, 10, &n, &items, &e), &e);
    CHECK(n == 0, "%zu", n);
    stop();
}

static const struct {
    const char *name, *json, *says;
} bad[] = {
    { "no JSON", "{", "notification matrix" },
    { "no rows", "{\"matrix\":\"x\",\"rows\":[]}", "\"rows\"" },
    { "a mistyped member", "{\"matrix\":\"x\",\"rows\":[{\"abuot\":[\"test\"]}]}",
      "row 1: there is no \"abuot\"" },
    { "an unknown way",
      "{\"matrix\":\"x\",\"rows\":[{\"about\":[\"test\"],\"who\":\"desk\",\"by\":[\"fax\"]}]}", "\"fax\"" },
    { "nobody", "{\"matrix\":\"x\",\"rows\":[{\"about\":[\"test\"],\"who\":\"all\",\"by\":[\"sms\"]}]}",
      "\"who\"" },
    { "a tail without a limit",
      "{\"matrix\":\"x\",\"rows\":[{\"about\":[\"test\"],\"who\":\"desk\",\"by\":[\"sms\"],\"then\":["
      "\"ciso\"]}]}",
      "\"then\" needs" },
};

static void a_row_speaks_of_its_own_kind_of_notice_alone(void)
{
    for (enum lf_notice_kind of = 0; of < LF_NOTICE_KINDS; of++) {
        char json[200];
        struct lf_arena own = { 0 };
        struct lf_matrix m;
        struct lf_err why = { 0 };

        snprintf(json, sizeof json,
                 "{\"matrix\":\"x\",\"rows\":[{\"about\":[\"%s\"],\"who\":\"desk\",\"by\":[\"sms\"]}]}",
                 lf_notice_kind_name(of));
        CHECK_OK(lf_matrix_parse(&own, lf_view_of(json), &m, &why), &why);
        for (enum lf_notice_kind k = 0; k < LF_NOTICE_KINDS; k++)
            CHECK(lf_matrix_speaks(&m.rows[0], k, 1, 'D', LF_V("nation")) == (k == of), "%s: %s",
                  lf_notice_kind_name(of), lf_notice_kind_name(k));
        lf_arena_clear(&own);
    }
}

static void a_matrix_that_is_wrong_is_refused_by_row_and_the_old_one_stays(void)
{
    static const char good[] =
        "{\"matrix\":\"ours\",\"rows\":[{\"about\":[\"test\"],\"who\":\"ciso\",\"by\":[\"inbox\"]}]}";
    struct lf_matrix m;
    lf_view json;

    if (!begin_as("provider"))
        return;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_CODE(lf_notice_matrix_set(&t, lf_view_of(bad[i].json), &e), LF_BAD_INPUT);
        CHECK(strstr(e.text, bad[i].says), "%s: %s", bad[i].name, e.text);
    }
    CHECK_OK(lf_notice_matrix(&t, &json, &e), &e);
    CHECK_OK(lf_matrix_parse(&a, json, &m, &e), &e);
    CHECK_VIEW(m.name, LF_V("tw-2026"));
    CHECK_OK(lf_notice_matrix_set(&t, lf_view_of(good), &e), &e);
    raise_it(LF_NOTICE_TEST, 0, "try");
    turn();
    CHECK_OK(lf_notice_matrix(&t, &json, &e), &e);
    CHECK_VIEW(json, lf_view_of(good));
    stop();
}

static void all_of_it(void)
{
    RUN(a_key_is_raised_once);
    RUN(the_matrix_says_who_is_told_and_by_which_way);
    RUN(both_functions_of_the_handling_team_are_told_and_a_person_who_holds_both_once);
    RUN(the_list_says_which_organisation_names_nobody_for_a_role);
    RUN(who_does_not_answer_is_followed_by_the_next_then_the_deputy_then_the_nation);
    RUN(an_answer_ends_the_calling);
    RUN(a_post_that_nobody_holds_goes_on_at_once_and_nobody_at_all_is_said);
    RUN(each_deputy_and_each_group_is_called_for_himself);
    RUN(the_inbox_holds_what_called_one_and_nothing_else);
    RUN(a_row_speaks_of_its_own_kind_of_notice_alone);
    RUN(a_matrix_that_is_wrong_is_refused_by_row_and_the_old_one_stays);
}

int main(void)
{
    all_of_it();
    DONE();
}
