/* Marking: what an object says of who may have it, and what of it.
 *
 * STIX 2.1, section 7.2: `object_marking_refs` for the object, `granular_markings` with
 * selectors for parts of it.  TLP 1 and TLP 2 by the ids that OASIS and FIRST published;
 * a marking-definition of another id by what it says (lf_marking_def_read): TLP of either
 * form, a statement, or one of this program's sharing groups.
 *
 * Reading never fails: what cannot be understood marks more and not less.  A list that is
 * none, a reference that is no marking-definition, a key that is there twice, more than the
 * limits below: `broken`, which is the strictest there is.  A selector that is none, or that
 * names nothing in the object, could be meant for anything: what it marks is the object.
 *
 * Who may have what is model/clearance.h; removing a part is model/redact.h. */
#ifndef LF_MODEL_MARKING_H
#define LF_MODEL_MARKING_H

#include "base/arena.h"
#include "fmt/json.h"

enum lf_tlp {
    LF_TLP_NONE, /* says nothing of TLP */
    LF_TLP_CLEAR,
    LF_TLP_GREEN,
    LF_TLP_AMBER,
    LF_TLP_STRICT, /* AMBER+STRICT */
    LF_TLP_RED
};
/* Of a marking-definition of TLP 1 or 2; NONE for any other. */
enum lf_tlp lf_tlp_of(lf_view marking_definition);
/* "clear", "green", "amber", "amber+strict", "red" and TLP 1's "white"; false for others. */
bool lf_tlp_parse(lf_view name, enum lf_tlp *out);
const char *lf_tlp_name(enum lf_tlp t);  /* "" for NONE */
const char *lf_tlp_label(enum lf_tlp t); /* as people write it: "TLP:AMBER+STRICT"; "" for NONE */
/* The marking-definition of TLP 2; empty for NONE. */
lf_view lf_tlp_ref(enum lf_tlp t);

enum {
    LF_MARKING_REFS = 64,      /* markings of one object, and granular ones of it */
    LF_MARKING_SELECTORS = 64, /* of one granular marking */
    LF_SELECTOR_STEPS = 32,
    LF_SELECTOR_BYTES = 1024,
    LF_MARKING_ATOMS = 4, /* different granular markings told apart; the rest go with the last */
};

/* Marking-definitions that hold together: sorted, none twice. */
struct lf_marking_set {
    size_t n;
    const lf_view *refs;
};

/* One granular marking. */
struct lf_marking_part {
    unsigned atom; /* index below; LF_MARKING_ATOMS: no restriction (lang) */
    size_t nnodes;
    const struct lf_json *const *nodes; /* what its selectors name */
    size_t nselectors;
    const lf_view *selectors;
    const struct lf_json *tree; /* the marking itself */
};
struct lf_marking {
    bool broken;
    struct lf_marking_set whole;
    size_t natoms;
    struct lf_marking_set atoms[LF_MARKING_ATOMS];
    size_t nparts;
    const struct lf_marking_part *parts;
};
/* Of an object; views and nodes are those of the tree, lists live in the arena. */
void lf_marking_read(struct lf_arena *a, const struct lf_json *object, struct lf_marking *out);
/* Nothing is marked at all. */
static inline bool lf_marking_none(const struct lf_marking *m)
{
    return !m->broken && !m->whole.n && !m->natoms;
}

/* "external_references.[0].source_name": the value in the object, or NULL when the selector
 * is none or names nothing. */
const struct lf_json *lf_selector_find(const struct lf_json *object, lf_view selector);

/* What a marking-definition of another id than TLP's means. */
struct lf_marking_def {
    bool unknown;    /* not to be understood: the strictest */
    enum lf_tlp tlp; /* NONE: a statement, or a group alone */
    lf_view group;   /* sharing group (UUID); empty: none */
};
void lf_marking_def_read(const struct lf_json *definition, struct lf_marking_def *out);

#endif
