/* Two nodes in one process: the child's link against the parent's real TAXII. */
#include "isac/chain.h"
#include "isac/link.h"

#include "isac/advisory.h"
#include "isac/bulletin.h"
#include "isac/indicator.h"
#include "isac/object.h"
#include "isac/seed.h"
#include "isac/sighting.h"
#include "node.h"
#include "web/taxii.h"

enum { OBJECTS = 64 };

/* What the services were given and the store kept: the stand-in for indicators
 * counts here, and a task that is not kept takes its counts back. */
struct end {
    struct node d;
    struct lf_link *link; /* the child's; for the parent what carries down */
    unsigned taken[OBJECTS], before[OBJECTS];
};
static struct end parent, child;
static const uint8_t child_pin[LF_SHA256] = { 9, 9 };

static lf_view indicator_json(struct lf_arena *a, unsigned i)
{
    return lf_arena_printf(a,
                           "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--00000000-"
                           "0000-4000-8000-%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":"
                           "\"2026-01-01T00:00:00.000Z\",\"n\":%u}",
                           i, i);
}

static unsigned number_of(lf_view json)
{
    const struct lf_json *tree;
    struct lf_arena a = { 0 };
    int64_t n = OBJECTS;

    if (lf_json_parse(&a, json, NULL, &tree, NULL) != LF_OK || !lf_json_int(tree, "n", &n))
        n = OBJECTS;
    lf_arena_clear(&a);
    return (unsigned)n;
}

/* In place of isac/advisory.c and isac/bulletin_answer.c. */
enum lf_code lf_advisory_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)type;
    (void)json;
    (void)e;
    return LF_OK;
}

enum lf_code lf_bulletin_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)type;
    (void)json;
    (void)e;
    return LF_OK;
}

enum lf_code lf_bulletin_take_note(struct lf_task *t, const struct lf_peer *from, lf_view json, bool *mine,
                                   struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)json;
    (void)e;
    *mine = false;
    return LF_OK;
}

/* In place of isac/sighting_link.c, which would bring isac/indicator.c along. */
enum lf_code lf_sighting_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)json;
    (void)e;
    return LF_OK;
}

/* In place of isac/indicator.c: number 13 is poison. */
enum lf_code lf_indicator_offer(struct lf_task *t, struct lf_err *e)
{
    (void)t;
    (void)e;
    return LF_OK; /* nothing was shared before */
}

enum lf_code lf_indicator_rehome(struct lf_task *t, lf_view from, lf_view to, struct lf_err *e)
{
    (void)t;
    (void)from;
    (void)to;
    (void)e;
    return LF_OK;
}

enum lf_code lf_indicator_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e)
{
    struct end *at = t->self == &parent.d.self ? &parent : &child;
    unsigned n = number_of(json);

    CHECK(from->kind == (at == &parent ? LF_PEER_CHILD : LF_PEER_PARENT), "who it came from");
    if (n == 13)
        return lf_err_set(e, LF_UNACCEPTED, "poison");
    if (n < OBJECTS)
        at->taken[n]++;
    return LF_OK;
}

static void begin(struct end *x)
{
    struct lf_err e = { 0 };

    node_task(&x->d, LF_ROLE_SYSTEM | LF_ROLE_ADMIN, LF_V("system"));
    CHECK_OK(lf_db_begin(x->d.db, &e), &e);
    memcpy(x->before, x->taken, sizeof x->taken);
}

static void end(struct end *x, bool keep)
{
    struct lf_err e = { 0 };

    if (keep) {
        CHECK_OK(lf_db_commit(x->d.db, &e), &e);
        return;
    }
    lf_db_rollback(x->d.db);
    memcpy(x->taken, x->before, sizeof x->taken);
    lf_link_forget(x->link);
}

/* A parent that takes its time, as TAXII 2.1 (4.3) lets a server: so often it says that it has decided on
 * half of what it was given, and on nothing. */
static unsigned pending, polled, posted;
static bool keeps_status;
static lf_view posted_body;
#define STATUS "2d086da7-4bdc-4f91-900e-d77486753710"

static void be_pending(struct lf_http_response *r)
{
    const struct lf_json *tree, *objects;
    struct lf_err e = { 0 };
    struct lf_json_w w;
    struct lf_buf b;
    size_t n, decided;

    CHECK_OK(lf_json_parse(&child.d.life, posted_body, NULL, &tree, &e), &e);
    objects = lf_json_get(tree, LF_V("objects"));
    n = lf_json_items(objects);
    if (!pending) { /* all of it, by its count */
        r->status = 200;
        r->body = lf_arena_printf(&child.d.life,
                                  "{\"id\":\"" STATUS "\",\"status\":\"complete\",\"total_count\":%zu}", n);
        return;
    }
    decided = --pending % 2 ? n / 2 : 0;
    lf_buf_init(&b, 1 << 20);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "id", STATUS);
    lf_json_put_cstr(&w, "status", "pending");
    lf_json_put_int(&w, "total_count", (int64_t)n);
    lf_json_put_int(&w, "success_count", (int64_t)decided);
    lf_json_put_int(&w, "failure_count", 0);
    lf_json_put_int(&w, "pending_count", (int64_t)(n - decided));
    lf_json_begin(&w, "successes", '[');
    for (size_t i = 0; i < decided; i++) {
        lf_json_begin(&w, NULL, '{');
        lf_json_put_str(&w, "id", lf_json_str(lf_json_item(objects, i), "id"));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    r->status = 202;
    r->body = lf_arena_copy(&child.d.life, lf_buf_view(&b));
    lf_buf_clear(&b);
}

/* As web does on the peer door.  Waiting is left out: an empty page is an answer. */
static void ask(const struct lf_call *c, struct lf_call_result *r)
{
    struct lf_http_request q = c->request;
    struct lf_err e = { 0 };
    enum lf_code rc;

    *r = (struct lf_call_result){ .id = c->id };
    CHECK(c->has_pin && c->client_cert, "both ends are pinned");
    begin(&parent);
    q.door = LF_DOOR_PEER;
    q.has_pin = true;
    memcpy(q.peer_pin, child_pin, sizeof child_pin);
    q.nheaders = 0;
    for (size_t i = 0; i < c->request.nheaders; i++)
        if (!lf_view_is(c->request.headers[i].name, "Prefer"))
            q.headers[q.nheaders++] = c->request.headers[i];
    if (lf_view_is(q.path, "/federation/enrol")) {
        rc = lf_peer_enrol(&parent.d.t, &q, &r->response, &e);
    } else {
        rc = lf_peer_by_pin(&parent.d.t, q.peer_pin, &parent.d.t.scope, &e);
        if (rc == LF_OK)
            rc = lf_view_is(q.path, LF_CHAIN_PATH) ? lf_chain_receive(&parent.d.t, q.body, &r->response, &e)
                                                   : lf_taxii_handle(&parent.d.t, &q, &r->response, &e);
    }
    if (rc != LF_OK && !r->response.status)
        r->response = (struct lf_http_response){ .status = lf_code_http(rc) };
    r->response.body = lf_arena_copy(&child.d.life, r->response.body);
    for (size_t i = 0; i < r->response.nheaders; i++)
        r->response.headers[i].value = lf_arena_copy(&child.d.life, r->response.headers[i].value);
    if (lf_view_is(q.method, "POST") && lf_view_ends(q.path, LF_V("/objects/"))) {
        posted++;
        posted_body = lf_arena_copy(&child.d.life, q.body);
        if (pending)
            be_pending(&r->response);
    } else if (lf_view_ends(q.path, LF_V("/status/" STATUS "/"))) {
        polled++;
        r->response = (struct lf_http_response){ .status = 404, .body = LF_V("{}") };
        if (keeps_status)
            be_pending(&r->response);
    }
    end(&parent, rc == LF_OK || r->response.status < 500);
}

static unsigned chance(unsigned of)
{
    uint32_t r;

    node_random(&child.d, &r, sizeof r);
    return r % of;
}

/* One turn of the child's core: calls out, answers in, with losses 1 in `loss`. */
static size_t turn(unsigned loss)
{
    const struct lf_call *calls = NULL;
    struct lf_call_result *results;
    struct lf_err e = { 0 };
    struct lf_arena hold = { 0 };
    lf_time again = 0;
    size_t n = 0;

    begin(&child);
    CHECK_OK(lf_link_next(child.link, &child.d.t, &calls, &n, &again, &e), &e);
    results = LF_NEW(&hold, struct lf_call_result, n);
    for (size_t i = 0; i < n; i++) {
        if (loss && !chance(loss))
            results[i] = (struct lf_call_result){ .id = calls[i].id, .code = LF_AWAY, .why = LF_V("lost") };
        else
            ask(&calls[i], &results[i]);
    }
    end(&child, true);
    for (size_t i = 0; i < n; i++) {
        enum lf_code rc;

        if (loss && !chance(loss)) { /* the answer is lost with the relay */
            lf_link_forget(child.link);
            continue;
        }
        begin(&child);
        rc = lf_link_result(child.link, &child.d.t, &results[i], &e);
        CHECK_OK(rc, &e);
        end(&child, !loss || chance(loss)); /* or the disk fails */
    }
    lf_arena_clear(&hold);
    child.d.now += 30 * LF_SECOND;
    parent.d.now += 30 * LF_SECOND;
    return n;
}

static void open_both(uint64_t seed)
{
    struct lf_err e = { 0 };
    uint8_t pin[LF_SHA256] = { 7 };
    lf_view text = { "", 0 };

    memset(&parent, 0, sizeof parent);
    memset(&child, 0, sizeof child);
    node_open(&parent.d, "sector", "sector", seed);
    node_open(&child.d, "provider", "provider", seed + 1000);
    parent.link = lf_link_create();
    child.link = lf_link_create();
    begin(&parent);
    CHECK_OK(lf_isac_seed(&parent.d.t, &e), &e);
    CHECK_OK(lf_peer_invite(&parent.d.t, LF_V("https://parent:1"), pin, &text, &e), &e);
    text = lf_arena_copy(&child.d.life, text);
    end(&parent, true);
    begin(&child);
    CHECK_OK(lf_isac_seed(&child.d.t, &e), &e);
    CHECK_OK(lf_parent_join(&child.d.t, text, &e), &e);
    end(&child, true);
    lf_link_wake(child.link);
}

static void close_both(void)
{
    lf_link_destroy(parent.link);
    lf_link_destroy(child.link);
    node_close(&parent.d);
    node_close(&child.d);
}

static enum lf_peer_state parent_state(void)
{
    struct lf_err e = { 0 };
    struct lf_peer p = { 0 };

    node_task(&child.d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_peer_parent(&child.d.t, &p, &e), &e);
    return p.state;
}

static struct lf_link_state look(void)
{
    struct lf_err e = { 0 };
    struct lf_link_state s = { 0 };

    node_task(&child.d, LF_ROLE_READER, LF_V("x"));
    CHECK_OK(lf_link_look(child.link, &child.d.t, &s, &e), &e);
    return s;
}

static void publish(unsigned i)
{
    struct lf_err e = { 0 };
    struct lf_collection c;
    struct lf_stix s;
    bool fresh;
    lf_view json;

    begin(&parent);
    json = indicator_json(parent.d.t.a, i);
    CHECK_OK(lf_collection_find(&parent.d.t, LF_V("members"), &c, &e), &e);
    CHECK_OK(lf_stix_read(parent.d.t.a, json, &s, &e), &e);
    CHECK_OK(lf_object_add(&parent.d.t, c.id, LF_V(""), &s, json, &fresh, &e), &e);
    end(&parent, true);
}

static void push(unsigned i)
{
    struct lf_err e = { 0 };
    lf_view json;
    struct lf_stix s;

    begin(&child);
    json = indicator_json(child.d.t.a, i);
    CHECK_OK(lf_stix_read(child.d.t.a, json, &s, &e), &e);
    CHECK_OK(lf_link_send(&child.d.t, s.id, s.version_at, json, &e), &e);
    CHECK((child.d.t.effects & LF_FX_OUTBOX) != 0, "the core is told");
    end(&child, true);
}

static void an_object_travels_each_way_once_and_the_link_rests(void)
{
    open_both(1);
    CHECK(parent_state() == LF_PEER_JOINING, "before");
    CHECK(turn(0) == 1, "one call: the enrolment");
    CHECK(parent_state() == LF_PEER_ACTIVE, "after");
    publish(1);
    push(2);
    CHECK(look().outbox == 1, "waiting");
    CHECK(turn(0) == 3, "two polls and a push");
    CHECK(child.taken[1] == 1 && parent.taken[2] == 1, "%u %u", child.taken[1], parent.taken[2]);
    CHECK(look().outbox == 0 && look().failures == 0 && look().has_parent, "nothing is left");
    for (int i = 0; i < 6; i++) /* of half a minute */
        CHECK(turn(0) == (i % 2 ? 2 : 3), "the polls, and each minute the head of the trail");
    CHECK(child.taken[1] == 1 && parent.taken[2] == 1, "not again");
    close_both();
}

static void what_is_pending_stays_until_it_is_decided(void)
{
    open_both(9);
    turn(0);
    for (unsigned i = 20; i < 30; i++)
        push(i);
    pending = 4;
    keeps_status = false;
    for (int i = 0; i < 8; i++) { /* posted, and asked for a status that the parent has not kept */
        int64_t was = look().outbox;

        CHECK(was > 0, "what is pending left the outbox");
        turn(0);
        CHECK(look().outbox == (i % 4 ? was : was - was / 2), "turn %d: %lld of %lld are left", i,
              (long long)look().outbox, (long long)was);
        CHECK(look().failures > 0, "it hurries");
        child.d.now += LF_MINUTE;
    }
    CHECK(!pending, "it was posted again each time");
    turn(0);
    CHECK(look().outbox == 0 && look().failures == 0, "all is decided");
    for (unsigned i = 20; i < 30; i++)
        CHECK(parent.taken[i] == 1, "%u was taken %u times", i, parent.taken[i]);
    close_both();
}

static void the_status_of_what_is_pending_is_asked_for(void)
{
    open_both(11);
    turn(0);
    for (unsigned i = 20; i < 30; i++)
        push(i);
    pending = 4;
    posted = polled = 0;
    keeps_status = true;
    for (int i = 0; i < 5; i++) {
        CHECK(look().outbox == (i == 0   ? 10
                                : i == 4 ? 6
                                         : 5),
              "turn %d: %lld are left", i, (long long)look().outbox);
        if (i == 3)
            push(30); /* what comes meanwhile is not taken for decided */
        if (i > 3)
            CHECK(posted == 1, "what waits for a word was posted again");
        turn(0);
        child.d.now += LF_MINUTE;
    }
    CHECK(posted == 1 && polled == 4 && look().outbox == 1, "%u posts, %u polls", posted, polled);
    turn(0);
    CHECK(posted == 2 && look().outbox == 0 && look().failures == 0, "all is decided");
    for (unsigned i = 20; i < 31; i++)
        CHECK(parent.taken[i] == 1, "%u was taken %u times", i, parent.taken[i]);

    /* One that stays pending for ever is posted to again, and not asked without end. */
    push(31);
    pending = 1000;
    posted = polled = 0;
    for (int i = 0; i < 40; i++) {
        turn(0);
        child.d.now += LF_MINUTE;
    }
    CHECK(posted >= 3 && polled >= 4 * posted, "%u posts, %u polls", posted, polled);
    pending = 0;
    close_both();
}

static void whatever_is_lost_each_object_is_taken_once(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        unsigned next = 20, turns = 0;

        open_both(seed);
        while (turns < 200) {
            if (next < OBJECTS && chance(2)) {
                publish(next);
                push(next);
                next++;
            }
            if (chance(5) == 0) { /* the core starts again: only the store remembers */
                lf_link_destroy(child.link);
                child.link = lf_link_create();
            }
            turn(next < OBJECTS || turns < 140 ? 4 : 0);
            turns++;
            if (chance(3) == 0)
                lf_link_wake(child.link);
        }
        CHECK(next == OBJECTS, "all were sent");
        CHECK(look().outbox == 0, "seed %u: %u in the outbox", (unsigned)seed, (unsigned)look().outbox);
        for (unsigned i = 20; i < OBJECTS; i++)
            CHECK(child.taken[i] == 1 && parent.taken[i] == 1, "seed %u object %u: down %u, up %u",
                  (unsigned)seed, i, child.taken[i], parent.taken[i]);
        close_both();
    }
}

static void one_poisoned_object_never_stops_the_link(void)
{
    open_both(5);
    turn(0);
    for (unsigned i = 10; i < 20; i++) {
        publish(i);
        push(i);
    }
    for (int i = 0; i < 12; i++)
        turn(0);
    for (unsigned i = 10; i < 20; i++)
        CHECK(child.taken[i] == (i != 13) && parent.taken[i] == (i != 13), "object %u", i);
    CHECK(look().outbox == 0, "the refused one is out of the way");
    push(13);
    for (int i = 0; i < 3; i++)
        turn(0);
    CHECK(look().outbox == 0, "alone too");
    close_both();
}

static void a_suspended_peer_is_refused_and_goes_on_where_it_was(void)
{
    struct lf_err e = { 0 };
    const struct lf_peer *list;
    size_t n;

    open_both(6);
    turn(0);
    begin(&parent);
    CHECK_OK(lf_peer_list(&parent.d.t, &n, &list, &e), &e);
    CHECK_OK(lf_peer_suspend(&parent.d.t, list[0].id, true, &e), &e);
    end(&parent, true);
    publish(30);
    push(31);
    for (int i = 0; i < 4; i++)
        turn(0);
    CHECK(!child.taken[30] && !parent.taken[31] && look().outbox == 1 && look().failures > 0, "refused");
    begin(&parent);
    CHECK_OK(lf_peer_list(&parent.d.t, &n, &list, &e), &e);
    CHECK_OK(lf_peer_suspend(&parent.d.t, list[0].id, false, &e), &e);
    end(&parent, true);
    lf_link_wake(child.link);
    turn(0);
    CHECK(child.taken[30] == 1 && parent.taken[31] == 1 && look().outbox == 0, "resumed");
    close_both();
}

static void a_refused_invitation_is_forgotten_and_a_silent_parent_is_not_hurried(void)
{
    struct lf_err e = { 0 };
    struct lf_peer p;
    const struct lf_call *calls;
    lf_time again, now;
    size_t n;

    open_both(7);
    parent.d.now += LF_INVITE_LIFE;
    turn(0);
    node_task(&child.d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_CODE(lf_peer_parent(&child.d.t, &p, &e), LF_NOT_FOUND);
    close_both();

    open_both(8);
    for (unsigned i = 0; i < 12; i++) {
        lf_time most = i < 6 ? LF_SECOND << i : 60 * LF_SECOND;

        begin(&child);
        now = child.d.now;
        CHECK_OK(lf_link_next(child.link, &child.d.t, &calls, &n, &again, &e), &e);
        CHECK(n == 1, "the enrolment, try %u", i);
        if (n == 1)
            CHECK_OK(lf_link_result(child.link, &child.d.t,
                                    &(struct lf_call_result){ .id = calls[0].id, .code = LF_AWAY }, &e),
                     &e);
        CHECK_OK(lf_link_next(child.link, &child.d.t, &calls, &n, &again, &e), &e);
        CHECK(n == 0 && again >= now + most / 2 && again <= now + most, "try %u rests %lld us", i,
              (long long)(again - now));
        end(&child, true);
        child.d.now = again;
    }
    CHECK(look().failures == 12, "%u", look().failures);
    close_both();
}

static void without_a_parent_nothing_is_kept_to_send(void)
{
    struct lf_err e = { 0 };
    const struct lf_call *calls;
    lf_time again;
    size_t n;

    memset(&child, 0, sizeof child);
    node_open(&child.d, "alone", "provider", 1);
    child.link = lf_link_create();
    begin(&child);
    CHECK_OK(lf_link_send(&child.d.t, LF_V("indicator--1"), 1, LF_V("{}"), &e), &e);
    CHECK_OK(lf_link_next(child.link, &child.d.t, &calls, &n, &again, &e), &e);
    CHECK(n == 0 && again == 0 && child.d.t.effects == 0, "quiet");
    end(&child, true);
    CHECK(!look().has_parent && look().outbox == 0, "nothing");
    lf_link_destroy(child.link);
    node_close(&child.d);
}

int main(void)
{
    lf_crypto_init();
    RUN(an_object_travels_each_way_once_and_the_link_rests);
    RUN(what_is_pending_stays_until_it_is_decided);
    RUN(the_status_of_what_is_pending_is_asked_for);
    RUN(whatever_is_lost_each_object_is_taken_once);
    RUN(one_poisoned_object_never_stops_the_link);
    RUN(a_suspended_peer_is_refused_and_goes_on_where_it_was);
    RUN(a_refused_invitation_is_forgotten_and_a_silent_parent_is_not_hurried);
    RUN(without_a_parent_nothing_is_kept_to_send);
    DONE();
}
