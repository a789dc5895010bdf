/* lianfang cases: files of old cases.  `import` gives one, shows how far the node is, and ends with the
 * report; what else can be asked is in remote.def. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "main/client.h"
#include "main/commands.h"
#include "main/input.h"

enum { BODY = 16 << 20, FILE_MOST = 14 << 20 };

static const char usage[] =
    "usage: lianfang cases import [--data DIR | -c FILE] [--json] [--preview] FORMAT FILE [MAPPING]\n"
    "takes old cases of FILE (csv, thehive or iris); MAPPING as title=Subject,aware_at=Date\n";

static enum lf_code give(struct lf_client *c, bool preview, char **argv, int argc, lf_view *id,
                         struct lf_err *e)
{
    const struct lf_json *out;
    const char *name = strrchr(argv[1], '/');
    struct lf_buf text, body;
    struct lf_json_w w;
    enum lf_code rc;

    lf_buf_init(&text, FILE_MOST + 1);
    lf_buf_init(&body, BODY);
    rc = lf_input_read(argv[1], &text, e);
    if (rc == LF_OK) {
        w = lf_json_w(&body);
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "format", argv[0]);
        lf_json_put_cstr(&w, "name", name ? name + 1 : argv[1]);
        if (argc > 2)
            lf_json_put_cstr(&w, "mapping", argv[2]);
        lf_json_put_str(&w, "file", lf_buf_view(&text));
        lf_json_close(&w);
        if (body.over)
            rc = lf_err_set(e, LF_TOO_BIG,
                            "%s: as JSON it is larger than %d MiB; give it in parts, or by the console",
                            argv[1], BODY >> 20);
    }
    if (rc == LF_OK)
        rc = lf_client_call(c, "POST",
                            preview ? "/api/v1/incident-imports?dry=1" : "/api/v1/incident-imports",
                            lf_buf_view(&body), &out, e);
    if (rc == LF_OK)
        *id = lf_json_str(out, "id");
    lf_buf_clear(&text);
    lf_buf_clear(&body);
    return rc;
}

static long long count(const struct lf_json *x, const char *key)
{
    int64_t n = 0;

    (void)lf_json_int(x, key, &n);
    return n;
}

static void put_progress(const struct lf_json *x)
{
    static const char *const form[] = { "%.*s: %lld of %lld looked at, %lld made, %lld here already, %lld "
                                        "refused\n",
                                        "\r%.*s: %lld of %lld looked at, %lld made, %lld here already, %lld "
                                        "refused " };

    fprintf(stderr, form[isatty(STDERR_FILENO) != 0], LF_FMT(lf_json_str(x, "state")), count(x, "looked_at"),
            count(x, "total"), count(x, "made"), count(x, "already"), count(x, "refused"));
}

/* Until it is over; *x is how it ended. */
static enum lf_code follow(struct lf_client *c, const char *path, const struct lf_json **x, struct lf_err *e)
{
    const struct timespec rest = { .tv_nsec = 500000000 };
    long long seen = -1;

    for (;;) {
        lf_view state;

        lf_arena_reset(&c->a);
        LF_TRY(lf_client_call(c, "GET", path, LF_V(""), x, e));
        state = lf_json_str(*x, "state");
        if (count(*x, "looked_at") != seen)
            put_progress(*x);
        seen = count(*x, "looked_at");
        if (!lf_view_is(state, "reading") && !lf_view_is(state, "taking")) {
            if (isatty(STDERR_FILENO))
                fputc('\n', stderr);
            return LF_OK;
        }
        (void)nanosleep(&rest, NULL);
    }
}

static enum lf_code import(struct lf_client *c, bool preview, bool json, char **argv, int argc, bool *well,
                           struct lf_err *e)
{
    const struct lf_json *x;
    char path[200];
    lf_view id;
    struct lf_buf b;

    LF_TRY(give(c, preview, argv, argc, &id, e));
    (void)snprintf(path, sizeof path, "/api/v1/incident-imports/%.*s", LF_FMT(id));
    fprintf(stderr, "import %.*s\n", LF_FMT(id));
    LF_TRY(follow(c, path, &x, e));
    *well = lf_view_is(lf_json_str(x, "state"), "done") && !count(x, "refused");
    if (lf_json_str(x, "trouble").len)
        fprintf(stderr, "%.*s\n", LF_FMT(lf_json_str(x, "trouble")));
    if (json) {
        lf_buf_init(&b, BODY);
        lf_json_write(&b, x);
        lf_buf_byte(&b, '\n');
        (void)fwrite(b.ptr, 1, b.len, stdout);
        lf_buf_clear(&b);
        return LF_OK;
    }
    (void)snprintf(path, sizeof path, "/api/v1/incident-imports/%.*s/report", LF_FMT(lf_json_str(x, "id")));
    return lf_client_fetch(c, path, stdout, e);
}

int lf_cases_main(int argc, char **argv)
{
    bool json, preview, well = false;
    struct lf_err e = { 0 };
    struct lf_client c;
    int rc = 2;

    if (argc < 2 || strcmp(argv[1], "import") != 0)
        return lf_remote_main(argc, argv);
    if (strcmp(argv[argc - 1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    argc--;
    argv++;
    if (lf_client_begin(&c, &argc, &argv, &json)) {
        preview = argc > 1 && strcmp(argv[1], "--preview") == 0;
        argc -= 1 + preview;
        argv += 1 + preview;
        if (argc < 2 || argc > 3)
            fputs(usage, stderr);
        else if (import(&c, preview, json, argv, argc, &well, &e) != LF_OK)
            fprintf(stderr, "lianfang cases import: %s\n", e.text);
        else
            rc = well ? 0 : 1;
    }
    lf_client_close(&c);
    return rc;
}
