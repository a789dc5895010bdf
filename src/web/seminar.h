/* Seminars, for page and API: what the query, form or body says; the seminar is r->id. */
#ifndef LF_WEB_SEMINAR_H
#define LF_WEB_SEMINAR_H

#include "cert/seminar.h"
#include "web/web_priv.h"

/* ?kind=, ?state=, ?year= and ?unit= of the query. */
enum lf_code seminar_filter(struct rq *r, struct lf_seminar_filter *out) LF_MUST;
enum lf_code seminar_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code seminar_change(struct rq *r) LF_MUST;
enum lf_code seminar_invite(struct rq *r) LF_MUST;
enum lf_code seminar_attend(struct rq *r) LF_MUST;
enum lf_code seminar_attend_csv(struct rq *r) LF_MUST;
enum lf_code seminar_hold(struct rq *r) LF_MUST;
enum lf_code seminar_cancel(struct rq *r) LF_MUST;
/* ?year= of the query, by the calendar of the reader too ("115"); 0: none. */
enum lf_code seminar_year_asked(struct rq *r, int *year) LF_MUST;

#endif
