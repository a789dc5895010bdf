#include "post/mail.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "ident/node.h"

/* Log codes: LF2312 a message could not be sent for good. */

enum { SLOTS = 4, MAIL_MS = 60000, LOST_S = 120, LOOK_S = 60, TOLD = 300, ADDRESS = 254 };
#define REST_LEAST LF_MINUTE
#define REST_MOST (2 * LF_HOUR)
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
        lf_time made;
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

/* ---- a message (RFC 5322, MIME) ---- */

/* Base64 in lines of at most 76. */
static void put_base64(struct lf_arena *a, struct lf_buf *b, lf_view v)
{
    for (size_t i = 0; i < v.len; i += 57) {
        lf_view piece = lf_view_first(lf_view_from(v, i), 57);

        lf_buf_put(b, lf_base64(a, piece.ptr, piece.len));
        LF_PUT(b, "\r\n");
    }
}

/* Words of RFC 2047, cut between characters, each within its line. */
static void put_subject(struct lf_arena *a, struct lf_buf *b, lf_view v)
{
    LF_PUT(b, "Subject:");
    while (v.len) {
        size_t n = v.len < 42 ? v.len : 42;

        while (n > 1 && n < v.len && ((uint8_t)v.ptr[n] & 0xc0) == 0x80)
            n--;
        lf_buf_printf(b, " =?UTF-8?B?%.*s?=\r\n", LF_FMT(lf_base64(a, v.ptr, n)));
        v = lf_view_from(v, n);
    }
}

static void put_date(struct lf_buf *b, lf_time now)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct lf_civil c = lf_civil_of(now);

    lf_buf_printf(b, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + (size_t)c.weekday * 3, c.day,
                  months + (size_t)(c.month - 1) * 3, c.year, c.hour, c.minute, c.second);
}

enum lf_code lf_mail_add(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_mail_text *m,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view id = lf_uuid_new(t->env, t->a), host = s->from, body;
    lf_time now = lf_now(t->env);
    size_t at = lf_view_find_byte(host, '@');
    struct lf_buf b;
    enum lf_code rc;

    host = at == SIZE_MAX ? LF_V("lianfang.invalid") : lf_view_from(host, at + 1);
    lf_buf_init(&b, 4 << 20);
    put_date(&b, now);
    lf_buf_printf(&b, "From: %.*s\r\nTo: %.*s\r\nMessage-ID: <%.*s@%.*s>\r\n", LF_FMT(s->from), LF_FMT(m->to),
                  LF_FMT(id), LF_FMT(host));
    put_subject(t->a, &b, m->subject);
    lf_buf_printf(&b,
                  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Language: %s\r\n"
                  "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n",
                  m->english ? "en" : "zh-Hant-TW");
    put_base64(t->a, &b, m->body);
    body = lf_arena_copy(t->a, lf_buf_view(&b));
    rc = lf_buf_done(&b, e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    t->effects |= LF_FX_MAIL;
    return lf_db_exec(t->db, &node, LF_Q_MAIL_ADD,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(m->digest), LF_TEXT(m->to), LF_TEXT(body), LF_INT(now)),
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
                                             .ended = lf_row_int(r, 9) };
    return LF_OK;
}

enum lf_code lf_mail_of(struct lf_task *t, lf_view digest, size_t most, size_t *n, struct lf_mail_row **out,
                        struct lf_err *e)
{
    struct gather g = { .a = t->a, .v = LF_NEW(t->a, struct lf_mail_row, most + 1), .max = most };

    LF_TRY(lf_db_run(t->db, &t->scope, LF_Q_MAIL_OF, LF_ARGS(LF_TEXT(digest), LF_INT(most)), on_row, &g, NULL,
                     e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

/* ---- sending ---- */

static void header(struct lf_http_request *q, const char *name, lf_view value)
{
    if (value.len)
        q->headers[q->nheaders++] = (struct lf_http_header){ lf_view_of(name), value };
}

static enum lf_code call(struct lf_mails *m, struct lf_task *t, const struct lf_mail_row *row, size_t at,
                         struct lf_call *c, struct lf_err *e)
{
    if (!m->last_call) {
        lf_random(t->env, &m->last_call, sizeof m->last_call);
        m->last_call >>= 16;
    }
    m->slot[at].call = CALLS_OF_MAIL | ++m->last_call;
    m->slot[at].began = lf_tick(t->env);
    m->slot[at].tries = row->tries;
    m->slot[at].made = row->made;
    memset(m->slot[at].mail, 0, sizeof m->slot[at].mail);
    memcpy(m->slot[at].mail, row->id.ptr, row->id.len < 39 ? row->id.len : 39);
    *c = (struct lf_call){ .id = m->slot[at].call, .base = m->s.server, .timeout_ms = MAIL_MS };
    if (m->s.pin.len) {
        c->has_pin = true;
        LF_TRY(lf_unhex(m->s.pin, c->pin, sizeof c->pin, e));
    }
    c->request.method = LF_V("MAIL");
    c->request.path = LF_V("/");
    c->request.query = LF_V("");
    c->request.body = row->text;
    header(&c->request, "From", m->s.from);
    header(&c->request, "To", row->address);
    header(&c->request, "Login", m->s.login);
    header(&c->request, "Secret", m->s.secret);
    return LF_OK;
}

static enum lf_code ended(struct lf_task *t, lf_view id, enum lf_mail_state state, int64_t tries,
                          lf_view told, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(
        t->db, &node, LF_Q_MAIL_END,
        LF_ARGS(LF_INT(state), LF_INT(tries), LF_TEXT(told), LF_INT(lf_now(t->env)), LF_TEXT(id)), e);
}

static enum lf_code fared(struct lf_mails *m, struct lf_task *t, size_t at, enum lf_code code, int status,
                          lf_view told, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view id = lf_arena_copy(t->a, lf_view_of(m->slot[at].mail));
    int64_t tries = m->slot[at].tries + 1;
    lf_time rest = tries > 7 ? REST_MOST : REST_LEAST << (tries - 1), now = lf_now(t->env);
    lf_time made = m->slot[at].made;
    uint64_t r;

    m->slot[at].call = 0;
    told = lf_view_first(told, TOLD);
    while (!lf_view_is_utf8(told))
        told.len--;
    told = lf_view_some(told);
    if (code == LF_OK && status >= 200 && status < 300)
        return ended(t, id, LF_MAIL_SENT, tries, told, e);
    if (status >= 500 || now - made > GIVE_UP) {
        char text[400];

        lf_log(t->env->log, LF_LOG_WARN, "LF2312", "tries=%lld why=%s", (long long)tries,
               lf_log_text(told, text, sizeof text));
        return ended(t, id, LF_MAIL_FAILED, tries, told, e);
    }
    rest = rest > REST_MOST ? REST_MOST : rest;
    lf_random(t->env, &r, sizeof r);
    return lf_db_exec(t->db, &node, LF_Q_MAIL_AGAIN,
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
    size_t at = 0;
    int64_t next;

    *n = 0;
    *calls = out;
    *again = tick + LOOK_S * LF_SECOND;
    if (!m->s.server.len)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &node, LF_Q_MAIL_EXPIRE, LF_ARGS(LF_INT(now - KEEP)), e));
    /* First, so that what is due is asked for with the tries that this adds. */
    for (size_t i = 0; i < SLOTS; i++)
        if (m->slot[i].call && tick - m->slot[i].began > LOST_S * LF_SECOND)
            LF_TRY(fared(m, t, i, LF_AWAY, 0, LF_V("there was no answer"), e));
    LF_TRY(lf_db_run(t->db, &node, LF_Q_MAIL_DUE, LF_ARGS(LF_INT(now), LF_INT(g.max)), on_row, &g, NULL, e));
    for (size_t i = 0; i < SLOTS; i++) {
        if (m->slot[i].call)
            continue;
        while (at < g.n && under_way(m, g.v[at].id))
            at++;
        if (at == g.n)
            break;
        LF_TRY(call(m, t, &g.v[at++], i, &out[*n], e));
        ++*n;
    }
    LF_TRY(lf_db_int(t->db, &node, LF_Q_MAIL_SOONEST, LF_NO_ARGS, &next, e));
    if (next > now && tick + (next - now) < *again)
        *again = tick + (next - now);
    return LF_OK;
}
