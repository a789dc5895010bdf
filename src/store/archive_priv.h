/* The archive's format and what its files share; for them alone.  All numbers are
 * big-endian.
 *
 * Piece (in journals): what one commit adds to a group, which is one zstd stream, flushed
 * with each piece and never ended:
 *    0 u32 magic "LFA3"        4 u32 flags          8 u32 packed bytes
 *   12 u32 meta bytes         16 u32 text bytes    20 u32 state bytes
 *   24 u32 records            28 u64 first position
 *   36 u32 text bytes of the group before it (0 and records: a group begins)
 *   40 u64 XXH64 of all behind it, seeded with the XXH64 of the 40 before
 *   48 packed: the stream's bytes of its text; meta (senders: those new in the group);
 *      state
 * A group has a megabyte of text and GROUP_PIECES pieces at most, so damage takes no
 * more than that.  Its packed bytes, one behind the other, and the three of an empty last
 * zstd block are a whole zstd frame: sealing copies them.
 *
 * Frame (in blocks; journals of earlier builds have them too):
 *    0 u32 magic "LFA2"        4 u32 flags          8 u32 packed bytes
 *   12 u32 raw bytes          16 u32 text bytes    20 u32 state bytes
 *   24 u32 records            28 u64 first position
 *   36 u64 XXH64 of the packed bytes, seeded with the XXH64 of the 36 before
 *   44 packed: text, meta, state in one zstd frame, or text and meta in one each
 * Text: each record and a '\n'.  Meta: columns (archive_frame.c).
 *
 * Block: frames; filter; index (64 bytes a frame, then the senders); trailer.
 * Trailer, 136 bytes at the end of the file:
 *    0 u32 magic "LFAB"        4 u32 version        8 u64 first, 16 u64 last position
 *   24 u64 events             32 i64 × 4: recorded min, max, happened min, max
 *   64 u64 text bytes         72 u64 filter offset 80 u32 filter bytes
 *   84 u32 buckets            88 u64 universe      96 u32 filter flags, 100 u32 frames
 *  104 u64 index offset      112 u32 index bytes  116 u32 senders left out
 *  120 u64 XXH64 of the index 128 u64 XXH64 of the 128 before */
#ifndef LF_STORE_ARCHIVE_PRIV_H
#define LF_STORE_ARCHIVE_PRIV_H

#include <zstd.h>

#include "store/archive.h"
#include "store/token.h"

enum {
    ARCHIVE_PATH = 4096,
    FRAME_HEAD = 44,
    PIECE_HEAD = 48,
    FRAME_BLOCK = 1 << 20,  /* bytes of text of a frame: enough for the ratio, small enough for a cache */
    GROUP_PIECES = 8,       /* commits in a group */
    GROUP_SMALL = 96 << 10, /* groups with less text are packed anew, several into a frame */
    GROUPS_MOST = 24 << 20, /* bytes of groups that wait in memory to be sealed; others are read back */
    BLOCK_TRAILER = 136,
    BLOCK_INDEX = 64,
    BLOCK_SENDERS = 4096,   /* listed in a footer */
    BLOCK_FRAMES = 4 << 20, /* believed of a footer */
    BLOCK_INDEX_MOST = 320 << 20,
};
/* What a frame may say of itself before a byte is allocated. */
#define FRAME_RAW_MOST ((size_t)LF_ARCHIVE_BATCH + LF_ARCHIVE_RECORD + LF_ARCHIVE_STATE + 65536)
/* Positions are below this; a file that says otherwise is forged or damaged. */
#define POSITION_END ((uint64_t)1 << 62)

enum frame_flag {
    FRAME_END = 1,      /* the last of its commit: what follows the last such was not committed */
    FRAME_HAPPENED = 2, /* the records' own times are in it */
    FRAME_FOREIGN = 4,  /* a record is not UTF-8 */
    FRAME_FLAGS = 7,
    PIECE_FLAGS = FRAME_END,
};

static inline uint32_t get32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static inline uint64_t get64(const char *p)
{
    return (uint64_t)get32(p) << 32 | get32(p + 4);
}

static inline void set32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

static inline void set64(char *p, uint64_t v)
{
    set32(p, (uint32_t)(v >> 32));
    set32(p + 4, (uint32_t)v);
}

/* XXH64 as its public specification says. */
uint64_t archive_sum(lf_view v, uint64_t seed);

/* ---- frames (archive_frame.c) ---- */

struct frame_head {
    unsigned version; /* 2; 3: a piece */
    uint32_t size;    /* of the head itself */
    uint32_t flags, packed, raw, text, state, count;
    uint64_t first;
    uint32_t meta, before; /* of a piece */
    uint64_t length;       /* of all behind the head */
};

/* Whether a group, or a frame that stands alone, begins here. */
static inline bool frame_begins(const struct frame_head *h)
{
    return h->version != 3 || (h->count && !h->before);
}

/* Of PIECE_HEAD bytes.  False: no frame begins here. */
bool frame_head_read(const char *p, struct frame_head *h);
/* Whether the head and what lies behind it are what was written. */
bool frame_sum_ok(const char *p, const struct frame_head *h);
/* The head at `at` of a file of `size` bytes, if all that belongs to it can lie there. */
bool frame_head_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h);
/* Reads and unpacks the frame at `at` of a file of `size` bytes; of a group all pieces
 * that are whole: h speaks of them together, as if they were one.  (A piece without
 * records is LF_OK with none.) */
bool frame_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h,
                struct lf_archive_frame *f);
/* The rest of it, of a group: h is the head at `at`. */
bool group_load(const struct lf_disk *d, int file, uint64_t at, uint64_t size, struct frame_head *h,
                struct lf_archive_frame *f);

/* A frame being built. */
struct frame_build {
    struct lf_buf text;
    struct frame_record {
        uint32_t len, sender;
        lf_time recorded, happened;
        uint8_t format;
    } * record;
    size_t n, cap;
    uint64_t first;
    uint32_t flags; /* FOREIGN */
    bool timed;     /* a record's own time is known */
    struct frame_sender {
        uint32_t at, len; /* in names */
    } * sender;
    size_t nsenders, sender_cap;
    struct lf_buf names;
    uint32_t *slot; /* hashed: sender + 1 */
    size_t slots;
    uint32_t last; /* sender of the last record */
    struct lf_archive_times times;
    struct lf_buf meta;
};

void frame_build_init(struct frame_build *b);
void frame_build_clear(struct frame_build *b);
void frame_build_reset(struct frame_build *b);
/* The first record's position is the frame's; those that follow have the next ones. */
void frame_build_add(struct frame_build *b, const struct lf_archive_record *r);
/* Appends a block's frame, head and packed bytes, to `out`. */
void frame_build_pack(struct frame_build *b, ZSTD_CCtx *z, uint32_t flags, struct lf_buf *out);
/* Makes b->meta of the records from `from` on, naming the senders from `senders` on. */
void frame_build_meta(struct frame_build *b, size_t from, uint32_t senders, bool happened);
lf_view frame_sender_name(const struct frame_build *b, uint32_t i);
/* How frames, and how groups are packed (docs/performance.md has what else was tried). */
ZSTD_CCtx *frame_packer(void);
ZSTD_CCtx *group_packer(void);
/* Appends one zstd frame; its length. */
size_t frame_deflate(ZSTD_CCtx *z, lf_view in, struct lf_buf *out);
/* Writes the head of a block's frame, of a piece, before what lies behind it. */
void frame_seal(char *p, uint32_t flags, size_t packed, size_t text, size_t meta, size_t count,
                uint64_t first);
void piece_seal(char *p, const struct frame_head *h);

/* ---- a file without a footer, frame by frame (archive_walk.c) ---- */

struct frame_place {
    uint64_t offset, first, length;
    uint32_t flags, count, text;
    uint32_t state; /* bytes of it at the end of a piece */
    bool begins;    /* a group, or a frame that stands alone */
    bool lost;      /* a piece whose group is damaged before it */
};
struct frame_walk {
    struct frame_place *frame;
    size_t n, cap;
    size_t committed; /* frames of whole commits */
    uint64_t end;     /* of the last whole commit */
    uint64_t next;    /* position behind it */
    uint64_t gaps;    /* stretches that are damaged, with whole frames behind them */
};
/* Finds all whole frames of a file; sums are checked.  After a damaged stretch the
 * next frame is looked for. */
void frame_walk(const struct lf_disk *d, int file, uint64_t size, uint64_t first, struct frame_walk *w);
/* From `at` on, where a group begins with position `next`. */
void frame_walk_from(const struct lf_disk *d, int file, uint64_t size, uint64_t at, uint64_t next,
                     struct frame_walk *w);
void frame_walk_clear(struct frame_walk *w);
/* The first whole frame at `at` or behind it that can be read by itself and begins with
 * position `least` or a later one. */
bool frame_find(const struct lf_disk *d, int file, uint64_t at, uint64_t size, uint64_t least,
                uint64_t *found);

/* ---- filters (archive_filter.c) ---- */

struct filter_place {
    uint64_t offset; /* in the file */
    uint32_t length, buckets;
    uint64_t universe; /* 0: there is no filter */
};
/* Appends the filter of n ascending distinct hashes; fills buckets and universe. */
void filter_build(const uint32_t *hash, size_t n, struct lf_buf *out, struct filter_place *place);
/* False only when the hash is surely not in it.  *damaged is set when it is. */
bool filter_may(const struct lf_disk *d, int file, const struct filter_place *f, uint32_t hash,
                bool *damaged);

/* ---- blocks (archive_block.c) ---- */

struct block_footer {
    struct lf_archive_block b; /* frame, sender: to be written, or in `index` when read */
    struct filter_place filter;
    bool no_filter;
    uint32_t senders_left_out;
};
/* Appends index and trailer; `at` is the file's size before. */
void block_footer_write(const struct block_footer *f, uint64_t at, struct lf_buf *out);
/* `memory` holds frame and sender. */
enum lf_code block_footer_read(const struct lf_disk *d, int file, struct block_footer *f,
                               struct lf_arena *memory, struct lf_err *e) LF_MUST;

void archive_path(char out[ARCHIVE_PATH], const char *dir, uint64_t first, const char *suffix);
/* Whether a name is POSITION and the suffix. */
bool archive_name(lf_view name, const char *suffix, uint64_t *first);
#define ARCHIVE_JOURNAL ".events"
#define ARCHIVE_BLOCK ".block"
#define ARCHIVE_PART ".part"
#define ARCHIVE_TIMES ".times"
#define ARCHIVE_REMOVED "removed"

/* ---- times of a journal (archive_times.c) ---- */

struct open_times {
    uint64_t first, next, offset;      /* records from `first` up to `next`, which would lie at `offset` */
    uint64_t group_next, group_offset; /* no more than those; a group begins here */
    struct lf_archive_times times;     /* happened */
};
/* False: nothing is known of this journal. */
bool open_times_read(const struct lf_disk *d, const char *dir, uint64_t first, struct open_times *out);

/* The file as a block: by its footer, or by walking when there is none.  `wanted`: of a journal
 * whose known records all happened outside it only what is not known is walked; NULL: all. */
struct happened {
    lf_time from, to; /* from <= happened < to */
};
enum lf_code archive_block_of(const struct lf_disk *d, const char *dir, uint64_t first, bool sealed,
                              const struct happened *wanted, struct lf_archive_block **out,
                              struct lf_err *e) LF_MUST;

#endif
