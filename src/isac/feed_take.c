/* What a feed brought, into its collection: once, with where it came from. */
#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_make.h"
#include "isac/feed_priv.h"
#include "isac/object.h"
#include "isac/watch.h"
#include "model/role.h"
#include "store/query_feed.h"

enum { PIECE = 200, FEW = 10 };

void feed_note(struct feed_slot *s, lf_view what, lf_view why)
{
    struct lf_json_w w = lf_json_w(&s->notes);

    if (s->nnotes++ >= LF_FEED_NOTES)
        return;
    if (s->notes.len)
        lf_buf_byte(&s->notes, ',');
    what = lf_view_first(what, 200);
    while (!lf_view_is_utf8(what))
        what.len--;
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "what", lf_view_some(what));
    lf_json_put_str(&w, "why", lf_view_first(why, 400));
    lf_json_close(&w);
}

/* ---- taking ---- */

/* Of what it says beside when it was fetched. */
static lf_view hash_of(struct lf_task *t, const struct feed_slot *s, lf_view json)
{
    char text[LF_TIME_TEXT];
    lf_view now = lf_view_first(lf_time_milli(s->ran, text), 23); /* "2026-11-21T02:48:16.123" */
    uint8_t sum[LF_SHA256];
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, json.len + 1);
    for (;;) {
        size_t at = lf_view_find(json, now);

        lf_buf_put(&b, lf_view_first(json, at));
        if (at == SIZE_MAX)
            break;
        json = lf_view_from(json, at + now.len);
    }
    lf_sha256(lf_buf_view(&b), sum);
    out = lf_hex(t->a, sum, 16);
    lf_buf_clear(&b);
    return out;
}

struct had {
    struct lf_arena *a;
    lf_view hash, part;
    int64_t run, ended;
    bool there;
};

static enum lf_code take_had(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct had *h = ctx;

    (void)e;
    h->there = true;
    h->hash = lf_arena_copy(h->a, lf_row_text(r, 0));
    h->run = lf_row_int(r, 1);
    h->part = lf_arena_copy(h->a, lf_view_some(lf_row_text(r, 2)));
    h->ended = lf_row_int(r, 3);
    return LF_OK;
}

/* A number for the matching from the grade: STIX 2.1, appendix A, credibility. */
static int64_t confidence(const struct lf_feed *f)
{
    static const int64_t of[] = { 90, 70, 50, 30, 10, 50 };

    if (f->confidence >= 0)
        return f->confidence;
    return f->grade.len == 2 ? of[f->grade.ptr[1] - '1'] : LF_WATCH_CONFIDENCE;
}

/* With the feed's TLP, where the object has none of its own: whoever set the feed up said how far what it
 * gives may go, and its author did not. */
static enum lf_code with_tlp(struct lf_task *t, const struct feed_slot *s, struct lf_stix *o, lf_view *json,
                             struct lf_err *e)
{
    const char *tlp = s->feed.tlp.len ? lf_make_tlp(s->feed.tlp) : NULL;
    const struct lf_json *had = lf_json_get(o->tree, LF_V("object_marking_refs")), **refs, **values;
    size_t n = lf_json_members(o->tree), nrefs = lf_json_kind(had) == LF_JSON_ARRAY ? lf_json_items(had) : 0,
           at = 0;
    lf_view *keys;
    struct lf_json_w w;
    struct lf_buf b;

    if (!tlp || lf_view_is(o->type, "marking-definition") || lf_view_is(o->type, "extension-definition") ||
        lf_make_tlp_of(o->tree))
        return LF_OK;
    refs = LF_NEW(t->a, const struct lf_json *, nrefs + 1);
    for (size_t i = 0; i < nrefs; i++)
        refs[i] = lf_json_item(had, i);
    refs[nrefs] = lf_json_new_string(t->a, lf_view_of(tlp));
    keys = LF_NEW(t->a, lf_view, n + 1);
    values = LF_NEW(t->a, const struct lf_json *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (lf_json_member(o->tree, i) != had) {
            keys[at] = lf_json_key(o->tree, i);
            values[at++] = lf_json_member(o->tree, i);
        }
    keys[at] = LF_V("object_marking_refs");
    values[at++] = lf_json_new_array(t->a, nrefs + 1, refs);
    lf_buf_init(&b, (size_t)LF_STIX_OBJECT_BYTES * 2);
    w = lf_json_w(&b);
    lf_json_put(&w, NULL, lf_json_new_object(t->a, at, keys, values));
    *json = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return lf_stix_read(t->a, *json, o, e);
}

/* What it is looked for with, where the object itself does not say: the object stays as it is. */
static enum lf_code watch(struct lf_task *t, const struct feed_slot *s, const struct lf_stix *o, int64_t seq,
                          bool met, struct lf_err *e)
{
    struct lf_stix sure = *o;
    size_t n = lf_json_members(o->tree);
    const struct lf_json **values;
    lf_view *keys;

    if (!lf_view_is(o->type, "indicator"))
        return LF_OK;
    if (!lf_json_get(o->tree, LF_V("confidence"))) {
        keys = LF_NEW(t->a, lf_view, n + 1);
        values = LF_NEW(t->a, const struct lf_json *, n + 1);
        for (size_t i = 0; i < n; i++) {
            keys[i] = lf_json_key(o->tree, i);
            values[i] = lf_json_member(o->tree, i);
        }
        keys[n] = LF_V("confidence");
        values[n] = lf_json_new_number(t->a, lf_arena_printf(t->a, "%d", (int)confidence(&s->feed)));
        sure.tree = lf_json_new_object(t->a, n + 1, keys, values);
    }
    return lf_watch_post(t, &sure, seq, met, e);
}

struct lf_task feed_task(const struct lf_task *t, const struct feed_slot *s)
{
    struct lf_task own = *t;

    own.scope = (struct lf_scope){ .org = t->self->org,
                                   .account = lf_arena_printf(t->a, "feed:%.*s", LF_FMT(s->feed.id)),
                                   .roles = LF_ROLE_SHARE };
    return own;
}

static lf_view part_name(const struct feed_slot *s)
{
    return s->want == WANT_PART && s->part < s->nparts ? s->parts[s->part].name : LF_V("");
}

static void refuse(struct feed_slot *s, lf_view id, const char *why)
{
    s->refused++;
    feed_note(s, id, lf_view_of(why));
}

/* An id that this feed did not give: is it another's here?  *same: this very version is. */
static enum lf_code anothers(struct lf_task *t, const struct feed_slot *s, const struct lf_stix *o, bool *is,
                             bool *same, struct lf_err *e)
{
    struct lf_object_filter *f;
    const struct lf_object *found;
    lf_view id = o->id;
    struct lf_watch_row row;
    enum lf_code rc;
    bool more;
    size_t n;

    *same = false;
    LF_TRY(lf_object_known(t, NULL, s->feed.collection, id, is, e));
    if (*is) {
        f = LF_NEW(t->a, struct lf_object_filter, 1);
        *f = (struct lf_object_filter){
            .after = -1, .limit = 1, .nid = 1, .id = { id }, .nversion = 1, .version = { o->version_at }
        };
        LF_TRY(lf_object_list(t, s->feed.collection, f, &n, &found, &more, e));
        *same = n > 0;
        return LF_OK;
    }
    rc = lf_watch_get(t, id, &row, e);
    *is = rc == LF_OK;
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

struct step {
    struct lf_task *own, *node;
    struct lf_object_batch *batch;
};

static enum lf_code one(struct step *p, struct feed_slot *s, lf_view json, struct lf_err *e)
{
    struct lf_scope node = feed_scope(p->node);
    struct had had = { .a = p->node->a };
    lf_view hash = hash_of(p->node, s, json), part = part_name(s);
    struct lf_err why = { 0 };
    bool fresh = false, is = false, same = false;
    lf_time now = lf_now(p->node->env);
    struct lf_stix o;
    enum lf_code rc;

    rc = lf_stix_read(p->node->a, json, &o, &why);
    if (rc == LF_OK)
        rc = with_tlp(p->node, s, &o, &json, &why);
    if (rc != LF_OK) {
        refuse(s, lf_view_first(json, 80), why.text);
        return LF_OK;
    }
    feed_vulnerability(s, &o);
    LF_TRY(lf_db_run(p->node->db, &node, &lf_q_feed_object_get, LF_ARGS(LF_TEXT(o.id), LF_TEXT(s->feed.id)),
                     take_had, &had, NULL, e));
    if (had.there && !had.ended && lf_view_eq(had.hash, hash)) {
        s->same++;
        if (had.run == s->run && lf_view_eq(had.part, part))
            return LF_OK;
        return lf_db_exec(p->node->db, &node, &lf_q_feed_object_seen,
                          LF_ARGS(LF_INT(s->run), LF_TEXT(part), LF_TEXT(o.id), LF_TEXT(s->feed.id)), e);
    }
    if (!had.there)
        LF_TRY(anothers(p->node, s, &o, &is, &same, e));
    if (is) {
        /* Observables and what all use (TLP's markings) are nobody's: the same of everybody. */
        if (!same && o.version_at && !lf_view_is(o.type, "marking-definition"))
            refuse(
                s, o.id,
                "another source gave an object of this id; a feed makes no version of what is not its own");
        else
            s->same++;
        return LF_OK;
    }
    if (!p->batch)
        LF_TRY(lf_object_batch_open(p->own, s->feed.collection, PIECE, &p->batch, e));
    rc = lf_object_batch_post(p->own, p->batch, &o, json, &fresh, &why);
    if (rc == LF_OK && fresh)
        rc = watch(p->own, s, &o, lf_object_batch_seq(p->batch), lf_object_batch_met(p->batch), &why);
    if (rc == LF_UNACCEPTED || rc == LF_BAD_INPUT || rc == LF_TOO_BIG) {
        refuse(s, o.id, why.text);
        return LF_OK;
    }
    if (rc != LF_OK) {
        *e = why;
        return rc;
    }
    if (fresh)
        LF_TRY(feed_news(p->own, s, &o, e));
    if (had.there)
        s->other++;
    else
        s->fresh++;
    if (had.there)
        return lf_db_exec(p->node->db, &node, &lf_q_feed_object_set,
                          LF_ARGS(LF_TEXT(hash), LF_TEXT(part), LF_INT(now), LF_TEXT(s->doc_sha256),
                                  LF_INT(s->run), LF_TEXT(o.id), LF_TEXT(s->feed.id)),
                          e);
    return lf_db_exec(p->node->db, &node, &lf_q_feed_object_add,
                      LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(o.id), LF_TEXT(part), LF_TEXT(hash), LF_INT(now),
                              LF_TEXT(s->doc_sha256), LF_INT(s->run)),
                      e);
}

static enum lf_code met(struct lf_task *t, const struct feed_slot *s, lf_view id, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);

    if (!lf_view_is_text(id, 1, 300))
        return LF_OK;
    return lf_db_exec(t->db, &node, &lf_q_feed_object_seen,
                      LF_ARGS(LF_INT(s->run), LF_TEXT(LF_V("")), LF_TEXT(id), LF_TEXT(s->feed.id)), e);
}

enum lf_code feed_take(struct lf_task *t, struct feed_slot *s, bool *done, struct lf_err *e)
{
    struct lf_task own = feed_task(t, s);
    struct step p = { &own, t, NULL };
    size_t end = s->taken + PIECE < s->nmade ? s->taken + PIECE : s->nmade;
    lf_time began = lf_tick(t->env);

    for (size_t i = s->taken; i < end; i++) {
        LF_TRY(feed_walks(s)              ? met(t, s, s->made[i], e)
               : feed_rss(s->feed.format) ? feed_rss_take(&own, s, s->made[i], e)
                                          : one(&p, s, s->made[i], e));
        if (lf_tick(t->env) - began > FEED_SLICE)
            end = i + 1;
    }
    s->taken = end;
    t->effects |= own.effects;
    *done = s->taken == s->nmade;
    return LF_OK;
}

/* ---- ending ---- */

static bool ours(const struct feed_slot *s)
{
    return lf_view_is(s->feed.format, "list") || lf_view_is(s->feed.format, "csv");
}

/* The version after it, in which its time is over.  Not a revocation: a value may come back, and nothing
 * follows what was revoked. */
static enum lf_code expire(struct lf_task *own, struct feed_slot *s, const struct lf_object *o,
                           struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512 };
    struct lf_object_batch *batch;
    const struct lf_json *was;
    lf_time now = lf_now(own->env), from = 0;
    char text[LF_TIME_TEXT];
    struct lf_stix next;
    struct lf_json_w w;
    struct lf_buf b;
    lf_view json;
    bool fresh;

    if (now <= o->version_at)
        now = o->version_at + LF_MSEC;
    LF_TRY(lf_json_parse(own->a, o->json, &limits, &was, e));
    if (lf_json_bool(was, "revoked", false))
        return LF_OK; /* a person did, and nothing follows that */
    if (lf_time_parse(lf_json_str(was, "valid_from"), &from, NULL) == LF_OK && now <= from)
        now = from + LF_MSEC;
    lf_buf_init(&b, o->json.len + 200);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < lf_json_members(was); i++) {
        char *key = lf_arena_cstr(own->a, lf_json_key(was, i));

        if (strcmp(key, "modified") == 0)
            lf_json_put_str(&w, key, lf_time_micro(now, text));
        else if (strcmp(key, "valid_until") != 0)
            lf_json_put(&w, key, lf_json_member(was, i));
    }
    lf_json_put_str(&w, "valid_until", lf_time_micro(now, text));
    lf_json_close(&w);
    json = lf_arena_copy(own->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_stix_read(own->a, json, &next, e));
    LF_TRY(lf_object_batch_open(own, s->feed.collection, 1, &batch, e));
    LF_TRY(lf_object_batch_post(own, batch, &next, json, &fresh, e));
    return lf_watch_post(own, &next, lf_object_batch_seq(batch), true, e);
}

static enum lf_code end_one(struct lf_task *t, struct lf_task *own, struct feed_slot *s, lf_view id,
                            struct lf_err *e)
{
    struct lf_object_filter *f = LF_NEW(t->a, struct lf_object_filter, 1);
    const struct lf_object *o;
    struct lf_watch_row watched;
    bool more;
    size_t n;

    *f = (struct lf_object_filter){ .after = -1, .limit = 100, .bodies = true, .nid = 1, .id = { id } };
    f->v_all = !ours(s);
    f->v_last = ours(s);
    LF_TRY(lf_rights_open(own, LF_V(""), &f->rights, e)); /* what it gave it sees */
    LF_TRY(lf_object_list(own, s->feed.collection, f, &n, &o, &more, e));
    if (ours(s))
        return n ? expire(own, s, &o[n - 1], e) : LF_OK;
    LF_TRY(lf_watch_deleting(t, id, &watched, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(lf_object_delete(t, s->feed.collection, &o[i], e));
    return lf_watch_deleted(t, &watched, e);
}

enum lf_code feed_may_end(struct lf_task *t, struct feed_slot *s, lf_view part, bool *may, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    int64_t left, stands, both;

    *may = false;
    if (!s->feed.gone)
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &node, &lf_q_feed_object_left,
                     LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(part), LF_INT(s->run)), &left, e));
    if (!left)
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &node, &lf_q_feed_object_stands,
                     LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(part), LF_INT(s->run)), &stands, e));
    both = left + stands;
    *may = part.len || s->by_hand || s->ended || both < FEW || left <= stands;
    if (!*may)
        feed_note(s, s->feed.name,
                  lf_arena_printf(
                      &s->a,
                      "%lld of %lld are not in it any more; none is ended before a person runs the feed",
                      (long long)left, (long long)both));
    return LF_OK;
}

enum lf_code feed_unmet(struct lf_task *t, const struct feed_slot *s, lf_view part, size_t most, lf_view *ids,
                        size_t *n, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    const lf_view *v;

    LF_TRY(lf_db_texts(t->db, &node, &lf_q_feed_object_gone,
                       LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(part), LF_INT(s->run), LF_INT((int64_t)most)),
                       t->a, most, n, &v, e));
    memcpy(ids, v, *n * sizeof *ids);
    return LF_OK;
}

enum lf_code feed_end_one(struct lf_task *t, struct feed_slot *s, lf_view id, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    struct lf_task own = feed_task(t, s);

    LF_TRY(end_one(t, &own, s, id, e));
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_feed_object_end,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id), LF_TEXT(s->feed.id)), e));
    t->effects |= own.effects;
    s->ended++;
    return LF_OK;
}

enum lf_code feed_end(struct lf_task *t, struct feed_slot *s, lf_view part, bool *done, struct lf_err *e)
{
    lf_view *ids = LF_NEW(t->a, lf_view, PIECE);
    size_t n = 0;
    bool may;

    LF_TRY(feed_may_end(t, s, part, &may, e));
    if (may)
        LF_TRY(feed_unmet(t, s, part, PIECE, ids, &n, e));
    for (size_t i = 0; i < n; i++)
        LF_TRY(feed_end_one(t, s, ids[i], e));
    *done = n < PIECE;
    return LF_OK;
}
