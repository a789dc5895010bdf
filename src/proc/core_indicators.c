/* Indicators on their way to the intake, and sightings on their way back. */
#include "base/unpack.h"
#include "bus/channel.h"
#include "isac/hunt.h"
#include "proc/core_priv.h"

enum { PAGE = 10000 };

/* One page of the whole list.  Changes of the same time go out as they come: the page is
 * read in the state they leave, so that one that comes twice changes nothing. */
enum lf_code lf_core_tell_indicators(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct lf_indicator_entry *x;
    struct lf_indicator_place last;
    bool first = !c->told.id.len && !c->told.watched;
    struct lf_buf b;
    size_t n;

    (void)arg;
    if (!c->telling)
        return LF_OK;
    LF_TRY(lf_indicator_standing(t, &c->told, PAGE, &last, &n, &x, e));
    lf_buf_init(&b, LF_FRAME_MAX);
    if (first)
        lf_indicator_entry_pack(&b, &(struct lf_indicator_entry){ .op = LF_INDICATOR_CLEAR });
    for (size_t i = 0; i < n; i++) {
        lf_indicator_entry_pack(&b, &x[i]);
        if (b.len > LF_FRAME_MAX / 2) { /* patterns are long */
            lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_INDICATORS, lf_buf_view(&b));
            lf_buf_reset(&b);
        }
    }
    if (n < PAGE)
        lf_indicator_entry_pack(&b, &(struct lf_indicator_entry){ .op = LF_INDICATOR_READY });
    LF_ASSERT(!b.over);
    if (b.len)
        lf_core_hold(c, LF_WORKER_INTAKE, LF_MSG_INDICATORS, lf_buf_view(&b));
    lf_buf_clear(&b);
    c->telling = n == PAGE;
    /* The place outlives the task. */
    lf_arena_reset(&c->told_arena);
    c->told.origin = lf_arena_copy(&c->told_arena, last.origin);
    c->told.id = lf_arena_copy(&c->told_arena, last.id);
    c->told.watched = last.watched;
    return LF_OK;
}

/* First the journal position up to which hits were counted (8 bytes), then sightings. */
enum lf_code lf_core_take_sightings(struct lf_task *t, lf_view in, struct lf_err *e)
{
    struct lf_unpack u = lf_unpack_begin(in);
    uint64_t place = lf_unpack_count(&u);

    if (u.bad)
        return lf_err_set(e, LF_BAD_INPUT, "the intake told of sightings without a place");
    in = u.left;
    LF_TRY(lf_sighting_placed(t, place, e));
    while (in.len) {
        struct lf_indicator_sighting s;

        if (!lf_indicator_sighting_take(&in, &s))
            return lf_err_set(e, LF_BAD_INPUT, "the intake told of sightings that are none");
        LF_TRY(lf_sighting_add(t, &s, e));
    }
    return LF_OK;
}

/* What goes live with this commit is to be asked of the archive too. */
enum lf_code lf_core_note_hunt(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    size_t passed;

    (void)arg;
    LF_TRY(lf_hunt_add(t, lf_buf_view(&c->news), &passed, e));
    if (passed)
        lf_log(t->env->log, LF_LOG_WARN, "LF2044", "indicators_not_hunted=%zu", passed);
    c->hunt_waits = true;
    return LF_OK;
}

enum lf_code lf_core_tell_hunt(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    struct lf_hunt h;
    struct lf_buf b;

    (void)arg;
    c->hunt_waits = false;
    LF_TRY(lf_hunt_next(t, &h, e));
    if (!h.seq)
        return LF_OK;
    lf_buf_init(&b, LF_FRAME_MAX);
    lf_buf_u64(&b, (uint64_t)h.seq);
    lf_buf_u64(&b, (uint64_t)h.at);
    lf_buf_put(&b, h.entries);
    lf_core_hold(c, LF_WORKER_SEARCH, LF_MSG_HUNT, lf_buf_view(&b));
    lf_buf_clear(&b);
    c->hunting = h.seq;
    return LF_OK;
}

enum lf_code lf_core_take_hunt(struct lf_core *c, struct lf_task *t, const void *packed, struct lf_err *e)
{
    struct lf_unpack in = lf_unpack_begin(*(const lf_view *)packed);

    if (!c->hunting || lf_unpack_uint(&in, 8) != (uint64_t)c->hunting)
        return LF_OK; /* of an earlier life */
    while (in.left.len) {
        struct lf_indicator_sighting s;

        if (!lf_indicator_sighting_take(&in.left, &s))
            return lf_err_set(e, LF_BAD_INPUT, "the search worker told of sightings that are none");
        LF_TRY(lf_sighting_found(t, &s, e));
    }
    LF_TRY(lf_hunt_done(t, c->hunting, e));
    c->hunting = 0;
    c->hunt_waits = true;
    return LF_OK;
}
