#include "engine/stix_words.h"

struct words {
    struct lf_arena *a;
    struct lf_observable *v;
    size_t n, cap;
};

static void add(struct words *w, enum lf_observable_kind kind, lf_view value)
{
    w->v = lf_arena_grow(w->a, w->v, w->n, &w->cap, sizeof *w->v);
    w->v[w->n++] = (struct lf_observable){ kind, value };
}

static bool test(struct words *w, const struct lf_stix_compare *c)
{
    if (c->negated || (c->op != LF_STIX_EQ && c->op != LF_STIX_IN) || !c->nvalues)
        return false;
    for (size_t i = 0; i < c->nvalues; i++) {
        enum lf_observable_kind kind;
        lf_view text;

        if (c->values[i].kind != LF_STIX_STRING ||
            !lf_observable_of_path(&c->path, c->values[i].text, false, &kind) ||
            !lf_observable_text(w->a, kind, c->values[i].text, &text))
            return false;
        add(w, kind, text);
    }
    return true;
}

/* False: the bracket may hold for records without any word. */
static bool compare(struct words *w, const struct lf_stix_compare *c)
{
    size_t begin = w->n;

    if (c->kind == LF_STIX_TEST)
        return test(w, c);
    if (c->kind == LF_STIX_EITHER) {
        for (size_t i = 0; i < c->nkids; i++)
            if (!compare(w, c->kids[i]))
                return false;
        return true;
    }
    /* All hold: the words of any one will do. */
    for (size_t i = 0; i < c->nkids; i++) {
        if (compare(w, c->kids[i]))
            return true;
        w->n = begin;
    }
    return false;
}

static bool observe(struct words *w, const struct lf_stix_observe *o)
{
    if (o->kind == LF_STIX_ONE)
        return compare(w, o->test);
    for (size_t i = 0; i < o->nkids; i++)
        if (!observe(w, o->kids[i]))
            return false;
    return true;
}

void lf_stix_words(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable **out, size_t *n)
{
    struct words w = { .a = a };

    *n = observe(&w, p->root) ? w.n : 0;
    *out = w.v;
}

static void every_compare(struct words *w, const struct lf_stix_compare *c)
{
    for (size_t i = 0; i < c->nkids; i++)
        every_compare(w, c->kids[i]);
    for (size_t i = 0; c->kind == LF_STIX_TEST && i < c->nvalues; i++) {
        enum lf_observable_kind kind;
        lf_view text;

        if (c->values[i].kind == LF_STIX_STRING && lf_observable_guess(c->values[i].text, &kind) &&
            lf_observable_text(w->a, kind, c->values[i].text, &text))
            add(w, kind, text);
    }
}

static void every(struct words *w, const struct lf_stix_observe *o)
{
    if (o->kind == LF_STIX_ONE)
        every_compare(w, o->test);
    for (size_t i = 0; i < o->nkids; i++)
        every(w, o->kids[i]);
}

void lf_stix_words_all(struct lf_arena *a, const struct lf_stix_pattern *p, struct lf_observable **out,
                       size_t *n)
{
    struct words w = { .a = a };

    every(&w, p->root);
    *n = w.n;
    *out = w.v;
}
