/* MISP's API under /misp/, as far as another MISP, or a program written for one, needs to pull from this node
 * and to push to it.  docs/manual/misp.md lists what is spoken.
 *
 * /misp/… is about the collection `library`, /misp/ID-OR-ALIAS/… about that one.  The key in Authorization is
 * a token of an account; who reads and writes is asked as everywhere (isac/rights.h), and what somebody may
 * not see is not there.  An event is a report, or a grouping that is no object of MISP's, by its UUID
 * (fmt/misp.h). */
#include <stdio.h>

#include "web/misp_priv.h"

/* What other servers ask the version for: which requests they may make. */
#define SPOKEN "2.4.160"

/* ---- answers ---- */

enum lf_code misp_said(struct misp *m, int status, struct lf_buf *b)
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

enum lf_code misp_no(struct misp *m, int status, const char *why)
{
    misp_problem(m->r, status, lf_view_of(why));
    return LF_OK;
}

/* ---- questions ---- */

static bool word_is(const struct misp *m, size_t i, const char *what)
{
    return i < m->nwords && lf_view_is(m->word[i], what);
}

bool misp_is_parameter(lf_view w)
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
        if (lf_json_kind(v) == LF_JSON_ARRAY && lf_json_count(v) > LISTED)
            return lf_err_set(m->e, LF_TOO_BIG, "a filter lists at most %d values", LISTED);
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

static bool type_is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

/* ---- events ---- */

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

enum lf_code misp_view(struct misp *m, lf_view uuid, bool metadata, int status)
{
    const struct lf_json *root, *list, *event;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(lf_misp_event_find(&m->x, uuid, &root, m->e));
    if (!root)
        return misp_no(m, 404, "Invalid event");
    LF_TRY(lf_misp_events_gather(&m->x, m->e));
    LF_TRY(lf_misp_events_write(&m->x, &list, m->e));
    event = lf_misp_event_in(list, uuid);
    if (!event)
        return misp_no(m, 404, "Invalid event");
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_event(&w, "Event", event, metadata);
    lf_json_close(&w);
    return misp_said(m, status, &b);
}

/* ---- index and searches ---- */

void misp_put_seconds(struct lf_json_w *w, const char *key, lf_time at)
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
    lf_time since, last_added;

    LF_TRY(only_known(m, known));
    LF_TRY(asked_time(m, "timestamp", &since));
    published = asked_yes(m, "published", &by_published);
    LF_TRY(lf_misp_event_list(&m->x, since, -1, &events, &n, &last_added, m->e));
    for (size_t i = 0; i < n; i++) {
        lf_view one = LF_V("");
        bool in = !texts(wanted, 0, &one);

        for (size_t k = 0; !in && k < texts(wanted, k, &one); k++)
            in = lf_view_eq_nocase(one, lf_misp_event_uuid(events[i]));
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
        lf_json_put_str(&w, "uuid", lf_misp_event_uuid(events[i]));
        lf_json_put_str(&w, "info", lf_json_str(events[i], "name"));
        misp_put_seconds(&w, "timestamp", lf_misp_event_modified(events[i]));
        misp_put_seconds(&w, "publish_timestamp", lf_misp_event_modified(events[i]));
        lf_json_put_cstr(&w, "sighting_timestamp", "0");
        lf_json_put_str(&w, "date",
                        lf_view_first(lf_time_milli(lf_misp_event_modified(events[i]), text), 10));
        lf_json_put_bool(&w, "published", type_is(events[i], "report"));
        if (by.len > 36)
            lf_json_put_str(&w, "orgc_uuid", lf_view_from(by, by.len - 36));
        lf_json_close(&w);
    }
    lf_json_close(&w);
    return misp_said(m, 200, &b);
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
    lf_time since, pub, last, last_added;
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
            LF_TRY(lf_misp_event_find(&m->x, one, &root, m->e));
    } else {
        LF_TRY(lf_misp_event_list(&m->x, since, -1, &events, &n, &last_added, m->e));
        for (size_t i = 0; i < n; i++) {
            lf_view id = lf_json_str(events[i], "id");

            if (!by_published || published == type_is(events[i], "report"))
                LF_TRY(lf_misp_event_take(&m->x, id, m->e));
        }
    }
    if (!m->x.n) {
        *list = NULL;
        return LF_OK;
    }
    LF_TRY(lf_misp_events_gather(&m->x, m->e));
    return lf_misp_events_write(&m->x, list, m->e);
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
        if (!lf_map_get(&m->x.have, lf_arena_printf(m->t->a, "report--%.*s", LF_FMT(uuid)), &at) &&
            !lf_map_get(&m->x.have, lf_arena_printf(m->t->a, "grouping--%.*s", LF_FMT(uuid)), &at))
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
    return misp_said(m, 200, &b);
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
    return misp_said(m, 200, &b);
}

/* ---- sightings ---- */

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
    return misp_said(m, 200, &b);
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
    return misp_said(m, 200, &b);
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
    return misp_said(m, 200, &b);
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
        return misp_view(m, m->word[2], false, 200);
    if (word_is(m, 0, "events") && m->nwords == 2 && get && lf_uuid_ok(m->word[1]))
        return misp_view(m, m->word[1], false, 200);
    if (word_is(m, 0, "events") && word_is(m, 1, "add") && post)
        return misp_hand_in(m, false);
    if (word_is(m, 0, "events") && word_is(m, 1, "edit") && post)
        return misp_hand_in(m, true);
    if (word_is(m, 0, "events") && word_is(m, 1, "filterEventIdsForPush") && post)
        return misp_filter_for_push(m);
    if (word_is(m, 0, "attributes") && word_is(m, 1, "restSearch"))
        return attribute_search(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "add") && post)
        return misp_add_sighting(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "bulkSaveSightings") && post)
        return misp_bulk_sightings(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "restSearch"))
        return sighting_search(m);
    if (word_is(m, 0, "shadow_attributes") && word_is(m, 1, "index"))
        return empty_list(m); /* proposals are not kept */
    return misp_no(m, 404, "This node does not speak this part of MISP's API.");
}

static enum lf_code with_collection(struct misp *m)
{
    const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };
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
        return misp_no(m, 404, "There is no such collection.");
    LF_TRY(rc);
    if (!m->c.can_read)
        return misp_no(m, 403, "You do not have permission to do that.");
    LF_TRY(lf_rights_open(m->t, m->c.readers, &m->rights, m->e));
    lf_misp_events_init(&m->x, m->t, m->c.id, m->rights);
    if (m->r->in->body.len > BODY_MOST)
        return misp_no(m, 413, "The body is larger than 16 MiB.");
    if (m->r->in->body.len && lf_json_parse(m->t->a, m->r->in->body, &deep, &m->body, m->e) != LF_OK)
        return misp_no(m, 400, lf_arena_cstr(m->t->a, lf_view_of(m->e->text)));
    return route(m);
}

enum lf_code misp_handle(struct rq *r)
{
    struct misp m = { .r = r, .t = r->t, .e = r->e };
    enum lf_code rc;

    rc = with_collection(&m);
    lf_misp_events_clear(&m.x);
    return rc;
}
