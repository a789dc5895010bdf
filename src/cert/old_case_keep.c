/* Old cases become incidents: an awareness that says it was imported, entries, and the end. */
#include "cert/incident_priv.h"
#include "cert/old_case.h"
#include "ident/audit.h"
#include "model/role.h"
#include "store/query_incident.h"

enum { BODY_BYTES = 48 << 10, ENTRY_BYTES = 8 << 10 };

static lf_view id_of(struct lf_task *t, const char *source, lf_view id)
{
    static const char space[] = "0f6b8c1e-5a57-5d0c-9a1b-3f2f6a3d7c41"; /* of imported cases */
    lf_view name = lf_arena_printf(t->a, "%.*s %.*s %s %.*s", LF_FMT(t->self->node), LF_FMT(t->scope.org),
                                   source, LF_FMT(id));

    return lf_arena_printf(t->a, "incident--%.*s", LF_FMT(lf_uuid5(t->a, lf_view_of(space), name)));
}

static void put_some(struct lf_json_w *w, const char *key, lf_view v)
{
    if (v.len)
        lf_json_put_str(w, key, v);
}

static enum lf_code body_of(struct lf_task *t, const char *source, const struct lf_old_case *c,
                            const struct lf_json **out, struct lf_err *e)
{
    char text[LF_TIME_TEXT];
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, BODY_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", c->title);
    put_some(&w, "description", c->description);
    put_some(&w, "category", c->category);
    if (c->level)
        lf_json_put_int(&w, "level", c->level);
    if (c->happened)
        lf_json_put_str(&w, "happened", lf_time_micro(c->happened, text));
    if (c->nobservables)
        lf_json_begin(&w, "observables", '[');
    for (size_t i = 0; i < c->nobservables; i++) {
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "type", lf_observable_kind_name(c->observables[i].kind));
        lf_json_put_str(&w, "value", c->observables[i].value);
        lf_json_close(&w);
    }
    if (c->nobservables)
        lf_json_close(&w);
    lf_json_begin(&w, "imported", '{');
    lf_json_put_cstr(&w, "source", source);
    lf_json_put_str(&w, "id", c->id);
    put_some(&w, "state", c->state);
    lf_json_close(&w);
    lf_json_close(&w);
    if (incident_parse_back(t, &b, out, e) != LF_OK)
        return lf_err_set(e, LF_TOO_BIG,
                          "the case \"%.*s\" has more text and observables than an incident takes; "
                          "shorten it",
                          LF_FMT(lf_utf8_first(c->id, 80)));
    return LF_OK;
}

static enum lf_code act(struct lf_task *t, lf_view incident, const char *kind, const char *key, lf_view said,
                        lf_time at, struct lf_err *e)
{
    char text[LF_TIME_TEXT];
    lf_view body, event;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, BODY_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_some(&w, key, said);
    if (at)
        lf_json_put_str(&w, "occurred_at", lf_time_micro(at, text));
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    body = rc == LF_OK ? lf_arena_copy(t->a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return rc == LF_OK ? incident_act(t, incident, lf_view_of(kind), body, &event, e) : rc;
}

/* Notes go into as few entries as hold them, each with its time. */
static enum lf_code put_notes(struct lf_task *t, lf_view incident, const struct lf_old_case *c,
                              struct lf_err *e)
{
    enum lf_code rc = LF_OK;
    char text[LF_TIME_TEXT];
    struct lf_buf b;

    lf_buf_init(&b, 4 * ENTRY_BYTES);
    for (size_t i = 0; i < c->nnotes && rc == LF_OK; i++) {
        if (b.len && b.len + c->notes[i].text.len > ENTRY_BYTES) {
            rc = act(t, incident, "followed_up", "description", lf_arena_copy(t->a, lf_buf_view(&b)), 0, e);
            lf_buf_reset(&b);
        }
        if (b.len)
            lf_buf_byte(&b, '\n');
        if (c->notes[i].at)
            lf_buf_printf(&b, "[%.*s] ", LF_FMT(lf_time_whole(c->notes[i].at, text)));
        lf_buf_put(&b, c->notes[i].text);
    }
    if (rc == LF_OK && b.len)
        rc = act(t, incident, "followed_up", "description", lf_arena_copy(t->a, lf_buf_view(&b)), 0, e);
    lf_buf_clear(&b);
    return rc;
}

/* Its events are read again with each act: in an arena of the case's own. */
static enum lf_code keep_one(struct lf_task *t, const char *source, const struct lf_old_case *c, lf_view id,
                             bool dry, struct lf_err *e)
{
    struct lf_arena a = { 0 };
    struct lf_task own = *t;
    const struct lf_json *body;
    enum lf_code rc;

    own.a = &a;
    rc = body_of(&own, source, c, &body, e);
    if (rc == LF_OK && !dry)
        rc = incident_old(&own, id, c->aware, body, e);
    if (rc == LF_OK && !dry)
        rc = put_notes(&own, id, c, e);
    if (rc == LF_OK && !dry && c->ended)
        rc = act(&own, id, "archived", "reason", c->state, c->closed > c->aware ? c->closed : 0, e);
    t->effects |= own.effects;
    lf_arena_clear(&a);
    return rc;
}

enum lf_code lf_old_need(const struct lf_task *t, struct lf_err *e)
{
    return incident_need(t, LF_ROLE_ANALYST, "importing old cases", e);
}

enum lf_code lf_old_case_keep(struct lf_task *t, const char *source, const struct lf_old_case *c, bool dry,
                              lf_view *id, bool *there, struct lf_err *e)
{
    struct incident_kept kept;

    *id = id_of(t, source, c->id);
    LF_TRY(incident_find(t, &lf_q_incident_anywhere, *id, &kept, e));
    *there = kept.there;
    if (!kept.there && keep_one(t, source, c, *id, dry, e) != LF_OK)
        return lf_err_at(e, "the case \"%.*s\"", LF_FMT(lf_utf8_first(c->id, 80)));
    return LF_OK;
}

enum lf_code lf_old_cases_keep(struct lf_task *t, const struct lf_old_cases *x, bool dry,
                               struct lf_old_kept *out, struct lf_err *e)
{
    struct lf_old_kept kept = { .ids = LF_NEW(t->a, lf_view, x->n + 1) };
    bool there;

    LF_TRY(lf_old_need(t, e));
    for (size_t i = 0; i < x->n; i++) {
        LF_TRY(lf_old_case_keep(t, x->source, &x->items[i], dry, &kept.ids[i], &there, e));
        *(there ? &kept.already : &kept.made) += 1;
    }
    *out = kept;
    return dry ? LF_OK
               : lf_audit_add(t, LF_V("incident.import"), lf_view_of(x->source),
                              lf_arena_printf(t->a, "{\"made\":%zu,\"already\":%zu,\"lost\":%zu}", kept.made,
                                              kept.already, x->nlosses),
                              e);
}
