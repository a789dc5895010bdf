/* What files mean to each other is seen by keys: the ids, names and references of their
 * documents.  Files without a key in common say nothing about each other, so those that
 * are not connected to a changed one are as they were. */
#include "engine/rule_delta.h"

#include <limits.h>
#include <stdlib.h>

#include "engine/rule_load.h"

#define GONE UINT_MAX

struct lf_delta {
    struct lf_ruleset *base, *own;
    size_t files;
    unsigned *of_base, *of_own; /* number there -> number here; GONE: does not count */
    unsigned *from;             /* number here -> number in the base; GONE: is own */
};

/* One generation of files. */
struct side {
    const struct lf_rule_file *files;
    size_t n;
    struct lf_map at; /* by name */
    bool *changed;    /* is compiled anew, or its rules of the base do not count */
    size_t *other;    /* the same file on the other side, SIZE_MAX: none */
};

struct making {
    struct lf_arena a;
    struct lf_ruleset *base, *own;
    struct side was, now;
    size_t *file_of;    /* rule of the base -> file of `was` */
    struct lf_map keys; /* of changed documents */
    bool *edited;       /* of `was`: the text is another, or the file is gone */
    struct lf_err *e;
};

static enum lf_code no(struct making *m, const char *why)
{
    return lf_err_set(m->e, LF_UNACCEPTED, "rules: no delta: %s", why);
}

/* ---- files ---- */

static enum lf_code side_init(struct making *m, struct side *s, const struct lf_rule_file *files, size_t n)
{
    *s = (struct side){ .files = files, .n = n };
    lf_map_init(&s->at, 5);
    s->changed = LF_NEW(&m->a, bool, n + 1);
    s->other = LF_NEW(&m->a, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t twice;

        if (lf_map_get(&s->at, files[i].name, &twice))
            return no(m, "a file is read twice");
        lf_map_set(&s->at, files[i].name, i);
    }
    return LF_OK;
}

static enum lf_code compare(struct making *m, size_t *changes)
{
    size_t last = 0;

    *changes = 0;
    for (size_t i = 0; i < m->was.n; i++)
        m->was.other[i] = SIZE_MAX;
    for (size_t i = 0; i < m->now.n; i++) {
        uint64_t at = 0;
        bool there = lf_map_get(&m->was.at, m->now.files[i].name, &at);

        m->now.other[i] = there ? (size_t)at : SIZE_MAX;
        if (there)
            m->was.other[at] = i;
        m->now.changed[i] = !there || !lf_view_eq(m->was.files[at].text, m->now.files[i].text);
        if (there && m->now.changed[i])
            m->was.changed[at] = true;
        *changes += m->now.changed[i];
        if (there && at < last)
            return no(m, "the files come in another order");
        if (there)
            last = (size_t)at;
    }
    for (size_t i = 0; i < m->was.n; i++)
        if (m->was.other[i] == SIZE_MAX) {
            m->was.changed[i] = true;
            ++*changes;
        }
    m->edited = LF_NEW(&m->a, bool, m->was.n + 1);
    memcpy(m->edited, m->was.changed, m->was.n * sizeof *m->edited);
    return LF_OK;
}

static void files_of_rules(struct making *m)
{
    m->file_of = LF_NEW(&m->a, size_t, m->base->nrules + 1);
    for (size_t i = 0; i < m->base->nrules; i++) {
        uint64_t at;

        /* Rules of one file stand together and share its name. */
        if (i > 0 && m->base->rules[i].file.ptr == m->base->rules[i - 1].file.ptr) {
            m->file_of[i] = m->file_of[i - 1];
            continue;
        }
        LF_ASSERT(lf_map_get(&m->was.at, m->base->rules[i].file, &at));
        m->file_of[i] = (size_t)at;
    }
}

/* ---- keys ---- */

struct key_list {
    lf_view *list;
    size_t n, cap;
};

static void add_key(struct lf_arena *a, struct key_list *k, lf_view text)
{
    char *low;

    if (text.len == 0)
        return;
    low = lf_arena_alloc(a, text.len, 1);
    for (size_t i = 0; i < text.len; i++)
        low[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] | 0x20 : text.ptr[i]);
    k->list = lf_arena_grow(a, k->list, k->n, &k->cap, sizeof *k->list);
    k->list[k->n++] = (lf_view){ low, text.len };
}

static const struct lf_filter *filter_of(const struct lf_ruleset *rs, unsigned rule)
{
    size_t low = 0, high = rs->nfilters;

    while (low < high) { /* they were read in the order of their numbers */
        size_t mid = low + (high - low) / 2;

        if (rs->filters[mid].rule < rule)
            low = mid + 1;
        else
            high = mid;
    }
    return low < rs->nfilters && rs->filters[low].rule == rule ? &rs->filters[low] : NULL;
}

/* Whatever decides what this document and others mean to each other; in lower case, which
 * connects some that need not be. */
static struct key_list keys_of(struct making *m, const struct lf_ruleset *rs, const struct lf_rule *r)
{
    const struct lf_filter *f = r->kind == LF_RULE_FILTER ? filter_of(rs, r->number) : NULL;
    struct key_list k = { 0 };

    add_key(&m->a, &k, r->id);
    if (r->doc && !lf_json_get(r->doc, LF_V("id")))
        add_key(&m->a, &k, lf_rule_title_id(&m->a, lf_json_str(r->doc, "title")));
    add_key(&m->a, &k, lf_json_str(r->doc, "name"));
    for (size_t i = 0; f && i < f->nrefs; i++)
        add_key(&m->a, &k, f->refs[i]);
    if (r->kind == LF_RULE_CORRELATION && r->doc) {
        const struct lf_json *rules = lf_json_path(r->doc, "correlation.rules");

        if (rules && lf_json_kind(rules) == LF_JSON_ARRAY)
            for (size_t i = 0; i < lf_json_items(rules); i++)
                add_key(&m->a, &k, lf_json_text(lf_json_item(rules, i)));
        else if (rules)
            add_key(&m->a, &k, lf_json_text(rules));
    }
    return k;
}

static bool touched(const struct making *m, const struct key_list *k)
{
    uint64_t v;

    for (size_t i = 0; i < k->n; i++)
        if (lf_map_get(&m->keys, k->list[i], &v))
            return true;
    return false;
}

static bool touch(struct making *m, const struct key_list *k)
{
    bool news = false;
    uint64_t v;

    for (size_t i = 0; i < k->n; i++)
        if (!lf_map_get(&m->keys, k->list[i], &v)) {
            lf_map_set(&m->keys, k->list[i], 1);
            news = true;
        }
    return news;
}

/* ---- which files go along ---- */

static bool of_any(const struct lf_ruleset *rs, const struct lf_rule *r)
{
    const struct lf_filter *f = r->kind == LF_RULE_FILTER ? filter_of(rs, r->number) : NULL;

    return f && f->any;
}

static void take_along(struct making *m, size_t was)
{
    m->was.changed[was] = true;
    if (m->was.other[was] != SIZE_MAX)
        m->now.changed[m->was.other[was]] = true;
}

/* Takes along what the changed files touch, until nothing more is touched. */
static enum lf_code spread(struct making *m, const struct key_list *keys, bool *more)
{
    bool again = true;

    *more = false;
    while (again) {
        again = false;
        for (size_t i = 0; i < m->base->nrules; i++) {
            const struct lf_rule *r = &m->base->rules[i];
            size_t file = m->file_of[i];

            if (!m->was.changed[file]) {
                if (!touched(m, &keys[i]) && !of_any(m->base, r))
                    continue;
                take_along(m, file);
                *more = again = true;
            }
            /* A file's other documents were passed by, perhaps. */
            again = touch(m, &keys[i]) || again;
            if (r->kind == LF_RULE_CORRELATION)
                return no(m, "a correlation, or a rule that one names, changed");
            if (m->edited[file] && of_any(m->base, r))
                return no(m, "a filter of any rule changed");
        }
    }
    return LF_OK;
}

/* Filters of any rule act on the base's rules too, so they must be those of the base: one
 * may have come into force, or gone, with another that had its id. */
static enum lf_code same_any(struct making *m)
{
    const struct lf_ruleset *sides[] = { m->base, m->own };
    struct lf_map seen;
    size_t balance = 0;
    uint64_t v;
    bool same = true;

    lf_map_init(&seen, 7);
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->nrules; i++) {
            const struct lf_rule *r = &sides[s]->rules[i];
            lf_view place;

            if (!of_any(sides[s], r))
                continue;
            place = lf_arena_printf(&m->a, "%zu %.*s", r->line, LF_FMT(r->file));
            if (s == 0)
                lf_map_set(&seen, place, 1);
            else
                same = same && lf_map_get(&seen, place, &v);
            balance += s == 0 ? 1 : SIZE_MAX;
        }
    lf_map_clear(&seen);
    return same && balance == 0 ? LF_OK : no(m, "a filter of any rule changed");
}

static enum lf_code compile(struct making *m, const struct lf_placeholders *values)
{
    struct lf_rule_file *files = LF_NEW(&m->a, struct lf_rule_file, LF_DELTA_FILES);
    size_t n = 0;

    lf_ruleset_drop(m->own);
    m->own = NULL;
    for (size_t i = 0; i < m->now.n; i++)
        if (m->now.changed[i]) {
            if (n == LF_DELTA_FILES)
                return no(m, "too many files changed, or go along with what changed");
            files[n++] = m->now.files[i];
        }
    LF_TRY(lf_ruleset_build_with(files, n, values, &m->own, m->e));
    for (size_t i = 0; i < m->own->nrules; i++) {
        const struct lf_rule *r = &m->own->rules[i];
        struct key_list k = keys_of(m, m->own, r);

        if (r->kind == LF_RULE_CORRELATION)
            return no(m, "a correlation changed");
        (void)touch(m, &k);
    }
    return LF_OK;
}

/* ---- the whole ---- */

static void put(struct lf_ruleset *rs, const struct lf_rule *r)
{
    rs->rules[rs->nrules] = *r;
    rs->rules[rs->nrules].number = (unsigned)rs->nrules;
    rs->nrefused += r->refused.ptr != NULL;
    rs->nrules++;
}

static struct lf_ruleset *join(struct making *m)
{
    struct lf_ruleset *rs = calloc(1, sizeof *rs);
    size_t most = m->base->nrules + m->own->nrules, own = 0;
    size_t *first = LF_NEW(&m->a, size_t, m->was.n + 1), *count = LF_NEW(&m->a, size_t, m->was.n + 1);
    struct lf_delta *d;

    if (!rs)
        LF_BUG("no memory for a ruleset");
    rs->refs = 1;
    lf_arena_init(&rs->a, 1 << 16);
    rs->rules = LF_NEW(&rs->a, struct lf_rule, most + 1);
    d = rs->delta = LF_NEW(&rs->a, struct lf_delta, 1);
    d->base = lf_ruleset_keep(m->base);
    d->own = m->own;
    m->own = NULL;
    d->of_base = LF_NEW(&rs->a, unsigned, m->base->nrules + 1);
    d->of_own = LF_NEW(&rs->a, unsigned, d->own->nrules + 1);
    d->from = LF_NEW(&rs->a, unsigned, most + 1);
    for (size_t i = m->base->nrules; i > 0; i--) {
        d->of_base[i - 1] = GONE;
        first[m->file_of[i - 1]] = i - 1;
        count[m->file_of[i - 1]]++;
    }
    for (size_t i = 0; i < m->now.n; i++) {
        size_t was = m->now.other[i];

        if (m->now.changed[i]) {
            d->files++;
            for (; own < d->own->nrules && lf_view_eq(d->own->rules[own].file, m->now.files[i].name); own++) {
                d->of_own[own] = (unsigned)rs->nrules;
                d->from[rs->nrules] = GONE;
                put(rs, &d->own->rules[own]);
            }
            continue;
        }
        for (size_t k = first[was]; k < first[was] + count[was]; k++) {
            d->of_base[k] = (unsigned)rs->nrules;
            d->from[rs->nrules] = (unsigned)k;
            put(rs, &m->base->rules[k]);
        }
    }
    LF_ASSERT(own == d->own->nrules);
    for (size_t i = 0; i < m->was.n; i++)
        d->files += m->was.other[i] == SIZE_MAX;
    return rs;
}

static enum lf_code make(struct making *m, const struct lf_placeholders *values, struct lf_ruleset **out)
{
    struct key_list *keys;
    size_t changes;
    bool more = true;

    LF_TRY(compare(m, &changes));
    if (changes == 0) {
        *out = lf_ruleset_keep(m->base);
        return LF_OK;
    }
    if (changes > LF_DELTA_FILES)
        return no(m, "too many files changed");
    files_of_rules(m);
    keys = LF_NEW(&m->a, struct key_list, m->base->nrules + 1);
    for (size_t i = 0; i < m->base->nrules; i++)
        keys[i] = keys_of(m, m->base, &m->base->rules[i]);
    LF_TRY(spread(m, keys, &more));
    do { /* what is new may touch more: it is known when it is read */
        LF_TRY(compile(m, values));
        LF_TRY(spread(m, keys, &more));
    } while (more);
    LF_TRY(same_any(m));
    if (m->base->nrules + m->own->nrules > LF_RULES_MOST)
        return no(m, "close to the most rules there may be");
    *out = join(m);
    return LF_OK;
}

enum lf_code lf_ruleset_delta(struct lf_ruleset *base, const struct lf_rule_file *was, size_t nwas,
                              const struct lf_rule_file *files, size_t n,
                              const struct lf_placeholders *values, struct lf_ruleset **out, struct lf_err *e)
{
    struct lf_err why = { 0 };
    struct making m = { .base = lf_ruleset_base(base), .e = &why };
    enum lf_code rc;

    lf_arena_init(&m.a, 1 << 16);
    lf_map_init(&m.keys, 6);
    rc = side_init(&m, &m.was, was, nwas);
    if (rc == LF_OK)
        rc = side_init(&m, &m.now, files, n);
    if (rc == LF_OK)
        rc = make(&m, values, out);
    if (rc != LF_OK && e)
        *e = why;
    lf_ruleset_drop(m.own);
    lf_map_clear(&m.was.at);
    lf_map_clear(&m.now.at);
    lf_map_clear(&m.keys);
    lf_arena_clear(&m.a);
    return rc;
}

struct lf_ruleset *lf_ruleset_base(struct lf_ruleset *rs)
{
    return rs->delta ? rs->delta->base : rs;
}

const struct lf_ruleset *lf_delta_base(const struct lf_ruleset *rs)
{
    return rs->delta ? rs->delta->base : rs;
}

size_t lf_ruleset_delta_files(const struct lf_ruleset *rs)
{
    return rs->delta ? rs->delta->files : 0;
}

void lf_delta_destroy(struct lf_delta *d)
{
    if (!d)
        return;
    lf_ruleset_drop(d->base);
    lf_ruleset_drop(d->own);
}

/* ---- asking ---- */

static int by_number(const void *x, const void *y)
{
    const struct lf_rule *const *a = x, *const *b = y;

    return (*a)->number < (*b)->number ? -1 : (*a)->number > (*b)->number;
}

size_t lf_delta_match(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev, bool route,
                      const struct lf_rule *const **hits)
{
    const struct lf_delta *d = rs->delta;
    const struct lf_rule *const *base = NULL, *const *own = NULL;
    const struct lf_rule **out;
    size_t nbase = lf_ruleset_match(d->base, a, ev, route, &base),
           nown = lf_ruleset_match(d->own, a, ev, route, &own), n = 0;

    *hits = NULL;
    if (nbase + nown == 0)
        return 0;
    out = LF_NEW(a, const struct lf_rule *, nbase + nown);
    for (size_t i = 0; i < nbase; i++)
        if (d->of_base[base[i]->number] != GONE)
            out[n++] = &rs->rules[d->of_base[base[i]->number]];
    for (size_t i = 0; i < nown; i++)
        if (d->of_own[own[i]->number] != GONE)
            out[n++] = &rs->rules[d->of_own[own[i]->number]];
    if (n > 1)
        qsort((void *)out, n, sizeof *out, by_number);
    *hits = out;
    return n;
}

size_t lf_delta_base_hits(const struct lf_ruleset *rs, struct lf_arena *a, const struct lf_rule *const *hits,
                          size_t n, const struct lf_rule *const **out)
{
    const struct lf_delta *d = rs->delta;
    const struct lf_rule **list = LF_NEW(a, const struct lf_rule *, n + 1);
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (d->from[hits[i]->number] != GONE)
            list[m++] = &d->base->rules[d->from[hits[i]->number]];
    *out = list;
    return m;
}

enum lf_code lf_delta_named(const struct lf_ruleset *rs, lf_view ref, lf_view file,
                            const struct lf_rule **out, struct lf_err *e)
{
    const struct lf_delta *d = rs->delta;
    const struct lf_rule *r = NULL;
    enum lf_code rc = lf_ruleset_named(d->own, ref, file, &r, e);
    bool counts = false;

    /* Who shares an id or a name is in the delta together, or in the base together. */
    if (rc == LF_OK)
        *out = &rs->rules[d->of_own[r->number]];
    if (rc != LF_NOT_FOUND)
        return rc;
    rc = lf_ruleset_named(d->base, ref, file, &r, e);
    if (rc == LF_OK) {
        counts = d->of_base[r->number] != GONE;
        if (counts)
            *out = &rs->rules[d->of_base[r->number]];
    }
    for (size_t i = 0; rc == LF_CONFLICT && !counts && i < rs->nrules; i++)
        counts = lf_view_eq(rs->rules[i].name, ref);
    if (rc == LF_NOT_FOUND || counts)
        return rc;
    return lf_err_set(e, LF_NOT_FOUND, "no rule has the id or name \"%.*s\"",
                      LF_FMT(lf_view_first(ref, 120)));
}
