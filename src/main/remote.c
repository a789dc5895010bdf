/* The commands that ask a running node: user, token, peer, alert, incident,
 * indicator, feed, block, policy.  One table: each row is an API call of /api/v1 through
 * the node's local door; the answer is shown as columns, or as JSON with --json. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "fmt/json.h"
#include "main/client.h"
#include "main/commands.h"
#include "main/input.h"

enum { WORDS = 8, COLUMNS = 8 };

static const struct remote {
    const char *noun, *verb, *method, *path;
    const char *body[WORDS];
    const char *columns[COLUMNS]; /* of what is shown; "-": the answer is a file, as it is */
    const char *help;
} table[] = {
#define W(...)                                                                                               \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define LF_REMOTE(noun, verb, method, path, body, columns, help)                                             \
    { noun, verb, method, path, body, columns, help },
#include "main/remote.def"
#undef LF_REMOTE
#undef W
};

static int usage(const char *noun, FILE *to)
{
    fprintf(to, "usage: lianfang %s VERB [--data DIR | -c FILE] [--json] …\n\n", noun);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].noun, noun) == 0)
            fprintf(to, "  %-12s %s\n", table[i].verb, table[i].help);
    return to == stderr ? 2 : 0;
}

static void encode(struct lf_buf *b, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *word; word++)
        if (strchr(plain, *word))
            lf_buf_byte(b, *word);
        else
            lf_buf_printf(b, "%%%02X", (unsigned)(unsigned char)*word);
}

static void show_row(const struct remote *r, const struct lf_json *v)
{
    bool any = false;

    for (size_t i = 0; i < COLUMNS && r->columns[i]; i++) {
        const struct lf_json *cell = lf_json_get(v, lf_view_of(r->columns[i]));
        bool tree = lf_json_kind(cell) == LF_JSON_OBJECT || lf_json_kind(cell) == LF_JSON_ARRAY;
        struct lf_buf b;
        lf_view text;

        if (!cell)
            continue;
        lf_buf_init(&b, 64 << 20); /* no answer is as large */
        if (tree)
            lf_json_write(&b, cell);
        text = tree ? lf_buf_view(&b) : lf_json_text(cell);
        if (any)
            putchar('\t');
        (void)fwrite(text.ptr, 1, text.len, stdout); /* whole: LF_FMT is for sentences */
        lf_buf_clear(&b);
        any = true;
    }
    if (any)
        putchar('\n');
}

static void show(const struct remote *r, const struct lf_json *v, bool json)
{
    const struct lf_json *items = lf_json_get(v, LF_V("items"));

    if (!v)
        return;
    if (json || !r->columns[0]) {
        struct lf_buf b;

        lf_buf_init(&b, 64 << 20);
        lf_json_write(&b, v);
        lf_buf_byte(&b, '\n');
        fwrite(b.ptr, 1, b.len, stdout);
        lf_buf_clear(&b);
    } else if (items) {
        for (size_t i = 0; i < lf_json_items(items); i++)
            show_row(r, lf_json_item(items, i));
    } else {
        show_row(r, v);
    }
}

/* The file's text as a member, or without a key as the whole body. */
static bool put_file(struct lf_buf *body, struct lf_json_w *w, const char *key, const char *name)
{
    struct lf_err e = { 0 };
    struct lf_buf text;
    bool ok;

    lf_buf_init(&text, 9 << 20);
    ok = lf_input_read(name, &text, &e) == LF_OK;
    if (!ok) {
        fprintf(stderr, "lianfang: %s\n", e.text);
    } else if (*key == '=') {
        struct lf_arena a = { 0 };

        lf_json_put_str(w, key + 1, lf_base64(&a, text.ptr, text.len));
        lf_arena_clear(&a);
    } else if (*key) {
        lf_json_put_str(w, key, lf_buf_view(&text));
    } else {
        lf_buf_reset(body);
        lf_buf_put(body, lf_buf_view(&text));
        w->depth = 0;
    }
    lf_buf_clear(&text);
    return ok;
}

/* "kind=reviewed": always that. */
static bool put_constant(struct lf_json_w *w, const char *name)
{
    const char *is = strchr(name, '=');
    char key[32];

    if (!is || is == name)
        return false;
    snprintf(key, sizeof key, "%.*s", (int)(is - name), name);
    lf_json_put_cstr(w, key, is + 1);
    return true;
}

static int ask(struct lf_client *c, const struct remote *r, int argc, char **argv, bool json)
{
    struct lf_buf path, body;
    const struct lf_json *out = NULL;
    struct lf_err e = { 0 };
    int word = 1, rc = 0;

    lf_buf_init(&path, 8192);
    lf_buf_init(&body, 16 << 20);
    for (const char *p = r->path; *p; p++) {
        if (*p != '%') {
            lf_buf_byte(&path, *p);
        } else if (word < argc) {
            encode(&path, argv[word++]);
            p++;
        } else {
            rc = 2;
            break;
        }
    }
    if (strcmp(r->method, "POST") == 0 || (strcmp(r->method, "PUT") == 0 && r->body[0])) {
        struct lf_json_w w = lf_json_w(&body);

        lf_json_open(&w, '{');
        for (size_t i = 0; i < WORDS && r->body[i] && rc == 0; i++) {
            bool optional = r->body[i][0] == '?', inner = r->body[i][0] == '.';

            if (inner && w.depth == 1)
                lf_json_begin(&w, "body", '{');
            if (put_constant(&w, r->body[i]))
                continue;
            if (word < argc && r->body[i][optional] == '@')
                rc = put_file(&body, &w, r->body[i] + 1 + optional, argv[word++]) ? 0 : 3;
            else if (word < argc && r->body[i][optional] == '=')
                rc = put_file(&body, &w, r->body[i] + optional, argv[word++]) ? 0 : 3;
            else if (word < argc)
                lf_json_put_cstr(&w, r->body[i] + (optional || inner), argv[word++]);
            else if (!optional)
                rc = 2;
        }
        while (w.depth)
            lf_json_close(&w);
    }
    if (rc == 3) {
        rc = 2; /* said already */
    } else if (rc == 2 || word < argc) {
        fprintf(stderr, "lianfang %s %s: %s; usage: %s\n", r->noun, r->verb,
                rc ? "a word is missing" : "too many words", r->help);
        rc = 2;
    } else {
        bool file = r->columns[0] && strcmp(r->columns[0], "-") == 0;
        lf_buf_byte(&path, '\0');
        if ((file ? lf_client_fetch(c, path.ptr, stdout, &e)
                  : lf_client_call(c, r->method, path.ptr, lf_buf_view(&body), &out, &e)) != LF_OK) {
            fprintf(stderr, "lianfang %s %s: %s\n", r->noun, r->verb, e.text);
            /* A trail that does not fit is an answer. */
            rc = e.code == LF_NOT_FOUND || (e.code == LF_CONFLICT && strcmp(r->noun, "audit") == 0) ? 1 : 2;
        } else {
            show(r, out, json);
        }
    }
    lf_buf_clear(&path);
    lf_buf_clear(&body);
    return rc;
}

int lf_remote_main(int argc, char **argv)
{
    const char *noun = argv[0];
    struct lf_client c;
    bool json;
    int rc = 2;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[argc - 1], "--help") == 0)
        return usage(noun, argc < 2 ? stderr : stdout);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].noun, noun) != 0 || strcmp(table[i].verb, argv[1]) != 0)
            continue;
        argc--;
        argv++;
        if (lf_client_begin(&c, &argc, &argv, &json))
            rc = ask(&c, &table[i], argc, argv, json);
        lf_client_close(&c);
        return rc;
    }
    fprintf(stderr, "lianfang %s: no verb \"%s\"; see %s --help\n", noun, argv[1], noun);
    return 2;
}
