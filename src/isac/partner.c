#include "isac/partner.h"

#include "cert/incident_task.h"
#include "cert/notice.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/feed.h"
#include "isac/peer.h"
#include "post/mail.h"
#include "store/query_partner.h"

enum { TURN = 50 /* told in one turn */ };
#define LATELY (7 * LF_DAY)  /* what is later than this when the node looks first is not told */
#define ENDING (30 * LF_DAY) /* an agreement is told of so long before its last day */
#define SOON (7 * LF_DAY)    /* of a new channel, and of one that did not answer */

static const char *const kinds[LF_PARTNER_KINDS] = { "cert",      "isac",   "university", "institute",
                                                     "community", "vendor", "government", "other" };
static const char *const channels[LF_CHANNEL_KINDS] = { "mail", "telephone", "pgp", "web", "other" };

const char *lf_partner_kind_name(enum lf_partner_kind k)
{
    return kinds[k];
}

const char *lf_channel_kind_name(enum lf_channel_kind k)
{
    return channels[k];
}

bool lf_partner_kind_parse(lf_view name, enum lf_partner_kind *out)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_PARTNER_KINDS, &at))
        return false;
    *out = (enum lf_partner_kind)at;
    return true;
}

bool lf_channel_kind_parse(lf_view name, enum lf_channel_kind *out)
{
    size_t at;

    if (!lf_view_among(name, channels, LF_CHANNEL_KINDS, &at))
        return false;
    *out = (enum lf_channel_kind)at;
    return true;
}

/* ---- who may ---- */

static enum lf_code may(const struct lf_task *t, bool write, struct lf_err *e)
{
    unsigned roles = LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER;

    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "this is for this node's own people");
    return lf_ident_need(t, write ? roles : roles | LF_ROLE_REPORTER | LF_ROLE_READER, e);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env) };
}

static lf_view copied(const struct gather *g, const struct lf_row *r, int col)
{
    return lf_arena_copy(g->a, lf_view_some(lf_row_text(r, col)));
}

static enum lf_code on_partner(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_partner *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_partner *x = &list[g->n++];

    (void)e;
    *x = (struct lf_partner){ .id = copied(g, r, 0),
                              .name = copied(g, r, 1),
                              .country = copied(g, r, 2),
                              .kind = (enum lf_partner_kind)lf_row_int(r, 3),
                              .active = lf_row_int(r, 4) != 0,
                              .agreement = copied(g, r, 5),
                              .since = lf_row_int(r, 6),
                              .until = lf_row_int(r, 7),
                              .tlp = (enum lf_tlp)lf_row_int(r, 8),
                              .owner = copied(g, r, 9),
                              .feed = copied(g, r, 10),
                              .peer = copied(g, r, 11),
                              .note = copied(g, r, 12),
                              .created = lf_row_int(r, 13),
                              .changed = lf_row_int(r, 14),
                              .channels = (size_t)lf_row_int(r, 15),
                              .late = (size_t)lf_row_int(r, 16),
                              .due = lf_row_int(r, 17),
                              .tried = lf_row_int(r, 18) };
    if (!x->active) {
        x->late = 0;
        x->due = 0;
    }
    x->over = x->until && g->now >= x->until + LF_DAY;
    return LF_OK;
}

static enum lf_code on_channel(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_channel *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_channel){ .channel = lf_row_int(r, 0),
                                        .kind = (enum lf_channel_kind)lf_row_int(r, 1),
                                        .value = copied(g, r, 2),
                                        .days = lf_row_int(r, 3),
                                        .due = lf_row_int(r, 4),
                                        .tried = lf_row_int(r, 5),
                                        .answered = lf_row_int(r, 6) != 0,
                                        .late = lf_row_int(r, 4) < g->now };
    return LF_OK;
}

static enum lf_code on_try(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_channel_try *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_channel_try){ .at = lf_row_int(r, 0),
                                            .account = copied(g, r, 1),
                                            .kind = (enum lf_channel_kind)lf_row_int(r, 2),
                                            .value = copied(g, r, 3),
                                            .answered = lf_row_int(r, 4) != 0,
                                            .note = copied(g, r, 5) };
    return LF_OK;
}

/* ---- partners ---- */

static enum lf_code find(struct lf_task *t, lf_view id, bool write, struct lf_partner *out, struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(may(t, write, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_partner_get, LF_ARGS(LF_INT(g.now), LF_TEXT(lf_view_some(id))),
                     on_partner, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "partner: there is no partner %.*s",
                          LF_FMT(lf_view_first(id, 60)));
    *out = *(struct lf_partner *)g.items;
    return LF_OK;
}

enum lf_code lf_partner_get(struct lf_task *t, lf_view id, struct lf_partner *out, struct lf_err *e)
{
    return find(t, id, false, out, e);
}

enum lf_code lf_partner_list(struct lf_task *t, const struct lf_partner_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_partner **out, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = gathering(t);
    const struct lf_partner *list;
    lf_view name, id;

    LF_TRY(may(t, false, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &name, &id))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    if (f->words.len && !lf_view_is_text(f->words, 1, LF_PARTNER_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "partner: words that are looked for have at most %d bytes",
                          LF_PARTNER_NAME);
    LF_TRY(lf_db_run(
        t->db, &t->scope, &lf_q_partner_list,
        LF_ARGS(LF_INT(g.now), LF_TEXT(lf_view_some(name)), LF_TEXT(lf_view_some(id)), LF_INT(f->kind),
                LF_INT(f->active), LF_TEXT(lf_view_some(f->country)), LF_TEXT(LF_V(LF_PARTNER_HOME)),
                LF_TEXT(lf_view_some(lf_db_like(t->a, f->words))), LF_INT(f->late), LF_INT(limit + 1)),
        on_partner, &g, NULL, e));
    list = g.items;
    *n = g.n > limit ? limit : g.n;
    *out = list;
    *next = g.n > limit ? lf_page_pair(t->a, list[limit - 1].name, list[limit - 1].id) : LF_V("");
    return LF_OK;
}

static bool is_line(lf_view v, size_t least, size_t most)
{
    bool ok = lf_view_is_text(v, least, most);

    for (size_t i = 0; ok && i < v.len; i++)
        ok = (unsigned char)v.ptr[i] >= 0x20 && v.ptr[i] != 0x7f;
    return ok;
}

static bool is_country(lf_view v)
{
    return v.len == 2 && v.ptr[0] >= 'A' && v.ptr[0] <= 'Z' && v.ptr[1] >= 'A' && v.ptr[1] <= 'Z';
}

static lf_view trimmed(lf_view v)
{
    return lf_view_some(lf_view_trim(v));
}

/* The feed and the peer by whatever name they were given become ids of what is there. */
static enum lf_code resolve(struct lf_task *t, const struct lf_partner *was, struct lf_partner *x,
                            struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_feed f;
    struct lf_peer p;

    if (!lf_view_eq(was->owner, x->owner)) /* one that left may keep what is over */
        LF_TRY(lf_incident_task_owner(t, x->owner, e));
    if (x->feed.len && !lf_view_eq(was->feed, x->feed)) {
        if (lf_feed_get(&own, x->feed, &f, &(struct lf_err){ 0 }) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT, "partner: there is no feed \"%.*s\"",
                              LF_FMT(lf_view_first(x->feed, 80)));
        x->feed = f.id;
    }
    if (x->peer.len && !lf_view_eq(was->peer, x->peer)) {
        if (lf_peer_get(&own, x->peer, &p, &(struct lf_err){ 0 }) != LF_OK)
            return lf_err_set(e, LF_BAD_INPUT, "partner: there is no peer \"%.*s\"",
                              LF_FMT(lf_view_first(x->peer, 80)));
        x->peer = p.id;
    }
    return LF_OK;
}

static enum lf_code check(struct lf_task *t, const struct lf_partner *was, struct lf_partner *x,
                          struct lf_err *e)
{
    x->name = trimmed(x->name);
    x->agreement = trimmed(x->agreement);
    x->owner = trimmed(x->owner);
    x->feed = trimmed(x->feed);
    x->peer = trimmed(x->peer);
    x->note = trimmed(x->note);
    if (!is_line(x->name, 1, LF_PARTNER_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "partner: name is one line of at most %d bytes", LF_PARTNER_NAME);
    if (!is_country(x->country))
        return lf_err_set(e, LF_BAD_INPUT, "partner: country is the two capital letters of ISO 3166: TW, JP");
    if (!lf_view_is_text(x->agreement, 0, LF_PARTNER_TEXT) || !lf_view_is_text(x->note, 0, LF_PARTNER_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "partner: agreement and note have at most %d bytes each",
                          LF_PARTNER_TEXT);
    if (x->since && x->until && x->until < x->since)
        return lf_err_set(e, LF_BAD_INPUT, "partner: the agreement ends before it begins");
    return resolve(t, was, x, e);
}

enum lf_code lf_partner_put(struct lf_task *t, const struct lf_partner *in, lf_view *id, struct lf_err *e)
{
    struct lf_partner x = *in, was = { 0 };
    const lf_view *same;
    int64_t have;
    size_t n;

    LF_TRY(may(t, true, e));
    if (x.id.len)
        LF_TRY(find(t, x.id, true, &was, e));
    LF_TRY(check(t, &was, &x, e));
    LF_TRY(
        lf_db_texts(t->db, &t->scope, &lf_q_partner_named, LF_ARGS(LF_TEXT(x.name)), t->a, 1, &n, &same, e));
    if (n && !lf_view_eq(same[0], x.id))
        return lf_err_set(e, LF_CONFLICT, "partner: there is a partner of this name already");
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_partner_count, LF_NO_ARGS, &have, e));
    if (!x.id.len && have >= LF_PARTNERS)
        return lf_err_set(e, LF_TOO_MANY, "partner: a node has at most %d partners", LF_PARTNERS);
    x.id = x.id.len ? was.id : lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_partner_put,
                      LF_ARGS(LF_TEXT(x.id), LF_TEXT(x.name), LF_TEXT(x.country), LF_INT(x.kind),
                              LF_INT(x.active), LF_TEXT(x.agreement), LF_INT(x.since), LF_INT(x.until),
                              LF_INT(x.tlp), LF_TEXT(x.owner), LF_TEXT(x.feed), LF_TEXT(x.peer),
                              LF_TEXT(x.note), LF_INT(lf_now(t->env))),
                      e));
    *id = x.id;
    return lf_audit_add(t, was.id.len ? LF_V("partner.change") : LF_V("partner.add"), x.id, (lf_view){ 0 },
                        e);
}

/* ---- channels ---- */

static enum lf_code channels_of(struct lf_task *t, lf_view partner, struct gather *g, struct lf_err *e)
{
    *g = gathering(t);
    return lf_db_run(t->db, &t->scope, &lf_q_partner_channel_list, LF_ARGS(LF_TEXT(partner)), on_channel, g,
                     NULL, e);
}

enum lf_code lf_channel_list(struct lf_task *t, lf_view partner, size_t *n, const struct lf_channel **out,
                             struct lf_err *e)
{
    struct lf_partner p;
    struct lf_channel *list;
    struct gather g;

    LF_TRY(find(t, partner, false, &p, e));
    LF_TRY(channels_of(t, p.id, &g, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++)
        list[i].late = list[i].late && p.active;
    *n = g.n;
    *out = list;
    return LF_OK;
}

static enum lf_code find_channel(struct lf_task *t, lf_view partner, int64_t channel, struct lf_partner *p,
                                 struct lf_channel *out, struct lf_err *e)
{
    const struct lf_channel *list;
    struct gather g;

    LF_TRY(find(t, partner, true, p, e));
    LF_TRY(channels_of(t, p->id, &g, e));
    list = g.items;
    for (size_t i = 0; i < g.n; i++)
        if (list[i].channel == channel) {
            *out = list[i];
            return LF_OK;
        }
    return lf_err_set(e, LF_NOT_FOUND, "partner: it has no channel %lld", (long long)channel);
}

static enum lf_code keep(struct lf_task *t, lf_view partner, const struct lf_channel *c, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_partner_channel_put,
                      LF_ARGS(LF_TEXT(partner), LF_INT(c->channel), LF_INT(c->kind), LF_TEXT(c->value),
                              LF_INT(c->days), LF_INT(c->due), LF_INT(c->tried), LF_INT(c->answered)),
                      e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, lf_view partner, const struct lf_channel *c,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_int(&n.w, "channel", c->channel);
    lf_json_put_cstr(&n.w, "kind", channels[c->kind]);
    return lf_audit_close(&n, t, action, partner, e);
}

/* A fingerprint of OpenPGP: 40 digits, or 64 of the newer keys; blanks between are how people copy them. */
static bool is_fingerprint(struct lf_arena *a, lf_view *v)
{
    char *out = LF_NEW(a, char, v->len + 1);
    size_t n = 0;

    for (size_t i = 0; i < v->len; i++) {
        char c = v->ptr[i];

        if (c == ' ' || c == ':')
            continue;
        if (c >= 'a' && c <= 'f')
            c = (char)(c - 'a' + 'A');
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
            return false;
        out[n++] = c;
    }
    *v = (lf_view){ out, n };
    return n == 40 || n == 64;
}

static enum lf_code check_channel(struct lf_task *t, struct lf_channel *c, struct lf_err *e)
{
    c->value = trimmed(c->value);
    if (!is_line(c->value, 1, LF_CHANNEL_VALUE))
        return lf_err_set(e, LF_BAD_INPUT, "partner: value is one line of at most %d bytes",
                          LF_CHANNEL_VALUE);
    if (c->kind == LF_CHANNEL_MAIL && !lf_mail_address_ok(c->value))
        return lf_err_set(e, LF_BAD_INPUT, "partner: that is no mail address");
    if (c->kind == LF_CHANNEL_PGP && !is_fingerprint(t->a, &c->value))
        return lf_err_set(e, LF_BAD_INPUT,
                          "partner: a fingerprint of an OpenPGP key has 40 or 64 hexadecimal digits");
    if (c->kind == LF_CHANNEL_WEB && !lf_view_starts(c->value, LF_V("https://")))
        return lf_err_set(e, LF_BAD_INPUT, "partner: the address of a portal begins with https://");
    if (!c->days)
        c->days = LF_CHANNEL_DAYS;
    return c->days >= 1 && c->days <= LF_CHANNEL_LONGEST
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "partner: a channel is tried every 1 to %d days",
                            LF_CHANNEL_LONGEST);
}

enum lf_code lf_channel_add(struct lf_task *t, lf_view partner, const struct lf_channel *in, int64_t *channel,
                            struct lf_err *e)
{
    struct lf_channel x = *in;
    struct lf_partner p;

    LF_TRY(find(t, partner, true, &p, e));
    LF_TRY(check_channel(t, &x, e));
    if (p.channels >= LF_PARTNER_CHANNELS)
        return lf_err_set(e, LF_TOO_MANY, "partner: it has at most %d channels", LF_PARTNER_CHANNELS);
    if (!x.due)
        x.due = lf_now(t->env) + SOON;
    x.tried = 0;
    x.answered = false;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_partner_channel_next, LF_ARGS(LF_TEXT(p.id)), &x.channel, e));
    LF_TRY(keep(t, p.id, &x, e));
    *channel = x.channel;
    return audit(t, LF_V("partner.channel"), p.id, &x, e);
}

enum lf_code lf_channel_remove(struct lf_task *t, lf_view partner, int64_t channel, struct lf_err *e)
{
    struct lf_channel x;
    struct lf_partner p;

    LF_TRY(find_channel(t, partner, channel, &p, &x, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_partner_channel_remove, LF_ARGS(LF_TEXT(p.id), LF_INT(channel)),
                      e));
    return audit(t, LF_V("partner.channel_remove"), p.id, &x, e);
}

enum lf_code lf_channel_try(struct lf_task *t, lf_view partner, int64_t channel, bool answered, lf_view note,
                            struct lf_err *e)
{
    lf_time now = lf_now(t->env), on;
    struct lf_channel x;
    struct lf_partner p;

    LF_TRY(find_channel(t, partner, channel, &p, &x, e));
    note = trimmed(note);
    if (!lf_view_is_text(note, 0, LF_PARTNER_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "partner: agreement and note have at most %d bytes each",
                          LF_PARTNER_TEXT);
    on = x.days * LF_DAY;
    x.due = now + (answered || on < SOON ? on : SOON);
    x.tried = now;
    x.answered = answered;
    LF_TRY(keep(t, p.id, &x, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_partner_try_add,
                      LF_ARGS(LF_TEXT(p.id), LF_INT(now), LF_TEXT(lf_view_some(t->scope.account)),
                              LF_INT(x.kind), LF_TEXT(x.value), LF_INT(answered), LF_TEXT(note)),
                      e));
    return audit(t, LF_V("partner.try"), p.id, &x, e);
}

enum lf_code lf_channel_tries(struct lf_task *t, lf_view partner, size_t *n,
                              const struct lf_channel_try **out, struct lf_err *e)
{
    struct gather g = gathering(t);
    struct lf_partner p;

    LF_TRY(find(t, partner, false, &p, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_partner_try_list,
                     LF_ARGS(LF_TEXT(p.id), LF_INT(LF_PARTNER_TRIES)), on_try, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- what is late ---- */

struct raised {
    struct lf_task *t;
    size_t n;
    struct lf_notice_new v[TURN];
};

static enum lf_code on_late(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;
    lf_view id = lf_arena_copy(a, lf_row_text(r, 0));
    lf_time due = lf_row_int(r, 4);

    (void)e;
    if (x->n == TURN)
        return LF_OK;
    x->v[x->n++] = (struct lf_notice_new){
        .kind = LF_NOTICE_PARTNER,
        .key = lf_arena_printf(a, "partner/%.*s/%lld/%lld", LF_FMT(id), (long long)lf_row_int(r, 2),
                               (long long)due),
        .subject = id,
        .title = lf_arena_copy(a, lf_row_text(r, 1)),
        .detail = lf_arena_copy(a, lf_row_text(r, 3)),
        .path = lf_arena_printf(a, "/partners/%.*s", LF_FMT(id)),
        .due = due,
    };
    return LF_OK;
}

static enum lf_code on_ending(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct raised *x = ctx;
    struct lf_arena *a = x->t->a;
    lf_view id = lf_arena_copy(a, lf_row_text(r, 0));
    lf_time until = lf_row_int(r, 2);

    (void)e;
    if (x->n == TURN)
        return LF_OK;
    x->v[x->n++] = (struct lf_notice_new){
        .kind = LF_NOTICE_PARTNER,
        .key = lf_arena_printf(a, "partner/%.*s/agreement/%lld", LF_FMT(id), (long long)until),
        .subject = id,
        .title = lf_arena_copy(a, lf_row_text(r, 1)),
        .detail = lf_utf8_first(lf_arena_copy(a, lf_row_text(r, 3)), LF_PARTNER_NAME),
        .path = lf_arena_printf(a, "/partners/%.*s", LF_FMT(id)),
        .due = until,
    };
    return LF_OK;
}

enum lf_code lf_partner_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct raised x = { .t = &own };
    lf_time now = lf_now(t->env);
    enum lf_code rc = lf_db_run(t->db, &own.scope, &lf_q_partner_channel_late,
                                LF_ARGS(LF_INT(now - LATELY), LF_INT(now), LF_INT(TURN)), on_late, &x, NULL,
                                e);

    if (rc == LF_OK)
        rc = lf_db_run(t->db, &own.scope, &lf_q_partner_agreement_ending,
                       LF_ARGS(LF_INT(now - LATELY), LF_INT(now + ENDING), LF_INT(TURN)), on_ending, &x, NULL,
                       e);
    for (size_t i = 0; rc == LF_OK && i < x.n; i++)
        rc = lf_notice_raise(&own, &x.v[i], NULL, e);
    t->effects |= own.effects;
    return rc;
}
