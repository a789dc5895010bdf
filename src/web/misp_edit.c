/* Changes of one thing in an event, as MISP's clients make them: an attribute, an object, a tag, a report,
 * its publication.  Each is a new version of the event with that changed, taken in like an event that is
 * handed in (misp_post.c), so that who may do what is decided in one place. */
#include "base/map.h"
#include "web/misp_priv.h"

/* ---- trees ---- */

const struct lf_json *misp_json_set(struct lf_arena *a, const struct lf_json *o, const char *key,
                                    const struct lf_json *value)
{
    size_t n = lf_json_members(o), kept = 0;
    lf_view *keys = LF_NEW(a, lf_view, n + 1);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    bool put = false;

    for (size_t i = 0; i < n; i++) {
        bool is = lf_view_is(lf_json_key(o, i), key);

        if (is && (!value || put))
            continue;
        keys[kept] = lf_json_key(o, i);
        values[kept++] = is ? value : lf_json_member(o, i);
        put |= is;
    }
    if (value && !put) {
        keys[kept] = lf_view_of(key);
        values[kept++] = value;
    }
    return lf_json_new_object(a, kept, keys, values);
}

static const struct lf_json *appended(struct lf_arena *a, const struct lf_json *list,
                                      const struct lf_json *const *more, size_t nmore)
{
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    const struct lf_json **v = LF_NEW(a, const struct lf_json *, n + nmore);

    for (size_t i = 0; i < n; i++)
        v[i] = lf_json_item(list, i);
    for (size_t i = 0; i < nmore; i++)
        v[n + i] = more[i];
    return lf_json_new_array(a, n + nmore, v);
}

static const struct lf_json *text(struct lf_arena *a, lf_view v)
{
    return lf_json_new_string(a, v);
}

/* ---- one change ---- */

enum { MEMBERS_MOST = 100 }; /* of what an edit says anew of one thing; MISP has some thirty */

struct edit {
    struct misp *m;
    struct lf_arena *a;
    lf_view event_uuid, target; /* target: of the attribute or object that is changed */
    const struct lf_json *was;  /* the event's object */
    const struct lf_json *event;
    const struct lf_json *body; /* what is to be put in */
    lf_view now;
    lf_view tag;
    bool found, untag;
};
typedef const struct lf_json *(*change_fn)(struct edit *x, const struct lf_json *o);

static uint64_t seconds(const struct lf_json *o)
{
    uint64_t n = 0;

    (void)lf_view_u64(lf_json_text(lf_json_get(o, LF_V("timestamp"))), &n);
    return n;
}

/* Later than it was, in whole seconds. */
static const struct lf_json *touched(struct edit *x, const struct lf_json *o)
{
    uint64_t now = 0, was = seconds(o);

    (void)lf_view_u64(x->now, &now);
    now = now > was ? now : was + 1;
    return misp_json_set(x->a, o, "timestamp",
                         text(x->a, lf_arena_printf(x->a, "%llu", (unsigned long long)now)));
}

static const struct lf_json *changed_list(struct edit *x, const struct lf_json *list, bool objects,
                                          change_fn change)
{
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    const struct lf_json **v = LF_NEW(x->a, const struct lf_json *, n + 1);

    for (size_t i = 0; i < n; i++) {
        v[i] = lf_json_item(list, i);
        if (lf_view_eq_nocase(lf_json_str(v[i], "uuid"), x->target)) {
            x->found = true;
            v[i] = touched(x, change(x, v[i]));
        } else if (objects) {
            bool before = x->found;
            const struct lf_json *inner;

            x->found = false;
            inner = changed_list(x, lf_json_get(v[i], LF_V("Attribute")), false, change);
            if (x->found)
                v[i] = touched(x, misp_json_set(x->a, v[i], "Attribute", inner));
            x->found |= before;
        }
    }
    return lf_json_new_array(x->a, n, v);
}

/* The event with the target changed wherever it is in it. */
static void change_target(struct edit *x, change_fn change)
{
    static const char *const lists[] = { "Attribute", "Object" };

    for (size_t i = 0; i < 2; i++) {
        const struct lf_json *list = lf_json_get(x->event, lf_view_of(lists[i]));

        if (lf_json_kind(list) == LF_JSON_ARRAY)
            x->event = misp_json_set(x->a, x->event, lists[i], changed_list(x, list, i == 1, change));
    }
}

static enum lf_code open_event(struct edit *x, lf_view uuid, bool *there)
{
    struct misp *m = x->m;

    x->event_uuid = uuid;
    LF_TRY(misp_load(m, uuid, &x->event));
    *there = x->event != NULL;
    if (!x->event)
        return LF_OK;
    LF_TRY(lf_misp_event_find(&m->x, uuid, &x->was, m->e));
    *there = x->was != NULL;
    return LF_OK;
}

/* The event of the address' third word; answered when there is none. */
static enum lf_code open_named(struct edit *x, lf_view word, bool *there)
{
    lf_view uuid;

    LF_TRY(misp_event_named(x->m, word, &uuid, x->m->e));
    LF_TRY(open_event(x, uuid, there));
    return *there ? LF_OK : misp_no(x->m, 404, "Invalid event");
}

/* The event that has the target. */
static enum lf_code open_of(struct edit *x, lf_view target, const char *none, bool *there)
{
    lf_view *uuids;
    size_t n;

    *there = false;
    x->target = target;
    LF_TRY(misp_events_of(x->m, target, &uuids, &n));
    if (n)
        LF_TRY(open_event(x, uuids[0], there));
    return *there ? LF_OK : misp_no(x->m, 404, none);
}

/* Takes the changed event in; *done: and it was, else it is answered. */
static enum lf_code store(struct edit *x, bool *done)
{
    struct misp *m = x->m;
    struct lf_err why = { 0 };
    struct lf_json_w w;
    struct lf_buf b;
    bool refused;
    size_t fresh;
    lf_view all;

    *done = false;
    x->event = touched(x, x->event);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put(&w, "Event", x->event);
    lf_json_close(&w);
    all = lf_arena_copy(x->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(misp_take_in(m, all, x->was, &fresh, &refused, &why));
    if (m->objected) /* all of it or nothing */
        return lf_err_set(m->e, LF_FORBIDDEN, "%s", why.text);
    if (refused || !fresh)
        return misp_no(
            m, 403, why.text[0] ? lf_arena_cstr(x->a, lf_view_of(why.text)) : "This changes nothing here.");
    *done = true;
    return LF_OK;
}

/* ---- answers ---- */

struct find {
    lf_view uuid;
    const struct lf_json *found;
};

static void find_one(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct find *f = ctx;

    (void)event;
    if (lf_view_eq_nocase(lf_json_str(a, "uuid"), f->uuid))
        f->found = a;
}

static const struct lf_json *attribute_in(const struct lf_json *event, lf_view uuid)
{
    struct find f = { .uuid = uuid };

    misp_each_attribute(event, find_one, &f);
    return f.found;
}

static const struct lf_json *listed(const struct lf_json *event, const char *list, lf_view uuid)
{
    const struct lf_json *v = lf_json_get(event, lf_view_of(list));

    for (size_t i = 0; lf_json_kind(v) == LF_JSON_ARRAY && i < lf_json_items(v); i++)
        if (lf_view_eq_nocase(lf_json_str(lf_json_item(v, i), "uuid"), uuid))
            return lf_json_item(v, i);
    return NULL;
}

/* What an event has, by UUID in small letters: thousands of attributes may come at once. */
struct having {
    struct lf_arena *a;
    struct lf_map by;
};

static lf_view small_uuid(struct lf_arena *a, lf_view v)
{
    char *low = LF_NEW(a, char, v.len);

    for (size_t i = 0; i < v.len; i++)
        low[i] = (char)(v.ptr[i] >= 'A' && v.ptr[i] <= 'F' ? v.ptr[i] | 0x20 : v.ptr[i]);
    return (lf_view){ low, v.len };
}

static void have_one(void *ctx, const struct lf_json *event, const struct lf_json *o)
{
    struct having *h = ctx;

    (void)event;
    lf_map_set_ptr(&h->by, small_uuid(h->a, lf_json_str(o, "uuid")), (void *)(uintptr_t)o);
}

/* To be cleared. */
static void have_attributes(struct having *h, struct lf_arena *a, const struct lf_json *event)
{
    h->a = a;
    lf_map_init(&h->by, 0x68617665);
    misp_each_attribute(event, have_one, h);
}

static const struct lf_json *had(struct having *h, lf_view uuid)
{
    return lf_map_get_ptr(&h->by, small_uuid(h->a, uuid));
}

/* … of anything in it. */
static void have_all(struct having *h, struct lf_arena *a, const struct lf_json *event)
{
    static const char *const lists[] = { "Object", "EventReport" };

    have_attributes(h, a, event);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const struct lf_json *list = lf_json_get(event, lf_view_of(lists[k]));

        for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
            have_one(h, event, lf_json_item(list, i));
    }
}

static void put_one(struct lf_json_w *w, const char *key, const struct lf_json *o, lf_view event)
{
    lf_json_begin(w, key, '{');
    misp_put_standing(w, o, "");
    lf_json_put_int(w, "event_id", misp_number_of(event));
    lf_json_put_str(w, "event_uuid", event);
    lf_json_close(w);
}

/* The thing of that UUID as it is now. */
static enum lf_code show(struct edit *x, const char *key, lf_view uuid)
{
    const struct lf_json *event, *o;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_load(x->m, x->event_uuid, &event));
    o = lf_view_is(lf_view_of(key), "Attribute") ? attribute_in(event, uuid) : listed(event, key, uuid);
    if (!o)
        return misp_no(x->m, 404, "Not found");
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_one(&w, key, o, x->event_uuid);
    lf_json_close(&w);
    return misp_said(x->m, 200, &b);
}

/* ---- attributes and objects ---- */

static const struct lf_json *gone(struct edit *x, const struct lf_json *o)
{
    const struct lf_json *list = lf_json_get(o, LF_V("Attribute"));

    if (lf_json_kind(list) == LF_JSON_ARRAY) { /* an object, with all that is in it */
        size_t n = lf_json_items(list);
        const struct lf_json **v = LF_NEW(x->a, const struct lf_json *, n + 1);

        for (size_t i = 0; i < n; i++)
            v[i] = touched(x, misp_json_set(x->a, lf_json_item(list, i), "deleted",
                                            lf_json_new_word(x->a, LF_JSON_TRUE)));
        o = misp_json_set(x->a, o, "Attribute", lf_json_new_array(x->a, n, v));
    }
    return misp_json_set(x->a, o, "deleted", lf_json_new_word(x->a, LF_JSON_TRUE));
}

/* Members that the body gives replace what was; its id, event and time are not the client's to set. */
static const struct lf_json *replaced(struct edit *x, const struct lf_json *o)
{
    static const char *const kept[] = { "uuid", "id", "event_id", "timestamp", "object_id", "Sighting" };

    for (size_t i = 0; i < lf_json_members(x->body); i++) {
        bool left = lf_json_key(x->body, i).len > 60;

        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            left |= lf_view_is(lf_json_key(x->body, i), kept[k]);
        if (!left)
            o = misp_json_set(x->a, o, lf_arena_cstr(x->a, lf_json_key(x->body, i)),
                              lf_json_member(x->body, i));
    }
    return o;
}

/* What comes in as new: with a UUID and now as its time where it says none. */
static const struct lf_json *fresh_itself(struct edit *x, const struct lf_json *o, lf_view *uuid)
{
    *uuid = lf_json_str(o, "uuid");
    if (!lf_uuid_ok(*uuid)) {
        *uuid = lf_uuid_new(x->m->t->env, x->a);
        o = misp_json_set(x->a, o, "uuid", text(x->a, *uuid));
    }
    return seconds(o) ? o : misp_json_set(x->a, o, "timestamp", text(x->a, x->now));
}

/* … and the attributes that an object has, which have none of their own. */
static const struct lf_json *fresh_one(struct edit *x, const struct lf_json *o, lf_view *uuid)
{
    const struct lf_json *list = lf_json_get(o, LF_V("Attribute"));
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    const struct lf_json **v = LF_NEW(x->a, const struct lf_json *, n + 1);
    lf_view one;

    o = fresh_itself(x, o, uuid);
    for (size_t i = 0; i < n; i++)
        v[i] = fresh_itself(x, lf_json_item(list, i), &one);
    return n ? misp_json_set(x->a, o, "Attribute", lf_json_new_array(x->a, n, v)) : o;
}

static const struct lf_json *unwrapped(const struct lf_json *o, const char *key)
{
    const struct lf_json *inner = lf_json_get(o, lf_view_of(key));

    return lf_json_kind(inner) == LF_JSON_OBJECT ? inner : o;
}

/* Those of the body, each with a UUID that the event has not; answered when they are none. */
static enum lf_code read_new(struct edit *x, const char *key, const struct lf_json **made, lf_view *uuids,
                             size_t n, bool *good)
{
    struct misp *m = x->m;
    const char *why = NULL;
    struct having h;
    int status = 400;

    have_all(&h, x->a, x->event);
    for (size_t i = 0; i < n && !why; i++) {
        const struct lf_json *o =
            unwrapped(lf_json_kind(m->body) == LF_JSON_ARRAY ? lf_json_item(m->body, i) : m->body, key);

        if (lf_json_kind(o) != LF_JSON_OBJECT) {
            why = "No data received.";
            continue;
        }
        made[i] = fresh_one(x, o, &uuids[i]);
        if (had(&h, uuids[i])) {
            why = "There is one of this UUID in the event already.";
            status = 403;
        }
        have_one(&h, x->event, made[i]);
    }
    lf_map_clear(&h.by);
    *good = !why;
    return why ? misp_no(m, status, why) : LF_OK;
}

/* Many attributes as they are now, and which of them have no place. */
static enum lf_code show_many(struct edit *x, const lf_view *uuids, size_t n)
{
    const struct lf_json *event;
    size_t shown = 0;
    struct having h;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_load(x->m, x->event_uuid, &event));
    have_attributes(&h, x->a, event);
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "Attribute", '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *o = had(&h, uuids[i]);

        if (!o)
            continue;
        lf_json_open(&w, '{');
        misp_put_standing(&w, o, "");
        lf_json_put_int(&w, "event_id", misp_number_of(x->event_uuid));
        lf_json_close(&w);
        shown++;
    }
    lf_json_close(&w);
    if (shown < n) {
        lf_json_begin(&w, "errors", '{');
        for (size_t i = 0; i < n; i++)
            if (!had(&h, uuids[i]))
                lf_json_put_cstr(&w, lf_arena_cstr(x->a, lf_arena_printf(x->a, "attribute_%zu", i)),
                                 "STIX has no place for this value");
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_map_clear(&h.by);
    return misp_said(x->m, 200, &b);
}

/* attributes/add with one or many; objects/add and eventReports/add with one. */
static enum lf_code add(struct edit *x, const char *key)
{
    struct misp *m = x->m;
    bool many = lf_json_kind(m->body) == LF_JSON_ARRAY, good;
    size_t n = many ? lf_json_items(m->body) : 1;
    const struct lf_json **made;
    lf_view *uuids;

    if (!m->body || n > OBJECTS_MOST || !n || (many && !lf_view_is(lf_view_of(key), "Attribute")))
        return misp_no(m, 400, "No data received.");
    LF_TRY(open_named(x, m->word[2], &good));
    if (!good)
        return LF_OK;
    uuids = LF_NEW(x->a, lf_view, n);
    made = LF_NEW(x->a, const struct lf_json *, n);
    LF_TRY(read_new(x, key, made, uuids, n, &good));
    if (!good)
        return LF_OK;
    x->event =
        misp_json_set(x->a, x->event, key, appended(x->a, lf_json_get(x->event, lf_view_of(key)), made, n));
    LF_TRY(store(x, &good));
    if (!good)
        return LF_OK;
    return many && n > 1 ? show_many(x, uuids, n) : show(x, key, uuids[0]);
}

static enum lf_code edit_one(struct edit *x, const char *key)
{
    bool there, done;

    x->body = unwrapped(x->m->body, key);
    if (lf_json_kind(x->body) != LF_JSON_OBJECT)
        return misp_no(x->m, 400, "No data received.");
    if (lf_json_members(x->body) > MEMBERS_MOST)
        return misp_no(x->m, 400, "Too many members.");
    LF_TRY(open_of(x, x->m->word[2], "Not found", &there));
    if (!there)
        return LF_OK;
    change_target(x, replaced);
    if (!x->found)
        return misp_no(x->m, 404, "Not found");
    LF_TRY(store(x, &done));
    return done ? show(x, key, x->target) : LF_OK;
}

static enum lf_code delete_one(struct edit *x, const char *said)
{
    bool there, done;

    LF_TRY(open_of(x, x->m->word[2], "Not found", &there));
    if (!there)
        return LF_OK;
    change_target(x, gone);
    if (!x->found)
        return misp_no(x->m, 404, "Not found");
    LF_TRY(store(x, &done));
    return done ? misp_done(x->m, said) : LF_OK;
}

static enum lf_code view_one(struct edit *x, const char *key)
{
    bool there;

    LF_TRY(open_of(x, x->m->word[2], "Not found", &there));
    return there ? show(x, key, x->target) : LF_OK;
}

/* ---- tags ---- */

static const struct lf_json *retagged(struct edit *x, const struct lf_json *o)
{
    const struct lf_json *tags = lf_json_get(o, LF_V("Tag"));
    size_t n = lf_json_kind(tags) == LF_JSON_ARRAY ? lf_json_items(tags) : 0, kept = 0;
    const struct lf_json **v = LF_NEW(x->a, const struct lf_json *, n + 1), *name;
    const lf_view keys[] = { LF_VIEW("name") };

    for (size_t i = 0; i < n; i++)
        if (!lf_view_eq_nocase(lf_json_str(lf_json_item(tags, i), "name"), x->tag))
            v[kept++] = lf_json_item(tags, i);
    if (!x->untag) {
        name = text(x->a, x->tag);
        v[kept++] = lf_json_new_object(x->a, 1, keys, &name);
    }
    return misp_json_set(x->a, o, "Tag", lf_json_new_array(x->a, kept, v));
}

/* tags/attachTagToObject and removeTagFromObject: {"uuid", "tag"}, an event's or an attribute's. */
static enum lf_code tag_one(struct edit *x)
{
    struct misp *m = x->m;
    lf_view uuid = lf_json_text(misp_asked(m, "uuid")), named;
    bool there, done;

    x->tag = lf_json_text(misp_asked(m, "tag"));
    if (!lf_view_is_text(x->tag, 1, 255))
        return misp_no(m, 400, "Invalid Tag");
    LF_TRY(misp_event_named(m, uuid, &named, m->e));
    LF_TRY(open_event(x, named, &there));
    if (there) {
        x->event = retagged(x, x->event);
    } else {
        LF_TRY(open_of(x, uuid, "Invalid Target.", &there));
        if (!there)
            return LF_OK;
        change_target(x, retagged);
        if (!x->found)
            return misp_no(m, 404, "Invalid Target.");
    }
    LF_TRY(store(x, &done));
    if (!done)
        return LF_OK;
    return misp_done(m, x->untag ? "Tag successfully removed." : "Global tag successfully attached.");
}

/* ---- events ---- */

static enum lf_code publish(struct edit *x, bool yes)
{
    bool there, done;

    LF_TRY(open_named(x, x->m->word[2], &there));
    if (!there)
        return LF_OK;
    if (lf_json_bool(x->event, "published", false) == yes)
        return misp_done(x->m, yes ? "Event published" : "Event unpublished");
    x->event = misp_json_set(x->a, x->event, "published",
                             lf_json_new_word(x->a, yes ? LF_JSON_TRUE : LF_JSON_FALSE));
    x->event = misp_json_set(x->a, x->event, "publish_timestamp", text(x->a, x->now));
    LF_TRY(store(x, &done));
    return done ? misp_done(x->m, yes ? "Event published" : "Event unpublished") : LF_OK;
}

/* A last version of one of the event's roots: revoked. */
static enum lf_code revoke(struct edit *x, const char *type)
{
    struct misp *m = x->m;
    lf_view id = lf_arena_printf(x->a, "%s--%.*s", type, LF_FMT(x->event_uuid)), json;
    const struct lf_json *o = NULL;
    struct lf_object_batch *batch;
    char when[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_stix s;
    struct lf_buf b;
    lf_time now;
    bool fresh;

    lf_misp_events_reset(&m->x);
    LF_TRY(lf_misp_event_take(&m->x, id, m->e));
    if (m->x.n)
        o = m->x.objects[0];
    if (!o || lf_json_bool(o, "revoked", false))
        return LF_OK;
    now = lf_now(m->t->env);
    if (now <= lf_misp_event_modified(o))
        now = lf_misp_event_modified(o) + LF_SECOND;
    o = misp_json_set(x->a, o, "revoked", lf_json_new_word(x->a, LF_JSON_TRUE));
    o = misp_json_set(x->a, o, "modified", text(x->a, lf_arena_copy(x->a, lf_time_milli(now, when))));
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_put(&w, NULL, o);
    json = lf_arena_copy(x->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_stix_read(x->a, json, &s, m->e));
    LF_TRY(lf_object_batch_open(m->t, m->c.id, 1, &batch, m->e));
    return lf_object_batch_post(m->t, batch, &s, json, &fresh, m->e);
}

static const struct lf_json *all_gone(struct edit *x, const struct lf_json *list)
{
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;
    const struct lf_json **v = LF_NEW(x->a, const struct lf_json *, n + 1);

    for (size_t i = 0; i < n; i++)
        v[i] = lf_json_bool(lf_json_item(list, i), "deleted", false)
                   ? lf_json_item(list, i)
                   : touched(x, gone(x, lf_json_item(list, i)));
    return lf_json_new_array(x->a, n, v);
}

/* The event with all that is in it. */
static enum lf_code delete_event(struct edit *x)
{
    struct misp *m = x->m;
    enum lf_code rc;
    bool there, done;

    LF_TRY(open_named(x, m->word[2], &there));
    if (!there)
        return LF_OK;
    x->event =
        misp_json_set(x->a, x->event, "Attribute", all_gone(x, lf_json_get(x->event, LF_V("Attribute"))));
    x->event = misp_json_set(x->a, x->event, "Object", all_gone(x, lf_json_get(x->event, LF_V("Object"))));
    LF_TRY(store(x, &done));
    if (!done)
        return LF_OK;
    rc = revoke(x, "report");
    if (rc == LF_OK)
        rc = revoke(x, "grouping");
    if (rc == LF_UNACCEPTED)
        return misp_no(m, 403, lf_arena_cstr(x->a, lf_view_of(m->e->text)));
    LF_TRY(rc);
    return misp_done(m, "Event deleted.");
}

/* ---- the way ---- */

static bool says(const struct misp *m, const char *room, const char *act)
{
    return m->nwords > 1 && lf_view_is(m->word[0], room) && lf_view_is(m->word[1], act);
}

enum lf_code misp_edit_route(struct misp *m, bool *mine)
{
    struct edit x = { .m = m, .a = m->t->a };
    bool looks = m->nwords > 1 && lf_view_is(m->word[1], "view");

    x.now = lf_arena_printf(x.a, "%lld", (long long)(lf_now(m->t->env) / LF_SECOND));
    *mine = true;
    m->deleted = MISP_BOTH;
    if (!looks && !m->c.can_write)
        return misp_no(m, 403, "You do not have permission to do that.");
    if (says(m, "tags", "attachTagToObject") || says(m, "tags", "removeTagFromObject")) {
        x.untag = says(m, "tags", "removeTagFromObject");
        return tag_one(&x);
    }
    if (m->nwords > 2) {
        if (says(m, "attributes", "view"))
            return view_one(&x, "Attribute");
        if (says(m, "objects", "view"))
            return view_one(&x, "Object");
        if (says(m, "attributes", "add"))
            return add(&x, "Attribute");
        if (says(m, "objects", "add"))
            return add(&x, "Object");
        if (says(m, "eventReports", "add"))
            return add(&x, "EventReport");
        if (says(m, "attributes", "edit"))
            return edit_one(&x, "Attribute");
        if (says(m, "attributes", "delete"))
            return delete_one(&x, "Attribute deleted.");
        if (says(m, "objects", "delete"))
            return delete_one(&x, "Object deleted.");
        if (says(m, "events", "publish") || says(m, "events", "alert"))
            return publish(&x, true);
        if (says(m, "events", "unpublish"))
            return publish(&x, false);
        if (says(m, "events", "delete"))
            return delete_event(&x);
    }
    *mine = false;
    return LF_OK;
}
