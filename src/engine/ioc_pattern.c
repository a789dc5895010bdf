#include "engine/ioc_pattern.h"

typedef void each_fn(void *ctx, enum lf_observable_kind kind, lf_view value);

static bool compare(const struct lf_stix_compare *c, each_fn *each, void *ctx)
{
    enum lf_observable_kind kind;

    for (size_t i = 0; c->kind == LF_STIX_EITHER && i < c->nkids; i++)
        if (!compare(c->kids[i], each, ctx))
            return false;
    if (c->kind != LF_STIX_TEST)
        return c->kind == LF_STIX_EITHER;
    if (c->negated || !c->nvalues ||
        (c->op != LF_STIX_EQ && c->op != LF_STIX_IN && c->op != LF_STIX_ISSUBSET))
        return false;
    for (size_t i = 0; i < c->nvalues; i++) {
        if (c->values[i].kind != LF_STIX_STRING ||
            !lf_observable_of_path(&c->path, c->values[i].text, false, &kind))
            return false;
        /* A network that is equal is one thing, what lies in it another: as a set entry
         * both mean that addresses in it are hits. */
        if (each)
            each(ctx, kind, c->values[i].text);
    }
    return true;
}

static bool observe(const struct lf_stix_observe *o, each_fn *each, void *ctx)
{
    if (o->kind == LF_STIX_ONE)
        return compare(o->test, each, ctx);
    for (size_t i = 0; o->kind == LF_STIX_OR && i < o->nkids; i++)
        if (!observe(o->kids[i], each, ctx))
            return false;
    return o->kind == LF_STIX_OR;
}

bool lf_ioc_of_pattern(const struct lf_stix_pattern *p, each_fn *each, void *ctx)
{
    return observe(p->root, NULL, NULL) && observe(p->root, each, ctx);
}
