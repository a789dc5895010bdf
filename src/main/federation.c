/* The world of the simulated federation: nodes, their neighbours, the network. */
#include "main/federation.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/call.h"
#include "http/message.h"
#include "main/federation_priv.h"
#include "proc/messages.h"
#include "shield/zone_message.h"

enum { MESSAGE = LF_CALL_BODY + (2 << 20) };

/* ---- what is due ------------------------------------------------------------ */

static void happen(void *ctx, void *arg);

struct fed_happening *fed_due(struct fed *w, lf_time in, enum fed_due what, unsigned node, lf_view bytes)
{
    struct fed_happening *h = malloc(sizeof *h + bytes.len);

    if (!h)
        LF_BUG("out of memory for what happens");
    *h = (struct fed_happening){ .next = w->happenings,
                                 .at = &w->happenings,
                                 .w = w,
                                 .what = what,
                                 .node = node,
                                 .life = w->node[node].life,
                                 .intake_life = w->node[node].intake_life,
                                 .size = bytes.len };
    if (h->next)
        h->next->at = &h->next;
    w->happenings = h;
    if (bytes.len)
        memcpy(h->bytes, bytes.ptr, bytes.len);
    lf_sim_at(w->sim, lf_sim_tick(w->sim) + in, happen, w, h);
    return h;
}

static void unhold(struct fed_flight *f)
{
    if (--f->held)
        return;
    *f->at = f->next;
    if (f->next)
        f->next->at = f->at;
    free(f);
}

static void forget(struct fed_happening *h)
{
    *h->at = h->next;
    if (h->next)
        h->next->at = h->at;
    if (h->flight)
        unhold(h->flight);
    free(h);
}

static void due_flight(struct fed *w, lf_time in, enum fed_due what, struct fed_flight *f, lf_view bytes)
{
    struct fed_happening *h =
        fed_due(w, in, what, what == FED_DUE_ARRIVE || what == FED_DUE_GONE ? f->to : f->from, bytes);

    h->flight = f;
    f->held++;
}

void fed_broke(struct fed *w, const char *fmt, ...)
{
    va_list ap;

    if (w->r->broken[0])
        return;
    va_start(ap, fmt);
    (void)vsnprintf(w->r->broken, sizeof w->r->broken, fmt, ap);
    va_end(ap);
    w->over = true;
}

void fed_say(struct fed *w, const char *fmt, ...)
{
    va_list ap;

    if (!w->o.verbose)
        return;
    fprintf(stderr, "%12.6f ", (double)lf_sim_tick(w->sim) / 1e6);
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

/* ---- the network ------------------------------------------------------------ */

static lf_time below(struct fed *w, lf_time n)
{
    return (lf_time)lf_sim_below(w->sim, (uint64_t)n);
}

/* Mostly quick, now and then very slow: that is where reordering comes from. */
static lf_time latency(struct fed *w)
{
    if (w->faults && lf_sim_one_in(w->sim, 40))
        return below(w, 8 * LF_SECOND);
    return 2 * LF_MSEC + below(w, 60 * LF_MSEC);
}

/* Whether something sent now from one node gets through to the other: the link
 * belongs to the child of the two. */
static bool passes(struct fed *w, unsigned from, unsigned to)
{
    lf_time now = lf_sim_tick(w->sim);
    const struct fed_node *child = w->node[from].parent == (int)to ? &w->node[from] : &w->node[to];

    return now >= (child->id == from ? child->cut_out : child->cut_in);
}

static struct fed_node *by_url(struct fed *w, lf_view url)
{
    for (unsigned i = 0; i < w->n; i++)
        if (lf_view_is(url, w->node[i].url))
            return &w->node[i];
    return NULL;
}

static struct fed_flight *flight_of(struct fed_node *n, uint64_t request)
{
    for (struct fed_flight *f = n->w->flights; f; f = f->next)
        if (f->there && f->to == n->id && f->to_life == n->life && f->request == request)
            return f;
    return NULL;
}

static void result(struct fed *w, struct fed_flight *f, lf_time in, enum lf_code code, const char *why,
                   const struct lf_http_response *rs)
{
    struct lf_call_result r = { .id = f->call, .code = code, .why = lf_view_of(why) };
    struct lf_buf b;

    if (rs)
        r.response = *rs;
    lf_buf_init(&b, MESSAGE);
    lf_call_result_pack(&b, &r);
    LF_ASSERT(!b.over);
    due_flight(w, in, FED_DUE_RETURN, f, lf_buf_view(&b));
    lf_buf_clear(&b);
}

static void call(struct fed_node *n, lf_view payload)
{
    struct fed *w = n->w;
    struct lf_call c;
    struct fed_flight *f;
    struct fed_node *to;
    struct lf_err e = { 0 };
    lf_time timeout;

    if (lf_call_unpack(payload, &c, &e) != LF_OK) {
        fed_broke(w, "node %u made a call the relay cannot read: %s", n->id, e.text);
        return;
    }
    to = by_url(w, c.base);
    if (!to || !c.has_pin || memcmp(c.pin, to->pin, sizeof c.pin) != 0 || n->parent != (int)to->id) {
        fed_broke(w, "node %u called %.*s, which is not its parent by its key", n->id, LF_FMT(c.base));
        return;
    }
    f = calloc(1, sizeof *f);
    LF_ASSERT(f);
    *f = (struct fed_flight){ .next = w->flights,
                              .at = &w->flights,
                              .from = n->id,
                              .to = to->id,
                              .from_life = n->life,
                              .call = c.id,
                              .live = true };
    if (f->next)
        f->next->at = &f->next;
    w->flights = f;
    w->r->calls++;
    timeout = (lf_time)(c.timeout_ms ? c.timeout_ms : 60000) * LF_MSEC;
    due_flight(w, timeout, FED_DUE_TIMEOUT, f, (lf_view){ NULL, 0 });
    if (!passes(w, n->id, to->id)) {
        w->r->lost++;
        if (lf_sim_one_in(w->sim, 3)) /* "no route" rather than silence */
            result(w, f, latency(w), LF_AWAY, "no route to the server", NULL);
        return;
    }
    {
        struct lf_http_request rq = c.request;
        struct lf_buf b;
        lf_view path;

        if (lf_http_path(&w->scratch, rq.path, &path, &e) != LF_OK || !lf_view_eq(path, rq.path))
            fed_broke(w, "node %u called the path %.*s, which no front passes on", n->id, LF_FMT(rq.path));
        f->request = ++to->next_request;
        rq.id = f->request;
        rq.door = LF_DOOR_PEER;
        rq.remote = lf_view_of(n->name);
        rq.has_pin = c.client_cert;
        memcpy(rq.peer_pin, n->pin, sizeof rq.peer_pin);
        lf_buf_init(&b, MESSAGE);
        lf_http_pack_request(&b, &rq);
        LF_ASSERT(!b.over);
        due_flight(w, latency(w), FED_DUE_ARRIVE, f, lf_buf_view(&b));
        lf_buf_clear(&b);
    }
}

static void leave(struct fed *w, struct fed_flight *f)
{
    f->live = false;
    due_flight(w, latency(w), FED_DUE_GONE, f, (lf_view){ NULL, 0 });
}

/* The relay of a node went: nobody waits for its calls any more. */
static void calls_go(struct fed_node *n)
{
    for (struct fed_flight *f = n->w->flights; f; f = f->next)
        if (f->live && f->from == n->id)
            leave(n->w, f);
}

/* The front of a node went: callers see their connections reset, if they can. */
static void requests_go(struct fed_node *n)
{
    struct fed *w = n->w;

    for (struct fed_flight *f = w->flights; f; f = f->next)
        if (f->there && f->to == n->id) {
            f->there = false;
            if (f->live && passes(w, f->to, f->from))
                result(w, f, latency(w), LF_AWAY, "connection reset", NULL);
        }
    for (struct fed_ask **at = &w->asks; *at;) {
        struct fed_ask *a = *at;

        if (a->node != n->id) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        w->r->unknown++; /* it may have been done, or not: nobody was told */
        free(a);
    }
}

/* ---- a node's neighbours ------------------------------------------------------ */

static void dead(struct fed_node *n, const char *why);

static void round_due(struct fed_node *n, lf_time at)
{
    struct fed *w = n->w;
    lf_time now = lf_sim_tick(w->sim);

    if (at < now)
        at = now;
    if (n->round_at && n->round_at <= at)
        return;
    n->round_at = at;
    fed_due(w, at - now, FED_DUE_ROUND, n->id, (lf_view){ NULL, 0 })->n = ++n->round_turn;
}

/* A core was let do something: is its disk still there, and when does it go on? */
static void after(struct fed_node *n, bool a_round)
{
    struct fed *w = n->w;

    if (!n->core)
        return;
    if (lf_simdisk_crashed(n->disk)) {
        w->r->at_write++;
        dead(n, "at a write");
        return;
    }
    if (a_round)
        round_due(n, lf_core_next(n->core));
    else
        round_due(n, lf_sim_tick(w->sim) + below(w, 3 * LF_MSEC));
}

static void to_core(struct fed_node *n, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct fed *w = n->w;

    if (!n->core)
        return;
    if (!lf_messages_ok(from, LF_WORKER_CORE, type, payload.len))
        fed_broke(w, "%s of node %u sent %s of %zu bytes, which may not pass", lf_worker_name(from), n->id,
                  lf_messages_name(type), payload.len);
    w->busy = true;
    lf_core_message(n->core, from, type, payload);
    w->busy = false;
    after(n, false);
}

static uint64_t u64_of(lf_view v)
{
    uint64_t n = 0;

    for (size_t i = 0; i < v.len; i++)
        n = n << 8 | (unsigned char)v.ptr[i];
    return n;
}

lf_view fed_u64(uint64_t n, char out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (char)(n >> (56 - 8 * i));
    return (lf_view){ out, 8 };
}

/* What the dns worker would do: the same set of names, by the same messages. */
static void zone(struct fed_node *n, bool full, lf_view payload)
{
    struct fed *w = n->w;
    struct lf_zone_message m;
    struct lf_err e = { 0 };
    enum lf_zone_op op;
    lf_view name;

    if (lf_zone_message_read(payload, &m, &e) != LF_OK) {
        fed_broke(w, "node %u: its dns worker cannot read a zone message: %s", n->id, e.text);
        return;
    }
    if (full && m.first) {
        lf_map_clear(&n->zone);
        lf_map_init(&n->zone, 1);
        lf_arena_clear(&n->zone_text);
    } else if (m.first && (!n->zone_known || n->zone_partly || m.from != n->serial)) {
        fed_broke(w, "node %u: a zone change leads from %u, its dns worker is at %u", n->id, m.from,
                  n->serial);
        return;
    }
    while (lf_zone_message_next(&m, &op, &name)) {
        if (op == LF_ZONE_ADD)
            lf_map_set(&n->zone, lf_arena_copy(&n->zone_text, name), 1);
        else
            (void)lf_map_del(&n->zone, name);
    }
    n->zone_partly = !m.last;
    if (m.last) {
        n->zone_known = true;
        n->serial = m.to;
    }
}

static void zone_gone(struct fed_node *n)
{
    lf_map_clear(&n->zone);
    lf_map_init(&n->zone, 1);
    lf_arena_clear(&n->zone_text);
    n->zone_known = n->zone_partly = false;
    n->serial = 0;
}

static void response(struct fed_node *n, lf_view payload)
{
    struct fed *w = n->w;
    struct lf_http_response rs;
    struct lf_err e = { 0 };
    struct fed_flight *f;

    if (lf_http_unpack_response(payload, &rs, &e) != LF_OK) {
        fed_broke(w, "node %u gave an answer the front cannot read: %s", n->id, e.text);
        return;
    }
    for (struct fed_ask **at = &w->asks; *at; at = &(*at)->next)
        if ((*at)->node == n->id && (*at)->request == rs.id) {
            struct fed_ask *a = *at;

            *at = a->next;
            fed_answered(w, a, rs.status, rs.body);
            free(a);
            return;
        }
    f = flight_of(n, rs.id);
    if (!f)
        return; /* it has left */
    f->there = false;
    if (!passes(w, n->id, f->from)) {
        w->r->lost++;
        return;
    }
    result(w, f, latency(w), LF_OK, "", &rs);
}

/* All a core says comes here.  Once its disk has crashed nothing leaves: the
 * machine is dead, it just does not know it yet. */
static void said(void *ctx, enum lf_worker_id to, unsigned type, lf_view payload)
{
    struct fed_node *n = ctx;
    struct fed *w = n->w;

    if (lf_simdisk_crashed(n->disk))
        return;
    if (!lf_messages_ok(LF_WORKER_CORE, to, type, payload.len))
        fed_broke(w, "the core of node %u sent %s of %zu bytes to %s, which may not pass", n->id,
                  lf_messages_name(type), payload.len, lf_worker_name(to));
    switch (type) {
    case LF_MSG_HTTP_RESPONSE:
        response(n, payload);
        break;
    case LF_MSG_CALL:
        call(n, payload);
        break;
    case LF_MSG_CALL_CANCEL:
        for (struct fed_flight *f = w->flights; f; f = f->next)
            if (f->live && f->from == n->id && f->call == u64_of(payload)) {
                leave(w, f);
                break;
            }
        break;
    case LF_MSG_FINDING_KEPT:
    case LF_MSG_CHECKPOINT: {
        struct fed_happening *h = fed_due(w, LF_MSEC, FED_DUE_TO_INTAKE, n->id, payload);

        h->type = type;
        break;
    }
    case LF_MSG_ZONE_FULL:
    case LF_MSG_ZONE_DELTA:
        zone(n, type == LF_MSG_ZONE_FULL, payload);
        break;
    default:
        break;
    }
}

/* ---- life and death ------------------------------------------------------------- */

static void connect(struct fed_node *n)
{
    static const enum lf_worker_id order[] = { LF_WORKER_FRONT, LF_WORKER_RELAY, LF_WORKER_DNS,
                                               LF_WORKER_INTAKE };

    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        lf_core_neighbour(n->core, order[i], true);
}

void fed_start_in(struct fed_node *n, lf_time in)
{
    fed_due(n->w, in, FED_DUE_START, n->id, (lf_view){ NULL, 0 });
}

/* The core is no more.  The flights it made go with it; its dns worker and intake
 * may outlive it (a worker's death) or not (the machine's). */
static void dead(struct fed_node *n, const char *why)
{
    struct fed *w = n->w;
    struct lf_core *core = n->core;

    fed_say(w, "node %u dies %s", n->id, why);
    w->r->crashes++;
    if (!lf_simdisk_crashed(n->disk))
        lf_simdisk_crash(n->disk);
    n->core = NULL;
    lf_core_destroy(core);
    lf_simdisk_revive(n->disk);
    if (w->o.forgetful && lf_sim_one_in(w->sim, 4)) {
        lf_simdisk_destroy(n->disk);
        n->disk = lf_simdisk_create(lf_sim_bits(w->sim), &n->env);
    }
    calls_go(n);
    requests_go(n);
    n->life++;
    n->round_at = 0;
    n->intake_ready = n->intake_due = false;
    n->nout = 0;
    if (lf_sim_one_in(w->sim, 2))
        zone_gone(n);
    fed_start_in(n, lf_sim_one_in(w->sim, 4) ? below(w, 10 * LF_MINUTE) : below(w, 5 * LF_SECOND));
}

void fed_crash(struct fed_node *n, const char *why)
{
    if (n->core)
        dead(n, why);
}

void fed_start(struct fed_node *n)
{
    struct fed *w = n->w;
    struct lf_core_options o = {
        .env = &n->env,
        .vfs = lf_simdisk_vfs(n->disk),
        .housekeeping = 60 * LF_SECOND,
        .send = said,
        .ctx = n,
    };
    static const char *const tiers[] = { "provider", "sector", "nation" };
    struct lf_err e = { 0 };
    struct lf_buf b;
    enum lf_code rc;

    if (n->core)
        return;
    lf_buf_init(&b, 4096);
    lf_arena_reset(&w->scratch);
    lf_buf_printf(&b,
                  "{\"database\":\"node.db\",\"name\":\"%s\",\"tier\":\"%s\",\"zone\":\"rpz.lianfang\","
                  "\"peer_url\":\"%s\",\"peer_pin\":\"%.*s\"}",
                  n->name, tiers[n->tier], n->url, LF_FMT(lf_hex(&w->scratch, n->pin, sizeof n->pin)));
    o.boot = lf_buf_view(&b);
    n->life++;
    rc = lf_core_create(&o, &n->core, &e);
    lf_buf_clear(&b);
    if (lf_simdisk_crashed(n->disk)) {
        w->r->crashes++;
        w->r->at_write++;
        fed_say(w, "node %u dies at a write of its start", n->id);
        if (rc == LF_OK)
            lf_core_destroy(n->core);
        n->core = NULL;
        lf_simdisk_revive(n->disk);
        fed_start_in(n, below(w, 5 * LF_SECOND));
        return;
    }
    if (rc == LF_FULL) {
        n->core = NULL;
        fed_start_in(n, 5 * LF_SECOND);
        return;
    }
    if (rc != LF_OK) {
        n->core = NULL;
        fed_broke(w, "node %u does not start: %s", n->id, e.text);
        return;
    }
    fed_say(w, "node %u is up", n->id);
    connect(n);
    after(n, false);
}

void fed_worker_restart(struct fed_node *n, enum lf_worker_id id)
{
    struct fed *w = n->w;

    if (!n->core)
        return;
    fed_say(w, "node %u: its %s is started again", n->id, lf_worker_name(id));
    w->r->restarts++;
    if (id == LF_WORKER_RELAY)
        calls_go(n);
    if (id == LF_WORKER_FRONT)
        requests_go(n);
    if (id == LF_WORKER_DNS)
        zone_gone(n);
    if (id == LF_WORKER_INTAKE) {
        n->intake_ready = n->intake_due = false;
        n->intake_life++;
        n->nout = 0;
    }
    lf_core_neighbour(n->core, id, false);
    lf_core_neighbour(n->core, id, true);
    after(n, false);
}

void fed_ask_of(struct fed_node *n, enum fed_act act, const char *method, lf_view path, lf_view body,
                const char *subject, unsigned child)
{
    struct fed *w = n->w;
    struct lf_http_request rq = { .id = ++n->next_request,
                                  .door = LF_DOOR_LOCAL,
                                  .method = lf_view_of(method),
                                  .path = path,
                                  .body = body,
                                  .remote = LF_V("local") };
    struct fed_ask *a;
    struct lf_buf b;

    if (!n->core)
        return;
    a = calloc(1, sizeof *a);
    LF_ASSERT(a);
    *a = (struct fed_ask){ .next = w->asks, .node = n->id, .request = rq.id, .act = act, .child = child };
    (void)snprintf(a->subject, sizeof a->subject, "%s", subject ? subject : "");
    w->asks = a;
    lf_buf_init(&b, 1 << 20);
    lf_http_pack_request(&b, &rq);
    to_core(n, LF_WORKER_FRONT, LF_MSG_HTTP_REQUEST, lf_buf_view(&b));
    lf_buf_clear(&b);
}

bool fed_look(struct fed_node *n, enum lf_code (*run)(void *ctx, struct lf_task *t, struct lf_err *e),
              void *ctx)
{
    struct lf_err e = { 0 };

    if (!n->core)
        return false;
    lf_arena_reset(&n->w->scratch);
    return lf_core_task(n->core, &n->w->scratch, run, ctx, &e) == LF_OK && !lf_simdisk_crashed(n->disk);
}

/* ---- time goes on ----------------------------------------------------------------- */

static void arrive(struct fed_node *n, struct fed_flight *f, lf_view packed)
{
    struct fed *w = n->w;

    if (!passes(w, f->from, f->to)) {
        w->r->lost++;
        return;
    }
    if (!n->core) {
        if (f->live)
            result(w, f, latency(w), LF_AWAY, "connection refused", NULL);
        return;
    }
    f->there = true;
    f->to_life = n->life;
    to_core(n, LF_WORKER_FRONT, LF_MSG_HTTP_REQUEST, packed);
}

static void act(struct fed_happening *h)
{
    struct fed *w = h->w;
    struct fed_node *n = &w->node[h->node];
    struct fed_flight *f = h->flight;
    lf_view bytes = { h->bytes, h->size };
    bool same = h->life == n->life;
    char raw[8];

    switch (h->what) {
    case FED_DUE_ROUND:
        if (!same || h->n != n->round_turn || !n->core)
            return;
        n->round_at = 0;
        w->busy = true;
        lf_core_round(n->core);
        w->busy = false;
        after(n, true);
        break;
    case FED_DUE_TO_CORE:
        if (same && h->intake_life == n->intake_life)
            to_core(n, (enum lf_worker_id)h->from, h->type, bytes);
        break;
    case FED_DUE_TO_INTAKE:
        if (!same || h->intake_life != n->intake_life)
            return;
        if (h->type == LF_MSG_CHECKPOINT)
            fed_intake_resume(n, u64_of(lf_view_first(bytes, 8)));
        else
            fed_intake_kept(n, u64_of(bytes));
        break;
    case FED_DUE_INTAKE:
        if (same && n->intake_due)
            fed_intake_send(n);
        break;
    case FED_DUE_CONFIRM:
        if (same)
            fed_intake_send_again(n);
        break;
    case FED_DUE_ARRIVE:
        arrive(n, f, bytes);
        break;
    case FED_DUE_RETURN:
    case FED_DUE_TIMEOUT:
        if (!f->live || f->from_life != n->life)
            return;
        if (h->what == FED_DUE_RETURN) {
            if (!passes(w, f->to, f->from)) {
                w->r->lost++;
                return;
            }
            f->live = false;
            to_core(n, LF_WORKER_RELAY, LF_MSG_CALL_RESULT, bytes);
            return;
        }
        leave(w, f);
        {
            struct lf_call_result r = { .id = f->call, .code = LF_AWAY, .why = LF_V("no answer in time") };
            struct lf_buf b;

            lf_buf_init(&b, 4096);
            lf_call_result_pack(&b, &r);
            to_core(n, LF_WORKER_RELAY, LF_MSG_CALL_RESULT, lf_buf_view(&b));
            lf_buf_clear(&b);
        }
        break;
    case FED_DUE_GONE:
        if (f->there && f->to_life == n->life && passes(w, f->from, f->to)) {
            f->there = false;
            to_core(n, LF_WORKER_FRONT, LF_MSG_HTTP_GONE, fed_u64(f->request, raw));
        }
        break;
    case FED_DUE_START:
        if (!n->core)
            fed_start(n);
        break;
    case FED_DUE_SECOND: {
        struct fed_finding x = n->findings[h->n];

        x.second = true;
        fed_intake_add(n, x);
        break;
    }
    case FED_DUE_CARRY: {
        char body[2048];

        (void)snprintf(body, sizeof body, "{\"token\":\"%.*s\"}", LF_FMT(bytes));
        fed_ask_of(n, FED_JOIN, "POST", LF_V("/api/v1/parent"), lf_view_of(body), NULL, 0);
        break;
    }
    }
}

static void happen(void *ctx, void *arg)
{
    struct fed *w = ctx;
    struct fed_happening *h = arg;

    if (lf_sim_tick(w->sim) < w->asleep_until) {
        lf_sim_at(w->sim, w->asleep_until, happen, w, h);
        return;
    }
    w->r->happenings++;
    act(h);
    forget(h);
}

void fed_let(struct fed *w, lf_time span)
{
    lf_time until = lf_sim_tick(w->sim) + span;

    while (!w->over && lf_sim_step(w->sim, until))
        ;
}

/* ---- the whole --------------------------------------------------------------------- */

/* A nation, sectors below it, providers below those: two sectors for seven nodes. */
static void place(struct fed *w, struct fed_node *n)
{
    unsigned sectors = w->n < 3 ? 0 : w->n < 5 ? 1 : (w->n + 1) / 4;

    if (n->id == 0) {
        n->parent = -1;
        n->tier = FED_NATION;
    } else if (n->id <= sectors) {
        n->parent = 0;
        n->tier = FED_SECTOR;
    } else {
        n->parent = sectors ? 1 + (int)((n->id - 1 - sectors) % sectors) : 0;
        n->tier = FED_PROVIDER;
    }
}

static void make(struct fed *w, struct fed_node *n, unsigned id)
{
    static const char *const words[] = { "provider", "sector", "nation" };

    *n = (struct fed_node){ .w = w, .id = id };
    place(w, n);
    (void)snprintf(n->name, sizeof n->name, "%s-%u", words[n->tier], id);
    (void)snprintf(n->url, sizeof n->url, "https://node-%u:9443", id);
    lf_sha256(lf_view_of(n->url), n->pin);
    n->view = (struct lf_sim_view){ .sim = w->sim, .stream = (uint64_t)(id + 1) << 40 };
    n->view.skew = below(w, 4 * LF_SECOND) - 2 * LF_SECOND;
    if (lf_sim_one_in(w->sim, 12)) /* a badly set clock */
        n->view.skew = below(w, 20 * LF_MINUTE) - 10 * LF_MINUTE;
    n->log = (struct lf_log){ .fd = w->o.verbose ? 2 : -1, .least = LF_LOG_INFO, .worker = n->name };
    lf_sim_env(&n->view, &n->log, &n->env);
    n->disk = lf_simdisk_create(lf_sim_bits(w->sim), &n->env);
    lf_map_init(&n->zone, 1);
}

static void unmake(struct fed_node *n)
{
    lf_core_destroy(n->core);
    lf_simdisk_destroy(n->disk);
    lf_map_clear(&n->zone);
    lf_arena_clear(&n->zone_text);
    free(n->findings);
}

/* Faults are over: everything is mended and started. */
void fed_mend(struct fed *w)
{
    w->faults = false;
    w->apart = NULL;
    for (unsigned i = 0; i < w->n; i++) {
        struct fed_node *n = &w->node[i];

        n->cut_in = n->cut_out = n->room_at = 0;
        lf_simdisk_limit(n->disk, 0);
        lf_simdisk_crash_at(n->disk, 0);
        fed_start(n);
    }
}

void fed_open(struct fed *w, const struct lf_federation_options *o, struct lf_federation_result *out,
              lf_time wall)
{
    *out = (struct lf_federation_result){ 0 };
    *w = (struct fed){ .o = *o, .r = out, .n = o->nodes, .faults = true };
    w->sim = lf_sim_create(o->seed, wall);
    w->node = calloc(w->n, sizeof *w->node);
    LF_ASSERT(w->node);
    for (unsigned i = 0; i < w->n; i++)
        make(w, &w->node[i], i);
}

void fed_close(struct fed *w)
{
    for (struct fed_happening *h = w->happenings, *next; h; h = next) {
        next = h->next;
        forget(h);
    }
    while (w->asks) {
        struct fed_ask *a = w->asks;

        w->asks = a->next;
        free(a);
    }
    for (unsigned i = 0; i < w->n; i++)
        unmake(&w->node[i]);
    free(w->node);
    free(w->told);
    free(w->domain);
    lf_arena_clear(&w->scratch);
    lf_sim_destroy(w->sim);
}

void lf_federation_run(const struct lf_federation_options *o, struct lf_federation_result *out)
{
    static const lf_time patience[] = { 2 * LF_MINUTE, 3 * LF_MINUTE, 10 * LF_MINUTE, 45 * LF_MINUTE };
    struct fed w;

    fed_open(&w, o, out, FED_BEGINNING);
    fed_live(&w);
    if (!w.over)
        fed_mend(&w);
    for (size_t i = 0; i < sizeof patience / sizeof *patience && !w.over; i++) {
        lf_time until = lf_sim_tick(w.sim) + patience[i];

        while (!w.over && lf_sim_tick(w.sim) < until) {
            fed_operators(&w);
            fed_let(&w, fed_settled(&w) ? 30 * LF_SECOND : 5 * LF_SECOND);
        }
        if (w.over)
            break;
        out->broken[0] = 0;
        if (fed_check_all(&w))
            out->ok = true;
        if (out->ok || i + 1 == sizeof patience / sizeof *patience)
            break;
        fed_say(&w, "not yet: %s", out->broken);
        w.over = false;
        out->broken[0] = 0;
    }
    fed_close(&w);
}
