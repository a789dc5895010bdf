#include "post/mail.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/json.h"
#include "fmt/uri.h"
#include "ident/node.h"
#include "post/mail_priv.h"
#include "store/query_digest.h"
#include "store/query_mail_key.h"

/* Log codes: LF2312 a message could not be sent for good. */

enum { SLOTS = 4, MAIL_MS = 60000, LOST_S = 120, LOOK_S = 60, TOLD = 300, ADDRESS = 254, ANSWER = 65536 };
#define REST_LEAST LF_MINUTE
#define REST_MOST (2 * LF_HOUR)
#define HASTE_LEAST (5 * LF_SECOND)
#define HASTE_MOST (10 * LF_MINUTE)
#define GIVE_UP (7 * LF_DAY)
#define KEEP (90 * LF_DAY)
#define CALLS_OF_MAIL ((uint64_t)1 << 62)

struct lf_mails {
    struct lf_mail_settings s;
    uint64_t last_call;
    struct {
        uint64_t call; /* 0: free */
        lf_time began;
        char mail[40];
        int64_t tries;
        lf_time made, until;
        enum lf_mail_way way;
    } slot[SLOTS];
};

const char *lf_mail_state_name(enum lf_mail_state s)
{
    static const char *const names[] = { "waiting", "sent", "failed" };

    return names[s];
}

bool lf_mail_address_ok(lf_view v)
{
    size_t at = lf_view_find_byte(v, '@');

    if (at == SIZE_MAX || at == 0 || at > 64 || v.len > ADDRESS || at + 1 == v.len)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                     c == '-';

        if (!plain && !(i == at) && !(i < at && c && strchr("!#$%&'*+/=?^_`{|}~", c)))
            return false;
    }
    return v.ptr[0] != '-' && v.ptr[at + 1] != '.' && v.ptr[at + 1] != '-';
}

bool lf_mail_way_open(const struct lf_mail_settings *s, enum lf_mail_way way)
{
    return way == LF_MAIL_SMTP ? s->server.len > 0 : way == LF_MAIL_HOOK || s->sms_url.len > 0;
}

struct lf_mails *lf_mails_create(const struct lf_mail_settings *s)
{
    struct lf_mails *m = calloc(1, sizeof *m);

    if (!m)
        LF_BUG("out of memory for mail");
    m->s = *s;
    return m;
}

void lf_mails_destroy(struct lf_mails *m)
{
    free(m);
}

void lf_mails_forget(struct lf_mails *m)
{
    memset(m->slot, 0, sizeof m->slot);
}

bool lf_mails_owns(uint64_t call)
{
    return call >> 62 == 1;
}

bool lf_mail_policy_parse(lf_view name, enum lf_mail_policy *out)
{
    static const char *const names[] = { "off", "prefer", "require" };
    size_t at;

    if (!lf_view_among(name, names, 3, &at))
        return false;
    *out = (enum lf_mail_policy)at;
    return true;
}

const char *lf_mail_policy_name(enum lf_mail_policy p)
{
    return p == LF_MAIL_OFF ? "off" : p == LF_MAIL_PREFER ? "prefer" : "require";
}

lf_view lf_mail_signer(const struct lf_mail_sealed *s)
{
    return s->how & LF_MAIL_SIGNED ? lf_view_first(s->keys, lf_view_find_byte(s->keys, ' ')) : LF_V("");
}

lf_view lf_mail_recipient(const struct lf_mail_sealed *s)
{
    size_t blank = lf_view_find_byte(s->keys, ' ');

    return !(s->how & LF_MAIL_ENCRYPTED) ? LF_V("")
           : s->how & LF_MAIL_SIGNED     ? lf_view_from(s->keys, blank == SIZE_MAX ? s->keys.len : blank + 1)
                                         : s->keys;
}

/* ---- adding ---- */

static enum lf_code ended(struct lf_task *t, lf_view id, enum lf_mail_state state, int64_t tries,
                          lf_view told, struct lf_err *e);

enum lf_code lf_mail_add(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_mail_text *m,
                         struct lf_mail_made *made, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view id = m->id.len ? m->id : lf_uuid_new(t->env, t->a), body = m->body;
    struct lf_mail_made own = { 0 };
    struct lf_err why = { 0 };
    enum lf_code rc = LF_OK;

    if (m->way == LF_MAIL_SMTP)
        rc = mail_make(t, s, m, id, &own, &body, &why);
    if (rc == LF_UNACCEPTED && m->by_person)
        return lf_err_set(e, LF_CONFLICT, "%s", why.text);
    if (rc != LF_OK && rc != LF_UNACCEPTED)
        return lf_err_set(e, rc, "%s", why.text);
    t->effects |= LF_FX_MAIL;
    LF_TRY(
        lf_db_exec(t->db, &node, &lf_q_mail_add,
                   LF_ARGS(LF_TEXT(id), LF_TEXT(m->digest), LF_TEXT(m->to),
                           LF_TEXT(rc == LF_OK ? body : LF_V("")), LF_INT(lf_now(t->env)), LF_INT(m->way),
                           LF_INT(m->until), LF_INT(own.sealed.how), LF_TEXT(lf_view_some(own.sealed.keys))),
                   e));
    if (made)
        *made = own;
    /* Whoever wrote it is a program and asks for no answer: how it fared says why it did not go. */
    return rc == LF_OK ? LF_OK : ended(t, id, LF_MAIL_FAILED, 0, lf_view_of(why.text), e);
}

enum lf_code lf_mail_forget(struct lf_task *t, lf_view digest, lf_view domain, bool all, struct lf_err *e)
{
    lf_view ending = domain.len ? lf_arena_printf(t->a, "@%.*s", LF_FMT(domain)) : LF_V("");
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(t->db, &node, &lf_q_mail_forget, LF_ARGS(LF_TEXT(digest), LF_INT(all), LF_TEXT(ending)),
                      e);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    struct lf_mail_row *v;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->v[g->n++] = (struct lf_mail_row){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .digest = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                             .address = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                             .text = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 3))),
                                             .made = lf_row_int(r, 4),
                                             .state = (enum lf_mail_state)lf_row_int(r, 5),
                                             .tries = lf_row_int(r, 6),
                                             .next = lf_row_int(r, 7),
                                             .told = lf_arena_copy(g->a, lf_view_some(lf_row_text(r, 8))),
                                             .ended = lf_row_int(r, 9),
                                             .way = (enum lf_mail_way)lf_row_int(r, 10),
                                             .until = lf_row_int(r, 11),
                                             .sealed = { .how = (unsigned)lf_row_int(r, 12),
                                                         .keys = lf_arena_copy(g->a, lf_row_text(r, 13)) } };
    return LF_OK;
}

enum lf_code lf_mail_of(struct lf_task *t, lf_view digest, size_t most, size_t *n, struct lf_mail_row **out,
                        struct lf_err *e)
{
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_mail_row, most + 1), .max = most };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_mail_of, LF_ARGS(LF_TEXT(digest), LF_INT(most)), on_row, &g,
                     NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

static enum lf_code on_counts(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_mail_counts *c = ctx;

    (void)e;
    *c = (struct lf_mail_counts){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2), lf_row_int(r, 3) };
    return LF_OK;
}

enum lf_code lf_mail_count(struct lf_task *t, lf_time since, struct lf_mail_counts *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_run(t->db, &node, &lf_q_mail_sealed_count, LF_ARGS(LF_INT(since)), on_counts, out, NULL, e);
}

/* ---- sending ---- */

/* What waits may have been sealed under other settings: what they do not let out now stays here. */
static enum lf_code may_leave(const struct lf_mails *m, const struct lf_mail_row *row, struct lf_err *e)
{
    unsigned how = row->sealed.how;

    if (m->s.encrypt == LF_MAIL_REQUIRE && !(how & (LF_MAIL_ENCRYPTED | LF_MAIL_BARE)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "it was made before the settings asked for encryption, and is not sent");
    if (m->s.sign == LF_MAIL_REQUIRE && !(how & LF_MAIL_SIGNED))
        return lf_err_set(e, LF_BAD_INPUT,
                          "it was made before the settings asked for signatures, and is not sent");
    return LF_OK;
}

static void header(struct lf_http_request *q, const char *name, lf_view value)
{
    if (value.len)
        q->headers[q->nheaders++] = (struct lf_http_header){ lf_view_of(name), value };
}

static void by_smtp(const struct lf_mails *m, const struct lf_mail_row *row, struct lf_call *c)
{
    c->base = m->s.server;
    c->request.method = LF_V("MAIL");
    c->request.path = LF_V("/");
    c->request.query = LF_V("");
    c->request.body = row->text;
    header(&c->request, "From", m->s.from);
    header(&c->request, "To", row->address);
    header(&c->request, "Login", m->s.login);
    header(&c->request, "Secret", m->s.secret);
}

/* Where the URL leads; an address that is none was refused when it was kept. */
static enum lf_code by_post(struct lf_task *t, lf_view url, struct lf_call *c, struct lf_err *e)
{
    lf_view raw = LF_V("/");

    c->request.method = LF_V("POST");
    c->request.query = LF_V("");
    c->base = lf_uri_origin(t->a, url, &raw, &c->request.query);
    if (!c->base.len)
        return lf_err_set(e, LF_BAD_INPUT, "\"%.*s\" is no address of a web server", LF_FMT(url));
    return lf_uri_decode_path(t->a, raw, &c->request.path, e);
}

static enum lf_code by_hook(const struct lf_mails *m, struct lf_task *t, const struct lf_mail_row *row,
                            struct lf_call *c, struct lf_err *e)
{
    uint8_t sig[LF_SIGNATURE];

    LF_TRY(by_post(t, row->address, c, e));
    if (!m->s.private_hooks && !lf_view_starts(c->base, LF_V("https://")))
        return lf_err_set(e, LF_BAD_INPUT, "a web hook outside is reached by https:// alone");
    c->stranger = true;
    c->private = m->s.private_hooks;
    c->most = ANSWER;
    c->request.body = row->text;
    lf_sign(t->self->sign_secret, row->text, sig);
    header(&c->request, "Content-Type", LF_V("application/json"));
    header(&c->request, "Lianfang-Signature", lf_base64(t->a, sig, sizeof sig));
    return LF_OK;
}

/* A value into the gateway's template: a form's, or a JSON text's inside. */
static void put_value(struct lf_buf *b, bool json, lf_view v)
{
    struct lf_buf quoted;

    if (!json) {
        lf_uri_encode(b, v);
        return;
    }
    lf_buf_init(&quoted, 6 * v.len + 2);
    lf_json_quote(&quoted, v);
    lf_buf_put(b, lf_view_first(lf_view_from(lf_buf_view(&quoted), 1), quoted.len - 2));
    lf_buf_clear(&quoted);
}

static lf_view filled(struct lf_arena *a, lf_view form, lf_view to, lf_view text)
{
    bool json = lf_view_starts(lf_view_trim(form), LF_V("{"));
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, form.len + 6 * (to.len + text.len) + 1);
    while (form.len) {
        bool is_to = lf_view_starts(form, LF_V("{to}")), is_text = lf_view_starts(form, LF_V("{text}"));

        if (is_to || is_text)
            put_value(&b, json, is_to ? to : text);
        else
            lf_buf_byte(&b, form.ptr[0]);
        form = lf_view_from(form, is_to ? 4 : is_text ? 6 : 1);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code by_gateway(const struct lf_mails *m, struct lf_task *t, const struct lf_mail_row *row,
                               struct lf_call *c, struct lf_err *e)
{
    bool json = lf_view_starts(lf_view_trim(m->s.sms_body), LF_V("{"));

    LF_TRY(by_post(t, m->s.sms_url, c, e));
    c->request.body = filled(t->a, m->s.sms_body, row->address, row->text);
    header(&c->request, "Content-Type",
           json ? LF_V("application/json") : LF_V("application/x-www-form-urlencoded"));
    header(&c->request, "Authorization", m->s.sms_authorization);
    return LF_OK;
}

static enum lf_code call(struct lf_mails *m, struct lf_task *t, const struct lf_mail_row *row, size_t at,
                         struct lf_call *c, struct lf_err *e)
{
    lf_view pin = row->way == LF_MAIL_SMTP ? m->s.pin : row->way == LF_MAIL_SMS ? m->s.sms_pin : LF_V("");

    if (!m->last_call) {
        lf_random(t->env, &m->last_call, sizeof m->last_call);
        m->last_call >>= 16;
    }
    *c = (struct lf_call){ .id = CALLS_OF_MAIL | ++m->last_call, .timeout_ms = MAIL_MS };
    if (row->way == LF_MAIL_SMTP) {
        LF_TRY(may_leave(m, row, e));
        by_smtp(m, row, c);
    } else {
        LF_TRY((row->way == LF_MAIL_HOOK ? by_hook : by_gateway)(m, t, row, c, e));
    }
    if (pin.len) {
        c->has_pin = true;
        LF_TRY(lf_unhex(pin, c->pin, sizeof c->pin, e));
    }
    m->slot[at].call = c->id;
    m->slot[at].began = lf_tick(t->env);
    m->slot[at].tries = row->tries;
    m->slot[at].made = row->made;
    m->slot[at].until = row->until;
    m->slot[at].way = row->way;
    memset(m->slot[at].mail, 0, sizeof m->slot[at].mail);
    memcpy(m->slot[at].mail, row->id.ptr, row->id.len < 39 ? row->id.len : 39);
    return LF_OK;
}

static enum lf_code ended(struct lf_task *t, lf_view id, enum lf_mail_state state, int64_t tries,
                          lf_view told, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    t->effects |= LF_FX_NOTICE; /* who is called by it may be called otherwise */
    return lf_db_exec(
        t->db, &node, &lf_q_mail_end,
        LF_ARGS(LF_INT(state), LF_INT(tries), LF_TEXT(told), LF_INT(lf_now(t->env)), LF_TEXT(id)), e);
}

/* Refused, and another try would be too. */
static bool for_good(enum lf_mail_way way, int status)
{
    if (way == LF_MAIL_SMTP)
        return status >= 500;
    return status >= 300 && status < 500 && status != 408 && status != 425 && status != 429;
}

/* How long it rests after that many tries. */
static lf_time rest_of(int64_t tries, bool haste)
{
    lf_time least = haste ? HASTE_LEAST : REST_LEAST, most = haste ? HASTE_MOST : REST_MOST;
    lf_time rest = tries > 7 ? most : least << (tries - 1);

    return rest > most ? most : rest;
}

static enum lf_code fared(struct lf_mails *m, struct lf_task *t, size_t at, enum lf_code code, int status,
                          lf_view told, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view id = lf_arena_copy(t->a, lf_view_of(m->slot[at].mail));
    int64_t tries = m->slot[at].tries + 1;
    lf_time rest = rest_of(tries, m->slot[at].until != 0), now = lf_now(t->env);
    lf_time until = m->slot[at].until ? m->slot[at].until : m->slot[at].made + GIVE_UP;
    uint64_t r;

    m->slot[at].call = 0;
    told = lf_view_first(told, TOLD);
    while (!lf_view_is_utf8(told))
        told.len--;
    told = lf_view_some(told);
    if (code == LF_OK && status >= 200 && status < 300)
        return ended(t, id, LF_MAIL_SENT, tries, told, e);
    if (for_good(m->slot[at].way, status) || now > until) {
        char text[400];

        lf_log(t->env->log, LF_LOG_WARN, "LF2312", "tries=%lld why=%s", (long long)tries,
               lf_log_text(told, text, sizeof text));
        return ended(t, id, LF_MAIL_FAILED, tries, told, e);
    }
    lf_random(t->env, &r, sizeof r);
    t->effects |= LF_FX_NOTICE; /* how it fares is shown */
    return lf_db_exec(t->db, &node, &lf_q_mail_again,
                      LF_ARGS(LF_INT(tries), LF_INT(now + rest / 2 + (lf_time)(r % (uint64_t)(rest / 2 + 1))),
                              LF_TEXT(told), LF_TEXT(id)),
                      e);
}

enum lf_code lf_mails_result(struct lf_mails *m, struct lf_task *t, const struct lf_call_result *r,
                             struct lf_err *e)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (m->slot[i].call == r->id)
            return fared(m, t, i, r->code, r->code == LF_OK ? r->response.status : 0,
                         r->code == LF_OK ? r->response.body : r->why, e);
    return LF_OK;
}

static bool under_way(const struct lf_mails *m, lf_view id)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (m->slot[i].call && lf_view_is(id, m->slot[i].mail))
            return true;
    return false;
}

enum lf_code lf_mails_next(struct lf_mails *m, struct lf_task *t, const struct lf_call **calls, size_t *n,
                           lf_time *again, struct lf_err *e)
{
    struct gather g = { .a = t->a,
                        .v = LF_NEW(t->a, struct lf_mail_row, 2 * SLOTS),
                        .max = (size_t)2 * SLOTS };
    struct lf_call *out = LF_NEW(t->a, struct lf_call, SLOTS);
    lf_time now = lf_now(t->env), tick = lf_tick(t->env);
    struct lf_scope node = lf_node_rows(t);
    struct lf_err why;
    enum lf_code rc;
    size_t at = 0;
    int64_t next;

    *n = 0;
    *calls = out;
    *again = tick + LOOK_S * LF_SECOND;
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_mail_expire, LF_ARGS(LF_INT(now - KEEP)), e));
    /* First, so that what is due is asked for with the tries that this adds. */
    for (size_t i = 0; i < SLOTS; i++)
        if (m->slot[i].call && tick - m->slot[i].began > LOST_S * LF_SECOND)
            LF_TRY(fared(m, t, i, LF_AWAY, 0, LF_V("there was no answer"), e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_mail_due,
                     LF_ARGS(LF_INT(now), LF_INT(lf_mail_way_open(&m->s, LF_MAIL_SMTP)),
                             LF_INT(lf_mail_way_open(&m->s, LF_MAIL_SMS)), LF_INT(g.max)),
                     on_row, &g, NULL, e));
    for (size_t i = 0; i < SLOTS; i++) {
        if (m->slot[i].call)
            continue;
        while (at < g.n && under_way(m, g.v[at].id))
            at++;
        if (at == g.n)
            break;
        rc = call(m, t, &g.v[at], i, &out[*n], &why);
        if (rc == LF_BAD_INPUT) /* what it is to go to is no address: no try will mend that */
            LF_TRY(ended(t, g.v[at].id, LF_MAIL_FAILED, g.v[at].tries, lf_view_of(why.text), e));
        else if (rc != LF_OK)
            return lf_err_set(e, rc, "%s", why.text);
        else
            ++*n;
        at++;
    }
    LF_TRY(lf_db_int(
        t->db, &node, &lf_q_mail_soonest,
        LF_ARGS(LF_INT(lf_mail_way_open(&m->s, LF_MAIL_SMTP)), LF_INT(lf_mail_way_open(&m->s, LF_MAIL_SMS))),
        &next, e));
    if (next > now && tick + (next - now) < *again)
        *again = tick + (next - now);
    return LF_OK;
}
