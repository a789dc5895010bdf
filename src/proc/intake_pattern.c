/* Indicators that are STIX patterns at the intake: told by the core as all are (INDICATORS), asked
 * of every event; hits go to the core as findings and, each second, as SIGHTINGS.
 *
 * The state over a restart is what correlations do (intake_correlate.c): it is kept with the journal
 * position it stands for, and detection begins there.  The patterns themselves are in it, because the core
 * tells them only after detection has begun; what it tells then is put right. */
#include <stdio.h>
#include <unistd.h>

#include "model/sighting.h"
#include "proc/intake_priv.h"
#include "sys/file.h"

enum { PATH_SIZE = 4096, STATE_MOST = 768 << 20, STATE_SMALL = 4 << 20, SHOWN = 256 };
#define SAVE_EVERY (5 * LF_SECOND) /* more for a large state, in proportion */

static const char *path_of(const struct intake *in, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/patterns.state", in->data);
    return out;
}

static struct lf_stix_live *create(struct intake *in)
{
    uint64_t seed;

    lf_random(&in->w->env, &seed, sizeof seed);
    return lf_stix_live_create(NULL, seed);
}

void intake_pattern_start(struct intake *in)
{
    char path[PATH_SIZE];
    struct lf_stix_live_stats s;
    struct lf_arena a = { 0 };
    struct lf_err e;
    lf_view saved;

    in->patterns = create(in);
    if (!lf_file_exists(path_of(in, path)))
        return;
    if (lf_file_read(&a, path, STATE_MOST, &saved, &e) != LF_OK ||
        lf_stix_live_load(in->patterns, saved, &e) != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3095", &e);
    } else {
        lf_stix_live_stats(in->patterns, &s);
        lf_log(&in->w->log, LF_LOG_INFO, "LF3094", "patterns=%zu observations=%zu position=%llu", s.patterns,
               s.observations, (unsigned long long)lf_stix_live_position(in->patterns));
    }
    lf_arena_clear(&a);
}

void intake_pattern_take(struct intake *in, const struct lf_indicator_entry *x)
{
    const struct lf_stix_watch w = { .id = x->id,
                                     .text = x->value,
                                     .confidence = x->confidence,
                                     .expires = (uint32_t)((x->expires + LF_SECOND - 1) / LF_SECOND) };
    char id[80], why[300];
    struct lf_err e;

    in->patterns_changed = true;
    if (x->op == LF_INDICATOR_REMOVE)
        (void)lf_stix_live_remove(in->patterns, x->id);
    else if (lf_stix_live_add(in->patterns, &w, &e) != LF_OK)
        lf_log(&in->w->log, LF_LOG_WARN, "LF3096", "indicator=%s reason=%s",
               lf_log_text(x->id, id, sizeof id), lf_log_text(lf_view_of(e.text), why, sizeof why));
}

uint64_t intake_pattern_resume(struct intake *in, uint64_t from)
{
    uint64_t position = lf_stix_live_position(in->patterns);
    struct lf_archive_stats stats;

    if (lf_stix_live_count(in->patterns) == 0)
        return from;
    lf_archive_stats(in->j, &stats);
    /* As intake_correlate_resume().  The core tells the patterns again. */
    if (from < lf_stix_live_known(in->patterns) || position > stats.next) {
        lf_stix_live_restart(in->patterns);
        return from;
    }
    return position > 0 && position < from ? position : from;
}

bool intake_pattern_match(struct intake *in, const struct lf_event *ev)
{
    bool first = ev->position >= in->resume;
    struct lf_finding *found;
    size_t n;

    if (lf_stix_live_count(in->patterns) == 0)
        return true;
    n = lf_stix_live_findings(in->patterns, &in->task, ev, lf_now(&in->w->env), first && in->counting,
                              &found);
    for (size_t i = 0; first && i < n; i++)
        if (!intake_send_finding(in, &found[i])) {
            lf_stix_live_untold(in->patterns); /* it is not to be taken for told */
            return false;
        }
    return true;
}

size_t intake_pattern_sightings(struct intake *in, struct lf_buf *b)
{
    struct lf_stix_sighting *s;
    size_t n;

    if (!in->patterns || lf_stix_live_count(in->patterns) == 0)
        return 0;
    n = lf_stix_live_sightings(in->patterns, &in->task, &s);
    for (size_t i = 0; i < n; i++) {
        lf_view shown = lf_view_first(s[i].text, SHOWN);

        while (shown.len && !lf_view_is_utf8(shown))
            shown.len--;
        lf_indicator_sighting_pack(b, &(struct lf_indicator_sighting){ .indicator = s[i].id,
                                                                       .value = shown,
                                                                       .list = { "", 0 },
                                                                       .count = s[i].count,
                                                                       .first = s[i].first,
                                                                       .last = s[i].last,
                                                                       .from = s[i].position_first,
                                                                       .position = s[i].position });
    }
    return n;
}

static void save(struct intake *in)
{
    char path[PATH_SIZE];
    struct lf_stix_live_stats s;
    struct lf_err e;
    struct lf_buf b;

    lf_stix_live_stats(in->patterns, &s);
    in->patterns_seen = s.seen;
    in->patterns_at = lf_tick(&in->w->env);
    in->patterns_changed = false;
    if (s.patterns == 0) {
        (void)unlink(path_of(in, path));
        return;
    }
    lf_buf_init(&b, STATE_MOST);
    lf_stix_live_save(in->patterns, &b);
    if (lf_buf_done(&b, &e) != LF_OK || lf_file_write(path_of(in, path), lf_buf_view(&b), 0600, &e) != LF_OK)
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3097", &e);
    lf_buf_clear(&b);
}

void intake_pattern_second(struct intake *in, uint64_t confirmed)
{
    struct lf_stix_live_stats s;

    lf_stix_live_forget(in->patterns, confirmed);
    lf_stix_live_stats(in->patterns, &s);
    if ((in->patterns_changed || s.seen != in->patterns_seen) &&
        lf_tick(&in->w->env) - in->patterns_at > SAVE_EVERY * (1 + (lf_time)(s.bytes / STATE_SMALL)))
        save(in);
}

void intake_pattern_stop(struct intake *in)
{
    if (!in->patterns)
        return;
    save(in);
    lf_stix_live_destroy(in->patterns);
    in->patterns = NULL;
}

void intake_pattern_health(const struct intake *in, struct lf_json_w *json)
{
    struct lf_stix_live_stats s;

    if (!in->patterns)
        return;
    lf_stix_live_stats(in->patterns, &s);
    lf_json_put_int(json, "patterns", (int64_t)s.patterns);
    if (s.patterns == 0)
        return;
    lf_json_begin(json, "pattern", '{');
    lf_json_put_int(json, "observations", (int64_t)s.observations);
    lf_json_put_int(json, "bytes", (int64_t)s.bytes);
    lf_json_put_int(json, "candidates", (int64_t)s.candidates);
    lf_json_put_int(json, "seen", (int64_t)s.seen);
    lf_json_put_int(json, "hits", (int64_t)s.hits);
    lf_json_put_int(json, "late", (int64_t)s.late);
    lf_json_put_int(json, "ahead", (int64_t)s.ahead);
    lf_json_put_int(json, "cut", (int64_t)s.cut);
    lf_json_put_int(json, "evicted", (int64_t)s.evicted);
    lf_json_put_int(json, "unsure", (int64_t)s.unsure);
    lf_json_close(json);
}
