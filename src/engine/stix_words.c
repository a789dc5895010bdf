#include "engine/stix_words.h"

#include "engine/query.h"

/* The query looks for so many texts in raw bytes at once; with more it would look into each event for each
 * of them, which costs more than asking the set about all events. */
enum { AT_ONCE = 64 };

bool lf_stix_words_literal(enum lf_observable_kind kind)
{
    return kind == LF_OBS_DOMAIN || kind == LF_OBS_IPV4 || kind == LF_OBS_MD5 || kind == LF_OBS_SHA1 ||
           kind == LF_OBS_SHA256 || kind == LF_OBS_SHA512 || kind == LF_OBS_JA3;
}

struct words {
    struct lf_arena *a;
    lf_view *v;
    size_t n, cap;
};

static void add(struct words *w, lf_view v)
{
    w->v = lf_arena_grow(w->a, w->v, w->n, &w->cap, sizeof *w->v);
    w->v[w->n++] = v;
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
            !lf_stix_words_literal(kind) || !lf_observable_text(w->a, kind, c->values[i].text, &text))
            return false;
        add(w, text);
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

void lf_stix_words(struct lf_arena *a, const struct lf_stix_pattern *p, lf_view **out, size_t *n)
{
    struct words w = { .a = a };

    *n = observe(&w, p->root) ? w.n : 0;
    *out = w.v;
}

lf_view lf_stix_words_query(struct lf_arena *a, const lf_view *words, size_t n)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_QUERY_TEXT);
    for (size_t i = 0; i < n && n <= AT_ONCE; i++)
        lf_buf_printf(&b, "%s\"%.*s\"", i ? " OR " : "", LF_FMT(words[i]));
    out = b.over || !b.len ? LF_V("*") : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}
