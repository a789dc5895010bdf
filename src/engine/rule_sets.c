/* Sets: many literals that one rule asks of one field are looked for in one pass over
 * it, the first time any of them is asked, so that a rule with a long list is
 * asked in the time of the text and not of the text times the list. */
#include <stdlib.h>

#include "engine/literals.h"
#include "engine/rule_priv.h"

enum {
    LEAST = 12,     /* literals that are worth a set */
    CUT_MOST = 128, /* bytes of a literal in it; a longer one is asked by itself where its front was seen */
};

struct lf_set {
    unsigned field;
    lf_view *texts;
    uint32_t *preds;
    size_t n;
    struct lf_literals *literals; /* made when first needed */
    bool useless;                 /* they did not compile: each is asked by itself */
    uint32_t stamp;               /* the event it was looked for in */
};

struct gathered {
    const struct lf_pred **preds;
    size_t n, cap;
};

static void gather(struct lf_ruleset *rs, struct lf_arena *a, struct lf_node *n, struct gathered *out)
{
    const struct lf_pred *p = n->pred;

    if (n->seen == rs->seen)
        return;
    n->seen = rs->seen;
    for (size_t i = 0; i < n->nkids; i++)
        gather(rs, a, n->kids[i], out);
    if (n->kind != LF_NODE_PRED || p->ask != LF_ASK_TEXT || p->cased ||
        p->pattern.shape != LF_SHAPE_CONTAINS || p->pattern.text.len == 0 || rs->set_of[p->number])
        return;
    out->preds = (const struct lf_pred **)lf_arena_grow(a, (void *)(uintptr_t)out->preds, out->n, &out->cap,
                                                        sizeof *out->preds);
    out->preds[out->n++] = p;
}

static int by_field(const void *x, const void *y)
{
    const struct lf_pred *const *a = x, *const *b = y;

    if ((*a)->field != (*b)->field)
        return (*a)->field < (*b)->field ? -1 : 1;
    return (*a)->number < (*b)->number ? -1 : (*a)->number > (*b)->number;
}

static void make_set(struct lf_ruleset *rs, const struct lf_pred **preds, size_t n)
{
    struct lf_set *s;

    rs->sets = lf_arena_grow(&rs->a, rs->sets, rs->nsets, &rs->sets_cap, sizeof *rs->sets);
    s = &rs->sets[rs->nsets++];
    *s = (struct lf_set){ .field = preds[0]->field, .n = n };
    s->texts = LF_NEW(&rs->a, lf_view, n);
    s->preds = LF_NEW(&rs->a, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        s->texts[i] = lf_view_first(preds[i]->pattern.text, CUT_MOST);
        s->preds[i] = preds[i]->number;
        rs->set_of[preds[i]->number] = (uint32_t)rs->nsets;
    }
}

void lf_sets_make(struct lf_ruleset *rs)
{
    struct lf_arena tmp = { 0 };

    rs->set_of = LF_NEW(&rs->a, uint32_t, rs->npreds ? rs->npreds : 1);
    for (size_t r = 0; r < rs->nrules; r++) {
        struct gathered g = { 0 };

        if (!rs->roots[r])
            continue;
        rs->seen++;
        gather(rs, &tmp, rs->roots[r], &g);
        if (g.n >= LEAST)
            qsort((void *)(uintptr_t)g.preds, g.n, sizeof *g.preds, by_field);
        for (size_t i = 0, to; g.n >= LEAST && i < g.n; i = to) {
            for (to = i; to < g.n && g.preds[to]->field == g.preds[i]->field;)
                to++;
            if (to - i >= LEAST)
                make_set(rs, g.preds + i, to - i);
        }
        lf_arena_reset(&tmp);
    }
    lf_arena_clear(&tmp);
}

void lf_sets_clear(struct lf_ruleset *rs)
{
    for (size_t i = 0; i < rs->nsets; i++)
        lf_literals_destroy(rs->sets[i].literals);
}

void lf_sets_forget(struct lf_ruleset *rs)
{
    for (size_t i = 0; i < rs->nsets; i++)
        rs->sets[i].stamp = 0;
}

struct look {
    struct lf_ruleset *rs;
    const struct lf_set *s;
    struct lf_at *m;
};

static void seen(void *ctx, unsigned literal)
{
    struct look *l = ctx;
    const struct lf_pred *p = l->rs->preds[l->s->preds[literal]];
    uint32_t *kept = &l->rs->answered[p->number], now = l->rs->now;

    if (*kept == (now << 1 | 1u))
        return;
    if (p->pattern.text.len <= CUT_MOST || lf_pred_holds(l->m, p))
        *kept = now << 1 | 1u;
}

bool lf_pred_asked(struct lf_at *m, const struct lf_pred *p)
{
    struct lf_ruleset *rs = m->rs;
    uint32_t number = rs->set_of[p->number];
    struct lf_set *s = number ? &rs->sets[number - 1] : NULL;
    struct look l = { rs, s, m };
    struct lf_slot *slot;

    if (!s || s->useless)
        return lf_pred_holds(m, p);
    if (s->stamp == rs->now) /* looked for and not seen */
        return rs->answered[p->number] == (rs->now << 1 | 1u);
    if (!s->literals) {
        struct lf_err e = { 0 };

        if (lf_literals_create(s->texts, s->n, &rs->scratch, &s->literals, &e) != LF_OK) {
            s->useless = true;
            return lf_pred_holds(m, p);
        }
    }
    s->stamp = rs->now;
    slot = lf_slot_of(m, s->field);
    for (size_t i = 0; i < slot->n; i++) {
        struct lf_value *v = &slot->values[i];

        if (lf_json_kind(v->json) != LF_JSON_NULL && (i == 0 || !lf_value_same(v, v - 1)))
            lf_literals_scan(s->literals, lf_value_is_ascii(v) ? v->text : lf_value_folded(m, v), rs->scratch,
                             seen, &l);
    }
    return rs->answered[p->number] == (rs->now << 1 | 1u);
}
