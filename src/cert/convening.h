/* Convening (召集分組): groups of the response centre are called for an incident by a person.
 *
 * Letter A convenes the whole centre by itself (cert/notice.h); below it a deputy convener calls the groups
 * he needs, to man the centre at once or to an emergency meeting (002, 10.(4)).  Of each group those on duty
 * are called, then its people in their order, as the notification matrix says for "group_called". */
#ifndef LF_CERT_CONVENING_H
#define LF_CERT_CONVENING_H

#include "store/task.h"

enum { LF_GROUPS = 8, LF_CONVENING_WHY = 400 };

/* What the groups come for. */
enum lf_convening_for { LF_CONVENING_MANNING, LF_CONVENING_MEETING };
const char *lf_convening_for_name(enum lf_convening_for f); /* "manning", "meeting" */
bool lf_convening_for_parse(lf_view name, enum lf_convening_for *out);

struct lf_convening {
    lf_view incident;
    unsigned groups; /* a bit a group, the first lowest; at least one */
    enum lf_convening_for what;
    lf_view why; /* one line, told to all who are called */
};
/* Whoever stands for the convener or a deputy convener, a reviewer or an administrator of the node; others
 * LF_FORBIDDEN. */
enum lf_code lf_convening_may(struct lf_task *t, struct lf_err *e) LF_MUST;
/* LF_CONFLICT: one of the groups is being called for this incident and has not answered; then none is. */
enum lf_code lf_convene(struct lf_task *t, const struct lf_convening *c, struct lf_err *e) LF_MUST;

/* The group of the sector of the organisation whose incident it is (cert/unit.h), from 1; 0: not known. */
enum lf_code lf_convening_usual(struct lf_task *t, lf_view incident, int *place, struct lf_err *e) LF_MUST;

#endif
