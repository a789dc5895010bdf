/* The seeds that fuzzing of records begins with: one a delivered pipeline, named by it. */
#include <stdio.h>
#include <stdlib.h>

#include "lf_normaliser.h"
#include "lf_test.h"

static lf_view read_seed(struct lf_arena *a, const char *dir, const char *name)
{
    char *text = lf_arena_alloc(a, 1 << 16, 1);
    char path[1024 + 256 + 2];
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "rb");
    if (!f)
        return (lf_view){ "", 0 };
    n = fread(text, 1, 1 << 16, f);
    fclose(f);
    return (lf_view){ text, n };
}

/* The pipeline's own name, before its switches. */
static lf_view own_name(lf_view name)
{
    return lf_view_first(name, lf_view_find_byte(name, '/'));
}

static void every_pipeline_has_a_seed_that_reaches_it(void)
{
    const char *root = getenv("LF_ROOT");
    const struct lf_pipelines *ps;
    struct lf_normaliser *n;
    struct lf_arena a = { 0 };
    char dir[1024], name[256];
    lf_view last = { "", 0 };

    if (!root)
        SKIP("LF_ROOT does not name the tree");
    n = test_normaliser();
    ps = lf_normaliser_pipelines(n);
    snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/normalise", root);
    for (size_t i = 0; i < lf_pipelines_count(ps); i++) {
        lf_view own = own_name(lf_pipelines_at(ps, i)->name), seed;
        struct lf_record r = { .sender = LF_V("s"), .recorded = 1795237200 * LF_SECOND };
        struct lf_event ev;

        if (lf_view_eq(own, last))
            continue;
        last = own;
        snprintf(name, sizeof name, "pipeline-%.*s", LF_FMT(own));
        seed = read_seed(&a, dir, name);
        CHECK(seed.len > 1, "%s/%s is missing", dir, name);
        if (seed.len < 2)
            continue;
        r.format = (enum lf_format)((unsigned char)seed.ptr[0] % LF_FORMATS);
        r.bytes = lf_view_from(seed, 1);
        lf_normalise(n, &a, &r, &ev);
        /* Of a shipper's record the line inside decides in the end. */
        CHECK(ev.pipeline &&
                  (lf_pipelines_at(ps, i)->carries_line || lf_view_eq(own_name(ev.pipeline->name), own)),
              "%s comes to %.*s", name, LF_FMT(ev.pipeline ? ev.pipeline->name : LF_V("none")));
    }
    lf_normaliser_destroy(n);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(every_pipeline_has_a_seed_that_reaches_it);
    DONE();
}
