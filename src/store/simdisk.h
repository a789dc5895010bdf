/* Simdisk: a simulated disk for SQLite, in memory (`lianfang simulate`, tests).
 *
 * One instance is one machine's disk: its files, its own SQLite VFS (registered at
 * create, unregistered at destroy; give lf_simdisk_vfs() to lf_db_options.vfs) and
 * its own stream of chance.  Nothing reaches the real file system.
 *
 *     xWrite, xTruncate ──> volatile ──xSync──> durable
 *                              │ lf_simdisk_crash
 *                              └──> each written 512-byte sector: kept, lost or torn
 *
 * Reads see the volatile state, as through a page cache.  A crash gives each sector
 * written since the file's last sync one of the states it went through, or a state
 * whose tail was not yet written (bytes outside the write stay: what SQLite calls
 * powersafe overwrite); the file gets one of the sizes it had since then.  A file
 * never synced may be gone; one deleted without a sync of the directory may be back.
 *
 * Crashed, the disk answers everything with SQLITE_IOERR until lf_simdisk_revive().
 * What was open before stays dead after it: close the database, revive, open again.
 * One connection at a time may have a database open (a second one gets SQLITE_BUSY):
 * locks are not simulated, and with a VFS given store/sqlite.c locks exclusively, so
 * that WAL needs no shared memory.
 *
 * Byte-exact replay.  SQLite draws WAL salts and journal nonces from a generator of
 * the whole process, not from the VFS.  Opening a main database here seeds it from
 * the disk's own stream (SQLITE_TESTCTRL_PRNG_SEED), so the same calls in the same
 * order, over all disks of the process, write the same bytes; a run on many threads,
 * or a database on another VFS in their midst, would not.  When the last disk is
 * destroyed the generator is seeded by the system again.  Never hold a real node's
 * database in the same process as a simdisk.
 *
 * Cost: a write costs its own bytes twice (the old ones are kept until the sync), a
 * sync nothing, a crash what was not synced.  Limits: 1 GiB a file, names of 255
 * bytes.  Not thread-safe. */
#ifndef LF_STORE_SIMDISK_H
#define LF_STORE_SIMDISK_H

#include "sys/env.h"

struct lf_simdisk;

/* `env` is borrowed and only its clock is read (SQL's date functions); NULL: 1970. */
struct lf_simdisk *lf_simdisk_create(uint64_t seed, const struct lf_env *env);
/* Every database on it must be closed. */
void lf_simdisk_destroy(struct lf_simdisk *d);
/* For lf_db_options.vfs; belongs to the disk. */
const char *lf_simdisk_vfs(const struct lf_simdisk *d);

/* Puts all files of another disk here, as they would be read there now; they are durable.  This one must be
 * empty.  What is made once is had again at the price of its bytes. */
void lf_simdisk_copy(struct lf_simdisk *d, const struct lf_simdisk *from);

/* Power is cut now. */
void lf_simdisk_crash(struct lf_simdisk *d);
/* Power is cut at the n-th write, truncation, deletion or sync from now on (that one is
 * half done); 0 takes it back. */
void lf_simdisk_crash_at(struct lf_simdisk *d, uint64_t n);
bool lf_simdisk_crashed(const struct lf_simdisk *d);
void lf_simdisk_revive(struct lf_simdisk *d);

/* Room for all files together; a write that would go past it gets SQLITE_FULL and
 * changes nothing.  0: no limit.  Below what is used: nothing may grow. */
void lf_simdisk_limit(struct lf_simdisk *d, uint64_t bytes);
uint64_t lf_simdisk_used(const struct lf_simdisk *d);
/* Writes, truncations, deletions and syncs so far. */
uint64_t lf_simdisk_operations(const struct lf_simdisk *d);
/* Names, sizes and bytes of all files: equal for equal runs.  Not cryptographic. */
uint64_t lf_simdisk_digest(const struct lf_simdisk *d);
/* Calls `fn` with each file's bytes as they would be read now. */
void lf_simdisk_each(const struct lf_simdisk *d, void (*fn)(void *ctx, const char *name, lf_view bytes),
                     void *ctx);

#endif
