#include "soc/alert_work.h"
#include "soc/exclusion.h"

#include <unistd.h>

#include "ident/audit.h"
#include "lf_engines.h"
#include "lf_test.h"
#include "model/role.h"

/* The chain has its own tests; here only that an entry is asked for. */
static int audited;
__attribute__((weak)) enum lf_code lf_audit_add(struct lf_task *t, lf_view action, lf_view subject,
                                                lf_view detail, struct lf_err *e)
{
    (void)t;
    (void)action;
    (void)subject;
    (void)detail;
    (void)e;
    audited++;
    return LF_OK;
}

struct bench {
    struct lf_arena a;
    struct lf_log log;
    struct lf_env env;
    struct lf_db *db;
    struct lf_task t;
    char dir[64];
};

static bool start(struct bench *b)
{
    struct lf_db_options o = { 0 };
    struct lf_err e = { 0 };
    char path[96];

    *b = (struct bench){ .log = { .fd = -1 } };
    snprintf(b->dir, sizeof b->dir, "/tmp/lf-alert-XXXXXX");
    if (!mkdtemp(b->dir))
        return false;
    snprintf(path, sizeof path, "%s/db", b->dir);
    o.path = lf_engine_path(path);
    lf_crypto_init();
    lf_env_real(&b->env, &b->log);
    CHECK_OK(lf_db_open(&o, &b->env, &b->db, &e), &e);
    b->t = (struct lf_task){
        .a = &b->a,
        .env = &b->env,
        .db = b->db,
        .scope = { .org = LF_V("00000000-0000-4000-8000-000000000001"),
                   .account = LF_V("system"),
                   .roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST },
    };
    return b->db != NULL;
}

static void stop(struct bench *b)
{
    static const char *const ends[] = { "db", "db-wal", "db-shm", "db-journal" };
    char path[96];

    lf_db_close(b->db);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s/%s", b->dir, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(b->dir);
    lf_arena_clear(&b->a);
}

static struct lf_finding finding(uint64_t position, lf_time happened)
{
    struct lf_finding f = { .position = position,
                            .happened = happened,
                            .recorded = happened,
                            .sender = LF_V("web"),
                            .rule = LF_V("r"),
                            .title = LF_V("t"),
                            .level = LF_LEVEL_HIGH,
                            .event = LF_V("{}"),
                            .nobservables = 1 };

    f.observables[0] = (struct lf_observable){ LF_OBS_DOMAIN, LF_V("c2.test") };
    return f;
}

static void findings_group_and_a_replay_counts_once(void)
{
    struct bench b;
    struct lf_finding f = finding(1, 10 * LF_HOUR), g = finding(2, 10 * LF_HOUR + LF_MINUTE),
                      late = finding(3, 12 * LF_HOUR);
    struct lf_alert x, y;
    struct lf_err e = { 0 };
    bool is_new, newly;

    if (!start(&b))
        SKIP("no database");
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK(is_new && !newly && x.count == 1 && (b.t.effects & LF_FX_ALERT), "raised");
    CHECK_OK(lf_alert_raise(&b.t, &g, false, &y, &is_new, &newly, &e), &e);
    CHECK(!is_new && y.count == 2 && lf_view_eq(x.id, y.id), "joined");
    b.t.effects = 0;
    CHECK_OK(lf_alert_raise(&b.t, &g, false, &y, &is_new, &newly, &e), &e);
    CHECK(!is_new && y.count == 2 && b.t.effects == 0, "replayed");
    CHECK_OK(lf_alert_raise(&b.t, &late, false, &y, &is_new, &newly, &e), &e);
    CHECK(is_new && y.count == 1 && y.number == x.number + 1, "past the window");
    stop(&b);
}

static void second_evidence_corroborates_exactly_once(void)
{
    struct bench b;
    struct lf_finding f = finding(1, 10 * LF_HOUR);
    struct lf_alert x;
    struct lf_alert_event *events;
    struct lf_err e = { 0 };
    bool is_new, newly;
    lf_view next;
    size_t n = 0;

    if (!start(&b))
        SKIP("no database");
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    f.second_sender = LF_V("dns");
    f.second_event = LF_V("{\"query\":\"c2.test\"}");
    f.second_happened = 10 * LF_HOUR;
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK(!is_new && newly && x.corroborated && x.count == 1, "first time");
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK(!newly && x.corroborated, "again");
    CHECK_OK(lf_alert_events(&b.t, x.id, NULL, &events, &n, &next, &e), &e);
    CHECK(n == 1 && next.len == 0, "%zu", n);
    if (n == 1)
        CHECK_VIEW(events[0].second_sender, LF_V("dns"));
    stop(&b);
}

static void a_closed_alert_is_not_reopened_and_lists_go_by_page(void)
{
    struct bench b;
    struct lf_finding f = finding(1, 10 * LF_HOUR), g = finding(2, 10 * LF_HOUR);
    struct lf_alert x, y, *list;
    struct lf_page page = { .limit = 1 };
    struct lf_alert_filter open = { .open_only = true };
    struct lf_err e = { 0 };
    bool is_new, newly;
    lf_view next;
    size_t n = 0;
    uint64_t at;

    if (!start(&b))
        SKIP("no database");
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK_OK(lf_alert_acknowledge(&b.t, x.id, &e), &e);
    CHECK_CODE(lf_alert_acknowledge(&b.t, x.id, &e), LF_CONFLICT);
    CHECK_OK(lf_alert_close(&b.t, x.id, LF_V("a drill"), &e), &e);
    CHECK_OK(lf_alert_raise(&b.t, &g, false, &y, &is_new, &newly, &e), &e);
    CHECK(is_new && !lf_view_eq(x.id, y.id), "another");
    CHECK_OK(lf_alert_list(&b.t, NULL, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && next.len > 0 && list[0].number == 2, "newest first");
    page.after = next;
    CHECK_OK(lf_alert_list(&b.t, NULL, &page, &list, &n, &next, &e), &e);
    CHECK(n == 1 && next.len == 0 && list[0].state == LF_ALERT_CLOSED, "the rest");
    CHECK_OK(lf_alert_list(&b.t, &open, NULL, &list, &n, &next, &e), &e);
    CHECK(n == 1, "open ones");
    b.t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_alert_close(&b.t, y.id, LF_V(""), &e), LF_FORBIDDEN);
    b.t.scope.org = LF_V("00000000-0000-4000-8000-000000000002");
    CHECK_CODE(lf_alert_get(&b.t, y.id, &y, &e), LF_NOT_FOUND);
    b.t.scope.roles = LF_ROLE_SYSTEM;
    CHECK_OK(lf_alert_checkpoint_get(&b.t, &at, &e), &e);
    CHECK(at == 0, "none yet");
    CHECK_OK(lf_alert_checkpoint(&b.t, 9, &e), &e);
    CHECK_OK(lf_alert_checkpoint(&b.t, 5, &e), &e);
    CHECK_OK(lf_alert_checkpoint_get(&b.t, &at, &e), &e);
    CHECK(at == 9, "it only grows");
    stop(&b);
}

struct seen {
    size_t n, pages;
    uint64_t last;
};

/* Walks the list by pages of seven; each but the last is full. */
static struct seen walk(struct bench *b, const struct lf_alert_filter *f, struct lf_err *e)
{
    struct seen s = { .last = UINT64_MAX };
    struct lf_page page = { .limit = 7 };
    struct lf_alert *items;
    lf_view next;
    size_t n;

    do {
        CHECK_OK(lf_alert_list(&b->t, f, &page, &items, &n, &next, e), e);
        CHECK(next.len == 0 || n == 7, "a short page in the middle: %zu", n);
        for (size_t i = 0; i < n; i++) {
            CHECK(items[i].number < s.last, "order");
            s.last = items[i].number;
        }
        s.n += n;
        s.pages++;
        page.after = next;
    } while (next.len);
    return s;
}

static void a_filtered_list_has_full_pages_and_misses_none(void)
{
    static const char *const hosts[] = { "Web-1.example", "db_1.example", "dbx1.example" };
    struct bench b;
    struct lf_alert x;
    struct lf_err e = { 0 };
    bool is_new, newly;
    static const struct {
        const char *what;
        struct lf_alert_filter f;
        size_t want;
    } rows[] = {
        { "all", { 0 }, 60 },
        { "open", { .open_only = true }, 45 },
        { "closed", { .has_state = true, .state = LF_ALERT_CLOSED }, 15 },
        { "rule", { .rule = LF_VIEW("rule-2") }, 12 },
        { "part of a rule's id is none", { .rule = LF_VIEW("rule-") }, 0 },
        { "host, by any letters' case", { .host = LF_VIEW("WEB-1.EXAMPLE") }, 20 },
        { "a part of a host is none", { .host = LF_VIEW("web") }, 0 },
        { "with a star it is", { .host = LF_VIEW("web*") }, 20 },
        { "an underscore is itself", { .host = LF_VIEW("db_1*") }, 20 },
        { "a per cent sign is itself", { .host = LF_VIEW("%") }, 0 },
        { "level", { .least = LF_LEVEL_HIGH }, 24 },
        { "words", { .words = { { LF_VIEW("TITLE") }, { LF_VIEW("no 7") } }, .nwords = 2 }, 1 },
        { "a word of the observable", { .words = { { LF_VIEW("d59.test") } }, .nwords = 1 }, 1 },
        { "a word of a closing note", { .words = { { LF_VIEW("弱點掃描") } }, .nwords = 1 }, 15 },
        { "words that are in different alerts",
          { .words = { { LF_VIEW("d59.test") }, { LF_VIEW("d58.test") } }, .nwords = 2 },
          0 },
        { "a title that says it in another language",
          { .words = { { LF_VIEW("另一種話"), LF_VIEW("|x|Title no 3|") } }, .nwords = 1 },
          1 },
        { "and no part of such a title",
          { .words = { { LF_VIEW("另一種話"), LF_VIEW("|Title no 33 x|") } }, .nwords = 1 },
          0 },
        { "owner", { .owner = LF_VIEW("ann") }, 15 },
        { "nobody's", { .nobodys = true }, 45 },
        { "time", { .from = 10 * LF_HOUR, .to = 20 * LF_HOUR }, 10 },
        { "time and host", { .from = 10 * LF_HOUR, .host = LF_VIEW("web-1.example") }, 16 },
    };

    if (!start(&b))
        SKIP("no database");
    for (int i = 0; i < 60; i++) {
        struct lf_finding f = finding((uint64_t)i + 1, i * LF_HOUR);

        f.rule = lf_arena_printf(&b.a, "rule-%d", i % 5);
        f.title = lf_arena_printf(&b.a, "Title no %d", i);
        f.host = lf_view_of(hosts[i % 3]);
        f.level = (enum lf_level)(i % 5);
        f.observables[0].value = lf_arena_printf(&b.a, "d%d.test", i);
        CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
        if (i % 4 == 0)
            CHECK_OK(lf_alert_assign(&b.t, x.id, LF_V("ann"), &e), &e);
        if (i % 4 == 1)
            CHECK_OK(lf_alert_close(&b.t, x.id, LF_V("弱點掃描"), &e), &e);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct seen s = walk(&b, &rows[i].f, &e);

        CHECK(s.n == rows[i].want && s.pages == (s.n ? (s.n + 6) / 7 : 1), "%s: %zu rows on %zu pages",
              rows[i].what, s.n, s.pages);
    }
    stop(&b);
}

/* Whose scope is an analyst's has everything; to others this one indicator is hidden. */
static enum lf_code hides(struct lf_task *t, lf_view indicator, bool *hidden, struct lf_err *e)
{
    (void)e;
    *hidden = !(t->scope.roles & LF_ROLE_ANALYST) && lf_view_is(indicator, "indicator--red");
    return LF_OK;
}

static size_t found(struct bench *b, const struct lf_alert_filter *f, struct lf_err *e)
{
    struct lf_alert *items;
    lf_view next;
    size_t n = 0;

    CHECK_OK(lf_alert_list(&b->t, f, NULL, &items, &n, &next, e), e);
    return n;
}

static void a_withheld_alert_is_found_by_what_it_shows_alone(void)
{
    static const struct {
        const char *what;
        struct lf_alert_filter f;
        bool all, shown; /* whether who may have the indicator finds it, and who may not */
    } rows[] = {
        { "everything", { 0 }, true, true },
        { "its value", { .words = { { LF_VIEW("RED.test") } }, .nwords = 1 }, true, false },
        { "its title", { .words = { { LF_VIEW("a hit") } }, .nwords = 1 }, true, false },
        { "what people wrote", { .words = { { LF_VIEW("asked") } }, .nwords = 1 }, true, false },
        { "host", { .words = { { LF_VIEW("WEB") } }, .nwords = 1 }, true, true },
        { "host and value",
          { .words = { { LF_VIEW("web") }, { LF_VIEW("red") } }, .nwords = 2 },
          true,
          false },
        { "its rule", { .rule = LF_VIEW("indicator--red") }, true, false },
        { "since the hour", { .from = 10 * LF_HOUR }, true, true },
        { "since the minute", { .from = 10 * LF_HOUR + LF_MINUTE }, true, false },
        { "up to the next hour", { .to = 11 * LF_HOUR }, true, true },
        { "up to within the hour", { .to = 10 * LF_HOUR + LF_MINUTE }, false, true },
        { "up to the hour", { .to = 10 * LF_HOUR }, false, false },
    };
    struct lf_finding f = finding(7, 10 * LF_HOUR + 20 * LF_MINUTE), g = f;
    struct lf_alert_event *events;
    struct lf_alert_behind *behind;
    struct lf_alert_work *work;
    struct lf_alert x, y, *merged;
    int64_t verdicts[LF_VERDICTS];
    struct lf_err e = { 0 };
    bool is_new, newly;
    lf_view next;
    struct bench b;
    size_t n;

    if (!start(&b))
        SKIP("no database");
    b.t.hides = hides;
    f.rule = LF_V("indicator--red");
    f.title = LF_V("a hit: red.test");
    f.host = LF_V("web-1");
    f.observables[0].value = LF_V("red.test");
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK_OK(lf_alert_comment(&b.t, x.id, LF_V("asked about red.test"), &e), &e);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (i == 3) /* a closing note is of the alert itself */
            CHECK_OK(lf_alert_close(&b.t, x.id, LF_V("asked about red.test"), &e), &e);
        b.t.scope.roles = LF_ROLE_ANALYST;
        CHECK(found(&b, &rows[i].f, &e) == rows[i].all, "an analyst by %s", rows[i].what);
        b.t.scope.roles = LF_ROLE_READER;
        CHECK(found(&b, &rows[i].f, &e) == rows[i].shown, "a reader by %s", rows[i].what);
        b.t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST;
    }
    /* Another rule's alert of the same event, into which one of the indicator's is merged. */
    f.position = 8;
    f.happened += LF_MINUTE;
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    g.position = 8;
    CHECK_OK(lf_alert_raise(&b.t, &g, false, &y, &is_new, &newly, &e), &e);
    b.t.scope.roles = LF_ROLE_READER;
    CHECK_OK(lf_alert_of_event(&b.t, 8, y.id, &behind, &n, &e), &e);
    CHECK(n == 0, "the event is said to be the indicator's");
    CHECK_OK(lf_alert_get(&b.t, x.id, &x, &e), &e);
    CHECK(x.withheld && !x.rule.len && !x.title.len && !x.has_observable && x.last == 10 * LF_HOUR,
          "withheld");
    b.t.scope.roles = LF_ROLE_ANALYST;
    CHECK_OK(lf_alert_of_event(&b.t, 8, y.id, &behind, &n, &e), &e);
    CHECK(n == 1, "an analyst sees what else the event is in: %zu", n);
    b.t.scope.roles = LF_ROLE_ADMIN;
    CHECK_CODE(lf_alert_merge(&b.t, x.id, y.id, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_alert_merge(&b.t, y.id, x.id, &e), LF_FORBIDDEN);
    b.t.scope.roles = LF_ROLE_ANALYST;
    CHECK_OK(lf_alert_merge(&b.t, x.id, y.id, &e), &e);
    b.t.scope.roles = LF_ROLE_ADMIN;
    CHECK_CODE(lf_alert_unmerge(&b.t, x.id, &next, &e), LF_FORBIDDEN);
    CHECK_OK(lf_alert_tally(&b.t, x.id, &next, verdicts, &e), &e);
    CHECK(lf_view_is(next, "indicator--red"), "a verdict counts for the indicator, whoever gave it");
    b.t.scope.roles = LF_ROLE_ANALYST;
    CHECK_OK(lf_alert_events(&b.t, y.id, NULL, &events, &n, &next, &e), &e);
    CHECK(n == 2, "all evidence: %zu", n);
    b.t.scope.roles = LF_ROLE_READER;
    CHECK_OK(lf_alert_events(&b.t, y.id, &(struct lf_page){ .limit = 1 }, &events, &n, &next, &e), &e);
    CHECK(n == 1 && !next.len && lf_view_is(events[0].rule, "r"), "the other's evidence alone: %zu", n);
    CHECK_OK(lf_alert_merged(&b.t, y.id, &merged, &n, &e), &e);
    CHECK(n == 1 && merged[0].withheld, "what was merged is withheld");
    CHECK_OK(lf_alert_history(&b.t, x.id, NULL, &work, &n, &next, &e), &e);
    CHECK(n && work[0].act == LF_ACT_MERGED && lf_view_eq(work[0].note, y.id), "into which, people see");
    /* What the indicator finds later joins the other's alert, and says nothing in it. */
    b.t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST;
    CHECK_OK(lf_alert_get(&b.t, y.id, &y, &e), &e);
    f.level = LF_LEVEL_CRITICAL;
    f.second_sender = LF_V("another");
    f.second_event = LF_V("{}");
    for (unsigned i = 0; i < 150; i++) { /* in more than one reading */
        f.position = 9 + i;
        CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
        CHECK(!is_new && lf_view_eq(x.id, y.id) && newly == (i == 0),
              "it joins, and is second evidence once");
    }
    CHECK(x.level == y.level && lf_view_eq(x.observable, y.observable) && x.corroborated,
          "the hidden value or its level is told: %d %.*s", x.level, LF_FMT(x.observable));
    CHECK_OK(lf_alert_events(&b.t, y.id, &(struct lf_page){ .limit = 1000 }, &events, &n, &next, &e), &e);
    CHECK(n == 152 && !next.len, "all evidence, also two of one event: %zu", n);
    b.t.scope.roles = LF_ROLE_READER;
    CHECK_OK(lf_alert_events(&b.t, y.id, NULL, &events, &n, &next, &e), &e);
    CHECK(n == 1 && !next.len, "the other's alone: %zu", n);
    b.t.hides = NULL;
    CHECK_OK(lf_alert_merged(&b.t, y.id, &merged, &n, &e), &e);
    CHECK(n == 1 && merged[0].withheld, "whom nobody asks for has nothing");
    stop(&b);
}

static void an_indicators_alert_gives_another_the_hour_and_no_level(void)
{
    struct lf_finding f = finding(8, 7 * LF_HOUR + 5 * LF_MINUTE);
    struct lf_alert x, y, z;
    struct lf_err e = { 0 };
    bool is_new, newly;
    struct bench b;

    if (!start(&b))
        SKIP("no database");
    b.t.hides = hides;
    f.level = LF_LEVEL_LOW;
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &y, &is_new, &newly, &e), &e);
    f = finding(9, 9 * LF_HOUR + 17 * LF_MINUTE + 3);
    f.rule = LF_V("indicator--red");
    f.level = LF_LEVEL_CRITICAL;
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK(is_new && x.level == LF_LEVEL_CRITICAL, "an alert of its own");
    b.t.scope.roles = LF_ROLE_ANALYST;
    CHECK_OK(lf_alert_merge(&b.t, x.id, y.id, &e), &e);
    CHECK_OK(lf_alert_get(&b.t, y.id, &z, &e), &e);
    CHECK(z.level == LF_LEVEL_LOW && z.first == y.first && z.last == 9 * LF_HOUR && z.count == y.count + 1,
          "level %d, from %lld to %lld", z.level, (long long)z.first, (long long)z.last);
    b.t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST;
    f.position = 10;
    f.happened = 9 * LF_HOUR + 19 * LF_MINUTE;
    CHECK_OK(lf_alert_raise(&b.t, &f, false, &x, &is_new, &newly, &e), &e);
    CHECK(!is_new && lf_view_eq(x.id, y.id) && x.last == 9 * LF_HOUR && x.level == LF_LEVEL_LOW,
          "what comes later joins it, and says the hour: %lld", (long long)x.last);
    stop(&b);
}

static void what_was_decided_about_a_withheld_rule_is_not_told(void)
{
    struct lf_tuning in = { .rule = LF_V("indicator--red"), .per_hour = 5, .note = LF_V("why") }, out;
    struct lf_err e = { 0 };
    struct lf_exclusion x;
    struct bench b;

    if (!start(&b))
        SKIP("no database");
    b.t.hides = hides;
    CHECK_OK(lf_tuning_set(&b.t, &in, &e), &e);
    CHECK_OK(lf_exclusion_set(&b.t, in.rule, LF_V("h"), 0, LF_V("why"), &e), &e);
    b.t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_tuning_get(&b.t, in.rule, &out, &e), &e);
    CHECK(out.per_hour == 5 && !out.kept_back, "who decided it himself has it");
    CHECK_OK(lf_exclusion_get(&b.t, in.rule, LF_V("h"), &x, &e), &e);
    b.t.scope.account = LF_V("another");
    CHECK_OK(lf_tuning_get(&b.t, in.rule, &out, &e), &e);
    CHECK(!out.changed && !out.note.len && out.per_hour == LF_TUNING_PER_HOUR, "as if nothing was decided");
    CHECK_CODE(lf_tuning_clear(&b.t, in.rule, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_exclusion_get(&b.t, in.rule, LF_V("h"), &x, &e), LF_NOT_FOUND);
    b.t.hides = NULL;
    CHECK_CODE(lf_exclusion_get(&b.t, in.rule, LF_V("h"), &x, &e), LF_NOT_FOUND);
    b.t.scope.roles = LF_ROLE_SYSTEM | LF_ROLE_ANALYST;
    CHECK_OK(lf_exclusion_get(&b.t, in.rule, LF_V("h"), &x, &e), &e);
    CHECK_OK(lf_tuning_get(&b.t, in.rule, &out, &e), &e);
    CHECK(out.per_hour == 5, "and nothing was undone");
    stop(&b);
}

int main(void)
{
    RUN(findings_group_and_a_replay_counts_once);
    RUN(second_evidence_corroborates_exactly_once);
    RUN(a_filtered_list_has_full_pages_and_misses_none);
    RUN(a_closed_alert_is_not_reopened_and_lists_go_by_page);
    RUN(a_withheld_alert_is_found_by_what_it_shows_alone);
    RUN(an_indicators_alert_gives_another_the_hour_and_no_level);
    RUN(what_was_decided_about_a_withheld_rule_is_not_told);
    DONE();
}
