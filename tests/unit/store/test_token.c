/* The tokens of records and of queries: what the archive's filters stand on. */
#include "store/token.h"

#include "lf_test.h"

static struct lf_token_bag bag;
static struct lf_token_set set;
static struct lf_buf scratch;

static bool take(const char *text)
{
    size_t n = strlen(text);
    char *p = calloc(1, n + LF_TOKEN_PAD);
    bool ok;

    memcpy(p, text, n);
    ok = lf_token_record(&bag, (lf_view){ p, n }, &scratch);
    lf_token_set_put(&set, bag.hash, bag.n);
    lf_token_bag_reset(&bag);
    free(p);
    return ok;
}

static bool in_set(uint32_t h)
{
    for (size_t i = 0; i < set.size; i++)
        if (set.slot[i] == h)
            return true;
    return false;
}

/* Whether the filter of this one record would let the query through. */
static bool may(const char *record, const char *query)
{
    uint32_t t[64];
    size_t n = lf_token_query(lf_view_of(query), t, 64);
    bool all = true;

    lf_token_set_reset(&set);
    (void)take(record);
    for (size_t i = 0; i < n; i++)
        all &= in_set(t[i]);
    return all;
}

static size_t tokens(const char *query)
{
    uint32_t t[64];

    return lf_token_query(lf_view_of(query), t, 64);
}

static const struct {
    const char *record, *query;
    bool may;
} rows[] = {
    { "Failed password for root from 10.47.1.100 port 22", "failed PASSWORD", true },
    { "Failed password for root", "passwords", false },
    { "Failed password for root", "pass", false }, /* parts of words are not tokens */
    { "{\"id.orig_h\":\"10.47.1.100\"}", "10.47.1.100", true },
    { "{\"id.orig_h\":\"10.47.1.100\"}", "10.47.1.10", false },
    { "{\"id.orig_h\":\"10.47.1.100\"}", "id.orig_h", true },
    { "4.3.2.1.in-addr.arpa", "4.3.2.1", true },
    { "1.2.3.4.5", "2.3.4.5", true },
    { "2001:db8::1", "2001:db8::1", true },
    { "2001:db8::1", "db8::1", true },
    { "2001:db8::2", "2001:db8::1", false },
    { "2001:470:1f0b::99", "2001:470:1f0b", true },
    { "00:0c:29:aa:bb:cc", "0c:29:aa", true },
    { "00:0c:29:aa:bb:cc", "0c:30", false },
    { "flow_id 1691238129001", "1691238129001", true },
    { "flow_id 1691238129001", "1691238129002", false },
    { "port 443", "444", true }, /* short numbers are not kept: it must say maybe */
    { "at 2018-03-24T17:15:20.866586Z", "866587Z", true },
    { "C:\\\\Windows\\\\System32\\\\cmd.exe", "c:\\windows\\system32\\CMD.EXE", true },
    { "Process Create:\\r\\nImage: x", "image", true },
    { "Process Create:\\r\\nImage: x", "nimage", true }, /* as it lies, too */
    { "C:\\new\\table", "new", true },
    { "{\"q\":\"\\u8cc7\\u5b89\\u4e8b\\u4ef6\"}", "資安", true },
    { "{\"q\":\"caf\\u00e9\"}", "café", true },
    { "{\"q\":\"\\ud83d\\ude00x\"}", "😀x", true },
    { "通報資安事件給上級", "資安事件", true },
    { "通報資安事件給上級", "事故", false },
    { "通報資安事件給上級", "安資", false },
    { "使用者admin登入", "admin", true },
    { "位址10.1.2.3已封鎖", "10.1.2.3", true },
    { "GET /a?f=%2Fetc%2Fpasswd", "/etc/passwd", true },
    { "GET /a?f=%252Fetc%252Fpasswd", "/etc/passwd", true },
    { "Größe", "größe", true },
    { "Größe", "groß", false },
};

static void a_query_is_let_through_where_its_words_stand(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(may(rows[i].record, rows[i].query) == rows[i].may, "%s in %s", rows[i].query, rows[i].record);
}

static void what_cannot_be_asked_gives_no_token(void)
{
    static const char *const none[] = {
        "", "443", "22:15", "...", "!?", "866586Z", "12345678901234567", "\xff\xfe"
    };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK(tokens(none[i]) == 0, "%s", none[i]);
    CHECK(tokens("a b a B") == 2, "distinct, without case");
    uint32_t one[1];
    CHECK(lf_token_query(LF_V("a b c"), one, 1) == 1, "cut");
}

static void text_in_another_character_set_is_told(void)
{
    lf_token_set_reset(&set);
    CHECK(!take("\xb8\xea\xa6\x77 admin"), "Big5");
    CHECK(set.n == 0, "no token of it");
    CHECK(take("plain"), "plain");
}

/* A word may lie across any of the 64-byte windows. */
static void a_word_is_the_same_wherever_it_lies(void)
{
    static const char *const words[] = {
        "needle",
        "10.164.94.120",
        "CmC9kY1X0u9nP78KZc",
        "2001:db8::17",
        "資安事件",
        "1691238129001",
        "b2dafbcdbc75210672f137f27ce882ccb799887631655d4f11191d5a678e44feb2dafbcdbc75210672f137f27ce882cc"
    };

    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        for (size_t before = 0; before < 200; before++) {
            char text[600], *p = text;

            for (size_t i = 0; i < before; i++)
                *p++ = i % 7 == 3 ? ' ' : i % 5 == 2 ? '"' : 'x';
            if (before)
                p[-1] = ' ';
            p += snprintf(p, 200, "%s", words[w]);
            for (size_t i = 0; i < before % 70; i++)
                *p++ = i % 3 ? 'y' : ' ';
            *p = 0;
            CHECK(may(text, words[w]), "%s after %zu bytes", words[w], before);
        }
    }
}

/* Long records are looked at in parts; a token is cut by none of them. */
static void a_token_is_the_same_in_a_long_record(void)
{
    static const char *const words[] = { "needle",  "10.164.94.120", "2001:db8::17", "1691238129001",
                                         "7Zulu9z", "00:0c:29:aa",   "資安事件",     "12.7.10.1.2.3" };
    static char text[9000], filler[3][8] = { "x \"", "1.2:", "ab事" };

    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        for (size_t before = 4000; before < 4200; before++) {
            size_t n = 0;

            while (n < before) {
                const char *f = filler[n < 3900 ? 0 : w % 3];
                memcpy(text + n, f, strlen(f));
                n += strlen(f);
            }
            text[n++] = ' ';
            n += (size_t)snprintf(text + n, 100, "%s", words[w]);
            memset(text + n, ' ', 8400 - n);
            text[8400] = 0;
            CHECK(may(text, words[w]), "%s after %zu bytes", words[w], before);
            CHECK(!may(text, "needles 10.164.94.12"), "of others");
        }
    }
    for (size_t n = 4090; n < 4103; n++) { /* words longer than a part */
        memset(text, 'y', n);
        text[n] = 0;
        CHECK(may(text, text) && set.n == 1, "%zu letters", n);
        memset(text, '7', n);
        lf_token_set_reset(&set);
        CHECK(take(text) && set.n == 0, "%zu digits", n);
    }
}

/* What is undone of escapes is as if the whole record were undone. */
static void only_what_is_escaped_is_undone(void)
{
    CHECK(may("{\"a\":\"one\",\"b\":\"two\\u0020three\",\"c\":\"four\"}", "one two three four"), "JSON");
    CHECK(may("{\"a\":\"x\\\"ab%2Fcd\\\"\",\"b\":\"%41dm%49n\"}", "ab/cd admin"), "percent behind \\\"");
    CHECK(may("{\"a\":\"\\u8cc7\\u5b89\",\"b\":\"%25E4%25BA%258B\"}", "資安"), "both");
    CHECK(may("{\"a\":\"\\u8cc7\\u5b89\",\"b\":\"%25E4%25BA%258B\"}", "事"), "twice");
    CHECK(may("a\\nb c%20d", "b d"), "no quotes at all");
    CHECK(!may("{\"a\":\"one\\ntwo\",\"b\":\"three\"}", "twothree"), "nothing grows together");
}

static void all_tokens_of_a_whole_part_are_in_the_record(void)
{
    static const char alphabet[] = "aB0.9:_ -/%\\\"nu資安é1f,";
    unsigned long long x = 20261121;

    for (int round = 0; round < 20000; round++) {
        char text[120];
        uint32_t t[256];
        size_t n = 0, from, len, k;
        lf_view v;

        while (n < 100) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            const char *c = alphabet + (x >> 33) % (sizeof alphabet - 1);
            while (((unsigned char)*c & 0xc0) == 0x80)
                c--;
            size_t bytes = lf_utf8_len(*c);
            memcpy(text + n, c, bytes);
            n += bytes;
            if ((x >> 20) % 60 == 0)
                break;
        }
        text[n] = 0;
        from = (size_t)(x >> 40) % n;
        len = (size_t)(x >> 7) % (n - from + 1);
        v = (lf_view){ text, n };
        if (!lf_token_whole(v, from, len))
            continue;
        k = lf_token_query((lf_view){ text + from, len }, t, 256);
        lf_token_set_reset(&set);
        CHECK(take(text), "UTF-8");
        for (size_t i = 0; i < k; i++)
            CHECK(in_set(t[i]), "round %d: \"%.*s\" of \"%s\"", round, (int)len, text + from, text);
    }
}

/* The distinct tokens of records, each of which has its '\n'. */
static void tokens_of(struct lf_token_bag *b, struct lf_token_set *to, const char *text, size_t n, bool lines)
{
    lf_view all = { text, n }, line;
    bool escapes = true, taken;

    lf_token_bag_reset(b);
    lf_token_set_reset(to);
    taken = lines && lf_token_lines(b, all, &escapes);
    while (lf_view_split(&all, '\n', &line))
        if (taken && escapes)
            lf_token_escapes(b, line, &scratch);
        else if (!taken)
            CHECK(lf_token_record(b, line, &scratch), "UTF-8");
    lf_token_set_put(to, b->hash, b->n);
}

/* What the widest instructions find, where the machine has them, is what all machines find; and what is
 * found of many lines together is what is found of each. */
static void every_machine_makes_the_same_tokens(void)
{
    static const char alphabet[] = "aZ09fF7_z:.:. 1234567\"-%\\n\n";
    static char text[3 * 4096 + LF_TOKEN_PAD];
    struct lf_token_bag by[] = { { .narrow = 2 }, { .narrow = 1 }, { 0 } };
    struct lf_token_set all[4] = { 0 };
    unsigned long long x = 20261121;

    for (int round = 0; round < 3000; round++) {
        size_t most = round % 100 ? 400 : 3 * 4096, n = 0, count[4];
        const uint32_t *h[4];
        bool same = true;

        while (n < most) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            size_t run = (x >> 50) % 32 ? 1 : (x >> 40) % 90;

            while (run-- && n < most)
                text[n++] = alphabet[(x >> 33) % (sizeof alphabet - 1)];
        }
        text[n - 1] = '\n';
        memset(text + n, round & 1 ? 'x' : 0, LF_TOKEN_PAD); /* what stands behind does not matter */
        for (size_t i = 0; i < 4; i++) {
            tokens_of(&by[i < 3 ? i : 2], &all[i], text, n, i == 3);
            h[i] = lf_token_set_sort(&all[i], &count[i]);
            same &= count[i] == count[0] && memcmp(h[i], h[0], count[0] * sizeof *h[0]) == 0;
        }
        if (!same) {
            CHECK(0, "round %d: %zu, %zu, %zu and %zu tokens", round, count[0], count[1], count[2], count[3]);
            break;
        }
    }
    CHECK(by[0].narrow == 2, "stays so");
    for (size_t i = 0; i < 4; i++)
        lf_token_set_clear(&all[i]);
    for (size_t i = 0; i < 3; i++)
        lf_token_bag_clear(&by[i]);
}

/* A bag leaves out what it saw lately, but nothing that it was not given before. */
static void a_bag_forgets_no_token(void)
{
    static char text[64 + LF_TOKEN_PAD];
    struct lf_token_set want = { 0 };
    size_t nwant, nset;
    unsigned long long x = 7;

    lf_token_bag_reset(&bag);
    for (int i = 0; i < 200000; i++) {
        uint32_t t;

        x = x * 6364136223846793005u + 1442695040888963407u;
        size_t n = (size_t)snprintf(text, 64, "w%llux", (x >> 40) % (i % 3 ? 900 : 60000));

        CHECK(lf_token_record(&bag, (lf_view){ text, n }, &scratch), "UTF-8");
        CHECK(lf_token_query((lf_view){ text, n }, &t, 1) == 1, "one word");
        lf_token_set_put(&want, &t, 1);
    }
    CHECK(bag.n < 150000, "most that come again are left out: %zu", bag.n);
    lf_token_set_reset(&set);
    lf_token_set_put(&set, bag.hash, bag.n);
    CHECK(set.n == want.n, "%zu of %zu", set.n, want.n);
    const uint32_t *w = lf_token_set_sort(&want, &nwant), *h = lf_token_set_sort(&set, &nset);
    CHECK(nwant == nset && memcmp(w, h, nset * sizeof *h) == 0, "the same");
    lf_token_set_reset(&set);
    lf_token_bag_reset(&bag);
    lf_token_set_clear(&want);
}

static void a_part_of_a_word_is_not_whole(void)
{
    lf_view v = LF_V("foo xfoo café資安 10.1");

    CHECK(lf_token_whole(v, 0, 3), "foo");
    CHECK(!lf_token_whole(v, 5, 3), "xfoo");
    CHECK(!lf_token_whole(v, 0, 2), "fo");
    CHECK(!lf_token_whole(v, 9, 3), "caf before é");
    CHECK(lf_token_whole(v, 9, 5), "café before CJK");
    CHECK(lf_token_whole(v, 14, 3), "one character of CJK");
    CHECK(lf_token_whole(v, 0, v.len), "all");
    CHECK(!lf_token_whole(v, 21, 1), "1 of 10");
}

static void the_set_sorts_and_stops_at_its_ceiling(void)
{
    uint32_t *h;
    size_t n;

    lf_token_set_clear(&set);
    for (int i = 0; i < 100000; i++) {
        char word[32];

        snprintf(word, sizeof word, "w%dx", i);
        take(word);
    }
    size_t had = set.n;
    CHECK(had > 99900 && had <= 100000 && !set.over, "%zu", had);
    h = lf_token_set_sort(&set, &n);
    CHECK(n == had, "%zu of %zu", n, had);
    for (size_t i = 1; i < n; i++)
        if (h[i - 1] >= h[i]) {
            CHECK(0, "not ascending at %zu", i);
            break;
        }
    lf_token_set_reset(&set);
    CHECK(set.n == 0, "reset");
    CHECK(take("again") && set.n == 1, "used again");
}

int main(void)
{
    lf_buf_init(&scratch, 1 << 20);
    RUN(a_query_is_let_through_where_its_words_stand);
    RUN(what_cannot_be_asked_gives_no_token);
    RUN(text_in_another_character_set_is_told);
    RUN(a_word_is_the_same_wherever_it_lies);
    RUN(a_token_is_the_same_in_a_long_record);
    RUN(only_what_is_escaped_is_undone);
    RUN(all_tokens_of_a_whole_part_are_in_the_record);
    RUN(every_machine_makes_the_same_tokens);
    RUN(a_bag_forgets_no_token);
    RUN(a_part_of_a_word_is_not_whole);
    RUN(the_set_sorts_and_stops_at_its_ceiling);
    lf_token_set_clear(&set);
    lf_token_bag_clear(&bag);
    lf_buf_clear(&scratch);
    DONE();
}
