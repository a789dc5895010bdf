/* What people decide on indicators: withdrawn, released. */
#include "isac/indicator_priv.h"

#include "ident/audit.h"
#include "ident/ident.h"
#include "isac/peer.h"
#include "isac/warning.h"
#include "model/role.h"

/* A person decided on our copy of what children gave: the same goes for what it
 * stands on, else the copy would follow the children again. */
static enum lf_code decide_sources(struct lf_task *t, const struct indicator_kept *copy, const char *state,
                                   struct lf_err *e)
{
    struct indicator_rows all;

    LF_TRY(indicator_of_value(t, copy->i.kind, copy->i.value, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        struct lf_peer peer;

        if (indicator_ours(&all.r[i]) || !indicator_standing(&all.r[i]))
            continue;
        LF_TRY(lf_peer_get(t, all.r[i].i.origin, &peer, e));
        if (peer.kind != LF_PEER_CHILD)
            continue;
        all.r[i].i.valid_until = 0;
        all.r[i].i.since = lf_now(t->env);
        all.r[i].policy = indicator_decided;
        LF_TRY(indicator_move(t, &all.r[i], state, e));
    }
    return LF_OK;
}

enum lf_code lf_indicator_withdraw(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_policy policy;
    struct indicator_kept r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(indicator_pick(t, id, &r, e));
    if (!indicator_ours(&r))
        return lf_err_set(e, LF_FORBIDDEN,
                          "only the node that gave %.*s can withdraw it; to stop blocking here, put "
                          "%.*s on the allow list",
                          LF_FMT(id), LF_FMT(r.i.value));
    if (lf_view_is(r.i.state, "revoked") || lf_view_is(r.i.state, "expired"))
        return lf_err_set(e, LF_CONFLICT, "%.*s is withdrawn or expired already", LF_FMT(id));
    LF_TRY(lf_policy_get(t, &policy, e));
    if (indicator_derived(&r))
        LF_TRY(decide_sources(t, &r, "draft", e));
    LF_TRY(indicator_move(t, &r, "revoked", e));
    if (r.published)
        LF_TRY(indicator_publish_version(t, &r, true, policy.tlp, e));
    LF_TRY(lf_warning_restore(t, r.i.kind, r.i.value, e));
    LF_TRY(lf_audit_add(t, LF_V("indicator.withdraw"), id, LF_V("{}"), e));
    return indicator_settle(t, r.i.kind, r.i.value, e);
}

enum lf_code lf_indicator_release(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_policy policy;
    struct indicator_kept r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(indicator_pick(t, id, &r, e));
    if (!lf_view_is(r.i.state, "draft") && !lf_view_is(r.i.state, "provisional"))
        return lf_err_set(e, LF_CONFLICT,
                          "%.*s is neither a draft nor provisional: there is nothing to release", LF_FMT(id));
    LF_TRY(lf_policy_get(t, &policy, e));
    if (r.i.kind == LF_OBS_DOMAIN && indicator_allowed_name(&policy, r.i.value))
        return lf_err_set(
            e, LF_CONFLICT,
            "the standing policy allows %.*s, so it never goes out; sign a policy without it first",
            LF_FMT(r.i.value));
    LF_TRY(lf_warning_check(t, r.i.kind, r.i.value, e));
    if (indicator_derived(&r))
        LF_TRY(decide_sources(t, &r, "active", e));
    r.i.valid_until = 0;
    r.i.since = lf_now(t->env);
    if (!indicator_ours(&r))
        r.policy = indicator_decided;
    LF_TRY(indicator_move(t, &r, "active", e));
    if (indicator_ours(&r))
        LF_TRY(indicator_publish_version(t, &r, false, policy.tlp, e));
    LF_TRY(lf_audit_add(t, LF_V("indicator.release"), id, LF_V("{}"), e));
    return indicator_settle(t, r.i.kind, r.i.value, e);
}

enum lf_code lf_indicator_release_warned(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e)
{
    struct indicator_kept r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(indicator_pick(t, id, &r, e));
    LF_TRY(lf_warning_override(t, r.i.kind, r.i.value, reason, e));
    /* What stands already (the parent's) has only to be blocked. */
    if (!lf_view_is(r.i.state, "active"))
        return lf_indicator_release(t, id, e);
    return indicator_derived(&r) ? LF_OK : indicator_act(t, &r, true, e);
}
