/* lianfang pattern check PATTERN | pattern match PATTERN FILE… | pattern fields
 *
 * STIX patterns by themselves: is it one, and does it match what was observed? */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "engine/stix_event.h"
#include "engine/stix_match.h"
#include "main/commands.h"
#include "main/input.h"

static const char usage[] =
    "usage: lianfang pattern check [--json] PATTERN        is it a STIX 2.1 pattern?\n"
    "       lianfang pattern match [--json] PATTERN FILE…  does it match the observed data?\n"
    "       lianfang pattern fields                        which fields of an event are which STIX property\n"
    "  PATTERN   the pattern; @FILE reads it from a file, - or @- from standard input\n"
    "  FILE      a STIX bundle, a list of objects, or one observed-data object; - is standard input\n"
    "exit, check: 0 it is one (what cannot be matched here is said), 1 it is none (the sentence says why and "
    "where), 2 bad usage\n"
    "exit, match: 0 it matches, 1 it does not, 2 bad usage, pattern or file\n";

#define INPUT_MOST ((size_t)1 << 30)

static int check(lf_view text, bool json)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_stix_matcher *m = NULL;
    struct lf_err e = { 0 };
    enum lf_code rc = lf_stix_pattern_parse(&a, text, &p, &e);
    bool note = false; /* a pattern, but not one that can be matched here */
    struct lf_buf b;

    if (rc == LF_OK && !lf_stix_pattern_sound(&p, &e))
        rc = LF_BAD_INPUT;
    if (rc == LF_OK) {
        rc = lf_stix_matcher_create(&p, &m, &e);
        note = rc == LF_UNACCEPTED;
        if (rc == LF_OK && lf_stix_matcher_slow(m)) {
            note = true;
            (void)lf_err_set(
                &e, LF_UNACCEPTED,
                "MATCHES with look-around, back-references and the like is asked of files, not of events");
        } else if (note)
            rc = LF_OK;
    }
    lf_buf_init(&b, 1 << 21);
    if (json) {
        struct lf_json_w w = lf_json_w(&b);

        lf_json_open(&w, '{');
        lf_json_put_bool(&w, "valid", rc == LF_OK);
        if (rc == LF_OK)
            lf_json_put_str(&w, "pattern", lf_stix_pattern_print(&a, &p));
        else
            lf_json_put_cstr(&w, "reason", e.text);
        if (note)
            lf_json_put_cstr(&w, "note", e.text);
        lf_json_close(&w);
        lf_buf_byte(&b, '\n');
    } else if (rc == LF_OK) {
        lf_buf_put(&b, lf_stix_pattern_print(&a, &p));
        lf_buf_byte(&b, '\n');
    }
    if (b.len)
        fwrite(b.ptr, 1, b.len, stdout);
    if (rc != LF_OK || note)
        fprintf(stderr, "lianfang pattern: %s%s\n",
                note ? "a pattern, but not one that a node looks for: " : "", e.text);
    lf_buf_clear(&b);
    lf_stix_matcher_destroy(m);
    lf_arena_clear(&a);
    return rc == LF_OK ? 0 : 1;
}

static enum lf_code load(struct lf_stix_data *d, struct lf_arena *a, const char *file, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = INPUT_MOST, .depth = 512 };
    const struct lf_json *doc;
    struct lf_buf in;
    lf_view text;
    enum lf_code rc;

    lf_buf_init(&in, INPUT_MOST);
    rc = lf_input_read(file, &in, e);
    text = rc == LF_OK ? lf_arena_copy(a, lf_buf_view(&in)) : LF_V("");
    lf_buf_clear(&in);
    LF_TRY(rc);
    if (lf_json_parse(a, text, &limits, &doc, e) != LF_OK || lf_stix_data_add(d, doc, e) != LF_OK)
        return lf_err_at(e, "%s", file);
    return LF_OK;
}

static void say(bool json, bool matched, const struct lf_stix_data *d, const size_t *which, size_t n)
{
    struct lf_buf b;
    struct lf_json_w w;

    lf_buf_init(&b, 1 << 28);
    w = lf_json_w(&b);
    if (json) {
        lf_json_open(&w, '{');
        lf_json_put_bool(&w, "matched", matched);
        lf_json_begin(&w, "observed_data", '[');
        for (size_t i = 0; i < n; i++)
            lf_json_put_str(&w, NULL, lf_stix_data_id(d, which[i]));
        lf_json_close(&w);
        lf_json_begin(&w, "positions", '[');
        for (size_t i = 0; i < n; i++)
            lf_json_put_int(&w, NULL, (int64_t)which[i]);
        lf_json_close(&w);
        lf_json_close(&w);
        lf_buf_byte(&b, '\n');
    } else if (!matched) {
        LF_PUT(&b, "不符 no match\n");
    } else {
        LF_PUT(&b, "相符 match:");
        for (size_t i = 0; i < n; i++) {
            lf_view id = lf_stix_data_id(d, which[i]);

            if (id.len)
                lf_buf_printf(&b, " %.*s", LF_FMT(id));
            else
                lf_buf_printf(&b, " #%zu", which[i]);
        }
        lf_buf_byte(&b, '\n');
    }
    fwrite(b.ptr, 1, b.len, stdout);
    lf_buf_clear(&b);
}

static int match(lf_view text, char **files, int nfiles, bool json)
{
    struct lf_arena a = { 0 };
    struct lf_stix_pattern p;
    struct lf_stix_matcher *m = NULL;
    struct lf_stix_data *d = lf_stix_data_create();
    struct lf_err e = { 0 };
    const size_t *which = NULL;
    size_t n = 0;
    bool matched = false;
    enum lf_code rc = lf_stix_pattern_parse(&a, text, &p, &e);

    if (rc == LF_OK)
        rc = lf_stix_matcher_create(&p, &m, &e);
    if (rc != LF_OK)
        rc = lf_err_at(&e, "pattern");
    for (int i = 0; i < nfiles && rc == LF_OK; i++)
        rc = load(d, &a, files[i], &e);
    if (rc == LF_OK)
        rc = lf_stix_data_ready(d, &e);
    if (rc == LF_OK)
        rc = lf_stix_match(m, d, &a, &matched, &which, &n, &e);
    if (rc == LF_OK)
        say(json, matched, d, which, n);
    else
        fprintf(stderr, "lianfang pattern: %s\n", e.text);
    lf_stix_matcher_destroy(m);
    lf_stix_data_destroy(d);
    lf_arena_clear(&a);
    return rc != LF_OK ? 2 : matched ? 0 : 1;
}

/* What `detect --patterns` and a node ask of an event: a line a property. */
static int fields(void)
{
    struct lf_buf b;

    lf_buf_init(&b, 1 << 20);
    lf_stix_eye_table(&b);
    fwrite(b.ptr, 1, b.len, stdout);
    lf_buf_clear(&b);
    return 0;
}

int lf_pattern_main(int argc, char **argv)
{
    bool json = false;
    int n = 0, status;
    struct lf_buf in;
    struct lf_err e = { 0 };
    lf_view pattern;

    /* Words are gathered at the front of argv, so that options may stand anywhere; no
     * pattern begins with a hyphen. */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (argv[i][0] == '-' && argv[i][1] == '-' && n < 2) {
            fprintf(stderr, "lianfang pattern: \"%s\" is no option; see --help\n", argv[i]);
            return 2;
        } else {
            argv[++n] = argv[i];
        }
    }
    if (n == 1 && strcmp(argv[1], "fields") == 0)
        return fields();
    if (!((n == 2 && strcmp(argv[1], "check") == 0) || (n >= 3 && strcmp(argv[1], "match") == 0))) {
        fputs("lianfang pattern: say `pattern check PATTERN` or `pattern match PATTERN FILE…`; see --help\n",
              stderr);
        return 2;
    }
    lf_crypto_init();
    pattern = lf_view_of(argv[2]);
    lf_buf_init(&in, LF_STIX_PATTERN_MOST + 2);
    if (argv[2][0] == '@' || strcmp(argv[2], "-") == 0) { /* "-" alone is no pattern */
        if (lf_input_read(argv[2] + (argv[2][0] == '@'), &in, &e) != LF_OK) {
            fprintf(stderr, "lianfang pattern: %s\n", e.text);
            lf_buf_clear(&in);
            return 2;
        }
        pattern = lf_view_trim(lf_buf_view(&in));
    }
    status = n == 2 ? check(pattern, json) : match(pattern, argv + 3, n - 2, json);
    lf_buf_clear(&in);
    return status;
}
