/* Confidence: how sure an indicator is now, 0 to 100.
 *
 *   (base + seen + judged) x age, cut to 0 … 100
 *
 *   base    what its author says (`confidence`), else by its state (isac/sighting.h)
 *   seen    5 x log2(1 + nodes that saw it, this one included), at most 20
 *   judged  5 for each of its alerts here that people called a true positive, at most 15;
 *           less 15 for each false positive
 *   age     1 - (t / T)^2, t since its last version came or its last sighting, T by kind: addresses 60 days,
 *           URLs 90, networks 120, names and mail 180, fingerprints and patterns 365, sums of
 *           files 1825; 0 from T or valid_until on
 *
 * docs/manual/confidence.md is the same in words.  Pure. */
#ifndef LF_MODEL_CONFIDENCE_H
#define LF_MODEL_CONFIDENCE_H

#include "base/time.h"
#include "model/finding.h"
#include "model/observable.h"

struct lf_confidence {
    enum lf_observable_kind kind;
    int base; /* 0-100 */
    int64_t nodes, right, wrong;
    lf_time since, valid_until; /* valid_until 0: none */
};
struct lf_confidence_now {
    int confidence;
    int seen, judged; /* what they add */
    int age;          /* in hundredths: 100 = fresh */
};
struct lf_confidence_now lf_confidence_now(const struct lf_confidence *c, lf_time now);
/* Of an alert: high from 85 on, medium from 50, else low. */
enum lf_level lf_confidence_level(int confidence);
/* When it is `least` (1 to 100) no more if nothing happens; not before since.  Exact to the second. */
lf_time lf_confidence_falls(const struct lf_confidence *c, int least);
/* T. */
lf_time lf_confidence_life(enum lf_observable_kind kind);

#endif
