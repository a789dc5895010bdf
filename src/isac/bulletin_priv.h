/* What the files of bulletins share. */
#ifndef LF_ISAC_BULLETIN_PRIV_H
#define LF_ISAC_BULLETIN_PRIV_H

#include "isac/bulletin.h"

struct bulletin_kept {
    lf_view id, origin, audience, peers;
    lf_time reply_by, issued;
};
/* As it is kept, whoever asks; LF_NOT_FOUND. */
enum lf_code bulletin_find(struct lf_task *t, lf_view id, struct bulletin_kept *out,
                           struct lf_err *e) LF_MUST;
enum lf_code bulletin_row(struct lf_task *t, const struct bulletin_kept *b, lf_view member,
                          struct lf_bulletin_row *out, lf_time *version, struct lf_err *e) LF_MUST;
/* Asks somebody; one who is asked already stays as it is. */
enum lf_code bulletin_ask(struct lf_task *t, lf_view id, const struct lf_bulletin_row *who,
                          struct lf_err *e) LF_MUST;
enum lf_code bulletin_ask_members(struct lf_task *t, lf_view id, size_t n, const struct lf_member *members,
                                  struct lf_err *e) LF_MUST;
/* Keeps an answer and passes it on to where the bulletin came from. */
enum lf_code bulletin_record(struct lf_task *t, const struct bulletin_kept *b, lf_view member,
                             const struct lf_bulletin_answer *answer, lf_view answerer,
                             struct lf_err *e) LF_MUST;
enum lf_code bulletin_answer_ok(const struct lf_bulletin_answer *a, struct lf_err *e) LF_MUST;

#endif
