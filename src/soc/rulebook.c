#include "soc/rulebook.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/unpack.h"
#include "engine/fold.h"

struct lf_rulebook {
    struct lf_arena memory;
    struct lf_rule_entry *rule; /* by title and id */
    size_t n, unlisted;
    struct lf_attack *attack;
};

struct lf_rulebook *lf_rulebook_create(void)
{
    struct lf_rulebook *b = calloc(1, sizeof *b);

    if (!b)
        LF_BUG("no memory for the list of rules");
    b->attack = lf_attack_create();
    return b;
}

void lf_rulebook_destroy(struct lf_rulebook *b)
{
    if (!b)
        return;
    lf_attack_destroy(b->attack);
    lf_arena_clear(&b->memory);
    free(b);
}

static int by_title(const void *x, const void *y)
{
    const struct lf_rule_entry *a = x, *b = y;
    int order = lf_view_cmp(a->title, b->title);

    return order ? order : lf_view_cmp(a->id, b->id);
}

enum lf_code lf_rulebook_take(struct lf_rulebook *b, lf_view packed, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(packed);
    struct lf_arena memory = { 0 };
    struct lf_rule_entry *rule = NULL;
    uint64_t all = lf_unpack_uint(&in, 4);
    size_t n = 0, cap = 0;
    lf_view left;

    if (in.bad)
        return lf_err_set(e, LF_BAD_INPUT, "rules: the list has no beginning");
    /* What is kept is a copy. */
    left = lf_arena_copy(&memory, in.left);
    while (left.len) {
        rule = lf_arena_grow(&memory, rule, n, &cap, sizeof *rule);
        if (!lf_rule_entry_take(&left, &rule[n])) {
            lf_arena_clear(&memory);
            return lf_err_set(e, LF_BAD_INPUT, "rules: entry %zu of the list is none", n);
        }
        n++;
    }
    if (n)
        qsort(rule, n, sizeof *rule, by_title);
    lf_arena_clear(&b->memory);
    b->memory = memory;
    b->rule = rule;
    b->n = n;
    b->unlisted = all > n ? (size_t)all - n : 0;
    return LF_OK;
}

/* ---- states ---- */

/* What was decided, by rule id; a rule that is not in it is live. */
static enum lf_code states_of(struct lf_task *t, struct lf_map *out, struct lf_err *e)
{
    struct lf_page page = { .limit = LF_PAGE_MOST };
    lf_time now = lf_now(t->env);

    lf_map_init(out, (uint64_t)now | 1);
    do {
        struct lf_tuning *items;
        enum lf_code rc;
        lf_view next;
        size_t n;

        rc = lf_tuning_list(t, &page, &items, &n, &next, e);
        if (rc != LF_OK) {
            lf_map_clear(out);
            return rc;
        }
        for (size_t i = 0; i < n; i++)
            if (items[i].state != LF_RULE_LIVE && !(items[i].until && items[i].until <= now))
                lf_map_set(out, items[i].rule, items[i].state);
        page.after = next;
    } while (page.after.len);
    return LF_OK;
}

static enum lf_rule_state state_of(const struct lf_map *states, lf_view rule)
{
    uint64_t v;

    return lf_map_get(states, rule, &v) ? (enum lf_rule_state)v : LF_RULE_LIVE;
}

/* ---- asking ---- */

static bool looks_for(const struct lf_rule_entry *r, lf_view technique)
{
    lf_view rest = r->techniques, one;

    while (lf_view_split(&rest, ' ', &one))
        if (lf_view_eq_nocase(one, technique))
            return true;
    return false;
}

static bool wanted(struct lf_arena *a, const struct lf_rule_entry *r, const struct lf_rule_ask *ask,
                   lf_view words)
{
    if (ask->technique.len && !looks_for(r, ask->technique))
        return false;
    return !words.len || lf_view_find(lf_fold(a, r->title), words) != SIZE_MAX ||
           lf_view_find(lf_fold(a, r->id), words) != SIZE_MAX ||
           lf_view_find(lf_fold(a, r->file), words) != SIZE_MAX;
}

enum lf_code lf_rulebook_list(struct lf_rulebook *b, struct lf_task *t, const struct lf_rule_ask *ask,
                              const struct lf_page *page, struct lf_rule_row **out, size_t *n, lf_view *next,
                              struct lf_err *e)
{
    size_t limit = lf_page_rows(page), have = 0;
    struct lf_rule_row *rows = LF_NEW(t->a, struct lf_rule_row, limit + 1);
    lf_view words = lf_fold(t->a, lf_view_trim(lf_view_some(ask->words)));
    struct lf_rule_entry from = { .id = LF_V("") };
    struct lf_map states;

    if (!lf_page_pair_of(page ? page->after : LF_V(""), &from.title, &from.id))
        return lf_err_set(e, LF_BAD_INPUT, "rules: that is no place in a list; give \"next\" as it came");
    LF_TRY(states_of(t, &states, e));
    for (size_t i = 0; i < b->n && have <= limit; i++) {
        const struct lf_rule_entry *r = &b->rule[i];
        enum lf_rule_state state = state_of(&states, r->id);

        if ((from.id.len && by_title(r, &from) <= 0) || (ask->has_state && state != ask->state) ||
            !wanted(t->a, r, ask, words))
            continue;
        rows[have++] = (struct lf_rule_row){ .rule = *r, .state = state };
    }
    lf_map_clear(&states);
    *out = rows;
    *n = have > limit ? limit : have;
    *next = have > limit ? lf_page_pair(t->a, rows[limit - 1].rule.title, rows[limit - 1].rule.id) : LF_V("");
    return LF_OK;
}

/* ---- coverage ---- */

/* Whether it stands in the list before this place. */
static bool before(lf_view list, lf_view one)
{
    lf_view rest = lf_view_first(list, (size_t)(one.ptr - list.ptr)), x;

    while (lf_view_split(&rest, ' ', &x))
        if (lf_view_eq(x, one))
            return true;
    return false;
}

enum cover { LIVE, TRIAL, RETIRED, NONE };

static enum cover cover_of(const struct lf_technique_cover *c)
{
    return c->rules[LF_RULE_LIVE]                              ? LIVE
           : c->rules[LF_RULE_TEST] || c->rules[LF_RULE_DRAFT] ? TRIAL
           : c->rules[LF_RULE_RETIRED]                         ? RETIRED
                                                               : NONE;
}

const char *lf_cover_name(const struct lf_technique_cover *c)
{
    static const char *const names[] = { "live", "trial", "retired", "none" };

    return names[cover_of(c)];
}

bool lf_technique_of(const struct lf_technique *t, lf_view tactic)
{
    lf_view rest = t->tactics, name;

    while (lf_view_split(&rest, ' ', &name))
        if (lf_view_eq(name, tactic))
            return true;
    return false;
}

static void count_rule(struct lf_rulebook *b, const struct lf_rule_entry *r, enum lf_rule_state state,
                       struct lf_coverage *out)
{
    lf_view rest = r->techniques, id;
    bool any = false;

    out->rules[state]++;
    while (lf_view_split(&rest, ' ', &id)) {
        size_t i = lf_attack_find(b->attack, id);

        if (i == SIZE_MAX || before(r->techniques, id))
            continue;
        out->techniques[i].rules[state]++;
        any = true;
    }
    out->tagged += any;
}

enum lf_code lf_rulebook_coverage(struct lf_rulebook *b, struct lf_task *t, struct lf_coverage *out,
                                  struct lf_err *e)
{
    const struct lf_technique *techniques;
    const lf_view *tactics;
    struct lf_map states;

    LF_TRY(states_of(t, &states, e));
    *out = (struct lf_coverage){ .unlisted = b->unlisted };
    out->ntechniques = lf_attack_techniques(b->attack, &techniques);
    out->ntactics = lf_attack_tactics(b->attack, &tactics);
    out->techniques = LF_NEW(t->a, struct lf_technique_cover, out->ntechniques);
    out->tactics = LF_NEW(t->a, struct lf_tactic_cover, out->ntactics);
    for (size_t i = 0; i < out->ntechniques; i++)
        out->techniques[i].technique = &techniques[i];
    for (size_t i = 0; i < b->n; i++)
        count_rule(b, &b->rule[i], state_of(&states, b->rule[i].id), out);
    lf_map_clear(&states);
    for (size_t k = 0; k < out->ntactics; k++) {
        struct lf_tactic_cover *x = &out->tactics[k];

        x->tactic = tactics[k];
        for (size_t i = 0; i < out->ntechniques; i++) {
            enum cover c = cover_of(&out->techniques[i]);

            if (!lf_technique_of(&techniques[i], x->tactic))
                continue;
            x->techniques++;
            *(c == LIVE ? &x->live : c == TRIAL ? &x->trial : c == RETIRED ? &x->retired : &x->none) += 1;
        }
    }
    return LF_OK;
}
