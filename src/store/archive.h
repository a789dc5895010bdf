/* Archive: every event that came in, crash-safe, compressed and searchable.
 *
 * A directory of blocks of about 64k events.  The newest block is open and is its
 * own journal: each commit appends checksummed pieces of zstd streams and makes them
 * durable with one fdatasync.  A closed block is sealed by lf_archive_work(): the packed
 * bytes are taken over as frames (those of many small commits are packed anew), with a
 * footer of times, senders, an index of the frames and a filter of the tokens in it
 * (store/token.h); then its journal goes.
 *
 *   POSITION.events  open, or closed and not yet sealed; POSITION.times says when its records happened
 *       │ lf_archive_work: POSITION.part, fsync, rename, fsync of the directory
 *       ▼
 *   POSITION.block   sealed; POSITION.events, if still there, is removed
 *       │ lf_archive_work, lf_archive_commit: too old, or too many bytes
 *       ▼
 *      gone          never what lies behind lf_archive_hold(), nor what a legal hold keeps
 *
 * POSITION is that of the first event, twenty digits; positions run from 1 without
 * gaps, but for blocks that went from behind one that is held.  On opening a torn tail is cut off: what was
 * never acknowledged.  A small state blob of the caller's (offsets of followed files) is kept in the same
 * commit as the records it speaks of, so both are there or neither.
 *
 * One process writes.  Any number read, in other processes too: the second half
 * of this page. */
#ifndef LF_STORE_ARCHIVE_H
#define LF_STORE_ARCHIVE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "sys/disk.h"

enum {
    LF_ARCHIVE_RECORD = 4 << 20, /* bytes of one record at most; longer is a bug of the caller */
    LF_ARCHIVE_BATCH = 64 << 20, /* uncommitted bytes at most */
    LF_ARCHIVE_SENDER = 1000,    /* bytes of a sender's name; longer is cut */
    LF_ARCHIVE_STATE = 1 << 20,
    LF_ARCHIVE_EVENTS = 65536, /* a block is closed with the commit that reaches so many, */
};
#define LF_ARCHIVE_TEXT ((uint64_t)256 << 20) /* so many bytes of records, */
#define LF_ARCHIVE_OPEN (6 * LF_HOUR)         /* or at the first commit when it is so old */
/* A record's own time when nobody has told it (all of an open block's). */
#define LF_ARCHIVE_NO_TIME INT64_MIN

struct lf_archive_record {
    uint64_t position;
    lf_time recorded, happened; /* when it came in; its own time, or LF_ARCHIVE_NO_TIME */
    unsigned format;            /* the caller's; 0–255 */
    lf_view sender, bytes;
};

/* ---- the one that writes ---- */

struct lf_archive;

struct lf_archive_options {
    uint64_t keep;       /* bytes of all files, at least 1 MiB */
    lf_time keep_time;   /* whole blocks older than this go; 0: never for their age */
    bool wait_for_holds; /* nothing goes before lf_archive_legal_holds() was called */
    /* A record's own time, asked while sealing where lf_archive_note() did not tell.
     * NULL: such records stay without. */
    lf_time (*happened)(void *ctx, const struct lf_archive_record *r);
    void *ctx;
    const struct lf_disk *disk; /* NULL: the kernel's */
    uint64_t events;            /* of a block; 0: LF_ARCHIVE_EVENTS (tests) */
};

struct lf_archive_stats {
    uint64_t first, next;                    /* oldest position kept; the next to be given */
    uint64_t bytes;                          /* of all files */
    size_t blocks, unsealed;                 /* all; those of them that are journals, the open one included */
    uint64_t cut;                            /* bytes of torn tail cut off on opening */
    uint64_t dropped_blocks, dropped_events; /* by retention, since opening */
    uint64_t sealed;                         /* blocks, since opening */
    size_t held;                             /* blocks that legal holds keep, */
    uint64_t held_bytes;                     /* which do not count for `keep` */
    uint64_t damaged; /* journals that are not sealed because a frame in them is damaged */
};

/* Makes the directory if need be. */
enum lf_code lf_archive_open(const char *dir, const struct lf_archive_options *o, struct lf_archive **out,
                             struct lf_err *e) LF_MUST;
/* What was not committed is lost. */
void lf_archive_close(struct lf_archive *a);

/* Buffers a record and gives its position.  Not durable before the commit. */
uint64_t lf_archive_add(struct lf_archive *a, lf_time recorded, unsigned format, lf_view sender,
                        lf_view bytes);
/* Bytes of records that wait for the commit. */
size_t lf_archive_pending(const struct lf_archive *a);
/* The state as the next commit will have it. */
void lf_archive_set_state(struct lf_archive *a, lf_view state);
/* As last set or as found on opening; valid until set again. */
lf_view lf_archive_state(const struct lf_archive *a);
/* Makes all that waits durable.  On failure everything still waits, and the file
 * is as before: call again later.  LF_FULL: the disk is, or the archive has
 * reached `keep` and all that could go is held. */
enum lf_code lf_archive_commit(struct lf_archive *a, struct lf_err *e) LF_MUST;

/* Committed records from position `from` on (from the oldest, if that is gone),
 * at least one frame's worth, at most about `most` bytes; views in `m`.  *n is 0 at
 * the end.  A damaged frame is LF_IO with its place; reading on behind it is
 * possible from *next (may be NULL). */
enum lf_code lf_archive_read(struct lf_archive *a, struct lf_arena *m, uint64_t from, size_t most,
                             struct lf_archive_record **out, size_t *n, uint64_t *next,
                             struct lf_err *e) LF_MUST;

/* A record's own time, as detection found it: saves finding it again at sealing. */
void lf_archive_note(struct lf_archive *a, uint64_t position, lf_time happened);
/* Retention keeps every record from this position on (0: all; at first nothing is
 * held). */
void lf_archive_hold(struct lf_archive *a, uint64_t position);

/* A legal hold: no block goes that may have an event of it, by the time it came in or by
 * its own; the blocks are known by their footers, so what is held is whole blocks.  A block
 * whose times or senders are not known is held.  `to` is the last moment. */
struct lf_archive_legal_hold {
    lf_time from, to;
    lf_view sender; /* empty: of any */
};
enum { LF_ARCHIVE_LEGAL_HOLDS = 64 };
/* These and no others, from now on.  What they hold is beside `keep`: newer blocks do not
 * go in their stead, and the archive may be larger by so much.  Blocks behind a held one go
 * as ever; which positions that took is in the file "removed". */
void lf_archive_legal_holds(struct lf_archive *a, const struct lf_archive_legal_hold *h, size_t n);
/* What the i-th of them keeps: sealed blocks, and their bytes. */
void lf_archive_legally_held(struct lf_archive *a, size_t i, size_t *blocks, uint64_t *bytes);

enum lf_archive_did {
    LF_ARCHIVE_IDLE,    /* nothing to do now */
    LF_ARCHIVE_WORKED,  /* there is more */
    LF_ARCHIVE_SEALED,  /* first, last, bytes; was: bytes of the journal */
    LF_ARCHIVE_DROPPED, /* first, last, bytes, blocks: what retention removed since last told */
    LF_ARCHIVE_FAILED,  /* error; tried again after a minute.  Told once until it succeeds */
    LF_ARCHIVE_DAMAGED, /* error, first, last: a journal that stays as it is, unsealed */
};
struct lf_archive_news {
    uint64_t first, last, bytes, was;
    size_t blocks;
    lf_time to; /* recorded time of the newest that was dropped */
    struct lf_err error;
};
/* One bounded slice of what is to be done behind the intake: sealing and retention.
 * A slice takes a group over, reads one back from the journal or 256 KiB of its records
 * (or one larger), packs a frame, or makes the filter: a few milliseconds, beside what
 * the disk takes for the fsync at the end of a block.  Records at `upto` and behind
 * are left for later (detection has not told their times yet; UINT64_MAX: none). */
enum lf_archive_did lf_archive_work(struct lf_archive *a, lf_time now, uint64_t upto,
                                    struct lf_archive_news *news);

void lf_archive_stats(const struct lf_archive *a, struct lf_archive_stats *out);

/* ---- those that read ----
 *
 * A reader sees the blocks there were when it was opened, and in the open one what
 * was whole in the file when the block was opened (which may be the time of an
 * fdatasync ahead of what was acknowledged).  Nothing is locked: a block may be
 * sealed or removed meanwhile; the one goes unnoticed, the other is LF_NOT_FOUND.
 *
 *     lf_archive_reader_open(dir, NULL, &r, e);
 *     for (i = lf_archive_blocks(r); i-- > 0;) {          newest first
 *         rc = lf_archive_block_open(r, i, &b, e);        LF_NOT_FOUND: go on
 *         if (overlaps(b->recorded…) && has all query tokens: lf_archive_block_may(b, token))
 *             for each frame k (when a token is missing: only those with .foreign)
 *                 rc = lf_archive_frame_read(b, k, &f, e);      LF_IO: damaged, say so, go on
 *                 memmem in f.text …, then lf_archive_frame_records(&f, …) for what was found
 *         lf_archive_block_close(b);
 *     }
 *     lf_archive_frame_clear(&f); */

struct lf_archive_reader;

enum lf_code lf_archive_reader_open(const char *dir, const struct lf_disk *disk,
                                    struct lf_archive_reader **out, struct lf_err *e) LF_MUST;
void lf_archive_reader_close(struct lf_archive_reader *r);
/* Oldest first; block i begins with position lf_archive_block_first(r, i). */
size_t lf_archive_blocks(const struct lf_archive_reader *r);
uint64_t lf_archive_block_first(const struct lf_archive_reader *r, size_t i);
/* Whether retention removed these positions from between blocks that were held. */
bool lf_archive_removed(const struct lf_archive_reader *r, uint64_t first, uint64_t last);

/* Times are bounds: nothing in it is outside them.  INT64_MIN and INT64_MAX where
 * they are not known (open blocks, and what was found without a footer). */
struct lf_archive_times {
    lf_time recorded_min, recorded_max, happened_min, happened_max;
};

struct lf_archive_frame_info {
    uint64_t offset;
    uint32_t length; /* in the file */
    uint32_t text;   /* bytes of it unpacked, about */
    uint64_t first;
    uint32_t count;
    bool foreign; /* has a record that is not UTF-8, or no filter speaks of it: always look */
    struct lf_archive_times times;
};

struct lf_archive_sender {
    lf_view name;
    uint64_t count;
};

struct lf_archive_block {
    uint64_t first, last; /* positions; last is first - 1 when it is empty */
    uint64_t events;      /* less than the positions when some are damaged */
    uint64_t passed;      /* positions in front that happened at other times than those asked for */
    uint64_t text, bytes; /* of the records; of the file */
    struct lf_archive_times times;
    bool sealed;
    bool rebuilt;     /* sealed, but its footer was damaged: found again from its frames */
    uint64_t damaged; /* stretches of the file in which no frame was found */
    uint64_t filter;  /* bytes of the filter, 0: it has none */
    const struct lf_archive_frame_info *frame;
    size_t nframes;
    /* Of a sealed block; all_senders: there are no others. */
    const struct lf_archive_sender *sender;
    size_t nsenders;
    bool all_senders;
    struct lf_archive_block_priv *priv;
};

/* Reads the footer (or, without one, walks the file). */
enum lf_code lf_archive_block_open(struct lf_archive_reader *r, size_t i, struct lf_archive_block **out,
                                   struct lf_err *e) LF_MUST;
/* The same by who looks for events that happened from <= time < to: of a journal whose records
 * are known to have happened at other times only what came since is walked and has frames. */
enum lf_code lf_archive_block_open_at(struct lf_archive_reader *r, size_t i, lf_time from, lf_time to,
                                      struct lf_archive_block **out, struct lf_err *e) LF_MUST;
void lf_archive_block_close(struct lf_archive_block *b);
/* False: surely no record of a frame that is not `foreign` has this token
 * (lf_token_query).  True for about one token of 256 that is not there, for every
 * token where there is no filter, and where the filter is damaged.  Costs two small
 * reads. */
bool lf_archive_block_may(struct lf_archive_block *b, uint32_t token);

/* One frame unpacked.  Zero is empty; reading into it again reuses its memory. */
struct lf_archive_frame {
    uint64_t first;
    size_t count;
    /* The records' bytes, each followed by '\n' (which a record may also contain),
     * and behind all of them LF_TOKEN_PAD readable bytes. */
    lf_view text;
    struct lf_buf raw, packed, metas; /* the rest is the module's own */
    struct lf_archive_record *record;
    size_t cap;
    lf_view meta;
    unsigned version;
    bool happened, parsed;
};

enum lf_code lf_archive_frame_read(struct lf_archive_block *b, size_t i, struct lf_archive_frame *f,
                                   struct lf_err *e) LF_MUST;
/* Its records, in the order of their bytes in f->text; views of the frame, valid
 * until it is read into again. */
enum lf_code lf_archive_frame_records(struct lf_archive_frame *f, const struct lf_archive_record **out,
                                      size_t *n, struct lf_err *e) LF_MUST;
void lf_archive_frame_clear(struct lf_archive_frame *f);

#endif
