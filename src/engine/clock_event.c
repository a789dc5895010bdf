/* An event of a history: its kinds, and the fields that each must have. */
#include "engine/clock_priv.h"

const char *const clock_tiers[CLOCK_TIERS] = { "provider", "sector", "nation" };

/* The order of kinds within one second (contract A4). */
const char *const clock_kinds[LF_CLOCK_KINDS] = {
    "aware",
    "aware_corrected",
    "obstacle_begins",
    "obstacle_ends",
    "abnormal_detected",
    "request_received",
    "drill_done",
    "level_changed",
    "absorbed",
    "reported",
    "received_by_reviewer",
    "answered",
    "returned",
    "supplemented",
    "reviewed",
    "forwarded",
    "intermediate_requested",
    "extended",
    "controlled",
    "recovered",
    "intermediate_submitted",
    "progress_submitted",
    "final_submitted",
    "final_returned",
    "abnormal_notified",
    "support_given",
    "arrived_on_site",
    "drill_reported",
    "not_incident",
    "merged",
    "closed",
    "reopened",
};

unsigned lf_clock_kind(lf_view v)
{
    unsigned k = 0;

    while (k < LF_CLOCK_KINDS && !lf_view_is(v, clock_kinds[k]))
        k++;
    return k;
}

enum lf_code lf_clock_time(lf_view text, lf_time *out, struct lf_err *e)
{
    if (lf_view_find_byte(text, 't') != SIZE_MAX || lf_view_find_byte(text, 'z') != SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "time \"%.*s\": T and Z are capital letters",
                          LF_FMT(lf_view_first(text, 40)));
    return lf_time_parse(text, out, e);
}

static enum lf_code get_time(const struct lf_json *o, const char *key, int64_t *out, size_t n,
                             struct lf_err *e)
{
    const struct lf_json *v = clock_field(o, key);
    lf_time t;

    *out = CLOCK_NEVER;
    if (!v)
        return LF_OK;
    if (lf_json_kind(v) != LF_JSON_STRING || lf_clock_time(lf_json_text(v), &t, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT, "history[%zu]: %s is not an RFC 3339 time", n, key);
    *out = t >= 0 ? t / LF_SECOND : -((-t + LF_SECOND - 1) / LF_SECOND);
    return LF_OK;
}

static enum lf_code refuse(struct lf_err *e, size_t n, const char *what)
{
    return lf_err_set(e, LF_BAD_INPUT, "history[%zu]: %s", n, what);
}

static bool text_field(const struct lf_json *o, const char *key)
{
    return !clock_field(o, key) || lf_json_kind(clock_field(o, key)) == LF_JSON_STRING;
}

static bool has_reason(const struct lf_json *o)
{
    return !lf_view_blank(lf_json_str(o, "reason"));
}

enum lf_code clock_event_read(const struct lf_json *o, size_t n, struct clock_event *ev, struct lf_err *e)
{
    const struct lf_json *v, *r;
    int64_t level, receipt;

    *ev = (struct clock_event){ .j = o, .place = n, .tier = -1 };
    if (lf_json_kind(o) != LF_JSON_OBJECT)
        return refuse(e, n, "not an object");
    LF_TRY(get_time(o, "time", &ev->time, n, e));
    LF_TRY(get_time(o, "occurred_at", &ev->occurred, n, e));
    LF_TRY(get_time(o, "until", &ev->until, n, e));
    LF_TRY(get_time(o, "aware_at", &ev->aware_at, n, e));
    ev->name = lf_json_str(o, "kind");
    ev->by = lf_json_str(o, "by");
    ev->kind = lf_clock_kind(ev->name);
    for (int x = 0; x < CLOCK_TIERS; x++)
        if (lf_view_is(lf_json_str(o, "tier"), clock_tiers[x]))
            ev->tier = x;
    if (ev->time == CLOCK_NEVER || !ev->name.len || !ev->by.len || ev->tier < 0)
        return refuse(e, n, "time, kind, by and tier (provider, sector, nation) are needed");
    if (ev->occurred != CLOCK_NEVER && ev->occurred > ev->time)
        return refuse(e, n, "occurred_at lies after time");
    if (ev->until != CLOCK_NEVER && ev->until <= ev->time)
        return refuse(e, n, "until is not after time");
    if (clock_field(o, "level")) {
        if (!lf_json_int(o, "level", &level) || level < 1 || level > 4)
            return refuse(e, n, "level is an integer from 1 to 4");
        ev->level = (int)level;
    }
    if (!text_field(o, "stage") || !text_field(o, "channel") || !text_field(o, "mode") ||
        !text_field(o, "id"))
        return refuse(e, n, "stage, channel, mode and id are text");
    for (int x = 0; x < CLOCK_TIERS; x++)
        ev->at[x] = ev->time;
    r = clock_field(o, "receipts");
    if (r && lf_json_kind(r) != LF_JSON_OBJECT)
        return refuse(e, n, "receipts is not an object");
    for (size_t i = 0; i < lf_json_members(r); i++) {
        int x = 0;

        while (x < CLOCK_TIERS && !lf_view_is(lf_json_key(r, i), clock_tiers[x]))
            x++;
        if (x == CLOCK_TIERS)
            return refuse(e, n, "receipts names something that is no tier");
        LF_TRY(get_time(r, clock_tiers[x], &receipt, n, e));
        if (receipt < ev->time)
            return refuse(e, n, "a receipt lies before time");
        if (x != ev->tier)
            ev->at[x] = receipt;
    }
    if (clock_is(ev, "level_changed") && !ev->level)
        return refuse(e, n, "level_changed needs level");
    if (clock_is(ev, "aware_corrected") && (ev->occurred == CLOCK_NEVER || !has_reason(o)))
        return refuse(e, n, "aware_corrected needs occurred_at and reason");
    if (clock_is(ev, "reported") && clock_field(o, "channel")) {
        bool other = lf_view_is(lf_json_str(o, "channel"), "other");

        if ((!other && !lf_view_is(lf_json_str(o, "channel"), "platform")) || (other && !has_reason(o)))
            return refuse(e, n, "channel is platform, or other with reason");
    }
    if (clock_is(ev, "extended")) {
        v = clock_field(o, "consent");
        if (!lf_json_str(o, "clock").ptr || ev->until == CLOCK_NEVER || !v ||
            lf_json_kind(v) != LF_JSON_ARRAY)
            return refuse(e, n, "extended needs clock, until and consent");
        for (size_t i = 0; i < lf_json_items(v); i++)
            if (lf_json_kind(lf_json_item(v, i)) != LF_JSON_STRING)
                return refuse(e, n, "consent is a list of roles");
    }
    if (clock_is(ev, "absorbed") && (ev->aware_at == CLOCK_NEVER || ev->aware_at > ev->time))
        return refuse(e, n, "absorbed needs aware_at, not after time");
    if ((v = clock_field(o, "same_agency")) && lf_json_kind(v) != LF_JSON_TRUE &&
        lf_json_kind(v) != LF_JSON_FALSE)
        return refuse(e, n, "same_agency is true or false");
    return LF_OK;
}
