/* Links: what an object that came is for, and what goes to the parent. */
#include "isac/link.h"

#include "cert/incident.h"
#include "ident/node.h"
#include "isac/advisory.h"
#include "isac/arrival.h"
#include "isac/bulletin.h"
#include "isac/exercise_link.h"
#include "isac/indicator.h"
#include "isac/keys.h"
#include "isac/question.h"
#include "isac/sighting.h"
#include "isac/transform.h"
#include "store/query_intelligence.h"

enum lf_code lf_link_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                          struct lf_err *e)
{
    struct lf_peer now;

    /* One page may hold a new key and what was signed with it: which key holds is asked each time. */
    if (lf_view_is(type, "incident-event") || lf_view_is(type, "node-key") || lf_view_is(type, "question") ||
        lf_view_is(type, "question-answer") || lf_exercise_word(type)) {
        struct lf_task own = lf_node_task(t);

        LF_TRY(lf_peer_get(&own, from->id, &now, e));
        from = &now;
    }
    if (lf_view_is(type, "incident-event")) {
        struct lf_incident_peer p = {
            .id = from->id, .node = from->node, .tier = from->tier, .is_parent = from->kind == LF_PEER_PARENT
        };
        bool fresh;

        memcpy(p.key, from->key, sizeof p.key);
        LF_TRY(lf_incident_event_receive(t, &p, json, &fresh, e));
        return fresh ? lf_arrival_add(t, from, type, json, e) : LF_OK;
    }
    if (lf_view_is(type, "node-key"))
        return lf_keys_receive(t, from, json, e);
    if (lf_view_is(type, "question"))
        return lf_question_receive(t, from, json, e);
    if (lf_view_is(type, "question-answer"))
        return lf_question_answered(t, from, json, e);
    if (lf_exercise_word(type))
        return lf_exercise_take(t, from, type, json, e);
    if (lf_view_is(type, "sighting")) {
        LF_TRY(lf_transform_back(t, from->id, json, &json, e));
        return lf_sighting_receive(t, from, json, e);
    }
    if (lf_view_is(type, "indicator")) {
        LF_TRY(lf_indicator_receive(t, from, json, e));
        return lf_arrival_add(t, from, type, json, e);
    }
    if (lf_view_is(type, "marking-definition")) {
        struct lf_stix s;
        int64_t key;

        LF_TRY(lf_stix_read(t->a, json, &s, e));
        LF_TRY(lf_rights_key(t, from->id, lf_rights_author(t, from->id), s.tree, &key, e));
    }
    if (lf_view_is(type, "note")) {
        bool mine;

        LF_TRY(lf_bulletin_take_note(t, from, json, &mine, e));
        if (mine)
            return LF_OK;
    }
    LF_TRY(lf_advisory_take(t, from, type, json, e));
    return lf_bulletin_take(t, from, type, json, e);
}

/* Whether the peer may have all of what we made. */
static enum lf_code may_have(struct lf_task *t, const struct lf_peer *p, lf_view json, bool *may,
                             struct lf_err *e)
{
    struct lf_rights *rights;
    struct lf_clearance c;
    struct lf_stix s;

    *may = false;
    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(lf_rights_of_peer(t, p->id, &rights, e));
    LF_TRY(lf_rights_object(rights, LF_V(""), LF_V("system"), s.tree, &c, e));
    *may = c.release == LF_RELEASE_WHOLE;
    return LF_OK;
}

enum lf_code lf_link_send(struct lf_task *t, lf_view id, lf_time version, lf_view json, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_peer parent;
    int64_t seq;
    bool may;
    enum lf_code rc = lf_peer_parent(&own, &parent, e);

    if (rc == LF_NOT_FOUND)
        return LF_OK;
    LF_TRY(rc);
    LF_TRY(may_have(&own, &parent, json, &may, e));
    if (!may)
        return LF_OK;
    LF_TRY(lf_transform_send(&own, parent.id, &id, &json, &may, e));
    if (!may)
        return LF_OK;
    LF_TRY(lf_db_take(t->db, &own.scope, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("outbox"))), 1, &seq, e));
    LF_TRY(lf_db_exec(t->db, &own.scope, &lf_q_outbox_add,
                      LF_ARGS(LF_INT(seq), LF_TEXT(id), LF_INT(version), LF_TEXT(json)), e));
    t->effects |= LF_FX_OUTBOX;
    return LF_OK;
}
