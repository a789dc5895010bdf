/* What the files of teams share. */
#ifndef LF_CERT_TEAM_PRIV_H
#define LF_CERT_TEAM_PRIV_H

#include "cert/team.h"

/* What somebody is yet to be told; kept in databases. */
enum team_todo { TEAM_TOLD, TEAM_CALL, TEAM_FULL, TEAM_OFF, TEAM_RECOVER, TEAM_WANTED_NOW };

enum lf_code team_load(struct lf_task *t, lf_view id, struct lf_team *out, struct lf_err *e) LF_MUST;
enum lf_code team_call_load(struct lf_task *t, lf_view id, lf_view contact, struct lf_team_call *out,
                            struct lf_err *e) LF_MUST;
enum lf_code team_may(struct lf_task *t, struct lf_err *e) LF_MUST;
enum lf_code team_audit(struct lf_task *t, lf_view action, lf_view team, const char *what, lf_view value,
                        struct lf_err *e) LF_MUST;
/* Calling is over: who waits or is spare is told. */
enum lf_code team_enough(struct lf_task *t, lf_view id, struct lf_err *e) LF_MUST;
enum lf_code team_set(struct lf_task *t, lf_view id, enum lf_team_state to, lf_view note,
                      struct lf_err *e) LF_MUST;
/* team_answer.c: what an answer makes of a call that was loaded. */
enum lf_code team_says(struct lf_task *t, const struct lf_team *x, const struct lf_team_call *c, bool comes,
                       lf_time eta, lf_view by, enum lf_team_call_state *out, struct lf_err *e) LF_MUST;

#endif
