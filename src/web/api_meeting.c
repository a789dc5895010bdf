/* The JSON API's part on meetings of the response centre. */
#include "cert/duty.h"
#include "web/api_priv.h"
#include "web/meeting.h"
#include "web/shift.h"

/* ---- what the form or body says ---- */

static enum lf_code what(struct rq *r, bool all, struct lf_meeting *m)
{
    *m = (struct lf_meeting){ .title = field(r, "title"),
                              .place = field(r, "place"),
                              .link = field(r, "link"),
                              .zone = lf_view_some(field(r, "zone")),
                              .incident = lf_view_some(field(r, "incident")) };
    LF_TRY(wall_field(r, "begins", all, &m->begins));
    return wall_field(r, "ends", all, &m->ends);
}

/* One of the guests by id or, if only one is called so, by name: also who left the network.  Else as the
 * network has him. */
static enum lf_code guest_field(struct rq *r, lf_view *id)
{
    lf_view word = lf_view_trim(lf_view_some(field(r, "contact")));
    struct lf_meeting_full x;
    size_t named = 0;

    LF_TRY(lf_meeting_get(r->t, r->id, &x, r->e));
    for (size_t i = 0; i < x.nguests; i++) {
        const struct lf_meeting_guest *g = &x.guests[i];

        if (lf_view_eq(g->contact, word)) {
            *id = g->contact;
            return LF_OK;
        }
        if (lf_view_eq(g->name, word)) {
            *id = g->contact;
            named++;
        }
    }
    return named == 1 ? LF_OK : contact_field(r, "contact", id);
}

enum lf_code meeting_add(struct rq *r, lf_view *id)
{
    struct lf_meeting m;
    lf_view title;

    LF_TRY(need(r, "title", &title));
    LF_TRY(what(r, true, &m));
    LF_TRY(contact_field(r, "convener", &m.convener));
    return lf_meeting_add(r->t, &m, by_commas(r, lf_view_some(field(r, "guests"))),
                          lf_view_some(field(r, "agenda")), id, r->e);
}

enum lf_code meeting_change(struct rq *r)
{
    lf_view convener = lf_view_trim(lf_view_some(field(r, "convener")));
    struct lf_meeting_full x;
    struct lf_meeting m;

    LF_TRY(what(r, false, &m));
    LF_TRY(lf_meeting_get(r->t, r->id, &x, r->e));
    /* Who left the network may stay the convener. */
    if (convener.len && !lf_view_eq(convener, x.row.convener) && !lf_view_eq(convener, x.row.convener_name))
        LF_TRY(contact_field(r, "convener", &m.convener));
    return lf_meeting_change(r->t, r->id, &m, r->e);
}

enum lf_code meeting_cancel(struct rq *r)
{
    return lf_meeting_cancel(r->t, r->id, r->e);
}

enum lf_code meeting_close(struct rq *r)
{
    return lf_meeting_close(r->t, r->id, r->e);
}

enum lf_code meeting_invite(struct rq *r)
{
    lf_view guests;

    LF_TRY(need(r, "guests", &guests));
    return lf_meeting_invite(r->t, r->id, by_commas(r, guests), r->e);
}

enum lf_code meeting_uninvite(struct rq *r)
{
    lf_view contact;

    LF_TRY(guest_field(r, &contact));
    return lf_meeting_uninvite(r->t, r->id, contact, r->e);
}

enum lf_code meeting_attend(struct rq *r)
{
    enum lf_attendance attendance;
    lf_view contact, said;

    LF_TRY(guest_field(r, &contact));
    LF_TRY(need(r, "attendance", &said));
    if (!lf_attendance_parse(said, &attendance))
        return lf_err_set(r->e, LF_BAD_INPUT, "attendance is unknown, present, absent or stand_in");
    return lf_meeting_attend(r->t, r->id, contact, attendance, lf_view_some(field(r, "stand_in")), r->e);
}

enum lf_code meeting_item_add(struct rq *r)
{
    lf_view agenda;

    LF_TRY(need(r, "agenda", &agenda));
    return lf_meeting_item_add(r->t, r->id, agenda, r->e);
}

enum lf_code meeting_minutes(struct rq *r)
{
    int64_t item;

    LF_TRY(whole_field(r, "item", &item));
    return lf_meeting_minutes(r->t, r->id, item, lf_view_some(field(r, "seen")),
                              lf_view_some(field(r, "minutes")), r->e);
}

enum lf_code meeting_decide(struct rq *r)
{
    struct lf_meeting_decision d = { .owner = lf_view_trim(lf_view_some(field(r, "owner"))) };
    lf_view task;

    LF_TRY(need(r, "decision", &d.text));
    if (lf_view_is(d.owner, "me"))
        d.owner = own_name(r);
    LF_TRY(whole_field(r, "item", &d.item));
    LF_TRY(moment_field(r, "due", &d.due));
    return lf_meeting_decide(r->t, r->id, &d, &task, r->e);
}

/* ---- answers ---- */

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_meeting *m)
{
    lf_json_put_str(w, "id", m->id);
    lf_json_put_str(w, "title", m->title);
    lf_json_put_cstr(w, "state", lf_meeting_state_name(m->state));
    lf_json_put_str(w, "begins", wall_text(r, m->begins));
    lf_json_put_str(w, "ends", wall_text(r, m->ends));
    lf_json_put_str(w, "zone", m->zone);
    lf_json_put_time(w, "at", m->at);
    lf_json_put_time(w, "until", m->until);
    put_text(w, "place", m->place);
    put_text(w, "link", m->link);
    lf_json_put_str(w, "convener", m->convener);
    lf_json_put_str(w, "convener_name", m->convener_name);
    put_text(w, "incident", m->incident);
    put_text(w, "incident_title", m->incident_title);
    lf_json_put_bool(w, "exercise", m->exercise);
    lf_json_put_int(w, "sequence", m->sequence);
    lf_json_put_str(w, "by", m->by);
}

static void put_parts(struct lf_json_w *w, const struct lf_meeting_full *x)
{
    lf_json_begin(w, "guests", '[');
    for (size_t i = 0; i < x->nguests; i++) {
        lf_json_open(w, '{');
        lf_json_put_str(w, "contact", x->guests[i].contact);
        lf_json_put_str(w, "name", x->guests[i].name);
        put_text(w, "post", x->guests[i].post);
        lf_json_put_cstr(w, "attendance", lf_attendance_name(x->guests[i].attendance));
        put_text(w, "stand_in", x->guests[i].stand_in);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_begin(w, "agenda", '[');
    for (size_t i = 0; i < x->nitems; i++) {
        lf_json_open(w, '{');
        lf_json_put_int(w, "item", x->items[i].seq);
        lf_json_put_str(w, "title", x->items[i].title);
        put_text(w, "minutes", x->items[i].minutes);
        lf_json_put_str(w, "mark", x->items[i].mark);
        lf_json_close(w);
    }
    lf_json_close(w);
    lf_json_begin(w, "decisions", '[');
    for (size_t i = 0; i < x->ndecisions; i++) {
        lf_json_open(w, '{');
        lf_json_put_int(w, "number", x->decisions[i].seq);
        lf_json_put_str(w, "decision", x->decisions[i].text);
        if (x->decisions[i].item)
            lf_json_put_int(w, "item", x->decisions[i].item);
        lf_json_put_str(w, "owner", x->decisions[i].owner);
        lf_json_put_time(w, "due", x->decisions[i].due);
        put_text(w, "task", x->decisions[i].task);
        lf_json_close(w);
    }
    lf_json_close(w);
}

enum lf_code api_meetings(struct rq *r)
{
    struct lf_meeting_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(lf_meeting_list(r->t, lf_view_some(query(r, "incident")), &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        lf_json_open(&o.w, '{');
        put_row(r, &o.w, &list.items[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_meeting(struct rq *r)
{
    struct lf_meeting_full x;
    struct out o;

    LF_TRY(lf_meeting_get(r->t, r->id, &x, r->e));
    begin(&o);
    put_row(r, &o.w, &x.row);
    put_parts(&o.w, &x);
    return end(r, &o, 200);
}

enum lf_code api_meeting_calendar(struct rq *r)
{
    enum lf_ics_method method;
    struct lf_meeting_full x;
    lf_view ics;

    LF_TRY(lf_meeting_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_meeting_calendar(r->t, &x, r->lang == LF_LANG_EN, LF_V(""), LF_V(""), &method, &ics, r->e));
    answer_file(r, "text/calendar; charset=utf-8", LF_V("meeting.ics"), ics);
    return LF_OK;
}

enum lf_code api_meeting_add(struct rq *r)
{
    lf_view id;

    LF_TRY(meeting_add(r, &id));
    return say_id(r, 201, id);
}

static enum lf_code after(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? api_meeting(r) : rc;
}

enum lf_code api_meeting_change(struct rq *r)
{
    return after(r, meeting_change(r));
}

enum lf_code api_meeting_cancel(struct rq *r)
{
    return after(r, meeting_cancel(r));
}

enum lf_code api_meeting_close(struct rq *r)
{
    return after(r, meeting_close(r));
}

enum lf_code api_meeting_invite(struct rq *r)
{
    return after(r, meeting_invite(r));
}

enum lf_code api_meeting_uninvite(struct rq *r)
{
    return after(r, meeting_uninvite(r));
}

enum lf_code api_meeting_attend(struct rq *r)
{
    return after(r, meeting_attend(r));
}

enum lf_code api_meeting_item_add(struct rq *r)
{
    return after(r, meeting_item_add(r));
}

enum lf_code api_meeting_minutes(struct rq *r)
{
    return after(r, meeting_minutes(r));
}

enum lf_code api_meeting_decide(struct rq *r)
{
    return after(r, meeting_decide(r));
}
