/* Questions that are not what they say are refused in one sentence and change nothing: isac/question.h. */
#include <time.h>

#include "isac/question.h"
#include "isac/question_priv.h"
#include "isac/watch.h"

#include "fmt/json.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/peer.h"
#include "isac/seed.h"
#include "node.h"
#include "store/query_intelligence.h"
#include "store/query_question.h"

static struct node parent, child;
static struct lf_peer below, above; /* the child's row at the parent, the parent's at the child */
static lf_view box;                 /* a collection of the child */

static void pair(void)
{
    struct lf_err e = { 0 };
    struct node *ends[] = { &parent, &child };
    struct lf_peer *rows[] = { &below, &above };

    node_open(&parent, "nation", "nation", 3);
    node_open(&child, "sector", "sector", 4);
    for (int i = 0; i < 2; i++) {
        struct node *d = ends[i], *other = ends[1 - i];
        lf_view inbox = LF_V(""), id = LF_V("10000000-0000-4000-8000-000000000001");

        CHECK_OK(lf_isac_seed(&d->t, &e), &e);
        node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_collection_create(&d->t, LF_V("to-x"), LF_V("to-x"), LF_V(""), LF_V(""), &inbox, &e), &e);
        box = lf_arena_copy(&d->life, inbox);
        CHECK_OK(lf_db_exec(d->db, &d->t.scope, &lf_q_peer_add,
                            LF_ARGS(LF_TEXT(id), LF_INT(i ? LF_PEER_PARENT : LF_PEER_CHILD),
                                    LF_INT(LF_PEER_ACTIVE), LF_TEXT(other->self.node),
                                    LF_TEXT(other->self.name), LF_TEXT(other->self.tier), LF_TEXT(LF_V("")),
                                    LF_TEXT(lf_hex(d->t.a, other->self.redact_key, 32)),
                                    LF_TEXT(lf_hex(d->t.a, other->self.sign_public, LF_SIGN_PUBLIC)),
                                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(i ? LF_V("") : inbox),
                                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_INT(0), LF_INT(0)),
                            &e),
                 &e);
        node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_peer_get(&d->t, LF_V("10000000-0000-4000-8000-000000000001"), rows[i], &e), &e);
        rows[i]->name = lf_arena_copy(&d->life, rows[i]->name);
        rows[i]->node = lf_arena_copy(&d->life, rows[i]->node);
        rows[i]->tier = lf_arena_copy(&d->life, rows[i]->tier);
        rows[i]->id = lf_arena_copy(&d->life, rows[i]->id);
        rows[i]->inbox = lf_arena_copy(&d->life, rows[i]->inbox);
    }
}

static void unpair(void)
{
    node_close(&parent);
    node_close(&child);
}

static const lf_view one_value[] = { { "203.0.113.7", 11 } };

static struct lf_question sound(struct node *by)
{
    return (struct lf_question){ .id = LF_V("question--11111111-1111-4111-8111-111111111111"),
                                 .asker = by->self.node,
                                 .created = by->now,
                                 .modified = by->now,
                                 .name = LF_V("who saw it"),
                                 .why = LF_V(""),
                                 .kind = LF_QUESTION_INDICATORS,
                                 .values = one_value,
                                 .nvalues = 1,
                                 .text = LF_V(""),
                                 .from = by->now - 30 * LF_DAY,
                                 .until = by->now,
                                 .expires = by->now + LF_HOUR,
                                 .most_bytes = 1 << 30,
                                 .most_seconds = 60,
                                 .reach = LF_QUESTION_SUBTREE };
}

static lf_view written(struct node *by, const struct lf_question *q)
{
    struct lf_err e = { 0 };
    lf_view json = LF_V("");

    CHECK_OK(lf_question_write(&by->life, q, by->self.sign_secret, &json, &e), &e);
    return json;
}

static enum lf_code hear(lf_view json, struct lf_err *e)
{
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    return lf_question_receive(&child.t, &above, json, e);
}

static size_t known(struct node *d)
{
    struct lf_question_row *items;
    struct lf_err e = { 0 };
    size_t n = 0;

    node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_list(&d->t, 0, 100, &n, &items, &e), &e);
    return n;
}

static struct lf_question_view seen(struct node *d, lf_view id)
{
    struct lf_question_view v = { 0 };
    struct lf_err e = { 0 };

    node_task(d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_get(&d->t, id, &v, &e), &e);
    return v;
}

static void refused(lf_view json, enum lf_code want, const char *what)
{
    struct lf_err e = { 0 };
    enum lf_code rc = hear(json, &e);

    CHECK(rc == want, "%s: %d and not %d: %s", what, rc, want, e.text);
    CHECK(e.text[0] && !strchr(e.text, '\n'), "%s: no sentence", what);
    CHECK(known(&child) == 0, "%s: it is kept", what);
}

static void what_no_ancestor_signed_is_refused(void)
{
    struct lf_question q;
    struct lf_err e = { 0 };
    lf_view good;
    char *bent;

    pair();
    q = sound(&parent);
    good = written(&parent, &q);
    for (size_t at = 0; at < good.len; at++) { /* every letter of what it asks */
        lf_view rest = lf_view_from(good, at);

        if (!lf_view_starts(rest, LF_V("203.0.113.7")) && !lf_view_starts(rest, LF_V("who saw it")) &&
            !lf_view_starts(rest, LF_V("subtree")) && !lf_view_starts(rest, LF_V("signature\":\"")))
            continue;
        bent = lf_arena_cstr(&child.life, good);
        if (lf_view_starts(rest, LF_V("signature")))
            bent[at + 14] = bent[at + 14] == 'A' ? 'B' : 'A';
        else
            bent[at] = bent[at] == '2' ? '1' : 'W';
        CHECK(hear(lf_view_of(bent), &e) != LF_OK, "altered at %zu and nobody minded", at);
    }
    CHECK(known(&child) == 0, "an altered question is kept");
    q.asker = child.self.node;
    refused(written(&child, &q), LF_FORBIDDEN, "one's own, sent back");
    q.asker = LF_V("identity--99999999-9999-4999-8999-999999999999");
    refused(written(&parent, &q), LF_FORBIDDEN, "somebody else's, passed on as it is");
    q.asker = parent.self.node;
    refused(written(&child, &q), LF_UNAUTHENTIC, "signed by another");
    node_task(&parent, LF_ROLE_PEER, LF_V("peer:1"));
    CHECK(lf_question_receive(&parent.t, &below, good, &e) == LF_FORBIDDEN, "a child asked: %s", e.text);
    CHECK(known(&parent) == 0, "a child asked");
    unpair();
}

static void what_asks_too_much_is_refused(void)
{
    static lf_view many[LF_QUESTION_VALUES + 1];
    struct lf_question q;
    struct lf_err e = { 0 };
    lf_view json;
    char *text;

    pair();
    for (size_t i = 0; i < LF_QUESTION_VALUES + 1; i++)
        many[i] = one_value[0];
#define BAD(change, what)                                                                                    \
    q = sound(&parent);                                                                                      \
    change;                                                                                                  \
    e.text[0] = '\0';                                                                                        \
    CHECK(lf_question_write(&parent.life, &q, parent.self.sign_secret, &json, &e) == LF_UNACCEPTED &&        \
              e.text[0] && !strchr(e.text, '\n'),                                                            \
          "%s: %s", what, e.text)
    BAD((q.values = many, q.nvalues = LF_QUESTION_VALUES + 1), "ten million indicators");
    BAD(q.nvalues = 0, "no indicator");
    BAD((q.from = 0, q.until = LF_TIME_MAX), "a range of for ever");
    BAD(q.until = q.from, "a range of nothing");
    BAD(q.expires = q.created + 31 * LF_DAY, "one that stands for months");
    BAD(q.expires = q.created, "one that has expired when it is made");
    BAD(q.most_seconds = 1 << 20, "as long as it likes");
    BAD(q.most_bytes = 0, "nothing to read");
    BAD(q.reach = LF_QUESTION_MEMBERS, "members, and none named");
    BAD((q.kind = LF_QUESTION_STIX, q.text = LF_V("[a:b = ")), "half a pattern");
    BAD(q.name = LF_V(""), "no name");
    text = LF_NEW(&parent.life, char, LF_QUESTION_RULE + 2);
    memset(text, 'a', LF_QUESTION_RULE + 1);
    BAD((q.kind = LF_QUESTION_SIGMA, q.text = lf_view_of(text)), "a huge rule");
    memset(text, '(', 1000);
    text[1000] = '\0';
    BAD((q.kind = LF_QUESTION_STIX, q.text = lf_view_of(text)), "a deep pattern");
#undef BAD
    unpair();
}

static void expired_and_replayed_ones_are_not_asked(void)
{
    struct lf_question q;
    struct lf_err e = { 0 };
    lf_view json;

    pair();
    q = sound(&parent);
    json = written(&parent, &q);
    child.now = q.expires;
    refused(json, LF_UNACCEPTED, "expired");
    child.now = q.created - 2 * LF_DAY;
    refused(json, LF_UNACCEPTED, "from the future");
    child.now = q.created;
    CHECK_OK(hear(json, &e), &e);
    CHECK(known(&child) == 1 && seen(&child, q.id).row.state == LF_ANSWER_WAITING, "it does not wait");
    CHECK_OK(hear(json, &e), &e); /* again: nothing */
    node_task(&child, LF_ROLE_REVIEWER, LF_V("rita"));
    CHECK_OK(lf_question_decide(&child.t, q.id, false, LF_V("no"), &e), &e);
    CHECK_OK(hear(json, &e), &e);
    CHECK(known(&child) == 1 && seen(&child, q.id).row.state == LF_ANSWER_REFUSED, "asked again");
    q.modified += LF_SECOND;
    q.name = LF_V("something else");
    CHECK(hear(written(&parent, &q), &e) == LF_UNACCEPTED, "a question changed: %s", e.text);
    unpair();
}

static void set_policy(const char *json)
{
    struct lf_err e = { 0 };
    lf_view id;

    node_task(&child, LF_ROLE_REVIEWER, LF_V("rita"));
    CHECK_OK(lf_question_policy_sign(&child.t, lf_view_of(json), &id, &e), &e);
}

struct last {
    lf_view json;
    size_t n;
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct last *l = ctx;

    (void)e;
    l->json = lf_arena_copy(&child.life, lf_row_text(r, 3));
    l->n++;
    return LF_OK;
}

/* The newest of what the child has for its parent. */
static struct last outbox(void)
{
    struct last l = { .n = 0 };
    struct lf_err e = { 0 };

    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_db_run(child.db, &child.t.scope, &lf_q_outbox_list, LF_ARGS(LF_INT(100)), take, &l, NULL, &e),
             &e);
    return l;
}

static void run(uint64_t count)
{
    struct lf_question_order order;
    struct lf_question_count counts[] = { { 0, count, 5 * LF_DAY, 6 * LF_DAY } };
    struct lf_question_result r = {
        .end = LF_QUESTION_DONE, .note = LF_V(""), .count = count, .first = 5 * LF_DAY, .last = 6 * LF_DAY
    };
    struct lf_err e = { 0 };
    bool found = false;

    r.counts = counts;
    r.ncounts = 1;
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
    CHECK(found && order.nvalues == 1, "nothing to run");
    r.number = order.number;
    for (int i = 0; i < 2; i++) { /* a result that comes twice counts once */
        node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_question_ran(&child.t, &r, &e), &e);
    }
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
    CHECK(!found, "it is run again");
}

static void what_may_be_told_is_what_the_policy_says(void)
{
    static const struct {
        const char *policy;
        uint64_t count;
        bool fewer, times, values;
    } rows[] = {
        { "{\"automatic\":[\"indicators\"],\"disclose\":\"count\"}", 3, false, false, false },
        { "{\"automatic\":[\"indicators\"],\"disclose\":\"times\"}", 3, false, true, false },
        { "{\"automatic\":[\"indicators\"],\"disclose\":\"values\"}", 3, false, true, true },
        { "{\"automatic\":[\"indicators\"],\"disclose\":\"values\",\"floor\":4}", 3, true, false, true },
        { "{\"automatic\":[\"indicators\"],\"disclose\":\"values\",\"floor\":4}", 4, false, true, true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_question q;
        struct lf_answer x;
        struct lf_err e = { 0 };

        pair();
        set_policy(rows[i].policy);
        q = sound(&parent);
        CHECK_OK(hear(written(&parent, &q), &e), &e);
        run(rows[i].count);
        CHECK_OK(lf_answer_read(&child.life, outbox().json, &x, &e), &e);
        CHECK(x.own.state == LF_ANSWER_ANSWERED && x.own.seen.told, "row %zu: no answer", i);
        CHECK(x.own.seen.fewer == rows[i].fewer &&
                  x.own.seen.count == (rows[i].fewer ? 4 : (int64_t)rows[i].count),
              "row %zu: told %lld", i, (long long)x.own.seen.count);
        CHECK((x.own.seen.first != 0) == rows[i].times, "row %zu: times", i);
        CHECK((x.own.nvalues != 0) == rows[i].values, "row %zu: values", i);
        CHECK(!rows[i].values || x.own.values[0].seen.fewer == rows[i].fewer, "row %zu: a value's floor", i);
        CHECK(seen(&child, q.id).own.seen.count == (int64_t)rows[i].count, "row %zu: kept here whole", i);
        unpair();
    }
}

static void know(enum lf_observable_kind kind, const char *value, const char *marking)
{
    static unsigned n;
    struct lf_err e = { 0 };
    lf_view v = lf_view_of(value);

    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(
        lf_db_exec(
            child.db, &child.t.scope, &lf_q_indicator_put,
            LF_ARGS(LF_TEXT(LF_V("")),
                    LF_TEXT(lf_arena_printf(child.t.a, "indicator--22222222-2222-4222-8222-%012u", ++n)),
                    LF_INT(kind), LF_TEXT(v), LF_TEXT(LF_V("active")), LF_INT(1), LF_TEXT(LF_V("")),
                    LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_TEXT(LF_V("")), LF_INT(0), LF_INT(1), LF_INT(1),
                    LF_INT(0),
                    LF_TEXT(lf_arena_printf(
                        child.t.a, "{\"type\":\"indicator\",\"object_marking_refs\":[\"%s\"]}", marking)),
                    LF_INT(0), LF_INT(0), LF_INT(0),
                    LF_TEXT(kind == LF_OBS_DOMAIN ? lf_observable_reversed(child.t.a, v) : LF_V(""))),
            &e),
        &e);
}

#define RED "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
#define GREEN "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"

/* Whether each of the wanted, by commas, is hidden and nothing else. */
static void what_is_hidden(enum lf_question_kind kind, const char *text, const char *want)
{
    lf_view value = lf_view_of(text), rest = lf_view_of(want), one;
    struct lf_question_order order;
    struct lf_question q;
    struct lf_err e = { 0 };
    bool found = false;
    size_t n = 0;

    pair();
    set_policy("{\"automatic\":[\"indicators\",\"stix\",\"sigma\"],\"disclose\":\"values\"}");
    know(LF_OBS_IPV4, "203.0.113.7", RED);
    know(LF_OBS_IPV4, "203.0.113.8", GREEN);
    know(LF_OBS_DOMAIN, "below.evil.example", RED);
    know(LF_OBS_DOMAIN, "too.evil.example", RED);
    know(LF_OBS_DOMAIN, "green.evil.example", GREEN);
    know(LF_OBS_DOMAIN, "notevil.example", RED);
    q = sound(&parent);
    q.kind = kind;
    q.text = value;
    q.values = &value;
    q.nvalues = 1;
    if (kind == LF_QUESTION_INDICATORS) {
        q.text = LF_V("");
    } else {
        q.values = NULL;
        q.nvalues = 0;
    }
    CHECK_OK(hear(written(&parent, &q), &e), &e);
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
    CHECK(found, "%s: nothing to run", text);
    while (*want && lf_view_split(&rest, ',', &one)) {
        bool is = false;

        for (size_t i = 0; found && i < order.nhidden; i++)
            is = is || lf_view_eq(order.hidden[i], one);
        CHECK(is, "%s: %.*s is told of", text, LF_FMT(one));
        n++;
    }
    CHECK(order.nhidden == n, "%s: %zu are hidden", text, order.nhidden);
    CHECK(order.nvalues == q.nvalues, "%s: it costs the same", text);
    unpair();
}

static void a_value_that_is_red_here_is_not_told_of(void)
{
    what_is_hidden(LF_QUESTION_INDICATORS, "203.0.113.7", "203.0.113.7");
    what_is_hidden(LF_QUESTION_INDICATORS, "203.0.113.8", "");
    what_is_hidden(LF_QUESTION_INDICATORS, "http://203.0.113.7/x", "203.0.113.7");
    what_is_hidden(LF_QUESTION_INDICATORS, "evil.example", "below.evil.example,too.evil.example");
    what_is_hidden(LF_QUESTION_INDICATORS, "a.below.evil.example", "below.evil.example");
    what_is_hidden(LF_QUESTION_INDICATORS, "green.evil.example", "");
    what_is_hidden(LF_QUESTION_STIX,
                   "[domain-name:value = 'too.evil.example' OR ipv4-addr:value != '203.0.113.7']",
                   "too.evil.example,203.0.113.7");
    what_is_hidden(
        LF_QUESTION_SIGMA,
        "title: x\nlogsource: {category: dns}\ndetection: {s: {query|endswith: '.too.evil.example'}, "
        "condition: s}\n",
        "too.evil.example");
}

/* As an account hands it in; its id is of the value. */
static void hand_in(const char *account, const char *value, const char *marking, const char *modified,
                    bool revoked)
{
    struct lf_object_batch *batch;
    struct lf_err e = { 0 };
    struct lf_stix s;
    bool fresh;
    lf_view json;

    node_task(&child, LF_ROLE_SHARE, lf_view_of(account));
    json = lf_arena_printf(child.t.a,
                           "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--33333333-"
                           "3333-4333-8333-%012zu\","
                           "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"%s\",\"pattern\":\"["
                           "domain-name:value = '%s']\","
                           "\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"revoked\":%s,"
                           "\"object_marking_refs\":[\"%s\"]}",
                           strlen(value), modified, value, revoked ? "true" : "false", marking);
    CHECK_OK(lf_stix_read(child.t.a, json, &s, &e), &e);
    CHECK_OK(lf_object_batch_open(&child.t, box, 1, &batch, &e), &e);
    CHECK_OK(lf_object_batch_post(&child.t, batch, &s, json, &fresh, &e), &e);
    CHECK(fresh, "%s of %s, %s: it was there", value, account, modified);
    CHECK_OK(lf_watch_post(&child.t, &s, lf_object_batch_seq(batch), lf_object_batch_met(batch), &e), &e);
}

/* Of values by commas: how many nothing is told of. */
static size_t kept_back(const char *text, bool *many)
{
    struct lf_question_row q = { .origin = LF_V("another") };
    struct lf_question what = { .kind = LF_QUESTION_SIGMA };
    struct lf_err e = { 0 };
    const lf_view *hidden;
    size_t n = 0;

    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    what.text = lf_arena_printf(child.t.a, "detection: {s: {query: [%s]}, condition: s}\n", text);
    CHECK_OK(lf_question_hidden(&child.t, &q, &what, &hidden, &n, many, &e), &e);
    return n;
}

/* Its versions from one to another time. */
static void delete_version(const char *value, const char *from, const char *to)
{
    struct lf_object_filter f = { .after = -1, .limit = 100, .nid = 1, .v_all = true };
    const struct lf_object *o;
    struct lf_watch_row row;
    struct lf_err e = { 0 };
    lf_time low, high;
    size_t n, gone = 0;
    bool more;
    lf_view id;

    node_task(&child, LF_ROLE_ADMIN | LF_ROLE_ANALYST, LF_V("keeper"));
    id = lf_arena_printf(child.t.a, "indicator--33333333-3333-4333-8333-%012zu", strlen(value));
    f.id[0] = id;
    CHECK_OK(lf_time_parse(lf_view_of(from), &low, &e), &e);
    CHECK_OK(lf_time_parse(lf_view_of(to), &high, &e), &e);
    CHECK_OK(lf_object_list(&child.t, box, &f, &n, &o, &more, &e), &e);
    CHECK_OK(lf_watch_deleting(&child.t, id, &row, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (o[i].version_at >= low && o[i].version_at <= high) {
            CHECK_OK(lf_object_delete(&child.t, box, &o[i], &e), &e);
            gone++;
        }
    CHECK(gone > 0, "%s has no version %s", value, from);
    CHECK_OK(lf_watch_deleted(&child.t, &row, &e), &e);
}

static void what_an_account_handed_in_as_red_is_not_told_of(void)
{
    static const char old[] = "2026-01-01T00:00:00.000Z", between[] = "2026-01-15T00:00:00.000Z",
                      new[] = "2026-02-01T00:00:00.000Z";
    bool many;

    pair();
    hand_in("one", "a.red.example", RED, old, false);
    hand_in("one", "open.example", GREEN, old, false);
    CHECK(kept_back("a.red.example, open.example", &many) == 1, "by its value");
    CHECK(kept_back("red.example", &many) == 1, "below what is asked");
    CHECK(kept_back("www.a.red.example", &many) == 1, "above what is asked");
    CHECK(kept_back("b.red.example", &many) == 0, "beside it");
    hand_in("two", "a.red.example", GREEN, between, false);
    CHECK(kept_back("a.red.example", &many) == 1, "another account cannot open it");
    hand_in("one", "a.red.example", GREEN, new, false);
    CHECK(kept_back("a.red.example", &many) == 0, "its author's last version counts");
    hand_in("one", "a.red.example", RED, "2026-01-10T00:00:00.000Z", false);
    CHECK(kept_back("a.red.example", &many) == 0, "an older one comes late");
    hand_in("one", "later.red.example", GREEN, new, false);
    hand_in("one", "later.red.example", RED, old, false);
    CHECK(kept_back("later.red.example", &many) == 0, "an older one comes late, the newer was the first");
    hand_in("one", "longer.red.example", RED, old, false);
    hand_in("one", "longer.red.example", RED, new, true);
    CHECK(kept_back("longer.red.example", &many) == 0, "revoked");
    /* Versions deleted alone: what is left counts, whoever deletes. */
    delete_version("a.red.example", new, new);
    CHECK(kept_back("a.red.example", &many) == 1,
          "the version that opened it is gone: its author's RED one is the last again");
    delete_version("a.red.example", "2026-01-10T00:00:00.000Z", "2026-01-10T00:00:00.000Z");
    CHECK(kept_back("a.red.example", &many) == 1, "an older RED one is left");
    delete_version("a.red.example", old, old);
    CHECK(kept_back("a.red.example", &many) == 0, "what another account wrote in GREEN is left alone");
    delete_version("longer.red.example", new, new);
    CHECK(kept_back("longer.red.example", &many) == 1, "the revocation is gone");
    delete_version("later.red.example", old, new);
    CHECK(kept_back("later.red.example", &many) == 0, "all of it is gone");
    unpair();
}

/* As many as one may ask for, each as deep as is looked: what the core's turn takes. */
static void the_most_that_can_be_asked_for_is_looked_up_in_a_bounded_turn(void)
{
    static lf_view v[LF_QUESTION_VALUES];
    struct lf_question_row q = { .origin = LF_V("another") };
    struct lf_question what = { .kind = LF_QUESTION_INDICATORS, .values = v, .nvalues = LF_QUESTION_VALUES };
    struct lf_err e = { 0 };
    const lf_view *hidden;
    clock_t began;
    size_t n;
    bool many;

    pair();
    hand_in("one", "x.example", RED, "2026-01-01T00:00:00.000Z", false);
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    for (size_t i = 0; i < LF_QUESTION_VALUES; i++)
        v[i] = lf_arena_printf(child.t.a, "http://a.b.c.d.e.f.g%zu.h%zu.x.example/", i % 64, i);
    began = clock();
    CHECK_OK(lf_question_hidden(&child.t, &q, &what, &hidden, &n, &many, &e), &e);
    printf("# %d URLs with hosts of ten labels: %.0f ms\n", LF_QUESTION_VALUES,
           (double)(clock() - began) * 1000 / CLOCKS_PER_SEC);
    CHECK(!many && n == 1, "%zu are hidden", n);
    unpair();
}

static void a_run_that_never_ends_is_not_begun_for_ever(void)
{
    struct lf_question_order order;
    struct lf_question q;
    struct lf_err e = { 0 };
    struct lf_answer x;
    bool found = true;
    int begun = 0;

    pair();
    set_policy("{\"automatic\":[\"indicators\"]}");
    q = sound(&parent);
    CHECK_OK(hear(written(&parent, &q), &e), &e);
    while (found && begun < 100) {
        node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
        begun += found;
    }
    CHECK(begun == LF_QUESTION_TRIES, "begun %d times", begun);
    CHECK_OK(lf_answer_read(&child.life, outbox().json, &x, &e), &e);
    CHECK(x.own.state == LF_ANSWER_REFUSED && lf_view_find(x.own.reason, LF_V("begun")) != SIZE_MAX,
          "who asked is not told: %.*s", LF_FMT(x.own.reason));
    unpair();
}

/* The asker's side: who was not asked does not answer, and nobody answers for another. */
static void only_who_was_asked_answers_and_once(void)
{
    struct lf_question q = {
        .name = LF_V("who"), .kind = LF_QUESTION_INDICATORS, .values = one_value, .nvalues = 1
    };
    struct lf_question_view v;
    struct lf_err e = { 0 };
    struct last told;
    lf_view id, json;
    char *bent;

    pair();
    q.from = parent.now - LF_DAY;
    q.until = parent.now;
    q.expires = parent.now + LF_DAY;
    node_task(&parent, LF_ROLE_READER, LF_V("reader"));
    CHECK(lf_question_ask(&parent.t, &q, &id, &e) == LF_FORBIDDEN, "a reader asks");
    node_task(&parent, LF_ROLE_ANALYST, LF_V("ann"));
    CHECK_OK(lf_question_ask(&parent.t, &q, &id, &e), &e);
    id = lf_arena_copy(&parent.life, id);
    v = seen(&parent, id);
    CHECK(v.sum.asked == 2 && v.sum.open == 2 && v.nmembers == 1, "asked %lld", (long long)v.sum.asked);
    CHECK(!v.members[0].named, "above it has no name before it said that it may have one");
    json = lf_arena_copy(&child.life, v.row.json);
    set_policy("{\"automatic\":[\"indicators\"],\"disclose\":\"values\"}");
    CHECK_OK(hear(json, &e), &e);
    run(7);
    told = outbox();
    bent = lf_arena_cstr(&child.life, told.json);
    CHECK(strstr(bent, "\"count\":7") != NULL, "%s", bent);
    strstr(bent, "\"count\":7")[8] = '9';
    node_task(&parent, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK(lf_question_answered(&parent.t, &below, lf_view_of(bent), &e) == LF_UNAUTHENTIC, "altered: %s",
          e.text);
    for (int i = 0; i < 2; i++) {
        node_task(&parent, LF_ROLE_SYSTEM, LF_V("system"));
        CHECK_OK(lf_question_answered(&parent.t, &below, told.json, &e), &e);
    }
    v = seen(&parent, id);
    CHECK(v.sum.count == 7 && v.sum.open == 1 && v.members[0].nvalues == 1, "%lld", (long long)v.sum.count);
    /* The question of another node: nobody asked it there. */
    node_task(&parent, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_db_exec(parent.db, &parent.t.scope, &lf_q_question_json,
                        LF_ARGS(LF_TEXT(v.row.json), LF_TEXT(id)), &e),
             &e);
    bent = lf_arena_cstr(&child.life, told.json);
    below.node = LF_V("identity--99999999-9999-4999-8999-999999999999");
    CHECK(lf_question_answered(&parent.t, &below, told.json, &e) == LF_FORBIDDEN, "for another: %s", e.text);
    unpair();
}

static void a_withdrawn_question_is_not_run(void)
{
    struct lf_question_order order;
    struct lf_question q;
    struct lf_err e = { 0 };
    bool found = true, wanted = true;

    pair();
    set_policy("{\"automatic\":[\"indicators\"]}");
    q = sound(&parent);
    CHECK_OK(hear(written(&parent, &q), &e), &e);
    node_task(&child, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
    CHECK(found, "nothing to run");
    q.withdrawn = true;
    q.modified += LF_SECOND;
    CHECK_OK(hear(written(&parent, &q), &e), &e);
    CHECK_OK(lf_question_wanted(&child.t, (int64_t)order.number, &wanted, &e), &e);
    CHECK(!wanted, "it runs on");
    CHECK_OK(lf_question_next(&child.t, &order, &found, &e), &e);
    CHECK(!found, "it is run again");
    CHECK(seen(&child, q.id).row.state == LF_ANSWER_WITHDRAWN, "it is not withdrawn");
    unpair();
}

int main(void)
{
    lf_crypto_init();
    RUN(what_no_ancestor_signed_is_refused);
    RUN(what_asks_too_much_is_refused);
    RUN(expired_and_replayed_ones_are_not_asked);
    RUN(what_may_be_told_is_what_the_policy_says);
    RUN(a_value_that_is_red_here_is_not_told_of);
    RUN(what_an_account_handed_in_as_red_is_not_told_of);
    RUN(the_most_that_can_be_asked_for_is_looked_up_in_a_bounded_turn);
    RUN(a_run_that_never_ends_is_not_begun_for_ever);
    RUN(only_who_was_asked_answers_and_once);
    RUN(a_withdrawn_question_is_not_run);
    DONE();
}
