/* Hunt: what became an indicator is looked for in the archive too.
 *
 * What goes live in a transaction is noted in it (lf_hunt_add), so that a crash loses none;
 * the search worker (proc/search_hunt.h) goes back over the archive with all that waits, in the
 * background and within bounds, and what it finds is kept as sightings that say so
 * (lf_sighting_found).  An indicator that comes again is hunted again; the answer replaces the
 * one before. */
#ifndef LF_ISAC_HUNT_H
#define LF_ISAC_HUNT_H

#include "store/task.h"

enum { LF_HUNT_BYTES = 8 << 20 }; /* of entries that one round of the archive is asked for */

/* Packed lf_indicator_entry of INDICATORS; the ADDs among them are kept.  *passed: how many were
 * too many and are not. */
enum lf_code lf_hunt_add(struct lf_task *t, lf_view news, size_t *passed, struct lf_err *e) LF_MUST;
struct lf_hunt {
    int64_t seq;     /* the last of what it asks for; 0: nothing waits */
    lf_time at;      /* events recorded before are asked */
    lf_view entries; /* packed */
};
enum lf_code lf_hunt_next(struct lf_task *t, struct lf_hunt *out, struct lf_err *e) LF_MUST;
/* All up to and with `seq` are done. */
enum lf_code lf_hunt_done(struct lf_task *t, int64_t seq, struct lf_err *e) LF_MUST;

#endif
