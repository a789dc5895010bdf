#include "sys/sim.h"

#include <stdlib.h>

struct due {
    lf_time at;
    uint64_t order; /* of asking, for what is due at the same moment */
    lf_sim_fn fn;
    void *ctx, *arg;
};

struct lf_sim {
    lf_time tick, wall;
    uint64_t seed, drawn, asked;
    struct due *heap; /* smallest first */
    size_t n, cap;
};

/* SplitMix64's finaliser (Steele, Lea, Flood 2014) over a counter. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct lf_sim *lf_sim_create(uint64_t seed, lf_time wall)
{
    struct lf_sim *s = calloc(1, sizeof *s);

    if (!s)
        LF_BUG("out of memory for a simulation");
    s->seed = mix(seed);
    s->wall = wall;
    return s;
}

void lf_sim_destroy(struct lf_sim *s)
{
    if (!s)
        return;
    free(s->heap);
    free(s);
}

lf_time lf_sim_tick(const struct lf_sim *s)
{
    return s->tick;
}

uint64_t lf_sim_bits(struct lf_sim *s)
{
    return mix(s->seed + s->drawn++ * 0xd1342543de82ef95u);
}

uint64_t lf_sim_below(struct lf_sim *s, uint64_t n)
{
    LF_ASSERT(n > 0);
    return lf_sim_bits(s) % n; /* the bias is of no account here */
}

bool lf_sim_one_in(struct lf_sim *s, uint64_t n)
{
    return lf_sim_below(s, n) == 0;
}

static bool before(const struct due *a, const struct due *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void swap(struct due *a, struct due *b)
{
    struct due t = *a;

    *a = *b;
    *b = t;
}

void lf_sim_at(struct lf_sim *s, lf_time at, lf_sim_fn fn, void *ctx, void *arg)
{
    size_t i = s->n;

    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 256;
        s->heap = realloc(s->heap, lf_arena_mul(s->cap, sizeof *s->heap));
        if (!s->heap)
            LF_BUG("out of memory for what is due");
    }
    s->heap[s->n++] = (struct due){ at < s->tick ? s->tick : at, s->asked++, fn, ctx, arg };
    for (; i && before(&s->heap[i], &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&s->heap[i], &s->heap[(i - 1) / 2]);
}

bool lf_sim_step(struct lf_sim *s, lf_time until)
{
    struct due next;
    size_t i = 0;

    if (!s->n || s->heap[0].at > until) {
        if (s->tick < until)
            s->tick = until;
        return false;
    }
    next = s->heap[0];
    s->heap[0] = s->heap[--s->n];
    for (;;) {
        size_t least = i;

        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->n; k++)
            if (before(&s->heap[k], &s->heap[least]))
                least = k;
        if (least == i)
            break;
        swap(&s->heap[i], &s->heap[least]);
        i = least;
    }
    s->tick = next.at;
    next.fn(next.ctx, next.arg);
    return true;
}

size_t lf_sim_due(const struct lf_sim *s)
{
    return s->n;
}

static lf_time view_now(void *ctx)
{
    const struct lf_sim_view *v = ctx;

    return v->sim->wall + v->sim->tick + v->skew;
}

static lf_time view_tick(void *ctx)
{
    const struct lf_sim_view *v = ctx;

    return v->sim->tick;
}

static void view_random(void *ctx, void *out, size_t n)
{
    struct lf_sim_view *v = ctx;
    char *p = out;

    while (n) {
        uint64_t bits = mix(v->sim->seed ^ mix(v->stream + v->drawn++));
        size_t k = n < sizeof bits ? n : sizeof bits;

        memcpy(p, &bits, k);
        p += k;
        n -= k;
    }
}

void lf_sim_env(struct lf_sim_view *v, struct lf_log *log, struct lf_env *env)
{
    *env = (struct lf_env){ .now = view_now, .tick = view_tick, .random = view_random, .ctx = v, .log = log };
}
