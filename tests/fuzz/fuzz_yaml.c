/* Whatever is taken is a tree that JSON can carry, within the limits. */
#include <stdlib.h>

#include "fmt/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    struct lf_yaml_limits limits = { .bytes = 1 << 16, .nodes = 5000 };
    struct lf_json_limits deep = { .depth = 64, .unique = true };
    const struct lf_json *v, *again;
    struct lf_buf text;
    struct lf_err e;

    lf_buf_init(&text, 1 << 28);
    if (lf_yaml_parse_all(&a, (lf_view){ (const char *)data, size }, &limits, &v, &e) == LF_OK) {
        lf_json_write(&text, v);
        deep.bytes = text.len + 1;
        if (lf_json_parse(&a, lf_buf_view(&text), &deep, &again, &e) != LF_OK)
            abort();
    }
    lf_buf_clear(&text);
    lf_arena_clear(&a);
    return 0;
}
