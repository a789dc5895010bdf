/* Markings and selectors from strangers: no crash; a copy is JSON, the same each time, no milder
 * than its source, and names no reporter; what leaves less of a thing leaves no more of another. */
#include <stdint.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "model/clearance.h"
#include "model/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const lf_view reporter = LF_VIEW("identity--00000000-0000-4000-8000-00000000000a");

static bool names(const struct lf_json *v, lf_view what)
{
    bool found = lf_json_kind(v) == LF_JSON_STRING && lf_view_eq(lf_json_text(v), what);

    for (size_t i = 0; i < lf_json_members(v) && !found; i++)
        found = names(lf_json_kind(v) == LF_JSON_OBJECT ? lf_json_member(v, i) : lf_json_item(v, i), what);
    return found;
}

static bool holds(const struct lf_marking_set *s, lf_view ref)
{
    for (size_t i = 0; i < s->n; i++)
        if (lf_view_eq(s->refs[i], ref))
            return true;
    return false;
}

static void copy(struct lf_arena *a, const struct lf_json *tree, const struct lf_marking *m, unsigned mask)
{
    const struct lf_redaction r = { .id = LF_V("tool--00000000-0000-4000-8000-000000000001"),
                                    .creator = LF_V("identity--00000000-0000-4000-8000-00000000000b"),
                                    .reporters = { reporter, LF_V("") },
                                    .mask = mask };
    lf_view text = lf_redact(a, tree, m, &r);
    const struct lf_json *back;
    struct lf_marking now;

    if (!lf_view_eq(text, lf_redact(a, tree, m, &r)))
        abort();
    if (!text.len)
        return;
    if (lf_json_parse(a, text, &(struct lf_json_limits){ .depth = 512 }, &back, NULL) != LF_OK)
        abort();
    lf_marking_read(a, back, &now);
    if (now.broken || (m->natoms && now.natoms > m->natoms))
        abort();
    for (size_t i = 0; i < m->whole.n; i++)
        if (!holds(&now.whole, m->whole.refs[i]))
            abort();
    for (size_t i = 0; i < lf_json_members(back); i++)
        if (!lf_view_is(lf_json_key(back, i), "granular_markings") &&
            names(lf_json_member(back, i), reporter))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lf_arena a = { 0 };
    lf_view in = { (const char *)data, size };
    const struct lf_json *tree;
    struct lf_marking_def d;
    struct lf_marking m;

    if (size <= 65536 && lf_json_parse(&a, in, NULL, &tree, NULL) == LF_OK) {
        lf_marking_def_read(tree, &d);
        if (d.group.len && !lf_uuid_ok(d.group))
            abort();
        lf_marking_read(&a, tree, &m);
        if (m.broken && (m.whole.n || m.natoms || m.nparts))
            abort();
        for (size_t i = 0; i < m.nparts; i++)
            for (size_t k = 0; k < m.parts[i].nselectors; k++)
                if (lf_selector_find(tree, m.parts[i].selectors[k]) != m.parts[i].nodes[k])
                    abort();
        for (unsigned mask = 0; mask < 1u << m.natoms; mask++)
            copy(&a, tree, &m, mask);
    }
    lf_arena_clear(&a);
    return 0;
}
