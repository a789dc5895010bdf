/* Incidents to be read: lists, one whole, boards, counts, and what waits to leave. */
#include "cert/incident_priv.h"

#include "ident/node.h"
#include "model/clearance.h"
#include "model/role.h"
#include "store/query_incident.h"
#include "store/query_statistic.h"

enum { ANSWER_BYTES = 8 << 20 };

const char *lf_clock_state_name(enum lf_clock_state s)
{
    static const char *const names[] = { "not_started", "running", "met", "breached", "cancelled" };

    return (unsigned)s < sizeof names / sizeof names[0] ? names[s] : "unknown";
}

enum lf_code incident_need(const struct lf_task *t, unsigned roles, const char *what, struct lf_err *e)
{
    if (t->scope.roles & (roles | LF_ROLE_SYSTEM))
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "%s needs another role than this account has", what);
}

enum lf_code incident_need_reader(const struct lf_task *t, struct lf_err *e)
{
    static const unsigned may_read = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER |
                                     LF_ROLE_READER | LF_ROLE_SYSTEM;

    return incident_need(t, may_read, "reading incidents", e);
}

/* ---- rows ---- */

/* `c` has start, due and end; the rest follows from the time. */
static struct lf_incident_clock clock_now(struct lf_incident_clock c, bool dropped, lf_time now)
{
    lf_time at;

    if (!c.due)
        return (struct lf_incident_clock){ 0 };
    if (c.ended > now)
        c.ended = 0; /* by a node whose clock is ahead of ours */
    at = c.ended ? c.ended : now;
    c.late_s = at > c.due ? (at - c.due) / LF_SECOND : 0;
    if (at <= c.start)
        c.percent = 0;
    else if (at >= c.due || c.due <= c.start)
        c.percent = 100;
    else
        c.percent = (int)((at - c.start) * 100 / (c.due - c.start));
    c.warned = c.percent >= 80 ? 80 : c.percent >= 50 ? 50 : 0;
    /* The second of the due time itself is in time. */
    if (c.late_s > 0)
        c.state = LF_CLOCK_BREACHED;
    else if (c.ended)
        c.state = dropped ? LF_CLOCK_CANCELLED : LF_CLOCK_MET;
    else
        c.state = LF_CLOCK_RUNNING;
    return c;
}

static struct incident_kept row_of(struct lf_arena *a, const struct lf_row *r, lf_time now)
{
    struct incident_kept k = { .there = true };
    struct lf_incident *i = &k.row;

    i->id = lf_arena_copy(a, lf_row_text(r, 0));
    i->org = lf_arena_copy(a, lf_row_text(r, 1));
    i->node = lf_arena_copy(a, lf_row_text(r, 2));
    i->peer = lf_arena_copy(a, lf_row_text(r, 3));
    i->title = lf_arena_copy(a, lf_row_text(r, 4));
    i->alert = lf_arena_copy(a, lf_row_text(r, 5));
    i->review = lf_arena_copy(a, lf_row_text(r, 6));
    i->handling = lf_arena_copy(a, lf_row_text(r, 7));
    i->level = (int)lf_row_int(r, 8);
    i->exercise = lf_row_int(r, 9) != 0;
    i->aware_at = lf_row_int(r, 10);
    i->reported_at = lf_row_int(r, 11);
    i->received_at = lf_row_int(r, 12);
    i->c1 = clock_now((struct lf_incident_clock){ .start = lf_row_int(r, 13),
                                                  .due = lf_row_int(r, 14),
                                                  .ended = lf_row_int(r, 15) },
                      lf_row_int(r, 16) != 0, now);
    k.rising = lf_row_int(r, 17) != 0;
    i->events = lf_row_int(r, 18);
    k.created = lf_row_int(r, 19);
    i->updated = lf_row_int(r, 20);
    i->category = lf_arena_copy(a, lf_row_text(r, 21));
    k.text_mark = lf_row_int(r, 22);
    i->tlp = (enum lf_tlp)lf_row_int(r, 23);
    i->author = lf_arena_copy(a, lf_row_text(r, 24));
    i->rsit = lf_arena_copy(a, lf_row_text(r, 25));
    k.rsit_of = lf_arena_copy(a, lf_row_text(r, 26));
    i->vital = (unsigned)lf_row_int(r, 27);
    return k;
}

/* ---- who may have it: docs/adr/0053 ---- */

bool incident_of_node(const struct lf_task *t)
{
    return t->scope.roles == LF_ROLE_SYSTEM; /* the machine's door has a person's roles besides */
}

/* The strictest label that the scope may have of what is its node's: the reporter chose this organisation,
 * which handles the incident, whichever node it came from. */
int incident_clears(const struct lf_task *t)
{
    enum lf_reader_kind reader = lf_reader_of_roles(t->scope.roles);
    int most = LF_TLP_RED;

    if (incident_of_node(t))
        return most;
    while (most > LF_TLP_NONE && lf_clearance_label(&(struct lf_label){ .tlp = (enum lf_tlp)most },
                                                    LF_FROM_OWN, reader, false) == LF_RELEASE_NOTHING)
        most--;
    return most;
}

/* An account that nobody has is nobody's author. */
lf_view incident_reader(const struct lf_task *t)
{
    return t->scope.account.len ? t->scope.account : LF_V("-");
}

static bool cleared(const struct lf_task *t, const struct lf_incident *i)
{
    return (int)i->tlp <= incident_clears(t) || (i->author.len && lf_view_eq(i->author, incident_reader(t)));
}

enum lf_tlp lf_incident_label(const struct lf_incident *i)
{
    return i->tlp == LF_TLP_NONE ? LF_TLP_AMBER : i->tlp;
}

struct one {
    struct lf_task *t;
    struct incident_kept k;
};

static enum lf_code take_one(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct one *o = ctx;

    (void)e;
    o->k = row_of(o->t->a, r, lf_now(o->t->env));
    return LF_OK;
}

enum lf_code incident_find(struct lf_task *t, const struct lf_query *q, lf_view id, struct incident_kept *out,
                           struct lf_err *e)
{
    struct one o = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, q, LF_ARGS(LF_TEXT(id)), take_one, &o, NULL, e));
    if (o.k.there && !cleared(t, &o.k.row))
        o.k = (struct incident_kept){ 0 }; /* as if it were not there */
    *out = o.k;
    return LF_OK;
}

enum lf_code incident_find_own(struct lf_task *t, lf_view id, struct incident_kept *out, struct lf_err *e)
{
    LF_TRY(incident_find(t, &lf_q_incident_get, id, out, e));
    if (!out->there)
        return lf_err_set(e, LF_NOT_FOUND, "no incident %.*s", LF_FMT(id));
    return LF_OK;
}

/* ---- reading ---- */

enum { TERMS = 4 /* of a question; more words narrow it no further */, FEW = 2000 /* clocks */ };

struct rows {
    struct lf_task *t;
    struct lf_incident *items;
    size_t n, most;
    bool more;
    lf_time created; /* of the last one taken */
};

static enum lf_code take_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *x = ctx;
    struct incident_kept k;

    (void)e;
    if (x->n == x->most) {
        x->more = true;
        return LF_OK;
    }
    k = row_of(x->t->a, r, lf_now(x->t->env));
    x->items[x->n++] = k.row;
    x->created = k.created;
    return LF_OK;
}

/* `after` is "<number>:<id>". */
static enum lf_code after_of(const struct lf_page *page, int64_t *n, lf_view *id, struct lf_err *e)
{
    lf_view rest = page ? page->after : (lf_view){ 0 }, number;

    if (!rest.len)
        return LF_OK;
    if (!lf_view_split(&rest, ':', &number) || !lf_view_i64(number, n) || !rest.len)
        return lf_err_set(e, LF_BAD_INPUT, "after is not a place this list gave; begin without it");
    *id = rest;
    return LF_OK;
}

static struct rows room_for(struct lf_task *t, const struct lf_page *page)
{
    struct rows x = { .t = t, .most = lf_page_rows(page) };

    x.items = LF_NEW(t->a, struct lf_incident, x.most);
    return x;
}

static void give(const struct rows *x, struct lf_incident_page *out)
{
    *out = (struct lf_incident_page){ .n = x->n, .items = x->items };
    if (x->more)
        out->next =
            lf_arena_printf(x->t->a, "%lld:%.*s", (long long)x->created, LF_FMT(x->items[x->n - 1].id));
}

/* Those that a number of a statistic stands for. */
static enum lf_code cases(struct lf_task *t, const struct lf_incident_filter *f, const struct lf_page *page,
                          struct lf_incident_page *out, struct lf_err *e)
{
    struct rows x = room_for(t, page);
    lf_time now = lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
    int64_t aware = INT64_MAX;
    lf_view id = LF_V("");

    LF_TRY(after_of(page, &aware, &id, e));
    if (f->words.len || f->clock.len || f->clock_state != LF_DEADLINE_ANY || f->active)
        return lf_err_set(e, LF_BAD_INPUT, "q, clock, which and open do not go with counted=1");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_statistic_cases,
                     LF_ARGS(LF_INT(aware), LF_TEXT(id), LF_INT(f->from), LF_INT(f->to ? f->to : INT64_MAX),
                             LF_INT(f->level), text_arg(f->category), text_arg(f->rsit), LF_INT(f->vital),
                             LF_INT(f->sector - 1), LF_INT(f->took), text_arg(f->late), LF_INT(now),
                             text_arg(f->review), text_arg(f->handling), CLEARED(t), LF_INT(x.most + 1)),
                     take_row, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(lf_deadline_nearest(t, x.items[i].id, &x.items[i].nearest, e));
    give(&x, out);
    return LF_OK;
}

/* Those that name an exercise. */
static enum lf_code of_exercise(struct lf_task *t, const struct lf_incident_filter *f,
                                const struct lf_page *page, struct lf_incident_page *out, struct lf_err *e)
{
    lf_time now = lf_now(t->env) / LF_SECOND * LF_SECOND; /* clocks count whole seconds */
    struct rows x = room_for(t, page);
    int64_t created = INT64_MAX;
    lf_view id = LF_V("");

    LF_TRY(after_of(page, &created, &id, e));
    if ((f->stands != LF_EXERCISE_ANY) != (f->clock.len > 0))
        return lf_err_set(e, LF_BAD_INPUT, "of an exercise, which and stands go together");
    if (f->review.len || f->handling.len || f->words.len || f->category.len || f->rsit.len || f->vital ||
        f->from || f->to || f->level || f->counted || f->active || f->clock_state != LF_DEADLINE_ANY)
        return lf_err_set(e, LF_BAD_INPUT,
                          "exercise goes with by, which and stands, and with no other filter");
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_incident_of_exercise,
                  LF_ARGS(LF_TEXT(f->exercise), LF_INT(created), LF_TEXT(id), LF_INT(!f->by.len),
                          LF_TEXT(lf_view_is(f->by, "-") ? LF_V("") : lf_view_some(f->by)), LF_INT(f->stands),
                          text_arg(f->clock), LF_INT(now), CLEARED(t), LF_INT(x.most + 1)),
                  take_row, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(lf_deadline_nearest(t, x.items[i].id, &x.items[i].nearest, e));
    give(&x, out);
    return LF_OK;
}

enum lf_code incident_reported_list(struct lf_task *t, bool waiting, const struct lf_page *page,
                                    struct lf_incident_page *out, struct lf_err *e)
{
    struct rows x = room_for(t, page);
    int64_t created = INT64_MAX;
    lf_view id = LF_V("");

    LF_TRY(after_of(page, &created, &id, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_reported,
                     LF_ARGS(LF_INT(created), LF_TEXT(id), LF_INT(waiting), CLEARED(t), LF_INT(x.most + 1)),
                     take_row, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(lf_deadline_nearest(t, x.items[i].id, &x.items[i].nearest, e));
    give(&x, out);
    return LF_OK;
}

enum lf_code lf_incident_list(struct lf_task *t, const struct lf_incident_filter *filter,
                              const struct lf_page *page, struct lf_incident_page *out, struct lf_err *e)
{
    static const struct lf_incident_filter none;
    struct rows x = room_for(t, page);
    lf_view terms[TERMS] = { { 0 } };
    int64_t created = INT64_MAX, to;
    lf_time due_from, due_to;
    int64_t clocks;
    size_t nterms;
    bool few = false;
    int stage;
    lf_view id = LF_VIEW("");

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(after_of(page, &created, &id, e));
    if (!filter)
        filter = &none;
    if (filter->exercise.len)
        return of_exercise(t, filter, page, out, e);
    if (filter->counted)
        return cases(t, filter, page, out, e);
    if (filter->sector || filter->took || filter->late.len || filter->level < 0 || filter->vital < 0 ||
        lf_view_is(filter->rsit, "-"))
        return lf_err_set(e, LF_BAD_INPUT,
                          "sector, took, late, level=-, rsit=- and vital=- go with counted=1");
    if (filter->clock_state == LF_DEADLINE_OTHER)
        return lf_err_set(e, LF_BAD_INPUT, "clock: running, overdue or missed");
    deadline_bounds(filter->clock_state, lf_now(t->env), &stage, &due_from, &due_to);
    if (filter->clock_state == LF_DEADLINE_ANY && !filter->clock.len)
        stage = 0;
    to = filter->to ? filter->to : INT64_MAX;
    nterms = incident_terms(t->a, filter->words, false, terms, TERMS);
    if (filter->words.len && !nterms) { /* nothing in it that could be a word */
        give(&x, out);
        return LF_OK;
    }
    /* The rarest leads, as far as a short look can tell; the others are asked of each that has it. */
    for (size_t i = 0, least = SIZE_MAX; i < nterms && nterms > 1; i++) {
        int64_t n;

        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_incident_term_count, LF_ARGS(LF_TEXT(terms[i])), &n, e));
        if ((size_t)n < least) {
            lf_view swap = terms[0];

            least = (size_t)n;
            terms[0] = terms[i], terms[i] = swap;
        }
    }
    /* Few clocks lead to their incidents; of many the newest incidents soon give a page. */
    if (stage && !nterms) {
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_incident_clock_few,
                         LF_ARGS(LF_INT(stage), LF_INT(due_from), LF_INT(due_to), text_arg(filter->clock)),
                         &clocks, e));
        few = clocks < FEW;
    }
    if (nterms)
        LF_TRY(
            lf_db_run(t->db, &t->scope, &lf_q_incident_words,
                      LF_ARGS(LF_TEXT(terms[0]), LF_INT(created), LF_TEXT(id), text_arg(filter->review),
                              text_arg(filter->handling), LF_INT(filter->level), text_arg(filter->category),
                              text_arg(filter->rsit), LF_INT(filter->vital), LF_INT(filter->from), LF_INT(to),
                              LF_INT(stage), LF_INT(due_from), LF_INT(due_to), text_arg(filter->clock),
                              LF_INT(filter->active), text_arg(terms[1]), text_arg(terms[2]),
                              text_arg(terms[3]), CLEARED(t), LF_INT(x.most + 1)),
                      take_row, &x, NULL, e));
    else
        LF_TRY(
            lf_db_run(t->db, &t->scope, few ? &lf_q_incident_by_clock : &lf_q_incident_list,
                      LF_ARGS(LF_INT(created), LF_TEXT(id), text_arg(filter->review),
                              text_arg(filter->handling), LF_INT(filter->level), text_arg(filter->category),
                              text_arg(filter->rsit), LF_INT(filter->vital), LF_INT(filter->from), LF_INT(to),
                              LF_INT(stage), LF_INT(due_from), LF_INT(due_to), text_arg(filter->clock),
                              LF_INT(filter->active), CLEARED(t), LF_INT(x.most + 1)),
                      take_row, &x, NULL, e));
    for (size_t i = 0; i < x.n; i++)
        LF_TRY(lf_deadline_nearest(t, x.items[i].id, &x.items[i].nearest, e));
    give(&x, out);
    return LF_OK;
}

enum lf_code lf_incident_get(struct lf_task *t, lf_view id, struct lf_incident_full *out, struct lf_err *e)
{
    struct lf_incident_full full = { 0 };
    const struct lf_incident_event **order;
    struct lf_clock_result judged;
    enum lf_code rc;
    struct incident_events x;
    struct lf_buf b;
    struct incident_kept k;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(incident_find_own(t, id, &k, e));
    LF_TRY(incident_load(t, id, &x, e));
    order = x.order;
    full.state = x.state;
    rc = incident_judge(t, &x, lf_now(t->env), &judged, e);
    if (rc == LF_OK) {
        struct lf_clock_row *rows = LF_NEW(t->a, struct lf_clock_row, lf_clock_rows(&judged) + 1);

        for (size_t i = 0; i < lf_clock_rows(&judged); i++) {
            rows[full.nrows] = lf_clock_row(&judged, i);
            full.nrows += !lf_view_is(lf_view_of(rows[full.nrows].state), "not_started");
        }
        full.rows = rows;
        lf_buf_init(&b, ANSWER_BYTES);
        lf_clock_write(&judged, &b);
        rc = lf_buf_done(&b, e);
        if (rc == LF_OK)
            full.clocks = lf_arena_copy(t->a, lf_buf_view(&b));
        lf_buf_clear(&b);
    }
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_at(e, "the clocks of %.*s", LF_FMT(id));
    full.row = k.row;
    LF_TRY(lf_deadline_nearest(t, id, &full.row.nearest, e));
    full.nevents = full.state.nevents;
    full.events = order;
    *out = full;
    return LF_OK;
}

enum lf_code lf_incident_marked(struct lf_task *t, lf_view incident, enum lf_tlp *out, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct incident_kept k;

    LF_TRY(incident_find(&own, &lf_q_incident_anywhere, incident, &k, e));
    *out = k.there ? k.row.tlp : LF_TLP_NONE;
    return LF_OK;
}

enum lf_code lf_incident_receipt(struct lf_task *t, lf_view incident, lf_view *json, struct lf_err *e)
{
    struct incident_kept k;

    LF_TRY(incident_need_reader(t, e));
    LF_TRY(incident_find_own(t, incident, &k, e));
    if (lf_db_text(t->db, &t->scope, &lf_q_incident_receipt, LF_ARGS(LF_TEXT(incident)), t->a, json, e) !=
        LF_OK)
        return lf_err_at(e, "no receipt for %.*s has come yet", LF_FMT(incident));
    return LF_OK;
}

enum lf_code lf_incident_event_get(struct lf_task *t, lf_view id, lf_view *json, struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    return lf_db_text(t->db, &t->scope, &lf_q_incident_event_json, LF_ARGS(LF_TEXT(id), CLEARED(t)), t->a,
                      json, e);
}

/* ---- on the way out ---- */

struct leaving {
    struct lf_task *t;
    struct lf_incident_outgoing *items;
    size_t n, most;
};

static enum lf_code take_leaving(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct leaving *x = ctx;

    (void)e;
    if (x->n < x->most)
        x->items[x->n++] = (struct lf_incident_outgoing){ .seq = lf_row_int(r, 0),
                                                          .event = lf_arena_copy(x->t->a, lf_row_text(r, 1)),
                                                          .json = lf_arena_copy(x->t->a, lf_row_text(r, 2)) };
    return LF_OK;
}

enum lf_code lf_incident_outgoing_next(struct lf_task *t, lf_view after, lf_view *dest, struct lf_err *e)
{
    LF_TRY(incident_need(t, LF_ROLE_PEER, "carrying incident events", e));
    return lf_db_text(t->db, &t->scope, &lf_q_incident_outgoing_next, LF_ARGS(LF_TEXT(after)), t->a, dest, e);
}

enum lf_code lf_incident_outgoing_list(struct lf_task *t, lf_view dest, size_t limit, size_t *n,
                                       const struct lf_incident_outgoing **items, struct lf_err *e)
{
    struct leaving x = { .t = t, .most = limit && limit <= LF_PAGE_MOST ? limit : LF_PAGE_MOST };

    LF_TRY(incident_need(t, LF_ROLE_PEER, "carrying incident events", e));
    x.items = LF_NEW(t->a, struct lf_incident_outgoing, x.most);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_outgoing_list, LF_ARGS(LF_TEXT(dest), LF_INT(x.most)),
                     take_leaving, &x, NULL, e));
    *n = x.n;
    *items = x.items;
    return LF_OK;
}
