/* News at the desk, for page and API: what the query, form or body says; the item is r->id. */
#ifndef LF_WEB_NEWS_H
#define LF_WEB_NEWS_H

#include "isac/news.h"
#include "web/web_priv.h"

enum lf_code news_filter(struct rq *r, struct lf_news_filter *out) LF_MUST;
enum lf_code news_add(struct rq *r, lf_view *id, bool *joined) LF_MUST;
/* *advisory: what a draft is; else empty. */
enum lf_code news_act(struct rq *r, lf_view *advisory) LF_MUST;
/* ?year= of the query; 0: by years. */
enum lf_code news_year(struct rq *r, int *year) LF_MUST;

#endif
