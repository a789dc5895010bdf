#include "isac/link.h"

#include <stdio.h>
#include <stdlib.h>

#include "cert/incident.h"
#include "ident/node.h"
#include "isac/chain.h"
#include "isac/exercise_link.h"
#include "isac/object.h"
#include "store/query_intelligence.h"

/* Log codes: LF2301 a call failed, LF2302 an object was passed over, LF2303 the
 * parent refused an object, LF2304 the parent refused our invitation, LF2306 the parent does not
 * countersign our audit trail. */

enum {
    CALL_MS = 40000,         /* the wait, and time for a slow answer */
    PUSH_BYTES = 8 << 20,    /* of one envelope; a parent takes 16 MiB */
    LOST_S = 120,            /* a call not answered by then was forgotten by the relay */
    SEEN_S = 60,             /* how old the parent's `seen` may become */
    DOWN_BATCH = 256,        /* events carried to one child at a time */
    TEXT = LF_UUID_TEXT + 3, /* ids kept beyond a task */
    POLLS = 8,               /* of one status in a row that say nothing new, then it is posted again */
};

enum slot_kind { ENROL, PULL_MEMBERS, PULL_INBOX, PUSH, CHAIN, SLOTS };
static_assert((int)SLOTS <= (int)LF_LINK_SLOTS, "one slot a kind");

struct slot {
    uint64_t call; /* 0 = idle or resting */
    lf_time started, not_before;
    unsigned failures; /* in a row */
    size_t most;       /* objects to carry at once; 0 = LF_LINK_BATCH */
    /* PUSH: what the call under way carries. */
    bool keys; /* nothing but statements of keys, which overtake all else */
    size_t nevents, nobjects;
    int64_t last_event, last_object;
    char status[LF_UUID_TEXT]; /* the parent's, of what it has taken and not decided on; empty: none */
    bool polling;              /* the call under way asks for it */
    /* CHAIN: entries that the parent asks for, and whether it did so in its last answer. */
    int64_t ask[LF_CHAIN_ASKS];
    bool asked;
};

struct lf_link {
    uint64_t last_call;
    bool started; /* last_call was drawn */
    bool carry;   /* children may have something waiting */
    bool heard;   /* a result was taken since the last lf_link_next */
    bool shaken;  /* what was taken may have been undone: do not hurry */
    char parent[TEXT];
    struct slot slots[SLOTS];
};

struct lf_link *lf_link_create(void)
{
    struct lf_link *l = calloc(1, sizeof *l);

    if (!l)
        LF_BUG("out of memory for the link");
    l->carry = true;
    return l;
}

void lf_link_destroy(struct lf_link *l)
{
    free(l);
}

void lf_link_wake(struct lf_link *l)
{
    l->carry = true;
    for (int i = 0; i < SLOTS; i++)
        if (i != CHAIN) /* its time is the minute, whatever is new */
            l->slots[i].not_before = 0;
}

void lf_link_forget(struct lf_link *l)
{
    l->carry = true;
    l->shaken = l->heard;
    for (int i = 0; i < SLOTS; i++)
        l->slots[i].call = 0;
    l->slots[PUSH].status[0] = '\0';
}

/* ---- resting ------------------------------------------------------------------- */

/* 1 s, 2 s … 60 s, and of it a random half, so that a parent that comes back is not
 * met by all its members at once. */
static void rest(struct slot *s, const struct lf_env *env)
{
    lf_time most = s->failures >= 6 ? 60 * LF_SECOND : (LF_SECOND << s->failures);
    uint32_t r;

    lf_random(env, &r, sizeof r);
    s->not_before = lf_tick(env) + most / 2 + (lf_time)(r % (uint64_t)(most / 2 + 1));
    if (s->failures < 1000)
        s->failures++;
}

static const char *const names[SLOTS] = { "enrol", "members", "inbox", "push", "chain" };

static void failed(struct lf_task *t, struct lf_link *l, enum slot_kind kind, const char *why, size_t n)
{
    struct slot *s = &l->slots[kind];
    char text[400];

    rest(s, t->env);
    if ((s->failures & (s->failures - 1)) == 0) /* the 1st, 2nd, 4th, 8th … */
        lf_log(t->env->log, LF_LOG_WARN, "LF2301", "call=%s failures=%u why=%s", names[kind], s->failures,
               lf_log_text((lf_view){ why, n }, text, sizeof text));
}

static void said_no(struct lf_task *t, struct lf_link *l, enum slot_kind kind, int status)
{
    lf_view why = lf_arena_printf(t->a, "the parent answered %d %s", status, lf_http_reason(status));

    failed(t, l, kind, why.ptr, why.len);
}

static void log_object(const struct lf_task *t, const char *code, lf_view id, lf_view why)
{
    char a[200], b[600];

    lf_log(t->env->log, LF_LOG_WARN, code, "object=%s why=%s", lf_log_text(id, a, sizeof a),
           lf_log_text(why, b, sizeof b));
}

/* What is wrong with the machine and not with the object: nothing is decided. */
static bool ours_to_mend(enum lf_code rc)
{
    return rc == LF_IO || rc == LF_FULL || rc == LF_AWAY;
}

/* ---- down: what cert has for children ---------------------------------------------- */

static enum lf_code carry_to(struct lf_task *t, const struct lf_peer *child, bool *more, struct lf_err *e)
{
    const struct lf_incident_outgoing *items;
    size_t n;

    LF_TRY(lf_incident_outgoing_list(t, child->id, DOWN_BATCH, &n, &items, e));
    for (size_t i = 0; i < n; i++) {
        struct lf_err why = { 0 };
        struct lf_stix s;
        bool fresh;

        if (lf_stix_read(t->a, items[i].json, &s, &why) != LF_OK) {
            log_object(t, "LF2302", items[i].event, lf_view_of(why.text));
            continue;
        }
        LF_TRY(lf_object_add(t, child->inbox, LF_V(""), &s, items[i].json, &fresh, e));
    }
    if (n)
        LF_TRY(lf_incident_outgoing_ack(t, child->id, items[n - 1].seq, e));
    *more = n == DOWN_BATCH;
    return LF_OK;
}

static enum lf_code carry_down(struct lf_link *l, struct lf_task *t, struct lf_err *e)
{
    lf_view dest = LF_V("");
    enum lf_code rc;

    LF_TRY(lf_exercise_link(t, e)); /* before the cases that name it */
    /* Only those that something waits for: there may be thousands of others. */
    while ((rc = lf_incident_outgoing_next(t, dest, &dest, e)) == LF_OK) {
        struct lf_peer child;
        bool more;

        rc = lf_peer_get(t, dest, &child, e);
        if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
        more = rc == LF_OK && child.kind == LF_PEER_CHILD && child.state == LF_PEER_ACTIVE;
        while (more)
            LF_TRY(carry_to(t, &child, &more, e));
    }
    if (rc != LF_NOT_FOUND)
        return rc;
    l->carry = false;
    return LF_OK;
}

/* ---- calls ------------------------------------------------------------------------- */

static void header(struct lf_http_request *q, const char *name, const char *value)
{
    q->headers[q->nheaders++] = (struct lf_http_header){ lf_view_of(name), lf_view_of(value) };
}

static struct lf_call *start(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                             enum slot_kind kind, struct lf_call *c)
{
    struct slot *s = &l->slots[kind];

    if (!l->started) {
        /* Numbers of an earlier run are not met again by late answers to it. */
        lf_random(t->env, &l->last_call, sizeof l->last_call);
        l->last_call >>= 16;
        l->started = true;
    }
    s->call = ++l->last_call;
    s->started = lf_tick(t->env);
    *c = (struct lf_call){
        .id = s->call, .base = p->url, .has_pin = true, .client_cert = true, .timeout_ms = CALL_MS
    };
    memcpy(c->pin, p->pin, sizeof c->pin);
    header(&c->request, LF_PROTOCOL_HEADER, lf_protocol_text().ptr);
    c->has_next = p->next_pin.len && lf_unhex(p->next_pin, c->next, sizeof c->next, NULL) == LF_OK;
    return c;
}

static enum lf_code call_enrol(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                               struct lf_call *calls, size_t *n, struct lf_err *e)
{
    struct lf_http_request *q;
    lf_view body;

    LF_TRY(lf_parent_join_body(t, p, &body, e));
    q = &start(l, t, p, ENROL, &calls[*n])->request;
    ++*n;
    q->method = LF_V("POST");
    q->path = LF_V("/federation/enrol");
    q->body = body;
    header(q, "Content-Type", "application/json");
    header(q, "Accept", "application/json");
    return LF_OK;
}

static void aim(struct lf_task *t, struct lf_http_request *q, const char *method, const struct lf_peer *p,
                lf_view collection)
{
    q->method = lf_view_of(method);
    q->path = lf_arena_printf(t->a, "%.*scollections/%.*s/objects/", LF_FMT(p->api_root), LF_FMT(collection));
    header(q, "Accept", "application/taxii+json;version=2.1");
}

static lf_view source(const struct lf_peer *p, enum slot_kind kind)
{
    return kind == PULL_MEMBERS ? p->members : p->inbox;
}

static enum lf_code cursor(struct lf_task *t, const struct lf_peer *p, lf_view collection, lf_view *after,
                           struct lf_err *e)
{
    enum lf_code rc = lf_db_text(t->db, &t->scope, &lf_q_cursor_get,
                                 LF_ARGS(LF_TEXT(p->id), LF_TEXT(collection)), t->a, after, e);

    if (rc == LF_NOT_FOUND)
        *after = LF_V("");
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

static enum lf_code call_pull(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                              enum slot_kind kind, struct lf_call *calls, size_t *n, struct lf_err *e)
{
    struct lf_http_request *q;
    lf_view after;

    int limit = l->slots[kind].most ? (int)l->slots[kind].most : LF_LINK_BATCH;

    LF_TRY(cursor(t, p, source(p, kind), &after, e));
    q = &start(l, t, p, kind, &calls[*n])->request;
    ++*n;
    aim(t, q, "GET", p, source(p, kind));
    q->query = after.len ? lf_arena_printf(t->a, "added_after=%.*s&limit=%d", LF_FMT(after), limit)
                         : lf_arena_printf(t->a, "limit=%d", limit);
    header(q, "Prefer", lf_arena_printf(t->a, "wait=%d", LF_LINK_WAIT_S).ptr);
    return LF_OK;
}

/* What is to go up, oldest first: cert's events, then the outbox. */
struct load {
    struct lf_arena *a;
    struct item {
        bool event;
        int64_t seq;
        lf_view id, json;
        bool done;
    } items[LF_LINK_BATCH];
    size_t n, nevents;
    int64_t until; /* reading back: objects up to this */
    size_t most, bytes;
};

static bool put(struct load *x, bool event, int64_t seq, lf_view id, lf_view json)
{
    if (x->n == x->most || (x->n && x->bytes + json.len > PUSH_BYTES))
        return false;
    x->items[x->n++] = (struct item){ .event = event, .seq = seq, .id = id, .json = json };
    x->bytes += json.len + 1;
    return true;
}

static enum lf_code take_outbox(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct load *x = ctx;

    (void)e;
    if (x->n < x->most && lf_row_int(r, 0) <= x->until &&
        !put(x, false, lf_row_int(r, 0), lf_arena_copy(x->a, lf_row_text(r, 1)),
             lf_arena_copy(x->a, lf_row_text(r, 3))))
        x->most = x->n; /* the envelope is full: nothing may overtake */
    return LF_OK;
}

/* Statements of keys alone, or at most `events` and `objects`, the objects up to number `until`. */
static enum lf_code load(struct lf_task *t, bool keys, size_t events, int64_t last_event, size_t most,
                         int64_t until, struct load *x, struct lf_err *e)
{
    const struct lf_incident_outgoing *up;
    size_t n = 0;

    *x = (struct load){ .a = t->a, .most = most, .until = until };
    if (keys)
        return lf_db_run(t->db, &t->scope, &lf_q_outbox_keys, LF_ARGS(LF_INT(most)), take_outbox, x, NULL, e);
    if (events) {
        LF_TRY(lf_incident_outgoing_list(t, LF_V("up"), events, &n, &up, e));
        for (size_t i = 0; i < n && up[i].seq <= last_event; i++) {
            if (!put(x, true, up[i].seq, up[i].event, up[i].json)) {
                x->most = x->n;
                break;
            }
            x->nevents++;
        }
    }
    if (x->n < x->most)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_outbox_list, LF_ARGS(LF_INT(x->most - x->n)), take_outbox, x,
                         NULL, e));
    return LF_OK;
}

/* TAXII 2.1, 4.3: how the objects of an earlier POST fared. */
static void call_status(struct lf_call *c, struct lf_task *t, const struct lf_peer *p, const char *status)
{
    struct lf_http_request *q = &c->request;

    q->method = LF_V("GET");
    q->path = lf_arena_printf(t->a, "%.*sstatus/%s/", LF_FMT(p->api_root), status);
    header(q, "Accept", "application/taxii+json;version=2.1");
}

static enum lf_code call_push(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                              struct lf_call *calls, size_t *n, struct lf_err *e)
{
    struct slot *s = &l->slots[PUSH];
    size_t most = s->most ? s->most : LF_LINK_BATCH;
    struct load *x = LF_NEW(t->a, struct load, 1);
    struct lf_http_request *q;
    struct lf_buf b;

    if (s->status[0]) {
        call_status(start(l, t, p, PUSH, &calls[(*n)++]), t, p, s->status);
        s->polling = true;
        return LF_OK;
    }
    LF_TRY(load(t, true, 0, 0, most, INT64_MAX, x, e));
    s->keys = x->n > 0;
    if (!s->keys)
        LF_TRY(load(t, false, most, INT64_MAX, most, INT64_MAX, x, e));
    if (!x->n)
        return LF_OK;
    lf_buf_init(&b, (size_t)PUSH_BYTES + (4 << 20));
    LF_PUT(&b, "{\"objects\":[");
    for (size_t i = 0; i < x->n; i++) {
        if (i)
            lf_buf_byte(&b, ',');
        lf_buf_put(&b, x->items[i].json);
    }
    LF_PUT(&b, "]}");
    q = &start(l, t, p, PUSH, &calls[*n])->request;
    ++*n;
    aim(t, q, "POST", p, p->up);
    header(q, "Content-Type", "application/taxii+json;version=2.1");
    q->body = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    s->polling = false;
    s->nevents = x->nevents;
    s->nobjects = x->n - x->nevents;
    s->last_event = x->nevents ? x->items[x->nevents - 1].seq : 0;
    s->last_object = s->nobjects ? x->items[x->n - 1].seq : 0;
    return LF_OK;
}

static enum lf_code call_chain(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                               struct lf_call *calls, size_t *n, struct lf_err *e)
{
    struct lf_http_request *q;
    lf_view body;

    LF_TRY(lf_chain_body(t, l->slots[CHAIN].ask, &body, e));
    q = &start(l, t, p, CHAIN, &calls[*n])->request;
    ++*n;
    q->method = LF_V("POST");
    q->path = LF_V(LF_CHAIN_PATH);
    q->body = body;
    header(q, "Content-Type", "application/json");
    header(q, "Accept", "application/json");
    return LF_OK;
}

/* Another parent than before: what is known of calls was about that one. */
static void meet(struct lf_link *l, lf_view parent)
{
    lf_view known = { l->parent, strnlen(l->parent, sizeof l->parent) };

    if (lf_view_eq(known, parent) || parent.len >= sizeof l->parent)
        return;
    memset(l->slots, 0, sizeof l->slots);
    memset(l->parent, 0, sizeof l->parent);
    memcpy(l->parent, parent.ptr, parent.len);
}

static bool wanted(enum slot_kind kind, const struct lf_peer *p)
{
    if (kind == CHAIN && !lf_protocol_has(p, LF_PROTOCOL_CHAIN))
        return false;
    return p->state == (kind == ENROL ? LF_PEER_JOINING : LF_PEER_ACTIVE);
}

enum lf_code lf_link_next(struct lf_link *l, struct lf_task *t, const struct lf_call **calls, size_t *n,
                          lf_time *again, struct lf_err *e)
{
    struct lf_call *made = LF_NEW(t->a, struct lf_call, SLOTS);
    struct lf_task own = lf_node_task(t);
    struct lf_peer p;
    size_t count = 0;
    lf_time now = lf_tick(t->env), soonest = 0;
    enum lf_code rc;

    if (l->carry)
        LF_TRY(carry_down(l, &own, e));
    t->effects |= own.effects;
    rc = lf_peer_parent(&own, &p, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    if (rc == LF_OK)
        meet(l, p.id);
    for (int i = 0; i < SLOTS && rc == LF_OK; i++) {
        struct slot *s = &l->slots[i];
        lf_time at;

        if (!wanted((enum slot_kind)i, &p))
            continue;
        if (s->call && now - s->started >= LOST_S * LF_SECOND)
            s->call = 0;
        if (l->shaken && !s->call && s->not_before <= now)
            rest(s, t->env);
        if (!s->call && s->not_before <= now) {
            if (i == ENROL)
                rc = call_enrol(l, &own, &p, made, &count, e);
            else if (i == PUSH)
                rc = call_push(l, &own, &p, made, &count, e);
            else if (i == CHAIN)
                rc = call_chain(l, &own, &p, made, &count, e);
            else
                rc = call_pull(l, &own, &p, (enum slot_kind)i, made, &count, e);
        }
        at = s->call ? s->started + LOST_S * LF_SECOND : s->not_before > now ? s->not_before : 0;
        if (at && (!soonest || at < soonest))
            soonest = at;
    }
    if (rc != LF_OK && rc != LF_NOT_FOUND) {
        /* None of them leaves: none is under way. */
        for (size_t k = 0; k < count; k++)
            for (int i = 0; i < SLOTS; i++)
                if (l->slots[i].call == made[k].id)
                    l->slots[i].call = 0;
        return rc;
    }
    l->heard = l->shaken = false;
    *calls = made;
    *n = count;
    *again = soonest;
    return LF_OK;
}

/* ---- answers ------------------------------------------------------------------------- */

static enum lf_code answer_enrol(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                                 const struct lf_call_result *r, struct lf_err *e)
{
    int status = r->response.status;
    lf_view why;
    enum lf_code rc;

    if (status == 200) {
        struct lf_err refusal = { 0 };

        rc = lf_parent_joined(t, p, r->response.body, &refusal);
        if (rc == LF_OK || ours_to_mend(rc))
            return rc == LF_OK ? LF_OK : lf_err_set(e, rc, "%s", refusal.text);
        why = lf_arena_copy(t->a, lf_view_of(refusal.text));
    } else if (status == 400 || status == 401 || status == 403 || status == 409 || status == 422) {
        const struct lf_json_limits small = { .bytes = 16384, .depth = 4 };
        const struct lf_json *tree;

        why = lf_arena_printf(t->a, "the parent answered %d", status);
        if (lf_json_parse(t->a, r->response.body, &small, &tree, NULL) == LF_OK &&
            lf_json_str(tree, "detail").len)
            why = lf_json_str(tree, "detail");
    } else {
        said_no(t, l, ENROL, status);
        return LF_OK;
    }
    log_object(t, "LF2304", p->url, why);
    return lf_parent_join_failed(t, p, why, e);
}

/* One object in a savepoint of its own: what a service refuses is passed over, so
 * that one poisoned object never stops the link. */
static enum lf_code take_one(struct lf_task *t, const struct lf_peer *p, const struct lf_json *tree,
                             struct lf_err *e)
{
    struct lf_err why = { 0 };
    struct lf_buf b;
    struct lf_stix s = { 0 };
    lf_view id = lf_json_str(tree, "id");
    enum lf_code rc;

    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    lf_json_write(&b, tree);
    if (b.over)
        rc = lf_err_set(&why, LF_TOO_BIG, "an object has at most %d bytes", LF_STIX_OBJECT_BYTES);
    else
        rc = lf_stix_of(tree, &s, &why);
    if (rc == LF_OK) {
        lf_view json = lf_arena_copy(t->a, lf_buf_view(&b));

        rc = lf_db_save(t->db, &why);
        if (rc == LF_OK) {
            rc = lf_link_take(t, p, s.type, json, &why);
            if (rc == LF_OK)
                rc = lf_db_release(t->db, &why);
            else
                lf_db_undo(t->db);
        }
    }
    lf_buf_clear(&b);
    if (ours_to_mend(rc))
        return lf_err_set(e, rc, "%s", why.text);
    if (rc != LF_OK)
        log_object(t, "LF2302", id, lf_view_of(why.text));
    return LF_OK;
}

static enum lf_code answer_pull(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                                enum slot_kind kind, const struct lf_call_result *r, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_CALL_BODY, .depth = 128 };
    struct slot *s = &l->slots[kind];
    const struct lf_json *tree, *objects;
    struct lf_err bad = { 0 };
    char text[LF_TIME_TEXT];
    lf_view was, last = lf_http_answer_get(&r->response, "X-TAXII-Date-Added-Last");
    lf_time before = -1, after = 0;
    size_t n;

    if (r->response.status != 200) {
        said_no(t, l, kind, r->response.status);
        return LF_OK;
    }
    if (lf_json_parse(t->a, r->response.body, &limits, &tree, &bad) != LF_OK) {
        failed(t, l, kind, bad.text, strlen(bad.text));
        return LF_OK;
    }
    objects = lf_json_get(tree, LF_V("objects"));
    n = lf_json_kind(objects) == LF_JSON_ARRAY ? lf_json_items(objects) : 0;
    if (!n) {
        /* Nothing came in the time we waited.  A parent that does not wait is not
         * asked without pause. */
        s->failures = 0;
        if (lf_tick(t->env) - s->started < LF_SECOND)
            s->not_before = lf_tick(t->env) + LF_SECOND;
        return LF_OK;
    }
    LF_TRY(cursor(t, p, source(p, kind), &was, e));
    if (was.len && lf_time_parse(was, &before, NULL) != LF_OK)
        before = -1;
    if (lf_time_parse(last, &after, NULL) != LF_OK || after <= before) {
        static const char why[] = "the answer does not say how far it reaches (X-TAXII-Date-Added-Last)";

        failed(t, l, kind, why, sizeof why - 1);
        return LF_OK;
    }
    for (size_t i = 0; i < n; i++)
        LF_TRY(take_one(t, p, lf_json_item(objects, i), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_cursor_set,
                      LF_ARGS(LF_TEXT(p->id), LF_TEXT(source(p, kind)), LF_TEXT(lf_time_micro(after, text))),
                      e));
    s->failures = 0;
    s->most = 0;
    return LF_OK;
}

/* How the parent's status speaks of an object: 0 not at all, 1 taken, 2 refused.
 * An object may be there in several versions; any word for its id is for all. */
static int fate(const struct lf_json *status, lf_view id, lf_view *why)
{
    static const char *const lists[] = { "successes", "failures" };
    int found = 0;

    for (int k = 0; k < 2; k++) {
        const struct lf_json *list = lf_json_get(status, lf_view_of(lists[k]));
        size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;

        for (size_t i = 0; i < n; i++)
            if (lf_view_eq(lf_json_str(lf_json_item(list, i), "id"), id)) {
                found = k + 1;
                *why = lf_json_str(lf_json_item(list, i), "message");
            }
    }
    return found;
}

/* What is `done` leaves.  Events leave as a row from the front only: the first that
 * is not done keeps those behind it, and they are sent again without harm. */
static enum lf_code leave(struct lf_task *t, const struct load *x, struct lf_err *e)
{
    int64_t acked = 0;

    for (size_t i = 0; i < x->nevents && x->items[i].done; i++)
        acked = x->items[i].seq;
    if (acked)
        LF_TRY(lf_incident_outgoing_ack(t, LF_V("up"), acked, e));
    for (size_t i = x->nevents; i < x->n; i++)
        if (x->items[i].done)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_outbox_drop, LF_ARGS(LF_INT(x->items[i].seq)), e));
    return LF_OK;
}

/* What is not decided on is asked for by its status, as long as the parent has one that says more than
 * before; then it is posted again, which a server takes as nothing new. */
static void wait_for(struct slot *s, const struct lf_json *status, bool news)
{
    lf_view id = lf_json_str(status, "id");

    if (news || !s->polling)
        s->failures = 0;
    s->status[0] = '\0';
    if (s->failures < POLLS && lf_uuid_ok(id))
        (void)snprintf(s->status, sizeof s->status, "%.*s", LF_FMT(id));
}

static enum lf_code answer_push(struct lf_link *l, struct lf_task *t, const struct lf_call_result *r,
                                struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_CALL_BODY, .depth = 16 };
    struct slot *s = &l->slots[PUSH];
    struct load *x = LF_NEW(t->a, struct load, 1);
    const struct lf_json *tree = NULL;
    struct lf_err bad = { 0 };
    int status = r->response.status;
    bool complete;
    int64_t total = 0;
    size_t gone = 0;

    LF_TRY(load(t, s->keys, s->nevents, s->last_event, s->nevents + s->nobjects, s->last_object, x, e));
    if (s->polling && status >= 400 && status < 500 && status != 429) {
        s->status[0] = '\0'; /* it keeps no status, or not any more */
        said_no(t, l, PUSH, status);
        return LF_OK;
    }
    if (status == 400 || status == 413 || status == 422) {
        /* The envelope as a whole: smaller ones, until the one at fault is alone. */
        if (x->n > 1) {
            s->most = x->n / 2;
            return LF_OK;
        }
        if (x->n == 1) {
            log_object(t, "LF2303", x->items[0].id, lf_view_first(r->response.body, 300));
            x->items[0].done = true;
            s->most = 0;
            s->failures = 0;
        }
        return leave(t, x, e);
    }
    if (status != 200 && status != 202) {
        said_no(t, l, PUSH, status);
        return LF_OK;
    }
    if (lf_json_parse(t->a, r->response.body, &limits, &tree, &bad) != LF_OK) {
        failed(t, l, PUSH, bad.text, strlen(bad.text));
        return LF_OK;
    }
    complete = lf_view_is(lf_json_str(tree, "status"), "complete") &&
               lf_json_int(tree, "total_count", &total) && (size_t)total == s->nevents + s->nobjects;
    for (size_t i = 0; i < x->n; i++) {
        lf_view why = { "", 0 };
        int f = fate(tree, x->items[i].id, &why);

        if (f == 2)
            log_object(t, "LF2303", x->items[i].id, why);
        x->items[i].done = complete || f != 0;
        gone += x->items[i].done;
    }
    LF_TRY(leave(t, x, e));
    s->most = 0;
    if (gone < x->n) {
        static const char why[] = "the parent has not decided on all of it yet";

        wait_for(s, tree, gone > 0);
        failed(t, l, PUSH, why, sizeof why - 1);
    } else {
        s->failures = 0;
        s->status[0] = '\0';
    }
    return LF_OK;
}

static enum lf_code answer_chain(struct lf_link *l, struct lf_task *t, const struct lf_peer *p,
                                 const struct lf_call_result *r, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = 16384, .depth = 4 };
    struct slot *s = &l->slots[CHAIN];
    struct lf_err why = { 0 };
    bool done = false;
    enum lf_code rc;

    if (r->response.status == 409) {
        const struct lf_json *tree;
        lf_view said = LF_V("it says not why");

        if (lf_json_parse(t->a, r->response.body, &limits, &tree, NULL) == LF_OK &&
            lf_json_str(tree, "detail").len)
            said = lf_json_str(tree, "detail");
        if (!s->failures)
            log_object(t, "LF2306", p->url, said);
        s->failures = 1;
        s->not_before = lf_tick(t->env) + LF_CHAIN_EACH;
        return LF_OK;
    }
    if (r->response.status != 200) {
        said_no(t, l, CHAIN, r->response.status);
        return LF_OK;
    }
    rc = lf_chain_answered(t, p, r->response.body, s->ask, &done, &why);
    if (ours_to_mend(rc))
        return lf_err_set(e, rc, "%s", why.text);
    if (rc != LF_OK || (!done && s->asked)) { /* it asks again for what it was just shown */
        static const char again[] = "the parent asks again for what it was just shown";

        s->asked = false;
        failed(t, l, CHAIN, rc == LF_OK ? again : why.text, strlen(rc == LF_OK ? again : why.text));
        return LF_OK;
    }
    s->asked = !done;
    s->failures = 0;
    if (done)
        s->not_before = lf_tick(t->env) + LF_CHAIN_EACH;
    return LF_OK;
}

static enum lf_code answer(struct lf_link *l, struct lf_task *t, const struct lf_peer *p, enum slot_kind kind,
                           const struct lf_call_result *r, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    if (r->code == LF_TOO_BIG && (kind == PULL_MEMBERS || kind == PULL_INBOX)) {
        /* A page of large objects: fewer at once, down to one. */
        size_t most = l->slots[kind].most ? l->slots[kind].most : LF_LINK_BATCH;

        l->slots[kind].most = most > 1 ? most / 2 : 1;
    }
    if (r->code != LF_OK) {
        failed(t, l, kind, r->why.ptr, r->why.len);
        return LF_OK;
    }
    if (kind == ENROL)
        return answer_enrol(l, t, p, r, e);
    if (r->response.status / 100 == 2)
        LF_TRY(lf_peer_met(t, p->id, lf_http_answer_get(&r->response, LF_PROTOCOL_HEADER), 0, e));
    if (now - p->seen > SEEN_S * LF_SECOND || now < p->seen)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_peer_seen, LF_ARGS(LF_INT(now), LF_TEXT(p->id)), e));
    if (kind == CHAIN)
        return answer_chain(l, t, p, r, e);
    return kind == PUSH ? answer_push(l, t, r, e) : answer_pull(l, t, p, kind, r, e);
}

enum lf_code lf_link_result(struct lf_link *l, struct lf_task *t, const struct lf_call_result *r,
                            struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_peer p;
    int kind = 0;
    enum lf_code rc;

    while (kind < SLOTS && (!r->id || l->slots[kind].call != r->id))
        kind++;
    if (kind == SLOTS)
        return LF_OK;
    l->slots[kind].call = 0;
    l->slots[kind].not_before = 0;
    l->heard = true;
    rc = lf_peer_parent(&own, &p, e);
    if (rc == LF_NOT_FOUND ||
        (rc == LF_OK && (!wanted((enum slot_kind)kind, &p) || !lf_view_is(p.id, l->parent))))
        return LF_OK; /* suspended or gone meanwhile: its word counts no more */
    if (rc == LF_OK)
        rc = answer(l, &own, &p, (enum slot_kind)kind, r, e);
    if (rc != LF_OK)
        rest(&l->slots[kind], t->env);
    else
        t->effects |= own.effects;
    return rc;
}

enum lf_code lf_link_look(const struct lf_link *l, struct lf_task *t, struct lf_link_state *out,
                          struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_link_state s = { 0 };
    const struct lf_incident_outgoing *events;
    struct lf_peer p;
    size_t n;
    enum lf_code rc = lf_peer_parent(&own, &p, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    s.has_parent = rc == LF_OK;
    LF_TRY(lf_db_int(t->db, &own.scope, &lf_q_outbox_count, LF_NO_ARGS, &s.outbox, e));
    if (s.has_parent) {
        LF_TRY(lf_incident_outgoing_list(&own, LF_V("up"), 0, &n, &events, e));
        s.outbox += (int64_t)n;
    }
    for (int i = 0; l && i < SLOTS; i++)
        if (i != CHAIN && l->slots[i].failures > s.failures)
            s.failures = l->slots[i].failures;
    *out = s;
    return LF_OK;
}
