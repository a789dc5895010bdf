/* A document of recovery procedures from anywhere: taken whole, each with an order in which nothing stands
 * before what it needs, or refused with a sentence. */
#include "cert/recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void in_order(const struct lf_recovery *list, size_t n, lf_view id)
{
    size_t order[LF_RECOVERIES + 1], out;
    struct lf_err e = { 0 };

    if (lf_recovery_order(list, n, id, &out, order, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return;
    }
    LF_ASSERT(out && out <= n && lf_view_eq(list[order[out - 1]].id, id));
    for (size_t i = 0; i < out; i++)
        for (size_t k = 0; k < list[order[i]].nneeds; k++) {
            size_t at = 0;

            while (at < i && !lf_view_eq(list[order[at]].id, list[order[i]].needs[k]))
                at++;
            LF_ASSERT(at < i);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lf_recovery *list;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    size_t n;

    if (lf_recovery_read(&a, (lf_view){ (const char *)data, size }, &n, &list, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(n && n <= LF_RECOVERIES);
        for (size_t i = 0; i < n; i++) {
            LF_ASSERT(list[i].nsteps && list[i].nsteps <= LF_PLAYBOOK_STEPS && list[i].rto > 0 &&
                      list[i].every >= LF_DAY);
            in_order(list, n, list[i].id);
        }
    }
    lf_arena_clear(&a);
    return 0;
}
