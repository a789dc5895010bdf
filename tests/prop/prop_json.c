/* Our parser against jansson over generated and mutated documents, and over recorded
 * events where they are at hand: both take or both refuse, and
 * what both take is the same tree.
 *
 * Known differences, allowed for: jansson has no numbers beyond 64-bit integers
 * and doubles, and no NUL in keys; it keeps the last of two equal keys, and may
 * take a raw NUL byte for the end of the text. */
#include <jansson.h>
#include <zstd.h>

#include "fmt/json.h"
#include "lf_test.h"

static uint64_t seed = 20261121, x;
static struct lf_arena a;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static void generate(struct lf_buf *b, unsigned depth)
{
    static const char *const strings[] = { "",
                                           "a",
                                           "key",
                                           "\\n",
                                           "\\u00e9",
                                           "\xe8\x81\xaf",
                                           "\\\\",
                                           "\\\"",
                                           "\\/",
                                           "\\ud83d\\ude00",
                                           "\xf0\x9f\x98\x80",
                                           "\\u0000",
                                           "plain text of some length that fills a vector",
                                           "\x7f",
                                           "C:\\\\Windows\\\\x.exe" };
    static const char *const numbers[] = { "0",   "-0",  "1",       "-1",    "12345678901234",
                                           "1.5", "1e5", "-2.5E-7", "1e400", "99999999999999999999" };
    static const char *const blanks[] = { "", "", "", " ", "\n", "\t \r\n" };
    unsigned kind = roll(depth ? 7 : 5), n;

    lf_buf_printf(b, "%s", blanks[roll(6)]);
    switch (kind) {
    case 0:
        LF_PUT(b, "null");
        break;
    case 1:
        lf_buf_put(b, roll(2) ? LF_V("true") : LF_V("false"));
        break;
    case 2:
        lf_buf_printf(b, "%s", numbers[roll(sizeof numbers / sizeof *numbers)]);
        break;
    case 3:
    case 4:
        LF_PUT(b, "\"");
        for (n = roll(4); n; n--)
            lf_buf_printf(b, "%s", strings[roll(sizeof strings / sizeof *strings)]);
        LF_PUT(b, "\"");
        break;
    default:
        lf_buf_byte(b, kind == 5 ? '[' : '{');
        n = roll(6);
        for (unsigned i = 0; i < n; i++) {
            if (i)
                LF_PUT(b, ",");
            if (kind == 6)
                lf_buf_printf(b, "%s\"%s%u\"%s:", blanks[roll(6)],
                              strings[roll(sizeof strings / sizeof *strings)], i, blanks[roll(6)]);
            generate(b, depth - 1);
        }
        lf_buf_byte(b, kind == 5 ? ']' : '}');
    }
    lf_buf_printf(b, "%s", blanks[roll(6)]);
}

static void mutate(struct lf_buf *b)
{
    static const char bytes[] = "{}[]\",:\\u0e-+.9 \n\x01\x80\xff\xed\xc0tfn";
    unsigned times = roll(3);

    for (; times && b->len; times--) {
        size_t at = roll((unsigned)b->len);
        switch (roll(4)) {
        case 0:
            b->ptr[at] = bytes[roll(sizeof bytes - 1)];
            break;
        case 1:
            b->ptr[at] = (char)roll(256);
            break;
        case 2:
            memmove(b->ptr + at, b->ptr + at + 1, b->len - at - 1);
            b->len--;
            break;
        default:
            b->len = at;
        }
    }
}

static bool same(const struct lf_json *v, json_t *j)
{
    lf_view t = lf_json_text(v);
    int64_t n;

    switch (lf_json_kind(v)) {
    case LF_JSON_NULL:
        return json_is_null(j);
    case LF_JSON_TRUE:
        return json_is_true(j);
    case LF_JSON_FALSE:
        return json_is_false(j);
    case LF_JSON_STRING:
        return json_is_string(j) && lf_view_eq(t, (lf_view){ json_string_value(j), json_string_length(j) });
    case LF_JSON_NUMBER:
        if (json_is_integer(j))
            return lf_view_is(t, "-0") ? json_integer_value(j) == 0
                                       : !lf_view_i64(t, &n) || n == json_integer_value(j);
        return json_is_real(j) && strtod(lf_arena_cstr(&a, t), NULL) - json_real_value(j) == 0;
    case LF_JSON_ARRAY:
        if (!json_is_array(j) || json_array_size(j) != lf_json_items(v))
            return false;
        for (size_t i = 0; i < lf_json_items(v); i++)
            if (!same(lf_json_item(v, i), json_array_get(j, i)))
                return false;
        return true;
    default:
        if (!json_is_object(j) || json_object_size(j) > lf_json_members(v))
            return false;
        for (size_t i = 0; i < lf_json_members(v); i++) {
            lf_view key = lf_json_key(v, i);
            bool later = false;
            for (size_t k = i + 1; k < lf_json_members(v) && !later; k++)
                later = lf_view_eq(key, lf_json_key(v, k));
            if (!later && !same(lf_json_member(v, i), json_object_get(j, lf_arena_cstr(&a, key))))
                return false;
        }
        return true;
    }
}

static bool agree(lf_view text)
{
    const struct lf_json *v = NULL;
    struct lf_json_limits limits = { .depth = 512 };
    struct lf_err e = { 0 };
    json_error_t je;
    json_t *j;
    bool ours, ok;

    lf_arena_reset(&a);
    ours = lf_json_parse(&a, text, &limits, &v, &e) == LF_OK;
    j = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &je);
    if (ours && j)
        ok = same(v, j);
    else if (ours)
        ok = json_error_code(&je) == json_error_numeric_overflow ||
             json_error_code(&je) == json_error_null_byte_in_key;
    else
        ok = !j || memchr(text.ptr, '\0', text.len);
    if (!ok)
        printf("# we: %s, jansson: %s\n# %.*s\n", ours ? "taken" : e.text, j ? "taken" : je.text,
               LF_FMT(text));
    json_decref(j);
    return ok;
}

static void generated_and_mutated_documents_are_read_as_jansson_does(void)
{
    struct lf_buf b;
    size_t taken = 0, count = 20000;

    lf_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        lf_buf_reset(&b);
        generate(&b, 5);
        if (i % 2)
            mutate(&b);
        /* Exactly as long as the text, so that reading past it is seen. */
        char *exact = malloc(b.len ? b.len : 1);
        memcpy(exact, b.ptr ? b.ptr : "", b.len);
        bool ok = agree((lf_view){ exact, b.len });
        free(exact);
        CHECK(ok, "document %zu of seed %llu", i, (unsigned long long)seed);
        if (!ok)
            break;
        taken++;
    }
    printf("# %zu documents, seed %llu\n", taken, (unsigned long long)seed);
    lf_buf_clear(&b);
}

/* The first megabytes of recorded events, where the shared data is at hand. */
static void real_events_are_read_as_jansson_does(void)
{
    enum { MOST = 24 << 20 };
    const char *shared = getenv("LF_SHARED");
    char path[1000], *packed, *text;
    ZSTD_inBuffer in = { 0 };
    ZSTD_outBuffer out = { 0 };
    ZSTD_DStream *z;
    lf_view rest, line;
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/data/windows-events.jsonl.zst", shared ? shared : "../shared");
    f = fopen(path, "rb");
    if (!f)
        SKIP("LF_SHARED does not name the shared data");
    packed = malloc(4 << 20);
    text = malloc(MOST);
    z = ZSTD_createDStream();
    in = (ZSTD_inBuffer){ packed, fread(packed, 1, 4 << 20, f), 0 };
    fclose(f);
    out = (ZSTD_outBuffer){ text, MOST, 0 };
    while (in.pos < in.size && out.pos < out.size && !ZSTD_isError(ZSTD_decompressStream(z, &out, &in)))
        ;
    ZSTD_freeDStream(z);
    rest = (lf_view){ text, out.pos };
    while (lf_view_split(&rest, '\n', &line) && rest.ptr && n < 5000) { /* the last one is cut */
        bool ok = agree(line);
        n++;
        CHECK(ok, "line %zu", n);
        if (!ok)
            break;
    }
    CHECK(n > 1000, "%zu lines", n);
    printf("# %zu events\n", n);
    free(packed);
    free(text);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !lf_view_u64(lf_view_of(argv[1]), &seed))
        return 2;
    x = seed * 2 + 1;
    RUN(generated_and_mutated_documents_are_read_as_jansson_does);
    RUN(real_events_are_read_as_jansson_does);
    lf_arena_clear(&a);
    DONE();
}
