/* Any rules, history and time ("RULES HISTORY TIME", three JSON values in a row) are
 * judged or refused; a judgement is written as JSON that reads back, and is the
 * same when judged again. */
#include "engine/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct lf_arena *a, const struct lf_json *rules, const struct lf_json *history, lf_time at)
{
    struct lf_clock_result r, again;
    const struct lf_json *out;
    struct lf_buf b, c;

    if (lf_clock_judge(a, rules, history, at, &r, NULL) != LF_OK)
        return;
    lf_buf_init(&b, 16 << 20);
    lf_buf_init(&c, 16 << 20);
    lf_clock_write(&r, &b);
    LF_ASSERT(lf_clock_judge(a, rules, history, at, &again, NULL) == LF_OK);
    lf_clock_write(&again, &c);
    if (lf_buf_done(&b, NULL) == LF_OK) {
        LF_ASSERT(lf_view_eq(lf_buf_view(&b), lf_buf_view(&c)));
        LF_ASSERT(lf_json_parse(a, lf_buf_view(&b), NULL, &out, NULL) == LF_OK);
        LF_ASSERT(lf_json_items(lf_json_get(out, LF_V("clocks"))) == lf_clock_rows(&r));
    }
    lf_buf_clear(&b);
    lf_buf_clear(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    const struct lf_json *v[3];
    struct lf_arena a = { 0 };
    lf_time at;
    int n = 0;

    while (n < 3 && lf_json_take(&a, &in, NULL, &v[n], NULL) == LF_OK)
        n++;
    if (n == 3 && lf_clock_time(lf_json_text(v[2]), &at, NULL) == LF_OK)
        judge(&a, v[0], v[1], at);
    lf_arena_clear(&a);
    return 0;
}
