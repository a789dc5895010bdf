#include "model/vital.h"

static const char *const names[LF_VITALS] = {
    "government",        "military",          "rescue",          "necessities:telecom",
    "necessities:water", "necessities:power", "necessities:oil", "necessities:gas",
    "necessities:food",  "finance",           "commerce",
};

const char *lf_vital_name(size_t place)
{
    return place < LF_VITALS ? names[place] : "";
}

unsigned lf_vital_set(lf_view name)
{
    unsigned set = 0;

    for (size_t i = 0; i < LF_VITALS; i++) {
        lf_view one = lf_view_of(names[i]), kind;

        if (lf_view_is(name, "any") || lf_view_eq(name, one) ||
            (lf_view_split(&one, ':', &kind) && lf_view_eq(name, kind)))
            set |= 1u << i;
    }
    return set;
}

unsigned lf_vital_of(const struct lf_json *list)
{
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    unsigned set = 0;

    for (size_t k = 0; k < n && k < LF_VITAL_LIST; k++)
        for (size_t i = 0; i < LF_VITALS; i++)
            if (lf_view_is(lf_json_text(lf_json_item(list, k)), names[i]))
                set |= 1u << i;
    return set;
}

const struct lf_json *lf_vital_list(struct lf_arena *a, unsigned set)
{
    const struct lf_json *list[LF_VITALS];
    size_t n = 0;

    for (size_t i = 0; i < LF_VITALS; i++)
        if (set & 1u << i)
            list[n++] = lf_json_new_string(a, lf_view_of(names[i]));
    return lf_json_new_array(a, n, list);
}

lf_view lf_vital_text(struct lf_arena *a, unsigned set)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < LF_VITALS; i++)
        if (set & 1u << i)
            out = lf_arena_printf(a, "%.*s%s%s", LF_FMT(out), out.len ? "," : "", names[i]);
    return out;
}
