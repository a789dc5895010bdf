/* Written: what one person writes and another puts out: the states of an article of the knowledge base.
 *
 *   draft ──submit──▶ review ──publish──▶ published ──write──▶ draft (what is out stays out)
 *     ▲                │  │                   └──withdraw──▶ withdrawn
 *     └─write─ returned◀┘  └──withdraw──▶ withdrawn
 *
 * The numbers are kept in databases. */
#ifndef LF_MODEL_WRITTEN_H
#define LF_MODEL_WRITTEN_H

#include <stdbool.h>

#include "base/view.h"

enum lf_written {
    LF_WRITTEN_DRAFT,
    LF_WRITTEN_REVIEW,
    LF_WRITTEN_RETURNED,
    LF_WRITTEN_PUBLISHED,
    LF_WRITTEN_WITHDRAWN,
    LF_WRITTEN_STATES
};
enum lf_written_act {
    LF_WRITTEN_WRITE,
    LF_WRITTEN_SUBMIT,
    LF_WRITTEN_RETURN,
    LF_WRITTEN_PUBLISH,
    LF_WRITTEN_WITHDRAW,
    LF_WRITTEN_ACTS
};

const char *lf_written_name(enum lf_written s);         /* "draft", "review", … */
const char *lf_written_act_name(enum lf_written_act a); /* "write", "submit", … */
bool lf_written_parse(lf_view name, enum lf_written *s);
/* False: that is not done to it in this state. */
bool lf_written_next(enum lf_written now, enum lf_written_act act, enum lf_written *next);

#endif
