/* What the files that read a national package share: the item being made of it. */
#ifndef LF_ISAC_FORMAT_NATIONAL_PRIV_H
#define LF_ISAC_FORMAT_NATIONAL_PRIV_H

#include "isac/format_national.h"

enum { LABEL = 1000, LABELS = 400, LINE = 500, LONG = 20000, EXTRAS = 500 };

struct item {
    struct format_in f;
    struct lf_arena doc;
    struct lf_map ids;
    const struct lf_xml *root, *head, *inc;
    enum lf_advisory_kind kind;
    bool strict, listed; /* listed: no type of the five; its addresses are malicious ones */
    struct lf_advisory_form form;
    struct lf_buf values, page; /* page: those that were attacked (DEF) */
    size_t nvalues, npage;
    lf_view *labels, *extras, *found; /* found: what is to be looked for */
    size_t nlabels, nextras, nfound;
    struct lf_advisory_file files[LF_ADVISORY_FILES];
    size_t nfiles;
    lf_time at;
    struct national_item *out;
};

/* format_national.c */
void national_told(struct item *x, const struct lf_xml *e, lf_view value, const char *why);
/* One line without control characters, cut where a character ends. */
lf_view national_line(struct item *x, const struct lf_xml *e, lf_view v, size_t most);
/* A label of the report: national:NAME="VALUE". */
void national_label(struct item *x, const struct lf_xml *e, const char *name, lf_view value);
/* What an element or its idref stands for; NULL: nothing in the document. */
const struct lf_xml *national_by_idref(struct item *x, const struct lf_xml *e);
lf_view national_local(lf_view name);

/* format_national_object.c */
/* What the report refers to, once. */
void national_extra(struct item *x, lf_view id);
enum lf_code national_observable(struct item *x, const struct lf_xml *o, lf_view relation,
                                 unsigned depth) LF_MUST;

#endif
