/* Intake: takes log records from senders, keeps them in the event archive, and
 * matches them against rules; what a rule hits goes to the core as FINDING.
 *
 * A record's life: received → (round's end) archive, fdatasync → acknowledged to
 * an HTTP sender → detection, in order of position → findings.  Detection reads
 * on from the archive after a restart of either worker, so an event that was
 * acknowledged reaches the alerts exactly once: a finding is unique by position
 * and rule, FINDING_KEPT says up to where they are committed.
 *
 * Boot settings, JSON:
 *   {"data": DIR,                  archive, also the place of follow state
 *    "keep_mb": 1024,              size of the archive; the oldest blocks go first,
 *    "keep_days": 0,               and those older than this (0: none for its age)
 *    "stdin": false,               take lines from the handed descriptor "stdin"
 *    "rules": [DIR, …],            Sigma rules, searched recursively, .yml and .yaml
 *    "follow": [{"path": FILE, "source": NAME, "format": "auto"}, …]}
 * Handed sockets: "syslog.udp", "syslog.tcp", "syslog.tls", "relp", "relp.tls"; keys "tls.key",
 * "tls.cert" (PEM).  Each may be absent.
 *
 * Senders: a token's label for HTTP, the address for syslog, the name in settings
 * for a followed file. */
#ifndef LF_PROC_INTAKE_H
#define LF_PROC_INTAKE_H

#include "base/buf.h"
#include "base/crypto.h"
#include "http/message.h"

enum {
    LF_INTAKE_BODY = 32 << 20,     /* bytes of one HTTP body as sent */
    LF_INTAKE_INFLATED = 64 << 20, /* and inflated */
};

/* What comes as LOG_BODY: Elasticsearch's _bulk (and what its shippers ask first),
 * Splunk's HTTP Event Collector, and JSON lines at /api/v1/events; each answers as
 * its original does.  A sender shows its token as `Bearer`, `Splunk`, `ApiKey`
 * (base64 of id:token) or `Basic` (base64 of any:token). */

/* TOKENS is these, one after another: u16 length of the name, name, SHA-256 of the
 * token.  An empty message: no sender has a token. */
void lf_intake_pack_sender(struct lf_buf *b, lf_view name, const uint8_t hash[LF_SHA256]);

/* HOLDS is these, the legal holds in force: u64 from, to (microseconds; to 0: no end); u16 length and
 * text of the id, of the sender.  An empty message: there are none. */
void lf_intake_pack_hold(struct lf_buf *b, lf_view id, lf_time from, lf_time to, lf_view sender);

#endif
