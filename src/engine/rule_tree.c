/* Trees of and/or/not, their predicates and the numbers of fields. */
#include "engine/rule_load.h"

struct lf_node *lf_node_new(struct lf_ruleset *rs, enum lf_node_kind kind, size_t nkids)
{
    struct lf_node *n = LF_NEW(&rs->a, struct lf_node, 1);

    n->kind = kind;
    n->kids = LF_NEW(&rs->a, struct lf_node *, nkids ? nkids : 1);
    n->nkids = nkids;
    return n;
}

static int by_cost(const void *x, const void *y)
{
    const struct lf_node *const *a = x, *const *b = y;

    return (*a)->cost < (*b)->cost ? -1 : (*a)->cost > (*b)->cost;
}

void lf_node_settle(struct lf_node *n)
{
    uint64_t sum = 1;

    if (n->kind != LF_NODE_NOT && n->nkids > 1)
        qsort(n->kids, n->nkids, sizeof *n->kids, by_cost);
    for (size_t i = 0; i < n->nkids; i++)
        sum += n->kids[i]->cost;
    n->cost = sum < 1u << 30 ? (unsigned)sum : 1u << 30;
}

unsigned lf_field_number(struct lf_ruleset *rs, lf_view name)
{
    uint64_t v;

    if (lf_map_get(&rs->field_of, name, &v))
        return (unsigned)v;
    rs->fields = lf_arena_grow(&rs->a, rs->fields, rs->nfields, &rs->fields_cap, sizeof *rs->fields);
    name = lf_arena_copy(&rs->a, name);
    lf_map_set(&rs->field_of, name, rs->nfields);
    rs->fields[rs->nfields] = name;
    return (unsigned)rs->nfields++;
}

struct lf_pred *lf_pred_new(struct lf_ruleset *rs, unsigned field, enum lf_ask ask)
{
    struct lf_pred *p = LF_NEW(&rs->a, struct lf_pred, 1);

    p->number = (unsigned)rs->npreds++;
    p->field = field;
    p->ask = ask;
    return p;
}

struct lf_node *lf_node_of_pred(struct lf_ruleset *rs, const struct lf_pred *p)
{
    static const unsigned ask_cost[] = {
        [LF_ASK_TEXT] = 2,   [LF_ASK_NUMBER] = 1, [LF_ASK_BOOL] = 1, [LF_ASK_NULL] = 1,
        [LF_ASK_EXISTS] = 1, [LF_ASK_REGEX] = 40, [LF_ASK_NET] = 4,  [LF_ASK_COMPARE] = 2,
        [LF_ASK_FIELD] = 6,  [LF_ASK_PART] = 3,
    };
    struct lf_node *n = lf_node_new(rs, LF_NODE_PRED, 0);

    n->pred = p;
    n->cost = ask_cost[p->ask];
    if (p->ask == LF_ASK_TEXT && p->pattern.shape >= LF_SHAPE_CONTAINS)
        n->cost = p->pattern.shape == LF_SHAPE_GLOB ? 20 : 8;
    if (p->field == 0)
        n->cost *= 20;
    return n;
}
