/* Vital functions as names and as a set: model/vital.h. */
#include "lf_test.h"
#include "model/vital.h"

static void names_and_sets_are_the_same(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < LF_VITALS; i++) {
        CHECK(lf_vital_set(lf_view_of(lf_vital_name(i))) == 1u << i, "%s", lf_vital_name(i));
        CHECK_VIEW(lf_vital_text(&a, 1u << i), lf_view_of(lf_vital_name(i)));
    }
    for (unsigned set = 0; set < 1u << LF_VITALS; set++)
        CHECK(lf_vital_of(lf_vital_list(&a, set)) == set, "%x", set);
    CHECK_VIEW(lf_vital_text(&a, 0x11), LF_V("government,necessities:water"));
    CHECK(lf_vital_name(LF_VITALS)[0] == '\0', "past the last");
    lf_arena_clear(&a);
}

static void a_name_asks_for_one_for_a_kind_or_for_any(void)
{
    static const char *const none[] = { "",    "necessit",        "necessities:", "necessities:x",
                                        "Any", "finance,commerce" };

    CHECK(lf_vital_set(LF_V("necessities")) == 0x1f8, "%x", lf_vital_set(LF_V("necessities")));
    CHECK(lf_vital_set(LF_V("any")) == (1u << LF_VITALS) - 1, "%x", lf_vital_set(LF_V("any")));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK(lf_vital_set(lf_view_of(none[i])) == 0, "%s", none[i]);
}

static void what_is_no_list_of_names_is_none(void)
{
    static const char *const bad[] = { "null", "{}", "\"rescue\"",
                                       "[7,null,[\"rescue\"],\"any\",\"necessities\"]" };
    struct lf_arena a = { 0 };
    const struct lf_json *v;
    struct lf_err e;

    CHECK(lf_vital_of(NULL) == 0, "absent");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_CODE(lf_json_parse(&a, lf_view_of(bad[i]), NULL, &v, &e), LF_OK);
        CHECK(lf_vital_of(v) == 0, "%s", bad[i]);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(names_and_sets_are_the_same);
    RUN(a_name_asks_for_one_for_a_kind_or_for_any);
    RUN(what_is_no_list_of_names_is_none);
    DONE();
}
