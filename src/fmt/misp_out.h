/* What the files that write MISP share. */
#ifndef LF_FMT_MISP_OUT_H
#define LF_FMT_MISP_OUT_H

#include "fmt/misp_priv.h"

struct misp_write {
    struct lf_arena *a;
    const struct lf_exchange *to;
    struct lf_err *e;
    const struct lf_json *const *o;
    size_t n;
    struct lf_map ids;   /* id -> index of its last version + 1 */
    struct lf_map about; /* id or "data-of:uuid" -> first of a list of objects about it, index + 1 */
    size_t *next;        /* by index: the next about the same, index + 1 */
    size_t *owner;       /* by index: the event that has it, number + 1; of no event 0 */
    bool *done;
    struct lf_buf b;
    struct lf_json_w w;
    bool said_created;
    lf_view creator;       /* of the event at hand */
    const char *event_tlp; /* of the event at hand, NULL: none, or derived */
    const char *derived;   /* … what its distribution gives and no tag says */
};

/* The object of that id, its last version, or NULL. */
const struct lf_json *misp_get(const struct misp_write *x, lf_view id, size_t *index);
void misp_out_lost(struct misp_write *x, const struct lf_json *o, const char *property, lf_view value,
                   const char *why);
/* Tells every member that is not listed. */
void misp_out_members(struct misp_write *x, const struct lf_json *o, const char *handled);
/* The value of the first label misp:name="…"; ptr NULL. */
lf_view misp_out_label(const struct lf_json *o, const char *name);
lf_view misp_out_uuid(const struct lf_json *o);

/* Type and value of an indicator's attribute; always possible. */
void misp_of_indicator(struct misp_write *x, const struct lf_json *o, lf_view *type, lf_view *value);
/* The value of an attribute of that type and relation out of observables; false when they have none. */
bool misp_of_observables(struct misp_write *x, const struct lf_json *refs, lf_view type, lf_view object,
                         lf_view relation, lf_view *value);
/* Attributes that an observable nobody labelled gives: type and value, at most LF_MISP_GIVES. */
enum { LF_MISP_GIVES = 24 };
struct misp_given {
    const char *type;
    lf_view value;
};
size_t misp_of_observable(struct misp_write *x, const struct lf_json *o,
                          struct misp_given out[LF_MISP_GIVES]);

/* ---- misp_out.c ---- */

enum { MISP_OUT_PIECE = 1 << 16 /* bytes that are handed on at once */ };

bool misp_is(const struct lf_json *o, const char *type);
bool misp_out_is_piece(const struct lf_json *o); /* an attribute */
bool misp_out_is_cluster(const struct lf_json *o);
/* First of the list of objects about it (next[]), index + 1; 0: none. */
size_t misp_out_about(const struct misp_write *x, lf_view key);
/* Hands on what is written, when it is more than `past` bytes. */
enum lf_code misp_out_flush(struct misp_write *x, size_t past) LF_MUST;
void misp_out_seconds(struct misp_write *x, const char *key, lf_view at);
void misp_out_put(struct misp_write *x, const char *key, lf_view v); /* unless it is empty */

/* ---- misp_out_tag.c ---- */

void misp_out_tag(struct misp_write *x, bool *any, lf_view name);
/* The TLP among an object's markings, as a name; NULL. */
const char *misp_out_tlp(const struct lf_json *o);
/* Markings that are neither TLP nor tags nor sharing groups. */
void misp_out_markings(struct misp_write *x, const struct lf_json *o, bool tags, bool *any);
void misp_out_group(struct misp_write *x, const struct lf_json *o);
void misp_out_labels(struct misp_write *x, const struct lf_json *o, bool *any);
lf_view misp_out_reference(const struct lf_json *o, const char *source, const char *prefix);
void misp_out_cluster(struct misp_write *x, const struct lf_json *o);
lf_view misp_out_cluster_tag(struct misp_write *x, const struct lf_json *o);
/* Clusters that relationships of an object point to, as tags or as galaxies. */
void misp_out_clusters(struct misp_write *x, const struct lf_json *o, bool tags, bool *any);

/* ---- misp_out_attribute.c ---- */

/* The attributes of one STIX object. */
enum lf_code misp_out_piece(struct misp_write *x, size_t i) LF_MUST;
/* An observable that no observed data speak of. */
enum lf_code misp_out_bare(struct misp_write *x, size_t i) LF_MUST;

#endif
