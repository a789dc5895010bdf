/* When and where people meet, in forms: what meetings of the response centre and seminars share
 * (page_gathering.c). */
#ifndef LF_WEB_GATHERING_H
#define LF_WEB_GATHERING_H

#include "base/buf.h"
#include "web/web_priv.h"

/* A field: what was typed, else what is there; `more`: further attributes, as they are. */
void put_typed(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *type,
               lf_view value, const char *more);
/* The same of several lines, with a hint below. */
void put_typed_area(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, enum lf_text hint,
                    lf_view value, const char *more);
/* `title_label`: what its title is called; begins and ends on the zone's clock, 0: none yet. */
struct when_where {
    lf_view title, zone, place, link;
    lf_time begins, ends;
};
void put_when_where(struct rq *r, struct lf_buf *b, enum lf_text title_label, const struct when_where *x);
/* "… – … Asia/Taipei" */
void put_span(struct rq *r, struct lf_buf *b, lf_time begins, lf_time ends, lf_view zone);

#endif
