/* What is handed in by MISP's API: events and sightings. */
#include "fmt/misp.h"
#include "isac/watch.h"
#include "web/misp_priv.h"

static const struct lf_json_limits deep = { .bytes = UINT32_MAX, .depth = 512 };

static void not_told(void *ctx, const struct lf_loss *loss)
{
    (void)ctx; /* what is lost is listed by `lianfang stix import --format misp --losses` */
    (void)loss;
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
    m->objected = false;
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
            bool shared = lf_view_starts(m->made[i], LF_V("{\"type\":\"identity\"")) ||
                          lf_view_starts(m->made[i], LF_V("{\"type\":\"marking-definition\""));

            m->objected |= !shared; /* what all use may be another's here and stays as it is */
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

/* The event among what was made, and its place. */
static const struct lf_json *made_event(struct misp *m, size_t *at)
{
    for (size_t i = 0; i < m->nmade; i++) {
        const struct lf_json *o;

        if (lf_json_parse(m->t->a, m->made[i], &deep, &o, NULL) == LF_OK && lf_misp_event_is(o)) {
            *at = i;
            return o;
        }
    }
    return NULL;
}

/* What an edit leaves out stays in the event: MISP takes away only what is said to be deleted.  And what it
 * was made when does not change. */
static void keep_refs(struct misp *m, size_t at, const struct lf_json *event, const struct lf_json *was)
{
    const struct lf_json *old = lf_json_get(was, LF_V("object_refs")), **values;
    size_t n = lf_json_members(event);
    lf_view *keys;
    struct lf_map have;
    struct lf_json_w w;
    struct lf_buf b;
    uint64_t met;

    lf_map_init(&have, 0x72656673);
    for (size_t i = 0; i < m->nmade; i++) {
        const struct lf_json *o, *refs;

        if (i != at && lf_view_find(m->made[i], LF_V("misp:continues=")) == SIZE_MAX)
            continue;
        if (lf_json_parse(m->t->a, m->made[i], &deep, &o, NULL) != LF_OK)
            continue;
        refs = lf_json_get(o, LF_V("object_refs"));
        for (size_t k = 0; lf_json_kind(refs) == LF_JSON_ARRAY && k < lf_json_items(refs); k++)
            lf_map_set(&have, lf_json_text(lf_json_item(refs, k)), 1);
    }
    keys = LF_NEW(m->t->a, lf_view, n + 1);
    values = LF_NEW(m->t->a, const struct lf_json *, n + 1);
    for (size_t i = 0; i < n; i++) {
        keys[i] = lf_json_key(event, i);
        values[i] = lf_json_member(event, i);
        if (lf_view_is(keys[i], "created") && lf_json_get(was, LF_V("created")))
            values[i] = lf_json_get(was, LF_V("created"));
        if (lf_view_is(keys[i], "object_refs")) {
            size_t nrefs = 0, nold = lf_json_kind(old) == LF_JSON_ARRAY ? lf_json_items(old) : 0;
            const struct lf_json **refs =
                LF_NEW(m->t->a, const struct lf_json *, lf_json_items(values[i]) + nold + 1);

            for (size_t k = 0; k < lf_json_items(values[i]); k++)
                refs[nrefs++] = lf_json_item(values[i], k);
            for (size_t k = 0; k < nold; k++)
                if (!lf_map_get(&have, lf_json_text(lf_json_item(old, k)), &met))
                    refs[nrefs++] = lf_json_item(old, k);
            values[i] = lf_json_new_array(m->t->a, nrefs, refs);
        }
    }
    lf_map_clear(&have);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_put(&w, NULL, lf_json_new_object(m->t->a, n, keys, values));
    m->made[at] = lf_arena_copy(m->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
}

enum lf_code misp_take_in(struct misp *m, lf_view text, const struct lf_json *was, size_t *fresh,
                          bool *refused, struct lf_err *why)
{
    const struct lf_exchange to = { m, made, not_told };
    const struct lf_json *event;
    size_t at = 0, nrefused;

    m->nmade = 0;
    *refused = false;
    *fresh = 0;
    if (lf_misp_read(text, &to, why) != LF_OK) {
        *refused = true;
        return LF_OK;
    }
    event = made_event(m, &at);
    if (event && was)
        keep_refs(m, at, event, was);
    LF_TRY(post(m, fresh, &nrefused, why));
    *refused = nrefused == m->nmade;
    if (*refused || !event)
        return LF_OK;
    return lf_audit_add(m->t, LF_V("misp.event"), lf_json_str(event, "id"),
                        lf_arena_printf(m->t->a, "{\"edit\":%s,\"fresh\":%zu,\"refused\":%zu}",
                                        was ? "true" : "false", *fresh, nrefused),
                        m->e);
}

static lf_view seconds_text(struct misp *m, lf_time at)
{
    return lf_arena_printf(m->t->a, "%lld", (long long)(at / LF_SECOND));
}

/* Times that are not said are now's, as on every server: of the event and of what is in it.  A client leaves
 * them out of what it changed. */
static const struct lf_json *timed(struct misp *m, const struct lf_json *o, lf_view now)
{
    static const char *const lists[] = { "Attribute", "Object", "EventReport" };
    struct lf_arena *a = m->t->a;

    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return o;
    if (!lf_json_text(lf_json_get(o, LF_V("timestamp"))).len)
        o = misp_json_set(a, o, "timestamp", lf_json_new_string(a, now));
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct lf_json *list = lf_json_get(o, lf_view_of(lists[i])), **v;

        if (lf_json_kind(list) != LF_JSON_ARRAY || lf_json_items(list) > OBJECTS_MOST)
            continue;
        v = LF_NEW(a, const struct lf_json *, lf_json_items(list) + 1);
        for (size_t k = 0; k < lf_json_items(list); k++)
            v[k] = timed(m, lf_json_item(list, k), now);
        o = misp_json_set(a, o, lists[i], lf_json_new_array(a, lf_json_items(list), v));
    }
    return o;
}

/* What an edit does not say of the event is as it was. */
static enum lf_code with_rest(struct misp *m, lf_view uuid)
{
    static const char *const own[] = { "uuid",        "Attribute", "Object",
                                       "EventReport", "timestamp", "publish_timestamp" };
    const struct lf_json *event = lf_json_get(m->body, LF_V("Event")), *old;

    event = event ? event : m->body;
    LF_TRY(misp_load(m, uuid, &old));
    for (size_t i = 0; i < lf_json_members(old); i++) {
        bool left = lf_json_get(event, lf_json_key(old, i)) != NULL;

        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            left |= lf_view_is(lf_json_key(old, i), own[k]);
        if (!left)
            event = misp_json_set(m->t->a, event, lf_arena_cstr(m->t->a, lf_json_key(old, i)),
                                  lf_json_member(old, i));
    }
    m->body = event;
    return LF_OK;
}

/* The body with times where none are said. */
static lf_view with_times(struct misp *m, const struct lf_json *was)
{
    const struct lf_json *event = lf_json_get(m->body, LF_V("Event"));
    lf_time now = lf_now(m->t->env), last = was ? lf_misp_event_modified(was) : 0;
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    event = event ? event : m->body;
    if (lf_json_kind(event) != LF_JSON_OBJECT || !lf_json_members(event))
        return m->r->in->body;
    if (now < last + LF_SECOND) /* a second edit within one second */
        now = last + LF_SECOND;
    event = timed(m, event, seconds_text(m, now));
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put(&w, "Event", event);
    lf_json_close(&w);
    out = lf_arena_copy(m->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code misp_hand_in(struct misp *m, bool edit)
{
    const struct lf_json *event = lf_json_get(m->body, LF_V("Event")), *was;
    struct lf_err first = { 0 };
    size_t fresh;
    bool refused;
    lf_view uuid;

    if (!m->c.can_write)
        return misp_no(m, 403, "You do not have permission to do that.");
    if (!m->body)
        return misp_no(m, 400, "No event data received.");
    event = event ? event : m->body;
    uuid = lf_json_str(event, "uuid");
    if (edit && m->nwords > 2 && !misp_is_parameter(m->word[2])) {
        lf_view named;

        LF_TRY(misp_event_named(m, m->word[2], &named, m->e));
        if (lf_uuid_ok(uuid) && named.len && !lf_view_eq_nocase(named, uuid))
            return misp_no(m, 400, "The event's UUID is not the one of the address.");
        uuid = named.len ? named : uuid;
    }
    if (lf_json_kind(event) != LF_JSON_OBJECT || !lf_json_members(event) ||
        (!edit && !lf_json_str(event, "info").len))
        return misp_no(m, 400, "No event data received.");
    if (!lf_uuid_ok(uuid)) { /* a new one */
        uuid = lf_uuid_new(m->t->env, m->t->a);
        event = misp_json_set(m->t->a, event, "uuid", lf_json_new_string(m->t->a, uuid));
        m->body = event;
    }
    lf_misp_events_reset(&m->x);
    LF_TRY(lf_misp_event_find(&m->x, uuid, &was, m->e));
    if (edit && !was)
        return misp_no(m, 404, "Invalid event");
    if (!edit && was) {
        lf_http_add(m->r->out, "Location",
                    lf_arena_printf(m->t->a, "%.*s/events/edit/%.*s", LF_FMT(m->base), LF_FMT(uuid)));
        return misp_no(
            m, 404,
            "Event already exists, if you would like to edit it, use the url in the location header.");
    }
    if (edit)
        LF_TRY(with_rest(m, uuid));
    LF_TRY(misp_take_in(m, with_times(m, was), was, &fresh, &refused, &first));
    if (refused)
        return misp_no(m, m->nmade ? 403 : 400,
                       first.text[0] ? lf_arena_cstr(m->t->a, lf_view_of(first.text))
                                     : "No event data received.");
    if (edit && !fresh && first.text[0])
        return misp_no(m, 403, lf_arena_cstr(m->t->a, lf_view_of(first.text)));
    if (edit && !fresh)
        return misp_no(m, 403,
                       "Event could not be saved: Event in the request not newer than the local copy.");
    lf_misp_events_reset(&m->x);
    m->deleted = MISP_BOTH;
    return misp_view(m, uuid, false, 200);
}

/* Of a list of events of another server, those it should send. */
enum lf_code misp_filter_for_push(struct misp *m)
{
    size_t most = lf_json_items(m->body), n = 0;
    struct lf_json_w w;
    struct lf_buf b;
    uint64_t *stamps;
    lf_time *had;
    lf_view *uuids;

    if (lf_json_kind(m->body) != LF_JSON_ARRAY || most > OBJECTS_MOST)
        return misp_no(m, 400, "This is no list of events.");
    uuids = LF_NEW(m->t->a, lf_view, most + 1);
    stamps = LF_NEW(m->t->a, uint64_t, most + 1);
    had = LF_NEW(m->t->a, lf_time, most + 1);
    for (size_t i = 0; i < most; i++) {
        const struct lf_json *item = lf_json_item(m->body, i), *event = lf_json_get(item, LF_V("Event"));

        event = event ? event : item;
        uuids[n] = lf_json_str(event, "uuid");
        (void)lf_view_u64(lf_json_text(lf_json_get(event, LF_V("timestamp"))), &stamps[n]);
        n += lf_uuid_ok(uuids[n]);
    }
    LF_TRY(lf_misp_event_stamps(&m->x, uuids, n, had, m->e));
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        if (!had[i] || (uint64_t)(had[i] / LF_SECOND) < stamps[i])
            lf_json_put_str(&w, NULL, uuids[i]);
    lf_json_close(&w);
    return misp_said(m, 200, &b);
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

struct valued {
    struct misp *m;
    const struct lf_json *wanted;
    lf_view *uuid;
    size_t n, cap;
};

static void has_value(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct valued *v = ctx;
    lf_view value = lf_json_text(lf_json_get(a, LF_V("value"))), one = LF_VIEW("");
    size_t bar = lf_view_find_byte(value, '|');

    (void)event;
    for (size_t i = 0; i < misp_texts(v->wanted, 0, &one); i++) {
        (void)misp_texts(v->wanted, i, &one);
        if (!lf_view_eq_nocase(one, value) &&
            (bar == SIZE_MAX || (!lf_view_eq_nocase(one, lf_view_first(value, bar)) &&
                                 !lf_view_eq_nocase(one, lf_view_from(value, bar + 1)))))
            continue;
        v->uuid = lf_arena_grow(v->m->t->a, v->uuid, v->n, &v->cap, sizeof *v->uuid);
        v->uuid[v->n++] = lf_json_str(a, "uuid");
        return;
    }
}

/* Of every attribute that has one of the values. */
static enum lf_code sightings_of_values(struct misp *m)
{
    struct valued v = { .m = m, .wanted = lf_json_get(m->body, LF_V("values")) };
    lf_view *uuids, *values, type = lf_json_text(lf_json_get(m->body, LF_V("type"))), one = LF_VIEW("");
    size_t fresh, refused, n, nvalues;
    const struct lf_json *event;
    struct lf_err first = { 0 };

    v.wanted = v.wanted ? v.wanted : lf_json_get(m->body, LF_V("value"));
    nvalues = misp_texts(v.wanted, 0, &one);
    if (!nvalues || nvalues > LISTED)
        return misp_no(m, 400, "No values received, or more than 1000.");
    if (type.len && !lf_view_is(type, "0") && !lf_view_is(type, "1"))
        return misp_no(m, 400, "This node takes no expirations.");
    values = LF_NEW(m->t->a, lf_view, nvalues);
    for (size_t i = 0; i < nvalues; i++)
        (void)misp_texts(v.wanted, i, &values[i]);
    LF_TRY(lf_misp_event_with(&m->x, values, nvalues, &uuids, &n, m->e));
    for (size_t i = 0; i < n; i++) {
        LF_TRY(misp_load(m, uuids[i], &event));
        if (event)
            misp_each_attribute(event, has_value, &v);
    }
    m->nmade = 0;
    for (size_t i = 0; i < v.n; i++) {
        lf_view uuid;
        lf_time at;
        bool taken;

        LF_TRY(one_sighting(m, m->body, v.uuid[i], &uuid, &at, &taken));
    }
    if (!m->nmade)
        return misp_no(m, 403, "Could not add sighting: no attribute has this value.");
    LF_TRY(post(m, &fresh, &refused, &first));
    if (!fresh)
        return misp_no(m, 403, lf_arena_cstr(m->t->a, lf_view_of(first.text)));
    return misp_done(m, "Sightings added.");
}

enum lf_code misp_add_sighting(struct misp *m)
{
    lf_view attribute = m->nwords > 2 && !misp_is_parameter(m->word[2]) ? m->word[2]
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
        return misp_no(m, 403, "You do not have permission to do that.");
    if (lf_json_get(m->body, LF_V("values")) || lf_json_get(m->body, LF_V("value")))
        return sightings_of_values(m);
    LF_TRY(one_sighting(m, m->body, attribute, &uuid, &at, &taken));
    if (!taken)
        return type.len && lf_view_is(type, "2") ? misp_no(m, 400, "This node takes no expirations.")
                                                 : misp_no(m, 404, "Invalid attribute");
    LF_TRY(post(m, &fresh, &refused, &first));
    if (refused)
        return misp_no(m, 403, lf_arena_cstr(m->t->a, lf_view_of(first.text)));
    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "Sighting", '{');
    lf_json_put_str(&w, "uuid", uuid);
    lf_json_put_str(&w, "attribute_uuid", attribute);
    misp_put_seconds(&w, "date_sighting", at);
    lf_json_put_str(&w, "source", lf_view_some(lf_json_str(m->body, "source")));
    lf_json_put_str(&w, "type", type.len ? type : LF_V("0"));
    lf_json_close(&w);
    lf_json_close(&w);
    return misp_said(m, 200, &b);
}

enum lf_code misp_bulk_sightings(struct misp *m)
{
    size_t fresh, refused, n = 0;
    struct lf_err first;
    struct lf_json_w w;
    struct lf_buf b;

    if (!m->c.can_write)
        return misp_no(m, 403, "You do not have permission to do that.");
    if (lf_json_kind(m->body) != LF_JSON_ARRAY || lf_json_items(m->body) > OBJECTS_MOST)
        return misp_no(m, 400, "This is no list of sightings.");
    for (size_t i = 0; i < lf_json_items(m->body); i++) {
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
                                    fresh, lf_json_items(m->body) - n + refused));
    lf_json_close(&w);
    return misp_said(m, 200, &b);
}
