/* lianfang detect --rules DIR [--no-route] [--json] FILE…
 *
 * The same rules and the same code as live traffic.  One JSON object a match. */
#include "engine/detect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "engine/normalise.h"
#include "fmt/evtx.h"
#include "main/commands.h"
#include "proc/rules_dir.h"

static const char usage[] =
    "usage: lianfang detect --rules DIR [--rules DIR …] [--no-route] [--format FORMAT] [--json] FILE…\n"
    "  FILE      JSON values one after another or one array of them, a Windows event log (EVTX), or lines of "
    "a\n"
    "            log; - is standard input\n"
    "  --no-route   every rule on every event as it is; log sources are not looked at\n"
    "  --format  auto (usual), json, syslog, nginx, apache, unbound, bind, text\n"
    "prints one JSON object a match: event (0 and up in its file), file, rule, title, level\n"
    "a record that is not understood is counted and told; the others are looked at\n"
    "exit: 0 looked through, whether anything matched or not; 2 bad usage, rules or file not readable\n";

#define INPUT_MOST ((size_t)8 << 30)

struct run {
    struct lf_ruleset *rs;
    struct lf_arena a;
    struct lf_buf out;
    bool route;
    enum lf_format format;
    const char *file;
    uint64_t event, bad;
};

static bool slurp(const char *path, struct lf_buf *b, struct lf_err *e)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0) {
        (void)lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
        return false;
    }
    for (;;) {
        char *room = lf_buf_space(b, 1 << 16);

        if (!room) {
            (void)lf_err_set(e, LF_TOO_BIG, "%s: more than %zu bytes", path, INPUT_MOST);
            break;
        }
        n = read(fd, room, 1 << 16);
        b->len -= (1u << 16) - (n > 0 ? (size_t)n : 0);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR) {
            (void)lf_err_set(e, LF_IO, "%s: %s", path, strerror(errno));
            break;
        }
    }
    if (fd != STDIN_FILENO)
        close(fd);
    return e->code == LF_OK;
}

static void flush(struct run *r)
{
    fwrite(r->out.ptr ? r->out.ptr : "", 1, r->out.len, stdout);
    lf_buf_reset(&r->out);
}

static void match(struct run *r, const struct lf_event *ev)
{
    const struct lf_rule *const *hits;
    size_t n = lf_ruleset_match(r->rs, &r->a, ev, r->route, &hits);

    for (size_t i = 0; i < n; i++) {
        struct lf_json_w w = lf_json_w(&r->out);

        if (hits[i]->quiet)
            continue;
        lf_json_open(&w, '{');
        lf_json_put_int(&w, "event", (int64_t)r->event);
        lf_json_put_cstr(&w, "file", r->file);
        lf_json_put_str(&w, "rule", hits[i]->id);
        lf_json_put_str(&w, "title", hits[i]->title);
        lf_json_put_cstr(&w, "level", lf_level_name(hits[i]->level));
        lf_json_close(&w);
        lf_buf_byte(&r->out, '\n');
    }
    if (r->out.len > 1 << 16)
        flush(r);
}

static void one_value(struct run *r, const struct lf_json *doc)
{
    struct lf_event ev = { .doc = doc };
    struct lf_record rec = { .position = r->event };

    if (r->route)
        lf_normalise_json(&r->a, doc, &rec, &ev);
    match(r, &ev);
    r->event++;
    lf_arena_reset(&r->a);
}

static void one_line(struct run *r, lf_view line)
{
    struct lf_event ev;
    struct lf_record rec = { .bytes = line, .format = r->format, .position = r->event };

    lf_normalise(&r->a, &rec, &ev);
    r->bad += ev.raw;
    match(r, &ev);
    r->event++;
    lf_arena_reset(&r->a);
}

static lf_view skip_blank(lf_view v)
{
    size_t i = 0;

    while (i < v.len && (v.ptr[i] == ' ' || v.ptr[i] == '\t' || v.ptr[i] == '\r' || v.ptr[i] == '\n'))
        i++;
    return lf_view_from(v, i);
}

/* What is no value is passed over to the line's end and counts as a record, so
 * that the ordinals after it stay those of the file. */
static void values(struct run *r, lf_view in)
{
    const struct lf_json_limits limits = { .bytes = SIZE_MAX, .depth = 512 };
    bool array = false;

    in = skip_blank(in);
    if (in.len > 0 && in.ptr[0] == '[') {
        array = true;
        in = skip_blank(lf_view_from(in, 1));
    }
    while (in.len > 0) {
        const struct lf_json *doc;
        lf_view from = in;
        struct lf_err e = { 0 };

        if (array && in.ptr[0] == ']') {
            in = skip_blank(lf_view_from(in, 1));
            if (in.len > 0)
                fprintf(stderr, "lianfang detect: %s: something follows the array; it is not looked at\n",
                        r->file);
            return;
        }
        if (lf_json_take(&r->a, &in, &limits, &doc, &e) == LF_OK) {
            one_value(r, doc);
            in = skip_blank(in);
            if (array && in.len > 0 && in.ptr[0] == ',')
                in = skip_blank(lf_view_from(in, 1));
            continue;
        }
        if (r->bad++ == 0)
            fprintf(stderr, "lianfang detect: %s: record %llu: %s\n", r->file, (unsigned long long)r->event,
                    e.text);
        r->event++;
        lf_arena_reset(&r->a);

        size_t end = lf_view_find_byte(from, '\n');

        in = end == SIZE_MAX ? (lf_view){ from.ptr, 0 } : skip_blank(lf_view_from(from, end + 1));
    }
    if (array)
        fprintf(stderr, "lianfang detect: %s: the array is not closed\n", r->file);
}

static void lines(struct run *r, lf_view in)
{
    lf_view line;

    while (lf_view_split(&in, '\n', &line)) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0)
            one_line(r, line);
        else if (in.ptr)
            r->event++;
    }
}

/* A Windows event log file; a damaged record counts as one and is told. */
static void evtx(struct run *r, lf_view in)
{
    struct lf_evtx x = { 0 };
    struct lf_evtx_record one;
    struct lf_err e = { 0 };
    enum lf_code rc = lf_evtx_open(&x, in, &e);

    if (rc == LF_OK)
        rc = lf_evtx_next(&x, &r->a, &one, &e);
    for (; rc != LF_NOT_FOUND; rc = lf_evtx_next(&x, &r->a, &one, &e)) {
        if (rc == LF_OK) {
            one_value(r, one.doc);
            continue;
        }
        fprintf(stderr, "lianfang detect: %s: record %llu: %s\n", r->file, (unsigned long long)r->event,
                e.text);
        if (x.in.len == 0)
            return;
        r->event++;
        lf_arena_reset(&r->a);
    }
}

int lf_detect_main(int argc, char **argv)
{
    const char *dirs[64];
    size_t ndirs = 0;
    int first = 0, status = 0;
    struct run r = { .route = true };
    struct lf_err e = { 0 };

    /* Files are gathered at the front of argv, so that options may stand anywhere. */
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];

        if (strcmp(arg, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(arg, "--no-route") == 0) {
            r.route = false;
        } else if (strcmp(arg, "--json") == 0) {
            continue; /* it is JSON always */
        } else if (strcmp(arg, "--rules") == 0 && i + 1 < argc && ndirs < sizeof dirs / sizeof *dirs) {
            dirs[ndirs++] = argv[++i];
        } else if (strcmp(arg, "--format") == 0 && i + 1 < argc &&
                   lf_format_parse(lf_view_of(argv[i + 1]), &r.format)) {
            i++;
        } else if (arg[0] == '-' && arg[1] != '\0') {
            fprintf(stderr, "lianfang detect: \"%s\" is no option, or what it needs is missing; see --help\n",
                    arg);
            return 2;
        } else {
            argv[++first] = argv[i];
        }
    }
    if (ndirs == 0 || first == 0) {
        fputs(usage, stderr);
        return 2;
    }
    lf_crypto_init();
    if (lf_rules_dir_load(dirs, ndirs, &r.rs, &e) != LF_OK) {
        fprintf(stderr, "lianfang detect: %s\n", e.text);
        return 2;
    }
    if (lf_ruleset_refused(r.rs) > 0)
        fprintf(stderr, "lianfang detect: %zu rules are refused; `lianfang rules check` says why\n",
                lf_ruleset_refused(r.rs));
    lf_arena_init(&r.a, 1 << 20);
    lf_buf_init(&r.out, (size_t)1 << 30);
    for (int i = 1; i <= first; i++) {
        struct lf_buf in;
        lf_view text;

        r.file = argv[i];
        r.event = r.bad = 0;
        lf_buf_init(&in, INPUT_MOST);
        if (!slurp(argv[i], &in, &e)) {
            fprintf(stderr, "lianfang detect: %s\n", e.text);
            e = (struct lf_err){ 0 };
            status = 2;
        } else {
            text = skip_blank(lf_buf_view(&in));
            /* A BIND or unbound line may begin with '[' too, JSON never with "[1". */
            if (lf_evtx_is(lf_buf_view(&in)))
                evtx(&r, lf_buf_view(&in));
            else if (!r.route || r.format == LF_FORMAT_JSON ||
                     (r.format == LF_FORMAT_AUTO && text.len > 0 &&
                      (text.ptr[0] == '{' ||
                       (text.ptr[0] == '[' && skip_blank(lf_view_from(text, 1)).len > 0 &&
                        strchr("{]", skip_blank(lf_view_from(text, 1)).ptr[0])))))
                values(&r, lf_buf_view(&in));
            else
                lines(&r, lf_buf_view(&in));
            if (r.bad > 1)
                fprintf(stderr, "lianfang detect: %s: %llu records were not understood\n", r.file,
                        (unsigned long long)r.bad);
        }
        lf_buf_clear(&in);
    }
    flush(&r);
    lf_buf_clear(&r.out);
    lf_arena_clear(&r.a);
    lf_ruleset_drop(r.rs);
    return status;
}
