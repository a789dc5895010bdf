/* Joined: which organisations are on this platform, and since when (納入通報平台家數).
 *
 * An organisation joins with a node of its own, enrolled below this one, or as a tenant that the contact
 * network names; one that did both joined with the earlier.  This node's own organisation is none of them. */
#ifndef LF_ISAC_JOINED_H
#define LF_ISAC_JOINED_H

#include "store/task.h"

enum { LF_JOINED_MOST = 20000 };

struct lf_joined {
    lf_view name;  /* as the contact network has it, else as its node calls itself */
    lf_time since; /* when its node enrolled first, or it was set up here */
    bool node;     /* with a node of its own */
    bool left;     /* that node is gone for good; when is not kept */
};
struct lf_joined_year {
    int year;     /* of Taipei, Gregorian */
    int64_t came; /* in it */
    int64_t all;  /* until its end, those that left later among them */
};

/* For the node's own people who may read incidents.  Earliest first; years from the first to this one, none
 * left out.  LF_TOO_BIG: more than LF_JOINED_MOST. */
enum lf_code lf_joined_list(struct lf_task *t, size_t *n, const struct lf_joined **out, size_t *nyears,
                            const struct lf_joined_year **years, struct lf_err *e) LF_MUST;

#endif
