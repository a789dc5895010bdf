/* Core: the deterministic heart of a node.
 *
 * Messages, clock, chance and storage go in; messages come out through `send`.
 * Nothing else: no descriptor, no thread, no kernel call.  So `lianfang serve`
 * runs one behind channels (proc/core_worker.c) and `lianfang simulate` runs many
 * in one process.
 *
 *   message()  serves one message in a savepoint of the round's transaction; what
 *              it has to say is kept back
 *   round()    commits once for all of them (group commit), then lets out what was
 *              kept back, then does what the changes call for: wakes waiting polls,
 *              sends the zone's changes, pushes to the parent
 *
 * If the commit fails nothing was kept: every request of the round is answered
 * with that error, and everything else that was to be said is dropped; senders
 * that were not told it was kept send again.
 *
 * Boot settings (JSON, from proc/node.c): database, name, tier, zone, peer_url,
 * peer_pin (hex), first_password (make the first administrator if there is
 * none), quiet_after_s, seed {password, token, collections {rw, ro, wo, none}} (throwaway). */
#ifndef LF_PROC_CORE_H
#define LF_PROC_CORE_H

#include "base/err.h"
#include "base/view.h"
#include "proc/messages.h"
#include "sys/env.h"

struct lf_core;

struct lf_core_options {
    const struct lf_env *env;
    lf_view boot;
    const char *vfs;      /* the simulation's disk; NULL = the system's */
    lf_time housekeeping; /* between looks for what expired; 0 = one second */
    /* Called only from round().  The payload is valid during the call. */
    void (*send)(void *ctx, enum lf_worker_id to, unsigned type, lf_view payload);
    /* Whether so much waits for it that what can wait does; NULL: never. */
    bool (*full)(void *ctx, enum lf_worker_id to);
    void *ctx;
};

enum lf_code lf_core_create(const struct lf_core_options *o, struct lf_core **out, struct lf_err *e) LF_MUST;
void lf_core_destroy(struct lf_core *c);

void lf_core_message(struct lf_core *c, enum lf_worker_id from, unsigned type, lf_view payload);
void lf_core_round(struct lf_core *c);
/* The monotonic tick at which round() wants to be called although no message came. */
lf_time lf_core_next(const struct lf_core *c);
/* SIGHUP: settings as at the start; what can change while it runs does (quiet_after_s). */
void lf_core_settings(struct lf_core *c, lf_view boot);
/* The node's own rules over what members hand in, beside the delivered ones (those of the
 * same id are replaced); copied.  Where they are others than before, what is kept of the
 * members' reports is looked through anew: what fired before is not told again. */
struct lf_rule_file;
void lf_core_second_rules(struct lf_core *c, const struct lf_rule_file *files, size_t n);
struct lf_text_file;
/* The node's own rule sets of legal clocks and its regime (cert/clock_rules.h); those in force stay when they
 * are refused, with the reason. */
enum lf_code lf_core_clock_rules(struct lf_core *c, const struct lf_text_file *files, size_t n,
                                 lf_view regime, struct lf_err *e) LF_MUST;
/* Playbooks of the node's own files (cert/playbook.h), in the place of those before; refused as above. */
enum lf_code lf_core_playbooks(struct lf_core *c, const struct lf_text_file *files, size_t n,
                               struct lf_err *e) LF_MUST;
struct lf_warninglists;
/* The node's warning lists (isac/warning.h), in the place of those before; the core's from now on. */
void lf_core_warning(struct lf_core *c, struct lf_warninglists *lists);
/* Adds the core's counters to its health report. */
struct lf_json_w;
void lf_core_health(const struct lf_core *c, struct lf_json_w *json);
/* A neighbour came up: it is told what it must know (zones, tokens, checkpoint).
 * It went down: what was under way with it is forgotten. */
void lf_core_neighbour(struct lf_core *c, enum lf_worker_id id, bool up);

/* For the simulation's invariants and the tests: a task in the core's own
 * database, outside any round, in the node's own name. */
struct lf_task;
enum lf_code lf_core_task(struct lf_core *c, struct lf_arena *a,
                          enum lf_code (*run)(void *ctx, struct lf_task *t, struct lf_err *e), void *ctx,
                          struct lf_err *e) LF_MUST;

#endif
