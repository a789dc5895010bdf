/* What alert.c and alert_work.c share; for them alone. */
#ifndef LF_SOC_ALERT_PRIV_H
#define LF_SOC_ALERT_PRIV_H

#include "soc/alert_work.h"

enum lf_code alert_may_see(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* As it is, whoever asks. */
enum lf_code alert_kept(struct lf_task *t, lf_view id, struct lf_alert *out, struct lf_err *e) LF_MUST;
/* LF_CONFLICT when it is so far already.  `action` for the audit chain; NULL: it is told
 * by the caller. */
enum lf_code alert_set_state(struct lf_task *t, lf_view id, enum lf_alert_state state,
                             enum lf_verdict verdict, lf_view note, const char *action,
                             struct lf_err *e) LF_MUST;
/* An entry of the history. */
enum lf_code alert_note(struct lf_task *t, lf_view id, enum lf_alert_act act, lf_view note,
                        struct lf_err *e) LF_MUST;

#endif
