/* Reading pipelines: files -> one immutable generation. */
#include "engine/pipeline_priv.h"
#include "fmt/yaml.h"

enum { PICKS_MOST = LF_JSON_PICKS, FILES_MOST = 1000, LIST_MOST = 64, DEPTH_MOST = 6 };

struct file {
    lf_view name; /* of the file */
    lf_view pipeline;
    const struct lf_json *doc;
    int64_t order;
    bool own; /* not delivered */
};

/* What a node hands down to those below it. */
struct ctx {
    lf_view name;
    lf_view *category, *product, *service;
    size_t ncategory, nproduct, nservice;
    struct lf_logsource more[LF_EVENT_SOURCES];
    size_t nmore;
    const struct lf_aliases *aliases;
    struct places time, host, query, text, program;
    struct makings make;
    lf_view events;
};

struct build {
    struct lf_pipelines *ps;
    struct lf_arena *a;
    struct lf_arena *tmp;
    struct file *files;
    size_t nfiles;
    lf_view file;     /* at hand, for messages */
    lf_view pipeline; /* its name */
    unsigned depth;
    struct lf_map names_of; /* shared `names` by their file's name */
    struct lf_err *e;
};

static enum lf_code bad(struct build *b, const char *fmt, ...) LF_PRINTF(2, 3);
static enum lf_code bad(struct build *b, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return lf_err_set(b->e, LF_BAD_INPUT, "pipeline %.*s: %s", LF_FMT(b->file), text);
}

static lf_view keep(struct build *b, lf_view v)
{
    return v.len ? lf_arena_copy(b->a, v) : (lf_view){ "", 0 };
}

static lf_view keep_lower(struct build *b, lf_view v)
{
    char *out = lf_arena_alloc(b->a, v.len + 1, 1);

    for (size_t i = 0; i < v.len; i++)
        out[i] = (char)(v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? v.ptr[i] + 32 : v.ptr[i]);
    return (lf_view){ out, v.len };
}

static bool scalar(const struct lf_json *v)
{
    enum lf_json_kind k = lf_json_kind(v);

    return k == LF_JSON_STRING || k == LF_JSON_NUMBER || k == LF_JSON_TRUE || k == LF_JSON_FALSE;
}

/* A scalar or a list of scalars, as texts. */
static enum lf_code texts(struct build *b, const struct lf_json *v, const char *what, bool lower,
                          lf_view **out, size_t *n)
{
    bool list = lf_json_kind(v) == LF_JSON_ARRAY;
    size_t count = list ? lf_json_items(v) : 1;
    lf_view *all;

    if (count == 0 || count > LIST_MOST * 8)
        return bad(b, "`%s` needs 1 to %d values", what, LIST_MOST * 8);
    all = LF_NEW(b->a, lf_view, count);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *x = list ? lf_json_item(v, i) : v;

        if (!scalar(x))
            return bad(b, "`%s` takes a value or a list of values", what);
        all[i] = lower ? keep_lower(b, lf_json_text(x)) : keep(b, lf_json_text(x));
    }
    *out = all;
    *n = count;
    return LF_OK;
}

static enum lf_code pick(struct build *b, lf_view name, unsigned *out)
{
    struct lf_pipelines *ps = b->ps;
    uint64_t at;

    if (lf_map_get(&ps->pick_of, name, &at)) {
        *out = (unsigned)at;
        return LF_OK;
    }
    if (ps->npicks == PICKS_MOST)
        return bad(b, "all pipelines together look at more than %d names", PICKS_MOST);
    ps->picks = lf_arena_grow(&ps->a, ps->picks, ps->npicks, &ps->picks_cap, sizeof *ps->picks);
    ps->picks[ps->npicks] = keep(b, name);
    lf_map_set(&ps->pick_of, ps->picks[ps->npicks], ps->npicks);
    *out = (unsigned)ps->npicks++;
    return LF_OK;
}

static enum lf_code place_of(struct build *b, lf_view path, struct place *out)
{
    size_t dot = lf_view_find_byte(path, '.');
    enum lf_code rc;

    *out = (struct place){ 0 };
    if (path.len == 0 || path.len > 200)
        return bad(b, "a field's name has 1 to 200 bytes");
    if (path.ptr[0] == '@' && (lf_view_is(path, "@format") || lf_view_is(path, "@program"))) {
        out->kind = lf_view_is(path, "@format") ? PLACE_FORMAT : PLACE_PROGRAM;
        return LF_OK;
    }
    rc = pick(b, path, &out->flat);
    if (rc != LF_OK)
        return rc;
    out->head = out->flat;
    if (dot == SIZE_MAX || dot == 0 || dot + 1 == path.len)
        return LF_OK;
    out->rest = keep(b, lf_view_from(path, dot + 1));
    return pick(b, lf_view_first(path, dot), &out->head);
}

static enum lf_code places_of(struct build *b, const struct lf_json *v, const char *what, struct places *out)
{
    lf_view *names;
    size_t n;
    enum lf_code rc = texts(b, v, what, false, &names, &n);

    if (rc != LF_OK)
        return rc;
    if (n > LIST_MOST)
        return bad(b, "`%s` takes at most %d places", what, LIST_MOST);
    out->at = LF_NEW(b->a, struct place, n);
    out->n = n;
    for (size_t i = 0; i < n && rc == LF_OK; i++)
        rc = place_of(b, names[i], &out->at[i]);
    return rc;
}

/* ---- when ---- */

static struct cond *cond_new(struct build *b, struct node *nd, size_t *cap, enum cond_kind kind)
{
    nd->conds = lf_arena_grow(b->a, nd->conds, nd->nconds, cap, sizeof *nd->conds);
    nd->conds[nd->nconds] = (struct cond){ .kind = kind };
    return &nd->conds[nd->nconds++];
}

static enum lf_code when_presence(struct build *b, struct node *nd, size_t *cap, const struct lf_json *v,
                                  enum cond_kind kind, const char *what)
{
    bool list = lf_json_kind(v) == LF_JSON_ARRAY;
    size_t n = list ? lf_json_items(v) : 1;

    for (size_t i = 0; i < n; i++) {
        struct cond *c = cond_new(b, nd, cap, kind);
        enum lf_code rc = places_of(b, list ? lf_json_item(v, i) : v, what, &c->places);

        if (rc != LF_OK)
            return rc;
    }
    return LF_OK;
}

static enum lf_code when_is(struct build *b, struct node *nd, size_t *cap, lf_view key,
                            const struct lf_json *v)
{
    struct cond *c = cond_new(b, nd, cap, COND_IS);
    enum lf_code rc = texts(b, v, "is", true, &c->values, &c->n);

    if (rc != LF_OK)
        return rc;
    c->places.at = LF_NEW(b->a, struct place, 1);
    c->places.n = 1;
    return place_of(b, key, c->places.at);
}

static enum lf_code when(struct build *b, struct node *nd, const struct lf_json *v)
{
    enum lf_code rc = LF_OK;
    size_t cap = 0;

    if (lf_json_kind(v) == LF_JSON_STRING && lf_view_is(lf_json_text(v), "always"))
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_members(v) == 0)
        return bad(b, "`when` is `always`, or a map of has, lacks, is, format, program");
    for (size_t i = 0; i < lf_json_members(v) && rc == LF_OK; i++) {
        lf_view k = lf_json_key(v, i);
        const struct lf_json *x = lf_json_member(v, i);

        if (lf_view_is(k, "has")) {
            rc = when_presence(b, nd, &cap, x, COND_HAS, "has");
        } else if (lf_view_is(k, "lacks")) {
            rc = when_presence(b, nd, &cap, x, COND_LACKS, "lacks");
        } else if (lf_view_is(k, "format")) {
            rc = when_is(b, nd, &cap, LF_V("@format"), x);
        } else if (lf_view_is(k, "program")) {
            rc = when_is(b, nd, &cap, LF_V("@program"), x);
        } else if (lf_view_is(k, "is")) {
            if (lf_json_kind(x) != LF_JSON_OBJECT)
                return bad(b, "`is` is a map of field: value or list of values");
            for (size_t m = 0; m < lf_json_members(x) && rc == LF_OK; m++)
                rc = when_is(b, nd, &cap, lf_json_key(x, m), lf_json_member(x, m));
        } else {
            rc = bad(b, "`when` knows no \"%.*s\"; it has: has, lacks, is, format, program", LF_FMT(k));
        }
    }
    return rc;
}

/* ---- names ---- */

static enum lf_code pairs_of(struct build *b, const struct lf_json *v, struct lf_change *c)
{
    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_members(v) == 0)
        return bad(b, "`map` and `prefix` are maps of what is there to what it means");
    c->n = lf_json_members(v);
    c->pairs = LF_NEW(b->a, struct change_pair, c->n);
    for (size_t i = 0; i < c->n; i++) {
        if (!scalar(lf_json_member(v, i)))
            return bad(b, "`map` and `prefix` give a text");
        c->pairs[i] =
            (struct change_pair){ keep(b, lf_json_key(v, i)), keep(b, lf_json_text(lf_json_member(v, i))) };
    }
    return LF_OK;
}

static enum lf_code alias_of(struct build *b, const struct lf_json *v, struct lf_alias *out)
{
    static const struct {
        const char *word;
        enum change_kind kind;
    } words[] = { { "number", CHANGE_HEX },    { "text", CHANGE_JOIN }, { "method", CHANGE_METHOD },
                  { "target", CHANGE_TARGET }, { "path", CHANGE_PATH }, { "query", CHANGE_QUERY } };
    struct lf_change *c;
    const struct lf_json *map, *prefix;
    lf_view as;

    if (lf_json_kind(v) == LF_JSON_STRING) {
        *out = (struct lf_alias){ .path = keep(b, lf_json_text(v)) };
        return out->path.len > 0 && out->path.len <= 200 ? LF_OK : bad(b, "a name has 1 to 200 bytes");
    }
    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_kind(lf_json_get(v, LF_V("name"))) != LF_JSON_STRING)
        return bad(b, "a name is a text, or a map with `name` and one of `as`, `map`, `prefix`");
    out->path = keep(b, lf_json_str(v, "name"));
    c = LF_NEW(b->a, struct lf_change, 1);
    as = lf_json_str(v, "as");
    map = lf_json_get(v, LF_V("map"));
    prefix = lf_json_get(v, LF_V("prefix"));
    if (lf_json_members(v) != 2 || (!as.ptr && !map && !prefix))
        return bad(b, "the name \"%.*s\" needs one of `as`, `map`, `prefix`", LF_FMT(out->path));
    out->change = c;
    if (map || prefix) {
        c->kind = map ? CHANGE_MAP : CHANGE_PREFIX;
        return pairs_of(b, map ? map : prefix, c);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(as, words[i].word)) {
            c->kind = words[i].kind;
            return LF_OK;
        }
    return bad(b,
               "`as` is number (of hexadecimal text), text (of a list), or method, target, path or query (of "
               "an HTTP request)");
}

static enum lf_code names_of(struct build *b, const struct lf_json *v, const struct names **out)
{
    struct names *ns = LF_NEW(b->a, struct names, 1);

    if (lf_json_kind(v) != LF_JSON_OBJECT)
        return bad(b, "`names` is a map of a name to its other names");
    ns->n = lf_json_members(v);
    ns->groups = LF_NEW(b->a, struct group, ns->n ? ns->n : 1);
    for (size_t i = 0; i < ns->n; i++) {
        const struct lf_json *x = lf_json_member(v, i);
        bool list = lf_json_kind(x) == LF_JSON_ARRAY;
        struct group *g = &ns->groups[i];

        g->name = keep(b, lf_json_key(v, i));
        g->n = list ? lf_json_items(x) : 1;
        if (g->name.len == 0 || g->n == 0 || g->n > LF_ALIASES_MOST)
            return bad(b, "\"%.*s\" in `names` needs 1 to %d other names", LF_FMT(g->name), LF_ALIASES_MOST);
        g->others = LF_NEW(b->a, struct lf_alias, g->n);
        for (size_t k = 0; k < g->n; k++) {
            enum lf_code rc = alias_of(b, list ? lf_json_item(x, k) : x, &g->others[k]);

            if (rc != LF_OK)
                return rc;
        }
    }
    *out = ns;
    return LF_OK;
}

/* The table of a node: its own names, those it uses, its parent's. */
static enum lf_code aliases_of(struct build *b, const struct lf_json *doc, struct ctx *c)
{
    const struct lf_json *names = lf_json_get(doc, LF_V("names")), *use = lf_json_get(doc, LF_V("use")),
                         *within = lf_json_get(doc, LF_V("within"));
    struct lf_aliases *t;
    enum lf_code rc;

    if (!names && !use && !within && c->aliases)
        return LF_OK;
    t = LF_NEW(b->a, struct lf_aliases, 1);
    t->number = (unsigned)b->ps->naliases++;
    if (names) {
        rc = names_of(b, names, &t->parts[t->nparts++]);
        if (rc != LF_OK)
            return rc;
    }
    if (use) {
        lf_view *list;
        size_t n;

        rc = texts(b, use, "use", false, &list, &n);
        if (rc != LF_OK)
            return rc;
        for (size_t i = 0; i < n; i++) {
            uint64_t p;

            if (!lf_map_get(&b->names_of, list[i], &p))
                return bad(b, "`use` names \"%.*s\", but no file of that name holds names only",
                           LF_FMT(list[i]));
            if (t->nparts == NAMES_MOST)
                return bad(b, "more than %d parts of names", NAMES_MOST);
            t->parts[t->nparts++] = (const struct names *)(uintptr_t)p;
        }
    }
    if (within) {
        lf_view *list;
        size_t n;

        rc = texts(b, within, "within", false, &list, &n);
        if (rc != LF_OK)
            return rc;
        if (n > WITHIN_MOST)
            return bad(b, "`within` takes at most %d objects", WITHIN_MOST);
        for (size_t i = 0; i < n; i++)
            t->within[t->nwithin++] = list[i];
    }
    if (c->aliases) {
        for (size_t i = 0; i < c->aliases->nparts && t->nparts < NAMES_MOST; i++)
            t->parts[t->nparts++] = c->aliases->parts[i];
        for (size_t i = 0; i < c->aliases->nwithin && t->nwithin < WITHIN_MOST; i++)
            t->within[t->nwithin++] = c->aliases->within[i];
    }
    c->aliases = t;
    return LF_OK;
}

static enum lf_code making_of(struct build *b, lf_view name, const struct lf_json *v, struct making *out)
{
    const struct lf_json *keys = lf_json_get(v, LF_V("keys")), *of = keys ? keys : lf_json_get(v, LF_V("of"));
    lf_view between = lf_json_str(v, "between");

    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_kind(of) != LF_JSON_ARRAY || lf_json_items(of) == 0 ||
        lf_json_items(of) > LIST_MOST || lf_json_members(v) != (between.ptr ? 2 : 1) ||
        (keys && between.ptr) || name.len == 0 || name.len > 200)
        return bad(b, "`make` is a map of a name to {between: text, of: [1 to %d names]} or {keys: [names]}",
                   LIST_MOST);
    *out = (struct making){ keep(b, name), keep(b, between), keys != NULL,
                            LF_NEW(b->a, struct lf_alias, lf_json_items(of)), lf_json_items(of) };
    for (size_t i = 0; i < out->n; i++) {
        enum lf_code rc = alias_of(b, lf_json_item(of, i), &out->of[i]);

        if (rc != LF_OK)
            return rc;
    }
    return LF_OK;
}

static enum lf_code makings_of(struct build *b, const struct lf_json *v, struct makings *out)
{
    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_members(v) > LIST_MOST)
        return bad(b, "`make` is a map of a name to {between: text, of: [names]}");
    *out = (struct makings){ LF_NEW(b->a, struct making, lf_json_members(v) + 1), lf_json_members(v) };
    for (size_t i = 0; i < out->n; i++) {
        enum lf_code rc = making_of(b, lf_json_key(v, i), lf_json_member(v, i), &out->at[i]);

        if (rc != LF_OK)
            return rc;
    }
    return LF_OK;
}

/* The path of an envelope's events; the name of the list is what is looked for in a document's bytes. */
static enum lf_code events_of(struct build *b, const struct lf_json *v, lf_view *out)
{
    struct lf_pipelines *ps = b->ps;
    lf_view path, name = { NULL, 0 };

    if (lf_json_kind(v) != LF_JSON_STRING || lf_json_text(v).len == 0 || lf_json_text(v).len > 200)
        return bad(b, "`events` is the name, or dotted path, of the list of events");
    *out = path = keep(b, lf_json_text(v));
    while (path.ptr && lf_view_split(&path, '.', &name))
        if (name.len == 0)
            return bad(b, "`events` is the name, or dotted path, of the list of events");
    for (size_t i = 0; i < ps->nlists; i++)
        if (lf_view_eq(ps->lists[i], name))
            return LF_OK;
    if (ps->nlists == sizeof ps->lists / sizeof *ps->lists)
        return bad(b, "more than %zu names of lists of events", ps->nlists);
    ps->lists[ps->nlists++] = name;
    return LF_OK;
}

/* ---- log sources ---- */

static enum lf_code more_sources(struct build *b, const struct lf_json *v, struct ctx *c)
{
    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return bad(b, "`sources` is a list of maps of category, product, service");
    for (size_t i = 0; i < lf_json_items(v); i++) {
        const struct lf_json *x = lf_json_item(v, i);
        struct lf_logsource s = { { "", 0 }, { "", 0 }, { "", 0 } };

        if (lf_json_kind(x) != LF_JSON_OBJECT || c->nmore == LF_EVENT_SOURCES)
            return bad(b, "`sources` is a list of at most %d maps of category, product, service",
                       LF_EVENT_SOURCES);
        for (size_t k = 0; k < lf_json_members(x); k++) {
            lf_view key = lf_json_key(x, k);
            const struct lf_json *m = lf_json_member(x, k);
            lf_view *to = lf_view_is(key, "category")  ? &s.category
                          : lf_view_is(key, "product") ? &s.product
                          : lf_view_is(key, "service") ? &s.service
                                                       : NULL;

            if (!to || lf_json_kind(m) != LF_JSON_STRING)
                return bad(b, "a log source has category, product and service, each a text");
            *to = keep_lower(b, lf_json_text(m));
        }
        c->more[c->nmore++] = s;
    }
    return LF_OK;
}

static enum lf_code end_of(struct build *b, const struct ctx *c, const struct lf_pipeline **out)
{
    struct lf_pipelines *ps = b->ps;
    struct lf_pipeline *p = LF_NEW(b->a, struct lf_pipeline, 1);
    size_t nc = c->ncategory ? c->ncategory : 1, np = c->nproduct ? c->nproduct : 1,
           ns = c->nservice ? c->nservice : 1, total = c->nmore;
    struct lf_logsource *s;
    const lf_view none = { "", 0 };

    if (c->ncategory + c->nproduct + c->nservice > 0)
        total += nc * np * ns;
    if (total > LF_EVENT_SOURCES)
        return bad(b, "%.*s has %zu log sources; at most %d can be kept", LF_FMT(c->name), total,
                   LF_EVENT_SOURCES);
    if (ps->nends == LF_PIPELINES_MOST)
        return bad(b, "more than %d cases in all pipelines", LF_PIPELINES_MOST);
    s = LF_NEW(b->a, struct lf_logsource, total ? total : 1);
    if (c->ncategory + c->nproduct + c->nservice > 0)
        for (size_t i = 0; i < nc; i++)
            for (size_t k = 0; k < np; k++)
                for (size_t m = 0; m < ns; m++)
                    s[p->nsources++] = (struct lf_logsource){ c->ncategory ? c->category[i] : none,
                                                              c->nproduct ? c->product[k] : none,
                                                              c->nservice ? c->service[m] : none };
    for (size_t i = 0; i < c->nmore; i++)
        s[p->nsources++] = c->more[i];
    p->number = (unsigned)ps->nends;
    p->name = c->name;
    p->set = ps;
    p->aliases = c->aliases;
    p->sources = s;
    p->carries_line = c->text.n > 0;
    p->events = c->events;
    ps->ends = (const struct lf_pipeline **)lf_arena_grow(b->a, (void *)(uintptr_t)ps->ends, ps->nends,
                                                          &ps->ends_cap, sizeof *ps->ends);
    ps->ends[ps->nends++] = p;
    *out = p;
    return LF_OK;
}

/* ---- nodes ---- */

static const char *const first_keys[] = { "name", "title", "order", "when", "reference", "events" };
static const char *const node_keys[] = { "category", "product", "service", "sources", "names",
                                         "use",      "within",  "time",    "host",    "query",
                                         "text",     "program", "make",    "switch",  "cases" };

static bool one_of(lf_view k, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_is(k, list[i]))
            return true;
    return false;
}

static enum lf_code node_of(struct build *b, const struct lf_json *doc, struct ctx c, bool first,
                            const struct node **out);

/* "4|16" is two keys; "*" is what has no key. */
static enum lf_code cases_of(struct build *b, const struct lf_json *v, const struct ctx *c, struct node *nd)
{
    if (lf_json_kind(v) != LF_JSON_OBJECT || lf_json_members(v) == 0)
        return bad(b, "`switch` needs `cases`, a map of values to what holds for them");
    for (size_t i = 0; i < lf_json_members(v); i++) {
        lf_view keys = lf_json_key(v, i), key;
        struct ctx below = *c;
        const struct node *got;
        enum lf_code rc;

        below.name = lf_arena_printf(b->a, "%.*s/%.*s", LF_FMT(c->name), LF_FMT(keys));
        rc = node_of(b, lf_json_member(v, i), below, false, &got);
        if (rc != LF_OK)
            return rc;
        if (lf_view_is(keys, "*")) {
            nd->otherwise = got;
            continue;
        }
        while (lf_view_split(&keys, '|', &key)) {
            uint64_t there;

            key = keep_lower(b, lf_view_trim(key));
            if (key.len == 0 || key.len > VALUE_SHOWN)
                return bad(b, "a case has 1 to %d bytes", VALUE_SHOWN);
            if (lf_map_get(&nd->cases, key, &there) && there != (uint64_t)(uintptr_t)got)
                return bad(b, "the case \"%.*s\" stands twice", LF_FMT(key));
            lf_map_set(&nd->cases, key, (uint64_t)(uintptr_t)got);
        }
    }
    return LF_OK;
}

static enum lf_code node_of(struct build *b, const struct lf_json *doc, struct ctx c, bool first,
                            const struct node **out)
{
    const struct {
        const char *name;
        lf_view **list;
        size_t *n;
    } parts[] = { { "category", &c.category, &c.ncategory },
                  { "product", &c.product, &c.nproduct },
                  { "service", &c.service, &c.nservice } };
    const struct {
        const char *name;
        struct places *to;
    } where[] = { { "time", &c.time },
                  { "host", &c.host },
                  { "query", &c.query },
                  { "text", &c.text },
                  { "program", &c.program } };
    struct node *nd = LF_NEW(b->a, struct node, 1);
    const struct lf_json *v, *on = lf_json_get(doc, LF_V("switch"));
    enum lf_code rc;

    if (lf_json_kind(doc) != LF_JSON_OBJECT)
        return bad(b, "%.*s is not a map", LF_FMT(c.name));
    if (++b->depth > DEPTH_MOST)
        return bad(b, "switches inside switches, more than %d", DEPTH_MOST);
    for (size_t i = 0; i < lf_json_members(doc); i++) {
        lf_view k = lf_json_key(doc, i);

        if (!one_of(k, node_keys, sizeof node_keys / sizeof *node_keys) &&
            !(first && one_of(k, first_keys, sizeof first_keys / sizeof *first_keys)))
            return bad(b, "%.*s: \"%.*s\" is no word of a pipeline here; see docs/manual/pipelines.md",
                       LF_FMT(c.name), LF_FMT(k));
    }
    b->ps->nodes = (struct node **)lf_arena_grow(b->a, b->ps->nodes, b->ps->nnodes, &b->ps->nodes_cap,
                                                 sizeof *b->ps->nodes);
    b->ps->nodes[b->ps->nnodes++] = nd;
    lf_map_init(&nd->cases, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if ((v = lf_json_get(doc, lf_view_of(parts[i].name)))) {
            if (lf_json_kind(v) == LF_JSON_NULL) {
                *parts[i].n = 0;
            } else {
                rc = texts(b, v, parts[i].name, true, parts[i].list, parts[i].n);
                if (rc != LF_OK)
                    return rc;
            }
        }
    for (size_t i = 0; i < sizeof where / sizeof *where; i++)
        if ((v = lf_json_get(doc, lf_view_of(where[i].name)))) {
            if (lf_json_kind(v) == LF_JSON_NULL) {
                *where[i].to = (struct places){ NULL, 0 };
            } else {
                rc = places_of(b, v, where[i].name, where[i].to);
                if (rc != LF_OK)
                    return rc;
            }
        }
    if (first && (v = lf_json_get(doc, LF_V("events"))) && (rc = events_of(b, v, &c.events)) != LF_OK)
        return rc;
    if ((v = lf_json_get(doc, LF_V("make"))) && (rc = makings_of(b, v, &c.make)) != LF_OK)
        return rc;
    if ((v = lf_json_get(doc, LF_V("sources"))) && (rc = more_sources(b, v, &c)) != LF_OK)
        return rc;
    if ((rc = aliases_of(b, doc, &c)) != LF_OK)
        return rc;
    if (first) {
        if (!(v = lf_json_get(doc, LF_V("when"))))
            return bad(b, "it does not say `when` it holds");
        if ((rc = when(b, nd, v)) != LF_OK)
            return rc;
    }
    if ((rc = end_of(b, &c, &nd->end)) != LF_OK)
        return rc;
    nd->time = c.time;
    nd->host = c.host;
    nd->query = c.query;
    nd->text = c.text;
    nd->program = c.program;
    nd->make = c.make;
    if (on) {
        rc = places_of(b, on, "switch", &nd->on);
        if (rc == LF_OK)
            rc = cases_of(b, lf_json_get(doc, LF_V("cases")), &c, nd);
        if (rc != LF_OK)
            return rc;
    } else if (lf_json_get(doc, LF_V("cases"))) {
        return bad(b, "`cases` stand without a `switch`");
    }
    b->depth--;
    *out = nd;
    return LF_OK;
}

/* ---- files ---- */

static enum lf_code read_file(struct build *b, lf_view name, lf_view text, bool own, struct file *out)
{
    const struct lf_yaml_limits limits = { .bytes = LF_PIPELINE_FILE_MOST };
    struct lf_err why = { 0 };
    const struct lf_json *order;

    b->file = name;
    if (lf_yaml_parse(b->tmp, text, &limits, &out->doc, &why) != LF_OK)
        return bad(b, "%s", why.text);
    out->name = name;
    out->own = own;
    out->order = 500;
    out->pipeline = lf_json_str(out->doc, "name");
    if (!out->pipeline.ptr || out->pipeline.len == 0 || out->pipeline.len > 100)
        return bad(b, "it has no `name` of 1 to 100 bytes");
    order = lf_json_get(out->doc, LF_V("order"));
    if (order && (!lf_json_int(out->doc, "order", &out->order) || out->order < 0 || out->order > 100000))
        return bad(b, "`order` is a whole number from 0 to 100000");
    return LF_OK;
}

static int by_order(const void *x, const void *y)
{
    const struct file *a = x, *b = y;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->own != b->own)
        return a->own ? -1 : 1;
    return lf_view_cmp(a->pipeline, b->pipeline);
}

static enum lf_code read_all(struct build *b, const struct lf_pipeline_file *files, size_t n)
{
    enum lf_code rc;

    b->files = LF_NEW(b->tmp, struct file, n + lf_pipeline_files_count);
    for (size_t i = 0; i < n; i++) {
        if (files[i].text.len > LF_PIPELINE_FILE_MOST)
            return lf_err_set(b->e, LF_TOO_BIG, "pipeline %.*s: more than %d bytes", LF_FMT(files[i].name),
                              LF_PIPELINE_FILE_MOST);
        rc = read_file(b, files[i].name, files[i].text, true, &b->files[b->nfiles]);
        if (rc != LF_OK)
            return rc;
        for (size_t k = 0; k < b->nfiles; k++)
            if (lf_view_eq(b->files[k].pipeline, b->files[b->nfiles].pipeline))
                return bad(b, "%.*s has a pipeline of the same name, \"%.*s\"", LF_FMT(b->files[k].name),
                           LF_FMT(b->files[k].pipeline));
        b->nfiles++;
    }
    n = b->nfiles;
    for (size_t i = 0; i < lf_pipeline_files_count; i++) {
        const struct lf_embedded *f = &lf_pipeline_files[i];
        bool replaced = false;

        rc = read_file(b, lf_view_of(f->name), (lf_view){ f->text, f->len }, false, &b->files[b->nfiles]);
        if (rc != LF_OK)
            return rc;
        for (size_t k = 0; k < n; k++)
            replaced = replaced || lf_view_eq(b->files[k].pipeline, b->files[b->nfiles].pipeline);
        b->nfiles += !replaced;
    }
    qsort(b->files, b->nfiles, sizeof *b->files, by_order);
    return LF_OK;
}

/* A file without `when` holds names that others `use`. */
static bool names_only(const struct file *f)
{
    return !lf_json_get(f->doc, LF_V("when")) && lf_json_get(f->doc, LF_V("names"));
}

static void mark_format(struct build *b, lf_view format, uint64_t bit, size_t *cap)
{
    struct lf_pipelines *ps = b->ps;

    for (size_t i = 0; i < ps->nformats; i++)
        if (lf_view_eq(ps->of_format[i].format, format)) {
            ps->of_format[i].marks |= bit;
            return;
        }
    ps->of_format = lf_arena_grow(b->a, ps->of_format, ps->nformats, cap, sizeof *ps->of_format);
    ps->of_format[ps->nformats].format = format;
    ps->of_format[ps->nformats++].marks = bit;
}

/* The one condition of a node that rules most records out. */
static const struct cond *telling(const struct node *nd)
{
    const struct cond *best = NULL;

    for (size_t i = 0; i < nd->nconds; i++) {
        const struct cond *c = &nd->conds[i];
        bool usable = c->kind != COND_LACKS && c->places.n > 0;

        for (size_t k = 0; k < c->places.n; k++)
            usable = usable &&
                     c->places.at[k].kind == (c->kind == COND_IS ? c->places.at[0].kind : PLACE_FIELD);
        for (size_t k = 0; k < c->n; k++)
            usable = usable && (c->places.at[0].kind == PLACE_FIELD ||
                                (c->values[k].len > 0 && c->values[k].ptr[c->values[k].len - 1] != '*'));
        if (!usable || c->places.at[0].kind == PLACE_PROGRAM)
            continue;
        if (c->places.at[0].kind == PLACE_FORMAT)
            return c;
        if (!best || c->places.n < best->places.n)
            best = c;
    }
    return best;
}

static void mark(struct build *b)
{
    struct lf_pipelines *ps = b->ps;
    size_t cap = 0;

    ps->of_pick = LF_NEW(b->a, uint64_t, ps->npicks + 1);
    for (size_t i = 0; i < ps->nfirst && i < FIRST_MARKED; i++) {
        const struct cond *c = telling(ps->first[i]);
        uint64_t bit = (uint64_t)1 << i;

        if (!c) {
            ps->always |= bit;
        } else if (c->places.at[0].kind == PLACE_FORMAT) {
            for (size_t k = 0; k < c->n; k++)
                mark_format(b, c->values[k], bit, &cap);
        } else {
            for (size_t k = 0; k < c->places.n; k++) {
                ps->of_pick[c->places.at[k].flat] |= bit;
                ps->of_pick[c->places.at[k].head] |= bit;
            }
        }
    }
}

static enum lf_code compile(struct build *b)
{
    struct lf_pipelines *ps = b->ps;
    enum lf_code rc;

    for (size_t i = 0; i < b->nfiles; i++) {
        const struct lf_json *doc = b->files[i].doc;
        const struct names *ns = NULL;

        if (!names_only(&b->files[i]))
            continue;
        b->file = b->files[i].name;
        for (size_t k = 0; k < lf_json_members(doc); k++)
            if (!lf_view_is(lf_json_key(doc, k), "names") &&
                !one_of(lf_json_key(doc, k), first_keys, sizeof first_keys / sizeof *first_keys))
                return bad(b, "it does not say `when` it holds; without that it can hold `names` only");
        if ((rc = names_of(b, lf_json_get(doc, LF_V("names")), &ns)) != LF_OK)
            return rc;
        lf_map_set(&b->names_of, b->files[i].pipeline, (uint64_t)(uintptr_t)ns);
    }
    ps->first = (const struct node **)(void *)LF_NEW(b->a, struct node *, b->nfiles + 1);
    for (size_t i = 0; i < b->nfiles; i++) {
        struct ctx c = { .name = keep(b, b->files[i].pipeline) };

        if (names_only(&b->files[i]))
            continue;
        b->file = b->files[i].name;
        b->depth = 0;
        if ((rc = node_of(b, b->files[i].doc, c, true, &ps->first[ps->nfirst])) != LF_OK)
            return rc;
        ps->nfirst++;
    }
    ps->picker = lf_json_picker_new(b->a, ps->picks, ps->npicks);
    mark(b);
    return LF_OK;
}

enum lf_code lf_pipelines_build(const struct lf_pipeline_file *files, size_t n, struct lf_pipelines **out,
                                struct lf_err *e)
{
    struct lf_arena tmp = { 0 };
    struct lf_pipelines *ps;
    struct build b = { .tmp = &tmp, .e = e };
    enum lf_code rc;

    if (n > FILES_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%zu pipeline files; at most %d are read", n, FILES_MOST);
    ps = calloc(1, sizeof *ps);
    if (!ps)
        LF_BUG("no memory");
    ps->refs = 1;
    lf_arena_init(&ps->a, 1 << 16);
    lf_map_init(&ps->pick_of, 0);
    lf_map_init(&b.names_of, 0);
    b.ps = ps;
    b.a = &ps->a;
    rc = read_all(&b, files, n);
    if (rc == LF_OK)
        rc = compile(&b);
    lf_map_clear(&b.names_of);
    lf_arena_clear(&tmp);
    if (rc != LF_OK) {
        lf_pipelines_drop(ps);
        return rc;
    }
    *out = ps;
    return LF_OK;
}

struct lf_pipelines *lf_pipelines_keep(const struct lf_pipelines *ps)
{
    /* Counting is the one thing that changes in what is otherwise constant. */
    struct lf_pipelines *mine = (struct lf_pipelines *)(uintptr_t)ps;

    mine->refs++;
    return mine;
}

void lf_pipelines_drop(struct lf_pipelines *ps)
{
    if (!ps || --ps->refs > 0)
        return;
    for (size_t i = 0; i < ps->nnodes; i++)
        lf_map_clear(&ps->nodes[i]->cases);
    lf_map_clear(&ps->pick_of);
    lf_arena_clear(&ps->a);
    free(ps);
}

size_t lf_pipelines_count(const struct lf_pipelines *ps)
{
    return ps->nends;
}

const struct lf_pipeline *lf_pipelines_at(const struct lf_pipelines *ps, size_t number)
{
    return number < ps->nends ? ps->ends[number] : NULL;
}

size_t lf_aliases_count(const struct lf_pipelines *ps)
{
    return ps->naliases;
}
