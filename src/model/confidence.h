/* Confidence: how sure an indicator is now, 0 to 100.
 *
 *   (base + graded + seen + judged) x age, cut to 0 … 100
 *
 *   base    what people here graded it (1: 90, 2: 70, 3: 50, 4: 30, 5: 10; STIX 2.1, appendix A), else what
 * its author says (`confidence`), else by its state (isac/sighting.h) graded  by its source's letter
 * (isac/grade.h): A 10, B 5, C 0, D -10, E -25, F 0 seen    5 x log2(1 + nodes that saw it, this one
 * included), at most 20 judged  5 for each of its alerts here that people called a true positive, at most 15;
 *           less 15 for each false positive; opinions that were handed in count too, of those who
 *           disagree at most three (isac/feedback.h)
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
    int graded;
    int64_t nodes, right, wrong;
    lf_time since, valid_until; /* valid_until 0: none */
};
struct lf_confidence_now {
    int confidence;
    int seen, judged; /* what they add */
    int age;          /* in hundredths: 100 = fresh */
};
/* Of a digit '1' to '5' the base, -1 of any other; of a letter what it adds. */
int lf_confidence_digit(char digit);
int lf_confidence_letter(char letter);
struct lf_confidence_now lf_confidence_now(const struct lf_confidence *c, lf_time now);
/* Of an alert: high from 85 on, medium from 50, else low. */
enum lf_level lf_confidence_level(int confidence);
/* When it is `least` (1 to 100) no more if nothing happens; not before since.  Exact to the second. */
lf_time lf_confidence_falls(const struct lf_confidence *c, int least);
/* T. */
lf_time lf_confidence_life(enum lf_observable_kind kind);

#endif
