/* Correlations of live traffic: the correlator, and its state over a restart.
 *
 * The state is kept with the journal position it stands for: everything before it has
 * been seen, nothing behind it.  After a restart detection begins at that position, so
 * each record is seen exactly once, whenever the end came.  What fired and is not yet
 * confirmed is in the state too and is said again; the core knows a finding by
 * position and rule. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc/intake_priv.h"
#include "sys/file.h"

enum { PATH_SIZE = 4096, STATE_MOST = 512 << 20, STATE_SMALL = 4 << 20 };
#define SAVE_EVERY (5 * LF_SECOND) /* more for a large state, in proportion */

static struct lf_correlator *create(struct intake *in)
{
    uint64_t seed;

    lf_random(&in->w->env, &seed, sizeof seed);
    return lf_correlator_create(in->rules, NULL, seed);
}

void intake_correlate_rules(struct intake *in)
{
    struct lf_correlator *old = in->correlator;
    struct lf_err e;
    struct lf_buf b;

    in->correlator = create(in);
    if (!old)
        return;
    lf_buf_init(&b, STATE_MOST);
    lf_correlator_save(old, &b);
    if (lf_correlator_load(in->correlator, lf_buf_view(&b), &e) != LF_OK)
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3051", &e);
    lf_buf_clear(&b);
    lf_correlator_destroy(old);
}

static const char *path_of(const struct intake *in, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/correlations.state", in->data);
    return out;
}

void intake_correlate_start(struct intake *in)
{
    char path[PATH_SIZE];
    struct lf_arena a = { 0 };
    struct lf_correlator_stats s;
    struct lf_err e;
    lf_view saved;

    if (lf_ruleset_correlations(in->rules) == 0) {
        /* Correlations of a later day shall not go back to windows of this one. */
        (void)unlink(path_of(in, path));
        return;
    }
    if (!lf_file_exists(path_of(in, path)))
        return;
    if (lf_file_read(&a, path, STATE_MOST, &saved, &e) != LF_OK ||
        lf_correlator_load(in->correlator, saved, &e) != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3051", &e);
    } else {
        lf_correlator_stats(in->correlator, &s);
        lf_log(&in->w->log, LF_LOG_INFO, "LF3050", "correlation_groups=%zu position=%llu", s.groups,
               (unsigned long long)lf_correlator_position(in->correlator));
    }
    lf_arena_clear(&a);
}

uint64_t intake_correlate_resume(struct intake *in, uint64_t from)
{
    uint64_t position = lf_correlator_position(in->correlator);
    struct lf_archive_stats stats;

    if (lf_ruleset_correlations(in->rules) == 0)
        return from;
    lf_archive_stats(in->j, &stats);
    /* The core knows less than was confirmed once (it was restored from a backup), and
     * what fired since is not known any more; or the state is of another journal.  It
     * is counted anew from there. */
    if (from < lf_correlator_known(in->correlator) || position > stats.next) {
        lf_correlator_destroy(in->correlator);
        in->correlator = create(in);
        return from;
    }
    return position > 0 && position < from ? position : from;
}

void intake_correlate_save(struct intake *in)
{
    char path[PATH_SIZE];
    struct lf_correlator_stats s;
    struct lf_err e;
    struct lf_buf b;

    if (lf_ruleset_correlations(in->rules) == 0)
        return;
    lf_correlator_stats(in->correlator, &s);
    lf_buf_init(&b, STATE_MOST);
    lf_correlator_save(in->correlator, &b);
    if (lf_buf_done(&b, &e) != LF_OK || lf_file_write(path_of(in, path), lf_buf_view(&b), 0600, &e) != LF_OK)
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3052", &e);
    lf_buf_clear(&b);
    in->correlated_seen = s.seen;
    in->correlated_at = lf_tick(&in->w->env);
}

void intake_correlate_second(struct intake *in, uint64_t confirmed)
{
    struct lf_correlator_stats s;

    lf_correlator_forget(in->correlator, confirmed);
    lf_correlator_stats(in->correlator, &s);
    if (s.seen != in->correlated_seen &&
        lf_tick(&in->w->env) - in->correlated_at > SAVE_EVERY * (1 + (lf_time)(s.bytes / STATE_SMALL)))
        intake_correlate_save(in);
}

void intake_correlate_health(const struct intake *in, struct lf_json_w *json)
{
    struct lf_correlator_stats s;

    if (lf_ruleset_correlations(in->rules) == 0)
        return;
    lf_correlator_stats(in->correlator, &s);
    lf_json_begin(json, "correlation", '{');
    lf_json_put_int(json, "rules", (int64_t)lf_ruleset_correlations(in->rules));
    lf_json_put_int(json, "groups", (int64_t)s.groups);
    lf_json_put_int(json, "bytes", (int64_t)s.bytes);
    lf_json_put_int(json, "seen", (int64_t)s.seen);
    lf_json_put_int(json, "fired", (int64_t)s.fired);
    lf_json_put_int(json, "late", (int64_t)s.late);
    lf_json_put_int(json, "ahead", (int64_t)s.ahead);
    lf_json_put_int(json, "evicted", (int64_t)s.evicted);
    lf_json_put_int(json, "cut", (int64_t)s.cut);
    lf_json_put_int(json, "spread", (int64_t)s.spread);
    lf_json_put_int(json, "unmade", (int64_t)s.unmade);
    lf_json_put_int(json, "unsure", (int64_t)s.unsure);
    lf_json_close(json);
}
