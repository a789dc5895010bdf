#include "fmt/json.h"

#include <math.h>

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;
static struct lf_buf b;

static const struct lf_json *take(const char *text)
{
    const struct lf_json *v = NULL;

    if (lf_json_parse(&a, lf_view_of(text), NULL, &v, &e) != LF_OK) {
        CHECK(0, "%s: %s", text, e.text);
        return lf_json_new_word(&a, LF_JSON_NULL);
    }
    return v;
}

static lf_view written(const struct lf_json *v)
{
    lf_buf_reset(&b);
    lf_json_write(&b, v);
    return lf_buf_view(&b);
}

static lf_view canonical(const char *text)
{
    lf_buf_reset(&b);
    CHECK_OK(lf_json_canon(&b, take(text), &e), &e);
    return lf_buf_view(&b);
}

static const struct {
    const char *name;
    lf_view in;
    bool ok;
} texts[] = {
    { "a lone number", LF_VIEW("0"), true },
    { "a negative zero", LF_VIEW("-0"), true },
    { "fraction and exponent", LF_VIEW("-12.50e+07"), true },
    { "blanks around", LF_VIEW(" \t\r\n{} \n"), true },
    { "empty containers", LF_VIEW("[{},[],\"\"]"), true },
    { "all words", LF_VIEW("[true,false,null]"), true },
    { "a pair of surrogate escapes", LF_VIEW("\"\\ud83d\\ude00\""), true },
    { "an escaped NUL", LF_VIEW("\"\\u0000\""), true },
    { "DEL as it is", LF_VIEW("\"\x7f\""), true },
    { "the last code point", LF_VIEW("\"\xf4\x8f\xbf\xbf\""), true },
    { "nothing", LF_VIEW(""), false },
    { "blanks only", LF_VIEW("  \n"), false },
    { "a byte order mark", LF_VIEW("\xef\xbb\xbf{}"), false },
    { "two values", LF_VIEW("1 2"), false },
    { "a comma at the end of an array", LF_VIEW("[1,]"), false },
    { "a comma at the end of an object", LF_VIEW("{\"a\":1,}"), false },
    { "a key without quotes", LF_VIEW("{a:1}"), false },
    { "single quotes", LF_VIEW("['a']"), false },
    { "a comment", LF_VIEW("[1 /* x */]"), false },
    { "a leading zero", LF_VIEW("01"), false },
    { "a plus sign", LF_VIEW("+1"), false },
    { "no digit before the point", LF_VIEW(".5"), false },
    { "no digit after the point", LF_VIEW("5."), false },
    { "an empty exponent", LF_VIEW("1e"), false },
    { "a sign alone", LF_VIEW("-"), false },
    { "hexadecimal", LF_VIEW("0x10"), false },
    { "NaN", LF_VIEW("NaN"), false },
    { "Infinity", LF_VIEW("-Infinity"), false },
    { "a word in capitals", LF_VIEW("True"), false },
    { "a word cut short", LF_VIEW("tru"), false },
    { "a form feed as a blank", LF_VIEW("[\f]"), false },
    { "an open string", LF_VIEW("\"abc"), false },
    { "an open string after a backslash", LF_VIEW("\"abc\\"), false },
    { "an open array", LF_VIEW("[1,2"), false },
    { "the wrong bracket", LF_VIEW("[1}"), false },
    { "a newline in a string", LF_VIEW("\"a\nb\""), false },
    { "a NUL in a string", LF_VIEW("\"a\0b\""), false },
    { "an unknown escape", LF_VIEW("\"\\x41\""), false },
    { "three hex digits", LF_VIEW("\"\\u12g4\""), false },
    { "a lone high surrogate", LF_VIEW("\"\\ud83d\""), false },
    { "a lone high surrogate before text", LF_VIEW("\"\\ud83dabcdefgh\""), false },
    { "a lone low surrogate", LF_VIEW("\"\\ude00\""), false },
    { "two high surrogates", LF_VIEW("\"\\ud83d\\ud83d\""), false },
    { "an overlong slash", LF_VIEW("\"\xc0\xaf\""), false },
    { "an overlong three-byte form", LF_VIEW("\"\xe0\x80\xaf\""), false },
    { "a surrogate in UTF-8", LF_VIEW("\"\xed\xa0\x80\""), false },
    { "past the last code point", LF_VIEW("\"\xf4\x90\x80\x80\""), false },
    { "a continuation byte alone", LF_VIEW("\"\x80\""), false },
    { "a character cut by the quote", LF_VIEW("\"\xe4\xb8\""), false },
    { "bad UTF-8 behind an escape", LF_VIEW("\"\\n\xff\""), false },
    { "a control character behind an escape", LF_VIEW("\"\\n\x01\""), false },
};

static void json_is_taken_exactly_as_rfc_8259_says(void)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct lf_json *v = NULL;
        enum lf_code rc = lf_json_parse(&a, texts[i].in, NULL, &v, &e);

        CHECK(rc == (texts[i].ok ? LF_OK : LF_BAD_INPUT), "%s: %s", texts[i].name, lf_code_name(rc));
        CHECK(texts[i].ok || !v, "%s: out was touched", texts[i].name);
    }
}

static void strings_are_the_same_at_every_length_and_place(void)
{
    /* The scanner looks at many bytes at once: each special byte must be found at
     * each place within and across its steps, in either way of reading. */
    static const char *const pieces[] = {
        "\\n", "\\u00e9", "\xe8\x81\xaf", "\\ud83d\\ude00", "\xf0\x9f\x98\x80", "\\\\"
    };
    static const char *const want[] = {
        "\n", "\xc3\xa9", "\xe8\x81\xaf", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\\"
    };

    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++)
        for (size_t before = 0; before < 40; before++)
            for (size_t behind = 0; behind < 40; behind++) {
                char in[256], out[256];
                int n, m;

                lf_arena_reset(&a);
                n = snprintf(in, sizeof in, "\"%.*s%s%.*s\"", (int)before,
                             "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", pieces[p], (int)behind,
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ");
                m = snprintf(out, sizeof out, "%.*s%s%.*s", (int)before,
                             "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", want[p], (int)behind,
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ");
                (void)n;
                CHECK_VIEW(lf_json_text(take(in)), ((lf_view){ out, (size_t)m }));
            }
}

static void long_escaped_strings_grow_without_loss(void)
{
    enum { N = 60000 };
    char *in = malloc(6 * N + 3), *out = malloc(N);
    const struct lf_json *v;
    size_t n = 0;

    in[n++] = '"';
    for (size_t i = 0; i < N; i++) {
        out[i] = (char)('a' + i % 26);
        if (i % 7 == 0)
            n += (size_t)snprintf(in + n, 7, "\\u%04x", (unsigned)out[i]);
        else
            in[n++] = out[i];
    }
    in[n++] = '"';
    CHECK_OK(lf_json_parse(&a, (lf_view){ in, n }, NULL, &v, &e), &e);
    CHECK_VIEW(lf_json_text(v), ((lf_view){ out, N }));
    free(in);
    free(out);
}

/* The end of one string comes to lie where the room for such strings ends, and a long one follows. */
static void a_long_string_after_one_that_fills_the_room_is_whole(void)
{
    enum { LONG = 200000 };
    struct lf_buf in;

    lf_buf_init(&in, 1 << 20);
    for (size_t n = 3900; n < 4300; n++) {
        const struct lf_json *v = NULL;
        lf_view t;

        lf_buf_reset(&in);
        lf_buf_put(&in, LF_V("[\"\\n"));
        for (size_t i = 0; i < n; i++)
            lf_buf_byte(&in, 'a');
        lf_buf_put(&in, LF_V("\",\""));
        for (size_t i = 0; i < LONG; i++)
            lf_buf_byte(&in, (char)('a' + i % 26));
        lf_buf_put(&in, LF_V("\\t\"]"));
        lf_arena_clear(&a);
        CHECK_OK(lf_json_parse(&a, lf_buf_view(&in), NULL, &v, &e), &e);
        CHECK(lf_json_text(lf_json_item(v, 0)).len == n + 1, "%zu: the first", n);
        t = lf_json_text(lf_json_item(v, 1));
        CHECK(t.len == LONG + 1 && t.ptr[0] == 'a' && t.ptr[LONG] == '\t', "%zu: the second", n);
    }
    lf_buf_clear(&in);
}

static void members_are_found_by_name_and_path(void)
{
    const struct lf_json *v =
        take("{\"a\":1,\"b\":{\"c\":[true,\"x\"]},\"a\":2,\"\":3,\"n\":-9007199254740991,"
             "\"big\":9007199254740992,\"f\":1.0,\"t\":true}");
    int64_t n = 7;

    CHECK(lf_json_members(v) == 8, "%zu", lf_json_members(v));
    CHECK_VIEW(lf_json_text(lf_json_get(v, LF_V("a"))), LF_V("1"));
    CHECK_VIEW(lf_json_text(lf_json_get(v, LF_V(""))), LF_V("3"));
    CHECK_VIEW(lf_json_text(lf_json_item(lf_json_path(v, "b.c"), 1)), LF_V("x"));
    CHECK(!lf_json_path(v, "b.d.e"), "found");
    CHECK(!lf_json_path(v, "a.b"), "a number has members");
    CHECK(!lf_json_get(NULL, LF_V("a")), "NULL has members");
    CHECK(!lf_json_str(v, "a").ptr, "a number is text");
    CHECK(lf_json_int(v, "n", &n) && n == -9007199254740991, "%lld", (long long)n);
    CHECK(!lf_json_int(v, "big", &n) && !lf_json_int(v, "f", &n), "taken");
    CHECK(lf_json_bool(v, "t", false) && lf_json_bool(v, "a", true), "bool");
    CHECK_VIEW(lf_json_key(v, 1), LF_V("b"));
    CHECK(lf_json_kind(lf_json_member(v, 1)) == LF_JSON_OBJECT, "kind");
}

static void limits_hold(void)
{
    const struct lf_json *v;
    struct lf_json_limits few = { .bytes = 8 }, flat = { .depth = 2 }, deep = { .depth = 9999 };
    struct lf_json_limits unique = { .unique = true };
    char text[2048];
    lf_view in;

    CHECK_CODE(lf_json_parse(&a, LF_V("[1,2,3,4]"), &few, &v, &e), LF_TOO_BIG);
    CHECK_OK(lf_json_parse(&a, LF_V("[1,2,34]"), &few, &v, &e), &e);
    CHECK_OK(lf_json_parse(&a, LF_V("[[1]]"), &flat, &v, &e), &e);
    CHECK_CODE(lf_json_parse(&a, LF_V("[[[1]]]"), &flat, &v, &e), LF_TOO_BIG);
    memset(text, '[', 1024);
    memset(text + 1024, ']', 1024);
    CHECK_OK(lf_json_parse(&a, (lf_view){ text + 512, 1024 }, &deep, &v, &e), &e);
    CHECK_CODE(lf_json_parse(&a, (lf_view){ text + 511, 1026 }, &deep, &v, &e), LF_TOO_BIG);
    CHECK_CODE(lf_json_parse(&a, (lf_view){ text + 900, 248 }, NULL, &v, &e), LF_TOO_BIG);
    CHECK_CODE(lf_json_parse(&a, LF_V("{\"a\":1,\"\\u0061\":2}"), &unique, &v, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_json_parse(&a,
                             LF_V("{\"a\":1,\"b\":2,\"c\":1,\"d\":2,\"e\":1,\"f\":2,\"g\":1,\"h\":2,\"i\":1,"
                                  "\"j\":2,\"k\":1,\"l\":2,\"m\":1,\"c\":2}"),
                             &unique, &v, &e),
               LF_BAD_INPUT);
    CHECK_OK(lf_json_parse(&a, LF_V("{\"a\":{\"a\":1},\"b\":{\"a\":2}}"), &unique, &v, &e), &e);

    in = LF_V("  1234567 \"123456\" \"1234567\"");
    CHECK_OK(lf_json_take(&a, &in, &few, &v, &e), &e);
    CHECK_OK(lf_json_take(&a, &in, &few, &v, &e), &e);
    CHECK_CODE(lf_json_take(&a, &in, &few, &v, &e), LF_TOO_BIG);
}

static void half_a_pair_is_one_character_where_that_is_asked(void)
{
    static const struct {
        lf_view in, want;
    } rows[] = {
        { LF_VIEW("\"\\ud83d\""), LF_VIEW("\xef\xbf\xbd") },
        { LF_VIEW("\"a\\ude00b\""), LF_VIEW("a\xef\xbf\xbd"
                                            "b") },
        { LF_VIEW("\"\\ud83d\\ud83d\\ude00\""), LF_VIEW("\xef\xbf\xbd\xf0\x9f\x98\x80") },
        { LF_VIEW("\"\\ud83d\\u0041\""), LF_VIEW("\xef\xbf\xbd"
                                                 "A") },
    };
    const struct lf_json *v;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_OK(lf_json_parse(&a, rows[i].in, &(struct lf_json_limits){ .halves = true }, &v, &e), &e);
        CHECK_VIEW(lf_json_text(v), rows[i].want);
    }
    CHECK_CODE(lf_json_parse(&a, LF_V("\"\\ud83\""), &(struct lf_json_limits){ .halves = true }, &v, &e),
               LF_BAD_INPUT);
}

static void input_that_goes_on_is_told_from_what_is_wrong(void)
{
    const struct lf_json_limits on = { .goes_on = true };
    const struct lf_json *v;
    lf_view in = LF_V("{\"a\":[1,\n");

    CHECK_CODE(lf_json_take(&a, &in, &on, &v, &e), LF_NOT_FOUND);
    in = LF_V("{\"a\":[1,}\n");
    CHECK_CODE(lf_json_take(&a, &in, &on, &v, &e), LF_BAD_INPUT);
    in = LF_V("{\"a\":[1]}\n{");
    CHECK_OK(lf_json_take(&a, &in, &on, &v, &e), &e);
}

static void many_values_outgrow_the_stack(void)
{
    const struct lf_json *v;
    struct lf_buf text;

    lf_buf_init(&text, 1 << 20);
    LF_PUT(&text, "[0");
    for (int i = 1; i < 20000; i++)
        lf_buf_printf(&text, ",{\"k\":%d}", i);
    LF_PUT(&text, "]");
    CHECK_OK(lf_json_parse(&a, lf_buf_view(&text), NULL, &v, &e), &e);
    CHECK(lf_json_items(v) == 20000, "%zu", lf_json_items(v));
    CHECK_VIEW(lf_json_text(lf_json_get(lf_json_item(v, 19999), LF_V("k"))), LF_V("19999"));
    CHECK_VIEW(written(v), lf_buf_view(&text));
    lf_buf_clear(&text);
}

static void values_are_taken_one_after_another(void)
{
    lf_view in = LF_V("{\"a\":1}\n[2] 3\ttrue{} ");
    const struct lf_json *v;
    static const char *const want[] = { "{\"a\":1}", "[2]", "3", "true", "{}" };

    for (size_t i = 0; i < 5; i++) {
        CHECK_OK(lf_json_take(&a, &in, NULL, &v, &e), &e);
        CHECK_VIEW(written(v), lf_view_of(want[i]));
    }
    CHECK_CODE(lf_json_take(&a, &in, NULL, &v, &e), LF_NOT_FOUND);
    in = LF_V("nul");
    CHECK_CODE(lf_json_take(&a, &in, NULL, &v, &e), LF_BAD_INPUT);
    CHECK_VIEW(in, LF_V("nul"));
}

static void writing_gives_back_what_was_read(void)
{
    static const char same[] =
        "{\"a\":[1.50,-0,1E400,\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\xe8\x81\xaf\"],\"b\":{},"
        "\"c\":null,\"d\":true,\"e\":false}";

    CHECK_VIEW(written(take(same)), lf_view_of(same));
}

static void quoting_mends_what_is_not_utf8(void)
{
    lf_buf_reset(&b);
    lf_json_quote(&b, LF_V("a\xff\xe8\x81\xaf\xe8\x81\"\x00"));
    CHECK_VIEW(lf_buf_view(&b), LF_V("\"a\xef\xbf\xbd\xe8\x81\xaf\xef\xbf\xbd\xef\xbf\xbd\\\"\\u0000\""));
}

static void canonical_text_is_rfc_8785s(void)
{
    /* The example of section 3.2.2 and the key order of section 3.2.3. */
    CHECK_VIEW(canonical("{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"
                         "\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
                         "\"literals\":[null,true,false]}"),
               LF_V("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                    "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"));
    CHECK_VIEW(canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,"
                         "\"\\u00f6\":7}"),
               LF_V("{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,"
                    "\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":3}"));
    CHECK_CODE(lf_json_canon(&b, take("{\"a\":1,\"a\":2}"), &e), LF_UNACCEPTED);
    CHECK_CODE(lf_json_canon(&b, take("1e400"), &e), LF_UNACCEPTED);
}

/* RFC 8785, appendix B, and the edges of ECMAScript's four forms. */
static const struct {
    const char *in, *want;
} numbers[] = {
    { "0", "0" },
    { "-0", "0" },
    { "-0.0", "0" },
    { "4.9406564584124654e-324", "5e-324" },
    { "-4.9406564584124654e-324", "-5e-324" },
    { "1.7976931348623157e308", "1.7976931348623157e+308" },
    { "9007199254740992", "9007199254740992" },
    { "-9007199254740992", "-9007199254740992" },
    { "295147905179352830000", "295147905179352830000" },
    { "9.999999999999997e22", "9.999999999999997e+22" },
    { "1e23", "1e+23" },
    { "1.0000000000000001e23", "1.0000000000000001e+23" },
    { "999999999999999700000", "999999999999999700000" },
    { "999999999999999900000", "999999999999999900000" },
    { "1e21", "1e+21" },
    { "9.999999999999997e-7", "9.999999999999997e-7" },
    { "0.000001", "0.000001" },
    { "333333333.3333332", "333333333.3333332" },
    { "333333333.33333325", "333333333.33333325" },
    { "333333333.3333333", "333333333.3333333" },
    { "333333333.3333334", "333333333.3333334" },
    { "333333333.33333343", "333333333.33333343" },
    { "-0.0000033333333333333333", "-0.0000033333333333333333" },
    { "1424953923781206.2", "1424953923781206.2" },
    { "1e20", "100000000000000000000" },
    { "12345678901234567890", "12345678901234567000" },
    { "0.1", "0.1" },
    { "5E-7", "5e-7" },
    { "123456789012345", "123456789012345" },
    { "1234567890123456", "1234567890123456" },
    /* 2^-44 and other powers of two, where the gap below is half the gap above. */
    { "5.684341886080802e-14", "5.684341886080802e-14" },
    { "9.5367431640625e-7", "9.5367431640625e-7" },
    { "0.00000095367431640625000000000000000000000000000000000000000000000000000000", "9.5367431640625e-7" },
};

static void numbers_print_as_ecmascript_does(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        CHECK_VIEW(canonical(numbers[i].in), lf_view_of(numbers[i].want));
    /* Whatever is printed reads back as the same double. */
    for (int x = -1074; x < 1024; x++) {
        char in[64];
        lf_view got;

        lf_arena_reset(&a);
        snprintf(in, sizeof in, "%.17g", ldexp(1.0, x));
        got = canonical(in);
        CHECK(strtod(lf_arena_cstr(&a, got), NULL) == ldexp(1.0, x), "2^%d", x);
        CHECK(got.len <= 25, "2^%d: %.*s", x, LF_FMT(got));
    }
}

static void the_writer_looks_after_commas(void)
{
    struct lf_json_w w;

    lf_buf_reset(&b);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "a", LF_V("x\n"));
    lf_json_begin(&w, "b", '[');
    lf_json_put_int(&w, NULL, -5);
    lf_json_open(&w, '{');
    lf_json_close(&w);
    lf_json_put_bool(&w, NULL, true);
    lf_json_close(&w);
    lf_json_put_null(&w, "c");
    lf_json_put_raw(&w, "d", LF_V("[1]"));
    lf_json_put(&w, "e", take("{\"z\": [ ]}"));
    lf_json_put_cstr(&w, "f", "");
    lf_json_close(&w);
    CHECK_VIEW(lf_buf_view(&b),
               LF_V("{\"a\":\"x\\n\",\"b\":[-5,{},true],\"c\":null,\"d\":[1],\"e\":{\"z\":[]},\"f\":\"\"}"));
}

static void trees_are_built_by_hand(void)
{
    const struct lf_json *items[2] = { lf_json_new_number(&a, LF_V("1.5")),
                                       lf_json_new_word(&a, LF_JSON_NULL) };
    const struct lf_json *values[2] = { lf_json_new_array(&a, 2, items), lf_json_new_string(&a, LF_V("v")) };
    lf_view keys[2] = { LF_VIEW("k"), LF_VIEW("l") };

    CHECK_VIEW(written(lf_json_new_object(&a, 2, keys, values)), LF_V("{\"k\":[1.5,null],\"l\":\"v\"}"));
    CHECK_VIEW(written(lf_json_new_object(&a, 0, NULL, NULL)), LF_V("{}"));
    CHECK_VIEW(written(lf_json_new_array(&a, 0, NULL)), LF_V("[]"));
}

static void a_document_is_plain_where_nothing_is_hidden_in_it(void)
{
    static const struct {
        const char *in;
        bool plain, bare;
    } docs[] = {
        { "{}", true, true },
        { "[1,\"a\\n\\\\u0041 \\/\",{\"k\":null}]", true, true },
        { "\"\\u0041\"", false, false },
        { "\"it\\u0027s \\u003cb\\u003E \\u0026c\"", true, true },
        { "\"\\u0028\"", false, false },
        { "\"\\u0027\\ud83d\\ude00\"", false, true },
        { "{\"a\\u0062\":1}", false, false },
        { "{\"k\":[\"a long text without, then one with \xc5\xbf in it\"]}", false, false },
        { "{\"k\":\"\\n an escape, then \xe4\xb8\xad\"}", false, true },
        { "{\"\xe2\x84\xaa\":1}", false, false },
        { "\"\\n and \xe2\x84\xaa\"", false, false },
        { "\"\\u212A\"", false, false },
        { "\"\\u017f\"", false, false },
        { "\"\\u0007\\u00e4\"", false, true },
    };

    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
        CHECK(lf_json_plain(take(docs[i].in)) == docs[i].plain &&
                  lf_json_bare(take(docs[i].in)) == docs[i].bare,
              "%s", docs[i].in);
    CHECK(!lf_json_plain(lf_json_get(take("{\"a\":{}}"), LF_V("a"))), "a part is no document");
    CHECK(!lf_json_plain(NULL), "nothing");
}

int main(void)
{
    lf_buf_init(&b, 1 << 20);
    RUN(json_is_taken_exactly_as_rfc_8259_says);
    RUN(strings_are_the_same_at_every_length_and_place);
    RUN(long_escaped_strings_grow_without_loss);
    RUN(a_long_string_after_one_that_fills_the_room_is_whole);
    RUN(members_are_found_by_name_and_path);
    RUN(limits_hold);
    RUN(half_a_pair_is_one_character_where_that_is_asked);
    RUN(input_that_goes_on_is_told_from_what_is_wrong);
    RUN(many_values_outgrow_the_stack);
    RUN(values_are_taken_one_after_another);
    RUN(writing_gives_back_what_was_read);
    RUN(quoting_mends_what_is_not_utf8);
    RUN(canonical_text_is_rfc_8785s);
    RUN(numbers_print_as_ecmascript_does);
    RUN(the_writer_looks_after_commas);
    RUN(trees_are_built_by_hand);
    RUN(a_document_is_plain_where_nothing_is_hidden_in_it);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    DONE();
}
