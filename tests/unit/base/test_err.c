#include "base/err.h"

#include "lf_test.h"

static void context_is_put_before_and_never_overflows(void)
{
    struct lf_err e = { 0 };

    CHECK_CODE(lf_err_set(&e, LF_IO, "open x: %s", "denied"), LF_IO);
    CHECK_CODE(lf_err_at(&e, "feed %d", 7), LF_IO);
    CHECK(strcmp(e.text, "feed 7: open x: denied") == 0, "%s", e.text);
    for (int i = 0; i < 200; i++)
        CHECK_CODE(lf_err_at(&e, "a rather long piece of context %d", i), LF_IO);
    CHECK(strlen(e.text) < sizeof e.text, "not ended");
    CHECK_CODE(lf_err_set(NULL, LF_FULL, "nobody asks"), LF_FULL);
}

static void every_code_has_a_name_and_a_status(void)
{
    for (int c = 0; c < LF_CODE_COUNT; c++) {
        CHECK(lf_code_name((enum lf_code)c) != NULL, "%d", c);
        CHECK(lf_code_http((enum lf_code)c) >= 200, "%d", c);
    }
}

int main(void)
{
    RUN(context_is_put_before_and_never_overflows);
    RUN(every_code_has_a_name_and_a_status);
    DONE();
}
