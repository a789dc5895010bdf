#include "soc/search.h"

#include <stdlib.h>

#include "store/archive.h"
#include "store/token.h"

struct lf_search {
    struct lf_search_ask ask;
    struct lf_search_hooks hooks;
    struct lf_arena life; /* the query */
    struct lf_arena task; /* of one record */
    struct lf_normaliser *normaliser;
    struct lf_query_tree *q;
    struct lf_query_run *run;
    struct lf_archive_reader *reader;
    struct lf_archive_block *block; /* open now */
    struct lf_archive_frame frame;
    size_t nblocks, next_block; /* how many were begun */
    size_t next_frame;          /* of the open block, how many were looked at */
    bool foreign_only;          /* the filter rules the block's other frames out */
    bool done;
    uint32_t *found; /* candidates of a frame: indexes of records */
    size_t nfound, found_cap;
    struct lf_search_progress p;
};

enum lf_code lf_search_open(const char *dir, const struct lf_search_ask *ask,
                            const struct lf_search_hooks *hooks, struct lf_search **out, struct lf_err *e)
{
    struct lf_search *s = calloc(1, sizeof *s);
    struct lf_pipelines *ps;
    enum lf_code rc;

    if (!s)
        LF_BUG("out of memory for a search");
    s->ask = *ask;
    s->hooks = *hooks;
    rc = ask->nvalues && lf_query_values(&s->life, ask->values, ask->nvalues, &s->q)
             ? LF_OK
             : lf_query_parse(&s->life, ask->nvalues ? LF_V("*") : ask->query, &s->q, e);
    if (rc == LF_OK)
        rc = lf_query_compile(s->q, e);
    if (rc == LF_OK && ask->pipelines) {
        s->normaliser = lf_normaliser_create(ask->pipelines);
    } else if (rc == LF_OK && (rc = lf_pipelines_build(NULL, 0, &ps, e)) == LF_OK) {
        s->normaliser = lf_normaliser_create(ps);
        lf_pipelines_drop(ps);
    }
    if (rc == LF_OK)
        rc = lf_archive_reader_open(dir, NULL, &s->reader, e);
    if (rc != LF_OK) {
        lf_search_close(s);
        return rc;
    }
    s->run = lf_query_run_create(s->q, ask->limit, ask->seed);
    s->nblocks = s->p.blocks = lf_archive_blocks(s->reader);
    *out = s;
    return LF_OK;
}

void lf_search_close(struct lf_search *s)
{
    if (!s)
        return;
    lf_archive_block_close(s->block);
    lf_archive_frame_clear(&s->frame);
    lf_archive_reader_close(s->reader);
    lf_query_run_destroy(s->run);
    lf_query_clear(s->q);
    lf_normaliser_destroy(s->normaliser);
    lf_arena_clear(&s->task);
    lf_arena_clear(&s->life);
    free(s->found);
    free(s);
}

uint64_t lf_search_upper(struct lf_search *s)
{
    uint64_t upper = 0;

    for (size_t i = s->nblocks; i-- > 0 && !upper;) {
        struct lf_archive_block *b;

        /* Nothing is wanted of it but its end. */
        if (lf_archive_block_open_at(s->reader, i, INT64_MAX, INT64_MIN, &b, NULL) != LF_OK)
            continue;
        upper = b->last + 1;
        lf_archive_block_close(b);
    }
    return upper;
}

static void tell_damage(struct lf_search *s, const struct lf_err *e)
{
    s->p.damaged++;
    if (s->hooks.damaged)
        s->hooks.damaged(s->hooks.ctx, lf_view_of(e->text));
}

static bool in_time(const struct lf_search *s, const struct lf_archive_times *t)
{
    return t->happened_max >= s->ask.from && t->happened_min < s->ask.to;
}

/* Whether the block's filter lets a text be in it. */
static bool may(void *ctx, lf_view text)
{
    struct lf_search *s = ctx;
    uint32_t token[LF_SEARCH_WORDS];
    size_t n = lf_token_query(text, token, LF_SEARCH_WORDS);

    for (size_t i = 0; i < n; i++)
        if (!lf_archive_block_may(s->block, token[i]))
            return false;
    return true;
}

static void end_block(struct lf_search *s)
{
    lf_archive_block_close(s->block);
    s->block = NULL;
    s->p.blocks_done++;
}

static void open_block(struct lf_search *s)
{
    size_t i = s->ask.oldest_first ? s->next_block : s->nblocks - 1 - s->next_block;
    struct lf_err e = { 0 };
    enum lf_code rc;

    s->next_block++;
    rc = lf_archive_block_open_at(s->reader, i, s->ask.from, s->ask.to, &s->block, &e);
    if (rc != LF_OK) {
        s->block = NULL;
        s->p.blocks_done++;
        s->p.blocks_passed++;
        if (rc != LF_NOT_FOUND) /* gone meanwhile by retention */
            tell_damage(s, &e);
        return;
    }
    if (s->block->damaged) {
        (void)lf_err_set(&e, LF_IO,
                         "the block that begins at position %llu has %llu damaged stretches; the events in "
                         "them cannot be read",
                         (unsigned long long)s->block->first, (unsigned long long)s->block->damaged);
        s->p.damaged += s->block->damaged - 1;
        tell_damage(s, &e);
    }
    s->next_frame = 0;
    s->foreign_only = s->block->filter && !lf_query_possible(s->q, may, s);
    if (!in_time(s, &s->block->times) || (s->block->passed && !s->block->nframes)) {
        s->p.blocks_passed++;
        end_block(s);
    }
}

struct finding {
    struct lf_search *s;
    const struct lf_archive_record *record;
    size_t n;
    const char *text;
};

static void add_found(struct lf_search *s, size_t i)
{
    if (s->nfound == s->found_cap) {
        size_t cap = s->found_cap ? s->found_cap * 2 : 1024;
        uint32_t *more = realloc(s->found, cap * sizeof *more);

        if (!more)
            LF_BUG("out of memory for %zu candidates", cap);
        s->found = more;
        s->found_cap = cap;
    }
    s->found[s->nfound++] = (uint32_t)i;
}

/* The record in which a literal ends; told where the record ends. */
static size_t on_place(void *ctx, size_t place)
{
    struct finding *f = ctx;
    struct lf_search *s = f->s;
    size_t low = 0, high;

    if (!f->record) {
        struct lf_err e = { 0 };

        if (lf_archive_frame_records(&s->frame, &f->record, &f->n, &e) != LF_OK) {
            tell_damage(s, &e);
            return SIZE_MAX;
        }
    }
    if (!f->n)
        return SIZE_MAX;
    /* The last that begins before the literal's last byte. */
    for (high = f->n; high - low > 1;) {
        size_t mid = low + (high - low) / 2;

        if ((size_t)(f->record[mid].bytes.ptr - f->text) < place)
            low = mid;
        else
            high = mid;
    }
    add_found(s, low);
    place = (size_t)(f->record[low].bytes.ptr - f->text) + f->record[low].bytes.len;
    return place;
}

static void look(struct lf_search *s, const struct lf_archive_record *r)
{
    struct lf_record record = {
        .bytes = r->bytes, .sender = r->sender, .position = r->position, .recorded = r->recorded
    };
    struct lf_query_hit hit;
    struct lf_event ev;

    if (s->ask.upper && r->position >= s->ask.upper)
        return;
    if (r->happened != LF_ARCHIVE_NO_TIME && (r->happened < s->ask.from || r->happened >= s->ask.to))
        return;
    lf_arena_reset(&s->task);
    lf_record_set_kind(&record, r->format);
    lf_normalise(s->normaliser, &s->task, &record, &ev);
    s->p.candidates++;
    if (ev.happened < s->ask.from || ev.happened >= s->ask.to ||
        !lf_query_matches(s->q, &s->task, &record, &ev))
        return;
    s->p.matched++;
    if (s->hooks.event)
        s->hooks.event(s->hooks.ctx, &s->task, &record, &ev);
    else if (lf_query_take(s->run, &s->task, &record, &ev, &hit))
        s->hooks.hit(s->hooks.ctx, &hit);
}

static void search_frame(struct lf_search *s, size_t i)
{
    const struct lf_archive_frame_info *info = &s->block->frame[i];
    struct finding f = { .s = s };
    struct lf_err e = { 0 };
    bool foreign = info->foreign;

    if ((s->foreign_only && !info->foreign) || !in_time(s, &info->times))
        return;
    if (lf_archive_frame_read(s->block, i, &s->frame, &e) != LF_OK) {
        if (e.code != LF_NOT_FOUND)
            tell_damage(s, &e);
        return;
    }
    s->p.text += s->frame.text.len;
    s->p.events += s->frame.count;
    s->nfound = 0;
    f.text = s->frame.text.ptr;
    /* In bytes that are not UTF-8 (other character sets) a literal may stand in
     * another way.  Where no filter was made nobody has looked yet. */
    if (foreign && !s->block->filter)
        foreign = !lf_view_is_utf8(s->frame.text);
    if (lf_query_wants_all(s->q) || foreign) {
        if (lf_archive_frame_records(&s->frame, &f.record, &f.n, &e) != LF_OK) {
            tell_damage(s, &e);
            return;
        }
        for (size_t k = 0; k < f.n; k++)
            add_found(s, k);
    } else {
        lf_query_scan(s->q, s->frame.text, on_place, &f);
    }
    for (size_t k = 0; k < s->nfound && !lf_query_full(s->run); k++)
        look(s, &f.record[s->found[s->ask.oldest_first ? k : s->nfound - 1 - k]]);
}

bool lf_search_step(struct lf_search *s)
{
    if (s->done)
        return false;
    if (!s->block && s->next_block < s->nblocks) {
        open_block(s);
    } else if (s->block && s->next_frame < s->block->nframes) {
        size_t k = s->next_frame++;

        search_frame(s, s->ask.oldest_first ? k : s->block->nframes - 1 - k);
    } else if (s->block) {
        if (s->foreign_only)
            s->p.blocks_passed++;
        end_block(s);
    }
    if (lf_query_full(s->run) || (!s->block && s->next_block >= s->nblocks))
        s->done = true;
    return !s->done;
}

uint64_t lf_search_finish(struct lf_search *s)
{
    struct lf_query_hit hit;
    uint64_t dropped = 0;

    s->done = true;
    while (!s->hooks.event && lf_query_next(s->run, &hit, &dropped))
        s->hooks.hit(s->hooks.ctx, &hit);
    return dropped;
}

void lf_search_progress(const struct lf_search *s, struct lf_search_progress *out)
{
    *out = s->p;
}

bool lf_search_is_table(const struct lf_search *s)
{
    return lf_query_is_table(s->q);
}

void lf_search_table(struct lf_search *s, struct lf_arena *a, struct lf_query_table *out)
{
    lf_query_table(s->run, a, out);
}
