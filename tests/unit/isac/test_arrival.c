/* What one member may hand in is bounded, counted and told, and no other is touched. */
#include "isac/arrival.h"

#include "base/crypto.h"
#include "model/indicator.h"
#include "node.h"

static struct node n;
static struct lf_err e;

static void hand_in(const struct lf_peer *from, int i)
{
    struct lf_indicator in = {
        .id = lf_arena_printf(n.t.a, "indicator--%.*s", LF_FMT(lf_uuid_new(&n.env, n.t.a))),
        .created_by = from->node,
        .created = n.now,
        .modified = n.now,
        .valid_from = n.now,
        .kind = LF_OBS_DOMAIN,
        .value = lf_arena_printf(n.t.a, "d%d.example", i),
    };

    CHECK_OK(lf_arrival_add(&n.t, from, LF_V("indicator"), lf_indicator_write(n.t.a, &in), &e), &e);
}

static size_t kept(void)
{
    const struct lf_arrival *list;
    int64_t after = 0;
    size_t count = 0, m;

    do {
        CHECK_OK(lf_arrival_list(&n.t, after, &m, &list, &e), &e);
        count += m;
        after = m ? list[m - 1].seq : after;
    } while (m == LF_ARRIVAL_LIST);
    return count;
}

static void a_members_reports_of_an_hour_are_bounded_counted_and_told_twice(void)
{
    struct lf_peer loud = { .id = LF_V("00000000-0000-4000-8000-00000000000a"),
                            .kind = LF_PEER_CHILD,
                            .node = LF_V("identity--00000000-0000-4000-8000-00000000000a"),
                            .tier = LF_V("provider"),
                            .name = LF_V("loud") },
                   quiet = loud;
    const struct lf_arrival_over *over;
    int64_t sum;
    size_t m;

    quiet.id = LF_V("00000000-0000-4000-8000-00000000000b");
    quiet.node = LF_V("identity--00000000-0000-4000-8000-00000000000b");
    lf_crypto_init();
    node_open(&n, "sector", "sector", 7);
    for (int i = 0; i < LF_ARRIVAL_HOUR + 40; i++)
        hand_in(&loud, i);
    CHECK(kept() == LF_ARRIVAL_HOUR, "%zu kept", kept());
    CHECK(n.t.effects & LF_FX_ARRIVAL, "nobody is woken to tell");
    hand_in(&quiet, 0);
    CHECK(kept() == LF_ARRIVAL_HOUR + 1, "another member is not touched");
    CHECK_OK(lf_arrival_over(&n.t, &m, &over, &e), &e);
    CHECK(m == 1 && over[0].over == 40 && over[0].most == LF_ARRIVAL_HOUR && !over[0].ended, "%zu", m);
    CHECK_VIEW(over[0].peer, loud.id);
    CHECK_OK(lf_arrival_over_told(&n.t, &over[0], &e), &e);
    hand_in(&loud, 1);
    CHECK_OK(lf_arrival_over(&n.t, &m, &over, &e), &e);
    CHECK(m == 0, "told in this hour already");
    CHECK_OK(lf_arrival_over_sum(&n.t, &sum, &e), &e);
    CHECK(sum == 41, "%lld", (long long)sum);
    n.now += LF_HOUR + LF_MINUTE;
    n.t.effects = 0;
    CHECK_OK(lf_arrival_expire(&n.t, &e), &e);
    CHECK(n.t.effects & LF_FX_ARRIVAL, "nobody is woken to tell how it ended");
    CHECK_OK(lf_arrival_over(&n.t, &m, &over, &e), &e);
    CHECK(m == 1 && over[0].over == 41 && over[0].ended, "what it came to");
    CHECK_OK(lf_arrival_over_told(&n.t, &over[0], &e), &e);
    CHECK_OK(lf_arrival_over(&n.t, &m, &over, &e), &e);
    CHECK(m == 0, "told for good");
    hand_in(&loud, 2);
    CHECK(kept() == LF_ARRIVAL_HOUR + 2, "another hour, another word");
    n.now += 9 * LF_DAY;
    CHECK_OK(lf_arrival_expire(&n.t, &e), &e);
    CHECK_OK(lf_arrival_over_sum(&n.t, &sum, &e), &e);
    CHECK(sum == 0, "counts go as the records do");
    node_close(&n);
}

int main(void)
{
    RUN(a_members_reports_of_an_hour_are_bounded_counted_and_told_twice);
    DONE();
}
