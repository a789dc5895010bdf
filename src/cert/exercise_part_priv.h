/* What the files of who takes part in an exercise share. */
#ifndef LF_CERT_EXERCISE_PART_PRIV_H
#define LF_CERT_EXERCISE_PART_PRIV_H

#include "cert/exercise_part.h"
#include "cert/inject_priv.h"
#include "cert/notice.h"

#define PART_LATE LF_MINUTE /* an inject that comes so long after it was told was held up by the link */
bool part_answer_parse(lf_view name, enum lf_part_answer *out);

/* Rows of a query, in the arena. */
struct part_rows {
    struct lf_arena *a;
    void *items;
    size_t n, cap;
    lf_time due; /* of the result reports; 0: not due */
};
enum lf_code part_on_told(void *ctx, const struct lf_row *r, struct lf_err *e); /* struct lf_exercise_told */
struct part_ids {
    struct lf_arena *a;
    lf_view *items;
    size_t n, cap;
};
enum lf_code part_on_id(void *ctx, const struct lf_row *r, struct lf_err *e);

/* One as it stands here. */
struct part_known {
    struct lf_arena *a;
    bool there, dropped; /* dropped: it is cancelled here because this node takes part no more */
    lf_view origin, conductor, path;
    int64_t source, told, version;
    enum lf_exercise_state state;
    int speed;
};
enum lf_code part_known_of(struct lf_task *t, lf_view id, struct part_known *k, struct lf_err *e) LF_MUST;

/* Once for each `what`: to this node's people, or with `about` to a tenant's. */
enum lf_code part_notice(struct lf_task *t, const struct lf_exercise *x, enum lf_notice_kind kind,
                         const char *what, lf_view about, lf_view detail, struct lf_err *e) LF_MUST;
/* dest: "here", "tenant:" and the organisation, or a child's peer; known already: nothing. */
enum lf_code part_keep_told(struct lf_task *t, const struct lf_exercise_told *x, lf_view dest,
                            struct lf_err *e) LF_MUST;

#endif
