/* Quota: how much a member may ask for and hand in, a day of UTC.
 *
 * A member is an account ("account:<id>") or another node ("peer:<id>"); all who read without an account are
 * one ("public").  Three things are counted:
 * requests by TAXII, objects handed in and bytes of them.  A limit of 0 is none; what is said of a member
 * goes before what is said of all ("default").  The node itself (the local door) is no member.
 *
 * Objects and bytes are counted in the transaction that keeps them: what was answered with 202 counts over
 * any crash, what was too much does not count.  Requests are counted in memory and kept now and then
 * (LF_QUOTA_KEEP requests, LF_QUOTA_EACH): a crash forgets some, and a member may so have that many more.  A
 * changed limit of requests holds within LF_QUOTA_EACH, one of objects and bytes at once. */
#ifndef LF_ISAC_QUOTA_H
#define LF_ISAC_QUOTA_H

#include "model/page.h"
#include "store/task.h"

enum { LF_QUOTA_KEEP = 1000, LF_QUOTA_SLOTS = 1024 };
#define LF_QUOTA_PUBLIC "public"
#define LF_QUOTA_EACH (10 * LF_SECOND)
#define LF_QUOTA_MOST ((int64_t)1 << 53)

/* Of requests that were counted and are not kept yet; as long as the process. */
struct lf_quota;
struct lf_quota *lf_quota_create(void);
void lf_quota_destroy(struct lf_quota *q);

struct lf_quota_use {
    int64_t requests, objects, bytes;
};
struct lf_quota_row {
    lf_view member;
    bool own; /* limits of its own; else those of all */
    struct lf_quota_use limit, used;
};

/* Counts a request of the task's scope; *wait: 0, or how long until it may ask again (it is not counted). */
enum lf_code lf_quota_request(struct lf_quota *q, struct lf_task *t, lf_time *wait, struct lf_err *e) LF_MUST;
/* Counts what the task's scope hands in, unless it is more than is left: then *wait says until when, and
 * *what is "objects" or "bytes". */
enum lf_code lf_quota_take(struct lf_task *t, int64_t objects, int64_t bytes, lf_time *wait,
                           const char **what, struct lf_err *e) LF_MUST;

/* Needs ADMIN.  `member` as above, or "default"; LF_NOT_FOUND: no such member.  All 0 of a member is "no
 * limit", and goes before the default; `forget` goes back to that. */
enum lf_code lf_quota_set(struct lf_task *t, lf_view member, const struct lf_quota_use *limit, bool forget,
                          struct lf_err *e) LF_MUST;
/* Needs ADMIN.  The default first, then all that have limits of their own or did something today, by member.
 */
enum lf_code lf_quota_list(struct lf_quota *q, struct lf_task *t, size_t *n, const struct lf_quota_row **out,
                           struct lf_err *e) LF_MUST;

#endif
