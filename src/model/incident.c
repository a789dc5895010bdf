#include "model/incident.h"

#include "model/extension.h"

static const char extensions[] = "{\"" LF_EXTENSION_ID "\":{\"extension_type\":\"new-sdo\"}}";

/* One limit set for everything that claims to be an event. */
static const struct lf_json_limits limits = { .bytes = LF_INCIDENT_EVENT_BYTES, .depth = 32, .unique = true };

static bool is_id(lf_view v, const char *prefix)
{
    lf_view p = lf_view_of(prefix);

    return lf_view_starts(v, p) && lf_uuid_ok(lf_view_from(v, p.len));
}

/* Kinds, roles, tiers: words of our own making, so that they may stand in a log
 * line and in SQL without thought. */
static bool is_word(lf_view v)
{
    if (v.len == 0 || v.len > 48)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= 'a' && v.ptr[i] <= 'z') || (v.ptr[i] >= '0' && v.ptr[i] <= '9') ||
              v.ptr[i] == '_'))
            return false;
    return true;
}

int lf_tier_height(lf_view tier)
{
    return lf_view_is(tier, "nation") ? 3 : lf_view_is(tier, "sector") ? 2 : lf_view_is(tier, "provider");
}

static bool is_tier(lf_view v)
{
    return lf_tier_height(v) > 0;
}

bool lf_incident_exercise_read(const struct lf_json *body, struct lf_incident_exercise *out)
{
    const struct lf_json *of = lf_json_get(body, LF_V("exercise_of"));
    struct lf_incident_exercise x = { .speed = 1 };
    int64_t speed = 0;

    *out = x;
    if (!of)
        return true;
    x.id = lf_json_str(of, "id");
    x.name = lf_json_str(of, "name");
    x.reach = lf_json_str(of, "reach");
    if (!lf_json_bool(body, "exercise", false) || !lf_uuid_ok(x.id) ||
        !lf_view_is_text(x.name, 1, LF_EXERCISE_NAME) || !is_tier(x.reach) ||
        !lf_json_int(of, "speed", &speed) || speed < 1 || speed > LF_EXERCISE_SPEED)
        return false;
    x.speed = (int)speed;
    *out = x;
    return true;
}

void lf_incident_exercise_write(struct lf_json_w *w, const struct lf_incident_exercise *x)
{
    if (!x->id.len)
        return;
    lf_json_put_bool(w, "exercise", true);
    lf_json_begin(w, "exercise_of", '{');
    lf_json_put_str(w, "id", x->id);
    lf_json_put_str(w, "name", x->name);
    lf_json_put_int(w, "speed", x->speed);
    lf_json_put_str(w, "reach", x->reach);
    lf_json_close(w);
}

static void write_event(struct lf_arena *a, struct lf_buf *b, const struct lf_incident_event *ev,
                        const uint8_t *signature)
{
    char text[LF_TIME_TEXT];
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "type", "incident-event");
    lf_json_put_cstr(&w, "spec_version", "2.1");
    lf_json_put_str(&w, "id", ev->id);
    lf_json_put_str(&w, "created_by_ref", ev->node);
    lf_json_put_str(&w, "created", lf_time_milli(ev->recorded, text));
    lf_json_put_str(&w, "modified", lf_time_milli(ev->recorded, text));
    lf_json_put_raw(&w, "extensions", lf_view_of(extensions));
    lf_json_put_str(&w, "incident_ref", ev->incident);
    lf_json_put_str(&w, "org", ev->org);
    lf_json_put_str(&w, "tier", ev->tier);
    lf_json_put_int(&w, "sequence", ev->sequence);
    if (ev->nparents) {
        lf_json_begin(&w, "parent_refs", '[');
        for (size_t i = 0; i < ev->nparents; i++)
            lf_json_put_str(&w, NULL, ev->parents[i]);
        lf_json_close(&w);
    }
    lf_json_put_str(&w, "kind", ev->kind);
    lf_json_put_str(&w, "by", ev->by);
    if (ev->account.len)
        lf_json_put_str(&w, "account", ev->account);
    lf_json_put_str(&w, "occurred_at", lf_time_micro(ev->occurred, text));
    lf_json_put_str(&w, "recorded_at", lf_time_micro(ev->recorded, text));
    if (ev->body)
        lf_json_put(&w, "body", ev->body);
    lf_json_put_str(&w, "signer_key", lf_base64url(a, ev->key, sizeof ev->key));
    if (signature)
        lf_json_put_str(&w, "signature", lf_base64url(a, signature, LF_SIGNATURE));
    lf_json_close(&w);
}

static enum lf_code canonical(struct lf_arena *a, const struct lf_json *v, lf_view *out, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;

    /* Canonical numbers may be longer than their source (1e20), so some room more. */
    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES * 2);
    rc = lf_json_canon(&b, v, e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

static enum lf_code too_big(struct lf_err *e)
{
    return lf_err_set(e, LF_TOO_BIG, "incident event: over %d bytes; shorten the description or attach less",
                      LF_INCIDENT_EVENT_BYTES);
}

/* The text of the event, with `signature` or without, as it comes. */
static enum lf_code text_of(struct lf_arena *a, const struct lf_incident_event *ev, const uint8_t *signature,
                            lf_view *out, struct lf_err *e)
{
    struct lf_buf b;
    bool fits;

    lf_buf_init(&b, LF_INCIDENT_EVENT_BYTES);
    write_event(a, &b, ev, signature);
    fits = lf_buf_done(&b, e) == LF_OK;
    if (fits)
        *out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return fits ? LF_OK : too_big(e);
}

enum lf_code lf_incident_event_sign(struct lf_arena *a, struct lf_incident_event *ev,
                                    const uint8_t pub[LF_SIGN_PUBLIC], const uint8_t secret[LF_SIGN_SECRET],
                                    struct lf_err *e)
{
    struct lf_incident_event out = *ev;
    const struct lf_json *bare;
    lf_view text, bytes;

    memcpy(out.key, pub, LF_SIGN_PUBLIC);
    LF_TRY(text_of(a, &out, NULL, &text, e));
    LF_TRY(lf_json_parse(a, text, &limits, &bare, e));
    LF_TRY(canonical(a, bare, &bytes, e));
    lf_sign(secret, bytes, out.signature);
    LF_TRY(text_of(a, &out, out.signature, &text, e));
    /* What we could not read ourselves nobody else will either: refuse to say it. */
    LF_TRY(lf_incident_event_read(a, text, &out, e));
    if (out.json.len > LF_INCIDENT_EVENT_BYTES)
        return too_big(e);
    *ev = out;
    return LF_OK;
}

static enum lf_code bad(struct lf_err *e, const char *what)
{
    return lf_err_set(e, LF_BAD_INPUT, "incident-event: %s", what);
}

static enum lf_code get_time(const struct lf_json *o, const char *key, lf_time *out, struct lf_err *e)
{
    lf_view v = lf_json_str(o, key);

    if (!v.ptr)
        return lf_err_set(e, LF_BAD_INPUT, "incident-event: %s is missing or not text", key);
    if (lf_time_parse(v, out, e) != LF_OK)
        return lf_err_at(e, "incident-event: %s", key);
    return LF_OK;
}

static enum lf_code get_bytes(struct lf_arena *a, const struct lf_json *o, const char *key, uint8_t *out,
                              size_t n, struct lf_err *e)
{
    lf_view v = lf_json_str(o, key), raw;

    if (!v.ptr || v.len > 4 * n)
        return lf_err_set(e, LF_BAD_INPUT, "incident-event: %s is missing or too long", key);
    if (lf_unbase64(a, v, &raw, e) != LF_OK)
        return lf_err_at(e, "incident-event: %s", key);
    if (raw.len != n)
        return lf_err_set(e, LF_BAD_INPUT, "incident-event: %s is %zu bytes, not %zu", key, raw.len, n);
    memcpy(out, raw.ptr, n);
    return LF_OK;
}

static enum lf_code get_parents(struct lf_arena *a, const struct lf_json *o, struct lf_incident_event *ev,
                                struct lf_err *e)
{
    const struct lf_json *list = lf_json_get(o, LF_V("parent_refs"));
    lf_view *to;

    if (!list)
        return LF_OK;
    if (lf_json_kind(list) != LF_JSON_ARRAY)
        return bad(e, "parent_refs is not a list");
    ev->nparents = lf_json_items(list);
    if (ev->nparents == 0)
        return bad(e, "parent_refs is empty; leave it out when there are none");
    if (ev->nparents > LF_INCIDENT_PARENTS)
        return lf_err_set(e, LF_TOO_BIG, "incident-event: more than %d parent_refs", LF_INCIDENT_PARENTS);
    to = LF_NEW(a, lf_view, ev->nparents);
    for (size_t i = 0; i < ev->nparents; i++) {
        const struct lf_json *item = lf_json_item(list, i);

        if (lf_json_kind(item) != LF_JSON_STRING || !is_id(lf_json_text(item), "incident-event--"))
            return bad(e, "parent_refs holds something that is no incident-event id");
        to[i] = lf_json_text(item);
    }
    ev->parents = to;
    return LF_OK;
}

/* The fields out of the text, and its tree; `json`, key and signature are left to the caller. */
static enum lf_code read_fields(struct lf_arena *a, lf_view text, const struct lf_json_limits *most,
                                struct lf_incident_event *out, const struct lf_json **tree, struct lf_err *e)
{
    struct lf_incident_event ev = { 0 };
    const struct lf_json *o, *v;
    lf_time made;

    if (lf_json_parse(a, text, most, &o, e) != LF_OK)
        return lf_err_at(e, "incident-event");
    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return bad(e, "not an object");
    if (!lf_view_is(lf_json_str(o, "type"), "incident-event"))
        return bad(e, "type is not incident-event");
    if (!lf_view_is(lf_json_str(o, "spec_version"), "2.1"))
        return bad(e, "spec_version is not 2.1");
    v = lf_json_get(lf_json_get(o, LF_V("extensions")), LF_V(LF_EXTENSION_ID));
    if (!lf_view_is(lf_json_str(v, "extension_type"), "new-sdo"))
        return bad(e, "extensions does not name " LF_EXTENSION_ID " as new-sdo");

    ev.id = lf_json_str(o, "id");
    ev.incident = lf_json_str(o, "incident_ref");
    ev.node = lf_json_str(o, "created_by_ref");
    ev.org = lf_json_str(o, "org");
    ev.tier = lf_json_str(o, "tier");
    ev.kind = lf_json_str(o, "kind");
    ev.by = lf_json_str(o, "by");
    ev.account = lf_json_str(o, "account");
    if (!is_id(ev.id, "incident-event--"))
        return bad(e, "id is not incident-event--<uuid>");
    if (!is_id(ev.incident, "incident--"))
        return bad(e, "incident_ref is not incident--<uuid>");
    if (!is_id(ev.node, "identity--"))
        return bad(e, "created_by_ref is not identity--<uuid>");
    if (!lf_uuid_ok(ev.org))
        return bad(e, "org is not a UUID");
    if (!is_tier(ev.tier))
        return bad(e, "tier is not provider, sector or nation");
    if (!is_word(ev.kind))
        return bad(e, "kind is not a word of a-z, 0-9 and _");
    if (!is_word(ev.by))
        return bad(e, "by is not a word of a-z, 0-9 and _");
    if (lf_json_get(o, LF_V("account")) && (!ev.account.len || ev.account.len > 256))
        return bad(e, "account is not text of 1 to 256 bytes");
    if (!lf_json_int(o, "sequence", &ev.sequence) || ev.sequence < 1)
        return bad(e, "sequence is not an integer from 1");
    LF_TRY(get_parents(a, o, &ev, e));
    LF_TRY(get_time(o, "created", &made, e));
    LF_TRY(get_time(o, "modified", &made, e));
    LF_TRY(get_time(o, "occurred_at", &ev.occurred, e));
    LF_TRY(get_time(o, "recorded_at", &ev.recorded, e));
    if (ev.occurred > ev.recorded)
        return bad(e, "occurred_at lies after recorded_at");
    ev.body = lf_json_get(o, LF_V("body"));
    if (ev.body && lf_json_kind(ev.body) != LF_JSON_OBJECT)
        return bad(e, "body is not an object");
    *out = ev;
    *tree = o;
    return LF_OK;
}

/* The tree and the views point into the text: into our own copy of it. */
static enum lf_code own_copy(struct lf_arena *a, lf_view stix, lf_view *out, struct lf_err *e)
{
    if (stix.len > LF_INCIDENT_EVENT_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "incident-event: %zu bytes, at most %d are taken", stix.len,
                          LF_INCIDENT_EVENT_BYTES);
    *out = lf_arena_copy(a, stix);
    return LF_OK;
}

enum lf_code lf_incident_event_read(struct lf_arena *a, lf_view stix, struct lf_incident_event *out,
                                    struct lf_err *e)
{
    struct lf_incident_event ev;
    const struct lf_json *tree;
    lf_view text;

    LF_TRY(own_copy(a, stix, &text, e));
    LF_TRY(read_fields(a, text, &limits, &ev, &tree, e));
    LF_TRY(get_bytes(a, tree, "signer_key", ev.key, sizeof ev.key, e));
    LF_TRY(get_bytes(a, tree, "signature", ev.signature, sizeof ev.signature, e));
    LF_TRY(canonical(a, tree, &ev.json, e));
    *out = ev;
    return LF_OK;
}

enum lf_code lf_incident_event_stored(struct lf_arena *a, lf_view json, struct lf_incident_event *out,
                                      struct lf_err *e)
{
    static const struct lf_json_limits held = { .bytes = LF_INCIDENT_EVENT_BYTES, .depth = 32 };
    struct lf_incident_event ev;
    const struct lf_json *tree;
    lf_view text;

    LF_TRY(own_copy(a, json, &text, e));
    LF_TRY(read_fields(a, text, &held, &ev, &tree, e));
    ev.json = text;
    *out = ev;
    return LF_OK;
}

enum lf_code lf_incident_event_verify(struct lf_arena *a, const struct lf_incident_event *ev,
                                      struct lf_err *e)
{
    const struct lf_json *o, *bare;
    const struct lf_json **values;
    lf_view *keys, bytes;
    size_t n, kept = 0;

    LF_TRY(lf_json_parse(
        a, ev->json,
        &(struct lf_json_limits){ .bytes = LF_INCIDENT_EVENT_BYTES * 2, .depth = 32, .unique = true }, &o,
        e));
    n = lf_json_members(o);
    keys = LF_NEW(a, lf_view, n + 1);
    values = LF_NEW(a, const struct lf_json *, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (lf_view_is(lf_json_key(o, i), "signature"))
            continue;
        keys[kept] = lf_json_key(o, i);
        values[kept++] = lf_json_member(o, i);
    }
    bare = lf_json_new_object(a, kept, keys, values);
    LF_TRY(canonical(a, bare, &bytes, e));
    if (!lf_sign_ok(ev->key, bytes, ev->signature))
        return lf_err_set(e, LF_UNAUTHENTIC, "%.*s: the signature does not fit its content", LF_FMT(ev->id));
    return LF_OK;
}

int lf_incident_event_level(const struct lf_incident_event *ev)
{
    int64_t n;

    return lf_json_int(ev->body, "level", &n) && n >= 1 && n <= 4 ? (int)n : 0;
}
