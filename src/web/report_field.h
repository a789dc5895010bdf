/* A report form on a page: its fields from the definition, and what was sent back as values.
 * A choice of up to four that must be answered is radio buttons, any other a list. */
#ifndef LF_WEB_REPORT_FIELD_H
#define LF_WEB_REPORT_FIELD_H

#include "cert/report.h"
#include "web/page_priv.h"

struct report_page {
    const struct lf_form *form;
    unsigned stages;              /* fields of these, bits */
    const struct lf_json *values; /* what stands in them */
    bool posted;                  /* show what was typed instead, right or wrong */
    size_t ntroubles;
    const struct lf_form_said *troubles;
};

/* All steps that have fields in these stages. */
void put_report_fields(struct rq *r, struct lf_buf *b, const struct report_page *p);
/* What is wrong, with links to the fields; nothing when nothing is. */
void put_report_troubles(struct rq *r, struct lf_buf *b, const struct report_page *p);
/* The form's body as values; times are of Taipei.  `all`: empty ones too, which clears what stood there. */
const struct lf_json *report_values(struct rq *r, const struct lf_form *f, unsigned stages, bool all);

/* The receiving office at the head of the form on paper (page_report_print.c): what settings say of it, and
 * the form's title with its name. */
enum { REPORT_OFFICE = 5 };
struct report_office_line {
    enum lf_text name;
    lf_view value;
};
size_t report_office(const struct rq *r, struct report_office_line out[REPORT_OFFICE]);
lf_view report_paper_title(const struct rq *r, const struct lf_form *f);

static inline lf_view form_words(const struct rq *r, struct lf_form_words w)
{
    return r->lang == LF_LANG_ZH ? w.zh : w.en;
}

#endif
