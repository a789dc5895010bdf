#include "isac/trail.h"

#include "base/map.h"
#include "isac/indicator.h"
#include "soc/alert.h"
#include "soc/withheld.h"

/* What was asked for one page: each thing once, however many entries name it. */
struct look {
    struct lf_task *t;
    struct lf_map indicators, values, alerts;
    struct lf_withheld w;
};

typedef enum lf_code asked(struct look *l, lf_view what, bool *hidden, struct lf_err *e);

static enum lf_code once(struct look *l, struct lf_map *m, asked *ask, lf_view what, bool *hidden,
                         struct lf_err *e)
{
    uint64_t known;

    if (!lf_map_get(m, what, &known)) {
        LF_TRY(ask(l, what, hidden, e));
        known = *hidden;
        lf_map_set(m, what, known);
    }
    *hidden = known != 0;
    return LF_OK;
}

/* Where nobody answers for readers only the node itself has it (soc/withheld.h). */
static enum lf_code indicator_hidden(struct look *l, lf_view id, bool *hidden, struct lf_err *e)
{
    return lf_withheld(&l->w, l->t, id, hidden, e);
}

static enum lf_code domain_hidden(struct look *l, lf_view value, bool *hidden, struct lf_err *e)
{
    return lf_indicator_value_hidden(l->t, &(struct lf_observable){ .kind = LF_OBS_DOMAIN, .value = value },
                                     hidden, e);
}

/* Of a warning's entry: which kind the value is it does not say. */
static enum lf_code value_hidden(struct look *l, lf_view value, bool *hidden, struct lf_err *e)
{
    *hidden = false;
    for (int kind = 0; kind < LF_OBS_KINDS && !*hidden; kind++)
        LF_TRY(lf_indicator_value_hidden(
            l->t, &(struct lf_observable){ .kind = (enum lf_observable_kind)kind, .value = value }, hidden,
            e));
    return LF_OK;
}

/* What people said of an alert that is withheld. */
static enum lf_code alert_hidden(struct look *l, lf_view id, bool *hidden, struct lf_err *e)
{
    struct lf_err why = { 0 };
    struct lf_alert a;
    enum lf_code rc = lf_alert_get(l->t, id, &a, &why);

    *hidden = rc == LF_OK && a.withheld;
    return rc == LF_OK || rc == LF_NOT_FOUND ? LF_OK : lf_err_set(e, rc, "%s", why.text);
}

/* Whether a text names an indicator that the scope may not have; *any: it names one at all. */
static enum lf_code names_hidden(struct look *l, lf_view text, bool *any, bool *hidden, struct lf_err *e)
{
    const lf_view prefix = LF_VIEW("indicator--");
    size_t at;

    *hidden = false;
    while (!*hidden && (at = lf_view_find(text, prefix)) != SIZE_MAX) {
        lf_view id = lf_view_first(lf_view_from(text, at), prefix.len + LF_UUID_TEXT - 1);

        *any = true;
        LF_TRY(once(l, &l->indicators, indicator_hidden, id, hidden, e));
        text = lf_view_from(text, at + prefix.len);
    }
    return LF_OK;
}

static enum lf_code withhold(struct look *l, struct lf_audit_entry *x, struct lf_err *e)
{
    bool named = false;

    LF_TRY(names_hidden(l, x->subject, &named, &x->withheld, e));
    if (!x->withheld)
        LF_TRY(names_hidden(l, x->detail, &named, &x->withheld, e));
    if (!named && lf_view_starts(x->action, LF_V("block."))) /* names alone are blocked */
        LF_TRY(once(l, &l->values, domain_hidden, x->subject, &x->withheld, e));
    if (!x->withheld && lf_view_starts(x->action, LF_V("warning.")))
        LF_TRY(once(l, &l->values, value_hidden, x->subject, &x->withheld, e));
    if (x->withheld)
        x->subject = LF_V("");
    else if (lf_view_starts(x->action, LF_V("alert.")))
        LF_TRY(once(l, &l->alerts, alert_hidden, x->subject, &x->withheld, e));
    if (x->withheld)
        x->detail = LF_V("");
    return LF_OK;
}

static enum lf_code withhold_all(struct lf_task *t, struct lf_audit_list *list, struct lf_err *e)
{
    struct look l = { .t = t };
    enum lf_code rc = LF_OK;

    lf_map_init(&l.indicators, 1);
    lf_map_init(&l.values, 2);
    lf_map_init(&l.alerts, 3);
    for (size_t i = 0; rc == LF_OK && i < list->count; i++)
        rc = withhold(&l, &list->item[i], e);
    lf_map_clear(&l.indicators);
    lf_map_clear(&l.values);
    lf_map_clear(&l.alerts);
    return rc;
}

enum lf_code lf_trail_list(struct lf_task *t, const struct lf_page *page, struct lf_audit_list *out,
                           struct lf_err *e)
{
    struct lf_audit_list list;

    LF_TRY(lf_audit_list(t, page, &list, e));
    LF_TRY(withhold_all(t, &list, e));
    *out = list;
    return LF_OK;
}

enum lf_code lf_trail_of(struct lf_task *t, lf_view subject, size_t most, struct lf_audit_list *out,
                         struct lf_err *e)
{
    struct lf_audit_list list;

    LF_TRY(lf_audit_of(t, subject, most, &list, e));
    LF_TRY(withhold_all(t, &list, e));
    *out = list;
    return LF_OK;
}
