/* STIX patterns from files, over the events of files or of an archive, for `lianfang detect`.
 *
 * A pattern of one observation is told with its event.  Others are looked at once all events are there, in
 * the order of the events' own time: what holds for them is kept until then, a few words an event. */
#ifndef LF_MAIN_PATTERNS_H
#define LF_MAIN_PATTERNS_H

#include "base/map.h"
#include "engine/sigma.h"
#include "engine/stix_live.h"

struct patterns_kept;

struct patterns {
    struct lf_stix_live *live; /* NULL: no patterns are asked for */
    struct lf_arena a;
    struct lf_map rules; /* by indicator */
    struct patterns_kept *kept;
    size_t n, cap;
    uint64_t timeless; /* events without a time: they take no part where time matters */
    uint64_t taken, passed;
    /* A hit: the rule that stands for the pattern, its last event, and all (`file` and `event` of each). */
    void (*told)(void *ctx, const struct lf_rule *rule, size_t file, uint64_t event, lf_time at,
                 lf_view events);
    const char *(*file_name)(void *ctx, size_t file);
    void *ctx;
};

/* A STIX bundle, list or object, or a pattern a line (blank lines and # are passed over); "-" is standard
 * input.  What cannot be taken is said on standard error, and the rest is taken. */
enum lf_code patterns_load(struct patterns *p, const char *file, struct lf_err *e) LF_MUST;
void patterns_see(struct patterns *p, struct lf_arena *a, const struct lf_event *ev, size_t file);
void patterns_run(struct patterns *p);
void patterns_clear(struct patterns *p);

#endif
