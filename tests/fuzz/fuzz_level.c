/* Level answers from anywhere: judged to JSON or refused with a sentence. */
#include "engine/level.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lf_json *doc, *back;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_buf b;
    int level = -1;

    lf_buf_init(&b, 16 << 20);
    if (lf_json_parse(&a, (lf_view){ (const char *)data, size }, NULL, &doc, NULL) == LF_OK) {
        if (lf_level_judge(&a, doc, &b, &level, &e) == LF_OK) {
            LF_ASSERT(level >= 0 && level <= 4 && !b.over);
            LF_ASSERT(lf_json_parse(&a, lf_buf_view(&b), NULL, &back, NULL) == LF_OK);
        } else {
            LF_ASSERT(e.text[0]);
        }
    }
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    return 0;
}
