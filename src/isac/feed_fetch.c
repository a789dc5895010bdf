/* Feeds being fetched: what is due is asked for, answers are led to their places. */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "fmt/uri.h"
#include "isac/feed_priv.h"
#include "store/query_feed.h"

/* Log codes: LF2310 a feed failed. */

enum {
    PARTS_RUN = 500, /* documents that one run fetches */
    PAGES_RUN = 500, /* pages that one run fetches */
    GRACE_S = 30,    /* an answer that is this much later than the relay would wait was forgotten by it */
    LOOK_S = 60      /* the clock may step: looked at at least so often */
};
#define REST_LEAST LF_MINUTE
#define REST_MOST (6 * LF_HOUR)

struct lf_feeds *lf_feeds_create(void)
{
    struct lf_feeds *f = calloc(1, sizeof *f);

    if (!f)
        LF_BUG("out of memory for the feeds");
    return f;
}

static void release(struct feed_slot *s)
{
    feed_read_end(s);
    lf_arena_clear(&s->a);
    lf_arena_clear(&s->doc);
    lf_buf_clear(&s->notes);
    *s = (struct feed_slot){ .phase = FREE };
}

void lf_feeds_forget(struct lf_feeds *f)
{
    for (size_t i = 0; i < LF_FEED_SLOTS; i++)
        release(&f->slot[i]);
}

void lf_feeds_destroy(struct lf_feeds *f)
{
    if (f)
        lf_feeds_forget(f);
    free(f);
}

bool lf_feeds_owns(uint64_t call)
{
    return (call & FEED_CALLS) != 0;
}

/* Whose work it is that fails, when it does: what a database refuses of one feed must not stop the others,
 * and would be tried again for ever. */
static void blame(struct lf_feeds *f, const struct feed_slot *s)
{
    (void)snprintf(f->at_work, sizeof f->at_work, "%.*s", LF_FMT(lf_view_first(s->feed.id, 63)));
}

static void accuse(struct lf_feeds *f, const struct lf_err *e)
{
    if (!f->at_work[0] || (e->code != LF_BAD_INPUT && e->code != LF_UNACCEPTED && e->code != LF_TOO_BIG))
        return;
    (void)snprintf(f->ill, sizeof f->ill, "%s", f->at_work);
    (void)snprintf(f->why, sizeof f->why, "%.300s", e->text);
}

static lf_time random_below(struct lf_task *t, lf_time most)
{
    uint64_t r;

    lf_random(t->env, &r, sizeof r);
    return most > 0 ? (lf_time)(r % (uint64_t)most) : 0;
}

/* ---- ends ---- */

/* A sentence that any database takes, whoever it is from. */
static lf_view plain(struct lf_arena *a, lf_view why)
{
    char *out;

    why = lf_view_first(why, 400);
    while (!lf_view_is_utf8(why))
        why.len--;
    out = lf_arena_cstr(a, why);
    for (size_t i = 0; i < why.len; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
            out[i] = ' ';
    return (lf_view){ out, why.len };
}

/* What the run did, for people; the oldest goes. */
static enum lf_code recorded(struct lf_task *t, const struct feed_slot *s, bool unchanged, lf_view trouble,
                             struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    lf_time now = lf_now(t->env);

    LF_TRY(lf_db_exec(t->db, &node, &lf_q_feed_run_put,
                      LF_ARGS(LF_TEXT(s->feed.id), LF_INT(s->run), LF_INT(s->ran ? s->ran : now), LF_INT(now),
                              LF_INT(unchanged), LF_TEXT(trouble), LF_INT(s->fresh), LF_INT(s->other),
                              LF_INT(s->same), LF_INT(s->refused), LF_INT(s->lost), LF_INT(s->ended)),
                      e));
    return lf_db_exec(t->db, &node, &lf_q_feed_run_drop,
                      LF_ARGS(LF_TEXT(s->feed.id), LF_INT(s->run - LF_FEED_RUNS)), e);
}

static enum lf_code failed(struct lf_task *t, struct feed_slot *s, lf_view why, lf_time at_least,
                           struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    int64_t failures = s->feed.failures + 1;
    lf_time most = failures > 9 ? REST_MOST : REST_LEAST << (failures - 1), next;
    char text[500];
    enum lf_code rc;

    most = most > REST_MOST ? REST_MOST : most;
    next = most / 2 + random_below(t, most / 2 + 1);
    next = lf_now(t->env) + (next > at_least ? next : at_least + random_below(t, at_least / 10 + 1));
    if (!s->feed.every)
        next = LF_TIME_MAX;
    why = plain(t->a, why);
    if ((failures & (failures - 1)) == 0) {
        char name[200];

        lf_log(t->env->log, LF_LOG_WARN, "LF2310", "feed=%s failures=%lld why=%s",
               lf_log_text(s->feed.name, name, sizeof name), (long long)failures,
               lf_log_text(why, text, sizeof text));
    }
    rc = lf_db_exec(
        t->db, &node, &lf_q_feed_failed,
        LF_ARGS(LF_INT(next), LF_INT(failures), LF_TEXT(why), LF_TEXT(s->feed.id), LF_INT(s->run)), e);
    if (rc == LF_OK)
        rc = recorded(t, s, false, why, e);
    release(s);
    return rc;
}

static enum lf_code finish(struct lf_task *t, struct feed_slot *s, bool unchanged, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    const struct lf_feed *f = &s->feed;
    lf_time now = lf_now(t->env), every = f->every, next;
    lf_view said = lf_buf_view(&s->notes);
    lf_view notes =
        lf_arena_printf(t->a, "[%.*s]", s->notes.over ? 0 : (int)said.len, said.len ? said.ptr : "");
    bool again, nothing = unchanged || !(s->fresh + s->other + s->same + s->refused + s->lost + s->ended);
    enum lf_code rc;

    /* Soon again only when something was done for good: else the same would be asked for without rest. */
    again = s->later ||
            s->missing; /* the index is looked at whole the next time, whether it changed or not */
    next = s->later && (s->kept || s->pages) ? now + LF_SECOND
           : every                           ? now + every - every / 10 + random_below(t, every / 5 + 1)
                                             : LF_TIME_MAX;
    if (unchanged)
        notes = f->notes;
    rc = lf_db_exec(t->db, &node, &lf_q_feed_done,
                    LF_ARGS(LF_INT(next), LF_TEXT(lf_view_some(again ? LF_V("") : s->etag)),
                            LF_TEXT(lf_view_some(again ? LF_V("") : s->modified)),
                            LF_TEXT(lf_view_some(again ? LF_V("") : s->sha256)), LF_INT(now),
                            LF_TEXT(LF_V("")), LF_TEXT(notes), LF_INT(nothing ? f->fresh : s->fresh),
                            LF_INT(nothing ? f->other : s->other), LF_INT(nothing ? f->same : s->same),
                            LF_INT(nothing ? f->refused : s->refused), LF_INT(nothing ? f->lost : s->lost),
                            LF_INT(nothing ? f->ended : s->ended), LF_TEXT(f->id), LF_INT(s->run)),
                    e);
    if (rc == LF_OK)
        rc = recorded(t, s, unchanged, LF_V(""), e);
    release(s);
    return rc;
}

/* ---- parts ---- */

struct parts_had {
    struct feed_slot *s;
    struct feed_part *v;
    size_t n, cap;
};

static enum lf_code on_part(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct parts_had *h = ctx;

    (void)e;
    h->v = lf_arena_grow(&h->s->a, h->v, h->n, &h->cap, sizeof *h->v);
    h->v[h->n++] = (struct feed_part){ .name = lf_arena_copy(&h->s->a, lf_row_text(r, 0)),
                                       .stamp = lf_arena_copy(&h->s->a, lf_view_some(lf_row_text(r, 1))) };
    return LF_OK;
}

/* What is new or has another stamp stays in s->parts; what the index has no more is s->left. */
static enum lf_code compare_parts(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    struct parts_had h = { .s = s };
    struct lf_map map;
    bool *met;
    size_t n = 0;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_feed_part_list, LF_ARGS(LF_TEXT(s->feed.id)), on_part, &h, NULL, e));
    met = LF_NEW(&s->a, bool, h.n + 1);
    lf_map_init(&map, (uint64_t)random_below(t, INT64_MAX));
    for (size_t i = 0; i < h.n; i++)
        lf_map_set(&map, h.v[i].name, i);
    for (size_t i = 0; i < s->nparts; i++) {
        uint64_t at;
        bool there = lf_map_get(&map, s->parts[i].name, &at);

        if (there)
            met[at] = true;
        if (!there || !s->parts[i].stamp.len || !lf_view_eq(h.v[at].stamp, s->parts[i].stamp))
            s->parts[n++] = s->parts[i];
    }
    lf_map_clear(&map);
    s->left = LF_NEW(&s->a, struct feed_part, h.n + 1);
    for (size_t i = 0; i < h.n; i++)
        if (!met[i])
            s->left[s->nleft++] = h.v[i];
    if (!s->by_hand && h.n >= 10 && 2 * s->nleft > h.n) {
        feed_note(
            s, s->feed.name,
            LF_V(
                "most documents are not in the index any more; none is ended before a person runs the feed"));
        s->nleft = 0;
    }
    s->nparts = n;
    if (n > PARTS_RUN) {
        s->nparts = PARTS_RUN;
        s->nleft = 0;
        s->later = true;
    }
    return LF_OK;
}

static enum lf_code part_taken(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    const struct feed_part *p = &s->parts[s->part];

    s->kept += p->stamp.len > 0;
    return lf_db_exec(t->db, &node, &lf_q_feed_part_put,
                      LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(p->name), LF_TEXT(p->stamp), LF_INT(s->run)), e);
}

static enum lf_code save_position(struct lf_task *t, struct feed_slot *s, lf_view position, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);

    s->feed.position = lf_arena_copy(&s->a, position);
    return lf_db_exec(t->db, &node, &lf_q_feed_position, LF_ARGS(LF_TEXT(position), LF_TEXT(s->feed.id)), e);
}

static void forget_document(struct feed_slot *s)
{
    lf_arena_clear(&s->doc);
    s->made = NULL;
    s->nmade = s->taken = s->capmade = s->bytes = 0;
    s->vulnerable = NULL;
    s->nvulnerable = s->capvulnerable = 0;
    s->catalogue = false;
}

/* After the indexes, or after one part. */
enum lf_code feed_next_part(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    forget_document(s);
    s->hops = 0;
    if (s->part < s->nparts) {
        s->want = WANT_PART;
        feed_ask(f, t, s, feed_taxii1(s->feed.format) ? feed_main_url(s) : s->parts[s->part].url);
        return LF_OK;
    }
    if (s->at_left < s->nleft) {
        s->phase = ENDING;
        return LF_OK;
    }
    if (feed_pushes(s->feed.format) && s->position.len)
        LF_TRY(save_position(t, s, s->position, e));
    return finish(t, s, false, e);
}

/* ---- after a document ---- */

static void ask_manifest(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, enum feed_want want)
{
    forget_document(s);
    s->hops = 0;
    s->want = want;
    feed_ask(f, t, s, feed_manifest_url(s));
}

/* All that is new is here: perhaps something is there no more. */
static enum lf_code begin_walk(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    bool due;

    LF_TRY(feed_walk_due(t, s, &due, e));
    if (!due)
        return finish(t, s, false, e);
    s->pages = 0;
    s->next_page = s->walked_to = LF_V("");
    ask_manifest(f, t, s, WANT_MANIFEST);
    return LF_OK;
}

static enum lf_code walked(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    bool on = s->more && (s->next_page.len || !lf_view_eq(s->position, s->walked_to));

    if (++s->pages >= PAGES_RUN || (s->want == WANT_MANIFEST && s->more && !on)) {
        feed_note(s, s->url,
                  LF_V("the manifest was not walked to its end: not all that was deleted is noticed"));
        return finish(t, s, false, e);
    }
    if (s->want == WANT_MANIFEST && on) {
        s->walked_to = s->position;
        ask_manifest(f, t, s, WANT_MANIFEST);
        return LF_OK;
    }
    if (s->want == WANT_SURE)
        LF_TRY(feed_missing_end(t, s, e));
    LF_TRY(feed_missing(t, s, e));
    if (s->nsure) {
        ask_manifest(f, t, s, WANT_SURE);
        return LF_OK;
    }
    LF_TRY(feed_walk_done(t, s, e));
    return finish(t, s, false, e);
}

/* The place behind this page: with `next` the same question goes on; only without it the time alone counts,
 * as objects added at one instant may stand on both sides of a page's end. */
static enum lf_code page_taken(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    lf_view after = lf_view_first(s->feed.position, lf_view_find_byte(s->feed.position, '|'));
    lf_view last = s->position.len ? s->position : after;

    if (s->more && s->next_page.len)
        LF_TRY(
            save_position(t, s, lf_arena_printf(t->a, "%.*s|%.*s", LF_FMT(after), LF_FMT(s->next_page)), e));
    else if (last.len)
        LF_TRY(save_position(t, s, last, e));
    if (!s->more)
        return begin_walk(f, t, s, e);
    if (++s->pages >= PAGES_RUN) { /* another run goes on from here */
        s->later = true;
        return finish(t, s, false, e);
    }
    if (!s->next_page.len && lf_view_eq(last, after))
        return failed(t, s, LF_V("the server says that there is more, but not from where"), 0, e);
    forget_document(s);
    s->hops = 0;
    feed_ask(f, t, s, feed_main_url(s));
    return LF_OK;
}

static enum lf_code document_taken(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                                   struct lf_err *e)
{
    if (feed_walks(s))
        return walked(f, t, s, e);
    if (lf_view_is(s->feed.format, "taxii") || lf_view_is(s->feed.format, "taxii1"))
        return page_taken(f, t, s, e);
    if (s->want == WANT_PART)
        LF_TRY(part_taken(t, s, e));
    else if (!s->nmade) {
        feed_note(s, s->url, LF_V("the document holds nothing; what it had before stays"));
        return finish(t, s, false, e);
    }
    s->phase = ENDING;
    return LF_OK;
}

static enum lf_code ending(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    bool in_part = s->want == WANT_PART && s->part < s->nparts, done;
    bool left = !in_part && feed_has_parts(s->feed.format);
    lf_view part = in_part ? s->parts[s->part].name : left ? s->left[s->at_left].name : LF_V("");

    LF_TRY(feed_end(t, s, part, &done, e));
    if (!done)
        return LF_OK;
    if (!in_part && !left)
        return finish(t, s, false, e);
    if (in_part) {
        s->part++;
    } else {
        LF_TRY(
            lf_db_exec(t->db, &node, &lf_q_feed_part_delete, LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(part)), e));
        s->at_left++;
    }
    return feed_next_part(f, t, s, e);
}

/* ---- answers ---- */

static enum lf_code redirected(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                               const struct lf_http_response *p, struct lf_err *e)
{
    lf_view to = lf_http_answer_get(p, "location"), path, query, url, origin;

    if (!to.len)
        return failed(t, s, LF_V("the server leads elsewhere and does not say where"), 0, e);
    if (++s->hops > LF_FEED_HOPS)
        return failed(t, s, LF_V("the server leads from place to place: more than five redirects"), 0, e);
    url = feed_resolve(&s->a, s->url, to);
    origin = lf_uri_origin(t->a, url, &path, &query);
    if (!origin.len || url.len > LF_FEED_URL)
        return failed(t, s, LF_V("the server leads to what is no address of http or https"), 0, e);
    if (lf_view_starts(s->url, LF_V("https://")) && !lf_view_starts(origin, LF_V("https://")))
        return failed(t, s, LF_V("the server leads from https to http: refused"), 0, e);
    feed_ask(f, t, s, url);
    return LF_OK;
}

/* A document of many that cannot be had or read does not keep the others. */
enum lf_code feed_skip(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view why, bool known,
                       struct lf_err *e)
{
    s->refused++;
    feed_note(s, s->parts[s->part].name, why);
    s->adding = false;
    if (known && !feed_pushes(s->feed.format))
        LF_TRY(part_taken(t, s, e));
    s->missing |= !known;
    s->part++;
    return feed_next_part(f, t, s, e);
}

/* What a server says that is to be kept: text as a database takes it, whole or not at all. */
static lf_view kept_text(struct lf_arena *a, lf_view v, size_t most)
{
    return lf_view_is_text(v, 0, most) ? lf_arena_copy(a, v) : LF_V("");
}

/* The centre does not know its own result any more: from the time before. */
static enum lf_code from_before(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    s->restarted = true;
    LF_TRY(save_position(t, s, lf_view_first(s->feed.position, lf_view_find_byte(s->feed.position, '|')), e));
    feed_ask(f, t, s, feed_main_url(s));
    return LF_OK;
}

/* What an index leads to. */
static enum lf_code index_read(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    if (lf_view_is(s->feed.format, "taxii")) {
        s->hops = 0;
        if (s->service.len)
            s->want = WANT_MAIN;
        feed_ask(f, t, s, s->service.len ? feed_main_url(s) : s->lead);
        return LF_OK;
    }
    if (s->index < s->nindexes) {
        s->want = WANT_INDEX;
        s->hops = 0;
        feed_ask(f, t, s, s->indexes[s->index++]);
        return LF_OK;
    }
    LF_TRY(compare_parts(t, s, e));
    return lf_view_is(s->feed.format, "csaf-provider") ? feed_keys_next(f, t, s, e)
                                                       : feed_next_part(f, t, s, e);
}

/* After a piece of the document was read; rc and *why: how that went. */
static enum lf_code document_read(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, enum lf_code rc,
                                  const struct lf_err *why, struct lf_err *e)
{
    if (rc != LF_OK) {
        if (s->want == WANT_PART)
            return feed_skip(f, t, s, lf_view_of(why->text), true, e);
        if (feed_taxii1(s->feed.format) && lf_view_find_byte(s->feed.position, '|') != SIZE_MAX &&
            !s->restarted)
            return from_before(f, t, s, e);
        return failed(t, s, lf_view_of(why->text), 0, e);
    }
    if (s->as_before)
        return finish(t, s, true, e);
    if (!s->reading && feed_is_index(s))
        return index_read(f, t, s, e);
    s->phase = s->reading ? READING : TAKING;
    return LF_OK;
}

enum lf_code feed_read_document(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                                struct lf_err *e)
{
    struct lf_err why = { 0 };
    enum lf_code rc = feed_read(t, s, body, &why);

    return document_read(f, t, s, rc, &why, e);
}

static enum lf_code read_on(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_err why = { 0 };
    enum lf_code rc = feed_read_on(t, s, &why);

    return document_read(f, t, s, rc, &why, e);
}

/* Work that goes on by itself, a piece a turn. */
static bool busy(const struct feed_slot *s)
{
    return s->phase == READING || s->phase == TAKING || s->phase == ENDING;
}

static enum lf_code document(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                             const struct lf_http_response *p, struct lf_err *e)
{
    bool taxii = lf_view_is(s->feed.format, "taxii");
    lf_view body, last = lf_http_answer_get(p, "x-taxii-date-added-last");
    lf_time at;

    if (feed_tells_of_news(s)) {
        s->etag = kept_text(&s->a, lf_http_answer_get(p, "etag"), 500);
        s->modified = kept_text(&s->a, lf_http_answer_get(p, "last-modified"), 100);
    }
    forget_document(s);
    body = lf_arena_copy(&s->doc, p->body); /* the message it came in does not stay */
    if (feed_is_index(s))
        return feed_read_document(f, t, s, body, e);
    s->position = LF_V("");
    if (taxii && last.len <= 40 && lf_time_parse(last, &at, NULL) == LF_OK)
        s->position = lf_arena_copy(&s->a, last);
    if (s->want == WANT_PART && lf_view_is(s->feed.format, "csaf-provider"))
        return feed_prove(f, t, s, body, e);
    return feed_read_document(f, t, s, body, e);
}

/* Where the services are, and what an inbox said to a report. */
static enum lf_code taxii1(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                           struct lf_err *e)
{
    enum feed_taxii1_fate fate;
    struct lf_err why = { 0 };

    lf_arena_clear(&s->doc);
    body = lf_arena_copy(&s->doc, body);
    if (s->want == WANT_INDEX) {
        if (feed_taxii1_service(s, body, &s->service, &why) != LF_OK)
            return failed(t, s, lf_view_of(why.text), 0, e);
        s->want = WANT_MAIN;
        if (feed_pushes(s->feed.format))
            return feed_next_part(f, t, s, e);
        feed_ask(f, t, s, feed_main_url(s));
        return LF_OK;
    }
    if (feed_taxii1_pushed(s, body, &fate, &why) != LF_OK || fate == TAXII1_LATER)
        return failed(t, s, lf_view_of(why.text), 0, e);
    if (fate == TAXII1_REFUSED)
        return feed_skip(f, t, s, lf_view_of(why.text), false, e);
    s->fresh += fate == TAXII1_TAKEN;
    s->same += fate == TAXII1_KNOWN;
    s->part++;
    return feed_next_part(f, t, s, e);
}

/* What a server said to an event, or to the question which it wants. */
static enum lf_code pushed(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                           const struct lf_http_response *p, struct lf_err *e)
{
    lf_view said = lf_arena_printf(t->a, "the server answered %d %s", p->status, lf_http_reason(p->status));
    bool adding = s->adding;
    struct lf_err why = { 0 };

    s->adding = false;
    if (s->want == WANT_MAIN && p->status == 200) {
        if (feed_push_wanted(t, s, p->body, &why) != LF_OK)
            return failed(t, s, lf_view_of(why.text), 0, e);
        return feed_next_part(f, t, s, e);
    }
    if (s->want == WANT_MAIN && (p->status == 404 || p->status == 405)) /* it cannot be asked: all of them */
        return feed_next_part(f, t, s, e);
    if (s->want == WANT_MAIN || p->status < 300 ? p->status != 200 : p->status == 429 || p->status >= 500)
        return failed(t, s, said, feed_retry_after(t, p), e);
    if (p->status == 404 && !adding) {
        s->adding = true;
        feed_ask(f, t, s, lf_arena_printf(t->a, "%.*s/events/add/metadata:1", LF_FMT(feed_folder(s))));
        return LF_OK;
    }
    if (p->status != 200)
        return feed_skip(f, t, s, said, false, e);
    if (adding)
        s->fresh++;
    else
        s->other++;
    s->part++;
    return feed_next_part(f, t, s, e);
}

/* Whether the feed is still the one the run began with.  One that was changed is due at once, and one that
 * was removed brings nothing more. */
static enum lf_code still(struct lf_task *t, struct feed_slot *s, bool *is, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    int64_t changed = -1;
    enum lf_code rc = lf_db_int(t->db, &node, &lf_q_feed_changed, LF_ARGS(LF_TEXT(s->feed.id)), &changed, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    *is = rc == LF_OK && changed == s->feed.changed;
    if (!*is)
        release(s);
    return LF_OK;
}

static enum lf_code answered(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                             const struct lf_call_result *r, struct lf_err *e);

enum lf_code lf_feeds_result(struct lf_feeds *f, struct lf_task *t, const struct lf_call_result *r,
                             struct lf_err *e)
{
    struct feed_slot *s = NULL;
    enum lf_code rc;
    bool is;

    for (size_t i = 0; i < LF_FEED_SLOTS; i++)
        if (f->slot[i].phase == ASKING && f->slot[i].call == r->id)
            s = &f->slot[i];
    if (!s)
        return LF_OK;
    blame(f, s);
    rc = still(t, s, &is, e);
    if (rc == LF_OK && is)
        rc = answered(f, t, s, r, e);
    if (rc != LF_OK) {
        accuse(f, e);
        lf_feeds_forget(f);
    }
    return rc;
}

static enum lf_code answered(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                             const struct lf_call_result *r, struct lf_err *e)
{
    const struct lf_http_response *p = &r->response;
    lf_view why;

    if (r->code != LF_OK) {
        if (feed_proving(s) && r->code == LF_TOO_BIG)
            return feed_proof_came(f, t, s, LF_V(""), e);
        if (s->want == WANT_PART && (r->code == LF_TOO_BIG || r->code == LF_BAD_INPUT))
            return feed_skip(f, t, s, r->why, true, e);
        return failed(t, s, r->why, 0, e);
    }
    if (feed_taxii1(s->feed.format) && p->status == 200 &&
        (s->want != WANT_MAIN || feed_pushes(s->feed.format)))
        return taxii1(f, t, s, p->body, e);
    if (feed_pushes(s->feed.format) && !feed_taxii1(s->feed.format))
        return pushed(f, t, s, p, e);
    if (p->status == 304 && s->want == WANT_MAIN) {
        s->etag = s->feed.etag;
        s->modified = s->feed.modified;
        s->sha256 = s->feed.sha256;
        return finish(t, s, true, e);
    }
    if (p->status == 301 || p->status == 302 || p->status == 303 || p->status == 307 || p->status == 308)
        return redirected(f, t, s, p, e);
    if (feed_proving(s) && p->status / 100 != 5 && p->status != 429)
        return feed_proof_came(f, t, s, p->status == 200 ? p->body : LF_V(""), e);
    if (p->status == 200)
        return document(f, t, s, p, e);
    why = lf_arena_printf(t->a, "the server answered %d %s", p->status, lf_http_reason(p->status));
    if (s->want == WANT_PART && (p->status == 404 || p->status == 410))
        return feed_skip(f, t, s, why, false, e);
    if (feed_walks(s) && p->status >= 400 && p->status < 500 && p->status != 401 && p->status != 429) {
        feed_note(s, s->url,
                  lf_arena_printf(t->a, "%.*s: what was deleted there is not noticed", LF_FMT(why)));
        LF_TRY(feed_walk_done(t, s, e));
        return finish(t, s, false, e);
    }
    if (lf_view_is(s->feed.format, "taxii") && (p->status == 400 || p->status == 404) &&
        lf_view_find_byte(s->feed.position, '|') != SIZE_MAX && !s->restarted) {
        return from_before(f, t, s, e);
    }
    return failed(t, s, why, feed_retry_after(t, p), e);
}

/* ---- turns ---- */

static enum lf_code begin_run(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                              const struct lf_feed *due, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);

    LF_TRY(feed_load(t, &s->a, due->id, &s->feed, e));
    lf_buf_init(&s->notes, 64 << 10);
    s->run = s->feed.run + 1;
    s->ran = lf_now(t->env);
    s->ran -= s->ran % LF_MSEC; /* as objects write it */
    s->by_hand = s->feed.asked;
    s->want = WANT_MAIN;
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_feed_begin,
                      LF_ARGS(LF_INT(s->run), LF_INT(s->ran), LF_TEXT(s->feed.id)), e));
    if (feed_pushes(s->feed.format)) {
        struct lf_err why = { 0 };

        if ((feed_taxii1(s->feed.format) ? feed_taxii1_list(t, s, &why) : feed_push_list(t, s, &why)) !=
            LF_OK)
            return failed(t, s, lf_view_of(why.text), 0, e);
        if (!s->nparts)
            return feed_next_part(f, t, s, e);
    }
    if (feed_taxii1_discovers(s) || feed_taxii_discovers(s))
        s->want = WANT_INDEX;
    else if (lf_view_is(s->feed.format, "taxii1-push"))
        return feed_next_part(f, t, s, e);
    feed_ask(f, t, s, feed_main_url(s));
    return LF_OK;
}

static bool running(const struct lf_feeds *f, lf_view id)
{
    for (size_t i = 0; i < LF_FEED_SLOTS; i++)
        if (f->slot[i].phase != FREE && lf_view_eq(f->slot[i].feed.id, id))
            return true;
    return false;
}

static enum lf_code begin_due(struct lf_feeds *f, struct lf_task *t, struct lf_err *e)
{
    struct lf_feed *due;
    size_t n, at = 0;

    LF_TRY(feed_due(t, (size_t)2 * LF_FEED_SLOTS, &due, &n, e));
    for (size_t i = 0; i < LF_FEED_SLOTS; i++) {
        if (f->slot[i].phase != FREE)
            continue;
        while (at < n && running(f, due[at].id))
            at++;
        if (at == n)
            break;
        (void)snprintf(f->at_work, sizeof f->at_work, "%.*s", LF_FMT(lf_view_first(due[at].id, 63)));
        LF_TRY(begin_run(f, t, &f->slot[i], &due[at++], e));
    }
    return LF_OK;
}

static enum lf_code turn(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    bool done, is = true;

    blame(f, s);
    if (busy(s))
        LF_TRY(still(t, s, &is, e));
    if (!is)
        return LF_OK;
    if (s->phase == READING)
        return read_on(f, t, s, e);
    if (s->phase == TAKING) {
        LF_TRY(feed_take(t, s, &done, e));
        return done ? document_taken(f, t, s, e) : LF_OK;
    }
    if (s->phase == ENDING)
        return ending(f, t, s, e);
    if (s->phase == ASKING && s->began &&
        lf_tick(t->env) - s->began > (s->feed.patience + GRACE_S) * LF_SECOND)
        return failed(t, s, LF_V("there was no answer"), 0, e);
    return LF_OK;
}

/* The feed whose last work could not be kept. */
static enum lf_code punish(struct lf_feeds *f, struct lf_task *t, struct lf_err *e)
{
    struct feed_slot s = { .phase = ENDING };
    enum lf_code rc;

    if (!f->ill[0])
        return LF_OK;
    f->at_work[0] = '\0'; /* if this cannot be kept either, nobody is to blame */
    rc = feed_load(t, &s.a, lf_view_of(f->ill), &s.feed, e);
    s.run = s.feed.run;
    f->ill[0] = '\0';
    if (rc == LF_OK)
        rc = failed(t, &s, lf_view_of(f->why), 0, e);
    release(&s);
    return rc == LF_NOT_FOUND ? LF_OK : rc;
}

static enum lf_code all_turns(struct lf_feeds *f, struct lf_task *t, struct lf_call *calls, size_t *n,
                              lf_time *again, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    lf_time now = lf_now(t->env), tick = lf_tick(t->env);
    bool room = false;
    int64_t next;

    *again = tick + LOOK_S * LF_SECOND;
    LF_TRY(punish(f, t, e));
    for (size_t i = 0, first = f->turn; i < LF_FEED_SLOTS; i++) {
        struct feed_slot *s = &f->slot[(first + i) % LF_FEED_SLOTS];

        if (busy(s) && lf_tick(t->env) - tick >= FEED_SLICE)
            continue; /* together they take no more than one */
        f->turn = (size_t)(s - f->slot) + 1;
        LF_TRY(turn(f, t, s, e));
    }
    LF_TRY(begin_due(f, t, e));
    for (size_t i = 0; i < LF_FEED_SLOTS; i++) {
        struct feed_slot *s = &f->slot[i];

        room |= s->phase == FREE;
        if (s->phase == ASKING && !s->began) {
            struct lf_err why = { 0 };

            if (feed_call(t, s, &calls[*n], &why) == LF_OK) {
                ++*n;
                continue;
            }
            LF_TRY(s->want == WANT_PART ? feed_skip(f, t, s, lf_view_of(why.text), true, e)
                                        : failed(t, s, lf_view_of(why.text), 0, e));
            *again = tick;
        }
        if (busy(s))
            *again = tick;
    }
    LF_TRY(lf_db_int(t->db, &node, &lf_q_feed_soonest, LF_ARGS(LF_INT(now)), &next, e));
    if (room && next && next < LF_TIME_MAX && tick + (next - now) < *again)
        *again = tick + (next - now);
    return LF_OK;
}

enum lf_code lf_feeds_next(struct lf_feeds *f, struct lf_task *t, const struct lf_call **calls, size_t *n,
                           lf_time *again, struct lf_err *e)
{
    struct lf_call *out = LF_NEW(t->a, struct lf_call, LF_FEED_SLOTS);
    enum lf_code rc;

    *n = 0;
    *calls = out;
    rc = all_turns(f, t, out, n, again, e);
    if (rc != LF_OK)
        accuse(f, e);
    if (rc != LF_OK)
        lf_feeds_forget(f); /* what the task did is undone: the runs begin again */
    return rc;
}
