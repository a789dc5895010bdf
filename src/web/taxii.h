/* TAXII 2.1 under /taxii2/: the routes, for accounts and for peers alike.
 *
 * Authentication is done; t->scope says who asks, without an account where lf_taxii_open allowed it.  Every
 * answer, refusals too, is a TAXII message; what is returned as an error is only what the machine failed at
 * or has no time for (LF_IO, LF_FULL, LF_AWAY, LF_TOO_MANY).  A waiting poll sets resp->wait_until; when it
 * is asked again, resp must come with the wait_until of the first time (that is how the wait ends). */
#ifndef LF_WEB_TAXII_H
#define LF_WEB_TAXII_H

#include "http/message.h"
#include "store/task.h"

enum { LF_TAXII_CONTENT = 16 << 20, LF_TAXII_PAGE = 1000, LF_TAXII_WAIT_S = 30 };

/* Whether what is asked for is open to who has no account: the discovery and the root of what is public, to
 * be read, while there is a collection in it.  LF_UNAUTHENTIC: it is not. */
enum lf_code lf_taxii_open(struct lf_task *t, const struct lf_http_request *req, struct lf_err *e) LF_MUST;
enum lf_code lf_taxii_handle(struct lf_task *t, const struct lf_http_request *req,
                             struct lf_http_response *resp, struct lf_err *e) LF_MUST;
/* 429 with Retry-After: a quota of the day is used up (isac/quota.h). */
void lf_taxii_over_quota(struct lf_task *t, struct lf_http_response *resp, const char *what, lf_time wait);
/* A TAXII error message for what web refused before (401, 403 …). */
void lf_taxii_error(struct lf_task *t, struct lf_http_response *resp, int status, lf_view title);

#endif
