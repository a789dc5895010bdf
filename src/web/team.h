/* Of the roster of responders and of response teams, for page and API: what the query asks for, and what the
 * form or body says. */
#ifndef LF_WEB_TEAM_H
#define LF_WEB_TEAM_H

#include "base/buf.h"
#include "cert/team.h"
#include "web/text.h"
#include "web/web_priv.h"

enum lf_code responders_asked(struct rq *r, const struct lf_page *page,
                              struct lf_responder_page *out) LF_MUST;
enum lf_code responder_set(struct rq *r, lf_view contact) LF_MUST;
enum lf_text skill_text(enum lf_skill s); /* page_responder.c */
/* Bits of enum lf_skill in words. */
void put_skills(struct rq *r, struct lf_buf *b, unsigned skills);

enum lf_code team_add(struct rq *r, lf_view *id, size_t *called) LF_MUST;
enum lf_code team_move(struct rq *r) LF_MUST;
enum lf_code team_answer(struct rq *r, enum lf_team_call_state *out) LF_MUST;
enum lf_code team_arrive(struct rq *r) LF_MUST;
enum lf_code team_release(struct rq *r) LF_MUST;
enum lf_code team_task(struct rq *r, lf_view *task) LF_MUST;
/* "yes" or "no" of the form, and when he arrives. */
enum lf_code team_said(struct rq *r, bool *comes, lf_time *at) LF_MUST;
/* The page of a link by which a call to a team is answered (page_team.c). */
enum lf_code team_called_page(struct rq *r, const struct lf_team *x, const struct lf_team_call *c) LF_MUST;

#endif
