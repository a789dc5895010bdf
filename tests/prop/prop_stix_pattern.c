/* STIX matching against a small slow meaning of the standard: every observation is as many
 * as it was counted, each is given every time of a grid, and every choice of observations
 * is tried.  Seeded; the seed may be given as an argument. */
#include "engine/stix_match.h"

#include "base/buf.h"
#include "lf_test.h"

enum { OBSERVED = 3, INSTANCES = 4, CASES = 500, GRID = 8 /* of a second */ };

static uint64_t seed = 20261121;

static unsigned roll(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* Times are eighths of a second. */
struct seen {
    int n, first, last, count;
};

struct world {
    struct seen o[OBSERVED];
    int of[INSTANCES], time[INSTANCES], instances;
};

/* Which sets of instances a node can be true by, at the times given. */
static void masks(const struct lf_stix_observe *o, const struct world *w, bool out[1 << INSTANCES]);

static bool leaf(const struct lf_stix_compare *c, int n)
{
    int64_t v = 0;
    bool yes = false;

    for (size_t i = 0; i < c->nvalues; i++) {
        CHECK(lf_view_i64(c->values[i].text, &v), "a number");
        yes = yes || (c->op == LF_STIX_GE ? n >= v : n == v);
    }
    return yes;
}

static void span(const struct world *w, unsigned mask, int *low, int *high)
{
    *low = 1 << 20;
    *high = -(1 << 20);
    for (int i = 0; i < w->instances; i++)
        if (mask & 1u << i) {
            *low = w->time[i] < *low ? w->time[i] : *low;
            *high = w->time[i] > *high ? w->time[i] : *high;
        }
}

static void join(const struct world *w, bool a[1 << INSTANCES], const bool b[1 << INSTANCES], bool follows)
{
    bool out[1 << INSTANCES] = { false };

    for (unsigned x = 0; x < 1 << INSTANCES; x++)
        for (unsigned y = 0; a[x] && y < 1 << INSTANCES; y++) {
            int low, high, low_y, high_y;

            if (!b[y] || (x & y))
                continue;
            span(w, x, &low, &high);
            span(w, y, &low_y, &high_y);
            out[x | y] = out[x | y] || !follows || high <= low_y;
        }
    memcpy(a, out, sizeof out);
}

static int eighths(const struct lf_stix_moment *m)
{
    return (int)(m->second - 1577836800) * GRID + m->nano / (1000000000 / GRID);
}

static void masks(const struct lf_stix_observe *o, const struct world *w, bool out[1 << INSTANCES])
{
    bool kid[1 << INSTANCES];

    memset(out, 0, 1 << INSTANCES);
    if (o->kind == LF_STIX_ONE) {
        for (int i = 0; i < w->instances; i++)
            out[1u << i] = leaf(o->test, w->o[w->of[i]].n);
        return;
    }
    masks(o->kids[0], w, out);
    for (size_t i = 1; i < o->nkids; i++) {
        masks(o->kids[i], w, kid);
        for (unsigned x = 0; o->kind == LF_STIX_OR && x < 1 << INSTANCES; x++)
            out[x] = out[x] || kid[x];
        if (o->kind != LF_STIX_OR)
            join(w, out, kid, o->kind == LF_STIX_FOLLOWEDBY);
    }
    memcpy(kid, out, sizeof kid);
    for (uint32_t i = 1; o->kind == LF_STIX_REPEATS && i < o->repeats; i++)
        join(w, out, kid, false);
    for (unsigned x = 1; x < 1 << INSTANCES; x++) {
        int low, high;

        span(w, x, &low, &high);
        if (o->kind == LF_STIX_WITHIN && (int64_t)(high - low) * (10000000 / GRID) >= o->within)
            out[x] = false;
        if (o->kind == LF_STIX_STARTSTOP && (low < eighths(&o->start) || high >= eighths(&o->stop)))
            out[x] = false;
    }
}

static bool slowly(const struct lf_stix_pattern *p, struct world *w, int at)
{
    bool out[1 << INSTANCES];

    if (at < w->instances && at < INSTANCES) {
        for (w->time[at] = w->o[w->of[at]].first; w->time[at] <= w->o[w->of[at]].last; w->time[at]++)
            if (slowly(p, w, at + 1))
                return true;
        return false;
    }
    masks(p->root, w, out);
    for (unsigned x = 1; x < 1 << INSTANCES; x++)
        if (out[x])
            return true;
    return false;
}

static void put_time(struct lf_buf *b, int at)
{
    lf_buf_printf(b, "2020-01-01T00:00:%02d.%03dZ", at / GRID, at % GRID * 125);
}

static void put_pattern(struct lf_buf *b, unsigned depth)
{
    static const char *const joins[] = { " AND ", " OR ", " FOLLOWEDBY " };
    unsigned what = depth ? roll(8) : 0;

    if (what < 2) {
        switch (roll(3)) {
        case 0:
            lf_buf_printf(b, "[x:n = %u]", roll(3));
            break;
        case 1:
            lf_buf_printf(b, "[x:n >= %u]", roll(3));
            break;
        default:
            lf_buf_printf(b, "[x:n IN (%u, %u)]", roll(3), roll(3));
            break;
        }
        return;
    }
    LF_PUT(b, "(");
    put_pattern(b, depth - 1);
    if (what < 6) {
        for (unsigned i = 0, n = 1 + (roll(4) == 0); i < n; i++) {
            lf_buf_put(b, lf_view_of(joins[what < 5 ? what - 2 : roll(3)]));
            put_pattern(b, depth - 1);
        }
    }
    LF_PUT(b, ")");
    switch (roll(6)) {
    case 0:
        lf_buf_printf(b, " WITHIN %u.5 SECONDS", roll(3));
        break;
    case 1:
        lf_buf_printf(b, " REPEATS %u TIMES", 1 + roll(3));
        break;
    case 2:
        LF_PUT(b, " START t'");
        put_time(b, (int)roll(5) * 4);
        LF_PUT(b, "' STOP t'");
        put_time(b, (int)roll(9) * 4);
        LF_PUT(b, "'");
        break;
    default:
        break;
    }
}

static void put_world(struct lf_buf *b, struct world *w)
{
    memset(w, 0, sizeof *w);
    LF_PUT(b, "[");
    for (int i = 0; i < OBSERVED; i++) {
        struct seen *s = &w->o[i];

        s->n = (int)roll(3);
        s->first = (int)roll(6) * 4;
        s->last = s->first + (roll(2) ? (int)roll(3) * 4 : 0);
        s->count = i + 1 < OBSERVED || w->instances >= INSTANCES - 1 ? 1 : 1 + (int)roll(2);
        for (int k = 0; k < s->count; k++)
            w->of[w->instances++] = i;
        lf_buf_printf(b,
                      "%s{\"type\":\"observed-data\",\"id\":\"o%d\",\"number_observed\":%d,\"objects\":{"
                      "\"0\":{\"type\":"
                      "\"x\",\"n\":%d}},\"first_observed\":\"",
                      i ? "," : "", i, s->count, s->n);
        put_time(b, s->first);
        LF_PUT(b, "\",\"last_observed\":\"");
        put_time(b, s->last);
        LF_PUT(b, "\"}");
    }
    LF_PUT(b, "]");
}

static void matching_is_what_trying_everything_says(void)
{
    unsigned matched = 0, wide = 0;
    struct lf_buf text, data;

    lf_buf_init(&text, 1 << 16);
    lf_buf_init(&data, 1 << 16);
    for (unsigned i = 0; i < CASES; i++) {
        struct lf_arena a = { 0 };
        struct lf_stix_pattern p;
        struct lf_stix_matcher *m;
        struct lf_stix_data *d = lf_stix_data_create();
        const struct lf_json *doc;
        struct lf_err e = { 0 };
        const size_t *which;
        struct world w;
        bool fast = false, slow;
        size_t n;

        lf_buf_reset(&text);
        lf_buf_reset(&data);
        put_pattern(&text, 3);
        put_world(&data, &w);
        CHECK_OK(lf_stix_pattern_parse(&a, lf_buf_view(&text), &p, &e), &e);
        CHECK_OK(lf_stix_matcher_create(&p, &m, &e), &e);
        CHECK_OK(lf_json_parse(&a, lf_buf_view(&data), NULL, &doc, &e), &e);
        CHECK_OK(lf_stix_data_add(d, doc, &e), &e);
        CHECK_OK(lf_stix_data_ready(d, &e), &e);
        CHECK_OK(lf_stix_match(m, d, &a, &fast, &which, &n, &e), &e);
        slow = slowly(&p, &w, 0);
        CHECK(fast == slow, "case %u: %d, not %d: %.*s on %.*s", i, fast, slow, LF_FMT(lf_buf_view(&text)),
              LF_FMT(lf_buf_view(&data)));
        matched += slow;
        for (int k = 0; k < OBSERVED; k++)
            wide += slow && w.o[k].first != w.o[k].last;
        lf_stix_matcher_destroy(m);
        lf_stix_data_destroy(d);
        lf_arena_clear(&a);
    }
    /* A generator that makes no hard cases would prove nothing. */
    CHECK(matched > CASES / 5 && matched < CASES * 4 / 5, "%u of %d matched", matched, CASES);
    CHECK(wide > CASES / 10, "%u that took a while", wide);
    lf_buf_clear(&text);
    lf_buf_clear(&data);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        (void)!lf_view_u64(lf_view_of(argv[1]), &seed);
    printf("# seed %llu\n", (unsigned long long)seed);
    RUN(matching_is_what_trying_everything_says);
    DONE();
}
