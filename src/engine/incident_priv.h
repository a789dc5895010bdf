/* What the rules of an incident (incident_rules.c) and their application (incident_fold.c) share. */
#ifndef LF_ENGINE_INCIDENT_PRIV_H
#define LF_ENGINE_INCIDENT_PRIV_H

#include "engine/incident_fold.h"

/* Roles as bits of the tables. */
enum { RPT = LF_BY_REPORTER, SYS = LF_BY_SYSTEM, REV = LF_BY_REVIEWER, NAT = LF_BY_NATION, SUP = 16 };

enum { STAY = -1 };

/* One line of a transition table. */
struct incident_row {
    const char *kind;
    unsigned from;           /* states, as bits */
    unsigned who, who_major; /* roles at level 1-2 (or none stated), and at 3-4 */
    int to;
    const char *rule; /* as the incident model names it */
};

/* The lines that an allowed act follows; NULL: none of that track. */
struct incident_may {
    const struct incident_row *review, *handling;
};

enum lf_code incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by,
                          struct incident_may *out, struct lf_err *e) LF_MUST;
/* What the state asks of an allowed act besides. */
enum lf_code incident_guard(const struct lf_incident_state *s, const struct lf_incident_event *ev,
                            struct lf_err *e) LF_MUST;
/* 0: no word on the level; reporter and system 1, reviewer 2, nation 3. */
int incident_rank(lf_view by);
bool incident_is_edit(lf_view kind); /* reported, supplemented: writes the report's text */
const struct lf_incident_measure *incident_measure(const struct lf_incident_state *s, lf_view id);

#endif
