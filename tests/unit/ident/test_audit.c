#include <sqlite3.h>

#include "lf_world.h"

static void fill(struct world *w, int n)
{
    struct lf_err e = { 0 };

    for (int i = 0; i < n; i++)
        CHECK_OK(lf_audit_add(&w->t, LF_V("test.done"), lf_arena_printf(&w->arena, "s%d", i),
                              LF_V("{\"a\":1}"), &e),
                 &e);
}

static void a_chain_proves_itself_over_many_pages(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_audit_head head, proved;

    world_open(&w);
    CHECK_OK(lf_db_begin(w.t.db, &e), &e);
    fill(&w, 2500);
    CHECK_OK(lf_db_commit(w.t.db, &e), &e);
    CHECK_OK(lf_audit_head(&w.t, &head, &e), &e);
    CHECK_OK(lf_audit_verify(&w.t, &proved, &e), &e);
    CHECK(head.seq == proved.seq && head.seq == 2501, "the first tells that the node was made");
    CHECK(memcmp(head.hash, proved.hash, LF_SHA256) == 0);
    world_close(&w);
}

/* As someone would who has the database file, or the server's password. */
static bool past_the_program(const char *where, const char *sql)
{
    bool ok;

    if (lf_engine_postgres()) {
        PGconn *conn = PQconnectdb(where);
        PGresult *res = PQexec(conn, sql);

        ok = PQresultStatus(res) == PGRES_COMMAND_OK;
        PQclear(res);
        PQfinish(conn);
    } else {
        sqlite3 *raw;

        ok = sqlite3_open(where, &raw) == SQLITE_OK && sqlite3_exec(raw, sql, 0, 0, 0) == SQLITE_OK;
        sqlite3_close(raw);
    }
    return ok;
}

static void any_change_to_an_entry_is_found_and_named(void)
{
    static const struct {
        const char *sql, *says;
    } rows[] = {
        { "UPDATE audit SET detail = '{\"a\":2}' WHERE seq = 4", "entry 4 was changed" },
        { "UPDATE audit SET account = 'somebody' WHERE seq = 4", "entry 4 was changed" },
        { "UPDATE audit SET action = 'test.dones', subject = substr(subject, 2) WHERE seq = 4",
          "entry 4 was changed" },
        { "UPDATE audit SET time = time + 1 WHERE seq = 2", "entry 2 was changed" },
        { "UPDATE audit SET hash = prev WHERE seq = 3", "entry 3 was changed" },
        { "DELETE FROM audit WHERE seq = 5", "entry 5 is missing" },
        { "DELETE FROM audit WHERE seq = 1", "entry 1 is missing" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct lf_err e = { 0 };
        struct lf_audit_head head;

        world_open(&w);
        fill(&w, 9);
        CHECK(past_the_program(w.where, rows[i].sql));
        CHECK_CODE(lf_audit_verify(&w.t, &head, &e), LF_CONFLICT);
        CHECK(lf_view_find(lf_view_of(e.text), lf_view_of(rows[i].says)) != SIZE_MAX, "%s", e.text);
        world_close(&w);
    }
}

static void entries_are_listed_newest_first_to_those_who_may(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_audit_list list;
    struct lf_page page = { .limit = 4 };
    int64_t last = INT64_MAX, seen = 0;

    world_open(&w);
    fill(&w, 9);
    do {
        CHECK_OK(lf_audit_list(&w.t, &page, &list, &e), &e);
        for (size_t i = 0; i < list.count; i++, seen++) {
            CHECK(list.item[i].seq < last);
            last = list.item[i].seq;
        }
        page.after = list.next;
    } while (list.next.len && seen < 100);
    CHECK(seen == 10);
    world_as(&w, LF_V("x"), w.self.org, LF_ROLE_ANALYST);
    CHECK_CODE(lf_audit_list(&w.t, NULL, &list, &e), LF_FORBIDDEN);
    world_as(&w, LF_V("x"), LF_V("other-org"), LF_ROLE_REVIEWER);
    CHECK_OK(lf_audit_list(&w.t, NULL, &list, &e), &e);
    CHECK(list.count == 0, "another organisation sees none of ours");
    world_close(&w);
}

static void an_entry_goes_with_what_it_tells(void)
{
    struct world w;
    struct lf_err e = { 0 };
    struct lf_audit_head before, after;
    char *big = calloc(1, LF_AUDIT_DETAIL + 1);

    world_open(&w);
    CHECK_OK(lf_audit_head(&w.t, &before, &e), &e);
    CHECK_OK(lf_db_begin(w.t.db, &e), &e);
    CHECK_OK(lf_db_save(w.t.db, &e), &e);
    fill(&w, 3);
    lf_db_undo(w.t.db);
    fill(&w, 1);
    CHECK_OK(lf_db_commit(w.t.db, &e), &e);
    CHECK_OK(lf_audit_verify(&w.t, &after, &e), &e);
    CHECK(after.seq == before.seq + 1);
    memset(big, 'x', LF_AUDIT_DETAIL + 1);
    CHECK_CODE(lf_audit_add(&w.t, LF_V("a.b"), LF_V("s"), (lf_view){ big, LF_AUDIT_DETAIL + 1 }, &e),
               LF_TOO_BIG);
    free(big);
    world_close(&w);
}

int main(void)
{
    RUN(a_chain_proves_itself_over_many_pages);
    RUN(any_change_to_an_entry_is_found_and_named);
    RUN(entries_are_listed_newest_first_to_those_who_may);
    RUN(an_entry_goes_with_what_it_tells);
    DONE();
}
