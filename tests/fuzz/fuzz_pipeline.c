/* A pipeline file of a stranger: loaded or refused with a reason, and an event goes
 * through what was loaded. */
#include "engine/pipeline.h"
#include "fmt/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] = "{\"Channel\":\"Security\",\"EventID\":4688,\"a\":{\"b\":[1,\"0x2\"]},"
                               "\"event\":{\"category\":\"process\"},\"message\":\"m\"}";
    struct lf_pipeline_file file = { LF_V("fuzz.yml"), { (const char *)data, size } };
    struct lf_pipelines *ps = NULL;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_event ev = { 0 };

    if (lf_pipelines_build(&file, 1, &ps, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
        return 0;
    }
    LF_ASSERT(lf_json_parse(&a, lf_view_of(text), NULL, &ev.doc, NULL) == LF_OK);
    lf_pipelines_choose(ps, &a, &ev, LF_V("json"), LF_V("fuzz"));
    (void)lf_event_field(&ev, &a, LF_V("CommandLine"));
    (void)lf_event_field(&ev, &a, LF_V("a.b"));
    lf_pipelines_drop(ps);
    lf_arena_clear(&a);
    return 0;
}
