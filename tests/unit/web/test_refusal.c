#include "web/refusal.h"

#include "lf_test.h"

static struct lf_arena arena;

static void a_sentence_that_people_meet_is_told_in_chinese_with_what_it_names(void)
{
    CHECK_VIEW(lf_refusal_text(&arena, LF_V("\"alias\" is missing or empty; send it as text")),
               LF_V("欄位「alias」沒有填寫。"));
    CHECK_VIEW(lf_refusal_text(&arena, LF_V("rule 2: \"a, \" cannot be in \"types\"")),
               LF_V("第 2 條規則：「a, 」不能用於 types。"));
    CHECK_VIEW(lf_refusal_text(&arena, LF_V("line 12: seminar: people is a number of 0 to 100000")),
               LF_V("第 12 行：人數須為 0 到 100000。"));
    CHECK_VIEW(lf_refusal_text(&arena,
                               LF_V("transfer: it is file 3 of 甲, and file 5 was taken already; what is new "
                                    "comes with the next one")),
               LF_V("這是 甲 的第 3 號檔案，而第 5 號已收下；新的內容會在下一個檔案。"));
}

static void another_sentence_is_not_guessed(void)
{
    CHECK(!lf_refusal_text(&arena, LF_V("the moon is full")).ptr, "guessed");
    CHECK(!lf_refusal_text(&arena, LF_V("there is another feed of this name, and more")).ptr, "cut");
    CHECK(!lf_refusal_text(&arena, LF_V("line 3: the moon is full")).ptr, "guessed");
    CHECK(!lf_refusal_text(&arena, LF_V("line x: seminar: it was called off")).ptr, "no line");
    CHECK(!lf_refusal_text(&arena, LF_V("")).ptr, "nothing");
}

/* What a row has in Chinese names nothing that its English does not, and each row is met before those that it
 * fits. */
static void each_row_is_found_and_has_the_same_places(void)
{
    lf_view en, zh, got;
    size_t i = 0;

    for (; lf_refusal_row(i, &en, &zh); i++) {
        for (size_t k = 0; k + 2 < zh.len; k++)
            if (zh.ptr[k] == '{')
                CHECK(lf_view_find(en, lf_view_first(lf_view_from(zh, k), 3)) != SIZE_MAX, "row %zu", i);
        got = lf_refusal_text(&arena, en);
        CHECK(got.ptr && lf_view_eq(got, zh), "row %zu is hidden by one before it: %.*s", i, LF_FMT(got));
    }
    CHECK(i > 80, "%zu rows", i);
}

int main(void)
{
    RUN(a_sentence_that_people_meet_is_told_in_chinese_with_what_it_names);
    RUN(another_sentence_is_not_guessed);
    RUN(each_row_is_found_and_has_the_same_places);
    DONE();
}
