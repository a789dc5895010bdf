/* Normalise: the bytes of one log record -> an event.
 *
 * Total: there is no failure.  What is not understood becomes an event whose
 * `message` is the text as it came (bytes that are not UTF-8 as U+FFFD) and whose
 * `raw` is set, so that nothing a sender says is lost and the caller can count.
 *
 * Understood: JSON objects (flat Windows, Event.System nested, Winlogbeat and
 * other ECS, our own), syslog RFC 5424 and 3164 with the body read by program
 * (nginx and apache access lines, unbound and BIND query lines, sshd and other
 * auth programs), and the same lines bare, from a followed file.
 *
 * Access lines carry Sigma's names (cs-method, cs-uri, cs-uri-stem, cs-uri-query,
 * cs-host, sc-status, sc-bytes, c-ip, cs-referer, c-useragent, cs-user-agent) and
 * ECS's (http.request.method, url.original, url.path, url.query, source.ip, …),
 * and `url.query.decoded`, our own: the query percent-decoded twice and with '+'
 * as a blank, because attackers encode and Sigma's fields are as written.
 * DNS lines carry query, record_type, src_ip, QueryName and dns.question.*. */
#ifndef LF_ENGINE_NORMALISE_H
#define LF_ENGINE_NORMALISE_H

#include "engine/event.h"

enum lf_format {
    LF_FORMAT_AUTO,
    LF_FORMAT_JSON,
    LF_FORMAT_SYSLOG,
    LF_FORMAT_NGINX, /* combined or common */
    LF_FORMAT_APACHE,
    LF_FORMAT_UNBOUND,
    LF_FORMAT_BIND,
    LF_FORMAT_TEXT /* never looked into */
};

/* "auto", "json", "syslog", "nginx", "apache", "unbound", "bind", "text". */
bool lf_format_parse(lf_view text, enum lf_format *out);
const char *lf_format_name(enum lf_format f);

enum { LF_RECORD_MOST = 1 << 20 }; /* bytes of one record; the rest is cut, the event is raw */

/* What the intake knows of a record besides its bytes. */
struct lf_record {
    lf_view bytes; /* without the line's end */
    enum lf_format format;
    lf_view sender;
    uint64_t position;
    lf_time recorded;
};

void lf_normalise(struct lf_arena *a, const struct lf_record *r, struct lf_event *out);
/* A JSON value that was parsed already (detect FILE): sources are told from it. */
void lf_normalise_json(struct lf_arena *a, const struct lf_json *doc, const struct lf_record *r,
                       struct lf_event *out);
/* '%XX' and '+' undone `times` over; bytes that are not UTF-8 become U+FFFD. */
lf_view lf_percent_decoded(struct lf_arena *a, lf_view text, int times);

#endif
