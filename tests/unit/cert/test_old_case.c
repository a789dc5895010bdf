#include "cert/old_case.h"

#include "lf_test.h"

static struct lf_arena a;
static struct lf_err e;
static struct lf_old_cases x;
static bool large;

static enum lf_code read(const char *format, lf_view text)
{
    x = (struct lf_old_cases){ 0 };
    e = (struct lf_err){ 0 };
    return lf_old_cases_read(
        &a, &(struct lf_old_file){ .format = lf_view_of(format), .text = text, .large = large },
        (lf_time)1795000000 * LF_SECOND, &x, &e);
}

static bool lost(const char *where, const char *why)
{
    for (size_t i = 0; i < x.nlosses && i < LF_OLD_LOSSES; i++)
        if (lf_view_is(x.losses[i].where, where) && strstr(x.losses[i].why, why))
            return true;
    return false;
}

static void an_object_where_a_list_belongs_is_told_and_ends_nothing(void)
{
    CHECK_OK(
        read("thehive", LF_V("{\"_id\":\"~1\",\"title\":\"t\",\"startDate\":1740000000000,\"tags\":{\"a\":1},"
                             "\"observables\":{\"data\":\"192.0.2.1\"},\"tasks\":[{\"title\":\"t\",\"logs\":{"
                             "\"message\":\"x\"}},7]}")),
        &e);
    CHECK(x.n == 1 && !x.items[0].nobservables && x.items[0].nnotes == 2, "%zu, %zu", x.n, x.items[0].nnotes);
    CHECK(lost("case 1, tags", "no list") && lost("case 1, observables", "no list") &&
              lost("case 1, logs", "no list"),
          "%zu told", x.nlosses);
    CHECK_OK(
        read("iris", LF_V("{\"case\":{\"case_id\":4,\"case_name\":\"n\",\"open_date\":\"2025-05-06\"},"
                          "\"iocs\":{\"ioc_value\":\"192.0.2.1\"},\"timeline\":{\"a\":1},\"notes\":\"x\"}")),
        &e);
    CHECK(x.n == 1 && lost("case 1, iocs", "no list") && lost("case 1, timeline", "no list") &&
              lost("case 1, notes", "no list"),
          "%zu told", x.nlosses);
}

/* Two hundred observables without a word of their own, then what people wrote. */
static void values_without_words_leave_the_room_of_notes_to_notes(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "{\"_id\":\"~1\",\"title\":\"t\",\"startDate\":1740000000000,\"observables\":[");
    for (int i = 0; i < 200; i++)
        lf_buf_printf(&b, "%s{\"dataType\":\"ip\",\"data\":\"192.0.2.%d\"}", i ? "," : "", i);
    LF_PUT(&b, "],\"tasks\":[{\"title\":\"isolate\",\"status\":\"Completed\"}],\"summary\":\"over\"}");
    CHECK_OK(read("thehive", lf_buf_view(&b)), &e);
    CHECK(x.n == 1 && x.items[0].nobservables == 200 && x.items[0].nnotes == 2 && !x.nlosses,
          "%zu notes, %zu lost", x.items[0].nnotes, x.nlosses);
    lf_buf_clear(&b);
}

static void of_a_large_file_what_will_not_do_is_refused_alone_and_the_rest_is_read(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b, "id,title,aware_at,risk\n");
    for (int i = 0; i < 300; i++)
        lf_buf_printf(&b, "%d,t,%s,high\n", i, i == 7 ? "2024-13-01" : "2024-01-02");
    LF_PUT(&b, "9,again,2024-01-02\na,b,c,d,e,f\n,none,2024-01-02\nx,t,2099-01-01\n");
    CHECK(read("csv", lf_buf_view(&b)) == LF_BAD_INPUT, "%s", e.text);
    large = true;
    CHECK_OK(read("csv", lf_buf_view(&b)), &e);
    large = false;
    CHECK(x.n == 299 && x.nrefused == 5 && x.nlosses == 1, "%zu, %zu refused, %zu lost", x.n, x.nrefused,
          x.nlosses);
    CHECK(lf_view_is(x.refused[0].where, "line 9") && lf_view_is(x.refused[4].where, "line 305") &&
              lf_view_is(x.items[8].where, "line 11"),
          "where");
    lf_buf_clear(&b);
}

/* As of a feed: what the core may do a slice at a time must rest, and end when it is told to. */
static enum lf_code no_more(void *ctx, struct lf_err *err)
{
    return --*(int *)ctx > 0 ? LF_OK : lf_err_set(err, LF_AWAY, "ended");
}

static void a_reading_that_is_to_end_ends(void)
{
    int left = 3;
    const struct lf_rest rest = { &left, no_more };
    const struct lf_old_file file = { .format = LF_V("csv"),
                                      .text =
                                          LF_V("id,title,aware_at\n1,a,2024-01-01\n2,a,x\n3,a,2024-01-01\n"
                                               "4,a,2024-01-01\n"),
                                      .large = true,
                                      .rest = &rest };

    CHECK(lf_old_cases_read(&a, &file, (lf_time)1795000000 * LF_SECOND, &x, &e) == LF_AWAY && !left,
          "%d left", left);
}

static void a_cell_of_megabytes_is_cut_between_characters_and_its_end_is_told(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 8 << 20);
    LF_PUT(&b, "id,title,aware_at,description\n1,t,2025-01-02,x");
    for (int i = 0; i < 1 << 20; i++)
        LF_PUT(&b, "資");
    CHECK_OK(read("csv", lf_buf_view(&b)), &e);
    CHECK(x.n == 1 && x.items[0].description.len == 16000 && lf_view_is_utf8(x.items[0].description), "%zu",
          x.items[0].description.len);
    CHECK(lost("line 2, column description", "too long"), "%zu told", x.nlosses);
    lf_buf_clear(&b);
}

int main(void)
{
    RUN(an_object_where_a_list_belongs_is_told_and_ends_nothing);
    RUN(values_without_words_leave_the_room_of_notes_to_notes);
    RUN(of_a_large_file_what_will_not_do_is_refused_alone_and_the_rest_is_read);
    RUN(a_reading_that_is_to_end_ends);
    RUN(a_cell_of_megabytes_is_cut_between_characters_and_its_end_is_told);
    lf_arena_clear(&a);
    DONE();
}
