#include "fmt/abuse.h"

#include "base/arena.h"
#include "fmt/json.h"

#include "lf_test.h"

static struct lf_arena a;

static struct lf_abuse report(enum lf_abuse_type type)
{
    return (struct lf_abuse){ .type = type,
                              .is = LF_ABUSE_ADDRESS,
                              .source = LF_V("192.0.2.66"),
                              .id = LF_V("5cb60abc-119f-4f7d-a81d-26f89eed942b"),
                              .port = 4444,
                              .seen = 20000 * LF_DAY + 3 * LF_HOUR,
                              .reporter = { LF_V("某縣資安中心"), LF_V("soc@cert.example") },
                              .sender = { LF_V("某縣資安中心"), LF_V("soc@cert.example") },
                              .description = LF_V("連續嘗試登入"),
                              .tlp = "amber" };
}

static lf_view written(const struct lf_abuse *r, void (*write)(struct lf_buf *, const struct lf_abuse *))
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 16);
    write(&b, r);
    out = lf_arena_copy(&a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static const struct lf_json *xarf(const struct lf_abuse *r)
{
    const struct lf_json_limits limits = { .bytes = 1 << 16, .depth = 8 };
    const struct lf_json *tree = NULL;

    CHECK(lf_json_parse(&a, written(r, lf_abuse_xarf), &limits, &tree, NULL) == LF_OK, "no JSON");
    return tree;
}

static void a_feedback_report_has_its_three_required_fields_first_and_where_when_and_how_often(void)
{
    struct lf_abuse r = report(LF_ABUSE_LOGIN_ATTACK);
    lf_view arf = written(&r, lf_abuse_arf);

    CHECK(lf_view_starts(arf, LF_V("Feedback-Type: abuse\r\nUser-Agent: lianfang/")), "%.*s", LF_FMT(arf));
    CHECK(lf_view_find(arf, LF_V("\r\nVersion: 1\r\n")) != SIZE_MAX, "version");
    CHECK(lf_view_find(arf, LF_V("\r\nSource-IP: 192.0.2.66\r\nSource-Port: 4444\r\n")) != SIZE_MAX,
          "source");
    CHECK(lf_view_ends(arf, LF_V("\r\nArrival-Date: Fri, 04 Oct 2024 03:00:00 +0000\r\nIncidents: 1\r\n")),
          "%.*s", LF_FMT(arf));
    r.is = LF_ABUSE_URL;
    r.source = LF_V("http://evil.example/a");
    r.host = LF_V("evil.example");
    arf = written(&r, lf_abuse_arf);
    CHECK(lf_view_find(
              arf, LF_V("\r\nReported-URI: http://evil.example/a\r\nReported-Domain: evil.example\r\n")) !=
              SIZE_MAX,
          "%.*s", LF_FMT(arf));
    CHECK(lf_view_find(arf, LF_V("Source-Port")) == SIZE_MAX, "a port without an address");
}

static void a_document_has_the_core_of_x_arf_and_what_its_type_asks_for(void)
{
    for (int k = 0; k < LF_ABUSE_TYPES; k++) {
        struct lf_abuse r = report((enum lf_abuse_type)k);
        const struct lf_json *x;

        if (k == LF_ABUSE_PHISHING || k == LF_ABUSE_MALWARE) {
            CHECK(lf_abuse_ok(&r, NULL) == LF_BAD_INPUT, "%s of an address", lf_abuse_type_name(r.type));
            r.is = LF_ABUSE_URL;
            r.source = LF_V("http://evil.example/a");
            r.host = LF_V("evil.example");
        }
        CHECK(lf_abuse_ok(&r, NULL) == LF_OK, "%s", lf_abuse_type_name(r.type));
        x = xarf(&r);
        CHECK(lf_view_is(lf_json_str(x, "xarf_version"), "4.2.0"), "version");
        CHECK(lf_view_is(lf_json_str(x, "type"), lf_abuse_type_name(r.type)), "type");
        CHECK(lf_view_eq(lf_json_str(x, "source_identifier"), r.host.len ? r.host : r.source), "source");
        CHECK(lf_view_is(lf_json_str(lf_json_get(x, LF_V("sender")), "domain"), "cert.example"), "domain");
        CHECK(lf_view_is(lf_json_str(x, "timestamp"), "2024-10-04T03:00:00Z"), "time");
        if (lf_view_is(lf_json_str(x, "category"), "connection"))
            CHECK(lf_view_is(lf_json_str(x, "protocol"), "tcp") && lf_json_str(x, "first_seen").len, "flow");
        if (r.is == LF_ABUSE_URL)
            CHECK(lf_view_eq(lf_json_str(x, "url"), r.source), "url");
    }
}

static void a_type_that_needs_a_port_is_refused_without_one(void)
{
    static const bool needs[LF_ABUSE_TYPES] = { [LF_ABUSE_LOGIN_ATTACK] = true,
                                                [LF_ABUSE_PORT_SCAN] = true,
                                                [LF_ABUSE_DDOS] = true,
                                                [LF_ABUSE_PHISHING] = true,
                                                [LF_ABUSE_MALWARE] = true };

    for (int k = 0; k < LF_ABUSE_TYPES; k++) {
        struct lf_abuse r = report((enum lf_abuse_type)k);

        r.port = 0;
        CHECK((lf_abuse_ok(&r, NULL) != LF_OK) == needs[k], "%s", lf_abuse_type_name(r.type));
    }
}

static void a_long_description_is_cut_between_characters(void)
{
    struct lf_abuse r = report(LF_ABUSE_BOTNET);
    struct lf_buf b;

    lf_buf_init(&b, 1 << 16);
    for (int i = 0; i < 1200; i++)
        LF_PUT(&b, "字");
    r.description = lf_buf_view(&b);
    CHECK(lf_json_str(xarf(&r), "description").len == 3000, "%zu", lf_json_str(xarf(&r), "description").len);
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(a_feedback_report_has_its_three_required_fields_first_and_where_when_and_how_often);
    RUN(a_document_has_the_core_of_x_arf_and_what_its_type_asks_for);
    RUN(a_type_that_needs_a_port_is_refused_without_one);
    RUN(a_long_description_is_cut_between_characters);
    lf_arena_clear(&a);
    DONE();
}
