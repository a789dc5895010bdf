#include "fmt/abuse.h"

#include "fmt/json.h"

/* What X-ARF's schema of the type asks for besides the core's fields. */
enum wants { WANTS_FLOW = 1, WANTS_PORT = 2, WANTS_URL = 4 };

static const char *const names[LF_ABUSE_TYPES] = { "compromised_server",
                                                   "login_attack",
                                                   "port_scan",
                                                   "vulnerability_scan",
                                                   "sql_injection",
                                                   "ddos",
                                                   "botnet",
                                                   "phishing",
                                                   "malware" };
static const struct {
    const char *category;
    unsigned wants;
    const char *more, *says; /* a field it must have, and what we can say in it */
} types[LF_ABUSE_TYPES] = {
    [LF_ABUSE_COMPROMISED_SERVER] = { "infrastructure", 0, "compromise_method", "unknown" },
    [LF_ABUSE_LOGIN_ATTACK] = { "connection", WANTS_FLOW | WANTS_PORT, NULL, NULL },
    [LF_ABUSE_PORT_SCAN] = { "connection", WANTS_FLOW | WANTS_PORT, NULL, NULL },
    [LF_ABUSE_VULNERABILITY_SCAN] = { "connection", WANTS_FLOW, "scan_type", "vulnerability_scan" },
    [LF_ABUSE_SQL_INJECTION] = { "connection", WANTS_FLOW, NULL, NULL },
    [LF_ABUSE_DDOS] = { "connection", WANTS_FLOW | WANTS_PORT, NULL, NULL },
    [LF_ABUSE_BOTNET] = { "infrastructure", 0, "compromise_evidence", "observed in an incident" },
    [LF_ABUSE_PHISHING] = { "content", WANTS_URL, NULL, NULL },
    [LF_ABUSE_MALWARE] = { "content", WANTS_URL, NULL, NULL },
};

const char *lf_abuse_type_name(enum lf_abuse_type t)
{
    return names[t];
}

bool lf_abuse_type_parse(lf_view name, enum lf_abuse_type *t)
{
    size_t at;

    if (!lf_view_among(name, names, LF_ABUSE_TYPES, &at))
        return false;
    *t = (enum lf_abuse_type)at;
    return true;
}

enum lf_code lf_abuse_ok(const struct lf_abuse *r, struct lf_err *e)
{
    unsigned wants = types[r->type].wants;

    if ((wants & WANTS_PORT) && !r->port)
        return lf_err_set(e, LF_BAD_INPUT,
                          "letter: %s is told with the port of the source; give it, or choose another type",
                          names[r->type]);
    if ((wants & WANTS_URL) && r->is != LF_ABUSE_URL)
        return lf_err_set(e, LF_BAD_INPUT,
                          "letter: %s is told of a URL; make the source one, or choose another type",
                          names[r->type]);
    return LF_OK;
}

void lf_abuse_arf(struct lf_buf *b, const struct lf_abuse *r)
{
    static const char *const fields[] = { "Source-IP", "Reported-Domain", "Reported-URI" };
    char date[LF_TIME_TEXT];

    lf_buf_printf(b, "Feedback-Type: abuse\r\nUser-Agent: lianfang/%s\r\nVersion: 1\r\n", LF_VERSION);
    lf_buf_printf(b, "%s: %.*s\r\n", fields[r->is], LF_FMT(r->source));
    if (r->host.len)
        lf_buf_printf(b, "%s: %.*s\r\n", fields[r->host_is_address ? LF_ABUSE_ADDRESS : LF_ABUSE_DOMAIN],
                      LF_FMT(r->host));
    if (r->port && r->is == LF_ABUSE_ADDRESS)
        lf_buf_printf(b, "Source-Port: %d\r\n", r->port);
    lf_buf_printf(b, "Arrival-Date: %.*s\r\nIncidents: 1\r\n", LF_FMT(lf_time_mail(r->seen, date)));
}

/* So many characters of UTF-8. */
static lf_view first_chars(lf_view v, size_t most)
{
    size_t at = 0;

    while (most-- && at < v.len)
        at += lf_utf8_len(v.ptr[at]);
    return lf_view_first(v, at);
}

static void put_party(struct lf_json_w *w, const char *key, const struct lf_abuse_party *p)
{
    size_t at = lf_view_find_byte(p->mail, '@');

    lf_json_begin(w, key, '{');
    lf_json_put_str(w, "org", first_chars(p->org, 200));
    lf_json_put_str(w, "contact", p->mail);
    lf_json_put_str(w, "domain", at == SIZE_MAX ? LF_V("") : lf_view_from(p->mail, at + 1));
    lf_json_close(w);
}

void lf_abuse_xarf(struct lf_buf *b, const struct lf_abuse *r)
{
    struct lf_json_w w = lf_json_w(b);
    char seen[LF_TIME_TEXT], tag[40];

    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "xarf_version", "4.2.0");
    lf_json_put_str(&w, "report_id", r->id);
    lf_json_put_str(&w, "timestamp", lf_time_whole(r->seen, seen));
    put_party(&w, "reporter", &r->reporter);
    put_party(&w, "sender", &r->sender);
    lf_json_put_str(&w, "source_identifier", r->host.len ? r->host : r->source);
    if (r->port)
        lf_json_put_int(&w, "source_port", r->port);
    lf_json_put_cstr(&w, "category", types[r->type].category);
    lf_json_put_cstr(&w, "type", names[r->type]);
    if (types[r->type].wants & WANTS_FLOW) {
        lf_json_put_cstr(&w, "protocol", r->udp ? "udp" : "tcp");
        lf_json_put_str(&w, "first_seen", lf_view_of(seen));
    }
    if (types[r->type].more)
        lf_json_put_cstr(&w, types[r->type].more, types[r->type].says);
    if (r->is == LF_ABUSE_URL)
        lf_json_put_str(&w, "url", r->source);
    if (r->description.len)
        lf_json_put_str(&w, "description", first_chars(r->description, LF_ABUSE_DESCRIPTION));
    if (*r->tlp) {
        lf_json_begin(&w, "tags", '[');
        (void)snprintf(tag, sizeof tag, "tlp:%s", r->tlp);
        lf_json_put_cstr(&w, NULL, tag);
        lf_json_close(&w);
    }
    lf_json_close(&w);
}
