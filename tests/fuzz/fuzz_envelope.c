/* Any bytes: no envelope, or events that are objects of JSON, stand in the document one behind another, and
 * with what is left make the same document. */
#include "engine/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lf_pipelines *pipelines;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data, size };
    const struct lf_json *doc;
    struct lf_envelope env;
    struct lf_arena a = { 0 };
    struct lf_err e;
    const char *at = in.ptr;

    if (!pipelines && lf_pipelines_build(NULL, 0, &pipelines, &e) != LF_OK)
        __builtin_trap();
    if (lf_envelope_open(pipelines, &a, in, &env)) {
        LF_ASSERT(env.n > 0 && env.n <= LF_ENVELOPE_EVENTS);
        for (size_t i = 0; i < env.n; i++) {
            LF_ASSERT(env.events[i].ptr > at && env.events[i].ptr + env.events[i].len < in.ptr + in.len);
            LF_ASSERT(lf_json_parse(&a, env.events[i], NULL, &doc, &e) == LF_OK);
            LF_ASSERT(lf_json_kind(doc) == LF_JSON_OBJECT);
            at = env.events[i].ptr + env.events[i].len;
        }
        if (env.rest.len > 0)
            LF_ASSERT(lf_json_parse(&a, env.rest, NULL, &doc, &e) == LF_OK);
    }
    lf_arena_clear(&a);
    return 0;
}
