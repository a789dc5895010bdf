#include "cert/deadline.h"

#include "base/fnv.h"
#include "cert/incident_priv.h"
#include "cert/notice.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_deadline.h"

enum { STAGE_REST, STAGE_LIVE, STAGE_LATE };
enum { LEVELS = 5 /* none stated, 1 to 4 */ };
enum { FALLEN = 100 /* announced in one turn */, NOTICES = 1000, BREACH = 100 /* percent */ };

static const char *const names[] = { "", "running", "overdue", "missed", "other" };

const char *lf_deadline_state_name(enum lf_deadline_state s)
{
    return names[s];
}

bool lf_deadline_state_of(lf_view name, enum lf_deadline_state *out)
{
    for (unsigned s = 0; s < sizeof names / sizeof *names; s++)
        if (lf_view_is(name, names[s])) {
            *out = (enum lf_deadline_state)s;
            return true;
        }
    return false;
}

/* ---- what is to be announced, and when ---- */

/* The time of a clock as the table keeps it. */
struct span {
    lf_time started, due, ended;
    size_t nwarn;
    int warn[LF_CLOCK_WARNINGS]; /* below BREACH */
};

/* When a part of it is to be announced; LF_TIME_MAX: never. */
static lf_time falls(const struct span *s, int percent)
{
    if (!s->due)
        return LF_TIME_MAX;
    if (percent == BREACH) { /* the second of the due time itself is in time */
        lf_time at = s->due + LF_SECOND;

        return s->ended && s->ended < at ? LF_TIME_MAX : at;
    }
    /* Nobody is warned of what is over. */
    return s->ended || s->due <= s->started ? LF_TIME_MAX : lf_clock_used(s->started, s->due, percent);
}

struct told {
    size_t n;
    int percent[LF_CLOCK_WARNINGS + 1];
};

static bool was_told(const struct told *x, int percent)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->percent[i] == percent)
            return true;
    return false;
}

static lf_time next_of(const struct span *s, const struct told *told)
{
    lf_time at = LF_TIME_MAX;

    for (size_t i = 0; i <= s->nwarn; i++) {
        int percent = i < s->nwarn ? s->warn[i] : BREACH;

        if (!was_told(told, percent) && falls(s, percent) < at)
            at = falls(s, percent);
    }
    return at == LF_TIME_MAX ? 0 : at;
}

static int highest(const struct told *told)
{
    int most = 0;

    for (size_t i = 0; i < told->n; i++)
        most = told->percent[i] > most ? told->percent[i] : most;
    return most;
}

static enum lf_code take_told(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct told *x = ctx;

    (void)e;
    if (x->n < sizeof x->percent / sizeof *x->percent)
        x->percent[x->n++] = (int)lf_row_int(r, 0);
    return LF_OK;
}

static enum lf_code told_of(struct lf_task *t, lf_view incident, lf_view id, lf_time due, struct told *out,
                            struct lf_err *e)
{
    *out = (struct told){ 0 };
    return lf_db_run(t->db, &t->scope, &lf_q_deadline_notice_percents,
                     LF_ARGS(LF_TEXT(incident), LF_TEXT(id), LF_INT(due)), take_told, out, NULL, e);
}

/* "50 80", and back. */
static lf_view warn_text(struct lf_arena *a, const struct span *s)
{
    char *p = LF_NEW(a, char, LF_CLOCK_WARNINGS * 4 + 1);
    size_t len = 0;

    for (size_t i = 0; i < s->nwarn; i++)
        len += (size_t)snprintf(p + len, LF_CLOCK_WARNINGS * 4 + 1 - len, i ? " %d" : "%d", s->warn[i]);
    return (lf_view){ p, len };
}

static void warn_read(lf_view text, struct span *s)
{
    while (text.len && s->nwarn < LF_CLOCK_WARNINGS) {
        lf_view one = text;
        int64_t n;

        if (!lf_view_split(&text, ' ', &one))
            text = (lf_view){ 0 };
        if (lf_view_i64(one, &n))
            s->warn[s->nwarn++] = (int)n;
    }
}

/* ---- settling ---- */

struct mark {
    lf_view id;
    int64_t mark;
    bool there;
};

struct marks {
    struct lf_arena *a;
    struct mark *items;
    size_t n, room;
};

static enum lf_code take_mark(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct marks *x = ctx;

    (void)e;
    x->items = lf_arena_grow(x->a, x->items, x->n, &x->room, sizeof *x->items);
    x->items[x->n++] =
        (struct mark){ .id = lf_arena_copy(x->a, lf_row_text(r, 0)), .mark = lf_row_int(r, 1) };
    return LF_OK;
}

static int64_t mark_of(const struct lf_clock_row *c, lf_view ruleset, int level, bool exercise, lf_view warn)
{
    const lf_view texts[] = { c->clock, c->who, c->rule, c->zh, c->en, ruleset, warn };
    const int64_t numbers[] = { c->started, c->due, c->stopped, c->state[0], level, exercise };
    uint64_t h = LF_FNV;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        h = lf_fnv_field(h, texts[i]);
    h = lf_fnv_field(h, (lf_view){ (const char *)numbers, sizeof numbers });
    return (int64_t)(h >> 1);
}

static enum lf_code keep(struct lf_task *t, lf_view incident, const struct lf_clock_row *c, lf_view ruleset,
                         int level, bool exercise, struct marks *old, struct lf_err *e)
{
    struct span s = { .started = c->started, .due = c->due, .ended = c->stopped };
    bool dropped = c->stopped && lf_view_starts(lf_view_of(c->code), LF_V("cancelled"));
    int stage = !c->due ? STAGE_REST : !c->stopped ? STAGE_LIVE : c->late_s ? STAGE_LATE : STAGE_REST;
    struct told told;
    int64_t mark;
    lf_view warn;

    for (size_t i = 0; i < c->nwarn; i++)
        if (c->warn[i] < BREACH)
            s.warn[s.nwarn++] = c->warn[i];
    warn = warn_text(t->a, &s);
    mark = mark_of(c, ruleset, level, exercise, warn);
    for (size_t i = 0; i < old->n; i++)
        if (lf_view_eq(old->items[i].id, c->id)) {
            old->items[i].there = true;
            if (old->items[i].mark == mark)
                return LF_OK;
        }
    LF_TRY(told_of(t, incident, c->id, c->due, &told, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_deadline_put,
                      LF_ARGS(LF_TEXT(incident), LF_TEXT(c->id), LF_TEXT(c->clock), text_arg(ruleset),
                              text_arg(c->who), text_arg(c->zh), text_arg(c->en), text_arg(c->rule),
                              LF_INT(c->started), LF_INT(c->due), LF_INT(c->stopped), LF_INT(stage),
                              LF_INT(dropped), LF_INT(level), LF_INT(exercise), text_arg(warn),
                              LF_INT(highest(&told)), LF_INT(next_of(&s, &told)), LF_INT(mark)),
                      e);
}

enum lf_code lf_deadline_settle(struct lf_task *t, lf_view incident, const struct lf_clock_result *judged,
                                int level, bool exercise, struct lf_err *e)
{
    struct marks old = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_deadline_marks, LF_ARGS(LF_TEXT(incident)), take_mark, &old,
                     NULL, e));
    for (size_t i = 0; judged && i < lf_clock_rows(judged); i++) {
        struct lf_clock_row c = lf_clock_row(judged, i);

        if (!lf_view_is(lf_view_of(c.state), "not_started"))
            LF_TRY(keep(t, incident, &c, judged->ruleset, level, exercise, &old, e));
    }
    for (size_t i = 0; i < old.n; i++)
        if (!old.items[i].there)
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_deadline_remove,
                              LF_ARGS(LF_TEXT(incident), LF_TEXT(old.items[i].id)), e));
    return LF_OK;
}

/* ---- reading ---- */

static lf_time whole_now(const struct lf_task *t)
{
    return lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
}

static struct lf_deadline row_of(struct lf_arena *a, const struct lf_row *r, lf_time now)
{
    struct lf_deadline d = { .incident = lf_arena_copy(a, lf_row_text(r, 0)),
                             .id = lf_arena_copy(a, lf_row_text(r, 1)),
                             .clock = lf_arena_copy(a, lf_row_text(r, 2)),
                             .ruleset = lf_arena_copy(a, lf_row_text(r, 3)),
                             .who = lf_arena_copy(a, lf_row_text(r, 4)),
                             .zh = lf_arena_copy(a, lf_row_text(r, 5)),
                             .en = lf_arena_copy(a, lf_row_text(r, 6)),
                             .rule = lf_arena_copy(a, lf_row_text(r, 7)),
                             .started = lf_row_int(r, 8),
                             .due = lf_row_int(r, 9),
                             .ended = lf_row_int(r, 10),
                             .dropped = lf_row_int(r, 12) != 0,
                             .exercise = lf_row_int(r, 13) != 0,
                             .warned = (int)lf_row_int(r, 14),
                             .title = lf_arena_copy(a, lf_row_text(r, 15)),
                             .level = (int)lf_row_int(r, 16),
                             .category = lf_arena_copy(a, lf_row_text(r, 17)) };
    int64_t stage = lf_row_int(r, 11);
    lf_time at = d.ended ? d.ended : now;

    d.state = stage == STAGE_LATE   ? LF_DEADLINE_MISSED
              : stage != STAGE_LIVE ? LF_DEADLINE_OTHER
              : now > d.due         ? LF_DEADLINE_OVERDUE
                                    : LF_DEADLINE_RUNNING;
    if (d.due)
        d.left_s = (d.due - at) / LF_SECOND;
    if (d.due && at > d.started)
        d.percent = at >= d.due ? 100 : (int)((at - d.started) * 100 / (d.due - d.started));
    return d;
}

struct rows {
    struct lf_task *t;
    struct lf_deadline *items;
    size_t n, most;
    bool more;
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *x = ctx;

    (void)e;
    if (x->n == x->most)
        x->more = true;
    else
        x->items[x->n++] = row_of(x->t->a, r, whole_now(x->t));
    return LF_OK;
}

void deadline_bounds(enum lf_deadline_state s, lf_time now, int *stage, lf_time *from, lf_time *to)
{
    now = now / LF_SECOND * LF_SECOND;
    *stage = s == LF_DEADLINE_MISSED ? STAGE_LATE : s == LF_DEADLINE_OTHER ? STAGE_REST : STAGE_LIVE;
    *from = s == LF_DEADLINE_RUNNING ? now : 0;
    *to = s == LF_DEADLINE_OVERDUE ? now : LF_TIME_MAX;
}

/* `after` is "<due>:<incident>:<id in hex>". */
static enum lf_code after_of(struct lf_task *t, const struct lf_page *page, int64_t *due, lf_view *incident,
                             lf_view *id, struct lf_err *e)
{
    lf_view rest = page ? page->after : (lf_view){ 0 }, number, first;
    char *raw;

    if (!rest.len)
        return LF_OK;
    if (!lf_view_split(&rest, ':', &number) || !lf_view_i64(number, due) ||
        !lf_view_split(&rest, ':', &first) || rest.len % 2 || rest.len > 1024)
        return lf_err_set(e, LF_BAD_INPUT, "after is not a place this list gave; begin without it");
    raw = LF_NEW(t->a, char, rest.len / 2 + 1);
    LF_TRY(lf_unhex(rest, raw, rest.len / 2, e));
    *incident = first;
    *id = (lf_view){ raw, rest.len / 2 };
    return LF_OK;
}

static int by_due(const void *x, const void *y)
{
    const struct lf_deadline *a = x, *b = y;

    if (a->due != b->due)
        return a->due < b->due ? -1 : 1;
    if (!lf_view_eq(a->incident, b->incident))
        return lf_view_cmp(a->incident, b->incident);
    return lf_view_cmp(a->id, b->id);
}

/* The index has the level before the time: of all levels the first of each, of which the first are shown. */
enum lf_code lf_deadline_board(struct lf_task *t, const struct lf_deadline_filter *filter,
                               const struct lf_page *page, struct lf_deadline_page *out, struct lf_err *e)
{
    static const struct lf_deadline_filter none;
    size_t shown = lf_page_rows(page);
    lf_view incident = LF_VIEW(""), id = LF_VIEW("");
    int stage, least, most;
    struct rows x = { .t = t };
    lf_time from, to;
    int64_t due = -1;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(after_of(t, page, &due, &incident, &id, e));
    if (!filter)
        filter = &none;
    deadline_bounds(filter->state, lf_now(t->env), &stage, &from, &to);
    if (due < from) /* after the last that could be due before it */
        due = from - 1, incident = LF_V("~");
    least = filter->level ? filter->level : 0;
    most = filter->level ? filter->level : LEVELS - 1;
    x.items = LF_NEW(t->a, struct lf_deadline, (shown + 1) * LEVELS);
    for (int level = least; level <= most; level++) {
        x.most = x.n + shown + 1;
        LF_TRY(lf_db_run(t->db, &t->scope, filter->clock.len ? &lf_q_deadline_board_of : &lf_q_deadline_board,
                         LF_ARGS(LF_INT(filter->exercise), LF_INT(stage), LF_INT(level), LF_INT(due),
                                 LF_TEXT(incident), text_arg(id), LF_INT(to), text_arg(filter->clock),
                                 CLEARED(t), LF_INT(shown + 1)),
                         take_row, &x, NULL, e));
    }
    qsort(x.items, x.n, sizeof *x.items, by_due);
    *out = (struct lf_deadline_page){ .n = x.n < shown ? x.n : shown, .items = x.items };
    if (x.n > shown) {
        const struct lf_deadline *last = &x.items[shown - 1];

        out->next = lf_arena_printf(t->a, "%lld:%.*s:%.*s", (long long)last->due, LF_FMT(last->incident),
                                    LF_FMT(lf_hex(t->a, last->id.ptr, last->id.len)));
    }
    return LF_OK;
}

enum lf_code lf_deadline_nearest(struct lf_task *t, lf_view incident, struct lf_deadline *out,
                                 struct lf_err *e)
{
    struct lf_deadline one = { 0 };
    struct rows x = { .t = t, .items = &one, .most = 1 };

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_deadline_nearest, LF_ARGS(LF_TEXT(incident)), take_row, &x, NULL,
                     e));
    *out = one;
    return LF_OK;
}

struct notices {
    struct lf_task *t;
    struct lf_deadline_notice *items;
    size_t n, room;
};

static enum lf_code take_notice(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct notices *x = ctx;

    (void)e;
    x->items = lf_arena_grow(x->t->a, x->items, x->n, &x->room, sizeof *x->items);
    x->items[x->n++] = (struct lf_deadline_notice){ .id = lf_arena_copy(x->t->a, lf_row_text(r, 0)),
                                                    .percent = (int)lf_row_int(r, 1),
                                                    .due = lf_row_int(r, 2),
                                                    .fell = lf_row_int(r, 3),
                                                    .at = lf_row_int(r, 4) };
    return LF_OK;
}

enum lf_code lf_deadline_notices(struct lf_task *t, lf_view incident, size_t *n,
                                 const struct lf_deadline_notice **items, struct lf_err *e)
{
    struct notices x = { .t = t };

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_deadline_notice_of, LF_ARGS(LF_TEXT(incident)), take_notice, &x,
                     NULL, e));
    *n = x.n;
    *items = x.items;
    return LF_OK;
}

/* ---- announcing ---- */

struct fallen {
    lf_view org, incident, id, names;
    struct span span;
};

struct falling {
    struct lf_arena *a;
    struct fallen items[FALLEN];
    size_t n;
};

static enum lf_code take_fallen(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct falling *x = ctx;
    struct fallen *f = &x->items[x->n];

    (void)e;
    if (x->n == FALLEN)
        return LF_OK;
    *f = (struct fallen){
        .org = lf_arena_copy(x->a, lf_row_text(r, 0)),
        .incident = lf_arena_copy(x->a, lf_row_text(r, 1)),
        .id = lf_arena_copy(x->a, lf_row_text(r, 2)),
        .span = { .started = lf_row_int(r, 3), .due = lf_row_int(r, 4), .ended = lf_row_int(r, 5) }
    };
    warn_read(lf_row_text(r, 6), &f->span);
    f->names = lf_arena_printf(x->a, "%.*s %.*s · %.*s", LF_FMT(f->id), LF_FMT(lf_row_text(r, 7)),
                               LF_FMT(lf_row_text(r, 8)));
    x->n++;
    return LF_OK;
}

/* What ran out a day before anybody here knew of the incident (an old case that is entered late) calls
 * nobody. */
#define STALE LF_DAY

/* Whom it reaches the notification matrix says. */
static enum lf_code notify(struct lf_task *t, const struct fallen *f, int percent, struct lf_err *e)
{
    struct lf_notice_new n = { .kind = percent == BREACH ? LF_NOTICE_CLOCK_100
                                       : percent >= 80   ? LF_NOTICE_CLOCK_80
                                                         : LF_NOTICE_CLOCK_50,
                               .key = lf_arena_printf(t->a, "%.*s/%.*s/%d/%lld", LF_FMT(f->incident),
                                                      LF_FMT(lf_view_first(f->id, 80)), percent,
                                                      (long long)(f->span.due / LF_SECOND)),
                               .subject = f->incident,
                               .detail = f->names,
                               .path = lf_arena_printf(t->a, "/incidents/%.*s", LF_FMT(f->incident)),
                               .due = f->span.due };
    struct incident_kept k;

    LF_TRY(incident_find_own(t, f->incident, &k, e));
    if (k.created - falls(&f->span, percent) > STALE)
        return LF_OK;
    n.title = incident_title_told(k.row.tlp, k.row.title);
    n.level = k.row.level;
    if (k.row.exercise)
        LF_TRY(exercise_speed(t, f->incident, &n.exercise, e));
    n.about = k.row.peer.len ? k.row.peer : t->scope.org;
    return lf_notice_raise(t, &n, NULL, e);
}

/* One part of one clock, for good: the record and what comes of it are one transaction. */
static enum lf_code announce(struct lf_task *t, const struct fallen *f, int percent, lf_time now,
                             struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_deadline_notice_add,
                      LF_ARGS(LF_TEXT(f->incident), LF_TEXT(f->id), LF_INT(percent), LF_INT(f->span.due),
                              LF_INT(falls(&f->span, percent)), LF_INT(now)),
                      e));
    return lf_audit_add(
        t, percent == BREACH ? LF_V("incident.clock_breached") : LF_V("incident.clock_warned"), f->incident,
        lf_arena_printf(t->a, "{\"clock\":\"%.*s\",\"percent\":%d}", LF_FMT(f->id), percent), e);
}

static enum lf_code announce_all(struct lf_task *t, const struct fallen *f, lf_time now, struct lf_err *e)
{
    struct told told;
    int most = 0;

    LF_TRY(told_of(t, f->incident, f->id, f->span.due, &told, e));
    for (size_t i = 0; i <= f->span.nwarn; i++) {
        int percent = i < f->span.nwarn ? f->span.warn[i] : BREACH;

        if (was_told(&told, percent) || falls(&f->span, percent) > now)
            continue;
        LF_TRY(announce(t, f, percent, now, e));
        told.percent[told.n++] = percent;
        most = percent > most ? percent : most;
    }
    if (most) /* of those that fell while the node was down, the last says it */
        LF_TRY(notify(t, f, most, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_deadline_told,
                      LF_ARGS(LF_INT(highest(&told)), LF_INT(next_of(&f->span, &told)), LF_TEXT(f->incident),
                              LF_TEXT(f->id)),
                      e);
}

enum lf_code lf_deadline_turn(struct lf_task *t, lf_time *next, struct lf_err *e)
{
    struct falling *x = LF_NEW(t->a, struct falling, 1);
    struct lf_task own = lf_node_task(t);
    lf_time now = lf_now(t->env);
    int64_t at;

    x->a = t->a;
    LF_TRY(lf_db_run(t->db, &own.scope, &lf_q_deadline_fallen, LF_ARGS(LF_INT(now), LF_INT(FALLEN)),
                     take_fallen, x, NULL, e));
    for (size_t i = 0; i < x->n; i++) {
        own.scope.org = x->items[i].org;
        LF_TRY(announce_all(&own, &x->items[i], now, e));
    }
    t->effects |= own.effects;
    LF_TRY(lf_db_int(t->db, &own.scope, &lf_q_deadline_next, LF_NO_ARGS, &at, e));
    *next = at ? at : LF_TIME_MAX;
    return LF_OK;
}
