/* Whether a rule set says what its format wants, field by field.  A mistyped word in
 * a law's data must not pass as "no such rule": a clock that never starts looks
 * just like one that was kept. */
#include "engine/clock_priv.h"

enum {
    SETS = 100,
    REGIME = 16, /* bytes of a name */
    RULES = 64,
    MONTHS = 12000, /* about a thousand years: what a due time can still be written for */
};
static const int64_t SECONDS = 31622400000;

/* Where we are, for the error: the set, the clock in it when id.ptr, the object that is looked at, and the
 * text that all of it was read from, if known. */
struct at {
    size_t set;
    lf_view clock, text;
    const struct lf_json *near;
    struct lf_err *e;
};

static size_t line_of(const struct at *at, const char *field)
{
    size_t line = lf_json_line(at->text, lf_json_get(at->near, lf_view_of(field)));

    return line ? line : lf_json_line(at->text, at->near);
}

static enum lf_code bad(const struct at *at, const char *field, const char *wants)
{
    size_t line = line_of(at, field);
    char place[32];

    snprintf(place, sizeof place, line ? "line %zu" : "rules[%zu]", line ? line : at->set);
    if (at->clock.ptr)
        return lf_err_set(at->e, LF_BAD_INPUT, "%s: clock %.*s: %s: %s", place,
                          LF_FMT(lf_view_first(at->clock, 64)), field, wants);
    return lf_err_set(at->e, LF_BAD_INPUT, "%s: %s: %s", place, field, wants);
}

static bool is_text(const struct lf_json *v)
{
    return lf_json_kind(v) == LF_JSON_STRING && lf_json_text(v).len > 0;
}

static bool int_in(const struct lf_json *v, int64_t least, int64_t most)
{
    int64_t n;

    return lf_json_kind(v) == LF_JSON_NUMBER && lf_view_i64(lf_json_text(v), &n) && n >= least && n <= most;
}

static bool one_of(lf_view v, const char *const *words)
{
    while (*words && !lf_view_is(v, *words))
        words++;
    return *words != NULL;
}

static bool is_list(const struct lf_json *v, bool (*fits)(const struct lf_json *))
{
    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return false;
    for (size_t i = 0; i < lf_json_items(v); i++)
        if (!fits(lf_json_item(v, i)))
            return false;
    return true;
}

static bool is_level(const struct lf_json *v)
{
    return int_in(v, 1, 4);
}

static bool is_percent(const struct lf_json *v)
{
    return int_in(v, 0, 1000);
}

static bool is_kind(const struct lf_json *v)
{
    return is_text(v) && (lf_clock_kind(lf_json_text(v)) < LF_CLOCK_KINDS ||
                          lf_view_is(lf_json_text(v), "level_effective"));
}

static bool is_condition(const struct lf_json *v)
{
    lf_view rest = lf_json_text(v), word;

    if (!is_text(v))
        return false;
    if (lf_view_is(rest, "makeup_owed") || lf_view_is(rest, "no_obstacle"))
        return true;
    return lf_view_split(&rest, ':', &word) && (lf_view_is(word, "seen") || lf_view_is(word, "unseen")) &&
           lf_clock_kind(rest) < LF_CLOCK_KINDS;
}

static bool is_date(lf_view v)
{
    char whole[32];
    lf_time t;

    if (v.len != 10)
        return false;
    snprintf(whole, sizeof whole, "%.10sT00:00:00Z", v.ptr);
    return lf_time_parse((lf_view){ whole, 20 }, &t, NULL) == LF_OK;
}

static enum lf_code check_dates(const struct at *at, const struct lf_json *o)
{
    static const char *const fields[] = { "valid_from", "valid_to" };
    const struct lf_json *v[2];

    for (int i = 0; i < 2; i++) {
        v[i] = clock_field(o, fields[i]);
        if (v[i] && !(is_text(v[i]) && is_date(lf_json_text(v[i]))))
            return bad(at, fields[i], "a date YYYY-MM-DD, or null");
    }
    if (v[0] && v[1] && lf_view_cmp(lf_json_text(v[0]), lf_json_text(v[1])) >= 0)
        return bad(at, "valid_to", "lies after valid_from");
    return LF_OK;
}

static enum lf_code check_rule(struct at *at, const char *field, const struct lf_json *r)
{
    static const char *const uses[] = { "occurred", "recorded", NULL };
    static const char *const repeats[] = { "once", "idle", "each", "after_stop", NULL };
    bool start = field[0] == 's' && field[2] == 'a', cancel = field[0] == 'c';
    const struct lf_json *v;

    if (lf_json_kind(r) != LF_JSON_OBJECT)
        return bad(at, field, "each rule is an object");
    at->near = r;
    v = clock_field(r, "on");
    if (!lf_json_items(v) || !is_list(v, is_kind))
        return bad(at, field, "on is a list of known kinds of event");
    v = clock_field(r, "use");
    if ((v || !cancel) && (!is_text(v) || !one_of(lf_json_text(v), uses)))
        return bad(at, field, "use is occurred or recorded");
    v = clock_field(r, "repeat");
    if ((v || start) && (!is_text(v) || !one_of(lf_json_text(v), repeats)))
        return bad(at, field, "repeat is once, idle, each or after_stop");
    if ((v = clock_field(r, "until")) && lf_json_kind(v) != LF_JSON_TRUE && lf_json_kind(v) != LF_JSON_FALSE)
        return bad(at, field, "until is true or false");
    if ((v = clock_field(r, "if")) && !is_list(v, is_condition))
        return bad(at, field, "if is a list of makeup_owed, no_obstacle, seen:KIND and unseen:KIND");
    if ((v = clock_field(r, "where"))) {
        if (lf_json_kind(v) != LF_JSON_OBJECT)
            return bad(at, field, "where is an object of lists");
        for (size_t i = 0; i < lf_json_members(v); i++)
            if (!is_list(lf_json_member(v, i), is_text))
                return bad(at, field, "where holds for each field a list of texts");
    }
    return LF_OK;
}

static enum lf_code check_rules(struct at *at, const struct lf_json *clock, const char *field, bool needed)
{
    const struct lf_json *v = clock_field(clock, field);

    if (!v && !needed)
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_ARRAY || lf_json_items(v) > RULES)
        return bad(at, field, "a list of at most 64 rules");
    for (size_t i = 0; i < lf_json_items(v); i++)
        LF_TRY(check_rule(at, field, lf_json_item(v, i)));
    at->near = clock;
    return LF_OK;
}

static enum lf_code check_limits(struct at *at, const struct lf_json *clock)
{
    const struct lf_json *limits = clock_field(clock, "limits");
    bool taken[5] = { false };

    if (lf_json_kind(limits) != LF_JSON_ARRAY)
        return bad(at, "limits", "a list of variants");
    for (size_t i = 0; i < lf_json_items(limits); i++) {
        const struct lf_json *l = lf_json_item(limits, i), *levels = clock_field(l, "levels"),
                             *seconds = clock_field(l, "seconds"), *months = clock_field(l, "months"),
                             *none = clock_field(l, "none");

        if (lf_json_kind(l) != LF_JSON_OBJECT || !is_text(clock_field(l, "id")))
            return bad(at, "limits", "each variant is an object with an id");
        at->near = l;
        if (!is_list(levels, is_level))
            return bad(at, "limits", "levels is a list of integers from 1 to 4");
        for (size_t k = 0; k < lf_json_items(levels); k++) {
            int64_t level = 0;

            (void)lf_view_i64(lf_json_text(lf_json_item(levels, k)), &level);
            if (taken[level])
                return bad(at, "limits", "at most one variant holds a level");
            taken[level] = true;
        }
        if ((seconds != NULL) + (months != NULL) + (none != NULL) != 1)
            return bad(at, "limits", "a variant has one of seconds, months and none");
        if (seconds && !int_in(seconds, 0, SECONDS))
            return bad(at, "limits", "seconds is an integer from 0 to 31622400000");
        if (months && !int_in(months, 0, MONTHS))
            return bad(at, "limits", "months is an integer from 0 to 12000");
        if (none && lf_json_kind(none) != LF_JSON_TRUE)
            return bad(at, "limits", "none is true");
    }
    at->near = clock;
    return LF_OK;
}

static enum lf_code check_clock(struct at *at, const struct lf_json *c, size_t n)
{
    static const char *const tiers[] = { "provider", "sector", "nation", NULL };
    static const char *const shorter[] = { "keep", "min_from_change", "from_start", NULL };
    static const char *const longer[] = { "keep", "from_start", NULL };
    const struct lf_json *v;
    char place[32];

    at->near = c;
    snprintf(place, sizeof place, "[%zu]", n);
    if (lf_json_kind(c) != LF_JSON_OBJECT || !is_text(clock_field(c, "id"))) {
        enum lf_code rc;

        at->clock = lf_view_of(place); /* named by its place, having no id */
        rc = bad(at, "id", "each clock is an object with an id");
        at->clock = (lf_view){ NULL, 0 };
        return rc;
    }
    at->clock = lf_json_str(c, "id");
    if (!is_text(clock_field(c, "who")))
        return bad(at, "who", "the text of who owes it is needed");
    if (!is_text(clock_field(c, "scope")))
        return bad(at, "scope", "incident, or another word, is needed");
    if (!is_text(clock_field(c, "judged_at")) || !one_of(lf_json_str(c, "judged_at"), tiers))
        return bad(at, "judged_at", "provider, sector or nation");
    LF_TRY(check_dates(at, c));
    LF_TRY(check_rules(at, c, "start", true));
    LF_TRY(check_rules(at, c, "stop", false));
    LF_TRY(check_rules(at, c, "cancel", false));
    LF_TRY(check_limits(at, c));
    v = clock_field(c, "on_level_change");
    if (lf_json_kind(v) != LF_JSON_OBJECT || !is_text(clock_field(v, "shorter")) ||
        !one_of(lf_json_str(v, "shorter"), shorter))
        return bad(at, "on_level_change", "shorter is keep, min_from_change or from_start");
    if (!is_text(clock_field(v, "longer")) || !one_of(lf_json_str(v, "longer"), longer))
        return bad(at, "on_level_change", "longer is keep or from_start");
    if ((v = clock_field(c, "extension")) &&
        (lf_json_kind(v) != LF_JSON_OBJECT ||
         (clock_field(v, "consent") && !is_list(clock_field(v, "consent"), is_text))))
        return bad(at, "extension", "null, or an object with consent, a list of roles");
    if ((v = clock_field(c, "warn_percent")) &&
        (!is_list(v, is_percent) || lf_json_items(v) > LF_CLOCK_WARNINGS))
        return bad(at, "warn_percent", "a list of at most 16 integers from 0 to 1000");
    return LF_OK;
}

static enum lf_code check_authority(const struct at *at, const struct lf_json *o)
{
    if (o && lf_json_kind(o) != LF_JSON_OBJECT)
        return bad(at, "authority", "an object");
    for (size_t i = 0; i < lf_json_members(o); i++) {
        const struct lf_json *list = lf_json_member(o, i);

        if (lf_clock_kind(lf_json_key(o, i)) == LF_CLOCK_KINDS)
            return bad(at, "authority", "names a kind of event that is not known");
        if (lf_json_kind(list) != LF_JSON_ARRAY)
            return bad(at, "authority", "holds for each kind a list");
        for (size_t k = 0; k < lf_json_items(list); k++) {
            const struct lf_json *item = lf_json_item(list, k), *levels = clock_field(item, "levels");

            if (lf_json_kind(item) != LF_JSON_OBJECT || !is_list(clock_field(item, "by"), is_text))
                return bad(at, "authority", "by is a list of roles");
            if (levels && !is_list(levels, is_level))
                return bad(at, "authority", "levels is a list of integers from 1 to 4");
        }
    }
    return LF_OK;
}

static bool is_regime(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'A' && v.ptr[i] <= 'Z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9')))
            return false;
    return v.len > 0 && v.len <= REGIME;
}

lf_view lf_clock_regime(const struct lf_json *set)
{
    lf_view said = lf_json_str(set, "regime"), id = lf_json_str(set, "ruleset"), first;

    if (!said.len)
        said = lf_view_split(&id, '-', &first) ? first : id;
    return is_regime(said) ? said : (lf_view){ 0 };
}

static enum lf_code check_set(struct at *at, const struct lf_json *set)
{
    const struct lf_json *v;

    at->near = set;
    if (lf_json_kind(set) != LF_JSON_OBJECT)
        return bad(at, "rule set", "an object");
    if (!lf_view_is(lf_json_str(set, "format"), "lianfang-clock-rules/1"))
        return bad(at, "format", "lianfang-clock-rules/1 is the one that is known");
    if (!is_text(clock_field(set, "ruleset")))
        return bad(at, "ruleset", "the id of the set is needed");
    if ((v = clock_field(set, "regime")) && !is_regime(lf_json_text(v)))
        return bad(at, "regime", "1 to 16 capital letters and digits, such as TW");
    if (!lf_view_is(lf_json_str(set, "calendar"), "24x7"))
        return bad(at, "calendar", "24x7 is the one that is known");
    if (!is_text(clock_field(set, "tz")) || !lf_clock_zone_known(lf_json_str(set, "tz")))
        return bad(at, "tz", "one of Asia/Taipei, Europe/Brussels, America/New_York and UTC");
    LF_TRY(check_dates(at, set));
    if ((v = clock_field(set, "levels")) && !is_list(v, is_level))
        return bad(at, "levels", "a list of integers from 1 to 4");
    if ((v = clock_field(set, "major")) && !is_list(v, is_level))
        return bad(at, "major", "a list of integers from 1 to 4");
    if ((v = clock_field(set, "unknown_level")) && !is_level(v))
        return bad(at, "unknown_level", "an integer from 1 to 4");
    if ((v = clock_field(set, "rank")) && lf_json_kind(v) != LF_JSON_OBJECT)
        return bad(at, "rank", "an object of role and integer");
    for (size_t i = 0; i < lf_json_members(v); i++)
        if (!int_in(lf_json_member(v, i), 0, 1000))
            return bad(at, "rank", "holds integers from 0 to 1000");
    LF_TRY(check_authority(at, clock_field(set, "authority")));
    v = clock_field(set, "clocks");
    if (lf_json_kind(v) != LF_JSON_ARRAY || lf_json_items(v) > CLOCK_CLOCKS)
        return bad(at, "clocks", "a list of at most 64 clocks");
    for (size_t i = 0; i < lf_json_items(v); i++)
        LF_TRY(check_clock(at, lf_json_item(v, i), i));
    return LF_OK;
}

static enum lf_code check_all(const struct lf_json *rules, lf_view text, struct lf_err *e)
{
    bool many = lf_json_kind(rules) == LF_JSON_ARRAY;
    size_t n = many ? lf_json_items(rules) : 1;

    if (n > SETS)
        return lf_err_set(e, LF_TOO_BIG, "rules: more than %d sets", SETS);
    for (size_t i = 0; i < n; i++) {
        struct at at = { .set = i, .text = text, .e = e };

        LF_TRY(check_set(&at, many ? lf_json_item(rules, i) : rules));
    }
    return LF_OK;
}

enum lf_code lf_clock_rules_check(const struct lf_json *rules, struct lf_err *e)
{
    return check_all(rules, (lf_view){ 0 }, e);
}

enum lf_code lf_clock_rules_read(struct lf_arena *a, lf_view text, const struct lf_json **out,
                                 struct lf_err *e)
{
    const struct lf_json *v;

    LF_TRY(lf_json_parse(a, text, &(struct lf_json_limits){ .unique = true }, &v, e));
    LF_TRY(check_all(v, text, e));
    *out = v;
    return LF_OK;
}
