/* Device: who sends us logs, whether it still does, and what was lost of it;
 * the monthly sheet of monitored devices (監控設備狀況單).
 *
 * The intake reports its senders' counters (model/device.h); this keeps them, by day, and
 * raises the node's own alerts, grouped by sender:
 *
 *   events dropped      at once, then at most once a minute with how many since
 *   malformed flood     at least 100 records in a minute that nobody understands, and at
 *                       least half of all; then at most once in ten minutes
 *   sender quiet        silent for longer than its rhythm and `quiet_after` allow, or for
 *                       longer than a person allowed it (soc/device_fact.h); the alert is
 *                       closed by the node when it is heard again.  One that is expected and
 *                       never spoke is judged from when that was said.
 *   file unreadable, archive unwritable    once for each time; closed when it is over
 *
 *             heard                silent beyond its patience
 *   (unknown) -----> SPEAKS ------------------------------------> QUIET
 *                      ^------------------- heard ------------------'
 *
 * Silence is counted only while the node itself listened: what it slept, was down or could
 * not take anything is taken off (lf_device_watch's `slept`).  State is in the database, so a
 * silence goes on being counted over restarts.  Days and months are Taipei's (UTC+8).
 * Hosts whose events another sender passes on are devices too, once that sender was heard
 * to speak for more than one; while the relay is silent nothing is said of them.
 * At most LF_DEVICES are kept: a new one then takes the place of the host behind a relay, or
 * else (but a host does not) the address (UDP), that was heard longest ago and that nobody
 * said anything of, or is refused with LF_TOO_MANY when there is none. */
#ifndef LF_SOC_DEVICE_H
#define LF_SOC_DEVICE_H

#include "model/device.h"
#include "model/page.h"
#include "soc/device_fact.h"
#include "store/task.h"

enum {
    LF_DEVICES = 10000,
    LF_DEVICE_KEEP_DAYS = 800, /* counters by day, and silences */
    LF_DEVICE_JUDGED = 10,     /* records after which a sender's silence is judged, or three reports */
};

/* The node's own rules: ids never change, titles are words of web/text.def. */
#define LF_RULE_DROPPED "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e001"
#define LF_RULE_MALFORMED "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e002"
#define LF_RULE_QUIET "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e003"
#define LF_RULE_UNREADABLE "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e004"
#define LF_RULE_UNWRITABLE "6f1d3f0e-8d1c-4c0a-9b56-0d2a51c5e005"

/* How often the node notes that it is alive: what it was down is known that exactly. */
#define LF_DEVICE_ALIVE_EACH (30 * LF_SECOND)

/* What the settings say. */
struct lf_device_rules {
    lf_time quiet_after; /* the least silence that counts as quiet; 0 = nobody is ever quiet */
};

/* Takes reports, in the buffer's order.  By LF_ROLE_SYSTEM only, as watch. */
enum lf_code lf_device_take(struct lf_task *t, const struct lf_device_rules *rules,
                            const struct lf_device_report *r, struct lf_err *e) LF_MUST;
/* The regular look, at most a second apart: who fell quiet.  `slept`: microseconds since the
 * last look in which the node did not listen, less than 0 when the clock stepped back. */
enum lf_code lf_device_watch(struct lf_task *t, const struct lf_device_rules *rules, lf_time slept,
                             struct lf_err *e) LF_MUST;
/* What people say of it changed: it is judged anew with the next look; one that is expected is
 * known from now on, one that is no more and never spoke is forgotten.  For device_fact.c. */
enum lf_code lf_device_judge(struct lf_task *t, lf_view name, bool expected, struct lf_err *e) LF_MUST;
/* When the node last looked, before this start; 0 = never. */
enum lf_code lf_device_alive(struct lf_task *t, lf_time *out, struct lf_err *e) LF_MUST;

struct lf_device {
    lf_view name;
    enum lf_device_via via;
    lf_time first, last; /* heard; 0 = never */
    lf_time due;         /* quiet if not heard until then; 0 = not judged */
    lf_time quiet;       /* since when it is quiet; 0 = it speaks */
    lf_time usual;       /* mean silence; 0 = not known yet */
    enum lf_device_fault fault;
    lf_time fault_since;
    lf_view relay; /* of a host behind one: that sender's name */
    lf_time since; /* watched from then on */
    struct lf_device_fact fact;
};

/* By name.  *next is empty at the end. */
enum lf_code lf_device_list(struct lf_task *t, const struct lf_page *page, struct lf_device **out, size_t *n,
                            lf_view *next, struct lf_err *e) LF_MUST;

/* A month of Taipei's calendar: [begin, end) in UTC microseconds. */
struct lf_device_month {
    int year, month; /* Gregorian */
    lf_time begin, end;
};

/* "2026-11", or by years of the Republic "115-11", "民國115年11月", "民國115-11". */
enum lf_code lf_device_month_parse(lf_view text, struct lf_device_month *out, struct lf_err *e) LF_MUST;
void lf_device_month_of(lf_time at, struct lf_device_month *out);

struct lf_device_row {
    lf_view name;
    enum lf_device_via via;
    lf_time first, last; /* of its whole life; 0 = never heard */
    bool quiet_now;
    lf_view relay;
    struct lf_device_fact fact;
    int days;                             /* of the month, begun ones too, in which it was watched */
    int64_t received, malformed, dropped; /* in the month */
    int64_t quiets;                       /* silences that touch the month */
    lf_time quiet_time;                   /* of them within the month */
    lf_time observed;                     /* of the month since it was first heard or expected, until now */
    int available;                        /* hundredths of a per cent of `observed`; -1 = nothing observed */
};

/* Events a day of those watched, to the nearest; -1 = none was. */
static inline int64_t lf_device_daily(const struct lf_device_row *r)
{
    return r->days > 0 ? (r->received + r->days / 2) / r->days : -1;
}

/* The sheet, by name; devices first heard or expected after the month are not on it. */
enum lf_code lf_device_sheet(struct lf_task *t, const struct lf_device_month *month,
                             const struct lf_page *page, struct lf_device_row **out, size_t *n, lf_view *next,
                             struct lf_err *e) LF_MUST;

#endif
