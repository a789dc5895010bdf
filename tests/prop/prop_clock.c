/* The clock engine over random histories and the shipped rule sets:
 *
 * - the order of the list does not matter, but for two events of one kind in one
 *   second of a view, and for two of one id (contract A2, A4): those are not made;
 * - what is not visible yet changes nothing;
 * - late means breached, and nothing else does;
 * - at N times the pace a history is judged as by rules whose limits are an Nth, rounded up;
 * - anything at all in place of a value is judged or refused, never a crash. */
#include "engine/clock.h"
#include "lf_test.h"

enum { EVENTS = 24, HISTORIES = 1500 };

static uint64_t seed = 20261121, x;

static unsigned roll(unsigned n)
{
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (unsigned)(x >> 33) % n;
}

static const char *const kinds[] = {
    "aware",
    "aware",
    "aware_corrected",
    "obstacle_begins",
    "obstacle_ends",
    "level_changed",
    "level_changed",
    "level_changed",
    "absorbed",
    "reported",
    "reported",
    "reported",
    "supplemented",
    "received_by_reviewer",
    "answered",
    "returned",
    "reviewed",
    "reviewed",
    "forwarded",
    "extended",
    "controlled",
    "recovered",
    "final_submitted",
    "final_returned",
    "abnormal_detected",
    "abnormal_notified",
    "request_received",
    "support_given",
    "arrived_on_site",
    "drill_done",
    "drill_reported",
    "not_incident",
    "merged",
    "closed",
    "reopened",
    "reopened",
    "intermediate_requested",
    "intermediate_submitted",
    "progress_submitted",
    "of_later",
};
static const char *const roles[] = { "reporter", "reviewer", "national", "system", "supporter" };
static const char *const tiers[] = { "provider", "sector", "nation" };
static const char *const clocks[] = { "C1", "C2", "C4", "C5", "E3", "U2", "none" };
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct made {
    lf_time time, newest;
    lf_view text;
};

static void put_time(struct lf_buf *b, const char *key, lf_time t)
{
    char text[LF_TIME_TEXT];

    lf_buf_printf(b, ",\"%s\":\"%.*s\"", key, LF_FMT(lf_time_whole(t, text)));
}

/* One event; its times, modulo `step`, are `mark`: the only one of its kind there. */
static struct made make(struct lf_arena *a, unsigned kind, unsigned n, lf_time base, unsigned mark)
{
    static const lf_time step = 1000 * LF_SECOND;
    static const unsigned spans[] = { 4, 40, 400, 4000 };
    lf_time t = base + roll(spans[roll(4)]) * step + mark * LF_SECOND, r;
    struct made m = { t, t, { 0 } };
    unsigned tier = roll(3) ? 0 : roll(3);
    struct lf_buf b;

    lf_buf_init(&b, 4096);
    lf_buf_printf(&b, "{\"id\":\"e%u\",\"kind\":\"%s\",\"by\":\"%s\",\"tier\":\"%s\"", n, kinds[kind],
                  roles[roll(5)], tiers[tier]);
    put_time(&b, "time", t);
    if (kind == 2 || !roll(3))
        put_time(&b, "occurred_at", t - roll(20) * 977 * LF_SECOND);
    if (kind == 8)
        put_time(&b, "aware_at", t - roll(20) * 977 * LF_SECOND);
    if ((kind >= 5 && kind <= 7) || roll(2))
        lf_buf_printf(&b, ",\"level\":%u", 1 + roll(4));
    lf_buf_printf(&b, ",\"reason\":\"x\",\"same_agency\":%s", roll(2) ? "true" : "false");
    if (!roll(2))
        lf_buf_printf(&b, ",\"channel\":\"%s\"", roll(2) ? "other" : "platform");
    if (!roll(3))
        lf_buf_printf(&b, ",\"stage\":\"%s\"", roll(2) ? "notification" : "early_warning");
    if (!roll(2))
        lf_buf_printf(&b, ",\"mode\":\"%s\"", roll(2) ? "onsite" : "online");
    if (kind == 19 || !roll(4))
        put_time(&b, "until", t + (1 + roll(40)) * LF_DAY / 4);
    if (kind == 19)
        lf_buf_printf(&b, ",\"clock\":\"%s\",\"consent\":[\"reviewer\"%s]", clocks[roll(7)],
                      roll(2) ? ",\"national\"" : "");
    if (!roll(3)) {
        lf_buf_printf(&b, ",\"receipts\":{");
        for (unsigned k = 0; k < 3; k++) {
            r = t + roll(8) * step;
            if (k == tier && r > t)
                r = t;
            if (r > m.newest)
                m.newest = r;
            lf_buf_printf(&b, "%s\"%s\":", k ? "," : "", tiers[k]);
            if (!roll(8))
                LF_PUT(&b, "null");
            else {
                char text[LF_TIME_TEXT];

                lf_buf_printf(&b, "\"%.*s\"", LF_FMT(lf_time_whole(r, text)));
            }
        }
        LF_PUT(&b, "}");
    }
    LF_PUT(&b, "}");
    m.text = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return m;
}

static lf_view join(struct lf_arena *a, const struct made *m, const unsigned *order, unsigned n)
{
    struct lf_buf b;
    lf_view v;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "[");
    for (unsigned i = 0; i < n; i++)
        lf_buf_printf(&b, "%s%.*s", i ? "," : "", LF_FMT(m[order[i]].text));
    LF_PUT(&b, "]");
    v = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

/* Notes by the event's own name, so that lists in another order can be compared. */
static int by_note(const void *pa, const void *pb)
{
    return lf_view_cmp(*(const lf_view *)pa, *(const lf_view *)pb);
}

static lf_view outcome(struct lf_arena *a, const struct lf_json *rules, lf_view history,
                       const unsigned *order, lf_time at, struct lf_clock_result *r, struct lf_err *e)
{
    const struct lf_json *list, *out, *notes;
    size_t n, cut;
    struct lf_buf b;
    lf_view *v, all;

    if (lf_json_parse(a, history, NULL, &list, e) != LF_OK ||
        lf_clock_judge(a, rules, list, at, r, e) != LF_OK)
        return lf_arena_printf(a, "refused");
    lf_buf_init(&b, 1 << 20);
    lf_clock_write(r, &b);
    all = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    CHECK_OK(lf_json_parse(a, all, NULL, &out, e), e);
    notes = lf_json_get(out, LF_V("notes"));
    n = lf_json_items(notes);
    v = LF_NEW(a, lf_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        int64_t event = 0;

        CHECK(lf_json_int(lf_json_item(notes, i), "event", &event), "a note of no event");
        v[i] = lf_arena_printf(a, "%03u %.*s", order[event],
                               LF_FMT(lf_json_str(lf_json_item(notes, i), "code")));
    }
    qsort(v, n, sizeof *v, by_note);
    cut = lf_view_find(all, LF_V("\"notes\""));
    all = lf_view_first(all, cut);
    for (size_t i = 0; i < n; i++)
        all = lf_arena_printf(a, "%.*s|%.*s", (int)all.len, all.ptr, LF_FMT(v[i]));
    return all;
}

static void shuffle(unsigned *order, unsigned n)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned k = roll(i), was = order[i - 1];

        order[i - 1] = order[k];
        order[k] = was;
    }
}

static struct lf_arena kept;
static const struct lf_json *sets[3];

static unsigned history(struct lf_arena *a, struct made *m)
{
    lf_time base = 1775001600 * LF_SECOND + (lf_time)roll(1000000) * 1000 * LF_SECOND / 16;
    unsigned n = 2 + roll(EVENTS - 2), of[KINDS] = { 0 };

    base -= base % LF_SECOND;
    for (unsigned i = 0; i < n; i++) {
        unsigned kind = i ? roll(KINDS) : 0, same = kind;

        while (same && strcmp(kinds[same - 1], kinds[kind]) == 0)
            same--;
        m[i] = make(a, kind, i, base, of[same]++);
    }
    return n;
}

static void the_order_of_the_list_does_not_matter_nor_does_what_is_yet_to_come(void)
{
    unsigned judged = 0, late = 0;

    for (unsigned h = 0; h < HISTORIES; h++) {
        unsigned plain[EVENTS], order[EVENTS], seen[EVENTS], nseen = 0, n;
        const struct lf_json *rules = sets[h % 3];
        struct lf_arena a = { 0 };
        struct lf_clock_result r;
        struct made m[EVENTS];
        struct lf_err e = { 0 };
        lf_view first, other;
        lf_time at;
        bool aware = false;

        n = history(&a, m);
        at = m[roll(n)].newest + roll(3) * LF_HOUR;
        for (unsigned i = 0; i < n; i++)
            plain[i] = order[i] = i;
        first = outcome(&a, rules, join(&a, m, plain, n), plain, at, &r, &e);
        if (lf_view_is(first, "refused")) {
            CHECK(false, "history %u: %s", h, e.text);
        } else {
            judged++;
            late += r.breached;
            for (size_t i = 0; i < lf_clock_rows(&r); i++) {
                struct lf_clock_row row = lf_clock_row(&r, i);

                CHECK((row.late_s > 0) == !strcmp(row.state, "breached"), "history %u: %s, late by %lld", h,
                      row.state, (long long)row.late_s);
                CHECK(!row.due || !row.stopped || row.stopped >= row.started,
                      "history %u: ends before it starts", h);
            }
        }
        for (unsigned k = 0; k < 4; k++) {
            shuffle(order, n);
            other = outcome(&a, rules, join(&a, m, order, n), order, at, &r, &e);
            CHECK(lf_view_eq(first, other), "history %u (seed %llu):\n#  %.*s\n#  %.*s", h,
                  (unsigned long long)seed, LF_FMT(first), LF_FMT(other));
        }
        for (unsigned i = 0; i < n; i++)
            if (m[i].time <= at) { /* no view sees an event before its node recorded it */
                seen[nseen++] = i;
                aware = aware || lf_view_find(m[i].text, LF_V("\"aware\"")) != SIZE_MAX;
            }
        if (aware) {
            other = outcome(&a, rules, join(&a, m, seen, nseen), seen, at, &r, &e);
            CHECK(lf_view_eq(first, other), "history %u: the future counts", h);
        }
        lf_arena_clear(&a);
        if (lf_test_failed_)
            return;
    }
    printf("# %u histories judged, %u with a clock that ran out\n", judged, late);
    CHECK(judged == HISTORIES && late > HISTORIES / 10 && late < HISTORIES, "no fair sample");
}

static void anything_in_place_of_a_value_is_judged_or_refused(void)
{
    static const char *const odd[] = { "null",
                                       "true",
                                       "-1",
                                       "1e9",
                                       "9007199254740991",
                                       "[]",
                                       "{}",
                                       "\"\"",
                                       "\"x\"",
                                       "[[]]",
                                       "\"2026-13-01T00:00:00Z\"",
                                       "{\"a\":null}",
                                       "\"2199-12-31T23:59:59-23:59\"",
                                       "\"1970-01-01T00:00:00+23:59\"" };
    unsigned plain[EVENTS], ok = 0, refused = 0;

    for (unsigned i = 0; i < EVENTS; i++)
        plain[i] = i;
    for (unsigned h = 0; h < HISTORIES * 4; h++) {
        struct lf_arena a = { 0 };
        struct lf_clock_result r;
        const struct lf_json *j;
        struct made m[EVENTS];
        struct lf_err e = { 0 };
        lf_view text, rules = { 0 };
        size_t at = 0;
        struct lf_buf b;
        bool of_rules = roll(2);

        text = join(&a, m, plain, history(&a, m));
        if (of_rules) {
            lf_buf_init(&b, 1 << 20);
            lf_json_write(&b, sets[h % 3]);
            rules = text;
            text = lf_arena_copy(&a, lf_buf_view(&b));
            lf_buf_clear(&b);
        }
        /* The value after some colon is another. */
        for (unsigned k = roll(of_rules ? 300 : 60); k; k--) {
            size_t next = lf_view_find_byte(lf_view_from(text, at), ':');

            if (next == SIZE_MAX)
                break;
            at += next + 1;
        }
        if (at) {
            size_t end = at;

            while (end < text.len && !strchr(",}]", text.ptr[end]))
                end++;
            text = lf_arena_printf(&a, "%.*s%s%.*s", (int)at, text.ptr, odd[roll(sizeof odd / sizeof *odd)],
                                   (int)(text.len - end), text.ptr + end);
        }
        if (lf_json_parse(&a, text, NULL, &j, &e) != LF_OK) {
            lf_arena_clear(&a);
            continue;
        }
        text = outcome(&a, of_rules ? j : sets[h % 3], of_rules ? rules : text, plain, 1900000000 * LF_SECOND,
                       &r, &e);
        if (lf_view_is(text, "refused"))
            refused++;
        else
            ok++;
        lf_arena_clear(&a);
    }
    printf("# %u judged, %u refused\n", ok, refused);
    CHECK(ok > HISTORIES / 2 && refused > HISTORIES, "no fair sample");
}

/* The set with each limit of seconds divided by `speed`, rounded up. */
static const struct lf_json *faster(struct lf_arena *a, const struct lf_json *set, int speed)
{
    const struct lf_json *out = NULL;
    struct lf_buf b, to;
    lf_view text;
    size_t at;

    lf_buf_init(&b, 1 << 20);
    lf_buf_init(&to, 1 << 20);
    lf_json_write(&b, set);
    text = lf_buf_view(&b);
    while ((at = lf_view_find(text, LF_V("\"seconds\":"))) != SIZE_MAX) {
        long long n = 0;

        at += strlen("\"seconds\":");
        lf_buf_put(&to, lf_view_first(text, at));
        for (text = lf_view_from(text, at); text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9';
             text = lf_view_from(text, 1))
            n = n * 10 + (text.ptr[0] - '0');
        lf_buf_printf(&to, "%lld", (n + speed - 1) / speed);
    }
    lf_buf_put(&to, text);
    CHECK_OK(lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&to)), NULL, &out, NULL), &(struct lf_err){ 0 });
    lf_buf_clear(&b);
    lf_buf_clear(&to);
    return out;
}

/* The history with each time that an event gives itself as much nearer to the event, rounded up. */
static const struct lf_json *sooner(struct lf_arena *a, const struct lf_json *list, int speed)
{
    size_t n = lf_json_items(list);
    const struct lf_json **items = LF_NEW(a, const struct lf_json *, n + 1), *out = NULL;
    struct lf_buf b;

    for (size_t i = 0; i < n; i++) {
        const struct lf_json *ev = lf_json_item(list, i);
        size_t members = lf_json_members(ev);
        lf_view *keys = LF_NEW(a, lf_view, members + 1);
        const struct lf_json **values = LF_NEW(a, const struct lf_json *, members + 1);
        lf_time at = 0, until = 0;

        for (size_t k = 0; k < members; k++) {
            keys[k] = lf_json_key(ev, k);
            values[k] = lf_json_member(ev, k);
            if (lf_view_is(keys[k], "until")) {
                char *text = LF_NEW(a, char, LF_TIME_TEXT);

                CHECK_OK(lf_time_parse(lf_json_str(ev, "time"), &at, NULL), &(struct lf_err){ 0 });
                CHECK_OK(lf_time_parse(lf_json_text(values[k]), &until, NULL), &(struct lf_err){ 0 });
                until = ((until - at) / LF_SECOND + speed - 1) / speed * LF_SECOND + at;
                values[k] = lf_json_new_string(a, lf_time_milli(until, text));
            }
        }
        items[i] = lf_json_new_object(a, members, keys, values);
    }
    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            LF_PUT(&b, ",");
        lf_json_write(&b, items[i]);
    }
    LF_PUT(&b, "]");
    CHECK_OK(lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&b)), NULL, &out, NULL), &(struct lf_err){ 0 });
    lf_buf_clear(&b);
    return out;
}

/* Whether some limit of the clock is in months, which are not divided by hand here. */
static bool by_months(const struct lf_json *set, lf_view clock)
{
    const struct lf_json *list = lf_json_get(set, LF_V("clocks"));

    for (size_t i = 0; i < lf_json_items(list); i++) {
        const struct lf_json *limits = lf_json_get(lf_json_item(list, i), LF_V("limits"));

        for (size_t k = 0;
             lf_view_eq(lf_json_str(lf_json_item(list, i), "id"), clock) && k < lf_json_items(limits); k++)
            if (lf_json_get(lf_json_item(limits, k), LF_V("months")))
                return true;
    }
    return false;
}

static void an_exercise_is_judged_as_by_rules_whose_limits_are_shorter(void)
{
    unsigned compared = 0, moved = 0, plain[EVENTS];

    for (unsigned i = 0; i < EVENTS; i++)
        plain[i] = i;
    for (unsigned h = 0; h < HISTORIES; h++) {
        int speed = 2 + (int)roll(59);
        struct lf_arena a = { 0 };
        const struct lf_json *list, *rules = sets[h % 3];
        struct lf_clock_result fast, other, law;
        struct made m[EVENTS];
        struct lf_err e = { 0 };
        unsigned n = history(&a, m);
        lf_time at = m[roll(n)].newest + roll(3) * LF_HOUR;

        CHECK_OK(lf_json_parse(&a, join(&a, m, plain, n), NULL, &list, &e), &e);
        CHECK_OK(lf_clock_judge_at(&a, rules, list, at, speed, &fast, &e), &e);
        CHECK_OK(lf_clock_judge(&a, faster(&a, rules, speed), sooner(&a, list, speed), at, &other, &e), &e);
        CHECK_OK(lf_clock_judge(&a, rules, list, at, &law, &e), &e);
        CHECK(lf_clock_rows(&fast) == lf_clock_rows(&other), "history %u: other clocks", h);
        for (size_t i = 0; i < lf_clock_rows(&fast); i++) {
            struct lf_clock_row f = lf_clock_row(&fast, i), o = lf_clock_row(&other, i);
            struct lf_clock_row l = lf_clock_row(&law, i);

            moved += f.started == l.started && f.due < l.due;
            if (by_months(rules, f.clock))
                continue;
            compared++;
            CHECK(lf_view_eq(f.id, o.id) && f.started == o.started && f.due == o.due &&
                      f.stopped == o.stopped && f.late_s == o.late_s && !strcmp(f.state, o.state),
                  "history %u at %d times the pace: %.*s", h, speed, LF_FMT(f.id));
        }
        CHECK_CODE(lf_clock_judge_at(&a, rules, list, at, 0, &fast, &e), LF_BAD_INPUT);
        CHECK_CODE(lf_clock_judge_at(&a, rules, list, at, LF_CLOCK_SPEED + 1, &fast, &e), LF_BAD_INPUT);
        lf_arena_clear(&a);
        if (lf_test_failed_)
            return;
    }
    printf("# %u clocks compared, %u due at another time than the law's\n", compared, moved);
    CHECK(compared > HISTORIES && moved > HISTORIES, "no fair sample");
}

static const struct lf_json *read_set(const char *root, const char *name)
{
    static const struct lf_json *j;
    char path[512], *bytes = lf_arena_alloc(&kept, 1 << 17, 1);
    struct lf_err e = { 0 };
    FILE *f;

    snprintf(path, sizeof path, "%s/rules/clock/%s.json", root, name);
    f = fopen(path, "r");
    CHECK(f != NULL, "%s", path);
    if (f) {
        size_t n = fread(bytes, 1, 1 << 17, f);

        fclose(f);
        CHECK_OK(lf_json_parse(&kept, (lf_view){ bytes, n }, NULL, &j, &e), &e);
    }
    return j;
}

int main(int argc, char **argv)
{
    const char *root = getenv("LF_ROOT");

    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    x = seed ? seed : 1;
    printf("# seed %llu\n", (unsigned long long)seed);
    sets[0] = read_set(root ? root : ".", "tw-2026");
    sets[1] = read_set(root ? root : ".", "eu-nis2");
    sets[2] = read_set(root ? root : ".", "us-federal");
    RUN(the_order_of_the_list_does_not_matter_nor_does_what_is_yet_to_come);
    RUN(an_exercise_is_judged_as_by_rules_whose_limits_are_shorter);
    RUN(anything_in_place_of_a_value_is_judged_or_refused);
    lf_arena_clear(&kept);
    DONE();
}
