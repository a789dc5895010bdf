#include "sys/sim.h"

#include "lf_test.h"

struct trace {
    struct lf_sim *sim;
    uint64_t sum;
    int left;
    lf_time last;
    bool backwards;
};

static void event(void *ctx, void *arg)
{
    struct trace *t = ctx;
    lf_time now = lf_sim_tick(t->sim);

    (void)arg;
    t->backwards |= now < t->last;
    t->last = now;
    t->sum = t->sum * 31 + (uint64_t)now;
    if (t->left-- > 0)
        for (uint64_t i = 0; i < 1 + lf_sim_below(t->sim, 2); i++)
            lf_sim_at(t->sim, now + (lf_time)lf_sim_below(t->sim, 1000), event, t, NULL);
}

static uint64_t run(uint64_t seed, bool *backwards)
{
    struct trace t = { .sim = lf_sim_create(seed, 0), .left = 5000 };

    lf_sim_at(t.sim, 1, event, &t, NULL);
    while (lf_sim_step(t.sim, LF_DAY))
        ;
    *backwards = t.backwards;
    lf_sim_destroy(t.sim);
    return t.sum;
}

static void the_same_seed_gives_the_same_run_and_time_never_goes_back(void)
{
    bool back;
    uint64_t first = run(7, &back);

    CHECK(!back, "time went back");
    CHECK(run(7, &back) == first, "another run");
    CHECK(run(8, &back) != first, "the seed does nothing");
}

static void order(void *ctx, void *arg)
{
    int *at = ctx;

    CHECK((int)(intptr_t)arg == *at, "%d ran as number %d", (int)(intptr_t)arg, *at);
    (*at)++;
}

static void what_is_due_at_once_runs_in_the_order_it_was_asked_for(void)
{
    struct lf_sim *s = lf_sim_create(1, 0);
    int at = 0;

    for (intptr_t i = 0; i < 100; i++)
        lf_sim_at(s, 50, order, &at, (void *)i);
    while (lf_sim_step(s, 100))
        ;
    CHECK(at == 100 && lf_sim_tick(s) == 100, "%d ran", at);
    lf_sim_destroy(s);
}

static void a_node_draws_the_same_whatever_the_others_draw(void)
{
    struct lf_sim *s = lf_sim_create(3, 0);
    struct lf_sim_view a = { .sim = s, .stream = 1 }, b = { .sim = s, .stream = 1 };
    struct lf_env ea, eb;
    char x[40], y[40];

    lf_sim_env(&a, NULL, &ea);
    lf_sim_env(&b, NULL, &eb);
    lf_random(&ea, x, sizeof x);
    lf_sim_bits(s);
    lf_random(&eb, y, sizeof y);
    CHECK(memcmp(x, y, sizeof x) == 0, "differs");
    b.skew = -5;
    CHECK(lf_now(&ea) - lf_now(&eb) == 5, "skew");
    lf_sim_destroy(s);
}

int main(void)
{
    RUN(the_same_seed_gives_the_same_run_and_time_never_goes_back);
    RUN(what_is_due_at_once_runs_in_the_order_it_was_asked_for);
    RUN(a_node_draws_the_same_whatever_the_others_draw);
    DONE();
}
