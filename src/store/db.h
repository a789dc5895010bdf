/* Db: the node's state, in SQLite (embedded default) or PostgreSQL (outgrown).
 *
 * Statements are named SQL, written once in sql/query/<noun>.sql, embedded at
 * build and prepared when first used (lf_db_prepare: now).  Parameters are named (:id); ":org" is never given
 * by the caller: it is bound from the scope, so a statement over a tenant table
 * cannot be run without saying for whom.  tools/sql.py refuses a statement that
 * touches a tenant table (one with a column org) and does not mention :org,
 * unless it is headed "-- scope: node" with the reason.
 *
 * sql/query/alert.sql:
 *     -- name: alert_get
 *     SELECT id, title FROM alert WHERE org = :org AND id = :id;
 * gives const struct lf_query lf_q_alert_get in the generated "store/query_alert.h"
 * and the parameter order is that of first appearance, :org left out.
 *
 * Migrations sql/sqlite/0001_name.sql, sql/postgres/0001_name.sql are applied in
 * order at open, forward only.
 *
 * One writer: the core worker.  Not thread-safe. */
#ifndef LF_STORE_DB_H
#define LF_STORE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "sys/env.h"

struct lf_db;

/* A named statement; only tools/sql.py makes them. */
struct lf_query {
    const char *name, *sqlite, *postgres;
    int nparams; /* all, :org included */
    int org;     /* its number from 1, 0 = none */
    int number;  /* its place in lf_queries */
};

/* On whose behalf a call is made; every call takes one. */
struct lf_scope {
    lf_view org;     /* organisation id (UUID text); the node's own for system work */
    lf_view account; /* account id, or "system", or "peer:<id>" */
    unsigned roles;  /* enum lf_role bits (model/role.h) */
    bool serving;    /* one of the node's own people at work in a tenant's rows (cert/incident_served.h) */
};

enum lf_arg_kind { LF_ARG_NULL, LF_ARG_INT, LF_ARG_TEXT, LF_ARG_BLOB };
struct lf_arg {
    enum lf_arg_kind kind;
    int64_t n;
    lf_view v;
};
#define LF_INT(x) ((struct lf_arg){ .kind = LF_ARG_INT, .n = (int64_t)(x) })
#define LF_TEXT(x) ((struct lf_arg){ .kind = LF_ARG_TEXT, .v = (x) })
#define LF_BLOB(x) ((struct lf_arg){ .kind = LF_ARG_BLOB, .v = (x) })
#define LF_NULL ((struct lf_arg){ .kind = LF_ARG_NULL })
#define LF_ARGS(...)                                                                                         \
    (const struct lf_arg[]){ __VA_ARGS__ },                                                                  \
        sizeof((const struct lf_arg[]){ __VA_ARGS__ }) / sizeof(struct lf_arg)
#define LF_NO_ARGS NULL, 0

struct lf_db_options {
    const char *path; /* SQLite file, or "postgresql://…" / "host=…" conninfo */
    const char *vfs;  /* SQLite VFS name, NULL = the system's; the simulation's disk */
    bool read_only;
    int64_t cache_mb; /* pages of SQLite kept in memory, at most; 0 = LF_DB_CACHE */
};
enum { LF_DB_CACHE = 32 };

enum lf_code lf_db_open(const struct lf_db_options *o, const struct lf_env *env, struct lf_db **out,
                        struct lf_err *e) LF_MUST;
void lf_db_close(struct lf_db *db);
/* "sqlite" or "postgres". */
const char *lf_db_engine(const struct lf_db *db);

/* Transactions.  Outside begin/commit a run() is its own transaction.  A
 * savepoint lets one message of a group fail alone (core's group commit).
 * Commit has reached the disk when it returns LF_OK; LF_FULL and LF_IO mean that
 * nothing since begin was kept (should the machine die in the midst of that very
 * commit, it may be found whole afterwards).  After LF_FULL, LF_IO or LF_AWAY inside
 * a transaction all of it is rolled back at once, every further call gives the same
 * code, and commit() or rollback() ends that state.  LF_AWAY from commit() itself
 * (PostgreSQL went away in that moment) leaves open whether it was kept: look.
 */
enum lf_code lf_db_begin(struct lf_db *db, struct lf_err *e) LF_MUST;
enum lf_code lf_db_commit(struct lf_db *db, struct lf_err *e) LF_MUST;
void lf_db_rollback(struct lf_db *db);
bool lf_db_in_transaction(const struct lf_db *db);
enum lf_code lf_db_save(struct lf_db *db, struct lf_err *e) LF_MUST;    /* SAVEPOINT; may nest */
enum lf_code lf_db_release(struct lf_db *db, struct lf_err *e) LF_MUST; /* keep it */
void lf_db_undo(struct lf_db *db);                                      /* roll back to it */

/* A row is valid only inside the callback; copy what must live longer. */
struct lf_row;
int64_t lf_row_int(const struct lf_row *r, int col);
lf_view lf_row_text(const struct lf_row *r, int col); /* ptr NULL for SQL NULL */
lf_view lf_row_blob(const struct lf_row *r, int col);
bool lf_row_null(const struct lf_row *r, int col);

/* Called for each row; any code but LF_OK ends the query and is returned.  It
 * must not run another statement on the same db: gather first. */
typedef enum lf_code (*lf_row_fn)(void *ctx, const struct lf_row *r, struct lf_err *e);

/* Runs a named statement; `each` may be NULL; *changed (may be NULL) gets the
 * number of rows inserted, updated or deleted.  A broken UNIQUE or FOREIGN KEY
 * gives LF_CONFLICT, a broken CHECK or NOT NULL LF_UNACCEPTED; the statement alone is
 * undone and the transaction goes on.  Text must be UTF-8 without NUL. */
enum lf_code lf_db_run(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                       const struct lf_arg *args, size_t nargs, lf_row_fn each, void *ctx, int64_t *changed,
                       struct lf_err *e) LF_MUST;

/* A part of a text as LIKE … ESCAPE '!' takes it, ASCII in small letters: to be held against lower(…).  In
 * `a`; an empty part is empty. */
lf_view lf_db_like(struct lf_arena *a, lf_view part);

/* Short forms: no rows wanted; exactly one integer wanted (LF_NOT_FOUND if no row). */
enum lf_code lf_db_exec(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, struct lf_err *e) LF_MUST;
enum lf_code lf_db_int(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                       const struct lf_arg *args, size_t nargs, int64_t *out, struct lf_err *e) LF_MUST;
/* One text, copied into the arena (LF_NOT_FOUND if no row). */
enum lf_code lf_db_text(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, struct lf_arena *a, lf_view *out,
                        struct lf_err *e) LF_MUST;
/* The first column of at most `most` rows, copied into the arena; what comes after them is passed over. */
enum lf_code lf_db_texts(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                         const struct lf_arg *args, size_t nargs, struct lf_arena *a, size_t most, size_t *n,
                         const lf_view **out, struct lf_err *e) LF_MUST;

/* Numbers from a row that counts: gives the first of `n` in a row.  `q` counts n on and returns the last of
 * them; its parameters are n, then `args`, of which the last is the row's name.
 *
 * To PostgreSQL each change of a row leaves one more version to walk past until the transaction ends, so
 * thousands of single ones cost the square of them.  A task (the outermost savepoint; without one the
 * transaction) therefore takes as many again as it has taken each time, and hands them out.  Numbers of a row
 * rise from call to call and none is given twice; those not used by the end of the task, or when any
 * savepoint is undone, stay unused.  Within a task the row may thus be ahead of what was given. */
enum lf_code lf_db_take(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, int64_t n, int64_t *first,
                        struct lf_err *e) LF_MUST;

/* Prepares it without running it: how a test proves each statement on each engine. */
enum lf_code lf_db_prepare(struct lf_db *db, const struct lf_query *q, struct lf_err *e) LF_MUST;

/* Integrity of the file itself (PRAGMA integrity_check; PostgreSQL: a read). */
enum lf_code lf_db_verify(struct lf_db *db, struct lf_err *e) LF_MUST;

#endif
