/* Of rosters, shift logs, handovers and manning, for page and API: what the query asks for, and what the form
 * or body says; the post is r->id. */
#ifndef LF_WEB_SHIFT_H
#define LF_WEB_SHIFT_H

#include "base/buf.h"
#include "cert/handover.h"
#include "cert/manning.h"
#include "cert/shift_log.h"
#include "web/web_priv.h"

/* A zone's wall clock of a form or body, 0 when left out; a contact by id or name. */
enum lf_code wall_field(struct rq *r, const char *name, bool needed, lf_time *out) LF_MUST;
enum lf_code contact_field(struct rq *r, const char *name, lf_view *id) LF_MUST;
/* Commas of any kind and line ends as ','. */
lf_view by_commas(struct rq *r, lf_view words);
/* The choice of a zone in a form (page_roster.c); and a wall clock as people read it. */
void put_zone(struct rq *r, struct lf_buf *b, const char *form, lf_view chosen);
lf_view wall_text(struct rq *r, lf_time wall);

enum lf_code shift_log_asked(struct rq *r, const struct lf_page *page, struct lf_shift_page *out) LF_MUST;
enum lf_code shift_log_add(struct rq *r, lf_view *id) LF_MUST;
/* Who wrote it, by name. */
lf_view shift_writer(struct rq *r, const struct lf_shift_entry *x);

enum lf_code handovers_asked(struct rq *r, const struct lf_page *page, struct lf_handover_page *out) LF_MUST;
enum lf_code handover_give(struct rq *r, lf_view *id) LF_MUST;
enum lf_code handover_confirm(struct rq *r) LF_MUST;
/* Who it was: as the contact network calls him, else the account. */
lf_view handover_name(struct rq *r, lf_view name, lf_view account);
enum lf_code manning_arrive(struct rq *r, lf_view *id) LF_MUST;
enum lf_code manning_leave(struct rq *r, lf_view id) LF_MUST;
enum lf_code manning_correct(struct rq *r, lf_view id) LF_MUST;
enum lf_code manning_convene(struct rq *r) LF_MUST;
/* That people were called to man the centre for the incident and have not come (page_manning.c). */
enum lf_code put_manning_called(struct rq *r, struct lf_buf *b, lf_view incident) LF_MUST;
/* A badge when handovers of the post wait to be confirmed (page_handover.c). */
enum lf_code put_handover_waiting(struct rq *r, struct lf_buf *b, enum lf_who who, int place) LF_MUST;

#endif
