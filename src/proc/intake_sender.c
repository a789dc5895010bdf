/* Senders: who was heard, and how much of it was taken, understood or lost; what of that
 * the core has been told.
 *
 * Fixed memory: at most INTAKE_SENDERS by name.  A new one takes the place of the one that
 * was heard longest ago, if that is at least IDLE ago; what finds no place is counted as
 * "(others)".  Hosts behind a sender are entries of their own, "HOST@SENDER", at most INTAKE_HOSTS of
 * all and INTAKE_RELAY_HOSTS of one; what finds no place is not counted by host.  The same goes for
 * them: the one heard longest ago makes room. */
#include <stdlib.h>

#include "proc/intake_priv.h"

enum {
    TOLD_MOST = 256,          /* reports in one message; the rest goes with the next */
    MESSAGE_MOST = 192 << 10, /* bytes, under the ceiling of proc/messages.h */
};
#define IDLE (10 * LF_MINUTE)
#define AGAIN LF_MINUTE /* what changed lately is told again: a report may have been lost */

static uint64_t incarnation(struct intake *in)
{
    uint64_t n;

    lf_random(&in->w->env, &n, sizeof n);
    return n >> 1; /* what a database can keep */
}

void intake_senders_init(struct intake *in)
{
    uint64_t seed;

    lf_random(&in->w->env, &seed, sizeof seed);
    lf_map_init(&in->sender_map, seed);
    in->others = (struct intake_sender){ .name = LF_VIEW("(others)"),
                                         .via = LF_VIA_SELF,
                                         .incarnation = incarnation(in) };
}

static void drop(struct intake_sender *s)
{
    free(s->fault_text);
    free(s);
}

void intake_senders_clear(struct intake *in)
{
    for (struct intake_sender *s = in->senders, *next; s; s = next) {
        next = s->next;
        drop(s);
    }
    in->senders = NULL;
    free(in->others.fault_text);
    lf_map_clear(&in->sender_map);
}

static bool is_host(const struct intake_sender *s)
{
    return s->via == LF_VIA_RELAY;
}

/* Makes room; false when everybody was heard lately. */
static bool evict(struct intake *in, bool host)
{
    struct intake_sender **oldest = NULL, *s, *relay;
    lf_time now = lf_now(&in->w->env);

    /* Looking costs something: not for each of many strangers. */
    if (in->full_until[host] > lf_tick(&in->w->env))
        return false;
    for (struct intake_sender **at = &in->senders; *at; at = &(*at)->next) {
        s = *at;
        if (is_host(s) == host && !s->refs && s->fault == LF_FAULT_NONE && now - s->last >= IDLE &&
            (!oldest || s->last < (*oldest)->last))
            oldest = at;
    }
    if (!oldest) {
        in->full_until[host] = lf_tick(&in->w->env) + LF_SECOND;
        return false;
    }
    s = *oldest;
    *oldest = s->next;
    if (in->report_at == s)
        in->report_at = s->next;
    lf_map_del(&in->sender_map, s->name);
    in->nsenders--;
    if (host) {
        in->nhosts--;
        relay = lf_map_get_ptr(&in->sender_map, s->relay);
        if (relay && relay->hosts)
            relay->hosts--;
    } else {
        in->gone.received += s->received;
        in->gone.malformed += s->malformed;
        in->gone.dropped += s->dropped;
        in->sender_generation++;
    }
    drop(s);
    return true;
}

/* `tail`: what else its memory holds, behind the name. */
static struct intake_sender *add_entry(struct intake *in, lf_view name, lf_view tail)
{
    struct intake_sender *s = calloc(1, sizeof *s + name.len + tail.len);
    char *text;

    if (!s)
        LF_BUG("out of memory for a sender");
    text = (char *)(s + 1);
    if (name.len)
        memcpy(text, name.ptr, name.len);
    if (tail.len)
        memcpy(text + name.len, tail.ptr, tail.len);
    s->name = (lf_view){ text, name.len };
    s->relay = (lf_view){ text + name.len, tail.len };
    s->incarnation = incarnation(in);
    s->next = in->senders;
    in->senders = s;
    in->nsenders++;
    lf_map_set_ptr(&in->sender_map, s->name, s);
    return s;
}

struct intake_sender *intake_sender(struct intake *in, lf_view name)
{
    struct intake_sender *s;

    name = lf_view_first(name, LF_DEVICE_NAME);
    s = lf_map_get_ptr(&in->sender_map, name);
    if (s)
        return s;
    if (in->nsenders - in->nhosts >= INTAKE_SENDERS && !evict(in, false))
        return &in->others;
    s = add_entry(in, name, (lf_view){ "", 0 });
    if (!lf_charset_parse(lf_json_text(lf_json_get(in->charsets, s->name)), &s->charset))
        s->charset = LF_CHARSET_AUTO;
    return s;
}

void intake_sender_host(struct intake *in, lf_view sender, lf_view host, lf_time recorded)
{
    char text[LF_DEVICE_NAME];
    lf_view name = { text, host.len + 1 + sender.len };
    struct intake_sender *s, *relay;

    if (name.len > sizeof text || !host.len || !lf_view_is_text(sender, 1, sizeof text))
        return;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '@';
    memcpy(text + host.len + 1, sender.ptr, sender.len);
    s = lf_map_get_ptr(&in->sender_map, name);
    if (!s) {
        relay = lf_map_get_ptr(&in->sender_map, sender);
        if (!relay || is_host(relay) || relay->hosts >= INTAKE_RELAY_HOSTS ||
            (in->nhosts >= INTAKE_HOSTS && !evict(in, true)))
            return;
        s = add_entry(in, name, sender);
        s->via = LF_VIA_RELAY;
        s->first = recorded;
        in->nhosts++;
        /* The second tells that the first is another machine too. */
        if (++relay->hosts == 2)
            for (struct intake_sender *x = in->senders; x; x = x->next)
                x->again = x->again || (is_host(x) && lf_view_eq(x->relay, sender));
    } else if (!is_host(s)) {
        return; /* a sender of such a name */
    }
    s->received++;
    if (recorded > s->last)
        s->last = recorded;
}

void intake_sender_fault(struct intake *in, lf_view name, enum lf_device_via via, enum lf_device_fault fault,
                         bool lasts, const char *text)
{
    struct intake_sender *s = intake_sender(in, name);

    if (s == &in->others)
        return;
    s->via = via;
    if (lasts && (s->fault != fault || s->fault_until)) {
        lf_view v = lf_view_first(lf_view_of(text), LF_DEVICE_TEXT);

        free(s->fault_text);
        s->fault_text = calloc(1, v.len + 1);
        if (!s->fault_text)
            LF_BUG("out of memory for a reason");
        if (v.len)
            memcpy(s->fault_text, v.ptr, v.len);
        s->fault = fault;
        s->fault_since = lf_now(&in->w->env);
        s->fault_until = 0;
        s->again = true;
    } else if (!lasts && s->fault == fault && !s->fault_until) {
        s->fault_until = lf_now(&in->w->env);
        s->again = true;
    }
}

/* ---- telling the core ---- */

static bool changed(const struct intake_sender *s)
{
    return s->again || s->received != s->told.received || s->malformed != s->told.malformed ||
           s->dropped != s->told.dropped;
}

static void pack(struct intake *in, struct intake_sender *s, struct lf_buf *b)
{
    const struct intake_sender *relay = s->relay.len ? lf_map_get_ptr(&in->sender_map, s->relay) : NULL;
    struct lf_device_report r = {
        .name = s->name,
        .via = s->via,
        .incarnation = s->incarnation,
        .received = s->received,
        .malformed = s->malformed,
        .dropped = s->dropped,
        .fault = s->fault,
        .fault_since = s->fault_since,
        .fault_until = s->fault_until,
        .fault_text = lf_view_of(s->fault_text ? s->fault_text : ""),
        .relay = s->relay,
        .lone = !relay || relay->hosts < 2,
    };

    /* Whoever keeps no times of its own was heard since the last look. */
    if ((s->received != s->told.received || s->dropped != s->told.dropped) && s->last <= s->told.last)
        s->last = lf_now(&in->w->env);
    if (!s->first)
        s->first = s->last;
    r.first = s->first;
    r.last = s->last;
    if (!lf_view_is_text(r.name, 0, SIZE_MAX))
        r.name = LF_V("(no text)");
    if (!lf_view_is_utf8(r.fault_text))
        r.fault_text = LF_V("");
    lf_device_pack(b, &r);
}

static void told(struct intake_sender *s)
{
    s->told.received = s->received;
    s->told.malformed = s->malformed;
    s->told.dropped = s->dropped;
    s->told.last = s->last;
    s->again = false;
}

/* Each second: those that changed, a bounded number, where the last message ended. */
void intake_senders_report(struct intake *in)
{
    struct intake_sender *batch[TOLD_MOST];
    struct intake_sender *s = in->report_at ? in->report_at : in->senders;
    lf_time tick = lf_tick(&in->w->env), now = lf_now(&in->w->env);
    struct lf_buf b;
    size_t n = 0;

    if (!lf_worker_up(in->w, LF_WORKER_CORE) || lf_worker_full(in->w, LF_WORKER_CORE))
        return;
    if (tick - in->report_again >= AGAIN) {
        in->report_again = tick;
        for (struct intake_sender *x = in->senders; x; x = x->next)
            x->again = x->again || now - x->last < 2 * AGAIN || x->fault != LF_FAULT_NONE;
    }
    lf_buf_init(&b, MESSAGE_MOST + (4 << 10));
    if (changed(&in->others)) {
        pack(in, &in->others, &b);
        batch[n++] = &in->others;
    }
    for (size_t i = 0; s && i < in->nsenders && n < TOLD_MOST && b.len < MESSAGE_MOST; i++) {
        if (changed(s)) {
            pack(in, s, &b);
            batch[n++] = s;
        }
        s = s->next ? s->next : in->senders;
    }
    in->report_at = s;
    if (n && lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_SENDERS, lf_buf_view(&b), NULL) == LF_OK)
        for (size_t i = 0; i < n; i++)
            told(batch[i]);
    lf_buf_clear(&b);
}

/* A core that was started anew may have missed the last ones. */
void intake_senders_tell_again(struct intake *in)
{
    for (struct intake_sender *s = in->senders; s; s = s->next)
        s->again = true;
    in->others.again = in->others.received || in->others.dropped;
}

/* ---- health ---- */

static void put_sender(struct lf_json_w *json, const struct intake_sender *s)
{
    lf_json_open(json, '{');
    lf_json_put_str(json, "name", lf_view_first(s->name, 60));
    lf_json_put_cstr(json, "via", lf_device_via_name(s->via));
    lf_json_put_int(json, "received", (int64_t)s->received);
    lf_json_put_int(json, "malformed", (int64_t)s->malformed);
    lf_json_put_int(json, "dropped", (int64_t)s->dropped);
    lf_json_close(json);
}

static void add(struct intake_sender *to, const struct intake_sender *s)
{
    to->received += s->received;
    to->malformed += s->malformed;
    to->dropped += s->dropped;
}

void intake_senders_totals(const struct intake *in, struct lf_json_w *json)
{
    struct intake_sender all = in->gone;

    add(&all, &in->others);
    for (const struct intake_sender *s = in->senders; s; s = s->next)
        if (!is_host(s)) /* its relay counts its records */
            add(&all, s);
    lf_json_put_int(json, "received", (int64_t)all.received);
    lf_json_put_int(json, "malformed", (int64_t)all.malformed);
    lf_json_put_int(json, "dropped", (int64_t)all.dropped);
    lf_json_put_int(json, "hosts_behind_relays", (int64_t)in->nhosts);
}

void intake_senders_health(const struct intake *in, struct lf_json_w *json)
{
    /* The message has its ceiling: the rest is shown together. */
    struct intake_sender rest = { .name = in->others.name, .via = LF_VIA_SELF };
    size_t shown = 0;

    add(&rest, &in->others);
    add(&rest, &in->gone);
    lf_json_begin(json, "senders", '[');
    for (const struct intake_sender *s = in->senders; s; s = s->next) {
        if (is_host(s))
            continue;
        if (shown++ < INTAKE_SHOWN)
            put_sender(json, s);
        else
            add(&rest, s);
    }
    if (rest.received || rest.dropped)
        put_sender(json, &rest);
    lf_json_close(json);
}
