/* An expression, a line end, a text: whatever they are, it ends within its steps. */
#include <stdlib.h>

#include "engine/pcre.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size }, expression, text;
    size_t end = lf_view_find_byte(in, '\n');
    const struct lf_pcre *b;

    expression = lf_view_first(in, end);
    text = end == SIZE_MAX ? (lf_view){ "", 0 } : lf_view_from(in, end + 1);
    for (int octets = 0; octets < 2; octets++) {
        int64_t steps = 100000;
        struct lf_err e = { 0 };

        if (!octets && (!lf_view_is_utf8(expression) || !lf_view_is_utf8(text)))
            continue;
        if (lf_pcre_create(&a, expression, octets != 0, &b, &e) != LF_OK) {
            if (!e.text[0])
                abort();
        } else if (lf_pcre_holds(b, text, &steps) && steps < 0) {
            abort(); /* given up is no answer */
        }
    }
    lf_arena_clear(&a);
    return 0;
}
