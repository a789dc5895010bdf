#include "isac/transfer.h"

#include "cert/incident.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "model/role.h"
#include "store/query_intelligence.h"
#include "store/query_transfer.h"

enum { TEXT_MOST = 6 << 20, PAGE = 500, KEYS = 8 };

/* ---- how far it has come ---- */

struct place {
    struct lf_arena *a;
    int64_t sent, took, took_at;
    lf_view took_sha, refused, have_members, have_inbox;
};

static enum lf_code take_place(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct place *p = ctx;

    (void)e;
    p->sent = lf_row_int(r, 0);
    p->took = lf_row_int(r, 1);
    p->took_sha = lf_arena_copy(p->a, lf_row_text(r, 2));
    p->took_at = lf_row_int(r, 3);
    p->refused = lf_arena_copy(p->a, lf_row_text(r, 4));
    p->have_members = lf_arena_copy(p->a, lf_row_text(r, 5));
    p->have_inbox = lf_arena_copy(p->a, lf_row_text(r, 6));
    return LF_OK;
}

static enum lf_code place_get(struct lf_task *t, lf_view peer, struct place *p, struct lf_err *e)
{
    *p = (struct place){ .a = t->a,
                         .took_sha = LF_V(""),
                         .refused = LF_V("[]"),
                         .have_members = LF_V(""),
                         .have_inbox = LF_V("") };
    return lf_db_run(t->db, &t->scope, &lf_q_transfer_get, LF_ARGS(LF_TEXT(peer)), take_place, p, NULL, e);
}

static enum lf_code place_put(struct lf_task *t, lf_view peer, const struct place *p, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_transfer_put,
                      LF_ARGS(LF_TEXT(peer), LF_INT(p->sent), LF_INT(p->took), LF_TEXT(p->took_sha),
                              LF_INT(p->took_at), LF_TEXT(p->refused), LF_TEXT(p->have_members),
                              LF_TEXT(p->have_inbox)),
                      e);
}

/* An active peer by any of its names. */
static enum lf_code find(struct lf_task *t, lf_view name, struct lf_peer *out, struct lf_err *e)
{
    const struct lf_peer *peers;
    size_t n, found = 0;

    LF_TRY(lf_peer_list(t, &n, &peers, e));
    for (size_t i = 0; i < n; i++) {
        const struct lf_peer *p = &peers[i];

        if (p->state != LF_PEER_ACTIVE)
            continue;
        if (p->kind == LF_PEER_PARENT ? lf_view_is(name, "parent") : false)
            found = 0; /* whatever a child is called */
        else if (!lf_view_eq(p->id, name) && !lf_view_eq(p->node, name) && !lf_view_eq(p->name, name))
            continue;
        *out = *p;
        if (++found == 1 && p->kind == LF_PEER_PARENT && lf_view_is(name, "parent"))
            return LF_OK;
    }
    if (found > 1)
        return lf_err_set(e, LF_CONFLICT, "transfer: %zu peers are called so; give the id", found);
    return found ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "transfer: no active peer is \"%.*s\"", LF_FMT(name));
}

static enum lf_code cursor(struct lf_task *t, const struct lf_peer *p, lf_view collection, lf_view *out,
                           struct lf_err *e)
{
    enum lf_code rc = lf_db_text(t->db, &t->scope, &lf_q_cursor_get,
                                 LF_ARGS(LF_TEXT(p->id), LF_TEXT(collection)), t->a, out, e);

    if (rc == LF_NOT_FOUND)
        *out = LF_V("");
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

static lf_time time_of(lf_view text)
{
    lf_time at;

    return text.len && lf_time_parse(text, &at, NULL) == LF_OK ? at : -1;
}

/* ---- making one ------------------------------------------------------------------------ */

struct load {
    struct lf_task *t;
    struct lf_buf b;
    size_t n;
    bool full;
    int64_t last_event, last_object;
    lf_time after[LF_TRANSFER_PARTS], last[LF_TRANSFER_PARTS];
    bool keys; /* reading statements of keys, which leave with all else */
};

static bool put(struct load *x, const char *in, lf_time added, lf_view json)
{
    struct lf_json_w w = lf_json_w(&x->b);
    char text[LF_TIME_TEXT];

    if (x->full || x->n == LF_TRANSFER_OBJECTS || x->b.len + json.len + 200 > TEXT_MOST) {
        x->full = true;
        return false;
    }
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "in", in);
    if (added)
        lf_json_put_str(&w, "added", lf_time_micro(added, text));
    lf_json_put_raw(&w, "object", json);
    lf_json_close(&w);
    lf_buf_byte(&x->b, '\n');
    x->n++;
    return true;
}

static enum lf_code take_outbox(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct load *x = ctx;
    bool key = lf_view_starts(lf_row_text(r, 1), LF_V("node-key--"));

    (void)e;
    if (key == x->keys ? put(x, "up", 0, lf_row_text(r, 3)) : !x->full)
        if (!x->keys)
            x->last_object = lf_row_int(r, 0);
    return LF_OK;
}

/* As on a link: statements of keys, events of incidents, and the rest. */
static enum lf_code load_up(struct lf_task *t, struct load *x, struct lf_err *e)
{
    const struct lf_incident_outgoing *up;
    size_t n;

    x->keys = true;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_outbox_keys, LF_ARGS(LF_INT(LF_TRANSFER_OBJECTS + 1)),
                     take_outbox, x, NULL, e));
    x->keys = false;
    LF_TRY(lf_incident_outgoing_list(t, LF_V("up"), LF_TRANSFER_OBJECTS + 1, &n, &up, e));
    for (size_t i = 0; i < n && put(x, "up", 0, up[i].json); i++)
        x->last_event = up[i].seq;
    return lf_db_run(t->db, &t->scope, &lf_q_outbox_list, LF_ARGS(LF_INT(LF_TRANSFER_OBJECTS + 1)),
                     take_outbox, x, NULL, e);
}

/* What the child would get if it polled. */
static enum lf_code load_down(struct lf_task *t, const struct lf_peer *p, enum lf_transfer_part part,
                              lf_view collection, lf_time after, struct load *x, struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    struct lf_task as = *t;
    struct lf_collection c;
    bool more = true;

    as.scope = (struct lf_scope){ .org = t->self->org,
                                  .account = lf_arena_printf(t->a, "peer:%.*s", LF_FMT(p->id)),
                                  .roles = LF_ROLE_PEER };
    LF_TRY(lf_collection_get(&as, collection, &c, e));
    if (!c.can_read)
        return LF_OK;
    LF_TRY(lf_rights_open(&as, c.readers, &f->rights, e));
    x->after[part] = x->last[part] = f->after = after;
    f->limit = PAGE;
    f->bodies = f->v_last = true; /* as a poll without a version */
    f->bytes = TEXT_MOST;
    while (more && !x->full) {
        const struct lf_object *o;
        size_t n;

        LF_TRY(lf_object_list(&as, c.id, f, &n, &o, &more, e));
        for (size_t i = 0;
             i < n && put(x, part == LF_TRANSFER_INBOX ? "inbox" : "members", o[i].added, o[i].json); i++)
            x->last[part] = f->after = o[i].added;
        if (!n)
            break;
    }
    return LF_OK;
}

static void put_times(struct lf_json_w *w, const char *key, const lf_time at[LF_TRANSFER_PARTS])
{
    char text[LF_TIME_TEXT];

    lf_json_begin(w, key, '{');
    if (at[LF_TRANSFER_INBOX] >= 0)
        lf_json_put_str(w, "inbox", lf_time_micro(at[LF_TRANSFER_INBOX], text));
    if (at[LF_TRANSFER_MEMBERS] >= 0)
        lf_json_put_str(w, "members", lf_time_micro(at[LF_TRANSFER_MEMBERS], text));
    lf_json_close(w);
}

static enum lf_code put_head(struct lf_task *t, const struct lf_peer *p, const struct place *place,
                             const struct load *x, struct lf_buf *b, struct lf_err *e)
{
    lf_time have[LF_TRANSFER_PARTS] = { -1, -1, -1 };
    struct lf_json_w w = lf_json_w(b);
    char text[LF_TIME_TEXT];

    if (p->kind == LF_PEER_PARENT) {
        lf_view at;

        LF_TRY(cursor(t, p, p->inbox, &at, e));
        have[LF_TRANSFER_INBOX] = time_of(at);
        LF_TRY(cursor(t, p, p->members, &at, e));
        have[LF_TRANSFER_MEMBERS] = time_of(at);
    }
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "lianfang", "transfer");
    lf_json_put_int(&w, "version", 1);
    lf_json_put_str(&w, "from", t->self->node);
    lf_json_put_str(&w, "to", p->node);
    lf_json_put_int(&w, "number", place->sent);
    lf_json_put_str(&w, "made", lf_time_milli(lf_now(t->env), text));
    put_times(&w, "after", x->after);
    put_times(&w, "last", x->last);
    put_times(&w, "have", have);
    if (place->took) {
        lf_json_begin(&w, "receipt", '{');
        lf_json_put_int(&w, "number", place->took);
        lf_json_put_str(&w, "sha256", place->took_sha);
        lf_json_put_raw(&w, "refused", place->refused);
        lf_json_close(&w);
    }
    lf_json_put_int(&w, "objects", (int64_t)x->n);
    lf_json_put_bool(&w, "more", x->full);
    lf_json_close(&w);
    lf_buf_byte(b, '\n');
    return LF_OK;
}

static enum lf_code finish(struct lf_task *t, const struct lf_peer *p, const struct place *place,
                           const struct load *x, struct lf_transfer_made *out, struct lf_err *e)
{
    uint8_t signature[LF_SIGNATURE], sha[LF_SHA256] = { 0 };
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, LF_TRANSFER_BYTES);
    rc = put_head(t, p, place, x, &b, e);
    if (rc == LF_OK) {
        lf_buf_put(&b, lf_buf_view(&x->b));
        lf_sign(t->self->sign_secret, lf_buf_view(&b), signature);
        lf_sha256(lf_buf_view(&b), sha);
        lf_buf_printf(&b, "{\"signature\":\"%.*s\"}\n",
                      LF_FMT(lf_base64url(t->a, signature, sizeof signature)));
        rc = lf_buf_done(&b, e);
    }
    if (rc == LF_OK)
        *out = (struct lf_transfer_made){ .text = lf_arena_copy(t->a, lf_buf_view(&b)),
                                          .sha = lf_hex(t->a, sha, sizeof sha),
                                          .number = place->sent,
                                          .objects = x->n,
                                          .more = x->full };
    lf_buf_clear(&b);
    return rc;
}

enum lf_code lf_transfer_export(struct lf_task *t, lf_view peer, lf_time since, struct lf_transfer_made *out,
                                struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct load x = { .t = &own, .after = { -1, -1, -1 }, .last = { -1, -1, -1 } };
    struct place place;
    struct lf_peer p;
    enum lf_code rc;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(find(&own, peer, &p, e));
    LF_TRY(place_get(&own, p.id, &place, e));
    lf_buf_init(&x.b, LF_TRANSFER_BYTES);
    if (p.kind == LF_PEER_PARENT) {
        rc = load_up(&own, &x, e);
    } else {
        rc = load_down(&own, &p, LF_TRANSFER_INBOX, p.inbox, since >= 0 ? since : time_of(place.have_inbox),
                       &x, e);
        if (rc == LF_OK)
            rc = load_down(&own, &p, LF_TRANSFER_MEMBERS, LF_V("members"),
                           since >= 0 ? since : time_of(place.have_members), &x, e);
    }
    place.sent++;
    if (rc == LF_OK)
        rc = finish(&own, &p, &place, &x, out, e);
    lf_buf_clear(&x.b);
    LF_TRY(rc);
    LF_TRY(place_put(&own, p.id, &place, e));
    if (p.kind == LF_PEER_PARENT)
        LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_transfer_sent_add,
                          LF_ARGS(LF_TEXT(p.id), LF_INT(place.sent), LF_INT(lf_now(t->env)),
                                  LF_TEXT(out->sha), LF_INT(x.last_event), LF_INT(x.last_object)),
                          e));
    return lf_audit_add(t, LF_V("transfer.export"), p.id,
                        lf_arena_printf(t->a, "{\"node\":\"%.*s\",\"number\":%lld,\"objects\":%zu}",
                                        LF_FMT(p.node), (long long)place.sent, x.n),
                        e);
}

/* ---- taking one ------------------------------------------------------------------------ */

/* Whether the file's signature is by the key that this statement says it is from now on.  What it changes is
 * taken back: objects before it in the file are signed with the old one. */
static enum lf_code by_new_key(struct lf_task *t, const struct lf_transfer *x,
                               const struct lf_json *statement, const struct lf_peer *p, bool *is,
                               struct lf_err *e)
{
    unsigned effects = t->effects;
    struct lf_err none = { 0 };
    struct lf_peer now;
    struct lf_buf b;
    enum lf_code rc;

    *is = false;
    LF_TRY(lf_db_save(t->db, e));
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    lf_json_write(&b, statement);
    rc = lf_link_take(t, p, LF_V("node-key"), lf_arena_copy(t->a, lf_buf_view(&b)), &none);
    lf_buf_clear(&b);
    if (rc == LF_OK)
        rc = lf_peer_get(t, p->id, &now, &none);
    lf_db_undo(t->db);
    t->effects = effects;
    *is = rc == LF_OK && lf_sign_ok(now.key, x->signed_bytes, x->signature);
    return rc == LF_IO || rc == LF_FULL || rc == LF_AWAY ? lf_err_set(e, rc, "%s", none.text) : LF_OK;
}

/* Who made it, and that it did: a node that replaced its key says so in the same file. */
static enum lf_code genuine(struct lf_task *t, const struct lf_transfer *x, struct lf_peer *p,
                            struct lf_err *e)
{
    struct lf_err none = { 0 };
    size_t statements = 0;
    bool is;

    if (!lf_view_eq(x->to, t->self->node))
        return lf_err_set(e, LF_FORBIDDEN, "transfer: the file is for %.*s and not for this node",
                          LF_FMT(x->to));
    if (find(t, x->from, p, &none) != LF_OK)
        return lf_err_set(e, LF_FORBIDDEN,
                          "transfer: it was made by %.*s, which is no active peer of this node",
                          LF_FMT(x->from));
    is = lf_sign_ok(p->key, x->signed_bytes, x->signature);
    for (size_t i = 0; i < x->nobjects && !is && statements < KEYS; i++)
        if (lf_view_is(lf_json_str(x->objects[i].object, "type"), "node-key") &&
            lf_view_eq(lf_json_str(x->objects[i].object, "created_by_ref"), x->from)) {
            statements++;
            LF_TRY(by_new_key(t, x, x->objects[i].object, p, &is, e));
        }
    return is ? LF_OK
              : lf_err_set(e, LF_UNAUTHENTIC,
                           "transfer: it is not signed with the key of %.*s, or was altered",
                           LF_FMT(p->name));
}

static enum lf_code connects(struct lf_task *t, const struct lf_peer *p, const struct lf_transfer *x,
                             enum lf_transfer_part part, lf_view collection, lf_time *at, struct lf_err *e)
{
    char a[LF_TIME_TEXT], b[LF_TIME_TEXT];
    lf_view text;

    LF_TRY(cursor(t, p, collection, &text, e));
    *at = time_of(text);
    if (x->after[part] > *at)
        return lf_err_set(
            e, LF_CONFLICT,
            "transfer: something is missing: the file begins after %.*s and this node has what "
            "came until %.*s; give the parent a file of this node's, and take what it makes then",
            LF_FMT(lf_time_micro(x->after[part], a)),
            LF_FMT(*at < 0 ? LF_V("never") : lf_time_micro(*at, b)));
    return LF_OK;
}

struct taking {
    struct lf_task *t;
    const struct lf_peer *p;
    size_t taken, nrefused;
    struct lf_buf refused;
};

/* What is wrong with the machine and not with the object: nothing is decided. */
static bool ours_to_mend(enum lf_code rc)
{
    return rc == LF_IO || rc == LF_FULL || rc == LF_AWAY;
}

static enum lf_code keep(struct lf_task *t, const struct lf_peer *p, enum lf_transfer_part in,
                         const struct lf_stix *s, lf_view json, struct lf_err *e)
{
    bool fresh = true;

    /* Up: kept with what the link brings, so that the same object by either way is one. */
    if (in == LF_TRANSFER_UP)
        LF_TRY(lf_object_add(t, p->up, p->id, s, json, &fresh, e));
    return fresh ? lf_link_take(t, p, s->type, json, e) : LF_OK;
}

static enum lf_code take_one(struct taking *g, const struct lf_transfer_object *o, struct lf_err *e)
{
    struct lf_task *t = g->t;
    unsigned effects = t->effects;
    size_t news = t->news ? t->news->len : 0;
    struct lf_err why = { 0 };
    struct lf_stix s = { 0 };
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, LF_STIX_OBJECT_BYTES);
    lf_json_write(&b, o->object);
    rc = b.over ? lf_err_set(&why, LF_TOO_BIG, "an object has at most %d bytes", LF_STIX_OBJECT_BYTES)
                : lf_stix_of(o->object, &s, &why);
    if (rc == LF_OK) {
        LF_TRY(lf_db_save(t->db, e));
        rc = keep(t, g->p, o->in, &s, lf_arena_copy(t->a, lf_buf_view(&b)), &why);
        if (rc == LF_OK) {
            rc = lf_db_release(t->db, &why);
        } else {
            lf_db_undo(t->db);
            t->effects = effects;
            if (t->news)
                t->news->len = news;
        }
    }
    lf_buf_clear(&b);
    if (ours_to_mend(rc))
        return lf_err_set(e, rc, "%s", why.text);
    if (rc == LF_OK) {
        g->taken++;
    } else if (g->nrefused++ < LF_TRANSFER_REFUSED) {
        struct lf_json_w w = lf_json_w(&g->refused);

        lf_buf_byte(&g->refused, g->nrefused == 1 ? '[' : ',');
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "id", lf_view_first(lf_json_str(o->object, "id"), 300));
        lf_json_put_str(&w, "message", lf_view_of(why.text));
        lf_json_close(&w);
    }
    return LF_OK;
}

struct mark {
    int64_t event, object;
    bool found;
};

static enum lf_code take_mark(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct mark *m = ctx;

    (void)e;
    *m = (struct mark){ lf_row_int(r, 0), lf_row_int(r, 1), true };
    return LF_OK;
}

/* The parent has taken a file of ours: what it carried leaves the outbox. */
static enum lf_code receipt(struct lf_task *t, const struct lf_peer *p, int64_t number, lf_view sha,
                            struct lf_err *e)
{
    struct mark m = { 0, 0, false };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_transfer_sent_get,
                     LF_ARGS(LF_TEXT(p->id), LF_INT(number), LF_TEXT(sha)), take_mark, &m, NULL, e));
    if (!m.found) /* known already, or of a life before a restore */
        return LF_OK;
    if (m.event)
        LF_TRY(lf_incident_outgoing_ack(t, LF_V("up"), m.event, e));
    if (m.object)
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_transfer_outbox_drop, LF_ARGS(LF_INT(m.object)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_transfer_sent_drop, LF_ARGS(LF_TEXT(p->id), LF_INT(number)), e);
}

static enum lf_code take_all(struct lf_task *t, const struct lf_peer *p, const struct lf_transfer *x,
                             struct taking *g, struct lf_err *e)
{
    lf_view collection[LF_TRANSFER_PARTS] = { p->up, p->inbox, p->members };
    lf_time at[LF_TRANSFER_PARTS] = { -1, -1, -1 };
    bool parent = p->kind == LF_PEER_PARENT;
    char text[LF_TIME_TEXT];

    for (int k = LF_TRANSFER_INBOX; parent && k < LF_TRANSFER_PARTS; k++)
        LF_TRY(connects(t, p, x, (enum lf_transfer_part)k, collection[k], &at[k], e));
    for (size_t i = 0; i < x->nobjects; i++) {
        const struct lf_transfer_object *o = &x->objects[i];

        if ((o->in == LF_TRANSFER_UP) == parent)
            return lf_err_set(e, LF_UNACCEPTED,
                              "transfer: \"up\" is from below, \"inbox\" and \"members\" from above");
        if (!parent || o->added > at[o->in])
            LF_TRY(take_one(g, o, e));
    }
    for (int k = LF_TRANSFER_INBOX; parent && k < LF_TRANSFER_PARTS; k++)
        if (x->last[k] > at[k])
            LF_TRY(lf_db_exec(
                t->db, &t->scope, &lf_q_cursor_set,
                LF_ARGS(LF_TEXT(p->id), LF_TEXT(collection[k]), LF_TEXT(lf_time_micro(x->last[k], text))),
                e));
    return LF_OK;
}

enum lf_code lf_transfer_import(struct lf_task *t, lf_view text, struct lf_transfer_taken *out,
                                struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct taking g = { .t = &own };
    struct lf_transfer x;
    struct place place;
    uint8_t raw[LF_SHA256];
    char a[LF_TIME_TEXT], b[LF_TIME_TEXT];
    struct lf_peer p;
    lf_view sha;
    enum lf_code rc;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN, e));
    LF_TRY(lf_transfer_read(t->a, text, &x, e));
    LF_TRY(genuine(&own, &x, &p, e));
    LF_TRY(place_get(&own, p.id, &place, e));
    lf_sha256(x.signed_bytes, raw);
    sha = lf_hex(t->a, raw, sizeof raw);
    *out = (struct lf_transfer_taken){
        .from = p.name, .number = x.number, .objects = x.nobjects, .refused = LF_V("[]"), .theirs = x.refused
    };
    if (x.number == place.took && lf_view_eq(sha, place.took_sha)) {
        out->already = true;
        return LF_OK;
    }
    if (x.number <= place.took)
        return lf_err_set(
            e, LF_CONFLICT,
            "transfer: it is file %lld of %.*s, and file %lld was taken already; what is new comes "
            "with the next one",
            (long long)x.number, LF_FMT(p.name), (long long)place.took);
    g.p = &p;
    lf_buf_init(&g.refused, 1 << 20);
    rc = take_all(&own, &p, &x, &g, e);
    if (rc == LF_OK && g.nrefused) {
        lf_buf_byte(&g.refused, ']');
        rc = lf_buf_done(&g.refused, e);
        out->refused = lf_arena_copy(t->a, lf_buf_view(&g.refused));
    }
    lf_buf_clear(&g.refused);
    LF_TRY(rc);
    if (p.kind == LF_PEER_PARENT && x.receipt)
        LF_TRY(receipt(&own, &p, x.receipt, x.receipt_sha, e));
    if (x.receipt > place.sent) /* files of a life before a restore: the next is not one of those */
        place.sent = x.receipt;
    place.took = x.number;
    place.took_sha = sha;
    place.took_at = lf_now(t->env);
    place.refused = out->refused;
    if (p.kind == LF_PEER_CHILD && x.have[LF_TRANSFER_INBOX] >= 0)
        place.have_inbox = lf_time_micro(x.have[LF_TRANSFER_INBOX], a);
    if (p.kind == LF_PEER_CHILD && x.have[LF_TRANSFER_MEMBERS] >= 0)
        place.have_members = lf_time_micro(x.have[LF_TRANSFER_MEMBERS], b);
    LF_TRY(place_put(&own, p.id, &place, e));
    out->taken = g.taken;
    t->effects |= own.effects | LF_FX_COLLECTION | LF_FX_OUTBOX;
    return lf_audit_add(
        t, LF_V("transfer.import"), p.id,
        lf_arena_printf(
            t->a, "{\"node\":\"%.*s\",\"number\":%lld,\"objects\":%zu,\"taken\":%zu,\"sha256\":\"%.*s\"}",
            LF_FMT(p.node), (long long)x.number, x.nobjects, g.taken, LF_FMT(sha)),
        e);
}
