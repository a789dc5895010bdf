#include "proc/core.h"

#include <stdlib.h>

#include "bus/channel.h"
#include "cert/clock_rules.h"
#include "cert/incident.h"
#include "cert/playbook.h"
#include "engine/warninglist.h"
#include "fmt/json.h"
#include "http/call.h"
#include "http/message.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/ids.h"
#include "isac/link.h"
#include "isac/object_search.h"
#include "model/finding.h"
#include "proc/core_priv.h"
#include "sys/file.h"
#include "web/web.h"

/* What one round holds back is bounded: past it the round ends early and commits. */
enum {
    ROUND_MESSAGES = 512,
    ROUND_BYTES = 16 << 20,
    TICK = 1000000,          /* housekeeping, microseconds */
    REST = TICK,             /* after a failed commit */
    TELL_AGAIN = TICK / 200, /* until the intake has taken what it was told */
    INDEX_REST = 3 * TICK,
    INDEX_LATE = 30 * TICK,
};

/* ---- what a round has to say ------------------------------------------------- */

struct held { /* precedes each payload in `held` */
    uint32_t size;
    uint16_t type;
    uint16_t to;
};

void lf_core_hold(struct lf_core *c, enum lf_worker_id to, unsigned type, lf_view payload)
{
    struct held h = { (uint32_t)payload.len, (uint16_t)type, (uint16_t)to };

    if (!c->up[to])
        return; /* a restarted neighbour is told what it must know, in neighbour() */
    lf_buf_put(&c->held, (lf_view){ (const char *)&h, sizeof h });
    lf_buf_put(&c->held, payload);
    if (c->held.over)
        LF_BUG("a round had more than %zu bytes to say", c->held.max);
}

static void let_out(struct lf_core *c)
{
    for (size_t at = 0; at < c->held.len;) {
        struct held h;

        memcpy(&h, c->held.ptr + at, sizeof h);
        at += sizeof h;
        c->o.send(c->o.ctx, (enum lf_worker_id)h.to, h.type, (lf_view){ c->held.ptr + at, h.size });
        at += h.size;
    }
    lf_buf_reset(&c->held);
    lf_buf_reset(&c->asked);
}

/* A finding was not kept: the intake is asked to begin again, a little later. */
static void miss(struct lf_core *c)
{
    c->missed = true;
    c->checkpoint_at = lf_tick(c->env) + TICK;
}

/* The intake is to be told the whole list, a page a round. */
static void tell_all_indicators(struct lf_core *c)
{
    c->telling = c->up[LF_WORKER_INTAKE];
    c->told = (struct lf_indicator_place){ { "", 0 }, { "", 0 }, false };
}

/* The list goes as fast as it is taken: what is told beyond what the channel holds would be lost, and what
 * goes live meanwhile has to find room beside it. */
static bool may_tell(const struct lf_core *c)
{
    return c->telling && !(c->o.full && c->o.full(c->o.ctx, LF_WORKER_INTAKE));
}

/* The commit failed: nothing of this round is so.  Requests are answered with why;
 * the rest is dropped and comes again from whoever was not told it was kept. */
static void take_back(struct lf_core *c, const struct lf_err *why)
{
    lf_log_err(c->env->log, LF_LOG_ERROR, "LF2001", why);
    for (size_t at = 0; at < c->held.len;) {
        struct held h;

        memcpy(&h, c->held.ptr + at, sizeof h);
        at += sizeof h + h.size;
        if (h.type == LF_MSG_CHECKPOINT) {
            c->deaf--;
            miss(c);
        }
    }
    lf_buf_reset(&c->held);
    for (size_t at = 0; at + sizeof(uint64_t) <= c->asked.len; at += sizeof(uint64_t)) {
        struct lf_http_response rs = { 0 };

        memcpy(&rs.id, c->asked.ptr + at, sizeof rs.id);

        lf_core_problem(&rs, why);
        lf_core_answer(c, &rs);
    }
    /* What earlier commits call for was in vain too, and is owed still. */
    c->effects = c->owed;
    if (c->owed & LF_FX_ZONE)
        c->zone_told = false;
    /* The intake may have been told of what is not so, or is owed what is: all again. */
    lf_buf_reset(&c->news);
    tell_all_indicators(c);
    c->owed = 0;
    lf_core_second_forget(c);
    c->rest_until = lf_tick(c->env) + REST;
    lf_searches_undo(c->searches);
    lf_learning_undo(c->learning);
    c->hunting = 0; /* HUNT, or what came of it, went with the rest */
    c->hunt_waits = true;
    c->asking = 0;
    c->question_waits = true;
    lf_link_forget(c->link); /* its calls start again from what the store says */
    c->link_at = c->rest_until;
    lf_feeds_forget(c->feeds);
    lf_mails_forget(c->mails);
    lf_case_imports_forget(c->cases);
    lf_web_gone(c->web, 0);
    c->feeds_at = c->cases_at = c->mail_at = c->notice_at = c->duty_at = c->rest_until;
    let_out(c);
    lf_arena_reset(&c->arena);
}

/* ---- one task ------------------------------------------------------------------ */

static struct lf_task task_of(struct lf_core *c)
{
    return (struct lf_task){
        .a = &c->arena,
        .env = c->env,
        .db = c->db,
        .self = &c->self,
        .scope = lf_node_scope(&c->self),
        .warning = c->warning,
        .news = c->up[LF_WORKER_INTAKE] ? &c->news : NULL,
        .ids = c->ids,
        .secrets = c->has_secrets ? c->secrets : NULL,
        .changed = &c->changed,
    };
}

enum lf_code lf_core_serve(struct lf_core *c, lf_core_task_fn run, const void *arg, struct lf_err *e)
{
    struct lf_task t = task_of(c);
    size_t news = c->news.len;
    enum lf_code rc;

    if (!lf_db_in_transaction(c->db))
        LF_TRY(lf_db_begin(c->db, e));
    LF_TRY(lf_db_save(c->db, e));
    rc = run(c, &t, arg, e);
    if (rc == LF_OK && (t.effects & LF_FX_ZONE)) {
        /* What intelligence wants blocked becomes blocks in the same savepoint. */
        t.scope = lf_node_scope(&c->self);
        rc = lf_core_apply_actions(c, &t, e);
    }
    if (rc != LF_OK) {
        lf_db_undo(c->db);
        c->news.len = news;
        return rc;
    }
    rc = lf_db_release(c->db, e);
    if (rc == LF_OK)
        c->effects |= t.effects;
    return rc;
}

/* ---- findings: alert, incident, intelligence -------------------------------------- */

static enum lf_code run_finding(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)c;
    return lf_core_take_finding(t, arg, e);
}

static void finding(struct lf_core *c, lf_view packed)
{
    struct lf_finding f = { 0 };
    struct lf_err e = { 0 };

    if (c->deaf || c->missed)
        return;
    if (lf_finding_unpack(packed, &f, &e) != LF_OK || lf_core_serve(c, run_finding, &f, &e) != LF_OK) {
        char text[700];

        /* It stays in the intake's journal and comes again, when it was not the
         * finding's own fault. */
        if (e.code == LF_FULL || e.code == LF_IO || e.code == LF_AWAY)
            miss(c);
        lf_log(c->env->log, LF_LOG_ERROR, "LF2004", "position=%llu text=%s", (unsigned long long)f.position,
               lf_log_text(lf_view_of(e.text), text, sizeof text));
        return;
    }
    if (!c->kept_any || f.position > c->kept)
        c->kept = f.position;
    c->kept_any = true;
}

/* ---- peers ----------------------------------------------------------------------- */

struct result {
    const struct lf_call_result *r;
};

static enum lf_code run_result(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct result *a = arg;

    if (lf_feeds_owns(a->r->id))
        return lf_feeds_result(c->feeds, t, a->r, e);
    if (lf_mails_owns(a->r->id))
        return lf_mails_result(c->mails, t, a->r, e);
    return lf_link_result(c->link, t, a->r, e);
}

static void call_result(struct lf_core *c, lf_view packed)
{
    struct lf_call_result r;
    struct lf_err e = { 0 };

    if (lf_call_result_unpack(packed, &r, &e) != LF_OK ||
        lf_core_serve(c, run_result, &(struct result){ &r }, &e) != LF_OK)
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2005", &e);
    c->link_at = c->feeds_at = c->mail_at = 0; /* it may have more to ask at once */
}

static void start_calls(struct lf_core *c, const struct lf_call *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct lf_buf b;

        lf_buf_init(&b, LF_CALL_BODY + (1 << 20));
        lf_call_pack(&b, &calls[i]);
        lf_core_hold(c, LF_WORKER_RELAY, LF_MSG_CALL, lf_buf_view(&b));
        lf_buf_clear(&b);
    }
}

static enum lf_code run_link(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct lf_call *calls;
    size_t n = 0;
    lf_time again = 0;

    (void)arg;
    LF_TRY(lf_link_next(c->link, t, &calls, &n, &again, e));
    c->link_at = again ? again : LF_TIME_MAX;
    start_calls(c, calls, n);
    return LF_OK;
}

static enum lf_code run_feeds(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct lf_call *calls;
    size_t n = 0;
    lf_time again = 0;

    (void)arg;
    if (!c->up[LF_WORKER_RELAY]) {
        c->feeds_at = LF_TIME_MAX; /* neighbour() says when it is there */
        return LF_OK;
    }
    LF_TRY(lf_feeds_next(c->feeds, t, &calls, &n, &again, e));
    c->feeds_at = again;
    start_calls(c, calls, n);
    return LF_OK;
}

static enum lf_code run_cases(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    lf_time again;

    (void)arg;
    LF_TRY(lf_case_imports_next(c->cases, t, &again, e));
    c->cases_at = again;
    return LF_OK;
}

/* Digests that are due become mail, and mail that waits goes out. */
static enum lf_code run_mail(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct lf_call *calls;
    lf_time again = 0, next = 0, now = lf_now(t->env), tick = lf_tick(t->env);
    size_t n = 0;

    (void)arg;
    if (!c->up[LF_WORKER_RELAY]) {
        c->mail_at = LF_TIME_MAX;
        return LF_OK;
    }
    LF_TRY(lf_digest_turn(t, &c->mail, &next, e));
    LF_TRY(lf_mails_next(c->mails, t, &calls, &n, &again, e));
    if (next && next < now + (again - tick))
        again = next > now ? tick + (next - now) : tick;
    c->mail_at = again;
    start_calls(c, calls, n);
    t->effects &= ~(unsigned)LF_FX_MAIL; /* what it made it has sent */
    return LF_OK;
}

/* ---- senders ---------------------------------------------------------------------- */

static enum lf_code run_senders(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const lf_view *reports = arg;

    return lf_core_take_senders(c, t, *reports, e);
}

static void senders(struct lf_core *c, lf_view reports)
{
    struct lf_err e = { 0 };

    /* What is lost here the intake tells again within a minute. */
    if (lf_core_serve(c, run_senders, &reports, &e) != LF_OK)
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2011", &e);
}

static void hunted(struct lf_core *c, lf_view packed)
{
    struct lf_err e = { 0 };

    if (lf_core_serve(c, lf_core_take_hunt, &packed, &e) != LF_OK) {
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2043", &e);
        c->hunting = 0; /* asked again with the next one */
    }
}

static void asked(struct lf_core *c, lf_view packed)
{
    struct lf_err e = { 0 };

    if (lf_core_serve(c, lf_core_take_question, &packed, &e) != LF_OK) {
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2048", &e);
        c->asking = 0; /* asked again */
    }
    c->question_waits = true;
}

static enum lf_code run_sightings(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)c;
    return lf_core_take_sightings(t, *(const lf_view *)arg, e);
}

static void sightings(struct lf_core *c, lf_view packed)
{
    struct lf_err e = { 0 };

    if (lf_core_serve(c, run_sightings, &packed, &e) != LF_OK)
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2041", &e);
}

/* ---- messages ------------------------------------------------------------------------ */

static void health(struct lf_core *c, enum lf_worker_id from, lf_view json)
{
    lf_view *kept = &c->health[from];
    char *copy = malloc(json.len + 1);

    if (!copy)
        LF_BUG("out of memory for a health report");
    memcpy(copy, json.ptr, json.len);
    free((char *)(uintptr_t)kept->ptr);
    kept->ptr = copy;
    kept->len = json.len;
}

void lf_core_message(struct lf_core *c, enum lf_worker_id from, unsigned type, lf_view payload)
{
    switch (type) {
    case LF_MSG_HTTP_REQUEST:
        lf_core_request(c, payload, 0);
        break;
    case LF_MSG_HTTP_GONE:
        if (payload.len == 8) {
            uint64_t id = 0;

            for (int i = 0; i < 8; i++)
                id = id << 8 | (uint8_t)payload.ptr[i];
            lf_core_gone(c, id);
        }
        break;
    case LF_MSG_FINDING:
        finding(c, payload);
        break;
    case LF_MSG_RULES: {
        struct lf_err e = { 0 };

        if (lf_rulebook_take(c->rules, payload, &e) != LF_OK)
            lf_log_err(c->env->log, LF_LOG_WARN, "LF2020", &e);
        break;
    }
    case LF_MSG_LEARNABLE:
    case LF_MSG_LEARN_NEWS: {
        struct lf_err e = { 0 };

        if ((type == LF_MSG_LEARNABLE ? lf_learning_material : lf_learning_news)(c->learning, payload, &e) !=
            LF_OK)
            lf_log_err(c->env->log, LF_LOG_WARN, "LF2021", &e);
        break;
    }
    case LF_MSG_SENDERS:
        senders(c, payload);
        break;
    case LF_MSG_SIGHTINGS:
        sightings(c, payload);
        break;
    case LF_MSG_HUNT_NEWS:
        hunted(c, payload);
        break;
    case LF_MSG_QUESTION_NEWS:
        asked(c, payload);
        break;
    case LF_MSG_RESUMED:
        if (c->deaf)
            c->deaf--;
        break;
    case LF_MSG_CALL_RESULT:
        call_result(c, payload);
        break;
    case LF_MSG_SEARCH_NEWS: {
        struct lf_err e = { 0 };

        if (lf_searches_news(c->searches, &c->arena, payload, lf_now(c->env), &e) != LF_OK)
            lf_log_err(c->env->log, LF_LOG_WARN, "LF2014", &e);
        c->search_news = true;
        break;
    }
    case LF_MSG_HEALTH:
        health(c, from, payload);
        break;
    default:
        LF_BUG("message %s from %s reached the core", lf_messages_name(type), lf_worker_name(from));
    }
    lf_arena_reset(&c->arena);
    /* A flood does not put the commit off for ever. */
    if (++c->served >= ROUND_MESSAGES || c->held.len >= ROUND_BYTES)
        lf_core_round(c);
}

bool lf_core_quietly(struct lf_core *c, lf_core_task_fn run, const char *code)
{
    struct lf_err e = { 0 };
    bool ok = lf_core_serve(c, run, NULL, &e) == LF_OK;

    if (!ok)
        lf_log_err(c->env->log, LF_LOG_WARN, code, &e);
    lf_arena_reset(&c->arena);
    return ok;
}

/* Commits what was served and lets it be known.  False: it was taken back. */
static bool settle(struct lf_core *c)
{
    struct lf_err e = { 0 };

    c->served = 0;
    if (c->news.len && !c->news.over)
        (void)lf_core_quietly(c, lf_core_note_hunt, "LF2043");
    if (lf_db_in_transaction(c->db) && lf_db_commit(c->db, &e) != LF_OK) {
        lf_db_rollback(c->db);
        if (c->kept_any)
            miss(c);
        c->kept_any = false;
        take_back(c, &e);
        return false;
    }
    if (c->kept_any) {
        char raw[8];

        for (int i = 0; i < 8; i++)
            raw[i] = (char)(c->kept >> (56 - 8 * i));
        lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_FINDING_KEPT, (lf_view){ raw, sizeof raw });
        c->kept_any = false;
    }
    if (c->news.over)
        tell_all_indicators(c);
    else if (c->news.len)
        lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_INDICATORS, lf_buf_view(&c->news));
    lf_buf_reset(&c->news);
    c->owed = 0;
    let_out(c);
    return true;
}

static void tell_checkpoint(struct lf_core *c)
{
    c->missed = false;
    if (!c->up[LF_WORKER_INTAKE])
        return; /* it is told when it comes */
    if (lf_core_quietly(c, lf_core_tell_checkpoint, "LF2010"))
        c->deaf++;
    else
        miss(c);
}

static enum lf_code run_housekeeping(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)c;
    (void)arg;
    return lf_core_housekeeping(t, e);
}

/* The signing key was replaced: what is signed from here on is signed with the new one. */
static enum lf_code run_identity(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)t;
    (void)arg;
    return lf_node_load_or_create(c->db, c->env, &c->life, LF_V(""), LF_V(""), &c->self, e);
}

/* Storing is not slowed by it: it waits for three seconds in which nothing is stored, thirty at most. */
static void note_index(struct lf_core *c, lf_time now)
{
    if (!c->indexing)
        c->index_late = now + INDEX_LATE;
    c->indexing = true;
    c->index_at = now + INDEX_REST < c->index_late ? now + INDEX_REST : c->index_late;
}

static enum lf_code run_index(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)arg;
    return lf_object_search_turn(t, &c->indexing, e);
}

static enum lf_code run_ids(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)arg;
    return lf_ids_turn(t, &c->reading_ids, e);
}

/* Clocks go by the wall clock, which may be set: it is looked at again within a tick. */
static enum lf_code run_deadlines(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    lf_time next, left, most = c->o.housekeeping ? c->o.housekeeping : TICK;

    (void)arg;
    LF_TRY(lf_deadline_turn(t, &next, e));
    left = next == LF_TIME_MAX ? most : next - lf_now(c->env);
    c->deadlines_at = lf_tick(c->env) + (left < 0 ? 0 : left > most ? most : left);
    return LF_OK;
}

static enum lf_code run_judging(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    (void)arg;
    return lf_incident_judge_turn(t, &c->judging, e);
}

void lf_core_round(struct lf_core *c)
{
    lf_time now = lf_tick(c->env);

    if (now >= c->next_tick) {
        (void)lf_core_quietly(c, run_housekeeping, "LF2006");
        (void)lf_core_quietly(c, lf_core_watch, "LF2012");
        (void)lf_core_quietly(c, lf_core_saved, "LF2019");
        c->next_tick = now + (c->o.housekeeping ? c->o.housekeeping : TICK);
    }
    if (c->judging) { /* some each round: others are served between them */
        if (lf_core_quietly(c, run_judging, "LF2057"))
            c->deadlines_at = 0;
        else
            c->judging = false;
    }
    if (c->reading_ids && !lf_core_quietly(c, run_ids, "LF2071"))
        c->reading_ids = false; /* it does without */
    if (now >= c->deadlines_at && !lf_core_quietly(c, run_deadlines, "LF2056"))
        c->deadlines_at = now + TICK;
    if (now >= c->wait_at)
        lf_core_wake(c, LF_CORE_WAKE_DUE);
    if (c->search_news) {
        c->search_news = false;
        (void)lf_core_quietly(c, lf_core_saved, "LF2019");
        lf_core_wake(c, LF_CORE_WAKE_SEARCH);
    }
    if (c->missed && now >= c->checkpoint_at)
        tell_checkpoint(c);
    if (may_tell(c))
        (void)lf_core_quietly(c, lf_core_tell_indicators, "LF2042");
    if (c->hunt_waits && !c->hunting && c->up[LF_WORKER_SEARCH])
        (void)lf_core_quietly(c, lf_core_tell_hunt, "LF2043");
    if (c->question_waits)
        (void)lf_core_quietly(c, lf_core_tell_question, "LF2048");
    if (c->indexing && now >= c->index_at && !lf_core_quietly(c, run_index, "LF2049"))
        c->index_at = now + INDEX_LATE;
    /* Whom a notice of this round reaches is kept by the same commit as what raised it. */
    if (c->effects & LF_FX_NOTICE) {
        c->effects &= ~(unsigned)LF_FX_NOTICE;
        c->notice_at = now + TICK;
        lf_core_notices(c);
    }
    /* Each turn commits; what it changed may call for more.  It ends because news
     * travels one way: a task's effects are looked after once. */
    for (int turn = 0; turn < 16; turn++) {
        unsigned effects;

        if (!settle(c))
            return;
        effects = c->effects;
        c->effects = 0;
        c->owed = effects;
        if (effects & LF_FX_KEYS)
            (void)lf_core_quietly(c, run_identity, "LF2045");
        if (effects & LF_FX_ZONE)
            (void)lf_core_quietly(c, lf_core_tell_zone, "LF2007");
        if (effects & LF_FX_TOKENS)
            (void)lf_core_quietly(c, lf_core_tell_tokens, "LF2008");
        if (effects & LF_FX_HOLDS)
            (void)lf_core_quietly(c, lf_core_tell_holds, "LF2046");
        if (effects & LF_FX_SEARCH)
            lf_core_tell_searches(c);
        if (effects & LF_FX_SEARCH)
            lf_core_tell_learning(c);
        if (effects & LF_FX_QUESTION)
            (void)lf_core_quietly(c, lf_core_tell_question, "LF2048");
        if ((effects & LF_FX_ARRIVAL) && !lf_core_quietly(c, lf_core_second_line, "LF2015"))
            lf_core_second_forget(c);
        if (effects & (LF_FX_OUTBOX | LF_FX_PEERS))
            lf_link_wake(c->link);
        if ((effects & (LF_FX_OUTBOX | LF_FX_PEERS)) || c->link_at <= now) {
            c->link_at = now + TICK;
            (void)lf_core_quietly(c, run_link, "LF2009");
        }
        /* One piece a round: others are served between them. */
        if (turn == 0 && ((effects & LF_FX_FEEDS) || c->feeds_at <= now)) {
            c->feeds_at = now + TICK;
            (void)lf_core_quietly(c, run_feeds, "LF2047");
        } else if (effects & LF_FX_FEEDS) {
            c->feeds_at = 0;
        }
        if (turn == 0 && ((effects & LF_FX_CASES) || c->cases_at <= now)) {
            c->cases_at = now + TICK;
            (void)lf_core_quietly(c, run_cases, "LF2060");
        } else if (effects & LF_FX_CASES) {
            c->cases_at = 0;
        }
        if ((effects & LF_FX_ROSTER) || c->duty_at <= now) {
            c->duty_at = now + LF_MINUTE;
            (void)lf_core_quietly(c, lf_core_duty, "LF2059");
        }
        if ((effects & LF_FX_NOTICE) || c->notice_at <= now) {
            c->notice_at = now + TICK;
            lf_core_notices(c);
        }
        if ((effects & LF_FX_MAIL) || c->mail_at <= now) {
            c->mail_at = now + TICK;
            (void)lf_core_quietly(c, run_mail, "LF2050");
        }
        if (effects & LF_FX_INCIDENT)
            c->deadlines_at = 0;
        if (effects & LF_FX_COLLECTION) {
            note_index(c, now);
            lf_core_wake(c, LF_CORE_WAKE_COLLECTION);
        }
        if (!c->effects && !c->held.len && !lf_db_in_transaction(c->db))
            return;
    }
    settle(c);
}

void lf_core_health(const struct lf_core *c, struct lf_json_w *json)
{
    lf_json_put_int(json, "waiting_polls", (int64_t)c->nwaiters);
    lf_core_second_health(c, json);
}

lf_time lf_core_next(const struct lf_core *c)
{
    lf_time at = c->link_at < c->next_tick ? c->link_at : c->next_tick;

    if (c->feeds_at < at)
        at = c->feeds_at;
    if (c->cases_at < at)
        at = c->cases_at;
    if (c->mail_at < at)
        at = c->mail_at;
    if (c->notice_at < at)
        at = c->notice_at;
    if (c->duty_at < at)
        at = c->duty_at;
    if (c->deadlines_at < at)
        at = c->deadlines_at;
    if (c->wait_at < at)
        at = c->wait_at;
    if (c->indexing && c->index_at < at)
        at = c->index_at;
    if (c->missed && c->checkpoint_at < at)
        at = c->checkpoint_at;
    if (c->telling && !may_tell(c) && lf_tick(c->env) + TELL_AGAIN < at)
        at = lf_tick(c->env) + TELL_AGAIN;
    if (c->effects || c->judging || c->reading_ids || may_tell(c) || c->question_waits ||
        (c->hunt_waits && !c->hunting && c->up[LF_WORKER_SEARCH]))
        at = lf_tick(c->env);
    return at > c->rest_until ? at : c->rest_until;
}

void lf_core_neighbour(struct lf_core *c, enum lf_worker_id id, bool up)
{
    c->up[id] = up;
    if (id == LF_WORKER_DNS) {
        c->zone_told = false;
        c->effects |= LF_FX_ZONE;
    }
    if (id == LF_WORKER_INTAKE) {
        c->deaf = 0;
        c->missed = false;
        tell_all_indicators(c);
        if (up) {
            /* The first page before the checkpoint, so that events are asked of it. */
            (void)lf_core_quietly(c, lf_core_tell_indicators, "LF2042");
            tell_checkpoint(c);
            c->effects |= LF_FX_TOKENS | LF_FX_HOLDS;
        }
    }
    if (id == LF_WORKER_SEARCH) {
        lf_searches_worker(c->searches, up);
        lf_learning_worker(c->learning, up);
        c->search_news = true;
        c->hunting = 0;
        c->hunt_waits = up;
        c->asking = 0;
        c->question_waits = up;
        if (up)
            c->effects |= LF_FX_SEARCH;
    }
    if (id == LF_WORKER_RELAY) {
        lf_link_forget(c->link); /* its calls went with it */
        c->link_at = 0;
        lf_feeds_forget(c->feeds);
        lf_mails_forget(c->mails);
        c->feeds_at = c->mail_at = 0;
    }
    if (id == LF_WORKER_FRONT && !up) {
        lf_core_forget_waiters(c);
        lf_web_gone(c->web, 0);
    }
}

/* ---- life --------------------------------------------------------------------------- */

enum lf_code lf_core_create(const struct lf_core_options *o, struct lf_core **out, struct lf_err *e)
{
    struct lf_core *c = calloc(1, sizeof *c);
    const struct lf_json *boot;
    struct lf_db_options db = { .vfs = o->vfs };
    enum lf_code rc;

    if (!c)
        LF_BUG("out of memory for the core");
    c->o = *o;
    c->env = o->env;
    c->wait_at = LF_TIME_MAX;
    c->ids = lf_ids_create(LF_IDS_BYTES);
    c->reading_ids = true;
    lf_buf_init(&c->held, (size_t)3 * LF_CALL_BODY);
    lf_buf_init(&c->news, LF_FRAME_MAX);
    lf_buf_init(&c->asked, (LF_CORE_WAITERS + 2 * (size_t)ROUND_MESSAGES) * sizeof(uint64_t));
    c->o.boot = lf_arena_copy(&c->life, o->boot);
    lf_core_settings(c, c->o.boot);
    rc = lf_json_parse(&c->life, c->o.boot, NULL, &boot, e);
    if (rc == LF_OK) {
        db.path = lf_arena_cstr(&c->life, lf_json_str(boot, "database"));
        (void)lf_json_int(boot, "database_cache_mb", &db.cache_mb);
        c->zone = lf_json_str(boot, "zone");
        rc = lf_db_open(&db, c->env, &c->db, e);
    }
    if (rc == LF_OK)
        rc = lf_node_load_or_create(c->db, c->env, &c->life, lf_json_str(boot, "name"),
                                    lf_json_str(boot, "tier"), &c->self, e);
    if (rc == LF_OK)
        rc = lf_core_furnish(c, boot, e);
    if (rc != LF_OK) {
        lf_core_destroy(c);
        return rc;
    }
    note_index(c, lf_tick(c->env)); /* what was stored before it stopped */
    *out = c;
    return LF_OK;
}

void lf_core_destroy(struct lf_core *c)
{
    if (!c)
        return;
    lf_core_forget_waiters(c);
    for (int i = 0; i < LF_WORKER_COUNT; i++)
        free((char *)(uintptr_t)c->health[i].ptr);
    lf_core_second_forget(c);
    lf_arena_clear(&c->second_arena);
    lf_link_destroy(c->link);
    lf_feeds_destroy(c->feeds);
    lf_case_imports_destroy(c->cases);
    lf_pdf_font_destroy(c->font);
    lf_file_unmap(c->font_bytes);
    lf_mails_destroy(c->mails);
    lf_searches_destroy(c->searches);
    lf_rulebook_destroy(c->rules);
    lf_learning_destroy(c->learning);
    lf_warninglists_destroy(c->warning);
    lf_ids_destroy(c->ids);
    lf_web_destroy(c->web);
    lf_ident_destroy(c->ident);
    lf_db_close(c->db);
    lf_buf_clear(&c->news);
    lf_arena_clear(&c->told_arena);
    lf_arena_clear(&c->office_texts);
    lf_buf_clear(&c->held);
    lf_buf_clear(&c->asked);
    lf_arena_clear(&c->arena);
    lf_wipe(&c->self, sizeof c->self);
    lf_wipe(c->secrets, sizeof c->secrets);
    lf_arena_clear(&c->life);
    free(c);
}

enum lf_code lf_core_task(struct lf_core *c, struct lf_arena *a,
                          enum lf_code (*run)(void *ctx, struct lf_task *t, struct lf_err *e), void *ctx,
                          struct lf_err *e)
{
    struct lf_task t = task_of(c);

    t.a = a;
    return run(ctx, &t, e);
}
