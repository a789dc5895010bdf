/* A report of a peer, then what it was read as: written again it is the same and is good STIX. */
#include "base/crypto.h"
#include "fmt/stix.h"
#include "model/advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(struct lf_arena *a, struct lf_advisory *in)
{
    struct lf_advisory out;
    const lf_view *objects;
    struct lf_err e;
    size_t n;

    if (!in->created_by.len)
        in->created_by = LF_V("identity--4527e5de-8572-446a-a57a-706f15467463");
    if (lf_advisory_write(a, in, LF_V("key"), &n, &objects, &e) != LF_OK)
        __builtin_trap();
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *tree;

        if (lf_json_parse(a, objects[i], NULL, &tree, &e) != LF_OK)
            __builtin_trap();
    }
    if (objects[n - 1].len > LF_STIX_OBJECT_BYTES)
        return;
    if (lf_advisory_read(a, objects[n - 1], &out, &e) != LF_OK ||
        !lf_view_eq(lf_advisory_write_form(a, &in->form), lf_advisory_write_form(a, &out.form)))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view text = { (const char *)data, size };
    struct lf_arena a = { 0 };
    struct lf_advisory in;
    struct lf_err e;

    lf_crypto_init();
    if (lf_advisory_read(&a, text, &in, &e) == LF_OK && in.modified >= in.created)
        write_again(&a, &in);
    lf_arena_clear(&a);
    return 0;
}
