/* Publications, for the staff's page and API and for the door without an account (page_open.c). */
#ifndef LF_WEB_PUBLICATION_H
#define LF_WEB_PUBLICATION_H

#include "cert/publication.h"
#include "web/web_priv.h"

/* "資安事件統計　民國115年第47週", in the reader's language. */
lf_view publication_title(const struct rq *r, const struct lf_publication *p);
enum lf_text publication_frequency(const struct lf_publication *p);
const char *publication_period(const struct lf_publication *p); /* ISO 8601: "P1W" */
/* Versions newest first, the newest with its body: a document of its own, or a member of a list (without
 * fields, rule and items). */
enum lf_code publication_json(struct rq *r, const struct lf_publication *all, size_t n) LF_MUST;
void publication_put(struct rq *r, struct lf_json_w *w, const struct lf_publication *p);
/* Its rows, by axis, with words for their keys; *hidden of each whether it is withheld. */
enum lf_code publication_rows(struct rq *r, const struct lf_publication *p, struct lf_statistic *s,
                              const bool **hidden, const struct lf_json **body) LF_MUST;
/* Tables of them, a heading each. */
void put_publication_rows(struct rq *r, struct lf_buf *b, const struct lf_statistic *s, const bool *hidden);

/* What the form or body says. */
enum lf_code publication_add(struct rq *r, struct lf_publication *out) LF_MUST;
enum lf_code publication_withdraw(struct rq *r) LF_MUST;

#endif
