/* The index's segments: how they are made, merged and asked.
 *
 *   block:   entry*                              row (segment, first term)
 *   entry:   term - the one before, n, n bytes   varints; the first term is the row's
 *   bytes:   document - the one before, each     varints, from the segment's first document on */
#include "isac/index.h"

#include "base/buf.h"
#include "store/query_intelligence.h"
#include "store/query_object_index.h"

enum {
    FAN = 16,
    FINAL = 65536, /* documents with which a segment is merged no more */
    BLOCK = 4096,
    SLICE = 512 << 10, /* bytes that a call merges */
    DROP = 256,        /* blocks that a call removes */
    TEXTS = 4 << 20,   /* bytes of objects that a call takes in … */
    PAIRS =
        1 << 20, /* … and terms in documents, but for one text's more: 16 bytes each, and as many to sort */
};

#define SIGN ((uint64_t)1 << 63)

enum state { ASKED, MADE, REPLACED };

struct segment {
    int64_t number, level, first, docs, state, part_of, reached;
};
struct segments {
    struct lf_arena *a;
    struct segment *v;
    size_t n, cap;
};

static enum lf_code take_segment(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct segments *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = (struct segment){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2), lf_row_int(r, 3),
                                     lf_row_int(r, 4), lf_row_int(r, 5), lf_row_int(r, 6) };
    return LF_OK;
}

/* The newest first. */
static enum lf_code segments_of(struct lf_task *t, struct segments *out, struct lf_err *e)
{
    *out = (struct segments){ .a = t->a };
    return lf_db_run(t->db, &t->scope, &lf_q_index_segment_list, LF_NO_ARGS, take_segment, out, NULL, e);
}

/* ---- varints ---- */

static void put_varint(struct lf_buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        lf_buf_byte(b, (char)(v | 0x80));
    lf_buf_byte(b, (char)v);
}

static bool get_varint(lf_view *in, uint64_t *out)
{
    uint64_t v = 0;

    for (size_t i = 0; i < in->len && i < 10; i++) {
        uint8_t c = (uint8_t)in->ptr[i];

        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            *in = lf_view_from(*in, i + 1);
            *out = v;
            return true;
        }
    }
    return false;
}

static enum lf_code broken(int64_t segment, struct lf_err *e)
{
    return lf_err_set(e, LF_IO, "segment %lld of the index of objects is damaged; restore the last backup",
                      (long long)segment);
}

/* ---- writing blocks ---- */

struct writer {
    struct lf_task *t;
    int64_t segment, first, last;
    struct lf_buf b;
    size_t bytes; /* written so far */
};

static enum lf_code flush(struct writer *w, struct lf_err *e)
{
    lf_view body = lf_buf_view(&w->b);

    if (!body.len)
        return LF_OK;
    LF_TRY(lf_buf_done(&w->b, e));
    LF_TRY(lf_db_exec(w->t->db, &w->t->scope, &lf_q_index_block_add,
                      LF_ARGS(LF_INT(w->segment), LF_INT(w->first), LF_BLOB(body)), e));
    w->bytes += body.len;
    lf_buf_reset(&w->b);
    return LF_OK;
}

static enum lf_code put_entry(struct writer *w, int64_t term, lf_view docs, struct lf_err *e)
{
    /* What many documents have lies alone: its neighbours are found without reading it. */
    if (w->b.len + docs.len > BLOCK)
        LF_TRY(flush(w, e));
    if (!w->b.len)
        w->first = w->last = term;
    put_varint(&w->b, (uint64_t)term - (uint64_t)w->last);
    put_varint(&w->b, docs.len);
    lf_buf_put(&w->b, docs);
    w->last = term;
    return LF_OK;
}

static void open_writer(struct lf_task *t, int64_t segment, struct writer *w)
{
    *w = (struct writer){ .t = t, .segment = segment };
    lf_buf_init(&w->b, 2 * BLOCK + 10 * (size_t)LF_INDEX_DOCS);
}

/* ---- taking in what is new ---- */

struct pair {
    int64_t term;
    uint32_t doc;
};

struct text {
    int64_t seq;
    lf_time received;
    lf_view json;
};
struct place {
    int64_t seq, coll, marking, maker;
    lf_time version;
};
struct class_key {
    int64_t coll, marking, maker, number;
};

struct taking {
    struct lf_task *t;
    struct lf_term_key key;
    int64_t seq, doc, segment; /* as kept */
    int64_t first;             /* document of this call */
    struct text *texts;
    size_t ntexts, texts_cap, bytes;
    bool stopped;
    struct place *places;
    size_t nplaces, places_cap;
    struct pair *pairs;
    size_t npairs, pairs_cap;
    struct lf_terms terms;
    struct class_key used[8];
};

static enum lf_code take_state(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct taking *k = ctx;

    (void)e;
    k->seq = lf_row_int(r, 0);
    k->doc = lf_row_int(r, 1);
    k->segment = lf_row_int(r, 2);
    return LF_OK;
}

static enum lf_code take_text(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct taking *k = ctx;
    lf_view json = lf_row_text(r, 1);

    (void)e;
    if (k->ntexts && k->bytes + json.len > TEXTS) { /* the rest is not even read */
        k->stopped = true;
        return LF_TOO_BIG;
    }
    k->bytes += json.len;
    k->texts = lf_arena_grow(k->t->a, k->texts, k->ntexts, &k->texts_cap, sizeof *k->texts);
    k->texts[k->ntexts++] = (struct text){ lf_row_int(r, 0), lf_row_int(r, 2), lf_arena_copy(k->t->a, json) };
    return LF_OK;
}

static enum lf_code take_place(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct taking *k = ctx;

    (void)e;
    k->places = lf_arena_grow(k->t->a, k->places, k->nplaces, &k->places_cap, sizeof *k->places);
    k->places[k->nplaces++] = (struct place){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2),
                                              lf_row_int(r, 3), lf_row_int(r, 4) };
    return LF_OK;
}

/* What nothing marks is everyone's who may read the collection, whoever made it. */
static enum lf_code class_of(struct taking *k, const struct place *p, int64_t *number, struct lf_err *e)
{
    struct class_key it = { p->coll, p->marking, p->marking ? p->maker : 0, 0 };
    struct lf_task *t = k->t;
    enum lf_code rc;

    for (size_t i = 0; i < sizeof k->used / sizeof *k->used; i++)
        if (k->used[i].number && k->used[i].coll == it.coll && k->used[i].marking == it.marking &&
            k->used[i].maker == it.maker) {
            *number = k->used[i].number;
            return LF_OK;
        }
    rc = lf_db_int(t->db, &t->scope, &lf_q_index_class_get,
                   LF_ARGS(LF_INT(it.coll), LF_INT(it.marking), LF_INT(it.maker)), &it.number, e);
    if (rc == LF_NOT_FOUND) {
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_class_add,
                          LF_ARGS(LF_INT(it.coll), LF_INT(it.marking), LF_INT(it.maker)), e));
        rc = lf_db_int(t->db, &t->scope, &lf_q_index_class_get,
                       LF_ARGS(LF_INT(it.coll), LF_INT(it.marking), LF_INT(it.maker)), &it.number, e);
    }
    LF_TRY(rc);
    memmove(k->used + 1, k->used, sizeof k->used - sizeof *k->used);
    k->used[0] = it;
    *number = it.number;
    return LF_OK;
}

static void add_pair(struct taking *k, int64_t term, int64_t doc)
{
    k->pairs = lf_arena_grow(k->t->a, k->pairs, k->npairs, &k->pairs_cap, sizeof *k->pairs);
    k->pairs[k->npairs++] = (struct pair){ term, (uint32_t)(doc - k->first) };
}

static enum lf_code add_doc(struct taking *k, const struct place *p, struct lf_err *e)
{
    int64_t number, doc = ++k->doc;

    LF_TRY(class_of(k, p, &number, e));
    add_pair(k, lf_index_class_term(&k->key, number), doc);
    for (size_t i = 0; i < k->terms.n; i++)
        add_pair(k, k->terms.v[i], doc);
    return lf_db_exec(k->t->db, &k->t->scope, &lf_q_index_doc_add,
                      LF_ARGS(LF_INT(doc), LF_INT(p->coll), LF_INT(p->seq)), e);
}

/* A text that cannot be read (it was refused as STIX, and kept as its link sent it) is found by nothing. */
static void read_terms(struct taking *k, struct lf_arena *scratch, const struct text *x, lf_time version)
{
    const struct lf_json *tree;

    lf_arena_reset(scratch);
    k->terms.n = 0;
    if (lf_json_parse(scratch, x->json, NULL, &tree, NULL) == LF_OK)
        lf_terms_of(&k->key, tree, version ? version : x->received, &k->terms);
}

/* The places of a text; those that are too many for this turn are noted for another. */
static enum lf_code add_places(struct taking *k, const struct text *x, size_t from, size_t to,
                               struct lf_err *e)
{
    struct lf_arena scratch = { 0 };
    enum lf_code rc = LF_OK;

    if (from < to)
        read_terms(k, &scratch, x, k->places[from].version);
    for (size_t i = from; i < to && rc == LF_OK; i++)
        rc = k->npairs < PAIRS ? add_doc(k, &k->places[i], e)
                               : lf_index_again(k->t, k->places[i].coll, k->places[i].seq, e);
    lf_arena_clear(&scratch);
    return rc;
}

/* *taken: how many of them are. */
static enum lf_code add_texts(struct taking *k, size_t *taken, struct lf_err *e)
{
    size_t at = 0, i = 0;

    for (; i < k->ntexts && k->npairs < PAIRS; i++) {
        size_t from;

        while (at < k->nplaces && k->places[at].seq < k->texts[i].seq)
            at++;
        for (from = at; at < k->nplaces && k->places[at].seq == k->texts[i].seq;)
            at++;
        LF_TRY(add_places(k, &k->texts[i], from, at, e));
    }
    *taken = i;
    return LF_OK;
}

struct again {
    struct lf_arena *a;
    struct {
        int64_t n, coll, seq;
    } * v;
    size_t n, cap, taken;
};

static enum lf_code take_again(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct again *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n].n = lf_row_int(r, 0);
    l->v[l->n].coll = lf_row_int(r, 1);
    l->v[l->n++].seq = lf_row_int(r, 2);
    return LF_OK;
}

/* Those from `from` on that are of one text: it is read once, and where it lies. */
static enum lf_code again_one(struct taking *k, const struct again *l, size_t from, size_t to,
                              struct lf_err *e)
{
    struct lf_task *t = k->t;
    size_t wanted = 0;

    k->ntexts = k->nplaces = k->bytes = 0;
    k->stopped = false;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_text, LF_ARGS(LF_INT(l->v[from].seq)), take_text, k, NULL,
                     e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_entries,
                     LF_ARGS(LF_INT(l->v[from].seq), LF_INT(l->v[from].seq)), take_place, k, NULL, e));
    for (size_t p = 0; p < k->nplaces; p++)
        for (size_t i = from; i < to; i++)
            if (l->v[i].coll == k->places[p].coll) {
                k->places[wanted++] = k->places[p];
                break;
            }
    return k->ntexts ? add_places(k, &k->texts[0], 0, wanted, e) : LF_OK;
}

static enum lf_code take_agains(struct taking *k, struct again *l, struct lf_err *e)
{
    struct lf_task *t = k->t;
    size_t i = 0;

    *l = (struct again){ .a = t->a };
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_again_list, LF_ARGS(LF_INT(LF_INDEX_TURN / 2)), take_again,
                     l, NULL, e));
    while (i < l->n && k->npairs < PAIRS) {
        size_t to = i + 1;

        while (to < l->n && l->v[to].seq == l->v[i].seq)
            to++;
        if (l->v[i].seq <= k->seq) /* else it is not in it yet: it comes with all its places */
            LF_TRY(again_one(k, l, i, to, e));
        i = to;
    }
    l->taken = i;
    if (i)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_again_drop, LF_ARGS(LF_INT(l->v[i - 1].n)), e));
    return LF_OK;
}

/* By term, and where it is the same by document, in which order they come.  Terms are hashes: after three
 * rounds by their upper bytes nearly all are in place. */
static void sort_pairs(struct taking *k)
{
    struct pair *from = k->pairs, *to = LF_NEW(k->t->a, struct pair, k->npairs + 1);

    for (int shift = 40; shift <= 56; shift += 8) {
        size_t at[257] = { 0 };
        struct pair *swap = from;

        for (size_t i = 0; i < k->npairs; i++)
            at[(((uint64_t)from[i].term ^ SIGN) >> shift & 255) + 1]++;
        for (size_t i = 1; i < 256; i++)
            at[i] += at[i - 1];
        for (size_t i = 0; i < k->npairs; i++)
            to[at[((uint64_t)from[i].term ^ SIGN) >> shift & 255]++] = from[i];
        from = to;
        to = swap;
    }
    for (size_t i = 1; i < k->npairs; i++) {
        struct pair one = from[i];
        size_t n = i;

        for (; n && from[n - 1].term > one.term; n--)
            from[n] = from[n - 1];
        from[n] = one;
    }
    k->pairs = from;
}

static enum lf_code write_segment(struct taking *k, struct lf_err *e)
{
    struct lf_task *t = k->t;
    enum lf_code rc = LF_OK;
    struct lf_buf docs;
    struct writer w;

    sort_pairs(k);
    open_writer(t, ++k->segment, &w);
    lf_buf_init(&docs, 10 * (size_t)LF_INDEX_DOCS);
    for (size_t i = 0; i < k->npairs && rc == LF_OK;) {
        int64_t term = k->pairs[i].term;
        uint32_t before = 0;

        lf_buf_reset(&docs);
        for (; i < k->npairs && k->pairs[i].term == term; i++) {
            if (docs.len && k->pairs[i].doc == before) /* the word stands there again */
                continue;
            put_varint(&docs, k->pairs[i].doc - before);
            before = k->pairs[i].doc;
        }
        rc = put_entry(&w, term, lf_buf_view(&docs), e);
    }
    if (rc == LF_OK)
        rc = flush(&w, e);
    lf_buf_clear(&w.b);
    lf_buf_clear(&docs);
    LF_TRY(rc);
    return lf_db_exec(t->db, &t->scope, &lf_q_index_segment_add,
                      LF_ARGS(LF_INT(k->segment), LF_INT(0), LF_INT(k->first), LF_INT(k->doc - k->first + 1),
                              LF_INT(ASKED), LF_INT(0)),
                      e);
}

static enum lf_code take_new(struct lf_task *t, bool *more, struct lf_err *e)
{
    struct taking k = { .t = t, .terms = { .v = LF_NEW(t->a, int64_t, LF_TERMS_MOST) } };
    struct again again;
    enum lf_code rc;
    size_t taken = 0;
    int64_t seq;

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_get, LF_NO_ARGS, take_state, &k, NULL, e));
    lf_term_key(t, &k.key);
    seq = k.seq;
    k.first = k.doc + 1;
    LF_TRY(take_agains(&k, &again, e));
    k.ntexts = k.nplaces = k.bytes = 0;
    k.stopped = false;
    rc = lf_db_run(t->db, &t->scope, &lf_q_index_texts, LF_ARGS(LF_INT(k.seq), LF_INT(LF_INDEX_TURN)),
                   take_text, &k, NULL, e);
    if (rc != LF_OK && !k.stopped)
        return rc;
    if (k.ntexts) {
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_entries,
                         LF_ARGS(LF_INT(k.texts[0].seq), LF_INT(k.texts[k.ntexts - 1].seq)), take_place, &k,
                         NULL, e));
        LF_TRY(add_texts(&k, &taken, e));
        k.seq = taken ? k.texts[taken - 1].seq : k.seq;
    }
    *more = k.stopped || k.ntexts == LF_INDEX_TURN || again.n == LF_INDEX_TURN / 2 || taken < k.ntexts ||
            again.taken < again.n || k.npairs >= PAIRS;
    if (k.npairs)
        LF_TRY(write_segment(&k, e));
    if (k.npairs || k.seq != seq)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_set,
                          LF_ARGS(LF_INT(k.seq), LF_INT(k.doc), LF_INT(k.segment)), e));
    return LF_OK;
}

enum lf_code lf_index_again(struct lf_task *t, int64_t collection, int64_t seq, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_index_again_add, LF_ARGS(LF_INT(collection), LF_INT(seq)), e);
}

/* ---- reading blocks ---- */

struct block {
    struct lf_arena *a;
    int64_t first;
    lf_view body; /* ptr NULL: there is none */
};

static enum lf_code take_block(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct block *b = ctx;
    lf_view body = lf_row_blob(r, 1);

    (void)e;
    b->first = lf_row_int(r, 0);
    b->body = lf_arena_copy(b->a, body);
    return LF_OK;
}

static enum lf_code block_at(struct lf_task *t, struct lf_arena *a, const struct lf_query *q, int64_t segment,
                             int64_t term, struct block *out, struct lf_err *e)
{
    *out = (struct block){ .a = a };
    return lf_db_run(t->db, &t->scope, q, LF_ARGS(LF_INT(segment), LF_INT(term)), take_block, out, NULL, e);
}

/* The entry at the front of the rest of a block. */
static bool take_entry(lf_view *rest, int64_t before, int64_t *term, lf_view *docs)
{
    uint64_t step, n;

    if (!get_varint(rest, &step) || !get_varint(rest, &n) || n > rest->len)
        return false;
    *term = (int64_t)((uint64_t)before + step);
    *docs = lf_view_first(*rest, n);
    *rest = lf_view_from(*rest, n);
    return true;
}

/* ---- merging ---- */

struct source {
    int64_t segment, base; /* base: its first document, from that of the whole */
    struct lf_arena a;
    struct block b;
    lf_view rest, docs;
    int64_t term;
    bool over;
};

static enum lf_code step(struct lf_task *t, struct source *s, struct lf_err *e)
{
    int64_t before = s->term;

    if (!s->rest.len) {
        int64_t first = s->b.first;

        lf_arena_reset(&s->a);
        LF_TRY(block_at(t, &s->a, &lf_q_index_block_next, s->segment, first, &s->b, e));
        s->over = !s->b.body.ptr;
        if (s->over)
            return LF_OK;
        s->rest = s->b.body;
        before = s->b.first;
    }
    return take_entry(&s->rest, before, &s->term, &s->docs) ? LF_OK : broken(s->segment, e);
}

/* The first entry behind `reached`. */
static enum lf_code begin(struct lf_task *t, struct source *s, int64_t reached, struct lf_err *e)
{
    LF_TRY(block_at(t, &s->a, &lf_q_index_block_of, s->segment, reached, &s->b, e));
    if (s->b.body.ptr) {
        s->rest = s->b.body;
        s->term = s->b.first;
    } else {
        s->b.first = INT64_MIN;
        LF_TRY(block_at(t, &s->a, &lf_q_index_block_next, s->segment, INT64_MIN, &s->b, e));
        s->over = !s->b.body.ptr;
        s->rest = s->b.body;
        s->term = s->b.first;
    }
    while (!s->over) {
        LF_TRY(step(t, s, e));
        if (s->over || s->term > reached)
            break;
    }
    return LF_OK;
}

static enum lf_code merge_docs(struct source *s, size_t n, int64_t term, struct lf_buf *out, struct lf_err *e)
{
    uint64_t last = 0;

    lf_buf_reset(out);
    for (size_t i = 0; i < n; i++) {
        lf_view docs = s[i].docs;
        uint64_t at = (uint64_t)s[i].base, delta;

        if (s[i].over || s[i].term != term)
            continue;
        while (docs.len) {
            if (!get_varint(&docs, &delta))
                return broken(s[i].segment, e);
            at += delta;
            put_varint(out, at - last);
            last = at;
        }
    }
    return lf_buf_done(out, e);
}

static enum lf_code merge_slice(struct lf_task *t, struct source *s, size_t n, struct writer *w, bool *over,
                                struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    struct lf_buf docs;

    *over = false;
    lf_buf_init(&docs, 10 * (size_t)LF_INDEX_DOCS);
    while (rc == LF_OK && w->bytes < SLICE) {
        int64_t term = INT64_MAX;
        bool any = false;

        for (size_t i = 0; i < n; i++)
            if (!s[i].over) {
                term = s[i].term < term ? s[i].term : term;
                any = true;
            }
        if (!any) {
            *over = true;
            break;
        }
        rc = merge_docs(s, n, term, &docs, e);
        if (rc == LF_OK)
            rc = put_entry(w, term, lf_buf_view(&docs), e);
        for (size_t i = 0; i < n && rc == LF_OK; i++)
            if (!s[i].over && s[i].term == term)
                rc = step(t, &s[i], e);
    }
    if (rc == LF_OK)
        rc = flush(w, e);
    lf_buf_clear(&docs);
    return rc;
}

static enum lf_code merge(struct lf_task *t, const struct segments *all, const struct segment *into,
                          struct lf_err *e)
{
    struct source s[FAN] = { 0 };
    struct writer w;
    enum lf_code rc = LF_OK;
    bool over = false;
    size_t n = 0;

    open_writer(t, into->number, &w);
    for (size_t i = all->n; i-- > 0 && n < FAN;) /* the oldest first */
        if (all->v[i].part_of == into->number) {
            s[n].segment = all->v[i].number;
            s[n++].base = all->v[i].first - into->first;
        }
    for (size_t i = 0; i < n && rc == LF_OK; i++)
        rc = begin(t, &s[i], into->reached, e);
    if (rc == LF_OK)
        rc = merge_slice(t, s, n, &w, &over, e);
    if (rc == LF_OK && !over)
        rc = lf_db_exec(t->db, &t->scope, &lf_q_index_segment_reached,
                        LF_ARGS(LF_INT(w.last), LF_INT(into->number)), e);
    for (size_t i = 0; i < n; i++)
        lf_arena_clear(&s[i].a);
    lf_buf_clear(&w.b);
    LF_TRY(rc);
    if (!over)
        return LF_OK;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_segment_replaced, LF_ARGS(LF_INT(into->number)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_index_segment_state,
                      LF_ARGS(LF_INT(ASKED), LF_INT(into->number)), e);
}

static enum lf_code take_first(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct block *b = ctx;

    (void)e;
    b->first = lf_row_int(r, 0);
    b->body = LF_V("x");
    return LF_OK;
}

static enum lf_code drop_slice(struct lf_task *t, int64_t segment, struct lf_err *e)
{
    struct block last = { 0 };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_block_firsts, LF_ARGS(LF_INT(segment), LF_INT(DROP)),
                     take_first, &last, NULL, e));
    if (last.body.ptr)
        return lf_db_exec(t->db, &t->scope, &lf_q_index_block_drop,
                          LF_ARGS(LF_INT(segment), LF_INT(last.first)), e);
    return lf_db_exec(t->db, &t->scope, &lf_q_index_segment_drop, LF_ARGS(LF_INT(segment)), e);
}

/* The oldest sixteen of the newest level that has as many. */
static enum lf_code plan(struct lf_task *t, const struct segments *all, bool *planned, struct lf_err *e)
{
    size_t run = 0, end = 0;
    int64_t number, docs = 0;

    *planned = false;
    for (; end < all->n; end++) {
        bool small = all->v[end].docs < FINAL;

        if (small && run && all->v[end].level == all->v[end - 1].level) {
            run++;
            continue;
        }
        if (run >= FAN)
            break;
        run = small;
    }
    if (run < FAN)
        return LF_OK;
    LF_TRY(lf_db_take(t->db, &t->scope, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("merged"))), 1, &number, e));
    number = -number; /* those that were not merged have numbers above 0 */
    for (size_t i = end - FAN; i < end; i++) {
        docs += all->v[i].docs;
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_index_segment_part,
                          LF_ARGS(LF_INT(number), LF_INT(all->v[i].number)), e));
    }
    *planned = true;
    return lf_db_exec(t->db, &t->scope, &lf_q_index_segment_add,
                      LF_ARGS(LF_INT(number), LF_INT(all->v[end - 1].level + 1),
                              LF_INT(all->v[end - 1].first), LF_INT(docs), LF_INT(MADE), LF_INT(INT64_MIN)),
                      e);
}

static enum lf_code tidy(struct lf_task *t, bool *did, struct lf_err *e)
{
    struct segments all;

    *did = true;
    LF_TRY(segments_of(t, &all, e));
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].state == MADE)
            return merge(t, &all, &all.v[i], e);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].state == REPLACED)
            return drop_slice(t, all.v[i].number, e);
    return plan(t, &all, did, e);
}

enum lf_code lf_index_turn(struct lf_task *t, bool *more, struct lf_err *e)
{
    bool tidied = false, new_ones;

    LF_TRY(take_new(t, &new_ones, e));
    LF_TRY(tidy(t, &tidied, e));
    *more = new_ones || tidied;
    return LF_OK;
}

enum lf_code lf_index_behind(struct lf_task *t, bool *behind, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_index_behind, LF_NO_ARGS, &n, e));
    *behind = n > 0;
    return LF_OK;
}

/* ---- asking ---- */

int64_t lf_index_class_term(const struct lf_term_key *k, int64_t number)
{
    return lf_term(k, 'c', (lf_view){ (const char *)&number, sizeof number });
}

struct classes {
    struct lf_arena *a;
    struct lf_index_class *v;
    size_t n, cap;
};

static enum lf_code take_class(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct classes *l = ctx;

    (void)e;
    l->v = lf_arena_grow(l->a, l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = (struct lf_index_class){ lf_row_int(r, 0), lf_row_int(r, 1), lf_row_int(r, 2) };
    return LF_OK;
}

enum lf_code lf_index_classes(struct lf_task *t, int64_t collection, struct lf_index_class **out, size_t *n,
                              struct lf_err *e)
{
    struct classes l = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_index_class_list, LF_ARGS(LF_INT(collection)), take_class, &l,
                     NULL, e));
    *out = l.v;
    *n = l.n;
    return LF_OK;
}

struct lf_index_walk {
    struct lf_task *t;
    const struct lf_index_group *g;
    size_t ng;
    struct segments segments;
    size_t at, left; /* the segment that is next; how many more are looked into */
    int64_t below;
    /* The one that is looked into: a bit a document. */
    int64_t first;
    uint64_t *bits, *one;
    size_t cap, word;
};

enum lf_code lf_index_open(struct lf_task *t, const struct lf_index_group *g, size_t n, int64_t below,
                           size_t segments, struct lf_index_walk **out, struct lf_err *e)
{
    struct lf_index_walk *w = LF_NEW(t->a, struct lf_index_walk, 1);

    LF_ASSERT(n && n <= LF_INDEX_GROUPS);
    *w = (struct lf_index_walk){
        .t = t, .g = g, .ng = n, .left = segments, .below = below > 0 ? below : INT64_MAX
    };
    LF_TRY(segments_of(t, &w->segments, e));
    *out = w;
    return LF_OK;
}

/* Sets the bits of the documents that have the term. */
static enum lf_code set_bits(struct lf_index_walk *w, const struct segment *s, int64_t term,
                             struct lf_arena *scratch, struct lf_err *e)
{
    int64_t at, last;
    struct block b;
    lf_view docs;

    lf_arena_reset(scratch);
    LF_TRY(block_at(w->t, scratch, &lf_q_index_block_of, s->number, term, &b, e));
    last = b.first;
    while (b.body.len) {
        uint64_t doc = 0, delta;

        if (!take_entry(&b.body, last, &at, &docs))
            return broken(s->number, e);
        if (at > term)
            return LF_OK;
        last = at;
        while (at == term && docs.len) {
            if (!get_varint(&docs, &delta) || (doc += delta) >= (uint64_t)s->docs)
                return broken(s->number, e);
            w->one[doc / 64] |= (uint64_t)1 << (doc % 64);
        }
    }
    return LF_OK;
}

static enum lf_code look_into(struct lf_index_walk *w, const struct segment *s, struct lf_err *e)
{
    size_t words = ((size_t)s->docs + 63) / 64;
    struct lf_arena scratch = { 0 };
    enum lf_code rc = LF_OK;
    bool any = true;

    if (words > w->cap) {
        w->bits = LF_NEW(w->t->a, uint64_t, words);
        w->one = LF_NEW(w->t->a, uint64_t, words);
        w->cap = words;
    }
    for (size_t g = 0; g < w->ng && rc == LF_OK && any; g++) {
        memset(w->one, 0, words * sizeof *w->one);
        for (size_t i = 0; i < w->g[g].n && rc == LF_OK; i++)
            rc = set_bits(w, s, w->g[g].term[i], &scratch, e);
        any = false;
        for (size_t i = 0; i < words; i++) {
            w->bits[i] = g ? w->bits[i] & w->one[i] : w->one[i];
            any |= w->bits[i] != 0;
        }
    }
    lf_arena_clear(&scratch);
    LF_TRY(rc);
    w->first = s->first;
    w->word = any ? words : 0;
    if (s->first + s->docs > w->below) { /* those from `below` on were looked at before */
        uint64_t keep = w->below > s->first ? (uint64_t)(w->below - s->first) : 0;

        for (size_t i = 0; i < words; i++)
            if (64 * i >= keep)
                w->bits[i] = 0;
            else if (64 * i + 64 > keep)
                w->bits[i] &= ((uint64_t)1 << (keep % 64)) - 1;
    }
    return LF_OK;
}

static enum lf_code take_doc(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct lf_index_doc *d = ctx;

    (void)e;
    d->collection = lf_row_int(r, 0);
    d->seq = lf_row_int(r, 1);
    return LF_OK;
}

enum lf_code lf_index_next(struct lf_index_walk *w, struct lf_index_doc *out, int64_t *at, struct lf_err *e)
{
    for (;;) {
        while (w->word && !w->bits[w->word - 1])
            w->word--;
        if (w->word) {
            unsigned bit = 63 - (unsigned)__builtin_clzll(w->bits[w->word - 1]);

            w->bits[w->word - 1] &= ~((uint64_t)1 << bit);
            *out = (struct lf_index_doc){ .doc = w->first + (int64_t)(64 * (w->word - 1) + bit) };
            *at = out->doc;
            return lf_db_run(w->t->db, &w->t->scope, &lf_q_index_doc_get, LF_ARGS(LF_INT(out->doc)), take_doc,
                             out, NULL, e);
        }
        while (w->at < w->segments.n &&
               (w->segments.v[w->at].state != ASKED || w->segments.v[w->at].first >= w->below))
            w->at++;
        *out = (struct lf_index_doc){ 0 };
        *at = w->at < w->segments.n ? w->first : 0;
        if (w->at == w->segments.n || !w->left)
            return LF_OK;
        w->left--;
        LF_TRY(look_into(w, &w->segments.v[w->at++], e));
    }
}
