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

static void a_cell_that_was_kept_from_being_a_formula_is_read_as_it_was(void)
{
    static const struct {
        lf_view cell, said;
    } cells[] = { { LF_VIEW("'=1+1"), LF_VIEW("=1+1") }, { LF_VIEW("'+886-2-1234"), LF_VIEW("+886-2-1234") },
                  { LF_VIEW("'tis"), LF_VIEW("'tis") },  { LF_VIEW("'-12.5"), LF_VIEW("'-12.5") },
                  { LF_VIEW("'"), LF_VIEW("'") },        { LF_VIEW(""), LF_VIEW("") } };

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        CHECK_VIEW(lf_csv_said(cells[i].cell), cells[i].said);
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

static void rows_are_read_as_they_are_written(void)
{
    static const char text[] = "\xef\xbb\xbf"
                               "name, b \r\n"
                               "\"x, \"\"y\"\"\r\nz\",\" q \"\r\n"
                               "\n"
                               "last,";
    lf_view f[LF_CSV_FIELDS];
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };
    struct lf_csv c;
    bool more;
    size_t n;

    CHECK_OK(lf_csv_begin(&c, lf_view_of(text), &e), &e);
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(more && n == 2 && lf_view_is(f[0], "name") && lf_view_is(f[1], "b"), "%zu", n);
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(n == 2 && lf_view_is(f[0], "x, \"y\"\r\nz") && lf_view_is(f[1], " q "), "%.*s", LF_FMT(f[1]));
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(more && n == 1 && f[0].len == 0 && c.line == 4, "an empty line, the %zuth", c.line);
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(n == 2 && lf_view_is(f[0], "last") && f[1].len == 0, "%zu", n);
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(!more, "the end");
    CHECK_OK(lf_csv_begin(&c, LF_V("a\n\"b"), &e), &e);
    CHECK_OK(lf_csv_row(&c, &a, f, &n, &more, &e), &e);
    CHECK(lf_csv_row(&c, &a, f, &n, &more, &e) == LF_BAD_INPUT && strstr(e.text, "line 2"), "%s", e.text);
    CHECK_CODE(lf_csv_begin(&c, LF_V("\xff"), &e), LF_BAD_INPUT);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(a_cell_is_quoted_where_it_must_be_and_never_a_formula);
    RUN(a_cell_that_was_kept_from_being_a_formula_is_read_as_it_was);
    RUN(cells_of_a_row_are_parted_by_commas);
    RUN(rows_are_read_as_they_are_written);
    DONE();
}
