/* Fibers: work that stops in its midst and goes on where it was (sys/fiber.h). */
#include "lf_test.h"

#include <stdlib.h>
#include <string.h>

#include "sys/fiber.h"

enum { PIECES = 1000 };

struct counted {
    struct lf_fiber *f;
    unsigned n, deep;
    bool told, released;
};

static void count(void *ctx)
{
    struct counted *c = ctx;
    char *kept = malloc(100);

    LF_ASSERT(kept);
    memset(kept, 7, 100);
    while (c->n < PIECES) {
        c->n++;
        if (!lf_fiber_rest(c->f)) {
            c->told = true;
            (void)lf_fiber_rest(c->f); /* whoever rests once more all the same comes to an end */
            break;
        }
        LF_ASSERT(kept[99] == 7);
    }
    free(kept);
    c->released = true;
}

static void two_go_on_in_turns_each_where_it_was(void)
{
    struct counted a = { .n = 0 }, b = { .n = 500 };
    unsigned turns = 0;

    a.f = lf_fiber_create(count, &a);
    b.f = lf_fiber_create(count, &b);
    CHECK(a.n == 0, "nothing runs before it is resumed");
    for (bool more = true; more; turns++) {
        bool first = lf_fiber_resume(a.f), second = lf_fiber_resume(b.f);

        CHECK(a.n == (turns < PIECES ? turns + 1 : PIECES), "%u after %u turns", a.n, turns + 1);
        more = !first || !second;
    }
    CHECK(turns == PIECES + 1 && a.released && b.released && b.n == PIECES, "%u turns", turns);
    CHECK(lf_fiber_resume(a.f), "what has ended stays so");
    lf_fiber_destroy(a.f);
    lf_fiber_destroy(b.f);
}

static void what_is_destroyed_in_its_midst_lets_go_of_what_it_has(void)
{
    struct counted never = { .n = 0 }, half = { .n = 0 };

    never.f = lf_fiber_create(count, &never);
    half.f = lf_fiber_create(count, &half);
    CHECK(!lf_fiber_resume(half.f), "it rests");
    lf_fiber_destroy(half.f);
    lf_fiber_destroy(never.f);
    lf_fiber_destroy(NULL);
    CHECK(half.n == 1 && half.told && half.released && !never.n, "%u", half.n);
}

static unsigned down(struct counted *c, unsigned n)
{
    volatile char room[1000];

    room[0] = (char)n;
    room[999] = room[0];
    if (n == 2500)
        (void)lf_fiber_rest(c->f);
    return n ? down(c, n - 1) + (room[999] == (char)n) : 0;
}

static void deep(void *ctx)
{
    struct counted *c = ctx;

    c->deep = down(c, 5000);
}

static void its_stack_holds_what_the_readers_need(void)
{
    struct counted c = { .n = 0 };

    c.f = lf_fiber_create(deep, &c);
    CHECK(!lf_fiber_resume(c.f) && lf_fiber_resume(c.f) && c.deep == 5000, "%u", c.deep);
    lf_fiber_destroy(c.f);
}

int main(void)
{
    RUN(two_go_on_in_turns_each_where_it_was);
    RUN(what_is_destroyed_in_its_midst_lets_go_of_what_it_has);
    RUN(its_stack_holds_what_the_readers_need);
    DONE();
}
