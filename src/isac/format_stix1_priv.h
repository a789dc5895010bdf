/* What the readers of STIX 1.x share: a package being read, and what relates its objects. */
#ifndef LF_ISAC_FORMAT_STIX1_PRIV_H
#define LF_ISAC_FORMAT_STIX1_PRIV_H

#include "base/map.h"
#include "isac/format_xml.h"

/* What one element became: a TTP is several objects. */
struct became {
    lf_view *ids;
    size_t n, cap;
};

struct relation {
    lf_view from; /* an id here */
    const char *type;
    bool back; /* from what is referred to */
    const struct lf_xml *to;
};

struct pkg {
    struct format_in f;
    struct lf_arena doc;
    struct lf_map ids;    /* id -> element */
    struct lf_map phases; /* phase_id -> the phase with its name */
    struct lf_map became; /* id -> struct became */
    struct lf_map met;    /* ids that something referred to */
    struct relation *relations;
    size_t nrelations, caprelations;
    lf_view last; /* id of the last that named() made */
    struct lf_buf refs;
    const struct lf_xml *root;
    lf_time at; /* of the package */
    lf_view header_tlp;
    size_t tests, steps; /* steps: compositions followed, so that references in references cannot unfold */
};

void stix1_told(struct pkg *x, const struct lf_xml *e, lf_view value, const char *why);
/* Marks what is made next. */
void stix1_mark(struct pkg *x, lf_view tlp);
/* The report names it. */
void stix1_ref(struct pkg *x, lf_view id);

/* format_stix1_relate.c */
void stix1_became(struct pkg *x, const struct lf_xml *e, lf_view id);
/* "list/item" under an object holds the other object by idref. */
struct link {
    const char *path, *leaf, *type;
    bool back;
};

/* Notes what an element refers to by these (up to one without a path); `from` is what it became. */
void stix1_relate(struct pkg *x, const struct lf_xml *e, lf_view from, const struct link *links);
/* All that was noted, when all is made. */
enum lf_code stix1_relationships(struct pkg *x) LF_MUST;
/* kill_chain_phases as text, empty when there are none: a phase is named in place or by the id of one in the
 * TTPs' kill chains. */
lf_view stix1_phases(struct pkg *x, const struct lf_xml *e);
/* An indicator's. */
enum lf_code stix1_sightings(struct pkg *x, const struct lf_xml *e, lf_view of, lf_view tlp) LF_MUST;

#endif
