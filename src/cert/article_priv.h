/* What the files of articles share. */
#ifndef LF_CERT_ARTICLE_PRIV_H
#define LF_CERT_ARTICLE_PRIV_H

#include "cert/article.h"

struct article_entries {
    struct lf_arena *a;
    struct lf_article_entry *items;
    size_t n, cap;
};

/* article_draft.c: LF_CONFLICT unless the case is over; its techniques of ATT&CK, blanks between; its type of
 * RSIT. */
enum lf_code article_closed(const struct lf_incident *row, struct lf_err *e) LF_MUST;
/* … and of none that is marked TLP:RED by the time it would be put out. */
enum lf_code article_not_red(enum lf_tlp tlp, struct lf_err *e) LF_MUST;
/* The text with ○○ where it names somebody of the case whose report has these values. */
lf_view article_blurred(struct lf_task *t, const struct lf_json *values, lf_view text);
lf_view article_techniques(struct lf_task *t, const struct lf_incident_full *x);
enum lf_code article_rsit(struct lf_task *t, const struct lf_incident_full *x, lf_view *out,
                          struct lf_err *e) LF_MUST;

#endif
