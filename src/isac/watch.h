/* Watch: indicators that accounts of this node hand in, by TAXII or a file.
 *
 * They are looked for in every event from valid_from to valid_until and block nothing: a
 * block needs somebody who answers for it (isac/indicator.h).  Of each id the last version
 * counts, whatever collection it came by; a revoked one, and one deleted from every
 * collection, is looked for no more.  What no event can be asked (another pattern language,
 * a value that is none) is kept in its collection and not looked for.
 *
 *   waiting ──valid_from──▶ live ──valid_until, faded, revoked, deleted──▶ over
 *
 * Changes are packed into t->news, which the intake gets with the commit; the whole list is
 * lf_indicator_standing's (isac/sighting.h). */
#ifndef LF_ISAC_WATCH_H
#define LF_ISAC_WATCH_H

#include "fmt/stix.h"
#include "model/sighting.h"
#include "store/task.h"

/* How sure an indicator is that says nothing of it (its `confidence`) and was handed in by an
 * account: nobody here has looked at it. */
enum { LF_WATCH_CONFIDENCE = 50 };

enum lf_watch_state { LF_WATCH_WAITING, LF_WATCH_LIVE, LF_WATCH_OVER };

struct lf_watch_row {
    lf_view id, value;
    enum lf_observable_kind kind;
    lf_time version, valid_from, valid_until;
    lf_time since; /* when its last version came, or when it was seen after that */
    int64_t confidence;
    enum lf_watch_state state;
    int64_t seq; /* the number of the object it hangs on; 0: there is none */
};
/* An object an account posted and that was new, by its number; what is no indicator is passed over.  `met`:
 * its id may have been handed in before (lf_object_batch_met); false spares looking. */
enum lf_code lf_watch_post(struct lf_task *t, const struct lf_stix *s, int64_t seq, bool met,
                           struct lf_err *e) LF_MUST;
/* Before versions of an id are deleted from a collection (seq 0: nothing is looked for), and after. */
enum lf_code lf_watch_deleting(struct lf_task *t, lf_view id, struct lf_watch_row *out,
                               struct lf_err *e) LF_MUST;
enum lf_code lf_watch_deleted(struct lf_task *t, const struct lf_watch_row *r, struct lf_err *e) LF_MUST;
/* Begins and ends what is due; bounded, so that what remains is done at the next call. */
enum lf_code lf_watch_turn(struct lf_task *t, struct lf_err *e) LF_MUST;

/* Those that are live, in order behind a place (empty at first); *n below `most`: the last. */
enum lf_code lf_watch_standing(struct lf_task *t, lf_view after, size_t most, size_t *n,
                               const struct lf_indicator_entry **out, lf_view *last,
                               struct lf_err *e) LF_MUST;

/* LF_NOT_FOUND: no account handed in an indicator of this id that can be looked for. */
enum lf_code lf_watch_get(struct lf_task *t, lf_view id, struct lf_watch_row *out, struct lf_err *e) LF_MUST;

#endif
