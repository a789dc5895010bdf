/* SQLite: the embedded default.
 *
 * WAL with synchronous=FULL: a commit that returned is on the disk.  No mmap: a
 * failing disk would then be a SIGBUS instead of an error, and its pages would
 * count against the node's memory.  The page cache is bounded for the same. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/db_priv.h"

struct sqlite_db {
    struct lf_db base;
    sqlite3 *sq;
    sqlite3_stmt *stmts[LF_QUERIES]; /* prepared when first used */
};

static struct sqlite_db *of(struct lf_db *db)
{
    return (struct sqlite_db *)db;
}

static enum lf_code fail(struct lf_db *db, const char *what, struct lf_err *e)
{
    sqlite3 *sq = of(db)->sq;
    int ext = sqlite3_extended_errcode(sq);
    enum lf_code code = LF_IO;

    switch (ext & 0xff) {
    case SQLITE_FULL:
        return lf_err_set(e, LF_FULL, "%s: the disk is full; make room, then try again", what);
    case SQLITE_IOERR:
        /* A write that meets a full quota reports an I/O error with the errno. */
        if (sqlite3_system_errno(sq) == ENOSPC || sqlite3_system_errno(sq) == EDQUOT)
            return lf_err_set(e, LF_FULL, "%s: the disk is full; make room, then try again", what);
        break;
    case SQLITE_CONSTRAINT:
        code = ext == SQLITE_CONSTRAINT_CHECK || ext == SQLITE_CONSTRAINT_NOTNULL ||
                       ext == SQLITE_CONSTRAINT_DATATYPE
                   ? LF_UNACCEPTED
                   : LF_CONFLICT;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        code = LF_AWAY;
        break;
    case SQLITE_TOOBIG:
        code = LF_TOO_BIG;
        break;
    default:
        break;
    }
    return lf_err_set(e, code, "%s: %s (%d)", what, sqlite3_errmsg(sq), ext);
}

static enum lf_code sqlite_exec(struct lf_db *db, const char *sql, struct lf_err *e)
{
    if (sqlite3_exec(of(db)->sq, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, "database", e);
    return LF_OK;
}

static enum lf_code sqlite_ask(struct lf_db *db, const char *sql, char *out, size_t size, bool *found,
                               struct lf_err *e)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(of(db)->sq, sql, -1, &st, NULL);
    enum lf_code code = LF_OK;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        code = fail(db, "database", e);
    } else {
        *found = rc == SQLITE_ROW;
        if (*found) {
            const unsigned char *text = sqlite3_column_text(st, 0);
            snprintf(out, size, "%s", text ? (const char *)text : "");
        }
    }
    sqlite3_finalize(st);
    return code;
}

static void sqlite_close(struct lf_db *db)
{
    struct sqlite_db *s = of(db);

    for (int i = 0; i < LF_QUERIES; i++)
        sqlite3_finalize(s->stmts[i]);
    if (sqlite3_close(s->sq) != SQLITE_OK)
        LF_BUG("database closed in the midst of a statement");
    free(s);
}

static enum lf_code sqlite_ready(struct lf_db *db, struct lf_err *e)
{
    (void)db;
    (void)e;
    return LF_OK;
}

static enum lf_code sqlite_prepare(struct lf_db *db, const struct lf_query *q, struct lf_err *e)
{
    struct sqlite_db *s = of(db);

    if (!s->stmts[q->number] && sqlite3_prepare_v3(s->sq, q->sqlite, -1, SQLITE_PREPARE_PERSISTENT,
                                                   &s->stmts[q->number], NULL) != SQLITE_OK)
        return fail(db, q->name, e);
    return LF_OK;
}

static int bind(sqlite3_stmt *st, int at, const struct lf_arg *arg)
{
    /* Bound without copying: arguments outlive the run, and bindings are cleared after. */
    switch (arg->kind) {
    case LF_ARG_INT:
        return sqlite3_bind_int64(st, at, arg->n);
    case LF_ARG_TEXT:
        return sqlite3_bind_text64(st, at, arg->v.ptr ? arg->v.ptr : "", arg->v.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case LF_ARG_BLOB:
        return sqlite3_bind_blob64(st, at, arg->v.ptr ? arg->v.ptr : "", arg->v.len, SQLITE_STATIC);
    case LF_ARG_NULL:
        break;
    }
    return sqlite3_bind_null(st, at);
}

static enum lf_code sqlite_run(struct lf_db *db, const struct lf_query *q, const struct lf_arg *args,
                               lf_row_fn each, void *ctx, int64_t *changed, struct lf_err *e)
{
    struct sqlite_db *s = of(db);
    struct lf_row row = { .db = db };
    enum lf_code code = LF_OK;
    sqlite3_stmt *st;
    int rc = SQLITE_OK;

    LF_TRY(sqlite_prepare(db, q, e));
    st = s->stmts[q->number];
    row.from = st;
    for (int i = 0; i < q->nparams && rc == SQLITE_OK; i++)
        rc = bind(st, i + 1, &args[i]);
    if (rc == SQLITE_OK) {
        while ((rc = sqlite3_step(st)) == SQLITE_ROW && code == LF_OK) {
            if (!each)
                continue;
            db->in_row = true;
            code = each(ctx, &row, e);
            db->in_row = false;
            if (code != LF_OK)
                break;
        }
    }
    if (code == LF_OK && rc != SQLITE_DONE)
        code = fail(db, q->name, e);
    if (code == LF_OK && changed)
        *changed = sqlite3_stmt_readonly(st) ? 0 : sqlite3_changes64(s->sq);
    /* In autocommit the reset of a failed or unfinished statement can itself fail;
     * the first failure is the one told. */
    if (sqlite3_reset(st) != SQLITE_OK && code == LF_OK)
        code = fail(db, q->name, e);
    sqlite3_clear_bindings(st);
    return code;
}

static enum lf_code sqlite_verify(struct lf_db *db, struct lf_err *e)
{
    char text[300];
    bool found = false;

    LF_TRY(sqlite_ask(db, "PRAGMA integrity_check(1)", text, sizeof text, &found, e));
    if (!found || strcmp(text, "ok") != 0)
        return lf_err_set(e, LF_IO, "the database file is damaged: %s; restore the last backup",
                          found ? text : "?");
    LF_TRY(sqlite_ask(db, "PRAGMA foreign_key_check", text, sizeof text, &found, e));
    if (found)
        return lf_err_set(e, LF_IO, "table %s points at rows that are not there; restore the last backup",
                          text);
    return LF_OK;
}

static int64_t sqlite_int(const struct lf_row *r, int col)
{
    return sqlite3_column_int64(r->from, col);
}

static lf_view sqlite_text(const struct lf_row *r, int col)
{
    const char *p = (const char *)sqlite3_column_text(r->from, col);

    return (lf_view){ p, p ? (size_t)sqlite3_column_bytes(r->from, col) : 0 };
}

static lf_view sqlite_blob(const struct lf_row *r, int col)
{
    const char *p = sqlite3_column_blob(r->from, col);

    /* SQLite gives NULL for an empty blob too; only SQL NULL has a NULL ptr here. */
    if (!p && sqlite3_column_type(r->from, col) != SQLITE_NULL)
        p = "";
    return (lf_view){ p, p ? (size_t)sqlite3_column_bytes(r->from, col) : 0 };
}

static bool sqlite_null(const struct lf_row *r, int col)
{
    return sqlite3_column_type(r->from, col) == SQLITE_NULL;
}

static const struct lf_db_ops sqlite_ops = {
    .name = "sqlite",
    .migrations = lf_migrations_sqlite,
    .close = sqlite_close,
    .exec = sqlite_exec,
    .ask = sqlite_ask,
    .begin = "BEGIN IMMEDIATE",
    .ready = sqlite_ready,
    .prepare = sqlite_prepare,
    .run = sqlite_run,
    .verify = sqlite_verify,
    .row_int = sqlite_int,
    .row_text = sqlite_text,
    .row_blob = sqlite_blob,
    .row_null = sqlite_null,
};

/* Made by us before SQLite sees it, so that it (and the WAL, which takes the
 * file's mode) is never readable by others, not even for a moment. */
static enum lf_code make_private(const char *path, struct lf_err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 && errno == EEXIST)
        return LF_OK;
    if (fd < 0)
        return lf_err_set(e, errno == ENOSPC ? LF_FULL : LF_IO,
                          "database %s cannot be made: %s; is the data directory there and ours?", path,
                          strerror(errno));
    close(fd);
    return LF_OK;
}

enum lf_code lf_sqlite_open(const struct lf_db_options *o, struct lf_db **out, struct lf_err *e)
{
    static const char *const settings[] = {
        "PRAGMA busy_timeout = 5000",
        "PRAGMA locking_mode = EXCLUSIVE", /* [1]: simulated disk only */
        "PRAGMA synchronous = EXTRA",
        "PRAGMA journal_mode = WAL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cell_size_check = ON",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA mmap_size = 0",
        "PRAGMA wal_autocheckpoint = 4096",
        "PRAGMA journal_size_limit = 33554432",
    };
    char cache[64];
    int flags = (o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    struct sqlite_db *s;
    enum lf_code code = LF_OK;

    if (!o->vfs && !o->read_only && strcmp(o->path, ":memory:") != 0)
        LF_TRY(make_private(o->path, e));
    s = calloc(1, sizeof *s);
    LF_ASSERT(s);
    s->base.ops = &sqlite_ops;
    if (sqlite3_open_v2(o->path, &s->sq, flags, o->vfs) != SQLITE_OK) {
        (void)fail(&s->base, "database", e);
        goto bad;
    }
    sqlite3_db_config(s->sq, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->sq, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(s->sq, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(s->sq, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    for (size_t i = 0; i < sizeof settings / sizeof *settings && code == LF_OK; i++) {
        if ((i == 1 && !o->vfs) || (i == 3 && o->read_only))
            continue;
        /* With an exclusive lock the WAL index lives in our memory: the simulated
         * disk needs no shared memory. */
        code = sqlite_exec(&s->base, settings[i], e);
    }
    (void)snprintf(cache, sizeof cache, "PRAGMA cache_size = -%lld",
                   (long long)(o->cache_mb ? o->cache_mb : LF_DB_CACHE) * 1024);
    if (code == LF_OK)
        code = sqlite_exec(&s->base, cache, e);
    if (code == LF_OK) {
        *out = &s->base;
        return LF_OK;
    }
bad:
    sqlite_close(&s->base);
    return lf_err_at(e, "%s", o->path);
}
