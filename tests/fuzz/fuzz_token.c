/* Words of records and of queries: whatever stands whole in a record is not denied, and a
 * record is the same in a long text as alone, and on every machine.  The first two bytes say which part is
 * asked for. */
#include <stdlib.h>

#include "base/err.h"
#include "store/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has(const struct lf_token_set *s, uint32_t h)
{
    for (size_t i = 0; i < s->size; i++)
        if (s->slot[i] == h)
            return true;
    return false;
}

static bool take(struct lf_token_set *s, unsigned narrow, const char *p, size_t n, struct lf_buf *scratch)
{
    char *copy = calloc(1, n + LF_TOKEN_PAD);
    struct lf_token_bag b = { .narrow = narrow };
    bool ok;

    LF_ASSERT(copy);
    if (n)
        memcpy(copy, p, n);
    ok = lf_token_record(&b, (lf_view){ copy, n }, scratch);
    lf_token_set_put(s, b.hash, b.n);
    lf_token_bag_clear(&b);
    free(copy);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data + 2;
    struct lf_token_set alone = { 0 }, behind = { 0 }, narrow;
    struct lf_buf scratch;
    uint32_t asked[256];
    size_t n, from, len, nalone = 0, nnarrow = 0;
    const uint32_t *sorted;

    if (size < 2 || size > 6000)
        return 0;
    n = size - 2;
    from = n ? data[0] * n / 256 : 0;
    len = (n - from) * data[1] / 255;
    lf_buf_init(&scratch, 1 << 20);
    if (take(&alone, 0, p, n, &scratch)) {
        char *text = malloc(8192 + n);

        if (lf_token_whole((lf_view){ p, n }, from, len)) {
            size_t count = lf_token_query((lf_view){ p + from, len }, asked, 256);

            for (size_t i = 0; i < count; i++)
                LF_ASSERT(has(&alone, asked[i]));
        }
        LF_ASSERT(text);
        for (size_t i = 0; i < 2 * 4096u - 100u; i++)
            text[i] = i % 2 ? ' ' : '1';
        text[8090] = '"';
        text[8091] = '"';
        if (n)
            memcpy(text + 8092, p, n);
        LF_ASSERT(take(&behind, 0, text, 8092 + n, &scratch));
        for (size_t i = 0; i < alone.size; i++)
            LF_ASSERT(!alone.slot[i] || has(&behind, alone.slot[i]));
        free(text);
        sorted = lf_token_set_sort(&alone, &nalone);
        for (unsigned less = 1; less <= 2; less++) {
            narrow = (struct lf_token_set){ 0 };
            LF_ASSERT(take(&narrow, less, p, n, &scratch) && narrow.n == nalone);
            if (nalone)
                LF_ASSERT(memcmp(sorted, lf_token_set_sort(&narrow, &nnarrow), nalone * sizeof *sorted) == 0);
            lf_token_set_clear(&narrow);
        }
    }
    lf_buf_clear(&scratch);
    lf_token_set_clear(&alone);
    lf_token_set_clear(&behind);
    return 0;
}
