/* Worker: the part that is the same in every worker: control channel, neighbours,
 * loop, handed sockets and keys, cage, health.
 *
 * Order of a worker's life: BOOT, KEY*, SOCKET*, CHANNEL* arrive → start() →
 * cage → READY → messages.  What start() opens is opened before the cage; the
 * trees of the cage (given to the parent) may be opened later too. */
#ifndef LF_PROC_WORKER_H
#define LF_PROC_WORKER_H

#include "base/arena.h"
#include "base/log.h"
#include "proc/messages.h"
#include "sys/cage.h"
#include "sys/env.h"
#include "sys/loop.h"

struct lf_json_w;
struct lf_worker;

struct lf_worker_spec {
    const char *name;
    /* Once, with boot, keys and sockets at hand.  Failing ends the worker: the
     * sentence goes to the parent, which ends the node if it was starting. */
    enum lf_code (*start)(struct lf_worker *w, struct lf_err *e);
    /* A message that the table allows; `payload` is valid during the call. */
    void (*message)(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload);
    /* The rest may be NULL. */
    void (*round_end)(struct lf_worker *w);                /* after all that was waiting was handled */
    void (*reload)(struct lf_worker *w, lf_view settings); /* SIGHUP; empty: as before */
    void (*stop)(struct lf_worker *w); /* be quick and keep what must be kept; then ends */
    void (*neighbour)(struct lf_worker *w, enum lf_worker_id id, bool up);
    void (*drained)(struct lf_worker *w, enum lf_worker_id to);  /* lf_worker_full() became false */
    void (*health)(struct lf_worker *w, struct lf_json_w *json); /* add counters, each second */
};

struct lf_worker {
    const struct lf_worker_spec *spec;
    enum lf_worker_id id;
    struct lf_loop *loop;
    struct lf_env env;
    struct lf_log log;
    struct lf_arena arena; /* lives as long as the worker: boot, keys, names */
    lf_view boot;          /* the worker's own settings, as the parent's caller gave them */
    struct lf_cage_status cage;
    void *state; /* the worker's own */
    struct lf_worker_priv *priv;
};

/* `lianfang worker <name>`; the exit status. */
int lf_worker_main(const char *name);
/* The same with a specification of the caller's: for tests. */
int lf_worker_serve(enum lf_worker_id id, const struct lf_worker_spec *spec);

/* Queues a message.  LF_AWAY when that neighbour is down (its messages are lost:
 * `neighbour` told so), LF_FULL at the hard limit. */
enum lf_code lf_worker_send(struct lf_worker *w, enum lf_worker_id to, unsigned type, lf_view payload,
                            struct lf_err *e) LF_MUST;
bool lf_worker_up(const struct lf_worker *w, enum lf_worker_id id);
/* Stop taking in work for that neighbour until drained(). */
bool lf_worker_full(const struct lf_worker *w, enum lf_worker_id to);
/* Stops and resumes taking messages from a neighbour. */
void lf_worker_pause(struct lf_worker *w, enum lf_worker_id from, bool paused);
/* A handed listening socket, -1 if there is none of that name.  TCP and UDP on
 * one port come as "<name>.tcp" and "<name>.udp". */
int lf_worker_socket(const struct lf_worker *w, const char *name);
/* Secret bytes; ptr NULL if there are none of that name. */
lf_view lf_worker_key(const struct lf_worker *w, const char *name);
/* Ends this worker's loop; the parent starts it again unless it is stopping. */
void lf_worker_fail(struct lf_worker *w, const struct lf_err *why);

extern const struct lf_worker_spec lf_front_worker, lf_core_worker, lf_intake_worker, lf_relay_worker,
    lf_dns_worker, lf_search_worker;

#endif
