/* When a station is to be looked at, and for whom it is: the promises of isac/station.h. */
#include "isac/station.h"

#include "isac/indicator.h"
#include "isac/seed.h"
#include "node.h"

static struct node d;
static struct lf_err e;

static void act_as(unsigned roles)
{
    node_task(&d, roles, LF_V("ann"));
}

static void open_node(void)
{
    node_open(&d, "sector", "sector", 7);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    act_as(LF_ROLE_ANALYST);
}

static lf_view add(const char *value, enum lf_observable_kind kind)
{
    struct lf_station x = { .kind = kind, .value = lf_view_of(value) };
    lf_view id = LF_V("");

    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_station_add(&d.t, &x, LF_V(""), &id, &e), &e);
    return lf_arena_copy(&d.life, id);
}

static struct lf_station get(lf_view id)
{
    const struct lf_station_entry *list;
    struct lf_station x = { 0 };
    size_t n;

    act_as(LF_ROLE_READER);
    CHECK_OK(lf_station_get(&d.t, id, &x, &n, &list, &e), &e);
    return x;
}

static void change(lf_view id, int state, enum lf_station_look look)
{
    struct lf_station_change c = {
        .state = state, .look = look, .port = -1, .days = -1, .note = LF_V("as its operator says")
    };

    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_station_change(&d.t, id, &c, &e), &e);
}

static int64_t late(void)
{
    struct lf_station_count c;

    act_as(LF_ROLE_READER);
    CHECK_OK(lf_station_count(&d.t, &c, &e), &e);
    return c.late;
}

static void a_look_moves_the_day_on_and_one_that_is_past_is_late_unless_it_is_gone_or_was_none(void)
{
    lf_view one;

    open_node();
    one = add("c2.example.net", LF_OBS_DOMAIN);
    CHECK(get(one).due == d.now + LF_STATION_DAYS * LF_DAY && !late(), "its first day");
    d.now += LF_STATION_DAYS * LF_DAY + 1;
    CHECK(get(one).late && late() == 1, "it is late");
    change(one, -1, LF_LOOK_SILENT);
    CHECK(get(one).due == d.now + LF_STATION_DAYS * LF_DAY && !late(), "looked at");
    d.now += 30 * LF_DAY;
    CHECK(late() == 1, "late again");
    change(one, LF_STATION_GONE, LF_LOOK_NONE);
    CHECK(!get(one).due && !late(), "what is gone is not looked at");
    change(one, LF_STATION_CONTROLLED, LF_LOOK_NONE);
    CHECK(get(one).due && get(one).since == d.now, "opened again");
    change(one, LF_STATION_MISTAKEN, LF_LOOK_NONE);
    CHECK(!get(one).due, "what was none is not looked at");
    node_close(&d);
}

/* What answers is looked for however long it has stood. */
static void a_look_that_finds_it_answering_makes_its_indicator_anew_where_that_has_faded(void)
{
    struct lf_indicator_row x;
    lf_time next;
    lf_view one, was;

    open_node();
    one = add("198.51.100.7", LF_OBS_IPV4);
    was = lf_arena_copy(&d.life, get(one).indicator);
    for (int i = 0; i < 400; i++) {
        d.now += LF_DAY;
        act_as(LF_ROLE_SYSTEM);
        CHECK_OK(lf_indicator_expire(&d.t, &next, &e), &e);
    }
    CHECK_OK(lf_indicator_get(&d.t, was, &x, &e), &e);
    CHECK(lf_view_is(x.state, "expired"), "it is %.*s", LF_FMT(x.state));
    change(one, -1, LF_LOOK_ANSWERS);
    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_indicator_get(&d.t, get(one).indicator, &x, &e), &e);
    CHECK(lf_view_is(x.state, "active") && !lf_view_eq(x.id, was), "it stands again");
    node_close(&d);
}

static void a_tenant_and_who_has_no_role_see_none_and_a_reader_and_an_administrator_write_none(void)
{
    static const lf_view tenant = LF_VIEW("20000001-0000-4000-8000-000000000000");
    struct lf_station_filter any = { .state = -1, .side = -1 };
    struct lf_station_change c = { .state = -1, .look = LF_LOOK_SILENT, .port = -1, .days = -1 };
    struct lf_station fresh = { .kind = LF_OBS_IPV4, .value = LF_V("198.51.100.8") }, x;
    const struct lf_station_entry *entries;
    const struct lf_station *list;
    struct lf_station_count count;
    lf_view one, next, id;
    size_t n;

    open_node();
    one = add("198.51.100.7", LF_OBS_IPV4);
    for (int i = 0; i < 2; i++) {
        act_as(i ? LF_ROLE_SHARE : LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER);
        if (!i)
            d.t.scope.org = tenant;
        CHECK(lf_station_list(&d.t, &any, NULL, &n, &list, &next, &e) == LF_FORBIDDEN, "listed %d", i);
        CHECK(lf_station_get(&d.t, one, &x, &n, &entries, &e) == LF_FORBIDDEN, "got %d", i);
        CHECK(lf_station_count(&d.t, &count, &e) == LF_FORBIDDEN, "counted %d", i);
        CHECK(lf_station_add(&d.t, &fresh, LF_V(""), &id, &e) == LF_FORBIDDEN, "added %d", i);
        CHECK(lf_station_change(&d.t, one, &c, &e) == LF_FORBIDDEN, "changed %d", i);
    }
    for (int i = 0; i < 2; i++) {
        act_as(i ? LF_ROLE_ADMIN : LF_ROLE_READER);
        CHECK_OK(lf_station_get(&d.t, one, &x, &n, &entries, &e), &e);
        CHECK(lf_station_add(&d.t, &fresh, LF_V(""), &id, &e) == LF_FORBIDDEN, "added by %d", i);
        CHECK(lf_station_change(&d.t, one, &c, &e) == LF_FORBIDDEN, "changed by %d", i);
    }
    node_close(&d);
}

int main(void)
{
    RUN(a_look_moves_the_day_on_and_one_that_is_past_is_late_unless_it_is_gone_or_was_none);
    RUN(a_look_that_finds_it_answering_makes_its_indicator_anew_where_that_has_faded);
    RUN(a_tenant_and_who_has_no_role_see_none_and_a_reader_and_an_administrator_write_none);
    DONE();
}
