/* The clock of these tests is theirs: days go by in no time. */
#include "soc/device.h"

#include "../ident/lf_world.h"
#include "soc/alert.h"

static const struct lf_device_rules rules = { .quiet_after = 15 * LF_MINUTE };

static struct lf_device_report report(struct world *w, const char *name, uint64_t received)
{
    return (struct lf_device_report){ .name = lf_view_of(name),
                                      .via = LF_VIA_TCP,
                                      .incarnation = 7,
                                      .received = received,
                                      .first = w->now,
                                      .last = w->now };
}

static void take(struct world *w, const struct lf_device_report *r)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_device_take(&w->t, &rules, r, &e), &e);
}

/* As a node commits each batch: ten thousand changes in one transaction are quadratic to PostgreSQL. */
static void commit(struct world *w)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_db_commit(w->t.db, &e), &e);
    CHECK_OK(lf_db_begin(w->t.db, &e), &e);
}

/* One transaction: hundreds of commits would only wait for the disk. */
static void open_world(struct world *w)
{
    struct lf_err e = { 0 };

    world_open(w);
    CHECK_OK(lf_db_begin(w->t.db, &e), &e);
}

static void close_world(struct world *w)
{
    lf_db_rollback(w->t.db);
    world_close(w);
}

/* Time goes by; the node looks now and then. */
static void wait(struct world *w, lf_time how_long)
{
    struct lf_err e = { 0 };
    lf_time end = w->now + how_long, step = how_long / 20 + 1;

    while (w->now < end) {
        w->now = w->now + step < end ? w->now + step : end;
        CHECK_OK(lf_device_watch(&w->t, &rules, 0, &e), &e);
    }
}

static size_t alerts(struct world *w, const char *rule, enum lf_alert_state state, int64_t *count)
{
    struct lf_alert_filter all = { 0 };
    struct lf_page page = { .limit = 1000 };
    struct lf_alert *list;
    struct lf_err e = { 0 };
    size_t n, k = 0;
    lf_view next;

    CHECK_OK(lf_alert_list(&w->t, &all, &page, &list, &n, &next, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(list[i].rule, rule) && list[i].state == state) {
            k++;
            if (count)
                *count = list[i].count;
        }
    return k;
}

static struct lf_device_row row_of(struct world *w, const char *name, const char *month)
{
    struct lf_device_row *rows, none = { .available = -2 };
    struct lf_device_month m;
    struct lf_err e = { 0 };
    lf_view next;
    size_t n;

    CHECK_OK(lf_device_month_parse(lf_view_of(month), &m, &e), &e);
    CHECK_OK(lf_device_sheet(&w->t, &m, NULL, &rows, &n, &next, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(rows[i].name, name))
            return rows[i];
    return none;
}

static void a_sender_that_falls_quiet_is_told_and_cleared_when_heard(void)
{
    struct lf_device_report r;
    struct world w;
    uint64_t n = 0;

    open_world(&w);
    for (int i = 0; i < 60; i++) {
        r = report(&w, "192.0.2.1", n += 5);
        take(&w, &r);
        wait(&w, 10 * LF_SECOND);
        commit(&w);
    }
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 0, "it speaks");
    wait(&w, 14 * LF_MINUTE);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 0, "not yet");
    wait(&w, 2 * LF_MINUTE);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 1, "quiet");
    wait(&w, 10 * LF_HOUR);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 1, "told once");
    r = report(&w, "192.0.2.1", n += 1);
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 0 &&
              alerts(&w, LF_RULE_QUIET, LF_ALERT_CLOSED, NULL) == 1,
          "cleared");
    close_world(&w);
}

static void silence_goes_on_over_a_restart_but_what_the_node_slept_is_not_counted(void)
{
    struct lf_device_report r;
    struct lf_err e = { 0 };
    struct world w;
    lf_time alive = 0;

    open_world(&w);
    r = report(&w, "a", 100);
    take(&w, &r);
    wait(&w, 10 * LF_MINUTE);
    /* Down for a day; another program starts on the same database. */
    CHECK_OK(lf_db_commit(w.t.db, &e), &e);
    lf_db_close(w.t.db);
    w.now += LF_DAY;
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = w.where }, &w.env, &w.t.db, &e), &e);
    CHECK_OK(lf_db_begin(w.t.db, &e), &e);
    CHECK_OK(lf_device_alive(&w.t, &alive, &e), &e);
    CHECK(w.now - alive >= LF_DAY && w.now - alive <= LF_DAY + LF_MINUTE, "alive %lld", (long long)alive);
    CHECK_OK(lf_device_watch(&w.t, &rules, w.now - alive, &e), &e);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 0, "nobody was listening");
    wait(&w, 4 * LF_MINUTE);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 0, "not yet");
    wait(&w, 3 * LF_MINUTE);
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) == 1, "the ten minutes before count");
    close_world(&w);
}

static void who_spoke_once_is_not_missed_and_a_slow_rhythm_is_learnt(void)
{
    struct lf_device_report r;
    struct world w;
    uint64_t n = 0;

    open_world(&w);
    r = report(&w, "by hand", 1);
    take(&w, &r);
    for (int i = 0; i < 20; i++) {
        r = report(&w, "hourly", ++n);
        take(&w, &r);
        wait(&w, LF_HOUR);
    }
    CHECK(alerts(&w, LF_RULE_QUIET, LF_ALERT_NEW, NULL) <= 1, "at most the last hour");
    n = alerts(&w, LF_RULE_QUIET, LF_ALERT_CLOSED, NULL);
    CHECK(n <= 5, "%d alarms until it was known", (int)n);
    close_world(&w);
}

static void drops_are_told_by_sender_and_added_up(void)
{
    struct lf_device_report r;
    struct lf_alert_event *events;
    struct lf_alert_filter all = { 0 };
    struct lf_alert *list;
    struct lf_err e = { 0 };
    struct world w;
    int64_t count = 0;
    lf_view next;
    size_t n;

    open_world(&w);
    r = report(&w, "(udp)", 0);
    r.via = LF_VIA_SELF;
    r.dropped = 5;
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_DROPPED, LF_ALERT_NEW, &count) == 1 && count == 1, "told at once");
    for (int i = 0; i < 10; i++) {
        w.now += LF_SECOND;
        r.dropped += 10;
        r.last = w.now;
        take(&w, &r);
    }
    CHECK(alerts(&w, LF_RULE_DROPPED, LF_ALERT_NEW, &count) == 1 && count == 1, "not each second: %lld",
          (long long)count);
    wait(&w, 2 * LF_MINUTE);
    CHECK(alerts(&w, LF_RULE_DROPPED, LF_ALERT_NEW, &count) == 1 && count == 2, "%lld", (long long)count);
    CHECK_OK(lf_alert_list(&w.t, &all, NULL, &list, &n, &next, &e), &e);
    CHECK_OK(lf_alert_events(&w.t, list[0].id, NULL, &events, &n, &next, &e), &e);
    CHECK(n == 2 && lf_view_find(events[1].event, LF_V("\"dropped\":100")) != SIZE_MAX, "%.*s",
          LF_FMT(events[n - 1].event));
    close_world(&w);
}

static void a_report_that_comes_twice_counts_once(void)
{
    struct lf_device_report r;
    struct lf_device_row row;
    struct world w;

    open_world(&w); /* 2026-11-21 */
    r = report(&w, "a", 100);
    r.malformed = 3;
    take(&w, &r);
    take(&w, &r);
    r.received = 150;
    take(&w, &r);
    /* The intake was started anew: it begins at nothing. */
    r.incarnation = 8;
    r.received = 20;
    r.malformed = 0;
    w.now += LF_SECOND;
    r.last = w.now;
    take(&w, &r);
    row = row_of(&w, "a", "2026-11");
    CHECK(row.received == 170 && row.malformed == 3 && row.dropped == 0, "%lld %lld", (long long)row.received,
          (long long)row.malformed);
    row = row_of(&w, "a", "民國115年11月");
    CHECK(row.received == 170, "by years of the Republic");
    row = row_of(&w, "a", "2026-12");
    CHECK(row.received == 0 && row.available == -1, "a month that is not yet");
    row = row_of(&w, "a", "2026-10");
    CHECK(row.available == -2, "not known then");
    close_world(&w);
}

static void the_sheet_reckons_silences_within_the_month(void)
{
    struct lf_device_report r;
    struct lf_device_row row;
    struct lf_device_month m;
    struct lf_err e = { 0 };
    struct world w;
    uint64_t n = 100;

    open_world(&w);
    CHECK_OK(lf_device_month_parse(LF_V("2026-11"), &m, &e), &e);
    CHECK(m.end - m.begin == 30 * LF_DAY && m.begin == 1793462400 * LF_SECOND,
          "Taipei's month begins at %lld", (long long)(m.begin / LF_SECOND));
    /* Heard at the month's 11th day, silent for a day there, and over the month's end. */
    w.now = m.begin + 10 * LF_DAY;
    r = report(&w, "a", n);
    take(&w, &r);
    wait(&w, LF_DAY);
    r = report(&w, "a", n += 1);
    take(&w, &r);
    for (w.now += 0; w.now < m.end - LF_HOUR; w.now += 10 * LF_MINUTE) {
        r = report(&w, "a", n += 1);
        take(&w, &r);
        if (n % 128 == 0)
            commit(&w);
    }
    r.last = w.now = m.end - LF_HOUR;
    r.received = n += 1;
    take(&w, &r);
    wait(&w, 2 * LF_DAY);
    row = row_of(&w, "a", "2026-11");
    CHECK(row.quiets == 2 && row.quiet_time == LF_DAY + LF_HOUR && row.observed == 20 * LF_DAY,
          "%lld: %lld of %lld", (long long)row.quiets, (long long)(row.quiet_time / LF_MINUTE),
          (long long)(row.observed / LF_MINUTE));
    CHECK(row.available == 9479, "%d", row.available); /* 1 - 25 h / 480 h */
    row = row_of(&w, "a", "2026-12");
    CHECK(row.quiets == 1 && row.quiet_time == row.observed && row.available == 0 && row.quiet_now, "%d",
          row.available);
    close_world(&w);
}

static size_t devices(struct world *w, const char *asked, bool *there)
{
    struct lf_page page = { .limit = 1000 };
    struct lf_device *list;
    struct lf_err e = { 0 };
    size_t n, all = 0;
    lf_view next;

    *there = false;
    do {
        CHECK_OK(lf_device_list(&w->t, &page, &list, &n, &next, &e), &e);
        for (size_t i = 0; i < n; i++)
            *there = *there || lf_view_is(list[i].name, asked);
        all += n;
        page.after = next;
    } while (next.len > 0);
    return all;
}

static void forged_addresses_make_room_for_each_other_and_leave_nothing_behind(void)
{
    struct lf_device_report r;
    struct world w;
    char name[32];
    bool there;

    open_world(&w);
    r = report(&w, "water-works", 5);
    take(&w, &r);
    for (unsigned i = 0; i < LF_DEVICES + 50; i++) {
        w.now += LF_MSEC;
        snprintf(name, sizeof name, "100.64.%u.%u", i >> 8, i & 255);
        r = report(&w, name, 4);
        r.via = LF_VIA_UDP;
        r.incarnation = i;
        take(&w, &r);
        if (i % 256 == 0) {
            commit(&w);
            lf_arena_reset(w.t.a);
        }
    }
    CHECK(devices(&w, "water-works", &there) == LF_DEVICES && there, "whom nobody can forge stays");
    (void)devices(&w, "100.64.0.50", &there);
    CHECK(!there, "the one heard longest ago went");
    (void)devices(&w, "100.64.0.51", &there);
    CHECK(there, "and no other");
    /* It comes again: as one never heard. */
    r = report(&w, "100.64.0.7", 3);
    r.via = LF_VIA_UDP;
    take(&w, &r);
    CHECK(devices(&w, "100.64.0.7", &there) == LF_DEVICES && there, "still as many");
    {
        struct lf_page page = { .limit = 1, .after = LF_VIEW("100.64.0.6~") };
        struct lf_device_row *rows;
        struct lf_device_month m;
        struct lf_err e = { 0 };
        lf_view next;
        size_t n;

        CHECK_OK(lf_device_month_parse(LF_V("2026-11"), &m, &e), &e);
        CHECK_OK(lf_device_sheet(&w.t, &m, &page, &rows, &n, &next, &e), &e);
        CHECK(n == 1 && lf_view_is(rows[0].name, "100.64.0.7") && rows[0].received == 3,
              "%zu rows, received %lld", n, n ? (long long)rows[0].received : 0);
    }
    close_world(&w);
}

static void a_flood_of_malformed_records_is_told_once(void)
{
    struct lf_device_report r;
    struct world w;

    open_world(&w);
    r = report(&w, "good", 1000);
    r.malformed = 150; /* much, but the lesser part */
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_MALFORMED, LF_ALERT_NEW, NULL) == 0, "not half of it");
    r = report(&w, "bad", 300);
    r.malformed = 290;
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_MALFORMED, LF_ALERT_NEW, NULL) == 1, "told");
    w.now += LF_SECOND;
    r.received += 1000;
    r.malformed += 1000;
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_MALFORMED, LF_ALERT_NEW, NULL) == 1, "once");
    close_world(&w);
}

static void a_fault_is_told_and_closed_when_it_is_over(void)
{
    struct lf_device_report r;
    struct world w;

    open_world(&w);
    r = (struct lf_device_report){ .name = LF_V("app"),
                                   .via = LF_VIA_FILE,
                                   .incarnation = 1,
                                   .fault = LF_FAULT_UNREADABLE,
                                   .fault_since = w.now,
                                   .fault_text = LF_V("Permission denied") };
    take(&w, &r);
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_UNREADABLE, LF_ALERT_NEW, NULL) == 1, "told");
    w.now += LF_MINUTE;
    r.fault_until = w.now;
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_UNREADABLE, LF_ALERT_NEW, NULL) == 0 &&
              alerts(&w, LF_RULE_UNREADABLE, LF_ALERT_CLOSED, NULL) == 1,
          "over");
    /* One that began and ended while nobody could be told is told still. */
    w.now += LF_MINUTE;
    r.fault_since = w.now;
    r.fault_until = w.now + LF_SECOND;
    take(&w, &r);
    CHECK(alerts(&w, LF_RULE_UNREADABLE, LF_ALERT_CLOSED, NULL) == 2, "told and closed");
    close_world(&w);
}

static const struct {
    lf_view text;
    int year, month; /* 0 = refused */
} months[] = {
    { LF_VIEW("2026-11"), 2026, 11 },
    { LF_VIEW("2026-1"), 2026, 1 },
    { LF_VIEW("115-11"), 2026, 11 },
    { LF_VIEW("99-02"), 2010, 2 },
    { LF_VIEW("民國115年11月"), 2026, 11 },
    { LF_VIEW("民國 115-11"), 2026, 11 },
    { LF_VIEW("2026/03"), 2026, 3 },
    { LF_VIEW("2026-13"), 0, 0 },
    { LF_VIEW("2026-00"), 0, 0 },
    { LF_VIEW("2026"), 0, 0 },
    { LF_VIEW(""), 0, 0 },
    { LF_VIEW("2026-11-01"), 0, 0 },
    { LF_VIEW("民國2026-11"), 0, 0 },
    { LF_VIEW("-11"), 0, 0 },
    { LF_VIEW("9999-11"), 0, 0 },
};

static void months_are_read_by_both_calendars(void)
{
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        struct lf_device_month m = { 0 };
        struct lf_err e;
        enum lf_code rc = lf_device_month_parse(months[i].text, &m, &e);

        CHECK((rc == LF_OK) == (months[i].month != 0), "%.*s", LF_FMT(months[i].text));
        if (rc == LF_OK)
            CHECK(m.year == months[i].year && m.month == months[i].month, "%.*s: %d-%d",
                  LF_FMT(months[i].text), m.year, m.month);
    }
}

static void say(struct world *w, const char *name, lf_time quiet_after, bool expected)
{
    struct lf_err e = { 0 };

    CHECK_OK(lf_device_fact_set(&w->t,
                                &(struct lf_device_fact){ .name = lf_view_of(name),
                                                          .kind = LF_V("防火牆"),
                                                          .owner = LF_V("王小明"),
                                                          .site = LF_V("東機房"),
                                                          .quiet_after = quiet_after,
                                                          .expected = expected },
                                &e),
             &e);
}

static size_t quiet(struct world *w)
{
    return alerts(w, LF_RULE_QUIET, LF_ALERT_NEW, NULL);
}

static void who_must_report_and_never_did_is_missed(void)
{
    struct lf_device_report r;
    struct lf_device_row row;
    struct lf_err e = { 0 };
    struct world w;

    open_world(&w);
    say(&w, "fw-east", 2 * LF_HOUR, true);
    say(&w, "hint", 2 * LF_HOUR, false);
    row = row_of(&w, "fw-east", "115-01");
    CHECK(row.available == -2, "not on a sheet of before");
    wait(&w, LF_HOUR);
    CHECK(quiet(&w) == 0, "not yet");
    wait(&w, LF_HOUR + LF_MINUTE);
    CHECK(quiet(&w) == 1, "missed, and one that need not report is not");
    row = row_of(&w, "fw-east", "2026-11");
    CHECK(row.quiets == 1 && row.quiet_now && row.last == 0 && row.received == 0, "%lld",
          (long long)row.quiets);
    CHECK_VIEW(row.fact.kind, LF_V("防火牆"));
    CHECK_VIEW(row.fact.owner, LF_V("王小明"));
    CHECK_VIEW(row.fact.site, LF_V("東機房"));
    r = report(&w, "fw-east", 3);
    take(&w, &r);
    CHECK(quiet(&w) == 0 && alerts(&w, LF_RULE_QUIET, LF_ALERT_CLOSED, NULL) == 1, "heard at last");
    row = row_of(&w, "fw-east", "2026-11");
    CHECK(row.first == w.now && row.received == 3 && lf_device_daily(&row) == 3, "first heard now");
    wait(&w, 3 * LF_HOUR);
    CHECK(quiet(&w) == 1, "three records are enough of one that must report");
    CHECK_OK(lf_device_fact_remove(&w.t, LF_V("fw-east"), &e), &e);
    wait(&w, LF_MINUTE);
    CHECK(quiet(&w) == 0, "nobody waits for it any more");
    say(&w, "fw-west", LF_MINUTE, true);
    wait(&w, LF_HOUR);
    CHECK(quiet(&w) == 1, "missed");
    CHECK_OK(lf_device_fact_remove(&w.t, LF_V("fw-west"), &e), &e);
    CHECK(quiet(&w) == 0 && row_of(&w, "fw-west", "2026-11").available == -2, "as if it had never been");
    close_world(&w);
}

static void a_persons_word_is_how_long_it_may_be_silent(void)
{
    struct lf_device_report r;
    struct world w;
    uint64_t n = 0;

    open_world(&w);
    say(&w, "slow", LF_DAY, false);
    say(&w, "never", 0, false);
    for (int i = 0; i < 60; i++) {
        n += 5;
        r = report(&w, "slow", n);
        take(&w, &r);
        r = report(&w, "never", n);
        take(&w, &r);
        wait(&w, 10 * LF_SECOND);
        commit(&w);
    }
    wait(&w, 23 * LF_HOUR);
    CHECK(quiet(&w) == 0, "not yet");
    wait(&w, 2 * LF_HOUR);
    CHECK(quiet(&w) == 1, "a day");
    say(&w, "slow", 3 * LF_DAY, false);
    wait(&w, LF_MINUTE);
    CHECK(quiet(&w) == 0, "it may be silent for longer");
    say(&w, "slow", LF_DEVICE_QUIET_USUAL, false);
    wait(&w, LF_MINUTE);
    CHECK(quiet(&w) == 1, "as usual again: fifteen minutes");
    say(&w, "slow", 0, false);
    wait(&w, 30 * LF_DAY);
    CHECK(quiet(&w) == 0, "nobody is told");
    close_world(&w);
}

static struct lf_device_report behind(struct world *w, const char *name, uint64_t received, bool lone)
{
    struct lf_device_report r = report(w, name, received);

    r.via = LF_VIA_RELAY;
    r.relay = LF_V("relay");
    r.lone = lone;
    return r;
}

static void hosts_behind_a_relay_are_devices_and_rest_while_it_does(void)
{
    struct lf_device_report r;
    struct world w;
    uint64_t n = 0;

    open_world(&w);
    r = behind(&w, "a@relay", 1, true);
    take(&w, &r);
    CHECK(row_of(&w, "a@relay", "2026-11").available == -2, "a sender's only host is the sender");
    for (int i = 0; i < 60; i++) {
        n += 5;
        r = report(&w, "relay", 2 * n);
        take(&w, &r);
        r = behind(&w, "a@relay", n, false);
        take(&w, &r);
        r = behind(&w, "b@relay", n, false);
        take(&w, &r);
        wait(&w, 10 * LF_SECOND);
        commit(&w);
    }
    CHECK(row_of(&w, "a@relay", "2026-11").received == (int64_t)n, "counted by host");
    CHECK_VIEW(row_of(&w, "b@relay", "2026-11").relay, LF_V("relay"));
    for (int i = 0; i < 120; i++) { /* b says nothing more */
        n += 5;
        r = report(&w, "relay", 2 * n);
        take(&w, &r);
        r = behind(&w, "a@relay", n, true);
        take(&w, &r);
        wait(&w, 10 * LF_SECOND);
        commit(&w);
    }
    CHECK(quiet(&w) == 1, "one host fell quiet: %zu", quiet(&w));
    r = behind(&w, "b@relay", n, false);
    take(&w, &r);
    CHECK(quiet(&w) == 0, "heard");
    r = report(&w, "relay", 2 * ++n);
    take(&w, &r);
    r = behind(&w, "a@relay", n, false);
    take(&w, &r);
    wait(&w, 2 * LF_HOUR);
    CHECK(quiet(&w) == 1, "the relay is silent, and nothing is said of who is behind it: %zu", quiet(&w));
    r = report(&w, "relay", 2 * ++n);
    take(&w, &r);
    wait(&w, 10 * LF_MINUTE);
    CHECK(quiet(&w) == 0, "it speaks; the others get their time");
    for (int i = 0; i < 360; i++) { /* one of them was silent for twenty minutes before */
        r = report(&w, "relay", 2 * ++n);
        take(&w, &r);
        wait(&w, 10 * LF_SECOND);
        commit(&w);
    }
    CHECK(quiet(&w) == 2, "and are missed: %zu", quiet(&w));
    close_world(&w);
}

static void facts_come_by_csv_all_or_none_and_not_from_everybody(void)
{
    static const char good[] = "\xef\xbb\xbfname,Title,kind,owner,site,quiet_after,expected\r\n"
                               "192.0.2.7,\"核心, 交換器\",交換器,網路組,A棟,24h,是\r\n"
                               "\r\n"
                               "web01,,,,,,\r\n";
    struct lf_device_fact f;
    struct lf_err e = { 0 };
    struct world w;
    size_t n;

    open_world(&w);
    CHECK_OK(lf_device_fact_import(&w.t, lf_view_of(good), &n, &e), &e);
    CHECK(n == 2, "%zu", n);
    CHECK_OK(lf_device_fact_get(&w.t, LF_V("192.0.2.7"), &f, &e), &e);
    CHECK(f.quiet_after == LF_DAY && f.expected, "as written");
    CHECK_VIEW(f.title, LF_V("核心, 交換器"));
    CHECK_OK(lf_device_fact_get(&w.t, LF_V("web01"), &f, &e), &e);
    CHECK(f.quiet_after == LF_DEVICE_QUIET_USUAL && !f.expected, "left out");
    static const char *const bad[] = { "name,colour\na,b\n",
                                       "title\nx\n",
                                       "name,name\na,b\n",
                                       "name,quiet_after\na,soon\n",
                                       "name,expected\na,perhaps\n",
                                       "name\n\"a\n",
                                       "",
                                       "name,quiet_after\na,401d\n" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(lf_device_fact_import(&w.t, lf_view_of(bad[i]), &n, &e) == LF_BAD_INPUT && e.text[0], "%s",
              bad[i]);
    w.t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_device_fact_import(&w.t, lf_view_of(good), &n, &e), LF_FORBIDDEN);
    CHECK_CODE(lf_device_fact_remove(&w.t, LF_V("web01"), &e), LF_FORBIDDEN);
    CHECK_OK(lf_device_fact_get(&w.t, LF_V("web01"), &f, &e), &e);
    close_world(&w);
}

static void who_may_not_see_does_not(void)
{
    struct lf_device *list;
    struct lf_err e;
    struct world w;
    lf_view next;
    size_t n;

    open_world(&w);
    world_as(&w, LF_V("x"), w.self.org, LF_ROLE_SENDER);
    CHECK_CODE(lf_device_list(&w.t, NULL, &list, &n, &next, &e), LF_FORBIDDEN);
    world_as(&w, LF_V("x"), LF_V("00000000-0000-4000-8000-000000000099"), LF_ROLE_READER);
    CHECK_OK(lf_device_list(&w.t, NULL, &list, &n, &next, &e), &e);
    CHECK(n == 0, "another organisation's");
    close_world(&w);
}

int main(void)
{
    RUN(a_sender_that_falls_quiet_is_told_and_cleared_when_heard);
    RUN(silence_goes_on_over_a_restart_but_what_the_node_slept_is_not_counted);
    RUN(who_spoke_once_is_not_missed_and_a_slow_rhythm_is_learnt);
    RUN(drops_are_told_by_sender_and_added_up);
    RUN(a_report_that_comes_twice_counts_once);
    RUN(the_sheet_reckons_silences_within_the_month);
    RUN(forged_addresses_make_room_for_each_other_and_leave_nothing_behind);
    RUN(a_flood_of_malformed_records_is_told_once);
    RUN(a_fault_is_told_and_closed_when_it_is_over);
    RUN(months_are_read_by_both_calendars);
    RUN(who_must_report_and_never_did_is_missed);
    RUN(a_persons_word_is_how_long_it_may_be_silent);
    RUN(hosts_behind_a_relay_are_devices_and_rest_while_it_does);
    RUN(facts_come_by_csv_all_or_none_and_not_from_everybody);
    RUN(who_may_not_see_does_not);
    DONE();
}
