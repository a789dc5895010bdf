/* One RELP session of the intake, without its socket: frames in, answers out.
 *
 *   NEW --open--> OPEN --close, or anything out of step--> OVER
 *
 * A message is answered "200 OK" only when the frame of the journal that holds it is on
 * disk; messages are answered in their order.  What is out of step (a number that does
 * not follow, a frame that is none, a message before open) ends the session: what was not
 * answered is sent again by the sender in its next session, so nothing is lost.
 *
 * For the intake's files alone. */
#ifndef LF_PROC_INTAKE_RELP_H
#define LF_PROC_INTAKE_RELP_H

#include "fmt/relp.h"

enum {
    INTAKE_RELP_DATA = 128 << 10,  /* bytes of one message */
    INTAKE_RELP_WINDOW = 8192,     /* messages taken and not answered yet, then reading stops */
    INTAKE_RELP_ANSWERS = 1 << 18, /* bytes of answers the sender has not read yet, then reading stops */
};

enum intake_relp_state { INTAKE_RELP_NEW, INTAKE_RELP_OPEN, INTAKE_RELP_OVER };

struct intake_relp {
    enum intake_relp_state state;
    uint32_t last;           /* number of the last frame that was taken */
    uint32_t first, waiting; /* messages that wait for the commit: from which number on, how many */
    /* How an OVER session ends, once nothing waits: */
    uint32_t end;        /* the frame still to be answered, 0 = none */
    const char *end_why; /* with this; NULL = the empty answer to `close` */
    bool broken;         /* it lost its step: the caller logs and counts it */
};

/* Takes a message for the journal; false when it cannot be taken now. */
typedef bool (*intake_relp_take_fn)(void *ctx, lf_view message);

/* Takes whole frames off *in; answers that need no commit go to `out`.  True: there are no
 * more, or the session is over.  False: the next cannot be taken now. */
bool intake_relp_frames(struct intake_relp *r, lf_view *in, intake_relp_take_fn take, void *ctx,
                        struct lf_buf *out, struct lf_err *e);
/* All that was taken is on disk: the answers, and the end if it is to end. */
void intake_relp_kept(struct intake_relp *r, struct lf_buf *out);
/* More may be taken now. */
bool intake_relp_room(const struct intake_relp *r, const struct lf_buf *out);

#endif
