/* Reports: forms filled in, checked against their definition (engine/form.h), recorded as an incident's
 * signed events, and put together again from them.
 *
 * What is filled in travels as the event's content: title, description, impact, measures, happened and
 * category stand in the body as ever, everything else under "form" in it, "stage" says which report it is.
 * A later report says only what changed: a field's value is the newest that counts. */
#ifndef LF_CERT_REPORT_H
#define LF_CERT_REPORT_H

#include "cert/incident.h"
#include "engine/form.h"

/* The definition that is in force here: the delivered one, and the sectors' additions. */
enum lf_code lf_report_form(struct lf_task *t, struct lf_form *out, struct lf_err *e) LF_MUST;

/* What engine/level.h says of the answers among the values, as JSON; *level 0 and `judged` empty when
 * there are none. */
enum lf_code lf_report_level(struct lf_task *t, const struct lf_json *values, lf_view *judged, int *level,
                             struct lf_err *e) LF_MUST;

struct lf_report {
    enum lf_form_stage stage;   /* FIRST to FINAL_MAJOR */
    bool behalf;                /* with a first report: it came by telephone, fax, mail or on paper */
    lf_view incident;           /* empty with a first report */
    lf_view alert;              /* a first report may be of an alert; else empty */
    const struct lf_json *base; /* heads that its author had on screen; NULL = all */
    const struct lf_json *values;
};
/* Records it: a first report opens an incident; a follow-up that says the damage is controlled or the
 * system recovered records that too; a final report of what is not yet controlled records the recovery.
 * All or nothing.  LF_UNACCEPTED names the field that is wrong. */
enum lf_code lf_report_send(struct lf_task *t, const struct lf_report *r, lf_view *incident,
                            struct lf_err *e) LF_MUST;

/* The values as they stand after all events that count. */
const struct lf_json *lf_report_values(struct lf_task *t, const struct lf_form *f,
                                       const struct lf_incident_full *x);

/* What it is by ENISA's Reference Security Incident Taxonomy, "intrusions:system-compromise": as its reporter
 * chose, else as the form says of its class; empty when it has none. */
lf_view lf_report_rsit(struct lf_task *t, const struct lf_form *f, const struct lf_incident_full *x);

/* Vital functions in the form's words; empty for none. */
lf_view lf_report_vital(struct lf_task *t, const struct lf_form *f, unsigned set, bool zh);

/* The incident of an alert; LF_NOT_FOUND: there is none yet. */
enum lf_code lf_report_of_alert(struct lf_task *t, lf_view alert, lf_view *incident,
                                struct lf_err *e) LF_MUST;

/* The serial number of its report, "2026-000123", of an exercise "EX-2026-000007": given by the node of
 * origin with the first report, signed with it.  Empty when it has none. */
lf_view lf_report_number(const struct lf_incident_full *x);

/* What a sector adds to the form, under a name of its own; admin.  Nothing is kept of one that does not fit
 * the form and the other additions.  LF_NOT_FOUND: there is none to remove. */
enum lf_code lf_report_addition_put(struct lf_task *t, lf_view name, lf_view json, struct lf_err *e) LF_MUST;
enum lf_code lf_report_addition_remove(struct lf_task *t, lf_view name, struct lf_err *e) LF_MUST;

/* Which final report an incident of this level wants. */
enum lf_form_stage lf_report_final(int level);

#endif
