#include "store/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf_test.h"
#include "sys/file.h"

static struct lf_err e;
static struct lf_arena a;
static char dir[256];

static struct lf_journal *open_it(uint64_t keep)
{
    struct lf_journal *j = NULL;

    CHECK_OK(lf_journal_open(dir, keep, &j, &e), &e);
    if (!j)
        exit(1);
    return j;
}

static void fresh_dir(void)
{
    (void)!lf_file_remove_tree(dir, &e);
}

static size_t count_from(struct lf_journal *j, uint64_t from, size_t most)
{
    struct lf_journal_record *r;
    size_t n, total = 0;

    for (;;) {
        lf_arena_reset(&a);
        CHECK_OK(lf_journal_read(j, &a, from, most, &r, &n, &from, &e), &e);
        if (!n)
            return total;
        total += n;
    }
}

static void what_was_committed_is_there_again(void)
{
    struct lf_journal_record *r;
    struct lf_journal *j;
    uint64_t next;
    size_t n;

    fresh_dir();
    j = open_it(1 << 24);
    CHECK(lf_journal_add(j, 5, 2, LF_V("web"), LF_V("one")) == 1, "first");
    CHECK(lf_journal_add(j, 6, 3, LF_V(""), LF_V("")) == 2, "second");
    lf_journal_set_state(j, LF_V("offset 3"));
    CHECK_OK(lf_journal_read(j, &a, 1, 1 << 20, &r, &n, &next, &e), &e);
    CHECK(n == 0, "read before the commit");
    CHECK_OK(lf_journal_commit(j, &e), &e);
    CHECK(lf_journal_add(j, 7, 2, LF_V("web"), LF_V("lost")) == 3, "third");
    lf_journal_close(j);

    j = open_it(1 << 24);
    CHECK_VIEW(lf_journal_state(j), LF_V("offset 3"));
    CHECK(lf_journal_add(j, 8, 2, LF_V("dns"), LF_V("three")) == 3, "uncommitted position is free again");
    CHECK_OK(lf_journal_commit(j, &e), &e);
    CHECK_OK(lf_journal_read(j, &a, 2, 1 << 20, &r, &n, &next, &e), &e);
    CHECK(n == 2 && next == 4, "%zu", n);
    CHECK(r[0].position == 2 && r[0].recorded == 6 && r[0].format == 3, "fields");
    CHECK_VIEW(r[1].bytes, LF_V("three"));
    CHECK_VIEW(r[1].sender, LF_V("dns"));
    lf_journal_close(j);
}

static void a_torn_tail_is_cut_wherever_it_tore(void)
{
    char path[512];
    struct lf_journal *j;
    struct stat st;
    off_t one, two;
    char *bytes;
    int fd;

    fresh_dir();
    j = open_it(1 << 24);
    lf_journal_add(j, 1, 0, LF_V("s"), LF_V("the first record"));
    lf_journal_set_state(j, LF_V("A"));
    CHECK_OK(lf_journal_commit(j, &e), &e);
    snprintf(path, sizeof path, "%s/00000000000000000001.events", dir);
    stat(path, &st);
    one = st.st_size;
    lf_journal_add(j, 2, 0, LF_V("s"), LF_V("the second record, which tears"));
    lf_journal_set_state(j, LF_V("B"));
    CHECK_OK(lf_journal_commit(j, &e), &e);
    lf_journal_close(j);
    stat(path, &st);
    two = st.st_size;
    bytes = malloc((size_t)two);
    fd = open(path, O_RDONLY);
    CHECK(read(fd, bytes, (size_t)two) == two, "read");
    close(fd);

    for (off_t cut = one; cut <= two; cut++) {
        struct lf_journal_stats stats;

        fd = open(path, O_WRONLY | O_TRUNC);
        CHECK(write(fd, bytes, (size_t)cut) == cut, "write");
        if (cut < two && cut % 3 == 0) /* a hole of zeros, as file systems leave it */
            CHECK(ftruncate(fd, two) == 0, "extend");
        close(fd);
        j = open_it(1 << 24);
        lf_journal_stats(j, &stats);
        CHECK(stats.next == (cut == two ? 3u : 2u), "at %ld: %llu", (long)cut,
              (unsigned long long)stats.next);
        CHECK_VIEW(lf_journal_state(j), cut == two ? LF_V("B") : LF_V("A"));
        CHECK(count_from(j, 1, 1 << 20) == (cut == two ? 2u : 1u), "at %ld", (long)cut);
        lf_journal_close(j);
    }
    free(bytes);
}

static void the_oldest_goes_and_positions_go_on(void)
{
    struct lf_journal_stats stats;
    struct lf_journal *j;
    char noise[40000];
    unsigned x = 1;

    fresh_dir();
    j = open_it(1 << 20);
    lf_journal_set_state(j, LF_V("kept in every segment"));
    for (int i = 0; i < 100; i++) {
        for (size_t k = 0; k < sizeof noise; k++) {
            x = x * 1664525u + 1013904223u;
            noise[k] = (char)(x >> 24);
        }
        lf_journal_add(j, i, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
        CHECK_OK(lf_journal_commit(j, &e), &e);
    }
    lf_journal_stats(j, &stats);
    CHECK(stats.bytes <= 1 << 20 && stats.first > 1 && stats.next == 101, "%llu bytes",
          (unsigned long long)stats.bytes);
    CHECK(count_from(j, 1, 1) == 101 - stats.first, "small steps");
    CHECK(count_from(j, 1, 1 << 22) == 101 - stats.first, "large steps");
    CHECK(count_from(j, 100, 1) == 1, "the last");
    lf_journal_close(j);
    j = open_it(1 << 20);
    CHECK_VIEW(lf_journal_state(j), LF_V("kept in every segment"));
    CHECK(count_from(j, 0, 1 << 22) == 101 - stats.first, "after opening again");
    lf_journal_close(j);
}

static void a_full_disk_loses_nothing_that_waits(void)
{
    struct rlimit was, small;
    struct lf_journal *j;
    char noise[8000];
    unsigned x = 1;

    fresh_dir();
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)((x = x * 1664525u + 1013904223u) >> 24);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small = (struct rlimit){ 12000, was.rlim_max };
    j = open_it(1 << 24);
    lf_journal_add(j, 1, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
    CHECK_OK(lf_journal_commit(j, &e), &e);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0, "limit");
    lf_journal_add(j, 2, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
    CHECK_CODE(lf_journal_commit(j, &e), LF_FULL);
    CHECK_CODE(lf_journal_commit(j, &e), LF_FULL);
    CHECK(count_from(j, 1, 1 << 20) == 1, "what was there is readable");
    lf_journal_add(j, 3, 0, LF_V("s"), LF_V("more"));
    CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0, "limit");
    CHECK_OK(lf_journal_commit(j, &e), &e);
    CHECK(count_from(j, 1, 1 << 20) == 3, "all three");
    lf_journal_close(j);
    j = open_it(1 << 24);
    CHECK(count_from(j, 1, 1 << 20) == 3, "after opening again");
    lf_journal_close(j);
}

int main(void)
{
    snprintf(dir, sizeof dir, "%s/lf_journal_%ld", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (long)getpid());
    RUN(what_was_committed_is_there_again);
    RUN(a_torn_tail_is_cut_wherever_it_tore);
    RUN(the_oldest_goes_and_positions_go_on);
    RUN(a_full_disk_loses_nothing_that_waits);
    fresh_dir();
    lf_arena_clear(&a);
    DONE();
}
