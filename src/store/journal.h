/* Journal: the crash-safe event journal.  Append-only segment files; each commit
 * is one checksummed zstd frame made durable by one fdatasync; every record has a
 * position, 1 and up without gaps.
 *
 * On opening, a torn tail is cut off: what was never acknowledged.  Whole
 * segments are removed, oldest first, to stay under the size given.  A small
 * state blob of the caller's (offsets of followed files) is kept in the same
 * frames as the records it speaks of, so both are there or neither.
 *
 * One process writes; held open by create/destroy. */
#ifndef LF_STORE_JOURNAL_H
#define LF_STORE_JOURNAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

struct lf_journal;

enum {
    LF_JOURNAL_RECORD = 4 << 20, /* bytes of one record at most; longer is a bug of the caller */
    LF_JOURNAL_BATCH = 64 << 20, /* uncommitted bytes at most */
    LF_JOURNAL_SENDER = 1000,    /* bytes of a sender's name; longer is cut */
    LF_JOURNAL_STATE = 1 << 20,
};

struct lf_journal_record {
    uint64_t position;
    lf_time recorded;
    unsigned format; /* the caller's; 0–255 */
    lf_view sender, bytes;
};

struct lf_journal_stats {
    uint64_t first, next; /* oldest position kept; the next to be given */
    uint64_t bytes;       /* of all segments */
    size_t segments;
    uint64_t cut; /* bytes of torn tail cut off on opening */
};

/* Makes the directory if need be.  `keep` bytes in all, at least 1 MiB. */
enum lf_code lf_journal_open(const char *dir, uint64_t keep, struct lf_journal **out,
                             struct lf_err *e) LF_MUST;
/* What was not committed is lost. */
void lf_journal_close(struct lf_journal *j);

/* Buffers a record and gives its position.  Not durable before the commit. */
uint64_t lf_journal_add(struct lf_journal *j, lf_time recorded, unsigned format, lf_view sender,
                        lf_view bytes);
/* Bytes that wait for the commit. */
size_t lf_journal_pending(const struct lf_journal *j);
/* The state as the next commit will have it. */
void lf_journal_set_state(struct lf_journal *j, lf_view state);
/* As last set or as found on opening; valid until set again. */
lf_view lf_journal_state(const struct lf_journal *j);
/* Makes all that waits durable.  On failure (LF_FULL: the disk is) everything
 * still waits, and the file is as before: call again later. */
enum lf_code lf_journal_commit(struct lf_journal *j, struct lf_err *e) LF_MUST;

/* Committed records from position `from` on (from the oldest, if that is gone),
 * at least one frame's worth, at most about `most` bytes; views in `a`.  *n is 0 at
 * the end.  A damaged frame is LF_IO with its place; reading on behind the segment
 * it is in is possible from *next (may be NULL). */
enum lf_code lf_journal_read(struct lf_journal *j, struct lf_arena *a, uint64_t from, size_t most,
                             struct lf_journal_record **out, size_t *n, uint64_t *next,
                             struct lf_err *e) LF_MUST;

void lf_journal_stats(const struct lf_journal *j, struct lf_journal_stats *out);

#endif
