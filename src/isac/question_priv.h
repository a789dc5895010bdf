/* What question.c, question_policy.c and question_answer.c share. */
#ifndef LF_ISAC_QUESTION_PRIV_H
#define LF_ISAC_QUESTION_PRIV_H

#include "isac/question.h"

/* The service's own work, whoever's task it is. */
struct lf_task lf_question_node(const struct lf_task *t);
/* LF_NOT_FOUND: no such row. */
enum lf_code lf_question_row(struct lf_task *t, const struct lf_query *q, struct lf_arg arg,
                             struct lf_question_row *out, struct lf_err *e) LF_MUST;
/* At most 100 rows of a statement. */
struct lf_question_rows {
    struct lf_arena *a;
    struct lf_question_row *items;
    size_t n, cap;
};
enum lf_code lf_question_gather(void *ctx, const struct lf_row *r, struct lf_err *e);
/* The same for the same words, and to nobody without the node's key a sign of what they were. */
lf_view lf_question_keyed(struct lf_task *t, const char *type, const char *what, lf_view id);
/* Our own part has another state, and who is above is to be told. */
enum lf_code lf_question_set(struct lf_task *t, const struct lf_question_row *q, enum lf_answer_state s,
                             lf_view reason, lf_view by, struct lf_err *e) LF_MUST;
/* Tells the node above how a question stands: at once when it is done or never was told, else with the
 * next turn. */
enum lf_code lf_question_tell(struct lf_task *t, lf_view id, bool now, struct lf_err *e) LF_MUST;
enum lf_code lf_question_audit(struct lf_task *t, const char *action, lf_view id, const struct lf_question *q,
                               lf_view who, lf_view state, lf_view why, struct lf_err *e) LF_MUST;
/* What of a run may be told. */
void lf_question_disclose(struct lf_arena *a, const struct lf_question_policy *p,
                          const struct lf_answer_part *whole, struct lf_answer_part *out);
/* Whether a peer signed it: with its key, or with one that it replaced and that holds still (isac/keys.h),
 * because statements of keys overtake all else on their way up.  *key is the one. */
enum lf_code lf_question_by(struct lf_task *t, const struct lf_json *tree, const struct lf_peer *p,
                            uint8_t key[LF_SIGN_PUBLIC], bool *by, struct lf_err *e) LF_MUST;
/* Values that are asked for, or lie below such a name, and of which nothing may be told to who asks; of
 * lists, patterns and rules alike.  *many: more is known of them here than is looked at. */
enum lf_code lf_question_hidden(struct lf_task *t, const struct lf_question_row *q,
                                const struct lf_question *what, const lf_view **out, size_t *n, bool *many,
                                struct lf_err *e) LF_MUST;
lf_view lf_question_part_text(struct lf_arena *a, const struct lf_answer_part *p);

#endif
