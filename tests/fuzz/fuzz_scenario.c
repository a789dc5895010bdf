/* A scenario from anywhere: taken whole, with injects in order, each with words, addressees and, where
 * something is expected, time and points; or refused with a sentence. */
#include "cert/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_scenario s;

    if (lf_scenario_read(&a, (lf_view){ (const char *)data, size }, &s, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(s.ninjects && s.ninjects <= LF_SCENARIO_INJECTS && s.ngroups <= LF_SCENARIO_GROUPS);
        for (size_t i = 0; i < s.ninjects; i++) {
            const struct lf_scenario_inject *x = &s.injects[i];

            LF_ASSERT(!i || x->at >= s.injects[i - 1].at);
            LF_ASSERT(x->zh.len && x->en.len && x->tell_zh.len && x->tell_en.len && x->nto);
            LF_ASSERT((x->expect != LF_EXPECT_NOTHING) == (x->points > 0) &&
                      (x->within > 0) == (x->points > 0));
            LF_ASSERT((x->expect == LF_EXPECT_TASK) == (x->task.len > 0));
        }
    }
    lf_arena_clear(&a);
    return 0;
}
