/* Ticket: an alert as a ticket of the national joint monitoring (資安監控單), category 512 of the national
 * exchange (isac/format_national.h).
 *
 * It says what the node knows: rule, level, times, host, what was observed, how often, and who reports.  What
 * a ticket has besides (the victim's OID, device and vendor) nobody entered, and it is left out. */
#ifndef LF_ISAC_NATIONAL_TICKET_H
#define LF_ISAC_NATIONAL_TICKET_H

#include "base/buf.h"
#include "soc/alert.h"

/* What it is taken for, in the order of the exchange. */
enum lf_ticket_class {
    LF_TICKET_UNCLEAR, /* 尚需調查 */
    LF_TICKET_INTRUSION,
    LF_TICKET_SERVICE,
    LF_TICKET_DENIAL,
    LF_TICKET_MALWARE,
    LF_TICKET_POLICY,
    LF_TICKET_SCAN,
    LF_TICKET_EXERCISE,
    LF_TICKET_CLASSES
};
/* "unclear", "intrusion", …; LF_BAD_INPUT names them. */
enum lf_code lf_ticket_class_of(lf_view name, enum lf_ticket_class *out, struct lf_err *e) LF_MUST;

/* The package, XML, appended.  The same alert gives the same ticket, whose id is made of the alert's.
 * Marked AMBER.  LF_FORBIDDEN: the alert names an indicator that is kept from the asker; LF_CONFLICT: what it
 * names is known here only by what goes to no other organisation (isac/passing.h). */
enum lf_code lf_national_ticket(struct lf_task *t, const struct lf_alert *alert, enum lf_ticket_class of,
                                struct lf_buf *out, struct lf_err *e) LF_MUST;

#endif
