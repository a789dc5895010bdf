/* Arrival: what members hand in, as one plain record each, for the second line
 * (proc/core_second.c) to correlate.
 *
 * Written where an object of a child is taken (isac/link.c), in the same savepoint;
 * read by the core in order.  A record is a JSON object of at most LF_ARRIVAL_BYTES:
 *
 *   "@timestamp"        when it happened, as the member says
 *   "lianfang.kind"     "incident" or "indicator"
 *   "member"            identity of the node of origin; absent where a tier between has
 *                       taken its name off
 *   "member.name"       as people call it, where we know it
 *   "sector"            name of the sector it came by; at a sector its own
 *   "incident"          id
 *   "title" "category" "severity" "incident.level"
 *   "source.ip" "domain" "url" "file.hash.sha256" "malware" "technique"    lists
 *   "observable"        all of these but techniques, as "kind:value"
 *
 * Exercises are left out.  Members never see these records: they stay in this node. */
#ifndef LF_ISAC_ARRIVAL_H
#define LF_ISAC_ARRIVAL_H

#include "model/peer.h"
#include "store/task.h"

enum { LF_ARRIVAL_BYTES = 16384, LF_ARRIVAL_VALUES = 64, LF_ARRIVAL_LIST = 256 };
/* So many records of one child within an hour; of a sector, which speaks for many members,
 * ten times as many.  More are not kept, and counted. */
enum { LF_ARRIVAL_HOUR = 1000, LF_ARRIVAL_SECTOR_HOUR = 10000 };
/* Kept so long after they came: the longest window of the rules, and time to be late. */
#define LF_ARRIVAL_LIFE (8 * LF_DAY)

/* An object that a child handed in and that was new.  What carries nothing to compare is
 * passed over.  LF_FX_ARRIVAL is noted when something was kept. */
enum lf_code lf_arrival_add(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                            struct lf_err *e) LF_MUST;

struct lf_arrival {
    int64_t seq; /* grows */
    lf_time received, happened;
    lf_view json;
};
/* After `seq`, oldest first, at most LF_ARRIVAL_LIST.  By LF_ROLE_SYSTEM. */
enum lf_code lf_arrival_list(struct lf_task *t, int64_t after, size_t *n, const struct lf_arrival **out,
                             struct lf_err *e) LF_MUST;
/* Hours in which a child handed in more than is taken: to be told once when it begins and
 * once when the hour is over, with what it came to.  By LF_ROLE_SYSTEM. */
struct lf_arrival_over {
    lf_view peer, name; /* name: empty when the peer is gone */
    lf_time hour;       /* its begin */
    int64_t over, most; /* not taken as yet; taken at most in an hour */
    bool ended;
};
enum lf_code lf_arrival_over(struct lf_task *t, size_t *n, const struct lf_arrival_over **out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_arrival_over_told(struct lf_task *t, const struct lf_arrival_over *over,
                                  struct lf_err *e) LF_MUST;
/* Not taken of all children, within what is still kept; for the metrics. */
enum lf_code lf_arrival_over_sum(struct lf_task *t, int64_t *out, struct lf_err *e) LF_MUST;
/* Removes what is older than LF_ARRIVAL_LIFE; LF_FX_ARRIVAL when an hour that is over is to be told. */
enum lf_code lf_arrival_expire(struct lf_task *t, struct lf_err *e) LF_MUST;

#endif
