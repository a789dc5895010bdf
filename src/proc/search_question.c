#include "proc/search_question.h"

#include <stdlib.h>

#include "engine/lookout.h"
#include "engine/sigma.h"
#include "engine/stix_live.h"
#include "engine/stix_words.h"
#include "model/question.h"
#include "soc/search.h"

struct lf_asking {
    struct lf_arena life;
    struct lf_question_order order;
    struct lf_search *search;
    struct lf_ruleset *rules;
    struct lf_lookout *lookout;
    struct lf_lookout *hidden; /* what of which nothing may be told */
    struct lf_stix_live *patterns;
    lf_time now, spent;
    uint64_t hits, count; /* hits: of the lookout, so far */
    lf_time first, last;
};

static void counted(struct lf_asking *q, lf_time at)
{
    if (!q->count || at < q->first)
        q->first = at;
    if (!q->count || at > q->last)
        q->last = at;
    q->count++;
}

static void event(void *ctx, struct lf_arena *a, const struct lf_record *record, const struct lf_event *ev)
{
    struct lf_asking *q = ctx;
    const struct lf_rule *const *rules;
    struct lf_lookout_hit *secret;
    struct lf_finding *found;

    (void)record;
    if (q->hidden && lf_lookout_event(q->hidden, a, ev, 0, &secret))
        return;
    if (q->rules && lf_ruleset_match(q->rules, a, ev, true, &rules))
        counted(q, ev->happened);
    if (q->lookout) {
        (void)lf_lookout_findings(q->lookout, a, ev, q->now, true, &found);
        if (lf_lookout_hits(q->lookout) != q->hits)
            counted(q, ev->happened);
        q->hits = lf_lookout_hits(q->lookout);
    }
    if (q->patterns)
        (void)lf_stix_live_findings(q->patterns, a, ev, q->now, true, &found);
}

/* ---- what is asked ---- */

static enum lf_code take_rule(struct lf_asking *q, struct lf_err *e)
{
    struct lf_rule_file file = { LF_VIEW("question"), q->order.text };
    const struct lf_rule *r;

    LF_TRY(lf_ruleset_build(&file, 1, &q->rules, e));
    if (lf_ruleset_count(q->rules) != 1)
        return lf_err_set(e, LF_UNACCEPTED, "a question is one Sigma rule, and this has %zu documents",
                          lf_ruleset_count(q->rules));
    r = lf_ruleset_rule(q->rules, 0);
    if (r->refused.ptr)
        return lf_err_set(e, LF_UNACCEPTED, "the rule does not load here: %.*s", LF_FMT(r->refused));
    if (r->kind != LF_RULE_DETECTION)
        return lf_err_set(e, LF_UNACCEPTED, "a question is a rule of its own, not a %s",
                          lf_rule_kind_name(r->kind));
    return LF_OK;
}

static enum lf_code take_pattern(struct lf_asking *q, uint64_t seed, struct lf_search_ask *ask,
                                 struct lf_err *e)
{
    struct lf_stix_watch what = { .id = LF_VIEW("question"), .text = q->order.text };
    struct lf_observable *words;
    struct lf_stix_pattern p;

    q->patterns = lf_stix_live_create(NULL, seed);
    LF_TRY(lf_stix_live_add(q->patterns, &what, e));
    LF_TRY(lf_stix_pattern_parse(&q->life, q->order.text, &p, e));
    lf_stix_words(&q->life, &p, &words, &ask->nvalues);
    ask->values = words;
    return LF_OK;
}

/* The place of a value in the list is its id. */
static enum lf_code take_values(struct lf_asking *q, struct lf_lookout *into, const lf_view *values, size_t n,
                                struct lf_observable *out, struct lf_err *e)
{
    for (size_t i = 0; i < n; i++) {
        struct lf_ioc what = { .confidence = 50 };

        if (!lf_observable_guess(values[i], &out[i].kind) ||
            !lf_observable_text(&q->life, out[i].kind, values[i], &out[i].value))
            return lf_err_set(e, LF_UNACCEPTED, "value %zu is none that can be looked for", i + 1);
        for (int k = 0; k < 4; k++)
            what.id[k] = (uint8_t)(i >> (24 - 8 * k));
        what.flags = out[i].kind == LF_OBS_DOMAIN ? LF_IOC_SUBDOMAINS : 0;
        LF_TRY(lf_ioc_add(lf_lookout_set(into), out[i].kind, values[i], &what, e));
    }
    return LF_OK;
}

static enum lf_code take(struct lf_asking *q, struct lf_worker *w, struct lf_search_ask *ask,
                         struct lf_err *e)
{
    size_t n = q->order.nvalues > q->order.nhidden ? q->order.nvalues : q->order.nhidden;
    struct lf_observable *values = LF_NEW(&q->life, struct lf_observable, n + 1);
    uint64_t seed[4];

    ask->query = LF_V("*");
    lf_random(&w->env, seed, sizeof seed);
    if (q->order.nhidden) {
        q->hidden = lf_lookout_create(seed);
        LF_TRY(take_values(q, q->hidden, q->order.hidden, q->order.nhidden, values, e));
    }
    if (q->order.kind == LF_QUESTION_SIGMA)
        return take_rule(q, e);
    if (q->order.kind == LF_QUESTION_STIX)
        return take_pattern(q, seed[0], ask, e);
    q->lookout = lf_lookout_create(seed);
    ask->values = values;
    ask->nvalues = q->order.nvalues;
    return take_values(q, q->lookout, q->order.values, q->order.nvalues, values, e);
}

/* ---- what is told ---- */

static void add_counts(struct lf_asking *q, struct lf_arena *a, struct lf_question_result *r)
{
    if (q->lookout) {
        struct lf_lookout_sighting *s;
        size_t n = lf_lookout_sightings(q->lookout, a, &s);

        r->counts = LF_NEW(a, struct lf_question_count, n + 1);
        for (size_t i = 0; i < n && i < LF_QUESTION_VALUES; i++)
            r->counts[r->ncounts++] = (struct lf_question_count){
                .value = (uint32_t)s[i].id[0] << 24 | (uint32_t)s[i].id[1] << 16 | (uint32_t)s[i].id[2] << 8 |
                         s[i].id[3],
                .count = s[i].count,
                .first = s[i].first < 0 ? 0 : s[i].first,
                .last = s[i].last < 0 ? 0 : s[i].last,
            };
    }
    if (q->patterns) {
        struct lf_stix_sighting *s;
        size_t n = lf_stix_live_sightings(q->patterns, a, &s);

        for (size_t i = 0; i < n; i++) { /* there is one pattern */
            q->count = s[i].count;
            q->first = s[i].first;
            q->last = s[i].last;
        }
    }
    r->count = q->count;
    r->first = q->count && q->first > 0 ? q->first : 0;
    r->last = q->count && q->last > 0 ? q->last : 0;
}

static void tell(struct lf_asking *q, struct lf_worker *w, enum lf_question_end end, lf_view note)
{
    struct lf_question_result r = {
        .number = q->order.number, .end = end, .note = note, .milliseconds = (uint64_t)(q->spent / LF_MSEC)
    };
    struct lf_search_progress p = { 0 };
    struct lf_arena a = { 0 };
    struct lf_err e;
    struct lf_buf b;

    if (q->search)
        lf_search_progress(q->search, &p);
    r.bytes = p.text;
    r.events = p.events;
    if (end != LF_QUESTION_FAILED)
        add_counts(q, &a, &r);
    if (end == LF_QUESTION_DONE && p.damaged) {
        r.end = LF_QUESTION_CUT;
        r.note = lf_arena_printf(&a, "%llu places of the archive could not be read",
                                 (unsigned long long)p.damaged);
    }
    lf_buf_init(&b, 1 << 20);
    lf_question_result_pack(&b, &r);
    /* A core that is away asks again. */
    if (lf_buf_done(&b, &e) != LF_OK ||
        (lf_worker_send(w, LF_WORKER_CORE, LF_MSG_QUESTION_NEWS, lf_buf_view(&b), &e) != LF_OK &&
         e.code != LF_AWAY))
        lf_log_err(&w->log, LF_LOG_ERROR, "LF4203", &e);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
}

/* ---- working ---- */

struct lf_asking *lf_asking_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                  lf_view order)
{
    struct lf_asking *q = calloc(1, sizeof *q);
    struct lf_search_hooks hooks = { .event = event, .ctx = q }; /* damage is told by a person\'s search */
    struct lf_search_ask ask = { .oldest_first = true, .pipelines = p };
    lf_time began = lf_tick(&w->env);
    struct lf_err e = { 0 };
    enum lf_code rc;

    if (!q)
        LF_BUG("out of memory for a question");
    if (lf_question_order_unpack(&q->life, lf_arena_copy(&q->life, order), &q->order, &e) != LF_OK) {
        lf_log_err(&w->log, LF_LOG_ERROR, "LF4203", &e);
        lf_asking_end(q);
        return NULL;
    }
    q->now = lf_now(&w->env);
    lf_random(&w->env, &ask.seed, sizeof ask.seed);
    ask.from = q->order.from;
    ask.to = q->order.until;
    rc = take(q, w, &ask, &e);
    if (rc == LF_OK)
        rc = lf_search_open(data, &ask, &hooks, &q->search, &e);
    q->spent = lf_tick(&w->env) - began;
    if (rc != LF_OK) {
        tell(q, w, LF_QUESTION_FAILED, lf_view_of(e.text));
        lf_asking_end(q);
        return NULL;
    }
    return q;
}

bool lf_asking_step(struct lf_asking *q, struct lf_worker *w)
{
    lf_time began = lf_tick(&w->env);
    struct lf_search_progress p;
    bool more = lf_search_step(q->search);

    q->spent += lf_tick(&w->env) - began;
    lf_search_progress(q->search, &p);
    if (more && p.text >= q->order.most_bytes)
        tell(q, w, LF_QUESTION_CUT, LF_V("the most bytes that it may cost were reached"));
    else if (more && (uint64_t)(q->spent / LF_MSEC) >= q->order.most_ms)
        tell(q, w, LF_QUESTION_CUT, LF_V("the most seconds that it may cost were reached"));
    else if (!more)
        tell(q, w, LF_QUESTION_DONE, LF_V(""));
    else
        return true;
    return false;
}

uint64_t lf_asking_number(const struct lf_asking *q)
{
    return q->order.number;
}

void lf_asking_end(struct lf_asking *q)
{
    if (!q)
        return;
    lf_search_close(q->search);
    lf_ruleset_drop(q->rules);
    lf_lookout_destroy(q->lookout);
    lf_lookout_destroy(q->hidden);
    lf_stix_live_destroy(q->patterns);
    lf_arena_clear(&q->life);
    free(q);
}
