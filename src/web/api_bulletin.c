/* The JSON API's part on members and bulletins (警訊): who is asked, what each answered. */
#include "isac/bulletin.h"

#include "web/api_priv.h"

/* ---- members ---- */

static void put_member(struct lf_json_w *w, const struct lf_member *m)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "id", m->id);
    lf_json_put_str(w, "name", m->name);
    put_text(w, "sectors", m->sectors);
    put_text(w, "level", m->level);
    put_text(w, "mail", m->mail);
    lf_json_put_bool(w, "node", m->peer.len > 0);
    lf_json_close(w);
}

enum lf_code api_members(struct rq *r)
{
    const struct lf_member *list;
    struct out o;
    size_t n;

    LF_TRY(lf_member_list(r->t, &n, &list, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++)
        put_member(&o.w, &list[i]);
    return end_list(r, &o, LF_V(""));
}

enum lf_code member_put(struct rq *r, lf_view id, lf_view *out)
{
    struct lf_member m = { .id = id,
                           .name = lf_view_some(field(r, "name")),
                           .sectors = lf_view_some(field(r, "sectors")),
                           .level = lf_view_some(field(r, "level")),
                           .mail = lf_view_trim(lf_view_some(field(r, "mail"))),
                           .peer = LF_V("") };

    return lf_member_put(r->t, &m, out, r->e);
}

enum lf_code api_member_add(struct rq *r)
{
    lf_view id;

    LF_TRY(member_put(r, LF_V(""), &id));
    return say_id(r, 201, id);
}

enum lf_code api_member_set(struct rq *r)
{
    lf_view id;

    LF_TRY(member_put(r, r->id, &id));
    return answer_empty(r, 204);
}

enum lf_code api_member_remove(struct rq *r)
{
    LF_TRY(lf_member_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

/* ---- bulletins ---- */

static void put_bulletin(struct lf_json_w *w, const struct lf_bulletin *b)
{
    lf_json_put_str(w, "id", b->id);
    lf_json_put_str(w, "title", b->title);
    put_text(w, "origin", b->origin);
    if (b->audience.len)
        lf_json_put_raw(w, "audience", b->audience);
    lf_json_put_bool(w, "exercise", b->exercise);
    lf_json_put_bool(w, "withdrawn", b->withdrawn);
    lf_json_put_time(w, "issued", b->issued);
    lf_json_put_time(w, "reply_by", b->reply_by);
    lf_json_put_int(w, "members", b->all);
    lf_json_put_int(w, "late", b->late);
    lf_json_begin(w, "states", '{');
    for (size_t i = 0; i < LF_BULLETIN_STATES; i++)
        lf_json_put_int(w, lf_bulletin_state_name((enum lf_bulletin_state)i), b->state[i]);
    lf_json_close(w);
    lf_json_begin(w, "verdicts", '{');
    for (size_t i = 0; i < LF_BULLETIN_VERDICTS; i++)
        lf_json_put_int(w, lf_bulletin_verdict_name((enum lf_bulletin_verdict)i), b->verdict[i]);
    lf_json_close(w);
}

static void put_row(struct lf_json_w *w, const struct lf_bulletin_row *x)
{
    lf_json_put_str(w, "member", x->member);
    lf_json_put_str(w, "name", x->name);
    put_text(w, "through", x->peer);
    lf_json_put_bool(w, "below", x->below);
    lf_json_put_cstr(w, "state", lf_bulletin_state_name(x->state));
    lf_json_put_bool(w, "late", x->late);
    lf_json_put_time(w, "sent", x->sent);
    lf_json_put_time(w, "read", x->read);
    if (x->verdict >= 0)
        lf_json_put_cstr(w, "verdict", lf_bulletin_verdict_name((enum lf_bulletin_verdict)x->verdict));
    put_text(w, "incident", x->incident);
    put_text(w, "measures", x->measures);
    lf_json_put_time(w, "done", x->done);
    lf_json_put_time(w, "answered", x->answered);
    put_text(w, "answerer", x->answerer);
    lf_json_put_int(w, "answers", x->answers);
    lf_json_put_time(w, "reminded", x->reminded);
    lf_json_put_int(w, "reminders", x->reminders);
}

enum lf_code api_bulletins(struct rq *r)
{
    const struct lf_bulletin *list;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_bulletin_list(r->t, &page, &n, &list, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_bulletin(&o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_bulletin(struct rq *r)
{
    struct lf_bulletin_row self;
    struct lf_bulletin b;
    struct out o;
    enum lf_code rc;

    LF_TRY(lf_bulletin_get(r->t, r->id, &b, r->e));
    LF_TRY(lf_bulletin_open(r->t, r->id, r->e));
    rc = lf_bulletin_self(r->t, r->id, &self, r->e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    begin(&o);
    put_bulletin(&o.w, &b);
    if (rc == LF_OK) {
        lf_json_begin(&o.w, "self", '{');
        put_row(&o.w, &self);
        lf_json_close(&o.w);
    }
    return end(r, &o, 200);
}

enum lf_code bulletin_filter(struct rq *r, int *state, int *verdict)
{
    lf_view s = query(r, "state"), v = query(r, "verdict");

    *state = *verdict = -1;
    if (s.len && !lf_bulletin_state_parse(s, state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is unread, read, overdue, answered or done");
    if (v.len && !lf_bulletin_verdict_parse(v, verdict))
        return lf_err_set(r->e, LF_BAD_INPUT, "verdict is false-alarm, confirmed or undetermined");
    return LF_OK;
}

enum lf_code api_bulletin_rows(struct rq *r)
{
    const struct lf_bulletin_row *rows;
    struct lf_page page;
    int state, verdict;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(bulletin_filter(r, &state, &verdict));
    LF_TRY(lf_bulletin_rows(r->t, r->id, state, verdict, &page, &n, &rows, &next, r->e));
    begin(&o);
    lf_json_begin(&o.w, "items", '[');
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(&o.w, &rows[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

enum lf_code api_bulletin_audience(struct rq *r)
{
    const struct lf_member *list;
    lf_view audience;
    struct out o;
    size_t n;

    LF_TRY(lf_bulletin_audience(r->t, r->id, &audience, r->e));
    LF_TRY(lf_member_choose(r->t, audience, &n, &list, r->e));
    begin(&o);
    lf_json_put_raw(&o.w, "audience", audience.len ? audience : LF_V("{}"));
    lf_json_begin(&o.w, "members", '[');
    for (size_t i = 0; i < n; i++)
        put_member(&o.w, &list[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_bulletin_address(struct rq *r)
{
    LF_TRY(lf_bulletin_address(r->t, r->id, r->json, r->e));
    return answer_empty(r, 204);
}

/* verdict, incident, measures and done, from the form or body. */
enum lf_code bulletin_answer(struct rq *r, struct lf_bulletin_answer *out)
{
    lf_view verdict = lf_view_some(field(r, "verdict"));
    int v;

    if (!lf_bulletin_verdict_parse(verdict, &v))
        return lf_err_set(r->e, LF_BAD_INPUT, "verdict is false-alarm, confirmed or undetermined");
    *out = (struct lf_bulletin_answer){
        .verdict = (enum lf_bulletin_verdict)v,
        .incident = lf_view_trim(lf_view_some(field(r, "incident"))),
        .measures = lf_view_trim(lf_view_some(field(r, "measures"))),
        .done = r->json ? lf_json_bool(r->json, "done", false) : field(r, "done").ptr != NULL,
    };
    return LF_OK;
}

enum lf_code api_bulletin_reply(struct rq *r)
{
    struct lf_bulletin_answer a;

    LF_TRY(bulletin_answer(r, &a));
    LF_TRY(lf_bulletin_reply(r->t, r->id, &a, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_bulletin_remind(struct rq *r)
{
    struct out o;
    size_t n;

    LF_TRY(lf_bulletin_remind(r->t, r->id, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "reminded", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_bulletin_link(struct rq *r)
{
    int64_t hours = LF_BULLETIN_LINK_LIFE / LF_HOUR;
    lf_view member, text;
    struct out o;

    LF_TRY(need(r, "member", &member));
    (void)lf_json_int(r->json, "hours", &hours);
    hours = hours < 0 || hours > LF_BULLETIN_LINK_LIFE / LF_HOUR ? 0 : hours; /* which is refused */
    LF_TRY(lf_bulletin_link(r->t, r->id, member, hours * LF_HOUR, &text, r->e));
    begin(&o);
    lf_json_put_str(&o.w, "path", lf_arena_printf(r->t->a, "/answer/%.*s", LF_FMT(text)));
    return end(r, &o, 201);
}
