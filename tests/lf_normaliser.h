/* The delivered pipelines and a normaliser with no memory of earlier lines, for tests that need an
 * event. */
#ifndef LF_TEST_NORMALISER_H
#define LF_TEST_NORMALISER_H

#include "engine/normalise.h"

static struct lf_pipelines *test_pipelines;

/* Destroy it after use; the pipelines live as long as the test. */
static inline struct lf_normaliser *test_normaliser(void)
{
    struct lf_err e = { 0 };

    if (!test_pipelines && lf_pipelines_build(NULL, 0, &test_pipelines, &e) != LF_OK)
        LF_BUG("the delivered pipelines: %s", e.text);
    return lf_normaliser_create(test_pipelines);
}

static inline void test_normalise(struct lf_arena *a, const struct lf_record *r, struct lf_event *out)
{
    struct lf_normaliser *n = test_normaliser();

    lf_normalise(n, a, r, out);
    lf_normaliser_destroy(n);
}

static inline void test_normalise_json(struct lf_arena *a, const struct lf_json *doc,
                                       const struct lf_record *r, struct lf_event *out)
{
    struct lf_normaliser *n = test_normaliser();

    lf_normalise_json(n, a, doc, r, out);
    lf_normaliser_destroy(n);
}

#endif
