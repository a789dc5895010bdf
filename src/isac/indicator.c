#include "isac/indicator.h"

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
#include "isac/watch.h"
#include "model/role.h"

enum { DUE = 256, OF_VALUE = 512, LOOKS = 1000 };
enum { WATCH = 2 }; /* an action: no block, and still looked for */

/* A row as stored, with what its state means put once. */
struct row {
    struct lf_indicator_row i;
    lf_view policy; /* of a peer's: what it said, or `decided` */
    bool published; /* a version of it lies in `members` (and went up) */
};

/* A person here let a peer's indicator out for good, or put it back to the drafts.  A
 * later version by its origin does not undo that; only its revocation ends it. */
static const char decided[] = "decided-by-a-person";

static bool standing(const struct row *r)
{
    return lf_view_is(r->i.state, "provisional") || lf_view_is(r->i.state, "active");
}

static bool ours(const struct row *r)
{
    return r->i.origin.len == 0;
}

static bool derived(const struct row *r)
{
    return ours(r) && r->i.derived_from.len > 0;
}

static lf_time to_milli(lf_time at)
{
    return at - at % LF_MSEC;
}

/* ---- rows ---------------------------------------------------------------------- */

struct rows {
    struct lf_arena *a;
    struct row *r;
    size_t n, cap;
};

static enum lf_code take_row(void *ctx, const struct lf_row *x, struct lf_err *e)
{
    struct rows *rows = ctx;
    struct lf_arena *a = rows->a;

    if (rows->n == rows->cap)
        return lf_err_set(e, LF_TOO_BIG, "more than %zu indicators of one value", rows->cap);
    rows->r[rows->n++] = (struct row){
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

static enum lf_code find(struct lf_task *t, enum lf_query q, const struct lf_arg *args, size_t nargs,
                         size_t most, struct rows *out, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    *out = (struct rows){ .a = t->a, .r = LF_NEW(t->a, struct row, most), .cap = most };
    return lf_db_run(t->db, &s, q, args, nargs, take_row, out, NULL, e);
}

static enum lf_code of_value(struct lf_task *t, enum lf_observable_kind kind, lf_view value, struct rows *out,
                             struct lf_err *e)
{
    return find(t, LF_Q_INDICATOR_OF_VALUE, LF_ARGS(LF_INT(kind), LF_TEXT(value)), OF_VALUE, out, e);
}

enum lf_code lf_indicator_known(struct lf_task *t, const struct lf_observable *o, bool *known,
                                struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    int64_t n;

    LF_TRY(lf_db_int(t->db, &s, LF_Q_INDICATOR_KNOWN, LF_ARGS(LF_INT(o->kind), LF_TEXT(o->value)), &n, e));
    *known = n > 0;
    return LF_OK;
}

/* How sure it is now: whether it may block, and when that can change. */
static enum lf_code weigh(struct lf_task *t, struct row *r, bool *faded, lf_time *look, struct lf_err *e)
{
    struct lf_policy policy;
    struct lf_present p;
    lf_time ends;
    int least;

    *faded = r->i.held = false;
    *look = INT64_MAX;
    if (!standing(r) || derived(r)) /* a copy goes with its source */
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

static enum lf_code put(struct lf_task *t, struct row *r, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    const struct lf_indicator_row *i = &r->i;
    lf_time look;
    bool faded;

    LF_TRY(weigh(t, r, &faded, &look, e));

    return lf_db_exec(
        t->db, &s, LF_Q_INDICATOR_PUT,
        LF_ARGS(LF_TEXT(i->origin), LF_TEXT(i->id), LF_INT(i->kind), LF_TEXT(i->value), LF_TEXT(i->state),
                LF_INT(i->evidence), LF_TEXT(r->policy), LF_TEXT(i->alert), LF_TEXT(i->incident),
                LF_TEXT(i->derived_from), LF_INT(r->published), LF_INT(i->created), LF_INT(i->modified),
                LF_INT(i->valid_until), LF_TEXT(i->json), LF_INT(i->since), LF_INT(look), LF_INT(i->held),
                LF_TEXT(i->kind == LF_OBS_DOMAIN ? lf_observable_reversed(t->a, i->value) : LF_V(""))),
        e);
}

/* ---- blocking ------------------------------------------------------------------ */

static enum lf_code act(struct lf_task *t, const struct row *r, bool block, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    int64_t seq;

    LF_TRY(lf_db_int(t->db, &s, LF_Q_ISAC_COUNT, LF_ARGS(LF_TEXT(LF_V("action"))), &seq, e));
    LF_TRY(lf_db_exec(t->db, &s, LF_Q_ACTION_ADD,
                      LF_ARGS(LF_INT(seq), LF_TEXT(r->i.id), LF_INT(r->i.kind), LF_TEXT(r->i.value),
                              LF_INT(block && r->i.held ? WATCH : block),
                              LF_INT(lf_view_is(r->i.state, "provisional")), LF_INT(r->i.valid_until)),
                      e));
    t->effects |= LF_FX_ZONE;
    return LF_OK;
}

/* Moves a row to another state.  What it blocks follows: a derived object blocks
 * nothing itself (its source does), and an id that two peers gave for one value is
 * unblocked when both are gone.  Shield unblocks by id: where another peer uses the
 * id for another value, that one is blocked again at once. */
static enum lf_code move(struct lf_task *t, struct row *r, const char *state, struct lf_err *e)
{
    bool stood = standing(r), stands;

    r->i.state = lf_view_of(state);
    stands = standing(r);
    LF_TRY(put(t, r, e));
    if (derived(r))
        return LF_OK;
    if (stands)
        return act(t, r, true, e);
    if (stood) {
        struct rows same;

        LF_TRY(find(t, LF_Q_INDICATOR_OF_ID, LF_ARGS(LF_TEXT(r->i.id)), OF_VALUE, &same, e));
        for (size_t i = 0; i < same.n; i++)
            if (standing(&same.r[i]) && same.r[i].i.kind == r->i.kind &&
                lf_view_eq(same.r[i].i.value, r->i.value))
                return LF_OK;
        LF_TRY(act(t, r, false, e));
        for (size_t i = 0; i < same.n; i++)
            if (standing(&same.r[i]) && !derived(&same.r[i]))
                LF_TRY(act(t, &same.r[i], true, e));
    }
    return LF_OK;
}

/* ---- publishing ----------------------------------------------------------------- */

static lf_view write_own(struct lf_task *t, const struct row *r, bool revoked, lf_view tlp)
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
static enum lf_code publish(struct lf_task *t, struct row *r, struct lf_err *e)
{
    struct lf_collection members;
    struct lf_stix s;
    bool fresh;

    LF_TRY(lf_stix_read(t->a, r->i.json, &s, e));
    LF_TRY(lf_collection_find(t, LF_V("members"), &members, e));
    LF_TRY(lf_object_add(t, members.id, r->i.origin, &s, r->i.json, &fresh, e));
    if (ours(r))
        LF_TRY(lf_link_send(t, r->i.id, r->i.modified, r->i.json, e));
    r->published = true;
    return put(t, r, e);
}

/* A new version of one of ours, later than the one before. */
static lf_time next_version(const struct lf_task *t, const struct row *r)
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

static enum lf_code publish_version(struct lf_task *t, struct row *r, bool revoked, lf_view tlp,
                                    struct lf_err *e)
{
    struct lf_indicator was;

    /* Who was told of it is told of its end, whatever the policy says by now; nor does a copy
     * lose the mark of its source. */
    if (r->published && r->i.json.len && lf_indicator_read(t->a, r->i.json, &was, NULL) == LF_OK &&
        (revoked || (derived(r) && stricter(was.tlp, tlp))))
        tlp = was.tlp;
    r->i.modified = next_version(t, r);
    r->i.since = lf_now(t->env);
    r->i.json = write_own(t, r, revoked, tlp);
    return publish(t, r, e);
}

/* ---- policy ----------------------------------------------------------------------- */

static bool allowed_name(const struct lf_policy *p, lf_view value)
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
           !(kind == LF_OBS_DOMAIN && allowed_name(p, value));
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
static void copy_from(struct row *copy, const struct row *source, bool first)
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
static enum lf_code may_derive(struct lf_task *t, const struct row *source, bool *may, enum lf_tlp *tlp,
                               struct lf_err *e)
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

/* One published object of ours stands for a value as long as a child's or an own
 * source stands; it is made from the first, renewed with any and withdrawn with the
 * last.  The parent's object takes its place when it falls and the parent's still
 * stands. */
static enum lf_code settle(struct lf_task *t, enum lf_observable_kind kind, lf_view value, struct lf_err *e)
{
    struct rows all;
    struct row *source = NULL, *copy = NULL, *own = NULL, *parent = NULL, sum = { 0 };
    struct lf_peer up = { 0 };
    struct lf_policy policy;
    enum lf_tlp tlp = LF_TLP_NONE, says = LF_TLP_NONE;
    enum lf_code rc = lf_peer_parent(t, &up, e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    LF_TRY(of_value(t, kind, value, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        struct row *r = &all.r[i];

        if (derived(r)) {
            if (standing(r))
                copy = r;
        } else if (standing(r) && ours(r)) {
            own = r;
        } else if (standing(r) && rc == LF_OK && lf_view_eq(r->i.origin, up.id)) {
            parent = r;
        } else if (standing(r)) {
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
        LF_TRY(move(t, copy, "revoked", e));
        LF_TRY(publish_version(t, copy, true, policy.tlp, e));
        copy = NULL;
    }
    if (source && !copy && !own) {
        lf_time now = to_milli(lf_now(t->env));
        struct row made = { .i = { .id = derived_id(t, &source->i),
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
            if (ours(&all.r[i]) && lf_view_eq(all.r[i].i.id, made.i.id)) {
                made.i.created = all.r[i].i.created;
                made.i.modified = next_version(t, &all.r[i]);
            }
        made.i.json = write_own(t, &made, false, lf_view_of(lf_tlp_name(tlp)));
        return publish(t, &made, e);
    }
    if (copy && (!lf_view_eq(copy->i.state, sum.i.state) || copy->i.evidence != sum.i.evidence ||
                 copy->i.valid_until != sum.i.valid_until)) {
        copy_from(copy, &sum, true);
        LF_TRY(publish_version(t, copy, false, lf_view_of(lf_tlp_name(tlp)), e));
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
    struct rows all;
    struct row fresh = { 0 }, *mine = NULL;
    lf_view warned;
    bool out;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, e));
    if (!lf_observable_ok(alert->kind, alert->value))
        return lf_err_set(e, LF_BAD_INPUT,
                          "\"%.*s\" is no %s in the form that is kept (lower case, no final dot)",
                          LF_FMT(alert->value), lf_observable_kind_name(alert->kind));
    LF_TRY(lf_policy_get(t, &policy, e));
    LF_TRY(lf_warning_of(t, alert->kind, alert->value, &warned, e));
    LF_TRY(of_value(t, alert->kind, alert->value, &all, e));
    for (size_t i = 0; i < all.n && !mine; i++)
        if (ours(&all.r[i]) && !derived(&all.r[i]) &&
            (standing(&all.r[i]) || lf_view_is(all.r[i].i.state, "draft")))
            mine = &all.r[i];
    if (!mine) {
        fresh = (struct row){ .i = { .id = lf_arena_printf(t->a, "indicator--%.*s",
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
        LF_TRY(act(t, mine, true, e));
        LF_TRY(settle(t, mine->i.kind, mine->i.value, e));
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
static enum lf_code wait_for(struct lf_task *t, const struct row *r, lf_time at, bool noted, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);

    if (at)
        return lf_db_exec(t->db, &s, LF_Q_WAITING_PUT,
                          LF_ARGS(LF_TEXT(r->i.origin), LF_TEXT(r->i.id), LF_INT(at)), e);
    return noted
               ? lf_db_exec(t->db, &s, LF_Q_WAITING_DROP, LF_ARGS(LF_TEXT(r->i.origin), LF_TEXT(r->i.id)), e)
               : LF_OK;
}

enum lf_code lf_indicator_receive(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_indicator in;
    struct lf_policy policy;
    struct lf_err why;
    struct rows same;
    struct row r = { 0 };
    const char *state;
    bool known = false, begins, kept, shown;
    lf_view warned, text;

    LF_TRY(lf_ident_need(t, LF_ROLE_PEER | LF_ROLE_SYSTEM, e));
    /* What cannot be looked for is kept in its collection all the same. */
    if (lf_indicator_read(t->a, json, &in, &why) != LF_OK || !lf_observable_ok(in.kind, in.value))
        return LF_OK;
    LF_TRY(find(t, LF_Q_INDICATOR_OF_ID, LF_ARGS(LF_TEXT(in.id)), OF_VALUE, &same, e));
    for (size_t i = 0; i < same.n; i++) {
        if (ours(&same.r[i]))
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
        r = (struct row){ .i = { .id = in.id,
                                 .origin = from->id,
                                 .kind = in.kind,
                                 .value = in.value,
                                 .state = LF_V("draft"),
                                 .alert = LF_V(""),
                                 .incident = LF_V(""),
                                 .derived_from = in.derived_from,
                                 .created = in.created } };
    kept = known && lf_view_is(r.policy, decided) && (standing(&r) || lf_view_is(r.i.state, "draft")) &&
           !in.revoked;
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
        state = standing(&r) ? "active" : "draft";
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
    LF_TRY(move(t, &r, state, e));
    LF_TRY(wait_for(t, &r, lf_view_is(r.i.state, "waiting") ? in.valid_from : 0, begins, e));
    /* A later version of what the parent gave and we passed on is passed on too. */
    if (r.published)
        LF_TRY(publish(t, &r, e));
    return settle(t, in.kind, in.value, e);
}

/* ---- by people ----------------------------------------------------------------------------- */

/* For a person: what its markings keep from him is not there. */
static enum lf_code pick(struct lf_task *t, lf_view id, struct row *out, struct lf_err *e)
{
    struct lf_rights *rights;
    struct rows all;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(find(t, LF_Q_INDICATOR_OF_ID, LF_ARGS(LF_TEXT(id)), OF_VALUE, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        bool shown;

        *out = all.r[i];
        LF_TRY(lf_rights_text(rights, out->i.origin, all.r[i].i.json, &out->i.json, &shown, e));
        if (shown)
            return LF_OK;
    }
    return lf_err_set(e, LF_NOT_FOUND, "no indicator %.*s", LF_FMT(id));
}

struct said {
    struct lf_arena *a;
    struct {
        lf_view origin, json;
    } * x;
    size_t n, cap;
};

static enum lf_code take_said(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct said *s = ctx;

    (void)e;
    s->x = lf_arena_grow(s->a, s->x, s->n, &s->cap, sizeof *s->x);
    s->x[s->n].origin = lf_arena_copy(s->a, lf_row_text(r, 1));
    s->x[s->n++].json = lf_arena_copy(s->a, lf_row_text(r, 12));
    return LF_OK;
}

enum lf_code lf_indicator_hidden(struct lf_task *t, lf_view id, bool *hidden, struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct said s = { .a = t->a };
    struct lf_rights *rights;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(lf_db_run(t->db, &scope, LF_Q_INDICATOR_OF_ID, LF_ARGS(LF_TEXT(id)), take_said, &s, NULL, e));
    *hidden = s.n > 0;
    for (size_t i = 0; i < s.n && *hidden; i++) {
        bool shown;
        lf_view text;

        LF_TRY(lf_rights_text(rights, s.x[i].origin, s.x[i].json, &text, &shown, e));
        *hidden = !shown;
    }
    return LF_OK;
}

/* A person decided on our copy of what children gave: the same goes for what it
 * stands on, else the copy would follow the children again. */
static enum lf_code decide_sources(struct lf_task *t, const struct row *copy, const char *state,
                                   struct lf_err *e)
{
    struct rows all;

    LF_TRY(of_value(t, copy->i.kind, copy->i.value, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        struct lf_peer peer;

        if (ours(&all.r[i]) || !standing(&all.r[i]))
            continue;
        LF_TRY(lf_peer_get(t, all.r[i].i.origin, &peer, e));
        if (peer.kind != LF_PEER_CHILD)
            continue;
        all.r[i].i.valid_until = 0;
        all.r[i].i.since = lf_now(t->env);
        all.r[i].policy = lf_view_of(decided);
        LF_TRY(move(t, &all.r[i], state, e));
    }
    return LF_OK;
}

enum lf_code lf_indicator_withdraw(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_policy policy;
    struct row r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(pick(t, id, &r, e));
    if (!ours(&r))
        return lf_err_set(e, LF_FORBIDDEN,
                          "only the node that gave %.*s can withdraw it; to stop blocking here, put "
                          "%.*s on the allow list",
                          LF_FMT(id), LF_FMT(r.i.value));
    if (lf_view_is(r.i.state, "revoked") || lf_view_is(r.i.state, "expired"))
        return lf_err_set(e, LF_CONFLICT, "%.*s is withdrawn or expired already", LF_FMT(id));
    LF_TRY(lf_policy_get(t, &policy, e));
    if (derived(&r))
        LF_TRY(decide_sources(t, &r, "draft", e));
    LF_TRY(move(t, &r, "revoked", e));
    if (r.published)
        LF_TRY(publish_version(t, &r, true, policy.tlp, e));
    LF_TRY(lf_warning_restore(t, r.i.kind, r.i.value, e));
    LF_TRY(lf_audit_add(t, LF_V("indicator.withdraw"), id, LF_V("{}"), e));
    return settle(t, r.i.kind, r.i.value, e);
}

enum lf_code lf_indicator_release(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_policy policy;
    struct row r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(pick(t, id, &r, e));
    if (!lf_view_is(r.i.state, "draft") && !lf_view_is(r.i.state, "provisional"))
        return lf_err_set(e, LF_CONFLICT,
                          "%.*s is neither a draft nor provisional: there is nothing to release", LF_FMT(id));
    LF_TRY(lf_policy_get(t, &policy, e));
    if (r.i.kind == LF_OBS_DOMAIN && allowed_name(&policy, r.i.value))
        return lf_err_set(
            e, LF_CONFLICT,
            "the standing policy allows %.*s, so it never goes out; sign a policy without it first",
            LF_FMT(r.i.value));
    LF_TRY(lf_warning_check(t, r.i.kind, r.i.value, e));
    if (derived(&r))
        LF_TRY(decide_sources(t, &r, "active", e));
    r.i.valid_until = 0;
    r.i.since = lf_now(t->env);
    if (!ours(&r))
        r.policy = lf_view_of(decided);
    LF_TRY(move(t, &r, "active", e));
    if (ours(&r))
        LF_TRY(publish_version(t, &r, false, policy.tlp, e));
    LF_TRY(lf_audit_add(t, LF_V("indicator.release"), id, LF_V("{}"), e));
    return settle(t, r.i.kind, r.i.value, e);
}

enum lf_code lf_indicator_release_warned(struct lf_task *t, lf_view id, lf_view reason, struct lf_err *e)
{
    struct row r;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, e));
    LF_TRY(pick(t, id, &r, e));
    LF_TRY(lf_warning_override(t, r.i.kind, r.i.value, reason, e));
    /* What stands already (the parent's) has only to be blocked. */
    if (!lf_view_is(r.i.state, "active"))
        return lf_indicator_release(t, id, e);
    return derived(&r) ? LF_OK : act(t, &r, true, e);
}

/* Those whose valid_from has come are taken as if they came now. */
static enum lf_code begin_due(struct lf_task *t, struct lf_err *e)
{
    struct rows due;

    LF_TRY(find(t, LF_Q_WAITING_DUE, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(DUE)), DUE, &due, e));
    for (size_t i = 0; i < due.n; i++) {
        struct lf_peer peer;
        enum lf_code rc = lf_peer_get(t, due.r[i].i.origin, &peer, e);

        if (rc != LF_OK && rc != LF_NOT_FOUND)
            return rc;
        if (rc == LF_OK && lf_view_is(due.r[i].i.state, "waiting"))
            LF_TRY(lf_indicator_receive(t, &peer, due.r[i].i.json, e));
        LF_TRY(wait_for(t, &due.r[i], 0, true, e)); /* of a peer that is gone, or decided on otherwise */
    }
    return LF_OK;
}

/* What the days, sightings and judgements did to those that are due to be looked at. */
static enum lf_code look_due(struct lf_task *t, struct lf_err *e)
{
    lf_time look;
    struct rows due;

    LF_TRY(find(t, LF_Q_INDICATOR_LOOKS, LF_ARGS(LF_INT(lf_now(t->env)), LF_INT(LOOKS)), LOOKS, &due, e));
    for (size_t i = 0; i < due.n; i++) {
        struct row *r = &due.r[i];
        bool held = r->i.held, faded;

        LF_TRY(weigh(t, r, &faded, &look, e));
        if (faded) {
            LF_TRY(move(t, r, "expired", e));
            LF_TRY(settle(t, r->i.kind, r->i.value, e));
            continue;
        }
        LF_TRY(put(t, r, e));
        if (r->i.held != held)
            LF_TRY(act(t, r, true, e));
    }
    return LF_OK;
}

enum lf_code lf_indicator_expire(struct lf_task *t, lf_time *next, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct rows due;
    lf_time again;

    LF_TRY(begin_due(t, e));
    do {
        size_t ended = 0;

        LF_TRY(find(t, LF_Q_INDICATOR_DUE, LF_ARGS(LF_INT(DUE)), DUE, &due, e));
        /* Nobody needs telling of the end: everyone who has it knows valid_until. */
        for (; ended < due.n && due.r[ended].i.valid_until <= now; ended++)
            LF_TRY(move(t, &due.r[ended], "expired", e));
        again = ended < due.n ? due.r[ended].i.valid_until : 0;
        /* But another may stand for the value still, and takes its place. */
        for (size_t i = 0; i < ended; i++)
            LF_TRY(settle(t, due.r[i].i.kind, due.r[i].i.value, e));
    } while (due.n == DUE && !again);
    *next = again;
    return look_due(t, e);
}

enum lf_code lf_indicator_offer(struct lf_task *t, struct lf_err *e)
{
    lf_time modified = 0;
    lf_view id = LF_V("");
    struct rows page;

    do {
        LF_TRY(find(t, LF_Q_INDICATOR_OURS_OUT, LF_ARGS(LF_INT(modified), LF_TEXT(id), LF_INT(DUE)), DUE,
                    &page, e));
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

    return lf_db_exec(t->db, &s, LF_Q_INDICATOR_REHOME, LF_ARGS(LF_TEXT(to), LF_TEXT(from)), e);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* As LIKE has it: a part, whatever its letters' case. */
static lf_view like_of(struct lf_arena *a, lf_view part)
{
    char *out = LF_NEW(a, char, 2 * part.len + 3);
    size_t n = 0;

    if (!part.len)
        return LF_V("");
    out[n++] = '%';
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];

        if (c == '%' || c == '_' || c == '!')
            out[n++] = '!';
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
    }
    out[n++] = '%';
    return (lf_view){ out, n };
}

enum lf_code lf_indicator_list(struct lf_task *t, const struct lf_page *page, struct lf_indicator_page *out,
                               struct lf_err *e)
{
    return lf_indicator_seek(t, &(struct lf_indicator_filter){ .kind = -1 }, page, out, e);
}

enum lf_code lf_indicator_seek(struct lf_task *t, const struct lf_indicator_filter *f,
                               const struct lf_page *page, struct lf_indicator_page *out, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    lf_view rest = page->after, at, id = { "", 0 }, origin = { "", 0 };
    int64_t modified = INT64_MAX;
    struct lf_indicator_row *items;
    struct lf_rights *rights;
    struct rows all;
    size_t n = 0;

    if (page->after.len && (!lf_view_split(&rest, ',', &at) || !lf_view_i64(at, &modified) ||
                            !lf_view_split(&rest, ',', &id) || !lf_view_split(&rest, ',', &origin)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "after=%.*s is no place in this list; take it from next as it was given",
                          LF_FMT(page->after));
    if (f->part.len > LF_INDICATOR_PART || !lf_view_is_utf8(f->part))
        return lf_err_set(e, LF_BAD_INPUT, "q: a part of a value has at most %d bytes, in UTF-8",
                          LF_INDICATOR_PART);
    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    items = LF_NEW(t->a, struct lf_indicator_row, limit + 1);
    do { /* until the page is full: a short one would tell how many are not shown */
        LF_TRY(
            find(t, LF_Q_INDICATOR_PAGE,
                 LF_ARGS(LF_INT(modified), LF_TEXT(id), LF_TEXT(origin), LF_INT(f->from),
                         LF_INT(f->to ? f->to : INT64_MAX), LF_INT(f->kind), LF_TEXT(lf_view_some(f->state)),
                         LF_TEXT(like_of(t->a, f->part)), LF_INT(limit + 1)),
                 limit + 1, &all, e));
        for (size_t i = 0; i < all.n && n <= limit; i++) {
            bool shown;

            items[n] = all.r[i].i;
            LF_TRY(lf_rights_text(rights, items[n].origin, items[n].json, &items[n].json, &shown, e));
            n += shown;
        }
        if (all.n) {
            modified = all.r[all.n - 1].i.modified;
            id = all.r[all.n - 1].i.id;
            origin = all.r[all.n - 1].i.origin;
        }
    } while (n <= limit && all.n > limit);
    out->n = n > limit ? limit : n;
    out->items = items;
    out->next = (lf_view){ "", 0 };
    if (n > limit)
        out->next = lf_arena_printf(t->a, "%lld,%.*s,%.*s", (long long)items[limit - 1].modified,
                                    LF_FMT(items[limit - 1].id), LF_FMT(items[limit - 1].origin));
    return LF_OK;
}

enum lf_code lf_indicator_get(struct lf_task *t, lf_view id, struct lf_indicator_row *out, struct lf_err *e)
{
    static const char *const states[] = { "waiting", "watched", "over" };
    struct lf_watch_row w;
    struct row r;
    enum lf_code rc = pick(t, id, &r, e);

    if (rc == LF_OK)
        *out = r.i;
    if (rc != LF_NOT_FOUND)
        return rc;
    LF_TRY(lf_watch_get(t, id, &w, e));
    *out = (struct lf_indicator_row){ .id = w.id,
                                      .origin = LF_V(""),
                                      .kind = w.kind,
                                      .value = w.value,
                                      .state = lf_view_of(states[w.state]),
                                      .alert = LF_V(""),
                                      .incident = LF_V(""),
                                      .derived_from = LF_V(""),
                                      .created = w.valid_from,
                                      .modified = w.version,
                                      .since = w.since,
                                      .valid_until = w.valid_until,
                                      .json = LF_V("") };
    return LF_OK;
}

enum lf_code lf_indicator_above(struct lf_task *t, lf_view id, struct lf_indicator_above *out,
                                struct lf_err *e)
{
    const struct row *named = NULL;
    struct rows same, value;
    struct lf_indicator in;
    struct lf_peer up;
    enum lf_code rc = lf_peer_parent(t, &up, e);

    *out = (struct lf_indicator_above){ { "", 0 }, { "", 0 }, LF_OBS_DOMAIN };
    if (rc != LF_OK)
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    LF_TRY(find(t, LF_Q_INDICATOR_OF_ID, LF_ARGS(LF_TEXT(id)), OF_VALUE, &same, e));
    if (!same.n)
        return LF_OK;
    LF_TRY(of_value(t, same.r[0].i.kind, same.r[0].i.value, &value, e));
    for (size_t i = 0; i < same.n && !named; i++)
        if (lf_view_eq(same.r[i].i.origin, up.id))
            named = &same.r[i];
    for (size_t i = 0; i < value.n && !named; i++)
        if (standing(&value.r[i]) && lf_view_eq(value.r[i].i.origin, up.id))
            return LF_OK;
    for (size_t i = 0; i < same.n && !named; i++)
        if (ours(&same.r[i]) && same.r[i].published)
            named = &same.r[i];
    /* A member's: the node above knows our copy of it. */
    for (size_t i = 0; i < value.n && !named; i++)
        if (derived(&value.r[i]) && value.r[i].published && standing(&value.r[i]))
            named = &value.r[i];
    if (!named)
        return LF_OK;
    out->id = named->i.id;
    out->kind = named->i.kind;
    if (lf_indicator_read(t->a, named->i.json, &in, e) == LF_OK)
        out->tlp = in.tlp;
    return LF_OK;
}
