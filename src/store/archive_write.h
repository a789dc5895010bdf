/* What the archive's writing files share: archive.c (commit, read, retention) and
 * archive_seal.c. */
#ifndef LF_STORE_ARCHIVE_WRITE_H
#define LF_STORE_ARCHIVE_WRITE_H

#include "base/map.h"
#include "store/archive_priv.h"

struct segment {
    uint64_t first, size;
    bool sealed;
    bool damaged; /* a journal that stays as it is */
    bool looked;  /* newest is known, or known not to be */
    lf_time newest;
};

/* One block on its way from journal to sealed.
 *
 *   off ── begin ──> TAKING ── all taken ──> FILTER ──> FOOTER ──> RENAME ──> off
 *                      │  disk full, damage, retention: seal_stop, the .part goes
 *                      └──> off */
enum seal_stage { SEAL_OFF, SEAL_TAKING, SEAL_FILTER, SEAL_FOOTER, SEAL_RENAME };

struct sealer {
    enum seal_stage stage;
    uint64_t first; /* the segment's */
    int in, out;
    uint64_t at;   /* of the next frame in the journal */
    uint64_t next; /* position of the next record to take */
    uint64_t size; /* of the .part so far */
    struct lf_archive_frame frame;
    const struct lf_archive_record *record; /* of it; NULL: none is loaded */
    size_t nrecords, taken;
    struct frame_build build;
    struct lf_buf packed, scratch;
    ZSTD_CCtx *z;
    struct lf_archive_frame_info *info;
    size_t ninfo, info_cap;
    struct lf_token_set tokens;
    struct lf_arena memory; /* names of senders */
    struct lf_map map;
    struct lf_archive_sender *sender;
    size_t nsenders, sender_cap;
    uint32_t senders_left_out;
    struct block_footer footer;
    lf_time retry; /* not before */
    bool failed;   /* told; until it succeeds */
    bool full;     /* the commit found no room: give ours back */
};

struct lf_archive {
    const struct lf_disk *disk;
    char *dir;
    struct lf_archive_options o;
    uint64_t segment_size;
    struct segment *seg; /* by position; the last is the open one when it is no block */
    size_t nseg, cap;
    int file;       /* the open journal, -1 before there is one */
    bool close_it;  /* the next commit begins a new block */
    uint64_t next;  /* position of the next record added */
    uint64_t kept;  /* position of the next record committed */
    uint64_t bytes; /* of all files, a .part too */
    uint64_t cut, hold;
    uint64_t open_text;
    lf_time open_since; /* recorded time of its first record */

    struct frame_build build; /* what waits: the frame being built, */
    struct lf_buf packed;     /* and those of this commit that are packed */
    uint64_t waiting, waiting_text;
    struct lf_buf state;
    bool state_new;
    ZSTD_CCtx *z;

    /* Reading on: the frame that begins with position at_first lies at at_offset of
     * the journal of at_seg. */
    struct lf_archive_frame frame;
    uint64_t at_seg, at_first, at_offset;
    struct lf_archive_block *block; /* the sealed one read last */

    lf_time *note; /* of positions from note_first on */
    uint64_t note_first;
    size_t notes, note_cap;

    struct sealer seal;
    struct lf_archive_news dropped; /* not told yet: blocks > 0 */
    struct lf_archive_stats count;
};

/* A segment's bytes have changed from `was` (a file that grew, was sealed, went). */
void archive_count(struct lf_archive *a, uint64_t was, uint64_t is);
struct segment *archive_segment(struct lf_archive *a, uint64_t first);
void archive_forget(struct lf_archive *a, uint64_t first); /* what reading remembers of it */

void seal_init(struct lf_archive *a);
void seal_clear(struct lf_archive *a);
/* Removes what is written of the block; it begins again later. */
void seal_stop(struct lf_archive *a);
enum lf_archive_did seal_slice(struct lf_archive *a, lf_time now, uint64_t upto,
                               struct lf_archive_news *news);

#endif
