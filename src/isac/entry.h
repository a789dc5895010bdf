/* Entries: the rows of collections and the objects behind them.  Private to isac: what a reader may see, and
 * what the rules of versions are, is object.c's.
 *
 * docs/adr/0026 has the shape.  An object (one version by one origin) is stored once, under a number that
 * grows; an entry says that a collection has it.  Entries lie by collection, rank and date_added, so a page
 * is one range of small rows and one range of texts, however many there are. */
#ifndef LF_ISAC_ENTRY_H
#define LF_ISAC_ENTRY_H

#include "fmt/stix.h"
#include "store/task.h"

/* What flags say: 1 yes, 0 no, 2 for those who do not have the versions before or behind it. */
struct lf_entry {
    lf_time added, version;
    int64_t seq;
    unsigned first, last;
    unsigned decimals;   /* of the version as its object writes it, up to 6 */
    int64_t kind, maker; /* numbers: lf_entry_type, lf_entry_maker */
    int64_t marking;
    lf_view source;   /* id of what it is a copy of, or what its writer says */
    lf_view id, json; /* when asked for */
};

struct lf_entry_list {
    struct lf_entry *v;
    size_t n, cap;
};

/* ---- writing ---- */

enum { LF_ENTRY_NAMES = 16 };
struct lf_entry_name {
    lf_view name;
    int64_t number;
};
/* Room for so many objects in one collection, given at once: its date_added and numbers are one run.  What
 * is not used stays unused. */
struct lf_entry_batch {
    int64_t collection;
    lf_time now, added; /* of the first */
    int64_t seq;
    size_t n, place, left_seq; /* place: of the next, in the order of date_added */
    uint64_t key[2];
    struct lf_entry_name types[LF_ENTRY_NAMES], authors[LF_ENTRY_NAMES]; /* those just used */
    lf_view origin;
};
/* Before a batch is used, others may be begun and used: they do not touch each other. */
enum lf_code lf_entry_batch_begin(struct lf_task *t, lf_view collection, lf_view origin, size_t n,
                                  struct lf_entry_batch *out, struct lf_err *e) LF_MUST;
/* Whether anything with this id may be stored here; false is sure. */
enum lf_code lf_entry_known(struct lf_task *t, const struct lf_entry_batch *b, lf_view id, bool *known,
                            struct lf_err *e) LF_MUST;
/* Stores the object unless this origin has sent this version before (*fresh).  `known` is what lf_entry_known
 * said.  *seq is its number either way. */
enum lf_code lf_entry_store(struct lf_task *t, struct lf_entry_batch *b, const struct lf_stix *s,
                            lf_view author, lf_view json, bool known, bool *fresh, int64_t *seq,
                            struct lf_err *e) LF_MUST;
/* The number of an account of this origin. */
enum lf_code lf_entry_number(struct lf_task *t, struct lf_entry_batch *b, lf_view author, int64_t *maker,
                             struct lf_err *e) LF_MUST;
/* Puts it into the collection; in->added and kind are given.  Its place is b->place, then the one after it.
 */
enum lf_code lf_entry_put(struct lf_task *t, struct lf_entry_batch *b, const struct lf_stix *s,
                          struct lf_entry *in, struct lf_err *e) LF_MUST;
enum lf_code lf_entry_flags(struct lf_task *t, int64_t collection, const struct lf_entry *v, unsigned first,
                            unsigned last, struct lf_err *e) LF_MUST;
/* The object itself goes with the last collection that had it. */
enum lf_code lf_entry_drop(struct lf_task *t, int64_t collection, const struct lf_entry *v,
                           struct lf_err *e) LF_MUST;

/* Ids are found by their hash, at random places: what is new lies apart, where places are few, until
 * LF_ENTRY_YOUNG numbers were given; then it is put among the rest in the order of the hashes, so that a page
 * of those is written once for several of them (docs/adr/0035).  A call puts some LF_ENTRY_SETTLE there;
 * *more: others are due. */
enum { LF_ENTRY_YOUNG = 1 << 18, LF_ENTRY_SETTLE = 4096 };
enum lf_code lf_entry_settle(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;

/* What ids are found by: keyed, so that nobody can hand in ids that all lie in one place of the index. */
int64_t lf_entry_key(const struct lf_task *t, lf_view id);

/* ---- reading; lists live in the task's arena ---- */

enum lf_code lf_entry_collection(struct lf_task *t, lf_view id, int64_t *number, struct lf_err *e) LF_MUST;
/* Of one id, all versions, oldest version first, added after `after` (-1: all).  With ids. */
enum lf_code lf_entry_of_id(struct lf_task *t, int64_t collection, lf_view id, lf_time after,
                            struct lf_entry_list *out, struct lf_err *e) LF_MUST;

/* Copies of this version of that id. */
enum lf_code lf_entry_copies(struct lf_task *t, int64_t collection, lf_view id, lf_time version,
                             struct lf_entry_list *out, struct lf_err *e) LF_MUST;

/* One range: of a rank, of a kind and rank, or of a version. */
enum lf_entry_range { LF_ENTRY_RANK, LF_ENTRY_KIND, LF_ENTRY_VERSION };
/* Appends at most `most` after `after`, by date_added. */
enum lf_code lf_entry_scan(struct lf_task *t, int64_t collection, enum lf_entry_range by, int64_t what,
                           int rank, lf_time after, size_t most, struct lf_entry_list *out,
                           struct lf_err *e) LF_MUST;
/* Ids, and texts of the first up to so many bytes together (at least one): *n becomes how many have them.
 * Read in the order in which they lie. */
enum lf_code lf_entry_fetch(struct lf_task *t, struct lf_entry *v, size_t *n, bool texts, size_t bytes,
                            struct lf_err *e) LF_MUST;
/* The number of a type; LF_NOT_FOUND: no object has it. */
enum lf_code lf_entry_type_number(struct lf_task *t, lf_view type, int64_t *number, struct lf_err *e) LF_MUST;
/* Of all types that there are, at most `most`; the numbers ascend. */
enum lf_code lf_entry_types(struct lf_task *t, size_t most, int64_t **out, size_t *n,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_entry_type(struct lf_task *t, int64_t kind, lf_view *type, struct lf_err *e) LF_MUST;
enum lf_code lf_entry_maker(struct lf_task *t, int64_t maker, lf_view *origin, lf_view *author,
                            struct lf_err *e) LF_MUST;

static inline int64_t lf_entry_kind(int64_t type, bool stix20)
{
    return 2 * type + stix20;
}
static inline bool lf_entry_stix20(int64_t kind)
{
    return kind & 1;
}

#endif
