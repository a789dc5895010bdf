#include "proc/search_learn.h"

#include <stdlib.h>

#include "soc/learning.h"
#include "soc/search.h"

struct lf_learner {
    struct lf_learn *learn;
    struct lf_search *search;
    uint64_t number;
    lf_time told;
};

static void event(void *ctx, struct lf_arena *a, const struct lf_record *record, const struct lf_event *ev)
{
    struct lf_learner *l = ctx;

    (void)record;
    lf_learn_see(l->learn, a, ev);
}

static void tell(struct lf_learner *l, struct lf_worker *w, bool done, lf_view error)
{
    struct lf_learning_result r = { .number = l->number, .done = done, .error = error };
    struct lf_search_progress p = { 0 };
    struct lf_err e;
    struct lf_buf b;

    if (l->search)
        lf_search_progress(l->search, &p);
    r.events = p.events;
    r.blocks = p.blocks;
    r.blocks_done = p.blocks_done;
    if (l->learn) {
        r.left_out = lf_learn_left_out(l->learn);
        if (done && !error.len)
            r.n = lf_learn_values(l->learn, &r.values);
    }
    lf_buf_init(&b, LF_LEARNING_RESULT);
    lf_learning_pack_result(&b, &r);
    /* A core that is away has forgotten what it asked. */
    if (lf_buf_done(&b, &e) != LF_OK ||
        (lf_worker_send(w, LF_WORKER_CORE, LF_MSG_LEARN_NEWS, lf_buf_view(&b), &e) != LF_OK &&
         e.code != LF_AWAY))
        lf_log_err(&w->log, LF_LOG_ERROR, "LF4204", &e);
    lf_buf_clear(&b);
    l->told = lf_tick(&w->env);
}

struct lf_learner *lf_learner_begin(struct lf_worker *w, const char *data, const struct lf_pipelines *p,
                                    lf_view order)
{
    struct lf_learner *l = calloc(1, sizeof *l);
    struct lf_search_hooks hooks = { .event = event, .ctx = l }; /* damage is told by a person\'s search */
    struct lf_arena a = { 0 };
    struct lf_learning_order o;
    struct lf_err e;
    enum lf_code rc;

    if (!l)
        LF_BUG("out of memory to learn");
    rc = lf_learning_unpack_order(&a, order, &o, &e);
    l->number = o.number;
    if (rc == LF_OK && !o.nfiles) {
        lf_arena_clear(&a);
        lf_learner_end(l);
        return NULL;
    }
    if (rc == LF_OK)
        rc = lf_learn_create(o.files, o.nfiles, &l->learn, &e);
    if (rc == LF_OK) {
        struct lf_search_ask ask = { .query = LF_V("*"), .from = o.from, .to = o.to, .pipelines = p };

        lf_random(&w->env, &ask.seed, sizeof ask.seed);
        rc = lf_search_open(data, &ask, &hooks, &l->search, &e);
    }
    lf_arena_clear(&a);
    if (rc == LF_OK)
        return l;
    lf_log_err(&w->log, LF_LOG_WARN, "LF4204", &e);
    tell(l, w, true, lf_view_of(e.text));
    lf_learner_end(l);
    return NULL;
}

bool lf_learner_step(struct lf_learner *l, struct lf_worker *w)
{
    if (lf_search_step(l->search)) {
        if (lf_tick(&w->env) - l->told >= LF_SECOND)
            tell(l, w, false, LF_V(""));
        return true;
    }
    (void)lf_search_finish(l->search);
    tell(l, w, true, LF_V(""));
    return false;
}

void lf_learner_end(struct lf_learner *l)
{
    if (!l)
        return;
    lf_search_close(l->search);
    lf_learn_destroy(l->learn);
    free(l);
}
