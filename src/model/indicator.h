/* Indicator: one value to be watched for or blocked, and its STIX 2.1 object.
 *
 * What STIX has no property for (provisional, evidence, policy, derived-from) is
 * carried in our extension (model/extension.h) as a property extension. */
#ifndef LF_MODEL_INDICATOR_H
#define LF_MODEL_INDICATOR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "fmt/stix.h"
#include "model/finding.h"

struct lf_indicator {
    lf_view id;         /* "indicator--<uuid>" */
    lf_view created_by; /* "identity--<uuid>" */
    lf_time created, modified;
    lf_time valid_from, valid_until; /* valid_until 0 = none stated */
    enum lf_observable_kind kind;
    lf_view value;
    bool revoked;
    bool extended;        /* our extension was there; the rest is its content */
    bool provisional;     /* shared at machine speed, not yet seen by a person */
    int64_t evidence;     /* independent senders that saw it */
    lf_view policy;       /* id of the standing policy it went out under; may be empty */
    lf_view derived_from; /* id of the source object; may be empty */
    lf_view tlp;          /* "red", "amber+strict", "amber", "green", "clear"; may be empty */
};

/* The object's text, authored strictly. */
lf_view lf_indicator_write(struct lf_arena *a, const struct lf_indicator *i);
/* LF_UNACCEPTED when it is no indicator, or its pattern cannot be looked for. */
enum lf_code lf_indicator_of(struct lf_arena *a, const struct lf_stix *s, struct lf_indicator *out,
                             struct lf_err *e) LF_MUST;
enum lf_code lf_indicator_read(struct lf_arena *a, lf_view json, struct lf_indicator *out,
                               struct lf_err *e) LF_MUST;
/* The marking definition of a TLP 2.0 name; empty for none. */
lf_view lf_indicator_tlp_id(lf_view tlp);
/* The published extension-definition object. */
lf_view lf_extension_write(struct lf_arena *a);

#endif
