#include "fmt/csv.h"
#include "lf_test.h"

static void a_cell_is_quoted_where_it_must_be_and_never_a_formula(void)
{
    static const struct {
        const char *name;
        lf_view in, want;
    } cells[] = {
        { "plain", LF_VIEW("pc-1 a"), LF_VIEW("pc-1 a\r\n") },
        { "nothing", LF_VIEW(""), LF_VIEW("\r\n") },
        { "comma", LF_VIEW("a,b"), LF_VIEW("\"a,b\"\r\n") },
        { "quote", LF_VIEW("a\"b"), LF_VIEW("\"a\"\"b\"\r\n") },
        { "line", LF_VIEW("a\nb"), LF_VIEW("\"a\nb\"\r\n") },
        { "formula", LF_VIEW("=1+1"), LF_VIEW("'=1+1\r\n") },
        { "formula in quotes", LF_VIEW("@SUM(A1,A2)"), LF_VIEW("\"'@SUM(A1,A2)\"\r\n") },
        { "minus and a call", LF_VIEW("-2+cmd|x"), LF_VIEW("'-2+cmd|x\r\n") },
        { "a sign alone", LF_VIEW("-"), LF_VIEW("'-\r\n") },
        { "negative number", LF_VIEW("-12.5"), LF_VIEW("-12.5\r\n") },
        { "two points", LF_VIEW("+1.2.3"), LF_VIEW("'+1.2.3\r\n") },
        { "zh", LF_VIEW("陳小明"), LF_VIEW("陳小明\r\n") },
    };

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct lf_buf b;

        lf_buf_init(&b, 1000);
        lf_csv_put(&b, cells[i].in, true);
        CHECK(lf_view_eq(lf_buf_view(&b), cells[i].want), "%s: %.*s", cells[i].name, LF_FMT(lf_buf_view(&b)));
        lf_buf_clear(&b);
    }
}

static void cells_of_a_row_are_parted_by_commas(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1000);
    lf_csv_put(&b, LF_V("a"), false);
    lf_csv_put(&b, LF_V(""), false);
    lf_csv_put(&b, LF_V("b"), true);
    CHECK_VIEW(lf_buf_view(&b), LF_V("a,,b\r\n"));
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(a_cell_is_quoted_where_it_must_be_and_never_a_formula);
    RUN(cells_of_a_row_are_parted_by_commas);
    DONE();
}
