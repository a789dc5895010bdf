#include "isac/bulletin_priv.h"

#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_bulletin.h"

static const char *const states[LF_BULLETIN_STATES] = { "unread", "read", "overdue", "answered", "done" };
static const char *const verdicts[LF_BULLETIN_VERDICTS] = { "false-alarm", "confirmed", "undetermined" };

const char *lf_bulletin_state_name(enum lf_bulletin_state s)
{
    return states[s];
}

const char *lf_bulletin_verdict_name(enum lf_bulletin_verdict v)
{
    return verdicts[v];
}

static bool parse(const char *const *names, int n, lf_view name, int *out)
{
    for (int i = 0; i < n; i++)
        if (lf_view_is(name, names[i])) {
            *out = i;
            return true;
        }
    return false;
}

bool lf_bulletin_state_parse(lf_view name, int *s)
{
    return parse(states, LF_BULLETIN_STATES, name, s);
}

bool lf_bulletin_verdict_parse(lf_view name, int *v)
{
    return parse(verdicts, LF_BULLETIN_VERDICTS, name, v);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
    lf_time reply_by;
    lf_time version; /* of the last row */
};

static enum lf_code on_bulletin(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct bulletin_kept *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct bulletin_kept){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .origin = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .audience = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .peers = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .reply_by = lf_row_int(r, 4),
        .issued = lf_row_int(r, 5),
    };
    return LF_OK;
}

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_bulletin_row *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    g->version = lf_row_int(r, 15);
    list[g->n++] = (struct lf_bulletin_row){
        .member = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .number = lf_row_int(r, 1),
        .name = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .peer = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .below = lf_row_int(r, 4) != 0,
        .mail = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .sent = lf_row_int(r, 6),
        .read = lf_row_int(r, 7),
        .verdict = (int)lf_row_int(r, 8),
        .incident = lf_arena_copy(g->a, lf_row_text(r, 9)),
        .measures = lf_arena_copy(g->a, lf_row_text(r, 10)),
        .done = lf_row_int(r, 11),
        .answered = lf_row_int(r, 12),
        .answerer = lf_arena_copy(g->a, lf_row_text(r, 13)),
        .answers = lf_row_int(r, 14),
        .reminded = lf_row_int(r, 16),
        .reminders = lf_row_int(r, 17),
        .state = (enum lf_bulletin_state)lf_row_int(r, 18),
        .late = g->reply_by && lf_row_int(r, 12) > g->reply_by,
    };
    return LF_OK;
}

enum lf_code bulletin_find(struct lf_task *t, lf_view id, struct bulletin_kept *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &s, &lf_q_bulletin_get, LF_ARGS(LF_TEXT(id)), on_bulletin, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no bulletin %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct bulletin_kept *)g.items;
    return LF_OK;
}

/* As the statement that lists them reckons it, for one. */
static enum lf_bulletin_state state_of(const struct lf_bulletin_row *r, lf_time due, lf_time now)
{
    if (r->done)
        return LF_BULLETIN_DONE;
    if (r->verdict >= 0)
        return LF_BULLETIN_ANSWERED;
    if (due && now > due)
        return LF_BULLETIN_OVERDUE;
    return r->read ? LF_BULLETIN_READ : LF_BULLETIN_UNREAD;
}

enum lf_code bulletin_row(struct lf_task *t, const struct bulletin_kept *b, lf_view member,
                          struct lf_bulletin_row *out, lf_time *version, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a, .reply_by = b->reply_by };

    LF_TRY(lf_db_run(t->db, &s, &lf_q_bulletin_row_of, LF_ARGS(LF_TEXT(b->id), LF_TEXT(member)), on_row, &g,
                     NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "the bulletin does not ask %.*s",
                          LF_FMT(lf_view_first(member, 80)));
    *out = *(struct lf_bulletin_row *)g.items;
    out->state = state_of(out, b->reply_by, lf_now(t->env));
    if (version)
        *version = g.version;
    return LF_OK;
}

/* ---- reading ---- */

/* A tenant of this node has its own answers alone, by its own links: the collation is the node's. */
static enum lf_code at_home(const struct lf_task *t, struct lf_err *e)
{
    return lf_view_eq(t->scope.org, t->self->org)
               ? LF_OK
               : lf_err_set(e, LF_FORBIDDEN, "bulletin: the answers are for the node's own organisation");
}

static lf_time due_of(const struct lf_bulletin *b)
{
    return b->withdrawn ? 0 : b->reply_by;
}

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_bulletin *b = ctx;
    int64_t state = lf_row_int(r, 0), verdict = lf_row_int(r, 1), n = lf_row_int(r, 3);

    (void)e;
    b->all += n;
    b->state[state] += n;
    if (verdict >= 0 && verdict < LF_BULLETIN_VERDICTS)
        b->verdict[verdict] += n;
    b->late += lf_row_int(r, 2) ? n : 0;
    return LF_OK;
}

/* For whoever may read the advisory. */
static enum lf_code whole(struct lf_task *t, const struct bulletin_kept *k, struct lf_bulletin *out,
                          struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct lf_advisory_row x;

    LF_TRY(lf_advisory_get(t, k->id, &x, e));
    *out = (struct lf_bulletin){
        .id = k->id,
        .origin = k->origin,
        .title = x.title,
        .audience = k->audience,
        .exercise = x.exercise,
        .withdrawn = x.state == LF_ADVISORY_WITHDRAWN,
        .reply_by = k->reply_by,
        .issued = k->issued,
    };
    return lf_db_run(t->db, &s, &lf_q_bulletin_count,
                     LF_ARGS(LF_INT(due_of(out)), LF_INT(lf_now(t->env)), LF_TEXT(k->id)), on_count, out,
                     NULL, e);
}

enum lf_code lf_bulletin_get(struct lf_task *t, lf_view id, struct lf_bulletin *out, struct lf_err *e)
{
    struct bulletin_kept k;

    LF_TRY(at_home(t, e));
    LF_TRY(bulletin_find(t, id, &k, e));
    return whole(t, &k, out, e);
}

enum lf_code lf_bulletin_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                              const struct lf_bulletin **out, lf_view *next, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    struct bulletin_kept *kept;
    struct lf_bulletin *list;
    lf_view first = LF_V(""), id = LF_V("");
    int64_t at = INT64_MAX;

    LF_TRY(at_home(t, e));
    if (page->after.len && (!lf_page_pair_of(page->after, &first, &id) || !lf_view_i64(first, &at)))
        return lf_err_set(e, LF_BAD_INPUT, "bulletin: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(t->db, &s, &lf_q_bulletin_list, LF_ARGS(LF_INT(at), LF_TEXT(id), LF_INT(limit + 1)),
                     on_bulletin, &g, NULL, e));
    kept = g.items;
    list = LF_NEW(t->a, struct lf_bulletin, g.n + 1);
    *n = 0;
    for (size_t i = 0; i < g.n && i < limit; i++) {
        enum lf_code rc = whole(t, &kept[i], &list[*n], e);

        if (rc != LF_OK && rc != LF_NOT_FOUND) /* what is not for this reader is not there */
            return rc;
        *n += rc == LF_OK;
    }
    *out = list;
    *next = g.n > limit ? lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)kept[limit - 1].issued),
                                       kept[limit - 1].id)
                        : LF_V("");
    return LF_OK;
}

enum lf_code lf_bulletin_rows(struct lf_task *t, lf_view id, int state, int verdict,
                              const struct lf_page *page, size_t *n, const struct lf_bulletin_row **out,
                              lf_view *next, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct gather g = { .a = t->a };
    size_t limit = lf_page_rows(page);
    struct lf_bulletin b;
    int64_t after = 0;

    LF_TRY(lf_bulletin_get(t, id, &b, e));
    g.reply_by = b.reply_by;
    if (page->after.len && !lf_view_i64(page->after, &after))
        return lf_err_set(e, LF_BAD_INPUT, "bulletin: that is no place in a list; give \"next\" as it came");
    LF_TRY(lf_db_run(t->db, &s, &lf_q_bulletin_rows,
                     LF_ARGS(LF_INT(due_of(&b)), LF_INT(lf_now(t->env)), LF_TEXT(id), LF_INT(state),
                             LF_INT(verdict), LF_INT(after), LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    *out = g.items;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)(*out)[limit - 1].number) : LF_V("");
    return LF_OK;
}

enum lf_code lf_bulletin_self(struct lf_task *t, lf_view id, struct lf_bulletin_row *out, struct lf_err *e)
{
    struct bulletin_kept k;

    LF_TRY(at_home(t, e));
    LF_TRY(bulletin_find(t, id, &k, e));
    return bulletin_row(t, &k, LF_V("self"), out, NULL, e);
}

/* ---- asking ---- */

enum lf_code bulletin_ask(struct lf_task *t, lf_view id, const struct lf_bulletin_row *who, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_bulletin_row_put,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(who->member), LF_TEXT(who->name), LF_TEXT(who->peer),
                              LF_INT(who->below), LF_TEXT(who->mail), LF_INT(lf_now(t->env))),
                      e);
}

enum lf_code bulletin_ask_members(struct lf_task *t, lf_view id, size_t n, const struct lf_member *members,
                                  struct lf_err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct lf_member *m = &members[i];
        struct lf_bulletin_row who = { .member = m->id, .name = m->name, .peer = m->peer, .mail = m->mail };

        LF_TRY(bulletin_ask(t, id, &who, e));
    }
    return LF_OK;
}

static enum lf_code keep(struct lf_task *t, const struct bulletin_kept *b, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_bulletin_put,
                      LF_ARGS(LF_TEXT(b->id), LF_TEXT(b->origin), LF_TEXT(b->audience), LF_TEXT(b->peers),
                              LF_INT(b->reply_by), LF_INT(b->issued)),
                      e);
}

/* *b is empty but for its id when there is none yet. */
static enum lf_code find_or_new(struct lf_task *t, lf_view id, struct bulletin_kept *b, struct lf_err *e)
{
    enum lf_code rc = bulletin_find(t, id, b, e);

    if (rc == LF_NOT_FOUND)
        *b = (struct bulletin_kept){ .id = id, .origin = LF_V(""), .audience = LF_V(""), .peers = LF_V("") };
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

enum lf_code lf_bulletin_address(struct lf_task *t, lf_view id, const struct lf_json *v, struct lf_err *e)
{
    struct lf_advisory_row x;
    struct bulletin_kept b;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    LF_TRY(at_home(t, e));
    LF_TRY(lf_advisory_get(t, id, &x, e));
    if (x.origin.len || x.kind == LF_ADVISORY_FBI)
        return lf_err_set(e, LF_FORBIDDEN, "bulletin: only what this node publishes has an audience here");
    /* Who has read the text in review has read for whom it is. */
    if (x.state != LF_ADVISORY_DRAFT && x.state != LF_ADVISORY_RETURNED)
        return lf_err_set(e, LF_CONFLICT, "bulletin: it is %s; its audience is chosen in the draft",
                          lf_advisory_state_name(x.state));
    LF_TRY(find_or_new(t, id, &b, e));
    if (b.issued) /* whoever got it must get its next version and its withdrawal, too */
        return lf_err_set(e, LF_CONFLICT,
                          "bulletin: it is out; withdraw it and write another one for another audience");
    LF_TRY(lf_member_audience(t, v, &b.audience, e));
    LF_TRY(keep(t, &b, e));
    return lf_audit_add(t, LF_V("bulletin.audience"), id, LF_V("{}"), e);
}

enum lf_code lf_bulletin_audience(struct lf_task *t, lf_view id, lf_view *text, struct lf_err *e)
{
    struct lf_advisory_row x;
    struct bulletin_kept b;

    LF_TRY(at_home(t, e));
    LF_TRY(lf_advisory_get(t, id, &x, e));
    LF_TRY(find_or_new(t, id, &b, e));
    *text = b.audience;
    return LF_OK;
}

static lf_view peers_of(struct lf_task *t, size_t n, const struct lf_member *members)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_MEMBERS * 64);
    for (size_t i = 0; i < n; i++)
        if (members[i].peer.len) {
            if (b.len)
                lf_buf_byte(&b, ' ');
            lf_buf_put(&b, members[i].peer);
        }
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* Before it goes out: by when, and whom; n 0 with b->reply_by 0: it asks nothing. */
static enum lf_code prepare(struct lf_task *t, const struct lf_advisory_row *x, struct bulletin_kept *b,
                            size_t *n, const struct lf_member **members, struct lf_err *e)
{
    struct lf_advisory_form form;
    lf_view reply_by;

    LF_TRY(find_or_new(t, x->id, b, e));
    LF_TRY(lf_advisory_form_of(t, x, &form, e));
    reply_by = lf_advisory_text(&form, "reply_by");
    b->reply_by = 0;
    if (reply_by.len)
        LF_TRY(lf_time_parse(reply_by, &b->reply_by, e));
    *n = 0;
    if (!b->reply_by)
        return b->audience.len || b->issued
                   ? lf_err_set(e, LF_UNACCEPTED, "bulletin: say by when its audience is to answer")
                   : LF_OK;
    if (!b->issued && b->reply_by <= lf_now(t->env))
        return lf_err_set(e, LF_UNACCEPTED, "bulletin: the date to answer by is past; give a later one");
    LF_TRY(lf_member_choose(t, b->audience, n, members, e));
    if (b->audience.len && !*n)
        return lf_err_set(e, LF_UNACCEPTED, "bulletin: nobody is in its audience");
    b->peers = peers_of(t, *n, *members);
    return LF_OK;
}

enum lf_code lf_bulletin_publish(struct lf_task *t, lf_view id, bool look_for, struct lf_err *e)
{
    const struct lf_member *members = NULL;
    struct lf_advisory_row x;
    struct bulletin_kept b;
    size_t n;

    LF_TRY(lf_ident_need(t, LF_ROLE_REVIEWER, e));
    LF_TRY(lf_advisory_own(t, id, &x, e));
    if (x.kind == LF_ADVISORY_FBI || x.state != LF_ADVISORY_REVIEW)
        return lf_advisory_publish(t, id, look_for, e);
    LF_TRY(prepare(t, &x, &b, &n, &members, e));
    if (b.reply_by) {
        b.issued = b.issued ? b.issued : lf_now(t->env);
        LF_TRY(keep(t, &b, e)); /* where lf_advisory_publish() finds whom it is for */
        LF_TRY(bulletin_ask_members(t, id, n, members, e));
    }
    return lf_advisory_publish(t, id, look_for, e);
}
