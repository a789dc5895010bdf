#include "cert/inquiry.h"

#include "cert/incident_priv.h"
#include "cert/inquiry_priv.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_inquiry.h"

static const char *const states[LF_INQUIRY_STATES] = { "asked", "taken", "referred", "answered", "closed" };
static const char *const kinds[LF_INQUIRY_KINDS] = { "consultation", "advice", "report", "other" };
static const char *const ways[LF_INQUIRY_WAYS] = { "console", "telephone", "mail", "fax",
                                                   "letter",  "visit",     "other" };
static const char *const tos[LF_INQUIRY_TOS] = { "unit", "operator", "partner", "support" };
static const char *const acts[LF_INQUIRY_ACTS] = { "ask",  "take",  "refer",  "advise",   "answer", "again",
                                                   "note", "close", "reopen", "incident", "change", "draft" };

const char *lf_inquiry_state_name(enum lf_inquiry_state s)
{
    return states[s];
}

const char *lf_inquiry_kind_name(enum lf_inquiry_kind k)
{
    return kinds[k];
}

const char *lf_inquiry_way_name(enum lf_inquiry_way w)
{
    return ways[w];
}

const char *lf_inquiry_to_name(enum lf_inquiry_to to)
{
    return tos[to];
}

const char *lf_inquiry_act_name(enum lf_inquiry_act a)
{
    return acts[a];
}

bool lf_inquiry_state_parse(lf_view name, int *out)
{
    return name_number(states, LF_INQUIRY_STATES, name, out);
}

bool lf_inquiry_kind_parse(lf_view name, int *out)
{
    return name_number(kinds, LF_INQUIRY_KINDS, name, out);
}

bool lf_inquiry_way_parse(lf_view name, int *out)
{
    return name_number(ways, LF_INQUIRY_WAYS, name, out);
}

bool lf_inquiry_to_parse(lf_view name, int *out)
{
    return name_number(tos, LF_INQUIRY_TOS, name, out);
}

bool lf_inquiry_act_parse(lf_view name, int *out)
{
    return name_number(acts, LF_INQUIRY_ACTS, name, out);
}

/* ---- who sees what ---- */

static bool of_centre(const struct lf_task *t, unsigned roles)
{
    return lf_view_eq(t->scope.org, t->self->org) && lf_ident_need(t, roles, &(struct lf_err){ 0 }) == LF_OK;
}

bool lf_inquiry_staff(const struct lf_task *t)
{
    return of_centre(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER);
}

bool inquiry_sees_all(const struct lf_task *t)
{
    return of_centre(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_READER);
}

enum lf_code inquiry_see(const struct lf_task *t, struct lf_err *e)
{
    return lf_ident_need(
        t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER, e);
}

/* Whose the reader may have: '*' all of them, '' what the account entered, else the organisation's. */
static struct lf_arg whose(const struct lf_task *t)
{
    if (inquiry_sees_all(t))
        return LF_TEXT(LF_V("*"));
    return LF_TEXT(lf_view_eq(t->scope.org, t->self->org) ? LF_V("") : t->scope.org);
}

#define READER(t) whose(t), LF_TEXT(incident_reader(t)), LF_INT(incident_clears(t))

bool inquiry_is_said(enum lf_inquiry_act act)
{
    return act != LF_INQUIRY_TAKE && act != LF_INQUIRY_REFER && act != LF_INQUIRY_ADVISE &&
           act != LF_INQUIRY_NOTE && act != LF_INQUIRY_DRAFT;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    bool staff;
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
    struct inquiry_kept *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct inquiry_kept *k = &list[g->n++];
    struct lf_inquiry *x = &k->x;

    (void)e;
    k->tenant = copied(g, r, 0);
    k->said = lf_row_int(r, 25);
    *x = (struct lf_inquiry){
        .id = copied(g, r, 1),
        .number = lf_row_int(r, 2),
        .account = copied(g, r, 3),
        .behalf = lf_row_int(r, 4) != 0,
        .state = (enum lf_inquiry_state)lf_row_int(r, 5),
        .kind = (enum lf_inquiry_kind)lf_row_int(r, 6),
        .tlp = (enum lf_tlp)lf_row_int(r, 7),
        .way = (enum lf_inquiry_way)lf_row_int(r, 8),
        .came = lf_row_int(r, 9),
        .name = copied(g, r, 10),
        .organisation = copied(g, r, 11),
        .contact = copied(g, r, 12),
        .subject = copied(g, r, 13),
        .text = copied(g, r, 14),
        .incident = copied(g, r, 15),
        .draft = copied(g, r, 16),
        .owner = copied(g, r, 17),
        .due = lf_row_int(r, 18),
        .referred = lf_row_int(r, 19),
        .advice_due = lf_row_int(r, 20),
        .created = lf_row_int(r, 21),
        .changed = lf_row_int(r, 22),
        .answered = lf_row_int(r, 23),
        .closed = lf_row_int(r, 24),
        .entries = lf_row_int(r, 26),
    };
    x->reported = x->incident.len > 0;
    x->overdue = x->state < LF_INQUIRY_ANSWERED &&
                 ((x->due && x->due < g->now) || (g->staff && x->advice_due && x->advice_due < g->now));
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_inquiry_entry *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_inquiry_entry){ .seq = lf_row_int(r, 0),
                                              .at = lf_row_int(r, 1),
                                              .account = copied(g, r, 2),
                                              .centre = lf_row_int(r, 3) != 0,
                                              .act = (enum lf_inquiry_act)lf_row_int(r, 4),
                                              .state = (enum lf_inquiry_state)lf_row_int(r, 5),
                                              .kind = (int)lf_row_int(r, 6),
                                              .text = copied(g, r, 7),
                                              .name = copied(g, r, 8),
                                              .due = lf_row_int(r, 9),
                                              .of = lf_row_int(r, 10) };
    return LF_OK;
}

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env), .staff = inquiry_sees_all(t) };
}

/* ---- reading ---- */

enum lf_code inquiry_find(struct lf_task *t, lf_view id, struct inquiry_kept *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = gathering(t);

    LF_TRY(inquiry_see(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_inquiry_get, LF_ARGS(LF_TEXT(id), READER(t)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no inquiry %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct inquiry_kept *)g.items;
    return LF_OK;
}

enum lf_code inquiry_history(struct lf_task *t, lf_view id, size_t *n, struct lf_inquiry_entry **out,
                             struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = gathering(t);

    LF_TRY(lf_db_run(t->db, &node, &lf_q_inquiry_entry_list, LF_ARGS(LF_TEXT(id), LF_INT(LF_INQUIRY_ENTRIES)),
                     on_entry, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

void inquiry_waiting(struct lf_inquiry_entry *entries, size_t n, int64_t *waiting, lf_time *due)
{
    *waiting = 0;
    *due = 0;
    for (size_t i = 0; i < n; i++) {
        entries[i].waits = entries[i].act == LF_INQUIRY_REFER;
        for (size_t k = i + 1; entries[i].waits && k < n; k++)
            entries[i].waits = entries[k].act != LF_INQUIRY_ADVISE || entries[k].of != entries[i].seq;
        if (!entries[i].waits)
            continue;
        ++*waiting;
        if (entries[i].due && (!*due || entries[i].due < *due))
            *due = entries[i].due;
    }
}

/* What the reader is told of one. */
static struct lf_inquiry shown(struct lf_task *t, const struct inquiry_kept *k)
{
    struct lf_inquiry x = k->x;
    struct incident_kept of;

    if (x.incident.len && incident_find_own(t, x.incident, &of, &(struct lf_err){ 0 }) != LF_OK)
        x.incident = LF_V("");
    if (inquiry_sees_all(t))
        return x;
    x.guest = true;
    x.owner = x.draft = LF_V("");
    if (!lf_view_eq(x.account, t->scope.account))
        x.account = LF_V("");
    x.referred = 0;
    x.advice_due = 0;
    x.changed = 0; /* a note is a change */
    x.entries = k->said;
    return x;
}

enum lf_code lf_inquiry_get(struct lf_task *t, lf_view id, struct lf_inquiry *out, size_t *n,
                            const struct lf_inquiry_entry **entries, struct lf_err *e)
{
    struct inquiry_kept k;
    struct lf_inquiry_entry *list;
    size_t all, left = 0;
    int64_t waiting;
    lf_time due;

    LF_TRY(inquiry_find(t, id, &k, e));
    LF_TRY(inquiry_history(t, id, &all, &list, e));
    inquiry_waiting(list, all, &waiting, &due);
    *out = shown(t, &k);
    for (size_t i = 0; i < all; i++) {
        struct lf_inquiry_entry *y = &list[i];

        if (out->guest && !inquiry_is_said(y->act))
            continue;
        if (out->guest) {
            y->seq = (int64_t)left + 1;
            if (y->centre)
                y->account = LF_V("");
        }
        if (y->act == LF_INQUIRY_INCIDENT && !out->incident.len)
            y->name = LF_V("");
        list[left++] = *y;
    }
    *n = left;
    *entries = list;
    return LF_OK;
}

struct lf_inquiry_filter lf_inquiry_any(void)
{
    return (struct lf_inquiry_filter){ .state = -1, .kind = -1 };
}

/* `after` is "CAME:ID". */
static enum lf_code place_of(const struct lf_page *page, int64_t *came, lf_view *last, struct lf_err *e)
{
    lf_view after = page ? page->after : LF_V(""), first;

    *came = INT64_MAX;
    *last = LF_V("");
    if (!after.len)
        return LF_OK;
    if (!lf_view_split(&after, ':', &first) || !lf_view_i64(first, came))
        return lf_err_set(e, LF_BAD_INPUT, "inquiry: that is no place in a list; give \"next\" as it came");
    *last = lf_view_some(after);
    return LF_OK;
}

static enum lf_code words_of(struct lf_task *t, lf_view words, lf_view out[LF_INQUIRY_WORDS],
                             struct lf_err *e)
{
    lf_view one;
    size_t n = 0;

    for (size_t i = 0; i < LF_INQUIRY_WORDS; i++)
        out[i] = LF_V("");
    while (words.len && lf_view_split(&words, ' ', &one)) {
        if (!one.len)
            continue;
        if (n == LF_INQUIRY_WORDS || !lf_view_is_text(one, 1, LF_INQUIRY_WORD))
            return lf_err_set(e, LF_BAD_INPUT, "inquiry: at most %d words of %d bytes are looked for",
                              LF_INQUIRY_WORDS, LF_INQUIRY_WORD);
        out[n++] = lf_db_like(t->a, one);
    }
    return LF_OK;
}

enum lf_code lf_inquiry_list(struct lf_task *t, const struct lf_inquiry_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_inquiry **out, lf_view *next, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t limit = lf_page_rows(page);
    struct gather g = gathering(t);
    lf_view words[LF_INQUIRY_WORDS], last;
    const struct inquiry_kept *list;
    struct incident_kept of;
    struct lf_inquiry *told;
    int64_t came;

    LF_TRY(inquiry_see(t, e));
    LF_TRY(place_of(page, &came, &last, e));
    LF_TRY(words_of(t, f->words, words, e));
    if (f->incident.len)
        LF_TRY(incident_find_own(t, f->incident, &of, e));
    LF_TRY(
        lf_db_run(t->db, &node, &lf_q_inquiry_list,
                  LF_ARGS(READER(t), LF_INT(f->state), LF_INT(f->open), LF_INT(f->kind),
                          f->by && g.staff ? text_arg(f->owner) : LF_TEXT(LF_V("*")), text_arg(f->incident),
                          LF_INT(f->late), LF_INT(g.now), LF_INT(f->from), LF_INT(f->to ? f->to : INT64_MAX),
                          LF_TEXT(words[0]), LF_TEXT(words[1]), LF_TEXT(words[2]), LF_TEXT(words[3]),
                          LF_INT(came), LF_TEXT(last), LF_INT(limit + 1)),
                  on_row, &g, NULL, e));
    list = g.items;
    *n = g.n > limit ? limit : g.n;
    told = LF_NEW(t->a, struct lf_inquiry, *n + 1);
    for (size_t i = 0; i < *n; i++)
        told[i] = shown(t, &list[i]);
    *out = told;
    *next = LF_V("");
    if (g.n > limit)
        *next =
            lf_arena_printf(t->a, "%lld:%.*s", (long long)told[limit - 1].came, LF_FMT(told[limit - 1].id));
    return LF_OK;
}

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_inquiry_counts *c = ctx;
    int64_t state = lf_row_int(r, 0);

    (void)e;
    c->state[state] = lf_row_int(r, 1);
    if (state != LF_INQUIRY_CLOSED)
        c->open += lf_row_int(r, 1);
    c->overdue += lf_row_int(r, 2);
    c->nobodys += lf_row_int(r, 3);
    c->mine += lf_row_int(r, 4);
    return LF_OK;
}

enum lf_code lf_inquiry_count(struct lf_task *t, lf_view me, struct lf_inquiry_counts *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_inquiry_counts c = { 0 };

    LF_TRY(inquiry_see(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_inquiry_count,
                     LF_ARGS(LF_INT(lf_now(t->env)), whose(t), LF_TEXT(me.len ? me : LF_V("-")),
                             LF_TEXT(incident_reader(t)), LF_INT(incident_clears(t))),
                     on_count, &c, NULL, e));
    if (!inquiry_sees_all(t))
        c.nobodys = c.mine = 0;
    *out = c;
    return LF_OK;
}
