/* MISP's API under /misp/, as far as another MISP, or a program written for one, needs to pull from this node
 * and to push to it.  docs/manual/misp.md lists what is spoken.
 *
 * /misp/… is about the collection `library`, /misp/ID-OR-ALIAS/… about that one.  The key in Authorization is
 * a token of an account; who reads and writes is asked as everywhere (isac/rights.h), and what somebody may
 * not see is not there.  An event is a report, or a grouping that is no object of MISP's, by its UUID
 * (fmt/misp.h). */
#include "fmt/misp.h"

#include <stdio.h>

#include "base/map.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "isac/object.h"
#include "isac/watch.h"
#include "web/misp.h"

enum {
    BODY_MOST = 16 << 20,
    ANSWER_MOST = 30 << 20, /* of one answer; an answer to the front has 32 MiB */
    STIX_MOST = 24 << 20,   /* read for one answer */
    OBJECTS_MOST = 20000,
    EVENTS_MOST = 20000, /* looked at for an index */
    WORDS = 12,
    PAGE_OF = 500
};

/* What other servers ask the version for: which requests they may make. */
#define SPOKEN "2.4.160"

struct misp {
    struct rq *r;
    struct lf_task *t;
    struct lf_err *e;
    struct lf_collection c;
    struct lf_rights *rights;
    lf_view base;        /* of addresses: "/misp", "/misp/rw" */
    lf_view word[WORDS]; /* of the path, without the collection and ".json" */
    size_t nwords;
    const struct lf_json *body; /* NULL: none */

    const struct lf_json **objects;
    size_t n, cap, bytes;
    struct lf_map have; /* ids */

    lf_view *made; /* of what was handed in */
    size_t nmade, capmade;
    struct lf_buf text;
};

static const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };

/* ---- answers ---- */

static enum lf_code said(struct misp *m, int status, struct lf_buf *b)
{
    return answer_json(m->r, status, b);
}

void misp_problem(struct rq *r, int status, lf_view why)
{
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "name", why);
    lf_json_put_str(&w, "message", why);
    lf_json_put_str(&w, "url", r->in->path);
    lf_json_put_str(&w, "errors", why);
    lf_json_close(&w);
    answer(r, status, "application/json", lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static enum lf_code no(struct misp *m, int status, const char *why)
{
    misp_problem(m->r, status, lf_view_of(why));
    return LF_OK;
}

/* ---- questions ---- */

static bool word_is(const struct misp *m, size_t i, const char *what)
{
    return i < m->nwords && lf_view_is(m->word[i], what);
}

/* "name:value" behind the words of a path, as MISP writes parameters there. */
static bool is_parameter(lf_view w)
{
    return lf_view_find_byte(w, ':') != SIZE_MAX;
}

static const struct lf_json *asked(const struct misp *m, const char *name)
{
    const struct lf_json *request = lf_json_get(m->body, LF_V("request"));

    return lf_json_get(request ? request : m->body, lf_view_of(name));
}

static bool asked_yes(const struct misp *m, const char *name, bool *given)
{
    const struct lf_json *v = asked(m, name);
    lf_view t = lf_json_text(v);

    *given = v && lf_json_kind(v) != LF_JSON_NULL;
    return lf_json_kind(v) == LF_JSON_TRUE || lf_view_is(t, "1") || lf_view_is(t, "true");
}

static bool asked_number(const struct misp *m, const char *name, uint64_t *out)
{
    return lf_view_u64(lf_json_text(asked(m, name)), out);
}

/* Seconds since 1970, a date, or "5d", "12h", "30m" ago; 0: not asked. */
static enum lf_code asked_time(struct misp *m, const char *name, lf_time *out)
{
    static const char units[] = "smhd";
    static const lf_time ones[] = { LF_SECOND, LF_MINUTE, LF_HOUR, LF_DAY };
    const struct lf_json *v = asked(m, name);
    lf_view t = lf_json_text(v);
    uint64_t n;

    *out = 0;
    if (!v || lf_json_kind(v) == LF_JSON_NULL || !t.len)
        return lf_json_count(v) ? lf_err_set(m->e, LF_BAD_INPUT, "\"%s\": one time, and no list", name)
                                : LF_OK;
    if (lf_view_u64(t, &n)) {
        *out = n < (uint64_t)(LF_TIME_MAX / LF_SECOND) ? (lf_time)n * LF_SECOND : LF_TIME_MAX;
        return LF_OK;
    }
    for (size_t i = 0; i < 4; i++)
        if (t.ptr[t.len - 1] == units[i] && lf_view_u64(lf_view_first(t, t.len - 1), &n) && n < 100000000) {
            *out = lf_now(m->t->env) - (lf_time)n * ones[i];
            return LF_OK;
        }
    if (t.len == 10)
        t = lf_arena_printf(m->t->a, "%.*sT00:00:00Z", LF_FMT(t));
    return lf_time_parse(t, out, m->e);
}

/* A filter that is not known is refused: an answer that took no notice of it would be a wrong one. */
static enum lf_code only_known(struct misp *m, const char *const *known)
{
    static const char *const harmless[] = { "returnFormat",
                                            "page",
                                            "limit",
                                            "enforceWarninglist",
                                            "includeEventUuid",
                                            "includeUuid",
                                            "includeEventTags",
                                            "includeProposals",
                                            "includeDecayScore",
                                            "includeFullModel",
                                            "includeCorrelations",
                                            "includeContext",
                                            "includeSightings",
                                            "includeGalaxy",
                                            "includeAttribute",
                                            "includeEventCorrelations",
                                            "includeFeedCorrelations",
                                            "includeWarninglistHits",
                                            "includeServerCorrelations",
                                            "sgReferenceOnly",
                                            "with_attachments",
                                            "minimal",
                                            "noEventInfo",
                                            "sort",
                                            "direction",
                                            "deleted",
                                            "excludeGalaxy",
                                            "excludeLocalTags",
                                            "headerless",
                                            "includeSightingdb" };
    const struct lf_json *request = lf_json_get(m->body, LF_V("request")), *q = request ? request : m->body;
    lf_view format = lf_json_text(asked(m, "returnFormat"));

    for (size_t i = 0; lf_json_kind(q) == LF_JSON_OBJECT && i < lf_json_count(q); i++) {
        lf_view key = lf_json_key(q, i);
        const struct lf_json *v = lf_json_member(q, i);
        bool ok = lf_json_kind(v) == LF_JSON_NULL ||
                  ((lf_json_kind(v) == LF_JSON_STRING || lf_json_kind(v) == LF_JSON_ARRAY) &&
                   !lf_json_text(v).len && !lf_json_count(v));

        for (size_t k = 0; k < sizeof harmless / sizeof *harmless; k++)
            ok = ok || lf_view_is(key, harmless[k]);
        for (size_t k = 0; known[k]; k++)
            ok = ok || lf_view_is(key, known[k]);
        if (!ok)
            return lf_err_set(m->e, LF_BAD_INPUT, "this node does not filter by \"%.*s\"",
                              LF_FMT(lf_view_first(key, 60)));
    }
    if (format.len && !lf_view_is(format, "json"))
        return lf_err_set(m->e, LF_BAD_INPUT, "returnFormat is json here");
    return LF_OK;
}

/* Texts of a value or a list of values. */
static size_t texts(const struct lf_json *v, size_t i, lf_view *out)
{
    size_t n = lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_count(v) : v && lf_json_text(v).len ? 1 : 0;

    if (i < n)
        *out = lf_json_text(lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, i) : v);
    return n;
}

/* ---- objects ---- */

static bool label_is(const struct lf_json *o, const char *begin)
{
    const struct lf_json *labels = lf_json_get(o, LF_V("labels"));

    for (size_t i = 0; lf_json_kind(labels) == LF_JSON_ARRAY && i < lf_json_count(labels); i++)
        if (lf_view_starts(lf_json_text(lf_json_item(labels, i)), lf_view_of(begin)))
            return true;
    return false;
}

static bool type_is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

static bool is_event(const struct lf_json *o)
{
    return (type_is(o, "report") || type_is(o, "grouping")) && !label_is(o, "misp:object=") &&
           !label_is(o, "misp:continues=") && !lf_json_bool(o, "revoked", false);
}

static lf_view uuid_of(const struct lf_json *o)
{
    lf_view id = lf_json_str(o, "id");

    return id.len > 36 ? lf_view_from(id, id.len - 36) : LF_V("");
}

static lf_time modified(const struct lf_json *o)
{
    lf_time at = 0;

    return lf_stix_time(lf_json_str(o, "modified"), &at, NULL) == LF_OK ? at : 0;
}

static enum lf_code keep(struct misp *m, const struct lf_object *o, const struct lf_json **out)
{
    const struct lf_json *tree;

    m->bytes += o->json.len;
    if (m->bytes > STIX_MOST || m->n >= OBJECTS_MOST)
        return lf_err_set(m->e, LF_TOO_BIG, "this is more than one answer holds: ask for fewer events");
    LF_TRY(lf_json_parse(m->t->a, o->json, &deep, &tree, m->e));
    m->objects = (const struct lf_json **)lf_arena_grow(m->t->a, (void *)(uintptr_t)m->objects, m->n, &m->cap,
                                                        sizeof *m->objects);
    m->objects[m->n++] = tree;
    lf_map_set(&m->have, lf_json_str(tree, "id"), m->n);
    if (out)
        *out = tree;
    return LF_OK;
}

static struct lf_object_filter *filter(struct misp *m)
{
    struct lf_object_filter *f = LF_NEW(m->t->a, struct lf_object_filter, 1);

    *f = (struct lf_object_filter){
        .after = -1, .limit = PAGE_OF, .bodies = true, .v_last = true, .rights = m->rights
    };
    return f;
}

/* Those of the ids that are there and not yet had. */
static enum lf_code fetch(struct misp *m, const lf_view *ids, size_t n)
{
    struct lf_object_filter *f = filter(m);
    const struct lf_object *o;
    uint64_t at;
    size_t k;

    for (size_t i = 0; i < n; i++) {
        if (lf_stix_id_ok(ids[i], NULL) && !lf_map_get(&m->have, ids[i], &at))
            f->id[f->nid++] = ids[i];
        if (f->nid < LF_OBJECT_MATCHES && i + 1 < n)
            continue;
        for (bool more = f->nid > 0; more;) {
            LF_TRY(lf_object_list(m->t, m->c.id, f, &k, &o, &more, m->e));
            for (size_t j = 0; j < k; j++)
                if (!lf_map_get(&m->have, o[j].id, &at))
                    LF_TRY(keep(m, &o[j], NULL));
            if (!k)
                break;
            f->after = o[k - 1].added;
        }
        f->nid = 0;
        f->after = -1;
    }
    return LF_OK;
}

/* What the objects from `from` on refer to, and what that refers to. */
static enum lf_code follow(struct misp *m, size_t from)
{
    while (from < m->n) {
        size_t end = m->n, n = 0, cap = 0;
        lf_view *ids = NULL;

        for (; from < end; from++) {
            const struct lf_json *o = m->objects[from], *refs = lf_json_get(o, LF_V("object_refs"));
            const lf_view single[] = { lf_json_str(o, "created_by_ref"), lf_json_str(o, "target_ref") };

            for (size_t i = 0; i < 2 + (lf_json_kind(refs) == LF_JSON_ARRAY ? lf_json_count(refs) : 0); i++) {
                lf_view id = i < 2 ? single[i] : lf_json_text(lf_json_item(refs, i - 2));

                if (!id.len)
                    continue;
                ids = lf_arena_grow(m->t->a, ids, n, &cap, sizeof *ids);
                ids[n++] = id;
            }
        }
        LF_TRY(fetch(m, ids, n));
    }
    return LF_OK;
}

/* Sightings, opinions, relationships and continued reports name what they are about, and not the other way.
 */
static enum lf_code follow_back(struct misp *m)
{
    static const char *const types[] = { "sighting", "opinion", "relationship", "report" };
    struct lf_object_filter *f = filter(m);
    size_t from = m->n, seen = 0, k;
    const struct lf_object *o;
    uint64_t at;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        f->type[f->ntype++] = lf_view_of(types[i]);
    for (bool more = true; more;) {
        LF_TRY(lf_object_list(m->t, m->c.id, f, &k, &o, &more, m->e));
        if (!k)
            break;
        for (size_t j = 0; j < k; j++) {
            const struct lf_json *tree, *refs;
            lf_view about;

            if (++seen > EVENTS_MOST)
                return LF_OK;
            if (lf_map_get(&m->have, o[j].id, &at) ||
                lf_json_parse(m->t->a, o[j].json, &deep, &tree, NULL) != LF_OK)
                continue;
            refs = lf_json_get(tree, LF_V("object_refs"));
            about = type_is(tree, "sighting")       ? lf_json_str(tree, "sighting_of_ref")
                    : type_is(tree, "relationship") ? lf_json_str(tree, "source_ref")
                    : type_is(tree, "opinion") && lf_json_kind(refs) == LF_JSON_ARRAY && lf_json_count(refs)
                        ? lf_json_text(lf_json_item(refs, 0))
                        : LF_V("");
            if ((about.len && lf_map_get(&m->have, about, &at)) || label_is(tree, "misp:continues="))
                LF_TRY(keep(m, &o[j], NULL));
        }
        f->after = o[k - 1].added;
    }
    return follow(m, from);
}

static enum lf_code find_event(struct misp *m, lf_view uuid, const struct lf_json **out)
{
    const lf_view ids[] = { lf_arena_printf(m->t->a, "report--%.*s", LF_FMT(uuid)),
                            lf_arena_printf(m->t->a, "grouping--%.*s", LF_FMT(uuid)) };
    uint64_t at;

    *out = NULL;
    if (!lf_uuid_ok(uuid))
        return LF_OK;
    LF_TRY(fetch(m, ids, 2));
    for (size_t i = 0; i < 2; i++)
        if (lf_map_get(&m->have, ids[i], &at) && is_event(m->objects[at - 1]))
            *out = m->objects[at - 1];
    return LF_OK;
}

/* All events, the index's way. */
static enum lf_code all_events(struct misp *m, lf_time since, const struct lf_json ***out, size_t *n)
{
    struct lf_object_filter *f = filter(m);
    const struct lf_object *o;
    size_t k, cap = 0, seen = 0, bytes = 0;

    *out = NULL;
    *n = 0;
    f->type[f->ntype++] = LF_V("report");
    f->type[f->ntype++] = LF_V("grouping");
    for (bool more = true; more;) {
        LF_TRY(lf_object_list(m->t, m->c.id, f, &k, &o, &more, m->e));
        if (!k)
            break;
        for (size_t j = 0; j < k; j++) {
            const struct lf_json *tree;

            bytes += o[j].json.len;
            if (++seen > EVENTS_MOST || bytes > STIX_MOST)
                return lf_err_set(m->e, LF_TOO_BIG,
                                  "there are more events than one answer holds; ask for those since a time");
            if (lf_json_parse(m->t->a, o[j].json, &deep, &tree, NULL) != LF_OK || !is_event(tree) ||
                (since && modified(tree) < since))
                continue;
            *out = (const struct lf_json **)lf_arena_grow(m->t->a, (void *)(uintptr_t)*out, *n, &cap,
                                                          sizeof **out);
            (*out)[(*n)++] = tree;
        }
        f->after = o[k - 1].added;
    }
    return LF_OK;
}

/* ---- MISP out of objects ---- */

static enum lf_code written(void *ctx, lf_view piece, struct lf_err *e)
{
    struct misp *m = ctx;

    lf_buf_put(&m->text, piece);
    return m->text.over ? lf_err_set(e, LF_TOO_BIG, "the answer would be too large: ask for fewer events")
                        : LF_OK;
}

static void not_told(void *ctx, const struct lf_loss *loss)
{
    (void)ctx; /* what MISP cannot say is listed by `lianfang stix export --format misp --losses` */
    (void)loss;
}

/* All that was gathered as events: a list of {"Event":…}. */
static enum lf_code events_of(struct misp *m, const struct lf_json **list)
{
    const struct lf_exchange to = { m, written, not_told };
    const struct lf_json *doc;

    lf_buf_reset(&m->text);
    LF_TRY(lf_misp_write(m->t->a, m->objects, m->n, &to, m->e));
    LF_TRY(lf_json_parse(m->t->a, lf_arena_copy(m->t->a, lf_buf_view(&m->text)), &deep, &doc, m->e));
    *list = lf_json_get(doc, LF_V("response"));
    return LF_OK;
}

static const struct lf_json *event_in(const struct lf_json *list, lf_view uuid)
{
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++) {
        const struct lf_json *event = lf_json_get(lf_json_item(list, i), LF_V("Event"));

        if (lf_view_eq_nocase(lf_json_str(event, "uuid"), uuid))
            return event;
    }
    return NULL;
}

static void put_event(struct lf_json_w *w, const char *key, const struct lf_json *event, bool metadata)
{
    if (!metadata) {
        lf_json_put(w, key, event);
        return;
    }
    lf_json_begin(w, key, '{');
    for (size_t i = 0; i < lf_json_count(event); i++) {
        lf_view name = lf_json_key(event, i);
        char text[64] = "";

        if (name.len >= sizeof text || lf_view_is(name, "Attribute") || lf_view_is(name, "Object") ||
            lf_view_is(name, "EventReport"))
            continue;
        memcpy(text, name.ptr, name.len);
        lf_json_put(w, text, lf_json_member(event, i));
    }
    lf_json_close(w);
}

static enum lf_code view(struct misp *m, lf_view uuid, bool metadata, int status)
{
    const struct lf_json *root, *list, *event;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(find_event(m, uuid, &root));
    if (!root)
        return no(m, 404, "Invalid event");
    LF_TRY(follow(m, 0));
    LF_TRY(follow_back(m));
    LF_TRY(events_of(m, &list));
    event = event_in(list, uuid);
    if (!event)
        return no(m, 404, "Invalid event");
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_event(&w, "Event", event, metadata);
    lf_json_close(&w);
    return said(m, status, &b);
}

/* ---- index and searches ---- */

static void put_seconds(struct lf_json_w *w, const char *key, lf_time at)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)(at / LF_SECOND));
    lf_json_put_cstr(w, key, text);
}

/* page from 1. */
static void window(const struct misp *m, size_t n, size_t *from, size_t *to)
{
    uint64_t limit = 0, page = 1;

    *from = 0;
    *to = n;
    if (!asked_number(m, "limit", &limit) || !limit || limit > n)
        limit = n;
    if (!asked_number(m, "page", &page) || !page)
        page = 1;
    if (!limit)
        return;
    *from = page - 1 > n / limit ? n : (size_t)((page - 1) * limit);
    *to = *from + limit < n ? *from + (size_t)limit : n;
}

static enum lf_code event_index(struct misp *m)
{
    static const char *const known[] = { "published", "timestamp", "eventid", "uuid", NULL };
    const struct lf_json **events, *wanted = asked(m, "uuid") ? asked(m, "uuid") : asked(m, "eventid");
    bool published, by_published;
    size_t n, kept = 0, from, to;
    struct lf_json_w w;
    struct lf_buf b;
    lf_time since;

    LF_TRY(only_known(m, known));
    LF_TRY(asked_time(m, "timestamp", &since));
    published = asked_yes(m, "published", &by_published);
    LF_TRY(all_events(m, since, &events, &n));
    for (size_t i = 0; i < n; i++) {
        lf_view one = LF_V("");
        bool in = !texts(wanted, 0, &one);

        for (size_t k = 0; !in && k < texts(wanted, k, &one); k++)
            in = lf_view_eq_nocase(one, uuid_of(events[i]));
        if (in && (!by_published || published == type_is(events[i], "report")))
            events[kept++] = events[i];
    }
    window(m, kept, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = from; i < to; i++) {
        lf_view by = lf_json_str(events[i], "created_by_ref");
        char text[LF_TIME_TEXT];

        lf_json_open(&w, '{');
        lf_json_put_str(&w, "uuid", uuid_of(events[i]));
        lf_json_put_str(&w, "info", lf_json_str(events[i], "name"));
        put_seconds(&w, "timestamp", modified(events[i]));
        put_seconds(&w, "publish_timestamp", modified(events[i]));
        lf_json_put_cstr(&w, "sighting_timestamp", "0");
        lf_json_put_str(&w, "date", lf_view_first(lf_time_milli(modified(events[i]), text), 10));
        lf_json_put_bool(&w, "published", type_is(events[i], "report"));
        if (by.len > 36)
            lf_json_put_str(&w, "orgc_uuid", lf_view_from(by, by.len - 36));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    return said(m, 200, &b);
}

static bool one_of(const struct lf_json *wanted, lf_view have)
{
    lf_view one;

    if (!texts(wanted, 0, &one))
        return true;
    for (size_t k = 0; k < texts(wanted, k, &one); k++)
        if (lf_view_eq_nocase(one, have))
            return true;
    return false;
}

static bool attribute_fits(const struct misp *m, const struct lf_json *a)
{
    bool given, ids = asked_yes(m, "to_ids", &given);

    return one_of(asked(m, "value"), lf_json_text(lf_json_get(a, LF_V("value")))) &&
           one_of(asked(m, "type"), lf_json_str(a, "type")) &&
           one_of(asked(m, "category"), lf_json_str(a, "category")) &&
           (!given || ids == lf_json_bool(a, "to_ids", false));
}

typedef void (*attribute_fn)(void *ctx, const struct lf_json *event, const struct lf_json *attribute);

static void each_attribute(const struct lf_json *event, attribute_fn fn, void *ctx)
{
    const struct lf_json *list = lf_json_get(event, LF_V("Attribute")),
                         *objects = lf_json_get(event, LF_V("Object"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++)
        fn(ctx, event, lf_json_item(list, i));
    for (size_t k = 0; lf_json_kind(objects) == LF_JSON_ARRAY && k < lf_json_count(objects); k++) {
        list = lf_json_get(lf_json_item(objects, k), LF_V("Attribute"));
        for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++)
            fn(ctx, event, lf_json_item(list, i));
    }
}

struct fits {
    const struct misp *m;
    bool any;
};

static void fits_one(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct fits *f = ctx;

    (void)event;
    f->any |= attribute_fits(f->m, a);
}

/* The events that a search names by uuid, time and state, whole. */
static enum lf_code search_events(struct misp *m, const struct lf_json **list)
{
    const struct lf_json *wanted = asked(m, "uuid") ? asked(m, "uuid") : asked(m, "eventid");
    const struct lf_json **events, *root;
    bool published, by_published;
    lf_time since, pub, last;
    lf_view one = LF_V("");
    size_t n;

    LF_TRY(asked_time(m, "timestamp", &since));
    LF_TRY(asked_time(m, "publish_timestamp", &pub));
    LF_TRY(asked_time(m, "last", &last));
    since = since > pub ? since : pub;
    since = since > last ? since : last;
    published = asked_yes(m, "published", &by_published);
    if (texts(wanted, 0, &one)) {
        for (size_t k = 0; k < texts(wanted, k, &one); k++)
            LF_TRY(find_event(m, one, &root));
    } else {
        LF_TRY(all_events(m, since, &events, &n));
        for (size_t i = 0; i < n; i++) {
            lf_view id = lf_json_str(events[i], "id");

            if (!by_published || published == type_is(events[i], "report"))
                LF_TRY(fetch(m, &id, 1));
        }
    }
    if (!m->n) {
        *list = NULL;
        return LF_OK;
    }
    LF_TRY(follow(m, 0));
    LF_TRY(follow_back(m));
    return events_of(m, list);
}

static enum lf_code event_search(struct misp *m)
{
    static const char *const known[] = { "uuid", "eventid",   "timestamp", "publish_timestamp",
                                         "last", "published", "metadata",  "value",
                                         "type", "category",  "to_ids",    NULL };
    const struct lf_json *list, **fit;
    bool given, metadata = asked_yes(m, "metadata", &given);
    size_t n = 0, from, to;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(only_known(m, known));
    LF_TRY(search_events(m, &list));
    fit = LF_NEW(m->t->a, const struct lf_json *, lf_json_count(list) + 1);
    for (size_t i = 0; i < lf_json_count(list); i++) {
        const struct lf_json *event = lf_json_get(lf_json_item(list, i), LF_V("Event"));
        struct fits f = { .m = m };
        uint64_t at;

        lf_view uuid = lf_json_str(event, "uuid");

        /* What no event has is in none that anybody asked for. */
        if (!lf_map_get(&m->have, lf_arena_printf(m->t->a, "report--%.*s", LF_FMT(uuid)), &at) &&
            !lf_map_get(&m->have, lf_arena_printf(m->t->a, "grouping--%.*s", LF_FMT(uuid)), &at))
            continue;
        if (asked(m, "value") || asked(m, "type") || asked(m, "category") || asked(m, "to_ids")) {
            each_attribute(event, fits_one, &f);
            if (!f.any)
                continue;
        }
        fit[n++] = event;
    }
    window(m, n, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "response", '[');
    for (size_t i = from; i < to; i++) {
        lf_json_open(&w, '{');
        put_event(&w, "Event", fit[i], metadata);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

struct attributes {
    struct misp *m;
    const struct lf_json **v, **event;
    size_t n, cap, cap2;
};

static void take_attribute(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct attributes *x = ctx;

    if (!attribute_fits(x->m, a))
        return;
    x->v = (const struct lf_json **)lf_arena_grow(x->m->t->a, (void *)(uintptr_t)x->v, x->n, &x->cap,
                                                  sizeof *x->v);
    x->event = (const struct lf_json **)lf_arena_grow(x->m->t->a, (void *)(uintptr_t)x->event, x->n, &x->cap2,
                                                      sizeof *x->event);
    x->v[x->n] = a;
    x->event[x->n++] = event;
}

static enum lf_code attribute_search(struct misp *m)
{
    static const char *const known[] = { "uuid",  "eventid", "timestamp", "last",   "published",
                                         "value", "type",    "category",  "to_ids", NULL };
    struct attributes x = { .m = m };
    const struct lf_json *list;
    size_t from, to;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(only_known(m, known));
    LF_TRY(search_events(m, &list));
    for (size_t i = 0; i < lf_json_count(list); i++)
        each_attribute(lf_json_get(lf_json_item(list, i), LF_V("Event")), take_attribute, &x);
    window(m, x.n, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "response", '{');
    lf_json_begin(&w, "Attribute", '[');
    for (size_t i = from; i < to; i++) {
        lf_json_open(&w, '{');
        for (size_t k = 0; k < lf_json_count(x.v[i]); k++) {
            char key[64] = "";
            lf_view name = lf_json_key(x.v[i], k);

            if (name.len < sizeof key) {
                memcpy(key, name.ptr, name.len);
                lf_json_put(&w, key, lf_json_member(x.v[i], k));
            }
        }
        lf_json_begin(&w, "Event", '{');
        lf_json_put_str(&w, "uuid", lf_json_str(x.event[i], "uuid"));
        lf_json_put_str(&w, "info", lf_json_str(x.event[i], "info"));
        lf_json_close(&w);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

/* ---- handing in ---- */

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct misp *m = ctx;

    if (m->nmade == OBJECTS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "more than %d objects in one event", OBJECTS_MOST);
    m->made = lf_arena_grow(m->t->a, m->made, m->nmade, &m->capmade, sizeof *m->made);
    m->made[m->nmade++] = lf_arena_copy(m->t->a, json);
    return LF_OK;
}

/* *fresh: objects that were not there; *refused: those that may not be, and why the first. */
static enum lf_code post(struct misp *m, size_t *fresh, size_t *refused, struct lf_err *first)
{
    struct lf_object_batch *batch = NULL;

    *fresh = *refused = 0;
    for (size_t i = 0; i < m->nmade; i++) {
        struct lf_err why = { 0 };
        struct lf_stix s;
        bool is_new = false;
        enum lf_code rc = lf_stix_read(m->t->a, m->made[i], &s, &why);

        if (rc != LF_OK)
            rc = LF_UNACCEPTED;
        if (rc == LF_OK && !batch)
            rc = lf_object_batch_open(m->t, m->c.id, m->nmade, &batch, &why);
        if (rc == LF_OK)
            rc = lf_object_batch_post(m->t, batch, &s, m->made[i], &is_new, &why);
        if (rc == LF_OK && is_new)
            rc = lf_watch_post(m->t, &s, lf_object_batch_seq(batch), lf_object_batch_met(batch), &why);
        if (rc == LF_UNACCEPTED) {
            if (!(*refused)++)
                *first = why;
            continue;
        }
        if (rc != LF_OK) {
            *m->e = why;
            return rc;
        }
        *fresh += is_new;
    }
    return LF_OK;
}

static const struct lf_json *made_event(struct misp *m)
{
    for (size_t i = 0; i < m->nmade; i++) {
        const struct lf_json *o;

        if (lf_json_parse(m->t->a, m->made[i], &deep, &o, NULL) == LF_OK && is_event(o))
            return o;
    }
    return NULL;
}

static enum lf_code hand_in(struct misp *m, bool edit)
{
    const struct lf_exchange to = { m, made, not_told };
    const struct lf_json *event, *was;
    struct lf_err first = { 0 };
    size_t fresh, refused;
    lf_view uuid;

    if (!m->c.can_write)
        return no(m, 403, "You do not have permission to do that.");
    if (!m->body)
        return no(m, 400, "No event data received.");
    if (lf_misp_read(m->r->in->body, &to, m->e) != LF_OK)
        return no(m, 400, lf_arena_cstr(m->t->a, lf_view_of(m->e->text)));
    event = made_event(m);
    if (!event)
        return no(m, 400, "No event data received.");
    uuid = uuid_of(event);
    if (edit && m->nwords > 2 && lf_uuid_ok(m->word[2]) && !lf_view_eq_nocase(m->word[2], uuid))
        return no(m, 400, "The event's UUID is not the one of the address.");
    LF_TRY(find_event(m, uuid, &was));
    if (edit && !was)
        return no(m, 404, "Invalid event");
    if (!edit && was) {
        lf_http_add(m->r->out, "Location",
                    lf_arena_printf(m->t->a, "%.*s/events/edit/%.*s", LF_FMT(m->base), LF_FMT(uuid)));
        return no(m, 404,
                  "Event already exists, if you would like to edit it, use the url in the location header.");
    }
    LF_TRY(post(m, &fresh, &refused, &first));
    if (refused == m->nmade)
        return no(m, 403, lf_arena_cstr(m->t->a, lf_view_of(first.text)));
    if (edit && !fresh)
        return no(m, 403, "Event could not be saved: Event in the request not newer than the local copy.");
    LF_TRY(lf_audit_add(m->t, LF_V("misp.event"), lf_json_str(event, "id"),
                        lf_arena_printf(m->t->a, "{\"edit\":%s,\"fresh\":%zu,\"refused\":%zu}",
                                        edit ? "true" : "false", fresh, refused),
                        m->e));
    lf_map_clear(&m->have);
    lf_map_init(&m->have, 0x6d697370);
    m->n = m->bytes = 0;
    return view(m, uuid, false, 200);
}

/* Of a list of events of another server, those it should send. */
static enum lf_code filter_for_push(struct misp *m)
{
    struct lf_json_w w;
    struct lf_buf b;

    if (lf_json_kind(m->body) != LF_JSON_ARRAY || lf_json_count(m->body) > OBJECTS_MOST)
        return no(m, 400, "This is no list of events.");
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < lf_json_count(m->body); i++) {
        const struct lf_json *item = lf_json_item(m->body, i), *event = lf_json_get(item, LF_V("Event")),
                             *was;
        lf_view uuid;
        uint64_t at = 0;

        event = event ? event : item;
        uuid = lf_json_str(event, "uuid");
        if (!lf_uuid_ok(uuid))
            continue;
        if (find_event(m, uuid, &was) != LF_OK) {
            lf_buf_clear(&b);
            return m->e->code;
        }
        (void)lf_view_u64(lf_json_text(lf_json_get(event, LF_V("timestamp"))), &at);
        if (!was || (uint64_t)(modified(was) / LF_SECOND) < at)
            lf_json_put_str(&w, NULL, uuid);
    }
    lf_json_close(&w);
    return said(m, 200, &b);
}

/* ---- sightings ---- */

/* The indicator, else the observed data, of an attribute's UUID. */
static enum lf_code attribute_object(struct misp *m, lf_view uuid, lf_view *id)
{
    static const char *const types[] = { "indicator", "observed-data" };

    *id = LF_V("");
    for (size_t i = 0; lf_uuid_ok(uuid) && i < 2 && !id->len; i++) {
        lf_view is = lf_arena_printf(m->t->a, "%s--%.*s", types[i], LF_FMT(uuid));
        bool known;

        LF_TRY(lf_object_known(m->t, m->rights, m->c.id, is, &known, m->e));
        if (known)
            *id = is;
    }
    return LF_OK;
}

/* A sighting, or of a false positive an opinion. */
static enum lf_code make_sighting(struct misp *m, const struct lf_json *s, lf_view about, lf_view uuid,
                                  lf_time at)
{
    lf_view type = lf_json_text(lf_json_get(s, LF_V("type"))), source = lf_json_str(s, "source"), json;
    bool wrong = lf_view_is(type, "1");
    char text[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    lf_time_milli(at, text);
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", wrong ? "opinion" : "sighting");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id",
                    lf_arena_printf(m->t->a, "%s--%.*s", wrong ? "opinion" : "sighting", LF_FMT(uuid)));
    lf_json_put_cstr(&w, "created", text);
    lf_json_put_cstr(&w, "modified", text);
    source = lf_view_first(source, 1000);
    if (source.len && !wrong)
        lf_json_put_str(&w, "description", source);
    if (wrong) {
        lf_json_put_cstr(&w, "opinion", "strongly-disagree");
        lf_json_put_cstr(&w, "explanation", "false positive");
        if (source.len) {
            lf_json_begin(&w, "authors", '[');
            lf_json_put_str(&w, NULL, source);
            lf_json_close(&w);
        }
        lf_json_begin(&w, "object_refs", '[');
        lf_json_put_str(&w, NULL, about);
        lf_json_close(&w);
    } else {
        lf_json_put_cstr(&w, "first_seen", text);
        lf_json_put_cstr(&w, "last_seen", text);
        lf_json_put_int(&w, "count", 1);
        lf_json_put_str(&w, "sighting_of_ref", about);
    }
    lf_json_close(&w);
    json = lf_arena_copy(m->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return made(m, json, m->e);
}

static enum lf_code one_sighting(struct misp *m, const struct lf_json *s, lf_view attribute, lf_view *uuid,
                                 lf_time *at, bool *taken)
{
    lf_view about, type = lf_json_text(lf_json_get(s, LF_V("type")));
    const struct lf_json *when = lf_json_get(s, LF_V("date_sighting"));
    uint64_t n;

    *taken = false;
    *uuid = lf_json_str(s, "uuid");
    if (!lf_uuid_ok(*uuid) || lf_view_eq_nocase(*uuid, attribute))
        *uuid = lf_uuid_new(m->t->env, m->t->a);
    when = when ? when : lf_json_get(s, LF_V("timestamp"));
    *at = lf_now(m->t->env);
    if (lf_view_u64(lf_json_text(when), &n) && n && n < (uint64_t)(*at / LF_SECOND))
        *at = (lf_time)n * LF_SECOND;
    if (type.len && !lf_view_is(type, "0") && !lf_view_is(type, "1"))
        return LF_OK; /* an expiration is the author's to set */
    LF_TRY(attribute_object(m, attribute, &about));
    if (!about.len)
        return LF_OK;
    *taken = true;
    return make_sighting(m, s, about, *uuid, *at);
}

static enum lf_code add_sighting(struct misp *m)
{
    lf_view attribute = m->nwords > 2 && !is_parameter(m->word[2]) ? m->word[2]
                                                                   : lf_json_str(m->body, "uuid"),
            uuid;
    lf_view type = lf_json_text(lf_json_get(m->body, LF_V("type")));
    size_t fresh, refused;
    struct lf_err first;
    struct lf_json_w w;
    struct lf_buf b;
    lf_time at;
    bool taken;

    if (!m->c.can_write)
        return no(m, 403, "You do not have permission to do that.");
    if (lf_json_get(m->body, LF_V("values")) || lf_json_get(m->body, LF_V("value")))
        return no(m, 400, "This node takes sightings by the UUID of an attribute, not by value.");
    LF_TRY(one_sighting(m, m->body, attribute, &uuid, &at, &taken));
    if (!taken)
        return type.len && lf_view_is(type, "2") ? no(m, 400, "This node takes no expirations.")
                                                 : no(m, 404, "Invalid attribute");
    LF_TRY(post(m, &fresh, &refused, &first));
    if (refused)
        return no(m, 403, lf_arena_cstr(m->t->a, lf_view_of(first.text)));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "Sighting", '{');
    lf_json_put_str(&w, "uuid", uuid);
    lf_json_put_str(&w, "attribute_uuid", attribute);
    put_seconds(&w, "date_sighting", at);
    lf_json_put_str(&w, "source", lf_view_some(lf_json_str(m->body, "source")));
    lf_json_put_str(&w, "type", type.len ? type : LF_V("0"));
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

static enum lf_code bulk_sightings(struct misp *m)
{
    size_t fresh, refused, n = 0;
    struct lf_err first;
    struct lf_json_w w;
    struct lf_buf b;

    if (!m->c.can_write)
        return no(m, 403, "You do not have permission to do that.");
    if (lf_json_kind(m->body) != LF_JSON_ARRAY || lf_json_count(m->body) > OBJECTS_MOST)
        return no(m, 400, "This is no list of sightings.");
    for (size_t i = 0; i < lf_json_count(m->body); i++) {
        const struct lf_json *s = lf_json_item(m->body, i), *inner = lf_json_get(s, LF_V("Sighting"));
        lf_view uuid;
        lf_time at;
        bool taken;

        s = inner ? inner : s;
        LF_TRY(one_sighting(m, s, lf_json_str(s, "attribute_uuid"), &uuid, &at, &taken));
        n += taken;
    }
    LF_TRY(post(m, &fresh, &refused, &first));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_bool(&w, "saved", true);
    lf_json_put_bool(&w, "success", true);
    lf_json_put_str(&w, "message",
                    lf_arena_printf(m->t->a, "%zu sightings added, %zu were of nothing here or refused.",
                                    fresh, lf_json_count(m->body) - n + refused));
    lf_json_close(&w);
    return said(m, 200, &b);
}

struct sightings {
    struct lf_json_w *w;
};

static void put_sightings(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct sightings *x = ctx;
    const struct lf_json *list = lf_json_get(a, LF_V("Sighting"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_count(list); i++) {
        const struct lf_json *s = lf_json_item(list, i);

        lf_json_open(x->w, '{');
        lf_json_begin(x->w, "Sighting", '{');
        for (size_t k = 0; k < lf_json_count(s); k++) {
            char key[64] = "";
            lf_view name = lf_json_key(s, k);

            if (name.len < sizeof key) {
                memcpy(key, name.ptr, name.len);
                lf_json_put(x->w, key, lf_json_member(s, k));
            }
        }
        lf_json_put_str(x->w, "attribute_uuid", lf_json_str(a, "uuid"));
        lf_json_put_str(x->w, "event_uuid", lf_json_str(event, "uuid"));
        lf_json_close(x->w);
        lf_json_close(x->w);
    }
}

static enum lf_code sighting_search(struct misp *m)
{
    static const char *const known[] = { "uuid", "eventid", "last", "published", "org_id", NULL };
    const struct lf_json *list;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(only_known(m, known));
    LF_TRY(search_events(m, &list));
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "response", '[');
    for (size_t i = 0; i < lf_json_count(list); i++)
        each_attribute(lf_json_get(lf_json_item(list, i), LF_V("Event")), put_sightings,
                       &(struct sightings){ &w });
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

/* ---- who and what ---- */

static enum lf_code version(struct misp *m)
{
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 4096);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "version", SPOKEN);
    lf_json_put_cstr(&w, "lianfang", LF_VERSION);
    lf_json_put_bool(&w, "perm_sync", m->c.can_write || m->c.can_read);
    lf_json_put_bool(&w, "perm_sighting", m->c.can_write);
    lf_json_put_bool(&w, "perm_galaxy_editor", false);
    lf_json_put_bool(&w, "perm_analyst_data", false);
    lf_json_put_bool(&w, "filter_sightings", false);
    lf_json_begin(&w, "request_encoding", '[');
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

static enum lf_code me(struct misp *m)
{
    lf_view org = m->t->self->node;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "User", '{');
    lf_json_put_cstr(&w, "id", "1");
    lf_json_put_cstr(&w, "org_id", "1");
    lf_json_put_str(&w, "email", m->t->scope.account);
    lf_json_put_cstr(&w, "role_id", "1");
    lf_json_put_bool(&w, "disabled", false);
    lf_json_close(&w);
    lf_json_begin(&w, "Role", '{');
    lf_json_put_cstr(&w, "id", "1");
    lf_json_put_cstr(&w, "name", m->c.can_write ? "Sync user" : "Read Only");
    lf_json_put_bool(&w, "perm_add", m->c.can_write);
    lf_json_put_bool(&w, "perm_modify", m->c.can_write);
    lf_json_put_bool(&w, "perm_sync", true);
    lf_json_put_bool(&w, "perm_sighting", m->c.can_write);
    lf_json_put_bool(&w, "perm_site_admin", false);
    lf_json_put_bool(&w, "perm_admin", false);
    lf_json_put_bool(&w, "perm_auth", true);
    lf_json_close(&w);
    lf_json_begin(&w, "Organisation", '{');
    lf_json_put_cstr(&w, "id", "1");
    lf_json_put_str(&w, "name", m->t->self->name);
    if (org.len > 36)
        lf_json_put_str(&w, "uuid", lf_view_from(org, org.len - 36));
    lf_json_close(&w);
    lf_json_begin(&w, "UserSetting", '[');
    lf_json_close(&w);
    lf_json_close(&w);
    return said(m, 200, &b);
}

static enum lf_code empty_list(struct misp *m)
{
    answer(m->r, 200, "application/json", LF_V("[]"));
    return LF_OK;
}

/* ---- the way ---- */

static void split(struct misp *m, lf_view path)
{
    lf_view word;

    while (m->nwords < WORDS && lf_view_split(&path, '/', &word))
        if (word.len)
            m->word[m->nwords++] = word;
    if (m->nwords && lf_view_ends(m->word[m->nwords - 1], LF_V(".json")))
        m->word[m->nwords - 1].len -= strlen(".json");
}

static bool is_controller(lf_view w)
{
    static const char *const names[] = { "servers",    "users",     "events",
                                         "attributes", "sightings", "shadow_attributes" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(w, names[i]))
            return true;
    return false;
}

static enum lf_code route(struct misp *m)
{
    bool get = lf_view_is(m->r->in->method, "GET") || lf_view_is(m->r->in->method, "HEAD");
    bool post = lf_view_is(m->r->in->method, "POST") || lf_view_is(m->r->in->method, "PUT");

    if (word_is(m, 0, "servers") && word_is(m, 1, "getVersion"))
        return version(m);
    if (word_is(m, 0, "servers") && word_is(m, 1, "getPyMISPVersion")) {
        answer(m->r, 200, "application/json", LF_V("{\"version\":\"" SPOKEN "\"}"));
        return LF_OK;
    }
    if (word_is(m, 0, "users") && word_is(m, 1, "view") && word_is(m, 2, "me"))
        return me(m);
    if (word_is(m, 0, "events") && (m->nwords == 1 || word_is(m, 1, "index")))
        return event_index(m);
    if (word_is(m, 0, "events") && word_is(m, 1, "restSearch"))
        return event_search(m);
    if (word_is(m, 0, "events") && word_is(m, 1, "view") && m->nwords > 2)
        return view(m, m->word[2], false, 200);
    if (word_is(m, 0, "events") && m->nwords == 2 && get && lf_uuid_ok(m->word[1]))
        return view(m, m->word[1], false, 200);
    if (word_is(m, 0, "events") && word_is(m, 1, "add") && post)
        return hand_in(m, false);
    if (word_is(m, 0, "events") && word_is(m, 1, "edit") && post)
        return hand_in(m, true);
    if (word_is(m, 0, "events") && word_is(m, 1, "filterEventIdsForPush") && post)
        return filter_for_push(m);
    if (word_is(m, 0, "attributes") && word_is(m, 1, "restSearch"))
        return attribute_search(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "add") && post)
        return add_sighting(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "bulkSaveSightings") && post)
        return bulk_sightings(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "restSearch"))
        return sighting_search(m);
    if (word_is(m, 0, "shadow_attributes") && word_is(m, 1, "index"))
        return empty_list(m); /* proposals are not kept */
    return no(m, 404, "This node does not speak this part of MISP's API.");
}

static enum lf_code with_collection(struct misp *m)
{
    lf_view name = LF_V("library"), base = LF_V("/misp");
    enum lf_code rc;

    split(m, lf_view_from(m->r->in->path, strlen("/misp/")));
    if (m->nwords && !is_controller(m->word[0])) {
        name = m->word[0];
        base = lf_arena_printf(m->t->a, "/misp/%.*s", LF_FMT(name));
        m->nwords--;
        memmove(m->word, m->word + 1, m->nwords * sizeof *m->word);
    }
    m->base = base;
    rc = lf_collection_get(m->t, name, &m->c, m->e);
    if (rc == LF_NOT_FOUND)
        return no(m, 404, "There is no such collection.");
    LF_TRY(rc);
    if (!m->c.can_read)
        return no(m, 403, "You do not have permission to do that.");
    LF_TRY(lf_rights_open(m->t, m->c.readers, &m->rights, m->e));
    if (m->r->in->body.len > BODY_MOST)
        return no(m, 413, "The body is larger than 16 MiB.");
    if (m->r->in->body.len && lf_json_parse(m->t->a, m->r->in->body, &deep, &m->body, m->e) != LF_OK)
        return no(m, 400, lf_arena_cstr(m->t->a, lf_view_of(m->e->text)));
    return route(m);
}

enum lf_code misp_handle(struct rq *r)
{
    struct misp m = { .r = r, .t = r->t, .e = r->e };
    enum lf_code rc;

    lf_map_init(&m.have, 0x6d697370);
    lf_buf_init(&m.text, ANSWER_MOST);
    rc = with_collection(&m);
    lf_buf_clear(&m.text);
    lf_map_clear(&m.have);
    return rc;
}
