/* National: the STIX 1.2 packages of Taiwan's national exchange (one Incident a package, type in the header's
 * title, numeric categories) and the five types of intelligence they carry (model/advisory.h).
 *
 * docs/manual/national.md has the mapping, element by element.  What STIX 2.1 and the form have no place for
 * lies in labels of the report, national:NAME="VALUE", which the way back reads. */
#ifndef LF_ISAC_FORMAT_NATIONAL_H
#define LF_ISAC_FORMAT_NATIONAL_H

#include "fmt/xml.h"
#include "isac/format_priv.h"
#include "isac/national.h"
#include "model/advisory.h"

struct national_item {
    enum lf_advisory_kind kind;
    char report[64];   /* its id here */
    char reply_to[64]; /* of FBI: what it answers; empty: it names nothing */
    const char *code;  /* when it is refused: which of the above; "" */
    lf_time modified;
};

/* Whether a tree is such a package: a STIX_Package with one Incident and a type as its title, or one that a
 * category number tells. */
bool national_is(const struct lf_xml *root);
/* Whether a category is one of those that are seen with a type. */
bool national_category_ok(enum lf_advisory_kind kind, uint64_t category);
/* `strict`: as the gateway takes it, with a type and category that go together; else as it comes.  item->code
 * is set when it fails. */
enum lf_code national_read(const struct lf_xml *root, bool strict, const struct lf_format_use *use,
                           const struct lf_exchange *to, struct national_item *item,
                           struct lf_err *e) LF_MUST;

/* Whether an object is a report of the five types. */
bool national_kind(const struct lf_json *report, enum lf_advisory_kind *kind);
/* A report as a package, appended.  `others`: objects it may refer to.  LF_NOT_FOUND: it is none of the five
 * types. */
enum lf_code national_write(struct lf_arena *a, struct lf_buf *b, const struct lf_json *report,
                            const struct lf_json *const *others, size_t n, const struct lf_exchange *to,
                            struct lf_err *e) LF_MUST;
/* 201 … of a report: what its label says when it goes with the type, else the first that does. */
unsigned national_category(enum lf_advisory_kind kind, const struct lf_json *report);

FORMAT_READER(format_national_read) LF_MUST;
bool format_national_is(lf_view text);
FORMAT_WRITER(format_national_write);

/* STIX 1.x that is no such package, from a tree. */
enum lf_code format_stix1_tree(const struct lf_xml *root, const struct lf_format_use *use,
                               const struct lf_exchange *to, struct lf_err *e) LF_MUST;

#endif
