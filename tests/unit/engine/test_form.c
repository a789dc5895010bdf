#include "engine/form.h"
#include "engine/level.h"
#include "lf_test.h"

static struct lf_arena arena;
static struct lf_form form;

/* 2026-11-22T08:00:00Z */
static const lf_time now = 1795334400 * LF_SECOND;

static lf_view file(const char *path)
{
    const char *root = getenv("LF_ROOT");
    lf_view whole = lf_arena_printf(&arena, "%s/%s", root ? root : ".", path);
    FILE *f = fopen(lf_arena_cstr(&arena, whole), "rb");
    char *bytes = LF_NEW(&arena, char, LF_FORM_BYTES);
    size_t n;

    if (!f)
        return LF_V("");
    n = fread(bytes, 1, LF_FORM_BYTES, f);
    fclose(f);
    return (lf_view){ bytes, n };
}

static const struct lf_json *json(const char *text)
{
    const struct lf_json *v = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(&arena, lf_view_of(text), NULL, &v, &e), &e);
    return v;
}

#define FIRST                                                                                                \
    "\"aware_at\":\"2026-11-22T07:30:00Z\",\"category\":\"web_defaced\",\"description\":\"x\","              \
    "\"affects\":\"no\",\"asset\":\"core\",\"leak\":\"none\",\"tamper\":\"minor\",\"outage_min\":0"

static void a_first_report_asks_at_most_8_answers_and_25_decisions(void)
{
    size_t asked = 0, required = 0;

    for (size_t i = 0; i < form.nfields; i++) {
        asked += (form.fields[i].stages & 1u << LF_STAGE_FIRST) != 0;
        required += (form.fields[i].required & 1u << LF_STAGE_FIRST) != 0;
    }
    CHECK(required <= 8 && asked <= 25, "%zu required, %zu asked", required, asked);
}

/* where each stands on the form of 2001. */
static void the_form_of_2001_is_there_field_by_field(void)
{
    static const struct {
        const char *field, *place;
    } rows[] = {
        { "agency", "一" },         { "contact_email", "一" }, { "contact_name", "一" },
        { "contact_phone", "一" },  { "contact_fax", "一" },   { "happened_at", "二.1" },
        { "host_ip", "二.2" },      { "domain", "二.2" },      { "host_model", "二.2" },
        { "os", "二.2" },           { "url", "二.2" },         { "protection", "二.2" },
        { "system_grade", "二.3" }, { "letter", "二.3" },      { "description", "二.3" },
        { "impact", "二.3" },       { "measures", "二.3" },    { "support", "三" },
        { "solution", "四" },       { "status_at", "五" },
    };
    const struct lf_form_field *letter = lf_form_field(&form, LF_V("letter"));

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct lf_form_field *x = lf_form_field(&form, lf_view_of(rows[i].field));

        CHECK(x && lf_view_is(x->place[1], rows[i].place), "%s", rows[i].field);
    }
    CHECK(letter && letter->nchoices == 4 && lf_form_choice(letter, LF_V("A")), "A to D");
}

static const struct {
    const char *name, *values;
    unsigned stages;
    const char *field; /* of the first trouble; NULL = none */
    enum lf_form_trouble what;
} rows[] = {
    { "a whole first report", "{" FIRST "}", 1u << LF_STAGE_FIRST, NULL, LF_FORM_FINE },
    { "nothing at all", "{}", 1u << LF_STAGE_FIRST, "aware_at", LF_FORM_MISSING },
    { "a field that is none", "{" FIRST ",\"colour\":\"red\"}", 1u << LF_STAGE_FIRST, "colour",
      LF_FORM_UNKNOWN },
    { "a choice that is none", "{" FIRST ",\"source\":\"stars\"}", 1u << LF_STAGE_FIRST, "source",
      LF_FORM_NO_CHOICE },
    { "a number as text", "{" FIRST ",\"mtpd_min\":\"5\"}", 1u << LF_STAGE_FIRST, "mtpd_min", LF_FORM_KIND },
    { "a number below 0", "{" FIRST ",\"mtpd_min\":-1}", 1u << LF_STAGE_FIRST, "mtpd_min", LF_FORM_TOO_LONG },
    { "a time of tomorrow", "{" FIRST ",\"happened_at\":\"2026-11-23T00:00:00Z\"}", 1u << LF_STAGE_FIRST,
      "happened_at", LF_FORM_FUTURE },
    { "no time", "{" FIRST ",\"happened_at\":\"noon\"}", 1u << LF_STAGE_FIRST, "happened_at",
      LF_FORM_NO_TIME },
    { "own judgement without grounds", "{" FIRST ",\"override\":\"3\"}", 1u << LF_STAGE_FIRST, "grounds",
      LF_FORM_MISSING },
    { "own judgement with grounds", "{" FIRST ",\"override\":\"3\",\"grounds\":\"x\"}", 1u << LF_STAGE_FIRST,
      NULL, LF_FORM_FINE },
    { "on behalf, without who", "{" FIRST ",\"behalf_channel\":\"fax\"}",
      1u << LF_STAGE_FIRST | 1u << LF_STAGE_BEHALF, "late_reason", LF_FORM_MISSING },
    { "a choice that is a list", "{\"leak\":[\"none\"]}", 1u << LF_STAGE_FIRST, "leak", LF_FORM_KIND },
};

static void what_is_wrong_is_said_of_the_field(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_form_said t[8] = { { { 0 }, LF_FORM_FINE } };
        struct lf_err e = { 0 };
        bool found = false;
        size_t n = lf_form_troubles(&form, rows[i].stages, json(rows[i].values), now, t, 8);

        CHECK((n == 0) == (rows[i].field == NULL), "%s: %zu", rows[i].name, n);
        for (size_t k = 0; k < n; k++)
            found = found || (lf_view_is(t[k].field, rows[i].field) && t[k].what == rows[i].what);
        CHECK(found || !rows[i].field, "%s: %.*s", rows[i].name, LF_FMT(t[0].field));
        CHECK(lf_form_check(&form, rows[i].stages, json(rows[i].values), now, &e) ==
                  (rows[i].field ? LF_UNACCEPTED : LF_OK),
              "%s: %s", rows[i].name, e.text);
    }
}

static void a_report_later_than_the_hour_needs_its_reason(void)
{
    struct lf_form_said t[4];
    const struct lf_json *v = json("{" FIRST "}");

    CHECK(!lf_form_troubles(&form, 1, v, now + 30 * LF_MINUTE, t, 4), "at the hour");
    CHECK(lf_form_troubles(&form, 1, v, now + 30 * LF_MINUTE + 1, t, 4) == 1 && t[0].what == LF_FORM_LATE,
          "past the hour");
    v = json("{" FIRST ",\"late_reason\":\"網路中斷\"}");
    CHECK(!lf_form_troubles(&form, 1, v, now + LF_DAY, t, 4), "with its reason");
}

static const struct {
    const char *values;
    int level;
} levels[] = {
    { "{\"asset\":\"noncore\",\"leak\":\"minor\",\"tamper\":\"none\",\"outage_min\":0}", 1 },
    { "{\"asset\":\"core\",\"leak\":\"none\",\"tamper\":\"serious\",\"outage_min\":0}", 3 },
    { "{\"asset\":\"core_ci\",\"leak\":\"none\",\"tamper\":\"none\",\"outage_min\":30,\"mtpd_min\":60}", 3 },
    { "{\"asset\":\"core_ci\",\"leak\":\"none\",\"tamper\":\"none\",\"outage_min\":90,\"mtpd_min\":60}", 4 },
    { "{\"asset\":\"core\",\"leak\":\"none\",\"tamper\":\"none\",\"outage_min\":5}", 3 }, /* MTPD unknown */
    { "{\"asset\":\"noncore\",\"leak\":\"minor\",\"secret\":\"state\",\"tamper\":\"none\",\"outage_min\":0}",
      4 },
    { "{\"asset\":\"noncore\",\"leak\":\"none\",\"tamper\":\"none\",\"outage_min\":0,\"vital\":true}", 0 },
    { "{\"asset\":\"noncore\",\"leak\":\"none\",\"tamper\":\"none\",\"outage_min\":0,\"override\":\"2\","
      "\"grounds\":\"x\"}",
      2 },
};

static void the_level_follows_from_the_questions(void)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const struct lf_json *answers = lf_form_answers(&arena, json(levels[i].values), LF_V("me"));
        struct lf_err e = { 0 };
        struct lf_buf b;
        int level = -1;

        lf_buf_init(&b, 65536);
        CHECK_OK(lf_level_judge(&arena, answers, &b, &level, &e), &e);
        CHECK(level == levels[i].level, "%s: %d", levels[i].values, level);
        lf_buf_clear(&b);
    }
    CHECK(!lf_form_answers(&arena, json("{\"asset\":\"core\"}"), LF_V("me")), "nothing was answered");
}

#define ADD(fields)                                                                                          \
    "{\"format\":\"lianfang-form/"                                                                           \
    "1\",\"steps\":[{\"id\":\"water\",\"zh\":\"水\",\"en\":\"Water\"}],\"fields\":[" fields "]}"

static const struct {
    const char *name, *addition;
    enum lf_code want;
} additions[] = {
    { "a field of its own",
      ADD("{\"id\":\"water_plant\",\"step\":\"water\",\"type\":\"line\",\"zh\":\"淨水場\",\"en\":\"Plant\","
          "\"stages\":[\"first\"],\"required\":[\"first\"]}"),
      LF_OK },
    { "one that is there",
      ADD("{\"id\":\"title\",\"step\":\"water\",\"type\":\"line\",\"zh\":\"x\",\"en\":\"x\",\"stages\":["
          "\"first\"]}"),
      LF_CONFLICT },
    { "a type that is none",
      ADD("{\"id\":\"x\",\"step\":\"water\",\"type\":\"file\",\"zh\":\"x\",\"en\":\"x\",\"stages\":["
          "\"first\"]}"),
      LF_BAD_INPUT },
    { "required where it is not asked",
      ADD("{\"id\":\"x\",\"step\":\"water\",\"type\":\"line\",\"zh\":\"x\",\"en\":\"x\",\"stages\":["
          "\"first\"],\"required\":[\"edit\"]}"),
      LF_BAD_INPUT },
    { "a name that is markup",
      ADD("{\"id\":\"x<b>\",\"step\":\"water\",\"type\":\"line\",\"zh\":\"x\",\"en\":\"x\",\"stages\":["
          "\"first\"]}"),
      LF_BAD_INPUT },
    { "a mistyped word",
      ADD("{\"id\":\"x\",\"step\":\"water\",\"type\":\"line\",\"zh\":\"x\",\"en\":\"x\",\"stage\":[\"first\"]"
          "}"),
      LF_BAD_INPUT },
    { "a list without choices",
      ADD("{\"id\":\"x\",\"step\":\"water\",\"type\":\"choice\",\"zh\":\"x\",\"en\":\"x\",\"stages\":["
          "\"first\"]}"),
      LF_BAD_INPUT },
    { "nothing of ours", "[]", LF_BAD_INPUT },
};

static void a_sector_adds_fields_and_changes_none(void)
{
    for (size_t i = 0; i < sizeof additions / sizeof additions[0]; i++) {
        struct lf_form f;
        struct lf_err e = { 0 };
        size_t before;

        CHECK_OK(lf_form_load(&arena, file("rules/form/tw-2026.json"), &f, &e), &e);
        before = f.nfields;
        CHECK(lf_form_extend(&arena, &f, lf_view_of(additions[i].addition), &e) == additions[i].want,
              "%s: %s", additions[i].name, e.text);
        CHECK(f.nfields == before + (additions[i].want == LF_OK), "%s: half taken", additions[i].name);
        if (additions[i].want == LF_OK)
            CHECK(lf_form_check(&f, 1, json("{" FIRST "}"), now, &e) == LF_UNACCEPTED, "required");
    }
}

int main(void)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_form_load(&arena, file("rules/form/tw-2026.json"), &form, &e), &e);
    RUN(a_first_report_asks_at_most_8_answers_and_25_decisions);
    RUN(the_form_of_2001_is_there_field_by_field);
    RUN(what_is_wrong_is_said_of_the_field);
    RUN(a_report_later_than_the_hour_needs_its_reason);
    RUN(the_level_follows_from_the_questions);
    RUN(a_sector_adds_fields_and_changes_none);
    lf_arena_clear(&arena);
    DONE();
}
