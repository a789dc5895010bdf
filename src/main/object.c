/* lianfang object search|show|graph|history|grade: the stored STIX objects of a running node. */
#include <stdio.h>
#include <string.h>

#include "fmt/uri.h"
#include "main/client.h"
#include "main/commands.h"
#include "main/plain.h"

static const char usage[] =
    "usage: lianfang object search [OPTION VALUE]… [WORD…]\n"
    "       lianfang object show ID\n"
    "       lianfang object graph [--depth N] [--limit N] ID\n"
    "       lianfang object history [--before VERSION] ID\n"
    "       lianfang object grade [--note TEXT] ID GRADE|-\n"
    "  search   objects that one may have, the newest first; all that is given must hold:\n"
    "    --value V       a value of it, or of its pattern, whole: an address, a name, a hash (evil[.]com "
    "too)\n"
    "    --name WORDS    words of its name or aliases\n"
    "    --type T        indicator, malware, report …\n"
    "    --source S      who made it: an identity's id, words of its name, or self\n"
    "    --marking M     a marking-definition's id, tlp:amber …, or none\n"
    "    --technique ID  an ATT&CK technique (T1059 has T1059.001): what has it, and what refers to that\n"
    "    --ref ID        what refers to this object\n"
    "    --collection C  by id or alias\n"
    "    --from, --to T  of its version: 2026-11-20, 115-11-20, 2026-11-20T08:00:00Z, -24h\n"
    "    --grade G       graded B2, B or 2: itself, its creator, its feed\n"
    "    --limit N       at most so many (50; 1000)    --after NEXT  behind an earlier page\n"
    "  show     one object with the versions there are of it\n"
    "  graph    what is around one: what it refers to, what refers to it; N steps far (1; 4), N objects "
    "(100; 500)\n"
    "  history  what was done with one, and by whom, newest first\n"
    "  grade    how far one is believed: a letter A to F and a digit 1 to 6 (Admiralty), as B2; of an "
    "identity the\n"
    "           letter alone, for all that it made; - takes it back\n"
    "options before these: --data DIR | -c FILE, --json (search: the whole answer)\n"
    "exit: 0 found, 1 nothing found, 2 bad usage or no node\n";

static const char *const options[] = { "value",      "name",  "type",  "source", "marking",
                                       "technique",  "ref",   "from",  "to",     "limit",
                                       "collection", "after", "depth", "grade",  "before" };

static bool take_option(struct lf_buf *path, const char *word, const char *value)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, options[i]) == 0) {
            lf_buf_printf(path, "&%s=", options[i]);
            lf_uri_encode(path, lf_view_of(value));
            return true;
        }
    return false;
}

/* Nothing of an object moves the cursor. */
static void put_cell(struct lf_buf *b, lf_view v)
{
    lf_plain_put(b, v);
    lf_buf_byte(b, '\t');
}

static int show(const struct lf_json *out, bool json)
{
    const struct lf_json *items = lf_json_get(out, LF_V("items"));
    size_t n = lf_json_items(items);
    struct lf_buf b;

    lf_buf_init(&b, 64 << 20);
    if (json || !items) {
        lf_json_write(&b, out);
        lf_buf_byte(&b, '\n');
    }
    for (size_t i = 0; i < n && !json; i++) {
        const struct lf_json *v = lf_json_item(items, i);

        if (lf_json_str(v, "what").len) {
            put_cell(&b, lf_json_str(v, "at"));
            put_cell(&b, lf_json_str(v, "what"));
            put_cell(&b, lf_json_str(v, "peer").len ? lf_json_str(v, "peer") : lf_json_str(v, "by"));
            put_cell(&b, lf_json_str(v, "version"));
            put_cell(&b, lf_json_str(v, "collection"));
            b.ptr[b.len - 1] = '\n';
            continue;
        }
        put_cell(&b, lf_json_str(v, "id"));
        put_cell(&b, lf_json_str(v, "version"));
        put_cell(&b, lf_json_str(v, "alias"));
        put_cell(&b, lf_json_str(v, "name"));
        b.ptr[b.len - 1] = '\n';
    }
    if (!json && lf_json_str(out, "next").len)
        fprintf(stderr, "more: --after %.*s\n", LF_FMT(lf_json_str(out, "next")));
    fwrite(b.ptr ? b.ptr : "", 1, b.len, stdout);
    lf_buf_clear(&b);
    return items && !n ? 1 : 0;
}

/* The path to ask for; false: bad usage, which was told. */
static bool path_of(struct lf_buf *path, int argc, char **argv)
{
    bool search = strcmp(argv[0], "search") == 0;
    struct lf_buf words, asked;
    const char *wrong = NULL;

    lf_buf_init(&words, 65536);
    lf_buf_init(&asked, 65536);
    for (int i = 1; i < argc && !wrong; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            lf_buf_put(&words, lf_view_of(argv[i]));
            lf_buf_byte(&words, ' ');
        } else if (i + 1 == argc) {
            wrong = "an option wants a value";
        } else if (!take_option(&asked, argv[i], argv[i + 1])) {
            wrong = "there is no such option";
        } else {
            i++;
        }
    }
    LF_PUT(path, "/api/v1/objects");
    if (!search) {
        lf_view id = lf_view_trim(lf_buf_view(&words));

        if (!wrong && (!id.len || lf_view_find_byte(id, ' ') != SIZE_MAX))
            wrong = "give one id";
        lf_buf_byte(path, '/');
        lf_uri_encode(path, id);
        if (strcmp(argv[0], "graph") == 0)
            LF_PUT(path, "/graph");
        if (strcmp(argv[0], "history") == 0)
            LF_PUT(path, "/history");
    } else if (words.len) {
        LF_PUT(&asked, "&q=");
        lf_uri_encode(&asked, lf_view_trim(lf_buf_view(&words)));
    }
    lf_buf_byte(path, '?');
    lf_buf_put(path, lf_buf_view(&asked));
    lf_buf_byte(path, '\0');
    lf_buf_clear(&words);
    lf_buf_clear(&asked);
    if (wrong)
        fprintf(stderr, "lianfang object %s: %s; see lianfang object --help\n", argv[0], wrong);
    return !wrong;
}

/* [--note TEXT] ID GRADE|- */
static int grade(struct lf_client *c, int argc, char **argv)
{
    const char *note = "", *word[2] = { NULL, NULL };
    const struct lf_json *out = NULL;
    struct lf_err e = { 0 };
    struct lf_buf path, body;
    struct lf_json_w w;
    enum lf_code rc;
    bool back;
    int n = 0;

    for (int i = 1; i < argc && n < 3; i++)
        if (strcmp(argv[i], "--note") == 0 && i + 1 < argc)
            note = argv[++i];
        else if (n++ < 2)
            word[n - 1] = argv[i];
    if (n != 2) {
        fputs("lianfang object grade: give an id and a grade; see lianfang object --help\n", stderr);
        return 2;
    }
    back = strcmp(word[1], "-") == 0;
    lf_buf_init(&path, 65536);
    lf_buf_init(&body, 65536);
    LF_PUT(&path, "/api/v1/objects/");
    lf_uri_encode(&path, lf_view_of(word[0]));
    LF_PUT(&path, "/grade");
    lf_buf_byte(&path, '\0');
    w = lf_json_w(&body);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "grade", word[1]);
    if (*note)
        lf_json_put_cstr(&w, "note", note);
    lf_json_close(&w);
    rc = lf_client_call(c, back ? "DELETE" : "PUT", path.ptr, back ? LF_V("") : lf_buf_view(&body), &out, &e);
    if (rc != LF_OK)
        fprintf(stderr, "lianfang object: %s\n", e.text);
    lf_buf_clear(&path);
    lf_buf_clear(&body);
    return rc == LF_OK ? 0 : rc == LF_NOT_FOUND ? 1 : 2;
}

static bool is_verb(const char *v)
{
    static const char *const verbs[] = { "search", "show", "graph", "history", "grade" };

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(v, verbs[i]) == 0)
            return true;
    return false;
}

int lf_object_main(int argc, char **argv)
{
    const struct lf_json *out = NULL;
    struct lf_client c;
    struct lf_err e = { 0 };
    struct lf_buf path;
    bool json;
    int rc = 2;

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[argc - 1], "--help") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc < 2) {
        fputs(usage, stderr);
        return 2;
    }
    if (!is_verb(argv[1])) {
        fprintf(stderr, "lianfang object: no verb \"%s\"; see lianfang object --help\n", argv[1]);
        return 2;
    }
    argc--;
    argv++;
    lf_buf_init(&path, 256 << 10);
    if (strcmp(argv[0], "grade") == 0) {
        if (lf_client_begin(&c, &argc, &argv, &json))
            rc = grade(&c, argc, argv);
    } else if (lf_client_begin(&c, &argc, &argv, &json) && path_of(&path, argc, argv)) {
        if (lf_client_call(&c, "GET", path.ptr, LF_V(""), &out, &e) == LF_OK) {
            rc = show(out, json);
        } else {
            fprintf(stderr, "lianfang object: %s\n", e.text);
            rc = e.code == LF_NOT_FOUND ? 1 : 2;
        }
    }
    lf_client_close(&c);
    lf_buf_clear(&path);
    return rc;
}
