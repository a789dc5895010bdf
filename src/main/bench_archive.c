/* lianfang bench archive [--events N] [--batch N] [--dir DIR] [--plain] [--write] [--print] [FILE…]: the
 * event archive: events added, committed and sealed; how small they lie; how fast they
 * are read and looked through; what a filter costs and how often it errs.
 *
 * Input: one event a line, or a JSON array of them.  A file of samples is too small, so
 * it is taken over and over; from the second time on every value that is a number of
 * five digits and more, a word of letters and digits mixed of twelve and more (but for
 * what follows a '_'), or the end of an address is changed, equal ones equally within one
 * pass, so that nothing repeats that would not in a longer log.  --plain takes each
 * event once.  Without a FILE: lines of a resolver, made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fmt/json.h"
#include "main/bench.h"
#include "main/input.h"
#include "store/archive.h"
#include "store/token.h"
#include "sys/file.h"

enum { RUNS = 5, FILE_MOST = 1 << 30, TEXT_MOST = 1 << 30, ASKED = 20000 };

struct options {
    uint64_t events, batch;
    const char *dir;
    bool plain, print, write_only;
};

struct run {
    double write_cpu, slice_most_ms, scan_cpu, scan_wall, cold_cpu, cold_wall, ask_us;
    uint64_t events, raw, stored, filter, wrong, asked, blocks;
};

/* ---- the input ---- */

static uint64_t value_of(const char *p, size_t n, uint64_t pass)
{
    uint64_t h = pass;

    for (size_t i = 0; i < n; i++)
        h = lf_bench_scatter(h ^ (unsigned char)p[i]);
    return h;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* The line with its values changed, of the same length. */
static void vary(char *p, size_t n, uint64_t pass)
{
    static const char hex[] = "0123456789abcdef",
                      mixed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    for (size_t i = 0; i < n;) {
        size_t from = i, digits = 0, hexes = 0;
        uint64_t v;

        for (; i < n && (digit(p[i]) || letter(p[i])); i++) {
            digits += digit(p[i]);
            hexes += digit(p[i]) || ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'f' && (p[i] & 0x20));
        }
        if (i == from) {
            i++;
            continue;
        }
        size_t len = i - from;
        bool octet = digits == len && len <= 3 && from >= 2 && p[from - 1] == '.' && digit(p[from - 2]) &&
                     (i == n || p[i] != '.');
        bool number = digits >= 5 &&
                      (digits == len || (digits == len - 1 && (p[i - 1] == 'Z' || p[i - 1] == 'z')));
        bool word = len >= 12 && digits >= 2 && digits < len && !(from && p[from - 1] == '_');

        if (!octet && !number && !word)
            continue;
        v = value_of(p + from, len, pass);
        for (size_t k = number || octet ? from + (len > 1) : from; k < i; k++, v = lf_bench_scatter(v))
            if (digit(p[k]) || (word && hexes != len))
                p[k] = word ? hexes == len ? hex[v & 15] : mixed[v % 62] : (char)('0' + v % (octet ? 5 : 10));
            else if (word)
                p[k] = hex[v & 15];
    }
}

static void made(struct lf_buf *out)
{
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t x = lf_bench_scatter(i / 3), y = lf_bench_scatter(x);

        lf_buf_printf(out,
                      "{\"ts\":\"2026-11-21T%02u:%02u:%02u.%06uZ\",\"uid\":\"C%013llx\",\"src\":\"10.47.%u.%"
                      "u\",\"port\":"
                      "%u,\"query\":\"%s%u.example%u.com\",\"qtype\":\"A\",\"rcode\":\"NOERROR\",\"answers\":"
                      "[\"192.0.2.%u\"]}\n",
                      (unsigned)(i / 3600 % 24), (unsigned)(i / 60 % 60), (unsigned)(i % 60),
                      (unsigned)(y % 1000000), (unsigned long long)(y >> 12), (unsigned)(x % 8),
                      (unsigned)(x >> 8) % 250, (unsigned)(20000 + (y >> 20) % 40000), x % 3 ? "www" : "cdn",
                      (unsigned)(x >> 16) % 100, (unsigned)(x >> 24) % 900, (unsigned)(x >> 32) % 250);
    }
}

/* A JSON array becomes a line an item. */
/* Whether there is an event at all, and none that the archive does not take. */
static int look_at(const char *name, lf_view in)
{
    lf_view line;
    uint64_t n = 0;

    while (lf_view_split(&in, '\n', &line)) {
        n += line.len > 0;
        if (line.len > LF_ARCHIVE_RECORD) {
            fprintf(stderr, "lianfang: %s: event %llu has more than the %d bytes that an event may have\n",
                    name, (unsigned long long)n, LF_ARCHIVE_RECORD);
            return 2;
        }
    }
    if (!n)
        fprintf(stderr, "lianfang: %s: there is no event in it; give one event a line\n", name);
    return n ? 0 : 2;
}

static int take_file(const char *name, struct lf_buf *lines)
{
    struct lf_arena a = { 0 };
    const struct lf_json *v;
    struct lf_err e;
    struct lf_buf in;
    int rc = 0;

    lf_buf_init(&in, FILE_MOST);
    if (lf_input_read(name, &in, &e) != LF_OK) {
        fprintf(stderr, "lianfang: %s\n", e.text);
        rc = 2;
    } else if (in.len && in.ptr[0] == '[') {
        if (lf_json_parse(&a, lf_buf_view(&in), NULL, &v, &e) != LF_OK) {
            fprintf(stderr, "lianfang: %s: %s; give one event a line, or a JSON array\n", name, e.text);
            rc = 2;
        }
        for (size_t i = 0; !rc && i < lf_json_items(v); i++) {
            lf_json_write(lines, lf_json_item(v, i));
            lf_buf_byte(lines, '\n');
        }
    } else {
        lf_buf_put(lines, lf_buf_view(&in));
        if (in.len && in.ptr[in.len - 1] != '\n')
            lf_buf_byte(lines, '\n');
    }
    lf_arena_clear(&a);
    lf_buf_clear(&in);
    return rc ? rc : look_at(name, lf_buf_view(lines));
}

static void repeat(const struct options *o, struct lf_buf *text)
{
    lf_view all = lf_buf_view(text), line, in = all;
    uint64_t n = 0;
    struct lf_buf out;

    lf_buf_init(&out, TEXT_MOST);
    for (uint64_t pass = 0; n < o->events && !out.over; pass++) {
        for (in = all; n < o->events && lf_view_split(&in, '\n', &line);) {
            if (!line.len)
                continue;
            size_t at = out.len;
            lf_buf_put(&out, line);
            lf_buf_byte(&out, '\n');
            if (out.over) {
                out.len = at;
                break;
            }
            if (pass)
                vary(out.ptr + at, line.len, pass);
            n++;
        }
        if (o->plain || !n)
            break;
    }
    out.over = false;
    lf_buf_clear(text);
    *text = out;
}

/* ---- one run ---- */

static bool failed(const struct lf_err *e)
{
    fprintf(stderr, "lianfang: bench archive: %s\n", e->text);
    return false;
}

static enum lf_archive_did slice(struct lf_archive *a, lf_time now, struct run *r,
                                 struct lf_archive_news *news)
{
    double t = lf_bench_cpu();
    enum lf_archive_did did = lf_archive_work(a, now, UINT64_MAX, news);

    t = (lf_bench_cpu() - t) * 1e3;
    if (t > r->slice_most_ms)
        r->slice_most_ms = t;
    return did;
}

/* As the intake does: a commit a batch, and sealing in between. */
static bool fill(const struct options *o, const char *dir, lf_view in, struct run *r)
{
    struct lf_archive_options ao = { .keep = (uint64_t)1 << 40 };
    struct lf_archive_news news;
    struct lf_archive_stats st;
    struct lf_archive *a;
    enum lf_archive_did did;
    uint64_t waiting = 0;
    lf_time now = 1795000000 * LF_SECOND;
    struct lf_err e;
    double began;
    lf_view line;
    bool ok = true;

    if (lf_archive_open(dir, &ao, &a, &e) != LF_OK)
        return failed(&e);
    began = lf_bench_cpu();
    while (ok && lf_view_split(&in, '\n', &line)) {
        uint64_t at;

        if (!line.len)
            continue;
        now += 700;
        at = lf_archive_add(a, now, 1, LF_V("bench"), line);
        lf_archive_note(a, at, now - (lf_time)(lf_bench_scatter(at) % 200000));
        r->events++;
        r->raw += line.len + 1;
        if (++waiting < o->batch)
            continue;
        waiting = 0;
        ok = lf_archive_commit(a, &e) == LF_OK || failed(&e);
        for (int slices = 0; slices < 4 && slice(a, now, r, &news) != LF_ARCHIVE_IDLE; slices++)
            ;
    }
    ok = ok && (lf_archive_commit(a, &e) == LF_OK || failed(&e));
    do {
        did = slice(a, now, r, &news);
        if (did == LF_ARCHIVE_FAILED)
            ok = failed(&news.error);
    } while (ok && did != LF_ARCHIVE_IDLE);
    r->write_cpu = lf_bench_cpu() - began;
    lf_archive_stats(a, &st);
    r->blocks = st.sealed;
    lf_archive_close(a);
    return ok;
}

/* All frames of the sealed blocks unpacked and looked through for what is not there. */
static bool scan(const char *dir, bool cold, struct run *r)
{
    struct lf_archive_frame f = { 0 };
    struct lf_archive_reader *x;
    double cpu, at;
    struct lf_err e;
    uint64_t text = 0;
    bool ok = true;

    if (lf_archive_reader_open(dir, NULL, &x, &e) != LF_OK)
        return failed(&e);
    if (cold) {
        for (size_t i = 0; i < lf_archive_blocks(x); i++) {
            char path[4200];
            int fd;

            snprintf(path, sizeof path, "%s/%020llu.block", dir,
                     (unsigned long long)lf_archive_block_first(x, i));
            fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd >= 0) {
                (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
                close(fd);
            }
        }
    }
    cpu = lf_bench_cpu();
    at = lf_bench_wall();
    r->stored = r->filter = 0;
    for (size_t i = 0; ok && i < lf_archive_blocks(x); i++) {
        struct lf_archive_block *b;

        if (lf_archive_block_open(x, i, &b, &e) != LF_OK) {
            ok = failed(&e);
            break;
        }
        if (b->sealed) {
            r->stored += b->bytes;
            r->filter += b->filter;
            text += b->text + b->events;
            for (size_t k = 0; ok && k < b->nframes; k++) {
                ok = lf_archive_frame_read(b, k, &f, &e) == LF_OK || failed(&e);
                if (ok && memmem(f.text.ptr, f.text.len, "a needle not there", 18))
                    ok = false;
            }
        }
        lf_archive_block_close(b);
    }
    cpu = lf_bench_cpu() - cpu;
    at = lf_bench_wall() - at;
    if (cold) {
        r->cold_cpu = cpu;
        r->cold_wall = at;
    } else {
        r->scan_cpu = cpu;
        r->scan_wall = at;
    }
    r->raw = text;
    lf_archive_frame_clear(&f);
    lf_archive_reader_close(x);
    return ok;
}

/* Words that are nowhere, asked of every block but the open one, whose frames would be
 * looked through; each footer is read every time. */
static bool ask(const char *dir, struct run *r)
{
    struct lf_archive_reader *x;
    struct lf_err e;
    double cpu;

    if (lf_archive_reader_open(dir, NULL, &x, &e) != LF_OK)
        return failed(&e);
    cpu = lf_bench_cpu();
    size_t blocks = lf_archive_blocks(x) - 1, each = blocks ? ASKED / blocks + 1 : 0;
    for (size_t k = 0; k < each; k++) {
        for (size_t i = 0; i < blocks; i++) {
            struct lf_archive_block *b;
            uint32_t t[4];
            char word[40];

            snprintf(word, sizeof word, "Nx%llxq", (unsigned long long)lf_bench_scatter(k * blocks + i));
            if (lf_archive_block_open(x, i, &b, &e) != LF_OK)
                return failed(&e);
            if (b->sealed) {
                (void)lf_token_query(lf_view_of(word), t, 4);
                r->asked++;
                r->wrong += lf_archive_block_may(b, t[0]);
            }
            lf_archive_block_close(b);
        }
    }
    r->ask_us = r->asked ? (lf_bench_cpu() - cpu) * 1e6 / (double)r->asked : 0;
    lf_archive_reader_close(x);
    return true;
}

static int by_cpu(const void *a, const void *b)
{
    const struct run *x = a, *y = b;

    return x->write_cpu < y->write_cpu ? -1 : x->write_cpu > y->write_cpu;
}

static double median(const struct run *r, size_t offset)
{
    double v[RUNS] = { 0 };

    for (size_t i = 0; i < RUNS; i++) {
        size_t k = i;
        double now;

        memcpy(&now, (const char *)&r[i] + offset, sizeof now);
        for (; k > 0 && v[k - 1] > now; k--)
            v[k] = v[k - 1];
        v[k] = now;
    }
    return v[RUNS / 2] > 1e-9 ? v[RUNS / 2] : 1e-9;
}

static int measure(const struct options *o, const char *name, struct lf_buf *text)
{
    struct run r[RUNS] = { 0 }, *mid = &r[RUNS / 2];
    struct rusage used;
    struct lf_err e;
    char dir[4096];
    bool ok = true;

    repeat(o, text);
    if (o->print) {
        fwrite(text->ptr, 1, text->len, stdout);
        return 0;
    }
    for (size_t i = 0; ok && i < RUNS; i++) {
        snprintf(dir, sizeof dir, "%s/lianfang-bench-XXXXXX", o->dir);
        if (!mkdtemp(dir)) {
            fprintf(stderr, "lianfang: bench archive: %s: %s; give another with --dir\n", dir,
                    strerror(errno));
            return 2;
        }
        ok = fill(o, dir, lf_buf_view(text), &r[i]);
        if (!o->write_only)
            ok = ok && scan(dir, true, &r[i]) && scan(dir, false, &r[i]) && ask(dir, &r[i]);
        (void)!lf_file_remove_tree(dir, &e);
    }
    if (!ok)
        return 2;
    qsort(r, RUNS, sizeof r[0], by_cpu);
    getrusage(RUSAGE_SELF, &used);
    double raw = (double)mid->raw;
    printf("{\"bench\":\"archive\",\"file\":\"%s\",\"events\":%llu,\"bytes\":%zu,\"cpu_s\":%.3f,\"per_cpu_"
           "s\":%.0f,"
           "\"mb_per_cpu_s\":%.1f,\"rss_kb\":%ld,\"batch\":%llu,\"blocks\":%llu,\"stored_percent\":%.2f,"
           "\"filter_percent\":"
           "%.2f,\"scan_mb_per_cpu_s\":%.0f,\"scan_mb_per_s\":%.0f,\"cold_mb_per_cpu_s\":%.0f,\"cold_mb_per_"
           "s\":%.0f,"
           "\"ask_us\":%.1f,\"asked\":%llu,\"wrong\":%llu,\"slice_most_ms\":%.1f}\n",
           name, (unsigned long long)mid->events, text->len, mid->write_cpu,
           (double)mid->events / mid->write_cpu, (double)text->len / mid->write_cpu / 1e6, used.ru_maxrss,
           (unsigned long long)o->batch, (unsigned long long)mid->blocks,
           raw > 0 ? (double)mid->stored * 100 / raw : 0, raw > 0 ? (double)mid->filter * 100 / raw : 0,
           raw / median(r, offsetof(struct run, scan_cpu)) / 1e6,
           raw / median(r, offsetof(struct run, scan_wall)) / 1e6,
           raw / median(r, offsetof(struct run, cold_cpu)) / 1e6,
           raw / median(r, offsetof(struct run, cold_wall)) / 1e6, median(r, offsetof(struct run, ask_us)),
           (unsigned long long)mid->asked, (unsigned long long)mid->wrong,
           median(r, offsetof(struct run, slice_most_ms)));
    return 0;
}

static int usage(int rc)
{
    fputs("usage: lianfang bench archive [--events N] [--batch N] [--dir DIR] [--plain] [--write] [--print] "
          "[FILE...]\n"
          "  --events N  so many events of each file, repeated with other values (400000)\n"
          "  --batch N   events a commit (500)\n"
          "  --dir DIR   where the archive is made and removed again (.)\n"
          "  --plain     each event of the file once, as it is\n"
          "  --write     only the way in: nothing is read\n"
          "  --print     the events to standard output, for a peer\n",
          rc ? stderr : stdout);
    return rc;
}

int lf_bench_archive_main(int argc, char **argv)
{
    struct options o = { .events = 400000, .batch = 500, .dir = "." };
    struct lf_buf text;
    int rc = 0, i = 1;

    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        uint64_t *to = strcmp(argv[i], "--events") == 0  ? &o.events
                       : strcmp(argv[i], "--batch") == 0 ? &o.batch
                                                         : NULL;

        if (strcmp(argv[i], "--help") == 0)
            return usage(0);
        if (strcmp(argv[i], "--plain") == 0) {
            o.plain = true;
        } else if (strcmp(argv[i], "--print") == 0) {
            o.print = true;
        } else if (strcmp(argv[i], "--write") == 0) {
            o.write_only = true;
        } else if (i + 1 < argc && strcmp(argv[i], "--dir") == 0) {
            o.dir = argv[++i];
        } else if (!to || i + 1 >= argc || !lf_view_u64(lf_view_of(argv[++i]), to) || !*to) {
            return usage(2);
        }
    }
    do {
        lf_buf_init(&text, FILE_MOST);
        if (i < argc)
            rc = take_file(argv[i], &text);
        else
            made(&text);
        if (!rc)
            rc = measure(&o, i < argc ? argv[i] : "made", &text);
        lf_buf_clear(&text);
    } while (!rc && ++i < argc);
    return rc;
}
