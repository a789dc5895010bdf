#include "cert/weakness.h"

#include "cert/document_priv.h"
#include "cert/incident_priv.h"
#include "cert/incident_task.h"
#include "cert/inject_priv.h"
#include "cert/unit.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_weakness.h"

static const char *const kinds[LF_WEAKNESS_KINDS] = { "patching", "configuration", "access",    "application",
                                                      "network",  "monitoring",    "reporting", "response",
                                                      "recovery", "awareness",     "supplier",  "other" };
static const char *const severities[LF_WEAKNESS_SEVERITIES] = { "low", "medium", "high", "critical" };
static const char *const states[LF_WEAKNESS_STATES] = { "open", "mended", "accepted" };
static const char *const outcomes[LF_WEAKNESS_OUTCOMES] = { "unchecked", "confirmed", "recurred" };

const char *lf_weakness_kind_name(enum lf_weakness_kind k)
{
    return kinds[k];
}

const char *lf_weakness_severity_name(int s)
{
    return severities[s];
}

const char *lf_weakness_state_name(enum lf_weakness_state s)
{
    return states[s];
}

const char *lf_weakness_outcome_name(enum lf_weakness_outcome o)
{
    return outcomes[o];
}

bool lf_weakness_kind_parse(lf_view name, int *out)
{
    return name_number(kinds, LF_WEAKNESS_KINDS, name, out);
}

bool lf_weakness_severity_parse(lf_view name, int *out)
{
    return name_number(severities, LF_WEAKNESS_SEVERITIES, name, out);
}

bool lf_weakness_state_parse(lf_view name, int *out)
{
    return name_number(states, LF_WEAKNESS_STATES, name, out);
}

bool lf_weakness_outcome_parse(lf_view name, int *out)
{
    return name_number(outcomes, LF_WEAKNESS_OUTCOMES, name, out);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_view org; /* of who reads */
    lf_time now;
    bool guest; /* of the history: who keeps it is not said by name */
    void *items;
    size_t n, cap;
};

static lf_view copied(const struct gather *g, const struct lf_row *r, int col)
{
    return lf_arena_copy(g->a, lf_view_some(lf_row_text(r, col)));
}

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_weakness *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_weakness *x = &list[g->n++];

    (void)e;
    *x = (struct lf_weakness){
        .guest = !lf_view_eq(lf_row_text(r, 0), g->org),
        .id = copied(g, r, 1),
        .number = lf_row_int(r, 2),
        .exercise = copied(g, r, 3),
        .exercise_name = copied(g, r, 4),
        .began = lf_row_int(r, 5),
        .unit = copied(g, r, 6),
        .unit_name = copied(g, r, 7),
        .kind = (enum lf_weakness_kind)lf_row_int(r, 8),
        .severity = (int)lf_row_int(r, 9),
        .state = (enum lf_weakness_state)lf_row_int(r, 10),
        .title = copied(g, r, 11),
        .detail = copied(g, r, 12),
        .method = copied(g, r, 13),
        .measure = copied(g, r, 14),
        .owner = copied(g, r, 15),
        .due = lf_row_int(r, 16),
        .reason = copied(g, r, 17),
        .outcome = (enum lf_weakness_outcome)lf_row_int(r, 18),
        .checked = lf_row_int(r, 19),
        .checked_in = copied(g, r, 20),
        .checked_name = copied(g, r, 21),
        .recurred = lf_row_int(r, 22),
        .account = copied(g, r, 23),
        .created = lf_row_int(r, 24),
        .changed = lf_row_int(r, 25),
        .entries = lf_row_int(r, 26),
    };
    x->overdue = x->state == LF_WEAKNESS_OPEN && x->due && x->due < g->now;
    if (x->guest) /* a tenant need not know who works at the node */
        x->owner = x->account = LF_V("");
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_weakness_entry *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_weakness_entry *x = &list[g->n++];
    bool own = lf_view_eq(lf_row_text(r, 2), g->org);

    (void)e;
    *x = (struct lf_weakness_entry){
        .at = lf_row_int(r, 0),
        .account = g->guest && !own ? LF_V("") : copied(g, r, 1),
        .foreign = own == g->guest,
        .kind = (enum lf_weakness_kind)lf_row_int(r, 3),
        .severity = (int)lf_row_int(r, 4),
        .state = (enum lf_weakness_state)lf_row_int(r, 5),
        .title = copied(g, r, 6),
        .detail = copied(g, r, 7),
        .method = copied(g, r, 8),
        .measure = copied(g, r, 9),
        .owner = g->guest ? LF_V("") : copied(g, r, 10),
        .due = lf_row_int(r, 11),
        .outcome = (enum lf_weakness_outcome)lf_row_int(r, 12),
        .exercise_name = copied(g, r, 13),
        .note = copied(g, r, 14),
    };
    return LF_OK;
}

static enum lf_code on_pattern(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_weakness_pattern *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_weakness_pattern){ .kind = (enum lf_weakness_kind)lf_row_int(r, 0),
                                                 .all = lf_row_int(r, 1),
                                                 .exercises = lf_row_int(r, 2),
                                                 .units = lf_row_int(r, 3),
                                                 .open = lf_row_int(r, 4),
                                                 .overdue = lf_row_int(r, 5),
                                                 .mended = lf_row_int(r, 6),
                                                 .confirmed = lf_row_int(r, 7),
                                                 .accepted = lf_row_int(r, 8),
                                                 .recurred = lf_row_int(r, 9) };
    return LF_OK;
}

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .org = t->scope.org, .now = lf_now(t->env) };
}

static lf_view node_of(const struct lf_task *t)
{
    return lf_node_rows(t).org;
}

/* The rows it lies in. */
static struct lf_scope rows_of(const struct lf_task *t, const struct lf_weakness *x)
{
    return x->guest ? lf_node_rows(t) : t->scope;
}

/* ---- reading ---- */

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_weakness *out, struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(exercise_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_weakness_get, LF_ARGS(LF_TEXT(id), LF_TEXT(node_of(t))), on_row,
                     &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no weakness %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_weakness *)g.items;
    return LF_OK;
}

enum lf_code lf_weakness_get(struct lf_task *t, lf_view id, struct lf_weakness *out, size_t *n,
                             const struct lf_weakness_entry **entries, struct lf_err *e)
{
    struct gather g = gathering(t);
    struct lf_scope scope;

    LF_TRY(find(t, id, out, e));
    scope = rows_of(t, out);
    g.guest = out->guest;
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_weakness_entry_list,
                     LF_ARGS(LF_TEXT(id), LF_INT(LF_WEAKNESS_ENTRIES)), on_entry, &g, NULL, e));
    *n = g.n;
    *entries = g.items;
    return LF_OK;
}

struct lf_weakness_filter lf_weakness_any(void)
{
    return (struct lf_weakness_filter){ .state = -1, .kind = -1, .severity = -1, .outcome = -1 };
}

/* `after` is "CREATED:ID". */
static enum lf_code place_of(const struct lf_page *page, int64_t *created, lf_view *last, struct lf_err *e)
{
    lf_view after = page ? page->after : LF_V(""), first;

    *created = INT64_MAX;
    *last = LF_V("");
    if (!after.len)
        return LF_OK;
    if (!lf_view_split(&after, ':', &first) || !lf_view_i64(first, created))
        return lf_err_set(e, LF_BAD_INPUT, "weakness: that is no place in a list; give \"next\" as it came");
    *last = lf_view_some(after);
    return LF_OK;
}

static enum lf_code words_of(struct lf_task *t, lf_view words, lf_view out[LF_WEAKNESS_WORDS],
                             struct lf_err *e)
{
    lf_view one;
    size_t n = 0;

    for (size_t i = 0; i < LF_WEAKNESS_WORDS; i++)
        out[i] = LF_V("");
    while (words.len && lf_view_split(&words, ' ', &one)) {
        if (!one.len)
            continue;
        if (n == LF_WEAKNESS_WORDS || !lf_view_is_text(one, 1, LF_WEAKNESS_WORD))
            return lf_err_set(e, LF_BAD_INPUT, "weakness: at most %d words of %d bytes are looked for",
                              LF_WEAKNESS_WORDS, LF_WEAKNESS_WORD);
        out[n++] = lf_db_like(t->a, one);
    }
    return LF_OK;
}

enum lf_code lf_weakness_list(struct lf_task *t, const struct lf_weakness_filter *f,
                              const struct lf_page *page, size_t *n, const struct lf_weakness **out,
                              lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = gathering(t);
    lf_view words[LF_WEAKNESS_WORDS], last;
    const struct lf_weakness *list;
    lf_time until = g.now;
    struct lf_exercise x;
    int64_t created;

    LF_TRY(exercise_see(t, e));
    LF_TRY(place_of(page, &created, &last, e));
    LF_TRY(words_of(t, f->words, words, e));
    if (f->earlier.len) {
        LF_TRY(lf_exercise_get(t, f->earlier, &x, e));
        until = x.ended ? x.ended : until + 1;
    }
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_weakness_list,
                     LF_ARGS(LF_TEXT(node_of(t)), LF_INT(f->state), LF_INT(f->kind), LF_INT(f->severity),
                             LF_INT(f->outcome), f->by ? text_arg(f->owner) : LF_TEXT(LF_V("*")),
                             LF_INT(f->late), LF_INT(g.now), text_arg(f->exercise), text_arg(f->unit),
                             text_arg(f->earlier), LF_INT(until), LF_TEXT(words[0]), LF_TEXT(words[1]),
                             LF_TEXT(words[2]), LF_TEXT(words[3]), LF_INT(created), LF_TEXT(last),
                             LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    list = g.items;
    *n = g.n > limit ? limit : g.n;
    *out = list;
    *next = LF_V("");
    if (g.n > limit)
        *next = lf_arena_printf(t->a, "%lld:%.*s", (long long)list[limit - 1].created,
                                LF_FMT(list[limit - 1].id));
    return LF_OK;
}

enum lf_code lf_weakness_patterns(struct lf_task *t, size_t *n, const struct lf_weakness_pattern **out,
                                  struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(exercise_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_weakness_pattern, LF_ARGS(LF_INT(g.now), LF_TEXT(node_of(t))),
                     on_pattern, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    if (!lf_view_eq(t->scope.org, t->self->org) &&
        lf_ident_need(t, LF_ROLE_REPORTER, &(struct lf_err){ 0 }) == LF_OK)
        return LF_OK;
    return exercise_need(t, e);
}

static enum lf_code ok(const struct lf_weakness *x, struct lf_err *e)
{
    if (x->title.len && !document_is_line(x->title, LF_WEAKNESS_TITLE))
        return lf_err_set(e, LF_BAD_INPUT, "weakness: title is one line of at most %d bytes",
                          LF_WEAKNESS_TITLE);
    LF_TRY(document_text("weakness", "title", x->title, 1, LF_WEAKNESS_TITLE, e));
    LF_TRY(document_text("weakness", "detail", x->detail, 0, LF_WEAKNESS_TEXT, e));
    LF_TRY(document_text("weakness", "method", x->method, 0, LF_WEAKNESS_TEXT, e));
    return document_text("weakness", "measure", x->measure, 0, LF_WEAKNESS_TEXT, e);
}

/* The how manieth it is, is x->entries. */
static enum lf_code add_entry(struct lf_task *t, const struct lf_weakness *x,
                              enum lf_weakness_outcome outcome, lf_view exercise_name, lf_view note,
                              struct lf_err *e)
{
    struct lf_scope scope = rows_of(t, x);

    return lf_db_exec(t->db, &scope, &lf_q_weakness_entry_add,
                      LF_ARGS(LF_TEXT(x->id), LF_INT(x->entries), LF_INT(lf_now(t->env)),
                              LF_TEXT(t->scope.account), LF_TEXT(t->scope.org), LF_INT(x->kind),
                              LF_INT(x->severity), LF_INT(x->state), LF_TEXT(x->title), LF_TEXT(x->detail),
                              LF_TEXT(x->method), LF_TEXT(x->measure), LF_TEXT(x->owner), LF_INT(x->due),
                              LF_INT(outcome), LF_TEXT(exercise_name), LF_TEXT(note)),
                      e);
}

static enum lf_code audit(struct lf_task *t, lf_view action, const struct lf_weakness *x, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "weakness", x->id);
    lf_json_put_cstr(&n.w, "state", states[x->state]);
    return lf_audit_close(&n, t, action, x->exercise, e);
}

/* Where it was found: by id, OID or name. */
static enum lf_code unit_of(struct lf_task *t, struct lf_weakness *x, struct lf_err *e)
{
    lf_view said = lf_view_trim(x->unit);
    struct lf_unit u;

    x->unit = x->unit_name = LF_V("");
    if (!said.len)
        return LF_OK;
    if (lf_unit_get(t, said, &u, &(struct lf_err){ 0 }) != LF_OK &&
        lf_unit_find(t, said, said, &u, &(struct lf_err){ 0 }) != LF_OK)
        return lf_err_set(e, LF_UNACCEPTED,
                          "exercise: \"%.*s\" is no organisation of the contact network; add it there",
                          LF_FMT(lf_view_first(said, 120)));
    x->unit = u.id;
    x->unit_name = u.name;
    return LF_OK;
}

static lf_view trimmed(lf_view v)
{
    return lf_view_some(lf_view_trim(v));
}

enum lf_code lf_weakness_add(struct lf_task *t, const struct lf_weakness *in, lf_view *id, struct lf_err *e)
{
    struct lf_weakness x = *in;
    struct lf_exercise of;
    int64_t have;

    LF_TRY(may_act(t, e));
    x.title = trimmed(x.title);
    x.detail = trimmed(x.detail);
    x.method = trimmed(x.method);
    x.measure = trimmed(x.measure);
    x.owner = trimmed(x.owner);
    x.state = LF_WEAKNESS_OPEN;
    x.guest = false;
    x.entries = 1;
    LF_TRY(ok(&x, e));
    LF_TRY(lf_incident_task_owner(t, x.owner, e));
    LF_TRY(lf_exercise_get(t, x.exercise, &of, e));
    if (of.state != LF_EXERCISE_RUNNING && of.state != LF_EXERCISE_ENDED)
        return lf_err_set(e, LF_CONFLICT,
                          "weakness: it is recorded while its exercise runs, or after it has ended");
    LF_TRY(unit_of(t, &x, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_weakness_count_of, LF_ARGS(LF_TEXT(of.id)), &have, e));
    if (have >= LF_WEAKNESSES)
        return lf_err_set(e, LF_TOO_MANY, "weakness: an exercise has at most %d of them", LF_WEAKNESSES);
    x.id = lf_uuid_new(t->env, t->a);
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_weakness_add,
                   LF_ARGS(LF_TEXT(x.id), LF_TEXT(of.id), LF_TEXT(of.name), LF_INT(of.began), LF_TEXT(x.unit),
                           LF_TEXT(x.unit_name), LF_INT(x.kind), LF_INT(x.severity), LF_TEXT(x.title),
                           LF_TEXT(x.detail), LF_TEXT(x.method), LF_TEXT(x.measure), LF_TEXT(x.owner),
                           LF_INT(x.due), LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                   e));
    LF_TRY(add_entry(t, &x, LF_WEAKNESS_UNCHECKED, LF_V(""), LF_V(""), e));
    *id = x.id;
    return audit(t, LF_V("weakness.add"), &x, e);
}

static enum lf_code keep(struct lf_task *t, const struct lf_weakness *x, struct lf_err *e)
{
    struct lf_scope scope = rows_of(t, x);

    return lf_db_exec(t->db, &scope, &lf_q_weakness_set,
                      LF_ARGS(LF_INT(x->kind), LF_INT(x->severity), LF_INT(x->state), LF_TEXT(x->title),
                              LF_TEXT(x->detail), LF_TEXT(x->method), LF_TEXT(x->measure), LF_TEXT(x->owner),
                              LF_INT(x->due), LF_TEXT(x->reason), LF_INT(x->outcome), LF_INT(x->checked),
                              LF_TEXT(x->checked_in), LF_TEXT(x->checked_name), LF_INT(x->recurred),
                              LF_INT(lf_now(t->env)), LF_INT(x->entries), LF_TEXT(x->id)),
                      e);
}

/* One that is to be changed, with the owner that a guest is not told. */
static enum lf_code begin_change(struct lf_task *t, lf_view id, int64_t base, struct lf_weakness *x,
                                 struct lf_err *e)
{
    LF_TRY(may_act(t, e));
    LF_TRY(find(t, id, x, e));
    if (base && base != x->entries)
        return lf_err_set(e, LF_CONFLICT, "weakness: somebody changed it meanwhile; see how it stands now");
    if (x->entries >= LF_WEAKNESS_ENTRIES)
        return lf_err_set(e, LF_TOO_MANY, "weakness: its history has %d entries; record another one",
                          LF_WEAKNESS_ENTRIES);
    if (x->guest) {
        struct lf_scope scope = lf_node_rows(t);
        struct gather g = gathering(t);

        g.org = scope.org;
        LF_TRY(lf_db_run(t->db, &scope, &lf_q_weakness_get, LF_ARGS(LF_TEXT(id), LF_TEXT(scope.org)), on_row,
                         &g, NULL, e));
        if (!g.n)
            return lf_err_set(e, LF_NOT_FOUND, "there is no weakness %.*s", LF_FMT(lf_view_first(id, 80)));
        *x = *(struct lf_weakness *)g.items;
        x->guest = true;
    }
    x->entries++;
    return LF_OK;
}

/* What stands after the change; *changed: something other than the note. */
static struct lf_weakness changed_one(const struct lf_weakness *x, const struct lf_weakness_change *c,
                                      bool *changed)
{
    struct lf_weakness y = *x;

    if (c->title.ptr)
        y.title = trimmed(c->title);
    if (c->detail.ptr)
        y.detail = trimmed(c->detail);
    if (c->method.ptr)
        y.method = trimmed(c->method);
    if (c->measure.ptr)
        y.measure = trimmed(c->measure);
    if (c->owner.ptr)
        y.owner = trimmed(c->owner);
    if (c->kind >= 0)
        y.kind = (enum lf_weakness_kind)c->kind;
    if (c->severity >= 0)
        y.severity = c->severity;
    if (c->state >= 0)
        y.state = (enum lf_weakness_state)c->state;
    if (c->set_due)
        y.due = c->due;
    *changed = !lf_view_eq(x->title, y.title) || !lf_view_eq(x->detail, y.detail) ||
               !lf_view_eq(x->method, y.method) || !lf_view_eq(x->measure, y.measure) ||
               !lf_view_eq(x->owner, y.owner) || x->kind != y.kind || x->severity != y.severity ||
               x->state != y.state || x->due != y.due;
    return y;
}

/* Whom it was found at says that it is mended, and nothing else but notes. */
static bool guest_may(const struct lf_weakness_change *c, const struct lf_weakness *x)
{
    bool more = c->title.ptr || c->detail.ptr || c->method.ptr || c->measure.ptr || c->owner.ptr ||
                c->kind >= 0 || c->severity >= 0 || c->set_due;

    return !more && (c->state < 0 || c->state == (int)x->state ||
                     (c->state == LF_WEAKNESS_MENDED && x->state == LF_WEAKNESS_OPEN));
}

static enum lf_code may_become(struct lf_task *t, const struct lf_weakness *x, const struct lf_weakness *y,
                               lf_view note, struct lf_err *e)
{
    if (x->state == y->state)
        return LF_OK;
    if (y->state == LF_WEAKNESS_ACCEPTED &&
        lf_ident_need(t, LF_ROLE_REVIEWER | LF_ROLE_ADMIN, &(struct lf_err){ 0 }) != LF_OK)
        return lf_err_set(e, LF_FORBIDDEN, "weakness: a reviewer or an administrator accepts one");
    if (y->state != LF_WEAKNESS_MENDED && !note.len)
        return lf_err_set(e, LF_BAD_INPUT, "weakness: say in the note why it is accepted, or opened again");
    return LF_OK;
}

enum lf_code lf_weakness_change(struct lf_task *t, lf_view id, const struct lf_weakness_change *c,
                                struct lf_err *e)
{
    lf_view note = trimmed(c->note);
    struct lf_weakness x, y;
    bool changed;

    LF_TRY(begin_change(t, id, c->base, &x, e));
    if (x.guest && !guest_may(c, &x))
        return lf_err_set(e, LF_FORBIDDEN,
                          "weakness: of one that the node recorded, say that it is mended, or add a note");
    y = changed_one(&x, c, &changed);
    LF_TRY(document_text("weakness", "note", note, 0, LF_WEAKNESS_TEXT, e));
    LF_TRY(ok(&y, e));
    if (!lf_view_eq(x.owner, y.owner)) /* one that left may keep what is over */
        LF_TRY(lf_incident_task_owner(t, y.owner, e));
    if (!changed && !note.len)
        return lf_err_set(e, LF_BAD_INPUT, "weakness: nothing of it changes, and there is no note");
    LF_TRY(may_become(t, &x, &y, note, e));
    if (x.state != y.state) {
        y.reason = y.state == LF_WEAKNESS_ACCEPTED ? note : LF_V("");
        y.outcome = LF_WEAKNESS_UNCHECKED; /* what was confirmed then says nothing of now */
    }
    LF_TRY(keep(t, &y, e));
    LF_TRY(add_entry(t, &y, LF_WEAKNESS_UNCHECKED, LF_V(""), note, e));
    return audit(t, LF_V("weakness.change"), &y, e);
}

enum lf_code lf_weakness_check(struct lf_task *t, lf_view id, const struct lf_weakness_check *c,
                               struct lf_err *e)
{
    lf_view note = trimmed(c->note);
    struct lf_weakness x;
    struct lf_exercise in;

    LF_TRY(begin_change(t, id, c->base, &x, e));
    if (x.guest)
        return lf_err_set(e, LF_FORBIDDEN,
                          "weakness: of one that the node recorded, say that it is mended, or add a note");
    if (c->outcome == LF_WEAKNESS_UNCHECKED)
        return lf_err_set(e, LF_BAD_INPUT, "weakness: outcome is confirmed or recurred");
    LF_TRY(document_text("weakness", "note", note, 0, LF_WEAKNESS_TEXT, e));
    LF_TRY(lf_exercise_get(t, c->exercise, &in, e));
    if (lf_view_eq(in.id, x.exercise) || !in.began || in.began <= x.began)
        return lf_err_set(e, LF_CONFLICT,
                          "weakness: it is checked in an exercise that began after the one that found it");
    x.state = c->outcome == LF_WEAKNESS_CONFIRMED ? LF_WEAKNESS_MENDED : LF_WEAKNESS_OPEN;
    x.reason = LF_V("");
    x.outcome = c->outcome;
    x.checked = lf_now(t->env);
    x.checked_in = in.id;
    x.checked_name = in.name;
    x.recurred += c->outcome == LF_WEAKNESS_RECURRED;
    if (c->set_due)
        x.due = c->due;
    LF_TRY(keep(t, &x, e));
    LF_TRY(add_entry(t, &x, c->outcome, in.name, note, e));
    return audit(t, LF_V("weakness.check"), &x, e);
}
