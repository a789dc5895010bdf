/* Index and searches of MISP's API: events, attributes, sightings, tags. */
#include <stdio.h>

#include "web/misp_priv.h"

static bool type_is(const struct lf_json *o, const char *type)
{
    return lf_view_is(lf_json_str(o, "type"), type);
}

/* page from 1. */
static void window(const struct misp *m, size_t n, size_t *from, size_t *to)
{
    uint64_t limit = 0, page = 1;

    *from = 0;
    *to = n;
    if (!misp_asked_number(m, "limit", &limit) || !limit || limit > n)
        limit = n;
    if (!misp_asked_number(m, "page", &page) || !page)
        page = 1;
    if (!limit)
        return;
    *from = page - 1 > n / limit ? n : (size_t)((page - 1) * limit);
    *to = *from + limit < n ? *from + (size_t)limit : n;
}

/* Every value of the filter, when the index can be asked for them: none with wildcards, none that is not to
 * be.
 */
static size_t exact_values(struct misp *m, const lf_view **out)
{
    const struct lf_json *wanted = misp_asked(m, "value");
    lf_view *v, one = LF_VIEW("");
    size_t n;

    if (lf_json_kind(wanted) == LF_JSON_OBJECT)
        return 0;
    n = misp_texts(wanted, 0, &one);
    v = LF_NEW(m->t->a, lf_view, n + 1);
    for (size_t i = 0; i < n; i++) {
        (void)misp_texts(wanted, i, &v[i]);
        if (lf_view_find_byte(v[i], '%') != SIZE_MAX || lf_view_starts(v[i], LF_V("!")) ||
            lf_view_find_byte(v[i], '|') != SIZE_MAX)
            return 0;
    }
    *out = v;
    return n;
}

/* The roots of the events that a search names by uuid, value, time and state; nothing stays gathered. */
static enum lf_code candidates(struct misp *m, const struct lf_json ***out, size_t *n)
{
    const struct lf_json *wanted = misp_asked(m, "uuid") ? misp_asked(m, "uuid") : misp_asked(m, "eventid");
    bool published, by_published;
    lf_time since = 0, until = LF_TIME_MAX, from = 0, to = LF_TIME_MAX, last_added;
    static const char *const times[] = { "timestamp", "publish_timestamp", "last", "event_timestamp" };
    bool of_events = !lf_view_is(m->word[0], "sightings");
    lf_view one = LF_V(""), *uuids = NULL;
    const lf_view *values;
    size_t nvalues = exact_values(m, &values), nuuids = misp_texts(wanted, 0, &one), kept = 0;

    *out = NULL;
    *n = 0;
    for (size_t i = 0; of_events && i < sizeof times / sizeof *times; i++) {
        LF_TRY(misp_asked_range(m, times[i], &from, &to));
        since = from > since ? from : since;
        until = to < until ? to : until;
    }
    published = misp_asked_yes(m, "published", &by_published);
    if (nuuids) {
        uuids = LF_NEW(m->t->a, lf_view, nuuids);
        for (size_t i = 0; i < nuuids; i++) {
            (void)misp_texts(wanted, i, &one);
            LF_TRY(misp_event_named(m, one, &uuids[i], m->e));
        }
    } else if (nvalues) {
        LF_TRY(lf_misp_event_with(&m->x, values, nvalues, &uuids, &nuuids, m->e));
    } else {
        LF_TRY(lf_misp_event_list(&m->x, since, -1, out, n, &last_added, m->e));
    }
    if (uuids || nvalues) {
        *out = LF_NEW(m->t->a, const struct lf_json *, nuuids + 1);
        *n = 0;
        for (size_t i = 0; uuids && i < nuuids; i++) {
            const struct lf_json *root;

            LF_TRY(lf_misp_event_find(&m->x, uuids[i], &root, m->e));
            if (root)
                (*out)[(*n)++] = root;
        }
        lf_misp_events_reset(&m->x);
    }
    for (size_t i = 0; i < *n; i++) {
        lf_time at = lf_misp_event_modified((*out)[i]);

        if (at >= since && at <= until && (!by_published || published == type_is((*out)[i], "report")))
            (*out)[kept++] = (*out)[i];
    }
    *n = kept;
    return LF_OK;
}

/* Those of them that fit, as MISP has them; `whole`: with all that is in them.  sighted (may be NULL): when
 * something in each was seen last. */
static enum lf_code found_events(struct misp *m, bool whole, const struct lf_json ***out, lf_time **sighted,
                                 size_t *n)
{
    const struct lf_json **roots, *list = NULL;
    struct misp_when when = { 0 };
    size_t nroots;
    lf_time *at;

    LF_TRY(misp_asked_day(m, "from", false, &when.from));
    LF_TRY(misp_asked_day(m, "to", true, &when.to));
    LF_TRY(misp_asked_day(m, "datefrom", false, &when.from));
    LF_TRY(misp_asked_day(m, "dateuntil", true, &when.to));
    LF_TRY(candidates(m, &roots, &nroots));
    *out = LF_NEW(m->t->a, const struct lf_json *, nroots + 1);
    *n = 0;
    if (!nroots)
        return LF_OK;
    at = LF_NEW(m->t->a, lf_time, nroots);
    if (sighted) {
        *sighted = LF_NEW(m->t->a, lf_time, nroots);
        LF_TRY(lf_misp_event_sighted(&m->x, roots, nroots, at, m->e));
    }
    for (size_t i = 0; i < nroots; i++) {
        LF_TRY(lf_misp_event_take(&m->x, lf_json_str(roots[i], "id"), m->e));
        if (!whole && lf_json_str(roots[i], "created_by_ref").len)
            LF_TRY(lf_misp_event_take(&m->x, lf_json_str(roots[i], "created_by_ref"), m->e));
    }
    if (whole)
        LF_TRY(lf_misp_events_gather(&m->x, m->e));
    LF_TRY(lf_misp_events_write(&m->x, &list, m->e));
    /* What no event has is in none that anybody asked for. */
    for (size_t i = 0; i < nroots; i++) {
        const struct lf_json *event = lf_misp_event_in(list, lf_misp_event_uuid(roots[i]));

        if (!event || !misp_event_fits(m, &when, event))
            continue;
        if (sighted)
            (*sighted)[*n] = at[i];
        (*out)[(*n)++] = event;
    }
    return LF_OK;
}

/* ---- events ---- */

static void index_row(struct lf_json_w *w, const struct lf_json *event, lf_time sighted, bool minimal)
{
    lf_view uuid = lf_json_str(event, "uuid"),
            at = lf_json_text(lf_json_get(event, LF_V("publish_timestamp")));

    lf_json_open(w, '{');
    lf_json_put_str(w, "uuid", uuid);
    lf_json_put_int(w, "id", misp_number_of(uuid));
    lf_json_put(w, "timestamp", lf_json_get(event, LF_V("timestamp")));
    lf_json_put_str(w, "publish_timestamp",
                    at.len ? at : lf_json_text(lf_json_get(event, LF_V("timestamp"))));
    misp_put_seconds(w, "sighting_timestamp", sighted);
    lf_json_put(w, "published", lf_json_get(event, LF_V("published")));
    if (lf_json_get(event, LF_V("Orgc")))
        lf_json_put_str(w, "orgc_uuid", lf_json_str(lf_json_get(event, LF_V("Orgc")), "uuid"));
    if (minimal)
        lf_json_put_str(w, "info", lf_json_str(event, "info"));
    else
        misp_put_members(w, event, "uuid timestamp published publish_timestamp Attribute Object EventReport");
    lf_json_close(w);
}

struct any {
    const struct misp *m;
    bool yes;
};

static void any_fits(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct any *x = ctx;

    x->yes |= misp_attribute_fits(x->m, event, a);
}

enum lf_code misp_event_index(struct misp *m)
{
    static const char *const known[] = { "published",    "timestamp",   "publish_timestamp",
                                         "eventid",      "uuid",        "eventinfo",
                                         "datefrom",     "dateuntil",   "org",
                                         "tags",         "tag",         "analysis",
                                         "value",        "threatlevel", "threat_level_id",
                                         "distribution", NULL };
    const struct lf_json **events;
    lf_time *sighted = NULL;
    bool given, minimal;
    size_t n, from, to;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_only_known(m, known));
    minimal = misp_asked_yes(m, "minimal", &given);
    LF_TRY(found_events(m, false, &events, &sighted, &n));
    window(m, n, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = from; i < to; i++)
        index_row(&w, events[i], sighted[i], minimal);
    lf_json_close(&w);
    return misp_said(m, 200, &b);
}

enum lf_code misp_event_search(struct misp *m)
{
    static const char *const known[] = { "uuid",
                                         "eventid",
                                         "timestamp",
                                         "publish_timestamp",
                                         "last",
                                         "value",
                                         "published",
                                         "metadata",
                                         "type",
                                         "to_ids",
                                         "category",
                                         "org",
                                         "tags",
                                         "from",
                                         "to",
                                         "event_tags",
                                         "eventinfo",
                                         "date",
                                         "event_timestamp",
                                         "threat_level_id",
                                         "analysis",
                                         "distribution",
                                         NULL };
    static const char *const inner[] = { "value", "type", "category", "to_ids" };
    const struct lf_json **events;
    bool given, metadata = misp_asked_yes(m, "metadata", &given), attributes = false;
    size_t n, kept = 0, from, to;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_only_known(m, known));
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        attributes |= misp_asked(m, inner[i]) != NULL;
    misp_shown_asked(m);
    LF_TRY(found_events(m, true, &events, NULL, &n));
    for (size_t i = 0; i < n; i++) {
        struct any x = { .m = m };

        if (attributes)
            misp_each_attribute(events[i], any_fits, &x);
        if (!attributes || x.yes)
            events[kept++] = events[i];
    }
    window(m, kept, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "response", '[');
    for (size_t i = from; i < to; i++) {
        lf_json_open(&w, '{');
        misp_put_event(m, &w, events[i], metadata);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
    return misp_said(m, 200, &b);
}

/* ---- attributes ---- */

struct attributes {
    struct misp *m;
    const struct lf_json **v, **event;
    size_t n, cap, cap2;
};

static void take_attribute(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct attributes *x = ctx;

    if (!misp_attribute_fits(x->m, event, a))
        return;
    x->v = (const struct lf_json **)lf_arena_grow(x->m->t->a, (void *)(uintptr_t)x->v, x->n, &x->cap,
                                                  sizeof *x->v);
    x->event = (const struct lf_json **)lf_arena_grow(x->m->t->a, (void *)(uintptr_t)x->event, x->n, &x->cap2,
                                                      sizeof *x->event);
    x->v[x->n] = a;
    x->event[x->n++] = event;
}

enum lf_code misp_attribute_search(struct misp *m)
{
    static const char *const known[] = { "metadata",   "uuid",
                                         "eventid",    "timestamp",
                                         "last",       "published",
                                         "value",      "type",
                                         "category",   "to_ids",
                                         "org",        "tags",
                                         "event_tags", "from",
                                         "to",         "publish_timestamp",
                                         "eventinfo",  "event_timestamp",
                                         NULL };
    struct attributes x = { .m = m };
    const struct lf_json **events;
    size_t from, to, n;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_only_known(m, known));
    misp_shown_asked(m);
    LF_TRY(found_events(m, true, &events, NULL, &n));
    for (size_t i = 0; i < n; i++)
        misp_each_attribute(events[i], take_attribute, &x);
    window(m, x.n, &from, &to);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "response", '{');
    lf_json_begin(&w, "Attribute", '[');
    for (size_t i = from; i < to; i++) {
        lf_json_open(&w, '{');
        misp_put_standing(&w, x.v[i], "");
        lf_json_put_int(&w, "event_id", misp_number_of(lf_json_str(x.event[i], "uuid")));
        lf_json_begin(&w, "Event", '{');
        lf_json_put_int(&w, "id", misp_number_of(lf_json_str(x.event[i], "uuid")));
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
    struct misp *m;
    struct lf_json_w *w;
    lf_view attribute; /* of this one alone */
    lf_time from, to;
    bool wrapped;
};

static void put_sightings(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct sightings *x = ctx;
    const struct lf_json *list = lf_json_get(a, LF_V("Sighting"));

    if (x->attribute.len && !lf_view_eq_nocase(x->attribute, lf_json_str(a, "uuid")))
        return;
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++) {
        const struct lf_json *s = lf_json_item(list, i);
        uint64_t at = 0;

        (void)lf_view_u64(lf_json_text(lf_json_get(s, LF_V("date_sighting"))), &at);
        if ((lf_time)at * LF_SECOND < x->from || (lf_time)at * LF_SECOND > x->to ||
            !misp_wants_text(misp_asked(x->m, "type"), lf_json_str(s, "type")) ||
            !misp_wants_text(misp_asked(x->m, "source"), lf_json_str(s, "source")))
            continue;
        lf_json_open(x->w, '{');
        if (x->wrapped)
            lf_json_begin(x->w, "Sighting", '{');
        misp_put_members(x->w, s, "");
        lf_json_put_str(x->w, "attribute_uuid", lf_json_str(a, "uuid"));
        lf_json_put_str(x->w, "event_uuid", lf_json_str(event, "uuid"));
        if (x->wrapped)
            lf_json_close(x->w);
        lf_json_close(x->w);
    }
}

/* Of an event or an attribute by its UUID (an event by number too); else of the events that are named, or
 * all.
 */
static enum lf_code sightings(struct misp *m, bool attribute, lf_view id, bool wrapped)
{
    struct sightings x = { .m = m, .to = LF_TIME_MAX, .wrapped = wrapped };
    const struct lf_json **roots, *list = NULL, *event;
    lf_view *uuids = NULL, one;
    size_t n = 0;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_asked_range(m, "last", &x.from, &x.to));
    LF_TRY(misp_asked_day(m, "from", false, &x.from));
    LF_TRY(misp_asked_day(m, "to", true, &x.to));
    if (id.len && attribute) {
        x.attribute = id;
        LF_TRY(misp_events_of(m, id, &uuids, &n));
    } else if (id.len) {
        LF_TRY(misp_event_named(m, id, &one, m->e));
        uuids = LF_NEW(m->t->a, lf_view, 1);
        uuids[0] = one;
        n = 1;
    } else {
        const struct lf_json *body = m->body;
        enum lf_code rc;

        if (!misp_asked(m, "uuid") && !misp_asked(m, "eventid"))
            m->body = NULL; /* `last` is when it was seen, and not when the event changed */
        rc = candidates(m, &roots, &n);
        m->body = body;
        LF_TRY(rc);
        uuids = LF_NEW(m->t->a, lf_view, n + 1);
        for (size_t i = 0; i < n; i++)
            uuids[i] = lf_misp_event_uuid(roots[i]);
    }
    lf_misp_events_reset(&m->x);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *root;

        LF_TRY(lf_misp_event_find(&m->x, uuids[i], &root, m->e));
    }
    if (m->x.n) {
        LF_TRY(lf_misp_events_gather(&m->x, m->e));
        LF_TRY(lf_misp_events_write(&m->x, &list, m->e));
    }
    lf_buf_init(&b, ANSWER_MOST);
    x.w = &w;
    w = lf_json_w(&b);
    if (wrapped) {
        lf_json_open(&w, '{');
        lf_json_begin(&w, "response", '[');
    } else {
        lf_json_open(&w, '[');
    }
    for (size_t i = 0; i < n; i++)
        if ((event = lf_misp_event_in(list, uuids[i])))
            misp_each_attribute(event, put_sightings, &x);
    lf_json_close(&w);
    if (wrapped)
        lf_json_close(&w);
    return misp_said(m, 200, &b);
}

enum lf_code misp_sighting_search(struct misp *m)
{
    static const char *const known[] = { "uuid", "eventid", "last", "published", "id",
                                         "type", "from",    "to",   "source",    NULL };
    /* org_id 0 is nobody's; another number is an organisation's of a server. */
    bool attribute = m->nwords > 2 && lf_view_is(m->word[2], "attribute");

    if (lf_json_get(m->body, LF_V("org_id")) && !lf_view_is(lf_json_text(misp_asked(m, "org_id")), "0") &&
        lf_json_text(misp_asked(m, "org_id")).len)
        return lf_err_set(m->e, LF_BAD_INPUT, "this node does not filter by \"org_id\"");
    LF_TRY(misp_only_known(m, known));
    return sightings(m, attribute, lf_view_some(lf_json_text(misp_asked(m, "id"))), true);
}

enum lf_code misp_sighting_list(struct misp *m)
{
    bool attribute = lf_view_is(lf_json_text(misp_asked(m, "context")), "attribute");
    lf_view id = lf_view_some(lf_json_text(misp_asked(m, "id")));

    if (m->nwords > 2 && lf_view_is(m->word[1], "listSightings") && !id.len)
        id = m->word[2];
    if (m->nwords > 3 && lf_view_is(m->word[1], "listSightings"))
        attribute = lf_view_is(m->word[3], "attribute");
    if (m->nwords > 2 && lf_view_is(m->word[1], "index"))
        id = m->word[2];
    return sightings(m, attribute, id, false);
}

/* ---- tags ---- */

/* Those that events have. */
enum lf_code misp_tag_list(struct misp *m)
{
    const struct lf_json **events;
    bool search = m->nwords > 1 && lf_view_is(m->word[1], "search");
    lf_view wanted = lf_json_text(misp_asked(m, "tagname"));
    const struct lf_json *body = m->body;
    struct lf_map met;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;
    size_t n = 0;

    if (search && m->nwords > 2 && !wanted.len)
        wanted = m->word[2];
    m->body = NULL;
    rc = found_events(m, false, &events, NULL, &n);
    m->body = body;
    LF_TRY(rc);
    lf_map_init(&met, 0x74616773);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    if (search) {
        lf_json_open(&w, '[');
    } else {
        lf_json_open(&w, '{');
        lf_json_begin(&w, "Tag", '[');
    }
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *tags = lf_json_get(events[i], LF_V("Tag"));

        for (size_t k = 0; lf_json_kind(tags) == LF_JSON_ARRAY && k < lf_json_items(tags); k++) {
            lf_view name = lf_json_str(lf_json_item(tags, k), "name");
            uint64_t was;

            if (lf_map_get(&met, name, &was) || (search && !misp_like(wanted, name)))
                continue;
            lf_map_set(&met, name, 1);
            lf_json_open(&w, '{');
            if (search)
                lf_json_begin(&w, "Tag", '{');
            lf_json_put_str(&w, "name", name);
            lf_json_put_bool(&w, "exportable", true);
            if (search)
                lf_json_close(&w);
            lf_json_close(&w);
        }
    }
    lf_map_clear(&met);
    lf_json_close(&w);
    if (!search)
        lf_json_close(&w);
    return misp_said(m, 200, &b);
}
