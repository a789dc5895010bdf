#include "engine/placeholder.h"

#include "base/buf.h"
#include "lf_test.h"

static struct lf_err e;

static size_t count(const struct lf_placeholders *p, const char *name)
{
    const lf_view *values;

    return lf_placeholders_get(p, lf_view_of(name), &values);
}

static void maps_and_lists_add_up(void)
{
    struct lf_placeholders p = { 0 };
    const lf_view *values;

    CHECK(count(&p, "Servers") == 0 && count(NULL, "Servers") == 0, "nothing yet");
    CHECK_OK(lf_placeholders_read_map(&p, LF_V("a.yml"),
                                      LF_V("Servers: [srv*, 'db-?']\n'%Ports%': 22\nNone: []\n"), &e),
             &e);
    CHECK_OK(lf_placeholders_read_map(&p, LF_V("b.json"), LF_V("{\"Servers\":[\"x\"]}"), &e), &e);
    CHECK_OK(lf_placeholders_read_list(&p, LF_V("Users.txt"), LF_V("Users"),
                                       LF_V("# ours\nadm_*\r\n\n  root  \n"), &e),
             &e);
    CHECK(lf_placeholders_get(&p, LF_V("Servers"), &values) == 3 && lf_view_is(values[2], "x"), "joined");
    CHECK(lf_placeholders_get(&p, LF_V("Ports"), &values) == 1 && lf_view_is(values[0], "22"), "number");
    CHECK(lf_placeholders_get(&p, LF_V("Users"), &values) == 2 && lf_view_is(values[0], "adm_*") &&
              lf_view_is(values[1], "root"),
          "a list's lines");
    CHECK(count(&p, "None") == 0 && count(&p, "servers") == 0, "an empty list; case counts");
    lf_placeholders_clear(&p);
}

static void a_bad_file_is_refused_whole(void)
{
    static const char *const bad[] = { "A: [x]\nB: [[y]]\n", "A: x\nB: null\n", "A: x\n'B C': y\n",
                                       "A: x\nA: y\n",       "[A]\n",           "A: {B: c}\n",
                                       "A: x\n---\nB: y\n",  "A: x\n'': y\n",   "A: [x, null]\n" };
    struct lf_placeholders p = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_CODE(lf_placeholders_read_map(&p, LF_V("f.yml"), lf_view_of(bad[i]), &e), LF_BAD_INPUT);
        CHECK(strstr(e.text, "f.yml") && count(&p, "A") == 0, "%s: %s", bad[i], e.text);
    }
    CHECK_CODE(lf_placeholders_read_list(&p, LF_V("a b.txt"), LF_V("a b"), LF_V("x"), &e), LF_BAD_INPUT);
    CHECK_CODE(lf_placeholders_read_list(&p, LF_V("a.txt"), LF_V("a"), LF_V("\xff"), &e), LF_BAD_INPUT);
    lf_placeholders_clear(&p);
}

static const struct {
    const char *value, *want; /* text as it is, <name>, [%] */
} cuts[] = {
    { "%a%", "<a>" },
    { "x%a-b_1%y", "x<a-b_1>y" },
    { "%a%%b%", "<a><b>" },
    { "\\%plain%name%", "[%]plain<name>" },
    { "\\\\%a%", "\\\\<a>" },
    { "\\\\\\%a%", "\\\\[%]a%" },
    { "50% of %a b%", "50% of %a b%" },
    { "%%", "%%" },
    { "%%a%", "%<a>" },
    { "\\*%a%\\?", "\\*<a>\\?" },
    { "%a", "%a" },
    { "", "" },
};

static void values_are_cut_at_their_placeholders(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        lf_view in = lf_view_of(cuts[i].value), part;
        enum lf_slice kind;

        lf_buf_reset(&b);
        while (lf_placeholder_take(&in, &kind, &part))
            lf_buf_printf(&b,
                          kind == LF_SLICE_NAME      ? "<%.*s>"
                          : kind == LF_SLICE_PERCENT ? "[%.*s]"
                                                     : "%.*s",
                          LF_FMT(part));
        CHECK(lf_view_is(lf_buf_view(&b), cuts[i].want), "%s: %.*s", cuts[i].value, LF_FMT(lf_buf_view(&b)));
    }
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(maps_and_lists_add_up);
    RUN(a_bad_file_is_refused_whole);
    RUN(values_are_cut_at_their_placeholders);
    DONE();
}
