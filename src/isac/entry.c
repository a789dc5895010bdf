#include "isac/entry.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/map.h"
#include "isac/ids.h"
#include "store/query_intelligence.h"

static lf_view bytes(const uint8_t *p, size_t n)
{
    return (lf_view){ (const char *)p, n };
}

/* Keyed, so that nobody can hand in ids that all lie in one place of the index. */
static void key_of(const struct lf_task *t, uint64_t key[2])
{
    uint8_t md[LF_SHA256];

    lf_hmac_sha256(bytes(t->self->redact_key, sizeof t->self->redact_key), LF_V("stix id"), md);
    memcpy(key, md, 16);
    lf_wipe(md, sizeof md);
}

static int64_t hash(const uint64_t key[2], lf_view id)
{
    return (int64_t)lf_siphash(key, id);
}

int64_t lf_entry_key(const struct lf_task *t, lf_view id)
{
    uint64_t key[2];

    key_of(t, key);
    return hash(key, id);
}

static int rank_of(unsigned first, unsigned last)
{
    return (first ? 0 : 1) | (last ? 0 : 2);
}

static int64_t flags_of(unsigned first, unsigned last, unsigned decimals)
{
    return (int64_t)first + 3 * (int64_t)last + 9 * (int64_t)decimals;
}

/* ---- writing ---- */

enum lf_code lf_entry_collection(struct lf_task *t, lf_view id, int64_t *number, struct lf_err *e)
{
    return lf_db_int(t->db, &t->scope, &lf_q_collection_number, LF_ARGS(LF_TEXT(id)), number, e);
}

enum lf_code lf_entry_batch_begin(struct lf_task *t, lf_view collection, lf_view origin, size_t n,
                                  struct lf_entry_batch *out, struct lf_err *e)
{
    struct lf_entry_batch b = { .now = lf_now(t->env), .n = n, .left_seq = n, .origin = origin };

    LF_TRY(lf_entry_collection(t, collection, &b.collection, e));
    LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_collection_stamp, LF_ARGS(LF_INT(b.now), LF_TEXT(collection)),
                      (int64_t)n, &b.added, e));
    LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("stix"))), (int64_t)n,
                      &b.seq, e));
    key_of(t, b.key);
    *out = b;
    return LF_OK;
}

static enum lf_code take_one(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    (void)r;
    (void)e;
    *(bool *)ctx = true;
    return LF_OK;
}

enum lf_code lf_entry_known(struct lf_task *t, const struct lf_entry_batch *b, lf_view id, bool *known,
                            struct lf_err *e)
{
    int64_t key = hash(b->key, id);

    *known = false;
    if (!lf_ids_maybe(t->ids, key))
        return LF_OK;
    return lf_db_run(t->db, &t->scope, &lf_q_object_known, LF_ARGS(LF_INT(key)), take_one, known, NULL, e);
}

/* A name's number, made when it has none.  Few names are used at a time, and those are remembered. */
static enum lf_code number_of(struct lf_task *t, struct lf_entry_name *used, const struct lf_query *get,
                              const struct lf_query *add, lf_view origin, lf_view name, int64_t *out,
                              struct lf_err *e)
{
    bool type = get == &lf_q_stix_type_get;
    struct lf_entry_name it;
    enum lf_code rc;

    for (size_t i = 0; i < LF_ENTRY_NAMES && used[i].name.ptr; i++)
        if (lf_view_eq(used[i].name, name)) {
            *out = used[i].number;
            return LF_OK;
        }
    rc = type ? lf_db_int(t->db, &t->scope, get, LF_ARGS(LF_TEXT(name)), &it.number, e)
              : lf_db_int(t->db, &t->scope, get, LF_ARGS(LF_TEXT(origin), LF_TEXT(name)), &it.number, e);
    if (rc == LF_NOT_FOUND) {
        LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_isac_reserve,
                          LF_ARGS(LF_TEXT(type ? LF_V("type") : LF_V("source"))), 1, &it.number, e));
        rc = type ? lf_db_exec(t->db, &t->scope, add, LF_ARGS(LF_INT(it.number), LF_TEXT(name)), e)
                  : lf_db_exec(t->db, &t->scope, add,
                               LF_ARGS(LF_INT(it.number), LF_TEXT(origin), LF_TEXT(name)), e);
    }
    LF_TRY(rc);
    it.name = lf_arena_copy(t->a, name);
    memmove(used + 1, used, (LF_ENTRY_NAMES - 1) * sizeof *used);
    used[0] = it;
    *out = it.number;
    return LF_OK;
}

enum lf_code lf_entry_number(struct lf_task *t, struct lf_entry_batch *b, lf_view author, int64_t *out,
                             struct lf_err *e)
{
    return number_of(t, b->authors, &lf_q_stix_source_get, &lf_q_stix_source_add, b->origin, author, out, e);
}

struct same {
    lf_view id, origin;
    int64_t seq;
    bool found;
};

static enum lf_code take_same(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct same *s = ctx;

    (void)e;
    if (lf_view_eq(lf_row_text(r, 1), s->id) && lf_view_eq(lf_row_text(r, 2), s->origin)) {
        s->seq = lf_row_int(r, 0);
        s->found = true;
    }
    return LF_OK;
}

enum lf_code lf_entry_store(struct lf_task *t, struct lf_entry_batch *b, const struct lf_stix *s,
                            lf_view author, lf_view json, bool known, bool *fresh, int64_t *seq,
                            struct lf_err *e)
{
    struct same same = { .id = s->id, .origin = b->origin };
    int64_t key = hash(b->key, s->id), source;

    if (known)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_object_version, LF_ARGS(LF_INT(key), LF_INT(s->version_at)),
                         take_same, &same, NULL, e));
    *fresh = !same.found;
    if (same.found) {
        *seq = same.seq;
        return LF_OK;
    }
    LF_ASSERT(b->left_seq);
    LF_TRY(lf_entry_number(t, b, author, &source, e));
    lf_ids_add(t->ids, key);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_object_add,
                      LF_ARGS(LF_INT(b->seq), LF_INT(key), LF_INT(s->version_at), LF_INT(source),
                              LF_INT(b->now), LF_TEXT(s->id), LF_TEXT(json)),
                      e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_id_add, LF_ARGS(LF_INT(key), LF_INT(b->seq)), e));
    *seq = b->seq++;
    b->left_seq--;
    return LF_OK;
}

enum lf_code lf_entry_put(struct lf_task *t, struct lf_entry_batch *b, const struct lf_stix *s,
                          struct lf_entry *in, struct lf_err *e)
{
    LF_ASSERT(b->place < b->n);
    LF_TRY(number_of(t, b->types, &lf_q_stix_type_get, &lf_q_stix_type_add, LF_V(""), s->type, &in->kind, e));
    in->kind = lf_entry_kind(in->kind, lf_view_is(s->spec_version, "2.0"));
    in->added = b->added + (lf_time)b->place++;
    return lf_db_exec(t->db, &t->scope, &lf_q_entry_add,
                      LF_ARGS(LF_INT(b->collection), LF_INT(rank_of(in->first, in->last)), LF_INT(in->added),
                              LF_INT(in->seq), LF_INT(in->version), LF_INT(in->kind),
                              LF_INT(flags_of(in->first, in->last, in->decimals)), LF_INT(in->maker),
                              LF_INT(in->marking), LF_TEXT(in->source)),
                      e);
}

enum lf_code lf_entry_flags(struct lf_task *t, int64_t collection, const struct lf_entry *v, unsigned first,
                            unsigned last, struct lf_err *e)
{
    if (first == v->first && last == v->last)
        return LF_OK;
    return lf_db_exec(t->db, &t->scope, &lf_q_entry_flags,
                      LF_ARGS(LF_INT(rank_of(first, last)), LF_INT(flags_of(first, last, v->decimals)),
                              LF_INT(collection), LF_INT(rank_of(v->first, v->last)), LF_INT(v->added)),
                      e);
}

enum lf_code lf_entry_drop(struct lf_task *t, int64_t collection, const struct lf_entry *v, struct lf_err *e)
{
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_entry_drop,
                      LF_ARGS(LF_INT(collection), LF_INT(rank_of(v->first, v->last)), LF_INT(v->added)), e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_id_drop, LF_ARGS(LF_INT(v->seq)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_object_drop, LF_ARGS(LF_INT(v->seq)), e);
}

/* ---- ids of old ---- */

struct id_state {
    int64_t upto, reached, last;
};

static enum lf_code take_id_state(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct id_state *s = ctx;

    (void)e;
    s->upto = lf_row_int(r, 0);
    s->reached = lf_row_int(r, 1);
    s->last = lf_row_int(r, 2);
    return LF_OK;
}

enum lf_code lf_entry_settle(struct lf_task *t, bool *more, struct lf_err *e)
{
    struct id_state s = { .reached = INT64_MAX };
    int64_t to;
    enum lf_code rc;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_id_state, LF_NO_ARGS, take_id_state, &s, NULL, e));
    *more = s.reached != INT64_MAX || s.last - s.upto >= LF_ENTRY_YOUNG;
    if (!*more)
        return LF_OK;
    if (s.reached == INT64_MAX) {
        s.upto = s.last;
        s.reached = INT64_MIN;
    }
    rc = lf_db_int(t->db, &t->scope, &lf_q_id_young, LF_ARGS(LF_INT(s.reached), LF_INT(LF_ENTRY_SETTLE - 1)),
                   &to, e);
    if (rc == LF_NOT_FOUND)
        to = INT64_MAX;
    else
        LF_TRY(rc);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_id_settle, LF_ARGS(LF_INT(s.reached), LF_INT(to)), e));
    *more = to != INT64_MAX;
    return lf_db_exec(t->db, &t->scope, &lf_q_id_state_set,
                      LF_ARGS(LF_INT(s.upto), LF_INT(*more ? to + 1 : INT64_MAX)), e);
}

/* ---- reading ---- */

struct gather {
    struct lf_task *t;
    struct lf_entry_list *out;
    lf_view id; /* ptr NULL: whatever its id */
};

static enum lf_code take_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_entry_list *l = g->out;
    int64_t flags = lf_row_int(r, 5);
    lf_view source = lf_row_text(r, 8);

    (void)e;
    if (g->id.ptr && !lf_view_eq(lf_row_text(r, 9), g->id))
        return LF_OK;
    l->v = lf_arena_grow(g->t->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = (struct lf_entry){
        .added = lf_row_int(r, 0),
        .seq = lf_row_int(r, 2),
        .version = lf_row_int(r, 3),
        .kind = lf_row_int(r, 4),
        .first = (unsigned)(flags % 3),
        .last = (unsigned)(flags / 3 % 3),
        .decimals = (unsigned)(flags / 9),
        .maker = lf_row_int(r, 6),
        .marking = lf_row_int(r, 7),
        .source = source.len ? lf_arena_copy(g->t->a, source) : LF_V(""),
        .id = g->id,
    };
    return LF_OK;
}

enum lf_code lf_entry_of_id(struct lf_task *t, int64_t collection, lf_view id, lf_time after,
                            struct lf_entry_list *out, struct lf_err *e)
{
    struct gather g = { t, out, { id.ptr ? id.ptr : "", id.len } };
    uint64_t key[2];

    key_of(t, key);
    return lf_db_run(t->db, &t->scope, &lf_q_entry_of_id,
                     LF_ARGS(LF_INT(hash(key, id)), LF_INT(collection), LF_INT(after)), take_entry, &g, NULL,
                     e);
}

enum lf_code lf_entry_copies(struct lf_task *t, int64_t collection, lf_view id, lf_time version,
                             struct lf_entry_list *out, struct lf_err *e)
{
    struct gather g = { .t = t, .out = out };

    return lf_db_run(t->db, &t->scope, &lf_q_entry_copies,
                     LF_ARGS(LF_INT(collection), LF_TEXT(id), LF_INT(version)), take_entry, &g, NULL, e);
}

enum lf_code lf_entry_scan(struct lf_task *t, int64_t collection, enum lf_entry_range by, int64_t what,
                           int rank, lf_time after, size_t most, struct lf_entry_list *out, struct lf_err *e)
{
    struct gather g = { .t = t, .out = out };

    switch (by) {
    case LF_ENTRY_KIND:
        return lf_db_run(t->db, &t->scope, &lf_q_entry_scan_kind,
                         LF_ARGS(LF_INT(collection), LF_INT(what), LF_INT(rank), LF_INT(after), LF_INT(most)),
                         take_entry, &g, NULL, e);
    case LF_ENTRY_VERSION:
        return lf_db_run(t->db, &t->scope, &lf_q_entry_scan_version,
                         LF_ARGS(LF_INT(collection), LF_INT(what), LF_INT(after), LF_INT(most)), take_entry,
                         &g, NULL, e);
    case LF_ENTRY_RANK:
        break;
    }
    return lf_db_run(t->db, &t->scope, &lf_q_entry_scan,
                     LF_ARGS(LF_INT(collection), LF_INT(rank), LF_INT(after), LF_INT(most)), take_entry, &g,
                     NULL, e);
}

struct fetch {
    struct lf_arena *a;
    struct lf_entry *v;
    size_t at, n, bytes, most;
    bool texts, over;
};

/* Rows come with ascending numbers, as the entries do. */
static enum lf_code take_text(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct fetch *f = ctx;
    int64_t seq = lf_row_int(r, 0);

    (void)e;
    if (f->over)
        return LF_OK;
    while (f->at < f->n && f->v[f->at].seq < seq)
        f->at++;
    if (f->at == f->n || f->v[f->at].seq != seq)
        return LF_OK;
    if (f->texts) {
        lf_view json = lf_row_text(r, 2);

        f->bytes += json.len;
        if (f->at && f->bytes > f->most) {
            f->over = true;
            return LF_OK;
        }
        f->v[f->at].json = lf_arena_copy(f->a, json);
    }
    f->v[f->at].id = lf_arena_copy(f->a, lf_row_text(r, 1));
    f->at++;
    return LF_OK;
}

static enum lf_code fetch_as_they_stand(struct lf_task *t, struct lf_entry *v, size_t *n, bool texts,
                                        size_t most, struct lf_err *e)
{
    struct fetch f = { .a = t->a, .v = v, .n = *n, .most = most, .texts = texts };
    enum { SPARSE = 4 };

    while (f.at < f.n && !f.over) {
        size_t from = f.at, to = from + 1;

        /* A run whose numbers ascend and lie close together is one range. */
        while (to < f.n && v[to].seq > v[to - 1].seq &&
               v[to].seq - v[from].seq < (int64_t)(SPARSE * (to - from + 1)))
            to++;
        f.n = to;
        if (to - from > 1)
            LF_TRY(lf_db_run(t->db, &t->scope, texts ? &lf_q_object_texts : &lf_q_object_ids,
                             LF_ARGS(LF_INT(v[from].seq), LF_INT(v[to - 1].seq)), take_text, &f, NULL, e));
        else
            LF_TRY(lf_db_run(t->db, &t->scope, texts ? &lf_q_object_text : &lf_q_object_id,
                             LF_ARGS(LF_INT(v[from].seq)), take_text, &f, NULL, e));
        if (!f.over && f.at < to)
            return lf_err_set(e, LF_IO, "object %lld is not there; restore the last backup",
                              (long long)v[f.at].seq);
        f.n = *n;
    }
    *n = f.at;
    return LF_OK;
}

static int by_number(const void *a, const void *b)
{
    const struct lf_entry *x = *(struct lf_entry *const *)a, *y = *(struct lf_entry *const *)b;

    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* What came together lies by type (docs/adr/0059), so that a page of several types is as many runs.  Where
 * the texts are too many bytes, which of them are the page's first is known only as they stand. */
enum lf_code lf_entry_fetch(struct lf_task *t, struct lf_entry *v, size_t *n, bool texts, size_t most,
                            struct lf_err *e)
{
    struct lf_entry **at, *sorted;
    size_t have = *n;
    bool ascend = true;

    for (size_t i = 1; i < *n; i++)
        ascend &= v[i].seq > v[i - 1].seq;
    if (ascend)
        return fetch_as_they_stand(t, v, n, texts, most, e);
    at = LF_NEW(t->a, struct lf_entry *, *n);
    sorted = LF_NEW(t->a, struct lf_entry, *n);
    for (size_t i = 0; i < *n; i++)
        at[i] = &v[i];
    qsort(at, *n, sizeof *at, by_number);
    for (size_t i = 0; i < *n; i++)
        sorted[i] = *at[i];
    LF_TRY(fetch_as_they_stand(t, sorted, &have, texts, most, e));
    if (have < *n)
        return fetch_as_they_stand(t, v, n, texts, most, e);
    for (size_t i = 0; i < *n; i++) {
        at[i]->id = sorted[i].id;
        at[i]->json = sorted[i].json;
    }
    return LF_OK;
}

/* ---- names ---- */

enum lf_code lf_entry_type_number(struct lf_task *t, lf_view type, int64_t *number, struct lf_err *e)
{
    return lf_db_int(t->db, &t->scope, &lf_q_stix_type_get, LF_ARGS(LF_TEXT(type)), number, e);
}

struct numbers {
    struct lf_arena *a;
    int64_t *v;
    size_t n, cap;
};

static enum lf_code take_number(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct numbers *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = lf_row_int(r, 0);
    return LF_OK;
}

enum lf_code lf_entry_types(struct lf_task *t, size_t most, int64_t **out, size_t *n, struct lf_err *e)
{
    struct numbers l = { .a = t->a };

    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_stix_type_list, LF_ARGS(LF_INT(most)), take_number, &l, NULL, e));
    *out = l.v;
    *n = l.n;
    return LF_OK;
}

enum lf_code lf_entry_type(struct lf_task *t, int64_t kind, lf_view *type, struct lf_err *e)
{
    return lf_db_text(t->db, &t->scope, &lf_q_stix_type_name, LF_ARGS(LF_INT(kind / 2)), t->a, type, e);
}

struct maker {
    struct lf_arena *a;
    lf_view origin, author;
};

static enum lf_code take_maker(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct maker *m = ctx;

    (void)e;
    m->origin = lf_arena_copy(m->a, lf_row_text(r, 0));
    m->author = lf_arena_copy(m->a, lf_row_text(r, 1));
    return LF_OK;
}

enum lf_code lf_entry_maker(struct lf_task *t, int64_t maker, lf_view *origin, lf_view *author,
                            struct lf_err *e)
{
    struct maker m = { .a = t->a };

    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_stix_source_name, LF_ARGS(LF_INT(maker)), take_maker, &m, NULL, e));
    if (!m.origin.ptr)
        return lf_err_set(e, LF_NOT_FOUND, "no source of number %lld", (long long)maker);
    *origin = m.origin;
    *author = m.author;
    return LF_OK;
}
