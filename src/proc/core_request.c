/* Requests of the front: answered in the round they came in, or kept until there is news of what they
 * wait for. */
#include "proc/core_priv.h"

#include <stdlib.h>

#include "http/call.h"
#include "http/message.h"

enum { WAITER_BYTES = 4 << 10 }; /* of a waiting request: headers only, no body */

void lf_core_answer(struct lf_core *c, struct lf_http_response *rs)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_CALL_BODY + (1 << 20));
    lf_http_pack_response(&b, rs);
    if (b.over) {
        struct lf_http_response short_one = { .id = rs->id, .status = 500 };

        lf_buf_reset(&b);
        lf_http_pack_response(&b, &short_one);
    }
    lf_core_hold(c, LF_WORKER_FRONT, LF_MSG_HTTP_RESPONSE, lf_buf_view(&b));
    lf_buf_clear(&b);
}

void lf_core_problem(struct lf_http_response *rs, const struct lf_err *why)
{
    static const struct {
        enum lf_code code;
        int status;
        const char *body;
    } said[] = {
        { LF_FULL, 507,
          "{\"type\":\"about:blank\",\"title\":\"Insufficient "
          "Storage\",\"status\":507,\"code\":\"full\",\"detail\":"
          "\"Nothing of this request was kept: the node has no room left. Try again when its operator made "
          "room.\"}" },
        /* A database on another machine that fell silent in the commit. */
        { LF_AWAY, 503,
          "{\"type\":\"about:blank\",\"title\":\"Service "
          "Unavailable\",\"status\":503,\"code\":\"away\",\"detail\":"
          "\"The database does not answer: look whether the request was kept before sending it again.\"}" },
        { LF_IO, 500,
          "{\"type\":\"about:blank\",\"title\":\"Internal Server "
          "Error\",\"status\":500,\"code\":\"io\",\"detail\":"
          "\"Nothing of this request was kept: the node could not write. Try again later.\"}" },
    };
    size_t i = 0;

    while (i + 1 < sizeof said / sizeof *said && said[i].code != why->code)
        i++;
    *rs =
        (struct lf_http_response){ .id = rs->id, .status = said[i].status, .body = lf_view_of(said[i].body) };
    lf_http_add(rs, "Content-Type", LF_V("application/problem+json"));
    lf_http_add(rs, "Retry-After", LF_V("5"));
}

struct asking {
    struct lf_http_request *rq;
    struct lf_http_response *rs;
    bool *answered; /* the handler failed and has said so in *rs */
};

static enum lf_code run_request(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct asking *a = arg;
    enum lf_code rc = lf_web_handle(c->web, t, a->rq, a->rs, e);

    *a->answered = rc != LF_OK;
    return rc;
}

static void forget_waiter(struct lf_core *c, struct lf_waiter **at)
{
    struct lf_waiter *w = *at;

    *at = w->next;
    c->nwaiters--;
    free(w);
}

void lf_core_request(struct lf_core *c, lf_view packed, lf_time until)
{
    struct lf_http_request rq;
    struct lf_http_response rs = { .wait_until = until };
    bool answered = false;
    struct asking a = { &rq, &rs, &answered };
    struct lf_err e = { 0 };

    if (lf_http_unpack_request(packed, &rq, &e) != LF_OK) {
        /* The front is our own; one that sends rubbish has been taken over. */
        lf_log_err(c->env->log, LF_LOG_ERROR, "LF2003", &e);
        return;
    }
    if (lf_core_serve(c, run_request, &a, &e) != LF_OK) {
        if (e.code == LF_IO || e.code == LF_FULL)
            lf_log_err(c->env->log, LF_LOG_ERROR, "LF2002", &e);
        if (!answered) /* it succeeded, what came after it did not */
            lf_core_problem(&rs, &e);
    }
    rs.id = rq.id;
    if (rs.wait_until) {
        if (packed.len <= WAITER_BYTES && c->nwaiters < LF_CORE_WAITERS) {
            struct lf_waiter *w = malloc(sizeof *w + packed.len);

            if (!w)
                LF_BUG("out of memory for a waiting request");
            *w = (struct lf_waiter){
                c->waiters, rq.id, rs.wait_until, rs.wait_search, rs.wait_for, packed.len
            };
            memcpy(w->packed, packed.ptr, packed.len);
            c->waiters = w;
            c->nwaiters++;
            if (w->until < c->wait_at)
                c->wait_at = w->until;
        } else {
            /* No room to wait in: answered at once, as a server without "wait" would. */
            lf_core_request(c, packed, 1);
        }
        return;
    }
    lf_buf_put(&c->asked, (lf_view){ (const char *)&rq.id, sizeof rq.id });
    lf_core_answer(c, &rs);
}

static bool has_news(const struct lf_waiter *w, enum lf_core_wake what, const struct lf_changed *changed)
{
    if (w->search)
        return what == LF_CORE_WAKE_SEARCH;
    return what == LF_CORE_WAKE_COLLECTION && (!w->mark || lf_changed_has(changed, w->mark));
}

void lf_core_wake(struct lf_core *c, enum lf_core_wake what)
{
    struct lf_waiter *list = c->waiters, *next;
    const struct lf_changed changed = c->changed;
    lf_time now = lf_tick(c->env);

    if (what == LF_CORE_WAKE_COLLECTION)
        c->changed = (struct lf_changed){ 0 };
    c->waiters = NULL;
    c->nwaiters = 0;
    c->wait_at = LF_TIME_MAX;
    for (struct lf_waiter *w = list; w; w = next) {
        next = w->next;
        if (w->until > now && !has_news(w, what, &changed)) {
            w->next = c->waiters;
            c->waiters = w;
            c->nwaiters++;
            if (w->until < c->wait_at)
                c->wait_at = w->until;
            continue;
        }
        lf_core_request(c, (lf_view){ w->packed, w->size }, w->until);
        lf_arena_reset(&c->arena);
        free(w);
    }
}

void lf_core_gone(struct lf_core *c, uint64_t id)
{
    lf_web_gone(c->web, id);
    for (struct lf_waiter **at = &c->waiters; *at; at = &(*at)->next)
        if ((*at)->id == id) {
            forget_waiter(c, at);
            return;
        }
}

void lf_core_forget_waiters(struct lf_core *c)
{
    while (c->waiters)
        forget_waiter(c, &c->waiters);
}
