#include "soc/alert.h"

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

int main(void)
{
    RUN(findings_group_and_a_replay_counts_once);
    RUN(second_evidence_corroborates_exactly_once);
    RUN(a_closed_alert_is_not_reopened_and_lists_go_by_page);
    DONE();
}
