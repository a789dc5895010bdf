#include "isac/exercise_link.h"

#include "cert/exercise_part.h"
#include "fmt/stix.h"
#include "isac/link.h"
#include "isac/object.h"
#include "isac/question_priv.h"

bool lf_exercise_word(lf_view type)
{
    return lf_view_is(type, "exercise") || lf_view_is(type, "exercise-inject") ||
           lf_view_is(type, "exercise-answer");
}

static enum lf_code signed_by(struct lf_task *t, const struct lf_peer *from, const struct lf_json *tree,
                              struct lf_err *e)
{
    struct lf_task own = lf_question_node(t);
    uint8_t key[LF_SIGN_PUBLIC];
    bool by;

    LF_TRY(lf_question_by(&own, tree, from, key, &by, e));
    return by ? LF_OK
              : lf_err_set(e, LF_UNAUTHENTIC, "exercise: it is not signed with the key of %.*s",
                           LF_FMT(from->name));
}

enum lf_code lf_exercise_take(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                              struct lf_err *e)
{
    struct lf_incident_peer p = {
        .id = from->id, .node = from->node, .tier = from->tier, .is_parent = from->kind == LF_PEER_PARENT
    };

    if (lf_view_is(type, "exercise")) {
        struct lf_drill d;

        LF_TRY(lf_drill_read(t->a, json, &d, e));
        LF_TRY(signed_by(t, from, d.head.tree, e));
        return lf_exercise_receive(t, &p, &d, e);
    }
    if (lf_view_is(type, "exercise-inject")) {
        struct lf_drill_inject d;

        LF_TRY(lf_drill_inject_read(t->a, json, &d, e));
        LF_TRY(signed_by(t, from, d.head.tree, e));
        return lf_exercise_inject_receive(t, &p, &d, e);
    } else {
        struct lf_drill_answer d;

        LF_TRY(lf_drill_answer_read(t->a, json, &d, e));
        LF_TRY(signed_by(t, from, d.head.tree, e));
        return lf_exercise_answered(t, &p, &d, e);
    }
}

/* ---- on the way out ---- */

/* One object for each exercise and receiver: no id ever has two contents of one time. */
static lf_view id_of(struct lf_task *t, const char *type, lf_view exercise, lf_view what, lf_view whom)
{
    return lf_question_keyed(
        t, type, type,
        lf_arena_printf(t->a, "%.*s\n%.*s\n%.*s", LF_FMT(exercise), LF_FMT(what), LF_FMT(whom)));
}

static enum lf_code into_inbox(struct lf_task *t, lf_view peer, lf_view json, struct lf_err *e)
{
    struct lf_peer child;
    struct lf_stix s;
    bool fresh;

    LF_TRY(lf_peer_get(t, peer, &child, e));
    LF_TRY(lf_stix_read(t->a, json, &s, e));
    LF_TRY(lf_object_add(t, child.inbox, LF_V(""), &s, json, &fresh, e));
    t->effects |= LF_FX_COLLECTION;
    return LF_OK;
}

static enum lf_code record(void *ctx, lf_view peer, struct lf_drill *d, struct lf_err *e)
{
    struct lf_task *t = ctx;
    lf_view json;

    d->head.id = id_of(t, "exercise", d->head.exercise, LF_V(""), d->member);
    LF_TRY(lf_drill_write(t->a, d, t->self->sign_secret, &json, e));
    return into_inbox(t, peer, json, e);
}

static enum lf_code inject(void *ctx, lf_view peer, struct lf_drill_inject *d, struct lf_err *e)
{
    struct lf_task *t = ctx;
    struct lf_peer child;
    lf_view json;

    LF_TRY(lf_peer_get(t, peer, &child, e));
    d->member = child.node;
    d->head.id = id_of(t, "exercise-inject", d->head.exercise, d->inject, d->member);
    LF_TRY(lf_drill_inject_write(t->a, d, t->self->sign_secret, &json, e));
    return into_inbox(t, peer, json, e);
}

static enum lf_code answer(void *ctx, struct lf_drill_answer *d, struct lf_err *e)
{
    struct lf_task *t = ctx;
    lf_view json;

    d->head.id = id_of(t, "exercise-answer", d->head.exercise, LF_V(""), d->node);
    LF_TRY(lf_drill_answer_write(t->a, d, t->self->sign_secret, &json, e));
    return lf_link_send(t, d->head.id, d->head.modified, json, e);
}

enum lf_code lf_exercise_link(struct lf_task *t, struct lf_err *e)
{
    return lf_exercise_carry(
        t, &(struct lf_exercise_carrier){ .ctx = t, .record = record, .inject = inject, .answer = answer },
        e);
}
