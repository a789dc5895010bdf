/* Ids: which ids no object here has.
 *
 * A new object's id is looked for among all that are stored, and hardly ever is there.  Among ten million
 * each looking is a page of the many at a random place, most of them on the disk: it was the larger part of
 * what storing an object cost there (docs/adr/0056).  So the core keeps a Bloom filter of the keys by which
 * ids are found (isac/entry.h): "no" is sure and asks no table, "maybe" asks it.
 *
 * The filter is in memory alone: it is read from the store after the start, some thousand keys a turn, and
 * until all are in it every answer is "maybe".  It has 12 bits for each key (15 MB for ten million), at most
 * LF_IDS_BYTES in a node; a store that outgrows that is asked as one without a filter is.   Ids of what was
 * deleted or taken back stay in it until the next start, which costs a look each time one of them comes
 * again.
 *
 * It may be used where the core alone writes objects. */
#ifndef LF_ISAC_IDS_H
#define LF_ISAC_IDS_H

#include "store/task.h"

enum { LF_IDS_BYTES = 64 << 20 };

/* Of at most `most` bytes. */
struct lf_ids *lf_ids_create(uint64_t most);
void lf_ids_destroy(struct lf_ids *ids);

/* A key that is being stored; to be called before anything else can look for it.  ids NULL: nothing. */
void lf_ids_add(struct lf_ids *ids, int64_t key);
/* False is sure: nothing with this key is stored.  ids NULL: true. */
bool lf_ids_maybe(const struct lf_ids *ids, int64_t key);

/* Reads some of t->ids from the store; *more: there are others to be read. */
enum lf_code lf_ids_turn(struct lf_task *t, bool *more, struct lf_err *e) LF_MUST;

#endif
