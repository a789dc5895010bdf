/* TAXII 1.1 for legacy parties of the national exchange (isac/national.h), on the peer door: each connection
 * proves a client certificate's key, each request carries an account (Basic or bearer).
 *
 *   POST /taxii1/discovery/  /taxii1/collections/  /taxii1/inbox/  /taxii1/poll/
 *
 * Every service takes Discovery_Request too.  Whatever goes wrong is a Status_Message with a national result
 * code among its details; HTTP's status is 200 but for 401 (no account), 405 and 413. */
#ifndef LF_WEB_TAXII1_H
#define LF_WEB_TAXII1_H

#include "web/web_priv.h"

/* Authentication is done when rc is LF_OK; else r->e says why not.  Answers always. */
enum lf_code taxii1_handle(struct rq *r, enum lf_code rc) LF_MUST;

#endif
