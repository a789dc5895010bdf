/* What leaves the node and is not to name who was attacked is held against the report. */
#include "cert/victim.h"
#include "lf_test.h"

static const struct {
    const char *name, *text, *told;
} rows[] = {
    { "nothing of it", "本署已完成處理", "" },
    { "the agency", "經查臺中自來水廠受影響", "臺中自來水廠" },
    { "the other way to write Tai", "經查台中自來水廠受影響", "臺中自來水廠" },
    { "a part of its name alone", "經查臺中自來水受影響", "" },
    { "at the end", "受影響：臺中自來水廠", "臺中自來水廠" },
    { "its domain in capitals within a host", "連往 WWW.WATER.EXAMPLE/login", "water.example" },
    { "cut off", "water.exampl", "" },
    { "a person", "窗口陳大文", "陳大文" },
    { "too short to be looked for", "a b", "" },
    { "whoever speaks", "國家資安中心說明", "" },
};

static void what_tells_who_was_attacked_is_found(void)
{
    static const lf_view report = LF_VIEW("{\"agency\":\"臺中自來水廠\",\"domain\":\" water.example \","
                                          "\"contact_name\":\"陳大文\",\"contact_phone\":\"b\","
                                          "\"contact_email\":\"國家資安中心\",\"url\":3}");
    const struct lf_json *values = NULL;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(&a, report, NULL, &values, &e), &e);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const lf_view texts[] = { LF_V(""), lf_view_of(rows[i].text) };
        lf_view told = victim_told(values, texts, 2, LF_V("國家資安中心"));

        CHECK(lf_view_is(told, rows[i].told), "%s: \"%.*s\"", rows[i].name, LF_FMT(told));
        CHECK(!victim_told(values, texts, 1, LF_V("")).len, "%s: in an empty text", rows[i].name);
        CHECK(!victim_told(NULL, texts, 2, LF_V("")).len, "%s: of no report", rows[i].name);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(what_tells_who_was_attacked_is_found);
    DONE();
}
