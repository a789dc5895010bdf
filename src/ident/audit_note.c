/* The detail of an entry of the audit trail, written member by member. */
#include "ident/audit.h"

void lf_audit_open(struct lf_audit_note *n)
{
    lf_buf_init(&n->b, LF_AUDIT_DETAIL);
    n->w = lf_json_w(&n->b);
    lf_json_open(&n->w, '{');
}

enum lf_code lf_audit_close(struct lf_audit_note *n, struct lf_task *t, lf_view action, lf_view subject,
                            struct lf_err *e)
{
    enum lf_code rc;

    lf_json_close(&n->w);
    rc = n->b.over ? lf_err_set(e, LF_TOO_BIG, "audit %.*s: a detail of more than %d bytes", LF_FMT(action),
                                LF_AUDIT_DETAIL)
                   : lf_audit_add(t, action, subject, lf_buf_view(&n->b), e);
    lf_buf_clear(&n->b);
    return rc;
}
