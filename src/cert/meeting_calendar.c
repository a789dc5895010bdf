/* A meeting as a calendar file, in the language of who reads it. */
#include "cert/gathering_priv.h"
#include "cert/meeting.h"
#include "cert/people_priv.h"

enum { MOST = 1 << 20 };

static lf_view summary_of(struct lf_task *t, const struct lf_meeting *m, bool english)
{
    return m->exercise ? lf_arena_printf(t->a, english ? "[EXERCISE] %.*s" : "【演練】%.*s", LF_FMT(m->title))
                       : m->title;
}

/* When by its own clock, what it is about, the agenda. */
static lf_view description_of(struct lf_task *t, const struct lf_meeting_full *x, bool english)
{
    const struct lf_meeting *m = &x->row;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, MOST);
    lf_buf_printf(&b, "%.*s\n", LF_FMT(gathering_span(t->a, m->begins, m->ends, m->zone)));
    lf_buf_printf(&b, english ? "Convener: %.*s\n" : "召集人：%.*s\n", LF_FMT(m->convener_name));
    if (m->incident.len)
        lf_buf_printf(&b, english ? "Incident: %.*s\n" : "事件：%.*s\n", LF_FMT(m->incident_title));
    for (size_t i = 0; i < x->nitems; i++)
        lf_buf_printf(&b, "%lld. %.*s\n", (long long)x->items[i].seq, LF_FMT(x->items[i].title));
    out = lf_arena_copy(t->a, lf_view_trim(lf_buf_view(&b)));
    lf_buf_clear(&b);
    return out;
}

/* Guests of the event: all who are invited; of its end for one, that one. */
static void put_guests(struct lf_task *t, const struct lf_meeting_full *x, lf_view to, bool left,
                       struct lf_ics_event *ev)
{
    struct lf_ics_person *people = LF_NEW(t->a, struct lf_ics_person, x->nguests + 1);

    for (size_t i = 0; i < x->nguests && !left; i++)
        people[ev->nguests++] = gathering_person(t, x->guests[i].contact, x->guests[i].name);
    if (left) {
        struct lf_contact c = { .name = LF_V("") };

        (void)(people_contact(t, to, &c, NULL) == LF_OK);
        people[ev->nguests++] = gathering_person(t, to, c.name);
    }
    ev->guests = people;
}

enum lf_code lf_meeting_calendar(struct lf_task *t, const struct lf_meeting_full *x, bool english, lf_view to,
                                 lf_view from, enum lf_ics_method *method, lf_view *out, struct lf_err *e)
{
    const struct lf_meeting *m = &x->row;
    bool invited = false;
    struct lf_ics_event ev = { .uid =
                                   lf_arena_printf(t->a, "%.*s@%.*s", LF_FMT(m->id), LF_FMT(t->self->node)),
                               .sequence = m->sequence,
                               .stamp = m->changed,
                               .from = m->at,
                               .until = m->until,
                               .summary = summary_of(t, m, english),
                               .description = description_of(t, x, english),
                               .place = m->place,
                               .url = m->link,
                               .organizer = gathering_person(t, m->convener, m->convener_name),
                               .cancelled = m->state == LF_MEETING_CANCELLED };

    for (size_t i = 0; i < x->nguests; i++)
        invited = invited || lf_view_eq(x->guests[i].contact, to);
    *method = LF_ICS_PUBLISH;
    if (to.len) {
        ev.withdrawn = !invited;
        *method = ev.cancelled || ev.withdrawn ? LF_ICS_CANCEL : LF_ICS_REQUEST;
        put_guests(t, x, to, !invited, &ev);
        if (from.len)
            ev.organizer.sent_by = lf_arena_printf(t->a, "mailto:%.*s", LF_FMT(from));
    }
    return gathering_file(t, *method, &ev, out, e);
}
