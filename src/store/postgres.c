/* PostgreSQL: for nodes that have outgrown SQLite.
 *
 * One connection, one writer.  A session lock keeps a second node's core off the
 * same database.  Statements are prepared by name when first used; parameters go
 * in binary by the type the server inferred, rows come back as text (sum() of
 * BIGINT is NUMERIC, which has no simple binary form).
 *
 *   up --connection lost--> down (transaction lost: LF_AWAY)
 *   down --next begin or single statement (pg_ready)--> up, statements prepared anew */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "store/db_priv.h"

enum { OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_BYTEA = 17, OID_VARCHAR = 1043 };

/* Any number will do; it is "lianfang" read as bytes. */
#define SESSION_LOCK "7811887396040388455"

struct pg_stmt {
    bool prepared, reads;
    Oid types[LF_DB_PARAMS];
};

struct pg_db {
    struct lf_db base;
    PGconn *conn;
    bool read_only;
    struct lf_arena row_arena; /* decoded bytea of the row at hand */
    struct pg_stmt stmts[LF_QUERIES];
};

static struct pg_db *of(struct lf_db *db)
{
    return (struct pg_db *)db;
}

/* libpq's messages end in a newline and may have several lines. */
static lf_view first_line(const char *text)
{
    lf_view v = lf_view_of(text ? text : "");
    size_t at = lf_view_find_byte(v, '\n');

    return at == SIZE_MAX ? v : lf_view_first(v, at);
}

static enum lf_code code_of(const char *state)
{
    static const struct {
        const char *prefix;
        enum lf_code code;
    } map[] = {
        { "53100", LF_FULL },      { "23505", LF_CONFLICT }, { "23503", LF_CONFLICT },
        { "23P01", LF_CONFLICT },  { "23", LF_UNACCEPTED },  { "22021", LF_BAD_INPUT },
        { "22P05", LF_BAD_INPUT }, { "54", LF_TOO_BIG },     { "08", LF_AWAY },
        { "57", LF_AWAY },         { "53", LF_AWAY },        { "40", LF_AWAY },
        { "55P03", LF_AWAY },
    };

    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (lf_view_starts(lf_view_of(state), lf_view_of(map[i].prefix)))
            return map[i].code;
    return LF_IO;
}

static enum lf_code fail(struct lf_db *db, const PGresult *res, const char *what, struct lf_err *e)
{
    struct pg_db *p = of(db);
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;

    if (PQstatus(p->conn) != CONNECTION_OK || !state)
        return lf_err_set(e, LF_AWAY, "%s: PostgreSQL is not answering: %.*s", what,
                          LF_FMT(first_line(PQerrorMessage(p->conn))));
    if (code_of(state) == LF_FULL)
        return lf_err_set(e, LF_FULL, "%s: PostgreSQL's disk is full; make room, then try again", what);
    return lf_err_set(e, code_of(state), "%s: %.*s (%s)", what,
                      LF_FMT(first_line(PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY))), state);
}

static enum lf_code done(struct lf_db *db, PGresult *res, const char *what, struct lf_err *e)
{
    ExecStatusType st = PQresultStatus(res);
    enum lf_code rc = LF_OK;

    if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK && st != PGRES_EMPTY_QUERY)
        rc = fail(db, res, what, e);
    PQclear(res);
    return rc;
}

static enum lf_code pg_exec(struct lf_db *db, const char *sql, struct lf_err *e)
{
    PGresult *res = PQexec(of(db)->conn, sql);

    /* COMMIT of a failed transaction is answered with "ROLLBACK" and no error. */
    if (strcmp(sql, "COMMIT") == 0 && res && strcmp(PQcmdStatus(res), "ROLLBACK") == 0) {
        PQclear(res);
        return lf_err_set(e, LF_IO, "database: the transaction had failed and was rolled back");
    }
    return done(db, res, "database", e);
}

static enum lf_code pg_ask(struct lf_db *db, const char *sql, char *out, size_t size, bool *found,
                           struct lf_err *e)
{
    PGresult *res = PQexec(of(db)->conn, sql);

    if (PQresultStatus(res) == PGRES_TUPLES_OK) {
        *found = PQntuples(res) > 0;
        if (*found)
            snprintf(out, size, "%s", PQgetvalue(res, 0, 0));
    }
    return done(db, res, "database", e);
}

static void pg_close(struct lf_db *db)
{
    struct pg_db *p = of(db);

    PQfinish(p->conn);
    lf_arena_clear(&p->row_arena);
    free(p);
}

static enum lf_code greet(struct lf_db *db, struct lf_err *e)
{
    struct pg_db *p = of(db);
    char yes[8] = "";
    bool found = false;

    for (int i = 0; i < LF_QUERIES; i++)
        p->stmts[i].prepared = false;
    LF_TRY(pg_exec(db,
                   "SET synchronous_commit = on; SET client_min_messages = warning; "
                   "SET statement_timeout = '60s'; SET standard_conforming_strings = on",
                   e));
    if (p->read_only)
        return pg_exec(db, "SET default_transaction_read_only = on", e);
    /* A session that just ended may hold the lock a moment longer: wait for it a little. */
    LF_TRY(pg_exec(db, "SET lock_timeout = '3s'", e));
    if (pg_ask(db, "SELECT pg_advisory_lock(" SESSION_LOCK ")", yes, sizeof yes, &found, e) != LF_OK)
        return lf_err_set(e, PQstatus(p->conn) == CONNECTION_OK ? LF_CONFLICT : LF_AWAY,
                          "another node is using this database; give each node a database of its own");
    return pg_exec(db, "SET lock_timeout = 0", e);
}

static enum lf_code pg_ready(struct lf_db *db, struct lf_err *e)
{
    struct pg_db *p = of(db);

    if (PQstatus(p->conn) == CONNECTION_OK)
        return LF_OK;
    PQreset(p->conn);
    if (PQstatus(p->conn) != CONNECTION_OK)
        return lf_err_set(e, LF_AWAY, "PostgreSQL is not answering: %.*s",
                          LF_FMT(first_line(PQerrorMessage(p->conn))));
    return greet(db, e);
}

static enum lf_code pg_prepare(struct lf_db *db, const struct lf_query *q, struct lf_err *e)
{
    struct pg_db *p = of(db);
    struct pg_stmt *st = &p->stmts[q->number];
    lf_view sql = lf_view_trim(lf_view_of(q->postgres));
    PGresult *res;

    if (st->prepared)
        return LF_OK;
    LF_TRY(done(db, PQprepare(p->conn, q->name, q->postgres, 0, NULL), q->name, e));
    res = PQdescribePrepared(p->conn, q->name);
    if (PQresultStatus(res) == PGRES_COMMAND_OK)
        for (int i = 0; i < PQnparams(res) && i < LF_DB_PARAMS; i++)
            st->types[i] = PQparamtype(res, i);
    LF_TRY(done(db, res, q->name, e));
    st->reads = lf_view_eq_nocase(lf_view_first(sql, 6), LF_V("select"));
    st->prepared = true;
    return LF_OK;
}

struct param {
    const char *value;
    int length, binary;
    char room[24];
};

static void put_be(char *out, uint64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--, v >>= 8)
        out[i] = (char)(v & 0xff);
}

static void encode(struct param *out, const struct lf_arg *arg, Oid type)
{
    if (arg->kind == LF_ARG_NULL)
        return;
    if (arg->kind == LF_ARG_INT) {
        out->value = out->room;
        if (type == OID_INT8) {
            put_be(out->room, (uint64_t)arg->n, 8);
            out->length = 8;
            out->binary = 1;
        } else { /* the server checks the range of smaller types */
            snprintf(out->room, sizeof out->room, "%lld", (long long)arg->n);
        }
        return;
    }
    /* Binary text is the bytes themselves, with their length; so is bytea. */
    out->value = arg->v.ptr ? arg->v.ptr : "";
    out->length = (int)arg->v.len;
    out->binary = 1;
}

/* The parameters of one statement as libpq wants them. */
struct bound {
    struct param params[LF_DB_PARAMS];
    const char *values[LF_DB_PARAMS];
    int lengths[LF_DB_PARAMS], formats[LF_DB_PARAMS];
};

static void bind(struct bound *b, const struct lf_query *q, const struct pg_stmt *st,
                 const struct lf_arg *args)
{
    for (int i = 0; i < q->nparams; i++) {
        if (args[i].kind >= LF_ARG_TEXT && args[i].v.len > 256u * 1024 * 1024)
            LF_BUG("%s: a parameter of %zu bytes", q->name, args[i].v.len);
        b->params[i] = (struct param){ 0 };
        encode(&b->params[i], &args[i], st->types[i]);
        b->values[i] = b->params[i].value;
        b->lengths[i] = b->params[i].length;
        b->formats[i] = b->params[i].binary;
    }
}

static bool good(const PGresult *res)
{
    return PQresultStatus(res) == PGRES_COMMAND_OK || PQresultStatus(res) == PGRES_TUPLES_OK;
}

static enum lf_code plain(struct pg_db *p, const struct lf_query *q, const struct bound *b, PGresult **out,
                          struct lf_err *e)
{
    enum lf_code rc = LF_OK;

    *out = PQexecPrepared(p->conn, q->name, q->nparams, b->values, b->lengths, b->formats, 0);
    if (!good(*out)) {
        rc = fail(&p->base, *out, q->name, e);
        PQclear(*out);
        *out = NULL;
    }
    return rc;
}

#define UNDO "ROLLBACK TO SAVEPOINT lf_statement; RELEASE SAVEPOINT lf_statement"

/* SQLite undoes a failed statement alone and lets the transaction go on;
 * PostgreSQL would refuse everything after it.  A savepoint around each change
 * makes the two alike.  The three go to the server at once (its "pipeline"): what
 * follows one that fails is passed over, so a failed change leaves the savepoint. */
static enum lf_code guarded(struct pg_db *p, const struct lf_query *q, const struct bound *b, PGresult **out,
                            struct lf_err *e)
{
    static const char *const what[3] = { "savepoint", NULL, "savepoint" };
    PGresult *got[3] = { NULL };
    enum lf_code rc = LF_OK;
    bool sent;

    *out = NULL;
    sent = PQenterPipelineMode(p->conn) == 1 &&
           PQsendQueryParams(p->conn, "SAVEPOINT lf_statement", 0, NULL, NULL, NULL, NULL, 0) == 1 &&
           PQsendQueryPrepared(p->conn, q->name, q->nparams, b->values, b->lengths, b->formats, 0) == 1 &&
           PQsendQueryParams(p->conn, "RELEASE SAVEPOINT lf_statement", 0, NULL, NULL, NULL, NULL, 0) == 1 &&
           PQpipelineSync(p->conn) == 1;
    for (int i = 0; sent && i < 3; i++) {
        got[i] = PQgetResult(p->conn);
        PQclear(PQgetResult(p->conn)); /* NULL: the end of this one's results */
    }
    if (sent)
        PQclear(PQgetResult(p->conn)); /* the end of the three */
    if (!sent || PQexitPipelineMode(p->conn) != 1)
        rc = lf_err_set(e, LF_AWAY, "%s: PostgreSQL is not answering: %.*s", q->name,
                        LF_FMT(first_line(PQerrorMessage(p->conn))));
    for (int i = 0; i < 3 && rc == LF_OK; i++)
        if (!good(got[i])) {
            rc = fail(&p->base, got[i], what[i] ? what[i] : q->name, e);
            if (i == 1 && PQstatus(p->conn) == CONNECTION_OK)
                (void)pg_exec(&p->base, UNDO, NULL);
        }
    if (rc == LF_OK) {
        *out = got[1];
        got[1] = NULL;
    }
    for (int i = 0; i < 3; i++)
        PQclear(got[i]);
    return rc;
}

/* A statement that does not prepare fails the transaction as one that does not run. */
static enum lf_code prepare_guarded(struct pg_db *p, const struct lf_query *q, struct lf_err *e)
{
    enum lf_code rc;

    LF_TRY(pg_exec(&p->base, "SAVEPOINT lf_statement", e));
    rc = pg_prepare(&p->base, q, e);
    if (rc == LF_OK)
        return pg_exec(&p->base, "RELEASE SAVEPOINT lf_statement", e);
    (void)pg_exec(&p->base, UNDO, NULL);
    return rc;
}

static enum lf_code pg_run(struct lf_db *db, const struct lf_query *q, const struct lf_arg *args,
                           lf_row_fn each, void *ctx, int64_t *changed, struct lf_err *e)
{
    struct pg_db *p = of(db);
    const struct pg_stmt *st = &p->stmts[q->number];
    enum lf_code rc = LF_OK;
    struct bound b;
    PGresult *res;

    if (!st->prepared)
        LF_TRY(db->in_transaction ? prepare_guarded(p, q, e) : pg_prepare(db, q, e));
    bind(&b, q, st, args);
    LF_TRY(db->in_transaction && !st->reads ? guarded(p, q, &b, &res, e) : plain(p, q, &b, &res, e));
    if (changed) {
        int64_t n = 0;
        *changed = !st->reads && lf_view_i64(lf_view_of(PQcmdTuples(res)), &n) ? n : 0;
    }
    for (int i = 0; rc == LF_OK && each && i < PQntuples(res); i++) {
        struct lf_row row = { .db = db, .from = res, .at = i, .a = &p->row_arena };

        db->in_row = true;
        rc = each(ctx, &row, e);
        db->in_row = false;
        lf_arena_reset(&p->row_arena);
    }
    PQclear(res);
    return rc;
}

static enum lf_code pg_verify(struct lf_db *db, struct lf_err *e)
{
    char text[100];
    bool found;

    return pg_ask(db, "SELECT count(*) FROM schema_migration", text, sizeof text, &found, e);
}

static bool pg_null(const struct lf_row *r, int col)
{
    return PQgetisnull(r->from, r->at, col);
}

static lf_view pg_text(const struct lf_row *r, int col)
{
    if (pg_null(r, col))
        return (lf_view){ NULL, 0 };
    return (lf_view){ PQgetvalue(r->from, r->at, col), (size_t)PQgetlength(r->from, r->at, col) };
}

static int64_t pg_int(const struct lf_row *r, int col)
{
    /* NULL is "" here, so 0, as with SQLite. */
    return strtoll(PQgetvalue(r->from, r->at, col), NULL, 10);
}

static lf_view pg_blob(const struct lf_row *r, int col)
{
    lf_view hex = pg_text(r, col);
    char *out;

    if (!hex.ptr || PQftype(r->from, col) != OID_BYTEA || !lf_view_starts(hex, LF_V("\\x")))
        return hex;
    hex = lf_view_from(hex, 2);
    out = lf_arena_alloc(r->a, hex.len / 2 + 1, 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        int hi = hex.ptr[i] <= '9' ? hex.ptr[i] - '0' : hex.ptr[i] - 'a' + 10;
        int lo = hex.ptr[i + 1] <= '9' ? hex.ptr[i + 1] - '0' : hex.ptr[i + 1] - 'a' + 10;
        out[i / 2] = (char)(hi * 16 + lo);
    }
    return (lf_view){ out, hex.len / 2 };
}

static const struct lf_db_ops pg_ops = {
    .name = "postgres",
    .migrations = lf_migrations_postgres,
    .close = pg_close,
    .exec = pg_exec,
    .ask = pg_ask,
    .begin = "BEGIN",
    .ready = pg_ready,
    .prepare = pg_prepare,
    .run = pg_run,
    .verify = pg_verify,
    .row_int = pg_int,
    .row_text = pg_text,
    .row_blob = pg_blob,
    .row_null = pg_null,
};

static void no_notice(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

enum lf_code lf_postgres_open(const struct lf_db_options *o, struct lf_db **out, struct lf_err *e)
{
    /* What the conninfo says itself comes later and wins. */
    const char *keys[] = { "connect_timeout", "client_encoding", "fallback_application_name", "dbname",
                           NULL };
    const char *values[] = { "5", "UTF8", "lianfang", o->path, NULL };
    struct pg_db *p = calloc(1, sizeof *p);
    enum lf_code rc;

    LF_ASSERT(p);
    p->base.ops = &pg_ops;
    p->read_only = o->read_only;
    p->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(p->conn) != CONNECTION_OK) {
        rc = lf_err_set(e, LF_AWAY, "PostgreSQL cannot be reached: %.*s",
                        LF_FMT(first_line(PQerrorMessage(p->conn))));
    } else {
        PQsetNoticeProcessor(p->conn, no_notice, NULL);
        rc = greet(&p->base, e);
    }
    if (rc != LF_OK) {
        pg_close(&p->base);
        return rc;
    }
    *out = &p->base;
    return LF_OK;
}
