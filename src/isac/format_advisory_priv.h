/* What the files of advisories share; for them alone. */
#ifndef LF_ISAC_FORMAT_ADVISORY_PRIV_H
#define LF_ISAC_FORMAT_ADVISORY_PRIV_H

#include "isac/format_priv.h"

enum { ADVISORY_PRODUCTS = 5000, ADVISORY_RELATIONS = 20000, ADVISORY_SAID = 4096, ADVISORY_NAMED = 4000000 };

/* A product of a CSAF product tree. */
struct advisory_product {
    lf_view id, name; /* product_id and full name, of the document */
    lf_view vendor, product, version;
    lf_view path;                 /* the branches down to it, "vendor Pumps / product_family Big / …" */
    bool plain;                   /* vendor, product and version say all that the branches do */
    const struct lf_json *helper; /* product_identification_helper; NULL: none */
    lf_view sco;                  /* "software--…"; empty: it was not made */
    struct lf_buf said;           /* what the vulnerability at hand says of it alone */
};

struct advisory {
    struct format_in f;
    struct lf_arena doc;
    struct lf_buf refs;     /* quoted ids joined by commas, of the report */
    struct lf_map products; /* CSAF: product id -> advisory_product */
    struct lf_map groups;   /* CSAF: group id -> its node */
    struct advisory_product **tree;
    size_t nproducts, capproducts, related;
    size_t named; /* products that statuses, remediations … name, groups unfolded */
};

void advisory_ref(struct advisory *v, lf_view id);
const struct lf_json *advisory_list(const struct lf_json *o, const char *key, size_t *n);
/* "name: text" of what there is. */
void advisory_line(struct lf_buf *b, const char *name, lf_view text);
/* A note on an object, by its content: a text that was changed is another note. */
enum lf_code advisory_note(struct advisory *v, lf_view abstract, const struct lf_buf *content, lf_view about,
                           lf_time created, lf_time modified) LF_MUST;
/* What of `o` is none of the names (a blank between) is told as lost. */
void advisory_members(struct advisory *v, const struct lf_json *o, const char *where, const char *handled);

/* ---- format_csaf_tree.c: products and what is said of each ----
 *
 * A product becomes a `software` with vendor, version and CPE; what else identifies it (package URL, hashes,
 * SKU …) and branches beyond these stand in a note on it.  How products stand to each other, and to a
 * vulnerability, are relationships:
 *
 *   software --known-affected, fixed, …--> vulnerability     with remediations, threats, scores and flags of
 * that product software --default-component-of, installed-on, …--> software, and the composite
 * --consists-of--> both
 *
 * At most ADVISORY_PRODUCTS and ADVISORY_RELATIONS of a document; what is beyond is told as lost and counted.
 */
enum lf_code csaf_tree(struct advisory *v, const struct lf_json *tree, lf_time created,
                       lf_time modified) LF_MUST;
/* Products of a status, remediation …: its product_ids (or products) and those of its group_ids; the n-th, or
 * NULL. */
struct csaf_named {
    const struct lf_json *ids, *groups;
    size_t at, group, in;
};
struct csaf_named csaf_named(const struct lf_json *o);
/* The next id; ptr NULL: there is none, or ADVISORY_NAMED of the document were named: a few bytes may name a
 * group of thousands a million times.  Rests. */
lf_view csaf_named_next(struct advisory *v, struct csaf_named *n);
/* After the vulnerability was made. */
enum lf_code csaf_status(struct advisory *v, const struct lf_json *vulnerability, lf_view id, lf_time created,
                         lf_time modified) LF_MUST;

#endif
