/* Rules told as a delta against the same files compiled whole, over random files and
 * random edits: the same rules, refused for the same reasons, and the same matches. */
#include "base/buf.h"
#include "base/crypto.h"
#include "engine/correlation.h"
#include "engine/rule_delta.h"
#include "fmt/json.h"
#include "lf_test.h"

enum { WORLDS = 150, EDITS = 12, FILES = 14, EVENTS = 24 };

static uint64_t seed = 20261121, x;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

#define PICK(list) ((list)[roll(sizeof(list) / sizeof *(list))])

/* Few, so that they meet. */
static const char *const ids[] = {
    "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002",
    "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000A",
    "00000000-0000-4000-8000-000000000003", "00000000-0000-4000-8000-000000000004",
    "00000000-0000-4000-8000-000000000005", "00000000-0000-4000-8000-000000000006",
    "00000000-0000-4000-8000-000000000007", "00000000-0000-4000-8000-000000000008",
    "00000000-0000-4000-8000-000000000009",
};
static const char *const names[] = { "one", "two", "Two", "three", "four", "five", "six" };
static const char *const titles[] = { "T", "U", "V", "W", "X", "Y", "Z" };
static const char *const sources[] = { "{category: a}", "{category: b}", "{product: p}",
                                       "{category: a, product: p}" };
static const char *const values[] = { "'u'", "'v'", "'*w*'", "7", "null" };

static void head(struct lf_buf *b, bool ids_too)
{
    lf_buf_printf(b, "title: %s\n", PICK(titles));
    if (ids_too && roll(4))
        lf_buf_printf(b, "id: %s\n", PICK(ids));
    if (roll(3) == 0)
        lf_buf_printf(b, "name: %s\n", PICK(names));
    if (roll(3) == 0)
        lf_buf_printf(b, "level: %s\n", roll(12) ? "high" : "odd");
}

static const char *ref(void)
{
    return roll(2) ? PICK(ids) : PICK(names);
}

static void document(struct lf_buf *b, unsigned spice)
{
    unsigned kind = roll(24);

    if (kind == 0) {
        lf_buf_put(b, LF_V("title: [not, a, text\n"));
    } else if (kind < 4 + spice) {
        head(b, true);
        lf_buf_printf(b, "logsource: %s\nfilter:\n  rules:", PICK(sources));
        if (roll(8) == 0) {
            lf_buf_put(b, LF_V(" any\n"));
        } else {
            lf_buf_put(b, LF_V("\n"));
            for (unsigned n = 1 + roll(2); n > 0; n--)
                lf_buf_printf(b, "    - %s\n", ref());
        }
        lf_buf_printf(b, "  s:\n    f%u: %s\n  condition: s\n", roll(3), PICK(values));
    } else if (kind == 23 && spice) {
        head(b, true);
        lf_buf_printf(b,
                      "correlation:\n  type: event_count\n  rules:\n    - %s\n  group-by: [f0]\n"
                      "  timespan: 5m\n  condition: {gte: 2}\n",
                      ref());
    } else {
        head(b, true);
        lf_buf_printf(b, "logsource: %s\ndetection:\n  s:\n    f%u: %s\n", PICK(sources), roll(3),
                      PICK(values));
        if (roll(3) == 0)
            lf_buf_printf(b, "  t:\n    f%u: %s\n  condition: s or t\n", roll(3), PICK(values));
        else
            lf_buf_printf(b, "  condition: %s\n", roll(20) ? "s" : "nothing");
    }
}

static lf_view file_text(struct lf_arena *a, unsigned spice)
{
    struct lf_buf b;
    lf_view v;
    unsigned n = 1 + (roll(3) == 0 ? roll(3) : 0);

    lf_buf_init(&b, 1 << 16);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            lf_buf_put(&b, LF_V("---\n"));
        document(&b, spice);
    }
    v = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

static size_t edit(struct lf_arena *a, struct lf_rule_file *to, const struct lf_rule_file *from, size_t n,
                   unsigned spice)
{
    size_t m = 0;
    unsigned edits = 1 + roll(3);
    bool hit[FILES] = { false };

    while (edits-- > 0)
        hit[roll(FILES)] = true;
    /* Names give the order; a file is there or is not. */
    for (unsigned i = 0; i < FILES; i++) {
        lf_view name = lf_arena_printf(a, "%c.%s", 'a' + (int)i, i == 5 ? "test.yml" : "yml");
        const struct lf_rule_file *was = NULL;

        for (size_t k = 0; k < n; k++)
            if (lf_view_eq(from[k].name, name))
                was = &from[k];
        if (hit[i] ? roll(4) == 0 : !was)
            continue;
        to[m++] = hit[i] ? (struct lf_rule_file){ name, file_text(a, spice) } : *was;
    }
    return m;
}

static bool same_text(lf_view a, lf_view b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && lf_view_eq(a, b);
}

static bool same_rule(const struct lf_rule *a, const struct lf_rule *b)
{
    return same_text(a->id, b->id) && same_text(a->title, b->title) && same_text(a->name, b->name) &&
           same_text(a->file, b->file) && a->line == b->line && a->kind == b->kind && a->level == b->level &&
           same_text(a->refused, b->refused) && same_text(a->note, b->note) && a->number == b->number &&
           a->quiet == b->quiet && lf_view_eq(a->source.category, b->source.category) &&
           (a->doc == NULL) == (b->doc == NULL);
}

static bool same_names(const struct lf_ruleset *p, const struct lf_ruleset *q, lf_view ref_, lf_view file)
{
    const struct lf_rule *a = NULL, *b = NULL;
    struct lf_err e;
    enum lf_code ca = lf_ruleset_named(p, ref_, file, &a, &e), cb = lf_ruleset_named(q, ref_, file, &b, &e);

    return ca == cb && (ca != LF_OK || a->number == b->number);
}

static bool same_hits(struct lf_ruleset *p, struct lf_ruleset *q, bool route)
{
    static const char *const docs[] = { "u", "v", "xwx", "none" };
    struct lf_arena a = { 0 };
    bool same = true;

    for (unsigned i = 0; i < EVENTS && same; i++) {
        const struct lf_rule *const *hp, *const *hq;
        struct lf_event ev = { .recorded = 1, .happened = 1 };
        struct lf_err e;
        size_t np, nq;
        lf_view text = lf_arena_printf(&a, "{\"f0\":\"%s\",\"f1\":%s,\"f%u\":\"%s\"}", PICK(docs),
                                       roll(2) ? "7" : "null", 2 + roll(2), PICK(docs));

        CHECK(lf_json_parse(&a, text, NULL, &ev.doc, &e) == LF_OK, "%s", e.text);
        lf_event_add_source(&ev, roll(2) ? LF_V("a") : LF_V("b"), roll(2) ? LF_V("p") : LF_V(""), LF_V(""));
        np = lf_ruleset_match(p, &a, &ev, route, &hp);
        nq = lf_ruleset_match(q, &a, &ev, route, &hq);
        same = np == nq;
        for (size_t k = 0; same && k < np; k++)
            same = hp[k]->number == hq[k]->number && same_rule(hp[k], hq[k]);
        if (same && np > 0) {
            struct lf_sighting sp = { 0 }, sq = { 0 };
            bool bp = lf_sighting_of(p, &a, &ev, hp, np, &sp), bq = lf_sighting_of(q, &a, &ev, hq, nq, &sq);

            same = bp == bq && sp.nrules == sq.nrules && sp.nvalues == sq.nvalues;
        }
    }
    lf_arena_clear(&a);
    return same;
}

static size_t deltas, refusals, wholes;

static void a_delta_is_what_a_whole_compile_is(void)
{
    for (unsigned w = 0; w < WORLDS; w++) {
        struct lf_arena a = { 0 };
        struct lf_rule_file files[2][FILES];
        struct lf_ruleset *base;
        struct lf_err e;
        unsigned spice = w % 3;
        size_t n;

        x = (seed + w) * UINT64_C(0x9e3779b97f4a7c15) + 1;
        n = edit(&a, files[1], NULL, 0, spice);
        for (unsigned i = 0; i < 10; i++) { /* many files */
            memcpy(files[0], files[1], sizeof files[0]);
            n = edit(&a, files[1], files[0], n, spice);
        }
        memcpy(files[0], files[1], sizeof files[0]);
        CHECK(lf_ruleset_build(files[0], n, &base, &e) == LF_OK, "%s", e.text);
        for (unsigned i = 0; i < EDITS; i++) {
            struct lf_ruleset *delta = NULL, *whole;
            size_t m = edit(&a, files[1], files[0], n, spice);
            enum lf_code rc = lf_ruleset_delta(base, files[0], n, files[1], m, NULL, &delta, &e);

            CHECK(rc == LF_OK || rc == LF_UNACCEPTED, "world %u: %s", w, e.text);
            if (rc != LF_OK) {
                wholes++;
                continue;
            }
            deltas++;
            CHECK(lf_ruleset_build(files[1], m, &whole, &e) == LF_OK, "%s", e.text);
            refusals += lf_ruleset_refused(whole);
            CHECK(lf_ruleset_count(whole) == lf_ruleset_count(delta) &&
                      lf_ruleset_refused(whole) == lf_ruleset_refused(delta) &&
                      lf_ruleset_correlations(whole) == lf_ruleset_correlations(delta),
                  "world %u edit %u: %zu rules, %zu refused; delta %zu, %zu", w, i, lf_ruleset_count(whole),
                  lf_ruleset_refused(whole), lf_ruleset_count(delta), lf_ruleset_refused(delta));
            for (size_t k = 0; k < lf_ruleset_count(whole) && k < lf_ruleset_count(delta); k++) {
                const struct lf_rule *p = lf_ruleset_rule(whole, k), *q = lf_ruleset_rule(delta, k);

                CHECK(same_rule(p, q), "world %u edit %u rule %zu: %.*s %.*s (%.*s) | %.*s %.*s (%.*s)", w, i,
                      k, LF_FMT(p->file), LF_FMT(p->id), LF_FMT(p->refused), LF_FMT(q->file), LF_FMT(q->id),
                      LF_FMT(q->refused));
            }
            for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
                CHECK(same_names(whole, delta, lf_view_of(ids[k]), LF_V("a.yml")), "world %u edit %u: %s", w,
                      i, ids[k]);
            for (size_t k = 0; k < sizeof names / sizeof *names; k++)
                for (unsigned f = 0; f < m; f++)
                    CHECK(same_names(whole, delta, lf_view_of(names[k]), files[1][f].name),
                          "world %u edit %u: %s of %.*s", w, i, names[k], LF_FMT(files[1][f].name));
            CHECK(same_hits(whole, delta, true) && same_hits(whole, delta, false), "world %u edit %u", w, i);
            lf_ruleset_drop(delta);
            lf_ruleset_drop(whole);
        }
        lf_ruleset_drop(base);
        lf_arena_clear(&a);
    }
    printf("# seed %llu: %zu deltas, %zu to be compiled whole, %zu refusals\n", (unsigned long long)seed,
           deltas, wholes, refusals);
    CHECK(deltas > WORLDS && wholes > 0 && refusals > 100, "the worlds are too dull: %zu, %zu, %zu", deltas,
          wholes, refusals);
}

static void nothing_changed_is_the_base_itself(void)
{
    struct lf_rule_file f = { LF_V("a.yml"),
                              LF_V("title: T\nlogsource: {category: a}\ndetection:\n  s: {f: 1}\n"
                                   "  condition: s\n") };
    struct lf_ruleset *base, *same;
    struct lf_err e;

    CHECK(lf_ruleset_build(&f, 1, &base, &e) == LF_OK, "%s", e.text);
    CHECK(lf_ruleset_delta(base, &f, 1, &f, 1, NULL, &same, &e) == LF_OK && same == base &&
              lf_ruleset_delta_files(same) == 0,
          "another ruleset");
    lf_ruleset_drop(same);
    lf_ruleset_drop(base);
}

static void a_delta_keeps_its_base_and_goes_with_the_last_who_keeps_it(void)
{
    struct lf_rule_file f[] = {
        { LF_V("a.yml"),
          LF_V("title: T\nlogsource: {category: a}\ndetection:\n  s: {f: 1}\n  condition: s\n") },
        { LF_V("b.yml"),
          LF_V("title: U\nlogsource: {category: a}\ndetection:\n  s: {f: 2}\n  condition: s\n") },
    };
    struct lf_rule_file now[] = { f[0],
                                  { LF_V("b.yml"), LF_V("title: U\nlogsource: {category: a}\ndetection:\n"
                                                        "  s: {f: 3}\n  condition: s\n") } };
    struct lf_ruleset *base, *first, *second;
    struct lf_err e;

    CHECK(lf_ruleset_build(f, 2, &base, &e) == LF_OK, "%s", e.text);
    CHECK(lf_ruleset_delta(base, f, 2, now, 2, NULL, &first, &e) == LF_OK, "%s", e.text);
    CHECK(lf_ruleset_base(first) == base && lf_ruleset_delta_files(first) == 1, "not of one file");
    lf_ruleset_drop(base);
    /* A delta is always told from the base, whatever delta is given. */
    CHECK(lf_ruleset_delta(first, f, 2, now, 1, NULL, &second, &e) == LF_OK, "%s", e.text);
    lf_ruleset_drop(first);
    CHECK(lf_ruleset_count(second) == 1 && lf_ruleset_base(second) == base, "%zu rules",
          lf_ruleset_count(second));
    lf_ruleset_drop(second); /* the leak checker sees that all is gone */
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    lf_crypto_init();
    RUN(a_delta_is_what_a_whole_compile_is);
    RUN(nothing_changed_is_the_base_itself);
    RUN(a_delta_keeps_its_base_and_goes_with_the_last_who_keeps_it);
    DONE();
}
