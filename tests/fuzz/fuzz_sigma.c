/* Rules, filters and correlations from anywhere: each loaded or refused with a reason,
 * none in the way of a good one beside them, and what is loaded can be matched against any
 * event.  The same bytes are also taken for values of placeholders. */
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
        "{\"time\":\"2026-11-21T18:05:00Z\",\"a\":{\"b\":[{\"c\":1.5},{\"c\":\"\\u0000\"}]},\"a b\":\"\"}",
        "[]",
    };
    static const lf_view good = LF_VIEW("title: good\nid: 3c9f4d6e-7a15-4b83-9e2d-5f0c81a6b7d2\nname: good\n"
                                        "logsource: {category: c}\ndetection: {s: {a: x}, condition: s}\n");
    struct lf_rule_file f[] = { { LF_V("good.yml"), good }, { LF_V("f.yml"), { (const char *)data, size } } };
    struct lf_placeholders values = { 0 };
    struct lf_arena a = { 0 };
    struct lf_ruleset *rs;
    struct lf_err e;

    if (size > 4096)
        return 0;
    (void)!lf_placeholders_read_list(&values, LF_V("l"), LF_V("list"), f[1].text, &e);
    (void)!lf_placeholders_read_map(&values, LF_V("m"), f[1].text, &e);
    if (lf_placeholders_read_map(&values, LF_V("v"), LF_V("x: [a, 'b*', '\\']\nnet: [10.0.0.0/8]\n"), &e) !=
        LF_OK)
        __builtin_trap();
    if (lf_ruleset_build_with(f, 2, &values, &rs, &e) != LF_OK)
        LF_BUG("a rule from outside stops all: %s", e.text);
    lf_placeholders_clear(&values);
    if (lf_ruleset_rule(rs, 0)->refused.ptr)
        __builtin_trap();
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
