#include "isac/trail.h"

#include "isac/indicator.h"
#include "soc/alert.h"

/* Whether a text names an indicator that the scope may not have. */
static enum lf_code names_hidden(struct lf_task *t, lf_view text, bool *hidden, struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("indicator--");
    size_t at;

    *hidden = false;
    while (!*hidden && (at = lf_view_find(text, prefix)) != SIZE_MAX) {
        lf_view id = lf_view_first(lf_view_from(text, at), prefix.len + LF_UUID_TEXT - 1);

        LF_TRY(t->hides ? t->hides(t, id, hidden, e) : LF_OK);
        text = lf_view_from(text, at + prefix.len);
    }
    return LF_OK;
}

/* The same of a value; which kind it is the entry does not say. */
static enum lf_code value_hidden(struct lf_task *t, lf_view value, bool *hidden, struct lf_err *e)
{
    *hidden = false;
    for (int kind = 0; kind < LF_OBS_KINDS && !*hidden; kind++)
        LF_TRY(lf_indicator_value_hidden(
            t, &(struct lf_observable){ .kind = (enum lf_observable_kind)kind, .value = value }, hidden, e));
    return LF_OK;
}

/* What people said of an alert that is withheld. */
static enum lf_code alert_hidden(struct lf_task *t, lf_view id, bool *hidden, struct lf_err *e)
{
    struct lf_err why = { 0 };
    struct lf_alert a;
    enum lf_code rc = lf_alert_get(t, id, &a, &why);

    *hidden = rc == LF_OK && a.withheld;
    return rc == LF_OK || rc == LF_NOT_FOUND ? LF_OK : lf_err_set(e, rc, "%s", why.text);
}

static enum lf_code withhold(struct lf_task *t, struct lf_audit_entry *x, struct lf_err *e)
{
    LF_TRY(names_hidden(t, x->subject, &x->withheld, e));
    if (!x->withheld)
        LF_TRY(names_hidden(t, x->detail, &x->withheld, e));
    if (!x->withheld &&
        (lf_view_starts(x->action, LF_V("block.")) || lf_view_starts(x->action, LF_V("warning."))))
        LF_TRY(value_hidden(t, x->subject, &x->withheld, e));
    if (x->withheld)
        x->subject = LF_V("");
    else if (lf_view_starts(x->action, LF_V("alert.")))
        LF_TRY(alert_hidden(t, x->subject, &x->withheld, e));
    if (x->withheld)
        x->detail = LF_V("");
    return LF_OK;
}

enum lf_code lf_trail_list(struct lf_task *t, const struct lf_page *page, struct lf_audit_list *out,
                           struct lf_err *e)
{
    struct lf_audit_list list;

    LF_TRY(lf_audit_list(t, page, &list, e));
    for (size_t i = 0; i < list.count; i++)
        LF_TRY(withhold(t, &list.item[i], e));
    *out = list;
    return LF_OK;
}
