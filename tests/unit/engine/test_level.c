#include "engine/level.h"
#include "lf_test.h"

static struct lf_arena arena;

static const struct {
    const char *name, *answers;
    enum lf_code want;
    int level;
    const char *holds; /* must be in the output */
} rows[] = {
    { "nothing", "{}", LF_OK, 0, "\"letter\":null" },
    { "minor leak", "{\"confidentiality\":[{\"degree\":\"minor\"}]}", LF_OK, 1, "\"letter\":\"C\"" },
    { "core within", "{\"availability\":[{\"core\":true,\"outage_s\":9,\"mtpd_s\":9}]}", LF_OK, 2,
      "\"within\"" },
    { "core beyond", "{\"availability\":[{\"core\":true,\"outage_s\":10,\"mtpd_s\":9}]}", LF_OK, 3,
      "\"beyond\"" },
    { "rises a second past what is tolerated",
      "{\"availability\":[{\"outage_s\":10,\"mtpd_s\":30,\"restored\":false}]}", LF_OK, 1,
      "{\"after_s\":21,\"level\":2}" },
    { "state secret needs no degree", "{\"confidentiality\":[{\"secret\":\"state\"}]}", LF_OK, 4,
      "letter_state_secret" },
    { "a person decides", "{\"override\":{\"level\":3,\"by\":\"x\",\"grounds\":\"y\"}}", LF_OK, 3,
      "\"computed_level\":0" },
    { "a person decides with a wide blank for grounds",
      "{\"override\":{\"level\":3,\"by\":\"x\",\"grounds\":\"\xe3\x80\x80\"}}", LF_BAD_INPUT, 0, NULL },
    { "a person decides without grounds", "{\"override\":{\"level\":3,\"by\":\"x\",\"grounds\":\" \"}}",
      LF_BAD_INPUT, 0, NULL },
    { "a mistyped field", "{\"availability\":[{\"outage_s\":1,\"mtdp_s\":9}]}", LF_BAD_INPUT, 0, NULL },
    { "no degree", "{\"integrity\":[{\"core\":true}]}", LF_BAD_INPUT, 0, NULL },
    { "a fraction", "{\"availability\":[{\"outage_s\":1.0}]}", LF_BAD_INPUT, 0, NULL },
    { "a vital function of nothing", "{\"vital_function\":true}", LF_BAD_INPUT, 0, NULL },
    { "a list", "[]", LF_BAD_INPUT, 0, NULL },
};

static void levels_follow_the_table_and_bad_answers_are_refused(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_json *answers;
        struct lf_buf b;
        struct lf_err e;
        int level = 0;

        lf_buf_init(&b, 65536);
        CHECK_OK(lf_json_parse(&arena, lf_view_of(rows[i].answers), NULL, &answers, &e), &e);
        CHECK(lf_level_judge(&arena, answers, &b, &level, &e) == rows[i].want, "%s", rows[i].name);
        CHECK(level == rows[i].level, "%s: level %d", rows[i].name, level);
        if (rows[i].holds)
            CHECK(lf_view_find(lf_buf_view(&b), lf_view_of(rows[i].holds)) != SIZE_MAX, "%s: %.*s",
                  rows[i].name, LF_FMT(lf_buf_view(&b)));
        lf_buf_clear(&b);
    }
}

int main(void)
{
    RUN(levels_follow_the_table_and_bad_answers_are_refused);
    lf_arena_clear(&arena);
    DONE();
}
