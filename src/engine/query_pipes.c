/* What comes behind the '|'s of a query. */
#include <stdio.h>

#include "engine/query_read.h"

static bool word_here(struct query_read *p, const char *w)
{
    size_t n = strlen(w);

    query_skip(p);
    if (p->in.len - p->at < n || !lf_view_eq_nocase((lf_view){ p->in.ptr + p->at, n }, lf_view_of(w)) ||
        (p->at + n < p->in.len && !query_breaks(p, p->at + n) && p->in.ptr[p->at + n] != ','))
        return false;
    p->at += n;
    return true;
}

/* A name in a pipe; `call`: "sum(bytes)" is one too (a column). */
static enum lf_code take_name(struct query_read *p, bool call, lf_view *out)
{
    size_t from;
    struct query_word w;

    query_skip(p);
    from = p->at;
    if (query_peek(p) == '"') {
        LF_TRY(query_phrase(p, &w));
        *out = (lf_view){ w.text, w.n };
        if (w.n == 0 || w.n > 256 || !lf_view_is_utf8(*out))
            return QUERY_BAD(p, from, "a field's name has 1 to 256 bytes of UTF-8");
        return LF_OK;
    }
    while (!query_breaks(p, p->at) && query_peek(p) != ',')
        p->at++;
    *out = (lf_view){ p->in.ptr + from, p->at - from };
    if (!query_is_name(*out))
        return QUERY_BAD(p, from, "the name of a field is missing here");
    if (call && query_peek(p) == '(') {
        while (!query_end(p) && query_peek(p) != ')')
            p->at++;
        if (query_end(p))
            return QUERY_BAD(p, from, "the ( is not closed");
        p->at++;
        *out = (lf_view){ p->in.ptr + from, p->at - from };
    }
    return LF_OK;
}

static bool comma(struct query_read *p)
{
    query_skip(p);
    if (query_peek(p) != ',')
        return false;
    p->at++;
    return true;
}

static enum lf_code take_names(struct query_read *p, struct lf_q_stage *s, bool call)
{
    do {
        lf_view name;

        query_skip(p);
        if (s->nkeys == LF_QUERY_NAMES)
            return QUERY_BAD(p, p->at, "more than %d fields", LF_QUERY_NAMES);
        LF_TRY(take_name(p, call, &name));
        s->keys[s->nkeys].name = name;
        s->keys[s->nkeys++].field = lf_q_field(p->q, name);
    } while (comma(p));
    return LF_OK;
}

static const struct {
    const char *name;
    enum lf_q_fn fn;
} functions[] = { { "count", LF_QF_COUNT }, { "sum", LF_QF_SUM }, { "avg", LF_QF_AVG },
                  { "min", LF_QF_MIN },     { "max", LF_QF_MAX }, { "dc", LF_QF_DC } };

static bool take_function(struct query_read *p, enum lf_q_fn *fn)
{
    query_skip(p);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (word_here(p, functions[i].name)) {
            *fn = functions[i].fn;
            return true;
        }
    return false;
}

static enum lf_code take_aggs(struct query_read *p, struct lf_q_stage *s)
{
    do {
        struct lf_q_agg *g = &s->aggs[s->naggs];
        lf_view name;
        size_t from;

        query_skip(p);
        from = p->at;
        if (s->naggs == LF_QUERY_NAMES)
            return QUERY_BAD(p, from, "more than %d figures", LF_QUERY_NAMES);
        if (!take_function(p, &g->fn))
            return QUERY_BAD(p, from, "count, sum, avg, min, max or dc is expected here");
        g->name = LF_V("count");
        query_skip(p);
        if (g->fn == LF_QF_COUNT) {
            if (query_peek(p) == '(') {
                p->at++;
                query_skip(p);
                if (query_peek(p) != ')')
                    return QUERY_BAD(p, p->at, "count takes no field; for the values of one write dc(field)");
                p->at++;
            }
        } else {
            bool paren = query_peek(p) == '(';

            p->at += paren;
            LF_TRY(take_name(p, false, &name));
            query_skip(p);
            if (paren && query_peek(p) != ')')
                return QUERY_BAD(p, p->at, "a ) is missing here");
            p->at += paren;
            g->field = lf_q_field(p->q, name);
            g->name = lf_arena_printf(p->a, "%s(%.*s)", functions[g->fn].name, LF_FMT(name));
        }
        if (word_here(p, "as")) {
            LF_TRY(take_name(p, false, &name));
            g->name = name;
        }
        for (size_t i = 0; i < s->naggs; i++)
            if (lf_view_eq(s->aggs[i].name, g->name))
                return QUERY_BAD(p, from, "this figure is there twice");
        s->naggs++;
    } while (comma(p));
    return LF_OK;
}

static enum lf_code take_by(struct query_read *p, struct lf_q_stage *s)
{
    if (!word_here(p, "by"))
        return LF_OK;
    return take_names(p, s, false);
}

static enum lf_code take_number(struct query_read *p, uint64_t most, uint64_t otherwise, uint64_t *out)
{
    size_t from;

    query_skip(p);
    from = p->at;
    *out = otherwise;
    while (!query_end(p) && query_peek(p) >= '0' && query_peek(p) <= '9')
        p->at++;
    if (p->at == from)
        return LF_OK;
    if (!lf_view_u64((lf_view){ p->in.ptr + from, p->at - from }, out) || *out < 1 || *out > most ||
        !query_breaks(p, p->at))
        return QUERY_BAD(p, from, "a number from 1 to %llu is expected here", (unsigned long long)most);
    return LF_OK;
}

static enum lf_code take_span(struct query_read *p, struct lf_q_stage *s)
{
    static const struct {
        char unit;
        lf_time time;
    } units[] = {
        { 's', LF_SECOND }, { 'm', LF_MINUTE }, { 'h', LF_HOUR }, { 'd', LF_DAY }, { 'w', 7 * LF_DAY }
    };
    size_t from;
    uint64_t n = 0;

    s->span = LF_HOUR;
    query_skip(p);
    if (p->in.len - p->at < 5 || memcmp(p->in.ptr + p->at, "span=", 5) != 0)
        return LF_OK;
    p->at += 5;
    from = p->at;
    while (!query_end(p) && query_peek(p) >= '0' && query_peek(p) <= '9')
        p->at++;
    if (!lf_view_u64((lf_view){ p->in.ptr + from, p->at - from }, &n) || n < 1 || n > 10000)
        n = 0;
    for (size_t i = 0; n && i < sizeof units / sizeof *units; i++)
        if (query_peek(p) == units[i].unit && query_breaks(p, p->at + 1)) {
            s->span = (lf_time)n * units[i].time;
            p->at++;
            return LF_OK;
        }
    return QUERY_BAD(p, from, "a span is a number and s, m, h, d or w: span=15m");
}

static enum lf_code take_table(struct query_read *p, struct lf_q_stage *s, lf_view command)
{
    s->kind = LF_QP_AGG;
    if (lf_view_is(command, "timechart")) {
        LF_TRY(take_span(p, s));
        query_skip(p);
        if (query_end(p) || query_peek(p) == '|' || (query_keyword(p, "by"))) {
            s->aggs[s->naggs++] = (struct lf_q_agg){ .fn = LF_QF_COUNT, .name = LF_V("count") };
        } else {
            LF_TRY(take_aggs(p, s));
        }
        return take_by(p, s);
    }
    if (lf_view_is(command, "top") || lf_view_is(command, "rare")) {
        s->top = lf_view_is(command, "top");
        s->rare = !s->top;
        LF_TRY(take_number(p, LF_QUERY_GROUPS, 10, &s->n));
        s->aggs[s->naggs++] = (struct lf_q_agg){ .fn = LF_QF_COUNT, .name = LF_V("count") };
        LF_TRY(take_names(p, s, false));
        return LF_OK;
    }
    LF_TRY(take_aggs(p, s));
    return take_by(p, s);
}

static enum lf_code take_sort(struct query_read *p, struct lf_q_stage *s)
{
    s->kind = LF_QP_SORT;
    do {
        struct lf_q_key *k = &s->keys[s->nkeys];

        query_skip(p);
        if (s->nkeys == LF_QUERY_NAMES)
            return QUERY_BAD(p, p->at, "more than %d fields", LF_QUERY_NAMES);
        if (query_peek(p) == '-' || query_peek(p) == '+') {
            k->descending = query_peek(p) == '-';
            p->at++;
            query_skip(p);
        }
        LF_TRY(take_name(p, true, &k->name));
        if (word_here(p, "desc"))
            k->descending = true;
        else if (word_here(p, "asc"))
            k->descending = false;
        k->field = lf_q_field(p->q, k->name);
        s->nkeys++;
    } while (comma(p));
    return LF_OK;
}

/* A column of the table that comes in here, when it is known. */
static enum lf_code check_columns(struct query_read *p, const struct lf_q_stage *s)
{
    const struct lf_q_stage *t = &p->q->stages[p->q->agg];

    for (size_t i = 0; i < s->nkeys; i++) {
        bool found = t->span && lf_view_is(s->keys[i].name, "_time");
        lf_view known = t->span ? LF_V("_time") : LF_V("");

        for (size_t k = 0; k < t->nkeys + t->naggs; k++) {
            lf_view name = k < t->nkeys ? t->keys[k].name : t->aggs[k - t->nkeys].name;

            found = found || lf_view_eq(name, s->keys[i].name);
            known = lf_arena_printf(p->a, "%.*s%s%.*s", LF_FMT(known), known.len ? ", " : "", LF_FMT(name));
        }
        if (!found)
            return lf_err_set(p->e, LF_BAD_INPUT,
                              "query, column %zu: the table has no column \"%.*s\"; it has %.*s", s->column,
                              LF_FMT(lf_view_first(s->keys[i].name, 100)), LF_FMT(lf_view_first(known, 200)));
    }
    return LF_OK;
}

enum lf_code query_stage(struct query_read *p)
{
    struct lf_query_tree *q = p->q;
    struct lf_q_stage *s = &q->stages[q->nstages];
    size_t from, to;
    lf_view command;

    query_skip(p);
    from = p->at;
    if (q->nstages == LF_QUERY_STAGES)
        return QUERY_BAD(p, from, "more than %d pipes", LF_QUERY_STAGES);
    for (to = from; !query_breaks(p, to); to++)
        ;
    command = (lf_view){ p->in.ptr + from, to - from };
    *s = (struct lf_q_stage){ .column = query_column(p, from) };
    if (lf_view_is(command, "head")) {
        p->at = to;
        s->kind = LF_QP_HEAD;
        LF_TRY(take_number(p, 1000000, 10, &s->n));
    } else if (lf_view_is(command, "sort")) {
        p->at = to;
        LF_TRY(take_sort(p, s));
    } else if (lf_view_is(command, "fields") || lf_view_is(command, "table")) {
        p->at = to;
        s->kind = LF_QP_FIELDS;
        LF_TRY(take_names(p, s, true));
    } else if (lf_view_is(command, "timechart") || lf_view_is(command, "top") ||
               lf_view_is(command, "rare") || lf_view_is(command, "stats")) {
        p->at = to;
        LF_TRY(take_table(p, s, command));
    } else {
        enum lf_q_fn fn;

        if (!take_function(p, &fn))
            return QUERY_BAD(
                p, from,
                "after | comes count, sum, avg, min, max, dc, stats, timechart, top, rare, sort, head "
                "or fields");
        p->at = from;
        LF_TRY(take_table(p, s, LF_V("stats")));
    }
    query_skip(p);
    if (!query_end(p) && query_peek(p) != '|')
        return QUERY_BAD(p, p->at, "this does not belong to \"%.*s\"", LF_FMT(lf_view_first(command, 40)));
    if (s->kind == LF_QP_AGG) {
        if (q->agg >= 0)
            return QUERY_BAD(p, from, "a query makes one table only; this would be the second");
        for (size_t i = 0; i < q->nstages; i++)
            if (q->stages[i].kind != LF_QP_HEAD)
                return QUERY_BAD(p, from, "sort and fields come behind what counts, not before it");
        q->agg = (int)q->nstages;
    } else if (s->kind == LF_QP_SORT && q->agg < 0) {
        for (size_t i = 0; i < q->nstages; i++)
            if (q->stages[i].kind == LF_QP_SORT)
                return QUERY_BAD(p, from, "events are sorted once; name all fields in one sort: sort a, -b");
    } else if (q->agg >= 0 && s->kind != LF_QP_HEAD) {
        LF_TRY(check_columns(p, s));
    }
    q->nstages++;
    return LF_OK;
}
