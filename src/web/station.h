/* Stations that attacks are commanded through, for page and API: what the query, form or body says. */
#ifndef LF_WEB_STATION_H
#define LF_WEB_STATION_H

#include "isac/station.h"
#include "web/web_priv.h"

enum lf_code station_filter(struct rq *r, struct lf_station_filter *out) LF_MUST;
enum lf_code station_add(struct rq *r, lf_view *id) LF_MUST;
/* The one of the path; what is left out stays. */
enum lf_code station_change(struct rq *r) LF_MUST;

#endif
