/* Device: who sends us logs, as the intake reports it to the core.
 *
 * A device is known by its sender's name: a token's label, an address, or a followed
 * file's name in the settings; a host behind a relay by "HOST@SENDER".  Counters grow from the moment the
 * intake's entry was made; `incarnation` names that moment, so that a report that comes twice, late or not at
 * all counts nothing twice: the receiver keeps what it was told last and adds the difference.
 *
 * unpack treats its input as hostile: the intake is exposed to senders. */
#ifndef LF_MODEL_DEVICE_H
#define LF_MODEL_DEVICE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

enum lf_device_via {
    LF_VIA_UNKNOWN,
    LF_VIA_UDP,
    LF_VIA_TCP,
    LF_VIA_TLS,
    LF_VIA_RELP,
    LF_VIA_HTTP,
    LF_VIA_FILE,
    LF_VIA_SELF,  /* the node's own: what nobody's name can be put to */
    LF_VIA_RELAY, /* a host whose events another sender passes on */
    LF_VIA_COUNT
};

enum lf_device_fault {
    LF_FAULT_NONE,
    LF_FAULT_UNREADABLE, /* a followed file cannot be read */
    LF_FAULT_UNWRITABLE, /* the archive cannot be written: a full disk */
    LF_FAULT_COUNT
};

enum { LF_DEVICE_NAME = 200, LF_DEVICE_TEXT = 400 };

struct lf_device_report {
    lf_view name;
    enum lf_device_via via;
    uint64_t incarnation; /* at most INT64_MAX, as the counters are */
    uint64_t received;    /* records taken */
    uint64_t malformed;   /* of those: not understood, kept as they came */
    uint64_t dropped;     /* records that could not be taken */
    lf_time first, last;  /* when it was heard; 0 = not yet */
    /* The newest trouble, which goes on while `fault_until` is 0. */
    enum lf_device_fault fault;
    lf_time fault_since, fault_until;
    lf_view fault_text;
    /* Of a host behind a relay: that sender's name, and whether it is the only host known of it;
     * such a one is the sender itself, and no device beside it. */
    lf_view relay;
    bool lone;
};

const char *
lf_device_via_name(enum lf_device_via via); /* "udp", "tcp", "tls", "relp", "http", "file", "relay", … */

/* One report behind the other. */
void lf_device_pack(struct lf_buf *b, const struct lf_device_report *r);
/* The next report off the front of *in. */
enum lf_code lf_device_unpack(lf_view *in, struct lf_device_report *out, struct lf_err *e) LF_MUST;

#endif
