#include "cert/exercise_part.h"

#include <unistd.h>

#include "cert/incident.h"
#include "cert/lure.h"
#include "cert/unit.h"
#include "ident/node.h"
#include "lf_engines.h"
#include "lf_test.h"
#include "model/role.h"
#include "store/query_intelligence.h"

/* One provider with a tenant; its parent is what its table says. */
static struct lf_arena arena;
static lf_time now = 1772413200000000;
static uint64_t chance = 88172645463325252u;

static lf_time read_now(void *ctx)
{
    (void)ctx;
    return now;
}

static void read_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
        ((uint8_t *)out)[i] = (uint8_t)chance;
    }
}

static const struct lf_env env = { .now = read_now, .tick = read_now, .random = read_random };
static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
static struct lf_identity self;
static struct lf_task t;
static char path[64];

static void up(void)
{
    struct lf_db *db;
    struct lf_err e;

    snprintf(path, sizeof path, "/tmp/lf-exercise-%d.db", (int)getpid());
    unlink(path);
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = lf_engine_path(path) }, &env, &db, &e), &e);
    CHECK_OK(lf_node_load_or_create(db, &env, &arena, LF_V("水廠"), LF_V("provider"), &self, &e), &e);
    t = (struct lf_task){ .a = &arena, .env = &env, .db = db, .self = &self };
    t.scope = (struct lf_scope){ .org = self.org, .account = LF_V("someone"), .roles = LF_ROLE_ANALYST };
}

static void down(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char name[80];

    lf_db_close(t.db);
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    lf_arena_clear(&arena);
}

static struct lf_exercise plan(const char *reach, int speed)
{
    return (struct lf_exercise){ .name = LF_V("演練"),
                                 .kind = LF_EXERCISE_REPORTING,
                                 .begins = now,
                                 .ends = now + LF_DAY,
                                 .reach = lf_view_of(reach),
                                 .speed = speed };
}

static lf_view run(const char *reach, int speed, const lf_view *members, size_t n)
{
    struct lf_exercise x = plan(reach, speed);
    lf_view id = { 0 };
    struct lf_err e;

    CHECK_OK(lf_exercise_add(&t, &x, &(struct lf_exercise_members){ .names = members, .n = n }, &id, &e), &e);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    return id;
}

static lf_view report(lf_view exercise)
{
    lf_view id = { 0 };
    struct lf_err e;

    CHECK_OK(lf_incident_report(&t,
                                lf_arena_printf(&arena, "{\"title\":\"x\",\"level\":4,\"exercise\":\"%.*s\"}",
                                                LF_FMT(exercise)),
                                &id, &e),
             &e);
    return id;
}

static size_t letters(lf_view exercise)
{
    struct lf_mail_row *rows;
    struct lf_err e;
    size_t n = 0;

    CHECK_OK(lf_mail_of(&t, exercise, 100, &n, &rows, &e), &e);
    return n;
}

static const struct lf_mail_settings server = { .server = LF_VIEW("smtps://127.0.0.1:1"),
                                                .from = LF_VIEW("desk@cert.example") };
static const lf_view water = LF_VIEW("水公司");

static void agree(void)
{
    struct lf_err e;

    CHECK_OK(lf_lure_consent_set(&t,
                                 &(struct lf_lure_consent){ .unit = water,
                                                            .domain = LF_V("water.example"),
                                                            .person = LF_V("資安長") },
                                 &e),
             &e);
}

/* One that runs, with `n` people who are to get it, so many an hour. */
static lf_view lure(unsigned n, int per_hour, bool with_text)
{
    struct lf_lure l = { .subject = LF_V("s"), .body = LF_V("{link}"), .per_hour = per_hour, .keep_days = 2 };
    struct lf_exercise x = plan("provider", 1);
    lf_view id, csv = LF_V("");
    struct lf_err e;
    size_t had;

    x.kind = LF_EXERCISE_SOCIAL;
    CHECK_OK(lf_exercise_add(&t, &x, &(struct lf_exercise_members){ .names = &water, .n = 1 }, &id, &e), &e);
    for (unsigned i = 0; i < n; i++)
        csv = lf_arena_printf(&arena, "%.*sp%u@water.example\n", LF_FMT(csv), i);
    CHECK_OK(lf_lure_people(&t, id, csv, &had, &e), &e);
    if (with_text)
        CHECK_OK(lf_lure_set(&t, id, &l, &e), &e);
    return id;
}

static struct lf_lure_count turn(lf_view id, struct lf_lure *l)
{
    const struct lf_lure_count *counts;
    struct lf_err e;
    size_t n;

    CHECK_OK(lf_lure_turn(&t, &server, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, l, &n, &counts, &e), &e);
    CHECK(n == 1, "of one organisation");
    return counts[0];
}

static void letters_of_a_drill_go_with_it(void)
{
    struct lf_unit u = { .name = water };
    struct lf_lure l;
    lf_view unit, id, other;
    struct lf_err e;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    agree();
    id = lure(6, 60, true);
    other = lure(6, 60, true);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_exercise_move(&t, other, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_lure_start(&t, id, &server, &e), &e);
    CHECK_OK(lf_lure_start(&t, other, &server, &e), &e);
    (void)turn(id, &l);
    CHECK(letters(id) == 1 && letters(other) == 1, "one letter of each waits");
    CHECK_OK(lf_lure_stop(&t, id, &e), &e);
    CHECK(letters(id) == 0 && letters(other) == 1, "stopped: it does not leave any more");
    CHECK_OK(lf_lure_consent_remove(&t, LF_V("water.example"), &e), &e);
    CHECK(letters(other) == 0, "consent was taken back: nor does that");
    agree();
    now += LF_MINUTE;
    (void)turn(other, &l);
    CHECK(letters(other) > 0, "agreed again");
    CHECK_OK(lf_exercise_move(&t, other, LF_EXERCISE_ENDED, &e), &e);
    (void)turn(other, &l);
    CHECK(letters(other) == 0, "the exercise ended");
    down();
}

static void letters_keep_their_pace_over_a_pause(void)
{
    struct lf_unit u = { .name = water };
    struct lf_lure_count c;
    struct lf_lure l;
    lf_view unit, id;
    struct lf_err e;
    int64_t most = 0, was;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    agree();
    id = lure(40, 10, true);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_lure_start(&t, id, &server, &e), &e);
    c = turn(id, &l);
    was = c.sent;
    CHECK(c.few && c.people == 40 && !c.opened, "one got it: what came of that names who");
    now += 20 * LF_HOUR; /* the node was away */
    for (int i = 0; i < 59; i++, now += LF_MINUTE) {
        c = turn(id, &l);
        most = c.sent - was > most ? c.sent - was : most;
        was = c.sent;
    }
    CHECK(most == 1 && c.sent <= 11, "so many an hour and no heap: %lld at once, %lld in all",
          (long long)most, (long long)c.sent);
    CHECK(!c.few, "by now many got it");
    down();
}

static void people_of_a_drill_are_erased_whatever_becomes_of_it(void)
{
    struct lf_unit u = { .name = water };
    lf_view unit, planned, running;
    struct lf_lure l;
    struct lf_err e;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    agree();
    planned = lure(6, 60, false);
    running = lure(6, 60, true);
    CHECK_OK(lf_exercise_move(&t, running, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_lure_start(&t, running, &server, &e), &e);
    (void)turn(running, &l);
    CHECK(!l.erased && letters(running) == 1, "it runs");
    now += 100 * LF_DAY;
    (void)turn(planned, &l);
    CHECK(l.erased == now, "never given a text, never started");
    (void)turn(running, &l);
    CHECK(l.erased == now && letters(running) == 0, "never ended");
    CHECK_CODE(lf_lure_people(&t, planned, LF_V("a@water.example\n"), &(size_t){ 0 }, &e), LF_CONFLICT);
    down();
}

static void who_takes_part_no_more_gets_no_letter(void)
{
    struct lf_unit u = { .name = water }, other = { .name = LF_V("電公司") };
    struct lf_lure_count c;
    struct lf_exercise x;
    lf_view unit, id;
    struct lf_lure l;
    struct lf_err e;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    CHECK_OK(lf_unit_put(&t, &other, &unit, &e), &e);
    agree();
    id = lure(6, 60, true);
    CHECK_OK(lf_exercise_get(&t, id, &x, &e), &e);
    CHECK_OK(lf_exercise_change(&t, &x, &(struct lf_exercise_members){ .names = &other.name, .n = 1 }, &e),
             &e);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_lure_start(&t, id, &server, &e), &e);
    c = turn(id, &l);
    CHECK(c.sent == 0, "its organisation was taken off the list");
    down();
}

/* The node's mail server, and its name, are no tenant's to write to others with. */
static void a_tenant_sends_no_drills_mail(void)
{
    struct lf_exercise x = plan("provider", 1);
    struct lf_lure l;
    struct lf_err e;
    lf_view id;
    size_t n;
    const struct lf_lure_count *counts;

    up();
    t.scope.org = tenant;
    t.scope.roles = LF_ROLE_ADMIN;
    x.kind = LF_EXERCISE_SOCIAL;
    CHECK_OK(lf_exercise_add(&t, &x, &(struct lf_exercise_members){ 0 }, &id, &e), &e);
    CHECK_CODE(lf_lure_get(&t, id, &l, &n, &counts, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_lure_consent_set(&t,
                                   &(struct lf_lure_consent){ .unit = LF_V("x"),
                                                              .domain = LF_V("elsewhere.example"),
                                                              .person = LF_V("x") },
                                   &e),
               LF_FORBIDDEN);
    down();
}

static void a_tenant_names_only_what_it_takes_part_in(void)
{
    const struct lf_exercise *list;
    struct lf_unit u = { .name = LF_V("鄉立圖書館"), .tenant = tenant };
    lf_view unit, with, without;
    struct lf_exercise x;
    struct lf_err e;
    size_t n;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    with = run("provider", 1, &u.name, 1);
    without = run("provider", 1, NULL, 0);
    CHECK_OK(lf_exercise_named(&t, without, &x, &e), &e);
    t.scope.org = tenant;
    t.scope.roles = LF_ROLE_REPORTER;
    CHECK_OK(lf_exercise_running(&t, &n, &list, &e), &e);
    CHECK(n == 1 && lf_view_eq(list[0].id, with), "%zu", n);
    CHECK_OK(lf_exercise_named(&t, with, &x, &e), &e);
    CHECK_CODE(lf_exercise_named(&t, without, &x, &e), LF_UNACCEPTED);
    CHECK_OK(lf_exercise_get(&t, with, &x, &e), &e);
    CHECK(x.guest && x.answer == LF_PART_ASKED, "it sees that it takes part");
    CHECK_OK(lf_exercise_answer(&t, with, true, LF_V(""), &e), &e);
    CHECK_OK(lf_exercise_get(&t, with, &x, &e), &e);
    CHECK(x.answer == LF_PART_ACKNOWLEDGED && x.answered == now, "and answers");
    CHECK_CODE(lf_exercise_get(&t, without, &x, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_exercise_answer(&t, without, true, LF_V(""), &e), LF_NOT_FOUND);
    CHECK_CODE(lf_exercise_move(&t, with, LF_EXERCISE_ENDED, &e), LF_FORBIDDEN);
    down();
}

/* The parent of the moment, as its table has it. */
static void parent(const char *tier)
{
    const lf_view name = lf_view_of(tier), none = LF_V("");
    struct lf_err e;

    CHECK_OK(
        lf_db_exec(t.db, &t.scope, &lf_q_peer_add,
                   LF_ARGS(LF_TEXT(name), LF_INT(1), LF_INT(2), LF_TEXT(name), LF_TEXT(none), LF_TEXT(name),
                           LF_TEXT(none), LF_TEXT(name), LF_TEXT(none), LF_TEXT(none), LF_TEXT(none),
                           LF_TEXT(none), LF_TEXT(none), LF_TEXT(none), LF_INT(0), LF_INT(0)),
                   &e),
        &e);
}

static size_t waiting(lf_view incident)
{
    const struct lf_incident_outgoing *items;
    size_t n, found = 0;
    struct lf_err e;

    t.scope.roles = LF_ROLE_SYSTEM;
    CHECK_OK(lf_incident_outgoing_list(&t, LF_V("up"), 0, &n, &items, &e), &e);
    for (size_t i = 0; i < n; i++)
        found += lf_view_find(items[i].json, incident) != SIZE_MAX;
    t.scope.roles = LF_ROLE_ANALYST;
    return found;
}

/* A record as the node above says it; `id` is one of few. */
static struct lf_drill drill(unsigned id, const char *by, const char *tier, lf_time version)
{
    struct lf_drill d = { .head = { .by = lf_view_of(by),
                                    .created = now,
                                    .modified = version,
                                    .exercise = lf_arena_printf(
                                        &arena, "3000000%u-0000-4000-8000-000000000000", id % 10) },
                          .member = self.node,
                          .conductor = lf_view_of(by),
                          .conductor_name = LF_V("辦理單位"),
                          .conductor_tier = lf_view_of(tier),
                          .path = { lf_view_of(by) },
                          .npath = 1,
                          .name = LF_V("演練"),
                          .aim = LF_V(""),
                          .kind = LF_V("reporting"),
                          .state = LF_V("running"),
                          .reach = lf_view_of(tier),
                          .speed = 1,
                          .begins = now,
                          .ends = now + LF_DAY };

    return d;
}

static enum lf_code receive(const char *peer, bool is_parent, const struct lf_drill *d)
{
    /* A peer's row, node and tier have one name here (see parent()). */
    struct lf_incident_peer from = {
        .id = lf_view_of(peer), .node = lf_view_of(peer), .tier = lf_view_of(peer), .is_parent = is_parent
    };
    struct lf_err e;
    enum lf_code rc;

    t.scope.roles = LF_ROLE_PEER;
    rc = lf_exercise_receive(&t, &from, d, &e);
    t.scope.roles = LF_ROLE_ANALYST;
    return rc;
}

static void a_case_goes_up_only_to_whom_its_exercise_came_from(void)
{
    struct lf_drill d;
    struct lf_err e;
    lf_view own, theirs;

    up();
    parent("sector");
    own = report(run("provider", 1, NULL, 0));
    CHECK(!waiting(own), "one that is conducted here goes nowhere");
    CHECK(waiting(report(LF_V(""))) == 2, "a real one goes up");
    d = drill(1, "sector", "sector", now);
    CHECK(receive("sector", true, &d) == LF_OK, "the node above conducts one");
    theirs = report(d.head.exercise);
    CHECK(waiting(theirs) == 2, "its case goes up");
    CHECK_OK(lf_exercise_answer(&t, d.head.exercise, false, LF_V("沒空"), &e), &e);
    CHECK(!waiting(theirs), "not after it was declined");
    CHECK_OK(lf_exercise_answer(&t, d.head.exercise, true, LF_V(""), &e), &e);
    CHECK(waiting(theirs) == 2, "again when it is not");
    CHECK_CODE(lf_exercise_move(&t, d.head.exercise, LF_EXERCISE_ENDED, &e), LF_FORBIDDEN);
    CHECK_OK(lf_db_exec(t.db, &t.scope, &lf_q_peer_state, LF_ARGS(LF_INT(3), LF_TEXT(LF_V("sector"))), &e),
             &e);
    parent("nation");
    CHECK(!waiting(theirs), "another parent gets none of it");
    CHECK(waiting(report(LF_V(""))) == 2, "but a real one");
    CHECK_OK(lf_exercise_move(&t, d.head.exercise, LF_EXERCISE_ENDED, &e), &e);
    down();
}

static unsigned roll(unsigned n)
{
    uint32_t r;

    read_random(NULL, &r, sizeof r);
    return r % n;
}

/* Any record from anybody: only the node above, in its own name, to this node, and newer than what was said,
 * changes anything; and what has ended does not run again. */
static void only_the_node_above_changes_an_exercise(void)
{
    static const char *const states[] = { "planned", "running", "ended", "cancelled" };
    struct {
        bool there;
        lf_time version;
        unsigned state;
    } model[3] = { 0 };
    struct lf_err e;

    up();
    parent("sector");
    for (int i = 0; i < 3000; i++) {
        unsigned id = roll(3), state = roll(12) ? roll(2) : 2 + roll(2), bad = roll(7), ends;
        bool above = roll(4) != 0, newer, fits;
        struct lf_drill d = drill(id, "sector", "sector", now + roll(60) * LF_MSEC);
        struct lf_exercise x;

        d.state = lf_view_of(states[state]);
        if (bad == 1)
            d.member = LF_V("identity--30000000-0000-4000-8000-00000000000f");
        if (bad == 2)
            d.head.by = LF_V("identity--30000000-0000-4000-8000-00000000000e");
        if (bad == 3)
            d.path[0] = self.node;
        if (bad == 4)
            d.conductor_tier = LF_V("provider");
        if (bad == 5)
            d.kind = LF_V("party");
        fits = above && (bad == 0 || bad == 6);
        newer = !model[id].there || d.head.modified > model[id].version;
        ends = model[id].state;
        (void)receive("sector", above, &d);
        if (fits && newer && (model[id].there ? state >= ends : state < 2)) {
            model[id].there = true;
            model[id].version = d.head.modified;
            model[id].state = state;
        }
        for (unsigned k = 0; k < 3; k++) {
            enum lf_code rc = lf_exercise_get(&t, drill(k, "sector", "sector", 0).head.exercise, &x, &e);

            CHECK((rc == LF_OK) == model[k].there, "step %d: exercise %u is there or not", i, k);
            CHECK(rc != LF_OK || (unsigned)x.state == model[k].state, "step %d: exercise %u is %d, not %u", i,
                  k, (int)x.state, model[k].state);
        }
    }
    down();
}

/* A child of the moment; its row, node and tier are what they are called here. */
static void child(const char *id, const char *node)
{
    const lf_view none = LF_V("");
    struct lf_err e;

    CHECK_OK(lf_db_exec(t.db, &t.scope, &lf_q_peer_add,
                        LF_ARGS(LF_TEXT(lf_view_of(id)), LF_INT(0), LF_INT(1), LF_TEXT(lf_view_of(node)),
                                LF_TEXT(none), LF_TEXT(LF_V("provider")), LF_TEXT(none),
                                LF_TEXT(lf_view_of(id)), LF_TEXT(none), LF_TEXT(none), LF_TEXT(none),
                                LF_TEXT(none), LF_TEXT(none), LF_TEXT(none), LF_INT(0), LF_INT(0)),
                        &e),
             &e);
}

static lf_view member(const char *name, const char *peer)
{
    struct lf_unit u = { .name = lf_view_of(name), .peer = lf_view_of(peer) };
    lf_view id = { 0 };
    struct lf_err e;

    CHECK_OK(lf_unit_put(&t, &u, &id, &e), &e);
    return id;
}

/* A link that counts what it is given, and has no room for one of them. */
static struct {
    const char *full;
    unsigned records[3], injects, answers; /* by the last letter of the peer: a, b, c */
    struct lf_drill last;
} given;

static enum lf_code give(void *ctx, lf_view peer, struct lf_drill *d, struct lf_err *e)
{
    (void)ctx;
    if (given.full && lf_view_is(peer, given.full))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such peer");
    given.records[peer.ptr[peer.len - 1] - 'a']++;
    given.last = *d;
    return LF_OK;
}

static enum lf_code give_inject(void *ctx, lf_view peer, struct lf_drill_inject *d, struct lf_err *e)
{
    (void)ctx, (void)d;
    if (given.full && lf_view_is(peer, given.full))
        return lf_err_set(e, LF_TOO_BIG, "there is no room");
    given.injects++;
    return LF_OK;
}

static enum lf_code give_answer(void *ctx, struct lf_drill_answer *d, struct lf_err *e)
{
    (void)ctx;
    if (given.full && lf_view_is(d->name, given.full))
        return lf_err_set(e, LF_TOO_BIG, "it is too large");
    given.answers++;
    return LF_OK;
}

static enum lf_code carry(void)
{
    const struct lf_exercise_carrier c = { .record = give, .inject = give_inject, .answer = give_answer };
    unsigned was = t.scope.roles;
    struct lf_err e;
    enum lf_code rc;

    t.scope.roles = LF_ROLE_SYSTEM;
    rc = lf_exercise_carry(&t, &c, &e);
    t.scope.roles = was;
    return rc;
}

static void what_cannot_be_given_holds_up_nobody_else(void)
{
    const lf_view who[] = { LF_V("甲廠"), LF_V("乙廠") };

    up();
    memset(&given, 0, sizeof given);
    t.scope.roles = LF_ROLE_ADMIN;
    child("peer-a", "node-a");
    child("peer-b", "node-b");
    member("甲廠", "peer-a");
    member("乙廠", "peer-b");
    given.full = "peer-a";
    run("provider", 1, who, 2);
    CHECK(carry() == LF_OK && given.records[0] == 0 && given.records[1] == 1, "the other has it");
    CHECK(carry() == LF_OK && given.records[1] == 1, "once");
    given.full = NULL;
    run("provider", 1, who, 2);
    CHECK(carry() == LF_OK && given.records[0] == 1 && given.records[1] == 2, "the next goes to both");
    down();
}

static void who_comes_back_over_a_new_link_has_it_again(void)
{
    const lf_view who = LF_V("甲廠");
    struct lf_unit u = { 0 };
    struct lf_err e;
    lf_view unit;

    up();
    memset(&given, 0, sizeof given);
    t.scope.roles = LF_ROLE_ADMIN;
    child("peer-a", "node-a");
    unit = member("甲廠", "peer-a");
    run("provider", 1, &who, 1);
    CHECK(carry() == LF_OK && given.records[0] == 1, "it is there");
    CHECK_OK(lf_db_exec(t.db, &t.scope, &lf_q_peer_state, LF_ARGS(LF_INT(3), LF_TEXT(LF_V("peer-a"))), &e),
             &e);
    child("peer-b", "node-a");
    CHECK_OK(lf_unit_get(&t, unit, &u, &e), &e);
    u.peer = LF_V("peer-b");
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    CHECK_OK(lf_exercise_greet(&t, &e), &e);
    CHECK(carry() == LF_OK && given.records[0] == 1 && given.records[1] == 1, "its new inbox has it");
    down();
}

static enum lf_code answered(const char *peer, const struct lf_drill_answer *d)
{
    struct lf_incident_peer from = { .id = lf_view_of(peer), .node = d->head.by, .tier = LF_V("sector") };
    unsigned was = t.scope.roles;
    struct lf_err e;
    enum lf_code rc;

    t.scope.roles = LF_ROLE_PEER;
    rc = lf_exercise_answered(&t, &from, d, &e);
    t.scope.roles = was;
    return rc;
}

static size_t parts(lf_view id, const struct lf_exercise_part **out)
{
    struct lf_err e;
    size_t n = 0;

    CHECK_OK(lf_exercise_parts(&t, id, &n, out, &e), &e);
    return n;
}

static void a_word_is_of_who_says_it_and_they_are_so_many(void)
{
    const lf_view who[] = { LF_V("甲廠"), LF_V("乙廠") };
    struct lf_drill_answer d = { .tier = LF_V("provider"),
                                 .name = LF_V("工地"),
                                 .answer = LF_V("acknowledged") };
    const struct lf_exercise_part *list;
    struct lf_err e;
    lf_view id;
    size_t n, kept = 0;

    up();
    memset(&given, 0, sizeof given);
    t.scope.roles = LF_ROLE_ADMIN;
    child("peer-a", "node-a");
    child("peer-b", "node-b");
    member("甲廠", "peer-a");
    member("乙廠", "peer-b");
    id = run("provider", 1, who, 2);
    CHECK(carry() == LF_OK && given.records[0] == 1 && given.records[1] == 1, "both have it");
    d.head = (struct lf_drill_head){ .by = LF_V("node-a"), .modified = now + 1000 * LF_DAY, .exercise = id };
    d.node = LF_V("node-x");
    CHECK(answered("peer-a", &d) == LF_OK, "by a clock that is years ahead");
    CHECK_OK(lf_db_exec(t.db, &t.scope, &lf_q_peer_state, LF_ARGS(LF_INT(3), LF_TEXT(LF_V("peer-a"))), &e),
             &e);
    d.head.by = LF_V("node-b");
    d.head.modified = now;
    d.answer = LF_V("declined");
    CHECK(answered("peer-b", &d) == LF_OK, "it moved");
    n = parts(id, &list);
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(list[i].node, "node-x"))
            CHECK(list[i].answer == LF_PART_DECLINED && lf_view_is(list[i].peer, "peer-b"),
                  "and is heard where it is now");
    for (unsigned i = 0; i < 2 * LF_EXERCISE_BELOW; i++) {
        d.node = lf_arena_printf(&arena, "node-%u", i);
        kept += answered("peer-b", &d) == LF_OK;
    }
    CHECK(kept == LF_EXERCISE_BELOW - 2, "one child speaks for so many and no more: %zu", kept);
    down();
}

static void who_was_dropped_may_take_part_again(void)
{
    struct lf_exercise x;
    struct lf_drill d;
    struct lf_err e;

    up();
    parent("sector");
    d = drill(1, "sector", "sector", now);
    CHECK(receive("sector", true, &d) == LF_OK, "it takes part");
    d.head.modified += LF_MSEC;
    d.state = LF_V("cancelled");
    d.dropped = true;
    CHECK(receive("sector", true, &d) == LF_OK, "no more");
    CHECK_OK(lf_exercise_get(&t, d.head.exercise, &x, &e), &e);
    CHECK(x.state == LF_EXERCISE_CANCELLED, "it is over here");
    d.head.modified += LF_MSEC;
    d.state = LF_V("running");
    d.dropped = false;
    CHECK(receive("sector", true, &d) == LF_OK, "again");
    CHECK_OK(lf_exercise_get(&t, d.head.exercise, &x, &e), &e);
    CHECK(x.state == LF_EXERCISE_RUNNING, "and it runs");
    d.head.modified += LF_MSEC;
    d.state = LF_V("cancelled");
    CHECK(receive("sector", true, &d) == LF_OK, "the exercise itself is cancelled");
    d.head.modified += LF_MSEC;
    d.state = LF_V("running");
    CHECK(receive("sector", true, &d) == LF_UNACCEPTED, "that is for good");
    down();
}

static void the_node_above_has_no_end_of_exercises_and_injects(void)
{
    struct lf_drill_inject in = { .inject = LF_V(""),
                                  .zh = LF_V("狀況"),
                                  .en = LF_V("Inject"),
                                  .tell_zh = LF_V("內容"),
                                  .tell_en = LF_V("Text") };
    struct lf_incident_peer from = {
        .id = LF_V("sector"), .node = LF_V("sector"), .tier = LF_V("sector"), .is_parent = true
    };
    size_t taken = 0, told = 0;
    struct lf_drill d;
    struct lf_err e;

    up();
    parent("sector");
    for (unsigned i = 0; i < 2 * LF_EXERCISES_ABOVE; i++) {
        d = drill(1, "sector", "sector", now);
        d.head.exercise = lf_arena_printf(&arena, "3000%04u-0000-4000-8000-000000000000", i);
        taken += receive("sector", true, &d) == LF_OK;
    }
    CHECK(taken == LF_EXERCISES_ABOVE, "so many at once: %zu", taken);
    in.head = (struct lf_drill_head){ .by = LF_V("sector"),
                                      .exercise = LF_V("30000000-0000-4000-8000-000000000000") };
    in.member = self.node;
    in.told = now;
    t.scope.roles = LF_ROLE_PEER;
    for (unsigned i = 0; i < 2 * LF_EXERCISE_TOLD; i++) {
        in.inject = lf_arena_printf(&arena, "i%u", i);
        told += lf_exercise_inject_receive(&t, &from, &in, &e) == LF_OK;
    }
    CHECK(told == LF_EXERCISE_TOLD, "so many injects: %zu", told);
    in.inject = LF_V("i0");
    CHECK_OK(lf_exercise_inject_receive(&t, &from, &in, &e), &e);
    down();
}

static void a_body_that_says_it_wrongly_is_refused(void)
{
    static const char *const wrong[] = {
        "{\"exercise\":true,\"exercise_of\":{}}",
        "{\"exercise_of\":{\"id\":\"20000001-0000-4000-8000-000000000000\",\"name\":\"n\",\"speed\":2,"
        "\"reach\":"
        "\"sector\"}}",
        "{\"exercise\":true,\"exercise_of\":{\"id\":\"x\",\"name\":\"n\",\"speed\":2,\"reach\":\"sector\"}}",
        "{\"exercise\":true,\"exercise_of\":{\"id\":\"20000001-0000-4000-8000-000000000000\",\"name\":\"n\","
        "\"speed\":61,\"reach\":\"sector\"}}",
        "{\"exercise\":true,\"exercise_of\":{\"id\":\"20000001-0000-4000-8000-000000000000\",\"name\":\"n\","
        "\"speed\":0,\"reach\":\"sector\"}}",
        "{\"exercise\":true,\"exercise_of\":{\"id\":\"20000001-0000-4000-8000-000000000000\",\"name\":\"\","
        "\"speed\":1,\"reach\":\"sector\"}}",
        "{\"exercise\":true,\"exercise_of\":{\"id\":\"20000001-0000-4000-8000-000000000000\",\"name\":\"n\","
        "\"speed\":1,\"reach\":\"world\"}}",
        "{\"exercise\":true,\"exercise_of\":7}",
    };
    struct lf_incident_exercise x;
    const struct lf_json *body;
    struct lf_err e;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_OK(lf_json_parse(&arena, lf_view_of(wrong[i]), NULL, &body, &e), &e);
        CHECK(!lf_incident_exercise_read(body, &x), "%s", wrong[i]);
        CHECK(x.speed == 1 && !x.id.len, "nothing is taken of it");
    }
    CHECK_OK(lf_json_parse(&arena, LF_V("{\"exercise\":true}"), NULL, &body, &e), &e);
    CHECK(lf_incident_exercise_read(body, &x) && x.speed == 1 && !x.id.len, "none is named");
    lf_arena_clear(&arena);
}

static void a_result_report_is_due_a_month_after_the_end(void)
{
    static const struct {
        const char *end, *due;
    } rows[] = { { "2026-01-31T07:30:00+08:00", "2026-02-28T07:30:00+08:00" },
                 { "2026-12-15T00:00:00+08:00", "2027-01-15T00:00:00+08:00" },
                 { "2028-01-30T23:59:00+08:00", "2028-02-29T23:59:00+08:00" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_time due, was = now;
        struct lf_exercise x;
        struct lf_err e;
        lf_view id;

        up();
        CHECK_OK(lf_time_parse(lf_view_of(rows[i].end), &now, &e), &e);
        CHECK_OK(lf_time_parse(lf_view_of(rows[i].due), &due, &e), &e);
        id = run("provider", 1, NULL, 0);
        CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_ENDED, &e), &e);
        CHECK_OK(lf_exercise_get(&t, id, &x, &e), &e);
        CHECK(x.report_due == due && !x.late, "%s: due %lld", rows[i].end, (long long)x.report_due);
        now = due + 1;
        CHECK_OK(lf_exercise_get(&t, id, &x, &e), &e);
        CHECK(x.late, "a moment later it is late");
        CHECK_OK(lf_exercise_report(&t, id, LF_V("成果"), &e), &e);
        CHECK_OK(lf_exercise_get(&t, id, &x, &e), &e);
        CHECK(!x.late && x.reported == now, "handed in");
        now = was;
        down();
    }
}

static void a_drills_mail_ends_with_it_and_its_people_are_erased(void)
{
    const struct lf_mail_settings mail = { .server = LF_V("smtps://127.0.0.1:1"),
                                           .from = LF_V("desk@cert.example") };
    const struct lf_lure_count *counts;
    struct lf_exercise x = plan("provider", 1);
    struct lf_unit u = { .name = LF_V("水公司") };
    struct lf_lure l;
    lf_view unit, id;
    struct lf_err e;
    size_t n;

    up();
    t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_unit_put(&t, &u, &unit, &e), &e);
    x.kind = LF_EXERCISE_SOCIAL;
    CHECK_OK(lf_exercise_add(&t, &x, &(struct lf_exercise_members){ .names = &u.name, .n = 1 }, &id, &e), &e);
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_RUNNING, &e), &e);
    CHECK_OK(lf_lure_consent_set(&t,
                                 &(struct lf_lure_consent){ .unit = u.name,
                                                            .domain = LF_V("water.example"),
                                                            .person = LF_V("資安長") },
                                 &e),
             &e);
    CHECK_OK(lf_lure_people(&t, id,
                            LF_V("a@water.example\nb@water.example\nc@water.example\nd@water.example\n"
                                 "e@water.example\n"),
                            &n, &e),
             &e);
    l = (struct lf_lure){
        .subject = LF_V("s"), .body = LF_V("{name} {link}"), .per_hour = 60, .keep_days = 2
    };
    CHECK_OK(lf_lure_set(&t, id, &l, &e), &e);
    CHECK_OK(lf_lure_start(&t, id, &mail, &e), &e);
    CHECK_OK(lf_lure_turn(&t, &mail, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, &l, &n, &counts, &e), &e);
    CHECK(n == 1 && counts[0].sent == 1, "the first at once");
    now += 2 * LF_MINUTE;
    CHECK_OK(lf_lure_turn(&t, &mail, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, &l, &n, &counts, &e), &e);
    CHECK(counts[0].sent == 3, "sixty an hour are one a minute");
    CHECK_OK(lf_lure_consent_remove(&t, LF_V("water.example"), &e), &e);
    now += LF_HOUR;
    CHECK_OK(lf_lure_turn(&t, &mail, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, &l, &n, &counts, &e), &e);
    CHECK(counts[0].sent == 3, "nothing without consent");
    CHECK_OK(lf_exercise_move(&t, id, LF_EXERCISE_ENDED, &e), &e);
    CHECK_OK(lf_lure_turn(&t, &mail, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, &l, &n, &counts, &e), &e);
    CHECK(l.state == LF_LURE_STOPPED && !l.erased, "it stops with the exercise");
    now += 2 * LF_DAY;
    CHECK_OK(lf_lure_turn(&t, &mail, LF_V("https://node"), &e), &e);
    CHECK_OK(lf_lure_get(&t, id, &l, &n, &counts, &e), &e);
    CHECK(l.erased == now && counts[0].people == 5 && counts[0].sent == 3,
          "its people are erased, the counts stay");
    down();
}

int main(void)
{
    RUN(a_drills_mail_ends_with_it_and_its_people_are_erased);
    RUN(letters_of_a_drill_go_with_it);
    RUN(letters_keep_their_pace_over_a_pause);
    RUN(people_of_a_drill_are_erased_whatever_becomes_of_it);
    RUN(who_takes_part_no_more_gets_no_letter);
    RUN(a_tenant_sends_no_drills_mail);
    RUN(a_tenant_names_only_what_it_takes_part_in);
    RUN(a_case_goes_up_only_to_whom_its_exercise_came_from);
    RUN(only_the_node_above_changes_an_exercise);
    RUN(what_cannot_be_given_holds_up_nobody_else);
    RUN(who_comes_back_over_a_new_link_has_it_again);
    RUN(a_word_is_of_who_says_it_and_they_are_so_many);
    RUN(who_was_dropped_may_take_part_again);
    RUN(the_node_above_has_no_end_of_exercises_and_injects);
    RUN(a_body_that_says_it_wrongly_is_refused);
    RUN(a_result_report_is_due_a_month_after_the_end);
    DONE();
}
