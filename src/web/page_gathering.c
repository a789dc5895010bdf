#include "web/gathering.h"

#include "cert/duty.h"
#include "web/page_priv.h"
#include "web/shift.h"

void put_typed(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *type,
               lf_view value, const char *more)
{
    lf_html(b, "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" type=\"%\" value=\"%\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_HC(type),
            V(field(r, name).ptr ? field(r, name) : value), LF_RAW(lf_view_of(more)));
}

void put_typed_area(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, enum lf_text hint,
                    lf_view value, const char *more)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"%\" rows=\"3\" "
            "aria-describedby=\"%-hint\"%>%</textarea><span class=\"hint\" id=\"%-hint\">%</span></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_HC(name), LF_RAW(lf_view_of(more)),
            V(field(r, name).ptr ? field(r, name) : value), LF_HC(name), V(text(r, hint)));
}

static lf_view wall_value(struct rq *r, lf_time wall)
{
    return wall ? lf_duty_wall_text(r->t->a, wall) : LF_V("");
}

void put_when_where(struct rq *r, struct lf_buf *b, enum lf_text title_label, const struct when_where *x)
{
    lf_view zone = field(r, "zone");

    put_typed(r, b, "title", title_label, "text", lf_view_some(x->title), " required maxlength=\"66\"");
    put_typed(r, b, "begins", LF_T_MEETING_BEGINS, "datetime-local", wall_value(r, x->begins), " required");
    put_typed(r, b, "ends", LF_T_MEETING_ENDS, "datetime-local", wall_value(r, x->ends), " required");
    put_zone(r, b, "m", zone.len ? zone : lf_view_some(x->zone));
    put_typed(r, b, "place", LF_T_MEETING_PLACE, "text", lf_view_some(x->place), " maxlength=\"66\"");
    put_typed(r, b, "link", LF_T_MEETING_LINK, "url", lf_view_some(x->link), " maxlength=\"500\"");
}

void put_span(struct rq *r, struct lf_buf *b, lf_time begins, lf_time ends, lf_view zone)
{
    lf_html(b, "% – % <span class=\"quiet\">%</span>", V(wall_text(r, begins)), V(wall_text(r, ends)),
            V(zone));
}
