#include "store/db.h"

#include <stdio.h>

#include "store/db_priv.h"

/* What both engines lose in a transaction when the machine fails in its midst:
 * everything since begin.  SQLite may or may not have rolled back by itself and
 * PostgreSQL has gone away; we make the two alike by rolling back at once and
 * answering everything until rollback() or commit() with the same code. */
static enum lf_code note(struct lf_db *db, enum lf_code rc)
{
    if (db->in_transaction && !db->broken && (rc == LF_FULL || rc == LF_IO || rc == LF_AWAY)) {
        db->broken = rc;
        (void)db->ops->exec(db, "ROLLBACK", NULL); /* fails when the engine already did */
    }
    return rc;
}

static enum lf_code usable(struct lf_db *db, struct lf_err *e)
{
    if (db->in_row)
        LF_BUG("a statement inside a row callback: gather the rows first");
    if (db->broken)
        return lf_err_set(e, db->broken, "the transaction was rolled back after an earlier failure (%s)",
                          lf_code_name(db->broken));
    return db->in_transaction ? LF_OK : db->ops->ready(db, e);
}

static void hash_text(const char *sql, char out[LF_SHA256 * 2 + 1])
{
    uint8_t md[LF_SHA256];

    lf_sha256(lf_view_of(sql), md);
    for (size_t i = 0; i < sizeof md; i++)
        snprintf(out + i * 2, 3, "%02x", md[i]);
}

/* One migration, one transaction: it is there whole and noted, or not at all. */
static enum lf_code migrate_one(struct lf_db *db, const struct lf_migration *m, struct lf_err *e)
{
    char want[LF_SHA256 * 2 + 1], have[LF_SHA256 * 2 + 1], sql[400];
    bool found;
    enum lf_code rc;

    hash_text(m->sql, want);
    snprintf(sql, sizeof sql, "SELECT hash FROM schema_migration WHERE name = '%s'", m->name);
    LF_TRY(db->ops->ask(db, sql, have, sizeof have, &found, e));
    if (found && strcmp(have, want) == 0)
        return LF_OK;
    if (found)
        return lf_err_set(
            e, LF_CONFLICT,
            "migration %s is not the one this database was made with: use the program that made "
            "it, or restore the file sql/%s/%s.sql; changes go into a new migration",
            m->name, db->ops->name, m->name);
    LF_TRY(lf_db_begin(db, e));
    snprintf(sql, sizeof sql, "INSERT INTO schema_migration (name, hash, applied) VALUES ('%s', '%s', %lld)",
             m->name, want, (long long)lf_now(db->env));
    rc = db->ops->exec(db, m->sql, e);
    if (rc == LF_OK)
        rc = db->ops->exec(db, sql, e);
    if (rc != LF_OK) {
        lf_db_rollback(db);
        return lf_err_at(e, "migration %s", m->name);
    }
    return lf_db_commit(db, e);
}

static enum lf_code migrate(struct lf_db *db, struct lf_err *e)
{
    const struct lf_migration *m = db->ops->migrations;
    char last[100];
    const char *newest = "";
    bool found;

    LF_TRY(db->ops->exec(
        db,
        strcmp(db->ops->name, "sqlite") == 0
            ? "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, "
              "hash TEXT NOT NULL, applied INTEGER NOT NULL) STRICT"
            : "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT COLLATE \"C\" PRIMARY KEY, "
              "hash TEXT NOT NULL, applied BIGINT NOT NULL)",
        e));
    for (size_t i = 0; m[i].name; i++)
        newest = m[i].name;
    LF_TRY(db->ops->ask(db, "SELECT name FROM schema_migration ORDER BY name DESC LIMIT 1", last, sizeof last,
                        &found, e));
    if (found && strcmp(last, newest) > 0)
        return lf_err_set(
            e, LF_CONFLICT,
            "this database has migration %s, made by a newer program than this one: start that one", last);
    for (; m->name; m++)
        LF_TRY(migrate_one(db, m, e));
    return LF_OK;
}

static bool is_conninfo(const char *path)
{
    lf_view v = lf_view_of(path);

    return lf_view_starts(v, LF_V("postgres://")) || lf_view_starts(v, LF_V("postgresql://")) ||
           lf_view_starts(v, LF_V("host=")) || lf_view_starts(v, LF_V("dbname=")) ||
           lf_view_starts(v, LF_V("service=")) || lf_view_starts(v, LF_V("hostaddr="));
}

enum lf_code lf_db_open(const struct lf_db_options *o, const struct lf_env *env, struct lf_db **out,
                        struct lf_err *e)
{
    struct lf_db *db;
    enum lf_code rc;

    LF_TRY(is_conninfo(o->path) ? lf_postgres_open(o, &db, e) : lf_sqlite_open(o, &db, e));
    db->env = env;
    db->read_only = o->read_only;
    rc = o->read_only ? LF_OK : migrate(db, e);
    if (rc != LF_OK) {
        lf_db_close(db);
        return rc;
    }
    *out = db;
    return LF_OK;
}

void lf_db_close(struct lf_db *db)
{
    if (!db)
        return;
    lf_db_rollback(db);
    db->ops->close(db);
}

const char *lf_db_engine(const struct lf_db *db)
{
    return db->ops->name;
}

enum lf_code lf_db_begin(struct lf_db *db, struct lf_err *e)
{
    LF_ASSERT(!db->in_transaction);
    LF_TRY(usable(db, e));
    LF_TRY(db->ops->exec(db, db->read_only ? "BEGIN" : db->ops->begin, e));
    db->in_transaction = true;
    lf_db_numbers_drop(db);
    return LF_OK;
}

enum lf_code lf_db_commit(struct lf_db *db, struct lf_err *e)
{
    enum lf_code rc;

    LF_ASSERT(db->in_transaction && db->saves == 0);
    rc = usable(db, e);
    if (rc == LF_OK)
        rc = db->ops->exec(db, "COMMIT", e);
    if (rc != LF_OK)
        lf_db_rollback(db);
    db->in_transaction = false;
    lf_db_numbers_drop(db);
    return rc;
}

void lf_db_rollback(struct lf_db *db)
{
    if (db->in_transaction && !db->broken)
        (void)db->ops->exec(db, "ROLLBACK", NULL);
    db->in_transaction = false;
    db->broken = LF_OK;
    db->saves = 0;
    lf_db_numbers_drop(db);
}

bool lf_db_in_transaction(const struct lf_db *db)
{
    return db->in_transaction;
}

enum lf_code lf_db_save(struct lf_db *db, struct lf_err *e)
{
    char sql[40];

    LF_ASSERT(db->in_transaction);
    LF_TRY(usable(db, e));
    snprintf(sql, sizeof sql, "SAVEPOINT lf%u", db->saves);
    LF_TRY(note(db, db->ops->exec(db, sql, e)));
    db->saves++;
    return LF_OK;
}

/* Whatever the outcome the savepoint is gone: a caller that failed here has
 * nothing more to undo. */
enum lf_code lf_db_release(struct lf_db *db, struct lf_err *e)
{
    char sql[40];

    LF_ASSERT(db->saves > 0);
    if (--db->saves == 0)
        lf_db_numbers_drop(db);
    LF_TRY(usable(db, e));
    snprintf(sql, sizeof sql, "RELEASE SAVEPOINT lf%u", db->saves);
    return note(db, db->ops->exec(db, sql, e));
}

void lf_db_undo(struct lf_db *db)
{
    char sql[80];

    LF_ASSERT(db->saves > 0);
    db->saves--;
    lf_db_numbers_drop(db);
    if (db->broken)
        return;
    snprintf(sql, sizeof sql, "ROLLBACK TO SAVEPOINT lf%u", db->saves);
    if (note(db, db->ops->exec(db, sql, NULL)) == LF_OK) {
        snprintf(sql, sizeof sql, "RELEASE SAVEPOINT lf%u", db->saves);
        if (note(db, db->ops->exec(db, sql, NULL)) == LF_OK)
            return;
    }
    if (!db->broken) { /* a savepoint that cannot be undone must not be committed */
        db->broken = LF_IO;
        (void)db->ops->exec(db, "ROLLBACK", NULL);
    }
}

int64_t lf_row_int(const struct lf_row *r, int col)
{
    return r->db->ops->row_int(r, col);
}

lf_view lf_row_text(const struct lf_row *r, int col)
{
    return r->db->ops->row_text(r, col);
}

lf_view lf_row_blob(const struct lf_row *r, int col)
{
    return r->db->ops->row_blob(r, col);
}

bool lf_row_null(const struct lf_row *r, int col)
{
    return r->db->ops->row_null(r, col);
}

enum lf_code lf_db_prepare(struct lf_db *db, const struct lf_query *q, struct lf_err *e)
{
    LF_TRY(usable(db, e));
    return note(db, db->ops->prepare(db, q, e));
}

enum lf_code lf_db_run(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                       const struct lf_arg *args, size_t nargs, lf_row_fn each, void *ctx, int64_t *changed,
                       struct lf_err *e)
{
    struct lf_arg all[LF_DB_PARAMS];
    size_t want = (size_t)q->nparams - (q->org ? 1 : 0);

    if (nargs != want || q->nparams > LF_DB_PARAMS)
        LF_BUG("%s takes %zu parameters, %zu given", q->name, want, nargs);
    if (q->org && (!scope || scope->org.len == 0))
        LF_BUG("%s was run for no organisation", q->name);
    for (int i = 0, from = 0; i < q->nparams; i++) {
        all[i] = i + 1 == q->org ? LF_TEXT(scope->org) : args[from++];
        /* PostgreSQL would refuse these and SQLite keep them: one rule for both. */
        if (all[i].kind == LF_ARG_TEXT &&
            (!lf_view_is_utf8(all[i].v) || lf_view_find_byte(all[i].v, '\0') != SIZE_MAX))
            return lf_err_set(e, LF_BAD_INPUT, "%s: parameter %d is not UTF-8 text without NUL", q->name,
                              i + 1);
    }
    LF_TRY(usable(db, e));
    return note(db, db->ops->run(db, q, all, each, ctx, changed, e));
}

enum lf_code lf_db_exec(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, struct lf_err *e)
{
    return lf_db_run(db, scope, q, args, nargs, NULL, NULL, NULL, e);
}

struct one {
    bool got;
    int64_t n;
    lf_view v;
    struct lf_arena *a;
};

static enum lf_code take_int(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct one *o = ctx;

    (void)e;
    if (!o->got)
        o->n = lf_row_int(r, 0);
    o->got = true;
    return LF_OK;
}

static enum lf_code take_text(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct one *o = ctx;

    (void)e;
    if (!o->got)
        o->v = lf_arena_copy(o->a, lf_row_text(r, 0));
    o->got = true;
    return LF_OK;
}

enum lf_code lf_db_int(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                       const struct lf_arg *args, size_t nargs, int64_t *out, struct lf_err *e)
{
    struct one o = { 0 };

    LF_TRY(lf_db_run(db, scope, q, args, nargs, take_int, &o, NULL, e));
    if (!o.got)
        return lf_err_set(e, LF_NOT_FOUND, "%s: nothing found", q->name);
    *out = o.n;
    return LF_OK;
}

enum lf_code lf_db_text(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, struct lf_arena *a, lf_view *out,
                        struct lf_err *e)
{
    struct one o = { .a = a };

    LF_TRY(lf_db_run(db, scope, q, args, nargs, take_text, &o, NULL, e));
    if (!o.got)
        return lf_err_set(e, LF_NOT_FOUND, "%s: nothing found", q->name);
    *out = o.v;
    return LF_OK;
}

struct texts {
    struct lf_arena *a;
    lf_view *v;
    size_t n, most;
};

static enum lf_code take_texts(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct texts *l = ctx;

    (void)e;
    if (l->n < l->most)
        l->v[l->n++] = lf_arena_copy(l->a, lf_row_text(r, 0));
    return LF_OK;
}

enum lf_code lf_db_texts(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                         const struct lf_arg *args, size_t nargs, struct lf_arena *a, size_t most, size_t *n,
                         const lf_view **out, struct lf_err *e)
{
    struct texts l = { .a = a, .v = LF_NEW(a, lf_view, most), .most = most };

    LF_TRY(lf_db_run(db, scope, q, args, nargs, take_texts, &l, NULL, e));
    *n = l.n;
    *out = l.v;
    return LF_OK;
}

enum lf_code lf_db_verify(struct lf_db *db, struct lf_err *e)
{
    LF_TRY(usable(db, e));
    return db->ops->verify(db, e);
}

lf_view lf_db_like(struct lf_arena *a, lf_view part)
{
    char *p;
    size_t n = 0;

    if (!part.len)
        return LF_V("");
    p = lf_arena_alloc(a, 2 * part.len + 2, 1);
    p[n++] = '%';
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];

        if (c == '%' || c == '_' || c == '!')
            p[n++] = '!';
        p[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    p[n++] = '%';
    return (lf_view){ p, n };
}
