/* Whether an object is what STIX 2.1 says it must be (OASIS Standard, 10 June 2021).
 *
 * For what we author and for who asks (`lianfang stix check`): every MUST of the text
 * that one object shows, or two versions of it in one bundle, each property's kind, the types a reference may
 * point to, and what several properties owe each other.  What comes from others is kept by the far milder
 * lf_stix_of().  A SHOULD is told as advice.
 *
 * Not looked at: whether objects that are referred to exist (a bundle need not hold
 * them), vocabularies that the text leaves open, whether an encoding (`_enc`), a language or a
 * CPE is registered, and whether an SDO's UUID was made in
 * the namespace of cyber-observables (the UUID does not show it). */
#ifndef LF_FMT_STIX_CHECK_H
#define LF_FMT_STIX_CHECK_H

#include "fmt/json.h"

struct lf_stix_fault {
    lf_view id;   /* of the object; may be empty */
    lf_view path; /* "kill_chain_phases[0].phase_name"; empty: the object itself */
    lf_view text; /* one sentence */
    bool advice;  /* a SHOULD, not a MUST */
};
/* Views live during the call. */
typedef void (*lf_stix_fault_fn)(void *ctx, const struct lf_stix_fault *fault);

/* One object, or a bundle and all in it.  Gives how many MUSTs are broken; tells at most
 * 100 faults an object.  The arena is scratch. */
size_t lf_stix_check(struct lf_arena *a, const struct lf_json *tree, lf_stix_fault_fn tell, void *ctx);

/* The deterministic id of a cyber-observable (2.1, section 2.9), of its properties as
 * they stand; an empty view when its type has none (process), or none of the properties
 * that make it is there. */
lf_view lf_stix_sco_id(struct lf_arena *a, const struct lf_json *tree);

#endif
