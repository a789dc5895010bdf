/* Covers and swaps that wait for those they concern. */
#include "cert/duty.h"
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_duty_ask.h"

struct gather {
    struct lf_arena *a;
    lf_view me; /* the account that asks */
    struct lf_duty_ask *v;
    size_t n, cap;
};

static bool is_of(lf_view account, lf_view me)
{
    return account.len && lf_view_eq(account, me);
}

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_duty_ask *x;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    x = &g->v[g->n++];
    *x = (struct lf_duty_ask){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                               .who = (enum lf_who)lf_row_int(r, 1),
                               .place = (int)lf_row_int(r, 2),
                               .cover = { .contact = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                          .instead = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                          .zone = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                          .begin = lf_row_int(r, 6),
                                          .end = lf_row_int(r, 7),
                                          .back = lf_row_int(r, 8),
                                          .back_end = lf_row_int(r, 9),
                                          .note = lf_arena_copy(g->a, lf_row_text(r, 10)) },
                               .until = lf_row_int(r, 11),
                               .state = (enum lf_duty_ask_state)lf_row_int(r, 12),
                               .contact_by = lf_arena_copy(g->a, lf_row_text(r, 13)),
                               .instead_by = lf_arena_copy(g->a, lf_row_text(r, 14)),
                               .by = lf_arena_copy(g->a, lf_row_text(r, 15)),
                               .name = lf_arena_copy(g->a, lf_row_text(r, 16)),
                               .instead_name = lf_arena_copy(g->a, lf_row_text(r, 17)) };
    x->mine = x->state == LF_DUTY_ASK_WAITING && ((!x->contact_by.len && is_of(lf_row_text(r, 18), g->me)) ||
                                                  (!x->instead_by.len && is_of(lf_row_text(r, 19), g->me)));
    return LF_OK;
}

enum lf_code lf_duty_ask_get(struct lf_task *t, lf_view id, struct lf_duty_ask *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .me = t->scope.account };

    LF_TRY(people_read(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_ask_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "roster: no such cover or swap was asked for");
    *out = g.v[0];
    return LF_OK;
}

enum lf_code lf_duty_ask_list(struct lf_task *t, enum lf_who who, int place, size_t *n,
                              const struct lf_duty_ask **out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a, .me = t->scope.account };

    LF_TRY(people_read(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_ask_list,
                     LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(lf_now(t->env)), LF_INT(LF_DUTY_ASKS)),
                     on_row, &g, NULL, e));
    *n = g.n;
    *out = g.v;
    return LF_OK;
}

/* ---- who is told ---- */

static lf_view span_of(struct lf_task *t, lf_view name, lf_view instead, lf_time begin, lf_time end,
                       bool english)
{
    return lf_arena_printf(t->a, english ? "%.*s for %.*s: %.*s – %.*s" : "%.*s代%.*s：%.*s – %.*s",
                           LF_FMT(name), LF_FMT(instead), LF_FMT(lf_duty_wall_said(t->a, begin)),
                           LF_FMT(lf_duty_wall_said(t->a, end)));
}

/* Who comes when, for whom; of a swap also the other way round. */
static lf_view detail_of(struct lf_task *t, const struct lf_duty_ask *x, bool english)
{
    const struct lf_duty_cover *c = &x->cover;
    lf_view out = span_of(t, x->name, x->instead_name, c->begin, c->end, english);

    if (c->back)
        out = lf_arena_printf(t->a, english ? "%.*s; %.*s" : "%.*s；%.*s", LF_FMT(out),
                              LF_FMT(span_of(t, x->instead_name, x->name, c->back, c->back_end, english)));
    return lf_arena_printf(t->a, "%.*s (%.*s)", LF_FMT(out),
                           LF_FMT(c->zone.len ? c->zone : LF_V("Asia/Taipei")));
}

static enum lf_code tell(struct lf_task *t, const struct lf_duty_ask *x, lf_view contact, struct lf_err *e)
{
    static const struct {
        const char *word, *zh, *en;
    } said[] = { { "asked", "請回覆是否同意：", "please agree or decline: " },
                 { "agreed", "雙方已同意：", "agreed: " },
                 { "declined", "已被婉拒：", "declined: " },
                 { "lapsed", "無人回覆，已逾時：", "lapsed without an answer: " } };
    lf_view post = lf_post_name(t->a, x->who, x->place);
    struct lf_notice_new n = { .kind = LF_NOTICE_SWAP,
                               .key = lf_arena_printf(t->a, "swap/%.*s/%s/%.*s", LF_FMT(x->id),
                                                      said[x->state].word, LF_FMT(contact)),
                               .subject = post,
                               .path = lf_arena_printf(t->a, "/rosters/%.*s", LF_FMT(post)),
                               .about = contact };
    struct lf_contact to;

    LF_TRY(people_contact(t, contact, &to, e));
    n.detail = detail_of(t, x, to.english);
    n.title = lf_arena_printf(t->a, "%s%.*s", to.english ? said[x->state].en : said[x->state].zh,
                              LF_FMT(lf_post_words(t->a, x->who, x->place, to.english)));
    return lf_notice_raise(t, &n, NULL, e);
}

/* Those who have not answered; when it ended, both. */
static enum lf_code tell_them(struct lf_task *t, const struct lf_duty_ask *x, struct lf_err *e)
{
    bool ended = x->state != LF_DUTY_ASK_WAITING;

    if (ended || !x->contact_by.len)
        LF_TRY(tell(t, x, x->cover.contact, e));
    if (ended || !x->instead_by.len)
        LF_TRY(tell(t, x, x->cover.instead, e));
    return LF_OK;
}

enum lf_code duty_ask_lapse(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_duty_ask x = { 0 };
    enum lf_code rc = lf_duty_ask_get(t, id, &x, e);

    if (rc == LF_OK) {
        x.state = LF_DUTY_ASK_LAPSED;
        rc = tell_them(t, &x, e);
    } else if (rc == LF_NOT_FOUND) { /* one of the two left the network: there is nothing to tell */
        rc = LF_OK;
    }
    LF_TRY(rc);
    return lf_db_exec(t->db, &t->scope, &lf_q_duty_ask_said,
                      LF_ARGS(LF_TEXT(lf_view_some(x.contact_by)), LF_TEXT(lf_view_some(x.instead_by)),
                              LF_INT(LF_DUTY_ASK_LAPSED), LF_TEXT(id)),
                      e);
}

/* ---- acts ---- */

/* Is there room for one more that is not there already? */
static enum lf_code fits(struct lf_task *t, const struct lf_duty_ask *x, struct lf_err *e)
{
    const struct lf_duty_ask *list;
    size_t n;

    LF_TRY(lf_duty_ask_list(t, x->who, x->place, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].cover.contact, x->cover.contact) &&
            lf_view_eq(list[i].cover.instead, x->cover.instead) && list[i].cover.begin == x->cover.begin)
            return lf_err_set(e, LF_CONFLICT, "roster: this was asked already, and waits for an answer");
    return n < LF_DUTY_ASKS
               ? LF_OK
               : lf_err_set(e, LF_TOO_MANY,
                            "roster: at most %d covers and swaps of a post wait for an answer", LF_DUTY_ASKS);
}

enum lf_code lf_duty_ask(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                         lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_duty_ask x = { .id = lf_uuid_new(t->env, t->a),
                             .who = who,
                             .place = place,
                             .cover = *c,
                             .contact_by = LF_V(""),
                             .instead_by = LF_V("") };
    struct lf_contact comes, goes;

    LF_TRY(people_cover_ok(t, who, place, c, e));
    LF_TRY(people_contact(t, c->contact, &comes, e));
    LF_TRY(people_contact(t, c->instead, &goes, e));
    x.name = comes.name;
    x.instead_name = goes.name;
    if (is_of(comes.account, t->scope.account))
        x.contact_by = t->scope.account;
    else if (is_of(goes.account, t->scope.account))
        x.instead_by = t->scope.account;
    else
        LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(fits(t, &x, e));
    x.cover.zone = c->zone.len ? c->zone : LF_V("Asia/Taipei");
    x.until = lf_duty_moment(x.cover.zone, c->end);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_duty_ask_add,
                      LF_ARGS(LF_TEXT(x.id), LF_INT(who), LF_INT(place), LF_TEXT(comes.id), LF_TEXT(goes.id),
                              LF_TEXT(x.cover.zone), LF_INT(c->begin), LF_INT(c->end), LF_INT(c->back),
                              LF_INT(c->back_end), LF_TEXT(lf_view_some(c->note)), LF_INT(x.until),
                              LF_TEXT(x.contact_by), LF_TEXT(x.instead_by), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account)),
                      e));
    LF_TRY(tell_them(t, &x, e));
    *id = x.id;
    return lf_audit_add(t, LF_V("duty.ask"), lf_post_name(t->a, who, place), (lf_view){ 0 }, e);
}

/* For whom the answer is: whose account it is, or who keeps the network for the one he names. */
static enum lf_code side_of(struct lf_task *t, const struct lf_duty_ask *x, lf_view contact, bool *first,
                            struct lf_err *e)
{
    struct lf_contact comes, goes;

    LF_TRY(people_contact(t, x->cover.contact, &comes, e));
    LF_TRY(people_contact(t, x->cover.instead, &goes, e));
    *first = is_of(comes.account, t->scope.account);
    if (!contact.len && (*first || is_of(goes.account, t->scope.account)))
        return LF_OK;
    LF_TRY(people_need(t, LF_V(""), e));
    *first = lf_view_eq(contact, comes.id);
    return *first || lf_view_eq(contact, goes.id)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "roster: name the one of the two for whom the answer is");
}

enum lf_code lf_duty_answer(struct lf_task *t, lf_view id, lf_view contact, bool agree, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_audit_note note;
    struct lf_duty_ask x;
    int64_t changed = 0;
    bool first;

    LF_TRY(lf_duty_ask_get(t, id, &x, e));
    LF_TRY(side_of(t, &x, contact, &first, e));
    *(first ? &x.contact_by : &x.instead_by) = t->scope.account;
    if (x.state != LF_DUTY_ASK_WAITING || x.until <= lf_now(t->env))
        return lf_err_set(e, LF_CONFLICT, "roster: this was answered already, or its time is over");
    x.state = !agree                                 ? LF_DUTY_ASK_DECLINED
              : x.contact_by.len && x.instead_by.len ? LF_DUTY_ASK_AGREED
                                                     : LF_DUTY_ASK_WAITING;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_ask_said,
                     LF_ARGS(LF_TEXT(x.contact_by), LF_TEXT(x.instead_by), LF_INT(x.state), LF_TEXT(id)),
                     NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_CONFLICT, "roster: this was answered already, or its time is over");
    if (x.state == LF_DUTY_ASK_AGREED)
        LF_TRY(people_cover(t, x.who, x.place, &x.cover, e));
    if (x.state != LF_DUTY_ASK_WAITING)
        LF_TRY(tell_them(t, &x, e));
    lf_audit_open(&note);
    lf_json_put_str(&note.w, "for", first ? x.name : x.instead_name);
    return lf_audit_close(&note, t, agree ? LF_V("duty.agree") : LF_V("duty.decline"),
                          lf_post_name(t->a, x.who, x.place), e);
}
