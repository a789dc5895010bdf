/* Rule sets of referral duties as they are written. */
#include "cert/document_priv.h"
#include "cert/referral_duty.h"

enum { ID = 40, WORDS = 300, LONGEST_DAYS = 30 };

static enum lf_code kinds_of(const struct lf_json *v, struct lf_referral_rule *r, struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(v, LF_V("kinds"));
    enum lf_referral_kind k;

    for (size_t i = 0; i < lf_json_items(list) && i < LF_REFERRAL_KINDS; i++) {
        if (!lf_referral_kind_parse(lf_view_some(lf_json_text(lf_json_item(list, i))), &k)) {
            r->kinds = 0;
            break;
        }
        r->kinds |= 1u << k;
    }
    if (lf_json_kind(list) == LF_JSON_ARRAY && r->kinds && lf_json_items(list) <= LF_REFERRAL_KINDS)
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT,
                      "referral rules: kinds of %.*s is a list of prosecutor, police, disaster, operator, "
                      "partner or support",
                      LF_FMT(r->id));
}

static enum lf_code levels_of(const struct lf_json *v, struct lf_referral_rule *r, struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(v, LF_V("levels"));
    size_t n = lf_json_items(list);
    bool good = !list || (lf_json_kind(list) == LF_JSON_ARRAY && n && n <= 4);

    for (size_t i = 0; good && i < n; i++) {
        uint64_t level = 0;

        good = lf_json_kind(lf_json_item(list, i)) == LF_JSON_NUMBER &&
               lf_view_u64(lf_json_text(lf_json_item(list, i)), &level) && level >= 1 && level <= 4;
        r->levels |= good ? 1u << level : 0;
    }
    return good ? LF_OK
                : lf_err_set(e, LF_BAD_INPUT, "referral rules: levels of %.*s is a list of 1 to 4",
                             LF_FMT(r->id));
}

static enum lf_code when_of(struct lf_arena *a, const struct lf_json *v, struct lf_referral_rule *r,
                            struct lf_err *e)
{
    static const char *const names[] = { "field", "is" };
    const struct lf_json *list = lf_json_get(v, LF_V("when"));
    size_t n = lf_json_items(list);

    if (list && (lf_json_kind(list) != LF_JSON_ARRAY || !n || n > LF_REFERRAL_RULE_WHEN))
        return lf_err_set(e, LF_BAD_INPUT, "referral rules: \"when\" of %.*s has 1 to %d", LF_FMT(r->id),
                          LF_REFERRAL_RULE_WHEN);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *x = lf_json_item(list, i), *is = lf_json_get(x, LF_V("is"));
        lf_view *values;

        LF_TRY(document_only("referral rules", x, r->id, names, sizeof names / sizeof *names, e));
        r->when[i].field = lf_view_some(lf_json_str(x, "field"));
        r->when[i].n = lf_json_items(is);
        r->when[i].is = values = LF_NEW(a, lf_view, r->when[i].n + 1);
        if (!document_is_id(r->when[i].field, ID) || lf_json_kind(is) != LF_JSON_ARRAY || !r->when[i].n ||
            r->when[i].n > LF_REFERRAL_RULE_VALUES)
            return lf_err_set(e, LF_BAD_INPUT,
                              "referral rules: each \"when\" of %.*s has \"field\", a field of the form, and "
                              "\"is\", a list of 1 to %d of its values",
                              LF_FMT(r->id), LF_REFERRAL_RULE_VALUES);
        for (size_t k = 0; k < r->when[i].n; k++) {
            values[k] = lf_view_some(lf_json_text(lf_json_item(is, k)));
            if (!document_is_line(values[k], WORDS))
                return lf_err_set(e, LF_BAD_INPUT, "referral rules: a value in %.*s is no text",
                                  LF_FMT(r->id));
        }
    }
    r->nwhen = n;
    return LF_OK;
}

static enum lf_code rule_of(struct lf_arena *a, const struct lf_json *v, size_t at,
                            struct lf_referral_rule *r, struct lf_err *e)
{
    static const char *const names[] = { "id", "kinds", "due", "zh", "en", "levels", "when" };
    const struct lf_json *due = lf_json_get(v, LF_V("due"));
    lf_view where = lf_arena_printf(a, "rule %zu", at + 1);

    LF_TRY(document_only("referral rules", v, where, names, sizeof names / sizeof *names, e));
    r->id = lf_view_some(lf_json_str(v, "id"));
    r->zh = lf_view_some(lf_json_str(v, "zh"));
    r->en = lf_view_some(lf_json_str(v, "en"));
    if (!document_is_id(r->id, ID))
        return lf_err_set(e, LF_BAD_INPUT, "referral rules: the id of %.*s is 1 to %d of a-z 0-9 - _",
                          LF_FMT(where), ID);
    if (!document_is_line(r->zh, WORDS) || !document_is_line(r->en, WORDS))
        return lf_err_set(e, LF_BAD_INPUT,
                          "referral rules: %.*s has \"zh\" and \"en\", each a line of at most %d bytes",
                          LF_FMT(r->id), WORDS);
    if (due && (lf_json_kind(due) != LF_JSON_STRING ||
                !document_span(lf_json_text(due), LF_MINUTE, LONGEST_DAYS * LF_DAY, &r->due)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "referral rules: \"due\" of %.*s is \"30m\", \"4h\" or \"1d\", at most %d days",
                          LF_FMT(r->id), LONGEST_DAYS);
    LF_TRY(kinds_of(v, r, e));
    LF_TRY(levels_of(v, r, e));
    LF_TRY(when_of(a, v, r, e));
    if (!r->levels && !r->nwhen)
        return lf_err_set(e, LF_BAD_INPUT, "referral rules: %.*s has \"levels\" or \"when\"", LF_FMT(r->id));
    return LF_OK;
}

enum lf_code lf_referral_rules_read(struct lf_arena *a, lf_view json, size_t *n,
                                    const struct lf_referral_rule **out, struct lf_err *e)
{
    static const char *const names[] = { "format", "id", "note", "rules" };
    static const struct lf_json_limits limits = { .bytes = LF_REFERRAL_RULES_BYTES,
                                                  .depth = 8,
                                                  .unique = true };
    const struct lf_json *v, *list;
    struct lf_referral_rule *rules;
    size_t count;

    if (json.len > LF_REFERRAL_RULES_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "referral rules: a set has at most %d bytes",
                          LF_REFERRAL_RULES_BYTES);
    LF_TRY(lf_json_parse(a, json, &limits, &v, e));
    LF_TRY(document_only("referral rules", v, LF_V("the set"), names, sizeof names / sizeof *names, e));
    if (!lf_view_is(lf_view_some(lf_json_str(v, "format")), "lianfang-referral-rules/1"))
        return lf_err_set(e, LF_BAD_INPUT, "referral rules: the format is lianfang-referral-rules/1");
    list = lf_json_get(v, LF_V("rules"));
    count = lf_json_items(list);
    if (lf_json_kind(list) != LF_JSON_ARRAY || count > LF_REFERRAL_RULES)
        return lf_err_set(e, LF_BAD_INPUT, "referral rules: \"rules\" is a list of at most %d",
                          LF_REFERRAL_RULES);
    rules = LF_NEW(a, struct lf_referral_rule, count + 1);
    for (size_t i = 0; i < count; i++) {
        LF_TRY(rule_of(a, lf_json_item(list, i), i, &rules[i], e));
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq(rules[k].id, rules[i].id))
                return lf_err_set(e, LF_BAD_INPUT, "referral rules: rule %zu has the id of rule %zu", i + 1,
                                  k + 1);
    }
    *n = count;
    *out = rules;
    return LF_OK;
}

static bool among(const struct lf_referral_rule *r, size_t when, lf_view v)
{
    for (size_t i = 0; i < r->when[when].n; i++)
        if (lf_view_eq(r->when[when].is[i], v))
            return true;
    return false;
}

bool lf_referral_rule_holds(const struct lf_referral_rule *r, size_t when, const struct lf_json *answer)
{
    if (lf_json_kind(answer) != LF_JSON_ARRAY)
        return among(r, when, lf_view_some(lf_json_text(answer)));
    for (size_t i = 0; i < lf_json_items(answer); i++)
        if (among(r, when, lf_view_some(lf_json_text(lf_json_item(answer, i)))))
            return true;
    return false;
}
