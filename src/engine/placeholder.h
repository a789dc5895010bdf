/* Placeholders: what %Name% in a rule's `expand` value stands for on this node.
 *
 * A name is letters, digits, '_' and '-', its case counts; it has any number of
 * values.  A value is a Sigma text: '*' and '?' in it are wildcards, a backslash
 * makes them plain.  Read from two forms:
 *   a map, in YAML or JSON:    Servers: [srv*, 'db-??']      or  Workstations: ws*
 *   a list, NAME.txt:          one value a line; lines that are empty or begin
 *                              with '#' are passed over
 * A name given twice has the values of both.  Texts are copied. */
#ifndef LF_ENGINE_PLACEHOLDER_H
#define LF_ENGINE_PLACEHOLDER_H

#include "base/arena.h"
#include "base/map.h"

enum {
    LF_PLACEHOLDER_FILE_MOST = 8 << 20, /* bytes of one file */
    LF_PLACEHOLDER_MOST = 20000,        /* values of one name, so that no rule grows past its limit */
};

struct lf_placeholders {
    struct lf_arena a;
    struct lf_map by_name; /* -> struct list * */
};

/* Zero is valid and has no names. */
void lf_placeholders_clear(struct lf_placeholders *p);
/* `file` is for messages.  On failure nothing of this file was taken. */
enum lf_code lf_placeholders_read_map(struct lf_placeholders *p, lf_view file, lf_view text,
                                      struct lf_err *e) LF_MUST;
enum lf_code lf_placeholders_read_list(struct lf_placeholders *p, lf_view file, lf_view name, lf_view text,
                                       struct lf_err *e) LF_MUST;
/* How many values a name has; 0 when nobody gave any.  `p` may be NULL. */
size_t lf_placeholders_get(const struct lf_placeholders *p, lf_view name, const lf_view **values);

/* The values of each name of `with` instead of those there were. */
void lf_placeholders_replace(struct lf_placeholders *p, const struct lf_placeholders *with);

/* The same names with the same values. */
bool lf_placeholders_equal(const struct lf_placeholders *p, const struct lf_placeholders *q);

/* A written value cut at its placeholders, left to right.  `\%` is a plain percent
 * and `\\` stays the pair it is (Sigma's escapes are read later), so that of
 * `\\%x%` the backslash is plain and %x% a placeholder. */
enum lf_slice { LF_SLICE_TEXT, LF_SLICE_PERCENT, LF_SLICE_NAME };
/* Takes one part off the front of *in; false at the end.  Of NAME `out` is the name
 * alone, of TEXT a slice of the value, of PERCENT "%". */
bool lf_placeholder_take(lf_view *in, enum lf_slice *kind, lf_view *out);

#endif
