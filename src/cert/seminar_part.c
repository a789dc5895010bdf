/* Who is invited to seminars, who took part, and what years make of it. */
#include "cert/people_priv.h"
#include "cert/seminar_priv.h"
#include "ident/node.h"
#include "soc/import.h"
#include "store/query_seminar.h"

enum { WORDS = 200, INVITING = 16384 /* bytes that say whom to invite at once */ };

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_unit(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_seminar_unit *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_seminar_unit){ .unit = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                             .oid = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                             .invited = lf_row_int(r, 3),
                                             .people = lf_row_int(r, 4) };
    return LF_OK;
}

enum lf_code lf_seminar_units(struct lf_task *t, lf_view id, size_t *n, const struct lf_seminar_unit **out,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_seminar_unit_list, LF_ARGS(LF_TEXT(id), LF_INT(LF_SEMINAR_UNITS)),
                     on_unit, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

static enum lf_code not_too_many(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t n;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_seminar_unit_count, LF_ARGS(LF_TEXT(id)), &n, e));
    return n <= LF_SEMINAR_UNITS ? LF_OK
                                 : lf_err_set(e, LF_TOO_MANY,
                                              "seminar: at most %d organisations are invited to one or take "
                                              "part in it; hold it in several parts",
                                              LF_SEMINAR_UNITS);
}

static enum lf_code unit_of(struct lf_task *t, lf_view word, struct lf_unit *u, struct lf_err *e)
{
    enum lf_code rc = lf_unit_get(t, word, u, e);

    if (rc == LF_NOT_FOUND)
        rc = lf_unit_find(t, word, word, u, e);
    return rc != LF_NOT_FOUND
               ? rc
               : lf_err_set(e, LF_BAD_INPUT,
                            "seminar: \"%.*s\" is no organisation of the contact network; add it there",
                            LF_FMT(lf_view_first(word, 80)));
}

/* Before it is done: whom nobody could count is not entered. */
static enum lf_code invite_many(struct lf_task *t, lf_view id, enum lf_unit_attribute attribute,
                                struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t n;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_seminar_invitable, LF_ARGS(LF_TEXT(t->self->org), LF_INT(attribute)),
                     &n, e));
    if (!n)
        return lf_err_set(e, LF_BAD_INPUT, "seminar: the contact network has no organisation of that sector");
    if (n > LF_SEMINAR_UNITS)
        return lf_err_set(
            e, LF_TOO_MANY,
            "seminar: at most %d organisations are invited to one or take part in it; hold it in "
            "several parts",
            LF_SEMINAR_UNITS);
    return lf_db_exec(t->db, &node, &lf_q_seminar_invite_all,
                      LF_ARGS(LF_TEXT(id), LF_INT(lf_now(t->env)), LF_TEXT(t->self->org), LF_INT(attribute)),
                      e);
}

static enum lf_code invite_word(struct lf_task *t, lf_view id, lf_view word, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    enum lf_unit_attribute attribute;
    struct lf_unit u;

    if (lf_view_is(word, "all"))
        return invite_many(t, id, LF_UNIT_NONE, e);
    if (lf_unit_attribute_parse(word, &attribute))
        return invite_many(t, id, attribute, e);
    LF_TRY(unit_of(t, word, &u, e));
    return lf_db_exec(t->db, &node, &lf_q_seminar_invite,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(u.id), LF_TEXT(u.name), LF_INT(lf_now(t->env))), e);
}

enum lf_code lf_seminar_invite(struct lf_task *t, lf_view id, lf_view words, struct lf_err *e)
{
    lf_view rest = words, word;
    struct lf_seminar s;
    size_t n = 0;

    LF_TRY(seminar_to_change(t, id, &s, e));
    if (s.state != LF_SEMINAR_PLANNED)
        return lf_err_set(e, LF_CONFLICT, "seminar: it was held or called off; nothing of it is planned");
    if (words.len > INVITING)
        return lf_err_set(e, LF_BAD_INPUT,
                          "seminar: say at once at most %d organisations, in at most %d bytes", WORDS,
                          INVITING);
    while (lf_view_split(&rest, ',', &word)) {
        word = lf_view_trim(word);
        if (!word.len)
            continue;
        if (n++ == WORDS)
            return lf_err_set(e, LF_BAD_INPUT,
                              "seminar: say at once at most %d organisations, in at most %d bytes", WORDS,
                              INVITING);
        LF_TRY(invite_word(t, id, word, e));
    }
    if (!n)
        return lf_err_set(e, LF_BAD_INPUT, "seminar: say whom to invite");
    LF_TRY(not_too_many(t, id, e));
    LF_TRY(seminar_tell(t, &s, e)); /* who was told already is not told again */
    return seminar_audit(t, LF_V("seminar.invite"), &s, "units", lf_utf8_first(words, LF_SEMINAR_TITLE), e);
}

/* ---- who took part ---- */

static enum lf_code to_attend(struct lf_task *t, lf_view id, struct lf_seminar *s, struct lf_err *e)
{
    LF_TRY(seminar_to_change(t, id, s, e));
    if (s->state == LF_SEMINAR_CANCELLED)
        return lf_err_set(e, LF_CONFLICT, "seminar: it was called off");
    return s->at <= lf_now(t->env)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "seminar: it has not begun, so nobody took part yet");
}

static enum lf_code attend(struct lf_task *t, lf_view id, lf_view unit, int64_t people, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_unit u;

    if (people < 0 || people > LF_SEMINAR_PEOPLE)
        return lf_err_set(e, LF_BAD_INPUT, "seminar: people is a number of 0 to %d", LF_SEMINAR_PEOPLE);
    LF_TRY(unit_of(t, unit, &u, e));
    return lf_db_exec(t->db, &node, &lf_q_seminar_attend,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(u.id), LF_TEXT(u.name), LF_INT(people)), e);
}

static enum lf_code attended(struct lf_task *t, const struct lf_seminar *s, const char *what, lf_view value,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(lf_db_exec(t->db, &node, &lf_q_seminar_unit_drop, LF_ARGS(LF_TEXT(s->id)), e));
    LF_TRY(not_too_many(t, s->id, e));
    return seminar_audit(t, LF_V("seminar.attend"), s, what, value, e);
}

enum lf_code lf_seminar_attend(struct lf_task *t, lf_view id, lf_view unit, int64_t people, struct lf_err *e)
{
    struct lf_seminar s;

    LF_TRY(to_attend(t, id, &s, e));
    LF_TRY(attend(t, id, lf_view_trim(unit), people, e));
    return attended(
        t, &s, "unit",
        lf_arena_printf(t->a, "%.*s %lld", LF_FMT(lf_utf8_first(unit, LF_UNIT_NAME)), (long long)people), e);
}

enum cell { ORGANISATION, PEOPLE, OID };

static enum lf_code take(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e)
{
    const struct lf_seminar *s = ctx;
    lf_view unit = cell[OID].len ? cell[OID] : cell[ORGANISATION];
    int64_t people = 0;

    if (cell[PEOPLE].len && !lf_view_i64(cell[PEOPLE], &people))
        people = -1;
    return attend(t, s->id, unit, people, e);
}

enum lf_code lf_seminar_attend_csv(struct lf_task *t, lf_view id, lf_view csv, size_t *rows, struct lf_err *e)
{
    struct lf_seminar s;
    struct lf_import what = { .noun = "seminar row",
                              .bytes = LF_SEMINAR_CSV,
                              .rows = LF_SEMINAR_UNITS,
                              .columns = { [ORGANISATION] = { "organisation", "單位全銜" },
                                           [PEOPLE] = { "people", "人數" },
                                           [OID] = { "oid", "OID" } },
                              .take = take,
                              .ctx = &s };

    LF_TRY(to_attend(t, id, &s, e));
    LF_TRY(lf_import_csv(t, &what, csv, rows, e));
    return attended(t, &s, "rows", lf_arena_printf(t->a, "%zu", *rows), e);
}

/* ---- years ---- */

static int year_of(lf_time at)
{
    return lf_civil_of(at + LF_TAIPEI).year;
}

struct years {
    struct lf_seminar_year *of;
    size_t n;
};

static enum lf_code on_held(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    const struct years *y = ctx;
    int i = year_of(lf_row_int(r, 0)) - y->of[0].year;

    (void)e;
    if (i >= 0 && (size_t)i < y->n) {
        y->of[i].held++;
        y->of[i].people += lf_row_int(r, 1);
    }
    return LF_OK;
}

enum lf_code lf_seminar_years(struct lf_task *t, int first, size_t *n, const struct lf_seminar_year **out,
                              struct lf_err *e)
{
    enum { YEARS = 100 };
    struct lf_scope node = lf_node_rows(t);
    int now = year_of(lf_now(t->env)), from = now;
    struct years y = { 0 };
    lf_time begin, end;
    int64_t earliest;

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_int(t->db, &node, &lf_q_seminar_first, LF_NO_ARGS, &earliest, e));
    if (earliest && year_of(earliest) < from)
        from = year_of(earliest);
    if (first && first < from)
        from = first;
    from = from < now - YEARS ? now - YEARS : from;
    y.n = (size_t)(now - from) + 1;
    y.of = LF_NEW(t->a, struct lf_seminar_year, y.n);
    for (size_t i = 0; i < y.n; i++) {
        y.of[i] = (struct lf_seminar_year){ .year = from + (int)i };
        seminar_year(y.of[i].year, &begin, &end);
        LF_TRY(lf_db_int(t->db, &node, &lf_q_seminar_part_count, LF_ARGS(LF_INT(begin), LF_INT(end)),
                         &y.of[i].came, e));
    }
    seminar_year(from, &begin, &end);
    LF_TRY(lf_db_run(t->db, &node, &lf_q_seminar_held,
                     LF_ARGS(LF_INT(begin), LF_INT(INT64_MAX), LF_INT(LF_SEMINARS_HELD)), on_held, &y, NULL,
                     e));
    *n = y.n;
    *out = y.of;
    return LF_OK;
}

static enum lf_code on_part(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_seminar_part *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_seminar_part){ .unit = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                             .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                             .times = lf_row_int(r, 2),
                                             .people = lf_row_int(r, 3),
                                             .last = lf_row_int(r, 4) };
    return LF_OK;
}

enum lf_code lf_seminar_parts(struct lf_task *t, int year, size_t *n, const struct lf_seminar_part **out,
                              struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    lf_time from, to;

    LF_TRY(people_of_node(t, e));
    seminar_year(year, &from, &to);
    LF_TRY(lf_db_run(t->db, &node, &lf_q_seminar_part_list,
                     LF_ARGS(LF_INT(from), LF_INT(to), LF_INT(LF_SEMINAR_PARTS)), on_part, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}
