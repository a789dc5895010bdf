#include "cert/notice.h"

#include "cert/notice_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_notice.h"

enum { KEY = 200, TITLE = 300, DETAIL = 600, TURN = 64, CALLS = 20000 };

/* rules/notice/tw-2026.json, embedded by the build. */
extern const char notice_tw_2026[];
extern const size_t notice_tw_2026_len;

const char *lf_notice_state_name(enum lf_notice_state s)
{
    static const char *const names[] = { "raised", "open", "done", "unanswered" };

    return names[s];
}

const char *lf_call_state_name(enum lf_call_state s)
{
    static const char *const names[] = { "calling", "told", "acknowledged", "escalated" };

    return names[s];
}

const char *lf_delivery_state_name(enum lf_delivery_state s)
{
    static const char *const names[] = { "waiting", "sent", "failed" };

    return names[s];
}

/* At most that many bytes of valid UTF-8, on one line. */
static lf_view cut(struct lf_arena *a, lf_view v, size_t most)
{
    char *line;

    v = lf_view_first(v, most);
    while (v.len && !lf_view_is_utf8(v))
        v.len--;
    line = lf_arena_cstr(a, v);
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    return (lf_view){ line, v.len };
}

enum lf_code lf_notice_raise(struct lf_task *t, const struct lf_notice_new *n, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view key = lf_uuid_new(t->env, t->a);
    lf_view letter = n->letter ? lf_arena_copy(t->a, (lf_view){ &n->letter, 1 }) : LF_V("");
    int64_t made = 0;

    LF_ASSERT(n->level >= 0 && n->level <= 4 && (!n->letter || (n->letter >= 'A' && n->letter <= 'D')));
    if (!lf_view_is_text(n->key, 1, KEY))
        return lf_err_set(e, LF_BAD_INPUT, "a notice's key is 1 to %d bytes of text", KEY);
    LF_TRY(lf_db_run(t->db, &node, &lf_q_notice_add,
                     LF_ARGS(LF_TEXT(key), LF_TEXT(n->key), LF_INT(n->kind),
                             LF_TEXT(lf_view_some(n->subject)), LF_TEXT(lf_view_some(n->about)),
                             LF_INT(n->level), LF_TEXT(letter), LF_INT(n->exercise),
                             LF_TEXT(cut(t->a, n->title, TITLE)), LF_TEXT(cut(t->a, n->detail, DETAIL)),
                             LF_TEXT(lf_view_some(n->path)), LF_INT(n->due), LF_INT(lf_now(t->env))),
                     NULL, NULL, &made, e));
    if (made)
        t->effects |= LF_FX_NOTICE;
    if (!id)
        return LF_OK;
    if (!made)
        return lf_db_text(t->db, &node, &lf_q_notice_by_occasion, LF_ARGS(LF_TEXT(n->key)), t->a, id, e);
    *id = key;
    return LF_OK;
}

/* ---- rows ---- */

static struct lf_notice notice_of(struct lf_arena *a, const struct lf_row *r, int at)
{
    lf_view letter = lf_row_text(r, at + 5);

    return (struct lf_notice){ .id = lf_arena_copy(a, lf_row_text(r, at)),
                               .kind = (enum lf_notice_kind)lf_row_int(r, at + 1),
                               .subject = lf_arena_copy(a, lf_row_text(r, at + 2)),
                               .about = lf_arena_copy(a, lf_row_text(r, at + 3)),
                               .level = (int)lf_row_int(r, at + 4),
                               .letter = letter.len ? letter.ptr[0] : '\0',
                               .exercise = (int)lf_row_int(r, at + 6),
                               .title = lf_arena_copy(a, lf_row_text(r, at + 7)),
                               .detail = lf_arena_copy(a, lf_row_text(r, at + 8)),
                               .path = lf_arena_copy(a, lf_row_text(r, at + 9)),
                               .due = lf_row_int(r, at + 10),
                               .made = lf_row_int(r, at + 11),
                               .state = (enum lf_notice_state)lf_row_int(r, at + 12) };
}

static struct notice_call call_of(struct lf_arena *a, const struct lf_row *r)
{
    return (struct notice_call){ .row = { .id = lf_arena_copy(a, lf_row_text(r, 0)),
                                          .notice = lf_arena_copy(a, lf_row_text(r, 1)),
                                          .chain = lf_arena_copy(a, lf_row_text(r, 2)),
                                          .step = lf_row_int(r, 3),
                                          .who = (enum lf_who)lf_row_int(r, 4),
                                          .place = (int)lf_row_int(r, 5),
                                          .contact = lf_arena_copy(a, lf_row_text(r, 6)),
                                          .name = lf_arena_copy(a, lf_row_text(r, 7)),
                                          .state = (enum lf_call_state)lf_row_int(r, 8),
                                          .made = lf_row_int(r, 9),
                                          .next = lf_row_int(r, 10),
                                          .ended = lf_row_int(r, 11),
                                          .ended_by = lf_arena_copy(a, lf_row_text(r, 12)) },
                                 .ways = (unsigned)lf_row_int(r, 13),
                                 .tail = lf_arena_copy(a, lf_row_text(r, 14)),
                                 .ack = lf_row_int(r, 15) };
}

struct gather {
    struct lf_arena *a;
    struct lf_notice *notice;
    struct notice_call *call;
    struct lf_notice_delivery *delivery;
    struct lf_inbox_item *inbox;
    size_t n, max, cap;
};

static enum lf_code on_notice(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->notice[g->n++] = notice_of(g->a, r, 0);
    return LF_OK;
}

static enum lf_code on_call(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->call = lf_arena_grow(g->a, g->call, g->n, &g->cap, sizeof *g->call);
    g->call[g->n++] = call_of(g->a, r);
    return LF_OK;
}

static enum lf_code on_delivery(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->delivery = lf_arena_grow(g->a, g->delivery, g->n, &g->cap, sizeof *g->delivery);
    g->delivery[g->n++] = (struct lf_notice_delivery){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .call = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .way = (enum lf_way)lf_row_int(r, 2),
        .address = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .state = (enum lf_delivery_state)lf_row_int(r, 4),
        .tries = lf_row_int(r, 5),
        .told = lf_arena_copy(g->a, lf_row_text(r, 6)),
        .made = lf_row_int(r, 7),
        .ended = lf_row_int(r, 8),
        .sealed = { .how = (unsigned)lf_row_int(r, 9), .keys = lf_arena_copy(g->a, lf_row_text(r, 10)) }
    };
    return LF_OK;
}

static enum lf_code on_inbox(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->inbox[g->n++] =
            (struct lf_inbox_item){ .notice = notice_of(g->a, r, 16), .call = call_of(g->a, r).row };
    return LF_OK;
}

enum lf_code notice_load(struct lf_task *t, lf_view id, struct lf_notice *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .notice = LF_NEW(t->a, struct lf_notice, 1), .max = 1 };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_notice_get, LF_ARGS(LF_TEXT(id)), on_notice, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such notice");
    *out = g.notice[0];
    return LF_OK;
}

static enum lf_code calls(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args,
                          size_t nargs, size_t *n, struct notice_call **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, q, args, nargs, on_call, &g, NULL, e));
    *n = g.n;
    *out = g.call;
    return LF_OK;
}

enum lf_code notice_call_load(struct lf_task *t, lf_view id, struct notice_call *out, struct lf_err *e)
{
    struct notice_call *v;
    size_t n;

    LF_TRY(calls(t, &lf_q_notice_call_get, LF_ARGS(LF_TEXT(id)), &n, &v, e));
    if (!n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such call");
    *out = v[0];
    return LF_OK;
}

/* Of the node's own people: all; of a tenant's: what is about it. */
static bool of_node(const struct lf_task *t)
{
    return (t->scope.roles & LF_ROLE_SYSTEM) || lf_view_eq(t->scope.org, t->self->org);
}

static enum lf_code may_see(struct lf_task *t, const struct lf_notice *n, struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    if (!of_node(t) && !lf_view_eq(n->about, t->scope.org))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such notice");
    return LF_OK;
}

enum lf_code lf_notice_list(struct lf_task *t, const struct lf_notice_filter *f, const struct lf_page *page,
                            struct lf_notice_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page);
    struct gather g = { .a = t->a, .notice = LF_NEW(t->a, struct lf_notice, most + 1), .max = most + 1 };
    lf_view made = LF_V(""), id = LF_V("");
    int64_t before = INT64_MAX;

    LF_TRY(people_read(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &made, &id) ||
        (made.len && !lf_view_i64(made, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_notice_list,
        LF_ARGS(LF_INT(before), LF_TEXT(lf_view_some(id)), LF_TEXT(f ? lf_view_some(f->subject) : LF_V("")),
                LF_TEXT(of_node(t) ? LF_V("") : t->scope.org), LF_INT(f && f->open), LF_INT(most + 1)),
        on_notice, &g, NULL, e));
    *out = (struct lf_notice_page){ .n = g.n > most ? most : g.n, .items = g.notice };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)g.notice[most - 1].made),
                                 g.notice[most - 1].id);
    return LF_OK;
}

enum lf_code lf_notice_get(struct lf_task *t, lf_view id, struct lf_notice_full *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct notice_call *v;
    struct lf_notice_call *rows;
    size_t n;

    *out = (struct lf_notice_full){ 0 };
    LF_TRY(notice_load(t, id, &out->row, e));
    LF_TRY(may_see(t, &out->row, e));
    LF_TRY(calls(t, &lf_q_notice_call_of, LF_ARGS(LF_TEXT(id), LF_INT(CALLS)), &n, &v, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_notice_delivery_of, LF_ARGS(LF_TEXT(id), LF_INT(CALLS)), on_delivery,
                     &g, NULL, e));
    rows = LF_NEW(t->a, struct lf_notice_call, n + 1);
    for (size_t i = 0; i < n; i++)
        rows[i] = v[i].row;
    out->ncalls = n;
    out->calls = rows;
    out->ndeliveries = g.n;
    out->deliveries = g.delivery;
    return LF_OK;
}

enum lf_code lf_notice_inbox(struct lf_task *t, size_t most, size_t *n, const struct lf_inbox_item **out,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .inbox = LF_NEW(t->a, struct lf_inbox_item, most + 1), .max = most };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_notice_inbox, LF_ARGS(LF_TEXT(t->scope.account), LF_INT(most)),
                     on_inbox, &g, NULL, e));
    *n = g.n;
    *out = g.inbox;
    return LF_OK;
}

/* ---- calling ---- */

static lf_view address_of(const struct lf_contact *c, enum lf_way way)
{
    return way == LF_WAY_MAIL      ? c->email
           : way == LF_WAY_WEBHOOK ? c->webhook
           : way == LF_WAY_SMS     ? c->mobile
                                   : c->account;
}

/* One contact, by every way of `like` that leads to him.  Nobody (c NULL): the chain says that it has none.
 */
static enum lf_code call_one(struct lf_task *t, const struct notice_call *like, const struct lf_contact *c,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view id = lf_uuid_new(t->env, t->a);
    lf_time now = lf_now(t->env);
    size_t ways = 0;
    enum lf_call_state state = !c ? LF_CALL_ESCALATED : like->ack ? LF_CALL_CALLING : LF_CALL_TOLD;

    for (enum lf_way w = LF_WAY_MAIL; c && w < LF_WAY_COUNT; w++) {
        lf_view to = address_of(c, w);
        bool here = w == LF_WAY_INBOX; /* it is there as soon as it is kept */

        if (!(like->ways >> w & 1) || !to.len)
            continue;
        ways++;
        LF_TRY(
            lf_db_exec(t->db, &node, &lf_q_notice_delivery_add,
                       LF_ARGS(LF_TEXT(lf_uuid_new(t->env, t->a)), LF_TEXT(like->row.notice), LF_TEXT(id),
                               LF_INT(w), LF_TEXT(to), LF_INT(here ? LF_DELIVERY_SENT : LF_DELIVERY_WAITING),
                               LF_INT(now), LF_INT(here ? now : 0)),
                       e));
    }
    t->effects |= ways ? LF_FX_MAIL : 0;
    return lf_db_exec(t->db, &node, &lf_q_notice_call_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(like->row.notice),
                              LF_TEXT(like->row.chain.len ? like->row.chain : id), LF_INT(like->row.step),
                              LF_INT(like->row.who), LF_INT(like->row.place), LF_TEXT(c ? c->id : LF_V("")),
                              LF_TEXT(c ? c->name : LF_V("")), LF_INT(like->ways), LF_TEXT(like->tail),
                              LF_INT(like->ack), LF_INT(state), LF_INT(now),
                              LF_INT(state != LF_CALL_CALLING ? 0
                                     : ways                   ? now + like->ack
                                                              : now)),
                      e);
}

/* The first contact of the chain's people, then of its tail, who was not called in it. */
static enum lf_code next_of(struct lf_task *t, const struct notice_call *like, lf_view unit,
                            const struct notice_call *called, size_t ncalled, struct lf_contact **out,
                            struct lf_err *e)
{
    lf_view rest = like->tail, name = LF_V("");
    enum lf_who who = like->row.who;
    int place = like->row.place, last = like->row.place;

    *out = NULL;
    for (;;) {
        for (; place <= last; place++) {
            struct lf_contact *v;
            size_t n;

            LF_TRY(people_who(t, who, place, unit, &n, &v, e));
            for (size_t i = 0; i < n; i++) {
                bool was = false;

                for (size_t k = 0; k < ncalled && !was; k++)
                    was = lf_view_eq(called[k].row.chain, like->row.chain) &&
                          lf_view_eq(called[k].row.contact, v[i].id);
                if (!was) {
                    *out = &v[i];
                    return LF_OK;
                }
            }
        }
        if (!lf_view_split(&rest, ',', &name) || !lf_who_parse(name, &who))
            return LF_OK;
        place = 1;
        last = lf_who_places(who);
    }
}

/* What the calls of a notice make of it. */
static enum lf_code settle(struct lf_task *t, lf_view notice, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t waits, none;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_waits, LF_ARGS(LF_TEXT(notice)), &waits, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_unanswered, LF_ARGS(LF_TEXT(notice)), &none, e));
    return lf_db_exec(t->db, &node, &lf_q_notice_state,
                      LF_ARGS(LF_INT(waits  ? LF_NOTICE_OPEN
                                     : none ? LF_NOTICE_UNANSWERED
                                            : LF_NOTICE_DONE),
                              LF_TEXT(notice)),
                      e);
}

static enum lf_code unit_of(struct lf_task *t, const struct lf_notice *n, lf_view *unit, struct lf_err *e)
{
    struct lf_unit u;
    enum lf_code rc = people_unit_about(t, n->about, &u, e);

    *unit = rc == LF_OK ? u.id : n->about; /* a contact, or one that left */
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

struct told { /* who was told already, without an answer being wanted */
    lf_view contact;
    unsigned ways;
};

static enum lf_code tell_all(struct lf_task *t, const struct notice_call *like, lf_view unit,
                             struct told **told, size_t *ntold, size_t *cap, struct lf_err *e)
{
    struct lf_contact *v;
    size_t n;

    LF_TRY(people_who(t, like->row.who, like->row.place, unit, &n, &v, e));
    for (size_t i = 0; i < n; i++) {
        unsigned had = 0;
        struct notice_call one = *like;

        for (size_t k = 0; k < *ntold; k++)
            if (lf_view_eq((*told)[k].contact, v[i].id))
                had |= (*told)[k].ways;
        one.ways &= ~had;
        if (!one.ways)
            continue;
        *told = lf_arena_grow(t->a, *told, *ntold, cap, sizeof **told);
        (*told)[(*ntold)++] = (struct told){ v[i].id, one.ways };
        LF_TRY(call_one(t, &one, &v[i], e));
    }
    return LF_OK;
}

static lf_view tail_text(struct lf_task *t, const struct lf_matrix_row *r)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < r->nthen; i++)
        out = lf_arena_printf(t->a, "%.*s%s%s", LF_FMT(out), i ? "," : "", lf_who_name(r->then[i]));
    return out;
}

/* A notice about a post reaches no other place of it. */
static bool other_place(const struct lf_notice *n, enum lf_who who, int place)
{
    enum lf_who about;
    int at;

    return lf_post_parse(n->about, &about, &at) && about == who && at != place;
}

static enum lf_code begin(struct lf_task *t, const struct lf_matrix *m, const struct lf_notice *n,
                          struct lf_err *e)
{
    struct told *told = NULL;
    size_t ntold = 0, cap = 0;
    lf_view unit;

    LF_TRY(unit_of(t, n, &unit, e));
    for (size_t i = 0; i < m->nrows; i++) {
        const struct lf_matrix_row *r = &m->rows[i];
        struct notice_call like = { .row = { .notice = n->id, .who = r->who },
                                    .ways = (unsigned)r->by,
                                    .ack = r->ack };
        struct lf_contact *first;

        if (n->exercise > 1) /* in whole seconds, rounded up */
            like.ack = (r->ack / LF_SECOND + n->exercise - 1) / n->exercise * LF_SECOND;
        if (!lf_matrix_speaks(r, n->kind, n->level, n->letter, t->self->tier))
            continue;
        like.tail = tail_text(t, r);
        for (like.row.place = 1; like.row.place <= lf_who_places(r->who); like.row.place++) {
            if (other_place(n, r->who, like.row.place))
                continue;
            if (!r->ack) {
                LF_TRY(tell_all(t, &like, unit, &told, &ntold, &cap, e));
                continue;
            }
            LF_TRY(next_of(t, &like, unit, NULL, 0, &first, e));
            LF_TRY(call_one(t, &like, first, e));
        }
    }
    return settle(t, n->id, e);
}

/* Nobody answered in time: the next is called. */
static enum lf_code go_on(struct lf_task *t, const struct notice_call *c, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct notice_call *called, like = *c;
    struct lf_contact *next;
    struct lf_notice n;
    lf_view unit;
    size_t ncalled;

    LF_TRY(notice_load(t, c->row.notice, &n, e));
    LF_TRY(unit_of(t, &n, &unit, e));
    LF_TRY(calls(t, &lf_q_notice_call_of, LF_ARGS(LF_TEXT(n.id), LF_INT(CALLS)), &ncalled, &called, e));
    LF_TRY(lf_db_exec(
        t->db, &node, &lf_q_notice_call_end,
        LF_ARGS(LF_INT(LF_CALL_ESCALATED), LF_INT(lf_now(t->env)), LF_TEXT(LF_V("")), LF_TEXT(c->row.id)),
        e));
    LF_TRY(next_of(t, c, unit, called, ncalled, &next, e));
    like.row.step++;
    if (next)
        LF_TRY(call_one(t, &like, next, e));
    return settle(t, n.id, e);
}

enum lf_code lf_notice_turn(struct lf_task *t, const struct lf_mail_settings *s, lf_view url, lf_time *next,
                            struct lf_err *e)
{
    bool more = false;
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .notice = LF_NEW(t->a, struct lf_notice, TURN), .max = TURN };
    struct notice_call *due;
    lf_time now = lf_now(t->env);
    size_t n;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_notice_raised, LF_ARGS(LF_INT(TURN)), on_notice, &g, NULL, e));
    if (g.n) {
        struct lf_matrix m;
        lf_view json;

        LF_TRY(notice_matrix(t, &json, e));
        LF_TRY(lf_matrix_parse(t->a, json, &m, e));
        for (size_t i = 0; i < g.n; i++)
            LF_TRY(begin(t, &m, &g.notice[i], e));
    }
    LF_TRY(calls(t, &lf_q_notice_call_due, LF_ARGS(LF_INT(now), LF_INT(TURN)), &n, &due, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(go_on(t, &due[i], e));
    LF_TRY(notice_send(t, s, url, &more, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_call_soonest, LF_NO_ARGS, next, e));
    if (g.n == TURN || more)
        *next = now;
    return LF_OK;
}

/* ---- answers ---- */

enum lf_code notice_answered(struct lf_task *t, const struct notice_call *c, lf_view by, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    if (c->row.state == LF_CALL_ACKNOWLEDGED)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_notice_chain_end,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(by), LF_TEXT(c->row.chain), LF_TEXT(c->row.id)),
                      e));
    LF_TRY(settle(t, c->row.notice, e));
    return lf_audit_add(t, LF_V("notice.acknowledge"), c->row.notice,
                        lf_arena_printf(t->a, "{\"call\":\"%.*s\"}", LF_FMT(c->row.id)), e);
}

enum lf_code lf_notice_acknowledge(struct lf_task *t, lf_view call, struct lf_err *e)
{
    static const unsigned may = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_REPORTER |
                                LF_ROLE_SYSTEM;
    struct lf_scope node = lf_node_rows(t);
    struct notice_call c;
    int64_t mine;

    LF_TRY(notice_call_load(t, call, &c, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_notice_call_mine, LF_ARGS(LF_TEXT(call), LF_TEXT(t->scope.account)),
                     &mine, e));
    if (!mine && !((t->scope.roles & may) && of_node(t)))
        return lf_err_set(e, LF_FORBIDDEN, "only who was called, or who handles incidents, answers a call");
    return notice_answered(t, &c, t->scope.account, e);
}

/* ---- the matrix ---- */

enum lf_code notice_matrix(struct lf_task *t, lf_view *json, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    enum lf_code rc = lf_setting_get(&own, LF_V("cert.notice_matrix"), json, e);

    if (rc == LF_NOT_FOUND)
        *json = (lf_view){ notice_tw_2026, notice_tw_2026_len };
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_notice_matrix(struct lf_task *t, lf_view *json, struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    return notice_matrix(t, json, e);
}

enum lf_code lf_notice_matrix_set(struct lf_task *t, lf_view json, struct lf_err *e)
{
    struct lf_matrix m;

    LF_TRY(lf_matrix_parse(t->a, json, &m, e));
    LF_TRY(lf_setting_set(t, LF_V("cert.notice_matrix"), json, e));
    return lf_audit_add(t, LF_V("notice.matrix"), m.name, (lf_view){ 0 }, e);
}
