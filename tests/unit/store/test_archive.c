#include "store/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf_test.h"
#include "store/token.h"
#include "sys/file.h"

static struct lf_err e;
static struct lf_arena a;
static char dir[256];

static struct lf_archive *open_it(uint64_t keep)
{
    struct lf_archive *j = NULL;

    CHECK_OK(lf_archive_open(dir, &(struct lf_archive_options){ .keep = keep }, &j, &e), &e);
    if (!j)
        exit(1);
    return j;
}

static void fresh_dir(void)
{
    (void)!lf_file_remove_tree(dir, &e);
}

static size_t count_from(struct lf_archive *j, uint64_t from, size_t most)
{
    struct lf_archive_record *r;
    size_t n, total = 0;

    for (;;) {
        lf_arena_reset(&a);
        CHECK_OK(lf_archive_read(j, &a, from, most, &r, &n, &from, &e), &e);
        if (!n)
            return total;
        total += n;
    }
}

static void what_was_committed_is_there_again(void)
{
    struct lf_archive_record *r;
    struct lf_archive *j;
    uint64_t next;
    size_t n;

    fresh_dir();
    j = open_it(1 << 24);
    CHECK(lf_archive_add(j, 5, 2, LF_V("web"), LF_V("one")) == 1, "first");
    CHECK(lf_archive_add(j, 6, 3, LF_V(""), LF_V("")) == 2, "second");
    lf_archive_set_state(j, LF_V("offset 3"));
    CHECK_OK(lf_archive_read(j, &a, 1, 1 << 20, &r, &n, &next, &e), &e);
    CHECK(n == 0, "read before the commit");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(lf_archive_add(j, 7, 2, LF_V("web"), LF_V("lost")) == 3, "third");
    lf_archive_close(j);

    j = open_it(1 << 24);
    CHECK_VIEW(lf_archive_state(j), LF_V("offset 3"));
    CHECK(lf_archive_add(j, 8, 2, LF_V("dns"), LF_V("three")) == 3, "uncommitted position is free again");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK_OK(lf_archive_read(j, &a, 2, 1 << 20, &r, &n, &next, &e), &e);
    CHECK(n == 2 && next == 4, "%zu", n);
    CHECK(r[0].position == 2 && r[0].recorded == 6 && r[0].format == 3, "fields");
    CHECK_VIEW(r[1].bytes, LF_V("three"));
    CHECK_VIEW(r[1].sender, LF_V("dns"));
    lf_archive_close(j);
}

static void a_torn_tail_is_cut_wherever_it_tore(void)
{
    char path[512];
    struct lf_archive *j;
    struct stat st;
    off_t one, two;
    char *bytes;
    int fd;

    fresh_dir();
    j = open_it(1 << 24);
    lf_archive_add(j, 1, 0, LF_V("s"), LF_V("the first record"));
    lf_archive_set_state(j, LF_V("A"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    snprintf(path, sizeof path, "%s/00000000000000000001.events", dir);
    stat(path, &st);
    one = st.st_size;
    lf_archive_add(j, 2, 0, LF_V("s"), LF_V("the second record, which tears"));
    lf_archive_set_state(j, LF_V("B"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_close(j);
    stat(path, &st);
    two = st.st_size;
    bytes = malloc((size_t)two);
    fd = open(path, O_RDONLY);
    CHECK(read(fd, bytes, (size_t)two) == two, "read");
    close(fd);

    for (off_t cut = one; cut <= two; cut++) {
        struct lf_archive_stats stats;

        fd = open(path, O_WRONLY | O_TRUNC);
        CHECK(write(fd, bytes, (size_t)cut) == cut, "write");
        if (cut < two && cut % 3 == 0) /* a hole of zeros, as file systems leave it */
            CHECK(ftruncate(fd, two) == 0, "extend");
        close(fd);
        j = open_it(1 << 24);
        lf_archive_stats(j, &stats);
        CHECK(stats.next == (cut == two ? 3u : 2u), "at %ld: %llu", (long)cut,
              (unsigned long long)stats.next);
        CHECK_VIEW(lf_archive_state(j), cut == two ? LF_V("B") : LF_V("A"));
        CHECK(count_from(j, 1, 1 << 20) == (cut == two ? 2u : 1u), "at %ld", (long)cut);
        lf_archive_close(j);
    }
    free(bytes);
}

static void the_oldest_goes_and_positions_go_on(void)
{
    struct lf_archive_stats stats;
    struct lf_archive *j;
    char noise[40000];
    unsigned x = 1;

    fresh_dir();
    j = open_it(1 << 20);
    lf_archive_set_state(j, LF_V("kept in every segment"));
    for (int i = 0; i < 100; i++) {
        for (size_t k = 0; k < sizeof noise; k++) {
            x = x * 1664525u + 1013904223u;
            noise[k] = (char)(x >> 24);
        }
        lf_archive_add(j, i, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
        CHECK_OK(lf_archive_commit(j, &e), &e);
    }
    lf_archive_stats(j, &stats);
    CHECK(stats.bytes <= 1 << 20 && stats.first > 1 && stats.next == 101, "%llu bytes",
          (unsigned long long)stats.bytes);
    CHECK(count_from(j, 1, 1) == 101 - stats.first, "small steps");
    CHECK(count_from(j, 1, 1 << 22) == 101 - stats.first, "large steps");
    CHECK(count_from(j, 100, 1) == 1, "the last");
    lf_archive_close(j);
    j = open_it(1 << 20);
    CHECK_VIEW(lf_archive_state(j), LF_V("kept in every segment"));
    CHECK(count_from(j, 0, 1 << 22) == 101 - stats.first, "after opening again");
    lf_archive_close(j);
}

static void a_full_disk_loses_nothing_that_waits(void)
{
    struct rlimit was, small;
    struct lf_archive *j;
    char noise[8000];
    unsigned x = 1;

    fresh_dir();
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)((x = x * 1664525u + 1013904223u) >> 24);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    small = (struct rlimit){ 12000, was.rlim_max };
    j = open_it(1 << 24);
    lf_archive_add(j, 1, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0, "limit");
    lf_archive_add(j, 2, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
    CHECK_CODE(lf_archive_commit(j, &e), LF_FULL);
    CHECK_CODE(lf_archive_commit(j, &e), LF_FULL);
    CHECK(count_from(j, 1, 1 << 20) == 1, "what was there is readable");
    lf_archive_add(j, 3, 0, LF_V("s"), LF_V("more"));
    CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0, "limit");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(count_from(j, 1, 1 << 20) == 3, "all three");
    lf_archive_close(j);
    j = open_it(1 << 24);
    CHECK(count_from(j, 1, 1 << 20) == 3, "after opening again");
    lf_archive_close(j);
}

/* ---- sealing ---- */

static uint64_t rnd = 1;

static unsigned below(unsigned n)
{
    rnd = rnd * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(rnd >> 33) % n;
}

/* The record of a position: what is added and what must be read. */
static lf_view text_of(uint64_t position, char out[400])
{
    int n = snprintf(
        out, 400,
        "{\"n\":%llu,\"uid\":\"C%llxZ\",\"query\":\"www%llu.example.com\",\"ip\":\"10.%llu.%llu.7\"}",
        (unsigned long long)position, (unsigned long long)position * 2654435761u,
        (unsigned long long)position % 50, (unsigned long long)position % 200,
        (unsigned long long)position % 13);

    return (lf_view){ out, (size_t)n };
}

static lf_view sender_of(uint64_t position)
{
    return position % 7 == 3 ? LF_V("dns") : position % 1000 == 1 ? LF_V("rare") : LF_V("web");
}

static void add_until(struct lf_archive *j, uint64_t last, unsigned commit)
{
    char text[400];

    for (;;) {
        struct lf_archive_stats st;
        uint64_t p;

        lf_archive_stats(j, &st);
        p = st.next;
        if (p > last)
            break;
        CHECK(lf_archive_add(j, (lf_time)p * 10, (unsigned)(p % 5), sender_of(p), text_of(p, text)) == p,
              "position");
        if (!below(commit))
            CHECK_OK(lf_archive_commit(j, &e), &e);
    }
    CHECK_OK(lf_archive_commit(j, &e), &e);
}

/* Works until nothing is to be done; counts what was told. */
static void work(struct lf_archive *j, uint64_t upto, size_t told[6])
{
    struct lf_archive_news news = { 0 };

    for (;;) {
        enum lf_archive_did did = lf_archive_work(j, 1, upto, &news);

        told[did]++;
        if (did == LF_ARCHIVE_IDLE)
            return;
        if (did == LF_ARCHIVE_FAILED || did == LF_ARCHIVE_DAMAGED)
            printf("# %s\n", news.error.text);
    }
}

static struct lf_archive *open_small(uint64_t events)
{
    struct lf_archive *j = NULL;

    CHECK_OK(lf_archive_open(dir, &(struct lf_archive_options){ .keep = 1 << 30, .events = events }, &j, &e),
             &e);
    if (!j)
        exit(1);
    return j;
}

/* Every record of first..last, as a reader sees them; blocks that are sealed. */
static size_t read_all(uint64_t first, uint64_t last, bool times)
{
    struct lf_archive_frame f = { 0 };
    struct lf_archive_reader *r;
    uint64_t p = first;
    size_t sealed = 0;

    CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
    for (size_t i = 0; i < lf_archive_blocks(r); i++) {
        struct lf_archive_block *b;

        CHECK_OK(lf_archive_block_open(r, i, &b, &e), &e);
        CHECK(b->first == p && b->events == b->last + 1 - b->first && !b->rebuilt && !b->damaged,
              "block of %llu", (unsigned long long)b->first);
        sealed += b->sealed;
        for (size_t k = 0; k < b->nframes; k++) {
            const struct lf_archive_record *x;
            size_t n;

            CHECK_OK(lf_archive_frame_read(b, k, &f, &e), &e);
            CHECK_OK(lf_archive_frame_records(&f, &x, &n, &e), &e);
            CHECK(n == b->frame[k].count && x[0].position == b->frame[k].first, "frame");
            for (size_t m = 0; m < n; m++, p++) {
                char text[400];

                CHECK(x[m].position == p && x[m].recorded == (lf_time)p * 10 && x[m].format == p % 5,
                      "record %llu", (unsigned long long)p);
                CHECK_VIEW(x[m].bytes, text_of(p, text));
                CHECK_VIEW(x[m].sender, sender_of(p));
                CHECK(x[m].happened == (times && b->sealed ? (lf_time)p * 10 - 3 : LF_ARCHIVE_NO_TIME),
                      "own time");
                CHECK(x[m].recorded >= b->frame[k].times.recorded_min &&
                          x[m].recorded <= b->frame[k].times.recorded_max &&
                          x[m].happened >= b->frame[k].times.happened_min &&
                          x[m].happened <= b->frame[k].times.happened_max,
                      "within the frame's times");
            }
        }
        lf_archive_block_close(b);
    }
    CHECK(p == last + 1, "read up to %llu, not %llu", (unsigned long long)p - 1, (unsigned long long)last);
    lf_archive_frame_clear(&f);
    lf_archive_reader_close(r);
    return sealed;
}

static void sealed_blocks_hold_what_the_journals_held(void)
{
    struct lf_archive_stats stats;
    size_t told[6] = { 0 };
    struct lf_archive *j;

    fresh_dir();
    j = open_small(2000);
    lf_archive_set_state(j, LF_V("offsets"));
    add_until(j, 9000, 40);
    CHECK(read_all(1, 9000, false) == 0, "nothing is sealed by itself");
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_SEALED] >= 3 && !told[LF_ARCHIVE_FAILED] && !told[LF_ARCHIVE_DAMAGED], "%zu sealed",
          told[LF_ARCHIVE_SEALED]);
    CHECK(read_all(1, 9000, false) == told[LF_ARCHIVE_SEALED], "all blocks but the open one");
    CHECK(count_from(j, 1, 1) == 9000 && count_from(j, 1, 1 << 20) == 9000 && count_from(j, 4567, 1) == 4434,
          "detection reads across both");
    add_until(j, 13000, 300);
    work(j, UINT64_MAX, told);
    lf_archive_stats(j, &stats);
    CHECK(stats.unsealed == 1 && stats.sealed == told[LF_ARCHIVE_SEALED], "%zu", stats.unsealed);
    lf_archive_close(j);
    j = open_small(2000);
    CHECK_VIEW(lf_archive_state(j), LF_V("offsets"));
    CHECK(count_from(j, 1, 1 << 16) == 13000, "after opening again");
    add_until(j, 13100, 30);
    work(j, UINT64_MAX, told);
    lf_archive_close(j);
    read_all(1, 13100, false);
}

static void a_record_s_own_time_is_kept_when_told(void)
{
    size_t told[6] = { 0 };
    struct lf_archive *j;

    fresh_dir();
    j = open_small(1000);
    add_until(j, 2500, 20);
    for (uint64_t p = 1; p <= 2500; p++)
        lf_archive_note(j, p, (lf_time)p * 10 - 3);
    work(j, 700, told);
    CHECK(told[LF_ARCHIVE_SEALED] == 0, "sealed before detection was there");
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_SEALED] == 2, "%zu", told[LF_ARCHIVE_SEALED]);
    read_all(1, 2500, true);
    lf_archive_close(j);
}

static bool block_may(struct lf_archive_block *b, const char *query)
{
    uint32_t t[32];
    size_t n = lf_token_query(lf_view_of(query), t, 32);
    bool may = n > 0;

    for (size_t i = 0; i < n; i++)
        may &= lf_archive_block_may(b, t[i]);
    return may;
}

static void a_filter_never_denies_and_seldom_errs(void)
{
    struct lf_archive_reader *r;
    struct lf_archive_block *b;
    size_t told[6] = { 0 }, wrong = 0, asked = 0;
    struct lf_archive *j;
    char text[64];

    fresh_dir();
    j = open_small(20000);
    add_until(j, 23000, 500);
    work(j, UINT64_MAX, told);
    lf_archive_close(j);
    CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
    CHECK_OK(lf_archive_block_open(r, 0, &b, &e), &e);
    CHECK(b->sealed && b->filter > 0 && b->all_senders && b->nsenders == 3, "%zu senders", b->nsenders);
    for (uint64_t p = b->first; p <= b->last; p++) {
        snprintf(text, sizeof text, "c%llxZ", (unsigned long long)p * 2654435761u);
        CHECK(block_may(b, text), "denied %s", text);
        asked++;
    }
    CHECK(block_may(b, "www7.example.com") && block_may(b, "10.7.7.7"), "words and addresses");
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "D%xq%u", i * 2654435761u, i);
        wrong += block_may(b, text);
    }
    printf("# %zu of 20000 wrongly let through, %.1f bits a token\n", wrong,
           (double)b->filter * 8 / (double)asked);
    CHECK(wrong > 20 && wrong < 140, "%zu of 20000 (one in 256 is 78)", wrong);
    /* There are a tenth more tokens than were asked for: addresses and words. */
    CHECK((double)b->filter * 8 / (double)asked < 11.5, "bits");
    lf_archive_block_close(b);
    lf_archive_reader_close(r);
}

static void state_alone_is_kept_and_takes_no_position(void)
{
    struct lf_archive *j;

    fresh_dir();
    j = open_it(1 << 24);
    lf_archive_set_state(j, LF_V("one"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(lf_archive_add(j, 1, 0, LF_V("s"), LF_V("x")) == 1, "first");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_set_state(j, LF_V("two"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_set_state(j, LF_V("three"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(lf_archive_add(j, 1, 0, LF_V("s"), LF_V("y")) == 2, "second");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(count_from(j, 1, 1) == 2, "both");
    lf_archive_close(j);
    j = open_it(1 << 24);
    CHECK_VIEW(lf_archive_state(j), LF_V("three"));
    CHECK(count_from(j, 1, 1) == 2, "both again");
    lf_archive_close(j);
}

static void what_detection_has_not_read_is_never_removed(void)
{
    struct lf_archive_stats stats;
    size_t told[6] = { 0 };
    struct lf_archive *j;
    char noise[40000];
    enum lf_code rc = LF_OK;
    uint64_t full_at = 0;

    fresh_dir();
    j = open_it(1 << 20);
    lf_archive_hold(j, 3);
    for (int i = 0; rc == LF_OK && i < 100; i++) {
        for (size_t k = 0; k < sizeof noise; k++)
            noise[k] = (char)below(256);
        full_at = lf_archive_add(j, i, 0, LF_V("s"), (lf_view){ noise, sizeof noise });
        rc = lf_archive_commit(j, &e);
    }
    CHECK(rc == LF_FULL && full_at > 15 && full_at < 30, "%s at %llu", lf_code_name(rc),
          (unsigned long long)full_at);
    lf_archive_stats(j, &stats);
    CHECK(stats.first <= 3 && stats.bytes <= 1 << 20, "%llu", (unsigned long long)stats.first);
    CHECK_CODE(lf_archive_commit(j, &e), LF_FULL);
    CHECK(count_from(j, 3, 1) == full_at - 3, "all that was acknowledged");
    lf_archive_hold(j, 12); /* detection got on */
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_stats(j, &stats);
    CHECK(stats.first > 3 && stats.first <= 12 && stats.dropped_events == stats.first - 1, "%llu",
          (unsigned long long)stats.first);
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_DROPPED] == 1, "what went is told once: %zu", told[LF_ARCHIVE_DROPPED]);
    CHECK(count_from(j, 12, 1) == full_at - 11, "what is held is there");
    lf_archive_close(j);
}

static void blocks_go_when_they_are_old(void)
{
    struct lf_archive_options o = { .keep = 1 << 30, .keep_time = LF_DAY, .events = 10 };
    struct lf_archive_news news = { 0 };
    struct lf_archive_stats stats;
    enum lf_archive_did did;
    struct lf_archive *j;
    size_t dropped = 0;

    fresh_dir();
    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    for (int i = 0; i < 100; i++) { /* ten blocks of ten hours */
        lf_archive_add(j, i * LF_HOUR, 0, LF_V("s"), LF_V("x"));
        CHECK_OK(lf_archive_commit(j, &e), &e);
    }
    lf_archive_hold(j, 60);
    while ((did = lf_archive_work(j, 100 * LF_HOUR, UINT64_MAX, &news)) != LF_ARCHIVE_IDLE)
        if (did == LF_ARCHIVE_DROPPED)
            dropped += news.blocks;
    lf_archive_stats(j, &stats);
    CHECK(stats.first > 40 && stats.first <= 60 && dropped == stats.dropped_blocks,
          "held from 60, first %llu", (unsigned long long)stats.first);
    lf_archive_hold(j, UINT64_MAX);
    while ((did = lf_archive_work(j, 100 * LF_HOUR, UINT64_MAX, &news)) != LF_ARCHIVE_IDLE)
        if (did == LF_ARCHIVE_DROPPED)
            CHECK(news.last == stats.first + (news.last - news.first) && news.to < 76 * LF_HOUR,
                  "what is told");
    lf_archive_stats(j, &stats);
    CHECK(stats.first > 66 && stats.first <= 76, "first %llu", (unsigned long long)stats.first);
    lf_archive_close(j);
}

int main(void)
{
    snprintf(dir, sizeof dir, "%s/lf_archive_%ld", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (long)getpid());
    RUN(what_was_committed_is_there_again);
    RUN(a_torn_tail_is_cut_wherever_it_tore);
    RUN(the_oldest_goes_and_positions_go_on);
    RUN(a_full_disk_loses_nothing_that_waits);
    RUN(sealed_blocks_hold_what_the_journals_held);
    RUN(a_record_s_own_time_is_kept_when_told);
    RUN(a_filter_never_denies_and_seldom_errs);
    RUN(state_alone_is_kept_and_takes_no_position);
    RUN(what_detection_has_not_read_is_never_removed);
    RUN(blocks_go_when_they_are_old);
    fresh_dir();
    lf_arena_clear(&a);
    DONE();
}
