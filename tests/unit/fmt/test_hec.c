#include "fmt/hec.h"

#include "fmt/json.h"
#include "lf_test.h"

static struct lf_arena a;

enum { MOST = 400 };

/* One envelope off `text`, or nothing. */
static struct lf_hec_item one(const char *text)
{
    struct lf_hec_item item = { 0 };
    lf_view in = lf_view_of(text);

    lf_arena_reset(&a);
    CHECK(lf_hec_take(&a, &in, MOST, &item), "nothing in %s", text);
    return item;
}

static const struct {
    const char *name, *in;
    enum lf_hec_kind kind;
    const char *want;
} rows[] = {
    { "a text alone is the record", "{\"event\":\"line\"}", LF_HEC_TEXT, "line" },
    { "the time of a text", "{\"time\":1700000000.123,\"event\":\"line\"}", LF_HEC_JSON,
      "{\"@timestamp\":\"2023-11-14T22:13:20.123000Z\",\"message\":\"line\"}" },
    { "a time in quotes", "{\"time\":\"1700000000.5\",\"event\":\"line\"}", LF_HEC_JSON,
      "{\"@timestamp\":\"2023-11-14T22:13:20.500000Z\",\"message\":\"line\"}" },
    { "a time in milliseconds", "{\"time\":1700000000500,\"event\":\"line\"}", LF_HEC_JSON,
      "{\"@timestamp\":\"2023-11-14T22:13:20.500000Z\",\"message\":\"line\"}" },
    { "the host of a text", "{\"host\":\"web-1\",\"event\":\"a \\\"b\\\"\"}", LF_HEC_JSON,
      "{\"host\":{\"name\":\"web-1\"},\"message\":\"a \\\"b\\\"\"}" },
    { "where a text comes from",
      "{\"source\":\"/var/log/x\",\"sourcetype\":\"t\",\"index\":\"i\",\"event\":\"line\"}", LF_HEC_JSON,
      "{\"splunk\":{\"source\":\"/var/log/x\",\"sourcetype\":\"t\",\"index\":\"i\"},\"message\":\"line\"}" },
    { "indexed fields of a text", "{\"fields\":{\"env\":\"prod\",\"n\":1.50},\"event\":\"line\"}",
      LF_HEC_JSON, "{\"env\":\"prod\",\"n\":1.50,\"message\":\"line\"}" },
    { "an object keeps its own",
      "{\"time\":1,\"host\":\"h\",\"fields\":{\"a\":2,\"b\":3},\"source\":\"s\","
      "\"event\":{\"@timestamp\":\"x\",\"host\":\"o\",\"a\":1}}",
      LF_HEC_JSON, "{\"@timestamp\":\"x\",\"host\":\"o\",\"a\":1,\"b\":3,\"splunk\":{\"source\":\"s\"}}" },
    { "an object alone", "{\"event\":{\"a\":1}}", LF_HEC_JSON, "{\"a\":1}" },
    { "a field has no name of ours",
      "{\"fields\":{\"message\":\"x\",\"host\":\"y\",\"c\":\"z\"},\"event\":\"line\"}", LF_HEC_JSON,
      "{\"c\":\"z\",\"message\":\"line\"}" },
    { "a number is a text", "{\"event\":5.0}", LF_HEC_TEXT, "5.0" },
    { "a word is a text", "{\"host\":\"h\",\"event\":false}", LF_HEC_JSON,
      "{\"host\":{\"name\":\"h\"},\"message\":\"false\"}" },
    { "a list stays one", "{\"host\":\"h\",\"event\":[{\"a\":1}]}", LF_HEC_JSON, "[{\"a\":1}]" },
    { "a blank text", "{\"host\":\"h\",\"event\":\"\"}", LF_HEC_BLANK, "" },
    { "no event", "{\"host\":\"h\"}", LF_HEC_NO_EVENT, "" },
    { "null", "{\"event\":null}", LF_HEC_NO_EVENT, "" },
    { "broken", "{\"event\":\"a\"", LF_HEC_BROKEN, "" },
};

static void an_envelopes_words_stay_with_its_event(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lf_hec_item item = one(rows[i].in);
        CHECK(item.kind == rows[i].kind, "%s: kind %d", rows[i].name, (int)item.kind);
        CHECK(lf_view_is(item.record, rows[i].want), "%s: %.*s", rows[i].name, LF_FMT(item.record));
    }
}

/* Each indexed field is held against each member: a product that a sender would choose. */
static void many_fields_of_a_large_event_stay_in_one_object(void)
{
    struct lf_hec_item item;
    struct lf_buf b;
    lf_view in;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "{\"fields\":{\"f0\":0");
    for (int i = 1; i < 300; i++)
        lf_buf_printf(&b, ",\"f%d\":0", i);
    LF_PUT(&b, "},\"event\":{\"e0\":0");
    for (int i = 1; i < 300; i++)
        lf_buf_printf(&b, ",\"e%d\":0", i);
    LF_PUT(&b, "}}");
    in = lf_buf_view(&b);
    lf_arena_reset(&a);
    CHECK(lf_hec_take(&a, &in, 1 << 20, &item) && item.kind == LF_HEC_JSON, "not taken");
    CHECK(lf_view_find(item.record, LF_V("\"splunk\":{\"fields\":{\"f0\":0,")) != SIZE_MAX, "%.*s",
          LF_FMT(lf_view_first(item.record, 80)));
    lf_buf_clear(&b);
}

static void a_line_has_what_its_address_says(void)
{
    const struct lf_json *about;
    struct lf_hec_item item;
    struct lf_err e;

    lf_arena_reset(&a);
    CHECK_OK(lf_json_parse(&a, LF_V("{\"time\":\"1700000000\",\"host\":\"h\",\"sourcetype\":\"t\"}"), NULL,
                           &about, &e),
             &e);
    lf_hec_line(&a, about, LF_V("line"), MOST, &item);
    CHECK(item.kind == LF_HEC_JSON, "kind %d", (int)item.kind);
    CHECK_VIEW(item.record, LF_V("{\"@timestamp\":\"2023-11-14T22:13:20.000000Z\",\"host\":{\"name\":\"h\"},"
                                 "\"splunk\":{\"sourcetype\":\"t\"},\"message\":\"line\"}"));
    lf_hec_line(&a, NULL, LF_V("line"), MOST, &item);
    CHECK(item.kind == LF_HEC_TEXT, "kind %d", (int)item.kind);
    lf_hec_line(&a, about, LF_V("line"), 30, &item);
    CHECK(item.kind == LF_HEC_TOO_BIG, "kind %d", (int)item.kind);
    lf_hec_line(&a, about, LF_V("\xb8\xea\xa6w"), MOST, &item); /* Big5 */
    CHECK(item.kind == LF_HEC_TEXT, "kind %d", (int)item.kind);
    CHECK_VIEW(item.record, LF_V("\xb8\xea\xa6w"));
}

int main(void)
{
    RUN(an_envelopes_words_stay_with_its_event);
    RUN(many_fields_of_a_large_event_stay_in_one_object);
    RUN(a_line_has_what_its_address_says);
    lf_arena_clear(&a);
    DONE();
}
