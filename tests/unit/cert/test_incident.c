#include "cert/incident.h"
#include "cert/incident_file.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "cert/notice.h"
#include "lf_engines.h"
#include "lf_test.h"
#include "model/role.h"

/* Three nodes of one tree, each with its own database; time is ours. */
static struct lf_arena arena;
static lf_time now = 1772413200000000;
static uint64_t chance = 88172645463325252u;

static lf_time read_now(void *ctx)
{
    (void)ctx;
    return now;
}

static void read_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
        ((uint8_t *)out)[i] = (uint8_t)chance;
    }
}

struct node {
    struct lf_env env;
    struct lf_identity id;
    struct lf_db *db;
    struct lf_task t;
    char path[512];
};

static const char *postgres; /* conninfo; NULL = SQLite */

/* A database of its own for each node, emptied. */
static void database_up(struct node *n, unsigned number)
{
    PQconninfoOption *o = PQconninfoParse(postgres, NULL);
    PGconn *c = PQconnectdb(postgres);
    size_t len = 0;
    char sql[64];

    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS lf_cert_%u", number);
    PQclear(PQexec(c, "SET client_min_messages = warning"));
    PQclear(PQexec(c, sql));
    snprintf(sql, sizeof sql, "CREATE DATABASE lf_cert_%u", number);
    PQclear(PQexec(c, sql));
    CHECK(PQstatus(c) == CONNECTION_OK && !*PQerrorMessage(c), "%s", PQerrorMessage(c));
    PQfinish(c);
    /* A URI says the same in keywords; the host first, by which a conninfo is known. */
    for (int pass = 0; pass < 2; pass++)
        for (PQconninfoOption *x = o; x && x->keyword; x++)
            if (x->val && strcmp(x->keyword, "dbname") != 0 && (strcmp(x->keyword, "host") == 0) == !pass)
                len += (size_t)snprintf(n->path + len, sizeof n->path - len, "%s='%s' ", x->keyword, x->val);
    snprintf(n->path + len, sizeof n->path - len, "dbname=lf_cert_%u", number);
    PQconninfoFree(o);
}

static void up(struct node *n, const char *tier, unsigned number)
{
    uint8_t seed[LF_SIGN_SEED] = { (uint8_t)number };
    struct lf_err e;

    *n = (struct node){ .env = { .now = read_now, .tick = read_now, .random = read_random } };
    n->id.node = lf_arena_printf(&arena, "identity--0000000%u-0000-4000-8000-000000000000", number);
    n->id.org = lf_arena_printf(&arena, "1000000%u-0000-4000-8000-000000000000", number);
    n->id.name = n->id.tier = lf_view_of(tier);
    lf_sign_keys(seed, n->id.sign_public, n->id.sign_secret);
    snprintf(n->path, sizeof n->path, "/tmp/lf-incident-%d-%u.db", (int)getpid(), number);
    unlink(n->path);
    if (postgres)
        database_up(n, number);
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = n->path }, &n->env, &n->db, &e), &e);
    n->t = (struct lf_task){ .a = &arena, .env = &n->env, .db = n->db, .self = &n->id };
    n->t.scope = (struct lf_scope){ .org = n->id.org, .account = LF_V("system"), .roles = LF_ROLE_SYSTEM };
}

static void down(struct node *n)
{
    char more[600];

    lf_db_close(n->db);
    if (postgres)
        return;
    unlink(n->path);
    snprintf(more, sizeof more, "%s-wal", n->path);
    unlink(more);
    snprintf(more, sizeof more, "%s-shm", n->path);
    unlink(more);
}

static struct lf_task *as(struct node *n, unsigned role)
{
    n->t.scope.roles = role;
    n->t.scope.account = role == LF_ROLE_SYSTEM ? LF_V("system") : LF_V("someone");
    return &n->t;
}

static struct lf_incident_peer peer_of(const struct node *n, bool is_parent)
{
    struct lf_incident_peer p = {
        .id = n->id.org, .node = n->id.node, .tier = n->id.tier, .is_parent = is_parent
    };

    memcpy(p.key, n->id.sign_public, sizeof p.key);
    return p;
}

/* What isac does: everything waiting goes over, then it is acknowledged. */
static size_t carry(struct node *from, struct node *to, bool to_parent)
{
    struct lf_incident_peer peer = peer_of(from, !to_parent);
    const struct lf_incident_outgoing *items;
    lf_view dest = to_parent ? LF_V("up") : to->id.org;
    size_t n, fresh_n = 0;
    struct lf_err e;

    CHECK_OK(lf_incident_outgoing_list(as(from, LF_ROLE_SYSTEM), dest, 0, &n, &items, &e), &e);
    for (size_t i = 0; i < n; i++) {
        bool fresh = false;

        CHECK_OK(lf_incident_event_receive(as(to, LF_ROLE_PEER), &peer, items[i].json, &fresh, &e), &e);
        fresh_n += fresh;
        CHECK_OK(lf_incident_event_receive(as(to, LF_ROLE_PEER), &peer, items[i].json, &fresh, &e), &e);
        CHECK(!fresh, "the same event was taken twice");
    }
    if (n)
        CHECK_OK(lf_incident_outgoing_ack(as(from, LF_ROLE_SYSTEM), dest, items[n - 1].seq, &e), &e);
    return fresh_n;
}

static struct lf_incident_full full(struct node *n, lf_view id)
{
    struct lf_incident_full f = { 0 };
    struct lf_err e;

    CHECK_OK(lf_incident_get(as(n, LF_ROLE_READER), id, &f, &e), &e);
    return f;
}

static struct node p, s, n;

static void tree_up(void)
{
    up(&p, "provider", 1), up(&s, "sector", 2), up(&n, "nation", 3);
}

static void tree_down(void)
{
    down(&p), down(&s), down(&n);
}

static unsigned noticed(struct node *at, enum lf_notice_kind kind)
{
    struct lf_notice_page page;
    unsigned found = 0;
    struct lf_err e;

    CHECK_OK(lf_notice_list(as(at, LF_ROLE_SYSTEM), NULL, NULL, &page, &e), &e);
    for (size_t i = 0; i < page.n; i++)
        found += page.items[i].kind == kind;
    return found;
}

static lf_view open_one(bool corroborated, const char *policy)
{
    static const struct lf_observable obs[] = { { LF_OBS_DOMAIN, LF_VIEW("c2-1234.test") } };
    struct lf_incident_alert al = { .id = LF_V("alert-1"),
                                    .title = LF_V("網站命令注入"),
                                    .host = LF_V("web1"),
                                    .level = LF_LEVEL_HIGH,
                                    .corroborated = corroborated,
                                    .happened = now - 2 * LF_SECOND,
                                    .recorded = now - LF_SECOND,
                                    .nobservables = 1,
                                    .observables = obs };
    lf_view id = { 0 }, again = { 0 };
    struct lf_err e;

    CHECK_OK(lf_incident_open_from_alert(as(&p, LF_ROLE_SYSTEM), &al, lf_view_of(policy), &id, &e), &e);
    CHECK_OK(lf_incident_open_from_alert(as(&p, LF_ROLE_SYSTEM), &al, lf_view_of(policy), &again, &e), &e);
    CHECK_VIEW(again, id);
    return id;
}

static void an_alert_becomes_a_report_that_reaches_sector_and_nation_and_the_receipt_returns(void)
{
    struct lf_incident_event receipt;
    struct lf_incident_full f;
    struct lf_err e;
    lf_view id, json;

    tree_up();
    id = open_one(true, "corroborated");
    CHECK(p.t.effects & LF_FX_OUTBOX && p.t.effects & LF_FX_INCIDENT, "effects %x", p.t.effects);
    f = full(&p, id);
    CHECK_VIEW(f.row.review, LF_V("reported"));
    CHECK(f.row.c1.state == LF_CLOCK_MET, "C1 %s", lf_clock_state_name(f.row.c1.state));
    CHECK(f.row.aware_at == now - LF_SECOND, "awareness");
    CHECK(f.nevents == 2, "%zu events", f.nevents);
    CHECK_CODE(lf_incident_receipt(as(&p, LF_ROLE_READER), id, &json, &e), LF_NOT_FOUND);

    now += LF_SECOND;
    CHECK(carry(&p, &s, true) == 2, "to the sector");
    CHECK(full(&s, id).nevents == 3, "with its receipt: %zu", full(&s, id).nevents);
    CHECK(carry(&s, &n, true) == 3, "to the nation");
    CHECK_VIEW(full(&n, id).row.review, LF_V("reported"));
    CHECK(carry(&s, &p, false) == 1, "the receipt to the provider");
    CHECK(carry(&p, &s, true) == 0, "what came from above does not go up again");
    CHECK_OK(lf_incident_receipt(as(&p, LF_ROLE_READER), id, &json, &e), &e);
    CHECK_OK(lf_incident_event_read(&arena, json, &receipt, &e), &e);
    CHECK_OK(lf_incident_event_verify(&arena, &receipt, &e), &e);
    CHECK(memcmp(receipt.key, s.id.sign_public, sizeof receipt.key) == 0, "signed by the sector");
    CHECK_VIEW(lf_json_str(receipt.body, "report"), full(&p, id).events[1]->id);
    CHECK(full(&p, id).row.received_at == receipt.recorded, "received");
    CHECK(f.row.received_at == 0, "received before the receipt came");
    tree_down();
}

static void a_review_goes_both_ways_and_every_tier_folds_the_same(void)
{
    static const char *const steps[][2] = { { "controlled", NULL },
                                            { "recovered", NULL },
                                            { "final_submitted", NULL } };
    lf_view id, event;
    struct lf_err e;

    tree_up();
    id = open_one(true, "corroborated");
    (void)carry(&p, &s, true);
    now += LF_SECOND;
    CHECK_OK(lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), id, LF_V("reviewed"), LF_V("{\"level\":2}"),
                                   &event, &e),
             &e);
    CHECK_VIEW(full(&s, id).row.review, LF_V("confirmed"));
    CHECK(noticed(&s, LF_NOTICE_REVIEWED) == 1, "who must know is told");
    CHECK(carry(&s, &n, true) > 0, "the result goes to the nation");
    CHECK_VIEW(full(&s, id).row.review, LF_V("forwarded"));
    (void)carry(&s, &p, false);
    for (size_t i = 0; i < 3; i++) {
        now += LF_MINUTE;
        CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, lf_view_of(steps[i][0]), LF_V(""),
                                       &event, &e),
                 &e);
    }
    (void)carry(&p, &s, true);
    CHECK_OK(lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), id, LF_V("closed"), LF_V("{}"), &event, &e), &e);
    (void)carry(&s, &n, true);
    (void)carry(&s, &p, false);
    CHECK_VIEW(full(&p, id).row.handling, LF_V("closed"));
    CHECK_VIEW(full(&s, id).row.handling, LF_V("closed"));
    CHECK_VIEW(full(&n, id).row.handling, LF_V("closed"));
    CHECK(full(&p, id).nevents == full(&n, id).nevents && full(&s, id).nevents == full(&n, id).nevents,
          "%zu %zu %zu events", full(&p, id).nevents, full(&s, id).nevents, full(&n, id).nevents);
    CHECK_CODE(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("controlled"), LF_V(""), &event, &e),
               LF_CONFLICT);
    tree_down();
}

static void a_person_may_not_do_what_the_tables_do_not_give(void)
{
    lf_view id = { 0 }, event;
    struct lf_err e;

    tree_up();
    CHECK_CODE(lf_incident_report(as(&p, LF_ROLE_READER), LF_V("{\"title\":\"x\"}"), &id, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_incident_report(as(&p, LF_ROLE_REPORTER), LF_V("{\"title\":\" \"}"), &id, &e),
               LF_BAD_INPUT);
    CHECK_CODE(lf_incident_report(as(&p, LF_ROLE_REPORTER),
                                  LF_V("{\"title\":\"x\",\"aware_at\":\"2199-01-01T00:00:00Z\"}"), &id, &e),
               LF_UNACCEPTED);
    CHECK_CODE(lf_incident_report(as(&p, LF_ROLE_REPORTER), LF_V("{\"title\":\"x\",\"channel\":\"other\"}"),
                                  &id, &e),
               LF_UNACCEPTED);
    CHECK_OK(lf_incident_report(as(&p, LF_ROLE_REPORTER),
                                LF_V("{\"title\":\"x\",\"answers\":{\"availability\":[{\"core\":true,"
                                     "\"outage_s\":60,\"mtpd_s\":30}]}}"),
                                &id, &e),
             &e);
    CHECK(full(&p, id).row.level == 3, "level %d", full(&p, id).row.level);
    CHECK_CODE(lf_incident_event_add(as(&p, LF_ROLE_REVIEWER), id, LF_V("reviewed"), LF_V(""), &event, &e),
               LF_FORBIDDEN);
    CHECK_CODE(lf_incident_event_add(as(&p, LF_ROLE_READER), id, LF_V("controlled"), LF_V(""), &event, &e),
               LF_FORBIDDEN);
    (void)carry(&p, &s, true);
    CHECK_CODE(lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), id, LF_V("not_incident"),
                                     LF_V("{\"reason\":\"r\"}"), &event, &e),
               LF_FORBIDDEN);
    tree_down();
}

static void a_node_speaks_only_for_itself_and_what_lies_below_it(void)
{
    struct lf_incident_peer peer;
    struct lf_incident_event ev;
    struct node q;
    lf_view id, json, forged;
    struct lf_err e;
    bool fresh;
    size_t at;

    tree_up();
    up(&q, "provider", 4);
    id = open_one(true, "corroborated");
    (void)carry(&p, &s, true);
    json = full(&s, id).events[0]->json;

    peer = peer_of(&p, false);
    at = lf_view_find(json, LF_V("web1"));
    forged = lf_arena_printf(&arena, "%.*sweb2%.*s", (int)at, json.ptr, LF_FMT(lf_view_from(json, at + 4)));
    CHECK_CODE(lf_incident_event_receive(as(&s, LF_ROLE_PEER), &peer, forged, &fresh, &e), LF_CONFLICT);
    CHECK_CODE(lf_incident_event_receive(as(&n, LF_ROLE_PEER), &peer, forged, &fresh, &e), LF_UNAUTHENTIC);

    /* Another provider hands in p's event, and one of its own upon p's incident. */
    peer = peer_of(&q, false);
    CHECK_CODE(lf_incident_event_receive(as(&n, LF_ROLE_PEER), &peer, json, &fresh, &e), LF_FORBIDDEN);
    ev = *full(&s, id).events[0];
    ev.id = LF_V("incident-event--22222222-2222-4222-8222-222222222222");
    ev.node = q.id.node;
    ev.kind = LF_V("controlled");
    CHECK_OK(lf_incident_event_sign(&arena, &ev, q.id.sign_public, q.id.sign_secret, &e), &e);
    CHECK_CODE(lf_incident_event_receive(as(&s, LF_ROLE_PEER), &peer, ev.json, &fresh, &e), LF_FORBIDDEN);
    ev.by = LF_V("reviewer");
    CHECK_OK(lf_incident_event_sign(&arena, &ev, q.id.sign_public, q.id.sign_secret, &e), &e);
    CHECK_CODE(lf_incident_event_receive(as(&s, LF_ROLE_PEER), &peer, ev.json, &fresh, &e), LF_FORBIDDEN);
    /* In p's name, with q's key, over p's link. */
    peer = peer_of(&p, false);
    ev.node = p.id.node;
    ev.by = LF_V("reporter");
    ev.sequence = 9;
    CHECK_OK(lf_incident_event_sign(&arena, &ev, q.id.sign_public, q.id.sign_secret, &e), &e);
    CHECK_CODE(lf_incident_event_receive(as(&s, LF_ROLE_PEER), &peer, ev.json, &fresh, &e), LF_UNAUTHENTIC);
    down(&q);
    tree_down();
}

static void a_report_keeps_what_was_filled_in_and_its_times_apart(void)
{
    char aware[LF_TIME_TEXT], happened[LF_TIME_TEXT];
    const struct lf_incident_event *report;
    struct lf_incident_full f;
    struct lf_err e;
    lf_view id, form;

    tree_up();
    lf_time_micro(now - 20 * LF_MINUTE, aware), lf_time_micro(now - 90 * LF_MINUTE, happened);
    form = lf_arena_printf(&arena,
                           "{\"title\":\"t\",\"description\":\"事件說明\",\"impact\":\"影響範圍\","
                           "\"measures\":\"應變措施\",\"happened_at\":\"%s\",\"aware_at\":\"%s\"}",
                           happened, aware);
    CHECK_OK(lf_incident_report(as(&p, LF_ROLE_REPORTER), form, &id, &e), &e);
    (void)carry(&p, &s, true);
    (void)carry(&s, &n, true); /* not yet its business */
    f = full(&s, id);
    report = f.events[1];
    CHECK_VIEW(report->kind, LF_V("reported"));
    CHECK_VIEW(f.state.description, LF_V("事件說明"));
    CHECK_VIEW(lf_json_str(report->body, "impact"), LF_V("影響範圍"));
    CHECK_VIEW(lf_json_str(report->body, "measures"), LF_V("應變措施"));
    CHECK_VIEW(lf_json_str(report->body, "happened"), lf_view_of(happened));
    CHECK(f.row.aware_at == now - 20 * LF_MINUTE, "awareness");
    CHECK(f.row.reported_at == now && report->recorded == now, "filled in");
    CHECK(f.row.c1.state == LF_CLOCK_MET && f.row.c1.percent == 33, "%d %%", f.row.c1.percent);
    form = lf_arena_printf(&arena, "{\"title\":\"t\",\"happened_at\":\"%s\"}", "2199-01-01T00:00:00Z");
    CHECK_CODE(lf_incident_report(as(&p, LF_ROLE_REPORTER), form, &id, &e), LF_UNACCEPTED);
    tree_down();
}

static void the_first_report_clock_is_read_from_the_data_at_any_time(void)
{
    struct lf_deadline_page page;
    struct lf_incident_counts c;
    lf_time start = now;
    struct lf_err e;
    lf_view id;

    tree_up();
    id = open_one(false, "");
    CHECK(full(&p, id).row.c1.state == LF_CLOCK_RUNNING, "running");
    now = start + 31 * LF_MINUTE;
    CHECK(full(&p, id).row.c1.warned == 50, "warned %d", full(&p, id).row.c1.warned);
    now = start + 50 * LF_MINUTE;
    CHECK(full(&p, id).row.c1.warned == 80, "warned %d", full(&p, id).row.c1.warned);
    now = full(&p, id).row.c1.due;
    CHECK(full(&p, id).row.c1.state == LF_CLOCK_RUNNING, "the last second is in time");
    now += LF_SECOND;
    CHECK(full(&p, id).row.c1.state == LF_CLOCK_BREACHED, "one second later it is not");
    CHECK_OK(lf_deadline_board(as(&p, LF_ROLE_READER), NULL, NULL, &page, &e), &e);
    CHECK(page.n == 2 && page.items[0].left_s == -1, "%zu on the board", page.n);
    CHECK_VIEW(page.items[0].clock, LF_V("C1"));
    CHECK_VIEW(page.items[1].clock, LF_V("C4"));
    CHECK_OK(lf_incident_count(as(&p, LF_ROLE_READER), &c, &e), &e);
    CHECK(c.all == 1 && c.open == 1 && c.c1_breached == 1 && c.c1_running == 0, "counts");
    tree_down();
    now = start;
}

static unsigned announced(struct node *at, lf_view id, const char *clock, int percent)
{
    const struct lf_deadline_notice *items;
    unsigned found = 0;
    struct lf_err e;
    size_t count;

    CHECK_OK(lf_deadline_notices(as(at, LF_ROLE_READER), id, &count, &items, &e), &e);
    for (size_t i = 0; i < count; i++)
        found += lf_view_is(items[i].id, clock) && items[i].percent == percent;
    return found;
}

static lf_time turn(struct node *at)
{
    lf_time next = 0;
    struct lf_err e;

    CHECK_OK(lf_deadline_turn(as(at, LF_ROLE_SYSTEM), &next, &e), &e);
    return next;
}

/* What a node does between is up to it: it may have been down. */
static void each_part_of_a_clock_is_announced_once_however_late(void)
{
    lf_time before = now, start, next;
    struct lf_err e;
    lf_view id, event;

    tree_up();
    id = open_one(false, "");
    start = full(&p, id).row.c1.start;
    next = turn(&p);
    CHECK(next / LF_SECOND == start / LF_SECOND + 1800, "next at %lld", (long long)(next - start));
    CHECK(announced(&p, id, "C1#1", 50) == 0, "too early");
    now = next;
    next = turn(&p);
    (void)turn(&p);
    CHECK(announced(&p, id, "C1#1", 50) == 1 && announced(&p, id, "C1#1", 80) == 0, "half of it");
    CHECK(noticed(&p, LF_NOTICE_CLOCK_50) == 1, "and told to who must know");
    CHECK(next / LF_SECOND == start / LF_SECOND + 2880, "then 80 %%");
    now = start + 2 * LF_HOUR; /* it was down */
    (void)turn(&p);
    (void)turn(&p);
    CHECK(announced(&p, id, "C1#1", 80) == 1 && announced(&p, id, "C1#1", 100) == 1, "what fell meanwhile");
    CHECK(full(&p, id).row.nearest.warned == 100, "the row says it");
    CHECK(noticed(&p, LF_NOTICE_CLOCK_80) == 0 && noticed(&p, LF_NOTICE_CLOCK_100) == 1,
          "of what fell meanwhile the last is told, once");
    /* C4: 72 h from awareness, controlled after 40 h: nothing after that. */
    now = start + 40 * LF_HOUR;
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("reported"), LF_V("{\"level\":1}"),
                                   &event, &e),
             &e);
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("controlled"), LF_V("{}"), &event, &e),
             &e);
    now = start + 80 * LF_HOUR;
    (void)turn(&p);
    CHECK(announced(&p, id, "C4#1", 50) == 0 && announced(&p, id, "C4#1", 100) == 0, "it was stopped");
    CHECK(announced(&p, id, "C1#1", 100) == 1, "and C1 not again");
    tree_down();
    now = before;
}

/* A due time that moves is announced by its own parts. */
static void a_clock_that_is_shortened_is_announced_by_its_new_time(void)
{
    lf_time start = now;
    struct lf_deadline_counts counts;
    struct lf_err e;
    lf_view id, event;

    tree_up();
    id = open_one(false, "");
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("reported"), LF_V("{\"level\":1}"),
                                   &event, &e),
             &e);
    now = start + 37 * LF_HOUR;
    (void)turn(&p);
    CHECK(announced(&p, id, "C4#1", 50) == 1, "half of 72 h");
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("level_changed"), LF_V("{\"level\":4}"),
                                   &event, &e),
             &e);
    now = start + 73 * LF_HOUR + LF_MINUTE;
    (void)turn(&p);
    (void)turn(&p);
    CHECK(announced(&p, id, "C4#1", 100) == 1, "it ran out, once");
    CHECK_OK(lf_deadline_count(as(&p, LF_ROLE_READER), &counts, &e), &e);
    CHECK(counts.overdue >= 1, "%lld overdue", (long long)counts.overdue);
    CHECK_CODE(lf_deadline_board(as(&p, LF_ROLE_READER), NULL, &(struct lf_page){ .after = LF_V("x") },
                                 &(struct lf_deadline_page){ 0 }, &e),
               LF_BAD_INPUT);
    CHECK_CODE(lf_deadline_count(as(&p, LF_ROLE_PEER), &counts, &e), LF_FORBIDDEN);
    tree_down();
    now = start;
}

static void the_board_gives_each_clock_once_page_by_page(void)
{
    struct lf_deadline_filter f = { .clock = LF_VIEW("C4") };
    struct lf_deadline_page page = { 0 };
    unsigned seen = 0;
    struct lf_err e;
    lf_view id;

    tree_up();
    for (unsigned i = 0; i < 23; i++)
        CHECK_OK(lf_incident_report(as(&p, LF_ROLE_REPORTER), LF_V("{\"title\":\"t\",\"level\":2}"), &id, &e),
                 &e);
    do {
        struct lf_page at = { .after = page.next, .limit = 4 };

        CHECK_OK(lf_deadline_board(as(&p, LF_ROLE_READER), &f, &at, &page, &e), &e);
        for (size_t i = 0; i < page.n; i++)
            CHECK_VIEW(page.items[i].clock, LF_V("C4"));
        seen += (unsigned)page.n;
    } while (page.next.len && seen < 100);
    CHECK(seen == 23, "%u of 23", seen);
    f.level = 3;
    CHECK_OK(lf_deadline_board(as(&p, LF_ROLE_READER), &f, NULL, &page, &e), &e);
    CHECK(page.n == 0, "none of level 3");
    tree_down();
}

/* Opened at the provider, reported, and at the sector. */
static lf_view reported_at(lf_time aware, int level)
{
    char text[LF_TIME_TEXT];
    struct lf_err e;
    lf_view id = { 0 };

    CHECK_OK(
        lf_incident_report(as(&p, LF_ROLE_REPORTER),
                           lf_arena_printf(&arena, "{\"title\":\"t\",\"level\":%d,\"aware_at\":\"%.*s\"}",
                                           level, LF_FMT(lf_time_whole(aware, text))),
                           &id, &e),
        &e);
    (void)carry(&p, &s, true);
    return id;
}

/* As the core has it: what is written in two incidents is in a transaction. */
static enum lf_code in_two(lf_view child, lf_view kind, lf_view body, struct lf_err *e)
{
    struct lf_err none;
    enum lf_code rc;
    lf_view event;

    CHECK_OK(lf_db_begin(s.db, &none), &none);
    rc = lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), child, kind, body, &event, e);
    CHECK_OK(lf_db_commit(s.db, &none), &none);
    return rc;
}

static void a_merge_is_one_act_in_both_and_its_undoing_gives_the_clocks_back(void)
{
    lf_time start = now;
    lf_view child, parent, event, before;
    struct lf_err e;

    tree_up();
    now = start / LF_SECOND * LF_SECOND;
    child = reported_at(now - 30 * LF_MINUTE, 3);
    parent = reported_at(now - 5 * LF_MINUTE, 1);
    before = full(&s, child).clocks;
    CHECK_CODE(
        in_two(child, LF_V("merged"), lf_arena_printf(&arena, "{\"into\":\"%.*s\"}", LF_FMT(child)), &e),
        LF_CONFLICT);
    CHECK_CODE(in_two(child, LF_V("merged"), LF_V("{\"into\":\"incident--none\"}"), &e), LF_NOT_FOUND);
    CHECK_OK(
        in_two(child, LF_V("merged"), lf_arena_printf(&arena, "{\"into\":\"%.*s\"}", LF_FMT(parent)), &e),
        &e);
    CHECK_VIEW(full(&s, child).state.merged_into, parent);
    CHECK(full(&s, child).state.merged_same, "one agency");
    CHECK(full(&s, parent).row.level == 3 && full(&s, parent).row.aware_at == now - 30 * LF_MINUTE,
          "the parent");
    (void)carry(&s, &p, false);
    CHECK_CODE(
        lf_incident_event_add(as(&p, LF_ROLE_REPORTER), child, LF_V("controlled"), LF_V(""), &event, &e),
        LF_CONFLICT);
    CHECK(strstr(e.text, "併案") && strstr(e.text, "merged into"), "%s", e.text);
    CHECK_OK(in_two(child, LF_V("unmerged"), LF_V("{}"), &e), &e);
    CHECK(full(&s, parent).row.level == 1 && full(&s, parent).row.aware_at == now - 5 * LF_MINUTE,
          "as before");
    CHECK(lf_view_starts(full(&s, child).clocks,
                         lf_view_first(before, lf_view_find(before, LF_V("\"notes\"")))),
          "%.*s", LF_FMT(full(&s, child).clocks));
    CHECK_CODE(in_two(child, LF_V("unmerged"), LF_V("{}"), &e), LF_CONFLICT);
    (void)carry(&s, &p, false);
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), child, LF_V("controlled"), LF_V(""), &event, &e),
             &e);
    tree_down();
    now = start;
}

static void two_people_at_one_node_lose_no_text_and_decide_on_nothing_unseen(void)
{
    struct lf_incident_full seen, f;
    lf_view id, event, body;
    struct lf_err e;

    tree_up();
    id = reported_at(now - LF_MINUTE, 1);
    seen = full(&p, id);
    CHECK(seen.state.nheads == 1, "%zu heads", seen.state.nheads);
    now += LF_SECOND;
    body =
        lf_arena_printf(&arena, "{\"description\":\"甲\",\"base\":[\"%.*s\"]}", LF_FMT(seen.state.heads[0]));
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("supplemented"), body, &event, &e), &e);
    CHECK(lf_view_find(full(&p, id).events[2]->json, LF_V("\"base\"")) == SIZE_MAX, "all was seen");
    now += LF_SECOND;
    body =
        lf_arena_printf(&arena, "{\"description\":\"乙\",\"base\":[\"%.*s\"]}", LF_FMT(seen.state.heads[0]));
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("supplemented"), body, &event, &e), &e);
    f = full(&p, id);
    CHECK(f.state.nrivals == 2, "%zu rivals", f.state.nrivals);
    CHECK_VIEW(f.state.rivals[0].text, LF_V("甲"));
    CHECK_VIEW(f.state.rivals[1].text, LF_V("乙"));
    (void)carry(&p, &s, true);
    CHECK(full(&s, id).state.nrivals == 2, "the sector sees both");
    body = lf_arena_printf(&arena, "{\"base\":[\"%.*s\"]}", LF_FMT(seen.state.heads[0]));
    CHECK_CODE(lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), id, LF_V("reviewed"), body, &event, &e),
               LF_CONFLICT);
    CHECK(strstr(e.text, "尚未看到") && strstr(e.text, "look again"), "%s", e.text);
    seen = full(&s, id);
    body = LF_V("");
    for (size_t i = 0; i < seen.state.nheads; i++)
        body = lf_arena_printf(&arena, "%.*s%s\"%.*s\"", LF_FMT(body), i ? "," : "",
                               LF_FMT(seen.state.heads[i]));
    body = lf_arena_printf(&arena, "{\"base\":[%.*s]}", LF_FMT(body));
    CHECK_OK(lf_incident_event_add(as(&s, LF_ROLE_REVIEWER), id, LF_V("reviewed"), body, &event, &e), &e);
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("supplemented"),
                                   LF_V("{\"description\":\"定稿\"}"), &event, &e),
             &e);
    CHECK(full(&p, id).state.nrivals == 0, "resolved");
    tree_down();
}

static void a_file_is_signed_with_its_sum_and_its_bytes_stay_at_their_node(void)
{
    char bytes[256];
    struct lf_incident_file_new f = { .name = LF_V("log.bin"),
                                      .type = LF_V("application/x-data"),
                                      .note = LF_V("防火牆"),
                                      .bytes = { bytes, sizeof bytes } };
    const struct lf_incident_file *list;
    struct lf_incident_full x;
    struct lf_incident_file one;
    lf_view id, event, got;
    struct lf_err e;
    size_t have = 9;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i; /* no text: what a database might take for the end too */
    tree_up();
    CHECK_OK(lf_incident_report(as(&p, LF_ROLE_ANALYST), LF_V("{\"title\":\"x\",\"level\":3}"), &id, &e), &e);
    CHECK_OK(lf_incident_file_add(as(&p, LF_ROLE_ANALYST), id, &f, &event, &e), &e);
    CHECK_CODE(lf_incident_file_add(as(&p, LF_ROLE_ANALYST), id, &f, &got, &e), LF_CONFLICT);
    CHECK_OK(lf_incident_file_get(as(&p, LF_ROLE_ANALYST), id, event, &one, &got, &e), &e);
    CHECK(lf_view_eq(got, f.bytes) && one.size == 256 && one.here, "as it was");
    CHECK(lf_view_is(one.sha256, "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"),
          "its sum");
    (void)carry(&p, &s, true);
    x = full(&s, id);
    CHECK_OK(lf_incident_file_list(as(&s, LF_ROLE_REVIEWER), &x, &have, &list, &e), &e);
    CHECK(have == 1 && !list[0].here && lf_view_eq(list[0].sha256, one.sha256),
          "the sector has its sum alone");
    CHECK_CODE(lf_incident_file_get(as(&s, LF_ROLE_REVIEWER), id, event, &one, &got, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_incident_file_remove(as(&s, LF_ROLE_REVIEWER), id, event, LF_V("x"), &e), LF_CONFLICT);
    CHECK_CODE(lf_incident_file_remove(as(&p, LF_ROLE_ANALYST), id, event, LF_V(" "), &e), LF_BAD_INPUT);
    CHECK_OK(lf_incident_file_remove(as(&p, LF_ROLE_ANALYST), id, event, LF_V("x"), &e), &e);
    CHECK_CODE(lf_incident_file_get(as(&p, LF_ROLE_ANALYST), id, event, &one, &got, &e), LF_NOT_FOUND);
    (void)carry(&p, &s, true);
    x = full(&s, id);
    CHECK_OK(lf_incident_file_list(as(&s, LF_ROLE_REVIEWER), &x, &have, &list, &e), &e);
    CHECK(!have, "removed everywhere");
    CHECK_CODE(lf_incident_event_add(as(&p, LF_ROLE_ANALYST), id, LF_V("file_added"), LF_V("{}"), &got, &e),
               LF_UNACCEPTED);
    tree_down();
}

static void a_list_gives_each_once_page_by_page(void)
{
    struct lf_page page = { .limit = 3 };
    struct lf_incident_page got;
    size_t total = 0, pages = 0;
    struct lf_err e;
    lf_view id;

    tree_up();
    for (int i = 0; i < 8; i++) {
        now += i % 2 * LF_SECOND; /* some of the same time */
        CHECK_OK(
            lf_incident_report(as(&p, LF_ROLE_REPORTER), LF_V("{\"title\":\"x\",\"draft\":true}"), &id, &e),
            &e);
    }
    do {
        CHECK_OK(lf_incident_list(as(&p, LF_ROLE_READER), NULL, &page, &got, &e), &e);
        total += got.n;
        page.after = got.next;
    } while (got.next.len && pages++ < 10);
    CHECK(total == 8, "%zu incidents", total);
    page = (struct lf_page){ .after = LF_VIEW("nonsense") };
    CHECK_CODE(lf_incident_list(as(&p, LF_ROLE_READER), NULL, &page, &got, &e), LF_BAD_INPUT);
    CHECK_CODE(lf_incident_list(as(&p, LF_ROLE_SENDER), NULL, NULL, &got, &e), LF_FORBIDDEN);
    tree_down();
}

static size_t found(struct lf_incident_filter f)
{
    struct lf_page page = { .limit = 3 };
    struct lf_incident_page got;
    size_t total = 0;
    struct lf_err e;

    do {
        CHECK_OK(lf_incident_list(as(&p, LF_ROLE_READER), &f, &page, &got, &e), &e);
        total += got.n;
        page.after = got.next;
    } while (got.next.len);
    return total;
}

static void incidents_are_found_by_words_level_class_and_time(void)
{
    lf_time start = now;
    lf_view id, event;
    struct lf_err e;

    tree_up();
    now = start / LF_SECOND * LF_SECOND;
    for (int i = 0; i < 8; i++) {
        now += LF_MINUTE;
        CHECK_OK(lf_incident_report(
                     as(&p, LF_ROLE_REPORTER),
                     lf_arena_printf(&arena,
                                     "{\"title\":\"網站遭竄改 web%d.example.gov.tw\",\"description\":"
                                     "\"Seen from 192.0.2.%d by Snort\",\"level\":%d,\"category\":\"%s\"}",
                                     i, i % 4, 1 + i % 4, i % 2 ? "web" : "intrusion"),
                     &id, &e),
                 &e);
    }
    CHECK(found((struct lf_incident_filter){ .words = LF_V("竄改") }) == 8, "two characters");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("網站遭竄改") }) == 8, "five characters");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("改") }) == 8, "one character");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("改竄") }) == 0, "not in that order");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("snort web3") }) == 1, "parts, in any case");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("WEB3.example.gov.tw") }) == 1, "a whole name");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("192.0.2.1 竄改") }) == 2, "an address");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("nobody") }) == 0, "nobody wrote it");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("！") }) == 0, "no word");
    CHECK(found((struct lf_incident_filter){ .level = 3 }) == 2, "level");
    CHECK(found((struct lf_incident_filter){ .category = LF_V("web"), .level = 2 }) == 2, "class and level");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("snort"), .category = LF_V("web") }) == 4,
          "words and class");
    CHECK(found((struct lf_incident_filter){ .from = now - LF_MINUTE, .to = now }) == 1, "time");
    CHECK(found((struct lf_incident_filter){ .review = LF_V("draft") }) == 0, "state");
    CHECK(found((struct lf_incident_filter){ .active = true }) == 8, "open");
    CHECK_OK(lf_incident_event_add(as(&p, LF_ROLE_REPORTER), id, LF_V("supplemented"),
                                   LF_V("{\"description\":\"nobody\"}"), &event, &e),
             &e);
    CHECK(found((struct lf_incident_filter){ .words = LF_V("nobody") }) == 1, "what was written since");
    CHECK(found((struct lf_incident_filter){ .words = LF_V("snort") }) == 7, "what was written over");
    tree_down();
    now = start;
}

static uint64_t dice(uint64_t sides)
{
    uint64_t r;

    read_random(NULL, &r, sizeof r);
    return (r >> 24) % sides;
}

/* The row's first-report clock against the engine's judgement of all events, now. */
static void clocks_agree(struct node *at, lf_view id, unsigned history)
{
    struct lf_incident_full f = full(at, id);
    const struct lf_incident_clock *c = &f.row.c1;
    const struct lf_json *clocks = NULL, *c1 = NULL, *v;
    struct lf_incident_page page;
    lf_time due = 0, ended = 0;
    int64_t late = -1;
    struct lf_err e;

    CHECK_OK(lf_json_parse(at->t.a, f.clocks, NULL, &clocks, &e), &e);
    clocks = lf_json_get(clocks, LF_V("clocks"));
    CHECK(lf_json_items(clocks) >= 11, "history %u: %zu clocks", history, lf_json_items(clocks));
    for (size_t i = 0; i < lf_json_items(clocks) && !c1; i++)
        if (lf_view_is(lf_json_str(lf_json_item(clocks, i), "clock"), "C1"))
            c1 = lf_json_item(clocks, i);
    (void)!lf_time_parse(lf_json_str(c1, "due_at"), &due, NULL);
    (void)!lf_time_parse(lf_json_str(c1, "stopped_at"), &ended, NULL);
    (void)lf_json_int(c1, "late_by_s", &late);
    CHECK_VIEW(lf_view_of(lf_clock_state_name(c->state)), lf_json_str(c1, "state"));
    CHECK(c->due == due && c->ended == ended && c->late_s == late,
          "history %u: due %lld/%lld, ended %lld/%lld, late %lld/%lld", history, (long long)c->due,
          (long long)due, (long long)c->ended, (long long)ended, (long long)c->late_s, (long long)late);
    v = lf_json_get(c1, LF_V("warned_at"));
    CHECK(c->warned == (lf_json_items(v) == 2   ? 80
                        : lf_json_items(v) == 1 ? 50
                                                : 0),
          "history %u: warned at %d %%, %zu warnings", history, c->warned, lf_json_items(v));
    CHECK_OK(lf_incident_list(as(at, LF_ROLE_READER), NULL, &(struct lf_page){ .limit = 8 }, &page, &e), &e);
    for (size_t i = 0; i < page.n; i++)
        if (lf_view_eq(page.items[i].id, id)) {
            CHECK(page.items[i].c1.state == c->state && page.items[i].c1.late_s == c->late_s,
                  "history %u: the list says something else", history);
            return;
        }
    CHECK(false, "history %u: not among the newest", history);
}

/* Every clock of the table against the engine's judgement of all events, now. */
static void deadlines_agree(struct node *at, lf_view id, unsigned history)
{
    struct lf_incident_full f = full(at, id);
    struct lf_deadline_page page;
    size_t found = 0, want = 0;
    struct lf_err e;

    for (size_t i = 0; i < f.nrows; i++)
        want += f.rows[i].due && !f.rows[i].stopped;
    CHECK_OK(lf_deadline_board(as(at, LF_ROLE_READER), NULL, &(struct lf_page){ .limit = 1000 }, &page, &e),
             &e);
    for (size_t i = 0; i < page.n; i++) {
        const struct lf_deadline *d = &page.items[i];
        const struct lf_clock_row *c = NULL;

        CHECK(i == 0 || page.items[i - 1].due <= d->due, "history %u: not by due time", history);
        if (!lf_view_eq(d->incident, id))
            continue;
        for (size_t k = 0; k < f.nrows; k++)
            if (lf_view_eq(f.rows[k].id, d->id))
                c = &f.rows[k];
        CHECK(c && c->due == d->due && c->started == d->started && !c->stopped, "history %u: %.*s differs",
              history, LF_FMT(d->id));
        CHECK(c && (d->state == LF_DEADLINE_OVERDUE) == (c->late_s > 0), "history %u: %.*s late", history,
              LF_FMT(d->id));
        found++;
    }
    CHECK(found == want || page.next.len, "history %u: %zu clocks of %zu are on the board", history, found,
          want);
}

static unsigned tally[5];

static void any_act(struct node *at, lf_view id, unsigned role)
{
    static const char *const kinds[] = {
        "reported",        "reported",        "supplemented",  "level_changed", "controlled",
        "recovered",       "final_submitted", "followed_up",   "reviewed",      "returned",
        "closed",          "not_incident",    "reopened",      "merged",        "absorbed",
        "aware_corrected", "obstacle_begins", "obstacle_ends",
    };
    char text[LF_TIME_TEXT], before[LF_TIME_TEXT];
    lf_view body, event;
    struct lf_err e;

    lf_time_whole(now - (lf_time)dice(7200) * LF_SECOND, text);
    lf_time_whole(now - (lf_time)dice(7200) * LF_SECOND, before);
    body = lf_arena_printf(at->t.a,
                           "{\"level\":%u,\"reason\":\"r\",\"channel\":\"%s\",\"occurred_at\":\"%s\","
                           "\"aware_at\":\"%s\",\"same_agency\":%s,\"into\":\"incident--%s\"}",
                           1 + (unsigned)dice(4), dice(2) ? "other" : "platform", text, before,
                           dice(2) ? "true" : "false", "33333333-3333-4333-8333-333333333333");
    CHECK_OK(lf_db_save(at->db, &e), &e);
    if (lf_incident_event_add(as(at, role), id, lf_view_of(kinds[dice(sizeof kinds / sizeof *kinds)]), body,
                              &event, &e) == LF_OK)
        CHECK_OK(lf_db_release(at->db, &e), &e);
    else
        lf_db_undo(at->db);
}

/* How many the board has of a state, page by page, in the order of their due times. */
static int64_t on_board(struct node *at, enum lf_deadline_state state)
{
    struct lf_deadline_filter f = { .state = state };
    struct lf_page page = { .limit = 200 };
    struct lf_deadline_page got;
    struct lf_err e;
    lf_time before = 0;
    int64_t shown = 0;

    do {
        CHECK_OK(lf_deadline_board(as(at, LF_ROLE_READER), &f, &page, &got, &e), &e);
        for (size_t i = 0; i < got.n; i++) {
            CHECK(got.items[i].due >= before, "out of order");
            before = got.items[i].due;
        }
        shown += (int64_t)got.n;
        page.after = got.next;
    } while (got.next.len);
    return shown;
}

/* What is kept as counts against every incident and clock counted anew. */
static void counts_agree(struct node *at)
{
    struct lf_incident_filter open = { .active = true };
    struct lf_incident_counts kept, anew = { 0 };
    struct lf_deadline_counts clocks;
    struct lf_page page = { .limit = 200 };
    struct lf_incident_page got;
    struct lf_err e;

    CHECK_OK(lf_incident_count(as(at, LF_ROLE_READER), &kept, &e), &e);
    CHECK_OK(lf_deadline_count(as(at, LF_ROLE_READER), &clocks, &e), &e);
    do {
        CHECK_OK(lf_incident_list(as(at, LF_ROLE_READER), NULL, &page, &got, &e), &e);
        for (size_t i = 0; i < got.n; i++) {
            anew.all += !got.items[i].exercise;
            anew.c1_running += got.items[i].c1.state == LF_CLOCK_RUNNING;
            anew.c1_breached += got.items[i].c1.state == LF_CLOCK_BREACHED;
        }
        page.after = got.next;
    } while (got.next.len);
    do {
        CHECK_OK(lf_incident_list(as(at, LF_ROLE_READER), &open, &page, &got, &e), &e);
        anew.open += (int64_t)got.n;
        page.after = got.next;
    } while (got.next.len);
    CHECK(kept.all == anew.all && kept.open == anew.open, "all %lld/%lld, open %lld/%lld",
          (long long)kept.all, (long long)anew.all, (long long)kept.open, (long long)anew.open);
    CHECK(kept.c1_running == anew.c1_running && kept.c1_breached == anew.c1_breached,
          "first reports: running %lld/%lld, breached %lld/%lld", (long long)kept.c1_running,
          (long long)anew.c1_running, (long long)kept.c1_breached, (long long)anew.c1_breached);
    CHECK(clocks.running == on_board(at, LF_DEADLINE_RUNNING), "running %lld", (long long)clocks.running);
    CHECK(clocks.overdue == on_board(at, LF_DEADLINE_OVERDUE), "overdue %lld", (long long)clocks.overdue);
    CHECK(clocks.missed == on_board(at, LF_DEADLINE_MISSED), "missed %lld", (long long)clocks.missed);
}

static void the_list_and_the_clock_engine_say_the_same_of_a_thousand_random_histories(void)
{
    struct lf_arena a = { 0 };
    lf_time start = now;
    struct lf_err e;

    tree_up();
    CHECK_OK(lf_db_begin(p.db, &e), &e);
    CHECK_OK(lf_db_begin(s.db, &e), &e);
    p.t.a = s.t.a = &a;
    for (unsigned h = 0; h < (postgres ? 100 : 1000) && !lf_test_failed_; h++) {
        struct lf_incident_full there;
        lf_view id;

        now += LF_SECOND + (lf_time)dice(LF_SECOND);
        CHECK_OK(
            lf_incident_report(as(&p, LF_ROLE_REPORTER), LF_V("{\"title\":\"x\",\"draft\":true}"), &id, &e),
            &e);
        for (unsigned i = 1 + (unsigned)dice(5); i; i--) {
            now += (lf_time)dice(dice(2) ? 600 : 4000) * LF_SECOND + (lf_time)dice(LF_SECOND);
            any_act(&p, id, LF_ROLE_REPORTER);
            if (dice(2) && carry(&p, &s, true) &&
                lf_incident_get(as(&s, LF_ROLE_READER), id, &there, &e) == LF_OK) {
                now += (lf_time)dice(900) * LF_SECOND;
                any_act(&s, id, LF_ROLE_REVIEWER);
                clocks_agree(&s, id, h);
                (void)carry(&s, &p, false);
            }
        }
        clocks_agree(&p, id, h);
        now += (lf_time)dice(3600) * LF_SECOND;
        clocks_agree(&p, id, h);
        if (h < 150)
            deadlines_agree(&p, id, h);
        if (h % 50 == 25)
            counts_agree(&p), counts_agree(&s);
        tally[full(&p, id).row.c1.state]++;
        lf_arena_reset(&a);
    }
    CHECK_OK(lf_db_commit(p.db, &e), &e);
    CHECK_OK(lf_db_commit(s.db, &e), &e);
    for (unsigned i = 0; i < 12; i++) { /* what only the time changes */
        now += (lf_time)dice(i < 6 ? 7200 : 40 * 86400) * LF_SECOND + (lf_time)dice(LF_SECOND);
        counts_agree(&p), counts_agree(&s);
        lf_arena_reset(&a);
    }
    for (int i = LF_CLOCK_RUNNING; !postgres && i <= LF_CLOCK_BREACHED; i++)
        CHECK(tally[i] >= 10, "%u of 1000 are %s: no fair sample", tally[i],
              lf_clock_state_name((enum lf_clock_state)i));
    tree_down();
    lf_arena_clear(&a);
    now = start;
}

static void both(void)
{
    RUN(an_alert_becomes_a_report_that_reaches_sector_and_nation_and_the_receipt_returns);
    RUN(a_review_goes_both_ways_and_every_tier_folds_the_same);
    RUN(a_person_may_not_do_what_the_tables_do_not_give);
    RUN(a_node_speaks_only_for_itself_and_what_lies_below_it);
    RUN(a_report_keeps_what_was_filled_in_and_its_times_apart);
    RUN(the_first_report_clock_is_read_from_the_data_at_any_time);
    RUN(each_part_of_a_clock_is_announced_once_however_late);
    RUN(a_clock_that_is_shortened_is_announced_by_its_new_time);
    RUN(the_board_gives_each_clock_once_page_by_page);
    RUN(a_merge_is_one_act_in_both_and_its_undoing_gives_the_clocks_back);
    RUN(two_people_at_one_node_lose_no_text_and_decide_on_nothing_unseen);
    RUN(a_file_is_signed_with_its_sum_and_its_bytes_stay_at_their_node);
    RUN(a_list_gives_each_once_page_by_page);
    RUN(incidents_are_found_by_words_level_class_and_time);
    RUN(the_list_and_the_clock_engine_say_the_same_of_a_thousand_random_histories);
}

static void the_same_promises_hold_on_postgresql(void)
{
    SKIP("LF_TEST_POSTGRES is not set");
}

int main(void)
{
    lf_crypto_init();
    both();
    postgres = lf_engine_postgres();
    if (postgres) {
        printf("# on PostgreSQL\n");
        both();
    } else {
        RUN(the_same_promises_hold_on_postgresql);
    }
    lf_arena_clear(&arena);
    DONE();
}
