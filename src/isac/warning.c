#include "isac/warning.h"

#include "engine/warninglist.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_intelligence.h"

enum lf_code lf_warning_of(struct lf_task *t, enum lf_observable_kind kind, lf_view value, lf_view *list,
                           struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    int64_t n = 0;

    *list = (lf_view){ "", 0 };
    if (!t->warning || kind == LF_OBS_PATTERN)
        return LF_OK;
    *list = lf_warninglists_has(t->warning, kind, value);
    if (!list->len || value.len > LF_WARNING_VALUE)
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &s, &lf_q_warning_overridden, LF_ARGS(LF_INT(kind), LF_TEXT(value)), &n, e));
    if (n)
        *list = (lf_view){ "", 0 };
    return LF_OK;
}

enum lf_code lf_warning_check(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                              struct lf_err *e)
{
    lf_view list;

    LF_TRY(lf_warning_of(t, kind, value, &list, e));
    if (!list.len)
        return LF_OK;
    return lf_err_set(
        e, LF_UNACCEPTED,
        "%.*s is on the warning list \"%.*s\": it is neither released nor blocked, unless a person "
        "does so and gives a reason",
        LF_FMT(lf_view_first(value, 200)), LF_FMT(lf_view_first(list, 120)));
}

enum lf_code lf_warning_override(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                 lf_view reason, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    struct lf_audit_note n;
    lf_view list;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    reason = lf_view_trim(reason);
    if (!lf_view_is_text(reason, 1, LF_WARNING_REASON))
        return lf_err_set(e, LF_BAD_INPUT, "warning list: give a reason of 1 to %d octets",
                          LF_WARNING_REASON);
    if (value.len > LF_WARNING_VALUE)
        return lf_err_set(e, LF_TOO_BIG, "warning list: a value of more than %d octets stays on it",
                          LF_WARNING_VALUE);
    LF_TRY(lf_warning_of(t, kind, value, &list, e));
    if (!list.len)
        return lf_err_set(e, LF_CONFLICT, "%.*s is on no warning list in force: no reason is needed",
                          LF_FMT(lf_view_first(value, 200)));
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_warning_override,
                      LF_ARGS(LF_INT(kind), LF_TEXT(value), LF_TEXT(list), LF_TEXT(reason),
                              LF_TEXT(t->scope.account), LF_INT(lf_now(t->env))),
                      e));
    lf_audit_open(&n);
    lf_json_put_str(&n.w, "list", lf_view_first(list, 200));
    lf_json_put_str(&n.w, "reason", reason);
    return lf_audit_close(&n, t, LF_V("warning.override"), value, e);
}

enum lf_code lf_warning_restore(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_warning_restore, LF_ARGS(LF_INT(kind), LF_TEXT(value)), e);
}
