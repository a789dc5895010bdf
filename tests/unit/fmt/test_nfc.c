#include "fmt/nfc.h"

#include "lf_test.h"

static const struct {
    const char *name, *in, *out;
} rows[] = {
    { "ASCII", "plain", "plain" },
    { "composed already", "\xc3\xa9", "\xc3\xa9" },
    { "a letter and its mark", "e\xcc\x81", "\xc3\xa9" },
    { "two marks in the other order", "d\xcc\x87\xcc\xa3", "\xe1\xb8\x8d\xcc\x87" },
    { "three ways of one letter", "\xe1\xb8\x8b\xcc\xa3", "\xe1\xb8\x8d\xcc\x87" },
    { "a mark of the same class blocks", "a\xcc\x85\xcc\x80", "a\xcc\x85\xcc\x80" },
    { "Hangul", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c" },
    { "a compatibility ideograph", "\xef\xa4\x80", "\xe8\xb1\x88" },
    { "excluded from composition", "\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc" },
    { "a mark without a letter", "\xcc\x81x", "\xcc\x81x" },
    { "Chinese", "\xe8\xb3\x87\xe5\xae\x89", "\xe8\xb3\x87\xe5\xae\x89" },
    { "nothing", "", "" },
};

static void texts_of_one_meaning_have_one_form(void)
{
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lf_view out = lf_nfc(&a, lf_view_of(rows[i].in));

        CHECK(lf_view_eq(out, lf_view_of(rows[i].out)), "%s: %.*s", rows[i].name, LF_FMT(out));
        CHECK(lf_view_eq(lf_nfc(&a, out), out), "%s: again", rows[i].name);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(texts_of_one_meaning_have_one_form);
    DONE();
}
