/* What is read and written again is the same tree; canonical text is a fixed
 * point; a value taken from a stream is the value of its piece. */
#include <stdlib.h>

#include "fmt/json.h"

static bool same(const struct lf_json *x, const struct lf_json *y)
{
    if (lf_json_kind(x) != lf_json_kind(y) || lf_json_size(x) != lf_json_size(y) ||
        !lf_view_eq(lf_json_text(x), lf_json_text(y)))
        return false;
    for (size_t i = 0; i < lf_json_size(x); i++) {
        if (lf_json_kind(x) == LF_JSON_ARRAY) {
            if (!same(lf_json_item(x, i), lf_json_item(y, i)))
                return false;
        } else if (!lf_view_eq(lf_json_key(x, i), lf_json_key(y, i)) ||
                   !same(lf_json_member(x, i), lf_json_member(y, i))) {
            return false;
        }
    }
    return true;
}

/* A text that is cut at the end of a line and said to go on is never taken for another
 * value, nor refused, when the whole text holds one. */
static void in_pieces(lf_view in)
{
    const struct lf_json_limits limits = { .halves = true }, on = { .halves = true, .goes_on = true };
    const struct lf_json *whole = NULL, *part;
    struct lf_arena a = { 0 };
    struct lf_err e;
    lf_view rest = in;
    bool good = lf_json_take(&a, &rest, &limits, &whole, &e) == LF_OK;

    for (size_t i = 0, cuts = 0; i < in.len && cuts < 16; i++) {
        lf_view cut = lf_view_first(in, i + 1);
        enum lf_code rc;

        if (in.ptr[i] != '\n')
            continue;
        cuts++;
        rc = lf_json_take(&a, &cut, &on, &part, &e);
        if (rc == LF_OK ? !good || !same(whole, part) : good && rc != LF_NOT_FOUND)
            abort();
    }
    lf_arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size };
    struct lf_json_limits unique = { .unique = true };
    const struct lf_json *v, *again, *first, *u;
    struct lf_buf text, one, two;
    struct lf_err e;

    lf_buf_init(&text, 1 << 26);
    lf_buf_init(&one, 1 << 26);
    lf_buf_init(&two, 1 << 26);
    if (lf_json_parse(&a, in, NULL, &v, &e) == LF_OK) {
        lf_view rest = in;

        lf_json_write(&text, v);
        if (lf_json_parse(&a, lf_buf_view(&text), NULL, &again, &e) != LF_OK || !same(v, again))
            abort();
        if (lf_json_take(&a, &rest, NULL, &first, &e) != LF_OK || !same(v, first))
            abort();
        bool is_unique = lf_json_parse(&a, in, &unique, &u, &e) == LF_OK;
        if (lf_json_canon(&one, v, &e) == LF_OK) {
            if (!is_unique)
                abort();
            if (lf_json_parse(&a, lf_buf_view(&one), NULL, &again, &e) != LF_OK ||
                lf_json_canon(&two, again, &e) != LF_OK || !lf_view_eq(lf_buf_view(&one), lf_buf_view(&two)))
                abort();
        }
    } else {
        while (lf_json_take(&a, &in, NULL, &v, &e) == LF_OK)
            ;
    }
    in_pieces((lf_view){ (const char *)data, size });
    /* Any bytes can be quoted, and then are JSON. */
    lf_buf_reset(&text);
    lf_json_quote(&text, (lf_view){ (const char *)data, size });
    if (lf_json_parse(&a, lf_buf_view(&text), NULL, &v, &e) != LF_OK)
        abort();
    lf_buf_clear(&text);
    lf_buf_clear(&one);
    lf_buf_clear(&two);
    lf_arena_clear(&a);
    return 0;
}
