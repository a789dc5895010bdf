#include "engine/correlation_batch.h"

#include <stdlib.h>

struct lf_batch_one {
    struct lf_sighting s; /* its position: in the order of the calls */
    size_t file;
    uint64_t ordinal;
};

void lf_batch_init(struct lf_batch *b, struct lf_ruleset *rs)
{
    *b = (struct lf_batch){ .rs = rs };
    lf_arena_init(&b->kept, 1 << 20);
}

void lf_batch_clear(struct lf_batch *b)
{
    lf_arena_clear(&b->kept);
    free(b->list);
    *b = (struct lf_batch){ 0 };
}

void lf_batch_keep(struct lf_batch *b, struct lf_arena *a, const struct lf_event *ev,
                   const struct lf_rule *const *hits, size_t n, size_t file, uint64_t ordinal)
{
    struct lf_sighting s;

    if (n == 0 || !lf_sighting_of(b->rs, a, ev, hits, n, &s))
        return;
    if (!lf_record_time(ev->doc, &s.at) && s.at <= 0) {
        b->timeless++;
        return;
    }
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 1024;
        b->list = realloc(b->list, lf_arena_mul(b->cap, sizeof *b->list));
        if (!b->list)
            LF_BUG("no memory for %zu sightings", b->cap);
    }
    s.arrived = s.at;
    s.position = b->n;
    b->list[b->n++] =
        (struct lf_batch_one){ .s = lf_sighting_copy(&b->kept, &s), .file = file, .ordinal = ordinal };
}

static int by_time(const void *x, const void *y)
{
    const struct lf_batch_one *a = x, *b = y;

    if (a->s.at != b->s.at)
        return a->s.at < b->s.at ? -1 : 1;
    return a->s.position < b->s.position ? -1 : 1;
}

void lf_batch_run(struct lf_batch *b,
                  void (*fires)(void *ctx, const struct lf_rule *rule, size_t file, uint64_t ordinal),
                  void *ctx)
{
    const struct lf_correlator_limits limits = { .batch = true };
    struct lf_correlator *c;
    struct lf_arena a = { 0 };

    if (b->n == 0)
        return;
    qsort(b->list, b->n, sizeof *b->list, by_time);
    c = lf_correlator_create(b->rs, &limits, 1);
    for (size_t i = 0; i < b->n; i++) {
        struct lf_firing *fired;
        size_t n = lf_correlator_see(c, &a, &b->list[i].s, &fired);

        for (size_t k = 0; k < n; k++)
            fires(ctx, fired[k].rule, b->list[i].file, b->list[i].ordinal);
        lf_arena_reset(&a);
    }
    lf_correlator_destroy(c);
    lf_arena_clear(&a);
}
