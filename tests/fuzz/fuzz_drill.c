/* What goes between nodes of an exercise: whatever is read is within its limits and, written again, is read
 * as the same and signed. */
#include <stdlib.h>

#include "model/drill.h"
#include "model/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[LF_SIGN_SEED] = { 1 };
static uint8_t pub[LF_SIGN_PUBLIC], secret[LF_SIGN_SECRET];

static void records(struct lf_arena *a, lf_view in)
{
    struct lf_drill d, back;
    struct lf_err e;
    lf_view json;

    if (lf_drill_read(a, in, &d, &e) != LF_OK)
        return;
    if (!d.npath || d.npath > LF_DRILL_PATH || d.speed < 1)
        abort();
    if (lf_drill_write(a, &d, secret, &json, &e) != LF_OK)
        return;
    if (lf_drill_read(a, json, &back, &e) != LF_OK || !lf_question_signed(a, back.head.tree, pub) ||
        !lf_view_eq(back.name, d.name) || back.npath != d.npath || back.speed != d.speed)
        abort();
}

static void injects(struct lf_arena *a, lf_view in)
{
    struct lf_drill_inject d, back;
    struct lf_err e;
    lf_view json;

    if (lf_drill_inject_read(a, in, &d, &e) != LF_OK ||
        lf_drill_inject_write(a, &d, secret, &json, &e) != LF_OK)
        return;
    if (lf_drill_inject_read(a, json, &back, &e) != LF_OK || !lf_view_eq(back.tell_zh, d.tell_zh) ||
        back.points != d.points)
        abort();
}

static void answers(struct lf_arena *a, lf_view in)
{
    struct lf_drill_answer d, back;
    struct lf_err e;
    lf_view json;

    if (lf_drill_answer_read(a, in, &d, &e) != LF_OK)
        return;
    if (d.ndone > LF_DRILL_DONE)
        abort();
    if (lf_drill_answer_write(a, &d, secret, &json, &e) != LF_OK)
        return;
    if (lf_drill_answer_read(a, json, &back, &e) != LF_OK || back.ndone != d.ndone ||
        !lf_view_eq(back.report, d.report))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size };

    lf_sign_keys(seed, pub, secret);
    records(&a, in);
    injects(&a, in);
    answers(&a, in);
    lf_arena_clear(&a);
    return 0;
}
