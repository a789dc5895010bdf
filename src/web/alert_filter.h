/* Alert filter: ?q= ?state= ?least= ?host= ?owner= ?rule= ?from= ?to= of the console's list of
 * alerts and of GET /api/v1/alerts; what each means is said in soc/alert.h and the manual. */
#ifndef LF_WEB_ALERT_FILTER_H
#define LF_WEB_ALERT_FILTER_H

#include "soc/alert.h"

struct rq;
/* `open`: without a state only open ones are meant.  LF_BAD_INPUT with the reason. */
enum lf_code alert_filter_of(struct rq *r, bool open, struct lf_alert_filter *out) LF_MUST;
/* The same query again, "&q=…", for the link to what is older. */
lf_view alert_filter_link(struct rq *r);
/* Titles of delivered rules that say `word` in another language, "|one|two|" (page.c). */
lf_view titles_with(struct rq *r, lf_view word);

#endif
