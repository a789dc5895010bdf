/* What an engine gives to db.c.  Private to store. */
#ifndef LF_STORE_DB_PRIV_H
#define LF_STORE_DB_PRIV_H

#include "store/db.h"
#include "store/queries.h"

struct lf_db_ops {
    const char *name;
    const struct lf_migration *migrations;
    void (*close)(struct lf_db *db);
    /* SQL of the program's own, one or more statements, no rows wanted. */
    enum lf_code (*exec)(struct lf_db *db, const char *sql, struct lf_err *e);
    /* First column of the first row as text into out (cut); *found false without rows. */
    enum lf_code (*ask)(struct lf_db *db, const char *sql, char *out, size_t size, bool *found,
                        struct lf_err *e);
    const char *begin; /* the statement */
    /* Called before anything outside a transaction: mends a lost connection. */
    enum lf_code (*ready)(struct lf_db *db, struct lf_err *e);
    enum lf_code (*prepare)(struct lf_db *db, const struct lf_query *q, struct lf_err *e);
    /* `args` are all nparams of the statement, :org in its place. */
    enum lf_code (*run)(struct lf_db *db, const struct lf_query *q, const struct lf_arg *args, lf_row_fn each,
                        void *ctx, int64_t *changed, struct lf_err *e);
    enum lf_code (*verify)(struct lf_db *db, struct lf_err *e);
    int64_t (*row_int)(const struct lf_row *r, int col);
    lf_view (*row_text)(const struct lf_row *r, int col);
    lf_view (*row_blob)(const struct lf_row *r, int col);
    bool (*row_null)(const struct lf_row *r, int col);
};

/* Numbers of one row that the task at hand may give without asking the row. */
struct lf_db_numbers {
    const struct lf_query *q; /* NULL: none from here on */
    char name[64];            /* of the row, name_len bytes */
    size_t name_len;
    int64_t next, left, taken; /* taken: by the task, so far */
};
enum { LF_DB_NUMBERS = 8 };

/* The engines' own structs begin with this. */
struct lf_db {
    const struct lf_db_ops *ops;
    const struct lf_env *env;
    bool read_only;
    bool in_transaction;
    bool in_row;                                 /* a row callback is running: no other statement may */
    unsigned saves;                              /* open savepoints */
    enum lf_code broken;                         /* the transaction is lost; why */
    struct lf_db_numbers numbers[LF_DB_NUMBERS]; /* those just used first */
};

struct lf_row {
    struct lf_db *db;
    void *from; /* sqlite3_stmt or PGresult */
    int at;     /* row number (PostgreSQL) */
    struct lf_arena *a;
};

enum { LF_DB_PARAMS = 64 };

/* What was taken is the task's no more. */
void lf_db_numbers_drop(struct lf_db *db);

enum lf_code lf_sqlite_open(const struct lf_db_options *o, struct lf_db **out, struct lf_err *e) LF_MUST;
enum lf_code lf_postgres_open(const struct lf_db_options *o, struct lf_db **out, struct lf_err *e) LF_MUST;

#endif
