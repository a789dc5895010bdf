/* What a feed brought, read: on a fiber of its own, a slice at a time, as the core answers nobody meanwhile.
 *
 * A document makes all its objects before the first is taken into the collection: what is broken at its end
 * brings nothing, and so does one whose reading was cut short. */
#include <stdlib.h>

#include "base/crypto.h"
#include "isac/feed_priv.h"
#include "sys/fiber.h"

enum { NEXT = 4000, DOCUMENT_MOST = 256 << 20 };

struct feed_reading {
    struct lf_fiber *fiber;
    struct feed_slot *s;
    lf_view body; /* in s->doc */
    const struct lf_env *env;
    lf_time until; /* tick at which the slice is over */
    struct lf_rest rest;
    enum lf_code rc;
    struct lf_err e;
};

static enum lf_code rest(void *ctx, struct lf_err *e)
{
    struct feed_reading *r = ctx;

    if (lf_tick(r->env) < r->until || lf_fiber_rest(r->fiber))
        return LF_OK;
    return lf_err_set(e, LF_AWAY, "the reading was ended");
}

static enum lf_code made(void *ctx, lf_view json, struct lf_err *e)
{
    struct feed_reading *r = ctx;
    struct feed_slot *s = r->s;

    s->bytes += json.len;
    if (s->nmade == LF_FEED_OBJECTS || s->bytes > DOCUMENT_MOST)
        return lf_err_set(e, LF_TOO_BIG, "the document makes more than %d objects or %d MiB", LF_FEED_OBJECTS,
                          DOCUMENT_MOST >> 20);
    s->made = lf_arena_grow(&s->doc, s->made, s->nmade, &s->capmade, sizeof *s->made);
    s->made[s->nmade++] = lf_arena_copy(&s->doc, json);
    return lf_rest(&r->rest, e);
}

static void lost(void *ctx, const struct lf_loss *loss)
{
    struct feed_reading *r = ctx;
    struct feed_slot *s = r->s;

    s->lost++;
    if (s->lost <= LF_FEED_NOTES)
        feed_note(s, loss->where, lf_view_of(loss->why));
    (void)lf_rest(&r->rest, NULL); /* when it is to end, the next call says so again */
}

/* An envelope of TAXII 2.1. */
static enum lf_code envelope(struct feed_reading *r, struct lf_err *e)
{
    struct feed_slot *s = r->s;
    const struct lf_json_limits limits = { .bytes = UINT32_MAX, .depth = 512, .rest = &r->rest };
    const struct lf_json *doc, *list;
    enum lf_code rc = LF_OK;
    struct lf_buf b;
    lf_view next;

    LF_TRY(lf_json_parse(&s->doc, r->body, &limits, &doc, e));
    list = lf_json_get(doc, LF_V("objects"));
    if (lf_json_kind(doc) != LF_JSON_OBJECT || (list && lf_json_kind(list) != LF_JSON_ARRAY))
        return lf_err_set(e, LF_BAD_INPUT, "the answer is no envelope of TAXII 2.1");
    s->more = lf_json_bool(doc, "more", false);
    next = lf_view_some(lf_json_str(doc, "next"));
    if (!lf_view_is_text(next, 0, NEXT))
        return lf_err_set(e, LF_TOO_BIG, "\"next\" of the envelope is no text of at most %d bytes", NEXT);
    s->next_page = lf_arena_copy(&s->a, next);
    lf_buf_init(&b, LF_CALL_BODY);
    for (size_t i = 0; i < lf_json_items(list) && rc == LF_OK; i++) {
        if (feed_walks(s)) { /* the manifest's ids */
            rc = made(r, lf_view_some(lf_json_str(lf_json_item(list, i), "id")), e);
            continue;
        }
        lf_buf_reset(&b);
        lf_json_write(&b, lf_json_item(list, i));
        rc = lf_buf_done(&b, e);
        if (rc == LF_OK)
            rc = made(r, lf_buf_view(&b), e);
    }
    lf_buf_clear(&b);
    return rc;
}

static enum lf_code whole(struct feed_reading *r, struct lf_err *e)
{
    struct feed_slot *s = r->s;
    const struct lf_exchange to = { .ctx = r, .made = made, .lost = lost, .rest = &r->rest };
    const struct lf_format_use use = {
        .now = s->ran, .source = s->feed.name, .mapping = s->feed.mapping, .tlp = s->feed.tlp
    };
    lf_view name = s->feed.format;
    const struct lf_format *format;
    uint8_t sum[LF_SHA256];

    LF_TRY(lf_sha256_long(r->body, &r->rest, sum, e));
    s->doc_sha256 = lf_hex(&s->a, sum, sizeof sum);
    if (feed_tells_of_news(s)) {
        s->sha256 = s->doc_sha256;
        s->as_before = !s->by_hand && lf_view_eq(s->sha256, s->feed.sha256);
        if (s->as_before)
            return LF_OK;
    }
    if (feed_is_index(s))
        return feed_index(s, r->body, &r->rest, e);
    if (lf_view_is(name, "taxii"))
        return envelope(r, e);
    if (lf_view_is(name, "taxii1"))
        return feed_taxii1_read(s, r->body, &use, &to, e);
    if (feed_rss(name))
        return feed_rss_read(s, r->body, &to, e);
    if (lf_view_starts(name, LF_V("misp-")))
        name = LF_V("misp");
    if (lf_view_is(name, "csaf-provider"))
        name = LF_V("csaf");
    LF_TRY(lf_format_find(name, r->body, false, &format, e));
    return format->read(r->body, &use, &to, e);
}

static void run(void *ctx)
{
    struct feed_reading *r = ctx;

    r->rc = whole(r, &r->e);
}

enum lf_code feed_read(struct lf_task *t, struct feed_slot *s, lf_view body, struct lf_err *e)
{
    struct feed_reading *r = calloc(1, sizeof *r);

    if (!r)
        LF_BUG("out of memory for a feed's document");
    feed_read_end(s);
    *r = (struct feed_reading){ .s = s, .body = body, .rest = { r, rest } };
    r->fiber = lf_fiber_create(run, r);
    s->reading = r;
    s->as_before = false;
    return feed_read_on(t, s, e);
}

enum lf_code feed_read_on(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct feed_reading *r = s->reading;
    enum lf_code rc;

    r->env = t->env;
    r->until = lf_tick(t->env) + FEED_SLICE;
    if (!lf_fiber_resume(r->fiber))
        return LF_OK;
    rc = r->rc;
    if (rc != LF_OK)
        *e = r->e;
    feed_read_end(s);
    return rc;
}

void feed_read_end(struct feed_slot *s)
{
    if (!s->reading)
        return;
    lf_fiber_destroy(s->reading->fiber);
    free(s->reading);
    s->reading = NULL;
}
