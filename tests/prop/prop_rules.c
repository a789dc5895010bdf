/* Rules found by their witnesses against rules asked by their trees, over random
 * rules and random events: the same rules match, none more and none fewer. */
#include "base/buf.h"
#include "base/crypto.h"
#include "engine/rule_priv.h"
#include "lf_test.h"

enum { SETS = 250, RULES = 24, EVENTS = 60 };

static uint64_t seed = 20261121, x;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

#define PICK(list) ((list)[roll(sizeof(list) / sizeof *(list))])

static const char *const fields[] = { "Image", "cmd", "a.b", "a.b.c", "Th", "n", "EventID", "\"\"", "x" };
static const char *const keys[] = { "Image", "cmd",     "a.b", "a", "T h",   "Th",
                                    "n",     "EventID", "x",   "y", "c m d", "a.b.c" };

/* Parts that texts are put together from: near enough to each other to match often;
 * letters whose case is odd, dashes, wildcards in plain. */
static const char *const parts[] = {
    "a",           "B",        "ab",      "x1", " ",       "-x",         "/x",
    "\\\\cmd.exe", "k",        "\\u212a", "s",  "\\u017f", "\\u00c4",    "\\u00e4",
    "\\u4e2d",     "\\u2014x", "\\u0130", "i",  "c:\\\\",  "powershell", "AAAAAAAAAAAAAAAAAA",
    ".exe",        "\\n",      ""
};
static const char *const numbers[] = { "0", "1", "7", "10", "-1", "1.0", "1e1", "-0", "4688", "0.5", "10.0" };
static const char *const regexes[] = { "a+b",
                                       "^x",
                                       "x1$",
                                       "(?i)k",
                                       "(?i)POWER.*exe",
                                       "s|ab",
                                       "(?:cmd|power)[.s]",
                                       "^$",
                                       ".",
                                       "c:\\\\\\\\a?b",
                                       "[ab]{2,}c?",
                                       "(?i)ik",
                                       "(?i)i[sk]",
                                       "(?i)ss?k",
                                       "x\\\\d",
                                       "(ab)?x1",
                                       "(?i)(set|a).*b",
                                       "\\u00e4" };

static void text(struct lf_buf *b, bool wild)
{
    unsigned n = roll(5);

    lf_buf_byte(b, '"');
    for (unsigned i = 0; i < n; i++) {
        const char *p = PICK(parts);

        if (wild && roll(6) == 0)
            lf_buf_byte(b, roll(3) ? '*' : '?');
        lf_buf_put(b, lf_view_of(p));
    }
    lf_buf_byte(b, '"');
}

static void value(struct lf_buf *b, unsigned depth)
{
    switch (roll(depth > 2 ? 8 : 11)) {
    case 0:
        lf_buf_put(b, lf_view_of(PICK(numbers)));
        break;
    case 1:
        lf_buf_put(b, lf_view_of(roll(3) ? roll(2) ? "true" : "false" : "null"));
        break;
    case 2:
        lf_buf_put(b, LF_V("\"10.1.2.3\""));
        break;
    case 8:
    case 9: {
        unsigned n = roll(4);

        lf_buf_byte(b, '[');
        for (unsigned i = 0; i < n; i++) {
            if (i > 0)
                lf_buf_byte(b, ',');
            value(b, depth + 1);
        }
        lf_buf_byte(b, ']');
        break;
    }
    case 10: {
        unsigned n = roll(3);

        lf_buf_byte(b, '{');
        for (unsigned i = 0; i < n; i++) {
            lf_buf_printf(b, "%s\"%s\":", i ? "," : "", roll(2) ? "b" : roll(2) ? "b.c" : "c");
            value(b, depth + 1);
        }
        lf_buf_byte(b, '}');
        break;
    }
    default:
        text(b, false);
    }
}

static void members(struct lf_buf *b)
{
    unsigned n = roll(7);

    lf_buf_byte(b, '{');
    for (unsigned i = 0; i < n; i++) {
        lf_buf_printf(b, "%s\"%s\":", i ? "," : "", PICK(keys));
        value(b, 0);
    }
    lf_buf_byte(b, '}');
}

static void event(struct lf_buf *b)
{
    if (roll(5) > 0) {
        members(b);
        return;
    }
    lf_buf_put(b, roll(2) ? LF_V("{\"Event\":{\"System\":") : LF_V("{\"x\":1,\"Event\":{\"System\":"));
    members(b);
    lf_buf_put(b, LF_V(",\"EventData\":"));
    members(b);
    lf_buf_put(b, LF_V("}}"));
}

static void item(struct lf_buf *b)
{
    static const char *const mods[] = {
        "",         "|contains", "|startswith",     "|endswith",       "|contains|windash",
        "|windash", "|cased",    "|contains|cased", "|endswith|cased", "|base64offset|contains"
    };
    static const char *const compares[] = { "|gt", "|lte" };
    const char *f = PICK(fields);
    bool field = f[0] != '"';
    unsigned n = 1 + roll(roll(4) ? 2 : 9);

    switch (field ? roll(12) : 20) {
    case 0:
        lf_buf_printf(b, "'%s': null", f);
        return;
    case 1:
        lf_buf_printf(b, "'%s|exists': %s", f, roll(2) ? "true" : "false");
        return;
    case 2:
        lf_buf_printf(b, "'%s%s': %s", f, roll(2) ? PICK(compares) : "", PICK(numbers));
        return;
    case 3:
        lf_buf_printf(b, "'%s': %s", f, roll(2) ? "true" : "false");
        return;
    case 4:
        lf_buf_printf(b, "'%s|cidr': 10.0.0.0/8", f);
        return;
    case 5:
        lf_buf_printf(b, "'%s|fieldref': '%s'", f, PICK(keys));
        return;
    case 6:
    case 7:
        lf_buf_printf(b, "'%s|re%s': \"%s\"", f, roll(3) ? "" : "|i", PICK(regexes));
        return;
    default:
        break;
    }
    lf_buf_printf(b, "'%s%s%s%s': [", field ? f : "", field || roll(2) ? PICK(mods) : "",
                  roll(5) ? "" : "|all", field && roll(8) == 0 ? "|neq" : "");
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            lf_buf_byte(b, ',');
        if (roll(8) == 0)
            lf_buf_put(b, lf_view_of(PICK(numbers)));
        else
            text(b, true);
    }
    lf_buf_byte(b, ']');
}

static void rule(struct lf_buf *b)
{
    static const char *const conditions[] = { "s0",
                                              "s0 and s1",
                                              "s0 or s1",
                                              "not s0",
                                              "s0 and not s1",
                                              "not s0 and not s1",
                                              "not (not s0)",
                                              "1 of s*",
                                              "all of s*",
                                              "s0 and (s1 or not s2)",
                                              "not (s0 and not s1)",
                                              "(s0 or s1) and (s1 or s2)" };

    lf_buf_printf(b, "title: t%u\nlogsource: {category: c%u}\ndetection:\n", roll(1u << 30), roll(3));
    for (unsigned s = 0; s < 3; s++) {
        unsigned n = 1 + roll(3);

        lf_buf_printf(b, " s%u: {", s);
        for (unsigned i = 0; i < n; i++) {
            if (i > 0)
                lf_buf_put(b, LF_V(", "));
            item(b);
        }
        lf_buf_put(b, LF_V("}\n"));
    }
    lf_buf_printf(b, " condition: %s\n", PICK(conditions));
}

static unsigned long asked, matched, loaded;

static void compare(struct lf_ruleset *rs, const char *rules, lf_view json, bool route)
{
    struct lf_arena a = { 0 };
    struct lf_event ev = { 0 };
    struct lf_err e = { 0 };
    const struct lf_rule *const *fast, *const *slow;
    size_t n, m;
    bool same;

    CHECK_OK(lf_json_parse(&a, json, NULL, &ev.doc, &e), &e);
    if (!ev.doc)
        return;
    if (roll(2))
        ev.json = json;
    lf_event_add_source(&ev, roll(2) ? LF_V("c0") : LF_V("c9"), LF_V("p"), LF_V(""));
    lf_event_add_source(&ev, LF_V("c1"), LF_V(""), LF_V(""));
    n = lf_ruleset_match(rs, &a, &ev, route, &fast);
    m = lf_ruleset_match_slowly(rs, &a, &ev, route, &slow);
    same = n == m;
    for (size_t i = 0; same && i < n; i++)
        same = fast[i] == slow[i];
    CHECK(same, "%zu by witness, %zu by tree; event %.*s\nrules:\n%s", n, m, LF_FMT(json), rules);
    asked++;
    matched += m;
    lf_arena_clear(&a);
}

static void what_witnesses_find_is_what_the_trees_say(void)
{
    for (unsigned set = 0; set < SETS && lf_test_failed_ < 5; set++) {
        struct lf_arena a = { 0 };
        struct lf_rule_file f[RULES] = { 0 };
        struct lf_ruleset *rs = NULL;
        struct lf_err e = { 0 };
        struct lf_buf all, b;

        lf_buf_init(&all, 1 << 22);
        for (unsigned i = 0; i < RULES; i++) {
            lf_buf_init(&b, 1 << 20);
            rule(&b);
            f[i] = (struct lf_rule_file){ LF_V("t.yml"), lf_arena_copy(&a, lf_buf_view(&b)) };
            lf_buf_put(&all, f[i].text);
            lf_buf_clear(&b);
        }
        lf_buf_byte(&all, '\0');
        CHECK_OK(lf_ruleset_build(f, RULES, &rs, &e), &e);
        loaded += RULES - lf_ruleset_refused(rs);
        for (unsigned i = 0; i < EVENTS && lf_test_failed_ < 5; i++) {
            lf_buf_init(&b, 1 << 20);
            event(&b);
            compare(rs, all.ptr, lf_buf_view(&b), roll(3) == 0);
            lf_buf_clear(&b);
        }
        lf_ruleset_drop(rs);
        lf_buf_clear(&all);
        lf_arena_clear(&a);
    }
    printf("# seed %llu: %lu rules loaded, %lu events, %lu matches\n", (unsigned long long)seed, loaded,
           asked, matched);
    CHECK(loaded > SETS * RULES / 2 && matched > asked, "the generator makes rules that load and match");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    x = seed * 0x9e3779b97f4a7c15u + 1;
    lf_crypto_init();
    RUN(what_witnesses_find_is_what_the_trees_say);
    DONE();
}
