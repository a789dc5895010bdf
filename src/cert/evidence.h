/* Evidence of an incident and its chain of custody (證據保全／監管鏈).
 *
 * That something was taken, and that it went from one hand to another, are events of the incident
 * (`evidence_added`, `evidence_moved`): signed as all are, never changed or removed, with the record wherever
 * it goes and in every export of it.  An item is a file of the incident or a thing that lies somewhere; one
 * that is a file keeps that file from being removed.  The chain goes on when the incident is closed.
 *
 *   taken ──▶ hand-over ──▶ hand-over …    each begins with who held it, at a time not before the last
 *
 * A node adds no hand-over that does not begin where the last ended; two nodes that write without seeing each
 * other may still make a chain that does not join, and then `broken` says so at that link for good. */
#ifndef LF_CERT_EVIDENCE_H
#define LF_CERT_EVIDENCE_H

#include "cert/incident.h"

/* How it was closed when it was taken or changed hands. */
enum lf_seal { LF_SEAL_NONE, LF_SEAL_INTACT, LF_SEAL_BROKEN, LF_SEAL_RENEWED };
enum {
    LF_SEALS = 4,
    LF_EVIDENCE_LINE = 200, /* bytes of one line */
    LF_EVIDENCE_TEXT = 2000,
    LF_EVIDENCES = 200, /* of one incident */
};
const char *lf_seal_name(enum lf_seal s); /* "none", "intact", "broken", "renewed" */
bool lf_seal_parse(lf_view name, enum lf_seal *s);

/* One link of a chain; the first is the taking, whose `from` is empty. */
struct lf_custody {
    lf_view event, from, to, reason;
    lf_view place; /* where it lies from then on; empty: not said */
    enum lf_seal seal;
    lf_view seal_number;
    lf_time at, recorded;
    lf_view node, account; /* who recorded it, and where */
    bool broken;           /* does not begin where the one before ended */
};
struct lf_evidence {
    lf_view event;       /* that added it: the item's id */
    int64_t number;      /* of the incident, as the node that added it counted */
    lf_view what, found; /* what it is; where it was found */
    lf_view identifier;  /* serial or inventory number */
    lf_view sha256;      /* of its content, small hexadecimal; empty: not reckoned */
    lf_view file;        /* event of the file it is; empty: a thing */
    lf_view method, note;
    size_t nlinks; /* at least 1 */
    const struct lf_custody *links;
    lf_view holder, place; /* now */
    bool broken;           /* one of its links is */
};

/* what, method and links[0].to (who took it) are needed, and a file or a place; links[0] gives at (0: now),
 * place and seal too.  Of a file the hash is that which was signed when it was added. */
enum lf_code lf_evidence_add(struct lf_task *t, lf_view incident, const struct lf_evidence *in, lf_view *id,
                             struct lf_err *e) LF_MUST;
/* to and reason are needed; from: who is believed to hold it (empty: whoever does).  LF_CONFLICT: somebody
 * else does. */
enum lf_code lf_evidence_move(struct lf_task *t, lf_view incident, lf_view id, const struct lf_custody *in,
                              struct lf_err *e) LF_MUST;
/* In the order of the history. */
size_t lf_evidence_list(struct lf_arena *a, const struct lf_incident_full *x, const struct lf_evidence **out);

#endif
