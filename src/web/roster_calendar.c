/* A roster as a calendar (RFC 5545), for a calendar program to fetch. */
#include "cert/contact.h"
#include "cert/duty.h"
#include "fmt/ics.h"
#include "web/page_priv.h"

enum { MOST = 8 << 20 };
#define BEFORE (7 * LF_DAY)
#define AFTER (84 * LF_DAY)

static void put_event(struct rq *r, struct lf_buf *b, const struct lf_roster *x, const struct lf_duty_slot *s,
                      lf_view post)
{
    char from[LF_TIME_TEXT];
    struct lf_text_value two[] = { { "post", post }, { "name", lf_roster_name(x, s->contact) } };
    struct lf_ics_event ev = { .stamp = lf_now(r->t->env),
                               .from = s->from,
                               .until = s->until,
                               .summary = lf_text_fill(r->t->a, LF_T_ROSTER_EVENT, r->lang, two, 2) };

    ev.uid = lf_arena_printf(r->t->a, "%.*s-%.*s@%.*s", LF_FMT(s->turn), LF_FMT(lf_time_whole(s->from, from)),
                             LF_FMT(r->t->self->node));
    if (s->instead.len)
        ev.description = fill1(r, LF_T_ROSTER_INSTEAD, "name", lf_roster_name(x, s->instead));
    lf_ics_event(b, &ev);
}

enum lf_code api_roster_calendar(struct rq *r)
{
    lf_view asked = lf_view_trim(lf_view_some(query(r, "contact"))), contact = LF_V(""), post;
    lf_time now = lf_now(r->t->env);
    struct lf_roster x;
    enum lf_who who;
    struct lf_buf b;
    int place;

    LF_TRY(post_name(r, r->id, &who, &place));
    if (asked.len)
        LF_TRY(lf_contact_find(r->t, asked, LF_V(""), &contact, r->e));
    LF_TRY(lf_roster_get(r->t, who, place, now - BEFORE, now + AFTER, &x, r->e));
    post = post_text(r, who, place);
    lf_buf_init(&b, MOST);
    lf_ics_begin(&b, LF_ICS_PUBLISH, fill1(r, LF_T_ROSTER_OF, "post", post));
    for (size_t i = 0; i < x.slots.n; i++)
        if (!contact.len || lf_view_eq(x.slots.items[i].contact, contact))
            put_event(r, &b, &x, &x.slots.items[i], post);
    lf_ics_end(&b);
    PUT_TRY(&b, lf_buf_done(&b, r->e));
    answer_file(r, "text/calendar; charset=utf-8", lf_arena_printf(r->t->a, "%.*s.ics", LF_FMT(r->id)),
                lf_arena_copy(r->t->a, lf_buf_view(&b)));
    lf_buf_clear(&b);
    return LF_OK;
}
