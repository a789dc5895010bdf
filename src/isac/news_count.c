/* What came of news, by periods and sources; and what goes because nobody looked at it. */
#include <stdlib.h>

#include "ident/node.h"
#include "isac/news_priv.h"
#include "isac/partner.h"
#include "store/query_news.h"

enum { FORGET = 200 /* in one turn */, COUNTED = 4096 /* of the list of sources */ };

/* ---- counts ---- */

struct tally {
    struct lf_news_count row;
    lf_time *took; /* of those that were warned of */
    size_t n, cap;
};

struct tallies {
    struct lf_arena *a;
    int year;
    struct tally *periods;
    size_t n, cap;
    struct tally *sources;
    size_t nsources, capsources;
    struct tally all, home, foreign;
};

static void count(struct lf_arena *a, struct tally *y, const struct lf_row *r)
{
    lf_time published = lf_row_int(r, 4), warned = lf_row_int(r, 5);

    y->row.came++;
    y->row.assessed += lf_row_int(r, 2) != 0;
    y->row.dropped += lf_row_int(r, 3) == LF_NEWS_DROPPED;
    if (!warned)
        return;
    y->row.warned++;
    y->took = lf_arena_grow(a, y->took, y->n, &y->cap, sizeof *y->took);
    y->took[y->n++] = warned > published ? warned - published : 0;
}

static struct tally *period_of(struct tallies *y, int year, int month)
{
    size_t i = 0;

    month = y->year ? month : 0;
    while (i < y->n && (y->periods[i].row.year != year || y->periods[i].row.month != month))
        i++; /* twelve, or some years */
    if (i == y->n) {
        y->periods = lf_arena_grow(y->a, y->periods, y->n, &y->cap, sizeof *y->periods);
        y->periods[y->n++] = (struct tally){ .row = { .year = year, .month = month } };
    }
    return &y->periods[i];
}

static struct tally *source_of(struct tallies *y, lf_view feed, lf_view name)
{
    size_t i = 0;

    while (i < y->nsources && !lf_view_eq(y->sources[i].row.feed, feed))
        i++; /* feeds of a node: some hundreds at most, with those that were removed */
    if (i == y->nsources) {
        if (i == COUNTED)
            return NULL;
        y->sources = lf_arena_grow(y->a, y->sources, y->nsources, &y->capsources, sizeof *y->sources);
        y->sources[y->nsources++] = (struct tally){ .row = { .feed = lf_arena_copy(y->a, lf_view_some(feed)),
                                                             .name = lf_arena_copy(y->a, lf_view_some(name)),
                                                             .country = LF_V("") } };
    }
    return &y->sources[i];
}

static enum lf_code on_country(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct tallies *y = ctx;
    struct tally *s = source_of(y, lf_row_text(r, 0), LF_V(""));

    (void)e;
    if (s)
        s->row.country = lf_arena_copy(y->a, lf_row_text(r, 1));
    return LF_OK;
}

static enum lf_code on_item(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct tallies *y = ctx;
    struct lf_civil c = lf_civil_of(lf_row_int(r, 0) + LF_TAIPEI);
    struct tally *s = source_of(y, lf_view_some(lf_row_text(r, 1)), LF_V(""));
    lf_view country = lf_row_text(r, 7);

    (void)e;
    count(y->a, period_of(y, c.year, c.month), r);
    count(y->a, &y->all, r);
    if (s) {
        count(y->a, s, r);
        if (!s->row.name.len)
            s->row.name = lf_arena_copy(y->a, lf_view_some(lf_row_text(r, 6)));
        country = s->row.feed.len ? s->row.country : country;
    }
    if (lf_view_is(country, LF_PARTNER_HOME))
        count(y->a, &y->home, r);
    else if (country.len)
        count(y->a, &y->foreign, r);
    return LF_OK;
}

static enum lf_code on_past(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct tallies *y = ctx;
    struct tally *s = source_of(y, lf_view_some(lf_row_text(r, 1)), lf_row_text(r, 3));
    int64_t n = lf_row_int(r, 2);

    (void)e;
    period_of(y, (int)(lf_row_int(r, 0) / 100), (int)(lf_row_int(r, 0) % 100))->row.past += n;
    y->all.row.past += n;
    if (s)
        s->row.past += n;
    if (s && s->row.country.len)
        (lf_view_is(s->row.country, LF_PARTNER_HOME) ? &y->home : &y->foreign)->row.past += n;
    return LF_OK;
}

static int by_time(const void *one, const void *other)
{
    lf_time x = *(const lf_time *)one, y = *(const lf_time *)other;

    return x < y ? -1 : x > y;
}

static int by_period(const void *one, const void *other)
{
    const struct lf_news_count *x = one, *y = other;

    return y->year != x->year ? y->year - x->year : y->month - x->month;
}

static int by_number(const void *one, const void *other)
{
    const struct lf_news_count *x = one, *y = other;
    int64_t a = x->came + x->past, b = y->came + y->past;

    return a != b ? (a < b) - (a > b) : lf_view_cmp(x->feed, y->feed);
}

/* The middle one; of an even number the mean of the two. */
static struct lf_news_count closed(struct tally *y)
{
    if (y->n) {
        qsort(y->took, y->n, sizeof *y->took, by_time);
        y->row.took = y->n % 2 ? y->took[y->n / 2] : (y->took[y->n / 2 - 1] + y->took[y->n / 2]) / 2;
    }
    return y->row;
}

/* Those in which anything came. */
static struct lf_news_count *closed_all(struct lf_arena *a, struct tally *list, size_t *n)
{
    struct lf_news_count *out = LF_NEW(a, struct lf_news_count, *n + 1);
    size_t kept = 0;

    for (size_t i = 0; i < *n; i++)
        if (list[i].row.came + list[i].row.past)
            out[kept++] = closed(&list[i]);
    *n = kept;
    return out;
}

static lf_time begin_of(int year)
{
    struct lf_civil c = { .year = year, .month = 1, .day = 1 };

    return lf_time_of(&c) - LF_TAIPEI;
}

enum lf_code lf_news_count(struct lf_task *t, int year, struct lf_news_counts *out, struct lf_err *e)
{
    int last = year ? year : lf_civil_of(lf_now(t->env) + LF_TAIPEI).year,
        first = year ? year : last - LF_NEWS_YEARS + 1;
    struct tallies y = { .a = t->a, .year = year };
    struct lf_news_count *periods, *sources;
    enum lf_tlp top;

    LF_TRY(news_may(t, false, e));
    if (year && (year < 1971 || year > 2198))
        return lf_err_set(e, LF_BAD_INPUT, "news: year is four digits: 2026");
    if (first < 1971)
        first = 1971;
    LF_TRY(news_reach(t, &top, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_feed_country, LF_NO_ARGS, on_country, &y, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_counted,
                     LF_ARGS(LF_INT(top), LF_TEXT(lf_view_some(t->scope.account)), LF_INT(begin_of(first)),
                             LF_INT(begin_of(last + 1))),
                     on_item, &y, NULL, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_news_past_list,
                     LF_ARGS(LF_INT(first * 100 + 1), LF_INT(last * 100 + 12)), on_past, &y, NULL, e));
    periods = closed_all(t->a, y.periods, &y.n);
    sources = closed_all(t->a, y.sources, &y.nsources);
    qsort(periods, y.n, sizeof *periods, by_period);
    qsort(sources, y.nsources, sizeof *sources, by_number);
    *out = (struct lf_news_counts){ .n = y.n,
                                    .periods = periods,
                                    .nsources = y.nsources,
                                    .sources = sources,
                                    .all = closed(&y.all),
                                    .home = closed(&y.home),
                                    .foreign = closed(&y.foreign) };
    return LF_OK;
}

/* ---- what goes ---- */

struct old {
    struct lf_arena *a;
    lf_view id[FORGET], feed[FORGET];
    lf_time came[FORGET];
    size_t n;
};

static enum lf_code on_old(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct old *o = ctx;

    (void)e;
    if (o->n == FORGET)
        return LF_OK;
    o->id[o->n] = lf_arena_copy(o->a, lf_row_text(r, 0));
    o->feed[o->n] = lf_arena_copy(o->a, lf_view_some(lf_row_text(r, 1)));
    o->came[o->n++] = lf_row_int(r, 2);
    return LF_OK;
}

static enum lf_code forget(struct lf_task *t, const struct lf_scope *node, lf_view id, lf_view feed,
                           lf_time came, struct lf_err *e)
{
    const struct lf_query *const all[] = { &lf_q_news_forget_sources, &lf_q_news_forget_marks,
                                           &lf_q_news_forget_cves, &lf_q_news_forget };
    struct lf_civil c = lf_civil_of(came + LF_TAIPEI);

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        LF_TRY(lf_db_exec(t->db, node, all[i], LF_ARGS(LF_TEXT(id)), e));
    return lf_db_exec(t->db, node, &lf_q_news_past_add,
                      LF_ARGS(LF_INT(c.year * 100 + c.month), LF_TEXT(feed)), e);
}

enum lf_code lf_news_turn(struct lf_task *t, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct old *o = LF_NEW(t->a, struct old, 1);

    o->a = t->a;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_news_old,
                     LF_ARGS(LF_INT(lf_now(t->env) - LF_NEWS_KEPT), LF_INT(FORGET)), on_old, o, NULL, e));
    for (size_t i = 0; i < o->n; i++)
        LF_TRY(forget(t, &node, o->id[i], o->feed[i], o->came[i], e));
    return LF_OK;
}
