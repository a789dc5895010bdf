/* Written: what one person writes and another puts out: the states of articles (cert/article.h), statements
 * (cert/statement.h) and analysis reports (cert/analysis.h).
 *
 *   draft ──submit──▶ review ──publish──▶ published ──write──▶ draft (what is out stays out)
 *     ▲                │  │                   └──withdraw──▶ withdrawn
 *     └─write─ returned◀┘  └──withdraw──▶ withdrawn
 *
 * The numbers are kept in databases. */
#ifndef LF_MODEL_WRITTEN_H
#define LF_MODEL_WRITTEN_H

#include <stdbool.h>

#include "base/time.h"
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

/* What is kept of each besides its text. */
struct lf_written_row {
    lf_view id; /* UUID */
    int64_t seq;
    enum lf_written state;
    int64_t version;                /* how often it came out */
    lf_view author, reviewer, note; /* author: who wrote in it last; note: why it was returned or withdrawn */
    int64_t entries;                /* of its history: what a change says it has seen */
    lf_time created, changed, published;
};

/* One of its history. */
struct lf_written_entry {
    int64_t seq;
    lf_time at;
    lf_view account, note;
    enum lf_written_act act;
};

const char *lf_written_name(enum lf_written s);         /* "draft", "review", … */
const char *lf_written_act_name(enum lf_written_act a); /* "write", "submit", … */
bool lf_written_parse(lf_view name, enum lf_written *s);
/* False: that is not done to it in this state. */
bool lf_written_next(enum lf_written now, enum lf_written_act act, enum lf_written *next);

#endif
