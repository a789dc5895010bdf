/* What question.c and question_answer.c share. */
#ifndef LF_MODEL_QUESTION_PRIV_H
#define LF_MODEL_QUESTION_PRIV_H

#include "model/question.h"

bool lf_question_node_ok(lf_view v);
/* What every object of ours begins and ends with. */
void lf_question_begin(struct lf_json_w *w, const char *type, lf_view id, lf_view by, lf_time created,
                       lf_time modified);
void lf_question_end(struct lf_json_w *w);
void lf_question_put_time(struct lf_json_w *w, const char *key, lf_time at);
/* The object that `b` holds with its signature as the last member, in `a`. */
enum lf_code lf_question_sign(struct lf_arena *a, struct lf_buf *b, const uint8_t secret[LF_SIGN_SECRET],
                              lf_view *json, struct lf_err *e) LF_MUST;
enum lf_code lf_question_get_time(const struct lf_json *tree, const char *key, lf_time *out,
                                  struct lf_err *e) LF_MUST;
enum lf_code lf_question_get_list(struct lf_arena *a, const struct lf_json *list, const char *key,
                                  size_t most, const lf_view **out, size_t *n, struct lf_err *e) LF_MUST;

#endif
