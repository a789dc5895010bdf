#include "soc/saved_search.h"

#include "../ident/lf_world.h"
#include "soc/alert.h"

static struct lf_err e;

static struct lf_saved_search hourly(const char *name)
{
    return (struct lf_saved_search){ .name = lf_view_of(name),
                                     .query = LF_V("alice"),
                                     .from = LF_V("-1h"),
                                     .every = LF_HOUR,
                                     .more_than = 3,
                                     .fewer_than = LF_SAVED_NEVER,
                                     .level = LF_LEVEL_HIGH };
}

static lf_view save(struct world *w, const struct lf_saved_search *s)
{
    lf_view id = LF_V("");

    CHECK_OK(lf_saved_search_put(&w->t, s, &id, &e), &e);
    return id;
}

static size_t due(struct world *w)
{
    struct lf_saved_search *list;
    size_t n = 99;

    CHECK_OK(lf_saved_search_due(&w->t, 10, &list, &n, &e), &e);
    return n;
}

static bool ran(struct world *w, lf_view id, int64_t results)
{
    struct lf_saved_run run = { .began = w->now,
                                .results = results,
                                .trouble = lf_view_of(results < 0 ? "no answer" : "") };
    lf_view alert = LF_V("");

    CHECK_OK(lf_saved_search_ran(&w->t, id, &run, &alert, &e), &e);
    return alert.len > 0;
}

static void open_as(struct world *w, const char *account)
{
    world_open(w);
    w->t.scope.account = lf_view_of(account);
    w->t.scope.roles = LF_ROLE_SYSTEM;
    CHECK_OK(lf_db_begin(w->t.db, &e), &e);
}

static void close_world(struct world *w)
{
    lf_db_rollback(w->t.db);
    world_close(w);
}

static void only_its_end_moves_the_time_of_the_next(void)
{
    struct lf_saved_search s = hourly("failed logins"), got;
    struct world w;
    lf_view id;

    open_as(&w, "system");
    id = save(&w, &s);
    CHECK(due(&w) == 1, "at once");
    CHECK(due(&w) == 1, "still, as nothing says that it ran");
    CHECK(!ran(&w, id, 3), "three are not more than three");
    CHECK(due(&w) == 0, "it ran");
    w.now += LF_HOUR - LF_SECOND;
    CHECK(due(&w) == 0, "not yet");
    w.now += LF_SECOND;
    CHECK(due(&w) == 1, "an hour after it began");
    w.now += 5 * LF_HOUR; /* the node was down */
    CHECK(ran(&w, id, 4), "four are");
    CHECK(due(&w) == 0, "what was missed is not made up for");
    CHECK_OK(lf_saved_search_get(&w.t, id, &got, &e), &e);
    CHECK(got.results == 4 && got.ran == w.now && got.next == w.now + LF_HOUR && got.runs == 2, "%lld",
          (long long)got.results);
    w.now += LF_HOUR;
    CHECK(!ran(&w, id, -1), "a failed run tells nothing");
    CHECK_OK(lf_saved_search_get(&w.t, id, &got, &e), &e);
    CHECK_VIEW(got.trouble, LF_V("no answer"));
    close_world(&w);
}

static void fewer_than_none_is_never_and_fewer_than_one_is_silence(void)
{
    struct lf_saved_search s = hourly("heartbeat");
    struct world w;
    lf_view id;

    open_as(&w, "system");
    s.more_than = LF_SAVED_NEVER;
    s.fewer_than = 0;
    CHECK(!ran(&w, save(&w, &s), 0), "none is not fewer than none");
    s.fewer_than = 1;
    id = save(&w, &s);
    CHECK(!ran(&w, id, 1) && ran(&w, id, 0), "silence");
    close_world(&w);
}

static void an_owner_who_may_search_no_more_has_its_clock_stopped(void)
{
    struct lf_saved_search s = hourly("mine"), got;
    struct world w;
    lf_view id;

    open_as(&w, "gone");
    id = save(&w, &s);
    CHECK(due(&w) == 0, "nobody asks for it");
    CHECK_OK(lf_saved_search_get(&w.t, id, &got, &e), &e);
    CHECK(got.next == 0 && got.trouble.len, "and it says why");
    w.now += LF_DAY;
    CHECK(due(&w) == 0, "for good");
    close_world(&w);
}

static void a_private_one_is_its_owners(void)
{
    struct lf_saved_search s = hourly("private"), *list, got;
    struct world w;
    lf_view id, shared, next;
    size_t n;

    open_as(&w, "anna");
    w.t.scope.roles = LF_ROLE_ANALYST;
    id = save(&w, &s);
    s.name = LF_V("shared");
    s.shared = true;
    shared = save(&w, &s);
    w.t.scope.account = LF_V("bert");
    CHECK_CODE(lf_saved_search_get(&w.t, id, &got, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_saved_search_remove(&w.t, id, &e), LF_NOT_FOUND);
    CHECK_CODE(lf_saved_search_remove(&w.t, shared, &e), LF_FORBIDDEN);
    s.id = shared;
    CHECK_CODE(lf_saved_search_put(&w.t, &s, &next, &e), LF_FORBIDDEN);
    CHECK_OK(lf_saved_search_list(&w.t, NULL, &list, &n, &next, &e), &e);
    CHECK(n == 1 && lf_view_eq(list[0].id, shared), "%zu", n);
    w.t.scope.roles = LF_ROLE_READER;
    CHECK_CODE(lf_saved_search_list(&w.t, NULL, &list, &n, &next, &e), LF_FORBIDDEN);
    w.t.scope.roles = LF_ROLE_ADMIN;
    CHECK_OK(lf_saved_search_list(&w.t, &(struct lf_page){ .limit = 1 }, &list, &n, &next, &e), &e);
    CHECK(n == 1 && lf_view_eq(list[0].id, id) && next.len, "an administrator sees all, by name");
    CHECK_OK(lf_saved_search_list(&w.t, &(struct lf_page){ .limit = 1, .after = next }, &list, &n, &next, &e),
             &e);
    CHECK(n == 1 && lf_view_eq(list[0].id, shared) && !next.len, "the next page");
    CHECK_OK(lf_saved_search_remove(&w.t, id, &e), &e);
    close_world(&w);
}

static void events_are_counted_and_tables_left_as_they_are(void)
{
    struct lf_arena a = { 0 };

    CHECK_VIEW(lf_saved_search_counting(&a, LF_V("a OR b")), LF_V("a OR b | count"));
    CHECK_VIEW(lf_saved_search_counting(&a, LF_V("a | top 10 x")), LF_V("a | top 10 x"));
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(only_its_end_moves_the_time_of_the_next);
    RUN(fewer_than_none_is_never_and_fewer_than_one_is_silence);
    RUN(an_owner_who_may_search_no_more_has_its_clock_stopped);
    RUN(a_private_one_is_its_owners);
    RUN(events_are_counted_and_tables_left_as_they_are);
    DONE();
}
