#include "store/archive.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/crypto.h"
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
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)((x = x * 1664525u + 1013904223u) >> 24);
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

static void states_that_cannot_be_written_do_not_pile_up(void)
{
    static char state[LF_ARCHIVE_STATE];
    struct rlimit was, none;
    struct lf_archive *j;

    fresh_dir();
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    none = (struct rlimit){ 100, was.rlim_max };
    j = open_it(1 << 24);
    lf_archive_add(j, 1, 0, LF_V("s"), LF_V("one"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0, "limit");
    lf_archive_add(j, 2, 0, LF_V("s"), LF_V("two"));
    for (int i = 0; i < 300; i++) {
        memset(state, 'a' + i % 20, sizeof state);
        lf_archive_set_state(j, (lf_view){ state, sizeof state });
        CHECK_CODE(lf_archive_commit(j, &e), LF_FULL);
    }
    lf_archive_set_state(j, LF_V("last"));
    CHECK_CODE(lf_archive_commit(j, &e), LF_FULL);
    lf_archive_add(j, 3, 0, LF_V("s"), LF_V("three"));
    CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0, "limit");
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_close(j);
    j = open_it(1 << 24);
    CHECK_VIEW(lf_archive_state(j), LF_V("last"));
    CHECK(count_from(j, 1, 1 << 20) == 3, "and the records");
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

static lf_view file_of(uint64_t first, const char *suffix)
{
    static struct lf_arena m;
    char path[512];
    lf_view v = { "", 0 };

    lf_arena_reset(&m);
    snprintf(path, sizeof path, "%s/%020llu%s", dir, (unsigned long long)first, suffix);
    CHECK_OK(lf_file_read(&m, path, 1 << 26, &v, &e), &e);
    return v;
}

static void put_file(uint64_t first, const char *suffix, lf_view v)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%020llu%s", dir, (unsigned long long)first, suffix);
    CHECK_OK(lf_file_write(path, v, 0600, &e), &e);
}

/* Commits as a busy intake makes them: their packed bytes become the block's. */
static void large_commits_are_sealed_as_they_were_packed(void)
{
    struct lf_archive_stats stats;
    size_t told[6] = { 0 };
    struct lf_archive *j;
    char path[512], flipped;
    lf_view v;
    int fd;

    fresh_dir();
    j = open_small(20000);
    add_until(j, 30000, 1500);
    for (uint64_t p = 1; p <= 30000; p++)
        lf_archive_note(j, p, (lf_time)p * 10 - 3);
    work(j, 25000, told);
    CHECK(told[LF_ARCHIVE_SEALED] == 1 && !told[LF_ARCHIVE_DAMAGED], "one block");
    CHECK(read_all(1, 30000, true) == 1, "with their own times");
    CHECK(count_from(j, 1, 1 << 20) == 30000 && count_from(j, 29990, 1) == 11, "detection reads both");
    lf_archive_close(j);
    j = open_small(20000); /* what was begun before goes on from the file */
    add_until(j, 50000, 1500);
    work(j, UINT64_MAX, told);
    lf_archive_stats(j, &stats);
    CHECK(stats.unsealed == 1 && !told[LF_ARCHIVE_DAMAGED] && !told[LF_ARCHIVE_FAILED], "sealed");
    lf_archive_close(j);

    /* Damage that came on the disk before it was sealed is not sealed in. */
    fresh_dir();
    j = open_small(20000);
    add_until(j, 19000, 1500);
    v = file_of(1, ".events");
    snprintf(path, sizeof path, "%s/%020d.events", dir, 1);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    flipped = (char)(v.ptr[200] ^ 4); /* in the first piece's packed bytes */
    CHECK(pwrite(fd, &flipped, 1, 200) == 1, "write");
    close(fd);
    add_until(j, 21000, 1500);
    memset(told, 0, sizeof told);
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_DAMAGED] == 1, "told");
    lf_archive_close(j);
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

/* ---- the bytes ---- */

static uint64_t be(const char *p, int n)
{
    uint64_t v = 0;

    for (int i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static void the_format_is_as_it_is_written_down(void)
{
    static const char text[] = "one\nzwei\n", meta[] = "\x01\x03web\x03\x04\0\x02\x02\x02\x0a\x02\x09\x01";
    size_t told[6] = { 0 };
    struct lf_archive *j;
    char raw[200], packed[200];
    lf_view v;

    fresh_dir();
    j = open_small(2);
    lf_archive_set_state(j, LF_V("S"));
    lf_archive_add(j, 5, 2, LF_V("web"), LF_V("one"));
    lf_archive_add(j, 6, 2, LF_V("web"), LF_V("zwei"));
    lf_archive_note(j, 1, -5);
    lf_archive_note(j, 2, -6);
    CHECK_OK(lf_archive_commit(j, &e), &e);
    v = file_of(1, ".events");
    CHECK(v.len > 48 && memcmp(v.ptr, "LFA3", 4) == 0 && be(v.ptr + 4, 4) == 1, "magic, flag END");
    CHECK(be(v.ptr + 12, 4) == sizeof meta - 3 && be(v.ptr + 16, 4) == 9 && be(v.ptr + 20, 4) == 1,
          "meta, text, state");
    CHECK(be(v.ptr + 24, 4) == 2 && be(v.ptr + 28, 8) == 1 && be(v.ptr + 36, 4) == 0,
          "records, first, a group's beginning");
    size_t n = (size_t)be(v.ptr + 8, 4);
    CHECK(48 + n + sizeof meta - 3 + 1 == v.len, "packed, meta and state to the end");
    CHECK(memcmp(v.ptr + 48 + n, meta, sizeof meta - 3) == 0 && v.ptr[v.len - 1] == 'S', "meta, state");
    memcpy(packed, v.ptr + 48, n);
    memcpy(packed + n, "\1\0\0", 3);
    n = ZSTD_decompress(raw, sizeof raw, packed, n + 3);
    CHECK(n == 9 && memcmp(raw, text, 9) == 0, "text: %zu", n);

    lf_archive_add(j, 7, 2, LF_V("web"), LF_V("next"));
    CHECK_OK(lf_archive_commit(j, &e), &e);
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_SEALED] == 1, "sealed");
    lf_archive_close(j);
    v = file_of(1, ".block");
    const char *t = v.ptr + v.len - 136;
    CHECK(memcmp(v.ptr, "LFA2", 4) == 0 && be(v.ptr + 4, 4) == 2, "a block's frame, flag HAPPENED");
    n = ZSTD_decompress(raw, sizeof raw, v.ptr + 44, (size_t)be(v.ptr + 8, 4));
    CHECK(n == 9 + sizeof meta - 1 && memcmp(raw + 9, meta, sizeof meta - 1) == 0, "own times behind: %zu",
          n);
    CHECK(memcmp(t, "LFAB", 4) == 0 && be(t + 4, 4) == 0x10001, "trailer, versions of format and tokens");
    CHECK(be(t + 8, 8) == 1 && be(t + 16, 8) == 2 && be(t + 24, 8) == 2, "positions, events");
    CHECK(be(t + 32, 8) == 5 && be(t + 40, 8) == 6 && (int64_t)be(t + 48, 8) == -6 &&
              (int64_t)be(t + 56, 8) == -5,
          "times");
    CHECK(be(t + 64, 8) == 7 && be(t + 100, 4) == 1, "bytes of records, frames");
    CHECK(be(t + 72, 8) == 44 + be(v.ptr + 8, 4) && be(t + 72, 8) + be(t + 80, 4) == be(t + 104, 8),
          "filter, then index");
    CHECK(be(t + 104, 8) + be(t + 112, 4) + 136 == v.len && be(t + 112, 4) == 64 + 4 + 2 + 3 + 8,
          "index, then trailer");
}

/* Damage wherever it falls is told or harmless, and never takes more than it must. */
static void any_damaged_byte_of_a_block_is_told(void)
{
    struct lf_archive_frame f = { 0 };
    size_t told[6] = { 0 };
    struct lf_archive *j;
    lf_view v;
    char *bytes;

    fresh_dir();
    j = open_small(300);
    add_until(j, 400, 30);
    work(j, UINT64_MAX, told);
    lf_archive_close(j);
    v = file_of(1, ".block");
    bytes = malloc(v.len);
    memcpy(bytes, v.ptr, v.len);
    for (size_t at = 0; at < v.len; at += 1 + below(60)) {
        struct lf_archive_reader *r;
        struct lf_archive_block *b;
        size_t got = 0;
        bool said;

        bytes[at] = (char)(bytes[at] ^ (1 << below(8)));
        put_file(1, ".block", (lf_view){ bytes, v.len });
        CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
        if (lf_archive_block_open(r, 0, &b, &e) != LF_OK) {
            said = e.text[0];
        } else {
            said = b->rebuilt || b->damaged;
            for (size_t k = 0; k < b->nframes; k++) {
                const struct lf_archive_record *x;
                size_t n;

                if (lf_archive_frame_read(b, k, &f, &e) == LF_OK &&
                    lf_archive_frame_records(&f, &x, &n, &e) == LF_OK)
                    got += n;
                else
                    said = true;
            }
            /* In the filter: then it lets everything through that was there. */
            for (uint64_t p = 1; p <= 300; p += 37) {
                char text[64];

                snprintf(text, sizeof text, "c%llxZ", (unsigned long long)p * 2654435761u);
                CHECK(block_may(b, text), "byte %zu: denied %s", at, text);
            }
            if (b->filter && at >= (size_t)b->frame[0].length && at < v.len - 136 - 64 && got == b->events)
                said = true;
            lf_archive_block_close(b);
        }
        CHECK(said, "byte %zu of %zu changed unnoticed", at, v.len);
        lf_archive_reader_close(r);
        bytes[at] = v.ptr[at];
        memcpy(bytes, v.ptr, v.len);
    }
    free(bytes);
    lf_archive_frame_clear(&f);
}

static void a_damaged_journal_is_read_around_and_left_as_it_is(void)
{
    struct lf_archive_record *r;
    size_t told[6] = { 0 }, n, got = 0;
    struct lf_archive_stats st;
    struct lf_archive *j;
    uint64_t next = 1;
    char *bytes;
    lf_view v;
    int bad = 0;

    fresh_dir();
    j = open_small(1000);
    add_until(j, 900, 5);
    lf_archive_close(j);
    v = file_of(1, ".events");
    bytes = malloc(v.len);
    memcpy(bytes, v.ptr, v.len);
    bytes[v.len / 2] = (char)(bytes[v.len / 2] ^ 64);
    put_file(1, ".events", (lf_view){ bytes, v.len });
    free(bytes);
    j = open_small(1000);
    lf_archive_stats(j, &st);
    CHECK(st.next == 901 && st.cut == 0 && st.damaged == 1, "what lies behind the damage counts: %llu",
          (unsigned long long)st.next);
    add_until(j, 1000, 10);
    for (;;) {
        enum lf_code rc;

        lf_arena_reset(&a);
        rc = lf_archive_read(j, &a, next, 1 << 20, &r, &n, &next, &e);
        if (rc == LF_OK && !n)
            break;
        bad += rc == LF_IO;
        got += rc == LF_OK ? n : 0;
    }
    CHECK(bad == 1 && got >= 960 && got < 1000, "%d errors, %zu of 1000 read", bad, got);
    work(j, UINT64_MAX, told);
    add_until(j, 3000, 10);
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_SEALED] >= 1 && !told[LF_ARCHIVE_FAILED], "others are sealed");
    lf_archive_close(j);
    (void)file_of(1, ".events");
    j = open_small(1000);
    lf_archive_stats(j, &st);
    CHECK(st.next == 3001 && st.first == 1, "opened again");
    lf_archive_close(j);
}

static void a_reader_beside_the_writer_sees_whole_commits_only(void)
{
    struct lf_archive_reader *r;
    struct lf_archive_block *b;
    size_t told[6] = { 0 };
    struct lf_archive *j;
    lf_view v;

    fresh_dir();
    j = open_small(100);
    add_until(j, 50, 10);
    CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
    add_until(j, 120, 10);
    CHECK_OK(lf_archive_block_open(r, 0, &b, &e), &e);
    CHECK(!b->sealed && b->events >= 100, "%llu", (unsigned long long)b->events);
    lf_archive_block_close(b);
    add_until(j, 150, 10);
    work(j, UINT64_MAX, told);
    CHECK(told[LF_ARCHIVE_SEALED] == 1, "sealed under the reader's hand");
    CHECK_OK(lf_archive_block_open(r, 0, &b, &e), &e);
    CHECK(b->sealed && b->events >= 100, "found under its other name");
    lf_archive_block_close(b);
    lf_archive_reader_close(r);
    lf_archive_close(j);

    /* A commit of three frames of which the last is not there. */
    fresh_dir();
    j = open_small(100000);
    add_until(j, 5, 1);
    for (int i = 0; i < 3; i++) {
        static char big[200000];

        memset(big, 'a' + i, sizeof big);
        lf_archive_add(j, 1, 0, LF_V("s"), (lf_view){ big, sizeof big });
    }
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_close(j);
    v = file_of(1, ".events");
    put_file(1, ".events", lf_view_first(v, v.len - 10));
    CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
    CHECK_OK(lf_archive_block_open(r, 0, &b, &e), &e);
    CHECK(b->events == 5 && b->last == 5, "%llu events", (unsigned long long)b->events);
    lf_archive_block_close(b);
    lf_archive_reader_close(r);
    j = open_small(100000);
    CHECK(count_from(j, 1, 1) == 5, "the writer cuts the whole commit");
    lf_archive_close(j);
}

/* Adds up to `last`, records of 1000 bytes that hardly pack, with each record's own time, and works. */
static void grow(struct lf_archive *j, uint64_t last)
{
    struct lf_archive_stats st;
    size_t told[6] = { 0 };

    lf_archive_stats(j, &st);
    for (uint64_t p = st.next; p <= last; p++) {
        uint64_t x = p;
        char text[1200];
        size_t n = 0;

        while (n < 1000) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            n += (size_t)snprintf(text + n, sizeof text - n, "%016llx", (unsigned long long)(x ^ x >> 29));
        }
        CHECK(lf_archive_add(j, (lf_time)p * 10, 1, sender_of(p), (lf_view){ text, n }) == p, "position");
        lf_archive_note(j, p, (lf_time)p * 10);
        if (p % 100 && p < last)
            continue;
        CHECK_OK(lf_archive_commit(j, &e), &e);
        work(j, UINT64_MAX, told);
    }
}

static bool there(struct lf_archive *j, uint64_t position)
{
    struct lf_archive_record *r;
    struct lf_arena m = { 0 };
    bool found;
    size_t n;

    CHECK_OK(lf_archive_read(j, &m, position, 1, &r, &n, NULL, &e), &e);
    found = n > 0 && r[0].position == position;
    lf_arena_clear(&m);
    return found;
}

static void what_a_legal_hold_keeps_stays_until_it_is_lifted(void)
{
    const struct lf_archive_legal_hold hold[] = { { 400 * 10, 420 * 10, LF_V("") },
                                                  { 800 * 10, 801 * 10, LF_V("nobody") } };
    struct lf_archive_options o = { .keep = 1 << 20, .events = 100, .wait_for_holds = true };
    struct lf_archive_stats st;
    struct lf_archive_reader *r;
    struct lf_archive *j;
    struct lf_arena m = { 0 };
    struct lf_archive_record *x;
    uint64_t bytes, next = 0;
    size_t blocks, n;

    fresh_dir();
    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    grow(j, 3200);
    lf_archive_stats(j, &st);
    CHECK(st.dropped_blocks == 0 && st.bytes > 1 << 20, "nothing goes before the holds are told: %llu bytes",
          (unsigned long long)st.bytes);
    lf_archive_legal_holds(j, hold, 2);
    grow(j, 3300);
    lf_archive_stats(j, &st);
    CHECK(there(j, 400) && there(j, 420), "what is held is there");
    CHECK(!there(j, 1) && !there(j, 800), "what is older, newer, or of another sender went");
    lf_archive_legally_held(j, 0, &blocks, &bytes);
    CHECK(blocks >= 1 && blocks <= 3 && bytes > 0 && st.held == blocks && st.held_bytes == bytes,
          "%zu blocks", blocks);
    lf_archive_legally_held(j, 1, &blocks, &bytes);
    CHECK(blocks == 0 && bytes == 0, "none of that sender");
    CHECK(st.bytes - st.held_bytes <= 1 << 20, "the others are within the size");
    CHECK_OK(lf_archive_read(j, &m, 800, 1, &x, &n, &next, &e), &e);
    CHECK(n > 0 && x[0].position > 800, "reading goes on behind the gap");
    lf_archive_close(j);

    CHECK_OK(lf_archive_reader_open(dir, NULL, &r, &e), &e);
    CHECK(lf_archive_removed(r, 800, 800) && !lf_archive_removed(r, 400, 400), "what went is written down");
    lf_archive_reader_close(r);

    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    grow(j, 3600);
    CHECK(there(j, 410), "not before it was told again");
    lf_archive_legal_holds(j, hold, 1);
    grow(j, 6000);
    CHECK(there(j, 410), "after a restart");
    lf_archive_legal_holds(j, NULL, 0);
    grow(j, 6100);
    CHECK(!there(j, 410), "lifted");
    lf_archive_stats(j, &st);
    CHECK(st.held == 0 && st.bytes <= 1 << 20, "%llu bytes", (unsigned long long)st.bytes);
    lf_archive_close(j);
    lf_arena_clear(&m);
}

/* One that names a time only its events' own clocks know, and one of a block that cannot be read. */
static void a_hold_goes_by_both_times_and_in_doubt_it_holds(void)
{
    struct lf_archive_legal_hold hold = { 777, 777, LF_V("") };
    struct lf_archive_options o = { .keep = 1 << 20, .events = 100 };
    struct lf_archive *j;
    char path[600];

    fresh_dir();
    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    for (uint64_t p = 1; p <= 250; p++) {
        CHECK(lf_archive_add(j, (lf_time)p * 10 + 1000000, 1, LF_V("s"), LF_V("an event")) == p, "position");
        lf_archive_note(j, p, p == 3 ? 777 : (lf_time)p * 10 + 1000000);
    }
    CHECK_OK(lf_archive_commit(j, &e), &e);
    lf_archive_legal_holds(j, &hold, 1);
    grow(j, 2600);
    CHECK(there(j, 3), "by the event's own time");
    lf_archive_close(j);
    snprintf(path, sizeof path, "%s/%020d.block", dir, 1);
    FILE *f = fopen(path, "r+");
    CHECK(f && fseek(f, -40, SEEK_END) == 0 && fputs("damaged", f) >= 0 && fclose(f) == 0, "%s", path);
    hold.from = hold.to = 5;
    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    lf_archive_legal_holds(j, &hold, 1);
    grow(j, 5000);
    CHECK(there(j, 3), "one whose times are not known");
    lf_archive_close(j);
}

/* ---- times of the open journal ---- */

static uint64_t bytes_read;

static bool counted(void *ctx, int file, char *to, size_t n, uint64_t at)
{
    bytes_read += n;
    return lf_disk_real.read(ctx, file, to, n, at);
}

/* How many records of the open journal a reader gets who looks for [from, to); each that happened then
 * (ten times its position) must be among them. */
static uint64_t read_open(lf_time from, lf_time to, uint64_t next)
{
    struct lf_disk disk = lf_disk_real;
    struct lf_archive_frame f = { 0 };
    struct lf_archive_reader *r;
    struct lf_archive_block *b;
    uint64_t got = 0, want = 0, inside = 0;

    disk.read = counted;
    bytes_read = 0;
    CHECK_OK(lf_archive_reader_open(dir, &disk, &r, &e), &e);
    CHECK(lf_archive_blocks(r) == 1, "%zu blocks", lf_archive_blocks(r));
    CHECK_OK(lf_archive_block_open_at(r, 0, from, to, &b, &e), &e);
    CHECK(!b->sealed && b->last == next - 1, "its end is %llu, not %llu", (unsigned long long)b->last,
          (unsigned long long)next - 1);
    for (size_t i = 0; i < b->nframes; i++) {
        const struct lf_archive_record *x;
        size_t n;

        CHECK_OK(lf_archive_frame_read(b, i, &f, &e), &e);
        CHECK_OK(lf_archive_frame_records(&f, &x, &n, &e), &e);
        for (size_t k = 0; k < n; k++)
            inside += (lf_time)x[k].position * 10 >= from && (lf_time)x[k].position * 10 < to;
        got += n;
    }
    CHECK(got + b->passed == next - 1, "%llu read, %llu passed", (unsigned long long)got,
          (unsigned long long)b->passed);
    for (uint64_t p = 1; p < next; p++)
        want += (lf_time)p * 10 >= from && (lf_time)p * 10 < to;
    CHECK(inside == want, "%llu of %llu events that happened then", (unsigned long long)inside,
          (unsigned long long)want);
    lf_archive_block_close(b);
    lf_archive_reader_close(r);
    lf_archive_frame_clear(&f);
    return got;
}

static lf_time ten_times(void *ctx, const struct lf_archive_record *r)
{
    (void)ctx;
    return (lf_time)r->position * 10;
}

static void a_search_of_another_time_does_not_read_the_open_journal(void)
{
    struct lf_archive_options o = { .keep = 1 << 30, .happened = ten_times };
    size_t told[6] = { 0 };
    struct lf_archive *j;
    uint64_t all;

    fresh_dir();
    j = open_small(100000);
    grow(j, 5000); /* five megabytes that hardly pack */
    told[0] = 0;
    CHECK(lf_archive_work(j, 10 * LF_SECOND, UINT64_MAX, &(struct lf_archive_news){ 0 }) == LF_ARCHIVE_IDLE,
          "idle");
    CHECK(read_open(0, 50001, 5001) == 5000, "its own time");
    all = bytes_read;
    CHECK(all > 2500000, "%llu bytes", (unsigned long long)all);
    CHECK(read_open(50001, INT64_MAX, 5001) == 0 && bytes_read < 200, "%llu bytes read",
          (unsigned long long)bytes_read);
    CHECK(read_open(0, 10, 5001) == 0 && bytes_read < 200, "%llu bytes read", (unsigned long long)bytes_read);
    CHECK(read_open(50000, 50001, 5001) == 5000, "the last moment is in it");

    /* What came since is read, with the group it belongs to. */
    add_until(j, 5010, 1);
    CHECK(read_open(50001, INT64_MAX, 5011) >= 10 && bytes_read < all / 2, "%llu bytes read",
          (unsigned long long)bytes_read);
    CHECK(read_open(0, 10, 5011) >= 10 && bytes_read < all / 2, "%llu bytes read",
          (unsigned long long)bytes_read);
    lf_archive_close(j);

    /* After a start nothing is known until the sealer has gone through it again. */
    CHECK_OK(lf_archive_open(dir, &o, &j, &e), &e);
    CHECK(read_open(60000, INT64_MAX, 5011) == 5010, "nothing is known");
    work(j, UINT64_MAX, told);
    CHECK(lf_archive_work(j, 20 * LF_SECOND, UINT64_MAX, &(struct lf_archive_news){ 0 }) == LF_ARCHIVE_IDLE,
          "idle");
    CHECK(read_open(60000, INT64_MAX, 5011) < 1200 && bytes_read < all / 2, "%llu bytes read",
          (unsigned long long)bytes_read);
    lf_archive_close(j);
}

/* The file of times cut anywhere, or with a wrong bit: worth nothing then, and no harm. */
static void tear(bool cut)
{
    char path[512];
    struct stat st;
    char byte;
    int fd;

    snprintf(path, sizeof path, "%s/00000000000000000001.times", dir);
    fd = open(path, O_RDWR);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        off_t at = (off_t)below((unsigned)st.st_size);

        if (cut)
            CHECK(ftruncate(fd, at) == 0, "cut");
        else if (pread(fd, &byte, 1, at) == 1) {
            byte ^= 4;
            CHECK(pwrite(fd, &byte, 1, at) == 1, "a wrong bit");
        }
    }
    close(fd);
}

static void times_of_the_open_journal_hide_no_event(void)
{
    for (uint64_t round = 0; round < 9; round++) {
        struct lf_archive *j;
        uint64_t next = 1, noted = 1;

        fresh_dir();
        j = open_small(1000000);
        for (int step = 0; step < 40; step++) {
            static char text[30000];
            uint64_t n = 1 + below(20), from, to;

            for (uint64_t i = 0; i < n; i++, next++) {
                for (size_t k = 0; k < sizeof text; k++)
                    text[k] = (char)('a' + below(16));
                CHECK(lf_archive_add(j, 1, 0, LF_V("s"), (lf_view){ text, below(8) ? 50 : sizeof text }) ==
                          next,
                      "position");
            }
            CHECK_OK(lf_archive_commit(j, &e), &e);
            for (n = below(30); n > 0 && noted < next;
                 n--, noted++) /* detection is behind, and misses some */
                if (round % 3 || below(40))
                    lf_archive_note(j, noted, (lf_time)noted * 10);
            for (n = below(4); n > 0; n--)
                (void)lf_archive_work(j, (lf_time)step * 2 * LF_SECOND, noted,
                                      &(struct lf_archive_news){ 0 });
            from = below((unsigned)next * 12);
            to = below(3) ? from + below((unsigned)next * 5) : INT64_MAX;
            if (below(5) == 0)
                tear(below(2));
            (void)read_open((lf_time)from, (lf_time)to, next);
        }
        lf_archive_close(j);
    }
}

int main(void)
{
    snprintf(dir, sizeof dir, "%s/lf_archive_%ld", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (long)getpid());
    RUN(what_was_committed_is_there_again);
    RUN(a_torn_tail_is_cut_wherever_it_tore);
    RUN(the_oldest_goes_and_positions_go_on);
    RUN(a_full_disk_loses_nothing_that_waits);
    RUN(states_that_cannot_be_written_do_not_pile_up);
    RUN(sealed_blocks_hold_what_the_journals_held);
    RUN(large_commits_are_sealed_as_they_were_packed);
    RUN(a_record_s_own_time_is_kept_when_told);
    RUN(a_filter_never_denies_and_seldom_errs);
    RUN(state_alone_is_kept_and_takes_no_position);
    RUN(what_detection_has_not_read_is_never_removed);
    RUN(blocks_go_when_they_are_old);
    RUN(what_a_legal_hold_keeps_stays_until_it_is_lifted);
    RUN(a_hold_goes_by_both_times_and_in_doubt_it_holds);
    RUN(the_format_is_as_it_is_written_down);
    RUN(any_damaged_byte_of_a_block_is_told);
    RUN(a_damaged_journal_is_read_around_and_left_as_it_is);
    RUN(a_reader_beside_the_writer_sees_whole_commits_only);
    RUN(a_search_of_another_time_does_not_read_the_open_journal);
    RUN(times_of_the_open_journal_hide_no_event);
    fresh_dir();
    lf_arena_clear(&a);
    DONE();
}
