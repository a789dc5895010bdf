#include "soc/search.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "lf_normaliser.h"
#include "lf_test.h"
#include "soc/searches.h"
#include "store/archive.h"
#include "sys/file.h"

#define T0 ((lf_time)1795237200 * LF_SECOND) /* 2026-11-21T05:00:00Z */
enum { EVENTS = 2000, BLOCK = 250 };

static struct lf_err e;
static char dir[256];

/* Every kind of record: JSON plain and escaped, syslog, Big5, percent-encoded. */
static lf_view record_of(struct lf_arena *a, size_t i)
{
    lf_time t = T0 + (lf_time)i * LF_MINUTE;
    char iso[LF_TIME_TEXT];

    lf_time_milli(t, iso);
    switch (i % 5) {
    case 0:
        return lf_arena_printf(
            a, "{\"@timestamp\":\"%s\",\"user\":{\"name\":\"user%zu\"},\"n\":%zu,\"src\":\"10.0.%zu.%zu\"}",
            iso, i % 7, i, i / 256, i % 256);
    case 1:
        return lf_arena_printf(
            a, "{\"@timestamp\":\"%s\",\"cmd\":\"c:\\\\tools\\\\\\u0065vil%zu.exe\\nsecond%zu\"}", iso,
            i % 50, i);
    case 2:
        return lf_arena_printf(
            a, "<38>1 %s web-%zu sshd 7 - - Failed password for root from 203.0.113.%zu port 22 ssh2", iso,
            i % 3, i % 200);
    case 3:
        return lf_arena_printf(a, "{\"@timestamp\":\"%s\",\"note\":\"\xa8\xcf\xa5\xce big5 number%zu\"}", iso,
                               i);
    default:
        return lf_arena_printf(
            a, "{\"@timestamp\":\"%s\",\"url\":\"/q?x=%%65xact%zu\",\"note\":\"使用者%zu登入\"}", iso, i, i);
    }
}

static lf_time own_time(void *ctx, const struct lf_archive_record *r)
{
    struct lf_arena a = { 0 };
    struct lf_record rec = { r->bytes, (enum lf_format)r->format, r->sender, r->position, r->recorded };
    struct lf_event ev;
    lf_time t;

    (void)ctx;
    test_normalise(&a, &rec, &ev);
    t = ev.happened;
    lf_arena_clear(&a);
    return t;
}

static void make_archive(bool sealed)
{
    struct lf_archive_options o = { .keep = 1 << 28, .events = BLOCK, .happened = own_time };
    struct lf_archive_news news;
    struct lf_archive *w;

    (void)!lf_file_remove_tree(dir, &e);
    CHECK_OK(lf_archive_open(dir, &o, &w, &e), &e);
    for (size_t i = 0; i < EVENTS; i++) {
        struct lf_arena a = { 0 };

        (void)lf_archive_add(w, T0 + (lf_time)i * LF_MINUTE, LF_FORMAT_AUTO, LF_V("s"), record_of(&a, i));
        lf_arena_clear(&a);
        if (i % 100 == 99)
            CHECK_OK(lf_archive_commit(w, &e), &e);
    }
    while (sealed && lf_archive_work(w, T0, UINT64_MAX, &news) != LF_ARCHIVE_IDLE)
        ;
    lf_archive_close(w);
}

struct got {
    uint64_t position[EVENTS + 1];
    size_t n;
    uint64_t damaged;
    struct lf_search_progress p;
};

static void on_hit(void *ctx, const struct lf_query_hit *h)
{
    struct got *g = ctx;

    if (g->n < EVENTS)
        g->position[g->n] = h->position;
    g->n++;
}

static void on_damage(void *ctx, lf_view why)
{
    struct got *g = ctx;

    CHECK(why.len > 0, "says what");
    g->damaged++;
}

static struct got *search(const char *query, lf_time from, lf_time to, bool oldest)
{
    static struct got g;
    struct lf_search_hooks hooks = { .hit = on_hit, .damaged = on_damage, .ctx = &g };
    struct lf_search_ask ask = {
        .query = lf_view_of(query), .from = from, .to = to, .oldest_first = oldest, .seed = 7
    };
    struct lf_search *s;

    g = (struct got){ 0 };
    CHECK_OK(lf_search_open(dir, &ask, &hooks, &s, &e), &e);
    while (lf_search_step(s))
        ;
    (void)lf_search_finish(s);
    lf_search_progress(s, &g.p);
    lf_search_close(s);
    return &g;
}

static const char *const queries[] = {
    "user3",           "user.name:user3",
    "n:777",           "n:[100 TO 300]",
    "evil7.exe",       "cmd:evil7.exe",
    "cmd:*evil*",      "second1001",
    "web-1 failed",    "_host:web-2",
    "203.0.113.77",    "source.ip:203.0.113.0/28",
    "number13",        "使用者",
    "使用者19登入",    "note:登入",
    "exact1004",       "*act1004",
    "user* NOT user3", "event.outcome:failure",
    "src:10.0.0.0/24", "cmd:/evil[0-9]\\.exe/",
    "/port 22 ssh2/",  "nowhere",
    "root OR user1",   "url:%65xact1004",
};

/* What literals, filters and times pass over, looked into all the same. */
static void what_is_passed_over_holds_no_match(void)
{
    for (int sealed = 0; sealed < 2; sealed++) {
        make_archive(sealed);
        for (size_t k = 0; k < sizeof queries / sizeof *queries; k++) {
            struct lf_arena a = { 0 };
            struct lf_query_tree *q = NULL;
            size_t at = 0;
            struct got *g = search(queries[k], INT64_MIN, INT64_MAX, true);

            CHECK_OK(lf_query_parse(&a, lf_view_of(queries[k]), &q, &e), &e);
            CHECK_OK(lf_query_compile(q, &e), &e);
            for (size_t i = 0; i < EVENTS; i++) {
                struct lf_arena m = { 0 };
                struct lf_record rec = { .bytes = record_of(&m, i),
                                         .sender = LF_VIEW("s"),
                                         .position = i + 1,
                                         .recorded = T0 + (lf_time)i * LF_MINUTE };
                struct lf_event ev;

                test_normalise(&m, &rec, &ev);
                if (lf_query_matches(q, &m, &rec, &ev)) {
                    CHECK(at < g->n && g->position[at] == i + 1, "%s: %zu is missing (%d)", queries[k], i + 1,
                          sealed);
                    at++;
                }
                lf_arena_clear(&m);
            }
            CHECK(at == g->n, "%s: %zu, %zu found", queries[k], at, g->n);
            lf_query_clear(q);
            lf_arena_clear(&a);
        }
    }
}

static void newest_come_first(void)
{
    struct got *g = search("user3 OR user4", INT64_MIN, INT64_MAX, false);

    for (size_t i = 1; i < g->n; i++)
        CHECK(g->position[i] < g->position[i - 1], "%zu", i);
    CHECK(g->n > 50, "%zu", g->n);
}

static void a_rare_word_and_a_time_range_pass_blocks_over(void)
{
    struct got *g = search("user.name:user3 exact1004", INT64_MIN, INT64_MAX, false);

    CHECK(g->n == 0 && g->p.blocks_passed >= 5, "%zu of %zu blocks", g->p.blocks_passed, g->p.blocks);
    g = search("*", T0, T0 + 10 * LF_MINUTE, false);
    CHECK(g->n == 10 && g->p.blocks_passed >= g->p.blocks - 2, "%zu, %zu of %zu", g->n, g->p.blocks_passed,
          g->p.blocks);
    CHECK(g->p.events <= 2 * BLOCK, "blocks out of time are not read");
}

static void damage_is_told_and_the_rest_is_found(void)
{
    size_t whole = search("*", INT64_MIN, INT64_MAX, false)->n;
    struct dirent *entry;
    struct got *g;
    char path[600] = "";
    DIR *d = opendir(dir);
    char byte = 0;
    int fd;

    while (d && (entry = readdir(d)))
        if (strstr(entry->d_name, ".block") &&
            (!path[0] || strcmp(path + strlen(dir) + 1, entry->d_name) > 0))
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    closedir(d);
    fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 && pread(fd, &byte, 1, 100) == 1, "%s", path);
    byte ^= 0x55;
    CHECK(pwrite(fd, &byte, 1, 100) == 1, "%s", path);
    close(fd);
    g = search("*", INT64_MIN, INT64_MAX, false);
    CHECK(g->damaged > 0 && g->p.damaged > 0, "nothing was said");
    CHECK(g->n < whole && g->n >= whole - 2 * BLOCK, "%zu of %zu", g->n, whole);
    make_archive(true);
}

static void an_archive_that_is_not_there_is_an_error(void)
{
    struct lf_search_ask ask = { .query = LF_VIEW("x"), .from = INT64_MIN, .to = INT64_MAX };
    struct lf_search *s;

    CHECK(lf_search_open("/nonexistent/archive", &ask, &(struct lf_search_hooks){ 0 }, &s, &e) != LF_OK,
          "opened");
}

static void messages_are_read_back_and_cut_ones_refused(void)
{
    struct lf_search_order o = { 7, 1, 2, 3, 4, 5, true, LF_VIEW("a query") }, p;
    struct lf_search_news n = { .number = 9,
                                .state = LF_SEARCH_DONE,
                                .upper = 8,
                                .progress = { 1, 2, 3, 4, 5, 6, 7, 8 },
                                .full = true,
                                .damage = LF_VIEW("d"),
                                .error = LF_VIEW("e"),
                                .table = LF_VIEW("{}"),
                                .hits = LF_VIEW("") },
                          m;
    struct lf_buf b;

    lf_buf_init(&b, 1000);
    lf_search_order_pack(&b, &o);
    CHECK_OK(lf_search_order_unpack(lf_buf_view(&b), &p, &e), &e);
    CHECK(p.number == 7 && p.limit == 5 && p.oldest_first && lf_view_is(p.query, "a query"), "order");
    for (size_t i = 0; i < b.len; i++)
        CHECK(lf_search_order_unpack(lf_view_first(lf_buf_view(&b), i), &p, &e) != LF_OK, "%zu", i);
    lf_buf_reset(&b);
    lf_search_news_pack(&b, &n);
    CHECK_OK(lf_search_news_unpack(lf_buf_view(&b), &m, &e), &e);
    CHECK(m.state == LF_SEARCH_DONE && m.full && m.progress.damaged == 8 && lf_view_is(m.table, "{}"),
          "news");
    for (size_t i = 0; i < b.len; i++)
        CHECK(lf_search_news_unpack(lf_view_first(lf_buf_view(&b), i), &m, &e) != LF_OK, "%zu", i);
    b.ptr[8] = 9;
    CHECK(lf_search_news_unpack(lf_buf_view(&b), &m, &e) != LF_OK, "a state that is none");
    lf_buf_clear(&b);
}

int main(void)
{
    lf_crypto_init();
    snprintf(dir, sizeof dir, "/tmp/lianfang-search-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    RUN(what_is_passed_over_holds_no_match);
    RUN(newest_come_first);
    RUN(a_rare_word_and_a_time_range_pass_blocks_over);
    RUN(damage_is_told_and_the_rest_is_found);
    RUN(an_archive_that_is_not_there_is_an_error);
    RUN(messages_are_read_back_and_cut_ones_refused);
    (void)!lf_file_remove_tree(dir, &e);
    DONE();
}
