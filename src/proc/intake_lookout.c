/* Indicators at the intake: the core tells what is to be looked for (INDICATORS), every
 * event is asked of it, hits go to the core as findings and, counted by indicator, every
 * second as SIGHTINGS.
 *
 * Counted is what is matched for the first time, behind the place that the core kept with the
 * counts it was told of (CHECKPOINT): after a crash of either nothing is counted twice. */
#include "model/sighting.h"
#include "proc/intake_priv.h"
#include "proc/warninglists_dir.h"

void intake_lookout_start(struct intake *in)
{
    uint64_t seed[4];

    lf_random(&in->w->env, seed, sizeof seed);
    in->lookout = lf_lookout_create(seed);
    intake_lookout_lists(in);
}

void intake_lookout_lists(struct intake *in)
{
    struct lf_warninglists *lists;
    struct lf_err e;

    if (!in->nwarning_dirs)
        return;
    if (lf_warninglists_dirs_load(&in->w->env, in->warning_dirs, in->nwarning_dirs, &lists, &e) != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3098", &e);
        return;
    }
    lf_lookout_allow(in->lookout, lists);
    lf_warninglists_destroy(in->warning);
    in->warning = lists;
    lf_log(&in->w->log, LF_LOG_INFO, "LF3099", "warning_lists=%zu entries=%zu entries_passed_over=%zu",
           lf_warninglists_count(lists), lf_warninglists_entries(lists), lf_warninglists_passed(lists));
}

void intake_lookout_take(struct intake *in, lf_view left)
{
    struct lf_indicator_entry x;
    size_t bad = 0;

    while (left.len && lf_indicator_entry_take(&left, &x)) {
        struct lf_ioc what = { .confidence = x.confidence };
        struct lf_err e;

        if (x.op == LF_INDICATOR_CLEAR) {
            lf_lookout_clear(in->lookout);
            in->lookout_whole = false;
            lf_stix_live_anew(in->patterns);
            continue;
        }
        if (x.op == LF_INDICATOR_READY) {
            in->lookout_whole = true;
            lf_stix_live_whole(in->patterns);
            lf_log(&in->w->log, LF_LOG_INFO, "LF3091", "indicators=%zu bytes=%zu",
                   lf_ioc_set_count(lf_lookout_set(in->lookout)),
                   lf_ioc_set_bytes(lf_lookout_set(in->lookout)));
            continue;
        }
        if (x.kind == LF_OBS_PATTERN) {
            intake_pattern_take(in, &x);
            continue;
        }
        if (!lf_lookout_indicator_parse(x.id, what.id)) {
            bad++;
            continue;
        }
        if (x.op == LF_INDICATOR_REMOVE) {
            (void)lf_ioc_remove(lf_lookout_set(in->lookout), x.kind, x.value, what.id);
            continue;
        }
        /* A block of a name is one of all under it (shield/zone.h), and so is its watch. */
        what.flags = (uint8_t)((x.kind == LF_OBS_DOMAIN ? LF_IOC_SUBDOMAINS : 0) |
                               (x.provisional ? LF_IOC_PROVISIONAL : 0));
        what.expires = (uint32_t)((x.expires + LF_SECOND - 1) / LF_SECOND);
        if (lf_ioc_add(lf_lookout_set(in->lookout), x.kind, x.value, &what, &e) != LF_OK)
            bad++;
    }
    if (bad || left.len)
        lf_log(&in->w->log, LF_LOG_WARN, "LF3092", "indicators_not_taken=%zu bytes_not_understood=%zu", bad,
               left.len);
}

bool intake_lookout_match(struct intake *in, const struct lf_event *ev)
{
    struct lf_finding *found;
    size_t n;

    if (ev->position < in->resume)
        return true; /* only matched again for the evidence of rules */
    n = lf_lookout_findings(in->lookout, &in->task, ev, in->matching, in->counting, &found);
    for (size_t i = 0; i < n; i++)
        if (!intake_send_finding(in, &found[i])) {
            lf_lookout_forget(in->lookout); /* it is not to be taken for told */
            intake_lookout_matched(in, ev->position);
            return false;
        }
    return true;
}

void intake_lookout_matched(struct intake *in, uint64_t position)
{
    if (in->sighted < position)
        in->sighted = position;
}

void intake_lookout_second(struct intake *in)
{
    struct lf_lookout_sighting *s;
    struct lf_buf b;
    size_t n, patterns;

    if (!in->core_ready || lf_worker_full(in->w, LF_WORKER_CORE))
        return;
    lf_arena_reset(&in->task);
    n = lf_lookout_sightings(in->lookout, &in->task, &s);
    lf_buf_init(&b, 16 << 20); /* what proc/messages.h lets through */
    lf_buf_u64(&b, in->sighted);
    patterns = intake_pattern_sightings(in, &b);
    for (size_t i = 0; i < n; i++)
        lf_indicator_sighting_pack(&b, &(struct lf_indicator_sighting){
                                           .indicator = lf_lookout_indicator(&in->task, s[i].id),
                                           .value = s[i].value,
                                           .list = s[i].list,
                                           .count = s[i].count,
                                           .first = s[i].first,
                                           .last = s[i].last,
                                           .from = s[i].position_first,
                                           .position = s[i].position,
                                       });
    if (n + patterns &&
        (lf_buf_done(&b, NULL) != LF_OK ||
         lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_SIGHTINGS, lf_buf_view(&b), NULL) != LF_OK))
        lf_log(&in->w->log, LF_LOG_WARN, "LF3093", "sightings_lost=%zu", n + patterns);
    lf_buf_clear(&b);
}

void intake_lookout_stop(struct intake *in)
{
    if (!in->lookout)
        return;
    intake_lookout_second(in);
    lf_lookout_destroy(in->lookout);
    in->lookout = NULL;
    lf_warninglists_destroy(in->warning);
    in->warning = NULL;
}

void intake_lookout_health(const struct intake *in, struct lf_json_w *json)
{
    if (!in->lookout)
        return;
    lf_json_put_int(json, "indicators", (int64_t)lf_ioc_set_count(lf_lookout_set(in->lookout)));
    lf_json_put_bool(json, "indicators_whole", in->lookout_whole);
    lf_json_put_int(json, "indicator_bytes", (int64_t)lf_ioc_set_bytes(lf_lookout_set(in->lookout)));
    lf_json_put_int(json, "indicator_hits", (int64_t)lf_lookout_hits(in->lookout));
    lf_json_put_int(json, "warning_entries", in->warning ? (int64_t)lf_warninglists_entries(in->warning) : 0);
    lf_json_put_int(json, "sightings_lost", (int64_t)lf_lookout_lost(in->lookout));
}
