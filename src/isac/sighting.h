/* Sightings: how often, when first and when last an indicator was seen: in our own events, by
 * members, and in the archive when it was new.
 *
 * The intake counts and tells every second, with the journal position up to which it has
 * counted; that is kept with the counts, and the intake counts on behind it
 * (lf_sighting_place): nothing counts twice or not at all over a crash of either.
 *
 * Up (isac/sighting_link.c), where the node above knows the indicator: it gave it, or we
 * published it.
 *
 *   told by the intake ─▶ window of the indicator ──due──▶ one STIX sighting, outbox
 *
 * The first window closes LF_SIGHTING_SOON after its first hit, the next ones of the same
 * hour after LF_SIGHTING_LATER: a thousand hits a second are one object in ten minutes.
 * The object's id is a keyed hash of indicator and window, and it goes into the outbox in the
 * transaction that closes the window: over crashes and resumed links nothing is told twice
 * with two ids.  It says that this node saw it; which host saw it stays here.  A standing
 * policy that says "disclose": ["observed-data"] lets the value itself go along as
 * observed-data.  Where our own indicator and the parent's stand for one value only the
 * parent's is told.
 *
 * From members: kept by the sighting's id, its last version counts, and passed on as our own
 * (derived: no name of the member, the same id each time). */
#ifndef LF_ISAC_SIGHTING_H
#define LF_ISAC_SIGHTING_H

#include "model/peer.h"
#include "model/sighting.h"
#include "store/task.h"

struct lf_sighting_row {
    lf_view indicator, value, list; /* of the last hit */
    int64_t count;                  /* 0: never sighted */
    lf_time first, last;
};

#define LF_SIGHTING_SOON (5 * LF_SECOND)
#define LF_SIGHTING_LATER (10 * LF_MINUTE)

/* What the intake told of. */
enum lf_code lf_sighting_add(struct lf_task *t, const struct lf_indicator_sighting *s,
                             struct lf_err *e) LF_MUST;
/* Hits of events up to this journal position were told of; 0: none yet. */
enum lf_code lf_sighting_place(struct lf_task *t, uint64_t *position, struct lf_err *e) LF_MUST;
enum lf_code lf_sighting_placed(struct lf_task *t, uint64_t position, struct lf_err *e) LF_MUST;
/* Tells what is due. */
enum lf_code lf_sighting_turn(struct lf_task *t, struct lf_err *e) LF_MUST;
/* A peer's STIX sighting.  LF_FORBIDDEN when it speaks for another than itself. */
enum lf_code lf_sighting_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e) LF_MUST;

/* What members said of an indicator, one a member, at most LF_SIGHTING_MEMBERS. */
enum { LF_SIGHTING_MEMBERS = 1000 };
struct lf_sighting_member {
    lf_view peer, node, name;
    int64_t count;
    lf_time first, last;
};
enum lf_code lf_sighting_members(struct lf_task *t, lf_view indicator, size_t *n,
                                 const struct lf_sighting_member **out, struct lf_err *e) LF_MUST;
/* Of all of them together. */
struct lf_sighting_sum {
    int64_t members, count;
    lf_time first, last;
};
enum lf_code lf_sighting_sum(struct lf_task *t, lf_view indicator, struct lf_sighting_sum *out,
                             struct lf_err *e) LF_MUST;

/* Found in the archive (isac/hunt.h): in place of what was found before.  It is told up as a
 * sighting of its own, whose description is "found in the archive". */
enum lf_code lf_sighting_found(struct lf_task *t, const struct lf_indicator_sighting *s,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_sighting_archive(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                                 struct lf_err *e) LF_MUST;
enum lf_code lf_sighting_get(struct lf_task *t, lf_view indicator, struct lf_sighting_row *out,
                             struct lf_err *e) LF_MUST;

/* Standing indicators that events are to be asked of, in order after a place (zero at
 * first), those that accounts handed in (isac/watch.h) last; *n below `most`: these were the
 * last. */
struct lf_indicator_place {
    lf_view origin, id;
    bool watched; /* behind all others */
};
enum lf_code lf_indicator_standing(struct lf_task *t, const struct lf_indicator_place *after, size_t most,
                                   struct lf_indicator_place *last, size_t *n,
                                   const struct lf_indicator_entry **out, struct lf_err *e) LF_MUST;
/* What is told of an indicator of this state: how sure it is. */
uint8_t lf_indicator_confidence(bool provisional);

#endif
