#include "fmt/json_copy.h"

#include <stdint.h>

#include "lf_test.h"

typedef const char *copier(const char *p, const char *end, char **to, const char *to_end);

enum { LONGEST = 300 };

static uint64_t x = 20261122;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static lf_view copied(copier *copy, lf_view in, char *out, size_t *taken)
{
    char *to = out;

    *taken = (size_t)(copy(in.ptr, in.ptr + in.len, &to, out + LONGEST) - in.ptr);
    return (lf_view){ out, (size_t)(to - out) };
}

static const struct {
    const char *name;
    lf_view in, out;
    size_t taken;
} texts[] = {
    { "a path", LF_VIEW("C:\\\\Windows\\\\System32\\\\cmd.exe is what was run here\""),
      LF_VIEW("C:\\Windows\\System32\\cmd.exe is what was run here"), 51 },
    { "every letter", LF_VIEW("\\\"\\\\\\/\\b\\f\\n\\r\\t and so on, up to a block\""),
      LF_VIEW("\"\\/\b\f\n\r\t and so on, up to a block"), 41 },
    { "a quote that is escaped by the second of three",
      LF_VIEW("\\\\\\\" 4567890123456789012345678901234567\""),
      LF_VIEW("\\\" 4567890123456789012345678901234567"), 39 },
    { "a quote after two", LF_VIEW("\\\\\" 4567890123456789012345678901234567"), LF_VIEW("\\"), 2 },
    { "hexadecimal", LF_VIEW("ab\\u0041 0123456789012345678901234567890"), LF_VIEW("ab"), 2 },
    { "signs that are hidden from web pages",
      LF_VIEW("it\\u0027s \\u003Cb\\u003e \\u0026 \\u003e\\u0027\\u0028 4567890123456"),
      LF_VIEW("it's <b> & >'"), 43 },
    { "a hidden sign over a block's end",
      LF_VIEW("01234567890123456789012345678\\u003c3456789012345678901234567\""),
      LF_VIEW("01234567890123456789012345678<3456789012345678901234567"), 60 },
    { "no escape", LF_VIEW("ab\\x0041 0123456789012345678901234567890"), LF_VIEW("ab"), 2 },
    { "a control character", LF_VIEW("\\n\n 0123456789012345678901234567890123"), LF_VIEW("\n"), 2 },
    { "a character beyond ASCII", LF_VIEW("\\n\xe8\x81\xaf 0123456789012345678901234567890"), LF_VIEW("\n"),
      2 },
    { "an escape over a block's end",
      LF_VIEW("0123456789012345678901234567890\\n3456789012345678901234567890123\""),
      LF_VIEW("0123456789012345678901234567890\n3456789012345678901234567890123"), 64 },
    { "hexadecimal over a block's end",
      LF_VIEW("0123456789012345678901234567890\\u00413456789012345678901234567"),
      LF_VIEW("0123456789012345678901234567890"), 31 },
};

static void the_escapes_of_one_letter_are_undone_and_others_stopped_at(void)
{
    static copier *const copiers[] = { lf_json_copy, lf_json_copy_bytes, lf_json_copy_blocks };
    char out[LONGEST + LF_JSON_COPY_SLACK];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 0; k < 3; k++) {
            size_t taken;

            if (k == 2 && !lf_json_copy_can())
                continue;
            CHECK_VIEW(copied(copiers[k], texts[i].in, out, &taken), texts[i].out);
            CHECK(taken == texts[i].taken, "%s, way %zu: %zu bytes taken", texts[i].name, k, taken);
        }
}

static size_t made(char *to)
{
    static const char some[] = "\\\\\\\\\\\\\\\\\"/bfnrtu0a \x01\x1f\x7f\x80\xe8\xff";
    static const char *const signs[] = { "\\u0027", "\\u003c", "\\u003E", "\\u0026", "\\u0020", "\\u0037" };
    size_t n = roll(LONGEST), seldom = 1 + roll(60);

    for (size_t i = 0; i < n; i++)
        if (roll(30) == 0 && n - i >= 6) {
            memcpy(to + i, signs[roll(6)], 6);
            i += 5;
        } else
            to[i] = roll((unsigned)seldom) == 0 ? some[roll(sizeof some - 1)] : (char)('a' + roll(26));
    return n;
}

static void blocks_give_what_bytes_give(void)
{
    char in[LONGEST], bytes[LONGEST + LF_JSON_COPY_SLACK], blocks[LONGEST + LF_JSON_COPY_SLACK];

    if (!lf_json_copy_can())
        SKIP("this machine has none of what blocks need");
    for (unsigned i = 0; i < 200000; i++) {
        lf_view v = { in, made(in) };
        size_t by_bytes, by_blocks;
        lf_view a = copied(lf_json_copy_bytes, v, bytes, &by_bytes);
        lf_view b = copied(lf_json_copy_blocks, v, blocks, &by_blocks);

        CHECK(lf_view_eq(a, b) && by_bytes == by_blocks, "text %u: %zu bytes of %zu, not %zu of %zu", i,
              b.len, by_blocks, a.len, by_bytes);
        if (lf_test_failed_)
            return;
    }
}

/* What has no room is copied by the next call, and nothing is written behind the slack. */
static void room_is_kept_to(void)
{
    char in[LONGEST], whole[LONGEST + LF_JSON_COPY_SLACK], part[2 * LONGEST];

    for (unsigned i = 0; i < 20000; i++) {
        lf_view v = { in, made(in) };
        size_t taken, room = 1 + roll(40), sum = 0;
        lf_view want = copied(lf_json_copy, v, whole, &taken);
        const char *p = in, *before = NULL;

        while (p != before) {
            char *to = part + sum;

            before = p;
            memset(to + room + LF_JSON_COPY_SLACK, '!', 8);
            p = lf_json_copy(p, in + v.len, &to, part + sum + room);
            CHECK(memcmp(part + sum + room + LF_JSON_COPY_SLACK, "!!!!!!!!", 8) == 0, "text %u", i);
            CHECK(to <= part + sum + room + LF_JSON_COPY_SLACK, "text %u", i);
            sum = (size_t)(to - part);
        }
        CHECK((size_t)(p - in) == taken, "text %u: %zu taken", i, (size_t)(p - in));
        CHECK_VIEW(((lf_view){ part, sum }), want);
        if (lf_test_failed_)
            return;
    }
}

int main(void)
{
    RUN(the_escapes_of_one_letter_are_undone_and_others_stopped_at);
    RUN(blocks_give_what_bytes_give);
    RUN(room_is_kept_to);
    DONE();
}
