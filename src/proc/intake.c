#include "proc/intake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/unpack.h"
#include "engine/reporter.h"
#include "proc/boot.h"
#include "proc/intake_priv.h"
#include "proc/pipelines_dir.h"
#include "sys/file.h"

enum { PATH_SIZE = 4096 };

void lf_intake_pack_sender(struct lf_buf *b, lf_view name, const uint8_t hash[LF_SHA256])
{
    LF_ASSERT(name.len <= UINT16_MAX);
    lf_buf_u16(b, (uint16_t)name.len);
    lf_buf_put(b, name);
    lf_buf_put(b, (lf_view){ (const char *)hash, LF_SHA256 });
}

/* ---- taking ---- */

static void commit(struct intake *in);

static void empty(struct intake_fresh *f)
{
    f->at = f->n = f->bytes = 0;
    lf_arena_reset(&f->a);
}

/* Keeps a copy for detection, so that what came just now need not be read back from the
 * archive; as far as there is room and no gap. */
static void remember(struct intake *in, uint64_t at, unsigned kind, lf_view sender, lf_view bytes)
{
    struct intake_fresh *f = &in->fresh[in->filling], *other = &in->fresh[!in->filling];
    struct lf_archive_record *r;

    if (f->at == f->n)
        empty(f);
    if (f->n && other->at == other->n) {
        in->filling = !in->filling;
        empty(other);
        f = other;
    }
    if (!in->core_ready || f->n == INTAKE_FRESH || f->bytes + bytes.len > INTAKE_FRESH_BYTES ||
        (f->n && f->record[f->n - 1].position + 1 != at))
        return;
    if (!f->record) {
        f->record = malloc(INTAKE_FRESH * sizeof *f->record);
        if (!f->record)
            LF_BUG("out of memory for records");
    }
    f->bytes += bytes.len;
    r = &f->record[f->n];
    *r = (struct lf_archive_record){ .position = at,
                                     .recorded = in->now,
                                     .happened = LF_ARCHIVE_NO_TIME,
                                     .format = kind,
                                     .bytes = lf_arena_copy(&f->a, bytes) };
    /* Mostly the one before it came from the same. */
    r->sender = f->n && lf_view_eq(r[-1].sender, sender) ? r[-1].sender : lf_arena_copy(&f->a, sender);
    f->n++;
}

static bool may_add(struct intake *in)
{
    if (lf_archive_pending(in->j) > INTAKE_COMMIT_AT) {
        commit(in);
        if (in->stuck && lf_archive_pending(in->j) > INTAKE_COMMIT_AT)
            return false;
    }
    return true;
}

static uint64_t add(struct intake *in, lf_view sender, unsigned kind, lf_view bytes)
{
    uint64_t at;

    in->events++;
    bytes = lf_view_first(bytes, LF_ARCHIVE_RECORD);
    at = lf_archive_add(in->j, in->now, kind, sender, bytes);
    remember(in, at, kind, sender, bytes);
    return at;
}

void intake_clock(struct intake *in)
{
    in->now = lf_now(&in->w->env);
}

uint64_t intake_take_from(struct intake *in, struct intake_sender *s, lf_view name, enum lf_format format,
                          lf_view bytes)
{
    return intake_take_as(in, s, name, format, s->charset, bytes);
}

uint64_t intake_take_as(struct intake *in, struct intake_sender *s, lf_view name, enum lf_format format,
                        enum lf_charset charset, lf_view bytes)
{
    struct lf_envelope env;
    uint64_t at = 0;

    if (!may_add(in))
        return 0;
    if (!s->received && !s->first)
        s->first = in->now;
    s->last = in->now;
    if ((format == LF_FORMAT_AUTO || format == LF_FORMAT_JSON) && in->normaliser &&
        lf_envelope_open(lf_normaliser_pipelines(in->normaliser), &in->open_arena, bytes, &env)) {
        if (env.rest.len > 0)
            (void)add(in, name, lf_record_kind(LF_FORMAT_TEXT, LF_CHARSET_AUTO), env.rest);
        for (size_t i = 0; i < env.n; i++)
            at = add(in, name, lf_record_kind(LF_FORMAT_JSON, charset), env.events[i]);
        s->received += env.n;
    } else {
        at = add(in, name, lf_record_kind(format, charset), bytes);
        s->received++;
    }
    lf_arena_reset(&in->open_arena);
    return at;
}

void intake_dropped(struct intake *in, struct intake_sender *s, uint64_t n)
{
    s->dropped += n;
    s->last = in->now;
}

bool intake_busy(const struct intake *in)
{
    struct lf_archive_stats stats;

    lf_archive_stats(in->j, &stats);
    return in->stuck ||
           (in->core_ready && stats.next > in->cursor && stats.next - in->cursor > INTAKE_LAG_MOST);
}

static void pause_sources(struct intake *in)
{
    bool busy = intake_busy(in);

    if (busy == in->paused)
        return;
    in->paused = busy;
    intake_net_pause(in->net, busy);
    intake_follow_pause(in->follow, busy);
}

/* ---- answers ---- */

void intake_answer(struct intake *in, const struct lf_http_response *r, bool after_commit)
{
    struct intake_answer *a = calloc(1, sizeof *a);

    if (!a)
        LF_BUG("out of memory for an answer");
    a->id = r->id;
    lf_buf_init(&a->packed, 48 << 20);
    lf_http_pack_response(&a->packed, r);
    if (after_commit) {
        *in->answers_end = a;
        in->answers_end = &a->next;
        return;
    }
    /* A front that is down has forgotten the client. */
    (void)!lf_worker_send(in->w, LF_WORKER_FRONT, LF_MSG_LOG_ANSWER, lf_buf_view(&a->packed), NULL);
    lf_buf_clear(&a->packed);
    free(a);
}

/* Lets the waiting answers go; `failed` ones become a request to send again. */
static void let_go(struct intake *in, bool failed)
{
    struct intake_answer *a = in->answers;

    in->answers = NULL;
    in->answers_end = &in->answers;
    while (a) {
        struct intake_answer *next = a->next;

        if (failed) {
            struct lf_http_response r = {
                .id = a->id,
                .status = 503,
                .body = LF_VIEW("{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                                "\"detail\":\"the event journal cannot be written; send again later\"}\n"),
            };
            lf_http_add(&r, "Content-Type", LF_V("application/problem+json"));
            lf_http_add(&r, "Retry-After", LF_V("5"));
            intake_answer(in, &r, false);
        } else {
            (void)!lf_worker_send(in->w, LF_WORKER_FRONT, LF_MSG_LOG_ANSWER, lf_buf_view(&a->packed), NULL);
        }
        lf_buf_clear(&a->packed);
        free(a);
        a = next;
    }
}

static void commit(struct intake *in)
{
    lf_time began = lf_tick(&in->w->env), rest;
    struct lf_archive_stats stats;
    bool was = in->stuck;
    struct lf_err e;

    if (lf_archive_commit(in->j, &e) == LF_OK) {
        in->stuck = false;
        lf_archive_stats(in->j, &stats);
        in->durable = stats.next;
        rest = lf_tick(&in->w->env) - began;
        in->commit_after =
            began + rest +
            (rest * INTAKE_COMMIT_REST < INTAKE_COMMIT_LATE ? rest * INTAKE_COMMIT_REST : INTAKE_COMMIT_LATE);
        if (was) {
            lf_log(&in->w->log, LF_LOG_INFO, "LF3004", "journal=written_again");
            intake_sender_fault(in, LF_V("(archive)"), LF_VIA_SELF, LF_FAULT_UNWRITABLE, false, NULL);
        }
        return;
    }
    in->stuck = true;
    if (!was) {
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3003", &e);
        intake_sender_fault(in, LF_V("(archive)"), LF_VIA_SELF, LF_FAULT_UNWRITABLE, true, e.text);
    }
}

/* Waiting for the disk is time in which nothing is read or matched, so on a slow one it is to be a
 * fourth of all time at most: what comes meanwhile goes together.  Whoever comes after a rest is
 * committed at once. */
static bool commit_now(struct intake *in)
{
    lf_time wait = in->commit_after - lf_tick(&in->w->env);

    if (wait <= 0 || wait > INTAKE_COMMIT_LATE || lf_archive_pending(in->j) >= INTAKE_COMMIT_SOON)
        return true;
    lf_timer_in(in->w->loop, &in->commit_later, wait);
    return false;
}

/* ---- detection ---- */

/* Every finding before this position is confirmed, and every event matched. */
static uint64_t detected(const struct intake *in)
{
    uint64_t d = in->cursor > in->resume ? in->cursor : in->resume;

    for (size_t i = 0; i < in->nsent; i++)
        if (in->sent[i] < d)
            d = in->sent[i];
    return d;
}

/* The oldest position that may still matter as evidence. */
static uint64_t warm(const struct intake *in, uint64_t d)
{
    return in->nmark && in->mark[0].position < d ? in->mark[0].position : d;
}

/* What is matched, and its findings confirmed, lies before this.  The last minutes'
 * evidence (warm) is not held: a burst larger than the archive would stop the
 * senders, for what only a restart within these minutes would look at. */
static uint64_t still_needed(const struct intake *in)
{
    uint64_t d = detected(in);

    return d < in->cursor ? d : in->cursor;
}

static const char *in_data(struct intake *in, const char *name, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/%s", in->data, name);
    return out;
}

static void save_detected(struct intake *in)
{
    uint64_t d = detected(in);
    char path[PATH_SIZE], text[200];
    struct lf_err e;
    int n;

    if (!in->core_ready || (d == in->saved_detected && in->kept == in->saved_kept))
        return;
    n = snprintf(text, sizeof text, "{\"detected\":%llu,\"kept\":%llu,\"warm\":%llu}\n",
                 (unsigned long long)d, (unsigned long long)in->kept, (unsigned long long)warm(in, d));
    if (lf_file_write(in_data(in, "detected.json", path), (lf_view){ text, (size_t)n }, 0600, &e) != LF_OK) {
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3005", &e);
        return;
    }
    in->saved_detected = d;
    in->saved_kept = in->kept;
}

static uint64_t u64_member(const struct lf_json *v, const char *key)
{
    int64_t n = 0;

    return lf_json_int(v, key, &n) && n > 0 ? (uint64_t)n : 0;
}

/* What the core still gets of before, it throws away; nothing new may come to it
 * before it knows that the new has begun. */
static void say_resumed(struct intake *in)
{
    char raw[8];

    for (int i = 0; i < 8; i++)
        raw[i] = (char)(in->kept >> (56 - 8 * i));
    if (lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_RESUMED, (lf_view){ raw, sizeof raw }, NULL) == LF_FULL)
        return; /* again in a second */
    in->resuming = false;
    in->core_ready = true;
}

/* Where detection goes on.  `position` is what the core has committed.  Our own
 * note is further on where nothing was found; it counts only if the core still
 * knows what it confirmed then (it may have been restored from a backup). */
static void resume_at(struct intake *in, uint64_t position)
{
    char path[PATH_SIZE];
    uint64_t from = position, first_needed = position, d, k;
    const struct lf_json *v;
    struct lf_archive_stats stats;
    struct lf_err e;
    lf_view text;

    lf_arena_reset(&in->task);
    if (lf_file_read(&in->task, in_data(in, "detected.json", path), 4096, &text, &e) == LF_OK &&
        lf_json_parse(&in->task, text, NULL, &v, &e) == LF_OK) {
        d = u64_member(v, "detected");
        k = u64_member(v, "kept");
        if (position >= k && d > from)
            from = d;
        first_needed = u64_member(v, "warm");
    }
    lf_archive_stats(in->j, &stats);
    if (from < stats.first)
        from = stats.first;
    if (from > stats.next)
        from = stats.next; /* a note from another journal */
    in->resume = from;
    in->cursor = first_needed < from ? first_needed : from;
    first_needed = intake_correlate_resume(in, from);
    if (in->cursor > first_needed)
        in->cursor = first_needed;
    first_needed = intake_pattern_resume(in, from);
    if (in->cursor > first_needed)
        in->cursor = first_needed;
    if (in->cursor < stats.first)
        in->cursor = stats.first;
    if (in->counted < from)
        in->counted = from;
    in->kept = position;
    in->nsent = 0;
    empty(&in->fresh[0]);
    empty(&in->fresh[1]);
    in->nmark = 0;
    lf_evidence_destroy(in->evidence);
    uint64_t seed;
    lf_random(&in->w->env, &seed, sizeof seed);
    in->evidence = lf_evidence_create(NULL, seed);
    in->core_ready = false;
    in->resuming = true;
    say_resumed(in);
    lf_log(&in->w->log, LF_LOG_INFO, "LF3006", "detection_from=%llu journal_next=%llu",
           (unsigned long long)in->resume, (unsigned long long)stats.next);
}

static void was_kept(struct intake *in, uint64_t position)
{
    size_t drop = 0;

    if (position > in->kept)
        in->kept = position;
    in->progress = lf_tick(&in->w->env);
    for (size_t i = in->nsent; i > 0; i--)
        if (in->sent[i - 1] == position) {
            drop = i;
            break;
        }
    if (!drop) /* of an earlier life of ours: all before it is confirmed as well */
        while (drop < in->nsent && in->sent[drop] <= position)
            drop++;
    if (drop) {
        in->nsent -= drop;
        memmove(in->sent, in->sent + drop, in->nsent * sizeof *in->sent);
    }
}

bool intake_send_finding(struct intake *in, const struct lf_finding *f)
{
    struct lf_buf b;
    enum lf_code rc;

    lf_buf_init(&b, 256 << 10); /* what proc/messages.h lets through */
    lf_finding_pack(&b, f);
    rc = lf_buf_done(&b, NULL);
    if (rc == LF_OK)
        rc = lf_worker_send(in->w, LF_WORKER_CORE, LF_MSG_FINDING, lf_buf_view(&b), NULL);
    lf_buf_clear(&b);
    if (rc == LF_AWAY || rc == LF_FULL)
        return false;
    if (rc != LF_OK) {
        lf_log(&in->w->log, LF_LOG_ERROR, "LF3007", "finding=too_large position=%llu",
               (unsigned long long)f->position);
        return true;
    }
    in->findings++;
    if (in->nsent == in->sent_cap) {
        size_t cap = in->sent_cap ? in->sent_cap * 2 : 256;
        uint64_t *more = realloc(in->sent, cap * sizeof *more);
        if (!more)
            LF_BUG("out of memory for %zu positions", cap);
        in->sent = more;
        in->sent_cap = cap;
    }
    if (!in->nsent)
        in->progress = lf_tick(&in->w->env);
    in->sent[in->nsent++] = f->position;
    return true;
}

static void mark_time(struct intake *in, const struct lf_archive_record *r)
{
    size_t n = sizeof in->mark / sizeof in->mark[0];

    if (in->nmark && r->recorded - in->mark[in->nmark - 1].recorded < LF_SECOND)
        return;
    while (in->nmark && (in->nmark == n || r->recorded - in->mark[0].recorded > 130 * LF_SECOND))
        memmove(in->mark, in->mark + 1, --in->nmark * sizeof in->mark[0]);
    in->mark[in->nmark].recorded = r->recorded;
    in->mark[in->nmark++].position = r->position;
}

/* `at` is the record that is being taken: an event that waited for it counts from there, so that
 * whoever resumes there sees it again.  False: the core cannot take more now. */
static bool detect_event(struct intake *in, struct lf_event *event, uint64_t at)
{
    struct lf_finding *found;
    size_t n;

    event->position = at;
    n = lf_detect_with(in->rules, in->evidence, in->correlator, &in->task, event, &found);
    for (size_t i = 0; i < n; i++) {
        if (found[i].position < in->resume && !found[i].second_sender.ptr)
            continue;
        if (!intake_send_finding(in, &found[i]))
            return false;
    }
    return intake_lookout_match(in, event) && intake_pattern_match(in, event);
}

/* False: the core cannot take more now; the event is matched again later. */
static bool match(struct intake *in, const struct lf_archive_record *r)
{
    struct lf_record record = {
        .bytes = r->bytes, .sender = r->sender, .position = r->position, .recorded = r->recorded
    };
    struct lf_event event;

    lf_arena_reset(&in->task);
    lf_stix_live_record(in->patterns, r->position);
    lf_record_set_kind(&record, r->format);
    lf_normalise(in->normaliser, &in->task, &record, &event);
    if (r->happened == LF_ARCHIVE_NO_TIME)
        lf_archive_note(in->j, r->position, event.happened);
    if (event.raw && r->position >= in->counted)
        intake_sender(in, r->sender)->malformed++;
    if (r->position >= in->counted) {
        in->counted = r->position + 1;
        intake_sender_host(in, r->sender, lf_event_reporter(&event), r->recorded);
    }
    mark_time(in, r);
    in->counting = r->position > in->sighted;
    if (!event.held && !detect_event(in, &event, r->position))
        return false;
    while (lf_normalise_held(in->normaliser, &in->task, 0, &event))
        if (!detect_event(in, &event, r->position)) {
            lf_normalise_hold_again(in->normaliser);
            return false;
        }
    intake_lookout_matched(in, r->position);
    return true;
}

/* What waited for records that did not come. */
static void detect_held(struct intake *in)
{
    struct lf_event event;

    lf_arena_reset(&in->task);
    in->matching = lf_now(&in->w->env);
    in->counting = true;
    while (in->core_ready && in->cursor > in->resume &&
           lf_normalise_held(in->normaliser, &in->task, in->matching - LF_SECOND, &event))
        if (!detect_event(in, &event, in->cursor - 1)) {
            lf_normalise_hold_again(in->normaliser);
            return;
        }
}

/* Reads on from the archive; false when there is nothing now. */
static bool read_on(struct intake *in)
{
    uint64_t next;
    struct lf_err e;

    while (in->nread == in->read_at || in->read[in->read_at].position != in->cursor) {
        in->nread = in->read_at = 0;
        lf_arena_reset(&in->read_arena);
        if (lf_archive_read(in->j, &in->read_arena, in->cursor, INTAKE_READ, &in->read, &in->nread, &next,
                            &e) != LF_OK) {
            /* Damaged on disk: said once, gone around, counted. */
            lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3008", &e);
            in->damaged += next > in->cursor ? next - in->cursor : 0;
            in->nread = 0;
            in->cursor = next;
            continue;
        }
        if (!in->nread) {
            in->cursor = next > in->cursor ? next : in->cursor;
            return false;
        }
        if (in->read[0].position > in->cursor) {
            /* Its size's limit removed what was not matched yet; or, before `resume`, what was
             * matched long ago went from behind a block that a legal hold keeps. */
            uint64_t from = in->cursor > in->resume ? in->cursor : in->resume, to = in->read[0].position;

            if (to > from) {
                if (!in->unmatched)
                    lf_log(&in->w->log, LF_LOG_ERROR, "LF3015", "unmatched_from=%llu to=%llu",
                           (unsigned long long)from, (unsigned long long)to);
                in->unmatched += to - from;
            }
            in->cursor = to;
        }
    }
    return true;
}

/* The record to match next, NULL when there is none now: of this round's own while detection
 * keeps up, else read back. */
static const struct lf_archive_record *next_record(struct intake *in)
{
    if (in->cursor >= in->durable)
        return NULL;
    for (unsigned i = 0; i < 2; i++) {
        struct intake_fresh *f = &in->fresh[i ? in->filling : !in->filling];

        while (f->at < f->n && f->record[f->at].position < in->cursor)
            f->at++;
        if (f->at < f->n && f->record[f->at].position == in->cursor)
            return &f->record[f->at];
    }
    return read_on(in) ? &in->read[in->read_at] : NULL;
}

/* What comes behind the record that is matched next is on its way from memory meanwhile. */
static void fetch_behind(const struct intake *in, const struct lf_archive_record *r)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct intake_fresh *f = &in->fresh[i];

        if (f->at + 1 < f->n && r == &f->record[f->at])
            lf_record_fetch(r[1].bytes);
    }
    if (in->read_at + 1 < in->nread && r == &in->read[in->read_at])
        lf_record_fetch(r[1].bytes);
}

static void detect(struct intake *in)
{
    /* Who cannot be told to wait goes first: what is kept can be matched a little later. */
    lf_time until = lf_tick(&in->w->env) + (in->hot ? INTAKE_ROUND / 20 : INTAKE_ROUND);

    in->hot = false;
    in->matching = lf_now(&in->w->env);
    for (unsigned n = 1;; n++) {
        if (!in->core_ready || lf_worker_full(in->w, LF_WORKER_CORE) || in->nsent > INTAKE_OUTSTANDING)
            return;
        const struct lf_archive_record *r = next_record(in);

        if (!r)
            return;
        fetch_behind(in, r);
        if (!match(in, r))
            return;
        if (in->read_at < in->nread && r == &in->read[in->read_at])
            in->read_at++;
        in->cursor++;
        if (n % 64 == 0) {
            in->matching = lf_now(&in->w->env);
            if (lf_tick(&in->w->env) > until) {
                lf_timer_in(in->w->loop, &in->again, 0);
                return;
            }
        }
    }
}

/* ---- pipelines ---- */

/* Pipelines of a new generation; those in force stay if that fails. */
static enum lf_code load_pipelines(struct intake *in, struct lf_err *e)
{
    struct lf_pipelines *ps;

    LF_TRY(lf_pipelines_dir_load(in->pipeline_dirs, in->npipeline_dirs, &ps, e));
    if (in->normaliser) {
        lf_normaliser_use(in->normaliser, ps);
        lf_normaliser_use(in->sealing, ps);
    } else {
        in->normaliser = lf_normaliser_create(ps);
        in->sealing = lf_normaliser_create(ps);
    }
    lf_pipelines_drop(ps);
    return LF_OK;
}

/* ---- messages ---- */

static void take_tokens(struct intake *in, lf_view v)
{
    struct lf_arena a = { 0 };
    struct intake_token *t = LF_NEW(&a, struct intake_token, INTAKE_TOKENS);
    struct lf_unpack u = lf_unpack_begin(v);
    size_t n = 0;

    while (u.left.len && n < INTAKE_TOKENS) {
        lf_view name = lf_unpack_block(&u, 2), hash = lf_unpack_bytes(&u, LF_SHA256);

        if (u.bad)
            break;
        t[n].name = lf_arena_copy(&a, name);
        memcpy(t[n].hash, hash.ptr, LF_SHA256);
        n++;
    }
    lf_arena_clear(&in->token_arena);
    in->token_arena = a;
    in->tokens = t;
    in->ntokens = n;
    in->tokens_known = true;
}

static void on_message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct intake *in = w->state;
    struct lf_unpack u = lf_unpack_begin(payload);
    struct lf_http_request *r;
    uint64_t position;
    struct lf_err e;

    (void)from;
    switch (type) {
    case LF_MSG_LOG_BODY:
        lf_arena_reset(&in->batch);
        r = LF_NEW(&in->batch, struct lf_http_request, 1);
        if (lf_http_unpack_request(payload, r, &e) != LF_OK) {
            lf_log_err(&w->log, LF_LOG_WARN, "LF3001", &e);
            return;
        }
        intake_http(in, r);
        break;
    case LF_MSG_FINDING_KEPT:
        was_kept(in, lf_unpack_uint(&u, 8));
        break;
    case LF_MSG_CHECKPOINT:
        intake_senders_tell_again(in);
        intake_rules_tell(in);
        position = lf_unpack_uint(&u, 8);
        in->sighted = lf_unpack_uint(&u, 8);
        resume_at(in, position);
        break;
    case LF_MSG_INDICATORS:
        intake_lookout_take(in, payload);
        break;
    case LF_MSG_TOKENS:
        take_tokens(in, payload);
        break;
    case LF_MSG_LEARNED:
        intake_rules_learned(in, payload);
        break;
    case LF_MSG_HOLDS:
        intake_archive_holds(in, payload);
        break;
    default:
        break;
    }
}

static void on_neighbour(struct lf_worker *w, enum lf_worker_id id, bool up)
{
    struct intake *in = w->state;

    /* Until it sends CHECKPOINT again; what was not confirmed is found again. */
    if (id == LF_WORKER_CORE && !up) {
        save_detected(in);
        in->resuming = false;
        in->core_ready = false;
    }
}

static void on_round_end(struct lf_worker *w)
{
    struct intake *in = w->state;

    if (!in->stuck && commit_now(in)) {
        commit(in);
        if (!in->stuck)
            intake_net_kept(in->net);
    }
    if (in->stuck || !lf_archive_pending(in->j))
        let_go(in, in->stuck);
    detect(in);
    if (in->core_ready) /* what detection has not read stays */
        lf_archive_hold(in->j, still_needed(in));
    intake_archive_tend(in);
    pause_sources(in);
}

/* A core that could not commit says nothing: what it did not confirm for a while
 * is matched and sent again.  It knows what it has by position and rule. */
static void send_again(struct intake *in)
{
    uint64_t from = in->cursor;

    if (!in->nsent || lf_tick(&in->w->env) - in->progress < INTAKE_CONFIRM)
        return;
    for (size_t i = 0; i < in->nsent; i++)
        if (in->sent[i] < from)
            from = in->sent[i];
    lf_log(&in->w->log, LF_LOG_WARN, "LF3009", "unconfirmed=%zu sent_again_from=%llu", in->nsent,
           (unsigned long long)from);
    in->cursor = from;
    in->nsent = 0;
}

static void on_second(void *ctx)
{
    struct intake *in = ctx;

    if (in->stuck)
        commit(in);
    if (in->resuming)
        say_resumed(in);
    send_again(in);
    detect_held(in);
    intake_lookout_second(in); /* before what was matched is noted */
    save_detected(in);
    intake_net_second(in->net);
    intake_senders_report(in);
    if (in->core_ready) {
        intake_correlate_second(in, detected(in));
        intake_pattern_second(in, detected(in));
    }
    lf_timer_in(in->w->loop, &in->second, LF_SECOND);
}

/* Being called is enough: the round's end does the work. */
static void on_again(void *ctx)
{
    (void)ctx;
}

static void on_reload(struct lf_worker *w, lf_view settings)
{
    struct intake *in = w->state;
    struct lf_err e;

    (void)settings;
    if (load_pipelines(in, &e) != LF_OK)
        lf_log_err(&w->log, LF_LOG_ERROR, "LF3017", &e);
    intake_lookout_lists(in);
    intake_rules_reload(in);
}

static void on_stop(struct lf_worker *w)
{
    struct intake *in = w->state;

    commit(in);
    if (!in->stuck)
        intake_net_kept(in->net);
    intake_net_destroy(in->net);
    intake_follow_destroy(in->follow);
    in->net = NULL;
    in->follow = NULL;
    commit(in);
    let_go(in, in->stuck);
    intake_pattern_stop(in);
    intake_lookout_stop(in);
    save_detected(in);
    intake_correlate_save(in);
    lf_archive_close(in->j);
    lf_correlator_destroy(in->correlator);
    intake_rules_stop(in);
    lf_normaliser_destroy(in->normaliser);
    lf_normaliser_destroy(in->sealing);
    lf_evidence_destroy(in->evidence);
    intake_senders_clear(in);
    lf_arena_clear(&in->hold_arena);
    lf_arena_clear(&in->token_arena);
    lf_arena_clear(&in->task);
    lf_arena_clear(&in->batch);
    lf_arena_clear(&in->read_arena);
    for (unsigned i = 0; i < 2; i++) {
        lf_arena_clear(&in->fresh[i].a);
        free(in->fresh[i].record);
    }
    lf_arena_clear(&in->seal_arena);
    lf_arena_clear(&in->open_arena);
    free(in->sent);
    lf_timer_stop(w->loop, &in->again);
    lf_timer_stop(w->loop, &in->commit_later);
    lf_timer_stop(w->loop, &in->second);
    free(in);
    w->state = NULL;
}

static void on_health(struct lf_worker *w, struct lf_json_w *json)
{
    struct intake *in = w->state;
    struct lf_archive_stats stats;

    if (!in)
        return;
    lf_archive_stats(in->j, &stats);
    intake_senders_totals(in, json);
    intake_archive_health(in, json);
    lf_json_put_int(json, "detection_lag",
                    stats.next > in->cursor && in->core_ready ? (int64_t)(stats.next - in->cursor) : 0);
    lf_json_put_int(json, "findings", (int64_t)in->findings);
    lf_json_put_int(json, "damaged", (int64_t)in->damaged);
    lf_json_put_int(json, "unmatched", (int64_t)in->unmatched);
    intake_rules_health(in, json);
    if (in->evidence)
        lf_json_put_int(json, "evidence_dropped", (int64_t)lf_evidence_dropped(in->evidence));
    intake_lookout_health(in, json);
    intake_pattern_health(in, json);
    intake_correlate_health(in, json);
    intake_net_health(in->net, json);
    intake_follow_health(in->follow, json);
    intake_senders_health(in, json);
}

static enum lf_code start(struct lf_worker *w, struct lf_err *e)
{
    struct intake *in = calloc(1, sizeof *in);
    const struct lf_json *boot;
    struct lf_archive_stats stats;

    if (!in)
        LF_BUG("out of memory for the intake");
    w->state = in;
    in->w = w;
    in->answers_end = &in->answers;
    intake_senders_init(in);
    in->again = (struct lf_timer){ .fire = on_again, .ctx = in };
    in->commit_later = (struct lf_timer){ .fire = on_again, .ctx = in };
    in->second = (struct lf_timer){ .fire = on_second, .ctx = in };

    if (lf_json_parse(&w->arena, w->boot, NULL, &boot, e) != LF_OK)
        return lf_err_at(e, "intake settings");
    in->data = lf_arena_cstr(&w->arena, lf_json_str(boot, "data"));
    in->charsets = lf_json_get(boot, LF_V("charsets"));
    in->pipeline_dirs = lf_boot_texts(&w->arena, boot, "pipelines", &in->npipeline_dirs);
    LF_TRY(load_pipelines(in, e));
    LF_TRY(intake_archive_open(in, boot, e));
    lf_archive_hold(in->j, 0); /* until the core says where detection goes on */
    lf_archive_stats(in->j, &stats);
    in->durable = stats.next;

    in->rule_dirs = lf_boot_texts(&w->arena, boot, "rules", &in->nrule_dirs);
    in->expand = lf_boot_texts(&w->arena, boot, "expand", &in->nexpand);
    in->warning_dirs = lf_boot_texts(&w->arena, boot, "warninglists", &in->nwarning_dirs);
    LF_TRY(intake_rules_load(in, e));
    intake_lookout_start(in);
    intake_correlate_start(in);
    intake_pattern_start(in);
    LF_TRY(intake_net_create(in, &in->net, e));
    LF_TRY(intake_follow_create(in, lf_json_get(boot, LF_V("follow")), lf_json_bool(boot, "stdin", false),
                                &in->follow, e));
    lf_timer_in(w->loop, &in->second, LF_SECOND);
    return LF_OK;
}

const struct lf_worker_spec lf_intake_worker = {
    .name = "intake",
    .start = start,
    .message = on_message,
    .round_end = on_round_end,
    .reload = on_reload,
    .stop = on_stop,
    .neighbour = on_neighbour,
    .health = on_health,
};
