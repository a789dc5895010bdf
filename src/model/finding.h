/* Finding: what the intake tells the core when a rule matched an event.
 *
 * The engine makes it, soc turns it into an alert.  Views belong to whoever made
 * it.  pack/unpack carry it between workers; unpack treats input as hostile. */
#ifndef LF_MODEL_FINDING_H
#define LF_MODEL_FINDING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "model/observable.h"

enum lf_level { LF_LEVEL_INFO, LF_LEVEL_LOW, LF_LEVEL_MEDIUM, LF_LEVEL_HIGH, LF_LEVEL_CRITICAL };

enum { LF_FINDING_OBSERVABLES = 16, LF_FINDING_RAW = 16384 };

struct lf_finding {
    uint64_t position; /* of the event in the journal: with `rule` it makes a finding unique */
    lf_time happened;  /* the event's own time, or when it came in */
    lf_time recorded;  /* when the journal took it */
    lf_view sender;    /* which authenticated or configured source it came from */
    lf_view rule;      /* rule id (UUID) */
    lf_view title;     /* rule title */
    enum lf_level level;
    lf_view host;  /* the machine concerned, if known */
    lf_view event; /* the event as JSON, at most LF_FINDING_RAW bytes (cut at a whole value) */
    size_t nobservables;
    struct lf_observable observables[LF_FINDING_OBSERVABLES];
    /* Second evidence: another source saw the same observable within the window.
     * ptr NULL when none.  A name is never shared on one source's word alone. */
    lf_view second_sender;
    lf_view second_event;
    lf_time second_happened;
};

const char *lf_level_name(enum lf_level level); /* "informational" … "critical", as Sigma */
bool lf_level_parse(lf_view text, enum lf_level *out);

void lf_finding_pack(struct lf_buf *b, const struct lf_finding *f);
enum lf_code lf_finding_unpack(lf_view in, struct lf_finding *f, struct lf_err *e) LF_MUST;

#endif
