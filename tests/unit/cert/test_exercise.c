#include "cert/exercise.h"

#include <unistd.h>

#include "cert/incident.h"
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

    CHECK_OK(lf_exercise_add(&t, &x, members, n, &id, &e), &e);
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
    CHECK_CODE(lf_exercise_get(&t, with, &x, &e), LF_NOT_FOUND);
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

static void what_waits_goes_to_no_parent_above_the_reach(void)
{
    static const struct {
        const char *reach;
        bool sector, nation;
    } rows[] = { { "provider", false, false }, { "sector", true, false }, { "nation", true, true } };

    for (int above = 0; above < 2; above++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            lf_view id;

            up();
            parent(above ? "nation" : "sector");
            id = report(run(rows[i].reach, 1, NULL, 0));
            CHECK((waiting(id) > 0) == (above ? rows[i].nation : rows[i].sector), "reach %s, a parent %d",
                  rows[i].reach, above);
            CHECK(waiting(report(LF_V(""))) == 2, "a real one goes up");
            down();
        }
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

int main(void)
{
    RUN(a_tenant_names_only_what_it_takes_part_in);
    RUN(what_waits_goes_to_no_parent_above_the_reach);
    RUN(a_body_that_says_it_wrongly_is_refused);
    RUN(a_result_report_is_due_a_month_after_the_end);
    DONE();
}
