#include "soc/device.h"

#include "engine/rhythm.h"
#include "fmt/json.h"
#include "model/role.h"
#include "soc/alert.h"
#include "store/query_device.h"

enum {
    DUE_MOST = 200, /* devices judged in one look; the rest in the next */
    FLOOD_LEAST = 100,
};
#define DROPS_REST LF_MINUTE
#define FLOOD_WINDOW LF_MINUTE
#define FLOOD_REST (10 * LF_MINUTE)
#define NEVER LF_TIME_MAX
/* The node's own findings are no records of the archive: their positions lie beyond any. */
#define OWN_POSITIONS ((int64_t)1 << 52)

static enum lf_code may(const struct lf_task *t, unsigned roles, const char *what, struct lf_err *e)
{
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "device: this account may not %s devices", what);
}

static enum lf_code may_see(const struct lf_task *t, struct lf_err *e)
{
    return may(t,
               LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER |
                   LF_ROLE_SYSTEM,
               "see", e);
}

/* ---- one device's row ---- */

struct row {
    bool known;
    enum lf_device_via via;
    lf_time first, last;
    uint64_t incarnation, received, malformed, dropped;
    struct lf_rhythm rhythm;
    lf_time grace, due, quiet;
    char quiet_alert[40];
    lf_time drops_told;
    int64_t drops_untold;
    lf_time flood_from;
    int64_t flood_received, flood_malformed;
    lf_time flood_told;
    enum lf_device_fault fault;
    lf_time fault_since;
    char fault_alert[40];
    lf_time since;
    char relay[LF_DEVICE_NAME + 1];
    lf_time quiet_after; /* what a person allowed; -1: nobody said */
    bool expected;
};

static void keep_text(char *out, size_t size, lf_view text)
{
    text = lf_view_first(text, size - 1);
    if (text.len)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

static void keep_id(char out[40], lf_view id)
{
    keep_text(out, 40, id);
}

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct row *d = ctx;

    (void)e;
    *d = (struct row){
        .known = true,
        .via = (enum lf_device_via)lf_row_int(r, 0),
        .first = lf_row_int(r, 1),
        .last = lf_row_int(r, 2),
        .incarnation = (uint64_t)lf_row_int(r, 3),
        .received = (uint64_t)lf_row_int(r, 4),
        .malformed = (uint64_t)lf_row_int(r, 5),
        .dropped = (uint64_t)lf_row_int(r, 6),
        .rhythm = { .gaps = lf_row_int(r, 7),
                    .mean = lf_row_int(r, 8),
                    .spread = lf_row_int(r, 9),
                    .longest = lf_row_int(r, 10) },
        .grace = lf_row_int(r, 11),
        .due = lf_row_int(r, 12),
        .quiet = lf_row_int(r, 13),
        .drops_told = lf_row_int(r, 15),
        .drops_untold = lf_row_int(r, 16),
        .flood_from = lf_row_int(r, 17),
        .flood_received = lf_row_int(r, 18),
        .flood_malformed = lf_row_int(r, 19),
        .flood_told = lf_row_int(r, 20),
        .fault = (enum lf_device_fault)lf_row_int(r, 21),
        .fault_since = lf_row_int(r, 22),
        .since = lf_row_int(r, 24),
        .quiet_after = lf_row_int(r, 26),
        .expected = lf_row_int(r, 27) != 0,
    };
    keep_text(d->relay, sizeof d->relay, lf_row_text(r, 25));
    keep_id(d->quiet_alert, lf_row_text(r, 14));
    keep_id(d->fault_alert, lf_row_text(r, 23));
    return LF_OK;
}

static enum lf_code get(struct lf_task *t, lf_view name, struct row *d, struct lf_err *e)
{
    *d = (struct row){ .due = NEVER, .quiet_after = -1 };
    return lf_db_run(t->db, &t->scope, &lf_q_device_get, LF_ARGS(LF_TEXT(name)), on_row, d, NULL, e);
}

static enum lf_code put(struct lf_task *t, lf_view name, const struct row *d, struct lf_err *e)
{
    return lf_db_exec(
        t->db, &t->scope, &lf_q_device_put,
        LF_ARGS(LF_TEXT(name), LF_INT(d->via), LF_INT(d->first), LF_INT(d->last), LF_INT(d->incarnation),
                LF_INT(d->received), LF_INT(d->malformed), LF_INT(d->dropped), LF_INT(d->rhythm.gaps),
                LF_INT(d->rhythm.mean), LF_INT(d->rhythm.spread), LF_INT(d->rhythm.longest), LF_INT(d->grace),
                LF_INT(d->due), LF_INT(d->quiet), LF_TEXT(lf_view_of(d->quiet_alert)), LF_INT(d->drops_told),
                LF_INT(d->drops_untold), LF_INT(d->flood_from), LF_INT(d->flood_received),
                LF_INT(d->flood_malformed), LF_INT(d->flood_told), LF_INT(d->fault), LF_INT(d->fault_since),
                LF_TEXT(lf_view_of(d->fault_alert)), LF_INT(d->since), LF_TEXT(lf_view_of(d->relay))),
        e);
}

/* ---- the node's own alerts ---- */

static enum lf_code on_two(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    int64_t *n = ctx;

    (void)e;
    n[0] = lf_row_int(r, 0);
    n[1] = lf_row_int(r, 1);
    return LF_OK;
}

/* n[0]: alive, n[1]: how many alerts were told. */
static enum lf_code watch_get(struct lf_task *t, int64_t n[2], struct lf_err *e)
{
    n[0] = n[1] = 0;
    return lf_db_run(t->db, NULL, &lf_q_device_watch_get, LF_NO_ARGS, on_two, n, NULL, e);
}

static enum lf_code watch_set(struct lf_task *t, lf_time alive, int64_t told, struct lf_err *e)
{
    return lf_db_exec(t->db, NULL, &lf_q_device_watch_set, LF_ARGS(LF_INT(alive), LF_INT(told)), e);
}

struct notice {
    const char *rule, *title;
    enum lf_level level;
    lf_view sender;
    enum lf_device_via via;
    lf_time happened;
    /* Facts of the kind, shown as the evidence; absent when 0 or empty. */
    int64_t dropped, malformed, received;
    lf_time last, since, patience;
    lf_view text;
};

static void put_count(struct lf_json_w *w, const char *key, int64_t n)
{
    if (n)
        lf_json_put_int(w, key, n);
}

static void put_fact(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static enum lf_code tell(struct lf_task *t, const struct notice *n, char id[40], struct lf_err *e)
{
    struct lf_finding f = {
        .happened = n->happened,
        .recorded = lf_now(t->env),
        .sender = LF_VIEW("lianfang"),
        .rule = lf_view_of(n->rule),
        .title = lf_view_of(n->title),
        .level = n->level,
        .host = n->sender,
    };
    struct lf_device_fact fact = { 0 };
    struct lf_alert alert;
    bool is_new, corroborated;
    struct lf_json_w w;
    struct lf_buf b;
    int64_t at[2];
    struct lf_err none;
    enum lf_code rc = lf_device_fact_get(t, n->sender, &fact, &none);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", none.text);
    LF_TRY(watch_get(t, at, e));
    LF_TRY(watch_set(t, at[0], at[1] + 1, e));
    f.position = (uint64_t)(OWN_POSITIONS + at[1]);
    lf_buf_init(&b, LF_FINDING_RAW);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_time(&w, "@timestamp", n->happened);
    lf_json_put_str(&w, "sender", n->sender);
    lf_json_put_cstr(&w, "via", lf_device_via_name(n->via));
    put_fact(&w, "title", fact.title);
    put_fact(&w, "kind", fact.kind);
    put_fact(&w, "owner", fact.owner);
    put_fact(&w, "site", fact.site);
    put_count(&w, "dropped", n->dropped);
    put_count(&w, "malformed", n->malformed);
    put_count(&w, "received", n->received);
    lf_json_put_time(&w, "last_heard", n->last);
    lf_json_put_time(&w, "since", n->since);
    put_count(&w, "expected_within_s", n->patience / LF_SECOND);
    if (n->text.len)
        lf_json_put_str(&w, "reason", n->text);
    lf_json_close(&w);
    f.event = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_alert_raise(t, &f, false, &alert, &is_new, &corroborated, e));
    if (id)
        keep_id(id, alert.id);
    return LF_OK;
}

/* What the alert told of is over.  A person may have closed it before. */
static enum lf_code over(struct lf_task *t, char id[40], const char *note, struct lf_err *e)
{
    unsigned roles = t->scope.roles;
    struct lf_err ignored;
    enum lf_code rc;

    if (!id[0])
        return LF_OK;
    t->scope.roles |= LF_ROLE_ANALYST;
    rc = lf_alert_close(t, lf_view_of(id), lf_view_of(note), &ignored);
    t->scope.roles = roles;
    id[0] = '\0';
    if (rc == LF_OK || rc == LF_CONFLICT || rc == LF_NOT_FOUND)
        return LF_OK;
    return lf_err_set(e, rc, "%s", ignored.text);
}

/* ---- reports ---- */

/* A person's word is taken as it stands; else what is known of it. */
static lf_time patience(const struct row *d, const struct lf_device_rules *rules)
{
    return d->quiet_after > 0 ? d->quiet_after : lf_rhythm_patience(&d->rhythm, rules->quiet_after);
}

/* When its silence is to be judged. */
static lf_time due(const struct row *d, const struct lf_device_rules *rules)
{
    bool known = d->received >= LF_DEVICE_JUDGED || d->rhythm.gaps >= 2;

    if (d->via == LF_VIA_SELF || d->quiet_after == 0 || (d->quiet_after < 0 && rules->quiet_after <= 0))
        return NEVER;
    if (!d->last)
        return d->expected ? d->since + d->grace + patience(d, rules) : NEVER;
    return known || d->expected || d->quiet_after > 0 ? d->last + d->grace + patience(d, rules) : NEVER;
}

static enum lf_code heard(struct lf_task *t, const struct lf_device_rules *rules, lf_view name, struct row *d,
                          const struct lf_device_report *r, struct lf_err *e)
{
    lf_time end;

    if (r->last <= d->last)
        return LF_OK;
    /* The silence ended with the first record of this report's burst, if we know it. */
    end = r->first > d->last ? r->first : r->last;
    if (d->last)
        lf_rhythm_hear(&d->rhythm, end - d->last - d->grace, patience(d, rules));
    else
        d->first = end;
    /* While a relay is silent, who is behind it cannot be heard. */
    if (d->quiet && d->last && d->via != LF_VIA_RELAY)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_relay_slept,
                          LF_ARGS(LF_INT(end - d->last), LF_INT(NEVER), LF_TEXT(name)), e));
    if (d->quiet) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_quiet_end, LF_ARGS(LF_INT(end), LF_TEXT(name)), e));
        LF_TRY(over(t, d->quiet_alert, "it is heard again", e));
        d->quiet = 0;
    }
    d->last = r->last;
    d->grace = 0;
    return LF_OK;
}

static enum lf_code drops(struct lf_task *t, lf_view name, struct row *d, lf_time now, struct lf_err *e)
{
    struct notice n = {
        .rule = LF_RULE_DROPPED,
        .title = "Log events were dropped",
        .level = LF_LEVEL_MEDIUM,
        .sender = name,
        .via = d->via,
        .happened = now,
        .dropped = d->drops_untold,
        .last = d->last,
    };

    if (!d->drops_untold || (d->drops_told && now - d->drops_told < DROPS_REST && now >= d->drops_told))
        return LF_OK;
    d->drops_untold = 0;
    d->drops_told = now;
    return tell(t, &n, NULL, e);
}

static enum lf_code flood(struct lf_task *t, lf_view name, struct row *d, int64_t received, int64_t malformed,
                          lf_time now, struct lf_err *e)
{
    struct notice n = {
        .rule = LF_RULE_MALFORMED,
        .title = "A flood of malformed log records",
        .level = LF_LEVEL_LOW,
        .sender = name,
        .via = d->via,
        .happened = now,
        .last = d->last,
    };

    if (now - d->flood_from >= FLOOD_WINDOW || now < d->flood_from) {
        d->flood_from = now;
        d->flood_received = d->flood_malformed = 0;
    }
    d->flood_received += received;
    d->flood_malformed += malformed;
    if (d->flood_malformed < FLOOD_LEAST || d->flood_malformed * 2 < d->flood_received ||
        (d->flood_told && now - d->flood_told < FLOOD_REST && now >= d->flood_told))
        return LF_OK;
    d->flood_told = now;
    n.malformed = d->flood_malformed;
    n.received = d->flood_received;
    return tell(t, &n, NULL, e);
}

static enum lf_code fault(struct lf_task *t, lf_view name, struct row *d, const struct lf_device_report *r,
                          struct lf_err *e)
{
    bool disk = r->fault == LF_FAULT_UNWRITABLE;
    struct notice n = {
        .rule = disk ? LF_RULE_UNWRITABLE : LF_RULE_UNREADABLE,
        .title = disk ? "The event archive cannot be written" : "A followed log file cannot be read",
        .level = disk ? LF_LEVEL_HIGH : LF_LEVEL_MEDIUM,
        .sender = name,
        .via = r->via,
        .happened = r->fault_since,
        .since = r->fault_since,
        .text = r->fault_text,
    };

    if (r->fault == LF_FAULT_NONE)
        return LF_OK;
    if (r->fault_since > d->fault_since) {
        LF_TRY(over(t, d->fault_alert, "it is over", e));
        LF_TRY(tell(t, &n, d->fault_alert, e));
        d->fault_since = r->fault_since;
        d->fault = r->fault;
    }
    if (r->fault_until && d->fault && r->fault_since == d->fault_since) {
        LF_TRY(over(t, d->fault_alert, "it is over", e));
        d->fault = LF_FAULT_NONE;
    }
    return LF_OK;
}

static enum lf_code on_oldest(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_buf *b = ctx;

    (void)e;
    lf_buf_put(b, lf_row_text(r, 0));
    return LF_OK;
}

static enum lf_code forget(struct lf_task *t, lf_view name, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_forget_days, LF_ARGS(LF_TEXT(name)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_forget_quiet, LF_ARGS(LF_TEXT(name)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_forget, LF_ARGS(LF_TEXT(name)), e));
    return lf_db_exec(t->db, NULL, &lf_q_device_known_add, LF_ARGS(LF_INT(-1)), e);
}

/* Room for a new one.  Hosts' names and addresses cost whoever writes events nothing: they make room for
 * each other, and leave nothing behind. */
static enum lf_code make_room(struct lf_task *t, lf_view name, enum lf_device_via via, struct lf_err *e)
{
    static const enum lf_device_via cheap[] = { LF_VIA_RELAY, LF_VIA_UDP };
    int64_t known = 0;
    struct lf_buf b;
    enum lf_code rc;

    rc = lf_db_int(t->db, NULL, &lf_q_device_known, LF_NO_ARGS, &known, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (known >= LF_DEVICES) {
        lf_buf_init(&b, 4 * LF_DEVICE_NAME);
        rc = LF_OK;
        /* A host takes no address's place. */
        for (size_t i = 0; i < (via == LF_VIA_RELAY ? 1 : 2) && rc == LF_OK && b.len == 0; i++)
            rc = lf_db_run(t->db, &t->scope, &lf_q_device_oldest, LF_ARGS(LF_INT(cheap[i])), on_oldest, &b,
                           NULL, e);
        if (rc == LF_OK && b.len == 0)
            rc = lf_err_set(e, LF_TOO_MANY, "devices: %d are known; \"%.*s\" is not kept by name", LF_DEVICES,
                            LF_FMT(name));
        if (rc == LF_OK)
            rc = forget(t, lf_buf_view(&b), e);
        lf_buf_clear(&b);
        LF_TRY(rc);
    }
    return lf_db_exec(t->db, NULL, &lf_q_device_known_add, LF_ARGS(LF_INT(1)), e);
}

enum lf_code lf_device_take(struct lf_task *t, const struct lf_device_rules *rules,
                            const struct lf_device_report *r, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    lf_view name = r->name;
    uint64_t received, malformed, dropped;
    struct row d;

    LF_TRY(may(t, LF_ROLE_SYSTEM, "report", e));
    LF_TRY(get(t, name, &d, e));
    if (!d.known) {
        if (r->via == LF_VIA_RELAY && r->lone)
            return LF_OK;
        LF_TRY(make_room(t, name, r->via, e));
        d.first = d.since = r->first ? r->first : now;
        keep_text(d.relay, sizeof d.relay, r->relay);
    }
    /* Another incarnation begins at nothing; counters that went back do too. */
    if (d.incarnation != r->incarnation || r->received < d.received || r->malformed < d.malformed ||
        r->dropped < d.dropped)
        d.received = d.malformed = d.dropped = 0;
    received = r->received - d.received;
    malformed = r->malformed - d.malformed;
    dropped = r->dropped - d.dropped;
    d.incarnation = r->incarnation;
    d.received = r->received;
    d.malformed = r->malformed;
    d.dropped = r->dropped;
    if (r->via != LF_VIA_UNKNOWN)
        d.via = r->via;
    LF_TRY(heard(t, rules, name, &d, r, e));
    if (received || malformed || dropped) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_day_add,
                          LF_ARGS(LF_TEXT(name), LF_INT(lf_taipei_day(now)), LF_INT(received),
                                  LF_INT(malformed), LF_INT(dropped)),
                          e));
        d.drops_untold += (int64_t)dropped;
        LF_TRY(drops(t, name, &d, now, e));
        if (malformed)
            LF_TRY(flood(t, name, &d, (int64_t)received, (int64_t)malformed, now, e));
        else
            d.flood_received += (int64_t)received;
    }
    LF_TRY(fault(t, name, &d, r, e));
    if (!d.quiet)
        d.due = due(&d, rules);
    return put(t, name, &d, e);
}

/* ---- the regular look ---- */

/* Nothing was heard of its relay since either: when that speaks again there will be more to say. */
static enum lf_code relay_silent(struct lf_task *t, const struct row *d, bool *out, struct lf_err *e)
{
    struct row relay;

    *out = false;
    if (!d->relay[0])
        return LF_OK;
    LF_TRY(get(t, lf_view_of(d->relay), &relay, e));
    *out = relay.known && (relay.quiet || relay.last <= d->last + LF_SECOND);
    return LF_OK;
}

static enum lf_code fell_quiet(struct lf_task *t, const struct lf_device_rules *rules, lf_view name,
                               lf_time now, struct lf_err *e)
{
    struct row d;
    struct notice n = {
        .rule = LF_RULE_QUIET,
        .title = "A log sender fell quiet",
        .level = LF_LEVEL_MEDIUM,
        .sender = name,
        .happened = now,
    };
    lf_time when;
    bool silent;

    LF_TRY(get(t, name, &d, e));
    if (!d.known)
        return LF_OK;
    /* The settings, or what people say of it, may have changed since its time was worked out. */
    when = due(&d, rules);
    if (d.quiet && when > now) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_quiet_end, LF_ARGS(LF_INT(now), LF_TEXT(name)), e));
        LF_TRY(over(t, d.quiet_alert, "it may be silent for longer now", e));
        d.quiet = 0;
    }
    d.due = d.quiet ? NEVER : when;
    if (d.quiet || d.due > now)
        return put(t, name, &d, e);
    LF_TRY(relay_silent(t, &d, &silent, e));
    if (silent) {
        d.due = now + LF_MINUTE;
        return put(t, name, &d, e);
    }
    n.via = d.via;
    n.last = d.last;
    n.since = d.last ? d.last : d.since;
    n.patience = patience(&d, rules);
    LF_TRY(tell(t, &n, d.quiet_alert, e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_device_quiet_begin, LF_ARGS(LF_TEXT(name), LF_INT(n.since)), e));
    d.quiet = n.since;
    d.due = NEVER;
    return put(t, name, &d, e);
}

static enum lf_code prune(struct lf_task *t, lf_time now, struct lf_err *e)
{
    int64_t oldest = lf_taipei_day(now) - LF_DEVICE_KEEP_DAYS;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_prune_days, LF_ARGS(LF_INT(oldest)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_device_prune_quiet, LF_ARGS(LF_INT(lf_taipei_begin(oldest))),
                      e);
}

enum lf_code lf_device_watch(struct lf_task *t, const struct lf_device_rules *rules, lf_time slept,
                             struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    int64_t seen[2], count = 0;
    const lf_view *late;
    size_t n;

    LF_TRY(may(t, LF_ROLE_SYSTEM, "watch", e));
    if (slept)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_device_slept, LF_ARGS(LF_INT(slept), LF_INT(NEVER)), e));
    LF_TRY(watch_get(t, seen, e));
    if (now - seen[0] >= LF_DEVICE_ALIVE_EACH || now < seen[0] || slept)
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_device_count, LF_NO_ARGS, &count, e));
    if (count) { /* a node that nobody sends to writes nothing */
        if (lf_taipei_day(now) != lf_taipei_day(seen[0]))
            LF_TRY(prune(t, now, e));
        LF_TRY(watch_set(t, now, seen[1], e));
    }
    LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_device_drops_due,
                       LF_ARGS(LF_INT(now - DROPS_REST), LF_INT(DUE_MOST)), t->a, DUE_MOST, &n, &late, e));
    for (size_t i = 0; i < n; i++) {
        struct row d;

        LF_TRY(get(t, late[i], &d, e));
        LF_TRY(drops(t, late[i], &d, now, e));
        LF_TRY(put(t, late[i], &d, e));
    }
    LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_device_due, LF_ARGS(LF_INT(now), LF_INT(DUE_MOST)), t->a,
                       DUE_MOST, &n, &late, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(fell_quiet(t, rules, late[i], now, e));
    return LF_OK;
}

enum lf_code lf_device_judge(struct lf_task *t, lf_view name, bool expected, struct lf_err *e)
{
    struct row d;

    LF_TRY(get(t, name, &d, e));
    if (d.known && !d.last && !expected) {
        LF_TRY(over(t, d.quiet_alert, "it is expected no more", e));
        return forget(t, name, e);
    }
    if (d.known)
        return lf_db_exec(t->db, &t->scope, &lf_q_device_judge, LF_ARGS(LF_TEXT(name)), e);
    if (!expected)
        return LF_OK;
    LF_TRY(make_room(t, name, LF_VIA_UNKNOWN, e));
    d.since = lf_now(t->env);
    d.due = 0;
    return put(t, name, &d, e);
}

enum lf_code lf_device_alive(struct lf_task *t, lf_time *out, struct lf_err *e)
{
    int64_t n[2];

    LF_TRY(watch_get(t, n, e));
    *out = n[0];
    return LF_OK;
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_device *devices;
    struct lf_device_row *rows;
    size_t n, max, at;
    const struct lf_device_month *month;
    lf_time now;
};

static lf_view after_of(const struct lf_page *page)
{
    return page && page->after.len ? page->after : LF_V("");
}

static void facts_of(struct lf_arena *a, const struct lf_row *r, int at, struct lf_device_fact *out)
{
    out->title = lf_arena_copy(a, lf_row_text(r, at));
    out->kind = lf_arena_copy(a, lf_row_text(r, at + 1));
    out->owner = lf_arena_copy(a, lf_row_text(r, at + 2));
    out->site = lf_arena_copy(a, lf_row_text(r, at + 3));
}

static enum lf_code on_device(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_time until = lf_row_int(r, 6);
    struct lf_device *d;

    (void)e;
    if (g->n == g->max)
        return LF_OK;
    d = &g->devices[g->n++];
    *d = (struct lf_device){
        .name = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .via = (enum lf_device_via)lf_row_int(r, 1),
        .first = lf_row_int(r, 2),
        .last = lf_row_int(r, 3),
        .usual = lf_row_int(r, 4) > 0 ? lf_row_int(r, 5) : 0,
        .due = until < NEVER ? until : 0,
        .quiet = lf_row_int(r, 7),
        .fault = (enum lf_device_fault)lf_row_int(r, 8),
        .fault_since = lf_row_int(r, 9),
        .relay = lf_arena_copy(g->a, lf_row_text(r, 10)),
        .since = lf_row_int(r, 11),
        .fact.quiet_after = lf_row_int(r, 16),
        .fact.expected = lf_row_int(r, 17) != 0,
    };
    facts_of(g->a, r, 12, &d->fact);
    d->fact.name = d->name;
    return LF_OK;
}

enum lf_code lf_device_list(struct lf_task *t, const struct lf_page *page, struct lf_device **out, size_t *n,
                            lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a, .max = limit + 1 };

    LF_TRY(may_see(t, e));
    g.devices = LF_NEW(t->a, struct lf_device, limit + 1);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_device_list, LF_ARGS(LF_TEXT(after_of(page)), LF_INT(limit + 1)),
                     on_device, &g, NULL, e));
    *out = g.devices;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? g.devices[limit - 1].name : (lf_view){ "", 0 };
    return LF_OK;
}

/* ---- the monthly sheet ---- */

static void month_bounds(int year, int month, struct lf_device_month *out)
{
    struct lf_civil first = { .year = year, .month = month, .day = 1 };
    struct lf_civil then = { .year = month == 12 ? year + 1 : year,
                             .month = month == 12 ? 1 : month + 1,
                             .day = 1 };

    *out = (struct lf_device_month){ .year = year,
                                     .month = month,
                                     .begin = lf_time_of(&first) - LF_TAIPEI,
                                     .end = lf_time_of(&then) - LF_TAIPEI };
}

void lf_device_month_of(lf_time at, struct lf_device_month *out)
{
    struct lf_civil c = lf_civil_of(at + LF_TAIPEI);

    month_bounds(c.year, c.month, out);
}

/* Digits off the front. */
static bool take_digits(lf_view *in, size_t most, int *out)
{
    size_t n = 0;

    *out = 0;
    while (n < in->len && n < most && in->ptr[n] >= '0' && in->ptr[n] <= '9')
        *out = *out * 10 + (in->ptr[n++] - '0');
    *in = lf_view_from(*in, n);
    return n > 0;
}

static bool take_word(lf_view *in, lf_view word)
{
    if (!lf_view_starts(*in, word))
        return false;
    *in = lf_view_from(*in, word.len);
    return true;
}

enum lf_code lf_device_month_parse(lf_view text, struct lf_device_month *out, struct lf_err *e)
{
    lf_view in = lf_view_trim(text);
    bool roc = take_word(&in, LF_V("民國")), good;
    size_t before;
    int year, month = 0;

    in = lf_view_trim(in);
    before = in.len;
    good = take_digits(&in, 4, &year);
    /* No year of four digits: one of the Republic, of which the first is 1912. */
    if (before - in.len < 4)
        roc = true;
    good = good && !(roc && before - in.len > 3);
    if (roc)
        year += 1911;
    good = good && (take_word(&in, LF_V("-")) || take_word(&in, LF_V("/")) || take_word(&in, LF_V("年")));
    in = lf_view_trim(in);
    good = good && take_digits(&in, 2, &month);
    (void)take_word(&in, LF_V("月"));
    if (!good || in.len || month < 1 || month > 12 || year < 1970 || year > 2198)
        return lf_err_set(e, LF_BAD_INPUT,
                          "month: \"%.*s\" is no month; give 2026-11, or by years of the Republic 115-11",
                          LF_FMT(lf_view_first(text, 60)));
    month_bounds(year, month, out);
    return LF_OK;
}

static enum lf_code on_sheet(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_time since = lf_row_int(r, 8), from, to;
    struct lf_device_row *d;

    (void)e;
    if (g->n == g->max)
        return LF_OK;
    from = since > g->month->begin ? since : g->month->begin;
    to = g->now < g->month->end ? g->now : g->month->end;
    d = &g->rows[g->n++];
    *d = (struct lf_device_row){
        .name = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .via = (enum lf_device_via)lf_row_int(r, 1),
        .first = lf_row_int(r, 2),
        .last = lf_row_int(r, 3),
        .quiet_now = lf_row_int(r, 4) != 0,
        .received = lf_row_int(r, 5),
        .malformed = lf_row_int(r, 6),
        .dropped = lf_row_int(r, 7),
        .observed = to > from ? to - from : 0,
        .relay = lf_arena_copy(g->a, lf_row_text(r, 9)),
        .fact.expected = lf_row_int(r, 14) != 0,
    };
    facts_of(g->a, r, 10, &d->fact);
    d->fact.name = d->name;
    if (d->observed)
        d->days = (int)(lf_taipei_day(to - 1) - lf_taipei_day(from) + 1);
    return LF_OK;
}

static enum lf_code on_quiet(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_view name = lf_row_text(r, 0);
    lf_time since = lf_row_int(r, 1), until = lf_row_int(r, 2);

    (void)e;
    /* Both lists go by name. */
    while (g->at < g->n && lf_view_cmp(g->rows[g->at].name, name) < 0)
        g->at++;
    if (g->at == g->n || !lf_view_eq(g->rows[g->at].name, name))
        return LF_OK;
    if (!until || until > g->now)
        until = g->now;
    if (until > g->month->end)
        until = g->month->end;
    if (since < g->month->begin)
        since = g->month->begin;
    if (until <= since)
        return LF_OK;
    g->rows[g->at].quiets++;
    g->rows[g->at].quiet_time += until - since;
    return LF_OK;
}

enum lf_code lf_device_sheet(struct lf_task *t, const struct lf_device_month *month,
                             const struct lf_page *page, struct lf_device_row **out, size_t *n, lf_view *next,
                             struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = { .a = t->a, .max = limit + 1, .month = month, .now = lf_now(t->env) };

    LF_TRY(may_see(t, e));
    g.rows = LF_NEW(t->a, struct lf_device_row, limit + 1);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_device_sheet,
                     LF_ARGS(LF_INT(lf_taipei_day(month->begin)), LF_INT(lf_taipei_day(month->end)),
                             LF_TEXT(after_of(page)), LF_INT(month->end), LF_INT(limit + 1)),
                     on_sheet, &g, NULL, e));
    *next = g.n > limit ? g.rows[limit - 1].name : (lf_view){ "", 0 };
    if (g.n > limit)
        g.n = limit;
    if (g.n)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_device_quiets,
                         LF_ARGS(LF_TEXT(g.rows[0].name), LF_TEXT(g.rows[g.n - 1].name), LF_INT(month->end),
                                 LF_INT(month->begin)),
                         on_quiet, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++) {
        struct lf_device_row *r = &g.rows[i];

        if (r->quiet_time > r->observed)
            r->quiet_time = r->observed;
        r->available = -1;
        if (r->observed >= LF_SECOND)
            r->available = (int)((r->observed - r->quiet_time) / LF_MSEC * 10000 / (r->observed / LF_MSEC));
        /* "100 %" says that there was no silence. */
        if (r->available == 10000 && r->quiet_time)
            r->available = 9999;
    }
    *out = g.rows;
    *n = g.n;
    return LF_OK;
}
