/* A rule from anywhere: loaded or refused with a reason, and what is loaded can be
 * matched against any event. */
#include "base/crypto.h"
#include "engine/sigma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const events[] = {
        "{\"a\":\"x\",\"b\":[1,\"y\",null,{\"c\":true}],\"CommandLine\":\"cmd /c \\u2013x "
        "C:\\\\*\",\"ip\":\"10.0.0.1\"}",
        "{\"Event\":{\"System\":{\"EventID\":{\"#text\":1}},\"EventData\":{\"Data\":[\"x\",{\"#attributes\":"
        "{\"Name\":\"N\"},\"#text\":\"t\"}]}}}",
        "[]",
    };
    struct lf_rule_file f = { LF_V("f.yml"), { (const char *)data, size } };
    struct lf_arena a = { 0 };
    struct lf_ruleset *rs;
    struct lf_err e;

    if (size > 4096)
        return 0;
    if (lf_ruleset_build(&f, 1, &rs, &e) != LF_OK)
        return 0;
    for (size_t i = 0; i < lf_ruleset_count(rs); i++)
        if (lf_ruleset_rule(rs, i)->refused.ptr && lf_ruleset_rule(rs, i)->refused.len == 0)
            __builtin_trap();
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct lf_event ev = { 0 };
        const struct lf_rule *const *hits;

        if (lf_json_parse(&a, lf_view_of(events[i]), NULL, &ev.doc, &e) != LF_OK)
            __builtin_trap();
        (void)lf_ruleset_match(rs, &a, &ev, false, &hits);
    }
    lf_ruleset_drop(rs);
    lf_arena_clear(&a);
    return 0;
}
