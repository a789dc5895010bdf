/* Paper: documents that the node makes to be printed and kept (fmt/pdf.h). */
#ifndef LF_WEB_PAPER_H
#define LF_WEB_PAPER_H

#include "cert/incident.h"
#include "cert/statistic.h"

struct rq;
/* The report form of an incident as it is filled in, each field that says something, and its history. */
enum lf_code paper_incident(struct rq *r, const struct lf_incident_full *x) LF_MUST;
/* All recovery procedures in force, to be kept where they can be read while systems are down. */
enum lf_code paper_recoveries(struct rq *r) LF_MUST;
/* A statistic: a chart and the table of its numbers for each of its parts. */
enum lf_code paper_statistic(struct rq *r) LF_MUST;

#endif
