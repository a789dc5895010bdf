#include "engine/attack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"

extern const char attack_techniques[];
extern const size_t attack_techniques_len;

struct lf_attack {
    struct lf_arena memory;
    struct lf_technique *t;
    size_t n, cap;
    lf_view *tactic;
    size_t ntactics, tactic_cap;
    struct lf_map by_id;
};

static void add_tactics(struct lf_attack *a, lf_view names)
{
    lf_view name;

    while (lf_view_split(&names, ' ', &name)) {
        size_t i = 0;

        while (i < a->ntactics && !lf_view_eq(a->tactic[i], name))
            i++;
        if (i < a->ntactics)
            continue;
        a->tactic = lf_arena_grow(&a->memory, a->tactic, a->ntactics, &a->tactic_cap, sizeof *a->tactic);
        a->tactic[a->ntactics++] = name;
    }
}

struct lf_attack *lf_attack_create(void)
{
    lf_view all = { attack_techniques, attack_techniques_len }, line;
    struct lf_attack *a = calloc(1, sizeof *a);

    if (!a)
        LF_BUG("no memory for ATT&CK's techniques");
    lf_map_init(&a->by_id, 1);
    while (lf_view_split(&all, '\n', &line)) {
        struct lf_technique x;

        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        (void)lf_view_split(&line, '\t', &x.id);
        (void)lf_view_split(&line, '\t', &x.tactics);
        x.name = line;
        a->t = lf_arena_grow(&a->memory, a->t, a->n, &a->cap, sizeof *a->t);
        a->t[a->n] = x;
        lf_map_set(&a->by_id, x.id, a->n++);
        add_tactics(a, x.tactics);
    }
    return a;
}

void lf_attack_destroy(struct lf_attack *a)
{
    if (!a)
        return;
    lf_map_clear(&a->by_id);
    lf_arena_clear(&a->memory);
    free(a);
}

size_t lf_attack_techniques(const struct lf_attack *a, const struct lf_technique **out)
{
    *out = a->t;
    return a->n;
}

size_t lf_attack_find(const struct lf_attack *a, lf_view id)
{
    uint64_t i;

    return lf_map_get(&a->by_id, id, &i) ? (size_t)i : SIZE_MAX;
}

size_t lf_attack_tactics(const struct lf_attack *a, const lf_view **out)
{
    *out = a->tactic;
    return a->ntactics;
}

bool lf_attack_tag(lf_view tag, char out[LF_ATTACK_ID])
{
    if (!lf_view_starts(tag, LF_V("attack.t")) || tag.len < 9 || tag.len - 7 >= LF_ATTACK_ID ||
        tag.ptr[8] < '0' || tag.ptr[8] > '9')
        return false;
    snprintf(out, LF_ATTACK_ID, "T%.*s", (int)(tag.len - 8), tag.ptr + 8);
    return true;
}
