#include "soc/saved_search.h"

#include "fmt/json.h"
#include "ident/account.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/alert.h"
#include "store/query_saved_search.h"

enum { MAY = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, TROUBLE_MOST = 400 };
/* No records of the archive, nor the node's own notices of devices: their positions lie beyond both. */
#define OWN_POSITIONS (((int64_t)1 << 52) + ((int64_t)1 << 51))

static enum lf_code may(const struct lf_task *t, struct lf_err *e)
{
    if (!(t->scope.roles & MAY))
        return lf_err_set(e, LF_FORBIDDEN, "your roles do not allow searching the archive");
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "the archive of this node is another organisation's");
    return LF_OK;
}

bool lf_saved_search_mine(const struct lf_task *t, const struct lf_saved_search *s)
{
    return lf_view_eq(s->account, t->scope.account) || (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM));
}

/* ---- reading ---- */

struct gather {
    struct lf_arena *a;
    struct lf_saved_search *items;
    size_t n, max;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n == g->max)
        return LF_OK;
    g->items[g->n++] = (struct lf_saved_search){
        .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
        .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
        .query = lf_arena_copy(g->a, lf_row_text(r, 2)),
        .from = lf_arena_copy(g->a, lf_row_text(r, 3)),
        .to = lf_arena_copy(g->a, lf_row_text(r, 4)),
        .account = lf_arena_copy(g->a, lf_row_text(r, 5)),
        .shared = lf_row_int(r, 6) != 0,
        .every = lf_row_int(r, 7),
        .more_than = lf_row_int(r, 8),
        .fewer_than = lf_row_int(r, 9),
        .level = (enum lf_level)lf_row_int(r, 10),
        .created = lf_row_int(r, 11),
        .changed = lf_row_int(r, 12),
        .next = lf_row_int(r, 13) < LF_TIME_MAX ? lf_row_int(r, 13) : 0,
        .ran = lf_row_int(r, 14),
        .results = lf_row_int(r, 15),
        .trouble = lf_arena_copy(g->a, lf_row_text(r, 16)),
        .runs = lf_row_int(r, 17),
    };
    return LF_OK;
}

enum lf_code lf_saved_search_get(struct lf_task *t, lf_view id, struct lf_saved_search *out, struct lf_err *e)
{
    struct lf_saved_search one;
    struct gather g = { .a = t->a, .items = &one, .max = 1 };

    LF_TRY(may(t, e));
    if (lf_view_is_text(id, 1, 64))
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_saved_get, LF_ARGS(LF_TEXT(id)), on_row, &g, NULL, e));
    if (g.n == 0 || (!one.shared && !lf_saved_search_mine(t, &one)))
        return lf_err_set(e, LF_NOT_FOUND, "there is no such saved search");
    *out = one;
    return LF_OK;
}

enum lf_code lf_saved_search_list(struct lf_task *t, const struct lf_page *page, struct lf_saved_search **out,
                                  size_t *n, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    bool all = (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM)) != 0;
    struct gather g = { .a = t->a };
    lf_view name, id;

    LF_TRY(may(t, e));
    g.max = limit + 1;
    g.items = LF_NEW(t->a, struct lf_saved_search, g.max);
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &name, &id))
        return lf_err_set(e, LF_BAD_INPUT, "that is no place in this list; give \"next\" as it came");
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_saved_list,
                  LF_ARGS(LF_TEXT(name), LF_TEXT(id), LF_INT(all), LF_TEXT(t->scope.account), LF_INT(g.max)),
                  on_row, &g, NULL, e));
    *out = g.items;
    *n = g.n > limit ? limit : g.n;
    *next = g.n > limit ? lf_page_pair(t->a, g.items[limit - 1].name, g.items[limit - 1].id) : LF_V("");
    return LF_OK;
}

/* ---- writing ---- */

static enum lf_code check(struct lf_task *t, const struct lf_saved_search *in, struct lf_err *e)
{
    lf_time now = lf_now(t->env), at;
    struct lf_query_tree *q;

    if (!lf_view_is_text(in->name, 1, LF_SAVED_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "saved search: a name is text of 1 to %d bytes", LF_SAVED_NAME);
    if (!lf_view_is_text(in->query, 1, LF_QUERY_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "saved search: a query is text of 1 to %d bytes", LF_QUERY_TEXT);
    LF_TRY(lf_query_parse(t->a, in->query, &q, e));
    if (!lf_view_is_text(in->from, 0, LF_SAVED_TIME) || !lf_view_is_text(in->to, 0, LF_SAVED_TIME))
        return lf_err_set(e, LF_BAD_INPUT, "saved search: \"from\" and \"to\" have at most %d bytes",
                          LF_SAVED_TIME);
    if (in->from.len)
        LF_TRY(lf_query_time(in->from, now, false, &at, e));
    if (in->to.len)
        LF_TRY(lf_query_time(in->to, now, true, &at, e));
    if (in->every && (in->every < LF_SAVED_LEAST || in->every > LF_SAVED_LONGEST))
        return lf_err_set(e, LF_BAD_INPUT,
                          "saved search: \"every\" is from a minute to 31 days, or 0 for never");
    if (in->more_than < LF_SAVED_NEVER || in->more_than > LF_SAVED_RESULTS ||
        in->fewer_than < LF_SAVED_NEVER || in->fewer_than > LF_SAVED_RESULTS)
        return lf_err_set(e, LF_BAD_INPUT, "saved search: thresholds are whole numbers from 0 to %d",
                          LF_SAVED_RESULTS);
    if ((in->more_than >= 0 || in->fewer_than >= 0) && !in->every)
        return lf_err_set(e, LF_BAD_INPUT,
                          "saved search: a threshold needs a clock; say how often (\"every\")");
    return LF_OK;
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct lf_saved_search *s,
                          struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "name", s->name);
    lf_json_put_str(&n.w, "query", lf_view_first(s->query, LF_AUDIT_DETAIL / 8));
    lf_json_put_bool(&n.w, "shared", s->shared);
    if (s->every)
        lf_json_put_int(&n.w, "every_s", s->every / LF_SECOND);
    return lf_audit_close(&n, t, lf_view_of(action), s->id, e);
}

static enum lf_code write(struct lf_task *t, const struct lf_saved_search *s, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_saved_put,
                      LF_ARGS(LF_TEXT(s->id), LF_TEXT(s->name), LF_TEXT(s->query),
                              LF_TEXT(lf_view_some(s->from)), LF_TEXT(lf_view_some(s->to)),
                              LF_TEXT(s->account), LF_INT(s->shared), LF_INT(s->every), LF_INT(s->more_than),
                              LF_INT(s->fewer_than), LF_INT(s->level), LF_INT(s->created), LF_INT(s->changed),
                              LF_INT(s->next ? s->next : LF_TIME_MAX), LF_INT(s->ran), LF_INT(s->results),
                              LF_TEXT(lf_view_some(s->trouble)), LF_INT(s->runs)),
                      e);
}

enum lf_code lf_saved_search_put(struct lf_task *t, const struct lf_saved_search *in, lf_view *id,
                                 struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_saved_search s = *in, was;
    int64_t n;

    LF_TRY(may(t, e));
    LF_TRY(check(t, in, e));
    s.account = t->scope.account;
    s.created = s.changed = now;
    s.ran = 0;
    s.results = s.runs = 0;
    if (in->id.len) {
        LF_TRY(lf_saved_search_get(t, in->id, &was, e));
        if (!lf_saved_search_mine(t, &was))
            return lf_err_set(e, LF_FORBIDDEN,
                              "only its owner or an administrator may change this saved search");
        s.account = was.account;
        s.created = was.created;
        s.ran = was.ran;
        s.results = was.results;
        s.runs = was.runs;
    } else {
        s.id = lf_uuid_new(t->env, t->a);
    }
    s.trouble = LF_V("");
    s.next = s.every ? now : 0;
    LF_TRY(write(t, &s, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_saved_count, LF_ARGS(LF_INT(0)), &n, e));
    if (n > LF_SAVED_MOST)
        return lf_err_set(e, LF_TOO_MANY, "more than %d searches are saved on this node", LF_SAVED_MOST);
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_saved_count, LF_ARGS(LF_INT(1)), &n, e));
    if (n > LF_SAVED_CLOCKED)
        return lf_err_set(e, LF_TOO_MANY, "more than %d saved searches are asked by a clock",
                          LF_SAVED_CLOCKED);
    *id = s.id;
    return audit(t, "saved_search.put", &s, e);
}

enum lf_code lf_saved_search_remove(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_saved_search was;

    LF_TRY(lf_saved_search_get(t, id, &was, e));
    if (!lf_saved_search_mine(t, &was))
        return lf_err_set(e, LF_FORBIDDEN, "only its owner or an administrator may remove this saved search");
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_saved_delete, LF_ARGS(LF_TEXT(id)), e));
    return audit(t, "saved_search.remove", &was, e);
}

/* ---- the clock ---- */

static enum lf_code owner_may(struct lf_task *t, const struct lf_saved_search *s, bool *out, struct lf_err *e)
{
    struct lf_account owner;
    struct lf_err why;
    enum lf_code rc;

    *out = true;
    if (lf_view_is(s->account, "system")) /* the operator on this machine */
        return LF_OK;
    rc = lf_account_get(t, s->account, &owner, &why);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", why.text);
    *out = rc == LF_OK && !owner.disabled && (owner.roles & MAY);
    return LF_OK;
}

enum lf_code lf_saved_search_due(struct lf_task *t, size_t most, struct lf_saved_search **out, size_t *n,
                                 struct lf_err *e)
{
    struct gather g = { .a = t->a, .items = LF_NEW(t->a, struct lf_saved_search, most + 1), .max = most };
    size_t left = 0;

    LF_TRY(may(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_saved_due, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(most)), on_row,
                     &g, NULL, e));
    for (size_t i = 0; i < g.n; i++) {
        bool may_ask;

        LF_TRY(owner_may(t, &g.items[i], &may_ask, e));
        if (may_ask) {
            g.items[left++] = g.items[i];
            continue;
        }
        g.items[i].next = 0;
        g.items[i].trouble = LF_V("its owner's account may not search any more: the clock is stopped");
        LF_TRY(write(t, &g.items[i], e));
        LF_TRY(audit(t, "saved_search.stop", &g.items[i], e));
    }
    *out = g.items;
    *n = left;
    return LF_OK;
}

lf_view lf_saved_search_counting(struct lf_arena *a, lf_view query)
{
    struct lf_query_tree *q;

    if (lf_query_parse(a, query, &q, NULL) != LF_OK || lf_query_is_table(q))
        return query;
    return lf_arena_printf(a, "%.*s | count", (int)query.len, query.ptr);
}

static enum lf_code tell(struct lf_task *t, const struct lf_saved_search *s, const struct lf_saved_run *run,
                         lf_view *alert, struct lf_err *e)
{
    struct lf_finding f = {
        .position = (uint64_t)(OWN_POSITIONS + s->runs),
        .happened = run->began,
        .recorded = lf_now(t->env),
        .sender = LF_V("lianfang"),
        .rule = s->id,
        .title = s->name,
        .level = s->level,
        .host = LF_V(""),
    };
    bool is_new, corroborated;
    struct lf_alert raised;
    char text[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, LF_FINDING_RAW);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "@timestamp", lf_time_milli(run->began, text));
    lf_json_put_str(&w, "saved_search", s->name);
    lf_json_put_str(&w, "query", lf_view_first(s->query, 4000));
    if (s->from.len)
        lf_json_put_str(&w, "from", s->from);
    if (s->to.len)
        lf_json_put_str(&w, "to", s->to);
    lf_json_put_int(&w, "results", run->results);
    if (s->more_than >= 0)
        lf_json_put_int(&w, "more_than", s->more_than);
    if (s->fewer_than >= 0)
        lf_json_put_int(&w, "fewer_than", s->fewer_than);
    lf_json_close(&w);
    f.event = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_alert_raise(t, &f, false, &raised, &is_new, &corroborated, e));
    *alert = raised.id;
    return LF_OK;
}

enum lf_code lf_saved_search_ran(struct lf_task *t, lf_view id, const struct lf_saved_run *run,
                                 lf_view *alert, struct lf_err *e)
{
    struct lf_saved_search s;
    lf_time now = lf_now(t->env);
    lf_view why = lf_view_first(run->trouble, TROUBLE_MOST);

    *alert = LF_V("");
    LF_TRY(lf_saved_search_get(t, id, &s, e));
    while (why.len && !lf_view_is_utf8(why))
        why.len--;
    s.ran = run->began;
    s.results = run->results;
    s.trouble = why;
    s.runs++;
    /* What it missed while the node was down is not made up for. */
    if (s.next && s.every) {
        s.next = run->began + s.every;
        if (s.next <= now)
            s.next = now + LF_SECOND;
    }
    LF_TRY(write(t, &s, e));
    if (run->results >= 0 && ((s.more_than >= 0 && run->results > s.more_than) ||
                              (s.fewer_than >= 0 && run->results < s.fewer_than)))
        return tell(t, &s, run, alert, e);
    return LF_OK;
}

void lf_saved_search_json(struct lf_json_w *w, const struct lf_saved_search *s)
{
    char text[LF_TIME_TEXT];

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", s->id);
    lf_json_put_str(w, "name", s->name);
    lf_json_put_str(w, "query", s->query);
    lf_json_put_str(w, "from", lf_view_some(s->from));
    lf_json_put_str(w, "to", lf_view_some(s->to));
    lf_json_put_str(w, "owner", s->account);
    lf_json_put_bool(w, "shared", s->shared);
    lf_json_put_int(w, "every_s", s->every / LF_SECOND);
    if (s->more_than >= 0)
        lf_json_put_int(w, "more_than", s->more_than);
    if (s->fewer_than >= 0)
        lf_json_put_int(w, "fewer_than", s->fewer_than);
    lf_json_put_cstr(w, "level", lf_level_name(s->level));
    lf_json_put_str(w, "changed", lf_time_milli(s->changed, text));
    if (s->next)
        lf_json_put_str(w, "next", lf_time_milli(s->next, text));
    if (s->ran) {
        lf_json_begin(w, "last", '{');
        lf_json_put_str(w, "ran", lf_time_milli(s->ran, text));
        if (s->results >= 0)
            lf_json_put_int(w, "results", s->results);
        lf_json_close(w);
    }
    if (s->trouble.len)
        lf_json_put_str(w, "trouble", s->trouble);
    lf_json_close(w);
}
