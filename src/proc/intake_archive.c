/* The intake's archive: opening it, and what is done behind the events: sealing and
 * retention, in slices between rounds. */
#include "base/unpack.h"
#include "proc/intake_priv.h"

/* A round's share.  Far behind (a burst, an upgrade's old journals) it takes more,
 * so that it does not fall behind for good. */
#define TEND (4 * LF_MSEC)
#define TEND_MORE (20 * LF_MSEC)
enum { TEND_BEHIND = 3 }; /* journals */

/* What normalising finds, for records that detection did not pass in this life. */
static lf_time happened(void *ctx, const struct lf_archive_record *r)
{
    struct intake *in = ctx;
    struct lf_record record = {
        .bytes = r->bytes, .sender = r->sender, .position = r->position, .recorded = r->recorded
    };
    struct lf_event event;

    lf_arena_reset(&in->seal_arena);
    lf_record_set_kind(&record, r->format);
    lf_normalise(in->sealing, &in->seal_arena, &record, &event);
    return event.happened;
}

enum lf_code intake_archive_open(struct intake *in, const struct lf_json *boot, struct lf_err *e)
{
    struct lf_archive_options o = { .happened = happened, .ctx = in, .wait_for_holds = true };
    struct lf_archive_stats stats;
    int64_t mb = 1024, days = 0;

    (void)lf_json_int(boot, "keep_mb", &mb);
    (void)lf_json_int(boot, "keep_days", &days);
    o.keep = in->archive_keep = (uint64_t)(mb > 0 ? mb : 1) << 20;
    o.keep_time = days > 0 ? days * LF_DAY : 0;
    LF_TRY(lf_archive_open(in->data, &o, &in->j, e));
    lf_archive_stats(in->j, &stats);
    if (stats.cut)
        lf_log(&in->w->log, LF_LOG_WARN, "LF3002", "journal_torn_bytes=%llu", (unsigned long long)stats.cut);
    return LF_OK;
}

static void say(struct intake *in, enum lf_archive_did did, const struct lf_archive_news *n)
{
    unsigned long long first = n->first, last = n->last;
    char to[LF_TIME_TEXT] = "";

    switch (did) {
    case LF_ARCHIVE_SEALED:
        lf_log(&in->w->log, LF_LOG_DEBUG, "LF3040", "block=%llu-%llu bytes=%llu journal_bytes=%llu", first,
               last, (unsigned long long)n->bytes, (unsigned long long)n->was);
        break;
    case LF_ARCHIVE_DROPPED:
        if (n->to > 0 && n->to < LF_TIME_MAX)
            (void)lf_time_whole(n->to, to);
        lf_log(&in->w->log, LF_LOG_WARN, "LF3041", "removed=%llu-%llu blocks=%zu bytes=%llu newest=%s", first,
               last, n->blocks, (unsigned long long)n->bytes, to[0] ? to : "unknown");
        break;
    case LF_ARCHIVE_FAILED:
        lf_log_err(&in->w->log, LF_LOG_WARN, "LF3042", &n->error);
        break;
    case LF_ARCHIVE_DAMAGED:
        lf_log_err(&in->w->log, LF_LOG_ERROR, "LF3043", &n->error);
        break;
    case LF_ARCHIVE_IDLE:
    case LF_ARCHIVE_WORKED:
        break;
    }
}

void lf_intake_pack_hold(struct lf_buf *b, lf_view id, lf_time from, lf_time to, lf_view sender)
{
    LF_ASSERT(id.len <= UINT16_MAX && sender.len <= UINT16_MAX);
    lf_buf_u64(b, (uint64_t)from);
    lf_buf_u64(b, (uint64_t)to);
    lf_buf_u16(b, (uint16_t)id.len);
    lf_buf_put(b, id);
    lf_buf_u16(b, (uint16_t)sender.len);
    lf_buf_put(b, sender);
}

void intake_archive_holds(struct intake *in, lf_view v)
{
    struct lf_archive_legal_hold held[LF_ARCHIVE_LEGAL_HOLDS];
    struct lf_arena a = { 0 };
    lf_view *id = LF_NEW(&a, lf_view, LF_ARCHIVE_LEGAL_HOLDS);
    struct lf_unpack u = lf_unpack_begin(v);
    size_t n = 0;

    while (u.left.len && n < LF_ARCHIVE_LEGAL_HOLDS) {
        lf_time from = (lf_time)lf_unpack_uint(&u, 8), to = (lf_time)lf_unpack_uint(&u, 8);
        lf_view name = lf_unpack_block(&u, 2), sender = lf_unpack_block(&u, 2);

        if (u.bad)
            break;
        held[n] = (struct lf_archive_legal_hold){ from, to ? to : INT64_MAX, sender };
        id[n++] = lf_arena_copy(&a, name);
    }
    lf_archive_legal_holds(in->j, held, n);
    lf_arena_clear(&in->hold_arena);
    in->hold_arena = a;
    in->hold = id;
    in->nholds = n;
    lf_log(&in->w->log, LF_LOG_INFO, "LF3044", "legal_holds=%zu", n);
}

/* Said once, until the archive is well within its size again: blocks come and go. */
static void say_over(struct intake *in, const struct lf_archive_stats *stats)
{
    uint64_t least = in->archive_keep - (in->held_over ? in->archive_keep / 8 : 0);
    bool over = stats->held && stats->bytes > least;

    if (over && !in->held_over)
        lf_log(
            &in->w->log, LF_LOG_WARN, "LF3045",
            "archive_bytes=%llu keep_bytes=%llu held_bytes=%llu held_blocks=%zu legal_holds=%zu: legal holds "
            "keep the archive above its size; lift those that are done with, or give the disk room",
            (unsigned long long)stats->bytes, (unsigned long long)in->archive_keep,
            (unsigned long long)stats->held_bytes, stats->held, in->nholds);
    else if (!over && in->held_over)
        lf_log(&in->w->log, LF_LOG_INFO, "LF3046", "archive_bytes=%llu keep_bytes=%llu",
               (unsigned long long)stats->bytes, (unsigned long long)in->archive_keep);
    in->held_over = over;
}

void intake_archive_tend(struct intake *in)
{
    lf_time now = lf_now(&in->w->env), began = lf_tick(&in->w->env), most = TEND;
    uint64_t upto = in->core_ready ? in->cursor : UINT64_MAX;
    struct lf_archive_stats stats;
    enum lf_archive_did did;

    lf_archive_stats(in->j, &stats);
    say_over(in, &stats);
    if (stats.unsealed > TEND_BEHIND)
        most = TEND_MORE;
    do {
        struct lf_archive_news news = { 0 };

        did = lf_archive_work(in->j, now, upto, &news);
        say(in, did, &news);
    } while (did != LF_ARCHIVE_IDLE && lf_tick(&in->w->env) - began < most);
    if (did != LF_ARCHIVE_IDLE)
        lf_timer_in(in->w->loop, &in->again, 0);
}

void intake_archive_health(const struct intake *in, struct lf_json_w *json)
{
    struct lf_archive_stats stats;

    lf_archive_stats(in->j, &stats);
    lf_json_put_int(json, "journal_next", (int64_t)stats.next);
    lf_json_put_int(json, "journal_first", (int64_t)stats.first);
    lf_json_put_int(json, "journal_bytes", (int64_t)stats.bytes);
    lf_json_put_bool(json, "journal_stuck", in->stuck);
    lf_json_put_int(json, "archive_blocks", (int64_t)stats.blocks);
    lf_json_put_int(json, "archive_unsealed", (int64_t)stats.unsealed);
    lf_json_put_int(json, "archive_damaged", (int64_t)stats.damaged);
    lf_json_put_int(json, "archive_removed", (int64_t)stats.dropped_events);
    lf_json_put_int(json, "archive_held", (int64_t)stats.held);
    lf_json_put_int(json, "archive_held_bytes", (int64_t)stats.held_bytes);
    lf_json_put_bool(json, "archive_over", in->held_over);
    lf_json_begin(json, "archive_holds", '[');
    for (size_t i = 0; i < in->nholds; i++) {
        uint64_t bytes;
        size_t blocks;

        lf_archive_legally_held(in->j, i, &blocks, &bytes);
        lf_json_open(json, '{');
        lf_json_put_str(json, "id", in->hold[i]);
        lf_json_put_int(json, "blocks", (int64_t)blocks);
        lf_json_put_int(json, "bytes", (int64_t)bytes);
        lf_json_close(json);
    }
    lf_json_close(json);
}
