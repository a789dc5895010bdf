/* Partners and the channels to them, for page and API: what the query, form or body says. */
#ifndef LF_WEB_PARTNER_H
#define LF_WEB_PARTNER_H

#include "isac/partner.h"
#include "isac/partner_activity.h"
#include "web/web_priv.h"

enum lf_code partner_filter(struct rq *r, struct lf_partner_filter *out) LF_MUST;
/* id empty: a new one; else what is left out stays. */
enum lf_code partner_put(struct rq *r, lf_view id, lf_view *out) LF_MUST;
/* Of the partner of the path. */
enum lf_code partner_channel_add(struct rq *r, int64_t *channel) LF_MUST;
enum lf_code partner_channel_remove(struct rq *r) LF_MUST;
enum lf_code partner_try(struct rq *r) LF_MUST;
/* ?year= and ?direction= of the query. */
enum lf_code partner_activities(struct rq *r, struct lf_activity_filter *out) LF_MUST;
enum lf_code partner_activity_add(struct rq *r, int64_t *activity) LF_MUST;
enum lf_code partner_activity_withdraw(struct rq *r) LF_MUST;

#endif
