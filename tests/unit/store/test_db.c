#include "store/db.h"
#include "store/queries.h"
#include "store/query_audit.h"
#include "store/query_ident.h"
#include "store/query_intelligence.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "lf_engines.h"
#include "lf_test.h"

static struct lf_engine g;
static const char *where; /* what this round opens */

static struct lf_db *open_db(void)
{
    struct lf_db *db = NULL;
    struct lf_err e = { 0 };

    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = where }, &g.env, &db, &e), &e);
    if (!db)
        exit(1);
    return db;
}

static enum lf_code set(struct lf_db *db, const char *key, const char *value, struct lf_err *e)
{
    return lf_db_exec(db, NULL, &lf_q_setting_set,
                      LF_ARGS(LF_TEXT(lf_view_of(key)), LF_TEXT(lf_view_of(value))), e);
}

static bool is(struct lf_db *db, const char *key, const char *want)
{
    struct lf_arena a = { 0 };
    lf_view got = { 0 };
    enum lf_code rc =
        lf_db_text(db, NULL, &lf_q_setting_get, LF_ARGS(LF_TEXT(lf_view_of(key))), &a, &got, NULL);
    bool same = want ? rc == LF_OK && lf_view_is(got, want) : rc == LF_NOT_FOUND;

    lf_arena_clear(&a);
    return same;
}

static enum lf_code org(struct lf_db *db, const char *id, struct lf_err *e)
{
    return lf_db_exec(
        db, NULL, &lf_q_organisation_insert,
        LF_ARGS(LF_TEXT(lf_view_of(id)), LF_TEXT(LF_V("名")), LF_TEXT(LF_V("")), LF_NULL, LF_INT(7)), e);
}

static void what_was_committed_is_found_after_opening_again(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();

    CHECK_OK(set(db, "t.a", "聯防", &e), &e);
    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(set(db, "t.b", "in", &e), &e);
    CHECK_OK(lf_db_commit(db, &e), &e);
    lf_db_close(db);
    db = open_db();
    CHECK(is(db, "t.a", "聯防") && is(db, "t.b", "in"));
    CHECK_OK(lf_db_verify(db, &e), &e);
    lf_db_close(db);
}

static void what_was_rolled_back_or_undone_is_not_there(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();

    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(set(db, "t.gone", "x", &e), &e);
    lf_db_rollback(db);
    CHECK(is(db, "t.gone", NULL));

    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(lf_db_save(db, &e), &e);
    CHECK_OK(set(db, "t.one", "kept", &e), &e);
    CHECK_OK(lf_db_save(db, &e), &e); /* nested */
    CHECK_OK(set(db, "t.two", "undone", &e), &e);
    lf_db_undo(db);
    CHECK_OK(lf_db_release(db, &e), &e);
    CHECK_OK(lf_db_save(db, &e), &e);
    CHECK_OK(set(db, "t.three", "undone", &e), &e);
    lf_db_undo(db);
    CHECK_OK(lf_db_commit(db, &e), &e);
    CHECK(is(db, "t.one", "kept") && is(db, "t.two", NULL) && is(db, "t.three", NULL));
    lf_db_close(db);
}

static void a_transaction_left_open_at_close_is_not_kept(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();

    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(set(db, "t.open", "x", &e), &e);
    lf_db_close(db);
    db = open_db();
    CHECK(is(db, "t.open", NULL));
    lf_db_close(db);
}

static void a_conflict_undoes_its_statement_alone(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    char id[40];

    snprintf(id, sizeof id, "o-%lld",
             (long long)lf_now(&g.env)); /* the PostgreSQL database may be an old one */
    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(org(db, id, &e), &e);
    CHECK_CODE(org(db, id, &e), LF_CONFLICT);
    CHECK_CODE(lf_db_exec(db, NULL, &lf_q_session_insert,
                          LF_ARGS(LF_BLOB(LF_V("h")), LF_TEXT(LF_V("nobody")), LF_INT(1), LF_INT(1)), &e),
               LF_CONFLICT); /* a foreign key */
    CHECK_OK(set(db, "t.after", "went on", &e), &e);
    CHECK_OK(lf_db_commit(db, &e), &e);
    CHECK(is(db, "t.after", "went on"));
    lf_db_close(db);
}

static enum lf_code look(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    int *seen = ctx;

    (void)e;
    ++*seen;
    CHECK(lf_row_int(r, 0) == INT64_MAX && lf_row_int(r, 1) == INT64_MIN);
    CHECK_VIEW(lf_row_text(r, 2), LF_V("誰"));
    CHECK_VIEW(lf_row_text(r, 6), LF_V(""));
    CHECK(lf_row_text(r, 6).ptr != NULL, "an empty text is not NULL");
    CHECK_VIEW(lf_row_blob(r, 7), ((lf_view){ "\0\x01\xff", 3 }));
    CHECK(lf_row_blob(r, 8).ptr != NULL && lf_row_blob(r, 8).len == 0, "an empty blob is not NULL");
    return LF_OK;
}

static void numbers_texts_and_bytes_come_back_as_they_went_in(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    struct lf_scope s = { .org = LF_VIEW("org-x"), .account = LF_VIEW("system") };
    int seen = 0;

    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(lf_db_exec(db, &s, &lf_q_audit_insert,
                        LF_ARGS(LF_INT(INT64_MAX), LF_INT(INT64_MIN), LF_TEXT(LF_V("誰")), LF_TEXT(LF_V("a")),
                                LF_TEXT(LF_V("s")), LF_TEXT(LF_V("")),
                                LF_BLOB(((lf_view){ "\0\x01\xff", 3 })), LF_BLOB(LF_V(""))),
                        &e),
             &e);
    CHECK_OK(lf_db_run(db, &s, &lf_q_audit_walk, LF_ARGS(LF_INT(1), LF_INT(10)), look, &seen, NULL, &e), &e);
    CHECK(seen == 1);
    lf_db_rollback(db);
    lf_db_close(db);
}

static int64_t take(struct lf_db *db, const char *row, int64_t n)
{
    struct lf_err e = { 0 };
    int64_t first = 0;

    CHECK_OK(lf_db_take(db, NULL, &lf_q_isac_reserve, LF_ARGS(LF_TEXT(lf_view_of(row))), n, &first, &e), &e);
    return first;
}

static void numbers_of_a_row_rise_and_none_that_was_kept_is_given_twice(void)
{
    enum { TURNS = 6000, DEEP = 3, ROWS = 12 };
    static const char *const rows[ROWS] = { "t.0", "t.1", "t.2", "t.3", "t.4",  "t.5",
                                            "t.6", "t.7", "t.8", "t.9", "t.10", "" };
    /* The greatest of each row, as of each savepoint that is open; 0: outside the transaction. */
    int64_t last[DEEP + 2][ROWS] = { 0 };
    uint64_t seed = 20261122;
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    unsigned deep = 0; /* 1: a transaction; above it savepoints */

    for (int i = 0; i < TURNS; i++) {
        unsigned row, what;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        what = (unsigned)(seed >> 33) % 16;
        row = (unsigned)(seed >> 40) % ROWS;
        if (what == 0 && deep <= DEEP) {
            CHECK_OK(deep ? lf_db_save(db, &e) : lf_db_begin(db, &e), &e);
            memcpy(last[deep + 1], last[deep], sizeof *last);
            deep++;
        } else if (what == 1 && deep) {
            deep--;
            CHECK_OK(deep ? lf_db_release(db, &e) : lf_db_commit(db, &e), &e);
            memcpy(last[deep], last[deep + 1], sizeof *last);
        } else if (what == 2 && deep) {
            deep--;
            deep ? lf_db_undo(db) : lf_db_rollback(db);
        } else {
            int64_t n = 1 + (int64_t)(seed >> 50) % (what == 3 ? 300 : 3), first = take(db, rows[row], n);

            CHECK(first > last[deep][row], "turn %d, %u deep: %s gives %lld after %lld", i, deep, rows[row],
                  (long long)first, (long long)last[deep][row]);
            last[deep][row] = first + n - 1;
        }
    }
    lf_db_close(db);
}

static void of_numbers_taken_together_at_most_as_many_stay_unused_as_were_used(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    int64_t before = take(db, "t.waste", 1), after;

    CHECK(take(db, "t.waste", 1) == before + 1, "outside a transaction none is lost");
    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(lf_db_save(db, &e), &e);
    CHECK(take(db, "t.waste", 1) == before + 2, "nor with one in a task");
    CHECK_OK(lf_db_release(db, &e), &e);
    CHECK_OK(lf_db_save(db, &e), &e);
    for (int i = 0; i < 1000; i++)
        CHECK(take(db, "t.waste", 1) == before + 3 + i, "they are in a row");
    CHECK_OK(lf_db_release(db, &e), &e);
    CHECK_OK(lf_db_commit(db, &e), &e);
    after = take(db, "t.waste", 1);
    CHECK(after >= before + 1003 && after < before + 2003, "%lld after %lld", (long long)after,
          (long long)before);
    lf_db_close(db);
}

static void text_that_one_engine_would_refuse_is_refused_on_both(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();

    CHECK_CODE(lf_db_exec(db, NULL, &lf_q_setting_set,
                          LF_ARGS(LF_TEXT(LF_V("t.n")), LF_TEXT(((lf_view){ "a\0b", 3 }))), &e),
               LF_BAD_INPUT);
    CHECK_CODE(set(db, "t.n", "\xff", &e), LF_BAD_INPUT);
    CHECK(is(db, "t.n", NULL));
    lf_db_close(db);
}

static enum lf_code refuse(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    (void)ctx;
    (void)r;
    return lf_err_set(e, LF_TOO_BIG, "enough");
}

static void a_callback_ends_the_query_with_its_own_code(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    int64_t changed = -1;

    CHECK_OK(set(db, "t.c", "1", &e), &e);
    CHECK_CODE(lf_db_run(db, NULL, &lf_q_setting_get, LF_ARGS(LF_TEXT(LF_V("t.c"))), refuse, NULL, NULL, &e),
               LF_TOO_BIG);
    CHECK_OK(
        lf_db_run(db, NULL, &lf_q_session_sweep, LF_ARGS(LF_INT(0), LF_INT(0)), NULL, NULL, &changed, &e),
        &e);
    CHECK(changed == 0);
    CHECK_OK(lf_db_run(db, NULL, &lf_q_setting_set, LF_ARGS(LF_TEXT(LF_V("t.c")), LF_TEXT(LF_V("2"))), NULL,
                       NULL, &changed, &e),
             &e);
    CHECK(changed == 1);
    lf_db_close(db);
}

static void a_read_only_database_takes_no_change(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db(), *ro = NULL;

    CHECK_OK(set(db, "t.ro", "1", &e), &e);
    lf_db_close(db);
    CHECK_OK(lf_db_open(&(struct lf_db_options){ .path = where, .read_only = true }, &g.env, &ro, &e), &e);
    if (!ro)
        return;
    CHECK(is(ro, "t.ro", "1"));
    CHECK(set(ro, "t.ro", "2", &e) != LF_OK);
    lf_db_close(ro);
}

static void every_named_statement_prepares(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();

    for (int q = 0; q < LF_QUERIES; q++)
        CHECK(lf_db_prepare(db, lf_queries[q], &e) == LF_OK, "%s", e.text);
    lf_db_close(db);
}

/* ---- SQLite alone ---- */

static void the_database_file_is_ours_alone(void)
{
    struct stat st;
    struct lf_db *db = open_db();
    struct lf_err e = { 0 };
    char wal[128];

    CHECK_OK(set(db, "t.p", "1", &e), &e);
    snprintf(wal, sizeof wal, "%s-wal", g.path);
    CHECK(stat(g.path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(stat(wal, &st) == 0 && (st.st_mode & 0777) == 0600);
    lf_db_close(db);
}

static void an_edited_or_unknown_migration_is_refused_with_a_clear_sentence(void)
{
    static const struct {
        const char *break_it, *mend, *says;
    } rows[] = {
        { "UPDATE schema_migration SET hash = 'x' || hash WHERE name = '0001_ident'",
          "UPDATE schema_migration SET hash = substr(hash, 2) WHERE name = '0001_ident'",
          "0001_ident is not the one" },
        { "INSERT INTO schema_migration VALUES ('9999_future', 'x', 0)",
          "DELETE FROM schema_migration WHERE name = '9999_future'", "newer program" },
    };
    sqlite3 *raw;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lf_err e = { 0 };
        struct lf_db *db = NULL;

        CHECK(sqlite3_open(g.path, &raw) == 0 && sqlite3_exec(raw, rows[i].break_it, 0, 0, 0) == 0);
        sqlite3_close(raw);
        CHECK_CODE(lf_db_open(&(struct lf_db_options){ .path = where }, &g.env, &db, &e), LF_CONFLICT);
        CHECK(lf_view_find(lf_view_of(e.text), lf_view_of(rows[i].says)) != SIZE_MAX, "%s", e.text);
        CHECK(sqlite3_open(g.path, &raw) == 0 && sqlite3_exec(raw, rows[i].mend, 0, 0, 0) == 0);
        sqlite3_close(raw);
    }
    lf_db_close(open_db());
}

static void a_file_that_is_no_database_is_refused(void)
{
    struct lf_db *db = NULL;
    struct lf_err e = { 0 };
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/not.db", g.dir);
    f = fopen(path, "w");
    for (int i = 0; f && i < 1000; i++)
        fputs("no database ", f);
    if (f)
        fclose(f);
    CHECK_CODE(lf_db_open(&(struct lf_db_options){ .path = path }, &g.env, &db, &e), LF_IO);
    unlink(path);
    CHECK_CODE(lf_db_open(&(struct lf_db_options){ .path = "/nowhere/at/all.db" }, &g.env, &db, &e), LF_IO);
}

/* A database that may not grow, by SQLite's own page limit: what a full disk
 * gives, without needing one. */
static void a_full_disk_keeps_nothing_since_begin_and_says_so(void)
{
    struct lf_err e = { 0 };
    struct lf_db *db = open_db();
    struct rlimit before = { 0 }, small;
    struct stat st;
    static char big[40000];
    enum lf_code rc = LF_OK;

    memset(big, 'x', sizeof big - 1);
    CHECK_OK(set(db, "t.full", "before", &e), &e);
    CHECK(stat(g.path, &st) == 0 && getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    small = before;
    small.rlim_cur = 200000;
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_OK(lf_db_begin(db, &e), &e);
    CHECK_OK(set(db, "t.full", "after", &e), &e);
    for (int i = 0; i < 400 && rc == LF_OK; i++) {
        char key[32];
        snprintf(key, sizeof key, "t.full%d", i);
        rc = set(db, key, big, &e);
    }
    if (rc == LF_OK)
        rc = lf_db_commit(db, &e);
    else
        CHECK_CODE(lf_db_commit(db, &e), rc);
    CHECK(rc == LF_FULL || rc == LF_IO, "%s", lf_code_name(rc));
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!lf_db_in_transaction(db));
    CHECK(is(db, "t.full", "before") && is(db, "t.full0", NULL));
    CHECK_OK(set(db, "t.full", "again", &e), &e);
    CHECK(is(db, "t.full", "again"));
    lf_db_close(db);
}

static void both(void)
{
    RUN(what_was_committed_is_found_after_opening_again);
    RUN(what_was_rolled_back_or_undone_is_not_there);
    RUN(a_transaction_left_open_at_close_is_not_kept);
    RUN(a_conflict_undoes_its_statement_alone);
    RUN(numbers_texts_and_bytes_come_back_as_they_went_in);
    RUN(numbers_of_a_row_rise_and_none_that_was_kept_is_given_twice);
    RUN(of_numbers_taken_together_at_most_as_many_stay_unused_as_were_used);
    RUN(text_that_one_engine_would_refuse_is_refused_on_both);
    RUN(a_callback_ends_the_query_with_its_own_code);
    RUN(a_read_only_database_takes_no_change);
    RUN(every_named_statement_prepares);
}

static void the_same_promises_hold_on_postgresql(void)
{
    SKIP("LF_TEST_POSTGRES is not set; tests/integ/postgres sets one up");
}

int main(void)
{
    lf_engine_init(&g);
    where = g.path;
    both();
    RUN(the_database_file_is_ours_alone);
    RUN(an_edited_or_unknown_migration_is_refused_with_a_clear_sentence);
    RUN(a_file_that_is_no_database_is_refused);
    RUN(a_full_disk_keeps_nothing_since_begin_and_says_so);
    lf_engine_clear(&g);
    if (lf_engine_postgres()) {
        where = lf_engine_postgres();
        printf("# on PostgreSQL\n");
        both();
    } else {
        RUN(the_same_promises_hold_on_postgresql);
    }
    DONE();
}
