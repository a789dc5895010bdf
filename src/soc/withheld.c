#include "soc/withheld.h"

#include "base/fnv.h"
#include "model/role.h"

bool lf_withheld_may_be(lf_view rule)
{
    return lf_view_starts(rule, LF_V("indicator--"));
}

enum lf_code lf_withheld(struct lf_withheld *w, struct lf_task *t, lf_view rule, bool *hidden,
                         struct lf_err *e)
{
    size_t i = lf_fnv(LF_FNV, rule) % LF_WITHHELD_SLOTS;

    if (!lf_withheld_may_be(rule)) {
        *hidden = false;
        return LF_OK;
    }
    if (!t->hides) { /* nobody serves readers here */
        *hidden = !(t->scope.roles & LF_ROLE_SYSTEM);
        return LF_OK;
    }
    if (!w->slot[i].rule.len || !lf_view_eq(w->slot[i].rule, rule)) {
        LF_TRY(t->hides(t, rule, hidden, e));
        w->slot[i].rule = rule;
        w->slot[i].hidden = *hidden;
    }
    *hidden = w->slot[i].hidden;
    return LF_OK;
}
