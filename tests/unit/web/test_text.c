#include "lf_test.h"
#include "web/text.h"

static struct lf_arena arena;

/* "{a} and {b}" gives a bit per known place: names in their set, not their order. */
static bool same_places(lf_view a, lf_view b)
{
    for (int pass = 0; pass < 2; pass++) {
        lf_view left = pass ? b : a, other = pass ? a : b;
        size_t open;

        while ((open = lf_view_find_byte(left, '{')) != SIZE_MAX) {
            size_t close;

            left = lf_view_from(left, open);
            close = lf_view_find_byte(left, '}');
            if (close == SIZE_MAX || lf_view_find(other, lf_view_first(left, close + 1)) == SIZE_MAX)
                return false;
            left = lf_view_from(left, close + 1);
        }
    }
    return true;
}

static bool has_chinese(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((uint8_t)v.ptr[i] >= 0xe3)
            return true;
    return false;
}

static void every_sentence_is_there_in_both_languages(void)
{
    for (int k = 0; k < LF_TEXT_COUNT; k++) {
        lf_view zh = lf_text((enum lf_text)k, LF_LANG_ZH), en = lf_text((enum lf_text)k, LF_LANG_EN);

        CHECK(zh.len && en.len, "%s", lf_text_key((enum lf_text)k));
        CHECK(lf_view_is_utf8(zh) && lf_view_is_utf8(en), "%s", lf_text_key((enum lf_text)k));
        CHECK(!has_chinese(en) || zh.len == 0, "%s: Chinese in the English", lf_text_key((enum lf_text)k));
    }
}

static void both_languages_have_the_same_placeholders(void)
{
    for (int k = 0; k < LF_TEXT_COUNT; k++)
        CHECK(same_places(lf_text((enum lf_text)k, LF_LANG_ZH), lf_text((enum lf_text)k, LF_LANG_EN)), "%s",
              lf_text_key((enum lf_text)k));
}

static void placeholders_are_filled_by_name(void)
{
    struct lf_text_value who[] = { { "tier", LF_V("T") }, { "role", LF_V("{tier}") } };

    CHECK_VIEW(lf_text_fill(&arena, LF_T_EVENT_BY, LF_LANG_EN, who, 2), LF_V("{tier}, T"));
    CHECK_VIEW(lf_text_fill(&arena, LF_T_EVENT_BY, LF_LANG_EN, NULL, 0), LF_V("{role}, {tier}"));
}

int main(void)
{
    RUN(every_sentence_is_there_in_both_languages);
    RUN(both_languages_have_the_same_placeholders);
    RUN(placeholders_are_filled_by_name);
    lf_arena_clear(&arena);
    DONE();
}
