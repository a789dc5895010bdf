#include "engine/evidence.h"

#include <stdlib.h>

#include "base/map.h"
#include "engine/detect.h"

enum { EVENT_MOST = 4096, SENDERS_MOST = 4, QUERY_MOST = 253 };

/* One query seen.  Slots are a ring in order of arrival; the map holds the newest
 * of a name, `older` links to the one before while that is still there. */
struct seen {
    char *bytes; /* name, sender, event: one allocation */
    lf_view name, sender, event;
    lf_time happened, arrived;
    uint64_t serial, older; /* 0 = none */
};

struct waiting {
    struct lf_buf packed;
    lf_time happened, arrived;
    lf_view sender; /* into packed */
    bool used;
};

struct lf_evidence {
    struct lf_evidence_limits limits;
    struct lf_map newest; /* name -> serial */
    struct seen *ring;
    uint64_t serial; /* of the last one, from 1 */
    struct waiting *wait;
    size_t nwait, next_wait, wait_bytes;
    uint64_t dropped;
};

struct lf_evidence *lf_evidence_create(const struct lf_evidence_limits *l, uint64_t seed)
{
    struct lf_evidence *ev = calloc(1, sizeof *ev);

    if (!ev)
        LF_BUG("no memory for evidence");
    if (l)
        ev->limits = *l;
    if (ev->limits.names == 0)
        ev->limits.names = 65536;
    if (ev->limits.waiting == 0)
        ev->limits.waiting = 4096;
    if (ev->limits.waiting_bytes == 0)
        ev->limits.waiting_bytes = 16 << 20;
    if (ev->limits.window == 0)
        ev->limits.window = 120 * LF_SECOND;
    lf_map_init(&ev->newest, seed);
    ev->ring = calloc(ev->limits.names, sizeof *ev->ring);
    ev->wait = calloc(ev->limits.waiting, sizeof *ev->wait);
    if (!ev->ring || !ev->wait)
        LF_BUG("no memory for %zu names", ev->limits.names);
    return ev;
}

static void wait_clear(struct lf_evidence *ev, struct waiting *w)
{
    if (!w->used)
        return;
    ev->wait_bytes -= w->packed.len;
    ev->nwait--;
    lf_buf_clear(&w->packed);
    *w = (struct waiting){ 0 };
}

void lf_evidence_destroy(struct lf_evidence *ev)
{
    if (!ev)
        return;
    for (size_t i = 0; i < ev->limits.names; i++)
        free(ev->ring[i].bytes);
    for (size_t i = 0; i < ev->limits.waiting; i++)
        wait_clear(ev, &ev->wait[i]);
    lf_map_clear(&ev->newest);
    free(ev->ring);
    free(ev->wait);
    free(ev);
}

uint64_t lf_evidence_dropped(const struct lf_evidence *ev)
{
    return ev->dropped;
}

static bool near(const struct lf_evidence *ev, lf_time a, lf_time b)
{
    return (a > b ? a - b : b - a) <= ev->limits.window;
}

static struct seen *at(const struct lf_evidence *ev, uint64_t serial)
{
    struct seen *s = &ev->ring[serial % ev->limits.names];

    return serial != 0 && s->serial == serial ? s : NULL;
}

static lf_view event_text(struct lf_arena *a, const struct lf_event *event, size_t most)
{
    struct lf_buf b;
    lf_view v;

    lf_buf_init(&b, most);
    lf_json_write(&b, event->doc);
    if (b.over) {
        /* Too long to keep whole: the name is what counts. */
        struct lf_json_w w = lf_json_w(&b);

        lf_buf_reset(&b);
        b.over = false;
        lf_json_open(&w, '{');
        lf_json_put_str(&w, "query", lf_view_first(event->query, 1024));
        lf_json_put_bool(&w, "cut", true);
        lf_json_close(&w);
    }
    v = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

static void remember(struct lf_evidence *ev, const struct lf_event *event, lf_view text)
{
    struct seen *s = &ev->ring[(ev->serial + 1) % ev->limits.names];
    uint64_t newest;
    char *p;

    if (s->bytes) {
        if (near(ev, s->arrived, event->recorded))
            ev->dropped++; /* it would still have counted */
        if (lf_map_get(&ev->newest, s->name, &newest) && newest == s->serial)
            (void)lf_map_del(&ev->newest, s->name);
        free(s->bytes);
        *s = (struct seen){ 0 };
    }
    p = malloc(event->query.len + event->sender.len + text.len + 1);
    if (!p)
        LF_BUG("no memory for a name");
    s->bytes = p;
    memcpy(p, event->query.ptr, event->query.len);
    s->name = (lf_view){ p, event->query.len };
    p += s->name.len;
    if (event->sender.len > 0)
        memcpy(p, event->sender.ptr, event->sender.len);
    s->sender = (lf_view){ p, event->sender.len };
    p += s->sender.len;
    if (text.len > 0)
        memcpy(p, text.ptr, text.len);
    s->event = (lf_view){ p, text.len };
    s->happened = event->happened;
    s->arrived = event->recorded;
    s->serial = ++ev->serial;
    if (lf_map_get(&ev->newest, s->name, &newest) && at(ev, newest)) {
        s->older = newest;
        (void)lf_map_del(&ev->newest, s->name); /* its key's bytes go with the older one */
    }
    lf_map_set(&ev->newest, s->name, s->serial);
}

/* The confirmed name comes first: an attacker who writes other names beside it
 * must not have those taken for it. */
static void to_front(struct lf_finding *f, size_t i)
{
    struct lf_observable o = f->observables[i];

    memmove(&f->observables[1], &f->observables[0], i * sizeof o);
    f->observables[0] = o;
}

static bool names(struct lf_finding *f, lf_view name)
{
    for (size_t i = 0; i < f->nobservables; i++)
        if (f->observables[i].kind == LF_OBS_DOMAIN && lf_view_eq(f->observables[i].value, name)) {
            to_front(f, i);
            return true;
        }
    return false;
}

size_t lf_evidence_see(struct lf_evidence *ev, struct lf_arena *a, const struct lf_event *event,
                       struct lf_finding **late)
{
    size_t n = 0, cap = ev->nwait;
    lf_view text;

    *late = NULL;
    if (event->query.len == 0 || event->query.len > QUERY_MOST)
        return 0;
    text = event_text(a, event, EVENT_MOST);
    remember(ev, event, text);
    for (size_t i = 0; i < ev->limits.waiting && ev->nwait > 0; i++) {
        struct waiting *w = &ev->wait[i];
        struct lf_finding f;
        struct lf_err e;
        lf_view kept;

        if (!w->used)
            continue;
        if (!near(ev, w->arrived, event->recorded)) {
            if (event->recorded > w->arrived)
                wait_clear(ev, w);
            continue;
        }
        if (!near(ev, w->happened, event->happened) || lf_view_eq(w->sender, event->sender))
            continue;
        /* A cheap look before it is unpacked: the name is in its bytes. */
        if (lf_view_find(lf_buf_view(&w->packed), event->query) == SIZE_MAX ||
            lf_finding_unpack(lf_buf_view(&w->packed), &f, &e) != LF_OK || !names(&f, event->query))
            continue;
        kept = lf_arena_copy(a, lf_buf_view(&w->packed));
        if (lf_finding_unpack(kept, &f, &e) != LF_OK)
            LF_BUG("a finding we packed: %s", e.text);
        (void)names(&f, event->query);
        f.second_sender = event->sender.ptr ? event->sender : LF_V("");
        f.second_event = text;
        f.second_happened = event->happened;
        if (!*late)
            *late = LF_NEW(a, struct lf_finding, cap);
        (*late)[n++] = f;
        wait_clear(ev, w);
    }
    return n;
}

static void wait_for(struct lf_evidence *ev, const struct lf_finding *f)
{
    struct waiting *w = &ev->wait[ev->next_wait];
    struct lf_finding back;
    struct lf_buf b;

    lf_buf_init(&b, 1 << 17);
    lf_finding_pack(&b, f);
    if (b.over || lf_finding_unpack(lf_buf_view(&b), &back, NULL) != LF_OK) {
        lf_buf_clear(&b);
        ev->dropped++;
        return;
    }
    if (w->used && near(ev, w->arrived, f->recorded))
        ev->dropped++;
    wait_clear(ev, w);
    /* The oldest make room; the ring goes in order of arrival. */
    for (size_t i = 1; ev->wait_bytes + b.len > ev->limits.waiting_bytes && i < ev->limits.waiting; i++) {
        struct waiting *old = &ev->wait[(ev->next_wait + i) % ev->limits.waiting];

        if (old->used && near(ev, old->arrived, f->recorded))
            ev->dropped++;
        wait_clear(ev, old);
    }
    *w = (struct waiting){
        .packed = b, .happened = f->happened, .arrived = f->recorded, .sender = back.sender, .used = true
    };
    ev->wait_bytes += b.len;
    ev->nwait++;
    ev->next_wait = (ev->next_wait + 1) % ev->limits.waiting;
}

bool lf_evidence_ask(struct lf_evidence *ev, struct lf_arena *a, struct lf_finding *f)
{
    bool any = false;

    for (size_t i = 0; i < f->nobservables; i++) {
        uint64_t serial;

        if (f->observables[i].kind != LF_OBS_DOMAIN)
            continue;
        any = true;
        if (!lf_map_get(&ev->newest, f->observables[i].value, &serial))
            continue;
        /* One sender's many queries must not hide another's: walk back a while. */
        for (int k = 0; k < 64; k++) {
            const struct seen *s = at(ev, serial);

            if (!s || !near(ev, s->arrived, f->recorded))
                break;
            if (!lf_view_eq(s->sender, f->sender) && near(ev, s->happened, f->happened)) {
                f->second_sender = lf_arena_copy(a, s->sender);
                f->second_event = lf_arena_copy(a, s->event);
                f->second_happened = s->happened;
                to_front(f, i);
                if (!f->second_sender.ptr)
                    f->second_sender = LF_V("");
                return true;
            }
            serial = s->older;
        }
    }
    if (any)
        wait_for(ev, f);
    return false;
}
