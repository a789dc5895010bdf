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

/* ---- words of the path ---- */

static bool word_is(const struct misp *m, size_t i, const char *what)
{
    return i < m->nwords && lf_view_is(m->word[i], what);
}

/* ---- events ---- */

int64_t misp_number_of(lf_view uuid)
{
    uint64_t n = 0;

    for (size_t i = 0, digits = 0; i < uuid.len && digits < 12; i++) {
        char c = uuid.ptr[i];

        if (c == '-')
            continue;
        digits++;
        n = n << 4 | (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return (int64_t)n;
}

enum lf_code misp_event_named(struct misp *m, lf_view word, lf_view *uuid, struct lf_err *e)
{
    const struct lf_json **events;
    lf_time last;
    uint64_t number;
    size_t n;

    *uuid = lf_uuid_ok(word) ? word : LF_V("");
    if (uuid->len || !lf_view_u64(word, &number) || number >> 48)
        return LF_OK;
    LF_TRY(lf_misp_event_list(&m->x, 0, -1, &events, &n, &last, e));
    for (size_t i = 0; i < n; i++)
        if ((uint64_t)misp_number_of(lf_misp_event_uuid(events[i])) == number)
            *uuid = lf_misp_event_uuid(events[i]);
    return LF_OK;
}

enum lf_code misp_events_of(struct misp *m, lf_view uuid, lf_view **out, size_t *n)
{
    static const char *const types[] = { "indicator", "observed-data", "vulnerability", "note", "grouping" };
    lf_view ids[sizeof types / sizeof *types];

    *n = 0;
    *out = NULL;
    if (!lf_uuid_ok(uuid))
        return LF_OK;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        ids[i] = lf_arena_printf(m->t->a, "%s--%.*s", types[i], LF_FMT(uuid));
    return lf_misp_event_having(&m->x, ids, sizeof types / sizeof *types, out, n, m->e);
}

void misp_put_members(struct lf_json_w *w, const struct lf_json *o, const char *without)
{
    for (size_t i = 0; i < lf_json_members(o); i++) {
        lf_view name = lf_json_key(o, i), rest = lf_view_of(without), one;
        char text[64] = "";
        bool left = name.len >= sizeof text;

        while (!left && lf_view_split(&rest, ' ', &one))
            left = lf_view_eq(one, name);
        if (left)
            continue;
        memcpy(text, name.ptr, name.len);
        lf_json_put(w, text, lf_json_member(o, i));
    }
}

void misp_put_standing(struct lf_json_w *w, const struct lf_json *o, const char *without)
{
    misp_put_members(w, o, without);
    if (!lf_json_get(o, LF_V("deleted")))
        lf_json_put_bool(w, "deleted", false);
}

static void put_attributes(const struct misp *m, struct lf_json_w *w, const struct lf_json *list)
{
    lf_json_begin(w, "Attribute", '[');
    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        if (misp_shown(m, lf_json_item(list, i))) {
            lf_json_open(w, '{');
            misp_put_standing(w, lf_json_item(list, i), "");
            lf_json_close(w);
        }
    lf_json_close(w);
}

void misp_put_event(const struct misp *m, struct lf_json_w *w, const struct lf_json *event, bool metadata)
{
    const struct lf_json *objects = lf_json_get(event, LF_V("Object"));

    lf_json_begin(w, "Event", '{');
    lf_json_put_int(w, "id", misp_number_of(lf_json_str(event, "uuid")));
    misp_put_members(w, event, metadata ? "Attribute Object EventReport" : "Attribute Object");
    if (!metadata) {
        put_attributes(m, w, lf_json_get(event, LF_V("Attribute")));
        lf_json_begin(w, "Object", '[');
        for (size_t i = 0; lf_json_kind(objects) == LF_JSON_ARRAY && i < lf_json_items(objects); i++) {
            const struct lf_json *o = lf_json_item(objects, i);

            /* An object stands when one of its attributes is wanted, as when it is itself. */
            if (m->deleted == MISP_STANDING && !misp_shown(m, o))
                continue;
            lf_json_open(w, '{');
            misp_put_standing(w, o, "Attribute");
            put_attributes(m, w, lf_json_get(o, LF_V("Attribute")));
            lf_json_close(w);
        }
        lf_json_close(w);
    }
    lf_json_close(w);
}

void misp_put_seconds(struct lf_json_w *w, const char *key, lf_time at)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)(at / LF_SECOND));
    lf_json_put_cstr(w, key, text);
}

enum lf_code misp_load(struct misp *m, lf_view uuid, const struct lf_json **event)
{
    const struct lf_json *root, *list;

    *event = NULL;
    lf_misp_events_reset(&m->x);
    LF_TRY(lf_misp_event_find(&m->x, uuid, &root, m->e));
    if (!root)
        return LF_OK;
    LF_TRY(lf_misp_events_gather(&m->x, m->e));
    LF_TRY(lf_misp_events_write(&m->x, &list, m->e));
    *event = lf_misp_event_in(list, uuid);
    return LF_OK;
}

enum lf_code misp_view(struct misp *m, lf_view uuid, bool metadata, int status)
{
    const struct lf_json *event;
    struct lf_json_w w;
    struct lf_buf b;

    LF_TRY(misp_load(m, uuid, &event));
    if (!event)
        return misp_no(m, 404, "Invalid event");
    lf_buf_init(&b, ANSWER_MOST);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    misp_put_event(m, &w, event, metadata);
    lf_json_close(&w);
    return misp_said(m, status, &b);
}

static enum lf_code view(struct misp *m, lf_view word)
{
    lf_view uuid;

    misp_shown_asked(m);
    LF_TRY(misp_event_named(m, word, &uuid, m->e));
    return misp_view(m, uuid, false, 200);
}

enum lf_code misp_done(struct misp *m, const char *what)
{
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_bool(&w, "saved", true);
    lf_json_put_bool(&w, "success", true);
    lf_json_put_cstr(&w, "name", what);
    lf_json_put_cstr(&w, "message", what);
    lf_json_put_str(&w, "url", m->r->in->path);
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
    static const char *const names[] = { "servers",         "users",     "events",
                                         "attributes",      "sightings", "shadow_attributes",
                                         "objects",         "tags",      "eventReports",
                                         "shadowAttributes" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(w, names[i]))
            return true;
    return false;
}

static enum lf_code route(struct misp *m)
{
    bool mine;
    uint64_t number;
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
        return misp_event_index(m);
    if (word_is(m, 0, "events") && word_is(m, 1, "restSearch"))
        return misp_event_search(m);
    if (word_is(m, 0, "events") && word_is(m, 1, "view") && m->nwords > 2)
        return view(m, m->word[2]);
    if (word_is(m, 0, "events") && m->nwords == 2 && get &&
        (lf_uuid_ok(m->word[1]) || lf_view_u64(m->word[1], &number)))
        return view(m, m->word[1]);
    if (word_is(m, 0, "events") && word_is(m, 1, "add") && post)
        return misp_hand_in(m, false);
    if (word_is(m, 0, "events") && word_is(m, 1, "edit") && post)
        return misp_hand_in(m, true);
    if (word_is(m, 0, "events") && word_is(m, 1, "filterEventIdsForPush") && post)
        return misp_filter_for_push(m);
    if (word_is(m, 0, "attributes") && word_is(m, 1, "restSearch"))
        return misp_attribute_search(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "add") && post)
        return misp_add_sighting(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "bulkSaveSightings") && post)
        return misp_bulk_sightings(m);
    if (word_is(m, 0, "sightings") && word_is(m, 1, "restSearch"))
        return misp_sighting_search(m);
    if (word_is(m, 0, "sightings") && (word_is(m, 1, "listSightings") || word_is(m, 1, "index")))
        return misp_sighting_list(m);
    if (word_is(m, 0, "tags") && (m->nwords == 1 || word_is(m, 1, "index") || word_is(m, 1, "search")))
        return misp_tag_list(m);
    if ((word_is(m, 0, "shadow_attributes") || word_is(m, 0, "shadowAttributes")) && word_is(m, 1, "index"))
        return empty_list(m); /* proposals are not kept */
    if (post || (get && word_is(m, 1, "view"))) {
        LF_TRY(misp_edit_route(m, &mine));
        if (mine)
            return LF_OK;
    }
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
