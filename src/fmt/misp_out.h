/* What the two files that write MISP share. */
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

#endif
