/* The pipes of a query: events that matched -> hits, or groups and their figures. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/query_priv.h"

enum { EVENT_MOST = 4 << 20, NUMBER_TEXT = 64, EXTREME = 256, BUCKETS = 10000, DISTINCT_FIRST = 1024 };

struct acc {
    uint64_t n;     /* values counted in */
    __int128 whole; /* sum while all are whole numbers that fit */
    double sum;
    bool fraction;
    char *extreme; /* min, max: text of EXTREME bytes */
    size_t len;
    bool number;
};

struct group {
    lf_view *keys;
    lf_time bucket;
    size_t index;
    struct acc *accs;
};

struct kept { /* an event that a sort holds */
    char *bytes;
    size_t size;
    struct lf_query_hit hit;
    lf_view *keys; /* ptr NULL: not there */
};

struct lf_query_run {
    struct lf_query_tree *q;
    const struct lf_q_stage *agg, *sort, *fields;
    size_t limit; /* of events, before the sort or the table; SIZE_MAX = none */
    size_t after; /* of events, behind the sort */
    uint64_t matched, given;
    /* Groups. */
    struct lf_arena a;
    struct lf_map map;
    struct group **groups;
    size_t ngroups, groups_cap;
    uint64_t without, others;
    bool at_least, cut;
    uint64_t *distinct; /* open addressing; 0 = free */
    size_t ndistinct, distinct_size;
    uint64_t key[2];
    /* Events that wait for the sort. */
    struct kept *kept;
    size_t nkept, kept_cap, kept_bytes, next;
    uint64_t dropped;
    bool sorted;
};

struct lf_query_run *lf_query_run_create(struct lf_query_tree *q, size_t limit, uint64_t seed)
{
    struct lf_query_run *r = calloc(1, sizeof *r);

    if (!r)
        LF_BUG("out of memory for a query");
    r->q = q;
    r->limit = r->after = SIZE_MAX;
    for (size_t i = 0; i < q->nstages; i++) {
        const struct lf_q_stage *s = &q->stages[i];

        if (q->agg >= 0 && (int)i >= q->agg)
            break;
        if (s->kind == LF_QP_SORT)
            r->sort = s;
        else if (s->kind == LF_QP_FIELDS)
            r->fields = s;
        else if (s->kind == LF_QP_HEAD && r->sort && s->n < r->after)
            r->after = (size_t)s->n;
        else if (s->kind == LF_QP_HEAD && !r->sort && s->n < r->limit)
            r->limit = (size_t)s->n;
    }
    if (q->agg >= 0)
        r->agg = &q->stages[q->agg];
    else if (limit && r->sort && limit < r->after)
        r->after = limit;
    else if (limit && !r->sort && limit < r->limit)
        r->limit = limit;
    lf_map_init(&r->map, seed);
    r->key[0] = seed;
    r->key[1] = ~seed;
    return r;
}

void lf_query_run_destroy(struct lf_query_run *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->nkept; i++)
        free(r->kept[i].bytes);
    free(r->kept);
    free(r->distinct);
    lf_map_clear(&r->map);
    lf_arena_clear(&r->a);
    free(r);
}

bool lf_query_full(const struct lf_query_run *r)
{
    return r->given >= r->limit;
}

uint64_t lf_query_matched(const struct lf_query_run *r)
{
    return r->matched;
}

/* ---- values ---- */

/* Numbers before texts; texts by their bytes. */
static int value_cmp(lf_view x, lf_view y)
{
    struct lf_decimal dx, dy;
    bool nx = lf_decimal_parse(x, true, &dx), ny = lf_decimal_parse(y, true, &dy);

    if (nx && ny)
        return lf_decimal_cmp(&dx, &dy);
    if (nx != ny)
        return nx ? -1 : 1;
    return lf_view_cmp(x, y);
}

static bool number_of(lf_view v, double *out)
{
    struct lf_decimal d;
    char text[NUMBER_TEXT];

    if (v.len >= sizeof text || !lf_decimal_parse(v, true, &d))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    *out = strtod(text, NULL);
    return true;
}

/* ---- figures ---- */

/* As JSON writes numbers: "007" is a text. */
static bool json_number(lf_view v)
{
    struct lf_arena a = { 0 };
    const struct lf_json *j;
    bool ok = v.len > 0 && v.len < NUMBER_TEXT && strchr("-0123456789", v.ptr[0]) &&
              lf_json_parse(&a, v, NULL, &j, NULL) == LF_OK && lf_json_kind(j) == LF_JSON_NUMBER;

    lf_arena_clear(&a);
    return ok;
}

/* False: it is known already, or there is no more room to know. */
static bool distinct_new(struct lf_query_run *r, uint64_t h)
{
    size_t at;

    h += h == 0;
    if (r->ndistinct * 2 >= r->distinct_size) {
        size_t size = r->distinct_size ? r->distinct_size * 2 : DISTINCT_FIRST;
        uint64_t *wide = calloc(size, sizeof *wide);

        if (!wide)
            LF_BUG("out of memory for %zu values", size);
        for (size_t i = 0; i < r->distinct_size; i++)
            if (r->distinct[i]) {
                for (at = r->distinct[i] & (size - 1); wide[at]; at = (at + 1) & (size - 1))
                    ;
                wide[at] = r->distinct[i];
            }
        free(r->distinct);
        r->distinct = wide;
        r->distinct_size = size;
    }
    for (at = h & (r->distinct_size - 1); r->distinct[at]; at = (at + 1) & (r->distinct_size - 1))
        if (r->distinct[at] == h)
            return false;
    if (r->ndistinct == LF_QUERY_DISTINCT) {
        r->at_least = true;
        return false;
    }
    r->distinct[at] = h;
    r->ndistinct++;
    return true;
}

static void acc_value(struct lf_query_run *r, struct lf_arena *a, struct group *g, size_t i, lf_view v)
{
    struct acc *x = &g->accs[i];
    enum lf_q_fn fn = r->agg->aggs[i].fn;
    int64_t whole;
    double d;

    switch (fn) {
    case LF_QF_COUNT:
        return;
    case LF_QF_SUM:
    case LF_QF_AVG:
        if (!number_of(v, &d))
            return;
        x->n++;
        x->sum += d;
        if (!x->fraction && lf_view_i64(v, &whole))
            x->whole += whole;
        else
            x->fraction = true;
        return;
    case LF_QF_MIN:
    case LF_QF_MAX:
        r->cut |= v.len > EXTREME;
        v = lf_view_first(v, EXTREME);
        if (x->n++ == 0) {
            x->extreme = lf_arena_alloc(&r->a, EXTREME, 1);
        } else {
            int c = value_cmp(v, (lf_view){ x->extreme, x->len });

            if (fn == LF_QF_MIN ? c >= 0 : c <= 0)
                return;
        }
        if (v.len)
            memcpy(x->extreme, v.ptr, v.len);
        x->len = v.len;
        x->number = json_number(v);
        return;
    case LF_QF_DC: {
        lf_view key = lf_arena_printf(a, "%zu %zu ", g->index, i);
        char *bytes = lf_arena_alloc(a, key.len + v.len + 1, 1);

        memcpy(bytes, key.ptr, key.len);
        if (v.len)
            memcpy(bytes + key.len, v.ptr, v.len);
        x->n += distinct_new(r, lf_siphash(r->key, (lf_view){ bytes, key.len + v.len }));
        return;
    }
    }
}

static lf_view acc_text(struct lf_arena *a, const struct lf_q_agg *g, const struct acc *x, bool *number)
{
    *number = true;
    switch (g->fn) {
    case LF_QF_COUNT:
    case LF_QF_DC:
        return lf_arena_printf(a, "%llu", (unsigned long long)x->n);
    case LF_QF_SUM:
        if (!x->fraction && x->whole <= INT64_MAX && x->whole >= INT64_MIN)
            return lf_arena_printf(a, "%lld", (long long)x->whole);
        break;
    case LF_QF_AVG:
        if (x->n == 0)
            return (lf_view){ NULL, 0 };
        break;
    case LF_QF_MIN:
    case LF_QF_MAX:
        *number = x->number;
        return x->n ? (lf_view){ x->extreme, x->len } : (lf_view){ NULL, 0 };
    }
    double d = g->fn == LF_QF_AVG ? x->sum / (double)x->n : x->sum;
    if (!(d > -1e308 && d < 1e308)) /* JSON has no infinity */
        return (lf_view){ NULL, 0 };
    return lf_arena_printf(a, "%.15g", d);
}

/* ---- groups ---- */

static struct group *group_of(struct lf_query_run *r, struct lf_arena *a, const lf_view *keys, lf_time bucket)
{
    const struct lf_q_stage *s = r->agg;
    size_t len = 8;
    struct group *g;
    lf_view name;
    char *id, *at;

    for (size_t i = 0; i < s->nkeys; i++)
        len += 4 + keys[i].len;
    at = id = lf_arena_alloc(a, len, 1);
    memcpy(at, &bucket, 8);
    at += 8;
    for (size_t i = 0; i < s->nkeys; i++) {
        uint32_t n = (uint32_t)keys[i].len;

        memcpy(at, &n, 4);
        at += 4;
        if (n)
            memcpy(at, keys[i].ptr, n);
        at += n;
    }
    name = (lf_view){ id, len };
    g = lf_map_get_ptr(&r->map, name);
    if (g || r->ngroups == LF_QUERY_GROUPS)
        return g;
    g = LF_NEW(&r->a, struct group, 1);
    g->keys = LF_NEW(&r->a, lf_view, s->nkeys + 1);
    for (size_t i = 0; i < s->nkeys; i++)
        g->keys[i] = lf_arena_copy(&r->a, keys[i]);
    g->bucket = bucket;
    g->index = r->ngroups;
    g->accs = LF_NEW(&r->a, struct acc, s->naggs);
    r->groups = (struct group **)lf_arena_grow(&r->a, (void *)r->groups, r->ngroups, &r->groups_cap,
                                               sizeof *r->groups);
    r->groups[r->ngroups++] = g;
    lf_map_set_ptr(&r->map, lf_arena_copy(&r->a, name), g);
    return g;
}

/* Taipei's days (UTC+8, no summer time) and weeks from Monday. */
static lf_time bucket_of(lf_time t, lf_time span)
{
    lf_time base = span % (7 * LF_DAY) == 0 ? 4 * LF_DAY - LF_TAIPEI : -LF_TAIPEI;
    lf_time from = t - base, b = from / span;

    if (from % span < 0)
        b--;
    return base + b * span;
}

static size_t values_of(struct lf_query_run *r, const struct lf_q_slot *s, lf_view *out, size_t most)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n && n < most; i++) {
        lf_view v = s->values[i].text;
        bool twice = s->values[i].null;

        if (v.len > LF_QUERY_GROUP_BYTES / LF_QUERY_NAMES) {
            v = lf_utf8_first(v, LF_QUERY_GROUP_BYTES / LF_QUERY_NAMES);
            r->cut = true;
        }
        for (size_t k = 0; k < n && !twice; k++)
            twice = lf_view_eq(out[k], v);
        if (!twice)
            out[n++] = v;
    }
    return n;
}

static void count_in(struct lf_query_run *r, struct lf_arena *a, const struct lf_record *record,
                     const struct lf_event *ev)
{
    const struct lf_q_stage *s = r->agg;
    lf_view values[LF_QUERY_NAMES][LF_QUERY_COMBINATIONS], keys[LF_QUERY_NAMES] = { 0 };
    size_t n[LF_QUERY_NAMES], at[LF_QUERY_NAMES] = { 0 }, done = 0, k = 0;
    lf_time bucket = s->span ? bucket_of(ev->happened, s->span) : 0;
    bool left_out = false;

    for (size_t i = 0; i < s->nkeys; i++) {
        n[i] =
            values_of(r, lf_q_slot(r->q, a, record, ev, s->keys[i].field), values[i], LF_QUERY_COMBINATIONS);
        if (!n[i]) {
            r->without++;
            return;
        }
    }
    do {
        struct group *g;

        for (size_t i = 0; i < s->nkeys; i++)
            keys[i] = values[i][at[i]];
        g = group_of(r, a, keys, bucket);
        left_out |= !g;
        for (size_t i = 0; g && i < s->naggs; i++) {
            const struct lf_q_slot *v;

            if (s->aggs[i].fn == LF_QF_COUNT) {
                g->accs[i].n++;
                continue;
            }
            v = lf_q_slot(r->q, a, record, ev, s->aggs[i].field);
            for (size_t x = 0; x < v->n; x++)
                if (!v->values[x].null)
                    acc_value(r, a, g, i, v->values[x].text);
        }
        /* The next combination of values. */
        for (k = 0; k < s->nkeys && ++at[k] == n[k]; k++)
            at[k] = 0;
    } while (k < s->nkeys && ++done < LF_QUERY_COMBINATIONS);
    r->others += left_out || k < s->nkeys;
}

/* ---- events ---- */

static lf_view event_json(struct lf_query_run *r, struct lf_arena *a, const struct lf_record *record,
                          const struct lf_event *ev)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, EVENT_MOST);
    if (r->fields) {
        struct lf_json_w w = lf_json_w(&b);

        lf_json_open(&w, '{');
        for (size_t i = 0; i < r->fields->nkeys; i++) {
            const struct lf_q_slot *s = lf_q_slot(r->q, a, record, ev, r->fields->keys[i].field);
            const char *name = lf_arena_cstr(a, r->fields->keys[i].name);

            if (s->n > 1)
                lf_json_begin(&w, name, '[');
            for (size_t k = 0; k < s->n; k++)
                if (s->values[k].json)
                    lf_json_put(&w, s->n > 1 ? NULL : name, s->values[k].json);
                else
                    lf_json_put_str(&w, s->n > 1 ? NULL : name, s->values[k].text);
            if (s->n > 1)
                lf_json_close(&w);
        }
        lf_json_close(&w);
    } else {
        lf_json_write(&b, ev->doc);
    }
    out = b.over ? LF_V("{\"cut\":true}") : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static int kept_cmp(const void *x, const void *y, void *ctx)
{
    const struct lf_q_stage *s = ctx;
    const struct kept *a = x, *b = y;

    for (size_t i = 0; i < s->nkeys; i++) {
        lf_view u = a->keys[i], v = b->keys[i];
        int c;

        if (!u.ptr || !v.ptr) {
            if (!u.ptr == !v.ptr)
                continue;
            return u.ptr ? -1 : 1; /* what has no such field comes last, either way */
        }
        c = value_cmp(u, v);
        if (c)
            return s->keys[i].descending ? -c : c;
    }
    return a->hit.position < b->hit.position ? 1 : -1;
}

static void sort_kept(struct lf_query_run *r, size_t most)
{
    if (r->nkept > 1)
        qsort_r(r->kept, r->nkept, sizeof *r->kept, kept_cmp, (void *)(uintptr_t)r->sort);
    while (r->nkept > most) {
        struct kept *k = &r->kept[--r->nkept];

        r->kept_bytes -= k->size;
        free(k->bytes);
    }
}

static lf_view put(char **at, lf_view v)
{
    lf_view out = { *at, v.len };

    if (!v.ptr)
        return v;
    if (v.len)
        memcpy(*at, v.ptr, v.len);
    *at += v.len;
    return out;
}

static void keep(struct lf_query_run *r, struct lf_arena *a, const struct lf_record *record,
                 const struct lf_event *ev, const struct lf_query_hit *hit)
{
    const struct lf_q_stage *s = r->sort;
    lf_view keys[LF_QUERY_NAMES];
    size_t size = s->nkeys * sizeof *keys + hit->sender.len + hit->host.len + hit->raw.len + hit->event.len;
    struct kept k = { .hit = *hit };
    char *at;

    for (size_t i = 0; i < s->nkeys; i++) {
        const struct lf_q_slot *v = lf_q_slot(r->q, a, record, ev, s->keys[i].field);

        keys[i] = v->n && !v->values[0].null ? lf_view_first(v->values[0].text, EXTREME)
                                             : (lf_view){ NULL, 0 };
        size += keys[i].len;
    }
    /* What would not be among the first is let go exactly when `head` says how many
     * are wanted; else it is counted. */
    if (r->nkept >= 2 * (size_t)LF_QUERY_KEPT || r->kept_bytes + size > LF_QUERY_KEPT_BYTES) {
        size_t before = r->nkept, most = r->after < LF_QUERY_KEPT ? r->after : LF_QUERY_KEPT;

        sort_kept(r, most);
        if (r->after > LF_QUERY_KEPT)
            r->dropped += before - r->nkept;
        while (r->nkept && r->kept_bytes + size > LF_QUERY_KEPT_BYTES) {
            sort_kept(r, r->nkept - 1);
            r->dropped++;
        }
    }
    if (r->nkept == r->kept_cap) {
        size_t cap = r->kept_cap ? r->kept_cap * 2 : 64;
        struct kept *more = realloc(r->kept, cap * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu events", cap);
        r->kept = more;
        r->kept_cap = cap;
    }
    k.size = size;
    k.bytes = at = malloc(size + 1);
    if (!at)
        LF_BUG("out of memory for an event");
    k.keys = (lf_view *)(void *)at;
    at += s->nkeys * sizeof *keys;
    for (size_t i = 0; i < s->nkeys; i++)
        k.keys[i] = put(&at, keys[i]);
    k.hit.sender = put(&at, hit->sender);
    k.hit.host = put(&at, hit->host);
    k.hit.raw = put(&at, hit->raw);
    k.hit.event = put(&at, hit->event);
    r->kept[r->nkept++] = k;
    r->kept_bytes += size;
}

bool lf_query_take(struct lf_query_run *r, struct lf_arena *a, const struct lf_record *record,
                   const struct lf_event *ev, struct lf_query_hit *hit)
{
    struct lf_query_hit h;

    LF_ASSERT(!r->sorted);
    if (lf_query_full(r))
        return false;
    r->matched++;
    r->given++;
    if (r->agg) {
        count_in(r, a, record, ev);
        return false;
    }
    h = (struct lf_query_hit){
        .position = ev->position,
        .happened = ev->happened,
        .recorded = ev->recorded,
        .sender = ev->sender,
        .host = ev->host,
        .raw = record->bytes,
        .event = event_json(r, a, record, ev),
    };
    if (r->sort) {
        keep(r, a, record, ev, &h);
        return false;
    }
    *hit = h;
    return true;
}

bool lf_query_next(struct lf_query_run *r, struct lf_query_hit *hit, uint64_t *dropped)
{
    if (!r->sort)
        return false;
    if (!r->sorted) {
        size_t before = r->nkept;

        sort_kept(r, r->after < LF_QUERY_KEPT ? r->after : LF_QUERY_KEPT);
        if (r->after > LF_QUERY_KEPT)
            r->dropped += before - r->nkept;
        r->sorted = true;
    }
    *dropped = r->dropped;
    if (r->next >= r->nkept)
        return false;
    *hit = r->kept[r->next++].hit;
    return true;
}

/* ---- the table ---- */

struct rows {
    const struct lf_q_stage *s;
    struct lf_query_cell **row;
    size_t n, columns;
    size_t by[LF_QUERY_NAMES]; /* sort: columns */
};

static int cell_cmp(const struct lf_query_cell *x, const struct lf_query_cell *y)
{
    if (!x->text.ptr || !y->text.ptr)
        return !x->text.ptr - !y->text.ptr;
    return value_cmp(x->text, y->text);
}

static int row_cmp(const void *x, const void *y, void *ctx)
{
    const struct lf_query_cell *const *a = x, *const *b = y;
    const struct rows *r = ctx;

    for (size_t i = 0; i < r->s->nkeys; i++) {
        size_t c = r->by[i];
        int d = cell_cmp(&(*a)[c], &(*b)[c]);

        if (d)
            return r->s->keys[i].descending && (*a)[c].text.ptr && (*b)[c].text.ptr ? -d : d;
    }
    /* Ties in the order of all columns: the same table every time. */
    for (size_t c = 0; c < r->columns; c++) {
        int d = cell_cmp(&(*a)[c], &(*b)[c]);

        if (d)
            return d;
    }
    return 0;
}

static void sort_rows(struct rows *r, const struct lf_q_stage *s)
{
    r->s = s;
    if (r->n > 1)
        qsort_r((void *)r->row, r->n, sizeof *r->row, row_cmp, r);
    r->s = NULL;
}

static size_t column_named(const lf_view *columns, size_t n, lf_view name)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(columns[i], name))
            return i;
    return SIZE_MAX;
}

static lf_view bucket_text(struct lf_arena *a, lf_time t)
{
    char *iso = lf_arena_alloc(a, LF_TIME_TEXT, 1);

    return lf_time_whole(t, iso);
}

static struct lf_query_cell *new_row(struct lf_query_run *r, struct lf_arena *a, const struct group *g,
                                     lf_time bucket)
{
    static const struct acc none = { 0 };
    const struct lf_q_stage *s = r->agg;
    struct lf_query_cell *row = LF_NEW(a, struct lf_query_cell, (s->span ? 1 : 0) + s->nkeys + s->naggs);
    size_t c = 0;

    if (s->span)
        row[c++].text = bucket_text(a, bucket);
    for (size_t i = 0; g && i < s->nkeys; i++)
        row[c++].text = g->keys[i];
    for (size_t i = 0; i < s->naggs; i++, c++)
        row[c].text = acc_text(a, &s->aggs[i], g ? &g->accs[i] : &none, &row[c].number);
    return row;
}

static int by_bucket(const void *x, const void *y)
{
    const struct group *const *a = x, *const *b = y;

    return (*a)->bucket < (*b)->bucket ? -1 : (*a)->bucket > (*b)->bucket;
}

/* The rows as the table's own command orders them. */
static void first_rows(struct lf_query_run *r, struct lf_arena *a, struct rows *out)
{
    const struct lf_q_stage *s = r->agg;
    struct lf_q_stage order = { 0 };
    size_t cap = 0;

    out->columns = (s->span ? 1 : 0) + s->nkeys + s->naggs;
    if (s->span && !s->nkeys && r->ngroups) { /* without holes */
        struct group **sorted = LF_NEW(a, struct group *, r->ngroups);
        size_t k = 0, buckets;

        memcpy((void *)sorted, (void *)r->groups, r->ngroups * sizeof *sorted);
        qsort((void *)sorted, r->ngroups, sizeof *sorted, by_bucket);
        buckets = (size_t)((sorted[r->ngroups - 1]->bucket - sorted[0]->bucket) / s->span) + 1;
        for (size_t i = 0; i < (buckets <= BUCKETS ? buckets : r->ngroups); i++) {
            lf_time at = buckets <= BUCKETS ? sorted[0]->bucket + (lf_time)i * s->span : sorted[k]->bucket;
            struct group *g = k < r->ngroups && sorted[k]->bucket == at ? sorted[k++] : NULL;

            out->row =
                (struct lf_query_cell **)lf_arena_grow(a, (void *)out->row, out->n, &cap, sizeof *out->row);
            out->row[out->n++] = new_row(r, a, g, at);
        }
        return;
    }
    out->row = LF_NEW(a, struct lf_query_cell *, r->ngroups + 1);
    for (size_t i = 0; i < r->ngroups; i++)
        out->row[out->n++] = new_row(r, a, r->groups[i], r->groups[i]->bucket);
    if (!s->nkeys && !r->ngroups) /* "| count" of nothing is 0, not nothing */
        out->row[out->n++] = new_row(r, a, NULL, 0);
    order.nkeys = 1;
    if (s->span) {
        out->by[0] = 0;
        order.keys[0].descending = false;
        order.nkeys = 2;
        out->by[1] = 1 + s->nkeys;
        order.keys[1].descending = true;
    } else {
        out->by[0] = s->nkeys;
        order.keys[0].descending = !s->rare;
    }
    sort_rows(out, &order);
    if ((s->top || s->rare) && out->n > s->n)
        out->n = (size_t)s->n;
}

void lf_query_table(struct lf_query_run *r, struct lf_arena *a, struct lf_query_table *out)
{
    const struct lf_q_stage *s = r->agg;
    struct rows rows = { 0 };
    struct lf_query_cell *cells;
    lf_view *names;
    size_t c = 0, *from, ncolumns;

    LF_ASSERT(s);
    first_rows(r, a, &rows);
    names = LF_NEW(a, lf_view, rows.columns);
    from = LF_NEW(a, size_t, rows.columns + LF_QUERY_NAMES);
    if (s->span)
        names[c++] = LF_V("_time");
    for (size_t i = 0; i < s->nkeys; i++)
        names[c++] = s->keys[i].name;
    for (size_t i = 0; i < s->naggs; i++)
        names[c++] = s->aggs[i].name;
    ncolumns = rows.columns;
    for (size_t i = 0; i < ncolumns; i++)
        from[i] = i;
    for (size_t i = (size_t)r->q->agg + 1; i < r->q->nstages; i++) {
        const struct lf_q_stage *t = &r->q->stages[i];

        if (t->kind == LF_QP_HEAD && rows.n > t->n)
            rows.n = (size_t)t->n;
        if (t->kind == LF_QP_SORT) {
            for (size_t k = 0; k < t->nkeys; k++)
                rows.by[k] = column_named(names, rows.columns, t->keys[k].name);
            sort_rows(&rows, t);
        }
        if (t->kind == LF_QP_FIELDS) {
            ncolumns = t->nkeys;
            for (size_t k = 0; k < t->nkeys; k++)
                from[k] = column_named(names, rows.columns, t->keys[k].name);
        }
    }
    *out = (struct lf_query_table){ .ncolumns = ncolumns,
                                    .nrows = rows.n,
                                    .without = r->without,
                                    .others = r->others,
                                    .at_least = r->at_least,
                                    .cut = r->cut };
    cells = LF_NEW(a, struct lf_query_cell, rows.n * ncolumns + 1);
    for (size_t i = 0; i < rows.n; i++)
        for (size_t k = 0; k < ncolumns; k++)
            cells[i * ncolumns + k] = rows.row[i][from[k]];
    out->cells = cells;
    lf_view *shown = LF_NEW(a, lf_view, ncolumns + 1);
    for (size_t k = 0; k < ncolumns; k++)
        shown[k] = names[from[k]];
    out->columns = shown;
}

lf_view lf_query_table_note(struct lf_arena *a, const struct lf_query_table *t)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 4096);
    if (t->without)
        lf_buf_printf(&b, "%llu events have no such field and are not in the table. ",
                      (unsigned long long)t->without);
    if (t->others)
        lf_buf_printf(
            &b,
            "There are more than %d groups: %llu events are not (or not fully) in the table; narrow "
            "the query. ",
            LF_QUERY_GROUPS, (unsigned long long)t->others);
    if (t->at_least)
        lf_buf_printf(&b, "There are more than %d different values: dc is a lower bound. ",
                      LF_QUERY_DISTINCT);
    if (t->cut)
        lf_buf_printf(&b, "Values longer than %d bytes were cut (min and max: %d). ",
                      LF_QUERY_GROUP_BYTES / LF_QUERY_NAMES, EXTREME);
    out = lf_view_trim(lf_arena_copy(a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return out;
}

void lf_query_row_json(struct lf_buf *b, const struct lf_query_table *t, size_t row)
{
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct lf_query_cell *c = &t->cells[row * t->ncolumns + i];
        struct lf_arena a = { 0 };
        const char *name = lf_arena_cstr(&a, t->columns[i]);

        if (!c->text.ptr)
            lf_json_put_null(&w, name);
        else if (c->number)
            lf_json_put_raw(&w, name, c->text);
        else
            lf_json_put_str(&w, name, c->text);
        lf_arena_clear(&a);
    }
    lf_json_close(&w);
}
