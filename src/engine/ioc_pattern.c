#include "engine/ioc_pattern.h"

typedef void each_fn(void *ctx, enum lf_ioc_kind kind, lf_view value);

static bool hash_kind(lf_view name, enum lf_ioc_kind *kind)
{
    static const struct {
        const char *name;
        enum lf_ioc_kind kind;
    } known[] = { { "MD5", LF_IOC_MD5 },        { "SHA-1", LF_IOC_SHA1 },    { "SHA1", LF_IOC_SHA1 },
                  { "SHA-256", LF_IOC_SHA256 }, { "SHA256", LF_IOC_SHA256 }, { "SHA-512", LF_IOC_SHA512 },
                  { "SHA512", LF_IOC_SHA512 } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lf_view_eq_nocase(name, lf_view_of(known[i].name))) {
            *kind = known[i].kind;
            return true;
        }
    return false;
}

/* What kind a value of this path is; an address may be a network. */
static bool kind_of(const struct lf_stix_path *p, lf_view value, enum lf_ioc_kind *kind)
{
    bool net = lf_view_find_byte(value, '/') != SIZE_MAX;
    char out[LF_IOC_VALUE];
    size_t n;

    if (p->steps[p->n - 1].kind != LF_STIX_KEY)
        return false;
    if (p->n == 1 && lf_view_is(p->steps[0].key, "value")) {
        if (lf_view_is(p->type, "domain-name"))
            *kind = LF_IOC_DOMAIN;
        else if (lf_view_is(p->type, "ipv4-addr"))
            *kind = net ? LF_IOC_NET4 : LF_IOC_IPV4;
        else if (lf_view_is(p->type, "ipv6-addr"))
            *kind = net ? LF_IOC_NET6 : LF_IOC_IPV6;
        else if (lf_view_is(p->type, "url"))
            *kind = LF_IOC_URL;
        else if (lf_view_is(p->type, "email-addr"))
            *kind = LF_IOC_EMAIL;
        else
            return false;
    } else if (p->n == 2 && lf_view_is(p->steps[0].key, "hashes")) {
        if (!hash_kind(p->steps[1].key, kind))
            return false;
    } else if (p->n == 2 && lf_view_is(p->type, "network-traffic") && lf_view_is(p->steps[1].key, "value") &&
               (lf_view_is(p->steps[0].key, "src_ref") || lf_view_is(p->steps[0].key, "dst_ref"))) {
        if (!lf_ioc_guess(value, kind))
            return false;
    } else {
        return false;
    }
    return lf_ioc_canon(*kind, value, out, &n);
}

static bool compare(const struct lf_stix_compare *c, each_fn *each, void *ctx)
{
    enum lf_ioc_kind kind;

    for (size_t i = 0; c->kind == LF_STIX_EITHER && i < c->nkids; i++)
        if (!compare(c->kids[i], each, ctx))
            return false;
    if (c->kind != LF_STIX_TEST)
        return c->kind == LF_STIX_EITHER;
    if (c->negated || !c->nvalues ||
        (c->op != LF_STIX_EQ && c->op != LF_STIX_IN && c->op != LF_STIX_ISSUBSET))
        return false;
    for (size_t i = 0; i < c->nvalues; i++) {
        if (c->values[i].kind != LF_STIX_STRING || !kind_of(&c->path, c->values[i].text, &kind))
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
