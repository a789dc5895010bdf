#include "soc/withheld.h"

#include "base/fnv.h"
#include "model/role.h"

bool lf_withheld_may_be(lf_view rule)
{
    return lf_view_starts(rule, LF_V("indicator--"));
}

/* The decision reads all that is said of the indicator: in an arena of its own. */
static enum lf_code ask(struct lf_task *t, lf_view rule, bool *hidden, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_task asked = *t;
    enum lf_code rc;

    asked.a = &a;
    rc = t->hides(&asked, rule, hidden, e);
    lf_arena_clear(&a);
    return rc;
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
    if (lf_view_eq((lf_view){ w->slot[i].rule, w->slot[i].len }, rule)) {
        *hidden = w->slot[i].hidden;
        return LF_OK;
    }
    LF_TRY(ask(t, rule, hidden, e));
    if (rule.len <= LF_WITHHELD_RULE) {
        memcpy(w->slot[i].rule, rule.ptr, rule.len);
        w->slot[i].len = (uint8_t)rule.len;
        w->slot[i].hidden = *hidden;
    }
    return LF_OK;
}
