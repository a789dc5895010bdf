/* Whose key signs a node's events: pinned at enrolment, vouched for by the peer between, or replaced. */
#include "cert/incident_priv.h"
#include "store/query_incident.h"

struct vouched {
    struct lf_task *t;
    lf_view key, tier, via;
};

static enum lf_code take_vouched(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct vouched *v = ctx;

    (void)e;
    v->key = lf_arena_copy(v->t->a, lf_row_text(r, 0));
    v->tier = lf_arena_copy(v->t->a, lf_row_text(r, 1));
    v->via = lf_arena_copy(v->t->a, lf_row_text(r, 2));
    return LF_OK;
}

static enum lf_code replaced_key(struct lf_task *t, lf_view node, lf_view key, bool *was, struct lf_err *e)
{
    int64_t n;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_incident_key_count,
                     LF_ARGS(LF_TEXT(node), LF_TEXT(key), LF_INT(lf_now(t->env))), &n, e));
    *was = n > 0;
    return LF_OK;
}

enum lf_code lf_incident_key_changed(struct lf_task *t, lf_view node, lf_view via, lf_view old, lf_view key,
                                     lf_time until, bool moved, struct lf_err *e)
{
    struct vouched v = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_node_get, LF_ARGS(LF_TEXT(node)), take_vouched, &v,
                     NULL, e));
    if (v.key.ptr) {
        if (!lf_view_eq(v.via, via) && !moved)
            return lf_err_set(e, LF_FORBIDDEN, "%.*s lies elsewhere in the tree", LF_FMT(node));
        if (!lf_view_eq(v.key, old) && !lf_view_eq(v.key, key))
            return lf_err_set(e, LF_UNAUTHENTIC, "%.*s was first vouched for with another key", LF_FMT(node));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_node_key,
                          LF_ARGS(LF_TEXT(key), LF_TEXT(via), LF_TEXT(node)), e));
        if (!lf_view_eq(v.via, via))
            LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_incident_rehome,
                              LF_ARGS(LF_TEXT(via), LF_TEXT(node), LF_TEXT(v.via)), e));
    }
    if (lf_view_eq(old, key))
        return LF_OK;
    return lf_db_exec(t->db, &t->scope, &lf_q_incident_key_add,
                      LF_ARGS(LF_TEXT(node), LF_TEXT(old), LF_INT(until)), e);
}

/* Whether the key in the event is the node's.  A peer speaks for itself with the key
 * pinned at enrolment; for others in its direction of the tree it vouches, and
 * what it vouched for first stays. */
enum lf_code incident_check_signer(struct lf_task *t, const struct lf_incident_peer *peer,
                                   const struct lf_incident_event *ev, struct lf_err *e)
{
    struct vouched v = { .t = t };
    lf_view key = lf_hex(t->a, ev->key, sizeof ev->key);
    bool was = false;

    LF_TRY(lf_incident_event_verify(t->a, ev, e));
    if (!lf_incident_role_fits(ev->tier, ev->by))
        return lf_err_set(e, LF_FORBIDDEN, "%.*s: a %.*s node cannot act as %.*s", LF_FMT(ev->id),
                          LF_FMT(ev->tier), LF_FMT(ev->by));
    if (lf_view_eq(ev->node, peer->node)) {
        if (memcmp(ev->key, peer->key, sizeof ev->key) != 0)
            LF_TRY(replaced_key(t, ev->node, key, &was, e));
        if (memcmp(ev->key, peer->key, sizeof ev->key) != 0 && !was)
            return lf_err_set(e, LF_UNAUTHENTIC, "%.*s: signed with another key than %.*s enrolled with",
                              LF_FMT(ev->id), LF_FMT(peer->node));
        if (!lf_view_eq(ev->tier, peer->tier))
            return lf_err_set(e, LF_FORBIDDEN, "%.*s: %.*s is a %.*s, not a %.*s", LF_FMT(ev->id),
                              LF_FMT(peer->node), LF_FMT(peer->tier), LF_FMT(ev->tier));
        return LF_OK;
    }
    /* A child passes on what lies below it, a parent what lies above or beside us. */
    if (!peer->is_parent && lf_tier_height(ev->tier) >= lf_tier_height(peer->tier))
        return lf_err_set(e, LF_FORBIDDEN, "%.*s: a %.*s node does not lie below the %.*s that passed it on",
                          LF_FMT(ev->id), LF_FMT(ev->tier), LF_FMT(peer->tier));
    if (peer->is_parent && lf_tier_height(ev->tier) <= lf_tier_height(peer->tier))
        return lf_err_set(e, LF_FORBIDDEN, "%.*s: a %.*s node does not lie above the %.*s that passed it on",
                          LF_FMT(ev->id), LF_FMT(ev->tier), LF_FMT(peer->tier));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_incident_node_get, LF_ARGS(LF_TEXT(ev->node)), take_vouched, &v,
                     NULL, e));
    if (!v.key.ptr) {
        /* A statement goes before what waited when it was made: a key that was replaced before
         * anything came of the node is not the one that is vouched for. */
        LF_TRY(replaced_key(t, ev->node, key, &was, e));
        if (was)
            return LF_OK;
        return lf_db_exec(t->db, &t->scope, &lf_q_incident_node_insert,
                          LF_ARGS(LF_TEXT(ev->node), LF_TEXT(key), LF_TEXT(ev->tier), LF_TEXT(peer->id),
                                  LF_INT(lf_now(t->env))),
                          e);
    }
    if (!lf_view_eq(v.via, peer->id))
        return lf_err_set(e, LF_FORBIDDEN, "%.*s: %.*s lies elsewhere in the tree", LF_FMT(ev->id),
                          LF_FMT(ev->node));
    if (!lf_view_eq(v.key, key))
        LF_TRY(replaced_key(t, ev->node, key, &was, e));
    if ((!lf_view_eq(v.key, key) && !was) || !lf_view_eq(v.tier, ev->tier))
        return lf_err_set(e, LF_UNAUTHENTIC, "%.*s: %.*s was first vouched for with another key or tier",
                          LF_FMT(ev->id), LF_FMT(ev->node));
    return LF_OK;
}
