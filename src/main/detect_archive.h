/* Rules over what a node has kept: the archive as the input of `lianfang detect`,
 * and how often each rule hit on each day. */
#ifndef LF_MAIN_DETECT_ARCHIVE_H
#define LF_MAIN_DETECT_ARCHIVE_H

#include "base/buf.h"
#include "base/map.h"
#include "engine/sigma.h"

/* Options "--data DIR", "--from TIME", "--to TIME" and "--summary". */
struct detect_archive {
    const char *data; /* NULL: no archive is asked for */
    lf_time from, to; /* INT64_MIN, INT64_MAX: open */
    bool ranged;      /* --from or --to was given */
    bool summary;
    const struct lf_pipelines *pipelines; /* the caller's */
    /* Of the summary. */
    struct lf_arena a;
    struct lf_map map;
    struct detect_day **day;
    size_t ndays, cap;
};

void detect_archive_init(struct detect_archive *d);
void detect_archive_clear(struct detect_archive *d);
/* Words taken off the front of argv: 0: not one of ours; -1: ours, and wrong (said). */
int detect_archive_take(struct detect_archive *d, int argc, char **argv);
/* Every event in the time range, oldest first, normalised as live ones are;
 * ev->position is its place in the archive.  Ctrl-C ends it early (said). */
enum lf_code detect_archive_read(const struct detect_archive *d,
                                 void (*each)(void *ctx, const struct lf_event *ev), void *ctx,
                                 struct lf_err *e) LF_MUST;
/* One hit; `happened` INT64_MIN: its day is not known (correlations). */
void detect_archive_count(struct detect_archive *d, const struct lf_rule *rule, lf_time happened);
/* {"rule":…,"title":…,"level":…,"day":"2026-11-21","hits":N}, a line each, days in Taipei. */
void detect_archive_summary(struct detect_archive *d, struct lf_buf *out);

#endif
