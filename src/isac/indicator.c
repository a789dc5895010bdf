/* From alerts and from peers, and out again under the standing policy. */
#include "isac/indicator_priv.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/present.h"
#include "isac/rights.h"
#include "isac/warning.h"
#include "model/role.h"
#include "store/query_intelligence.h"
#include "store/query_present.h"
#include "store/query_watch.h"

enum { DUE = 256, LOOKS = 1000 };
enum { WATCH = 2 }; /* an action: no block, and still looked for */

static lf_time to_milli(lf_time at)
{
    return at - at % LF_MSEC;
}

/* ---- rows ---------------------------------------------------------------------- */

static enum lf_code take_row(void *ctx, const struct lf_row *x, struct lf_err *e)
{
    struct indicator_rows *rows = ctx;
    struct lf_arena *a = rows->a;

    if (rows->n == rows->cap)
        return lf_err_set(e, LF_TOO_BIG, "more than %zu indicators of one value", rows->cap);
    rows->r[rows->n++] = (struct indicator_kept){
        .i = {
            .id = lf_arena_copy(a, lf_row_text(x, 0)),
            .origin = lf_arena_copy(a, lf_row_text(x, 1)),
            .kind = (enum lf_observable_kind)lf_row_int(x, 2),
            .value = lf_arena_copy(a, lf_row_text(x, 3)),
            .state = lf_arena_copy(a, lf_row_text(x, 4)),
            .evidence = lf_row_int(x, 5),
            .alert = lf_arena_copy(a, lf_row_text(x, 6)),
            .incident = lf_arena_copy(a, lf_row_text(x, 7)),
            .derived_from = lf_arena_copy(a, lf_row_text(x, 8)),
            .created = lf_row_int(x, 9),
            .modified = lf_row_int(x, 10),
            .valid_until = lf_row_int(x, 11),
            .since = lf_row_int(x, 15),
            .held = lf_row_int(x, 16) != 0,
            .json = lf_arena_copy(a, lf_row_text(x, 12)),
        },
        .published = lf_row_int(x, 13) != 0,
        .policy = lf_arena_copy(a, lf_row_text(x, 14)),
    };
    return LF_OK;
}

enum lf_code indicator_find(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args,
                            size_t nargs, size_t most, struct indicator_rows *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    *out = (struct indicator_rows){ .a = t->a, .r = LF_NEW(t->a, struct indicator_kept, most), .cap = most };
    return lf_db_run(t->db, &s, q, args, nargs, take_row, out, NULL, e);
}

enum lf_code indicator_of_value(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                                struct indicator_rows *out, struct lf_err *e)
{
    return indicator_find(t, &lf_q_indicator_of_value, LF_ARGS(LF_INT(kind), LF_TEXT(value)),
                          INDICATOR_OF_VALUE, out, e);
}

/* How sure it is now: whether it may block, and when that can change. */
static enum lf_code weigh(struct lf_task *t, struct indicator_kept *r, bool *faded, lf_time *look,
                          struct lf_err *e)
{
    struct lf_policy policy;
    struct lf_present p;
    lf_time ends;
    int least;

    *faded = r->i.held = false;
    *look = INT64_MAX;
    if (!indicator_standing(r) || indicator_derived(r)) /* a copy goes with its source */
        return LF_OK;
    LF_TRY(lf_policy_get(t, &policy, e));
    least = policy.min_confidence > 1 ? (int)policy.min_confidence : 1;
    LF_TRY(lf_present_of(t, &r->i, &p, e));
    ends = p.of.since + lf_confidence_life(p.of.kind);
    *faded = ends <= lf_now(t->env);
    r->i.held = p.now.confidence < least;
    *look = ends;
    if (!r->i.held && lf_confidence_falls(&p.of, least) < ends)
        *look = lf_confidence_falls(&p.of, least);
    return LF_OK;
}

static enum lf_code put(struct lf_task *t, struct indicator_kept *r, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    const struct lf_indicator_row *i = &r->i;
    lf_time look;
    bool faded;

    LF_TRY(weigh(t, r, &faded, &look, e));

    return lf_db_exec(
        t->db, &s, &lf_q_indicator_put,
        LF_ARGS(LF_TEXT(i->origin), LF_TEXT(i->id), LF_INT(i->kind), LF_TEXT(i->value), LF_TEXT(i->state),
                LF_INT(i->evidence), LF_TEXT(r->policy), LF_TEXT(i->alert), LF_TEXT(i->incident),
                LF_TEXT(i->derived_from), LF_INT(r->published), LF_INT(i->created), LF_INT(i->modified),
                LF_INT(i->valid_until), LF_TEXT(i->json), LF_INT(i->since), LF_INT(look), LF_INT(i->held),
                LF_TEXT(i->kind == LF_OBS_DOMAIN ? lf_observable_reversed(t->a, i->value) : LF_V(""))),
        e);
}

/* ---- blocking ------------------------------------------------------------------ */

enum lf_code indicator_act(struct lf_task *t, const struct indicator_kept *r, bool block, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    int64_t seq;

    LF_TRY(lf_db_take(t->db, &s, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(LF_V("action"))), 1, &seq, e));
    LF_TRY(lf_db_exec(t->db, &s, &lf_q_action_add,
                      LF_ARGS(LF_INT(seq), LF_TEXT(r->i.id), LF_INT(r->i.kind), LF_TEXT(r->i.value),
                              LF_INT(block && r->i.held ? WATCH : block),
                              LF_INT(lf_view_is(r->i.state, "provisional")), LF_INT(r->i.valid_until)),
                      e));
    t->effects |= LF_FX_ZONE;
    return LF_OK;
}

enum lf_code indicator_move(struct lf_task *t, struct indicator_kept *r, const char *state, struct lf_err *e)
{
    bool stood = indicator_standing(r), stands;

    r->i.state = lf_view_of(state);
    stands = indicator_standing(r);
    LF_TRY(put(t, r, e));
    if (indicator_derived(r))
        return LF_OK;
    if (stands)
        return indicator_act(t, r, true, e);
    if (stood) {
        struct indicator_rows same;

        LF_TRY(indicator_find(t, &lf_q_indicator_of_id, LF_ARGS(LF_TEXT(r->i.id)), INDICATOR_OF_VALUE, &same,
                              e));
        for (size_t i = 0; i < same.n; i++)
            if (indicator_standing(&same.r[i]) && same.r[i].i.kind == r->i.kind &&
                lf_view_eq(same.r[i].i.value, r->i.value))
                return LF_OK;
        LF_TRY(indicator_act(t, r, false, e));
        for (size_t i = 0; i < same.n; i++)
            if (indicator_standing(&same.r[i]) && !indicator_derived(&same.r[i]))
                LF_TRY(indicator_act(t, &same.r[i], true, e));
    }
    return LF_OK;
}

/* ---- publishing ----------------------------------------------------------------- */

static lf_view write_own(struct lf_task *t, const struct indicator_kept *r, bool revoked, lf_view tlp)
{
    return lf_indicator_write(t->a, &(struct lf_indicator){
                                        .id = r->i.id,
                                        .created_by = t->self->node,
                                        .created = r->i.created,
                                        .modified = r->i.modified,
                                        .valid_from = r->i.created,
                                        .valid_until = r->i.valid_until,
                                        .kind = r->i.kind,
                                        .value = r->i.value,
                                        .revoked = revoked,
                                        .provisional = lf_view_is(r->i.state, "provisional"),
                                        .evidence = r->i.evidence,
                                        .policy = r->policy,
                                        .derived_from = r->i.derived_from,
                                        .tlp = tlp,
                                    });
}

/* Into `members`; up as well when it is ours (what the parent gave it has). */
static enum lf_code publish(struct lf_task *t, struct indicator_kept *r, struct lf_err *e)
{
    struct lf_collection members;
    struct lf_stix s;
    bool fresh;

    LF_TRY(lf_stix_read(t->a, r->i.json, &s, e));
    LF_TRY(lf_collection_find(t, LF_V("members"), &members, e));
    LF_TRY(lf_object_add(t, members.id, r->i.origin, &s, r->i.json, &fresh, e));
    if (indicator_ours(r))
        LF_TRY(lf_link_send(t, r->i.id, r->i.modified, r->i.json, e));
    r->published = true;
    return put(t, r, e);
}

/* A new version of one of ours, later than the one before. */
static lf_time next_version(const struct lf_task *t, const struct indicator_kept *r)
{
    lf_time now = to_milli(lf_now(t->env));

    return now > r->i.modified ? now : r->i.modified + LF_MSEC;
}

static bool stricter(lf_view a, lf_view b)
{
    enum lf_tlp x = LF_TLP_NONE, y = LF_TLP_NONE;

    (void)lf_tlp_parse(a, &x);
    (void)lf_tlp_parse(b, &y);
    return x > y;
}

enum lf_code indicator_publish_version(struct lf_task *t, struct indicator_kept *r, bool revoked, lf_view tlp,
                                       struct lf_err *e)
{
    struct lf_indicator was;

    /* Who was told of it is told of its end, whatever the policy says by now; nor does a copy
     * lose the mark of its source. */
    if (r->published && r->i.json.len && lf_indicator_read(t->a, r->i.json, &was, NULL) == LF_OK &&
        (revoked || (indicator_derived(r) && stricter(was.tlp, tlp))))
        tlp = was.tlp;
    r->i.modified = next_version(t, r);
    r->i.since = lf_now(t->env);
    r->i.json = write_own(t, r, revoked, tlp);
    return publish(t, r, e);
}

/* ---- policy ----------------------------------------------------------------------- */

bool indicator_allowed_name(const struct lf_policy *p, lf_view value)
{
    for (size_t i = 0; i < p->nallow; i++) {
        lf_view a = p->allow[i];

        if (lf_view_eq(value, a) ||
            (value.len > a.len && lf_view_ends(value, a) && value.ptr[value.len - a.len - 1] == '.'))
            return true;
    }
    return false;
}

static bool within(const struct lf_policy *p, enum lf_observable_kind kind, lf_view value, int64_t evidence)
{
    return p->id.len && (p->kinds & (1u << kind)) && evidence >= p->min_evidence &&
           !(kind == LF_OBS_DOMAIN && indicator_allowed_name(p, value));
}

/* ---- derived objects ---------------------------------------------------------------- */

/* The id of our copy: nobody without the node's key can tell whose it was, and the
 * same source always gives the same copy.  The origin counts too: a member may use
 * an id that is another's, for another value. */
static lf_view derived_id(struct lf_task *t, const struct lf_indicator_row *source)
{
    uint8_t mac[LF_SHA256];
    lf_view text = lf_arena_printf(t->a, "%.*s\n%.*s", LF_FMT(source->origin), LF_FMT(source->id));

    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key }, text, mac);
    return lf_arena_printf(t->a, "indicator--%.*s", LF_FMT(lf_uuid4(t->a, mac)));
}

/* What a copy says is the most its sources say together. */
static void copy_from(struct indicator_kept *copy, const struct indicator_kept *source, bool first)
{
    struct lf_indicator_row *c = &copy->i;
    const struct lf_indicator_row *s = &source->i;

    if (first || lf_view_is(s->state, "active"))
        c->state = s->state;
    if (first || s->evidence > c->evidence)
        c->evidence = s->evidence;
    if (first || !s->valid_until || (c->valid_until && s->valid_until > c->valid_until))
        c->valid_until = s->valid_until;
}

/* Whether a copy of a child's may go on, and marked how: not milder than its source or than we
 * mark ours.  AMBER goes on without the child's name; what is stricter, or for a group, stays. */
static enum lf_code may_derive(struct lf_task *t, const struct indicator_kept *source, bool *may,
                               enum lf_tlp *tlp, struct lf_err *e)
{
    enum lf_tlp says;
    struct lf_stix s;
    bool closed;

    LF_TRY(lf_stix_read(t->a, source->i.json, &s, e));
    LF_TRY(lf_rights_strictest(t, source->i.origin, lf_rights_author(t, source->i.origin), s.tree, &says,
                               &closed, e));
    *may = !closed && says <= LF_TLP_AMBER;
    *tlp = *may && says > *tlp ? says : *tlp;
    return LF_OK;
}

enum lf_code indicator_settle(struct lf_task *t, enum lf_observable_kind kind, lf_view value,
                              struct lf_err *e)
{
    struct indicator_rows all;
    struct indicator_kept *source = NULL, *copy = NULL, *own = NULL, *parent = NULL, sum = { 0 };
    struct lf_peer up = { 0 };
    struct lf_policy policy;
    enum lf_tlp tlp = LF_TLP_NONE, says = LF_TLP_NONE;
    enum lf_code rc = lf_peer_parent(t, &up, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    LF_TRY(indicator_of_value(t, kind, value, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        struct indicator_kept *r = &all.r[i];

        if (indicator_derived(r)) {
            if (indicator_standing(r))
                copy = r;
        } else if (indicator_standing(r) && indicator_ours(r)) {
            own = r;
        } else if (indicator_standing(r) && rc == LF_OK && lf_view_eq(r->i.origin, up.id)) {
            parent = r;
        } else if (indicator_standing(r)) {
            bool may;

            LF_TRY(may_derive(t, r, &may, &tlp, e));
            if (!may)
                continue;
            copy_from(&sum, r, !source);
            source = source ? source : r;
        }
    }
    LF_TRY(lf_policy_get(t, &policy, e));
    (void)lf_tlp_parse(policy.tlp, &says);
    tlp = says > tlp ? says : tlp;
    if (copy && (!source || own)) {
        LF_TRY(indicator_move(t, copy, "revoked", e));
        LF_TRY(indicator_publish_version(t, copy, true, policy.tlp, e));
        copy = NULL;
    }
    if (source && !copy && !own) {
        lf_time now = to_milli(lf_now(t->env));
        struct indicator_kept made = { .i = { .id = derived_id(t, &source->i),
                                              .origin = LF_V(""),
                                              .kind = kind,
                                              .value = value,
                                              .state = sum.i.state,
                                              .evidence = sum.i.evidence,
                                              .alert = LF_V(""),
                                              .incident = LF_V(""),
                                              .derived_from = source->i.id,
                                              .created = now,
                                              .modified = now,
                                              .since = now,
                                              .valid_until = sum.i.valid_until },
                                       .policy = policy.id };

        /* The same source may have come back after a withdrawal: a later version. */
        for (size_t i = 0; i < all.n; i++)
            if (indicator_ours(&all.r[i]) && lf_view_eq(all.r[i].i.id, made.i.id)) {
                made.i.created = all.r[i].i.created;
                made.i.modified = next_version(t, &all.r[i]);
            }
        made.i.json = write_own(t, &made, false, lf_view_of(lf_tlp_name(tlp)));
        return publish(t, &made, e);
    }
    if (copy && (!lf_view_eq(copy->i.state, sum.i.state) || copy->i.evidence != sum.i.evidence ||
                 copy->i.valid_until != sum.i.valid_until)) {
        copy_from(copy, &sum, true);
        LF_TRY(indicator_publish_version(t, copy, false, lf_view_of(lf_tlp_name(tlp)), e));
    }
    if (parent && !parent->published && !copy && !(own && own->published))
        LF_TRY(publish(t, parent, e));
    return LF_OK;
}

/* ---- from alerts ---------------------------------------------------------------------- */

enum lf_code lf_indicator_from_alert(struct lf_task *t, const struct lf_indicator_alert *alert, lf_view *id,
                                     bool *shared, struct lf_err *e)
{
    lf_time now = to_milli(lf_now(t->env));
    struct lf_policy policy;
    struct indicator_rows all;
    struct indicator_kept fresh = { 0 }, *mine = NULL;
    lf_view warned;
    bool out;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, e));
    if (!lf_observable_ok(alert->kind, alert->value))
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"%.*s\" is no %s in the form that is kept (lower case, no final dot)",
                          LF_FMT(alert->value), lf_observable_kind_name(alert->kind));
    LF_TRY(lf_policy_get(t, &policy, e));
    LF_TRY(lf_warning_of(t, alert->kind, alert->value, &warned, e));
    LF_TRY(indicator_of_value(t, alert->kind, alert->value, &all, e));
    for (size_t i = 0; i < all.n && !mine; i++)
        if (indicator_ours(&all.r[i]) && !indicator_derived(&all.r[i]) &&
            (indicator_standing(&all.r[i]) || lf_view_is(all.r[i].i.state, "draft")))
            mine = &all.r[i];
    if (!mine) {
        fresh = (struct indicator_kept){ .i = { .id = lf_arena_printf(t->a, "indicator--%.*s",
                                                                      LF_FMT(lf_uuid_new(t->env, t->a))),
                                                .origin = LF_V(""),
                                                .kind = alert->kind,
                                                .value = alert->value,
                                                .state = LF_V("draft"),
                                                .alert = alert->alert,
                                                .incident = alert->incident,
                                                .derived_from = LF_V(""),
                                                .created = now,
                                                .modified = now },
                                         .policy = LF_V("") };
        mine = &fresh;
    }
    /* cppcheck-suppress nullPointerRedundantCheck ; it was set just above */
    if (alert->evidence > mine->i.evidence)
        mine->i.evidence = alert->evidence;
    out = lf_view_is(mine->i.state, "draft") && alert->level >= policy.min_level && !warned.len &&
          within(&policy, mine->i.kind, mine->i.value, mine->i.evidence);
    if (out) {
        mine->i.state = LF_V("provisional");
        mine->i.valid_until = now + policy.max_life_hours * LF_HOUR;
        mine->policy = policy.id;
    }
    mine->i.modified = next_version(t, mine);
    mine->i.since = now;
    mine->i.json = write_own(t, mine, false, policy.tlp);
    if (out) {
        LF_TRY(publish(t, mine, e));
        LF_TRY(indicator_act(t, mine, true, e));
        LF_TRY(indicator_settle(t, mine->i.kind, mine->i.value, e));
        LF_TRY(lf_audit_add(t, LF_V("indicator.share"), mine->i.id,
                            lf_arena_printf(t->a, "{\"policy\":\"%.*s\"}", LF_FMT(policy.id)), e));
    } else {
        LF_TRY(put(t, mine, e));
    }
    *id = mine->i.id;
    *shared = out || mine->published;
    return LF_OK;
}

/* ---- from peers -------------------------------------------------------------------------- */

/* Notes when it begins (0: no more to be waited for). */
static enum lf_code wait_for(struct lf_task *t, const struct indicator_kept *r, lf_time at, bool noted,
                             struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    if (at)
        return lf_db_exec(t->db, &s, &lf_q_waiting_put,
                          LF_ARGS(LF_TEXT(r->i.origin), LF_TEXT(r->i.id), LF_INT(at)), e);
    return noted
               ? lf_db_exec(t->db, &s, &lf_q_waiting_drop, LF_ARGS(LF_TEXT(r->i.origin), LF_TEXT(r->i.id)), e)
               : LF_OK;
}

enum lf_code lf_indicator_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_indicator in;
    struct lf_policy policy;
    struct lf_err why;
    struct indicator_rows same;
    struct indicator_kept r = { 0 };
    const char *state;
    bool known = false, begins, kept, shown;
    lf_view warned, text;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER | LF_ROLE_SYSTEM, e));
    /* What cannot be looked for is kept in its collection all the same. */
    if (lf_indicator_read(t->a, json, &in, &why) != LF_OK || !lf_observable_ok(in.kind, in.value))
        return LF_OK;
    LF_TRY(indicator_find(t, &lf_q_indicator_of_id, LF_ARGS(LF_TEXT(in.id)), INDICATOR_OF_VALUE, &same, e));
    for (size_t i = 0; i < same.n; i++) {
        if (indicator_ours(&same.r[i]))
            return lf_err_set(e, LF_FORBIDDEN, "%.*s is this node's own: only it can give a version of it",
                              LF_FMT(in.id));
        if (lf_view_eq(same.r[i].i.origin, from->id)) {
            r = same.r[i];
            known = true;
        }
    }
    begins = known && lf_view_is(r.i.state, "waiting");
    if (known && in.modified <= r.i.modified &&
        !(begins && in.modified == r.i.modified && in.valid_from <= now))
        return LF_OK; /* the same, or an older version come late */
    if (known && (in.kind != r.i.kind || !lf_view_eq(in.value, r.i.value)))
        return lf_err_set(e, LF_UNACCEPTED, "%.*s named another value before: a new value is a new indicator",
                          LF_FMT(in.id));
    if (!known)
        r = (struct indicator_kept){ .i = { .id = in.id,
                                            .origin = from->id,
                                            .kind = in.kind,
                                            .value = in.value,
                                            .state = LF_V("draft"),
                                            .alert = LF_V(""),
                                            .incident = LF_V(""),
                                            .derived_from = in.derived_from,
                                            .created = in.created } };
    kept = known && lf_view_eq(r.policy, indicator_decided) &&
           (indicator_standing(&r) || lf_view_is(r.i.state, "draft")) && !in.revoked;
    r.i.modified = in.modified;
    r.i.since = now;
    r.i.evidence = in.evidence;
    r.i.valid_until = kept ? r.i.valid_until : in.valid_until;
    r.policy = kept ? r.policy : in.policy;
    r.i.json = json;

    LF_TRY(lf_policy_get(t, &policy, e));
    LF_TRY(lf_warning_of(t, in.kind, in.value, &warned, e));
    LF_TRY(lf_rights_text(lf_rights_of_people(t), from->id, json, &text, &shown, e));
    if (in.revoked)
        state = "revoked";
    else if (kept)
        state = indicator_standing(&r) ? "active" : "draft";
    else if (in.valid_until && in.valid_until <= now)
        state = "expired";
    else if (in.valid_from > now)
        state = "waiting";
    else if (!shown)
        state = "draft"; /* not for all of our people: one of those whom it is for decides */
    else if (from->kind == LF_PEER_PARENT)
        state = in.provisional ? "provisional" : "active";
    else if (!warned.len && within(&policy, in.kind, in.value, in.evidence))
        state = in.provisional ? "provisional" : "active";
    else
        state = "draft"; /* a person here decides */
    if (from->kind == LF_PEER_CHILD && lf_view_is(lf_view_of(state), "provisional")) {
        lf_time most = now + policy.max_life_hours * LF_HOUR;

        if (!r.i.valid_until || r.i.valid_until > most)
            r.i.valid_until = most;
    }
    LF_TRY(indicator_move(t, &r, state, e));
    LF_TRY(wait_for(t, &r, lf_view_is(r.i.state, "waiting") ? in.valid_from : 0, begins, e));
    /* A later version of what the parent gave and we passed on is passed on too. */
    if (r.published)
        LF_TRY(publish(t, &r, e));
    return indicator_settle(t, in.kind, in.value, e);
}

/* Those whose valid_from has come are taken as if they came now. */
static enum lf_code begin_due(struct lf_task *t, struct lf_err *e)
{
    struct indicator_rows due;

    LF_TRY(indicator_find(t, &lf_q_waiting_due, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(DUE)), DUE, &due, e));
    for (size_t i = 0; i < due.n; i++) {
        struct lf_peer peer;
        enum lf_code rc = lf_peer_get(t, due.r[i].i.origin, &peer, e);

        if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
        if (rc == LF_OK && lf_view_is(due.r[i].i.state, "waiting"))
            LF_TRY(lf_indicator_receive(t, &peer, due.r[i].i.json, e));
        LF_TRY(wait_for(t, &due.r[i], 0, true,
                        e)); /* of a peer that is gone, or indicator_decided on otherwise */
    }
    return LF_OK;
}

/* What the days, sightings and judgements did to those that are due to be looked at. */
static enum lf_code look_due(struct lf_task *t, struct lf_err *e)
{
    lf_time look;
    struct indicator_rows due;

    LF_TRY(indicator_find(t, &lf_q_indicator_looks, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(LOOKS)), LOOKS,
                          &due, e));
    for (size_t i = 0; i < due.n; i++) {
        struct indicator_kept *r = &due.r[i];
        bool held = r->i.held, faded;

        LF_TRY(weigh(t, r, &faded, &look, e));
        if (faded) {
            LF_TRY(indicator_move(t, r, "expired", e));
            LF_TRY(indicator_settle(t, r->i.kind, r->i.value, e));
            continue;
        }
        LF_TRY(put(t, r, e));
        if (r->i.held != held)
            LF_TRY(indicator_act(t, r, true, e));
    }
    return LF_OK;
}

enum lf_code lf_indicator_expire(struct lf_task *t, lf_time *next, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct indicator_rows due;
    lf_time again;

    LF_TRY(begin_due(t, e));
    do {
        size_t ended = 0;

        LF_TRY(indicator_find(t, &lf_q_indicator_due, LF_ARGS(LF_INT(DUE)), DUE, &due, e));
        /* Nobody needs telling of the end: everyone who has it knows valid_until. */
        for (; ended < due.n && due.r[ended].i.valid_until <= now; ended++)
            LF_TRY(indicator_move(t, &due.r[ended], "expired", e));
        again = ended < due.n ? due.r[ended].i.valid_until : 0;
        /* But another may stand for the value still, and takes its place. */
        for (size_t i = 0; i < ended; i++)
            LF_TRY(indicator_settle(t, due.r[i].i.kind, due.r[i].i.value, e));
    } while (due.n == DUE && !again);
    *next = again;
    return look_due(t, e);
}

enum lf_code lf_indicator_offer(struct lf_task *t, struct lf_err *e)
{
    lf_time modified = 0;
    lf_view id = LF_V("");
    struct indicator_rows page;

    do {
        LF_TRY(indicator_find(t, &lf_q_indicator_ours_out,
                              LF_ARGS(LF_INT(modified), LF_TEXT(id), LF_INT(DUE)), DUE, &page, e));
        for (size_t i = 0; i < page.n; i++) {
            modified = page.r[i].i.modified;
            id = page.r[i].i.id;
            LF_TRY(lf_link_send(t, id, modified, page.r[i].i.json, e));
        }
    } while (page.n == DUE);
    return LF_OK;
}

enum lf_code lf_indicator_rehome(struct lf_task *t, lf_view from, lf_view to, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    return lf_db_exec(t->db, &s, &lf_q_indicator_rehome, LF_ARGS(LF_TEXT(to), LF_TEXT(from)), e);
}
