#include "cert/lure.h"

#include "cert/document_priv.h"
#include "cert/inject_priv.h"
#include "cert/unit.h"
#include "fmt/csv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_lure.h"

enum { PERSON = 200 /* bytes */, ADDRESS = 254, KEEP_DAYS = 30 /* until the text says how many */ };

static const char *const states[LF_LURE_STATES] = { "prepared", "sending", "stopped" };

const char *lf_lure_state_name(enum lf_lure_state s)
{
    return states[s];
}

/* Addresses are compared in small letters; they are ASCII. */
static lf_view small(struct lf_arena *a, lf_view v)
{
    char *p = lf_arena_cstr(a, v);

    for (size_t i = 0; i < v.len; i++)
        p[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
    return (lf_view){ p, v.len };
}

/* The node's own: its mail server, and its name, are no tenant's to write to others with. */
static enum lf_code need(const struct lf_task *t, struct lf_err *e)
{
    LF_TRY(exercise_need(t, e));
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "lure: mail of drills is sent by the node's own organisation");
    return LF_OK;
}

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_id(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_view *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = lf_arena_copy(g->a, lf_row_text(r, 0));
    return LF_OK;
}

/* ---- consent ---- */

static bool domain_ok(struct lf_arena *a, lf_view v)
{
    return v.len && v.len <= 200 && lf_view_find(v, LF_V("@")) == SIZE_MAX &&
           lf_view_find(v, LF_V(".")) != SIZE_MAX &&
           lf_mail_address_ok(lf_arena_printf(a, "x@%.*s", LF_FMT(v)));
}

enum lf_code lf_lure_consent_set(struct lf_task *t, const struct lf_lure_consent *c, struct lf_err *e)
{
    lf_view domain = lf_view_trim(c->domain), person = lf_view_trim(c->person);
    struct lf_unit u;

    LF_TRY(need(t, e));
    domain = small(t->a, domain);
    if (!domain_ok(t->a, domain))
        return lf_err_set(e, LF_BAD_INPUT, "lure: domain is that of the addresses, such as water.example");
    LF_TRY(document_text("lure", "person", person, 1, PERSON, e));
    if (lf_unit_find(t, c->unit, c->unit, &u, e) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED,
                          "lure: \"%.*s\" is no organisation of the contact network; add it there",
                          LF_FMT(lf_view_first(c->unit, 120)));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_consent_set,
                      LF_ARGS(LF_TEXT(domain), LF_TEXT(u.id), LF_TEXT(person), LF_TEXT(t->scope.account),
                              LF_INT(lf_now(t->env))),
                      e));
    return lf_audit_add(t, LF_V("lure.consent"), u.id, LF_V("{}"), e);
}

enum lf_code lf_lure_consent_remove(struct lf_task *t, lf_view domain, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    const lf_view *sending;
    int64_t gone = 0;

    LF_TRY(need(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_consent_remove, LF_ARGS(LF_TEXT(domain)), NULL, NULL, &gone,
                     e));
    if (!gone)
        return lf_err_set(e, LF_NOT_FOUND, "lure: nobody agreed for that domain");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_active, LF_NO_ARGS, on_id, &g, NULL, e));
    sending = g.items;
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(lf_mail_forget(t, sending[i], domain, false, e));
    return lf_audit_add(t, LF_V("lure.consent_removed"), domain, LF_V("{}"), e);
}

static enum lf_code on_consent(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_lure_consent *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_lure_consent){ .domain = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .unit = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                             .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                             .person = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                             .account = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                             .at = lf_row_int(r, 5) };
    return LF_OK;
}

enum lf_code lf_lure_consent_list(struct lf_task *t, size_t *n, const struct lf_lure_consent **out,
                                  struct lf_err *e)
{
    struct gather g = { .a = t->a };

    LF_TRY(need(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_consent_list,
                     LF_ARGS(LF_TEXT(lf_node_rows(t).org), LF_INT(LF_LURE_CONSENTS)), on_consent, &g, NULL,
                     e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- one ---- */

static enum lf_code on_lure(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_lure *out = g->items;

    (void)e;
    *out = (struct lf_lure){ .there = lf_row_text(r, 1).len > 0,
                             .subject = lf_arena_copy(g->a, lf_row_text(r, 0)),
                             .body = lf_arena_copy(g->a, lf_row_text(r, 1)),
                             .english = lf_row_int(r, 2) != 0,
                             .per_hour = (int)lf_row_int(r, 3),
                             .keep_days = (int)lf_row_int(r, 4),
                             .state = (enum lf_lure_state)lf_row_int(r, 5),
                             .started = lf_row_int(r, 6),
                             .stopped = lf_row_int(r, 7),
                             .erased = lf_row_int(r, 8) };
    return LF_OK;
}

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_lure_count *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_lure_count c = { .unit = lf_arena_copy(g->a, lf_row_text(r, 0)),
                               .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                               .people = lf_row_int(r, 2),
                               .sent = lf_row_int(r, 3),
                               .opened = lf_row_int(r, 4),
                               .reported = lf_row_int(r, 5) };

    (void)e;
    c.few = c.sent < LF_LURE_FEW; /* a count of so few says who it was */
    if (c.few)
        c.opened = c.reported = 0;
    list[g->n++] = c;
    return LF_OK;
}

/* Of an exercise that may have one. */
static enum lf_code load(struct lf_task *t, lf_view exercise, struct lf_exercise *x, struct lf_lure *out,
                         struct lf_err *e)
{
    struct gather g = { .a = t->a, .items = out };

    *out = (struct lf_lure){ 0 };
    LF_TRY(need(t, e));
    LF_TRY(exercise_conducted(t, exercise, x, e));
    if (x->kind != LF_EXERCISE_SOCIAL)
        return lf_err_set(e, LF_CONFLICT, "lure: mail is for an exercise of the kind social-engineering");
    return lf_db_run(t->db, &t->scope, &lf_q_lure_get, LF_ARGS(LF_TEXT(exercise)), on_lure, &g, NULL, e);
}

static enum lf_code prepared(struct lf_task *t, lf_view exercise, struct lf_exercise *x, struct lf_lure *out,
                             struct lf_err *e)
{
    LF_TRY(load(t, exercise, x, out, e));
    if (out->state != LF_LURE_PREPARED || x->state > LF_EXERCISE_RUNNING)
        return lf_err_set(e, LF_CONFLICT, "lure: it is changed only before it is sent");
    return LF_OK;
}

enum lf_code lf_lure_set(struct lf_task *t, lf_view exercise, const struct lf_lure *in, struct lf_err *e)
{
    struct lf_exercise x;
    struct lf_lure now;

    LF_TRY(prepared(t, exercise, &x, &now, e));
    LF_TRY(document_text("lure", "subject", in->subject, 1, LF_LURE_SUBJECT, e));
    LF_TRY(document_text("lure", "body", in->body, 1, LF_LURE_BODY, e));
    if (lf_view_find(in->body, LF_V("{link}")) == SIZE_MAX ||
        lf_view_find(in->subject, LF_V("\n")) != SIZE_MAX)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "lure: the text has {link} where the personal link goes, and the subject is one line");
    if (in->per_hour < 1 || in->per_hour > LF_LURE_PER_HOUR || in->keep_days < 1 ||
        in->keep_days > LF_LURE_KEEP_DAYS)
        return lf_err_set(e, LF_BAD_INPUT, "lure: per_hour is from 1 to %d, keep_days from 1 to %d",
                          LF_LURE_PER_HOUR, LF_LURE_KEEP_DAYS);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_set,
                      LF_ARGS(LF_TEXT(exercise), LF_TEXT(in->subject), LF_TEXT(in->body), LF_INT(in->english),
                              LF_INT(in->per_hour), LF_INT(in->keep_days)),
                      e));
    return lf_audit_add(t, LF_V("lure.set"), exercise, LF_V("{}"), e);
}

enum lf_code lf_lure_get(struct lf_task *t, lf_view exercise, struct lf_lure *out, size_t *n,
                         const struct lf_lure_count **counts, struct lf_err *e)
{
    struct gather g = { .a = t->a };
    struct lf_exercise x;

    LF_TRY(load(t, exercise, &x, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_counts, LF_ARGS(LF_TEXT(exercise)), on_count, &g, NULL, e));
    *n = g.n;
    *counts = g.items;
    return LF_OK;
}

/* ---- whom it goes to ---- */

static enum lf_code on_agreed(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    lf_view *v = g->items;

    (void)e;
    v[0] = lf_arena_copy(g->a, lf_row_text(r, 0));
    v[1] = lf_arena_copy(g->a, lf_row_text(r, 1));
    g->n++;
    return LF_OK;
}

static enum lf_code add_person(struct lf_task *t, lf_view exercise, size_t line, size_t seq,
                               const lf_view *field, size_t nfields, struct lf_err *e)
{
    lf_view unit[2] = { LF_V(""), LF_V("") }, mail = small(t->a, field[0]);
    lf_view name = nfields > 1 ? lf_view_some(field[1]) : LF_V("");
    struct gather g = { .a = t->a, .items = unit };
    enum lf_code rc;
    size_t at;

    if (mail.len > ADDRESS || !lf_mail_address_ok(mail) || !lf_view_is_text(name, 0, PERSON))
        return lf_err_set(e, LF_UNACCEPTED, "lure: line %zu is no address and name", line);
    at = lf_view_find(mail, LF_V("@"));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_lure_consent_of,
                     LF_ARGS(LF_TEXT(lf_view_from(mail, at + 1)), LF_TEXT(exercise)), on_agreed, &g, NULL,
                     e));
    if (!g.n)
        return lf_err_set(
            e, LF_UNACCEPTED,
            "lure: line %zu: nobody of an organisation that takes part agreed for the domain %.*s", line,
            LF_FMT(lf_view_from(mail, at + 1)));
    rc = lf_db_exec(t->db, &t->scope, &lf_q_lure_person_add,
                    LF_ARGS(LF_TEXT(exercise), LF_INT(seq), LF_TEXT(unit[0]), LF_TEXT(unit[1]), LF_TEXT(mail),
                            LF_TEXT(name)),
                    e);
    return rc == LF_CONFLICT
               ? lf_err_set(e, LF_UNACCEPTED, "lure: line %zu: the address is there twice", line)
               : rc;
}

enum lf_code lf_lure_people(struct lf_task *t, lf_view exercise, lf_view csv, size_t *n, struct lf_err *e)
{
    lf_view field[LF_CSV_FIELDS];
    struct lf_exercise x;
    struct lf_lure now;
    struct lf_csv c;
    size_t nfields;
    bool more = true;

    LF_TRY(prepared(t, exercise, &x, &now, e));
    if (csv.len > LF_LURE_CSV)
        return lf_err_set(e, LF_TOO_BIG, "lure: the list has at most %d bytes", LF_LURE_CSV);
    LF_TRY(lf_csv_begin(&c, csv, e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_begin, LF_ARGS(LF_TEXT(exercise), LF_INT(KEEP_DAYS)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_people_clear, LF_ARGS(LF_TEXT(exercise)), e));
    *n = 0;
    for (;;) {
        LF_TRY(lf_csv_row(&c, t->a, field, &nfields, &more, e));
        if (!more)
            break;
        if (!nfields || (nfields == 1 && !field[0].len) || (c.line == 1 && lf_view_is(field[0], "mail")))
            continue;
        if (*n == LF_LURE_PEOPLE)
            return lf_err_set(e, LF_TOO_MANY, "lure: the list has at most %d people", LF_LURE_PEOPLE);
        LF_TRY(add_person(t, exercise, c.line, (*n)++, field, nfields, e));
    }
    return lf_audit_add(t, LF_V("lure.people"), exercise, lf_arena_printf(t->a, "{\"people\":%zu}", *n), e);
}

enum lf_code lf_lure_start(struct lf_task *t, lf_view exercise, const struct lf_mail_settings *s,
                           struct lf_err *e)
{
    const struct lf_lure_count *counts;
    struct lf_exercise x;
    struct lf_lure now;
    size_t n;

    LF_TRY(prepared(t, exercise, &x, &now, e));
    LF_TRY(lf_lure_get(t, exercise, &now, &n, &counts, e));
    if (!s || !lf_mail_way_open(s, LF_MAIL_SMTP) || s->encrypt == LF_MAIL_REQUIRE)
        return lf_err_set(e, LF_CONFLICT,
                          "lure: no mail can go out: set a mail server, which does not require encryption");
    if (x.state != LF_EXERCISE_RUNNING || !now.there || !n)
        return lf_err_set(e, LF_CONFLICT,
                          "lure: it is sent while the exercise runs, once its text and its people are there");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_lure_start, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(exercise)),
                      e));
    t->effects |= LF_FX_NOTICE;
    return lf_audit_add(t, LF_V("lure.start"), exercise, LF_V("{}"), e);
}

enum lf_code lf_lure_stop(struct lf_task *t, lf_view exercise, struct lf_err *e)
{
    struct lf_exercise x;
    struct lf_lure now;

    LF_TRY(load(t, exercise, &x, &now, e));
    if (now.state != LF_LURE_SENDING)
        return lf_err_set(e, LF_CONFLICT, "lure: it is not being sent");
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_lure_stop, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(exercise)), e));
    LF_TRY(lf_mail_forget(t, exercise, LF_V(""), false, e));
    return lf_audit_add(t, LF_V("lure.stop"), exercise, LF_V("{}"), e);
}
