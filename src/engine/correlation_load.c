/* Correlations as written -> what the correlator runs.  C17 of docs/sigma-choices.md
 * says what is meant where the specification is silent. */
#include "engine/correlation_priv.h"
#include <limits.h>

#include "engine/rule_load.h"

enum { NAME_MOST = 256, DIGITS = 27 };

static const char *const kinds[] = { "event_count", "value_count", "temporal",        "temporal_ordered",
                                     "value_sum",   "value_avg",   "value_percentile" };
static const char *const ops[LF_OP_COUNT] = { "gt", "gte", "lt", "lte", "eq", "neq" };

const char *lf_correlation_kind_name(enum lf_correlation_kind k)
{
    return kinds[k];
}

/* ---- exact numbers ---- */

static __int128 ten_to(int n)
{
    __int128 v = 1;

    while (n-- > 0)
        v *= 10;
    return v;
}

struct lf_num lf_num_int(int64_t n)
{
    return (struct lf_num){ .whole = n };
}

struct lf_num lf_num_of(const struct lf_decimal *d)
{
    struct lf_num out = { 0, 0 };
    size_t n = d->whole.len + d->part.len, skip = 0;
    int64_t point;

#define DIGIT(i) ((i) < d->whole.len ? d->whole.ptr[i] : d->part.ptr[(i)-d->whole.len])
    while (skip < n && DIGIT(skip) == '0')
        skip++;
    point = (int64_t)d->whole.len - (int64_t)skip + d->exponent; /* digits before the point */
    if (skip < n && point > DIGITS) {
        out.whole = ten_to(DIGITS) - 1;
    } else if (skip < n) {
        for (int64_t i = 0; i < point + DIGITS; i++) {
            int digit = skip + (size_t)i < n ? DIGIT(skip + (size_t)i) - '0' : 0;

            if (i < point)
                out.whole = out.whole * 10 + digit;
            else
                out.part = out.part * 10 + digit;
        }
    }
#undef DIGIT
    if (d->negative) {
        out.whole = -out.whole;
        out.part = -out.part;
    }
    return out;
}

void lf_num_add(struct lf_num *to, const struct lf_num *n, int sign)
{
    to->whole += sign * n->whole;
    to->part += sign * n->part;
}

int lf_num_cmp(const struct lf_num *x, const struct lf_num *y, uint64_t times)
{
    const __int128 one = ten_to(DIGITS);
    struct lf_num d = { x->whole - y->whole * (__int128)times, x->part - y->part * (__int128)times };

    d.whole += d.part / one;
    d.part %= one;
    if (d.whole != 0) /* what is left of the part is less than one */
        return d.whole > 0 ? 1 : -1;
    return d.part > 0 ? 1 : d.part < 0 ? -1 : 0;
}

bool lf_correlation_holds(const struct lf_correlation *c, const struct lf_num *value, uint64_t times)
{
    for (size_t i = 0; i < c->nbounds; i++) {
        int x = lf_num_cmp(value, &c->bounds[i].than, times);
        bool ok = false;

        switch (c->bounds[i].op) {
        case LF_OP_GT:
            ok = x > 0;
            break;
        case LF_OP_GTE:
            ok = x >= 0;
            break;
        case LF_OP_LT:
            ok = x < 0;
            break;
        case LF_OP_LTE:
            ok = x <= 0;
            break;
        case LF_OP_EQ:
            ok = x == 0;
            break;
        case LF_OP_NEQ:
            ok = x != 0;
            break;
        case LF_OP_COUNT:
            break;
        }
        if (!ok)
            return false;
    }
    return true;
}

/* ---- one document ---- */

static enum lf_code read_name(struct lf_ruleset *rs, const struct lf_json *v, const char *what, lf_view *out,
                              struct lf_err *e)
{
    lf_view t = lf_json_text(v);

    if (lf_json_kind(v) != LF_JSON_STRING || t.len == 0 || t.len > NAME_MOST)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: %s: a text of 1 to %d bytes is wanted", what,
                          NAME_MOST);
    *out = lf_arena_copy(&rs->a, t);
    return LF_OK;
}

static enum lf_code read_names(struct lf_ruleset *rs, const struct lf_json *v, const char *what, size_t most,
                               lf_view **out, size_t *n, struct lf_err *e)
{
    size_t count = lf_json_items(v);

    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: %s: a list is wanted", what);
    if (count > most)
        return lf_err_set(e, LF_TOO_BIG, "correlation: %s: more than %zu entries", what, most);
    *out = LF_NEW(&rs->a, lf_view, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        LF_TRY(read_name(rs, lf_json_item(v, i), what, &(*out)[i], e));
        for (size_t k = 0; k < i; k++)
            if (lf_view_eq((*out)[k], (*out)[i]))
                return lf_err_set(e, LF_BAD_INPUT, "correlation: %s: \"%.*s\" comes twice", what,
                                  LF_FMT((*out)[i]));
    }
    *n = count;
    return LF_OK;
}

static enum lf_code read_span(const struct lf_json *v, lf_time *out, struct lf_err *e)
{
    lf_view t = lf_json_text(v);
    uint64_t n = 0;
    lf_time unit = 0;

    if (lf_json_kind(v) == LF_JSON_STRING && t.len >= 2 && t.len <= 10) {
        switch (t.ptr[t.len - 1]) {
        case 's':
            unit = LF_SECOND;
            break;
        case 'm':
            unit = LF_MINUTE;
            break;
        case 'h':
            unit = LF_HOUR;
            break;
        case 'd':
            unit = LF_DAY;
            break;
        default:
            break;
        }
        if (unit > 0 && !lf_view_u64(lf_view_first(t, t.len - 1), &n))
            n = 0;
    }
    if (n == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "correlation: timespan: a number and one of s, m, h, d is wanted, such as 10m");
    if (n > (uint64_t)(36500 * LF_DAY / unit))
        return lf_err_set(e, LF_TOO_BIG, "correlation: timespan: longer than a hundred years");
    *out = (lf_time)n * unit;
    return LF_OK;
}

static enum lf_code read_condition(struct lf_ruleset *rs, const struct lf_json *v, struct lf_correlation *c,
                                   struct lf_err *e)
{
    bool counts = c->kind <= LF_TEMPORAL_ORDERED,
         by_value = c->kind != LF_EVENT_COUNT && c->kind != LF_TEMPORAL && c->kind != LF_TEMPORAL_ORDERED;

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: a map such as {gte: 10} is wanted");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view key = lf_json_key(v, i);
        const struct lf_json *x = lf_json_member(v, i);
        struct lf_limit *b = &c->bounds[c->nbounds];
        struct lf_decimal d;
        size_t op = 0;

        if (lf_view_is(key, "field")) {
            if (!by_value)
                return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: %s looks at no field",
                                  kinds[c->kind]);
            if (lf_json_kind(x) == LF_JSON_ARRAY) {
                LF_TRY(
                    read_names(rs, x, "condition: field", LF_CORRELATION_FIELDS, &c->values, &c->nvalues, e));
            } else {
                c->values = LF_NEW(&rs->a, lf_view, 1);
                LF_TRY(read_name(rs, x, "condition: field", &c->values[0], e));
                c->nvalues = 1;
            }
            continue;
        }
        while (op < LF_OP_COUNT && !lf_view_is(key, ops[op]))
            op++;
        if (op == LF_OP_COUNT)
            return lf_err_set(e, LF_BAD_INPUT,
                              "correlation: condition: \"%.*s\" is none of gt, gte, lt, lte, eq, neq, field",
                              LF_FMT(key));
        if (lf_json_kind(x) != LF_JSON_NUMBER ||
            !lf_decimal_parse(lf_arena_copy(&rs->a, lf_json_text(x)), true, &d))
            return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: %s: a number is wanted", ops[op]);
        b->than = lf_num_of(&d);
        if (counts && b->than.part != 0)
            return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: %s: a whole number is wanted",
                              ops[op]);
        b->op = (enum lf_op)op;
        c->nbounds++;
    }
    if (c->nbounds == 0)
        return lf_err_set(e, LF_BAD_INPUT,
                          "correlation: condition: none of gt, gte, lt, lte, eq, neq is there");
    if (by_value && c->nvalues == 0)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: %s needs field", kinds[c->kind]);
    if (c->nvalues > 1 && c->kind != LF_VALUE_COUNT)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: condition: %s takes one field", kinds[c->kind]);
    return LF_OK;
}

static enum lf_code read_aliases(struct lf_ruleset *rs, const struct lf_json *v, struct lf_correlation *c,
                                 struct lf_err *e)
{
    size_t n = lf_json_members(v);

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: aliases: a map is wanted");
    if (n > LF_CORRELATION_FIELDS * 2)
        return lf_err_set(e, LF_TOO_BIG, "correlation: aliases: more than %d", LF_CORRELATION_FIELDS * 2);
    c->aliases = LF_NEW(&rs->a, struct lf_correlation_alias, n ? n : 1);
    c->naliases = n;
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *m = lf_json_member(v, i);
        struct lf_correlation_alias *al = &c->aliases[i];

        al->name = lf_arena_copy(&rs->a, lf_json_key(v, i));
        al->n = lf_json_members(m);
        if (lf_json_kind(m) != LF_JSON_OBJECT || al->n == 0 || al->n > LF_CORRELATION_RULES)
            return lf_err_set(e, LF_BAD_INPUT,
                              "correlation: aliases: \"%.*s\": a map from rules to fields is wanted",
                              LF_FMT(al->name));
        al->rules = LF_NEW(&rs->a, lf_view, al->n);
        al->fields = LF_NEW(&rs->a, lf_view, al->n);
        for (size_t k = 0; k < al->n; k++) {
            al->rules[k] = lf_arena_copy(&rs->a, lf_json_key(m, k));
            LF_TRY(read_name(rs, lf_json_member(m, k), "aliases", &al->fields[k], e));
        }
    }
    return LF_OK;
}

static uint64_t need_of(const struct lf_correlation *c)
{
    uint64_t most = 1;

    for (size_t i = 0; i < c->nbounds; i++) {
        __int128 w = c->bounds[i].than.whole;

        if (w >= (__int128)UINT32_MAX)
            return UINT32_MAX;
        if (w > 0 && (uint64_t)w + 1 > most)
            most = (uint64_t)w + 1;
    }
    return most;
}

static enum lf_code read_correlation(struct lf_ruleset *rs, const struct lf_json *doc, unsigned rule,
                                     struct lf_err *e)
{
    const struct lf_json *v = lf_json_get(doc, LF_V("correlation")), *x, *gen;
    struct lf_correlations *all = rs->correlations;
    struct lf_correlation *c;
    lf_view *names, type;
    size_t n, kind = 0;
    struct lf_buf b;

    if (!all)
        all = rs->correlations = LF_NEW(&rs->a, struct lf_correlations, 1);
    if (all->n == LF_CORRELATION_MOST)
        return lf_err_set(e, LF_TOO_BIG, "more than %d correlations", LF_CORRELATION_MOST);
    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: a map is wanted");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        static const char *const known[] = { "type",     "rules",     "aliases", "group-by",
                                             "timespan", "condition", "generate" };
        size_t k = 0;

        while (k < sizeof known / sizeof *known && !lf_view_is(lf_json_key(v, i), known[k]))
            k++;
        if (k == sizeof known / sizeof *known)
            return lf_err_set(e, LF_BAD_INPUT, "correlation: \"%.*s\" is not known",
                              LF_FMT(lf_json_key(v, i)));
    }
    c = LF_NEW(&rs->a, struct lf_correlation, 1);
    c->rule = rule;

    x = lf_json_get(v, LF_V("type"));
    type = lf_json_text(x);
    while (kind < sizeof kinds / sizeof *kinds && !lf_view_is(type, kinds[kind]))
        kind++;
    if (lf_json_kind(x) != LF_JSON_STRING || kind == sizeof kinds / sizeof *kinds)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "correlation: type is none of event_count, value_count, temporal, temporal_ordered, "
            "value_sum, value_avg, value_percentile");
    c->kind = (enum lf_correlation_kind)kind;

    x = lf_json_get(v, LF_V("rules"));
    if (!x)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: rules are missing");
    LF_TRY(read_names(rs, x, "rules", LF_CORRELATION_RULES, &names, &n, e));
    if (n == 0)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: rules: the list is empty");
    c->refs = LF_NEW(&rs->a, struct lf_correlation_ref, n);
    c->nrefs = n;
    for (size_t i = 0; i < n; i++)
        c->refs[i].name = names[i];

    x = lf_json_get(v, LF_V("group-by"));
    if (x && lf_json_kind(x) != LF_JSON_NULL)
        LF_TRY(read_names(rs, x, "group-by", LF_CORRELATION_FIELDS, &c->group, &c->ngroup, e));

    x = lf_json_get(v, LF_V("timespan"));
    if (!x)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: timespan is missing");
    LF_TRY(read_span(x, &c->span, e));

    x = lf_json_get(v, LF_V("condition"));
    if (x)
        LF_TRY(read_condition(rs, x, c, e));
    else if (c->kind != LF_TEMPORAL && c->kind != LF_TEMPORAL_ORDERED)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: %s needs a condition", kinds[c->kind]);
    c->need = need_of(c);
    if (!x) { /* all rules */
        c->bounds[0] = (struct lf_limit){ LF_OP_GTE, lf_num_int((int64_t)n) };
        c->nbounds = 1;
    }

    x = lf_json_get(v, LF_V("aliases"));
    if (x && lf_json_kind(x) != LF_JSON_NULL)
        LF_TRY(read_aliases(rs, x, c, e));

    /* The specification has it beside `correlation`, much that is written inside. */
    gen = lf_json_get(doc, LF_V("generate"));
    if (!gen)
        gen = lf_json_get(v, LF_V("generate"));
    if (gen && lf_json_kind(gen) != LF_JSON_TRUE && lf_json_kind(gen) != LF_JSON_FALSE)
        return lf_err_set(e, LF_BAD_INPUT, "generate: true or false is wanted");
    c->generate = gen && lf_json_kind(gen) == LF_JSON_TRUE;

    lf_buf_init(&b, LF_RULE_FILE_MOST * 8);
    lf_json_write(&b, v);
    lf_sha256(lf_buf_view(&b), c->meaning);
    lf_buf_clear(&b);

    all->list = (struct lf_correlation **)lf_arena_grow(&rs->a, (void *)all->list, all->n, &all->cap,
                                                        sizeof *all->list);
    all->list[all->n++] = c;
    return LF_OK;
}

/* ---- all of them together ---- */

static void refuse(struct lf_ruleset *rs, unsigned rule, struct lf_err *e)
{
    (void)lf_err_at(e, "line %zu", rs->rules[rule].line);
    lf_rule_refuse(rs, &rs->rules[rule], e);
}

struct link {
    struct lf_ruleset *rs;
    struct lf_correlations *all;
    unsigned *inner_of; /* by rule number: index in all->list, or UINT_MAX */
    struct lf_correlation **order;
    size_t n;
    struct lf_map meanings; /* of those in `order` */
};

static lf_view meaning_of(const struct lf_correlation *c)
{
    return (lf_view){ (const char *)c->meaning, LF_SHA256 };
}

static enum lf_code find_rule(struct link *l, const struct lf_correlation *c, lf_view name, unsigned *out,
                              struct lf_err *e)
{
    const struct lf_rule *r;

    if (lf_ruleset_named(l->rs, name, l->rs->rules[c->rule].file, &r, e) != LF_OK)
        return lf_err_at(e, "correlation: rules");
    if (r->refused.ptr)
        return lf_err_set(e, LF_UNACCEPTED, "correlation: rules: \"%.*s\" is refused itself", LF_FMT(name));
    if (r->kind == LF_RULE_FILTER)
        return lf_err_set(e, LF_BAD_INPUT, "correlation: rules: \"%.*s\" is a filter", LF_FMT(name));
    *out = r->number;
    return LF_OK;
}

/* The field that a name of group-by or of the condition means in events of a rule. */
static unsigned field_of(struct link *l, const struct lf_correlation *c, const struct lf_correlation_ref *r,
                         lf_view name)
{
    for (size_t i = 0; i < c->naliases; i++) {
        const struct lf_correlation_alias *al = &c->aliases[i];
        unsigned rule;

        if (!lf_view_eq(al->name, name))
            continue;
        for (size_t k = 0; k < al->n; k++)
            if (find_rule(l, c, al->rules[k], &rule, NULL) == LF_OK && rule == r->rule)
                return lf_field_number(l->rs, al->fields[k]);
    }
    return lf_field_number(l->rs, name);
}

static enum lf_code check_aliases(struct link *l, const struct lf_correlation *c, struct lf_err *e)
{
    for (size_t i = 0; i < c->naliases; i++)
        for (size_t k = 0; k < c->aliases[i].n; k++) {
            unsigned rule;
            size_t r = 0;

            if (find_rule(l, c, c->aliases[i].rules[k], &rule, e) != LF_OK)
                return lf_err_at(e, "aliases: \"%.*s\"", LF_FMT(c->aliases[i].name));
            while (r < c->nrefs && c->refs[r].rule != rule)
                r++;
            if (r == c->nrefs)
                return lf_err_set(e, LF_BAD_INPUT,
                                  "correlation: aliases: \"%.*s\": \"%.*s\" is not among its rules",
                                  LF_FMT(c->aliases[i].name), LF_FMT(c->aliases[i].rules[k]));
        }
    return LF_OK;
}

static enum lf_code link_one(struct link *l, struct lf_correlation *c, unsigned depth, struct lf_err *e);

static enum lf_code link_refs(struct link *l, struct lf_correlation *c, unsigned depth, struct lf_err *e)
{
    for (size_t i = 0; i < c->nrefs; i++) {
        struct lf_correlation_ref *r = &c->refs[i];
        struct lf_correlation *in;
        struct lf_err why;

        LF_TRY(find_rule(l, c, r->name, &r->rule, e));
        for (size_t k = 0; k < i; k++)
            if (c->refs[k].rule == r->rule)
                return lf_err_set(e, LF_BAD_INPUT, "correlation: \"%.*s\" and \"%.*s\" are the same rule",
                                  LF_FMT(c->refs[k].name), LF_FMT(r->name));
        r->inner = l->inner_of[r->rule];
        if (r->inner == UINT_MAX)
            continue;
        in = l->all->list[r->inner];
        if (in->state == 1)
            return lf_err_set(e, LF_BAD_INPUT, "correlation: by way of \"%.*s\" it refers to itself",
                              LF_FMT(r->name));
        if (depth == LF_CORRELATION_DEPTH)
            return lf_err_set(e, LF_TOO_BIG, "correlation: more than %d deep", LF_CORRELATION_DEPTH);
        if (link_one(l, in, depth + 1, &why) != LF_OK)
            return lf_err_set(e, LF_UNACCEPTED, "correlation: rule \"%.*s\" is refused", LF_FMT(r->name));
        if (in->depth + 1 > c->depth)
            c->depth = in->depth + 1;
        if (c->depth > LF_CORRELATION_DEPTH)
            return lf_err_set(e, LF_TOO_BIG, "correlation: more than %d deep", LF_CORRELATION_DEPTH);
    }
    return check_aliases(l, c, e);
}

static enum lf_code link_one(struct link *l, struct lf_correlation *c, unsigned depth, struct lf_err *e)
{
    struct lf_arena *a = &l->rs->a;
    struct lf_buf b;
    uint64_t seen;
    enum lf_code rc;

    if (c->state == 2)
        return c->loaded ? LF_OK : lf_err_set(e, LF_UNACCEPTED, "correlation: it is refused");
    c->state = 1;
    rc = link_refs(l, c, depth, e);
    c->state = 2;
    if (rc != LF_OK) {
        refuse(l->rs, c->rule, e);
        return rc;
    }
    lf_buf_init(&b, 1 << 16);
    lf_buf_put(&b, (lf_view){ (const char *)c->meaning, LF_SHA256 });
    for (size_t i = 0; i < c->nrefs; i++) {
        struct lf_correlation_ref *r = &c->refs[i];

        r->group = LF_NEW(a, unsigned, c->ngroup + 1);
        r->values = LF_NEW(a, unsigned, c->nvalues + 1);
        for (size_t k = 0; k < c->ngroup; k++)
            r->group[k] = field_of(l, c, r, c->group[k]);
        for (size_t k = 0; k < c->nvalues; k++)
            r->values[k] = field_of(l, c, r, c->values[k]);
        lf_buf_put(&b, l->rs->rules[r->rule].id);
    }
    lf_sha256(lf_buf_view(&b), c->meaning);
    lf_buf_clear(&b);
    /* A document that is there twice means the same twice; what is kept of each goes
     * back to its own, so the second is told from the first. */
    while (lf_map_get(&l->meanings, meaning_of(c), &seen))
        lf_sha256(meaning_of(c), c->meaning);
    lf_map_set(&l->meanings, meaning_of(c), 1);
    c->loaded = true;
    c->place = (unsigned)l->n;
    l->order[l->n++] = c;
    return LF_OK;
}

static void add_field(struct lf_ruleset *rs, struct lf_correlation_uses *u, size_t *cap, unsigned field)
{
    for (size_t i = 0; i < u->nfields; i++)
        if (u->fields[i] == field)
            return;
    u->fields = lf_arena_grow(&rs->a, u->fields, u->nfields, cap, sizeof *u->fields);
    u->fields[u->nfields++] = field;
}

/* Which fields a sighting of `rule` must carry: those of every correlation that can
 * come to see it, directly or through others; each of them is walked once. */
static void gather_uses(struct link *l, unsigned rule, struct lf_correlation_uses *u, size_t *cap,
                        unsigned mark)
{
    const struct lf_correlation_uses *of = &l->all->uses[rule];

    for (size_t i = 0; i < of->n; i++) {
        struct lf_correlation *c = l->order[of->list[i].correlation];
        const struct lf_correlation_ref *r = &c->refs[of->list[i].ref];

        for (size_t k = 0; k < c->ngroup; k++)
            add_field(l->rs, u, cap, r->group[k]);
        for (size_t k = 0; k < c->nvalues; k++)
            add_field(l->rs, u, cap, r->values[k]);
        if (c->mark == mark)
            continue;
        c->mark = mark;
        gather_uses(l, c->rule, u, cap, mark);
    }
}

void lf_correlations_load(struct lf_ruleset *rs)
{
    struct link l = { .rs = rs };
    struct lf_correlations *all;
    size_t n = rs->nrules;
    bool *named, *shown;

    for (size_t i = 0; i < n; i++) {
        struct lf_err e = { 0 };

        if (rs->rules[i].kind == LF_RULE_CORRELATION && !rs->rules[i].refused.ptr &&
            read_correlation(rs, rs->rules[i].doc, (unsigned)i, &e) != LF_OK)
            refuse(rs, (unsigned)i, &e);
    }
    all = l.all = rs->correlations;
    if (!all)
        return;
    lf_map_init(&l.meanings, 1);
    l.inner_of = LF_NEW(&rs->a, unsigned, n);
    l.order = LF_NEW(&rs->a, struct lf_correlation *, all->n + 1);
    for (size_t i = 0; i < n; i++)
        l.inner_of[i] = UINT_MAX;
    for (size_t i = 0; i < all->n; i++)
        l.inner_of[all->list[i]->rule] = (unsigned)i;
    for (size_t i = 0; i < all->n; i++) {
        struct lf_err e = { 0 };

        (void)!link_one(&l, all->list[i], 0, &e);
    }
    lf_map_clear(&l.meanings);

    named = LF_NEW(&rs->a, bool, n);
    shown = LF_NEW(&rs->a, bool, n);
    all->uses = LF_NEW(&rs->a, struct lf_correlation_uses, n);
    for (size_t i = 0; i < l.n; i++)
        for (size_t k = 0; k < l.order[i]->nrefs; k++) {
            struct lf_correlation_ref *r = &l.order[i]->refs[k];
            struct lf_correlation_uses *u = &all->uses[r->rule];

            named[r->rule] = true;
            shown[r->rule] = shown[r->rule] || l.order[i]->generate;
            u->list = lf_arena_grow(&rs->a, u->list, u->n, &u->cap, sizeof *u->list);
            u->list[u->n++] = (struct lf_correlation_use){ (unsigned)i, (unsigned)k };
            if (r->inner != UINT_MAX)
                r->inner = all->list[r->inner]->place;
        }
    for (size_t i = 0; i < n; i++) {
        size_t cap = 0;

        rs->rules[i].quiet = named[i] && !shown[i];
        if (named[i] && rs->rules[i].kind == LF_RULE_DETECTION)
            gather_uses(&l, (unsigned)i, &all->uses[i], &cap, (unsigned)i + 1);
    }
    all->list = l.order;
    all->n = l.n;
}

const struct lf_correlations *lf_ruleset_correlation_list(const struct lf_ruleset *rs)
{
    return lf_delta_base(rs)->correlations;
}

size_t lf_ruleset_correlations(const struct lf_ruleset *rs)
{
    const struct lf_correlations *all = lf_ruleset_correlation_list(rs);

    return all ? all->n : 0;
}
