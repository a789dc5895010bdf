/* Which observations make a pattern true.
 *
 * Each pair of brackets is asked of each observation first; what is left is a puzzle:
 * choose observations, each as often as it was counted, and times within them.  It is
 * searched depth first.  What is still to be chosen is a list of tasks on the stack, so
 * that a later dead end goes back into an earlier choice.
 *
 *   ONE         each candidate in turn, then the next task
 *   AND         its operands one after another
 *   OR          one operand or another
 *   FOLLOWEDBY  as AND, a later operand not ending before an earlier one begins
 *   REPEATS     its operand again and again, in the candidates' order, so that the same
 *               choice is not tried in another order; of one bracket as many at once as
 *               an observation has left
 *   WITHIN      pruned as soon as two chosen ones are too far apart
 *   START STOP  narrows the candidates of the brackets in it before the search
 *
 * The pruning is exact for observations at one instant.  For those that took a while the
 * times must suit all constraints at once: the choice is written down as it is made and
 * checked as differences of times (Bellman, Ford) before it counts. */
#include <stdlib.h>

#include "engine/stix_priv.h"

enum { FRAMES_MOST = 6000 };

/* A constraint around what is being chosen. */
struct scope {
    struct scope *up;
    bool follows;
    int64_t width;  /* WITHIN */
    int64_t first;  /* WITHIN: the latest begin; FOLLOWEDBY: of the operand at hand and before */
    int64_t last;   /* WITHIN: the earliest end */
    int64_t before; /* FOLLOWEDBY: the latest begin of earlier operands */
};

enum mark { MARK_BIND, MARK_ENTER, MARK_NEXT, MARK_LEAVE };
struct trace {
    enum mark mark;
    const struct lf_stix_observe *o; /* ENTER */
    int64_t first, last;             /* BIND */
    uint32_t observed;
};

struct task {
    enum { RUN, SEQUENCE, LEAVE_SCOPE, AGAIN } kind;
    const struct lf_stix_observe *o;
    struct scope *scope;
    const struct task *next;
    size_t i;      /* SEQUENCE: the operand; AGAIN: how often still */
    size_t from;   /* AGAIN, RUN: candidates before this one are not tried */
    size_t *first; /* AGAIN: where the first bracket of the operand writes its candidate */
};

/* What a scope was before a choice. */
struct undo {
    int64_t first, last;
};

struct search {
    struct stix_leaf *leaves;
    uint64_t *left; /* of each observation */
    struct stix_work *w;
    unsigned frames;
    bool deep;
    bool wide; /* some candidate took a while */
    struct trace *trace;
    size_t ntrace, trace_cap;
    struct undo *undo;
    size_t nundo, undo_cap;
    struct lf_arena *a;
    struct lf_arena tmp;
    size_t *found;
    size_t nfound;
};

static void note(struct search *s, struct trace t)
{
    if (s->ntrace == s->trace_cap)
        s->trace = lf_arena_grow(s->a, s->trace, s->ntrace, &s->trace_cap, sizeof *s->trace);
    s->trace[s->ntrace++] = t;
}

/* ---- all times at once ---- */

struct edge {
    uint32_t from, to; /* time[to] - time[from] <= most */
    int64_t most;
};

/* Is there a time for each?  A negative cycle says no. */
static bool times_exist(struct search *s)
{
    struct open {
        const struct lf_stix_observe *o;
        uint32_t var, now; /* WITHIN: the window's begin; FOLLOWEDBY: borders before and after */
        bool has_before;
    } *open = LF_NEW(&s->tmp, struct open, s->ntrace + 1);
    size_t depth = 0, nedges = 0, cap = 0, nvars = 1;
    struct edge *edges = NULL;
    int64_t *dist;

#define EDGE(f, t, m)                                                                                        \
    do {                                                                                                     \
        edges = lf_arena_grow(&s->tmp, edges, nedges, &cap, sizeof *edges);                                  \
        edges[nedges++] = (struct edge){ (uint32_t)(f), (uint32_t)(t), (m) };                                \
    } while (0)
    for (size_t i = 0; i < s->ntrace; i++) {
        const struct trace *t = &s->trace[i];

        switch (t->mark) {
        case MARK_ENTER:
            open[depth++] = (struct open){ .o = t->o, .var = (uint32_t)nvars, .now = (uint32_t)nvars };
            nvars++;
            break;
        case MARK_NEXT: /* what follows comes not before this border, what was not after it */
            open[depth - 1].has_before = true;
            open[depth - 1].var = open[depth - 1].now;
            open[depth - 1].now = (uint32_t)nvars++;
            EDGE(open[depth - 1].now, open[depth - 1].var, 0);
            break;
        case MARK_LEAVE:
            depth--;
            break;
        case MARK_BIND: {
            size_t v = nvars++;

            EDGE(0, v, t->last);
            EDGE(v, 0, -t->first);
            for (size_t k = 0; k < depth; k++) {
                if (open[k].o->kind == LF_STIX_WITHIN) {
                    EDGE(v, open[k].var, 0);
                    EDGE(open[k].var, v, open[k].o->within - 1);
                } else {
                    EDGE(open[k].now, v, 0); /* not after the border that follows it */
                    if (open[k].has_before)
                        EDGE(v, open[k].var, 0);
                }
            }
            break;
        }
        }
    }
#undef EDGE
    dist = LF_NEW(&s->tmp, int64_t, nvars);
    for (size_t round = 0; round <= nvars; round++) {
        bool changed = false;

        s->w->left -= (int64_t)nedges;
        if (s->w->left < 0)
            return false;
        for (size_t i = 0; i < nedges; i++) {
            int64_t d = dist[edges[i].from] + edges[i].most;

            if (d < dist[edges[i].to]) {
                dist[edges[i].to] = d;
                changed = true;
            }
        }
        if (!changed)
            return true;
    }
    return false;
}

/* ---- the search ---- */

static bool complete(struct search *s)
{
    lf_arena_reset(&s->tmp);
    if (s->wide && !times_exist(s))
        return false;
    s->found = LF_NEW(s->a, size_t, s->ntrace + 1);
    for (size_t i = 0; i < s->ntrace; i++)
        if (s->trace[i].mark == MARK_BIND)
            s->found[s->nfound++] = s->trace[i].observed;
    return true;
}

static bool fits(const struct scope *scope, const struct stix_candidate *c)
{
    for (const struct scope *x = scope; x; x = x->up) {
        if (x->follows) {
            if (c->last < x->before)
                return false;
        } else {
            int64_t first = c->first > x->first ? c->first : x->first;
            int64_t last = c->last < x->last ? c->last : x->last;

            if (first > last && (uint64_t)first - (uint64_t)last >= (uint64_t)x->width)
                return false;
        }
    }
    return true;
}

static void bind(struct search *s, struct scope *x, const struct stix_candidate *c)
{
    for (; x; x = x->up) {
        if (s->nundo == s->undo_cap)
            s->undo = lf_arena_grow(s->a, s->undo, s->nundo, &s->undo_cap, sizeof *s->undo);
        s->undo[s->nundo++] = (struct undo){ x->first, x->last };
        if (c->first > x->first)
            x->first = c->first;
        if (c->last < x->last)
            x->last = c->last;
    }
}

static void unbind(struct search *s, struct scope *x, size_t mark)
{
    s->nundo = mark;
    for (; x; x = x->up, mark++) {
        x->first = s->undo[mark].first;
        x->last = s->undo[mark].last;
    }
}

static bool run(struct search *s, const struct task *t);

/* `many` of one candidate, or one; then what comes next. */
static bool take(struct search *s, const struct stix_candidate *c, uint64_t many, struct scope *scope,
                 const struct task *next)
{
    size_t mark = s->ntrace, undo = s->nundo;
    bool done;

    s->left[c->o] -= many;
    bind(s, scope, c);
    note(s, (struct trace){ MARK_BIND, NULL, c->first, c->last, c->o });
    done = run(s, next);
    s->ntrace = mark;
    unbind(s, scope, undo);
    s->left[c->o] += many;
    return done;
}

/* A bracket, `need` times, from a candidate on. */
static bool choose(struct search *s, const struct task *t, uint64_t need)
{
    const struct stix_leaf *leaf = &s->leaves[t->o->number];

    for (size_t k = t->from; k < leaf->n; k++) {
        const struct stix_candidate *c = &leaf->c[k];
        uint64_t most = s->left[c->o] < need ? s->left[c->o] : need;

        if (--s->w->left < 0)
            return false;
        if (!most || !fits(t->scope, c))
            continue;
        if (t->first)
            *t->first = k;
        for (uint64_t many = most; many > 0; many--) {
            struct task rest = { .kind = RUN,
                                 .o = t->o,
                                 .scope = t->scope,
                                 .next = t->next,
                                 .i = (size_t)(need - many),
                                 .from = k + 1 };

            if (--s->w->left < 0)
                return false;
            if (take(s, c, many, t->scope, need == many ? t->next : &rest))
                return true;
        }
    }
    return false;
}

static bool run_within(struct search *s, const struct task *t)
{
    struct scope scope = {
        .up = t->scope, .width = t->o->within, .first = INT64_MIN / 4, .last = INT64_MAX / 4
    };
    struct task leave = { .kind = LEAVE_SCOPE, .next = t->next };
    struct task inner = {
        .kind = RUN, .o = t->o->kids[0], .scope = &scope, .next = &leave, .first = t->first, .from = t->from
    };
    size_t mark = s->ntrace;
    bool done;

    note(s, (struct trace){ .mark = MARK_ENTER, .o = t->o });
    done = run(s, &inner);
    s->ntrace = mark;
    return done;
}

static bool run_follows(struct search *s, const struct task *t)
{
    struct scope scope = { .up = t->scope,
                           .follows = true,
                           .first = INT64_MIN / 4,
                           .last = INT64_MAX / 4,
                           .before = INT64_MIN / 4 };
    struct task leave = { .kind = LEAVE_SCOPE, .next = t->next };
    struct task all = {
        .kind = SEQUENCE, .o = t->o, .scope = &scope, .next = &leave, .first = t->first, .from = t->from
    };
    size_t mark = s->ntrace;
    bool done;

    note(s, (struct trace){ .mark = MARK_ENTER, .o = t->o });
    done = run(s, &all);
    s->ntrace = mark;
    return done;
}

static bool run_sequence(struct search *s, const struct task *t)
{
    struct task rest = *t, inner = { .kind = RUN, .o = t->o->kids[t->i], .scope = t->scope, .next = &rest };
    size_t mark = s->ntrace;
    int64_t before = 0;
    bool done;

    rest.i++;
    rest.first = NULL;
    if (t->i == 0) {
        inner.first = t->first;
        inner.from = t->from;
    }
    if (rest.i == t->o->nkids)
        inner.next = t->next;
    if (t->o->kind == LF_STIX_FOLLOWEDBY && t->i > 0) {
        note(s, (struct trace){ .mark = MARK_NEXT });
        before = t->scope->before;
        t->scope->before = t->scope->first;
    }
    done = run(s, &inner);
    if (t->o->kind == LF_STIX_FOLLOWEDBY && t->i > 0)
        t->scope->before = before;
    s->ntrace = mark;
    return done;
}

/* The operand of a REPEATS once more.  Its first bracket goes on where that of the time
 * before stood: the same choices in another order are no other choice. */
static bool run_again(struct search *s, const struct task *t)
{
    size_t first = t->from;
    struct task more = { .kind = AGAIN, .o = t->o, .scope = t->scope, .next = t->next, .i = t->i - 1 };
    struct task inner = {
        .kind = RUN, .o = t->o->kids[0], .scope = t->scope, .next = &more, .from = t->from, .first = &first
    };

    more.first = &first; /* read when it is reached */
    return run(s, &inner);
}

/* Can the first bracket of a node be told, whatever is chosen?  Not through OR. */
static bool leads(const struct lf_stix_observe *o)
{
    while (o->kind != LF_STIX_ONE) {
        if (o->kind == LF_STIX_OR)
            return false;
        o = o->kids[0];
    }
    return true;
}

static bool step(struct search *s, const struct task *t)
{
    const struct lf_stix_observe *o = t->o;

    switch (t->kind) {
    case LEAVE_SCOPE: {
        size_t mark = s->ntrace;
        bool done;

        note(s, (struct trace){ .mark = MARK_LEAVE });
        done = run(s, t->next);
        s->ntrace = mark;
        return done;
    }
    case SEQUENCE:
        return run_sequence(s, t);
    case AGAIN: {
        struct task now = *t;

        if (t->i == 0)
            return run(s, t->next);
        now.from = t->first && leads(o) ? *t->first : 0;
        return run_again(s, &now);
    }
    case RUN:
        break;
    }
    switch (o->kind) {
    case LF_STIX_ONE:
        return choose(s, t, t->i ? t->i : 1);
    case LF_STIX_AND: {
        struct task all = *t;

        all.kind = SEQUENCE;
        all.i = 0;
        return run(s, &all);
    }
    case LF_STIX_OR:
        for (size_t i = 0; i < o->nkids; i++) {
            struct task one = { .kind = RUN, .o = o->kids[i], .scope = t->scope, .next = t->next };

            if (run(s, &one))
                return true;
        }
        return false;
    case LF_STIX_FOLLOWEDBY:
        return run_follows(s, t);
    case LF_STIX_WITHIN:
        return run_within(s, t);
    case LF_STIX_STARTSTOP: {
        struct task inner = *t;

        inner.o = o->kids[0];
        return run(s, &inner);
    }
    case LF_STIX_REPEATS: {
        const struct lf_stix_observe *k = o->kids[0];
        struct task again = { .kind = AGAIN, .o = o, .scope = t->scope, .next = t->next, .i = o->repeats };

        while (k->kind == LF_STIX_STARTSTOP)
            k = k->kids[0];
        /* A lone bracket, with windows around it that one observation always fits. */
        while (k->kind == LF_STIX_WITHIN && k->kids[0]->kind == LF_STIX_ONE)
            k = k->kids[0];
        if (k->kind == LF_STIX_ONE) {
            struct task bulk = { .kind = RUN, .o = k, .scope = t->scope, .next = t->next, .i = o->repeats };

            return run(s, &bulk);
        }
        return run(s, &again);
    }
    }
    return false;
}

static bool run(struct search *s, const struct task *t)
{
    bool done;

    if (!t)
        return complete(s);
    if (--s->w->left < 0)
        return false;
    if (s->frames == FRAMES_MOST) {
        s->deep = true;
        s->w->left = -1;
        return false;
    }
    s->frames++;
    done = step(s, t);
    s->frames--;
    return done;
}

/* ---- candidates ---- */

static int by_time(const void *x, const void *y)
{
    const struct stix_candidate *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    return a->o < b->o ? -1 : a->o > b->o;
}

static void gather(struct search *s, const struct lf_stix_matcher *m, const struct lf_stix_data *d,
                   const struct lf_stix_observe *o, int64_t from, int64_t until, struct lf_arena *scratch)
{
    struct stix_leaf *leaf;

    if (o->kind != LF_STIX_ONE) {
        if (o->kind == LF_STIX_STARTSTOP) {
            int64_t start = stix_ticks(&o->start), stop = stix_ticks(&o->stop);

            from = start > from ? start : from;
            until = stop < until ? stop : until;
        }
        for (size_t i = 0; i < o->nkids; i++)
            gather(s, m, d, o->kids[i], from, until, scratch);
        return;
    }
    leaf = &s->leaves[o->number];
    leaf->c = lf_arena_alloc(s->a, (d->n + 1) * sizeof *leaf->c, _Alignof(struct stix_candidate));
    for (size_t i = 0; i < d->n && s->w->left >= 0; i++) {
        const struct stix_observed *x = &d->o[i];
        struct stix_candidate c = { (uint32_t)i, x->first > from ? x->first : from,
                                    x->last < until ? x->last : until - 1 };

        if (c.first > c.last || x->first >= until)
            continue;
        lf_arena_reset(scratch);
        if (!stix_compare_holds(m, x, o->test, scratch, s->w))
            continue;
        leaf->c[leaf->n++] = c;
    }
    if (leaf->n)
        qsort(leaf->c, leaf->n, sizeof *leaf->c, by_time);
}

/* REPEATS n of one bracket, perhaps in a window, is counted without a search: of
 * observations that end at or after a time and begin less than the window later, any n
 * will do. */
bool stix_simple(const struct lf_stix_observe *o, const struct lf_stix_observe **one, uint64_t *need,
                 int64_t *width)
{
    *need = 1;
    *width = 0;
    for (; o->kind != LF_STIX_ONE; o = o->kids[0]) {
        if (o->kind == LF_STIX_WITHIN && *need == 1)
            *width = *width ? (o->within < *width ? o->within : *width) : o->within;
        else if (o->kind == LF_STIX_REPEATS && *need == 1 && o->repeats > 1)
            *need = o->repeats;
        else if (!(o->kind == LF_STIX_STARTSTOP || (o->kind == LF_STIX_REPEATS && o->repeats == 1) ||
                   (o->kind == LF_STIX_WITHIN && o->kids[0]->kind == LF_STIX_ONE)))
            return false;
    }
    *one = o;
    return true;
}

static int by_last(const void *x, const void *y)
{
    int64_t a = (*(const struct stix_candidate *const *)x)->last,
            b = (*(const struct stix_candidate *const *)y)->last;

    return a < b ? -1 : a > b;
}

static bool count_simple(struct search *s, const struct stix_leaf *leaf, uint64_t need, int64_t width)
{
    const struct stix_candidate **ends = LF_NEW(s->a, const struct stix_candidate *, leaf->n + 1);
    uint64_t begun = 0, ended = 0, got = 0;
    size_t next = 0;
    int64_t after = INT64_MIN;

    for (size_t i = 0; i < leaf->n; i++)
        ends[i] = &leaf->c[i];
    if (leaf->n)
        qsort(ends, leaf->n, sizeof *ends, by_last);
    if (!width) {
        for (size_t i = 0; i < leaf->n && begun < need; i++)
            begun += s->left[leaf->c[i].o];
        if (begun < need)
            return false;
        after = INT64_MIN / 4;
        width = INT64_MAX / 2;
    } else {
        bool found = false;

        for (size_t i = 0; i < leaf->n && !found; i++) {
            while (next < leaf->n && leaf->c[next].first < ends[i]->last + width)
                begun += s->left[leaf->c[next++].o];
            if (i && ends[i]->last != ends[i - 1]->last)
                for (size_t k = i; k-- > 0 && ends[k]->last == ends[i - 1]->last;)
                    ended += s->left[ends[k]->o];
            found = begun - ended >= need;
            after = ends[i]->last;
        }
        if (!found)
            return false;
    }
    s->found = LF_NEW(s->a, size_t, leaf->n + 1);
    for (size_t i = 0; i < leaf->n && got < need; i++)
        if (leaf->c[i].last >= after && leaf->c[i].first < after + width) {
            s->found[s->nfound++] = leaf->c[i].o;
            got += s->left[leaf->c[i].o];
        }
    return true;
}

static int by_number(const void *x, const void *y)
{
    size_t a = *(const size_t *)x, b = *(const size_t *)y;

    return a < b ? -1 : a > b;
}

/* Candidates are there: which of them? */
static bool solve(struct search *s, const struct lf_stix_observe *root)
{
    const struct lf_stix_observe *one;
    struct task all = { .kind = RUN, .o = root };
    uint64_t need;
    int64_t width;
    bool yes;

    if (s->w->left < 0)
        return false;
    if (stix_simple(root, &one, &need, &width))
        yes = count_simple(s, &s->leaves[one->number], need, width);
    else
        yes = run(s, &all);
    lf_arena_clear(&s->tmp);
    if (yes && s->nfound > 1)
        qsort(s->found, s->nfound, sizeof *s->found, by_number);
    return yes;
}

bool stix_solve(const struct lf_stix_observe *root, struct stix_leaf *leaves, uint64_t *left,
                struct stix_work *w, struct lf_arena *a, const size_t **found, size_t *n)
{
    struct search s = { .w = w, .a = a, .leaves = leaves, .left = left };
    bool yes = solve(&s, root);

    *found = s.found;
    *n = s.nfound;
    return yes;
}

enum lf_code lf_stix_match(const struct lf_stix_matcher *m, const struct lf_stix_data *d, struct lf_arena *a,
                           bool *matched, const size_t **which, size_t *n, struct lf_err *e)
{
    struct stix_work work = { LF_STIX_WORK };
    struct lf_arena scratch = { 0 };
    struct search s = { .w = &work, .a = a };
    bool yes;

    s.leaves = LF_NEW(a, struct stix_leaf, m->pattern.nobservations + 1u);
    s.left = LF_NEW(a, uint64_t, d->n + 1);
    for (size_t i = 0; i < d->n; i++)
        s.left[i] = d->o[i].count;
    gather(&s, m, d, m->pattern.root, INT64_MIN / 4, INT64_MAX / 4, &scratch);
    lf_arena_clear(&scratch);
    for (unsigned i = 0; i < m->pattern.nobservations; i++)
        for (size_t k = 0; k < s.leaves[i].n; k++)
            s.wide = s.wide || s.leaves[i].c[k].first != s.leaves[i].c[k].last;
    yes = solve(&s, m->pattern.root);
    if (!yes && work.left < 0)
        return lf_err_set(e, LF_TOO_BIG,
                          s.deep
                              ? "the pattern binds more than about a thousand observations at once; use fewer"
                              : "whether it matches was not found in %d steps; use fewer observations, or a "
                                "pattern with fewer ways to match",
                          LF_STIX_WORK);
    *n = 0;
    for (size_t i = 0; i < s.nfound; i++)
        if (i == 0 || s.found[i] != s.found[i - 1])
            s.found[(*n)++] = s.found[i];
    *which = s.found;
    *matched = yes;
    return LF_OK;
}
