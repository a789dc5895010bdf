#include "cert/duty.h"

#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_duty.h"

bool lf_post_parse(lf_view name, enum lf_who *who, int *place)
{
    size_t dash = lf_view_find_byte(name, '-');
    int64_t n = 1;

    if (!lf_who_parse(lf_view_first(name, dash), who) || !lf_who_is_post(*who) ||
        (dash != SIZE_MAX && !lf_view_i64(lf_view_from(name, dash + 1), &n)) || n < 1 ||
        n > lf_who_places(*who))
        return false;
    *place = (int)n;
    return true;
}

lf_view lf_post_name(struct lf_arena *a, enum lf_who who, int place)
{
    if (lf_who_places(who) == 1)
        return lf_view_of(lf_who_name(who));
    return lf_arena_printf(a, "%s-%d", lf_who_name(who), place);
}

lf_view lf_post_words(struct lf_arena *a, enum lf_who who, int place, bool english)
{
    static const struct {
        const char *zh, *en;
    } posts[] = { { "值班臺", "Duty desk" },
                  { "國家值班臺", "National duty desk" },
                  { "召集人", "Convener" },
                  { "副召集人", "Deputy convener" },
                  { "應變中心分組", "Response-centre group" },
                  { "檢警窗口", "Prosecutor and police" },
                  { "災防窗口", "Disaster system" },
                  { "對外發言", "Media officer" } },
      groups[] = { { "應變中心第一分組（危機通報）", "Response-centre group 1 (crisis reporting)" },
                   { "應變中心第二分組（國防）", "Response-centre group 2 (defence)" },
                   { "應變中心第三分組（行政）", "Response-centre group 3 (administration)" },
                   { "應變中心第四分組（學術）", "Response-centre group 4 (academia)" },
                   { "應變中心第五分組（事業一：電、油、水、瓦斯）",
                     "Response-centre group 5 (enterprise 1: power, oil, water, gas)" },
                   { "應變中心第六分組（事業二：網路電信、航管、交通）",
                     "Response-centre group 6 (enterprise 2: telecommunication, air traffic, transport)" },
                   { "應變中心第七分組（事業三：金融、證券、關貿）",
                     "Response-centre group 7 (enterprise 3: finance, securities, customs)" },
                   { "應變中心第八分組（事業四：醫療）",
                     "Response-centre group 8 (enterprise 4: medical)" } };
    bool group = who == LF_WHO_GROUP;
    const char *word;

    static_assert(sizeof posts / sizeof *posts == LF_WHO_PERSON - LF_WHO_DESK, "each post has its words");
    LF_ASSERT(lf_who_is_post(who) &&
              (!group || (place >= 1 && place <= (int)(sizeof groups / sizeof *groups))));
    if (group)
        return lf_view_of(english ? groups[place - 1].en : groups[place - 1].zh);
    word = english ? posts[who - LF_WHO_DESK].en : posts[who - LF_WHO_DESK].zh;
    return lf_who_places(who) == 1 ? lf_view_of(word) : lf_arena_printf(a, "%s %d", word, place);
}

struct gather {
    struct lf_arena *a;
    struct lf_duty *v;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_duty d = { .turn = { .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                   .contact = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                   .instead = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                   .zone = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                   .begin = lf_row_int(r, 6),
                                   .end = lf_row_int(r, 7),
                                   .every = lf_row_int(r, 8),
                                   .until = lf_row_int(r, 9),
                                   .seat = lf_row_int(r, 10) },
                         .who = (enum lf_who)lf_row_int(r, 1),
                         .place = (int)lf_row_int(r, 2),
                         .note = lf_arena_copy(g->a, lf_row_text(r, 11)),
                         .made = lf_row_int(r, 12),
                         .by = lf_arena_copy(g->a, lf_row_text(r, 13)),
                         .name = lf_arena_copy(g->a, lf_row_text(r, 14)),
                         .instead = lf_arena_copy(g->a, lf_row_text(r, 15)) };

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = d;
    return LF_OK;
}

static enum lf_code duty_load(struct lf_task *t, lf_view id, struct lf_duty *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "roster: there is no such shift");
    *out = g.v[0];
    return LF_OK;
}

static enum lf_code roster(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                           struct lf_roster *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    struct lf_duty_turn *turns;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_of_post,
                     LF_ARGS(LF_INT(who), LF_INT(place), LF_INT(from), LF_INT(LF_DUTY_LOOK + 1)), on_row, &g,
                     NULL, e));
    if (g.n > LF_DUTY_LOOK)
        return lf_err_set(e, LF_TOO_BIG,
                          "roster: more than %d shifts end after that time; ask from a later one on",
                          LF_DUTY_LOOK);
    turns = LF_NEW(t->a, struct lf_duty_turn, g.n + 1);
    for (size_t i = 0; i < g.n; i++)
        turns[i] = g.v[i].turn;
    *out = (struct lf_roster){ .nturns = g.n, .turns = g.v };
    return lf_duty_slots(t->a, turns, g.n, from, until, &out->slots, e);
}

enum lf_code people_post(enum lf_who who, int place, struct lf_err *e)
{
    if (lf_who_is_post(who) && place >= 1 && place <= lf_who_places(who))
        return LF_OK;
    return lf_err_set(e, LF_NOT_FOUND, "there is no such post");
}

enum lf_code lf_roster_get(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                           struct lf_roster *out, struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    LF_TRY(people_post(who, place, e));
    return roster(t, who, place, from, until, out, e);
}

lf_view lf_roster_name(const struct lf_roster *r, lf_view contact)
{
    for (size_t i = 0; i < r->nturns; i++) {
        if (lf_view_eq(r->turns[i].turn.contact, contact))
            return r->turns[i].name;
        if (lf_view_eq(r->turns[i].turn.instead, contact))
            return r->turns[i].instead;
    }
    return LF_V("");
}

bool lf_duty_slot_now(const struct lf_duty_slot *s, lf_time at)
{
    return s->from <= at && at < s->until;
}

struct lf_duty_span lf_duty_next(const struct lf_duty_slots *s, lf_time at)
{
    struct lf_duty_span out = { 0 };

    while (out.first < s->n && s->items[out.first].from <= at)
        out.first++;
    while (out.first + out.n < s->n && s->items[out.first + out.n].from == s->items[out.first].from)
        out.n++;
    return out;
}

enum lf_code people_on_duty(struct lf_task *t, enum lf_who who, int place, lf_time at, size_t *n,
                            struct lf_contact **out, struct lf_err *e)
{
    struct lf_roster r;
    struct lf_contact *v;

    LF_TRY(roster(t, who, place, at, at + LF_SECOND, &r, e));
    v = LF_NEW(t->a, struct lf_contact, r.slots.n + 1);
    *n = 0;
    for (int64_t seat = 1; seat <= LF_DUTY_SEATS; seat++)
        for (size_t i = 0; i < r.slots.n; i++) {
            const struct lf_duty_slot *s = &r.slots.items[i];
            size_t k = 0;

            if (s->seat != seat || !lf_duty_slot_now(s, at))
                continue;
            while (k < *n && !lf_view_eq(v[k].id, s->contact))
                k++;
            if (k == *n) {
                LF_TRY(people_contact(t, s->contact, &v[k], e));
                (*n)++;
            }
        }
    *out = v;
    return LF_OK;
}

enum lf_code people_has_shift(struct lf_task *t, enum lf_who who, int place, lf_time from, lf_time until,
                              lf_view *name, struct lf_err *e)
{
    struct lf_roster r;

    *name = LF_V("");
    LF_TRY(roster(t, who, place, from, until, &r, e));
    for (size_t i = 0; i < r.slots.n && !name->len; i++) {
        struct lf_contact c;

        if (r.slots.items[i].from >= until || r.slots.items[i].until <= from)
            continue;
        LF_TRY(people_contact(t, r.slots.items[i].contact, &c, e));
        if (c.account.len && lf_view_eq(c.account, t->scope.account))
            *name = c.name;
    }
    return LF_OK;
}

struct posts {
    struct lf_arena *a;
    struct people_post *v;
    size_t n, cap;
};

static enum lf_code on_post(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct posts *p = ctx;

    (void)e;
    p->v = lf_arena_grow(p->a, p->v, p->n, &p->cap, sizeof *p->v);
    p->v[p->n++] = (struct people_post){ (enum lf_who)lf_row_int(r, 0), (int)lf_row_int(r, 1) };
    return LF_OK;
}

enum lf_code people_posts(struct lf_task *t, lf_time from, size_t *n, const struct people_post **out,
                          struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct posts p = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_duty_posts, LF_ARGS(LF_INT(from)), on_post, &p, NULL, e));
    *n = p.n;
    *out = p.v;
    return LF_OK;
}

/* ---- changes ---- */

static enum lf_code keep(struct lf_task *t, struct lf_duty *d, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_contact c;
    int64_t n;

    d->turn.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_duty_check(&d->turn, e));
    LF_TRY(people_contact(t, d->turn.contact, &c, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_duty_count,
                     LF_ARGS(LF_INT(d->who), LF_INT(d->place), LF_INT(lf_now(t->env))), &n, e));
    if (n >= LF_DUTY_TURNS)
        return lf_err_set(e, LF_TOO_MANY,
                          "roster: a post has at most %d shifts and rotations that are not over",
                          LF_DUTY_TURNS);
    return lf_db_exec(t->db, &node, &lf_q_duty_add,
                      LF_ARGS(LF_TEXT(d->turn.id), LF_INT(d->who), LF_INT(d->place), LF_TEXT(d->turn.contact),
                              LF_TEXT(lf_view_some(d->turn.instead)), LF_TEXT(d->turn.zone),
                              LF_INT(d->turn.begin), LF_INT(d->turn.end), LF_INT(d->turn.every),
                              LF_INT(d->turn.until), LF_INT(d->turn.seat), LF_TEXT(lf_view_some(d->note)),
                              LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                      e);
}

static enum lf_code note_ok(lf_view v, struct lf_err *e)
{
    return people_text(v, "note", false, e);
}

static lf_view zone_of(lf_view zone)
{
    return zone.len ? zone : LF_V("Asia/Taipei");
}

enum lf_code lf_duty_add(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_new *d,
                         struct lf_err *e)
{
    lf_time length = d->end - d->begin;
    int64_t step = d->every;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(note_ok(d->note, e));
    if (d->n < 1 || d->n > LF_DUTY_ROTATION)
        return lf_err_set(e, LF_BAD_INPUT, "roster: 1 to %d people take turns", LF_DUTY_ROTATION);
    if (d->n > 1 && !step && length > 0)
        step = (length + LF_DAY - 1) / LF_DAY;
    for (size_t i = 0; i < d->n; i++) {
        lf_time later = (lf_time)i * step * LF_DAY;
        struct lf_duty one = { .who = who,
                               .place = place,
                               .note = d->note,
                               .turn = { .contact = d->contacts[i],
                                         .zone = zone_of(d->zone),
                                         .begin = d->begin + later,
                                         .end = d->end + later,
                                         .every = step * (int64_t)d->n,
                                         .seat = d->seat ? d->seat : 1 } };

        LF_TRY(lf_duty_check(&one.turn, e));
        if (d->last_day && d->last_day < one.turn.begin / LF_DAY)
            return lf_err_set(e, LF_BAD_INPUT, "roster: the last day is before a first shift");
        if (!one.turn.every || d->last_day)
            one.turn.until = lf_duty_end(&one.turn, d->last_day);
        LF_TRY(keep(t, &one, e));
    }
    t->effects |= LF_FX_ROSTER;
    return lf_audit_add(t, LF_V("duty.add"), lf_post_name(t->a, who, place), (lf_view){ 0 }, e);
}

/* The two halves of a cover or swap; false: there is no such half. */
static bool half_of(const struct lf_duty_cover *c, bool back, struct lf_duty_turn *out)
{
    *out = (struct lf_duty_turn){ .contact = back ? c->instead : c->contact,
                                  .instead = back ? c->contact : c->instead,
                                  .zone = zone_of(c->zone),
                                  .begin = back ? c->back : c->begin,
                                  .end = back ? c->back_end : c->end,
                                  .seat = 1 };
    return !back || c->back || c->back_end;
}

/* He has a shift then that somebody can stand in for. */
static enum lf_code half_ok(struct lf_task *t, enum lf_who who, int place, struct lf_duty_turn *turn,
                            struct lf_err *e)
{
    lf_time from;
    struct lf_roster r;
    bool has = false;

    LF_TRY(lf_duty_check(turn, e));
    from = lf_duty_moment(turn->zone, turn->begin);
    turn->until = lf_duty_end(turn, 0);
    if (turn->until <= lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "roster: this time is over");
    LF_TRY(roster(t, who, place, from, turn->until, &r, e));
    for (size_t i = 0; i < r.slots.n && !has; i++)
        has = lf_view_eq(r.slots.items[i].contact, turn->instead) && r.slots.items[i].from < turn->until &&
              r.slots.items[i].until > from;
    return has ? LF_OK
               : lf_err_set(e, LF_CONFLICT,
                            "roster: who is to be stood in for has no shift of this post then");
}

enum lf_code people_cover_ok(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                             struct lf_err *e)
{
    LF_TRY(people_read(t, e));
    LF_TRY(people_post(who, place, e));
    LF_TRY(note_ok(c->note, e));
    if (lf_view_eq(c->contact, c->instead))
        return lf_err_set(e, LF_BAD_INPUT, "roster: nobody stands in for himself");
    for (int back = 0; back < 2; back++) {
        struct lf_duty_turn turn;

        if (half_of(c, back != 0, &turn))
            LF_TRY(half_ok(t, who, place, &turn, e));
    }
    return LF_OK;
}

enum lf_code people_cover(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                          struct lf_err *e)
{
    LF_TRY(people_cover_ok(t, who, place, c, e));
    for (int back = 0; back < 2; back++) {
        struct lf_duty d = { .who = who, .place = place, .note = c->note };

        if (!half_of(c, back != 0, &d.turn))
            continue;
        LF_TRY(half_ok(t, who, place, &d.turn, e)); /* in the roster that the first half has changed */
        LF_TRY(keep(t, &d, e));
    }
    t->effects |= LF_FX_ROSTER;
    return lf_audit_add(t, LF_V("duty.cover"), lf_post_name(t->a, who, place), (lf_view){ 0 }, e);
}

enum lf_code lf_duty_cover(struct lf_task *t, enum lf_who who, int place, const struct lf_duty_cover *c,
                           struct lf_err *e)
{
    LF_TRY(people_need(t, LF_V(""), e));
    return people_cover(t, who, place, c, e);
}

enum lf_code lf_duty_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time now = lf_now(t->env);
    struct lf_duty d;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(duty_load(t, id, &d, e));
    if (lf_duty_moment(d.turn.zone, d.turn.begin) >= now)
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_duty_remove, LF_ARGS(LF_TEXT(id)), e));
    else if (!d.turn.until || d.turn.until > now)
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_duty_end, LF_ARGS(LF_INT(now), LF_TEXT(id)), e));
    else
        return lf_err_set(e, LF_CONFLICT, "roster: this is over, and stays for the record");
    t->effects |= LF_FX_ROSTER;
    return lf_audit_add(t, LF_V("duty.remove"), lf_post_name(t->a, d.who, d.place), (lf_view){ 0 }, e);
}
