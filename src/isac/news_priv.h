/* What the files of news share; for them alone. */
#ifndef LF_ISAC_NEWS_PRIV_H
#define LF_ISAC_NEWS_PRIV_H

#include "isac/news.h"

enum lf_code news_may(const struct lf_task *t, bool write, struct lf_err *e) LF_MUST;
/* The strictest TLP that whoever asks may have. */
enum lf_code news_reach(struct lf_task *t, enum lf_tlp *top, struct lf_err *e) LF_MUST;
/* Without asking whether he may at all.  LF_NOT_FOUND. */
enum lf_code news_find(struct lf_task *t, lf_view id, struct lf_news *out, struct lf_err *e) LF_MUST;

#endif
