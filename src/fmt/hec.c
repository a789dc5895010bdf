#include "fmt/hec.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/time.h"
#include "fmt/json.h"

/* What the envelope says beside the event, under the names it has there. */
static const char *const about[] = { "source", "sourcetype", "index" };

/* A date of the envelope that we can write, or 0.  Milliseconds are what many send although seconds
 * are asked for, and no date of ours has as many seconds. */
static lf_time time_of(struct lf_arena *a, const struct lf_json *time)
{
    double seconds = strtod(lf_arena_cstr(a, lf_view_first(lf_json_text(time), 64)), NULL);

    if (seconds >= 1e11)
        seconds /= 1e3;
    return seconds > 0 && seconds < 7258118400.0 ? (lf_time)(seconds * 1e6 + 0.5) : 0;
}

/* Comparisons of names for one event; a larger envelope's indexed fields stay in one object. */
enum { HEC_LOOKS = 65536 };

/* What an indexed field may not be called, as something else has that name here. */
static bool is_ours(lf_view key)
{
    return lf_view_is(key, "@timestamp") || lf_view_is(key, "host") || lf_view_is(key, "message") ||
           lf_view_is(key, "splunk");
}

/* Time, host, indexed fields and the rest of the envelope, into an object that has `event`'s members
 * already (NULL: a text).  The sender's words on where it has the event from stand under one name:
 * `source` is an object in ECS. */
static void put_envelope(struct lf_arena *a, struct lf_json_w *w, const struct lf_json *envelope,
                         const struct lf_json *event)
{
    const struct lf_json *time = lf_json_get(envelope, LF_V("time"));
    const struct lf_json *fields = lf_json_get(envelope, LF_V("fields"));
    lf_view host = lf_json_str(envelope, "host");
    lf_time at = time ? time_of(a, time) : 0;
    char text[LF_TIME_TEXT];
    size_t n = lf_json_kind(fields) == LF_JSON_OBJECT ? lf_json_members(fields) : 0;
    bool spread = n * (1 + (event ? lf_json_members(event) : 0)) <= HEC_LOOKS;
    bool any = n && !spread;

    if (at && !lf_json_get(event, LF_V("@timestamp")))
        lf_json_put_str(w, "@timestamp", lf_time_micro(at, text));
    if (host.len && !lf_json_get(event, LF_V("host")) && !lf_json_get(event, LF_V("host.name"))) {
        lf_json_begin(w, "host", '{');
        lf_json_put_str(w, "name", host);
        lf_json_close(w);
    }
    for (size_t i = 0; spread && i < n; i++)
        if (!is_ours(lf_json_key(fields, i)) && !lf_json_get(event, lf_json_key(fields, i)))
            lf_json_put(w, lf_arena_cstr(a, lf_json_key(fields, i)), lf_json_member(fields, i));
    if (lf_json_get(event, LF_V("splunk")))
        return;
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
        any = any || lf_json_str(envelope, about[i]).len;
    if (!any)
        return;
    lf_json_begin(w, "splunk", '{');
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
        if (lf_json_str(envelope, about[i]).len)
            lf_json_put_str(w, about[i], lf_json_str(envelope, about[i]));
    if (n && !spread)
        lf_json_put(w, "fields", fields);
    lf_json_close(w);
}

static bool says_more(const struct lf_json *envelope)
{
    static const char *const names[] = { "time", "host", "fields" };
    bool more = false;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        more = more || lf_json_kind(lf_json_get(envelope, lf_view_of(names[i]))) != LF_JSON_NULL;
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
        more = more || lf_json_str(envelope, about[i]).len;
    return more;
}

/* The record of a text about which more is known: as shippers of lines write it. */
static void put_text(struct lf_arena *a, struct lf_buf *b, const struct lf_json *envelope, lf_view text)
{
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    put_envelope(a, &w, envelope, NULL);
    lf_json_put_str(&w, "message", text);
    lf_json_close(&w);
}

static void put_record(struct lf_arena *a, struct lf_buf *b, const struct lf_json *envelope,
                       const struct lf_json *event)
{
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    for (size_t i = 0; i < lf_json_members(event); i++)
        lf_json_put(&w, lf_arena_cstr(a, lf_json_key(event, i)), lf_json_member(event, i));
    put_envelope(a, &w, envelope, event);
    lf_json_close(&w);
}

static void take_record(struct lf_arena *a, struct lf_buf *b, struct lf_hec_item *out)
{
    out->kind = b->over ? LF_HEC_TOO_BIG : LF_HEC_JSON;
    if (!b->over)
        out->record = lf_arena_copy(a, lf_buf_view(b));
    lf_buf_clear(b);
}

/* A text, or a bare number or word, which is one too. */
static void take_text(struct lf_arena *a, const struct lf_json *envelope, lf_view text, size_t most,
                      struct lf_hec_item *out)
{
    struct lf_buf b;

    out->record = text;
    out->kind = text.len > most ? LF_HEC_TOO_BIG : text.len ? LF_HEC_TEXT : LF_HEC_BLANK;
    /* What is no UTF-8 cannot stand in JSON without losing its bytes: it stays as it came. */
    if (out->kind != LF_HEC_TEXT || !says_more(envelope) || !lf_view_is_utf8(text))
        return;
    lf_buf_init(&b, most);
    put_text(a, &b, envelope, text);
    take_record(a, &b, out);
}

void lf_hec_line(struct lf_arena *a, const struct lf_json *envelope, lf_view line, size_t most,
                 struct lf_hec_item *out)
{
    *out = (struct lf_hec_item){ .source = line };
    take_text(a, envelope, line, most, out);
}

bool lf_hec_take(struct lf_arena *a, lf_view *in, size_t most, struct lf_hec_item *out)
{
    const struct lf_json *envelope, *event;
    lf_view before = *in;
    struct lf_err ignored;
    struct lf_buf b;
    enum lf_code rc = lf_json_take(a, in, &(struct lf_json_limits){ .halves = true }, &envelope, &ignored);

    if (rc == LF_NOT_FOUND)
        return false;
    if (rc != LF_OK || lf_json_kind(envelope) != LF_JSON_OBJECT) {
        *out = (struct lf_hec_item){ .kind = LF_HEC_BROKEN, .source = lf_view_trim(before) };
        *in = lf_view_from(before, before.len);
        return true;
    }
    *out = (struct lf_hec_item){ .source = lf_view_first(before, before.len - in->len) };
    event = lf_json_get(envelope, LF_V("event"));
    if (lf_json_kind(event) == LF_JSON_NULL) {
        out->kind = LF_HEC_NO_EVENT;
        return true;
    }
    if (lf_json_kind(event) != LF_JSON_OBJECT && lf_json_kind(event) != LF_JSON_ARRAY) {
        take_text(a, envelope, lf_json_text(event), most, out);
        return true;
    }
    lf_buf_init(&b, most);
    if (lf_json_kind(event) == LF_JSON_OBJECT)
        put_record(a, &b, envelope, event);
    else
        lf_json_write(&b, event);
    take_record(a, &b, out);
    return true;
}
