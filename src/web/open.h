/* The door without an account, for what is shown there: statistics (page_open.c), statements
 * (page_open_statement.c). */
#ifndef LF_WEB_OPEN_H
#define LF_WEB_OPEN_H

#include "base/err.h"

struct rq;

/* Whether the door is there; LF_NOT_FOUND else, and LF_TOO_MANY when there is no room for one more. */
enum lf_code open_enter(struct rq *r) LF_MUST;
bool open_is(const struct rq *r);
/* The answer that was made, unless the asker has it: RFC 9110, 13.1.2.  `file`: for programs of anybody. */
void open_conditional(struct rq *r, bool file);

#endif
