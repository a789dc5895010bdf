/* lianfang search [--from TIME] [--to TIME] [--data DIR | -c FILE | --node URL] QUERY
 *
 * The archive of a node, read directly (what is committed, also while the node
 * runs), or over the API of another one (main/search_node.c). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "main/commands.h"
#include "main/input.h"
#include "main/plain.h"
#include "main/search_priv.h"
#include "proc/config.h"
#include "soc/search.h"
#include "sys/env.h"
#include "sys/file.h"

static const char usage[] =
    "usage: lianfang search [--from TIME] [--to TIME] [--limit N] [--reverse] [--json | --csv]\n"
    "                       [--data DIR | -c FILE | --node URL [--ca FILE]] QUERY\n"
    "  QUERY     (- reads it from standard input) words, \"phrases\", field:value, field=value, "
    "field:/regex/, field:[a TO b], field:>=n,\n"
    "            field:10.0.0.0/8, field:*, * and ?, AND OR NOT ( ); then | count by f | timechart span=1h "
    "|\n"
    "            top 10 f | sum|avg|min|max|dc f by g | sort -f | head 10 | fields f, g\n"
    "  TIME      of the events: 2026-11-20, 115-11-20, 2026-11-20T08:00:00+08:00, now, -24h (s m h d w);\n"
    "            without a zone Taipei's; --to with a day alone is the end of that day\n"
    "  --reverse oldest first; the newest come first otherwise\n"
    "  --csv     rows for a spreadsheet: what `fields` or a table chose, else position, time, recorded,\n"
    "            sender, host, raw\n"
    "  --data    a node's data directory (usual: data), or one of an archive\n"
    "  --node    ask a running node; its token comes from the environment, LIANFANG_TOKEN\n"
    "prints what it finds as it finds it; Ctrl-C ends it, and what was found until then stands\n"
    "exit: 0 found, 1 nothing found, 2 bad query, bad usage or archive not readable\n";

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

bool search_interrupted(void)
{
    return interrupted != 0;
}

struct progress {
    bool shown, terminal;
    lf_time began, last;
};

struct run {
    const struct search_options *o;
    struct lf_env env;
    struct progress progress;
    uint64_t found, damaged;
    bool fields; /* `fields` chose what is shown */
};

static void clear_progress(struct progress *p)
{
    if (p->shown)
        fputs("\r\x1b[K", stderr);
    p->shown = false;
}

static void show_progress(struct run *r, const struct lf_search_progress *s)
{
    lf_time now = lf_tick(&r->env), took = now - r->progress.began;
    struct progress *p = &r->progress;

    if (!p->terminal || took < 300 * LF_MSEC || now - p->last < 200 * LF_MSEC)
        return;
    p->last = now;
    fprintf(stderr, "\r\x1b[K%zu of %zu blocks, %.1f MB, %.0f MB/s, %llu found", s->blocks_done, s->blocks,
            (double)s->text / 1e6, (double)s->text / (double)took, (unsigned long long)s->matched);
    if (s->blocks_done > 0 && s->blocks_done < s->blocks)
        fprintf(stderr, ", about %.0f s left",
                (double)took / 1e6 / (double)s->blocks_done * (double)(s->blocks - s->blocks_done));
    fflush(stderr);
    p->shown = true;
}

/* Bytes from outside must not move the cursor of whoever reads. */
void search_put_plain(lf_view v)
{
    struct lf_buf b;

    lf_buf_init(&b, v.len + 1);
    lf_plain_put(&b, v);
    fwrite(b.ptr ? b.ptr : "", 1, b.len, stdout);
    lf_buf_clear(&b);
}

void search_put_hit(const struct search_options *o, const struct lf_query_hit *h, bool fields)
{
    char time[LF_TIME_TEXT], recorded[LF_TIME_TEXT];

    if (o->csv) {
        search_csv_hit(o->csv, h);
        return;
    }
    if (o->json) {
        struct lf_json_w w;
        struct lf_buf b;

        lf_buf_init(&b, 64 << 20);
        w = lf_json_w(&b);
        lf_json_open(&w, '{');
        lf_json_put_int(&w, "position", (int64_t)h->position);
        lf_json_put_str(&w, "time", lf_time_milli(h->happened, time));
        lf_json_put_str(&w, "recorded", lf_time_milli(h->recorded, recorded));
        lf_json_put_str(&w, "sender", h->sender);
        lf_json_put_str(&w, "host", h->host);
        if (!fields)
            lf_json_put_str(&w, "raw", h->raw);
        if (!fields && !lf_view_is_utf8(h->raw)) { /* what JSON cannot hold as text */
            struct lf_arena a = { 0 };

            lf_json_put_str(&w, "raw_base64", lf_base64(&a, h->raw.ptr, h->raw.len));
            lf_arena_clear(&a);
        }
        lf_json_put_raw(&w, "event", h->event);
        lf_json_close(&w);
        lf_buf_byte(&b, '\n');
        fwrite(b.ptr, 1, b.len, stdout);
        lf_buf_clear(&b);
        return;
    }
    /* Taipei's time, as everywhere people look. */
    lf_time_milli(h->happened + LF_TAIPEI, time);
    printf("%.23s+08:00 ", time);
    search_put_plain(h->host.len ? h->host : h->sender.len ? h->sender : LF_V("-"));
    putchar(' ');
    search_put_plain(fields ? h->event : h->raw);
    putchar('\n');
}

void search_put_table(const struct search_options *o, const struct lf_query_table *t)
{
    size_t *width;

    if (o->csv) {
        search_csv_table(o->csv, t);
        return;
    }
    width = calloc(t->ncolumns + 1, sizeof *width);
    if (!width)
        LF_BUG("out of memory for %zu columns", t->ncolumns);
    for (size_t i = 0; o->json && i < t->nrows; i++) {
        struct lf_buf b;

        lf_buf_init(&b, 1 << 20);
        lf_query_row_json(&b, t, i);
        lf_buf_byte(&b, '\n');
        fwrite(b.ptr, 1, b.len, stdout);
        lf_buf_clear(&b);
    }
    for (size_t c = 0; !o->json && c < t->ncolumns; c++) {
        width[c] = t->columns[c].len;
        for (size_t i = 0; i < t->nrows; i++)
            if (t->cells[i * t->ncolumns + c].text.len > width[c])
                width[c] = t->cells[i * t->ncolumns + c].text.len;
        width[c] = width[c] > 60 ? 60 : width[c];
    }
    for (size_t i = 0; !o->json && i <= t->nrows; i++) {
        for (size_t c = 0; c < t->ncolumns; c++) {
            lf_view v = i == 0 ? t->columns[c] : t->cells[(i - 1) * t->ncolumns + c].text;

            search_put_plain(v.ptr ? v : LF_V("-"));
            if (c + 1 < t->ncolumns)
                printf("%*s", (int)((v.len < width[c] ? width[c] - v.len : 0) + 2), "");
        }
        putchar('\n');
    }
    free(width);
}

static void on_hit(void *ctx, const struct lf_query_hit *h)
{
    struct run *r = ctx;

    if (interrupted) /* in the midst of a frame, which may have thousands */
        return;
    clear_progress(&r->progress);
    r->found++;
    search_put_hit(r->o, h, r->fields);
}

static void on_damage(void *ctx, lf_view why)
{
    struct run *r = ctx;

    clear_progress(&r->progress);
    r->damaged++;
    fprintf(stderr, "lianfang search: damaged: %.*s\n", LF_FMT(why));
}

/* How many names `fields` chose; views of `a`. */
static size_t ends_in_fields(struct lf_arena *a, lf_view query, lf_view out[LF_QUERY_NAMES])
{
    struct lf_query_tree *q;

    return lf_query_parse(a, query, &q, NULL) == LF_OK ? lf_query_field_names(q, out) : 0;
}

static int search_archive(struct run *r, const char *dir)
{
    const struct search_options *o = r->o;
    struct lf_search_ask ask = {
        .query = o->query, .from = o->from, .to = o->to, .oldest_first = o->reverse, .limit = o->limit
    };
    struct lf_search_hooks hooks = { .hit = on_hit, .damaged = on_damage, .ctx = r };
    struct lf_search_progress p;
    struct lf_search *s;
    struct lf_err e = { 0 };
    uint64_t before = 0, unsorted;

    lf_random(&r->env, &ask.seed, sizeof ask.seed);
    if (lf_search_open(dir, &ask, &hooks, &s, &e) != LF_OK) {
        fprintf(stderr, "lianfang search: %s\n", e.text);
        return 2;
    }
    while (!interrupted && lf_search_step(s)) {
        if (r->found != before)
            fflush(stdout);
        before = r->found;
        lf_search_progress(s, &p);
        show_progress(r, &p);
    }
    unsorted = lf_search_finish(s);
    clear_progress(&r->progress);
    lf_search_progress(s, &p);
    if (lf_search_is_table(s)) {
        struct lf_arena a = { 0 };
        struct lf_query_table t;
        lf_view note;

        lf_search_table(s, &a, &t);
        search_put_table(o, &t);
        note = lf_query_table_note(&a, &t);
        if (note.len)
            fprintf(stderr, "lianfang search: %.*s\n", LF_FMT(note));
        r->found = t.nrows ? p.matched : 0;
        lf_arena_clear(&a);
    }
    fflush(stdout);
    if (unsorted)
        fprintf(
            stderr,
            "lianfang search: %llu more events matched than a sort can hold; put `head` behind the sort\n",
            (unsigned long long)unsorted);
    if (interrupted)
        fprintf(stderr, "lianfang search: interrupted: this is PARTIAL, %zu of %zu blocks were searched\n",
                p.blocks_done, p.blocks);
    if (p.damaged)
        fprintf(
            stderr,
            "lianfang search: %llu places of the archive could not be read; the answer may be incomplete\n",
            (unsigned long long)p.damaged);
    if (r->progress.terminal)
        fprintf(stderr, "%llu found; %zu blocks, %zu of them passed over, %.1f MB looked through in %.2f s\n",
                (unsigned long long)p.matched, p.blocks, p.blocks_passed, (double)p.text / 1e6,
                (double)(lf_tick(&r->env) - r->progress.began) / 1e6);
    lf_search_close(s);
    return r->found ? 0 : 1;
}

static int complain(const char *fmt, const char *what)
{
    fputs("lianfang search: ", stderr);
    fprintf(stderr, fmt, what);
    fputs("; see --help\n", stderr);
    return 2;
}

/* The data directory's archive, or the directory itself. */
const char *search_directory(struct lf_arena *a, const char *data)
{
    const char *events = lf_arena_printf(a, "%s/events", data).ptr;

    return lf_file_exists(events) ? events : data;
}

static bool time_option(const char *name, const char *text, lf_time now, bool ends, lf_time *out)
{
    struct lf_err e = { 0 };

    if (lf_query_time(lf_view_of(text), now, ends, out, &e) == LF_OK)
        return true;
    fprintf(stderr, "lianfang search: %s %s\n", name, e.text);
    return false;
}

int lf_search_main(int argc, char **argv)
{
    struct search_options o = { .from = INT64_MIN, .to = INT64_MAX };
    struct run r = { .o = &o };
    struct search_csv csv = { 0 };
    lf_view names[LF_QUERY_NAMES];
    struct lf_arena a = { 0 };
    struct lf_config *config = NULL;
    const char *data = "data";
    struct lf_err e = { 0 };
    struct lf_buf query;
    bool plain = false;
    int status;

    lf_env_real(&r.env, NULL);
    lf_crypto_init();
    lf_buf_init(&query, LF_QUERY_TEXT + 1);
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
        uint64_t n;

        if (!plain && strcmp(arg, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (!plain && strcmp(arg, "--") == 0) {
            plain = true;
        } else if (!plain && strcmp(arg, "--json") == 0) {
            o.json = true;
        } else if (!plain && strcmp(arg, "--csv") == 0) {
            o.csv = &csv;
        } else if (!plain && strcmp(arg, "--reverse") == 0) {
            o.reverse = true;
        } else if (!plain && strcmp(arg, "--from") == 0 && next) {
            if (!time_option("--from", argv[++i], lf_now(&r.env), false, &o.from))
                return 2;
        } else if (!plain && strcmp(arg, "--to") == 0 && next) {
            if (!time_option("--to", argv[++i], lf_now(&r.env), true, &o.to))
                return 2;
        } else if (!plain && strcmp(arg, "--data") == 0 && next) {
            data = argv[++i];
        } else if (!plain && strcmp(arg, "--node") == 0 && next) {
            o.node = argv[++i];
        } else if (!plain && strcmp(arg, "--ca") == 0 && next) {
            o.ca = argv[++i];
        } else if (!plain && strcmp(arg, "--limit") == 0 && next) {
            if (!lf_view_u64(lf_view_of(argv[++i]), &n) || n < 1 || n > SIZE_MAX / 2)
                return complain("--limit \"%s\" is no number of 1 or more", argv[i]);
            o.limit = (size_t)n;
        } else if (!plain && strcmp(arg, "-c") == 0 && next) {
            if (lf_config_read(argv[++i], ".", &config, &e) != LF_OK) {
                fprintf(stderr, "lianfang search: %s\n", e.text);
                return 2;
            }
            data = lf_arena_cstr(&a, lf_config_get(config, LF_OPT_NODE_DATA));
            lf_config_destroy(config);
        } else if (!plain && arg[0] == '-' && arg[1] == '-') {
            return complain("\"%s\" is no option, or what it needs is missing", arg);
        } else {
            if (query.len)
                lf_buf_byte(&query, ' ');
            lf_buf_put(&query, lf_view_of(arg));
        }
    }
    if (lf_view_is(lf_buf_view(&query), "-")) {
        lf_buf_reset(&query);
        if (lf_input_read("-", &query, &e) != LF_OK)
            return complain("%s", e.text);
    }
    if (query.over)
        return complain("%s", "the query is too long");
    if (!lf_view_trim(lf_buf_view(&query)).len)
        return complain("%s", "no QUERY: * is every event");
    o.query = lf_buf_view(&query);
    if (o.from >= o.to)
        return complain("%s", "--from is not before --to");
    if (o.json && o.csv) {
        lf_buf_clear(&query);
        return complain("%s", "--json or --csv, not both");
    }
    csv.nfields = ends_in_fields(&a, o.query, names);
    csv.fields = csv.nfields ? names : NULL;
    r.fields = csv.nfields > 0;
    r.progress = (struct progress){ .terminal = isatty(STDERR_FILENO), .began = lf_tick(&r.env), .last = 0 };
    struct sigaction act = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART }; /* output stays whole */
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    if (o.node)
        status = search_node(&o, r.fields);
    else
        status = search_archive(&r, search_directory(&a, data));
    if (o.csv && status < 2)
        search_csv_head(o.csv);
    lf_buf_clear(&query);
    lf_arena_clear(&a);
    return status;
}
