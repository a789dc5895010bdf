/* Steps of playbooks and of recovery procedures in the console.  `recovery`: their times run from when the
 * system went down. */
#ifndef LF_WEB_PAGE_STEP_H
#define LF_WEB_PAGE_STEP_H

#include "cert/playbook.h"
#include "web/page_priv.h"

enum { STEP_EMPTY = 5 /* steps that a form offers besides */ };

/* One as it is typed; views of the request's arena. */
struct step_row {
    lf_view id, place, phase, zh, en, due, from, who, article;
};
struct step_rows {
    size_t n;
    struct step_row rows[LF_PLAYBOOK_STEPS + STEP_EMPTY];
};
void step_rows_of(struct rq *r, struct step_rows *x, const struct lf_playbook_step *steps, size_t n);
void step_rows_typed(struct rq *r, struct step_rows *x);
void put_step_rows(struct rq *r, struct lf_buf *b, const struct step_rows *x, bool recovery);
/* The member "steps" of the document that the form stands for, in the order that was asked for; whether it is
 * right is looked at where it is kept. */
void step_rows_json(struct rq *r, struct lf_json_w *w, struct step_rows *x, bool recovery);

/* By their phases, as a checklist. */
void put_steps(struct rq *r, struct lf_buf *b, const struct lf_playbook_step *steps, size_t n, bool recovery);
/* Until when one is to be done, in words; empty: no time is given. */
lf_view step_limit(struct rq *r, const struct lf_playbook_step *s, bool recovery);
/* "30m", "4h", "7d"; empty for 0. */
lf_view step_span(struct rq *r, lf_time span);

#endif
