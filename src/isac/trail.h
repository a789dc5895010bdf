/* Trail: the audit trail (ident/audit.h) as its reader may have it.
 *
 * Entries about an indicator name it and what it blocks.  Whom its markings keep it from sees that there is
 * an entry, when it was made, by whom and what was done; what was acted on and what was said of it is
 * withheld. The hash stays: with it a reader proves the chain at the node, not the words. */
#ifndef LF_ISAC_TRAIL_H
#define LF_ISAC_TRAIL_H

#include "ident/audit.h"

/* As lf_audit_list. */
enum lf_code lf_trail_list(struct lf_task *t, const struct lf_page *page, struct lf_audit_list *out,
                           struct lf_err *e) LF_MUST;
/* As lf_audit_of. */
enum lf_code lf_trail_of(struct lf_task *t, lf_view subject, size_t most, struct lf_audit_list *out,
                         struct lf_err *e) LF_MUST;

#endif
