#include "cert/meeting.h"

#include "base/crypto.h"
#include "cert/document_priv.h"
#include "cert/gathering_priv.h"
#include "cert/incident_priv.h"
#include "cert/incident_task.h"
#include "cert/notice_priv.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_meeting.h"

enum { INVITING = 8192 }; /* bytes that say whom to invite at once */
#define TOO_MANY_WORDS "meeting: say at once at most %d people or posts, in at most %d bytes"

static const char *const states[LF_MEETING_STATES] = { "planned", "held", "cancelled" };
static const char *const attendances[LF_ATTENDANCES] = { "unknown", "present", "absent", "stand_in" };

const char *lf_meeting_state_name(enum lf_meeting_state s)
{
    return states[s];
}

const char *lf_attendance_name(enum lf_attendance a)
{
    return attendances[a];
}

bool lf_attendance_parse(lf_view name, enum lf_attendance *out)
{
    size_t at;

    if (!lf_view_among(name, attendances, LF_ATTENDANCES, &at))
        return false;
    *out = (enum lf_attendance)at;
    return true;
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
};

static enum lf_code on_meeting(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_meeting *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_meeting){ .id = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                        .incident = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                        .incident_title = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                        .exercise = lf_row_int(r, 3) != 0,
                                        .title = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                        .place = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                        .link = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                        .zone = lf_arena_copy(g->a, lf_row_text(r, 7)),
                                        .begins = lf_row_int(r, 8),
                                        .ends = lf_row_int(r, 9),
                                        .at = lf_row_int(r, 10),
                                        .until = lf_row_int(r, 11),
                                        .convener = lf_arena_copy(g->a, lf_row_text(r, 12)),
                                        .convener_name = lf_arena_copy(g->a, lf_row_text(r, 13)),
                                        .state = (enum lf_meeting_state)lf_row_int(r, 14),
                                        .sequence = lf_row_int(r, 15),
                                        .changed = lf_row_int(r, 16),
                                        .by = lf_arena_copy(g->a, lf_row_text(r, 17)) };
    return LF_OK;
}

static enum lf_code on_guest(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_meeting_guest *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_meeting_guest){ .contact = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                              .name = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                              .post = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                              .attendance = (enum lf_attendance)lf_row_int(r, 3),
                                              .stand_in = lf_arena_copy(g->a, lf_row_text(r, 4)) };
    return LF_OK;
}

static enum lf_code on_item(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_meeting_item *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    uint8_t sum[LF_SHA256];

    (void)e;
    lf_sha256(lf_row_text(r, 2), sum);
    list[g->n++] = (struct lf_meeting_item){ .seq = lf_row_int(r, 0),
                                             .title = lf_arena_copy(g->a, lf_row_text(r, 1)),
                                             .minutes = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                             .mark = lf_hex(g->a, sum, 16) };
    return LF_OK;
}

static enum lf_code on_decision(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_meeting_decision *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_meeting_decision){ .seq = lf_row_int(r, 0),
                                                 .item = lf_row_int(r, 1),
                                                 .text = lf_arena_copy(g->a, lf_row_text(r, 2)),
                                                 .owner = lf_arena_copy(g->a, lf_row_text(r, 3)),
                                                 .due = lf_row_int(r, 4),
                                                 .task = lf_arena_copy(g->a, lf_row_text(r, 5)) };
    return LF_OK;
}

static enum lf_code parts(struct lf_task *t, const struct lf_query *q, lf_view id, int64_t most,
                          lf_row_fn each, size_t *n, void *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &node, q, LF_ARGS(LF_TEXT(id), LF_INT(most)), each, &g, NULL, e));
    *n = g.n;
    memcpy(out, &g.items, sizeof g.items);
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_meeting *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_meeting_get, LF_ARGS(LF_TEXT(id)), on_meeting, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no meeting %.*s", LF_FMT(lf_view_first(id, 80)));
    *out = *(struct lf_meeting *)g.items;
    return LF_OK;
}

enum lf_code lf_meeting_get(struct lf_task *t, lf_view id, struct lf_meeting_full *out, struct lf_err *e)
{
    struct lf_meeting_full x = { 0 };

    LF_TRY(find(t, id, &x.row, e));
    LF_TRY(parts(t, &lf_q_meeting_guest_list, id, LF_MEETING_GUESTS, on_guest, &x.nguests, &x.guests, e));
    LF_TRY(parts(t, &lf_q_meeting_item_list, id, LF_MEETING_ITEMS, on_item, &x.nitems, &x.items, e));
    LF_TRY(parts(t, &lf_q_meeting_decision_list, id, LF_MEETING_DECISIONS, on_decision, &x.ndecisions,
                 &x.decisions, e));
    *out = x;
    return LF_OK;
}

enum lf_code lf_meeting_list(struct lf_task *t, lf_view incident, const struct lf_page *page,
                             struct lf_meeting_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    size_t most = lf_page_rows(page), nargs = 0;
    lf_view at = LF_V(""), id = LF_V("");
    struct gather g = { .a = t->a };
    int64_t before = INT64_MAX;
    struct lf_meeting *list;
    struct lf_arg args[4];

    LF_TRY(people_of_node(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &at, &id) || (at.len && !lf_view_i64(at, &before)))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    if (incident.len)
        args[nargs++] = LF_TEXT(incident);
    args[nargs++] = LF_INT(before);
    args[nargs++] = LF_TEXT(lf_view_some(id));
    args[nargs++] = LF_INT(most + 1);
    LF_TRY(lf_db_run(t->db, &node, incident.len ? &lf_q_meeting_of : &lf_q_meeting_list, args, nargs,
                     on_meeting, &g, NULL, e));
    list = g.items;
    *out = (struct lf_meeting_page){ .n = g.n > most ? most : g.n, .items = list };
    if (g.n > most)
        out->next = lf_page_pair(t->a, lf_arena_printf(t->a, "%lld", (long long)list[most - 1].at),
                                 list[most - 1].id);
    return LF_OK;
}

/* ---- who is told ---- */

enum word { INVITED, LEFT /* he is invited no more */, SOON };

/* When and where, and that it is called off, in the contact's language. */
static enum lf_code tell(struct lf_task *t, const struct lf_meeting *m, lf_view contact, enum word word,
                         struct lf_err *e)
{
    static const char *const words[] = { "", "/left", "/soon" };
    bool off = word == LEFT || m->state == LF_MEETING_CANCELLED;
    struct lf_contact c = { 0 };
    struct lf_notice_new n = { .kind = word == SOON ? LF_NOTICE_MEETING_SOON : LF_NOTICE_MEETING,
                               .key = lf_arena_printf(t->a, "meeting/%.*s/%lld%s/%.*s", LF_FMT(m->id),
                                                      (long long)(word == SOON ? m->at : m->sequence),
                                                      words[word], LF_FMT(contact)),
                               .subject = m->id,
                               .path = lf_arena_printf(t->a, "/meetings/%.*s", LF_FMT(m->id)),
                               .about = contact,
                               .exercise = m->exercise };

    if (m->until <= lf_now(t->env))
        return LF_OK;
    if (people_contact(t, contact, &c, NULL) != LF_OK)
        return LF_OK; /* he left the network */
    n.title = !off        ? m->title
              : c.english ? lf_arena_printf(t->a, "cancelled: %.*s", LF_FMT(m->title))
                          : lf_arena_printf(t->a, "取消：%.*s", LF_FMT(m->title));
    n.detail = lf_arena_printf(t->a, "%.*s %.*s %.*s",
                               LF_FMT(gathering_span(t->a, m->begins, m->ends, m->zone)), LF_FMT(m->place),
                               LF_FMT(m->link));
    return lf_notice_raise(t, &n, NULL, e);
}

static enum lf_code tell_all(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_meeting_full x;

    LF_TRY(lf_meeting_get(t, id, &x, e));
    for (size_t i = 0; i < x.nguests; i++)
        LF_TRY(tell(t, &x.row, x.guests[i].contact, INVITED, e));
    return LF_OK;
}

enum lf_code meeting_remind(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_meeting_full x;

    LF_TRY(lf_meeting_get(t, id, &x, e));
    for (size_t i = 0; i < x.nguests; i++)
        LF_TRY(tell(t, &x.row, x.guests[i].contact, SOON, e));
    return LF_OK;
}

/* ---- acts ---- */

static enum lf_code may_act(struct lf_task *t, struct lf_err *e)
{
    LF_TRY(people_of_node(t, e));
    return incident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER,
                         "keeping meetings", e);
}

static enum lf_code open_one(struct lf_task *t, lf_view id, struct lf_meeting *m, struct lf_err *e)
{
    LF_TRY(may_act(t, e));
    LF_TRY(find(t, id, m, e));
    return m->state == LF_MEETING_PLANNED
               ? LF_OK
               : lf_err_set(e, LF_CONFLICT, "meeting: its minutes are closed, or it was called off");
}

/* `what` and `value`: a member more; NULL: none. */
static enum lf_code audit(struct lf_task *t, lf_view action, const struct lf_meeting *m, const char *what,
                          lf_view value, struct lf_err *e)
{
    struct lf_audit_note n;

    lf_audit_open(&n);
    lf_json_put_str(&n.w, "title", m->title);
    if (m->incident.len)
        lf_json_put_str(&n.w, "incident", m->incident);
    if (what)
        lf_json_put_str(&n.w, what, value);
    return lf_audit_close(&n, t, action, m->id, e);
}

static enum lf_code convened_by(struct lf_task *t, struct lf_meeting *m, lf_view contact, struct lf_err *e)
{
    struct lf_contact c;

    LF_TRY(people_contact(t, contact, &c, e));
    m->convener = contact;
    m->convener_name = c.name;
    return LF_OK;
}

/* Checks what was given, and reckons the moments. */
static enum lf_code fit(struct lf_meeting *m, struct lf_err *e)
{
    struct gathering g = { "meeting", m->title, m->place, m->link, m->zone, m->begins, m->ends, 0, 0 };

    LF_TRY(gathering_fit(&g, e));
    m->title = g.title;
    m->place = g.place;
    m->link = g.link;
    m->zone = g.zone;
    m->at = g.at;
    m->until = g.until;
    return LF_OK;
}

/* Who is invited so far, and what was said so far of whom to invite. */
struct inviting {
    const struct lf_meeting *m;
    size_t n, nwords;
    lf_view ids[LF_MEETING_GUESTS], words[LF_MEETING_GUESTS];
};

static bool has(const lf_view *list, size_t n, lf_view v)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i], v))
            return true;
    return false;
}

static enum lf_code invite_one(struct lf_task *t, struct inviting *to, lf_view contact, lf_view post,
                               struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_contact c;

    if (has(to->ids, to->n, contact))
        return LF_OK;
    LF_TRY(people_contact(t, contact, &c, e));
    if (to->n >= LF_MEETING_GUESTS)
        return lf_err_set(e, LF_TOO_MANY, "meeting: at most %d people are invited", LF_MEETING_GUESTS);
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_meeting_guest_add,
                      LF_ARGS(LF_TEXT(to->m->id), LF_TEXT(c.id), LF_TEXT(c.name), LF_TEXT(post)), e));
    to->ids[to->n++] = c.id;
    return tell(t, to->m, c.id, INVITED, e);
}

static enum lf_code invite_post(struct lf_task *t, struct inviting *to, enum lf_who who, int place, size_t *n,
                                struct lf_err *e)
{
    lf_view post = lf_post_name(t->a, who, place);
    struct lf_contact *v;

    LF_TRY(lf_post_get(t, who, place, n, &v, e));
    for (size_t i = 0; i < *n; i++)
        LF_TRY(invite_one(t, to, v[i].id, post, e));
    return LF_OK;
}

static enum lf_code invite_word(struct lf_task *t, struct inviting *to, lf_view word, struct lf_err *e)
{
    enum lf_who who;
    lf_view id;
    size_t n, all = 0;
    int place;

    if (lf_view_is(word, "groups")) {
        for (place = 1; place <= lf_who_places(LF_WHO_GROUP); place++) {
            LF_TRY(invite_post(t, to, LF_WHO_GROUP, place, &n, e));
            all += n;
        }
    } else if (lf_post_parse(word, &who, &place))
        LF_TRY(invite_post(t, to, who, place, &all, e));
    else {
        LF_TRY(lf_contact_find(t, word, LF_V(""), &id, e));
        return invite_one(t, to, id, LF_V(""), e);
    }
    return all ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "meeting: nobody stands for the post %.*s", LF_FMT(word));
}

static enum lf_code invite(struct lf_task *t, const struct lf_meeting *m, lf_view guests, struct lf_err *e)
{
    struct inviting *to = LF_NEW(t->a, struct inviting, 1);
    const struct lf_meeting_guest *have;
    lf_view word;

    *to = (struct inviting){ .m = m };
    if (guests.len > INVITING)
        return lf_err_set(e, LF_BAD_INPUT, TOO_MANY_WORDS, LF_MEETING_GUESTS, INVITING);
    while (lf_view_split(&guests, ',', &word)) {
        word = lf_view_trim(word);
        if (!word.len || has(to->words, to->nwords, word))
            continue;
        if (to->nwords == LF_MEETING_GUESTS)
            return lf_err_set(e, LF_BAD_INPUT, TOO_MANY_WORDS, LF_MEETING_GUESTS, INVITING);
        to->words[to->nwords++] = word;
    }
    LF_TRY(parts(t, &lf_q_meeting_guest_list, m->id, LF_MEETING_GUESTS, on_guest, &to->n, &have, e));
    for (size_t i = 0; i < to->n; i++)
        to->ids[i] = have[i].contact;
    for (size_t i = 0; i < to->nwords; i++)
        LF_TRY(invite_word(t, to, to->words[i], e));
    return LF_OK;
}

static enum lf_code add_items(struct lf_task *t, lf_view id, lf_view agenda, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view line;
    int64_t n;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_meeting_item_count, LF_ARGS(LF_TEXT(id)), &n, e));
    while (lf_view_split(&agenda, '\n', &line)) {
        line = lf_view_trim(line);
        if (!line.len)
            continue;
        LF_TRY(gathering_line("meeting", "item", &line, 1, e));
        if (n >= LF_MEETING_ITEMS)
            return lf_err_set(e, LF_TOO_MANY, "meeting: an agenda has at most %d items", LF_MEETING_ITEMS);
        LF_TRY(lf_db_exec(t->db, &node, &lf_q_meeting_item_add,
                          LF_ARGS(LF_TEXT(id), LF_INT(n + 1), LF_TEXT(line)), e));
        n++;
    }
    return LF_OK;
}

enum lf_code lf_meeting_add(struct lf_task *t, const struct lf_meeting *in, lf_view guests, lf_view agenda,
                            lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_meeting m = *in;
    struct incident_kept kept;

    LF_TRY(may_act(t, e));
    LF_TRY(fit(&m, e));
    LF_TRY(convened_by(t, &m, in->convener, e));
    m.id = lf_uuid_new(t->env, t->a);
    m.incident = lf_view_some(lf_view_trim(m.incident));
    m.incident_title = LF_V("");
    m.exercise = false;
    m.state = LF_MEETING_PLANNED;
    m.sequence = 0;
    if (m.incident.len) {
        LF_TRY(incident_find_own(t, m.incident, &kept, e));
        m.incident_title = incident_title_told(kept.row.tlp, kept.row.title);
        m.exercise = kept.row.exercise;
    }
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_meeting_add,
                      LF_ARGS(LF_TEXT(m.id), LF_TEXT(m.incident), LF_TEXT(m.incident_title),
                              LF_INT(m.exercise), LF_TEXT(m.title), LF_TEXT(m.place), LF_TEXT(m.link),
                              LF_TEXT(m.zone), LF_INT(m.begins), LF_INT(m.ends), LF_INT(m.at),
                              LF_INT(m.until), LF_TEXT(m.convener), LF_TEXT(m.convener_name),
                              LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                      e));
    LF_TRY(add_items(t, m.id, agenda, e));
    LF_TRY(invite(t, &m, guests, e));
    *id = m.id;
    return audit(t, LF_V("meeting.add"), &m, NULL, LF_V(""), e);
}

static bool same(const struct lf_meeting *a, const struct lf_meeting *b)
{
    return lf_view_eq(a->title, b->title) && lf_view_eq(a->place, b->place) && lf_view_eq(a->link, b->link) &&
           lf_view_eq(a->zone, b->zone) && a->begins == b->begins && a->ends == b->ends &&
           lf_view_eq(a->convener, b->convener);
}

enum lf_code lf_meeting_change(struct lf_task *t, lf_view id, const struct lf_meeting *in, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct lf_meeting was, m;

    LF_TRY(open_one(t, id, &was, e));
    m = was;
    m.title = in->title.ptr ? in->title : m.title;
    m.place = in->place.ptr ? in->place : m.place;
    m.link = in->link.ptr ? in->link : m.link;
    m.zone = in->zone.len ? in->zone : m.zone;
    m.begins = in->begins ? in->begins : m.begins;
    m.ends = in->ends ? in->ends : m.ends;
    LF_TRY(fit(&m, e));
    if (in->convener.len && !lf_view_eq(in->convener, m.convener)) /* who left may stay the convener */
        LF_TRY(convened_by(t, &m, in->convener, e));
    if (same(&m, &was))
        return lf_err_set(e, LF_BAD_INPUT, "meeting: nothing of it changes");
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_meeting_set,
                      LF_ARGS(LF_TEXT(m.title), LF_TEXT(m.place), LF_TEXT(m.link), LF_TEXT(m.zone),
                              LF_INT(m.begins), LF_INT(m.ends), LF_INT(m.at), LF_INT(m.until),
                              LF_TEXT(m.convener), LF_TEXT(m.convener_name), LF_INT(lf_now(t->env)),
                              LF_TEXT(id)),
                      e));
    LF_TRY(tell_all(t, id, e));
    return audit(t, LF_V("meeting.change"), &m, NULL, LF_V(""), e);
}

static enum lf_code end(struct lf_task *t, lf_view id, enum lf_meeting_state state, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    bool off = state == LF_MEETING_CANCELLED;
    struct lf_meeting m;

    LF_TRY(open_one(t, id, &m, e));
    if (!off && m.at > lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT,
                          "meeting: it has not begun; its minutes are closed after it was held");
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_meeting_end,
                      LF_ARGS(LF_INT(state), LF_INT(off), LF_INT(lf_now(t->env)), LF_TEXT(id)), e));
    if (off)
        LF_TRY(tell_all(t, id, e));
    return audit(t, off ? LF_V("meeting.cancel") : LF_V("meeting.close"), &m, NULL, LF_V(""), e);
}

enum lf_code lf_meeting_cancel(struct lf_task *t, lf_view id, struct lf_err *e)
{
    return end(t, id, LF_MEETING_CANCELLED, e);
}

enum lf_code lf_meeting_close(struct lf_task *t, lf_view id, struct lf_err *e)
{
    return end(t, id, LF_MEETING_HELD, e);
}

static enum lf_code raise_sequence(struct lf_task *t, lf_view id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    return lf_db_exec(t->db, &node, &lf_q_meeting_raise, LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(id)), e);
}

enum lf_code lf_meeting_invite(struct lf_task *t, lf_view id, lf_view guests, struct lf_err *e)
{
    struct lf_meeting m;

    LF_TRY(open_one(t, id, &m, e));
    /* Who was left out and is asked again must be told again: under another number. */
    LF_TRY(raise_sequence(t, id, e));
    m.sequence++;
    LF_TRY(invite(t, &m, guests, e));
    return audit(t, LF_V("meeting.invite"), &m, "guests", lf_utf8_first(guests, LF_MEETING_TITLE), e);
}

/* Takes what changes one guest's row; LF_NOT_FOUND: he is not invited. */
static enum lf_code set_guest(struct lf_task *t, const struct lf_query *q, const struct lf_arg *args,
                              size_t nargs, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t changed = 0;

    LF_TRY(lf_db_run(t->db, &node, q, args, nargs, NULL, NULL, &changed, e));
    return changed ? LF_OK : lf_err_set(e, LF_NOT_FOUND, "meeting: this person is not invited");
}

enum lf_code lf_meeting_uninvite(struct lf_task *t, lf_view id, lf_view contact, struct lf_err *e)
{
    struct lf_meeting m;

    LF_TRY(open_one(t, id, &m, e));
    LF_TRY(set_guest(t, &lf_q_meeting_guest_remove, LF_ARGS(LF_TEXT(id), LF_TEXT(contact)), e));
    LF_TRY(raise_sequence(t, id, e));
    m.sequence++;
    LF_TRY(tell(t, &m, contact, LEFT, e));
    return audit(t, LF_V("meeting.uninvite"), &m, "contact", contact, e);
}

enum lf_code lf_meeting_attend(struct lf_task *t, lf_view id, lf_view contact, enum lf_attendance attendance,
                               lf_view stand_in, struct lf_err *e)
{
    struct lf_meeting m;

    LF_TRY(open_one(t, id, &m, e));
    LF_TRY(gathering_line("meeting", "stand_in", &stand_in, attendance == LF_ATTENDANCE_STAND_IN, e));
    if (stand_in.len && attendance != LF_ATTENDANCE_STAND_IN)
        return lf_err_set(e, LF_BAD_INPUT, "meeting: name who stood in only where somebody did");
    if (m.at > lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "meeting: it has not begun, so nobody was there yet");
    LF_TRY(set_guest(t, &lf_q_meeting_guest_set,
                     LF_ARGS(LF_INT(attendance), LF_TEXT(stand_in), LF_TEXT(id), LF_TEXT(contact)), e));
    return audit(
        t, LF_V("meeting.attend"), &m, "attendance",
        lf_arena_printf(t->a, "%.*s %s %.*s", LF_FMT(contact), attendances[attendance], LF_FMT(stand_in)), e);
}

enum lf_code lf_meeting_item_add(struct lf_task *t, lf_view id, lf_view agenda, struct lf_err *e)
{
    struct lf_meeting m;

    LF_TRY(open_one(t, id, &m, e));
    if (!lf_view_trim(agenda).len)
        return lf_err_set(e, LF_BAD_INPUT, "meeting: item has 1 to %d bytes", LF_MEETING_TITLE);
    LF_TRY(add_items(t, id, agenda, e));
    LF_TRY(raise_sequence(t, id, e));
    return audit(t, LF_V("meeting.item"), &m, NULL, LF_V(""), e);
}

/* Who saved first is not overwritten by who did not see it. */
static enum lf_code unseen_minutes(struct lf_task *t, lf_view id, int64_t item, lf_view seen, lf_view minutes,
                                   struct lf_err *e)
{
    struct lf_meeting_full x;

    LF_TRY(lf_meeting_get(t, id, &x, e));
    for (size_t i = 0; i < x.nitems; i++)
        if (x.items[i].seq == item && !lf_view_eq(x.items[i].mark, seen) &&
            !lf_view_eq(x.items[i].minutes, minutes))
            return lf_err_set(
                e, LF_CONFLICT,
                "meeting: somebody wrote the minutes of item %lld meanwhile; see them, then save again",
                (long long)item);
    return LF_OK;
}

enum lf_code lf_meeting_minutes(struct lf_task *t, lf_view id, int64_t item, lf_view seen, lf_view minutes,
                                struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    uint8_t sum[LF_SHA256];
    struct lf_meeting m;
    int64_t changed = 0;

    LF_TRY(open_one(t, id, &m, e));
    minutes = lf_view_some(lf_view_trim(minutes));
    LF_TRY(document_text("meeting", "minutes", minutes, 0, LF_MEETING_MINUTES, e));
    if (seen.len)
        LF_TRY(unseen_minutes(t, id, item, seen, minutes, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_meeting_item_minutes,
                     LF_ARGS(LF_TEXT(minutes), LF_TEXT(id), LF_INT(item)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "meeting: its agenda has no item %lld", (long long)item);
    lf_sha256(minutes, sum);
    return audit(t, LF_V("meeting.minutes"), &m, "sha256", lf_hex(t->a, sum, sizeof sum), e);
}

enum lf_code lf_meeting_decide(struct lf_task *t, lf_view id, const struct lf_meeting_decision *d,
                               lf_view *task, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    lf_view text = d->text, owner = lf_view_some(lf_view_trim(d->owner));
    struct lf_meeting m;
    int64_t n, items;

    *task = LF_V("");
    LF_TRY(open_one(t, id, &m, e));
    LF_TRY(gathering_line("meeting", "decision", &text, 1, e));
    if (!owner.len || !d->due)
        return lf_err_set(e, LF_BAD_INPUT, "meeting: a decision has an owner and a date by which it is done");
    LF_TRY(lf_db_int(t->db, &node, &lf_q_meeting_item_count, LF_ARGS(LF_TEXT(id)), &items, e));
    if (d->item < 0 || d->item > items)
        return lf_err_set(e, LF_NOT_FOUND, "meeting: its agenda has no item %lld", (long long)d->item);
    LF_TRY(lf_db_int(t->db, &node, &lf_q_meeting_decision_count, LF_ARGS(LF_TEXT(id)), &n, e));
    if (n >= LF_MEETING_DECISIONS)
        return lf_err_set(e, LF_TOO_MANY, "meeting: at most %d decisions", LF_MEETING_DECISIONS);
    LF_TRY(lf_incident_task_owner(t, owner, e));
    if (m.incident.len) {
        struct lf_incident_task x = {
            .incident = m.incident,
            .origin = lf_arena_printf(t->a, "meeting/%.*s/%lld", LF_FMT(id), (long long)n + 1),
            .phase = LF_PHASE_CONTAIN,
            .title = text,
            .detail = m.title,
            .assignee = owner,
            .due = d->due,
        };

        LF_TRY(lf_incident_task_add(t, &x, task, e));
    }
    LF_TRY(
        lf_db_exec(t->db, &node, &lf_q_meeting_decision_add,
                   LF_ARGS(LF_TEXT(id), LF_INT(n + 1), LF_INT(d->item), LF_TEXT(text), LF_TEXT(owner),
                           LF_INT(d->due), LF_TEXT(*task), LF_INT(lf_now(t->env)), LF_TEXT(t->scope.account)),
                   e));
    return audit(t, LF_V("meeting.decide"), &m, "decision", text, e);
}
