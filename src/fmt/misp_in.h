/* What the two files that read MISP share. */
#ifndef LF_FMT_MISP_IN_H
#define LF_FMT_MISP_IN_H

#include "fmt/misp_priv.h"

enum { PLACE_MOST = 96, VALUES_MOST = 512 };

/* The event at hand, and the reader. */
struct misp_read {
    struct lf_make m;
    lf_view whole;
    struct lf_err *e;
    /* one event */
    size_t nevent;
    struct lf_arena ev;
    char place[PLACE_MOST]; /* "Event[3]", of the piece at hand "Event[3].Attribute[7]" */
    lf_view uuid, id;       /* id: of the report or grouping; empty for attributes without their event */
    lf_time date, at;
    int64_t distribution;
    const char *tlp;      /* id of its marking */
    bool tlp_said;        /* by a tag, not by its distribution */
    struct lf_buf others; /* its other markings, quoted ids joined by commas */
    struct lf_buf refs;   /* quoted ids joined by commas */
    size_t nrefs;
    struct lf_map known;   /* observables and clusters in refs */
    struct lf_map targets; /* UUIDs that references point to -> enum misp_piece */
    lf_view attributes, objects, reports;
    bool told[8]; /* that database numbers are left out, by level */
};

enum misp_piece { PIECE_NONE, PIECE_INDICATOR, PIECE_OBSERVED, PIECE_NOTE, PIECE_VULNERABILITY, PIECE_GROUP };
extern const char *const misp_piece_types[];

/* A value and its place; `id` becomes that of the observable that has it, empty when there is none. */
struct misp_item {
    enum misp_field field;
    lf_view value, id;
};
/* Makes the observables of values that belong together.  Those joined (a connection, a message) are
 * added to `more` as quoted ids joined by commas. */
enum lf_code misp_observables(struct lf_make *m, struct misp_item *items, size_t n, struct lf_buf *more,
                              struct lf_err *e) LF_MUST;
/* Whether a value can stand in its field; *out is it as STIX writes it. */
bool misp_value_ok(struct lf_make *m, enum misp_field f, lf_view value, lf_view *out);
/* "[… AND …]" of the values; false when the standard has no such pattern. */
bool misp_pattern(struct lf_make *m, const struct misp_item *items, size_t n, lf_view *out);

enum lf_code misp_each(struct misp_read *r, lf_view *in,
                       enum lf_code (*one)(struct misp_read *r, const struct lf_json *v, size_t i)) LF_MUST;
/* The pieces of an event: one attribute, one object, one event report. */
enum lf_code misp_attribute(struct misp_read *r, const struct lf_json *v, size_t i) LF_MUST;
enum lf_code misp_object(struct misp_read *r, const struct lf_json *v, size_t i) LF_MUST;
enum lf_code misp_object_references(struct misp_read *r, const struct lf_json *v, size_t i) LF_MUST;
enum lf_code misp_event_report(struct misp_read *r, const struct lf_json *v, size_t i) LF_MUST;

/* Tags: TLP and markings by statement into *tlp and others, labels are put by misp_labels. */
enum lf_code misp_markings(struct misp_read *r, const struct lf_json *tags, const char **tlp,
                           struct lf_buf *others) LF_MUST;
void misp_labels(struct misp_read *r, const struct lf_json *tags, const struct lf_json *galaxies);
lf_view misp_list(struct misp_read *r, const char *tlp, lf_view others);
enum lf_code misp_sharing_group(struct misp_read *r, const struct lf_json *group,
                                struct lf_buf *others) LF_MUST;
const char *misp_distribution(int64_t d);
/* Clusters; each becomes an object once, its id is added to the event, and `source` (may be empty) gets a
 * relationship of that type to it. */
enum lf_code misp_galaxies(struct misp_read *r, const struct lf_json *galaxies, lf_view source,
                           const char *type, lf_time at) LF_MUST;

void misp_ref(struct misp_read *r, lf_view id);
void misp_ref_once(struct misp_read *r, lf_view id);
void misp_put_label(struct misp_read *r, const char *name, lf_view value);
/* Tells what of an object's members is not in `handled` (names between blanks). */
void misp_members(struct misp_read *r, const struct lf_json *v, unsigned level, const char *handled,
                  const char *numbers, const char *lost);
void misp_lost(struct misp_read *r, const char *member, lf_view value, const char *why);

bool misp_truth(const struct lf_json *v);
bool misp_number(const struct lf_json *v, int64_t *out);
/* Seconds since 1970 as a number or a text; `otherwise` when it is none. */
lf_time misp_moment(const struct lf_json *v, lf_time otherwise);
lf_view misp_uuid(struct misp_read *r, const struct lf_json *v, lf_view else_of);

#endif
