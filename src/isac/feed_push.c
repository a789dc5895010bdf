/* A feed that goes the other way: published events of a collection, to a MISP.
 *
 * Which they are the server is asked first (filterEventIdsForPush); each goes by edit, and by add when the
 * server does not have it.  What leaves is what a program that only shares may have (isac/rights.h), and of
 * that what is marked no more strictly than the feed's `tlp`: TLP:GREEN unless it says otherwise. */
#include "fmt/json.h"
#include "isac/feed_priv.h"
#include "isac/misp_event.h"

bool feed_pushes(lf_view format)
{
    return lf_view_is(format, "misp-push") || lf_view_is(format, "taxii1-push");
}

static enum lf_code open_events(struct lf_task *own, const struct feed_slot *s, struct lf_misp_events *x,
                                struct lf_err *e)
{
    enum lf_tlp most = LF_TLP_GREEN;
    struct lf_rights *rights;

    if (s->feed.tlp.len && !lf_tlp_parse(s->feed.tlp, &most))
        return lf_err_set(e, LF_BAD_INPUT, "no TLP \"%.*s\"", LF_FMT(s->feed.tlp));
    LF_TRY(lf_rights_open(own, LF_V(""), &rights, e));
    lf_misp_events_init(x, own, s->feed.collection, rights);
    x->most = most;
    return LF_OK;
}

static enum lf_code list(struct feed_slot *s, struct lf_misp_events *x, struct lf_err *e)
{
    const struct lf_json **events;
    lf_time after = -1, last;
    char text[LF_TIME_TEXT];
    lf_view folder = feed_folder(s);
    size_t n;

    if (!s->by_hand && s->feed.position.len)
        LF_TRY(lf_time_parse(s->feed.position, &after, e));
    LF_TRY(lf_misp_event_list(x, 0, after, &events, &n, &last, e));
    for (size_t i = 0; i < n && s->nparts < LF_FEED_PARTS; i++) {
        lf_view uuid = lf_misp_event_uuid(events[i]);

        if (!lf_view_is(lf_json_str(events[i], "type"), "report")) /* not published */
            continue;
        s->parts = lf_arena_grow(&s->a, s->parts, s->nparts, &s->capparts, sizeof *s->parts);
        s->parts[s->nparts++] = (struct feed_part){
            .name = lf_arena_copy(&s->a, uuid),
            .url = lf_arena_printf(&s->a, "%.*s/events/edit/%.*s/metadata:1", LF_FMT(folder), LF_FMT(uuid)),
            .stamp =
                lf_arena_printf(&s->a, "%lld", (long long)(lf_misp_event_modified(events[i]) / LF_SECOND)),
        };
    }
    s->position = last >= 0 ? lf_arena_copy(&s->a, lf_time_micro(last, text)) : s->feed.position;
    return LF_OK;
}

enum lf_code feed_push_list(struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    struct lf_task own = feed_task(t, s);
    struct lf_misp_events x = { 0 };
    enum lf_code rc = open_events(&own, s, &x, e);

    if (rc == LF_OK)
        rc = list(s, &x, e);
    lf_misp_events_clear(&x);
    return rc;
}

lf_view feed_push_question(struct lf_task *t, const struct feed_slot *s)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_CALL_BODY);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < s->nparts; i++) {
        lf_json_open(&w, '{');
        lf_json_begin(&w, "Event", '{');
        lf_json_put_str(&w, "uuid", s->parts[i].name);
        lf_json_put_str(&w, "timestamp", s->parts[i].stamp);
        lf_json_close(&w);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code feed_push_wanted(struct lf_task *t, struct feed_slot *s, lf_view body, struct lf_err *e)
{
    const struct lf_json *wanted;
    struct lf_map map;
    size_t n = 0;
    uint64_t at;

    LF_TRY(lf_json_parse(t->a, body, &(struct lf_json_limits){ .bytes = UINT32_MAX }, &wanted, e));
    if (lf_json_kind(wanted) != LF_JSON_ARRAY)
        return lf_err_set(e, LF_BAD_INPUT, "the server's answer names no events: it is no list");
    lf_map_init(&map, 0x70757368);
    for (size_t i = 0; i < lf_json_items(wanted); i++)
        lf_map_set(&map, lf_json_text(lf_json_item(wanted, i)), i);
    for (size_t i = 0; i < s->nparts; i++)
        if (lf_map_get(&map, s->parts[i].name, &at))
            s->parts[n++] = s->parts[i];
    lf_map_clear(&map);
    s->same += (int64_t)(s->nparts - n);
    s->nparts = n;
    return LF_OK;
}

static enum lf_code write(struct lf_misp_events *x, lf_view uuid, lf_view *body, struct lf_err *e)
{
    const struct lf_json *root, *all, *event;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(lf_misp_event_find(x, uuid, &root, e));
    if (!root)
        return lf_err_set(e, LF_BAD_INPUT, "the event is not there any more");
    LF_TRY(lf_misp_events_gather(x, e));
    LF_TRY(lf_misp_events_write(x, &all, e));
    event = lf_misp_event_in(all, uuid);
    if (!event)
        return lf_err_set(e, LF_BAD_INPUT, "MISP cannot say this event");
    lf_buf_init(&b, LF_MISP_ANSWER);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put(&w, "Event", event);
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK)
        *body = lf_arena_copy(x->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return rc;
}

enum lf_code feed_push_body(struct lf_task *t, struct feed_slot *s, lf_view *body, struct lf_err *e)
{
    struct lf_task own = feed_task(t, s);
    struct lf_misp_events x = { 0 };
    enum lf_code rc = open_events(&own, s, &x, e);

    if (rc == LF_OK)
        rc = write(&x, s->parts[s->part].name, body, e);
    lf_misp_events_clear(&x);
    return rc;
}
