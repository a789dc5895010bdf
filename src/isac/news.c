#include "isac/news_priv.h"

#include "base/crypto.h"
#include "fmt/uri.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/rights.h"
#include "model/role.h"
#include "store/query_news.h"

#define HOME "TW" /* as partners have it (isac/partner.h) */

static const char *const states[LF_NEWS_STATES] = { "new",     "assessed", "watched",
                                                    "dropped", "drafted",  "warned" };
static const char *const relevances[LF_NEWS_RELEVANCES] = { "none", "indirect", "direct" };
static const char *const degrees[LF_NEWS_DEGREES] = { "low", "medium", "high" };
static const char *const severities[LF_NEWS_SEVERITIES] = { "", "low", "medium", "high", "critical" };
static const char *const acts[LF_NEWS_ACTS] = { "assess", "drop", "watch", "draft", "reopen", "note" };

const char *lf_news_state_name(enum lf_news_state s)
{
    return states[s];
}

const char *lf_news_relevance_name(enum lf_news_relevance r)
{
    return relevances[r];
}

const char *lf_news_degree_name(enum lf_news_degree d)
{
    return degrees[d];
}

const char *lf_news_severity_name(enum lf_news_severity s)
{
    return severities[s];
}

const char *lf_news_act_name(enum lf_news_act a)
{
    return acts[a];
}

static bool among(lf_view name, const char *const *names, size_t n, int *out)
{
    size_t at;

    if (!lf_view_among(name, names, n, &at))
        return false;
    *out = (int)at;
    return true;
}

bool lf_news_state_parse(lf_view name, int *out)
{
    if (lf_view_is(name, "open")) {
        *out = LF_NEWS_OPEN;
        return true;
    }
    return among(name, states, LF_NEWS_STATES, out);
}

bool lf_news_relevance_parse(lf_view name, int *out)
{
    return among(name, relevances, LF_NEWS_RELEVANCES, out);
}

bool lf_news_degree_parse(lf_view name, int *out)
{
    return among(name, degrees, LF_NEWS_DEGREES, out);
}

bool lf_news_severity_parse(lf_view name, int *out)
{
    return name.len && among(name, severities, LF_NEWS_SEVERITIES, out);
}

bool lf_news_act_parse(lf_view name, int *out)
{
    return among(name, acts, LF_NEWS_ACTS, out);
}

enum lf_news_severity lf_news_severity(enum lf_news_degree likelihood, enum lf_news_degree impact)
{
    static const enum lf_news_severity of[LF_NEWS_DEGREES][LF_NEWS_DEGREES] = {
        { LF_NEWS_S_LOW, LF_NEWS_S_LOW, LF_NEWS_S_MEDIUM },
        { LF_NEWS_S_LOW, LF_NEWS_S_MEDIUM, LF_NEWS_S_HIGH },
        { LF_NEWS_S_MEDIUM, LF_NEWS_S_HIGH, LF_NEWS_S_CRITICAL },
    };

    return of[likelihood][impact];
}

/* ---- who may ---- */

enum lf_code news_may(const struct lf_task *t, bool write, struct lf_err *e)
{
    unsigned roles = LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER;

    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "this is for this node's own people");
    return lf_ident_need(t, write ? roles : roles | LF_ROLE_REPORTER | LF_ROLE_READER, e);
}

/* A clearance for one level is one for those below it. */
enum lf_code news_reach(struct lf_task *t, enum lf_tlp *top, struct lf_err *e)
{
    struct lf_rights *rights;
    bool shown = true;

    *top = LF_TLP_NONE;
    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    for (int i = LF_TLP_CLEAR; i <= LF_TLP_RED && shown; i++) {
        LF_TRY(lf_rights_tlp(rights, LF_V(""), (enum lf_tlp)i, &shown, e));
        if (shown)
            *top = (enum lf_tlp)i;
    }
    return LF_OK;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static lf_view copied(const struct gather *g, const struct lf_row *r, int col)
{
    return lf_arena_copy(g->a, lf_view_some(lf_row_text(r, col)));
}

static void stand(struct lf_news *x, int64_t advisory_state, lf_time out, lf_time now)
{
    if (x->state == LF_NEWS_DRAFTED && out) {
        x->state = LF_NEWS_WARNED;
        x->warned = out;
        x->took = out > x->published ? out - x->published : 0;
    }
    x->given_up = x->state == LF_NEWS_DRAFTED && advisory_state == LF_ADVISORY_WITHDRAWN;
    x->overdue = (x->state == LF_NEWS_NEW && x->came < now - LF_NEWS_LOOK) ||
                 (x->state == LF_NEWS_WATCHED && x->watch < now);
}

static enum lf_code on_news(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_news *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_news *x = &list[g->n++];

    (void)e;
    *x = (struct lf_news){ .id = copied(g, r, 0),
                           .feed = copied(g, r, 1),
                           .country = copied(g, r, 2),
                           .title = copied(g, r, 3),
                           .summary = copied(g, r, 4),
                           .cves = copied(g, r, 5),
                           .tlp = (enum lf_tlp)lf_row_int(r, 6),
                           .exploited = lf_row_int(r, 7) != 0,
                           .published = lf_row_int(r, 8),
                           .came = lf_row_int(r, 9),
                           .author = copied(g, r, 10),
                           .state = (enum lf_news_state)lf_row_int(r, 11),
                           .watch = lf_row_int(r, 12),
                           .relevance = (enum lf_news_relevance)lf_row_int(r, 13),
                           .likelihood = (enum lf_news_degree)lf_row_int(r, 14),
                           .impact = (enum lf_news_degree)lf_row_int(r, 15),
                           .severity = (enum lf_news_severity)lf_row_int(r, 16),
                           .sectors = copied(g, r, 17),
                           .judgement = copied(g, r, 18),
                           .assessor = copied(g, r, 19),
                           .assessed = lf_row_int(r, 20),
                           .reason = copied(g, r, 21),
                           .advisory = copied(g, r, 22),
                           .sources = lf_row_int(r, 23),
                           .touched = lf_row_int(r, 25),
                           .entries = lf_row_int(r, 26) };
    x->grown = x->touched && lf_row_int(r, 24) > x->touched;
    stand(x, lf_row_int(r, 27), lf_row_int(r, 28), g->now);
    return LF_OK;
}

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env) };
}

enum lf_code news_find(struct lf_task *t, lf_view id, struct lf_news *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = gathering(t);
    enum lf_tlp top;

    LF_TRY(news_reach(t, &top, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_news_get,
                     LF_ARGS(LF_TEXT(lf_view_some(id)), LF_INT(top), LF_TEXT(lf_view_some(t->scope.account))),
                     on_news, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "news: there is no item %.*s", LF_FMT(lf_utf8_first(id, 60)));
    *out = *(struct lf_news *)g.items;
    return LF_OK;
}

enum lf_code lf_news_get(struct lf_task *t, lf_view id, struct lf_news *out, struct lf_err *e)
{
    LF_TRY(news_may(t, false, e));
    return news_find(t, id, out, e);
}

static enum lf_code on_source(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_news_source *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_news_source){ .feed = copied(g, r, 0),
                                            .name = copied(g, r, 1),
                                            .title = copied(g, r, 2),
                                            .link = copied(g, r, 3),
                                            .object = copied(g, r, 4),
                                            .published = lf_row_int(r, 5),
                                            .at = lf_row_int(r, 6),
                                            .changed = lf_row_int(r, 7),
                                            .country = copied(g, r, 8) };
    return LF_OK;
}

enum lf_code lf_news_sources(struct lf_task *t, lf_view id, size_t *n, const struct lf_news_source **out,
                             struct lf_err *e)
{
    struct gather g = gathering(t);
    struct lf_news_source *list;
    struct lf_news x;

    LF_TRY(lf_news_get(t, id, &x, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_source_list,
                     LF_ARGS(LF_TEXT(x.id), LF_INT(LF_NEWS_SOURCES)), on_source, &g, NULL, e));
    list = g.items;
    if (g.n && !list[0].feed.len)
        list[0].country = x.country;
    *n = g.n;
    *out = list;
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_news_entry *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_news_entry){ .seq = lf_row_int(r, 0),
                                           .at = lf_row_int(r, 1),
                                           .account = copied(g, r, 2),
                                           .act = (enum lf_news_act)lf_row_int(r, 3),
                                           .state = (enum lf_news_state)lf_row_int(r, 4),
                                           .body = copied(g, r, 5),
                                           .detail = copied(g, r, 6) };
    return LF_OK;
}

enum lf_code lf_news_history(struct lf_task *t, lf_view id, size_t *n, const struct lf_news_entry **out,
                             struct lf_err *e)
{
    struct gather g = gathering(t);
    struct lf_news x;

    LF_TRY(lf_news_get(t, id, &x, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_entry_list, LF_ARGS(LF_TEXT(x.id), LF_INT(LF_NEWS_ENTRIES)),
                     on_entry, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

struct lf_news_filter lf_news_any(void)
{
    return (struct lf_news_filter){ .state = -1 };
}

/* One id as it is kept, or nothing. */
static lf_view cve_of(struct lf_arena *a, lf_view text)
{
    lf_view list[LF_RSS_CVES];
    size_t n = 0;

    lf_rss_cves(a, lf_view_trim(text), list, &n);
    return n == 1 && list[0].len == lf_view_trim(text).len ? list[0] : LF_V("");
}

enum lf_code lf_news_list(struct lf_task *t, const struct lf_news_filter *f, const struct lf_page *page,
                          size_t *n, const struct lf_news **out, lf_view *next, struct lf_err *e)
{
    lf_view first, last, cve = cve_of(t->a, f->cve);
    size_t limit = lf_page_rows(page);
    struct gather g = gathering(t);
    int64_t before = INT64_MAX;
    const struct lf_news *list;
    enum lf_tlp top;

    LF_TRY(news_may(t, false, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &first, &last) ||
        (first.len && !lf_view_i64(first, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    if (f->cve.len && !cve.len)
        return lf_err_set(e, LF_BAD_INPUT, "news: a CVE id is as CVE-2026-1234");
    if (f->words.len && !lf_view_is_text(f->words, 1, LF_NEWS_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "news: words that are looked for have at most %d bytes",
                          LF_NEWS_NAME);
    LF_TRY(news_reach(t, &top, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_list,
                     LF_ARGS(LF_INT(top), LF_TEXT(lf_view_some(t->scope.account)), LF_INT(f->from),
                             LF_INT(f->to ? f->to : INT64_MAX), LF_INT(f->state), LF_INT(g.now),
                             LF_INT(f->overdue ? g.now - LF_NEWS_LOOK : 0), LF_INT(f->grown),
                             LF_INT(f->exploited),
                             LF_INT(f->warned     ? 2
                                    : f->assessed ? 1
                                                  : 0),
                             LF_INT(f->severity),
                             LF_TEXT(lf_view_is(f->feed, "-") ? LF_V("")
                                     : f->feed.len            ? f->feed
                                                              : LF_V("*")),
                             LF_INT(f->first), LF_TEXT(lf_view_some(cve)), LF_TEXT(lf_view_some(f->country)),
                             LF_TEXT(LF_V(HOME)), LF_TEXT(lf_view_some(lf_db_like(t->a, f->words))),
                             LF_INT(before), LF_TEXT(lf_view_some(last)), LF_INT(limit + 1)),
                     on_news, &g, NULL, e));
    list = g.items;
    *n = g.n > limit ? limit : g.n;
    *out = list;
    *next = g.n > limit ? lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)list[limit - 1].came),
                                       list[limit - 1].id)
                        : LF_V("");
    return LF_OK;
}

/* ---- what comes ---- */

/* Marks differ by kind and by who may see the item: what is marked otherwise is never found. */
static lf_view mark_of(struct lf_task *t, char kind, enum lf_tlp tlp, lf_view text)
{
    int level = tlp == LF_TLP_NONE ? LF_TLP_CLEAR : (int)tlp;
    lf_view all = lf_arena_printf(t->a, "%c%d ", kind, level);
    uint8_t sum[LF_SHA256];
    struct lf_buf b;

    lf_buf_init(&b, all.len + text.len + 1);
    lf_buf_put(&b, all);
    lf_buf_put(&b, text);
    lf_sha256(lf_buf_view(&b), sum);
    lf_buf_clear(&b);
    return lf_hex(t->a, sum, 16);
}

/* ASCII in small letters. */
static lf_view small(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_cstr(a, v);

    for (size_t i = 0; i < v.len; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] - 'A' + 'a');
    return (lf_view){ out, v.len };
}

/* Without its scheme, fragment and last slash, which say nothing of where it leads. */
static lf_view bare(lf_view link)
{
    size_t at = lf_view_find(link, LF_V("://"));

    link = lf_view_first(link, lf_view_find_byte(link, '#'));
    if (at != SIZE_MAX)
        link = lf_view_from(link, at + 3);
    return lf_view_ends(link, LF_V("/")) ? lf_view_first(link, link.len - 1) : link;
}

static lf_view joined(struct lf_arena *a, const lf_view *list, size_t n)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, (size_t)LF_RSS_CVES * 32);
    for (size_t i = 0; i < n; i++) {
        if (i)
            lf_buf_byte(&b, ' ');
        lf_buf_put(&b, list[i]);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static void sort(lf_view *list, size_t n)
{
    for (size_t i = 1; i < n; i++) /* at most LF_RSS_CVES */
        for (size_t k = i; k && lf_view_cmp(list[k - 1], list[k]) > 0; k--) {
            lf_view x = list[k];

            list[k] = list[k - 1];
            list[k - 1] = x;
        }
}

struct marks {
    lf_view v[3];
    size_t n;
};

static struct marks marks_of(struct lf_task *t, const struct lf_news_in *x)
{
    struct marks m = { .n = 0 };

    if (x->link.len)
        m.v[m.n++] = mark_of(t, 'l', x->tlp, bare(x->link));
    if (x->ncves) {
        lf_view *list = LF_NEW(t->a, lf_view, x->ncves);

        memcpy(list, x->cves, x->ncves * sizeof *list);
        sort(list, x->ncves);
        m.v[m.n++] = mark_of(t, 'c', x->tlp, joined(t->a, list, x->ncves));
    }
    if (x->title.len >= LF_NEWS_TELLING)
        m.v[m.n++] = mark_of(t, 't', x->tlp, small(t->a, x->title));
    return m;
}

struct known {
    struct lf_arena *a;
    lf_view news, title, link;
    int64_t seq;
};

static enum lf_code on_known(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct known *k = ctx;

    (void)e;
    k->news = lf_arena_copy(k->a, lf_row_text(r, 0));
    k->seq = lf_row_int(r, 1);
    k->title = lf_arena_copy(k->a, lf_view_some(lf_row_text(r, 2)));
    k->link = lf_arena_copy(k->a, lf_view_some(lf_row_text(r, 3)));
    return LF_OK;
}

static enum lf_code add_source(struct lf_task *t, const struct lf_scope *node, const struct lf_news_in *x,
                               lf_view id, const struct marks *m, lf_time now, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, node, &lf_q_news_source_add,
                      LF_ARGS(LF_TEXT(id), LF_TEXT(x->feed), LF_TEXT(x->key), LF_TEXT(x->name),
                              LF_TEXT(x->title), LF_TEXT(x->link), LF_TEXT(x->object), LF_INT(x->published),
                              LF_INT(now)),
                      e));
    for (size_t i = 0; i < m->n; i++)
        LF_TRY(lf_db_exec(t->db, node, &lf_q_news_mark_put,
                          LF_ARGS(LF_TEXT(m->v[i]), LF_TEXT(id), LF_INT(now)), e));
    for (size_t i = 0; i < x->ncves; i++)
        LF_TRY(lf_db_exec(t->db, node, &lf_q_news_cve_add, LF_ARGS(LF_TEXT(x->cves[i]), LF_TEXT(id)), e));
    return LF_OK;
}

/* A further source of an item: its ids are the item's too. */
static enum lf_code join(struct lf_task *t, const struct lf_scope *node, const struct lf_news_in *x,
                         lf_view id, const struct marks *m, lf_time now, struct lf_err *e)
{
    struct gather g = gathering(t);
    lf_view list[LF_RSS_CVES];
    const struct lf_news *was;
    size_t n = 0;

    LF_TRY(lf_db_run(t->db, node, &lf_q_news_get, LF_ARGS(LF_TEXT(id), LF_INT(LF_TLP_RED), LF_TEXT(LF_V(""))),
                     on_news, &g, NULL, e));
    was = g.items;
    if (!g.n || was->sources >= LF_NEWS_SOURCES)
        return LF_OK;
    lf_rss_cves(t->a, was->cves, list, &n);
    for (size_t i = 0; i < x->ncves; i++)
        lf_rss_cves(t->a, x->cves[i], list, &n);
    LF_TRY(lf_db_exec(t->db, node, &lf_q_news_grow,
                      LF_ARGS(LF_TEXT(joined(t->a, list, n)), LF_INT(x->exploited), LF_INT(x->published),
                              LF_INT(now), LF_TEXT(id)),
                      e));
    return add_source(t, node, x, id, m, now, e);
}

static enum lf_code fresh(struct lf_task *t, const struct lf_scope *node, const struct lf_news_in *x,
                          const struct marks *m, lf_time now, lf_view *id, struct lf_err *e)
{
    lf_view author = x->feed.len ? LF_V("") : lf_view_some(t->scope.account);

    *id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, node, &lf_q_news_add,
                      LF_ARGS(LF_TEXT(*id), LF_TEXT(x->feed), LF_TEXT(x->country), LF_TEXT(x->title),
                              LF_TEXT(x->summary), LF_TEXT(joined(t->a, x->cves, x->ncves)), LF_INT(x->tlp),
                              LF_INT(x->exploited), LF_INT(x->published), LF_INT(now), LF_TEXT(author),
                              LF_INT(x->feed.len ? 0 : now)),
                      e));
    return add_source(t, node, x, *id, m, now, e);
}

/* The item that one of the marks leads to; empty: none does. */
static enum lf_code same(struct lf_task *t, const struct lf_scope *node, const struct marks *m, lf_time since,
                         lf_view *id, struct lf_err *e)
{
    const lf_view *found;
    size_t n = 0;

    *id = LF_V("");
    for (size_t i = 0; i < m->n && !id->len; i++) {
        LF_TRY(lf_db_texts(t->db, node, &lf_q_news_same, LF_ARGS(LF_TEXT(m->v[i]), LF_INT(since)), t->a, 1,
                           &n, &found, e));
        if (n)
            *id = found[0];
    }
    return LF_OK;
}

static enum lf_code again(struct lf_task *t, const struct lf_scope *node, const struct lf_news_in *x,
                          const struct known *k, enum lf_news_fate *fate, struct lf_err *e)
{
    bool other = !lf_view_eq(k->title, x->title) || !lf_view_eq(k->link, x->link);

    *fate = other ? LF_NEWS_CHANGED : LF_NEWS_KNOWN;
    if (!other)
        return LF_OK;
    return lf_db_exec(t->db, node, &lf_q_news_source_change,
                      LF_ARGS(LF_TEXT(x->title), LF_TEXT(x->link), LF_INT(lf_now(t->env)), LF_TEXT(k->news),
                              LF_INT(k->seq)),
                      e);
}

static enum lf_code keep(struct lf_task *t, const struct lf_news_in *x, lf_view *id, enum lf_news_fate *fate,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct known k = { .a = t->a };
    lf_time now = lf_now(t->env);
    struct marks m;
    int64_t waiting;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_news_known, LF_ARGS(LF_TEXT(x->feed), LF_TEXT(x->key)), on_known, &k,
                     NULL, e));
    if (k.news.len) {
        *id = k.news;
        return again(t, &node, x, &k, fate, e);
    }
    m = marks_of(t, x);
    LF_TRY(same(t, &node, &m, now - LF_NEWS_SAME, id, e));
    if (id->len) {
        *fate = LF_NEWS_JOINED;
        return join(t, &node, x, *id, &m, now, e);
    }
    *fate = LF_NEWS_TOO_OLD;
    if (x->feed.len && x->published < now - LF_NEWS_OLD)
        return LF_OK;
    *fate = LF_NEWS_FULL;
    if (x->feed.len) {
        LF_TRY(lf_db_int(t->db, &node, &lf_q_news_waiting, LF_ARGS(LF_TEXT(x->feed), LF_INT(LF_NEWS_WAITING)),
                         &waiting, e));
        if (waiting >= LF_NEWS_WAITING)
            return LF_OK;
    }
    *fate = LF_NEWS_ADDED;
    return fresh(t, &node, x, &m, now, id, e);
}

static struct lf_news_in whole(struct lf_task *t, const struct lf_news_in *in)
{
    lf_time now = lf_now(t->env);
    struct lf_news_in x = *in;

    x.feed = lf_view_some(x.feed);
    x.name = lf_view_some(lf_utf8_first(x.name, LF_NEWS_NAME));
    x.country = lf_view_some(x.country);
    x.title = lf_view_some(lf_utf8_first(x.title, LF_NEWS_TITLE));
    x.summary = lf_view_some(lf_utf8_first(x.summary, LF_NEWS_SUMMARY));
    x.link = lf_view_some(lf_rss_link(x.link));
    x.object = lf_view_some(x.object);
    x.key = mark_of(t, 'k', LF_TLP_NONE, x.key.len ? x.key : x.link.len ? x.link : x.title);
    if (x.ncves > LF_RSS_CVES)
        x.ncves = LF_RSS_CVES;
    if (x.published <= 0 || x.published > now)
        x.published = now;
    return x;
}

enum lf_code lf_news_take(struct lf_task *t, const struct lf_news_in *in, enum lf_news_fate *fate,
                          struct lf_err *e)
{
    struct lf_news_in x = whole(t, in);
    lf_view id;

    return keep(t, &x, &id, fate, e);
}

static bool is_country(lf_view v)
{
    return !v.len || (v.len == 2 && v.ptr[0] >= 'A' && v.ptr[0] <= 'Z' && v.ptr[1] >= 'A' && v.ptr[1] <= 'Z');
}

enum lf_code lf_news_add(struct lf_task *t, const struct lf_news_in *in, lf_view *id, bool *is_joined,
                         struct lf_err *e)
{
    lf_view *cves = LF_NEW(t->a, lf_view, LF_RSS_CVES), found, link = lf_view_trim(in->link);
    struct lf_news_in x = *in;
    enum lf_news_fate fate;

    LF_TRY(news_may(t, true, e));
    if (!lf_view_is_text(lf_view_trim(x.title), 1, LF_NEWS_TITLE) ||
        !lf_view_is_text(lf_view_trim(x.name), 1, LF_NEWS_NAME))
        return lf_err_set(e, LF_BAD_INPUT, "news: title has 1 to %d bytes, and source 1 to %d", LF_NEWS_TITLE,
                          LF_NEWS_NAME);
    if (!lf_view_is_text(lf_view_some(x.summary), 0, LF_NEWS_SUMMARY))
        return lf_err_set(e, LF_BAD_INPUT, "news: summary has at most %d bytes", LF_NEWS_SUMMARY);
    if (link.len && !lf_rss_link(link).len)
        return lf_err_set(e, LF_BAD_INPUT, "news: link is an address that begins with https:// or http://");
    if (!link.len && !lf_view_trim(x.summary).len)
        return lf_err_set(e, LF_BAD_INPUT, "news: give a link, or a summary of what it says");
    if (!is_country(x.country))
        return lf_err_set(e, LF_BAD_INPUT, "news: country is the two capital letters of ISO 3166: TW, JP");
    if (x.published > lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "news: it cannot have been published in the future");
    x.feed = x.object = LF_V("");
    x.title = lf_view_trim(x.title);
    x.name = lf_view_trim(x.name);
    x.summary = lf_view_trim(x.summary);
    x.link = link;
    x.ncves = 0;
    for (size_t i = 0; i < in->ncves; i++)
        lf_rss_cves(t->a, in->cves[i], cves, &x.ncves);
    lf_rss_cves(t->a, x.title, cves, &x.ncves);
    lf_rss_cves(t->a, x.summary, cves, &x.ncves);
    lf_rss_cves(t->a, x.link, cves, &x.ncves);
    x.cves = cves;
    found = lf_uuid_new(t->env, t->a); /* what two people enter are two sources */
    x.key = found;
    x = whole(t, &x);
    LF_TRY(keep(t, &x, id, &fate, e));
    *is_joined = fate == LF_NEWS_JOINED;
    return lf_audit_add(t, LF_V("news.add"), *id, (lf_view){ 0 }, e);
}
