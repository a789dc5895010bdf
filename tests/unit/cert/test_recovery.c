/* Recovery procedures are read whole, and done in an order in which nothing stands before what it needs. */
#include "cert/recovery.h"
#include "lf_test.h"

static struct lf_recovery made(const char *id, const lf_view *needs, size_t n)
{
    return (struct lf_recovery){ .id = lf_view_of(id), .needs = needs, .nneeds = n };
}

static void what_is_needed_stands_first_and_once(void)
{
    const lf_view dns[] = { LF_VIEW("dns") }, both[] = { LF_VIEW("mail"), LF_VIEW("dns") };
    const struct lf_recovery list[] = { made("portal", both, 2), made("mail", dns, 1), made("dns", NULL, 0) };
    size_t order[4], n;
    struct lf_err e = { 0 };

    CHECK(lf_recovery_order(list, 3, LF_V("portal"), &n, order, &e) == LF_OK, "%s", e.text);
    CHECK(n == 3 && order[0] == 2 && order[1] == 1 && order[2] == 0, "%zu", n);
    CHECK(lf_recovery_order(list, 3, LF_V("dns"), &n, order, &e) == LF_OK && n == 1, "alone");
    CHECK(lf_recovery_order(list, 2, LF_V("portal"), &n, order, &e) == LF_CONFLICT, "one is not there");
}

static void nothing_needs_itself(void)
{
    const lf_view a[] = { LF_VIEW("a") }, b[] = { LF_VIEW("b") }, c[] = { LF_VIEW("c") };
    const struct lf_recovery list[] = { made("a", b, 1), made("b", c, 1), made("c", a, 1) };
    size_t order[4], n = 7;
    struct lf_err e = { 0 };

    CHECK(lf_recovery_order(list, 3, LF_V("a"), &n, order, &e) == LF_CONFLICT && n == 7, "%zu", n);
    CHECK(strstr(e.text, "itself"), "%s", e.text);
}

/* Whichever way comes first: a short one that was gone before must not hide a long one. */
static void a_way_that_is_too_long_is_found(void)
{
    char names[LF_RECOVERY_DEPTH + 2][8];
    lf_view needs[LF_RECOVERY_DEPTH + 2][2];
    struct lf_recovery list[LF_RECOVERY_DEPTH + 2];
    size_t order[LF_RECOVERY_DEPTH + 2], n;
    struct lf_err e = { 0 };

    for (size_t i = 0; i < LF_RECOVERY_DEPTH + 2; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i);
        needs[i][0] = i > 1 ? lf_view_of(names[1]) : lf_view_of(names[0]);
        needs[i][1] = i ? lf_view_of(names[i - 1]) : LF_V("");
        list[i] = made(names[i], needs[i], i > 1 && i != 2 ? 2 : i ? 1 : 0);
    }
    CHECK(lf_recovery_order(list, LF_RECOVERY_DEPTH + 2, lf_view_of(names[LF_RECOVERY_DEPTH - 1]), &n, order,
                            &e) == LF_OK,
          "%s", e.text);
    CHECK(n == LF_RECOVERY_DEPTH, "%zu", n);
    CHECK(lf_recovery_order(list, LF_RECOVERY_DEPTH + 2, lf_view_of(names[LF_RECOVERY_DEPTH]), &n, order,
                            &e) == LF_CONFLICT,
          "nine of them");
}

int main(void)
{
    RUN(what_is_needed_stands_first_and_once);
    RUN(nothing_needs_itself);
    RUN(a_way_that_is_too_long_is_found);
    DONE();
}
