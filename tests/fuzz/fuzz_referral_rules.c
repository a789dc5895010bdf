/* A rule set of referrals from anywhere: taken whole, each rule with its words, its kinds and something it
 * asks, or refused with a sentence. */
#include "cert/referral_duty.h"
#include "fmt/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lf_referral_rule *r;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    size_t n;

    if (lf_referral_rules_read(&a, (lf_view){ (const char *)data, size }, &n, &r, &e) != LF_OK) {
        LF_ASSERT(e.text[0]);
    } else {
        LF_ASSERT(n <= LF_REFERRAL_RULES);
        for (size_t i = 0; i < n; i++) {
            LF_ASSERT(r[i].zh.len && r[i].en.len && r[i].kinds && r[i].kinds < 1u << LF_REFERRAL_KINDS);
            LF_ASSERT((r[i].levels || r[i].nwhen) && !(r[i].levels & ~30u));
            LF_ASSERT(r[i].due >= 0 && r[i].due <= 30 * LF_DAY && r[i].nwhen <= LF_REFERRAL_RULE_WHEN);
            for (size_t k = 0; k < r[i].nwhen; k++) {
                LF_ASSERT(lf_referral_rule_holds(&r[i], k, lf_json_new_string(&a, r[i].when[k].is[0])));
                LF_ASSERT(!lf_referral_rule_holds(&r[i], k, NULL));
            }
        }
    }
    lf_arena_clear(&a);
    return 0;
}
