#include "model/advisory.h"

#include "base/crypto.h"
#include "fmt/stix_check.h"
#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;

static struct lf_advisory_form form_of(enum lf_advisory_kind kind, const char *json, enum lf_code *rc)
{
    struct lf_advisory_form f = { 0 };
    const struct lf_json *v;

    CHECK_OK(lf_json_parse(&a, lf_view_of(json), NULL, &v, &e), &e);
    *rc = lf_advisory_read_form(&a, kind, v, &f, &e);
    return f;
}

/* One whole form a kind. */
static const struct {
    enum lf_advisory_kind kind;
    const char *json;
    const char *types; /* of the objects besides the report */
} whole[] = {
    { LF_ADVISORY_ANA,
      "{\"title\":\"釣魚郵件統計\",\"category\":\"statistics\",\"description\":\"十月共 12 件。\","
      "\"references\":[\"https://cert.example/a?b=c\"],\"tlp\":\"clear\"}",
      "" },
    { LF_ADVISORY_DEF,
      "{\"title\":\"首頁遭置換\",\"description\":\"x\",\"severity\":\"high\",\"page\":[\"https://www.example/"
      "\"],"
      "\"values\":[\"203.0.113.9\"],\"tlp\":\"green\"}",
      "ipv4-addr " },
    { LF_ADVISORY_INT,
      "{\"title\":\"VPN 遭入侵\",\"description\":\"x\",\"severity\":\"critical\","
      "\"happened_at\":\"2026-11-20T10:00:00+08:00\",\"values\":[\"C2.evil.example.\",\"198.51.100.0/24\","
      "\"2001:DB8::1\",\"http://evil.example/x\",\"a@evil.example\","
      "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"],\"cve\":[\"cve-2026-12345\"],"
      "\"measures\":\"更新\",\"tlp\":\"amber\"}",
      "domain-name ipv4-addr ipv6-addr url email-addr file vulnerability course-of-action " },
    { LF_ADVISORY_EWA,
      "{\"title\":\"預警\",\"description\":\"x\",\"severity\":\"medium\",\"measures\":\"封鎖\","
      "\"sectors\":[\"energy\",\"communications\"],\"reply_by\":\"2026-11-25T00:00:00Z\",\"tlp\":\"amber+"
      "strict\"}",
      "course-of-action " },
    { LF_ADVISORY_FBI,
      "{\"title\":\"回饋\",\"reply_to\":\"report--4527e5de-8572-446a-a57a-706f15467461\","
      "\"verdict\":\"confirmed\",\"incident\":\"114-0001\",\"measures\":\"已封鎖\",\"tlp\":\"red\"}",
      "opinion " },
};

static struct lf_advisory advisory(size_t i)
{
    enum lf_code rc;
    struct lf_advisory in = {
        .id = LF_V("report--4527e5de-8572-446a-a57a-706f15467462"),
        .created_by = LF_V("identity--4527e5de-8572-446a-a57a-706f15467463"),
        .kind = whole[i].kind,
        .form = form_of(whole[i].kind, whole[i].json, &rc),
        .created = 1700000000 * LF_SECOND,
        .modified = 1700000001 * LF_SECOND,
        .published = 1700000000 * LF_SECOND,
    };

    CHECK_OK(rc, &e);
    return in;
}

static void tell(void *ctx, const struct lf_stix_fault *f)
{
    (void)ctx;
    if (!f->advice)
        printf("# %.*s %.*s: %.*s\n", LF_FMT(f->id), LF_FMT(f->path), LF_FMT(f->text));
}

static void all_it_travels_as_is_what_stix_demands_and_reads_back(void)
{
    static const struct lf_advisory_file file = { LF_VIEW("圖.png"), LF_VIEW("image/png"),
                                                  LF_VIEW("\x89PNG") };

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        struct lf_advisory in = advisory(i), out;
        const lf_view *objects;
        char types[200] = "";
        size_t n;

        in.files = &file;
        in.nfiles = i == 2;
        CHECK_OK(lf_advisory_complete(in.kind, &in.form, &e), &e);
        CHECK_OK(lf_advisory_write(&a, &in, LF_V("key"), &n, &objects, &e), &e);
        for (size_t k = 0; k < n; k++) {
            const struct lf_json *tree;
            lf_view type;

            CHECK_OK(lf_json_parse(&a, objects[k], NULL, &tree, &e), &e);
            CHECK(lf_stix_check(&a, tree, tell, NULL) == 0, "row %zu object %zu", i, k);
            type = lf_json_str(tree, "type");
            CHECK(lf_json_items(lf_json_get(tree, LF_V("object_marking_refs"))) == 1,
                  "row %zu object %zu is not marked", i, k);
            if (k + 1 < n && !lf_view_is(type, "artifact")) {
                lf_view had = lf_view_of(types);

                if (lf_view_find(had, type) == SIZE_MAX)
                    snprintf(types + had.len, sizeof types - had.len, "%.*s ", LF_FMT(type));
            }
        }
        CHECK(strcmp(types, whole[i].types) == 0, "row %zu: \"%s\"", i, types);
        CHECK_OK(lf_advisory_read(&a, objects[n - 1], &out, &e), &e);
        CHECK(out.kind == in.kind && out.modified == in.modified && !out.revoked, "row %zu", i);
        CHECK_VIEW(lf_advisory_write_form(&a, &out.form), lf_advisory_write_form(&a, &in.form));
    }
    lf_arena_clear(&a);
}

static void the_same_is_written_the_same_and_another_report_otherwise(void)
{
    struct lf_advisory in = advisory(2);
    const lf_view *one, *two, *three;
    size_t n;

    CHECK_OK(lf_advisory_write(&a, &in, LF_V("key"), &n, &one, &e), &e);
    CHECK_OK(lf_advisory_write(&a, &in, LF_V("key"), &n, &two, &e), &e);
    in.id = LF_V("report--4527e5de-8572-446a-a57a-706f15467469");
    CHECK_OK(lf_advisory_write(&a, &in, LF_V("key"), &n, &three, &e), &e);
    for (size_t i = 0; i < n; i++)
        CHECK_VIEW(one[i], two[i]);
    CHECK_VIEW(one[0], three[0]); /* a cyber-observable's id is made of what it says */
    CHECK(!lf_view_eq(one[n - 2], three[n - 2]), "measures of another report");
    lf_arena_clear(&a);
}

static void what_is_written_so_that_nobody_clicks_is_understood(void)
{
    struct lf_advisory_form f = { 0 };
    size_t values = lf_advisory_field(LF_V("values"));

    CHECK_OK(
        lf_advisory_put(&a, &f, LF_ADVISORY_INT, values,
                        LF_V("hxxp://evil[.]example/a\r\n\n 198[.]51[.]100[.]7 \nuser[at]evil[.]example\n"
                             "198.51.100.7"),
                        &e),
        &e);
    CHECK(f.n[values] == 3, "%zu", f.n[values]);
    CHECK_VIEW(f.text[values][0], LF_V("http://evil.example/a"));
    CHECK_VIEW(f.text[values][1], LF_V("198.51.100.7"));
    CHECK_VIEW(f.text[values][2], LF_V("user@evil.example"));
    lf_arena_clear(&a);
}

static void lines_end_as_they_are_kept_however_a_browser_sends_them(void)
{
    struct lf_advisory_form f = { 0 };

    CHECK_OK(lf_advisory_put(&a, &f, LF_ADVISORY_INT, lf_advisory_field(LF_V("description")),
                             LF_V("one\r\ntwo"), &e),
             &e);
    CHECK_VIEW(lf_advisory_text(&f, "description"), LF_V("one\ntwo"));
    lf_arena_clear(&a);
}

static void what_a_form_does_not_have_is_refused_by_its_name(void)
{
    static const struct {
        enum lf_advisory_kind kind;
        const char *json, *says;
    } rows[] = {
        { LF_ADVISORY_ANA, "{\"colour\":\"red\"}", "colour" },
        { LF_ADVISORY_ANA, "{\"verdict\":\"confirmed\"}", "ANA has no field" },
        { LF_ADVISORY_ANA, "{\"tlp\":\"purple\"}", "tlp is one of" },
        { LF_ADVISORY_ANA, "{\"title\":[\"a\"]}", "title is a text" },
        { LF_ADVISORY_ANA, "{\"title\":7}", "title is a text" },
        { LF_ADVISORY_ANA, "{\"title\":\"a\\u0000b\"}", "control characters" },
        { LF_ADVISORY_ANA, "{\"title\":\"a\\nb\"}", "control characters" },
        { LF_ADVISORY_ANA, "{\"references\":[\"javascript:alert(1)\"]}", "no link" },
        { LF_ADVISORY_ANA, "{\"references\":[\"https://a/ b\"]}", "no link" },
        { LF_ADVISORY_INT, "{\"values\":[\"not a value\"]}", "no address" },
        { LF_ADVISORY_INT, "{\"values\":[1]}", "list of texts" },
        { LF_ADVISORY_INT, "{\"cve\":[\"CVE-26-1\"]}", "CVE" },
        { LF_ADVISORY_INT, "{\"happened_at\":\"yesterday\"}", "no time" },
        { LF_ADVISORY_FBI, "{\"reply_to\":\"report--1\"}", "no STIX id" },
        { LF_ADVISORY_FBI, "[]", "JSON object" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum lf_code rc;

        (void)form_of(rows[i].kind, rows[i].json, &rc);
        CHECK(rc == LF_BAD_INPUT && strstr(e.text, rows[i].says), "row %zu: %d %s", i, (int)rc, e.text);
    }
    lf_arena_clear(&a);
}

static void nothing_is_handed_in_that_lacks_what_its_kind_needs(void)
{
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        struct lf_advisory in = advisory(i);

        for (size_t k = 0; k < LF_ADVISORY_FIELDS; k++) {
            size_t had = in.form.n[k];
            bool needed = lf_advisory_fields[k].needed & (1u << in.kind);

            in.form.n[k] = 0;
            CHECK((lf_advisory_complete(in.kind, &in.form, &e) == LF_OK) == !needed, "%s of %s",
                  lf_advisory_fields[k].key, lf_advisory_kind_name(in.kind));
            in.form.n[k] = had;
        }
    }
    lf_arena_clear(&a);
}

static void a_report_of_others_is_no_advisory_and_a_broken_one_is_refused(void)
{
    static const struct {
        const char *ext;
        enum lf_code rc;
    } rows[] = {
        { "{\"extension_type\":\"property-extension\"}", LF_NOT_FOUND },
        { "{\"intelligence_type\":\"XYZ\"}", LF_UNACCEPTED },
        { "{\"intelligence_type\":\"ANA\"}", LF_BAD_INPUT },
        { "{\"intelligence_type\":\"ANA\",\"form\":{\"title\":\"a\"}}", LF_UNACCEPTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_advisory out;
        lf_view json = lf_arena_printf(
            &a,
            "{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--4527e5de-8572-446a-a57a-"
            "706f15467462\","
            "\"created\":\"2026-11-21T00:00:00.000Z\",\"modified\":\"2026-11-21T00:00:00.000Z\",\"name\":"
            "\"x\","
            "\"published\":\"2026-11-21T00:00:00.000Z\",\"object_refs\":[\"identity--4527e5de-8572-446a-a57a-"
            "706f15467463\"],\"extensions\":{\"extension-definition--5b1f7c6e-0a4d-4f3b-9a57-1d2c8e6f4b90\":%"
            "s}}",
            rows[i].ext);

        CHECK(lf_advisory_read(&a, json, &out, &e) == rows[i].rc, "row %zu: %s", i, e.text);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(all_it_travels_as_is_what_stix_demands_and_reads_back);
    RUN(the_same_is_written_the_same_and_another_report_otherwise);
    RUN(what_is_written_so_that_nobody_clicks_is_understood);
    RUN(lines_end_as_they_are_kept_however_a_browser_sends_them);
    RUN(what_a_form_does_not_have_is_refused_by_its_name);
    RUN(nothing_is_handed_in_that_lacks_what_its_kind_needs);
    RUN(a_report_of_others_is_no_advisory_and_a_broken_one_is_refused);
    DONE();
}
