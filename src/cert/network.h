/* Networks: whose an address is that an attack came from.
 *
 * A table given as CSV and taken whole: network, country, operator, abuse (mail address).  An address is the
 * longest network's that holds it.  It is domestic when that is of the country the table was given for,
 * foreign when it is of another, unknown when no network holds it: the node guesses none. */
#ifndef LF_CERT_NETWORK_H
#define LF_CERT_NETWORK_H

#include "cert/incident.h"

enum lf_network_side { LF_SIDE_UNKNOWN, LF_SIDE_DOMESTIC, LF_SIDE_FOREIGN };
enum {
    LF_NETWORKS = 20000,        /* rows of the table */
    LF_NETWORK_BYTES = 4 << 20, /* of the file */
    LF_NETWORK_LINE = 200,      /* bytes of an operator's name and mail address */
    LF_INCIDENT_SOURCES = 100,  /* addresses of one incident that are looked up */
};
const char *lf_network_side_name(enum lf_network_side s); /* "unknown", "domestic", "foreign" */

struct lf_network {
    lf_view address; /* what was asked for, canonical */
    enum lf_network_side side;
    lf_view network, country, operator, abuse; /* empty when unknown */
};

/* The table from now on, whole or not at all; `home` is a country's two letters.  ADMIN; audited. */
enum lf_code lf_network_set(struct lf_task *t, lf_view csv, lf_view home, size_t *rows,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_network_count(struct lf_task *t, int64_t *n, struct lf_err *e) LF_MUST;
/* IPv4 before IPv6, in the order of their addresses; each one's `address` is empty. */
enum lf_code lf_network_list(struct lf_task *t, const struct lf_page *page, size_t *n,
                             const struct lf_network **out, lf_view *next, struct lf_err *e) LF_MUST;
/* All of it as a file that lf_network_set takes. */
enum lf_code lf_network_csv(struct lf_task *t, struct lf_buf *b, struct lf_err *e) LF_MUST;
/* IPv4 or IPv6.  Whoever may see incidents. */
enum lf_code lf_network_find(struct lf_task *t, lf_view address, struct lf_network *out,
                             struct lf_err *e) LF_MUST;
/* The addresses among the incident's observables, each looked up. */
enum lf_code lf_network_of(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                           const struct lf_network **out, struct lf_err *e) LF_MUST;

#endif
