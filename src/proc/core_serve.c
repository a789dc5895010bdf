/* What the core does with a finding, and what it tells its neighbours: the main
 * job's middle (docs/architecture.md, "The main job"), each step one call into
 * the room it belongs to. */
#include <stdlib.h>

#include "cert/exercise_part.h"
#include "cert/incident.h"
#include "ident/account.h"
#include "ident/node.h"
#include "ident/seed.h"
#include "ident/session.h"
#include "ident/token.h"
#include "isac/arrival.h"
#include "isac/indicator.h"
#include "isac/keys.h"
#include "isac/lifetime.h"
#include "isac/peer.h"
#include "isac/present.h"
#include "isac/question.h"
#include "isac/seed.h"
#include "isac/watch.h"
#include "model/role.h"
#include "proc/core_priv.h"
#include "proc/intake.h"
#include "shield/block.h"
#include "soc/alert.h"
#include "soc/hold.h"
#include "sys/file.h"

enum { ACTIONS = 256, FONT_MOST = 64 << 20 };

enum lf_code lf_core_apply_actions(struct lf_core *c, struct lf_task *t, struct lf_err *e)
{
    const struct lf_indicator_action *actions;
    size_t n;

    do {
        LF_TRY(lf_indicator_actions(t, 0, ACTIONS, &n, &actions, e));
        for (size_t i = 0; i < n; i++) {
            const struct lf_indicator_action *x = &actions[i];
            struct lf_err why = { 0 };
            enum lf_code rc = LF_OK;

            if (c->up[LF_WORKER_INTAKE])
                lf_indicator_entry_pack(
                    &c->news, &(struct lf_indicator_entry){
                                  .op = x->block || x->watch ? LF_INDICATOR_ADD : LF_INDICATOR_REMOVE,
                                  .kind = x->kind,
                                  .id = x->indicator,
                                  .value = x->value,
                                  .provisional = x->provisional,
                                  .confidence = lf_indicator_confidence(x->provisional),
                                  .expires = x->expires,
                              });
            if (lf_block_can(x->kind))
                rc = x->block
                         ? lf_block_add(t, x->value, x->indicator, x->provisional, x->expires, NULL, &why)
                         : lf_block_withdraw(t, x->indicator, NULL, &why);
            /* A name that must not be blocked is not an error of the one who shared
             * it: the indicator stays, the block does not come, the log says why. */
            if (rc == LF_BAD_INPUT || rc == LF_UNACCEPTED)
                lf_log_err(t->env->log, LF_LOG_WARN, "LF2201", &why);
            else if (rc != LF_OK)
                return lf_err_set(e, rc, "%s", why.text);
        }
        if (n)
            LF_TRY(lf_indicator_acted(t, actions[n - 1].seq, e));
    } while (n == ACTIONS);
    return LF_OK;
}

/* The domain an alert is about: what a rule's own event names first. */
static const struct lf_observable *subject(const struct lf_finding *f)
{
    for (size_t i = 0; i < f->nobservables; i++)
        if (f->observables[i].kind == LF_OBS_DOMAIN)
            return &f->observables[i];
    return NULL;
}

/* Whether a rule is an indicator that is not for all people of this node. */
static enum lf_code closed_rule(struct lf_task *t, lf_view rule, bool *closed, struct lf_err *e)
{
    *closed = false;
    return lf_view_starts(rule, LF_V("indicator--")) ? lf_indicator_closed(t, rule, closed, e) : LF_OK;
}

/* The level of what an indicator found is that of how sure it is now; what says that the value is known is
 * then the indicator itself, so it counts when it is sure enough. */
static enum lf_code level_now(struct lf_task *t, struct lf_finding *f, bool *known, struct lf_err *e)
{
    struct lf_present p;
    enum lf_code rc = lf_present_find(t, f->rule, &p, e);

    if (rc != LF_OK)
        return rc == LF_NOT_FOUND ? LF_OK : rc; /* it went meanwhile: as it was when it was seen */
    f->level = lf_confidence_level(p.now.confidence);
    *known = *known && f->level > LF_LEVEL_LOW;
    return LF_OK;
}

enum lf_code lf_core_take_finding(struct lf_task *t, const struct lf_finding *given, struct lf_err *e)
{
    struct lf_finding now = *given;
    const struct lf_finding *f = &now;
    const struct lf_observable *name = subject(f);
    struct lf_alert alert;
    struct lf_policy policy;
    lf_view incident = { "", 0 }, indicator;
    bool is_new, corroborated, shared, closed = false, known = false;

    for (size_t i = 0; i < f->nobservables && !known; i++)
        LF_TRY(lf_indicator_known(t, &f->observables[i], &known, e));
    if (lf_view_starts(f->rule, LF_V("indicator--")))
        LF_TRY(level_now(t, &now, &known, e));
    LF_TRY(lf_alert_raise(t, f, known, &alert, &is_new, &corroborated, e));
    LF_TRY(lf_alert_checkpoint(t, f->position, e));
    if (alert.id.len == 0 || alert.level < LF_LEVEL_HIGH || !(is_new || corroborated))
        return LF_OK;

    /* An incident has no markings, all people here see it, and it goes up: of an indicator that is not for
     * all of them people write it.  It has the title of the alert that was joined, which may be another's. */
    LF_TRY(closed_rule(t, f->rule, &closed, e));
    if (!closed)
        LF_TRY(closed_rule(t, alert.rule, &closed, e));
    if (corroborated && !closed) {
        struct lf_incident_alert brief = {
            .id = alert.id,
            .title = alert.title,
            .host = alert.host,
            .level = alert.level,
            .corroborated = true,
            .happened = f->happened,
            .recorded = lf_now(t->env),
            .nobservables = f->nobservables,
            .observables = f->observables,
        };

        LF_TRY(lf_policy_get(t, &policy, e));
        LF_TRY(lf_incident_open_from_alert(
            t, &brief, policy.id.len && policy.auto_report ? policy.id : (lf_view){ "", 0 }, &incident, e));
    }
    /* What an indicator found is known already: it makes no further indicator. */
    if (name && !lf_view_starts(f->rule, LF_V("indicator--"))) {
        struct lf_indicator_alert brief = {
            .kind = name->kind,
            .value = name->value,
            .evidence = corroborated ? 2 : 1,
            .level = alert.level,
            .alert = alert.id,
            .incident = incident,
            .happened = f->happened,
        };

        LF_TRY(lf_indicator_from_alert(t, &brief, &indicator, &shared, e));
    }
    return LF_OK;
}

enum lf_code lf_core_housekeeping(struct lf_task *t, struct lf_err *e)
{
    lf_time next;

    LF_TRY(lf_indicator_expire(t, &next, e));
    LF_TRY(lf_watch_turn(t, e));
    LF_TRY(lf_lifetime_turn(t, e));
    LF_TRY(lf_sighting_turn(t, e));
    LF_TRY(lf_keys_turn(t, e));
    LF_TRY(lf_question_turn(t, e));
    LF_TRY(lf_exercise_turn(t, e));
    LF_TRY(lf_block_expire(t, NULL, e));
    LF_TRY(lf_arrival_expire(t, e));
    return lf_session_sweep(t, e);
}

enum lf_code lf_core_take_senders(struct lf_core *c, struct lf_task *t, lf_view reports, struct lf_err *e)
{
    while (reports.len) {
        struct lf_device_report r;
        struct lf_err why;
        enum lf_code rc;

        LF_TRY(lf_device_unpack(&reports, &r, e));
        if (r.fault == LF_FAULT_UNWRITABLE)
            c->archive_stuck = r.fault_until == 0;
        rc = lf_device_take(t, &c->devices, &r, &why);
        if (rc != LF_OK && rc != LF_TOO_MANY) /* no place for one more name: the others count */
            return lf_err_set(e, rc, "%s", why.text);
    }
    return LF_OK;
}

/* Time passes by the wall clock for people and by the tick for silences: what the two differ
 * by (a machine that was suspended, a clock that was set), and what the node did not listen,
 * is nobody's silence. */
enum lf_code lf_core_watch(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    lf_time wall = lf_now(t->env), tick = lf_tick(t->env), slept = 0, alive, step;

    (void)arg;
    if (!c->watch_tick) {
        LF_TRY(lf_device_alive(t, &alive, e));
        if (alive && wall - alive > LF_DEVICE_ALIVE_EACH + 10 * LF_SECOND)
            slept = wall - alive;
    } else {
        step = (wall - c->watch_wall) - (tick - c->watch_tick);
        if (step > 2 * LF_SECOND || step < -2 * LF_SECOND)
            slept = step;
        if (!c->up[LF_WORKER_INTAKE] || c->archive_stuck)
            slept += tick - c->watch_tick;
    }
    LF_TRY(lf_device_watch(t, &c->devices, slept, e));
    c->watch_wall = wall;
    c->watch_tick = tick ? tick : 1;
    return LF_OK;
}

static enum lf_code tell_dns(void *ctx, bool full, lf_view payload, struct lf_err *e)
{
    (void)e;
    lf_core_hold(ctx, LF_WORKER_DNS, full ? LF_MSG_ZONE_FULL : LF_MSG_ZONE_DELTA, payload);
    return LF_OK;
}

enum lf_code lf_core_tell_zone(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    int64_t number = 0;
    enum lf_code rc = LF_NOT_FOUND;

    (void)arg;
    if (!c->up[LF_WORKER_DNS])
        return LF_OK;
    if (c->zone_told)
        rc = lf_zone_changes(t, c->zone, c->zone_number, tell_dns, c, &number, e);
    if (rc == LF_NOT_FOUND)
        rc = lf_zone_snapshot(t, c->zone, tell_dns, c, &number, e);
    if (rc == LF_OK) {
        c->zone_number = number;
        c->zone_told = true;
    }
    return rc;
}

enum lf_code lf_core_tell_tokens(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    struct lf_sender_list list;
    struct lf_buf b;

    (void)arg;
    LF_TRY(lf_sender_list(t, &list, e));
    lf_buf_init(&b, 8 << 20);
    for (size_t i = 0; i < list.count; i++)
        lf_intake_pack_sender(&b, list.item[i].name, list.item[i].hash);
    lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_TOKENS, lf_buf_view(&b));
    lf_buf_clear(&b);
    return LF_OK;
}

enum lf_code lf_core_tell_holds(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    struct lf_hold *list;
    struct lf_buf b;
    size_t n;

    (void)arg;
    LF_TRY(lf_hold_in_force(t, &list, &n, e));
    lf_buf_init(&b, 256 << 10);
    for (size_t i = 0; i < n; i++)
        lf_intake_pack_hold(&b, list[i].id, list[i].from, list[i].to, list[i].sender);
    LF_ASSERT(!b.over);
    lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_HOLDS, lf_buf_view(&b));
    lf_buf_clear(&b);
    return LF_OK;
}

enum lf_code lf_core_tell_checkpoint(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    uint64_t position, sighted;
    char raw[16];

    (void)arg;
    LF_TRY(lf_alert_checkpoint_get(t, &position, e));
    LF_TRY(lf_sighting_place(t, &sighted, e));
    for (int i = 0; i < 8; i++) {
        raw[i] = (char)(position >> (56 - 8 * i));
        raw[8 + i] = (char)(sighted >> (56 - 8 * i));
    }
    lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_CHECKPOINT, (lf_view){ raw, sizeof raw });
    return LF_OK;
}

/* After the commit: what was asked, and what is not wanted any more. */
void lf_core_tell_searches(struct lf_core *c)
{
    struct lf_search_order order;
    uint64_t cancel;
    struct lf_buf b;

    lf_buf_init(&b, LF_QUERY_TEXT + 1024);
    while (lf_searches_next(c->searches, &order, &cancel)) {
        lf_buf_reset(&b);
        if (cancel)
            lf_buf_u64(&b, cancel);
        else
            lf_search_order_pack(&b, &order);
        lf_core_hold(c, LF_WORKER_SEARCH, cancel ? LF_MSG_SEARCH_CANCEL : LF_MSG_SEARCH_ORDER,
                     lf_buf_view(&b));
    }
    lf_buf_clear(&b);
}

/* After the commit: what is to be learnt, and what a person accepted. */
void lf_core_tell_learning(struct lf_core *c)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_LEARNING_MATERIAL + 1024);
    if (lf_learning_order_next(c->learning, &b))
        lf_core_hold(c, LF_WORKER_SEARCH, LF_MSG_LEARN, lf_buf_view(&b));
    lf_buf_reset(&b);
    if (lf_learning_accepted_next(c->learning, &b))
        lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_LEARNED, lf_buf_view(&b));
    lf_buf_clear(&b);
}

/* First start: collections, the first administrator; a throwaway node's people. */
static enum lf_code seed(struct lf_task *t, const struct lf_json *boot, struct lf_err *e)
{
    const struct lf_json *throwaway = lf_json_get(boot, LF_V("seed"));
    lf_view password = lf_json_str(throwaway ? throwaway : boot, throwaway ? "password" : "first_password");
    lf_view account;

    LF_TRY(lf_isac_seed(t, e));
    if (!password.len)
        return LF_OK;
    LF_TRY(lf_seed_admin(t, LF_V("admin"), &password, &account, e));
    if (throwaway && account.len) {
        const struct lf_json *c = lf_json_get(throwaway, LF_V("collections"));
        lf_view ids[4] = { lf_json_str(c, "rw"), lf_json_str(c, "ro"), lf_json_str(c, "wo"),
                           lf_json_str(c, "none") };

        LF_TRY(lf_seed_token(t, account, LF_V("throwaway"),
                             LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                                 LF_ROLE_SHARE | LF_ROLE_SENDER,
                             lf_json_str(throwaway, "token"), e));
        LF_TRY(lf_isac_seed_throwaway(t, ids, e));
    }
    return LF_OK;
}

/* What the workers last said of themselves, as one object. */
static lf_view all_health(void *ctx, struct lf_arena *a)
{
    const struct lf_core *c = ctx;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4 << 20);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (int i = 0; i < LF_WORKER_COUNT; i++)
        if (c->health[i].len)
            lf_json_put_raw(&w, lf_worker_name((enum lf_worker_id)i), c->health[i]);
    lf_json_close(&w);
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Without it the node makes no PDF and does all else. */
static void find_font(struct lf_core *c, lf_view path)
{
    struct lf_err e = { 0 };

    if (!path.len)
        return;
    if (lf_file_map(lf_arena_cstr(&c->life, path), FONT_MOST, &c->font_bytes, &e) != LF_OK ||
        lf_pdf_font_create(c->font_bytes, &c->font, &e) != LF_OK)
        lf_log_err(c->env->log, LF_LOG_WARN, "LF2061", &e);
    lf_file_rest(c->font_bytes); /* 1.6 MB that the next document may be long in coming for */
}

enum lf_code lf_core_furnish(struct lf_core *c, const struct lf_json *boot, struct lf_err *e)
{
    struct lf_task t = {
        .a = &c->arena, .env = c->env, .db = c->db, .self = &c->self, .scope = lf_node_scope(&c->self)
    };
    lf_view pin = lf_json_str(boot, "peer_pin"), key = lf_json_str(boot, "secrets_key");
    struct lf_web_parts o = { .peer_url = lf_json_str(boot, "peer_url"), .health = all_health, .ctx = c };
    enum lf_code rc;

    if (pin.len)
        LF_TRY(lf_unhex(pin, o.peer_pin, sizeof o.peer_pin, e));
    c->has_secrets = key.len > 0; /* a simulated core has none */
    if (c->has_secrets) {
        LF_TRY(lf_unhex(key, c->secrets, sizeof c->secrets, e));
        t.secrets = c->secrets;
    }
    LF_TRY(lf_db_begin(c->db, e));
    rc = seed(&t, boot, e);
    if (rc == LF_OK)
        rc = lf_feed_seal(&t, e);
    if (rc != LF_OK) {
        lf_db_rollback(c->db);
        return rc;
    }
    LF_TRY(lf_db_commit(c->db, e));
    c->ident = lf_ident_create(c->env);
    c->link = lf_link_create();
    c->feeds = lf_feeds_create();
    c->cases = lf_case_imports_create();
    find_font(c, lf_json_str(boot, "pdf_font"));
    o.font = c->font;
    c->mail = (struct lf_mail_settings){ .server = lf_json_str(boot, "mail_server"),
                                         .from = lf_json_str(boot, "mail_from"),
                                         .login = lf_json_str(boot, "mail_login"),
                                         .secret = lf_json_str(boot, "mail_secret"),
                                         .pin = lf_json_str(boot, "mail_pin"),
                                         .sms_url = lf_json_str(boot, "sms_url"),
                                         .sms_body = lf_json_str(boot, "sms_body"),
                                         .sms_authorization = lf_json_str(boot, "sms_authorization"),
                                         .sms_pin = lf_json_str(boot, "sms_pin"),
                                         .url = lf_json_str(boot, "url"),
                                         .own = { [LF_SEAL_OPENPGP] = lf_json_str(boot, "mail_openpgp"),
                                                  [LF_SEAL_SMIME] = lf_json_str(boot, "mail_smime") },
                                         .private_hooks = lf_json_bool(boot, "private_webhooks", false) };
    if (!lf_mail_policy_parse(lf_json_str(boot, "mail_sign"), &c->mail.sign) ||
        !lf_mail_policy_parse(lf_json_str(boot, "mail_encrypt"), &c->mail.encrypt))
        c->mail.sign = c->mail.encrypt = LF_MAIL_PREFER; /* a simulated core has no settings */
    c->url = lf_json_str(boot, "url");
    c->mails = lf_mails_create(&c->mail);
    c->searches = lf_searches_create();
    c->rules = lf_rulebook_create();
    o.rules = c->rules;
    c->learning = lf_learning_create();
    o.learning = c->learning;
    o.link = c->link;
    o.mail = &c->mail;
    core_office(c, boot);
    o.office = &c->office;
    o.publication = &c->publication;
    o.url = c->url;
    o.searches = c->searches;
    o.ident = c->ident;
    c->web = lf_web_create(&o);
    c->effects = LF_FX_OUTBOX | LF_FX_PEERS | LF_FX_ZONE | LF_FX_ARRIVAL;
    lf_arena_reset(&c->arena);
    return LF_OK;
}
