/* Where a page goes on: model/page.h. */
#include "model/page.h"

#include "base/arena.h"
#include "lf_test.h"

static void rows_are_never_none_nor_too_many(void)
{
    CHECK(lf_page_rows(NULL) == LF_PAGE_USUAL, "no page");
    CHECK(lf_page_rows(&(struct lf_page){ .limit = 0 }) == LF_PAGE_USUAL, "no limit");
    CHECK(lf_page_rows(&(struct lf_page){ .limit = 7 }) == 7, "a limit");
    CHECK(lf_page_rows(&(struct lf_page){ .limit = SIZE_MAX }) == LF_PAGE_MOST, "too many");
}

static void two_texts_come_back_as_they_went(void)
{
    static const struct {
        lf_view first, second;
    } pairs[] = {
        { LF_VIEW("rule"), LF_VIEW("host") },    { LF_VIEW("rule"), LF_VIEW("") },
        { LF_VIEW("3:rule"), LF_VIEW("1:h") },   { LF_VIEW("聯防"), LF_VIEW("主機") },
        { LF_VIEW(""), LF_VIEW("second only") },
    };
    struct lf_arena a = { 0 };
    lf_view first, second;

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        CHECK(lf_page_pair_of(lf_page_pair(&a, pairs[i].first, pairs[i].second), &first, &second), "%zu", i);
        CHECK_VIEW(first, pairs[i].first);
        CHECK_VIEW(second, pairs[i].second);
    }
    lf_arena_clear(&a);
}

static void what_no_list_gave_is_refused(void)
{
    static const char *const bad[] = { "rule",   "5:rule", "-1:rule", ":rule", "18446744073709551616:a",
                                       "1:聯防", "x:y",    " 1:a" };
    lf_view first, second;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!lf_page_pair_of(lf_view_of(bad[i]), &first, &second), "%s", bad[i]);
    CHECK(lf_page_pair_of(LF_V(""), &first, &second) && !first.len && !second.len, "the begin");
}

int main(void)
{
    RUN(rows_are_never_none_nor_too_many);
    RUN(two_texts_come_back_as_they_went);
    RUN(what_no_list_gave_is_refused);
    DONE();
}
