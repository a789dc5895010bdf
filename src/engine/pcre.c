#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/pcre.h"

#include <pcre2.h>

struct lf_pcre {
    pcre2_code *code; /* in the arena, as all that compiling asked for */
};

static void *take(size_t n, void *arena)
{
    return lf_arena_alloc(arena, n, 16);
}

static void leave(void *p, void *arena)
{
    (void)p, (void)arena; /* the arena goes as a whole */
}

enum lf_code lf_pcre_create(struct lf_arena *a, lf_view expression, bool octets, const struct lf_pcre **out,
                            struct lf_err *e)
{
    /* What the expression may not switch on by itself: a text of bytes is never looked at as UTF-8,
     * and \C would cut characters. */
    const uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT |
                             (octets ? PCRE2_NEVER_UTF : PCRE2_UTF);
    pcre2_general_context *general = pcre2_general_context_create(take, leave, a);
    pcre2_compile_context *compile = pcre2_compile_context_create(general);
    struct lf_pcre *p = LF_NEW(a, struct lf_pcre, 1);
    PCRE2_SIZE at;
    int why;

    p->code = pcre2_compile((PCRE2_SPTR)(expression.len ? expression.ptr : ""), expression.len, options, &why,
                            &at, compile);
    if (!p->code) {
        PCRE2_UCHAR text[160];

        if (pcre2_get_error_message(why, text, sizeof text) < 0)
            text[0] = '\0';
        return lf_err_set(e, LF_UNACCEPTED, "expression: octet %zu: %s", (size_t)at + 1, (const char *)text);
    }
    *out = p;
    return LF_OK;
}

/* Before each item of the expression: libpcre2's own limit begins anew at each place of the text, so
 * the steps are counted here. */
static int step(pcre2_callout_block *block, void *left)
{
    int64_t *steps = left;

    (void)block;
    return --*steps < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

bool lf_pcre_holds(const struct lf_pcre *p, lf_view text, int64_t *steps)
{
    pcre2_match_context *match = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int rc;

    if (!match || !data)
        LF_BUG("out of memory for a search");
    pcre2_set_heap_limit(match, LF_PCRE_HEAP);
    pcre2_set_callout(match, step, steps);
    rc = pcre2_match(p->code, (PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, 0, 0, data, match);
    pcre2_match_data_free(data);
    pcre2_match_context_free(match);
    /* 0: it matched, and has groups, which nobody asked for. */
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        *steps = -1;
    return rc >= 0;
}
