/* Notices on their way: letters, how they fared, and links by which a call is answered. */
#include "base/crypto.h"
#include "cert/inbox.h"
#include "cert/meeting.h"
#include "cert/notice_priv.h"
#include "cert/seminar.h"
#include "ident/node.h"
#include "store/query_notice.h"

enum { TURN = 64, LINK_MAC = 16 };
#define LINK_LIFE (7 * LF_DAY)
#define LETTER_LIFE LF_DAY

struct gather {
    struct lf_arena *a;
    struct lf_notice_delivery v[TURN];
    size_t n;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < TURN)
        g->v[g->n++] = (struct lf_notice_delivery){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                                    .call = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                                    .way = (enum lf_way)lf_row_int(r, 2),
                                                    .address = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                    .state = (enum lf_delivery_state)lf_row_int(r, 4),
                                                    .tries = lf_row_int(r, 5),
                                                    .told = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                                    .ended = lf_row_int(r, 8) };
    return LF_OK;
}

static enum lf_code fetch(struct lf_task *t, const struct lf_query *q, struct gather **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    *out = LF_NEW(t->a, struct gather, 1);
    (*out)->a = t->a;
    return lf_db_run(t->db, &node, q, LF_ARGS(LF_INT(TURN)), on_row, *out, NULL, e);
}

static enum lf_code note(struct lf_task *t, const struct lf_notice_delivery *d, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_exec(t->db, &node, &lf_q_notice_delivery_handed,
                      LF_ARGS(LF_INT(d->state), LF_INT(d->tries), LF_TEXT(lf_view_some(d->told)),
                              LF_INT(d->ended), LF_TEXT(d->id)),
                      e));
    if (d->state != LF_DELIVERY_FAILED)
        return LF_OK;
    t->effects |= LF_FX_NOTICE; /* when no way leads to him the next is called at once */
    return lf_db_exec(t->db, &node, &lf_q_notice_call_hurry, LF_ARGS(LF_INT(now), LF_TEXT(d->call)), e);
}

static bool has_calendar(enum lf_notice_kind k)
{
    return k == LF_NOTICE_MEETING || k == LF_NOTICE_SEMINAR || k == LF_NOTICE_SEMINAR_OFF;
}

/* The meeting or seminar goes with the letter as it stands now, to be put in a calendar. */
static enum lf_code attach_calendar(struct lf_task *t, const struct lf_notice *n, const struct notice_call *c,
                                    lf_view from, struct lf_mail_text *m, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_mail_part *part = LF_NEW(t->a, struct lf_mail_part, 1);
    enum lf_ics_method method;
    struct lf_meeting_full x;
    struct lf_seminar s;

    if (n->kind == LF_NOTICE_MEETING) {
        LF_TRY(lf_meeting_get(&own, n->subject, &x, e));
        LF_TRY(lf_meeting_calendar(&own, &x, m->english, c->row.contact, from, &method, &part->bytes, e));
        part->name = "meeting.ics";
    } else {
        LF_TRY(lf_seminar_get(&own, n->subject, &s, e));
        LF_TRY(lf_seminar_calendar(&own, &s, c->row.contact, from, &method, &part->bytes, e));
        part->name = "seminar.ics";
    }
    part->type = lf_arena_cstr(
        t->a, lf_arena_printf(t->a, "text/calendar; charset=UTF-8; method=%s", lf_ics_method_name(method)));
    m->attached = part;
    m->nattached = 1;
    return LF_OK;
}

static enum lf_code sealed(struct lf_task *t, const struct lf_notice_delivery *d, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    if (!d->sealed.how)
        return LF_OK;
    return lf_db_exec(t->db, &node, &lf_q_notice_delivery_sealed,
                      LF_ARGS(LF_INT(d->sealed.how), LF_TEXT(lf_view_some(d->sealed.keys)), LF_TEXT(d->id)),
                      e);
}

static enum lf_code hand(struct lf_task *t, const struct lf_mail_settings *s, lf_view url,
                         struct lf_notice_delivery *d, struct lf_err *e)
{
    static const enum lf_mail_way ways[] = { LF_MAIL_SMTP, LF_MAIL_HOOK, LF_MAIL_SMS };
    lf_time now = lf_now(t->env);
    struct lf_mail_text m = { .digest = d->id, .to = d->address, .until = now + LETTER_LIFE };
    struct lf_mail_made made = { 0 };
    struct lf_contact who = { 0 };
    struct notice_text text;
    struct notice_call c;
    struct lf_notice n;

    m.way = ways[d->way];
    if (!lf_mail_way_open(s, m.way)) {
        d->state = LF_DELIVERY_FAILED;
        d->ended = now;
        d->told = m.way == LF_MAIL_SMTP ? LF_V("no mail server is set")
                                        : LF_V("no gateway for short messages is set");
        return note(t, d, e);
    }
    LF_TRY(notice_call_load(t, d->call, &c, e));
    LF_TRY(notice_load(t, c.row.notice, &n, e));
    if (people_contact(t, c.row.contact, &who, NULL) == LF_OK)
        m.english = who.english;
    text = notice_compose(t, &n, &c, m.english, url, notice_link(t, c.row.id, now + LINK_LIFE));
    m.subject = text.subject;
    m.body = m.way == LF_MAIL_SMTP ? text.body : m.way == LF_MAIL_HOOK ? text.json : text.brief;
    if (m.way == LF_MAIL_SMTP && n.kind <= LF_NOTICE_CLOCK_100) { /* who answers it writes of the incident */
        m.id = lf_uuid_new(t->env, t->a);
        LF_TRY(lf_inbox_follow(t, m.id, n.subject, e));
    }
    if (m.way == LF_MAIL_SMTP && has_calendar(n.kind))
        LF_TRY(attach_calendar(t, &n, &c, s->from, &m, e));
    m.contact = c.row.contact;
    LF_TRY(lf_mail_add(t, s, &m, &made, e));
    d->sealed = made.sealed;
    LF_TRY(sealed(t, d, e));
    return note(t, d, e);
}

enum lf_code notice_send(struct lf_task *t, const struct lf_mail_settings *s, lf_view url, bool *more,
                         struct lf_err *e)
{
    lf_time began = lf_tick(t->env);
    struct gather *g;
    size_t done = 0;

    LF_TRY(fetch(t, &lf_q_notice_delivery_fared, &g, e));
    for (size_t i = 0; i < g->n; i++)
        LF_TRY(note(t, &g->v[i], e));
    *more = g->n == TURN;
    LF_TRY(fetch(t, &lf_q_notice_delivery_unhanded, &g, e));
    for (; done < g->n && (!done || lf_tick(t->env) - began < LF_MAIL_TURN); done++)
        LF_TRY(hand(t, s, url, &g->v[done], e));
    *more = *more || g->n == TURN || done < g->n;
    return LF_OK;
}

/* ---- links ---- */

/* CALL.UNTIL.MAC: the key never leaves the node, and the word before keeps it apart from its other uses. */
static lf_view mac_of(const struct lf_task *t, lf_view call, lf_view until)
{
    lf_view key = { (const char *)t->self->redact_key, sizeof t->self->redact_key };
    uint8_t mac[LF_SHA256];

    lf_hmac_sha256(key, lf_arena_printf(t->a, "notice-answer %.*s %.*s", LF_FMT(call), LF_FMT(until)), mac);
    return lf_base64url(t->a, mac, LINK_MAC);
}

lf_view notice_link(const struct lf_task *t, lf_view call, lf_time until)
{
    lf_view end = lf_arena_printf(t->a, "%lld", (long long)(until / LF_SECOND));

    return lf_arena_printf(t->a, "%.*s.%.*s.%.*s", LF_FMT(call), LF_FMT(end), LF_FMT(mac_of(t, call, end)));
}

enum lf_code notice_link_open(struct lf_task *t, lf_view link, struct notice_call *c, struct lf_err *e)
{
    lf_view call = LF_V(""), until = LF_V(""), rest = link;
    int64_t end = 0;
    bool ok = link.len < 200 && lf_view_split(&rest, '.', &call) && lf_view_split(&rest, '.', &until) &&
              lf_view_i64(until, &end) && rest.ptr && lf_equal_secret(rest, mac_of(t, call, until));

    if (!ok || end <= lf_now(t->env) / LF_SECOND)
        return lf_err_set(e, LF_NOT_FOUND, "this link is none of this node's, or its time is over");
    return notice_call_load(t, call, c, e);
}

enum lf_code lf_notice_link_read(struct lf_task *t, lf_view link, struct lf_inbox_item *out, struct lf_err *e)
{
    struct notice_call c;

    LF_TRY(notice_link_open(t, link, &c, e));
    out->call = c.row;
    return notice_load(t, c.row.notice, &out->notice, e);
}

enum lf_code lf_notice_link_answer(struct lf_task *t, lf_view link, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct notice_call c;
    enum lf_code rc;

    LF_TRY(notice_link_open(t, link, &c, e));
    if (c.row.state == LF_CALL_ACKNOWLEDGED)
        return lf_err_set(e, LF_CONFLICT, "this call was answered already");
    rc = notice_answered(&own, &c, lf_arena_printf(t->a, "link:%.*s", LF_FMT(c.row.name)), e);
    t->effects |= own.effects;
    return rc;
}
