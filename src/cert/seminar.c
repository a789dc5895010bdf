#include "cert/seminar.h"

#include "cert/document_priv.h"
#include "cert/gathering_priv.h"
#include "cert/incident_priv.h"
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "cert/seminar_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_seminar.h"

static const char *const kinds[LF_SEMINAR_KINDS] = { "seminar", "briefing", "workshop", "exercise-briefing" };
static const char *const states[LF_SEMINAR_STATES] = { "planned", "held", "cancelled" };

const char *lf_seminar_kind_name(enum lf_seminar_kind k)
{
    return kinds[k];
}

const char *lf_seminar_state_name(enum lf_seminar_state s)
{
    return states[s];
}

bool lf_seminar_kind_parse(lf_view name, enum lf_seminar_kind *out)
{
    size_t at;

    if (!lf_view_among(name, kinds, LF_SEMINAR_KINDS, &at))
        return false;
    *out = (enum lf_seminar_kind)at;
    return true;
}

bool lf_seminar_state_parse(lf_view name, enum lf_seminar_state *out)
{
    size_t at;

    if (!lf_view_among(name, states, LF_SEMINAR_STATES, &at))
        return false;
    *out = (enum lf_seminar_state)at;
    return true;
}

void seminar_year(int year, lf_time *from, lf_time *to)
{
    struct lf_civil begin = { .year = year, .month = 1, .day = 1 };
    struct lf_civil end = { .year = year + 1, .month = 1, .day = 1 };

    *from = year ? lf_time_of(&begin) - LF_TAIPEI : INT64_MIN;
    *to = year ? lf_time_of(&end) - LF_TAIPEI : INT64_MAX;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    struct lf_seminar *items;
    size_t n, cap;
};

static enum lf_code on_seminar(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = (struct lf_seminar){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                            .kind = (enum lf_seminar_kind)lf_row_int(r, 1),
                                            .title = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                            .place = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                            .link = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                            .about = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                            .zone = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                            .begins = lf_row_int(r, 7),
                                            .ends = lf_row_int(r, 8),
                                            .at = lf_row_int(r, 9),
                                            .until = lf_row_int(r, 10),
                                            .state = (enum lf_seminar_state)lf_row_int(r, 11),
                                            .note = lf_arena_copy(g->a, lf_row_text(r, 12)),
                                            .sequence = lf_row_int(r, 13),
                                            .changed = lf_row_int(r, 14),
                                            .by = lf_arena_copy(g->a, lf_row_text(r, 15)),
                                            .invited = lf_row_int(r, 16),
                                            .came = lf_row_int(r, 17),
                                            .people = lf_row_int(r, 18) };
    return LF_OK;
}

enum lf_code lf_seminar_get(struct lf_task *t, lf_view id, struct lf_seminar *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_seminar_get, LF_ARGS(LF_TEXT(id)), on_seminar, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no seminar %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_seminar_list(struct lf_task *t, const struct lf_seminar_filter *f, const struct lf_page *page,
                             struct lf_seminar_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_time from, to, before = INT64_MAX;
    lf_view at = LF_V(""), id = LF_V("");
    size_t most = lf_page_rows(page);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &at, &id) || (at.len && !lf_view_i64(at, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    seminar_year(f->year, &from, &to);
    LF_TRY(lf_db_run(t->db, &node, &lf_q_seminar_list,
                     LF_ARGS(LF_INT(before), LF_TEXT(lf_view_some(id)), LF_INT(from), LF_INT(to),
                             LF_INT(f->kind), LF_INT(f->state), LF_TEXT(lf_view_some(f->unit)),
                             LF_INT(most + 1)),
                     on_seminar, &g, NULL, e));
    *out = (struct lf_seminar_page){ .n = g.n > most ? most : g.n, .items = g.items };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)g.items[most - 1].at),
                                 g.items[most - 1].id);
    return LF_OK;
}

/* ---- who is told ---- */

static enum lf_code tell_one(struct lf_task *t, const struct lf_seminar *s, lf_view unit, struct lf_err *e)
{
    bool off = s->state == LF_SEMINAR_CANCELLED;
    struct lf_notice_new n = { .kind = off ? LF_NOTICE_SEMINAR_OFF : LF_NOTICE_SEMINAR,
                               .key = lf_arena_printf(t->a, "seminar/%.*s/%lld/%.*s", LF_FMT(s->id),
                                                      (long long)s->sequence, LF_FMT(unit)),
                               .subject = s->id,
                               .title = s->title,
                               .about = unit };

    /* Without where the console shows it: it is shown to the node's own people alone. */
    n.detail = lf_arena_printf(t->a, "%.*s %.*s %.*s\n%.*s",
                               LF_FMT(gathering_span(t->a, s->begins, s->ends, s->zone)), LF_FMT(s->place),
                               LF_FMT(s->link), LF_FMT(off ? s->note : s->about));
    return lf_notice_raise(t, &n, NULL, e);
}

enum lf_code seminar_tell(struct lf_task *t, const struct lf_seminar *s, struct lf_err *e)
{
    const struct lf_seminar_unit *list;
    size_t n;

    if (s->until <= lf_now(t->env))
        return LF_OK;
    LF_TRY(lf_seminar_units(t, s->id, &n, &list, e));
    for (size_t i = 0; i < n; i++)
        if (list[i].invited)
            LF_TRY(tell_one(t, s, list[i].unit, e));
    return LF_OK;
}

enum lf_code lf_seminar_calendar(struct lf_task *t, const struct lf_seminar *x, lf_view to, lf_view from,
                                 enum lf_ics_method *method, lf_view *out, struct lf_err *e)
{
    bool off = x->state == LF_SEMINAR_CANCELLED;
    struct lf_ics_event ev = { .uid =
                                   lf_arena_printf(t->a, "%.*s@%.*s", LF_FMT(x->id), LF_FMT(t->self->node)),
                               .sequence = x->sequence,
                               .stamp = x->changed,
                               .from = x->at,
                               .until = x->until,
                               .summary = x->title,
                               .description = off ? x->note : x->about,
                               .place = x->place,
                               .url = x->link,
                               .organizer = { .name = t->self->name },
                               .cancelled = off };
    struct lf_ics_person guest;

    if (from.len)
        ev.organizer.uri = lf_arena_printf(t->a, "mailto:%.*s", LF_FMT(from));
    *method = LF_ICS_PUBLISH;
    if (to.len) { /* who else is invited is not his to know */
        struct lf_contact c = { .name = LF_V("") };

        (void)(people_contact(t, to, &c, NULL) == LF_OK);
        guest = gathering_person(t, to, c.name);
        ev.guests = &guest;
        ev.nguests = 1;
        *method = off ? LF_ICS_CANCEL : LF_ICS_REQUEST;
    }
    return gathering_file(t, *method, &ev, out, e);
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_of_node(t, e));
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
                         "keeping seminars", e);
}

enum lf_code seminar_to_change(struct lf_task *t, lf_view id, struct lf_seminar *out, struct lf_err *e)
{
    LF_TRY(may_act(t, e));
    return lf_seminar_get(t, id, out, e);
}

static enum lf_code planned(struct lf_task *t, lf_view id, struct lf_seminar *out, struct lf_err *e)
{
    LF_TRY(seminar_to_change(t, id, out, e));
    return out->state == LF_SEMINAR_PLANNED
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT, "seminar: it was held or called off; nothing of it is planned");
}

enum lf_code seminar_audit(struct lf_task *t, lf_view action, const struct lf_seminar *s, const char *what,
                           lf_view value, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "title", s->title);
    if (what)
        lf_json_put_str(&n.w, what, value);
    return lf_audit_close(&n, t, action, s->id, e);
}

/* Checks what was given, and reckons the moments. */
static enum lf_code fit(struct lf_seminar *s, struct lf_err *e)
{
    struct gathering g = { "seminar", s->title, s->place, s->link, s->zone, s->begins, s->ends, 0, 0 };

    LF_TRY(gathering_fit(&g, e));
    s->about = lf_view_some(lf_view_trim(s->about));
    LF_TRY(document_text("seminar", "about", s->about, 0, LF_SEMINAR_TEXT, e));
    s->title = g.title;
    s->place = g.place;
    s->link = g.link;
    s->zone = g.zone;
    s->at = g.at;
    s->until = g.until;
    return LF_OK;
}

enum lf_code lf_seminar_add(struct lf_task *t, const struct lf_seminar *in, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_seminar s = *in;

    LF_TRY(may_act(t, e));
    LF_TRY(fit(&s, e));
    s.id = lf_uuid_new(t->env, t->a);
    LF_TRY(
        lf_db_exec(t->db, &node, &lf_q_seminar_add,
                   LF_ARGS(LF_TEXT(s.id), LF_INT(s.kind), LF_TEXT(s.title), LF_TEXT(s.place), LF_TEXT(s.link),
                           LF_TEXT(s.about), LF_TEXT(s.zone), LF_INT(s.begins), LF_INT(s.ends), LF_INT(s.at),
                           LF_INT(s.until), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                   e));
    *id = s.id;
    return seminar_audit(t, LF_V("seminar.add"), &s, "kind", lf_view_of(kinds[s.kind]), e);
}

static bool same(const struct lf_seminar *a, const struct lf_seminar *b)
{
    return a->kind == b->kind && lf_view_eq(a->title, b->title) && lf_view_eq(a->place, b->place) &&
           lf_view_eq(a->link, b->link) && lf_view_eq(a->about, b->about) && lf_view_eq(a->zone, b->zone) &&
           a->begins == b->begins && a->ends == b->ends;
}

enum lf_code lf_seminar_change(struct lf_task *t, lf_view id, const struct lf_seminar *in,
                               const enum lf_seminar_kind *kind, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_seminar was, s;

    LF_TRY(planned(t, id, &was, e));
    s = was;
    s.kind = kind ? *kind : s.kind;
    s.title = in->title.ptr ? in->title : s.title;
    s.place = in->place.ptr ? in->place : s.place;
    s.link = in->link.ptr ? in->link : s.link;
    s.about = in->about.ptr ? in->about : s.about;
    s.zone = in->zone.len ? in->zone : s.zone;
    s.begins = in->begins ? in->begins : s.begins;
    s.ends = in->ends ? in->ends : s.ends;
    LF_TRY(fit(&s, e));
    if (same(&s, &was))
        return lf_err_set(e, LF_BAD_INPUT, "seminar: nothing of it changes");
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_seminar_set,
                      LF_ARGS(LF_INT(s.kind), LF_TEXT(s.title), LF_TEXT(s.place), LF_TEXT(s.link),
                              LF_TEXT(s.about), LF_TEXT(s.zone), LF_INT(s.begins), LF_INT(s.ends),
                              LF_INT(s.at), LF_INT(s.until), LF_INT(lf_now(t->env)), LF_TEXT(id)),
                      e));
    s.sequence++;
    LF_TRY(seminar_tell(t, &s, e));
    return seminar_audit(t, LF_V("seminar.change"), &s, NULL, LF_V(""), e);
}

static enum lf_code end(struct lf_task *t, struct lf_seminar *s, enum lf_seminar_state state, lf_view note,
                        struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    bool off = state == LF_SEMINAR_CANCELLED;

    LF_TRY(lf_db_exec(
        t->db, &node, &lf_q_seminar_end,
        LF_ARGS(LF_INT(state), LF_TEXT(note), LF_INT(off), LF_INT(lf_now(t->env)), LF_TEXT(s->id)), e));
    s->state = state;
    s->note = note;
    s->sequence += off;
    if (off)
        LF_TRY(seminar_tell(t, s, e));
    return seminar_audit(t, off ? LF_V("seminar.cancel") : LF_V("seminar.hold"), s, off ? "why" : NULL,
                         lf_utf8_first(note, LF_SEMINAR_TITLE), e);
}

enum lf_code lf_seminar_hold(struct lf_task *t, lf_view id, lf_view result, struct lf_err *e)
{
    lf_view note = lf_view_some(lf_view_trim(result));
    struct lf_seminar s;

    LF_TRY(seminar_to_change(t, id, &s, e));
    if (s.state == LF_SEMINAR_CANCELLED)
        return lf_err_set(e, LF_CONFLICT, "seminar: it was called off");
    if (s.at > lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "seminar: it has not begun, so it was not held yet");
    LF_TRY(document_text("seminar", "result", note, 0, LF_SEMINAR_TEXT, e));
    return end(t, &s, LF_SEMINAR_HELD, note, e);
}

enum lf_code lf_seminar_cancel(struct lf_task *t, lf_view id, lf_view why, struct lf_err *e)
{
    lf_view note = lf_view_some(lf_view_trim(why));
    struct lf_seminar s;

    LF_TRY(planned(t, id, &s, e));
    LF_TRY(document_text("seminar", "reason", note, 1, LF_SEMINAR_TEXT, e));
    return end(t, &s, LF_SEMINAR_CANCELLED, note, e);
}
