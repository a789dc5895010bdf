#include "soc/searches.h"

#include <stdlib.h>

#include "base/unpack.h"
#include "ident/audit.h"
#include "model/role.h"

enum { MAY = LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, TEXTS = 400 };
static const lf_time again = 15 * LF_MINUTE;

struct search {
    struct lf_arena a; /* its texts */
    struct lf_search_view v;
    uint64_t number;
    uint64_t upper;
    uint32_t limit;
    bool told;  /* the worker has been asked */
    bool fresh; /* started in a round that is not committed */
    bool stop;  /* the worker is to be told to stop */
    bool own;   /* the node's: in nobody's list */
    unsigned tries;
    lf_time ended;
    struct lf_buf table, damage, error;
    lf_view *hits;
    size_t hits_cap, hit_bytes;
    struct lf_arena hit_arena;
};

struct lf_searches {
    struct search *item[LF_SEARCHES_KEPT];
    size_t n; /* oldest first */
    uint64_t number;
    bool up;
};

static const char *const states[] = { "running", "done", "cancelled", "failed" };

const char *lf_search_state_name(enum lf_search_state s)
{
    return (size_t)s < sizeof states / sizeof *states ? states[s] : "?";
}

/* ---- messages ---- */

static void put_text(struct lf_buf *b, lf_view v)
{
    lf_buf_u32(b, (uint32_t)v.len);
    lf_buf_put(b, v);
}

void lf_search_order_pack(struct lf_buf *b, const struct lf_search_order *o)
{
    lf_buf_u64(b, o->number);
    lf_buf_u64(b, (uint64_t)o->from);
    lf_buf_u64(b, (uint64_t)o->to);
    lf_buf_u64(b, o->upper);
    lf_buf_u64(b, o->skip);
    lf_buf_u32(b, o->limit);
    lf_buf_byte(b, (char)o->oldest_first);
    put_text(b, o->query);
}

enum lf_code lf_search_order_unpack(lf_view packed, struct lf_search_order *o, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);
    struct lf_search_order got;

    got.number = lf_unpack_uint(&in, 8);
    got.from = (lf_time)lf_unpack_uint(&in, 8);
    got.to = (lf_time)lf_unpack_uint(&in, 8);
    got.upper = lf_unpack_uint(&in, 8);
    got.skip = lf_unpack_uint(&in, 8);
    got.limit = (uint32_t)lf_unpack_uint(&in, 4);
    got.oldest_first = lf_unpack_uint(&in, 1) != 0;
    got.query = lf_unpack_block(&in, 4);
    lf_unpack_end(&in);
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "search order: %s", in.bad);
    *o = got;
    return LF_OK;
}

void lf_search_news_pack(struct lf_buf *b, const struct lf_search_news *n)
{
    const struct lf_search_progress *p = &n->progress;

    lf_buf_u64(b, n->number);
    lf_buf_byte(b, (char)n->state);
    lf_buf_byte(b, (char)n->full);
    lf_buf_u64(b, n->upper);
    lf_buf_u64(b, p->blocks);
    lf_buf_u64(b, p->blocks_done);
    lf_buf_u64(b, p->blocks_passed);
    lf_buf_u64(b, p->text);
    lf_buf_u64(b, p->events);
    lf_buf_u64(b, p->candidates);
    lf_buf_u64(b, p->matched);
    lf_buf_u64(b, p->damaged);
    put_text(b, n->damage);
    put_text(b, n->error);
    put_text(b, n->table);
    put_text(b, n->hits);
}

enum lf_code lf_search_news_unpack(lf_view packed, struct lf_search_news *n, struct lf_err *e)
{
    struct lf_search_news got = { 0 };
    uint64_t v[8], most = (uint64_t)1 << 53;
    unsigned state;
    struct lf_unpack in = lf_unpack_begin(packed);

    got.number = lf_unpack_uint(&in, 8);
    state = (unsigned)lf_unpack_uint(&in, 1);
    got.full = lf_unpack_uint(&in, 1) != 0;
    got.upper = lf_unpack_uint(&in, 8);
    for (size_t i = 0; i < 8; i++) {
        v[i] = lf_unpack_uint(&in, 8);
        if (v[i] >= most)
            lf_unpack_fail(&in, "a count is past what a JSON number holds");
    }
    got.damage = lf_unpack_block(&in, 4);
    got.error = lf_unpack_block(&in, 4);
    got.table = lf_unpack_block(&in, 4);
    got.hits = lf_unpack_block(&in, 4);
    lf_unpack_end(&in);
    if (state > LF_SEARCH_FAILED)
        lf_unpack_fail(&in, "no such state");
    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "search news: %s", in.bad);
    got.state = (enum lf_search_state)state;
    got.progress = (struct lf_search_progress){ .blocks = (size_t)v[0],
                                                .blocks_done = (size_t)v[1],
                                                .blocks_passed = (size_t)v[2],
                                                .text = v[3],
                                                .events = v[4],
                                                .candidates = v[5],
                                                .matched = v[6],
                                                .damaged = v[7] };
    *n = got;
    return LF_OK;
}

/* ---- the list ---- */

struct lf_searches *lf_searches_create(void)
{
    struct lf_searches *d = calloc(1, sizeof *d);

    if (!d)
        LF_BUG("out of memory for searches");
    return d;
}

static void forget(struct lf_searches *d, size_t i)
{
    struct search *s = d->item[i];

    memmove(&d->item[i], &d->item[i + 1], (--d->n - i) * sizeof d->item[0]);
    lf_buf_clear(&s->table);
    lf_buf_clear(&s->damage);
    lf_buf_clear(&s->error);
    lf_arena_clear(&s->hit_arena);
    lf_arena_clear(&s->a);
    free(s->hits);
    free(s);
}

void lf_searches_destroy(struct lf_searches *d)
{
    if (!d)
        return;
    while (d->n)
        forget(d, d->n - 1);
    free(d);
}

static void end(struct search *s, enum lf_search_state state, lf_time now)
{
    s->v.state = state;
    s->ended = now;
}

static enum lf_code check_scope(const struct lf_task *t, struct lf_err *e)
{
    if (!(t->scope.roles & MAY))
        return lf_err_set(e, LF_FORBIDDEN, "your roles do not allow searching the archive");
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "the archive of this node is another organisation's");
    return LF_OK;
}

static bool sees(const struct lf_task *t, const struct search *s)
{
    return lf_view_eq(s->v.account, t->scope.account) || (t->scope.roles & (LF_ROLE_ADMIN | LF_ROLE_SYSTEM));
}

static struct search *by_id(struct lf_searches *d, const struct lf_task *t, lf_view id)
{
    for (size_t i = 0; i < d->n; i++)
        if (lf_view_eq(d->item[i]->v.id, id) && sees(t, d->item[i]))
            return d->item[i];
    return NULL;
}

size_t lf_searches_running(const struct lf_searches *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        n += d->item[i]->v.state == LF_SEARCH_RUNNING;
    return n;
}

/* Ended ones go by age, and the oldest to make room. */
static void sweep(struct lf_searches *d, lf_time now)
{
    for (size_t i = 0; i < d->n;) {
        const struct search *s = d->item[i];

        if (s->v.state != LF_SEARCH_RUNNING && !s->stop && now - s->ended > LF_SEARCHES_LIFE)
            forget(d, i);
        else
            i++;
    }
    for (size_t i = 0; d->n == LF_SEARCHES_KEPT && i < d->n; i++)
        if (d->item[i]->v.state != LF_SEARCH_RUNNING) {
            forget(d, i);
            return;
        }
}

static enum lf_code audit(struct lf_task *t, const char *action, const struct search *s, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "query", lf_view_first(s->v.query, LF_AUDIT_DETAIL / 8));
    if (s->v.from_text.len)
        lf_json_put_str(&n.w, "from", s->v.from_text);
    if (s->v.to_text.len)
        lf_json_put_str(&n.w, "to", s->v.to_text);
    return lf_audit_close(&n, t, lf_view_of(action), s->v.id, e);
}

static enum lf_code check_room(struct lf_searches *d, const struct lf_task *t, struct lf_err *e)
{
    size_t mine = 0;

    for (size_t i = 0; i < d->n; i++)
        mine += d->item[i]->v.state == LF_SEARCH_RUNNING &&
                lf_view_eq(d->item[i]->v.account, t->scope.account);
    if (mine >= LF_SEARCHES_ACCOUNT)
        return lf_err_set(e, LF_TOO_MANY,
                          "%d of your searches are running; wait for one to end, or cancel one",
                          LF_SEARCHES_ACCOUNT);
    if (lf_searches_running(d) >= LF_SEARCHES_RUNNING)
        return lf_err_set(e, LF_TOO_MANY, "%d searches are running on this node; try again soon",
                          LF_SEARCHES_RUNNING);
    return LF_OK;
}

static enum lf_code start(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from, lf_view to,
                          size_t limit, bool oldest_first, bool own, lf_view *id, struct lf_err *e)
{
    lf_time now = lf_now(t->env), first = INT64_MIN, last = INT64_MAX;
    struct lf_query_tree *q;
    struct search *s;
    enum lf_code rc;

    LF_TRY(check_scope(t, e));
    LF_TRY(lf_query_parse(t->a, query, &q, e));
    if (from.len)
        LF_TRY(lf_query_time(from, now, false, &first, e));
    if (to.len)
        LF_TRY(lf_query_time(to, now, true, &last, e));
    if (first >= last)
        return lf_err_set(e, LF_BAD_INPUT, "\"from\" is not before \"to\"");
    if (limit > LF_SEARCHES_HITS)
        return lf_err_set(e, LF_BAD_INPUT, "\"limit\" is a number from 1 to %d", LF_SEARCHES_HITS);
    LF_TRY(check_room(d, t, e));
    sweep(d, now);
    LF_ASSERT(d->n < LF_SEARCHES_KEPT);
    s = calloc(1, sizeof *s);
    if (!s)
        LF_BUG("out of memory for a search");
    s->limit = limit ? (uint32_t)limit : LF_SEARCHES_USUAL;
    s->fresh = true;
    s->number = ++d->number;
    lf_buf_init(&s->table, LF_SEARCHES_TABLE + 1024);
    lf_buf_init(&s->damage, TEXTS);
    lf_buf_init(&s->error, TEXTS);
    s->v = (struct lf_search_view){
        .id = lf_uuid_new(t->env, &s->a),
        .account = lf_arena_copy(&s->a, t->scope.account),
        .query = lf_arena_copy(&s->a, query),
        .from_text = lf_arena_copy(&s->a, from.len ? from : LF_V("")),
        .to_text = lf_arena_copy(&s->a, to.len ? to : LF_V("")),
        .from = first,
        .to = last,
        .created = now,
        .oldest_first = oldest_first,
    };
    d->item[d->n++] = s;
    s->own = own;
    rc = own ? LF_OK : audit(t, "search.start", s, e);
    if (rc != LF_OK) {
        forget(d, d->n - 1);
        return rc;
    }
    t->effects |= LF_FX_SEARCH;
    *id = lf_arena_copy(t->a, s->v.id);
    return LF_OK;
}

enum lf_code lf_searches_start(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                               lf_view to, size_t limit, bool oldest_first, lf_view *id, struct lf_err *e)
{
    return start(d, t, query, from, to, limit, oldest_first, false, id, e);
}

enum lf_code lf_searches_start_own(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                                   lf_view to, lf_view *id, struct lf_err *e)
{
    return start(d, t, query, from, to, 1, false, true, id, e);
}

void lf_searches_drop(struct lf_searches *d, struct lf_task *t, lf_view id)
{
    for (size_t i = 0; i < d->n; i++)
        if (lf_view_eq(d->item[i]->v.id, id) && d->item[i]->own) {
            struct search *s = d->item[i];

            if (s->v.state == LF_SEARCH_RUNNING) {
                end(s, LF_SEARCH_CANCELLED, lf_now(t->env));
                s->stop = s->told;
                t->effects |= LF_FX_SEARCH;
            } else if (!s->stop) {
                forget(d, i);
            }
            return;
        }
}

static void show(struct search *s, struct lf_search_view *out)
{
    s->v.hits = s->hits;
    s->v.table = lf_buf_view(&s->table);
    s->v.damage = lf_buf_view(&s->damage);
    s->v.error = lf_buf_view(&s->error);
    *out = s->v;
}

enum lf_code lf_searches_get(struct lf_searches *d, struct lf_task *t, lf_view id, struct lf_search_view *out,
                             struct lf_err *e)
{
    struct search *s;

    LF_TRY(check_scope(t, e));
    s = by_id(d, t, id);
    if (!s)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such search, or it was forgotten; start it again");
    show(s, out);
    return LF_OK;
}

enum lf_code lf_searches_list(struct lf_searches *d, struct lf_task *t, struct lf_search_view **out,
                              size_t *n, struct lf_err *e)
{
    LF_TRY(check_scope(t, e));
    *out = LF_NEW(t->a, struct lf_search_view, d->n + 1);
    *n = 0;
    for (size_t i = d->n; i-- > 0;)
        if (!d->item[i]->own && lf_view_eq(d->item[i]->v.account, t->scope.account))
            show(d->item[i], &(*out)[(*n)++]);
    return LF_OK;
}

enum lf_code lf_searches_find(struct lf_searches *d, struct lf_task *t, lf_view query, lf_view from,
                              lf_view to, struct lf_search_view *out, struct lf_err *e)
{
    LF_TRY(check_scope(t, e));
    for (size_t i = d->n; i-- > 0;) {
        struct search *s = d->item[i];

        if (!s->own && lf_view_eq(s->v.account, t->scope.account) && lf_view_eq(s->v.query, query) &&
            lf_view_eq(s->v.from_text, from) && lf_view_eq(s->v.to_text, to) &&
            s->v.state != LF_SEARCH_FAILED && lf_now(t->env) - s->v.created < again) {
            show(s, out);
            return LF_OK;
        }
    }
    return lf_err_set(e, LF_NOT_FOUND, "this was not asked lately");
}

enum lf_code lf_searches_cancel(struct lf_searches *d, struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct search *s;

    LF_TRY(check_scope(t, e));
    s = by_id(d, t, id);
    if (!s)
        return lf_err_set(e, LF_NOT_FOUND, "there is no such search, or it was forgotten");
    if (s->v.state != LF_SEARCH_RUNNING)
        return LF_OK;
    LF_TRY(audit(t, "search.cancel", s, e));
    end(s, LF_SEARCH_CANCELLED, lf_now(t->env));
    s->stop = s->told;
    t->effects |= LF_FX_SEARCH;
    return LF_OK;
}

/* ---- the next question ---- */

lf_view lf_search_narrow(struct lf_arena *a, const struct lf_search_view *v, const struct lf_json *columns,
                         const struct lf_json *row, lf_time *from, lf_time *to)
{
    size_t n = lf_json_items(columns);
    lf_view *names = LF_NEW(a, lf_view, n + 1), *cells = LF_NEW(a, lf_view, n + 1), text;
    struct lf_query_tree *q;

    *from = v->from;
    *to = v->to;
    if (lf_query_parse(a, v->query, &q, NULL) != LF_OK)
        return v->query;
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *cell = i < lf_json_members(row) ? lf_json_member(row, i) : NULL;

        names[i] = lf_json_text(lf_json_item(columns, i));
        if (lf_json_kind(cell) != LF_JSON_NULL)
            cells[i] = lf_json_text(cell);
    }
    lf_query_narrow(q, a, names, cells, n, &text, from, to);
    return text;
}

lf_view lf_search_with(struct lf_arena *a, lf_view query, lf_view field, lf_view value)
{
    struct lf_query_tree *q;

    return lf_query_parse(a, query, &q, NULL) == LF_OK ? lf_query_with(q, a, field, value) : query;
}

lf_view lf_search_piped(struct lf_arena *a, lf_view query, const char *pipe, lf_view field)
{
    struct lf_query_tree *q;

    return lf_query_parse(a, query, &q, NULL) == LF_OK ? lf_query_piped(q, a, pipe, field) : query;
}

/* ---- the core's side ---- */

bool lf_searches_next(struct lf_searches *d, struct lf_search_order *order, uint64_t *cancel)
{
    *cancel = 0;
    for (size_t i = 0; i < d->n; i++)
        d->item[i]->fresh = false; /* what started it is committed */
    if (!d->up)
        return false;
    for (size_t i = 0; i < d->n; i++) {
        struct search *s = d->item[i];

        if (s->stop) {
            s->stop = false;
            *cancel = s->number;
            return true;
        }
        if (s->told || s->v.state != LF_SEARCH_RUNNING)
            continue;
        s->told = true;
        *order = (struct lf_search_order){
            .number = s->number,
            .from = s->v.from,
            .to = s->v.to,
            .upper = s->upper,
            .skip = s->v.nhits,
            .limit = s->limit,
            .oldest_first = s->v.oldest_first,
            .query = s->v.query,
        };
        return true;
    }
    return false;
}

void lf_searches_undo(struct lf_searches *d)
{
    for (size_t i = d->n; i-- > 0;)
        if (d->item[i]->fresh)
            forget(d, i);
}

void lf_searches_worker(struct lf_searches *d, bool up)
{
    d->up = up;
    for (size_t i = 0; i < d->n; i++) {
        struct search *s = d->item[i];

        s->stop = false;
        if (up || s->v.state != LF_SEARCH_RUNNING || !s->told)
            continue;
        s->told = false;
        if (++s->tries > LF_SEARCHES_TRIES) {
            lf_buf_reset(&s->error);
            LF_PUT(&s->error, "the search worker ended each time it worked at this; see the node's log");
            end(s, LF_SEARCH_FAILED, s->v.created);
        }
    }
}

static void keep_text(struct lf_buf *b, lf_view v)
{
    v = lf_view_first(v, TEXTS - 1);
    while (v.len && !lf_view_is_utf8(v))
        v.len--;
    lf_buf_reset(b);
    lf_buf_put(b, v);
}

/* One hit: JSON of ours, or it is none.  Written anew, so that it is what it seems. */
static enum lf_code keep_hit(struct search *s, struct lf_arena *a, lf_view json, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = LF_SEARCHES_HIT + 1024, .depth = 512 };
    const struct lf_json *v;

    LF_TRY(lf_json_parse(a, json, &limits, &v, e));
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "search news: a hit is no object");
    if (s->v.nhits == s->hits_cap) {
        size_t cap = s->hits_cap ? s->hits_cap * 2 : 64;
        lf_view *more = realloc(s->hits, cap * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu hits", cap);
        s->hits = more;
        s->hits_cap = cap;
    }
    s->hits[s->v.nhits++] = lf_arena_copy(&s->hit_arena, json);
    s->hit_bytes += json.len;
    return LF_OK;
}

enum lf_code lf_searches_news(struct lf_searches *d, struct lf_arena *a, lf_view packed, lf_time now,
                              struct lf_err *e)
{
    struct lf_search_news n;
    struct lf_unpack hits;
    struct search *s = NULL;

    LF_TRY(lf_search_news_unpack(packed, &n, e));
    for (size_t i = 0; i < d->n; i++)
        if (d->item[i]->number == n.number)
            s = d->item[i];
    if (!s || s->v.state != LF_SEARCH_RUNNING || !s->told)
        return LF_OK; /* cancelled or forgotten meanwhile */
    hits = lf_unpack_begin(n.hits);
    while (hits.left.len) {
        lf_view one = lf_unpack_block(&hits, 4);

        if (hits.bad || s->v.nhits >= s->limit ||
            s->hit_bytes + one.len > LF_SEARCHES_BYTES + LF_SEARCHES_HIT)
            return lf_err_set(e, LF_BAD_INPUT, "search news: more hits than were asked for");
        LF_TRY(keep_hit(s, a, one, e));
    }
    if (n.table.len) {
        const struct lf_json *v;

        if (n.table.len > LF_SEARCHES_TABLE)
            return lf_err_set(e, LF_BAD_INPUT, "search news: a table of %zu bytes", n.table.len);
        LF_TRY(lf_json_parse(a, n.table, NULL, &v, e));
        lf_buf_reset(&s->table);
        lf_buf_put(&s->table, n.table);
    }
    s->v.progress = n.progress;
    s->v.full = n.full;
    if (!s->upper)
        s->upper = n.upper;
    if (n.damage.len)
        keep_text(&s->damage, n.damage);
    if (n.state == LF_SEARCH_FAILED)
        keep_text(&s->error, n.error);
    if (n.state != LF_SEARCH_RUNNING)
        end(s, n.state == LF_SEARCH_CANCELLED ? LF_SEARCH_FAILED : n.state, now);
    return LF_OK;
}
