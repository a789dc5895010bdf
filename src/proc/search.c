/* The search worker: it reads the event archive for the core and can do nothing
 * else.  Each order is one search (soc/search.h), worked at in turn and in slices;
 * what is found goes to the core as it is found. */
#include <stdlib.h>

#include "base/crypto.h"
#include "fmt/json.h"
#include "proc/pipelines_dir.h"
#include "proc/search_hunt.h"
#include "proc/search_learn.h"
#include "proc/search_question.h"
#include "proc/worker.h"
#include "soc/searches.h"

enum {
    JOBS = LF_SEARCHES_RUNNING,
    HITS_AT_ONCE = 256 << 10, /* bytes that are not held back any longer */
    RAW_MOST = 64 << 10,
    DAMAGE_MOST = 400,
};
static const lf_time turn = 10 * LF_MSEC, news_every = 100 * LF_MSEC, table_every = LF_SECOND;

struct job {
    struct lf_search *search;
    uint64_t number, upper, skip;
    size_t bytes; /* of hits, told ones included */
    uint32_t limit, told;
    struct lf_buf hits;
    char damage[DAMAGE_MOST];
    lf_time told_at, table_at;
    bool full;
};

struct worker {
    struct lf_worker *w;
    const char *data;
    const char **pipeline_dirs;
    size_t npipeline_dirs;
    struct lf_pipelines *pipelines;
    struct job *job[JOBS];
    size_t n, next;
    struct lf_timer again;
    uint64_t done;
    struct lf_hunting *hunt;
    uint64_t hunts;
    struct lf_asking *question;
    uint64_t questions;
    struct lf_learner *learner;
    unsigned turn;
    unsigned learn_turn;
    bool other; /* of hunt and question, whose turn it was */
};

/* ---- what is told ---- */

static lf_view table_json(struct job *j, struct lf_arena *a)
{
    struct lf_query_table t;
    struct lf_json_w w;
    struct lf_buf b, row;
    size_t i;
    lf_view note, out;

    lf_search_table(j->search, a, &t);
    note = lf_query_table_note(a, &t);
    lf_buf_init(&b, LF_SEARCHES_TABLE);
    lf_buf_init(&row, LF_SEARCHES_TABLE);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "columns", '[');
    for (size_t c = 0; c < t.ncolumns; c++)
        lf_json_put_str(&w, NULL, t.columns[c]);
    lf_json_close(&w);
    lf_json_begin(&w, "rows", '[');
    for (i = 0; i < t.nrows; i++) {
        lf_buf_reset(&row);
        lf_query_row_json(&row, &t, i);
        if (b.len + row.len + note.len * 6 + 1024 > LF_SEARCHES_TABLE)
            break; /* said below */
        lf_json_put_raw(&w, NULL, lf_buf_view(&row));
    }
    lf_json_close(&w);
    lf_json_put_int(&w, "rows_left_out", (int64_t)(t.nrows - i));
    lf_json_put_str(&w, "note", note);
    lf_json_close(&w);
    out = b.over ? LF_V("") : lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&row);
    lf_buf_clear(&b);
    return out;
}

static void tell(struct worker *s, struct job *j, enum lf_search_state state, lf_view error)
{
    struct lf_search_news n = { .number = j->number, .state = state, .full = j->full, .error = error };
    lf_time now = lf_tick(&s->w->env);
    struct lf_arena a = { 0 };
    struct lf_err e;
    struct lf_buf b;

    if (j->search) {
        lf_search_progress(j->search, &n.progress);
        if (lf_search_is_table(j->search) &&
            (state != LF_SEARCH_RUNNING || now - j->table_at >= table_every)) {
            n.table = table_json(j, &a);
            j->table_at = now;
        }
    }
    n.upper = j->upper;
    n.damage = lf_view_of(j->damage);
    n.hits = lf_buf_view(&j->hits);
    lf_buf_init(&b, LF_SEARCHES_NEWS);
    lf_search_news_pack(&b, &n);
    /* A core that is away has forgotten its searches. */
    if (lf_buf_done(&b, &e) != LF_OK ||
        (lf_worker_send(s->w, LF_WORKER_CORE, LF_MSG_SEARCH_NEWS, lf_buf_view(&b), &e) != LF_OK &&
         e.code != LF_AWAY))
        lf_log_err(&s->w->log, LF_LOG_ERROR, "LF4201", &e);
    lf_buf_clear(&b);
    lf_arena_clear(&a);
    lf_buf_reset(&j->hits);
    j->damage[0] = '\0';
    j->told_at = now;
}

static void hit_json(struct lf_buf *b, const struct lf_query_hit *h, bool whole)
{
    char time[LF_TIME_TEXT], recorded[LF_TIME_TEXT];
    struct lf_json_w w = lf_json_w(b);

    lf_json_open(&w, '{');
    lf_json_put_int(&w, "position", (int64_t)h->position);
    lf_json_put_str(&w, "time", lf_time_milli(h->happened, time));
    lf_json_put_str(&w, "recorded", lf_time_milli(h->recorded, recorded));
    lf_json_put_str(&w, "sender", h->sender);
    lf_json_put_str(&w, "host", lf_view_first(h->host, RAW_MOST / 8));
    lf_json_put_str(&w, "raw", lf_view_first(h->raw, whole ? RAW_MOST : RAW_MOST / 8));
    if (whole && h->raw.len <= RAW_MOST && !lf_view_is_utf8(h->raw)) { /* what JSON cannot hold as text */
        struct lf_arena a = { 0 };

        lf_json_put_str(&w, "raw_base64", lf_base64(&a, h->raw.ptr, h->raw.len));
        lf_arena_clear(&a);
    }
    if (h->raw.len > (whole ? RAW_MOST : RAW_MOST / 8) || !whole)
        lf_json_put_bool(&w, "cut", true);
    lf_json_put_raw(&w, "event", whole ? h->event : LF_V("{}"));
    lf_json_close(&w);
}

static void on_hit(void *ctx, const struct lf_query_hit *h)
{
    struct job *j = ctx;
    struct lf_buf one;

    if (j->skip) {
        j->skip--;
        return;
    }
    if (j->full)
        return;
    lf_buf_init(&one, LF_SEARCHES_HIT);
    hit_json(&one, h, true);
    if (one.over) {
        lf_buf_clear(&one);
        lf_buf_init(&one, LF_SEARCHES_HIT);
        hit_json(&one, h, false);
    }
    LF_ASSERT(!one.over);
    if (j->bytes + one.len > LF_SEARCHES_BYTES) {
        j->full = true;
    } else {
        lf_buf_u32(&j->hits, (uint32_t)one.len);
        lf_buf_put(&j->hits, lf_buf_view(&one));
        j->bytes += one.len;
        j->full = ++j->told >= j->limit;
    }
    lf_buf_clear(&one);
}

static void on_damage(void *ctx, lf_view why)
{
    struct job *j = ctx;
    why = lf_utf8_first(why, sizeof j->damage - 1);
    memcpy(j->damage, why.ptr, why.len);
    j->damage[why.len] = '\0';
}

/* ---- working ---- */

static void end_job(struct worker *s, size_t i)
{
    struct job *j = s->job[i];

    lf_search_close(j->search);
    lf_buf_clear(&j->hits);
    free(j);
    memmove(&s->job[i], &s->job[i + 1], (--s->n - i) * sizeof s->job[0]);
}

static void finish(struct worker *s, size_t i)
{
    struct job *j = s->job[i];
    uint64_t unsorted = lf_search_finish(j->search);

    if (unsorted)
        j->full = true;
    tell(s, j, LF_SEARCH_DONE, LF_V(""));
    s->done++;
    end_job(s, i);
}

static void hunt_on(struct worker *s, lf_time until)
{
    bool more;

    do
        more = lf_hunting_step(s->hunt, s->w);
    while (more && lf_tick(&s->w->env) < until);
    if (!more) {
        lf_hunting_end(s->hunt);
        s->hunt = NULL;
        s->hunts++;
    }
}

static void question_on(struct worker *s, lf_time until)
{
    bool more;

    do
        more = lf_asking_step(s->question, s->w);
    while (more && lf_tick(&s->w->env) < until);
    if (!more) {
        lf_asking_end(s->question);
        s->question = NULL;
        s->questions++;
    }
}

static void learn_on(struct worker *s, lf_time until)
{
    bool more;

    do
        more = lf_learner_step(s->learner, s->w);
    while (more && lf_tick(&s->w->env) < until);
    if (!more) {
        lf_learner_end(s->learner);
        s->learner = NULL;
    }
}

/* One of them for a while; the next one at the next time.  Hunts and questions from above have every
 * eighth turn beside people's searches, in turns where there are both. */
static void work(void *ctx)
{
    struct worker *s = ctx;
    lf_time until = lf_tick(&s->w->env) + turn, now;
    struct job *j;
    bool more = true;

    if ((!s->n && !s->hunt && !s->question && !s->learner) || lf_worker_full(s->w, LF_WORKER_CORE))
        return; /* drained() goes on */
    if ((s->hunt || s->question || s->learner) && (!s->n || ++s->turn % 8 == 0)) {
        if (s->learner && ((!s->hunt && !s->question) || ++s->learn_turn % 3 == 0))
            learn_on(s, until);
        else if (s->question && (!s->hunt || (s->other = !s->other)))
            question_on(s, until);
        else
            hunt_on(s, until);
        lf_timer_in(s->w->loop, &s->again, 0);
        return;
    }
    s->next = s->next < s->n ? s->next : 0;
    j = s->job[s->next];
    do {
        more = lf_search_step(j->search) && !j->full;
        now = lf_tick(&s->w->env);
    } while (more && now < until && j->hits.len < HITS_AT_ONCE);
    if (!more)
        finish(s, s->next);
    else {
        if (j->hits.len >= HITS_AT_ONCE || now - j->told_at >= news_every)
            tell(s, j, LF_SEARCH_RUNNING, LF_V(""));
        s->next++;
    }
    if (s->n)
        lf_timer_in(s->w->loop, &s->again, 0);
}

static void order(struct worker *s, lf_view payload)
{
    struct lf_search_hooks hooks = { .hit = on_hit, .damaged = on_damage };
    struct lf_search_order o;
    struct lf_search_ask ask;
    struct lf_err e = { 0 };
    struct job *j;

    if (lf_search_order_unpack(payload, &o, &e) != LF_OK || s->n == JOBS) {
        lf_log_err(&s->w->log, LF_LOG_ERROR, "LF4201", &e);
        return;
    }
    j = calloc(1, sizeof *j);
    if (!j)
        LF_BUG("out of memory for a search");
    *j = (struct job){ .number = o.number, .upper = o.upper, .skip = o.skip, .limit = o.limit };
    j->told = (uint32_t)o.skip;
    lf_buf_init(&j->hits, LF_SEARCHES_BYTES + 4 * LF_SEARCHES_HITS);
    ask = (struct lf_search_ask){ .query = o.query,
                                  .from = o.from,
                                  .to = o.to,
                                  .oldest_first = o.oldest_first,
                                  .limit = o.limit,
                                  .upper = o.upper,
                                  .pipelines = s->pipelines };
    lf_random(&s->w->env, &ask.seed, sizeof ask.seed);
    hooks.ctx = j;
    s->job[s->n++] = j;
    if (lf_search_open(s->data, &ask, &hooks, &j->search, &e) != LF_OK) {
        tell(s, j, LF_SEARCH_FAILED, lf_view_of(e.text));
        end_job(s, s->n - 1);
        return;
    }
    if (!j->upper)
        j->upper = lf_search_upper(j->search);
    lf_timer_in(s->w->loop, &s->again, 0);
}

static uint64_t number_of(lf_view payload)
{
    uint64_t number = 0;

    for (size_t i = 0; i < 8; i++)
        number = number << 8 | (uint8_t)payload.ptr[i];
    return number;
}

static void cancel(struct worker *s, lf_view payload)
{
    uint64_t number = number_of(payload);

    for (size_t i = 0; i < s->n; i++)
        if (s->job[i]->number == number) {
            end_job(s, i);
            return;
        }
}

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    struct worker *s = LF_NEW(&w->arena, struct worker, 1);
    const struct lf_json *boot, *dirs;

    LF_TRY(lf_json_parse(&w->arena, w->boot, NULL, &boot, e));
    dirs = lf_json_get(boot, LF_V("pipelines"));
    s->npipeline_dirs = dirs ? lf_json_items(dirs) : 0;
    s->pipeline_dirs = LF_NEW(&w->arena, const char *, s->npipeline_dirs + 1);
    for (size_t i = 0; i < s->npipeline_dirs; i++)
        s->pipeline_dirs[i] = lf_arena_cstr(&w->arena, lf_json_text(lf_json_item(dirs, i)));
    LF_TRY(lf_pipelines_dir_load(s->pipeline_dirs, s->npipeline_dirs, &s->pipelines, e));
    s->w = w;
    s->data = lf_arena_cstr(&w->arena, lf_json_str(boot, "data"));
    s->again = (struct lf_timer){ .fire = work, .ctx = s };
    w->state = s;
    return LF_OK;
}

/* The pipelines of the next searches; those in force stay if they cannot be read. */
static void reload(struct lf_worker *w, lf_view settings)
{
    struct worker *s = w->state;
    struct lf_pipelines *ps;
    struct lf_err e;

    (void)settings;
    if (lf_pipelines_dir_load(s->pipeline_dirs, s->npipeline_dirs, &ps, &e) != LF_OK) {
        lf_log_err(&w->log, LF_LOG_ERROR, "LF3017", &e);
        return;
    }
    lf_pipelines_drop(s->pipelines);
    s->pipelines = ps;
}

static void message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct worker *s = w->state;

    (void)from;
    if (type == LF_MSG_SEARCH_ORDER)
        order(s, payload);
    else if (type == LF_MSG_SEARCH_CANCEL)
        cancel(s, payload);
    else if (type == LF_MSG_HUNT) {
        lf_hunting_end(s->hunt);
        s->hunt = lf_hunting_begin(w, s->data, s->pipelines, payload);
        lf_timer_in(w->loop, &s->again, 0);
    } else if (type == LF_MSG_LEARN) {
        lf_learner_end(s->learner);
        s->learner = lf_learner_begin(w, s->data, s->pipelines, payload);
        lf_timer_in(w->loop, &s->again, 0);
    } else if (type == LF_MSG_QUESTION) {
        lf_asking_end(s->question);
        s->question = lf_asking_begin(w, s->data, s->pipelines, payload);
        lf_timer_in(w->loop, &s->again, 0);
    } else if (type == LF_MSG_QUESTION_CANCEL) {
        if (s->question && lf_asking_number(s->question) == number_of(payload)) {
            lf_asking_end(s->question);
            s->question = NULL;
        }
    }
}

static void drained(struct lf_worker *w, enum lf_worker_id to)
{
    struct worker *s = w->state;

    if (to == LF_WORKER_CORE && (s->n || s->hunt || s->question || s->learner))
        lf_timer_in(w->loop, &s->again, 0);
}

/* The core's new life knows nothing of what its old one asked. */
static void neighbour(struct lf_worker *w, enum lf_worker_id id, bool up)
{
    struct worker *s = w->state;

    while (id == LF_WORKER_CORE && !up && s->n)
        end_job(s, s->n - 1);
    if (id == LF_WORKER_CORE && !up) {
        lf_hunting_end(s->hunt);
        s->hunt = NULL;
        lf_asking_end(s->question);
        s->question = NULL;
        lf_learner_end(s->learner);
        s->learner = NULL;
    }
}

static void stop(struct lf_worker *w)
{
    struct worker *s = w->state;

    lf_timer_stop(w->loop, &s->again);
    lf_hunting_end(s->hunt);
    s->hunt = NULL;
    lf_asking_end(s->question);
    s->question = NULL;
    lf_learner_end(s->learner);
    s->learner = NULL;
    while (s->n)
        end_job(s, s->n - 1);
    lf_pipelines_drop(s->pipelines);
}

static void health(struct lf_worker *w, struct lf_json_w *json)
{
    const struct worker *s = w->state;

    lf_json_put_int(json, "searches_running", (int64_t)s->n);
    lf_json_put_int(json, "searches_done", (int64_t)s->done);
    lf_json_put_int(json, "hunts_done", (int64_t)s->hunts);
    lf_json_put_int(json, "questions_done", (int64_t)s->questions);
}

const struct lf_worker_spec lf_search_worker = {
    .name = "search",
    .start = start,
    .message = message,
    .drained = drained,
    .neighbour = neighbour,
    .stop = stop,
    .reload = reload,
    .health = health,
};
