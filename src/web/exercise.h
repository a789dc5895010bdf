/* Exercises, for page and API alike: what the query, the form or the body says of them. */
#ifndef LF_WEB_EXERCISE_H
#define LF_WEB_EXERCISE_H

#include "cert/exercise_part.h"
#include "cert/inject_score.h"

struct lf_buf;
struct rq;

/* By ?state= and ?late=1. */
enum lf_code exercises_asked(struct rq *r, const struct lf_page *page, size_t *n,
                             const struct lf_exercise **out, lf_view *next) LF_MUST;
/* Those of the node that a tenant takes part in, by the same words; none but on the first page. */
enum lf_code exercises_guest(struct rq *r, const struct lf_page *page, size_t *n,
                             const struct lf_exercise **out) LF_MUST;
/* This organisation takes part or not: "answer" and "why"; whom of its own it brings: "participants" and
 * "branches". */
enum lf_code exercise_answer(struct rq *r) LF_MUST;
enum lf_code exercise_bring(struct rq *r) LF_MUST;
/* The two lists of a form that says who takes part. */
void put_exercise_names(struct rq *r, struct lf_buf *b, lf_view members, lf_view branches);
/* The panels of who takes part, of this organisation's answer and of what it was told. */
enum lf_code put_exercise_parts(struct rq *r, struct lf_buf *b, const struct lf_exercise *x) LF_MUST;
void put_exercise_answer(struct rq *r, struct lf_buf *b, const struct lf_exercise *x, lf_view members,
                         lf_view branches);
enum lf_code put_exercise_told(struct rq *r, struct lf_buf *b, const struct lf_exercise *x) LF_MUST;
/* A new one, or that of the path changed. */
enum lf_code exercise_put(struct rq *r, bool fresh, lf_view *id) LF_MUST;
/* That of the path starts, ends or is cancelled. */
enum lf_code exercise_move(struct rq *r) LF_MUST;

/* "participants": one a line, or a list. */
size_t exercise_participants(struct rq *r, const lf_view **out);
/* A delivered scenario ("scenario": its id) or one of one's own ("document") is taken, in "language". */
enum lf_code exercise_scenario_take(struct rq *r) LF_MUST;
/* "group" has "participants"; "inject" is released, held, resumed or dropped: "act". */
enum lf_code exercise_group_set(struct rq *r) LF_MUST;
enum lf_code exercise_inject_act(struct rq *r) LF_MUST;
/* "points" for an "inject" to a "unit" with "why"; points left out: back to what is reckoned. */
enum lf_code exercise_judge(struct rq *r) LF_MUST;
/* What is expected, in words. */
lf_view exercise_expect_text(const struct rq *r, enum lf_expect x);
/* The panel of the scenario, on the exercise's page. */
enum lf_code put_script(struct rq *r, struct lf_buf *b, const struct lf_exercise *x) LF_MUST;
/* Back to the page of the exercise, or that page with why it was refused. */
enum lf_code exercise_done(struct rq *r, enum lf_code rc) LF_MUST;

/* The names of members, with `between` after each but the last. */
lf_view exercise_names(struct rq *r, const struct lf_exercise_member *members, size_t n, const char *between);
/* Whom a row of the sheet is about. */
lf_view exercise_by(const struct rq *r, const struct lf_exercise_score *s);
/* The cases that a number of the sheet counts: the query of their list. */
lf_view exercise_cases(struct rq *r, lf_view exercise, const struct lf_exercise_score *s,
                       enum lf_exercise_stands stands);

#endif
