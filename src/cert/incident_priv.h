/* What the files of incidents share: a row with what only this room looks at. */
#ifndef LF_CERT_INCIDENT_PRIV_H
#define LF_CERT_INCIDENT_PRIV_H

#include "cert/incident.h"

struct incident_kept {
    struct lf_incident row;
    bool rising; /* the tier above follows it: each event of it goes up */
    lf_time created;
    bool there;
};

/* FORBIDDEN unless the scope has one of the roles; `what` is the subject of the sentence. */
enum lf_code incident_need(const struct lf_task *t, unsigned roles, const char *what,
                           struct lf_err *e) LF_MUST;
enum lf_code incident_need_reader(const struct lf_task *t, struct lf_err *e) LF_MUST;
/* The row that query `q` gives for `id`; `there` is false when it gives none. */
enum lf_code incident_find(struct lf_task *t, enum lf_query q, lf_view id, struct incident_kept *out,
                           struct lf_err *e) LF_MUST;
/* One that the scope may see, else NOT_FOUND. */
enum lf_code incident_find_own(struct lf_task *t, lf_view id, struct incident_kept *out,
                               struct lf_err *e) LF_MUST;

/* SQL text that is never NULL: an empty view may have no pointer. */
static inline struct lf_arg text_arg(lf_view v)
{
    return LF_TEXT(v.ptr ? v : LF_V(""));
}

#endif
