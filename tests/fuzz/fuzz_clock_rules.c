/* Any file of rule sets is taken or refused with a sentence; what was taken is written, read back the same,
 * and judges a history without complaint about the rules. */
#include "cert/clock_rules.h"
#include "engine/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char history[] =
    "[{\"time\":\"2026-03-02T01:00:00Z\",\"kind\":\"aware\",\"by\":\"reporter\",\"tier\":\"provider\"},"
    "{\"time\":\"2026-03-02T01:30:00Z\",\"kind\":\"reported\",\"by\":\"reporter\",\"tier\":\"provider\","
    "\"level\":3}]";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_text_file f = { LF_V("own.json"), { (const char *)data, size } };
    const struct lf_json *rules, *acts;
    struct lf_clock_result r;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    LF_ASSERT(lf_json_parse(&a, lf_view_of(history), NULL, &acts, NULL) == LF_OK);
    if (lf_clock_rules_read(&a, f.text, &rules, &e) != LF_OK)
        LF_ASSERT(e.text[0]);
    else
        LF_ASSERT(lf_clock_rules_check(rules, NULL) == LF_OK);
    if (lf_clock_rules_gather(&a, &f, 1, LF_V("TW"), &rules, &e) == LF_OK) {
        enum lf_code rc;

        LF_ASSERT(lf_clock_rules_check(rules, NULL) == LF_OK && lf_json_items(rules) >= 1);
        rc = lf_clock_judge(&a, rules, acts, 1772413200000000, &r, NULL);
        LF_ASSERT(rc == LF_OK || rc == LF_NOT_FOUND);
    }
    lf_arena_clear(&a);
    return 0;
}
