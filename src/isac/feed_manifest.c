/* What a TAXII server deleted (feed_priv.h). */
#include "fmt/uri.h"
#include "isac/feed_priv.h"
#include "store/query_feed.h"

enum { PAGE = 1000, URL = 8192 };
#define MANIFEST "manifest" /* of the feed's parts: when it was last walked through */

bool feed_walks(const struct feed_slot *s)
{
    return s->want == WANT_MANIFEST || s->want == WANT_SURE;
}

static enum lf_code take_time(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    lf_time *last = ctx;

    (void)e;
    if (lf_view_is(lf_row_text(r, 0), MANIFEST) && lf_time_parse(lf_row_text(r, 1), last, NULL) != LF_OK)
        *last = 0;
    return LF_OK;
}

enum lf_code feed_walk_due(struct lf_task *t, const struct feed_slot *s, bool *due, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    lf_time last = 0, now = lf_now(t->env);

    *due = false;
    if (!s->feed.gone || !lf_view_is(s->feed.format, "taxii"))
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &node, &lf_q_feed_part_list, LF_ARGS(LF_TEXT(s->feed.id)), take_time, &last, NULL,
                     e));
    *due = s->by_hand || now < last || now - last >= LF_DAY;
    return LF_OK;
}

enum lf_code feed_walk_done(struct lf_task *t, const struct feed_slot *s, struct lf_err *e)
{
    struct lf_scope node = feed_scope(t);
    char text[LF_TIME_TEXT];

    return lf_db_exec(t->db, &node, &lf_q_feed_part_put,
                      LF_ARGS(LF_TEXT(s->feed.id), LF_TEXT(LF_V(MANIFEST)),
                              LF_TEXT(lf_time_micro(lf_now(t->env), text)), LF_INT(s->run)),
                      e);
}

lf_view feed_manifest_url(struct feed_slot *s)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_FEED_URL + URL);
    lf_buf_printf(&b, "%.*smanifest/?limit=%d", LF_FMT(feed_collection_url(s)), PAGE);
    for (size_t i = 0; s->want == WANT_SURE && i < s->nsure; i++) {
        lf_buf_put(&b, i ? LF_V(",") : LF_V("&match[id]="));
        lf_buf_put(&b, s->sure[i]);
    }
    if (s->want == WANT_MANIFEST && s->next_page.len) {
        LF_PUT(&b, "&next=");
        lf_uri_encode(&b, s->next_page);
    } else if (s->want == WANT_MANIFEST && s->walked_to.len) {
        LF_PUT(&b, "&added_after=");
        lf_uri_encode(&b, s->walked_to);
    }
    out = lf_arena_copy(&s->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code feed_missing(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    bool may;

    s->nsure = 0;
    LF_TRY(feed_may_end(t, s, LF_V(""), &may, e));
    if (!may)
        return LF_OK;
    LF_TRY(feed_unmet(t, s, LF_V(""), FEED_SURE, s->sure, &s->nsure, e));
    for (size_t i = 0; i < s->nsure; i++)
        s->sure[i] = lf_arena_copy(&s->a, s->sure[i]);
    return LF_OK;
}

enum lf_code feed_missing_end(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    for (size_t i = 0; i < s->nsure; i++) {
        bool there = false;

        for (size_t k = 0; k < s->nmade && !there; k++)
            there = lf_view_eq(s->made[k], s->sure[i]);
        if (!there)
            LF_TRY(feed_end_one(t, s, s->sure[i], e));
    }
    return LF_OK;
}
