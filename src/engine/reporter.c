#include "engine/reporter.h"

static bool name_ok(lf_view v)
{
    if (v.len == 0 || v.len > LF_REPORTER_NAME || !lf_view_is_utf8(v))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] <= ' ' || v.ptr[i] == '@' || v.ptr[i] == 0x7f)
            return false;
    return !lf_view_is(v, "-");
}

lf_view lf_event_reporter(const struct lf_event *ev)
{
    static const char *const names[] = {
        "host.name",     "Computer",      "_HOSTNAME",    "agent.hostname",
        "agent.name",    "host.hostname", "_system_name", "winlog.computer_name",
        "observer.name", "devname",       "dvchost",      "NODE",
        "node_id",       "sensor_name",   "host",         "Event.System.Computer"
    };

    if (ev->raw || ev->host.len == 0)
        return (lf_view){ "", 0 };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct lf_json *v = lf_json_get(ev->doc, lf_view_of(names[i]));

        if (!v)
            v = lf_json_path(ev->doc, names[i]);
        if (v && lf_json_kind(v) == LF_JSON_STRING && name_ok(lf_json_text(v)))
            return lf_json_text(v);
    }
    return (lf_view){ "", 0 };
}
