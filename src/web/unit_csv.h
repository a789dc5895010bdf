/* The contact network as a file: what one organisation fills in is handed on, and taken whole where the
 * network is compiled. */
#ifndef LF_WEB_UNIT_CSV_H
#define LF_WEB_UNIT_CSV_H

#include "web/web_priv.h"

/* Answers with all organisations and their contacts, a superior before those below it, in the columns that
 * lf_contact_import() reads. */
enum lf_code units_csv(struct rq *r) LF_MUST;

#endif
