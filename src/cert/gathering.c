#include "cert/gathering_priv.h"

#include "cert/document_priv.h"
#include "cert/people_priv.h"

enum { FILE_MOST = 1 << 20 };

enum lf_code gathering_line(const char *noun, const char *what, lf_view *v, size_t least, struct lf_err *e)
{
    *v = lf_view_some(lf_view_trim(*v));
    LF_TRY(document_text(noun, what, *v, least, GATHERING_LINE, e));
    return !v->len || document_is_line(*v, GATHERING_LINE)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "%s: %s is one line", noun, what);
}

static enum lf_code link_ok(const char *noun, lf_view v, struct lf_err *e)
{
    bool ok = lf_view_starts(v, LF_V("https://")) && v.len <= GATHERING_LINK;

    for (size_t i = 0; i < v.len && ok; i++)
        ok = (unsigned char)v.ptr[i] > 0x20 && (unsigned char)v.ptr[i] < 0x7f && v.ptr[i] != '"';
    return ok || !v.len
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT,
                            "%s: a link begins with https:// and has at most %d characters, without blanks",
                            noun, GATHERING_LINK);
}

enum lf_code gathering_fit(struct gathering *g, struct lf_err *e)
{
    LF_TRY(gathering_line(g->noun, "title", &g->title, 1, e));
    LF_TRY(gathering_line(g->noun, "place", &g->place, 0, e));
    g->link = lf_view_some(lf_view_trim(g->link));
    LF_TRY(link_ok(g->noun, g->link, e));
    if (!g->place.len && !g->link.len)
        return lf_err_set(e, LF_BAD_INPUT, "%s: say where: a place or a link", g->noun);
    g->zone = g->zone.len ? g->zone : LF_V("Asia/Taipei");
    g->at = lf_duty_moment(g->zone, g->begins);
    g->until = lf_duty_moment(g->zone, g->ends);
    if (!g->at || !g->until)
        return lf_err_set(e, LF_BAD_INPUT,
                          "%s: the zone is Asia/Taipei, UTC, Europe/Brussels or America/New_York", g->noun);
    if (g->until <= g->at || g->until - g->at > GATHERING_LONG)
        return lf_err_set(e, LF_BAD_INPUT, "%s: it ends after it begins, within %d days", g->noun,
                          (int)(GATHERING_LONG / LF_DAY));
    return LF_OK;
}

lf_view gathering_span(struct lf_arena *a, lf_time begins, lf_time ends, lf_view zone)
{
    return lf_arena_printf(a, "%.*s – %.*s (%.*s)", LF_FMT(lf_duty_wall_said(a, begins)),
                           LF_FMT(lf_duty_wall_said(a, ends)), LF_FMT(zone));
}

struct lf_ics_person gathering_person(struct lf_task *t, lf_view contact, lf_view name)
{
    struct lf_ics_person p = { .name = name };
    struct lf_contact c = { 0 };

    if (people_contact(t, contact, &c, NULL) == LF_OK && c.email.len)
        p.uri = lf_arena_printf(t->a, "mailto:%.*s", LF_FMT(c.email));
    else
        p.uri = lf_arena_printf(t->a, "urn:uuid:%.*s", LF_FMT(contact));
    return p;
}

enum lf_code gathering_file(struct lf_task *t, enum lf_ics_method method, const struct lf_ics_event *ev,
                            lf_view *out, struct lf_err *e)
{
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, FILE_MOST);
    lf_ics_begin(&b, method, ev->summary);
    lf_ics_event(&b, ev);
    lf_ics_end(&b);
    *out = lf_arena_copy(t->a, lf_buf_view(&b));
    rc = lf_buf_done(&b, e);
    lf_buf_clear(&b);
    return rc;
}
