/* STIX objects from strangers: no crash, and an indicator that is read is written
 * to something that reads back alike; whatever is checked, every fault is a sentence. */
#include <stdint.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_check.h"
#include "model/indicator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(void *ctx, const struct lf_stix_fault *f)
{
    (void)ctx;
    if (!f->text.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size }, path, value, again;
    const struct lf_json *tree;
    struct lf_stix s;
    struct lf_indicator i, j;

    if (lf_stix_read(&a, in, &s, NULL) == LF_OK && s.id.len == 0)
        abort();
    if (lf_indicator_read(&a, in, &i, NULL) == LF_OK && i.created_by.len) {
        if (lf_indicator_read(&a, lf_indicator_write(&a, &i), &j, NULL) != LF_OK ||
            !lf_view_eq(i.value, j.value))
            abort();
    }
    if (lf_stix_pattern_read(&a, in, &path, &value, NULL) == LF_OK) {
        if (lf_stix_pattern_read(&a, lf_stix_pattern_write(&a, path, value), &path, &again, NULL) == LF_OK &&
            !lf_view_eq(value, again))
            abort();
    }
    if (lf_json_parse(&a, in, NULL, &tree, NULL) == LF_OK)
        (void)lf_stix_check(&a, tree, tell, NULL);
    lf_arena_clear(&a);
    return 0;
}
