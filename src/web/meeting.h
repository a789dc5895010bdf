/* Meetings, for page and API: what the form or body says; the meeting is r->id. */
#ifndef LF_WEB_MEETING_H
#define LF_WEB_MEETING_H

#include "cert/meeting.h"
#include "web/web_priv.h"

enum lf_code meeting_add(struct rq *r, lf_view *id) LF_MUST;
enum lf_code meeting_change(struct rq *r) LF_MUST;
enum lf_code meeting_cancel(struct rq *r) LF_MUST;
enum lf_code meeting_close(struct rq *r) LF_MUST;
enum lf_code meeting_invite(struct rq *r) LF_MUST;
enum lf_code meeting_uninvite(struct rq *r) LF_MUST;
enum lf_code meeting_attend(struct rq *r) LF_MUST;
enum lf_code meeting_item_add(struct rq *r) LF_MUST;
enum lf_code meeting_minutes(struct rq *r) LF_MUST;
enum lf_code meeting_decide(struct rq *r) LF_MUST;

#endif
