#include "fmt/hec.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/time.h"
#include "fmt/json.h"

/* A date of the envelope that we can write, or nothing. */
static void put_timestamp(struct lf_arena *a, struct lf_json_w *w, const struct lf_json *time)
{
    double seconds = strtod(lf_arena_cstr(a, lf_view_first(lf_json_text(time), 64)), NULL);
    char text[LF_TIME_TEXT];

    if (seconds > 0 && seconds < 7258118400.0)
        lf_json_put_str(w, "@timestamp", lf_time_micro((lf_time)(seconds * 1e6 + 0.5), text));
}

static void put_record(struct lf_arena *a, struct lf_buf *b, const struct lf_json *envelope,
                       const struct lf_json *event)
{
    const struct lf_json *time = lf_json_get(envelope, LF_V("time"));
    lf_view host = lf_json_str(envelope, "host");
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    for (size_t i = 0; i < lf_json_members(event); i++)
        lf_json_put(&w, lf_arena_cstr(a, lf_json_key(event, i)), lf_json_member(event, i));
    if (time && !lf_json_get(event, LF_V("@timestamp")))
        put_timestamp(a, &w, time);
    if (host.len && !lf_json_get(event, LF_V("host")) && !lf_json_get(event, LF_V("host.name"))) {
        lf_json_begin(&w, "host", '{');
        lf_json_put_str(&w, "name", host);
        lf_json_close(&w);
    }
    lf_json_close(&w);
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
    if (lf_json_kind(event) == LF_JSON_STRING) {
        out->record = lf_json_text(event);
        out->kind = out->record.len > most ? LF_HEC_TOO_BIG : out->record.len ? LF_HEC_TEXT : LF_HEC_BLANK;
        return true;
    }
    lf_buf_init(&b, most);
    if (lf_json_kind(event) == LF_JSON_OBJECT)
        put_record(a, &b, envelope, event);
    else
        lf_json_write(&b, event);
    out->kind = b.over ? LF_HEC_TOO_BIG : LF_HEC_JSON;
    if (!b.over)
        out->record = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return true;
}
