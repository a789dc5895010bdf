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
    uint64_t behind;  /* position behind its last, where a gap follows; 0: where the next begins */
    uint64_t held_by; /* legal holds, a bit each, as of `judged` */
    unsigned judged;
};

/* What waits to be sealed of a stretch of the journal, and the one being written. */
struct group {
    struct group *next;
    struct frame_build b; /* its text goes when it is closed */
    struct {
        uint64_t offset, end, sum; /* of its packed bytes; where it ends */
        uint32_t packed;
    } place[GROUP_PIECES]; /* in the journal; until committed, in a->packed */
    unsigned n, known;     /* pieces; those of them that are committed */
    uint32_t *token;       /* some more than once */
    size_t ntokens, text, memory;
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
    uint64_t at;     /* of the next frame in the journal */
    uint64_t next;   /* position of the next record to take */
    uint64_t size;   /* of the .part so far, */
    uint64_t hinted; /* of which the kernel was told this */
    struct lf_archive_frame frame;
    const struct lf_archive_record *record; /* of it; NULL: none is loaded */
    size_t nrecords, taken;
    struct frame_build build;
    struct lf_buf packed, scratch;
    ZSTD_CCtx *z;
    struct lf_archive_frame_info *info;
    size_t ninfo, info_cap;
    struct lf_token_bag bag; /* of the slice */
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

/* The file with the times of the journal that is being sealed (archive_times.c). */
struct times {
    int file;       /* -1: none yet */
    uint64_t first; /* the journal's; 0: none */
    uint64_t size, next;
    lf_time at;
    bool failed;
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

    struct group *group;               /* open; what of it is not yet a piece: */
    size_t piece_record, piece_text;   /* from these on, */
    uint32_t piece_sender;             /* and from this one the senders */
    const char *piece_at;              /* where the text lay that was packed */
    struct group *groups, *last_group; /* closed, oldest first */
    struct group *placing;             /* the first of them that is not wholly committed */
    struct group *spare;
    struct lf_buf spare_text;
    size_t group_bytes;
    uint64_t settled; /* before it all groups are closed and committed */
    struct lf_token_bag bag;
    struct lf_buf packed; /* pieces that wait for the commit */
    size_t end_at;        /* of them the last of a commit that failed, */
    bool ended;           /* if there is one */
    bool fresh;           /* the commit will be the first of its journal */
    bool torn;            /* what failed to be written is still at the journal's end */
    uint64_t waiting, waiting_text;
    lf_time since; /* recorded time of the first that waits */
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

    struct lf_archive_legal_hold *legal;
    size_t nlegal;
    unsigned legal_turn; /* of the holds; 0: they were never told */
    struct lf_arena legal_memory;

    struct sealer seal;
    struct times times;
    struct lf_archive_news dropped; /* not told yet: blocks > 0 */
    struct lf_archive_stats count;
};

/* A segment's bytes have changed from `was` (a file that grew, was sealed, went). */
void archive_count(struct lf_archive *a, uint64_t was, uint64_t is);
struct segment *archive_segment(struct lf_archive *a, uint64_t first);
void archive_forget(struct lf_archive *a, uint64_t first); /* what reading remembers of it */

/* ---- times of a journal (archive_times.c) ---- */

/* Writes down what is known, once a second. */
void times_note(struct lf_archive *a, lf_time now);
/* The journal goes. */
void times_forget(struct lf_archive *a, uint64_t first);
void times_close(struct lf_archive *a);

/* ---- retention (archive_keep.c) ---- */

/* The oldest segment that may go goes.  False: there is none, it cannot be removed, or
 * what went before is to be told first. */
bool keep_drop(struct lf_archive *a, struct lf_err *e);
/* Until so many bytes more have room. */
void keep_room(struct lf_archive *a, uint64_t room);
bool keep_too_old(struct lf_archive *a, lf_time now);
bool keep_too_large(struct lf_archive *a, uint64_t room);
/* Looks which holds keep one more block.  False: that is known of all. */
bool keep_judge(struct lf_archive *a);
void keep_clear(struct lf_archive *a);

/* ---- groups (archive_group.c) ---- */

void group_begin(struct lf_archive *a);
/* Appends to a->packed a piece of what the open group has new, and at the end of a commit
 * the state. */
void group_piece(struct lf_archive *a, bool end);
void group_close(struct lf_archive *a);
/* What was in a->packed lies in the journal from `base` on. */
void groups_placed(struct lf_archive *a, uint64_t base);
/* The one that begins with a position, closed and committed; older ones go. */
struct group *group_at(struct lf_archive *a, uint64_t position);
/* The oldest goes. */
void group_drop(struct lf_archive *a);
void group_free(struct lf_archive *a, struct group *g);
void groups_clear(struct lf_archive *a);
lf_view group_stream_end(void);

/* ---- sealing (archive_seal.c) ---- */

void seal_init(struct lf_archive *a);
void seal_clear(struct lf_archive *a);
/* Removes what is written of the block; it begins again later. */
void seal_stop(struct lf_archive *a);
enum lf_archive_did seal_slice(struct lf_archive *a, lf_time now, uint64_t upto,
                               struct lf_archive_news *news);

#endif
