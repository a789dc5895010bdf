#include "engine/correlation.h"

#include "base/crypto.h"
#include "engine/detect.h"
#include "lf_test.h"

#define BASE "title: b\nname: b\nlogsource: {category: c}\ndetection: {s: {k: b}, condition: s}\n---\n"
#define OTHER "title: o\nname: o\nlogsource: {category: c}\ndetection: {s: {k: o}, condition: s}\n---\n"

static struct lf_ruleset *build(const char *text)
{
    struct lf_rule_file f = { LF_V("t.yml"), lf_view_of(text) };
    struct lf_ruleset *rs = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_ruleset_build(&f, 1, &rs, &e), &e);
    return rs;
}

/* ---- documents ---- */

#define COR(body) BASE OTHER "title: t\nname: t\ncorrelation:\n" body
#define COUNT(more) COR(" type: event_count\n rules: [b]\n timespan: 10m\n" more)

static const struct {
    const char *name, *text, *why; /* why: part of the reason; NULL = it loads */
} documents[] = {
    { "the least", COUNT(" condition: {gte: 2}\n"), NULL },
    { "all there is",
      COR(" type: value_count\n rules: [b, o]\n group-by: [u, w]\n timespan: 1d\n condition: {field: f, gt: "
          "1, "
          "lte: 9}\n aliases: {w: {b: x, o: y}}\ngenerate: true\nlevel: high\n"),
      NULL },
    { "no condition where all rules are meant", COR(" type: temporal\n rules: [b, o]\n timespan: 5s\n"),
      NULL },
    { "empty group-by is one group", COUNT(" group-by: []\n condition: {gte: 2}\n"), NULL },
    { "a whole number with a point", COUNT(" condition: {gte: 2.0}\n"), NULL },
    { "a fraction for an average",
      COR(" type: value_avg\n rules: [b]\n timespan: 5s\n condition: {field: f, gt: 0.5}\n"), NULL },
    { "no map", BASE "title: t\ncorrelation: x\n", "a map is wanted" },
    { "no type", COR(" rules: [b]\n timespan: 5s\n condition: {gte: 1}\n"), "type is none of" },
    { "an unknown type", COR(" type: near\n rules: [b]\n timespan: 5s\n condition: {gte: 1}\n"),
      "type is none of" },
    { "no rules", COR(" type: event_count\n timespan: 5s\n condition: {gte: 1}\n"), "rules are missing" },
    { "rules empty", COR(" type: event_count\n rules: []\n timespan: 5s\n condition: {gte: 1}\n"), "empty" },
    { "rules no list", COR(" type: event_count\n rules: b\n timespan: 5s\n condition: {gte: 1}\n"),
      "a list" },
    { "a rule twice", COR(" type: temporal\n rules: [b, b]\n timespan: 5s\n"), "twice" },
    { "a rule that is not there", COR(" type: temporal\n rules: [b, x]\n timespan: 5s\n"), "\"x\"" },
    { "a rule that is refused",
      "title: r\nname: r\nlogsource: {category: c}\ndetection: {s: {k|nonsense: b}, condition: s}\n---\n"
      "title: t\nname: t\ncorrelation: {type: temporal, rules: [r], timespan: 5s}\n",
      "refused" },
    { "no timespan", COR(" type: event_count\n rules: [b]\n condition: {gte: 1}\n"), "timespan is missing" },
    { "timespan without unit", COR(" type: temporal\n rules: [b]\n timespan: 5\n"), "timespan" },
    { "timespan in capitals", COR(" type: temporal\n rules: [b]\n timespan: 5M\n"), "timespan" },
    { "timespan in weeks", COR(" type: temporal\n rules: [b]\n timespan: 5w\n"), "timespan" },
    { "timespan with a sign", COR(" type: temporal\n rules: [b]\n timespan: -5m\n"), "timespan" },
    { "timespan of nothing", COR(" type: temporal\n rules: [b]\n timespan: 0s\n"), "timespan" },
    { "timespan of an age", COR(" type: temporal\n rules: [b]\n timespan: 99999999d\n"), "hundred years" },
    { "no condition where one is needed", COUNT(""), "needs a condition" },
    { "condition no map", COUNT(" condition: b\n"), "a map such as" },
    { "condition empty", COUNT(" condition: {}\n"), "none of gt" },
    { "an operator that is none", COUNT(" condition: {above: 3}\n"), "\"above\"" },
    { "a text for a number", COUNT(" condition: {gte: '3'}\n"), "a number is wanted" },
    { "a fraction for a count", COUNT(" condition: {gte: 2.5}\n"), "a whole number" },
    { "a field that is not looked at", COUNT(" condition: {gte: 2, field: f}\n"), "looks at no field" },
    { "no field", COR(" type: value_sum\n rules: [b]\n timespan: 5s\n condition: {gt: 1}\n"), "needs field" },
    { "two fields to add up",
      COR(" type: value_sum\n rules: [b]\n timespan: 5s\n condition: {gt: 1, field: [f, g]}\n"),
      "one field" },
    { "group-by no list", COUNT(" group-by: u\n condition: {gte: 2}\n"), "group-by: a list" },
    { "group-by with a number", COUNT(" group-by: [1]\n condition: {gte: 2}\n"), "group-by" },
    { "aliases no map", COUNT(" condition: {gte: 2}\n aliases: [a]\n"), "aliases: a map" },
    { "an alias of no rules", COUNT(" condition: {gte: 2}\n aliases: {a: b}\n"), "\"a\"" },
    { "an alias of another rule", COUNT(" condition: {gte: 2}\n aliases: {a: {o: f}}\n"),
      "not among its rules" },
    { "an alias of no rule", COUNT(" condition: {gte: 2}\n aliases: {a: {x: f}}\n"), "\"x\"" },
    { "a word that is not known", COUNT(" condition: {gte: 2}\n groupby: [u]\n"), "\"groupby\"" },
    { "generate no boolean", COUNT(" condition: {gte: 2}\ngenerate: maybe\n"), "generate" },
    { "itself", COR(" type: temporal\n rules: [t]\n timespan: 5s\n"), "refers to itself" },
};

static void documents_are_loaded_whole_or_refused_with_the_reason(void)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct lf_ruleset *rs = build(documents[i].text);
        const struct lf_rule *r = lf_ruleset_rule(rs, lf_ruleset_count(rs) - 1);

        if (!documents[i].why)
            CHECK(!r->refused.ptr, "%s: %.*s", documents[i].name, LF_FMT(r->refused));
        else
            CHECK(r->refused.ptr && lf_view_find(r->refused, lf_view_of(documents[i].why)) != SIZE_MAX,
                  "%s: %.*s", documents[i].name, LF_FMT(r->refused));
        CHECK(lf_ruleset_correlations(rs) == (documents[i].why ? 0 : 1), "%s", documents[i].name);
        lf_ruleset_drop(rs);
    }
}

static void correlations_in_a_circle_are_all_refused(void)
{
    struct lf_ruleset *rs =
        build(BASE "title: x\nname: x\ncorrelation: {type: temporal, rules: [b, z], timespan: 1s}\n---\n"
                   "title: y\nname: y\ncorrelation: {type: temporal, rules: [x], timespan: 1s}\n---\n"
                   "title: z\nname: z\ncorrelation: {type: temporal, rules: [y], timespan: 1s}\n---\n"
                   "title: over\ncorrelation: {type: temporal, rules: [y], timespan: 1s}\n");

    CHECK(lf_ruleset_correlations(rs) == 0 && lf_ruleset_refused(rs) == 4, "%zu refused",
          lf_ruleset_refused(rs));
    CHECK(!lf_ruleset_rule(rs, 0)->quiet, "a refused correlation silences its rules");
    lf_ruleset_drop(rs);
}

static void rules_are_quiet_unless_a_correlation_generates(void)
{
    struct lf_ruleset *rs = build(
        BASE OTHER "title: x\nname: x\ncorrelation: {type: temporal, rules: [b, o], timespan: 1s}\n---\n"
                   "title: y\ngenerate: true\ncorrelation: {type: temporal, rules: [o, x], timespan: 1s}\n");

    CHECK(lf_ruleset_rule(rs, 0)->quiet, "b");
    CHECK(!lf_ruleset_rule(rs, 1)->quiet && !lf_ruleset_rule(rs, 2)->quiet, "o and x are generated by y");
    CHECK(!lf_ruleset_rule(rs, 3)->quiet, "nobody names y");
    lf_ruleset_drop(rs);
}

static void a_deep_ladder_of_correlations_is_refused_and_does_not_hang(void)
{
    struct lf_arena a = { 0 };
    struct lf_buf b;
    struct lf_ruleset *rs;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, BASE);
    for (int i = 0; i < 200; i++) { /* two on each rung, each names both of the rung below */
        for (int k = 0; k < 2; k++) {
            lf_buf_printf(&b,
                          "title: c%d_%d\nname: c%d_%d\ncorrelation: {type: temporal, timespan: 1s, rules: [",
                          i, k, i, k);
            if (i == 0)
                LF_PUT(&b, "b]}\n---\n");
            else
                lf_buf_printf(&b, "c%d_0, c%d_1]}\n---\n", i - 1, i - 1);
        }
    }
    LF_PUT(&b, "title: end\ncorrelation: {type: temporal, timespan: 1s, rules: [b]}\n");
    rs = build(lf_arena_cstr(&a, lf_buf_view(&b)));
    CHECK(lf_ruleset_correlations(rs) >= 2 * LF_CORRELATION_DEPTH && lf_ruleset_refused(rs) > 300,
          "%zu and %zu", lf_ruleset_correlations(rs), lf_ruleset_refused(rs));
    lf_ruleset_drop(rs);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

/* ---- live ---- */

struct live {
    struct lf_ruleset *rs;
    struct lf_correlator *c;
    struct lf_arena a;
    uint64_t position;
    lf_time now;
    lf_view groups; /* of the last firing that was news */
};

static struct live live_of(const char *rules, const struct lf_correlator_limits *limits)
{
    struct live l = { .rs = build(rules), .now = 1000 * LF_SECOND };

    CHECK(lf_ruleset_refused(l.rs) == 0, "refused");
    l.c = lf_correlator_create(l.rs, limits, 7);
    return l;
}

static void live_end(struct live *l)
{
    lf_correlator_destroy(l->c);
    lf_ruleset_drop(l->rs);
    lf_arena_clear(&l->a);
}

/* News of an event that happened at `at` seconds; what fired without being news counts
 * in *silent. */
static int see(struct live *l, double at, const char *json, int *silent)
{
    struct lf_event ev = { .happened = (lf_time)(at * 1e6), .recorded = l->now, .position = ++l->position };
    const struct lf_rule *const *hits;
    struct lf_sighting s;
    struct lf_firing *f = NULL;
    struct lf_err e = { 0 };
    size_t n, nhits;
    int news = 0;

    lf_arena_reset(&l->a);
    CHECK_OK(lf_json_parse(&l->a, lf_view_of(json), NULL, &ev.doc, &e), &e);
    nhits = lf_ruleset_match(l->rs, &l->a, &ev, false, &hits);
    if (!lf_sighting_of(l->rs, &l->a, &ev, hits, nhits, &s))
        return 0;
    n = lf_correlator_see(l->c, &l->a, &s, &f);
    for (size_t i = 0; i < n; i++) {
        news += f[i].news;
        if (silent)
            *silent += !f[i].news;
        if (f[i].news)
            l->groups = f[i].groups;
    }
    return news;
}

#define THREE                                                                                                \
    BASE "title: t\ncorrelation: {type: event_count, rules: [b], group-by: [u], timespan: 10s, condition: "  \
         "{gte: 3}}\n"
#define U(x) "{\"k\":\"b\",\"u\":\"" x "\"}"

static void what_holds_on_is_news_once_a_timespan(void)
{
    struct live l = live_of(THREE, NULL);
    int silent = 0, news = 0;

    for (int i = 0; i < 100; i++) /* one a second: it holds from the third on */
        news += see(&l, 100 + i, U("a"), &silent);
    CHECK(news == 9, "%d news in 98 s of holding", news); /* at 102, 113, 124 … 190 */
    CHECK(news + silent == 98, "%d", news + silent);
    live_end(&l);
}

static void a_firing_tells_its_group_its_value_and_its_events(void)
{
    struct live l = live_of(THREE, NULL);

    (void)see(&l, 100, U("a"), NULL);
    (void)see(&l, 100.5, U("other"), NULL);
    (void)see(&l, 101, U("a"), NULL);
    CHECK(see(&l, 102, U("a"), NULL) == 1, "no news");
    CHECK_VIEW(l.groups,
               LF_V("[{\"type\":\"event_count\",\"group\":{\"u\":\"a\"},\"value\":3,\"timespan_s\":10,"
                    "\"from\":\"1970-01-01T00:01:32.000000Z\",\"to\":\"1970-01-01T00:01:42.000000Z\","
                    "\"events\":[4,3,1]}]"));
    live_end(&l);
}

static void late_events_take_their_place(void)
{
    struct live l = live_of(THREE, NULL);
    struct lf_correlator_stats s;

    /* Two in one window, then much later one more; the late third completes the first. */
    CHECK(see(&l, 100, U("a"), NULL) == 0, "one");
    CHECK(see(&l, 105, U("a"), NULL) == 0, "two");
    CHECK(see(&l, 300, U("a"), NULL) == 0, "far away");
    CHECK(see(&l, 95, U("a"), NULL) == 1, "the late one fires at the window that ends at 105");
    CHECK(lf_view_find(l.groups, LF_V("\"to\":\"1970-01-01T00:01:45.000000Z\"")) != SIZE_MAX, "%.*s",
          LF_FMT(l.groups));
    /* One that is late and completes nothing. */
    CHECK(see(&l, 200, U("a"), NULL) == 0, "alone");
    /* Past the lateness: counted, and not taken. */
    CHECK(see(&l, 2000, U("b"), NULL) == 0, "b");
    l.now = 5000 * LF_SECOND;
    CHECK(see(&l, 4000, U("b"), NULL) == 0 && see(&l, 3300, U("b"), NULL) == 0, "b");
    lf_correlator_stats(l.c, &s);
    CHECK(s.late == 1, "%llu too late", (unsigned long long)s.late);
    live_end(&l);
}

static void a_time_in_the_future_does_not_make_others_late(void)
{
    struct live l = live_of(THREE, NULL);
    struct lf_correlator_stats s;

    l.now = 100 * LF_SECOND;
    CHECK(see(&l, 4e9, U("a"), NULL) == 0, "one, dated 2096");
    CHECK(see(&l, 101, U("a"), NULL) == 0, "two");
    CHECK(see(&l, 102, U("a"), NULL) == 1, "three");
    lf_correlator_stats(l.c, &s);
    CHECK(s.ahead == 1 && s.late == 0, "%llu ahead", (unsigned long long)s.ahead);
    live_end(&l);
}

/* Shuffled within the lateness, every kind that can only begin to hold fires for the
 * same groups as in order. */
static void order_within_the_lateness_changes_no_group(void)
{
    static const char *const rules[] = {
        THREE,
        BASE "title: t\ncorrelation: {type: value_count, rules: [b], group-by: [u], timespan: 10s, "
             "condition: {field: v, "
             "gte: 3}}\n",
        BASE "title: t\ncorrelation: {type: value_sum, rules: [b], group-by: [u], timespan: 10s, condition: "
             "{field: v, "
             "gte: 9}}\n",
        BASE OTHER "title: t\ncorrelation: {type: temporal, rules: [b, o], group-by: [u], timespan: 4s}\n",
        BASE OTHER
        "title: t\ncorrelation: {type: temporal_ordered, rules: [b, o], group-by: [u], timespan: 4s}\n",
    };
    enum { EVENTS = 60, GROUPS = 12 };
    uint64_t x = 88172645463325252u;

    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (int round = 0; round < 30; round++) {
            struct {
                double at;
                char text[80];
                int group;
            } ev[EVENTS];
            bool fired[2][GROUPS] = { { false } };
            struct live l;

            for (int i = 0; i < EVENTS; i++) {
                x ^= x << 13, x ^= x >> 7, x ^= x << 17;
                ev[i].group = (int)(x >> 20) % GROUPS < 0 ? 0 : (int)((x >> 20) % GROUPS);
                ev[i].at = 200 + i * 0.5;
                snprintf(ev[i].text, sizeof ev[i].text, "{\"k\":\"%s\",\"u\":\"g%d\",\"v\":%d}",
                         x >> 33 & 1 ? "b" : "o", ev[i].group, (int)(x >> 40 & 3));
            }
            for (int pass = 0; pass < 2; pass++) {
                l = live_of(rules[r], NULL);
                for (int i = 0; i < EVENTS; i++)
                    if (see(&l, ev[i].at, ev[i].text, NULL))
                        fired[pass][ev[i].group] = true;
                live_end(&l);
                for (int i = EVENTS - 1; i > 0; i--) {
                    int k;

                    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
                    k = (int)((x >> 11) % (uint64_t)(i + 1));
                    if (i - k < 20) { /* nobody is later than some seconds */
                        char text[80];
                        double at = ev[i].at;
                        int group = ev[i].group;

                        memcpy(text, ev[i].text, sizeof text);
                        ev[i] = ev[k];
                        ev[k].at = at;
                        ev[k].group = group;
                        memcpy(ev[k].text, text, sizeof text);
                    }
                }
            }
            for (int g = 0; g < GROUPS; g++)
                CHECK(fired[0][g] == fired[1][g], "rule %zu round %d group %d: in order %d, shuffled %d", r,
                      round, g, fired[0][g], fired[1][g]);
        }
}

static void a_replayed_position_counts_nothing_and_says_the_same(void)
{
    struct live l = live_of(THREE, NULL);

    (void)see(&l, 100, U("a"), NULL);
    (void)see(&l, 101, U("a"), NULL);
    for (int i = 0; i < 5; i++) { /* the second, again and again */
        l.position = 1;
        CHECK(see(&l, 101, U("a"), NULL) == 0, "a replay counted");
    }
    CHECK(see(&l, 102, U("a"), NULL) == 1, "the third");
    l.position = 2;
    CHECK(see(&l, 102, U("a"), NULL) == 1, "what it fired is said again");
    lf_correlator_forget(l.c, 4);
    l.position = 2;
    CHECK(see(&l, 102, U("a"), NULL) == 0, "and not once it is kept elsewhere");
    live_end(&l);
}

/* Cut at every point, saved and loaded into another life: nothing is different. */
static void state_survives(void)
{
    static const char rules[] = BASE OTHER
        "title: t1\nname: t1\ncorrelation: {type: event_count, rules: [b], group-by: [u], timespan: 10s, "
        "condition: {gte: 3}}\n---\n"
        "title: t2\ncorrelation: {type: value_count, rules: [b], timespan: 8s, condition: {field: v, gte: "
        "3}}\n---\n"
        "title: t3\ncorrelation: {type: value_avg, rules: [b, o], group-by: [u], timespan: 8s, condition: "
        "{field: "
        "v, gt: 1.5}}\n---\n"
        "title: t4\ncorrelation: {type: temporal_ordered, rules: [t1, o], group-by: [u], timespan: 5s}\n---\n"
        "title: t5\ncorrelation: {type: temporal, rules: [b, o], group-by: [v], timespan: 3s}\n---\n"
        "title: t6\ncorrelation: {type: value_percentile, rules: [b, o], timespan: 9s, condition: {field: u, "
        "lt: "
        "20}}\n";
    enum { EVENTS = 40 };

    for (int cut = -1; cut < EVENTS; cut++) {
        static int whole[EVENTS];
        struct live l = live_of(rules, NULL);
        uint64_t x = 0x2545f4914f6cdd1du;

        for (int i = 0; i < EVENTS; i++) {
            char text[80];
            int news;

            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            snprintf(text, sizeof text, "{\"k\":\"%s\",\"u\":\"g%d\",\"v\":%d}", x >> 33 & 1 ? "b" : "o",
                     (int)(x >> 20 & 3), (int)(x >> 40 & 3));
            news = see(&l, 100 + i - (double)(x >> 50 & 3), text, NULL);
            if (cut < 0)
                whole[i] = news;
            else
                CHECK(news == whole[i], "cut %d event %d: %d, not %d", cut, i, news, whole[i]);
            if (i == cut) {
                struct lf_correlator *next = lf_correlator_create(l.rs, NULL, 99);
                struct lf_err e = { 0 };
                struct lf_buf b;

                lf_buf_init(&b, 1 << 24);
                lf_correlator_save(l.c, &b);
                CHECK_OK(lf_correlator_load(next, lf_buf_view(&b), &e), &e);
                lf_buf_clear(&b);
                lf_correlator_destroy(l.c);
                l.c = next;
            }
        }
        live_end(&l);
    }
}

static void a_damaged_state_is_refused_and_leaves_nothing(void)
{
    struct live l = live_of(THREE, NULL);
    struct lf_err e = { 0 };
    struct lf_buf b;

    (void)see(&l, 100, U("a"), NULL);
    (void)see(&l, 101, U("a"), NULL);
    lf_buf_init(&b, 1 << 20);
    lf_correlator_save(l.c, &b);
    for (size_t i = 0; i < b.len; i++) {
        b.ptr[i] ^= 1;
        CHECK_CODE(lf_correlator_load(l.c, lf_buf_view(&b), &e), LF_BAD_INPUT);
        b.ptr[i] ^= 1;
    }
    for (size_t n = 0; n < b.len; n++)
        CHECK_CODE(lf_correlator_load(l.c, (lf_view){ b.ptr, n }, &e), LF_BAD_INPUT);
    CHECK(see(&l, 102, U("a"), NULL) == 0, "an empty correlator fired");
    lf_buf_clear(&b);
    live_end(&l);
}

static void a_changed_correlation_begins_anew_and_the_others_go_on(void)
{
    struct live
        l = live_of(THREE
                    "---\ntitle: two\ncorrelation: {type: event_count, rules: [b], timespan: 10s, condition: "
                    "{gte: 9}}\n",
                    NULL),
        other = live_of(
            "title: two\ncorrelation: {type: event_count, rules: [b], timespan: 10s, condition: {gte: "
            "2}}\n---\n" THREE,
            NULL);
    struct lf_err e = { 0 };
    struct lf_buf b;

    (void)see(&l, 100, U("a"), NULL);
    (void)see(&l, 101, U("a"), NULL);
    lf_buf_init(&b, 1 << 20);
    lf_correlator_save(l.c, &b);
    CHECK_OK(lf_correlator_load(other.c, lf_buf_view(&b), &e), &e);
    other.position = l.position;
    CHECK(see(&other, 102, U("a"), NULL) == 1, "three of a, and one for the other");
    lf_buf_clear(&b);
    live_end(&l);
    live_end(&other);
}

/* ---- correlations over correlations ---- */

/* Both kinds within five seconds, three times in a minute, and that at two hosts: t3 over t2 over t1. */
#define LADDER                                                                                               \
    BASE OTHER "title: t1\nname: t1\ncorrelation: {type: temporal, rules: [b, o], group-by: [u], "           \
               "timespan: "                                                                                  \
               "5s}\n---\n"                                                                                  \
               "title: t2\nname: t2\ncorrelation: {type: event_count, rules: [t1], group-by: [u], "          \
               "timespan: "                                                                                  \
               "60s, condition: {gte: 3}}\n"
#define O(x) "{\"k\":\"o\",\"u\":\"" x "\"}"

/* "made_of" of the first group of the last news. */
static const struct lf_json *made_of(struct live *l)
{
    const struct lf_json *groups = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_json_parse(&l->a, l->groups, NULL, &groups, &e), &e);
    return lf_json_get(lf_json_item(groups, 0), LF_V("made_of"));
}

static lf_view made(struct live *l, size_t i, const char *name)
{
    return lf_json_text(lf_json_get(lf_json_item(made_of(l), i), lf_view_of(name)));
}

static lf_view written(struct live *l, const struct lf_json *v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 65536);
    lf_json_write(&b, v);
    out = lf_arena_copy(&l->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void reborn(struct live *l)
{
    struct lf_correlator *next = lf_correlator_create(l->rs, NULL, 99);
    struct lf_err e = { 0 };
    struct lf_buf b;

    lf_buf_init(&b, 1 << 24);
    lf_correlator_save(l->c, &b);
    CHECK_OK(lf_correlator_load(next, lf_buf_view(&b), &e), &e);
    lf_buf_clear(&b);
    lf_correlator_destroy(l->c);
    l->c = next;
}

static void what_a_quiet_correlation_was_made_of_is_told_by_the_one_over_it(void)
{
    for (int cut = -1; cut < 6; cut++) { /* and the state is kept and found again anywhere between */
        struct live l = live_of(LADDER, NULL);

        for (int i = 0; i < 3; i++) { /* positions 1 to 6 are of a; those of c never are a pair */
            (void)see(&l, 100 + 10 * i, U("a"), NULL);
            if (cut == 2 * i)
                reborn(&l);
            if (i == 2)
                break;
            (void)see(&l, 101 + 10 * i, O("a"), NULL);
            if (cut == 2 * i + 1)
                reborn(&l);
        }
        CHECK(see(&l, 121.5, O("a"), NULL) == 2, "t1 and t2 are news"); /* the last is t2 */
        CHECK(lf_json_items(made_of(&l)) == 3, "cut %d: %.*s", cut, LF_FMT(l.groups));
        CHECK_VIEW(made(&l, 0, "event"), LF_V("6"));
        CHECK_VIEW(made(&l, 0, "title"), LF_V("t1"));
        CHECK_VIEW(made(&l, 0, "type"), LF_V("temporal"));
        CHECK_VIEW(made(&l, 0, "count"), LF_V("2"));
        CHECK_VIEW(made(&l, 0, "first"), LF_V("1970-01-01T00:02:00.000000Z"));
        CHECK_VIEW(made(&l, 0, "last"), LF_V("1970-01-01T00:02:01.500000Z"));
        CHECK_VIEW(written(&l, lf_json_get(lf_json_item(made_of(&l), 0), LF_V("events"))), LF_V("[5,6]"));
        CHECK_VIEW(written(&l, lf_json_get(lf_json_item(made_of(&l), 2), LF_V("events"))), LF_V("[1,2]"));
        CHECK(lf_json_items(lf_json_get(lf_json_item(made_of(&l), 0), LF_V("rules"))) == 2, "its rules");
        CHECK_VIEW(
            lf_json_text(lf_json_get(
                lf_json_item(lf_json_get(lf_json_item(made_of(&l), 0), LF_V("rules")), 1), LF_V("title"))),
            LF_V("o"));
        /* Said again in a replay, it is the same. */
        lf_view before = written(&l, made_of(&l));
        char copy[4096];
        size_t n = before.len < sizeof copy ? before.len : 0;

        memcpy(copy, before.ptr, n);
        l.position--;
        CHECK(see(&l, 121.5, O("a"), NULL) == 2, "again");
        CHECK_VIEW(written(&l, made_of(&l)), ((lf_view){ copy, n }));
        live_end(&l);
    }
}

static void the_rung_below_the_rung_below_is_told_too(void)
{
    struct live l = live_of(LADDER "---\ntitle: t3\ncorrelation: {type: value_count, rules: [t2], timespan: "
                                   "60s, condition: {field: u, gte: 2}}\n",
                            NULL);
    lf_view all;

    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++) {
            (void)see(&l, 100 + 10 * i + k, k ? U("x") : U("y"), NULL);
            (void)see(&l, 102 + 10 * i + k, k ? O("x") : O("y"), NULL);
        }
    all = written(&l, made_of(&l));
    /* Two of t2, whose three of t1 each; of one level before the next. */
    CHECK(lf_json_items(made_of(&l)) == 8, "%.*s", LF_FMT(all));
    CHECK_VIEW(made(&l, 1, "title"), LF_V("t2"));
    CHECK_VIEW(made(&l, 2, "title"), LF_V("t1"));
    CHECK_VIEW(made(&l, 7, "title"), LF_V("t1"));
    live_end(&l);
}

static void a_late_event_that_completes_an_inner_one_is_among_what_it_was_made_of(void)
{
    struct live l = live_of(LADDER, NULL);

    for (int i = 0; i < 3; i++)
        (void)see(&l, 100 + 10 * i, U("a"), NULL);
    (void)see(&l, 121, O("a"), NULL); /* 4: with 3 */
    (void)see(&l, 111, O("a"), NULL); /* 5: late, with 2 */
    (void)see(&l, 102, O("a"), NULL); /* 6: late, with 1: the third pair */
    CHECK(lf_json_items(made_of(&l)) == 3, "%.*s", LF_FMT(l.groups));
    for (size_t i = 0; i < 3; i++) {
        lf_view events = written(&l, lf_json_get(lf_json_item(made_of(&l), i), LF_V("events"))),
                at = made(&l, i, "event");

        CHECK_VIEW(events, lf_view_is(at, "4")   ? LF_V("[3,4]")
                           : lf_view_is(at, "5") ? LF_V("[5,2]")
                                                 : LF_V("[6,1]"));
    }
    live_end(&l);
}

static void inner_firings_are_remembered_in_a_fixed_table_and_the_busy_forget_their_own(void)
{
    const struct lf_correlator_limits limits = { .notes = 64 };
    struct live l = live_of(
        LADDER "---\ntitle: busy\nname: busy\ncorrelation: {type: event_count, rules: [b], group-by: [w], "
               "timespan: 1s, "
               "condition: {gte: 1}}\n---\n"
               "title: never\ncorrelation: {type: event_count, rules: [busy], timespan: 1s, condition: {gte: "
               "999999}}\n",
        &limits);
    struct lf_correlator_stats s;
    char text[64];

    for (int i = 0; i < 2; i++) {
        (void)see(&l, 100 + 10 * i, U("a"), NULL);
        (void)see(&l, 101 + 10 * i, O("a"), NULL);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "{\"k\":\"b\",\"w\":\"%d\"}", i);
        (void)see(&l, 112, text, NULL);
    }
    lf_correlator_stats(l.c, &s);
    CHECK(s.unmade >= 5000 - 64, "%llu", (unsigned long long)s.unmade);
    (void)see(&l, 120, U("a"), NULL);
    CHECK(see(&l, 121, O("a"), NULL) >= 1, "t2");
    CHECK(lf_json_items(made_of(&l)) == 3, "%.*s", LF_FMT(l.groups));
    live_end(&l);
}

static void what_is_told_of_inner_ones_leaves_room_for_the_event(void)
{
    struct live l = live_of(BASE "title: t1\nname: t1\ncorrelation: {type: event_count, rules: [b], "
                                 "group-by: [u], timespan: 60s, condition: "
                                 "{gte: 2}}\n---\n"
                                 "title: t2\ncorrelation: {type: event_count, rules: [t1], group-by: [u], "
                                 "timespan: 600s, condition: {gte: "
                                 "30}}\n",
                            NULL);

    for (int i = 0; i < 31; i++)
        (void)see(&l, 100 + i, U("a"), NULL);
    CHECK(l.groups.len > 1500 && l.groups.len < 6000, "%zu bytes", l.groups.len);
    CHECK(lf_view_find(l.groups, LF_V("\"made_of_left_out\":")) != SIZE_MAX, "%.*s", LF_FMT(l.groups));
    CHECK(lf_json_items(made_of(&l)) > 3, "%.*s", LF_FMT(l.groups));
    live_end(&l);
}

/* ---- bounds ---- */

static void varied_keys_neither_exhaust_memory_nor_push_out_a_known_group(void)
{
    const struct lf_correlator_limits limits = { .bytes = 1 << 20 };
    struct live l = live_of(THREE, &limits);
    struct lf_correlator_stats s;
    char text[64];
    int news = 0;

    l.now = 90 * LF_SECOND;
    (void)see(&l, 100, U("victim"), NULL);
    (void)see(&l, 101, U("victim"), NULL);
    for (int i = 0; i < 200000; i++) {
        snprintf(text, sizeof text, "{\"k\":\"b\",\"u\":\"x%d\"}", i);
        news += see(&l, 101 + i * 0.00001, text, NULL);
    }
    CHECK(see(&l, 104, U("victim"), NULL) == 1, "the flood pushed the group out");
    lf_correlator_stats(l.c, &s);
    CHECK(s.bytes <= (1 << 20), "%zu bytes", s.bytes);
    CHECK(s.evicted > 190000 && news == 0, "%llu evicted", (unsigned long long)s.evicted);
    live_end(&l);
}

static void one_group_holds_no_more_than_it_may(void)
{
    static const struct {
        const char *rule;
        size_t most; /* bytes */
        bool cut;
    } rows[] = {
        { THREE, 256 * 24 * 2 + 400, false },
        { BASE "title: t\ncorrelation: {type: value_count, rules: [b], timespan: 1d, condition: {field: v, "
               "gte: 100000}}\n",
          1000 * 24 * 4 + 1000 * 16 * 4 + 400, true },
        { BASE "title: t\ncorrelation: {type: value_sum, rules: [b], timespan: 1d, condition: {field: v, "
               "gte: 1e9}}\n",
          1000 * 56 * 4 + 400, true },
        { BASE "title: t\ncorrelation: {type: value_percentile, rules: [b], timespan: 1d, condition: {field: "
               "v, gt: 101}}\n",
          1000 * 24 * 4 + 1000 * 16 * 8 + 400, true },
        { BASE
          "title: t\ncorrelation: {type: temporal_ordered, rules: [b], timespan: 1d, condition: {gt: 1}}\n",
          256 * 24 * 4 + 400, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lf_correlator_limits limits = { .entries = 1000 };
        struct live l = live_of(rows[i].rule, &limits);
        struct lf_correlator_stats before, s;
        char text[64];

        lf_correlator_stats(l.c, &before);
        for (int k = 0; k < 20000; k++) {
            snprintf(text, sizeof text, "{\"k\":\"b\",\"u\":\"a\",\"v\":%d}", k);
            (void)see(&l, 100 + k * 0.01, text, NULL);
        }
        lf_correlator_stats(l.c, &s);
        CHECK(s.groups == 1 && s.bytes - before.bytes <= rows[i].most, "row %zu: %zu bytes", i,
              s.bytes - before.bytes);
        CHECK((s.cut > 0) == rows[i].cut, "row %zu: %llu cut", i, (unsigned long long)s.cut);
        live_end(&l);
    }
}

/* A sum that does not fit is made coarser, and nobody can flush it with small change. */
static void small_change_does_not_flush_a_sum(void)
{
    const struct lf_correlator_limits limits = { .entries = 100 };
    struct live l = live_of(BASE "title: t\ncorrelation: {type: value_sum, rules: [b], timespan: 1d, "
                                 "condition: {field: v, gte: 1000}}\n",
                            &limits);
    int news = 0;

    (void)see(&l, 100, "{\"k\":\"b\",\"v\":600}", NULL);
    for (int i = 0; i < 5000; i++)
        news += see(&l, 101 + i * 0.1, "{\"k\":\"b\",\"v\":0}", NULL);
    CHECK(news == 0 && see(&l, 700, "{\"k\":\"b\",\"v\":400}", NULL) == 1, "the 600 is gone");
    live_end(&l);
}

static void many_values_in_one_event_are_bounded(void)
{
    struct live l =
        live_of(BASE "title: t\ncorrelation: {type: value_count, rules: [b], group-by: [g, h], timespan: 1d, "
                     "condition: {field: [v, w], gte: 2}}\n",
                NULL);
    struct lf_correlator_stats s;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "{\"k\":\"b\"");
    for (const char *f = "ghvw"; *f; f++) {
        lf_buf_printf(&b, ",\"%c\":[0", *f);
        for (int i = 1; i < 1000; i++)
            lf_buf_printf(&b, ",%d", i);
        LF_PUT(&b, "]");
    }
    LF_PUT(&b, "}");
    lf_buf_byte(&b, '\0');
    (void)see(&l, 100, b.ptr, NULL);
    lf_correlator_stats(l.c, &s);
    CHECK(s.groups == LF_CORRELATION_GROUPS && s.spread > 0, "%zu groups, %llu", s.groups,
          (unsigned long long)s.spread);
    lf_buf_clear(&b);
    live_end(&l);
}

/* ---- time ---- */

static void times_are_read_as_records_write_them(void)
{
    static const struct {
        const char *json;
        lf_time want; /* 0 = none */
    } rows[] = {
        { "{\"@timestamp\":\"2026-11-21T02:48:16.5Z\"}", 1795229296500000 },
        { "{\"@timestamp\":\"2026-11-21T10:48:16+08:00\"}", 1795229296000000 },
        { "{\"timestamp\":\"2026-11-21T10:48:16.123456+0800\"}", 1795229296123456 },
        { "{\"timestamp\":\"2026-11-21T10:48:16+0800\"}", 1795229296000000 },
        { "{\"timestamp\":\"2026-11-21T10:48:16+08\"}", 1795229296000000 },
        { "{\"timestamp\":\"2026-11-21 10:48:16 +0800\"}", 1795229296000000 },
        { "{\"timestamp\":\"2026-11-21 10:48:16.5 +08:00\"}", 1795229296500000 },
        { "{\"timestamp\":\"2026-11-20T21:48:16-05\"}", 1795229296000000 },
        { "{\"timestamp\":\"2026-11-21T10:48:16+080\"}", 0 },
        { "{\"UtcTime\":\"2026-11-21 02:48:16.123\"}", 1795229296123000 },
        { "{\"ts\":1795229296.5}", 1795229296500000 },
        { "{\"ts\":\"1795229296.5\"}", 1795229296500000 },
        { "{\"time\":1795229296123}", 1795229296123000 },
        { "{\"time\":1795229296123456}", 1795229296123456 },
        { "{\"Event\":{\"System\":{\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2026-11-21T02:48:16."
          "1234567Z\"}}}}}",
          1795229296123456 },
        { "{\"event\":{\"created\":\"2026-11-21T02:48:16Z\"}}", 1795229296000000 },
        { "{\"@timestamp\":\"soon\",\"time\":\"2026-11-21T02:48:16Z\"}", 1795229296000000 },
        { "{\"time\":\"later\"}", 0 },
        { "{\"time\":-5}", 0 },
        { "{\"time\":true}", 0 },
        { "{}", 0 },
        { "[]", 0 },
    };
    struct lf_arena a = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lf_json *v;
        struct lf_err e = { 0 };
        lf_time t = 0;

        CHECK_OK(lf_json_parse(&a, lf_view_of(rows[i].json), NULL, &v, &e), &e);
        CHECK(lf_record_time(v, &t) == (rows[i].want != 0) && t == rows[i].want, "%s: %lld", rows[i].json,
              (long long)t);
    }
    lf_arena_clear(&a);
}

int main(void)
{
    lf_crypto_init();
    RUN(documents_are_loaded_whole_or_refused_with_the_reason);
    RUN(correlations_in_a_circle_are_all_refused);
    RUN(rules_are_quiet_unless_a_correlation_generates);
    RUN(a_deep_ladder_of_correlations_is_refused_and_does_not_hang);
    RUN(what_holds_on_is_news_once_a_timespan);
    RUN(a_firing_tells_its_group_its_value_and_its_events);
    RUN(late_events_take_their_place);
    RUN(a_time_in_the_future_does_not_make_others_late);
    RUN(order_within_the_lateness_changes_no_group);
    RUN(a_replayed_position_counts_nothing_and_says_the_same);
    RUN(state_survives);
    RUN(a_damaged_state_is_refused_and_leaves_nothing);
    RUN(a_changed_correlation_begins_anew_and_the_others_go_on);
    RUN(what_a_quiet_correlation_was_made_of_is_told_by_the_one_over_it);
    RUN(the_rung_below_the_rung_below_is_told_too);
    RUN(a_late_event_that_completes_an_inner_one_is_among_what_it_was_made_of);
    RUN(inner_firings_are_remembered_in_a_fixed_table_and_the_busy_forget_their_own);
    RUN(what_is_told_of_inner_ones_leaves_room_for_the_event);
    RUN(varied_keys_neither_exhaust_memory_nor_push_out_a_known_group);
    RUN(one_group_holds_no_more_than_it_may);
    RUN(small_change_does_not_flush_a_sum);
    RUN(many_values_in_one_event_are_bounded);
    RUN(times_are_read_as_records_write_them);
    DONE();
}
