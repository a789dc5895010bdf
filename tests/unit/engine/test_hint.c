#include "engine/hint.h"

#include "engine/caseless.h"
#include "engine/fold.h"
#include "fmt/json.h"
#include "lf_test.h"

static uint64_t x = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static bool plainly; /* nothing is put as \uXXXX but ' < > &, or beyond ASCII */

/* A character of a JSON text, as itself or by any of its escapes. */
static void put(struct lf_buf *b, char c)
{
    if (plainly) {
        if (strchr("'<>&", c) && roll(2))
            lf_buf_printf(b, roll(2) ? "\\u%04x" : "\\u%04X", c);
        else if ((unsigned char)c < 0x80)
            lf_buf_printf(b, c == '"' || c == '\\' ? "\\%c" : "%c",
                          roll(4) == 0 && c >= 'a' && c <= 'z' ? c & ~0x20 : c);
        return;
    }
    if (c == '"' || c == '\\' || (c == '/' && roll(2)))
        lf_buf_printf(b, roll(4) ? "\\%c" : roll(2) ? "\\u%04x" : "\\u%04X", c);
    else if ((c == 's' || c == 'k') && roll(6) == 0)
        lf_buf_put(b, roll(2)    ? c == 's' ? LF_V("\xc5\xbf") : LF_V("\xe2\x84\xaa")
                         : c == 's' ? LF_V("\\u017f")
                                 : LF_V("\\u212A"));
    else if (roll(12) == 0)
        lf_buf_printf(b, roll(2) ? "\\u%04x" : "\\u%04X", c);
    else
        lf_buf_byte(b, roll(4) == 0 && c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c);
}

static const lf_view literals[] = {
    LF_VIEW("misc::skeleton"),        LF_VIEW("\\mimilib.dll"), LF_VIEW("kiwi legit printer"),
    LF_VIEW("<b>invoke-thing's & x"), LF_VIEW("a/b-c d"),       LF_VIEW("sks"),
    LF_VIEW("say \"hello\" now"),     LF_VIEW("x{1}=2"),        LF_VIEW("\xe4\xb8\xad..ok"),
};
enum { LITERALS = sizeof literals / sizeof *literals };

enum { LONG = 4 }; /* of them have parts that grams can find */

/* Of the first n literals. */
static void never_passed_over(size_t n)
{
    static const char filler[] = "\\\\\\uu00aeks:. /\"{}=misckw4567";
    struct lf_arena a = { 0 };
    struct lf_hint *h = lf_hint_create(&a, literals, n);
    unsigned holds = 0, passed = 0, lost = 0, plain = 0, bare = 0;

    CHECK(h != NULL, "these literals have parts");
    for (unsigned round = 0; h && round < 40000; round++) {
        struct lf_arena tmp = { 0 };
        const struct lf_json *doc = NULL;
        struct lf_err e = { 0 };
        struct lf_buf b;
        bool is = false, may, beyond = roll(4) == 0;
        lf_view text, was = literals[roll((unsigned)n)];

        plainly = roll(2);
        lf_buf_init(&b, 1 << 16);
        LF_PUT(&b, "{\"k\":\"");
        for (unsigned i = roll(40); i > 0; i--)
            put(&b, filler[roll(sizeof filler - 1)]);
        for (size_t i = 0, to = roll(2) ? was.len : roll((unsigned)was.len); i < to; i++) {
            if ((unsigned char)was.ptr[i] >= 0x80)
                lf_buf_byte(&b, was.ptr[i]);
            else
                put(&b, was.ptr[i]);
        }
        for (unsigned i = roll(40); i > 0; i--)
            put(&b, filler[roll(sizeof filler - 1)]);
        if (beyond)
            LF_PUT(&b, "\xc3\xa4");
        LF_PUT(&b, "\"}");
        if (lf_json_parse(&tmp, lf_buf_view(&b), NULL, &doc, &e) == LF_OK) { /* a character may be cut */
            text = lf_fold(&tmp, lf_json_text(lf_json_get(doc, LF_V("k"))));
            for (size_t i = 0; i < n; i++)
                is = is || lf_caseless_find(text, literals[i]) != SIZE_MAX;
            may = lf_hint_may_hold(h, lf_buf_view(&b), lf_json_bare(doc));
            bare += lf_json_bare(doc);
            plain += lf_json_plain(doc);
            CHECK(!plainly || beyond || !lf_is_ascii(was) || lf_json_plain(doc), "plain: %.*s",
                  LF_FMT(lf_buf_view(&b)));
            holds += is;
            passed += !may;
            if (is && !may && lost++ == 0)
                printf("# passed over: %.*s\n", LF_FMT(lf_buf_view(&b)));
        }
        lf_buf_clear(&b);
        lf_arena_clear(&tmp);
    }
    CHECK(lost == 0, "%u texts passed over", lost);
    CHECK(holds > 1000 && passed > 1000, "%u hold one, %u passed over", holds, passed);
    CHECK(plain > 1000 && bare > plain + 1000, "%u are plain, %u bare", plain, bare);
    lf_hint_clear(h);
    lf_arena_clear(&a);
}

static void a_text_that_holds_a_literal_is_never_passed_over(void)
{
    never_passed_over(LITERALS);
    never_passed_over(LONG);
}

static void usual_texts_are_passed_over(void)
{
    static const lf_view usual[] = {
        LF_VIEW("{\"Image\":\"C:\\\\users\\\\u0061\\\\\\\\u006d.exe\",\"n\":17,\"ok\":true}"),
        LF_VIEW("{\"text\":\"it\\u0027s \\u003cb\\u003e\\u00e4\\r\\n\",\"U\":\"\\\\U0061\"}"),
        LF_VIEW("{}"),
    };
    struct lf_arena a = { 0 };
    struct lf_hint *h = lf_hint_create(&a, literals, LITERALS);

    for (size_t i = 0; h && i < sizeof usual / sizeof *usual; i++)
        CHECK(!lf_hint_may_hold(h, usual[i], false), "%.*s", LF_FMT(usual[i]));
    lf_hint_clear(h);
    lf_arena_clear(&a);
}

static void literals_without_a_plain_part_have_no_hint(void)
{
    static const lf_view none[] = { LF_VIEW("\\\\\\\\"), LF_VIEW("ab"), LF_VIEW("\xe4\xb8\xad\xe6\x96\x87") };
    lf_view many[100];
    struct lf_arena a = { 0 };
    struct lf_hint *h;

    for (size_t i = 0; i < 3; i++)
        CHECK(!lf_hint_create(&a, &none[i], 1), "%.*s", LF_FMT(none[i]));
    for (size_t i = 0; i < 100; i++)
        many[i] = lf_arena_printf(&a, "literal %zu", i);
    h = lf_hint_create(&a, many, 100);
    CHECK(h != NULL, "a hundred long ones have one for plain documents");
    CHECK(h && lf_hint_may_hold(h, LF_V("{\"k\":\"no\"}"), false), "and none for others");
    CHECK(h && !lf_hint_may_hold(h, LF_V("{\"k\":\"no literals\"}"), true), "not there");
    CHECK(h && lf_hint_may_hold(h, LF_V("{\"k\":\"a literal 77\"}"), true), "there");
    lf_hint_clear(h);
    for (size_t i = 0; i < 100; i++)
        many[i] = lf_arena_printf(&a, "lit %zu", i % 10);
    CHECK(!lf_hint_create(&a, many, 100), "a hundred short ones");
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(a_text_that_holds_a_literal_is_never_passed_over);
    RUN(usual_texts_are_passed_over);
    RUN(literals_without_a_plain_part_have_no_hint);
    DONE();
}
