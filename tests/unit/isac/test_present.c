/* How sure an indicator is now, and what follows: the promises of isac/present.h. */
#include "isac/present.h"

#include "fmt/stix.h"
#include "isac/object.h"
#include "isac/seed.h"
#include "isac/sighting.h"
#include "isac/watch.h"
#include "model/indicator.h"
#include "model/sighting.h"
#include "node.h"

static struct node d;
static struct lf_peer parent;
static struct lf_buf news;

static void act_as(unsigned roles)
{
    node_task(&d, roles, LF_V("somebody"));
    d.t.news = &news;
}

static enum lf_code sign(const char *policy)
{
    struct lf_err e = { 0 };
    lf_view id;

    act_as(LF_ROLE_REVIEWER);
    return lf_policy_sign(&d.t, lf_view_of(policy), &id, &e);
}

static const char plain[] = "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72}";
static const char strict[] =
    "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"min_confidence\":70}";

static void open_node(const char *policy)
{
    struct lf_err e = { 0 };

    node_open(&d, "sector", "sector", 7);
    CHECK_OK(lf_isac_seed(&d.t, &e), &e);
    parent = node_peer(&d, LF_PEER_PARENT, 3, "nation");
    CHECK(sign(policy) == LF_OK, "the policy is taken");
    lf_buf_init(&news, 1 << 20);
}

static void close_node(void)
{
    lf_buf_clear(&news);
    node_close(&d);
}

/* The parent's, of a name: it blocks at once. */
static lf_view given(unsigned n, lf_time version)
{
    struct lf_err e = { 0 };
    lf_view id = lf_arena_printf(&d.life, "indicator--30000000-0000-4000-8000-%012u", n);
    lf_time at = 1700000000 * LF_SECOND; /* its author's clock: years ago */

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(
        lf_indicator_receive(&d.t, &parent,
                             lf_indicator_write(d.t.a, &(struct lf_indicator){ .id = id,
                                                                               .created_by = parent.node,
                                                                               .created = at,
                                                                               .modified = at + version,
                                                                               .valid_from = at,
                                                                               .kind = LF_OBS_DOMAIN,
                                                                               .value = LF_V("evil.example"),
                                                                               .evidence = 3 }),
                             &e),
        &e);
    return id;
}

/* What shield was told last: 1 block, 0 no block, 2 no block and go on looking, -1 nothing. */
static int told(void)
{
    const struct lf_indicator_action *x;
    struct lf_err e = { 0 };
    int last = -1;
    size_t n;

    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_indicator_actions(&d.t, 0, 100, &n, &x, &e), &e);
    for (size_t i = 0; i < n; i++)
        last = x[i].block ? 1 : x[i].watch ? 2 : 0;
    if (n)
        CHECK_OK(lf_indicator_acted(&d.t, x[n - 1].seq, &e), &e);
    return last;
}

static void turn(lf_time forward)
{
    struct lf_err e = { 0 };
    lf_time next;

    d.now += forward;
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_indicator_expire(&d.t, &next, &e), &e);
    CHECK_OK(lf_watch_turn(&d.t, &e), &e);
}

static void seen(lf_view id, lf_time at)
{
    static uint64_t place;
    struct lf_err e = { 0 };

    place++;
    act_as(LF_ROLE_SYSTEM);
    CHECK_OK(lf_sighting_add(&d.t,
                             &(struct lf_indicator_sighting){ .indicator = id,
                                                              .value = LF_V("evil.example"),
                                                              .list = LF_V(""),
                                                              .count = 1,
                                                              .first = at,
                                                              .last = at,
                                                              .from = place,
                                                              .position = place },
                             &e),
             &e);
}

static int sure(lf_view id)
{
    struct lf_err e = { 0 };
    struct lf_present p = { .now = { .confidence = -1 } };

    act_as(LF_ROLE_SYSTEM);
    return lf_present_find(&d.t, id, &p, &e) == LF_OK ? p.now.confidence : -1;
}

static void judged(lf_view id, int64_t right, int64_t wrong)
{
    struct lf_err e = { 0 };

    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_present_judged(&d.t, id, right, wrong, &e), &e);
}

static lf_view state_of(lf_view id)
{
    struct lf_indicator_row row = { .state = LF_V("?") };
    struct lf_err e = { 0 };

    act_as(LF_ROLE_ANALYST);
    CHECK_OK(lf_indicator_get(&d.t, id, &row, &e), &e);
    return row.state;
}

static void age_is_reckoned_from_when_it_came_and_not_by_its_authors_clock(void)
{
    lf_view id;

    open_node(plain);
    id = given(1, 0);
    CHECK(sure(id) == 85, "%d and not 85: years old by its author, new here", sure(id));
    d.now += 90 * LF_DAY; /* half a name's life */
    CHECK(sure(id) == 63, "%d and not 63", sure(id));
    (void)given(1, LF_DAY);
    CHECK(sure(id) == 85, "%d and not 85: a new version is new", sure(id));
    close_node();
}

static void what_has_faded_is_no_longer_blocked_or_looked_for(void)
{
    lf_view id;

    open_node(plain);
    id = given(1, 0);
    CHECK(told() == 1, "it is blocked");
    turn(179 * LF_DAY);
    CHECK(told() != 0, "not before its time");
    turn(LF_DAY);
    CHECK(told() == 0, "when its time is over the block and the looking end");
    CHECK(lf_view_is(state_of(id), "expired"), "%.*s and not expired", LF_FMT(state_of(id)));
    close_node();
}

static void a_sighting_makes_it_young_again(void)
{
    lf_view id;

    open_node(plain);
    id = given(1, 0);
    (void)told();
    d.now += 100 * LF_DAY;
    seen(id, d.now);
    turn(90 * LF_DAY);
    CHECK(told() != 0 && lf_view_is(state_of(id), "active"), "190 days after it came, 90 after it was seen");
    turn(90 * LF_DAY);
    CHECK(told() == 0, "and 180 after that it ends");
    close_node();
}

static void a_sighting_of_the_future_keeps_nothing_young(void)
{
    lf_view id;

    open_node(plain);
    id = given(1, 0);
    (void)told();
    seen(id, d.now + 3650 * LF_DAY);
    turn(180 * LF_DAY);
    CHECK(told() == 0 && lf_view_is(state_of(id), "expired"), "seen today, whatever the event's clock said");
    close_node();
}

static void judged_wrong_it_is_not_blocked_and_still_looked_for(void)
{
    lf_view id;

    open_node(plain);
    id = given(1, 0);
    CHECK(told() == 1, "it is blocked");
    judged(id, 0, 2);
    turn(LF_SECOND);
    CHECK(sure(id) == 55 && told() != 2, "55 is enough where the policy says nothing");
    judged(id, 0, 6);
    turn(LF_SECOND);
    CHECK(sure(id) == 0 && told() == 2, "nothing of it is left: no block, and looked for");
    judged(id, 1, 0);
    turn(LF_SECOND);
    CHECK(sure(id) == 90 && told() == 1, "judged anew it is blocked again");
    close_node();
}

static void below_the_policys_least_there_is_no_block(void)
{
    lf_view id;

    open_node(strict);
    id = given(1, 0);
    CHECK(told() == 1, "85 is enough for 70");
    turn(80 * LF_DAY);
    CHECK(sure(id) < 70 && told() == 2, "%d after 80 days: no block", sure(id));
    CHECK(lf_view_is(state_of(id), "active"), "and still looked for");
    seen(id, d.now);
    turn(LF_SECOND);
    CHECK(sure(id) >= 70 && told() == 1, "seen again it is blocked again");
    CHECK(
        sign(
            "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"min_confidence\":95}") ==
            LF_OK,
        "a stricter policy");
    turn(LF_SECOND);
    CHECK(told() == 2, "another policy counts for what stands");
    CHECK(
        sign("{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,\"min_confidence\":0}") ==
            LF_BAD_INPUT,
        "0 would block what is known to be wrong");
    close_node();
}

/* An account's, of an address. */
static lf_view posted(unsigned n)
{
    struct lf_err e = { 0 };
    lf_view id = lf_arena_printf(&d.life, "indicator--40000000-0000-4000-8000-%012u", n);
    struct lf_object_batch *b;
    struct lf_collection c;
    struct lf_stix s;
    lf_view json;
    bool fresh;

    act_as(LF_ROLE_ANALYST | LF_ROLE_ADMIN);
    json = lf_arena_printf(d.t.a,
                           "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"%.*s\",\"created\":"
                           "\"2020-01-01T00:00:00.000Z\","
                           "\"modified\":\"2020-01-01T00:00:00.000Z\",\"pattern\":\"[ipv4-addr:value = "
                           "'192.0.2.%u']\",\"pattern_type\":\"stix\",\"valid_from\":\"2020-01-01T00:00:"
                           "00Z\",\"confidence\":80}",
                           LF_FMT(id), n);
    CHECK_OK(lf_collection_find(&d.t, LF_V("library"), &c, &e), &e);
    CHECK_OK(lf_stix_read(d.t.a, json, &s, &e), &e);
    CHECK_OK(lf_object_batch_open(&d.t, c.id, 1, &b, &e), &e);
    CHECK_OK(lf_object_batch_post(&d.t, b, &s, json, &fresh, &e), &e);
    CHECK_OK(lf_watch_post(&d.t, &s, lf_object_batch_seq(b), false, &e), &e);
    return id;
}

/* What the intake was told since the last time: how often to look and to look no more. */
static void heard(size_t *add, size_t *gone)
{
    struct lf_indicator_entry x;
    lf_view in = lf_buf_view(&news);

    *add = *gone = 0;
    while (in.len && lf_indicator_entry_take(&in, &x)) {
        *add += x.op == LF_INDICATOR_ADD;
        *gone += x.op == LF_INDICATOR_REMOVE;
    }
    lf_buf_reset(&news);
}

static void what_accounts_gave_fades_too_and_what_was_seen_stays(void)
{
    lf_view one, two;
    size_t add, gone;

    open_node(plain);
    one = posted(1);
    two = posted(2);
    heard(&add, &gone);
    CHECK(add == 2 && !gone, "both are looked for, however old their author says they are");
    CHECK(sure(one) == 80, "%d and not 80", sure(one));
    d.now += 30 * LF_DAY;
    seen(two, d.now);
    turn(30 * LF_DAY);
    heard(&add, &gone);
    CHECK(gone == 1 && !add, "an address has sixty days: %zu gone", gone);
    CHECK(lf_view_is(state_of(one), "over") && lf_view_is(state_of(two), "watched"),
          "the one that was not seen");
    CHECK(sure(two) == 63, "%d and not 63: 85 at half its life", sure(two));
    turn(30 * LF_DAY);
    heard(&add, &gone);
    CHECK(gone == 1 && lf_view_is(state_of(two), "over"), "then the other");
    close_node();
}

int main(void)
{
    RUN(age_is_reckoned_from_when_it_came_and_not_by_its_authors_clock);
    RUN(what_has_faded_is_no_longer_blocked_or_looked_for);
    RUN(a_sighting_makes_it_young_again);
    RUN(a_sighting_of_the_future_keeps_nothing_young);
    RUN(judged_wrong_it_is_not_blocked_and_still_looked_for);
    RUN(below_the_policys_least_there_is_no_block);
    RUN(what_accounts_gave_fades_too_and_what_was_seen_stays);
    DONE();
}
